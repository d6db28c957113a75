//! What the day brings: rounds that open, figures of other plans compared, units told, orders that are due. Run again it does
//! nothing twice; the clock is an argument.

use std::collections::BTreeSet;

use jiff::ToSpan as _;
use jiff::civil::Date;
use model::ids::UnitCode;
use model::time::UtcMs;
use registers::record::Body;
use serde_json::json;
use store::plan::Synced;

use crate::board::{LateItem, Level};
use crate::error::{ProgressError, Result};
use crate::kept::{Kept, Project};
use crate::{NewRecord, Progress, day_of, kept};

/// A round that opened longer ago than this is not opened by itself: nobody can be late in a round of last year.
const OPENS_WITHIN_DAYS: i64 = 60;

/// What a run of the job did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Rounds that opened, by code.
    pub opened: Vec<String>,
    /// Figures of other plans that were compared and filled in.
    pub compared: usize,
    /// What units were told, and what is over.
    pub notices: Synced,
}

impl Swept {
    /// Whether nothing happened.
    pub fn quiet(&self) -> bool {
        *self == Self::default()
    }
}

/// The number of the next order of the year, or the one so many after it.
pub(crate) fn next_order(kept: &Kept, today: Date, further: usize) -> String {
    let year = today.year();
    let head = format!("{year}-");
    let given = kept.orders.iter().filter_map(|o| o.number.strip_prefix(&head));
    let last = given.filter_map(|n| n.parse::<usize>().ok()).max().unwrap_or(0);
    let next = last.saturating_add(further).saturating_add(1);
    format!("{head}{next:04}")
}

impl Progress {
    /// Opens the rounds whose day has come, compares what other plans say, tells units what comes due and what is late.
    pub async fn sweep(&self, now: UtcMs) -> Result<Swept> {
        let opened = self.open_due_rounds(now).await?;
        let day = self.day(day_of(now), now).await?;
        let compared = self.fill_consistency(&day, now).await?;
        let notices = self.tell(&day, now).await?;
        Ok(Swept {
            opened,
            compared,
            notices,
        })
    }

    /// Opens the rounds whose day has come. Gives their codes.
    async fn open_due_rounds(&self, now: UtcMs) -> Result<Vec<String>> {
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
        let project = kept
            .projects
            .iter()
            .find(|p| item.about == "project" && p.head.id.as_str() == item.of);
        let mut records = Vec::new();
        for unit in self.units_of(item) {
            let number = next_order(&kept, today, records.len());
            let body = self.order(item, project, &unit, level, &number, today);
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

    /// The day by which an order of today is answered.
    pub(crate) fn answer_by(&self, today: Date) -> Date {
        let days = self.follow().rules.escalation.answer;
        today.checked_add(days.days()).unwrap_or(today)
    }

    fn order(
        &self,
        item: &LateItem,
        project: Option<&Project>,
        unit: &UnitCode,
        level: Level,
        number: &str,
        today: Date,
    ) -> Body {
        let due = self.answer_by(today);
        let (late, what, name) = (item.late, &item.what, &item.name);
        let mut body = json!({
            "number": number,
            "level": level.name(),
            "task": project.map_or(item.of.as_str(), |p| p.task.as_str()),
            "unit": unit,
            "reason": format!("“{name}”的“{what}”逾期 {late} 日（{}）", level.zh()),
            "demand": format!("于 {due} 前完成并反馈，附证明材料"),
            "issued": today,
            "due": due,
        });
        match (body.as_object_mut(), project) {
            (Some(body), Some(project)) => {
                body.insert("project".to_owned(), json!(project.head.id));
                body.clone()
            }
            (Some(body), None) => body.clone(),
            (None, _) => Body::new(),
        }
    }
}
