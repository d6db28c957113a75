//! Subjects are records: a record that is the form of a subject writes it in the same transaction, and the profile's
//! subjects get the records they lack.

use model::subject::SubjectSpec;
use model::time::UtcMs;
use registers::record::{Body, Finding, Record};
use registers::register::Register;
use registers::subject;
use registers::text::Names;
use store::registers::{ChangeKind, KeyValue};

use crate::change::{Change, merged};
use crate::error::{LedgerError, Result};
use crate::held::Held;
use crate::person::Person;
use crate::{Ledger, name_of};

/// Devices and series hang on a subject's code: it never changes.
pub(crate) fn same_code(register: &Register, record: &Record, after: &Body) -> Result<()> {
    let Some(form) = subject::form(register) else {
        return Ok(());
    };
    let (before, now) = (record.body.get(&form.code), after.get(&form.code));
    if before.is_none() || before == now {
        return Ok(());
    }
    let field = register.definition().field(&form.code);
    Err(LedgerError::Findings(vec![Finding {
        field: form.code.clone(),
        names: field.map_or_else(|| Names::same(&form.code), registers::definition::Field::names),
        value: now.and_then(|v| v.as_str()).map(str::to_owned),
        code: "fixed",
        expected: Names::new(
            "对象编码不能修改，设备与监测数据以它为准",
            "a subject's code never changes: devices and data hang on it",
        ),
    }]))
}

impl Ledger {
    /// The subject a record is the form of, with the facts that only the subject has.
    pub(crate) async fn subject_of(
        &self,
        register: &Register,
        record: &Record,
    ) -> Result<Option<SubjectSpec>> {
        let Some(spec) = subject::spec(register, record) else {
            return Ok(None);
        };
        let Some(known) = self.store().subject_by_code(&spec.code).await? else {
            return Ok(Some(spec));
        };
        if known.spec.kind == spec.kind {
            return Ok(Some(subject::onto(register, &known.spec, spec)));
        }
        let code = subject::form(register).map_or("", |f| f.code.as_str());
        Err(LedgerError::finding(
            code,
            Some(spec.code.as_str()),
            "key",
            format!("已有{}使用此编码", known.spec.kind.zh()),
            format!("a subject of kind {} has this code", known.spec.kind.name()),
        ))
    }

    /// The register whose records are the forms of subjects of this kind.
    pub fn form_of(&self, spec: &SubjectSpec) -> Option<&Register> {
        self.library()
            .iter()
            .find(|r| subject::form(r).is_some_and(|f| f.kind == spec.kind))
    }

    /// The record that is the form of a subject.
    pub async fn record_of(&self, spec: &SubjectSpec) -> Result<Option<(&Register, Held)>> {
        let Some(register) = self.form_of(spec) else {
            return Ok(None);
        };
        let Some(form) = subject::form(register) else {
            return Ok(None);
        };
        let key = KeyValue {
            fields: vec![form.code.clone()],
            values: vec![spec.code.to_string()],
        };
        let Some(id) = self.store().record_by_key(&name_of(register), &key).await? else {
            return Ok(None);
        };
        Ok(self.fetch(register, &id).await?.map(|held| (register, held)))
    }

    /// Brings the profile's subjects into the store, except those whose record people have changed: there the record is
    /// the truth.
    pub async fn put_subjects(&self, specs: &[SubjectSpec]) -> Result<()> {
        let mut wanted = Vec::with_capacity(specs.len());
        for spec in specs {
            let held = self.record_of(spec).await?;
            if held.is_none_or(|(_, h)| h.kind == ChangeKind::Imported) {
                wanted.push(spec.clone());
            }
        }
        self.store().put_subjects(&wanted).await?;
        Ok(())
    }

    /// Gives the profile's subjects the records they lack, and brings those up to date that nobody changed since. A
    /// subject whose facts the definition does not admit is told in the log and stays without a record.
    pub async fn import_subjects(&self, specs: &[SubjectSpec], now: UtcMs) -> Result<u64> {
        let program = Person::program("区域配置");
        let mut imported = 0;
        for spec in specs {
            let Some(register) = self.form_of(spec) else {
                continue;
            };
            let held = self.record_of(spec).await?.map(|(_, held)| held);
            if held.as_ref().is_some_and(|h| h.kind != ChangeKind::Imported) {
                continue;
            }
            let new = subject::body(register, spec);
            let (raw, state) = match &held {
                Some(held) => (merged(&held.record.body, &new), held.record.state.clone()),
                None => (new, register.definition().life.as_ref().map(|l| l.start.clone())),
            };
            let body = match self.admit(register, &raw, state.as_deref(), now).await? {
                Ok(body) => body,
                Err(findings) => {
                    let said: Vec<String> = findings
                        .iter()
                        .map(|f| format!("{}: {}", f.field, f.expected))
                        .collect();
                    tracing::warn!(subject = %spec.code, register = register.name(), said = said.join("; "),
                        "a subject of the profile stays without a record");
                    continue;
                }
            };
            let mut change = match held {
                Some(held) if held.record.body == body => continue,
                Some(held) => {
                    let record = Record {
                        body,
                        ..held.record.clone()
                    };
                    Change::of(&held, record, ChangeKind::Imported)
                }
                None => Change::new(register, None, body, ChangeKind::Imported, now),
            };
            change.record.demo = spec.demo;
            self.commit(register, vec![change], &program, now).await?;
            imported += 1;
        }
        Ok(imported)
    }
}
