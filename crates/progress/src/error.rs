//! Why something of the plan could not be done.

use registers::text::Names;
use store::StoreError;

/// What the methods of this crate give.
pub type Result<T> = std::result::Result<T, ProgressError>;

/// Why something of the plan could not be done. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ProgressError {
    /// There is no such thing.
    #[error("{what} «{name}» 不存在 / there is no {what} «{name}»")]
    NotFound {
        /// Kind of thing.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// An argument is not acceptable.
    #[error("{field}:{said}")]
    Argument {
        /// The argument.
        field: &'static str,
        /// What is needed.
        said: Names,
    },
    /// Its state does not allow it.
    #[error("{0}")]
    Refused(Names),
    /// A file that cannot be read as a plan.
    #[error("{0}")]
    File(Names),
    /// A stored record or snapshot that does not read.
    #[error("{what} «{name}» 的 {field} 无法识别 / {field} of {what} «{name}» does not read")]
    Stored {
        /// Kind of thing.
        what: String,
        /// Its name.
        name: String,
        /// The part of it.
        field: String,
    },
    /// The installation has no plan.
    #[error("本配置没有规划数据 / the profile has no plan")]
    NoPlan,
    /// The kept registers.
    #[error(transparent)]
    Ledger(#[from] ledger::LedgerError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ProgressError {
    pub(crate) fn argument(field: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Argument {
            field,
            said: Names::new(zh, en),
        }
    }

    pub(crate) fn stored(what: impl Into<String>, name: impl Into<String>, field: impl Into<String>) -> Self {
        Self::Stored {
            what: what.into(),
            name: name.into(),
            field: field.into(),
        }
    }
}
