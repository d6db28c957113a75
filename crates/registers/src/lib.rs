//! The register engine (台账引擎): a register is a definition, and all a person expects of a list follows from it.
//!
//! A definition (`registers/<group>/<name>.toml`) is read and compiled by [`library::Library`]; every function here
//! takes the compiled [`register::Register`] and plain records: [`admit`] normalises, computes and checks, [`life`]
//! decides transitions and deadlines, [`tally`] counts, [`doubles`], [`pairs`] and [`merge`] find and join records that mean the
//! same thing, [`table`] imports and exports, [`links`] names what a record points at,
//! [`subject`] makes a record the form of a watched subject, [`publish`] shows the public part, [`history`] compares versions.
//!
//! This crate must not know: IO, SQL, HTTP, the time of day, any single register or any district.

pub mod admit;
pub mod calendar;
pub mod chain;
mod check;
mod compute;
pub mod definition;
pub mod doubles;
pub mod expr;
pub mod history;
pub mod library;
pub mod life;
pub mod limits;
pub mod links;
pub mod merge;
mod normalise;
pub mod pairs;
pub mod place;
pub mod publish;
pub mod record;
pub mod register;
pub mod search;
pub mod sources;
pub mod subject;
pub mod table;
pub mod tally;
pub mod text;
pub mod zoning;
