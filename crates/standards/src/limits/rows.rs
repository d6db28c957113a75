//! Emission limits by source, condition, pollutant, region and date, and the one that binds: the permit's figure, else
//! the strictest of those that apply on the same basis.

use std::sync::LazyLock;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer};

use crate::judgement::Confidence;
use crate::num::Exact;
use crate::table;

/// One limit.
#[derive(Clone, Debug, Deserialize)]
pub struct LimitRow {
    /// Standard.
    pub standard: String,
    /// Edition.
    pub edition: String,
    /// `national`, `shandong`.
    pub region: String,
    /// Kind of source, e.g. `coal_power_boiler`.
    pub source: String,
    /// `all`, or what must hold: `new`, `special`, `core_zone` …
    pub condition: String,
    /// Pollutant key, e.g. `so2`.
    pub pollutant: String,
    /// Factor code of HJ 212; empty where none is known.
    pub code: String,
    /// The limit.
    #[serde(deserialize_with = "table::exact")]
    pub limit: Exact,
    /// Unit; `%` is a removal that must at least be reached.
    pub unit: String,
    /// `1h`, `daily`, `any`, `5x10min`.
    pub averaging: String,
    /// Reference oxygen, volume percent; `None` for measured concentrations.
    #[serde(deserialize_with = "table::opt_exact")]
    pub o2_ref: Option<Exact>,
    /// First day of force, where known.
    #[serde(deserialize_with = "opt_date")]
    pub valid_from: Option<Date>,
    /// Last day of force, where it ended.
    #[serde(deserialize_with = "opt_date")]
    pub valid_to: Option<Date>,
    /// How sure.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
    /// Exceptions that the row does not cover.
    pub note: String,
}

fn opt_date<'de, D: Deserializer<'de>>(cell: D) -> Result<Option<Date>, D::Error> {
    let text = String::deserialize(cell)?;
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(serde::de::Error::custom)
}

const TABLE: &str = include_str!("../../data/emission_limits.csv");
static ROWS: LazyLock<Vec<LimitRow>> = LazyLock::new(|| table::rows(TABLE));

/// All limits.
pub fn rows() -> &'static [LimitRow] {
    &ROWS
}

/// What limits are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// Kind of source.
    pub source: &'a str,
    /// Pollutant key.
    pub pollutant: &'a str,
    /// What holds of the source and its place: `new`, `special`, `key_zone` …
    pub conditions: &'a [&'a str],
    /// Local region whose standards apply beside the national ones.
    pub region: Option<&'a str>,
    /// The day of the data; `None` takes any.
    pub date: Option<Date>,
    /// Averaging time; `None` takes any.
    pub averaging: Option<&'a str>,
}

impl LimitRow {
    fn applies(&self, query: &Query<'_>) -> bool {
        self.source == query.source
            && self.pollutant == query.pollutant
            && (self.condition == "all" || query.conditions.contains(&self.condition.as_str()))
            && (self.region == "national" || query.region == Some(self.region.as_str()))
            && query.averaging.is_none_or(|a| a == self.averaging)
            && query.date.is_none_or(|date| {
                self.valid_from.is_none_or(|from| date >= from) && self.valid_to.is_none_or(|to| date <= to)
            })
    }

    /// Whether the two can be compared: same unit, averaging and oxygen basis.
    pub fn same_basis(&self, other: &Self) -> bool {
        self.unit == other.unit && self.averaging == other.averaging && self.o2_ref == other.o2_ref
    }

    /// Whether a higher figure is the stricter one (removal efficiency).
    pub fn is_least(&self) -> bool {
        self.unit == "%"
    }
}

/// The rows that apply, in order of the table.
pub fn applicable(query: &Query<'_>) -> Vec<&'static LimitRow> {
    ROWS.iter().filter(|row| row.applies(query)).collect()
}

/// Limits on different bases, which must not be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "各限值的单位、平均时间或基准含氧量不同,不能比较 (the limits differ in unit, averaging or oxygen basis)"
)]
pub struct MixedBasis;

/// The strictest of rows on the same basis; `None` for no row.
pub fn strictest(rows: &[&'static LimitRow]) -> Result<Option<&'static LimitRow>, MixedBasis> {
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    if rows.iter().any(|row| !row.same_basis(first)) {
        return Err(MixedBasis);
    }
    Ok(if first.is_least() {
        rows.iter().max_by(|a, b| a.limit.cmp(&b.limit)).copied()
    } else {
        rows.iter().min_by(|a, b| a.limit.cmp(&b.limit)).copied()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_reads() {
        table::assert_complete(TABLE, &ROWS);
    }

    #[test]
    fn no_two_rows_say_different_things_of_the_same() {
        for (i, a) in ROWS.iter().enumerate() {
            for b in ROWS.iter().skip(i + 1) {
                let same = (&a.standard, &a.source, &a.condition, &a.pollutant, &a.averaging)
                    == (&b.standard, &b.source, &b.condition, &b.pollutant, &b.averaging);
                assert!(!same, "{a:?}\n{b:?}");
            }
        }
    }

    #[test]
    fn the_strictest_applies_and_a_later_standard_does_not_reach_back() {
        let query = |conditions, date: &str| Query {
            source: "coal_boiler",
            pollutant: "so2",
            conditions,
            region: Some("shandong"),
            date: Some(date.parse().unwrap()),
            averaging: Some("1h"),
        };
        let rows = applicable(&query(&["new", "special", "key_zone"], "2026-01-01"));
        assert_eq!(strictest(&rows).unwrap().unwrap().limit, Exact::int(50));
        assert!(applicable(&query(&["new"], "2010-01-01")).is_empty());
    }
}
