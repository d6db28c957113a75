//! Every bound of this crate, each with the arithmetic that chose it.

/// Largest record of the raw log, bytes. An HJ 212 frame carries at most 9,999 bytes of data segment; a pushed
/// message or file row may be larger; 1 MiB holds a hundred of the former.
pub const RECORD_BYTES: usize = 1 << 20;

/// Longest remote address kept with a record, bytes: `[ffff:…:255.255.255.255%interface]:65535` takes 64.
pub const PEER_BYTES: usize = 96;

/// A raw log segment is closed once it holds this much. 64 MiB is about 130,000 frames of 500 bytes: a day of
/// ninety devices; scanning one at start takes well under a second.
pub const SEGMENT_BYTES: u64 = 64 << 20;

/// Appends that may wait for the raw log's writer. 4,096 frames of 500 bytes are 2 MiB of memory and, at
/// 5,000 fsyncs a second of up to thousands of frames each, less than a second of work; beyond it callers wait.
pub const LOG_QUEUE: usize = 4_096;

/// Bytes that share one fsync at most. With [`LOG_QUEUE`] full of ordinary frames this is never reached; with the
/// largest records it bounds what one failed write takes with it.
pub const GROUP_BYTES: usize = 4 << 20;

/// Records and bytes handed out by one read of the raw log at most.
pub const READ_RECORDS: usize = 10_000;
/// See [`READ_RECORDS`].
pub const READ_BYTES: usize = 16 << 20;

/// Damaged places listed by one verification; further ones are only counted.
pub const DAMAGES_LISTED: usize = 100;

/// Frames in one `apply`. 5,000 frames of 500 bytes and 40 readings are 200,000 rows: about a second on a small
/// machine, which is how long a lock on SQLite may reasonably be held.
pub const BATCH_FRAMES: usize = 5_000;
/// Rows of observations in one transaction, by the same arithmetic.
pub const BATCH_READINGS: usize = 200_000;

/// Rows a list of observations answers with; beyond it the caller must ask for less.
pub const RANGE_ROWS: usize = 20_000;
/// Buckets one range may touch: eleven years of minutes or several thousand years of days.
pub const RANGE_BUCKETS: i64 = 4_096;
/// Series one call for several ranges may name: every factor and statistic of a large firm.
pub const RANGE_SERIES: usize = 2_000;

/// Rows of one page of a list.
pub const PAGE_ROWS: i64 = 200;

/// Frames of a device listed at once: each is read from the raw log and decoded, 1,000 × 10 kB = 10 MB at worst.
pub const FRAMES_LISTED: i64 = 1_000;

/// Devices waiting for a decision. Somebody who invents MNs must not fill the database with devices; frames beyond
/// the bound are archived and quarantined all the same. A whole province has fewer real ones waiting.
pub const PENDING_DEVICES: i64 = 10_000;

/// Longest MN, factor code, statistic, flag or command kept as a key, bytes. The standard's MN has 24 characters and
/// codes have 6 to 12; PostgreSQL refuses index entries beyond 2,704 bytes.
pub const KEY_BYTES: usize = 128;
/// Longest text value of one reading, bytes.
pub const TEXT_BYTES: usize = 4_096;
/// Diagnoses kept with one frame.
pub const DIAGNOSES: usize = 20;

/// Series whose rows are remembered in memory. 200,000 keys of about 150 bytes are 30 MiB; a district has some
/// thousands. Beyond it the memory starts anew, which costs time and nothing else.
pub const SERIES_REMEMBERED: usize = 200_000;

/// Periods handed out for re-evaluation at once.
pub const DIRTY_TAKEN: i64 = 10_000;

/// Attempts of a job before it is given up and shown as dead: with doubling from 10 s, about a day.
pub const JOB_ATTEMPTS: i64 = 14;
/// First pause before a job is tried again, ms.
pub const JOB_BACKOFF_MS: i64 = 10_000;
/// Longest pause before a job is tried again, ms: six hours.
pub const JOB_BACKOFF_MAX_MS: i64 = 6 * 3_600_000;

/// How long a call waits for a connection, s, before it reports that the database cannot be reached.
pub const ACQUIRE_SECONDS: u64 = 10;
/// How long SQLite waits for another writer, ms. There is one writer, so only a backup or a shell can hold it.
pub const BUSY_MS: u32 = 10_000;
/// Connections for reading. Reads of pages are short; more than this only compete for the same cores.
pub const READ_CONNECTIONS: u32 = 8;

/// First bytes of an upload kept in memory to find out what it is: headers of every kind known fit into 4 KiB, and the
/// directory of a packed document's first entries into twice that.
pub const HEAD_BYTES: usize = 8 * 1024;
/// Bytes one user may have uploaded that no record names yet: forty attachments of the largest size a list asks for.
pub const LOOSE_BYTES: u64 = 2 << 30;
/// Unnamed attachments removed by one call.
pub const COLLECTED: i64 = 5_000;
/// Decided pairs of doubles answered: ten a day for eight years.
pub const DOUBLES_DECIDED: i64 = 20_000;
/// Published periods answered: sixteen years of months.
pub const PUBLICATIONS: i64 = 200;
/// Bytes of one frozen snapshot of the plan. A district's 21 indicators, 110 tasks, 1,000 measures and 5,000 reports of
/// about 1 kB are 6 MB; the bound leaves room for a city.
pub const PLAN_SNAPSHOT_BYTES: usize = 32 << 20;
/// Rounds of dispatch listed: monthly ones of two plans.
pub const PLAN_ROUNDS: i64 = 120;
/// Evaluations listed, versions and assessments included.
pub const PLAN_EVALUATIONS: i64 = 200;
/// Editions of the document listed.
pub const PLAN_EDITIONS: i64 = 100;
/// Corrections in force: every field of a plan of a hundred tasks many times over.
pub const PLAN_CORRECTIONS: i64 = 5_000;
/// Notices of the plan that hold at once: fourteen towns late with every node of five years under every one of 125 tasks are
/// 8,750, departments half as many.
pub const PLAN_NOTICES: usize = 20_000;
/// Records written by one call. 50,000 rows are the largest import asked for, a table has at most 120,000; a bulk edit
/// changes fewer.
pub const RECORD_WRITES: usize = 120_000;
/// Records of one statement of such a call: 500 bodies of 4 kB are 2 MB of JSON.
pub const RECORD_BATCH: usize = 500;
/// Records handed out by one read of a register.
pub const RECORD_PAGE: i64 = 2_000;
/// Revisions of one record shown; a record edited every working day takes eight years to get there.
pub const RECORD_REVISIONS: i64 = 2_000;
/// Links answered by one call, in either direction.
pub const RECORD_LINKS: i64 = 2_000;
/// Decisions about sources handed out by one call: a person decides some hundred a day.
pub const SOURCE_DECISIONS: i64 = 50_000;
