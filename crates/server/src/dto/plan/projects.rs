//! The plan's projects as a list: light, milestones, money, cuts; and those the plan names without a record.

use serde::Serialize;
use utoipa::ToSchema;

use super::tasks::MilestoneView;
use super::{Day, PlanDoubt, PlanLights, PlanUnit};
use crate::dto::common::Bilingual;

/// Money set aside for a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProjectFund {
    /// Code of the source, as the register has it.
    pub source: String,
    /// Source.
    pub names: Bilingual,
    /// Year.
    pub year: u16,
    /// Amount, 万元.
    pub amount: String,
}

/// Cuts of one pollutant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProjectCut {
    /// Code of the pollutant, as the register has it.
    pub pollutant: String,
    /// Pollutant.
    pub names: Bilingual,
    /// Planned, t.
    pub planned: String,
    /// Approved up to the day asked, t; null where nothing was.
    pub approved: Option<String>,
}

/// A project of the register; its record is kept in `plan_project`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProjectLine {
    /// Record.
    pub id: String,
    /// Name.
    pub name: String,
    /// Name by which the plan names it, where it is one of those.
    pub named: Option<String>,
    /// Task.
    pub task: String,
    /// Title of the task; null where the plan has no such task.
    pub task_title: Option<String>,
    /// Code of the field, as the register has it.
    pub field: String,
    /// Field.
    pub field_names: Bilingual,
    /// Town it is in.
    pub town: Option<PlanUnit>,
    /// Who answers for it.
    pub lead: Vec<PlanUnit>,
    /// `reserve`, `not_started`, `building`, `complete`, `cancelled`
    pub stage: String,
    /// Light; null in reserve, which is not judged.
    pub light: Option<String>,
    /// `done`, `on_time`, `overdue`, `supervise`, `interview`; null in reserve.
    pub level: Option<String>,
    /// Most days late.
    pub late_days: i64,
    /// Next day something is due.
    pub next_due: Option<Day>,
    /// Milestones in their order; what was done after the day asked is open.
    pub milestones: Vec<MilestoneView>,
    /// Weighted progress, 0 to 1.
    pub progress: Option<String>,
    /// Money planned, 万元.
    pub planned: String,
    /// Money paid up to the day asked, 万元.
    pub paid: Option<String>,
    /// Paid of planned, 0 to 1 or more.
    pub money: Option<String>,
    /// Where the money comes from.
    pub funds: Vec<ProjectFund>,
    /// Cuts by pollutant.
    pub cuts: Vec<ProjectCut>,
    /// Code of its maturity, as the register has it.
    pub maturity: Option<String>,
    /// Maturity: from an idea to ready for work.
    pub maturity_names: Option<Bilingual>,
    /// Score it entered the reserve with, 0 to 100.
    pub score: Option<String>,
    /// Planned start.
    pub planned_start: Day,
    /// Planned end.
    pub planned_end: Day,
    /// Start, where it was by the day asked.
    pub started: Option<Day>,
    /// End, where it was by the day asked.
    pub finished: Option<Day>,
    /// Why the light is what it is.
    pub reason: Bilingual,
    /// What to know before relying on it.
    pub doubts: Vec<PlanDoubt>,
    /// 演示
    pub demo: bool,
}

/// A record of the same name under another task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProjectElsewhere {
    /// Record.
    pub id: String,
    /// Name.
    pub name: String,
    /// Task it stands under.
    pub task: String,
}

/// A project the plan names (规划点名) that the register has no record of under its task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnrecordedProject {
    /// Name in the plan.
    pub name: String,
    /// Task that names it.
    pub task: String,
    /// Title of the task.
    pub task_title: String,
    /// Who leads the task.
    pub lead: Vec<PlanUnit>,
    /// Records whose name says the same under another task.
    pub elsewhere: Vec<ProjectElsewhere>,
}

/// How many projects are in each stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProjectStages {
    /// 储备
    pub reserve: u32,
    /// 未开工
    pub not_started: u32,
    /// 在建
    pub building: u32,
    /// 完工
    pub complete: u32,
    /// 取消
    pub cancelled: u32,
}

/// Cuts of a pollutant over all projects in sight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProjectCutTotal {
    /// What all come to.
    #[serde(flatten)]
    pub cut: ProjectCut,
    /// Indicator that counts it.
    pub indicator: Option<u32>,
    /// Target of that indicator, t.
    pub target: Option<String>,
}

/// What the projects in sight come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProjectTotals {
    /// By stage.
    pub stages: ProjectStages,
    /// By light; those in reserve have none.
    pub lights: PlanLights,
    /// Money planned, 万元, without those in reserve and those cancelled.
    pub planned: String,
    /// Money paid for them, 万元.
    pub paid: Option<String>,
    /// Paid of planned.
    pub money: Option<String>,
    /// Cuts by pollutant: planned of the same projects, approved of all but the cancelled, as the indicators count them.
    pub cuts: Vec<ProjectCutTotal>,
}

/// The plan's projects.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProjectList {
    /// Day asked.
    pub on: Day,
    /// Projects of the register in sight, the most urgent first; those in reserve last, the most mature first.
    pub items: Vec<ProjectLine>,
    /// Projects the plan names without a record under their task.
    pub unrecorded: Vec<UnrecordedProject>,
    /// Totals over the items.
    pub totals: ProjectTotals,
}
