//! A station's day from its 24 hours, and its year from its days: concentrations, AQI of both editions, annual
//! evaluation of HJ 663, good-day ratio.
//!
//! Hours are rounded before they are averaged, each statistic once when it is reported; the year uses the rounded
//! days. Yearly figures are given even when the year is not valid, and say so.

use jiff::civil::Date;

use super::aqi::{AqiReport, Concentrations, Mode, Publication, Reading, Settings, report};
use super::composite::SixValues;
use super::edition::{Edition, LimitSet};
use super::iaqi::{Item, NegativeConcentration};
use super::limits::{self, Averaging, Pollutant, Zone, excess_multiple};
use super::means::{
    DayMean, HOURS_OF_DAY, Hours, Mda8, YearValidity, day_mean, days_by_month, mda8, year_validity,
};
use crate::num::Exact;
use crate::statistics::{Percentile, percentile};

/// The hours of a day for each of the six pollutants, in the order of [`Pollutant::SIX`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayHours(pub [Hours; 6]);

impl DayHours {
    /// Hours of one pollutant, to be filled.
    pub fn of_mut(&mut self, pollutant: Pollutant) -> Option<&mut Hours> {
        Pollutant::SIX
            .iter()
            .zip(&mut self.0)
            .find(|(p, _)| **p == pollutant)
            .map(|(_, hours)| hours)
    }
}

/// A station's day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StationDay {
    /// Daily means of SO2, NO2, PM10, PM2.5, CO.
    pub means: Vec<(Pollutant, DayMean)>,
    /// O3.
    pub o3: Mda8,
    /// Largest O3 hour, rounded; with fewer than 20 hours none (the same minimum as a daily mean; no text names one).
    pub o3_hour_max: Option<Exact>,
    /// The valid daily values, rounded: means and MDA8.
    pub values: SixValues,
}

/// Daily values of a station from its hours.
pub fn day(hours: &DayHours) -> StationDay {
    let limit = limits::find(LimitSet::Gb2012, Pollutant::O3, Averaging::Mda8)
        .map_or_else(|| Exact::int(160), |row| row.limit(Zone::Class2).clone());
    let mut means = Vec::with_capacity(5);
    let mut values = SixValues::default();
    let mut o3_hours = Hours::default();
    for (pollutant, raw) in Pollutant::SIX.into_iter().zip(&hours.0) {
        let rounded: Hours =
            std::array::from_fn(|i| raw.get(i).and_then(Option::as_ref).map(|v| pollutant.round(v)));
        if pollutant == Pollutant::O3 {
            o3_hours = rounded;
        } else {
            let mean = day_mean(pollutant, &rounded);
            values.set(pollutant, mean.mean.clone());
            means.push((pollutant, mean));
        }
    }
    let o3 = mda8(&o3_hours, &limit);
    values.set(Pollutant::O3, o3.mda8.clone());
    StationDay {
        means,
        o3_hour_max: o3_hours
            .iter()
            .flatten()
            .max()
            .filter(|_| o3_hours.iter().flatten().count() >= HOURS_OF_DAY)
            .cloned(),
        o3,
        values,
    }
}

/// The AQI item of a pollutant's daily value.
pub fn daily_item(pollutant: Pollutant) -> Option<Item> {
    Some(match pollutant {
        Pollutant::So2 => Item::So2Day,
        Pollutant::No2 => Item::No2Day,
        Pollutant::Pm10 => Item::Pm10Day,
        Pollutant::Pm25 => Item::Pm25Day,
        Pollutant::Co => Item::CoDay,
        Pollutant::O3 => Item::O3EightHour,
        _ => return None,
    })
}

/// AQI of six daily values under an edition. To make the editions comparable both use the six items of 2026; 2012
/// gives an AQI only when nothing is missing, 2026 by its 5.3.1.
pub fn aqi_of_day(values: &SixValues, edition: Edition) -> Result<AqiReport, NegativeConcentration> {
    let mut readings = Concentrations::new();
    for (pollutant, value) in values.iter() {
        if let Some(item) = daily_item(pollutant) {
            readings.set(
                item,
                value.map_or(Reading::Missing, |v| Reading::Value(v.clone())),
            );
        }
    }
    let publication = match edition {
        Edition::Hj2012 => Publication::Complete,
        Edition::Hj2026 => Publication::Text,
    };
    let settings = Settings {
        publication,
        ..Settings::default()
    };
    report(&readings, edition, Mode::DailySixItems, settings)
}

/// The daily items a day lacks, in the order of reports.
pub fn missing_items(values: &SixValues) -> Vec<Item> {
    values
        .iter()
        .filter(|(_, value)| value.is_none())
        .filter_map(|(pollutant, _)| daily_item(pollutant))
        .collect()
}

/// A year of one pollutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearItem {
    /// Pollutant.
    pub pollutant: Pollutant,
    /// Valid days and whether they suffice.
    pub validity: YearValidity,
    /// Mean of the days, unrounded; none for CO and O3, which have no yearly mean to evaluate.
    pub mean: Option<Exact>,
    /// The percentile of its kind, unrounded.
    pub percentile: Option<Exact>,
    /// Days above the daily limit.
    pub days_over: u32,
    /// Attaining days ÷ valid days × 100, one decimal; `None` without days.
    pub attainment: Option<Exact>,
    /// Excess multiple of the rounded percentile over the daily limit, two decimals.
    pub excess: Option<Exact>,
    /// Rounded mean against the yearly limit; `None` where there is none to compare.
    pub mean_attains: Option<bool>,
    /// Rounded percentile against the daily limit.
    pub percentile_attains: Option<bool>,
}

impl YearItem {
    /// The year attains only when mean and percentile both attain (where both exist); `None` without data.
    pub fn attains(&self) -> Option<bool> {
        match (self.mean_attains, self.percentile_attains) {
            (None, None) => None,
            (mean, percentile) => Some(mean.unwrap_or(true) && percentile.unwrap_or(true)),
        }
    }

    /// The statistic of the composite index: rounded mean, or percentile for CO and O3.
    pub fn statistic(&self) -> Option<Exact> {
        let raw = match self.pollutant {
            Pollutant::Co | Pollutant::O3 => self.percentile.as_ref(),
            _ => self.mean.as_ref(),
        };
        raw.map(|v| self.pollutant.round(v))
    }
}

/// Annual evaluation of one pollutant from its dated daily values (valid and rounded).
pub fn year_item(pollutant: Pollutant, days: &[(Date, Exact)], set: LimitSet, zone: Zone) -> YearItem {
    let validity = year_validity(days_by_month(days.iter().map(|(date, _)| *date)));
    let values: Vec<Exact> = days.iter().map(|(_, value)| value.clone()).collect();
    let daily = limits::find(set, pollutant, pollutant.daily_averaging()).map(|r| r.limit(zone));
    let yearly = limits::find(set, pollutant, Averaging::Year).map(|r| r.limit(zone));
    let mean = yearly.and_then(|_| Exact::mean(&values));
    let at = pollutant.annual_percent().map(Exact::int);
    let percentile: Option<Percentile> = at.and_then(|p| percentile(&values, &p));
    let percentile = percentile.map(|p| p.value);
    let rounded_percentile = percentile.as_ref().map(|p| pollutant.round(p));
    let over = daily.map_or(0, |limit| values.iter().filter(|v| *v > limit).count());
    let attainment = ratio_percent(values.len() - over, values.len());
    YearItem {
        pollutant,
        validity,
        days_over: u32::try_from(over).unwrap_or(u32::MAX),
        attainment,
        excess: rounded_percentile
            .as_ref()
            .zip(daily)
            .and_then(|(p, limit)| excess_multiple(p, limit))
            .map(|e| e.round_gb8170(2)),
        mean_attains: mean
            .as_ref()
            .zip(yearly)
            .map(|(m, limit)| pollutant.round(m) <= *limit),
        percentile_attains: rounded_percentile
            .as_ref()
            .zip(daily)
            .map(|(p, limit)| p <= limit),
        mean,
        percentile,
    }
}

/// Days by AQI level and the good-day ratio (优良天数比例).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelDays {
    /// Days with an AQI.
    pub valid_days: u32,
    /// Days of level 1 to 6.
    pub levels: [u32; 6],
    /// Days of level 1 and 2 ÷ valid days × 100, one decimal; `None` without days.
    pub good_ratio: Option<Exact>,
    /// Days with AQI above 200 (重度及以上污染).
    pub heavy_days: u32,
}

/// Counts days by level from their AQI; `None` is a day without AQI, which is not a valid day.
pub fn level_days(aqi: impl IntoIterator<Item = Option<u16>>) -> LevelDays {
    let mut levels = [0_u32; 6];
    for value in aqi.into_iter().flatten() {
        let index = super::aqi::level(value).map(|l| usize::from(l.level.saturating_sub(1)));
        if let Some(count) = index.and_then(|i| levels.get_mut(i)) {
            *count += 1;
        }
    }
    let [first, second, _, _, fifth, sixth] = levels;
    let valid_days: u32 = levels.iter().sum();
    let good = usize::try_from(first + second).unwrap_or(0);
    LevelDays {
        valid_days,
        good_ratio: ratio_percent(good, usize::try_from(valid_days).unwrap_or(0)),
        heavy_days: fifth + sixth,
        levels,
    }
}

/// `part/whole × 100`, one decimal by GB/T 8170.
fn ratio_percent(part: usize, whole: usize) -> Option<Exact> {
    let int = |n: usize| i64::try_from(n).ok().map(Exact::int);
    (&Exact::int(100) * &int(part)?)
        .checked_div(&int(whole)?)
        .map(|r| r.round_gb8170(1))
}

/// A city's value of an hour or a day: mean of its valid urban stations (城市点), rounded. Valid with at least 75 % of
/// the stations, 50 % when the city has fewer than 4 (from memory, unverified). `None` is «not valid».
pub fn city_value(pollutant: Pollutant, stations: &[Option<Exact>]) -> Option<Exact> {
    let valid: Vec<&Exact> = stations.iter().flatten().collect();
    let needed = if stations.len() < 4 { 50 } else { 75 };
    if valid.is_empty() || valid.len() * 100 < stations.len() * needed {
        return None;
    }
    Exact::mean(valid).map(|m| pollutant.round(&m))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_day_without_hours_has_no_values() {
        let empty = day(&DayHours::default());
        assert_eq!(empty.values, SixValues::default());
        for edition in Edition::ALL {
            assert_eq!(aqi_of_day(&empty.values, edition).unwrap().aqi, None);
        }
    }

    #[test]
    fn hours_are_rounded_before_they_are_averaged() {
        let mut hours = DayHours::default();
        *hours.of_mut(Pollutant::Pm25).unwrap() = std::array::from_fn(|_| Some("10.5".parse().unwrap()));
        let values = day(&hours).values;
        assert_eq!(values.get(Pollutant::Pm25), Some(&Exact::int(10)));
    }

    #[test]
    fn both_mean_and_percentile_must_attain() {
        let days: Vec<(Date, Exact)> = (1..=100)
            .map(|i| {
                (
                    date(2025, 1, 1).saturating_add(jiff::Span::new().days(i)),
                    Exact::int(if i > 80 { 90 } else { 20 }),
                )
            })
            .collect();
        let year = year_item(Pollutant::Pm25, &days, LimitSet::Gb2012, Zone::Class2);
        assert_eq!(
            (year.mean_attains, year.percentile_attains, year.attains()),
            (Some(true), Some(false), Some(false))
        );
        assert!(!year.validity.valid);
        assert_eq!(year.days_over, 20);
        let none = year_item(Pollutant::Pm25, &[], LimitSet::Gb2012, Zone::Class2);
        assert_eq!((none.attains(), none.attainment), (None, None));
    }

    #[test]
    fn a_city_needs_three_quarters_of_its_stations() {
        let s = |values: &[Option<i64>]| -> Vec<Option<Exact>> {
            values.iter().map(|v| v.map(Exact::int)).collect()
        };
        assert_eq!(
            city_value(Pollutant::So2, &s(&[Some(10), Some(20), Some(30), None])),
            Some(Exact::int(20))
        );
        assert_eq!(
            city_value(Pollutant::So2, &s(&[Some(10), Some(20), None, None])),
            None
        );
        assert_eq!(
            city_value(Pollutant::So2, &s(&[Some(10), None])),
            Some(Exact::int(10))
        );
        assert_eq!(city_value(Pollutant::So2, &[]), None);
    }

    proptest::proptest! {
        #[test]
        fn levels_add_up(aqi in proptest::collection::vec(proptest::option::of(0_u16..=500), 0..60)) {
            let got = level_days(aqi.iter().copied());
            proptest::prop_assert_eq!(got.valid_days as usize, aqi.iter().flatten().count());
            let good = aqi.iter().flatten().filter(|a| **a <= 100).count();
            proptest::prop_assert_eq!((got.levels[0] + got.levels[1]) as usize, good);
        }
    }
}
