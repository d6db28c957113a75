//! Ecology by name: the topics with their explanations.

use serde_json::{Map, Value};

use super::diversity::{diversity, ndvi, transfer, vegetation_cover};
use super::quality::{self, Index};
use crate::checks;
use crate::conformance;
use crate::explain::{conclude, figures};
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::text;
use crate::topic::Topic;

pub(super) const CLASS: Topic = Topic {
    id: "ecology/eqi_class",
    zh: "生态质量类型",
    en: "Class of ecological quality",
    basis: "环监测〔2021〕99号;HJ 192-2015",
    example: r#"{"eqi":59.77}"#,
    evaluate: class,
    case: |line| checks::inline_as(line, "class"),
};

pub(super) const CHANGE: Topic = Topic {
    id: "ecology/eqi_change",
    zh: "生态质量变化幅度",
    en: "Change of ecological quality",
    basis: "环监测〔2021〕99号;HJ 192-2015",
    example: r#"{"earlier":59.77,"later":59.6}"#,
    evaluate: change,
    case: |line| checks::inline_as(line, "change"),
};

pub(super) const FIRST: Topic = Topic {
    id: "ecology/eqi_first_level",
    zh: "生态质量指数 EQI",
    en: "Ecological quality index EQI",
    basis: "环监测〔2021〕99号(权重未经核实)",
    example: r#"{"pattern":60,"function":55,"biodiversity":50,"stress":30}"#,
    evaluate: |input| first_level("ecology/eqi_first_level", Index::Eqi, input),
    case: conformance::inline,
};

pub(super) const EI: Topic = Topic {
    id: "ecology/ei",
    zh: "生态环境状况指数 EI(旧)",
    en: "Ecological environment index EI (older)",
    basis: "HJ 192-2015",
    example: r#"{"biology":60,"vegetation":70,"water":30,"land_stress":20,"pollution":10,"restriction":0}"#,
    evaluate: |input| first_level("ecology/ei", Index::Ei, input),
    case: conformance::inline,
};

pub(super) const SUB: Topic = Topic {
    id: "ecology/sub_index",
    zh: "二、三级指标加权(不适用指标权重分摊)",
    en: "Weighted sub-index; the weight of what does not apply is spread",
    basis: "环监测〔2021〕99号(权重由表给出)",
    example: r#"{"indicators":[{"name":"生态用地面积比指数","value":60,"weight":0.5},{"name":"海洋自然岸线保有指数","value":null,"weight":0.5}]}"#,
    evaluate: sub_index,
    case: conformance::inline,
};

pub(super) const BY_AREA: Topic = Topic {
    id: "ecology/area_weighted",
    zh: "县域指数按面积加权",
    en: "County indices weighted by area",
    basis: "环监测〔2021〕99号(未经核实)",
    example: r#"{"counties":[{"name":"A","eqi":60,"area":1000},{"name":"B","eqi":50,"area":500}]}"#,
    evaluate: by_area,
    case: conformance::inline,
};

pub(super) const DIVERSITY: Topic = Topic {
    id: "ecology/diversity",
    zh: "物种多样性指数",
    en: "Species diversity",
    basis: "Shannon、Pielou、Simpson、Margalef 指数",
    example: r#"{"counts":[145,189,17,109,166]}"#,
    evaluate: species,
    case: conformance::inline,
};

pub(super) const VEGETATION: Topic = Topic {
    id: "ecology/vegetation",
    zh: "植被指数与植被覆盖度",
    en: "NDVI and fractional vegetation cover",
    basis: "NDVI、FVC 定义",
    example: r#"{"nir":0.45,"red":0.08,"ndvi_soil":0.05,"ndvi_veg":0.85}"#,
    evaluate: vegetation,
    case: conformance::inline,
};

pub(super) const SHARE: Topic = Topic {
    id: "ecology/share",
    zh: "森林覆盖率、湿地率、湿地保护率等占比",
    en: "Shares of area: forest cover, wetland, protected wetland",
    basis: "各占比指标定义",
    example: r#"{"kind":"forest_cover","part":12.5,"whole":100}"#,
    evaluate: share,
    case: conformance::inline,
};

pub(super) const TRANSFER: Topic = Topic {
    id: "ecology/land_transfer",
    zh: "土地利用转移矩阵",
    en: "Land-use transfer matrix",
    basis: "土地利用转移矩阵定义",
    example: r#"{"changes":[{"from":"耕地","to":"林地","area":3},{"from":"耕地","to":"耕地","area":7}]}"#,
    evaluate: land_transfer,
    case: conformance::inline,
};

/// An index: EQI and its parts are 0–100; EI may fall below through its restriction.
fn percent_index(value: &Input<'_>) -> Result<Exact, InputError> {
    let x = value.as_exact()?;
    if x.is_negative() || x > Exact::int(100) {
        return Err(checks::out_of_range(
            value,
            text!("应在 0–100 之间,收到 {x}", "must be 0 to 100, found {x}"),
        ));
    }
    Ok(x)
}

/// The index named by the field that is there.
fn which(input: &Input<'_>) -> (Index, &'static str) {
    if input.has("ei") {
        (Index::Ei, "ei")
    } else {
        (Index::Eqi, "eqi")
    }
}

fn put_class(out: &mut Judgement, index: Index, value: &Exact) {
    let Some(grade) = quality::grade(index, value) else {
        return;
    };
    let (name, en) = (&grade.name, &grade.name_en);
    out.rests_on(grade.confidence);
    let reason = text!("{name}下限", "lower end of {en}");
    out.limit(&grade.from, "", index.basis("分类"), reason, grade.confidence);
    out.put("class", name.clone());
    conclude(out, Verdict::Classified, text!("{value}:{name}", "{value}: {en}"));
}

fn class(input: &Input<'_>) -> Result<Judgement, InputError> {
    let (index, key) = which(input);
    let mut out = Judgement::new("ecology/eqi_class", index.basis("分类"));
    let Some(field) = input.opt(key) else {
        out.leaves_out(key, None, "", text!("缺失", "missing"));
        out.put("class", Value::Null);
        out.conclude(
            Verdict::Undecided,
            text!("没有指数,无法分类。", "No index: cannot be classed."),
        );
        return Ok(out);
    };
    let value = match index {
        Index::Eqi => percent_index(&field)?,
        Index::Ei => field.as_exact()?,
    };
    out.uses(key, &value, "");
    put_class(&mut out, index, &value);
    Ok(out)
}

fn change(input: &Input<'_>) -> Result<Judgement, InputError> {
    let index = checks::choice_or(
        input,
        "index",
        &[("eqi", Index::Eqi), ("ei", Index::Ei)],
        Index::Eqi,
    )?;
    let mut out = Judgement::new("ecology/eqi_change", index.basis("变化分级"));
    let delta = if let Some(delta) = input.opt_exact("delta")? {
        delta
    } else {
        let (earlier, later) = (input.exact("earlier")?, input.exact("later")?);
        let delta = &later - &earlier;
        out.uses("earlier", &earlier, "").uses("later", &later, "");
        out.step(text!("变化量", "change"), format!("{later} − {earlier}"), &delta);
        delta
    };
    out.uses("delta", &delta, "");
    if let Some((grade, name)) = quality::change(index, &delta) {
        out.rests_on(grade.confidence);
        let (from, en) = (&grade.from, &grade.name_en);
        let reason = text!("|Δ| ≥ {from}", "|Δ| ≥ {from}");
        out.limit(from, "", index.basis("变化分级"), reason, grade.confidence);
        out.put("change", name.clone());
        conclude(
            &mut out,
            Verdict::Classified,
            text!("Δ = {delta}:{name}", "Δ = {delta}: {en}"),
        );
    }
    Ok(out)
}

fn first_level(id: &str, index: Index, input: &Input<'_>) -> Result<Judgement, InputError> {
    let rows: Vec<_> = quality::weights(index).collect();
    let mut out = Judgement::new(id, index.basis("一级指标加权"));
    let weights = match input.opt("weights") {
        Some(_) => checks::amounts(input, "weights")?,
        None => rows.iter().map(|r| r.weight.clone()).collect(),
    };
    let mut values = Vec::new();
    let mut formula = Vec::new();
    let mut missing = Vec::new();
    for (row, weight) in rows.iter().zip(&weights) {
        out.rests_on(row.confidence);
        let Some(field) = input.opt(&row.key) else {
            out.leaves_out(&row.key, None, "", text!("缺失", "missing"));
            missing.push(row.name.as_str());
            continue;
        };
        let value = percent_index(&field)?;
        out.uses(&row.key, &value, "");
        let part = row.part(&value);
        formula.push(format!("{weight}×{part}"));
        values.push(value);
    }
    if !missing.is_empty() {
        let named = missing.join("、");
        out.put(index.key(), Value::Null).put("class", Value::Null);
        out.conclude(
            Verdict::Undecided,
            text!("缺少 {named},不能计算。", "{named} missing: cannot be computed."),
        );
        return Ok(out);
    }
    let mut value = quality::first_level(index, &values, &weights).map_err(checks::refuse(input))?;
    if let (Index::Ei, Some(restriction)) = (index, input.opt_exact("restriction")?) {
        out.uses("restriction", &restriction, "");
        formula.push(format!("({restriction})"));
        value = &value + &restriction;
    }
    out.step(text!("加权和", "weighted sum"), formula.join(" + "), &value);
    out.finish(&value, value.to_fixed(2), "");
    out.put(index.key(), value.to_json());
    put_class(&mut out, index, &value);
    Ok(out)
}

fn sub_index(input: &Input<'_>) -> Result<Judgement, InputError> {
    let mut out = Judgement::new("ecology/sub_index", Index::Eqi.basis("二、三级指标"));
    out.rests_on(Confidence::Uncertain);
    let mut values = Vec::new();
    for (i, indicator) in checks::list(input, "indicators")?.iter().enumerate() {
        let weight = checks::amount(indicator, "weight")?;
        let name = indicator
            .opt_str("name")?
            .map_or_else(|| format!("indicators[{i}]"), str::to_owned);
        let value = indicator.opt("value").map(|v| percent_index(&v)).transpose()?;
        if let Some(value) = &value {
            out.uses(&name, value, "");
        } else {
            let why = text!(
                "不适用,权重 {weight} 分摊到同级指标",
                "does not apply: its weight {weight} is spread"
            );
            out.leaves_out(&name, None, "", why);
        }
        values.push((value, weight));
    }
    let got = quality::spread(&values);
    out.put("value", checks::maybe(got.as_ref()));
    if let Some(got) = got {
        out.step(
            text!("适用指标加权平均", "weighted mean of what applies"),
            "Σ w·x / Σ w",
            &got,
        );
        out.finish(&got, got.to_fixed(2), "");
        conclude(
            &mut out,
            Verdict::Computed,
            text!("分指数 {got}", "sub-index {got}"),
        );
    } else {
        out.conclude(
            Verdict::Undecided,
            text!("没有适用的指标。", "No indicator applies."),
        );
    }
    Ok(out)
}

fn by_area(input: &Input<'_>) -> Result<Judgement, InputError> {
    let mut out = Judgement::new("ecology/area_weighted", Index::Eqi.basis("面积加权"));
    out.rests_on(Confidence::Uncertain);
    let mut counties = Vec::new();
    for county in checks::list(input, "counties")? {
        let name = county
            .opt_str("name")?
            .map_or_else(|| county.path().to_owned(), str::to_owned);
        let area = checks::amount(&county, "area")?;
        match county.opt("eqi") {
            Some(eqi) => {
                let eqi = percent_index(&eqi)?;
                out.uses(&name, &eqi, "");
                counties.push((eqi, area));
            }
            None => {
                out.leaves_out(&name, None, "", text!("缺失", "missing"));
            }
        }
    }
    let got = quality::by_area(&counties).map_err(checks::refuse(input))?;
    out.put("eqi", checks::maybe(got.as_ref()));
    if let Some(got) = got {
        out.step(text!("面积加权", "weighted by area"), "Σ A·EQI / Σ A", &got);
        out.finish(&got, got.to_fixed(2), "");
        put_class(&mut out, Index::Eqi, &got);
    } else {
        out.put("class", Value::Null);
        out.conclude(
            Verdict::Undecided,
            text!("没有可加权的县域。", "No county to weight."),
        );
    }
    Ok(out)
}

fn species(input: &Input<'_>) -> Result<Judgement, InputError> {
    let counts = checks::amounts(input, "counts")?;
    let counts: Vec<f64> = counts.iter().map(Exact::to_f64).collect();
    let mut out = Judgement::new("ecology/diversity", Basis::new("物种多样性指数", "", "定义"));
    out.uses("counts", &counts.len(), "种");
    let Some(got) = diversity(&counts) else {
        for key in ["shannon", "pielou", "simpson", "margalef"] {
            out.put(key, Value::Null);
        }
        out.conclude(Verdict::Undecided, text!("没有个体。", "There is no individual."));
        return Ok(out);
    };
    let (s, n) = (got.species, got.individuals);
    out.put("species", s);
    for (key, value, formula) in [
        ("shannon", Some(got.shannon), "−Σ p ln p".to_owned()),
        ("pielou", got.pielou, format!("H'/ln {s}")),
        ("simpson", Some(got.simpson), "1 − Σ p²".to_owned()),
        ("margalef", got.margalef, format!("({s} − 1)/ln {n}")),
    ] {
        out.put(key, value.map_or(Value::Null, checks::real));
        if let Some(value) = value {
            out.step(text!("{key}", "{key}"), formula, &figures(value));
        }
    }
    let shown = figures(got.shannon);
    out.conclude(
        Verdict::Computed,
        text!("{s} 种,H' = {shown}。", "{s} species, H' = {shown}."),
    );
    Ok(out)
}

fn vegetation(input: &Input<'_>) -> Result<Judgement, InputError> {
    let mut out = Judgement::new("ecology/vegetation", Basis::new("NDVI、FVC", "", "定义"));
    let index = if let Some(given) = input.opt_exact("ndvi")? {
        Some(given)
    } else {
        let (nir, red) = (checks::amount(input, "nir")?, checks::amount(input, "red")?);
        out.uses("nir", &nir, "").uses("red", &red, "");
        let got = ndvi(&nir, &red);
        if let Some(got) = &got {
            out.step(
                text!("NDVI", "NDVI"),
                format!("({nir} − {red}) / ({nir} + {red})"),
                got,
            );
        }
        got
    };
    if let Some(index) = index.as_ref().filter(|x| x.abs() > Exact::one()) {
        return Err(input.error(
            "ndvi",
            "range",
            text!(
                "NDVI 应在 −1–1 之间,收到 {index}",
                "NDVI must be −1 to 1, found {index}"
            ),
        ));
    }
    let ends = input.opt_exact("ndvi_soil")?.zip(input.opt_exact("ndvi_veg")?);
    let cover = index
        .as_ref()
        .zip(ends.as_ref())
        .and_then(|(x, (soil, veg))| vegetation_cover(x, soil, veg));
    out.put("ndvi", checks::maybe(index.as_ref()))
        .put("fvc", checks::maybe(cover.as_ref()));
    if let (Some(index), Some((soil, veg)), Some(cover)) = (&index, &ends, &cover) {
        out.step(
            text!("植被覆盖度,限于 0–1", "fractional cover, held within 0–1"),
            format!("({index} − {soil}) / ({veg} − {soil})"),
            cover,
        );
    }
    match &index {
        Some(index) => {
            out.conclude(Verdict::Computed, text!("NDVI = {index}。", "NDVI = {index}."));
        }
        None => {
            out.conclude(
                Verdict::Undecided,
                text!("两个波段均为零。", "Both bands are zero."),
            );
        }
    }
    Ok(out)
}

fn share(input: &Input<'_>) -> Result<Judgement, InputError> {
    let kinds = [
        ("forest_cover", "森林覆盖率"),
        ("tree_cover", "林木绿化率"),
        ("wetland", "湿地率"),
        ("wetland_protected", "湿地保护率"),
        ("built_up_green", "建成区绿地率"),
        ("red_line", "生态保护红线面积比"),
        ("red_line_rectified", "红线问题整改率"),
    ];
    let name = checks::choice(input, "kind", &kinds)?;
    let part = checks::opt_amount(input, "part")?;
    let whole = checks::amount(input, "whole")?;
    let mut out = Judgement::new("ecology/share", Basis::new("占比指标", "", name));
    out.uses("whole", &whole, "");
    if let Some(part) = part.as_ref().filter(|p| **p > whole) {
        return Err(input.error(
            "part",
            "range",
            text!(
                "部分 {part} 大于整体 {whole}",
                "the part {part} exceeds the whole {whole}"
            ),
        ));
    }
    let rate = part.as_ref().and_then(|p| checks::percent(p, &whole));
    out.put("rate_pct", checks::maybe(rate.as_ref()));
    if let (Some(part), Some(rate)) = (&part, &rate) {
        out.uses("part", part, "");
        out.step(text!("{name}", "{name}"), format!("{part} / {whole} × 100"), rate);
        out.finish(rate, rate.to_fixed(2), "%");
        let shown = rate.to_fixed(2);
        out.conclude(
            Verdict::Computed,
            text!("{name} {shown} %。", "{name} {shown} %."),
        );
    } else {
        out.leaves_out(
            "part",
            None,
            "",
            text!("缺失或整体为零", "missing, or a whole of zero"),
        );
        out.conclude(
            Verdict::Undecided,
            text!("{name}无法计算。", "{name} cannot be computed."),
        );
    }
    Ok(out)
}

fn land_transfer(input: &Input<'_>) -> Result<Judgement, InputError> {
    let mut changes = Vec::new();
    for change in checks::list(input, "changes")? {
        let (from, to) = (change.str("from")?, change.str("to")?);
        changes.push((from.to_owned(), to.to_owned(), checks::amount(&change, "area")?));
    }
    let got = transfer(&changes);
    let mut out = Judgement::new(
        "ecology/land_transfer",
        Basis::new("土地利用转移矩阵", "", "定义"),
    );
    out.uses("changes", &changes.len(), "项");
    let mut net = Map::new();
    for class in got.before.keys().chain(got.after.keys()) {
        let zero = Exact::zero();
        let (before, after) = (
            got.before.get(class).unwrap_or(&zero),
            got.after.get(class).unwrap_or(&zero),
        );
        let change = after - before;
        if net.insert(class.clone(), change.to_json()).is_none() {
            out.step(
                text!("{class} 净变化", "net change of {class}"),
                format!("{after} − {before}"),
                &change,
            );
        }
    }
    let sums = |map: &std::collections::BTreeMap<String, Exact>| -> Map<String, Value> {
        map.iter().map(|(k, v)| (k.clone(), v.to_json())).collect()
    };
    out.put("before", sums(&got.before))
        .put("after", sums(&got.after))
        .put("net", net);
    let n = got.before.len().max(got.after.len());
    out.conclude(
        Verdict::Computed,
        text!("{n} 类用地的转移。", "Transfer between {n} classes."),
    );
    Ok(out)
}
