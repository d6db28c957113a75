//! Lists: filtered and sorted in the view, shown from the store; and what there is of each register.

use std::collections::HashMap;

use model::ids::RecordId;
use model::time::UtcMs;
use registers::register::Register;
use registers::tally;
use store::Paged;
use store::registers::FacetRow;

use crate::error::{LedgerError, Result};
use crate::facets::facets;
use crate::held::Held;
use crate::person::Person;
use crate::query::{Bounds, Query};
use crate::references::today;
use crate::view::{Located, Reach, Shelf, View, ViewDue};
use crate::{Ledger, limits, name_of};

/// A box that every place touches.
const WORLD: Bounds = [-180.0, -90.0, 180.0, 90.0];

/// A record in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// The record.
    pub held: Held,
    /// Title.
    pub title: String,
    /// Whether a deadline has passed.
    pub overdue: bool,
    /// The next deadline, or the one passed longest ago.
    pub next_due: Option<ViewDue>,
}

/// What a person finds in a register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    /// Name of the register.
    pub register: String,
    /// Records in sight.
    pub records: u64,
    /// Of these, with a deadline that has passed.
    pub overdue: u64,
    /// Of these, in a state that does not settle the matter.
    pub unsettled: u64,
}

/// One row of the view as lists need it.
struct Row {
    id: RecordId,
    title: String,
    overdue: bool,
    next_due: Option<ViewDue>,
}

impl Ledger {
    /// The registers a person may see, and what is in them.
    pub async fn infos(&self, person: &Person, now: UtcMs) -> Result<Vec<Info>> {
        self.refresh().await?;
        let mut out = Vec::new();
        for register in self.library().iter() {
            if !register.definition().access.read.contains(&person.actor.role) {
                continue;
            }
            out.push(self.count(register, person, now)?);
        }
        Ok(out)
    }

    /// What a person finds in one register.
    pub async fn info(&self, register: &Register, person: &Person, now: UtcMs) -> Result<Info> {
        self.shelf(register)?.refresh(self.store()).await?;
        self.count(register, person, now)
    }

    fn count(&self, register: &Register, person: &Person, now: UtcMs) -> Result<Info> {
        let mut info = Info {
            register: register.name().to_owned(),
            records: 0,
            overdue: 0,
            unsettled: 0,
        };
        self.shelf(register)?.with(|view| {
            let reach = view.columns().reach(register.definition(), &person.actor);
            for entry in view.reached(&reach) {
                info.records += 1;
                info.overdue += u64::from(entry.overdue(now));
                info.unsettled += u64::from(entry.state.is_some() && !view.is_closed(entry));
            }
        });
        Ok(info)
    }

    /// A page of a register's records in the person's sight.
    pub async fn list(
        &self,
        register: &str,
        query: &Query,
        person: &Person,
        now: UtcMs,
    ) -> Result<Paged<Listed>> {
        let register = self.readable(register, person)?;
        query.check(register)?;
        let size = usize::try_from(query.page.size.clamp(1, store::limits::PAGE_ROWS)).unwrap_or(1);
        let offset = usize::try_from(query.page.number.max(1) - 1)
            .unwrap_or(usize::MAX)
            .saturating_mul(size);
        if let Some(at) = query.as_of {
            return self.list_as_of(register, query, person, at, (offset, size)).await;
        }
        let (rows, total) = self
            .select(register, query, person, now, (offset, size), move |_, entry| {
                Row {
                    id: entry.id.clone(),
                    title: entry.title.to_string(),
                    overdue: entry.overdue(now),
                    next_due: entry.next_due(),
                }
            })
            .await?;
        let stored = self
            .store()
            .records_by_id(&name_of(register), rows.iter().map(|r| &r.id))
            .await?;
        let mut held: HashMap<RecordId, Held> = stored
            .into_iter()
            .map(|s| (s.id.clone(), Held::read(register, s)))
            .collect();
        let items = rows
            .into_iter()
            .filter_map(|row| {
                Some(Listed {
                    held: held.remove(&row.id)?,
                    title: row.title,
                    overdue: row.overdue,
                    next_due: row.next_due,
                })
            })
            .collect();
        Ok(Paged { items, total })
    }

    /// Ids of all records a query leaves, in its order, at most `most` of them; and how many there are.
    pub async fn matching(
        &self,
        register: &Register,
        query: &Query,
        person: &Person,
        now: UtcMs,
        most: usize,
    ) -> Result<(Vec<RecordId>, i64)> {
        query.check(register)?;
        present(query)?;
        self.select(register, query, person, now, (0, most), |_, entry| {
            entry.id.clone()
        })
        .await
    }

    /// Records by id in the order given, read from the store in bounded parts; those that do not exist are left out.
    pub async fn many(&self, register: &Register, ids: &[RecordId]) -> Result<Vec<Held>> {
        let mut out = Vec::with_capacity(ids.len());
        for part in ids.chunks(limits::READ_AT_ONCE) {
            let stored = self.store().records_by_id(&name_of(register), part).await?;
            let mut held: HashMap<RecordId, Held> = stored
                .into_iter()
                .map(|s| (s.id.clone(), Held::read(register, s)))
                .collect();
            out.extend(part.iter().filter_map(|id| held.remove(id)));
        }
        Ok(out)
    }

    /// Places of the records a query leaves, at most `most`; and how many there are. For maps and zone tests.
    pub async fn located(
        &self,
        register: &Register,
        query: &Query,
        person: &Person,
        now: UtcMs,
        most: usize,
    ) -> Result<(Vec<Located>, i64)> {
        query.check(register)?;
        present(query)?;
        let query = Query {
            bounds: query.bounds.or(Some(WORLD)),
            ..query.clone()
        };
        let most = most.min(limits::PLACES);
        let colour = register
            .definition()
            .map
            .as_ref()
            .and_then(|m| m.colour_by.clone());
        let (found, total) = self
            .select(register, &query, person, now, (0, most), move |view, entry| {
                let coloured = colour.as_ref().and_then(|field| view.value(entry, field, false));
                Some(Located {
                    seq: entry.seq,
                    id: entry.id.clone(),
                    revision: entry.revision,
                    title: entry.title.to_string(),
                    state: entry.state.as_ref().map(ToString::to_string),
                    bounds: entry.bounds?,
                    colour: coloured.and_then(|v| v.as_str().map(str::to_owned)),
                    count: 1,
                })
            })
            .await?;
        Ok((found.into_iter().flatten().collect(), total))
    }

    /// Counter of a register's changes: what is remembered of a register is good as long as it stands.
    pub async fn changed(&self, register: &Register) -> Result<i64> {
        Ok(self.store().register_changed(&name_of(register)).await?)
    }

    /// Walks the view away from the asynchronous threads, for filtering and sorting 100,000 rows takes milliseconds.
    async fn select<T: Send + 'static>(
        &self,
        register: &Register,
        query: &Query,
        person: &Person,
        now: UtcMs,
        (offset, limit): (usize, usize),
        show: impl Fn(&View, &crate::view::Entry) -> T + Send + 'static,
    ) -> Result<(Vec<T>, i64)> {
        let shelf = self.shelf(register)?;
        shelf.refresh(self.store()).await?;
        let (mut query, actor) = (query.clone(), person.actor.clone());
        if let Some(figure) = &query.figure {
            query.among = Some(self.members(register, figure, now).await?);
        }
        let definition = register.definition().clone();
        let walked = tokio::task::spawn_blocking(move || {
            shelf.with(|view| {
                let (found, total) = view.select(&definition, &query, &actor, now, offset, limit);
                let rows: Vec<T> = found.into_iter().map(|entry| show(view, entry)).collect();
                (rows, total)
            })
        });
        let (rows, total) = walked.await.map_err(LedgerError::lost)?;
        Ok((rows, i64::try_from(total).unwrap_or(i64::MAX)))
    }

    async fn list_as_of(
        &self,
        register: &Register,
        query: &Query,
        person: &Person,
        at: UtcMs,
        (offset, limit): (usize, usize),
    ) -> Result<Paged<Listed>> {
        let (mut after, mut rows) = (String::new(), Vec::new());
        let mut past: HashMap<RecordId, Held> = HashMap::new();
        loop {
            let page = self.store().records_as_of(&name_of(register), at, &after).await?;
            let Some((last, _)) = page.last() else { break };
            after = last.to_string();
            let ids: Vec<RecordId> = page.iter().map(|(id, _)| id.clone()).collect();
            let present = self.many(register, &ids).await?;
            for (held, (_, revision)) in present.iter().zip(page) {
                let then = held.at(register, revision);
                let counted = |figure: &String| tally::takes_part(register, figure, &then.record, today(at));
                if query.figure.as_ref().and_then(counted) == Some(false) {
                    continue;
                }
                let facets = facets(register, &then.record, at, self.library().calendar());
                rows.push(FacetRow {
                    seq: then.seq,
                    changed: 0,
                    id: then.record.id.clone(),
                    revision: then.revision,
                    state: then.record.state.clone(),
                    since: then.record.since,
                    demo: then.record.demo,
                    updated_at: then.updated_at,
                    author: then.author.name.clone(),
                    merged: then.merged_into.is_some(),
                    facets: serde_json::to_string(&facets).unwrap_or_default(),
                });
                past.insert(then.record.id.clone(), then);
            }
        }
        let view = Shelf::other(register, &rows);
        let (found, total) = view.select(register.definition(), query, &person.actor, at, offset, limit);
        let items = found
            .into_iter()
            .filter_map(|entry| {
                Some(Listed {
                    held: past.remove(&entry.id)?,
                    title: entry.title.to_string(),
                    overdue: entry.overdue(at),
                    next_due: entry.next_due(),
                })
            })
            .collect();
        Ok(Paged {
            items,
            total: i64::try_from(total).unwrap_or(i64::MAX),
        })
    }

    /// Titles of records of a register by id; those out of the person's reach are left out.
    pub async fn titles_of(
        &self,
        register: &str,
        ids: &[RecordId],
        person: &Person,
    ) -> Result<HashMap<RecordId, String>> {
        let Ok(register) = self.register(register) else {
            return Ok(HashMap::new());
        };
        let ids: Vec<&RecordId> = ids.iter().collect();
        let found = self.titles(register, &ids, person).await?;
        Ok(found.into_iter().map(|(id, (title, ..))| (id, title)).collect())
    }

    /// Titles and states of records by id, for links; those out of the person's reach are left out.
    pub(crate) async fn titles(
        &self,
        register: &Register,
        ids: &[&RecordId],
        person: &Person,
    ) -> Result<HashMap<RecordId, (String, Option<String>, Option<Bounds>)>> {
        let shelf = self.shelf(register)?;
        shelf.refresh(self.store()).await?;
        Ok(shelf.with(|view| {
            let reach: Reach = view.columns().reach(register.definition(), &person.actor);
            ids.iter()
                .filter_map(|id| {
                    let entry = view.get(id).filter(|e| e.reached(&reach))?;
                    let state = entry.state.as_ref().map(ToString::to_string);
                    Some(((*id).clone(), (entry.title.to_string(), state, entry.bounds)))
                })
                .collect()
        }))
    }
}

/// Changes, exports and maps are made of the records as they are.
fn present(query: &Query) -> Result<()> {
    match query.as_of {
        None => Ok(()),
        Some(_) => Err(LedgerError::query(
            "as_of",
            "此处只能使用当前的记录",
            "only the records as they are now can be used here",
        )),
    }
}
