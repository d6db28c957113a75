//! Emission limits by name: power units, boilers, regional zones, GB 8978, GB 16297, base water, and the general look-up.

use serde_json::{Value, json};

use super::gb8978::{Grade, Product, base_water, water_limit};
use super::gb16297::{NoRate, equivalent_stack, rate_limit, stack_limits};
use super::rows::{LimitRow, Query, applicable, strictest};
use crate::checks::{amount, choice, list, maybe, opt_amount, out_of_range, refuse, unknown_name};
use crate::conformance::plain;
use crate::explain::{begin, computed, conclude, figures, sum_of, undecided, verdict};
use crate::guard::{positive, within};
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::sources::conversion::convert_oxygen;
use crate::sources::exceed::{Bound, judge};
use crate::text;
use crate::text::Text;
use crate::topic::Topic;

fn source(row: &LimitRow) -> Basis {
    Basis::new(&*row.standard, &*row.edition, "限值表")
}

fn add_limit(j: &mut Judgement, row: &LimitRow) {
    let (condition, note) = (&row.condition, &row.note);
    let except = if note.is_empty() {
        String::new()
    } else {
        format!("; {note}")
    };
    j.limit(
        &row.limit,
        &row.unit,
        source(row),
        text!(
            "{}: 适用条件 {condition}{except}",
            "{}: condition {condition}{except}",
            row.source
        ),
        row.confidence,
    );
}

/// Compares a value at the row's basis and writes the outcome.
fn compare(
    j: &mut Judgement,
    value: &Exact,
    limit: &Exact,
    least: bool,
    unit: &str,
) -> Result<(), InputError> {
    let bound = if least {
        Bound::AtLeast(limit.clone())
    } else {
        Bound::AtMost(limit.clone())
    };
    let outcome =
        judge(value, &bound).map_err(|e| InputError::new("c", "range", Text::same(e.to_string())))?;
    j.put("exceed", outcome.exceeded)
        .put("multiple", maybe(outcome.multiple.as_ref()))
        .finish(value, value.to_display(), unit);
    let words = match (&outcome.multiple, outcome.exceeded) {
        (Some(m), _) => text!(
            "{value} {unit} 超过限值 {limit},超标 {m} 倍",
            "{value} {unit} is above the limit {limit}, by {m} times the limit"
        ),
        (None, true) => text!(
            "{value} {unit} 不符合限值 {limit}",
            "{value} {unit} breaks the limit {limit}"
        ),
        (None, false) => text!(
            "{value} {unit} 符合限值 {limit}",
            "{value} {unit} keeps the limit {limit}"
        ),
    };
    conclude(j, verdict(outcome.exceeded), words);
    Ok(())
}

/// A measured concentration at an oxygen reading against a row with reference oxygen.
fn measured_at_oxygen(id: &str, input: &Input<'_>, row: &LimitRow) -> Result<Judgement, InputError> {
    let mut j = begin(id, (&row.standard, &row.edition, "限值表"), row.confidence);
    add_limit(&mut j, row);
    j.put("limit", row.limit.to_json())
        .put("o2_ref", maybe(row.o2_ref.as_ref()));
    let (Some(reference), Some(_), Some(_)) = (&row.o2_ref, input.opt("c_measured"), input.opt("o2_pct"))
    else {
        let why = Text::new(
            "缺实测浓度或含氧量,不作判定",
            "concentration or oxygen is missing: no judgement",
        );
        undecided(&mut j, &["c_conv", "exceed"], why);
        return Ok(j);
    };
    let measured = amount(input, "c_measured")?;
    let oxygen = within(input, "o2_pct", 0, 100)?;
    j.uses("c_measured", &measured, &row.unit)
        .uses("o2_pct", &oxygen, "%");
    match convert_oxygen(&measured, &oxygen, reference) {
        Ok(converted) => {
            j.step(
                Text::new("折算浓度", "converted concentration"),
                format!("{measured} × (21 − {reference}) / (21 − {oxygen})"),
                &converted,
            )
            .put("c_conv", converted.to_json());
            compare(&mut j, &converted, &row.limit, false, &row.unit)?;
        }
        Err(error) => {
            j.put("reason", error.reason());
            let why = text!(
                "含氧量 {oxygen}% 不低于 21%,不能折算",
                "O2 of {oxygen} % is not below 21 %: no conversion"
            );
            undecided(&mut j, &["c_conv", "exceed"], why);
        }
    }
    Ok(j)
}

/// The row of one standard for a source, condition and pollutant.
fn row_of(standard: &str, source: &str, conditions: &[&str], pollutant: &str) -> Option<&'static LimitRow> {
    let query = Query {
        source,
        pollutant,
        conditions,
        region: Some("shandong"),
        date: None,
        averaging: Some("1h"),
    };
    // The row for the condition goes before the one for all.
    let rows: Vec<_> = applicable(&query)
        .into_iter()
        .filter(|r| r.standard == standard)
        .collect();
    rows.iter()
        .find(|r| r.condition != "all")
        .or_else(|| rows.first())
        .copied()
}

type Unit = (&'static str, &'static str, &'static [&'static str]);

/// Power units: standard, source, conditions.
const POWER_UNITS: &[(&str, Unit)] = &[
    ("coal_boiler_new", ("GB 13223", "coal_power_boiler", &["new"])),
    (
        "coal_boiler_existing",
        ("GB 13223", "coal_power_boiler", &["existing"]),
    ),
    (
        "coal_boiler_special",
        ("GB 13223", "coal_power_boiler", &["special"]),
    ),
    (
        "ultra_low",
        ("环发〔2015〕164号", "coal_power_boiler", &["ultra_low"]),
    ),
    ("oil_boiler_new", ("GB 13223", "oil_power_boiler", &["new"])),
    (
        "oil_boiler_existing",
        ("GB 13223", "oil_power_boiler", &["existing"]),
    ),
    (
        "oil_boiler_special",
        ("GB 13223", "oil_power_boiler", &["special"]),
    ),
    ("oil_turbine_new", ("GB 13223", "oil_gas_turbine", &["new"])),
    (
        "oil_turbine_existing",
        ("GB 13223", "oil_gas_turbine", &["existing"]),
    ),
    (
        "oil_turbine_special",
        ("GB 13223", "oil_gas_turbine", &["special"]),
    ),
    ("gas_boiler_natural", ("GB 13223", "gas_power_boiler", &[])),
    ("gas_turbine_natural", ("GB 13223", "gas_turbine", &[])),
    ("gas_boiler_other", ("GB 13223", "other_gas_power_boiler", &[])),
    ("gas_turbine_other", ("GB 13223", "other_gas_turbine", &[])),
    ("db37_664", ("DB37/664", "coal_power_boiler", &[])),
];

pub(super) const POWER_UNIT: Topic = Topic {
    id: "limits/power_unit",
    zh: "火电机组排放限值与判定",
    en: "Limits of a power unit",
    basis: "GB 13223-2011、环发〔2015〕164号、DB37/664-2019",
    example: r#"{"unit_type":"ultra_low","pollutant":"so2","c_measured":33,"o2_pct":6.4}"#,
    evaluate: |input| {
        let (standard, source, conditions) = choice(input, "unit_type", POWER_UNITS)?;
        let pollutant = input.str("pollutant")?;
        let row = row_of(standard, source, conditions, pollutant)
            .ok_or_else(|| unknown_name(input, "pollutant", pollutant))?;
        measured_at_oxygen("limits/power_unit", input, row)
    },
    case: plain,
};

pub(super) const GB13271: Topic = Topic {
    id: "limits/gb13271_boiler",
    zh: "锅炉大气污染物排放限值与判定",
    en: "Limits of an industrial boiler",
    basis: "GB 13271-2014 表1–3、表6",
    example: r#"{"table":"new","fuel":"coal","pollutant":"so2","c_measured":180,"o2_pct":11}"#,
    evaluate: |input| {
        let table = choice(
            input,
            "table",
            &[("inuse", "in_use"), ("new", "new"), ("special", "special")],
        )?;
        let fuels = [
            ("coal", "coal_boiler"),
            ("oil", "oil_boiler"),
            ("gas", "gas_boiler"),
            ("biomass", "coal_boiler"),
        ];
        let source = choice(input, "fuel", &fuels)?;
        let pollutant = input.str("pollutant")?;
        let row = row_of("GB 13271", source, &[table], pollutant)
            .ok_or_else(|| unknown_name(input, "pollutant", pollutant))?;
        let mut j = measured_at_oxygen("limits/gb13271_boiler", input, row)?;
        if input.str("fuel")? == "biomass" {
            j.rests_on(Confidence::Configurable);
        }
        Ok(j)
    },
    case: plain,
};

pub(super) const DB37_2376: Topic = Topic {
    id: "limits/db37_2376",
    zh: "山东省区域性大气污染物综合排放限值",
    en: "Shandong regional integrated limits",
    basis: "DB37/2376-2019",
    example: r#"{"zone":"key","pollutant":"so2","c":42}"#,
    evaluate: |input| {
        let zones = [
            ("core", "core_zone"),
            ("key", "key_zone"),
            ("general", "general_zone"),
        ];
        let zone = choice(input, "zone", &zones)?;
        let pollutant = input.str("pollutant")?;
        let row = row_of("DB37/2376", "any_stack", &[zone], pollutant)
            .ok_or_else(|| unknown_name(input, "pollutant", pollutant))?;
        let mut j = begin("limits/db37_2376", ("DB37/2376", "2019", "表1"), row.confidence);
        add_limit(&mut j, row);
        j.put("limit", row.limit.to_json());
        if input.has("c") && input.opt("c").is_none() {
            undecided(
                &mut j,
                &["exceed"],
                Text::new("缺测,不作判定", "missing: no judgement"),
            );
            return Ok(j);
        }
        let c = amount(input, "c")?;
        j.uses("c", &c, "mg/m³");
        compare(&mut j, &c, &row.limit, false, &row.unit)?;
        Ok(j)
    },
    case: plain,
};

pub(super) const LOOKUP: Topic = Topic {
    id: "limits/lookup",
    zh: "排放限值查询:许可限值优先,否则取严",
    en: "Which limit binds: the permit's, else the strictest",
    basis: "排污许可管理条例 17、生态环境法典 153",
    example: r#"{"source":"coal_boiler","pollutant":"nox","conditions":["new","special","key_zone"],"region":"shandong","date":"2026-05-01","averaging":"1h","c":120}"#,
    evaluate: lookup,
    case: plain,
};

fn lookup(input: &Input<'_>) -> Result<Judgement, InputError> {
    let source_name = input.str("source")?;
    let pollutant = input.str("pollutant")?;
    if !super::rows::rows().iter().any(|r| r.source == source_name) {
        return Err(unknown_name(input, "source", source_name));
    }
    let mut conditions = Vec::new();
    if input.opt("conditions").is_some() {
        for condition in list(input, "conditions")? {
            conditions.push(condition.as_str()?);
        }
    }
    let date = input.opt("date").map(|_| input.date("date")).transpose()?;
    let query = Query {
        source: source_name,
        pollutant,
        conditions: &conditions,
        region: input.opt_str("region")?,
        date,
        averaging: input.opt_str("averaging")?,
    };
    let rows = applicable(&query);
    let mut j = begin(
        "limits/lookup",
        ("排污许可管理条例", "2021", "第十七条"),
        Confidence::Verified,
    );
    j.also(Basis::new("生态环境法典", "2026", "第一百五十三条"));
    for row in &rows {
        add_limit(&mut j, row);
    }
    let candidates: Vec<Value> = rows
        .iter()
        .map(|r| json!({"standard": format!("{}-{}", r.standard, r.edition), "limit": r.limit.to_json(), "unit": r.unit, "condition": r.condition}))
        .collect();
    j.put("candidates", candidates);
    let (limit, unit, o2_ref, chosen, least) = if let Some(permit) = input.opt("permit") {
        let limit = amount(&permit, "limit")?;
        let unit = permit.opt_str("unit")?.unwrap_or("mg/m³").to_owned();
        let o2_ref = opt_amount(&permit, "o2_ref")?;
        j.limit(
            &limit,
            &unit,
            Basis::new("排污许可证", "", "许可排放浓度"),
            Text::new("以许可排放浓度为准", "the permitted concentration binds"),
            Confidence::Verified,
        );
        (limit, unit, o2_ref, "排污许可证".to_owned(), false)
    } else {
        match strictest(&rows) {
            Ok(Some(row)) => (
                row.limit.clone(),
                row.unit.clone(),
                row.o2_ref.clone(),
                format!("{}-{}", row.standard, row.edition),
                row.is_least(),
            ),
            Ok(None) => {
                let why = text!(
                    "没有适用于 {source_name}、{pollutant} 的限值,请查排污许可证",
                    "no limit applies to {source_name} and {pollutant}; see the permit"
                );
                undecided(&mut j, &["limit", "basis", "exceed"], why);
                return Ok(j);
            }
            Err(mixed) => {
                let why = text!("{mixed};请给出 averaging", "{mixed}; give the averaging");
                undecided(&mut j, &["limit", "basis", "exceed"], why);
                return Ok(j);
            }
        }
    };
    j.put("limit", limit.to_json())
        .put("unit", unit.clone())
        .put("o2_ref", maybe(o2_ref.as_ref()))
        .put("basis", chosen.clone());
    if input.opt("c").is_some() {
        let c = amount(input, "c")?;
        j.uses("c", &c, &unit);
        compare(&mut j, &c, &limit, least, &unit)?;
    } else {
        let words = text!(
            "适用限值 {limit} {unit}({chosen})",
            "the limit is {limit} {unit} ({chosen})"
        );
        conclude(&mut j, Verdict::Classified, words);
    }
    Ok(j)
}

pub(super) const GB8978: Topic = Topic {
    id: "limits/gb8978",
    zh: "污水综合排放标准限值与判定",
    en: "Integrated wastewater discharge limits",
    basis: "GB 8978-1996 表1、表4",
    example: r#"{"pollutant":"cod","grade":1,"c":120}"#,
    evaluate: gb8978,
    case: plain,
};

fn grade(input: &Input<'_>) -> Result<Grade, InputError> {
    let field = input.field("grade")?;
    if field.json().as_str() == Some("workshop") {
        return Ok(Grade::Workshop);
    }
    match field.as_exact().ok().and_then(|n| n.to_i64()) {
        Some(1) => Ok(Grade::One),
        Some(2) => Ok(Grade::Two),
        Some(3) => Ok(Grade::Three),
        _ => Err(unknown_name(input, "grade", &field.json().to_string())),
    }
}

fn gb8978(input: &Input<'_>) -> Result<Judgement, InputError> {
    let pollutant = input.str("pollutant")?;
    let grade = grade(input)?;
    if pollutant == "ph" {
        let ph = within(input, "c", 0, 14)?;
        let (low, high) = (Exact::int(6), Exact::int(9));
        let mut j = begin("limits/gb8978", ("GB 8978", "1996", "表4"), Confidence::Verified);
        let outcome = judge(&ph, &Bound::Range { low, high }).map_err(refuse(input))?;
        j.limit(
            &"6–9",
            "",
            Basis::new("GB 8978", "1996", "表4"),
            Text::new("各级 pH 6–9", "pH 6–9 for every grade"),
            Confidence::Verified,
        )
        .put("limit", Value::Null)
        .put("exceed", outcome.exceeded)
        .put("distance", maybe(outcome.distance.as_ref()));
        let words = if outcome.exceeded {
            text!("pH {ph} 在 6–9 之外", "pH {ph} is outside 6–9")
        } else {
            text!("pH {ph} 在 6–9 之内", "pH {ph} is within 6–9")
        };
        conclude(&mut j, verdict(outcome.exceeded), words);
        return Ok(j);
    }
    let row = water_limit(pollutant, input.opt_str("industry")?)
        .ok_or_else(|| unknown_name(input, "pollutant", pollutant))?;
    // Category 1 holds at the workshop outlet, whatever grade the receiving water asks for.
    let grade = if row.is_category_1() {
        Grade::Workshop
    } else {
        grade
    };
    let clause = if row.is_category_1() { "表1" } else { "表4" };
    let mut j = begin("limits/gb8978", ("GB 8978", "1996", clause), row.confidence);
    let (zh, unit) = (&row.name_zh, &row.unit);
    let Some(limit) = row.limit(grade) else {
        j.put("limit", Value::Null);
        let why = text!(
            "{zh}在该级别未规定限值",
            "there is no limit for {pollutant} at this grade"
        );
        undecided(&mut j, &["exceed", "multiple"], why);
        return Ok(j);
    };
    j.limit(
        limit,
        unit,
        Basis::new("GB 8978", "1996", clause),
        text!("{zh},{grade:?}", "{pollutant}, {grade:?}"),
        row.confidence,
    )
    .put("limit", limit.to_json());
    if input.has("c") && input.opt("c").is_none() {
        undecided(
            &mut j,
            &["exceed", "multiple"],
            Text::new("缺测,不作判定", "missing: no judgement"),
        );
        return Ok(j);
    }
    let c = amount(input, "c")?;
    j.uses("c", &c, unit);
    compare(&mut j, &c, limit, false, unit)?;
    Ok(j)
}

pub(super) const BASE_WATER: Topic = Topic {
    id: "limits/base_water",
    zh: "基准排水量浓度换算",
    en: "Conversion to base water",
    basis: "GB 31571-2015 等 基准排水量",
    example: r#"{"products":[{"t":100,"base_m3_t":3}],"water_m3":450,"c_mg_l":50}"#,
    evaluate: |input| {
        let mut products = Vec::new();
        for item in list(input, "products")? {
            products.push(Product {
                tonnes: amount(&item, "t")?,
                base: positive(&item, "base_m3_t")?,
            });
        }
        let water = amount(input, "water_m3")?;
        let c = amount(input, "c_mg_l")?;
        let mut j = begin(
            "limits/base_water",
            ("GB 31571", "2015", "基准排水量"),
            Confidence::Verified,
        );
        j.uses("water_m3", &water, "m³").uses("c_mg_l", &c, "mg/L");
        let Some(b) = base_water(&products, &water, &c).map_err(refuse(input))? else {
            j.put("base_m3", 0);
            let why = Text::new("产量为 0,基准排水量无意义", "no output: there is no base water");
            undecided(&mut j, &["over_base", "c_judge"], why);
            return Ok(j);
        };
        let parts: Vec<Exact> = products.iter().map(|p| &p.tonnes * &p.base).collect();
        j.step(
            Text::new("基准排水量", "base water"),
            format!("Σ Y×Q基 = {}", sum_of(parts.iter(), parts.len())),
            &b.base,
        )
        .put("base_m3", b.base.to_json())
        .put("over_base", b.over);
        let what = if b.over {
            j.step(
                Text::new("折算浓度", "converted concentration"),
                format!("{water} / {} × {c}", b.base),
                &b.concentration,
            );
            Text::new(
                "实际排水量超过基准,折算浓度",
                "more water than the base; converted concentration",
            )
        } else {
            Text::new(
                "未超过基准排水量,实测浓度",
                "not more than the base; measured concentration",
            )
        };
        computed(&mut j, "c_judge", &b.concentration, "mg/L", &what);
        Ok(j)
    },
    case: plain,
};

pub(super) const GB16297_RATE: Topic = Topic {
    id: "limits/gb16297_rate",
    zh: "最高允许排放速率(按排气筒高度)",
    en: "Highest emission rate by stack height",
    basis: "GB 16297-1996 表2、附录B、7.1、7.4",
    example: r#"{"pollutant":"so2","stack_m":35,"exceeds_200m_buildings_by_5m":true}"#,
    evaluate: gb16297_rate,
    case: plain,
};

fn gb16297_rate(input: &Input<'_>) -> Result<Judgement, InputError> {
    let pollutant = input.str("pollutant")?;
    let limits = stack_limits(pollutant).ok_or_else(|| unknown_name(input, "pollutant", pollutant))?;
    let height = positive(input, "stack_m")?;
    if height > Exact::int(500) {
        return Err(out_of_range(
            &input.field("stack_m")?,
            text!("排气筒高度应不超过 500 m", "a stack is at most 500 m high"),
        ));
    }
    let clears = input.bool("exceeds_200m_buildings_by_5m")?;
    let mut j = begin(
        "limits/gb16297_rate",
        ("GB 16297", "1996", "表2、附录B"),
        limits.confidence,
    );
    j.uses("stack_m", &height, "m")
        .put("concentration_mg_m3", limits.concentration.to_json())
        .put("perimeter_mg_m3", maybe(limits.perimeter.as_ref()));
    let rate = match rate_limit(limits, &height, clears) {
        Ok(rate) => rate,
        Err(NoRate::StackTooLow(least)) => {
            let why = text!(
                "{pollutant} 的排气筒不得低于 {least} m,无允许排放速率",
                "the stack for {pollutant} must be at least {least} m high: no rate is allowed"
            );
            undecided(&mut j, &["rate_kg_h", "method"], why);
            return Ok(j);
        }
        Err(NoRate::Impossible(error)) => return Err(refuse(input)(error)),
    };
    let formula = if rate.halved_for_buildings {
        j.also(Basis::new("GB 16297", "1996", "7.1"));
        if height < Exact::int(15) {
            // 7.1 and 7.4 together: multiplying the factors is a reading, not the text.
            j.rests_on(Confidence::Uncertain);
        }
        format!("({}) × 0.5", rate.formula)
    } else {
        rate.formula.clone()
    };
    j.step(Text::new("最高允许排放速率", "highest rate"), formula, &rate.rate)
        .put("method", rate.method.key());
    computed(
        &mut j,
        "rate_kg_h",
        &rate.rate,
        "kg/h",
        &Text::new("最高允许排放速率(二级)", "highest rate, class 2"),
    );
    Ok(j)
}

pub(super) const EQUIVALENT_STACK: Topic = Topic {
    id: "limits/gb16297_equiv_stack",
    zh: "等效排气筒",
    en: "Equivalent stack",
    basis: "GB 16297-1996 7.2、附录A",
    example: r#"{"h1":30,"h2":40,"q1":1.2,"q2":2.4,"distance_m":50}"#,
    evaluate: |input| {
        let (h1, h2) = (positive(input, "h1")?, positive(input, "h2")?);
        let (q1, q2) = (amount(input, "q1")?, amount(input, "q2")?);
        let distance = amount(input, "distance_m")?;
        let stack = equivalent_stack((&h1, &h2), (&q1, &q2), &distance).map_err(refuse(input))?;
        let mut j = begin(
            "limits/gb16297_equiv_stack",
            ("GB 16297", "1996", "7.2、附录A"),
            Confidence::Verified,
        );
        j.step(
            Text::new("两排气筒距离与高度之和", "distance and sum of the heights"),
            format!("{distance} < {h1} + {h2} ?"),
            &stack.is_some(),
        )
        .put("equivalent", stack.is_some());
        let Some(stack) = stack else {
            let words = Text::new(
                "距离不小于高度之和,分别判定",
                "at least the sum of the heights apart: judged one by one",
            );
            conclude(&mut j, Verdict::Classified, words);
            return Ok(j);
        };
        j.step(
            Text::new("等效排放速率", "rate"),
            format!("{q1} + {q2}"),
            &stack.rate,
        )
        .step(
            Text::new("等效高度", "height"),
            format!("√(({h1}² + {h2}²)/2)"),
            &figures(stack.height),
        )
        .put("rate_kg_h", stack.rate.to_json())
        .put("height_m", stack.height)
        .put("x_from_stack1_m", maybe(stack.from_first.as_ref()));
        let height = figures(stack.height);
        let words = text!(
            "等效排气筒: {} kg/h,高 {height} m",
            "equivalent stack: {} kg/h, {height} m high",
            stack.rate
        );
        conclude(&mut j, Verdict::Computed, words);
        Ok(j)
    },
    case: plain,
};
