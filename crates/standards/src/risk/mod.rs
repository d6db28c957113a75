//! Environmental risk (HJ 941, HJ 169): vector folder `risk`.

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[];
