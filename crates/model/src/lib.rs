//! The words every room of the house shares: ids, time, subjects, series, observations, frames, devices,
//! alarms, judgements as stored, roles, and the district's profile.
//!
//! This crate must not know: IO of any kind. It defines shapes; it stores, sends and computes nothing.

pub mod alarm;
pub mod device;
pub mod ids;
pub mod judged;
pub mod observation;
pub mod profile;
pub mod role;
pub mod sm4_key;
pub mod subject;
pub mod time;
