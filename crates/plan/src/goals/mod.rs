//! The yearly list of goals and key tasks (年度目标和重点任务清单), derived from the plan: what each indicator is asked for in
//! the year, targets that fall due in it, tasks that go on, projects with a node in it, measures of towns under the general
//! rule. A proposal only: people review it and set it. The same plan and records give the same list, in the same order and
//! under the same ids, so that nothing is proposed twice; what is left out is told with the reason.

mod build;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use model::ids::UnitCode;
use model::profile::{Unit, UnitKind};
use rust_decimal::Decimal;
use serde::Serialize;
use standards::text::Text;

use crate::facts::Sense;
use crate::indicators::{IndicatorInput, Years};
use crate::tasks::{ProjectInput, TaskInput};
use crate::words::with_unit;

/// What a goal of a year is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GoalKind {
    /// 指标
    Indicator,
    /// 重点任务
    Task,
    /// 重大工程
    Project,
}

impl GoalKind {
    /// Stable name, as the register has it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Indicator => "indicator",
            Self::Task => "task",
            Self::Project => "project",
        }
    }
}

/// A project with the place it is in.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// The project.
    pub input: ProjectInput,
    /// Its town.
    pub town: Option<UnitCode>,
    /// Name the plan gives it, where its record states one.
    pub plan_name: Option<String>,
}

/// A goal that stands for the year already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its record.
    pub id: String,
    /// Indicator it is of.
    pub indicator: Option<u32>,
    /// Task it is of.
    pub task: Option<String>,
    /// Text.
    pub text: String,
    /// Value.
    pub value: Option<Decimal>,
    /// Who leads.
    pub lead: UnitCode,
    /// Who shares and helps.
    pub helpers: Vec<UnitCode>,
    /// Somebody struck it from the list.
    pub dropped: bool,
}

/// What the list is derived from.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// Years of the plan.
    pub years: Years,
    /// Year of the list.
    pub year: u16,
    /// Indicators in the order of the plan.
    pub indicators: &'a [IndicatorInput],
    /// Tasks in the order of the plan.
    pub tasks: &'a [TaskInput],
    /// Projects that are decided on.
    pub projects: &'a [Placed],
    /// Projects the plan names, by task.
    pub named: &'a BTreeMap<String, Vec<String>>,
    /// Units of the district.
    pub units: &'a [Unit],
    /// Goals of the year that stand.
    pub standing: &'a [Standing],
}

impl Given<'_> {
    fn name(&self, code: &UnitCode) -> String {
        let unit = self.units.iter().find(|u| u.code == *code);
        unit.map_or_else(|| code.to_string(), |u| u.zh.clone())
    }

    fn is_town(&self, code: &UnitCode) -> bool {
        self.units
            .iter()
            .any(|u| u.code == *code && u.kind == UnitKind::Town)
    }
}

/// A goal proposed for the year.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Proposed {
    /// Id its record gets: the same thing of the same year has the same.
    pub id: String,
    /// What it is about.
    pub kind: GoalKind,
    /// Indicator.
    pub indicator: Option<u32>,
    /// Task.
    pub task: Option<String>,
    /// Target of the task, where it is one.
    pub target: Option<String>,
    /// Text.
    pub text: String,
    /// How the value is meant.
    pub sense: Option<Sense>,
    /// Value.
    pub value: Option<Decimal>,
    /// Unit of the value.
    pub measured_in: Option<String>,
    /// Who leads.
    pub lead: UnitCode,
    /// Who shares and helps.
    pub helpers: Vec<UnitCode>,
    /// Every town takes part by the plan's general rule.
    pub towns: bool,
    /// Last day, within the year.
    pub due: Date,
    /// Where it comes from.
    pub basis: Text,
}

/// A goal that is there already, and is left as it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stands {
    /// Its record.
    pub id: String,
    /// Its text, as it stands.
    pub text: String,
    /// Where it no longer says what the plan would give.
    pub differs: Option<Text>,
}

/// Something that is not on the list, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LeftOut {
    /// `indicator`, `target`, `task`, `project`, `town`
    pub about: &'static str,
    /// Its number or record.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Stable code: `done`, `reached`, `later`, `no_date`, `no_value`, `no_unit`, `by_indicator`, `no_record`, `not_this_year`,
    /// `general_rule`, `same_words`, `struck`
    pub code: &'static str,
    /// Why.
    pub why: Text,
    /// Whose it would be.
    pub units: Vec<UnitCode>,
}

/// The list of a year.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Proposal {
    /// Year.
    pub year: u16,
    /// The unit it is for; all units where none.
    pub unit: Option<UnitCode>,
    /// What is new, in the order of the plan: indicators, tasks, projects, towns.
    pub items: Vec<Proposed>,
    /// What is there already.
    pub standing: Vec<Stands>,
    /// What is left out.
    pub left_out: Vec<LeftOut>,
}

/// Everything derived, before what stands is taken away.
#[derive(Default)]
struct List {
    items: Vec<Proposed>,
    left_out: Vec<LeftOut>,
}

impl List {
    fn leave(
        &mut self,
        about: &'static str,
        id: &str,
        name: &str,
        code: &'static str,
        why: Text,
        units: &[UnitCode],
    ) {
        self.left_out.push(LeftOut {
            about,
            id: id.to_owned(),
            name: name.to_owned(),
            code,
            why,
            units: units.to_vec(),
        });
    }
}

/// The list of a year for one unit, or for all.
pub fn propose(given: &Given<'_>, unit: Option<&UnitCode>) -> Proposal {
    let mut list = List::default();
    build::indicators(given, &mut list);
    build::tasks(given, &mut list);
    build::projects(given, &mut list);
    build::towns(given, &mut list);
    let mut out = Proposal {
        year: given.year,
        unit: unit.cloned(),
        items: Vec::new(),
        standing: Vec::new(),
        left_out: list.left_out,
    };
    let mut words: BTreeSet<String> = given.standing.iter().map(|s| s.text.clone()).collect();
    let derived: BTreeSet<String> = list.items.iter().map(|i| i.id.clone()).collect();
    for item in list.items {
        match present(given.standing, &derived, &item) {
            Some(present) if present.dropped => out.left_out.push(LeftOut {
                about: item.kind.key(),
                id: item.id.clone(),
                name: item.text.clone(),
                code: "struck",
                why: Text::new("已由人从清单中删去", "somebody struck it from the list"),
                units: concerned(&item),
            }),
            Some(present) => {
                let of = |unit: &UnitCode| present.lead == *unit || present.helpers.contains(unit);
                if unit.is_none_or(of) && !out.standing.iter().any(|s| s.id == present.id) {
                    out.standing.push(Stands {
                        id: present.id.clone(),
                        text: present.text.clone(),
                        differs: differs(present, &item),
                    });
                }
            }
            None if !words.insert(item.text.clone()) => out.left_out.push(LeftOut {
                about: item.kind.key(),
                id: item.id.clone(),
                name: item.text.clone(),
                code: "same_words",
                why: Text::new(
                    "同一年度已有内容相同的目标",
                    "a goal of the year has the same words",
                ),
                units: concerned(&item),
            }),
            None => out.items.push(item),
        }
    }
    if let Some(unit) = unit {
        out.items
            .retain(|item| item.lead == *unit || item.helpers.contains(unit));
        out.left_out.retain(|l| l.units.contains(unit));
    }
    out
}

fn concerned(item: &Proposed) -> Vec<UnitCode> {
    std::iter::once(&item.lead)
        .chain(&item.helpers)
        .cloned()
        .collect()
}

/// The goal that stands for a proposed one: the same record; or one that people entered themselves for the same indicator,
/// for the same target, or for the task as a whole.
fn present<'a>(
    standing: &'a [Standing],
    derived: &BTreeSet<String>,
    item: &Proposed,
) -> Option<&'a Standing> {
    if let Some(same) = standing.iter().find(|s| s.id == item.id) {
        return Some(same);
    }
    standing
        .iter()
        .filter(|s| !derived.contains(&s.id) && !s.dropped)
        .find(|s| match item.kind {
            GoalKind::Indicator => s.indicator.is_some() && s.indicator == item.indicator,
            GoalKind::Task => {
                s.task.is_some()
                    && s.task == item.task
                    && s.lead == item.lead
                    && item.target.as_ref().is_none_or(|target| match item.value {
                        Some(value) => s.value == Some(value),
                        None => s.text.contains(target.as_str()),
                    })
            }
            GoalKind::Project => false,
        })
}

fn differs(present: &Standing, item: &Proposed) -> Option<Text> {
    if present.value == item.value {
        return None;
    }
    let unit = item.measured_in.as_deref();
    let shown = |value: Option<Decimal>| {
        value.map_or_else(|| "—".to_owned(), |v| with_unit(&v.normalize().to_string(), unit))
    };
    let (stands, would) = (shown(present.value), shown(item.value));
    Some(Text::new(
        format!("现为 {stands}，按规划推算为 {would}（{}）；未改动", item.basis.zh),
        format!(
            "it says {stands}, the plan would give {would} ({}); left as it is",
            item.basis.en
        ),
    ))
}
