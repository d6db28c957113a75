//! Ambient air (GB 3095, HJ 633, HJ 663 and neighbours): vector folder `aqi`.

pub mod aqi;
pub mod edition;
pub mod iaqi;
pub mod limits;
pub mod means;

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[];
