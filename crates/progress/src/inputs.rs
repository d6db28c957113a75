//! From what is kept and known to what the plan's rules judge. A day decides what counts: facts of that day or before, as they
//! are known now.

use std::collections::BTreeMap;

use jiff::civil::Date;
use plan::facts::Facts;
use plan::indicators::{
    Assigned, IndicatorInput, Origin, Rebased, Running, RunningFigure, Scope, YearGoal, YearState, YearValue,
    Years,
};
use plan::tasks::{Measure, Milestone, ProgressReport, ProjectInput, Review, Stage, Status, TaskInput};
use plan::words::Source;
use rust_decimal::Decimal;

use crate::actual::Actual;
use crate::follow::Follow;
use crate::kept::{self, Head, Kept};

/// The rules' inputs on a day.
#[derive(Clone, Debug, PartialEq)]
pub struct Inputs {
    /// Indicators in the order of the plan.
    pub indicators: Vec<IndicatorInput>,
    /// Tasks in the order of the plan.
    pub tasks: Vec<TaskInput>,
    /// Projects by id.
    pub projects: Vec<ProjectInput>,
}

/// Key of a record as a source.
pub fn record_key(register: &str, head: &Head) -> String {
    format!("record/{register}/{}", head.id)
}

fn record_source(register: &str, head: &Head, name: impl Into<String>, on: Option<Date>) -> Source {
    Source {
        key: record_key(register, head),
        name: name.into(),
        on,
        version: format!("r{}", head.revision),
    }
}

/// Puts the inputs together.
pub(crate) fn inputs(facts: &Facts, follow: &Follow, kept: &Kept, actual: &Actual, on: Date) -> Inputs {
    Inputs {
        indicators: indicators(facts, follow, kept, actual, on),
        tasks: tasks(facts, kept, on),
        projects: projects(kept, on),
    }
}

/// Measures a unit has to answer for: approved ones that have begun or will.
fn in_force(state: &str) -> bool {
    matches!(state, "running" | "to_accept" | "done")
}

fn indicators(facts: &Facts, follow: &Follow, kept: &Kept, actual: &Actual, on: Date) -> Vec<IndicatorInput> {
    let years = Years::from(&facts.head);
    facts
        .indicators
        .iter()
        .map(|fact| {
            let no = fact.no;
            let mut input = IndicatorInput::new(fact.clone());
            if let Some(line) = follow.sources.get(&no) {
                input.path = line.path;
                input.weight = line.weight;
                input.lead.clone_from(&line.lead);
            }
            input.values = actual.values.get(&no).cloned().unwrap_or_default();
            input.running = actual.running.get(&no).cloned();
            reported(&mut input, kept, years, on);
            for assignment in kept
                .assignments
                .iter()
                .filter(|a| a.indicator == no && a.issued <= on)
            {
                if assignment.head.state != "confirmed" {
                    continue;
                }
                let source = record_source(
                    kept::ASSIGNMENT,
                    &assignment.head,
                    &assignment.document,
                    Some(assignment.issued),
                );
                if assignment.is_base {
                    input.rebased = Some(Rebased {
                        value: assignment.value,
                        source,
                    });
                } else {
                    input.assigned = Some(Assigned {
                        value: assignment.value,
                        base: assignment.base,
                        source,
                    });
                }
            }
            for goal in kept.goals.iter().filter(|g| g.indicator == Some(no)) {
                if matches!(goal.head.state.as_str(), "draft" | "dropped") {
                    continue;
                }
                if let Some(value) = goal.value {
                    input.goals.push(YearGoal {
                        year: goal.year,
                        value,
                        source: record_source(kept::GOAL, &goal.head, &goal.text, Some(goal.due)),
                    });
                }
            }
            input
        })
        .collect()
}

/// Confirmed reported values: those of the end of a year are its values, a later reading of the running year is a level. A
/// value the platform has itself stays beside the reported one, so that a difference is told.
fn reported(input: &mut IndicatorInput, kept: &Kept, years: Years, on: Date) {
    let no = input.facts.no;
    let mut newest: BTreeMap<u16, &kept::Reported> = BTreeMap::new();
    let of_no = kept
        .values
        .iter()
        .filter(|v| v.indicator == Some(no) && v.head.state == "confirmed" && v.as_of <= on);
    for value in of_no {
        match newest.get(&value.year) {
            Some(present) if (present.as_of, present.head.revision) >= (value.as_of, value.head.revision) => {
            }
            _ => {
                newest.insert(value.year, value);
            }
        }
    }
    let this = u16::try_from(on.year()).unwrap_or(0);
    for (year, value) in newest {
        let source = record_source(kept::VALUE, &value.head, &value.source, Some(value.as_of));
        let whole = (value.as_of.month(), value.as_of.day()) == (12, 31);
        if let Some(met) = value.met {
            input.states.push(YearState {
                year,
                met,
                grounds: value.grounds.clone().unwrap_or_default(),
                source,
            });
        } else if let Some(number) = value.value {
            if year == this && !whole && year > years.base {
                // A reading within the year is not yet the year's value.
                if input.running.is_none() {
                    input.running = Some(Running {
                        through: value.as_of,
                        figure: match input.facts.direction {
                            plan::facts::Direction::Cumulative => RunningFigure::Amount {
                                so_far: number,
                                before: Vec::new(),
                            },
                            _ => RunningFigure::Level { value: number },
                        },
                        source,
                    });
                }
                continue;
            }
            input.values.push(YearValue {
                year,
                value: number,
                unit: value
                    .measured_in
                    .clone()
                    .filter(|u| Some(u) != input.facts.unit.as_ref()),
                scope: if value.former { Scope::Former } else { Scope::Plan },
                origin: Origin::Reported,
                provisional: !value.last,
                source,
            });
        }
    }
}

/// Whether a report was reviewed, by the state of its record; none where it was not handed in.
fn review(state: &str) -> Option<Review> {
    match state {
        "accepted" => Some(Review::Accepted),
        "submitted" | "filed" => Some(Review::Pending),
        "returned" => Some(Review::Returned),
        _ => None,
    }
}

/// What units filed of their tasks in rounds of dispatch, by task: a return is a report of each task in it.
fn filed(kept: &Kept, on: Date) -> BTreeMap<&str, Vec<ProgressReport>> {
    let mut out: BTreeMap<&str, Vec<ProgressReport>> = BTreeMap::new();
    for of in kept.returns.iter().filter(|r| r.as_of <= on) {
        let Some(review) = review(&of.head.state) else {
            continue;
        };
        for item in of.items.iter().filter(|i| i.kind == "task") {
            if let Some(percent) = item.percent {
                out.entry(item.item.as_str()).or_default().push(ProgressReport {
                    on: of.as_of,
                    unit: of.unit.clone(),
                    progress: Some(share(percent)),
                    review,
                    source: record_source(
                        kept::RETURN,
                        &of.head,
                        item.text.as_deref().unwrap_or(&of.round),
                        Some(of.as_of),
                    ),
                });
            }
        }
    }
    out
}

fn tasks(facts: &Facts, kept: &Kept, on: Date) -> Vec<TaskInput> {
    let mut filed = filed(kept, on);
    let from = facts
        .towns_from
        .as_ref()
        .and_then(|from| facts.tasks.iter().position(|t| t.id == *from));
    facts
        .tasks
        .iter()
        .enumerate()
        .map(|(place, task)| {
            let towns = from.is_some_and(|from| place >= from);
            let mut input = TaskInput::new(task, towns);
            let measures: Vec<&kept::Measure> = kept
                .measures
                .iter()
                .filter(|m| m.task == task.id && in_force(&m.head.state))
                .collect();
            for measure in &measures {
                input.measures.extend(parts(measure, on));
            }
            for report in kept.reports.iter().filter(|r| r.task == task.id && r.on <= on) {
                let Some(review) = review(&report.head.state) else {
                    continue;
                };
                // A town or a helper speaks of its part, not of the task.
                let whole = input.lead.contains(&report.unit);
                input.reports.push(ProgressReport {
                    on: report.on,
                    unit: report.unit.clone(),
                    progress: whole.then(|| share(report.percent)),
                    review,
                    source: record_source(kept::REPORT, &report.head, &report.text, Some(report.on)),
                });
            }
            for mut report in filed.remove(task.id.as_str()).unwrap_or_default() {
                if !input.lead.contains(&report.unit) {
                    report.progress = None;
                }
                input.reports.push(report);
            }
            input
                .reports
                .sort_by(|a, b| (a.on, &a.unit).cmp(&(b.on, &b.unit)));
            for target in &mut input.targets {
                let newest = kept
                    .values
                    .iter()
                    .filter(|v| {
                        v.task.as_ref() == Some(&task.id)
                            && v.target.as_ref() == Some(&target.target.name)
                            && v.head.state == "confirmed"
                            && v.as_of <= on
                    })
                    .max_by_key(|v| (v.as_of, v.head.revision));
                if let Some(value) = newest {
                    target.actual = value.value;
                    target.met = value.met;
                    target.source = Some(record_source(
                        kept::VALUE,
                        &value.head,
                        &value.source,
                        Some(value.as_of),
                    ));
                }
            }
            input.start = measures.iter().map(|m| m.start).min();
            input.status = status(&input, &measures, on);
            input
        })
        .collect()
}

fn share(percent: Decimal) -> Decimal {
    percent
        .checked_div(Decimal::ONE_HUNDRED)
        .unwrap_or_default()
        .normalize()
}

/// A measure with milestones is as many things due as it has milestones; one without is one.
fn parts(measure: &kept::Measure, on: Date) -> Vec<Measure> {
    let accepted = measure.head.state == "done";
    let done_on = |day: Option<Date>| day.filter(|d| *d <= on);
    if measure.milestones.is_empty() {
        return vec![Measure {
            id: measure.head.id.to_string(),
            title: measure.title.clone(),
            unit: measure.unit.clone(),
            start: Some(measure.start),
            due: Some(measure.due),
            done: done_on(measure.done).filter(|_| accepted),
        }];
    }
    (1..)
        .zip(&measure.milestones)
        .map(|(n, node)| Measure {
            id: format!("{}#{n}", measure.head.id),
            title: format!("{}·{}", measure.title, node.name),
            unit: measure.unit.clone(),
            start: Some(measure.start),
            due: Some(node.due),
            done: done_on(node.done),
        })
        .collect()
}

/// State of a task on a day. It is done when everything those who lead it undertook is accepted and nothing of a target is
/// missed; nobody's word alone makes it so.
fn status(input: &TaskInput, measures: &[&kept::Measure], on: Date) -> Status {
    let own: Vec<&&kept::Measure> = measures.iter().filter(|m| input.lead.contains(&m.unit)).collect();
    let accepted = |m: &kept::Measure| m.head.state == "done" && m.done.is_some_and(|d| d <= on);
    let finished = |m: &kept::Measure| {
        let all = !m.milestones.is_empty() && m.milestones.iter().all(|n| n.done.is_some_and(|d| d <= on));
        all || m.done.is_some_and(|d| d <= on)
    };
    let begun = measures.iter().any(|m| m.start <= on) || !input.reports.is_empty();
    if !own.is_empty() && own.iter().all(|m| accepted(m)) {
        Status::Done
    } else if !own.is_empty() && own.iter().all(|m| finished(m)) {
        Status::Acceptance
    } else if begun {
        Status::Underway
    } else {
        Status::NotStarted
    }
}

/// Money paid for a project up to a day, 万元.
pub(crate) fn paid(project: &kept::Project, on: Date) -> Option<Decimal> {
    let until = project.payments.iter().filter(|x| x.on <= on);
    until
        .map(|x| x.paid)
        .try_fold(Decimal::ZERO, Decimal::checked_add)
}

fn projects(kept: &Kept, on: Date) -> Vec<ProjectInput> {
    kept.projects
        .iter()
        .filter(|p| p.head.state != "reserve")
        .map(|p| {
            let before = |day: Option<Date>| day.is_some_and(|d| d <= on);
            let paid = paid(p, on);
            ProjectInput {
                id: p.head.id.to_string(),
                name: p.name.clone(),
                task: Some(p.task.clone()),
                lead: vec![p.lead.clone()],
                stage: if p.head.state == "cancelled" {
                    Stage::Cancelled
                } else if before(p.finished) {
                    Stage::Complete
                } else if before(p.started) {
                    Stage::Building
                } else {
                    Stage::NotStarted
                },
                start_due: Some(p.planned_start),
                due: Some(p.planned_end),
                milestones: p
                    .stages
                    .iter()
                    .map(|s| Milestone {
                        name: s.name.clone(),
                        weight: s.weight,
                        due: Some(s.due),
                        done: if before(s.done) {
                            Decimal::ONE
                        } else {
                            Decimal::ZERO
                        },
                    })
                    .collect(),
                planned: Some(p.investment),
                paid,
                source: Some(record_source(kept::PROJECT, &p.head, &p.name, None)),
            }
        })
        .collect()
}
