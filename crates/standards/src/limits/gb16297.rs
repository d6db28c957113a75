//! GB 16297-1996: emission rate by stack height (table 2, class 2; appendix B, 7.1, 7.4) and the equivalent stack
//! (7.2, appendix A).

use std::sync::LazyLock;

use serde::Deserialize;

use crate::checks::{Impossible, between, decimal, not_negative, positive};
use crate::judgement::Confidence;
use crate::num::Exact;
use crate::table;

/// One pollutant of table 2.
#[derive(Debug, Deserialize)]
struct Row {
    pollutant: String,
    #[serde(deserialize_with = "table::exact")]
    concentration: Exact,
    #[serde(deserialize_with = "table::opt_exact")]
    perimeter: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    h15: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    h20: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    h25: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    h30: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    h40: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    h50: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    h60: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    h70: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    h80: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    h90: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    h100: Option<Exact>,
    #[serde(deserialize_with = "table::confidence")]
    confidence: Confidence,
}

/// What table 2 says of a pollutant.
#[derive(Clone, Debug)]
pub struct StackLimits {
    /// Key.
    pub pollutant: String,
    /// Highest concentration, mg/m³.
    pub concentration: Exact,
    /// Perimeter concentration, mg/m³; `None` where only «invisible» or nothing is set.
    pub perimeter: Option<Exact>,
    /// (stack height m, class-2 rate kg/h), rising.
    pub rates: Vec<(Exact, Exact)>,
    /// How sure.
    pub confidence: Confidence,
}

const TABLE: &str = include_str!("../../data/emission_gb16297.csv");
static ROWS: LazyLock<Vec<StackLimits>> = LazyLock::new(|| {
    table::rows::<Row>(TABLE)
        .into_iter()
        .map(|row| {
            let columns = [
                (15, row.h15),
                (20, row.h20),
                (25, row.h25),
                (30, row.h30),
                (40, row.h40),
                (50, row.h50),
                (60, row.h60),
                (70, row.h70),
                (80, row.h80),
                (90, row.h90),
                (100, row.h100),
            ];
            StackLimits {
                pollutant: row.pollutant,
                concentration: row.concentration,
                perimeter: row.perimeter,
                rates: columns
                    .into_iter()
                    .filter_map(|(h, rate)| rate.map(|rate| (Exact::int(h), rate)))
                    .collect(),
                confidence: row.confidence,
            }
        })
        .collect()
});

/// The limits of a pollutant.
pub fn stack_limits(pollutant: &str) -> Option<&'static StackLimits> {
    ROWS.iter().find(|row| row.pollutant == pollutant)
}

/// No stack is taller, m.
pub const TALLEST: i64 = 500;

/// How a rate was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// The height stands in the table.
    Table,
    /// B1, between two heights.
    Interpolate,
    /// B2, above the highest.
    ExtrapolateHigh,
    /// B3, below 15 m, then half (7.4).
    ExtrapolateLowHalf,
}

impl Method {
    /// `table`, `interpolate`, `extrapolate_high`, `extrapolate_low_half`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Interpolate => "interpolate",
            Self::ExtrapolateHigh => "extrapolate_high",
            Self::ExtrapolateLowHalf => "extrapolate_low_half",
        }
    }
}

/// A rate limit and its derivation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// kg/h
    pub rate: Exact,
    /// How the height was treated.
    pub method: Method,
    /// Formula with figures, before the factor of 7.1.
    pub formula: String,
    /// Whether 7.1 halved it: the stack does not exceed the buildings within 200 m by 5 m.
    pub halved_for_buildings: bool,
}

/// Why there is no rate limit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoRate {
    /// Chlorine and hydrogen cyanide need a stack of at least 25 m.
    #[error("该污染物排气筒不得低于 {0} m (the stack of this pollutant must be at least this high)")]
    StackTooLow(String),
    /// A value that cannot be.
    #[error(transparent)]
    Impossible(#[from] Impossible),
}

/// The class-2 rate limit of a stack, m. When 7.1 and 7.4 both apply their factors multiply (a reading of the text).
pub fn rate_limit(limits: &StackLimits, height: &Exact, clears_buildings: bool) -> Result<RateLimit, NoRate> {
    positive("stack_m", height)?;
    between("stack_m", height, 0, TALLEST)?;
    let (Some((lowest, lowest_rate)), Some((highest, highest_rate))) =
        (limits.rates.first(), limits.rates.last())
    else {
        return Err(Impossible::NoFigure("pollutant").into());
    };
    let half = decimal(5, 1);
    let square = |rate: &Exact, from: &Exact| -> Result<Exact, NoRate> {
        let ratio = height
            .checked_div(from)
            .ok_or(Impossible::NotPositive("stack_m"))?;
        Ok(rate * &ratio.pow(2))
    };
    let (rate, method, formula) = if let Some((_, rate)) = limits.rates.iter().find(|(h, _)| h == height) {
        (rate.clone(), Method::Table, format!("表2: {height} m → {rate}"))
    } else if height > highest {
        (
            square(highest_rate, highest)?,
            Method::ExtrapolateHigh,
            format!("{highest_rate} × ({height}/{highest})²"),
        )
    } else if height < lowest {
        if *lowest > Exact::int(15) {
            return Err(NoRate::StackTooLow(lowest.to_string()));
        }
        (
            &square(lowest_rate, lowest)? * &half,
            Method::ExtrapolateLowHalf,
            format!("{lowest_rate} × ({height}/{lowest})² × 0.5"),
        )
    } else {
        let pair = limits
            .rates
            .iter()
            .zip(limits.rates.iter().skip(1))
            .find(|((low, _), (high, _))| height > low && height < high);
        let Some(((low, low_rate), (high, high_rate))) = pair else {
            return Err(Impossible::NoFigure("stack_m").into());
        };
        let share = (height - low)
            .checked_div(&(high - low))
            .ok_or(Impossible::NoFigure("stack_m"))?;
        (
            low_rate + &(&(high_rate - low_rate) * &share),
            Method::Interpolate,
            format!("{low_rate} + ({high_rate} − {low_rate}) × ({height} − {low}) / ({high} − {low})"),
        )
    };
    Ok(RateLimit {
        rate: if clears_buildings { rate } else { &rate * &half },
        method,
        formula,
        halved_for_buildings: !clears_buildings,
    })
}

/// Two stacks taken as one.
#[derive(Clone, Debug, PartialEq)]
pub struct EquivalentStack {
    /// Sum of the rates, kg/h.
    pub rate: Exact,
    /// `√((h1² + h2²)/2)`, m.
    pub height: f64,
    /// Distance from the first stack, m: `a · Q2 / Q`; `None` where nothing is emitted.
    pub from_first: Option<Exact>,
}

/// The equivalent stack of two stacks with the same pollutant; `None` when they stand at least the sum of their
/// heights apart (7.2).
pub fn equivalent_stack(
    heights: (&Exact, &Exact),
    rates: (&Exact, &Exact),
    distance: &Exact,
) -> Result<Option<EquivalentStack>, Impossible> {
    positive("h1", heights.0)?;
    positive("h2", heights.1)?;
    between("h1", heights.0, 0, TALLEST)?;
    between("h2", heights.1, 0, TALLEST)?;
    not_negative("q1", rates.0)?;
    not_negative("q2", rates.1)?;
    not_negative("distance_m", distance)?;
    if *distance >= heights.0 + heights.1 {
        return Ok(None);
    }
    let rate = rates.0 + rates.1;
    let squares = &heights.0.pow(2) + &heights.1.pow(2);
    Ok(Some(EquivalentStack {
        height: (squares.to_f64() / 2.0).sqrt(),
        from_first: (distance * rates.1).checked_div(&rate),
        rate,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_reads_and_rises() {
        table::assert_complete(TABLE, &ROWS);
        for row in ROWS.iter() {
            assert!(
                row.rates.is_sorted_by(|a, b| a.0 < b.0 && a.1 < b.1),
                "{}",
                row.pollutant
            );
        }
    }

    #[test]
    fn chlorine_needs_25_metres() {
        let cl2 = stack_limits("cl2").unwrap();
        assert!(matches!(
            rate_limit(cl2, &Exact::int(20), true),
            Err(NoRate::StackTooLow(_))
        ));
        assert_eq!(
            rate_limit(cl2, &Exact::int(25), true).unwrap().rate,
            decimal(52, 2)
        );
    }

    proptest::proptest! {
        #[test]
        fn a_higher_stack_is_never_allowed_less(dm in 50_i64..1500, which in 0_usize..22) {
            let row = &ROWS[which % ROWS.len()];
            let rate = |dm| rate_limit(row, &decimal(dm, 1), true).map(|r| r.rate);
            if let (Ok(low), Ok(high)) = (rate(dm), rate(dm + 1)) {
                proptest::prop_assert!(low <= high);
            }
        }
    }
}
