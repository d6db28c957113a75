//! 重点工程 on a day: every project of the register with its light, its money and what it cuts, the most urgent first; and the
//! projects the plan names that no record is of. Pure.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::civil::Date;
use plan::facts::{Facts, Task};
use plan::number::exact;
use plan::tasks::{Lights, ProjectState, Stage, is_named};
use plan::words::Light;
use rust_decimal::Decimal;
use standards::num::Exact;

use crate::follow::{Follow, Origin};
use crate::inputs;
use crate::kept::{Kept, Project};
use crate::{Board, Day};

/// How far an idea is thought through, as the register has it, the least first.
const MATURITY: [&str; 4] = ["idea", "study", "design", "ready"];

/// A project with where it stands; one in reserve (储备) is not judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Line<'a> {
    /// What is kept of it.
    pub kept: &'a Project,
    /// Where it stands; none in reserve.
    pub state: Option<&'a ProjectState>,
    /// Name by which the plan names it, where its record is of a named one.
    pub named: Option<&'a str>,
    /// Money paid so far, 万元; none where the sum cannot be held.
    pub paid: Option<Decimal>,
    /// Cuts by pollutant, in the order of the register.
    pub cuts: Vec<CutSum>,
}

/// Cuts of one pollutant, t.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CutSum {
    /// Pollutant.
    pub pollutant: String,
    /// Planned.
    pub planned: Decimal,
    /// Approved so far; none where nothing was yet.
    pub approved: Option<Decimal>,
}

/// A project the plan names that the register has no record of under its task.
#[derive(Clone, Debug, PartialEq)]
pub struct Unrecorded<'a> {
    /// Name in the plan.
    pub name: &'a str,
    /// Task that names it.
    pub task: &'a Task,
    /// Records whose name says the same, under another task.
    pub elsewhere: Vec<&'a Project>,
}

/// All of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Projects<'a> {
    /// Projects of the register, the most urgent first.
    pub lines: Vec<Line<'a>>,
    /// Named ones without a record, in the order of the plan.
    pub unrecorded: Vec<Unrecorded<'a>>,
}

impl Line<'_> {
    /// `reserve`, `not_started`, `building`, `complete`, `cancelled`
    pub fn stage(&self) -> &'static str {
        match self.state.map(|s| s.stage) {
            None => "reserve",
            Some(Stage::NotStarted) => "not_started",
            Some(Stage::Building) => "building",
            Some(Stage::Complete) => "complete",
            Some(Stage::Cancelled) => "cancelled",
        }
    }

    /// Neither an idea nor given up: its money counts.
    fn counts(&self) -> bool {
        self.state.is_some_and(|s| s.stage != Stage::Cancelled)
    }

    /// What is open and most behind first, then what is over; the reserve last, by maturity and score.
    fn urgency(&self) -> impl Ord + use<> {
        let id = self.kept.head.id.as_str().to_owned();
        let Some(state) = self.state else {
            let maturity = self.kept.maturity.as_deref();
            let rank = MATURITY.iter().position(|m| Some(*m) == maturity);
            let mature = rank.map_or(0, |n| n + 1);
            let by = (Reverse(mature), Reverse(self.kept.score));
            return (
                3_u8,
                Reverse(Light::Green),
                Reverse(0),
                by,
                self.kept.planned_start,
                id,
            );
        };
        let closed = match state.stage {
            Stage::NotStarted | Stage::Building => 0,
            Stage::Complete => 1,
            Stage::Cancelled => 2,
        };
        let next = state.coming.first().map_or(Date::MAX, |d| d.due);
        let none = (Reverse(0), Reverse(None));
        let (light, late) = (Reverse(state.light), Reverse(state.late_days));
        (closed, light, late, none, next, id)
    }
}

fn cuts(project: &Project, on: Date) -> Vec<CutSum> {
    let mut out: Vec<CutSum> = Vec::new();
    for cut in &project.cuts {
        let at = out.iter().position(|c| c.pollutant == cut.pollutant);
        let at = at.unwrap_or_else(|| {
            out.push(CutSum {
                pollutant: cut.pollutant.clone(),
                ..CutSum::default()
            });
            out.len() - 1
        });
        let Some(sum) = out.get_mut(at) else { continue };
        sum.planned = sum.planned.saturating_add(cut.planned);
        if let (Some(approved), Some(day)) = (cut.approved, cut.approved_on)
            && day <= on
        {
            let before = sum.approved.unwrap_or_default();
            sum.approved = Some(before.saturating_add(approved));
        }
    }
    out
}

/// Everything the register and the plan have of projects, as of the day of the board.
pub fn projects<'a>(facts: &'a Facts, day: &'a Day) -> Projects<'a> {
    of(facts, &day.kept, &day.board)
}

fn of<'a>(facts: &'a Facts, kept: &'a Kept, board: &'a Board) -> Projects<'a> {
    let states: BTreeMap<&str, &ProjectState> = board.projects.iter().map(|p| (p.id.as_str(), p)).collect();
    let task = |id: &str| facts.tasks.iter().find(|t| t.id == id);
    let is = |named: &str, p: &Project| is_named(named, &p.name, p.plan_name.as_deref());
    let mut lines: Vec<Line<'a>> = kept
        .projects
        .iter()
        .map(|p| Line {
            kept: p,
            state: states.get(p.head.id.as_str()).copied(),
            named: task(&p.task)
                .into_iter()
                .flat_map(|t| &t.projects)
                .map(String::as_str)
                .find(|named| is(named, p)),
            paid: inputs::paid(p, board.on),
            cuts: cuts(p, board.on),
        })
        .collect();
    lines.sort_by_cached_key(Line::urgency);
    let unrecorded = facts
        .tasks
        .iter()
        .flat_map(|task| task.projects.iter().map(move |name| (task, name.as_str())))
        .filter(|(task, name)| !kept.projects.iter().any(|p| p.task == task.id && is(name, p)))
        .map(|(task, name)| Unrecorded {
            name,
            task,
            elsewhere: kept.projects.iter().filter(|p| is(name, p)).collect(),
        })
        .collect();
    Projects { lines, unrecorded }
}

/// What projects come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Totals {
    /// How many of each stage.
    pub stages: BTreeMap<&'static str, u32>,
    /// Lights of those judged.
    pub lights: Lights,
    /// Money planned, 万元, without those in reserve and those cancelled.
    pub planned: Decimal,
    /// Money paid for them, 万元; none where a sum cannot be held.
    pub paid: Option<Decimal>,
    /// Paid of planned; none where nothing is planned.
    pub rate: Option<Exact>,
    /// Cuts by pollutant: planned of the same projects, approved of all but the cancelled, as the indicators count them.
    pub cuts: BTreeMap<String, CutSum>,
}

impl Totals {
    /// Of lines.
    pub fn of<'a, 'b: 'a>(lines: impl IntoIterator<Item = &'a Line<'b>>) -> Self {
        let mut out = Self {
            stages: BTreeMap::new(),
            lights: Lights::default(),
            planned: Decimal::ZERO,
            paid: Some(Decimal::ZERO),
            rate: None,
            cuts: BTreeMap::new(),
        };
        for line in lines {
            let n = out.stages.entry(line.stage()).or_default();
            *n = n.saturating_add(1);
            if let Some(state) = line.state {
                out.lights.add(state.light);
            }
            if line.counts() {
                out.planned = out.planned.saturating_add(line.kept.investment);
                out.paid = out
                    .paid
                    .zip(line.paid)
                    .and_then(|(sum, paid)| sum.checked_add(paid));
            }
            for cut in line.cuts.iter().filter(|_| line.stage() != "cancelled") {
                let sum = out.cuts.entry(cut.pollutant.clone()).or_insert_with(|| CutSum {
                    pollutant: cut.pollutant.clone(),
                    ..CutSum::default()
                });
                if line.counts() {
                    sum.planned = sum.planned.saturating_add(cut.planned);
                }
                if let Some(approved) = cut.approved {
                    sum.approved = Some(sum.approved.unwrap_or_default().saturating_add(approved));
                }
            }
        }
        out.rate = out
            .paid
            .and_then(|paid| exact(paid).checked_div(&exact(out.planned)));
        out
    }
}

/// Indicator whose value is the approved cuts of a pollutant.
pub fn indicator_of(follow: &Follow, pollutant: &str) -> Option<u32> {
    follow
        .sources
        .iter()
        .find(|(_, line)| matches!(&line.origin, Origin::Cuts { pollutant: p } if p == pollutant))
        .map(|(no, _)| *no)
}
