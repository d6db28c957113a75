//! Web-Mercator tiles (EPSG:3857, XYZ numbering, y grows to the south) and positions within them.

use std::f64::consts::PI;

use crate::coord::LonLat;
use crate::measure::Bounds;

/// Deepest level used; a tile of it is 10 cm wide.
const MAX_ZOOM: u8 = 24;
/// Where the square world of Web Mercator ends, degrees.
const MAX_LAT: f64 = 85.051_128_779_806_6;

/// A tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tile {
    z: u8,
    x: u32,
    y: u32,
}

/// A tile that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("瓦片 {z}/{x}/{y} 不存在，层级应为 0—24 / tile {z}/{x}/{y} does not exist, levels go from 0 to 24")]
pub struct TileError {
    /// Level.
    pub z: u8,
    /// Column.
    pub x: u32,
    /// Row.
    pub y: u32,
}

impl Tile {
    /// By level, column and row.
    pub fn new(z: u8, x: u32, y: u32) -> Result<Self, TileError> {
        let exists = z <= MAX_ZOOM && x < 1 << z && y < 1 << z;
        exists.then_some(Self { z, x, y }).ok_or(TileError { z, x, y })
    }

    /// Level, column, row.
    pub fn zxy(self) -> (u8, u32, u32) {
        (self.z, self.x, self.y)
    }

    /// The tile that holds a point; levels beyond the deepest are taken as the deepest.
    pub fn holding(p: LonLat, z: u8) -> Self {
        let z = z.min(MAX_ZOOM);
        let last = (1_u32 << z) - 1;
        let (x, y) = world(p);
        let side = f64::from(1_u32 << z);
        Self {
            z,
            x: cell(x * side, last),
            y: cell(y * side, last),
        }
    }

    /// Its edges, degrees.
    pub fn bounds(self) -> Bounds {
        let side = f64::from(1_u32 << self.z);
        let lon = |x: f64| x / side * 360.0 - 180.0;
        let lat = |y: f64| (PI * (1.0 - 2.0 * y / side)).sinh().atan().to_degrees();
        let (x, y) = (f64::from(self.x), f64::from(self.y));
        Bounds {
            west: lon(x),
            south: lat(y + 1.0),
            east: lon(x + 1.0),
            north: lat(y),
        }
    }

    /// Position of a point in this tile's own grid of `extent` × `extent` (4096 in vector tiles); outside of
    /// 0..extent where the point is not in the tile.
    pub fn project(self, p: LonLat, extent: f64) -> (f64, f64) {
        let side = f64::from(1_u32 << self.z);
        let (x, y) = world(p);
        (
            (x * side - f64::from(self.x)) * extent,
            (y * side - f64::from(self.y)) * extent,
        )
    }

    /// The tile one level up that holds this one; `None` at level 0.
    pub fn parent(self) -> Option<Self> {
        let z = self.z.checked_sub(1)?;
        Some(Self {
            z,
            x: self.x / 2,
            y: self.y / 2,
        })
    }
}

/// Position in the unit square of the world, from its north-west corner.
fn world(p: LonLat) -> (f64, f64) {
    let lat = p.lat.clamp(-MAX_LAT, MAX_LAT).to_radians();
    let y = 0.5 - lat.tan().asinh() / (2.0 * PI);
    ((p.lon + 180.0) / 360.0, y)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 0..=last before the cast; NaN becomes 0"
)]
fn cell(at: f64, last: u32) -> u32 {
    at.floor().clamp(0.0, f64::from(last)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_tiles() {
        // A tile over Galway whose corners other tile libraries print in their documentation.
        let galway = Tile::new(10, 486, 332).unwrap().bounds();
        assert!(
            (galway.north - 53.330_872_983_017_05).abs() < 1e-9 && (galway.west + 9.140_625).abs() < 1e-9
        );
        assert!((galway.south - 53.120_405_283_106_57).abs() < 1e-9);
        assert_eq!(Tile::holding(LonLat::new(-9.05, 53.27), 10).zxy(), (10, 486, 332));
        let world = Tile::new(0, 0, 0).unwrap().bounds();
        assert!((world.north - MAX_LAT).abs() < 1e-9 && (world.west + 180.0).abs() < 1e-9);
        assert!(Tile::new(3, 8, 0).is_err() && Tile::new(25, 0, 0).is_err());
        assert_eq!(Tile::new(0, 0, 0).unwrap().parent(), None);
    }

    proptest! {
        #[test]
        fn a_tile_holds_its_points(lon in -180.0..180.0f64, lat in -85.0..85.0f64, z in 0u8..=24) {
            let p = LonLat::new(lon, lat);
            let tile = Tile::holding(p, z);
            let b = tile.bounds();
            let slack = 1e-9;
            prop_assert!(lon >= b.west - slack && lon <= b.east + slack);
            prop_assert!(lat >= b.south - slack && lat <= b.north + slack);
            let (x, y) = tile.project(p, 4096.0);
            prop_assert!((-0.01..=4096.01).contains(&x) && (-0.01..=4096.01).contains(&y));
            if let Some(parent) = tile.parent() {
                prop_assert_eq!(Tile::holding(p, z - 1), parent);
            }
        }
    }
}
