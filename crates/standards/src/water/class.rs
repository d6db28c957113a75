//! Class of one item and of one section: single-factor evaluation (GB 3838 5.1, 环办〔2011〕22号), grade and colour,
//! main pollutants with their exceed multiples.
//!
//! A value shared by neighbouring classes goes to the better one (从优不从劣); exactly on a limit is within it.

use std::cmp::Reverse;

use super::item::{Body, Item, Limits, round_keeping_small};
use crate::num::Exact;

/// Water quality class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum WaterClass {
    /// Ⅰ类
    I = 1,
    /// Ⅱ类
    II = 2,
    /// Ⅲ类
    III = 3,
    /// Ⅳ类
    IV = 4,
    /// Ⅴ类
    V = 5,
    /// 劣Ⅴ类
    WorseThanV = 6,
}

impl WaterClass {
    /// Best first.
    pub const ALL: [Self; 6] = [Self::I, Self::II, Self::III, Self::IV, Self::V, Self::WorseThanV];

    /// `I` … `V`, `劣V`, as exchanged.
    pub fn key(self) -> &'static str {
        match self {
            Self::I => "I",
            Self::II => "II",
            Self::III => "III",
            Self::IV => "IV",
            Self::V => "V",
            Self::WorseThanV => "劣V",
        }
    }

    /// `Ⅰ类` … `劣Ⅴ类`
    pub fn zh(self) -> &'static str {
        match self {
            Self::I => "Ⅰ类",
            Self::II => "Ⅱ类",
            Self::III => "Ⅲ类",
            Self::IV => "Ⅳ类",
            Self::V => "Ⅴ类",
            Self::WorseThanV => "劣Ⅴ类",
        }
    }

    /// `class I` … `worse than class V`
    pub fn en(self) -> &'static str {
        match self {
            Self::I => "class I",
            Self::II => "class II",
            Self::III => "class III",
            Self::IV => "class IV",
            Self::V => "class V",
            Self::WorseThanV => "worse than class V",
        }
    }

    /// From `I`, `Ⅰ`, `Ⅰ类`, `劣V`, `劣Ⅴ类` … and `1`–`6`.
    pub fn parse(text: &str) -> Option<Self> {
        let bare = text.trim().trim_end_matches('类');
        Self::ALL.into_iter().find(|c| {
            bare == c.key() || bare == c.zh().trim_end_matches('类') || bare.parse() == Ok(c.number())
        })
    }

    /// 1 to 6.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// Grade of a section of this class.
    pub fn grade(self) -> Grade {
        match self {
            Self::I | Self::II => Grade::Excellent,
            Self::III => Grade::Good,
            Self::IV => Grade::Light,
            Self::V => Grade::Moderate,
            Self::WorseThanV => Grade::Heavy,
        }
    }
}

/// 水质状况 of a section, river or basin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Grade {
    /// 优
    Excellent,
    /// 良好
    Good,
    /// 轻度污染
    Light,
    /// 中度污染
    Moderate,
    /// 重度污染
    Heavy,
}

impl Grade {
    /// Best first.
    pub const ALL: [Self; 5] = [
        Self::Excellent,
        Self::Good,
        Self::Light,
        Self::Moderate,
        Self::Heavy,
    ];

    /// 优 … 重度污染
    pub fn zh(self) -> &'static str {
        match self {
            Self::Excellent => "优",
            Self::Good => "良好",
            Self::Light => "轻度污染",
            Self::Moderate => "中度污染",
            Self::Heavy => "重度污染",
        }
    }

    /// excellent … heavily polluted
    pub fn en(self) -> &'static str {
        match self {
            Self::Excellent => "excellent",
            Self::Good => "good",
            Self::Light => "lightly polluted",
            Self::Moderate => "moderately polluted",
            Self::Heavy => "heavily polluted",
        }
    }

    /// 蓝色 … 红色
    pub fn colour(self) -> &'static str {
        match self {
            Self::Excellent => "蓝色",
            Self::Good => "绿色",
            Self::Light => "黄色",
            Self::Moderate => "橙色",
            Self::Heavy => "红色",
        }
    }

    /// From the Chinese name.
    pub fn parse(zh: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|g| g.zh() == zh)
    }
}

/// How values are prepared before they are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Preparation {
    /// As given: the national real-time platform.
    #[default]
    AsGiven,
    /// Rounded to the decimals of evaluation first: official results.
    Official,
}

/// Why an item has no class.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClassError {
    /// Table 1 sets no class limits for it in this body of water.
    #[error("{} 在该水体类型下无类别限值 (no class limits for it in this body of water)", .0.zh())]
    NoLimit(Item),
    /// Negative, or pH outside 0–14.
    #[error("{zh} 的数值不可能: {1} (impossible value)", zh = .0.zh())]
    Impossible(Item, Exact),
}

/// An item with its class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemClass {
    /// Item.
    pub item: Item,
    /// Value compared, after the preparation.
    pub value: Exact,
    /// Its class.
    pub class: WaterClass,
    /// `(C − S_Ⅲ)/S_Ⅲ` when worse than class III, unrounded; `None` otherwise and for pH and DO.
    pub multiple: Option<Exact>,
}

/// Class of one item.
pub fn item_class(item: Item, body: Body, value: &Exact, how: Preparation) -> Result<ItemClass, ClassError> {
    let row = item.row(body).ok_or(ClassError::NoLimit(item))?;
    if !item.possible(value) {
        return Err(ClassError::Impossible(item, value.clone()));
    }
    let value = match (how, row.eval_decimals) {
        (Preparation::Official, Some(decimals)) => round_keeping_small(value, decimals).0,
        _ => value.clone(),
    };
    let first = |within: &dyn Fn(&Exact) -> bool, limits: &[Exact; 5]| {
        WaterClass::ALL
            .into_iter()
            .zip(limits)
            .find(|(_, limit)| within(limit))
            .map_or(WaterClass::WorseThanV, |(class, _)| class)
    };
    let mut multiple = None;
    let class = match &row.limits {
        Limits::Max(limits) => {
            let class = first(&|limit| value <= *limit, limits);
            let [_, _, third, _, _] = limits;
            if class > WaterClass::III {
                multiple = (&value - third).checked_div(third);
            }
            class
        }
        Limits::Min(limits) => first(&|limit| value >= *limit, limits),
        // One range for all classes: inside counts as Ⅰ, outside as 劣Ⅴ, as the published classes show.
        Limits::Range(low, high) if value >= *low && value <= *high => WaterClass::I,
        Limits::Range(..) => WaterClass::WorseThanV,
        Limits::None => return Err(ClassError::NoLimit(item)),
    };
    Ok(ItemClass {
        item,
        value,
        class,
        multiple,
    })
}

/// Class of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionClass {
    /// The worst item class.
    pub class: WaterClass,
    /// Each item that was judged, in order of the table.
    pub items: Vec<ItemClass>,
    /// Items given that take no part (水温, 总氮, 粪大肠菌群 …).
    pub reference: Vec<Item>,
    /// 主要污染指标: at most three, only when worse than class III.
    pub main_pollutants: Vec<ItemClass>,
}

impl SectionClass {
    /// Class of an item.
    pub fn item(&self, item: Item) -> Option<&ItemClass> {
        self.items.iter().find(|i| i.item == item)
    }
}

/// Which items count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ItemSet {
    /// The 21 items of 环办〔2011〕22号.
    #[default]
    Official21,
    /// pH, DO, CODMn, NH3-N and TP, as the national real-time platform.
    Realtime5,
}

impl ItemSet {
    pub(super) fn has(self, item: Item) -> bool {
        match self {
            Self::Official21 => item.any_row().is_some_and(|r| r.evaluated),
            Self::Realtime5 => Item::REALTIME.contains(&item),
        }
    }
}

/// Class of a section from its items; items without a value are simply not in `values`. `None` when no item of the
/// set is there: the class cannot be decided.
pub fn section_class(
    values: &[(Item, Exact)],
    body: Body,
    set: ItemSet,
    how: Preparation,
) -> Result<Option<SectionClass>, ClassError> {
    let mut items = Vec::with_capacity(values.len());
    let mut reference = Vec::new();
    for (item, value) in values {
        if set.has(*item) {
            items.push(item_class(*item, body, value, how)?);
        } else if item.possible(value) {
            reference.push(*item);
        } else {
            return Err(ClassError::Impossible(*item, value.clone()));
        }
    }
    items.sort_by_key(|i| i.item);
    let Some(class) = items.iter().map(|i| i.class).max() else {
        return Ok(None);
    };
    Ok(Some(SectionClass {
        class,
        main_pollutants: main_pollutants(&items),
        items,
        reference,
    }))
}

/// 主要污染指标 of a section (22号 四(二)): items worse than Ⅲ; exceeding cyanide and heavy metals first, then the
/// worse class, then the larger multiple; an item without multiple (pH, DO) follows those of its class that have one.
pub fn main_pollutants(items: &[ItemClass]) -> Vec<ItemClass> {
    let mut worse: Vec<&ItemClass> = items.iter().filter(|i| i.class > WaterClass::III).collect();
    worse.sort_by_key(|i| {
        let priority = i.item.any_row().is_some_and(|r| r.priority);
        (Reverse((priority, i.class, i.multiple.clone())), i.item)
    });
    worse.into_iter().take(3).cloned().collect()
}

/// The indices of the items a section fails against a target class: worse than the target.
pub fn fails_target(section: &SectionClass, target: WaterClass) -> Vec<Item> {
    section
        .items
        .iter()
        .filter(|i| i.class > target)
        .map(|i| i.item)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn x(text: &str) -> Exact {
        text.parse().unwrap()
    }

    fn class_of(item: Item, body: Body, value: &str) -> WaterClass {
        item_class(item, body, &x(value), Preparation::AsGiven)
            .unwrap()
            .class
    }

    #[test]
    fn shared_limits_go_to_the_better_class() {
        assert_eq!(class_of(Item::Cod, Body::River, "15"), WaterClass::I);
        assert_eq!(class_of(Item::Cu, Body::River, "1.0001"), WaterClass::WorseThanV);
        assert_eq!(class_of(Item::Tp, Body::Lake, "0.05"), WaterClass::III);
        assert_eq!(class_of(Item::Tp, Body::River, "0.05"), WaterClass::II);
        assert_eq!(class_of(Item::Do, Body::River, "1.99"), WaterClass::WorseThanV);
    }

    #[test]
    fn official_rounding_comes_before_the_limit() {
        let official = item_class(Item::Nh3n, Body::River, &x("1.004"), Preparation::Official).unwrap();
        assert_eq!(official.class, WaterClass::III);
        assert_eq!(class_of(Item::Nh3n, Body::River, "1.004"), WaterClass::IV);
    }

    #[test]
    fn impossible_and_unlimited_are_errors() {
        let ask = |item, v| item_class(item, Body::River, &x(v), Preparation::AsGiven);
        assert!(matches!(ask(Item::Ph, "15"), Err(ClassError::Impossible(..))));
        assert!(matches!(ask(Item::Tn, "1"), Err(ClassError::NoLimit(_))));
        assert!(matches!(ask(Item::Cod, "-1"), Err(ClassError::Impossible(..))));
    }

    #[test]
    fn lead_goes_first_although_its_class_is_better() {
        let values = [(Item::Cod, x("90")), (Item::Pb, x("0.06")), (Item::Do, x("1"))];
        let section = section_class(&values, Body::River, ItemSet::Official21, Preparation::AsGiven)
            .unwrap()
            .unwrap();
        let names: Vec<Item> = section.main_pollutants.iter().map(|i| i.item).collect();
        assert_eq!(names, [Item::Pb, Item::Cod, Item::Do]);
        assert_eq!(section.main_pollutants[1].multiple, Some(x("3.5")));
    }

    #[test]
    fn no_item_no_class() {
        let only_reference = [(Item::Tn, x("3")), (Item::Temp, x("-1"))];
        let section = section_class(
            &only_reference,
            Body::Lake,
            ItemSet::Official21,
            Preparation::AsGiven,
        );
        assert_eq!(section.unwrap(), None);
    }

    proptest::proptest! {
        #[test]
        fn class_never_improves_when_a_pollutant_rises(item in 0_usize..26, lake in proptest::bool::ANY, a in 0_i64..5_000_000, b in 0_i64..5_000_000) {
            let (body, item) = (if lake { Body::Lake } else { Body::River }, Item::ALL[item]);
            let at = |v| item_class(item, body, &Exact::ratio(v, 100_000).unwrap(), Preparation::Official);
            if let (Ok(low), Ok(high)) = (at(a.min(b)), at(a.max(b))) {
                match item {
                    Item::Do => proptest::prop_assert!(low.class >= high.class),
                    Item::Ph => {}
                    _ => proptest::prop_assert!(low.class <= high.class),
                }
            }
        }
    }
}
