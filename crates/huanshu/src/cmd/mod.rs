//! One module a command.

pub(crate) mod bench;
pub(crate) mod conformance;
pub(crate) mod decode;
pub(crate) mod demo;
pub(crate) mod import;
pub(crate) mod plan;
pub(crate) mod serve;
pub(crate) mod simulate;
pub(crate) mod systems;
pub(crate) mod token;
pub(crate) mod verify;
