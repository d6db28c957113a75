//! Fines: discretion by weights or levels, daily continuous penalty, virtual treatment cost.

use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;

use super::calendar::days_between;
use crate::checks::{self, Impossible};
use crate::conformance;
use crate::explain::conclude;
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::{Exact, Rounding};
use crate::table;
use crate::text;
use crate::topic::Topic;

pub(super) const DISCRETION: Topic = Topic {
    id: "enforcement/discretion",
    zh: "行政处罚自由裁量",
    en: "Discretion of a fine",
    basis: "环执法〔2019〕42号;权重累加法",
    example: r#"{"min":100000,"max":1000000,"weights":[0.2,0.15],"round_to":10}"#,
    evaluate: discretion,
    case: conformance::plain,
};

pub(super) const DAILY: Topic = Topic {
    id: "enforcement/daily_penalty",
    zh: "按日连续处罚",
    en: "Daily continuous penalty",
    basis: "生态环境法典 1060",
    example: r#"{"original_fine":100000,"order_served":"2026-09-01","recheck_found":"2026-09-20"}"#,
    evaluate: daily,
    case: conformance::plain,
};

pub(super) const VIRTUAL: Topic = Topic {
    id: "enforcement/virtual_cost",
    zh: "虚拟治理成本",
    en: "Virtual treatment cost",
    basis: "GB/T 39793.1、39793.2(系数未经核实)",
    example: r#"{"medium":"water","class":"III","amount":120,"unit_cost":800}"#,
    evaluate: virtual_cost,
    case: conformance::plain,
};

/// Fine by accumulated weights: `max·min(1, Σw)`, not below the statutory minimum, rounded up to `round_to` yuan and
/// held at the maximum. Returns the sum of weights and the fine.
pub fn by_weights(
    min: &Exact,
    max: &Exact,
    weights: &[Exact],
    round_to: &Exact,
) -> Result<(Exact, Exact), Impossible> {
    for weight in weights {
        checks::not_negative("weights", weight)?;
    }
    let sum = Exact::sum(weights);
    let share = sum.clone().min(Exact::one());
    Ok((sum, bound(min, max, &(max * &share), round_to)?))
}

/// Fine by levels 1–5 (one provincial form, unverified): `min + (max − min)·((main/5)² + Σ(secᵢ/5)²/k)/2`.
pub fn by_levels(
    min: &Exact,
    max: &Exact,
    main: i64,
    secondary: &[i64],
    round_to: &Exact,
) -> Result<Exact, Impossible> {
    for level in secondary.iter().chain([&main]) {
        checks::between("levels", &Exact::int(*level), 1, 5)?;
    }
    let square = |level: i64| Exact::ratio(level, 5).unwrap_or_else(Exact::zero).pow(2);
    let others: Vec<Exact> = secondary.iter().map(|l| square(*l)).collect();
    let mean = Exact::mean(&others).unwrap_or_else(Exact::zero);
    let share = &(&square(main) + &mean) * &checks::decimal(5, 1);
    bound(min, max, &(min + &(&(max - min) * &share)), round_to)
}

/// Rounded up to a multiple of `round_to` and held between minimum and maximum.
fn bound(min: &Exact, max: &Exact, fine: &Exact, round_to: &Exact) -> Result<Exact, Impossible> {
    checks::not_negative("min", min)?;
    checks::positive("round_to", round_to)?;
    if max < min {
        return Err(Impossible::Order("max", "min"));
    }
    let steps = fine
        .checked_div(round_to)
        .ok_or(Impossible::NotPositive("round_to"))?;
    let rounded = &steps.round(0, Rounding::Ceil) * round_to;
    Ok(rounded.clamp(min.clone(), max.clone()))
}

/// Continuous fine: days from the day after the order was served to the day the recheck found refusal, times the
/// original fine. Returns days and fine.
pub fn continuous(original: &Exact, served: Date, recheck: Date) -> Result<(i64, Exact), Impossible> {
    checks::not_negative("original_fine", original)?;
    let days = days_between(served, recheck);
    if days < 0 {
        return Err(Impossible::Order("recheck_found", "order_served"));
    }
    Ok((days, original * &Exact::int(days)))
}

#[derive(Clone, Debug, Deserialize)]
struct Gamma {
    medium: String,
    class: String,
    #[serde(deserialize_with = "table::exact")]
    low: Exact,
    #[serde(deserialize_with = "table::opt_exact")]
    high: Option<Exact>,
    #[serde(deserialize_with = "table::confidence")]
    confidence: Confidence,
}

const GAMMAS: &str = include_str!("../../data/enforcement_gamma.csv");
static GAMMA: LazyLock<Vec<Gamma>> = LazyLock::new(|| table::rows(GAMMAS));

/// Virtual treatment cost `E·c·γ` for the lower and upper end of γ; the upper end may be open.
pub fn treatment_cost(
    medium: &str,
    class: &str,
    amount: &Exact,
    unit_cost: &Exact,
) -> Result<(Exact, Option<Exact>, Confidence), Impossible> {
    checks::not_negative("amount", amount)?;
    checks::not_negative("unit_cost", unit_cost)?;
    let row = GAMMA
        .iter()
        .find(|g| g.medium == medium && g.class == class)
        .ok_or(Impossible::NoFigure("class"))?;
    let base = amount * unit_cost;
    Ok((
        &base * &row.low,
        row.high.as_ref().map(|h| &base * h),
        row.confidence,
    ))
}

fn discretion(input: &Input<'_>) -> Result<Judgement, InputError> {
    let (min, max) = (checks::amount(input, "min")?, checks::amount(input, "max")?);
    let round_to = match input.opt_exact("round_to")? {
        Some(step) => step,
        None => Exact::int(10),
    };
    let levels = checks::choice_or(input, "mode", &[("weights", false), ("levels", true)], false)?;
    let mut out = Judgement::new(
        "enforcement/discretion",
        Basis::new("环执法〔2019〕42号", "2019", "裁量"),
    );
    out.uses("min", &min, "元")
        .uses("max", &max, "元")
        .uses("round_to", &round_to, "元");
    let fine = if levels {
        out.rests_on(Confidence::Uncertain);
        let main = checks::whole(input, "main", 1, 5)?;
        let list = checks::list(input, "secondary")?;
        let mut secondary = Vec::new();
        for level in &list {
            let whole = level.as_exact()?.to_i64().filter(|l| (1..=5).contains(l));
            secondary.push(whole.ok_or_else(|| {
                checks::out_of_range(level, text!("应为 1–5 级", "must be a level 1 to 5"))
            })?);
        }
        let fine = by_levels(&min, &max, main, &secondary, &round_to).map_err(checks::refuse(input))?;
        let formula = format!(
            "{min} + ({max} − {min}) × (({main}/5)² + Σ(secᵢ/5)²/{})/2",
            secondary.len()
        );
        out.step(text!("等级函数", "level function"), formula, &fine);
        fine
    } else {
        out.rests_on(Confidence::Secondary);
        let weights = checks::amounts(input, "weights")?;
        let (sum, fine) = by_weights(&min, &max, &weights, &round_to).map_err(checks::refuse(input))?;
        out.step(text!("权重之和", "sum of weights"), "Σ w", &sum);
        let formula = format!("{max} × min(1, {sum}),进到 {round_to} 元,限于 {min}–{max}");
        out.step(text!("罚款金额", "fine"), formula, &fine);
        out.put("weight_sum", sum.to_json());
        fine
    };
    out.put("fine", fine.to_json());
    out.finish(&fine, fine.to_display(), "元");
    conclude(
        &mut out,
        Verdict::Computed,
        text!(
            "建议罚款 {fine} 元,由执法人员决定",
            "proposed fine {fine} yuan; officers decide"
        ),
    );
    Ok(out)
}

fn daily(input: &Input<'_>) -> Result<Judgement, InputError> {
    let original = checks::amount(input, "original_fine")?;
    let (served, recheck) = (input.date("order_served")?, input.date("recheck_found")?);
    let (days, fine) = continuous(&original, served, recheck).map_err(checks::refuse(input))?;
    let mut out = Judgement::new(
        "enforcement/daily_penalty",
        Basis::new("生态环境法典", "2026", "1060"),
    );
    out.rests_on(Confidence::Secondary);
    out.uses("original_fine", &original, "元")
        .uses("order_served", &served, "")
        .uses("recheck_found", &recheck, "");
    out.step(
        text!(
            "计罚日数,自送达次日至复查发现拒不改正之日",
            "days, from the day after service to the day of the recheck"
        ),
        format!("{recheck} − {served}"),
        &days,
    );
    out.step(
        text!("连续处罚金额", "continuous fine"),
        format!("{original} × {days}"),
        &fine,
    );
    out.finish(&fine, fine.to_display(), "元");
    out.put("days", days).put("continuous_fine", fine.to_json());
    out.conclude(
        Verdict::Computed,
        text!("计罚 {days} 日,{fine} 元。", "{days} days, {fine} yuan."),
    );
    Ok(out)
}

fn virtual_cost(input: &Input<'_>) -> Result<Judgement, InputError> {
    let (medium, class) = (input.str("medium")?, input.str("class")?);
    let (amount, unit_cost) = (
        checks::amount(input, "amount")?,
        checks::amount(input, "unit_cost")?,
    );
    let (low, high, mark) =
        treatment_cost(medium, class, &amount, &unit_cost).map_err(checks::refuse(input))?;
    let mut out = Judgement::new(
        "enforcement/virtual_cost",
        Basis::new("GB/T 39793.2", "2020", "虚拟治理成本"),
    );
    out.rests_on(mark);
    out.uses("amount", &amount, "t")
        .uses("unit_cost", &unit_cost, "元/t");
    out.step(
        text!("下限 E·c·γ", "lower end E·c·γ"),
        format!("{amount} × {unit_cost} × γ"),
        &low,
    );
    out.put("low", low.to_json())
        .put("high", checks::maybe(high.as_ref()));
    let upper = high.map_or_else(|| "—".to_owned(), |h| h.to_string());
    conclude(
        &mut out,
        Verdict::Computed,
        text!("{low}–{upper} 元", "{low} to {upper} yuan"),
    );
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_complete() {
        table::assert_complete(GAMMAS, &GAMMA);
    }

    proptest::proptest! {
        #[test]
        fn a_fine_stays_within_the_law(weights in proptest::collection::vec(0_i64..100, 0..8)) {
            let weights: Vec<_> = weights.iter().map(|w| Exact::ratio(*w, 100).unwrap()).collect();
            let (min, max) = (Exact::int(20_000), Exact::int(200_000));
            let (_, fine) = by_weights(&min, &max, &weights, &Exact::int(10)).unwrap();
            proptest::prop_assert!(fine >= min && fine <= max);
        }
    }
}
