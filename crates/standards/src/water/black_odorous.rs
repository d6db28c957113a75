//! 城市黑臭水体 (2015 guide): level of items, of a point and of a reach.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::read;
use crate::conformance::{self, Tolerance};
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::table;
use crate::text;
use crate::topic::Topic;

/// Depth below which the transparency limit is 40 % of the depth, cm.
const SHALLOW: i64 = 25;

/// Level of an item, point or reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Not black-odorous.
    None,
    /// 轻度
    Light,
    /// 重度
    Heavy,
}

impl Level {
    /// `none`, `light`, `heavy`.
    pub fn key(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Light => "light",
            Self::Heavy => "heavy",
        }
    }

    fn zh(self) -> &'static str {
        match self {
            Self::None => "非黑臭",
            Self::Light => "轻度黑臭",
            Self::Heavy => "重度黑臭",
        }
    }

    fn parse(key: &str) -> Option<Self> {
        [Self::None, Self::Light, Self::Heavy]
            .into_iter()
            .find(|l| l.key() == key)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Worse {
    Below,
    Above,
}

/// One item of the guide.
#[derive(Clone, Debug, Deserialize)]
pub struct BadItem {
    /// `sd`, `do`, `orp`, `nh3n`.
    pub key: String,
    /// Chinese name.
    pub name: String,
    /// Unit.
    pub unit: String,
    #[serde(deserialize_with = "table::exact")]
    light_from: Exact,
    #[serde(deserialize_with = "table::exact")]
    light_to: Exact,
    worse: Worse,
    #[serde(deserialize_with = "table::confidence")]
    confidence: Confidence,
}

const TABLE: &str = include_str!("../../data/water_black_odorous.csv");
static ITEMS: LazyLock<Vec<BadItem>> = LazyLock::new(|| table::rows(TABLE));

/// The four items.
pub fn items() -> &'static [BadItem] {
    &ITEMS
}

impl BadItem {
    /// Level of a value. `depth` in cm matters for transparency only: in water shallower than 25 cm the limit is 40 %
    /// of the depth, which is below 10 cm, so what fails it is heavy.
    pub fn level(&self, value: &Exact, depth: Option<&Exact>) -> Level {
        if self.key == "sd"
            && let Some(depth) = depth
            && *depth < Exact::int(SHALLOW)
        {
            let limit = &Exact::ratio(2, 5).unwrap_or_else(Exact::zero) * depth;
            return if *value < limit { Level::Heavy } else { Level::None };
        }
        let (light, heavy) = match self.worse {
            Worse::Below => (*value <= self.light_to, *value < self.light_from),
            Worse::Above => (*value >= self.light_from, *value > self.light_to),
        };
        match (light, heavy) {
            (_, true) => Level::Heavy,
            (true, _) => Level::Light,
            _ => Level::None,
        }
    }
}

/// Level of a point from its samples: heavy when one item is heavy in ≥ 60 % of the data or two in ≥ 30 %.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointLevel {
    /// Share of heavy data by item, in order of [`items`]; `None` without data of the item.
    pub heavy_share: Vec<Option<Exact>>,
    /// Level; `None` without any data.
    pub level: Option<Level>,
}

/// Level of a point. A sample holds its values in order of [`items`], `None` where missing.
pub fn point_level(samples: &[[Option<Exact>; 4]], depth: Option<&Exact>) -> PointLevel {
    let mut heavy_share = Vec::with_capacity(4);
    let mut any_bad = false;
    let mut any = false;
    for (i, item) in ITEMS.iter().enumerate() {
        let (mut n, mut heavy) = (0_i64, 0_i64);
        for value in samples.iter().filter_map(|s| s.get(i)?.as_ref()) {
            let level = item.level(value, depth);
            n += 1;
            heavy += i64::from(level == Level::Heavy);
            any_bad |= level > Level::None;
        }
        any |= n > 0;
        heavy_share.push(Exact::ratio(heavy, n));
    }
    let at_least = |tenths: i64| {
        let limit = Exact::ratio(tenths, 10).unwrap_or_else(Exact::one);
        heavy_share.iter().flatten().filter(|s| **s >= limit).count()
    };
    let level = if at_least(6) >= 1 || at_least(3) >= 2 {
        Level::Heavy
    } else if any_bad {
        Level::Light
    } else {
        Level::None
    };
    PointLevel {
        level: any.then_some(level),
        heavy_share,
    }
}

/// Runs of at least three heavy points (first and last index), and whether ≥ 60 % of the points are heavy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Heavy reaches as first and last index.
    pub heavy: Vec<(usize, usize)>,
    /// Share of heavy points; `None` without points.
    pub share: Option<Exact>,
    /// The whole water is heavy.
    pub whole: bool,
}

/// Reaches of a water body from its points in order of flow.
pub fn reaches(points: &[Level]) -> Reach {
    let mut heavy = Vec::new();
    let mut start = None;
    for (i, level) in points.iter().map(Some).chain([None]).enumerate() {
        match (level == Some(&Level::Heavy), start) {
            (true, None) => start = Some(i),
            (false, Some(from)) => {
                if i - from >= 3 {
                    heavy.push((from, i - 1));
                }
                start = None;
            }
            _ => {}
        }
    }
    let count = points.iter().filter(|l| **l == Level::Heavy).count();
    let share = i64::try_from(count)
        .ok()
        .zip(i64::try_from(points.len()).ok())
        .and_then(|(n, d)| Exact::ratio(n, d));
    let limit = Exact::ratio(6, 10);
    Reach {
        heavy,
        whole: share.is_some() && share >= limit,
        share,
    }
}

fn basis() -> Basis {
    Basis::new("城市黑臭水体整治工作指南", "2015", "黑臭级别判定")
}

pub(super) const ITEM_LEVELS: Topic = Topic {
    id: "water/black_odorous_items",
    zh: "黑臭水体单项分级",
    en: "Black and odorous water: level of items",
    basis: "城市黑臭水体整治工作指南(2015)",
    example: r#"{"depth_cm":100,"values":{"sd":9.9,"do":0.19,"orp":-201,"nh3n":15.1}}"#,
    evaluate: judge_items,
    case: conformance::inline,
};

pub(super) const POINT: Topic = Topic {
    id: "water/black_odorous_point",
    zh: "黑臭水体监测点级别",
    en: "Black and odorous water: level of a point",
    basis: "城市黑臭水体整治工作指南(2015)",
    example: r#"{"samples":[{"sd":9.4,"do":1.18,"orp":-97,"nh3n":10.9},{"sd":13.3,"do":0.09,"orp":-88,"nh3n":11.93},{"sd":20.5,"do":1.19,"orp":-27,"nh3n":17.71}]}"#,
    evaluate: judge_point,
    case: shares_with_four_decimals,
};

pub(super) const REACH: Topic = Topic {
    id: "water/black_odorous_reach",
    zh: "黑臭水体河段与整体级别",
    en: "Black and odorous water: reaches and the whole water",
    basis: "城市黑臭水体整治工作指南(2015)",
    example: r#"{"points_in_order":["heavy","heavy","heavy","light"]}"#,
    evaluate: judge_reach,
    case: shares_with_four_decimals,
};

fn shares_with_four_decimals(line: &Value) -> Result<conformance::Case, InputError> {
    let mut case = conformance::inline(line)?;
    case.tolerance = Some(Tolerance::Absolute(5.000_1e-5));
    Ok(case)
}

fn read_depth(input: &Input<'_>) -> Result<Option<Exact>, InputError> {
    let depth = input.opt_exact("depth_cm")?;
    if depth.as_ref().is_some_and(|d| d.is_negative() || d.is_zero()) {
        return Err(input.error(
            "depth_cm",
            "range",
            text!("水深应大于 0", "the depth must be above 0"),
        ));
    }
    Ok(depth)
}

fn read_sample(input: &Input<'_>) -> Result<[Option<Exact>; 4], InputError> {
    for (key, _) in input.as_members()? {
        if !ITEMS.iter().any(|i| i.key == key) {
            return Err(read::unknown(input, key, key));
        }
    }
    let mut out = [const { None }; 4];
    for (slot, item) in out.iter_mut().zip(ITEMS.iter()) {
        *slot = input.opt_exact(&item.key)?;
        if item.key != "orp" && slot.as_ref().is_some_and(Exact::is_negative) {
            return Err(input.error(
                &item.key,
                "range",
                text!("{} 不能为负", "{} cannot be negative", item.key),
            ));
        }
    }
    Ok(out)
}

fn cite(out: &mut Judgement) {
    for item in ITEMS.iter() {
        let (from, to) = (&item.light_from, &item.light_to);
        out.limit(
            &format!("{from}–{to}"),
            &item.unit,
            basis(),
            text!(
                "{} 轻度范围,超出差的一端为重度",
                "light range of {}; beyond its bad end heavy",
                item.name
            ),
            item.confidence,
        );
    }
}

fn judge_items(input: &Input<'_>) -> Result<Judgement, InputError> {
    let depth = read_depth(input)?;
    let values = read_sample(&input.field("values")?)?;
    let mut out = Judgement::new("water/black_odorous_items", basis());
    cite(&mut out);
    if let Some(depth) = &depth {
        out.uses("depth_cm", depth, "cm");
    }
    let mut worst = None;
    for (item, value) in ITEMS.iter().zip(&values) {
        let Some(value) = value else {
            out.leaves_out(&item.key, None, &item.unit, text!("缺测", "missing"));
            out.put(&item.key, Value::Null);
            continue;
        };
        let level = item.level(value, depth.as_ref());
        out.uses(&item.key, value, &item.unit);
        out.step(
            text!("{}:{}", "{}: {}", item.name, level.zh()),
            format!("{} = {value}", item.key),
            &level.key(),
        );
        out.put(&item.key, level.key());
        worst = worst.max(Some(level));
    }
    match worst {
        Some(level) => {
            let (zh, en) = (level.zh(), level.key());
            out.conclude(
                Verdict::Classified,
                text!("单项最重级别:{zh}。", "worst level of an item: {en}."),
            );
        }
        None => {
            out.conclude(Verdict::Undecided, text!("没有数值。", "no values."));
        }
    }
    Ok(out)
}

fn judge_point(input: &Input<'_>) -> Result<Judgement, InputError> {
    let depth = read_depth(input)?;
    let mut samples = Vec::new();
    for sample in read::list(input, "samples")? {
        samples.push(read_sample(&sample)?);
    }
    let got = point_level(&samples, depth.as_ref());
    let mut out = Judgement::new("water/black_odorous_point", basis());
    cite(&mut out);
    out.uses("samples", &samples.len(), "");
    let mut shares = Map::new();
    for (item, share) in ITEMS.iter().zip(&got.heavy_share) {
        if let Some(share) = share {
            out.step(
                text!(
                    "{} 重度数据占比(界限 60%、30%)",
                    "heavy share of {} (bounds 60 % and 30 %)",
                    item.name
                ),
                share.to_fraction(),
                share,
            );
        }
        shares.insert(item.key.clone(), json!(share.as_ref().map(Exact::to_f64)));
    }
    out.put("heavy_share", shares)
        .put("point_level", got.level.map(Level::key));
    match got.level {
        Some(level) => {
            let (zh, en) = (level.zh(), level.key());
            out.conclude(Verdict::Classified, text!("该点:{zh}。", "the point is {en}."));
        }
        None => {
            out.conclude(Verdict::Undecided, text!("没有数据。", "no data."));
        }
    }
    Ok(out)
}

fn judge_reach(input: &Input<'_>) -> Result<Judgement, InputError> {
    let mut points = Vec::new();
    for point in read::list(input, "points_in_order")? {
        let name = point.as_str()?;
        points.push(Level::parse(name).ok_or_else(|| {
            InputError::new(
                point.path(),
                "unknown",
                text!(
                    "未知的级别 {name},可用 none、light、heavy",
                    "unknown level {name}; use none, light or heavy"
                ),
            )
        })?);
    }
    let got = reaches(&points);
    let mut out = Judgement::new("water/black_odorous_reach", basis());
    out.uses("points_in_order", &points.len(), "");
    let list: Value = got.heavy.iter().map(|(a, b)| json!([a, b])).collect();
    if let Some(share) = &got.share {
        out.step(
            text!("重度点占比(界限 60%)", "share of heavy points (bound 60 %)"),
            share.to_fraction(),
            share,
        );
    }
    out.put("heavy_reaches", list)
        .put("heavy_share", got.share.as_ref().map(Exact::to_f64))
        .put("whole_water_heavy", got.whole);
    if got.share.is_none() {
        out.conclude(Verdict::Undecided, text!("没有监测点。", "no points."));
    } else {
        let n = got.heavy.len();
        let (zh, en) = if got.whole {
            ("整体为重度黑臭", "the whole water is heavy")
        } else {
            ("整体未达重度", "the whole water is not heavy")
        };
        out.conclude(
            Verdict::Classified,
            text!(
                "重度河段 {n} 段(连续 3 个及以上重度点),{zh}。",
                "{n} heavy reaches (3 or more heavy points in a row); {en}."
            ),
        );
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_complete() {
        table::assert_complete(TABLE, &ITEMS);
        assert_eq!(ITEMS.len(), 4);
    }

    #[test]
    fn shallow_water_is_measured_by_its_depth() {
        let sd = &ITEMS[0];
        let at = |v: i64, depth: i64| sd.level(&Exact::int(v), Some(&Exact::int(depth)));
        assert_eq!(at(8, 20), Level::None);
        assert_eq!(at(7, 20), Level::Heavy);
        assert_eq!(at(20, 25), Level::Light);
    }

    #[test]
    fn a_reach_needs_three_in_a_row() {
        use Level::{Heavy, Light};
        let got = reaches(&[Heavy, Heavy, Light, Heavy, Heavy, Heavy]);
        assert_eq!((got.heavy, got.whole), (vec![(3, 5)], true));
        assert!(!reaches(&[]).whole);
    }

    proptest::proptest! {
        #[test]
        fn a_further_heavy_point_never_shrinks_the_reaches(points in proptest::collection::vec(proptest::bool::ANY, 1..20), at in 0_usize..20) {
            let levels = |p: &[bool]| -> Vec<Level> { p.iter().map(|h| if *h { Level::Heavy } else { Level::Light }).collect() };
            let covered = |r: &Reach| r.heavy.iter().map(|(a, b)| b - a + 1).sum::<usize>();
            let before = reaches(&levels(&points));
            let mut more = points.clone();
            let at = at % more.len();
            more[at] = true;
            let after = reaches(&levels(&more));
            proptest::prop_assert!(covered(&before) <= covered(&after));
            proptest::prop_assert!(before.share <= after.share);
        }
    }
}
