//! What can go wrong in the store, in words that name the place and the remedy.

use crate::rawlog::LogError;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached, is full or busy. Nothing was changed; the same call may be tried again.
    #[error("数据库暂不可用:{0};稍后自动重试 / the database is not available: {0}; try again")]
    Unavailable(#[source] sqlx::Error),
    /// The database refused a statement or answered with something unexpected.
    #[error("数据库错误:{0} / database error: {0}")]
    Database(#[source] sqlx::Error),
    /// The raw log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A file below the data folder cannot be read or written. Nothing was changed.
    #[error(
        "文件读写失败({path}):{source};请检查磁盘空间 / the file cannot be read or written ({path}): {source}; check the disk"
    )]
    File {
        /// Which file.
        path: std::path::PathBuf,
        /// What the system said.
        source: std::sync::Arc<std::io::Error>,
    },
    /// The address is of no known kind.
    #[error(
        "数据库地址 «{0}» 无法识别,应为 sqlite:///路径 或 postgres://… / database address «{0}» is neither sqlite:///PATH nor postgres://…"
    )]
    Address(String),
    /// The database was made by another edition of the program.
    #[error(
        "数据库结构版本 {found} 与程序(版本 {known})不符:{what} / schema version {found} does not fit this program ({known}): {what}"
    )]
    Schema {
        /// Version in the database.
        found: i64,
        /// Version of the program.
        known: i64,
        /// What differs.
        what: String,
    },
    /// Something named does not exist.
    #[error("{what} «{name}» 不存在 / {what} «{name}» does not exist")]
    NotFound {
        /// Kind of thing.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// The state of the thing, or something beside it, does not allow it.
    #[error("{what} «{name}»:{why}")]
    Conflict {
        /// Kind of thing.
        what: &'static str,
        /// Its name.
        name: String,
        /// Why not, in Chinese and English.
        why: &'static str,
    },
    /// More than a call takes.
    #[error("{what} 共 {given},上限 {max},请缩小范围 / {given} {what}, at most {max}; ask for less")]
    TooMuch {
        /// Of what.
        what: &'static str,
        /// Given or found.
        given: u64,
        /// Allowed.
        max: u64,
    },
    /// A stored value does not read.
    #[error("数据库中 {what} 的值 «{value}» 无法识别 / stored {what} «{value}» does not read")]
    Stored {
        /// Of what.
        what: &'static str,
        /// The value.
        value: String,
    },
}

impl StoreError {
    /// Whether the same call may succeed later without anybody changing anything but the machine.
    pub fn retryable(&self) -> bool {
        matches!(
            self,
            Self::Unavailable(_) | Self::File { .. } | Self::Log(LogError::Io { .. })
        )
    }

    pub(crate) fn not_found(what: &'static str, name: impl std::fmt::Display) -> Self {
        Self::NotFound {
            what,
            name: name.to_string(),
        }
    }

    pub(crate) fn stored(what: &'static str, value: impl std::fmt::Display) -> Self {
        Self::Stored {
            what,
            value: value.to_string(),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if passing(&error) {
            Self::Unavailable(error)
        } else {
            Self::Database(error)
        }
    }
}

/// SQLite primary result codes that pass: busy, locked, out of memory, interrupted, IO error, full, cannot open.
const SQLITE_PASSING: [u32; 7] = [5, 6, 7, 9, 10, 13, 14];
/// PostgreSQL classes that pass: connection, transaction rollback, resources, operator intervention, system error;
/// and read-only, which is what a standby says during a switch-over.
const POSTGRES_PASSING: [&str; 6] = ["08", "40", "53", "57", "58", "25006"];

/// Whether an error is of the moment: the same may work later.
pub(crate) fn passing(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => true,
        sqlx::Error::Database(e) => e.code().is_some_and(|code| match code.parse::<u32>() {
            // SQLite's extended codes carry the primary one in the low byte; PostgreSQL's have five characters.
            Ok(number) if code.len() < 5 => SQLITE_PASSING.contains(&(number & 0xff)),
            _ => POSTGRES_PASSING.iter().any(|class| code.starts_with(class)),
        }),
        _ => false,
    }
}
