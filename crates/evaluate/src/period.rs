//! What a period's value is, derived from finer ones: coverage, means, extremes and the flag of the period.
//!
//! Pure. Missing is never zero: a period without enough valid values has a flag and no value.

use model::time::UtcMs;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::limits::{MAX_COVER_MS, MEAN_DECIMALS, MINUTES_OF_HOUR};

/// A finer value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Start of its period, or its moment.
    pub time: UtcMs,
    /// The value; `None` where none was given.
    pub value: Option<Decimal>,
    /// Device flag.
    pub flag: Option<String>,
}

impl Sample {
    /// Normal by its flag (none, or `N`; `3` is «normal» of air stations under the 2005 edition) and with a value.
    pub fn valid(&self) -> Option<Decimal> {
        match self.flag.as_deref() {
            None | Some("" | "N" | "n" | "3") => self.value,
            Some(_) => None,
        }
    }
}

/// Whose hour it is: the rule by which a period gets its flag (HJ 212-2017, data flags).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Flue gas and ambient air: 45 minutes of normal values make the hour normal.
    Coverage,
    /// Water: one abnormal value makes the period abnormal.
    AllNormal,
}

/// A derived hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hour {
    /// Mean of the valid values, unrounded to [`MEAN_DECIMALS`]; `None` when the hour is not valid.
    pub mean: Option<Decimal>,
    /// Smallest valid value.
    pub min: Option<Decimal>,
    /// Largest valid value.
    pub max: Option<Decimal>,
    /// `N`, or the most frequent abnormal flag, or `D` where too little came.
    pub flag: String,
    /// Minutes covered by valid values.
    pub minutes: u32,
}

/// Derives an hour from the samples that lie in it, in order of time. `None` for no sample at all.
pub fn hour(samples: &[Sample], rule: Rule) -> Option<Hour> {
    if samples.is_empty() {
        return None;
    }
    let interval = interval_ms(samples);
    let valid: Vec<Decimal> = samples.iter().filter_map(Sample::valid).collect();
    let covered = i64::try_from(valid.len())
        .unwrap_or(i64::MAX)
        .saturating_mul(interval)
        / 60_000;
    let minutes = u32::try_from(covered.min(60)).unwrap_or(60);
    let normal = match rule {
        Rule::Coverage => minutes >= MINUTES_OF_HOUR,
        Rule::AllNormal => valid.len() == samples.len(),
    };
    let flag = if normal {
        "N".to_owned()
    } else {
        abnormal_flag(samples)
    };
    Some(Hour {
        mean: normal.then(|| mean(&valid)).flatten(),
        min: valid.iter().min().copied(),
        max: valid.iter().max().copied(),
        flag,
        minutes,
    })
}

/// Arithmetic mean, to [`MEAN_DECIMALS`] decimals by GB/T 8170; `None` for none.
pub fn mean(values: &[Decimal]) -> Option<Decimal> {
    let mut total = Decimal::ZERO;
    for value in values {
        total = total.checked_add(*value)?;
    }
    let mean = total.checked_div(Decimal::from(values.len()))?;
    Some(
        mean.round_dp_with_strategy(MEAN_DECIMALS, RoundingStrategy::MidpointNearestEven)
            .normalize(),
    )
}

/// The step between values: the most frequent gap, one minute where there is only one value.
fn interval_ms(samples: &[Sample]) -> i64 {
    let mut gaps: Vec<i64> = samples
        .windows(2)
        .filter_map(|pair| match pair {
            [a, b] => Some(b.time.0 - a.time.0),
            _ => None,
        })
        .filter(|gap| *gap > 0)
        .collect();
    gaps.sort_unstable();
    let median = gaps.get(gaps.len() / 2).copied().unwrap_or(60_000);
    median.min(MAX_COVER_MS)
}

/// The flag that explains most of the abnormal values; `D` where values are merely missing.
fn abnormal_flag(samples: &[Sample]) -> String {
    let mut counts = std::collections::BTreeMap::new();
    for sample in samples {
        if let Some(flag) = sample.flag.as_deref()
            && !matches!(flag, "" | "N" | "n" | "3")
        {
            *counts.entry(flag).or_insert(0_u32) += 1;
        }
    }
    counts
        .into_iter()
        .max_by_key(|(_, count)| *count)
        .map_or_else(|| "D".to_owned(), |(flag, _)| flag.to_owned())
}

/// Mean of (value, weight) pairs, to [`MEAN_DECIMALS`]; `None` when the weights sum to zero.
pub fn weighted_mean(pairs: &[(Decimal, Decimal)]) -> Option<Decimal> {
    let mut sum = Decimal::ZERO;
    let mut weights = Decimal::ZERO;
    for (value, weight) in pairs {
        sum = sum.checked_add(value.checked_mul(*weight)?)?;
        weights = weights.checked_add(*weight)?;
    }
    let mean = sum.checked_div(weights)?;
    Some(
        mean.round_dp_with_strategy(MEAN_DECIMALS, RoundingStrategy::MidpointNearestEven)
            .normalize(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(step_min: i64, values: &[(&str, &str)]) -> Vec<Sample> {
        values
            .iter()
            .enumerate()
            .map(|(i, (value, flag))| Sample {
                time: UtcMs(i64::try_from(i).unwrap() * step_min * 60_000),
                value: value.parse().ok(),
                flag: (!flag.is_empty()).then(|| (*flag).to_owned()),
            })
            .collect()
    }

    #[test]
    fn forty_five_minutes_make_an_hour() {
        let five = samples(
            10,
            &[
                ("1", "N"),
                ("2", "N"),
                ("3", "N"),
                ("4", "N"),
                ("5", "N"),
                ("99", "C"),
            ],
        );
        let hour = hour(&five, Rule::Coverage).unwrap();
        assert_eq!(
            (hour.minutes, hour.flag.as_str(), hour.mean),
            (50, "N", Some(Decimal::from(3)))
        );
        let four = samples(
            10,
            &[
                ("1", "N"),
                ("2", "N"),
                ("3", "N"),
                ("4", "N"),
                ("5", "C"),
                ("99", "C"),
            ],
        );
        let hour = super::hour(&four, Rule::Coverage).unwrap();
        assert_eq!((hour.minutes, hour.flag.as_str(), hour.mean), (40, "C", None));
    }

    #[test]
    fn one_abnormal_value_spoils_a_water_hour_and_missing_is_not_zero() {
        let water = samples(20, &[("1", "N"), ("", "N"), ("3", "N")]);
        assert_eq!(hour(&water, Rule::AllNormal).unwrap().mean, None);
        assert_eq!(hour(&[], Rule::AllNormal), None);
        assert_eq!(mean(&[]), None);
        assert_eq!(weighted_mean(&[(Decimal::ONE, Decimal::ZERO)]), None);
    }

    proptest::proptest! {
        #[test]
        fn a_mean_lies_between_the_extremes(values in proptest::collection::vec(0_i64..100_000, 1..60)) {
            let decimals: Vec<Decimal> = values.iter().map(|v| Decimal::new(*v, 2)).collect();
            let mean = mean(&decimals).unwrap();
            proptest::prop_assert!(mean >= *decimals.iter().min().unwrap() && mean <= *decimals.iter().max().unwrap());
        }
    }
}
