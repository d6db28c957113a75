//! Validity of hours, days, months and quarters of gas and wastewater monitoring, and the means that only a valid
//! period has. A mean that the rules do not allow is `None`, never a number.

use crate::checks::{Impossible, count, not_negative};
use crate::num::Exact;

use super::flags::{Effect, HOUR_MINUTES};

/// Least valid hour means of a day for waste incinerators (GB 18484-2020 3, GB 18485-2014).
pub const INCINERATOR_HOURS: usize = 20;
/// Permitted hours of standard check per day in wastewater, left out of what is due (标记规则).
pub const STANDARD_CHECK_HOURS: u32 = 1;

/// One value of a period with what its flag or mark does to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The value; `None` is missing.
    pub value: Option<Exact>,
    /// Effect of its flag.
    pub effect: Effect,
}

impl Sample {
    /// A valid value.
    pub fn valid(value: Exact) -> Self {
        Self {
            value: Some(value),
            effect: Effect::Valid,
        }
    }

    /// A missing value.
    pub fn missing() -> Self {
        Self {
            value: None,
            effect: Effect::Missing,
        }
    }

    fn judged(&self) -> Option<&Exact> {
        self.value.as_ref().filter(|_| self.effect.judged())
    }
}

/// A mean over a period, and whether the period is valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodMean {
    /// The mean over the valid values; `None` where the period is not valid or has nothing to divide by.
    pub mean: Option<Exact>,
    /// Whether enough valid values are there.
    pub valid: bool,
    /// Valid values.
    pub n_valid: usize,
    /// Values due.
    pub due: usize,
}

/// Whether `n` of `due` reaches 75 %.
fn three_quarters(n: usize, due: usize) -> bool {
    due > 0 && n.saturating_mul(4) >= due.saturating_mul(3)
}

/// Hour mean of a CEMS from its minutes: the mean of the valid ones, valid from 45 on (HJ 75-2017 3).
pub fn gas_hour(minutes: &[Sample]) -> PeriodMean {
    let valid: Vec<&Exact> = minutes.iter().filter_map(Sample::judged).collect();
    let enough = valid.len() >= HOUR_MINUTES as usize;
    PeriodMean {
        mean: enough.then(|| Exact::mean(valid.iter().copied())).flatten(),
        valid: enough,
        n_valid: valid.len(),
        due: 60,
    }
}

/// Day mean of a gas source from hour means: valid from 75 % of the operating hours on (a project rule, derived from
/// HJ/T 75-2007). Stopped hours are not due; hours of start, shut-down and banked fire are due but not valid.
pub fn gas_day(hours: &[Sample]) -> PeriodMean {
    share_mean(hours.iter().map(|h| (h.judged(), h.effect == Effect::Stopped)))
}

/// Month mean of a gas source from its day means, `None` where a day is not valid; days without operation are left out
/// by the caller. Valid from 75 % of the days on (a project rule).
pub fn gas_month(days: &[Option<Exact>]) -> PeriodMean {
    share_mean(days.iter().map(|d| (d.as_ref(), false)))
}

/// Month mean of wastewater from its valid day means; valid from 75 % of the days due on (HJ 356-2019 7).
pub fn water_month(days: &[Option<Exact>]) -> PeriodMean {
    gas_month(days)
}

fn share_mean<'a>(values: impl Iterator<Item = (Option<&'a Exact>, bool)>) -> PeriodMean {
    let mut due = 0;
    let mut valid = Vec::new();
    for (value, stopped) in values {
        if stopped {
            continue;
        }
        due += 1;
        valid.extend(value);
    }
    let enough = three_quarters(valid.len(), due);
    PeriodMean {
        mean: enough.then(|| Exact::mean(valid.iter().copied())).flatten(),
        valid: enough,
        n_valid: valid.len(),
        due,
    }
}

/// Day mean of a waste incinerator from the day's valid hour means, at least 20 (GB 18484-2020 3, GB 18485-2014).
pub fn incinerator_day(hour_means: &[Exact]) -> Result<PeriodMean, Impossible> {
    if hour_means.len() > 24 {
        return Err(Impossible::Length {
            what: "valid_hour_means",
            want: 24,
            got: hour_means.len(),
        });
    }
    for value in hour_means {
        not_negative("valid_hour_means", value)?;
    }
    let enough = hour_means.len() >= INCINERATOR_HOURS;
    Ok(PeriodMean {
        mean: enough.then(|| Exact::mean(hour_means)).flatten(),
        valid: enough,
        n_valid: hour_means.len(),
        due: 24,
    })
}

/// Concentration with the volume it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighted {
    /// mg/L
    pub concentration: Exact,
    /// m³ discharged in the interval
    pub volume: Exact,
}

/// Valid day mean of wastewater (HJ 356-2019 7): at least 75 % of the values due, weighted by volume
/// `ΣC·Q / ΣQ`. A day without any discharge has no mean.
pub fn water_day(due: usize, samples: &[Option<Weighted>]) -> Result<PeriodMean, Impossible> {
    if samples.len() > due {
        return Err(Impossible::Length {
            what: "samples",
            want: due,
            got: samples.len(),
        });
    }
    let valid: Vec<&Weighted> = samples.iter().flatten().collect();
    for sample in &valid {
        not_negative("samples", &sample.concentration)?;
        not_negative("samples", &sample.volume)?;
    }
    let enough = three_quarters(valid.len(), due);
    let load = Exact::sum(
        &valid
            .iter()
            .map(|s| &s.concentration * &s.volume)
            .collect::<Vec<_>>(),
    );
    let volume = Exact::sum(valid.iter().map(|s| &s.volume));
    Ok(PeriodMean {
        mean: enough.then(|| load.checked_div(&volume)).flatten(),
        valid: enough,
        n_valid: valid.len(),
        due,
    })
}

/// 季度有效数据捕集率, % (HJ 75-2017 12.1.3): `(H − invalid − stopped) / (H − stopped) · 100`.
/// `None` for a source that stood still all quarter.
pub fn capture_rate(quarter: &Exact, invalid: &Exact, stopped: &Exact) -> Result<Option<Exact>, Impossible> {
    not_negative("quarter_hours", quarter)?;
    not_negative("invalid_hours", invalid)?;
    not_negative("stop_hours", stopped)?;
    let operating = quarter - stopped;
    not_negative("stop_hours", &operating)?;
    let captured = &operating - invalid;
    not_negative("invalid_hours", &captured)?;
    Ok((&captured * &Exact::int(100)).checked_div(&operating))
}

/// The capture rate a quarter must reach, %.
pub fn capture_target() -> Exact {
    Exact::int(75)
}

/// The number of values as an exact number, for explanations.
pub(super) fn exact(n: usize) -> Exact {
    count(n)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn x(n: i64) -> Exact {
        Exact::int(n)
    }

    #[test]
    fn an_hour_is_valid_from_45_minutes_and_a_day_from_three_quarters_of_operation() {
        let mut minutes = vec![Sample::valid(x(10)); 44];
        assert_eq!(gas_hour(&minutes).mean, None);
        minutes.push(Sample::valid(x(55)));
        assert_eq!(gas_hour(&minutes).mean, Some(x(11)));

        let stopped = Sample {
            value: Some(x(0)),
            effect: Effect::Stopped,
        };
        let mut hours = vec![stopped; 20];
        hours.extend([
            Sample::valid(x(2)),
            Sample::valid(x(4)),
            Sample::valid(x(6)),
            Sample::missing(),
        ]);
        let day = gas_day(&hours);
        assert_eq!((day.due, day.n_valid, day.mean), (4, 3, Some(x(4))));
        assert_eq!(gas_day(&[]).mean, None);
    }

    #[test]
    fn a_day_without_discharge_has_no_mean() {
        let dry = Some(Weighted {
            concentration: x(40),
            volume: x(0),
        });
        let day = water_day(4, &vec![dry; 4]).unwrap();
        assert!(day.valid);
        assert_eq!(day.mean, None);
    }

    proptest::proptest! {
        #[test]
        fn a_weighted_mean_lies_between_its_values(
            samples in proptest::collection::vec((0_i64..1000, 1_i64..1000), 1..24)
        ) {
            let given: Vec<_> = samples
                .iter()
                .map(|(c, q)| Some(Weighted { concentration: x(*c), volume: x(*q) }))
                .collect();
            let mean = water_day(given.len(), &given).unwrap().mean.unwrap();
            let low = samples.iter().map(|s| s.0).min().unwrap();
            let high = samples.iter().map(|s| s.0).max().unwrap();
            proptest::prop_assert!(mean >= x(low) && mean <= x(high));
        }
    }
}
