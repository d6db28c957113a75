//! The plan: where it stands, what each has to do, rounds, evaluations, the document.

pub mod consistency;
pub mod documents;
pub mod evaluations;
pub mod goals;
pub mod indicators;
pub mod notices;
pub mod projects;
pub mod rounds;
pub mod tasks;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::common::Bilingual;

/// A day, `2023-12-31`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = Date, example = "2023-12-31")]
pub struct Day(pub Date);

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        Self(date)
    }
}

/// As of which day.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OnDay {
    /// Facts of this day or before, as they are known now; today when absent.
    #[param(value_type = Option<String>)]
    pub on: Option<Date>,
}

/// A unit or town.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlanUnit {
    /// Code.
    pub code: String,
    /// Chinese name.
    pub zh: String,
    /// English name, empty where there is none.
    pub en: String,
    /// A town or sub-district.
    pub town: bool,
}

/// How many of each light.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlanLights {
    /// Green.
    pub green: u32,
    /// Yellow.
    pub yellow: u32,
    /// Red.
    pub red: u32,
    /// Grey: nothing to judge by.
    pub grey: u32,
}

/// Where a figure comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlanSource {
    /// Key; `GET /plan/provenance?key=` opens its rows.
    pub key: String,
    /// What it is, in Chinese.
    pub name: String,
    /// In English; null where people named it.
    pub name_en: Option<String>,
    /// Day the figure was taken.
    pub on: Option<Day>,
    /// Revision, edition or snapshot.
    pub version: String,
}

/// Something to know before relying on a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlanDoubt {
    /// `indicator`, `task`, `project`, `item`
    pub about: String,
    /// Its id.
    pub id: String,
    /// Stable code: `missing`, `provisional`, `conflict`, `incomparable`, `restated` …
    pub code: String,
    /// What it is.
    pub text: Bilingual,
}

/// Something that is behind, with who answers for it and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlanBehind {
    /// Place in the list, from 1.
    pub rank: u32,
    /// `indicator`, `task`, `project`
    pub about: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// In English; null where there is no English name.
    pub name_en: Option<String>,
    /// `red`, `yellow`
    pub light: String,
    /// A binding indicator.
    pub binding: bool,
    /// Days late, where a day was set.
    pub late_days: i64,
    /// Who answers for it.
    pub units: Vec<PlanUnit>,
    /// Why, in one sentence.
    pub reason: Bilingual,
}

/// What plan it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlanHead {
    /// Title.
    pub title: String,
    /// In English; null where there is no English name.
    pub title_en: Option<String>,
    /// Document number.
    pub number: String,
    /// Day of issue.
    pub issued: String,
    /// Year of the base values.
    pub base_year: u16,
    /// Year of the targets.
    pub target_year: u16,
    /// Years of evaluation.
    pub evaluations: Vec<u16>,
}

/// How many late things of each level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct LateCounts {
    /// 提醒
    pub remind: u32,
    /// 黄牌
    pub yellow: u32,
    /// 督办
    pub order: u32,
    /// 约谈
    pub interview: u32,
}

/// A unit in the overview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnitCard {
    /// Unit.
    pub unit: PlanUnit,
    /// Lights of the tasks it leads or shares.
    pub leads: PlanLights,
    /// Tasks it cooperates in.
    pub cooperates: u32,
    /// Tasks it takes part in as a town.
    pub as_town: u32,
    /// Lights of its indicators.
    pub indicators: PlanLights,
    /// Lights of its projects.
    pub projects: PlanLights,
    /// Things late.
    pub late: u32,
    /// Most days late.
    pub late_days: i64,
    /// In one sentence.
    pub summary: Bilingual,
}

/// What is behind, who answers for it, and why.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanOverview {
    /// The plan.
    pub plan: PlanHead,
    /// Day asked.
    pub on: Day,
    /// Year the indicators are judged for.
    pub year: u16,
    /// Share of the plan's time that has passed, 0 to 1, as decimal text.
    pub time: String,
    /// Lights of the indicators.
    pub indicators: PlanLights,
    /// Lights of the tasks in sight.
    pub tasks: PlanLights,
    /// Lights of the projects in sight.
    pub projects: PlanLights,
    /// What is late or comes due, in sight.
    pub late: LateCounts,
    /// What is behind, the worst first, at most 50.
    pub behind: Vec<PlanBehind>,
    /// How many things are behind in all.
    pub behind_total: u32,
    /// Units in sight, those with most to answer for first.
    pub units: Vec<UnitCard>,
    /// Rounds that are open.
    pub rounds: Vec<rounds::RoundRow>,
    /// Newest evaluation of each kind, in sight.
    pub evaluations: Vec<evaluations::EvaluationRow>,
    /// Tasks of the plan nobody has filed a measure under.
    pub without_measures: u32,
    /// Demonstration figures are part of it.
    pub demo: bool,
}

/// An indicator or a task by name, with its light.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlanPart {
    /// Number of the indicator, id of the task.
    pub id: String,
    /// Its name.
    pub name: String,
    /// In English; null where there is no English name.
    pub name_en: Option<String>,
    /// `green`, `yellow`, `red`, `grey`
    pub light: String,
}

/// A figure of the years before the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BaselineRow {
    /// Chapter, section and item it stands in, `1.1.2`.
    pub clause: String,
    /// Name.
    pub names: Bilingual,
    /// Value as decimal text, or shares of a whole.
    pub value: String,
    /// Unit.
    pub unit: Option<String>,
    /// `equal`, `at_least`, `about`, `reduce_by`, `increase_by`, `improve_by`
    pub sense: String,
    /// Year.
    pub year: Option<u16>,
    /// First and last year, where it is of several.
    pub years: Option<Vec<u16>>,
    /// Year, or first and last year, a change is counted from.
    pub against: Option<Vec<u16>>,
    /// The calculation, where the figure is derived and not printed.
    pub derived: Option<String>,
    /// What to know of it.
    pub note: Option<Bilingual>,
}

/// Figures of the years before the plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BaselineList {
    /// Document they stand in.
    pub plan: PlanHead,
    /// In the order of the plan.
    pub items: Vec<BaselineRow>,
}

/// A statement of a main aim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AimStatement {
    /// Name.
    pub names: Bilingual,
    /// It holds; null where nothing says so or otherwise.
    pub met: Option<bool>,
    /// Value, where one decides.
    pub value: Option<String>,
    /// Most it may be.
    pub at_most: Option<String>,
    /// The bound is the profile's own, not the plan's.
    pub unverified: bool,
    /// Indicator that decides.
    pub indicator: Option<u32>,
    /// Where the value comes from.
    pub source: Option<PlanSource>,
}

/// A main aim of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AimView {
    /// Number.
    pub no: u32,
    /// Title.
    pub names: Bilingual,
    /// `green`, `yellow`, `red`, `grey`
    pub light: String,
    /// Why.
    pub reason: Bilingual,
    /// Indicators that stand for it.
    pub indicators: Vec<PlanPart>,
    /// Their lights.
    pub indicator_lights: PlanLights,
    /// Lights of its tasks in sight.
    pub task_lights: PlanLights,
    /// Its tasks in sight that are not green, the reddest first.
    pub tasks: Vec<PlanPart>,
    /// Statements.
    pub statements: Vec<AimStatement>,
}

/// The main aims.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AimList {
    /// Day asked.
    pub on: Day,
    /// Year the indicators are judged for.
    pub year: u16,
    /// Aims in order.
    pub items: Vec<AimView>,
}

/// A column of a provenance answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProvenanceColumn {
    /// Stable name.
    pub name: String,
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// The rows behind a figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProvenanceView {
    /// Key.
    pub key: String,
    /// What it is.
    pub title: Bilingual,
    /// How the figure follows from the rows.
    pub rule: Bilingual,
    /// Address that gives the rows or their inputs.
    pub query: String,
    /// What the rows give now; null where no one figure follows from them.
    pub value: Option<String>,
    /// Register of the record that says it.
    pub register: Option<String>,
    /// That record.
    pub record: Option<String>,
    /// Columns.
    pub columns: Vec<ProvenanceColumn>,
    /// Rows; null is missing.
    pub rows: Vec<Vec<Option<String>>>,
    /// There were more rows.
    pub cut: bool,
}

/// Which source.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProvenanceQuery {
    /// Key of the source.
    pub key: String,
}

/// The plan for everybody: what it wants, what was published of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicPlan {
    /// The plan.
    pub plan: PlanHead,
    /// Indicators with base and target; values as far as published.
    pub indicators: Vec<PublicIndicator>,
    /// Chapters with their tasks.
    pub chapters: Vec<PublicChapter>,
    /// Goals of years, as far as published.
    pub goals: Vec<PublicGoal>,
    /// Published evaluations.
    pub evaluations: Vec<PublicEvaluation>,
    /// Demonstration figures are part of it.
    pub demo: bool,
}

/// A published evaluation for everybody: what came out, not who made it or what was said on the way.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicEvaluation {
    /// Row.
    pub id: i64,
    /// `yearly`, `midterm`, `final`
    pub kind: String,
    /// Name.
    pub names: Bilingual,
    /// Year.
    pub year: u16,
    /// Version among those of its kind and year.
    pub version: i64,
    /// Day the data are of.
    pub cutoff: String,
    /// Score, 0 to 100.
    pub score: Option<String>,
    /// Grade.
    pub grade: Option<Bilingual>,
    /// 演示
    pub demo: bool,
}

/// An indicator for everybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublicIndicator {
    /// Number.
    pub no: u32,
    /// Group.
    pub group: String,
    /// In English; null where there is no English name.
    pub group_en: Option<String>,
    /// Name.
    pub name: String,
    /// In English; null where there is no English name.
    pub name_en: Option<String>,
    /// Unit.
    pub unit: Option<String>,
    /// In English; null where it is written the same.
    pub unit_en: Option<String>,
    /// `binding`, `expected`
    pub force: String,
    /// Base.
    pub base: Option<String>,
    /// Target.
    pub target: Option<String>,
    /// Target in words.
    pub state: Option<String>,
    /// In English; null where there is no English name.
    pub state_en: Option<String>,
    /// Assigned by those above.
    pub assigned: bool,
    /// Value of the newest published evaluation.
    pub value: Option<String>,
    /// Its year.
    pub year: Option<u16>,
    /// Its verdict.
    pub verdict: Option<Bilingual>,
    /// Its light.
    pub light: Option<String>,
}

/// A chapter for everybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublicChapter {
    /// Number.
    pub no: u32,
    /// Title.
    pub title: String,
    /// In English; null where there is no English name.
    pub title_en: Option<String>,
    /// Tasks.
    pub tasks: Vec<PublicTask>,
}

/// A task for everybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublicTask {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// In English; null where there is no English name.
    pub title_en: Option<String>,
    /// Who leads it.
    pub lead: Vec<PlanUnit>,
}

/// A goal of a year for everybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PublicGoal {
    /// Year.
    pub year: u16,
    /// Text.
    pub text: String,
    /// Value.
    pub value: Option<String>,
    /// Who leads it.
    pub lead: PlanUnit,
    /// Due.
    pub due: Day,
    /// Whether it was met, as judged.
    pub met: Option<bool>,
}
