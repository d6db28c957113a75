//! The walk over a table, away from the asynchronous threads: one record at a time against what the store holds.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;

use model::ids::RecordId;
use model::time::UtcMs;
use registers::admit::{AnyReference, References};
use registers::definition::{Field, FieldType};
use registers::life;
use registers::record::Record;
use registers::register::Register;
use registers::table::import::{each, headers};
use registers::table::{Cell, Draft, Existing, Header, ID_HEADER, Sheet};
use registers::text::Names;
use store::StoreError;
use store::desk::ImportRow;
use store::registers::key_digest;
use tokio::runtime::Handle;

use super::report::{ImportFinding, ImportPreview, ImportReport, RowKind, letter};
use super::{ImportColumn, Upload};
use crate::error::{LedgerError, Result};
use crate::held::Held;
use crate::person::Person;
use crate::references::{Asked, today};
use crate::sheet::{self, Fault, Opened, SheetError};
use crate::{Ledger, limits, media, name_of, record_id};

impl Ledger {
    pub(super) async fn read_table(
        &self,
        register: &Register,
        import: i64,
        upload: Upload,
        person: &Person,
        now: UtcMs,
    ) -> Result<ImportReport> {
        let mut walk = Walk {
            ledger: self.clone(),
            handle: Handle::current(),
            keys: self.keys(register).await?,
            person: person.clone(),
            import,
            now,
        };
        let name = register.name().to_owned();
        let read = tokio::task::spawn_blocking(move || {
            let register = walk.ledger.clone();
            walk.read(register.register(&name)?, &upload)
        });
        read.await.unwrap_or_else(|error| {
            // The libraries that read workbooks may stop at one that is broken in a new way.
            tracing::warn!(%error, "a table was given up");
            Err(LedgerError::Table(SheetError::damaged(&"?")))
        })
    }

    /// All keys of a register, by fields and digest of their values.
    async fn keys(&self, register: &Register) -> Result<HashMap<(String, String), RecordId>> {
        let name = name_of(register);
        let (mut out, mut after) = (HashMap::new(), (String::new(), String::new()));
        loop {
            let page = self.store().record_keys_after(&name, &after).await?;
            let Some(last) = page.last() else { return Ok(out) };
            after = (last.fields.clone(), last.digest.clone());
            out.extend(page.into_iter().map(|k| ((k.fields, k.digest), k.id)));
        }
    }
}

struct Walk {
    ledger: Ledger,
    handle: Handle,
    keys: HashMap<(String, String), RecordId>,
    person: Person,
    import: i64,
    now: UtcMs,
}

impl Walk {
    fn read(&mut self, register: &Register, upload: &Upload) -> Result<ImportReport> {
        let file = File::open(&upload.path).map_err(|e| LedgerError::Table(SheetError::damaged(&e)))?;
        let Opened {
            sheet,
            found,
            faults,
            more,
        } = sheet::open(file).map_err(LedgerError::Table)?;
        let mut sheet = sheet.filled();
        let layout = headers(register, &sheet);
        self.units_by_name(register, &mut sheet, &layout);
        let columns: Vec<ImportColumn> = layout.iter().map(column).collect();
        let existing = Stored::new(self, register, &sheet, &layout);
        let day = today(self.now);
        let references: Box<dyn References> = if refers(register) {
            // A first look only collects what is referred to, so that the store is asked once.
            let asked = Asked::default();
            each(register, &sheet, &existing, &asked, day, &mut |_| {});
            Box::new(self.handle.block_on(self.ledger.resolve(asked))?)
        } else if units(register) {
            Box::new(self.handle.block_on(self.ledger.resolve(Asked::default()))?)
        } else {
            Box::new(AnyReference)
        };
        let mut taking = Taking {
            walk: self,
            register,
            existing: &existing,
            report: ImportReport::default(),
            batch: Vec::new(),
            seq: 0,
            found: 0,
            findings: Vec::new(),
            failed: None,
        };
        let read = each(
            register,
            &sheet,
            &existing,
            references.as_ref(),
            day,
            &mut |draft| {
                taking.take(draft);
            },
        );
        taking.flush();
        let Taking {
            mut report,
            findings: scope,
            found: scope_total,
            failed,
            ..
        } = taking;
        if let Some(error) = failed.or_else(|| existing.failed.take()) {
            return Err(error.into());
        }
        let header_row = read.header_row;
        let mut findings: Vec<ImportFinding> = read
            .findings
            .into_iter()
            .map(|f| ImportFinding::of(f, &columns))
            .chain(scope)
            .collect();
        let doubtful = doubtful(&faults, &columns, &layout, header_row);
        let total = findings.len()
            + read.more
            + scope_total.saturating_sub(limits::IMPORT_FINDINGS)
            + doubtful.len()
            + more * usize::from(!doubtful.is_empty());
        findings.extend(doubtful);
        findings.sort_by_key(|f| f.row);
        findings.truncate(limits::IMPORT_FINDINGS);
        report.file = media::plain_name(&upload.name);
        report.found = found;
        report.header_row = header_row;
        report.columns = columns;
        report.missing_columns = read.absent;
        report.findings = findings;
        report.findings_total = total;
        report.rows = read.records;
        report.confirmable = total == 0 && report.new + report.changed > 0;
        Ok(report)
    }

    /// Units written by their names become codes; the drop-downs of the template offer names.
    fn units_by_name(&self, register: &Register, sheet: &mut Sheet, layout: &[Header]) {
        let places: HashSet<usize> = layout
            .iter()
            .filter(|h| field(register, h).is_some_and(|f| f.kind == FieldType::Unit))
            .map(|h| h.at)
            .collect();
        if places.is_empty() {
            return;
        }
        let mut codes: BTreeMap<&str, Option<&str>> = BTreeMap::new();
        for (code, names) in self.ledger.units() {
            // A name that two units share means neither.
            codes
                .entry(&names.zh)
                .and_modify(|c| *c = None)
                .or_insert(Some(code));
        }
        let named = |text: &str| -> String {
            let parts: Vec<&str> = text
                .split(['；', ';', '\n'])
                .map(|part| codes.get(part.trim()).copied().flatten().unwrap_or(part))
                .collect();
            parts.join("；")
        };
        for row in &mut sheet.rows {
            for at in &places {
                if let Some(Cell::Text(text)) = row.get_mut(*at) {
                    let code = named(text);
                    if code != *text {
                        *text = code;
                    }
                }
            }
        }
    }
}

fn field<'a>(register: &'a Register, header: &Header) -> Option<&'a Field> {
    let column = header.column.as_ref()?;
    let name = column.field.as_ref()?;
    match &column.group {
        Some(group) => register.definition().field(group)?.subfield(name),
        None => register.definition().field(name),
    }
}

fn kinds(register: &Register) -> impl Iterator<Item = FieldType> {
    let all = register.definition().field.iter();
    all.flat_map(|f| std::iter::once(f).chain(&f.fields))
        .map(|f| f.kind)
}

fn refers(register: &Register) -> bool {
    kinds(register).any(|k| k == FieldType::Reference)
}

fn units(register: &Register) -> bool {
    kinds(register).any(|k| k == FieldType::Unit)
}

fn column(header: &Header) -> ImportColumn {
    let field = header.column.as_ref().map(|c| match (&c.group, &c.field) {
        (Some(group), Some(field)) => format!("{group}.{field}"),
        (None, Some(field)) => field.clone(),
        (_, None) => "id".to_owned(),
    });
    ImportColumn {
        column: letter(header.at),
        header: header.text.clone(),
        field,
        taken: header.column.as_ref().is_some_and(|c| c.read_back),
    }
}

/// Cells whose values the file itself does not hold rightly, in columns that are taken.
fn doubtful(
    faults: &[Fault],
    columns: &[ImportColumn],
    layout: &[Header],
    header_row: Option<usize>,
) -> Vec<ImportFinding> {
    let place = |at: usize| layout.iter().position(|h| h.at == at);
    faults
        .iter()
        .filter(|f| header_row.is_some_and(|row| f.row + 1 > row))
        .filter_map(|f| Some((f, columns.get(place(f.column)?)?)))
        .filter(|(_, column)| column.taken)
        .map(|(fault, column)| ImportFinding {
            row: fault.row + 1,
            column: Some(column.column.clone()),
            header: Some(column.header.clone()),
            field: column.field.clone().unwrap_or_default(),
            names: Names::same(&column.header),
            value: None,
            code: "value_lost".to_owned(),
            expected: fault.kind.said(),
        })
        .collect()
}

/// What the store holds, asked for in parts as the walk comes by.
struct Stored<'a> {
    walk: &'a Walk,
    register: &'a Register,
    /// Ids as they stand in the table, in order.
    ids: Vec<RecordId>,
    places: HashMap<String, usize>,
    held: RefCell<HashMap<String, Option<Held>>>,
    failed: RefCell<Option<StoreError>>,
}

impl<'a> Stored<'a> {
    fn new(walk: &'a Walk, register: &'a Register, sheet: &Sheet, layout: &[Header]) -> Self {
        let at = layout
            .iter()
            .find(|h| {
                h.column
                    .as_ref()
                    .is_some_and(|c| c.field.is_none() && c.header == ID_HEADER)
            })
            .map(|h| h.at);
        let cells = sheet.rows.iter().filter_map(|row| row.get(at?));
        let ids: Vec<RecordId> = cells
            .filter_map(|cell| match cell {
                Cell::Text(text) => Some(record_id(text.trim())),
                _ => None,
            })
            .collect();
        let places = ids
            .iter()
            .enumerate()
            .map(|(n, id)| (id.to_string(), n))
            .collect();
        Self {
            walk,
            register,
            ids,
            places,
            held: RefCell::default(),
            failed: RefCell::default(),
        }
    }

    fn held(&self, id: &str) -> Option<Held> {
        if let Some(known) = self.held.borrow().get(id) {
            return known.clone();
        }
        let wanted = match self.places.get(id) {
            Some(place) => self
                .ids
                .iter()
                .skip(*place)
                .take(limits::READ_AT_ONCE)
                .cloned()
                .collect(),
            None => vec![record_id(id)],
        };
        let read = self
            .walk
            .handle
            .block_on(self.walk.ledger.many(self.register, &wanted));
        let mut held = self.held.borrow_mut();
        if held.len() > 2 * limits::READ_AT_ONCE {
            held.clear();
        }
        match read {
            Ok(found) => {
                held.extend(wanted.iter().map(|id| (id.to_string(), None)));
                // What is out of the person's sight does not exist; a key it holds is told as taken and nothing more.
                let actor = &self.walk.person.actor;
                let seen = found
                    .into_iter()
                    .filter(|h| life::may_read(self.register, &h.record, actor));
                held.extend(seen.map(|h| (h.record.id.to_string(), Some(h))));
            }
            Err(LedgerError::Store(error)) => {
                self.failed.borrow_mut().get_or_insert(error);
            }
            Err(_) => {}
        }
        held.get(id).cloned().flatten()
    }
}

impl Existing for Stored<'_> {
    fn by_id(&self, id: &str) -> Option<Record> {
        self.held(id).map(|h| h.record)
    }

    fn by_key(&self, fields: &[String], values: &[String]) -> Option<RecordId> {
        let key = (fields.join(","), key_digest(values));
        self.walk.keys.get(&key).cloned()
    }
}

/// Takes the records that read well: counts them, shows the first, keeps what changes.
struct Taking<'a> {
    walk: &'a Walk,
    register: &'a Register,
    existing: &'a Stored<'a>,
    report: ImportReport,
    batch: Vec<ImportRow>,
    seq: i64,
    found: usize,
    findings: Vec<ImportFinding>,
    failed: Option<StoreError>,
}

impl Taking<'_> {
    fn take(&mut self, draft: Draft) {
        if self.failed.is_some() {
            return;
        }
        let held = draft.id.as_ref().and_then(|id| self.existing.held(id.as_str()));
        let kind = match (&held, draft.changes.is_empty()) {
            (None, _) => RowKind::New,
            (Some(_), true) => RowKind::Unchanged,
            (Some(_), false) => RowKind::Changed,
        };
        match kind {
            RowKind::New => self.report.new += 1,
            RowKind::Changed => self.report.changed += 1,
            RowKind::Unchanged => self.report.unchanged += 1,
        }
        let (on_revision, record) = if let Some(held) = held {
            if kind == RowKind::Changed {
                self.allowed(draft.row, &held);
                if let Err(LedgerError::Findings(found)) =
                    crate::subjects::same_code(self.register, &held.record, &draft.body)
                {
                    for finding in found {
                        let said = finding.expected;
                        self.find(draft.row, finding.code, said.zh, said.en);
                    }
                }
            }
            let after = Record {
                body: draft.body,
                ..held.record
            };
            (held.revision, after)
        } else {
            let definition = self.register.definition();
            let new = Record {
                id: record_id(""),
                version: definition.version,
                state: definition.life.as_ref().map(|l| l.start.clone()),
                since: self.walk.now,
                demo: false,
                body: draft.body,
                trail: Vec::new(),
            };
            (0, new)
        };
        if kind != RowKind::Unchanged && !life::may_read(self.register, &record, &self.walk.person.actor) {
            self.find(
                draft.row,
                "scope",
                "此行不属于本单位",
                "the row belongs to another unit or firm",
            );
        }
        if self.report.preview.len() < limits::IMPORT_PREVIEW {
            let title = if kind == RowKind::New && record.id.as_str().is_empty() {
                let title = self.register.title(&record);
                if title.is_empty() { "—".to_owned() } else { title }
            } else {
                self.register.title(&record)
            };
            self.report.preview.push(ImportPreview {
                row: draft.row,
                id: draft.id.as_ref().map(ToString::to_string),
                title,
                kind,
                changes: draft
                    .changes
                    .into_iter()
                    .take(limits::IMPORT_CHANGES)
                    .map(Into::into)
                    .collect(),
            });
        }
        if kind == RowKind::Unchanged {
            return;
        }
        self.batch.push(ImportRow {
            seq: self.seq,
            record: draft.id,
            on_revision,
            body: record.body,
        });
        self.seq += 1;
        if self.batch.len() >= limits::IMPORT_BATCH {
            self.flush();
        }
    }

    fn flush(&mut self) {
        // Of a table with findings nothing will be written.
        if self.found == 0 && self.failed.is_none() {
            let put = self
                .walk
                .ledger
                .store()
                .put_import_rows(self.walk.import, &self.batch);
            self.failed = self.walk.handle.block_on(put).err();
        }
        self.batch.clear();
    }

    /// Whether the person may change the record at all.
    fn allowed(&mut self, row: usize, held: &Held) {
        let definition = self.register.definition();
        let state = held.record.state.as_ref().and_then(|s| definition.state(s));
        if let Some(into) = &held.merged_into {
            self.find(
                row,
                "merged",
                format!("已并入 {into}，不能修改"),
                format!("it was merged into {into} and cannot be changed"),
            );
        } else if let Some(state) = state.filter(|s| s.locked) {
            self.find(
                row,
                "locked",
                format!("“{}”状态下不能修改", state.zh),
                format!("a record that is «{}» is locked", state.en),
            );
        } else if !life::may_write(self.register, &held.record, &self.walk.person.actor) {
            self.find(
                row,
                "scope",
                "此记录不属于本单位",
                "the record belongs to another unit or firm",
            );
        }
    }

    fn find(&mut self, row: usize, code: &str, zh: impl Into<String>, en: impl Into<String>) {
        self.found += 1;
        if self.findings.len() < limits::IMPORT_FINDINGS {
            self.findings.push(ImportFinding {
                row,
                column: None,
                header: None,
                field: "id".to_owned(),
                names: Names::new(ID_HEADER, "Record id"),
                value: None,
                code: code.to_owned(),
                expected: Names::new(zh, en),
            });
        }
    }
}
