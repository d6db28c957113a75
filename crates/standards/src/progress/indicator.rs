//! Progress of an indicator towards its target: formulas, time, traffic light, pace, annual values, trend.
//!
//! One sign-free formula serves «higher» and «lower»: `P = (x − b)/(g − b)`.

use crate::checks::{self, Impossible};
use crate::num::Exact;

/// Years of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// Base year.
    pub base: i64,
    /// Target year, after the base year.
    pub target: i64,
    /// Year judged.
    pub year: i64,
    /// Part of the year that has passed for running data, 0 for closed years.
    pub fraction: Exact,
}

impl Span {
    /// Time progress `T = (Y + f − Y0)/(YT − Y0)`.
    pub fn progress(&self) -> Result<Exact, Impossible> {
        if self.target <= self.base {
            return Err(Impossible::Order("year_target", "year0"));
        }
        checks::between("fraction", &self.fraction, 0, 1)?;
        let elapsed = &Exact::int(self.year.saturating_sub(self.base)) + &self.fraction;
        elapsed
            .checked_div(&Exact::int(self.target.saturating_sub(self.base)))
            .ok_or(Impossible::Order("year_target", "year0"))
    }
}

/// What an indicator asks for, with its figures.
#[derive(Clone, Debug, PartialEq)]
pub enum Aim {
    /// From a base towards a target; `lower`: less is better.
    Towards {
        /// Base value b.
        base: Exact,
        /// Target value g.
        target: Exact,
        /// Value now x.
        current: Exact,
        /// Less is better.
        lower: bool,
    },
    /// A total amount by the target year.
    Cumulative {
        /// A
        total: Exact,
        /// a_y of the years so far; `None` where one is missing.
        annual: Vec<Option<Exact>>,
    },
    /// A reduction against the base year, in percent.
    Reduction {
        /// Base value b.
        base: Exact,
        /// Value now x.
        current: Exact,
        /// r*, percent.
        target_percent: Exact,
    },
    /// A threshold to keep («≥ 98 %», «= 0»).
    Threshold {
        /// Threshold.
        target: Exact,
        /// Value now.
        current: Exact,
        /// At most, rather than at least.
        at_most: bool,
    },
}

/// Progress and whether the target is reached already.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// P, unclamped; negative when worse than the base.
    pub value: Exact,
    /// The target value is reached.
    pub reached: bool,
    /// How it was computed, with the figures.
    pub formula: String,
    /// The years with a missing amount (cumulative only).
    pub missing: usize,
}

/// Progress of an aim. `None` where it cannot be computed (a reduction from zero, a total of zero).
pub fn progress(aim: &Aim) -> Option<Progress> {
    let one = Exact::one();
    let made = |value: Exact, reached: bool, formula: String| Progress {
        value,
        reached,
        formula,
        missing: 0,
    };
    match aim {
        Aim::Towards {
            base,
            target,
            current,
            lower,
        } => {
            let reached = if *lower {
                current <= target
            } else {
                current >= target
            };
            match (current - base).checked_div(&(target - base)) {
                Some(value) => Some(made(
                    value,
                    reached,
                    format!("({current} − {base}) / ({target} − {base})"),
                )),
                // Already at target in the base year: keep it.
                None if reached => Some(made(
                    one,
                    true,
                    format!("b = g = {target},x = {current} 不差于目标"),
                )),
                None => Some(made(
                    Exact::zero(),
                    false,
                    format!("b = g = {target},x = {current} 差于目标"),
                )),
            }
        }
        Aim::Cumulative { total, annual } => {
            let sum = Exact::sum(annual.iter().flatten());
            let value = sum.checked_div(total)?;
            Some(Progress {
                reached: value >= one,
                formula: format!("{sum} / {total}"),
                missing: annual.iter().filter(|a| a.is_none()).count(),
                value,
            })
        }
        Aim::Reduction {
            base,
            current,
            target_percent,
        } => {
            let reduction = checks::percent(&(base - current), base)?;
            let value = reduction.checked_div(target_percent)?;
            let formula = format!("(({base} − {current})/{base} × 100) / {target_percent}");
            Some(made(value.clone(), value >= one, formula))
        }
        Aim::Threshold {
            target,
            current,
            at_most,
        } => {
            let reached = if *at_most {
                current <= target
            } else {
                current >= target
            };
            if reached {
                return Some(made(one, true, format!("{current} vs {target}")));
            }
            let (part, whole) = if *at_most {
                (target, current)
            } else {
                (current, target)
            };
            Some(made(part.checked_div(whole)?, false, format!("{part} / {whole}")))
        }
    }
}

/// Traffic light.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Light {
    /// 绿: on schedule, or the target is reached.
    Green,
    /// 黄: slightly behind.
    Yellow,
    /// 红: behind, or going backwards.
    Red,
}

impl Light {
    /// `green`, `yellow`, `red`
    pub fn key(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Red => "red",
        }
    }

    /// 绿灯, 黄灯, 红灯
    pub fn zh(self) -> &'static str {
        match self {
            Self::Green => "绿灯",
            Self::Yellow => "黄灯",
            Self::Red => "红灯",
        }
    }
}

/// Light of a progress at a time: green from `T − 0.05` or with the target reached, red below `0.6·T` or negative.
pub fn light(progress: &Exact, reached: bool, time: &Exact) -> Light {
    let behind = checks::decimal(5, 2);
    let share = checks::decimal(6, 1);
    if reached || (*progress >= time - &behind && !progress.is_negative()) {
        Light::Green
    } else if progress.is_negative() || *progress < &share * time {
        Light::Red
    } else {
        Light::Yellow
    }
}

/// For display only: held within −1 and 1.2.
pub fn shown(progress: &Exact) -> Exact {
    progress.clone().clamp(Exact::int(-1), checks::decimal(12, 1))
}

/// Yearly pace still needed, `(g − x)/(YT − Y)`, and the mean realised pace, `(x − b)/(Y − Y0)`; `None` where no year
/// is left or none has passed.
pub fn pace(base: &Exact, target: &Exact, current: &Exact, span: &Span) -> (Option<Exact>, Option<Exact>) {
    let elapsed = &Exact::int(span.year.saturating_sub(span.base)) + &span.fraction;
    let left = &Exact::int(span.target.saturating_sub(span.base)) - &elapsed;
    let rate = |way: Exact, years: &Exact| (!years.is_negative()).then(|| way.checked_div(years)).flatten();
    (rate(target - current, &left), rate(current - base, &elapsed))
}

/// How a target is spread over the years.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decomposition {
    /// `b + (g − b)·k/n`
    Linear,
    /// `b·(g/b)^(k/n)`, for intensities; base and target above zero.
    Geometric,
}

/// Value of a year by decomposition; a linear one is exact, a geometric one is a float.
pub fn annual_value(
    how: Decomposition,
    base: &Exact,
    target: &Exact,
    span: &Span,
) -> Result<(f64, Option<Exact>), Impossible> {
    let time = span.progress()?;
    match how {
        Decomposition::Linear => {
            let value = base + &(&(target - base) * &time);
            Ok((value.to_f64(), Some(value)))
        }
        Decomposition::Geometric => {
            checks::positive("base", base)?;
            checks::positive("target", target)?;
            let (b, g) = (base.to_f64(), target.to_f64());
            Ok((b * (g / b).powf(time.to_f64()), None))
        }
    }
}

/// A robust straight line through points (Theil–Sen).
#[derive(Clone, Debug, PartialEq)]
pub struct Trend {
    /// Median of the slopes of all pairs, per year.
    pub slope: Exact,
    /// Median of `y − slope·x`.
    pub intercept: Exact,
    /// Smallest and largest residual.
    pub residuals: (Exact, Exact),
}

fn median(mut values: Vec<Exact>) -> Option<Exact> {
    values.sort();
    let upper = values.get(values.len() / 2)?.clone();
    if values.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = values.get(values.len() / 2 - 1)?;
    (lower + &upper).checked_div(&Exact::int(2))
}

/// Theil–Sen line; `None` with fewer than two different years.
pub fn theil_sen(points: &[(Exact, Exact)]) -> Option<Trend> {
    let mut slopes = Vec::new();
    for (i, (x1, y1)) in points.iter().enumerate() {
        for (x2, y2) in points.iter().skip(i + 1) {
            slopes.extend((y2 - y1).checked_div(&(x2 - x1)));
        }
    }
    let slope = median(slopes)?;
    let rest: Vec<Exact> = points.iter().map(|(x, y)| y - &(&slope * x)).collect();
    let intercept = median(rest.clone())?;
    let residuals: Vec<Exact> = rest.iter().map(|r| r - &intercept).collect();
    let (low, high) = (residuals.iter().min()?.clone(), residuals.iter().max()?.clone());
    Some(Trend {
        slope,
        intercept,
        residuals: (low, high),
    })
}

impl Trend {
    /// Value of the line at a year.
    pub fn at(&self, year: &Exact) -> Exact {
        &self.intercept + &(&self.slope * year)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_straight_line_is_found_again(a in -50_i64..50, b in -50_i64..50, n in 2_i64..8) {
            let points: Vec<_> = (0..n).map(|x| (Exact::int(x), Exact::int(a + b * x))).collect();
            let trend = theil_sen(&points).unwrap();
            proptest::prop_assert_eq!(trend.slope, Exact::int(b));
            proptest::prop_assert_eq!(trend.intercept, Exact::int(a));
        }

        #[test]
        fn more_progress_never_dims_the_light(p in -100_i64..150, more in 0_i64..50, t in 0_i64..100) {
            let at = |n: i64| light(&Exact::ratio(n, 100).unwrap(), false, &Exact::ratio(t, 100).unwrap()) as u8;
            proptest::prop_assert!(at(p + more) <= at(p));
        }

        #[test]
        fn decomposition_ends_at_the_target(base in 1_i64..500, target in 1_i64..500) {
            let span = Span { base: 2025, target: 2030, year: 2030, fraction: Exact::zero() };
            for how in [Decomposition::Linear, Decomposition::Geometric] {
                let (value, _) = annual_value(how, &Exact::int(base), &Exact::int(target), &span).unwrap();
                proptest::prop_assert!((value - target as f64).abs() < 1e-9 * target as f64);
            }
        }
    }
}
