//! A simulated district that speaks real HJ 212: plants, outfalls, rivers and air under one weather, loggers with the
//! faults of real lines, and one incident. Same profile, seed and start give the same bytes.
//!
//! [`Simulation`] is pure: no IO, no clock; it yields [`Emission`]s in order of time. [`drive`](mod@drive) plays them over TCP.
//! It knows the profile and the codec, and nothing of the server's insides.

mod cast;
pub mod drive;
mod noise;
mod period;
mod simulation;
mod source;
mod story;
mod tables;
mod upload;
mod weather;
mod wire;

pub use cast::{CastError, MAX_POINTS, Player};
pub use simulation::{Emission, Intent, Options, Simulation};
pub use story::Parts;
