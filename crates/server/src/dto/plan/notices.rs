//! What units are told of the plan.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Day, PlanUnit};
use crate::dto::common::Stamp;

/// Which notices.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NoticeQuery {
    /// Only of this unit. Towns and departments get their own.
    pub unit: Option<String>,
    /// Only of this level or above: `remind`, `yellow`, `order`, `interview`.
    pub level: Option<String>,
    /// Still holding (`true`) or over (`false`); those that hold when absent.
    pub open: Option<bool>,
    /// Acknowledged or not; both when absent.
    pub seen: Option<bool>,
    /// Page, from 1.
    pub page: Option<u32>,
    /// Rows a page, 1 to 200; 50 when absent.
    pub page_size: Option<u32>,
}

/// Who acknowledged a notice.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NoticeSeen {
    /// When.
    pub at: Stamp,
    /// By whom.
    pub by: String,
    /// What they said to it.
    pub note: String,
}

/// Something a unit is told: raised once by the job, kept, acknowledged by a person of the unit.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NoticeView {
    /// Row.
    pub id: i64,
    /// `remind`, `yellow`, `order`, `interview`
    pub level: String,
    /// Days left at which a reminder was given: 15, 7, 3, 1; null otherwise.
    pub days_before: Option<i64>,
    /// Who is told.
    pub unit: PlanUnit,
    /// `task`, `project`, `return` (a return of a round), `order` (an order to be answered)
    pub about: String,
    /// Task, or record of the project, return or order.
    pub of: String,
    /// Its name.
    pub name: String,
    /// In English; null where there is no English name.
    pub name_en: Option<String>,
    /// What is due.
    pub what: String,
    /// In English; null where there is no English name.
    pub what_en: Option<String>,
    /// Due.
    pub due: Day,
    /// Days late now, or when it ended.
    pub late: i64,
    /// Day it came.
    pub raised_on: Day,
    /// Day it was over; null while it holds.
    pub ended_on: Option<Day>,
    /// `settled`, or `passed_on` to the next level.
    pub ended: Option<String>,
    /// Who acknowledged it; null where nobody did.
    pub seen: Option<NoticeSeen>,
}

/// An acknowledgement.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcknowledgeNotice {
    /// What is said to it.
    #[serde(default)]
    pub note: String,
}
