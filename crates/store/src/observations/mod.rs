//! Observations (监测值): written with revisions, read by series and time; newest values in one step.

mod merge;
mod read;
mod series;
mod write;

use model::observation::{Observation, Origin, Series, SeriesKey};
use model::time::UtcMs;

pub use read::Revision;
pub use series::SeriesQuery;
pub(crate) use series::{SeriesMemory, learn, resolve};
pub(crate) use write::{Incoming, write};

use crate::Store;
use crate::error::StoreError;
use crate::limits;
use crate::rows::scrub;

/// A value to be put, for a series that need not exist yet.
#[derive(Clone, Debug, PartialEq)]
pub struct NewObservation {
    /// Of which series.
    pub series: SeriesKey,
    /// Start of the period, or the moment for real time.
    pub time: UtcMs,
    /// The number; `None` where there is none, which is never zero.
    pub value: Option<rust_decimal::Decimal>,
    /// Text where the field is text.
    pub text: Option<String>,
    /// Flag.
    pub flag: Option<String>,
}

/// A value that became visible or different.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Which series.
    pub series: Series,
    /// What stands there now; revision 1 means it is new.
    pub observation: Observation,
}

/// What putting values led to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Written {
    /// Values where none had been.
    pub inserted: u64,
    /// Values that differed; the old ones are revisions now.
    pub replaced: u64,
    /// Values that stood there already.
    pub unchanged: u64,
    /// Values that did not take the place of one that counts more.
    pub overruled: u64,
    /// All inserted and replaced values, each series and time once, in order of arrival.
    pub changes: Vec<Change>,
}

/// Who changes values, and why.
#[derive(Clone, Copy, Debug)]
pub struct Authorship<'a> {
    /// Name shown; `None` for the program itself.
    pub author: Option<&'a str>,
    /// Reason shown.
    pub reason: Option<&'a str>,
    /// When.
    pub at: UtcMs,
}

impl Store {
    /// Puts values computed from finer ones. They never replace sent, imported or corrected ones. Longer periods
    /// become due where something changed.
    pub async fn put_derived(&self, values: Vec<NewObservation>, at: UtcMs) -> Result<Written, StoreError> {
        self.put(
            values,
            Origin::Derived,
            Authorship {
                author: None,
                reason: None,
                at,
            },
        )
        .await
    }

    /// Puts values read from a file; all or none.
    pub async fn put_imported(
        &self,
        values: Vec<NewObservation>,
        by: Authorship<'_>,
    ) -> Result<Written, StoreError> {
        self.put(values, Origin::Imported, by).await
    }

    /// Puts a person's correction. The old value stays readable as a revision with author and reason.
    pub async fn correct(
        &self,
        value: NewObservation,
        author: &str,
        reason: &str,
        at: UtcMs,
    ) -> Result<Written, StoreError> {
        let by = Authorship {
            author: Some(author),
            reason: Some(reason),
            at,
        };
        self.put(vec![value], Origin::Corrected, by).await
    }

    async fn put(
        &self,
        mut values: Vec<NewObservation>,
        origin: Origin,
        by: Authorship<'_>,
    ) -> Result<Written, StoreError> {
        if values.len() > limits::BATCH_READINGS {
            return Err(StoreError::TooMuch {
                what: "观测值 / values",
                given: values.len() as u64,
                max: limits::BATCH_READINGS as u64,
            });
        }
        for value in &mut values {
            scrub(&mut value.series.factor.0);
            for text in [&mut value.text, &mut value.flag].into_iter().flatten() {
                scrub(text);
            }
            check_key("因子 / factor", value.series.factor.as_str())?;
            check_key("统计量 / statistic", value.series.statistic.as_str())?;
        }
        if values.is_empty() {
            return Ok(Written::default());
        }
        let mut tx = self.db().write().await?;
        let keys: Vec<SeriesKey> = values.iter().map(|v| v.series.clone()).collect();
        let (ids, learnt) = resolve(self, &mut tx, &keys).await?;
        let incoming = values
            .into_iter()
            .zip(ids)
            .map(|(v, id)| Incoming {
                series: Series { id, key: v.series },
                observation: Observation {
                    time: v.time,
                    value: v.value,
                    text: v.text,
                    flag: v.flag,
                    origin,
                    revision: 1,
                },
                known_at: by.at,
            })
            .collect();
        let written = write(self.db(), &mut tx, incoming, (by.author, by.reason)).await?;
        tx.commit().await?;
        learn(self, learnt);
        Ok(written)
    }
}

fn check_key(what: &'static str, text: &str) -> Result<(), StoreError> {
    if text.len() > limits::KEY_BYTES {
        return Err(StoreError::TooMuch {
            what,
            given: text.len() as u64,
            max: limits::KEY_BYTES as u64,
        });
    }
    Ok(())
}
