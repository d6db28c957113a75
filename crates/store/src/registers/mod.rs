//! Records of the kept registers (台账): every revision with author, time and reason, links, keys. The store knows JSON
//! bodies and not definitions; what may stand in a body is decided above.
//!
//! A write is all or nothing, names the revision it was made on, and moves the register's change counter, by which those
//! who keep a view of a register bring it up to date.

mod derived;
mod read;
mod sources;
mod write;

use model::ids::{RecordId, RegisterName, UserId};
use model::subject::SubjectSpec;
use model::time::UtcMs;
use serde_json::{Map, Value};

use crate::error::StoreError;
pub use derived::{Derived, key_digest};
pub use read::{FacetRow, KeyRow, Mark};
pub use sources::SourceDecision;
pub use write::Writing;

/// Who made a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// The user; row 0 is the program itself (profile, demonstration).
    pub id: UserId,
    /// The name at that time.
    pub name: String,
}

/// What kind of change made a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// 新建
    Created,
    /// 修改
    Edited,
    /// 流转
    Step,
    /// 导入: from a table, a layer or the profile.
    Imported,
    /// 合并
    Merged,
    /// 撤销合并
    Unmerged,
    /// 迁移
    Migrated,
}

impl ChangeKind {
    /// All kinds.
    pub const ALL: [Self; 7] = [
        Self::Created,
        Self::Edited,
        Self::Step,
        Self::Imported,
        Self::Merged,
        Self::Unmerged,
        Self::Migrated,
    ];

    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Edited => "edited",
            Self::Step => "step",
            Self::Imported => "imported",
            Self::Merged => "merged",
            Self::Unmerged => "unmerged",
            Self::Migrated => "migrated",
        }
    }

    /// By stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.name() == name)
    }
}

/// A record as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredRecord {
    /// Row; grows in order of creation.
    pub seq: i64,
    /// Id within its register.
    pub id: RecordId,
    /// Version of the definition it was written under.
    pub version: u32,
    /// Revision, from 1.
    pub revision: i64,
    /// State.
    pub state: Option<String>,
    /// When it came into its state.
    pub since: UtcMs,
    /// 演示
    pub demo: bool,
    /// When it was made.
    pub created_at: UtcMs,
    /// When it was last changed.
    pub updated_at: UtcMs,
    /// By whom.
    pub author: Author,
    /// By what kind of change.
    pub kind: ChangeKind,
    /// In force since, `YYYY-MM-DD`.
    pub valid_from: String,
    /// The record it was merged into.
    pub merged_into: Option<RecordId>,
    /// Values.
    pub body: Map<String, Value>,
    /// Transitions taken, as the engine writes them.
    pub trail: Value,
}

/// One revision of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    /// Its number, from 1.
    pub revision: i64,
    /// Known since.
    pub at: UtcMs,
    /// By whom.
    pub author: Author,
    /// What kind of change.
    pub kind: ChangeKind,
    /// Version of the definition.
    pub version: u32,
    /// State after it.
    pub state: Option<String>,
    /// When the record came into that state.
    pub since: UtcMs,
    /// Transition taken.
    pub transition: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// In force since, `YYYY-MM-DD`.
    pub valid_from: String,
    /// The record it is merged into.
    pub merged_into: Option<RecordId>,
    /// Values.
    pub body: Map<String, Value>,
    /// What undoing needs (a merge keeps both bodies).
    pub detail: Option<Value>,
}

/// A reference of a record, indexed so that it can be walked from either end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StoredLink {
    /// Register of the record that points.
    pub register: RegisterName,
    /// The record that points.
    pub id: RecordId,
    /// Field, `name` or `group[2].name`.
    pub field: String,
    /// What it points at.
    pub target: LinkTarget,
}

/// What a reference points at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkTarget {
    /// A record of a register.
    Record(RegisterName, RecordId),
    /// A subject by code.
    Subject(String),
    /// A unit by code.
    Unit(String),
}

impl LinkTarget {
    pub(crate) fn columns(&self) -> (&'static str, &str, &str) {
        match self {
            Self::Record(register, id) => ("record", register.as_str(), id.as_str()),
            Self::Subject(code) => ("subject", "", code),
            Self::Unit(code) => ("unit", "", code),
        }
    }

    pub(crate) fn from_columns(kind: &str, register: String, target: String) -> Option<Self> {
        match kind {
            "record" => Some(Self::Record(RegisterName(register), RecordId(target))),
            "subject" => Some(Self::Subject(target)),
            "unit" => Some(Self::Unit(target)),
            _ => None,
        }
    }
}

/// Values that occur once in a register: the names of the fields and their values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyValue {
    /// Names of the fields.
    pub fields: Vec<String>,
    /// Their values.
    pub values: Vec<String>,
}

/// One revision to be written.
#[derive(Clone, Debug)]
pub struct RecordWrite {
    /// The record; a new one without an id gets the register's next number.
    pub id: Option<RecordId>,
    /// The revision the change was made on; 0 for a new record.
    pub on_revision: i64,
    /// Version of the definition.
    pub version: u32,
    /// State after the change.
    pub state: Option<String>,
    /// When it came into that state.
    pub since: UtcMs,
    /// 演示
    pub demo: bool,
    /// What kind of change.
    pub kind: ChangeKind,
    /// Transition taken.
    pub transition: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// In force since, `YYYY-MM-DD`.
    pub valid_from: String,
    /// The record it is merged into.
    pub merged_into: Option<RecordId>,
    /// Values.
    pub body: Map<String, Value>,
    /// Transitions taken.
    pub trail: Value,
    /// What undoing needs.
    pub detail: Option<Value>,
    /// What follows from the values.
    pub derived: Derived,
    /// The subject this record is the form of, brought up to date in the same transaction.
    pub subject: Option<SubjectSpec>,
}

/// What came of a write: id and new revision of each record, in the order given.
pub type Written = Vec<(RecordId, i64)>;

/// Why records were not written. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Somebody else changed it in between.
    #[error("«{id}» 已被他人修改 / «{id}» was changed by somebody else")]
    Stale {
        /// Which record.
        id: RecordId,
        /// Its revision now; 0 where it does not exist.
        revision: i64,
    },
    /// Another record has these values.
    #[error("«{id}» 已有相同的 {fields:?} / «{id}» has the same {fields:?}")]
    KeyTaken {
        /// Place of the write in the call.
        at: usize,
        /// The fields.
        fields: Vec<String>,
        /// The record that has them; `None` for another new one of the same call.
        id: RecordId,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for WriteError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}
