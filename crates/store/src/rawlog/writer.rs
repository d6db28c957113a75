//! The one thread that writes the log: takes what waits, writes it as one group, makes it durable, answers all.
//!
//! After an error nothing of the group counts; the file is cut back to the last durable record before anything else
//! is written. After a failed fsync the file's cached pages cannot be trusted, so the log goes on in a new segment.

use std::fs::File;
use std::path::{Path, PathBuf};

use tokio::sync::{mpsc, watch};

use super::media::{Media, SegmentFile};
use super::record::{self, Chain, HEADER_LEN};
use super::recover::Tip;
use super::{Append, Appended, LogError, LogOptions, Position, segment_path};

struct Writer {
    media: Box<dyn Media>,
    dir: PathBuf,
    options: LogOptions,
    file: Option<Box<dyn SegmentFile>>,
    segment: u32,
    end: u64,
    chain: Chain,
    /// Bytes beyond `end` may stand in the file.
    unclean: bool,
    /// The segment takes nothing more.
    sealed: bool,
    committed: watch::Sender<Position>,
    /// Held until the thread ends, so that no second process writes.
    _lock: File,
}

pub(crate) fn start(
    media: Box<dyn Media>,
    dir: &Path,
    options: LogOptions,
    tip: Tip,
    lock: File,
    waiting: mpsc::Receiver<Append>,
    committed: watch::Sender<Position>,
) -> Result<(), LogError> {
    let writer = Writer {
        media,
        dir: dir.to_owned(),
        options,
        file: None,
        segment: tip.segment,
        end: tip.offset,
        chain: tip.chain,
        unclean: false,
        sealed: tip.sealed,
        committed,
        _lock: lock,
    };
    std::thread::Builder::new()
        .name("rawlog".to_owned())
        .spawn(move || writer.run(waiting))
        .map(|_| ())
        .map_err(|e| LogError::io(dir, e))
}

impl Writer {
    fn run(mut self, mut waiting: mpsc::Receiver<Append>) {
        while let Some(first) = waiting.blocking_recv() {
            let mut size = first.bytes.len();
            let mut group = vec![first];
            while size < self.options.group_bytes && group.len() < self.options.queue.max(1) {
                let Ok(next) = waiting.try_recv() else { break };
                size += next.bytes.len();
                group.push(next);
            }
            self.commit(group);
        }
    }

    fn commit(&mut self, group: Vec<Append>) {
        match self.write(&group) {
            Ok(places) => {
                for (append, place) in group.into_iter().zip(places) {
                    // Somebody who no longer waits misses nothing: the record is kept all the same.
                    let _ = append.done.send(Ok(place));
                }
            }
            Err(error) => {
                tracing::error!(waiting = group.len(), "{error}");
                for append in group {
                    let _ = append.done.send(Err(error.clone()));
                }
            }
        }
    }

    fn write(&mut self, group: &[Append]) -> Result<Vec<Appended>, LogError> {
        self.make_ready()?;
        let mut bytes = Vec::new();
        let mut chain = self.chain;
        let mut places = Vec::with_capacity(group.len());
        let at = |len: usize| Position {
            segment: self.segment,
            offset: self.end + len as u64,
        };
        for append in group {
            let position = at(bytes.len());
            chain = record::encode(&mut bytes, &append.meta, &append.bytes, &chain);
            places.push(Appended {
                position,
                next: at(bytes.len()),
            });
        }
        let path = segment_path(&self.dir, self.segment);
        let Some(file) = self.file.as_mut() else {
            return Err(LogError::Closed);
        };
        self.unclean = true;
        let outcome = file.write_at(self.end, &bytes);
        if let Err(error) = outcome {
            // Cut back at once if that is possible; if not, the next append tries before it writes.
            let _ = self.cut_back();
            return Err(LogError::io(&path, error));
        }
        if let Err(error) = file.sync() {
            self.sealed = true;
            let _ = self.cut_back();
            return Err(LogError::io(&path, error));
        }
        self.unclean = false;
        self.end += bytes.len() as u64;
        self.chain = chain;
        self.committed.send_replace(Position {
            segment: self.segment,
            offset: self.end,
        });
        Ok(places)
    }

    /// Leaves an open, clean segment with room.
    fn make_ready(&mut self) -> Result<(), LogError> {
        if self.unclean {
            self.cut_back()?;
        }
        if self.sealed || self.end >= self.options.segment_bytes {
            return self.begin_segment();
        }
        if self.file.is_none() {
            let path = segment_path(&self.dir, self.segment);
            self.file = Some(self.media.open(&path).map_err(|e| LogError::io(&path, e))?);
        }
        Ok(())
    }

    fn cut_back(&mut self) -> Result<(), LogError> {
        let path = segment_path(&self.dir, self.segment);
        // A fresh handle: the old one may carry the error on.
        self.file = None;
        let mut file = self.media.open(&path).map_err(|e| LogError::io(&path, e))?;
        file.truncate(self.end)
            .and_then(|()| file.sync())
            .map_err(|e| LogError::io(&path, e))?;
        self.file = Some(file);
        self.unclean = false;
        Ok(())
    }

    fn begin_segment(&mut self) -> Result<(), LogError> {
        let number = self.segment + 1;
        let path = segment_path(&self.dir, number);
        let file = (|| {
            let mut file = self.media.create(&path)?;
            file.write_at(0, &record::segment_header(number, &self.chain))?;
            file.sync()?;
            self.media.sync_dir(&self.dir)?;
            Ok(file)
        })()
        .map_err(|e| LogError::io(&path, e))?;
        self.file = Some(file);
        self.segment = number;
        self.end = HEADER_LEN;
        self.sealed = false;
        Ok(())
    }
}
