//! Sound levels in dB: energy means, day–night level, statistical levels, sums and differences.
//!
//! All sums are taken relative to the largest level, so that no level overflows. Levels are finite numbers of dB.

/// The plain hours of day (昼间 06:00–22:00, GB 3096 3.4); a government may set others.
pub const DAY_FROM: usize = 6;
/// First hour of night.
pub const DAY_TO: usize = 22;

fn largest(levels: impl Iterator<Item = f64>) -> Option<f64> {
    levels.fold(None, |top: Option<f64>, level| {
        Some(top.map_or(level, |t| t.max(level)))
    })
}

/// Energy mean of levels with weights (spans of time): `10 lg(Σ wᵢ·10^(Lᵢ/10) / Σ wᵢ)`; `None` without weight.
pub fn leq(levels: &[(f64, f64)]) -> Option<f64> {
    let total: f64 = levels.iter().map(|(_, w)| w).sum();
    if total.is_nan() || total <= 0.0 {
        return None;
    }
    let top = largest(levels.iter().filter(|(_, w)| *w > 0.0).map(|(l, _)| *l))?;
    let energy: f64 = levels
        .iter()
        .map(|(l, w)| w * 10_f64.powf((l - top) / 10.0))
        .sum();
    Some(top + 10.0 * (energy / total).log10()).filter(|v| v.is_finite())
}

/// Energy mean of equal spans.
pub fn leq_equal(levels: &[f64]) -> Option<f64> {
    leq(&levels.iter().map(|l| (*l, 1.0)).collect::<Vec<_>>())
}

/// Level of several sources together: `10 lg Σ 10^(Lᵢ/10)`.
pub fn sum(levels: &[f64]) -> Option<f64> {
    leq_equal(levels).map(|mean| mean + 10.0 * (levels.len() as f64).log10())
}

/// Level of a source without its background: `10 lg(10^(L/10) − 10^(Lb/10))`; `None` where L is not above Lb.
pub fn without_background(level: f64, background: f64) -> Option<f64> {
    (level > background)
        .then(|| {
            level + 10.0 * (-(10_f64.powf((background - level) / 10.0))).ln_1p() / std::f64::consts::LN_10
        })
        .filter(|v| v.is_finite())
}

/// Sound exposure level: `Leq + 10 lg(T / 1 s)`.
pub fn exposure(leq: f64, seconds: f64) -> Option<f64> {
    (seconds > 0.0)
        .then(|| leq + 10.0 * seconds.log10())
        .filter(|v| v.is_finite())
}

/// Day–night level: `10 lg{[h_d·10^(Ld/10) + h_n·10^((Ln+10)/10)] / (h_d + h_n)}`.
pub fn day_night(ld: f64, day_hours: f64, ln: f64, night_hours: f64) -> Option<f64> {
    leq(&[(ld, day_hours), (ln + 10.0, night_hours)])
}

/// Ld, Ln and Ldn of one day.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DayLevels {
    /// Valid hours of day and of night.
    pub valid: (usize, usize),
    /// Hours of day and of night there are.
    pub hours: (usize, usize),
    /// 昼间等效声级; `None` with too few valid hours.
    pub ld: Option<f64>,
    /// 夜间等效声级
    pub ln: Option<f64>,
    /// 昼夜等效声级
    pub ldn: Option<f64>,
    /// Leq over all valid hours; `None` where day or night is not valid.
    pub leq24: Option<f64>,
}

/// Ld, Ln and Ldn from 24 hourly values beginning at 00:00; the day is `day.0..day.1`. A period is valid with at
/// least `share` of its hours (0.8 by default; the share is not confirmed by a text).
pub fn day_levels(hourly: &[Option<f64>; 24], day: (usize, usize), share: f64) -> DayLevels {
    let is_day = |hour: usize| (day.0..day.1).contains(&hour);
    let period = |wanted: bool| -> (usize, Vec<f64>) {
        let hours: Vec<_> = hourly
            .iter()
            .enumerate()
            .filter(|(h, _)| is_day(*h) == wanted)
            .collect();
        (hours.len(), hours.iter().filter_map(|(_, l)| **l).collect())
    };
    let (day_hours, days) = period(true);
    let (night_hours, nights) = period(false);
    let mean = |levels: &[f64], hours: usize| {
        (levels.len() as f64 >= share * hours as f64)
            .then(|| leq_equal(levels))
            .flatten()
    };
    let (ld, ln) = (mean(&days, day_hours), mean(&nights, night_hours));
    let both = ld.zip(ln);
    let all: Vec<f64> = hourly.iter().flatten().copied().collect();
    DayLevels {
        valid: (days.len(), nights.len()),
        hours: (day_hours, night_hours),
        ld,
        ln,
        ldn: both.and_then(|(ld, ln)| day_night(ld, day_hours as f64, ln, night_hours as f64)),
        leq24: both.and_then(|_| leq_equal(&all)),
    }
}

/// Level exceeded for `percent` of the time: element `⌈n·p/100⌉` of the samples sorted descending. `None` for no
/// sample or a percentage outside 1–100.
pub fn exceeded(samples: &[f64], percent: usize) -> Option<f64> {
    if !(1..=100).contains(&percent) {
        return None;
    }
    let mut sorted = samples.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let place = (sorted.len() * percent).div_ceil(100);
    sorted.get(place.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn between_least_and_largest(levels in proptest::collection::vec(20.0_f64..120.0, 1..40)) {
            let mean = leq_equal(&levels).unwrap();
            let (low, high) = (exceeded(&levels, 100).unwrap(), exceeded(&levels, 1).unwrap());
            proptest::prop_assert!(mean >= low - 1e-9 && mean <= high + 1e-9);
        }

        #[test]
        fn removing_the_background_undoes_the_sum(a in 30.0_f64..100.0, b in 30.0_f64..100.0) {
            let together = sum(&[a, b]).unwrap();
            proptest::prop_assume!((a - b).abs() < 40.0);
            proptest::prop_assert!((without_background(together, b).unwrap() - a).abs() < 1e-3);
        }

        #[test]
        fn l10_is_never_below_l90(levels in proptest::collection::vec(20.0_f64..120.0, 1..200)) {
            proptest::prop_assert!(exceeded(&levels, 10) >= exceeded(&levels, 90));
        }
    }
}
