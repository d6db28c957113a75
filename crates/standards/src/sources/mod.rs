//! Pollution sources' monitoring data: vector folders `cems`, `wastewater`, `rate`, `anomaly`, `power`, `petrol`, `catering`, `obd`.

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[];
