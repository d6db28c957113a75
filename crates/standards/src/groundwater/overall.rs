//! Class of a point from its items (GB/T 14848-2017 6.3), exceed multiples against Ⅲ, standard index (HJ 610-2016),
//! and the shares of classes over many points.

use super::item::{GroundwaterClass, Item, ItemClass, Kind, Reading};
use crate::checks::{self, Impossible};
use crate::num::Exact;

/// One item of a point with its class.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Item.
    pub item: &'static Item,
    /// What was reported.
    pub reading: Reading,
    /// Its class.
    pub class: ItemClass,
    /// `(C − Cs)/Cs` against the limit of class Ⅲ where it is exceeded; none for pH and 无/有.
    pub multiple: Option<Exact>,
}

/// Class of a point.
#[derive(Clone, Debug)]
pub struct Overall {
    /// Worst class; `None` where nothing could be classed, or where radioactivity is above Ⅲ and no item is Ⅴ.
    pub class: Option<GroundwaterClass>,
    /// Radioactivity is above class Ⅲ: the point is Ⅳ or Ⅴ, nuclides are to be analysed.
    pub above_iii: bool,
    /// All items given, in order of the table.
    pub items: Vec<Judged>,
}

impl Overall {
    /// The items of the worst class.
    pub fn worst(&self) -> impl Iterator<Item = &Judged> {
        let radio = self.class.is_none() && self.above_iii;
        self.items.iter().filter(move |j| match j.class {
            ItemClass::Is(class) => Some(class) == self.class,
            ItemClass::AboveIII => radio,
            _ => false,
        })
    }
}

/// `(C − Cs)/Cs` against the limit of a class; `None` where it is not exceeded or there is no numeric limit.
pub fn exceed_multiple(item: &Item, reading: &Reading, class: GroundwaterClass) -> Option<Exact> {
    let (Reading::Value(value), Some(limit)) = (reading, item.upper(class)) else {
        return None;
    };
    if value <= limit {
        return None;
    }
    (value - limit).checked_div(limit)
}

/// Class of a point: the worst of its items (6.3). Items that are missing or only «no worse than» take no part.
pub fn overall(readings: &[(&'static Item, Reading)]) -> Result<Overall, Impossible> {
    let mut items = Vec::with_capacity(readings.len());
    for (item, reading) in readings {
        items.push(Judged {
            item,
            reading: reading.clone(),
            class: item.class(reading)?,
            multiple: exceed_multiple(item, reading, GroundwaterClass::III),
        });
    }
    items.sort_by_key(|j| j.item.no);
    let worst = items.iter().filter_map(|j| j.class.class()).max();
    let above_iii = items.iter().any(|j| j.class == ItemClass::AboveIII);
    let class = worst.filter(|c| !above_iii || *c == GroundwaterClass::V);
    Ok(Overall {
        class,
        above_iii,
        items,
    })
}

/// Standard index of an item (HJ 610-2016 8.4.1.2) against the limit of a class: `C/Cs`, for pH the distance from 7
/// over that of the band's end. `None` where the class has no numeric limit, or one of zero.
pub fn standard_index(
    item: &Item,
    value: &Exact,
    class: GroundwaterClass,
) -> Result<Option<Exact>, Impossible> {
    if item.kind == Kind::Ph {
        checks::between("value", value, 0, 14)?;
        let seven = Exact::int(7);
        return Ok(item.band(class).and_then(|(low, high)| {
            if *value <= seven {
                (&seven - value).checked_div(&(&seven - low))
            } else {
                (value - &seven).checked_div(&(high - &seven))
            }
        }));
    }
    checks::not_negative("value", value)?;
    Ok(item.upper(class).and_then(|limit| value.checked_div(limit)))
}

/// Shares of classes over points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shares {
    /// Points with a class.
    pub n: usize,
    /// Points of class Ⅴ.
    pub v: usize,
    /// Ⅴ类比例, %; `None` without a point.
    pub v_percent: Option<Exact>,
    /// Ⅰ–Ⅳ类比例, %.
    pub i_iv_percent: Option<Exact>,
}

/// Shares of class Ⅴ and of Ⅰ–Ⅳ; points without a class are not counted.
pub fn shares(points: &[Option<GroundwaterClass>]) -> Shares {
    let n = points.iter().flatten().count();
    let v = points
        .iter()
        .flatten()
        .filter(|c| **c == GroundwaterClass::V)
        .count();
    let v_percent = checks::percent(&checks::count(v), &checks::count(n));
    let i_iv_percent = v_percent.as_ref().map(|p| &Exact::int(100) - p);
    Shares {
        n,
        v,
        v_percent,
        i_iv_percent,
    }
}

/// What a monitoring point is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointType {
    /// 区域点位
    Region,
    /// 污染风险监控点位
    Risk,
    /// 饮用水水源点位
    Source,
}

/// Whether a point keeps its aim: a drinking-water source point Ⅲ, or no worse than its base class; every other
/// point no worse than Ⅳ (the aim is put as a share of class Ⅴ).
pub fn keeps_aim(kind: PointType, class: GroundwaterClass, base: Option<GroundwaterClass>) -> bool {
    match kind {
        PointType::Source => class <= base.unwrap_or(GroundwaterClass::III).max(GroundwaterClass::III),
        PointType::Region | PointType::Risk => class < GroundwaterClass::V,
    }
}
