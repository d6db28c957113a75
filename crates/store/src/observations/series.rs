//! Series: made when their first value comes, remembered in memory, listed by subject.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use model::ids::{Factor, SeriesId, SubjectId};
use model::observation::{Series, SeriesKey, Statistic};
use model::time::Grain;
use sqlx::any::AnyRow;

use crate::Store;
use crate::db::Tx;
use crate::error::StoreError;
use crate::limits;
use crate::rows::{Cell, Columns, Rows, clean};

/// Rows of series by key. Rows never change, so whatever is remembered stays true.
#[derive(Debug, Default)]
pub(crate) struct SeriesMemory(Mutex<HashMap<SeriesKey, SeriesId>>);

/// Which series.
#[derive(Clone, Debug, Default)]
pub struct SeriesQuery {
    /// Of which subject or what belongs to it.
    pub subject: Option<SubjectId>,
    /// Of which factor.
    pub factor: Option<Factor>,
    /// Of which period length.
    pub grain: Option<Grain>,
}

/// Series learnt in a transaction; true only once it is committed.
pub(crate) type Learnt = HashMap<SeriesKey, SeriesId>;

/// Remembers what a committed transaction has learnt.
pub(crate) fn learn(store: &Store, learnt: Learnt) {
    let mut memory = store
        .series_memory()
        .0
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    if memory.len() + learnt.len() > limits::SERIES_REMEMBERED {
        memory.clear();
    }
    memory.extend(learnt);
}

/// Rows of series in the order given; unknown ones are made.
pub(crate) async fn resolve(
    store: &Store,
    tx: &mut Tx,
    keys: &[SeriesKey],
) -> Result<(Vec<SeriesId>, Learnt), StoreError> {
    let mut unknown = Vec::new();
    let mut found = HashMap::new();
    {
        let memory = store
            .series_memory()
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for key in keys {
            match memory.get(key) {
                Some(id) => {
                    found.insert(key, *id);
                }
                None => unknown.push(key),
            }
        }
    }
    unknown.sort_unstable();
    unknown.dedup();
    let mut learnt = Learnt::new();
    if !unknown.is_empty() {
        let mut rows = Rows::default();
        for key in &unknown {
            rows.push([
                Cell::from(key.subject.0),
                key.factor.as_str().into(),
                key.grain.name().into(),
                key.statistic.as_str().into(),
            ]);
        }
        let rows = rows.into_json();
        let db = store.db();
        db.statement(
            "INSERT INTO series (subject_id, factor, grain, statistic) SELECT {i:0}, {t:1}, {t:2}, {t:3} FROM {rows}
             WHERE true ON CONFLICT (subject_id, factor, grain, statistic) DO NOTHING",
        )
        .bind(rows.clone())
        .execute(&mut **tx)
        .await?;
        let made = db
            .statement(
                "SELECT s.id, s.subject_id, s.factor, s.grain, s.statistic FROM {rows} JOIN series s
                 ON s.subject_id = {i:0} AND s.factor = {t:1} AND s.grain = {t:2} AND s.statistic = {t:3}",
            )
            .bind(rows)
            .fetch_all(&mut **tx)
            .await?;
        for row in &made {
            let Series { id, key } = series(row)?;
            learnt.insert(key, id);
        }
    }
    let ids = keys
        .iter()
        .map(|key| {
            found
                .get(key)
                .or_else(|| learnt.get(key))
                .copied()
                .ok_or_else(|| {
                    StoreError::not_found("序列 / series", format!("{} {}", key.subject, key.factor))
                })
        })
        .collect::<Result<_, _>>()?;
    Ok((ids, learnt))
}

impl Store {
    /// A series by row.
    pub async fn series(&self, id: SeriesId) -> Result<Option<Series>, StoreError> {
        let statement = self
            .db()
            .statement("SELECT id, subject_id, factor, grain, statistic FROM series WHERE id = $1")
            .bind(id.0);
        self.db().one(statement).await?.as_ref().map(series).transpose()
    }

    /// A series by key, if it has ever had a value.
    pub async fn series_by_key(&self, key: &SeriesKey) -> Result<Option<Series>, StoreError> {
        let statement = self.db().statement(
            "SELECT id, subject_id, factor, grain, statistic FROM series
             WHERE subject_id = $1 AND factor = $2 AND grain = $3 AND statistic = $4",
        );
        let statement = statement
            .bind(key.subject.0)
            .bind(clean(key.factor.as_str()).into_owned())
            .bind(key.grain.name())
            .bind(clean(key.statistic.as_str()).into_owned());
        self.db().one(statement).await?.as_ref().map(series).transpose()
    }

    /// Series of a filter, by subject, factor, period length and statistic.
    pub async fn list_series(&self, query: &SeriesQuery) -> Result<Vec<Series>, StoreError> {
        let mut filter = crate::page::Filter::default();
        if let Some(subject) = query.subject {
            filter.int("(s.id = {p} OR s.parent_id = {p})", subject.0);
        }
        if let Some(factor) = &query.factor {
            filter.text("x.factor = {p}", factor.as_str());
        }
        if let Some(grain) = query.grain {
            filter.text("x.grain = {p}", grain.name());
        }
        let select = format!(
            "SELECT x.id, x.subject_id, x.factor, x.grain, x.statistic
             FROM series x JOIN subjects s ON s.id = x.subject_id {}
             ORDER BY x.subject_id, x.factor {{binary}}, x.grain {{binary}}, x.statistic {{binary}} LIMIT {}",
            filter.sql(),
            limits::RANGE_ROWS
        );
        self.db()
            .all(filter.bind(self.db().statement(&select)))
            .await?
            .iter()
            .map(series)
            .collect()
    }
}

pub(crate) fn series(row: &AnyRow) -> Result<Series, StoreError> {
    Ok(Series {
        id: SeriesId(row.int("id")?),
        key: SeriesKey {
            subject: SubjectId(row.int("subject_id")?),
            factor: Factor(row.text("factor")?),
            grain: row.named("grain", Grain::from_name)?,
            statistic: statistic(row.text("statistic")?),
        },
    })
}

fn statistic(text: String) -> Statistic {
    Statistic(text.into())
}
