//! The bounds of an import, with their arithmetic: a plan of a district is some 150 kB of text in some 800 lines.

/// Longest text read, bytes: fifty times a district's plan.
pub const MAX_TEXT: usize = 8 << 20;
/// Most lines looked at: a plan wrapped at two characters a line, twice over.
pub const MAX_LINES: usize = 200_000;
/// Longest packed `.docx`, bytes; pictures make a scan large.
pub const MAX_DOCX: usize = 64 << 20;
/// Longest `word/document.xml` once unpacked, bytes: eight times the text it may hold.
pub const MAX_DOCX_XML: u64 = 64 << 20;
/// Longest title of a chapter or section, characters: the longest known has 24.
pub const MAX_TITLE: usize = 60;
/// Longest note of responsible units, characters: the longest known has 130.
pub const MAX_NOTE: usize = 600;
/// Most lines of one table in HTML, a line for each cell: 60 rows of 6 cells with their tags, and room.
pub const MAX_TABLE_LINES: usize = 2_000;
/// Longest row of the table of indicators, characters, over all its wrapped lines.
pub const MAX_ROW: usize = 160;
/// Most soft breaks of one row whose readings are all tried (2⁶ = 64 readings).
pub const MAX_ROW_BREAKS: usize = 6;
/// Most repairs and most doubts listed; more are counted in one last entry.
pub const MAX_REMARKS: usize = 5_000;
/// Most dates looked for in one clause: no clause of a plan has more than two.
pub const MAX_DATES: usize = 8;
/// Most corrections of one overlay: every field of every entry of a district's plan, and room.
pub const MAX_CORRECTIONS: usize = 20_000;
