//! Evaluations and assessments.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::indicators::IndicatorView;
use super::tasks::{ProjectView, TaskRow};
use super::{Day, PlanBehind, PlanDoubt, PlanLights, PlanSource, PlanUnit};
use crate::dto::common::{Bilingual, Stamp};

/// Something that became of an evaluation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EvaluationEvent {
    /// `handed_in`, `published`, `withdrawn`
    pub state: String,
    /// When.
    pub at: Stamp,
    /// By whom.
    pub by: String,
    /// To whom, on what grounds.
    pub note: String,
}

/// An evaluation in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EvaluationRow {
    /// Row.
    pub id: i64,
    /// `yearly`, `midterm`, `final`, `assessment`
    pub kind: String,
    /// Name.
    pub names: Bilingual,
    /// Year.
    pub year: u16,
    /// Version among those of its kind and year.
    pub version: i64,
    /// Day the data are of.
    pub cutoff: String,
    /// `frozen`, `handed_in`, `published`, `withdrawn`
    pub state: String,
    /// SHA-256 of the frozen data.
    pub snapshot: String,
    /// 演示
    pub demo: bool,
    /// Score, 0 to 100.
    pub score: Option<String>,
    /// Grade.
    pub grade: Option<Bilingual>,
    /// Lights of the indicators.
    pub indicators: Option<PlanLights>,
    /// Lights of the tasks.
    pub tasks: Option<PlanLights>,
    /// When it was made.
    pub made_at: Stamp,
    /// By whom.
    pub made_by: String,
    /// What became of it, oldest first.
    pub events: Vec<EvaluationEvent>,
}

/// Evaluations.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EvaluationList {
    /// Newest first.
    pub items: Vec<EvaluationRow>,
}

/// An indicator as evaluated.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EvaluatedIndicator {
    /// `met`, `kept`, `nearly`, `on_course`, `slightly_behind`, `behind`, `missed`, `undecided`, `awaiting`
    pub verdict: String,
    /// For people.
    pub names: Bilingual,
    /// Rests on a value that may still change.
    pub provisional: bool,
    /// What it counts in the score, 0 to 1.
    pub credit: Option<String>,
    /// How that was found.
    pub credit_formula: Option<String>,
    /// Where it stands.
    pub state: IndicatorView,
}

/// A task as evaluated.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EvaluatedTask {
    /// `done`, `standing`, `on_schedule`, `at_risk`, `late`, `unfinished`, `unknown`, `stopped`
    pub verdict: String,
    /// For people.
    pub names: Bilingual,
    /// Where it stands.
    pub state: TaskRow,
}

/// A count by verdict or stage.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EvaluationCount {
    /// Stable name.
    pub key: String,
    /// For people.
    pub names: Bilingual,
    /// How many.
    pub count: u32,
}

/// The score of an evaluation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScoreView {
    /// 0–100, one decimal.
    pub value: String,
    /// Grade after the veto.
    pub grade: Bilingual,
    /// Grade the points alone would give.
    pub grade_by_points: Bilingual,
    /// Binding indicators that are a veto.
    pub veto: Vec<u32>,
    /// Indicators left out.
    pub left_out: Vec<u32>,
    /// The formula.
    pub formula: String,
    /// What to know of it.
    pub note: Bilingual,
}

/// A frozen figure of the follow-up.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FrozenFigure {
    /// Heading.
    pub group: String,
    /// In English; null where there is no English name.
    pub group_en: Option<String>,
    /// What it is.
    pub name: String,
    /// In English; null where there is no English name.
    pub name_en: Option<String>,
    /// Value.
    pub value: Option<String>,
    /// Unit.
    pub unit: Option<String>,
    /// In English; null where it is written the same.
    pub unit_en: Option<String>,
    /// Where it comes from.
    pub source: PlanSource,
}

/// What people add to a report; each entry is a paragraph.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RemarksView {
    /// 主要成效
    pub results: Vec<String>,
    /// 存在问题和原因
    pub causes: Vec<String>,
    /// 调整建议
    pub adjustments: Vec<String>,
    /// 下一步措施
    pub measures: Vec<String>,
}

/// An evaluation, judged again from the frozen data.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EvaluationView {
    /// As stored.
    pub evaluation: EvaluationRow,
    /// Day the data were frozen.
    pub frozen_on: Day,
    /// Score.
    pub score: Option<ScoreView>,
    /// Main aims.
    pub aims: Vec<super::AimView>,
    /// Indicators.
    pub indicators: Vec<EvaluatedIndicator>,
    /// Tasks by verdict.
    pub tasks_by_verdict: Vec<EvaluationCount>,
    /// Done of all that were not stopped, 0 to 1.
    pub task_rate: Option<String>,
    /// Tasks.
    pub tasks: Vec<EvaluatedTask>,
    /// Projects by stage.
    pub projects_by_stage: Vec<EvaluationCount>,
    /// Complete of all that were not cancelled.
    pub project_rate: Option<String>,
    /// Money planned, 万元.
    pub money_planned: String,
    /// Money paid.
    pub money_paid: String,
    /// Paid of planned.
    pub money_rate: Option<String>,
    /// Projects.
    pub projects: Vec<ProjectView>,
    /// Key under which what it judged opens as rows.
    pub source: PlanSource,
    /// Figures of the follow-up.
    pub figures: Vec<FrozenFigure>,
    /// What is behind.
    pub behind: Vec<PlanBehind>,
    /// What to know before relying on it.
    pub doubts: Vec<PlanDoubt>,
    /// What people added to the report.
    pub remarks: RemarksView,
    /// Addresses of the report by form.
    pub reports: Vec<String>,
}

/// What to freeze and judge.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct MakeEvaluation {
    /// `yearly`, `midterm`, `final`
    pub kind: String,
    /// Year.
    pub year: u16,
    /// What people add to the report.
    #[serde(default)]
    pub remarks: RemarksView,
}

/// A step of an evaluation.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct EvaluationStep {
    /// To whom it is handed in, on what grounds it is published or withdrawn.
    #[serde(default)]
    pub note: String,
}

/// What year to assess.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct MakeAssessment {
    /// Year.
    pub year: u16,
}

/// Points of a duty.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DutyScore {
    /// Record of `duty_item`.
    pub id: String,
    /// Duty.
    pub name: String,
    /// Points it is worth.
    pub weight: String,
    /// Points it has; null where its value is missing.
    pub points: Option<String>,
    /// Points by the formula, where an appeal changed them.
    pub before: Option<String>,
    /// The calculation.
    pub formula: String,
    /// Why an appeal changed it.
    pub adjusted: Option<Bilingual>,
    /// It is a veto, and it happened.
    pub veto: bool,
}

/// A unit's result.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnitScore {
    /// Unit.
    pub unit: PlanUnit,
    /// Place, from 1.
    pub rank: Option<u32>,
    /// 0–100; null where nothing has a value.
    pub total: Option<String>,
    /// Grade after the veto.
    pub grade: Option<Bilingual>,
    /// The calculation.
    pub formula: String,
    /// Duties.
    pub items: Vec<DutyScore>,
    /// Duties without a value.
    pub missing: Vec<String>,
    /// What to know before relying on it.
    pub doubts: Vec<PlanDoubt>,
}

/// An assessment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AssessmentView {
    /// As stored.
    pub assessment: EvaluationRow,
    /// Units in sight, the best first.
    pub units: Vec<UnitScore>,
}
