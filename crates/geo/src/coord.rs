//! Coordinate systems met in China: CGCS2000 (taken as WGS 84, less than 0.1 m apart), GCJ-02 and BD-09.
//!
//! Conversions round-trip to better than 1e-9 degrees: the inverses are iterated, not approximated.

use std::f64::consts::PI;

/// A position in degrees, longitude first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LonLat {
    /// Longitude, degrees east.
    pub lon: f64,
    /// Latitude, degrees north.
    pub lat: f64,
}

impl LonLat {
    /// From longitude and latitude, degrees.
    pub fn new(lon: f64, lat: f64) -> Self {
        Self { lon, lat }
    }

    /// Whether both are finite and on the globe.
    pub fn is_valid(self) -> bool {
        self.lon.abs() <= 180.0 && self.lat.abs() <= 90.0
    }

    fn plus(self, lon: f64, lat: f64) -> Self {
        Self::new(self.lon + lon, self.lat + lat)
    }
}

impl From<[f64; 2]> for LonLat {
    fn from([lon, lat]: [f64; 2]) -> Self {
        Self { lon, lat }
    }
}

/// A coordinate system (坐标系).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Crs {
    /// 2000 国家大地坐标系, EPSG:4490; WGS 84 positions pass as they are.
    Cgcs2000,
    /// 火星坐标系: Gaode, Tencent, DataV.
    Gcj02,
    /// 百度坐标系.
    Bd09,
}

impl Crs {
    /// All systems.
    pub const ALL: [Self; 3] = [Self::Cgcs2000, Self::Gcj02, Self::Bd09];
}

/// Semi-major axis of the Krasovsky ellipsoid, metres: GCJ-02 is defined on it.
const KRASOVSKY_A: f64 = 6_378_245.0;
/// Its squared eccentricity.
const KRASOVSKY_EE: f64 = 0.006_693_421_622_965_943;
/// BD-09 wobbles with this many radians a degree.
const BD_WOBBLE: f64 = PI * 3000.0 / 180.0;
/// Each step of an inverse shrinks the error about a hundredfold; seven steps reach 1e-12 degrees.
const MAX_STEPS: u32 = 32;
/// Steps below this, degrees, end an inverse: a tenth of a micrometre.
const STEP: f64 = 1e-12;

/// Moves a position from one system to another.
pub fn convert(position: LonLat, from: Crs, to: Crs) -> LonLat {
    if from == to {
        return position;
    }
    let true_position = match from {
        Crs::Cgcs2000 => position,
        Crs::Gcj02 => inverse(position, gcj02),
        Crs::Bd09 => inverse(inverse(position, bd09), gcj02),
    };
    match to {
        Crs::Cgcs2000 => true_position,
        Crs::Gcj02 => gcj02(true_position),
        Crs::Bd09 => bd09(gcj02(true_position)),
    }
}

/// The position whose image is `image`, by fixed-point iteration: both maps move a point by well under 1 % of the
/// distance between two points, so the iteration contracts.
fn inverse(image: LonLat, forward: fn(LonLat) -> LonLat) -> LonLat {
    let mut guess = image;
    for _ in 0..MAX_STEPS {
        let got = forward(guess);
        let (lon, lat) = (image.lon - got.lon, image.lat - got.lat);
        guess = guess.plus(lon, lat);
        if lon.abs() < STEP && lat.abs() < STEP {
            break;
        }
    }
    guess
}

fn in_china(p: LonLat) -> bool {
    (72.004..=137.8347).contains(&p.lon) && (0.8293..=55.8271).contains(&p.lat)
}

fn gcj02(p: LonLat) -> LonLat {
    if !in_china(p) {
        return p;
    }
    let (x, y) = (p.lon - 105.0, p.lat - 35.0);
    let shared = (20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin()) * 2.0 / 3.0;
    let north = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * x.abs().sqrt()
        + shared
        + (20.0 * (y * PI).sin() + 40.0 * (y / 3.0 * PI).sin()) * 2.0 / 3.0
        + (160.0 * (y / 12.0 * PI).sin() + 320.0 * (y * PI / 30.0).sin()) * 2.0 / 3.0;
    let east = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * x.abs().sqrt()
        + shared
        + (20.0 * (x * PI).sin() + 40.0 * (x / 3.0 * PI).sin()) * 2.0 / 3.0
        + (150.0 * (x / 12.0 * PI).sin() + 300.0 * (x / 30.0 * PI).sin()) * 2.0 / 3.0;
    let phi = p.lat.to_radians();
    let magic = 1.0 - KRASOVSKY_EE * phi.sin() * phi.sin();
    let meridian = KRASOVSKY_A * (1.0 - KRASOVSKY_EE) / (magic * magic.sqrt());
    let parallel = KRASOVSKY_A / magic.sqrt() * phi.cos();
    p.plus((east / parallel).to_degrees(), (north / meridian).to_degrees())
}

fn bd09(p: LonLat) -> LonLat {
    let radius = p.lon.hypot(p.lat) + 0.000_02 * (p.lat * BD_WOBBLE).sin();
    let angle = p.lat.atan2(p.lon) + 0.000_003 * (p.lon * BD_WOBBLE).cos();
    LonLat::new(radius * angle.cos() + 0.0065, radius * angle.sin() + 0.006)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(a: LonLat, lon: f64, lat: f64, within: f64) -> bool {
        (a.lon - lon).abs() < within && (a.lat - lat).abs() < within
    }

    #[test]
    fn known_points_of_the_district_agree() {
        for (wgs, gcj, bd) in [
            (
                [116.25, 36.58],
                [116.255_644, 36.580_197],
                [116.262_096, 36.586_293],
            ),
            (
                [115.90, 36.65],
                [115.905_566, 36.650_045],
                [115.911_995, 36.656_301],
            ),
            (
                [116.40, 36.45],
                [116.405_834, 36.450_321],
                [116.412_211, 36.456_649],
            ),
        ] {
            let p = LonLat::from(wgs);
            let g = convert(p, Crs::Cgcs2000, Crs::Gcj02);
            assert!(near(g, gcj[0], gcj[1], 6e-7), "{g:?}");
            let b = convert(p, Crs::Cgcs2000, Crs::Bd09);
            assert!(near(b, bd[0], bd[1], 6e-7), "{b:?}");
            let direct = convert(g, Crs::Gcj02, Crs::Bd09);
            assert!(near(direct, b.lon, b.lat, 1e-9));
        }
    }

    #[test]
    fn outside_china_gcj02_is_no_offset() {
        let paris = LonLat::new(2.35, 48.86);
        assert_eq!(convert(paris, Crs::Cgcs2000, Crs::Gcj02), paris);
        assert_eq!(convert(paris, Crs::Gcj02, Crs::Cgcs2000), paris);
    }

    proptest! {
        #[test]
        fn every_pair_of_systems_round_trips(lon in 80.0..130.0f64, lat in 18.0..53.0f64) {
            let p = LonLat::new(lon, lat);
            for from in Crs::ALL {
                for to in Crs::ALL {
                    let there = convert(p, from, to);
                    let back = convert(there, to, from);
                    prop_assert!(near(back, lon, lat, 1e-9), "{from:?} {to:?} {back:?}");
                }
            }
        }
    }
}
