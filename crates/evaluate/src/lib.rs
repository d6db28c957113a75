//! Readings to hours, days and judgements: what a period's values are, whether they are valid, and what the standards
//! say of them, derived again whenever an input changes.
//!
//! [`period`], [`judge`], [`hour`], [`day`] and [`long`] are pure; [`engine`] reads due periods from the store, calls them, and
//! writes what comes out.
//!
//! This crate must not know: HTTP, HJ 212, or how an alarm is raised.

pub mod day;
pub mod engine;
pub mod factors;
pub mod hour;
pub mod judge;
pub mod limits;
pub mod long;
pub mod period;
pub mod window;
