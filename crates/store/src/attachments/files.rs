//! Contents on the disk: `attachments/ab/<sha256>`, and `scratch/` for what is on its way in.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::UNIX_EPOCH;

use model::time::UtcMs;
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt as _;

use crate::error::StoreError;
use crate::limits;
use crate::rows::hex;

static NUMBER: AtomicU64 = AtomicU64::new(0);

/// The folders.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    kept: PathBuf,
    scratch: PathBuf,
}

fn failed(path: &Path, source: io::Error) -> StoreError {
    StoreError::File {
        path: path.to_owned(),
        source: Arc::new(source),
    }
}

impl Files {
    /// Opens the folders below the data folder; what was on its way in when the program ended is removed.
    pub(crate) fn open_in(dir: &Path) -> Result<Self, StoreError> {
        let files = Self {
            kept: dir.join("attachments"),
            scratch: dir.join("scratch"),
        };
        match std::fs::remove_dir_all(&files.scratch) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(failed(&files.scratch, e)),
            _ => {}
        }
        for folder in [&files.kept, &files.scratch] {
            std::fs::create_dir_all(folder).map_err(|e| failed(folder, e))?;
        }
        Ok(files)
    }

    pub(crate) fn scratch(&self) -> PathBuf {
        self.scratch.clone()
    }

    fn place(&self, sha256: &str) -> Option<PathBuf> {
        let good = sha256.len() == 64 && sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        good.then(|| self.kept.join(sha256.get(..2).unwrap_or_default()).join(sha256))
    }

    pub(crate) async fn receive(&self, most: u64) -> Result<Incoming, StoreError> {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = self.scratch.join(format!("{}-{number}", std::process::id()));
        let file = tokio::fs::OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(&path)
            .await
            .map_err(|e| failed(&path, e))?;
        Ok(Incoming {
            file,
            hash: Sha256::new(),
            size: 0,
            most,
            head: Vec::new(),
            path: Scratch(path),
        })
    }

    /// Moves a content to its place; whole and durable when this returns.
    pub(crate) async fn keep(&self, received: Received) -> Result<(), StoreError> {
        let place = self
            .place(&received.sha256)
            .ok_or_else(|| StoreError::stored("sha256", &received.sha256))?;
        let folder = place.parent().unwrap_or(&self.kept).to_owned();
        let (from, kept) = (received.path.0.clone(), self.kept.clone());
        let moved = tokio::task::spawn_blocking(move || {
            std::fs::create_dir_all(&folder)?;
            // Over the same content that is there already: its age begins anew.
            std::fs::rename(&from, &place)?;
            std::fs::File::open(&folder)?.sync_all()?;
            std::fs::File::open(&kept)?.sync_all()
        });
        let moved = moved.await.unwrap_or_else(|e| Err(io::Error::other(e)));
        moved.map_err(|e| failed(&self.kept, e))
    }

    pub(crate) async fn open(&self, sha256: &str) -> Result<Option<tokio::fs::File>, StoreError> {
        let Some(place) = self.place(sha256) else {
            return Ok(None);
        };
        match tokio::fs::File::open(&place).await {
            Ok(file) => Ok(Some(file)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(failed(&place, e)),
        }
    }

    pub(crate) async fn remove(&self, sha256: &[String]) -> Result<(), StoreError> {
        for place in sha256.iter().filter_map(|s| self.place(s)) {
            match tokio::fs::remove_file(&place).await {
                Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(failed(&place, e)),
                _ => {}
            }
        }
        Ok(())
    }

    /// Contents last written before an instant, a bounded number.
    pub(crate) async fn older_than(&self, before: UtcMs) -> Result<Vec<String>, StoreError> {
        let kept = self.kept.clone();
        let walked = tokio::task::spawn_blocking(move || {
            let mut out = Vec::new();
            for folder in std::fs::read_dir(&kept)? {
                let folder = folder?;
                if !folder.file_type()?.is_dir() {
                    continue;
                }
                for file in std::fs::read_dir(folder.path())? {
                    let file = file?;
                    let written = file.metadata()?.modified()?.duration_since(UNIX_EPOCH);
                    let at = written.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX));
                    if at < before.0 {
                        out.push(file.file_name().to_string_lossy().into_owned());
                    }
                }
            }
            Ok::<_, io::Error>(out)
        });
        let walked = walked.await.unwrap_or_else(|e| Err(io::Error::other(e)));
        walked.map_err(|e| failed(&self.kept, e))
    }
}

/// A file that goes with its owner.
#[derive(Debug)]
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        // Moved or removed already, or removed by the next start.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A content on its way in.
#[derive(Debug)]
pub struct Incoming {
    file: tokio::fs::File,
    hash: Sha256,
    size: u64,
    most: u64,
    head: Vec<u8>,
    path: Scratch,
}

impl Incoming {
    /// Takes in the next part; refuses more than was agreed.
    pub async fn write(&mut self, part: &[u8]) -> Result<(), StoreError> {
        self.size = self.size.saturating_add(part.len() as u64);
        if self.size > self.most {
            return Err(StoreError::TooMuch {
                what: "字节 / bytes",
                given: self.size,
                max: self.most,
            });
        }
        let room = limits::HEAD_BYTES.saturating_sub(self.head.len()).min(part.len());
        self.head.extend_from_slice(part.get(..room).unwrap_or_default());
        self.hash.update(part);
        self.file
            .write_all(part)
            .await
            .map_err(|e| failed(&self.path.0, e))
    }

    /// Ends it: everything is on the disk.
    pub async fn finish(mut self) -> Result<Received, StoreError> {
        let flushed = self.file.flush().await;
        flushed.map_err(|e| failed(&self.path.0, e))?;
        self.file.sync_all().await.map_err(|e| failed(&self.path.0, e))?;
        Ok(Received {
            sha256: hex(&self.hash.finalize()),
            size: self.size,
            head: self.head,
            path: self.path,
        })
    }
}

/// A content that came in whole; gone with this value unless it is kept.
#[derive(Debug)]
pub struct Received {
    sha256: String,
    size: u64,
    head: Vec<u8>,
    path: Scratch,
}

impl Received {
    /// SHA-256, 64 hexadecimal digits.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The first bytes, for finding out what it is.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// Where it lies for now.
    pub fn path(&self) -> &Path {
        &self.path.0
    }
}
