//! Individual AQI (IAQI): the breakpoint tables of HJ 633 and formula 1, exact, always rounded up.

use std::sync::LazyLock;

use serde::Deserialize;

use super::edition::Edition;
use crate::judgement::Confidence;
use crate::num::{Exact, Rounding};
use crate::table;

/// An item of the AQI: a pollutant with its averaging time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
pub enum Item {
    /// CO 1 h, mg/m³
    #[serde(rename = "co_1h")]
    CoHour,
    /// CO 24 h, mg/m³
    #[serde(rename = "co_24h")]
    CoDay,
    /// NO2 1 h
    #[serde(rename = "no2_1h")]
    No2Hour,
    /// NO2 24 h
    #[serde(rename = "no2_24h")]
    No2Day,
    /// O3 1 h (in a daily report: the daily maximum)
    #[serde(rename = "o3_1h")]
    O3Hour,
    /// O3 8 h moving (in a daily report: the daily maximum)
    #[serde(rename = "o3_8h")]
    O3EightHour,
    /// PM10 1 h
    #[serde(rename = "pm10_1h")]
    Pm10Hour,
    /// PM10 24 h
    #[serde(rename = "pm10_24h")]
    Pm10Day,
    /// PM2.5 1 h
    #[serde(rename = "pm25_1h")]
    Pm25Hour,
    /// PM2.5 24 h
    #[serde(rename = "pm25_24h")]
    Pm25Day,
    /// SO2 1 h
    #[serde(rename = "so2_1h")]
    So2Hour,
    /// SO2 24 h
    #[serde(rename = "so2_24h")]
    So2Day,
}

impl Item {
    /// All, in order of their keys.
    pub const ALL: [Self; 12] = [
        Self::CoHour,
        Self::CoDay,
        Self::No2Hour,
        Self::No2Day,
        Self::O3Hour,
        Self::O3EightHour,
        Self::Pm10Hour,
        Self::Pm10Day,
        Self::Pm25Hour,
        Self::Pm25Day,
        Self::So2Hour,
        Self::So2Day,
    ];

    /// `so2_24h`, `o3_8h` …
    pub fn key(self) -> &'static str {
        match self {
            Self::CoHour => "co_1h",
            Self::CoDay => "co_24h",
            Self::No2Hour => "no2_1h",
            Self::No2Day => "no2_24h",
            Self::O3Hour => "o3_1h",
            Self::O3EightHour => "o3_8h",
            Self::Pm10Hour => "pm10_1h",
            Self::Pm10Day => "pm10_24h",
            Self::Pm25Hour => "pm25_1h",
            Self::Pm25Day => "pm25_24h",
            Self::So2Hour => "so2_1h",
            Self::So2Day => "so2_24h",
        }
    }

    /// From its key.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| item.key() == key)
    }

    /// The name the national platform prints as primary pollutant.
    pub fn zh(self) -> &'static str {
        match self {
            Self::CoHour | Self::CoDay => "一氧化碳",
            Self::No2Hour | Self::No2Day => "二氧化氮",
            Self::O3Hour => "臭氧1小时",
            Self::O3EightHour => "臭氧8小时",
            Self::Pm10Hour | Self::Pm10Day => "颗粒物(PM10)",
            Self::Pm25Hour | Self::Pm25Day => "细颗粒物(PM2.5)",
            Self::So2Hour | Self::So2Day => "二氧化硫",
        }
    }

    /// English short name.
    pub fn en(self) -> &'static str {
        match self {
            Self::CoHour | Self::CoDay => "CO",
            Self::No2Hour | Self::No2Day => "NO2",
            Self::O3Hour => "O3 1 h",
            Self::O3EightHour => "O3 8 h",
            Self::Pm10Hour | Self::Pm10Day => "PM10",
            Self::Pm25Hour | Self::Pm25Day => "PM2.5",
            Self::So2Hour | Self::So2Day => "SO2",
        }
    }

    /// Whether it is CO, which is given in mg/m³ with one decimal.
    pub fn is_co(self) -> bool {
        matches!(self, Self::CoHour | Self::CoDay)
    }

    /// mg/m³ for CO, µg/m³ otherwise.
    pub fn unit(self) -> &'static str {
        if self.is_co() { "mg/m³" } else { "µg/m³" }
    }

    /// The concentration that enters the IAQI: whole µg/m³, CO one decimal, GB/T 8170 (HJ 633-2026 4.2.2, 4.2.3).
    pub fn round(self, concentration: &Exact) -> Exact {
        concentration.round_gb8170(i32::from(self.is_co()))
    }
}

/// What holds above the last point of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Above {
    /// 500, as the national platform publishes (the texts are silent; 2026 says "1 to 500").
    Cap,
    /// No IAQI from this item (HJ 633-2012 notes 2 and 3).
    NotComputed,
    /// A fixed IAQI (HJ 633-2026 notes b and c).
    Fixed(u16),
}

/// The breakpoints of one item in one edition.
#[derive(Clone, Debug)]
pub struct Breakpoints {
    /// Item.
    pub item: Item,
    /// Edition.
    pub edition: Edition,
    /// (IAQI, concentration), ascending, beginning at (0, 0).
    pub points: Vec<(u16, Exact)>,
    /// What holds above the last point.
    pub above: Above,
    /// Table and note.
    pub clause: String,
    /// How sure the figures are.
    pub confidence: Confidence,
}

#[derive(Deserialize)]
struct Row {
    item: Item,
    edition: String,
    #[serde(deserialize_with = "table::opt_exact")]
    i0: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    i50: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    i100: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    i150: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    i200: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    i300: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    i400: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    i500: Option<Exact>,
    over: String,
    clause: String,
    #[serde(deserialize_with = "table::confidence")]
    confidence: Confidence,
}

impl Row {
    fn into_breakpoints(self) -> Option<Breakpoints> {
        let above = match self.over.as_str() {
            "cap" => Above::Cap,
            "none" => Above::NotComputed,
            fixed => Above::Fixed(fixed.parse().ok()?),
        };
        let points = [
            (0, self.i0),
            (50, self.i50),
            (100, self.i100),
            (150, self.i150),
            (200, self.i200),
            (300, self.i300),
            (400, self.i400),
            (500, self.i500),
        ];
        Some(Breakpoints {
            item: self.item,
            edition: Edition::parse(&self.edition)?,
            points: points.into_iter().filter_map(|(i, c)| Some((i, c?))).collect(),
            above,
            clause: self.clause,
            confidence: self.confidence,
        })
    }
}

const TABLE: &str = include_str!("../../data/air_breakpoints.csv");
static TABLES: LazyLock<Vec<Breakpoints>> = LazyLock::new(|| {
    table::rows::<Row>(TABLE)
        .into_iter()
        .filter_map(Row::into_breakpoints)
        .collect()
});

/// The table of an item in an edition.
pub fn breakpoints(item: Item, edition: Edition) -> Option<&'static Breakpoints> {
    TABLES.iter().find(|t| t.item == item && t.edition == edition)
}

/// The segment of the table a concentration falls in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// IAQI and concentration at the lower end.
    pub low: (u16, Exact),
    /// IAQI and concentration at the upper end.
    pub high: (u16, Exact),
}

/// How an IAQI came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// By formula 1 in this segment.
    Formula(Segment),
    /// Above the table: 500.
    Capped,
    /// Above 800: the fixed figure of the 2026 notes.
    Fixed,
    /// Above 800: none from this item (2012 notes).
    NotComputed,
}

/// An IAQI with its unrounded value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Iaqi {
    /// Before rounding; `None` where it is not computed.
    pub exact: Option<Exact>,
    /// Rounded up.
    pub value: Option<u16>,
    /// How it came about.
    pub status: Status,
}

/// A concentration below zero has no IAQI.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("浓度不能为负: {0} (a concentration cannot be negative)")]
pub struct NegativeConcentration(pub Exact);

/// IAQI of a concentration as given (µg/m³, CO mg/m³), formula 1 and the notes of the table.
///
/// The concentration is not rounded here; see [`Item::round`].
pub fn iaqi(item: Item, concentration: &Exact, edition: Edition) -> Result<Iaqi, NegativeConcentration> {
    if concentration.is_negative() {
        return Err(NegativeConcentration(concentration.clone()));
    }
    let none = Iaqi {
        exact: None,
        value: None,
        status: Status::NotComputed,
    };
    let Some(table) = breakpoints(item, edition) else {
        return Ok(none);
    };
    for (low, high) in table.points.iter().zip(table.points.iter().skip(1)) {
        if *concentration <= high.1 {
            let exact = formula(low, high, concentration);
            let value = exact.round(0, Rounding::Ceil).to_i64();
            return Ok(Iaqi {
                value: value.and_then(|v| u16::try_from(v).ok()),
                exact: Some(exact),
                status: Status::Formula(Segment {
                    low: low.clone(),
                    high: high.clone(),
                }),
            });
        }
    }
    let (value, status) = match table.above {
        Above::Cap => (500, Status::Capped),
        Above::Fixed(value) => (value, Status::Fixed),
        Above::NotComputed => return Ok(none),
    };
    Ok(Iaqi {
        exact: Some(Exact::int(i64::from(value))),
        value: Some(value),
        status,
    })
}

/// Formula 1 of HJ 633.
fn formula(low: &(u16, Exact), high: &(u16, Exact), concentration: &Exact) -> Exact {
    let rise = Exact::int(i64::from(high.0) - i64::from(low.0));
    (&rise * &(concentration - &low.1))
        .checked_div(&(&high.1 - &low.1))
        .map_or_else(Exact::zero, |q| &q + &Exact::int(i64::from(low.0)))
}

impl Segment {
    /// Formula 1 with the figures put in.
    pub fn formula(&self, concentration: &Exact) -> String {
        let ((i_lo, b_lo), (i_hi, b_hi)) = (&self.low, &self.high);
        format!("({i_hi}-{i_lo})/({b_hi}-{b_lo})×({concentration}-{b_lo})+{i_lo}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_complete() {
        table::assert_complete(TABLE, &TABLES);
        for item in Item::ALL {
            assert_eq!(Item::parse(item.key()), Some(item));
            for edition in Edition::ALL {
                let t = breakpoints(item, edition).unwrap();
                assert!(t.points.len() >= 5);
                assert!(t.points.windows(2).all(|w| w[0].0 < w[1].0 && w[0].1 < w[1].1));
            }
        }
    }

    #[test]
    fn exact_at_every_point_of_the_table() {
        for t in TABLES.iter() {
            for (index, concentration) in &t.points {
                let got = iaqi(t.item, concentration, t.edition).unwrap();
                assert_eq!(got.value, Some(*index), "{:?} {concentration}", t.item);
                assert_eq!(got.exact, Some(Exact::int(i64::from(*index))));
            }
        }
    }

    #[test]
    fn binary_floats_would_fail_here() {
        let co = iaqi(Item::CoDay, &"2.2".parse().unwrap(), Edition::Hj2012).unwrap();
        assert_eq!(co.value, Some(55));
    }

    proptest::proptest! {
        #[test]
        fn grows_with_the_concentration(item in 0_usize..12, a in 0_i64..40_000, b in 0_i64..40_000, new in proptest::bool::ANY) {
            let edition = if new { Edition::Hj2026 } else { Edition::Hj2012 };
            let (a, b) = (a.min(b), a.max(b));
            let at = |c| iaqi(Item::ALL[item], &Exact::ratio(c, 10).unwrap(), edition).unwrap();
            let (low, high) = (at(a), at(b));
            if let (Some(low), Some(high)) = (low.value, high.value) {
                proptest::prop_assert!(low <= high);
            }
        }

        #[test]
        fn rounding_the_concentration_is_idempotent(item in 0_usize..12, c in 0_i64..1_000_000) {
            let item = Item::ALL[item];
            let once = item.round(&Exact::ratio(c, 1000).unwrap());
            proptest::prop_assert_eq!(item.round(&once), once);
        }
    }
}
