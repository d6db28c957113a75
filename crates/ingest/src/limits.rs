//! Every bound of this room, with the arithmetic that chose it.

use std::time::Duration;

/// Connections at once. A province-wide node sees 17,400 points per 14 districts; one node serves at most half of that.
pub const MAX_CONNECTIONS: usize = 8192;

/// Bytes read from a socket at a time: about 80 frames of 205 bytes.
pub const READ_BYTES: usize = 16 * 1024;

/// Frames of one connection that wait for the disk together: one read's worth twice over.
pub const MAX_FRAMES_IN_FLIGHT: usize = 256;

/// A connection that says nothing for longer is cut: the longest real-time interval is 3600 s, and 5 minutes of grace.
pub const IDLE: Duration = Duration::from_secs(3900);

/// A new connection must bring its first frame within this time.
pub const FIRST_FRAME: Duration = Duration::from_secs(300);

/// A frame that has begun must be complete within this time (1 kB at 300 baud takes 35 s).
pub const FRAME_COMPLETES: Duration = Duration::from_secs(60);

/// A frame that lacks only its line break is taken as whole after this pause: many loggers send none, and must not wait.
pub const LINE_BREAK: Duration = Duration::from_millis(15);

/// A client that does not take its answers for this long is cut.
pub const WRITE: Duration = Duration::from_secs(15);

/// Unusable bytes one connection may send before it is cut: enough for a day of line noise, not for an attack.
pub const MAX_JUNK_PER_CONNECTION: u64 = 1024 * 1024;

/// Frames applied in one transaction: at 10 values a frame about 20,000 rows, some tenths of a second.
pub const APPLY_BATCH: usize = 2000;

/// Bytes applied in one transaction: 2000 frames of 1 kB.
pub const APPLY_BYTES: usize = 2 * 1024 * 1024;

/// Pause after a failed transaction, doubled up to the maximum.
pub const RETRY_FIRST: Duration = Duration::from_millis(200);

/// Longest pause between tries while the database is away.
pub const RETRY_MAX: Duration = Duration::from_secs(5);

/// How often the database is looked at, whether or not there is anything to apply.
pub const DATABASE_LOOK: Duration = Duration::from_secs(1);

/// A look that takes longer finds nobody: one row by its key takes milliseconds, and a busy disk rarely two seconds.
pub const DATABASE_PATIENCE: Duration = Duration::from_secs(2);

/// Rows of an imported file: 100 years of hours.
pub const MAX_IMPORT_ROWS: usize = 1_000_000;

/// Problems an import report lists.
pub const MAX_REPORTED_ROWS: usize = 1000;
