//! Main aims of the plan (主要目标): which indicators, tasks and statements stand for each, and how far it is met.
//!
//! The plan states its aims in words. What stands for them is data of the profile and never presented as law; the verdict is
//! drawn from judgements that are made already, and says which of them it rests on.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use standards::text;
use standards::text::Text;

use crate::facts::{Force, Indicator, Task};
use crate::files::FilesError;
use crate::indicators::IndicatorState;
use crate::tasks::{Lights, TaskState};
use crate::words::{Light, Source};

pub(crate) const FILE: &str = "plan/aims.toml";

/// By what a statement is judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum By {
    /// As an indicator is.
    Indicator {
        /// Its number.
        indicator: u32,
    },
    /// By the share of days with heavy pollution (重污染天, AQI above 200), percent.
    HeavyDays {
        /// Most of them.
        at_most: Decimal,
        /// The bound is the profile's own.
        #[serde(default)]
        unverified: bool,
    },
    /// By a figure of a register.
    Register {
        /// Register.
        register: String,
        /// Figure.
        figure: String,
        /// Part of the figure, where it is told apart by a field.
        #[serde(default)]
        part: Option<String>,
        /// Most of it.
        at_most: Decimal,
        /// The bound is the profile's own.
        #[serde(default)]
        unverified: bool,
    },
}

/// A statement of an aim that holds or does not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// Name.
    pub name: String,
    /// English name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    /// By what it is judged.
    #[serde(flatten)]
    pub by: By,
}

/// A main aim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aim {
    /// Number in the plan.
    pub no: u32,
    /// Own short title.
    pub title: String,
    /// English title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_en: Option<String>,
    /// Indicators that stand for it.
    pub indicators: Vec<u32>,
    /// Tasks that serve it: ids, sections, chapters.
    pub tasks: Vec<String>,
    /// Statements.
    #[serde(default)]
    pub statement: Vec<Statement>,
}

/// `plan/aims.toml`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aims {
    /// The aims in order.
    #[serde(default)]
    pub aim: Vec<Aim>,
    /// Which tasks work towards an indicator: number → ids, sections, chapters.
    #[serde(default)]
    pub serves: BTreeMap<String, Vec<String>>,
}

/// Whether a task lies under an id, a section or a chapter.
fn under(task: &str, place: &str) -> bool {
    task.strip_prefix(place)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

impl Aim {
    /// Whether a task serves it.
    pub fn has(&self, task: &str) -> bool {
        self.tasks.iter().any(|place| under(task, place))
    }
}

impl Aims {
    /// Nothing is stated.
    pub fn is_empty(&self) -> bool {
        self.aim.is_empty() && self.serves.is_empty()
    }

    /// Whether a task works towards an indicator.
    pub fn serves(&self, task: &str, indicator: u32) -> bool {
        self.serves
            .get(&indicator.to_string())
            .is_some_and(|places| places.iter().any(|place| under(task, place)))
    }

    pub(crate) fn check(&self, tasks: &[Task], indicators: &[Indicator]) -> Result<(), FilesError> {
        let known = |no: u32| indicators.iter().any(|i| i.no == no);
        let no_task = |place: &String| !tasks.iter().any(|t| under(&t.id, place));
        let stated = self.aim.iter().flat_map(|a| {
            let by = a.statement.iter().filter_map(|s| match s.by {
                By::Indicator { indicator } => Some(indicator),
                By::HeavyDays { .. } | By::Register { .. } => None,
            });
            a.indicators.iter().copied().chain(by)
        });
        let served = self.serves.keys().map(|no| no.parse().unwrap_or(0));
        if let Some(no) = stated.chain(served).find(|no| !known(*no)) {
            return Err(FilesError::wrong(
                FILE,
                format!("指标 {no} 不在 indicators.toml"),
                format!("indicator {no} is not in indicators.toml"),
            ));
        }
        let places = self
            .aim
            .iter()
            .flat_map(|a| &a.tasks)
            .chain(self.serves.values().flatten());
        if let Some(place) = places.into_iter().find(|place| no_task(place)) {
            return Err(FilesError::wrong(
                FILE,
                format!("{place} 下没有任务，请写任务、节或章的编号"),
                format!("there is no task under {place}: name a task, a section or a chapter"),
            ));
        }
        Ok(())
    }
}

/// What is known of a statement that no indicator judges.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// Aim.
    pub aim: u32,
    /// Name of the statement.
    pub statement: String,
    /// Value.
    pub value: Decimal,
    /// Where it comes from.
    pub source: Source,
}

/// A statement judged.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StatementState {
    /// Name.
    pub name: String,
    /// English name.
    pub name_en: Option<String>,
    /// It holds; none where nothing says so or otherwise.
    pub met: Option<bool>,
    /// Value, where one decides.
    pub value: Option<Decimal>,
    /// Most it may be.
    pub at_most: Option<Decimal>,
    /// The bound is the profile's own.
    pub unverified: bool,
    /// Indicator that decides.
    pub indicator: Option<u32>,
    /// Where the value comes from.
    pub source: Option<Source>,
}

/// Where an aim stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AimState {
    /// Number.
    pub no: u32,
    /// Title.
    pub title: String,
    /// English title.
    pub title_en: Option<String>,
    /// Light.
    pub light: Light,
    /// Why, in one sentence.
    pub reason: Text,
    /// Indicators that stand for it.
    pub indicators: Vec<u32>,
    /// Their lights.
    pub indicator_lights: Lights,
    /// Lights of its tasks.
    pub task_lights: Lights,
    /// Statements.
    pub statements: Vec<StatementState>,
}

fn statement(
    aim: &Aim,
    of: &Statement,
    indicators: &[IndicatorState],
    readings: &[Reading],
) -> StatementState {
    let mut out = StatementState {
        name: of.name.clone(),
        name_en: of.name_en.clone(),
        met: None,
        value: None,
        at_most: None,
        unverified: false,
        indicator: None,
        source: None,
    };
    match &of.by {
        By::Indicator { indicator } => {
            out.indicator = Some(*indicator);
            if let Some(state) = indicators.iter().find(|i| i.no == *indicator) {
                out.met = state.reached;
                let given = state.given.last().map(|v| &v.source);
                out.source = given.or(state.said.last().map(|s| &s.source)).cloned();
            }
        }
        By::HeavyDays { at_most, unverified }
        | By::Register {
            at_most, unverified, ..
        } => {
            (out.at_most, out.unverified) = (Some(*at_most), *unverified);
            let known = readings
                .iter()
                .find(|r| r.aim == aim.no && r.statement == of.name);
            if let Some(reading) = known {
                out.value = Some(reading.value);
                out.met = Some(reading.value <= *at_most);
                out.source = Some(reading.source.clone());
            }
        }
    }
    out
}

/// Where the aims stand. Red: a binding indicator is red, or once the plan's years are over a statement does not hold. Yellow:
/// another indicator or a task is red or yellow, or a statement does not hold yet. Grey: nothing of it could be judged.
pub fn states(
    aims: &Aims,
    indicators: &[IndicatorState],
    tasks: &[TaskState],
    readings: &[Reading],
    over: bool,
) -> Vec<AimState> {
    aims.aim
        .iter()
        .map(|aim| {
            let own: Vec<&IndicatorState> = indicators
                .iter()
                .filter(|i| aim.indicators.contains(&i.no))
                .collect();
            let indicator_lights = Lights::of(own.iter().map(|i| i.light));
            let task_lights = Lights::of(tasks.iter().filter(|t| aim.has(&t.id)).map(|t| t.light));
            let statements: Vec<StatementState> = aim
                .statement
                .iter()
                .map(|s| statement(aim, s, indicators, readings))
                .collect();
            let binding = own
                .iter()
                .filter(|i| i.force == Force::Binding && i.light == Light::Red)
                .count();
            let broken = statements.iter().filter(|s| s.met == Some(false)).count();
            let behind =
                indicator_lights.red + indicator_lights.yellow + task_lights.red + task_lights.yellow;
            let judged =
                indicator_lights.total() - indicator_lights.grey + task_lights.total() - task_lights.grey;
            let light = if binding > 0 || (over && broken > 0) {
                Light::Red
            } else if behind > 0 || broken > 0 {
                Light::Yellow
            } else if judged == 0 && statements.iter().all(|s| s.met.is_none()) {
                Light::Grey
            } else {
                Light::Green
            };
            AimState {
                no: aim.no,
                title: aim.title.clone(),
                title_en: aim.title_en.clone(),
                light,
                reason: reason(indicator_lights, task_lights, &statements),
                indicators: own.iter().map(|i| i.no).collect(),
                indicator_lights,
                task_lights,
                statements,
            }
        })
        .collect()
}

fn reason(indicators: Lights, tasks: Lights, statements: &[StatementState]) -> Text {
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    let mut part = |of: Lights, name_zh: &str, name_en: &str| {
        let (all, green, behind) = (of.total(), of.green, of.red + of.yellow);
        if all > 0 {
            let text = text!(
                "{name_zh} {all} 项，正常 {green}、落后 {behind}",
                "{all} {name_en}: {green} on course, {behind} behind"
            );
            zh.push(text.zh.to_string());
            en.push(text.en.to_string());
        }
    };
    part(indicators, "指标", "indicators");
    part(tasks, "任务", "tasks");
    for s in statements {
        let name_en = s.name_en.as_deref().unwrap_or(&s.name);
        let (word, word_en) = match s.met {
            Some(true) => ("达到", "holds"),
            Some(false) => ("未达到", "does not hold"),
            None => ("无法判定", "cannot be judged"),
        };
        zh.push(format!("{}：{word}", s.name));
        en.push(format!("{name_en}: {word_en}"));
    }
    Text::new(zh.join("；"), en.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_holds_what_lies_under_it() {
        assert!(under("4.2.1", "4") && under("4.2.1", "4.2") && under("4.2.1", "4.2.1"));
        assert!(!under("4.2.1", "4.2.10") && !under("4.10.1", "4.1") && !under("14.1.1", "4"));
    }
}
