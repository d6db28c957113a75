//! A report as a value (headings, paragraphs, tables, charts, notes), and its two written forms: Word and PDF in the
//! layout of Chinese official documents. The same value gives the same bytes.
//!
//! This crate must not know: where its figures come from, the time of day, SQL, HTTP.
