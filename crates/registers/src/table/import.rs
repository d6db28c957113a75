//! Import: header found and mapped, merged cells filled down, every row read and checked; records, or nothing.

use std::collections::BTreeMap;

use jiff::civil::Date;
use model::ids::RecordId;
use serde::Serialize;
use serde_json::Value;

use super::{Cell, Column, KEEP, STATE_HEADERS, Sheet, template};
use crate::admit::{self, References};
use crate::definition::FieldType;
use crate::history::{self, Change};
use crate::limits;
use crate::normalise::{self, plain};
use crate::record::{Body, Finding, Record};
use crate::register::Register;
use crate::text::Names;

/// Answers which records exist.
pub trait Existing {
    /// A record by its id.
    fn by_id(&self, id: &str) -> Option<Record>;
    /// The record that holds a key's values.
    fn by_key(&self, fields: &[String], values: &[String]) -> Option<RecordId>;
}

/// A register without records.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nothing;

impl Existing for Nothing {
    fn by_id(&self, _: &str) -> Option<Record> {
        None
    }

    fn by_key(&self, _: &[String], _: &[String]) -> Option<RecordId> {
        None
    }
}

/// What one record of the table would become.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// First row of the record in the sheet, counted from 1 as Excel does.
    pub row: usize,
    /// The record changed; `None` for a new one.
    pub id: Option<RecordId>,
    /// Its admitted body.
    pub body: Body,
    /// What changes; empty where nothing does. New records list all their values.
    pub changes: Vec<Change>,
}

/// One finding with its row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowFinding {
    /// Row in the sheet, counted from 1; 0 for the sheet as a whole.
    pub row: usize,
    /// Header of the column as it stands in the sheet, where one column is meant.
    pub column: Option<String>,
    /// What was found.
    pub finding: Finding,
}

/// Result of an import.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// The records, only when nothing was found wrong.
    pub drafts: Option<Vec<Draft>>,
    /// Records read.
    pub records: usize,
    /// Everything wrong, by row; bounded.
    pub findings: Vec<RowFinding>,
    /// Findings beyond the bound.
    pub more: usize,
    /// Headers of the sheet that mean nothing to the register: shown, and left out.
    pub ignored: Vec<String>,
    /// Fields no column was found for.
    pub absent: Vec<Names>,
    /// Row of the header in the sheet, counted from 1.
    pub header_row: Option<usize>,
    /// The header's cells that are filled in.
    pub headers: Vec<Header>,
}

/// A column of the sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Place in the sheet, counted from 0.
    pub at: usize,
    /// As it stands there.
    pub text: String,
    /// The register's column it means.
    pub column: Option<Column>,
}

struct Reading<'a> {
    register: &'a Register,
    columns: Vec<Column>,
    /// Sheet column → place in `columns`.
    mapped: BTreeMap<usize, usize>,
    headers: BTreeMap<usize, String>,
    out: Import,
}

/// Reads a sheet. `today` is the present day; nothing is stored here, the caller stores all drafts or none.
pub fn import(
    register: &Register,
    sheet: &Sheet,
    existing: &dyn Existing,
    references: &dyn References,
    today: Date,
) -> Import {
    let mut drafts = Vec::new();
    let mut keep = |draft| drafts.push(draft);
    let mut out = each(
        register,
        &sheet.clone().filled(),
        existing,
        references,
        today,
        &mut keep,
    );
    if out.findings.is_empty() {
        out.drafts = Some(drafts);
    }
    out
}

/// As [`import`], each record handed to `keep` as soon as it is read: for tables whose records are not held all at
/// once. What was kept counts only where nothing was found wrong. The sheet's merged ranges are [filled](Sheet::filled).
pub fn each(
    register: &Register,
    sheet: &Sheet,
    existing: &dyn Existing,
    references: &dyn References,
    today: Date,
    keep: &mut dyn FnMut(Draft),
) -> Import {
    let mut reading = Reading::new(register);
    if sheet.rows.len() > limits::IMPORT_ROWS || sheet.rows.iter().any(|r| r.len() > limits::IMPORT_COLUMNS) {
        let (rows, columns) = (limits::IMPORT_ROWS, limits::IMPORT_COLUMNS);
        reading.whole(
            "too_large",
            format!("表格超过 {rows} 行或 {columns} 列，请拆分"),
            format!("the sheet has more than {rows} rows or {columns} columns; split it"),
        );
        return reading.out;
    }
    let rows = &sheet.rows;
    let Some(header) = reading.header(rows) else {
        let wanted: Vec<&str> = reading
            .columns
            .iter()
            .skip(1)
            .take(6)
            .map(|c| c.header.as_str())
            .collect();
        let wanted = wanted.join("、");
        reading.whole(
            "header",
            format!("前 {} 行没有找到表头，应有列: {wanted} …", limits::HEADER_ROWS),
            format!(
                "no header among the first {} rows; expected columns such as {wanted}",
                limits::HEADER_ROWS
            ),
        );
        return reading.out;
    };
    reading.records(rows, header, existing, references, today, keep);
    reading.out
}

/// The header alone: where it stands and what its columns mean; none where no header is found.
pub fn headers(register: &Register, sheet: &Sheet) -> Vec<Header> {
    let top = Sheet {
        rows: sheet.rows.iter().take(limits::HEADER_ROWS).cloned().collect(),
        merges: sheet
            .merges
            .iter()
            .filter(|m| m.top < limits::HEADER_ROWS)
            .copied()
            .collect(),
    };
    let mut reading = Reading::new(register);
    reading.header(&top.filled().rows);
    reading.out.headers
}

/// A header as compared: plain width, without spaces, stars, brackets' content (units, notes).
fn bare(text: &str) -> String {
    let plain = plain(text).to_lowercase();
    let cut = plain.split(['(', '（', '[']).next().unwrap_or_default();
    cut.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '*' | ':' | '：'))
        .collect()
}

fn cell_text(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.trim().to_owned(),
        Cell::Bool(b) => if *b { "是" } else { "否" }.to_owned(),
    }
}

impl<'a> Reading<'a> {
    fn new(register: &'a Register) -> Self {
        Self {
            register,
            columns: template(register),
            mapped: BTreeMap::new(),
            headers: BTreeMap::new(),
            out: Import {
                drafts: None,
                records: 0,
                findings: Vec::new(),
                more: 0,
                ignored: Vec::new(),
                absent: Vec::new(),
                header_row: None,
                headers: Vec::new(),
            },
        }
    }

    fn find(&mut self, row: usize, column: Option<String>, finding: Finding) {
        if self.out.findings.len() < limits::IMPORT_FINDINGS {
            self.out.findings.push(RowFinding { row, column, finding });
        } else {
            self.out.more += 1;
        }
    }

    fn whole(&mut self, code: &'static str, zh: String, en: String) {
        let names = Names::new("整张表", "the whole sheet");
        self.find(
            0,
            None,
            Finding {
                field: String::new(),
                names,
                value: None,
                code,
                expected: Names::new(zh, en),
            },
        );
    }

    /// Which column a header means: by its own name first, then English, then aliases.
    fn column(&self, header: &str) -> Option<usize> {
        let wanted = bare(header);
        if wanted.is_empty() {
            return None;
        }
        let by = |fits: &dyn Fn(&Column) -> bool| self.columns.iter().position(fits);
        by(&|c| bare(&c.header) == wanted)
            .or_else(|| by(&|c| bare(&c.en) == wanted))
            .or_else(|| by(&|c| c.aliases.iter().any(|a| bare(a) == wanted)))
            .or_else(|| by(&|c| c.field.as_deref() == Some(wanted.as_str()) && c.group.is_none()))
    }

    /// The row with most headers known, at least two (one where the table has one column).
    fn header(&mut self, rows: &[Vec<Cell>]) -> Option<usize> {
        let known = |row: &Vec<Cell>| {
            row.iter()
                .filter(|c| self.column(&cell_text(c)).is_some())
                .count()
        };
        let scored = rows
            .iter()
            .take(limits::HEADER_ROWS)
            .enumerate()
            .map(|(n, row)| (known(row), std::cmp::Reverse(n)));
        let (score, std::cmp::Reverse(at)) = scored.max()?;
        if score < 2.min(self.columns.len() - 1) {
            return None;
        }
        for (n, cell) in rows.get(at)?.iter().enumerate() {
            let header = cell_text(cell);
            let place = self.column(&header);
            if !header.is_empty() {
                self.out.headers.push(Header {
                    at: n,
                    text: header.clone(),
                    column: place.and_then(|p| self.columns.get(p)).cloned(),
                });
            }
            match place {
                Some(place) if self.mapped.values().any(|p| *p == place) => {
                    let (zh, en) = (
                        format!("列 «{header}» 重复"),
                        format!("the column «{header}» occurs twice"),
                    );
                    self.whole("header", zh, en);
                }
                Some(place) => {
                    self.mapped.insert(n, place);
                    self.headers.insert(n, header);
                }
                None if header.is_empty() || STATE_HEADERS.contains(&header.as_str()) => {}
                None => self.out.ignored.push(header),
            }
        }
        let mapped: Vec<usize> = self.mapped.values().copied().collect();
        for (place, column) in self.columns.iter().enumerate().skip(1) {
            if column.read_back && !mapped.contains(&place) {
                self.out.absent.push(Names::new(&column.header, &column.en));
            }
        }
        self.out.header_row = Some(at + 1);
        Some(at)
    }

    fn records(
        &mut self,
        rows: &[Vec<Cell>],
        header: usize,
        existing: &dyn Existing,
        references: &dyn References,
        today: Date,
        keep: &mut dyn FnMut(Draft),
    ) {
        let mut seen: BTreeMap<(Vec<String>, Vec<String>), usize> = BTreeMap::new();
        let mut ids: BTreeMap<String, usize> = BTreeMap::new();
        for block in self.blocks(rows, header) {
            let Some(draft) = self.record(rows, &block, existing, references, today) else {
                continue;
            };
            let keys = admit::keys(self.register, &draft.body);
            for (fields, values) in keys {
                let holder = existing.by_key(&fields, &values);
                if holder.is_some() && holder != draft.id {
                    self.double(
                        draft.row,
                        &fields,
                        &values,
                        "库中已有另一条相同记录",
                        "another record holds these values",
                    );
                }
                if let Some(first) = seen.insert((fields.clone(), values.clone()), draft.row) {
                    let (zh, en) = (format!("与第 {first} 行重复"), format!("the same as row {first}"));
                    self.double(draft.row, &fields, &values, &zh, &en);
                }
            }
            if let Some(first) = draft
                .id
                .as_ref()
                .and_then(|id| ids.insert(id.to_string(), draft.row))
            {
                let (zh, en) = (
                    format!("与第 {first} 行是同一记录"),
                    format!("the same record as row {first}"),
                );
                self.double(draft.row, &[], &[], &zh, &en);
            }
            self.out.records += 1;
            keep(draft);
        }
    }

    fn double(&mut self, row: usize, fields: &[String], values: &[String], zh: &str, en: &str) {
        let names: Vec<Names> = fields
            .iter()
            .filter_map(|f| self.register.definition.field(f))
            .map(crate::definition::Field::names)
            .collect();
        let joined = |pick: fn(&Names) -> &str| names.iter().map(pick).collect::<Vec<_>>().join("、");
        let finding = Finding {
            field: fields.join(","),
            names: Names::new(joined(|n| &n.zh), joined(|n| &n.en)),
            value: Some(values.join(" / ")),
            code: "double",
            expected: Names::new(zh, en),
        };
        self.find(row, None, finding);
    }

    /// Rows by record: a row belongs to the record above when it repeats its id, or fills in columns of groups only.
    fn blocks(&self, rows: &[Vec<Cell>], header: usize) -> Vec<Vec<usize>> {
        let mut out: Vec<Vec<usize>> = Vec::new();
        let mut last_id = String::new();
        for (n, row) in rows.iter().enumerate().skip(header + 1) {
            let filled = |group: bool| {
                self.mapped.iter().any(|(at, place)| {
                    let column = self.columns.get(*place);
                    let wanted = column.is_some_and(|c| c.group.is_some() == group && c.field.is_some());
                    wanted && row.get(*at).is_some_and(|c| !cell_text(c).is_empty())
                })
            };
            let id = self.id(row);
            let (own, grouped) = (filled(false), filled(true));
            if !own && !grouped && id.is_empty() {
                continue;
            }
            let follows = !out.is_empty()
                && (!own && grouped && (id.is_empty() || id == last_id) || !id.is_empty() && id == last_id);
            match out.last_mut().filter(|_| follows) {
                Some(block) => block.push(n),
                None => out.push(vec![n]),
            }
            if !id.is_empty() || own {
                last_id = id;
            }
        }
        out
    }

    fn id(&self, row: &[Cell]) -> String {
        let at = self
            .mapped
            .iter()
            .find(|(_, place)| **place == 0)
            .map(|(at, _)| *at);
        at.and_then(|at| row.get(at))
            .map(|c| plain(&cell_text(c)))
            .unwrap_or_default()
    }

    fn record(
        &mut self,
        rows: &[Vec<Cell>],
        block: &[usize],
        existing: &dyn Existing,
        references: &dyn References,
        today: Date,
    ) -> Option<Draft> {
        let first = *block.first()?;
        let id = rows.get(first).map(|r| self.id(r)).filter(|id| !id.is_empty());
        let known = id.as_deref().and_then(|id| existing.by_id(id));
        if let (Some(id), None) = (&id, &known) {
            let finding = Finding {
                field: "id".to_owned(),
                names: Names::new(super::ID_HEADER, "Record id"),
                value: Some(id.clone()),
                code: "reference",
                expected: Names::new(
                    "没有这一记录；新记录留空",
                    "there is no such record; leave it blank for a new one",
                ),
            };
            self.find(first + 1, Some(super::ID_HEADER.to_owned()), finding);
            return None;
        }
        let known = known.or_else(|| self.by_key(rows, block, existing));
        let before = known.as_ref().map(|r| r.body.clone()).unwrap_or_default();
        let raw = self.overlay(rows, block, &before);
        let state = known.as_ref().and_then(|r| r.state.clone());
        match admit::admit(self.register, &raw, state.as_deref(), today, references) {
            Ok(body) => {
                let changes = history::changes(self.register, &before, &body);
                Some(Draft {
                    row: first + 1,
                    id: known.map(|r| r.id),
                    body,
                    changes,
                })
            }
            Err(findings) => {
                for finding in findings {
                    let (row, column) = self.locate(&finding.field, block);
                    self.find(row, column, finding);
                }
                None
            }
        }
    }

    /// The record a row without id means by its keys.
    fn by_key(&self, rows: &[Vec<Cell>], block: &[usize], existing: &dyn Existing) -> Option<Record> {
        // Findings of this look come again when the whole row is admitted.
        let entered = normalise::body(
            self.register,
            &self.overlay(rows, block, &Body::new()),
            &mut Vec::new(),
        );
        let keys = admit::keys(self.register, &entered);
        let held = keys
            .iter()
            .find_map(|(fields, values)| existing.by_key(fields, values))?;
        existing.by_id(held.as_str())
    }

    /// The existing body with the columns of the sheet laid over it. Absent columns, files and `KEEP` leave a value
    /// as it is; an empty cell takes it away.
    fn overlay(&self, rows: &[Vec<Cell>], block: &[usize], before: &Body) -> Body {
        let mut body = before.clone();
        let text = |row: usize, at: usize| {
            rows.get(row)
                .and_then(|r| r.get(at))
                .map(cell_text)
                .unwrap_or_default()
        };
        let first = block.first().copied().unwrap_or_default();
        let mut groups: BTreeMap<&str, Vec<(bool, Body)>> = BTreeMap::new();
        for (at, place) in &self.mapped {
            let Some(column) = self.columns.get(*place) else {
                continue;
            };
            let Some(name) = &column.field else { continue };
            let Some(group) = &column.group else {
                let text = text(first, *at);
                if !column.read_back {
                    continue;
                }
                if text.is_empty() {
                    body.remove(name);
                } else if text != KEEP {
                    body.insert(name.clone(), Value::from(text));
                }
                continue;
            };
            let new = groups
                .entry(group)
                .or_insert_with(|| vec![(false, Body::new()); block.len()]);
            for (row, (filled, target)) in block.iter().zip(new) {
                let text = text(*row, *at);
                // A row that holds nothing but a file's name is still a row.
                *filled |= !text.is_empty();
                if !text.is_empty() && column.read_back {
                    target.insert(name.clone(), Value::from(text));
                }
            }
        }
        for (group, new) in groups {
            let Some(field) = self.register.definition.field(group) else {
                continue;
            };
            let old = before
                .get(group)
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default();
            let mut rows = Vec::new();
            for (n, (filled, mut row)) in new.into_iter().enumerate() {
                if !filled {
                    continue;
                }
                let old_row = old.get(n).and_then(Value::as_object);
                for sub in &field.fields {
                    let kept = sub.kind == FieldType::File
                        || row.get(&sub.name).and_then(Value::as_str) == Some(KEEP)
                        || !self.has_column(group, &sub.name);
                    if kept {
                        row.remove(&sub.name);
                        if let Some(value) = old_row.and_then(|o| o.get(&sub.name)) {
                            row.insert(sub.name.clone(), value.clone());
                        }
                    }
                }
                rows.push(Value::Object(row));
            }
            if rows.is_empty() {
                body.remove(group);
            } else {
                body.insert(group.to_owned(), Value::Array(rows));
            }
        }
        body
    }

    fn has_column(&self, group: &str, field: &str) -> bool {
        self.mapped
            .values()
            .filter_map(|p| self.columns.get(*p))
            .any(|c| c.group.as_deref() == Some(group) && c.field.as_deref() == Some(field))
    }

    /// Row and column of a finding's field: `group[2].name` stands in the block's second row.
    fn locate(&self, path: &str, block: &[usize]) -> (usize, Option<String>) {
        let first = block.first().copied().unwrap_or_default();
        let (group, row, field) = match path
            .split_once('[')
            .and_then(|(g, rest)| Some((g, rest.split_once("].")?)))
        {
            Some((group, (row, field))) => (Some(group), row.parse::<usize>().unwrap_or(1), field),
            None => (None, 1, path),
        };
        let row = block.get(row.saturating_sub(1)).copied().unwrap_or(first) + 1;
        let column = self.mapped.iter().find(|(_, place)| {
            let column = self.columns.get(**place);
            column.is_some_and(|c| c.group.as_deref() == group && c.field.as_deref() == Some(field))
        });
        (row, column.and_then(|(at, _)| self.headers.get(at).cloned()))
    }
}
