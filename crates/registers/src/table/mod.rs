//! Tables: the template people fill in, export as filtered, import with a report for every row.
//!
//! One record takes one row; a record with groups takes as many as its longest group, the record's own columns filled
//! in the first. The first column holds the record's id: blank for a new record. Files, computed fields and the state
//! are written but not read back.

mod columns;
pub mod export;
pub mod import;

use crate::limits;
use crate::register::Register;

pub use columns::{Column, template};
pub use export::rows;
pub use import::{Draft, Existing, Header, Import, RowFinding, import};

/// Header of the id column.
pub const ID_HEADER: &str = "记录编号";
/// Headers of the state column, written for people and never read: the second where a field of the register has the
/// first for its own.
const STATE_HEADERS: [&str; 2] = ["状态", "流程状态"];
/// Stands for a value that does not fit into a cell; read back, it leaves the value as it is.
pub const KEEP: &str = "（内容过长，未导出）";

/// A cell as the caller read it from a workbook or a text file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// Text, or a number or date in its exact text form.
    Text(String),
    /// Yes or no.
    Bool(bool),
}

impl Cell {
    /// Text; empty text is an empty cell.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() {
            Self::Empty
        } else {
            Self::Text(text)
        }
    }
}

/// A merged range of cells, all ends included, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merge {
    /// First row.
    pub top: usize,
    /// First column.
    pub left: usize,
    /// Last row.
    pub bottom: usize,
    /// Last column.
    pub right: usize,
}

/// A sheet as the caller read it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Rows of cells; rows may differ in length.
    pub rows: Vec<Vec<Cell>>,
    /// Merged ranges.
    pub merges: Vec<Merge>,
}

/// Header of a register's state column.
pub fn state_header(register: &Register) -> &'static str {
    let [usual, other] = STATE_HEADERS;
    let taken = template(register)
        .iter()
        .any(|c| c.header == usual || c.aliases.iter().any(|a| a == usual));
    if taken { other } else { usual }
}

impl Sheet {
    /// The sheet with merged ranges filled: every cell of a range reads as its first.
    #[must_use]
    pub fn filled(self) -> Self {
        let Self { mut rows, merges } = self;
        for merge in merges {
            let first = rows.get(merge.top).and_then(|r| r.get(merge.left));
            let value = first.cloned().unwrap_or_default();
            let last = merge.bottom.min(rows.len().saturating_sub(1));
            for row in rows.iter_mut().take(last + 1).skip(merge.top) {
                let right = merge.right.min(limits::IMPORT_COLUMNS);
                if row.len() <= right {
                    row.resize(right + 1, Cell::Empty);
                }
                row.iter_mut()
                    .take(right + 1)
                    .skip(merge.left)
                    .for_each(|c| *c = value.clone());
            }
        }
        Self {
            rows,
            merges: Vec::new(),
        }
    }
}
