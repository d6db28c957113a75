//! Soil (GB 15618, GB 36600): vector folder `soil`.

pub mod construction;
mod construction_topics;
pub mod farmland;
mod farmland_topics;
pub mod index;
pub mod rates;

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[
    farmland_topics::ITEM,
    farmland_topics::CATEGORY,
    farmland_topics::UNIT,
    farmland_topics::ADJUST,
    farmland_topics::NEMEROW,
    construction_topics::ITEM,
    construction_topics::PLOT,
    construction_topics::LAND_CLASS,
    construction_topics::SURVEY,
    rates::SAFE_USE,
];
