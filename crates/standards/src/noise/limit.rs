//! Limits of the noise standards by zone, period and date, indoor limits, and the correction for background noise.
//!
//! Exactly on a limit is within it. Each point is judged on its own, day and night apart.

use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;

use crate::checks::Impossible;
use crate::judgement::{Basis, Confidence};
use crate::num::Exact;
use crate::table;

/// Part of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// 昼间
    Day,
    /// 夜间
    Night,
}

impl Period {
    /// By name.
    pub const NAMES: [(&'static str, Self); 2] = [("day", Self::Day), ("night", Self::Night)];

    /// 昼间 or 夜间.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Day => "昼间",
            Self::Night => "夜间",
        }
    }

    /// `day` or `night`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Night => "night",
        }
    }
}

/// Limits of one zone of a standard.
#[derive(Clone, Debug, Deserialize)]
pub struct ZoneLimit {
    standard: String,
    edition: String,
    #[serde(deserialize_with = "table::date")]
    from: Date,
    #[serde(deserialize_with = "table::opt_date")]
    to: Option<Date>,
    /// Zone: `0` … `4b`, `4b-existing`, `site`, `railway`.
    pub zone: String,
    #[serde(deserialize_with = "table::exact")]
    day: Exact,
    #[serde(deserialize_with = "table::exact")]
    night: Exact,
    #[serde(deserialize_with = "table::opt_exact")]
    lmax_occasional: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    lmax_frequent: Option<Exact>,
    clause: String,
    /// How sure the figures are.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

/// How often a loud event at night comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// 突发、偶发
    Occasional,
    /// 频发
    Frequent,
}

impl Event {
    /// By name.
    pub const NAMES: [(&'static str, Self); 2] =
        [("occasional", Self::Occasional), ("frequent", Self::Frequent)];
}

impl ZoneLimit {
    /// Limit of a period, dB(A).
    pub fn limit(&self, period: Period) -> &Exact {
        match period {
            Period::Day => &self.day,
            Period::Night => &self.night,
        }
    }

    /// Limit of Lmax at night, dB(A), given the night limit that applies (lower indoors).
    pub fn lmax_limit(&self, event: Event, night_limit: &Exact) -> Option<Exact> {
        let over = match event {
            Event::Occasional => self.lmax_occasional.as_ref(),
            Event::Frequent => self.lmax_frequent.as_ref(),
        };
        over.map(|over| night_limit + over)
    }

    /// Standard, edition and clause.
    pub fn basis(&self) -> Basis {
        Basis::new(&self.standard, &self.edition, &self.clause)
    }
}

const LIMITS: &str = include_str!("../../data/noise_limits.csv");
static ZONES: LazyLock<Vec<ZoneLimit>> = LazyLock::new(|| table::rows(LIMITS));

/// The standards by the names that inputs use.
pub const STANDARDS: [(&str, &str); 5] = [
    ("gb3096", "GB 3096"),
    ("gb12348", "GB 12348"),
    ("gb22337", "GB 22337"),
    ("gb12523", "GB 12523"),
    ("gb12525", "GB 12525"),
];

/// Limits of a zone in the edition in force on a date; without a date in the newest.
pub fn zone(standard: &str, zone: &str, date: Option<Date>) -> Result<&'static ZoneLimit, Impossible> {
    let fits = |row: &&ZoneLimit| {
        row.standard == standard
            && row.zone == zone
            && date.is_none_or(|d| row.from <= d && row.to.is_none_or(|to| d <= to))
    };
    ZONES.iter().rfind(fits).ok_or(Impossible::NoFigure("zone"))
}

/// Indoor limits of structure-borne sound.
#[derive(Clone, Debug, Deserialize)]
pub struct Indoor {
    zone: String,
    room: String,
    period: String,
    /// Leq, dB(A).
    #[serde(deserialize_with = "table::exact")]
    pub leq: Exact,
    #[serde(deserialize_with = "table::exact")]
    hz31_5: Exact,
    #[serde(deserialize_with = "table::exact")]
    hz63: Exact,
    #[serde(deserialize_with = "table::exact")]
    hz125: Exact,
    #[serde(deserialize_with = "table::exact")]
    hz250: Exact,
    #[serde(deserialize_with = "table::exact")]
    hz500: Exact,
    /// How sure the figures are.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

impl Indoor {
    /// Octave bands by centre frequency (Hz) with their limits, dB.
    pub fn bands(&self) -> [(&'static str, &Exact); 5] {
        [
            ("31.5", &self.hz31_5),
            ("63", &self.hz63),
            ("125", &self.hz125),
            ("250", &self.hz250),
            ("500", &self.hz500),
        ]
    }
}

const INDOOR: &str = include_str!("../../data/noise_indoor.csv");
static ROOMS: LazyLock<Vec<Indoor>> = LazyLock::new(|| table::rows(INDOOR));

/// Indoor limits of a zone (0–4), a room (`A` sleep, `B` day work) and a period.
pub fn indoor(zone: &str, room: &str, period: Period) -> Result<&'static Indoor, Impossible> {
    ROOMS
        .iter()
        .find(|r| r.zone == zone && r.room == room && r.period == period.key())
        .ok_or(Impossible::NoFigure("zone"))
}

#[derive(Deserialize)]
struct Correction {
    difference: i64,
    correction: i64,
}

const CORRECTIONS: &str = include_str!("../../data/noise_correction.csv");
static CORRECTION: LazyLock<Vec<Correction>> = LazyLock::new(|| table::rows(CORRECTIONS));

/// What to do with a measured value for its background.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Corrected {
    /// The background is more than 10 dB lower: nothing.
    None,
    /// Corrected by this many dB (negative).
    By(i64),
    /// The background is less than 3 dB lower: cut it and measure again.
    Retest,
}

/// Correction for background noise by the difference measured − background (GB 12348 5.7): compared unrounded with 3
/// and 10, then rounded to whole dB for the table.
pub fn background_correction(difference: &Exact) -> Corrected {
    if *difference > Exact::int(10) {
        return Corrected::None;
    }
    if *difference < Exact::int(3) {
        return Corrected::Retest;
    }
    let whole = difference.round_gb8170(0).to_i64();
    CORRECTION
        .iter()
        .find(|row| Some(row.difference) == whole)
        .map_or(Corrected::Retest, |row| Corrected::By(row.correction))
}

/// Grades of city means (HJ 640-2012).
#[derive(Clone, Debug, Deserialize)]
pub struct Grades {
    kind: String,
    period: String,
    #[serde(deserialize_with = "table::exact")]
    g1: Exact,
    #[serde(deserialize_with = "table::exact")]
    g2: Exact,
    #[serde(deserialize_with = "table::exact")]
    g3: Exact,
    #[serde(deserialize_with = "table::exact")]
    g4: Exact,
    clause: String,
    /// How sure the figures are.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

/// Names of the grades: number, label, English.
pub const GRADE_NAMES: [(&str, &str, &str); 5] = [
    ("一级", "好", "good"),
    ("二级", "较好", "fairly good"),
    ("三级", "一般", "fair"),
    ("四级", "较差", "fairly poor"),
    ("五级", "差", "poor"),
];

const GRADES: &str = include_str!("../../data/noise_grades.csv");
static GRADE_ROWS: LazyLock<Vec<Grades>> = LazyLock::new(|| table::rows(GRADES));

impl Grades {
    /// Standard and clause.
    pub fn basis(&self) -> Basis {
        Basis::new("HJ 640", "2012", &self.clause)
    }

    /// Upper ends of the grades 1–4, dB(A).
    pub fn ends(&self) -> [&Exact; 4] {
        [&self.g1, &self.g2, &self.g3, &self.g4]
    }

    /// Place in [`GRADE_NAMES`] of a mean, which is rounded to 0.1 dB first.
    pub fn grade(&self, mean: &Exact) -> (Exact, usize) {
        let rounded = mean.round_gb8170(1);
        let place = self.ends().iter().filter(|end| rounded > ***end).count();
        (rounded, place)
    }
}

/// Grades for `area` or `road` means of a period.
pub fn grades(kind: &str, period: Period) -> Result<&'static Grades, Impossible> {
    GRADE_ROWS
        .iter()
        .find(|r| r.kind == kind && r.period == period.key())
        .ok_or(Impossible::NoFigure("kind"))
}

/// Mean weighted by length, `Σ lᵢ·Lᵢ / Σ lᵢ`, and the share of length above 70 dB, %; `None` without length.
pub fn road_mean(segments: &[(Exact, Exact)]) -> Option<(Exact, Exact)> {
    let seventy = Exact::int(70);
    let mut total = Exact::zero();
    let mut weighted = Exact::zero();
    let mut loud = Exact::zero();
    for (level, length) in segments {
        total = &total + length;
        weighted = &weighted + &(level * length);
        if *level > seventy {
            loud = &loud + length;
        }
    }
    Some((
        weighted.checked_div(&total)?,
        crate::checks::percent(&loud, &total)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_complete() {
        table::assert_complete(LIMITS, &ZONES);
        table::assert_complete(INDOOR, &ROOMS);
        table::assert_complete(CORRECTIONS, &CORRECTION);
        table::assert_complete(GRADES, &GRADE_ROWS);
        assert_eq!(ROOMS.len(), 20);
    }

    #[test]
    fn the_edition_follows_the_date() {
        let edition = |d: &str| {
            zone("GB 12523", "site", Some(d.parse().unwrap()))
                .unwrap()
                .edition
                .clone()
        };
        assert_eq!(edition("2025-12-31"), "2011");
        assert_eq!(edition("2026-01-01"), "2025");
        assert!(zone("GB 12523", "site", Some("2001-01-01".parse().unwrap())).is_err());
    }
}
