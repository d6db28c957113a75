//! Which entries of a view a question means, and the page of them that is shown.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::sync::Arc;

use memchr::memmem::Finder;
use model::ids::RecordId;
use model::time::UtcMs;
use registers::definition::{Definition, FieldType};
use registers::life::Actor;

use super::{Cell, Entry, Reach, View};
use crate::query::{Bounds, Query, Sort, Test};

/// A query made ready: columns instead of names, numbers instead of their text, words made ready to be found.
struct Plan {
    reach: Reach,
    words: Vec<Finder<'static>>,
    states: Vec<String>,
    conditions: Vec<(usize, Condition)>,
    overdue: Option<bool>,
    demo: Option<bool>,
    bounds: Option<Bounds>,
    among: Option<Arc<HashSet<RecordId>>>,
    now: UtcMs,
}

/// What must hold of one column.
enum Condition {
    AnyOf(Vec<Value>),
    From(Value),
    /// With whether the column holds instants: one of the last day still lies in it.
    To(Value, bool),
}

/// A value compared with, as text and as the number it may be.
struct Value {
    text: String,
    number: Option<f64>,
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self {
            text: text.clone(),
            number: text.parse().ok(),
        }
    }
}

impl Condition {
    fn new(test: &Test, kind: Option<FieldType>) -> Self {
        match test {
            Test::AnyOf(values) => Self::AnyOf(values.iter().map(Value::from).collect()),
            Test::From(least) => Self::From(least.into()),
            Test::To(most) => Self::To(most.into(), kind == Some(FieldType::Instant)),
        }
    }

    fn holds(&self, cell: &Cell) -> bool {
        match (self, cell) {
            (_, Cell::None) => false,
            (Self::AnyOf(values), Cell::Number(n)) => values
                .iter()
                .any(|v| v.number.is_some_and(|v| v.total_cmp(n).is_eq())),
            (Self::AnyOf(values), cell) => values.iter().any(|value| cell.is(&value.text)),
            (Self::From(least), Cell::Number(n)) => least.number.is_some_and(|v| *n >= v),
            (Self::To(most, _), Cell::Number(n)) => most.number.is_some_and(|v| *n <= v),
            (Self::From(least), cell) => cell.any(|text| text >= least.text.as_str()),
            (Self::To(most, true), cell) => {
                cell.any(|text| text.get(..most.text.len()).unwrap_or(text) <= most.text.as_str())
            }
            (Self::To(most, false), cell) => cell.any(|text| text <= most.text.as_str()),
        }
    }
}

impl Plan {
    fn passes(&self, entry: &Entry) -> bool {
        entry.is_current()
            && entry.reached(&self.reach)
            && self.among.as_ref().is_none_or(|among| among.contains(&entry.id))
            && self.demo.is_none_or(|demo| entry.demo == demo)
            && (self.states.is_empty()
                || entry
                    .state
                    .as_deref()
                    .is_some_and(|s| self.states.iter().any(|w| w == s)))
            && self
                .overdue
                .is_none_or(|overdue| entry.overdue(self.now) == overdue)
            && self
                .bounds
                .is_none_or(|b| entry.bounds.is_some_and(|own| touches(own, b)))
            && self
                .conditions
                .iter()
                .all(|(column, condition)| entry.cells.get(*column).is_some_and(|cell| condition.holds(cell)))
            && self
                .words
                .iter()
                .all(|word| word.find(entry.search.as_bytes()).is_some())
    }
}

fn touches(a: Bounds, b: Bounds) -> bool {
    let ([aw, as_, ae, an], [bw, bs, be, bn]) = (a, b);
    aw <= be && bw <= ae && as_ <= bn && bs <= an
}

impl View {
    fn plan(&self, definition: &Definition, query: &Query, actor: &Actor, now: UtcMs) -> Plan {
        let mut conditions: Vec<(usize, Condition)> = query
            .conditions
            .iter()
            .filter_map(|c| {
                let column = self.columns.names.get(&c.field).copied()?;
                let kind = self.columns.kinds.get(column).copied();
                Some((column, Condition::new(&c.test, kind)))
            })
            .collect();
        let mut reach = self.columns.reach(definition, actor);
        if let Some(unit) = &query.unit {
            match self.columns.unit {
                Some(column) => conditions.push((column, Condition::AnyOf(vec![unit.into()]))),
                None => reach = Reach::Nothing,
            }
        }
        Plan {
            reach,
            words: registers::search::words(&query.text)
                .iter()
                .map(|w| Finder::new(w.as_bytes()).into_owned())
                .collect(),
            states: query.states.clone(),
            conditions,
            overdue: query.overdue,
            demo: query.demo,
            bounds: query.bounds,
            among: query.among.clone(),
            now,
        }
    }

    /// The matching entries of one page, and how many match in all. `limit` and `offset` cut the page.
    pub(crate) fn select(
        &self,
        definition: &Definition,
        query: &Query,
        actor: &Actor,
        now: UtcMs,
        offset: usize,
        limit: usize,
    ) -> (Vec<&Entry>, usize) {
        let plan = self.plan(definition, query, actor, now);
        let matching: Vec<bool> = self.entries.iter().map(|e| plan.passes(e)).collect();
        let total = matching.iter().filter(|m| **m).count();
        if offset >= total || limit == 0 {
            return (Vec::new(), total);
        }
        let order = match &query.sort {
            Some(sort) => self.in_order(sort, query.descending),
            None => self.in_order(&Sort::UpdatedAt, true),
        };
        let found = order
            .iter()
            .filter_map(|place| usize::try_from(*place).ok())
            .filter(|place| matching.get(*place).copied().unwrap_or(false))
            .skip(offset)
            .take(limit)
            .filter_map(|place| self.entries.get(place))
            .collect();
        (found, total)
    }

    /// Which of two entries comes first.
    pub(super) fn compare(&self, sort: &Sort, descending: bool, a: &Entry, b: &Entry) -> Ordering {
        let turned = |o: Ordering| if descending { o.reverse() } else { o };
        let order = match sort {
            Sort::Id => turned(a.id.cmp(&b.id)),
            Sort::Title => turned(a.title.cmp(&b.title)),
            Sort::State => {
                let of = |e: &Entry| self.columns.state_order(e.state.as_deref());
                turned(of(a).cmp(&of(b)))
            }
            Sort::Since => turned(a.since.cmp(&b.since)),
            Sort::UpdatedAt => turned(a.updated_at.cmp(&b.updated_at)),
            Sort::NextDue => {
                let of = |e: &Entry| e.due.first().map(|d| d.at);
                missing_last(of(a), of(b), |x, y| turned(x.cmp(&y)))
            }
            Sort::Field(name) => {
                let column = self.columns.names.get(name).copied();
                match (
                    column.and_then(|c| a.cells.get(c)),
                    column.and_then(|c| b.cells.get(c)),
                ) {
                    (Some(Cell::Number(x)), Some(Cell::Number(y))) => turned(x.total_cmp(y)),
                    (x, y) => missing_last(x.and_then(first), y.and_then(first), |x, y| turned(x.cmp(y))),
                }
            }
        };
        order.then_with(|| turned(a.seq.cmp(&b.seq)))
    }
}

fn first(cell: &Cell) -> Option<&str> {
    match cell {
        Cell::Text(text) => Some(text),
        Cell::Many(items) => items.first().map(|t| &**t),
        // A number against a missing one only has to come first.
        Cell::Number(_) => Some(""),
        Cell::None => None,
    }
}

fn missing_last<T>(a: Option<T>, b: Option<T>, order: impl FnOnce(T, T) -> Ordering) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => order(a, b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}
