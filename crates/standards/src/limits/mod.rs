//! Emission limits by industry, zone and date: vector folder `limits`.

pub mod gb16297;
pub mod gb8978;
pub mod rows;
mod topics;

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[
    topics::POWER_UNIT,
    topics::GB13271,
    topics::DB37_2376,
    topics::LOOKUP,
    topics::GB8978,
    topics::BASE_WATER,
    topics::GB16297_RATE,
    topics::EQUIVALENT_STACK,
];
