//! Plan evaluation and task scheduling: progress, lights, scores, lag; vector folder `plan`.

pub mod indicator;
pub mod score;
mod topics;

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[
    topics::PROGRESS,
    topics::ANNUAL,
    topics::SCORE,
    topics::LAG,
    topics::FORECAST,
    topics::MILESTONES,
    topics::ALLOCATE,
];
