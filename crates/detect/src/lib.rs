//! Judgements, values and silences become alarms: found by rules whose figures are data, merged per event, graded.
//!
//! [`rules`] is pure; [`detector`] records what the rules find. This crate must not know: HTTP, HJ 212, or how a judgement
//! is made.

pub mod detector;
pub mod policy;
pub mod rules;
