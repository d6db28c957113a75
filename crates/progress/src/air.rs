//! District air by day (区域日均值): the mean of its stations, as the standards library gives a city's value, and what a year of
//! such days comes to.

use std::collections::BTreeMap;

use evaluate::day::MDA8;
use jiff::civil::Date;
use model::ids::{Factor, SubjectId};
use model::observation::{SeriesKey, Statistic};
use model::time::{Grain, UtcMs};
use plan::indicators::{RestDays, RestMean};
use rust_decimal::Decimal;
use standards::air::composite::SixValues;
use standards::air::edition::Edition;
use standards::air::limits::Pollutant;
use standards::air::means::{days_by_month, year_validity};
use standards::air::station::{aqi_of_day, city_value, level_days};
use standards::num::Exact;
use store::{Store, StoreError};

/// Codes of HJ 212-2017 of the six pollutants.
const FACTORS: [(&str, Pollutant); 6] = [
    ("a21026", Pollutant::So2),
    ("a21004", Pollutant::No2),
    ("a34002", Pollutant::Pm10),
    ("a34004", Pollutant::Pm25),
    ("a21005", Pollutant::Co),
    ("a05024", Pollutant::O3),
];

/// A day with AQI up to this is good (优良).
const GOOD_AQI: u16 = 100;
/// A day with AQI above this is one of heavy pollution (重度及以上).
const HEAVY_AQI: u16 = 200;

/// A day of the district: its six values and the AQI they give.
#[derive(Clone, Debug, PartialEq)]
struct AirDay {
    six: SixValues,
    aqi: Option<u16>,
}

impl AirDay {
    fn of(day: Date, six: SixValues) -> Self {
        let aqi = aqi_of_day(&six, Edition::on(day)).ok().and_then(|r| r.aqi);
        Self { six, aqi }
    }
}

/// A district's days.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct AirDays {
    days: BTreeMap<Date, AirDay>,
}

/// A year of good days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GoodYear {
    pub(crate) good: u16,
    pub(crate) bad: u16,
    pub(crate) ratio: Option<Exact>,
    /// Enough days by GB 3095.
    pub(crate) valid: bool,
}

/// Reads the daily values of stations.
pub(crate) async fn read(
    store: &Store,
    stations: &[SubjectId],
    from: UtcMs,
    to: UtcMs,
) -> Result<AirDays, StoreError> {
    let mut keys = Vec::new();
    for (code, pollutant) in FACTORS {
        let statistic = if pollutant == Pollutant::O3 {
            MDA8
        } else {
            Statistic::AVG
        };
        for station in stations {
            keys.push(SeriesKey {
                subject: *station,
                factor: Factor::new(code),
                grain: Grain::Day,
                statistic: statistic.clone(),
            });
        }
    }
    let found = store.ranges(&keys, from, to).await?;
    let mut by_day: BTreeMap<Date, BTreeMap<&str, Vec<Option<Exact>>>> = BTreeMap::new();
    for ((place, key), rows) in keys.iter().enumerate().zip(found) {
        let station = place % stations.len().max(1);
        let Some((code, _)) = FACTORS.iter().find(|(code, _)| *code == key.factor.as_str()) else {
            continue;
        };
        for row in rows {
            let Some(day) = row.time.civil().map(jiff::civil::DateTime::date) else {
                continue;
            };
            let slots = by_day
                .entry(day)
                .or_default()
                .entry(*code)
                .or_insert_with(|| vec![None; stations.len()]);
            if let Some(slot) = slots.get_mut(station) {
                *slot = row.value.map(plan::number::exact);
            }
        }
    }
    let days = by_day
        .into_iter()
        .map(|(day, items)| {
            let mut six = SixValues::default();
            for (code, pollutant) in FACTORS {
                let value = items
                    .get(code)
                    .and_then(|stations| city_value(pollutant, stations));
                six.set(pollutant, value);
            }
            (day, AirDay::of(day, six))
        })
        .collect();
    Ok(AirDays { days })
}

fn pollutant(factor: &Factor) -> Option<Pollutant> {
    let found = FACTORS.iter().find(|(code, _)| *code == factor.as_str());
    found.map(|(_, pollutant)| *pollutant)
}

fn decimal(value: &Exact) -> Option<Decimal> {
    value.to_fixed(9).parse::<Decimal>().ok().map(|d| d.normalize())
}

impl AirDays {
    fn values(&self, factor: &Factor, year: u16, upto: Option<Date>) -> Vec<(Date, Exact)> {
        let Some(pollutant) = pollutant(factor) else {
            return Vec::new();
        };
        self.of_year(year)
            .filter(|(day, _)| upto.is_none_or(|last| *day <= last))
            .filter_map(|(date, day)| Some((date, day.six.get(pollutant)?.clone())))
            .collect()
    }

    fn of_year(&self, year: u16) -> impl Iterator<Item = (Date, &AirDay)> {
        let year = i16::try_from(year).unwrap_or(i16::MAX);
        self.days
            .iter()
            .filter(move |(date, _)| date.year() == year)
            .map(|(date, day)| (*date, day))
    }

    /// Last day of a year with any value, not after `upto`.
    pub(crate) fn last(&self, year: u16, upto: Date) -> Option<Date> {
        self.of_year(year)
            .map(|(day, _)| day)
            .filter(|d| *d <= upto)
            .last()
    }

    /// Yearly mean, rounded as the pollutant is, where the year has enough days.
    pub(crate) fn year_mean(&self, factor: &Factor, year: u16) -> Option<Decimal> {
        let pollutant = pollutant(factor)?;
        let values = self.values(factor, year, None);
        if !year_validity(days_by_month(values.iter().map(|(d, _)| *d))).valid {
            return None;
        }
        let mean = Exact::mean(values.iter().map(|(_, v)| v))?;
        decimal(&pollutant.round(&mean))
    }

    /// Mean of the days so far, unrounded, and how many there are.
    pub(crate) fn mean_through(&self, factor: &Factor, year: u16, upto: Date) -> Option<(Decimal, u16)> {
        let values = self.values(factor, year, Some(upto));
        let mean = Exact::mean(values.iter().map(|(_, v)| v))?;
        Some((decimal(&mean)?, u16::try_from(values.len()).ok()?))
    }

    /// What the days after the same day brought in earlier years with enough data.
    pub(crate) fn rest_means(
        &self,
        factor: &Factor,
        years: std::ops::Range<u16>,
        after: Date,
    ) -> Vec<RestMean> {
        years
            .filter(|year| self.year_mean(factor, *year).is_some())
            .filter_map(|year| {
                let values: Vec<Exact> = self
                    .values(factor, year, None)
                    .into_iter()
                    .filter(|(d, _)| (d.month(), d.day()) > (after.month(), after.day()))
                    .map(|(_, v)| v)
                    .collect();
                let mean = decimal(&Exact::mean(&values)?)?;
                Some(RestMean { year, mean })
            })
            .collect()
    }

    fn aqi(&self, year: u16) -> impl Iterator<Item = (Date, Option<u16>)> {
        self.of_year(year).map(|(date, day)| (date, day.aqi))
    }

    /// Good days of a year up to a day.
    pub(crate) fn good(&self, year: u16, upto: Date) -> GoodYear {
        let days: Vec<(Date, Option<u16>)> = self.aqi(year).filter(|(d, _)| *d <= upto).collect();
        let counted = level_days(days.iter().map(|(_, aqi)| *aqi));
        let known = days.iter().filter(|(_, aqi)| aqi.is_some());
        let valid = year_validity(days_by_month(known.map(|(d, _)| *d))).valid;
        let good = days
            .iter()
            .filter(|(_, a)| a.is_some_and(|a| a <= GOOD_AQI))
            .count();
        let good = u16::try_from(good).unwrap_or(u16::MAX);
        let all = u16::try_from(counted.valid_days).unwrap_or(u16::MAX);
        GoodYear {
            good,
            bad: all.saturating_sub(good),
            ratio: counted.good_ratio,
            valid,
        }
    }

    /// Share of the days of a year with heavy pollution (AQI above 200), percent to one decimal; none without enough days.
    pub(crate) fn heavy_share(&self, year: u16) -> Option<Decimal> {
        let last = Date::new(i16::try_from(year).ok()?, 12, 31).ok()?;
        let known: Vec<u16> = self.aqi(year).filter_map(|(_, aqi)| aqi).collect();
        if !self.good(year, last).valid {
            return None;
        }
        let heavy = known.iter().filter(|aqi| **aqi > HEAVY_AQI).count();
        let share = Exact::ratio(100 * i64::try_from(heavy).ok()?, i64::try_from(known.len()).ok()?)?;
        decimal(&share.round_gb8170(1))
    }

    /// Good and bad days after the same day of earlier years with enough data.
    pub(crate) fn rest_days(&self, years: std::ops::Range<u16>, after: Date) -> Vec<RestDays> {
        years
            .filter(|year| {
                let last = Date::new(i16::try_from(*year).unwrap_or(1), 12, 31);
                last.is_ok_and(|last| self.good(*year, last).valid)
            })
            .map(|year| {
                let (mut good, mut bad) = (0_u16, 0_u16);
                for (day, aqi) in self.aqi(year) {
                    let later = (day.month(), day.day()) > (after.month(), after.day());
                    match aqi.filter(|_| later) {
                        Some(aqi) if aqi <= GOOD_AQI => good = good.saturating_add(1),
                        Some(_) => bad = bad.saturating_add(1),
                        None => {}
                    }
                }
                RestDays { year, good, bad }
            })
            .collect()
    }

    /// Days of a year with the value of a factor and the AQI, for whoever opens a figure.
    pub(crate) fn rows(&self, factor: &Factor, year: u16) -> Vec<(Date, Option<String>, Option<u16>)> {
        let pollutant = pollutant(factor);
        self.of_year(year)
            .map(|(date, day)| {
                let value = pollutant.and_then(|p| day.six.get(p)).map(Exact::to_display);
                (date, value, day.aqi)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan as _;
    use jiff::civil::date;

    fn year(first: Date, pm25: impl Fn(Date) -> i64) -> AirDays {
        let mut days = BTreeMap::new();
        let mut day = first;
        while day.year() == first.year() {
            let mut six = SixValues::default();
            for (_, pollutant) in FACTORS {
                let value = if pollutant == Pollutant::Pm25 {
                    pm25(day)
                } else {
                    1
                };
                six.set(pollutant, Some(Exact::int(value)));
            }
            days.insert(day, AirDay::of(day, six));
            day = day.checked_add(1.day()).unwrap();
        }
        AirDays { days }
    }

    #[test]
    fn a_year_has_a_mean_only_with_enough_days() {
        let pm25 = Factor::new("a34004");
        let mut air = year(date(2023, 1, 1), |d| if d.month() < 7 { 60 } else { 30 });
        // 181 days of 60 and 184 of 30: 44.87…, rounded once.
        assert_eq!(air.year_mean(&pm25, 2023), Some(Decimal::from(45)));
        assert_eq!(air.year_mean(&pm25, 2022), None);
        let (mean, days) = air.mean_through(&pm25, 2023, date(2023, 6, 30)).unwrap();
        assert_eq!((mean, days), (Decimal::from(60), 181));
        let rest = air.rest_means(&pm25, 2022..2024, date(2024, 6, 30));
        assert_eq!(
            rest,
            [RestMean {
                year: 2023,
                mean: Decimal::from(30)
            }]
        );
        // February with 24 days is not enough, whatever the rest has.
        for day in 1..=4 {
            air.days.remove(&date(2023, 2, day));
        }
        assert_eq!(air.year_mean(&pm25, 2023), None);
    }

    #[test]
    fn days_above_a_hundred_are_not_good() {
        // IAQI of PM2.5 is 100 at 75 µg/m³ in the edition of 2012.
        let air = year(date(2023, 1, 1), |d| if d.month() == 1 { 76 } else { 75 });
        let found = air.good(2023, date(2023, 12, 31));
        assert_eq!((found.good, found.bad, found.valid), (334, 31, true));
        assert_eq!(found.ratio.unwrap().to_display(), "91.5");
        assert_eq!(air.heavy_share(2023), Some(Decimal::ZERO));
        // IAQI of PM2.5 is 200 at 150 µg/m³: 31 of 365 days lie above.
        let air = year(date(2023, 1, 1), |d| if d.month() == 1 { 151 } else { 150 });
        assert_eq!(air.heavy_share(2023), Some("8.5".parse().unwrap()));
        assert_eq!(air.heavy_share(2022), None);
        let january = air.good(2023, date(2023, 1, 20));
        assert_eq!((january.good, january.bad, january.valid), (0, 20, false));
        assert_eq!(air.last(2023, date(2023, 3, 5)), Some(date(2023, 3, 5)));
    }
}
