//! Ambient air (GB 3095, HJ 633, HJ 663 and neighbours): vector folder `aqi`.

pub mod aqi;
pub mod aqi_topics;
pub mod bulk;
pub mod classes;
pub mod composite;
mod composite_topics;
pub mod dustfall;
pub mod edition;
pub mod hourly;
pub mod iaqi;
pub mod limits;
pub mod means;
mod means_topics;
pub mod meteo;
pub mod month;
mod read;
pub mod station;
mod station_topics;
pub(crate) mod statistics_topics;
pub mod warning;

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[
    aqi_topics::BREAKPOINTS,
    aqi_topics::RANDOM,
    aqi_topics::ROUND_THEN,
    aqi_topics::SETS,
    aqi_topics::HANDWORKED,
    aqi_topics::OFFICIAL_2018,
    aqi_topics::OFFICIAL_SAMPLE,
    aqi_topics::ROUND,
    means_topics::MDA8,
    means_topics::VALIDITY,
    statistics_topics::PERCENTILE,
    statistics_topics::SPEARMAN,
    composite_topics::COMPOSITE,
    composite_topics::RANKING,
    warning::TOPIC,
    dustfall::TOPIC,
    meteo::TOPIC,
    station_topics::DAILY,
    station_topics::ANNUAL,
    month::TOPIC,
];
