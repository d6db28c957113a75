//! Radiation safety: sources, doses, licences, accidents; vector folder `radiation`.

pub mod dose;
pub mod source;
mod topics;

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[
    topics::BY_AD,
    topics::BY_BQ,
    topics::DECAY,
    topics::CODE,
    topics::TRANSFER,
    topics::DOSE,
    topics::LICENCE,
    topics::ACCIDENT,
    topics::EM,
    topics::RATE,
];
