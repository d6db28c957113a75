//! The text a record is found by: plain width, lower case, each value once.

use serde_json::Value;

use crate::definition::{Field, FieldType};
use crate::limits;
use crate::normalise::plain;
use crate::record::Record;
use crate::register::Register;

/// Search text of a record: its id and its texts, codes and names of choices, cut to a bound.
pub fn text(register: &Register, record: &Record) -> String {
    let mut parts: Vec<String> = vec![record.id.to_string().to_lowercase()];
    for field in &register.definition.field {
        let Some(value) = record.body.get(&field.name) else {
            continue;
        };
        if field.kind != FieldType::Group {
            put(register, None, field, value, &mut parts);
            continue;
        }
        for row in value.as_array().into_iter().flatten() {
            for sub in &field.fields {
                if let Some(value) = row.get(&sub.name) {
                    put(register, Some(field), sub, value, &mut parts);
                }
            }
        }
    }
    parts.join(" ").chars().take(limits::SEARCH_CHARS).collect()
}

fn put(register: &Register, group: Option<&Field>, field: &Field, value: &Value, parts: &mut Vec<String>) {
    let wanted = matches!(
        field.kind,
        FieldType::Text
            | FieldType::Choice
            | FieldType::Reference
            | FieldType::Unit
            | FieldType::CreditCode
            | FieldType::PermitCode
    );
    let shown = plain(&register.display(group, field, value)).to_lowercase();
    if wanted && !shown.is_empty() && !parts.contains(&shown) {
        parts.push(shown);
    }
}

/// A query in the same shape as [`text()`]: its words, all of which must occur.
pub fn words(query: &str) -> Vec<String> {
    plain(query)
        .to_lowercase()
        .split_whitespace()
        .take(10)
        .map(str::to_owned)
        .collect()
}
