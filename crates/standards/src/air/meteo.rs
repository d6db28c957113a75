//! Meteorology for air: the 16 wind sectors, solar elevation, radiation class and Pasquill stability
//! (GB/T 3840-91). Angles in degrees, wind in m/s.

use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;

use crate::conformance::{self, Tolerance};
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::{Exact, Rounding};
use crate::table;
use crate::text;
use crate::topic::Topic;

/// The 16 sectors from north, clockwise.
pub const SECTORS: [&str; 16] = [
    "N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW",
];

/// Turns of the circle a direction may have made; beyond that it is not a direction.
const MAX_DEGREES: i64 = 3600;

/// Sector of a wind direction (where it comes from) in degrees, any turn of the circle; the lower edge belongs to
/// the sector. `None` beyond ten turns.
pub fn sector16(degrees: &Exact) -> Option<&'static str> {
    if degrees.abs() > Exact::int(MAX_DEGREES) {
        return None;
    }
    let shifted = degrees + &Exact::ratio(45, 4)?;
    let index = shifted
        .checked_div(&Exact::ratio(45, 2)?)?
        .round(0, Rounding::Floor)
        .to_i64()?;
    SECTORS.get(usize::try_from(index.rem_euclid(16)).ok()?).copied()
}

/// Declination of the sun in degrees on a day of the year counted from 0 (1 January).
pub fn declination(day_index: f64) -> f64 {
    let t = (360.0 * day_index / 365.0).to_radians();
    (0.006_918 - 0.399_12 * t.cos() + 0.070_257 * t.sin() - 0.006_758 * (2.0 * t).cos()
        + 0.000_907 * (2.0 * t).sin()
        - 0.002_697 * (3.0 * t).cos()
        + 0.001_480 * (3.0 * t).sin())
    .to_degrees()
}

/// Solar elevation in degrees at a latitude and east longitude, at a Beijing hour (0–24).
pub fn solar_elevation(latitude: f64, longitude: f64, declination: f64, beijing_hour: f64) -> f64 {
    let (phi, sigma) = (latitude.to_radians(), declination.to_radians());
    let hour_angle = (15.0 * beijing_hour + longitude - 300.0).to_radians();
    (phi.sin() * sigma.sin() + phi.cos() * sigma.cos() * hour_angle.cos())
        .clamp(-1.0, 1.0)
        .asin()
        .to_degrees()
}

#[derive(Clone, Debug, Deserialize)]
struct RadiationRow {
    total_from: u8,
    total_to: u8,
    low_from: u8,
    low_to: u8,
    night: i8,
    h15: i8,
    h35: i8,
    h65: i8,
    high: i8,
}

#[derive(Clone, Debug, Deserialize)]
struct StabilityRow {
    #[serde(deserialize_with = "table::opt_exact")]
    wind_to: Option<Exact>,
    p3: String,
    p2: String,
    p1: String,
    zero: String,
    m1: String,
    m2: String,
}

const RADIATION: &str = include_str!("../../data/air_radiation.csv");
static RADIATION_ROWS: LazyLock<Vec<RadiationRow>> = LazyLock::new(|| table::rows(RADIATION));
const STABILITY: &str = include_str!("../../data/air_stability.csv");
static STABILITY_ROWS: LazyLock<Vec<StabilityRow>> = LazyLock::new(|| table::rows(STABILITY));

/// Radiation class (−2 to 3) from total and low cloud in tenths and the solar elevation; night at or below 0.
/// `None` for clouds outside 0–10 or more low cloud than cloud.
pub fn radiation_class(total_cloud: u8, low_cloud: u8, elevation: f64) -> Option<i8> {
    if low_cloud > total_cloud {
        return None;
    }
    let row = RADIATION_ROWS.iter().find(|r| {
        (r.total_from..=r.total_to).contains(&total_cloud) && (r.low_from..=r.low_to).contains(&low_cloud)
    })?;
    Some(if elevation <= 0.0 {
        row.night
    } else if elevation <= 15.0 {
        row.h15
    } else if elevation <= 35.0 {
        row.h35
    } else if elevation <= 65.0 {
        row.h65
    } else {
        row.high
    })
}

/// Pasquill class from the 10 m wind (rounded to one decimal, as the table is) and the radiation class.
pub fn stability(wind: &Exact, radiation: i8) -> Option<&'static str> {
    let wind = wind.round_gb8170(1);
    let row = STABILITY_ROWS
        .iter()
        .find(|r| r.wind_to.as_ref().is_none_or(|to| wind <= *to))?;
    Some(match radiation {
        3 => &row.p3,
        2 => &row.p2,
        1 => &row.p1,
        0 => &row.zero,
        -1 => &row.m1,
        -2 => &row.m2,
        _ => return None,
    })
}

pub(super) const TOPIC: Topic = Topic {
    id: "aqi/meteo",
    zh: "风向十六方位与大气稳定度",
    en: "Wind sectors and atmospheric stability",
    basis: "GB/T 3840-91 附录B;十六方位",
    example: r#"{"kind":"pasquill_gbt3840","lat":36.4,"lon":116.0,"day_index_0_364":120,"beijing_hour":15,"total_cloud_tenths":2,"low_cloud_tenths":1,"wind10m":2.6}"#,
    evaluate,
    case: |line| {
        let mut case = conformance::inline(line)?;
        if case.expect.is_string() {
            case.expect = json!({"sector": case.expect});
        }
        // Declination is written with four, elevation with three decimals.
        case.tolerance = Some(Tolerance::Absolute(5.000_1e-4));
        Ok(case)
    },
};

fn evaluate(input: &Input<'_>) -> Result<Judgement, InputError> {
    match input.str("kind")? {
        "sector16" => judge_sector(input),
        "pasquill_gbt3840" => judge_stability(input),
        other => Err(input.error(
            "kind",
            "unknown",
            text!(
                "未知的类型 {other},可用 sector16、pasquill_gbt3840",
                "unknown kind {other}; use sector16 or pasquill_gbt3840"
            ),
        )),
    }
}

fn judge_sector(input: &Input<'_>) -> Result<Judgement, InputError> {
    let degrees = input.exact("deg")?;
    let sector = sector16(&degrees).ok_or_else(|| {
        input.error(
            "deg",
            "range",
            text!(
                "风向应为角度,绝对值不超过 {MAX_DEGREES}",
                "a wind direction is in degrees, at most {MAX_DEGREES} either way"
            ),
        )
    })?;
    let mut out = Judgement::new("aqi/meteo", Basis::new("地面气象观测", "", "十六方位"));
    out.rests_on(Confidence::Configurable);
    out.uses("deg", &degrees, "°");
    out.step(
        text!(
            "方位序号,下边界属本方位",
            "index of the sector; its lower edge belongs to it"
        ),
        format!("floor(({degrees}+11.25)/22.5) mod 16"),
        &sector,
    );
    out.put("sector", sector);
    out.conclude(
        Verdict::Classified,
        text!(
            "风向 {degrees}° 属 {sector} 方位。",
            "a wind from {degrees}° is in sector {sector}."
        ),
    );
    Ok(out)
}

fn within(input: &Input<'_>, key: &str, low: f64, high: f64) -> Result<f64, InputError> {
    let value = input.f64(key)?;
    if (low..=high).contains(&value) {
        return Ok(value);
    }
    Err(input.error(
        key,
        "range",
        text!(
            "{key} 应在 {low}–{high} 之间",
            "{key} must be from {low} to {high}"
        ),
    ))
}

fn tenths(input: &Input<'_>, key: &str) -> Result<u8, InputError> {
    within(input, key, 0.0, 10.0)?;
    let whole = input.exact(key)?.round_gb8170(0).to_i64();
    Ok(whole.and_then(|v| u8::try_from(v).ok()).unwrap_or(10))
}

fn judge_stability(input: &Input<'_>) -> Result<Judgement, InputError> {
    let latitude = within(input, "lat", -90.0, 90.0)?;
    let longitude = within(input, "lon", -180.0, 180.0)?;
    let day = if input.opt("day_index_0_364").is_some() {
        within(input, "day_index_0_364", 0.0, 365.0)?
    } else {
        let date: Date = input.date("date")?;
        f64::from(date.day_of_year() - 1)
    };
    let hour = within(input, "beijing_hour", 0.0, 24.0)?;
    let (total, low) = (
        tenths(input, "total_cloud_tenths")?,
        tenths(input, "low_cloud_tenths")?,
    );
    within(input, "wind10m", 0.0, 150.0)?;
    let wind = input.exact("wind10m")?;
    let sigma = declination(day);
    let h0 = solar_elevation(latitude, longitude, sigma, hour);
    let impossible = || {
        input.error(
            "low_cloud_tenths",
            "range",
            text!(
                "低云量不应大于总云量",
                "there cannot be more low cloud than cloud"
            ),
        )
    };
    let radiation = radiation_class(total, low, h0).ok_or_else(impossible)?;
    let class = stability(&wind, radiation).ok_or_else(impossible)?;
    let mut out = Judgement::new("aqi/meteo", Basis::new("GB/T 3840", "1991", "附录B"));
    out.rests_on(Confidence::Configurable);
    out.uses("lat", &latitude, "°")
        .uses("lon", &longitude, "°")
        .uses("day_index_0_364", &day, "d")
        .uses("beijing_hour", &hour, "h")
        .uses("total_cloud_tenths", &total, "1/10")
        .uses("low_cloud_tenths", &low, "1/10")
        .uses("wind10m", &wind, "m/s");
    out.step(
        text!("太阳倾角", "declination of the sun"),
        format!("θ0 = 360×{day}/365"),
        &sigma,
    );
    out.step(
        text!("太阳高度角", "solar elevation"),
        format!("asin(sinφ·sinσ+cosφ·cosσ·cos(15×{hour}+{longitude}-300))"),
        &h0,
    );
    out.step(
        text!("辐射等级", "radiation class"),
        format!("{total}/{low}, h0 = {h0:.1}°"),
        &radiation,
    );
    out.step(text!("稳定度", "stability"), format!("u10 = {wind} m/s"), &class);
    out.put("declination_deg", sigma)
        .put("solar_elevation_deg", h0)
        .put("radiation_class", radiation)
        .put("stability", class);
    out.conclude(
        Verdict::Classified,
        text!(
            "太阳高度角 {h0:.1}°,辐射等级 {radiation},大气稳定度 {class}(表为通行版本,未核对原文)。",
            "solar elevation {h0:.1}°, radiation class {radiation}, stability {class} (tables as commonly printed, not checked against the text)."
        ),
    );
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_complete() {
        table::assert_complete(RADIATION, &RADIATION_ROWS);
        table::assert_complete(STABILITY, &STABILITY_ROWS);
        for total in 0..=10 {
            for low in 0..=total {
                assert!(radiation_class(total, low, 40.0).is_some(), "{total}/{low}");
            }
        }
        assert_eq!(radiation_class(3, 5, 10.0), None);
    }

    #[test]
    fn north_wraps_round() {
        let at = |d: &str| sector16(&d.parse().unwrap());
        assert_eq!(at("348.75"), Some("N"));
        assert_eq!(at("348.74"), Some("NNW"));
        assert_eq!(at("360"), Some("N"));
        assert_eq!(at("720"), Some("N"));
        assert_eq!(at("-45"), Some("NW"));
        assert_eq!(at("9999"), None);
    }

    proptest::proptest! {
        #[test]
        fn sectors_cover_the_circle(tenth in 0_i64..3600) {
            let sector = sector16(&Exact::ratio(tenth, 10).unwrap());
            proptest::prop_assert!(sector.is_some());
        }
    }
}
