//! Why the ledger did not do what was asked.

use model::ids::RecordId;
use model::time::UtcMs;
use registers::history::Change;
use registers::life::Refusal;
use registers::record::Finding;
use registers::text::Names;
use store::StoreError;
use store::registers::Author;

/// What the methods of the ledger give.
pub type Result<T> = std::result::Result<T, LedgerError>;

/// Somebody else changed the record in between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// The record.
    pub id: RecordId,
    /// What the person may know of it; `None` where the record is no longer in the person's sight.
    pub told: Option<StaleFacts>,
}

/// What is told of a record that somebody else changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaleFacts {
    /// Its title now.
    pub title: String,
    /// Its revision now.
    pub revision: i64,
    /// Who made it.
    pub by: Author,
    /// When.
    pub at: UtcMs,
    /// Fields whose values differ from those the change was made on.
    pub changed: Vec<Changed>,
}

/// A field whose value somebody else changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// `name` or `group[2].name`.
    pub field: String,
    /// Name for people.
    pub names: Names,
}

impl From<Change> for Changed {
    fn from(change: Change) -> Self {
        Self {
            field: change.field,
            names: change.names,
        }
    }
}

/// Why the ledger did not do what was asked. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// There is no such register or record, or it is out of the person's sight.
    #[error("没有此台账或记录 / there is no such register or record")]
    NotFound,
    /// Values are not as they should be.
    #[error("{} 处不符合要求:{} / {} values are not acceptable: {}", .0.len(), first(.0).0, .0.len(), first(.0).1)]
    Findings(Vec<Finding>),
    /// The life cycle, the role or the scope does not allow it.
    #[error("{}", .0.said)]
    Refused(Refusal),
    /// Somebody else changed it in between.
    #[error("«{}» 已被他人修改 / «{}» was changed by somebody else", .0.id, .0.id)]
    Stale(Box<Stale>),
    /// A query that does not read.
    #[error("{field}:{said}")]
    Query {
        /// The parameter.
        field: String,
        /// What is wrong.
        said: Names,
    },
    /// A file that is no table that can be read.
    #[error(transparent)]
    Table(crate::sheet::SheetError),
    /// A file that cannot be written.
    #[error(transparent)]
    Write(crate::sheet::WriteError),
    /// Work that was given up before its end.
    #[error("处理中断 / the work was given up: {0}")]
    Lost(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl LedgerError {
    /// Work that was given up before its end: the program is going down.
    #[expect(clippy::needless_pass_by_value, reason = "it stands where an error is mapped")]
    pub(crate) fn lost(error: tokio::task::JoinError) -> Self {
        Self::Lost(error.to_string())
    }

    pub(crate) fn query(field: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Query {
            field: field.into(),
            said: Names::new(zh, en),
        }
    }

    pub(crate) fn refused(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Refused(Refusal {
            code,
            said: Names::new(zh, en),
            findings: Vec::new(),
        })
    }

    /// One finding at a name that is no field of the definition.
    pub(crate) fn finding(
        field: &str,
        value: Option<&str>,
        code: &'static str,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        Self::Findings(vec![Finding {
            field: field.to_owned(),
            names: Names::same(field),
            value: value.map(|v| v.chars().take(100).collect()),
            code,
            expected: Names::new(zh, en),
        }])
    }
}

/// The first finding in words, Chinese and English.
fn first(findings: &[Finding]) -> (String, String) {
    findings.first().map_or_else(Default::default, |f| {
        let value = f.value.as_deref().unwrap_or("—");
        (
            format!("{} «{value}» {}", f.field, f.expected.zh),
            format!("{} «{value}»: {}", f.field, f.expected.en),
        )
    })
}
