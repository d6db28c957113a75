//! Cells of workbooks to the engine's cells: numbers and dates in their exact text form, within the bounds.

use calamine::{CellErrorType, Data, DataRef, Dimensions, ExcelDateTime};
use jiff::ToSpan;
use jiff::civil::{DateTime, Time};
use registers::table::{Cell, Merge, Sheet};

use super::{Fault, FaultKind, Opened, SheetError, limits};

/// A sheet being read, counting what it holds.
#[derive(Debug, Default)]
pub(super) struct Grid {
    pub(super) sheet: Sheet,
    faults: Vec<Fault>,
    more: usize,
    cells: usize,
    bytes: usize,
    merged: usize,
}

pub(super) fn too_many_cells() -> SheetError {
    SheetError::large(
        &format!("表格超过 {} 个单元格（含空白单元格）", limits::CELLS),
        &format!(
            "the sheet has more than {} cells, empty ones included",
            limits::CELLS
        ),
    )
}

impl Grid {
    /// Puts a value to its place. Empty values take no room.
    pub(super) fn put(&mut self, row: usize, column: usize, value: Value<'_>) -> Result<(), SheetError> {
        let cell = match value {
            Value::Empty => return Ok(()),
            Value::Text(text) => Cell::text(text),
            Value::Owned(text) => Cell::text(text),
            Value::Bool(b) => Cell::Bool(b),
            Value::Fault(kind, text) => {
                self.fault(row, column, kind);
                Cell::text(text)
            }
        };
        // Spaces alone say nothing.
        if cell == Cell::Empty || matches!(&cell, Cell::Text(text) if text.trim().is_empty()) {
            return Ok(());
        }
        if row >= limits::ROWS || column >= limits::COLUMNS {
            return Err(SheetError::large(
                &format!(
                    "第 {} 行第 {} 列有内容，表格上限为 {} 行、{} 列",
                    row + 1,
                    column + 1,
                    limits::ROWS,
                    limits::COLUMNS
                ),
                &format!(
                    "row {}, column {} is filled in; a sheet has at most {} rows and {} columns",
                    row + 1,
                    column + 1,
                    limits::ROWS,
                    limits::COLUMNS
                ),
            ));
        }
        if let Cell::Text(text) = &cell {
            self.bytes += text.len();
        }
        if self.bytes > limits::TEXT_BYTES {
            let mib = limits::TEXT_BYTES >> 20;
            return Err(SheetError::large(
                &format!("表格文本超过 {mib} MiB"),
                &format!("the sheet holds more than {mib} MiB of text"),
            ));
        }
        let rows = &mut self.sheet.rows;
        if rows.len() <= row {
            rows.resize_with(row + 1, Vec::new);
        }
        if let Some(cells) = rows.get_mut(row) {
            if cells.len() <= column {
                self.cells += column + 1 - cells.len();
                if self.cells > limits::CELLS {
                    return Err(too_many_cells());
                }
                cells.resize(column + 1, Cell::Empty);
            }
            if let Some(place) = cells.get_mut(column) {
                *place = cell;
            }
        }
        Ok(())
    }

    fn fault(&mut self, row: usize, column: usize, kind: FaultKind) {
        if self.faults.len() < limits::FAULTS {
            self.faults.push(Fault { row, column, kind });
        } else {
            self.more += 1;
        }
    }

    /// A merged range, all ends included.
    pub(super) fn merge(
        &mut self,
        top: usize,
        left: usize,
        bottom: usize,
        right: usize,
    ) -> Result<(), SheetError> {
        // Beyond the filled part of a sheet a merged range says nothing.
        let (bottom, right) = (bottom.min(limits::ROWS - 1), right.min(limits::COLUMNS - 1));
        if top > bottom || left > right || (top, left) == (bottom, right) {
            return Ok(());
        }
        self.merged += (bottom - top + 1) * (right - left + 1);
        if self.merged > limits::MERGED_CELLS {
            return Err(SheetError::large(
                &format!("合并单元格超过 {} 格", limits::MERGED_CELLS),
                &format!("merged ranges hold more than {} cells", limits::MERGED_CELLS),
            ));
        }
        self.sheet.merges.push(Merge {
            top,
            left,
            bottom,
            right,
        });
        Ok(())
    }

    /// Merged ranges as the library gives them. Whole columns that were merged down to the sheet's end are cut to the
    /// rows that hold something.
    pub(super) fn merges(&mut self, found: &[Dimensions]) -> Result<(), SheetError> {
        let last = self.sheet.rows.len().saturating_sub(1);
        for d in found {
            let place = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
            let bottom = place(d.end.0).min(last.max(place(d.start.0)));
            self.merge(place(d.start.0), place(d.start.1), bottom, place(d.end.1))?;
        }
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.sheet.rows.is_empty()
    }

    pub(super) fn opened(self, found: super::Found) -> Opened {
        Opened {
            sheet: self.sheet,
            found,
            faults: self.faults,
            more: self.more,
        }
    }
}

/// A value on its way into a cell.
#[derive(Debug)]
pub(super) enum Value<'a> {
    Empty,
    Text(&'a str),
    Owned(String),
    Bool(bool),
    Fault(FaultKind, String),
}

/// A number as a workbook means it: at most 15 digits, so that 0.1 + 0.2 reads 0.3. Whole numbers of more digits have
/// lost some and are marked.
pub(super) fn number<'a>(x: f64) -> Value<'a> {
    if !x.is_finite() {
        return Value::Fault(FaultKind::Formula, "#NUM!".to_owned());
    }
    if x.abs() >= 1e15 {
        return Value::Fault(FaultKind::LostDigits, format!("{x:E}"));
    }
    let rounded: f64 = format!("{x:.*e}", limits::DIGITS - 1).parse().unwrap_or(x);
    Value::Owned(if rounded == 0.0 {
        "0".to_owned()
    } else {
        rounded.to_string()
    })
}

fn moment<'a>(at: ExcelDateTime) -> Value<'a> {
    let days = at.as_f64();
    if !days.is_finite() || !(0.0..2_958_466.0).contains(&days) {
        return number(days);
    }
    if at.is_duration() {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "days lie between 0 and 2,958,466"
        )]
        let seconds = (days * 86_400.0).round() as u64;
        return Value::Owned(format!(
            "{:02}:{:02}:{:02}",
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60
        ));
    }
    // To the second: a workbook keeps times as parts of a day.
    let (year, month, day, hour, minute, second, milli) = at.to_ymd_hms_milli();
    let small = |n: u8| i8::try_from(n).unwrap_or(-1);
    let civil = i16::try_from(year).ok().and_then(|year| {
        DateTime::new(
            year,
            small(month),
            small(day),
            small(hour),
            small(minute),
            small(second),
            0,
        )
        .ok()
    });
    // The 29th of February 1900, which workbooks know and the calendar does not.
    let Some(civil) = civil else {
        return number(days);
    };
    let civil = civil.saturating_add(i64::from(milli >= 500).seconds());
    Value::Owned(match (days < 1.0, civil.time() == Time::midnight()) {
        (true, _) => civil.strftime("%H:%M:%S").to_string(),
        (false, true) => civil.strftime("%Y-%m-%d").to_string(),
        (false, false) => civil.strftime("%Y-%m-%d %H:%M:%S").to_string(),
    })
}

fn failed<'a>(error: &CellErrorType) -> Value<'a> {
    Value::Fault(FaultKind::Formula, error.to_string())
}

/// A cell of a streamed sheet.
pub(super) fn streamed<'a>(value: &'a DataRef<'_>) -> Value<'a> {
    match value {
        DataRef::Empty => Value::Empty,
        DataRef::Int(n) => whole(*n),
        DataRef::Float(x) => number(*x),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Value::Text(text),
        DataRef::SharedString(text) => Value::Text(text),
        DataRef::Bool(b) => Value::Bool(*b),
        DataRef::DateTime(at) => moment(*at),
        DataRef::Error(error) => failed(error),
    }
}

/// A cell of a whole sheet.
pub(super) fn held(value: &Data) -> Value<'_> {
    match value {
        Data::Empty => Value::Empty,
        Data::Int(n) => whole(*n),
        Data::Float(x) => number(*x),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => Value::Text(text),
        Data::Bool(b) => Value::Bool(*b),
        Data::DateTime(at) => moment(*at),
        Data::Error(error) => failed(error),
    }
}

fn whole<'a>(n: i64) -> Value<'a> {
    if n.unsigned_abs() >= 1_000_000_000_000_000 {
        Value::Fault(FaultKind::LostDigits, n.to_string())
    } else {
        Value::Owned(n.to_string())
    }
}
