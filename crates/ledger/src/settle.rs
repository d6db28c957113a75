//! What is done at the start and once a day: facets made again where the definition changed or the day decides, the
//! demonstration's records, the profile's subjects.

use std::sync::PoisonError;

use model::time::UtcMs;
use registers::admit::admit;
use registers::record::{Body, Record};
use registers::register::Register;
use store::registers::{ChangeKind, Derived};

use crate::change::Change;
use crate::error::{LedgerError, Result};
use crate::facets::{derive, digest};
use crate::held::Held;
use crate::person::Person;
use crate::references::{Asked, today};
use crate::{Ledger, name_of};

impl Ledger {
    /// Makes the facets of every register again whose definition, codes or calendar changed since they were made. Answers
    /// how many records were touched.
    pub async fn settle(&self, now: UtcMs) -> Result<u64> {
        let marks = self.store().register_marks().await?;
        let mut touched = 0;
        for register in self.library().iter() {
            let digest = digest(register, self.library().calendar());
            let known = marks.get(register.name());
            if known.is_some_and(|mark| mark.definition == digest) {
                continue;
            }
            if known.is_some() {
                touched += self.derive_all(register, now, |_, _| true).await?;
            }
            self.store().note_definition(&name_of(register), &digest).await?;
        }
        self.sweep(now).await?;
        Ok(touched)
    }

    /// Once a day: deadlines that run only under a condition on today's date are found again. Cheap when called often.
    pub async fn sweep(&self, now: UtcMs) -> Result<()> {
        let day = today(now);
        {
            let mut swept = self.inner.swept.lock().unwrap_or_else(PoisonError::into_inner);
            if *swept == Some(day) {
                return Ok(());
            }
            *swept = Some(day);
        }
        for register in self.library().iter() {
            let daily = register
                .definition()
                .deadline
                .iter()
                .any(|d| d.applies.as_ref().is_some_and(|text| text.contains("today(")));
            if daily {
                self.derive_all(register, now, |old, new| old != new.facets)
                    .await?;
            }
        }
        Ok(())
    }

    /// Derives again, page by page; `wanted` says whether a record is written, given its stored facets.
    async fn derive_all(
        &self,
        register: &Register,
        now: UtcMs,
        wanted: impl Fn(&str, &Derived) -> bool,
    ) -> Result<u64> {
        let name = name_of(register);
        let (mut after, mut touched) = (0, 0);
        loop {
            let page = self.store().records_after(&name, after).await?;
            let Some(last) = page.last() else {
                return Ok(touched);
            };
            after = last.seq;
            let ids: Vec<_> = page.iter().map(|s| s.id.clone()).collect();
            let stored = self.store().stored_facets(&name, &ids).await?;
            let derived: Vec<_> = page
                .into_iter()
                .map(|s| Held::read(register, s).record)
                .map(|record| {
                    let derived = derive(register, &record, now, self.library().calendar());
                    (record.id, derived)
                })
                .filter(|(id, d)| wanted(stored.get(id).map_or("", String::as_str), d))
                .collect();
            touched += derived.len() as u64;
            if !derived.is_empty() {
                self.store().derive_records(&name, &derived).await?;
            }
        }
    }

    /// Puts the demonstration's records into registers that lack them. Records that are there stay as they are. A record
    /// the definition does not admit is told in the log and left out.
    pub async fn seed_demo(&self, now: UtcMs) -> Result<u64> {
        let author = Person::program("演示").author();
        let mut seeded = 0;
        for register in self.library().iter() {
            let records = self.library().demo(register.name());
            let ids: Vec<_> = records.iter().map(|r| r.id.clone()).collect();
            let there: Vec<_> = self
                .many(register, &ids)
                .await?
                .into_iter()
                .map(|h| h.record.id)
                .collect();
            let mut changes = Vec::new();
            for record in records.iter().filter(|r| !there.contains(&r.id)) {
                match self.admit_demo(register, record, now).await? {
                    Ok(record) => {
                        let id = Some(record.id.clone());
                        changes.push(Change {
                            record,
                            ..Change::new(register, id, Body::new(), ChangeKind::Created, now)
                        });
                    }
                    Err(said) => {
                        tracing::warn!(register = register.name(), id = %record.id, %said, "demonstration record left out");
                    }
                }
            }
            for change in changes {
                let id = change.record.id.clone();
                match self.commit(register, vec![change], &author, now).await {
                    Ok(_) => seeded += 1,
                    Err(LedgerError::Findings(findings)) => {
                        let said = findings.first().map(|f| f.expected.to_string());
                        tracing::warn!(register = register.name(), %id, said, "demonstration record left out");
                    }
                    Err(other) => return Err(other),
                }
            }
        }
        Ok(seeded)
    }

    /// Demonstration records point at each other across registers, so what the demonstration has counts as there.
    async fn admit_demo(
        &self,
        register: &Register,
        record: &Record,
        now: UtcMs,
    ) -> Result<std::result::Result<Record, String>> {
        let state = record.state.as_deref();
        let asked = Asked::default();
        let _ = admit(register, &record.body, state, today(now), &asked);
        let mut known = self.resolve(asked).await?;
        for other in self.library().iter() {
            for demo in self.library().demo(other.name()) {
                known.and_record(other.name(), &demo.id);
            }
        }
        Ok(match admit(register, &record.body, state, today(now), &known) {
            Ok(body) => Ok(Record {
                body,
                ..record.clone()
            }),
            Err(findings) => Err(findings
                .iter()
                .map(|f| format!("{}: {}", f.field, f.expected))
                .collect::<Vec<_>>()
                .join("; ")),
        })
    }
}
