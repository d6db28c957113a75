//! Greenhouse gases: vector folder `ghg`.

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[];
