//! Environmental protection tax (环境保护税法, law annexes and Art. 9, 13): equivalents, reduction, the taxed items of an
//! outlet, solid waste and noise. Item tax is rounded half-up to 0.01 yuan; a total is the sum of rounded items.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::checks::{Impossible, decimal, not_negative, positive};
use crate::judgement::Confidence;
use crate::num::{Exact, Rounding};
use crate::table;

/// Air or water.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Medium {
    /// 大气污染物
    Air,
    /// 水污染物
    Water,
}

/// A pollutant of annex 2.
#[derive(Clone, Debug, Deserialize)]
pub struct TaxPollutant {
    medium: Medium,
    /// Key.
    pub pollutant: String,
    /// Chinese name.
    pub name_zh: String,
    /// Class of a water pollutant.
    pub class: Option<u8>,
    /// 当量值: kg per equivalent.
    #[serde(deserialize_with = "table::exact")]
    pub v_kg: Exact,
    organic: String,
    /// How sure.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

const EQUIVALENTS: &str = include_str!("../../data/tax_equivalents.csv");
static POLLUTANTS: LazyLock<Vec<TaxPollutant>> = LazyLock::new(|| table::rows(EQUIVALENTS));

/// A pollutant of annex 2 by its key.
pub fn pollutant(medium: Medium, key: &str) -> Option<&'static TaxPollutant> {
    POLLUTANTS
        .iter()
        .find(|p| p.medium == medium && p.pollutant == key)
}

impl TaxPollutant {
    /// Pollution equivalents of an emission: `kg / v`.
    pub fn equivalents(&self, kg: &Exact) -> Result<Exact, Impossible> {
        not_negative("kg", kg)?;
        kg.checked_div(&self.v_kg).ok_or(Impossible::NotPositive("v_kg"))
    }

    /// COD, BOD5, TOC: only one of them is taxed.
    pub fn is_organic(&self) -> bool {
        self.organic == "yes"
    }
}

#[derive(Debug, Deserialize)]
struct RateRow {
    region: String,
    medium: Medium,
    pollutant: String,
    #[serde(deserialize_with = "table::exact")]
    rate: Exact,
    #[serde(deserialize_with = "table::confidence")]
    confidence: Confidence,
}

const RATES: &str = include_str!("../../data/tax_rates.csv");
static RATE_ROWS: LazyLock<Vec<RateRow>> = LazyLock::new(|| table::rows(RATES));

/// Tax per equivalent, yuan, and how sure; `None` for a region without a table.
pub fn rate(region: &str, medium: Medium, pollutant: &str) -> Option<(&'static Exact, Confidence)> {
    let of = |key: &str| {
        RATE_ROWS
            .iter()
            .find(|r| r.region == region && r.medium == medium && r.pollutant == key)
    };
    of(pollutant).or_else(|| of("*")).map(|r| (&r.rate, r.confidence))
}

/// Whether «30 % below» includes exactly 30 % (usual practice), or asks for less (the wording).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Below {
    /// Exactly 30 or 50 % below is enough.
    #[default]
    Reached,
    /// Must be further below.
    Strict,
}

/// Reduction factor (Art. 13): 0.75 from 30 % below the limit, 0.5 from 50 %; only when every hourly or daily mean of
/// the month kept the limit.
pub fn reduction(mean: &Exact, limit: &Exact, all_within: bool, below: Below) -> Result<Exact, Impossible> {
    not_negative("mean", mean)?;
    positive("limit", limit)?;
    let reaches = |tenths: i64| {
        let bound = limit * &decimal(tenths, 1);
        match below {
            Below::Reached => *mean <= bound,
            Below::Strict => *mean < bound,
        }
    };
    Ok(if !all_within {
        Exact::one()
    } else if reaches(5) {
        decimal(5, 1)
    } else if reaches(7) {
        decimal(75, 2)
    } else {
        Exact::one()
    })
}

/// Rounded half-up to 0.01 yuan.
pub fn yuan(amount: &Exact) -> Exact {
    amount.round(2, Rounding::HalfUp)
}

/// Emission of one pollutant at one outlet in one month.
#[derive(Clone, Debug)]
pub struct MonthItem {
    /// Pollutant.
    pub pollutant: &'static TaxPollutant,
    /// Emission, kg.
    pub kg: Exact,
    /// Reduction factor.
    pub factor: Exact,
}

/// One taxed item.
#[derive(Clone, Debug)]
pub struct Taxed {
    /// Pollutant.
    pub pollutant: &'static TaxPollutant,
    /// Equivalents, unrounded.
    pub equivalents: Exact,
    /// Yuan per equivalent.
    pub rate: Exact,
    /// Reduction factor.
    pub factor: Exact,
    /// Yuan, rounded.
    pub tax: Exact,
}

/// Tax of one outlet in one month.
#[derive(Clone, Debug)]
pub struct MonthTax {
    /// Items in order of their equivalents, water class 1 first.
    pub taxed: Vec<Taxed>,
    /// Sum of the rounded items, yuan.
    pub total: Exact,
    /// How sure the rates are.
    pub confidence: Confidence,
}

/// Why a month cannot be taxed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TaxError {
    /// No rates for this region.
    #[error("没有 {0} 的税额标准 (no rates for this region)")]
    Region(String),
    /// A value that cannot be.
    #[error(transparent)]
    Impossible(#[from] Impossible),
}

/// Pollutants taxed per outlet (Art. 9): air 3; water class 1 5, other 3.
const TOP_AIR: usize = 3;
const TOP_CLASS_1: usize = 5;
const TOP_CLASS_2: usize = 3;

/// The tax of an outlet in a month: ranked by equivalents before reduction; of COD, BOD5 and TOC only the one with the
/// most equivalents counts.
pub fn month(region: &str, medium: Medium, items: &[MonthItem]) -> Result<MonthTax, TaxError> {
    let mut ranked = Vec::with_capacity(items.len());
    for item in items {
        ranked.push((item, item.pollutant.equivalents(&item.kg)?));
    }
    // A stable sort: equal equivalents keep the order of the declaration.
    ranked.sort_by(|a, b| b.1.cmp(&a.1));
    let mut organic_seen = false;
    ranked.retain(|(item, _)| {
        let drop = item.pollutant.is_organic() && organic_seen;
        organic_seen |= item.pollutant.is_organic();
        !drop
    });
    let (first, rest): (Vec<_>, Vec<_>) = ranked
        .into_iter()
        .partition(|(i, _)| i.pollutant.class == Some(1));
    let top_rest = match medium {
        Medium::Air => TOP_AIR,
        Medium::Water => TOP_CLASS_2,
    };
    let chosen = first
        .into_iter()
        .take(TOP_CLASS_1)
        .chain(rest.into_iter().take(top_rest));
    let mut taxed = Vec::new();
    let mut confidence = Confidence::Verified;
    for (item, equivalents) in chosen {
        let (rate, mark) = rate(region, medium, &item.pollutant.pollutant)
            .ok_or_else(|| TaxError::Region(region.chars().take(40).collect()))?;
        confidence = confidence.max(mark).max(item.pollutant.confidence);
        taxed.push(Taxed {
            tax: yuan(&(&(&equivalents * rate) * &item.factor)),
            pollutant: item.pollutant,
            equivalents,
            rate: rate.clone(),
            factor: item.factor.clone(),
        });
    }
    Ok(MonthTax {
        total: Exact::sum(taxed.iter().map(|t| &t.tax)),
        taxed,
        confidence,
    })
}

/// A kind of solid waste.
#[derive(Clone, Debug, Deserialize)]
pub struct SolidKind {
    /// Key.
    #[serde(rename = "type")]
    pub kind: String,
    /// Chinese name.
    pub name_zh: String,
    /// Yuan per tonne.
    #[serde(deserialize_with = "table::exact")]
    pub rate: Exact,
    /// How sure.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

const SOLID: &str = include_str!("../../data/tax_solid.csv");
static SOLID_ROWS: LazyLock<Vec<SolidKind>> = LazyLock::new(|| table::rows(SOLID));

/// A kind of solid waste by its key.
pub fn solid_kind(key: &str) -> Option<&'static SolidKind> {
    SOLID_ROWS.iter().find(|row| row.kind == key)
}

/// Solid waste of a month, t.
#[derive(Clone, Debug)]
pub struct Solid {
    /// 产生量
    pub generated: Exact,
    /// Stored as the rules ask.
    pub stored: Exact,
    /// Disposed of as the rules ask.
    pub disposed: Exact,
    /// Comprehensively utilised.
    pub utilised: Exact,
    /// Illegal dumping or false declaration: all that was generated is taxed.
    pub illegal: bool,
}

/// Taxable tonnes (never below zero) and tax, yuan.
pub fn solid(kind: &SolidKind, waste: &Solid) -> Result<(Exact, Exact), Impossible> {
    for (what, value) in [
        ("generated_t", &waste.generated),
        ("stored_t", &waste.stored),
        ("disposed_t", &waste.disposed),
        ("utilised_t", &waste.utilised),
    ] {
        not_negative(what, value)?;
    }
    let left = &(&(&waste.generated - &waste.stored) - &waste.disposed) - &waste.utilised;
    let taxable = if waste.illegal {
        waste.generated.clone()
    } else {
        left.max(Exact::zero())
    };
    let tax = yuan(&(&taxable * &kind.rate));
    Ok((taxable, tax))
}

#[derive(Debug, Deserialize)]
struct NoiseRow {
    from_db: i64,
    to_db: Option<i64>,
    #[serde(deserialize_with = "table::exact")]
    month: Exact,
}

const NOISE: &str = include_str!("../../data/tax_noise.csv");
static NOISE_ROWS: LazyLock<Vec<NoiseRow>> = LazyLock::new(|| table::rows(NOISE));

/// Yuan per month for one period of the day, by dB above the limit, rounded half-up to whole dB.
pub fn noise_band(excess: &Exact) -> Result<Exact, Impossible> {
    not_negative("excess_db", excess)?;
    let whole = excess.round(0, Rounding::HalfUp);
    Ok(NOISE_ROWS
        .iter()
        .find(|row| whole >= Exact::int(row.from_db) && row.to_db.is_none_or(|to| whole <= Exact::int(to)))
        .map_or_else(Exact::zero, |row| row.month.clone()))
}

/// Industrial noise of a month: day and night summed; two points over a boundary of more than 100 m count twice; fewer
/// than 15 exceeding days halve.
pub fn noise(
    day: &Exact,
    night: &Exact,
    few_days: bool,
    two_points: bool,
) -> Result<(Exact, Exact, Exact), Impossible> {
    let (day, night) = (noise_band(day)?, noise_band(night)?);
    let mut tax = &day + &night;
    if two_points {
        tax = &tax * &Exact::int(2);
    }
    if few_days {
        tax = &tax * &decimal(5, 1);
    }
    Ok((day, night, yuan(&tax)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_reads() {
        table::assert_complete(EQUIVALENTS, &POLLUTANTS);
        table::assert_complete(RATES, &RATE_ROWS);
        table::assert_complete(SOLID, &SOLID_ROWS);
        table::assert_complete(NOISE, &NOISE_ROWS);
    }

    fn x(text: &str) -> Exact {
        text.parse().unwrap()
    }

    #[test]
    fn exactly_30_percent_below_depends_on_the_reading() {
        let of = |below| reduction(&x("35"), &x("50"), true, below).unwrap();
        assert_eq!(of(Below::Reached), x("0.75"));
        assert_eq!(of(Below::Strict), x("1"));
    }

    #[test]
    fn only_one_of_the_organic_sums_is_taxed() {
        let item = |key, kg| MonthItem {
            pollutant: pollutant(Medium::Water, key).unwrap(),
            kg: Exact::int(kg),
            factor: Exact::one(),
        };
        let tax = month(
            "shandong",
            Medium::Water,
            &[item("cod", 100), item("bod5", 80), item("ss", 4)],
        )
        .unwrap();
        let names: Vec<_> = tax.taxed.iter().map(|t| t.pollutant.pollutant.as_str()).collect();
        assert_eq!(names, ["bod5", "ss"]);
    }

    #[test]
    fn half_a_decibel_rounds_up() {
        assert_eq!(noise_band(&x("3.5")).unwrap(), Exact::int(700));
        assert_eq!(noise_band(&x("0.4")).unwrap(), Exact::zero());
    }

    proptest::proptest! {
        #[test]
        fn at_most_three_are_taxed_in_order_of_their_equivalents(kgs in proptest::collection::vec(0_i64..10_000, 1..6), more in 0_i64..10_000) {
            let keys = ["so2", "nox", "smoke", "co", "nh3", "hcl"];
            let mut items: Vec<MonthItem> = kgs
                .iter()
                .zip(keys)
                .map(|(kg, key)| MonthItem {
                    pollutant: pollutant(Medium::Air, key).unwrap(),
                    kg: Exact::int(*kg),
                    factor: Exact::one(),
                })
                .collect();
            let count = month("shandong", Medium::Air, &items).unwrap().taxed.len();
            items.push(MonthItem {
                pollutant: pollutant(Medium::Air, "cl2").unwrap(),
                kg: Exact::int(more),
                factor: Exact::one(),
            });
            let after = month("shandong", Medium::Air, &items).unwrap();
            proptest::prop_assert!(after.taxed.len() >= count && after.taxed.len() <= 3);
            proptest::prop_assert!(after.taxed.is_sorted_by(|a, b| a.equivalents >= b.equivalents));
        }
    }
}
