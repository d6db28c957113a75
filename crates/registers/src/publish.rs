//! What the public sees: the published fields of the published records, and publications that were missed.

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::Value;

use crate::definition::{FieldType, Rhythm};
use crate::expr::Scope;
use crate::limits;
use crate::record::{Body, Record};
use crate::register::Register;

/// The public part of a record; `None` where the record or the whole register is not published.
pub fn view(register: &Register, record: &Record, today: Date) -> Option<Body> {
    let publication = register.definition.publication.as_ref()?;
    let scope = Scope {
        body: &record.body,
        row: None,
        state: record.state.as_deref(),
        today: Some(today),
    };
    if !register.passes(publication.filter.as_ref(), &scope) {
        return None;
    }
    let mut out = Body::new();
    for field in register.definition.field.iter().filter(|f| f.public) {
        let Some(value) = record.body.get(&field.name) else {
            continue;
        };
        let value = match value {
            Value::Array(rows) if field.kind == FieldType::Group => {
                let shown = |row: &Body| {
                    let cells = field.fields.iter().filter(|s| s.public);
                    cells
                        .filter_map(|s| Some((s.name.clone(), row.get(&s.name)?.clone())))
                        .collect::<Body>()
                };
                Value::Array(
                    rows.iter()
                        .filter_map(Value::as_object)
                        .map(|r| Value::Object(shown(r)))
                        .collect(),
                )
            }
            other => other.clone(),
        };
        out.insert(field.name.clone(), value);
    }
    Some(out)
}

/// A period whose publication is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Last day on which it is in time.
    pub due: Date,
    /// Due and not published.
    pub missed: bool,
}

/// The periods since `since` that have ended by `today` and are not among `published` (any day of a period names it),
/// oldest first. Live publications have none.
pub fn outstanding(register: &Register, since: Date, published: &[Date], today: Date) -> Vec<Period> {
    let Some(publication) = &register.definition.publication else {
        return Vec::new();
    };
    let months = match publication.rhythm {
        Rhythm::Live => return Vec::new(),
        Rhythm::Monthly => 1,
        Rhythm::Quarterly => 3,
        Rhythm::Yearly => 12,
    };
    let start = |day: Date| {
        let month = (day.month() - 1) / months * months + 1;
        Date::new(day.year(), month, 1).ok()
    };
    let mut out = Vec::new();
    let mut from = start(since);
    for _ in 0..limits::PERIODS {
        let Some(first) = from else { break };
        let Ok(next) = first.checked_add(i64::from(months).months()) else {
            break;
        };
        if next > today {
            break;
        }
        let to = next.saturating_sub(1.day());
        let due = to.saturating_add(i64::from(publication.due_days).days());
        if !published.iter().any(|d| (first..=to).contains(d)) {
            out.push(Period {
                from: first,
                to,
                due,
                missed: today > due,
            });
        }
        from = Some(next);
    }
    out
}
