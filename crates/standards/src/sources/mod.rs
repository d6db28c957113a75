//! Pollution sources' monitoring data: vector folders `cems`, `wastewater`, `rate`, `anomaly`,
//! `power`, `petrol`, `catering`, `obd`, and `ldar`, `vehicle` with own cases only.

pub mod anomaly;
pub mod catering;
pub mod conversion;
mod conversion_topics;
pub mod exceed;
mod exceed_topics;
pub mod flags;
pub mod flow;
mod flow_topics;
pub mod ldar;
pub mod obd;
pub mod petrol;
mod petrol_topics;
pub mod power;
pub mod quality;
mod quality_topics;
pub mod rate;
pub mod remote_sensing;
pub mod substitution;
pub mod validity;
mod validity_topics;

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[
    conversion_topics::PPM_TO_MG,
    conversion_topics::NOX_AS_NO2,
    conversion_topics::STD_STATE,
    conversion_topics::WET_DRY,
    conversion_topics::O2_CONVERSION,
    flow_topics::FLOW,
    flow_topics::PITOT,
    flow_topics::CHAIN,
    flow_topics::DAY_TOTAL,
    validity_topics::HOUR_FLAG,
    validity_topics::CAPTURE_RATE,
    validity_topics::INCINERATOR_DAY,
    validity_topics::GAS_DAY,
    validity_topics::WATER_DAY,
    validity_topics::WATER_MONTH,
    validity_topics::DAILY_LOAD,
    exceed_topics::EXCEED,
    exceed_topics::HOUR_PROJECTION,
    quality_topics::SUBSTITUTION,
    quality_topics::DRIFT,
    quality_topics::RELATIVE_ACCURACY,
    quality_topics::ACCURACY,
    quality_topics::COMPARISON,
    quality_topics::MEDIAN_SUBSTITUTE,
    rate::EFFECTIVE_RATE,
    anomaly::CONSTANT,
    anomaly::TRUNCATION,
    anomaly::SULPHUR_BALANCE,
    power::PAIRING,
    power::IDLE,
    petrol_topics::AL_DAY,
    petrol_topics::ALARM_7D,
    petrol_topics::NOZZLE_SAMPLE,
    petrol_topics::SENSOR_LEVEL,
    petrol_topics::VAPOUR_CHECK,
    petrol_topics::TIGHTNESS,
    catering::FUME,
    catering::SIZE_EFFICIENCY,
    obd::FRAME,
    ldar::LEAK,
    remote_sensing::REMOTE_SENSING,
];
