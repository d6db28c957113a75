//! The river graph: reaches drawn in flow order, joined where an end meets another reach, searched up- and downstream.
//!
//! Every search is bounded: each joint is passed at most once, and nothing is looked for beyond the given distance.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::coord::LonLat;
use crate::measure::{Local, distance_m};
use crate::shape::{GeoError, lines};

/// A reach (河段): a named line from source to mouth.
#[derive(Clone, Debug, PartialEq)]
pub struct Reach {
    /// Name.
    pub name: String,
    /// Course in flow order.
    pub course: Vec<LonLat>,
}

/// Which reach of a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReachId(usize);

/// A place on a reach (桩号).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chainage {
    /// Which reach.
    pub reach: ReachId,
    /// Metres from the beginning of the reach.
    pub along_m: f64,
    /// How far the located point stood from the line, metres.
    pub offset_m: f64,
}

/// With or against the current.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// 下游
    Downstream,
    /// 上游
    Upstream,
}

/// Something found along the river.
#[derive(Clone, Debug, PartialEq)]
pub struct Found<T> {
    /// What.
    pub what: T,
    /// Metres along the river.
    pub distance_m: f64,
}

#[derive(Clone, Debug)]
struct Course {
    name: String,
    points: Vec<(LonLat, f64)>,
    length_m: f64,
}

#[derive(Clone, Copy, Debug)]
struct Joint {
    from: (usize, f64),
    to: (usize, f64),
}

/// Reaches and their joints.
#[derive(Clone, Debug, Default)]
pub struct RiverGraph {
    courses: Vec<Course>,
    joints: Vec<Joint>,
}

/// A step of the search, nearest first.
struct Step {
    distance_m: f64,
    reach: usize,
    along_m: f64,
    joint: Option<usize>,
}

impl PartialEq for Step {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Step {}
impl PartialOrd for Step {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Step {
    fn cmp(&self, other: &Self) -> Ordering {
        other.distance_m.total_cmp(&self.distance_m)
    }
}

impl RiverGraph {
    /// Joins reaches whose first or last point lies within `snap_m` metres of another reach: a last point flows into it,
    /// a first point branches off it. Reaches of fewer than two points are passed over.
    pub fn new(reaches: impl IntoIterator<Item = Reach>, snap_m: f64) -> Self {
        let courses: Vec<Course> = reaches
            .into_iter()
            .filter(|r| r.course.len() > 1)
            .map(Course::new)
            .collect();
        let mut graph = Self {
            courses,
            joints: Vec::new(),
        };
        let mut joints = Vec::new();
        for (index, course) in graph.courses.iter().enumerate() {
            let first = course.points.first().map(|(p, _)| *p);
            let last = course.points.last().map(|(p, _)| *p);
            let elsewhere = |p: LonLat| graph.nearest(p, snap_m, Some(index));
            if let Some(at) = last.and_then(elsewhere) {
                joints.push(Joint {
                    from: (index, course.length_m),
                    to: (at.reach.0, at.along_m),
                });
            }
            if let Some(at) = first.and_then(elsewhere) {
                let into = (at.reach.0, at.along_m);
                // Where a reach begins at the end of another, the end's own joint already says so.
                let doubled = graph.ends_at(into, snap_m);
                if !doubled {
                    joints.push(Joint {
                        from: into,
                        to: (index, 0.0),
                    });
                }
            }
        }
        graph.joints = joints;
        graph
    }

    /// From a layer of lines drawn in flow order; `label` names the property with the river's name.
    pub fn from_geojson(text: &str, label: &str, snap_m: f64) -> Result<Self, GeoError> {
        let reaches = lines(text, label)?;
        Ok(Self::new(
            reaches.into_iter().map(|(name, course)| Reach { name, course }),
            snap_m,
        ))
    }

    /// Name of a reach.
    pub fn name(&self, reach: ReachId) -> Option<&str> {
        self.courses.get(reach.0).map(|c| c.name.as_str())
    }

    /// Length of a reach, metres.
    pub fn length_m(&self, reach: ReachId) -> Option<f64> {
        self.courses.get(reach.0).map(|c| c.length_m)
    }

    /// Where a point lies on the nearest reach, if one is within `within_m` metres.
    pub fn locate(&self, point: LonLat, within_m: f64) -> Option<Chainage> {
        self.nearest(point, within_m, None)
    }

    /// Position of a place on its reach.
    pub fn position(&self, at: Chainage) -> Option<LonLat> {
        let course = self.courses.get(at.reach.0)?;
        let mut pairs = course.points.iter().zip(course.points.iter().skip(1));
        let ((a, from), (b, to)) = pairs
            .clone()
            .find(|(_, (_, to))| *to >= at.along_m)
            .or(pairs.next_back())?;
        let part = if to > from {
            ((at.along_m - from) / (to - from)).clamp(0.0, 1.0)
        } else {
            0.0
        };
        Some(LonLat::new(
            a.lon + (b.lon - a.lon) * part,
            a.lat + (b.lat - a.lat) * part,
        ))
    }

    /// All candidates that the water passes (or passed) within `max_m` metres of river, nearest first. A candidate at
    /// the very place is found in both directions, at distance 0.
    pub fn search<T: Clone>(
        &self,
        from: Chainage,
        flow: Flow,
        candidates: &[(T, Chainage)],
        max_m: f64,
    ) -> Vec<Found<T>> {
        let mut best: Vec<Option<f64>> = vec![None; candidates.len()];
        self.walk(from, flow, max_m, |step| {
            for ((_, at), best) in candidates.iter().zip(&mut best) {
                let ahead = ahead(flow, step.along_m, at.along_m);
                if at.reach.0 == step.reach && ahead >= 0.0 && step.distance_m + ahead <= max_m {
                    let distance = step.distance_m + ahead;
                    *best = Some(best.map_or(distance, |b| b.min(distance)));
                }
            }
        });
        let mut found: Vec<Found<T>> = candidates
            .iter()
            .zip(best)
            .filter_map(|((what, _), best)| {
                best.map(|distance_m| Found {
                    what: what.clone(),
                    distance_m,
                })
            })
            .collect();
        found.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m));
        found
    }

    /// Metres the water flows from `from` to `to`; `None` where it does not get there.
    pub fn flow_distance_m(&self, from: Chainage, to: Chainage) -> Option<f64> {
        self.search(from, Flow::Downstream, &[((), to)], f64::INFINITY)
            .first()
            .map(|f| f.distance_m)
    }

    fn walk(&self, from: Chainage, flow: Flow, max_m: f64, mut visit: impl FnMut(&Step)) {
        let mut passed = vec![false; self.joints.len()];
        let mut heap = BinaryHeap::from([Step {
            distance_m: 0.0,
            reach: from.reach.0,
            along_m: from.along_m,
            joint: None,
        }]);
        while let Some(step) = heap.pop() {
            // The nearest way through a joint leaves the heap first; longer ways through it are dropped here.
            if let Some(seen) = step.joint.and_then(|j| passed.get_mut(j)) {
                if *seen {
                    continue;
                }
                *seen = true;
            }
            visit(&step);
            for (index, joint) in self.joints.iter().enumerate() {
                let (near, far) = match flow {
                    Flow::Downstream => (joint.from, joint.to),
                    Flow::Upstream => (joint.to, joint.from),
                };
                let ahead = ahead(flow, step.along_m, near.1);
                let distance_m = step.distance_m + ahead;
                let open = passed.get(index) == Some(&false);
                if open && near.0 == step.reach && ahead >= 0.0 && distance_m <= max_m {
                    heap.push(Step {
                        distance_m,
                        reach: far.0,
                        along_m: far.1,
                        joint: Some(index),
                    });
                }
            }
        }
    }

    fn nearest(&self, point: LonLat, within_m: f64, except: Option<usize>) -> Option<Chainage> {
        let local = Local::at(point);
        self.courses
            .iter()
            .enumerate()
            .filter(|(index, _)| Some(*index) != except)
            .filter_map(|(index, course)| {
                let (offset_m, along_m) = course.nearest(&local)?;
                Some(Chainage {
                    reach: ReachId(index),
                    along_m,
                    offset_m,
                })
            })
            .filter(|c| c.offset_m <= within_m)
            .min_by(|a, b| a.offset_m.total_cmp(&b.offset_m))
    }

    fn ends_at(&self, (reach, along_m): (usize, f64), snap_m: f64) -> bool {
        self.courses
            .get(reach)
            .is_some_and(|c| c.length_m - along_m <= snap_m)
    }
}

/// Metres ahead of `here` at which `there` lies on the same reach; negative where it lies behind. A centimetre of
/// rounding counts as the same place.
fn ahead(flow: Flow, here: f64, there: f64) -> f64 {
    let ahead = match flow {
        Flow::Downstream => there - here,
        Flow::Upstream => here - there,
    };
    if ahead.abs() < 0.01 { 0.0 } else { ahead }
}

impl Course {
    fn new(reach: Reach) -> Self {
        let mut length_m = 0.0;
        let mut before: Option<LonLat> = None;
        let points = reach
            .course
            .into_iter()
            .map(|p| {
                length_m += before.map_or(0.0, |b| distance_m(b, p));
                before = Some(p);
                (p, length_m)
            })
            .collect();
        Self {
            name: reach.name,
            points,
            length_m,
        }
    }

    /// Distance of the frame's origin from the line and metres along it of the nearest place.
    fn nearest(&self, local: &Local) -> Option<(f64, f64)> {
        let pairs = self.points.iter().zip(self.points.iter().skip(1));
        pairs
            .map(|((a, from), (b, to))| {
                let ((ax, ay), (bx, by)) = (local.xy(*a), local.xy(*b));
                let (dx, dy) = (bx - ax, by - ay);
                let square = dx * dx + dy * dy;
                let part = if square > 0.0 {
                    (-(ax * dx + ay * dy) / square).clamp(0.0, 1.0)
                } else {
                    0.0
                };
                let offset = (ax + dx * part).hypot(ay + dy * part);
                (offset, from + (to - from) * part)
            })
            .min_by(|a, b| a.0.total_cmp(&b.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // A main river of two reaches, a tributary into its first, a canal branching off the second.
    fn graph() -> RiverGraph {
        let reach = |name: &str, course: &[[f64; 2]]| Reach {
            name: name.into(),
            course: course.iter().map(|p| LonLat::from(*p)).collect(),
        };
        RiverGraph::new(
            [
                reach("上干流", &[[116.00, 36.50], [116.10, 36.50]]),
                reach("下干流", &[[116.10, 36.50], [116.20, 36.50]]),
                reach("支流", &[[116.05, 36.60], [116.05, 36.5005]]),
                reach("引渠", &[[116.15, 36.50], [116.15, 36.40]]),
                reach("别河", &[[117.0, 37.0], [117.1, 37.0]]),
            ],
            150.0,
        )
    }

    fn at(graph: &RiverGraph, lon: f64, lat: f64) -> Chainage {
        graph.locate(LonLat::new(lon, lat), 500.0).unwrap()
    }

    #[test]
    fn water_flows_down_through_every_joint_and_never_up() {
        let g = graph();
        let source = at(&g, 116.05, 36.58);
        let below = at(&g, 116.18, 36.50);
        let above = at(&g, 116.02, 36.50);
        let canal = at(&g, 116.15, 36.45);
        let names = [
            ("below", below),
            ("above", above),
            ("canal", canal),
            ("other", at(&g, 117.05, 37.0)),
        ];
        let down: Vec<_> = g.search(source, Flow::Downstream, &names, 1e6);
        assert_eq!(
            down.iter().map(|f| f.what).collect::<Vec<_>>(),
            ["below", "canal"]
        );
        let up: Vec<_> = g
            .search(below, Flow::Upstream, &names, 1e6)
            .into_iter()
            .map(|f| f.what)
            .collect();
        assert_eq!(up, ["below", "above"]);
        assert_eq!(g.flow_distance_m(below, source), None);
        let there = g.flow_distance_m(source, below).unwrap();
        let back = g.search(below, Flow::Upstream, &[((), source)], 1e6)[0].distance_m;
        assert!((there - back).abs() < 1e-6);
        let straight = distance_m(LonLat::new(116.05, 36.58), LonLat::new(116.05, 36.50))
            + distance_m(LonLat::new(116.05, 36.50), LonLat::new(116.18, 36.50));
        assert!((there - straight).abs() < 150.0, "{there} {straight}");
    }

    #[test]
    fn a_search_keeps_its_bound_and_a_place_finds_itself() {
        let g = graph();
        let here = at(&g, 116.02, 36.5);
        let near = at(&g, 116.03, 36.5);
        let far = at(&g, 116.19, 36.5);
        let found = g.search(here, Flow::Downstream, &[(1, near), (2, far), (3, here)], 2_000.0);
        assert_eq!(found.iter().map(|f| f.what).collect::<Vec<_>>(), [3, 1]);
        assert!(found[0].distance_m.abs() < 1e-9);
    }

    #[test]
    fn places_are_measured_along_the_line() {
        let g = graph();
        let place = at(&g, 116.04, 36.501);
        assert_eq!(g.name(place.reach), Some("上干流"));
        assert!((place.offset_m - 111.0).abs() < 1.0);
        let p = g.position(place).unwrap();
        assert!((p.lon - 116.04).abs() < 1e-6 && (p.lat - 36.5).abs() < 1e-6);
        assert_eq!(g.locate(LonLat::new(116.04, 36.6), 500.0), None);
        assert!(g.length_m(place.reach).unwrap() > 8_000.0);
    }

    #[test]
    fn a_ring_of_canals_ends_the_search() {
        let reach = |name: &str, a: [f64; 2], b: [f64; 2]| Reach {
            name: name.into(),
            course: vec![a.into(), b.into()],
        };
        let (a, b, c) = ([116.0, 36.5], [116.1, 36.5], [116.1, 36.6]);
        let ring = RiverGraph::new([reach("一", a, b), reach("二", b, c), reach("三", c, a)], 10.0);
        let here = ring.locate(LonLat::new(116.05, 36.5), 10.0).unwrap();
        let behind = ring.locate(LonLat::new(116.01, 36.5), 10.0).unwrap();
        let whole: f64 = (0..3).map(|i| ring.length_m(ReachId(i)).unwrap()).sum();
        let round = ring.flow_distance_m(here, behind).unwrap();
        assert!(round < whole && round > whole * 0.8, "{round} {whole}");
    }
}
