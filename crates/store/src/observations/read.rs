//! Reading observations: ranges by bucket-wise seeks, newest values from their own table, revisions, and what was known
//! at an earlier time.

use std::collections::BTreeMap;

use model::ids::{Mn, SeriesId, SubjectId};
use model::observation::{Latest, Observation, Origin, Series, SeriesKey};
use model::time::UtcMs;
use sqlx::any::AnyRow;

use super::series::series;
use crate::Store;
use crate::error::StoreError;
use crate::limits;
use crate::rows::{Cell, Columns, Rows, clean};

/// A value as it stood before, and who replaced it.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    /// The value.
    pub observation: Observation,
    /// When it became known here.
    pub known_at: UtcMs,
    /// When it was replaced; `None` for the one in force.
    pub replaced_at: Option<UtcMs>,
    /// Who replaced it, where it was a person.
    pub author: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

const COLUMNS: &str = "o.series_id, o.time, o.value, o.text, o.flag, o.origin, o.revision";

impl Store {
    /// Observations of a series with `from ≤ time < to`, by time. More than [`limits::RANGE_ROWS`] is an error.
    pub async fn range(
        &self,
        series: &Series,
        from: UtcMs,
        to: UtcMs,
    ) -> Result<Vec<Observation>, StoreError> {
        let mut found = self.read(std::slice::from_ref(series), from, to).await?;
        Ok(found.remove(&series.id).unwrap_or_default())
    }

    /// Observations of several series, in the order of the keys; empty where a series has no value in the range.
    pub async fn ranges(
        &self,
        keys: &[SeriesKey],
        from: UtcMs,
        to: UtcMs,
    ) -> Result<Vec<Vec<Observation>>, StoreError> {
        let series = self.series_by_keys(keys).await?;
        let list: Vec<Series> = series.iter().flatten().cloned().collect();
        let mut found = self.read(&list, from, to).await?;
        Ok(series
            .into_iter()
            .map(|s| s.and_then(|s| found.remove(&s.id)).unwrap_or_default())
            .collect())
    }

    async fn series_by_keys(&self, keys: &[SeriesKey]) -> Result<Vec<Option<Series>>, StoreError> {
        if keys.len() > limits::RANGE_SERIES {
            return Err(StoreError::TooMuch {
                what: "序列 / series",
                given: keys.len() as u64,
                max: limits::RANGE_SERIES as u64,
            });
        }
        let mut rows = Rows::default();
        for key in keys {
            rows.push([
                Cell::from(key.subject.0),
                key.factor.as_str().into(),
                key.grain.name().into(),
                key.statistic.as_str().into(),
            ]);
        }
        let statement = self.db().statement(
            "SELECT s.id, s.subject_id, s.factor, s.grain, s.statistic FROM {rows} {then} series s
             ON s.subject_id = {i:0} AND s.factor = {t:1} AND s.grain = {t:2} AND s.statistic = {t:3}",
        );
        let mut found = BTreeMap::new();
        for row in self.db().all(statement.bind(rows.into_json())).await? {
            let series = series(&row)?;
            found.insert(series.key.clone(), series);
        }
        Ok(keys.iter().map(|key| found.get(key).cloned()).collect())
    }

    async fn read(
        &self,
        list: &[Series],
        from: UtcMs,
        to: UtcMs,
    ) -> Result<BTreeMap<SeriesId, Vec<Observation>>, StoreError> {
        let mut rows = Rows::default();
        for s in list {
            let first = s.key.grain.bucket(from);
            let last = s.key.grain.bucket(UtcMs(to.0.saturating_sub(1)));
            let count = last.saturating_sub(first).saturating_add(1);
            if count > limits::RANGE_BUCKETS {
                return Err(StoreError::TooMuch {
                    what: "时段过长:存储块 / the period is too long: buckets",
                    given: count.unsigned_abs(),
                    max: limits::RANGE_BUCKETS.unsigned_abs(),
                });
            }
            for bucket in first..=last {
                rows.push([Cell::from(bucket), s.id.0.into()]);
            }
        }
        let mut found: BTreeMap<SeriesId, Vec<Observation>> = BTreeMap::new();
        if rows.is_empty() {
            return Ok(found);
        }
        let select = format!(
            "SELECT {COLUMNS} FROM {{rows}} {{then}} observations o
             ON o.bucket = {{i:0}} AND o.series_id = {{i:1}} AND o.time >= $2 AND o.time < $3
             LIMIT {}",
            limits::RANGE_ROWS + 1
        );
        let statement = self
            .db()
            .statement(&select)
            .bind(rows.into_json())
            .bind(from.0)
            .bind(to.0);
        let read = self.db().all(statement).await?;
        if read.len() > limits::RANGE_ROWS {
            return Err(StoreError::TooMuch {
                what: "观测值 / observations",
                given: read.len() as u64,
                max: limits::RANGE_ROWS as u64,
            });
        }
        for row in &read {
            found
                .entry(SeriesId(row.int("series_id")?))
                .or_default()
                .push(observation(row)?);
        }
        for values in found.values_mut() {
            values.sort_unstable_by_key(|o| o.time);
        }
        Ok(found)
    }

    /// Newest value of every series of a subject, by factor, period length and statistic.
    pub async fn latest_of_subject(&self, subject: SubjectId) -> Result<Vec<Latest>, StoreError> {
        let statement = self
            .db()
            .statement(&format!("{LATEST} WHERE s.subject_id = $1 {LATEST_ORDER}"));
        self.db()
            .all(statement.bind(subject.0))
            .await?
            .iter()
            .map(latest)
            .collect()
    }

    /// Newest value of every series of a device's subject.
    pub async fn latest_of_device(&self, mn: &Mn) -> Result<Vec<Latest>, StoreError> {
        let statement = self.db().statement(&format!(
            "{LATEST} JOIN devices d ON d.subject_id = s.subject_id WHERE d.mn = $1 {LATEST_ORDER}"
        ));
        let statement = statement.bind(clean(mn.as_str()).into_owned());
        self.db().all(statement).await?.iter().map(latest).collect()
    }

    /// Newest value of every series of several subjects: for lists and the map.
    pub async fn latest_of_subjects(&self, subjects: &[SubjectId]) -> Result<Vec<Latest>, StoreError> {
        let mut rows = Rows::default();
        let mut subjects = subjects.to_vec();
        subjects.sort_unstable();
        subjects.dedup();
        for subject in subjects {
            rows.push([Cell::from(subject.0)]);
        }
        let statement = self.db().statement(&format!(
            "{LATEST} WHERE s.subject_id IN (SELECT {{i:0}} FROM {{rows}}) {LATEST_ORDER}"
        ));
        self.db()
            .all(statement.bind(rows.into_json()))
            .await?
            .iter()
            .map(latest)
            .collect()
    }

    /// Every value a series ever had at a time, oldest first; the last one is in force.
    pub async fn revisions(&self, series: &Series, time: UtcMs) -> Result<Vec<Revision>, StoreError> {
        let statement = self.db().statement(
            "SELECT time, value, text, flag, origin, revision, known_at, replaced_at, author, reason FROM revisions
             WHERE series_id = $1 AND time = $2
             UNION ALL
             SELECT time, value, text, flag, origin, revision, known_at, NULL, NULL, NULL FROM observations
             WHERE bucket = $3 AND series_id = $1 AND time = $2
             ORDER BY revision",
        );
        let bucket = series.key.grain.bucket(time);
        let rows = self
            .db()
            .all(statement.bind(series.id.0).bind(time.0).bind(bucket))
            .await?;
        rows.iter().map(revision).collect()
    }

    /// A range as it was known at an earlier time: values that came later are absent, values that were replaced later
    /// are as they stood.
    pub async fn range_as_known(
        &self,
        series: &Series,
        from: UtcMs,
        to: UtcMs,
        known: UtcMs,
    ) -> Result<Vec<Observation>, StoreError> {
        let statement = self.db().statement(
            "SELECT time, value, text, flag, origin, revision FROM revisions
             WHERE series_id = $1 AND time >= $2 AND time < $3 AND known_at <= $4 ORDER BY time, revision",
        );
        let statement = statement.bind(series.id.0).bind(from.0).bind(to.0).bind(known.0);
        let mut then: BTreeMap<UtcMs, Observation> = BTreeMap::new();
        for row in self.db().all(statement).await? {
            let old = observation(&row)?;
            then.insert(old.time, old);
        }
        let late = self.db().statement(
            "SELECT time FROM {rows} {then} observations o
             ON o.bucket = {i:0} AND o.series_id = $2 AND o.time >= $3 AND o.time < $4 AND o.known_at > $5",
        );
        let present = self.range(series, from, to).await?;
        let mut buckets = Rows::default();
        let mut seen = std::collections::BTreeSet::new();
        for o in &present {
            if seen.insert(series.key.grain.bucket(o.time)) {
                buckets.push([Cell::from(series.key.grain.bucket(o.time))]);
            }
        }
        let late = late
            .bind(buckets.into_json())
            .bind(series.id.0)
            .bind(from.0)
            .bind(to.0)
            .bind(known.0);
        let mut unknown = std::collections::BTreeSet::new();
        for row in self.db().all(late).await? {
            unknown.insert(row.time("time")?);
        }
        then.extend(
            present
                .into_iter()
                .filter(|o| !unknown.contains(&o.time))
                .map(|o| (o.time, o)),
        );
        Ok(then.into_values().collect())
    }
}

const LATEST: &str = "
SELECT s.id, s.subject_id, s.factor, s.grain, s.statistic, l.time, l.value, l.text, l.flag, l.origin, l.revision
FROM series s JOIN latest l ON l.series_id = s.id";
const LATEST_ORDER: &str = "ORDER BY s.subject_id, s.factor {binary}, s.grain {binary}, s.statistic {binary}";

pub(crate) fn observation(row: &AnyRow) -> Result<Observation, StoreError> {
    let revision = row.int("revision")?;
    Ok(Observation {
        time: row.time("time")?,
        value: row.decimal("value")?,
        text: row.opt_text("text")?,
        flag: row.opt_text("flag")?,
        origin: row.named("origin", Origin::from_letter)?,
        revision: i32::try_from(revision).map_err(|_| StoreError::stored("revision", revision))?,
    })
}

fn latest(row: &AnyRow) -> Result<Latest, StoreError> {
    Ok(Latest {
        series: series(row)?,
        observation: observation(row)?,
    })
}

fn revision(row: &AnyRow) -> Result<Revision, StoreError> {
    Ok(Revision {
        observation: observation(row)?,
        known_at: row.time("known_at")?,
        replaced_at: row.opt_time("replaced_at")?,
        author: row.opt_text("author")?,
        reason: row.opt_text("reason")?,
    })
}
