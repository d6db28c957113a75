//! Personal dose (GB 18871-2002), accident levels, electromagnetic exposure, and the alarm of ambient dose rate.

use crate::checks::{self, Impossible};
use crate::num::Exact;
use crate::radiation::source::Category;

/// Doses of one person.
#[derive(Clone, Debug, PartialEq)]
pub struct Dose {
    /// Sum over the last four quarters with a value, mSv.
    pub known: Exact,
    /// Whether all four quarters are there.
    pub complete: bool,
    /// Mean of the last five years, mSv/a; `None` with fewer than 20 quarters.
    pub five_year_mean: Option<Exact>,
}

impl Dose {
    /// Whether the last year is above a limit: certain as soon as the known part is; `None` where quarters are
    /// missing and the known part is not above.
    pub fn above(&self, limit: &Exact) -> Option<bool> {
        if self.known > *limit {
            return Some(true);
        }
        self.complete.then_some(false)
    }
}

/// Dose of the last four quarters and the mean of the last twenty; quarters in order of time, `None` where missing.
pub fn dose(quarters: &[Option<Exact>]) -> Result<Dose, Impossible> {
    for quarter in quarters.iter().flatten() {
        checks::not_negative("quarterly_msv", quarter)?;
    }
    let last = |n: usize| {
        quarters
            .get(quarters.len().saturating_sub(n)..)
            .unwrap_or_default()
    };
    let year = last(4);
    let five: Vec<&Exact> = last(20).iter().flatten().collect();
    let five_year_mean = (five.len() == 20)
        .then(|| Exact::sum(five).checked_div(&Exact::int(5)))
        .flatten();
    Ok(Dose {
        known: Exact::sum(year.iter().flatten()),
        complete: year.len() == 4 && year.iter().all(Option::is_some),
        five_year_mean,
    })
}

/// What happened to a source or to people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accident {
    /// Category of a source that was lost, stolen or got out of control.
    pub lost: Option<Category>,
    /// Wide and severe contamination.
    pub wide_contamination: bool,
    /// Deaths from acute radiation.
    pub deaths: i64,
    /// Persons with acute severe radiation sickness or local organ loss.
    pub severe_sickness: i64,
    /// Persons were exposed above the yearly limit.
    pub over_exposure: bool,
}

/// Level of a radiation accident (条例 40), worst first: 特别重大, 重大, 较大, 一般; `None` where nothing of it happened.
pub fn accident_level(accident: &Accident) -> Option<(&'static str, &'static str)> {
    let high = matches!(accident.lost, Some(Category::I | Category::II));
    if high && accident.wide_contamination || accident.deaths >= 3 {
        Some(("特别重大", "extraordinarily serious"))
    } else if high || accident.deaths >= 1 || accident.severe_sickness >= 10 {
        Some(("重大", "serious"))
    } else if accident.lost == Some(Category::III) || accident.severe_sickness >= 1 {
        Some(("较大", "major"))
    } else if accident.lost.is_some() || accident.over_exposure {
        Some(("一般", "ordinary"))
    } else {
        None
    }
}

/// Alarm level of the ambient dose rate: mean + 3σ of the reference values; `None` below two values.
pub fn dose_rate_alarm(reference: &[f64]) -> Option<f64> {
    if reference.len() < 2 {
        return None;
    }
    let n = reference.len() as f64;
    let mean = reference.iter().sum::<f64>() / n;
    let variance = reference.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
    Some(mean + 3.0 * variance.sqrt()).filter(|v| v.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_quarter_is_not_zero() {
        let q = |n: i64| Some(Exact::int(n));
        let got = dose(&[q(1), None, q(1), q(1)]).unwrap();
        assert_eq!(got.above(&Exact::int(5)), None);
        let got = dose(&[q(9), None, q(1), q(1)]).unwrap();
        assert_eq!(got.above(&Exact::int(5)), Some(true));
    }
}
