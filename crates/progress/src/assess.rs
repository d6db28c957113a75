//! Assessment of units and towns (责任考核): the duties of a year scored by formula, frozen like an evaluation, changed only by a
//! decided appeal.

use std::collections::BTreeMap;

use jiff::civil::Date;
use model::ids::{EvaluationId, UnitCode};
use model::time::UtcMs;
use plan::assessment::{Adjustment, Item, Letter, Measure, Result as UnitResult, assess};
use plan::evaluation::{Grade, Rules};
use plan::facts::Side;
use plan::indicators::{IndicatorState, Kind as IndicatorKind};
use plan::words::Source;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::plan::{EvaluationRow, NewEvaluation};

use crate::error::{ProgressError, Result};
use crate::kept::{self, Duty};
use crate::{Day, Progress, record_key};

/// Kind under which assessments are stored.
const KIND: &str = "assessment";

/// What is frozen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Frozen {
    year: u16,
    closing: Date,
    grades: Vec<Grade>,
    cap: String,
    letters: Vec<Letter>,
}

/// An assessment.
#[derive(Clone, Debug)]
pub struct Assessed {
    /// As stored.
    pub row: EvaluationRow,
    /// Units, the best first.
    pub units: Vec<AssessedUnit>,
}

/// A unit's result.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AssessedUnit {
    /// Name.
    pub name: String,
    /// A town or sub-district.
    pub town: bool,
    /// Result.
    #[serde(flatten)]
    pub result: UnitResult,
}

impl Progress {
    /// Scores the duties of a year and keeps the result as the next version.
    pub async fn assess(&self, year: u16, demo: bool, by: &str, now: UtcMs) -> Result<Assessed> {
        let years = self.years();
        let closing = Date::new(i16::try_from(year).unwrap_or(0), 12, 31).ok();
        let closing =
            closing.filter(|c| (years.base < year && year <= years.target) && *c < crate::day_of(now));
        let Some(closing) = closing else {
            let (from, to) = (years.base + 1, years.target);
            return Err(ProgressError::argument(
                "year",
                format!("应为 {from}–{to} 中已结束的年度"),
                format!("a year from {from} to {to} that is over"),
            ));
        };
        let day = self.day(closing, now).await?;
        let letters = letters(&day, year, closing);
        if letters.is_empty() {
            return Err(ProgressError::argument(
                "year",
                format!("{year} 年没有已签订的责任清单（台账 duty_item）"),
                format!("no signed duties of {year} (register duty_item)"),
            ));
        }
        let rules = Rules::default();
        let frozen = Frozen {
            year,
            closing,
            grades: rules.grades,
            cap: rules.cap,
            letters,
        };
        let units = self.score(&frozen)?;
        let stored = |e: serde_json::Error| ProgressError::stored("snapshot", KIND, e.to_string());
        let new = NewEvaluation {
            kind: KIND.to_owned(),
            year,
            cutoff: closing.to_string(),
            demo,
            snapshot: plan::canonical::text(&frozen).map_err(stored)?,
            summary: json!({ "units": units.len(), "first": units.first().map(|u| &u.name) }),
        };
        let row = self.store().put_plan_evaluation(&new, by, now).await?;
        Ok(Assessed { row, units })
    }

    fn score(&self, frozen: &Frozen) -> Result<Vec<AssessedUnit>> {
        let results = assess(&frozen.letters, &frozen.grades, &frozen.cap)
            .map_err(|e| ProgressError::stored("duty_item", frozen.year.to_string(), e.to_string()))?;
        Ok(results
            .into_iter()
            .map(|result| AssessedUnit {
                name: self
                    .unit(&result.unit)
                    .map_or_else(|| result.unit.to_string(), |u| u.zh.clone()),
                town: self.towns().any(|t| *t == result.unit),
                result,
            })
            .collect())
    }

    /// Assessments, newest first.
    pub async fn assessments(&self) -> Result<Vec<EvaluationRow>> {
        Ok(self.store().plan_evaluations(&[KIND], &[]).await?)
    }

    /// An assessment, scored again from what was frozen.
    pub async fn assessment(&self, id: EvaluationId) -> Result<Assessed> {
        let missing = || ProgressError::NotFound {
            what: "考核 / assessment",
            name: id.to_string(),
        };
        let row = self
            .store()
            .plan_evaluation(id)
            .await?
            .filter(|r| r.kind == KIND)
            .ok_or_else(missing)?;
        let text = self
            .store()
            .plan_snapshot(&row.snapshot)
            .await?
            .ok_or_else(missing)?;
        let frozen: Frozen = serde_json::from_str(&text)
            .map_err(|e| ProgressError::stored("snapshot", KIND, e.to_string()))?;
        Ok(Assessed {
            units: self.score(&frozen)?,
            row,
        })
    }
}

/// The letters of a year: signed duties with what was reached, and what appeals changed.
fn letters(day: &Day, year: u16, closing: Date) -> Vec<Letter> {
    let mut by_unit: BTreeMap<UnitCode, Vec<&Duty>> = BTreeMap::new();
    let signed = |d: &&Duty| d.year == year && matches!(d.head.state.as_str(), "signed" | "scored");
    for duty in day.kept.duties.iter().filter(signed) {
        by_unit.entry(duty.unit.clone()).or_default().push(duty);
    }
    by_unit
        .into_iter()
        .map(|(unit, duties)| {
            let items = duties.iter().map(|d| item(day, d, year, closing)).collect();
            let appeals = day
                .kept
                .appeals
                .iter()
                .filter(|a| a.year == year && a.unit == unit && a.head.state == "upheld");
            let adjustments = appeals.filter_map(|a| {
                let duty = duties
                    .iter()
                    .find(|d| d.text == a.item || d.item.as_ref() == Some(&a.item))?;
                Some(Adjustment {
                    item: duty.head.id.to_string(),
                    points: a.decided?.min(duty.weight),
                    reason: a.reason.clone(),
                    by: "申诉复核".to_owned(),
                    source: Some(Source {
                        key: record_key(kept::APPEAL, &a.head),
                        name: a.item.clone(),
                        name_en: None,
                        on: a.decided_on,
                        version: format!("r{}", a.head.revision),
                    }),
                })
            });
            Letter {
                adjustments: adjustments.collect(),
                unit,
                items,
            }
        })
        .collect()
}

fn item(day: &Day, duty: &Duty, year: u16, closing: Date) -> Item {
    let measure = if let Some(result) = duty.result {
        // Scored by hand: points of the weight.
        Measure::Value {
            goal: duty.weight,
            base: Some(Decimal::ZERO),
            better: Side::Higher,
            actual: Some(result),
            unit: None,
        }
    } else {
        measured(day, duty, year, closing)
    };
    let measure = if duty.veto {
        Measure::Veto {
            happened: missed(&measure),
        }
    } else {
        measure
    };
    Item {
        id: duty.head.id.to_string(),
        name: duty.text.clone(),
        weight: if duty.veto { Decimal::ZERO } else { duty.weight },
        measure,
        source: Some(Source {
            key: record_key(kept::DUTY, &duty.head),
            name: duty.text.clone(),
            name_en: None,
            on: Some(closing),
            version: format!("r{}", duty.head.revision),
        }),
    }
}

/// Whether something that must not happen did: nobody's word is no.
fn missed(measure: &Measure) -> Option<bool> {
    match measure {
        Measure::Value {
            goal, actual, better, ..
        } => actual.map(|x| match better {
            Side::Lower => x > *goal,
            Side::Higher => x < *goal,
        }),
        Measure::Count { done, of } => done.map(|done| done < *of),
        Measure::Veto { happened } => *happened,
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// What the data say of a duty; nothing where they say nothing.
fn measured(day: &Day, duty: &Duty, year: u16, closing: Date) -> Measure {
    let of_item = |item: &str| duty.item.as_ref().is_none_or(|own| own == item);
    let in_year = |date: Date| u16::try_from(date.year()).is_ok_and(|y| y == year);
    match duty.kind.as_str() {
        "indicator" => {
            let no = duty.item.as_ref().and_then(|i| i.parse::<u32>().ok());
            let state = day.board.indicators.iter().find(|s| Some(s.no) == no);
            state
                .and_then(|s| of_indicator(s, year))
                .unwrap_or(Measure::Count { done: None, of: 1 })
        }
        "task" => {
            let mut due = 0;
            let mut done = 0;
            let own = day
                .kept
                .measures
                .iter()
                .filter(|m| m.unit == duty.unit && of_item(&m.task));
            for node in own.flat_map(|m| &m.milestones).filter(|n| in_year(n.due)) {
                due += 1;
                done += usize::from(node.done.is_some_and(|d| d <= closing));
            }
            Measure::Count {
                done: (due > 0).then(|| count(done)),
                of: count(due),
            }
        }
        "project" => {
            let own = day.kept.projects.iter().filter(|p| {
                (p.lead == duty.unit || p.town.as_ref() == Some(&duty.unit)) && of_item(p.head.id.as_str())
            });
            let mut due = 0;
            let mut done = 0;
            for node in own.flat_map(|p| &p.stages).filter(|n| in_year(n.due)) {
                due += 1;
                done += usize::from(node.done.is_some_and(|d| d <= closing));
            }
            Measure::Count {
                done: (due > 0).then(|| count(done)),
                of: count(due),
            }
        }
        "dispatch" => {
            let own: Vec<_> = day
                .kept
                .returns
                .iter()
                .filter(|r| r.unit == duty.unit && r.round.starts_with(&format!("{year}-")))
                .collect();
            let in_time = own.iter().filter(|r| r.filed.is_some_and(|f| f <= r.due)).count();
            Measure::Count {
                done: (!own.is_empty()).then(|| count(in_time)),
                of: count(own.len()),
            }
        }
        // Problems and complaints are scored by whoever checks them, in the duty itself.
        _ => Measure::Count { done: None, of: 1 },
    }
}

/// An indicator against its goal of the year, its path or its target.
fn of_indicator(state: &IndicatorState, year: u16) -> Option<Measure> {
    if state.year != year {
        return None;
    }
    if matches!(state.kind, IndicatorKind::Awaiting) {
        return None;
    }
    if state.kind == IndicatorKind::Qualitative {
        return Some(Measure::Count {
            done: state.reached.map(u32::from),
            of: 1,
        });
    }
    let decimal = |n: &plan::number::Num| n.to_string().parse::<Decimal>().ok();
    let goal = match &state.year_check {
        Some(check) => decimal(check.against.value())?,
        None => decimal(state.target.as_ref()?)?,
    };
    let actual = decimal(state.current.as_ref()?)?;
    let better = match (&state.base, &state.target) {
        (Some(base), Some(target)) if target > base => Side::Higher,
        (Some(base), Some(target)) if target < base => Side::Lower,
        // Without a way to go the state itself says whether it is reached.
        _ => {
            return Some(Measure::Count {
                done: state.reached.map(u32::from),
                of: 1,
            });
        }
    };
    Some(Measure::Value {
        goal,
        base: state.base.as_ref().and_then(decimal),
        better,
        actual: Some(actual),
        unit: state.unit.clone(),
    })
}
