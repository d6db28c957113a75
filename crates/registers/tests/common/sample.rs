//! The engine's own definition, with every kind of field, and values for it.

use model::ids::RecordId;
use model::time::UtcMs;
use registers::admit::{AnyReference, admit};
use registers::library::{File, Library};
use registers::record::{Body, Finding, Record};
use registers::register::Register;
use serde_json::{Value, json};

use super::{root, today};

pub(crate) const SAMPLE: &str = include_str!("../fixture/sample.toml");

pub(crate) fn load(text: &str) -> Result<Library, Vec<String>> {
    let files = [
        File {
            path: "group/sample.toml".into(),
            text: text.into(),
        },
        File {
            path: "calendar.toml".into(),
            text: std::fs::read_to_string(root().join("registers/calendar.toml")).unwrap(),
        },
    ];
    Library::load(&files).map_err(|errors| errors.iter().map(ToString::to_string).collect())
}

pub(crate) fn library() -> Library {
    load(SAMPLE).unwrap()
}

pub(crate) fn body(value: Value) -> Body {
    match value {
        Value::Object(map) => map,
        other => panic!("not an object: {other}"),
    }
}

pub(crate) fn good() -> Body {
    body(json!({"name": "演示厂", "kind": "a", "code": "AB123"}))
}

pub(crate) fn enter(register: &Register, value: Value) -> Result<Body, Vec<Finding>> {
    let mut raw = good();
    raw.extend(body(value));
    admit(register, &raw, Some("open"), today(), &AnyReference)
}

pub(crate) fn record(id: &str, body: Body) -> Record {
    Record {
        id: RecordId::new(id),
        version: 2,
        state: Some("open".into()),
        since: UtcMs::parse("2026-09-29 09:00").unwrap(),
        demo: false,
        body,
        trail: Vec::new(),
    }
}
