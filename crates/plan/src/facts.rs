//! The plan's facts kept as data (`profiles/<district>/plan/*.toml`): figures, units and dates under own short titles, so
//! that the plan lives in the product without the document. Unknown keys and dangling references are errors. English names
//! (`…_en`) are optional, and what has none writes none: a snapshot frozen without them keeps its bytes and its hash.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use model::ids::UnitCode;
use model::profile::Unit;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::aims::{self, Aims};
use crate::baseline::{self, PastFigure};
use crate::files::{self, FilesError};
use crate::words::Said;

/// `plan/plan.toml`: what plan it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Name of the plan.
    pub title: String,
    /// In English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_en: Option<String>,
    /// Document number (发文字号).
    pub number: String,
    /// Day of issue, `2023-01-20`.
    pub issued: String,
    /// Year the base values are of.
    pub base_year: u16,
    /// Year the targets are of.
    pub target_year: u16,
    /// Years in which the plan is evaluated.
    pub evaluations: Vec<u16>,
    /// Chapters with duties.
    #[serde(default)]
    pub chapter: Vec<Chapter>,
}

/// A chapter with duties.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chapter {
    /// Number.
    pub no: u32,
    /// Own short title.
    pub title: String,
    /// In English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_en: Option<String>,
    /// Own short titles of the sections, in order.
    pub sections: Vec<String>,
    /// In English: as many, or none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sections_en: Vec<String>,
}

/// How a value is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sense {
    /// ≥
    AtLeast,
    /// ≤
    AtMost,
    /// =
    Equal,
    /// ≈
    About,
}

/// A target of a task (任务目标): the one shape of it, in the plan's files and in frozen snapshots.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// What is measured or done.
    pub name: String,
    /// In English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    /// Value; none where it is assigned from above or is a state.
    #[serde(default)]
    pub value: Option<Decimal>,
    /// Unit of the value.
    #[serde(default)]
    pub unit: Option<String>,
    /// In English, where it is written otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_en: Option<String>,
    /// How the value is meant.
    #[serde(default)]
    pub sense: Option<Sense>,
    /// Last day, `2025-12-31`.
    #[serde(default)]
    pub due: Option<Date>,
    /// The value is assigned by the city or the province.
    #[serde(default)]
    pub assigned: bool,
}

/// A note of responsible units; codes of `units.toml`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duty {
    /// 牵头
    #[serde(default)]
    pub lead: Vec<UnitCode>,
    /// 配合
    #[serde(default)]
    pub with: Vec<UnitCode>,
    /// 责任, or 按职责分工
    #[serde(default)]
    pub units: Vec<UnitCode>,
}

/// A task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// `3.1.4` = chapter, section, item; item 0 where the plan does not number it.
    pub id: String,
    /// Own short title.
    pub title: String,
    /// In English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_en: Option<String>,
    /// Who.
    #[serde(default)]
    pub duty: Vec<Duty>,
    /// What is to be reached.
    #[serde(default)]
    pub target: Vec<Target>,
    /// Projects it names.
    #[serde(default)]
    pub projects: Vec<String>,
    /// In English: as many, or none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub projects_en: Vec<String>,
}

impl Task {
    /// Projects it names, in both languages.
    pub fn named(&self) -> impl Iterator<Item = Said> {
        let english = self.projects_en.iter().map(String::as_str).map(Some);
        let english = english.chain(std::iter::repeat(None));
        self.projects
            .iter()
            .zip(english)
            .map(|(zh, en)| Said::new(zh, en))
    }
}

/// Binding force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Force {
    /// 约束性
    Binding,
    /// 预期性
    Expected,
}

/// Which way an indicator is to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Lower is better.
    Lower,
    /// Higher is better.
    Higher,
    /// To be zero and stay so.
    Zero,
    /// To be kept.
    Keep,
    /// An amount summed over the years.
    Cumulative,
}

/// Which side of a kept value is the better one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Less is better.
    Lower,
    /// More is better.
    Higher,
}

/// An indicator. A value that is absent is not stated; it is never zero.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// Number in the plan.
    pub no: u32,
    /// Group.
    pub group: String,
    /// In English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_en: Option<String>,
    /// Name.
    pub name: String,
    /// In English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    /// Unit.
    #[serde(default)]
    pub unit: Option<String>,
    /// In English, where it is written otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_en: Option<String>,
    /// Binding or expected.
    pub force: Force,
    /// Which way.
    pub direction: Direction,
    /// For a kept indicator: which side of the kept value is the better one, where its name tells.
    #[serde(default)]
    pub better: Option<Side>,
    /// Value of the base year, in the unit.
    #[serde(default)]
    pub base: Option<Decimal>,
    /// Cut over the five years before the plan, percent: no value of the indicator.
    #[serde(default)]
    pub base_cut: Option<Decimal>,
    /// Value of the target year, in the unit.
    #[serde(default)]
    pub target: Option<Decimal>,
    /// The target is assigned by the city.
    #[serde(default)]
    pub assigned: bool,
    /// The target in words, where it is a state.
    #[serde(default)]
    pub state: Option<String>,
    /// In English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_en: Option<String>,
    /// Counted otherwise than before the plan (the mark `*`).
    #[serde(default)]
    pub restated: bool,
}

impl Indicator {
    /// Whether a progress between base and target means something: two different numbers of one unit.
    pub fn comparable(&self) -> bool {
        matches!((self.base, self.target), (Some(from), Some(to)) if from != to)
    }

    /// A figure in its unit.
    pub(crate) fn measured(&self, figure: &str) -> Said {
        Said::measured(figure, self.unit.as_deref(), self.unit_en.as_deref())
    }
}

/// The facts of a plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Facts {
    /// What plan it is.
    pub head: Head,
    /// Tasks in the order of the plan.
    pub tasks: Vec<Task>,
    /// Indicators.
    pub indicators: Vec<Indicator>,
    /// Every task from this one on is also a duty of every town.
    pub towns_from: Option<String>,
    /// Main aims, where the profile says what stands for them.
    pub aims: Aims,
    /// What was reached in the years before.
    pub baseline: Vec<PastFigure>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tasks {
    #[serde(default)]
    towns_from: Option<String>,
    #[serde(default)]
    task: Vec<Task>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Indicators {
    #[serde(default)]
    indicator: Vec<Indicator>,
}

const HEAD: &str = "plan/plan.toml";
const TASKS: &str = "plan/tasks.toml";
const INDICATORS: &str = "plan/indicators.toml";

impl Facts {
    /// From the files of a profile folder, path relative to it → text; `None` where the profile has no plan.
    pub fn from_files(files: &BTreeMap<String, String>, units: &[Unit]) -> Result<Option<Self>, FilesError> {
        if ![HEAD, TASKS, INDICATORS]
            .iter()
            .any(|name| files.contains_key(*name))
        {
            return Ok(None);
        }
        let tasks: Tasks = files::read(files, TASKS)?;
        let facts = Self {
            head: files::read(files, HEAD)?,
            tasks: tasks.task,
            indicators: files::read::<Indicators>(files, INDICATORS)?.indicator,
            towns_from: tasks.towns_from,
            aims: files::read_present(files, aims::FILE)?.unwrap_or_default(),
            baseline: files::read_present::<baseline::File>(files, baseline::FILE)?
                .unwrap_or_default()
                .figure,
        };
        facts.check(units)?;
        facts.aims.check(&facts.tasks, &facts.indicators)?;
        baseline::check(&facts.baseline)?;
        Ok(Some(facts))
    }

    fn check(&self, units: &[Unit]) -> Result<(), FilesError> {
        for chapter in &self.head.chapter {
            let (own, english) = (chapter.sections.len(), chapter.sections_en.len());
            if english != 0 && english != own {
                let no = chapter.no;
                return Err(FilesError::wrong(
                    HEAD,
                    format!("第 {no} 章有 {own} 节，sections_en 却有 {english} 个，请补齐或全部删去"),
                    format!("chapter {no} has {own} sections and {english} sections_en: give all or none"),
                ));
            }
        }
        let known: BTreeSet<&str> = units.iter().map(|u| u.code.as_str()).collect();
        let mut ids = BTreeSet::new();
        for task in &self.tasks {
            let id = &task.id;
            let wrong = |zh: String, en: String| FilesError::wrong(TASKS, zh, en);
            if !ids.insert(id.as_str()) {
                return Err(wrong(
                    format!("任务 {id} 重复，请删去一个"),
                    format!("task {id} stands twice: remove one"),
                ));
            }
            if !self.has_section(id) {
                return Err(wrong(
                    format!("任务 {id} 的章节不在 {HEAD}，请补上"),
                    format!("the section of task {id} is not in {HEAD}: add it"),
                ));
            }
            let (own, english) = (task.projects.len(), task.projects_en.len());
            if english != 0 && english != own {
                return Err(wrong(
                    format!("任务 {id} 点名 {own} 项工程，projects_en 却有 {english} 个，请补齐或全部删去"),
                    format!("task {id} names {own} projects and {english} projects_en: give all or none"),
                ));
            }
            let mut duties = task
                .duty
                .iter()
                .flat_map(|d| d.lead.iter().chain(&d.with).chain(&d.units));
            if let Some(unit) = duties.find(|u| !known.contains(u.as_str())) {
                return Err(wrong(
                    format!("任务 {id} 的单位 «{unit}» 不在 units.toml"),
                    format!("unit «{unit}» of task {id} is not in units.toml"),
                ));
            }
            for target in &task.target {
                if target.value.is_some() != target.sense.is_some()
                    || (target.assigned && target.value.is_some())
                {
                    return Err(wrong(
                        format!(
                            "任务 {id} 的目标 «{}»：value 与 sense 须同有同无，assigned 者无 value",
                            target.name
                        ),
                        format!(
                            "target «{}» of task {id}: value and sense go together, and not with assigned",
                            target.name
                        ),
                    ));
                }
            }
        }
        if let Some(from) = self.towns_from.as_ref().filter(|f| !ids.contains(f.as_str())) {
            return Err(FilesError::Wrong {
                file: TASKS,
                zh: format!("towns_from 的任务 {from} 不存在"),
                en: format!("task {from} of towns_from does not exist"),
            });
        }
        let mut numbers = BTreeSet::new();
        for indicator in &self.indicators {
            let no = indicator.no;
            let targets = [
                indicator.target.is_some(),
                indicator.assigned,
                indicator.state.is_some(),
            ];
            let one = targets.iter().filter(|t| **t).count() == 1;
            if !numbers.insert(no) || !one || (indicator.base.is_some() && indicator.base_cut.is_some()) {
                return Err(FilesError::Wrong {
                    file: INDICATORS,
                    zh: format!(
                        "指标 {no} 重复，或 target、assigned、state 不是恰有其一，或同时有 base 与 base_cut"
                    ),
                    en: format!(
                        "indicator {no} stands twice, or has not exactly one of target, assigned, state, or has both base and base_cut"
                    ),
                });
            }
        }
        Ok(())
    }

    /// Whether chapter and section of a task id are among the chapters.
    fn has_section(&self, id: &str) -> bool {
        let mut parts = id.split('.').map(str::parse::<u32>);
        let (Some(Ok(chapter)), Some(Ok(section)), Some(Ok(_)), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return false;
        };
        let sections = self
            .head
            .chapter
            .iter()
            .find(|c| c.no == chapter)
            .map_or(0, |c| c.sections.len());
        section > 0 && usize::try_from(section).is_ok_and(|s| s <= sections)
    }
}
