//! MDA8, daily means and yearly validity by name.

use serde_json::{Map, Value};

use super::edition::LimitSet;
use super::limits::{self, Averaging, Pollutant, Zone};
use super::means::{
    DAYS_OF_FEBRUARY, DAYS_OF_MONTH, DAYS_OF_YEAR, EIGHTS_OF_DAY, HOURS_OF_DAY, Hours, day_mean, mda8,
    year_validity,
};
use super::read;
use crate::conformance;
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::text;
use crate::topic::Topic;

pub(super) const MDA8: Topic = Topic {
    id: "aqi/mda8",
    zh: "臭氧日最大8小时平均",
    en: "Daily maximum 8 h mean of O3",
    basis: "GB 3095 表4;HJ 663 6.1.2",
    example: r#"{"hours_1_to_24":[34,45,40,null,null,null,34,46,61,62,64,92,105,103,98,109,96,76,55,63,50,34,55,49]}"#,
    evaluate: judge_mda8,
    case: conformance::inline,
};

pub(super) const VALIDITY: Topic = Topic {
    id: "aqi/validity",
    zh: "日均值与年均值的数据有效性",
    en: "Minimum of data of daily and yearly means",
    basis: "GB 3095 表4",
    example: r#"{"kind":"annual_validity","year":2025,"valid_days_by_month":[30,28,31,30,31,29,31,31,30,31,29,30]}"#,
    evaluate: judge_validity,
    case: conformance::inline,
};

/// `n/d (≈ decimal)` where it does not terminate.
fn shown(value: &Exact) -> String {
    value.to_display()
}

fn note_hours(out: &mut Judgement, name: &str, hours: &Hours, unit: &str) {
    let mut used = Vec::new();
    let mut missing = Vec::new();
    for (hour, value) in (1..).zip(hours) {
        match value {
            Some(value) => used.push(format!("{hour}: {value}")),
            None => missing.push(hour.to_string()),
        }
    }
    out.uses(name, &used.join("; "), unit);
    if !missing.is_empty() {
        out.leaves_out(
            &format!("{name}[{}]", missing.join(",")),
            None,
            unit,
            text!("缺测小时,不参与平均", "missing hours take no part"),
        );
    }
}

fn judge_mda8(input: &Input<'_>) -> Result<Judgement, InputError> {
    let hours = read::hours(input, "hours_1_to_24")?;
    let given = input.opt_exact("limit_used")?;
    let set = read::limit_set(input)?.unwrap_or(LimitSet::Gb2012);
    let row = limits::find(set, Pollutant::O3, Averaging::Mda8);
    let limit = given
        .or_else(|| row.map(|r| r.limit(Zone::Class2).clone()))
        .unwrap_or_else(|| Exact::int(160));
    let got = mda8(&hours, &limit);
    let mut out = Judgement::new("aqi/mda8", Basis::new("HJ 663", "2013", "6.1.2"));
    out.also(set.basis("表4"));
    note_hours(&mut out, "hours_1_to_24", &hours, "µg/m³");
    out.limit(
        &limit,
        "µg/m³",
        set.basis("表1"),
        text!(
            "8小时均值不足 14 个时,最大值超过该限值仍有效;条文未写明用哪一级限值,取二级(可配置,未经核实)",
            "with fewer than 14 means the maximum still counts above this limit; which class is not spelled out, class II is taken (configurable, unverified)"
        ),
        Confidence::Secondary,
    );
    let mut means = Map::new();
    for (hour, mean) in &got.means {
        means.insert(hour.to_string(), mean.to_fraction().into());
        let first = hour.saturating_sub(7);
        out.step(
            text!("{hour} 时 8 小时滑动平均", "8 h mean at hour {hour}"),
            format!("mean({first}…{hour}) = {}", mean.to_fraction()),
            mean,
        );
    }
    out.put("n_valid_8h", got.means.len())
        .put("valid", got.valid)
        .put("valid_by_exception", got.by_exception)
        .put("mda8_exact", got.exact.as_ref().map(Exact::to_fraction))
        .put("mda8", got.mda8.as_ref().map(Exact::to_json))
        .put("mean8_at", means);
    let n = got.means.len();
    match (&got.exact, &got.mda8) {
        (Some(exact), Some(rounded)) => {
            out.finish(exact, rounded.to_display(), "µg/m³");
            out.conclude(
                Verdict::Computed,
                text!(
                    "有效8小时均值 {n} 个,日最大8小时平均 {rounded} µg/m³。",
                    "{n} valid 8 h means; daily maximum {rounded} µg/m³."
                ),
            );
        }
        _ => {
            out.conclude(
                Verdict::Undecided,
                text!(
                    "有效8小时均值 {n} 个,少于 {EIGHTS_OF_DAY} 个且最大值未超过 {limit}:当日无效。",
                    "{n} valid 8 h means, fewer than {EIGHTS_OF_DAY}, and the maximum is not above {limit}: the day is invalid."
                ),
            );
        }
    }
    Ok(out)
}

fn judge_validity(input: &Input<'_>) -> Result<Judgement, InputError> {
    match input.str("kind")? {
        "daily_mean" => judge_day(input),
        "annual_validity" => judge_year(input),
        other => Err(input.error(
            "kind",
            "unknown",
            text!(
                "未知的类型 {other},可用 daily_mean、annual_validity",
                "unknown kind {other}; use daily_mean or annual_validity"
            ),
        )),
    }
}

fn judge_day(input: &Input<'_>) -> Result<Judgement, InputError> {
    let pollutant = read::pollutant(input, "item")?;
    let hours = read::hours(input, "hours")?;
    let got = day_mean(pollutant, &hours);
    let unit = pollutant.unit();
    let mut out = Judgement::new("aqi/validity", Basis::new("GB 3095", "2026", "表4"));
    out.also(Basis::new("GB 3095", "2012", "表4"));
    note_hours(&mut out, "hours", &hours, unit);
    if let Some(exact) = &got.exact {
        out.step(
            text!("小时值的算术平均", "arithmetic mean of the hours"),
            format!("Σ/{} = {}", got.n, exact.to_fraction()),
            &shown(exact),
        );
    }
    out.put("n", got.n)
        .put("valid", got.valid)
        .put("mean_exact", got.exact.as_ref().map(Exact::to_fraction))
        .put("mean", got.mean.as_ref().map(Exact::to_json));
    let n = got.n;
    match (&got.exact, &got.mean) {
        (Some(exact), Some(mean)) => {
            out.finish(exact, mean.to_fixed(pollutant.decimals()), unit);
            out.conclude(
                Verdict::Computed,
                text!(
                    "有效小时 {n} 个,日均值 {mean} {unit}。",
                    "{n} valid hours; daily mean {mean} {unit}."
                ),
            );
        }
        _ => {
            out.conclude(
                Verdict::Undecided,
                text!(
                    "有效小时 {n} 个,少于 {HOURS_OF_DAY} 个,日均值无效。",
                    "{n} valid hours, fewer than {HOURS_OF_DAY}: no valid daily mean."
                ),
            );
        }
    }
    Ok(out)
}

fn judge_year(input: &Input<'_>) -> Result<Judgement, InputError> {
    let field = "valid_days_by_month";
    let wrong = || {
        input.error(
            field,
            "range",
            text!(
                "应为 12 个月的有效天数,各 0–31",
                "12 counts of valid days are needed, each 0 to 31"
            ),
        )
    };
    let mut counts = Vec::with_capacity(12);
    for month in input.list(field)? {
        let days = month.as_exact()?.to_i64().and_then(|d| u32::try_from(d).ok());
        counts.push(days.filter(|d| *d <= 31).ok_or_else(wrong)?);
    }
    let by_month = <[u32; 12]>::try_from(counts).map_err(|_| wrong())?;
    let got = year_validity(by_month);
    let mut out = Judgement::new("aqi/validity", Basis::new("GB 3095", "2026", "表4"));
    out.also(Basis::new("GB 3095", "2012", "表4"));
    let months: Vec<String> = by_month.iter().map(u32::to_string).collect();
    out.uses(field, &months.join(","), "d");
    out.step(
        text!(
            "全年有效日均值个数,须不少于 {DAYS_OF_YEAR}",
            "valid days of the year, at least {DAYS_OF_YEAR}"
        ),
        format!("{} = {}", months.join("+"), got.total),
        &got.total,
    );
    let short: Vec<String> = (1..)
        .zip(got.months_ok)
        .filter(|(_, ok)| !ok)
        .map(|(month, _): (u32, bool)| month.to_string())
        .collect();
    out.put("total", got.total)
        .put("year_ok", got.year_ok)
        .put(
            "months_ok",
            got.months_ok.into_iter().map(Value::from).collect::<Value>(),
        )
        .put("annual_mean_valid", got.valid);
    let (total, short) = (got.total, short.join("、"));
    if got.valid {
        out.conclude(
            Verdict::Met,
            text!(
                "有效天数 {total} 天,各月均足够,年均值有效。",
                "{total} valid days and every month complete: the yearly mean is valid."
            ),
        );
    } else {
        out.conclude(
            Verdict::Exceeded,
            text!(
                "有效天数 {total} 天(须 {DAYS_OF_YEAR});不足 {DAYS_OF_MONTH} 天(二月 {DAYS_OF_FEBRUARY} 天)的月份:{short}。年均值无效。",
                "{total} valid days ({DAYS_OF_YEAR} needed); months short of {DAYS_OF_MONTH} days (February {DAYS_OF_FEBRUARY}): {short}. The yearly mean is invalid."
            ),
        );
    }
    Ok(out)
}
