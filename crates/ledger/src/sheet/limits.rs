//! Bounds of files that come in as tables, each with its arithmetic.

/// Bytes of an uploaded table: 50,000 rows of 40 columns are about 15 MiB as .xlsx and 30 MiB as .csv.
pub const FILE_BYTES: u64 = 50 << 20;
/// Rows of a sheet; the engine takes [`registers::limits::IMPORT_ROWS`] of them, more are read only to be counted.
pub const ROWS: usize = 200_000;
/// Columns of a sheet, as the engine takes them.
pub const COLUMNS: usize = registers::limits::IMPORT_COLUMNS;
/// Cells held at once, empty ones between full ones included: 24 bytes each, 192 MiB; 50,000 rows of 160 columns.
pub const CELLS: usize = 8_000_000;
/// Bytes of all texts of a sheet: a shared text that stands in every cell is counted each time.
pub const TEXT_BYTES: usize = 256 << 20;
/// Bytes a packed workbook may unfold to: 50,000 rows of 40 columns are about 100 MiB of XML.
pub const EXPANDED_BYTES: u64 = 512 << 20;
/// Files inside of a packed workbook.
pub const ENTRIES: usize = 2_000;
/// Cells inside of merged ranges: filling them down walks each once.
pub const MERGED_CELLS: usize = 2_000_000;
/// Doubtful cells told of one sheet; the rest are counted.
pub const FAULTS: usize = 200;
/// Rows looked at to find the separator of a text file.
pub const SEPARATOR_ROWS: usize = 20;
/// Significant digits a workbook keeps of a number.
pub const DIGITS: usize = 15;
/// Rows for which the template offers drop-downs and formats: the largest import.
pub const TEMPLATE_ROWS: u32 = 50_000;
/// Width of a column in the template and the export, characters.
pub const WIDTHS: std::ops::RangeInclusive<f64> = 8.0..=40.0;
