//! Tables as files: workbooks (.xlsx, .xls, .ods) and text (.csv) to the engine's sheet, and the engine's columns and
//! rows to the template and to the export. What is exported comes back unchanged.
//!
//! Everything read is bounded (see [`limits`]): a packed bomb, a cell at the far corner of a sheet or one text in every
//! cell get no further than the bounds.

mod csv;
mod data;
mod guard;
pub mod limits;
mod ods;
mod write;
mod xls;
mod xlsx;

use std::io::{Read, Seek, SeekFrom};

use registers::table::Sheet;
use registers::text::Names;
use serde::{Deserialize, Serialize};

pub use self::csv::{Csv, text_cell};
pub use self::write::{Export, WriteError, template};

/// A file as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// The cells.
    pub sheet: Sheet,
    /// What the file is.
    pub found: Found,
    /// Cells whose value cannot be trusted.
    pub faults: Vec<Fault>,
    /// Faults beyond the bound.
    pub more: usize,
}

/// What was found out about a file, told to whoever sent it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// `xlsx`, `xls`, `ods` or `csv`.
    pub format: String,
    /// Name of the sheet read; empty in a text file.
    pub sheet: String,
    /// Other visible sheets, which were not read.
    pub others: Vec<String>,
    /// Encoding of a text file.
    pub encoding: String,
    /// Separator of a text file.
    pub separator: String,
}

/// A cell whose value cannot be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Row, counted from 0.
    pub row: usize,
    /// Column, counted from 0.
    pub column: usize,
    /// What is wrong with it.
    pub kind: FaultKind,
}

/// Why a cell's value cannot be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// A number of more digits than a workbook keeps: the last ones are lost.
    LostDigits,
    /// A formula that could not be worked out.
    Formula,
}

impl FaultKind {
    /// What to do about it.
    pub fn said(self) -> Names {
        match self {
            Self::LostDigits => Names::new(
                "数字超过15位，表格软件已丢失末位；请将该列设为文本格式后重新填写",
                "a number of more than 15 digits has lost its last ones; format the column as text and enter it again",
            ),
            Self::Formula => Names::new(
                "公式出错，没有结果；请改为数值",
                "the formula failed and has no value; enter the value",
            ),
        }
    }
}

/// A file that cannot be read as a table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{said}")]
pub struct SheetError {
    /// `too_large`, `format`, `encrypted`, `damaged`, `encoding`, `empty`, `io`.
    pub code: &'static str,
    /// What is wrong, where, and what to do.
    pub said: Names,
}

impl SheetError {
    pub(crate) fn new(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            code,
            said: Names::new(zh, en),
        }
    }

    pub(crate) fn damaged(what: &dyn std::fmt::Display) -> Self {
        Self::new(
            "damaged",
            format!("文件损坏或不完整（{what}），请重新保存后上传"),
            format!("the file is damaged or incomplete ({what}); save it again and upload it"),
        )
    }

    pub(crate) fn large(zh: &str, en: &str) -> Self {
        Self::new(
            "too_large",
            format!("{zh}，请拆分"),
            format!("{en}; split the file"),
        )
    }

    fn io(error: &std::io::Error) -> Self {
        Self::new(
            "io",
            format!("读取文件失败（{error}），请重试"),
            format!("reading the file failed ({error}); try again"),
        )
    }
}

/// Reads a table from a file's content, whatever its name says.
pub fn open<R: Read + Seek>(mut file: R) -> Result<Opened, SheetError> {
    let io = |e: std::io::Error| SheetError::io(&e);
    let size = file.seek(SeekFrom::End(0)).map_err(io)?;
    if size > limits::FILE_BYTES {
        let mib = limits::FILE_BYTES >> 20;
        return Err(SheetError::large(
            &format!("文件超过 {mib} MiB"),
            &format!("the file is larger than {mib} MiB"),
        ));
    }
    file.rewind().map_err(io)?;
    let mut head = Vec::new();
    (&mut file).take(8).read_to_end(&mut head).map_err(io)?;
    file.rewind().map_err(io)?;
    if head.is_empty() {
        return Err(SheetError::new("empty", "文件是空的", "the file is empty"));
    }
    if head.starts_with(b"PK\x03\x04") {
        return match guard::packed(&mut file)? {
            guard::Packed::Xlsx => xlsx::read(file),
            guard::Packed::Ods => ods::read(file),
        };
    }
    if head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
        guard::compound(&mut file)?;
        return xls::read(file);
    }
    if head.starts_with(b"%PDF") || head.starts_with(b"\x89PNG") || head.starts_with(b"\xFF\xD8\xFF") {
        return Err(guard::unknown());
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(io)?;
    csv::read(bytes)
}

#[cfg(test)]
mod tests;
