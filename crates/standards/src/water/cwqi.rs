//! 城市水质指数 CWQI and its change (环办监测〔2017〕51号).

use serde_json::{Map, Value, json};

use super::chemistry::mean_ph;
use super::item::{Body, Item, Limits};
use super::read;
use crate::conformance;
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::text;
use crate::topic::Topic;

/// Index of one item: `C/S_Ⅲ`; DO `S_Ⅲ/C`; pH by its distance from 7. `None` where there is no class III limit or the
/// quotient does not exist (DO of zero).
pub fn item_index(item: Item, body: Body, mean: &Exact) -> Option<Exact> {
    match &item.row(body)?.limits {
        Limits::Max([_, _, third, ..]) => mean.checked_div(third),
        Limits::Min([_, _, third, ..]) => third.checked_div(mean),
        Limits::Range(low, high) => {
            let seven = Exact::int(7);
            if *mean <= seven {
                (&seven - mean).checked_div(&(&seven - low))
            } else {
                (mean - &seven).checked_div(&(high - &seven))
            }
        }
        Limits::None => None,
    }
}

/// CWQI of the rivers, or of the lakes, of a city.
#[derive(Clone, Debug, PartialEq)]
pub struct BodyIndex {
    /// Number of sections or points.
    pub sections: usize,
    /// Item, mean over the sections, index.
    pub items: Vec<(Item, Exact, Exact)>,
    /// Items whose index does not exist.
    pub without: Vec<Item>,
    /// Sum of the indices; `None` when one does not exist or there is none.
    pub cwqi: Option<Exact>,
}

/// Index of all sections of one body: means of each of the 21 items over the sections where it was measured; pH over
/// the mean of H⁺ (a project choice, the rule is silent). Items not measured are left out of the sum.
pub fn body_index(sections: &[Vec<(Item, Exact)>], body: Body) -> BodyIndex {
    let mut items = Vec::new();
    let mut without = Vec::new();
    for item in Item::ALL {
        if !item.any_row().is_some_and(|r| r.evaluated) {
            continue;
        }
        let values: Vec<Exact> = sections
            .iter()
            .flatten()
            .filter(|(i, _)| *i == item)
            .map(|(_, v)| v.clone())
            .collect();
        let mean = if item == Item::Ph {
            let floats: Vec<f64> = values.iter().map(Exact::to_f64).collect();
            mean_ph(&floats).and_then(Exact::from_f64)
        } else {
            Exact::mean(&values)
        };
        let Some(mean) = mean else { continue };
        match item_index(item, body, &mean) {
            Some(index) => items.push((item, mean, index)),
            None => without.push(item),
        }
    }
    let complete = without.is_empty() && !items.is_empty();
    let indices: Vec<Exact> = items.iter().map(|(_, _, i)| i.clone()).collect();
    BodyIndex {
        sections: sections.len(),
        cwqi: complete.then(|| Exact::sum(&indices)),
        items,
        without,
    }
}

/// CWQI of the city: means of rivers and lakes weighted by the number of sections and points.
pub fn city_index(river: &BodyIndex, lake: &BodyIndex) -> Option<Exact> {
    let count = |b: &BodyIndex| i64::try_from(b.sections).ok().map(Exact::int);
    match (river.sections, lake.sections) {
        (_, 0) => river.cwqi.clone(),
        (0, _) => lake.cwqi.clone(),
        _ => {
            let (m, n) = (count(river)?, count(lake)?);
            let weighted = &(river.cwqi.as_ref()? * &m) + &(lake.cwqi.as_ref()? * &n);
            weighted.checked_div(&(&m + &n))
        }
    }
}

/// `(now − base)/base × 100 %`; `None` for a base of zero.
pub fn change(now: &Exact, base: &Exact) -> Option<Exact> {
    (&Exact::int(100) * &(now - base)).checked_div(base)
}

fn basis() -> Basis {
    Basis::new("环办监测〔2017〕51号", "2017", "城市水质指数")
}

pub(super) const TOPIC: Topic = Topic {
    id: "water/cwqi",
    zh: "城市水质指数 CWQI",
    en: "City water quality index",
    basis: "环办监测〔2017〕51号",
    example: r#"{"river_sections":[{"ph":7.6,"do":7.3,"codmn":4.1,"nh3n":0.4,"tp":0.08},{"ph":7.9,"do":6.8,"codmn":5.2,"nh3n":0.7,"tp":0.12}],"lake_points":[]}"#,
    evaluate,
    case: |line| {
        let mut case = conformance::inline(line)?;
        if let Some(map) = case.input.as_object_mut() {
            map.remove("note");
        }
        Ok(case)
    },
};

pub(super) const CHANGE: Topic = Topic {
    id: "water/cwqi_change",
    zh: "城市水质指数变化率",
    en: "Change of the city water quality index",
    basis: "环办监测〔2017〕51号",
    example: r#"{"cwqi_now":6.3251,"cwqi_base":7.1132}"#,
    evaluate: judge_change,
    case: conformance::inline,
};

fn read_sections(input: &Input<'_>, key: &str) -> Result<Vec<Vec<(Item, Exact)>>, InputError> {
    if input.opt(key).is_none() {
        return Ok(Vec::new());
    }
    read::list(input, key)?
        .iter()
        .map(|section| Ok(read::numbers(&read::values(section)?)))
        .collect()
}

fn evaluate(input: &Input<'_>) -> Result<Judgement, InputError> {
    let river = body_index(&read_sections(input, "river_sections")?, Body::River);
    let lake = body_index(&read_sections(input, "lake_points")?, Body::Lake);
    let mut out = Judgement::new("water/cwqi", basis());
    out.also(super::item::table1()).rests_on(Confidence::Secondary);
    for (name, made) in [("river", &river), ("lake", &lake)] {
        out.uses(&format!("{name}_sections"), &made.sections, "");
        if made.sections == 0 {
            continue;
        }
        let mut items = Map::new();
        for (item, mean, index) in &made.items {
            items.insert(item.key().to_owned(), json!(index.to_f64()));
            out.step(
                text!(
                    "{name}: {} 指数,均值 {mean}",
                    "{name}: index of {}, mean {mean}",
                    item.key()
                ),
                match item {
                    Item::Do => "S/C",
                    Item::Ph => "(7-pH)/(7-6), (pH-7)/(9-7)",
                    _ => "C/S",
                },
                index,
            );
        }
        for item in &made.without {
            items.insert(item.key().to_owned(), Value::Null);
        }
        out.put(&format!("{name}_items"), items);
        out.put(&format!("cwqi_{name}"), made.cwqi.as_ref().map(Exact::to_f64));
    }
    let city = city_index(&river, &lake);
    out.put("cwqi_city", city.as_ref().map(Exact::to_f64));
    if let Some(city) = &city {
        let (m, n) = (river.sections, lake.sections);
        out.step(
            text!("按断面数加权", "weighted by the number of sections"),
            format!("(CWQI_river×{m}+CWQI_lake×{n})/({m}+{n})"),
            &city.to_f64(),
        );
        out.finish(city, city.to_fixed(4), "");
        let shown = city.to_fixed(4);
        out.conclude(
            Verdict::Computed,
            text!(
                "城市水质指数 {shown},越小越好。",
                "city water quality index {shown}; smaller is better."
            ),
        );
    } else {
        out.conclude(
            Verdict::Undecided,
            text!(
                "没有断面,或有项目的指数不存在(如溶解氧为 0)。",
                "no sections, or an index that does not exist (DO of zero)."
            ),
        );
    }
    Ok(out)
}

fn judge_change(input: &Input<'_>) -> Result<Judgement, InputError> {
    let read = |key: &str| -> Result<Exact, InputError> {
        let value = input.exact(key)?;
        if value.is_negative() {
            return Err(input.error(key, "range", text!("指数不能为负", "an index cannot be negative")));
        }
        Ok(value)
    };
    let (now, base) = (read("cwqi_now")?, read("cwqi_base")?);
    let got = change(&now, &base);
    let mut out = Judgement::new("water/cwqi_change", basis());
    out.rests_on(Confidence::Secondary);
    out.uses("cwqi_now", &now, "").uses("cwqi_base", &base, "");
    out.put("change_pct", got.as_ref().map(Exact::to_f64));
    if let Some(got) = &got {
        out.step(
            text!("变化率", "change"),
            format!("({now}-{base})/{base}×100%"),
            got,
        );
        out.finish(got, got.to_fixed(2), "%");
        let shown = got.to_fixed(2);
        let (zh, en) = if got.is_negative() {
            ("改善", "better")
        } else if got.is_zero() {
            ("持平", "unchanged")
        } else {
            ("变差", "worse")
        };
        out.conclude(
            Verdict::Computed,
            text!("变化率 {shown}%,{zh}。", "change {shown} %: {en}."),
        );
    } else {
        out.conclude(
            Verdict::Undecided,
            text!(
                "基期指数为 0,无法计算变化率。",
                "the base is zero: no change can be given."
            ),
        );
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_are_one_at_the_class_iii_limit() {
        for (item, value) in [(Item::Cod, 20), (Item::Do, 5), (Item::Ph, 9), (Item::Ph, 6)] {
            assert_eq!(
                item_index(item, Body::River, &Exact::int(value)),
                Some(Exact::one())
            );
        }
        assert_eq!(
            item_index(Item::Ph, Body::River, &Exact::int(7)),
            Some(Exact::zero())
        );
        assert_eq!(item_index(Item::Do, Body::River, &Exact::zero()), None);
    }

    proptest::proptest! {
        #[test]
        fn the_city_lies_between_rivers_and_lakes(a in 1_i64..100, b in 1_i64..100, m in 1_usize..5, n in 1_usize..5) {
            let make = |v: i64, k: usize, body| body_index(&vec![vec![(Item::Cod, Exact::int(v))]; k], body);
            let (river, lake) = (make(a, m, Body::River), make(b, n, Body::Lake));
            let city = city_index(&river, &lake).unwrap();
            let (low, high) = (river.cwqi.clone().min(lake.cwqi.clone()).unwrap(), river.cwqi.max(lake.cwqi).unwrap());
            proptest::prop_assert!(low <= city && city <= high);
        }
    }
}
