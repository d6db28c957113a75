//! Every bound of this crate with its arithmetic.

/// Bytes of one layer file as it comes: a county's red line as GeoJSON is about 5 MB.
pub const FILE_BYTES: usize = 32 * 1024 * 1024;
/// Bytes of all members of an archive together: coordinates shrink to about a third, a tenfold margin on that is bait.
pub const EXPANDED_BYTES: u64 = 192 * 1024 * 1024;
/// Members of one archive: a layer has five, an office's folder some hundred.
pub const ENTRIES: usize = 1_000;
/// Features of one layer: a register is imported with 50,000 rows, twice that is the bound.
pub const FEATURES: usize = 100_000;
/// Positions of one feature: a district's red line has about 20,000.
pub const FEATURE_POSITIONS: usize = 200_000;
/// Positions of one layer: 32 MB hold about that many.
pub const POSITIONS: usize = 2_000_000;
/// Rings of one feature: sorting holes compares each ring with each.
pub const RINGS: usize = 2_000;
/// Attributes of one feature: a .dbf has 255 at most.
pub const ATTRIBUTES: usize = 256;
/// Characters of one attribute.
pub const ATTRIBUTE_CHARS: usize = 20_000;
/// Depth of nested elements and brackets, so that reading cannot exhaust the stack.
pub const DEPTH: usize = 64;
/// Metres a test may look around itself: the flat frame is good to 0.1 % that far.
pub const WITHIN_M: f64 = 50_000.0;
/// Samples of one interpolated field: a county has some dozen stations; 500 × 160,000 cells take a second.
pub const SAMPLES: usize = 500;
