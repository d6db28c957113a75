//! Changing records: create, edit in part, step, and the dry run of each. One change is one revision.

use std::collections::BTreeSet;

use model::ids::RecordId;
use model::time::UtcMs;
use registers::life::{self, decide};
use registers::record::{Body, Finding, Record};
use registers::register::Register;
use registers::text::Names;
use serde_json::Value;
use store::registers::ChangeKind;

use crate::error::{Changed, LedgerError, Result, Stale, StaleFacts};
use crate::held::Held;
use crate::person::Person;
use crate::{Ledger, limits, name_of};

/// A new record.
#[derive(Clone, Debug, Default)]
pub struct Create {
    /// Values as entered.
    pub body: Body,
    /// In force since; today when absent.
    pub valid_from: Option<String>,
}

/// A change of some values.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    /// The revision the person saw.
    pub revision: i64,
    /// New values by field; null takes a value away; what is not named stays.
    pub body: Body,
    /// In force since; today when absent.
    pub valid_from: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// A transition with the values it needs.
#[derive(Clone, Debug, Default)]
pub struct Step {
    /// Name of the transition.
    pub transition: String,
    /// The revision the person saw.
    pub revision: i64,
    /// Why.
    pub reason: Option<String>,
    /// New values by field.
    pub body: Body,
}

/// What a change would come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// The values as they would be kept; those entered where something is wrong.
    pub body: Body,
    /// Everything that is wrong.
    pub findings: Vec<Finding>,
}

/// One revision ready to be written: admitted, decided. For those who change many records at once (import, merge).
#[derive(Clone, Debug)]
pub struct Change {
    /// The record after the change; a new one without an id gets a number.
    pub record: Record,
    /// Whether the record is new and gets the register's next number as its id.
    pub numbered: bool,
    /// The revision the change is made on; 0 for a new record.
    pub on_revision: i64,
    /// What kind of change.
    pub kind: ChangeKind,
    /// Transition taken.
    pub transition: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// In force since; today when absent.
    pub valid_from: Option<String>,
    /// The record it is merged into.
    pub merged_into: Option<RecordId>,
    /// What undoing needs.
    pub detail: Option<Value>,
}

impl Change {
    /// A change of a record that is there.
    pub fn of(held: &Held, record: Record, kind: ChangeKind) -> Self {
        Self {
            record,
            numbered: false,
            on_revision: held.revision,
            kind,
            transition: None,
            reason: None,
            valid_from: None,
            merged_into: held.merged_into.clone(),
            detail: None,
        }
    }

    /// A new record. Without an id of its own it gets a number.
    pub fn new(register: &Register, id: Option<RecordId>, body: Body, kind: ChangeKind, now: UtcMs) -> Self {
        let definition = register.definition();
        Self {
            numbered: id.is_none(),
            record: Record {
                id: id.unwrap_or_else(|| crate::record_id("")),
                version: definition.version,
                state: definition.life.as_ref().map(|l| l.start.clone()),
                since: now,
                demo: false,
                body,
                trail: Vec::new(),
            },
            on_revision: 0,
            kind,
            transition: None,
            reason: None,
            valid_from: None,
            merged_into: None,
            detail: None,
        }
    }
}

/// A body with some values put in and some taken away.
pub(crate) fn merged(body: &Body, changes: &Body) -> Body {
    let mut out = body.clone();
    for (name, value) in changes {
        if value.is_null() {
            out.remove(name);
        } else {
            out.insert(name.clone(), value.clone());
        }
    }
    out
}

/// A written reason: trimmed, bounded, `None` where nothing is written.
pub(crate) fn reason(text: Option<&String>) -> Result<Option<String>> {
    let text = text.map(|t| t.trim()).filter(|t| !t.is_empty());
    if text.is_some_and(|t| t.chars().count() > limits::REASON_CHARS) {
        let (zh, en) = ("理由至多 1000 字", "a reason has at most 1,000 characters");
        return Err(LedgerError::finding("reason", None, "length", zh, en));
    }
    Ok(text.map(str::to_owned))
}

fn valid_from(text: Option<&String>) -> Result<Option<String>> {
    let Some(text) = text else { return Ok(None) };
    match text.trim().parse::<jiff::civil::Date>() {
        Ok(date) if (1900..=2200).contains(&date.year()) => Ok(Some(date.to_string())),
        _ => Err(LedgerError::finding(
            "valid_from",
            Some(text),
            "type",
            "应为日期，如 2025-03-01",
            "expected a date such as 2025-03-01",
        )),
    }
}

pub(crate) fn refuse_write(register: &Register, record: &Record, person: &Person) -> LedgerError {
    let state = record.state.as_ref().and_then(|s| register.definition().state(s));
    if let Some(state) = state.filter(|s| s.locked) {
        return LedgerError::refused(
            "locked",
            format!("“{}”状态下不能修改，请先流转", state.zh),
            format!("a record that is «{}» is locked; take a step first", state.en),
        );
    }
    if !register.definition().access.write.contains(&person.actor.role) {
        return refuse_role(register, person);
    }
    LedgerError::refused(
        "scope",
        "此记录不属于本单位",
        "the record belongs to another unit or firm",
    )
}

pub(crate) fn refuse_role(register: &Register, person: &Person) -> LedgerError {
    let roles: Vec<&str> = register
        .definition()
        .access
        .write
        .iter()
        .map(|r| r.name())
        .collect();
    let roles = roles.join(", ");
    LedgerError::refused(
        "role",
        format!("此台账须由 {roles} 填报"),
        format!(
            "records of this register are entered by {roles}, not by {}",
            person.actor.role.name()
        ),
    )
}

impl Ledger {
    /// A record in the person's sight.
    pub async fn held(&self, register: &str, id: &RecordId, person: &Person) -> Result<(&Register, Held)> {
        let register = self.readable(register, person)?;
        let held = self.fetch(register, id).await?.ok_or(LedgerError::NotFound)?;
        if life::may_read(register, &held.record, &person.actor) {
            Ok((register, held))
        } else {
            Err(LedgerError::NotFound)
        }
    }

    /// A record, whoever asks.
    pub async fn fetch(&self, register: &Register, id: &RecordId) -> Result<Option<Held>> {
        let stored = self.store().record(&name_of(register), id).await?;
        Ok(stored.map(|s| Held::read(register, s)))
    }

    /// What an edit of a record, or a new record, would come to. Nothing is written.
    pub async fn check(
        &self,
        register: &str,
        id: Option<&RecordId>,
        body: &Body,
        state: Option<&str>,
        person: &Person,
        now: UtcMs,
    ) -> Result<Checked> {
        let (register, raw, state) = if let Some(id) = id {
            let (register, held) = self.held(register, id, person).await?;
            let state = held.record.state.clone();
            (register, merged(&held.record.body, body), state)
        } else {
            let register = self.readable(register, person)?;
            let start = register.definition().life.as_ref().map(|l| l.start.clone());
            (
                register,
                merged(&Body::new(), body),
                state.map(str::to_owned).or(start),
            )
        };
        Ok(match self.admit(register, &raw, state.as_deref(), now).await? {
            Ok(body) => Checked {
                body,
                findings: Vec::new(),
            },
            Err(findings) => Checked { body: raw, findings },
        })
    }

    /// Enters a new record.
    pub async fn create(&self, register: &str, new: &Create, person: &Person, now: UtcMs) -> Result<Held> {
        let register = self.readable(register, person)?;
        if !register.definition().access.write.contains(&person.actor.role) {
            return Err(refuse_role(register, person));
        }
        let mut change = Change::new(register, None, Body::new(), ChangeKind::Created, now);
        change.valid_from = valid_from(new.valid_from.as_ref())?;
        let raw = merged(&Body::new(), &new.body);
        change.record.body = self
            .admit(register, &raw, change.record.state.as_deref(), now)
            .await?
            .map_err(LedgerError::Findings)?;
        self.files_kept(register, &Body::new(), &change.record.body)
            .await?;
        if !life::may_read(register, &change.record, &person.actor) {
            return Err(refuse_write(register, &change.record, person));
        }
        self.commit_one(register, change, person, now).await
    }

    /// Changes values of a record.
    pub async fn edit(
        &self,
        register: &str,
        id: &RecordId,
        edit: &Edit,
        person: &Person,
        now: UtcMs,
    ) -> Result<Held> {
        let (register, held) = self.held(register, id, person).await?;
        not_merged(&held)?;
        if !life::may_write(register, &held.record, &person.actor) {
            return Err(refuse_write(register, &held.record, person));
        }
        let valid_from = valid_from(edit.valid_from.as_ref())?;
        let reason = reason(edit.reason.as_ref())?;
        self.fresh(register, &held, edit.revision, person).await?;
        let body = self
            .admit_edit(register, &held.record, &edit.body, person, now)
            .await?;
        let same_day = valid_from.as_ref().is_none_or(|day| *day == held.valid_from);
        if body == held.record.body && same_day {
            return Ok(held);
        }
        let record = Record {
            body,
            ..held.record.clone()
        };
        let change = Change {
            reason,
            valid_from,
            ..Change::of(&held, record, ChangeKind::Edited)
        };
        self.commit_one(register, change, person, now).await
    }

    /// Takes a transition, together with the values it needs. Who may take it may fill in what it needs, also where the
    /// role does not edit or the state is locked; other values only who may edit.
    pub async fn step(
        &self,
        register: &str,
        id: &RecordId,
        step: &Step,
        person: &Person,
        now: UtcMs,
    ) -> Result<Held> {
        let (register, held) = self.held(register, id, person).await?;
        not_merged(&held)?;
        let written = reason(step.reason.as_ref())?;
        self.fresh(register, &held, step.revision, person).await?;
        let needed: BTreeSet<&String> = register
            .definition()
            .transition(&step.transition)
            .map(|t| t.needs.iter().chain(t.example.keys()).collect())
            .unwrap_or_default();
        let only_needed = step.body.keys().all(|name| needed.contains(name));
        if !only_needed && !life::may_write(register, &held.record, &person.actor) {
            return Err(refuse_write(register, &held.record, person));
        }
        let record = Record {
            body: merged(&held.record.body, &step.body),
            ..held.record.clone()
        };
        // Who may not take the step at all is told so, not what is wrong with the values.
        let decision = |record: &Record| {
            decide(
                register,
                record,
                &step.transition,
                written.as_deref(),
                &person.actor,
                now,
                self.library().calendar(),
            )
        };
        if let Err(refusal) = decision(&record)
            && !matches!(refusal.code, "needs" | "condition" | "reason")
        {
            return Err(LedgerError::Refused(refusal));
        }
        let body = self
            .admit_edit(register, &held.record, &step.body, person, now)
            .await?;
        let record = Record { body, ..record };
        let effects = decision(&record).map_err(LedgerError::Refused)?;
        let to = effects.taken.to.clone();
        let body = self
            .admit(register, &record.body, Some(&to), now)
            .await?
            .map_err(LedgerError::Findings)?;
        let mut after = Record {
            body,
            state: Some(to),
            since: now,
            ..record
        };
        after.trail.push(effects.taken);
        let change = Change {
            transition: Some(step.transition.clone()),
            reason: written,
            ..Change::of(&held, after, ChangeKind::Step)
        };
        self.commit_one(register, change, person, now).await
    }

    /// The values of an edited record, which must not leave the person's reach.
    pub(crate) async fn admit_edit(
        &self,
        register: &Register,
        record: &Record,
        changes: &Body,
        person: &Person,
        now: UtcMs,
    ) -> Result<Body> {
        let raw = merged(&record.body, changes);
        let body = self
            .admit(register, &raw, record.state.as_deref(), now)
            .await?
            .map_err(LedgerError::Findings)?;
        self.files_kept(register, &record.body, &body).await?;
        crate::subjects::same_code(register, record, &body)?;
        let after = Record {
            body,
            ..record.clone()
        };
        if life::may_read(register, &after, &person.actor) {
            Ok(after.body)
        } else {
            Err(LedgerError::refused(
                "scope",
                "修改后的记录将不属于本单位",
                "the record would belong to another unit or firm",
            ))
        }
    }

    /// Whether the person saw the newest revision.
    async fn fresh(&self, register: &Register, held: &Held, seen: i64, person: &Person) -> Result<()> {
        if seen == held.revision {
            return Ok(());
        }
        Err(self.stale(register, held, seen, person).await?)
    }

    /// What the person may know of a record that somebody else changed: where it has left the person's sight, only
    /// that it is so.
    pub(crate) async fn stale(
        &self,
        register: &Register,
        held: &Held,
        seen: i64,
        person: &Person,
    ) -> Result<LedgerError> {
        let id = held.record.id.clone();
        if !life::may_read(register, &held.record, &person.actor) {
            return Ok(LedgerError::Stale(Box::new(Stale { id, told: None })));
        }
        let before = self
            .store()
            .record_revision(&name_of(register), &id, seen)
            .await?;
        let changed = before.map_or_else(Vec::new, |revision| {
            let before = held.at(register, revision);
            let changes = registers::history::changes(register, &before.record.body, &held.record.body);
            let mut fields: Vec<Changed> = changes.into_iter().map(Changed::from).collect();
            if before.record.state != held.record.state {
                fields.push(Changed {
                    field: "state".to_owned(),
                    names: Names::new("状态", "state"),
                });
            }
            fields
        });
        let told = StaleFacts {
            title: register.title(&held.record),
            revision: held.revision,
            by: held.author.clone(),
            at: held.updated_at,
            changed,
        };
        let told = Some(told);
        Ok(LedgerError::Stale(Box::new(Stale { id, told })))
    }

    pub(crate) async fn commit_one(
        &self,
        register: &Register,
        change: Change,
        person: &Person,
        now: UtcMs,
    ) -> Result<Held> {
        let ids = self.commit(register, vec![change], person, now).await?;
        let id = ids.first().ok_or(LedgerError::NotFound)?;
        self.fetch(register, id).await?.ok_or(LedgerError::NotFound)
    }

    /// Writes changes that are admitted and decided: all or none, in one transaction. Answers the ids in order.
    pub async fn commit(
        &self,
        register: &Register,
        changes: Vec<Change>,
        person: &Person,
        now: UtcMs,
    ) -> Result<Vec<RecordId>> {
        let mut batch = self.begin(register, person, now).await?;
        let ids = self.put(&mut batch, register, changes).await?;
        self.finish(batch, register).await?;
        Ok(ids)
    }

    pub(crate) fn key_taken(&self, register: &Register, fields: &[String], id: &RecordId) -> LedgerError {
        let title = self
            .shelf(register)
            .ok()
            .and_then(|shelf| shelf.with(|view| view.get(id).map(|e| e.title.to_string())));
        let title = title.unwrap_or_else(|| id.to_string());
        let all = fields.iter().filter_map(|name| register.definition().field(name));
        let findings = all
            .map(|field| Finding {
                field: field.name.clone(),
                names: field.names(),
                value: None,
                code: "key",
                expected: Names::new(
                    format!("须唯一，已有记录 {id}（{title}）"),
                    format!("must occur once; record {id} ({title}) has it"),
                ),
            })
            .collect();
        LedgerError::Findings(findings)
    }
}

fn not_merged(held: &Held) -> Result<()> {
    match &held.merged_into {
        None => Ok(()),
        Some(into) => Err(LedgerError::refused(
            "merged",
            format!("已并入 {into}，请在该记录上修改"),
            format!("it was merged into {into}; change that record"),
        )),
    }
}
