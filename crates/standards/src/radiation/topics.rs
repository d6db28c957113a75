//! Radiation by name: the topics with their explanations.

use serde_json::Value;

use super::dose::{Accident, accident_level, dose, dose_rate_alarm};
use super::source::{Bounds, Category, Nuclide, ad_bounds, category_by_ad, decayed, source_code, sum_ad};
use crate::checks;
use crate::conformance;
use crate::enforcement::calendar::{self, Unit, due};
use crate::explain::{conclude, figures};
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::text;
use crate::topic::Topic;

pub(super) const BY_AD: Topic = Topic {
    id: "radiation/category_ad",
    zh: "放射源分类(A/D)",
    en: "Category of a source by A/D",
    basis: "放射源分类办法;IAEA RS-G-1.9(D 值未经核实)",
    example: r#"{"nuclide":"Ir-192","activity_tbq":3.7}"#,
    evaluate: category_ad,
    case: conformance::plain,
};

pub(super) const BY_BQ: Topic = Topic {
    id: "radiation/category_bq",
    zh: "放射源分类(活度表)",
    en: "Category of a source by the table",
    basis: "放射源分类办法 分类表",
    example: r#"{"nuclide":"Co-60","activity_bq":3e11}"#,
    evaluate: category_bq,
    case: conformance::plain,
};

pub(super) const DECAY: Topic = Topic {
    id: "radiation/decay",
    zh: "放射源衰变",
    en: "Decay of a source",
    basis: "A = A0·2^(−t/T½)",
    example: r#"{"nuclide":"Ir-192","a0_tbq":3.7,"days":73.83}"#,
    evaluate: decay,
    case: conformance::plain,
};

pub(super) const CODE: Topic = Topic {
    id: "radiation/source_code",
    zh: "放射源编码",
    en: "Source code",
    basis: "放射源编码规则(2004)",
    example: r#"{"code":"0126IR001232"}"#,
    evaluate: code,
    case: conformance::plain,
};

pub(super) const TRANSFER: Topic = Topic {
    id: "radiation/transfer_deadline",
    zh: "跨省转移报告与办结期限",
    en: "Report and closing of an inter-provincial move",
    basis: "放射性同位素与射线装置安全许可管理办法",
    example: r#"{"transfer_date":"2026-02-06"}"#,
    evaluate: transfer,
    case: conformance::plain,
};

pub(super) const DOSE: Topic = Topic {
    id: "radiation/dose",
    zh: "个人剂量评价",
    en: "Personal dose",
    basis: "GB 18871-2002 B1",
    example: r#"{"quarterly_msv":[0.2,0.3,0.1,0.4]}"#,
    evaluate: personal_dose,
    case: conformance::plain,
};

pub(super) const LICENCE: Topic = Topic {
    id: "radiation/licence",
    zh: "辐射安全许可证有效期",
    en: "Validity of a radiation licence",
    basis: "放射性同位素与射线装置安全许可管理办法",
    example: r#"{"issued":"2021-05-10","today":"2026-04-20"}"#,
    evaluate: licence,
    case: conformance::plain,
};

pub(super) const ACCIDENT: Topic = Topic {
    id: "radiation/accident",
    zh: "辐射事故等级",
    en: "Level of a radiation accident",
    basis: "放射性同位素与射线装置安全和防护条例 40",
    example: r#"{"lost_category":"II","wide_contamination":false,"deaths":0,"severe_sickness":0}"#,
    evaluate: accident,
    case: conformance::plain,
};

pub(super) const EM: Topic = Topic {
    id: "radiation/em_exposure",
    zh: "电磁环境控制限值",
    en: "Electromagnetic exposure",
    basis: "GB 8702-2014 表1",
    example: r#"{"band":"50Hz","e_v_m":1200,"b_ut":8}"#,
    evaluate: em,
    case: conformance::plain,
};

pub(super) const RATE: Topic = Topic {
    id: "radiation/dose_rate_alarm",
    zh: "空气吸收剂量率报警",
    en: "Alarm of the air absorbed dose rate",
    basis: "均值 + 3σ(项目规则)",
    example: r#"{"reference_ngy_h":[80,82,79,81],"value_ngy_h":95,"rain_mm_h":0}"#,
    evaluate: rate,
    case: conformance::plain,
};

fn nuclide(input: &Input<'_>) -> Result<&'static Nuclide, InputError> {
    let name = input.str("nuclide")?;
    Nuclide::find(name).ok_or_else(|| checks::unknown_name(input, "nuclide", name))
}

fn classified(out: &mut Judgement, category: Category) {
    out.put("category", category.key());
    let (zh, key) = (category.zh(), category.key());
    conclude(out, Verdict::Classified, text!("{zh}", "category {key}"));
}

fn category_ad(input: &Input<'_>) -> Result<Judgement, InputError> {
    let mut out = Judgement::new(
        "radiation/category_ad",
        Basis::new("放射源分类办法", "2005", "A/D"),
    );
    out.rests_on(Confidence::Configurable);
    let list = match input.opt("sources") {
        Some(_) => checks::list(input, "sources")?,
        None => vec![input.clone()],
    };
    let mut sources = Vec::new();
    for source in &list {
        let nuclide = nuclide(source)?;
        let activity = checks::amount(source, "activity_tbq")?;
        let (name, d) = (&nuclide.nuclide, &nuclide.d_tbq);
        out.uses(name, &activity, "TBq").rests_on(nuclide.confidence);
        out.limit(
            d,
            "TBq",
            Basis::new("IAEA RS-G-1.9", "2005", "D"),
            text!("{name} 的 D 值", "D of {name}"),
            nuclide.confidence,
        );
        if let Some(part) = activity.checked_div(d) {
            out.step(
                text!("{name} 的 A/D", "A/D of {name}"),
                format!("{activity} / {d}"),
                &part,
            );
        }
        sources.push((nuclide, activity));
    }
    let sum = sum_ad(&sources).map_err(checks::refuse(input))?;
    for (category, from) in ad_bounds() {
        let key = category.key();
        let basis = Basis::new("IAEA RS-G-1.9", "2005", "分类");
        out.limit(
            &from,
            "",
            basis,
            text!("{key} 类下限", "category {key} begins"),
            Confidence::Secondary,
        );
    }
    out.put("a_over_d", sum.to_json());
    out.finish(&sum, sum.to_display(), "");
    if sources.is_empty() {
        out.put("category", Value::Null);
        out.conclude(Verdict::Undecided, text!("没有放射源。", "There is no source."));
        return Ok(out);
    }
    classified(&mut out, category_by_ad(&sum));
    Ok(out)
}

fn category_bq(input: &Input<'_>) -> Result<Judgement, InputError> {
    let name = input.str("nuclide")?;
    let bounds = Bounds::find(name).ok_or_else(|| checks::unknown_name(input, "nuclide", name))?;
    let activity = checks::amount(input, "activity_bq")?;
    let basis = Basis::new("放射源分类办法", "2005", "分类表");
    let mut out = Judgement::new("radiation/category_bq", basis.clone());
    out.uses("activity_bq", &activity, "Bq");
    for (category, from) in bounds.by_category() {
        let key = category.key();
        out.limit(
            from,
            "Bq",
            basis.clone(),
            text!("{name} {key} 类下限", "category {key} of {name} begins"),
            bounds.confidence,
        );
    }
    let category = bounds.category(&activity);
    out.put("exempt", category.is_none());
    if let Some(category) = category {
        classified(&mut out, category);
    } else {
        out.put("category", Value::Null);
        out.conclude(
            Verdict::Classified,
            text!("低于豁免活度。", "Below the exemption."),
        );
    }
    Ok(out)
}

fn decay(input: &Input<'_>) -> Result<Judgement, InputError> {
    let a0 = checks::amount(input, "a0_tbq")?.to_f64();
    let days = checks::amount(input, "days")?.to_f64();
    let mut out = Judgement::new(
        "radiation/decay",
        Basis::new("放射性衰变", "", "A = A0·2^(−t/T½)"),
    );
    let half_life = if let Some(half_life) = checks::opt_amount(input, "half_life_days")? {
        half_life
    } else {
        let nuclide = nuclide(input)?;
        out.rests_on(nuclide.confidence);
        nuclide.half_life_days.clone().ok_or_else(|| {
            input.error(
                "half_life_days",
                "missing",
                text!(
                    "表中没有该核素的半衰期,请给出",
                    "the table has no half-life of it: give one"
                ),
            )
        })?
    };
    let half_life = half_life.to_f64();
    let activity = decayed(a0, days, half_life).ok_or_else(|| {
        input.error(
            "half_life_days",
            "range",
            text!("半衰期应大于零", "the half-life must be above zero"),
        )
    })?;
    let shown = figures(activity);
    out.uses("a0_tbq", &a0, "TBq")
        .uses("days", &days, "d")
        .uses("half_life_days", &half_life, "d");
    out.step(
        text!("衰变后活度", "activity after decay"),
        format!("{a0} × 2^(−{days}/{half_life})"),
        &shown,
    );
    out.unrounded = Some(shown.clone());
    out.value = Some(shown.clone());
    "TBq".clone_into(&mut out.unit);
    out.put("a_tbq", checks::real(activity));
    conclude(&mut out, Verdict::Computed, text!("{shown} TBq", "{shown} TBq"));
    Ok(out)
}

fn code(input: &Input<'_>) -> Result<Judgement, InputError> {
    let code = input.str("code")?;
    let mut out = Judgement::new(
        "radiation/source_code",
        Basis::new("放射源编码规则", "2004", "12 位"),
    );
    let shown: String = code.chars().take(40).collect();
    out.uses("code", &shown, "");
    let read = source_code(code);
    out.put("valid", read.is_some());
    if let Some(read) = read {
        let category = read.category.to_string();
        out.step(
            text!(
                "按位拆分:生产单位 2、年份 2、核素 2、序号 5、类别 1",
                "split: producer 2, year 2, nuclide 2, serial 5, category 1"
            ),
            shown.clone(),
            &format!(
                "{} {} {} {} {category}",
                read.producer, read.year, read.nuclide, read.serial
            ),
        );
        out.put("producer", read.producer)
            .put("imported", read.imported)
            .put("year", read.year)
            .put("nuclide_code", read.nuclide)
            .put("serial", read.serial)
            .put("category", category);
        out.conclude(
            Verdict::Met,
            text!("编码 {shown} 符合规则。", "Code {shown} follows the rule."),
        );
    } else {
        out.conclude(
            Verdict::Exceeded,
            text!(
                "编码 {shown} 不符合 12 位规则。",
                "Code {shown} does not follow the rule of 12 characters."
            ),
        );
    }
    Ok(out)
}

fn transfer(input: &Input<'_>) -> Result<Judgement, InputError> {
    let date = input.date("transfer_date")?;
    let calendar = calendar::WorkCalendar::default();
    let shift = |days: i64| {
        due(date, days, Unit::Day, &calendar).ok_or_else(|| calendar::beyond(input, "transfer_date"))
    };
    let (report, close) = (shift(-10)?, shift(20)?);
    let basis = Basis::new("放射性同位素与射线装置安全许可管理办法", "2021", "跨省转移");
    let mut out = Judgement::new("radiation/transfer_deadline", basis);
    out.rests_on(Confidence::Secondary);
    out.uses("transfer_date", &date, "");
    out.step(
        text!("转移 10 日前报告", "report 10 days before"),
        format!("{date} − 10 日"),
        &report,
    );
    out.step(
        text!("转移结束 20 日内办结", "close within 20 days after"),
        format!("{date} + 20 日"),
        &close,
    );
    out.put("report_by", report.to_string())
        .put("close_by", close.to_string());
    out.conclude(
        Verdict::Computed,
        text!(
            "{report} 前报告,{close} 前办结。",
            "Report by {report}, close by {close}."
        ),
    );
    Ok(out)
}

fn limit_or(input: &Input<'_>, key: &str, default: i64) -> Result<Exact, InputError> {
    Ok(match checks::opt_amount(input, key)? {
        Some(limit) => limit,
        None => Exact::int(default),
    })
}

fn personal_dose(input: &Input<'_>) -> Result<Judgement, InputError> {
    let mut quarters = Vec::new();
    for quarter in checks::list(input, "quarterly_msv")? {
        quarters.push(if quarter.json().is_null() {
            None
        } else {
            Some(checks::as_amount(&quarter)?)
        });
    }
    let year_limit = limit_or(input, "limit_year", 50)?;
    let mean_limit = limit_or(input, "limit_5y_avg", 20)?;
    let investigate = limit_or(input, "investigate", 5)?;
    let got = dose(&quarters).map_err(checks::refuse(input))?;
    let basis = Basis::new("GB 18871", "2002", "B1.1");
    let mut out = Judgement::new("radiation/dose", basis.clone());
    out.uses("quarters", &quarters.len(), "季");
    for (limit, zh, en) in [
        (&year_limit, "任何一年", "any year"),
        (&mean_limit, "连续五年平均", "five-year mean"),
        (&investigate, "调查水平", "investigation level"),
    ] {
        out.limit(
            limit,
            "mSv",
            basis.clone(),
            text!("{zh}", "{en}"),
            Confidence::Secondary,
        );
    }
    let known = &got.known;
    out.step(
        text!("最近四个季度之和", "sum of the last four quarters"),
        "Σ",
        known,
    );
    if !got.complete {
        out.leaves_out(
            "quarterly_msv",
            None,
            "mSv",
            text!(
                "最近四个季度不全,缺失不计为零",
                "of the last four quarters some are missing; missing is not zero"
            ),
        );
    }
    let over_year = got.above(&year_limit);
    let over_mean = got.five_year_mean.as_ref().map(|m| *m > mean_limit);
    out.put(
        "last_year",
        if got.complete {
            known.to_json()
        } else {
            Value::Null
        },
    )
    .put("investigate", got.above(&investigate))
    .put("over_year", over_year)
    .put("five_year_mean", checks::maybe(got.five_year_mean.as_ref()))
    .put("over_five_year_mean", over_mean);
    let (verdict, zh, en) = if over_year == Some(true) || over_mean == Some(true) {
        (Verdict::Exceeded, "超过剂量限值", "above a dose limit")
    } else if got.above(&investigate) == Some(true) {
        (
            Verdict::Met,
            "未超限值,超过调查水平,应调查",
            "within the limits, above the investigation level",
        )
    } else if over_year.is_none() {
        (
            Verdict::Undecided,
            "季度数据不全,无法判定",
            "quarters are missing: cannot be decided",
        )
    } else {
        (Verdict::Met, "未超限值", "within the limits")
    };
    out.conclude(
        verdict,
        text!(
            "最近四季度 {known} mSv:{zh}。",
            "Last four quarters {known} mSv: {en}."
        ),
    );
    Ok(out)
}

fn licence(input: &Input<'_>) -> Result<Judgement, InputError> {
    let (issued, today) = (input.date("issued")?, input.date("today")?);
    let calendar = calendar::WorkCalendar::default();
    let beyond = || calendar::beyond(input, "issued");
    let expires = due(issued, 60, Unit::Month, &calendar).ok_or_else(beyond)?;
    let renew = due(expires, -30, Unit::Day, &calendar).ok_or_else(beyond)?;
    let basis = Basis::new("放射性同位素与射线装置安全许可管理办法", "2021", "有效期");
    let mut out = Judgement::new("radiation/licence", basis);
    out.rests_on(Confidence::Configurable);
    out.uses("issued", &issued, "").uses("today", &today, "");
    out.step(
        text!("有效期五年", "valid five years"),
        format!("{issued} + 60 月"),
        &expires,
    );
    out.step(
        text!("届满 30 日前申请延续", "renewal 30 days before"),
        format!("{expires} − 30 日"),
        &renew,
    );
    let state = if today >= expires {
        "expired"
    } else if today >= renew {
        "renew"
    } else {
        "valid"
    };
    out.put("expires", expires.to_string())
        .put("renew_by", renew.to_string())
        .put("state", state);
    let verdict = crate::explain::verdict(state == "expired");
    conclude(
        &mut out,
        verdict,
        text!(
            "有效期至 {expires},{renew} 前申请延续",
            "valid until {expires}, apply for renewal by {renew}"
        ),
    );
    Ok(out)
}

fn accident(input: &Input<'_>) -> Result<Judgement, InputError> {
    let number = |key: &str| -> Result<i64, InputError> {
        if input.opt(key).is_none() {
            return Ok(0);
        }
        checks::whole(input, key, 0, 1_000_000_000)
    };
    let lost = match input.opt("lost_category") {
        Some(_) => Some(checks::choice(input, "lost_category", &Category::NAMES)?),
        None => None,
    };
    let happened = Accident {
        lost,
        wide_contamination: input.opt_bool("wide_contamination")?.unwrap_or(false),
        deaths: number("deaths")?,
        severe_sickness: number("severe_sickness")?,
        over_exposure: input.opt_bool("over_exposure")?.unwrap_or(false),
    };
    let mut out = Judgement::new(
        "radiation/accident",
        Basis::new("放射性同位素与射线装置安全和防护条例", "2019", "40"),
    );
    if let Some(lost) = lost {
        out.uses("lost_category", &lost.key(), "");
    }
    out.uses("deaths", &happened.deaths, "人")
        .uses("severe_sickness", &happened.severe_sickness, "人");
    let level = accident_level(&happened);
    out.put("level", level.map(|(zh, _)| zh));
    match level {
        Some((zh, en)) => out.conclude(
            Verdict::Classified,
            text!(
                "{zh}辐射事故,应立即报告。",
                "{en} radiation accident: report at once."
            ),
        ),
        None => out.conclude(
            Verdict::Classified,
            text!("不构成所列等级的辐射事故。", "None of the listed levels."),
        ),
    };
    Ok(out)
}

fn em(input: &Input<'_>) -> Result<Judgement, InputError> {
    // GB 8702-2014 table 1 for the two bands that are supervised: power lines and base stations.
    let bands = [
        ("50Hz", [("e_v_m", 4000, 0, "V/m"), ("b_ut", 100, 0, "µT")]),
        ("30-3000MHz", [("e_v_m", 12, 0, "V/m"), ("s_w_m2", 4, 1, "W/m²")]),
    ];
    let limits = checks::choice(input, "band", &bands)?;
    let basis = Basis::new("GB 8702", "2014", "表1");
    let mut out = Judgement::new("radiation/em_exposure", basis.clone());
    let mut failed = Vec::new();
    let mut seen = 0;
    for (key, digits, places, unit) in limits {
        let limit = checks::decimal(digits, places);
        out.limit(
            &limit,
            unit,
            basis.clone(),
            text!("{key} 控制限值", "limit of {key}"),
            Confidence::Verified,
        );
        match checks::opt_amount(input, key)? {
            Some(value) => {
                seen += 1;
                out.uses(key, &value, unit);
                if value > limit {
                    failed.push(key);
                }
            }
            None => {
                out.leaves_out(key, None, unit, text!("未测", "not measured"));
            }
        }
    }
    out.put("compliant", (seen > 0).then_some(failed.is_empty())).put(
        "failed",
        failed.iter().map(|f| Value::from(*f)).collect::<Vec<_>>(),
    );
    let named = failed.join("、");
    if seen == 0 {
        out.conclude(Verdict::Undecided, text!("没有测量值。", "Nothing was measured."));
    } else if failed.is_empty() {
        out.conclude(Verdict::Met, text!("不超过控制限值。", "Within the limits."));
    } else {
        out.conclude(
            Verdict::Exceeded,
            text!("超过控制限值:{named}。", "Above the limits: {named}."),
        );
    }
    Ok(out)
}

fn rate(input: &Input<'_>) -> Result<Judgement, InputError> {
    let reference: Vec<f64> = checks::amounts(input, "reference_ngy_h")?
        .iter()
        .map(Exact::to_f64)
        .collect();
    let value = checks::amount(input, "value_ngy_h")?.to_f64();
    let rain = checks::opt_amount(input, "rain_mm_h")?;
    let mut out = Judgement::new(
        "radiation/dose_rate_alarm",
        Basis::new("项目规则", "", "均值 + 3σ,降雨核对"),
    );
    out.rests_on(Confidence::Configurable);
    out.uses("reference_ngy_h", &reference.len(), "个")
        .uses("value_ngy_h", &value, "nGy/h");
    let Some(alarm) = dose_rate_alarm(&reference) else {
        out.put("alarm_level", Value::Null).put("alarm", Value::Null);
        out.conclude(
            Verdict::Undecided,
            text!("参考值不足两个。", "Fewer than two reference values."),
        );
        return Ok(out);
    };
    let mean = reference.iter().sum::<f64>() / reference.len() as f64;
    // Radon washout: rain above 0.5 mm/h explains up to twice the mean.
    let washout = rain.as_ref().is_some_and(|r| *r > checks::decimal(5, 1)) && value <= 2.0 * mean;
    let raised = value > alarm;
    out.step(text!("报警水平", "alarm level"), "x̄ + 3s", &figures(alarm));
    out.put("alarm_level", checks::real(alarm))
        .put("explained_by_rain", raised && washout)
        .put("alarm", raised && !washout);
    let shown = figures(alarm);
    let words = match (raised, washout) {
        (true, true) => text!(
            "{value} 高于 {shown} nGy/h,可由降雨解释",
            "{value} is above {shown} nGy/h; rain explains it"
        ),
        (true, false) => text!("{value} 高于 {shown} nGy/h", "{value} is above {shown} nGy/h"),
        (false, _) => text!(
            "{value} 不高于 {shown} nGy/h",
            "{value} is not above {shown} nGy/h"
        ),
    };
    conclude(&mut out, crate::explain::verdict(raised && !washout), words);
    Ok(out)
}
