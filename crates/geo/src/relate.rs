//! Zone tests (分区检验): how a site lies to a zone — inside, crossing, touching or near — with the share it has in it.
//!
//! Borders are taken as surveyed to a decimetre: what is nearer than [`TOUCHING_M`] touches. Areas are counted by the
//! even-odd rule, so that rings wound the wrong way, unclosed or crossing themselves still have an inside.

use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::float::simplify::SimplifyShape;
use i_overlay::float::single::SingleFloatOverlay;

use crate::coord::LonLat;
use crate::geometry::Geometry;
use crate::limits;
use crate::measure::{Bounds, Local, area_m2, length_m};
use crate::shape::Polygon;

/// Nearer than this is the same place, metres.
pub const TOUCHING_M: f64 = 0.1;

/// How a site lies to a zone, the strongest that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// 位于其内: no part of the site is outside.
    Inside,
    /// 穿越、部分位于其内: some of the site is inside.
    Crosses,
    /// 相接: they meet at the border only.
    Touches,
    /// 邻近: not farther than the metres asked for.
    Within,
}

/// Result of a test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Related {
    /// How they lie.
    pub relation: Relation,
    /// Share of the site's area (its length for a line) inside of an area zone, 0 to 1; `None` for points and for zones
    /// that are no areas.
    pub share: Option<f64>,
    /// Shared area, m²; `None` unless both are areas.
    pub shared_m2: Option<f64>,
    /// Metres between them; 0 where they meet.
    pub distance_m: f64,
}

/// Tests a site against a zone; `None` where they are farther apart than `within_m` (at most [`limits::WITHIN_M`]).
pub fn relate(site: &Geometry, zone: &Geometry, within_m: f64) -> Option<Related> {
    let within_m = within_m.clamp(0.0, limits::WITHIN_M);
    let reach = within_m.max(TOUCHING_M);
    let (site_box, zone_box) = (site.bounds()?, zone.bounds()?);
    if !site_box.grown(reach).meets(&zone_box) {
        return None;
    }
    let frame = Frame {
        local: Local::at(site_box.middle()),
        window: site_box.grown(reach),
    };
    let distance_m = frame.distance(site, zone);
    let related = |relation, share, shared_m2, distance_m| Related {
        relation,
        share,
        shared_m2,
        distance_m,
    };
    let met = match (site, zone) {
        (Geometry::Points(points), Geometry::Areas(areas)) => {
            let inside = points.iter().filter(|p| holds(areas, **p)).count();
            let border = distance_m <= TOUCHING_M;
            match inside {
                0 => None,
                n if n < points.len() => Some(Relation::Crosses),
                // A point on the border is neither in nor out, whichever way rounding falls.
                _ if border && points.len() == 1 => Some(Relation::Touches),
                _ => Some(Relation::Inside),
            }
            .map(|relation| related(relation, None, None, 0.0))
        }
        (Geometry::Lines(lines), Geometry::Areas(areas)) => {
            let whole: f64 = lines.iter().map(|l| length_m(l)).sum();
            let inside: f64 = lines.iter().map(|l| frame.length_inside(l, areas)).sum();
            let least = TOUCHING_M * 2.0;
            let relation = if whole > 0.0 && whole - inside <= least {
                Some(Relation::Inside)
            } else if inside > least {
                Some(Relation::Crosses)
            } else {
                None
            };
            let share = (whole > 0.0).then(|| (inside / whole).clamp(0.0, 1.0));
            relation.map(|relation| related(relation, share, None, 0.0))
        }
        (Geometry::Areas(parts), Geometry::Areas(areas)) => {
            let whole = Shapes::of(parts);
            let shared = whole.shared_with(&Shapes::of(areas));
            let (whole_m2, shared_m2) = (whole.area_m2(), shared.area_m2());
            // Rings without extent are judged by their corners.
            if whole_m2 <= 0.0 {
                let corners = parts.iter().flat_map(|a| a.rings().iter().flatten().copied());
                let (inside, outside) = corners.fold((0u32, 0u32), |(inside, outside), corner| {
                    if holds(areas, corner) {
                        (inside + 1, outside)
                    } else {
                        (inside, outside + 1)
                    }
                });
                let relation = match (inside, outside) {
                    (0, _) => None,
                    (_, 0) => Some(Relation::Inside),
                    _ => Some(Relation::Crosses),
                };
                return relation
                    .map(|relation| related(relation, None, None, 0.0))
                    .or_else(|| {
                        (distance_m <= within_m).then(|| related(Relation::Within, None, None, distance_m))
                    });
            }
            let relation = if whole_m2 > 0.0 && whole_m2 - shared_m2 <= sliver(whole.border_m()) {
                Some(Relation::Inside)
            } else if shared_m2 > sliver(shared.border_m()) {
                Some(Relation::Crosses)
            } else {
                None
            };
            let share = (whole_m2 > 0.0).then(|| (shared_m2 / whole_m2).clamp(0.0, 1.0));
            relation.map(|relation| related(relation, share, Some(shared_m2), 0.0))
        }
        (Geometry::Areas(parts), Geometry::Points(points)) => points
            .iter()
            .any(|p| holds(parts, *p))
            .then(|| related(Relation::Crosses, None, None, 0.0)),
        (Geometry::Areas(parts), Geometry::Lines(lines)) => lines
            .iter()
            .any(|l| frame.length_inside(l, parts) > TOUCHING_M * 2.0)
            .then(|| related(Relation::Crosses, None, None, 0.0)),
        (Geometry::Lines(a), Geometry::Lines(b)) => frame
            .cross(a, b)
            .then(|| related(Relation::Crosses, None, None, 0.0)),
        _ => None,
    };
    met.or_else(|| {
        (distance_m <= TOUCHING_M).then(|| {
            let share = matches!(zone, Geometry::Areas(_)) && !matches!(site, Geometry::Points(_));
            related(Relation::Touches, share.then_some(0.0), None, 0.0)
        })
    })
    .or_else(|| (distance_m <= within_m).then(|| related(Relation::Within, None, None, distance_m)))
}

/// Area of a border's own uncertainty, m²: a strip as wide as what counts as touching.
fn sliver(border_m: f64) -> f64 {
    border_m * TOUCHING_M / 2.0
}

fn holds(areas: &[Polygon], p: LonLat) -> bool {
    areas.iter().any(|a| a.contains(p))
}

/// Areas cleaned: parts by the even-odd rule, then joined, so that nothing counts twice.
pub(crate) struct Shapes(Vec<Vec<Vec<[f64; 2]>>>);

impl Shapes {
    pub(crate) fn of(areas: &[Polygon]) -> Self {
        let mut all = Vec::new();
        for area in areas {
            let rings: Vec<Vec<[f64; 2]>> = area
                .rings()
                .iter()
                .filter(|r| r.len() > 2)
                .map(|r| r.iter().map(|p| [p.lon, p.lat]).collect())
                .collect();
            if !rings.is_empty() {
                all.extend(rings.simplify_shape(FillRule::EvenOdd));
            }
        }
        if all.len() > 1 {
            all = all.simplify_shape(FillRule::NonZero);
        }
        Self(all)
    }

    /// From outer rings that do not overlap.
    pub(crate) fn of_rings(rings: Vec<Vec<[f64; 2]>>) -> Self {
        Self(rings.into_iter().map(|ring| vec![ring]).collect())
    }

    pub(crate) fn shared_with(&self, other: &Self) -> Self {
        if self.0.is_empty() || other.0.is_empty() {
            return Self(Vec::new());
        }
        Self(
            self.0
                .overlay(&other.0, OverlayRule::Intersect, FillRule::NonZero),
        )
    }

    fn rings(&self) -> impl Iterator<Item = (bool, Vec<LonLat>)> + '_ {
        self.0.iter().flat_map(|shape| {
            shape
                .iter()
                .enumerate()
                .map(|(n, ring)| (n == 0, ring.iter().map(|p| LonLat::from(*p)).collect()))
        })
    }

    /// As polygons whose rings close themselves, the outer one first.
    pub(crate) fn into_polygons(self) -> Vec<Polygon> {
        let close = |ring: Vec<[f64; 2]>| -> Vec<LonLat> {
            let first = ring.first().copied();
            ring.into_iter().chain(first).map(LonLat::from).collect()
        };
        self.0
            .into_iter()
            .map(|shape| Polygon::new(shape.into_iter().map(close).collect()))
            .collect()
    }

    fn area_m2(&self) -> f64 {
        self.rings()
            .map(|(outer, ring)| if outer { area_m2(&ring) } else { -area_m2(&ring) })
            .sum()
    }

    fn border_m(&self) -> f64 {
        self.rings().map(|(_, ring)| length_m(&ring)).sum()
    }
}

type Xy = (f64, f64);
type Segment = (LonLat, LonLat);

/// The flat frame around the site, and the box beyond which nothing matters.
struct Frame {
    local: Local,
    window: Bounds,
}

impl Frame {
    /// Segments of a geometry that reach into the window; a point is a segment of no length, rings close themselves.
    fn segments(&self, geometry: &Geometry) -> Vec<(Xy, Xy)> {
        let mut out = Vec::new();
        let mut put = |a: LonLat, b: LonLat| {
            if Bounds::of([a, b]).is_some_and(|s| s.meets(&self.window)) {
                out.push((self.local.xy(a), self.local.xy(b)));
            }
        };
        match geometry {
            Geometry::Points(points) => points.iter().for_each(|p| put(*p, *p)),
            Geometry::Lines(lines) => lines.iter().for_each(|l| {
                l.iter().zip(l.iter().skip(1)).for_each(|(a, b)| put(*a, *b));
            }),
            Geometry::Areas(areas) => areas.iter().flat_map(Polygon::rings).for_each(|ring| {
                edges(ring).for_each(|(a, b)| put(a, b));
            }),
        }
        out
    }

    /// Metres between the lines and borders of both; infinite where nothing of them reaches into the window.
    fn distance(&self, a: &Geometry, b: &Geometry) -> f64 {
        let (left, right) = (self.segments(a), self.segments(b));
        let mut best = f64::INFINITY;
        for p in &left {
            for q in &right {
                if box_gap(p, q) < best {
                    best = best.min(gap(p, q));
                }
            }
        }
        best
    }

    fn cross(&self, a: &[Vec<LonLat>], b: &[Vec<LonLat>]) -> bool {
        let left = self.segments(&Geometry::Lines(a.to_vec()));
        let right = self.segments(&Geometry::Lines(b.to_vec()));
        left.iter().any(|p| {
            right
                .iter()
                .any(|q| box_gap(p, q) <= 0.0 && meets(p, q).is_some_and(|t| t > 0.0 && t < 1.0))
        })
    }

    /// Metres of a line inside of the areas: cut at every border, each piece judged by its middle.
    fn length_inside(&self, line: &[LonLat], areas: &[Polygon]) -> f64 {
        let borders: Vec<Segment> = areas
            .iter()
            .flat_map(Polygon::rings)
            .flat_map(|r| edges(r))
            .collect();
        let mut inside = 0.0;
        for (a, b) in line.iter().zip(line.iter().skip(1)) {
            let piece = (self.local.xy(*a), self.local.xy(*b));
            let reach = Bounds::of([*a, *b]);
            let mut cuts: Vec<f64> = borders
                .iter()
                .filter(|(p, q)| Bounds::of([*p, *q]).zip(reach).is_some_and(|(s, r)| s.meets(&r)))
                .filter_map(|(p, q)| meets(&piece, &(self.local.xy(*p), self.local.xy(*q))))
                .chain([0.0, 1.0])
                .collect();
            cuts.sort_by(f64::total_cmp);
            for (from, to) in cuts.iter().zip(cuts.iter().skip(1)) {
                let at = |t: f64| LonLat::new(a.lon + (b.lon - a.lon) * t, a.lat + (b.lat - a.lat) * t);
                if to > from && holds(areas, at(f64::midpoint(*from, *to))) {
                    inside += length_m(&[at(*from), at(*to)]);
                }
            }
        }
        inside
    }
}

fn edges(ring: &[LonLat]) -> impl Iterator<Item = Segment> + '_ {
    ring.iter()
        .copied()
        .zip(ring.iter().copied().cycle().skip(1))
        .filter(|(a, b)| a != b)
}

/// Where along the first segment (0 to 1) the second crosses it; `None` where it does not or they are parallel.
fn meets(((ax, ay), (bx, by)): &(Xy, Xy), ((cx, cy), (dx, dy)): &(Xy, Xy)) -> Option<f64> {
    let (rx, ry, sx, sy) = (bx - ax, by - ay, dx - cx, dy - cy);
    let cross = rx * sy - ry * sx;
    if cross == 0.0 {
        return None;
    }
    let t = ((cx - ax) * sy - (cy - ay) * sx) / cross;
    let u = ((cx - ax) * ry - (cy - ay) * rx) / cross;
    ((0.0..=1.0).contains(&t) && (0.0..=1.0).contains(&u)).then_some(t)
}

/// Metres between the boxes of two segments: never more than between the segments.
fn box_gap((a, b): &(Xy, Xy), (c, d): &(Xy, Xy)) -> f64 {
    let apart = |a: f64, b: f64, c: f64, d: f64| (c.min(d) - a.max(b)).max(a.min(b) - c.max(d)).max(0.0);
    apart(a.0, b.0, c.0, d.0).hypot(apart(a.1, b.1, c.1, d.1))
}

fn gap(p: &(Xy, Xy), q: &(Xy, Xy)) -> f64 {
    if meets(p, q).is_some() {
        return 0.0;
    }
    let ends = [from(p.0, q), from(p.1, q), from(q.0, p), from(q.1, p)];
    ends.into_iter().fold(f64::INFINITY, f64::min)
}

fn from((x, y): Xy, ((ax, ay), (bx, by)): &(Xy, Xy)) -> f64 {
    let (dx, dy) = (bx - ax, by - ay);
    let square = dx * dx + dy * dy;
    let part = if square > 0.0 {
        (((x - ax) * dx + (y - ay) * dy) / square).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (ax + dx * part - x).hypot(ay + dy * part - y)
}
