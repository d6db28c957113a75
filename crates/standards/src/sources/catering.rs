//! Catering fume (GB 18483-2001, DB37/597-2006): size of the kitchen, reference-flow conversion, valid samples,
//! purifier efficiency.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

use crate::checks::{Impossible, amount, choice_or, maybe, not_negative, percent, positive, refuse};
use crate::conformance::plain;
use crate::explain::{begin, conclude, sum_of, undecided, verdict};
use crate::guard::{self, opt_amounts};
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::table;
use crate::text;
use crate::text::Text;
use crate::topic::Topic;

/// One size class of one standard.
#[derive(Clone, Debug, Deserialize)]
pub struct KitchenSize {
    /// Standard.
    pub standard: String,
    /// Edition.
    pub edition: String,
    /// `small`, `medium`, `large`.
    pub size: String,
    /// Chinese name.
    pub name_zh: String,
    #[serde(deserialize_with = "table::exact")]
    from: Exact,
    #[serde(deserialize_with = "table::opt_exact")]
    below: Option<Exact>,
    /// Least purifier efficiency, %.
    #[serde(deserialize_with = "table::opt_exact")]
    pub min_efficiency: Option<Exact>,
    /// Highest fume concentration at reference flow, mg/m³.
    #[serde(deserialize_with = "table::exact")]
    pub limit: Exact,
    /// How sure.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

const TABLE: &str = include_str!("../../data/source_catering.csv");
static ROWS: LazyLock<Vec<KitchenSize>> = LazyLock::new(|| table::rows(TABLE));

/// The size class by stoves (a stove is 1.67×10⁸ J/h or 1.1 m² of hood); `None` below one stove.
pub fn kitchen_size(standard: &str, stoves: &Exact) -> Option<&'static KitchenSize> {
    ROWS.iter().find(|row| {
        row.standard == standard
            && *stoves >= row.from
            && row.below.as_ref().is_none_or(|below| stoves < below)
    })
}

/// Air per stove of the reference flow, m³/h.
pub const REFERENCE_FLOW: i64 = 2000;

/// Concentration at reference flow: `C · Q / (n · 2000)`.
pub fn at_reference_flow(concentration: &Exact, flow: &Exact, stoves: &Exact) -> Result<Exact, Impossible> {
    not_negative("samples_mg_m3", concentration)?;
    not_negative("flow_m3_h", flow)?;
    positive("stoves", stoves)?;
    (concentration * flow)
        .checked_div(&(stoves * &Exact::int(REFERENCE_FLOW)))
        .ok_or(Impossible::NotPositive("stoves"))
}

/// The samples that count: those not below a quarter of the largest; a mean needs three of them (GB 18483 5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FumeMean {
    /// Samples kept.
    pub kept: Vec<Exact>,
    /// Mean of the kept ones; `None` for fewer than three.
    pub mean: Option<Exact>,
}

/// Least samples that must remain.
pub const KEPT_SAMPLES: usize = 3;

/// Drops what is below a quarter of the largest, and averages the rest.
pub fn fume_mean(at_reference: &[Exact]) -> FumeMean {
    let quarter = at_reference
        .iter()
        .max()
        .and_then(|max| max.checked_div(&Exact::int(4)))
        .unwrap_or_else(Exact::zero);
    let kept: Vec<Exact> = at_reference.iter().filter(|c| **c >= quarter).cloned().collect();
    let mean = (kept.len() >= KEPT_SAMPLES).then(|| Exact::mean(&kept)).flatten();
    FumeMean { kept, mean }
}

const STANDARDS: &[(&str, &str)] = &[("GB 18483", "GB 18483"), ("DB37/597", "DB37/597")];

fn size_of(input: &Input<'_>) -> Result<(Exact, &'static KitchenSize), InputError> {
    let standard = choice_or(input, "standard", STANDARDS, "GB 18483")?;
    let stoves = guard::positive(input, "stoves")?;
    let size = kitchen_size(standard, &stoves).ok_or_else(|| {
        input.error(
            "stoves",
            "range",
            text!(
                "基准灶头数应不小于 1,收到 {stoves}",
                "at least one stove is needed, found {stoves}"
            ),
        )
    })?;
    Ok((stoves, size))
}

pub(super) const FUME: Topic = Topic {
    id: "catering/fume",
    zh: "饮食业油烟排放浓度",
    en: "Catering fume concentration",
    basis: "GB 18483-2001、DB37/597-2006",
    example: r#"{"stoves":4,"flow_m3_h":10000,"samples_mg_m3":[1.2,1.5,1.1,0.2,1.4]}"#,
    evaluate: fume,
    case: plain,
};

fn fume(input: &Input<'_>) -> Result<Judgement, InputError> {
    let (stoves, size) = size_of(input)?;
    let flow = guard::positive(input, "flow_m3_h")?;
    let samples = opt_amounts(input, "samples_mg_m3")?;
    let mut at_reference = Vec::with_capacity(samples.len());
    for sample in &samples {
        at_reference.push(match sample {
            Some(c) => Some(at_reference_flow(c, &flow, &stoves).map_err(refuse(input))?),
            None => None,
        });
    }
    let known: Vec<Exact> = at_reference.iter().flatten().cloned().collect();
    let f = fume_mean(&known);
    let mut j = begin(
        "catering/fume",
        (&size.standard, &size.edition, "限值与采样"),
        size.confidence,
    );
    let (limit, zh, en) = (&size.limit, &size.name_zh, &size.size);
    j.uses("stoves", &stoves, "")
        .uses("flow_m3_h", &flow, "m³/h")
        .limit(
            limit,
            "mg/m³",
            Basis::new(&*size.standard, &*size.edition, "表2"),
            text!("{zh},{stoves} 个基准灶头", "{en} kitchen with {stoves} stoves"),
            size.confidence,
        );
    for (sample, converted) in samples.iter().zip(&at_reference) {
        if let (Some(c), Some(r)) = (sample, converted) {
            j.step(
                Text::new("折算为基准风量时的浓度", "concentration at reference flow"),
                format!("{c} × {flow} / ({stoves} × 2000)"),
                r,
            );
        }
    }
    let c_ref: Vec<Value> = at_reference.iter().map(|c| maybe(c.as_ref())).collect();
    j.put("c_ref", c_ref)
        .put("kept", f.kept.len())
        .put("valid", f.mean.is_some())
        .put("limit", limit.to_json());
    let Some(mean) = &f.mean else {
        let kept = f.kept.len();
        let why = text!(
            "剔除低于最大值四分之一的数据后剩 {kept} 个,不足 {KEPT_SAMPLES} 个,监测结果无效",
            "{kept} samples remain after dropping those below a quarter of the largest, {KEPT_SAMPLES} are needed: not valid"
        );
        undecided(&mut j, &["mean", "exceed"], why);
        return Ok(j);
    };
    let exceeded = mean > limit;
    j.step(
        Text::new("平均浓度", "mean"),
        format!("({}) / {}", sum_of(f.kept.iter(), f.kept.len()), f.kept.len()),
        mean,
    )
    .put("mean", mean.to_json())
    .put("exceed", exceeded)
    .finish(mean, mean.to_display(), "mg/m³");
    let words = if exceeded {
        text!(
            "油烟浓度 {mean} mg/m³,超过 {limit}",
            "fume {mean} mg/m³ is above {limit}"
        )
    } else {
        text!(
            "油烟浓度 {mean} mg/m³,不超过 {limit}",
            "fume {mean} mg/m³ is within {limit}"
        )
    };
    conclude(&mut j, verdict(exceeded), words);
    Ok(j)
}

pub(super) const SIZE_EFFICIENCY: Topic = Topic {
    id: "catering/size_efficiency",
    zh: "饮食业规模与净化设施去除效率",
    en: "Kitchen size and purifier efficiency",
    basis: "GB 18483-2001",
    example: r#"{"stoves":6,"c_in":10,"q_in":12000,"c_out":1,"q_out":12500}"#,
    evaluate: size_efficiency,
    case: plain,
};

fn size_efficiency(input: &Input<'_>) -> Result<Judgement, InputError> {
    let (stoves, size) = size_of(input)?;
    let mut j = begin(
        "catering/size_efficiency",
        (&size.standard, &size.edition, "规模与去除效率"),
        size.confidence,
    );
    let (zh, en) = (&size.name_zh, &size.size);
    j.uses("stoves", &stoves, "")
        .put("size", size.size.as_str())
        .put("min_efficiency_pct", maybe(size.min_efficiency.as_ref()));
    let measured = ["c_in", "q_in", "c_out", "q_out"]
        .iter()
        .filter(|key| input.opt(key).is_some())
        .count();
    if measured == 0 {
        let words = text!("{stoves} 个基准灶头,{zh}", "{stoves} stoves: {en}");
        conclude(&mut j, Verdict::Classified, words);
        return Ok(j);
    }
    let (c_in, q_in) = (amount(input, "c_in")?, amount(input, "q_in")?);
    let (c_out, q_out) = (amount(input, "c_out")?, amount(input, "q_out")?);
    let (load_in, load_out) = (&c_in * &q_in, &c_out * &q_out);
    let Some(efficiency) = percent(&(&load_in - &load_out), &load_in) else {
        let why = Text::new(
            "处理前油烟量为 0,去除效率无意义",
            "nothing came in: no efficiency",
        );
        undecided(&mut j, &["efficiency_pct", "pass"], why);
        return Ok(j);
    };
    j.step(
        Text::new("去除效率", "efficiency"),
        format!("({c_in}×{q_in} − {c_out}×{q_out}) / ({c_in}×{q_in}) × 100"),
        &efficiency,
    )
    .put("efficiency_pct", efficiency.to_json())
    .finish(&efficiency, efficiency.to_display(), "%");
    let Some(least) = &size.min_efficiency else {
        let why = text!(
            "{} 未规定最低去除效率,只计算",
            "{} sets no least efficiency; computed only",
            size.standard
        );
        j.put("pass", Value::Null);
        conclude(&mut j, Verdict::Computed, why);
        return Ok(j);
    };
    let pass = efficiency >= *least;
    j.put("pass", pass).limit(
        least,
        "%",
        Basis::new(&*size.standard, &*size.edition, "表2"),
        text!("{zh}最低去除效率", "least efficiency of a {en} kitchen"),
        size.confidence,
    );
    let words = if pass {
        text!(
            "去除效率 {efficiency}%,不低于 {least}%",
            "efficiency {efficiency} %, at least {least} %"
        )
    } else {
        text!(
            "去除效率 {efficiency}%,低于 {least}%",
            "efficiency {efficiency} %, below {least} %"
        )
    };
    conclude(&mut j, verdict(!pass), words);
    Ok(j)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_reads() {
        table::assert_complete(TABLE, &ROWS);
    }

    #[test]
    fn a_quarter_of_the_largest_is_kept_and_three_must_remain() {
        let c = |v: &[i64]| v.iter().copied().map(Exact::int).collect::<Vec<_>>();
        assert_eq!(fume_mean(&c(&[8, 2, 2])).mean, Some(Exact::int(4)));
        assert_eq!(fume_mean(&c(&[9, 2, 2])).mean, None);
        assert_eq!(fume_mean(&[]).mean, None);
        assert_eq!(kitchen_size("GB 18483", &Exact::int(3)).unwrap().size, "medium");
        assert!(kitchen_size("GB 18483", &"0.9".parse().unwrap()).is_none());
    }
}
