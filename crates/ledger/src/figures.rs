//! Counters and rates of a register over the records in sight, remembered until a record changes or the day passes.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use model::ids::RecordId;
use model::time::UtcMs;
use registers::definition::FieldType;
use registers::life;
use registers::register::Register;
use registers::tally::{self, Figure, Tally};

use crate::error::Result;
use crate::held::Held;
use crate::person::Person;
use crate::references::today;
use crate::{Ledger, limits, name_of};

/// Figures by register and scope.
#[derive(Default)]
pub(crate) struct Cache {
    held: Mutex<HashMap<(String, String), Remembered>>,
    members: Mutex<HashMap<(String, String), Members>>,
}

/// The records one figure rests on.
#[derive(Clone)]
struct Members {
    changed: i64,
    day: Date,
    ids: Arc<HashSet<RecordId>>,
}

#[derive(Clone)]
struct Remembered {
    changed: i64,
    day: Date,
    figures: Arc<Vec<Figure>>,
}

impl Ledger {
    /// The figures of a register over the records in the person's sight.
    pub async fn figures(&self, register: &str, person: &Person, now: UtcMs) -> Result<Arc<Vec<Figure>>> {
        let register = self.readable(register, person)?;
        self.figures_of(register, Some(person), now).await
    }

    /// The figures of a register; over all records where nobody in particular asks (progress of the plan).
    pub async fn figures_of(
        &self,
        register: &Register,
        person: Option<&Person>,
        now: UtcMs,
    ) -> Result<Arc<Vec<Figure>>> {
        use model::role::Role;
        let access = &register.definition().access;
        let bounded = person.filter(|p| p.actor.role == Role::Firm || life::own_only(access, p.actor.role));
        let scope = bounded.map_or_else(String::new, |p| {
            format!("{} {:?} {:?}", p.actor.role.name(), p.actor.unit, p.actor.firms)
        });
        let key = (register.name().to_owned(), scope);
        let (changed, day) = (self.changed(register).await?, today(now));
        if let Some(known) = self.remembered(&key)
            && known.changed == changed
            && known.day == day
        {
            return Ok(known.figures);
        }
        let mut tally = Tally::new(register, day);
        let mut after = 0;
        loop {
            let page = self.store().records_after(&name_of(register), after).await?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            for stored in page {
                let held = Held::read(register, stored);
                let seen = bounded.is_none_or(|p| life::may_read(register, &held.record, &p.actor));
                if held.merged_into.is_none() && seen {
                    tally.add(&held.record);
                }
            }
        }
        let mut figures = tally.finish();
        self.name_units(register, &mut figures);
        let figures = Arc::new(figures);
        let mut held = self
            .inner
            .figures
            .held
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if held.len() >= limits::FIGURES_REMEMBERED {
            held.clear();
        }
        held.insert(
            key,
            Remembered {
                changed,
                day,
                figures: Arc::clone(&figures),
            },
        );
        Ok(figures)
    }

    /// The records a figure rests on, whoever asks; remembered like the figure itself.
    pub(crate) async fn members(
        &self,
        register: &Register,
        figure: &str,
        now: UtcMs,
    ) -> Result<Arc<HashSet<RecordId>>> {
        let key = (register.name().to_owned(), figure.to_owned());
        let (changed, day) = (self.changed(register).await?, today(now));
        let known = {
            let held = self
                .inner
                .figures
                .members
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            held.get(&key).cloned()
        };
        if let Some(known) = known.filter(|m| m.changed == changed && m.day == day) {
            return Ok(known.ids);
        }
        let (mut ids, mut after) = (HashSet::new(), 0);
        loop {
            let page = self.store().records_after(&name_of(register), after).await?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            let records = page.into_iter().map(|stored| Held::read(register, stored).record);
            ids.extend(
                records
                    .filter(|r| tally::takes_part(register, figure, r, day) == Some(true))
                    .map(|r| r.id),
            );
        }
        let ids = Arc::new(ids);
        let mut held = self
            .inner
            .figures
            .members
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if held.len() >= limits::FIGURES_REMEMBERED {
            held.clear();
        }
        held.insert(
            key,
            Members {
                changed,
                day,
                ids: Arc::clone(&ids),
            },
        );
        Ok(ids)
    }

    /// Units by which a counter is grouped are told by name.
    fn name_units(&self, register: &Register, figures: &mut [Figure]) {
        let definition = register.definition();
        // Counters come first, in the order of the definition.
        for (counter, figure) in definition.counter.iter().zip(figures) {
            let by = counter.by.as_ref().and_then(|name| definition.field(name));
            if by.is_none_or(|field| field.kind != FieldType::Unit) {
                continue;
            }
            for part in &mut figure.by {
                if let Some(names) = self.unit(&part.key) {
                    part.names = names.clone();
                }
            }
        }
    }

    fn remembered(&self, key: &(String, String)) -> Option<Remembered> {
        let held = self
            .inner
            .figures
            .held
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        held.get(key).cloned()
    }
}
