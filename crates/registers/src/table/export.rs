//! Records to table rows, in template order: what is written comes back unchanged.

use serde_json::Value;

use super::{Cell, Column, KEEP};
use crate::definition::FieldType;
use crate::limits;
use crate::record::Record;
use crate::register::Register;

/// The rows of one record.
pub fn rows(register: &Register, columns: &[Column], record: &Record) -> Vec<Vec<Cell>> {
    let groups = register
        .definition
        .field
        .iter()
        .filter(|f| f.kind == FieldType::Group);
    let longest = groups
        .filter_map(|g| record.body.get(&g.name)?.as_array().map(Vec::len))
        .max()
        .unwrap_or(1)
        .max(1);
    (0..longest)
        .map(|n| {
            columns
                .iter()
                .map(|column| cell(register, column, record, n))
                .collect()
        })
        .collect()
}

fn cell(register: &Register, column: &Column, record: &Record, row: usize) -> Cell {
    let Some(name) = &column.field else {
        return Cell::text(record.id.as_str());
    };
    let (group, value) = match &column.group {
        Some(group) => {
            let rows = record.body.get(group).and_then(Value::as_array);
            (
                register.definition.field(group),
                rows.and_then(|r| r.get(row)).and_then(|r| r.get(name)),
            )
        }
        None if row > 0 => return Cell::Empty,
        None => (None, record.body.get(name)),
    };
    let field = group.map_or_else(|| register.definition.field(name), |g| g.subfield(name));
    let (Some(field), Some(value)) = (field, value) else {
        return Cell::Empty;
    };
    let text = register.display(group, field, value);
    if text.chars().count() > limits::CELL_CHARS {
        Cell::text(KEEP)
    } else {
        Cell::text(text)
    }
}
