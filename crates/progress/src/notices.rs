//! What units are told by itself (提醒、黄牌、督办、约谈): once for each event, kept, dated, acknowledged by a person of the unit.
//! Which ones hold on a day is pure; the job brings what is kept in line with it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use model::ids::UnitCode;
use model::time::UtcMs;
use store::Paged;
use store::plan::{NewNotice, NoticeQuery, NoticeRow, Seen, Synced};

use crate::board::{LateItem, Level, level};
use crate::error::{ProgressError, Result};
use crate::follow::Escalation;
use crate::kept::Kept;
use crate::rounds::round_of;
use crate::{Day, Progress, day_of};

/// What is due where a return of a round is.
const RETURN: &str = "调度填报";
/// What is due where an order is to be answered.
const ANSWER: &str = "督办反馈";

/// Days between two dates, zero where the second is not later.
fn days(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days())).max(0)
}

/// What tells an event from the one before it: each reminder of a matter is one of its own.
fn stage(level: Level, left: i64, rules: &Escalation) -> String {
    if level == Level::Remind
        && let Some(step) = rules.remind.iter().filter(|step| left <= **step).min()
    {
        return format!("remind-{step}");
    }
    level.name().to_owned()
}

/// What every unit has to be told on a day: matters of tasks and projects that come due or are late, returns of rounds that
/// are not filed, orders that are not answered.
pub(crate) fn holding(
    late: &[LateItem],
    kept: &Kept,
    rounds: &BTreeMap<String, String>,
    on: Date,
    rules: &Escalation,
) -> Vec<NewNotice> {
    let mut out = Vec::new();
    for item in late {
        let Some(level) = item.level else { continue };
        for unit in &item.units {
            out.push(NewNotice {
                level: level.name().to_owned(),
                stage: stage(level, item.left, rules),
                unit: unit.clone(),
                about: item.about.to_owned(),
                subject: item.of.clone(),
                name: item.name.clone(),
                what: item.what.clone(),
                due: item.due.to_string(),
            });
        }
    }
    let mut own =
        |about: &str, unit: &UnitCode, subject: String, name: String, what: &str, due: Date, least| {
            let (passed, left) = (days(due, on), days(on, due));
            let Some(level) = level(passed, left, rules).max(least) else {
                return;
            };
            out.push(NewNotice {
                level: level.name().to_owned(),
                stage: stage(level, left, rules),
                unit: unit.clone(),
                about: about.to_owned(),
                subject,
                name,
                what: what.to_owned(),
                due: due.to_string(),
            });
        };
    for of in &kept.returns {
        let waits = matches!(of.head.state.as_str(), "open" | "returned") && of.as_of <= on;
        if let (true, Some(name)) = (waits, rounds.get(&of.round)) {
            let subject = of.head.id.to_string();
            own("return", &of.unit, subject, name.clone(), RETURN, of.due, None);
        }
    }
    for order in kept
        .orders
        .iter()
        .filter(|o| o.head.state == "issued" && o.issued <= on)
    {
        let least = Level::from_name(&order.level);
        let subject = order.head.id.to_string();
        own(
            "order",
            &order.unit,
            subject,
            order.number.clone(),
            ANSWER,
            order.due,
            least,
        );
    }
    out
}

impl Progress {
    /// English names of what a notice is about and of what is due, where they are the plan's or the program's own: a notice is
    /// kept in the words in which it was raised.
    pub fn notice_names(&self, notice: &NewNotice) -> (Option<String>, Option<String>) {
        let (name, what) = (notice.name.as_str(), notice.what.as_str());
        match notice.about.as_str() {
            "task" => {
                let task = self.facts().tasks.iter().find(|t| t.id == notice.subject);
                let title = task.filter(|t| t.title == name).and_then(|t| t.title_en.clone());
                let target = task.and_then(|t| t.target.iter().find(|target| target.name == what));
                let due = match target {
                    Some(target) => target.name_en.clone(),
                    None => title.clone().filter(|_| what == name),
                };
                (title, due)
            }
            "project" => (
                None,
                (what == plan::tasks::START.0).then(|| plan::tasks::START.1.to_owned()),
            ),
            "return" => {
                let round = self.follow().rules.round.iter().find_map(|line| {
                    let year = name.get(..4)?.parse().ok()?;
                    let (_, names) = round_of(line, year)?;
                    (names.zh == name).then_some(names.en)
                });
                (round, (what == RETURN).then(|| "return of the round".to_owned()))
            }
            "order" => (None, (what == ANSWER).then(|| "answer to the order".to_owned())),
            _ => (None, None),
        }
    }

    /// Brings what units are told in line with what holds now. Run again it changes nothing.
    pub(crate) async fn tell(&self, day: &Day, now: UtcMs) -> Result<Synced> {
        let rules = &self.follow().rules.escalation;
        let rounds: BTreeMap<String, String> = self
            .rounds(now)
            .await?
            .into_iter()
            .filter(|r| r.row.frozen_at.is_none())
            .map(|r| (r.row.round.code.clone(), r.names.zh))
            .collect();
        let on = day.board.on;
        let late = day.board.late(&day.kept, rules);
        let holding = holding(&late, &day.kept, &rounds, on, rules);
        Ok(self
            .store()
            .sync_plan_notices(&holding, &on.to_string(), now)
            .await?)
    }

    /// What units were told, newest first.
    pub async fn notices(&self, query: &NoticeQuery) -> Result<Paged<NoticeRow>> {
        Ok(self.store().plan_notices(query).await?)
    }

    /// Everything a unit is told now.
    pub async fn told(&self, unit: &UnitCode) -> Result<Vec<NoticeRow>> {
        let mut query = NoticeQuery {
            unit: Some(unit.clone()),
            open: Some(true),
            ..NoticeQuery::default()
        };
        query.page.size = store::limits::PAGE_ROWS;
        Ok(self.store().plan_notices(&query).await?.items)
    }

    /// A notice.
    pub async fn notice(&self, id: i64) -> Result<NoticeRow> {
        let found = self.store().plan_notice(id).await?;
        found.ok_or_else(|| ProgressError::NotFound {
            what: "规划提醒 / notice of the plan",
            name: id.to_string(),
        })
    }

    /// A person has seen a notice; the first one stands.
    pub async fn acknowledge(&self, id: i64, seen: &Seen) -> Result<NoticeRow> {
        Ok(self.store().acknowledge_plan_notice(id, seen).await?)
    }

    /// Days late of a notice on a day, or up to the day it ended.
    pub fn notice_late(row: &NoticeRow, now: UtcMs) -> i64 {
        let end = row.ended.as_ref().and_then(|(day, _)| day.parse().ok());
        let due: Option<Date> = row.notice.due.parse().ok();
        due.map_or(0, |due| days(due, end.unwrap_or_else(|| day_of(now))))
    }
}
