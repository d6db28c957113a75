//! How far tasks and projects are: by count, by milestones, by money.

use std::collections::BTreeMap;

use serde::Serialize;
use standards::num::Exact;

use super::{JudgedTask, Snapshot, TaskVerdict};
use crate::number::{Num, exact};
use crate::tasks::{ProjectState, Stage};

/// Money of the projects, 万元; only those count of which both figures are known.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Money {
    /// Planned.
    pub planned: Num,
    /// Paid.
    pub paid: Num,
    /// Paid of planned; none where nothing is planned.
    pub rate: Option<Num>,
    /// Projects that are not counted because a figure is missing.
    pub unknown: u32,
}

/// How far tasks and projects are. Rates leave out what was stopped or cancelled.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Completion {
    /// Tasks by verdict.
    pub tasks: BTreeMap<TaskVerdict, u32>,
    /// Done of all that were not stopped.
    pub task_rate: Option<Num>,
    /// Projects by stage.
    pub projects: BTreeMap<Stage, u32>,
    /// Complete of all that were not cancelled.
    pub project_rate: Option<Num>,
    /// Begun, of all that were not cancelled.
    pub started_rate: Option<Num>,
    /// Mean weighted progress of the milestones, over the projects that have any.
    pub milestone_rate: Option<Num>,
    /// Money.
    pub money: Money,
}

fn count<K: Ord>(keys: impl Iterator<Item = K>) -> BTreeMap<K, u32> {
    let mut out = BTreeMap::new();
    for key in keys {
        let n: &mut u32 = out.entry(key).or_default();
        *n = n.saturating_add(1);
    }
    out
}

fn rate(part: u32, whole: u32) -> Option<Num> {
    Exact::ratio(part.into(), whole.into()).map(Num)
}

pub(super) fn completion(snapshot: &Snapshot, tasks: &[JudgedTask], projects: &[ProjectState]) -> Completion {
    let by_verdict = count(tasks.iter().map(|t| t.verdict));
    let of = |v: TaskVerdict| by_verdict.get(&v).copied().unwrap_or(0);
    let all = by_verdict.values().sum::<u32>();
    let by_stage = count(projects.iter().map(|p| p.stage));
    let at = |s: Stage| by_stage.get(&s).copied().unwrap_or(0);
    let running = at(Stage::NotStarted) + at(Stage::Building) + at(Stage::Complete);
    let steps: Vec<Exact> = projects
        .iter()
        .filter(|p| p.stage != Stage::Cancelled)
        .filter_map(|p| p.progress.as_ref().map(|p| p.0.clone()))
        .collect();
    let mut planned = Exact::zero();
    let mut paid = Exact::zero();
    let mut unknown = 0_u32;
    for project in snapshot.projects.iter().filter(|p| p.stage != Stage::Cancelled) {
        if let (Some(p), Some(q)) = (project.planned, project.paid) {
            planned = &planned + &exact(p);
            paid = &paid + &exact(q);
        } else {
            unknown += 1;
        }
    }
    Completion {
        task_rate: rate(of(TaskVerdict::Done), all - of(TaskVerdict::Stopped)),
        tasks: by_verdict.clone(),
        project_rate: rate(at(Stage::Complete), running),
        started_rate: rate(at(Stage::Building) + at(Stage::Complete), running),
        projects: by_stage.clone(),
        milestone_rate: Exact::mean(&steps).map(Num),
        money: Money {
            rate: paid.checked_div(&planned).map(Num),
            planned: Num(planned),
            paid: Num(paid),
            unknown,
        },
    }
}
