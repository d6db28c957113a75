//! Whether a layer's positions are really in another system than it says: latitude before longitude, GCJ-02 or BD-09,
//! another part of the world. Only said, never done: a person decides how to read the file.

use super::{Layer, Note};
use crate::coord::{Crs, LonLat};
use crate::fit;
use crate::limits;
use crate::measure::Bounds;
use crate::shape::Polygons;

/// What looks wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Suspicion {
    /// Which.
    pub kind: SuspicionKind,
    /// In words, with what to do.
    pub said: Note,
}

/// Kinds of suspicion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuspicionKind {
    /// 经纬度颠倒.
    Swapped,
    /// 火星坐标 or 百度坐标.
    Offset(Crs),
    /// Nothing of it lies in or near the district.
    Elsewhere,
}

/// Positions looked at: enough to tell, few enough to convert in a moment.
const LOOKED_AT: usize = 5_000;
/// A layer may reach this far beyond the district, metres.
const NEAR_M: f64 = 30_000.0;

/// Looks at a layer's positions, against the district's area and known places (imported position, true position).
pub fn examine(layer: &Layer, area: Option<&Polygons>, known: &[(LonLat, LonLat)]) -> Vec<Suspicion> {
    let count = layer.positions().take(limits::POSITIONS).count();
    let step = (count / LOOKED_AT).max(1);
    let points: Vec<LonLat> = layer.positions().step_by(step).take(LOOKED_AT).collect();
    let around = area.and_then(Polygons::bounds).map(|b| b.grown(NEAR_M));
    let share = |of: &dyn Fn(LonLat) -> LonLat, b: &Bounds| {
        points.iter().filter(|p| b.contains(of(**p))).count() as f64 / points.len().max(1) as f64
    };
    let turned = |p: LonLat| LonLat::new(p.lat, p.lon);
    let impossible = points.iter().any(|p| !p.is_valid());
    let by_area = around.is_some_and(|b| share(&|p| p, &b) < 0.5 && share(&turned, &b) > 0.9);
    if by_area || impossible && points.iter().all(|p| turned(*p).is_valid()) {
        return vec![Suspicion {
            kind: SuspicionKind::Swapped,
            said: Note::new(
                "纬度写在经度之前：请选择“经纬度对调”后导入",
                "latitude stands before longitude: import with the two exchanged",
            ),
        }];
    }
    if around.is_some_and(|b| share(&|p| p, &b) <= 0.0) {
        return vec![Suspicion {
            kind: SuspicionKind::Elsewhere,
            said: Note::new(
                "没有一个点在本区附近：请核对坐标系与中央子午线",
                "not one position lies near the district: check the coordinate system and central meridian",
            ),
        }];
    }
    let by_places = fit::anchors(known).likely;
    let by_border = area.and_then(|a| fit::within(&points, a).likely);
    let likely = by_places.or(by_border).filter(|c| *c != Crs::Cgcs2000);
    likely
        .map(|crs| {
            let (zh, en) = match crs {
                Crs::Bd09 => ("百度坐标（BD-09）", "BD-09"),
                _ => ("火星坐标（GCJ-02）", "GCJ-02"),
            };
            let (how_zh, how_en) = if by_places.is_some() {
                ("与同名对象的已知位置相比", "against the known places of the same name")
            } else {
                ("与区界相比", "against the district's border")
            };
            Suspicion {
                kind: SuspicionKind::Offset(crs),
                said: Note::new(
                    format!("{how_zh}，换算后才吻合，像是{zh}：请选择按其换算后导入"),
                    format!("{how_en} the positions fit only after conversion from {en}: import with that conversion"),
                ),
            }
        })
        .into_iter()
        .collect()
}
