//! The kept registers (台账): records in the store under the rules of the register engine — entered, edited, stepped,
//! linked, imported and exported, counted, published, drawn. A record is changed only here, and nothing is lost: every
//! change is a revision with author, time and reason.
//!
//! [`Ledger`] is the whole service: one file a duty, each a block of its methods. Lists are answered from a view in
//! memory ([`view`]) that follows the register's change counter in the store, so that any filter and any order of
//! 100,000 records costs milliseconds; what a page shows is read from the store.
//!
//! This crate must not know: HTTP, any single register, any district. The clock is an argument.

mod attach;
mod bulk;
mod chains;
mod change;
mod deadlines;
mod error;
pub mod export;
mod facets;
mod figures;
mod graph;
mod held;
pub mod import;
mod layers;
pub mod limits;
mod list;
mod maps;
pub mod media;
pub mod merging;
mod person;
pub mod publishing;
mod query;
mod read;
mod references;
mod settle;
pub mod sheet;
mod sources;
mod subjects;
mod view;
mod writing;
mod zones;

use std::collections::BTreeMap;
use std::sync::Arc;

use model::ids::{RecordId, RegisterName};
use model::profile::Unit;
use registers::library::Library;
use registers::register::Register;
use registers::text::Names;
use store::Store;

pub use attach::{Attached, Opened};
pub use bulk::{Bulk, BulkReport, BulkRow, Chosen};
pub use chains::{Along, BalanceRow, Balanced, ChainLink, ChainNode, ChainTools, Gap, Walked};
pub use change::{Change, Checked, Create, Edit, Step};
pub use deadlines::{DeadlineQuery, DueRow};
pub use error::{Changed, LedgerError, Result, Stale, StaleFacts};
pub use graph::{Edge, Graph, Node, NodeKey};
pub use held::Held;
pub use layers::{Around, LayerFinding, LayerImport, LayerReport, LayerRow, RowKind};
pub use list::{Info, Listed};
pub use maps::MapFeature;
pub use person::Person;
pub use query::{Bounds, Condition, Query, Sort, Test};
pub use read::{AsOf, Deadline, Detail, Entry as HistoryEntry, LinkShown, LinkedRow, Offer, files};
pub use references::{Asked, Known};
pub use sources::{Belonging, FileOf, How, Judgement, KnownBy, Proposal, SourceFile, SourcePage, SourceRow};
pub use store::registers::{Author, ChangeKind, LinkTarget, SourceDecision};
pub use view::{Located, ViewDue};
pub use zones::{Site, ZoneHit, ZoneReport};

/// The kept registers of an installation. Clones are handles to the same one.
#[derive(Clone)]
pub struct Ledger {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    library: Arc<Library>,
    units: BTreeMap<String, Names>,
    shelves: BTreeMap<String, Arc<view::Shelf>>,
    figures: figures::Cache,
    published: publishing::Cache,
    geometries: maps::Cache,
    sources: sources::Cache,
    swept: std::sync::Mutex<Option<jiff::civil::Date>>,
}

impl Ledger {
    /// The registers of a library, with their records in the store and the units of the profile.
    pub fn new(store: Store, library: Arc<Library>, units: &[Unit]) -> Self {
        let shelves = library
            .iter()
            .map(|r| (r.name().to_owned(), Arc::new(view::Shelf::new(r))))
            .collect();
        let units = units
            .iter()
            .map(|u| (u.code.to_string(), Names::new(&u.zh, &u.en)))
            .collect();
        Self {
            inner: Arc::new(Inner {
                store,
                library,
                units,
                shelves,
                figures: figures::Cache::default(),
                published: publishing::Cache::default(),
                geometries: maps::Cache::default(),
                sources: sources::Cache::default(),
                swept: std::sync::Mutex::new(None),
            }),
        }
    }

    /// The definitions.
    pub fn library(&self) -> &Library {
        &self.inner.library
    }

    /// The store beneath.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// A register by name, whoever asks.
    pub fn register(&self, name: &str) -> Result<&Register> {
        self.inner.library.get(name).ok_or(LedgerError::NotFound)
    }

    /// A register by name, if the person's role may see records of it.
    pub fn readable(&self, name: &str, person: &Person) -> Result<&Register> {
        let register = self.register(name)?;
        if register.definition().access.read.contains(&person.actor.role) {
            Ok(register)
        } else {
            Err(LedgerError::NotFound)
        }
    }

    /// Name of a unit.
    pub fn unit(&self, code: &str) -> Option<&Names> {
        self.inner.units.get(code)
    }

    /// Codes and names of all units.
    pub fn units(&self) -> impl Iterator<Item = (&str, &Names)> {
        self.inner
            .units
            .iter()
            .map(|(code, names)| (code.as_str(), names))
    }

    pub(crate) fn published(&self) -> &publishing::Cache {
        &self.inner.published
    }

    pub(crate) fn shelf(&self, register: &Register) -> Result<Arc<view::Shelf>> {
        let shelf = self.inner.shelves.get(register.name());
        shelf.cloned().ok_or(LedgerError::NotFound)
    }
}

pub(crate) fn name_of(register: &Register) -> RegisterName {
    RegisterName::new(register.name())
}

pub(crate) fn record_id(text: &str) -> RecordId {
    RecordId::new(text)
}
