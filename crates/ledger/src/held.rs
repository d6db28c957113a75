//! A record as the engine sees it, read from the store through the migrations of its definition.

use model::ids::RecordId;
use model::time::UtcMs;
use registers::definition::versions::migrate;
use registers::record::{Record, Taken};
use registers::register::Register;
use serde_json::Value;
use store::registers::{Author, ChangeKind, Revision, StoredRecord};

/// A record with what the store knows of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// The record in the definition's present version.
    pub record: Record,
    /// Row; grows in order of creation.
    pub seq: i64,
    /// Revision, from 1.
    pub revision: i64,
    /// When it was made.
    pub created_at: UtcMs,
    /// When it was last changed.
    pub updated_at: UtcMs,
    /// By whom.
    pub author: Author,
    /// By what kind of change.
    pub kind: ChangeKind,
    /// In force since, `YYYY-MM-DD`.
    pub valid_from: String,
    /// The record it was merged into.
    pub merged_into: Option<RecordId>,
}

impl Held {
    /// From the store.
    pub(crate) fn read(register: &Register, stored: StoredRecord) -> Self {
        let record = Record {
            id: stored.id,
            version: stored.version,
            state: stored.state,
            since: stored.since,
            demo: stored.demo,
            body: stored.body,
            trail: trail(stored.trail),
        };
        Self {
            record: migrate(&record, register.definition()),
            seq: stored.seq,
            revision: stored.revision,
            created_at: stored.created_at,
            updated_at: stored.updated_at,
            author: stored.author,
            kind: stored.kind,
            valid_from: stored.valid_from,
            merged_into: stored.merged_into,
        }
    }

    /// The record as an earlier revision had it.
    pub(crate) fn at(&self, register: &Register, revision: Revision) -> Self {
        let record = Record {
            id: self.record.id.clone(),
            version: revision.version,
            state: revision.state,
            since: revision.since,
            demo: self.record.demo,
            body: revision.body,
            // A trail only grows, so an earlier one is its beginning.
            trail: self
                .record
                .trail
                .iter()
                .filter(|t| t.at <= revision.at)
                .cloned()
                .collect(),
        };
        Self {
            record: migrate(&record, register.definition()),
            seq: self.seq,
            revision: revision.revision,
            created_at: self.created_at,
            updated_at: revision.at,
            author: revision.author,
            kind: revision.kind,
            valid_from: revision.valid_from,
            merged_into: revision.merged_into,
        }
    }
}

fn trail(value: Value) -> Vec<Taken> {
    serde_json::from_value(value).unwrap_or_else(|error| {
        tracing::error!(%error, "a stored trail does not read");
        Vec::new()
    })
}
