//! Evaluations (评估): made from a frozen snapshot, handed in, published, withdrawn; each time a new version.

use model::ids::EvaluationId;
use model::time::UtcMs;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::any::AnyRow;

use super::freeze;
use crate::Store;
use crate::error::StoreError;
use crate::limits;
use crate::page::Filter;
use crate::rows::{Columns, clean};

/// What became of an evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvaluationState {
    /// 已冻结: made, its report can be read.
    Frozen,
    /// 已报送: handed in to the government.
    HandedIn,
    /// 已公布
    Published,
    /// 已撤回
    Withdrawn,
}

impl EvaluationState {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Frozen, Self::HandedIn, Self::Published, Self::Withdrawn];

    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Frozen => "frozen",
            Self::HandedIn => "handed_in",
            Self::Published => "published",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// By stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }

    /// States from which this one is reached.
    fn after(self) -> &'static [Self] {
        match self {
            Self::Frozen => &[],
            Self::HandedIn => &[Self::Frozen],
            Self::Published => &[Self::HandedIn],
            Self::Withdrawn => &[Self::HandedIn, Self::Published],
        }
    }
}

/// An evaluation to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEvaluation {
    /// `midterm`, `final`, `yearly`, `assessment`; what it is judged by.
    pub kind: String,
    /// Year judged.
    pub year: u16,
    /// Day the data are of.
    pub cutoff: String,
    /// 演示
    pub demo: bool,
    /// What it is judged from: canonical JSON.
    pub snapshot: String,
    /// What a list shows of it.
    pub summary: Value,
}

/// Something that became of an evaluation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// State it came into.
    pub state: EvaluationState,
    /// When.
    pub at: UtcMs,
    /// By whom.
    pub by: String,
    /// To whom, on what grounds.
    pub note: String,
}

/// An evaluation.
#[derive(Clone, Debug, PartialEq)]
pub struct EvaluationRow {
    /// Row.
    pub id: EvaluationId,
    /// What it is judged by.
    pub kind: String,
    /// Year judged.
    pub year: u16,
    /// Version among those of its kind and year, from 1.
    pub version: i64,
    /// Day the data are of.
    pub cutoff: String,
    /// 演示
    pub demo: bool,
    /// Name of its snapshot.
    pub snapshot: String,
    /// What a list shows of it.
    pub summary: Value,
    /// What became of it.
    pub state: EvaluationState,
    /// When it was made.
    pub made_at: UtcMs,
    /// By whom.
    pub made_by: String,
    /// What became of it, oldest first.
    pub events: Vec<Event>,
}

const EVALUATION: &str = "SELECT id, kind, year, version, cutoff, demo, snapshot, summary, state, made_at, made_by, events \
                          FROM plan_evaluations";

impl Store {
    /// Freezes a snapshot and keeps the evaluation made from it as the next version of its kind and year.
    pub async fn put_plan_evaluation(
        &self,
        new: &NewEvaluation,
        by: &str,
        now: UtcMs,
    ) -> Result<EvaluationRow, StoreError> {
        let mut tx = self.db().write().await?;
        let snapshot = freeze(self.db(), &mut tx, &new.snapshot, now).await?;
        let version = self
            .db()
            .statement(
                "SELECT COALESCE(MAX(version), 0) AS n FROM plan_evaluations WHERE kind = $1 AND year = $2",
            )
            .bind(clean(&new.kind).into_owned())
            .bind(i64::from(new.year))
            .fetch_one(&mut *tx)
            .await?
            .int("n")?
            + 1;
        let row = self
            .db()
            .statement(
                "INSERT INTO plan_evaluations (kind, year, version, cutoff, demo, snapshot, summary, state, made_at,
                   made_by, events) VALUES ($1, $2, $3, $4, $5, $6, $7, 'frozen', $8, $9, '[]') RETURNING id",
            )
            .bind(clean(&new.kind).into_owned())
            .bind(i64::from(new.year))
            .bind(version)
            .bind(clean(&new.cutoff).into_owned())
            .bind(i64::from(new.demo))
            .bind(snapshot)
            .bind(clean(&new.summary.to_string()).into_owned())
            .bind(now.0)
            .bind(clean(by).into_owned())
            .fetch_one(&mut *tx)
            .await?;
        tx.commit().await?;
        let id = EvaluationId(row.int("id")?);
        self.plan_evaluation(id)
            .await?
            .ok_or_else(|| StoreError::not_found("评估 / evaluation", id))
    }

    /// Hands in, publishes or withdraws. Publishing withdraws what was published of the same kind and year before.
    pub async fn step_plan_evaluation(
        &self,
        id: EvaluationId,
        to: EvaluationState,
        by: &str,
        note: &str,
        now: UtcMs,
    ) -> Result<EvaluationRow, StoreError> {
        let mut tx = self.db().write().await?;
        let row = self
            .db()
            .statement(&format!("{EVALUATION} WHERE id = $1 {{lock}}"))
            .bind(id.0)
            .fetch_optional(&mut *tx)
            .await?
            .ok_or_else(|| StoreError::not_found("评估 / evaluation", id))?;
        let present = evaluation(&row)?;
        if !to.after().contains(&present.state) {
            return Err(StoreError::Conflict {
                what: "评估 / evaluation",
                name: id.to_string(),
                why: "现状态不允许此操作:先报送,后公布,公布或报送后方可撤回 / its state does not allow that: it is handed in, then published; only then withdrawn",
            });
        }
        if to == EvaluationState::Published {
            let older = self
                .db()
                .statement(&format!(
                    "{EVALUATION} WHERE kind = $1 AND year = $2 AND state = 'published' AND id <> $3"
                ))
                .bind(present.kind.clone())
                .bind(i64::from(present.year))
                .bind(id.0)
                .fetch_all(&mut *tx)
                .await?;
            for row in &older {
                let older = evaluation(row)?;
                let note = format!(
                    "由第 {} 版替代 / replaced by version {}",
                    present.version, present.version
                );
                self.put_step(&mut tx, &older, EvaluationState::Withdrawn, by, &note, now)
                    .await?;
            }
        }
        self.put_step(&mut tx, &present, to, by, note, now).await?;
        tx.commit().await?;
        self.plan_evaluation(id)
            .await?
            .ok_or_else(|| StoreError::not_found("评估 / evaluation", id))
    }

    async fn put_step(
        &self,
        tx: &mut crate::db::Tx,
        row: &EvaluationRow,
        to: EvaluationState,
        by: &str,
        note: &str,
        now: UtcMs,
    ) -> Result<(), StoreError> {
        let mut events = row.events.clone();
        events.push(Event {
            state: to,
            at: now,
            by: by.to_owned(),
            note: note.to_owned(),
        });
        let events = serde_json::to_string(&events).map_err(|_| StoreError::stored("events", row.id))?;
        self.db()
            .statement("UPDATE plan_evaluations SET state = $2, events = $3 WHERE id = $1")
            .bind(row.id.0)
            .bind(to.name())
            .bind(clean(&events).into_owned())
            .execute(&mut **tx)
            .await?;
        Ok(())
    }

    /// An evaluation by row.
    pub async fn plan_evaluation(&self, id: EvaluationId) -> Result<Option<EvaluationRow>, StoreError> {
        let statement = self
            .db()
            .statement(&format!("{EVALUATION} WHERE id = $1"))
            .bind(id.0);
        self.db()
            .one(statement)
            .await?
            .as_ref()
            .map(evaluation)
            .transpose()
    }

    /// Evaluations, newest first; of these kinds and states, of all where none is named.
    pub async fn plan_evaluations(
        &self,
        kinds: &[&str],
        states: &[EvaluationState],
    ) -> Result<Vec<EvaluationRow>, StoreError> {
        let mut filter = Filter::default();
        filter.any_of("kind", kinds.iter().copied());
        filter.any_of("state", states.iter().map(|s| s.name()));
        let select = format!(
            "{EVALUATION} {} ORDER BY id DESC LIMIT {}",
            filter.sql(),
            limits::PLAN_EVALUATIONS
        );
        let rows = self.db().all(filter.bind(self.db().statement(&select))).await?;
        rows.iter().map(evaluation).collect()
    }
}

fn evaluation(row: &AnyRow) -> Result<EvaluationRow, StoreError> {
    let year = row.int("year")?;
    Ok(EvaluationRow {
        id: EvaluationId(row.int("id")?),
        kind: row.text("kind")?,
        year: u16::try_from(year).map_err(|_| StoreError::stored("year", year))?,
        version: row.int("version")?,
        cutoff: row.text("cutoff")?,
        demo: row.flag("demo")?,
        snapshot: row.text("snapshot")?,
        summary: row.json("summary")?,
        state: row.named("state", EvaluationState::from_name)?,
        made_at: row.time("made_at")?,
        made_by: row.text("made_by")?,
        events: row.json("events")?,
    })
}
