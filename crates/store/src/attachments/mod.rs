//! Attachments (附件): contents of records' files, each kept once under its SHA-256 below the data folder.
//!
//! A content is written beside, synced and moved to its place, so that what has a name is whole; a crash leaves at most
//! a file without a name, which the next start removes. What no record ever named is removed after a while.

mod files;

use std::path::PathBuf;

use model::ids::{RecordId, RegisterName, UserId};
use model::time::UtcMs;

pub(crate) use self::files::Files;
pub use self::files::{Incoming, Received};
use crate::Store;
use crate::error::StoreError;
use crate::limits;
use crate::rows::{Cell, Columns, Rows};

/// What is known of a content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// SHA-256, 64 hexadecimal digits.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    /// Media type, as found in the content.
    pub media_type: String,
}

impl Store {
    /// Begins to take in a content of at most `most` bytes; what was taken in is gone again unless it is kept.
    pub async fn receive(&self, most: u64) -> Result<Incoming, StoreError> {
        self.files().receive(most).await
    }

    /// A folder for files that live no longer than a request.
    pub fn scratch(&self) -> PathBuf {
        self.files().scratch()
    }

    /// Keeps a content as an attachment, durably. Keeping the same content again starts its age anew.
    pub async fn keep_attachment(
        &self,
        received: Received,
        media_type: &str,
        author: UserId,
        now: UtcMs,
    ) -> Result<Attachment, StoreError> {
        let loose = self.loose_bytes(author).await?;
        if loose.saturating_add(received.size()) > limits::LOOSE_BYTES {
            return Err(StoreError::TooMuch {
                what: "未保存到记录的附件字节 / bytes of attachments that no record names yet",
                given: loose.saturating_add(received.size()),
                max: limits::LOOSE_BYTES,
            });
        }
        let kept = Attachment {
            sha256: received.sha256().to_owned(),
            size: received.size(),
            media_type: media_type.to_owned(),
        };
        self.files().keep(received).await?;
        let mut tx = self.db().write().await?;
        self.db()
            .statement(
                "INSERT INTO attachments (sha256, size, media_type, author, uploaded_at) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (sha256) DO UPDATE SET author = excluded.author, uploaded_at = excluded.uploaded_at",
            )
            .bind(kept.sha256.clone())
            .bind(i64::try_from(kept.size).unwrap_or(i64::MAX))
            .bind(kept.media_type.clone())
            .bind(author.0)
            .bind(now.0)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(kept)
    }

    /// Bytes a user uploaded that no record names.
    async fn loose_bytes(&self, author: UserId) -> Result<u64, StoreError> {
        let statement = self
            .db()
            .statement(
                "SELECT CAST(COALESCE(SUM(a.size), 0) AS BIGINT) AS n FROM attachments a WHERE a.author = $1
                 AND NOT EXISTS (SELECT 1 FROM record_files f WHERE f.sha256 = a.sha256)",
            )
            .bind(author.0);
        Ok(u64::try_from(self.db().count(statement).await?).unwrap_or(0))
    }

    /// What is known of some contents; those unknown are left out.
    pub async fn attachments<'a>(
        &self,
        sha256: impl IntoIterator<Item = &'a str>,
    ) -> Result<Vec<Attachment>, StoreError> {
        let mut rows = Rows::default();
        for one in sha256 {
            rows.push([Cell::from(one)]);
        }
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let statement = self
            .db()
            .statement(
                "SELECT sha256, size, media_type FROM attachments WHERE sha256 IN (SELECT {t:0} FROM {rows})",
            )
            .bind(rows.into_json());
        let rows = self.db().all(statement).await?;
        rows.iter()
            .map(|row| {
                Ok(Attachment {
                    sha256: row.text("sha256")?,
                    size: u64::try_from(row.int("size")?).unwrap_or(0),
                    media_type: row.text("media_type")?,
                })
            })
            .collect()
    }

    /// Whether a record names an attachment, or did in an earlier revision.
    pub async fn record_names_file(
        &self,
        register: &RegisterName,
        id: &RecordId,
        sha256: &str,
    ) -> Result<bool, StoreError> {
        let statement = self
            .db()
            .statement(
                "SELECT COUNT(*) AS n FROM record_files WHERE sha256 = $1 AND register = $2 AND id = $3",
            )
            .bind(sha256.to_owned())
            .bind(register.to_string())
            .bind(id.to_string());
        Ok(self.db().count(statement).await? > 0)
    }

    /// Opens a content; `None` where there is none.
    pub async fn open_attachment(&self, sha256: &str) -> Result<Option<tokio::fs::File>, StoreError> {
        self.files().open(sha256).await
    }

    /// Removes what was uploaded before an instant and no record ever named, and files without a row of that age.
    /// Gives how many contents went.
    pub async fn collect_attachments(&self, before: UtcMs) -> Result<usize, StoreError> {
        let mut tx = self.db().write().await?;
        let loose = self
            .db()
            .statement(&format!(
                "SELECT sha256 FROM attachments WHERE uploaded_at < $1
                 AND NOT EXISTS (SELECT 1 FROM record_files f WHERE f.sha256 = attachments.sha256) LIMIT {}",
                limits::COLLECTED
            ))
            .bind(before.0)
            .fetch_all(&mut *tx)
            .await?;
        let mut gone = Vec::new();
        let mut rows = Rows::default();
        for row in &loose {
            let sha256 = row.text("sha256")?;
            rows.push([Cell::from(&sha256)]);
            gone.push(sha256);
        }
        if !rows.is_empty() {
            self.db()
                .statement("DELETE FROM attachments WHERE sha256 IN (SELECT {t:0} FROM {rows})")
                .bind(rows.into_json())
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        // Rows first: a row never names a file that is gone.
        self.files().remove(&gone).await?;
        let mut count = gone.len();
        for batch in self.files().older_than(before).await?.chunks(500) {
            let known = self.attachments(batch.iter().map(String::as_str)).await?;
            let nameless: Vec<String> = batch
                .iter()
                .filter(|sha256| !known.iter().any(|k| k.sha256 == **sha256))
                .cloned()
                .collect();
            self.files().remove(&nameless).await?;
            count += nameless.len();
        }
        Ok(count)
    }
}
