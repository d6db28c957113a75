//! Whether what a record refers to exists: asked of the store in one go, for the engine's check does not wait.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use model::ids::{RecordId, SubjectCode};
use model::time::UtcMs;
use registers::admit::{References, admit};
use registers::record::{Body, Finding};
use registers::register::Register;

use crate::error::Result;
use crate::{Ledger, record_id};

/// Takes every reference for good and remembers what was asked.
#[derive(Debug, Default)]
pub struct Asked {
    records: RefCell<BTreeMap<String, BTreeSet<RecordId>>>,
    subjects: RefCell<BTreeSet<String>>,
}

impl References for Asked {
    fn record(&self, register: &str, id: &str) -> bool {
        let mut records = self.records.borrow_mut();
        if let Some(ids) = records.get_mut(register) {
            ids.insert(record_id(id));
        } else {
            records.insert(register.to_owned(), BTreeSet::from([record_id(id)]));
        }
        true
    }

    fn subject(&self, _: &str, code: &str) -> bool {
        self.subjects.borrow_mut().insert(code.to_owned());
        true
    }

    fn unit(&self, _: &str) -> bool {
        true
    }
}

/// What exists of what was asked.
#[derive(Clone, Debug, Default)]
pub struct Known {
    records: BTreeSet<(String, RecordId)>,
    subjects: BTreeMap<String, &'static str>,
    units: BTreeSet<String>,
}

impl Known {
    /// Takes a record for existing: one that will be written in the same go.
    pub fn and_record(&mut self, register: &str, id: &RecordId) {
        self.records.insert((register.to_owned(), id.clone()));
    }
}

impl References for Known {
    fn record(&self, register: &str, id: &str) -> bool {
        self.records.contains(&(register.to_owned(), record_id(id)))
    }

    fn subject(&self, kind: &str, code: &str) -> bool {
        self.subjects
            .get(code)
            .is_some_and(|k| kind == "any" || *k == kind)
    }

    fn unit(&self, code: &str) -> bool {
        self.units.contains(code)
    }
}

impl Ledger {
    /// Asks the store for what was asked of [`Asked`].
    pub async fn resolve(&self, asked: Asked) -> Result<Known> {
        let mut known = Known {
            units: self.inner.units.keys().cloned().collect(),
            ..Known::default()
        };
        for (name, ids) in asked.records.into_inner() {
            // A record that was merged into another still answers to its id.
            let Ok(register) = self.register(&name) else {
                continue;
            };
            let shelf = self.shelf(register)?;
            shelf.refresh(self.store()).await?;
            shelf.with(|view| {
                for id in ids.into_iter().filter(|id| view.get(id).is_some()) {
                    known.records.insert((name.clone(), id));
                }
            });
        }
        for code in asked.subjects.into_inner() {
            let subject = self.store().subject_by_code(&SubjectCode::new(&code)).await?;
            if let Some(subject) = subject {
                known.subjects.insert(code, subject.spec.kind.name());
            }
        }
        Ok(known)
    }

    /// [`admit`] with the store's references.
    pub async fn admit(
        &self,
        register: &Register,
        raw: &Body,
        state: Option<&str>,
        now: UtcMs,
    ) -> Result<std::result::Result<Body, Vec<Finding>>> {
        let today = today(now);
        let (asked, first) = {
            let asked = Asked::default();
            let first = admit(register, raw, state, today, &asked);
            (asked, first)
        };
        let known = self.resolve(asked).await?;
        // Where nothing was asked the second look would say the same; where something was, it says it with what exists.
        if first.is_ok() && known.records.is_empty() && known.subjects.is_empty() && !refers(register) {
            return Ok(first);
        }
        Ok(admit(register, raw, state, today, &known))
    }
}

impl Ledger {
    /// [`Ledger::admit`] of many records of a register: the store is asked once for all of them. Answers in their order.
    pub async fn admit_many(
        &self,
        register: &Register,
        records: &[(&Body, Option<&str>)],
        now: UtcMs,
    ) -> Result<Vec<std::result::Result<Body, Vec<Finding>>>> {
        let today = today(now);
        let asked = Asked::default();
        let first: Vec<_> = records
            .iter()
            .map(|(raw, state)| admit(register, raw, *state, today, &asked))
            .collect();
        if !refers(register) {
            return Ok(first);
        }
        let known = self.resolve(asked).await?;
        let all = records.iter();
        Ok(all
            .map(|(raw, state)| admit(register, raw, *state, today, &known))
            .collect())
    }
}

fn refers(register: &Register) -> bool {
    use registers::definition::FieldType::{Reference, Unit};
    let all = register.definition().field.iter();
    all.flat_map(|f| std::iter::once(f).chain(&f.fields))
        .any(|f| matches!(f.kind, Reference | Unit))
}

/// The civil day of an instant.
pub(crate) fn today(now: UtcMs) -> jiff::civil::Date {
    now.civil().map(jiff::civil::DateTime::date).unwrap_or_default()
}
