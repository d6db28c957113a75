//! Percentile and rank-correlation trend of HJ 663 by name.

use serde_json::{Value, json};

use super::read;
use crate::conformance::{self, Case, Tolerance};
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::statistics::{self, Trend};
use crate::text;
use crate::topic::Topic;

pub(super) const PERCENTILE: Topic = Topic {
    id: "aqi/percentile",
    zh: "百分位数(HJ 663 附录A)",
    en: "Percentile of HJ 663 annex A",
    basis: "HJ 663-2013 附录A;HJ 663-2026",
    example: r#"{"item":"o3","p":90,"values":[40,10,30,20]}"#,
    evaluate: percentile,
    case: |line| {
        let get = |key: &str| line.get(key).cloned().unwrap_or(Value::Null);
        let expect = match line.get("expect") {
            Some(expect) => expect.clone(),
            None => json!({
                "k": get("k"), "exact": get("expect_exact"), "float": get("expect_float"),
                "rounded": get("expect_rounded"), "n": get("n"),
            }),
        };
        Ok(Case {
            input: json!({"item": get("item"), "p": get("p"), "values": get("values")}),
            expect,
            // The float is the exact value's nearest double, give or take its last digit.
            tolerance: Some(Tolerance::Relative(1e-14)),
            refused: false,
        })
    },
};

pub(super) const SPEARMAN: Topic = Topic {
    id: "aqi/spearman",
    zh: "秩相关系数法变化趋势",
    en: "Trend by Spearman's rank correlation",
    basis: "HJ 663-2013 附录B(秩相关系数法)",
    example: r#"{"values":[92,81,88,79,67,60]}"#,
    evaluate: spearman,
    case: |line| {
        let mut case = conformance::inline(line)?;
        // r_s is written with four decimals.
        case.tolerance = Some(Tolerance::Absolute(5.000_1e-5));
        Ok(case)
    },
};

fn percentile(input: &Input<'_>) -> Result<Judgement, InputError> {
    let pollutant = match input.opt("item") {
        Some(_) => Some(read::pollutant(input, "item")?),
        None => None,
    };
    let values = read::numbers(input, "values")?;
    let p = input.exact("p")?;
    if p.is_negative() || p > Exact::int(100) {
        return Err(input.error(
            "p",
            "range",
            text!("百分位应为 0–100", "the percentile must be 0 to 100"),
        ));
    }
    let mut out = Judgement::new("aqi/percentile", Basis::new("HJ 663", "2013", "附录A"));
    out.rests_on(Confidence::Secondary);
    let n = values.len();
    out.uses("values", &format!("n = {n}"), "").uses("p", &p, "%");
    out.put("n", n);
    let Some(got) = statistics::percentile(&values, &p) else {
        for key in ["k", "exact", "float", "rounded"] {
            out.put(key, Value::Null);
        }
        out.conclude(
            Verdict::Undecided,
            text!("没有数值,无法计算百分位数。", "no values: no percentile."),
        );
        return Ok(out);
    };
    let decimals = pollutant.map_or(0, super::limits::Pollutant::decimals);
    let rounded = got.value.round_gb8170(i32::try_from(decimals).unwrap_or(0));
    out.step(
        text!("位置 k", "position k"),
        format!("1+({n}-1)×{p}/100"),
        &got.position,
    );
    out.step(
        text!("相邻序值间线性内插", "linear interpolation between neighbours"),
        format!("{}+({}-{})×frac(k)", got.lower, got.upper, got.lower),
        &got.value,
    );
    out.finish(
        &got.value,
        rounded.to_fixed(decimals),
        pollutant.map_or("", |p| p.unit()),
    );
    out.put("k", got.position.to_fraction())
        .put("exact", got.value.to_fraction())
        .put("float", got.value.to_f64())
        .put("rounded", rounded.to_json());
    out.conclude(
        Verdict::Computed,
        text!(
            "第 {p} 百分位数为 {rounded}。",
            "The percentile {p} is {rounded}."
        ),
    );
    Ok(out)
}

fn spearman(input: &Input<'_>) -> Result<Judgement, InputError> {
    let values = read::numbers(input, "values")?;
    if values.len() > 1000 {
        return Err(input.error(
            "values",
            "range",
            text!("最多 1000 个时段", "at most 1000 periods"),
        ));
    }
    let mut out = trend("aqi/spearman", Basis::new("HJ 663", "2013", "附录B"), &values);
    out.rests_on(Confidence::Configurable);
    Ok(out)
}

/// A trend with its explanation; shared with surface water.
pub(crate) fn trend(id: &str, basis: Basis, values: &[Exact]) -> Judgement {
    let mut out = Judgement::new(id, basis);
    let list: Vec<String> = values.iter().map(Exact::to_display).collect();
    out.uses("values", &list.join(", "), "");
    let Ok(got) = statistics::spearman(values) else {
        for key in [
            "sum_d2",
            "rs",
            "rs_exact",
            "Wp_0.05",
            "wp_0_05",
            "significant",
            "significant_0_05",
            "trend",
        ] {
            out.put(key, Value::Null);
        }
        out.conclude(
            Verdict::Undecided,
            text!(
                "时段少于 5 个,秩相关系数法不适用,无法判断趋势。",
                "fewer than 5 periods: the method does not apply."
            ),
        );
        return out;
    };
    let n = values.len();
    let ranks: Vec<String> = got.ranks.iter().map(Exact::to_display).collect();
    out.step(
        text!(
            "数值的秩(并列取平均秩)",
            "ranks of the values (ties share the mean rank)"
        ),
        ranks.join(", "),
        &"",
    );
    out.step(
        text!("秩差平方和", "sum of squared rank differences"),
        "Σ(Xi-Yi)²",
        &got.sum_d2,
    );
    out.step(
        text!("秩相关系数", "rank correlation"),
        format!("1-6×{}/({n}³-{n}) = {}", got.sum_d2, got.rs.to_fraction()),
        &got.rs,
    );
    let used = got.table_n;
    out.limit(
        &got.critical,
        "",
        Basis::new("Spearman", "", "W_p 0.05"),
        text!(
            "临界值表 N={used}(本序列 N={n};表中无该 N 时取较小一档,较严)",
            "critical value at N={used} (the series has {n}; where the table has a gap the next smaller N, which is stricter)"
        ),
        Confidence::Secondary,
    );
    let significant = got.trend != Trend::None;
    out.put("sum_d2", got.sum_d2.to_json())
        .put("rs", got.rs.to_f64())
        .put("rs_exact", got.rs.to_fraction())
        .put("Wp_0.05", got.critical.to_json())
        .put("wp_0_05", got.critical.to_json())
        .put("wp_0_01", got.critical_01.to_json())
        .put("significant", significant)
        .put("significant_0_05", significant)
        .put("trend", got.trend.zh());
    out.unrounded = Some(got.rs.to_display());
    out.value = Some(got.rs.to_fixed(4));
    let (rs, zh, en) = (got.rs.to_fixed(4), got.trend.zh(), got.trend.en());
    let wp = got.critical.to_display();
    out.conclude(
        Verdict::Classified,
        text!(
            "r_s = {rs},临界值 {wp}:{zh}。",
            "r_s = {rs}, critical value {wp}: {en}."
        ),
    );
    out
}
