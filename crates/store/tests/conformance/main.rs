//! One suite for both engines: every public query of the store, on SQLite and on PostgreSQL.
//!
//! PostgreSQL is found by `HUANSHU_TEST_POSTGRES` (see `tools/test-postgres.sh`); in CI its absence is a failure.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests fail loudly"
)]

#[macro_use]
mod bench;

mod alarms;
mod apply;
mod attachments;
mod devices;
mod dirty;
mod idempotent;
mod jobs;
mod judgements;
mod observations;
mod opening;
mod outage;
mod people;
mod plan;
mod quarantine;
mod registers;
mod subjects;
