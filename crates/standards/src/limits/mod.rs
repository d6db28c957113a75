//! Emission limits by industry, zone and date: vector folder `limits`.

pub mod gb16297;
pub mod gb8978;
pub mod rows;
mod topics;
mod water_stack_topics;

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[
    topics::POWER_UNIT,
    topics::GB13271,
    topics::DB37_2376,
    topics::LOOKUP,
    water_stack_topics::GB8978,
    water_stack_topics::BASE_WATER,
    water_stack_topics::GB16297_RATE,
    water_stack_topics::EQUIVALENT_STACK,
];
