//! .xls: read whole; its size was looked at before.

use std::io::{BufReader, Read, Seek};

use calamine::{Reader, SheetType, SheetVisible, Xls, XlsError};

use super::data::{self, Grid};
use super::{Opened, SheetError, xlsx};

fn said(error: &XlsError) -> SheetError {
    match error {
        XlsError::Password => SheetError::new(
            "encrypted",
            "文件已加密；请去除密码后上传",
            "the file is encrypted; remove its password",
        ),
        other => SheetError::damaged(other),
    }
}

/// Reads the first visible sheet that holds something.
pub(super) fn read<R: Read + Seek>(file: R) -> Result<Opened, SheetError> {
    let mut book: Xls<BufReader<R>> = Xls::new(BufReader::new(file)).map_err(|e| said(&e))?;
    let names: Vec<String> = book
        .sheets_metadata()
        .iter()
        .filter(|s| s.typ == SheetType::WorkSheet && s.visible == SheetVisible::Visible)
        .map(|s| s.name.clone())
        .collect();
    for name in &names {
        let range = book.worksheet_range(name).map_err(|e| said(&e))?;
        let Some((top, left)) = range.start() else {
            continue;
        };
        let place = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        let mut grid = Grid::default();
        for (row, column, value) in range.used_cells() {
            grid.put(
                place(top).saturating_add(row),
                place(left).saturating_add(column),
                data::held(value),
            )?;
        }
        if grid.is_empty() {
            continue;
        }
        let merges = book.merge_cells_by_sheet_name(name).map_err(|e| said(&e))?;
        grid.merges(&merges)?;
        return Ok(grid.opened(xlsx::found("xls", name, &names)));
    }
    Err(xlsx::empty())
}
