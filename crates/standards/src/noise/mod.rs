//! Noise (GB 3096, GB 12348, GB 22337, GB 12523, HJ 640): vector folder `noise`.

mod city_topics;
mod judge_topics;
pub mod level;
mod level_topics;
pub mod limit;
pub mod rate;

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[
    level_topics::LEQ,
    level_topics::DAY,
    level_topics::PERCENTILES,
    level_topics::SOURCES,
    level_topics::VALIDITY,
    judge_topics::ZONE,
    judge_topics::SUDDEN,
    judge_topics::BOUNDARY,
    judge_topics::CONSTRUCTION,
    judge_topics::INDOOR,
    city_topics::RATE,
    city_topics::GRADE,
    city_topics::AREA,
    city_topics::ROAD,
    city_topics::PUBLISHED,
];
