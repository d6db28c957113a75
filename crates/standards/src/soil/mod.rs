//! Soil (GB 15618, GB 36600): vector folder `soil`.

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[];
