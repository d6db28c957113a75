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
/// Positions of a site that is tested against zones: each is compared with the borders around it.
pub const SITE_POSITIONS: usize = 5_000;
/// Zones of one layer around a site that are compared.
pub const ZONES_TESTED: usize = 2_000;
/// Nodes of one walked chain: more cannot be read on a screen.
pub const CHAIN_NODES: usize = 400;
/// Places that may stand along a river: every outlet of a large district several times over.
pub const RIVER_CANDIDATES: usize = 5_000;
/// Points of one tile below which each is drawn.
pub const TILE_POINTS: usize = 4_000;
/// Lines and areas kept for tiles: 20,000 of some kilobytes.
pub const GEOMETRIES: usize = 20_000;
/// Records made of one layer file; they are written in one go.
pub const LAYER_RECORDS: usize = 50_000;
/// Findings of a layer file that are told; the rest are counted.
pub const LAYER_FINDINGS: usize = 1_000;
/// Rows of a layer file that are shown.
pub const LAYER_ROWS: usize = 200;
/// Sources that may share one index term before it tells nothing.
pub const SOURCE_TERM: usize = 200;
/// Records of one source whose files are listed.
pub const SOURCE_RECORDS: usize = 2_000;
/// Orders of one register that are kept: 4 bytes a record each.
pub const ORDERS_KEPT: usize = 8;
/// Entries written after which orders are made again rather than put right; an eighth of the register is added.
pub const ORDER_WRITTEN: usize = 1_000;
