//! What follows from a record's values: facets, links, files and keys, written beside its revision.

use std::collections::HashMap;

use model::ids::{RecordId, RegisterName};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{KeyValue, LinkTarget, WriteError};
use crate::Store;
use crate::db::Tx;
use crate::error::StoreError;
use crate::rows::{Cell, Columns, Rows, hex};

/// What follows from a record's values: lists, links and keys are made of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Derived {
    /// JSON by which lists are filtered, sorted, found and drawn.
    pub facets: String,
    /// Field and target of each reference.
    pub links: Vec<(String, LinkTarget)>,
    /// Values that occur once.
    pub keys: Vec<KeyValue>,
    /// Attachments named, by SHA-256.
    pub files: Vec<String>,
}

impl Derived {
    /// Of a record that was merged into another: it holds no key and points at nothing by itself.
    pub fn closed(&mut self) {
        self.keys.clear();
        self.links.clear();
    }
}

fn digest(key: &KeyValue) -> String {
    key_digest(&key.values)
}

/// Digest of a key's values, as the index has it.
pub fn key_digest(values: &[String]) -> String {
    hex(&Sha256::digest(json!(values).to_string()))
}

impl Store {
    /// One statement over all rows; none where there are none.
    async fn put_rows(
        &self,
        tx: &mut Tx,
        register: &RegisterName,
        rows: Rows,
        sql: &str,
    ) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        self.db()
            .statement(sql)
            .bind(rows.into_json())
            .bind(register.to_string())
            .execute(&mut **tx)
            .await?;
        Ok(())
    }

    pub(super) async fn put_links(
        &self,
        tx: &mut Tx,
        register: &RegisterName,
        batch: &[(&RecordId, &Derived)],
    ) -> Result<(), StoreError> {
        self.forget(tx, "record_links", register, batch).await?;
        let mut rows = Rows::default();
        for (id, derived) in batch {
            for (field, target) in &derived.links {
                let (kind, target_register, target) = target.columns();
                rows.push([
                    Cell::from(id.as_str()),
                    field.into(),
                    kind.into(),
                    target_register.into(),
                    target.into(),
                ]);
            }
        }
        self.put_rows(
            tx,
            register,
            rows,
            "INSERT INTO record_links (register, id, field, kind, target_register, target)
                 SELECT $2, {t:0}, {t:1}, {t:2}, {t:3}, {t:4} FROM {rows} WHERE true ON CONFLICT DO NOTHING",
        )
        .await
    }

    /// Attachments that records name are kept for good: history names them too.
    pub(super) async fn put_files(
        &self,
        tx: &mut Tx,
        register: &RegisterName,
        batch: &[(&RecordId, &Derived)],
    ) -> Result<(), StoreError> {
        let mut rows = Rows::default();
        for (id, derived) in batch {
            for sha256 in &derived.files {
                rows.push([Cell::from(sha256), id.as_str().into()]);
            }
        }
        self.put_rows(
            tx,
            register,
            rows,
            "INSERT INTO record_files (sha256, register, id) SELECT {t:0}, $2, {t:1} FROM {rows}
                 WHERE true ON CONFLICT DO NOTHING",
        )
        .await
    }

    pub(super) async fn take_keys(
        &self,
        tx: &mut Tx,
        register: &RegisterName,
        batch: &[(&RecordId, &Derived)],
    ) -> Result<(), StoreError> {
        self.forget(tx, "record_keys", register, batch).await
    }

    async fn forget(
        &self,
        tx: &mut Tx,
        table: &str,
        register: &RegisterName,
        batch: &[(&RecordId, &Derived)],
    ) -> Result<(), StoreError> {
        let mut rows = Rows::default();
        for (id, _) in batch {
            rows.push([Cell::from(id.as_str())]);
        }
        self.db()
            .statement(&format!(
                "DELETE FROM {table} WHERE register = $2 AND id IN (SELECT {{t:0}} FROM {{rows}})"
            ))
            .bind(rows.into_json())
            .bind(register.to_string())
            .execute(&mut **tx)
            .await?;
        Ok(())
    }

    /// Keys of records that were good under an older definition: where two now share one, the first keeps it.
    pub(super) async fn put_free_keys(
        &self,
        tx: &mut Tx,
        register: &RegisterName,
        batch: &[(RecordId, Derived)],
    ) -> Result<(), StoreError> {
        let mut rows = Rows::default();
        for (id, derived) in batch {
            for key in &derived.keys {
                let (fields, digest) = (key.fields.join(","), digest(key));
                rows.push([Cell::from(&fields), (&digest).into(), id.as_str().into()]);
            }
        }
        self.put_rows(
            tx,
            register,
            rows,
                "INSERT INTO record_keys (register, fields, digest, id) SELECT $2, {t:0}, {t:1}, {t:2} FROM {rows}
                 WHERE true ON CONFLICT DO NOTHING",
        )
        .await
    }

    pub(super) async fn put_keys(
        &self,
        tx: &mut Tx,
        register: &RegisterName,
        batch: &[(usize, &RecordId, &Derived)],
    ) -> Result<(), WriteError> {
        let mut rows = Rows::default();
        // Fields and digest → the write that has them.
        let mut owners = HashMap::new();
        for (at, id, derived) in batch {
            for key in &derived.keys {
                let (fields, digest) = (key.fields.join(","), digest(key));
                rows.push([Cell::from(&fields), (&digest).into(), id.as_str().into()]);
                if let Some((_, other)) = owners.insert((fields, digest), (*at, (*id).clone())) {
                    return Err(WriteError::KeyTaken {
                        at: *at,
                        fields: key.fields.clone(),
                        id: other,
                    });
                }
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
        let rows = rows.into_json();
        let taken = self
            .db()
            .statement(
                "SELECT k.fields, k.digest, k.id FROM {rows} {then} record_keys k
                 ON k.register = $2 AND k.fields = {t:0} AND k.digest = {t:1} LIMIT 1",
            )
            .bind(rows.clone())
            .bind(register.to_string())
            .fetch_optional(&mut **tx)
            .await?;
        if let Some(row) = taken {
            let fields = row.text("fields")?;
            let names = fields.split(',').map(str::to_owned).collect();
            let at = owners
                .get(&(fields, row.text("digest")?))
                .map_or(0, |(at, _)| *at);
            return Err(WriteError::KeyTaken {
                at,
                fields: names,
                id: RecordId(row.text("id")?),
            });
        }
        self.db()
            .statement(
                "INSERT INTO record_keys (register, fields, digest, id) SELECT $2, {t:0}, {t:1}, {t:2} FROM {rows}",
            )
            .bind(rows)
            .bind(register.to_string())
            .execute(&mut **tx)
            .await?;
        Ok(())
    }
}
