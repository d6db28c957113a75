//! Ecology (EQI, diversity): vector folder `ecology`.

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[];
