//! The API as a client meets it, in the process, on SQLite and on PostgreSQL (`HUANSHU_TEST_POSTGRES`, see
//! `tools/test-postgres.sh`; in CI its absence is a failure).

#[macro_use]
mod bench;

mod access;
mod alarms;
mod audit;
mod data;
mod devices;
mod evaluate;
mod live;
mod outside;
mod overview;
mod people;
mod session;
