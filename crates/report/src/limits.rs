//! The bounds of a document, with their arithmetic: a plan's final report has some 40 pages and 1,000 table rows.

/// Most blocks of a document: fifty times a plan's report.
pub const MAX_BLOCKS: usize = 20_000;
/// Most rows of all tables together.
pub const MAX_ROWS: usize = 50_000;
/// Longest text of a paragraph or cell, characters.
pub const MAX_TEXT: usize = 20_000;
/// Most columns of a table: with 5 mm each they fill the 156 mm of a line.
pub const MAX_COLUMNS: usize = 31;
/// Most series and categories of a chart that can still be told apart on a line of 156 mm.
pub const MAX_SERIES: usize = 8;
/// Most categories of a chart.
pub const MAX_CATEGORIES: usize = 60;
/// Most pages written; a document of [`MAX_BLOCKS`] fills fewer.
pub const MAX_PAGES: usize = 5_000;
/// Largest font file read, bytes: the collection of Noto Sans CJK has 19 MB.
pub const MAX_FONT: usize = 64 << 20;
