//! One natural day of a subject: daily values from its hours, and what the standards say.

use std::collections::BTreeMap;

use model::ids::Factor;
use model::observation::{Origin, Statistic};
use model::subject::SubjectKind;
use model::time::{Grain, UtcMs};
use rust_decimal::Decimal;
use standards::air::edition::Edition;

use crate::factors::{Medium, known};
use crate::hour::{compare, judge_section, valid};
use crate::judge;
use crate::limits::WASTEWATER_DAY_PERCENT;
use crate::long::undecided;
use crate::period;
use crate::window::{Assessed, Made, Supervised, Window, derived, flag, key};

/// Statistic of the daily maximum of 8 h means (日最大8小时平均).
pub const MDA8: Statistic = Statistic(std::borrow::Cow::Borrowed("Mda8"));

/// Derives and judges the day that begins at `start`.
pub fn assess(who: &Supervised, window: &mut Window, start: UtcMs) -> Assessed {
    let mut out = Assessed::default();
    let Some(end) = Grain::Day.next(start) else {
        return out;
    };
    match who.kind() {
        SubjectKind::AirStation => air(who, window, start, end, &mut out),
        SubjectKind::WaterSection => {
            means(who, window, start, end, 1, &mut out);
            judge_section(who, window, Grain::Day, start, &mut out);
            if out.made.is_empty() {
                out.made.push(undecided(judge::SECTION, Grain::Day, start));
            }
        }
        SubjectKind::WaterOutlet => weighted(who, window, start, end, &mut out),
        _ => means(who, window, start, end, due(75), &mut out),
    }
    for spec in who.limits(Grain::Day) {
        compare(who, window, spec, start, &mut out);
    }
    out
}

/// Hours that a share of the day is, rounded up.
fn due(percent: u32) -> usize {
    usize::try_from((24 * percent).div_ceil(100)).unwrap_or(24)
}

/// Valid hourly means of a factor by hour of the day.
fn hours(
    who: &Supervised,
    window: &Window,
    factor: &Factor,
    start: UtcMs,
    end: UtcMs,
) -> [Option<Decimal>; 24] {
    let mut out = [None; 24];
    for o in window.values(&key(who.id(), factor, Grain::Hour, Statistic::AVG), start, end) {
        let hour = usize::try_from((o.time.0 - start.0) / 3_600_000).unwrap_or(usize::MAX);
        if let Some(slot) = out.get_mut(hour) {
            *slot = valid(Some(o));
        }
    }
    out
}

fn air(who: &Supervised, window: &mut Window, start: UtcMs, end: UtcMs, out: &mut Assessed) {
    let mut by_item: BTreeMap<&str, [Option<Decimal>; 24]> = BTreeMap::new();
    let mut codes: BTreeMap<&str, Factor> = BTreeMap::new();
    for factor in window.factors(Grain::Hour) {
        if let Some(item) = known(&factor).filter(|k| k.medium == Medium::Air) {
            by_item.insert(item.key.as_str(), hours(who, window, &factor, start, end));
            codes.insert(item.key.as_str(), factor);
        }
    }
    // A station that measures but said nothing all day has a day that cannot be decided.
    let Some(civil) = start.civil().filter(|_| !by_item.is_empty()) else {
        return;
    };
    let own = Edition::on(civil.date());
    for edition in Edition::ALL {
        match judge::air_day(&by_item, civil.date(), edition) {
            Ok(day) => {
                if edition == own {
                    for (item, value) in &day.values {
                        let (item, statistic) = match *item {
                            "o3_8h" => ("o3", MDA8),
                            "o3_1h" => ("o3", Statistic::MAX),
                            other => (other, Statistic::AVG),
                        };
                        let Some(factor) = codes.get(item) else { continue };
                        let series = key(who.id(), factor, Grain::Day, statistic);
                        let value = judge::decimal(value);
                        out.put(window, derived(series, start, value, Some(flag(true))));
                    }
                }
                out.made.push(Made {
                    factor: None,
                    grain: Grain::Day,
                    time: start,
                    edition: format!("HJ 633-{}", edition.year()),
                    judgement: day.judgement,
                    compared: None,
                });
            }
            Err(error) => out.trouble(error),
        }
    }
}

/// Whether the day's value was sent, read from a file or corrected.
fn given(window: &Window, who: &Supervised, factor: &Factor, start: UtcMs) -> bool {
    window
        .at(&key(who.id(), factor, Grain::Day, Statistic::AVG), start)
        .is_some_and(|o| o.origin != Origin::Derived)
}

/// Plain means of the valid hours, where there are enough of them. The mean of pH is that of the hydrogen ions.
fn means(who: &Supervised, window: &mut Window, start: UtcMs, end: UtcMs, needed: usize, out: &mut Assessed) {
    for factor in window.factors(Grain::Hour) {
        if given(window, who, &factor, start) {
            continue;
        }
        let values: Vec<Decimal> = hours(who, window, &factor, start, end)
            .into_iter()
            .flatten()
            .collect();
        if values.is_empty() {
            continue;
        }
        let enough = values.len() >= needed;
        let ph = known(&factor).is_some_and(|k| k.key == "ph");
        let mean = if ph {
            judge::ph_mean(&values)
        } else {
            period::mean(&values)
        };
        day_value(who, window, &factor, start, mean.filter(|_| enough), enough, out);
    }
}

fn day_value(
    who: &Supervised,
    window: &mut Window,
    factor: &Factor,
    start: UtcMs,
    value: Option<Decimal>,
    valid: bool,
    out: &mut Assessed,
) {
    let series = key(who.id(), factor, Grain::Day, Statistic::AVG);
    out.put(window, derived(series, start, value, Some(flag(valid))));
}

/// Wastewater: means weighted by the hours' flow, where at least 75 % of the hours are valid (HJ 356-2019 7).
fn weighted(who: &Supervised, window: &mut Window, start: UtcMs, end: UtcMs, out: &mut Assessed) {
    let flow = window
        .factors(Grain::Hour)
        .into_iter()
        .find(|f| known(f).is_some_and(|k| k.medium == Medium::Outfall && k.key == "flow"));
    let flows: BTreeMap<UtcMs, Decimal> = flow
        .as_ref()
        .map(|f| {
            let quantities = window.values(&key(who.id(), f, Grain::Hour, Statistic::COU), start, end);
            let rates = window.values(&key(who.id(), f, Grain::Hour, Statistic::AVG), start, end);
            let of = if quantities.is_empty() { rates } else { quantities };
            of.iter()
                .filter_map(|o| Some((o.time, valid(Some(o))?)))
                .collect()
        })
        .unwrap_or_default();
    for factor in window.factors(Grain::Hour) {
        if given(window, who, &factor, start) {
            continue;
        }
        let item = known(&factor);
        let values = window.values(&key(who.id(), &factor, Grain::Hour, Statistic::AVG), start, end);
        let good: Vec<(UtcMs, Decimal)> = values
            .iter()
            .filter_map(|o| Some((o.time, valid(Some(o))?)))
            .collect();
        if good.is_empty() {
            continue;
        }
        let enough = good.len() >= due(WASTEWATER_DAY_PERCENT);
        let plain: Vec<Decimal> = good.iter().map(|(_, v)| *v).collect();
        let pairs: Vec<(Decimal, Decimal)> = good
            .iter()
            .filter_map(|(t, v)| Some((*v, *flows.get(t)?)))
            .collect();
        let mean = match item {
            Some(k) if k.key == "ph" => judge::ph_mean(&plain),
            Some(k) if k.medium == Medium::Water && pairs.len() == good.len() => {
                period::weighted_mean(&pairs).or_else(|| period::mean(&plain))
            }
            _ => period::mean(&plain),
        };
        day_value(who, window, &factor, start, mean.filter(|_| enough), enough, out);
    }
}
