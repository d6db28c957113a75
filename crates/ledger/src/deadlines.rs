//! What is due, over all registers: read from the views, so that a deadline is on the list the moment it is due.

use model::ids::RecordId;
use model::time::UtcMs;
use registers::definition::Definition;
use registers::text::Names;
use store::{Page, Paged};

use crate::Ledger;
use crate::error::Result;
use crate::person::Person;
use crate::view::Entry;

/// Which deadlines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeadlineQuery {
    /// Passed or not; both when absent.
    pub overdue: Option<bool>,
    /// Only those of records with which the person may do something: edit them or take a step.
    pub mine: bool,
    /// Only those whose reminder is due or that have passed.
    pub reminding: bool,
    /// Part of the list.
    pub page: Page,
}

/// A deadline of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueRow {
    /// Register.
    pub register: String,
    /// Its names.
    pub register_names: Names,
    /// The record.
    pub id: RecordId,
    /// Its title.
    pub title: String,
    /// Name of the deadline.
    pub deadline: String,
    /// For people.
    pub names: Names,
    /// By when.
    pub due: UtcMs,
    /// It may still move.
    pub provisional: bool,
    /// It has passed.
    pub overdue: bool,
    /// A reminder is due.
    pub reminding: bool,
    /// Unit the record belongs to.
    pub unit: Option<String>,
}

impl Ledger {
    /// Deadlines of all registers in the person's sight, earliest first.
    pub async fn deadlines(
        &self,
        query: &DeadlineQuery,
        person: &Person,
        now: UtcMs,
    ) -> Result<Paged<DueRow>> {
        self.refresh().await?;
        let mut found: Vec<(UtcMs, &str, RecordId, usize)> = Vec::new();
        for register in self.library().iter() {
            let definition = register.definition();
            if definition.deadline.is_empty() {
                continue;
            }
            self.shelf(register)?.with(|view| {
                let reach = view.columns().reach(definition, &person.actor);
                for entry in view.reached(&reach) {
                    if query.mine && !acts(definition, entry, person) {
                        continue;
                    }
                    for (n, due) in entry.due.iter().enumerate() {
                        let overdue = now >= due.at;
                        let reminding = overdue || due.remind.is_some_and(|t| t <= now);
                        if query.overdue.is_none_or(|o| o == overdue) && (reminding || !query.reminding) {
                            found.push((due.at, register.name(), entry.id.clone(), n));
                        }
                    }
                }
            });
        }
        let total = i64::try_from(found.len()).unwrap_or(i64::MAX);
        found.sort_unstable();
        let size = usize::try_from(query.page.size.clamp(1, store::limits::PAGE_ROWS)).unwrap_or(1);
        let skip = usize::try_from(query.page.number.max(1) - 1)
            .unwrap_or(usize::MAX)
            .saturating_mul(size);
        let mut items = Vec::new();
        for (at, name, id, n) in found.into_iter().skip(skip).take(size) {
            let register = self.register(name)?;
            let definition = register.definition();
            self.shelf(register)?.with(|view| {
                let Some(entry) = view.get(&id) else { return };
                let Some(due) = entry.due.get(n) else { return };
                let names = definition.deadline.iter().find(|d| d.name == due.name);
                items.push(DueRow {
                    register: name.to_owned(),
                    register_names: definition.names(),
                    title: entry.title.to_string(),
                    deadline: due.name.clone(),
                    names: names.map_or_else(|| Names::same(&due.name), |d| Names::new(&d.zh, &d.en)),
                    due: at,
                    provisional: due.provisional,
                    overdue: now >= at,
                    reminding: now < at && due.remind.is_some_and(|t| t <= now),
                    unit: view.unit(entry),
                    id: id.clone(),
                });
            });
        }
        Ok(Paged { items, total })
    }
}

/// Whether the person's role does something with records in this state.
fn acts(definition: &Definition, entry: &Entry, person: &Person) -> bool {
    let role = person.actor.role;
    let state = entry.state.as_deref();
    let locked = state.and_then(|s| definition.state(s)).is_some_and(|s| s.locked);
    if !locked && definition.access.write.contains(&role) {
        return true;
    }
    let steps = definition.life.iter().flat_map(|l| &l.transition);
    state.is_some_and(|state| {
        steps
            .into_iter()
            .any(|t| t.roles.contains(&role) && t.from.iter().any(|s| s == state))
    })
}
