//! Writing revisions: many at once, in one transaction, in batches of one statement each.

use std::collections::HashMap;

use model::ids::{RecordId, RegisterName};
use model::subject::SubjectSpec;
use model::time::UtcMs;
use serde_json::json;

use super::{Author, Derived, RecordWrite, WriteError, Written};
use crate::Store;
use crate::db::Tx;
use crate::error::StoreError;
use crate::limits;
use crate::rows::{Cell, Columns, Rows};

/// Digits of a record's number; more are written in full.
const NUMBER_WIDTH: usize = 6;

/// A write that knows its record.
struct Known<'a> {
    at: usize,
    id: RecordId,
    revision: i64,
    write: &'a RecordWrite,
}

/// Revisions of one register being written in one transaction.
pub struct Writing {
    store: Store,
    tx: Tx,
    register: RegisterName,
    author: Author,
    now: UtcMs,
    changed: i64,
    number: i64,
    count: usize,
    /// Keys wait until all records have let go of theirs, so that two may swap.
    keys: Vec<(usize, RecordId, Derived)>,
    subjects: Vec<SubjectSpec>,
}

impl std::fmt::Debug for Writing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writing")
            .field("register", &self.register)
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}

impl Writing {
    /// Writes some revisions. Each names the revision it was made on.
    pub async fn put(&mut self, writes: &[RecordWrite]) -> Result<Written, WriteError> {
        let Self {
            store, tx, register, ..
        } = self;
        let first = self.count;
        if first + writes.len() > limits::RECORD_WRITES {
            return Err(StoreError::TooMuch {
                what: "记录 / records",
                given: (first + writes.len()) as u64,
                max: limits::RECORD_WRITES as u64,
            }
            .into());
        }
        let unnumbered = writes.iter().filter(|w| w.id.is_none()).count();
        let mut numbers = store.next_ids(tx, register, &mut self.number, unnumbered).await?;
        let mut known = Vec::with_capacity(writes.len());
        for (at, write) in writes.iter().enumerate() {
            let id = match &write.id {
                Some(id) => RecordId(crate::rows::clean(id.as_str()).into_owned()),
                None => numbers
                    .pop_front()
                    .ok_or_else(|| StoreError::not_found("记录编号 / record number", at))?,
            };
            let revision = write.on_revision + 1;
            known.push(Known {
                at: first + at,
                id,
                revision,
                write,
            });
        }
        for batch in known.chunks(limits::RECORD_BATCH) {
            store.check_revisions(tx, register, batch).await?;
            store
                .put_records(tx, register, batch, &self.author, self.changed, self.now)
                .await?;
            store
                .put_revisions(tx, register, batch, &self.author, self.now)
                .await?;
            let derived: Vec<(&RecordId, &Derived)> =
                batch.iter().map(|k| (&k.id, &k.write.derived)).collect();
            store.put_links(tx, register, &derived).await?;
            store.put_files(tx, register, &derived).await?;
            store.take_keys(tx, register, &derived).await?;
        }
        self.count += writes.len();
        for k in &known {
            let keys = Derived {
                keys: k.write.derived.keys.clone(),
                ..Derived::default()
            };
            self.keys.push((k.at, k.id.clone(), keys));
            self.subjects.extend(k.write.subject.clone());
        }
        Ok(known.into_iter().map(|k| (k.id, k.revision)).collect())
    }

    /// Ends an import in the same transaction; says whether it was open until now.
    pub async fn end_import(&mut self, import: i64) -> Result<bool, StoreError> {
        self.store
            .end_import(&mut self.tx, import, crate::desk::ImportState::Done)
            .await
    }

    /// Makes everything written stand.
    pub async fn commit(self) -> Result<(), WriteError> {
        let Self {
            store,
            mut tx,
            register,
            changed,
            number,
            keys,
            subjects,
            ..
        } = self;
        for batch in keys.chunks(limits::RECORD_BATCH) {
            let keys: Vec<(usize, &RecordId, &Derived)> =
                batch.iter().map(|(at, id, derived)| (*at, id, derived)).collect();
            store.put_keys(&mut tx, &register, &keys).await?;
        }
        if !subjects.is_empty() {
            crate::subjects::put(store.db(), &mut tx, &subjects).await?;
        }
        store
            .db()
            .statement("UPDATE record_registers SET changed = $2, last_number = $3 WHERE register = $1")
            .bind(register.to_string())
            .bind(changed)
            .bind(number)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }
}

impl Store {
    /// Writes revisions of one register's records: all or none. Each names the revision it was made on. Subjects the
    /// records are the form of are brought up to date in the same transaction.
    pub async fn write_records(
        &self,
        register: &RegisterName,
        writes: &[RecordWrite],
        author: &Author,
        now: UtcMs,
    ) -> Result<Written, WriteError> {
        if writes.len() > limits::RECORD_WRITES {
            return Err(StoreError::TooMuch {
                what: "记录 / records",
                given: writes.len() as u64,
                max: limits::RECORD_WRITES as u64,
            }
            .into());
        }
        let mut writing = self.begin_records(register, author, now).await?;
        let written = writing.put(writes).await?;
        writing.commit().await?;
        Ok(written)
    }

    /// Begins to write revisions of one register, a part at a time; nothing of them is there before they are committed.
    pub async fn begin_records(
        &self,
        register: &RegisterName,
        author: &Author,
        now: UtcMs,
    ) -> Result<Writing, StoreError> {
        let mut tx = self.db().write().await?;
        let (changed, number) = self.next_change(&mut tx, register).await?;
        Ok(Writing {
            store: self.clone(),
            tx,
            register: register.clone(),
            author: author.clone(),
            now,
            changed,
            number,
            count: 0,
            keys: Vec::new(),
            subjects: Vec::new(),
        })
    }

    /// Writes again what follows from unchanged values (the definition changed, a day passed). Not a revision.
    pub async fn derive_records(
        &self,
        register: &RegisterName,
        derived: &[(RecordId, Derived)],
    ) -> Result<(), StoreError> {
        let mut tx = self.db().write().await?;
        let (changed, number) = self.next_change(&mut tx, register).await?;
        for batch in derived.chunks(limits::RECORD_BATCH) {
            let mut rows = Rows::default();
            for (id, derived) in batch {
                rows.push([Cell::from(id.as_str()), (&derived.facets).into()]);
            }
            // An update that joins would walk the whole register on SQLite; this finds each row by its key.
            self.db()
                .statement(
                    "INSERT INTO records (register, id, version, revision, changed, state, since, demo, created_at,
                       updated_at, author, author_name, kind, valid_from, merged_into, body, trail, facets)
                     SELECT r.register, r.id, r.version, r.revision, CAST($3 AS BIGINT), r.state, r.since, r.demo,
                       r.created_at, r.updated_at, r.author, r.author_name, r.kind, r.valid_from, r.merged_into,
                       r.body, r.trail, {t:1}
                     FROM {rows} {then} records r ON r.register = $2 AND r.id = {t:0} WHERE true
                     ON CONFLICT (register, id) DO UPDATE SET facets = excluded.facets, changed = excluded.changed",
                )
                .bind(rows.into_json())
                .bind(register.to_string())
                .bind(changed)
                .execute(&mut *tx)
                .await?;
            let pairs: Vec<(&RecordId, &Derived)> = batch.iter().map(|(id, d)| (id, d)).collect();
            self.put_links(&mut tx, register, &pairs).await?;
            self.take_keys(&mut tx, register, &pairs).await?;
        }
        for batch in derived.chunks(limits::RECORD_BATCH) {
            self.put_free_keys(&mut tx, register, batch).await?;
        }
        self.db()
            .statement("UPDATE record_registers SET changed = $2, last_number = $3 WHERE register = $1")
            .bind(register.to_string())
            .bind(changed)
            .bind(number)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Notes under which definition the facets of registers were made: all at once, for there are hundreds.
    pub async fn note_definitions(&self, digests: &[(RegisterName, String)]) -> Result<(), StoreError> {
        let mut rows = Rows::default();
        for (register, digest) in digests {
            rows.push([Cell::from(register.as_str()), digest.into()]);
        }
        if rows.is_empty() {
            return Ok(());
        }
        let mut tx = self.db().write().await?;
        self.db()
            .statement(
                "INSERT INTO record_registers (register, changed, last_number, definition)
                 SELECT {t:0}, 0, 0, {t:1} FROM {rows} WHERE true
                 ON CONFLICT (register) DO UPDATE SET definition = excluded.definition",
            )
            .bind(rows.into_json())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// The register's next change and the last number given; holds the register until the end of the transaction.
    async fn next_change(&self, tx: &mut Tx, register: &RegisterName) -> Result<(i64, i64), StoreError> {
        self.db()
            .statement(
                "INSERT INTO record_registers (register, changed, last_number, definition) VALUES ($1, 0, 0, '')
                 ON CONFLICT (register) DO NOTHING",
            )
            .bind(register.to_string())
            .execute(&mut **tx)
            .await?;
        let row = self
            .db()
            .statement("SELECT changed, last_number FROM record_registers WHERE register = $1 {lock}")
            .bind(register.to_string())
            .fetch_one(&mut **tx)
            .await?;
        Ok((row.int("changed")? + 1, row.int("last_number")?))
    }

    /// The next numbers that no record has: imports and demonstrations may have brought ids of their own.
    async fn next_ids(
        &self,
        tx: &mut Tx,
        register: &RegisterName,
        number: &mut i64,
        wanted: usize,
    ) -> Result<std::collections::VecDeque<RecordId>, StoreError> {
        let mut ids = std::collections::VecDeque::with_capacity(wanted);
        while ids.len() < wanted {
            let mut rows = Rows::default();
            let mut batch = Vec::new();
            for _ in 0..(wanted - ids.len()).min(limits::RECORD_BATCH) {
                *number += 1;
                let id = format!("{number:0NUMBER_WIDTH$}");
                rows.push([Cell::from(&id)]);
                batch.push(id);
            }
            let taken = self
                .db()
                .statement("SELECT r.id FROM {rows} {then} records r ON r.register = $2 AND r.id = {t:0}")
                .bind(rows.into_json())
                .bind(register.to_string())
                .fetch_all(&mut **tx)
                .await?;
            let taken: std::collections::HashSet<String> =
                taken.iter().map(|row| row.text("id")).collect::<Result<_, _>>()?;
            ids.extend(batch.into_iter().filter(|id| !taken.contains(id)).map(RecordId));
        }
        Ok(ids)
    }

    async fn check_revisions(
        &self,
        tx: &mut Tx,
        register: &RegisterName,
        batch: &[Known<'_>],
    ) -> Result<(), WriteError> {
        let mut rows = Rows::default();
        for known in batch {
            rows.push([Cell::from(known.id.as_str())]);
        }
        let found = self
            .db()
            .statement(
                "SELECT r.id, r.revision FROM {rows} {then} records r ON r.register = $2 AND r.id = {t:0}",
            )
            .bind(rows.into_json())
            .bind(register.to_string())
            .fetch_all(&mut **tx)
            .await?;
        let mut now = HashMap::new();
        for row in &found {
            now.insert(row.text("id")?, row.int("revision")?);
        }
        let mut seen = std::collections::HashSet::new();
        for known in batch {
            let revision = now.get(known.id.as_str()).copied().unwrap_or(0);
            if revision != known.write.on_revision || !seen.insert(&known.id) {
                let id = known.id.clone();
                return Err(WriteError::Stale { id, revision });
            }
        }
        Ok(())
    }

    async fn put_records(
        &self,
        tx: &mut Tx,
        register: &RegisterName,
        batch: &[Known<'_>],
        author: &Author,
        changed: i64,
        now: UtcMs,
    ) -> Result<(), StoreError> {
        let mut rows = Rows::default();
        for known in batch {
            let w = known.write;
            let (body, trail) = (json!(w.body).to_string(), w.trail.to_string());
            rows.push([
                Cell::from(known.id.as_str()),
                i64::from(w.version).into(),
                known.revision.into(),
                w.state.as_ref().into(),
                w.since.into(),
                w.demo.into(),
                w.kind.name().into(),
                (&w.valid_from).into(),
                w.merged_into.as_ref().map(RecordId::as_str).into(),
                (&body).into(),
                (&trail).into(),
                (&w.derived.facets).into(),
            ]);
        }
        self.db()
            .statement(
                "INSERT INTO records (register, id, version, revision, changed, state, since, demo, created_at,
                   updated_at, author, author_name, kind, valid_from, merged_into, body, trail, facets)
                 SELECT $2, {t:0}, {i:1}, {i:2}, CAST($3 AS BIGINT), {t:3}, {i:4}, {i:5}, CAST($4 AS BIGINT),
                   CAST($4 AS BIGINT), CAST($5 AS BIGINT), $6, {t:6}, {t:7}, {t:8}, {t:9}, {t:10}, {t:11}
                 FROM {rows} WHERE true
                 ON CONFLICT (register, id) DO UPDATE SET version = excluded.version, revision = excluded.revision,
                   changed = excluded.changed, state = excluded.state, since = excluded.since, demo = excluded.demo,
                   updated_at = excluded.updated_at, author = excluded.author, author_name = excluded.author_name,
                   kind = excluded.kind, valid_from = excluded.valid_from, merged_into = excluded.merged_into,
                   body = excluded.body, trail = excluded.trail, facets = excluded.facets",
            )
            .bind(rows.into_json())
            .bind(register.to_string())
            .bind(changed)
            .bind(now.0)
            .bind(author.id.0)
            .bind(crate::rows::clean(&author.name).into_owned())
            .execute(&mut **tx)
            .await?;
        Ok(())
    }

    async fn put_revisions(
        &self,
        tx: &mut Tx,
        register: &RegisterName,
        batch: &[Known<'_>],
        author: &Author,
        now: UtcMs,
    ) -> Result<(), StoreError> {
        let mut rows = Rows::default();
        for known in batch {
            let w = known.write;
            let body = json!(w.body).to_string();
            let detail = w.detail.as_ref().map(ToString::to_string);
            rows.push([
                Cell::from(known.id.as_str()),
                known.revision.into(),
                w.kind.name().into(),
                i64::from(w.version).into(),
                w.state.as_ref().into(),
                w.since.into(),
                w.transition.as_ref().into(),
                w.reason.as_ref().into(),
                (&w.valid_from).into(),
                w.merged_into.as_ref().map(RecordId::as_str).into(),
                (&body).into(),
                detail.as_ref().into(),
            ]);
        }
        self.db()
            .statement(
                "INSERT INTO record_revisions (register, id, revision, at, author, author_name, kind, version, state,
                   since, transition, reason, valid_from, merged_into, body, detail)
                 SELECT $2, {t:0}, {i:1}, CAST($3 AS BIGINT), CAST($4 AS BIGINT), $5, {t:2}, {i:3}, {t:4}, {i:5},
                   {t:6}, {t:7}, {t:8}, {t:9}, {t:10}, {t:11}
                 FROM {rows}",
            )
            .bind(rows.into_json())
            .bind(register.to_string())
            .bind(now.0)
            .bind(author.id.0)
            .bind(crate::rows::clean(&author.name).into_owned())
            .execute(&mut **tx)
            .await?;
        Ok(())
    }
}
