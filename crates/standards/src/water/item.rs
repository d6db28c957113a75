//! The items of GB 3838-2002 table 1 with their limits, and the decimals of evaluation.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::judgement::{Basis, Confidence};
use crate::num::Exact;
use crate::table;

/// An item of surface water.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Item {
    /// 水温 °C
    Temp,
    /// pH
    Ph,
    /// 溶解氧
    Do,
    /// 高锰酸盐指数
    Codmn,
    /// 化学需氧量
    Cod,
    /// 五日生化需氧量
    Bod5,
    /// 氨氮
    Nh3n,
    /// 总磷
    Tp,
    /// 总氮
    Tn,
    /// 铜
    Cu,
    /// 锌
    Zn,
    /// 氟化物
    F,
    /// 硒
    Se,
    /// 砷
    As,
    /// 汞
    Hg,
    /// 镉
    Cd,
    /// 六价铬
    Cr6,
    /// 铅
    Pb,
    /// 氰化物
    Cn,
    /// 挥发酚
    Vp,
    /// 石油类
    Oil,
    /// 阴离子表面活性剂
    Las,
    /// 硫化物
    S,
    /// 粪大肠菌群, 个/L
    Fc,
    /// 电导率, no limit
    Ec,
    /// 浊度, no limit
    Turbidity,
}

/// Whose total-phosphorus and total-nitrogen limits apply: a property of the section's record, not of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Body {
    /// 河流
    River,
    /// 湖、库
    Lake,
}

impl Body {
    /// `river`, `lake`.
    pub fn key(self) -> &'static str {
        match self {
            Self::River => "river",
            Self::Lake => "lake",
        }
    }

    /// From its key.
    pub fn parse(key: &str) -> Option<Self> {
        [Self::River, Self::Lake].into_iter().find(|b| b.key() == key)
    }
}

/// How an item is limited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Limits {
    /// At most, by class I–V.
    Max([Exact; 5]),
    /// At least, by class I–V (dissolved oxygen).
    Min([Exact; 5]),
    /// Within both ends, the same for every class (pH).
    Range(Exact, Exact),
    /// None.
    None,
}

/// One row of table 1.
#[derive(Clone, Debug)]
pub struct ItemRow {
    /// Item.
    pub item: Item,
    /// Key: `codmn`, `nh3n` …
    pub key: String,
    /// Chinese name.
    pub name: String,
    /// English name.
    pub name_en: String,
    /// Unit.
    pub unit: String,
    /// Body the limits are for; `None` for both.
    pub body: Option<Body>,
    /// Limits.
    pub limits: Limits,
    /// One of the 21 items of the evaluation (without 水温, 总氮, 粪大肠菌群).
    pub evaluated: bool,
    /// Cyanide and heavy metals: first among the main pollutants.
    pub priority: bool,
    /// Decimals for evaluation.
    pub eval_decimals: Option<i32>,
    /// Decimals of hourly auto-station values.
    pub hourly_decimals: Option<i32>,
    /// How sure the figures are.
    pub confidence: Confidence,
}

#[derive(Deserialize)]
struct Row {
    key: String,
    name: String,
    name_en: String,
    unit: String,
    kind: String,
    body: String,
    #[serde(deserialize_with = "table::opt_exact")]
    c1: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    c2: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    c3: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    c4: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    c5: Option<Exact>,
    evaluated: String,
    priority: String,
    eval_decimals: Option<i32>,
    hourly_decimals: Option<i32>,
    #[serde(deserialize_with = "table::confidence")]
    confidence: Confidence,
}

impl Row {
    fn into_item(self) -> Option<ItemRow> {
        let item = Item::ALL.into_iter().find(|i| i.key() == self.key)?;
        let classes = || {
            Some([
                self.c1.clone()?,
                self.c2.clone()?,
                self.c3.clone()?,
                self.c4.clone()?,
                self.c5.clone()?,
            ])
        };
        let limits = match self.kind.as_str() {
            "max" => Limits::Max(classes()?),
            "min" => Limits::Min(classes()?),
            "range" => Limits::Range(self.c1.clone()?, self.c2.clone()?),
            "none" => Limits::None,
            _ => return None,
        };
        Some(ItemRow {
            item,
            key: self.key,
            name: self.name,
            name_en: self.name_en,
            unit: self.unit,
            body: Body::parse(&self.body),
            limits,
            evaluated: self.evaluated == "yes",
            priority: self.priority == "yes",
            eval_decimals: self.eval_decimals,
            hourly_decimals: self.hourly_decimals,
            confidence: self.confidence,
        })
    }
}

const TABLE: &str = include_str!("../../data/water_table1.csv");
static ROWS: LazyLock<Vec<ItemRow>> = LazyLock::new(|| {
    table::rows::<Row>(TABLE)
        .into_iter()
        .filter_map(Row::into_item)
        .collect()
});

/// The rows of table 1.
pub fn rows() -> &'static [ItemRow] {
    &ROWS
}

impl Item {
    /// All, in order of the table.
    pub const ALL: [Self; 26] = [
        Self::Temp,
        Self::Ph,
        Self::Do,
        Self::Codmn,
        Self::Cod,
        Self::Bod5,
        Self::Nh3n,
        Self::Tp,
        Self::Tn,
        Self::Cu,
        Self::Zn,
        Self::F,
        Self::Se,
        Self::As,
        Self::Hg,
        Self::Cd,
        Self::Cr6,
        Self::Pb,
        Self::Cn,
        Self::Vp,
        Self::Oil,
        Self::Las,
        Self::S,
        Self::Fc,
        Self::Ec,
        Self::Turbidity,
    ];

    /// The five items of the national real-time platform's class.
    pub const REALTIME: [Self; 5] = [Self::Ph, Self::Do, Self::Codmn, Self::Nh3n, Self::Tp];

    /// `codmn`, `nh3n` …
    pub fn key(self) -> &'static str {
        match self {
            Self::Temp => "temp",
            Self::Ph => "ph",
            Self::Do => "do",
            Self::Codmn => "codmn",
            Self::Cod => "cod",
            Self::Bod5 => "bod5",
            Self::Nh3n => "nh3n",
            Self::Tp => "tp",
            Self::Tn => "tn",
            Self::Cu => "cu",
            Self::Zn => "zn",
            Self::F => "f",
            Self::Se => "se",
            Self::As => "as",
            Self::Hg => "hg",
            Self::Cd => "cd",
            Self::Cr6 => "cr6",
            Self::Pb => "pb",
            Self::Cn => "cn",
            Self::Vp => "vp",
            Self::Oil => "oil",
            Self::Las => "las",
            Self::S => "s",
            Self::Fc => "fc",
            Self::Ec => "ec",
            Self::Turbidity => "turbidity",
        }
    }

    /// From its key.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|i| i.key() == key)
    }

    /// The row for a body of water; `None` where the table has no limit there (total nitrogen in rivers).
    pub fn row(self, body: Body) -> Option<&'static ItemRow> {
        ROWS.iter()
            .find(|r| r.item == self && r.body.is_none_or(|b| b == body))
    }

    /// Any row of the item: name, unit and decimals do not depend on the body.
    pub fn any_row(self) -> Option<&'static ItemRow> {
        ROWS.iter().find(|r| r.item == self)
    }

    /// Chinese name.
    pub fn zh(self) -> &'static str {
        self.any_row().map_or(self.key(), |r| r.name.as_str())
    }

    /// English name.
    pub fn en(self) -> &'static str {
        self.any_row().map_or(self.key(), |r| r.name_en.as_str())
    }

    /// Unit.
    pub fn unit(self) -> &'static str {
        self.any_row().map_or("", |r| r.unit.as_str())
    }

    /// Whether values may be compared with a class: pH within 0–14, everything else not negative (water
    /// temperature may be).
    pub fn possible(self, value: &Exact) -> bool {
        match self {
            Self::Temp => true,
            Self::Ph => !value.is_negative() && *value <= Exact::int(14),
            _ => !value.is_negative(),
        }
    }
}

/// Rounds for evaluation: GB/T 8170 to `decimals`; a value that would become 0 keeps one significant digit.
/// Returns the value and the decimals it shows.
pub fn round_keeping_small(value: &Exact, decimals: i32) -> (Exact, u32) {
    let rounded = value.round_gb8170(decimals);
    if rounded.is_zero() && !value.is_zero() {
        let kept = value.round_significant(1);
        let shown = kept.decimals().unwrap_or(0);
        return (kept, shown);
    }
    (rounded, u32::try_from(decimals).unwrap_or(0))
}

/// The clause of table 1.
pub fn table1() -> Basis {
    Basis::new("GB 3838", "2002", "表1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_complete() {
        table::assert_complete(TABLE, &ROWS);
        for item in Item::ALL {
            assert!(item.any_row().is_some(), "{item:?}");
            assert_eq!(Item::parse(item.key()), Some(item));
        }
        assert_eq!(
            Item::ALL
                .iter()
                .filter(|i| i.any_row().unwrap().evaluated)
                .count(),
            21
        );
        assert!(Item::Tn.row(Body::River).is_none());
    }

    #[test]
    fn limits_never_tighten_from_class_to_class() {
        for row in rows() {
            match &row.limits {
                Limits::Max(l) => assert!(l.windows(2).all(|w| w[0] <= w[1]), "{}", row.key),
                Limits::Min(l) => assert!(l.windows(2).all(|w| w[0] >= w[1]), "{}", row.key),
                Limits::Range(a, b) => assert!(a < b),
                Limits::None => {}
            }
        }
    }

    #[test]
    fn small_values_keep_a_digit() {
        let shown = |v: &str, d| {
            let (value, places) = round_keeping_small(&v.parse().unwrap(), d);
            value.to_fixed(places)
        };
        assert_eq!(shown("0.0049", 2), "0.005");
        assert_eq!(shown("0", 2), "0.00");
        assert_eq!(shown("0.005005", 5), "0.00500");
    }

    proptest::proptest! {
        #[test]
        fn rounding_is_idempotent(n in 0_i64..1_000_000, scale in 1_i64..100_000, decimals in 0_i32..6) {
            let value = Exact::ratio(n, scale).unwrap();
            let once = round_keeping_small(&value, decimals).0;
            proptest::prop_assert_eq!(round_keeping_small(&once, decimals).0, once);
        }
    }
}
