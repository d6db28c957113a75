//! Imports (导入): rows read from a table, kept until somebody confirms them, also over a restart.

use model::ids::{RecordId, RegisterName, UserId};
use model::time::UtcMs;
use serde_json::{Map, Value, json};

use crate::Store;
use crate::db::Tx;
use crate::error::StoreError;
use crate::limits;
use crate::rows::{Cell, Columns, Rows, clean};

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportState {
    /// The table is being read.
    Reading,
    /// Read; it can be confirmed where nothing was wrong.
    Open,
    /// Confirmed.
    Done,
    /// Given up.
    Dropped,
}

impl ImportState {
    const ALL: [Self; 4] = [Self::Reading, Self::Open, Self::Done, Self::Dropped];

    fn name(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Open => "open",
            Self::Done => "done",
            Self::Dropped => "dropped",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }
}

/// An import as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredImport {
    /// Row.
    pub id: i64,
    /// Who sent the table.
    pub author: UserId,
    /// When.
    pub created_at: UtcMs,
    /// When it is forgotten.
    pub expires_at: UtcMs,
    /// How far it is.
    pub state: ImportState,
    /// What was found, JSON.
    pub report: Value,
}

/// One record of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportRow {
    /// Place among the records of the table.
    pub seq: i64,
    /// The record it changes; `None` for a new one.
    pub record: Option<RecordId>,
    /// The revision it was compared with; 0 for a new one.
    pub on_revision: i64,
    /// Its values.
    pub body: Map<String, Value>,
}

impl Store {
    /// Begins an import. What has expired is forgotten.
    pub async fn begin_import(
        &self,
        register: &RegisterName,
        author: UserId,
        now: UtcMs,
        expires_at: UtcMs,
    ) -> Result<i64, StoreError> {
        let mut tx = self.db().write().await?;
        for statement in [
            "DELETE FROM record_import_rows WHERE import IN (SELECT id FROM record_imports WHERE expires_at <= $1)",
            "DELETE FROM record_imports WHERE expires_at <= $1",
        ] {
            self.db()
                .statement(statement)
                .bind(now.0)
                .execute(&mut *tx)
                .await?;
        }
        let row = self
            .db()
            .statement(
                "INSERT INTO record_imports (register, author, created_at, expires_at, state, report)
                 VALUES ($1, $2, $3, $4, $5, '{}') RETURNING id",
            )
            .bind(register.to_string())
            .bind(author.0)
            .bind(now.0)
            .bind(expires_at.0)
            .bind(ImportState::Reading.name())
            .fetch_one(&mut *tx)
            .await?;
        let id = row.int("id")?;
        tx.commit().await?;
        Ok(id)
    }

    /// Keeps some rows of an import that is being read.
    pub async fn put_import_rows(&self, import: i64, rows: &[ImportRow]) -> Result<(), StoreError> {
        let mut batch = Rows::default();
        for row in rows {
            let body = json!(row.body).to_string();
            batch.push([
                Cell::from(row.seq),
                row.record.as_ref().map(RecordId::as_str).into(),
                row.on_revision.into(),
                (&body).into(),
            ]);
        }
        if batch.is_empty() {
            return Ok(());
        }
        let mut tx = self.db().write().await?;
        self.db()
            .statement(
                "INSERT INTO record_import_rows (import, seq, record, on_revision, body)
                 SELECT CAST($2 AS BIGINT), {i:0}, {t:1}, {i:2}, {t:3} FROM {rows}",
            )
            .bind(batch.into_json())
            .bind(import)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// The table is read: what was found is kept; its rows only where it can be confirmed.
    pub async fn finish_import(
        &self,
        import: i64,
        report: &Value,
        confirmable: bool,
    ) -> Result<(), StoreError> {
        let mut tx = self.db().write().await?;
        if !confirmable {
            self.forget_import_rows(&mut tx, import).await?;
        }
        self.db()
            .statement("UPDATE record_imports SET state = $2, report = $3 WHERE id = $1")
            .bind(import)
            .bind(ImportState::Open.name())
            .bind(clean(&report.to_string()).into_owned())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// An import.
    pub async fn import(&self, register: &RegisterName, id: i64) -> Result<Option<StoredImport>, StoreError> {
        let statement = self
            .db()
            .statement(
                "SELECT id, author, created_at, expires_at, state, report FROM record_imports
                 WHERE register = $1 AND id = $2",
            )
            .bind(register.to_string())
            .bind(id);
        let Some(row) = self.db().one(statement).await? else {
            return Ok(None);
        };
        Ok(Some(StoredImport {
            id: row.int("id")?,
            author: UserId(row.int("author")?),
            created_at: row.time("created_at")?,
            expires_at: row.time("expires_at")?,
            state: row.named("state", ImportState::from_name)?,
            report: row.json("report")?,
        }))
    }

    /// Rows of an import after a place, in order, a bounded number.
    pub async fn import_rows(&self, import: i64, after: i64) -> Result<Vec<ImportRow>, StoreError> {
        let statement = self
            .db()
            .statement(&format!(
                "SELECT seq, record, on_revision, body FROM record_import_rows
                 WHERE import = $1 AND seq > $2 ORDER BY seq LIMIT {}",
                limits::RECORD_BATCH
            ))
            .bind(import)
            .bind(after);
        let rows = self.db().all(statement).await?;
        rows.iter()
            .map(|row| {
                Ok(ImportRow {
                    seq: row.int("seq")?,
                    record: row.opt_text("record")?.map(RecordId),
                    on_revision: row.int("on_revision")?,
                    body: row.json("body")?,
                })
            })
            .collect()
    }

    /// Gives an import up.
    pub async fn drop_import(&self, import: i64) -> Result<(), StoreError> {
        let mut tx = self.db().write().await?;
        self.end_import(&mut tx, import, ImportState::Dropped).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends an import inside of a transaction; says whether it was open until now.
    pub(crate) async fn end_import(
        &self,
        tx: &mut Tx,
        import: i64,
        state: ImportState,
    ) -> Result<bool, StoreError> {
        let ended = self
            .db()
            .statement("UPDATE record_imports SET state = $2 WHERE id = $1 AND state IN ('open', 'reading')")
            .bind(import)
            .bind(state.name())
            .execute(&mut **tx)
            .await?;
        self.forget_import_rows(tx, import).await?;
        Ok(ended.rows_affected() > 0)
    }

    async fn forget_import_rows(&self, tx: &mut Tx, import: i64) -> Result<(), StoreError> {
        self.db()
            .statement("DELETE FROM record_import_rows WHERE import = $1")
            .bind(import)
            .execute(&mut **tx)
            .await?;
        Ok(())
    }
}
