//! Clues of falsified data (数据弄虚作假线索): constant values, truncation under the limit, and the sulphur balance.
//! Each is a clue that asks for a look on site, never a finding. Thresholds are practice and configurable.

use serde_json::Value;

use crate::checks::{
    Impossible, amount, count, decimal, maybe, not_negative, opt_amount, percent, positive, refuse, whole,
};
use crate::conformance::plain;
use crate::explain::{begin, conclude, undecided};
use crate::guard::{self, opt_amounts, within};
use crate::judgement::{Basis, Confidence, Verdict};
use crate::num::Exact;
use crate::text;
use crate::text::Text;
use crate::topic::Topic;

/// Longest run of equal values above zero; a missing value ends a run (R01).
pub fn longest_constant_run(values: &[Option<Exact>]) -> usize {
    let mut longest = 0;
    let mut run = 0;
    let mut last: Option<&Exact> = None;
    for value in values {
        match value {
            Some(v) if !v.is_zero() && !v.is_negative() => {
                run = if last == Some(v) { run + 1 } else { 1 };
                last = Some(v);
            }
            _ => {
                run = 0;
                last = None;
            }
        }
        longest = longest.max(run);
    }
    longest
}

/// Where values lie relative to their limit (R02).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Truncation {
    /// Share of values in `[0.9 L, L]`; `None` without values.
    pub share_near: Option<Exact>,
    /// Values above the limit.
    pub over: usize,
    /// More than 40 % just below the limit and none above.
    pub flag: bool,
}

/// Whether values pile up just under the limit with nothing above.
pub fn truncation(values: &[Exact], limit: &Exact) -> Result<Truncation, Impossible> {
    positive("limit", limit)?;
    let near_from = limit * &decimal(9, 1);
    let near = values.iter().filter(|v| **v >= near_from && *v <= limit).count();
    let over = values.iter().filter(|v| *v > limit).count();
    let share_near = count(near).checked_div(&count(values.len()));
    let flag = over == 0 && share_near.as_ref().is_some_and(|s| *s > decimal(4, 1));
    Ok(Truncation {
        share_near,
        over,
        flag,
    })
}

/// Desulphurisation that the measured emission would mean (R16).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SulphurBalance {
    /// SO2 generated, t: `2 · B · S · K`.
    pub generated: Exact,
    /// Implied efficiency, %; `None` where nothing was generated.
    pub efficiency: Option<Exact>,
    /// Above 99.9 % or below 80 %.
    pub flag: bool,
}

/// Balance of a coal-fired source: coal t, sulphur as mass fraction, conversion K (0.80–0.90), measured emission t.
pub fn sulphur_balance(
    coal: &Exact,
    sulphur: &Exact,
    conversion: &Exact,
    emitted: &Exact,
) -> Result<SulphurBalance, Impossible> {
    not_negative("coal_t", coal)?;
    not_negative("emitted_t", emitted)?;
    let generated = &(&(&Exact::int(2) * coal) * sulphur) * conversion;
    let efficiency = percent(&(&generated - emitted), &generated);
    let flag = efficiency
        .as_ref()
        .is_some_and(|e| *e > decimal(999, 1) || *e < Exact::int(80));
    Ok(SulphurBalance {
        generated,
        efficiency,
        flag,
    })
}

/// Words that every clue ends with.
fn clue(flag: bool, what: &Text) -> Text {
    let (zh, en) = (&what.zh, &what.en);
    if flag {
        text!(
            "{zh};属线索,应现场核实,不作为结论",
            "{en}; a clue to be checked on site, not a finding"
        )
    } else {
        text!("{zh};未触发", "{en}; not triggered")
    }
}

pub(super) const CONSTANT: Topic = Topic {
    id: "anomaly/constant",
    zh: "数据恒定不变线索 R01",
    en: "Constant values, clue R01",
    basis: "平台规则 R01",
    example: r#"{"hourly":[22.4,22.4,22.4,22.4,22.4,22.4,22.9],"min_run":6}"#,
    evaluate: |input| {
        let values = opt_amounts(input, "hourly")?;
        let min_run = whole(input, "min_run", 2, 10_000)?;
        let longest = longest_constant_run(&values);
        let flag = i64::try_from(longest).is_ok_and(|n| n >= min_run);
        let mut j = begin(
            "anomaly/constant",
            ("平台规则", "", "R01"),
            Confidence::Configurable,
        );
        j.limit(
            &min_run,
            "",
            Basis::new("平台规则", "", "R01"),
            Text::new("连续相同个数阈值", "run of equal values that triggers"),
            Confidence::Configurable,
        )
        .step(
            Text::new("最长连续相同个数", "longest run of equal values"),
            format!("{} 个值", values.len()),
            &longest,
        )
        .put("longest_run", longest)
        .put("flag", flag);
        let what = text!(
            "最长连续 {longest} 个相同值",
            "longest run of equal values is {longest}"
        );
        conclude(&mut j, Verdict::Classified, clue(flag, &what));
        Ok(j)
    },
    case: plain,
};

pub(super) const TRUNCATION: Topic = Topic {
    id: "anomaly/truncation",
    zh: "限值附近截断线索 R02",
    en: "Truncation at the limit, clue R02",
    basis: "平台规则 R02",
    example: r#"{"values":[33,34,34.5,35,33.5,20],"limit":35}"#,
    evaluate: |input| {
        let given = opt_amounts(input, "values")?;
        let limit = guard::positive(input, "limit")?;
        let values: Vec<Exact> = given.iter().flatten().cloned().collect();
        let t = truncation(&values, &limit).map_err(refuse(input))?;
        let mut j = begin(
            "anomaly/truncation",
            ("平台规则", "", "R02"),
            Confidence::Configurable,
        );
        j.put("share_near_limit", maybe(t.share_near.as_ref()))
            .put("count_over", t.over)
            .put("missing", given.len() - values.len());
        let Some(share) = &t.share_near else {
            undecided(&mut j, &["flag"], Text::new("没有数据", "no values"));
            return Ok(j);
        };
        j.step(
            Text::new(
                "0.9–1.0 倍限值之间的占比",
                "share between 0.9 and 1.0 of the limit",
            ),
            format!("{} 个值, 限值 {limit}", values.len()),
            share,
        )
        .put("flag", t.flag);
        let over = t.over;
        let what = text!(
            "近限值占比 {share},超过限值 {over} 个",
            "share near the limit {share}, {over} values above it"
        );
        conclude(&mut j, Verdict::Classified, clue(t.flag, &what));
        Ok(j)
    },
    case: plain,
};

pub(super) const SULPHUR_BALANCE: Topic = Topic {
    id: "anomaly/sulphur_balance",
    zh: "硫平衡线索 R16",
    en: "Sulphur balance, clue R16",
    basis: "平台规则 R16",
    example: r#"{"coal_t":30000,"sulphur_fraction":0.008,"emitted_t":8.5}"#,
    evaluate: |input| {
        let coal = amount(input, "coal_t")?;
        let sulphur = within(input, "sulphur_fraction", 0, 1)?;
        let k = match opt_amount(input, "conversion")? {
            Some(k) => k,
            None => decimal(85, 2),
        };
        let emitted = amount(input, "emitted_t")?;
        let b = sulphur_balance(&coal, &sulphur, &k, &emitted).map_err(refuse(input))?;
        let mut j = begin(
            "anomaly/sulphur_balance",
            ("平台规则", "", "R16"),
            Confidence::Configurable,
        );
        j.uses("coal_t", &coal, "t")
            .uses("sulphur_fraction", &sulphur, "")
            .uses("conversion", &k, "")
            .uses("emitted_t", &emitted, "t")
            .step(
                Text::new("二氧化硫产生量", "SO2 generated"),
                format!("2 × {coal} × {sulphur} × {k}"),
                &b.generated,
            )
            .put("generated_t", b.generated.to_json());
        let Some(e) = &b.efficiency else {
            j.put("flag", Value::Null);
            undecided(
                &mut j,
                &["efficiency_pct"],
                Text::new(
                    "产生量为 0,脱硫效率无意义",
                    "nothing was generated: no efficiency",
                ),
            );
            return Ok(j);
        };
        j.step(
            Text::new("反推脱硫效率", "implied efficiency"),
            format!("(1 − {emitted}/{}) × 100", b.generated),
            e,
        )
        .put("efficiency_pct", e.to_json())
        .put("flag", b.flag);
        let what = text!(
            "反推脱硫效率 {e}%(正常 80–99.9%)",
            "implied desulphurisation {e} % (usual 80–99.9 %)"
        );
        conclude(&mut j, Verdict::Classified, clue(b.flag, &what));
        Ok(j)
    },
    case: plain,
};

#[cfg(test)]
mod tests {
    use super::*;

    fn some(values: &[i64]) -> Vec<Option<Exact>> {
        values.iter().map(|v| Some(Exact::int(*v))).collect()
    }

    #[test]
    fn a_gap_or_a_zero_ends_a_run() {
        assert_eq!(longest_constant_run(&some(&[5, 5, 5])), 3);
        assert_eq!(
            longest_constant_run(&[Some(Exact::int(5)), None, Some(Exact::int(5))]),
            1
        );
        assert_eq!(longest_constant_run(&some(&[0, 0, 0])), 0);
        assert_eq!(longest_constant_run(&[]), 0);
    }

    #[test]
    fn one_value_above_the_limit_lifts_the_suspicion() {
        let limit = Exact::int(100);
        let under: Vec<Exact> = [95, 96, 100].map(Exact::int).to_vec();
        assert!(truncation(&under, &limit).unwrap().flag);
        let mut with_peak = under;
        with_peak.push(Exact::int(101));
        assert!(!truncation(&with_peak, &limit).unwrap().flag);
    }
}
