//! The desk beside the registers: imports that wait for their confirmation, doubles decided upon, publications as the
//! public saw them.

mod doubles;
mod imports;
mod publications;

pub use doubles::DecidedDouble;
pub use imports::{ImportRow, ImportState, StoredImport};
pub use publications::{NewPublication, PublishedRow, Publishing, StoredPublication};
