//! A station's day and year by name: the case names station and date, the hours come with the input.

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::composite::{SixValues, composite};
use super::composite_topics::{plain_decimals, six};
use super::edition::{Edition, LimitSet};
use super::limits::{self, Averaging, Pollutant, Zone};
use super::read;
use super::station::{
    DayHours, LevelDays, StationDay, YearItem, aqi_of_day, day, level_days, missing_items, year_item,
};
use crate::conformance::{self, Tolerance};
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::text;
use crate::topic::Topic;

pub(super) const DAILY: Topic = Topic {
    id: "aqi/station_daily_real",
    zh: "点位日评价(由小时值)",
    en: "A station's day from its hours",
    basis: "GB 3095 表4;HJ 663 6.1;HJ 633-2012、HJ 633-2026",
    example: r#"{"station":"示例","date":"2026-05-01","hours":{"so2":[5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5,5],"no2":[20,20,20,20,20,20,20,20,20,20,20,20,20,20,20,20,20,20,20,20,20,20,20,20],"pm10":[80,80,80,80,80,80,80,80,80,80,80,80,80,80,80,80,80,80,80,80,80,80,80,80],"pm25":[61,61,61,61,61,61,61,61,61,61,61,61,61,61,61,61,61,61,61,61,61,61,61,61],"co":[0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,0.5,null,null],"o3":[60,60,60,60,60,60,60,60,90,90,120,120,120,120,120,120,90,90,60,60,60,60,60,60]}}"#,
    evaluate: judge_day,
    case: conformance::inline,
};

pub(super) const ANNUAL: Topic = Topic {
    id: "aqi/station_annual_real",
    zh: "点位年评价",
    en: "A station's year",
    basis: "HJ 663-2013、HJ 663-2026 表1;GB 3095 表4",
    example: r#"{"station":"示例","year":2026,"days":[{"date":"2026-05-01","values":{"so2":5,"no2":20,"pm10":80,"pm25":61,"co":0.5,"o3":118}},{"date":"2026-05-02","values":{"so2":6,"no2":25,"pm10":60,"pm25":30,"co":0.6,"o3":170}}]}"#,
    evaluate: judge_year,
    case: |line| {
        let mut case = conformance::inline(line)?;
        case.expect = plain_decimals(&case.expect);
        // Only the unrounded floats differ in their last digits; all else is whole or has few decimals.
        case.tolerance = Some(Tolerance::Relative(1e-12));
        Ok(case)
    },
};

fn read_day(input: &Input<'_>) -> Result<DayHours, InputError> {
    let mut out = DayHours::default();
    for (key, _) in input.as_members()? {
        let pollutant = Pollutant::parse_six(key).ok_or_else(|| {
            input.error(
                key,
                "unknown",
                text!("未知的污染物 {key}", "unknown pollutant {key}"),
            )
        })?;
        let hours = read::hours(input, key)?;
        if let Some(slot) = out.of_mut(pollutant) {
            *slot = hours;
        }
    }
    Ok(out)
}

fn describe_day(made: &StationDay) -> Value {
    let json = |v: &Option<Exact>| v.as_ref().map(Exact::to_json);
    let mut conc: Map<String, Value> = made
        .means
        .iter()
        .map(|(p, m)| {
            let value = json!({"n": m.n, "valid": m.valid, "mean": json(&m.mean)});
            (p.key().to_owned(), value)
        })
        .collect();
    conc.insert(
        "o3_8h".to_owned(),
        json!({"n_valid_8h": made.o3.means.len(), "valid": made.o3.valid, "mda8": json(&made.o3.mda8)}),
    );
    conc.insert("o3_1h_max".to_owned(), json!(json(&made.o3_hour_max)));
    Value::Object(conc)
}

fn judge_day(input: &Input<'_>) -> Result<Judgement, InputError> {
    let hours = read_day(&input.field("hours")?)?;
    let date = match input.opt("date") {
        Some(_) => Some(input.date("date")?),
        None => None,
    };
    let made = day(&hours);
    let mut out = Judgement::new("aqi/station_daily_real", Basis::new("HJ 663", "2013", "6.1"));
    out.also(Basis::new("GB 3095", "2012", "表4"))
        .rests_on(Confidence::Secondary);
    for (pollutant, mean) in &made.means {
        match &mean.exact {
            Some(exact) if mean.valid => {
                out.uses(pollutant.key(), &format!("{} h", mean.n), pollutant.unit());
                out.step(
                    text!(
                        "{} 日均值,先修约小时值",
                        "daily mean of {}, hours rounded first",
                        pollutant.key()
                    ),
                    format!("Σ/{}", mean.n),
                    exact,
                );
            }
            _ => {
                let why = text!(
                    "有效小时 {} 个,不足 20 个",
                    "{} valid hours, fewer than 20",
                    mean.n
                );
                out.leaves_out(pollutant.key(), None, pollutant.unit(), why);
            }
        }
    }
    let eights = made.o3.means.len();
    match &made.o3.exact {
        Some(exact) if made.o3.valid => {
            out.uses("o3", &format!("{eights} × 8h"), "µg/m³");
            out.step(text!("O3 日最大8小时平均", "MDA8 of O3"), "max(8 h)", exact);
        }
        _ => {
            let why = text!(
                "有效8小时均值 {eights} 个,不足 14 个",
                "{eights} valid 8 h means, fewer than 14"
            );
            out.leaves_out("o3", None, "µg/m³", why);
        }
    }
    out.put("conc", describe_day(&made));
    let mut by_edition = Map::new();
    let mut shown = Vec::new();
    for edition in Edition::ALL {
        let report = aqi_of_day(&made.values, edition).map_err(read::negative("hours"))?;
        let names =
            |items: &[super::iaqi::Item]| -> Value { items.iter().map(|i| Value::from(i.key())).collect() };
        by_edition.insert(
            edition.key().to_owned(),
            json!({
                "aqi": report.aqi,
                "primary": names(&report.primary),
                "missing": names(&missing_items(&made.values)),
                "level": report.level.map(|l| l.level),
                "category": report.level.map(|l| l.category.clone()),
            }),
        );
        out.also(edition.basis("公式1"));
        let aqi = report.aqi.map_or_else(|| "NA".to_owned(), |a| a.to_string());
        if date.map(Edition::on) == Some(edition) {
            out.value = report.aqi.map(|a| a.to_string());
        }
        shown.push(format!("{}: {aqi}", edition.key()));
    }
    out.put("aqi_six_items", by_edition);
    let shown = shown.join(", ");
    let verdict = if made.values == SixValues::default() {
        Verdict::Undecided
    } else {
        Verdict::Classified
    };
    out.conclude(
        verdict,
        text!(
            "六项日评价 AQI(两版对照)— {shown}。",
            "AQI of the six daily items, both editions: {shown}."
        ),
    );
    Ok(out)
}

/// A dated set of daily values.
pub(super) fn read_days(input: &Input<'_>) -> Result<Vec<(Date, SixValues)>, InputError> {
    let list = input.list("days")?;
    if list.len() > 366 {
        return Err(input.error(
            "days",
            "range",
            text!("一年最多 366 天", "a year has at most 366 days"),
        ));
    }
    let mut out: Vec<(Date, SixValues)> = Vec::with_capacity(list.len());
    for entry in &list {
        let date = entry.date("date")?;
        let values = match entry.opt("values") {
            Some(values) => {
                let given = six(&values)?;
                let mut rounded = SixValues::default();
                for (pollutant, value) in given.iter() {
                    rounded.set(pollutant, value.map(|v| pollutant.round(v)));
                }
                rounded
            }
            None => day(&read_day(&entry.field("hours")?)?).values,
        };
        if out.iter().any(|(d, _)| *d == date) {
            return Err(entry.error("date", "range", text!("日期 {date} 重复", "{date} stands twice")));
        }
        if out.first().is_some_and(|(d, _)| d.year() != date.year()) {
            return Err(entry.error(
                "date",
                "range",
                text!("日期不在同一年", "the days are not of one year"),
            ));
        }
        out.push((date, values));
    }
    Ok(out)
}

fn describe_item(item: &YearItem) -> Value {
    let json = |v: &Option<Exact>| v.as_ref().map(Exact::to_json);
    let round = |v: &Option<Exact>| v.as_ref().map(|v| item.pollutant.round(v).to_json());
    let mut out = json!({
        "n_days": item.validity.total,
        "by_month": item.validity.by_month,
        "valid_by_GB3095_table4": item.validity.valid,
        "days_over_class2_2012": item.days_over,
        "attain_pct_2012": json(&item.attainment),
        "percentile_excess_multiple_2012": json(&item.excess),
        "attains_2012": item.attains(),
    });
    if let Some(map) = out.as_object_mut() {
        if item.mean.is_some() {
            map.insert(
                "annual_mean_float".to_owned(),
                json!(item.mean.as_ref().map(Exact::to_f64)),
            );
            map.insert("annual_mean".to_owned(), json!(round(&item.mean)));
        }
        if let Some(p) = item.pollutant.annual_percent() {
            map.insert(
                format!("p{p}_float"),
                json!(item.percentile.as_ref().map(Exact::to_f64)),
            );
            map.insert(format!("p{p}"), json!(round(&item.percentile)));
        }
    }
    out
}

fn describe_levels(days: &LevelDays) -> Value {
    json!({
        "valid_days": days.valid_days,
        "levels_1_6": days.levels,
        "good_ratio_pct": days.good_ratio.as_ref().map(Exact::to_json),
        "heavy_days": days.heavy_days,
    })
}

fn judge_year(input: &Input<'_>) -> Result<Judgement, InputError> {
    let days = read_days(input)?;
    let mut out = Judgement::new("aqi/station_annual_real", Basis::new("HJ 663", "2013", "年评价"));
    out.also(Basis::new("GB 3095", "2012", "表4"))
        .rests_on(Confidence::Secondary);
    out.uses("days", &days.len(), "d");
    let mut statistics = SixValues::default();
    let mut all_valid = true;
    let mut failing: Vec<(LimitSet, Vec<&str>)> = Vec::new();
    let mut attainment = Map::new();
    for set in LimitSet::ALL {
        let mut failed = Vec::new();
        for pollutant in Pollutant::SIX {
            let series: Vec<(Date, Exact)> = days
                .iter()
                .filter_map(|(date, values)| Some((*date, values.get(pollutant)?.clone())))
                .collect();
            let item = year_item(pollutant, &series, set, Zone::Class2);
            if item.attains() == Some(false) {
                failed.push(pollutant.key());
            }
            if set == LimitSet::Gb2012 {
                explain_item(&mut out, &item);
                all_valid &= item.validity.valid;
                statistics.set(pollutant, item.statistic());
                out.put(pollutant.key(), describe_item(&item));
            }
        }
        attainment.insert(set.key().to_owned(), json!({"failing": failed}));
        failing.push((set, failed));
    }
    out.put("attainment", attainment).put("valid", all_valid);
    let composites: Map<String, Value> = LimitSet::ALL
        .into_iter()
        .map(|set| {
            let made = composite(&statistics, set);
            let shown = |v: Option<&Exact>| v.map(|v| v.round_gb8170(2).to_display());
            let value = json!({
                "index": shown(made.index.as_ref()),
                "max_sub": shown(made.max.as_ref().map(|m| &m.0)),
            });
            (set.key().to_owned(), value)
        })
        .collect();
    out.put("composite", composites);
    let mut by_edition = Map::new();
    let mut ratios = Vec::new();
    for edition in Edition::ALL {
        let mut aqi = Vec::with_capacity(days.len());
        for (_, values) in &days {
            aqi.push(aqi_of_day(values, edition).map_err(read::negative("days"))?.aqi);
        }
        let counted = level_days(aqi);
        if let Some(ratio) = &counted.good_ratio {
            let [a, b, ..] = counted.levels;
            out.step(
                text!("{} 优良天数比例", "good-day ratio under {}", edition.key()),
                format!("({a}+{b})/{}×100%", counted.valid_days),
                ratio,
            );
            ratios.push(format!("{}: {ratio}%", edition.key()));
        }
        by_edition.insert(edition.key().to_owned(), describe_levels(&counted));
    }
    out.put("days", by_edition);
    conclude_year(&mut out, days.is_empty(), all_valid, &failing, &ratios.join(", "));
    Ok(out)
}

fn explain_item(out: &mut Judgement, item: &YearItem) {
    let (pollutant, set) = (item.pollutant, LimitSet::Gb2012);
    for averaging in [Averaging::Year, pollutant.daily_averaging()] {
        if let Some(row) = limits::find(set, pollutant, averaging) {
            let which = if averaging == Averaging::Year {
                ("年平均", "yearly mean")
            } else {
                ("日(百分位数)", "day (percentile)")
            };
            out.limit(
                row.limit(Zone::Class2),
                &row.unit,
                set.basis(&row.clause),
                crate::text::Text::new(
                    format!("{} {},二类区二级限值", pollutant.key(), which.0),
                    format!("{} {}, class II", pollutant.key(), which.1),
                ),
                row.confidence,
            );
        }
    }
    if let Some(mean) = &item.mean {
        out.step(
            text!("{} 年均值", "yearly mean of {}", pollutant.key()),
            format!("Σ/{}", item.validity.total),
            mean,
        );
    }
    if let (Some(p), Some(value)) = (pollutant.annual_percent(), &item.percentile) {
        out.step(
            text!("{} 第 {p} 百分位数", "percentile {p} of {}", pollutant.key()),
            format!("k = 1+({}-1)×{p}/100", item.validity.total),
            value,
        );
    }
}

fn conclude_year(
    out: &mut Judgement,
    empty: bool,
    valid: bool,
    failing: &[(LimitSet, Vec<&str>)],
    ratios: &str,
) {
    if empty {
        out.conclude(
            Verdict::Undecided,
            text!("没有日均值,无法评价。", "no days: nothing to evaluate."),
        );
        return;
    }
    let mut list = Vec::new();
    for (set, failed) in failing {
        let shown = if failed.is_empty() {
            "—".to_owned()
        } else {
            failed.join("、")
        };
        list.push(format!("{}: {shown}", set.key()));
    }
    let list = list.join("; ");
    let (zh, en) = if valid {
        ("", "")
    } else {
        (
            "数据量不满足 GB 3095 表4,结果仅供参考。",
            " Too few data by GB 3095 table 4: for reference only.",
        )
    };
    let verdict = if !valid {
        Verdict::Undecided
    } else if failing.first().is_some_and(|(_, f)| f.is_empty()) {
        Verdict::Met
    } else {
        Verdict::Exceeded
    };
    out.conclude(
        verdict,
        text!(
            "年评价超标项目(按各限值版本)— {list};优良天数比例 {ratios}。{zh}",
            "Items not attaining, by limit set: {list}; good-day ratio {ratios}.{en}"
        ),
    );
}
