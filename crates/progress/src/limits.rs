//! Every bound of this crate, each with the arithmetic that chose it.

/// Records of one register read for the plan: 110 tasks × 60 units × 5 years of reports are 33,000; beyond it the answer is an
/// error, never a part.
pub const RECORDS: usize = 100_000;
/// Years a plan runs at most: no plan of a district is longer than its outline to 2035.
pub const YEARS: u16 = 20;
/// Rows of one provenance answer: a year of days of twenty stations.
pub const ROWS: usize = 8_000;
/// How long what was read from stations and registers may be kept, ms: figures move by the day, pages ask by the second.
pub const KEPT_MS: i64 = 60_000;
/// Bytes of an uploaded plan: the published one is 200 kB of text, scanned ones with pictures as .docx some megabytes.
pub const DOCUMENT_BYTES: usize = 8 << 20;
/// Characters of its text: a plan ten times as long as the published one.
pub const DOCUMENT_CHARS: usize = 2_000_000;
/// Items a unit is asked for in one round: every task of the plan and every indicator, twice.
pub const ITEMS: usize = 400;
