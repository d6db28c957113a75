//! Permitted quantity, validity of permits, dates of execution reports, and accounting of reductions.

use std::sync::LazyLock;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;

use crate::checks::{Impossible, between, decimal, not_negative};
use crate::judgement::Confidence;
use crate::num::Exact;
use crate::table;

#[derive(Debug, Deserialize)]
struct LevelRow {
    #[serde(deserialize_with = "table::exact")]
    above: Exact,
    level: String,
    #[serde(deserialize_with = "table::confidence")]
    confidence: Confidence,
}

const LEVELS: &str = include_str!("../../data/permit_quota.csv");
static LEVEL_ROWS: LazyLock<Vec<LevelRow>> = LazyLock::new(|| table::rows(LEVELS));

/// How much of the permitted quantity is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Emission of the year so far over the permitted quantity; `None` for a permitted quantity of zero.
    pub ratio: Option<Exact>,
    /// Faster than time plus a tenth.
    pub pace_warn: bool,
    /// `none`, `orange`, `red`, `exceed`.
    pub level: &'static str,
    /// How sure the levels are.
    pub confidence: Confidence,
}

/// Judges the quantity of a year so far, t: levels and pace are project rules.
pub fn quota(
    permitted: &Exact,
    so_far: &Exact,
    day_of_year: &Exact,
    year_days: &Exact,
) -> Result<Quota, Impossible> {
    not_negative("permit_t", permitted)?;
    not_negative("ytd_t", so_far)?;
    between("year_days", year_days, 365, 366)?;
    between("day_of_year", day_of_year, 1, 366)?;
    if day_of_year > year_days {
        return Err(Impossible::Order("year_days", "day_of_year"));
    }
    let ratio = so_far.checked_div(permitted);
    let pace = &day_of_year.checked_div(year_days).unwrap_or_else(Exact::one) + &decimal(1, 1);
    let confidence = LEVEL_ROWS
        .iter()
        .map(|r| r.confidence)
        .max()
        .unwrap_or(Confidence::Uncertain);
    let Some(value) = &ratio else {
        let over = !so_far.is_zero();
        return Ok(Quota {
            ratio: None,
            pace_warn: over,
            level: if over { "exceed" } else { "none" },
            confidence,
        });
    };
    Ok(Quota {
        pace_warn: *value > pace,
        level: LEVEL_ROWS
            .iter()
            .find(|row| *value > row.above)
            .map_or("none", |row| row.level.as_str()),
        confidence,
        ratio,
    })
}

/// Dates of a permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// Last day: five years on, the day before.
    pub valid_to: Date,
    /// Last day to apply for renewal: 60 days before expiry.
    pub renewal_apply_by: Date,
}

/// Validity of a permit from its first day (排污许可管理条例 14). `None` at the end of the calendar.
///
/// Where five years on has no such day (29 February), the permit ends on the last day of that month.
pub fn validity(valid_from: Date) -> Option<Validity> {
    let anniversary = valid_from.checked_add(5.years()).ok()?;
    let valid_to = if anniversary.day() == valid_from.day() {
        anniversary.checked_sub(1.day()).ok()?
    } else {
        anniversary
    };
    Some(Validity {
        valid_to,
        renewal_apply_by: valid_to.checked_sub(60.days()).ok()?,
    })
}

/// Execution reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// 年度执行报告: by the end of January.
    Annual,
    /// 季度: within 15 days after the quarter.
    Quarterly,
    /// 月度, where the permit asks for it: within 15 days after the month.
    Monthly,
}

/// The last day of a report on the period that ends on a day (recalled rule).
pub fn report_due(report: Report, period_end: Date) -> Option<Date> {
    match report {
        Report::Annual => Date::new(period_end.year().checked_add(1)?, 1, 31).ok(),
        Report::Quarterly | Report::Monthly => period_end.checked_add(15.days()).ok(),
    }
}

/// A reduction, t.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reduction {
    /// Over a full year; `None` where the old efficiency was 100 %.
    pub full_year: Option<Exact>,
    /// In the year of completion: months after completion of twelve.
    pub this_year: Option<Exact>,
}

fn share(full_year: Option<Exact>, months: &Exact) -> Result<Reduction, Impossible> {
    between("months_after_completion", months, 0, 12)?;
    Ok(Reduction {
        this_year: full_year
            .as_ref()
            .and_then(|full| (full * months).checked_div(&Exact::int(12))),
        full_year,
    })
}

/// Engineering reduction at constant activity: `E · (η2 − η1) / (1 − η1)`, efficiencies as fractions.
pub fn by_efficiency(
    emission: &Exact,
    before: &Exact,
    after: &Exact,
    months: &Exact,
) -> Result<Reduction, Impossible> {
    not_negative("base_emission_t", emission)?;
    between("eta_before", before, 0, 1)?;
    between("eta_after", after, 0, 1)?;
    let full = (emission * &(after - before)).checked_div(&(&Exact::one() - before));
    share(full, months)
}

/// Structural reduction (closure): emission before minus after.
pub fn structural(before: &Exact, after: &Exact, months: &Exact) -> Result<Reduction, Impossible> {
    not_negative("base_emission_t", before)?;
    not_negative("after_emission_t", after)?;
    share(Some(before - after), months)
}

/// Balance of tradable quantity, t: initial + purchased + reduced − sold − allocated.
pub fn balance(
    initial: &Exact,
    purchased: &Exact,
    reduced: &Exact,
    sold: &Exact,
    allocated: &Exact,
) -> Exact {
    &(&(initial + purchased) + reduced) - &(sold + allocated)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_reads_strictest_first() {
        table::assert_complete(LEVELS, &LEVEL_ROWS);
        assert!(LEVEL_ROWS.is_sorted_by(|a, b| a.above > b.above));
    }

    #[test]
    fn a_permit_of_29_february_ends_on_28() {
        let dates = validity(Date::constant(2024, 2, 29)).unwrap();
        assert_eq!(dates.valid_to, Date::constant(2029, 2, 28));
    }

    #[test]
    fn nothing_permitted_and_nothing_emitted_is_quiet() {
        let zero = Exact::zero();
        let one = Exact::one();
        let days = Exact::int(365);
        assert_eq!(quota(&zero, &zero, &one, &days).unwrap().level, "none");
        assert_eq!(quota(&zero, &one, &one, &days).unwrap().level, "exceed");
    }

    proptest::proptest! {
        #[test]
        fn a_better_plant_never_reduces_less(e in 0_i64..10_000, a in 0_i64..99, b in 0_i64..99) {
            let pct = |n| decimal(n, 2);
            let months = Exact::int(12);
            let full = |after| by_efficiency(&Exact::int(e), &pct(a), &pct(after), &months).unwrap().full_year;
            proptest::prop_assert!(full(b) <= full(b + 1));
        }
    }
}
