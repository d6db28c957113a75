//! The judgement of an indicator for a year.

use serde_json::{Value, json};
use standards::input::Input;
use standards::judgement::{Basis, Confidence, Judgement, Verdict};
use standards::num::Exact;
use standards::progress::indicator::{self as rule, Aim, Progress};
use standards::text;
use standards::text::Text;

use super::kind::{Reading, doubt, read};
use super::{
    Against, IndicatorInput, IndicatorState, Kind, Pace, YearCheck, YearState, YearValue, Years, forecast,
    path, room,
};
use crate::facts::{Force, Side};
use crate::number::{Num, exact};
use crate::words::{Doubt, Light, Said};

/// What a judgement comes to.
struct Found {
    current: Option<Exact>,
    given: Vec<YearValue>,
    said: Vec<YearState>,
    progress: Option<Exact>,
    index: Option<Exact>,
    reached: Option<bool>,
    credit: Option<Exact>,
    light: Light,
    reason: Text,
    explanation: Judgement,
    doubts: Vec<Doubt>,
}

/// Where an indicator stands in a year. Values of later years are not looked at, but the running year is told as it is.
pub fn state(input: &IndicatorInput, years: Years, year: u16) -> IndicatorState {
    let reading = read(input, years);
    let time = path::span(years, year)
        .progress()
        .unwrap_or_else(|_| Exact::zero());
    let found = match reading.kind {
        Kind::Towards => towards(input, &reading, years, year, &time),
        Kind::Cumulative => cumulative(input, &reading, years, year, &time),
        Kind::Qualitative => in_words(input, &reading, year),
        Kind::Awaiting => awaiting(input, &reading, year),
        Kind::Keep | Kind::Zero | Kind::Threshold | Kind::Incomparable => level(input, &reading, years, year),
    };
    let points = path::points(input, &reading, years, year);
    let pace = match (&reading.base, &reading.target, &found.current) {
        (Some(base), Some(target), Some(current)) if reading.kind.has_progress() => {
            let (needed, realised) = rule::pace(base, target, current, &path::span(years, year));
            Some(Pace {
                needed: needed.map(Num),
                realised: realised.map(Num),
            })
        }
        _ => None,
    };
    let year_check = found
        .current
        .as_ref()
        .and_then(|current| year_check(input, &reading, years, year, current));
    let mut doubts = reading.doubts.clone();
    doubts.extend(found.doubts);
    IndicatorState {
        no: input.facts.no,
        name: input.facts.name.clone(),
        name_en: input.facts.name_en.clone(),
        unit: input.facts.unit.clone(),
        force: input.facts.force,
        kind: reading.kind,
        kind_reason: reading.reason.clone(),
        base: reading.base.clone().map(Num),
        target: reading.target.clone().map(Num),
        year,
        current: found.current.map(Num),
        given: found.given,
        said: found.said,
        progress: found.progress.map(Num),
        time: Num(time),
        index: found.index.map(Num),
        reached: found.reached,
        credit: found.credit.map(Num),
        light: found.light,
        reason: found.reason,
        explanation: found.explanation,
        forecast: if year < years.target {
            forecast::target_year(input, &reading, years, &points)
        } else {
            None
        },
        path: points,
        year_check,
        pace,
        year_end: forecast::year_end(input, &reading, years),
        room: room::room(input, &reading, years),
        lead: input.lead.clone(),
        doubts,
    }
}

fn begin(clause: &str) -> Judgement {
    let mut judgement = Judgement::new("plan/progress", Basis::new("规划评估通行做法", "", clause));
    judgement.rests_on(Confidence::Configurable);
    judgement
}

fn nothing(reason: Text, clause: &str, doubts: Vec<Doubt>) -> Found {
    let mut explanation = begin(clause);
    explanation.conclude(Verdict::Undecided, reason.clone());
    Found {
        current: None,
        given: Vec::new(),
        said: Vec::new(),
        progress: None,
        index: None,
        reached: None,
        credit: None,
        light: Light::Grey,
        reason,
        explanation,
        doubts,
    }
}

fn missing(input: &IndicatorInput, year: u16, mut doubts: Vec<Doubt>) -> Found {
    let text = text!(
        "{year} 年没有可用的值，无法判定",
        "no value of {year} to judge by"
    );
    doubts.push(doubt(input, "missing", text.clone()));
    nothing(text, "缺数", doubts)
}

/// The topic of the standards, so that the board and the interface explain a progress in the same words.
fn explained(input: &Value) -> Judgement {
    let judged =
        standards::topic::find("plan/progress").and_then(|topic| (topic.evaluate)(&Input::root(input)).ok());
    judged.unwrap_or_else(|| begin("进度"))
}

/// Light of a progress; in the target year a binding indicator is green or red, nothing between.
fn light_of(input: &IndicatorInput, progress: &Exact, reached: bool, time: &Exact) -> Light {
    if input.facts.force == Force::Binding && *time >= Exact::one() && !reached {
        return Light::Red;
    }
    Light::from(rule::light(progress, reached, time))
}

/// How a progress reads beside the time.
fn pace_words(light: Light, progress: &Exact, reached: bool, time: &Exact) -> Text {
    if reached {
        Text::new("已达到目标", "the target is reached")
    } else if *time >= Exact::one() {
        Text::new("未达到目标", "the target is missed")
    } else if progress.is_negative() {
        Text::new("比基期还差（倒退）", "worse than in the base year")
    } else {
        match light {
            Light::Green => Text::new("与时间进度相符", "in step with time"),
            Light::Yellow => Text::new("轻微滞后", "slightly behind"),
            Light::Red => Text::new("明显滞后", "far behind"),
            Light::Grey => Text::new("无法判定", "cannot be judged"),
        }
    }
}

fn share_of_time(progress: &Exact, time: &Exact) -> (Option<Exact>, Option<Exact>) {
    let index = progress.checked_div(time);
    let credit = index.clone().map(|s| s.clamp(Exact::zero(), Exact::one()));
    (index, credit)
}

fn towards(input: &IndicatorInput, reading: &Reading, years: Years, year: u16, time: &Exact) -> Found {
    let doubts = path::doubts(input, year);
    let (Some(value), Some(base), Some(target)) = (path::chosen(input, year), &reading.base, &reading.target)
    else {
        return missing(input, year, doubts);
    };
    let current = exact(value.value);
    let lower = reading.side == Some(Side::Lower);
    let aim = Aim::Towards {
        base: base.clone(),
        target: target.clone(),
        current: current.clone(),
        lower,
    };
    let Some(Progress {
        value: p, reached, ..
    }) = rule::progress(&aim)
    else {
        return missing(input, year, doubts);
    };
    let light = light_of(input, &p, reached, time);
    let direction = if lower { "lower" } else { "higher" };
    let explanation = explained(&json!({
        "direction": direction, "base": base.to_display(), "target": target.to_display(),
        "current": current.to_display(),
        "year0": years.base, "year_target": years.target, "year": year,
    }));
    let shown = |x: &Exact| input.facts.measured(&Num(x.clone()).to_string());
    let (x, b, g) = (shown(&current), shown(base), shown(target));
    let (p_shown, t_shown) = (Num(p.clone()).percent(), Num(time.clone()).percent());
    let words = pace_words(light, &p, reached, time);
    let (zh, en) = (&words.zh, &words.en);
    let reason = Text::new(
        format!("{year} 年 {x}（基数 {b}，目标 {g}）：进度 {p_shown} %，时间 {t_shown} %，{zh}"),
        format!("{x:#} in {year} (from {b:#} to {g:#}): progress {p_shown} %, time {t_shown} %, {en}"),
    );
    let (index, credit) = share_of_time(&p, time);
    Found {
        current: Some(current),
        given: vec![value.clone()],
        said: Vec::new(),
        progress: Some(p),
        index,
        reached: Some(reached),
        credit,
        light,
        reason,
        explanation,
        doubts,
    }
}

fn cumulative(input: &IndicatorInput, reading: &Reading, years: Years, year: u16, time: &Exact) -> Found {
    let mut doubts = Vec::new();
    for y in years.base.saturating_add(1)..=year {
        doubts.extend(path::doubts(input, y));
    }
    let amounts = path::amounts(input, years, year);
    let given: Vec<YearValue> = amounts.iter().flatten().map(|v| (*v).clone()).collect();
    let (Some(total), false) = (&reading.target, given.is_empty()) else {
        return missing(input, year, doubts);
    };
    let annual: Vec<Option<Exact>> = amounts.iter().map(|a| a.map(|v| exact(v.value))).collect();
    let sum = Exact::sum(annual.iter().flatten());
    let listed: Vec<Value> = annual
        .iter()
        .map(|a| a.as_ref().map_or(Value::Null, |x| x.to_display().into()))
        .collect();
    let aim = Aim::Cumulative {
        total: total.clone(),
        annual,
    };
    let Some(Progress {
        value: p,
        reached,
        missing: gaps,
        ..
    }) = rule::progress(&aim)
    else {
        return missing(input, year, doubts);
    };
    let mut light = light_of(input, &p, reached, time);
    let explanation = explained(&json!({
        "direction": "cumulative", "target_total": total.to_display(), "annual": listed,
        "year0": years.base, "year_target": years.target, "year": year,
    }));
    let shown = |x: &Exact| input.facts.measured(&Num(x.clone()).to_string());
    let (s, g) = (shown(&sum), shown(total));
    let (p_shown, t_shown) = (Num(p.clone()).percent(), Num(time.clone()).percent());
    let (mut index, mut credit) = share_of_time(&p, time);
    let reason = if gaps > 0 && light != Light::Green {
        // The years without a value may have brought the rest: what is missing is not zero.
        light = Light::Grey;
        (index, credit) = (None, None);
        text!(
            "缺 {gaps} 个年份的量，已知累计 {s}，至少完成 {p_shown} %（目标 {g}），无法判定",
            "{gaps} years are missing; {s:#} are known, at least {p_shown} % of {g:#}: cannot be judged"
        )
    } else {
        let words = pace_words(light, &p, reached, time);
        let (zh, en) = (&words.zh, &words.en);
        Text::new(
            format!("截至 {year} 年累计 {s}，目标 {g}：进度 {p_shown} %，时间 {t_shown} %，{zh}"),
            format!("{s:#} by {year} of {g:#}: progress {p_shown} %, time {t_shown} %, {en}"),
        )
    };
    if gaps > 0 {
        let text = text!(
            "缺 {gaps} 个年份的量，累计只含已知年份，进度为下限",
            "{gaps} years without an amount: the sum holds what is known, the progress is a lower bound"
        );
        doubts.push(doubt(input, "missing", text));
    }
    Found {
        current: Some(sum),
        given,
        said: Vec::new(),
        progress: Some(p),
        index,
        reached: if gaps > 0 && !reached { None } else { Some(reached) },
        credit,
        light,
        reason,
        explanation,
        doubts,
    }
}

/// Kept, held at zero, reached or not: a comparison, no progress.
fn level(input: &IndicatorInput, reading: &Reading, years: Years, year: u16) -> Found {
    let mut doubts = path::doubts(input, year);
    let (Some(value), Some(target)) = (path::chosen(input, year), &reading.target) else {
        return missing(input, year, doubts);
    };
    let current = exact(value.value);
    let shown = |x: &Exact| input.facts.measured(&Num(x.clone()).to_string());
    let (x, g) = (shown(&current), shown(target));
    let met = reading.not_worse(&current, target);
    let (light, words) = match met {
        Some(true) if reading.kind == Kind::Keep => (
            Light::Green,
            text!("{year} 年 {x}，保持在 {g}", "{x:#} in {year}: kept at {g:#}"),
        ),
        Some(true) => (
            Light::Green,
            text!("{year} 年 {x}，达到 {g}", "{x:#} in {year}: {g:#} is reached"),
        ),
        Some(false) if reading.kind == Kind::Keep => (
            Light::Red,
            text!(
                "{year} 年 {x}，差于应保持的 {g}",
                "{x:#} in {year}: worse than the {g:#} to be kept"
            ),
        ),
        Some(false) => not_reached(input, reading, years, year, &current, target),
        None => {
            let text = text!(
                "{year} 年 {x}，与应保持的 {g} 不同，好坏未说明，须核对",
                "{x:#} in {year} differs from the {g:#} to be kept; which side is better is not stated: check it"
            );
            doubts.push(doubt(input, "conflict", text.clone()));
            (Light::Yellow, text)
        }
    };
    let credit = met.and_then(|met| {
        if met {
            return Some(Exact::one());
        }
        if reading.kind == Kind::Keep {
            return Some(Exact::zero());
        }
        let aim = Aim::Threshold {
            target: target.clone(),
            current: current.clone(),
            at_most: reading.side == Some(Side::Lower),
        };
        rule::progress(&aim).map(|p| p.value.clamp(Exact::zero(), Exact::one()))
    });
    let unit = input.facts.unit.as_deref();
    let mut explanation = begin(reading.kind.zh());
    explanation
        .uses("current", &current, unit.unwrap_or(""))
        .uses("target", target, unit.unwrap_or(""));
    if let Some(base) = &reading.base {
        explanation.uses("base", base, unit.unwrap_or(""));
    }
    let sign = match reading.side {
        Some(Side::Lower) => "≤",
        Some(Side::Higher) => "≥",
        None => "=",
    };
    explanation.step(
        reading.reason.clone(),
        format!("{current} {sign} {target}"),
        &match met {
            Some(true) => "true",
            Some(false) => "false",
            None => "—",
        },
    );
    explanation.put("light", light.key());
    let verdict = match met {
        Some(true) => Verdict::Met,
        Some(false) => Verdict::Exceeded,
        None => Verdict::Undecided,
    };
    explanation.conclude(verdict, words.clone());
    Found {
        current: Some(current),
        given: vec![value.clone()],
        said: Vec::new(),
        progress: None,
        index: None,
        reached: met,
        credit,
        light,
        reason: words,
        explanation,
        doubts,
    }
}

/// A level not reached: red in the target year; before it the goal of the year decides, and without one it is yellow.
fn not_reached(
    input: &IndicatorInput,
    reading: &Reading,
    years: Years,
    year: u16,
    current: &Exact,
    target: &Exact,
) -> (Light, Text) {
    let shown = |x: &Exact| input.facts.measured(&Num(x.clone()).to_string());
    let (x, g, last) = (shown(current), shown(target), years.target);
    if year >= years.target {
        let words = text!(
            "{year} 年 {x}，未达到 {g}",
            "{x:#} in {year}: {g:#} is not reached"
        );
        return (Light::Red, words);
    }
    let Some(goal) = input.goals.iter().rfind(|goal| goal.year == year) else {
        let words = text!(
            "{year} 年 {x}，尚未达到 {g}（目标年 {last}），没有年度目标可比",
            "{x:#} in {year}: {g:#} is not reached yet (due {last}), and no goal of the year is set"
        );
        return (Light::Yellow, words);
    };
    let goal = exact(goal.value);
    let of_year = shown(&goal);
    if reading.not_worse(current, &goal) == Some(true) {
        let words = text!(
            "{year} 年 {x}，达到年度目标 {of_year}，距规划目标 {g} 仍有差距",
            "{x:#} in {year}: the goal of the year {of_year:#} is met, the target {g:#} not yet"
        );
        (Light::Green, words)
    } else {
        let words = text!(
            "{year} 年 {x}，未达到年度目标 {of_year}",
            "{x:#} in {year}: the goal of the year {of_year:#} is missed"
        );
        (Light::Red, words)
    }
}

fn awaiting(input: &IndicatorInput, reading: &Reading, year: u16) -> Found {
    let mut doubts = path::doubts(input, year);
    let text = text!(
        "目标值待市下达，不作判定",
        "the target is still to be assigned: not judged"
    );
    doubts.push(doubt(input, "awaiting", text));
    let mut found = nothing(reading.reason.clone(), Kind::Awaiting.zh(), doubts);
    if let Some(value) = path::chosen(input, year) {
        let x = input.facts.measured(&value.value.normalize().to_string());
        found.reason = text!(
            "{year} 年 {x}；目标待下达，不作判定",
            "{x:#} in {year}; the target is still to be assigned: not judged"
        );
        found.current = Some(exact(value.value));
        found.given = vec![value.clone()];
    }
    found
}

fn in_words(input: &IndicatorInput, reading: &Reading, year: u16) -> Found {
    let of_year: Vec<&YearState> = input.states.iter().filter(|s| s.year == year).collect();
    let Some(state) = of_year.last() else {
        let text = text!(
            "{year} 年没有审核意见，无法判定",
            "no reviewed statement of {year} to judge by"
        );
        return nothing(text.clone(), "定性", vec![doubt(input, "missing", text)]);
    };
    let mut doubts = Vec::new();
    if of_year.iter().any(|s| s.met != state.met) {
        let text = text!(
            "{year} 年有不一致的审核意见，采用最后一条",
            "the statements of {year} differ: the last one is used"
        );
        doubts.push(doubt(input, "conflict", text));
    }
    let words = Said::new(
        input.facts.state.as_deref().unwrap_or(""),
        input.facts.state_en.as_deref(),
    );
    let grounds = &state.grounds;
    let reason = if state.met {
        text!(
            "{year} 年达到“{words}”：{grounds}",
            "“{words:#}” was reached in {year}: {grounds}"
        )
    } else {
        text!(
            "{year} 年未达到“{words}”：{grounds}",
            "“{words:#}” was not reached in {year}: {grounds}"
        )
    };
    let mut explanation = begin(Kind::Qualitative.zh());
    explanation.step(reading.reason.clone(), grounds.clone(), &state.met);
    let verdict = if state.met {
        Verdict::Met
    } else {
        Verdict::Exceeded
    };
    explanation.conclude(verdict, reason.clone());
    Found {
        current: None,
        given: Vec::new(),
        said: {
            let mut known: Vec<YearState> = input.states.iter().filter(|s| s.year <= year).cloned().collect();
            known.sort_by_key(|s| s.year);
            known
        },
        progress: None,
        index: None,
        reached: Some(state.met),
        credit: Some(if state.met { Exact::one() } else { Exact::zero() }),
        light: if state.met { Light::Green } else { Light::Red },
        reason,
        explanation,
        doubts,
    }
}

fn year_check(
    input: &IndicatorInput,
    reading: &Reading,
    years: Years,
    year: u16,
    current: &Exact,
) -> Option<YearCheck> {
    let against = path::against(input, reading, years, year)?;
    if !reading.kind.has_progress() && !matches!(against, Against::Goal { .. }) {
        return None;
    }
    let met = reading.not_worse(current, &against.value().0)?;
    Some(YearCheck {
        against,
        actual: Num(current.clone()),
        met,
    })
}
