//! Rounds of dispatch (调度轮次): opened once, frozen once, never changed afterwards.

use model::time::UtcMs;
use serde_json::Value;
use sqlx::any::AnyRow;

use super::freeze;
use crate::Store;
use crate::error::StoreError;
use crate::limits;
use crate::rows::{Columns, clean};

/// A round to be opened.
#[derive(Clone, Debug, PartialEq)]
pub struct NewRound {
    /// Its code, e.g. `2023-H2`.
    pub code: String,
    /// Day the figures are of.
    pub as_of: String,
    /// Day it opens.
    pub opens: String,
    /// Last day to file.
    pub due: String,
    /// 演示
    pub demo: bool,
    /// What was asked of whom.
    pub detail: Value,
}

/// A round.
#[derive(Clone, Debug, PartialEq)]
pub struct RoundRow {
    /// What was opened.
    pub round: NewRound,
    /// When.
    pub opened_at: UtcMs,
    /// By whom.
    pub opened_by: String,
    /// When it was frozen.
    pub frozen_at: Option<UtcMs>,
    /// By whom.
    pub frozen_by: Option<String>,
    /// What it was frozen to.
    pub snapshot: Option<String>,
}

const ROUND: &str = "SELECT code, as_of, opens, due, demo, detail, opened_at, opened_by, frozen_at, frozen_by, snapshot \
                     FROM plan_rounds";

impl Store {
    /// Opens a round; `false` where it is open or was frozen already.
    pub async fn open_plan_round(&self, new: &NewRound, by: &str, now: UtcMs) -> Result<bool, StoreError> {
        let mut tx = self.db().write().await?;
        let done = self
            .db()
            .statement(
                "INSERT INTO plan_rounds (code, as_of, opens, due, demo, detail, opened_at, opened_by)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (code) DO NOTHING",
            )
            .bind(clean(&new.code).into_owned())
            .bind(clean(&new.as_of).into_owned())
            .bind(clean(&new.opens).into_owned())
            .bind(clean(&new.due).into_owned())
            .bind(i64::from(new.demo))
            .bind(clean(&new.detail.to_string()).into_owned())
            .bind(now.0)
            .bind(clean(by).into_owned())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// Freezes an open round to a snapshot.
    pub async fn freeze_plan_round(
        &self,
        code: &str,
        body: &str,
        by: &str,
        now: UtcMs,
    ) -> Result<RoundRow, StoreError> {
        let mut tx = self.db().write().await?;
        let found = self
            .db()
            .statement("SELECT frozen_at FROM plan_rounds WHERE code = $1 {lock}")
            .bind(clean(code).into_owned())
            .fetch_optional(&mut *tx)
            .await?
            .ok_or_else(|| StoreError::not_found("调度轮次 / round", code))?;
        if found.opt_time("frozen_at")?.is_some() {
            return Err(StoreError::Conflict {
                what: "调度轮次 / round",
                name: code.to_owned(),
                why: "已冻结,不能更改 / it is frozen and cannot change",
            });
        }
        let snapshot = freeze(self.db(), &mut tx, body, now).await?;
        self.db()
            .statement("UPDATE plan_rounds SET frozen_at = $2, frozen_by = $3, snapshot = $4 WHERE code = $1")
            .bind(clean(code).into_owned())
            .bind(now.0)
            .bind(clean(by).into_owned())
            .bind(snapshot)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        self.plan_round(code)
            .await?
            .ok_or_else(|| StoreError::not_found("调度轮次 / round", code))
    }

    /// A round by code.
    pub async fn plan_round(&self, code: &str) -> Result<Option<RoundRow>, StoreError> {
        let statement = self
            .db()
            .statement(&format!("{ROUND} WHERE code = $1"))
            .bind(clean(code).into_owned());
        self.db().one(statement).await?.as_ref().map(round).transpose()
    }

    /// All rounds, newest first.
    pub async fn plan_rounds(&self) -> Result<Vec<RoundRow>, StoreError> {
        let statement = self.db().statement(&format!(
            "{ROUND} ORDER BY opens DESC, code {{binary}} DESC LIMIT {}",
            limits::PLAN_ROUNDS
        ));
        self.db().all(statement).await?.iter().map(round).collect()
    }
}

fn round(row: &AnyRow) -> Result<RoundRow, StoreError> {
    Ok(RoundRow {
        round: NewRound {
            code: row.text("code")?,
            as_of: row.text("as_of")?,
            opens: row.text("opens")?,
            due: row.text("due")?,
            demo: row.flag("demo")?,
            detail: row.json("detail")?,
        },
        opened_at: row.time("opened_at")?,
        opened_by: row.text("opened_by")?,
        frozen_at: row.opt_time("frozen_at")?,
        frozen_by: row.opt_text("frozen_by")?,
        snapshot: row.opt_text("snapshot")?,
    })
}
