//! Periods due for evaluation (待计算时段): marked in the transaction that changes their inputs, taken in order of grain
//! and time, and done only if nothing marked them again meanwhile. One evaluating worker is assumed.

use std::collections::BTreeSet;

use model::ids::SubjectId;
use model::observation::Origin;
use model::time::{Grain, UtcMs};

use crate::Store;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::limits;
use crate::rows::{Cell, Columns, Rows};

/// A period of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DuePeriod {
    /// Length.
    pub grain: Grain,
    /// Start.
    pub start: UtcMs,
    /// Of which subject.
    pub subject: SubjectId,
}

/// A period taken for evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Which.
    pub period: DuePeriod,
    marks: i64,
}

fn rank(grain: Grain) -> i64 {
    Grain::ALL
        .iter()
        .zip(0..)
        .find(|(g, _)| **g == grain)
        .map_or(0, |(_, n)| n)
}

fn from_rank(rank: i64) -> Option<Grain> {
    usize::try_from(rank)
        .ok()
        .and_then(|n| Grain::ALL.get(n))
        .copied()
}

/// Which periods a changed value makes due: the one it belongs to and the next longer one. A derived value is itself
/// the result of evaluating its period, so it only reaches the next one.
pub(crate) fn marks(grain: Grain, origin: Origin, time: UtcMs) -> impl Iterator<Item = (Grain, UtcMs)> {
    let (own, longer) = match grain {
        Grain::Realtime | Grain::Minute => (None, Some(Grain::Hour)),
        Grain::Hour => (Some(Grain::Hour), Some(Grain::Day)),
        Grain::Day => (Some(Grain::Day), Some(Grain::Month)),
        Grain::Month => (Some(Grain::Month), Some(Grain::Year)),
        Grain::Year => (Some(Grain::Year), None),
    };
    let own = own.filter(|_| origin != Origin::Derived);
    own.into_iter()
        .chain(longer)
        .filter_map(move |g| Some((g, g.start(time)?)))
}

impl Store {
    /// Periods of one length that are due and began before `before`, oldest first. They stay due until
    /// [`Store::done`].
    pub async fn take_dirty(
        &self,
        grain: Grain,
        before: UtcMs,
        limit: i64,
    ) -> Result<Vec<Taken>, StoreError> {
        let statement = self.db().statement(
            "SELECT grain, start, subject_id, marks FROM dirty WHERE grain = $1 AND start < $2
             ORDER BY start, subject_id LIMIT $3",
        );
        let limit = limit.clamp(1, limits::DIRTY_TAKEN);
        let rows = self
            .db()
            .all(statement.bind(rank(grain)).bind(before.0).bind(limit))
            .await?;
        rows.iter()
            .map(|row| {
                let n = row.int("grain")?;
                Ok(Taken {
                    period: DuePeriod {
                        grain: from_rank(n).ok_or_else(|| StoreError::stored("grain", n))?,
                        start: row.time("start")?,
                        subject: SubjectId(row.int("subject_id")?),
                    },
                    marks: row.int("marks")?,
                })
            })
            .collect()
    }

    /// Takes evaluated periods off, except those that were marked again since they were taken.
    pub async fn done(&self, taken: &[Taken]) -> Result<(), StoreError> {
        if taken.is_empty() {
            return Ok(());
        }
        let mut rows = Rows::default();
        for t in taken {
            let period = t.period;
            rows.push([
                Cell::from(rank(period.grain)),
                period.start.into(),
                period.subject.0.into(),
                t.marks.into(),
            ]);
        }
        let mut tx = self.db().write().await?;
        self.db()
            .statement(
                "DELETE FROM dirty WHERE (grain, start, subject_id, marks) IN
                   (SELECT {i:0}, {i:1}, {i:2}, {i:3} FROM {rows})",
            )
            .bind(rows.into_json())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Marks periods by hand: recomputation under another edition, a changed limit.
    pub async fn mark_dirty(&self, periods: &[DuePeriod]) -> Result<(), StoreError> {
        let mut tx = self.db().write().await?;
        mark(self.db(), &mut tx, &periods.iter().copied().collect()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// How many periods are due.
    pub async fn count_dirty(&self) -> Result<i64, StoreError> {
        self.db()
            .count(self.db().statement("SELECT COUNT(*) AS n FROM dirty"))
            .await
    }
}

pub(crate) async fn mark(db: &Db, tx: &mut Tx, periods: &BTreeSet<DuePeriod>) -> Result<(), StoreError> {
    if periods.is_empty() {
        return Ok(());
    }
    let mut rows = Rows::default();
    for p in periods {
        rows.push([Cell::from(rank(p.grain)), p.start.into(), p.subject.0.into()]);
    }
    db.statement(
        "INSERT INTO dirty (grain, start, subject_id, marks) SELECT {i:0}, {i:1}, {i:2}, 1 FROM {rows} WHERE true
         ON CONFLICT (grain, start, subject_id) DO UPDATE SET marks = dirty.marks + 1",
    )
    .bind(rows.into_json())
    .execute(&mut **tx)
    .await?;
    Ok(())
}
