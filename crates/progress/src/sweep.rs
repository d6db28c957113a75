//! What the day brings: rounds that open, orders that are due. Run again it does nothing twice; the clock is an argument.

use std::collections::BTreeSet;

use jiff::ToSpan as _;
use jiff::civil::Date;
use model::ids::UnitCode;
use model::time::UtcMs;
use registers::record::Body;
use serde_json::{Value, json};

use crate::board::{LateItem, Level};
use crate::error::{ProgressError, Result};
use crate::{NewRecord, Progress, day_of, kept};

/// A round that opened longer ago than this is not opened by itself: nobody can be late in a round of last year.
const OPENS_WITHIN_DAYS: i64 = 60;

impl Progress {
    /// Opens the rounds whose day has come. Gives their codes.
    pub async fn sweep(&self, now: UtcMs) -> Result<Vec<String>> {
        let today = day_of(now);
        let oldest = today.checked_sub(OPENS_WITHIN_DAYS.days()).unwrap_or(Date::MIN);
        let known: BTreeSet<String> = self
            .store()
            .plan_rounds()
            .await?
            .into_iter()
            .map(|r| r.round.code)
            .collect();
        let mut opened = Vec::new();
        for (round, _) in self.rounds_due(today) {
            let recent = round.opens.parse::<Date>().is_ok_and(|opens| opens >= oldest);
            if recent && !known.contains(&round.code) {
                self.open_round(&round.code, false, "sweep", now).await?;
                opened.push(round.code);
            }
        }
        Ok(opened)
    }

    /// Drafts a supervision order for something late: for each unit that answers for it, of the level that is due. The desk
    /// looks it over and a leader issues it. Gives the records.
    pub async fn draft_orders(
        &self,
        of: &str,
        what: &str,
        level: Option<Level>,
        by: &str,
        now: UtcMs,
    ) -> Result<Vec<String>> {
        let today = day_of(now);
        let late = self.late(today, now).await?;
        let Some(item) = late.iter().find(|i| i.of == of && i.what == what) else {
            return Err(ProgressError::NotFound {
                what: "逾期事项 / late item",
                name: format!("{of} {what}"),
            });
        };
        let Some(level) = level.or(item.order_due).filter(|l| *l > Level::Remind) else {
            return Err(ProgressError::argument(
                "level",
                "该事项没有需发出的督办单：未逾期，或同级督办单尚未办结",
                "no order is due: it is not late, or an order of its level is still open",
            ));
        };
        let kept = self.kept().await?;
        let task = if item.about == "task" {
            item.of.clone()
        } else {
            let project = kept.projects.iter().find(|p| p.head.id.as_str() == item.of);
            project.map(|p| p.task.clone()).unwrap_or_default()
        };
        let mut number = kept.orders.len();
        let mut records = Vec::new();
        for unit in self.units_of(item) {
            number += 1;
            let body = self.order(item, &task, &unit, level, number, today);
            records.push(NewRecord::entered(None, false, body));
        }
        let ids = self.enter(kept::ORDER, records, by, now).await?;
        Ok(ids.into_iter().map(|id| id.to_string()).collect())
    }

    fn units_of(&self, item: &LateItem) -> Vec<UnitCode> {
        item.units
            .iter()
            .filter(|u| self.unit(u).is_some())
            .cloned()
            .collect()
    }

    fn order(
        &self,
        item: &LateItem,
        task: &str,
        unit: &UnitCode,
        level: Level,
        number: usize,
        today: Date,
    ) -> Body {
        let rules = &self.follow().rules.escalation;
        let due = today.checked_add(rules.answer.days()).unwrap_or(today);
        let (late, what, name, year) = (item.late, &item.what, &item.name, today.year());
        let body = json!({
            "number": format!("{year}-{number:04}"),
            "level": level.name(),
            "task": task,
            "unit": unit,
            "reason": format!("“{name}”的“{what}”逾期 {late} 日（{}）", level.zh()),
            "demand": format!("于 {due} 前完成并反馈，附证明材料"),
            "issued": today,
            "due": due,
        });
        match body {
            Value::Object(body) => body,
            _ => Body::new(),
        }
    }
}
