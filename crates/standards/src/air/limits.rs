//! The limits of GB 3095 by limit set, pollutant, averaging time and zone class, and the excess multiple.

use std::sync::LazyLock;

use serde::Deserialize;

use super::edition::LimitSet;
use crate::judgement::Confidence;
use crate::num::Exact;
use crate::table;

/// What GB 3095 limits. The first six are the basic items (基本项目).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pollutant {
    /// 二氧化硫
    So2,
    /// 二氧化氮
    No2,
    /// 可吸入颗粒物 PM10
    Pm10,
    /// 细颗粒物 PM2.5
    Pm25,
    /// 一氧化碳, mg/m³
    Co,
    /// 臭氧
    O3,
    /// 总悬浮颗粒物
    Tsp,
    /// 氮氧化物 (as NO2)
    Nox,
    /// 铅
    Pb,
    /// 苯并[a]芘
    Bap,
    /// 镉
    Cd,
    /// 汞
    Hg,
    /// 砷
    As,
    /// 六价铬
    Cr6,
    /// 氟化物
    F,
}

impl Pollutant {
    /// The six basic items, in the order of reports.
    pub const SIX: [Self; 6] = [Self::So2, Self::No2, Self::Pm10, Self::Pm25, Self::Co, Self::O3];

    /// `so2`, `pm25` …
    pub fn key(self) -> &'static str {
        match self {
            Self::So2 => "so2",
            Self::No2 => "no2",
            Self::Pm10 => "pm10",
            Self::Pm25 => "pm25",
            Self::Co => "co",
            Self::O3 => "o3",
            Self::Tsp => "tsp",
            Self::Nox => "nox",
            Self::Pb => "pb",
            Self::Bap => "bap",
            Self::Cd => "cd",
            Self::Hg => "hg",
            Self::As => "as",
            Self::Cr6 => "cr6",
            Self::F => "f",
        }
    }

    /// One of the six from its key.
    pub fn parse_six(key: &str) -> Option<Self> {
        Self::SIX.into_iter().find(|p| p.key() == key)
    }

    /// Decimals of concentrations and statistics of the six: CO 1, others 0 (HJ 633-2026 4.2.2; HJ 663).
    pub fn decimals(self) -> u32 {
        u32::from(self == Self::Co)
    }

    /// mg/m³ for CO, µg/m³ otherwise.
    pub fn unit(self) -> &'static str {
        if self == Self::Co { "mg/m³" } else { "µg/m³" }
    }

    /// GB/T 8170 to [`Self::decimals`].
    pub fn round(self, value: &Exact) -> Exact {
        value.round_gb8170(i32::from(self == Self::Co))
    }

    /// The percentile of the yearly evaluation: SO2, NO2 98; PM 95; CO 95; O3 90 (HJ 663 表1).
    pub fn annual_percent(self) -> Option<i64> {
        match self {
            Self::So2 | Self::No2 => Some(98),
            Self::Pm10 | Self::Pm25 | Self::Co => Some(95),
            Self::O3 => Some(90),
            _ => None,
        }
    }

    /// Averaging of the daily evaluation: day, or daily maximum 8 h for O3.
    pub fn daily_averaging(self) -> Averaging {
        if self == Self::O3 {
            Averaging::Mda8
        } else {
            Averaging::Day
        }
    }
}

/// Averaging time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Averaging {
    /// 年平均
    Year,
    /// 季平均
    Season,
    /// 月平均
    Month,
    /// 植物生长季平均
    GrowingSeason,
    /// 24小时平均
    Day,
    /// 日最大8小时平均
    Mda8,
    /// 1小时平均
    Hour,
}

/// 环境空气功能区 class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Zone {
    /// 一类区
    Class1,
    /// 二类区
    Class2,
}

/// One row of the limit table.
#[derive(Clone, Debug, Deserialize)]
pub struct LimitRow {
    set: String,
    /// Pollutant.
    pub pollutant: Pollutant,
    /// Averaging time.
    pub averaging: Averaging,
    #[serde(deserialize_with = "table::exact")]
    class1: Exact,
    #[serde(deserialize_with = "table::exact")]
    class2: Exact,
    /// Unit of the limits.
    pub unit: String,
    /// Clause or table.
    pub clause: String,
    /// How sure the figures are.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

impl LimitRow {
    /// Limit in a zone.
    pub fn limit(&self, zone: Zone) -> &Exact {
        match zone {
            Zone::Class1 => &self.class1,
            Zone::Class2 => &self.class2,
        }
    }
}

const TABLE: &str = include_str!("../../data/air_limits.csv");
static ROWS: LazyLock<Vec<LimitRow>> = LazyLock::new(|| table::rows(TABLE));

/// The row of a pollutant and averaging time; `None` where GB 3095 sets no such limit.
pub fn find(set: LimitSet, pollutant: Pollutant, averaging: Averaging) -> Option<&'static LimitRow> {
    ROWS.iter()
        .find(|r| r.set == set.column() && r.pollutant == pollutant && r.averaging == averaging)
}

/// All rows of a set.
pub fn rows(set: LimitSet) -> impl Iterator<Item = &'static LimitRow> {
    ROWS.iter().filter(move |r| r.set == set.column())
}

/// 超标倍数 `(C − S)/S` where C > S, else zero; unrounded. `None` for a limit of zero.
pub fn excess_multiple(value: &Exact, limit: &Exact) -> Option<Exact> {
    let multiple = (value - limit).checked_div(limit)?;
    Some(if multiple.is_negative() {
        Exact::zero()
    } else {
        multiple
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_complete() {
        table::assert_complete(TABLE, &ROWS);
        for set in LimitSet::ALL {
            assert_eq!(rows(set).count(), 31, "{set:?}");
            for p in Pollutant::SIX {
                assert!(find(set, p, p.daily_averaging()).is_some(), "{set:?} {p:?}");
            }
        }
    }

    #[test]
    fn the_final_set_is_never_laxer() {
        for row in rows(LimitSet::Gb2012) {
            let later = find(LimitSet::Final2026, row.pollutant, row.averaging).unwrap();
            assert!(later.limit(Zone::Class2) <= row.limit(Zone::Class2));
            assert!(row.limit(Zone::Class1) <= row.limit(Zone::Class2));
        }
    }
}
