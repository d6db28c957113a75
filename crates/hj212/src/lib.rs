//! HJ 212: how field units (数采仪, data loggers) talk to monitoring centres in China, in the editions
//! HJ/T 212-2005, HJ 212-2017 and HJ 212-2025, and in the dialects that loggers really speak.
//!
//! The crate does no IO, reads no clock and starts no thread: bytes, frames and times go in, frames and events
//! come out. It knows nothing of databases or of any platform. Nothing in it panics on input, whatever the input.
//!
//! | room | what it does |
//! |---|---|
//! | [`stream`] | cuts a byte stream into frames; nothing is lost, memory is bounded |
//! | [`frame`] | decodes one frame in place: header, CP, checksum, and a [diagnosis] of every deviation |
//! | [`report`] | the same as an owned report that can be serialised |
//! | [`reading`] | uploads as readings: time, factor, field, value, flag |
//! | [`command`], [`factors`] | names of commands, systems, flags, return codes and factors, by edition |
//! | [`encode`], [`reply`], [`join`] | writing frames and packets, the right answer, joining packets |
//! | [`cipher`] | SM4 over CP, 2025: opening with the device's key, sealing, both wire forms |
//! | [`dialogue`] | both ends of a connection as state machines |
//! | [`crc`], [`edition`], [`text`] | checksum and its dialects, Flag, character sets |
//!
//! # Receiving
//!
//! ```
//! use hj212::reading::{Field, Kind, Upload};
//! use hj212::stream::{Decoder, Item};
//!
//! let mut decoder = Decoder::default();
//! decoder.push(b"##0170QN=20240311083000517;ST=32;CN=2011;PW=123456;MN=371523A00000000000000042;Flag=5;\
//!     CP=&&DataTime=20240311083000;w01018-Rtd=38.6,w01018-Flag=N;w21003-Rtd=0.85,w21003-Flag=T&&4400\r\n");
//! while let Some(item) = decoder.next_item() {
//!     let Item::Frame(raw) = item else { continue }; // junk: quarantine it unless it is blank
//!     let frame = hj212::decode(raw.bytes);
//!     assert!(frame.ok());
//!
//!     let upload = Upload::read(&frame).expect("an upload");
//!     assert_eq!(upload.kind, Kind::Realtime);
//!     let cod = &upload.records[0].readings[0];
//!     assert_eq!((cod.field, cod.number), (Field::Rtd, Some("38.6")));
//!     assert_eq!(hj212::factors::find(&cod.code.to_str()).map(|factor| factor.zh), Some("化学需氧量"));
//!
//!     // Once the upload is durable, and only then:
//!     let answer = hj212::reply::reply_to(&frame).expect("Flag asks for one");
//!     assert_eq!(answer.cn, "9014");
//! }
//! ```
//!
//! # Choices where sources differ
//!
//! - A frame is usable ([`Decoded::ok`]) when its checksum is the standard's, whatever else is odd about it.
//! - [`Decoded::header`] is true to the letter: `QN=…,ST=32` is a QN with a comma in it and no ST.
//!   [`Decoded::mended_header`] reads what was meant; replies and the joiner use it.
//! - Version bits 000010 are 2025 unless ST, MN or the year of QN show the surface-water network.
//! - Log text between `//` may hold separators; it stays in one piece.
//! - Encrypted content of 2025 is diagnosed by [`decode`] and kept as bytes; [`cipher::unseal`] opens it with a key. Length
//!   and checksum are those of the plain text, so only an opened frame can be judged. The dialogue machines read plain
//!   frames: unseal what comes before it is given to them.

pub mod cipher;
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
