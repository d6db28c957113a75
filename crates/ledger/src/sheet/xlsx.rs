//! .xlsx, cell by cell, so that a sheet is held once.

use std::io::{BufReader, Read, Seek};

use calamine::{Reader, SheetType, SheetVisible, Xlsx, XlsxError};

use super::data::{self, Grid};
use super::{Found, Opened, SheetError};

fn said(error: &XlsxError) -> SheetError {
    match error {
        XlsxError::Password => SheetError::new(
            "encrypted",
            "文件已加密；请去除密码后上传",
            "the file is encrypted; remove its password",
        ),
        other => SheetError::damaged(other),
    }
}

/// Reads the first visible sheet that holds something.
pub(super) fn read<R: Read + Seek>(file: R) -> Result<Opened, SheetError> {
    let mut book: Xlsx<BufReader<R>> = Xlsx::new(BufReader::new(file)).map_err(|e| said(&e))?;
    let names: Vec<String> = book
        .sheets_metadata()
        .iter()
        .filter(|s| s.typ == SheetType::WorkSheet && s.visible == SheetVisible::Visible)
        .map(|s| s.name.clone())
        .collect();
    for name in &names {
        let mut grid = Grid::default();
        let mut cells = book.worksheet_cells_reader(name).map_err(|e| said(&e))?;
        while let Some(cell) = cells.next_cell().map_err(|e| said(&e))? {
            let (row, column) = cell.get_position();
            let place = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
            grid.put(place(row), place(column), data::streamed(cell.get_value()))?;
        }
        drop(cells);
        if grid.is_empty() {
            continue;
        }
        let merges = book.merge_cells_by_sheet_name(name).map_err(|e| said(&e))?;
        grid.merges(&merges)?;
        return Ok(grid.opened(found("xlsx", name, &names)));
    }
    Err(empty())
}

/// What is told of a workbook.
pub(super) fn found(format: &str, sheet: &str, names: &[String]) -> Found {
    Found {
        format: format.to_owned(),
        sheet: sheet.to_owned(),
        others: names.iter().filter(|n| *n != sheet).take(50).cloned().collect(),
        ..Found::default()
    }
}

pub(super) fn empty() -> SheetError {
    SheetError::new(
        "empty",
        "没有含内容的可见工作表",
        "no visible sheet holds anything",
    )
}
