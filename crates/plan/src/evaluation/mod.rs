//! Yearly summary, mid-term and final evaluation (年度总结, 中期评估, 终期评估) of a frozen snapshot.
//!
//! The same snapshot under the same rules gives the same value, byte for byte in [`crate::canonical`] form. Weights,
//! grades and the veto are local practice: they are part of the value, configurable, and never presented as law.

mod completion;
mod score;
mod verdict;

use jiff::civil::Date;
use model::ids::UnitCode;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use standards::text::Text;

use crate::aims::{self, AimState, Aims, Reading};
use crate::canonical;
use crate::indicators::{self, IndicatorInput, IndicatorState, Years};
use crate::tasks::{
    self, Behind, ProjectInput, ProjectState, TaskInput, TaskState, UnitState, behind, by_unit,
};
use crate::words::{Doubt, Source};

pub use completion::{Completion, Money};
pub use score::{Counted, Score};
pub use verdict::{IndicatorVerdict, TaskVerdict};

/// Which evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// 年度总结
    Yearly,
    /// 中期评估
    MidTerm,
    /// 终期评估
    Final,
}

impl Stage {
    /// Stable name, as in keys and in JSON.
    pub fn key(self) -> &'static str {
        match self {
            Self::Yearly => "yearly",
            Self::MidTerm => "mid_term",
            Self::Final => "final",
        }
    }

    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Yearly => "年度总结",
            Self::MidTerm => "中期评估",
            Self::Final => "终期评估",
        }
    }
}

/// What plan is evaluated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanName {
    /// Title.
    pub title: String,
    /// Document number (发文字号).
    pub number: String,
    /// Day of issue.
    pub issued: String,
}

/// A record that a figure counts, as it stood when the data were frozen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FigureRow {
    /// Id of the record.
    pub id: String,
    /// Its revision.
    pub revision: i64,
    /// What it is, in Chinese.
    pub name: String,
    /// Whose.
    pub unit: UnitCode,
    /// Day that brought it under the figure.
    pub on: Date,
    /// State of the record.
    pub state: String,
}

/// A figure of a register or of the evaluation, as frozen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// Heading it stands under.
    pub group: String,
    /// In English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_en: Option<String>,
    /// What it is.
    pub name: String,
    /// In English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    /// Value; none where it is missing.
    #[serde(default)]
    pub value: Option<Decimal>,
    /// Unit.
    #[serde(default)]
    pub unit: Option<String>,
    /// In English, where it is written otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_en: Option<String>,
    /// Where it comes from.
    pub source: Source,
    /// Register whose records it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub register: Option<String>,
    /// Records it counts; as many as its value says. Snapshots of before they were kept have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<FigureRow>,
}

/// A unit or town.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitName {
    /// Code.
    pub code: UnitCode,
    /// Name.
    pub name: String,
    /// A town or sub-district.
    #[serde(default)]
    pub town: bool,
}

/// Everything an evaluation rests on, frozen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// What plan.
    pub plan: PlanName,
    /// Its years.
    pub years: Years,
    /// Which evaluation.
    pub stage: Stage,
    /// Year evaluated.
    pub year: u16,
    /// Day up to which work counts (截止日).
    pub closing: Date,
    /// Day the data were frozen.
    pub frozen_on: Date,
    /// Version of the snapshot.
    pub version: u32,
    /// Indicators.
    pub indicators: Vec<IndicatorInput>,
    /// Tasks.
    pub tasks: Vec<TaskInput>,
    /// Projects.
    pub projects: Vec<ProjectInput>,
    /// Figures of registers.
    #[serde(default)]
    pub figures: Vec<Figure>,
    /// Main aims, and what stands for them.
    #[serde(default, skip_serializing_if = "Aims::is_empty")]
    pub aims: Aims,
    /// What is known of their statements.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<Reading>,
    /// Units and towns with their names.
    pub units: Vec<UnitName>,
}

impl Snapshot {
    /// Name of a unit; its code where no name is known.
    pub fn unit_name<'a>(&'a self, code: &'a UnitCode) -> &'a str {
        let known = self.units.iter().find(|u| u.code == *code);
        known.map_or(code.as_str(), |u| u.name.as_str())
    }

    /// Hash of the snapshot in canonical form.
    pub fn hash(&self) -> Result<String, serde_json::Error> {
        canonical::hash(self)
    }
}

/// What bars a grade above the cap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Veto {
    /// Nothing.
    Off,
    /// A binding indicator that is missed, or, before the target year, red.
    #[default]
    Missed,
    /// A binding indicator that is missed, or, before the target year, not green.
    Behind,
}

/// A grade and the score it begins at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grade {
    /// Lowest score.
    pub from: Decimal,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
}

/// Rules of an evaluation (local, configurable, unverified).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// Thresholds of the scheduling.
    pub scheduling: tasks::Rules,
    /// Grades, the best first.
    pub grades: Vec<Grade>,
    /// What is a veto.
    pub veto: Veto,
    /// Best grade under a veto, by Chinese name.
    pub cap: String,
}

impl Default for Rules {
    fn default() -> Self {
        let grades = standards::progress::score::GRADES
            .iter()
            .map(|(from, zh, en)| Grade {
                from: Decimal::from(*from),
                zh: (*zh).to_owned(),
                en: (*en).to_owned(),
            });
        Self {
            scheduling: tasks::Rules::default(),
            grades: grades.collect(),
            veto: Veto::default(),
            cap: "合格".to_owned(),
        }
    }
}

/// An indicator judged.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JudgedIndicator {
    /// Verdict.
    pub verdict: IndicatorVerdict,
    /// Rests on a value that may still change.
    pub provisional: bool,
    /// Where it stands.
    pub state: IndicatorState,
}

/// A task judged.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JudgedTask {
    /// Verdict.
    pub verdict: TaskVerdict,
    /// Where it stands.
    pub state: TaskState,
}

/// A unit beside the others.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UnitRow {
    /// Name.
    pub name: String,
    /// A town or sub-district.
    pub town: bool,
    /// Where it stands.
    pub state: UnitState,
}

/// What an evaluation found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// Which evaluation.
    pub stage: Stage,
    /// Year.
    pub year: u16,
    /// Day up to which work counts.
    pub closing: Date,
    /// Day the data were frozen.
    pub frozen_on: Date,
    /// Version of the snapshot.
    pub version: u32,
    /// Hash of the snapshot.
    pub snapshot: String,
    /// Rules.
    pub rules: Rules,
    /// Indicators in the order of the plan.
    pub indicators: Vec<JudgedIndicator>,
    /// Tasks in the order of the plan.
    pub tasks: Vec<JudgedTask>,
    /// Projects.
    pub projects: Vec<ProjectState>,
    /// Main aims.
    pub aims: Vec<AimState>,
    /// Score; none where nothing could be scored.
    pub score: Option<Score>,
    /// How far tasks and projects are.
    pub completion: Completion,
    /// Units compared: the one with most to answer for first.
    pub units: Vec<UnitRow>,
    /// What is behind, who answers for it, and why.
    pub behind: Vec<Behind>,
    /// What to know before relying on it.
    pub doubts: Vec<Doubt>,
}

/// A snapshot or rules that cannot be evaluated.
#[derive(Debug, thiserror::Error)]
pub enum EvaluationError {
    /// The year lies outside the plan.
    #[error(
        "评估年份 {year} 不在规划期 {base}–{target} 内，请改 year / year {year} is not within the plan {base}–{target}: change `year`"
    )]
    Year {
        /// Year asked for.
        year: u16,
        /// Base year.
        base: u16,
        /// Target year.
        target: u16,
    },
    /// A weight is negative.
    #[error("指标 {0} 的权重为负，请改 weight / the weight of indicator {0} is negative: change `weight`")]
    Weight(u32),
    /// The cap is none of the grades, or no grade begins at zero.
    #[error("等级设置有误：{zh} / the grades are wrong: {en}")]
    Grades {
        /// Chinese.
        zh: String,
        /// English.
        en: String,
    },
    /// Something stands twice.
    #[error("{what} {id} 重复，请删去一个 / {what} {id} stands twice: remove one")]
    Twice {
        /// `indicator`, `task`, `project`
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// The snapshot cannot be written as JSON.
    #[error("快照无法写成 JSON / the snapshot cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// Evaluates a snapshot under rules.
pub fn evaluate(snapshot: &Snapshot, rules: &Rules) -> Result<Evaluation, EvaluationError> {
    check(snapshot, rules)?;
    let last = snapshot.year >= snapshot.years.target;
    let indicators: Vec<JudgedIndicator> = snapshot
        .indicators
        .iter()
        .map(|input| {
            let state = indicators::state(input, snapshot.years, snapshot.year);
            JudgedIndicator {
                verdict: verdict::of_indicator(&state, last),
                provisional: state.given.iter().any(|v| v.provisional),
                state,
            }
        })
        .collect();
    let tasks: Vec<JudgedTask> = snapshot
        .tasks
        .iter()
        .map(|input| {
            let state = tasks::state(input, snapshot.closing, rules.scheduling);
            JudgedTask {
                verdict: verdict::of_task(input, &state, last),
                state,
            }
        })
        .collect();
    let projects: Vec<ProjectState> = snapshot
        .projects
        .iter()
        .map(|input| tasks::project_state(input, snapshot.closing, rules.scheduling))
        .collect();
    let indicator_states: Vec<IndicatorState> = indicators.iter().map(|i| i.state.clone()).collect();
    let task_states: Vec<TaskState> = tasks.iter().map(|t| t.state.clone()).collect();
    let doubts = indicator_states
        .iter()
        .flat_map(|s| &s.doubts)
        .chain(task_states.iter().flat_map(|s| &s.doubts))
        .chain(projects.iter().flat_map(|s| &s.doubts))
        .cloned()
        .collect();
    Ok(Evaluation {
        stage: snapshot.stage,
        year: snapshot.year,
        closing: snapshot.closing,
        frozen_on: snapshot.frozen_on,
        version: snapshot.version,
        snapshot: snapshot.hash()?,
        rules: rules.clone(),
        aims: aims::states(
            &snapshot.aims,
            &indicator_states,
            &task_states,
            &snapshot.readings,
            last,
        ),
        score: score::score(snapshot, &indicators, rules, last),
        completion: completion::completion(snapshot, &tasks, &projects),
        units: units(snapshot, &indicator_states, &task_states, &projects),
        behind: behind(&indicator_states, &task_states, &projects),
        indicators,
        tasks,
        projects,
        doubts,
    })
}

fn units(
    snapshot: &Snapshot,
    indicators: &[IndicatorState],
    tasks: &[TaskState],
    projects: &[ProjectState],
) -> Vec<UnitRow> {
    let towns: Vec<UnitCode> = snapshot
        .units
        .iter()
        .filter(|u| u.town)
        .map(|u| u.code.clone())
        .collect();
    let mut rows: Vec<UnitRow> = by_unit(indicators, tasks, projects, &towns)
        .into_iter()
        .map(|(code, state)| UnitRow {
            name: snapshot.unit_name(&code).to_owned(),
            town: snapshot.units.iter().any(|u| u.code == code && u.town),
            state,
        })
        .collect();
    rows.sort_by_cached_key(|row| {
        let s = &row.state;
        let worst = (
            s.supervise,
            s.late.len(),
            s.late_days,
            s.leads.red,
            s.leads.yellow,
        );
        (std::cmp::Reverse(worst), s.unit.clone())
    });
    rows
}

fn check(snapshot: &Snapshot, rules: &Rules) -> Result<(), EvaluationError> {
    let (year, years) = (snapshot.year, snapshot.years);
    if years.target <= years.base || year <= years.base || year > years.target {
        return Err(EvaluationError::Year {
            year,
            base: years.base,
            target: years.target,
        });
    }
    if let Some(input) = snapshot.indicators.iter().find(|i| i.weight < Decimal::ZERO) {
        return Err(EvaluationError::Weight(input.facts.no));
    }
    let falling = rules.grades.is_sorted_by(|a, b| a.from > b.from);
    let lowest = rules.grades.last().is_some_and(|g| g.from <= Decimal::ZERO);
    if !falling || !lowest || !rules.grades.iter().any(|g| g.zh == rules.cap) {
        return Err(EvaluationError::Grades {
            zh: "grades 须由高到低、末级自 0 起，cap 须为其一".to_owned(),
            en: "`grades` fall from the best, the last begins at 0, and `cap` is one of them".to_owned(),
        });
    }
    let numbers = snapshot.indicators.iter().map(|i| i.facts.no.to_string());
    once("indicator", numbers)?;
    once("task", snapshot.tasks.iter().map(|t| t.id.clone()))?;
    once("project", snapshot.projects.iter().map(|p| p.id.clone()))
}

fn once(what: &'static str, ids: impl Iterator<Item = String>) -> Result<(), EvaluationError> {
    let mut seen = std::collections::BTreeSet::new();
    for id in ids {
        if !seen.insert(id.clone()) {
            return Err(EvaluationError::Twice { what, id });
        }
    }
    Ok(())
}

/// A grade in both languages.
pub(crate) fn grade_words(grade: &Grade) -> Text {
    Text::new(grade.zh.clone(), grade.en.clone())
}
