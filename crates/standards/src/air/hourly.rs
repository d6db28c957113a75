//! Hourly archives as CSV text (`station,time,pm25,pm10,so2,no2,co,o3,…`), for cases that name a station and a day
//! but do not carry the hours.
//!
//! The hour label 0–23 of the archive is hour 1–24 of the day. Empty cells are missing. The caller reads the file.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::limits::Pollutant;
use crate::conformance::Fixture;
use crate::table;

/// Where the archive lies in the data folder beside the case folder; gzip.
pub const ARCHIVE: &str = "air/beijing_6st_2013_2017_hourly.csv.gz";

#[derive(Deserialize)]
struct Row {
    station: String,
    time: String,
    pm25: Option<f64>,
    pm10: Option<f64>,
    so2: Option<f64>,
    no2: Option<f64>,
    co: Option<f64>,
    o3: Option<f64>,
}

/// The 24 hours of the six pollutants as read, in the order of [`Pollutant::SIX`].
pub type RawDay = [[Option<f64>; 24]; 6];

/// Hours by station and day.
#[derive(Clone, Debug, Default)]
pub struct HourlyArchive(BTreeMap<String, BTreeMap<Date, RawDay>>);

impl HourlyArchive {
    /// Reads the CSV text; rows that do not read are skipped.
    pub fn parse(text: &str) -> Self {
        let mut archive = Self::default();
        for row in table::rows::<Row>(text) {
            let Ok(time) = row.time.parse::<DateTime>() else {
                continue;
            };
            let hour = usize::try_from(time.hour()).unwrap_or(24);
            let days = archive.0.entry(row.station).or_default();
            let day = days.entry(time.date()).or_default();
            let values = [row.so2, row.no2, row.pm10, row.pm25, row.co, row.o3];
            for (hours, value) in day.iter_mut().zip(values) {
                if let Some(slot) = hours.get_mut(hour) {
                    *slot = value;
                }
            }
        }
        archive
    }

    /// A station's day.
    pub fn day(&self, station: &str, date: Date) -> Option<&RawDay> {
        self.0.get(station)?.get(&date)
    }

    /// A station's days of a year, in order.
    pub fn year(&self, station: &str, year: i16) -> impl Iterator<Item = (&Date, &RawDay)> {
        self.0
            .get(station)
            .into_iter()
            .flat_map(move |days| days.iter().filter(move |(date, _)| date.year() == year))
    }
}

/// The hours of a day as a topic's input: `{so2: [24], …}`.
fn as_input(day: &RawDay) -> Value {
    let map: Map<String, Value> = Pollutant::SIX
        .iter()
        .zip(day)
        .map(|(p, hours)| (p.key().to_owned(), json!(hours)))
        .collect();
    Value::Object(map)
}

impl Fixture for HourlyArchive {
    fn complete(&self, topic: &str, line: &mut Value) {
        let Some(station) = line.get("station").and_then(Value::as_str) else {
            return;
        };
        let (key, value) = match topic {
            "aqi/station_daily_real" => {
                let date = line
                    .get("date")
                    .and_then(Value::as_str)
                    .and_then(|d| d.parse().ok());
                let Some(day) = date.and_then(|date| self.day(station, date)) else {
                    return;
                };
                ("hours", as_input(day))
            }
            "aqi/station_annual_real" => {
                let year = line
                    .get("year")
                    .and_then(Value::as_i64)
                    .and_then(|y| i16::try_from(y).ok());
                let Some(year) = year else { return };
                let days: Vec<Value> = self
                    .year(station, year)
                    .map(|(date, day)| json!({"date": date.to_string(), "hours": as_input(day)}))
                    .collect();
                if days.is_empty() {
                    return;
                }
                ("days", Value::Array(days))
            }
            _ => return,
        };
        if let Some(map) = line.as_object_mut() {
            map.entry(key).or_insert(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const TEXT: &str = "station,time,pm25,pm10,so2,no2,co,o3,temp\nA,2013-03-01T00:00,4,,1,2,0.3,77,-0.7\nA,2013-03-01T23:00,5,6,7,8,0.9,9,\nA,bad,1,1,1,1,1,1,1\n";

    #[test]
    fn empty_is_missing_and_labels_are_hours_one_to_24() {
        let archive = HourlyArchive::parse(TEXT);
        let day = archive.day("A", date(2013, 3, 1)).unwrap();
        assert_eq!((day[2][0], day[3][0], day[0][23]), (None, Some(4.0), Some(7.0)));
        assert_eq!(archive.year("A", 2013).count(), 1);
        assert!(archive.day("B", date(2013, 3, 1)).is_none());
    }

    #[test]
    fn a_case_that_brings_its_hours_keeps_them() {
        let archive = HourlyArchive::parse(TEXT);
        let mut line = json!({"station": "A", "date": "2013-03-01", "hours": {}});
        archive.complete("aqi/station_daily_real", &mut line);
        assert_eq!(line["hours"], json!({}));
    }
}
