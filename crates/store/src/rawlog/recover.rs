//! Opening a log: finds its end, tells a torn tail (never answered, set aside) from damage (reported, kept in place).

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::Path;

use serde::Serialize;

use super::record::{self, Chain, HEADER_LEN, Step};
use super::{Damage, LogError, Position, segment_path};

/// What opening found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Recovery {
    /// Bytes after the last whole record: a write that a crash interrupted. They were never answered. They are kept
    /// in a `.torn` file beside the segment.
    pub torn_bytes: u64,
    /// A damaged stretch with whole records after it. The segment is left as it is and a new one begun.
    pub damage: Option<Damage>,
    /// The database has seen records beyond the end of the log, which ends here: files were lost or replaced.
    pub lost_after: Option<Position>,
}

/// Where a log ends and how to go on.
#[derive(Clone, Copy)]
pub(crate) struct Tip {
    /// Last segment; 0 where there is none yet.
    pub(crate) segment: u32,
    /// End of its last whole record.
    pub(crate) offset: u64,
    /// Chain after that record.
    pub(crate) chain: Chain,
    /// A new segment must be begun before anything is appended.
    pub(crate) sealed: bool,
}

impl Tip {
    pub(crate) fn end(&self) -> Position {
        if self.segment == 0 {
            Position::START
        } else {
            Position {
                segment: self.segment,
                offset: self.offset,
            }
        }
    }
}

/// Numbers of the segments in `dir`, in order.
pub(crate) fn segments(dir: &Path) -> Result<Vec<u32>, LogError> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir(dir).map_err(|e| LogError::io(dir, e))? {
        let name = entry.map_err(|e| LogError::io(dir, e))?.file_name();
        let stem = name.to_str().and_then(|n| n.strip_suffix(".log"));
        numbers.extend(stem.and_then(|n| n.parse::<u32>().ok()));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// Locks and opens; the lock lasts as long as the returned file. Records that the database has seen before end at
/// `floor`: new ones always stand after it, even if the log has lost some.
pub(crate) fn open(dir: &Path, floor: Position) -> Result<(Tip, Recovery, File), LogError> {
    fs::create_dir_all(dir).map_err(|e| LogError::io(dir, e))?;
    let lock = lock(dir)?;
    let mut recovery = Recovery::default();
    let mut tip = Tip {
        segment: 0,
        offset: 0,
        chain: [0; 32],
        sealed: true,
    };
    for number in segments(dir)?.into_iter().rev() {
        let path = segment_path(dir, number);
        let bytes = fs::read(&path).map_err(|e| LogError::io(&path, e))?;
        let scan = scan(&bytes, number)?;
        recovery.damage = recovery.damage.or(scan.damage);
        let used = scan
            .tip
            .as_ref()
            .map_or(0, |t| usize::try_from(t.offset).unwrap_or(usize::MAX));
        let torn = bytes.get(used..).unwrap_or_default();
        set_aside(&path, torn, used)?;
        recovery.torn_bytes += torn.len() as u64;
        if let Some(found) = scan.tip {
            if !torn.is_empty() {
                let file = OpenOptions::new()
                    .write(true)
                    .open(&path)
                    .map_err(|e| LogError::io(&path, e))?;
                file.set_len(found.offset)
                    .and_then(|()| file.sync_all())
                    .map_err(|e| LogError::io(&path, e))?;
            }
            tip = found;
            break;
        }
        // Begun but never used: the log ends in the segment before.
        fs::remove_file(&path).map_err(|e| LogError::io(&path, e))?;
    }
    if tip.end() < floor {
        recovery.lost_after = Some(tip.end());
        tip = Tip {
            segment: floor.segment,
            offset: floor.offset,
            chain: tip.chain,
            sealed: true,
        };
    }
    Ok((tip, recovery, lock))
}

/// End of the last whole record, for readers that must not change anything.
pub(crate) fn end(dir: &Path) -> Result<Position, LogError> {
    for number in segments(dir)?.into_iter().rev() {
        let path = segment_path(dir, number);
        let bytes = fs::read(&path).map_err(|e| LogError::io(&path, e))?;
        if let Some(tip) = scan(&bytes, number)?.tip {
            return Ok(tip.end());
        }
    }
    Ok(Position::START)
}

struct Scan {
    /// `None`: the segment's header was never written whole.
    tip: Option<Tip>,
    damage: Option<Damage>,
}

/// The end of the log as far as the bytes of segment `number` tell.
fn scan(bytes: &[u8], number: u32) -> Result<Scan, LogError> {
    let Some(before) = record::parse_segment_header(bytes, number) else {
        if record::resync(bytes, Position::start_of(number)).is_none() {
            return Ok(Scan {
                tip: None,
                damage: None,
            });
        }
        return Err(LogError::Damaged {
            position: Position {
                segment: number,
                offset: 0,
            },
            what: "the segment's header".to_owned(),
        });
    };
    let mut tip = Tip {
        segment: number,
        offset: HEADER_LEN,
        chain: before,
        sealed: false,
    };
    let mut damage = None;
    loop {
        let at = usize::try_from(tip.offset).unwrap_or(usize::MAX);
        let rest = bytes.get(at..).unwrap_or_default();
        match record::step(rest, tip.end(), false) {
            Step::Record(found, len) => {
                tip.offset += len as u64;
                tip.chain = found.chain;
            }
            // Whole records follow, so this was durable once: it stays as evidence, and the log goes on elsewhere.
            Step::Damage(len, what) if len < rest.len() => {
                let from = tip.end();
                tip.offset += len as u64;
                tip.sealed = true;
                damage.get_or_insert(Damage {
                    from,
                    to: tip.end(),
                    what: what.to_owned(),
                });
            }
            Step::Damage(..) | Step::More => {
                return Ok(Scan {
                    tip: Some(tip),
                    damage,
                });
            }
        }
    }
}

fn set_aside(path: &Path, bytes: &[u8], offset: usize) -> Result<(), LogError> {
    if bytes.is_empty() {
        return Ok(());
    }
    let aside = path.with_extension(format!("{offset}.torn"));
    fs::write(&aside, bytes).map_err(|e| LogError::io(&aside, e))
}

fn lock(dir: &Path) -> Result<File, LogError> {
    let path = dir.join("lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|e| LogError::io(&path, e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(LogError::Locked { path }),
        Err(TryLockError::Error(e)) => Err(LogError::io(&path, e)),
    }
}
