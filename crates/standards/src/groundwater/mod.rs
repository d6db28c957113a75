//! Groundwater (GB/T 14848): vector folder `groundwater`.

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[];
