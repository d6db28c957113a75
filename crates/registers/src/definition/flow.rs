//! Life cycle: states, transitions, deadlines.

use model::role::Role;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Map;

/// States and transitions of a record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Life {
    /// State of a new record.
    pub start: String,
    /// All states.
    pub state: Vec<State>,
    /// All transitions.
    pub transition: Vec<Transition>,
}

/// One state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Stable name.
    pub name: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// The matter is settled here.
    #[serde(default)]
    pub closed: bool,
    /// Fields cannot be edited in this state.
    #[serde(default)]
    pub locked: bool,
}

/// One transition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Transition {
    /// Stable name.
    pub name: String,
    /// Chinese name: the button's text.
    pub zh: String,
    /// English name.
    pub en: String,
    /// States it may start from.
    pub from: Vec<String>,
    /// State it leads to.
    pub to: String,
    /// Roles that may take it.
    #[schemars(with = "Vec<String>")]
    pub roles: Vec<Role>,
    /// Fields that must be filled in, evidence (files) among them.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Name of an earlier transition: whoever took it last may not take this one.
    #[serde(default)]
    pub second_person_to: Option<String>,
    /// Expression that must be true; a missing value is not true.
    #[serde(default)]
    pub condition: Option<String>,
    /// What the condition asks, in Chinese.
    #[serde(default)]
    pub condition_zh: String,
    /// What the condition asks, in English.
    #[serde(default)]
    pub condition_en: String,
    /// A written reason is asked for.
    #[serde(default)]
    pub reason: bool,
    /// The transition takes a settled matter up again (重新打开).
    #[serde(default)]
    pub reopens: bool,
    /// Values with which the transition can be taken; shown in the manual and walked by the tests.
    #[serde(default)]
    pub example: Map<String, serde_json::Value>,
}

/// A date by which something must have happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// Stable name.
    pub name: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// States in which the clock runs; every state that is not closed when left out.
    #[serde(default)]
    pub states: Vec<String>,
    /// Expression; the clock runs only where it is true.
    #[serde(default)]
    pub applies: Option<String>,
    /// Where the clock starts.
    pub from: Anchor,
    /// Date or instant field the clock starts from, with `from = "field"`.
    #[serde(default)]
    pub field: Option<String>,
    /// How far; negative for «so long before».
    pub count: i64,
    /// In what.
    pub span: Span,
    /// Days before the deadline on which the responsible are reminded.
    #[serde(default)]
    pub remind_days: Vec<u32>,
    /// Where the time stands, with its confidence.
    pub basis: String,
}

/// Where a deadline's clock starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// When the record came into its state.
    State,
    /// The date in `field`.
    Field,
}

/// Units of a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// Hours of the office (工作时间).
    WorkingHours,
    /// Working days (工作日): the day of the start is not counted.
    WorkingDays,
    /// Hours.
    Hours,
    /// Calendar days (日).
    Days,
    /// Calendar months.
    Months,
    /// Calendar years.
    Years,
}
