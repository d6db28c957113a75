//! Noise of a city by name: means and grades, compliance rates of function zones, published bulletins recomputed.

use serde_json::{Map, Value, json};

use super::level_topics::level_at;
use super::limit::{self, GRADE_NAMES, Period, road_mean};
use super::rate::{self, Count, ZonePoint};
use crate::checks;
use crate::conformance;
use crate::explain::conclude;
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::text;
use crate::topic::Topic;

pub(super) const RATE: Topic = Topic {
    id: "noise/zone_compliance_rate",
    zh: "功能区声环境达标率",
    en: "Compliance rate of function zones",
    basis: "HJ 640-2012 6.4;GB 3096-2008 表1",
    example: r#"{"points":[{"zone":"2","ld":57.3,"ln":51.6},{"zone":"1","ld":54,"ln":null}]}"#,
    evaluate: zone_rate,
    case: conformance::inline,
};

pub(super) const GRADE: Topic = Topic {
    id: "noise/grade",
    zh: "城市声环境等级",
    en: "Grade of a city mean",
    basis: "HJ 640-2012 分级表",
    example: r#"{"kind":"road","period":"day","mean_db":68.04}"#,
    evaluate: grade,
    case: conformance::inline,
};

pub(super) const AREA: Topic = Topic {
    id: "noise/area_mean",
    zh: "区域声环境平均等效声级",
    en: "Mean of area noise",
    basis: "HJ 640-2012 6.2",
    example: r#"{"grid_leq_day":[52.1,55.4,49.8]}"#,
    evaluate: area,
    case: conformance::inline,
};

pub(super) const ROAD: Topic = Topic {
    id: "noise/road_mean",
    zh: "道路交通噪声平均等效声级",
    en: "Mean of road traffic noise",
    basis: "HJ 640-2012 6.3",
    example: r#"{"segments":[{"leq":68.6,"length_m":2753},{"leq":71,"length_m":3285}]}"#,
    evaluate: road,
    case: conformance::inline,
};

pub(super) const PUBLISHED: Topic = Topic {
    id: "noise/real_published",
    zh: "公报数据复算",
    en: "Published bulletins recomputed",
    basis: "HJ 640-2012 6.4;环办监测〔2024〕33号",
    example: r#"{"kind":"zone_counts","rows":[["1",18,15,14],["2",85,83,82]]}"#,
    evaluate: published,
    case: conformance::inline,
};

fn exact_level(value: &Input<'_>) -> Result<Exact, InputError> {
    level_at(value)?;
    value.as_exact()
}

/// A rate as bulletins print it, one decimal.
fn one_decimal(rate: Option<Exact>) -> Value {
    rate.map_or(Value::Null, |r| r.round_gb8170(1).to_json())
}

fn count_json(count: &Count) -> Value {
    json!({
        "n": count.n,
        "day_pass": count.day.1,
        "night_pass": count.night.1,
        "day_evaluated": count.day.0,
        "night_evaluated": count.night.0,
        "day_pct": one_decimal(count.rate(Period::Day)),
        "night_pct": one_decimal(count.rate(Period::Night)),
    })
}

/// Writes counts of zones with their working.
fn explain_counts<'a>(out: &mut Judgement, counts: impl Iterator<Item = (&'a String, &'a Count)>) {
    for (zone, count) in counts {
        for (period, (all, met)) in [(Period::Day, count.day), (Period::Night, count.night)] {
            if let Some(rate) = count.rate(period) {
                let (zh, en) = (period.zh(), period.key());
                out.step(
                    text!("{zone} {zh}达标率", "{en} rate of {zone}"),
                    format!("{met} / {all} × 100"),
                    &rate,
                );
            }
        }
        out.put(zone, count_json(count));
    }
}

fn conclude_rates(out: &mut Judgement, all: Option<&Count>) {
    let show = |period| {
        all.and_then(|c| c.rate(period))
            .map_or_else(|| "—".to_owned(), |r| r.to_fixed(1))
    };
    let (day, night) = (show(Period::Day), show(Period::Night));
    if all.is_some_and(|c| c.day.0 > 0 || c.night.0 > 0) {
        let words = text!(
            "达标率:昼间 {day} %,夜间 {night} %",
            "compliance: day {day} %, night {night} %"
        );
        conclude(out, Verdict::Computed, words);
    } else {
        out.put("all", count_json(&Count::default()));
        out.conclude(
            Verdict::Undecided,
            text!("没有可评价的点次。", "Nothing could be evaluated."),
        );
    }
}

fn zone_rate(input: &Input<'_>) -> Result<Judgement, InputError> {
    let auto = checks::choice_or(
        input,
        "mode",
        &[("manual_24h_quarter", false), ("auto_days", true)],
        false,
    )?;
    let mut points = Vec::new();
    for point in checks::list(input, "points")? {
        let zone = point.str("zone")?;
        limit::zone("GB 3096", zone, None).map_err(|_| checks::unknown_name(&point, "zone", zone))?;
        points.push(ZonePoint {
            zone: zone.to_owned(),
            ld: point.opt("ld").map(|v| exact_level(&v)).transpose()?,
            ln: point.opt("ln").map(|v| exact_level(&v)).transpose()?,
        });
    }
    let counts = rate::counts(&points).map_err(checks::refuse(input))?;
    let mut out = Judgement::new("noise/zone_compliance_rate", Basis::new("HJ 640", "2012", "6.4"));
    out.also(Basis::new("GB 3096", "2008", "5.1 表1"));
    if auto {
        // The text of the rule for automatic points was not found.
        out.also(Basis::new("环办监测〔2024〕33号", "2024", "达标率"))
            .rests_on(Confidence::Uncertain);
    }
    out.uses("points", &points.len(), "点次");
    let missing = points.iter().filter(|p| p.ld.is_none() || p.ln.is_none()).count();
    if missing > 0 {
        out.leaves_out(
            "points",
            None,
            "点次",
            text!(
                "{missing} 个点次缺昼间或夜间值",
                "{missing} without a value of day or night"
            ),
        );
    }
    explain_counts(&mut out, counts.iter());
    conclude_rates(&mut out, counts.get("all"));
    Ok(out)
}

/// Grades a mean and writes it.
fn put_grade(
    out: &mut Judgement,
    input: &Input<'_>,
    kind: &str,
    period: Period,
    mean: &Exact,
) -> Result<(), InputError> {
    let row = limit::grades(kind, period).map_err(checks::refuse(input))?;
    let (rounded, place) = row.grade(mean);
    let (name, label, en) = GRADE_NAMES.get(place).copied().unwrap_or(("", "", ""));
    out.also(row.basis()).rests_on(row.confidence);
    for (end, (name, label, en)) in row.ends().into_iter().zip(GRADE_NAMES) {
        out.limit(
            end,
            "dB(A)",
            row.basis(),
            text!("{name}({label})上限", "upper end of {en}"),
            row.confidence,
        );
    }
    out.step(
        text!("修约到 0.1 dB 后定级", "rounded to 0.1 dB, then graded"),
        format!("{mean} → {rounded}"),
        &name,
    );
    out.put("mean_1dp", rounded.to_json())
        .put("grade", name)
        .put("label", label);
    out.finish(mean, rounded.to_fixed(1), "dB(A)");
    let (zh, shown) = (period.zh(), rounded.to_fixed(1));
    let key = period.key();
    out.conclude(
        Verdict::Classified,
        text!(
            "{zh} {shown} dB(A),{name}({label})。",
            "{key} {shown} dB(A): {en}."
        ),
    );
    Ok(())
}

fn grade(input: &Input<'_>) -> Result<Judgement, InputError> {
    let kind = checks::choice(input, "kind", &[("area", "area"), ("road", "road")])?;
    let period = checks::choice(input, "period", &Period::NAMES)?;
    let mut out = Judgement::new("noise/grade", Basis::new("HJ 640", "2012", "分级表"));
    let Some(mean) = input.opt("mean_db") else {
        no_mean(&mut out);
        return Ok(out);
    };
    let mean = exact_level(&mean)?;
    out.uses("mean_db", &mean, "dB(A)");
    put_grade(&mut out, input, kind, period, &mean)?;
    Ok(out)
}

fn no_mean(out: &mut Judgement) {
    out.put("mean_db", Value::Null)
        .put("grade", Value::Null)
        .put("label", Value::Null);
    out.conclude(
        Verdict::Undecided,
        text!("没有可评价的数据。", "There is nothing to evaluate."),
    );
}

fn area(input: &Input<'_>) -> Result<Judgement, InputError> {
    let (key, period) = if input.has("grid_leq_night") {
        ("grid_leq_night", Period::Night)
    } else {
        ("grid_leq_day", Period::Day)
    };
    let mut grids = Vec::new();
    let mut missing = 0;
    for grid in checks::list(input, key)? {
        if grid.json().is_null() {
            missing += 1;
        } else {
            grids.push(exact_level(&grid)?);
        }
    }
    let mut out = Judgement::new("noise/area_mean", Basis::new("HJ 640", "2012", "6.2"));
    out.uses(key, &grids.len(), "个网格");
    if missing > 0 {
        out.leaves_out(
            key,
            None,
            "个网格",
            text!("{missing} 个网格缺测", "{missing} grids missing"),
        );
    }
    let Some(mean) = Exact::mean(&grids) else {
        no_mean(&mut out);
        return Ok(out);
    };
    out.step(
        text!("网格算术平均", "arithmetic mean of the grids"),
        format!("Σ L / {}", grids.len()),
        &mean,
    );
    out.put("mean_db", mean.to_json());
    put_grade(&mut out, input, "area", period, &mean)?;
    Ok(out)
}

fn road(input: &Input<'_>) -> Result<Judgement, InputError> {
    let period = checks::choice_or(input, "period", &Period::NAMES, Period::Day)?;
    let mut segments = Vec::new();
    let mut out = Judgement::new("noise/road_mean", Basis::new("HJ 640", "2012", "6.3"));
    for segment in checks::list(input, "segments")? {
        let length = checks::amount(&segment, "length_m")?;
        match segment.opt("leq") {
            Some(leq) => segments.push((exact_level(&leq)?, length)),
            None => {
                out.leaves_out(
                    segment.path(),
                    None,
                    "dB(A)",
                    text!("路段缺测", "segment not measured"),
                );
            }
        }
    }
    out.uses("segments", &segments.len(), "个路段");
    let Some((mean, loud)) = road_mean(&segments) else {
        no_mean(&mut out);
        out.put("length_over_70_pct", Value::Null);
        return Ok(out);
    };
    out.step(
        text!("按路长加权平均", "mean weighted by length"),
        "Σ lᵢ·Lᵢ / Σ lᵢ",
        &mean,
    );
    out.step(
        text!("超过 70 dB 的路长比例", "share of length above 70 dB"),
        "Σ l(L>70) / Σ l × 100",
        &loud,
    );
    out.put("mean_db", mean.to_json())
        .put("length_over_70_pct", loud.to_json());
    put_grade(&mut out, input, "road", period, &mean)?;
    Ok(out)
}

fn published(input: &Input<'_>) -> Result<Judgement, InputError> {
    let kinds = [
        ("zone_counts", 0),
        ("point_weighted_mean", 1),
        ("area", 2),
        ("road", 2),
    ];
    let id = "noise/real_published";
    match checks::choice(input, "kind", &kinds)? {
        0 => published_counts(id, input),
        1 => published_mean(id, input),
        _ => grade(input).map(|mut out| {
            id.clone_into(&mut out.topic);
            out
        }),
    }
}

fn published_counts(id: &str, input: &Input<'_>) -> Result<Judgement, InputError> {
    let mut zones: Vec<(String, Count)> = Vec::new();
    let mut all = Count::default();
    for row in checks::list(input, "rows")? {
        let cells = row.as_list()?;
        let [zone, n, day, night] = cells.as_slice() else {
            let why = text!(
                "应为 [类别, 点次, 昼间达标, 夜间达标]",
                "must be [zone, points, day met, night met]"
            );
            return Err(checks::out_of_range(&row, why));
        };
        let whole = |cell: &Input<'_>| -> Result<usize, InputError> {
            checks::as_amount(cell)?
                .to_i64()
                .and_then(|n| usize::try_from(n).ok())
                .ok_or_else(|| checks::out_of_range(cell, text!("应为个数", "must be a count")))
        };
        let (n, day, night) = (whole(n)?, whole(day)?, whole(night)?);
        if day > n || night > n {
            return Err(checks::out_of_range(
                &row,
                text!("达标点次多于总点次", "more are met than there are"),
            ));
        }
        let count = Count {
            n,
            day: (n, day),
            night: (n, night),
        };
        all.n = all.n.saturating_add(n);
        all.day = (all.day.0.saturating_add(n), all.day.1.saturating_add(day));
        all.night = (all.night.0.saturating_add(n), all.night.1.saturating_add(night));
        zones.push((zone.as_str()?.to_owned(), count));
    }
    zones.push(("all".to_owned(), all));
    let mut out = Judgement::new(id, Basis::new("HJ 640", "2012", "6.4"));
    out.uses("rows", &(zones.len() - 1), "类");
    explain_counts(&mut out, zones.iter().map(|(z, c)| (z, c)));
    conclude_rates(&mut out, zones.last().map(|(_, c)| c));
    Ok(out)
}

fn published_mean(id: &str, input: &Input<'_>) -> Result<Judgement, InputError> {
    let zones = input.field("zones")?;
    let mut out = Judgement::new(id, Basis::new("环办监测〔2024〕33号", "2024", "达标率"));
    // The arithmetic reproduces a published month; the text of the rule was not found.
    out.rests_on(Confidence::Uncertain);
    let mut results = Map::new();
    for (key, name) in [("day_pct", "昼间"), ("night_pct", "夜间")] {
        let mut rates = Vec::new();
        for (zone, _) in zones.as_members()? {
            let row = zones.field(zone)?;
            let points = checks::amount(&row, "points")?;
            match checks::opt_amount(&row, key)? {
                Some(rate) => rates.push((points, rate)),
                None => {
                    out.leaves_out(&format!("zones.{zone}.{key}"), None, "%", text!("缺", "missing"));
                }
            }
        }
        let mean = rate::weighted(&rates);
        if let Some(mean) = &mean {
            out.step(
                text!("{name}点位加权平均", "{key}, weighted by points"),
                "Σ nᵢ·rᵢ / Σ nᵢ",
                mean,
            );
        }
        results.insert(key.to_owned(), one_decimal(mean));
    }
    let undecided = results.values().all(Value::is_null);
    for (key, value) in results {
        out.put(&key, value);
    }
    if undecided {
        out.conclude(
            Verdict::Undecided,
            text!("没有可计算的达标率。", "No rate can be computed."),
        );
    } else {
        conclude(
            &mut out,
            Verdict::Computed,
            text!("按点位加权的达标率", "rates weighted by points"),
        );
    }
    Ok(out)
}
