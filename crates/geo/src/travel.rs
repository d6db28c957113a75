//! From a bad section up the rivers: what discharges above it, how far along the water, and how long the water took.

use crate::coord::LonLat;
use crate::rivers::{Chainage, Flow, RiverGraph};

/// Something above a section.
#[derive(Clone, Debug, PartialEq)]
pub struct Reached<T> {
    /// What.
    pub what: T,
    /// Metres along the rivers from it to the section.
    pub distance_m: f64,
    /// Seconds the water took at the velocity asked with; `None` without one.
    pub travel_s: Option<f64>,
    /// Where it stands on its reach.
    pub at: Chainage,
}

/// Everything of `candidates` whose water passes the section, nearest first. A candidate farther than `snap_m` from any
/// river is not on the graph and comes back in the second list. `velocity_ms` is the mean velocity of the water in m/s,
/// for all reaches alike; what is not above zero gives no travel time.
pub fn upstream<T: Clone>(
    rivers: &RiverGraph,
    section: LonLat,
    candidates: &[(T, LonLat)],
    snap_m: f64,
    max_m: f64,
    velocity_ms: f64,
) -> Option<(Vec<Reached<T>>, Vec<T>)> {
    let from = rivers.locate(section, snap_m)?;
    let mut placed = Vec::new();
    let mut off = Vec::new();
    for (index, (what, at)) in candidates.iter().enumerate() {
        match rivers.locate(*at, snap_m) {
            Some(chainage) => placed.push((index, chainage)),
            None => off.push(what.clone()),
        }
    }
    let known = (velocity_ms.is_finite() && velocity_ms > 0.0).then_some(velocity_ms);
    let found = rivers.search(from, Flow::Upstream, &placed, max_m);
    let reached = found
        .into_iter()
        .filter_map(|f| {
            let (_, at) = placed.iter().find(|(index, _)| *index == f.what)?;
            let (what, _) = candidates.get(f.what)?;
            Some(Reached {
                what: what.clone(),
                distance_m: f.distance_m,
                travel_s: known.map(|v| f.distance_m / v),
                at: *at,
            })
        })
        .collect();
    Some((reached, off))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::distance_m;
    use crate::rivers::Reach;

    #[test]
    fn outlets_above_a_section_come_with_distance_and_hours() {
        let reach = |name: &str, course: &[[f64; 2]]| Reach {
            name: name.into(),
            course: course.iter().map(|p| LonLat::from(*p)).collect(),
        };
        let rivers = RiverGraph::new(
            [
                reach("干流", &[[116.00, 36.50], [116.20, 36.50]]),
                reach("支流", &[[116.10, 36.55], [116.10, 36.5001]]),
            ],
            50.0,
        );
        let outlets = [
            ("支流口", LonLat::new(116.10, 36.53)),
            ("上游口", LonLat::new(116.05, 36.50)),
            ("下游口", LonLat::new(116.18, 36.50)),
            ("远处", LonLat::new(116.05, 36.90)),
        ];
        let section = LonLat::new(116.15, 36.5);
        let (found, off) = upstream(&rivers, section, &outlets, 200.0, 50_000.0, 0.2).unwrap();
        assert_eq!(
            found.iter().map(|f| f.what).collect::<Vec<_>>(),
            ["支流口", "上游口"]
        );
        assert_eq!(off, ["远处"]);
        // By hand: 0.05° of longitude and 0.03° of latitude, 4 476 m + 3 329 m, and 0.1° of longitude, 8 953 m.
        let tributary = distance_m(LonLat::new(116.10, 36.5), section)
            + distance_m(LonLat::new(116.10, 36.53), LonLat::new(116.10, 36.5));
        assert!(
            (found[0].distance_m - tributary).abs() < 15.0 && (tributary - 7_805.0).abs() < 10.0,
            "{tributary}"
        );
        assert!(
            (found[1].distance_m - 8_954.0).abs() < 10.0,
            "{}",
            found[1].distance_m
        );
        let hours = found[1].travel_s.unwrap() / 3600.0;
        assert!((hours - 12.44).abs() < 0.02, "{hours}");
        let still = upstream(&rivers, section, &outlets, 200.0, 50_000.0, 0.0)
            .unwrap()
            .0;
        assert_eq!(still[0].travel_s, None);
        assert!(upstream(&rivers, LonLat::new(117.0, 37.0), &outlets, 200.0, 5e4, 0.2).is_none());
    }
}
