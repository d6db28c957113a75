//! Surface water (GB 3838, 环办〔2011〕22号 and neighbours): vector folder `water`.

pub mod class;
pub mod class_topics;
pub mod item;
pub mod read;
pub mod station_bodies;

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[
    class_topics::ITEM,
    class_topics::SECTION,
    class_topics::PUBLISHED,
    class_topics::ANOMALIES,
    class_topics::WEEKLY,
    class_topics::ROUNDING,
];
