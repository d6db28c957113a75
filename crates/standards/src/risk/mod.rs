//! Environmental risk and emergency (HJ 941, HJ 169, events, rivers): vector folder `risk`.

pub mod dispersion;
mod dispersion_topics;
mod event_topics;
pub mod events;
pub mod grading;
mod grading_topics;
pub mod release;
mod release_topics;
pub mod river;
pub mod substances;

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[
    grading_topics::Q,
    grading_topics::HJ941_M,
    grading_topics::HJ941_E,
    grading_topics::HJ941_CELL,
    grading_topics::HJ941_LEVEL,
    grading_topics::HJ169_LEVEL,
    release_topics::LIQUID_LEAK,
    release_topics::GAS_LEAK,
    release_topics::TWO_PHASE,
    release_topics::EVAPORATION,
    release_topics::FIRE_RELEASE,
    release_topics::COMBUSTION,
    dispersion_topics::RICHARDSON,
    dispersion_topics::RELEASE_TYPE,
    dispersion_topics::SIGMA,
    dispersion_topics::PLUME,
    dispersion_topics::PUFF,
    dispersion_topics::ENDPOINT_DISTANCE,
    event_topics::RIVER,
    event_topics::EVENT_GRADE,
    event_topics::REPORT_DEADLINE,
    event_topics::PLAN_FILING_NO,
];
