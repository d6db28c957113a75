//! Solid and hazardous waste: codes, ledgers, declarations, labels, rates; vector folder `waste`.

pub mod code;
pub mod ledger;
mod topics;

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[
    topics::HW_CODE,
    topics::SOLID_CODE,
    topics::MANIFEST_NO,
    topics::DIGITAL_ID,
    topics::PRODUCER,
    topics::DECLARE,
    topics::BALANCE,
    topics::STORAGE,
    topics::LABEL,
    topics::WEIGHTS,
    topics::RATES,
    topics::GENERAL,
];
