//! Pairs of records that a person looked at and found to be different.

use model::ids::{RecordId, RegisterName, UserId};
use model::time::UtcMs;

use crate::Store;
use crate::error::StoreError;
use crate::limits;
use crate::registers::Author;
use crate::rows::{Columns, clean};

/// A pair that was decided upon, the smaller id first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecidedDouble {
    /// One.
    pub a: RecordId,
    /// The other.
    pub b: RecordId,
    /// Who decided.
    pub author: Author,
    /// When.
    pub at: UtcMs,
    /// Why.
    pub reason: String,
}

impl Store {
    /// Keeps that two records are different.
    pub async fn decide_double(
        &self,
        register: &RegisterName,
        pair: (&RecordId, &RecordId),
        reason: &str,
        author: &Author,
        now: UtcMs,
    ) -> Result<(), StoreError> {
        let (a, b) = (pair.0.min(pair.1), pair.0.max(pair.1));
        let mut tx = self.db().write().await?;
        self.db()
            .statement(
                "INSERT INTO record_doubles (register, a, b, author, author_name, at, reason)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)
                 ON CONFLICT (register, a, b) DO UPDATE SET author = excluded.author,
                   author_name = excluded.author_name, at = excluded.at, reason = excluded.reason",
            )
            .bind(register.to_string())
            .bind(a.to_string())
            .bind(b.to_string())
            .bind(author.id.0)
            .bind(clean(&author.name).into_owned())
            .bind(now.0)
            .bind(clean(reason).into_owned())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Pairs found different, newest first, a bounded number.
    pub async fn decided_doubles(&self, register: &RegisterName) -> Result<Vec<DecidedDouble>, StoreError> {
        let statement = self
            .db()
            .statement(&format!(
                "SELECT a, b, author, author_name, at, reason FROM record_doubles WHERE register = $1
                 ORDER BY at DESC, a, b LIMIT {}",
                limits::DOUBLES_DECIDED
            ))
            .bind(register.to_string());
        let rows = self.db().all(statement).await?;
        rows.iter()
            .map(|row| {
                Ok(DecidedDouble {
                    a: RecordId(row.text("a")?),
                    b: RecordId(row.text("b")?),
                    author: Author {
                        id: UserId(row.int("author")?),
                        name: row.text("author_name")?,
                    },
                    at: row.time("at")?,
                    reason: row.text("reason")?,
                })
            })
            .collect()
    }
}
