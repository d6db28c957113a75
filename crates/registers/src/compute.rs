//! Defaults and computed fields: what follows from the values entered.

use serde_json::Value;

use crate::definition::{Field, FieldType};
use crate::expr::{Scope, Val};
use crate::normalise;
use crate::record::Body;
use crate::register::Register;

/// Fills in defaults, rows of groups included.
pub(crate) fn defaults(register: &Register, body: &mut Body) {
    for field in &register.definition.field {
        if field.kind == FieldType::Group {
            let rows = body.get_mut(&field.name).and_then(Value::as_array_mut);
            for row in rows.into_iter().flatten().filter_map(Value::as_object_mut) {
                for sub in &field.fields {
                    fill(register, Some(field), sub, row);
                }
            }
        } else {
            fill(register, None, field, body);
        }
    }
}

fn fill(register: &Register, group: Option<&Field>, field: &Field, body: &mut Body) {
    if field.default.is_some()
        && !body.contains_key(&field.name)
        && let Some(value) = normalise::default_value(register, field, group)
    {
        body.insert(field.name.clone(), value);
    }
}

/// Computes all computed fields again: those of rows first, then those of the record in the order they need.
pub(crate) fn computed(register: &Register, body: &mut Body) {
    for group in register
        .definition
        .field
        .iter()
        .filter(|f| f.kind == FieldType::Group)
    {
        let fields: Vec<&Field> = group.fields.iter().filter(|f| f.computed.is_some()).collect();
        let Some(mut rows) = body.get(&group.name).and_then(Value::as_array).cloned() else {
            continue;
        };
        for row in rows.iter_mut().filter_map(Value::as_object_mut) {
            for field in &fields {
                let scope = Scope {
                    row: Some(row),
                    ..Scope::of(body)
                };
                let value = evaluate(register, Some(group), field, &scope);
                put(row, field, value);
            }
        }
        body.insert(group.name.clone(), Value::Array(rows));
    }
    for name in &register.computed {
        if let Some(field) = register.definition.field(name) {
            let value = evaluate(register, None, field, &Scope::of(body));
            put(body, field, value);
        }
    }
}

fn put(body: &mut Body, field: &Field, value: Option<Value>) {
    match value {
        Some(value) => body.insert(field.name.clone(), value),
        None => body.remove(&field.name),
    };
}

fn evaluate(register: &Register, group: Option<&Field>, field: &Field, scope: &Scope<'_>) -> Option<Value> {
    let expr = register.expr(group, field.computed.as_ref()?)?;
    match expr.value(scope) {
        Val::Number(n) if field.kind == FieldType::Integer => n.to_i64().map(Value::from),
        Val::Number(n) => Some(Value::from(n.to_fixed(field.decimals.unwrap_or(0)))),
        Val::Text(text) => Some(text.into()),
        Val::Bool(b) => Some(b.into()),
        Val::Date(date) => Some(date.to_string().into()),
        Val::Instant(at) => Some(at.to_rfc3339().into()),
        Val::Missing | Val::List(_) | Val::Opaque => None,
    }
}
