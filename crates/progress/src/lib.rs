//! Where the plan stands (规划实施进展): actual values of its indicators with their sources, rounds of dispatch, frozen
//! evaluations with their reports, assessment of units. The rules are in `plan` and `standards`; the lists are registers.
//!
//! [`Progress`] is the whole service. [`inputs`] and [`board`] are pure: a day, what is kept and what is known go in, where
//! everything stands comes out. Facts count by the day they are of, as they are known now.
//!
//! This crate must not know: HTTP, any district. The clock is an argument.

mod actual;
mod aims;
mod air;
mod assess;
pub mod board;
mod consistency;
mod counts;
mod demo;
mod documents;
mod error;
mod evaluate;
pub mod follow;
mod goals;
mod inputs;
pub mod kept;
pub mod limits;
mod notices;
pub mod projects;
mod provenance;
mod rounds;
mod sweep;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;
use ledger::{Ledger, Person};
use model::ids::{RecordId, RegisterName, UnitCode};
use model::profile::{Unit, UnitKind};
use model::time::UtcMs;
use plan::facts::Facts;
use plan::indicators::Years;
use registers::record::{Body, Record};
use store::Store;

pub use actual::{Actual, SectionClass};
pub use assess::{Assessed, AssessedUnit};
pub use board::{Board, LateItem, Level};
pub use consistency::Checked;
pub use demo::Demo;
pub use documents::{Correct, Extraction, Upload};
pub use error::{ProgressError, Result};
pub use evaluate::{Frozen, Judged, Kind, Made, Part};
pub use follow::Follow;
pub use goals::Derived;
pub use inputs::{Inputs, record_key};
pub use provenance::{Column, Provenance};
pub use rounds::{Asked, Filing, RoundView};
pub use sweep::Swept;

use kept::Kept;

/// The plan of an installation. Clones are handles to the same one.
#[derive(Clone)]
pub struct Progress {
    inner: Arc<Inner>,
}

/// Change counters of the plan's registers.
type Marks = BTreeMap<String, i64>;

struct Inner {
    ledger: Ledger,
    facts: Facts,
    follow: Follow,
    units: Vec<Unit>,
    kept: Mutex<Option<(Marks, Arc<Kept>)>>,
    read: Mutex<Option<(UtcMs, Arc<actual::Read>)>>,
    /// The edition read last: reading one takes a moment, and it never changes.
    edition: Mutex<Option<Arc<documents::Edition>>>,
    /// Held while an evaluation is made.
    making: tokio::sync::Mutex<()>,
    /// The evaluation judged last, by the name of its snapshot.
    judged: Mutex<Option<(String, Arc<evaluate::Judged>)>>,
}

/// Everything of a day at once.
#[derive(Clone, Debug)]
pub struct Day {
    /// What is kept.
    pub kept: Arc<Kept>,
    /// What the platform knows itself.
    pub actual: Actual,
    /// What the rules judge.
    pub inputs: Inputs,
    /// What they say.
    pub board: Board,
    /// What is known of the statements of the main aims.
    pub readings: Vec<plan::aims::Reading>,
}

impl Day {
    /// Where the main aims stand, by those of the tasks that are in sight.
    pub fn aims(
        &self,
        aims: &plan::aims::Aims,
        years: Years,
        tasks: &[plan::tasks::TaskState],
    ) -> Vec<plan::aims::AimState> {
        let last = Date::new(i16::try_from(years.target).unwrap_or(i16::MAX), 12, 31);
        let over = last.is_ok_and(|last| self.board.on >= last);
        plan::aims::states(aims, &self.board.indicators, tasks, &self.readings, over)
    }
}

/// A record the program itself enters.
struct NewRecord {
    /// Id; the register's next number where there is none.
    id: Option<String>,
    /// State; that of a new record where there is none.
    state: Option<&'static str>,
    /// When it came into that state; now where not said.
    since: Option<UtcMs>,
    /// 演示
    demo: bool,
    /// Values as entered.
    body: Body,
}

impl NewRecord {
    fn entered(id: Option<String>, demo: bool, body: Body) -> Self {
        Self {
            id,
            state: None,
            since: None,
            demo,
            body,
        }
    }
}

/// The civil day of an instant.
pub fn day_of(now: UtcMs) -> Date {
    now.civil().map_or(Date::MIN, jiff::civil::DateTime::date)
}

impl Progress {
    /// The plan with the registers it is followed by.
    pub fn new(ledger: Ledger, facts: Facts, follow: Follow, units: &[Unit]) -> Self {
        Self {
            inner: Arc::new(Inner {
                ledger,
                facts,
                follow,
                units: units.to_vec(),
                kept: Mutex::default(),
                read: Mutex::default(),
                edition: Mutex::default(),
                making: tokio::sync::Mutex::default(),
                judged: Mutex::default(),
            }),
        }
    }

    /// What the plan says.
    pub fn facts(&self) -> &Facts {
        &self.inner.facts
    }

    /// How it is followed.
    pub fn follow(&self) -> &Follow {
        &self.inner.follow
    }

    /// Units of the district.
    pub fn units(&self) -> &[Unit] {
        &self.inner.units
    }

    /// A unit by code.
    pub fn unit(&self, code: &UnitCode) -> Option<&Unit> {
        self.inner.units.iter().find(|u| u.code == *code)
    }

    /// Codes of the towns.
    pub fn towns(&self) -> impl Iterator<Item = &UnitCode> {
        self.inner
            .units
            .iter()
            .filter(|u| u.kind == UnitKind::Town)
            .map(|u| &u.code)
    }

    /// Years of the plan.
    pub fn years(&self) -> Years {
        Years::from(&self.inner.facts.head)
    }

    pub(crate) fn ledger(&self) -> &Ledger {
        &self.inner.ledger
    }

    pub(crate) fn store(&self) -> &Store {
        self.inner.ledger.store()
    }

    /// Everything the registers hold about the plan; read again only when one of them changed.
    pub async fn kept(&self) -> Result<Arc<Kept>> {
        let marks = self.store().register_marks().await?;
        let marks: BTreeMap<String, i64> = kept::REGISTERS
            .iter()
            .map(|name| ((*name).to_owned(), marks.get(*name).map_or(0, |m| m.changed)))
            .collect();
        let known = self
            .inner
            .kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some((at, kept)) = known
            && at == marks
        {
            return Ok(kept);
        }
        let mut kept = Kept::default();
        for name in kept::REGISTERS {
            let Ok(register) = self.ledger().register(name) else {
                continue;
            };
            let (mut after, mut read) = (0, 0_usize);
            loop {
                let page = self
                    .store()
                    .records_after(&RegisterName::new(name), after)
                    .await?;
                let Some(last) = page.last() else { break };
                after = last.seq;
                read = read.saturating_add(page.len());
                if read > limits::RECORDS {
                    return Err(store::StoreError::TooMuch {
                        what: "台账记录 / records of a register",
                        given: read as u64,
                        max: limits::RECORDS as u64,
                    }
                    .into());
                }
                for stored in page.into_iter().filter(|s| s.merged_into.is_none()) {
                    let revision = stored.revision;
                    let record = Record {
                        id: stored.id,
                        version: stored.version,
                        state: stored.state,
                        since: stored.since,
                        demo: stored.demo,
                        body: stored.body,
                        trail: Vec::new(),
                    };
                    let record = registers::definition::versions::migrate(&record, register.definition());
                    kept.add(name, &record, revision)?;
                }
            }
        }
        kept.sort();
        let kept = Arc::new(kept);
        *self.inner.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some((marks, Arc::clone(&kept)));
        Ok(kept)
    }

    /// What stations and registers say, kept for a minute.
    async fn read(&self, now: UtcMs) -> Result<Arc<actual::Read>> {
        let known = self
            .inner
            .read
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some((at, read)) = known
            && (0..limits::KEPT_MS).contains(&now.0.saturating_sub(at.0))
        {
            return Ok(read);
        }
        let read = actual::read(self.store(), self.ledger(), self.follow(), self.years(), now).await?;
        *self.inner.read.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, Arc::clone(&read)));
        Ok(read)
    }

    /// Everything as it stood on a day, by what is known now.
    pub async fn day(&self, on: Date, now: UtcMs) -> Result<Day> {
        let kept = self.kept().await?;
        let read = self.read(now).await?;
        let today = day_of(now);
        let on = on.min(today);
        let mut actual = actual::actual(&read, &kept, self.follow(), self.years(), on);
        if on < today {
            // A register's figure is that of today; it says nothing of an earlier day.
            actual
                .running
                .retain(|_, running| !running.source.key.starts_with("figure/"));
        }
        let inputs = inputs::inputs(self.facts(), self.follow(), &kept, &actual, on);
        let towns: Vec<UnitCode> = self.towns().cloned().collect();
        let board = board::board(self.facts(), self.follow(), &towns, &inputs, on);
        let readings = self.readings(&read, board.year, on == today, now).await?;
        Ok(Day {
            kept,
            actual,
            inputs,
            board,
            readings,
        })
    }

    /// What is late or comes due on a day.
    pub async fn late(&self, on: Date, now: UtcMs) -> Result<Vec<LateItem>> {
        let day = self.day(on, now).await?;
        Ok(day.board.late(&day.kept, &self.follow().rules.escalation))
    }

    /// Registers that serve the systems a task stands for, with the figures that feed them.
    pub async fn registers_of(
        &self,
        task: &str,
        now: UtcMs,
    ) -> Result<
        Vec<(
            String,
            String,
            registers::text::Names,
            Vec<registers::tally::Figure>,
        )>,
    > {
        let mut out = Vec::new();
        for system in self.follow().systems.get(task).into_iter().flatten() {
            for register in self.ledger().library().serving(system) {
                let figures = self.ledger().figures_of(register, None, now).await?;
                let feeding = figures
                    .iter()
                    .filter(|f| f.feeds.contains(system))
                    .cloned()
                    .collect();
                out.push((
                    system.clone(),
                    register.name().to_owned(),
                    register.definition().names(),
                    feeding,
                ));
            }
        }
        Ok(out)
    }

    /// Enters records that the program itself makes, checked like any other.
    pub(crate) async fn enter(
        &self,
        register: &str,
        records: Vec<NewRecord>,
        author: &str,
        now: UtcMs,
    ) -> Result<Vec<RecordId>> {
        let definition = self.ledger().register(register)?;
        let mut changes = Vec::with_capacity(records.len());
        for new in records {
            let id = new.id.map(RecordId::new);
            let mut change = ledger::Change::new(definition, id, new.body, ledger::ChangeKind::Created, now);
            change.record.demo = new.demo;
            if let Some(state) = new.state {
                change.record.state = Some(state.to_owned());
            }
            if let Some(since) = new.since {
                change.record.since = since;
            }
            changes.push(change);
        }
        let raw: Vec<_> = changes
            .iter()
            .map(|c| (&c.record.body, c.record.state.as_deref()))
            .collect();
        let admitted = self.ledger().admit_many(definition, &raw, now).await?;
        for (change, body) in changes.iter_mut().zip(admitted) {
            change.record.body = body.map_err(ledger::LedgerError::Findings)?;
        }
        Ok(self
            .ledger()
            .commit(definition, changes, &Person::program(author), now)
            .await?)
    }
}
