//! The plan crate from outside: the import on a made-up plan and on the published one, the facts, and the crate's own words.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod common;
mod facts;
mod import;
mod published;
mod words;
