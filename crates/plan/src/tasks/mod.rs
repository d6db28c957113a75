//! Where tasks, projects and units stand (任务调度): what is late and by how many days, who answers for it, and why.
//!
//! The thresholds of [`Rules`] are local practice and configurable; nothing of them is law.

mod judge;
mod project;
mod ranking;
mod units;

use jiff::civil::Date;
use model::ids::UnitCode;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use standards::progress::score::Lag;
use standards::text::Text;

use crate::facts::{Target, Task};
use crate::number::Num;
use crate::words::{Doubt, Light, Said, Source};

pub use judge::{reached, state};
pub use project::{START, is_named, state as project_state};
pub use ranking::{Behind, behind};
pub use units::{Lights, UnitDue, UnitState, by_unit};

/// State of a task (任务状态).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// 未启动
    #[default]
    NotStarted,
    /// 推进中
    Underway,
    /// 待验收
    Acceptance,
    /// 完成（销号）
    Done,
    /// 调整, approved
    Adjusted,
    /// 终止, approved
    Stopped,
}

impl Status {
    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Self::NotStarted => "未启动",
            Self::Underway => "推进中",
            Self::Acceptance => "待验收",
            Self::Done => "完成",
            Self::Adjusted => "调整",
            Self::Stopped => "终止",
        }
    }
}

/// A step of a task or project with its weight.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Milestone {
    /// Name.
    pub name: String,
    /// Weight; not negative.
    pub weight: Decimal,
    /// Last day.
    #[serde(default)]
    pub due: Option<Date>,
    /// How much of it is done, 0 to 1.
    pub done: Decimal,
}

/// A measure: the part of a task one unit or town has to do by a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// Id of its record.
    pub id: String,
    /// What is to be done.
    pub title: String,
    /// Who.
    pub unit: UnitCode,
    /// First day.
    #[serde(default)]
    pub start: Option<Date>,
    /// Last day.
    #[serde(default)]
    pub due: Option<Date>,
    /// Day it was accepted as done.
    #[serde(default)]
    pub done: Option<Date>,
}

/// Whether a progress report was reviewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Review {
    /// 待审核
    Pending,
    /// 已审核
    Accepted,
    /// 退回
    Returned,
}

/// A progress report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProgressReport {
    /// Day it speaks of.
    pub on: Date,
    /// Who reported.
    pub unit: UnitCode,
    /// Progress of the task as this unit sees it, 0 to 1; none where only words were given, or where it does not lead.
    #[serde(default)]
    pub progress: Option<Decimal>,
    /// Review.
    pub review: Review,
    /// Where it comes from.
    pub source: Source,
}

/// A target of a task with what was reached.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TargetInput {
    /// What the plan says.
    #[serde(flatten)]
    pub target: Target,
    /// Value reached so far.
    #[serde(default)]
    pub actual: Option<Decimal>,
    /// For a state: accepted as reached, or not.
    #[serde(default)]
    pub met: Option<bool>,
    /// Where actual or met comes from.
    #[serde(default)]
    pub source: Option<Source>,
}

/// A task with everything known of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskInput {
    /// `3.1.4`
    pub id: String,
    /// Title.
    pub title: String,
    /// In English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_en: Option<String>,
    /// Units that lead it, or share the duty where nobody leads.
    #[serde(default)]
    pub lead: Vec<UnitCode>,
    /// Cooperating units.
    #[serde(default)]
    pub with: Vec<UnitCode>,
    /// Also a duty of every town.
    #[serde(default)]
    pub towns: bool,
    /// State.
    #[serde(default)]
    pub status: Status,
    /// First day of the work.
    #[serde(default)]
    pub start: Option<Date>,
    /// Last day of the whole task, where one is set beside those of its targets.
    #[serde(default)]
    pub due: Option<Date>,
    /// Targets.
    #[serde(default)]
    pub targets: Vec<TargetInput>,
    /// Milestones.
    #[serde(default)]
    pub milestones: Vec<Milestone>,
    /// Measures.
    #[serde(default)]
    pub measures: Vec<Measure>,
    /// Reports.
    #[serde(default)]
    pub reports: Vec<ProgressReport>,
}

impl TaskInput {
    /// A task of which nothing but the plan's facts is known.
    pub fn new(task: &Task, towns: bool) -> Self {
        let mut lead: Vec<UnitCode> = Vec::new();
        let mut with: Vec<UnitCode> = Vec::new();
        for duty in &task.duty {
            lead.extend(duty.lead.iter().chain(&duty.units).cloned());
            with.extend(duty.with.iter().cloned());
        }
        unique(&mut lead);
        with.retain(|unit| !lead.contains(unit));
        unique(&mut with);
        let targets = task.target.iter().map(|target| TargetInput {
            target: target.clone(),
            actual: None,
            met: None,
            source: None,
        });
        Self {
            id: task.id.clone(),
            title: task.title.clone(),
            title_en: task.title_en.clone(),
            lead,
            with,
            towns,
            status: Status::NotStarted,
            start: None,
            due: None,
            targets: targets.collect(),
            milestones: Vec::new(),
            measures: Vec::new(),
            reports: Vec::new(),
        }
    }
}

/// Drops what stands twice, keeping the order.
fn unique(units: &mut Vec<UnitCode>) {
    let mut seen = std::collections::BTreeSet::new();
    units.retain(|unit| seen.insert(unit.clone()));
}

/// Thresholds of the scheduling (local, configurable).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// Days late from which a supervision order (督办) is due.
    pub supervise_days: u16,
    /// Days late from which an interview (约谈) is due.
    pub interview_days: u16,
    /// Days ahead of a due day from which unfinished work is at risk.
    pub risk_days: u16,
    /// Days after which a task underway without a report is at risk: a month and the days for handing in.
    pub report_days: u16,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            supervise_days: 15,
            interview_days: 30,
            risk_days: 15,
            report_days: 40,
        }
    }
}

/// What kind of thing is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DueKind {
    /// The whole task or project.
    Whole,
    /// A target.
    Target,
    /// A milestone.
    Milestone,
    /// A measure.
    Measure,
}

/// Something with a due day that is not done.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Due {
    /// Kind.
    pub kind: DueKind,
    /// What.
    pub what: String,
    /// In English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what_en: Option<String>,
    /// Due day.
    pub due: Date,
    /// Days late, zero before and on the due day.
    pub late: i64,
    /// Days left, zero from the due day on.
    pub left: i64,
    /// `on_time`, `overdue`, `supervise`, `interview`
    #[serde(serialize_with = "lag_key")]
    pub level: Lag,
    /// Who answers for it.
    pub units: Vec<UnitCode>,
    /// What was reached, where a value is asked for.
    pub reached: Option<Text>,
}

impl Due {
    /// What is due, in both languages.
    pub(crate) fn said(&self) -> Said {
        Said::new(&self.what, self.what_en.as_deref())
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde calls")]
fn lag_key<S: serde::Serializer>(lag: &Lag, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(lag.key())
}

/// What a progress rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProgressBy {
    /// Accepted as done.
    Done,
    /// Weighted milestones.
    Milestones,
    /// The last report that was not returned.
    Report,
    /// Share of measures done.
    Measures,
}

/// Where a task or project stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TaskState {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// In English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title_en: Option<String>,
    /// State as kept.
    pub status: Status,
    /// Light.
    pub light: Light,
    /// Worst lag of what is due.
    #[serde(serialize_with = "lag_key")]
    pub level: Lag,
    /// Most days late.
    pub late_days: i64,
    /// Progress, 0 to 1.
    pub progress: Option<Num>,
    /// What the progress rests on.
    pub progress_by: Option<ProgressBy>,
    /// What is late, the latest first.
    pub late: Vec<Due>,
    /// What comes due, the next first.
    pub coming: Vec<Due>,
    /// Who leads.
    pub lead: Vec<UnitCode>,
    /// Who cooperates.
    pub with: Vec<UnitCode>,
    /// Also a duty of every town.
    pub towns: bool,
    /// Why the light is what it is, in one sentence.
    pub reason: Text,
    /// What to know before relying on it.
    pub doubts: Vec<Doubt>,
}

impl TaskState {
    /// Whether the task is done.
    pub fn done(&self) -> bool {
        self.status == Status::Done
    }
}

/// Stage of a project (工程状态).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// 未开工
    #[default]
    NotStarted,
    /// 在建
    Building,
    /// 完工
    Complete,
    /// 取消
    Cancelled,
}

impl Stage {
    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Self::NotStarted => "未开工",
            Self::Building => "在建",
            Self::Complete => "完工",
            Self::Cancelled => "取消",
        }
    }
}

/// A project with everything known of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectInput {
    /// Id of its record.
    pub id: String,
    /// Name.
    pub name: String,
    /// Task it belongs to.
    #[serde(default)]
    pub task: Option<String>,
    /// Who answers for it.
    #[serde(default)]
    pub lead: Vec<UnitCode>,
    /// Stage.
    #[serde(default)]
    pub stage: Stage,
    /// Day by which work is to begin.
    #[serde(default)]
    pub start_due: Option<Date>,
    /// Day by which it is to be complete.
    #[serde(default)]
    pub due: Option<Date>,
    /// Milestones.
    #[serde(default)]
    pub milestones: Vec<Milestone>,
    /// Money planned, 万元.
    #[serde(default)]
    pub planned: Option<Decimal>,
    /// Money paid, 万元.
    #[serde(default)]
    pub paid: Option<Decimal>,
    /// Where its figures come from.
    #[serde(default)]
    pub source: Option<Source>,
}

/// Where a project stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProjectState {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Task it belongs to.
    pub task: Option<String>,
    /// Stage.
    pub stage: Stage,
    /// Light.
    pub light: Light,
    /// Worst lag.
    #[serde(serialize_with = "lag_key")]
    pub level: Lag,
    /// Most days late.
    pub late_days: i64,
    /// Weighted progress of the milestones; one where complete.
    pub progress: Option<Num>,
    /// Money paid of money planned.
    pub money: Option<Num>,
    /// What is late, the latest first.
    pub late: Vec<Due>,
    /// What comes due.
    pub coming: Vec<Due>,
    /// Who answers for it.
    pub lead: Vec<UnitCode>,
    /// Why the light is what it is.
    pub reason: Text,
    /// What to know before relying on it.
    pub doubts: Vec<Doubt>,
}
