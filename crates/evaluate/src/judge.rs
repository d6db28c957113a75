//! The standards' word on a period, as explained judgements: AQI of stations, class of sections, outlets against limits.
//!
//! Pure: plain values in, [`Judgement`] out. Rules live in `standards`; here stands only which rule a period calls.

use std::collections::BTreeMap;

use jiff::civil::Date;
use model::profile::LimitSpec;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use standards::air::aqi::{Concentrations, Mode, Publication, Reading, Settings, report};
use standards::air::aqi_topics::explain_report;
use standards::air::edition::{Edition, LimitSet};
use standards::air::iaqi::Item;
use standards::air::limits::{Averaging, Pollutant, Zone, find};
use standards::air::means::{HOURS_OF_DAY, Hours, day_mean, mda8};
use standards::input::{Input, InputError};
use standards::judgement::{Basis, Confidence, Judgement};
use standards::num::Exact;
use standards::text::Text;
use standards::topic;

/// Stored topic of an hourly AQI.
pub const AQI_HOUR: &str = "aqi/hourly";
/// Stored topic of a daily AQI.
pub const AQI_DAY: &str = "aqi/daily";
/// Stored topic of a station's month.
pub const AQI_MONTH: &str = "aqi/monthly";
/// Stored topic of a station's year.
pub const AQI_YEAR: &str = "aqi/annual";
/// Stored topic of a section's class.
pub const SECTION: &str = "water/section_class";
/// Stored topic of a section's class in a month.
pub const SECTION_MONTH: &str = "water/section_month";
/// Stored topic of a section's class in a year.
pub const SECTION_YEAR: &str = "water/section_annual";
/// Stored topic of a comparison with a limit.
pub const LIMIT: &str = "limit/compare";
/// Stored topic of a conversion to reference oxygen.
pub const CONVERSION: &str = "cems/o2_conversion";

/// A judgement that cannot be made for a reason other than missing data.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    /// The library refuses the input.
    #[error(transparent)]
    Input(#[from] InputError),
    /// A value is impossible (negative concentration).
    #[error("{0}")]
    Impossible(String),
    /// The library has no such topic.
    #[error("标准库没有主题 {0} / the standards library has no topic {0}")]
    NoTopic(&'static str),
}

/// A decimal as an exact number.
pub fn exact(value: Decimal) -> Option<Exact> {
    value.to_string().parse().ok()
}

/// An exact number as a decimal, to 9 decimals.
pub fn decimal(value: &Exact) -> Option<Decimal> {
    value
        .to_fixed(crate::limits::MEAN_DECIMALS)
        .parse::<Decimal>()
        .ok()
        .map(|d| d.normalize())
}

fn reading(value: Option<&Exact>) -> Reading {
    value.map_or(Reading::Missing, |v| Reading::Value(v.clone()))
}

/// Pollutant by key, hour item of the AQI.
const HOUR_ITEMS: [(&str, Item); 6] = [
    ("so2", Item::So2Hour),
    ("no2", Item::No2Hour),
    ("co", Item::CoHour),
    ("o3", Item::O3Hour),
    ("pm10", Item::Pm10Hour),
    ("pm25", Item::Pm25Hour),
];

/// Pollutant by key, day item of the AQI; ozone has none of its own mean.
const DAY_ITEMS: [(&str, Pollutant, Item); 5] = [
    ("so2", Pollutant::So2, Item::So2Day),
    ("no2", Pollutant::No2, Item::No2Day),
    ("co", Pollutant::Co, Item::CoDay),
    ("pm10", Pollutant::Pm10, Item::Pm10Day),
    ("pm25", Pollutant::Pm25, Item::Pm25Day),
];

/// Hourly AQI of a station: edition by the date; in 2012 as the national platform gave it.
pub fn air_hour(values: &BTreeMap<&str, Decimal>, day: Date) -> Result<Judgement, JudgeError> {
    let edition = Edition::on(day);
    let mode = match edition {
        Edition::Hj2012 => Mode::HourlyPlatform,
        Edition::Hj2026 => Mode::Hourly,
    };
    let mut readings = Concentrations::new();
    for (key, item) in HOUR_ITEMS {
        readings.set(item, reading(values.get(key).copied().and_then(exact).as_ref()));
    }
    let made = report(&readings, edition, mode, Settings::default())
        .map_err(|e| JudgeError::Impossible(e.to_string()))?;
    Ok(explain_report(AQI_HOUR, &made))
}

/// A station's day.
#[derive(Clone, Debug)]
pub struct AirDay {
    /// Rounded daily values by key: `so2 no2 co pm10 pm25`, `o3_8h` (MDA8), `o3_1h` (largest of 20 hours or more); valid ones only.
    pub values: BTreeMap<&'static str, Exact>,
    /// Valid hours by key.
    pub hours: BTreeMap<&'static str, usize>,
    /// AQI of the six daily items.
    pub judgement: Judgement,
}

/// Daily values and AQI of a station from its hours (index 0 is 00:00–01:00). Hours are rounded first, as they are
/// published; the six daily items are judged under either edition, and under 2012 only when none is missing.
pub fn air_day(
    hours: &BTreeMap<&str, [Option<Decimal>; 24]>,
    day: Date,
    edition: Edition,
) -> Result<AirDay, JudgeError> {
    let mut values = BTreeMap::new();
    let mut counts = BTreeMap::new();
    let mut readings = Concentrations::new();
    let rounded = |key: &str, pollutant: Pollutant| -> Hours {
        let mut out: Hours = std::array::from_fn(|_| None);
        for (slot, value) in out.iter_mut().zip(hours.get(key).into_iter().flatten()) {
            *slot = value.and_then(exact).map(|v| pollutant.round(&v));
        }
        out
    };
    for (key, pollutant, item) in DAY_ITEMS {
        let mean = day_mean(pollutant, &rounded(key, pollutant));
        counts.insert(key, mean.n);
        readings.set(item, reading(mean.mean.as_ref()));
        if let Some(mean) = mean.mean {
            values.insert(key, mean);
        }
    }
    let ozone = rounded("o3", Pollutant::O3);
    let limit = find(LimitSet::on(day), Pollutant::O3, Averaging::Mda8)
        .map_or_else(|| Exact::int(160), |row| row.limit(Zone::Class2).clone());
    let eight = mda8(&ozone, &limit);
    counts.insert("o3_8h", eight.means.len());
    readings.set(Item::O3EightHour, reading(eight.mda8.as_ref()));
    if let Some(value) = eight.mda8 {
        values.insert("o3_8h", value);
    }
    // A day with too few hours has no largest hour either, as in the library's own station days.
    let hours_of_ozone: Vec<&Exact> = ozone.iter().flatten().collect();
    if hours_of_ozone.len() >= HOURS_OF_DAY
        && let Some(value) = hours_of_ozone.into_iter().max()
    {
        values.insert("o3_1h", value.clone());
    }
    let settings = Settings {
        publication: match edition {
            Edition::Hj2012 => Publication::Complete,
            Edition::Hj2026 => Publication::Text,
        },
        ..Settings::default()
    };
    let made = report(&readings, edition, Mode::DailySixItems, settings)
        .map_err(|e| JudgeError::Impossible(e.to_string()))?;
    let mut judgement = explain_report(AQI_DAY, &made);
    let n: Map<String, Value> = counts
        .iter()
        .map(|(k, n)| ((*k).to_owned(), Value::from(*n)))
        .collect();
    let means: Map<String, Value> = values
        .iter()
        .map(|(k, v)| ((*k).to_owned(), v.to_json()))
        .collect();
    judgement.put("valid_hours", n).put("daily", means);
    Ok(AirDay {
        values,
        hours: counts,
        judgement,
    })
}

/// Runs a topic of the library.
fn run(id: &'static str, input: &Value) -> Result<Judgement, JudgeError> {
    let topic = topic::find(id).ok_or(JudgeError::NoTopic(id))?;
    Ok((topic.evaluate)(&Input::root(input))?)
}

fn number(value: Decimal) -> Value {
    // Decimal text keeps every digit; the library reads numbers and decimal text alike.
    Value::from(value.to_string())
}

/// A station's month from its daily values by key.
pub fn air_month(days: &BTreeMap<Date, BTreeMap<String, Decimal>>) -> Result<Judgement, JudgeError> {
    let mut judgement = run("aqi/station_month", &json!({ "days": dated(days) }))?;
    AQI_MONTH.clone_into(&mut judgement.topic);
    Ok(judgement)
}

/// A station's year from its daily values by key.
pub fn air_year(
    days: &BTreeMap<Date, BTreeMap<String, Decimal>>,
    year: i16,
) -> Result<Judgement, JudgeError> {
    let mut judgement = run(
        "aqi/station_annual_real",
        &json!({ "year": year, "days": dated(days) }),
    )?;
    AQI_YEAR.clone_into(&mut judgement.topic);
    Ok(judgement)
}

/// Only the six pollutants take part.
fn dated(days: &BTreeMap<Date, BTreeMap<String, Decimal>>) -> Value {
    days.iter()
        .map(|(date, values)| {
            let six: Map<String, Value> = values
                .iter()
                .filter(|(item, _)| Pollutant::parse_six(item).is_some())
                .map(|(item, value)| (item.clone(), number(*value)))
                .collect();
            json!({ "date": date.to_string(), "values": six })
        })
        .collect()
}

/// Class of a section from its items by key.
pub fn section(
    values: &BTreeMap<&str, Decimal>,
    body: &str,
    target: Option<&str>,
) -> Result<Judgement, JudgeError> {
    let items: Map<String, Value> = values
        .iter()
        .map(|(k, v)| ((*k).to_owned(), number(*v)))
        .collect();
    let mut judgement = run("water/section_class", &json!({ "body": body, "values": items }))?;
    SECTION.clone_into(&mut judgement.topic);
    if let Some(target) = target {
        judgement.put("target", target);
    }
    Ok(judgement)
}

/// A value against its limit. `value` is compared unrounded; equal to the limit is within it.
pub fn limit(value: Decimal, spec: &LimitSpec) -> Result<Judgement, JudgeError> {
    let mut input = Map::new();
    match (spec.min, spec.max) {
        // Only pH is limited from both sides; the library calls the outlet value so.
        (Some(min), Some(max)) => {
            input.insert("ph".to_owned(), number(value));
            input.insert("low".to_owned(), number(min));
            input.insert("high".to_owned(), number(max));
        }
        (None, Some(max)) => {
            input.insert("value".to_owned(), number(value));
            input.insert("limit".to_owned(), number(max));
        }
        _ => {
            return Err(JudgeError::Impossible(format!(
                "{} {}: 限值缺失 / the limit has no upper bound",
                spec.subject, spec.factor
            )));
        }
    }
    let mut judgement = run("cems/exceed", &Value::Object(input))?;
    LIMIT.clone_into(&mut judgement.topic);
    let source = Basis::new(spec.standard.clone(), spec.edition.clone(), spec.clause.clone());
    judgement.limits.clear();
    let shown = match (spec.min, spec.max) {
        (Some(min), Some(max)) => format!("{min}–{max}"),
        (_, Some(max)) => max.to_string(),
        _ => String::new(),
    };
    let reason = Text::new(spec.reason.clone(), spec.reason.clone());
    judgement.limit(
        &shown,
        &spec.unit,
        source.clone(),
        reason,
        Confidence::from_letter(&spec.confidence),
    );
    judgement.basis.insert(0, source);
    spec.unit.clone_into(&mut judgement.unit);
    judgement.value = Some(value.to_string());
    judgement.unrounded = Some(value.to_string());
    Ok(judgement)
}

/// Concentration converted to reference oxygen; `None` where it is undefined (measured oxygen at or above 21 %).
pub fn convert(
    dry: Decimal,
    oxygen: Decimal,
    reference: Decimal,
) -> Result<(Option<Decimal>, Judgement), JudgeError> {
    let input =
        json!({ "c_dry_std": number(dry), "o2_pct": number(oxygen), "o2_ref_pct": number(reference) });
    let judgement = run(CONVERSION, &input)?;
    let converted = (|| {
        let room = Decimal::from(21).checked_sub(oxygen)?;
        if room <= Decimal::ZERO {
            return None;
        }
        let factor = Decimal::from(21).checked_sub(reference)?;
        let exact = exact(dry.checked_mul(factor)?)?.checked_div(&exact(room)?)?;
        decimal(&exact)
    })();
    let defined = judgement.result.get("c_conv").is_some_and(|v| !v.is_null());
    Ok((converted.filter(|_| defined), judgement))
}

/// Mean of pH values: that of the hydrogen ions, to 4 decimals; `None` for none.
pub fn ph_mean(values: &[Decimal]) -> Option<Decimal> {
    let input = json!({ "values": values.iter().map(|v| number(*v)).collect::<Vec<_>>() });
    let judgement = run("water/ph_mean", &input).ok()?;
    let mean = judgement.result.get("ph_mean")?.as_f64()?;
    decimal(&Exact::from_f64(mean)?.round_gb8170(4))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::ids::{Factor, SubjectCode};
    use model::observation::Statistic;
    use model::time::Grain;

    fn spec() -> LimitSpec {
        LimitSpec {
            subject: SubjectCode::new("s"),
            factor: Factor::new("a21026"),
            grain: Grain::Hour,
            statistic: Statistic::ZS_AVG,
            max: Some(Decimal::from(35)),
            min: None,
            unit: "mg/m3".to_owned(),
            o2_ref: None,
            standard: "DB37/ 664".to_owned(),
            edition: "2019".to_owned(),
            clause: "表2".to_owned(),
            reason: "燃煤锅炉".to_owned(),
            confidence: "B".to_owned(),
        }
    }

    #[test]
    fn equal_to_the_limit_is_within_it() {
        let at = limit(Decimal::from(35), &spec()).unwrap();
        assert_eq!(at.result["exceed"], false);
        let above = limit("35.01".parse().unwrap(), &spec()).unwrap();
        assert_eq!(above.result["exceed"], true);
        assert_eq!(above.basis[0].standard, "DB37/ 664");
        assert_eq!(above.confidence, Confidence::Secondary);
    }

    #[test]
    fn conversion_is_undefined_at_ambient_oxygen() {
        let (value, _) = convert(Decimal::from(100), Decimal::from(21), Decimal::from(6)).unwrap();
        assert_eq!(value, None);
        let (value, _) = convert(Decimal::from(100), Decimal::from(11), Decimal::from(6)).unwrap();
        assert_eq!(value, Some(Decimal::from(150)));
    }

    #[test]
    fn the_largest_ozone_hour_needs_twenty_hours() {
        let day = |n: usize| {
            let hours = std::array::from_fn(|hour| (hour < n).then(|| Decimal::from(hour)));
            let hours = BTreeMap::from([("o3", hours)]);
            let made = air_day(&hours, jiff::civil::date(2013, 6, 21), Edition::Hj2012).unwrap();
            made.values.get("o3_1h").map(ToString::to_string)
        };
        assert_eq!((day(19), day(20)), (None, Some("19".to_owned())));
    }

    #[test]
    fn the_edition_follows_the_date() {
        let values = BTreeMap::from([
            ("pm25", Decimal::from(61)),
            ("pm10", Decimal::from(10)),
            ("so2", Decimal::from(10)),
            ("no2", Decimal::from(10)),
            ("co", Decimal::ONE),
            ("o3", Decimal::from(10)),
        ]);
        let old = air_hour(&values, jiff::civil::date(2026, 2, 28)).unwrap();
        let new = air_hour(&values, jiff::civil::date(2026, 3, 1)).unwrap();
        assert_eq!(old.result["aqi"], 83);
        assert_eq!(new.result["aqi"], 101);
    }
}
