//! Gauss–Krüger (高斯—克吕格) and other transverse Mercator coordinates back to degrees, by Krüger's series in the third
//! flattening to its fourth power: exact to a micrometre within 6° of the central meridian.

use crate::coord::LonLat;

/// Semi-major axis of CGCS2000 and WGS 84, metres.
const A: f64 = 6_378_137.0;
/// Flattening of CGCS2000; that of WGS 84 differs by 0.1 mm on the ground.
const F: f64 = 1.0 / 298.257_222_101;

/// A transverse Mercator projection on CGCS2000.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Zone {
    /// Central meridian (中央子午线), degrees.
    pub central: f64,
    /// False easting, metres: 500 000, with the zone's number before it where the office writes it so.
    pub easting: f64,
    /// False northing, metres.
    pub northing: f64,
    /// Scale on the central meridian: 1 for Gauss–Krüger, 0.9996 for UTM.
    pub scale: f64,
}

impl Zone {
    /// Gauss–Krüger with this central meridian and a false easting of 500 km, no zone number before it.
    pub fn gauss(central: f64) -> Self {
        Self {
            central,
            easting: 500_000.0,
            northing: 0.0,
            scale: 1.0,
        }
    }

    /// By EPSG number, for the four CGCS2000 families: 6° zones 4491–4501 (with zone number) and 4502–4512, 3° zones
    /// 4513–4533 (with zone number) and 4534–4554.
    pub fn epsg(code: u32) -> Option<Self> {
        let count = |from: u32, first: u32| f64::from(first + code - from);
        let with_number = |zone: f64, central: f64| Self {
            easting: zone * 1e6 + 500_000.0,
            ..Self::gauss(central)
        };
        match code {
            4491..=4501 => Some(count(4491, 13)).map(|zone| with_number(zone, zone * 6.0 - 3.0)),
            4502..=4512 => Some(Self::gauss(75.0 + 6.0 * count(4502, 0))),
            4513..=4533 => Some(count(4513, 25)).map(|zone| with_number(zone, zone * 3.0)),
            4534..=4554 => Some(Self::gauss(75.0 + 3.0 * count(4534, 0))),
            _ => None,
        }
    }

    /// Degrees of a position given as metres east and north.
    pub fn to_degrees(&self, east: f64, north: f64) -> LonLat {
        let n = F / (2.0 - F);
        let (n2, n3, n4) = (n * n, n.powi(3), n.powi(4));
        let radius = A / (1.0 + n) * (1.0 + n2 / 4.0 + n4 / 64.0);
        let xi = (north - self.northing) / (self.scale * radius);
        let eta = (east - self.easting) / (self.scale * radius);
        let beta = [
            n / 2.0 - 2.0 * n2 / 3.0 + 37.0 * n3 / 96.0 - n4 / 360.0,
            n2 / 48.0 + n3 / 15.0 - 437.0 * n4 / 1440.0,
            17.0 * n3 / 480.0 - 37.0 * n4 / 840.0,
            4397.0 * n4 / 161_280.0,
        ];
        let (mut x, mut y) = (xi, eta);
        for (b, k) in beta.into_iter().zip([2.0, 4.0, 6.0, 8.0]) {
            x -= b * (k * xi).sin() * (k * eta).cosh();
            y -= b * (k * xi).cos() * (k * eta).sinh();
        }
        let chi = (x.sin() / y.cosh()).asin();
        let delta = [
            2.0 * n - 2.0 * n2 / 3.0 - 2.0 * n3 + 116.0 * n4 / 45.0,
            7.0 * n2 / 3.0 - 8.0 * n3 / 5.0 - 227.0 * n4 / 45.0,
            56.0 * n3 / 15.0 - 136.0 * n4 / 35.0,
            4279.0 * n4 / 630.0,
        ];
        let mut lat = chi;
        for (d, k) in delta.into_iter().zip([2.0, 4.0, 6.0, 8.0]) {
            lat += d * (k * chi).sin();
        }
        let lon = y.sinh().atan2(x.cos());
        LonLat::new(self.central + lon.to_degrees(), lat.to_degrees())
    }
}

/// The zone whose number stands before an easting such as 39 512 345: its central meridian by the 3° and the 6° count,
/// as far as the number occurs in China.
pub(crate) fn numbered(easting: f64) -> Option<f64> {
    let zone = (easting / 1e6).floor();
    if (25.0..=45.0).contains(&zone) {
        Some(zone * 3.0)
    } else if (13.0..=23.0).contains(&zone) {
        Some(zone * 6.0 - 3.0)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::distance_m;
    use proptest::prelude::*;

    /// Forward projection by the same author's other series: an independent way there.
    fn forward(zone: &Zone, p: LonLat) -> (f64, f64) {
        let n = F / (2.0 - F);
        let e = (F * (2.0 - F)).sqrt();
        let radius = A / (1.0 + n) * (1.0 + n * n / 4.0 + n.powi(4) / 64.0);
        let alpha = [
            n / 2.0 - 2.0 * n * n / 3.0 + 5.0 * n.powi(3) / 16.0 + 41.0 * n.powi(4) / 180.0,
            13.0 * n * n / 48.0 - 3.0 * n.powi(3) / 5.0 + 557.0 * n.powi(4) / 1440.0,
            61.0 * n.powi(3) / 240.0 - 103.0 * n.powi(4) / 140.0,
            49_561.0 * n.powi(4) / 161_280.0,
        ];
        let (phi, lambda) = (p.lat.to_radians(), (p.lon - zone.central).to_radians());
        let t = (phi.sin().atanh() - e * (e * phi.sin()).atanh()).sinh();
        let xi = t.atan2(lambda.cos());
        let eta = (lambda.sin()
            / (1.0 + t * t).sqrt()
            / (lambda.cos() / (1.0 + t * t).sqrt()).hypot(t / (1.0 + t * t).sqrt()))
        .asinh();
        let (mut north, mut east) = (xi, eta);
        for (a, k) in alpha.into_iter().zip([2.0, 4.0, 6.0, 8.0]) {
            north += a * (k * xi).sin() * (k * eta).cosh();
            east += a * (k * xi).cos() * (k * eta).sinh();
        }
        (
            zone.easting + zone.scale * radius * east,
            zone.northing + zone.scale * radius * north,
        )
    }

    #[test]
    fn the_central_meridian_is_the_meridian_of_the_ellipsoid() {
        let zone = Zone::gauss(117.0);
        let north = distance_m(LonLat::new(117.0, 0.0), LonLat::new(117.0, 36.58));
        let p = zone.to_degrees(500_000.0, north);
        assert!(
            (p.lon - 117.0).abs() < 1e-12 && (p.lat - 36.58).abs() < 1e-8,
            "{p:?}"
        );
        // The length of a quadrant, published for WGS 84: 10 001 965.729 m.
        let pole = zone.to_degrees(500_000.0, 10_001_965.729);
        assert!((pole.lat - 90.0).abs() < 1e-7, "{pole:?}");
    }

    #[test]
    fn registered_zones_have_their_meridians() {
        for (code, central, easting) in [
            (4548, 117.0, 500_000.0),
            (4527, 117.0, 39_500_000.0),
            (4498, 117.0, 20_500_000.0),
            (4509, 117.0, 500_000.0),
            (4547, 114.0, 500_000.0),
        ] {
            let zone = Zone::epsg(code).unwrap();
            assert!(
                (zone.central - central).abs() < 1e-9 && (zone.easting - easting).abs() < 1e-9,
                "{code}"
            );
        }
        assert_eq!(Zone::epsg(3857), None);
        assert_eq!(numbered(39_512_345.0), Some(117.0));
        assert_eq!(numbered(20_512_345.0), Some(117.0));
        assert_eq!(numbered(512_345.0), None);
    }

    proptest! {
        #[test]
        fn there_and_back(lon in 114.0..120.0f64, lat in 18.0..53.0f64) {
            let zone = Zone { central: 117.0, easting: 39_500_000.0, northing: 0.0, scale: 1.0 };
            let (east, north) = forward(&zone, LonLat::new(lon, lat));
            let p = zone.to_degrees(east, north);
            prop_assert!((p.lon - lon).abs() < 1e-9 && (p.lat - lat).abs() < 1e-9, "{p:?}");
        }
    }
}
