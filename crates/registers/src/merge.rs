//! Two records become one, reviewed value by value, and can become two again.

use std::collections::{BTreeMap, BTreeSet};

use model::ids::RecordId;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::definition::FieldType;
use crate::record::{Body, Record};
use crate::register::Register;
use crate::text::Names;

/// What merging two records would do.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plan {
    /// The record that stays.
    pub keep: RecordId,
    /// The record that is closed into it.
    pub close: RecordId,
    /// Values that follow without a question: equal, or known on one side only, lists joined.
    pub settled: Body,
    /// Values a person must choose between.
    pub conflicts: Vec<Conflict>,
}

/// Two different values of one field.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Conflict {
    /// Field.
    pub field: String,
    /// Its name for people.
    pub names: Names,
    /// Value of the record that stays.
    pub keep: Value,
    /// Value of the record that is closed.
    pub close: Value,
}

/// Which side of a conflict stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The value of the record that stays.
    Keep,
    /// The value of the record that is closed.
    Close,
}

/// Everything needed to unmerge: stored with the merge in the record's history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Merged {
    /// The record that stayed.
    pub keep: RecordId,
    /// The record that was closed.
    pub close: RecordId,
    /// Body of the record that stayed, before.
    pub keep_before: Body,
    /// Body of the record that was closed, before.
    pub close_before: Body,
    /// The joint body, right after.
    pub after: Body,
}

/// What unmerging gives back.
#[derive(Clone, Debug, PartialEq)]
pub struct Unmerged {
    /// Body of the record that had stayed; changes made since the merge are kept here.
    pub keep: Body,
    /// Body of the record that had been closed, as it was.
    pub close: Body,
    /// Fields changed since the merge, which a person should assign to one of the two.
    pub changed_since: Vec<String>,
}

/// Plans the merge of `close` into `keep`; computed fields are left to be computed again.
pub fn plan(register: &Register, keep: &Record, close: &Record) -> Plan {
    let mut settled = Body::new();
    let mut conflicts = Vec::new();
    for field in register.definition.field.iter().filter(|f| f.computed.is_none()) {
        let listed = field.repeatable || field.kind == FieldType::Group;
        match (keep.body.get(&field.name), close.body.get(&field.name)) {
            (None, None) => {}
            (Some(value), None) | (None, Some(value)) => {
                settled.insert(field.name.clone(), value.clone());
            }
            (Some(a), Some(b)) if a == b => {
                settled.insert(field.name.clone(), a.clone());
            }
            (Some(Value::Array(a)), Some(Value::Array(b))) if listed => {
                let mut joined = a.clone();
                joined.extend(b.iter().filter(|v| !a.contains(v)).cloned());
                settled.insert(field.name.clone(), Value::Array(joined));
            }
            (Some(a), Some(b)) => conflicts.push(Conflict {
                field: field.name.clone(),
                names: field.names(),
                keep: a.clone(),
                close: b.clone(),
            }),
        }
    }
    Plan {
        keep: keep.id.clone(),
        close: close.id.clone(),
        settled,
        conflicts,
    }
}

/// The joint body by the reviewer's choices, still to be admitted; the fields not yet chosen when some are open.
pub fn settle(plan: &Plan, choices: &BTreeMap<String, Side>) -> Result<Body, Vec<String>> {
    let mut body = plan.settled.clone();
    let mut open = Vec::new();
    for conflict in &plan.conflicts {
        let value = match choices.get(&conflict.field) {
            Some(Side::Keep) => &conflict.keep,
            Some(Side::Close) => &conflict.close,
            None => {
                open.push(conflict.field.clone());
                continue;
            }
        };
        body.insert(conflict.field.clone(), value.clone());
    }
    if open.is_empty() { Ok(body) } else { Err(open) }
}

/// Takes a merge apart; `now` is the joint record's present body.
pub fn unmerge(merged: &Merged, now: &Body) -> Unmerged {
    let names: BTreeSet<&String> = merged.after.keys().chain(now.keys()).collect();
    let changed: Vec<String> = names
        .into_iter()
        .filter(|n| merged.after.get(*n) != now.get(*n))
        .cloned()
        .collect();
    let mut keep = merged.keep_before.clone();
    for name in &changed {
        match now.get(name) {
            Some(value) => keep.insert(name.clone(), value.clone()),
            None => keep.remove(name),
        };
    }
    Unmerged {
        keep,
        close: merged.close_before.clone(),
        changed_since: changed,
    }
}
