//! Discharge permits, total quantity, environmental protection tax: vector folders `permit`, `tax`.

pub mod codes;
pub mod quota;
pub mod tax;
mod tax_topics;
mod topics;

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[
    topics::CODE,
    topics::FACILITY_CODE,
    topics::QUOTA,
    topics::VALIDITY,
    topics::REPORT_DUE,
    topics::REDUCTION,
    tax_topics::EQUIVALENTS,
    tax_topics::REDUCTION,
    tax_topics::AIR_MONTH,
    tax_topics::WATER_MONTH,
    tax_topics::SOLID,
    tax_topics::NOISE,
];
