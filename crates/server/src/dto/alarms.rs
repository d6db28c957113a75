//! Alarms and what was done about them.

use model::alarm::{AlarmKind, AlarmState, CloseReason};
use model::ids::{AlarmId, Factor, JudgementId, SubjectId};
use model::time::Grain;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::common::Stamp;

/// An alarm.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AlarmView {
    /// Row.
    #[schema(value_type = i64)]
    pub id: AlarmId,
    /// What it says.
    pub kind: AlarmKind,
    /// Life.
    pub state: AlarmState,
    /// Of which subject.
    #[schema(value_type = i64)]
    pub subject: SubjectId,
    /// Chinese name of the subject.
    pub subject_name: String,
    /// English name of the subject.
    pub subject_name_en: String,
    /// Of which factor.
    #[schema(value_type = Option<String>)]
    pub factor: Option<Factor>,
    /// Chinese name of the factor.
    pub factor_name: Option<String>,
    /// English name of the factor.
    pub factor_name_en: Option<String>,
    /// Period judged.
    pub grain: Option<Grain>,
    /// Grade 1 (most serious) to 3.
    pub grade: i32,
    /// First occurrence.
    pub first_time: Stamp,
    /// Last occurrence.
    pub last_time: Stamp,
    /// Occurrences merged.
    pub occurrences: i64,
    /// Whether the condition still holds.
    pub active: bool,
    /// Worst value.
    pub value: Option<String>,
    /// Limit.
    pub limit: Option<String>,
    /// (value − limit) / limit of the worst value.
    pub multiple: Option<String>,
    /// Unit of value and limit.
    pub unit: Option<String>,
    /// Judgement of the worst value.
    #[schema(value_type = Option<i64>)]
    pub judgement: Option<JudgementId>,
    /// When it was raised.
    pub raised_at: Stamp,
    /// When it was closed.
    pub closed_at: Option<Stamp>,
    /// Why.
    pub close_reason: Option<CloseReason>,
    /// 演示
    pub demo: bool,
}

/// Something that happened to an alarm.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AlarmEventView {
    /// When.
    pub at: Stamp,
    /// Who, as login; null for the program itself.
    pub by: Option<String>,
    /// `raised`, `reopened`, `cleared`, `withdrawn`, `acknowledged`, `commented`, `closed`
    pub action: String,
    /// Words.
    pub text: Option<String>,
}

/// An alarm with its history.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AlarmDetail {
    /// The alarm.
    #[serde(flatten)]
    pub alarm: AlarmView,
    /// What happened, oldest first.
    pub events: Vec<AlarmEventView>,
}

/// Filters of the list of alarms.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AlarmQuery {
    /// States, separated by commas: `open`, `acknowledged`, `closed`.
    #[param(example = "open,acknowledged")]
    pub state: Option<String>,
    /// What it says.
    pub kind: Option<AlarmKind>,
    /// Grade 1 to 3.
    pub grade: Option<i32>,
    /// Of this subject or what belongs to it.
    pub subject: Option<i64>,
    /// Of this factor.
    pub factor: Option<String>,
    /// Whether the condition still holds.
    pub active: Option<bool>,
    /// Last occurrence not before.
    #[param(value_type = Option<String>)]
    pub from: Option<Stamp>,
    /// First occurrence before.
    #[param(value_type = Option<String>)]
    pub to: Option<Stamp>,
    /// Part of the subject's name or code, or of the factor.
    pub q: Option<String>,
    /// Page, from 1.
    pub page: Option<u32>,
    /// Rows a page, 1 to 200.
    pub page_size: Option<u32>,
    /// `last_time`, `raised_at`, `grade`, with `-` for descending; `-last_time` when absent.
    pub sort: Option<String>,
}

/// An acknowledgement.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcknowledgeRequest {
    /// Words, up to 1000 characters.
    pub comment: Option<String>,
}

/// A comment.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommentRequest {
    /// Words, 1 to 1000 characters.
    pub text: String,
}

/// A closure.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseRequest {
    /// Why.
    pub reason: CloseReason,
    /// Words, up to 1000 characters; needed with `other`.
    pub comment: Option<String>,
}
