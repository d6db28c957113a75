//! What is told of a table before anything is changed.

use registers::history::Change;
use registers::table::RowFinding;
use registers::text::Names;
use serde::{Deserialize, Serialize};

use crate::sheet::Found;

/// The report on a table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Name of the file.
    pub file: String,
    /// What the file is.
    pub found: Found,
    /// Row of the header, counted from 1.
    pub header_row: Option<usize>,
    /// Records read without a finding.
    pub rows: usize,
    /// Of these, new ones.
    pub new: usize,
    /// Of these, with changed values.
    pub changed: usize,
    /// Of these, that say what is known.
    pub unchanged: usize,
    /// Columns of the table with the field each means.
    pub columns: Vec<ImportColumn>,
    /// Fields no column was found for.
    pub missing_columns: Vec<Names>,
    /// Everything wrong, by row; bounded.
    pub findings: Vec<ImportFinding>,
    /// How much is wrong in all.
    pub findings_total: usize,
    /// The first records.
    pub preview: Vec<ImportPreview>,
    /// Whether it can be confirmed.
    pub confirmable: bool,
}

/// A column of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportColumn {
    /// Letter, as table programs show it.
    pub column: String,
    /// Header.
    pub header: String,
    /// Field it means, `group.field` inside groups, `id` for the record's number; `None` where it is left out.
    pub field: Option<String>,
    /// Whether its values are taken; computed values, files and the state are not.
    pub taken: bool,
}

/// Something wrong in the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportFinding {
    /// Row, counted from 1; 0 for the table as a whole.
    pub row: usize,
    /// Letter of the column.
    pub column: Option<String>,
    /// Its header.
    pub header: Option<String>,
    /// Field: `name`, `group[2].name`.
    pub field: String,
    /// The field's name.
    pub names: Names,
    /// The value as it came.
    pub value: Option<String>,
    /// Stable code.
    pub code: String,
    /// What was expected.
    pub expected: Names,
}

impl ImportFinding {
    pub(super) fn of(found: RowFinding, columns: &[ImportColumn]) -> Self {
        let letter = columns
            .iter()
            .find(|c| found.column.as_ref() == Some(&c.header))
            .map(|c| c.column.clone());
        Self {
            row: found.row,
            column: letter,
            header: found.column,
            field: found.finding.field,
            names: found.finding.names,
            value: found.finding.value,
            code: found.finding.code.to_owned(),
            expected: found.finding.expected,
        }
    }
}

/// What a record of the table comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// 新增
    New,
    /// 修改
    Changed,
    /// 无变化
    Unchanged,
}

impl RowKind {
    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
        }
    }
}

/// One record of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportPreview {
    /// First row.
    pub row: usize,
    /// The record it changes.
    pub id: Option<String>,
    /// Title.
    pub title: String,
    /// What it comes to.
    pub kind: RowKind,
    /// What changes; bounded.
    pub changes: Vec<ImportChange>,
}

/// One value that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportChange {
    /// Field.
    pub field: String,
    /// Its name.
    pub names: Names,
    /// Before, as people read it.
    pub before: Option<String>,
    /// After.
    pub after: Option<String>,
}

impl From<Change> for ImportChange {
    fn from(change: Change) -> Self {
        // Geometries and long texts are cut: this is a preview.
        let cut = |text: Option<String>| text.map(|t| t.chars().take(200).collect());
        Self {
            field: change.field,
            names: change.names,
            before: cut(change.before),
            after: cut(change.after),
        }
    }
}

/// `A`, `B` … `Z`, `AA` …
pub(super) fn letter(at: usize) -> String {
    let mut out = Vec::new();
    let mut n = at + 1;
    while n > 0 {
        n -= 1;
        out.push(char::from(b'A' + u8::try_from(n % 26).unwrap_or(0)));
        n /= 26;
    }
    out.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn columns_have_the_letters_table_programs_show() {
        let shown: Vec<String> = [0, 25, 26, 51, 52, 701, 702].map(super::letter).to_vec();
        assert_eq!(shown, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }
}
