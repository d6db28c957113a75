//! Solid and hazardous waste: codes, ledgers, declarations, labels, rates; vector folder `waste`.

/// A topic whose cases have the plain shape.
macro_rules! topic {
    ($name:ident, $id:literal, $zh:literal, $en:literal, $basis:literal, $example:literal, $rule:expr) => {
        pub(super) const $name: $crate::topic::Topic = $crate::topic::Topic {
            id: $id,
            zh: $zh,
            en: $en,
            basis: $basis,
            example: $example,
            evaluate: $rule,
            case: $crate::conformance::plain,
        };
    };
}

pub mod code;
mod code_topics;
pub mod ledger;
mod topics;

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[
    code_topics::HW_CODE,
    code_topics::SOLID_CODE,
    code_topics::MANIFEST_NO,
    code_topics::DIGITAL_ID,
    topics::PRODUCER,
    topics::DECLARE,
    topics::BALANCE,
    topics::STORAGE,
    topics::LABEL,
    topics::WEIGHTS,
    topics::RATES,
    topics::GENERAL,
];
