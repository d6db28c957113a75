//! Ecological quality: first-level formulas and grades of EQI (环监测〔2021〕99号) and of the older EI (HJ 192-2015).
//!
//! One mechanism, two indices: weights and grades are rows of tables, marked unverified where they were recalled.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::checks::{self, Impossible};
use crate::judgement::{Basis, Confidence};
use crate::num::Exact;
use crate::table;

/// Which index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Index {
    /// 生态质量指数 EQI
    Eqi,
    /// 生态环境状况指数 EI
    Ei,
}

impl Index {
    /// `eqi`, `ei`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Eqi => "eqi",
            Self::Ei => "ei",
        }
    }

    /// Source of the index.
    pub fn basis(self, clause: &str) -> Basis {
        match self {
            Self::Eqi => Basis::new("环监测〔2021〕99号 区域生态质量评价办法(试行)", "2021", clause),
            Self::Ei => Basis::new("HJ 192", "2015", clause),
        }
    }
}

/// A grade and where it begins.
#[derive(Clone, Debug, Deserialize)]
pub struct Grade {
    kind: String,
    /// Lower end, inside.
    #[serde(deserialize_with = "table::exact")]
    pub from: Exact,
    /// Chinese name.
    pub name: String,
    /// English name.
    pub name_en: String,
    /// How sure the threshold is.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

const GRADES: &str = include_str!("../../data/ecology_grades.csv");
static ROWS: LazyLock<Vec<Grade>> = LazyLock::new(|| table::rows(GRADES));

fn grade_of(kind: &str, value: &Exact) -> Option<&'static Grade> {
    let rows = || ROWS.iter().filter(|g| g.kind == kind);
    rows().find(|g| *value >= g.from).or_else(|| rows().next_back())
}

/// Grade of a value.
pub fn grade(index: Index, value: &Exact) -> Option<&'static Grade> {
    grade_of(index.key(), value)
}

/// Grade of a change (later − earlier), and its name with the direction: `轻微变差`.
pub fn change(index: Index, delta: &Exact) -> Option<(&'static Grade, String)> {
    let grade = grade_of(&format!("{}_change", index.key()), &delta.abs())?;
    let steady = grade.from.is_zero();
    let direction = match (steady, delta.is_negative()) {
        (true, _) => "",
        (false, true) => "变差",
        (false, false) => "变好",
    };
    Some((grade, format!("{}{direction}", grade.name)))
}

/// One first-level indicator.
#[derive(Clone, Debug, Deserialize)]
pub struct Weight {
    index: String,
    /// Key of the indicator.
    pub key: String,
    /// Chinese name.
    pub name: String,
    /// Weight.
    #[serde(deserialize_with = "table::exact")]
    pub weight: Exact,
    stress: String,
    /// How sure the weight is.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

impl Weight {
    /// What of a value enters: 100 − value for a stress.
    pub fn part(&self, value: &Exact) -> Exact {
        if self.stress == "yes" {
            &Exact::int(100) - value
        } else {
            value.clone()
        }
    }
}

const WEIGHTS: &str = include_str!("../../data/ecology_weights.csv");
static WEIGHT_ROWS: LazyLock<Vec<Weight>> = LazyLock::new(|| table::rows(WEIGHTS));

/// The first-level indicators of an index.
pub fn weights(index: Index) -> impl Iterator<Item = &'static Weight> {
    WEIGHT_ROWS.iter().filter(move |w| w.index == index.key())
}

/// `Σ wᵢ·xᵢ`, with 100 − x for stresses; values and weights in order of [`weights`].
pub fn first_level(index: Index, values: &[Exact], own_weights: &[Exact]) -> Result<Exact, Impossible> {
    let rows: Vec<_> = weights(index).collect();
    for (what, got) in [("values", values.len()), ("weights", own_weights.len())] {
        if got != rows.len() {
            let want = rows.len();
            return Err(Impossible::Length { what, want, got });
        }
    }
    let terms = rows.iter().zip(values).zip(own_weights);
    Ok(terms.fold(Exact::zero(), |acc, ((row, value), weight)| {
        &acc + &(&row.part(value) * weight)
    }))
}

/// Weighted mean in which the weight of what does not apply (`None`) is spread over its siblings; `None` where
/// nothing applies. For second and third levels, whose weights come from a table of the county's type.
pub fn spread(values: &[(Option<Exact>, Exact)]) -> Option<Exact> {
    let applies = || values.iter().filter_map(|(v, w)| v.as_ref().map(|v| (v, w)));
    let total = Exact::sum(applies().map(|(_, w)| w));
    let sum = applies().fold(Exact::zero(), |acc, (v, w)| &acc + &(v * w));
    sum.checked_div(&total)
}

/// Mean of counties weighted by area (unverified rule for provinces); `None` without area.
pub fn by_area(counties: &[(Exact, Exact)]) -> Result<Option<Exact>, Impossible> {
    for (_, area) in counties {
        checks::not_negative("area", area)?;
    }
    Ok(spread(
        &counties
            .iter()
            .map(|(v, a)| (Some(v.clone()), a.clone()))
            .collect::<Vec<_>>(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_complete_and_the_weights_sum_to_one() {
        table::assert_complete(GRADES, &ROWS);
        table::assert_complete(WEIGHTS, &WEIGHT_ROWS);
        for index in [Index::Eqi, Index::Ei] {
            assert_eq!(Exact::sum(weights(index).map(|w| &w.weight)), Exact::one());
        }
    }

    proptest::proptest! {
        #[test]
        fn spreading_keeps_within_the_values(values in proptest::collection::vec((0_i64..100, 1_i64..10), 1..8)) {
            let list: Vec<_> = values.iter().map(|(v, w)| (Some(Exact::int(*v)), Exact::int(*w))).collect();
            let got = spread(&list).unwrap();
            let (low, high) = (values.iter().map(|v| v.0).min().unwrap(), values.iter().map(|v| v.0).max().unwrap());
            proptest::prop_assert!(got >= Exact::int(low) && got <= Exact::int(high));
        }
    }
}
