//! Noise limits by name: ambient zones, boundaries with background correction, construction sites, indoor sound.

use serde_json::Value;

use super::level_topics::level_at;
use super::limit::{self, Corrected, Event, Period, STANDARDS, ZoneLimit};
use crate::checks;
use crate::conformance;
use crate::explain;
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Judgement, Verdict};
use crate::num::Exact;
use crate::text;
use crate::topic::Topic;

pub(super) const ZONE: Topic = Topic {
    id: "noise/zone_limit",
    zh: "噪声限值判定",
    en: "A level against the limit of its zone",
    basis: "GB 3096-2008 5;GB 12348、GB 22337、GB 12523",
    example: r#"{"zone":"2","period":"night","leq":50.1}"#,
    evaluate: zone_limit,
    case: conformance::inline,
};

pub(super) const SUDDEN: Topic = Topic {
    id: "noise/sudden_lmax",
    zh: "夜间突发噪声判定",
    en: "Sudden noise at night",
    basis: "GB 3096-2008 5.4",
    example: r#"{"zone":"2","night_sudden_lmax":65.1}"#,
    evaluate: sudden,
    case: conformance::inline,
};

pub(super) const BOUNDARY: Topic = Topic {
    id: "noise/boundary_correction",
    zh: "厂界噪声背景修正与判定",
    en: "Boundary noise: background correction and judgement",
    basis: "GB 12348-2008 4.1、5.7、6;HJ 706-2014",
    example: r#"{"zone":"3","period":"night","measured":57.3,"background":53.7}"#,
    evaluate: boundary,
    case: conformance::inline,
};

pub(super) const CONSTRUCTION: Topic = Topic {
    id: "noise/construction",
    zh: "建筑施工场界噪声判定",
    en: "Noise of construction sites",
    basis: "GB 12523-2011 4、6;GB 12523-2025",
    example: r#"{"period":"night","leq":54,"lmax_night":71,"date":"2026-03-01"}"#,
    evaluate: construction,
    case: conformance::inline,
};

pub(super) const INDOOR: Topic = Topic {
    id: "noise/indoor_structure",
    zh: "结构传播固定设备室内噪声判定",
    en: "Structure-borne sound indoors",
    basis: "GB 12348-2008 4.2;GB 22337-2008 4.2",
    example: r#"{"zone":"2","room":"A","period":"night","leq":34,"octave":{"63":56,"500":29}}"#,
    evaluate: indoor,
    case: conformance::inline,
};

fn exact_level(input: &Input<'_>, key: &str) -> Result<Option<Exact>, InputError> {
    match input.opt(key) {
        None => Ok(None),
        Some(value) => {
            level_at(&value)?;
            value.as_exact().map(Some)
        }
    }
}

fn needed_level(input: &Input<'_>, key: &str) -> Result<Exact, InputError> {
    level_at(&input.field(key)?)?;
    input.exact(key)
}

fn period(input: &Input<'_>) -> Result<Period, InputError> {
    checks::choice(input, "period", &Period::NAMES)
}

fn zone(input: &Input<'_>, standard: &str, name: &str) -> Result<&'static ZoneLimit, InputError> {
    let date = match input.opt("date") {
        Some(_) => Some(input.date("date")?),
        None => None,
    };
    limit::zone(standard, name, date).map_err(|_| checks::unknown_name(input, "zone", name))
}

/// Ten less when it was measured indoors because the boundary is too near (GB 12348 4.1.5, GB 12523 4.3).
fn lowered(limit: &Exact, indoors: bool) -> Exact {
    if indoors {
        limit - &Exact::int(10)
    } else {
        limit.clone()
    }
}

fn cite(out: &mut Judgement, row: &ZoneLimit, period: Period, limit: &Exact) {
    let (zh, en, zone) = (period.zh(), period.key(), &row.zone);
    let reason = text!("{zone} 类区{zh}限值", "limit of zone {zone}, {en}");
    out.limit(limit, "dB(A)", row.basis(), reason, row.confidence);
}

/// How far above; zero where it is not.
fn excess(level: &Exact, limit: &Exact) -> Exact {
    (level - limit).max(Exact::zero())
}

fn conclude_against(out: &mut Judgement, level: &Exact, limit: &Exact) {
    let exceeded = level > limit;
    let over = excess(level, limit);
    let words = if exceeded {
        text!(
            "{level} dB(A) 超过限值 {limit},超 {over} dB",
            "{level} dB(A) is {over} dB above the limit {limit}"
        )
    } else {
        text!(
            "{level} dB(A) 不超过限值 {limit}",
            "{level} dB(A) is within the limit {limit}"
        )
    };
    explain::conclude(out, explain::verdict(exceeded), words);
}

fn undecided(out: &mut Judgement, name: &str) {
    out.leaves_out(name, None, "dB(A)", text!("缺测", "missing"));
    out.conclude(
        Verdict::Undecided,
        text!(
            "没有测量值,无法判定。",
            "Nothing was measured: cannot be decided."
        ),
    );
}

fn zone_limit(input: &Input<'_>) -> Result<Judgement, InputError> {
    let standard = checks::choice_or(input, "standard", &STANDARDS, "GB 3096")?;
    let period = period(input)?;
    let row = zone(input, standard, input.str("zone")?)?;
    let limit = row.limit(period);
    let mut out = Judgement::new("noise/zone_limit", row.basis());
    cite(&mut out, row, period, limit);
    out.put("limit", limit.to_json());
    let Some(leq) = exact_level(input, "leq")? else {
        out.put("compliant", Value::Null).put("exceed_db", Value::Null);
        undecided(&mut out, "leq");
        return Ok(out);
    };
    let over = excess(&leq, limit);
    out.uses("leq", &leq, "dB(A)");
    out.step(
        text!("超标量", "excess"),
        format!("max(0, {leq} − {limit})"),
        &over,
    );
    out.finish(&leq, leq.to_display(), "dB(A)");
    out.put("compliant", leq <= *limit)
        .put("exceed_db", over.to_json());
    conclude_against(&mut out, &leq, limit);
    Ok(out)
}

fn sudden(input: &Input<'_>) -> Result<Judgement, InputError> {
    let row = zone(input, "GB 3096", input.str("zone")?)?;
    let night = row.limit(Period::Night);
    let mut out = Judgement::new("noise/sudden_lmax", Basis::new("GB 3096", "2008", "5.4"));
    out.also(row.basis());
    let limit = row
        .lmax_limit(Event::Occasional, night)
        .unwrap_or_else(|| night.clone());
    let zone = &row.zone;
    let reason = text!(
        "{zone} 类区夜间限值 {night} + 15",
        "night limit {night} of zone {zone} + 15"
    );
    out.limit(
        &limit,
        "dB(A)",
        Basis::new("GB 3096", "2008", "5.4"),
        reason,
        row.confidence,
    );
    out.put("lmax_limit", limit.to_json());
    let Some(lmax) = exact_level(input, "night_sudden_lmax")? else {
        out.put("compliant", Value::Null);
        undecided(&mut out, "night_sudden_lmax");
        return Ok(out);
    };
    out.uses("night_sudden_lmax", &lmax, "dB(A)");
    out.step(text!("限值", "limit"), format!("{night} + 15"), &limit);
    out.put("compliant", lmax <= limit);
    conclude_against(&mut out, &lmax, &limit);
    Ok(out)
}

fn boundary(input: &Input<'_>) -> Result<Judgement, InputError> {
    let standards = [("gb12348", "GB 12348"), ("gb22337", "GB 22337")];
    let standard = checks::choice_or(input, "standard", &standards, "GB 12348")?;
    let period = period(input)?;
    let row = zone(input, standard, input.str("zone")?)?;
    let indoors = input.opt_bool("indoors")?.unwrap_or(false);
    let limit = lowered(row.limit(period), indoors);
    let measured = needed_level(input, "measured")?;
    let background = needed_level(input, "background")?;
    let difference = &measured - &background;
    let mut out = Judgement::new("noise/boundary_correction", row.basis());
    let correction = Basis::new(standard, "2008", "5.7");
    out.also(correction);
    cite(&mut out, row, period, &limit);
    out.uses("measured", &measured, "dB(A)")
        .uses("background", &background, "dB(A)");
    out.step(
        text!("测量值与背景值之差", "measured − background"),
        format!("{measured} − {background}"),
        &difference,
    );
    out.put("difference", difference.to_json())
        .put("limit", limit.to_json());
    let by = match limit::background_correction(&difference) {
        Corrected::None => 0,
        Corrected::By(by) => by,
        Corrected::Retest => {
            out.put("action", "retest")
                .put("corrected", Value::Null)
                .put("compliant", Value::Null);
            out.conclude(
                Verdict::Undecided,
                text!(
                    "差值 {difference} dB 小于 3 dB,应降低背景噪声后重新测量;仍不满足时按 HJ 706 执行。",
                    "The difference of {difference} dB is below 3 dB: cut the background and measure again, then HJ 706."
                ),
            );
            return Ok(out);
        }
    };
    let corrected = &measured + &Exact::int(by);
    let reported = corrected.round_gb8170(0);
    out.also(Basis::new("HJ 706", "2014", "修约"));
    out.step(
        text!("背景修正", "background correction"),
        format!("{measured} + ({by})"),
        &corrected,
    );
    out.step(
        text!("修约到整数后比较", "rounded to a whole number before comparison"),
        format!("{corrected} → {reported}"),
        &reported,
    );
    out.finish(&corrected, reported.to_fixed(0), "dB(A)");
    let compliant = reported <= limit;
    let lmax_met = lmax_at_night(&mut out, input, row, period, &limit)?;
    out.put("action", if by == 0 { "none" } else { "corrected" })
        .put("correction", by)
        .put("corrected", corrected.to_json())
        .put("reported", reported.to_json())
        .put("compliant_unrounded", corrected <= limit)
        .put("compliant_reported", compliant)
        .put("lmax_compliant", lmax_met)
        .put("compliant", compliant && lmax_met != Some(false));
    if compliant && lmax_met == Some(false) {
        let words = text!(
            "等效声级达标,但夜间最大声级超标",
            "Leq is within the limit, Lmax at night is not"
        );
        explain::conclude(&mut out, Verdict::Exceeded, words);
    } else {
        conclude_against(&mut out, &reported, &limit);
    }
    Ok(out)
}

/// Lmax at night, where it was given: compared directly, without correction.
fn lmax_at_night(
    out: &mut Judgement,
    input: &Input<'_>,
    row: &ZoneLimit,
    period: Period,
    limit: &Exact,
) -> Result<Option<bool>, InputError> {
    let Some(lmax) = exact_level(input, "lmax")? else {
        return Ok(None);
    };
    if period == Period::Day {
        out.leaves_out(
            "lmax",
            Some(lmax.to_string()),
            "dB(A)",
            text!("昼间不评价最大声级", "Lmax is judged at night only"),
        );
        return Ok(None);
    }
    let event = checks::choice_or(input, "event", &Event::NAMES, Event::Occasional)?;
    let Some(most) = row.lmax_limit(event, limit) else {
        out.leaves_out(
            "lmax",
            Some(lmax.to_string()),
            "dB(A)",
            text!("该标准此项无限值", "this standard has no limit of it"),
        );
        return Ok(None);
    };
    let reason = text!(
        "夜间最大声级,限值 {limit} 加允许超出量",
        "Lmax at night: limit {limit} plus what is allowed"
    );
    out.limit(&most, "dB(A)", row.basis(), reason, row.confidence);
    out.uses("lmax", &lmax, "dB(A)");
    Ok(Some(lmax <= most))
}

fn construction(input: &Input<'_>) -> Result<Judgement, InputError> {
    let period = period(input)?;
    let row = zone(input, "GB 12523", "site")?;
    let indoors = input.opt_bool("indoors")?.unwrap_or(false);
    let limit = lowered(row.limit(period), indoors);
    let mut out = Judgement::new("noise/construction", row.basis());
    cite(&mut out, row, period, &limit);
    out.put("limit", limit.to_json());
    let leq = exact_level(input, "leq")?;
    let lmax = match (exact_level(input, "lmax_night")?, period) {
        (Some(lmax), Period::Night) => Some(lmax),
        (Some(lmax), Period::Day) => {
            out.leaves_out(
                "lmax_night",
                Some(lmax.to_string()),
                "dB(A)",
                text!("昼间不评价", "judged at night only"),
            );
            None
        }
        (None, Period::Night) => {
            out.leaves_out(
                "lmax_night",
                None,
                "dB(A)",
                text!("缺测,只评价等效声级", "missing: Leq alone is judged"),
            );
            None
        }
        (None, Period::Day) => None,
    };
    let lmax_limit = row.lmax_limit(Event::Occasional, &limit);
    let mut failed = Vec::new();
    for (name, level, most) in [("leq", &leq, Some(&limit)), ("lmax", &lmax, lmax_limit.as_ref())] {
        if let (Some(level), Some(most)) = (level, most) {
            out.uses(name, level, "dB(A)");
            let over = excess(level, most);
            out.step(
                text!("{name} 超标量", "excess of {name}"),
                format!("max(0, {level} − {most})"),
                &over,
            );
            if level > most {
                failed.push(name);
            }
        }
    }
    if period == Period::Night {
        out.put("lmax_limit", checks::maybe(lmax_limit.as_ref()));
    }
    let decided = leq.is_some() || !failed.is_empty();
    out.put("compliant", decided.then_some(failed.is_empty())).put(
        "failed",
        failed.iter().map(|f| Value::from(*f)).collect::<Vec<_>>(),
    );
    if !decided {
        undecided(&mut out, "leq");
        return Ok(out);
    }
    let named = failed.join("、");
    let words = if failed.is_empty() {
        text!("场界噪声达标", "within the limits")
    } else {
        text!("场界噪声超标:{named}", "above the limits: {named}")
    };
    explain::conclude(&mut out, explain::verdict(!failed.is_empty()), words);
    Ok(out)
}

fn indoor(input: &Input<'_>) -> Result<Judgement, InputError> {
    let period = period(input)?;
    let zone = input.str("zone")?;
    let room = checks::choice(input, "room", &[("A", "A"), ("B", "B")])?;
    let row = limit::indoor(zone, room, period).map_err(|_| checks::unknown_name(input, "zone", zone))?;
    let basis = Basis::new("GB 12348", "2008", "4.2 表2、表3");
    let mut out = Judgement::new("noise/indoor_structure", basis.clone());
    out.rests_on(row.confidence);
    let mut failed = Vec::new();
    let mut seen = 0;
    let mut bands: Vec<(String, Option<Exact>, &Exact)> =
        vec![("leq".to_owned(), exact_level(input, "leq")?, &row.leq)];
    if let Some(octave) = input.opt("octave") {
        for (name, _) in octave.as_members()? {
            let found = row.bands().into_iter().find(|(band, _)| *band == name);
            let (_, most) = found.ok_or_else(|| checks::unknown_name(&octave, name, name))?;
            bands.push((name.to_owned(), exact_level(&octave, name)?, most));
        }
    }
    for (name, level, most) in bands {
        let reason = text!(
            "{zone} 类区 {room} 类房间 {name}",
            "zone {zone}, room {room}, {name}"
        );
        out.limit(most, "dB", basis.clone(), reason, row.confidence);
        let Some(level) = level else {
            out.leaves_out(&name, None, "dB", text!("未测", "not measured"));
            continue;
        };
        seen += 1;
        out.uses(&name, &level, "dB");
        if level > *most {
            failed.push(name);
        }
    }
    let named = failed.join("、");
    out.put("limit", row.leq.to_json())
        .put("compliant", (seen > 0).then_some(failed.is_empty()))
        .put(
            "failed",
            failed.iter().map(|f| Value::from(f.as_str())).collect::<Vec<_>>(),
        );
    if seen == 0 {
        undecided(&mut out, "leq");
    } else {
        let words = if failed.is_empty() {
            text!("{seen} 项均达标。", "all {seen} within the limits.")
        } else {
            text!("超标:{named}。", "above the limits: {named}.")
        };
        out.conclude(explain::verdict(!failed.is_empty()), words);
    }
    Ok(out)
}
