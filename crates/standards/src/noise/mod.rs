//! Noise (GB 3096, GB 12348, GB 22337, GB 12523, HJ 640): vector folder `noise`.

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[];
