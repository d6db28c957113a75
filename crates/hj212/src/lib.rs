//! HJ 212: how field units and monitoring centres talk. (crate doc follows)

pub mod command;
pub mod crc;

pub mod diagnosis;
pub mod dialogue;
pub mod edition;
pub mod encode;
pub mod factors;
pub mod frame;
pub mod join;
pub mod reading;
pub mod reply;
pub mod report;
pub mod stream;
mod table;
pub mod text;

pub use diagnosis::{Code, Diagnosis, Severity};
pub use edition::{Edition, Flag};
pub use frame::{Decoded, decode};
pub use report::{FrameReport, decode_text};
pub use stream::{Decoder, Item};
pub use text::{Charset, Text};
