//! Bands (等值面) of an interpolated field: the areas where it lies between two limits, within an area and within reach of
//! the samples.
//!
//! The field is known on grid lines, and every sample stands on two of them, so that the band at a sample's place is
//! that of its value. Between the lines each cell is four flat triangles around its middle; limits cut them into
//! pieces, the pieces of a band are joined and clipped at once. A limit belongs to the band below it: an AQI of 50 is
//! still 优.
//!
//! The registry's `contour` counts a limit to the band above and knows evenly spaced lines only; `contour-isobands` is
//! AGPL.

use crate::coord::LonLat;
use crate::idw::{self, Idw, IdwError, Sample};
use crate::limits;
use crate::measure::{Bounds, Local};
use crate::relate::Shapes;
use crate::shape::{Polygon, Polygons};

/// Corners of the ring that stands for a circle of reach.
const CIRCLE: u32 = 96;
/// The ring stays this share inside of the circle, for the flat frame's own error.
const WITHIN: f64 = 0.999;
/// Where a limit cuts an edge, it leaves this share of the edge on either side: the end of an edge whose value is the
/// limit itself keeps a piece of its own band around it.
const MARGIN: f64 = 0.01;
/// Even lines nearer to a sample's line than this share of a cell give way to it.
const GIVES_WAY: f64 = 0.1;

/// The area where a field lies above one limit and not above the next.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// The limit below, itself not part of the band; `None` for the lowest band.
    pub above: Option<f64>,
    /// The limit above, part of the band; `None` for the highest band.
    pub up_to: Option<f64>,
    /// Where.
    pub areas: Vec<Polygon>,
}

impl Band {
    /// Whether a value belongs to the band.
    pub fn holds(&self, value: f64) -> bool {
        self.above.is_none_or(|low| value > low) && self.up_to.is_none_or(|high| value <= high)
    }
}

/// The bands of the samples between ascending limits, within `area` and within the search radius of a sample; bands
/// without an area are left out. The longer side of the field has `cells` cells and one more a sample.
pub fn bands(
    samples: &[Sample],
    area: &Polygons,
    limits: &[f64],
    cells: usize,
    how: Idw,
) -> Result<Vec<Band>, IdwError> {
    idw::check(samples, how)?;
    if samples.len() > limits::SAMPLES {
        return Err(IdwError::Samples(samples.len()));
    }
    if limits.iter().zip(limits.iter().skip(1)).any(|(a, b)| a >= b) || limits.iter().any(|l| !l.is_finite())
    {
        return Err(IdwError::Limits);
    }
    let Some(field) = Field::new(samples, area, cells, how)? else {
        return Ok(Vec::new());
    };
    let mut pieces = vec![Vec::new(); limits.len() + 1];
    field.cut(limits, &mut pieces);
    let mask = Shapes::of(&area.iter().map(|(_, p)| p.clone()).collect::<Vec<_>>())
        .shared_with(&reach(samples, how));
    let edges = |index: usize| limits.get(index).copied();
    Ok(pieces
        .into_iter()
        .enumerate()
        .map(|(index, pieces)| Band {
            above: index.checked_sub(1).and_then(edges),
            up_to: edges(index),
            areas: Shapes::of_rings(pieces).shared_with(&mask).into_polygons(),
        })
        .filter(|band| !band.areas.is_empty())
        .collect())
}

/// Circles around the samples, joined.
fn reach(samples: &[Sample], how: Idw) -> Shapes {
    let circles: Vec<Polygon> = samples
        .iter()
        .map(|sample| {
            let local = Local::at(sample.at);
            let ring = (0..CIRCLE).map(|n| {
                let (sin, cos) = (f64::from(n) / f64::from(CIRCLE) * std::f64::consts::TAU).sin_cos();
                let radius = how.radius_m * WITHIN;
                local.place((radius * cos, radius * sin))
            });
            Polygon::new(vec![ring.collect()])
        })
        .collect();
    Shapes::of(&circles)
}

/// The outline of a piece, longitude first.
type Ring = Vec<[f64; 2]>;

/// A corner of a triangle.
#[derive(Clone, Copy)]
struct Corner {
    at: [f64; 2],
    value: f64,
}

/// The field on its lines, row by row from the south-west corner, and in the middle of each cell.
struct Field {
    lons: Vec<f64>,
    lats: Vec<f64>,
    nodes: Vec<f64>,
    middles: Vec<f64>,
}

impl Field {
    /// `None` where no sample reaches the area.
    fn new(samples: &[Sample], area: &Polygons, cells: usize, how: Idw) -> Result<Option<Self>, IdwError> {
        let Some(bounds) = area.bounds() else {
            return Ok(None);
        };
        let Some(reach) = Bounds::of(samples.iter().map(|s| s.at)).map(|b| b.grown(how.radius_m)) else {
            return Ok(None);
        };
        if !reach.meets(&bounds) {
            return Ok(None);
        }
        let bounds = Bounds {
            west: bounds.west.max(reach.west),
            south: bounds.south.max(reach.south),
            east: bounds.east.min(reach.east),
            north: bounds.north.min(reach.north),
        };
        let local = Local::at(bounds.middle());
        let (width, height) = {
            let ((west, south), (east, north)) = (
                local.xy(LonLat::new(bounds.west, bounds.south)),
                local.xy(LonLat::new(bounds.east, bounds.north)),
            );
            (east - west, north - south)
        };
        let share = |side: f64| {
            // A share of a count stays far below 2^53.
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between 1 and `cells`"
            )]
            let count = (cells as f64 * side / width.max(height)).ceil() as usize;
            count.clamp(1, cells.max(1))
        };
        let lons = lines(
            bounds.west,
            bounds.east,
            share(width),
            samples.iter().map(|s| s.at.lon),
        );
        let lats = lines(
            bounds.south,
            bounds.north,
            share(height),
            samples.iter().map(|s| s.at.lat),
        );
        let count = lons.len().saturating_mul(lats.len());
        if cells == 0 || lons.len() < 2 || lats.len() < 2 || count > idw::MAX_CELLS {
            return Err(IdwError::Cells(count));
        }
        let placed: Vec<((f64, f64), f64)> = samples.iter().map(|s| (local.xy(s.at), s.value)).collect();
        let at = |lon: f64, lat: f64| value(&placed, local.xy(LonLat::new(lon, lat)), how);
        let nodes = lats
            .iter()
            .flat_map(|lat| lons.iter().map(|lon| at(*lon, *lat)))
            .collect();
        let middles = between(&lats)
            .flat_map(|(south, north)| {
                between(&lons)
                    .map(move |(west, east)| (f64::midpoint(west, east), f64::midpoint(south, north)))
            })
            .map(|(lon, lat)| at(lon, lat))
            .collect();
        Ok(Some(Self {
            lons,
            lats,
            nodes,
            middles,
        }))
    }

    /// The rows of cells: south and north line with the values on them, and the values between.
    fn rows(&self) -> impl Iterator<Item = ((f64, f64), &[f64], &[f64], &[f64])> {
        let width = self.lons.len();
        between(&self.lats)
            .zip(self.nodes.chunks(width))
            .zip(self.nodes.chunks(width).skip(1))
            .zip(self.middles.chunks(width.saturating_sub(1).max(1)))
            .map(|(((edges, south), north), middles)| (edges, south, north, middles))
    }

    /// Cuts every cell at the limits; `pieces` has one list more than there are limits.
    fn cut(&self, limits: &[f64], pieces: &mut [Vec<Ring>]) {
        for ((south, north), below, above, middles) in self.rows() {
            let mut run = Run::default();
            let cells = between(&self.lons)
                .zip(between(below))
                .zip(between(above))
                .zip(middles);
            for ((((west, east), (sw, se)), (nw, ne)), middle) in cells {
                let class = band_of(limits, *middle);
                if [sw, se, nw, ne].iter().all(|v| band_of(limits, *v) == class) {
                    run.grow(class, west, east, (south, north), pieces);
                    continue;
                }
                run.end((south, north), pieces);
                let corner = |lon: f64, lat: f64, value: f64| Corner {
                    at: [lon, lat],
                    value,
                };
                let around = [
                    corner(west, south, sw),
                    corner(east, south, se),
                    corner(east, north, ne),
                    corner(west, north, nw),
                ];
                let middle = corner(f64::midpoint(west, east), f64::midpoint(south, north), *middle);
                for (a, b) in around.iter().zip(around.iter().cycle().skip(1)) {
                    split(&[*a, *b, middle], limits, pieces);
                }
            }
            run.end((south, north), pieces);
        }
    }
}

/// Neighbouring pairs.
fn between(line: &[f64]) -> impl Iterator<Item = (f64, f64)> {
    line.iter().copied().zip(line.iter().copied().skip(1))
}

/// The value at a place: that of the nearest sample where none is in reach, since cells at the edge of the reach are
/// clipped, not left out. There the weighted mean has come to the same value.
fn value(placed: &[((f64, f64), f64)], at: (f64, f64), how: Idw) -> f64 {
    idw::weigh(placed, at, how).unwrap_or_else(|| {
        placed
            .iter()
            .map(|((x, y), value)| ((x - at.0).hypot(y - at.1), *value))
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map_or(0.0, |(_, value)| value)
    })
}

/// Even lines from edge to edge, and one through every sample between them.
fn lines(low: f64, high: f64, count: usize, samples: impl Iterator<Item = f64>) -> Vec<f64> {
    let step = (high - low) / count as f64;
    let mut own: Vec<f64> = samples.filter(|s| *s > low && *s < high).collect();
    own.sort_by(f64::total_cmp);
    own.dedup();
    let even = (0..=count).map(|n| if n == count { high } else { low + step * n as f64 });
    let mut all: Vec<f64> = even
        .filter(|line| {
            let edge = *line <= low || *line >= high;
            edge || own.iter().all(|s| (s - line).abs() > step * GIVES_WAY)
        })
        .collect();
    all.extend(own);
    all.sort_by(f64::total_cmp);
    all
}

/// Number of limits below a value.
fn band_of(limits: &[f64], value: f64) -> usize {
    limits.partition_point(|limit| *limit < value)
}

/// Cells of one band beside each other, as one rectangle.
#[derive(Default)]
struct Run {
    open: Option<(usize, f64, f64)>,
}

impl Run {
    fn grow(&mut self, class: usize, west: f64, east: f64, edges: (f64, f64), pieces: &mut [Vec<Ring>]) {
        if let Some((open, _, end)) = &mut self.open
            && *open == class
        {
            *end = east;
            return;
        }
        self.end(edges, pieces);
        self.open = Some((class, west, east));
    }

    fn end(&mut self, (south, north): (f64, f64), pieces: &mut [Vec<Ring>]) {
        if let Some((class, west, east)) = self.open.take()
            && let Some(list) = pieces.get_mut(class)
        {
            list.push(vec![[west, south], [east, south], [east, north], [west, north]]);
        }
    }
}

/// Cuts a triangle: each band gets what lies on its side of the limits, walked around the triangle. Both sides of an edge
/// and both bands at a limit find the very same cuts.
fn split(triangle: &[Corner; 3], limits: &[f64], pieces: &mut [Vec<Ring>]) {
    let classes = triangle.map(|corner| band_of(limits, corner.value));
    let (lowest, highest) = classes.iter().fold((usize::MAX, 0), |(low, high), class| {
        (low.min(*class), high.max(*class))
    });
    for band in lowest..=highest {
        let mut ring: Ring = Vec::with_capacity(6);
        let edges = triangle.iter().zip(triangle.iter().cycle().skip(1));
        for (a, b) in edges {
            let (from, to) = (band_of(limits, a.value), band_of(limits, b.value));
            if from == band {
                ring.push(a.at);
            }
            // The limit below a band is the one before its number, the limit above it has its number.
            let low = band.checked_sub(1).filter(|n| (*n < from) != (*n < to));
            let high = Some(band).filter(|n| (*n < from) != (*n < to));
            let met = if from < to { [low, high] } else { [high, low] };
            ring.extend(
                met.into_iter()
                    .flatten()
                    .filter_map(|n| Some(cut(a, b, *limits.get(n)?))),
            );
        }
        if ring.len() > 2
            && let Some(list) = pieces.get_mut(band)
        {
            list.push(ring);
        }
    }
}

/// Where a limit lies on an edge.
fn cut(a: &Corner, b: &Corner, limit: f64) -> [f64; 2] {
    let (low, high) = if a.value <= b.value { (a, b) } else { (b, a) };
    let part = ((limit - low.value) / (high.value - low.value)).clamp(MARGIN, 1.0 - MARGIN);
    let along = |from: f64, to: f64| from + (to - from) * part;
    let ([x0, y0], [x1, y1]) = (low.at, high.at);
    [along(x0, x1), along(y0, y1)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Geometry;
    use crate::measure::distance_m;
    use crate::relate::{Relation, relate};
    use proptest::prelude::*;

    const LIMITS: [f64; 5] = [50.0, 100.0, 150.0, 200.0, 300.0];

    /// A district with a bay in its east, about 27 km × 33 km.
    fn district() -> Polygons {
        let ring = [
            [116.0, 36.4],
            [116.3, 36.4],
            [116.3, 36.5],
            [116.2, 36.55],
            [116.3, 36.6],
            [116.3, 36.7],
            [116.0, 36.7],
            [116.0, 36.4],
        ]
        .map(LonLat::from);
        Polygons::new(vec![("区".into(), Polygon::new(vec![ring.into()]))])
    }

    fn how(radius_m: f64) -> Idw {
        Idw {
            radius_m,
            ..Idw::default()
        }
    }

    fn sample(lon: f64, lat: f64, value: f64) -> Sample {
        Sample {
            at: LonLat::new(lon, lat),
            value,
        }
    }

    fn area(bands: &[Band]) -> f64 {
        bands.iter().flat_map(|b| &b.areas).map(Polygon::area_m2).sum()
    }

    /// Area in square degrees. On the ellipsoid a long edge is another line than the two halves of it.
    fn flat(bands: &[Band]) -> f64 {
        let twice = |ring: &Vec<LonLat>| -> f64 {
            ring.windows(2)
                .map(|w| w[0].lon * w[1].lat - w[1].lon * w[0].lat)
                .sum()
        };
        let rings = bands
            .iter()
            .flat_map(|b| &b.areas)
            .flat_map(super::super::shape::Polygon::rings);
        rings.map(twice).sum::<f64>() / 2.0
    }

    fn at(bands: &[Band], place: LonLat) -> Vec<&Band> {
        let there = |b: &&Band| b.areas.iter().any(|a| a.contains(place));
        bands.iter().filter(there).collect()
    }

    #[test]
    fn one_station_colours_its_circle_in_its_class_and_nothing_else() {
        let alone = [sample(116.1, 36.6, 50.0)];
        let made = bands(&alone, &district(), &LIMITS, 40, how(5_000.0)).unwrap();
        assert_eq!(made.len(), 1);
        assert_eq!(
            (made[0].above, made[0].up_to),
            (None, Some(50.0)),
            "50 is still in the lowest band"
        );
        let circle = std::f64::consts::PI * 25e6;
        assert!((area(&made) / circle - 1.0).abs() < 0.01, "{}", area(&made));
        assert!(at(&made, LonLat::new(116.1, 36.66)).is_empty(), "6.6 km away");
    }

    #[test]
    fn a_limit_runs_between_two_stations_and_both_keep_their_own() {
        let two = [sample(116.05, 36.5, 40.0), sample(116.15, 36.5, 60.0)];
        let made = bands(&two, &district(), &LIMITS, 60, how(20_000.0)).unwrap();
        assert_eq!(made.len(), 2);
        let (west, east) = (at(&made, two[0].at), at(&made, two[1].at));
        assert_eq!((west[0].up_to, east[0].above), (Some(50.0), Some(50.0)));
        // Halfway the mean is 50: the border of the bands runs there, to a cell.
        let border = |lon: f64| at(&made, LonLat::new(lon, 36.5))[0].above;
        assert_eq!((border(116.094), border(116.106)), (None, Some(50.0)));
    }

    #[test]
    fn a_lone_peak_smaller_than_a_cell_is_not_lost() {
        let mut many: Vec<Sample> = (0..6)
            .flat_map(|i| {
                (0..6).map(move |j| sample(116.03 + 0.04 * f64::from(i), 36.43 + 0.04 * f64::from(j), 49.9))
            })
            .collect();
        many.push(sample(116.1012, 36.5213, 50.1));
        let made = bands(&many, &district(), &LIMITS, 12, how(15_000.0)).unwrap();
        assert_eq!(at(&made, many[36].at)[0].above, Some(50.0));
    }

    #[test]
    fn bad_settings_and_empty_fields_say_so() {
        let one = [sample(116.1, 36.5, 1.0)];
        assert_eq!(
            bands(&one, &district(), &[2.0, 1.0], 10, how(1e4)),
            Err(IdwError::Limits)
        );
        assert_eq!(
            bands(&one, &district(), &[f64::NAN], 10, how(1e4)),
            Err(IdwError::Limits)
        );
        assert_eq!(
            bands(&one, &district(), &LIMITS, 10, how(0.0)),
            Err(IdwError::Setting)
        );
        assert!(matches!(
            bands(&one, &district(), &LIMITS, 0, how(1e4)),
            Err(IdwError::Cells(_))
        ));
        assert!(matches!(
            bands(&one, &district(), &LIMITS, 10_000, how(1e4)),
            Err(IdwError::Cells(_))
        ));
        let many = vec![one[0]; limits::SAMPLES + 1];
        assert!(matches!(
            bands(&many, &district(), &LIMITS, 10, how(1e4)),
            Err(IdwError::Samples(_))
        ));
        assert_eq!(bands(&[], &district(), &LIMITS, 10, how(1e4)), Ok(Vec::new()));
        assert_eq!(
            bands(&[sample(10.0, 10.0, 1.0)], &district(), &LIMITS, 10, how(1e4)),
            Ok(Vec::new())
        );
        assert_eq!(
            bands(&one, &Polygons::default(), &LIMITS, 10, how(1e4)),
            Ok(Vec::new())
        );
    }

    /// Stations on a net of 1.5 km, so that no two stand on one place, with whole values as they are published: limits
    /// themselves are among them.
    fn stations() -> impl Strategy<Value = Vec<Sample>> {
        let one = (0_u32..24, 0_u32..24, 0_u32..40);
        prop::collection::btree_map(0_u32..576, one, 1..12).prop_map(|map| {
            map.into_iter()
                .map(|(place, (x, y, value))| {
                    let (i, j) = (place % 24, place / 24);
                    let lon = 115.99 + f64::from(i) * 0.0143 + f64::from(x) * 0.0002;
                    let lat = 36.38 + f64::from(j) * 0.0143 + f64::from(y) * 0.0002;
                    sample(lon, lat, f64::from(value) * 10.0)
                })
                .collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn a_station_stands_in_the_band_of_its_value(stations in stations(), cells in 3_usize..30) {
            let (ground, reach) = (district(), how(8_000.0));
            let made = bands(&stations, &ground, &LIMITS, cells, reach).unwrap();
            let zone = Geometry::Areas(ground.iter().map(|(_, p)| p.clone()).collect());
            let on_the_border = |s: &Sample| {
                let lies = relate(&Geometry::point(s.at), &zone, 1.0).map(|r| r.relation);
                matches!(lies, Some(Relation::Touches | Relation::Within))
            };
            for station in stations.iter().filter(|s| !on_the_border(s)) {
                let there = at(&made, station.at);
                if ground.contain(station.at) {
                    prop_assert_eq!(there.len(), 1, "{:?}", station);
                    prop_assert!(there[0].holds(station.value), "{:?} in {:?}–{:?}", station, there[0].above, there[0].up_to);
                } else {
                    prop_assert!(there.is_empty(), "{:?} is outside", station);
                }
            }
        }

        #[test]
        fn nothing_is_coloured_outside_of_the_district_or_beyond_reach(stations in stations(), cells in 3_usize..30) {
            let ground = district();
            let (_, border) = ground.iter().next().unwrap();
            let zone = Geometry::Areas(vec![border.clone()]);
            let made = bands(&stations, &ground, &LIMITS, cells, how(4_000.0)).unwrap();
            for place in made.iter().flat_map(|b| &b.areas).flat_map(|a| a.rings().iter().flatten()) {
                let lies = relate(&Geometry::point(*place), &zone, 1.0).map(|r| r.relation);
                prop_assert!(matches!(lies, Some(Relation::Inside | Relation::Touches)), "{:?}", place);
                let near = stations.iter().any(|s| distance_m(s.at, *place) <= 4_000.0);
                prop_assert!(near, "{:?} is beyond reach", place);
            }
        }

        #[test]
        fn the_bands_fill_what_is_in_reach_once(stations in stations(), cells in 3_usize..30) {
            let ground = district();
            let reach = how(6_000.0);
            let made = bands(&stations, &ground, &LIMITS, cells, reach).unwrap();
            let whole = bands(&stations, &ground, &[], cells, reach).unwrap();
            let (sum, all) = (flat(&made), flat(&whole));
            prop_assert!((sum - all).abs() <= all * 1e-7 + 1e-12, "{sum} of {all}");
        }
    }
}
