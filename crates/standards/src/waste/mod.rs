//! Solid and hazardous waste: vector folder `waste`.

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[];
