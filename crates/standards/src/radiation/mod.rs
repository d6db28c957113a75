//! Radiation sources: vector folder `radiation`.

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[];
