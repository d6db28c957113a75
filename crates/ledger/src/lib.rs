//! The kept registers (台账): records in the store under the rules of the register engine — entered, edited, stepped,
//! linked, imported and exported, counted, published, drawn. A record is changed only here, and nothing is lost: every
//! change is a revision with author, time and reason.
//!
//! This crate must not know: HTTP, any single register, any district. The clock is an argument.

pub mod media;
pub mod sheet;
