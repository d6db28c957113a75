//! Every bound and settled figure of this room.

/// Periods judged in one turn of the engine: at about 1 ms each, a turn takes about half a second.
pub const TURN: usize = 512;

/// A period is judged so long after its end: its own upload usually comes within the first seconds.
pub const GRACE_MS: i64 = 30_000;

/// Minutes of valid values an hour needs: HJ 75-2017 3 for stacks, GB 3095 table 4 for air.
pub const MINUTES_OF_HOUR: u32 = 45;

/// Share of the due values a day of wastewater needs, percent (HJ 356-2019 7).
pub const WASTEWATER_DAY_PERCENT: u32 = 75;

/// Longest period one value may stand for when coverage is counted, milliseconds: the longest minute interval of HJ 212.
pub const MAX_COVER_MS: i64 = 30 * 60_000;

/// Decimals kept of a derived mean: beyond any instrument, below any limit's last digit.
pub const MEAN_DECIMALS: u32 = 9;

/// Share of the days passed that a section's monthly mean needs, percent (usual practice, configurable; confidence C).
pub const SECTION_DAYS_PERCENT: i64 = 60;

/// Monthly means that a section's year needs; fewer than twelve where ice stops sampling (环办〔2011〕22号).
pub const SECTION_MONTHS: i64 = 8;

/// Ended days looked back for at the start, so that days without any value are judged too: a long weekend's outage.
pub const DAYS_EXPECTED: i64 = 4;
