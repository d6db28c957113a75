//! Tasks, what is due under them, and what a unit has to do.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Day, PlanDoubt, PlanLights, PlanSource, PlanUnit, UnitCard};
use crate::dto::common::{Bilingual, Stamp};

/// A task in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaskRow {
    /// `3.1.4`
    pub id: String,
    /// Title.
    pub title: String,
    /// In English; null where there is no English name.
    pub title_en: Option<String>,
    /// `not_started`, `underway`, `acceptance`, `done`, `adjusted`, `stopped`
    pub status: String,
    /// `green`, `yellow`, `red`, `grey`
    pub light: String,
    /// `done`, `on_time`, `overdue`, `supervise`, `interview`
    pub level: String,
    /// Most days late.
    pub late_days: i64,
    /// Progress, 0 to 1.
    pub progress: Option<String>,
    /// `done`, `milestones`, `report`, `measures`
    pub progress_by: Option<String>,
    /// Who leads.
    pub lead: Vec<PlanUnit>,
    /// Who cooperates.
    pub with: Vec<PlanUnit>,
    /// Also a duty of every town.
    pub towns: bool,
    /// Next day something is due.
    pub next_due: Option<Day>,
    /// Why the light is what it is.
    pub reason: Bilingual,
    /// Measures filed.
    pub measures: u32,
    /// Projects named or kept.
    pub projects: u32,
}

/// A section with its tasks.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaskSection {
    /// `3.1`
    pub id: String,
    /// Title.
    pub title: String,
    /// In English; null where there is no English name.
    pub title_en: Option<String>,
    /// Lights.
    pub lights: PlanLights,
    /// Tasks.
    pub tasks: Vec<TaskRow>,
}

/// A chapter with its sections.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaskChapter {
    /// Number.
    pub no: u32,
    /// Title.
    pub title: String,
    /// In English; null where there is no English name.
    pub title_en: Option<String>,
    /// Lights.
    pub lights: PlanLights,
    /// Sections.
    pub sections: Vec<TaskSection>,
}

/// The plan's tree.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaskTree {
    /// Day asked.
    pub on: Day,
    /// Lights of all tasks in sight.
    pub lights: PlanLights,
    /// Chapters.
    pub chapters: Vec<TaskChapter>,
}

/// A target of a task.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaskTarget {
    /// What is measured or done.
    pub name: String,
    /// In English; null where there is no English name.
    pub name_en: Option<String>,
    /// Value.
    pub value: Option<String>,
    /// Unit.
    pub unit: Option<String>,
    /// In English; null where it is written the same.
    pub unit_en: Option<String>,
    /// `at_least`, `at_most`, `equal`, `about`
    pub sense: Option<String>,
    /// Last day.
    pub due: Option<Day>,
    /// Assigned from above.
    pub assigned: bool,
    /// Value reached so far.
    pub actual: Option<String>,
    /// A state accepted as reached, or not.
    pub met: Option<bool>,
    /// Where that comes from.
    pub source: Option<PlanSource>,
}

/// A node of a measure.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MilestoneView {
    /// Name.
    pub name: String,
    /// Due.
    pub due: Day,
    /// Weight.
    pub weight: String,
    /// When it was done.
    pub done: Option<Day>,
    /// Days late on the day asked.
    pub late: i64,
}

/// A measure under a task; its record is kept in `plan_measure`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MeasureView {
    /// Record.
    pub id: String,
    /// Task.
    pub task: String,
    /// Title.
    pub title: String,
    /// Unit.
    pub unit: PlanUnit,
    /// `lead`, `share`, `help`, `town`
    pub part: String,
    /// State of the record.
    pub state: String,
    /// Start.
    pub start: Day,
    /// Due.
    pub due: Day,
    /// Done.
    pub done: Option<Day>,
    /// Done share of the milestones, percent.
    pub percent: Option<String>,
    /// Milestones.
    pub milestones: Vec<MilestoneView>,
    /// 演示
    pub demo: bool,
}

/// A progress report; its record is kept in `plan_progress`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReportView {
    /// Record.
    pub id: String,
    /// Task.
    pub task: String,
    /// Unit.
    pub unit: PlanUnit,
    /// Day it is of.
    pub on: Day,
    /// Percent done.
    pub percent: String,
    /// Text.
    pub text: String,
    /// Problem.
    pub problem: Option<String>,
    /// Next step.
    pub next: Option<String>,
    /// `draft`, `submitted`, `returned`, `accepted`
    pub state: String,
}

/// A project; its record is kept in `plan_project`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProjectView {
    /// Record.
    pub id: String,
    /// Name.
    pub name: String,
    /// Task.
    pub task: Option<String>,
    /// `not_started`, `building`, `complete`, `cancelled`
    pub stage: String,
    /// Light.
    pub light: String,
    /// Most days late.
    pub late_days: i64,
    /// Weighted progress, 0 to 1.
    pub progress: Option<String>,
    /// Money paid of money planned, 0 to 1.
    pub money: Option<String>,
    /// Who answers for it.
    pub lead: Vec<PlanUnit>,
    /// Why.
    pub reason: Bilingual,
}

/// A supervision order; its record is kept in `plan_order`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderView {
    /// Record.
    pub id: String,
    /// Number.
    pub number: String,
    /// `yellow`, `order`, `interview`
    pub level: String,
    /// Task.
    pub task: String,
    /// Unit.
    pub unit: PlanUnit,
    /// Why.
    pub reason: String,
    /// Issued.
    pub issued: Day,
    /// To be answered by.
    pub due: Day,
    /// Answered.
    pub replied: Option<Day>,
    /// State of the record.
    pub state: String,
}

/// A goal of a year; its record is kept in `plan_goal`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GoalView {
    /// Record.
    pub id: String,
    /// Year.
    pub year: u16,
    /// Text.
    pub text: String,
    /// Value.
    pub value: Option<String>,
    /// Leading unit.
    pub lead: PlanUnit,
    /// Due.
    pub due: Day,
    /// `draft`, `published`, `judged`
    pub state: String,
    /// Whether it was met.
    pub met: Option<bool>,
}

/// A register whose records prove a task.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaskRegister {
    /// System of the plan.
    pub system: String,
    /// Register.
    pub register: String,
    /// Name.
    pub names: Bilingual,
    /// Figures that feed the system.
    pub figures: Vec<TaskFigure>,
}

/// A figure of a register.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaskFigure {
    /// Name.
    pub names: Bilingual,
    /// Value; null where it is not known.
    pub value: Option<String>,
    /// Unit.
    pub unit: String,
    /// Target.
    pub target: Option<String>,
    /// Whether it is met.
    pub met: Option<bool>,
}

/// One task with everything under it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaskView {
    /// Day asked.
    pub on: Day,
    /// The task.
    pub task: TaskRow,
    /// Chapter and section.
    pub section: String,
    /// Text of the newest edition of the document, corrected; null where none was uploaded.
    pub text: Option<String>,
    /// Lines of that edition.
    pub text_line: Option<u32>,
    /// Projects the plan names.
    pub named_projects: Vec<String>,
    /// In English, as many or none.
    pub named_projects_en: Vec<String>,
    /// Targets.
    pub targets: Vec<TaskTarget>,
    /// Things late.
    pub late: Vec<LateRow>,
    /// Things coming due.
    pub coming: Vec<LateRow>,
    /// Measures.
    pub measures: Vec<MeasureView>,
    /// Reports, newest first.
    pub reports: Vec<ReportView>,
    /// Goals of years.
    pub goals: Vec<GoalView>,
    /// Projects.
    pub projects: Vec<ProjectView>,
    /// Orders.
    pub orders: Vec<OrderView>,
    /// Indicators it works towards.
    pub indicators: Vec<super::PlanPart>,
    /// Registers that prove it.
    pub registers: Vec<TaskRegister>,
    /// What to know before relying on it.
    pub doubts: Vec<PlanDoubt>,
}

/// Something late or coming due.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LateRow {
    /// `task`, `project`
    pub about: String,
    /// Task, or record of the project.
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
    /// Days late.
    pub late: i64,
    /// Days left.
    pub left: i64,
    /// `remind`, `yellow`, `order`, `interview`; null where it is neither near nor late.
    pub level: Option<String>,
    /// Who answers for it.
    pub units: Vec<PlanUnit>,
    /// Numbers of orders that are open.
    pub orders: Vec<String>,
    /// Level an order is due for.
    pub order_due: Option<String>,
}

/// What is late.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LateQuery {
    /// Facts of this day or before; today when absent.
    #[param(value_type = Option<String>)]
    pub on: Option<jiff::civil::Date>,
    /// Only of this unit.
    pub unit: Option<String>,
    /// Only of this level or above: `remind`, `yellow`, `order`, `interview`.
    pub level: Option<String>,
    /// Page, from 1.
    pub page: Option<u32>,
    /// Rows a page, 1 to 200; 50 when absent.
    pub page_size: Option<u32>,
}

/// What an order is to be drafted for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct DraftOrder {
    /// Task, or record of the project.
    pub of: String,
    /// What is due, as the list of late things says.
    pub what: String,
    /// `yellow`, `order`, `interview`; what is due when absent.
    pub level: Option<String>,
}

/// Orders that were drafted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DraftedOrders {
    /// Records of `plan_order`.
    pub records: Vec<String>,
}

/// What a unit has to do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnitDesk {
    /// Day asked.
    pub on: Day,
    /// Where it stands.
    pub card: UnitCard,
    /// What it is told now and has to acknowledge, newest first: reminders, yellow cards, orders, interviews.
    pub notices: Vec<super::notices::NoticeView>,
    /// Things late.
    pub late: Vec<LateRow>,
    /// Things coming due, the next first.
    pub coming: Vec<LateRow>,
    /// Tasks it leads or shares.
    pub leads: Vec<TaskRow>,
    /// Tasks it cooperates in.
    pub with: Vec<TaskRow>,
    /// For a town: tasks it has measures under.
    pub town_tasks: Vec<TaskRow>,
    /// Its measures.
    pub measures: Vec<MeasureView>,
    /// Its reports that wait or were returned.
    pub reports: Vec<ReportView>,
    /// Its returns in open rounds.
    pub returns: Vec<super::rounds::FilingView>,
    /// Its open orders.
    pub orders: Vec<OrderView>,
    /// Its indicators.
    pub indicators: Vec<super::indicators::IndicatorView>,
    /// Its projects.
    pub projects: Vec<ProjectView>,
    /// When this was put together.
    pub at: Stamp,
}
