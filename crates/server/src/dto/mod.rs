//! The shapes that travel over HTTP. They are kept apart from the model so that a change inside cannot silently
//! change the contract: instants become RFC 3339 text with the district's offset, decimals text, missing null.

pub mod air;
pub mod alarms;
pub mod chains;
pub mod common;
pub mod coverage;
pub mod devices;
pub mod evaluate;
pub mod map;
pub mod observations;
pub mod overview;
pub mod people;
pub mod places;
pub mod plan;
pub mod profile;
pub mod public;
pub mod register_figures;
pub mod register_files;
pub mod registers;
pub mod sources;
pub mod subjects;
pub mod system;
