//! The plan as a living thing (规划实施): rounds of dispatch, frozen snapshots, evaluations, editions of the document and
//! what people corrected in its extraction. What a snapshot or a correction means is decided above; here they are JSON.

mod documents;
mod evaluations;
mod notices;
mod rounds;

use model::time::UtcMs;
use sha2::{Digest as _, Sha256};

pub use documents::{DocumentRow, NewDocument, StoredCorrection};
pub use evaluations::{EvaluationRow, EvaluationState, Event, NewEvaluation};
pub use notices::{NewNotice, NoticeQuery, NoticeRow, Seen, Synced};
pub use rounds::{NewRound, RoundRow};

use crate::Store;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::limits;
use crate::rows::{Columns, clean, hex};

/// SHA-256 of a snapshot's text, hex: its name.
pub fn snapshot_name(body: &str) -> String {
    hex(&Sha256::digest(body))
}

impl Store {
    /// A snapshot by its name, as it was frozen; one that no longer has its own sum is an error, not an answer.
    pub async fn plan_snapshot(&self, sha256: &str) -> Result<Option<String>, StoreError> {
        let statement = self
            .db()
            .statement("SELECT body FROM plan_snapshots WHERE sha256 = $1")
            .bind(clean(sha256).into_owned());
        let Some(row) = self.db().one(statement).await? else {
            return Ok(None);
        };
        let body = row.text("body")?;
        if snapshot_name(&body) == sha256 {
            Ok(Some(body))
        } else {
            Err(StoreError::stored("snapshot", sha256))
        }
    }
}

/// Keeps a snapshot as part of a transaction; the same text twice is one snapshot.
async fn freeze(db: &Db, tx: &mut Tx, body: &str, now: UtcMs) -> Result<String, StoreError> {
    if body.len() > limits::PLAN_SNAPSHOT_BYTES {
        return Err(StoreError::TooMuch {
            what: "快照字节 / bytes of a snapshot",
            given: body.len() as u64,
            max: limits::PLAN_SNAPSHOT_BYTES as u64,
        });
    }
    let body = clean(body);
    let name = snapshot_name(&body);
    db.statement(
        "INSERT INTO plan_snapshots (sha256, made_at, body) VALUES ($1, $2, $3) ON CONFLICT (sha256) DO NOTHING",
    )
    .bind(name.clone())
    .bind(now.0)
    .bind(body.into_owned())
    .execute(&mut **tx)
    .await?;
    Ok(name)
}
