//! Statistics that several fields share: the percentile of HJ 663 annex A and Spearman's rank correlation.
//!
//! Exact throughout: a percentile or a coefficient is a rational number until somebody rounds it.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::judgement::Confidence;
use crate::num::{Exact, Rounding};
use crate::table;

/// A percentile and how it came about.
#[derive(Clone, Debug, PartialEq)]
pub struct Percentile {
    /// Position `k = 1 + (n − 1)·p/100`.
    pub position: Exact,
    /// X(s), the value at the whole part of the position.
    pub lower: Exact,
    /// X(s+1), or X(s) where the position is whole.
    pub upper: Exact,
    /// The percentile, unrounded.
    pub value: Exact,
}

/// Percentile by linear interpolation between order statistics (HJ 663 附录A; numpy `linear`, R type 7).
///
/// `percent` is 0–100. `None` for no values or a `percent` outside that range.
pub fn percentile(values: &[Exact], percent: &Exact) -> Option<Percentile> {
    let hundred = Exact::int(100);
    if percent.is_negative() || *percent > hundred {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort();
    let last = i64::try_from(sorted.len()).ok()?.checked_sub(1)?;
    let position = &Exact::one() + &(&Exact::int(last) * percent).checked_div(&hundred)?;
    let whole = position.round(0, Rounding::Floor);
    let index = usize::try_from(whole.to_i64()?).ok()?.checked_sub(1)?;
    let lower = sorted.get(index)?.clone();
    let upper = sorted.get(index + 1).unwrap_or(&lower).clone();
    let value = &lower + &(&(&upper - &lower) * &(&position - &whole));
    Some(Percentile {
        position,
        lower,
        upper,
        value,
    })
}

/// Ranks from 1 in ascending order; equal values share the mean of their ranks (the rule texts are silent on ties).
pub fn average_ranks(values: &[Exact]) -> Vec<Exact> {
    values
        .iter()
        .map(|value| {
            let below = values.iter().filter(|other| *other < value).count();
            let equal = values.iter().filter(|other| *other == value).count();
            let twice = i64::try_from(2 * below + equal + 1).unwrap_or(i64::MAX);
            Exact::ratio(twice, 2).unwrap_or_else(Exact::zero)
        })
        .collect()
}

/// Direction of a series over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trend {
    /// 上升: significant rise.
    Rising,
    /// 下降: significant fall.
    Falling,
    /// 无显著变化: not significant.
    None,
}

/// Critical values of one length of series.
#[derive(Clone, Debug, Deserialize)]
pub struct Critical {
    /// Number of periods of the table row.
    pub n: usize,
    /// W_p at the 0.05 level (one-sided).
    #[serde(deserialize_with = "table::exact")]
    pub p05: Exact,
    /// W_p at the 0.01 level (one-sided).
    #[serde(deserialize_with = "table::exact")]
    pub p01: Exact,
    /// How sure the figures are.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

/// Spearman's rank correlation with time.
#[derive(Clone, Debug, PartialEq)]
pub struct Spearman {
    /// Σ d²
    pub sum_d2: Exact,
    /// r_s = 1 − 6Σd²/(N³ − N)
    pub rs: Exact,
    /// Critical value at 0.05.
    pub critical: Exact,
    /// Critical value at 0.01.
    pub critical_01: Exact,
    /// N of the table row used: smaller than the series' where the table has a gap (stricter).
    pub table_n: usize,
    /// |r_s| > W_p at 0.05.
    pub trend: Trend,
    /// Ranks of the values.
    pub ranks: Vec<Exact>,
}

/// Why no coefficient could be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrendError {
    /// Fewer than 5 periods: the table begins at 5.
    #[error("少于 5 个时段,无法判断趋势 (fewer than 5 periods)")]
    TooShort,
}

const TABLE: &str = include_str!("../data/spearman.csv");
static CRITICAL: LazyLock<Vec<Critical>> = LazyLock::new(|| table::rows(TABLE));

/// The row for `n` periods: the next smaller N where the table has none (stricter), the last beyond its end.
pub fn critical(n: usize) -> Option<&'static Critical> {
    CRITICAL.iter().rev().find(|row| row.n <= n)
}

/// Trend of `values` given in order of time (秩相关系数法): N ≥ 5.
pub fn spearman(values: &[Exact]) -> Result<Spearman, TrendError> {
    let row = critical(values.len()).ok_or(TrendError::TooShort)?;
    let ranks = average_ranks(values);
    let mut sum_d2 = Exact::zero();
    for (time, rank) in (1_i64..).zip(&ranks) {
        let d = rank - &Exact::int(time);
        sum_d2 = &sum_d2 + &(&d * &d);
    }
    let n = Exact::int(i64::try_from(values.len()).map_err(|_| TrendError::TooShort)?);
    let denominator = &n.pow(3) - &n;
    let rs = (&Exact::int(6) * &sum_d2)
        .checked_div(&denominator)
        .map(|q| &Exact::one() - &q)
        .ok_or(TrendError::TooShort)?;
    let trend = if rs.abs() <= row.p05 {
        Trend::None
    } else if rs.is_negative() {
        Trend::Falling
    } else {
        Trend::Rising
    };
    Ok(Spearman {
        sum_d2,
        rs,
        critical: row.p05.clone(),
        critical_01: row.p01.clone(),
        table_n: row.n,
        trend,
        ranks,
    })
}

impl Trend {
    /// 上升 / 下降 / 无显著变化
    pub fn zh(self) -> &'static str {
        match self {
            Self::Rising => "上升",
            Self::Falling => "下降",
            Self::None => "无显著变化",
        }
    }

    /// rising / falling / no significant change
    pub fn en(self) -> &'static str {
        match self {
            Self::Rising => "rising",
            Self::Falling => "falling",
            Self::None => "no significant change",
        }
    }
}

/// Shares that add up to exactly 100: rounded down to `decimals`, the rest given out by largest remainder.
///
/// Empty when the total is zero.
pub fn shares_adding_up(counts: &[u64], decimals: i32) -> Vec<Exact> {
    let as_exact = |n: u64| i64::try_from(n).map_or_else(|_| Exact::zero(), Exact::int);
    let total = Exact::sum(&counts.iter().map(|n| as_exact(*n)).collect::<Vec<_>>());
    let exact: Vec<Exact> = counts
        .iter()
        .filter_map(|n| (&Exact::int(100) * &as_exact(*n)).checked_div(&total))
        .collect();
    let mut shares: Vec<Exact> = exact.iter().map(|x| x.round(decimals, Rounding::Floor)).collect();
    let unit = Exact::int(10).pow(u8::try_from(decimals.max(0)).unwrap_or(0));
    let missing = &(&Exact::int(100) - &Exact::sum(&shares)) * &unit;
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.sort_by_key(|&i| {
        exact
            .get(i)
            .zip(shares.get(i))
            .map(|(x, floor)| std::cmp::Reverse(x - floor))
    });
    let give = missing
        .to_i64()
        .and_then(|n| usize::try_from(n).ok())
        .unwrap_or(0);
    for i in order.into_iter().take(give) {
        if let (Some(share), Some(step)) = (shares.get_mut(i), Exact::one().checked_div(&unit)) {
            *share = &*share + &step;
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ints(values: &[i64]) -> Vec<Exact> {
        values.iter().map(|v| Exact::int(*v)).collect()
    }

    #[test]
    fn the_table_is_complete() {
        table::assert_complete(TABLE, &CRITICAL);
        assert_eq!(critical(11).map(|row| row.n), Some(10));
        assert!(critical(4).is_none());
    }

    #[test]
    fn percentile_between_two_days() {
        let p = percentile(&ints(&[40, 10, 30, 20]), &Exact::int(90)).unwrap();
        assert_eq!(p.position.to_display(), "3.7");
        assert_eq!(p.value.to_display(), "37");
        assert_eq!(percentile(&[], &Exact::int(90)), None);
        assert_eq!(percentile(&ints(&[1]), &Exact::int(101)), None);
    }

    #[test]
    fn ties_share_their_ranks() {
        let shown: Vec<String> = average_ranks(&ints(&[5, 5, 1]))
            .iter()
            .map(Exact::to_display)
            .collect();
        assert_eq!(shown, ["2.5", "2.5", "1"]);
    }

    #[test]
    fn shares_are_given_out_by_largest_remainder() {
        let shown: Vec<String> = shares_adding_up(&[49, 9, 6, 19], 1)
            .iter()
            .map(Exact::to_display)
            .collect();
        assert_eq!(shown, ["59", "10.9", "7.2", "22.9"]);
        assert!(shares_adding_up(&[0, 0], 1).is_empty());
    }

    proptest::proptest! {
        #[test]
        fn percentile_lies_within_and_grows(mut values in proptest::collection::vec(0_i64..1000, 1..40), p in 0_i64..100) {
            let low = percentile(&ints(&values), &Exact::int(p)).unwrap().value;
            let high = percentile(&ints(&values), &Exact::int(p + 1)).unwrap().value;
            values.sort_unstable();
            proptest::prop_assert!(low <= high);
            proptest::prop_assert!(low >= Exact::int(values[0]) && high <= Exact::int(*values.last().unwrap()));
        }

        #[test]
        fn reversing_distinct_values_turns_the_sign(values in proptest::collection::hash_set(0_i64..10_000, 5..20)) {
            let forward: Vec<Exact> = values.iter().map(|v| Exact::int(*v)).collect();
            let backward: Vec<Exact> = forward.iter().rev().cloned().collect();
            proptest::prop_assert_eq!(spearman(&forward).unwrap().rs, -&spearman(&backward).unwrap().rs);
        }

        #[test]
        fn shares_add_up(counts in proptest::collection::vec(0_u64..500, 1..8)) {
            let shares = shares_adding_up(&counts, 1);
            proptest::prop_assert!(shares.is_empty() || Exact::sum(&shares) == Exact::int(100));
        }
    }
}
