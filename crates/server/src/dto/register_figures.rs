//! Figures of registers with what they rest on, deadlines that run, and what hangs together.

use registers::tally::{Figure, Part};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::common::{Bilingual, Stamp};

/// Counters and rates.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FigureList {
    /// The figures, counters first.
    pub items: Vec<FigureView>,
}

/// A figure and the register it is of.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RegisterFigure {
    /// Register.
    pub register: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// The figure.
    pub figure: FigureView,
}

/// Figures of all registers in sight that have a target.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RegisterFigureList {
    /// The figures, by register.
    pub items: Vec<RegisterFigure>,
}

/// One figure with what it rests on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FigureView {
    /// Name of the counter or rate.
    pub name: String,
    /// Name for people.
    pub names: Bilingual,
    /// The figure as decimal text; null where it cannot be known.
    pub value: Option<String>,
    /// Unit; `%` for rates.
    pub unit: String,
    /// Records that took part.
    pub records: u64,
    /// Records that should have taken part and lack a value.
    pub left_out: u64,
    /// Sum behind a rate.
    pub numerator: Option<String>,
    /// Sum behind a rate.
    pub denominator: Option<String>,
    /// The counter by the values of a field.
    pub by: Vec<FigurePart>,
    /// Target, and whether it is met.
    pub target: Option<TargetJudged>,
    /// Systems of the plan that read it.
    pub feeds: Vec<String>,
}

/// The part of a counter that falls to one value of a field.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FigurePart {
    /// The value: the code of a choice or a unit, else as it reads; empty where a record has none.
    pub key: String,
    /// The value for people; empty where a record has none.
    pub names: Bilingual,
    /// The figure as decimal text.
    pub value: String,
}

impl From<&Part> for FigurePart {
    fn from(part: &Part) -> Self {
        Self {
            key: part.key.clone(),
            names: part.names.clone().into(),
            value: part.value.clone(),
        }
    }
}

/// A figure against its target.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TargetJudged {
    /// Target as text.
    pub value: String,
    /// `at_least` or `at_most`.
    pub is: &'static str,
    /// By when.
    pub by: Option<String>,
    /// Whether it is met now; null where the figure is not known.
    pub met: Option<bool>,
}

impl From<&Figure> for FigureView {
    fn from(figure: &Figure) -> Self {
        use registers::definition::Sense;
        Self {
            name: figure.name.clone(),
            names: figure.names.clone().into(),
            value: figure.value.clone(),
            unit: figure.unit.clone(),
            records: figure.records,
            left_out: figure.left_out,
            numerator: figure.numerator.clone(),
            denominator: figure.denominator.clone(),
            by: figure.by.iter().map(Into::into).collect(),
            target: figure.target.as_ref().map(|t| TargetJudged {
                value: t.value.clone(),
                is: match t.is {
                    Sense::AtLeast => "at_least",
                    Sense::AtMost => "at_most",
                },
                by: t.by.clone(),
                met: t.met,
            }),
            feeds: figure.feeds.clone(),
        }
    }
}

/// Which deadlines.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeadlineParams {
    /// Passed or not.
    pub overdue: Option<bool>,
    /// Only of records with which the caller may do something.
    pub mine: Option<bool>,
    /// Only those whose reminder is due, or that have passed.
    pub reminding: Option<bool>,
    /// Page, from 1.
    pub page: Option<u32>,
    /// Rows a page, 1 to 200; 50 when absent.
    pub page_size: Option<u32>,
}

/// A deadline of a record.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DueView {
    /// Register.
    pub register: String,
    /// Chinese name of the register.
    pub zh: String,
    /// English name of the register.
    pub en: String,
    /// The record.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Name of the deadline.
    pub deadline: String,
    /// For people.
    pub names: Bilingual,
    /// By when.
    pub due: Stamp,
    /// It may still move.
    pub provisional: bool,
    /// It has passed.
    pub overdue: bool,
    /// A reminder is due.
    pub reminding: bool,
    /// Unit the record belongs to.
    pub unit: Option<String>,
}

/// Where a graph starts: a record (`register` and `id`), a `subject` or a `unit`.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct GraphQuery {
    /// Register of the record.
    pub register: Option<String>,
    /// The record.
    pub id: Option<String>,
    /// Code of a subject.
    pub subject: Option<String>,
    /// Code of a unit.
    pub unit: Option<String>,
    /// Steps, 1 to 4; 2 when absent.
    pub depth: Option<u32>,
}

/// One thing of a graph.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NodeView {
    /// `record:<register>:<id>`, `subject:<code>` or `unit:<code>`.
    pub key: String,
    /// `record`, `subject` or `unit`.
    pub kind: &'static str,
    /// Register of a record.
    pub register: Option<String>,
    /// Id or code.
    pub id: String,
    /// Title.
    pub title: String,
    /// Chinese name of the register or kind.
    pub zh: String,
    /// English name of the register or kind.
    pub en: String,
    /// State of a record.
    pub state: Option<String>,
    /// Middle of its place, `[lon, lat]`.
    pub place: Option<[f64; 2]>,
}

/// One link of a graph.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EdgeView {
    /// Key of what points.
    pub from: String,
    /// Key of what it points at.
    pub to: String,
    /// Field.
    pub field: String,
    /// Chinese name of the field.
    pub zh: String,
    /// English name of the field.
    pub en: String,
}

/// What hangs together.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GraphView {
    /// Nodes, the start first.
    pub nodes: Vec<NodeView>,
    /// Links between them.
    pub edges: Vec<EdgeView>,
    /// There is more than is shown.
    pub truncated: bool,
}
