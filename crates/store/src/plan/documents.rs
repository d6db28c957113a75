//! Editions of the published plan as they came, and what people corrected in what was read from them.

use model::ids::CorrectionId;
use model::time::UtcMs;
use serde_json::Value;
use sqlx::any::AnyRow;

use crate::Store;
use crate::error::StoreError;
use crate::limits;
use crate::rows::{Columns, clean};

/// A document to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDocument {
    /// Name of the file.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// SHA-256 of the file, hex.
    pub sha256: String,
    /// Bytes of the file.
    pub size: i64,
    /// The file, base64.
    pub original: String,
    /// The text read from it.
    pub text: String,
}

/// An edition, without its contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentRow {
    /// Edition, growing.
    pub edition: i64,
    /// Name of the file.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// SHA-256 of the file, hex.
    pub sha256: String,
    /// Bytes of the file.
    pub size: i64,
    /// When it came.
    pub uploaded_at: UtcMs,
    /// From whom.
    pub uploaded_by: String,
}

/// A correction.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredCorrection {
    /// Row.
    pub id: CorrectionId,
    /// Edition it was made on.
    pub edition: i64,
    /// What it is about: a later correction of the same target replaces an earlier one.
    pub target: String,
    /// What it says.
    pub body: Value,
    /// When.
    pub made_at: UtcMs,
    /// By whom.
    pub made_by: String,
    /// When it was withdrawn or replaced.
    pub withdrawn_at: Option<UtcMs>,
    /// By whom.
    pub withdrawn_by: Option<String>,
}

const DOCUMENT: &str =
    "SELECT edition, name, media_type, sha256, size, uploaded_at, uploaded_by FROM plan_documents";
const CORRECTION: &str =
    "SELECT id, edition, target, body, made_at, made_by, withdrawn_at, withdrawn_by FROM plan_corrections";

impl Store {
    /// Keeps a document as the newest edition; the same file again is the edition it was.
    pub async fn put_plan_document(
        &self,
        new: &NewDocument,
        by: &str,
        now: UtcMs,
    ) -> Result<DocumentRow, StoreError> {
        let mut tx = self.db().write().await?;
        self.db()
            .statement(
                "INSERT INTO plan_documents (name, media_type, sha256, size, original, text, uploaded_at, uploaded_by)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (sha256) DO NOTHING",
            )
            .bind(clean(&new.name).into_owned())
            .bind(clean(&new.media_type).into_owned())
            .bind(clean(&new.sha256).into_owned())
            .bind(new.size)
            .bind(clean(&new.original).into_owned())
            .bind(clean(&new.text).into_owned())
            .bind(now.0)
            .bind(clean(by).into_owned())
            .execute(&mut *tx)
            .await?;
        let row = self
            .db()
            .statement(&format!("{DOCUMENT} WHERE sha256 = $1"))
            .bind(clean(&new.sha256).into_owned())
            .fetch_one(&mut *tx)
            .await?;
        tx.commit().await?;
        document(&row)
    }

    /// Editions, newest first.
    pub async fn plan_documents(&self) -> Result<Vec<DocumentRow>, StoreError> {
        let statement = self.db().statement(&format!(
            "{DOCUMENT} ORDER BY edition DESC LIMIT {}",
            limits::PLAN_EDITIONS
        ));
        self.db().all(statement).await?.iter().map(document).collect()
    }

    /// An edition with the text read from it.
    pub async fn plan_document(&self, edition: i64) -> Result<Option<(DocumentRow, String)>, StoreError> {
        let statement = self
            .db()
            .statement(
                "SELECT edition, name, media_type, sha256, size, uploaded_at, uploaded_by, text
                 FROM plan_documents WHERE edition = $1",
            )
            .bind(edition);
        let row = self.db().one(statement).await?;
        row.map(|row| Ok((document(&row)?, row.text("text")?)))
            .transpose()
    }

    /// The file of an edition, base64.
    pub async fn plan_document_file(&self, edition: i64) -> Result<Option<String>, StoreError> {
        let statement = self
            .db()
            .statement("SELECT original FROM plan_documents WHERE edition = $1")
            .bind(edition);
        let row = self.db().one(statement).await?;
        row.map(|row| row.text("original")).transpose()
    }

    /// Adds a correction; an earlier one of the same target is withdrawn.
    pub async fn put_plan_correction(
        &self,
        edition: i64,
        target: &str,
        body: &Value,
        by: &str,
        now: UtcMs,
    ) -> Result<CorrectionId, StoreError> {
        let mut tx = self.db().write().await?;
        let known = self
            .db()
            .statement("SELECT COUNT(*) AS n FROM plan_documents WHERE edition = $1")
            .bind(edition)
            .fetch_one(&mut *tx)
            .await?;
        if known.int("n")? == 0 {
            return Err(StoreError::not_found("规划文件 / plan document", edition));
        }
        let made = self
            .db()
            .statement("SELECT COUNT(*) AS n FROM plan_corrections WHERE withdrawn_at IS NULL")
            .fetch_one(&mut *tx)
            .await?
            .int("n")?;
        if made >= limits::PLAN_CORRECTIONS {
            return Err(StoreError::TooMuch {
                what: "规划校正 / corrections of the plan",
                given: u64::try_from(made).unwrap_or(u64::MAX),
                max: u64::try_from(limits::PLAN_CORRECTIONS).unwrap_or(u64::MAX),
            });
        }
        self.db()
            .statement(
                "UPDATE plan_corrections SET withdrawn_at = $2, withdrawn_by = $3
                 WHERE target = $1 AND withdrawn_at IS NULL",
            )
            .bind(clean(target).into_owned())
            .bind(now.0)
            .bind(clean(by).into_owned())
            .execute(&mut *tx)
            .await?;
        let row = self
            .db()
            .statement(
                "INSERT INTO plan_corrections (edition, target, body, made_at, made_by) VALUES ($1, $2, $3, $4, $5)
                 RETURNING id",
            )
            .bind(edition)
            .bind(clean(target).into_owned())
            .bind(clean(&body.to_string()).into_owned())
            .bind(now.0)
            .bind(clean(by).into_owned())
            .fetch_one(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(CorrectionId(row.int("id")?))
    }

    /// Withdraws a correction; `false` where it is withdrawn already or does not exist.
    pub async fn withdraw_plan_correction(
        &self,
        id: CorrectionId,
        by: &str,
        now: UtcMs,
    ) -> Result<bool, StoreError> {
        let mut tx = self.db().write().await?;
        let done = self
            .db()
            .statement(
                "UPDATE plan_corrections SET withdrawn_at = $2, withdrawn_by = $3
                 WHERE id = $1 AND withdrawn_at IS NULL",
            )
            .bind(id.0)
            .bind(now.0)
            .bind(clean(by).into_owned())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// Corrections in force, oldest first; the withdrawn ones too where `all`.
    pub async fn plan_corrections(&self, all: bool) -> Result<Vec<StoredCorrection>, StoreError> {
        let filter = if all { "" } else { "WHERE withdrawn_at IS NULL" };
        let statement = self
            .db()
            .statement(&format!("{CORRECTION} {filter} ORDER BY id LIMIT 10000"));
        self.db()
            .all(statement)
            .await?
            .iter()
            .map(|row| {
                Ok(StoredCorrection {
                    id: CorrectionId(row.int("id")?),
                    edition: row.int("edition")?,
                    target: row.text("target")?,
                    body: row.json("body")?,
                    made_at: row.time("made_at")?,
                    made_by: row.text("made_by")?,
                    withdrawn_at: row.opt_time("withdrawn_at")?,
                    withdrawn_by: row.opt_text("withdrawn_by")?,
                })
            })
            .collect()
    }
}

fn document(row: &AnyRow) -> Result<DocumentRow, StoreError> {
    Ok(DocumentRow {
        edition: row.int("edition")?,
        name: row.text("name")?,
        media_type: row.text("media_type")?,
        sha256: row.text("sha256")?,
        size: row.int("size")?,
        uploaded_at: row.time("uploaded_at")?,
        uploaded_by: row.text("uploaded_by")?,
    })
}
