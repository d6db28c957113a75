//! Figures of other plans held against this one (相关规划衔接核对): this plan's value is looked up by itself, what was entered
//! otherwise is told, and what stays contradictory can become a supervision order.

use model::ids::RecordId;
use model::time::UtcMs;
use plan::consistency::{Compared, Theirs, Verdict, with_indicator, with_task};
use registers::record::Body;
use serde_json::json;
use standards::text;
use standards::text::Text;

use crate::error::{ProgressError, Result};
use crate::inputs::Inputs;
use crate::kept::{self, Consistency, Kept};
use crate::{Day, NewRecord, Progress, day_of};

/// System of the plan that this serves; its task is the one an order is drafted under where the record names none.
const SYSTEM: &str = "S282";

/// A figure of another plan as compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// As kept.
    pub record: Consistency,
    /// What comes of comparing.
    pub compared: Compared,
    /// Where the record says otherwise than the figures do.
    pub contradictions: Vec<Text>,
    /// Numbers of orders for it that are not closed.
    pub orders: Vec<String>,
}

impl Checked {
    /// Something has to be done about it: the figures disagree and nobody settled it, or the record contradicts them.
    pub fn open(&self) -> bool {
        let disagree =
            self.compared.verdict.is_some_and(Verdict::open) && self.record.head.state != "settled";
        disagree || !self.contradictions.is_empty()
    }
}

/// Compares one record.
fn check(plan: &Progress, inputs: &Inputs, kept: &Kept, record: &Consistency) -> Checked {
    let theirs = Theirs {
        item: record.item.clone(),
        value: record.value,
        unit: record.measured_in.clone(),
        year: record.year,
    };
    let years = plan.years();
    let indicator = record
        .indicator
        .map(|no| (no, inputs.indicators.iter().find(|i| i.facts.no == no)));
    let task = record
        .task
        .as_ref()
        .map(|id| (id, inputs.tasks.iter().find(|t| t.id == *id)));
    let nothing = |reason: Text| Compared {
        ours: None,
        actual: None,
        difference: None,
        verdict: None,
        reason,
    };
    let compared = match (indicator, task) {
        (Some((_, Some(input))), _) => with_indicator(&theirs, input, years),
        (Some((no, None)), _) => nothing(text!("本规划没有指标 {no}", "this plan has no indicator {no}")),
        (None, Some((_, Some(task)))) => with_task(&theirs, task, years),
        (None, Some((id, None))) => nothing(text!("本规划没有任务 {id}", "this plan has no task {id}")),
        (None, None) => nothing(Text::new(
            "未写明对应本规划的哪个指标或任务",
            "neither an indicator nor a task of this plan is named",
        )),
    };
    let orders = kept
        .orders
        .iter()
        .filter(|o| o.consistency.as_ref() == Some(&record.head.id) && o.head.state != "closed")
        .map(|o| o.number.clone())
        .collect();
    Checked {
        contradictions: contradictions(record, &compared),
        record: record.clone(),
        compared,
        orders,
    }
}

/// Where what was entered does not agree with the figures.
fn contradictions(record: &Consistency, compared: &Compared) -> Vec<Text> {
    let mut out = Vec::new();
    if let (Some(entered), Some(ours)) = (record.ours, &compared.ours)
        && entered != ours.value
    {
        let (entered, own, by) = (entered.normalize(), ours.value.normalize(), &ours.by);
        out.push(Text::new(
            format!("所填本规划数值 {entered} 与规划 {own} 不符（{}）", by.zh),
            format!(
                "the value here is entered as {entered}, the plan says {own} ({})",
                by.en
            ),
        ));
    }
    let entered = record.verdict.as_deref().and_then(Verdict::from_key);
    if let (Some(entered), Some(found)) = (entered, compared.verdict)
        && entered != found
    {
        let (said, is) = (entered.text(), found.text());
        out.push(Text::new(
            format!("所填结论“{}”与数值不符，按数值应为“{}”", said.zh, is.zh),
            format!(
                "the verdict entered is “{}”, the figures say “{}”",
                said.en, is.en
            ),
        ));
    }
    if record.head.state == "settled"
        && let Some(found) = compared.verdict.filter(|v| v.open())
    {
        let is = found.text();
        out.push(Text::new(
            format!("已确认衔接，但两规划的数值仍“{}”", is.zh),
            format!("it is settled, but the figures are still {}", is.en),
        ));
    }
    out
}

impl Progress {
    /// Every figure of another plan against this one, what is open first.
    pub fn consistency(&self, day: &Day) -> Vec<Checked> {
        let all = day.kept.consistency.iter();
        let mut out: Vec<Checked> = all.map(|r| check(self, &day.inputs, &day.kept, r)).collect();
        out.sort_by_key(|c| (!c.open(), c.record.other.clone(), c.record.head.id.clone()));
        out
    }

    /// Fills in what can be looked up and nobody entered: this plan's value, its unit, the verdict. What was entered stays.
    /// Gives how many records were filled in.
    pub(crate) async fn fill_consistency(&self, day: &Day, now: UtcMs) -> Result<usize> {
        let mut filled = 0;
        for checked in self.consistency(day) {
            let record = &checked.record;
            let Some(ours) = checked
                .compared
                .ours
                .as_ref()
                .filter(|_| record.head.state == "found")
            else {
                continue;
            };
            let mut body = Body::new();
            if record.ours.is_none() {
                body.insert("ours".into(), json!(ours.value.to_string()));
            }
            if let (None, Some(unit)) = (&record.measured_in, &ours.unit) {
                body.insert("measured_in".into(), json!(unit));
            }
            if let (None, Some(verdict)) = (&record.verdict, checked.compared.verdict) {
                body.insert("verdict".into(), json!(verdict.key()));
            }
            if body.is_empty() {
                continue;
            }
            let edit = ledger::Edit {
                revision: record.head.revision,
                body,
                reason: Some(format!("按本规划自动核对：{}", checked.compared.reason.zh)),
                ..ledger::Edit::default()
            };
            let person = ledger::Person::program("规划衔接核对");
            match self
                .ledger()
                .edit(kept::CONSISTENCY, &record.head.id, &edit, &person, now)
                .await
            {
                Ok(_) => filled += 1,
                // Somebody was faster: the next run looks again.
                Err(ledger::LedgerError::Stale(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(filled)
    }

    /// Drafts a supervision order for a figure that disagrees, to the unit that makes the other plan.
    pub async fn draft_consistency_order(&self, id: &RecordId, by: &str, now: UtcMs) -> Result<String> {
        let today = day_of(now);
        let day = self.day(today, now).await?;
        let checked = self
            .consistency(&day)
            .into_iter()
            .find(|c| c.record.head.id == *id)
            .ok_or_else(|| ProgressError::NotFound {
                what: "衔接核对记录 / comparison",
                name: id.to_string(),
            })?;
        if !checked.open() {
            return Err(ProgressError::argument(
                "id",
                "两规划数值不矛盾，或已衔接，无须督办",
                "the figures do not disagree, or it is settled: there is nothing to order",
            ));
        }
        if let Some(number) = checked.orders.first() {
            return Err(ProgressError::argument(
                "id",
                format!("已有未办结的督办单 {number}"),
                format!("order {number} for it is not closed"),
            ));
        }
        let record = &checked.record;
        let Some(task) = self.task_of(record) else {
            return Err(ProgressError::argument(
                "id",
                "记录没有任务编号，配置中也没有与规划衔接对应的任务；请在记录中填写任务编号",
                "the record names no task and the profile has none for the consistency of plans: enter the task",
            ));
        };
        let due = self.answer_by(today);
        let mut reason = format!(
            "《{}》的“{}”与本规划不衔接：{}",
            record.other, record.item, checked.compared.reason.zh
        );
        for said in &checked.contradictions {
            reason.push('；');
            reason.push_str(&said.zh);
        }
        let body = json!({
            "number": crate::sweep::next_order(&day.kept, today, 0),
            "level": "order",
            "task": task,
            "consistency": record.head.id,
            "unit": record.unit,
            "reason": reason,
            "demand": format!("于 {due} 前与本规划衔接，修改数值或书面说明理由，附证明材料"),
            "issued": today,
            "due": due,
        });
        let body = body.as_object().cloned().unwrap_or_default();
        let ids = self
            .enter(kept::ORDER, vec![NewRecord::entered(None, false, body)], by, now)
            .await?;
        ids.first().map(ToString::to_string).ok_or(ProgressError::NoPlan)
    }

    /// The task an order about a record goes under.
    fn task_of(&self, record: &Consistency) -> Option<String> {
        let known = |id: &String| self.facts().tasks.iter().any(|t| t.id == *id);
        record.task.clone().filter(known).or_else(|| {
            let systems = self.follow().systems.iter();
            let mut serving = systems.filter(|(_, list)| list.iter().any(|s| s == SYSTEM));
            serving.next().map(|(task, _)| task.clone())
        })
    }
}
