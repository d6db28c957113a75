//! What changed between two versions of a record, value by value, for the history tab.

use serde::Serialize;
use serde_json::Value;

use crate::definition::{Field, FieldType};
use crate::record::{Body, Place};
use crate::register::Register;
use crate::text::Names;

/// One value that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// `name` or `group[2].name`, rows counted from 1.
    pub field: String,
    /// Name for people.
    pub names: Names,
    /// Before, as people read it; `None` where there was nothing.
    pub before: Option<String>,
    /// After, as people read it; `None` where there is nothing.
    pub after: Option<String>,
}

/// All values that differ, in the definition's order. Rows of groups are compared by their place.
pub fn changes(register: &Register, before: &Body, after: &Body) -> Vec<Change> {
    let mut out = Vec::new();
    for field in &register.definition.field {
        let (old, new) = (before.get(&field.name), after.get(&field.name));
        if old == new {
            continue;
        }
        if field.kind != FieldType::Group {
            change(register, &Place::of(field), old, new, &mut out);
            continue;
        }
        let rows = |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
        let (old, new) = (rows(old), rows(new));
        for n in 0..old.len().max(new.len()) {
            for sub in &field.fields {
                let cell = |rows: &[Value]| rows.get(n).and_then(|r| r.get(&sub.name)).cloned();
                let place = Place {
                    group: Some((field, n)),
                    field: sub,
                };
                change(
                    register,
                    &place,
                    cell(&old).as_ref(),
                    cell(&new).as_ref(),
                    &mut out,
                );
            }
        }
    }
    out
}

fn change(
    register: &Register,
    place: &Place<'_>,
    old: Option<&Value>,
    new: Option<&Value>,
    out: &mut Vec<Change>,
) {
    if old == new {
        return;
    }
    let group: Option<&Field> = place.group.map(|(g, _)| g);
    let shown = |value: Option<&Value>| value.map(|v| register.display(group, place.field, v));
    out.push(Change {
        field: place.path(),
        names: place.names(),
        before: shown(old),
        after: shown(new),
    });
}
