//! Under which identifiers and names a source is known, and which record says so.

use std::collections::HashMap;

use model::ids::RecordId;
use registers::record::Body;
use registers::register::Register;
use registers::text::Names;
use serde_json::Value;

use super::Belonging;
use super::index::{Index, Known};

/// Something a source is known by, and where it is written so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownBy {
    /// Field of the source's register.
    pub field: String,
    /// Its names.
    pub names: Names,
    /// The value.
    pub value: String,
    /// Whether the source's own record says so.
    pub own: bool,
    /// Records that say so.
    pub records: Vec<(String, RecordId)>,
}

/// Identifiers, names and aliases, of the source itself and of its records.
pub(super) fn known_by(
    sources: &Register,
    index: &Index,
    body: &Body,
    records: &[Belonging],
) -> Vec<KnownBy> {
    let definition = sources.definition();
    let Some(rules) = &definition.source else {
        return Vec::new();
    };
    let mut out: Vec<KnownBy> = Vec::new();
    let mut put = |field: &String, value: &Value, record: Option<(String, RecordId)>| {
        let values = match value {
            Value::Array(several) => several.clone(),
            one => vec![one.clone()],
        };
        // An alias is a name.
        let field = if rules.aliases.as_ref() == Some(field) {
            &rules.name
        } else {
            field
        };
        for value in values.iter().filter_map(Value::as_str) {
            let place = out.iter().position(|k| k.field == *field && k.value == value);
            let place = place.unwrap_or_else(|| {
                out.push(KnownBy {
                    field: field.clone(),
                    names: definition
                        .field(field)
                        .map(registers::definition::Field::names)
                        .unwrap_or_default(),
                    value: value.to_owned(),
                    own: false,
                    records: Vec::new(),
                });
                out.len() - 1
            });
            if let Some(known) = out.get_mut(place) {
                known.own |= record.is_none();
                known.records.extend(record.clone());
            }
        }
    };
    let shown: Vec<&String> = std::iter::once(&rules.name)
        .chain(&rules.aliases)
        .chain(&rules.exact)
        .collect();
    for field in &shown {
        if let Some(value) = body.get(*field) {
            put(field, value, None);
        }
    }
    let members: HashMap<(&str, &RecordId), &Known> = index
        .members
        .iter()
        .map(|(r, k)| ((r.as_str(), &k.id), k))
        .collect();
    for record in records {
        let Some(known) = members.get(&(record.register.as_str(), &record.id)) else {
            continue;
        };
        for field in &shown {
            if let Some(value) = known.claim.body.get(*field) {
                put(field, value, Some((record.register.clone(), record.id.clone())));
            }
        }
    }
    out
}
