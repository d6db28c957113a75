//! The yearly list (年度目标和重点任务) derived from the plan and put into the register as drafts. A record keeps the id it was
//! derived under, so that a second derivation finds it, whatever people made of it since, and leaves it alone.

use std::collections::BTreeMap;

use model::ids::UnitCode;
use model::time::UtcMs;
use plan::facts::Sense;
use plan::goals::{Given, Placed, Proposal, Proposed, Standing, propose};
use registers::record::Body;
use serde_json::{Value, json};

use crate::error::{ProgressError, Result};
use crate::{NewRecord, Progress, day_of, kept};

/// What a derivation did.
#[derive(Clone, Debug, PartialEq)]
pub struct Derived {
    /// Records that were made.
    pub made: Vec<String>,
    /// The list afterwards: what was made stands now.
    pub after: Proposal,
}

impl Progress {
    /// The list of a year as the plan gives it today, for a unit or for all.
    pub async fn yearly_list(&self, year: u16, unit: Option<&UnitCode>, now: UtcMs) -> Result<Proposal> {
        let years = self.years();
        if year <= years.base || year > years.target {
            let (first, last) = (years.base.saturating_add(1), years.target);
            return Err(ProgressError::argument(
                "year",
                format!("应为规划期内的年度：{first} 至 {last}"),
                format!("a year of the plan, {first} to {last}"),
            ));
        }
        if let Some(unit) = unit.filter(|u| self.unit(u).is_none()) {
            return Err(ProgressError::argument(
                "unit",
                format!("没有单位 «{unit}»"),
                format!("there is no unit «{unit}»"),
            ));
        }
        let day = self.day(day_of(now), now).await?;
        let standing: Vec<Standing> = day
            .kept
            .goals
            .iter()
            .filter(|g| g.year == year)
            .map(|g| Standing {
                id: g.head.id.to_string(),
                indicator: g.indicator,
                task: g.task.clone(),
                text: g.text.clone(),
                value: g.value,
                lead: g.lead.clone(),
                helpers: g.helpers.clone(),
                dropped: g.head.state == "dropped",
            })
            .collect();
        let named: BTreeMap<String, Vec<String>> = self
            .facts()
            .tasks
            .iter()
            .map(|t| (t.id.clone(), t.projects.clone()))
            .collect();
        let projects: Vec<Placed> = day
            .inputs
            .projects
            .iter()
            .map(|input| {
                let record = day.kept.projects.iter().find(|p| p.head.id.as_str() == input.id);
                Placed {
                    input: input.clone(),
                    town: record.and_then(|p| p.town.clone()),
                    plan_name: record.and_then(|p| p.plan_name.clone()),
                }
            })
            .collect();
        let given = Given {
            years,
            year,
            indicators: &day.inputs.indicators,
            tasks: &day.inputs.tasks,
            projects: &projects,
            named: &named,
            units: self.units(),
            standing: &standing,
        };
        Ok(propose(&given, unit))
    }

    /// Puts what the plan gives for a year into the register as drafts: all of it, or the items named by `only`. What stands
    /// is left as it is.
    pub async fn derive_goals(
        &self,
        year: u16,
        unit: Option<&UnitCode>,
        only: Option<&[String]>,
        by: &str,
        now: UtcMs,
    ) -> Result<Derived> {
        let list = self.yearly_list(year, unit, now).await?;
        let known = |id: &String| {
            let new = list.items.iter().any(|i| i.id == *id);
            new || list.standing.iter().any(|s| s.id == *id)
        };
        if let Some(id) = only.into_iter().flatten().find(|id| !known(id)) {
            return Err(ProgressError::argument(
                "items",
                format!("«{id}» 不在该年度清单中"),
                format!("«{id}» is not on the list of the year"),
            ));
        }
        let records: Vec<NewRecord> = list
            .items
            .iter()
            .filter(|i| only.is_none_or(|only| only.contains(&i.id)))
            .map(|i| NewRecord::entered(Some(i.id.clone()), false, body(year, i)))
            .collect();
        let made = if records.is_empty() {
            Vec::new()
        } else {
            self.enter(kept::GOAL, records, by, now).await?
        };
        Ok(Derived {
            made: made.into_iter().map(|id| id.to_string()).collect(),
            after: self.yearly_list(year, unit, now).await?,
        })
    }
}

/// The record of a proposed goal.
fn body(year: u16, item: &Proposed) -> Body {
    let sense = item.sense.map(|sense| match sense {
        Sense::AtLeast | Sense::About => "at_least",
        Sense::AtMost => "at_most",
        Sense::Equal => "equal",
    });
    let value = json!({
        "year": year,
        "kind": item.kind.key(),
        "indicator": item.indicator,
        "task": item.task,
        "text": item.text,
        "sense": sense,
        "value": item.value.map(|v| v.to_string()),
        "measured_in": item.measured_in,
        "lead": item.lead,
        "helpers": item.helpers,
        "towns": item.towns.then_some(true),
        "basis": item.basis.zh,
        "due": item.due,
    });
    let Value::Object(mut body) = value else {
        return Body::new();
    };
    body.retain(|_, value| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty()));
    body
}
