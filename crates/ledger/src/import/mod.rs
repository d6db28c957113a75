//! Import (导入): a table is read and reported row by row; confirmed, all of it is written in one transaction or nothing
//! is. Between the two it is kept in the store, so that a restart loses nothing.

mod reading;
mod report;

use std::path::PathBuf;

use model::ids::RecordId;
use model::time::UtcMs;
use registers::life;
use registers::record::Record;
use registers::register::Register;
use serde_json::json;
use store::desk::{ImportState, StoredImport};
use store::registers::ChangeKind;

pub use self::report::{ImportChange, ImportColumn, ImportFinding, ImportPreview, ImportReport, RowKind};
use crate::change::{Change, refuse_role, refuse_write};
use crate::error::{LedgerError, Result};
use crate::person::Person;
use crate::{Ledger, limits, name_of};

/// A table that came in.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Where it lies.
    pub path: PathBuf,
    /// The name it was sent under.
    pub name: String,
}

/// An import as a person sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// Number.
    pub id: i64,
    /// What was found.
    pub report: ImportReport,
    /// When it is forgotten.
    pub expires_at: UtcMs,
}

/// What a confirmed import did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Imported {
    /// New records.
    pub created: usize,
    /// Records changed.
    pub changed: usize,
    /// Records of the table that say what is known.
    pub unchanged: usize,
}

impl Ledger {
    /// Refuses who may not import into a register.
    pub fn importable(&self, register: &str, person: &Person) -> Result<&Register> {
        let register = self.readable(register, person)?;
        if register.definition().access.write.contains(&person.actor.role) {
            Ok(register)
        } else {
            Err(refuse_role(register, person))
        }
    }

    /// Reads a table and reports on every row. Nothing is changed before [`Ledger::confirm_import`].
    pub async fn import(
        &self,
        register: &str,
        upload: Upload,
        person: &Person,
        now: UtcMs,
    ) -> Result<Import> {
        let register = self.importable(register, person)?;
        let expires_at = now.plus_ms(limits::IMPORT_KEPT_MS);
        let id = self
            .store()
            .begin_import(&name_of(register), person.actor.user, now, expires_at)
            .await?;
        let read = self.read_table(register, id, upload, person, now).await;
        let report = match read {
            Ok(report) => report,
            Err(error) => {
                self.store().drop_import(id).await?;
                return Err(error);
            }
        };
        self.store()
            .finish_import(id, &json!(report), report.confirmable)
            .await?;
        Ok(Import {
            id,
            report,
            expires_at,
        })
    }

    /// An import of this person that was not confirmed or given up.
    pub async fn open_import(&self, register: &str, id: i64, person: &Person, now: UtcMs) -> Result<Import> {
        let register = self.readable(register, person)?;
        let stored = self.stored_import(register, id, person, now).await?;
        if stored.state != ImportState::Open {
            return Err(ended(stored.state));
        }
        let report = serde_json::from_value(stored.report).map_err(|e| {
            LedgerError::Store(store::StoreError::Stored {
                what: "import",
                value: e.to_string(),
            })
        })?;
        Ok(Import {
            id,
            report,
            expires_at: stored.expires_at,
        })
    }

    async fn stored_import(
        &self,
        register: &Register,
        id: i64,
        person: &Person,
        now: UtcMs,
    ) -> Result<StoredImport> {
        let stored = self.store().import(&name_of(register), id).await?;
        stored
            .filter(|i| i.author == person.actor.user && i.expires_at > now)
            .ok_or(LedgerError::NotFound)
    }

    /// Gives an import up.
    pub async fn drop_import(&self, register: &str, id: i64, person: &Person, now: UtcMs) -> Result<()> {
        let register = self.readable(register, person)?;
        self.stored_import(register, id, person, now).await?;
        Ok(self.store().drop_import(id).await?)
    }

    /// Writes all records of an import in one transaction. Records that somebody changed since it was read make it
    /// stale: nothing is written then.
    pub async fn confirm_import(
        &self,
        register: &str,
        id: i64,
        person: &Person,
        now: UtcMs,
    ) -> Result<Imported> {
        let import = self.open_import(register, id, person, now).await?;
        let register = self.importable(register, person)?;
        if !import.report.confirmable {
            return Err(LedgerError::refused(
                "findings",
                "表格有误，不能导入；请修改后重新上传",
                "rows are wrong, so nothing can be imported; correct the table and upload it again",
            ));
        }
        let mut writing = self.begin(register, person, now).await?;
        let mut after = -1;
        loop {
            let rows = self.store().import_rows(id, after).await?;
            let Some(last) = rows.last() else { break };
            after = last.seq;
            let ids: Vec<RecordId> = rows.iter().filter_map(|r| r.record.clone()).collect();
            let mut held = self.many(register, &ids).await?;
            held.sort_by(|a, b| a.record.id.cmp(&b.record.id));
            let mut changes = Vec::with_capacity(rows.len());
            for row in rows {
                let Some(record) = &row.record else {
                    changes.push(Change::new(register, None, row.body, ChangeKind::Imported, now));
                    continue;
                };
                let known = held
                    .binary_search_by(|h| h.record.id.cmp(record))
                    .ok()
                    .and_then(|at| held.get(at))
                    .ok_or(LedgerError::NotFound)?;
                if known.revision != row.on_revision {
                    return Err(self.stale(register, known, row.on_revision, person).await?);
                }
                if !life::may_write(register, &known.record, &person.actor) {
                    return Err(refuse_write(register, &known.record, person));
                }
                let after = Record {
                    body: row.body,
                    ..known.record.clone()
                };
                changes.push(Change::of(known, after, ChangeKind::Imported));
            }
            for change in &mut changes {
                change.reason = Some(reason(&import.report.file));
            }
            self.put(&mut writing, register, changes).await?;
        }
        if !writing.end_import(id).await? {
            return Err(ended(ImportState::Done));
        }
        self.finish(writing, register).await?;
        Ok(Imported {
            created: import.report.new,
            changed: import.report.changed,
            unchanged: import.report.unchanged,
        })
    }
}

/// What the history says of an imported revision.
fn reason(file: &str) -> String {
    let file: String = file.chars().take(200).collect();
    format!("导入 {file}")
}

fn ended(state: ImportState) -> LedgerError {
    let (zh, en) = match state {
        ImportState::Done => ("此次导入已确认", "the import was confirmed already"),
        ImportState::Dropped => ("此次导入已放弃", "the import was given up"),
        ImportState::Reading | ImportState::Open => ("此次导入尚未读完", "the table is still being read"),
    };
    LedgerError::refused("import", zh, en)
}
