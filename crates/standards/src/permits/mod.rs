//! Discharge permits and environmental protection tax: vector folders `permit`, `tax`.

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[];
