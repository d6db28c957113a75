//! 环境空气质量综合指数: sub-indices, composite index, rank and change rank, under any of the three limit sets.
//!
//! All weights are 1 (城市环境空气质量排名技术规定). A weighted form (PM2.5 ×3, NO2 ×2, O3 ×2) circulates in drafts
//! only; it is computed beside, marked unverified.

use std::cmp::Ordering;

use super::edition::LimitSet;
use super::limits::{self, Averaging, LimitRow, Pollutant, Zone};
use crate::num::Exact;

/// One value for each of the six pollutants, in the order of [`Pollutant::SIX`]; `None` is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SixValues(pub [Option<Exact>; 6]);

impl SixValues {
    /// The value of a pollutant; `None` for others than the six.
    pub fn get(&self, pollutant: Pollutant) -> Option<&Exact> {
        Pollutant::SIX
            .iter()
            .zip(&self.0)
            .find(|(p, _)| **p == pollutant)
            .and_then(|(_, v)| v.as_ref())
    }

    /// Sets the value of one of the six.
    pub fn set(&mut self, pollutant: Pollutant, value: Option<Exact>) {
        let slot = Pollutant::SIX
            .iter()
            .zip(&mut self.0)
            .find(|(p, _)| **p == pollutant);
        if let Some((_, slot)) = slot {
            *slot = value;
        }
    }

    /// Pollutants with their values.
    pub fn iter(&self) -> impl Iterator<Item = (Pollutant, Option<&Exact>)> {
        Pollutant::SIX.into_iter().zip(self.0.iter().map(Option::as_ref))
    }
}

/// The limit of the sub-index: class II, year for SO2, NO2, PM10, PM2.5; day for CO; daily maximum 8 h for O3.
pub fn index_limit(set: LimitSet, pollutant: Pollutant) -> Option<&'static LimitRow> {
    let averaging = match pollutant {
        Pollutant::Co => Averaging::Day,
        Pollutant::O3 => Averaging::Mda8,
        _ => Averaging::Year,
    };
    limits::find(set, pollutant, averaging)
}

/// Weight of the unverified weighted form.
fn draft_weight(pollutant: Pollutant) -> i64 {
    match pollutant {
        Pollutant::Pm25 => 3,
        Pollutant::No2 | Pollutant::O3 => 2,
        _ => 1,
    }
}

/// A composite index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composite {
    /// Limit set of the sub-indices.
    pub set: LimitSet,
    /// Sub-indices `C/S` of the pollutants there are, unrounded.
    pub sub: Vec<(Pollutant, Exact)>,
    /// Pollutants missing; then there is no composite index.
    pub missing: Vec<Pollutant>,
    /// Sum of the six, unrounded.
    pub index: Option<Exact>,
    /// Largest sub-index and its pollutants (主要污染物, ties included).
    pub max: Option<(Exact, Vec<Pollutant>)>,
    /// Weighted form of unverified drafts.
    pub weighted_unverified: Option<Exact>,
}

/// Composite index of period statistics: means of SO2, NO2, PM10, PM2.5, 95th percentile of CO, 90th of O3 MDA8.
/// Statistics are rounded to their decimals first.
pub fn composite(statistics: &SixValues, set: LimitSet) -> Composite {
    let mut sub = Vec::with_capacity(6);
    let mut missing = Vec::new();
    for (pollutant, value) in statistics.iter() {
        let ratio = value.and_then(|value| {
            let limit = index_limit(set, pollutant)?.limit(Zone::Class2);
            pollutant.round(value).checked_div(limit)
        });
        match ratio {
            Some(ratio) => sub.push((pollutant, ratio)),
            None => missing.push(pollutant),
        }
    }
    let complete = missing.is_empty();
    let weighted = |weight: &dyn Fn(Pollutant) -> i64| {
        complete.then(|| {
            let parts: Vec<Exact> = sub.iter().map(|(p, i)| &Exact::int(weight(*p)) * i).collect();
            Exact::sum(&parts)
        })
    };
    let max = sub.iter().map(|(_, i)| i).max().map(|largest| {
        let items = sub.iter().filter(|(_, i)| i == largest).map(|(p, _)| *p);
        (largest.clone(), items.collect())
    });
    Composite {
        index: weighted(&|_| 1),
        weighted_unverified: weighted(&draft_weight),
        set,
        max,
        missing,
        sub,
    }
}

impl Composite {
    /// The index as published: two decimals.
    pub fn rounded(&self) -> Option<Exact> {
        self.index.as_ref().map(|i| i.round_gb8170(2))
    }
}

/// A city in the ranking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranked {
    /// Composite index, two decimals.
    pub index: Option<Exact>,
    /// Of the same period last year.
    pub previous: Option<Exact>,
    /// `(index − previous)/previous × 100 %`, one decimal.
    pub change: Option<Exact>,
    /// 1 is best; equal values share a rank and the next is skipped.
    pub rank: Option<usize>,
    /// Rank of the change, 1 improved most.
    pub change_rank: Option<usize>,
    /// All six items attain class II: left out of the worsening ranking.
    pub attains: bool,
}

/// Ranks by composite index and by its change (城市环境空气质量变化程度排名方案). Index and change are rounded before they
/// are compared. A city with a missing item has no rank.
pub fn rank(cities: &[(SixValues, Option<SixValues>)], set: LimitSet) -> Vec<Ranked> {
    let mut out: Vec<Ranked> = cities
        .iter()
        .map(|(now, before)| {
            let made = composite(now, set);
            let index = made.rounded();
            let previous = before.as_ref().and_then(|b| composite(b, set).rounded());
            let change = index.as_ref().zip(previous.as_ref()).and_then(|(now, then)| {
                let change = (&Exact::int(100) * &(now - then)).checked_div(then)?;
                Some(change.round_gb8170(1))
            });
            Ranked {
                attains: made.missing.is_empty() && made.sub.iter().all(|(_, i)| *i <= Exact::one()),
                index,
                previous,
                change,
                rank: None,
                change_rank: None,
            }
        })
        .collect();
    let ranks = competition_ranks(&out.iter().map(|r| r.index.clone()).collect::<Vec<_>>());
    let changes = competition_ranks(&out.iter().map(|r| r.change.clone()).collect::<Vec<_>>());
    for (row, (rank, change)) in out.iter_mut().zip(ranks.into_iter().zip(changes)) {
        row.rank = rank;
        row.change_rank = change;
    }
    out
}

/// Ascending ranks 1, 1, 3; none for missing values.
pub fn competition_ranks(values: &[Option<Exact>]) -> Vec<Option<usize>> {
    let mut order: Vec<(usize, &Exact)> = values
        .iter()
        .enumerate()
        .filter_map(|(i, v)| Some((i, v.as_ref()?)))
        .collect();
    order.sort_by(|a, b| a.1.cmp(b.1));
    let mut ranks = vec![None; values.len()];
    let mut current: Option<(usize, &Exact)> = None;
    for (place, (i, value)) in (1..).zip(order) {
        let rank = match current {
            Some((rank, last)) if last.cmp(value) == Ordering::Equal => rank,
            _ => place,
        };
        current = Some((rank, value));
        if let Some(slot) = ranks.get_mut(i) {
            *slot = Some(rank);
        }
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn six(values: [&str; 6]) -> SixValues {
        SixValues(values.map(|v| v.parse().ok()))
    }

    #[test]
    fn worked_by_hand() {
        let made = composite(&six(["12", "34", "86", "46", "1.4", "178"]), LimitSet::Gb2012);
        assert_eq!(made.rounded().map(|i| i.to_fixed(2)), Some("5.06".to_owned()));
        assert_eq!(made.max.map(|m| m.1), Some(vec![Pollutant::Pm25]));
    }

    #[test]
    fn a_missing_item_leaves_no_index() {
        let made = composite(&six(["12", "34", "", "46", "1.4", "178"]), LimitSet::Gb2012);
        assert_eq!((made.index, made.missing), (None, vec![Pollutant::Pm10]));
    }

    #[test]
    fn equal_values_share_a_rank() {
        let values = ["2", "1", "", "2", "3"].map(|v| v.parse().ok());
        assert_eq!(
            competition_ranks(&values),
            [Some(2), Some(1), None, Some(2), Some(4)]
        );
    }

    proptest::proptest! {
        #[test]
        fn stricter_sets_never_lower_the_index(values in proptest::array::uniform6(0_i64..400)) {
            let six = SixValues(values.map(|v| Some(Exact::int(v))));
            let at = |set| composite(&six, set).index.unwrap();
            proptest::prop_assert!(at(LimitSet::Gb2012) <= at(LimitSet::Transition2026));
            proptest::prop_assert!(at(LimitSet::Transition2026) <= at(LimitSet::Final2026));
        }
    }
}
