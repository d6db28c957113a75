//! Judging exceedance (超标判定): full-value comparison without rounding, equal to the limit is compliant; the multiple
//! of a maximum, the distance outside of a range; and the projection of a running hour.

use crate::checks::{Impossible, count, not_negative, positive};
use crate::num::Exact;

/// What a value is held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bound {
    /// At most this (concentration, rate).
    AtMost(Exact),
    /// At least this (removal efficiency).
    AtLeast(Exact),
    /// From low to high, both inside (pH 6–9).
    Range {
        /// Lower end.
        low: Exact,
        /// Upper end.
        high: Exact,
    },
}

/// The outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exceedance {
    /// Whether the value breaks the bound.
    pub exceeded: bool,
    /// 超标倍数 `(C − L) / L`, only above a maximum that is not zero.
    pub multiple: Option<Exact>,
    /// Distance outside of a range, or below a minimum.
    pub distance: Option<Exact>,
}

impl Exceedance {
    fn met() -> Self {
        Self {
            exceeded: false,
            multiple: None,
            distance: None,
        }
    }
}

/// Compares by the full value (全数值比较法), exact.
pub fn judge(value: &Exact, bound: &Bound) -> Result<Exceedance, Impossible> {
    match bound {
        Bound::AtMost(limit) => {
            not_negative("value", value)?;
            not_negative("limit", limit)?;
            if value <= limit {
                return Ok(Exceedance::met());
            }
            Ok(Exceedance {
                exceeded: true,
                multiple: (value - limit).checked_div(limit),
                distance: None,
            })
        }
        Bound::AtLeast(limit) => {
            if value >= limit {
                return Ok(Exceedance::met());
            }
            Ok(Exceedance {
                exceeded: true,
                multiple: None,
                distance: Some(limit - value),
            })
        }
        Bound::Range { low, high } => {
            if low > high {
                return Err(Impossible::Order("high", "low"));
            }
            let distance = if value < low {
                low - value
            } else if value > high {
                value - high
            } else {
                return Ok(Exceedance::met());
            };
            Ok(Exceedance {
                exceeded: true,
                multiple: None,
                distance: Some(distance),
            })
        }
    }
}

/// What the running hour comes to if it goes on as in its last ten minutes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Projection {
    /// Projected hour mean; `None` before the first value.
    pub projected: Option<Exact>,
    /// Mean of the last ten minutes that have a value.
    pub last_ten: Option<Exact>,
    /// Minutes still to come.
    pub remaining: usize,
    /// Above the limit.
    pub warn: bool,
    /// Above 0.9 of the limit.
    pub near: bool,
}

/// Projected hour mean (a project rule): `(Σ so far + remaining · mean of the last 10) / 60`. A missing minute is left
/// out of both sum and divisor.
pub fn project_hour(minutes: &[Option<Exact>], limit: &Exact) -> Result<Projection, Impossible> {
    positive("limit", limit)?;
    if minutes.len() > 60 {
        return Err(Impossible::Length {
            what: "minutes",
            want: 60,
            got: minutes.len(),
        });
    }
    let values: Vec<&Exact> = minutes.iter().flatten().collect();
    for value in &values {
        not_negative("minutes", value)?;
    }
    let remaining = 60 - minutes.len();
    let last_ten = Exact::mean(values.iter().rev().take(10).copied());
    let projected = last_ten.as_ref().and_then(|last| {
        let total = &Exact::sum(values.iter().copied()) + &(&count(remaining) * last);
        total.checked_div(&count(values.len() + remaining))
    });
    let over = |limit: &Exact| projected.as_ref().is_some_and(|p| p > limit);
    let near = limit * &crate::checks::decimal(9, 1);
    Ok(Projection {
        warn: over(limit),
        near: over(&near),
        projected,
        last_ten,
        remaining,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn x(text: &str) -> Exact {
        text.parse().unwrap()
    }

    #[test]
    fn equal_is_compliant_and_a_hair_above_is_not() {
        let limit = Bound::AtMost(x("50"));
        assert!(!judge(&x("50"), &limit).unwrap().exceeded);
        assert!(judge(&x("50.0000000001"), &limit).unwrap().exceeded);
        assert_eq!(judge(&x("1"), &Bound::AtMost(x("0"))).unwrap().multiple, None);
        assert!(judge(&x("-1"), &limit).is_err());
    }

    proptest::proptest! {
        #[test]
        fn a_higher_value_is_never_judged_milder(a in 0_i64..1000, b in 0_i64..1000, limit in 1_i64..1000) {
            let bound = Bound::AtMost(Exact::int(limit));
            let (low, high) = (a.min(b), a.max(b));
            let milder = judge(&Exact::int(low), &bound).unwrap();
            let harder = judge(&Exact::int(high), &bound).unwrap();
            proptest::prop_assert!(!milder.exceeded || harder.exceeded);
            proptest::prop_assert!(milder.multiple <= harder.multiple);
        }
    }
}
