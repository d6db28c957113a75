//! Critical quantities and toxic endpoints of substances (HJ 941-2018 App. A, HJ 169-2018 B.1, H.1), and Q, the ratio of
//! quantities to critical quantities.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::checks::{Impossible, not_negative};
use crate::judgement::Confidence;
use crate::num::Exact;
use crate::table;

/// A substance, a kind of liquid, a metal or a hazard class.
#[derive(Clone, Debug, Deserialize)]
pub struct Substance {
    /// `substance`, `liquid`, `metal` (mass counted as metal), `class`.
    pub kind: String,
    /// Name in the standard.
    pub name: String,
    /// CAS number; empty where there is none.
    pub cas: String,
    /// 临界量, t.
    #[serde(deserialize_with = "table::exact")]
    pub critical: Exact,
    /// 大气毒性终点浓度-1, mg/m³.
    #[serde(deserialize_with = "table::opt_exact")]
    pub endpoint1: Option<Exact>,
    /// 大气毒性终点浓度-2, mg/m³.
    #[serde(deserialize_with = "table::opt_exact")]
    pub endpoint2: Option<Exact>,
    /// How sure.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

const TABLE: &str = include_str!("../../data/risk_substances.csv");
static ROWS: LazyLock<Vec<Substance>> = LazyLock::new(|| table::rows(TABLE));

/// All substances.
pub fn all() -> &'static [Substance] {
    &ROWS
}

/// By the name in the standard, or by CAS number (the first entry, where a solution shares it).
pub fn find(name: &str) -> Option<&'static Substance> {
    ROWS.iter()
        .find(|s| s.name == name)
        .or_else(|| ROWS.iter().find(|s| !s.cas.is_empty() && s.cas == name))
}

/// Largest amount present of a substance.
#[derive(Clone, Debug)]
pub struct Held {
    /// Substance.
    pub substance: &'static Substance,
    /// Largest amount at any time, t, solutions as the entry asks.
    pub max_t: Exact,
}

/// The ratio and its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ratio {
    /// `w / W` of each, in the order given.
    pub parts: Vec<Exact>,
    /// Their sum.
    pub q: Exact,
}

/// `Q = Σ w/W`.
pub fn ratio(held: &[Held]) -> Result<Ratio, Impossible> {
    let mut parts = Vec::with_capacity(held.len());
    for one in held {
        not_negative("max_t", &one.max_t)?;
        parts.push(
            one.max_t
                .checked_div(&one.substance.critical)
                .ok_or(Impossible::NotPositive("critical"))?,
        );
    }
    Ok(Ratio {
        q: Exact::sum(&parts),
        parts,
    })
}

/// `Q0` below 1, `Q1` below 10, `Q2` below 100, `Q3` from 100.
pub fn code(q: &Exact) -> &'static str {
    if *q < Exact::one() {
        "Q0"
    } else if *q < Exact::int(10) {
        "Q1"
    } else if *q < Exact::int(100) {
        "Q2"
    } else {
        "Q3"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_reads_and_endpoint_1_is_the_higher() {
        table::assert_complete(TABLE, &ROWS);
        for s in ROWS.iter() {
            if let (Some(one), Some(two)) = (&s.endpoint1, &s.endpoint2) {
                assert!(one > two, "{}", s.name);
            }
        }
    }

    #[test]
    fn by_name_and_by_cas() {
        assert_eq!(find("7782-50-5").unwrap().name, "氯气");
        assert!(find("").is_none());
    }

    proptest::proptest! {
        #[test]
        fn more_on_site_is_never_less_risk(a in 0_i64..1000, b in 0_i64..1000) {
            let held = |t| [Held { substance: find("氯气").unwrap(), max_t: Exact::int(t) }];
            let (low, high) = (a.min(b), a.max(b));
            let (low, high) = (ratio(&held(low)).unwrap().q, ratio(&held(high)).unwrap().q);
            proptest::prop_assert!(low <= high && code(&low) <= code(&high));
        }
    }
}
