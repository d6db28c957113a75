//! Writing many revisions in one transaction, a part at a time, so that an import never stands in memory as a whole.

use model::ids::RecordId;
use model::time::UtcMs;
use registers::register::Register;
use store::registers::{RecordWrite, WriteError, Writing};

use crate::change::Change;
use crate::error::{LedgerError, Result};
use crate::facets::derive;
use crate::person::Person;
use crate::references::today;
use crate::{Ledger, name_of};

/// Revisions being written; nothing of them is there before [`Ledger::finish`].
pub(crate) struct Batch {
    writing: Writing,
    person: Person,
    now: UtcMs,
}

impl Batch {
    /// Ends an import in the same transaction; says whether it was open until now.
    pub(crate) async fn end_import(&mut self, import: i64) -> Result<bool> {
        Ok(self.writing.end_import(import).await?)
    }
}

impl Ledger {
    /// Begins to write.
    pub(crate) async fn begin(&self, register: &Register, person: &Person, now: UtcMs) -> Result<Batch> {
        let writing = self
            .store()
            .begin_records(&name_of(register), &person.author(), now)
            .await?;
        let person = person.clone();
        Ok(Batch { writing, person, now })
    }

    /// Writes changes that are admitted and decided. Answers the ids in order.
    pub(crate) async fn put(
        &self,
        batch: &mut Batch,
        register: &Register,
        changes: Vec<Change>,
    ) -> Result<Vec<RecordId>> {
        let day = today(batch.now).to_string();
        let calendar = self.library().calendar();
        let mut writes = Vec::with_capacity(changes.len());
        for change in changes {
            let record = change.record;
            let subject = self.subject_of(register, &record).await?;
            let mut derived = derive(register, &record, batch.now, calendar);
            if change.merged_into.is_some() {
                derived.closed();
            }
            writes.push(RecordWrite {
                derived,
                id: (!change.numbered).then_some(record.id),
                on_revision: change.on_revision,
                version: register.definition().version,
                state: record.state,
                since: record.since,
                demo: record.demo,
                kind: change.kind,
                transition: change.transition,
                reason: change.reason,
                valid_from: change.valid_from.unwrap_or_else(|| day.clone()),
                merged_into: change.merged_into,
                body: record.body,
                trail: serde_json::to_value(&record.trail).unwrap_or_default(),
                detail: change.detail,
                subject,
            });
        }
        match batch.writing.put(&writes).await {
            Ok(written) => Ok(written.into_iter().map(|(id, _)| id).collect()),
            Err(WriteError::Stale { id, .. }) => {
                let seen = writes.iter().find(|w| w.id.as_ref() == Some(&id));
                let seen = seen.map_or(0, |w| w.on_revision);
                let held = self.fetch(register, &id).await?.ok_or(LedgerError::NotFound)?;
                Err(self.stale(register, &held, seen, &batch.person).await?)
            }
            Err(error) => Err(self.refused_write(register, error)),
        }
    }

    /// Makes everything written so far stand.
    pub(crate) async fn finish(&self, batch: Batch, register: &Register) -> Result<()> {
        batch
            .writing
            .commit()
            .await
            .map_err(|error| self.refused_write(register, error))
    }

    fn refused_write(&self, register: &Register, error: WriteError) -> LedgerError {
        match error {
            WriteError::Store(error) => error.into(),
            WriteError::Stale { .. } => LedgerError::NotFound,
            WriteError::KeyTaken { fields, id, .. } => self.key_taken(register, &fields, &id),
        }
    }
}
