//! Changing the same values of many records at once: looked at first, then all or none.

use model::ids::RecordId;
use model::time::UtcMs;
use registers::history::{self, Change as Difference};
use registers::life;
use registers::record::{Body, Finding, Record};
use registers::text::Names;
use store::registers::ChangeKind;

use crate::change::{Change, reason, refuse_write};
use crate::error::{LedgerError, Result};
use crate::person::Person;
use crate::query::Query;
use crate::{Ledger, limits};

/// Which records are meant.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "made once a request, never kept")]
pub enum Chosen {
    /// Those a query leaves.
    Matching(Query),
    /// These.
    Ids(Vec<RecordId>),
}

/// A bulk edit.
#[derive(Clone, Debug)]
pub struct Bulk {
    /// Which records.
    pub chosen: Chosen,
    /// New values by field; null takes a value away.
    pub set: Body,
    /// Nothing is written.
    pub preview: bool,
    /// Why.
    pub reason: Option<String>,
}

/// One record of a bulk edit.
#[derive(Clone, Debug, PartialEq)]
pub struct BulkRow {
    /// The record.
    pub id: RecordId,
    /// Its title.
    pub title: String,
    /// Values that change.
    pub changes: Vec<Difference>,
    /// What stands in the way.
    pub findings: Vec<Finding>,
}

/// What a bulk edit comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct BulkReport {
    /// Records meant.
    pub matched: u64,
    /// Records whose values change.
    pub changed: u64,
    /// The first records that change or have findings.
    pub rows: Vec<BulkRow>,
    /// Records with findings.
    pub wrong: u64,
    /// Whether it was written: asked for, and nothing wrong.
    pub applied: bool,
}

impl Ledger {
    /// Changes the same values of many records in sight: all or none. Where one record cannot be changed, nothing is.
    pub async fn bulk(&self, register: &str, bulk: &Bulk, person: &Person, now: UtcMs) -> Result<BulkReport> {
        let register = self.readable(register, person)?;
        let written = reason(bulk.reason.as_ref())?;
        let (ids, total) = match &bulk.chosen {
            Chosen::Ids(ids) => (ids.clone(), ids.len()),
            Chosen::Matching(query) => {
                let most = limits::BULK_RECORDS + 1;
                let (ids, total) = self.matching(register, query, person, now, most).await?;
                (ids, usize::try_from(total).unwrap_or(usize::MAX))
            }
        };
        if total > limits::BULK_RECORDS {
            let most = limits::BULK_RECORDS;
            return Err(LedgerError::query(
                "where",
                format!("共 {total} 条，一次至多修改 {most} 条，请缩小范围或用表格导入"),
                format!("{total} records, at most {most} at once; narrow the filter or import a table"),
            ));
        }
        let mut report = BulkReport {
            matched: 0,
            changed: 0,
            rows: Vec::new(),
            wrong: 0,
            applied: false,
        };
        let mut changes = Vec::new();
        for held in self.many(register, &ids).await? {
            if held.merged_into.is_some() || !life::may_read(register, &held.record, &person.actor) {
                continue;
            }
            report.matched += 1;
            let outcome = if life::may_write(register, &held.record, &person.actor) {
                self.admit_edit(register, &held.record, &bulk.set, person, now)
                    .await
            } else {
                Err(refuse_write(register, &held.record, person))
            };
            let mut row = BulkRow {
                id: held.record.id.clone(),
                title: register.title(&held.record),
                changes: Vec::new(),
                findings: Vec::new(),
            };
            match outcome {
                Ok(body) => {
                    row.changes = history::changes(register, &held.record.body, &body);
                    if row.changes.is_empty() {
                        continue;
                    }
                    report.changed += 1;
                    let record = Record {
                        body,
                        ..held.record.clone()
                    };
                    changes.push(Change {
                        reason: written.clone(),
                        ..Change::of(&held, record, ChangeKind::Edited)
                    });
                }
                Err(LedgerError::Findings(findings)) => row.findings = findings,
                Err(LedgerError::Refused(refusal)) => {
                    row.findings.push(Finding {
                        field: String::new(),
                        names: Names::new("记录", "record"),
                        value: None,
                        code: refusal.code,
                        expected: refusal.said,
                    });
                }
                Err(other) => return Err(other),
            }
            report.wrong += u64::from(!row.findings.is_empty());
            if report.rows.len() < limits::BULK_ROWS {
                report.rows.push(row);
            }
        }
        // What is wrong must be seen, wherever it stands in the list.
        report.rows.sort_by_key(|row| row.findings.is_empty());
        if !bulk.preview && report.wrong == 0 {
            if !changes.is_empty() {
                self.commit(register, changes, person, now).await?;
            }
            report.applied = true;
        }
        Ok(report)
    }
}
