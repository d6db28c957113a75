//! Pollution sources' monitoring data: vector folders `cems`, `wastewater`, `rate`, `anomaly`, `power`, `petrol`, `catering`, `obd`.

pub mod conversion;
pub mod exceed;
pub mod flags;
pub mod validity;

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[];
