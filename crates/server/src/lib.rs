//! The HTTP side: API, OpenAPI document, sessions, authorization, live updates, embedded pages.
//!
//! This crate must not know: formulas. It asks the store and the standards, and decides who may see what.

pub mod authz;
pub mod dto;
pub mod error;
pub mod extract;
pub mod limits;
pub mod openapi;
mod routes;
mod state;
