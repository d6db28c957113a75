//! Reading definition files: every error names file, line, column and what was expected there.

use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Definition;
use crate::limits;
use crate::text::Names;

/// Something wrong in a file of definitions, codes or demonstration records.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {}; {}", said.zh, said.en)]
pub struct FileError {
    /// The file as the caller named it.
    pub file: String,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// What is wrong and what was expected.
    pub said: Names,
}

/// One step of a path into a TOML document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A key of a table.
    Key(String),
    /// A place in an array.
    At(usize),
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<usize> for Step {
    fn from(place: usize) -> Self {
        Self::At(place)
    }
}

/// A file's text, able to say where a part of it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a> {
    pub(crate) file: &'a str,
    pub(crate) text: &'a str,
}

impl Source<'_> {
    /// An error at a byte position.
    pub(crate) fn error_at(&self, byte: usize, said: Names) -> FileError {
        let before = self.text.get(..byte).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
        FileError {
            file: self.file.to_owned(),
            line,
            column,
            said,
        }
    }

    /// An error at the part the path names, or at the nearest part above it that exists.
    pub(crate) fn error_in(&self, path: &[Step], said: Names) -> FileError {
        let at = DeTable::parse(self.text).map_or(0, |root| locate(&root, path).start);
        self.error_at(at, said)
    }
}

fn locate(root: &Spanned<DeTable<'_>>, path: &[Step]) -> Range<usize> {
    let mut best = root.span();
    let mut steps = path.iter();
    let Some(Step::Key(first)) = steps.next() else {
        return best;
    };
    let Some((key, mut value)) = root.get_ref().get_key_value(first.as_str()) else {
        return best;
    };
    best = key.span();
    let last_is_key = matches!(path.last(), Some(Step::Key(_)));
    for step in steps {
        let next = match (step, value.get_ref()) {
            (Step::Key(name), DeValue::Table(table)) => {
                table.get_key_value(name.as_str()).map(|(k, v)| (k.span(), v))
            }
            (Step::At(place), DeValue::Array(array)) => array.get(*place).map(|v| (v.span(), v)),
            _ => None,
        };
        let Some((span, inner)) = next else { return best };
        best = span;
        value = inner;
    }
    // The value says more than its key, unless it is a whole table.
    match value.get_ref() {
        DeValue::Table(_) | DeValue::Array(_) => best,
        _ if last_is_key => value.span(),
        _ => best,
    }
}

/// Reads any of this crate's TOML files into its type.
pub(crate) fn toml_file<T: DeserializeOwned>(source: Source<'_>) -> Result<T, FileError> {
    if source.text.len() > limits::DEFINITION_BYTES {
        return Err(source.error_at(
            0,
            Names::new(
                format!("文件大于 {} 字节", limits::DEFINITION_BYTES),
                format!(
                    "the file is larger than {} bytes; split it",
                    limits::DEFINITION_BYTES
                ),
            ),
        ));
    }
    toml::from_str(source.text).map_err(|e| {
        let at = e.span().map_or(0, |s| s.start);
        source.error_at(
            at,
            Names::new(format!("格式不符: {}", e.message()), e.message().to_owned()),
        )
    })
}

/// Reads one definition; nothing between its parts is checked yet.
pub(crate) fn definition(source: Source<'_>) -> Result<Definition, FileError> {
    toml_file(source)
}
