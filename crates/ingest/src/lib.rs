//! Bytes to raw log to readings: the HJ 212 gateway, the applier that follows the log, and file import.
//!
//! The one contract of every way in: append what came, as it came, to the raw log; answer the sender only after
//! the append is durable; apply from the log in batches, so that a crash replays the tail and changes nothing twice.
//!
//! This crate must not know: pages, HTTP, or what a standard says.

mod answer;
pub mod applier;
pub mod gateway;
pub mod limits;
mod record;
pub mod stats;
pub mod table;

pub use answer::Answerer;
