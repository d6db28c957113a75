//! The HTTP side: API, OpenAPI document, sessions, authorization, live updates, embedded pages.
//!
//! [`router`] is the whole of it as one service, [`serve`] accepts connections for it. This crate must not know:
//! formulas. It asks the store and the standards, and decides who may see what.

mod access;
pub mod accounts;
mod app;
pub mod authz;
mod directory;
pub mod dto;
pub mod error;
mod extract;
mod field;
mod ground;
pub mod guard;
pub mod limits;
pub mod live;
mod metrics;
mod names;
mod observe;
pub mod openapi;
mod pages;
mod router;
mod routes;
pub mod secrets;
mod serve;
mod state;
mod views;

pub use app::{App, MetricsSource, Options, Sample};
pub use router::router;
pub use serve::{Peer, serve};
