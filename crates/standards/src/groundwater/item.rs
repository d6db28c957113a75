//! The 93 items of GB/T 14848-2017, and the class of one reading (6.2: 从优不从劣).
//!
//! A value shared by neighbouring classes goes to the better one; exactly on a limit is within it.

use std::fmt;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::checks::Impossible;
use crate::judgement::{Basis, Confidence};
use crate::num::Exact;
use crate::table;

/// Groundwater quality class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GroundwaterClass {
    /// Ⅰ类
    I,
    /// Ⅱ类
    II,
    /// Ⅲ类
    III,
    /// Ⅳ类
    IV,
    /// Ⅴ类
    V,
}

impl GroundwaterClass {
    /// Best first.
    pub const ALL: [Self; 5] = [Self::I, Self::II, Self::III, Self::IV, Self::V];

    /// `I` … `V`
    pub fn key(self) -> &'static str {
        match self {
            Self::I => "I",
            Self::II => "II",
            Self::III => "III",
            Self::IV => "IV",
            Self::V => "V",
        }
    }

    /// `Ⅰ类` … `Ⅴ类`
    pub fn zh(self) -> &'static str {
        match self {
            Self::I => "Ⅰ类",
            Self::II => "Ⅱ类",
            Self::III => "Ⅲ类",
            Self::IV => "Ⅳ类",
            Self::V => "Ⅴ类",
        }
    }

    /// From `I`, `Ⅰ` or `Ⅰ类`.
    pub fn parse(text: &str) -> Option<Self> {
        let bare = text.trim().trim_end_matches('类');
        Self::ALL
            .into_iter()
            .find(|c| bare == c.key() || bare == c.zh().trim_end_matches('类'))
    }

    /// Clause 4: for what this water is fit.
    pub fn use_zh(self) -> &'static str {
        match self {
            Self::I | Self::II => "适用于各种用途",
            Self::III => "主要适用于集中式生活饮用水水源及工农业用水",
            Self::IV => "适用于农业和部分工业用水,适当处理后可作生活饮用水",
            Self::V => "不宜作为生活饮用水水源,其他用水可根据使用目的选用",
        }
    }
}

/// How an item is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// At most.
    Le,
    /// pH: one band for Ⅰ–Ⅲ, a wider one for Ⅳ.
    Ph,
    /// 无 or 有 (odour, visible matter).
    Presence,
    /// Radioactivity: above Ⅲ the classes Ⅳ and Ⅴ cannot be told apart.
    Radio,
}

/// One row of table 1 or 2.
#[derive(Clone, Debug, Deserialize)]
pub struct Item {
    /// Number in table 1, or 100 + number in table 2.
    pub no: u16,
    /// Key: `nh3n`, `hardness` …; the Chinese name in table 2.
    pub key: String,
    /// Chinese name.
    pub name: String,
    /// English name.
    pub name_en: String,
    /// Unit of value and limits.
    pub unit: String,
    /// How it is limited.
    pub kind: Kind,
    #[serde(deserialize_with = "table::opt_exact")]
    c1: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    c2: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    c3: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    c4: Option<Exact>,
    nd_best: String,
    /// Group of the table: 感官性状及一般化学, 微生物, 毒理学, 放射性.
    pub group: String,
    background: String,
    /// How sure the limits are.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

const TABLE: &str = include_str!("../../data/groundwater.csv");
static ITEMS: LazyLock<Vec<Item>> = LazyLock::new(|| table::rows(TABLE));

/// All items, table 1 first.
pub fn items() -> &'static [Item] {
    &ITEMS
}

impl Item {
    /// By key, Chinese or English name.
    pub fn find(name: &str) -> Option<&'static Self> {
        let name = name.trim();
        ITEMS
            .iter()
            .find(|i| i.key == name || i.name == name || i.name_en == name)
    }

    /// Table the item stands in.
    pub fn basis(&self) -> Basis {
        let clause = if self.no > 100 { "表2" } else { "表1" };
        Basis::new("GB/T 14848", "2017", format!("{clause} {}", self.no % 100))
    }

    /// Often high by nature in plains: reports show results with and without it.
    pub fn natural_background(&self) -> bool {
        self.background == "yes"
    }

    /// Upper limit of a class; `None` for Ⅴ and for items without one there.
    pub fn upper(&self, class: GroundwaterClass) -> Option<&Exact> {
        if !matches!(self.kind, Kind::Le | Kind::Radio) {
            return None;
        }
        match class {
            GroundwaterClass::I => self.c1.as_ref(),
            GroundwaterClass::II => self.c2.as_ref(),
            GroundwaterClass::III => self.c3.as_ref(),
            GroundwaterClass::IV => self.c4.as_ref(),
            GroundwaterClass::V => None,
        }
    }

    /// Band of pH that a class asks for; `None` for every other item.
    pub fn band(&self, class: GroundwaterClass) -> Option<(&Exact, &Exact)> {
        if self.kind != Kind::Ph {
            return None;
        }
        match class {
            GroundwaterClass::IV => self.c3.as_ref().zip(self.c4.as_ref()),
            GroundwaterClass::V => None,
            _ => self.c1.as_ref().zip(self.c2.as_ref()),
        }
    }

    fn possible(&self, value: &Exact) -> Result<(), Impossible> {
        if self.kind == Kind::Ph {
            return crate::checks::between("value", value, 0, 14);
        }
        crate::checks::not_negative("value", value)
    }

    /// The best class that holds a measured value.
    fn class_of_value(&self, value: &Exact) -> ItemClass {
        let within = |class: &GroundwaterClass| match self.band(*class) {
            Some((low, high)) => value >= low && value <= high,
            None => self.upper(*class).is_some_and(|limit| value <= limit),
        };
        let class = GroundwaterClass::ALL.into_iter().find(|c| within(c));
        match (class, self.kind) {
            (Some(class), _) => ItemClass::Is(class),
            (None, Kind::Radio) => ItemClass::AboveIII,
            (None, _) => ItemClass::Is(GroundwaterClass::V),
        }
    }

    /// Class of a reading.
    ///
    /// Fails for values that cannot be (negative, pH beyond 0–14) and for a number where 无/有 is asked or the
    /// other way round.
    pub fn class(&self, reading: &Reading) -> Result<ItemClass, Impossible> {
        match (reading, self.kind) {
            (Reading::Missing, _) => Ok(ItemClass::Unknown),
            (Reading::Present(present), Kind::Presence) => Ok(ItemClass::Is(if *present {
                GroundwaterClass::V
            } else {
                GroundwaterClass::I
            })),
            (Reading::Present(_), _) | (_, Kind::Presence) | (Reading::Below(_), Kind::Ph) => {
                Err(Impossible::NoFigure("value"))
            }
            (Reading::Value(value), _) => {
                self.possible(value)?;
                Ok(self.class_of_value(value))
            }
            (Reading::Below(_), _) if self.nd_best == "yes" => Ok(ItemClass::Is(GroundwaterClass::I)),
            (Reading::Below(None), _) => Ok(ItemClass::Unknown),
            (Reading::Below(Some(detection)), _) => {
                self.possible(detection)?;
                Ok(match self.class_of_value(detection) {
                    ItemClass::Is(GroundwaterClass::I) => ItemClass::Is(GroundwaterClass::I),
                    ItemClass::Is(class) if class < GroundwaterClass::V => ItemClass::NoWorseThan(class),
                    _ => ItemClass::Unknown,
                })
            }
        }
    }
}

/// What was reported for an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Measured.
    Value(Exact),
    /// 未检出, with the detection limit where it is known.
    Below(Option<Exact>),
    /// 有 (true) or 无.
    Present(bool),
    /// Not reported.
    Missing,
}

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => value.fmt(f),
            Self::Below(Some(limit)) => write!(f, "<{limit}"),
            Self::Below(None) => f.write_str("ND"),
            Self::Present(true) => f.write_str("有"),
            Self::Present(false) => f.write_str("无"),
            Self::Missing => f.write_str("缺测"),
        }
    }
}

/// Class of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemClass {
    /// This class.
    Is(GroundwaterClass),
    /// Not detected, but the detection limit is above the limit of class Ⅰ: no worse than this class.
    NoWorseThan(GroundwaterClass),
    /// Radioactivity above the limit of class Ⅲ: Ⅳ or Ⅴ, which the table does not tell apart.
    AboveIII,
    /// Missing, or not detected with an unknown or too coarse detection limit.
    Unknown,
}

impl ItemClass {
    /// The class, where it is known.
    pub fn class(self) -> Option<GroundwaterClass> {
        match self {
            Self::Is(class) => Some(class),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_complete_and_never_tightens() {
        table::assert_complete(TABLE, &ITEMS);
        assert_eq!(ITEMS.iter().filter(|i| i.no <= 100).count(), 39);
        assert_eq!(ITEMS.iter().filter(|i| i.no > 100).count(), 54);
        for item in items() {
            let limits: Vec<_> = GroundwaterClass::ALL
                .iter()
                .filter_map(|c| item.upper(*c))
                .collect();
            assert!(limits.windows(2).all(|w| w[0] <= w[1]), "{}", item.key);
            let expected = match item.kind {
                Kind::Le => 4,
                Kind::Radio => 3,
                Kind::Ph | Kind::Presence => 0,
            };
            assert_eq!(limits.len(), expected, "{}", item.key);
        }
    }

    proptest::proptest! {
        #[test]
        fn more_of_it_is_never_better(row in 0_usize..93, a in 0_i64..2_000_000, b in 0_i64..2_000_000) {
            let item = &items()[row];
            proptest::prop_assume!(matches!(item.kind, Kind::Le));
            let value = |n: i64| Reading::Value(Exact::ratio(n, 1000).unwrap());
            let (low, high) = (a.min(b), a.max(b));
            let low = item.class(&value(low)).unwrap().class();
            let high = item.class(&value(high)).unwrap().class();
            proptest::prop_assert!(low <= high);
        }
    }
}
