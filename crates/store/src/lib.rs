//! The store: everything durable, behind one interface on SQLite and PostgreSQL.
//!
//! The raw log ([`rawlog`]) is the commit point of what is received; the database follows it by the watermark
//! ([`Store::apply`]), and holds what people decide. All changes go through one writing connection in transactions;
//! a call that fails has changed nothing. The clock is an argument. This crate must not know: HTTP, HJ 212.

pub mod alarms;
pub mod apply;
pub mod attachments;
pub mod db;
pub mod desk;
pub mod devices;
pub mod dialect;
pub mod dirty;
pub mod error;
pub mod frames;
pub mod jobs;
pub mod judgements;
pub mod limits;
mod migrate;
pub mod observations;
pub mod page;
pub mod people;
pub mod plan;
pub mod rawlog;
pub mod registers;
mod rows;
pub mod subjects;

use std::path::Path;
use std::sync::Arc;

pub use db::Db;
pub use dialect::Engine;
pub use error::StoreError;
pub use migrate::schema_version;
use observations::SeriesMemory;
pub use page::{Page, Paged, Scope};
use rawlog::{Disk, LogOptions, Media, RawLog};

/// The open store. Clones are handles to the same one.
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    db: Db,
    log: RawLog,
    series: SeriesMemory,
    files: attachments::Files,
}

impl Store {
    /// Opens database and raw log, making what is missing. `url` is `sqlite:///path/file.db` or `postgres://…`;
    /// without one, `dir/huanshu.db`. The raw log is in `dir/rawlog`; only one process may have it open.
    pub async fn open(url: Option<&str>, dir: &Path) -> Result<Self, StoreError> {
        Self::open_on(Disk, LogOptions::default(), url, dir).await
    }

    /// As [`Store::open`], with the raw log on another file system or of another size.
    pub async fn open_on(
        media: impl Media,
        options: LogOptions,
        url: Option<&str>,
        dir: &Path,
    ) -> Result<Self, StoreError> {
        std::fs::create_dir_all(dir).map_err(|e| rawlog::LogError::io(dir, e))?;
        keep_running_at_the_file_size_limit();
        let db = Db::open(url, dir).await?;
        let floor = apply::read_watermark(&db).await?;
        let log = RawLog::open_on(media, &dir.join("rawlog"), options, floor)?;
        // After the log, whose lock says that no other process is at work here.
        let files = attachments::Files::open_in(dir)?;
        Ok(Self {
            inner: Arc::new(Inner {
                db,
                log,
                series: SeriesMemory::default(),
                files,
            }),
        })
    }

    /// The raw log.
    pub fn log(&self) -> &RawLog {
        &self.inner.log
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.inner.db
    }

    pub(crate) fn files(&self) -> &attachments::Files {
        &self.inner.files
    }

    pub(crate) fn series_memory(&self) -> &SeriesMemory {
        &self.inner.series
    }
}

/// At a file size limit (`ulimit -f`) the kernel ends a process that has no handler for the signal; with one, the
/// write fails like on a full disk, which the raw log and SQLite recover from.
fn keep_running_at_the_file_size_limit() {
    #[cfg(target_os = "linux")]
    {
        use tokio::signal::unix::{SignalKind, signal};
        const SIGXFSZ: i32 = 25;
        if let Err(error) = signal(SignalKind::from_raw(SIGXFSZ)) {
            tracing::warn!("no handler for the file size limit: {error}");
        }
    }
}
