//! Figures of other plans held against this one.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Day, PlanUnit};
use crate::dto::common::Bilingual;

/// This plan's own value, looked up.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OwnValue {
    /// Value.
    pub value: String,
    /// Unit.
    pub unit: Option<String>,
    /// In English; null where it is written the same.
    pub unit_en: Option<String>,
    /// `at_least`, `at_most`, `equal`, `about`
    pub sense: String,
    /// Year.
    pub year: u16,
    /// Where it comes from.
    pub by: Bilingual,
    /// Binding.
    pub binding: bool,
}

/// Where the indicator stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ActualValue {
    /// Year.
    pub year: u16,
    /// Value.
    pub value: String,
}

/// A figure of another plan against this one; its record is kept in `plan_consistency`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConsistencyRow {
    /// Record.
    pub id: String,
    /// `found`, `asked`, `settled`
    pub state: String,
    /// Other plan.
    pub other: String,
    /// Who makes it.
    pub unit: PlanUnit,
    /// What the figure is of.
    pub item: String,
    /// Indicator here.
    pub indicator: Option<u32>,
    /// Task here.
    pub task: Option<String>,
    /// Value there.
    pub value: Option<String>,
    /// Unit of measure entered.
    pub measured_in: Option<String>,
    /// This plan's own value; null where there is none to compare with.
    pub ours: Option<OwnValue>,
    /// Where the indicator stands.
    pub actual: Option<ActualValue>,
    /// Theirs less ours.
    pub difference: Option<String>,
    /// By the figures: `consistent`, `stricter`, `looser`, `contradicts`; null where they cannot be compared.
    pub verdict: Option<String>,
    /// As entered.
    pub entered_verdict: Option<String>,
    /// Why, with the figures.
    pub reason: Bilingual,
    /// Where the record says otherwise than the figures do.
    pub contradictions: Vec<Bilingual>,
    /// Something has to be done about it.
    pub open: bool,
    /// Numbers of orders for it that are not closed.
    pub orders: Vec<String>,
    /// 演示
    pub demo: bool,
}

/// All of them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConsistencyList {
    /// Day asked.
    pub on: Day,
    /// What is open first.
    pub items: Vec<ConsistencyRow>,
}
