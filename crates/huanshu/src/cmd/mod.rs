//! One module a command.

pub mod bench;
pub mod conformance;
pub mod decode;
pub mod demo;
pub mod import;
pub mod serve;
pub mod simulate;
pub mod token;
pub mod verify;
