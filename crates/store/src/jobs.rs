//! Jobs (后台任务): put into a queue in a transaction, leased by a worker, tried again with growing pauses, given up visibly.

use model::ids::JobId;
use model::time::UtcMs;
use serde_json::Value;
use sqlx::any::AnyRow;

use crate::Store;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::limits;
use crate::rows::{Columns, clean};

/// A job to be done.
#[derive(Clone, Debug, PartialEq)]
pub struct NewJob {
    /// What to do.
    pub kind: String,
    /// With what.
    pub payload: Value,
    /// Not before.
    pub run_at: UtcMs,
    /// While a job of the kind with this key waits, no second one is made.
    pub dedup: Option<String>,
}

/// A job taken by a worker.
#[derive(Clone, Debug, PartialEq)]
pub struct Lease {
    /// Row.
    pub id: JobId,
    /// What to do.
    pub kind: String,
    /// With what.
    pub payload: Value,
    /// Attempts so far, this one included.
    pub attempts: i64,
    lease: i64,
}

/// Jobs by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JobCounts {
    /// Waiting for their time or a worker.
    pub waiting: i64,
    /// Taken.
    pub running: i64,
    /// Given up.
    pub dead: i64,
}

impl Store {
    /// Puts a job into the queue; `None` where an equal one waits already.
    pub async fn enqueue(&self, job: &NewJob, at: UtcMs) -> Result<Option<JobId>, StoreError> {
        let mut tx = self.db().write().await?;
        let id = enqueue_in(self.db(), &mut tx, job, at).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Takes the job that is due first among `kinds`. If the worker is not heard of again within `lease_ms`, the job is
    /// handed out anew; the old worker's report then changes nothing.
    pub async fn take_job(
        &self,
        kinds: &[&str],
        now: UtcMs,
        lease_ms: i64,
    ) -> Result<Option<Lease>, StoreError> {
        let mut filter = crate::page::Filter::default();
        filter.int("run_at <= {p}", now.0);
        filter.plain("state IN ('waiting', 'running')");
        filter.any_of("kind", kinds.iter().copied());
        let select = format!(
            "SELECT id FROM jobs {} ORDER BY run_at, id LIMIT 1 {{lock}}",
            filter.sql()
        );
        let mut tx = self.db().write().await?;
        let found = filter
            .bind(self.db().statement(&select))
            .fetch_optional(&mut *tx)
            .await?;
        let Some(id) = found.map(|row| row.int("id")).transpose()? else {
            return Ok(None);
        };
        // A taken job comes due again when its lease ends.
        let row = self
            .db()
            .statement(
                "UPDATE jobs SET state = 'running', attempts = attempts + 1, leases = leases + 1, run_at = $2
                 WHERE id = $1 RETURNING id, kind, payload, attempts, leases",
            )
            .bind(id)
            .bind(now.0.saturating_add(lease_ms.max(0)))
            .fetch_one(&mut *tx)
            .await?;
        let lease = lease(&row)?;
        if lease.attempts > limits::JOB_ATTEMPTS {
            // Its workers died without a word, again and again.
            bury(self.db(), &mut tx, id, "反复中断 / its workers never finished").await?;
            tx.commit().await?;
            return Ok(None);
        }
        tx.commit().await?;
        Ok(Some(lease))
    }

    /// Reports a job as done. `false`: the lease had ended and somebody else has it.
    pub async fn finish_job(&self, lease: &Lease) -> Result<bool, StoreError> {
        let mut tx = self.db().write().await?;
        let done = self
            .db()
            .statement("DELETE FROM jobs WHERE id = $1 AND leases = $2 AND state = 'running'")
            .bind(lease.id.0)
            .bind(lease.lease)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// Reports a job as failed: it is tried again after a pause, or given up after [`limits::JOB_ATTEMPTS`].
    pub async fn fail_job(&self, lease: &Lease, error: &str, now: UtcMs) -> Result<(), StoreError> {
        let mut tx = self.db().write().await?;
        let held = self
            .db()
            .statement("SELECT dedup, kind FROM jobs WHERE id = $1 AND leases = $2 AND state = 'running'")
            .bind(lease.id.0)
            .bind(lease.lease)
            .fetch_optional(&mut *tx)
            .await?;
        let Some(row) = held else { return Ok(()) };
        if lease.attempts >= limits::JOB_ATTEMPTS {
            bury(self.db(), &mut tx, lease.id.0, error).await?;
        } else {
            // An equal job that came meanwhile waits in its own right; this one then has no need of the key.
            let equal = self
                .db()
                .statement("SELECT id FROM jobs WHERE kind = $1 AND dedup = $2 AND state = 'waiting'")
                .bind(row.text("kind")?)
                .bind(row.opt_text("dedup")?)
                .fetch_optional(&mut *tx)
                .await?;
            let dedup = row.opt_text("dedup")?.filter(|_| equal.is_none());
            self.db()
                .statement(
                    "UPDATE jobs SET state = 'waiting', run_at = $2, error = $3, dedup = $4 WHERE id = $1",
                )
                .bind(lease.id.0)
                .bind(now.0.saturating_add(pause_ms(lease.attempts)))
                .bind(clean(error).into_owned())
                .bind(dedup)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// How many jobs wait, run and were given up.
    pub async fn count_jobs(&self) -> Result<JobCounts, StoreError> {
        let statement = self
            .db()
            .statement("SELECT state, COUNT(*) AS n FROM jobs GROUP BY state");
        let mut counts = JobCounts::default();
        for row in self.db().all(statement).await? {
            let n = row.int("n")?;
            match row.text("state")?.as_str() {
                "waiting" => counts.waiting = n,
                "running" => counts.running = n,
                _ => counts.dead += n,
            }
        }
        Ok(counts)
    }
}

/// Pause before the next attempt, ms.
fn pause_ms(attempts: i64) -> i64 {
    let doublings = u32::try_from(attempts.saturating_sub(1).clamp(0, 30)).unwrap_or(0);
    limits::JOB_BACKOFF_MS
        .saturating_mul(1 << doublings)
        .min(limits::JOB_BACKOFF_MAX_MS)
}

async fn bury(db: &Db, tx: &mut Tx, id: i64, error: &str) -> Result<(), StoreError> {
    db.statement("UPDATE jobs SET state = 'dead', error = $2 WHERE id = $1")
        .bind(id)
        .bind(clean(error).into_owned())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Puts a job into the queue as part of a transaction.
pub(crate) async fn enqueue_in(
    db: &Db,
    tx: &mut Tx,
    job: &NewJob,
    at: UtcMs,
) -> Result<Option<JobId>, StoreError> {
    let row = db
        .statement(
            "INSERT INTO jobs (kind, dedup, payload, state, run_at, attempts, leases, created_at)
             VALUES ($1, $2, $3, 'waiting', $4, 0, 0, $5) ON CONFLICT DO NOTHING RETURNING id",
        )
        .bind(clean(&job.kind).into_owned())
        .bind(job.dedup.as_ref().map(|d| clean(d).into_owned()))
        .bind(job.payload.to_string())
        .bind(job.run_at.0)
        .bind(at.0)
        .fetch_optional(&mut **tx)
        .await?;
    row.map(|r| r.int("id").map(JobId)).transpose()
}

fn lease(row: &AnyRow) -> Result<Lease, StoreError> {
    Ok(Lease {
        id: JobId(row.int("id")?),
        kind: row.text("kind")?,
        payload: row.json("payload")?,
        attempts: row.int("attempts")?,
        lease: row.int("leases")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_six_hours() {
        assert_eq!([1, 2, 3].map(pause_ms), [10_000, 20_000, 40_000]);
        assert_eq!(pause_ms(40), limits::JOB_BACKOFF_MAX_MS);
        let all: i64 = (1..limits::JOB_ATTEMPTS).map(pause_ms).sum();
        assert!((12..36).contains(&(all / 3_600_000)), "about a day, not {all} ms");
    }
}
