//! Daily means, 8 h moving means, MDA8 and the minimum of data (GB 3095 表4, HJ 663 6.1.2).
//!
//! Too few data make a value invalid, never an estimate. Hours are 1 to 24 of a natural day; hour X is the mean of
//! X−1:00 to X:00.

use jiff::civil::Date;

use super::limits::Pollutant;
use crate::num::Exact;

/// Valid hourly means needed for a daily mean (GB 3095 表4).
pub const HOURS_OF_DAY: usize = 20;
/// Hourly means needed in the 8 h window (GB 3095 表4).
pub const HOURS_OF_EIGHT: usize = 6;
/// Valid 8 h means needed for a daily maximum (HJ 663 6.1.2).
pub const EIGHTS_OF_DAY: usize = 14;
/// Daily means needed in a year (GB 3095 表4).
pub const DAYS_OF_YEAR: u32 = 324;
/// Daily means needed in a month; in February [`DAYS_OF_FEBRUARY`].
pub const DAYS_OF_MONTH: u32 = 27;
/// Daily means needed in February.
pub const DAYS_OF_FEBRUARY: u32 = 25;

/// The 24 hours of a day, `None` where missing or invalid.
pub type Hours = [Option<Exact>; 24];

/// A daily mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayMean {
    /// Valid hours.
    pub n: usize,
    /// At least 20 of 24.
    pub valid: bool,
    /// Mean of the hours there are, unrounded; `None` without any.
    pub exact: Option<Exact>,
    /// Rounded mean; only when valid.
    pub mean: Option<Exact>,
}

/// Daily mean of an item that has one (not O3). Hours are averaged as given.
pub fn day_mean(pollutant: Pollutant, hours: &Hours) -> DayMean {
    let values: Vec<&Exact> = hours.iter().flatten().collect();
    let exact = Exact::mean(values.iter().copied());
    let valid = values.len() >= HOURS_OF_DAY;
    DayMean {
        n: values.len(),
        valid,
        mean: exact.as_ref().filter(|_| valid).map(|m| pollutant.round(m)),
        exact,
    }
}

/// A daily maximum of 8 h moving means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mda8 {
    /// (hour X 8–24, mean of hours X−7 … X) where at least 6 hours are there; unrounded.
    pub means: Vec<(u8, Exact)>,
    /// Largest of the means, unrounded; `None` without any.
    pub exact: Option<Exact>,
    /// At least 14 means, or fewer but the maximum is above the limit (HJ 663 6.1.2).
    pub valid: bool,
    /// Valid only by the exception «above the limit».
    pub by_exception: bool,
    /// Rounded maximum; only when valid.
    pub mda8: Option<Exact>,
}

/// MDA8 of O3 of one natural day. `limit` is the one of the exception in 6.1.2 (class II 160 by default; the clause
/// does not spell out which).
pub fn mda8(hours: &Hours, limit: &Exact) -> Mda8 {
    let mut means = Vec::with_capacity(17);
    for (hour, window) in (8_u8..=24).zip(hours.windows(8)) {
        let values: Vec<&Exact> = window.iter().flatten().collect();
        if values.len() >= HOURS_OF_EIGHT
            && let Some(mean) = Exact::mean(values)
        {
            means.push((hour, mean));
        }
    }
    let exact = means.iter().map(|(_, mean)| mean).max().cloned();
    let enough = means.len() >= EIGHTS_OF_DAY;
    let by_exception = !enough && exact.as_ref().is_some_and(|m| m > limit);
    let valid = enough || by_exception;
    Mda8 {
        mda8: exact.as_ref().filter(|_| valid).map(|m| Pollutant::O3.round(m)),
        means,
        exact,
        valid,
        by_exception,
    }
}

/// Whether a year has enough daily values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearValidity {
    /// Valid days by month, January first.
    pub by_month: [u32; 12],
    /// Days in the year.
    pub total: u32,
    /// At least 324.
    pub year_ok: bool,
    /// Each month at least 27, February 25.
    pub months_ok: [bool; 12],
    /// Both.
    pub valid: bool,
}

/// Minimum of data of a yearly mean or percentile.
pub fn year_validity(by_month: [u32; 12]) -> YearValidity {
    let mut months_ok = [false; 12];
    for (month, (ok, days)) in (1..).zip(months_ok.iter_mut().zip(by_month)) {
        let least = if month == 2 {
            DAYS_OF_FEBRUARY
        } else {
            DAYS_OF_MONTH
        };
        *ok = days >= least;
    }
    let total = by_month.iter().fold(0_u32, |sum, days| sum.saturating_add(*days));
    let year_ok = total >= DAYS_OF_YEAR;
    YearValidity {
        by_month,
        total,
        year_ok,
        months_ok,
        valid: year_ok && months_ok.iter().all(|ok| *ok),
    }
}

/// Counts dated values by month.
pub fn days_by_month(days: impl IntoIterator<Item = Date>) -> [u32; 12] {
    let mut by_month = [0; 12];
    for day in days {
        let index = usize::try_from(day.month() - 1).unwrap_or(12);
        if let Some(count) = by_month.get_mut(index) {
            *count += 1;
        }
    }
    by_month
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(values: &[Option<i64>]) -> Hours {
        std::array::from_fn(|i| values.get(i).copied().flatten().map(Exact::int))
    }

    #[test]
    fn twenty_hours_make_a_day() {
        let full = vec![Some(10); 20];
        assert!(day_mean(Pollutant::So2, &hours(&full)).valid);
        let less = day_mean(Pollutant::So2, &hours(&full[1..]));
        assert_eq!((less.valid, less.mean), (false, None));
        assert_eq!(less.exact, Some(Exact::int(10)));
    }

    #[test]
    fn too_few_eights_count_only_above_the_limit() {
        let limit = Exact::int(160);
        let short = |v| mda8(&hours(&[vec![Some(v); 16], vec![None; 8]].concat()), &limit);
        assert_eq!((short(160).means.len(), short(160).valid), (11, false));
        assert!(short(161).by_exception);
        let whole = mda8(&hours(&[Some(100); 24]), &limit);
        assert_eq!((whole.means.len(), whole.mda8), (17, Some(Exact::int(100))));
    }

    #[test]
    fn a_short_month_spoils_the_year() {
        let mut months = [30; 12];
        months[1] = 25;
        assert!(year_validity(months).valid);
        months[4] = 26;
        assert!(!year_validity(months).valid);
    }

    proptest::proptest! {
        #[test]
        fn mda8_is_one_of_its_means_and_grows(base in proptest::collection::vec(proptest::option::weighted(0.9, 0_i64..300), 24), at in 0_usize..24, more in 0_i64..100) {
            let limit = Exact::int(160);
            let first = mda8(&hours(&base), &limit);
            let mut higher = base.clone();
            higher[at] = higher[at].map(|v| v + more);
            let second = mda8(&hours(&higher), &limit);
            proptest::prop_assert!(first.exact <= second.exact);
            proptest::prop_assert!(first.exact.is_none() || first.means.iter().any(|m| Some(&m.1) == first.exact.as_ref()));
        }
    }
}
