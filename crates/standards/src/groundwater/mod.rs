//! Groundwater (GB/T 14848, HJ 610): vector folder `groundwater`.

pub mod item;
pub mod overall;
mod read;
mod topics;

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[
    topics::ITEM,
    topics::OVERALL,
    topics::INDEX,
    topics::SHARES,
    topics::AIM,
];
