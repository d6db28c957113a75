//! Decisions of people about records that may belong to a source. None is ever changed; the newest of a pair holds.

use model::ids::{RecordId, RegisterName, UserId};
use model::time::UtcMs;

use super::Author;
use crate::Store;
use crate::error::StoreError;
use crate::limits;
use crate::rows::{Columns, clean};

/// One decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceDecision {
    /// Grows with every decision.
    pub number: i64,
    /// The source.
    pub source: RecordId,
    /// Register of the record.
    pub register: RegisterName,
    /// The record.
    pub record: RecordId,
    /// Whether the record belongs to the source.
    pub same: bool,
    /// By whom.
    pub author: Author,
    /// When.
    pub at: UtcMs,
    /// Why.
    pub reason: Option<String>,
}

impl Store {
    /// Decisions about the sources of a register after a number, in their order.
    pub async fn source_decisions(
        &self,
        sources: &RegisterName,
        after: i64,
    ) -> Result<Vec<SourceDecision>, StoreError> {
        let statement = self
            .db()
            .statement(&format!(
                "SELECT number, source, register, record, same, author, author_name, at, reason FROM source_decisions
                 WHERE sources = $1 AND number > $2 ORDER BY number LIMIT {}",
                limits::SOURCE_DECISIONS
            ))
            .bind(sources.to_string())
            .bind(after);
        let rows = self.db().all(statement).await?;
        rows.iter()
            .map(|row| {
                Ok(SourceDecision {
                    number: row.int("number")?,
                    source: RecordId(row.text("source")?),
                    register: RegisterName(row.text("register")?),
                    record: RecordId(row.text("record")?),
                    same: row.flag("same")?,
                    author: Author {
                        id: UserId(row.int("author")?),
                        name: row.text("author_name")?,
                    },
                    at: row.time("at")?,
                    reason: row.opt_text("reason")?,
                })
            })
            .collect()
    }

    /// Keeps a decision; its number is given by the store.
    pub async fn decide_source(
        &self,
        sources: &RegisterName,
        decision: &SourceDecision,
    ) -> Result<(), StoreError> {
        let mut tx = self.db().write().await?;
        self.db()
            .statement(
                "INSERT INTO source_decisions (sources, source, register, record, same, author, author_name, at, reason)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            )
            .bind(sources.to_string())
            .bind(decision.source.to_string())
            .bind(decision.register.to_string())
            .bind(decision.record.to_string())
            .bind(i64::from(decision.same))
            .bind(decision.author.id.0)
            .bind(clean(&decision.author.name).into_owned())
            .bind(decision.at.0)
            .bind(decision.reason.as_ref().map(|r| clean(r).into_owned()))
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }
}
