//! What is done at the start and once a day: facets made again where the definition changed or the day decides, the
//! demonstration's records, the profile's subjects.

use std::sync::PoisonError;

use model::time::UtcMs;
use registers::admit::admit;
use registers::record::{Finding, Record};
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
        let (mut touched, mut noted) = (0, Vec::new());
        for register in self.library().iter() {
            let digest = digest(register, self.library().calendar());
            let known = marks.get(register.name());
            if known.is_some_and(|mark| mark.definition == digest) {
                continue;
            }
            if known.is_some() {
                touched += self.derive_all(register, now, |_, _| true).await?;
            }
            noted.push((name_of(register), digest));
        }
        self.store().note_definitions(&noted).await?;
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
                .map(|s| Held::read(register, s))
                .map(|held| {
                    let calendar = self.library().calendar();
                    let mut derived = derive(register, &held.record, now, calendar);
                    if held.merged_into.is_some() {
                        derived.closed();
                    }
                    (held.record.id, derived)
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
        let program = Person::program("演示");
        let library = self.library();
        let records = || {
            let all = library.iter();
            all.flat_map(|r| library.demo(r.name()).iter().map(move |demo| (r, demo)))
        };
        // Demonstration records point at each other across registers, so what the demonstration has counts as there.
        let asked = Asked::default();
        for (register, record) in records() {
            let _ = admit(
                register,
                &record.body,
                record.state.as_deref(),
                today(now),
                &asked,
            );
        }
        let mut known = self.resolve(asked).await?;
        for (register, record) in records() {
            known.and_record(register.name(), &record.id);
        }
        let mut seeded = 0;
        for register in library.iter() {
            let all = library.demo(register.name());
            let ids: Vec<_> = all.iter().map(|r| r.id.clone()).collect();
            let there = self.many(register, &ids).await?;
            let there: Vec<_> = there.into_iter().map(|held| held.record.id).collect();
            let mut changes = Vec::new();
            for record in all.iter().filter(|r| !there.contains(&r.id)) {
                let state = record.state.as_deref();
                match admit(register, &record.body, state, today(now), &known) {
                    Ok(body) => {
                        let id = Some(record.id.clone());
                        let mut change = Change::new(register, id, body, ChangeKind::Created, now);
                        change.record.state.clone_from(&record.state);
                        change.record.since = record.since;
                        change.record.demo = true;
                        changes.push(change);
                    }
                    Err(findings) => left_out(register, record, &findings),
                }
            }
            seeded += self.seed(register, changes, &program, now).await?;
        }
        Ok(seeded)
    }

    /// All of a register at once; where one has a key that is taken, each by itself.
    async fn seed(
        &self,
        register: &Register,
        changes: Vec<Change>,
        person: &Person,
        now: UtcMs,
    ) -> Result<u64> {
        if changes.is_empty() {
            return Ok(0);
        }
        match self.commit(register, changes.clone(), person, now).await {
            Ok(ids) => return Ok(ids.len() as u64),
            Err(LedgerError::Findings(_)) => {}
            Err(other) => return Err(other),
        }
        let mut seeded = 0;
        for change in changes {
            let record = change.record.clone();
            match self.commit(register, vec![change], person, now).await {
                Ok(_) => seeded += 1,
                Err(LedgerError::Findings(findings)) => left_out(register, &record, &findings),
                Err(other) => return Err(other),
            }
        }
        Ok(seeded)
    }
}

fn left_out(register: &Register, record: &Record, findings: &[Finding]) {
    let said: Vec<String> = findings
        .iter()
        .map(|f| format!("{}: {}", f.field, f.expected))
        .collect();
    let said = said.join("; ");
    tracing::warn!(register = register.name(), id = %record.id, said, "demonstration record left out");
}
