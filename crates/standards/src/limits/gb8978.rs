//! GB 8978-1996 (units built from 1998-01-01): category 1 at the workshop outlet, category 2 by grade and industry; and
//! the conversion to base water (基准排水量).

use std::sync::LazyLock;

use serde::Deserialize;

use crate::checks::{Impossible, not_negative, positive};
use crate::judgement::Confidence;
use crate::num::Exact;
use crate::table;

/// One pollutant, for one industry or all.
#[derive(Clone, Debug, Deserialize)]
pub struct WaterLimit {
    /// Key.
    pub pollutant: String,
    alias: String,
    /// Chinese name.
    pub name_zh: String,
    /// Industry; empty for all.
    pub industry: String,
    /// Unit.
    pub unit: String,
    #[serde(deserialize_with = "table::opt_exact")]
    grade1: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    grade2: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    grade3: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    workshop: Option<Exact>,
    /// How sure.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

/// Where the sample was taken, and what the receiving water asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    /// 一级: to GB 3838 class III water.
    One,
    /// 二级: to class IV and V water.
    Two,
    /// 三级: to a sewer with a secondary treatment plant.
    Three,
    /// Workshop outlet (category 1), no grade.
    Workshop,
}

impl WaterLimit {
    /// The limit; `None` where the table has none.
    pub fn limit(&self, grade: Grade) -> Option<&Exact> {
        match grade {
            Grade::One => self.grade1.as_ref(),
            Grade::Two => self.grade2.as_ref(),
            Grade::Three => self.grade3.as_ref(),
            Grade::Workshop => self.workshop.as_ref(),
        }
    }

    /// Whether it is a category 1 pollutant.
    pub fn is_category_1(&self) -> bool {
        self.workshop.is_some()
    }
}

const TABLE: &str = include_str!("../../data/emission_gb8978.csv");
static ROWS: LazyLock<Vec<WaterLimit>> = LazyLock::new(|| table::rows(TABLE));

/// The row of a pollutant for an industry, or the general one.
pub fn water_limit(pollutant: &str, industry: Option<&str>) -> Option<&'static WaterLimit> {
    let named = |row: &&WaterLimit| row.pollutant == pollutant || row.alias == pollutant;
    let own = industry.and_then(|i| ROWS.iter().filter(named).find(|row| row.industry == i));
    own.or_else(|| ROWS.iter().filter(named).find(|row| row.industry.is_empty()))
}

/// A product with its base water.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Output, t.
    pub tonnes: Exact,
    /// 基准排水量, m³/t.
    pub base: Exact,
}

/// Concentration to judge by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseWater {
    /// Water allowed for the output, m³.
    pub base: Exact,
    /// Whether more was discharged.
    pub over: bool,
    /// The concentration to judge: converted when more was discharged, else as measured.
    pub concentration: Exact,
}

/// `C_base = Q / Σ(Y·Q_base) · C` when more water was discharged than the base allows (GB 31571-2015 and others).
/// `None` without any output: the conversion has no value then.
pub fn base_water(
    products: &[Product],
    water: &Exact,
    concentration: &Exact,
) -> Result<Option<BaseWater>, Impossible> {
    not_negative("water_m3", water)?;
    not_negative("c_mg_l", concentration)?;
    let mut parts = Vec::with_capacity(products.len());
    for product in products {
        not_negative("products", &product.tonnes)?;
        positive("products", &product.base)?;
        parts.push(&product.tonnes * &product.base);
    }
    let base = Exact::sum(&parts);
    let Some(ratio) = water.checked_div(&base) else {
        return Ok(None);
    };
    let over = *water > base;
    Ok(Some(BaseWater {
        concentration: if over {
            &ratio * concentration
        } else {
            concentration.clone()
        },
        over,
        base,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_reads_and_grades_get_milder() {
        table::assert_complete(TABLE, &ROWS);
        for row in ROWS.iter() {
            if let (Some(one), Some(two)) = (&row.grade1, &row.grade2) {
                assert!(one <= two, "{}", row.pollutant);
            }
            if let (Some(two), Some(three)) = (&row.grade2, &row.grade3) {
                assert!(two <= three, "{}", row.pollutant);
            }
        }
    }

    #[test]
    fn without_output_there_is_no_base() {
        assert_eq!(base_water(&[], &Exact::int(10), &Exact::int(5)), Ok(None));
    }

    proptest::proptest! {
        #[test]
        fn saving_water_never_changes_and_wasting_never_dilutes(t in 1_i64..1000, water in 0_i64..9000, c in 0_i64..500) {
            let products = [Product { tonnes: Exact::int(t), base: Exact::int(3) }];
            let judged = base_water(&products, &Exact::int(water), &Exact::int(c)).unwrap().unwrap();
            proptest::prop_assert!(judged.concentration >= Exact::int(c));
        }
    }
}
