//! Reading the log: one record by its place, or on from a place. Only what is durable is ever handed out.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use tokio::sync::watch;

use super::record::{self, LONGEST, Parsed, Step};
use super::{Damage, LogError, Position, Record, RecordKind, recover, segment_path};
use crate::limits;

/// Records in order, and where to read on.
#[derive(Clone, Debug)]
pub struct ReadBatch {
    /// Whole records.
    pub records: Vec<Record>,
    /// Stretches that were stepped over.
    pub damages: Vec<Damage>,
    /// Where to read on: the watermark once everything here is applied.
    pub next: Position,
}

/// Reads a log, also one that another process writes.
#[derive(Clone, Debug)]
pub struct Reader {
    dir: PathBuf,
    committed: watch::Receiver<Position>,
}

impl Reader {
    pub(crate) fn new(dir: PathBuf, committed: watch::Receiver<Position>) -> Self {
        Self { dir, committed }
    }

    /// Opens a log for reading only; what is there now is all that is seen.
    pub fn open(dir: &Path) -> Result<Self, LogError> {
        Ok(Self::new(dir.to_owned(), watch::channel(recover::end(dir)?).1))
    }

    /// End of what is durable.
    pub fn end(&self) -> Position {
        *self.committed.borrow()
    }

    pub(crate) fn committed(&self) -> watch::Receiver<Position> {
        self.committed.clone()
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Bytes on disk, all segments.
    pub fn size_bytes(&self) -> Result<u64, LogError> {
        recover::segments(&self.dir)?
            .into_iter()
            .try_fold(0, |sum, number| {
                let path = segment_path(&self.dir, number);
                Ok(sum + path.metadata().map_err(|e| LogError::io(&path, e))?.len())
            })
    }

    /// Bytes between two places: how far one is behind the other.
    pub fn distance(&self, from: Position, to: Position) -> Result<u64, LogError> {
        let mut sum = 0;
        for number in recover::segments(&self.dir)? {
            if number < from.segment || number > to.segment {
                continue;
            }
            let path = segment_path(&self.dir, number);
            let len = path.metadata().map_err(|e| LogError::io(&path, e))?.len();
            let start = if number == from.segment {
                from.offset
            } else {
                Position::START.offset
            };
            let end = if number == to.segment { to.offset } else { len };
            sum += end.saturating_sub(start);
        }
        Ok(sum)
    }

    /// The record at `position`.
    pub fn read(&self, position: Position) -> Result<Record, LogError> {
        if position >= self.end() {
            return Err(LogError::NoSuchPlace { position });
        }
        let bytes = self.chunk(position, LONGEST)?;
        match record::parse(&bytes, position) {
            Parsed::Whole(record, _) => Ok(record),
            Parsed::Short => Err(LogError::Damaged {
                position,
                what: "the record is cut".to_owned(),
            }),
            Parsed::Bad(what) => Err(LogError::Damaged {
                position,
                what: what.to_owned(),
            }),
        }
    }

    /// As [`Reader::read`], off the asynchronous threads.
    pub async fn fetch(&self, position: Position) -> Result<Record, LogError> {
        let reader = self.clone();
        off_thread(move || reader.read(position)).await
    }

    /// Records from `from` on, within the bounds given (and those of [`limits`]). Empty at the end of the log.
    pub fn batch(&self, from: Position, records: usize, bytes: usize) -> Result<ReadBatch, LogError> {
        let end = self.end();
        let records = records.clamp(1, limits::READ_RECORDS);
        let bytes = bytes.clamp(1, limits::READ_BYTES);
        let mut out = ReadBatch {
            records: Vec::new(),
            damages: Vec::new(),
            next: from,
        };
        let mut taken = 0;
        while out.next < end && out.records.len() < records && taken < bytes {
            let room = bytes.max(2 * LONGEST);
            let chunk = match self.chunk(out.next, room) {
                Err(LogError::Damaged { position, what }) => {
                    let to = Position::start_of(position.segment + 1);
                    out.damages.push(Damage {
                        from: position,
                        to,
                        what,
                    });
                    out.next = to;
                    continue;
                }
                other => other?,
            };
            if chunk.is_empty() {
                // The segment ends here and the log goes on in the next one.
                out.next = Position::start_of(out.next.segment + 1);
                continue;
            }
            taken += take(&mut out, &chunk, chunk.len() == room, records, bytes - taken);
        }
        Ok(out)
    }

    /// As [`Reader::batch`], off the asynchronous threads.
    pub async fn fetch_batch(
        &self,
        from: Position,
        records: usize,
        bytes: usize,
    ) -> Result<ReadBatch, LogError> {
        let reader = self.clone();
        off_thread(move || reader.batch(from, records, bytes)).await
    }

    /// Durable bytes of one segment from `from` on, at most `max`; empty at the segment's end.
    pub(crate) fn chunk(&self, from: Position, max: usize) -> Result<Vec<u8>, LogError> {
        let path = segment_path(&self.dir, from.segment);
        let mut file = match File::open(&path) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && from.segment < self.end().segment => {
                return Err(LogError::Damaged {
                    position: from,
                    what: "the segment's file is missing".to_owned(),
                });
            }
            other => other.map_err(|e| LogError::io(&path, e))?,
        };
        let end = self.end();
        let mut room = max as u64;
        if from.segment == end.segment {
            room = room.min(end.offset.saturating_sub(from.offset));
        }
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(from.offset))
            .and_then(|_| file.take(room).read_to_end(&mut bytes))
            .map_err(|e| LogError::io(&path, e))?;
        Ok(bytes)
    }
}

/// Moves whole records of `chunk` into `out`; answers how many bytes were taken.
fn take(out: &mut ReadBatch, chunk: &[u8], cut: bool, records: usize, bytes: usize) -> usize {
    let mut at = 0;
    while out.records.len() < records && at < bytes {
        let from = out.next;
        match record::step(chunk.get(at..).unwrap_or_default(), from, cut) {
            Step::Record(record, len) => {
                at += len;
                out.next = record.next;
                // Answers are evidence, not readings.
                if record.meta.kind != RecordKind::Sent {
                    out.records.push(record);
                }
            }
            Step::Damage(len, what) => {
                at += len;
                out.next.offset += len as u64;
                match out.damages.last_mut() {
                    Some(last) if last.to == from => last.to = out.next,
                    _ => out.damages.push(Damage {
                        from,
                        to: out.next,
                        what: what.to_owned(),
                    }),
                }
            }
            Step::More => break,
        }
    }
    at
}

pub(crate) async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LogError> + Send + 'static,
) -> Result<T, LogError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| LogError::Closed)?
}
