//! Reading of the tables compiled into the library (`data/*.csv`): typed rows, `#` lines are comments.
//!
//! A row that cannot be read is skipped, so nothing can fail at run time; each table has a unit test with
//! [`assert_complete`] which fails when a row was skipped.

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error};

use crate::judgement::Confidence;
use crate::num::Exact;

/// The rows of a table.
pub(crate) fn rows<T: DeserializeOwned>(text: &str) -> Vec<T> {
    csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes())
        .deserialize()
        .flatten()
        .collect()
}

/// A cell with a number.
pub(crate) fn exact<'de, D: Deserializer<'de>>(cell: D) -> Result<Exact, D::Error> {
    String::deserialize(cell)?.parse().map_err(D::Error::custom)
}

/// A cell with a number, or empty.
pub(crate) fn opt_exact<'de, D: Deserializer<'de>>(cell: D) -> Result<Option<Exact>, D::Error> {
    let text = String::deserialize(cell)?;
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(D::Error::custom)
}

/// A cell with a date.
pub(crate) fn date<'de, D: Deserializer<'de>>(cell: D) -> Result<jiff::civil::Date, D::Error> {
    String::deserialize(cell)?.parse().map_err(D::Error::custom)
}

/// A cell with a date, or empty.
pub(crate) fn opt_date<'de, D: Deserializer<'de>>(cell: D) -> Result<Option<jiff::civil::Date>, D::Error> {
    let text = String::deserialize(cell)?;
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(D::Error::custom)
}

/// A cell with a confidence letter A, B, C or U.
pub(crate) fn confidence<'de, D: Deserializer<'de>>(cell: D) -> Result<Confidence, D::Error> {
    Ok(Confidence::from_letter(&String::deserialize(cell)?))
}

/// Fails when a row of the table was skipped.
#[cfg(test)]
pub(crate) fn assert_complete<T>(text: &str, read: &[T]) {
    let lines = text
        .lines()
        .filter(|l| !l.trim().is_empty() && !l.starts_with('#'))
        .count();
    assert_eq!(read.len() + 1, lines, "a row of the table could not be read");
}
