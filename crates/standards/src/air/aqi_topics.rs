//! The AQI by name: topics of IAQI, whole reports and rounding, with their explanations.

use serde_json::{Map, Value, json};

use super::aqi::{AqiReport, Mode, Note, Publication, Reading, Settings, report};
use super::edition::Edition;
use super::iaqi::{Iaqi, Item, Status, breakpoints, iaqi};
use super::read;
use crate::conformance::{self, Case};
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Judgement, Verdict};
use crate::num::Exact;
use crate::text;
use crate::text::Text;
use crate::topic::Topic;

pub(super) const BREAKPOINTS: Topic = Topic {
    id: "aqi/iaqi_breakpoints",
    zh: "单项空气质量分指数 IAQI",
    en: "Individual air quality index of one item",
    basis: "HJ 633-2012 表1、6.2;HJ 633-2026 表3、4.2.6",
    example: r#"{"standard":"hj633-2026","item":"pm25_24h","c":61}"#,
    evaluate: |input| judge_iaqi("aqi/iaqi_breakpoints", input),
    case: iaqi_case,
};

pub(super) const RANDOM: Topic = Topic {
    id: "aqi/iaqi_random",
    zh: "单项空气质量分指数 IAQI(任意浓度)",
    en: "Individual air quality index at any concentration",
    basis: "HJ 633-2012 公式1;HJ 633-2026 公式1",
    example: r#"{"standard":"hj633-2012","item":"co_24h","c":2.2}"#,
    evaluate: |input| judge_iaqi("aqi/iaqi_random", input),
    case: iaqi_case,
};

pub(super) const ROUND_THEN: Topic = Topic {
    id: "aqi/round_then_iaqi",
    zh: "浓度修约后计算 IAQI(两版对照)",
    en: "Rounding of the concentration, then IAQI in both editions",
    basis: "HJ 633-2026 4.2.2、4.2.3;GB/T 8170",
    example: r#"{"item":"pm25_24h","c_raw":"60.5"}"#,
    evaluate: round_then_iaqi,
    case: |line| {
        let get = |key: &str| line.get(key).cloned().unwrap_or(Value::Null);
        Ok(Case {
            input: json!({"item": get("item"), "c_raw": get("c_raw")}),
            expect: pick(line, &["c_used", "iaqi_2026", "iaqi_2012"]),
            tolerance: None,
            refused: false,
        })
    },
};

pub(super) const SETS: Topic = Topic {
    id: "aqi/aqi_sets",
    zh: "空气质量指数 AQI 报告",
    en: "Air quality index report",
    basis: "HJ 633-2012、HJ 633-2026",
    example: r#"{"standard":"hj633-2026","mode":"daily","in":{"so2_24h":8,"no2_24h":30,"co_24h":0.7,"o3_8h":120,"pm10_24h":90,"pm25_24h":61}}"#,
    evaluate: |input| judge_report("aqi/aqi_sets", input),
    case: conformance::inline,
};

pub(super) const HANDWORKED: Topic = Topic {
    id: "aqi/aqi_handworked",
    zh: "空气质量指数 AQI 手算算例",
    en: "Air quality index, cases worked by hand",
    basis: "HJ 633-2012、HJ 633-2026",
    example: r#"{"date":"2026-05-01","mode":"daily","in":{"so2_24h":"/","no2_24h":48,"co_24h":"/","o3_8h":90,"pm10_24h":80,"pm25_24h":50}}"#,
    evaluate: |input| judge_report("aqi/aqi_handworked", input),
    case: conformance::inline,
};

pub(super) const OFFICIAL_2018: Topic = Topic {
    id: "aqi/official_cnemc_20180220T07",
    zh: "国家发布平台小时 AQI(2012 版平台口径)",
    en: "Hourly AQI as the national platform published it under the 2012 edition",
    basis: "HJ 633-2012,国家平台发布口径",
    example: r#"{"time":"2018-02-20T07:00","in":{"so2_1h":3,"no2_1h":17,"co_1h":0.7,"o3_1h":62,"pm10_1h":null,"pm25_1h":38}}"#,
    evaluate: |input| {
        judge_with(
            "aqi/official_cnemc_20180220T07",
            input,
            Edition::Hj2012,
            Mode::HourlyPlatform,
            Settings::default(),
        )
    },
    case: conformance::inline,
};

pub(super) const OFFICIAL_SAMPLE: Topic = Topic {
    id: "aqi/official_cnemc_2026_2024_sample",
    zh: "国家发布平台小时 AQI(含缺测不发布口径)",
    en: "Hourly AQI of the national platform with its habit for missing items",
    basis: "HJ 633-2012、HJ 633-2026,国家平台发布口径",
    example: r#"{"standard":"hj633-2026","in":{"so2_1h":4,"no2_1h":14,"co_1h":0.6,"o3_1h":83,"pm10_1h":null,"pm25_1h":12}}"#,
    evaluate: |input| {
        let settings = Settings {
            publication: Publication::Platform,
            ..Settings::default()
        };
        let edition = read::edition(input)?;
        let id = "aqi/official_cnemc_2026_2024_sample";
        judge_with(id, input, edition, Mode::HourlyPlatform, settings)
    },
    case: |line| {
        let mut input = line.clone();
        if let Some(map) = input.as_object_mut() {
            map.retain(|key, _| matches!(key.as_str(), "standard" | "in" | "time"));
        }
        let get = |key: &str| line.get(key).cloned().unwrap_or(Value::Null);
        Ok(Case {
            input,
            expect: line.get("expect").cloned().unwrap_or_else(|| {
                json!({
                    "aqi": get("published_aqi"),
                    "aqi_computed": get("aqi_from_available"),
                    "primary": get("published_primary"),
                })
            }),
            tolerance: None,
            refused: false,
        })
    },
};

pub(super) const ROUND: Topic = Topic {
    id: "aqi/round_gbt8170",
    zh: "数值修约(四舍六入五成双)",
    en: "Rounding by GB/T 8170 (half to even)",
    basis: "GB/T 8170-2008 3.2",
    example: r#"{"x":"12.5","decimals":0}"#,
    evaluate: round_gbt8170,
    case: |line| {
        let mut case = conformance::inline(line)?;
        if case.expect.is_string() {
            case.expect = json!({"rounded": case.expect});
        }
        Ok(case)
    },
};

/// The members of a line under these names, as an expectation.
pub(super) fn pick(line: &Value, keys: &[&str]) -> Value {
    if line.get("expect").is_some() {
        return line.get("expect").cloned().unwrap_or_default();
    }
    Value::Object(
        keys.iter()
            .filter_map(|k| Some(((*k).to_owned(), line.get(*k)?.clone())))
            .collect(),
    )
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of every case adapter")]
fn iaqi_case(line: &Value) -> Result<Case, InputError> {
    let get = |key: &str| line.get(key).cloned().unwrap_or(Value::Null);
    let expect = match line.get("expect") {
        Some(expect) => expect.clone(),
        None => json!({"iaqi": get("expect_iaqi"), "exact": get("exact"), "status": get("status")}),
    };
    Ok(Case {
        input: json!({
            "standard": get("standard"), "date": get("date"), "item": get("item"), "c": get("c"),
        }),
        expect,
        tolerance: None,
        refused: false,
    })
}

/// The name of what happened, as exchanged.
fn status_name(item: Item, iaqi: &Iaqi) -> String {
    match &iaqi.status {
        Status::Formula(_) => "ok".to_owned(),
        Status::Capped => "above_table_cap_500".to_owned(),
        Status::Fixed => format!("{}_gt_800_fixed_{}", item.key(), iaqi.value.unwrap_or_default()),
        Status::NotComputed => format!("{}_gt_800_not_computed", item.key()),
    }
}

fn judge_iaqi(id: &str, input: &Input<'_>) -> Result<Judgement, InputError> {
    let edition = read::edition(input)?;
    let item = read::item(input, "item")?;
    let c = read::concentration(&input.field("c")?)?;
    let got = iaqi(item, &c, edition).map_err(read::negative("c"))?;
    let mut out = Judgement::new(id, edition.basis("公式1"));
    cite_item(&mut out, item, edition);
    out.uses(item.key(), &c, item.unit());
    explain_iaqi(&mut out, item, &c, &got);
    out.put("iaqi", got.value)
        .put("exact", got.exact.as_ref().map(Exact::to_fraction))
        .put("status", status_name(item, &got));
    match (&got.exact, got.value) {
        (Some(exact), Some(value)) => {
            out.finish(exact, value.to_string(), "");
            out.conclude(
                Verdict::Computed,
                text!(
                    "{} 浓度 {c} {},IAQI 为 {value}。",
                    "{} at {c} {}: IAQI {value}.",
                    item.key(),
                    item.unit()
                ),
            );
        }
        _ => {
            out.conclude(
                Verdict::Undecided,
                text!(
                    "{} 浓度 {c} 高于 800,按表注不再计算其 IAQI。",
                    "{} at {c} is above 800: by the note of the table it has no IAQI.",
                    item.key()
                ),
            );
        }
    }
    Ok(out)
}

fn cite_item(out: &mut Judgement, item: Item, edition: Edition) {
    if let Some(table) = breakpoints(item, edition) {
        out.also(edition.basis(&table.clause)).rests_on(table.confidence);
    }
    out.also(edition.basis(match edition {
        Edition::Hj2012 => "6.2",
        Edition::Hj2026 => "4.2.6",
    }));
}

fn explain_iaqi(out: &mut Judgement, item: Item, c: &Exact, got: &Iaqi) {
    let what = text!("{} 的 IAQI,进位取整", "IAQI of {}, rounded up", item.key());
    match (&got.status, &got.exact, got.value) {
        (Status::Formula(segment), Some(exact), Some(value)) => {
            let shown = format!("{} → {value}", exact.to_display());
            out.step(what, format!("{} = {exact}", segment.formula(c)), &shown);
        }
        (Status::Capped, ..) => {
            out.step(what, format!("{c} 高于表末浓度 (above the table)"), &"500");
        }
        (Status::Fixed, _, Some(value)) => {
            out.step(what, format!("{c} > 800,按表注 (by the note)"), &value);
        }
        _ => {
            out.step(what, format!("{c} > 800"), &"不计算 (not computed)");
        }
    }
}

fn round_then_iaqi(input: &Input<'_>) -> Result<Judgement, InputError> {
    let item = read::item(input, "item")?;
    let raw = read::concentration(&input.field("c_raw")?)?;
    let used = item.round(&raw);
    let mut out = Judgement::new("aqi/round_then_iaqi", Edition::Hj2026.basis("4.2.2"));
    out.also(Basis::new("GB/T 8170", "2008", "3.2"));
    out.uses("c_raw", &raw, item.unit());
    out.step(
        text!("浓度修约(四舍六入五成双)", "concentration rounded, half to even"),
        format!("{raw} → {used}"),
        &used,
    );
    out.put("c_used", used.to_json());
    let mut shown = Vec::new();
    for edition in Edition::ALL {
        cite_item(&mut out, item, edition);
        let got = iaqi(item, &used, edition).map_err(read::negative("c_raw"))?;
        explain_iaqi(&mut out, item, &used, &got);
        out.put(&format!("iaqi_{}", edition.year()), got.value);
        let value = got.value.map_or_else(|| "NA".to_owned(), |v| v.to_string());
        shown.push(format!("{}: {value}", edition.key()));
    }
    let shown = shown.join(", ");
    out.conclude(
        Verdict::Computed,
        text!(
            "{} 修约为 {used} 后的 IAQI:{shown}。",
            "IAQI of {} after rounding to {used}: {shown}.",
            item.key()
        ),
    );
    Ok(out)
}

fn round_gbt8170(input: &Input<'_>) -> Result<Judgement, InputError> {
    let x = input.exact("x")?;
    let decimals = input.int("decimals")?;
    let places = u32::try_from(decimals).ok().filter(|d| *d <= 30).ok_or_else(|| {
        input.error(
            "decimals",
            "range",
            text!("小数位数应为 0–30", "decimals must be 0 to 30"),
        )
    })?;
    let rounded = x.to_fixed(places);
    let mut out = Judgement::new("aqi/round_gbt8170", Basis::new("GB/T 8170", "2008", "3.2"));
    out.uses("x", &x, "").uses("decimals", &decimals, "");
    out.finish(&x, rounded.clone(), "");
    out.step(
        text!("四舍六入五成双,一次修约", "half to even, rounded once"),
        format!("{x} → {places}"),
        &rounded,
    );
    out.put("rounded", rounded.clone());
    out.conclude(
        Verdict::Computed,
        text!("{x} 修约为 {rounded}。", "{x} is rounded to {rounded}."),
    );
    Ok(out)
}

fn judge_report(id: &str, input: &Input<'_>) -> Result<Judgement, InputError> {
    let edition = read::edition(input)?;
    let name = input.str("mode")?;
    let mode = Mode::parse(name).ok_or_else(|| {
        input.error(
            "mode",
            "unknown",
            text!(
                "未知的报告方式 {name}",
                "unknown mode {name}; use daily, hourly, hourly_text, hourly_platform or daily_six_items"
            ),
        )
    })?;
    let publication = match input.opt_str("publication")? {
        None | Some("text") => Publication::Text,
        Some("platform") => Publication::Platform,
        Some("complete") => Publication::Complete,
        Some(other) => {
            return Err(input.error(
                "publication",
                "unknown",
                text!("未知的发布口径 {other}", "unknown rule of publication {other}"),
            ));
        }
    };
    let settings = Settings {
        publication,
        zero_as_one: input.opt_bool("zero_as_one")?.unwrap_or(false),
    };
    judge_with(id, input, edition, mode, settings)
}

fn judge_with(
    id: &str,
    input: &Input<'_>,
    edition: Edition,
    mode: Mode,
    settings: Settings,
) -> Result<Judgement, InputError> {
    let readings = read::concentrations(&input.field("in")?)?;
    let made = report(&readings, edition, mode, settings).map_err(read::negative("in"))?;
    Ok(explain_report(id, &made))
}

/// A report with its explanation.
pub fn explain_report(id: &str, made: &AqiReport) -> Judgement {
    let edition = made.edition;
    let (primary_clause, level_clause) = match edition {
        Edition::Hj2012 => ("4.4.2", "表2"),
        Edition::Hj2026 => ("4.3.1", "表1"),
    };
    let mut out = Judgement::new(id, edition.basis("公式1"));
    out.also(edition.basis(primary_clause))
        .also(edition.basis(level_clause));
    let mut iaqis = Map::new();
    for result in &made.items {
        let item = result.item;
        iaqis.insert(item.key().to_owned(), result.value().into());
        match (&result.given, &result.used, &result.iaqi) {
            (Reading::Value(given), Some(used), Some(got)) => {
                cite_item(&mut out, item, edition);
                out.uses(item.key(), given, item.unit());
                if given != used {
                    out.step(
                        text!("{} 浓度修约", "{} rounded", item.key()),
                        format!("{given} → {used}"),
                        used,
                    );
                }
                explain_iaqi(&mut out, item, used, got);
            }
            (Reading::NotPlanned, ..) => {
                let why = text!(
                    "监测方案未开展,不参与且不影响发布",
                    "not in the monitoring plan; does not block publication"
                );
                out.leaves_out(item.key(), Some("/".to_owned()), item.unit(), why);
            }
            _ => {
                out.leaves_out(item.key(), None, item.unit(), text!("缺测", "missing"));
            }
        }
    }
    out.put("iaqi", iaqis);
    if let Some(aqi) = made.computed {
        out.step(text!("各 IAQI 的最大值", "largest IAQI"), "AQI = max(IAQI)", &aqi);
    }
    put_report(&mut out, made);
    conclude_report(&mut out, made);
    out
}

fn keys(items: &[Item]) -> Value {
    items.iter().map(|i| Value::from(i.key())).collect()
}

fn put_report(out: &mut Judgement, made: &AqiReport) {
    out.put("aqi_computed", made.computed)
        .put("publish_aqi", made.aqi.is_some())
        .put("aqi", made.aqi)
        .put("primary", keys(&made.primary))
        .put("missing", keys(&made.missing))
        .put("level", made.level.map(|l| l.level))
        .put("category", made.level.map(|l| l.category.clone()))
        .put("color", made.level.map(|l| l.colour.clone()))
        .put("rgb", made.level.map(|l| l.rgb.clone()));
    if let Some(exceeding) = &made.exceeding {
        out.put("exceeding", keys(exceeding));
    }
    if !made.notes.is_empty() {
        let notes: Value = made.notes.iter().map(|n| Value::from(note(*n).en)).collect();
        out.put("notes", notes);
        for n in &made.notes {
            let text = note(*n);
            out.step(text, "表1 注2、注3", &"");
        }
    }
}

fn note(note: Note) -> Text {
    match note {
        Note::So2ByDay => Text::new(
            "SO2 1小时浓度高于 800,按 24 小时 IAQI 报告",
            "SO2 1h > 800: use SO2 24h IAQI",
        ),
        Note::O3ByHour => Text::new(
            "O3 8小时浓度高于 800,按 1 小时 IAQI 报告",
            "O3 8h > 800: O3 reported by the 1h IAQI",
        ),
    }
}

fn conclude_report(out: &mut Judgement, made: &AqiReport) {
    let missing = made
        .missing
        .iter()
        .map(|i| i.key())
        .collect::<Vec<_>>()
        .join("、");
    let (Some(aqi), Some(level)) = (made.aqi, made.level) else {
        if made.edition == Edition::Hj2026 {
            out.also(made.edition.basis("5.3.1"));
        }
        out.conclude(
            Verdict::Undecided,
            text!(
                "缺测 {missing},且其余项目的 AQI 未超过 100:AQI、首要污染物、级别记 NA。",
                "{missing} missing and the AQI of the rest is not above 100: AQI, primary pollutant and level are NA."
            ),
        );
        return;
    };
    out.value = Some(aqi.to_string());
    out.unrounded = Some(aqi.to_string());
    let zh = made.primary.iter().map(|i| i.zh()).collect::<Vec<_>>().join(",");
    let en = made.primary.iter().map(|i| i.en()).collect::<Vec<_>>().join(", ");
    let (zh, en) = if zh.is_empty() {
        ("无首要污染物".to_owned(), "no primary pollutant".to_owned())
    } else {
        (format!("首要污染物 {zh}"), format!("primary: {en}"))
    };
    let (missing_zh, missing_en) = if missing.is_empty() {
        (String::new(), String::new())
    } else {
        (format!(";缺测 {missing}"), format!("; missing {missing}"))
    };
    out.conclude(
        Verdict::Classified,
        Text::new(
            format!("AQI {aqi},{}({}),{zh}{missing_zh}。", level.name, level.category),
            format!(
                "AQI {aqi}, {} (level {}), {en}{missing_en}.",
                level.category_en, level.level
            ),
        ),
    );
}
