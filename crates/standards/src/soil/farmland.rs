//! Farm land: screening and intervention values of GB 15618-2018 by element, land use and pH, and the categories of
//! soil quality that follow from them (clause 6).
//!
//! Equal to a value is not above it; the upper end of a pH band belongs to the band.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::checks::{self, Impossible, Measured};
use crate::judgement::{Basis, Confidence};
use crate::num::Exact;
use crate::table;

/// Use of farm land.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LandUse {
    /// 水田
    Paddy,
    /// 其他
    Other,
    /// 果园, which matters for copper only
    Orchard,
    /// 水旱轮作: the stricter of paddy and other (note 2 of table 1)
    Rotation,
}

impl LandUse {
    /// By name.
    pub const NAMES: [(&'static str, Self); 4] = [
        ("paddy", Self::Paddy),
        ("other", Self::Other),
        ("orchard", Self::Orchard),
        ("rotation", Self::Rotation),
    ];

    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Paddy => "水田",
            Self::Other => "其他",
            Self::Orchard => "果园",
            Self::Rotation => "水旱轮作",
        }
    }

    /// Names of the table's columns that this use may stand in, the fitting one first.
    fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Paddy | Self::Rotation => &["paddy", "all", "other"],
            Self::Other => &["other", "all"],
            Self::Orchard => &["orchard", "other", "all"],
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
struct Row {
    clause: String,
    value: String,
    key: String,
    name: String,
    land: String,
    #[serde(deserialize_with = "table::exact")]
    b1: Exact,
    #[serde(deserialize_with = "table::exact")]
    b2: Exact,
    #[serde(deserialize_with = "table::exact")]
    b3: Exact,
    #[serde(deserialize_with = "table::exact")]
    b4: Exact,
    #[serde(deserialize_with = "table::confidence")]
    confidence: Confidence,
}

impl Row {
    fn at(&self, band: u8) -> &Exact {
        match band {
            1 => &self.b1,
            2 => &self.b2,
            3 => &self.b3,
            _ => &self.b4,
        }
    }
}

const TABLE: &str = include_str!("../../data/soil_farmland.csv");
static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| table::rows(TABLE));

/// An element or compound of tables 1 and 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element {
    /// `Cd`, `Hg`, `BaP` …
    pub key: &'static str,
    /// Chinese name.
    pub name: &'static str,
}

impl Element {
    /// By key or Chinese name.
    pub fn find(name: &str) -> Option<Self> {
        ROWS.iter()
            .find(|r| r.key == name || r.name == name)
            .map(|r| Self {
                key: &r.key,
                name: &r.name,
            })
    }

    /// Place in the table, so that lists come out in its order.
    pub fn order(self) -> usize {
        ROWS.iter().position(|r| r.key == self.key).unwrap_or(usize::MAX)
    }

    /// The five elements with an intervention value: 镉、汞、砷、铅、铬.
    pub fn of_category() -> Vec<Self> {
        ROWS.iter()
            .filter(|r| r.value == "intervention")
            .map(|r| Self {
                key: &r.key,
                name: &r.name,
            })
            .collect()
    }
}

/// Values for an element at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// pH band 1–4.
    pub band: u8,
    /// 风险筛选值, mg/kg.
    pub screening: Exact,
    /// 风险管制值, mg/kg; none for copper, nickel, zinc and table 2.
    pub intervention: Option<Exact>,
    /// Table of the screening value.
    pub clause: &'static str,
    /// How sure the figures are.
    pub confidence: Confidence,
}

impl Limits {
    /// Source of the screening value.
    pub fn basis(&self) -> Basis {
        Basis::new("GB 15618", "2018", self.clause)
    }
}

/// Band of a pH: 1 up to 5.5, 2 up to 6.5, 3 up to 7.5, 4 above.
pub fn ph_band(ph: &Exact) -> Result<u8, Impossible> {
    checks::between("ph", ph, 0, 14)?;
    let ends = [(55, 1), (65, 2), (75, 3)];
    Ok(ends
        .iter()
        .find(|(end, _)| *ph <= checks::decimal(*end, 1))
        .map_or(4, |(_, band)| *band))
}

fn value_for(element: Element, value: &str, columns: &[&str], band: u8) -> Option<(&'static Row, Exact)> {
    columns.iter().find_map(|column| {
        ROWS.iter()
            .find(|r| r.key == element.key && r.value == value && r.land == *column)
            .map(|r| (r, r.at(band).clone()))
    })
}

/// Values for an element, a land use and a pH.
pub fn limits(element: Element, land: LandUse, ph: &Exact) -> Result<Limits, Impossible> {
    let band = ph_band(ph)?;
    let own = value_for(element, "screening", land.columns(), band);
    let other = value_for(element, "screening", LandUse::Other.columns(), band);
    let chosen = match (land, own, other) {
        (LandUse::Rotation, Some(a), Some(b)) => Some(if b.1 < a.1 { b } else { a }),
        (_, own, _) => own,
    };
    let (row, screening) = chosen.ok_or(Impossible::NoFigure("element"))?;
    let intervention = value_for(element, "intervention", &["all"], band).map(|(_, g)| g);
    Ok(Limits {
        band,
        screening,
        intervention,
        clause: &row.clause,
        confidence: row.confidence,
    })
}

/// A content against the two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Not above the screening value.
    NotAboveScreening,
    /// Above the screening value, not above the intervention value where there is one.
    AboveScreening,
    /// Above the intervention value.
    AboveIntervention,
}

impl Level {
    /// `not_above_screening` …
    pub fn key(self) -> &'static str {
        match self {
            Self::NotAboveScreening => "not_above_screening",
            Self::AboveScreening => "above_screening",
            Self::AboveIntervention => "above_intervention",
        }
    }

    /// Category of farm land (clause 6).
    pub fn category(self) -> &'static str {
        match self {
            Self::NotAboveScreening => "优先保护类",
            Self::AboveScreening => "安全利用类",
            Self::AboveIntervention => "严格管控类",
        }
    }

    /// Words of clause 6 on the risk.
    pub fn risk(self) -> (&'static str, &'static str) {
        match self {
            Self::NotAboveScreening => (
                "未超过风险筛选值,风险低",
                "not above the screening value: low risk",
            ),
            Self::AboveScreening => (
                "超过风险筛选值,可能存在风险,应加强协同监测",
                "above the screening value: a risk is possible, monitor soil and products together",
            ),
            Self::AboveIntervention => (
                "超过风险管制值,风险高,应采取严格管控措施",
                "above the intervention value: high risk, strict control",
            ),
        }
    }
}

/// Compares a content with screening and intervention value.
pub fn level(content: &Exact, screening: &Exact, intervention: Option<&Exact>) -> Level {
    if intervention.is_some_and(|g| content > g) {
        Level::AboveIntervention
    } else if content > screening {
        Level::AboveScreening
    } else {
        Level::NotAboveScreening
    }
}

/// Level of a reported content; `None` where it is missing, or not detected with a detection limit that is unknown or
/// above the screening value.
pub fn level_of(content: &Measured, screening: &Exact, intervention: Option<&Exact>) -> Option<Level> {
    match content {
        Measured::Value(c) => Some(level(c, screening, intervention)),
        Measured::Below(Some(limit)) if limit <= screening => Some(Level::NotAboveScreening),
        Measured::Below(_) | Measured::Missing => None,
    }
}

/// Category of a point from the levels of the five elements: the worst decides; with an element unknown only
/// 严格管控类 can be decided.
pub fn category(levels: &[Option<Level>]) -> Option<Level> {
    let worst = levels.iter().flatten().max().copied()?;
    let all = levels.iter().all(Option::is_some);
    (all || worst == Level::AboveIntervention).then_some(worst)
}

/// Category of an evaluation unit: that of more than `share_percent` of its points (环办土壤〔2019〕53号, unverified).
/// `None` where no category has that share: split the unit or use [`upper_mean`].
pub fn unit_category(points: &[Level], share_percent: &Exact) -> Option<(Level, Exact)> {
    let all = checks::count(points.len());
    [
        Level::NotAboveScreening,
        Level::AboveScreening,
        Level::AboveIntervention,
    ]
    .into_iter()
    .find_map(|level| {
        let held = checks::count(points.iter().filter(|p| **p == level).count());
        let share = checks::percent(&held, &all)?;
        (share > *share_percent).then_some((level, share))
    })
}

#[derive(Deserialize)]
struct Student {
    df: usize,
    t95: f64,
}

const STUDENT: &str = include_str!("../../data/soil_student.csv");
static STUDENTS: LazyLock<Vec<Student>> = LazyLock::new(|| table::rows(STUDENT));

/// 95 % upper confidence limit of the mean, `x̄ + t·s/√n` with the one-sided Student factor; `None` below two samples.
/// Between rows of the factor's table the smaller number of samples is taken, which is stricter.
pub fn upper_mean(samples: &[f64]) -> Option<f64> {
    let df = samples.len().checked_sub(1).filter(|df| *df > 0)?;
    let t = STUDENTS.iter().rev().find(|row| row.df <= df)?.t95;
    let n = samples.len() as f64;
    let mean = samples.iter().sum::<f64>() / n;
    let variance = samples.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let upper = mean + t * (variance / n).sqrt();
    upper.is_finite().then_some(upper)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_complete() {
        table::assert_complete(TABLE, &ROWS);
        table::assert_complete(STUDENT, &STUDENTS);
        assert_eq!(Element::of_category().len(), 5);
    }

    #[test]
    fn a_wider_spread_raises_the_upper_mean() {
        let narrow = upper_mean(&[0.29, 0.3, 0.31]).unwrap();
        let wide = upper_mean(&[0.1, 0.3, 0.5]).unwrap();
        assert!(wide > narrow && narrow > 0.3);
        assert!(upper_mean(&[0.3]).is_none());
    }

    proptest::proptest! {
        #[test]
        fn rotation_is_never_milder(row in 0_usize..17, ph in 0_i64..140) {
            let ph = Exact::ratio(ph, 10).unwrap();
            let element = Element::find(&ROWS[row].key).unwrap();
            let of = |land| limits(element, land, &ph).unwrap().screening;
            let strictest = of(LandUse::Paddy).min(of(LandUse::Other));
            proptest::prop_assert_eq!(of(LandUse::Rotation), strictest);
        }
    }
}
