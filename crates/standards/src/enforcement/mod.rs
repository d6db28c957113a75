//! Inspection draws, penalties, credit: vector folder `enforcement`.

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[];
