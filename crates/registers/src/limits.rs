//! Every bound of this crate with its arithmetic.

/// Bytes of one definition file: 60 fields of 500 bytes, 20 transitions of 500, notes; a tenfold margin.
pub const DEFINITION_BYTES: usize = 512 * 1024;
/// Fields of one definition, those of groups included: a form of more cannot be filled in by a person.
pub const FIELDS: usize = 200;
/// Rows of one group in one record: the largest permits have some 300 outlets; LDAR points are records of their own.
pub const GROUP_ROWS: usize = 2_000;
/// Values of one repeatable field.
pub const REPEATS: usize = 200;
/// Characters of one text value; an Excel cell holds 32,767.
pub const TEXT_CHARS: usize = 20_000;
/// Positions of one geometry: a district's red line has about 20,000 vertices.
pub const POSITIONS: usize = 200_000;
/// Characters of one expression.
pub const EXPRESSION_CHARS: usize = 2_000;
/// Depth of one expression, so that evaluation cannot exhaust the stack.
pub const EXPRESSION_DEPTH: usize = 32;
/// Rows of one imported table: 50,000 records are the largest file asked for; continuation rows double it.
pub const IMPORT_ROWS: usize = 120_000;
/// Columns of one imported table: every field of a definition with room for foreign columns.
pub const IMPORT_COLUMNS: usize = 500;
/// Rows from the top among which the header may stand (titles, notes and units come first in many offices).
pub const HEADER_ROWS: usize = 15;
/// Findings kept of one import; the rest are counted.
pub const IMPORT_FINDINGS: usize = 5_000;
/// Characters of an Excel cell.
pub const CELL_CHARS: usize = 32_767;
/// Days a deadline may lie ahead or back, so that walking the calendar ends: ten years.
pub const DEADLINE_DAYS: i64 = 3_660;
/// Characters of a record's search text.
pub const SEARCH_CHARS: usize = 4_000;
/// Periods looked back for missed publications: ten years of months.
pub const PERIODS: usize = 120;
/// Records of one block that are all compared with each other: 1,770 comparisons.
pub const BLOCK: usize = 60;
/// Neighbours a record of a larger block is compared with.
pub const NEIGHBOURS: usize = 20;
/// Comparisons of one search for doubles: 100,000 records in three blocks of 20 neighbours each are 6 million, and take
/// about ten seconds.
pub const COMPARISONS: usize = 6_000_000;
/// Pairs named by one search: more than a department reviews in a year.
pub const PAIRS: usize = 2_000;
