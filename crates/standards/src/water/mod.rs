//! Surface water (GB 3838, assessment methods of surface water): vector folder `water`.

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[];
