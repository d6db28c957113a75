//! Environmental protection tax by name.

use serde_json::{Value, json};

use super::tax::{
    Below, Medium, MonthItem, Solid, TaxError, TaxPollutant, month, noise, pollutant, reduction, solid,
    solid_kind,
};
use crate::checks::{amount, choice, list, opt_amount, refuse, unknown_name};
use crate::conformance::plain;
use crate::explain::{begin, computed, conclude, undecided};
use crate::guard::positive;
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::text;
use crate::text::Text;
use crate::topic::Topic;

const LAW: &str = "环境保护税法";
const EDITION: &str = "2018(2025 修正)";

fn named(input: &Input<'_>, medium: Medium) -> Result<&'static TaxPollutant, InputError> {
    let key = input.str("pollutant")?;
    pollutant(medium, key).ok_or_else(|| unknown_name(input, "pollutant", key))
}

pub(super) const EQUIVALENTS: Topic = Topic {
    id: "tax/equivalents",
    zh: "污染当量数",
    en: "Pollution equivalents",
    basis: "环境保护税法 附表二",
    example: r#"{"medium":"air","pollutant":"so2","kg":950}"#,
    evaluate: |input| {
        let medium = choice(input, "medium", &[("air", Medium::Air), ("water", Medium::Water)])?;
        let p = named(input, medium)?;
        let kg = amount(input, "kg")?;
        let value = p.equivalents(&kg).map_err(refuse(input))?;
        let mut j = begin("tax/equivalents", (LAW, EDITION, "附表二"), p.confidence);
        let (zh, key) = (&p.name_zh, &p.pollutant);
        j.uses("kg", &kg, "kg")
            .limit(
                &p.v_kg,
                "kg",
                Basis::new(LAW, EDITION, "附表二"),
                text!("{zh}的污染当量值", "equivalent value of {key}"),
                p.confidence,
            )
            .step(
                Text::new("污染当量数", "equivalents"),
                format!("{kg} / {}", p.v_kg),
                &value,
            )
            .put("v_kg", p.v_kg.to_json());
        computed(
            &mut j,
            "equivalents",
            &value,
            "",
            &text!("{zh}污染当量数", "{zh}: equivalents"),
        );
        Ok(j)
    },
    case: plain,
};

fn below(input: &Input<'_>) -> Result<Below, InputError> {
    Ok(if input.opt_bool("strict")?.unwrap_or(false) {
        Below::Strict
    } else {
        Below::Reached
    })
}

pub(super) const REDUCTION: Topic = Topic {
    id: "tax/reduction",
    zh: "低浓度减征系数",
    en: "Reduction for low concentration",
    basis: "环境保护税法 十三、实施条例 十",
    example: r#"{"mean":17,"limit":35,"all_within":true}"#,
    evaluate: |input| {
        let mean = amount(input, "mean")?;
        let limit = positive(input, "limit")?;
        let within = input.bool("all_within")?;
        let factor = reduction(&mean, &limit, within, below(input)?).map_err(refuse(input))?;
        let mut j = begin("tax/reduction", (LAW, EDITION, "第十三条"), Confidence::Verified);
        if mean == &limit * &crate::checks::decimal(7, 1) || mean == &limit * &crate::checks::decimal(5, 1) {
            // Whether exactly 30 or 50 % below is enough is read both ways.
            j.rests_on(Confidence::Uncertain);
        }
        j.also(Basis::new("环境保护税法实施条例", "2018", "第十条"))
            .uses("mean", &mean, "")
            .uses("all_within", &within, "")
            .limit(
                &limit,
                "",
                Basis::new("排放标准", "", "排放限值"),
                Text::new(
                    "低于 30% 减按 75%,低于 50% 减按 50%,当月每个均值均须达标",
                    "30 % below: 75 %; 50 % below: 50 %; every mean of the month within the limit",
                ),
                Confidence::Verified,
            )
            .step(
                Text::new("与标准之比", "share of the limit"),
                format!("{mean} / {limit}"),
                &mean.checked_div(&limit).unwrap_or_else(Exact::one),
            );
        computed(
            &mut j,
            "factor",
            &factor,
            "",
            &Text::new("减征系数", "reduction factor"),
        );
        Ok(j)
    },
    case: plain,
};

pub(super) const AIR_MONTH: Topic = Topic {
    id: "tax/air_month",
    zh: "大气污染物月应纳税额(单排放口)",
    en: "Monthly tax of an air outlet",
    basis: "环境保护税法 九、十三,山东税额",
    example: r#"{"region":"shandong","outlet":"DA001","items":[{"pollutant":"so2","kg":10000,"mean":17,"limit":35,"all_within":true},{"pollutant":"smoke","kg":2180,"mean":2,"limit":5,"all_within":true}]}"#,
    evaluate: |input| judge_month("tax/air_month", input, Medium::Air),
    case: plain,
};

pub(super) const WATER_MONTH: Topic = Topic {
    id: "tax/water_month",
    zh: "水污染物月应纳税额(单排放口)",
    en: "Monthly tax of a water outlet",
    basis: "环境保护税法 九、十三,山东税额",
    example: r#"{"region":"shandong","outlet":"DW001","items":[{"pollutant":"cod","class":2,"kg":3000,"mean":27,"limit":50,"all_within":true},{"pollutant":"hg","class":1,"kg":0.1,"mean":0.01,"limit":0.05,"all_within":true}]}"#,
    evaluate: |input| judge_month("tax/water_month", input, Medium::Water),
    case: plain,
};

/// Items of a month; `None` stands for one whose emission is missing.
fn month_items(
    input: &Input<'_>,
    medium: Medium,
    j: &mut Judgement,
) -> Result<Option<Vec<MonthItem>>, InputError> {
    let below = below(input)?;
    let mut items: Vec<MonthItem> = Vec::new();
    let mut complete = true;
    for item in list(input, "items")? {
        let p = named(&item, medium)?;
        if items.iter().any(|i| i.pollutant.pollutant == p.pollutant) {
            let why = text!("{} 重复申报", "{} is declared twice", p.pollutant);
            return Err(item.error("pollutant", "range", why));
        }
        let Some(kg) = opt_amount(&item, "kg")? else {
            j.leaves_out(
                &p.pollutant,
                None,
                "kg",
                Text::new("缺排放量", "no emission given"),
            );
            complete = false;
            continue;
        };
        // Without monitoring of the concentration there is no reduction.
        let factor = match (opt_amount(&item, "mean")?, item.opt("limit")) {
            (Some(mean), Some(_)) => {
                let limit = positive(&item, "limit")?;
                let within = item.opt_bool("all_within")?.unwrap_or(false);
                reduction(&mean, &limit, within, below).map_err(refuse(&item))?
            }
            _ => Exact::one(),
        };
        j.uses(&p.pollutant, &kg, "kg");
        items.push(MonthItem {
            pollutant: p,
            kg,
            factor,
        });
    }
    Ok(complete.then_some(items))
}

fn judge_month(id: &str, input: &Input<'_>, medium: Medium) -> Result<Judgement, InputError> {
    let region = input.str("region")?;
    let mut j = begin(id, (LAW, EDITION, "第九条、第十三条"), Confidence::Verified);
    j.also(Basis::new("山东省大气、水污染物适用税额", "2017", "人大决定"));
    let Some(items) = month_items(input, medium, &mut j)? else {
        let why = Text::new(
            "有污染物缺排放量,应纳税额无法判定;缺失不作 0 处理",
            "an emission is missing: the tax cannot be decided, missing is not zero",
        );
        undecided(&mut j, &["taxed", "total"], why);
        return Ok(j);
    };
    let tax = month(region, medium, &items).map_err(|error| match error {
        TaxError::Region(name) => unknown_name(input, "region", &name),
        TaxError::Impossible(error) => refuse(input)(error),
    })?;
    j.rests_on(tax.confidence);
    let mut taxed: Vec<Value> = Vec::new();
    for t in &tax.taxed {
        let (zh, key) = (&t.pollutant.name_zh, &t.pollutant.pollutant);
        j.step(
            text!("{zh}应纳税额", "tax on {key}"),
            format!(
                "{} / {} × {} × {}",
                kg_of(&items, t.pollutant),
                t.pollutant.v_kg,
                t.rate,
                t.factor
            ),
            &t.tax,
        );
        taxed.push(json!({
            "pollutant": t.pollutant.pollutant,
            "equivalents": t.equivalents.to_json(),
            "rate": t.rate.to_json(),
            "factor": t.factor.to_json(),
            "tax": t.tax.to_json(),
        }));
    }
    j.put("taxed", taxed);
    let untaxed = items.len() - tax.taxed.len();
    j.put("total", tax.total.to_json())
        .put("untaxed", untaxed)
        .finish(&tax.total, tax.total.to_fixed(2), "元");
    let (n, total) = (tax.taxed.len(), tax.total.to_fixed(2));
    let words = text!(
        "按污染当量数排序取 {n} 项计征,应纳税额 {total} 元",
        "{n} items are taxed in order of their equivalents: {total} yuan"
    );
    conclude(&mut j, Verdict::Computed, words);
    Ok(j)
}

fn kg_of(items: &[MonthItem], pollutant: &TaxPollutant) -> String {
    items
        .iter()
        .find(|i| i.pollutant.pollutant == pollutant.pollutant)
        .map_or_else(String::new, |i| i.kg.to_string())
}

pub(super) const SOLID: Topic = Topic {
    id: "tax/solid",
    zh: "固体废物应纳税额",
    en: "Tax on solid waste",
    basis: "环境保护税法 附表一、实施条例 五、六",
    example: r#"{"type":"fly_ash","generated_t":1000,"stored_t":200,"disposed_t":100,"utilised_t":600,"illegal_dump_or_false":false}"#,
    evaluate: |input| {
        let key = input.str("type")?;
        let kind = solid_kind(key).ok_or_else(|| unknown_name(input, "type", key))?;
        let waste = Solid {
            generated: amount(input, "generated_t")?,
            stored: amount(input, "stored_t")?,
            disposed: amount(input, "disposed_t")?,
            utilised: amount(input, "utilised_t")?,
            illegal: input.bool("illegal_dump_or_false")?,
        };
        let (taxable, tax) = solid(kind, &waste).map_err(refuse(input))?;
        let mut j = begin("tax/solid", (LAW, EDITION, "附表一"), kind.confidence);
        let (zh, rate) = (&kind.name_zh, &kind.rate);
        let formula = if waste.illegal {
            format!("非法倾倒或虚假申报: 产生量 {}", waste.generated)
        } else {
            format!(
                "{} − {} − {} − {}",
                waste.generated, waste.stored, waste.disposed, waste.utilised
            )
        };
        j.step(Text::new("应税排放量", "taxable"), formula, &taxable)
            .step(
                text!("{zh}应纳税额", "tax on {key}"),
                format!("{taxable} × {rate}"),
                &tax,
            )
            .put("taxable_t", taxable.to_json());
        computed(&mut j, "tax", &tax, "元", &text!("{zh}应纳税额", "tax on {key}"));
        Ok(j)
    },
    case: plain,
};

pub(super) const NOISE: Topic = Topic {
    id: "tax/noise",
    zh: "工业噪声月应纳税额",
    en: "Monthly tax on industrial noise",
    basis: "环境保护税法 附表一",
    example: r#"{"day_excess_db":4,"night_excess_db":2,"days_exceeding_lt_15":false,"boundary_over_100m_two_points":false}"#,
    evaluate: |input| {
        let mut j = begin("tax/noise", (LAW, EDITION, "附表一"), Confidence::Verified);
        let missing = |key: &str| input.has(key) && input.opt(key).is_none();
        if missing("day_excess_db") || missing("night_excess_db") {
            let why = Text::new(
                "昼间或夜间缺监测结果,税额无法判定",
                "day or night was not measured: the tax cannot be decided",
            );
            undecided(&mut j, &["month_tax"], why);
            return Ok(j);
        }
        let (day, night) = (amount(input, "day_excess_db")?, amount(input, "night_excess_db")?);
        let few = input.bool("days_exceeding_lt_15")?;
        let two = input.bool("boundary_over_100m_two_points")?;
        let (day_tax, night_tax, tax) = noise(&day, &night, few, two).map_err(refuse(input))?;
        j.uses("day_excess_db", &day, "dB")
            .uses("night_excess_db", &night, "dB")
            .step(
                Text::new("月应纳税额", "tax of the month"),
                format!(
                    "({day_tax} + {night_tax}) × {} × {}",
                    if two { "2" } else { "1" },
                    if few { "0.5" } else { "1" }
                ),
                &tax,
            );
        computed(
            &mut j,
            "month_tax",
            &tax,
            "元",
            &Text::new("工业噪声月应纳税额", "monthly tax on noise"),
        );
        Ok(j)
    },
    case: plain,
};
