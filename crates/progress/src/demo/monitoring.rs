//! Days of air stations and samplings of river sections for the last years of the course, so that the first indicators come from
//! monitoring: the days of a year have the mean and the share of good days that the course states, exactly.

use jiff::civil::Date;
use model::ids::{Factor, SubjectId};
use model::observation::{SeriesKey, Statistic};
use model::time::{Grain, UtcMs};
use rust_decimal::Decimal;
use standards::num::Exact;
use store::observations::{Authorship, NewObservation};

use super::{BY, Course, DemoAir, DemoWater, chance};
use crate::error::Result;

/// Values put in one transaction.
const CHUNK: usize = 5_000;
/// PM2.5 above this makes the AQI of a day more than 100 (GB 3095-2012, HJ 633-2012).
const PM25_GOOD: i64 = 75;
/// Most days of a year left without a value while a share of good days is looked for.
const MOST_MISSING: i64 = 12;
/// Day of a month on which a river is sampled.
const SAMPLED_ON: i8 = 8;

/// A simulated day of air: µg/m³.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct AirDay {
    day: Date,
    pm25: i64,
    o3: i64,
}

/// Good days of so many valid ones whose share, to one decimal, is the one asked; as few days missing as can be.
fn good_of(days: i64, share: &str) -> Option<(i64, i64)> {
    let asked: Exact = share.parse().ok()?;
    (0..=MOST_MISSING)
        .map(|missing| days - missing)
        .find_map(|valid| {
            let near = (&asked * &Exact::int(valid))
                .checked_div(&Exact::int(100))?
                .round(0, standards::num::Rounding::Floor)
                .to_i64()?;
            let fits = |good: &i64| {
                let share = Exact::ratio(100 * good, valid).map(|s| s.round_gb8170(1));
                share.is_some_and(|s| s == asked)
            };
            (near..=near + 1).find(fits).map(|good| (good, valid))
        })
}

/// A year of days with a mean of PM2.5 and a share of good days; `None` where no year of days has them.
fn year(year: u16, by_month: &[i64], mean: i64, share: &str) -> Option<Vec<AirDay>> {
    let first = Date::new(i16::try_from(year).ok()?, 1, 1).ok()?;
    let all: Vec<Date> = first
        .series(jiff::Span::new().days(1))
        .take_while(|d| d.year() == first.year())
        .collect();
    let length = i64::try_from(all.len()).ok()?;
    let (good, valid) = good_of(length, share)?;
    let gap = Date::new(first.year(), 8, 10).ok()?;
    let missing = length - valid;
    let known = all.into_iter().filter(|d| {
        let into = gap.until(*d).map_or(-1, |s| i64::from(s.get_days()));
        !(0..missing).contains(&into)
    });
    let level = |d: &Date| {
        usize::try_from(d.month() - 1)
            .ok()
            .and_then(|m| by_month.get(m))
            .copied()
            .unwrap_or(mean)
    };
    let mut days: Vec<AirDay> = known
        .map(|day| {
            let name = day.to_string();
            let luck = |what: &str, of: u64| i64::try_from(chance(&[what, &name], of)).unwrap_or(0);
            // Ozone follows the sun: most in June and July.
            let sun = 6 - i64::from((i16::from(day.month()) - 6).abs().min(6));
            AirDay {
                day,
                pm25: level(&day) + luck("pm25", 25) - 12,
                o3: 50 + 14 * sun + luck("o3", 16),
            }
        })
        .collect();
    let short = mean * valid - days.iter().map(|d| d.pm25).sum::<i64>();
    for (n, day) in (0_i64..).zip(&mut days) {
        day.pm25 += short.div_euclid(valid) + i64::from(n < short.rem_euclid(valid));
    }
    let bad = i64::try_from(days.iter().filter(|d| d.pm25 > PM25_GOOD).count()).ok()?;
    let more = usize::try_from(valid - good - bad).ok()?;
    let mut sunny: Vec<&mut AirDay> = days
        .iter_mut()
        .filter(|d| (4..=9).contains(&d.day.month()) && d.pm25 <= PM25_GOOD)
        .collect();
    sunny.sort_by_key(|d| (chance(&["sunny", &d.day.to_string()], 1 << 20), d.day));
    if sunny.len() < more {
        return None;
    }
    for day in sunny.into_iter().take(more) {
        day.o3 = 165 + i64::try_from(chance(&["peak", &day.day.to_string()], 40)).unwrap_or(0);
    }
    Some(days)
}

fn value(
    subject: SubjectId,
    factor: &str,
    statistic: Statistic,
    day: Date,
    value: Decimal,
) -> Option<NewObservation> {
    Some(NewObservation {
        series: SeriesKey {
            subject,
            factor: Factor::new(factor),
            grain: Grain::Day,
            statistic,
        },
        time: UtcMs::from_civil(day.at(0, 0, 0, 0))?,
        value: Some(value),
        text: None,
        flag: Some("N".to_owned()),
    })
}

impl Course<'_> {
    /// Puts the values in; gives how many.
    pub(super) async fn monitoring(&self, now: UtcMs) -> Result<usize> {
        let subjects = self.plan.store().subjects().await?;
        let find = |code: &str| {
            subjects
                .iter()
                .find(|s| s.spec.code.as_str() == code)
                .map(|s| s.id)
        };
        let mut values = Vec::new();
        if let Some(air) = &self.demo.air {
            let stations: Vec<SubjectId> = air.stations.iter().filter_map(|code| find(code)).collect();
            self.air(air, &stations, &mut values);
        }
        if let Some(water) = &self.demo.water {
            for section in water.sections.iter().filter_map(|code| find(code)) {
                self.water(water, section, &mut values);
            }
        }
        let count = values.len();
        while !values.is_empty() {
            let rest = values.split_off(values.len().min(CHUNK));
            let by = Authorship {
                author: Some(BY),
                reason: Some("演示数据"),
                at: now,
            };
            self.plan.store().put_imported(values, by).await?;
            values = rest;
        }
        Ok(count)
    }

    fn last(&self, years: usize) -> impl Iterator<Item = u16> + '_ {
        self.years.iter().rev().take(years).copied()
    }

    fn air(&self, air: &DemoAir, stations: &[SubjectId], out: &mut Vec<NewObservation>) {
        let of = |no: &str, year: u16| self.demo.values.get(no).and_then(|list| self.of_year(list, year));
        let middle = i64::try_from(stations.len() / 2).unwrap_or(0);
        for this in self.last(air.years) {
            let mean = of(&air.mean, this).and_then(|m| m.parse().ok());
            let (Some(mean), Some(share)) = (mean, of(&air.good, this)) else {
                continue;
            };
            for d in year(this, &air.pm25_by_month, mean, share).unwrap_or_default() {
                for (n, station) in (0_i64..).zip(stations) {
                    // An odd number of stations lies evenly about the mean.
                    let off = if stations.len() % 2 == 1 {
                        2 * (n - middle)
                    } else {
                        0
                    };
                    let measured = [
                        ("a34004", Statistic::AVG, d.pm25 + off),
                        ("a34002", Statistic::AVG, d.pm25 + off + 34),
                        ("a05024", evaluate::day::MDA8, d.o3 + off),
                    ];
                    let steady = air.steady.iter().map(|(f, v)| (f.as_str(), Statistic::AVG, *v));
                    let all = measured
                        .map(|(f, s, v)| (f, s, v.into()))
                        .into_iter()
                        .chain(steady);
                    out.extend(all.filter_map(|(f, s, v)| value(*station, f, s, d.day, v)));
                }
            }
        }
    }

    fn water(&self, water: &DemoWater, section: SubjectId, out: &mut Vec<NewObservation>) {
        for this in self.last(water.years) {
            let days =
                (1..=12).filter_map(|month| Date::new(i16::try_from(this).ok()?, month, SAMPLED_ON).ok());
            for day in days {
                out.extend(
                    water
                        .values
                        .iter()
                        .filter_map(|(f, v)| value(section, f, Statistic::AVG, day, *v)),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONTHS: [i64; 12] = [84, 66, 48, 38, 30, 26, 22, 22, 28, 42, 58, 68];

    #[test]
    fn a_year_of_days_has_the_stated_mean_and_share() {
        // 241 of 365 = 66.03 %; 234 of 366 = 63.9 % and 235 = 64.2 %, but 234 of 365 = 64.1 %.
        for (this, mean, share, good, valid) in [(2025, 43, "66.0", 241, 365), (2024, 45, "64.1", 234, 365)] {
            let days = year(this, &MONTHS, mean, share).unwrap();
            assert_eq!(days.len(), valid);
            let sum: i64 = days.iter().map(|d| d.pm25).sum();
            assert_eq!(sum, mean * i64::try_from(valid).unwrap());
            assert_eq!(days.iter().filter(|d| d.pm25 <= 75 && d.o3 <= 160).count(), good);
            assert!(days.iter().all(|d| d.pm25 >= 1 && d.o3 >= 1));
        }
        assert!(
            year(2025, &MONTHS, 43, "99.9").is_none(),
            "more good days than PM2.5 leaves"
        );
    }
}
