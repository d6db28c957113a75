//! Substitution, drift, accuracy and comparison by name.

use serde_json::Value;

use super::quality::{
    AccuracyKind, AccuracyRow, DriftState, accuracy_row, drift, drift_row, pair_error, relative_accuracy,
    student_t,
};
use super::substitution::{Run, median, substitute};
use crate::checks::{amount, amounts, as_amount, list, maybe, out_of_range, real, refuse, unknown_name};
use crate::conformance::plain;
use crate::explain::{begin, computed, conclude, figures, sum_of, undecided, verdict};
use crate::guard::{positive, positive_f64, within};
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::text;
use crate::text::Text;
use crate::topic::Topic;

pub(super) const SUBSTITUTION: Topic = Topic {
    id: "cems/substitution",
    zh: "缺失时段排放量替代",
    en: "Substitution of missing emission",
    basis: "HJ 75-2017 12.2 表5、表6",
    example: r#"{"capture_pct":92,"gap_hours":30,"valid_history_newest_first":[[100,12.5],[700,14.1]]}"#,
    evaluate: judge_substitution,
    case: plain,
};

fn judge_substitution(input: &Input<'_>) -> Result<Judgement, InputError> {
    let capture = within(input, "capture_pct", 0, 100)?;
    let gap = positive(input, "gap_hours")?;
    let mut history = Vec::new();
    for run in list(input, "valid_history_newest_first")? {
        let pair = run.as_list()?;
        let shape = || out_of_range(&run, text!("应为 [小时数, kg/h]", "must be [hours, kg/h]"));
        let [hours, kg_h] = pair.as_slice() else {
            return Err(shape());
        };
        let hours = hours.as_exact()?.to_i64().and_then(|n| u32::try_from(n).ok());
        history.push(Run {
            hours: hours.ok_or_else(shape)?,
            kg_h: as_amount(kg_h)?,
        });
    }
    let s = substitute(&capture, &gap, &history).map_err(refuse(input))?;
    let mut j = begin(
        "cems/substitution",
        ("HJ 75", "2017", "12.2 表5、表6"),
        Confidence::Secondary,
    );
    j.uses("capture_pct", &capture, "%").uses("gap_hours", &gap, "h");
    j.put("window_short", s.window_short);
    let Some(window) = s.window else {
        let why = text!(
            "季度捕集率 {capture}% 低于 75%,表5、表6 不适用,应用手工监测数据或产排污系数",
            "capture rate {capture} % is below 75 %: tables 5 and 6 do not apply; use manual data or coefficients"
        );
        undecided(&mut j, &["method", "kg_h"], why);
        return Ok(j);
    };
    let hours = window.hours();
    j.put("method", window.key()).put("used_hours", s.used_hours);
    let Some(kg_h) = &s.kg_h else {
        let why = text!(
            "应取此前 {hours} 个有效小时的最大值,但没有有效小时",
            "the largest of the last {hours} valid hours is needed, but there is no valid hour"
        );
        undecided(&mut j, &["kg_h"], why);
        return Ok(j);
    };
    j.step(
        Text::new("替代排放量", "substitute"),
        format!("max({} / {hours} h)", s.used_hours),
        kg_h,
    );
    let what = text!(
        "每小时替代排放量(前 {hours} 个有效小时最大值)",
        "hourly substitute (largest of the last {hours} valid hours)"
    );
    computed(&mut j, "kg_h", kg_h, "kg/h", &what);
    Ok(j)
}

pub(super) const DRIFT: Topic = Topic {
    id: "cems/drift",
    zh: "零点、量程漂移与失控",
    en: "Zero and span drift, out of control",
    basis: "HJ 75-2017 表4",
    example: r#"{"cems":"gas","check":"zero","full_scale":200,"deviation":4}"#,
    evaluate: |input| {
        let cems = input.str("cems")?;
        let check = input.str("check")?;
        let row = drift_row(cems, check).ok_or_else(|| {
            let key = if drift_row(cems, "zero").is_some() {
                "check"
            } else {
                "cems"
            };
            unknown_name(input, key, if key == "check" { check } else { cems })
        })?;
        let scale = positive(input, "full_scale")?;
        let deviation = input.exact("deviation")?;
        let (value, state) = drift(row, &deviation, &scale).map_err(refuse(input))?;
        let mut j = begin("cems/drift", ("HJ 75", "2017", "表4"), row.confidence);
        let source = || Basis::new("HJ 75", "2017", &*row.clause);
        j.uses("deviation", &deviation, "")
            .uses("full_scale", &scale, "")
            .limit(
                &row.ok_pct,
                "%F.S.",
                source(),
                Text::new("漂移允许值", "allowed drift"),
                row.confidence,
            )
            .limit(
                &row.out_pct,
                "%F.S.",
                source(),
                Text::new("超过即失控", "above it the monitor is out of control"),
                row.confidence,
            )
            .step(
                Text::new("漂移", "drift"),
                format!("{deviation} / {scale} × 100"),
                &value,
            )
            .put("drift_pct", value.to_json())
            .put("state", state.key())
            .finish(&value, value.to_display(), "%F.S.");
        let words = match state {
            DriftState::Ok => text!("漂移 {value}%F.S.,合格", "drift {value} %F.S., good"),
            DriftState::Adjust => text!("漂移 {value}%F.S.,应校准", "drift {value} %F.S., calibrate"),
            DriftState::OutOfControl => {
                text!("漂移 {value}%F.S.,失控", "drift {value} %F.S., out of control")
            }
        };
        conclude(&mut j, verdict(state != DriftState::Ok), words);
        Ok(j)
    },
    case: plain,
};

fn pairs(input: &Input<'_>) -> Result<(Vec<Exact>, Vec<Exact>), InputError> {
    let reference = amounts(input, "rm")?;
    let monitor = amounts(input, "cems")?;
    if reference.len() != monitor.len() || reference.len() < 2 {
        let why = text!(
            "参比与 CEMS 数据应成对且至少 2 对,收到 {} 与 {} 个",
            "reference and CEMS values must pair up, at least 2 pairs; found {} and {}",
            reference.len(),
            monitor.len()
        );
        return Err(input.error("cems", "range", why));
    }
    Ok((reference, monitor))
}

fn t_value(input: &Input<'_>, n: usize) -> Result<f64, InputError> {
    if input.opt("t_value").is_some() {
        return positive_f64(input, "t_value");
    }
    student_t(n).ok_or_else(|| {
        let why = text!(
            "{n} 对数据无 t 值,请给出 t_value",
            "no t for {n} pairs in the table; give t_value"
        );
        input.error("t_value", "context", why)
    })
}

pub(super) const RELATIVE_ACCURACY: Topic = Topic {
    id: "cems/relative_accuracy",
    zh: "相对准确度",
    en: "Relative accuracy",
    basis: "HJ 75-2017 附录",
    example: r#"{"rm":[100,102,98,101,99,100,103,97,100],"cems":[101,100,99,103,97,102,101,99,98],"t_value":2.306}"#,
    evaluate: |input| {
        let (reference, monitor) = pairs(input)?;
        let t = t_value(input, reference.len())?;
        let ra = relative_accuracy(&reference, &monitor, t).map_err(refuse(input))?;
        let basis = ("HJ 75", "2017", "附录 相对准确度");
        let mut j = begin("cems/relative_accuracy", basis, Confidence::Secondary);
        let n = reference.len();
        j.step(
            Text::new("差值均值", "mean difference"),
            format!("Σ(RM − CEMS) / {n}"),
            &ra.mean_difference,
        )
        .step(
            Text::new("标准偏差", "standard deviation"),
            format!("√(Σ(d − {})² / {})", ra.mean_difference, n - 1),
            &figures(ra.deviation),
        )
        .step(
            Text::new("置信系数", "confidence coefficient"),
            format!("{t} × {} / √{n}", figures(ra.deviation)),
            &figures(ra.coefficient),
        )
        .put("mean_diff", ra.mean_difference.to_json())
        .put("sd", real(ra.deviation))
        .put("cc", real(ra.coefficient));
        let Some(percent) = ra.percent else {
            let why = Text::new(
                "参比均值为 0,相对准确度无意义",
                "the mean reference is 0: no relative accuracy",
            );
            undecided(&mut j, &["ra_pct"], why);
            return Ok(j);
        };
        j.step(
            Text::new("相对准确度", "relative accuracy"),
            format!(
                "(|{}| + |{}|) / {} × 100",
                ra.mean_difference,
                figures(ra.coefficient),
                ra.mean_reference
            ),
            &figures(percent),
        );
        crate::explain::computed_f64(
            &mut j,
            "ra_pct",
            percent,
            "%",
            &Text::new("相对准确度", "relative accuracy"),
        );
        Ok(j)
    },
    case: plain,
};

fn requirement<'a>(
    input: &'a Input<'_>,
    key: &'a str,
    standard: &str,
    level: &Exact,
) -> Result<&'static AccuracyRow, InputError> {
    let item = input.str(key)?;
    accuracy_row(standard, item, level).ok_or_else(|| unknown_name(input, key, item))
}

fn write_requirement(j: &mut Judgement, row: &AccuracyRow, level: &Exact) {
    let unit = if row.kind == AccuracyKind::Abs {
        row.unit.as_str()
    } else {
        "%"
    };
    let u = &row.unit;
    j.limit(
        &row.limit,
        unit,
        Basis::new(&*row.standard, &*row.edition, &*row.clause),
        text!(
            "参比水平 {level} {u} 对应的要求",
            "the requirement at a reference level of {level} {u}"
        ),
        row.confidence,
    );
}

pub(super) const ACCURACY: Topic = Topic {
    id: "cems/accuracy",
    zh: "CEMS 准确度验收与校验",
    en: "Accuracy of a CEMS at acceptance and verification",
    basis: "HJ 75-2017 表2",
    example: r#"{"item":"SO2","rm":[30,32,31,29,30,33,31,30,32],"cems":[33,30,35,31,28,35,33,34,30]}"#,
    evaluate: |input| {
        let (reference, monitor) = pairs(input)?;
        let level = Exact::mean(&reference).unwrap_or_else(Exact::zero);
        let mean = Exact::mean(&monitor).unwrap_or_else(Exact::zero);
        let row = requirement(input, "item", "HJ 75", &level)?;
        let mut j = begin("cems/accuracy", ("HJ 75", "2017", "表2"), row.confidence);
        write_requirement(&mut j, row, &level);
        j.step(
            Text::new("参比均值", "mean reference"),
            sum_of(reference.iter(), reference.len()),
            &level,
        )
        .step(
            Text::new("CEMS 均值", "mean of the CEMS"),
            sum_of(monitor.iter(), monitor.len()),
            &mean,
        );
        let error = if row.kind == AccuracyKind::Ra {
            let t = t_value(input, reference.len())?;
            relative_accuracy(&reference, &monitor, t)
                .map_err(refuse(input))?
                .percent
                .and_then(Exact::from_f64)
        } else {
            pair_error(row.kind, &level, &mean)
        };
        j.put("mode", row.kind.key())
            .put("limit", row.limit.to_json())
            .put("error", maybe(error.as_ref()));
        close_comparison(&mut j, row, error.as_ref());
        Ok(j)
    },
    case: plain,
};

fn close_comparison(j: &mut Judgement, row: &AccuracyRow, error: Option<&Exact>) {
    let Some(error) = error else {
        let why = Text::new(
            "参比值为 0,误差无意义",
            "the reference is 0: the error has no value",
        );
        undecided(j, &["pass"], why);
        return;
    };
    let pass = *error <= row.limit;
    let limit = &row.limit;
    let unit = if row.kind == AccuracyKind::Abs {
        row.unit.as_str()
    } else {
        "%"
    };
    j.put("pass", pass).finish(error, error.to_display(), unit);
    let words = if pass {
        text!(
            "误差 {error} {unit},不超过 {limit},合格",
            "error {error} {unit}, within {limit}: passed"
        )
    } else {
        text!(
            "误差 {error} {unit},超过 {limit},不合格",
            "error {error} {unit}, above {limit}: failed"
        )
    };
    conclude(j, verdict(!pass), words);
}

pub(super) const COMPARISON: Topic = Topic {
    id: "wastewater/comparison",
    zh: "水污染源实际水样比对",
    en: "Real-water comparison of wastewater analysers",
    basis: "HJ 355-2019 表1",
    example: r#"{"factor":"COD","reference":45,"instrument":50}"#,
    evaluate: |input| {
        let reference = amount(input, "reference")?;
        let instrument = amount(input, "instrument")?;
        let row = requirement(input, "factor", "HJ 355", &reference)?;
        let error = pair_error(row.kind, &reference, &instrument);
        let mut j = begin("wastewater/comparison", ("HJ 355", "2019", "表1"), row.confidence);
        j.uses("reference", &reference, &row.unit)
            .uses("instrument", &instrument, &row.unit);
        write_requirement(&mut j, row, &reference);
        let formula = if row.kind == AccuracyKind::Abs {
            format!("|{instrument} − {reference}|")
        } else {
            format!("|{instrument} − {reference}| / {reference} × 100")
        };
        let shown = error.as_ref().map_or_else(|| "—".to_owned(), ToString::to_string);
        j.step(Text::new("比对误差", "error"), formula, &shown)
            .put("mode", row.kind.key())
            .put("limit", row.limit.to_json())
            .put("error", maybe(error.as_ref()));
        close_comparison(&mut j, row, error.as_ref());
        Ok(j)
    },
    case: plain,
};

pub(super) const MEDIAN_SUBSTITUTE: Topic = Topic {
    id: "wastewater/median_substitute",
    zh: "无效时段日排放量中位值替代",
    en: "Median substitute for days without valid data",
    basis: "HJ 356-2019 8",
    example: r#"{"valid_daily_kg":[50,61,47,55]}"#,
    evaluate: |input| {
        let days = amounts(input, "valid_daily_kg")?;
        let mut j = begin(
            "wastewater/median_substitute",
            ("HJ 356", "2019", "8"),
            Confidence::Configurable,
        );
        let Some(value) = median(&days) else {
            j.put("substitute_kg", Value::Null);
            let why = Text::new(
                "没有有效日排放量,无法替代",
                "no valid day: nothing to substitute with",
            );
            conclude(&mut j, Verdict::Undecided, why);
            return Ok(j);
        };
        j.step(
            Text::new("有效日排放量中位值", "median of the valid days"),
            format!("median({})", sum_of(days.iter(), days.len()).replace(" + ", ", ")),
            &value,
        );
        computed(
            &mut j,
            "substitute_kg",
            &value,
            "kg",
            &Text::new("替代日排放量", "substitute of the day"),
        );
        Ok(j)
    },
    case: plain,
};
