//! One hour of a subject: its means where none were sent, converted concentrations, and what the standards say.

use std::collections::BTreeMap;

use model::ids::Factor;
use model::observation::{Observation, Origin, Statistic};
use model::profile::LimitSpec;
use model::subject::SubjectKind;
use model::time::{Grain, UtcMs};
use rust_decimal::Decimal;
use standards::judgement::{Judgement, Verdict};
use standards::text::Text;

use crate::factors::{Medium, known};
use crate::judge;
use crate::period::{self, Rule, Sample};
use crate::window::{Assessed, Compared, Made, Supervised, Window, derived, key};

/// Derives and judges the hour that begins at `start`. Derived values are put into the window too.
pub fn assess(who: &Supervised, window: &mut Window, start: UtcMs) -> Assessed {
    let mut out = Assessed::default();
    let Some(end) = Grain::Hour.next(start) else {
        return out;
    };
    derive_means(who, window, start, end, &mut out);
    derive_quantities(who, window, start, end, &mut out);
    derive_converted(who, window, start, &mut out);
    match who.kind() {
        SubjectKind::AirStation => judge_air(who, window, start, &mut out),
        SubjectKind::WaterSection => judge_section(who, window, Grain::Hour, start, &mut out),
        _ => {}
    }
    for spec in who.limits(Grain::Hour) {
        compare(who, window, spec, start, &mut out);
    }
    out
}

/// Whether somebody else than this room said the value.
fn given(window: &Window, key: &model::observation::SeriesKey, time: UtcMs) -> bool {
    window.at(key, time).is_some_and(|o| o.origin != Origin::Derived)
}

fn rule_of(kind: SubjectKind) -> Rule {
    match kind {
        SubjectKind::WaterOutlet | SubjectKind::WaterSection => Rule::AllNormal,
        _ => Rule::Coverage,
    }
}

/// Minute means where there are any, else real-time values; never both.
fn finer<'w>(
    who: &Supervised,
    window: &'w Window,
    factor: &Factor,
    from: UtcMs,
    to: UtcMs,
) -> &'w [Observation] {
    let minutes = window.values(&key(who.id(), factor, Grain::Minute, Statistic::AVG), from, to);
    if minutes.is_empty() {
        window.values(&key(who.id(), factor, Grain::Realtime, Statistic::RTD), from, to)
    } else {
        minutes
    }
}

fn derive_means(who: &Supervised, window: &mut Window, start: UtcMs, end: UtcMs, out: &mut Assessed) {
    let mut factors = window.factors(Grain::Minute);
    factors.extend(window.factors(Grain::Realtime));
    factors.sort();
    factors.dedup();
    for factor in factors {
        if given(
            window,
            &key(who.id(), &factor, Grain::Hour, Statistic::AVG),
            start,
        ) {
            continue;
        }
        let samples: Vec<Sample> = finer(who, window, &factor, start, end)
            .iter()
            .filter(|o| o.text.is_none())
            .map(|o| Sample {
                time: o.time,
                value: o.value,
                flag: o.flag.clone(),
            })
            .collect();
        let Some(hour) = period::hour(&samples, rule_of(who.kind())) else {
            continue;
        };
        for (statistic, value) in [
            (Statistic::AVG, hour.mean),
            (Statistic::MIN, hour.min),
            (Statistic::MAX, hour.max),
        ] {
            let series = key(who.id(), &factor, Grain::Hour, statistic);
            let flag = Some(hour.flag.clone());
            out.put(window, derived(series, start, value, flag));
        }
    }
}

/// Quantities of the hour are sums of the minutes' quantities.
fn derive_quantities(who: &Supervised, window: &mut Window, start: UtcMs, end: UtcMs, out: &mut Assessed) {
    for factor in window.factors(Grain::Minute) {
        let hourly = key(who.id(), &factor, Grain::Hour, Statistic::COU);
        let minutes = window.values(&key(who.id(), &factor, Grain::Minute, Statistic::COU), start, end);
        let parts: Vec<Decimal> = minutes.iter().filter_map(|o| o.value).collect();
        if parts.is_empty() || given(window, &hourly, start) {
            continue;
        }
        let sum = parts
            .iter()
            .try_fold(Decimal::ZERO, |sum, part| sum.checked_add(*part));
        out.put(window, derived(hourly, start, sum, None));
    }
}

/// Converted concentrations where the field unit sent none: the hour's mean by the hour's oxygen (method hourly_mean).
fn derive_converted(who: &Supervised, window: &mut Window, start: UtcMs, out: &mut Assessed) {
    let oxygen = window
        .factors(Grain::Hour)
        .into_iter()
        .find(|f| known(f).is_some_and(|k| k.medium == Medium::Stack && k.key == "o2"))
        .and_then(|f| valid(window.at(&key(who.id(), &f, Grain::Hour, Statistic::AVG), start)));
    for spec in &who.limits {
        let converted = key(who.id(), &spec.factor, Grain::Hour, Statistic::ZS_AVG);
        if spec.statistic != Statistic::ZS_AVG || given(window, &converted, start) {
            continue;
        }
        let measured = window.at(&key(who.id(), &spec.factor, Grain::Hour, Statistic::AVG), start);
        let flag = measured.and_then(|o| o.flag.clone());
        let (Some(dry), Some(reference)) = (valid(measured), spec.o2_ref) else {
            continue;
        };
        let Some(oxygen) = oxygen else {
            out.trouble(format!(
                "{} {}: no valid oxygen in the hour, not converted",
                spec.subject, spec.factor
            ));
            continue;
        };
        match judge::convert(dry, oxygen, reference) {
            Ok((value, judgement)) => {
                let made = Made {
                    factor: Some(spec.factor.clone()),
                    grain: Grain::Hour,
                    time: start,
                    edition: "HJ 75-2017".to_owned(),
                    judgement,
                    compared: None,
                };
                out.made.push(made);
                out.put(window, derived(converted, start, value, flag));
            }
            Err(error) => out.trouble(error),
        }
    }
}

/// A value whose flag is normal.
pub fn valid(observation: Option<&Observation>) -> Option<Decimal> {
    let o = observation?;
    Sample {
        time: o.time,
        value: o.value,
        flag: o.flag.clone(),
    }
    .valid()
}

fn judge_air(who: &Supervised, window: &Window, start: UtcMs, out: &mut Assessed) {
    let mut values = BTreeMap::new();
    for factor in window.factors(Grain::Hour) {
        if let Some(item) = known(&factor).filter(|k| k.medium == Medium::Air)
            && let Some(value) = valid(window.at(&key(who.id(), &factor, Grain::Hour, Statistic::AVG), start))
        {
            values.insert(item.key.as_str(), value);
        }
    }
    let Some(civil) = start.civil().filter(|_| !values.is_empty()) else {
        return;
    };
    match judge::air_hour(&values, civil.date()) {
        Ok(judgement) => {
            let edition = edition_of(&judgement);
            out.made.push(Made {
                factor: None,
                grain: Grain::Hour,
                time: start,
                edition,
                judgement,
                compared: None,
            });
        }
        Err(error) => out.trouble(error),
    }
}

/// Edition of the decisive clause.
pub fn edition_of(judgement: &Judgement) -> String {
    judgement
        .basis
        .first()
        .map_or_else(String::new, |b| format!("{}-{}", b.standard, b.edition))
}

/// Class of a section from its means of a period.
pub fn judge_section(who: &Supervised, window: &Window, grain: Grain, start: UtcMs, out: &mut Assessed) {
    let mut values = BTreeMap::new();
    for factor in window.factors(grain) {
        if let Some(item) = known(&factor).filter(|k| k.medium == Medium::Water)
            && let Some(value) = valid(window.at(&key(who.id(), &factor, grain, Statistic::AVG), start))
            && let Some(value) = value.checked_mul(item.scale)
        {
            values.insert(item.key.as_str(), value.normalize());
        }
    }
    if values.is_empty() {
        return;
    }
    let body = who.attr("body").unwrap_or("river");
    match judge::section(&values, body, who.target_class()) {
        Ok(judgement) => {
            let edition = edition_of(&judgement);
            out.made.push(Made {
                factor: None,
                grain,
                time: start,
                edition,
                judgement,
                compared: None,
            });
        }
        Err(error) => out.trouble(error),
    }
}

/// Compares the value of a limit's statistic with the limit. A value that is there but not valid cannot be decided.
pub fn compare(who: &Supervised, window: &Window, spec: &LimitSpec, start: UtcMs, out: &mut Assessed) {
    let series = key(who.id(), &spec.factor, spec.grain, spec.statistic.clone());
    let Some(found) = window.at(&series, start) else {
        return;
    };
    let edition = format!("{}-{}", spec.standard, spec.edition);
    let Some(value) = valid(Some(found)) else {
        let mut judgement = Judgement::new(
            judge::LIMIT,
            standards::judgement::Basis::new(
                spec.standard.clone(),
                spec.edition.clone(),
                spec.clause.clone(),
            ),
        );
        let shown = found.value.map(|v| v.to_string());
        let flag = found.flag.clone().unwrap_or_default();
        let why = Text::new(
            format!("数据标记 {flag},不是有效数据"),
            format!("data flag {flag}: not valid"),
        );
        judgement.leaves_out(spec.factor.as_str(), shown, &spec.unit, why.clone());
        judgement.put("exceed", serde_json::Value::Null);
        judgement.conclude(Verdict::Undecided, why);
        out.made.push(Made {
            factor: Some(spec.factor.clone()),
            grain: spec.grain,
            time: start,
            edition,
            judgement,
            compared: None,
        });
        return;
    };
    match judge::limit(value, spec) {
        Ok(judgement) => {
            let compared = Some(compared(value, spec));
            out.made.push(Made {
                factor: Some(spec.factor.clone()),
                grain: spec.grain,
                time: start,
                edition,
                judgement,
                compared,
            });
        }
        Err(error) => out.trouble(error),
    }
}

/// The comparison in figures: beyond which end, and by how much.
pub fn compared(value: Decimal, spec: &LimitSpec) -> Compared {
    let above = spec.max.filter(|max| value > *max);
    let below = spec.min.filter(|min| value < *min);
    let multiple = above.filter(|_| spec.min.is_none()).and_then(|max| {
        value
            .checked_sub(max)?
            .checked_div(max)
            .map(|m| m.round_dp(4).normalize())
    });
    Compared {
        value,
        limit: above.or(below).or(spec.max).or(spec.min),
        multiple,
        exceeded: above.or(below).is_some(),
    }
}
