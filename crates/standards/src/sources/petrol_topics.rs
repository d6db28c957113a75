//! Petrol vapour recovery by name.

use serde_json::Value;

use super::petrol::{
    ALARM_DAYS, JUDGED_FROM, Refuelling, Test, limit, nozzle_sample, pressure_warning, ratio_day,
    sensor_level, seven_days, share, tightness,
};
use crate::checks::{amount, as_amount, list, out_of_range, refuse, unknown_name, whole};
use crate::conformance::plain;
use crate::explain::{begin, conclude, undecided, verdict};
use crate::guard::{positive, within};
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::text;
use crate::text::Text;
use crate::topic::Topic;

const ANNEX_E: (&str, &str, &str) = ("GB 20952", "2020", "附录E E.3.3");

pub(super) const AL_DAY: Topic = Topic {
    id: "petrol/al_day",
    zh: "加油枪气液比日预警",
    en: "Daily warning on the A/L ratio of a nozzle",
    basis: "GB 20952-2020 附录E",
    example: r#"{"refuels":[[30,1.1],[20,1.05],[40,0.85],[25,1.4],[18,1.1]]}"#,
    evaluate: al_day,
    case: plain,
};

fn refuellings(input: &Input<'_>, key: &str) -> Result<Vec<Refuelling>, InputError> {
    let mut out = Vec::new();
    for item in list(input, key)? {
        let pair = item.as_list()?;
        let [litres, ratio] = pair.as_slice() else {
            return Err(out_of_range(
                &item,
                text!("应为 [升数, 气液比]", "must be [litres, A/L]"),
            ));
        };
        if ratio.json().is_null() || litres.json().is_null() {
            continue;
        }
        out.push(Refuelling {
            litres: as_amount(litres)?,
            ratio: as_amount(ratio)?,
        });
    }
    Ok(out)
}

fn al_day(input: &Input<'_>) -> Result<Judgement, InputError> {
    let mut all = if input.opt("carried").is_some() {
        refuellings(input, "carried")?
    } else {
        Vec::new()
    };
    all.extend(refuellings(input, "refuels")?);
    let day = ratio_day(&all).map_err(refuse(input))?;
    let mut j = begin("petrol/al_day", ANNEX_E, Confidence::Verified);
    let counted = day.counted;
    j.put("valid_count", counted).put("judged", day.warning.is_some());
    let (Some(warning), Some(share)) = (day.warning, share(&day)) else {
        let why = text!(
            "有效加油 {counted} 次(连续加油不少于 15 L),不足 {JUDGED_FROM} 次,不作判定,累计至后一日",
            "{counted} refuellings of at least 15 L, fewer than {JUDGED_FROM}: not judged, carried over to the next day"
        );
        undecided(&mut j, &["warning", "bad"], why);
        return Ok(j);
    };
    j.limit(
        &"25",
        "%",
        Basis::new("GB 20952", "2020", "附录E E.3.3"),
        Text::new(
            "气液比小于 0.9 或大于 1.3 的次数占比超过 25% 即预警",
            "a warning above 25 % outside 0.9–1.3",
        ),
        Confidence::Verified,
    )
    .step(
        Text::new("异常次数占比", "share outside 0.9–1.3"),
        format!("{} / {counted}", day.bad),
        &share,
    )
    .put("bad", day.bad)
    .put("extreme", day.extreme)
    .put("warning", warning);
    let bad = day.bad;
    let words = if warning {
        text!(
            "有效加油 {counted} 次,异常 {bad} 次,超过 25%,预警",
            "{bad} of {counted} refuellings are outside: warning"
        )
    } else {
        text!(
            "有效加油 {counted} 次,异常 {bad} 次,不超过 25%",
            "{bad} of {counted} refuellings are outside: no warning"
        )
    };
    conclude(&mut j, verdict(warning), words);
    Ok(j)
}

pub(super) const ALARM_7D: Topic = Topic {
    id: "petrol/alarm_7d",
    zh: "连续 7 天预警转报警",
    en: "Seven warning days in a row make an alarm",
    basis: "GB 20952-2020 附录E",
    example: r#"{"daily_warning":[true,true,true,true,true,true,true]}"#,
    evaluate: |input| {
        let mut days = Vec::new();
        for day in list(input, "daily_warning")? {
            days.push(match day.json() {
                Value::Null => None,
                Value::Bool(b) => Some(*b),
                _ => {
                    let why = text!(
                        "应为 true、false 或 null(未判定)",
                        "must be true, false or null (not judged)"
                    );
                    return Err(InputError::new(day.path(), "type", why));
                }
            });
        }
        let first = seven_days(&days);
        let mut j = begin("petrol/alarm_7d", ANNEX_E, Confidence::Verified);
        j.put("alarm", first.is_some()).put("first_alarm_index", first);
        let words = match first {
            Some(i) => text!(
                "至第 {} 日连续 {ALARM_DAYS} 天预警,报警",
                "{ALARM_DAYS} warning days in a row are reached on day {}: alarm",
                i + 1
            ),
            None => text!(
                "没有连续 {ALARM_DAYS} 天预警",
                "no {ALARM_DAYS} warning days in a row"
            ),
        };
        conclude(&mut j, verdict(first.is_some()), words);
        Ok(j)
    },
    case: plain,
};

pub(super) const NOZZLE_SAMPLE: Topic = Topic {
    id: "petrol/nozzle_sample",
    zh: "加油枪抽测数量与判定",
    en: "Nozzles to test and when the station fails",
    basis: "GB 20952-2020",
    example: r#"{"total_nozzles":16,"bad":2}"#,
    evaluate: |input| {
        let total = whole(input, "total_nozzles", 1, 1_000)?;
        let sample =
            nozzle_sample(total).ok_or_else(|| unknown_name(input, "total_nozzles", &total.to_string()))?;
        let bad = whole(input, "bad", 0, sample.test)?;
        let fail = bad >= sample.fail_from;
        let mut j = begin(
            "petrol/nozzle_sample",
            ("GB 20952", "2020", "抽样判定"),
            sample.confidence,
        );
        j.uses("total_nozzles", &total, "")
            .uses("bad", &bad, "")
            .limit(
                &sample.fail_from,
                "支",
                Basis::new("GB 20952", "2020", "抽样判定"),
                text!(
                    "共 {total} 支,应测 {} 支",
                    "{total} nozzles, {} to be tested",
                    sample.test
                ),
                sample.confidence,
            )
            .put("test_count", sample.test)
            .put("fail_threshold", sample.fail_from)
            .put("fail", fail);
        let (test, from) = (sample.test, sample.fail_from);
        let words = if fail {
            text!(
                "抽测 {test} 支,不合格 {bad} 支,达到 {from} 支,判定超标",
                "{bad} of {test} nozzles fail, {from} are enough: the station fails"
            )
        } else {
            text!(
                "抽测 {test} 支,不合格 {bad} 支,未达到 {from} 支",
                "{bad} of {test} nozzles fail, fewer than {from}: the station passes"
            )
        };
        conclude(&mut j, verdict(fail), words);
        Ok(j)
    },
    case: plain,
};

pub(super) const SENSOR_LEVEL: Topic = Topic {
    id: "petrol/sensor_level",
    zh: "油气浓度与压力在线预警",
    en: "On-line warning on vapour concentration and pressure",
    basis: "GB 20952-2020 附录E",
    example: r#"{"ppm":4200}"#,
    evaluate: |input| {
        let mut j = begin("petrol/sensor_level", ANNEX_E, Confidence::Verified);
        if input.opt("ppm").is_some() {
            let ppm = amount(input, "ppm")?;
            let level = sensor_level(&ppm).map_err(refuse(input))?;
            let key = level.key();
            j.uses("ppm", &ppm, "µmol/mol").put("level", key);
            let words = text!(
                "油气浓度 {ppm} µmol/mol(4000 预警、8000 报警): {key}",
                "vapour {ppm} µmol/mol (4000 warns, 8000 alarms): {key}"
            );
            conclude(&mut j, verdict(key != "none"), words);
        } else {
            let hours = within(input, "hours_continuous_within_50pa", 0, 24)?;
            let warning = pressure_warning(&hours).map_err(refuse(input))?;
            j.uses("hours_continuous_within_50pa", &hours, "h")
                .put("warning", warning);
            let words = if warning {
                text!(
                    "压力在 ±50 Pa 内连续 {hours} h,超过 12 h,预警",
                    "within ±50 Pa for {hours} h, more than 12 h: warning"
                )
            } else {
                text!(
                    "压力在 ±50 Pa 内连续 {hours} h,不超过 12 h",
                    "within ±50 Pa for {hours} h, not above 12 h"
                )
            };
            conclude(&mut j, verdict(warning), words);
        }
        Ok(j)
    },
    case: plain,
};

pub(super) const VAPOUR_CHECK: Topic = Topic {
    id: "petrol/vapour_check",
    zh: "加油站油气回收现场检测限值",
    en: "On-site limits of petrol vapour recovery",
    basis: "GB 20952-2020",
    example: r#"{"item":"back_pressure_18","value":36}"#,
    evaluate: |input| {
        let item = input.str("item")?;
        let row = limit(item).ok_or_else(|| unknown_name(input, "item", item))?;
        let mut j = begin(
            "petrol/vapour_check",
            ("GB 20952", "2020", &row.clause),
            row.confidence,
        );
        let bound = match (&row.low, row.test) {
            (Some(low), _) => format!("{low}–{}", row.high),
            (None, Test::Below) => format!("< {}", row.high),
            (None, _) => format!("≤ {}", row.high),
        };
        let (zh, en, unit) = (&row.name_zh, &row.name_en, &row.unit);
        j.limit(
            &bound,
            unit,
            Basis::new("GB 20952", "2020", &*row.clause),
            text!("{zh}限值", "limit of {en}"),
            row.confidence,
        )
        .put("limit", bound.clone());
        if input.opt("value").is_none() {
            undecided(&mut j, &["pass"], text!("缺{zh}检测值", "{en} was not measured"));
            return Ok(j);
        }
        let value = amount(input, "value")?;
        let pass = row.kept(&value);
        j.uses("value", &value, unit)
            .put("pass", pass)
            .finish(&value, value.to_display(), unit);
        let words = if pass {
            text!(
                "{zh} {value} {unit},符合 {bound}",
                "{en} {value} {unit} keeps {bound}"
            )
        } else {
            text!(
                "{zh} {value} {unit},不符合 {bound}",
                "{en} {value} {unit} does not keep {bound}"
            )
        };
        conclude(&mut j, verdict(!pass), words);
        Ok(j)
    },
    case: plain,
};

pub(super) const TIGHTNESS: Topic = Topic {
    id: "petrol/tightness",
    zh: "油气回收系统密闭性",
    en: "Tightness of the vapour recovery system",
    basis: "GB 20952-2020 表2",
    example: r#"{"ullage_l":18925,"nozzles":8,"remaining_pa":455}"#,
    evaluate: |input| {
        let volume = positive(input, "ullage_l")?;
        let nozzles = whole(input, "nozzles", 1, 1_000)?;
        let remaining = amount(input, "remaining_pa")?;
        let mut j = begin(
            "petrol/tightness",
            ("GB 20952", "2020", "表2"),
            Confidence::Verified,
        );
        j.uses("ullage_l", &volume, "L")
            .uses("nozzles", &nozzles, "")
            .uses("remaining_pa", &remaining, "Pa");
        let Some(least) = tightness(&volume, nozzles) else {
            let why = text!(
                "表2 未收录油气空间 {volume} L 的限值,请按标准原文取值,不作插值",
                "no figure for an ullage of {volume} L is held here; take it from table 2, nothing is interpolated"
            );
            undecided(&mut j, &["least_pa", "pass"], why);
            return Ok(j);
        };
        let pass = remaining >= *least;
        j.limit(
            least,
            "Pa",
            Basis::new("GB 20952", "2020", "表2"),
            text!(
                "油气空间 {volume} L、{nozzles} 支枪,5 min 后最小剩余压力",
                "least pressure after 5 min for {volume} L and {nozzles} nozzles"
            ),
            Confidence::Verified,
        )
        .put("least_pa", least.to_json())
        .put("pass", pass);
        let words = if pass {
            text!(
                "剩余压力 {remaining} Pa,不低于 {least} Pa,合格",
                "{remaining} Pa remain, at least {least}: tight"
            )
        } else {
            text!(
                "剩余压力 {remaining} Pa,低于 {least} Pa,不合格",
                "{remaining} Pa remain, below {least}: not tight"
            )
        };
        conclude(&mut j, if pass { Verdict::Met } else { Verdict::Exceeded }, words);
        Ok(j)
    },
    case: plain,
};
