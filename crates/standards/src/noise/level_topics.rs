//! Levels by name: Leq, Ld/Ln/Ldn, statistical levels, sums, and the validity of automatic hours.

use serde_json::Value;

use super::level;
use crate::checks;
use crate::conformance;
use crate::explain::{conclude, figures};
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::text;
use crate::topic::Topic;

pub(super) const LEQ: Topic = Topic {
    id: "noise/leq",
    zh: "等效连续 A 声级",
    en: "Equivalent continuous A-weighted level",
    basis: "GB 3096-2008 3.2",
    example: r#"{"levels_db":[50,50,50,80],"durations":null}"#,
    evaluate: leq,
    case: conformance::inline,
};

pub(super) const DAY: Topic = Topic {
    id: "noise/ld_ln_ldn",
    zh: "昼间、夜间与昼夜等效声级",
    en: "Day, night and day–night levels",
    basis: "GB 3096-2008 3.3、3.4",
    example: r#"{"hourly_leq_from_00":[45,45,45,45,45,45,55,55,55,55,55,55,55,55,55,55,55,55,55,55,55,55,45,45]}"#,
    evaluate: day,
    case: conformance::inline,
};

pub(super) const PERCENTILES: Topic = Topic {
    id: "noise/percentiles",
    zh: "累积百分声级",
    en: "Statistical levels",
    basis: "GB 3096-2008 3.6",
    example: r#"{"samples_db":[51,52,53,54,55,56,57,58,59,60]}"#,
    evaluate: percentiles,
    case: conformance::inline,
};

pub(super) const SOURCES: Topic = Topic {
    id: "noise/sources",
    zh: "声源叠加与背景扣除",
    en: "Sum of sources, level without background",
    basis: "声级能量叠加",
    example: r#"{"levels_db":[60,60],"background_db":55}"#,
    evaluate: sources,
    case: conformance::inline,
};

pub(super) const VALIDITY: Topic = Topic {
    id: "noise/auto_validity",
    zh: "噪声自动监测有效性",
    en: "Validity of automatic noise data",
    basis: "HJ 906-2017、HJ 907-2017(数值未经核实)",
    example: r#"{"valid_minutes":[60,60,60,60,60,60,60,60,60,60,60,60,60,60,60,60,60,60,60,60,60,60,60,40]}"#,
    evaluate: validity,
    case: conformance::inline,
};

/// A level in dB: from −30 to 200, everything else is no sound level.
pub(super) fn level_at(value: &Input<'_>) -> Result<f64, InputError> {
    let db = value.as_f64()?;
    if !(-30.0..=200.0).contains(&db) {
        return Err(checks::out_of_range(
            value,
            text!(
                "声级应在 −30–200 dB 之间,收到 {db}",
                "a level must be −30 to 200 dB, found {db}"
            ),
        ));
    }
    Ok(db)
}

fn levels(input: &Input<'_>, key: &str) -> Result<Vec<f64>, InputError> {
    checks::list(input, key)?.iter().map(level_at).collect()
}

fn level_json(value: Option<f64>) -> Value {
    value.map_or(Value::Null, checks::real)
}

fn undecided(out: &mut Judgement) {
    out.conclude(
        Verdict::Undecided,
        text!("没有可计算的声级。", "There is no level to compute from."),
    );
}

fn set_value(out: &mut Judgement, value: f64) {
    out.unrounded = Some(figures(value));
    out.value = Some(format!("{value:.1}"));
    "dB(A)".clone_into(&mut out.unit);
}

fn leq(input: &Input<'_>) -> Result<Judgement, InputError> {
    let levels = levels(input, "levels_db")?;
    let durations = match input.opt("durations") {
        None => vec![1.0; levels.len()],
        Some(_) => checks::amounts(input, "durations")?
            .iter()
            .map(crate::num::Exact::to_f64)
            .collect(),
    };
    if durations.len() != levels.len() {
        let (want, got) = (levels.len(), durations.len());
        return Err(input.error(
            "durations",
            "range",
            text!(
                "durations 应有 {want} 个值,收到 {got} 个",
                "durations must hold {want} values, {got} were given"
            ),
        ));
    }
    let pairs: Vec<_> = levels.iter().copied().zip(durations.iter().copied()).collect();
    let mut out = Judgement::new("noise/leq", Basis::new("GB 3096", "2008", "3.2"));
    out.uses("levels_db", &levels.len(), "个");
    let got = level::leq(&pairs);
    out.put("leq", level_json(got));
    let Some(got) = got else {
        undecided(&mut out);
        return Ok(out);
    };
    if let Some(seconds) = input.opt_f64("seconds")? {
        out.put("sel", level_json(level::exposure(got, seconds)));
    }
    let shown = figures(got);
    let formula = if input.opt("durations").is_some() {
        "10 lg(Σ tᵢ·10^(0.1 Lᵢ) / Σ tᵢ)"
    } else {
        "10 lg((1/n) Σ 10^(0.1 Lᵢ))"
    };
    out.step(text!("等效声级", "equivalent level"), formula, &shown);
    set_value(&mut out, got);
    out.conclude(
        Verdict::Computed,
        text!("Leq = {got:.1} dB(A)。", "Leq = {got:.1} dB(A)."),
    );
    Ok(out)
}

fn day(input: &Input<'_>) -> Result<Judgement, InputError> {
    let key = "hourly_leq_from_00";
    let list = checks::list(input, key)?;
    let mut hours = Vec::with_capacity(24);
    for hour in &list {
        hours.push(if hour.json().is_null() {
            None
        } else {
            Some(level_at(hour)?)
        });
    }
    let got_hours = hours.len();
    let hourly: [Option<f64>; 24] = hours.try_into().map_err(|_| {
        input.error(
            key,
            "range",
            text!(
                "应有 24 个小时值,收到 {got_hours} 个",
                "24 hours are needed, {got_hours} were given"
            ),
        )
    })?;
    let hour = |key: &str, default: usize| -> Result<usize, InputError> {
        if input.opt(key).is_none() {
            return Ok(default);
        }
        checks::whole(input, key, 0, 24).map(|h| usize::try_from(h).unwrap_or(default))
    };
    let (from, to) = (hour("day_from", level::DAY_FROM)?, hour("day_to", level::DAY_TO)?);
    if to <= from {
        return Err(input.error(
            "day_to",
            "range",
            text!("昼间结束应晚于开始", "the day must end after it begins"),
        ));
    }
    let share = input.opt_f64("valid_share")?.unwrap_or(0.8);
    let got = level::day_levels(&hourly, (from, to), share);
    let mut out = Judgement::new("noise/ld_ln_ldn", Basis::new("GB 3096", "2008", "3.3、3.4"));
    let ((day_valid, night_valid), (day_hours, night_hours)) = (got.valid, got.hours);
    out.uses("day_hours", &format!("{day_valid}/{day_hours}"), "h")
        .uses("night_hours", &format!("{night_valid}/{night_hours}"), "h");
    for (hour, level) in hourly.iter().enumerate() {
        if level.is_none() {
            out.leaves_out(
                &format!("{key}[{hour}]"),
                None,
                "dB(A)",
                text!("缺测或无效", "missing or invalid"),
            );
            // The share of hours that makes a period valid was found in no text.
            out.rests_on(Confidence::Uncertain);
        }
    }
    for (name, value, formula) in [
        ("Ld", got.ld, "昼间小时值能量平均"),
        ("Ln", got.ln, "夜间小时值能量平均"),
        (
            "Ldn",
            got.ldn,
            "10 lg{[h_d·10^(0.1 Ld) + h_n·10^(0.1(Ln+10))]/24}",
        ),
    ] {
        if let Some(value) = value {
            out.step(text!("{name}", "{name}"), formula, &figures(value));
        }
    }
    out.put("ld", level_json(got.ld))
        .put("ln", level_json(got.ln))
        .put("ldn", level_json(got.ldn))
        .put("leq24", level_json(got.leq24));
    if got.ld.is_none() && got.ln.is_none() {
        undecided(&mut out);
        return Ok(out);
    }
    let show = |value: Option<f64>| value.map_or_else(|| "—".to_owned(), |v| format!("{v:.1}"));
    let (ld, ln, ldn) = (show(got.ld), show(got.ln), show(got.ldn));
    let words = text!(
        "Ld {ld}, Ln {ln}, Ldn {ldn} dB(A)",
        "Ld {ld}, Ln {ln}, Ldn {ldn} dB(A)"
    );
    conclude(&mut out, Verdict::Computed, words);
    Ok(out)
}

fn percentiles(input: &Input<'_>) -> Result<Judgement, InputError> {
    let samples = levels(input, "samples_db")?;
    let mut out = Judgement::new("noise/percentiles", Basis::new("GB 3096", "2008", "3.6"));
    let n = samples.len();
    out.uses("samples_db", &n, "个");
    for percent in [5, 10, 50, 90, 95] {
        let got = level::exceeded(&samples, percent);
        out.put(&format!("l{percent}"), level_json(got));
        if let Some(got) = got {
            let place = (n * percent).div_ceil(100);
            out.step(
                text!(
                    "L{percent},降序第 {place} 个",
                    "L{percent}, element {place} in descending order"
                ),
                format!("⌈{n}×{percent}/100⌉ = {place}"),
                &got,
            );
        }
    }
    let (l10, l50, l90) = (
        level::exceeded(&samples, 10),
        level::exceeded(&samples, 50),
        level::exceeded(&samples, 90),
    );
    let leq = level::leq_equal(&samples);
    out.put("lmax", level_json(max(&samples)))
        .put("lmin", level_json(level::exceeded(&samples, 100)))
        .put("leq", level_json(leq));
    let (Some(l10), Some(l50), Some(l90), Some(leq)) = (l10, l50, l90, leq) else {
        undecided(&mut out);
        return Ok(out);
    };
    let d = l10 - l90;
    let approx = l50 + d * d / 60.0;
    out.put("leq_normal_approx", level_json(Some(approx)));
    out.step(
        text!("正态近似(仅供校核)", "normal approximation, a check only"),
        format!("{l50} + {d}²/60"),
        &figures(approx),
    );
    set_value(&mut out, leq);
    out.conclude(
        Verdict::Computed,
        text!(
            "L10 {l10}, L50 {l50}, L90 {l90}, Leq {leq:.1} dB(A)。",
            "L10 {l10}, L50 {l50}, L90 {l90}, Leq {leq:.1} dB(A)."
        ),
    );
    Ok(out)
}

fn max(samples: &[f64]) -> Option<f64> {
    samples.iter().copied().max_by(f64::total_cmp)
}

fn sources(input: &Input<'_>) -> Result<Judgement, InputError> {
    let levels = levels(input, "levels_db")?;
    let background = input.opt("background_db").map(|v| level_at(&v)).transpose()?;
    let mut out = Judgement::new("noise/sources", Basis::new("声级叠加", "", "10 lg Σ 10^(0.1 Lᵢ)"));
    out.uses("levels_db", &levels.len(), "个");
    let total = level::sum(&levels);
    let own = total
        .zip(background)
        .and_then(|(t, b)| level::without_background(t, b));
    out.put("sum", level_json(total))
        .put("without_background", level_json(own));
    let Some(total) = total else {
        undecided(&mut out);
        return Ok(out);
    };
    out.step(text!("叠加声级", "sum"), "10 lg Σ 10^(0.1 Lᵢ)", &figures(total));
    if let (Some(background), Some(own)) = (background, own) {
        out.uses("background_db", &background, "dB(A)");
        out.step(
            text!("扣除背景", "without background"),
            format!("10 lg(10^(0.1·{}) − 10^(0.1·{background}))", figures(total)),
            &figures(own),
        );
    }
    set_value(&mut out, total);
    out.conclude(
        Verdict::Computed,
        text!("叠加声级 {total:.1} dB(A)。", "Sum {total:.1} dB(A)."),
    );
    Ok(out)
}

fn validity(input: &Input<'_>) -> Result<Judgement, InputError> {
    let minutes = checks::list(input, "valid_minutes")?;
    let need = input.opt_int("min_minutes")?.unwrap_or(45);
    let share = input.opt_f64("valid_share")?.unwrap_or(0.8);
    let mut valid = [None; 24];
    if minutes.len() != valid.len() {
        let got = minutes.len();
        return Err(input.error(
            "valid_minutes",
            "range",
            text!(
                "应有 24 个小时,收到 {got} 个",
                "24 hours are needed, {got} were given"
            ),
        ));
    }
    for (slot, minute) in valid.iter_mut().zip(&minutes) {
        if !minute.json().is_null() && checks::as_amount(minute)? >= crate::num::Exact::int(need) {
            *slot = Some(0.0);
        }
    }
    let got = level::day_levels(&valid, (level::DAY_FROM, level::DAY_TO), share);
    let hours = got.valid.0 + got.valid.1;
    let rate = checks::percent(&checks::count(hours), &checks::count(24));
    let mut out = Judgement::new("noise/auto_validity", Basis::new("HJ 907", "2017", "数据有效性"));
    out.rests_on(Confidence::Uncertain);
    out.uses("min_minutes", &need, "min")
        .uses("valid_share", &share, "");
    out.put("valid_hours", hours)
        .put("ld_valid", got.ld.is_some())
        .put("ln_valid", got.ln.is_some())
        .put("effective_rate_pct", checks::maybe(rate.as_ref()));
    if let Some(rate) = &rate {
        out.step(
            text!("有效率", "effective rate"),
            format!("{hours} / 24 × 100"),
            rate,
        );
        out.finish(rate, rate.to_fixed(1), "%");
    }
    conclude(
        &mut out,
        Verdict::Computed,
        text!("有效小时 {hours}/24", "{hours} of 24 hours valid"),
    );
    Ok(out)
}
