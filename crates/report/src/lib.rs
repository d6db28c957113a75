//! A report as a value (headings, paragraphs, tables, charts, notes), and its two written forms: Word and PDF in the
//! layout of Chinese official documents (GB/T 9704). The same value gives the same bytes.
//!
//! This crate must not know: where its figures come from, the time of day, SQL, HTTP. Fonts are given by the caller.

pub mod document;
pub mod docx;
mod drawing;
mod flow;
pub mod fonts;
pub mod limits;
pub mod pdf;

pub use document::Document;
pub use fonts::Fonts;
