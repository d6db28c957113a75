//! Surface water (GB 3838, 环办〔2011〕22号 and neighbours): vector folder `water`.

pub mod class;
pub mod item;

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[];
