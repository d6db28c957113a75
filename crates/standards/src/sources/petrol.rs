//! Petrol vapour recovery of filling stations (GB 20952-2020): on-site limits, nozzle sampling, tightness, and the
//! warnings and alarms of on-line monitoring (annex E).

use std::sync::LazyLock;

use serde::Deserialize;

use crate::checks::{Impossible, between, count, decimal, not_negative};
use crate::judgement::Confidence;
use crate::num::Exact;
use crate::table;

/// How a petrol item is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// Up to the value.
    AtMost,
    /// Below the value; equal fails.
    Below,
    /// From low to high.
    Range,
}

/// A limit checked on site.
#[derive(Clone, Debug, Deserialize)]
pub struct PetrolLimit {
    /// `al_ratio` …
    pub item: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Comparison.
    pub test: Test,
    /// Lower end of a range.
    #[serde(deserialize_with = "table::opt_exact")]
    pub low: Option<Exact>,
    /// Upper end, or the limit.
    #[serde(deserialize_with = "table::exact")]
    pub high: Exact,
    /// Unit.
    pub unit: String,
    /// Where it stands.
    pub clause: String,
    /// How sure.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

impl PetrolLimit {
    /// Whether a value keeps the limit.
    pub fn kept(&self, value: &Exact) -> bool {
        match self.test {
            Test::AtMost => *value <= self.high,
            Test::Below => *value < self.high,
            Test::Range => *value <= self.high && self.low.as_ref().is_none_or(|low| value >= low),
        }
    }
}

const LIMITS: &str = include_str!("../../data/source_petrol.csv");
static LIMIT_ROWS: LazyLock<Vec<PetrolLimit>> = LazyLock::new(|| table::rows(LIMITS));

/// The limit of an item.
pub fn limit(item: &str) -> Option<&'static PetrolLimit> {
    LIMIT_ROWS.iter().find(|row| row.item == item)
}

#[derive(Deserialize)]
struct NozzleRow {
    up_to: Option<i64>,
    test: Option<i64>,
    fail_from: i64,
    #[serde(deserialize_with = "table::confidence")]
    confidence: Confidence,
}

const NOZZLES: &str = include_str!("../../data/source_nozzles.csv");
static NOZZLE_ROWS: LazyLock<Vec<NozzleRow>> = LazyLock::new(|| table::rows(NOZZLES));

/// How many nozzles are tested, and from how many failing ones the station fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NozzleSample {
    /// Nozzles to test.
    pub test: i64,
    /// Failing nozzles that fail the station.
    pub fail_from: i64,
    /// How sure.
    pub confidence: Confidence,
}

/// The sample for a station of so many nozzles; `None` for none.
pub fn nozzle_sample(total: i64) -> Option<NozzleSample> {
    let row = NOZZLE_ROWS
        .iter()
        .find(|row| row.up_to.is_none_or(|up_to| total <= up_to))?;
    (total > 0).then(|| NozzleSample {
        test: row.test.unwrap_or(total),
        fail_from: row.fail_from,
        confidence: row.confidence,
    })
}

#[derive(Deserialize)]
struct TightnessRow {
    #[serde(deserialize_with = "table::exact")]
    volume: Exact,
    #[serde(deserialize_with = "table::exact")]
    n6: Exact,
    #[serde(deserialize_with = "table::exact")]
    n12: Exact,
    #[serde(deserialize_with = "table::exact")]
    n18: Exact,
    #[serde(deserialize_with = "table::exact")]
    n24: Exact,
    #[serde(deserialize_with = "table::exact")]
    more: Exact,
}

const TIGHTNESS: &str = include_str!("../../data/source_tightness.csv");
static TIGHTNESS_ROWS: LazyLock<Vec<TightnessRow>> = LazyLock::new(|| table::rows(TIGHTNESS));

/// Least remaining pressure after 5 min, Pa (table 2); `None` for a volume that is not in the table.
pub fn tightness(volume: &Exact, nozzles: i64) -> Option<&'static Exact> {
    let row = TIGHTNESS_ROWS.iter().find(|row| row.volume == *volume)?;
    Some(match nozzles {
        ..=6 => &row.n6,
        7..=12 => &row.n12,
        13..=18 => &row.n18,
        19..=24 => &row.n24,
        _ => &row.more,
    })
}

/// One refuelling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refuelling {
    /// Litres without a break.
    pub litres: Exact,
    /// 气液比
    pub ratio: Exact,
}

/// Least litres of a refuelling that counts (E.3.3).
pub const COUNTED_LITRES: i64 = 15;
/// Least refuellings of a day that is judged (E.3.3).
pub const JUDGED_FROM: usize = 5;

/// What a day's refuellings at one nozzle say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RatioDay {
    /// Refuellings that count.
    pub counted: usize,
    /// Of these, outside 0.9–1.3.
    pub bad: usize,
    /// Of these, outside 0.6–1.5, which alarms when it lasts for more than 24 h.
    pub extreme: usize,
    /// 预警: more than 25 % bad; `None` for fewer than five, which carry over to the next day.
    pub warning: Option<bool>,
}

/// Judges the A/L ratio of one nozzle over a day, with what was carried over (annex E.3.3).
pub fn ratio_day(refuellings: &[Refuelling]) -> Result<RatioDay, Impossible> {
    for r in refuellings {
        not_negative("refuels", &r.litres)?;
        not_negative("refuels", &r.ratio)?;
    }
    let counted: Vec<&Refuelling> = refuellings
        .iter()
        .filter(|r| r.litres >= Exact::int(COUNTED_LITRES))
        .collect();
    let outside = |low: i64, high: i64| {
        counted
            .iter()
            .filter(|r| r.ratio < decimal(low, 1) || r.ratio > decimal(high, 1))
            .count()
    };
    let bad = outside(9, 13);
    let warning = (counted.len() >= JUDGED_FROM).then(|| bad * 4 > counted.len());
    Ok(RatioDay {
        counted: counted.len(),
        bad,
        extreme: outside(6, 15),
        warning,
    })
}

/// Days in a row with a warning that make an alarm.
pub const ALARM_DAYS: usize = 7;

/// Index of the day on which seven warning days in a row are reached. A day that was not judged (`None`) neither counts
/// nor breaks the row.
pub fn seven_days(warnings: &[Option<bool>]) -> Option<usize> {
    let mut run = 0;
    for (i, day) in warnings.iter().enumerate() {
        match day {
            Some(true) => run += 1,
            Some(false) => run = 0,
            None => {}
        }
        if run >= ALARM_DAYS && *day == Some(true) {
            return Some(i);
        }
    }
    None
}

/// Level of an on-line reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Nothing.
    None,
    /// 预警
    Warning,
    /// 报警
    Alarm,
}

impl Level {
    /// `none`, `warning`, `alarm`.
    pub fn key(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Warning => "warning",
            Self::Alarm => "alarm",
        }
    }
}

/// Level of the concentration sensor, µmol/mol: warning from 4000, alarm from 8000 (annex E).
pub fn sensor_level(ppm: &Exact) -> Result<Level, Impossible> {
    not_negative("ppm", ppm)?;
    Ok(if *ppm >= Exact::int(8000) {
        Level::Alarm
    } else if *ppm >= Exact::int(4000) {
        Level::Warning
    } else {
        Level::None
    })
}

/// Whether the pressure stood within ±50 Pa for too long: more than 12 h of a day without a break (annex E).
pub fn pressure_warning(hours: &Exact) -> Result<bool, Impossible> {
    between("hours_continuous_within_50pa", hours, 0, 24)?;
    Ok(*hours > Exact::int(12))
}

/// Share of bad refuellings, for explanations.
pub(super) fn share(day: &RatioDay) -> Option<Exact> {
    count(day.bad).checked_div(&count(day.counted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_reads() {
        table::assert_complete(LIMITS, &LIMIT_ROWS);
        table::assert_complete(NOZZLES, &NOZZLE_ROWS);
        table::assert_complete(TIGHTNESS, &TIGHTNESS_ROWS);
    }

    #[test]
    fn back_pressure_must_be_below_and_the_ratio_may_be_equal() {
        assert!(!limit("back_pressure_18").unwrap().kept(&Exact::int(40)));
        assert!(limit("al_ratio").unwrap().kept(&Exact::one()));
        assert!(!limit("al_ratio").unwrap().kept(&decimal(99, 2)));
    }

    #[test]
    fn unjudged_days_neither_count_nor_break() {
        let mut days = vec![Some(true); 6];
        days.push(None);
        assert_eq!(seven_days(&days), None);
        days.push(Some(true));
        assert_eq!(seven_days(&days), Some(7));
    }

    proptest::proptest! {
        #[test]
        fn the_sample_never_exceeds_the_station(total in 1_i64..200) {
            let sample = nozzle_sample(total).unwrap();
            proptest::prop_assert!(sample.test <= total && sample.fail_from <= sample.test);
        }
    }
}
