//! The follow-up of the plan: indicators, tasks, evaluation, assessment, corrections, report.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at what it did not expect"
)]

mod aims;
mod assessment;
mod common;
mod consistency;
mod correct;
mod district;
mod frozen;
mod goals;
mod indicators;
mod report;
mod tasks;
mod vectors;
