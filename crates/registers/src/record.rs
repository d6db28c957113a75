//! A record as storage hands it over: values, state, the steps it went through.

use model::ids::{RecordId, UserId};
use model::time::UtcMs;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::definition::Field;
use crate::text::Names;

/// Values by field name in canonical form: what [`crate::admit::admit`] returns. Missing values are absent.
pub type Body = Map<String, Value>;

/// One record of a register.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Id, never given twice.
    pub id: RecordId,
    /// Version of the definition it was written under.
    pub version: u32,
    /// State of its life cycle; `None` where the register has none.
    #[serde(default)]
    pub state: Option<String>,
    /// When it came into its state.
    pub since: UtcMs,
    /// 演示: exists only for demonstration.
    #[serde(default)]
    pub demo: bool,
    /// Values.
    pub body: Body,
    /// Transitions taken, oldest first.
    #[serde(default)]
    pub trail: Vec<Taken>,
}

/// One transition that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Taken {
    /// Name of the transition.
    pub transition: String,
    /// Who.
    pub by: UserId,
    /// When.
    pub at: UtcMs,
    /// State before.
    pub from: String,
    /// State after.
    pub to: String,
    /// Why, where a reason was asked for or given.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Something about one value that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Place of the value: `name`, `group[2].name` (rows counted from 1).
    pub field: String,
    /// The field's name as people read it.
    pub names: Names,
    /// The value as it came, cut to 100 characters; `None` where it is missing.
    pub value: Option<String>,
    /// Stable code: `required`, `type`, `range`, `pattern`, `code`, `check_digit`, `unknown`, `rule` …
    pub code: &'static str,
    /// What was expected.
    pub expected: Names,
}

impl Finding {
    /// A finding at a field of the record or of a group's row.
    pub(crate) fn new(
        place: &Place<'_>,
        value: Option<&Value>,
        code: &'static str,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        Self {
            field: place.path(),
            names: place.names(),
            value: value.map(show),
            code,
            expected: Names::new(zh, en),
        }
    }
}

/// Where a value stands in a record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) group: Option<(&'a Field, usize)>,
    pub(crate) field: &'a Field,
}

impl<'a> Place<'a> {
    pub(crate) fn of(field: &'a Field) -> Self {
        Self { group: None, field }
    }

    pub(crate) fn path(&self) -> String {
        match self.group {
            Some((group, row)) => format!("{}[{}].{}", group.name, row + 1, self.field.name),
            None => self.field.name.clone(),
        }
    }

    pub(crate) fn names(&self) -> Names {
        match self.group {
            Some((group, row)) => Names::new(
                format!("{}第{}行·{}", group.zh, row + 1, self.field.zh),
                format!("{}, row {}: {}", group.en, row + 1, self.field.en),
            ),
            None => self.field.names(),
        }
    }
}

/// A value as a person reads it, cut to 100 characters.
pub(crate) fn show(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if text.chars().count() > 100 {
        let mut cut: String = text.chars().take(99).collect();
        cut.push('…');
        return cut;
    }
    text
}
