//! GB 8978, base water, and GB 16297 by name.

use serde_json::Value;

use super::gb8978::{Grade, Product, base_water, water_limit};
use super::gb16297::{NoRate, equivalent_stack, rate_limit, stack_limits};
use super::topics::compare;
use crate::checks::{amount, list, maybe, refuse, unknown_name};
use crate::conformance::plain;
use crate::explain::{begin, computed, conclude, figures, sum_of, undecided, verdict};
use crate::guard::{positive, within};
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::sources::exceed::{Bound, judge};
use crate::text;
use crate::text::Text;
use crate::topic::Topic;

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
