//! What the raw log asks of a file system: so that tests can hand it one that is full, torn or failing.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

/// A file system the log writes to.
pub trait Media: Send + 'static {
    /// Creates a segment's file; an unfinished one of an earlier attempt is emptied.
    fn create(&mut self, path: &Path) -> io::Result<Box<dyn SegmentFile>>;
    /// Opens a segment's file for writing.
    fn open(&mut self, path: &Path) -> io::Result<Box<dyn SegmentFile>>;
    /// Makes created files durable.
    fn sync_dir(&mut self, dir: &Path) -> io::Result<()>;
}

/// A segment open for writing.
pub trait SegmentFile: Send {
    /// Writes all bytes from `offset` on. On an error any part of them may have been written.
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// Makes the file durable.
    fn sync(&mut self) -> io::Result<()>;
    /// Cuts the file.
    fn truncate(&mut self, len: u64) -> io::Result<()>;
}

/// The machine's file system.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Media for Disk {
    fn create(&mut self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .open(path)?;
        Ok(Box::new(DiskFile(file)))
    }

    fn open(&mut self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        Ok(Box::new(DiskFile(OpenOptions::new().write(true).open(path)?)))
    }

    fn sync_dir(&mut self, dir: &Path) -> io::Result<()> {
        // Windows cannot open a directory as a file and needs no such call.
        if cfg!(unix) {
            File::open(dir)?.sync_all()
        } else {
            Ok(())
        }
    }
}

struct DiskFile(File);

impl SegmentFile for DiskFile {
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.0.seek(SeekFrom::Start(offset))?;
        self.0.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }
}
