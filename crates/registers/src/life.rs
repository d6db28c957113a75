//! Life cycle of a record: who may take which transition when, and by when something must have happened.

use jiff::ToSpan;
use model::ids::{UnitCode, UserId};
use model::role::Role;
use model::time::UtcMs;
use serde::Serialize;
use serde_json::Value;

use crate::calendar::Calendar;
use crate::definition::{Access, Anchor, Deadline, Transition};
use crate::expr::Scope;
use crate::record::{Finding, Place, Record, Taken};
use crate::register::Register;
use crate::text::Names;

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The person.
    pub user: UserId,
    /// The role in which the person acts.
    pub role: Role,
    /// The unit the person belongs to; bounds what towns and departments reach.
    pub unit: Option<UnitCode>,
    /// Codes of the person's firm (subject code, credit code); bound what firms reach.
    pub firms: Vec<String>,
}

/// What a transition does to the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effects {
    /// The step to append to the trail; its `to` is the new state.
    pub taken: Taken,
    /// The matter is settled by it.
    pub closes: bool,
    /// A settled matter is taken up again.
    pub reopens: bool,
    /// Deadlines that run in the new state.
    pub deadlines: Vec<Standing>,
}

/// Why a transition is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// `no_life`, `unknown_transition`, `wrong_state`, `role`, `scope`, `second_person`, `needs`, `condition`, `reason`.
    pub code: &'static str,
    /// What stands in the way and what to do.
    pub said: Names,
    /// The fields that are missing or wrong.
    pub findings: Vec<Finding>,
}

impl Refusal {
    fn new(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            code,
            said: Names::new(zh, en),
            findings: Vec::new(),
        }
    }
}

/// A deadline of one record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// Name of the deadline.
    pub deadline: String,
    /// Its name for people.
    pub names: Names,
    /// By when.
    pub due: UtcMs,
    /// The calendar of a year touched is not known yet: `due` may still move.
    pub provisional: bool,
    /// When to remind, earliest first.
    pub remind: Vec<UtcMs>,
}

impl Standing {
    /// Whether it has passed.
    pub fn overdue(&self, now: UtcMs) -> bool {
        now >= self.due
    }

    /// Whether a reminder is due and the deadline has not passed.
    pub fn reminding(&self, now: UtcMs) -> bool {
        !self.overdue(now) && self.remind.iter().any(|t| *t <= now)
    }
}

/// Whether the actor's role and scope reach the record for reading.
pub fn may_read(register: &Register, record: &Record, actor: &Actor) -> bool {
    register.definition.access.read.contains(&actor.role) && in_scope(register, record, actor)
}

/// Whether the actor may edit the record's fields now.
pub fn may_write(register: &Register, record: &Record, actor: &Actor) -> bool {
    let locked = record
        .state
        .as_ref()
        .and_then(|s| register.definition.state(s))
        .is_some_and(|s| s.locked);
    !locked
        && register.definition.access.write.contains(&actor.role)
        && in_charge(register, actor)
        && in_scope(register, record, actor)
}

/// Departments change only what their unit is named for; every other role acts by its role alone.
fn in_charge(register: &Register, actor: &Actor) -> bool {
    let units = &register.definition.access.units;
    let own = |code: &str| units.iter().any(|unit| unit == code);
    actor.role != Role::Department
        || units.is_empty()
        || actor.unit.as_ref().is_some_and(|unit| own(unit.as_str()))
}

/// Whether a role sees only the records of its own unit: towns always, departments where the definition says so.
pub fn own_only(access: &Access, role: Role) -> bool {
    match role {
        Role::Town => true,
        Role::Department => access.departments_own,
        _ => false,
    }
}

/// Towns, departments and firms reach their own records; a register that names no field for them is open to the
/// government's own and closed to firms.
fn in_scope(register: &Register, record: &Record, actor: &Actor) -> bool {
    let access = &register.definition.access;
    let value = |field: &String| match record.body.get(field) {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
        Some(value) => value.as_str().into_iter().collect(),
        None => Vec::new(),
    };
    match actor.role {
        role if own_only(access, role) => access.unit_field.as_ref().is_none_or(|field| {
            actor
                .unit
                .as_ref()
                .is_some_and(|own| value(field).contains(&own.as_str()))
        }),
        Role::Firm => access
            .firm_fields
            .iter()
            .flat_map(value)
            .any(|code| actor.firms.iter().any(|own| own == code)),
        _ => true,
    }
}

/// Decides one transition. `reason` is the written reason, where there is one; values the transition needs are read
/// from the record as it is edited together with the transition.
pub fn decide(
    register: &Register,
    record: &Record,
    transition: &str,
    reason: Option<&str>,
    actor: &Actor,
    now: UtcMs,
    calendar: &Calendar,
) -> Result<Effects, Refusal> {
    let definition = &register.definition;
    let Some(step) = definition.transition(transition) else {
        return Err(Refusal::new(
            "unknown_transition",
            format!("没有流转 «{transition}»"),
            format!("there is no transition «{transition}»"),
        ));
    };
    let state = record.state.as_deref().unwrap_or_default();
    if !step.from.iter().any(|s| s == state) {
        let shown = |name: &str| {
            definition
                .state(name)
                .map_or_else(|| name.to_owned(), |s| s.zh.clone())
        };
        let from: Vec<String> = step.from.iter().map(|s| shown(s)).collect();
        return Err(Refusal::new(
            "wrong_state",
            format!(
                "现为“{}”，«{}» 只能从“{}”进行",
                shown(state),
                step.zh,
                from.join("、")
            ),
            format!(
                "the record is «{state}»; «{}» starts from {}",
                step.en,
                step.from.join(", ")
            ),
        ));
    }
    if !step.roles.contains(&actor.role) {
        let roles: Vec<&str> = step.roles.iter().map(|r| r.name()).collect();
        let roles = roles.join(", ");
        return Err(Refusal::new(
            "role",
            format!("«{}» 须由 {roles} 进行", step.zh),
            format!("«{}» is taken by {roles}, not by {}", step.en, actor.role.name()),
        ));
    }
    if !in_scope(register, record, actor) {
        return Err(Refusal::new(
            "scope",
            "此记录不属于本单位",
            "the record belongs to another unit or firm",
        ));
    }
    if !in_charge(register, actor) {
        return Err(Refusal::new(
            "scope",
            "本单位不负责此项台账，可以查看",
            "your unit is not in charge of this list; you may read it",
        ));
    }
    second_person(register, record, step, actor)?;
    needs(register, record, step)?;
    let today = now.civil().map(jiff::civil::DateTime::date);
    let scope = Scope {
        body: &record.body,
        row: None,
        state: record.state.as_deref(),
        today,
    };
    if let Some(text) = &step.condition
        && register.holds(text, &scope) != Some(true)
    {
        return Err(Refusal::new("condition", &step.condition_zh, &step.condition_en));
    }
    let reason = reason.map(str::trim).filter(|r| !r.is_empty());
    if step.reason && reason.is_none() {
        return Err(Refusal::new(
            "reason",
            "须写明理由",
            "a written reason is required",
        ));
    }
    let taken = Taken {
        transition: step.name.clone(),
        by: actor.user,
        at: now,
        from: state.to_owned(),
        to: step.to.clone(),
        reason: reason.map(str::to_owned),
    };
    let after = Record {
        state: Some(step.to.clone()),
        since: now,
        ..record.clone()
    };
    Ok(Effects {
        taken,
        closes: definition.state(&step.to).is_some_and(|s| s.closed),
        reopens: step.reopens,
        deadlines: deadlines(register, &after, now, calendar),
    })
}

fn second_person(
    register: &Register,
    record: &Record,
    step: &Transition,
    actor: &Actor,
) -> Result<(), Refusal> {
    let Some(earlier) = &step.second_person_to else {
        return Ok(());
    };
    let last = record.trail.iter().rev().find(|t| t.transition == *earlier);
    if last.is_none_or(|t| t.by != actor.user) {
        return Ok(());
    }
    let names = register
        .definition
        .transition(earlier)
        .map_or_else(Names::default, |t| Names::new(&t.zh, &t.en));
    Err(Refusal::new(
        "second_person",
        format!("«{}» 由您办理，«{}» 须由另一人进行", names.zh, step.zh),
        format!("you took «{}»; «{}» needs a second person", names.en, step.en),
    ))
}

fn needs(register: &Register, record: &Record, step: &Transition) -> Result<(), Refusal> {
    let missing = step.needs.iter().filter(|n| !record.body.contains_key(*n));
    let findings: Vec<Finding> = missing
        .filter_map(|name| register.definition.field(name))
        .map(|field| {
            Finding::new(
                &Place::of(field),
                None,
                "required",
                format!("«{}» 之前须填写", step.zh),
                format!("required before «{}»", step.en),
            )
        })
        .collect();
    if findings.is_empty() {
        return Ok(());
    }
    let (zh, en): (Vec<_>, Vec<_>) = findings
        .iter()
        .map(|f| (f.names.zh.as_str(), f.names.en.as_str()))
        .unzip();
    let (zh, en) = (zh.join("、"), en.join(", "));
    Err(Refusal {
        findings,
        ..Refusal::new("needs", format!("尚缺: {zh}"), format!("still missing: {en}"))
    })
}

/// Transitions that start from the record's state, for the buttons of a page; [`decide`] has the last word.
pub fn offered<'a>(register: &'a Register, record: &Record, role: Role) -> Vec<&'a Transition> {
    let state = record.state.as_deref().unwrap_or_default();
    let all = register.definition.life.iter().flat_map(|l| &l.transition);
    all.filter(|t| t.roles.contains(&role) && t.from.iter().any(|s| s == state))
        .collect()
}

/// The deadlines that run for a record now, earliest first.
pub fn deadlines(register: &Register, record: &Record, now: UtcMs, calendar: &Calendar) -> Vec<Standing> {
    let today = now.civil().map(jiff::civil::DateTime::date);
    let scope = Scope {
        body: &record.body,
        row: None,
        state: record.state.as_deref(),
        today,
    };
    let mut out: Vec<Standing> = register
        .definition
        .deadline
        .iter()
        .filter(|d| runs(register, record, d) && register.passes(d.applies.as_ref(), &scope))
        .filter_map(|d| standing(record, d, calendar))
        .collect();
    out.sort_by_key(|s| s.due);
    out
}

fn runs(register: &Register, record: &Record, deadline: &Deadline) -> bool {
    let Some(state) = &record.state else { return true };
    if deadline.states.is_empty() {
        return !register.definition.state(state).is_some_and(|s| s.closed);
    }
    deadline.states.contains(state)
}

fn standing(record: &Record, deadline: &Deadline, calendar: &Calendar) -> Option<Standing> {
    let start = match deadline.from {
        Anchor::State => record.since,
        Anchor::Field => UtcMs::parse(record.body.get(deadline.field.as_ref()?)?.as_str()?)?,
    };
    let due = calendar.due(start, deadline.count, deadline.span)?;
    let before = |days: &u32| {
        let civil = due.at.civil()?.checked_sub(i64::from(*days).days()).ok()?;
        UtcMs::from_civil(civil)
    };
    let mut remind: Vec<UtcMs> = deadline.remind_days.iter().filter_map(before).collect();
    remind.sort();
    Some(Standing {
        deadline: deadline.name.clone(),
        names: Names::new(&deadline.zh, &deadline.en),
        due: due.at,
        provisional: due.provisional,
        remind,
    })
}
