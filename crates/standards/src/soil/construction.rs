//! Construction land: GB 36600-2018 values by class of land use, and the class from the planning code (4.1).

use std::sync::LazyLock;

use serde::Deserialize;

use crate::checks::{self, Impossible};
use crate::judgement::{Basis, Confidence};
use crate::num::Exact;
use crate::soil::farmland::{Level, level};
use crate::table;

/// Class of land use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LandClass {
    /// 第一类用地
    First,
    /// 第二类用地
    Second,
}

impl LandClass {
    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Self::First => "第一类用地",
            Self::Second => "第二类用地",
        }
    }

    /// 1 or 2.
    pub fn number(self) -> i64 {
        match self {
            Self::First => 1,
            Self::Second => 2,
        }
    }
}

/// One row of table 1 or 2.
#[derive(Clone, Debug, Deserialize)]
pub struct Item {
    table: String,
    no: u16,
    /// Chinese name.
    pub name: String,
    /// CAS number.
    pub cas: String,
    #[serde(deserialize_with = "table::exact")]
    s1: Exact,
    #[serde(deserialize_with = "table::exact")]
    s2: Exact,
    #[serde(deserialize_with = "table::exact")]
    g1: Exact,
    #[serde(deserialize_with = "table::exact")]
    g2: Exact,
    background: String,
    /// How sure the figures are.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

const TABLE: &str = include_str!("../../data/soil_construction.csv");
static ITEMS: LazyLock<Vec<Item>> = LazyLock::new(|| table::rows(TABLE));

impl Item {
    /// By Chinese name or CAS number.
    pub fn find(name: &str) -> Option<&'static Self> {
        let name = name.trim();
        ITEMS.iter().find(|i| i.name == name || i.cas == name)
    }

    /// 风险筛选值, mg/kg.
    pub fn screening(&self, class: LandClass) -> &Exact {
        match class {
            LandClass::First => &self.s1,
            LandClass::Second => &self.s2,
        }
    }

    /// 风险管制值, mg/kg.
    pub fn intervention(&self, class: LandClass) -> &Exact {
        match class {
            LandClass::First => &self.g1,
            LandClass::Second => &self.g2,
        }
    }

    /// Place in the standard.
    pub fn basis(&self) -> Basis {
        Basis::new("GB 36600", "2018", format!("{} {}", self.table, self.no))
    }

    /// Whether the table's note on local background applies (arsenic, cobalt, vanadium).
    pub fn background_note(&self) -> bool {
        self.background == "yes"
    }
}

/// A content at a plot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlotLevel {
    /// Against screening and intervention value.
    pub level: Level,
    /// Above screening, but not above the local background, and the table's note applies: not managed as polluted.
    pub within_background: bool,
}

/// Compares a content with the values of a class; `background` is the local one, where it is known.
pub fn judge(
    item: &Item,
    class: LandClass,
    content: &Exact,
    background: Option<&Exact>,
) -> Result<PlotLevel, Impossible> {
    // mg/kg: nothing holds more than itself.
    checks::between("value", content, 0, 1_000_000)?;
    let level = level(content, item.screening(class), Some(item.intervention(class)));
    let within_background = level != Level::NotAboveScreening
        && item.background_note()
        && background.is_some_and(|b| content <= b);
    Ok(PlotLevel {
        level,
        within_background,
    })
}

/// One code of GB 50137 with its class.
#[derive(Clone, Debug, Deserialize)]
pub struct LandCode {
    code: String,
    class: u8,
    /// Chinese name.
    pub name: String,
    /// How sure the row is.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

const CODES: &str = include_str!("../../data/soil_land_use.csv");
static LAND_CODES: LazyLock<Vec<LandCode>> = LazyLock::new(|| table::rows(CODES));

/// Class of a planning code: the longest code of the table it begins with; `None` where none fits.
pub fn land_code(code: &str) -> Option<(LandClass, &'static LandCode)> {
    LAND_CODES
        .iter()
        .filter(|row| code.trim().starts_with(row.code.as_str()))
        .max_by_key(|row| row.code.len())
        .map(|row| {
            let class = if row.class == 1 {
                LandClass::First
            } else {
                LandClass::Second
            };
            (class, row)
        })
}

/// Least number of survey points of a plot (practice of the technical guides, unverified): one for each
/// `square_metres_per_point`, at least `minimum`.
pub fn survey_points(area: &Exact, square_metres_per_point: &Exact, minimum: i64) -> Result<i64, Impossible> {
    checks::positive("area_m2", area)?;
    checks::positive("m2_per_point", square_metres_per_point)?;
    let points = area
        .checked_div(square_metres_per_point)
        .and_then(|n| n.round(0, crate::num::Rounding::Ceil).to_i64())
        .ok_or(Impossible::Outside {
            what: "area_m2",
            from: 0,
            to: i64::MAX,
        })?;
    Ok(points.max(minimum))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_complete() {
        table::assert_complete(TABLE, &ITEMS);
        table::assert_complete(CODES, &LAND_CODES);
        assert_eq!(ITEMS.len(), 85);
    }

    #[test]
    fn the_first_class_is_never_milder_and_intervention_never_below_screening() {
        for item in ITEMS.iter() {
            for class in [LandClass::First, LandClass::Second] {
                assert!(item.screening(class) <= item.intervention(class), "{}", item.name);
            }
            assert!(item.s1 <= item.s2 && item.g1 <= item.g2, "{}", item.name);
        }
    }
}
