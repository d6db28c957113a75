//! Ecology (区域生态质量评价办法, HJ 192): vector folder `ecology`.

pub mod diversity;
pub mod quality;
mod topics;

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[
    topics::CLASS,
    topics::CHANGE,
    topics::FIRST,
    topics::EI,
    topics::SUB,
    topics::BY_AREA,
    topics::DIVERSITY,
    topics::VEGETATION,
    topics::SHARE,
    topics::TRANSFER,
];
