//! Every bound of this crate with its arithmetic.

/// Records of one bulk edit: a page-by-page edit of so many would take a day; larger changes are imports.
pub const BULK_RECORDS: usize = 5_000;
/// Rows of a bulk edit that are shown; the rest are counted.
pub const BULK_ROWS: usize = 200;
/// Conditions of one query: every field of a large form.
pub const CONDITIONS: usize = 60;
/// Values of one condition.
pub const CONDITION_VALUES: usize = 100;
/// Characters of a value kept for filtering and sorting; longer texts are found by the search text.
pub const FACET_CHARS: usize = 120;
/// Nodes of one graph: more cannot be read on a screen.
pub const GRAPH_NODES: usize = 300;
/// Edges of one graph.
pub const GRAPH_EDGES: usize = 1_000;
/// Steps a graph is walked from its start.
pub const GRAPH_DEPTH: u32 = 4;
/// Figures remembered: registers × scopes that look at them. 500 × some kilobytes.
pub const FIGURES_REMEMBERED: usize = 500;
/// Characters of a reason.
pub const REASON_CHARS: usize = 1_000;
/// Records handed out by one walk over an exported list.
pub const EXPORT_RECORDS: usize = 120_000;
/// Records read from the store at once for an answer that needs their values.
pub const READ_AT_ONCE: usize = 1_000;
/// Places of a map answered at once.
pub const PLACES: usize = 120_000;
/// How long a table waits for its confirmation, ms: a day.
pub const IMPORT_KEPT_MS: i64 = 24 * 3_600_000;
/// Findings of a table that are told; the rest are counted.
pub const IMPORT_FINDINGS: usize = 1_000;
/// Records of a table that are shown before it is confirmed.
pub const IMPORT_PREVIEW: usize = 200;
/// Changes shown of one of them: every field of a large form.
pub const IMPORT_CHANGES: usize = 60;
/// Records of a table kept by one statement: 500 of 4 kB are 2 MB.
pub const IMPORT_BATCH: usize = 500;
/// How long an attachment may lie about without a record that names it, ms: a week.
pub const LOOSE_MS: i64 = 7 * 86_400_000;
/// How old what the public sees live may be, ms.
pub const LIVE_PUBLICATION_MS: u64 = 60_000;
