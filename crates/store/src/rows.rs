//! Batches on their way into SQL (one JSON parameter) and rows on their way out of it.

use model::time::UtcMs;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use crate::error::StoreError;

/// One column of a batch's row.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cell<'a> {
    Null,
    Int(i64),
    Float(f64),
    Text(&'a str),
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => to.serialize_none(),
            Self::Int(n) => to.serialize_i64(*n),
            Self::Float(x) => to.serialize_f64(*x),
            Self::Text(t) => to.serialize_str(&clean(t)),
        }
    }
}

impl From<i64> for Cell<'_> {
    fn from(n: i64) -> Self {
        Self::Int(n)
    }
}

impl From<bool> for Cell<'_> {
    fn from(yes: bool) -> Self {
        Self::Int(i64::from(yes))
    }
}

impl From<UtcMs> for Cell<'_> {
    fn from(t: UtcMs) -> Self {
        Self::Int(t.0)
    }
}

impl From<f64> for Cell<'_> {
    fn from(x: f64) -> Self {
        Self::Float(x)
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(t: &'a str) -> Self {
        Self::Text(t)
    }
}

impl<'a> From<&'a String> for Cell<'a> {
    fn from(t: &'a String) -> Self {
        Self::Text(t)
    }
}

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Neither engine keeps a NUL inside text; a device that sends one must not stop the batch it is in.
pub(crate) fn clean(text: &str) -> std::borrow::Cow<'_, str> {
    if text.contains('\0') {
        text.replace('\0', "\u{FFFD}").into()
    } else {
        text.into()
    }
}

/// As [`clean`], in place.
pub(crate) fn scrub(text: &mut String) {
    if text.contains('\0') {
        *text = text.replace('\0', "\u{FFFD}");
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
            // Writing to a string cannot fail.
            let _ = write!(out, "{byte:02x}");
            out
        })
}

/// A batch: a JSON array of arrays.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    json: Vec<u8>,
    len: usize,
}

impl Rows {
    pub(crate) fn push<const N: usize>(&mut self, cells: [Cell<'_>; N]) {
        self.json.push(if self.len == 0 { b'[' } else { b',' });
        // Writing integers, floats and text to memory cannot fail.
        let _ = serde_json::to_writer(&mut self.json, cells.as_slice());
        self.len += 1;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(crate) fn into_json(mut self) -> String {
        if self.len == 0 {
            self.json.push(b'[');
        }
        self.json.push(b']');
        String::from_utf8(self.json).unwrap_or_default()
    }
}

/// Reads a column by name.
pub(crate) trait Columns {
    fn int(&self, name: &str) -> Result<i64, StoreError>;
    fn opt_int(&self, name: &str) -> Result<Option<i64>, StoreError>;
    fn opt_float(&self, name: &str) -> Result<Option<f64>, StoreError>;
    fn text(&self, name: &str) -> Result<String, StoreError>;
    fn opt_text(&self, name: &str) -> Result<Option<String>, StoreError>;

    fn flag(&self, name: &str) -> Result<bool, StoreError> {
        Ok(self.int(name)? != 0)
    }

    fn time(&self, name: &str) -> Result<UtcMs, StoreError> {
        self.int(name).map(UtcMs)
    }

    fn opt_time(&self, name: &str) -> Result<Option<UtcMs>, StoreError> {
        Ok(self.opt_int(name)?.map(UtcMs))
    }

    /// Text that names one of a few things.
    fn named<T>(&self, name: &'static str, read: impl FnOnce(&str) -> Option<T>) -> Result<T, StoreError> {
        let text = self.text(name)?;
        read(&text).ok_or_else(|| StoreError::stored(name, text))
    }

    fn decimal(&self, name: &'static str) -> Result<Option<Decimal>, StoreError> {
        self.opt_text(name)?
            .map(|text| Decimal::from_str_exact(&text).map_err(|_| StoreError::stored(name, text)))
            .transpose()
    }

    fn json<T: serde::de::DeserializeOwned>(&self, name: &'static str) -> Result<T, StoreError> {
        let text = self.text(name)?;
        serde_json::from_str(&text).map_err(|_| StoreError::stored(name, text))
    }
}

impl Columns for AnyRow {
    fn int(&self, name: &str) -> Result<i64, StoreError> {
        Ok(self.try_get(name)?)
    }

    fn opt_int(&self, name: &str) -> Result<Option<i64>, StoreError> {
        Ok(self.try_get(name)?)
    }

    fn opt_float(&self, name: &str) -> Result<Option<f64>, StoreError> {
        Ok(self.try_get(name)?)
    }

    fn text(&self, name: &str) -> Result<String, StoreError> {
        Ok(self.try_get(name)?)
    }

    fn opt_text(&self, name: &str) -> Result<Option<String>, StoreError> {
        Ok(self.try_get(name)?)
    }
}
