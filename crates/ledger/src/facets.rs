//! What lists, maps and deadlines need of a record, made from its values when it is written and kept beside them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use model::ids::RegisterName;
use model::time::UtcMs;
use registers::admit::keys;
use registers::calendar::Calendar;
use registers::definition::{Definition, Field};
use registers::links::{Target, links};
use registers::record::Record;
use registers::register::Register;
use registers::{life, search, subject};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use store::registers::{Derived, KeyValue, LinkTarget};

use crate::limits;

/// Raised when the shape of [`Facets`] changes, so that all are made again.
const SHAPE: u32 = 1;

/// The stored facets of one record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Facets {
    /// State in the present version of the definition.
    pub(crate) state: Option<String>,
    pub(crate) title: String,
    pub(crate) search: String,
    /// Scalar values by field, as text.
    pub(crate) values: BTreeMap<String, Facet>,
    pub(crate) due: Vec<Due>,
    /// West, south, east, north of the place that is drawn.
    pub(crate) bounds: Option<[f64; 4]>,
}

/// One value, or those of a repeatable field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Facet {
    One(String),
    Many(Vec<String>),
}

/// A deadline that runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Due {
    pub(crate) name: String,
    pub(crate) at: UtcMs,
    pub(crate) provisional: bool,
    /// The first day on which somebody is reminded.
    pub(crate) remind: Option<UtcMs>,
}

/// Whether a field's values are kept for filtering and sorting.
pub(crate) fn is_kept(field: &Field) -> bool {
    field.kind.is_scalar() && !field.kind.is_place()
}

/// The facets of a record.
pub(crate) fn facets(register: &Register, record: &Record, now: UtcMs, calendar: &Calendar) -> Facets {
    let definition = register.definition();
    let mut values = BTreeMap::new();
    for field in definition.field.iter().filter(|f| is_kept(f)) {
        let Some(value) = record.body.get(&field.name) else {
            continue;
        };
        let facet = match value {
            Value::Array(items) => Facet::Many(items.iter().map(text).collect()),
            other => Facet::One(text(other)),
        };
        values.insert(field.name.clone(), facet);
    }
    let due = life::deadlines(register, record, now, calendar)
        .into_iter()
        .map(|s| Due {
            name: s.deadline,
            at: s.due,
            provisional: s.provisional,
            remind: s.remind.first().copied(),
        })
        .collect();
    Facets {
        state: record.state.clone(),
        title: register.title(record),
        search: search::text(register, record),
        values,
        due,
        bounds: drawn(definition).and_then(|name| bounds(record.body.get(name)?)),
    }
}

fn text(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if text.chars().count() > limits::FACET_CHARS {
        return text.chars().take(limits::FACET_CHARS).collect();
    }
    text
}

/// The place that is drawn: the map's, else the first.
pub(crate) fn drawn(definition: &Definition) -> Option<&str> {
    definition.map.as_ref().map(|m| m.field.as_str()).or_else(|| {
        let place = definition.field.iter().find(|f| f.kind.is_place());
        place.map(|f| f.name.as_str())
    })
}

/// West, south, east, north of a geometry.
pub(crate) fn bounds(geometry: &Value) -> Option<[f64; 4]> {
    fn walk(value: &Value, out: &mut Option<[f64; 4]>) {
        let Some(items) = value.as_array() else { return };
        if let [Value::Number(x), Value::Number(y), ..] = items.as_slice() {
            if let (Some(x), Some(y)) = (x.as_f64(), y.as_f64()) {
                let [w, s, e, n] = out.unwrap_or([x, y, x, y]);
                *out = Some([w.min(x), s.min(y), e.max(x), n.max(y)]);
            }
            return;
        }
        for item in items {
            walk(item, out);
        }
    }
    let places = match geometry {
        Value::Array(several) => several.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut out = None;
    for place in places {
        walk(place.get("coordinates")?, &mut out);
    }
    out
}

/// Everything the store keeps beside a record's values.
pub(crate) fn derive(register: &Register, record: &Record, now: UtcMs, calendar: &Calendar) -> Derived {
    let facets = facets(register, record, now, calendar);
    // The form of a subject hangs together with it.
    let own = subject::spec(register, record).zip(subject::form(register));
    let own = own.map(|(spec, form)| (form.code.clone(), LinkTarget::Subject(spec.code.0)));
    let links = links(register, &record.body)
        .into_iter()
        .map(|link| {
            let target = match link.target {
                Target::Record(name) => LinkTarget::Record(RegisterName(name), crate::record_id(&link.id)),
                Target::Subject => LinkTarget::Subject(link.id),
                Target::Unit => LinkTarget::Unit(link.id),
            };
            (link.field, target)
        })
        .chain(own)
        .collect();
    let keys = keys(register, &record.body)
        .into_iter()
        .map(|(fields, values)| KeyValue { fields, values })
        .collect();
    Derived {
        facets: serde_json::to_string(&facets).unwrap_or_default(),
        links,
        keys,
        files: crate::attach::hashes(register, &record.body),
    }
}

/// Digest of all that facets are made under: a change of it makes them all again.
pub(crate) fn digest(register: &Register, calendar: &Calendar) -> String {
    let text = format!("{SHAPE} {register:?} {calendar:?}");
    let digest = Sha256::digest(text);
    let mut hex = String::new();
    for byte in digest.iter().take(16) {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}
