//! Surface water (GB 3838, 环办〔2011〕22号 and neighbours): vector folder `water`.

pub mod basin;
pub mod black_odorous;
pub mod bulk;
pub mod chemistry;
pub mod class;
pub mod class_topics;
pub mod cwqi;
pub mod drinking;
pub mod effluent;
pub mod function_zone;
pub mod item;
pub mod read;
pub mod station_bodies;
pub mod tli;

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[
    class_topics::ITEM,
    class_topics::SECTION,
    class_topics::PUBLISHED,
    class_topics::ANOMALIES,
    class_topics::WEEKLY,
    class_topics::ROUNDING,
    basin::GRADE,
    basin::MAIN,
    basin::PERIOD,
    basin::GRADE_CHANGE,
    basin::SUMMARY,
    tli::TOPIC,
    cwqi::TOPIC,
    cwqi::CHANGE,
    chemistry::PH,
    chemistry::SATURATION,
    chemistry::SPEARMAN,
    black_odorous::ITEM_LEVELS,
    black_odorous::POINT,
    black_odorous::REACH,
    drinking::TOPIC,
    effluent::TOPIC,
    function_zone::TOPIC,
];
