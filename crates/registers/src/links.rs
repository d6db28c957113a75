//! What a record points at, so that storage can index it and links can be walked from either end.

use serde_json::Value;

use crate::definition::{Field, FieldType};
use crate::record::{Body, Place};
use crate::register::Register;

/// One reference of a record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// `name` or `group[2].name`, rows counted from 1.
    pub field: String,
    /// What it points at.
    pub target: Target,
    /// Id of the record, code of the subject or unit.
    pub id: String,
}

/// The kind of thing a reference points at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A record of the named register.
    Record(String),
    /// A subject.
    Subject,
    /// A unit.
    Unit,
}

/// All references of a body, in the definition's order.
pub fn links(register: &Register, body: &Body) -> Vec<Link> {
    let mut out = Vec::new();
    for field in &register.definition.field {
        put(&Place::of(field), body, &mut out);
        let rows = body.get(&field.name).and_then(Value::as_array);
        for (n, row) in rows
            .into_iter()
            .flatten()
            .filter_map(Value::as_object)
            .enumerate()
        {
            for sub in &field.fields {
                put(
                    &Place {
                        group: Some((field, n)),
                        field: sub,
                    },
                    row,
                    &mut out,
                );
            }
        }
    }
    out
}

fn put(place: &Place<'_>, body: &Body, out: &mut Vec<Link>) {
    let Some((target, value)) = target(place.field).zip(body.get(&place.field.name)) else {
        return;
    };
    let ids: Vec<&str> = match value {
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        other => other.as_str().into_iter().collect(),
    };
    out.extend(ids.into_iter().map(|id| Link {
        field: place.path(),
        target: target.clone(),
        id: id.to_owned(),
    }));
}

fn target(field: &Field) -> Option<Target> {
    match (field.kind, &field.register) {
        (FieldType::Unit, _) => Some(Target::Unit),
        (FieldType::Reference, Some(register)) => Some(Target::Record(register.clone())),
        (FieldType::Reference, None) => Some(Target::Subject),
        _ => None,
    }
}
