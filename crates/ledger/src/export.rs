//! Export as filtered (导出): workbook, text table or GeoJSON, written row by row into a file without a name; and the
//! template that comes back as an import.

use std::fs::File;
use std::io::{BufWriter, Seek, Write};

use model::time::UtcMs;
use registers::definition::{Field, FieldType};
use registers::register::Register;
use registers::table::{self, Cell, Column};
use serde_json::{Map, Value, json};

use crate::error::{LedgerError, Result};
use crate::held::Held;
use crate::person::Person;
use crate::query::Query;
use crate::references::today;
use crate::sheet::{self, Csv, Export, WriteError};
use crate::{Ledger, limits};

/// What an export is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Excel workbook.
    Xlsx,
    /// Text table, UTF-8 with its mark.
    Csv,
    /// Places with their values.
    GeoJson,
}

impl Format {
    /// By the name used in addresses.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "xlsx" => Some(Self::Xlsx),
            "csv" => Some(Self::Csv),
            "geojson" => Some(Self::GeoJson),
            _ => None,
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
            Self::GeoJson => "geojson",
        }
    }

    /// Media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
            Self::GeoJson => "application/geo+json",
        }
    }
}

/// A finished export.
#[derive(Debug)]
pub struct Exported {
    /// The content from its beginning. It has no name and is gone when this is closed.
    pub file: File,
    /// Bytes.
    pub size: u64,
    /// Name to be offered.
    pub name: String,
    /// Media type.
    pub media_type: &'static str,
    /// Records in it.
    pub records: usize,
}

enum Out {
    Xlsx(Box<Export>, File),
    Csv(Csv<BufWriter<File>>),
    GeoJson(BufWriter<File>, bool),
}

struct Writer {
    ledger: Ledger,
    register: String,
    columns: Vec<Column>,
    out: Out,
}

fn failed(error: WriteError) -> LedgerError {
    match error {
        WriteError::TooMany(most) => LedgerError::refused(
            "too_many",
            format!("超过 {most} 行，请缩小筛选范围或导出 CSV"),
            format!("more than {most} rows: filter more, or export CSV"),
        ),
        other => LedgerError::Write(other),
    }
}

impl Ledger {
    /// The template of a register as a workbook.
    pub async fn template(&self, register: &str, person: &Person) -> Result<(Vec<u8>, String)> {
        let register = self.readable(register, person)?;
        let name = format!("{}_模板.xlsx", register.definition().zh);
        let (ledger, wanted) = (self.clone(), register.name().to_owned());
        let written = tokio::task::spawn_blocking(move || {
            let register = ledger.register(&wanted)?;
            let units: Vec<(String, String)> = ledger
                .units()
                .map(|(code, names)| (code.to_owned(), names.zh.clone()))
                .collect();
            sheet::template(register, &table::template(register), &units).map_err(failed)
        });
        let bytes = written.await.unwrap_or_else(|e| Err(given_up(&e)))?;
        Ok((bytes, name))
    }

    /// All records a query leaves, in its order, as a file.
    pub async fn export(
        &self,
        register: &str,
        query: &Query,
        format: Format,
        person: &Person,
        now: UtcMs,
    ) -> Result<Exported> {
        let register = self.readable(register, person)?;
        if query.as_of.is_some() {
            return Err(LedgerError::query(
                "as_of",
                "导出的是当前数据",
                "an export holds the present values",
            ));
        }
        if format == Format::GeoJson && place(register).is_none() {
            return Err(LedgerError::query(
                "format",
                "此台账没有位置字段",
                "this register has no place",
            ));
        }
        let (ids, total) = self
            .matching(register, query, person, now, limits::EXPORT_RECORDS)
            .await?;
        if usize::try_from(total).unwrap_or(usize::MAX) > limits::EXPORT_RECORDS {
            let most = limits::EXPORT_RECORDS;
            return Err(LedgerError::refused(
                "too_many",
                format!("共 {total} 条，一次至多导出 {most} 条，请缩小筛选范围"),
                format!("{total} records; at most {most} are exported at once: filter more"),
            ));
        }
        let mut writer = self.writer(register, format).await?;
        for part in ids.chunks(limits::READ_AT_ONCE) {
            let held = self.many(register, part).await?;
            let put = tokio::task::spawn_blocking(move || writer.put(&held).map(|()| writer));
            writer = put.await.unwrap_or_else(|e| Err(given_up(&e)))?;
        }
        let done = tokio::task::spawn_blocking(move || writer.finish());
        let (file, size) = done.await.unwrap_or_else(|e| Err(given_up(&e)))?;
        Ok(Exported {
            file,
            size,
            name: format!(
                "{}_{}.{}",
                register.definition().zh,
                today(now).strftime("%Y%m%d"),
                format.ending()
            ),
            media_type: format.media_type(),
            records: ids.len(),
        })
    }

    async fn writer(&self, register: &Register, format: Format) -> Result<Writer> {
        let (ledger, name) = (self.clone(), register.name().to_owned());
        let begun = tokio::task::spawn_blocking(move || {
            let scratch = ledger.store().scratch();
            let file = tempfile::tempfile_in(&scratch).map_err(|e| failed(e.into()))?;
            let register = ledger.register(&name)?;
            let columns = table::template(register);
            let out = match format {
                Format::Xlsx => {
                    let export = Export::new(register, &columns, &scratch).map_err(failed)?;
                    Out::Xlsx(Box::new(export), file)
                }
                Format::Csv => {
                    let mut csv = Csv::new(BufWriter::new(file)).map_err(|e| failed(e.into()))?;
                    let mut heads: Vec<Cell> = columns.iter().map(|c| Cell::text(&c.header)).collect();
                    if register.definition().life.is_some() {
                        heads.push(Cell::text(table::state_header(register)));
                    }
                    csv.row(&heads).map_err(|e| failed(e.into()))?;
                    Out::Csv(csv)
                }
                Format::GeoJson => {
                    let mut out = BufWriter::new(file);
                    let head = json!({
                        "name": register.definition().zh,
                        "coordinate_system": "CGCS2000 (EPSG:4490)",
                    });
                    let head = head.to_string();
                    let head = head.trim_end_matches('}');
                    write!(out, "{head},\"type\":\"FeatureCollection\",\"features\":[")
                        .map_err(|e| failed(e.into()))?;
                    Out::GeoJson(out, true)
                }
            };
            Ok(Writer {
                ledger: ledger.clone(),
                register: name,
                columns,
                out,
            })
        });
        begun.await.unwrap_or_else(|e| Err(given_up(&e)))
    }
}

fn given_up(error: &tokio::task::JoinError) -> LedgerError {
    LedgerError::Write(WriteError::Io(std::io::Error::other(error.to_string())))
}

impl Writer {
    fn put(&mut self, records: &[Held]) -> Result<()> {
        let ledger = self.ledger.clone();
        let register = ledger.register(&self.register)?;
        for held in records {
            match &mut self.out {
                Out::Xlsx(export, _) => {
                    for row in rows(register, &self.columns, held) {
                        export.row(&row).map_err(failed)?;
                    }
                }
                Out::Csv(csv) => {
                    for row in rows(register, &self.columns, held) {
                        csv.row(&row).map_err(|e| failed(e.into()))?;
                    }
                }
                Out::GeoJson(out, first) => {
                    let separator = if std::mem::take(first) { "" } else { "," };
                    if let Some(feature) = feature(register, held) {
                        write!(out, "{separator}\n{feature}").map_err(|e| failed(e.into()))?;
                    } else if separator.is_empty() {
                        *first = true;
                    }
                }
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<(File, u64)> {
        let io = |e: std::io::Error| failed(e.into());
        let mut file = match self.out {
            Out::Xlsx(export, file) => {
                let mut out = BufWriter::new(file);
                export.finish(&mut out).map_err(failed)?;
                out.into_inner().map_err(|e| io(e.into_error()))?
            }
            Out::Csv(csv) => csv
                .finish()
                .map_err(io)?
                .into_inner()
                .map_err(|e| io(e.into_error()))?,
            Out::GeoJson(mut out, _) => {
                out.write_all(b"\n]}\n").map_err(io)?;
                out.into_inner().map_err(|e| io(e.into_error()))?
            }
        };
        let size = file.stream_position().map_err(io)?;
        let size = size.max(file.metadata().map_err(io)?.len());
        file.rewind().map_err(io)?;
        Ok((file, size))
    }
}

/// The rows of a record with its state in the last column.
fn rows(register: &Register, columns: &[Column], held: &Held) -> Vec<Vec<Cell>> {
    let record = &held.record;
    let mut rows = table::rows(register, columns, record);
    if register.definition().life.is_some() {
        let name = record.state.as_deref().unwrap_or_default();
        let state = register.definition().state(name).map_or(name, |s| s.zh.as_str());
        for (n, row) in rows.iter_mut().enumerate() {
            row.push(if n == 0 { Cell::text(state) } else { Cell::Empty });
        }
    }
    rows
}

/// The field by which records stand on a map.
fn place(register: &Register) -> Option<&Field> {
    let definition = register.definition();
    let drawn = definition.map.as_ref().and_then(|m| definition.field(&m.field));
    drawn.or_else(|| definition.field.iter().find(|f| f.kind.is_place()))
}

/// A record as a GeoJSON feature; `None` where its place is not known.
fn feature(register: &Register, held: &Held) -> Option<Value> {
    let drawn = place(register)?;
    let geometry = match held.record.body.get(&drawn.name)? {
        // Several places of one kind are one geometry of many parts.
        Value::Array(several) => {
            json!({"type": "GeometryCollection", "geometries": several})
        }
        one => one.clone(),
    };
    let mut properties = Map::new();
    properties.insert("id".to_owned(), json!(held.record.id));
    properties.insert("title".to_owned(), json!(register.title(&held.record)));
    if let Some(state) = &held.record.state {
        let zh = register
            .definition()
            .state(state)
            .map_or(state.as_str(), |s| &s.zh);
        properties.insert("state".to_owned(), json!(zh));
    }
    for field in &register.definition().field {
        let shown = field.kind.is_scalar() && !field.kind.is_place();
        if let Some(value) = held.record.body.get(&field.name).filter(|_| shown) {
            let value = match field.kind {
                FieldType::Choice => json!(register.display(None, field, value)),
                _ => value.clone(),
            };
            properties.insert(field.name.clone(), value);
        }
    }
    Some(json!({"type": "Feature", "geometry": geometry, "properties": properties}))
}
