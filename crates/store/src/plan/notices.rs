//! What units have to be told of the plan (提醒、黄牌、督办、约谈): kept once for each event, ended when the matter is settled or
//! has gone on to the next level, acknowledged by a person of the unit.

use std::collections::{BTreeMap, BTreeSet};

use model::ids::{UnitCode, UserId};
use model::time::UtcMs;
use sha2::{Digest as _, Sha256};
use sqlx::any::AnyRow;

use crate::Store;
use crate::error::StoreError;
use crate::limits;
use crate::page::{Filter, Page, Paged};
use crate::rows::{Cell, Columns, Rows, clean, hex};

/// Something a unit has to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewNotice {
    /// `remind`, `yellow`, `order`, `interview`
    pub level: String,
    /// What tells it from the notices before it: `remind-7`, `yellow`, …
    pub stage: String,
    /// Who is told.
    pub unit: UnitCode,
    /// `task`, `project`, `return`, `order`
    pub about: String,
    /// Task or record.
    pub subject: String,
    /// Its name.
    pub name: String,
    /// What is due.
    pub what: String,
    /// Due.
    pub due: String,
}

impl NewNotice {
    /// Name of the matter, whatever its level.
    fn item(&self) -> String {
        sum(&[
            &self.about,
            &self.subject,
            &self.what,
            &self.due,
            self.unit.as_str(),
        ])
    }

    /// Name of the event.
    fn event(&self) -> String {
        sum(&[&self.item(), &self.stage])
    }
}

fn sum(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(clean(part).as_bytes());
        digest.update([0]);
    }
    hex(&digest.finalize())
}

/// Who acknowledged a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// When.
    pub at: UtcMs,
    /// Who.
    pub by: UserId,
    /// Name at the time.
    pub by_name: String,
    /// What they said to it.
    pub note: String,
}

/// A notice as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeRow {
    /// Row.
    pub id: i64,
    /// What the unit is told.
    pub notice: NewNotice,
    /// Day it came.
    pub raised_on: String,
    /// The instant.
    pub raised_at: UtcMs,
    /// Day it was over, and why: `settled`, `passed_on`.
    pub ended: Option<(String, String)>,
    /// Who acknowledged it.
    pub seen: Option<Seen>,
}

/// What became of the notices in a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Synced {
    /// New ones, and those that hold again.
    pub raised: u64,
    /// Ended ones.
    pub ended: u64,
}

/// Which notices.
#[derive(Clone, Debug, Default)]
pub struct NoticeQuery {
    /// Only those of a unit.
    pub unit: Option<UnitCode>,
    /// Only of these levels; all where empty.
    pub levels: Vec<String>,
    /// Still holding, or over; both when absent.
    pub open: Option<bool>,
    /// Acknowledged or not; both when absent.
    pub seen: Option<bool>,
    /// Part of the list.
    pub page: Page,
}

const NOTICE: &str = "SELECT id, level, stage, unit, about, subject, name, what, due, raised_on, raised_at, ended_on, ended, \
                      seen_at, seen_by, seen_by_name, note FROM plan_notices";

impl Store {
    /// Brings the notices in line with what holds on a day, all at once: what is new is raised, what no longer holds is ended.
    /// An event that is there already stays as it is; one that had ended and holds again is open again, unacknowledged.
    pub async fn sync_plan_notices(
        &self,
        holding: &[NewNotice],
        day: &str,
        now: UtcMs,
    ) -> Result<Synced, StoreError> {
        if holding.len() > limits::PLAN_NOTICES {
            return Err(StoreError::TooMuch {
                what: "规划提醒 / notices of the plan",
                given: holding.len() as u64,
                max: limits::PLAN_NOTICES as u64,
            });
        }
        let mut out = Synced::default();
        let mut tx = self.db().write().await?;
        let mut events: BTreeMap<String, &NewNotice> = BTreeMap::new();
        let mut items: BTreeSet<String> = BTreeSet::new();
        for notice in holding {
            items.insert(notice.item());
            events.insert(notice.event(), notice);
        }
        let all: Vec<(&String, &&NewNotice)> = events.iter().collect();
        for batch in all.chunks(limits::RECORD_BATCH) {
            let mut rows = Rows::default();
            for (event, n) in batch {
                let item = n.item();
                rows.push([
                    Cell::from(event.as_str()),
                    (&item).into(),
                    (&n.level).into(),
                    (&n.stage).into(),
                    n.unit.as_str().into(),
                    (&n.about).into(),
                    (&n.subject).into(),
                    (&n.name).into(),
                    (&n.what).into(),
                    (&n.due).into(),
                ]);
            }
            let done = self
                .db()
                .statement(
                    "INSERT INTO plan_notices
                       (event, item, level, stage, unit, about, subject, name, what, due, raised_on, raised_at)
                     SELECT {t:0}, {t:1}, {t:2}, {t:3}, {t:4}, {t:5}, {t:6}, {t:7}, {t:8}, {t:9},
                       CAST($2 AS TEXT), CAST($3 AS BIGINT)
                     FROM {rows} WHERE true
                     ON CONFLICT (event) DO UPDATE SET ended_on = NULL, ended = NULL, seen_at = NULL, seen_by = NULL,
                       seen_by_name = NULL, note = NULL
                     WHERE plan_notices.ended_on IS NOT NULL",
                )
                .bind(rows.into_json())
                .bind(clean(day).into_owned())
                .bind(now.0)
                .execute(&mut *tx)
                .await?;
            out.raised += done.rows_affected();
        }
        let open = self
            .db()
            .statement("SELECT id, event, item FROM plan_notices WHERE ended_on IS NULL ORDER BY id")
            .fetch_all(&mut *tx)
            .await?;
        let (mut settled, mut passed_on) = (Vec::new(), Vec::new());
        for row in &open {
            if events.contains_key(&row.text("event")?) {
                continue;
            }
            let over = if items.contains(&row.text("item")?) {
                &mut passed_on
            } else {
                &mut settled
            };
            over.push(row.int("id")?);
        }
        for (ids, why) in [(settled, "settled"), (passed_on, "passed_on")] {
            for batch in ids.chunks(limits::RECORD_BATCH) {
                let mut rows = Rows::default();
                for id in batch {
                    rows.push([Cell::from(*id)]);
                }
                self.db()
                    .statement(
                        "UPDATE plan_notices SET ended_on = $2, ended = $3 WHERE id IN (SELECT {i:0} FROM {rows})",
                    )
                    .bind(rows.into_json())
                    .bind(clean(day).into_owned())
                    .bind(why.to_owned())
                    .execute(&mut *tx)
                    .await?;
                out.ended += batch.len() as u64;
            }
        }
        tx.commit().await?;
        Ok(out)
    }

    /// Notices, newest first.
    pub async fn plan_notices(&self, query: &NoticeQuery) -> Result<Paged<NoticeRow>, StoreError> {
        let mut filter = Filter::default();
        if let Some(unit) = &query.unit {
            filter.text("unit = {p}", unit.as_str());
        }
        filter.any_of("level", query.levels.iter().map(String::as_str));
        match query.open {
            Some(true) => filter.plain("ended_on IS NULL"),
            Some(false) => filter.plain("ended_on IS NOT NULL"),
            None => {}
        }
        match query.seen {
            Some(true) => filter.plain("seen_at IS NOT NULL"),
            Some(false) => filter.plain("seen_at IS NULL"),
            None => {}
        }
        let count = filter.bind(self.db().statement(&format!(
            "SELECT COUNT(*) AS n FROM plan_notices {}",
            filter.sql()
        )));
        let total = match self.db().one(count).await? {
            Some(row) => row.int("n")?,
            None => 0,
        };
        let list = filter.bind(self.db().statement(&format!(
            "{NOTICE} {} ORDER BY raised_at DESC, id DESC LIMIT {} OFFSET {}",
            filter.sql(),
            query.page.limit(),
            query.page.offset()
        )));
        let items = self.db().all(list).await?;
        Ok(Paged {
            items: items.iter().map(notice).collect::<Result<_, _>>()?,
            total,
        })
    }

    /// A notice.
    pub async fn plan_notice(&self, id: i64) -> Result<Option<NoticeRow>, StoreError> {
        let statement = self.db().statement(&format!("{NOTICE} WHERE id = $1")).bind(id);
        self.db().one(statement).await?.as_ref().map(notice).transpose()
    }

    /// 确认: a person of the unit has seen it. The first one stands; a second time changes nothing.
    pub async fn acknowledge_plan_notice(&self, id: i64, seen: &Seen) -> Result<NoticeRow, StoreError> {
        let mut tx = self.db().write().await?;
        self.db()
            .statement(
                "UPDATE plan_notices SET seen_at = $2, seen_by = $3, seen_by_name = $4, note = $5
                 WHERE id = $1 AND seen_at IS NULL",
            )
            .bind(id)
            .bind(seen.at.0)
            .bind(seen.by.0)
            .bind(clean(&seen.by_name).into_owned())
            .bind(clean(&seen.note).into_owned())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        self.plan_notice(id)
            .await?
            .ok_or_else(|| StoreError::not_found("规划提醒 / notice of the plan", id))
    }
}

fn notice(row: &AnyRow) -> Result<NoticeRow, StoreError> {
    let seen = match (row.opt_time("seen_at")?, row.opt_int("seen_by")?) {
        (Some(at), Some(by)) => Some(Seen {
            at,
            by: UserId(by),
            by_name: row.opt_text("seen_by_name")?.unwrap_or_default(),
            note: row.opt_text("note")?.unwrap_or_default(),
        }),
        _ => None,
    };
    Ok(NoticeRow {
        id: row.int("id")?,
        notice: NewNotice {
            level: row.text("level")?,
            stage: row.text("stage")?,
            unit: UnitCode(row.text("unit")?),
            about: row.text("about")?,
            subject: row.text("subject")?,
            name: row.text("name")?,
            what: row.text("what")?,
            due: row.text("due")?,
        },
        raised_on: row.text("raised_on")?,
        raised_at: row.time("raised_at")?,
        ended: row.opt_text("ended_on")?.zip(row.opt_text("ended")?),
        seen,
    })
}
