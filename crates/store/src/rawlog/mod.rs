//! The raw log (原始日志): every received byte as it came, in segmented, checksummed, hash-chained files.
//!
//! It is the commit point: [`RawLog::append`] resolves only after the bytes are on disk, and many appends share one
//! fsync. A torn tail is set aside at opening; damage further in is reported and stepped over, never cut away.

mod media;
mod reader;
mod record;
mod recover;
mod verify;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::time::UtcMs;
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot, watch};

pub use media::{Disk, Media, SegmentFile};
pub use reader::{ReadBatch, Reader};
pub use recover::Recovery;
pub use verify::Verification;

use crate::limits;

/// A place in the log. Places grow in order of arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// Segment, 1 for the first.
    pub segment: u32,
    /// Byte of the segment's file.
    pub offset: u64,
}

impl Position {
    /// Where the first record of a log stands.
    pub const START: Self = Self {
        segment: 1,
        offset: record::HEADER_LEN,
    };

    /// Where the first record of a segment stands.
    pub fn start_of(segment: u32) -> Self {
        Self {
            segment,
            offset: record::HEADER_LEN,
        }
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.segment, self.offset)
    }
}

impl std::str::FromStr for Position {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.split_once(':')
            .and_then(|(s, o)| {
                Some(Self {
                    segment: s.parse().ok()?,
                    offset: o.parse().ok()?,
                })
            })
            .ok_or_else(|| format!("«{text}» 不是日志位置 / is no place in the log, expected SEGMENT:OFFSET"))
    }
}

/// What a record holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordKind {
    /// One frame (数据包) as received.
    Frame,
    /// Received bytes that no frame could be found in.
    Stray,
    /// An answer as sent.
    Sent,
    /// A row or body of a file or pushed message.
    File,
}

impl RecordKind {
    const ALL: [(Self, u8); 4] = [
        (Self::Frame, 1),
        (Self::Stray, 2),
        (Self::Sent, 3),
        (Self::File, 4),
    ];

    fn code(self) -> u8 {
        Self::ALL.iter().find(|(k, _)| *k == self).map_or(0, |(_, c)| *c)
    }

    fn from_code(code: u8) -> Option<Self> {
        Self::ALL.iter().find(|(_, c)| *c == code).map(|(k, _)| *k)
    }
}

/// What is known of bytes beside themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordMeta {
    /// When they came.
    pub received_at: UtcMs,
    /// What they are.
    pub kind: RecordKind,
    /// Number of the connection they came by, 0 where there is none.
    pub connection: u64,
    /// Remote address; cut at [`limits::PEER_BYTES`].
    pub peer: String,
}

/// A record as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Where it stands.
    pub position: Position,
    /// Where the next one stands: the watermark after applying this one.
    pub next: Position,
    /// What is known of it.
    pub meta: RecordMeta,
    /// The bytes as received.
    pub bytes: Vec<u8>,
    /// Its link of the hash chain.
    pub chain: [u8; 32],
}

/// A durable append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Where the record stands.
    pub position: Position,
    /// Where the next one will stand.
    pub next: Position,
}

/// A damaged stretch of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Damage {
    /// From where.
    pub from: Position,
    /// Where reading goes on.
    pub to: Position,
    /// What is wrong.
    pub what: String,
}

/// Why the log could not do what was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LogError {
    /// The file system refused. Nothing of the record counts as kept; the next append tries anew.
    #[error(
        "原始日志写入失败({path}):{source};请检查磁盘空间 / the raw log cannot be written ({path}): {source}; check the disk"
    )]
    Io {
        /// Which file.
        path: PathBuf,
        /// What it said.
        source: Arc<std::io::Error>,
    },
    /// More bytes than a record takes.
    #[error("记录过长:{len} 字节,上限 {max} / record too long: {len} bytes, at most {max}")]
    TooLong {
        /// Bytes given.
        len: usize,
        /// Bytes allowed.
        max: usize,
    },
    /// The writer has ended.
    #[error("原始日志已关闭 / the raw log is closed")]
    Closed,
    /// Another process writes this log.
    #[error("另一个进程正在使用 {path} / another process uses {path}; stop it first")]
    Locked {
        /// Lock file.
        path: PathBuf,
    },
    /// What stands there is no whole record.
    #[error(
        "原始日志在 {position} 处损坏:{what};请从备份恢复 / the raw log is damaged at {position}: {what}; restore it from a backup"
    )]
    Damaged {
        /// Where.
        position: Position,
        /// What is wrong.
        what: String,
    },
    /// The log ends before the place.
    #[error("原始日志没有位置 {position} / the raw log has no place {position}")]
    NoSuchPlace {
        /// Where.
        position: Position,
    },
}

impl LogError {
    pub(crate) fn io(path: &Path, source: std::io::Error) -> Self {
        Self::Io {
            path: path.to_owned(),
            source: Arc::new(source),
        }
    }
}

/// Sizes of a log; the defaults stand in [`limits`].
#[derive(Clone, Copy, Debug)]
pub struct LogOptions {
    /// A segment is closed once it holds this many bytes.
    pub segment_bytes: u64,
    /// Appends that may wait.
    pub queue: usize,
    /// Bytes that share one fsync.
    pub group_bytes: usize,
}

impl Default for LogOptions {
    fn default() -> Self {
        Self {
            segment_bytes: limits::SEGMENT_BYTES,
            queue: limits::LOG_QUEUE,
            group_bytes: limits::GROUP_BYTES,
        }
    }
}

/// One append on its way to the writer.
pub(crate) struct Append {
    meta: RecordMeta,
    bytes: Vec<u8>,
    done: oneshot::Sender<Result<Appended, LogError>>,
}

/// The log, open for appending and reading. Clones share one writer, which ends with the last of them.
#[derive(Clone, Debug)]
pub struct RawLog {
    queue: mpsc::Sender<Append>,
    reader: Reader,
    recovery: Arc<Recovery>,
}

impl RawLog {
    /// Opens the log in `dir`, creating it where there is none; a torn tail is set aside beside its segment.
    /// `floor` is the watermark of what was applied (or [`Position::START`]): new records always stand after it.
    pub fn open(dir: &Path, options: LogOptions, floor: Position) -> Result<Self, LogError> {
        Self::open_on(Disk, dir, options, floor)
    }

    /// As [`RawLog::open`], on another file system.
    pub fn open_on(
        media: impl Media,
        dir: &Path,
        options: LogOptions,
        floor: Position,
    ) -> Result<Self, LogError> {
        let (tip, recovery, lock) = recover::open(dir, floor)?;
        let (committed, seen) = watch::channel(tip.end());
        let (queue, waiting) = mpsc::channel(options.queue.max(1));
        writer::start(Box::new(media), dir, options, tip, lock, waiting, committed)?;
        Ok(Self {
            queue,
            reader: Reader::new(dir.to_owned(), seen),
            recovery: Arc::new(recovery),
        })
    }

    /// Appends bytes; resolves once they are on disk. Waits while the queue is full. On an error the bytes do not
    /// count as kept and the sender must not be answered.
    pub async fn append(&self, meta: RecordMeta, bytes: Vec<u8>) -> Result<Appended, LogError> {
        if bytes.len() > limits::RECORD_BYTES {
            return Err(LogError::TooLong {
                len: bytes.len(),
                max: limits::RECORD_BYTES,
            });
        }
        let (done, answer) = oneshot::channel();
        let append = Append { meta, bytes, done };
        self.queue.send(append).await.map_err(|_| LogError::Closed)?;
        answer.await.map_err(|_| LogError::Closed)?
    }

    /// Reads: durable records only.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// The end of what is durable; changes with every group commit, so a reader can wait for more.
    pub fn committed(&self) -> watch::Receiver<Position> {
        self.reader.committed()
    }

    /// What opening found.
    pub fn recovery(&self) -> &Recovery {
        &self.recovery
    }
}

/// File of a segment.
pub(crate) fn segment_path(dir: &Path, number: u32) -> PathBuf {
    dir.join(format!("{number:08}.log"))
}
