//! Farm land by name: items, categories, units, adjustment by products, Nemerow index.

use serde_json::{Map, Value};

use super::farmland::{self, Element, LandUse, Level, Limits, category, level_of, unit_category, upper_mean};
use super::index::{GRADES, exceed_multiple, nemerow};
use crate::checks::{self, Measured};
use crate::conformance::{self, Tolerance};
use crate::explain::{conclude, figures};
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::text;
use crate::topic::Topic;

pub(super) const ITEM: Topic = Topic {
    id: "soil/farmland_item",
    zh: "农用地土壤单项污染物判定",
    en: "One pollutant of farm land soil",
    basis: "GB 15618-2018 表1–表3、6",
    example: r#"{"element":"Cd","land_use":"paddy","ph":6.2,"value":0.52}"#,
    evaluate: item,
    // The case files show the index with four decimals.
    case: |line| checks::inline_within(line, Tolerance::Absolute(5.001e-5)),
};

pub(super) const CATEGORY: Topic = Topic {
    id: "soil/farmland_category",
    zh: "农用地土壤环境质量类别(点位)",
    en: "Category of soil quality of farm land at a point",
    basis: "GB 15618-2018 6.1–6.3",
    example: r#"{"land_use":"other","ph":7.2,"values":{"Cd":0.4,"Hg":0.2,"As":12,"Pb":40,"Cr":70}}"#,
    evaluate: point_category,
    case: conformance::inline,
};

pub(super) const UNIT: Topic = Topic {
    id: "soil/farmland_unit",
    zh: "农用地评价单元类别",
    en: "Category of an evaluation unit of farm land",
    basis: "环办土壤〔2019〕53号(未经核实)",
    example: r#"{"points":["优先保护类","优先保护类","优先保护类","优先保护类","优先保护类","安全利用类"]}"#,
    evaluate: unit,
    case: conformance::inline,
};

pub(super) const ADJUST: Topic = Topic {
    id: "soil/farmland_adjust",
    zh: "农用地类别的农产品协同调整",
    en: "Adjustment of the category of farm land by its products",
    basis: "环办土壤〔2019〕53号(阈值可配置)",
    example: r#"{"category":"安全利用类","product_exceed_rate_pct":0,"to_priority_at_most_pct":5,"to_strict_above_pct":20}"#,
    evaluate: adjust,
    case: conformance::inline,
};

pub(super) const NEMEROW: Topic = Topic {
    id: "soil/nemerow",
    zh: "内梅罗综合污染指数",
    en: "Nemerow pollution index",
    basis: "HJ/T 166-2004 12",
    example: r#"{"land_use":"paddy","ph":6.8,"values":{"Cd":0.5,"As":20,"Pb":60}}"#,
    evaluate: nemerow_index,
    case: conformance::inline,
};

const LEVELS: [(&str, Level); 3] = [
    ("优先保护类", Level::NotAboveScreening),
    ("安全利用类", Level::AboveScreening),
    ("严格管控类", Level::AboveIntervention),
];

fn clause(number: &str) -> Basis {
    Basis::new("GB 15618", "2018", number)
}

fn element(input: &Input<'_>, key: &str) -> Result<Element, InputError> {
    let name = input.str(key)?;
    Element::find(name).ok_or_else(|| checks::unknown_name(input, key, name))
}

/// Land use and pH of the place.
fn place(input: &Input<'_>) -> Result<(LandUse, Exact), InputError> {
    let land = checks::choice(input, "land_use", &LandUse::NAMES)?;
    let ph = input.exact("ph")?;
    farmland::ph_band(&ph).map_err(checks::refuse(input))?;
    Ok((land, ph))
}

/// A reported content, not negative.
fn content(input: &Input<'_>) -> Result<Measured, InputError> {
    if input.json().is_number() {
        checks::as_amount(input)?;
    }
    let measured = checks::measured(input)?;
    match &measured {
        Measured::Value(value) if value.is_negative() => Err(checks::out_of_range(
            input,
            text!("含量不能为负: {value}", "a content cannot be negative: {value}"),
        )),
        // A kilogram of soil holds no more than a million milligrams of anything.
        Measured::Value(value) if *value > Exact::int(1_000_000) => Err(checks::out_of_range(
            input,
            text!(
                "含量不能超过 10⁶ mg/kg: {value}",
                "a content cannot exceed 10⁶ mg/kg: {value}"
            ),
        )),
        _ => Ok(measured),
    }
}

/// The contents at `values` in order of the table, with the values of the place.
fn contents(
    input: &Input<'_>,
    land: LandUse,
    ph: &Exact,
) -> Result<Vec<(Element, Measured, Limits)>, InputError> {
    let values = input.field("values")?;
    let mut out: Vec<(Element, Measured, Limits)> = Vec::new();
    for (name, value) in values.as_members()? {
        let element = Element::find(name).ok_or_else(|| checks::unknown_name(&values, name, name))?;
        if out.iter().any(|(e, ..)| *e == element) {
            return Err(values.error(name, "context", text!("{name} 重复给出", "{name} is given twice")));
        }
        let limits = farmland::limits(element, land, ph).map_err(checks::refuse(input))?;
        out.push((element, content(&value)?, limits));
    }
    out.sort_by_key(|(element, ..)| element.order());
    Ok(out)
}

fn cite(out: &mut Judgement, element: Element, land: LandUse, limits: &Limits) {
    let (name, key, use_zh, band) = (element.name, element.key, land.zh(), limits.band);
    out.limit(
        &limits.screening,
        "mg/kg",
        limits.basis(),
        text!(
            "{name}筛选值,{use_zh},pH 第 {band} 档",
            "screening value of {key}, pH band {band}"
        ),
        limits.confidence,
    );
    if let Some(intervention) = &limits.intervention {
        out.limit(
            intervention,
            "mg/kg",
            clause("表3"),
            text!(
                "{name}管制值,pH 第 {band} 档",
                "intervention value of {key}, pH band {band}"
            ),
            limits.confidence,
        );
    }
}

/// Notes a content and compares it; the level, where it is known.
fn compare(out: &mut Judgement, element: Element, measured: &Measured, limits: &Limits) -> Option<Level> {
    let level = level_of(measured, &limits.screening, limits.intervention.as_ref());
    if let Some(level) = level {
        let (zh, en) = level.risk();
        let (name, key) = (element.name, element.key);
        let against = limits
            .intervention
            .as_ref()
            .map_or_else(|| "无管制值".to_owned(), |g| format!("G = {g}"));
        out.uses(element.key, measured, "mg/kg").step(
            text!("{name}:{zh}", "{key}: {en}"),
            format!("C = {measured}, S = {}, {against}", limits.screening),
            &level.key(),
        );
    } else {
        let value = (*measured != Measured::Missing).then(|| measured.to_string());
        let why = match measured {
            Measured::Missing => text!("缺测", "missing"),
            _ => text!(
                "未检出而检出限未知或高于筛选值",
                "not detected; the detection limit is unknown or above the screening value"
            ),
        };
        out.leaves_out(element.key, value, "mg/kg", why);
    }
    level
}

fn item(input: &Input<'_>) -> Result<Judgement, InputError> {
    let element = element(input, "element")?;
    let (land, ph) = place(input)?;
    let limits = farmland::limits(element, land, &ph).map_err(checks::refuse(input))?;
    let measured = input
        .opt("value")
        .map_or(Ok(Measured::Missing), |v| content(&v))?;
    let mut out = Judgement::new("soil/farmland_item", limits.basis());
    out.also(clause("6"));
    out.uses("land_use", &land.zh(), "").uses("ph", &ph, "");
    cite(&mut out, element, land, &limits);
    let level = compare(&mut out, element, &measured, &limits);
    let index = match &measured {
        Measured::Value(value) => value.checked_div(&limits.screening),
        _ => None,
    };
    out.put("ph_band", limits.band)
        .put("screening", limits.screening.to_json())
        .put("intervention", checks::maybe(limits.intervention.as_ref()))
        .put("result", level.map(Level::key))
        .put("index", checks::maybe(index.as_ref()));
    if let Some(index) = &index {
        let formula = format!("{measured} / {}", limits.screening);
        out.step(
            text!("单项污染指数 Pi = Ci/Si", "single index Pi = Ci/Si"),
            formula,
            index,
        );
        out.finish(index, index.to_fixed(4), "");
    }
    let name = element.name;
    if let Some(level) = level {
        let verdict = crate::explain::verdict(level != Level::NotAboveScreening);
        let (zh, en) = level.risk();
        out.conclude(
            verdict,
            text!("{name} {measured} mg/kg:{zh}。", "{name} {measured} mg/kg: {en}."),
        );
    } else {
        out.conclude(
            Verdict::Undecided,
            text!(
                "{name} {measured}:无法判定。",
                "{name} {measured}: cannot be decided."
            ),
        );
    }
    Ok(out)
}

fn point_category(input: &Input<'_>) -> Result<Judgement, InputError> {
    let (land, ph) = place(input)?;
    let given = contents(input, land, &ph)?;
    let mut out = Judgement::new("soil/farmland_category", clause("6.1–6.3"));
    out.also(clause("表1")).also(clause("表3"));
    out.uses("land_use", &land.zh(), "").uses("ph", &ph, "");
    let mut levels = Vec::new();
    let mut categories = Map::new();
    for element in Element::of_category() {
        let limits = farmland::limits(element, land, &ph).map_err(checks::refuse(input))?;
        cite(&mut out, element, land, &limits);
        let measured = given
            .iter()
            .find(|(e, ..)| *e == element)
            .map_or(Measured::Missing, |(_, m, _)| m.clone());
        let level = compare(&mut out, element, &measured, &limits);
        if let Some(level) = level {
            categories.insert(element.key.to_owned(), level.category().into());
        }
        levels.push((element, level));
    }
    for (element, measured, _) in given.iter().filter(|(_, _, l)| l.intervention.is_none()) {
        out.leaves_out(
            element.key,
            Some(measured.to_string()),
            "mg/kg",
            text!(
                "无管制值,不参与类别划分",
                "has no intervention value: takes no part in the category"
            ),
        );
    }
    let all: Vec<_> = levels.iter().map(|(_, level)| *level).collect();
    let decided = category(&all);
    let driving: Vec<&str> = levels
        .iter()
        .filter(|(_, level)| {
            level.is_some() && *level == decided && decided != Some(Level::NotAboveScreening)
        })
        .map(|(element, _)| element.key)
        .collect();
    out.put("item_category", categories)
        .put("category", decided.map(Level::category))
        .put(
            "driving",
            driving.iter().map(|d| Value::from(*d)).collect::<Vec<_>>(),
        );
    let named = driving.join("、");
    match decided.map(|level| (level, level.category())) {
        Some((Level::NotAboveScreening, zh)) => {
            out.conclude(
                Verdict::Classified,
                text!(
                    "{zh}:五项均不超过筛选值。",
                    "{zh}: all five elements at or below screening."
                ),
            );
        }
        Some((_, zh)) => {
            out.conclude(
                Verdict::Classified,
                text!("{zh},由 {named} 决定。", "{zh}, decided by {named}."),
            );
        }
        None => {
            out.conclude(
                Verdict::Undecided,
                text!(
                    "有元素缺测或不可判,不能确定类别。",
                    "An element is missing or undecided: no category."
                ),
            );
        }
    }
    Ok(out)
}

fn unit(input: &Input<'_>) -> Result<Judgement, InputError> {
    let share = match checks::opt_amount(input, "share_pct")? {
        Some(share) => share,
        None => Exact::int(80),
    };
    let mut points = Vec::new();
    for point in checks::list(input, "points")? {
        let name = point.as_str()?;
        let level = LEVELS
            .iter()
            .find(|(n, _)| *n == name)
            .map(|(_, l)| *l)
            .ok_or_else(|| {
                InputError::new(
                    point.path(),
                    "unknown",
                    text!(
                        "未知的类别 {name},应为优先保护类、安全利用类、严格管控类",
                        "unknown category {name}"
                    ),
                )
            })?;
        points.push(level);
    }
    let mut out = Judgement::new(
        "soil/farmland_unit",
        Basis::new("环办土壤〔2019〕53号", "2019", "评价单元"),
    );
    out.rests_on(Confidence::Uncertain);
    out.uses("points", &points.len(), "个")
        .uses("share_pct", &share, "%");
    let decided = unit_category(&points, &share);
    for (name, level) in LEVELS {
        let held = points.iter().filter(|p| **p == level).count();
        if let Some(part) = checks::percent(&checks::count(held), &checks::count(points.len())) {
            out.step(
                text!("{name}点位占比", "share of {name}"),
                format!("{held} / {} × 100", points.len()),
                &part,
            );
        }
    }
    let mut uppers = Map::new();
    if let Some(samples) = input.opt("samples") {
        for (name, _) in samples.as_members()? {
            let found = Element::find(name).ok_or_else(|| checks::unknown_name(&samples, name, name))?;
            let values: Vec<f64> = checks::amounts(&samples, name)?
                .iter()
                .map(Exact::to_f64)
                .collect();
            let upper = upper_mean(&values);
            if let Some(upper) = upper {
                out.step(
                    text!(
                        "{name} 均值的 95 % 置信上限",
                        "95 % upper limit of the mean of {name}"
                    ),
                    "x̄ + t·s/√n",
                    &figures(upper),
                );
            }
            uppers.insert(found.key.to_owned(), upper.map_or(Value::Null, checks::real));
        }
    }
    out.put("category", decided.as_ref().map(|(level, _)| level.category()))
        .put(
            "share_pct",
            checks::maybe(decided.as_ref().map(|(_, share)| share)),
        )
        .put("upper_mean", uppers);
    match decided {
        Some((level, part)) => {
            let (zh, part) = (level.category(), part.to_fixed(1));
            conclude(
                &mut out,
                Verdict::Classified,
                text!(
                    "评价单元为{zh}(点位占 {part} %)",
                    "unit: {zh} ({part} % of its points)"
                ),
            );
        }
        None => conclude(
            &mut out,
            Verdict::Undecided,
            text!(
                "没有一类点位超过 {share} %:拆分单元,或以均值的 95 % 置信上限与筛选值、管制值比较",
                "no category holds more than {share} %: split the unit, or compare the upper limit of the mean"
            ),
        ),
    }
    Ok(out)
}

fn adjust(input: &Input<'_>) -> Result<Judgement, InputError> {
    let before = checks::choice(input, "category", &LEVELS)?;
    let priority = checks::amount(input, "to_priority_at_most_pct")?;
    let strict = checks::amount(input, "to_strict_above_pct")?;
    let mut out = Judgement::new(
        "soil/farmland_adjust",
        Basis::new("环办土壤〔2019〕53号", "2019", "农产品协同"),
    );
    out.rests_on(Confidence::Uncertain);
    out.uses("category", &before.category(), "");
    out.uses("to_priority_at_most_pct", &priority, "%")
        .uses("to_strict_above_pct", &strict, "%");
    let Some(rate) = checks::opt_amount(input, "product_exceed_rate_pct")? else {
        out.leaves_out(
            "product_exceed_rate_pct",
            None,
            "%",
            text!("没有农产品数据", "no data of products"),
        );
        out.put("category", before.category()).put("adjusted", false);
        let zh = before.category();
        conclude(
            &mut out,
            Verdict::Undecided,
            text!("没有农产品数据,保持{zh}", "no data of products: stays {zh}"),
        );
        return Ok(out);
    };
    out.uses("product_exceed_rate_pct", &rate, "%");
    let after = match before {
        Level::AboveScreening if rate <= priority => Level::NotAboveScreening,
        Level::AboveScreening | Level::NotAboveScreening if rate > strict => Level::AboveIntervention,
        _ => before,
    };
    out.put("category", after.category())
        .put("adjusted", after != before);
    let (from, to) = (before.category(), after.category());
    out.step(
        text!("按农产品超标率调整", "adjusted by the exceed rate of products"),
        format!("{rate} % vs ≤{priority} %, >{strict} %"),
        &to,
    );
    conclude(
        &mut out,
        Verdict::Classified,
        text!("{from} → {to}", "{from} → {to}"),
    );
    Ok(out)
}

fn nemerow_index(input: &Input<'_>) -> Result<Judgement, InputError> {
    let (land, ph) = place(input)?;
    let mut out = Judgement::new("soil/nemerow", Basis::new("HJ/T 166", "2004", "12"));
    out.rests_on(Confidence::Secondary);
    out.uses("land_use", &land.zh(), "").uses("ph", &ph, "");
    let mut indices = Vec::new();
    let mut multiples = Map::new();
    for (element, measured, limits) in contents(input, land, &ph)? {
        cite(&mut out, element, land, &limits);
        let key = element.key;
        let Measured::Value(value) = &measured else {
            let shown = (measured != Measured::Missing).then(|| measured.to_string());
            out.leaves_out(
                key,
                shown,
                "mg/kg",
                text!("不是测得的数值", "not a measured number"),
            );
            continue;
        };
        let Some(index) = value.checked_div(&limits.screening) else {
            continue;
        };
        out.uses(key, value, "mg/kg");
        let formula = format!("{value} / {}", limits.screening);
        out.step(text!("P({key})", "P({key})"), formula, &index);
        if let Some(multiple) = exceed_multiple(value, &limits.screening) {
            multiples.insert(key.to_owned(), multiple.to_json());
        }
        indices.push((key, index));
    }
    let values: Vec<Exact> = indices.iter().map(|(_, p)| p.clone()).collect();
    let total = Exact::sum(&values);
    let mut single = Map::new();
    let mut shares = Map::new();
    for (key, index) in &indices {
        single.insert((*key).to_owned(), index.to_json());
        shares.insert(
            (*key).to_owned(),
            checks::maybe(checks::percent(index, &total).as_ref()),
        );
    }
    out.put("index", single)
        .put("share_pct", shares)
        .put("exceed_multiple", multiples);
    let Some(got) = nemerow(&values) else {
        out.put("nemerow", Value::Null).put("grade", Value::Null);
        out.conclude(
            Verdict::Undecided,
            text!("没有可计算的项目。", "No item can be computed."),
        );
        return Ok(out);
    };
    let (_, zh, en) = GRADES.get(got.grade).copied().unwrap_or((None, "", ""));
    let shown = figures(got.value);
    out.step(text!("单项指数均值", "mean of the indices"), "ΣP/n", &got.mean);
    out.step(
        text!("内梅罗指数", "Nemerow index"),
        format!("√(({}² + {}²)/2)", got.mean, got.max),
        &shown,
    );
    out.put("p_max", got.max.to_json())
        .put("p_mean", got.mean.to_json())
        .put("nemerow", checks::real(got.value))
        .put("grade", zh);
    out.unrounded = Some(shown.clone());
    out.value = Some(shown.clone());
    conclude(
        &mut out,
        Verdict::Classified,
        text!("内梅罗指数 {shown}:{zh}", "Nemerow index {shown}: {en}"),
    );
    Ok(out)
}
