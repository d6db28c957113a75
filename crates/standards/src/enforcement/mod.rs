//! Supervision and enforcement: random inspection, deadlines, fines, credit, clues of crime; vector folder `enforcement`.

pub mod calendar;
pub mod credit;
pub mod crime;
pub mod deadline;
pub mod draw;
pub mod penalty;

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[
    draw::COUNT,
    draw::HASH,
    draw::OFFICERS,
    deadline::DEADLINES,
    deadline::ONE,
    penalty::DISCRETION,
    penalty::DAILY,
    penalty::VIRTUAL,
    credit::TOPIC,
    crime::TOPIC,
];
