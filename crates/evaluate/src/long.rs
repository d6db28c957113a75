//! Months and years of stations and sections, from their days: derived and judged again whenever a day changes. A period
//! that has not ended is judged to date.

use std::collections::BTreeMap;

use jiff::civil::Date;
use model::observation::Statistic;
use model::subject::SubjectKind;
use model::time::{Grain, UtcMs};
use rust_decimal::Decimal;
use standards::judgement::{Basis, Judgement, Verdict};
use standards::text::Text;

use crate::day::MDA8;
use crate::factors::{Medium, known};
use crate::hour::{edition_of, judge_section, valid};
use crate::judge;
use crate::limits::{SECTION_DAYS_PERCENT, SECTION_MONTHS};
use crate::period;
use crate::window::{Assessed, Made, Supervised, Window, derived, flag, key};

const DAY_MS: i64 = 86_400_000;

/// Derives and judges the month or the year that begins at `start`, as far as it has come by `now`.
pub fn assess(who: &Supervised, window: &mut Window, grain: Grain, start: UtcMs, now: UtcMs) -> Assessed {
    let mut out = Assessed::default();
    let Some(end) = grain.next(start) else { return out };
    match (who.kind(), grain) {
        (SubjectKind::AirStation, Grain::Month | Grain::Year) => {
            air(who, window, grain, start, end, &mut out);
        }
        (SubjectKind::WaterSection, Grain::Month) => {
            section_month(who, window, start, end.min(now), &mut out);
        }
        (SubjectKind::WaterSection, Grain::Year) => {
            section_year(who, window, start, end, now >= end, &mut out);
        }
        _ => {}
    }
    out
}

/// Valid daily values of a station by date and pollutant: means, and the 8 h maximum of ozone.
fn days(
    who: &Supervised,
    window: &Window,
    start: UtcMs,
    end: UtcMs,
) -> BTreeMap<Date, BTreeMap<String, Decimal>> {
    let mut out: BTreeMap<Date, BTreeMap<String, Decimal>> = BTreeMap::new();
    for factor in window.factors(Grain::Day) {
        let Some(item) = known(&factor).filter(|k| k.medium == Medium::Air) else {
            continue;
        };
        let statistic = if item.key == "o3" { MDA8 } else { Statistic::AVG };
        for o in window.values(&key(who.id(), &factor, Grain::Day, statistic), start, end) {
            if let (Some(civil), Some(value)) = (o.time.civil(), valid(Some(o))) {
                out.entry(civil.date())
                    .or_default()
                    .insert(item.key.clone(), value);
            }
        }
    }
    out
}

fn air(who: &Supervised, window: &mut Window, grain: Grain, start: UtcMs, end: UtcMs, out: &mut Assessed) {
    let days = days(who, window, start, end);
    let Some(civil) = start.civil() else { return };
    let judged = match grain {
        Grain::Month => judge::air_month(&days),
        _ => judge::air_year(&days, civil.year()),
    };
    let judgement = match judged {
        Ok(judgement) => judgement,
        Err(error) => return out.trouble(error),
    };
    for factor in window.factors(Grain::Day) {
        let Some(item) = known(&factor).filter(|k| k.medium == Medium::Air) else {
            continue;
        };
        let enough = match grain {
            Grain::Month => judgement.result.get(&item.key).and_then(|v| v.get("enough")),
            _ => judgement
                .result
                .get(&item.key)
                .and_then(|v| v.get("valid_by_GB3095_table4")),
        };
        // A pollutant that the standard does not speak of has no minimum, and no mean either.
        let Some(enough) = enough.and_then(serde_json::Value::as_bool) else {
            continue;
        };
        let values: Vec<Decimal> = days
            .values()
            .filter_map(|day| day.get(&item.key).copied())
            .collect();
        let statistic = if item.key == "o3" { MDA8 } else { Statistic::AVG };
        let series = key(who.id(), &factor, grain, statistic);
        keep(window, out, series, start, period::mean(&values), enough);
    }
    out.made.push(Made {
        factor: None,
        grain,
        time: start,
        edition: edition_of(&judgement),
        judgement,
        compared: None,
    });
}

fn keep(
    window: &mut Window,
    out: &mut Assessed,
    series: model::observation::SeriesKey,
    time: UtcMs,
    value: Option<Decimal>,
    enough: bool,
) {
    out.put(
        window,
        derived(series, time, value.filter(|_| enough), Some(flag(enough))),
    );
}

fn mean_of(key: &str, values: &[Decimal]) -> Option<Decimal> {
    if key == "ph" {
        judge::ph_mean(values)
    } else {
        period::mean(values)
    }
}

/// Means of the days, where there are enough of those that have passed, and the class of the means.
fn section_month(who: &Supervised, window: &mut Window, start: UtcMs, until: UtcMs, out: &mut Assessed) {
    // Both rounded up; a month has one day at least.
    let passed = ((until.0 - start.0 + DAY_MS - 1) / DAY_MS).max(1);
    let needed = (passed * SECTION_DAYS_PERCENT + 99) / 100;
    derive(
        who,
        window,
        (Grain::Day, Grain::Month),
        (start, until),
        needed,
        out,
    );
    class(who, window, Grain::Month, start, judge::SECTION_MONTH, out);
}

/// Means of the months; a whole year needs [`SECTION_MONTHS`] of them.
fn section_year(
    who: &Supervised,
    window: &mut Window,
    start: UtcMs,
    end: UtcMs,
    ended: bool,
    out: &mut Assessed,
) {
    let needed = if ended { SECTION_MONTHS } else { 1 };
    derive(
        who,
        window,
        (Grain::Month, Grain::Year),
        (start, end),
        needed,
        out,
    );
    class(who, window, Grain::Year, start, judge::SECTION_YEAR, out);
}

fn derive(
    who: &Supervised,
    window: &mut Window,
    (from, to): (Grain, Grain),
    (start, until): (UtcMs, UtcMs),
    needed: i64,
    out: &mut Assessed,
) {
    for factor in window.factors(from) {
        let finer = key(who.id(), &factor, from, Statistic::AVG);
        let values: Vec<Decimal> = window
            .values(&finer, start, until)
            .iter()
            .filter_map(|o| valid(Some(o)))
            .collect();
        let Some(item) = known(&factor).filter(|k| k.medium == Medium::Water && !values.is_empty()) else {
            continue;
        };
        let enough = i64::try_from(values.len()).unwrap_or(i64::MAX) >= needed;
        let series = key(who.id(), &factor, to, Statistic::AVG);
        keep(window, out, series, start, mean_of(&item.key, &values), enough);
    }
}

fn class(who: &Supervised, window: &Window, grain: Grain, start: UtcMs, topic: &str, out: &mut Assessed) {
    judge_section(who, window, grain, start, out);
    match out.made.last_mut() {
        Some(made) => topic.clone_into(&mut made.judgement.topic),
        None => out.made.push(undecided(topic, grain, start)),
    }
}

/// A period of a section without means to judge.
pub(crate) fn undecided(topic: &str, grain: Grain, start: UtcMs) -> Made {
    let mut judgement = Judgement::new(topic, Basis::new("GB 3838", "2002", "5.1"));
    judgement.conclude(
        Verdict::Undecided,
        Text::new(
            "有效数据不足,不能评价。",
            "Too few valid data: cannot be decided.",
        ),
    );
    Made {
        factor: None,
        grain,
        time: start,
        edition: edition_of(&judgement),
        judgement,
        compared: None,
    }
}

#[cfg(test)]
mod tests {
    use model::ids::{Factor, SubjectId};
    use model::observation::{Observation, Origin, SeriesKey};
    use model::subject::Subject;

    use super::*;

    fn who(kind: &str) -> Supervised {
        let spec =
            serde_json::from_value(serde_json::json!({ "code": "s", "kind": kind, "zh": "站" })).unwrap();
        Supervised {
            subject: Subject {
                id: SubjectId(1),
                spec,
            },
            limits: Vec::new(),
        }
    }

    /// Days of one factor from 1 May 2026 on, all of one value.
    fn days(factor: &str, statistic: Statistic, count: i64, value: &str) -> (SeriesKey, Vec<Observation>) {
        let start = UtcMs::parse("2026-05-01").unwrap();
        let values = (0..count).map(|n| Observation {
            time: start.plus_ms(n * DAY_MS),
            value: value.parse().ok(),
            text: None,
            flag: Some("N".to_owned()),
            origin: Origin::Derived,
            revision: 1,
        });
        let series = key(SubjectId(1), &Factor::new(factor), Grain::Day, statistic);
        (series, values.collect())
    }

    fn station(count: i64) -> Window {
        let mean = |factor, value| days(factor, Statistic::AVG, count, value);
        Window::new([
            mean("a21026", "5"),
            mean("a21004", "20"),
            mean("a21005", "0.5"),
            mean("a34002", "50"),
            mean("a34004", "30"),
            days("a05024", MDA8, count, "100"),
        ])
    }

    fn month(kind: &str, window: &mut Window, now: &str) -> Assessed {
        let start = UtcMs::parse("2026-05-01").unwrap();
        assess(
            &who(kind),
            window,
            Grain::Month,
            start,
            UtcMs::parse(now).unwrap(),
        )
    }

    #[test]
    fn a_stations_month_is_valid_from_twenty_seven_days() {
        let full = month("air_station", &mut station(27), "2026-06-01");
        assert_eq!(full.made[0].judgement.topic, judge::AQI_MONTH);
        assert_eq!(full.made[0].judgement.verdict, Verdict::Classified);
        let fine = full
            .derived
            .iter()
            .find(|d| d.series.factor.as_str() == "a34004")
            .unwrap();
        assert_eq!(
            (fine.value, fine.flag.as_deref()),
            (Some(Decimal::from(30)), Some("N"))
        );
        let ozone = full
            .derived
            .iter()
            .find(|d| d.series.factor.as_str() == "a05024")
            .unwrap();
        assert_eq!(ozone.series.statistic, MDA8);
        let short = month("air_station", &mut station(26), "2026-06-01");
        assert_eq!(short.made[0].judgement.verdict, Verdict::Undecided);
        assert!(
            short
                .derived
                .iter()
                .all(|d| d.value.is_none() && d.flag.as_deref() == Some("D"))
        );
    }

    #[test]
    fn a_stations_year_says_that_a_month_is_no_year() {
        let start = UtcMs::parse("2026-01-01").unwrap();
        let made = assess(
            &who("air_station"),
            &mut station(31),
            Grain::Year,
            start,
            UtcMs::parse("2026-06-01").unwrap(),
        );
        assert_eq!(made.made[0].judgement.topic, judge::AQI_YEAR);
        assert_eq!(made.made[0].judgement.verdict, Verdict::Undecided);
        assert_eq!(made.made[0].judgement.result["pm25"]["n_days"], 31);
        assert!(made.derived.iter().all(|d| d.value.is_none()));
    }

    #[test]
    fn a_sections_month_needs_three_fifths_of_the_days_that_passed() {
        let window = || Window::new([days("w01019", Statistic::AVG, 12, "4.2")]);
        let to_date = month("water_section", &mut window(), "2026-05-21");
        assert_eq!(to_date.made[0].judgement.topic, judge::SECTION_MONTH);
        assert_eq!(to_date.derived[0].value, "4.2".parse().ok());
        let short = month("water_section", &mut window(), "2026-05-22");
        assert_eq!(short.made[0].judgement.verdict, Verdict::Undecided);
        assert_eq!(short.derived[0].value, None);
    }

    #[test]
    fn a_sections_whole_year_needs_eight_months_and_a_running_one_goes_to_date() {
        let months = |count: i8| {
            let values = (1..=count).map(|month| Observation {
                time: UtcMs::from_civil(jiff::civil::date(2026, month, 1).at(0, 0, 0, 0)).unwrap(),
                value: Some(Decimal::from(i64::from(month))),
                text: None,
                flag: Some("N".to_owned()),
                origin: Origin::Derived,
                revision: 1,
            });
            let series = key(SubjectId(1), &Factor::new("w01019"), Grain::Month, Statistic::AVG);
            Window::new([(series, values.collect())])
        };
        let start = UtcMs::parse("2026-01-01").unwrap();
        let year = |count, now: &str| {
            let now = UtcMs::parse(now).unwrap();
            assess(&who("water_section"), &mut months(count), Grain::Year, start, now)
        };
        assert_eq!(year(7, "2026-08-01").derived[0].value, Some(Decimal::from(4)));
        assert_eq!(
            year(7, "2027-01-01").made[0].judgement.verdict,
            Verdict::Undecided
        );
        assert_eq!(year(8, "2027-01-01").derived[0].value, "4.5".parse().ok());
    }
}
