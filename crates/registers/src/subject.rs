//! A record as the form of a watched subject, in both directions.

use model::ids::{SubjectCode, UnitCode};
use model::subject::SubjectSpec;
use serde_json::{Map, Value, json};

use crate::definition::SubjectForm;
use crate::place;
use crate::record::{Body, Record};
use crate::register::Register;

/// The form of a register whose records are subjects.
pub fn form(register: &Register) -> Option<&SubjectForm> {
    register.definition.subject.as_ref()
}

/// The subject a record is the form of; facts the form does not name are left empty. `None` where the register has no
/// subjects or the record lacks code or name.
pub fn spec(register: &Register, record: &Record) -> Option<SubjectSpec> {
    let form = form(register)?;
    let text = |name: &String| record.body.get(name).and_then(Value::as_str).map(str::to_owned);
    let place = form
        .place
        .as_ref()
        .and_then(|name| place::lon_lat(record.body.get(name)?));
    let mut attrs = Map::new();
    for (attr, field) in &form.attrs {
        if let Some(value) = record.body.get(field) {
            attrs.insert(attr.clone(), value.clone());
        }
    }
    Some(SubjectSpec {
        code: SubjectCode(text(&form.code)?),
        kind: form.kind,
        zh: text(&form.zh)?,
        en: form.en.as_ref().and_then(text).unwrap_or_default(),
        parent: form.parent.as_ref().and_then(text).map(SubjectCode),
        unit: form.unit.as_ref().and_then(text).map(UnitCode),
        lon: place.map(|p| p.lon),
        lat: place.map(|p| p.lat),
        schematic: form
            .schematic
            .as_ref()
            .and_then(|name| record.body.get(name)?.as_bool())
            .unwrap_or(false),
        demo: record.demo,
        attrs,
    })
}

/// What a form says of a subject, still to be admitted; the values of other fields are not touched.
pub fn body(register: &Register, spec: &SubjectSpec) -> Body {
    let mut out = Body::new();
    let Some(form) = form(register) else { return out };
    let mut put = |name: Option<&String>, value: Option<Value>| {
        if let (Some(name), Some(value)) = (name, value) {
            out.insert(name.clone(), value);
        }
    };
    put(Some(&form.code), Some(json!(spec.code)));
    put(Some(&form.zh), Some(json!(spec.zh)));
    put(
        form.en.as_ref(),
        Some(json!(spec.en)).filter(|_| !spec.en.is_empty()),
    );
    put(form.unit.as_ref(), spec.unit.as_ref().map(|u| json!(u)));
    put(form.parent.as_ref(), spec.parent.as_ref().map(|p| json!(p)));
    let point = spec
        .lon
        .zip(spec.lat)
        .map(|(lon, lat)| json!({ "type": "Point", "coordinates": [lon, lat] }));
    put(form.place.as_ref(), point);
    put(form.schematic.as_ref(), Some(json!(spec.schematic)));
    for (attr, field) in &form.attrs {
        put(Some(field), spec.attrs.get(attr).cloned());
    }
    out
}

/// A subject with the facts of its form, keeping those that only the subject has.
pub fn onto(register: &Register, known: &SubjectSpec, new: SubjectSpec) -> SubjectSpec {
    let Some(form) = form(register) else { return new };
    let mut attrs = known.attrs.clone();
    attrs.retain(|name, _| !form.attrs.contains_key(name));
    attrs.extend(new.attrs);
    SubjectSpec {
        attrs,
        en: if form.en.is_some() {
            new.en
        } else {
            known.en.clone()
        },
        unit: if form.unit.is_some() {
            new.unit
        } else {
            known.unit.clone()
        },
        parent: if form.parent.is_some() {
            new.parent
        } else {
            known.parent.clone()
        },
        lon: if form.place.is_some() { new.lon } else { known.lon },
        lat: if form.place.is_some() { new.lat } else { known.lat },
        schematic: if form.schematic.is_some() {
            new.schematic
        } else {
            known.schematic
        },
        demo: new.demo || known.demo,
        code: new.code,
        kind: new.kind,
        zh: new.zh,
    }
}
