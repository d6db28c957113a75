//! Series, their values, and judgements.

use model::ids::{Factor, JudgementId, SubjectId};
use model::observation::{Origin, Statistic};
use model::time::Grain;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::common::Stamp;
use super::evaluate::JudgementDoc;

/// One stored line of numbers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SeriesView {
    /// Row.
    pub id: i64,
    /// Of which subject.
    #[schema(value_type = i64)]
    pub subject: SubjectId,
    /// Factor.
    #[schema(value_type = String)]
    pub factor: Factor,
    /// Period length.
    pub grain: Grain,
    /// Statistic.
    #[schema(value_type = String)]
    pub statistic: Statistic,
    /// Unit; empty where it is not known.
    pub unit: String,
    /// Chinese name of the factor.
    pub name_zh: String,
    /// English name of the factor.
    pub name_en: String,
}

/// Filters of the list of series.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SeriesQuery {
    /// Of this subject (needed).
    pub subject: i64,
    /// Of this factor.
    pub factor: Option<String>,
    /// Of this grain.
    pub grain: Option<Grain>,
    /// Of this statistic.
    pub statistic: Option<String>,
    /// Page, from 1.
    pub page: Option<u32>,
    /// Rows a page, 1 to 200.
    pub page_size: Option<u32>,
}

/// Which values.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ObservationQuery {
    /// Not before; 24 hours before `to` when absent.
    #[param(value_type = Option<String>)]
    pub from: Option<Stamp>,
    /// Before; now when absent.
    #[param(value_type = Option<String>)]
    pub to: Option<Stamp>,
    /// Another grain of the same subject, factor and statistic.
    pub grain: Option<Grain>,
}

/// One value.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ObservationView {
    /// Start of the period.
    pub time: Stamp,
    /// Value; null is missing, never zero.
    pub value: Option<String>,
    /// Text where the field is text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Device flag.
    pub flag: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
    /// Revision, 1 for the first.
    pub revision: i32,
}

/// Values of a series.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ObservationsView {
    /// Which series.
    pub series: SeriesView,
    /// Unit.
    pub unit: String,
    /// Upper limit of this statistic and grain.
    pub limit: Option<String>,
    /// Lower limit (pH).
    pub limit_min: Option<String>,
    /// From.
    pub from: Stamp,
    /// To.
    pub to: Stamp,
    /// Values in order of time. Periods without a value are absent.
    pub items: Vec<ObservationView>,
}

/// A stored judgement without its explanation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JudgementRow {
    /// Row.
    #[schema(value_type = i64)]
    pub id: JudgementId,
    /// Topic.
    pub topic: String,
    /// Of which subject.
    #[schema(value_type = i64)]
    pub subject: SubjectId,
    /// Name of the subject.
    pub subject_name: Option<String>,
    /// English name of the subject.
    pub subject_name_en: Option<String>,
    /// Of which factor.
    #[schema(value_type = Option<String>)]
    pub factor: Option<Factor>,
    /// Period length.
    pub grain: Grain,
    /// Start of the period.
    pub time: Stamp,
    /// Edition judged by.
    pub edition: String,
    /// Revision.
    pub revision: i32,
    /// Verdict.
    pub verdict: String,
    /// Final value as text.
    pub value: Option<String>,
    /// When it was made.
    pub made_at: Stamp,
}

/// A stored judgement with its explanation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JudgementView {
    /// Its key figures.
    #[serde(flatten)]
    pub row: JudgementRow,
    /// Clause, limits, inputs, steps, result.
    #[schema(value_type = JudgementDoc)]
    pub body: serde_json::Value,
}

/// Filters of the list of judgements.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct JudgementQuery {
    /// Of this subject.
    pub subject: Option<i64>,
    /// Of this topic, e.g. `aqi/hourly`.
    pub topic: Option<String>,
    /// Of this factor.
    pub factor: Option<String>,
    /// Of this period length.
    pub grain: Option<Grain>,
    /// With this verdict.
    pub verdict: Option<String>,
    /// Period starts not before.
    #[param(value_type = Option<String>)]
    pub from: Option<Stamp>,
    /// Period starts before.
    #[param(value_type = Option<String>)]
    pub to: Option<Stamp>,
    /// Page, from 1.
    pub page: Option<u32>,
    /// Rows a page, 1 to 200.
    pub page_size: Option<u32>,
}
