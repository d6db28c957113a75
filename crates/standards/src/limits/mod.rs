//! Emission limits by industry, zone and date: vector folder `limits`.

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[];
