//! Inverse distance weighting on a grid: no value beyond the search radius, none outside of the area.
//!
//! The weight of a sample falls to nothing at the search radius (modified Shepard), so that the field has no steps where a
//! sample comes into reach.

use crate::coord::LonLat;
use crate::measure::{Bounds, Local};
use crate::shape::Polygons;

/// Most cells of one grid: 400 × 400, about 100 m a cell over a district.
pub(crate) const MAX_CELLS: usize = 160_000;
/// Closer than this to a sample the cell takes its value, metres.
const TOUCHING_M: f64 = 1.0;

/// A measured value at a place. Places without a value are not samples: leave them out, never pass zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// Where.
    pub at: LonLat,
    /// What.
    pub value: f64,
}

/// How to interpolate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Idw {
    /// Exponent of the distance, usually 2.
    pub power: f64,
    /// Samples farther than this do not count, metres.
    pub radius_m: f64,
    /// A cell with fewer samples in reach stays empty.
    pub least: usize,
}

impl Default for Idw {
    fn default() -> Self {
        Self {
            power: 2.0,
            radius_m: 15_000.0,
            least: 1,
        }
    }
}

/// Why nothing was interpolated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdwError {
    /// Power or radius not positive.
    #[error("幂次与搜索半径须为正数 / power and search radius must be positive")]
    Setting,
    /// A sample is not a number or not on the globe.
    #[error("第 {0} 个样本无效 / sample {0} is not usable")]
    Sample(usize),
    /// Too many or no cells.
    #[error("网格须有 1—160000 个单元，得到 {0} / a grid has 1 to 160000 cells, got {0}")]
    Cells(usize),
    /// More samples than a field is made of.
    #[error("样本最多 {max} 个，得到 {0} / at most {max} samples, got {0}", max = crate::limits::SAMPLES)]
    Samples(usize),
    /// Limits not ascending.
    #[error("分级界限须递增 / limits must ascend")]
    Limits,
}

/// Values on a grid, row by row from the south-west corner; each stands for the middle of its cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// Edges.
    pub bounds: Bounds,
    /// Cells from west to east.
    pub cols: usize,
    /// Cells from south to north.
    pub rows: usize,
    /// `None` outside of the area and beyond the search radius.
    pub values: Vec<Option<f64>>,
}

impl Grid {
    /// Middle of a cell.
    pub fn center(&self, col: usize, row: usize) -> LonLat {
        center(&self.bounds, self.cols, self.rows, col, row)
    }

    /// Value of a cell; `None` where there is none or no such cell.
    pub fn value(&self, col: usize, row: usize) -> Option<f64> {
        let index = (col < self.cols && row < self.rows).then_some(row * self.cols + col)?;
        self.values.get(index).copied().flatten()
    }
}

fn center(bounds: &Bounds, cols: usize, rows: usize, col: usize, row: usize) -> LonLat {
    let part = |low: f64, high: f64, index: usize, count: usize| {
        low + (high - low) * (index as f64 + 0.5) / count as f64
    };
    LonLat::new(
        part(bounds.west, bounds.east, col, cols),
        part(bounds.south, bounds.north, row, rows),
    )
}

/// Whether settings and samples can be used.
pub(crate) fn check(samples: &[Sample], how: Idw) -> Result<(), IdwError> {
    if !(how.power > 0.0 && how.radius_m > 0.0) {
        return Err(IdwError::Setting);
    }
    let bad = samples
        .iter()
        .position(|s| !s.at.is_valid() || !s.value.is_finite());
    bad.map_or(Ok(()), |index| Err(IdwError::Sample(index + 1)))
}

/// Interpolates the samples over the bounds of `area` and keeps what lies in it.
pub fn interpolate(
    samples: &[Sample],
    area: &Polygons,
    cols: usize,
    rows: usize,
    how: Idw,
) -> Result<Grid, IdwError> {
    let cells = cols.saturating_mul(rows);
    let Some(bounds) = area.bounds().filter(|_| (1..=MAX_CELLS).contains(&cells)) else {
        return Err(IdwError::Cells(cells));
    };
    check(samples, how)?;
    let local = Local::at(bounds.middle());
    let placed: Vec<((f64, f64), f64)> = samples.iter().map(|s| (local.xy(s.at), s.value)).collect();
    let mut values = Vec::with_capacity(cells);
    for row in 0..rows {
        for col in 0..cols {
            let at = center(&bounds, cols, rows, col, row);
            values.push(
                area.contain(at)
                    .then(|| weigh(&placed, local.xy(at), how))
                    .flatten(),
            );
        }
    }
    Ok(Grid {
        bounds,
        cols,
        rows,
        values,
    })
}

/// The value at a place; `None` where too few samples are in reach.
pub(crate) fn weigh(placed: &[((f64, f64), f64)], (x, y): (f64, f64), how: Idw) -> Option<f64> {
    let (mut weights, mut sum, mut count) = (0.0, 0.0, 0_usize);
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for &((sx, sy), value) in placed {
        let distance = (sx - x).hypot(sy - y);
        if distance > how.radius_m {
            continue;
        }
        if distance < TOUCHING_M {
            return Some(value);
        }
        let weight = ((how.radius_m - distance) / distance).powf(how.power);
        weights += weight;
        sum += weight * value;
        (low, high) = (low.min(value), high.max(value));
        count += 1;
    }
    // A mean of equal values is that value, not the next number beside it: it may be a limit.
    (count >= how.least.max(1) && weights > 0.0).then(|| (sum / weights).clamp(low, high))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::Polygon;
    use proptest::prelude::*;

    fn square() -> Polygons {
        let ring = [
            [116.0, 36.5],
            [116.2, 36.5],
            [116.2, 36.7],
            [116.0, 36.7],
            [116.0, 36.5],
        ]
        .map(LonLat::from);
        Polygons::new(vec![("区".into(), Polygon::new(vec![ring.into()]))])
    }

    fn sample(lon: f64, lat: f64, value: f64) -> Sample {
        Sample {
            at: LonLat::new(lon, lat),
            value,
        }
    }

    #[test]
    fn beyond_the_radius_there_is_no_colour() {
        let how = Idw {
            radius_m: 3_000.0,
            ..Idw::default()
        };
        let grid = interpolate(&[sample(116.02, 36.52, 80.0)], &square(), 20, 20, how).unwrap();
        assert_eq!(grid.value(1, 1), Some(80.0));
        assert_eq!(grid.value(19, 19), None);
        assert_eq!(grid.value(20, 0), None);
        assert_eq!(
            interpolate(&[], &square(), 4, 4, how).unwrap().values,
            vec![None; 16]
        );
    }

    #[test]
    fn halfway_between_two_is_their_mean_and_a_triangle_clips() {
        let triangle = Polygon::new(vec![
            [[116.0, 36.5], [116.2, 36.5], [116.0, 36.7]]
                .map(LonLat::from)
                .into(),
        ]);
        let area = Polygons::new(vec![("三角".into(), triangle)]);
        let two = [sample(116.0, 36.51, 10.0), sample(116.2, 36.51, 30.0)];
        let grid = interpolate(&two, &area, 11, 10, Idw::default()).unwrap();
        let middle = grid.value(5, 0).unwrap();
        assert!((middle - 20.0).abs() < 1e-6, "{middle}");
        assert_eq!(grid.value(10, 9), None);
    }

    #[test]
    fn a_sample_comes_into_reach_without_a_step() {
        let how = Idw {
            radius_m: 5_000.0,
            ..Idw::default()
        };
        let two = [((0.0, 0.0), 10.0), ((8_000.0, 0.0), 30.0)];
        let at = |x: f64| weigh(&two, (x, 0.0), how).unwrap();
        assert!((at(2_999.0) - at(3_001.0)).abs() < 0.01);
        assert!((at(2_999.0) - 10.0).abs() < 1e-9, "the second is out of reach");
        assert!(at(3_500.0) > 10.0);
    }

    #[test]
    fn bad_settings_say_so() {
        let s = [sample(116.1, 36.6, f64::NAN)];
        assert_eq!(
            interpolate(&s, &square(), 4, 4, Idw::default()),
            Err(IdwError::Sample(1))
        );
        assert_eq!(
            interpolate(&[], &square(), 0, 4, Idw::default()),
            Err(IdwError::Cells(0))
        );
        assert!(interpolate(&[], &square(), usize::MAX, 2, Idw::default()).is_err());
        let flat = Idw {
            power: 0.0,
            ..Idw::default()
        };
        assert_eq!(interpolate(&[], &square(), 4, 4, flat), Err(IdwError::Setting));
        assert_eq!(
            interpolate(&[], &Polygons::default(), 4, 4, Idw::default()),
            Err(IdwError::Cells(16))
        );
    }

    proptest! {
        #[test]
        fn no_value_leaves_the_range_of_the_samples(values in prop::collection::vec(0.0..500.0f64, 1..9)) {
            let samples: Vec<Sample> = values
                .iter()
                .enumerate()
                .map(|(i, v)| sample(116.0 + 0.02 * i as f64, 36.5 + 0.02 * i as f64, *v))
                .collect();
            let grid = interpolate(&samples, &square(), 12, 12, Idw::default()).unwrap();
            let low = values.iter().copied().fold(f64::MAX, f64::min) - 1e-9;
            let high = values.iter().copied().fold(0.0, f64::max) + 1e-9;
            prop_assert!(grid.values.iter().flatten().all(|v| (low..=high).contains(v)));
        }
    }
}
