//! A view of one register in memory: what lists are filtered and sorted by, kept in step with the store.
//!
//! Each ask compares the register's change counter with the view's and reads only what was written since. The view
//! holds no bodies: about a kilobyte a record.

mod order;
mod select;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

use model::ids::{RecordId, RegisterName};
use model::role::Role;
use model::time::UtcMs;
use registers::definition::{Definition, FieldType};
use registers::library::Library;
use registers::life::Actor;
use registers::register::Register;
use serde_json::{Value, json};
use store::registers::FacetRow;
use store::{Store, StoreError};

use crate::facets::{Due, Facet, Facets, is_kept};
use crate::query::Bounds;
use order::Orders;

/// One register's view and the lock under which it is brought up to date.
pub(crate) struct Shelf {
    name: RegisterName,
    view: RwLock<View>,
    refreshing: tokio::sync::Mutex<()>,
}

/// The records of one register.
pub(crate) struct View {
    columns: Columns,
    /// Change counter and row of what was read last.
    cursor: (i64, i64),
    entries: Vec<Entry>,
    places: HashMap<RecordId, usize>,
    shared: HashSet<Arc<str>>,
    orders: Orders,
}

/// What is known of a register's fields without asking the definition again.
#[derive(Clone)]
pub(crate) struct Columns {
    names: HashMap<String, usize>,
    kinds: Vec<FieldType>,
    states: Vec<String>,
    closed: HashSet<String>,
    unit: Option<usize>,
    firms: Vec<usize>,
}

/// One record.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) seq: i64,
    pub(crate) id: RecordId,
    pub(crate) revision: i64,
    pub(crate) state: Option<Arc<str>>,
    pub(crate) since: UtcMs,
    pub(crate) updated_at: UtcMs,
    pub(crate) demo: bool,
    pub(crate) title: Box<str>,
    pub(crate) due: Box<[Due]>,
    pub(crate) bounds: Option<Bounds>,
    search: Box<str>,
    cells: Box<[Cell]>,
    merged: bool,
}

#[derive(Clone, Debug)]
enum Cell {
    None,
    Number(f64),
    Text(Arc<str>),
    Many(Box<[Arc<str>]>),
}

/// A deadline of a record in the view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewDue {
    /// Name of the deadline.
    pub name: String,
    /// By when.
    pub at: UtcMs,
    /// It may still move.
    pub provisional: bool,
}

/// Where a record lies: what maps and zone tests ask of the view.
#[derive(Clone, Debug, PartialEq)]
pub struct Located {
    /// Row; grows in order of creation.
    pub seq: i64,
    /// The record.
    pub id: RecordId,
    /// Revision.
    pub revision: i64,
    /// Title.
    pub title: String,
    /// State.
    pub state: Option<String>,
    /// West, south, east, north of its place.
    pub bounds: Bounds,
    /// Code of the field that colours it.
    pub colour: Option<String>,
    /// Records it stands for.
    pub count: i64,
}

/// Which records somebody reaches.
pub(crate) enum Reach {
    All,
    Nothing,
    Unit(usize, String),
    Firms(Vec<usize>, Vec<String>),
}

impl Columns {
    fn new(definition: &Definition) -> Self {
        let kept: Vec<_> = definition.field.iter().filter(|f| is_kept(f)).collect();
        let names: HashMap<String, usize> = kept
            .iter()
            .enumerate()
            .map(|(n, f)| (f.name.clone(), n))
            .collect();
        let states = definition.life.iter().flat_map(|l| &l.state);
        let access = &definition.access;
        Self {
            kinds: kept.iter().map(|f| f.kind).collect(),
            closed: states
                .clone()
                .filter(|s| s.closed)
                .map(|s| s.name.clone())
                .collect(),
            states: states.map(|s| s.name.clone()).collect(),
            unit: access.unit_field.as_ref().and_then(|f| names.get(f).copied()),
            firms: access
                .firm_fields
                .iter()
                .filter_map(|f| names.get(f).copied())
                .collect(),
            names,
        }
    }

    /// The same rule as the engine's: towns, departments where the list says so, and firms reach their own, a register without a unit field is open to towns.
    pub(crate) fn reach(&self, definition: &Definition, actor: &Actor) -> Reach {
        if !definition.access.read.contains(&actor.role) {
            return Reach::Nothing;
        }
        let access = &definition.access;
        let own_only = registers::life::own_only(access, actor.role);
        match (actor.role, &access.unit_field, self.unit) {
            (_, Some(_), Some(column)) if own_only => actor
                .unit
                .as_ref()
                .map_or(Reach::Nothing, |u| Reach::Unit(column, u.to_string())),
            (_, Some(_), None) if own_only => Reach::Nothing,
            (Role::Firm, ..) => Reach::Firms(self.firms.clone(), actor.firms.clone()),
            _ => Reach::All,
        }
    }

    fn state_order(&self, state: Option<&str>) -> usize {
        state
            .and_then(|s| self.states.iter().position(|known| known == s))
            .unwrap_or(usize::MAX)
    }
}

impl Cell {
    fn is(&self, value: &str) -> bool {
        match self {
            Self::None => false,
            Self::Number(n) => value.parse::<f64>().is_ok_and(|v| v.total_cmp(n).is_eq()),
            Self::Text(text) => &**text == value,
            Self::Many(items) => items.iter().any(|item| &**item == value),
        }
    }

    fn any(&self, test: impl Fn(&str) -> bool) -> bool {
        match self {
            Self::None | Self::Number(_) => false,
            Self::Text(text) => test(text),
            Self::Many(items) => items.iter().any(|item| test(item)),
        }
    }
}

impl Entry {
    /// Whether the record is shown at all.
    pub(crate) fn is_current(&self) -> bool {
        !self.merged
    }

    pub(crate) fn overdue(&self, now: UtcMs) -> bool {
        self.due.first().is_some_and(|d| now >= d.at)
    }

    /// The deadline that comes next, or passed first.
    pub(crate) fn next_due(&self) -> Option<ViewDue> {
        self.due.first().map(|due| ViewDue {
            name: due.name.clone(),
            at: due.at,
            provisional: due.provisional,
        })
    }

    pub(crate) fn reached(&self, reach: &Reach) -> bool {
        let cell = |column: &usize| self.cells.get(*column);
        match reach {
            Reach::All => true,
            Reach::Nothing => false,
            Reach::Unit(column, code) => cell(column).is_some_and(|c| c.is(code)),
            Reach::Firms(columns, codes) => columns
                .iter()
                .filter_map(cell)
                .any(|c| codes.iter().any(|code| c.is(code))),
        }
    }
}

impl View {
    fn new(definition: &Definition) -> Self {
        Self {
            columns: Columns::new(definition),
            cursor: (0, 0),
            entries: Vec::new(),
            places: HashMap::new(),
            shared: HashSet::new(),
            orders: Orders::default(),
        }
    }

    /// All records that are shown and reached.
    pub(crate) fn reached<'a>(&'a self, reach: &'a Reach) -> impl Iterator<Item = &'a Entry> {
        self.entries
            .iter()
            .filter(|e| e.is_current())
            .filter(move |e| e.reached(reach))
    }

    /// All records that are shown, whoever asks.
    pub(crate) fn current(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|e| e.is_current())
    }

    /// The text of a record's field, a list where the field is repeatable; `None` where it is missing or a number.
    pub(crate) fn value(&self, entry: &Entry, field: &str, repeatable: bool) -> Option<Value> {
        match entry.cells.get(*self.columns.names.get(field)?)? {
            Cell::Text(text) if repeatable => Some(json!([text.to_string()])),
            Cell::Text(text) => Some(json!(text.to_string())),
            Cell::Many(items) => Some(items.iter().map(ToString::to_string).collect()),
            Cell::None | Cell::Number(_) => None,
        }
    }

    pub(crate) fn columns(&self) -> &Columns {
        &self.columns
    }

    pub(crate) fn get(&self, id: &RecordId) -> Option<&Entry> {
        self.entries.get(*self.places.get(id)?)
    }

    /// Whether the record's state settles the matter.
    pub(crate) fn is_closed(&self, entry: &Entry) -> bool {
        entry
            .state
            .as_deref()
            .is_some_and(|s| self.columns.closed.contains(s))
    }

    /// The values of the unit field, for lists that name the unit.
    pub(crate) fn unit(&self, entry: &Entry) -> Option<String> {
        match entry.cells.get(self.columns.unit?)? {
            Cell::Text(code) => Some(code.to_string()),
            Cell::Many(codes) => codes.first().map(ToString::to_string),
            Cell::None | Cell::Number(_) => None,
        }
    }

    fn put(&mut self, row: &FacetRow) {
        let facets: Facets = match serde_json::from_str(&row.facets) {
            Ok(facets) => facets,
            Err(error) => {
                tracing::error!(id = %row.id, %error, "stored facets do not read");
                return;
            }
        };
        let mut cells = vec![Cell::None; self.columns.kinds.len()];
        for (name, facet) in facets.values {
            let Some(column) = self.columns.names.get(&name).copied() else {
                continue;
            };
            let kind = self.columns.kinds.get(column).copied();
            let value = match facet {
                Facet::One(text) if kind.is_some_and(FieldType::is_number) => {
                    text.parse().map_or(Cell::None, Cell::Number)
                }
                Facet::One(text) => Cell::Text(self.share(text, kind)),
                Facet::Many(items) => {
                    Cell::Many(items.into_iter().map(|text| self.share(text, kind)).collect())
                }
            };
            if let Some(cell) = cells.get_mut(column) {
                *cell = value;
            }
        }
        let entry = Entry {
            seq: row.seq,
            id: row.id.clone(),
            revision: row.revision,
            state: facets.state.map(|s| self.share(s, Some(FieldType::Choice))),
            since: row.since,
            updated_at: row.updated_at,
            demo: row.demo,
            title: facets.title.into(),
            due: facets.due.into(),
            bounds: facets.bounds,
            search: facets.search.into(),
            cells: cells.into(),
            merged: row.merged,
        };
        let at = *self.places.entry(row.id.clone()).or_insert(self.entries.len());
        match self.entries.get_mut(at) {
            Some(old) => *old = entry,
            None => self.entries.push(entry),
        }
        self.orders.note(at, self.entries.len());
    }

    /// Codes stand in thousands of records; each is kept once.
    fn share(&mut self, text: String, kind: Option<FieldType>) -> Arc<str> {
        let few = matches!(
            kind,
            Some(FieldType::Choice | FieldType::Unit | FieldType::Boolean | FieldType::Reference)
        );
        if !few {
            return text.into();
        }
        if let Some(known) = self.shared.get(text.as_str()) {
            return Arc::clone(known);
        }
        let new: Arc<str> = text.into();
        self.shared.insert(Arc::clone(&new));
        new
    }
}

impl Shelf {
    pub(crate) fn new(register: &Register) -> Self {
        Self {
            name: crate::name_of(register),
            view: RwLock::new(View::new(register.definition())),
            refreshing: tokio::sync::Mutex::new(()),
        }
    }

    /// Brings the view up to the store's counter.
    pub(crate) async fn refresh(&self, store: &Store) -> Result<(), StoreError> {
        let changed = store.register_changed(&self.name).await?;
        self.refresh_to(store, changed).await
    }

    /// Brings the view up to a counter that is known.
    pub(crate) async fn refresh_to(&self, store: &Store, changed: i64) -> Result<(), StoreError> {
        let done = |(from, seq): (i64, i64)| from >= changed && seq == i64::MAX;
        if done(self.cursor()) {
            return Ok(());
        }
        let _alone = self.refreshing.lock().await;
        loop {
            let (from, seq) = self.cursor();
            if done((from, seq)) {
                return Ok(());
            }
            let rows = store.facets_after(&self.name, from, seq).await?;
            let mut view = self.view.write().unwrap_or_else(PoisonError::into_inner);
            let Some(last) = rows.last() else {
                // All of this change is read; the next begins with a greater counter.
                view.cursor = (from.max(changed), i64::MAX);
                return Ok(());
            };
            for row in &rows {
                view.put(row);
            }
            view.cursor = (last.changed, last.seq);
        }
    }

    fn cursor(&self) -> (i64, i64) {
        self.with(|view| view.cursor)
    }

    /// Reads the view; nothing may wait inside.
    pub(crate) fn with<T>(&self, read: impl FnOnce(&View) -> T) -> T {
        read(&self.view.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// A view of records that are not the present ones.
    pub(crate) fn other(register: &Register, rows: &[FacetRow]) -> View {
        let mut view = View::new(register.definition());
        for row in rows {
            view.put(row);
        }
        view
    }
}

impl crate::Ledger {
    /// Brings the views of all registers up to date by one look at the counters.
    pub async fn refresh(&self) -> crate::Result<()> {
        let marks = self.inner.store.register_marks().await?;
        for register in Library::iter(&self.inner.library) {
            if let (Some(mark), Ok(shelf)) = (marks.get(register.name()), self.shelf(register)) {
                shelf.refresh_to(&self.inner.store, mark.changed).await?;
            }
        }
        Ok(())
    }
}
