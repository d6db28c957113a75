//! Indicators and tasks of a plan: vector folder `plan`.

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[];
