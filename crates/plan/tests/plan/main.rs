//! The plan crate from outside: the import on a made-up plan and on the published one, the facts, and the crate's own words.

mod common;
mod facts;
mod import;
mod published;
mod words;
