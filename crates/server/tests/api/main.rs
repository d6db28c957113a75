//! The API as a client meets it, in the process, on SQLite and on PostgreSQL (`HUANSHU_TEST_POSTGRES`, see
//! `tools/test-postgres.sh`; in CI its absence is a failure).

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail loudly"
)]

#[macro_use]
mod bench;

mod access;
mod alarms;
mod audit;
mod chains;
mod data;
mod demo;
mod devices;
mod evaluate;
mod imports;
mod live;
mod moment;
mod one_source;

mod outside;
mod overview;
mod people;
mod places;
mod plan;
mod plan_daily;
mod plan_projects;
mod register_all;
mod register_files;
mod registers;
mod session;
