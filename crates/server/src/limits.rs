//! The bounds of everything that comes in or waits, in one place, with the arithmetic that chose them.

use std::time::Duration;

/// Rows a page when nothing is asked.
pub const PAGE_SIZE: u32 = 50;
/// Rows a page at most: the pages draw up to 200 rows without a virtual table.
pub const MAX_PAGE_SIZE: u32 = 200;
/// Frames of one answer: each is read from the raw log, 1,000 × 10 kB = 10 MB at worst.
pub const MAX_FRAMES: u32 = 1_000;
/// Last page that can be asked for: 200 × 100,000 rows is more than any list holds.
pub const MAX_PAGE: u32 = 100_000;
/// Characters of any filter or sort text.
pub const MAX_FILTER_CHARS: usize = 200;

/// Bytes of a request body: the largest form is a comment of 1,000 characters (4 kB as UTF-8, 12 kB escaped).
pub const MAX_BODY: usize = 64 * 1024;
/// Bytes of a record as entered: a group of 2,000 rows of 500 bytes, or an area of 20,000 positions of 40.
pub const MAX_RECORD_BODY: usize = 2 * 1024 * 1024;
/// Bytes of what stands around a file in a form: boundaries, headers, a long name.
const FORM_EDGE: usize = 64 * 1024;
/// Bytes of a form with a table: 50 MiB and the form around it.
#[expect(
    clippy::cast_possible_truncation,
    reason = "50 MiB fit into any address space"
)]
pub const MAX_TABLE_FORM: usize = ledger::sheet::limits::FILE_BYTES as usize + FORM_EDGE;
/// Bytes of a form with an attachment; each field has a bound of its own below this one.
pub const MAX_ATTACHMENT_FORM: usize = ((ledger::media::MOST_MIB as usize) << 20) + FORM_EDGE;
/// Tables read, confirmed or written at once, and searches for doubles: each holds a core and some hundred MiB at worst.
pub const TRANSFERS_AT_ONCE: usize = 2;
/// How long a request may take that carries a file in or out: 200 MiB at 4 Mbit/s, or 50,000 records.
pub const TRANSFER_TIMEOUT: Duration = Duration::from_secs(600);
/// Bytes of an evaluation input: a year of hourly values of six pollutants is about 8,760 × 6 × 12 B = 630 kB.
pub const MAX_EVALUATE_BODY: usize = 1024 * 1024;
/// Bytes of an uploaded plan: its own bound of 8 MiB, and the form around it.
pub const MAX_PLAN_BODY: usize = (8 << 20) + 64 * 1024;
/// Evaluations at once; each holds one core.
pub const EVALUATIONS_AT_ONCE: usize = 2;
/// How long a request may take before the answer is given up.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a client may take to send its header.
pub const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// Header bytes hyper buffers for one connection.
pub const HEADER_BUFFER: usize = 32 * 1024;
/// Connections at once: 2,000 × (32 KiB header + about 32 KiB task and socket) = 128 MiB at worst.
pub const MAX_CONNECTIONS: usize = 2_000;
/// How long open answers may go on after a shutdown was asked for.
pub const SHUTDOWN_GRACE: Duration = Duration::from_secs(10);

/// Live events kept for slow listeners; shared by all of them, so 1,024 × 16 KiB = 16 MiB at worst in all.
pub const LIVE_EVENTS: usize = 1_024;
/// Bytes of one live event; a larger one becomes a `resync`.
pub const LIVE_EVENT_BYTES: usize = 16 * 1024;
/// Listeners at once: every screen of a district several times over.
pub const LIVE_CLIENTS: usize = 500;
/// Listeners of one user or, without a login, of one address: as many as a desk has tabs, and more.
pub const LIVE_CLIENTS_EACH: usize = 20;
/// A comment is sent when nothing else was, so that proxies keep the line open; the session is checked again too.
pub const LIVE_HEARTBEAT: Duration = Duration::from_secs(15);

/// Passwords hashed at once: argon2id takes 19 MiB and one core each.
pub const HASHES_AT_ONCE: usize = 2;
/// Logins that wait for hashing; more are turned away at once.
pub const HASHES_WAITING: usize = 32;
/// Characters of a password; argon2 would take more, a person does not type it.
pub const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 8..=128;
/// Characters of a login as stored; longer ones are nobody's.
pub const LOGIN_CHARS: std::ops::RangeInclusive<usize> = 2..=64;
/// Characters of a name.
pub const NAME_CHARS: std::ops::RangeInclusive<usize> = 1..=64;
/// Characters of a comment or a reason.
pub const TEXT_CHARS: usize = 1_000;
/// Bytes of what the audit chain keeps of one request.
pub const AUDIT_DETAIL_BYTES: usize = 4 * 1024;
/// How long the list of subjects may be read from memory. New subjects come with a restart, an import or a decision
/// on a device; the latter renews it at once.
pub const DIRECTORY_AGE: Duration = Duration::from_secs(5);
/// Bytes of the raw log that may wait for the applier before the program calls itself unhealthy: about ten minutes
/// of 1,000 frames of 400 B a second.
pub const HEALTHY_LAG_BYTES: u64 = 256 * 1024 * 1024;
/// How long each check of the health may take: well below the patience of those who ask (load balancers, people).
pub const HEALTH_PATIENCE: Duration = Duration::from_secs(2);
/// Bytes of a layer file with the form around it: the reader's own bound and some.
pub const MAX_LAYER_BODY: usize = geo::limits::FILE_BYTES + 64 * 1024;
/// Records of a register answered as GeoJSON at once.
pub const MAP_FEATURES: usize = 5_000;
/// Records answered as GeoJSON when nothing is asked: beyond it tiles are the right means.
pub const MAP_FEATURES_USUAL: usize = 1_000;
/// Subjects of one source that are shown with their values.
pub const SOURCE_SUBJECTS: usize = 60;
/// How long the class of a measured hour stands for its section when looking back, ms: stations on rivers measure every
/// four hours, and the hour itself counts too.
pub const SECTION_CLASS_MS: i64 = 5 * 3_600_000;
/// Stations with a valid hour that an interpolation needs at least: two give a line, no field. Set by the project.
pub const AIR_STATIONS: usize = 3;
/// How far a station is taken to speak for the air around it, metres: about the distance of two town stations. Set by the
/// project; no standard names one.
pub const AIR_REACH_M: f64 = 8_000.0;
/// Cells of the longer side of an interpolated field: 300 m in a district of 40 km.
pub const AIR_CELLS: usize = 130;
/// Interpolated fields kept in memory: three days of hours for two factors, 200 × 60 kB = 12 MB.
pub const AIR_KEPT: usize = 200;
