//! Reading records: one, many by id, what changed since, revisions, links in both directions.

use std::collections::BTreeMap;

use model::ids::{RecordId, RegisterName, UserId};
use model::time::UtcMs;
use sqlx::any::AnyRow;

use super::{Author, ChangeKind, KeyValue, LinkTarget, Revision, StoredLink, StoredRecord};
use crate::Store;
use crate::error::StoreError;
use crate::limits;
use crate::rows::{Cell, Columns, Rows, hex};

/// How far a register has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// Counter of its changes.
    pub changed: i64,
    /// Digest of the definition its facets were made under.
    pub definition: String,
}

/// What a view keeps of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct FacetRow {
    /// Row; grows in order of creation.
    pub seq: i64,
    /// Change that wrote it.
    pub changed: i64,
    /// Id.
    pub id: RecordId,
    /// Revision.
    pub revision: i64,
    /// State as stored.
    pub state: Option<String>,
    /// When it came into its state.
    pub since: UtcMs,
    /// 演示
    pub demo: bool,
    /// When it was last changed.
    pub updated_at: UtcMs,
    /// By whom.
    pub author: String,
    /// Whether it was merged into another.
    pub merged: bool,
    /// JSON by which lists are filtered, sorted, found and drawn.
    pub facets: String,
}

/// A key in the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRow {
    /// Names of the fields, joined by commas.
    pub fields: String,
    /// Digest of their values, see [`super::key_digest`].
    pub digest: String,
    /// The record that has them.
    pub id: RecordId,
}

const RECORD: &str = "SELECT r.seq, r.id, r.version, r.revision, r.state, r.since, r.demo, r.created_at, r.updated_at, \
     r.author, r.author_name, r.kind, r.valid_from, r.merged_into, r.body, r.trail FROM records r";
const REVISION: &str = "SELECT v.id, v.revision, v.at, v.author, v.author_name, v.kind, v.version, v.state, v.since, \
     v.transition, v.reason, v.valid_from, v.merged_into, v.body, v.detail FROM record_revisions v";

impl Store {
    /// How far each register with records has come.
    pub async fn register_marks(&self) -> Result<BTreeMap<String, Mark>, StoreError> {
        let statement = self
            .db()
            .statement("SELECT register, changed, definition FROM record_registers");
        let rows = self.db().all(statement).await?;
        rows.iter()
            .map(|row| {
                Ok((
                    row.text("register")?,
                    Mark {
                        changed: row.int("changed")?,
                        definition: row.text("definition")?,
                    },
                ))
            })
            .collect()
    }

    /// Counter of a register's changes.
    pub async fn register_changed(&self, register: &RegisterName) -> Result<i64, StoreError> {
        let statement = self
            .db()
            .statement("SELECT changed FROM record_registers WHERE register = $1")
            .bind(register.to_string());
        let row = self.db().one(statement).await?;
        row.map_or(Ok(0), |row| row.int("changed"))
    }

    /// A page of what was written after `(changed, seq)`, in that order.
    pub async fn facets_after(
        &self,
        register: &RegisterName,
        changed: i64,
        seq: i64,
    ) -> Result<Vec<FacetRow>, StoreError> {
        let statement = self
            .db()
            .statement(&format!(
                "SELECT seq, changed, id, revision, state, since, demo, updated_at, author_name, merged_into, facets
                 FROM records WHERE register = $1 AND (changed > $2 OR (changed = $2 AND seq > $3))
                 ORDER BY changed, seq LIMIT {}",
                limits::RECORD_PAGE
            ))
            .bind(register.to_string())
            .bind(changed)
            .bind(seq);
        let rows = self.db().all(statement).await?;
        rows.iter()
            .map(|row| {
                Ok(FacetRow {
                    seq: row.int("seq")?,
                    changed: row.int("changed")?,
                    id: RecordId(row.text("id")?),
                    revision: row.int("revision")?,
                    state: row.opt_text("state")?,
                    since: row.time("since")?,
                    demo: row.flag("demo")?,
                    updated_at: row.time("updated_at")?,
                    author: row.text("author_name")?,
                    merged: row.opt_text("merged_into")?.is_some(),
                    facets: row.text("facets")?,
                })
            })
            .collect()
    }

    /// The facets of records by id.
    pub async fn stored_facets(
        &self,
        register: &RegisterName,
        ids: &[RecordId],
    ) -> Result<BTreeMap<RecordId, String>, StoreError> {
        let mut rows = Rows::default();
        for id in ids {
            rows.push([Cell::from(id.as_str())]);
        }
        if rows.is_empty() {
            return Ok(BTreeMap::new());
        }
        let statement = self
            .db()
            .statement(
                "SELECT id, facets FROM records WHERE register = $2 AND id IN (SELECT {t:0} FROM {rows})",
            )
            .bind(rows.into_json())
            .bind(register.to_string());
        let rows = self.db().all(statement).await?;
        rows.iter()
            .map(|row| Ok((RecordId(row.text("id")?), row.text("facets")?)))
            .collect()
    }

    /// A record.
    pub async fn record(
        &self,
        register: &RegisterName,
        id: &RecordId,
    ) -> Result<Option<StoredRecord>, StoreError> {
        let statement = self
            .db()
            .statement(&format!("{RECORD} WHERE r.register = $1 AND r.id = $2"))
            .bind(register.to_string())
            .bind(id.to_string());
        self.db().one(statement).await?.as_ref().map(record).transpose()
    }

    /// Records by id, in no order; ids that do not exist are left out.
    pub async fn records_by_id<'a>(
        &self,
        register: &RegisterName,
        ids: impl IntoIterator<Item = &'a RecordId>,
    ) -> Result<Vec<StoredRecord>, StoreError> {
        let mut rows = Rows::default();
        for id in ids {
            rows.push([Cell::from(id.as_str())]);
        }
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let statement = self
            .db()
            .statement(&format!(
                "{RECORD} WHERE r.register = $2 AND r.id IN (SELECT {{t:0}} FROM {{rows}})"
            ))
            .bind(rows.into_json())
            .bind(register.to_string());
        self.db().all(statement).await?.iter().map(record).collect()
    }

    /// A page of a register's records after a row, in order of rows: for walks over all of them.
    pub async fn records_after(
        &self,
        register: &RegisterName,
        seq: i64,
    ) -> Result<Vec<StoredRecord>, StoreError> {
        let statement = self
            .db()
            .statement(&format!(
                "{RECORD} WHERE r.register = $1 AND r.seq > $2 ORDER BY r.seq LIMIT {}",
                limits::RECORD_PAGE
            ))
            .bind(register.to_string())
            .bind(seq);
        self.db().all(statement).await?.iter().map(record).collect()
    }

    /// A page of a register's keys after one, in order: for those who look up very many.
    pub async fn record_keys_after(
        &self,
        register: &RegisterName,
        (fields, digest): &(String, String),
    ) -> Result<Vec<KeyRow>, StoreError> {
        let statement = self
            .db()
            .statement(&format!(
                "SELECT fields, digest, id FROM record_keys WHERE register = $1
                 AND (fields > $2 OR (fields = $2 AND digest > $3)) ORDER BY fields, digest LIMIT {}",
                10 * limits::RECORD_PAGE
            ))
            .bind(register.to_string())
            .bind(fields.clone())
            .bind(digest.clone());
        let rows = self.db().all(statement).await?;
        rows.iter()
            .map(|row| {
                Ok(KeyRow {
                    fields: row.text("fields")?,
                    digest: row.text("digest")?,
                    id: RecordId(row.text("id")?),
                })
            })
            .collect()
    }

    /// The earliest instant at which a record of a register came into its state; `None` where there is no record.
    pub async fn register_since(&self, register: &RegisterName) -> Result<Option<UtcMs>, StoreError> {
        let statement = self
            .db()
            .statement("SELECT MIN(since) AS since FROM records WHERE register = $1")
            .bind(register.to_string());
        let row = self.db().one(statement).await?;
        row.map_or(Ok(None), |row| row.opt_time("since"))
    }

    /// The record that has a key's values.
    pub async fn record_by_key(
        &self,
        register: &RegisterName,
        key: &KeyValue,
    ) -> Result<Option<RecordId>, StoreError> {
        use sha2::Digest as _;
        let digest = hex(&sha2::Sha256::digest(serde_json::json!(key.values).to_string()));
        let statement = self
            .db()
            .statement("SELECT id FROM record_keys WHERE register = $1 AND fields = $2 AND digest = $3")
            .bind(register.to_string())
            .bind(key.fields.join(","))
            .bind(digest);
        let row = self.db().one(statement).await?;
        row.map(|row| row.text("id").map(RecordId)).transpose()
    }

    /// Revisions of a record, newest first.
    pub async fn record_revisions(
        &self,
        register: &RegisterName,
        id: &RecordId,
    ) -> Result<Vec<Revision>, StoreError> {
        let statement = self
            .db()
            .statement(&format!(
                "{REVISION} WHERE v.register = $1 AND v.id = $2 ORDER BY v.revision DESC LIMIT {}",
                limits::RECORD_REVISIONS
            ))
            .bind(register.to_string())
            .bind(id.to_string());
        self.db().all(statement).await?.iter().map(revision).collect()
    }

    /// One revision of a record.
    pub async fn record_revision(
        &self,
        register: &RegisterName,
        id: &RecordId,
        number: i64,
    ) -> Result<Option<Revision>, StoreError> {
        let statement = self
            .db()
            .statement(&format!(
                "{REVISION} WHERE v.register = $1 AND v.id = $2 AND v.revision = $3"
            ))
            .bind(register.to_string())
            .bind(id.to_string())
            .bind(number);
        self.db().one(statement).await?.as_ref().map(revision).transpose()
    }

    /// The revision known at an instant (now where absent) that is in force on a day `YYYY-MM-DD` (any where absent):
    /// of those known, the latest whose `valid_from` is not after the day.
    pub async fn record_as_of(
        &self,
        register: &RegisterName,
        id: &RecordId,
        known_at: Option<UtcMs>,
        in_force_on: Option<&str>,
    ) -> Result<Option<Revision>, StoreError> {
        let statement = self
            .db()
            .statement(&format!(
                "{REVISION} WHERE v.register = $1 AND v.id = $2 AND v.at <= $3 AND v.valid_from <= $4
                 ORDER BY v.revision DESC LIMIT 1"
            ))
            .bind(register.to_string())
            .bind(id.to_string())
            .bind(known_at.map_or(i64::MAX, |t| t.0))
            .bind(in_force_on.unwrap_or("9999-12-31").to_owned());
        self.db().one(statement).await?.as_ref().map(revision).transpose()
    }

    /// A page of a register's records as known at an instant, after an id, in order of ids.
    pub async fn records_as_of(
        &self,
        register: &RegisterName,
        known_at: UtcMs,
        after: &str,
    ) -> Result<Vec<(RecordId, Revision)>, StoreError> {
        let statement = self
            .db()
            .statement(&format!(
                "{REVISION} JOIN (
                   SELECT id, MAX(revision) AS revision FROM record_revisions
                   WHERE register = $1 AND id > $2 AND at <= $3 GROUP BY id ORDER BY id LIMIT {}
                 ) AS newest ON newest.id = v.id AND newest.revision = v.revision
                 WHERE v.register = $1 ORDER BY v.id",
                limits::RECORD_PAGE
            ))
            .bind(register.to_string())
            .bind(after.to_owned())
            .bind(known_at.0);
        let rows = self.db().all(statement).await?;
        rows.iter()
            .map(|row| Ok((RecordId(row.text("id")?), revision(row)?)))
            .collect()
    }

    /// What points at a target.
    pub async fn links_to(&self, target: &LinkTarget) -> Result<Vec<StoredLink>, StoreError> {
        let (kind, register, id) = target.columns();
        let statement = self
            .db()
            .statement(&format!(
                "SELECT register, id, field, kind, target_register, target FROM record_links
                 WHERE kind = $1 AND target_register = $2 AND target = $3 ORDER BY register, id, field LIMIT {}",
                limits::RECORD_LINKS
            ))
            .bind(kind)
            .bind(register.to_owned())
            .bind(id.to_owned());
        self.db().all(statement).await?.iter().map(link).collect()
    }

    /// What a record points at.
    pub async fn links_from(
        &self,
        register: &RegisterName,
        id: &RecordId,
    ) -> Result<Vec<StoredLink>, StoreError> {
        let statement = self
            .db()
            .statement(&format!(
                "SELECT register, id, field, kind, target_register, target FROM record_links
                 WHERE register = $1 AND id = $2 ORDER BY field, target LIMIT {}",
                limits::RECORD_LINKS
            ))
            .bind(register.to_string())
            .bind(id.to_string());
        self.db().all(statement).await?.iter().map(link).collect()
    }
}

fn author(row: &AnyRow) -> Result<Author, StoreError> {
    Ok(Author {
        id: UserId(row.int("author")?),
        name: row.text("author_name")?,
    })
}

fn version(row: &AnyRow) -> Result<u32, StoreError> {
    let version = row.int("version")?;
    u32::try_from(version).map_err(|_| StoreError::stored("version", version))
}

fn record(row: &AnyRow) -> Result<StoredRecord, StoreError> {
    Ok(StoredRecord {
        seq: row.int("seq")?,
        id: RecordId(row.text("id")?),
        version: version(row)?,
        revision: row.int("revision")?,
        state: row.opt_text("state")?,
        since: row.time("since")?,
        demo: row.flag("demo")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
        author: author(row)?,
        kind: row.named("kind", ChangeKind::from_name)?,
        valid_from: row.text("valid_from")?,
        merged_into: row.opt_text("merged_into")?.map(RecordId),
        body: row.json("body")?,
        trail: row.json("trail")?,
    })
}

fn revision(row: &AnyRow) -> Result<Revision, StoreError> {
    let detail = row.opt_text("detail")?;
    Ok(Revision {
        revision: row.int("revision")?,
        at: row.time("at")?,
        author: author(row)?,
        kind: row.named("kind", ChangeKind::from_name)?,
        version: version(row)?,
        state: row.opt_text("state")?,
        since: row.time("since")?,
        transition: row.opt_text("transition")?,
        reason: row.opt_text("reason")?,
        valid_from: row.text("valid_from")?,
        merged_into: row.opt_text("merged_into")?.map(RecordId),
        body: row.json("body")?,
        detail: detail
            .map(|text| serde_json::from_str(&text).map_err(|_| StoreError::stored("detail", text)))
            .transpose()?,
    })
}

fn link(row: &AnyRow) -> Result<StoredLink, StoreError> {
    let kind = row.text("kind")?;
    let target = LinkTarget::from_columns(&kind, row.text("target_register")?, row.text("target")?);
    Ok(StoredLink {
        register: RegisterName(row.text("register")?),
        id: RecordId(row.text("id")?),
        field: row.text("field")?,
        target: target.ok_or_else(|| StoreError::stored("kind", kind))?,
    })
}
