//! Standards as a service: the topics, and a judgement as `standards::judgement::Judgement` serialises.

use serde::Serialize;
use utoipa::ToSchema;

use super::common::Bilingual;

/// A callable rule.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TopicView {
    /// `<folder>/<name>`
    pub id: String,
    /// Chinese title.
    pub zh: String,
    /// English title.
    pub en: String,
    /// Standard and clause.
    pub basis: String,
    /// An input that works.
    #[schema(value_type = Object)]
    pub example: serde_json::Value,
}

/// The list of callable rules.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TopicList {
    /// Topics.
    pub items: Vec<TopicView>,
    /// How many.
    pub total: i64,
}

/// A table of the standards library.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TableView {
    /// Name; its first word is the family.
    pub id: String,
    /// Family.
    pub family: String,
    /// Which standard, which table, what the columns mean.
    pub description: String,
    /// Columns in order.
    pub columns: Vec<String>,
    /// Rows in order; absent in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<Vec<Vec<String>>>,
    /// How many rows.
    pub total: i64,
}

/// The list of tables.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TableList {
    /// Tables.
    pub items: Vec<TableView>,
    /// How many.
    pub total: i64,
}

/// Where a rule stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BasisDoc {
    /// Standard.
    pub standard: String,
    /// Edition.
    pub edition: String,
    /// Clause.
    pub clause: String,
}

/// A limit compared with, and why this one.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LimitDoc {
    /// Decimal text.
    pub value: String,
    /// Unit.
    pub unit: String,
    /// Table and row.
    pub source: BasisDoc,
    /// Why it applies.
    pub reason: Bilingual,
}

/// An input and whether it was used.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InputDoc {
    /// Name.
    pub name: String,
    /// Value as given; null is missing.
    pub value: Option<String>,
    /// Unit.
    pub unit: String,
    /// Whether the result rests on it.
    pub used: bool,
    /// Why it was left out, or what was done with it.
    pub note: Option<Bilingual>,
}

/// One line of the calculation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StepDoc {
    /// What is calculated.
    pub what: Bilingual,
    /// The formula with the figures put in.
    pub formula: String,
    /// The unrounded result.
    pub value: String,
}

/// A result that explains itself.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JudgementDoc {
    /// Topic.
    pub topic: String,
    /// Clauses, the decisive one first.
    pub basis: Vec<BasisDoc>,
    /// `verified`, `secondary`, `configurable`, `uncertain`
    pub confidence: String,
    /// Limits compared with.
    pub limits: Vec<LimitDoc>,
    /// Inputs used and left out.
    pub inputs: Vec<InputDoc>,
    /// The calculation, unrounded.
    pub steps: Vec<StepDoc>,
    /// Final value before rounding.
    pub unrounded: Option<String>,
    /// Final value after the one rounding the standard names.
    pub value: Option<String>,
    /// Unit.
    pub unit: String,
    /// `met`, `exceeded`, `classified`, `computed`, `undecided`
    pub verdict: String,
    /// The verdict in words.
    pub conclusion: Bilingual,
    /// Named outputs, by topic.
    #[schema(value_type = Object)]
    pub result: serde_json::Value,
}
