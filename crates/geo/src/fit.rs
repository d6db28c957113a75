//! «Do these points fit only after conversion?»: whether imported positions were really in GCJ-02 or BD-09.
//!
//! Guarantees no conversion by itself: it only says what would fit, and a person decides.

use crate::coord::{Crs, LonLat, convert};
use crate::measure::distance_m;
use crate::shape::Polygons;

/// How well positions fit when read in each coordinate system.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// For each system of [`Crs::ALL`]: how good the fit is; larger is better.
    scores: [(Crs, f64); 3],
    /// The system that fits clearly best, if one does.
    pub likely: Option<Crs>,
}

impl Fit {
    fn of(score: impl Fn(Crs) -> f64, clearly: impl Fn(f64, f64) -> bool) -> Self {
        let scores = Crs::ALL.map(|crs| (crs, score(crs)));
        let mut ordered = scores;
        ordered.sort_by(|a, b| b.1.total_cmp(&a.1));
        let [best, second, _] = ordered;
        let likely = clearly(best.1, second.1).then_some(best.0);
        Self { scores, likely }
    }

    /// Score when the positions are read in `crs`.
    pub fn score(&self, crs: Crs) -> f64 {
        self.scores
            .iter()
            .find(|(c, _)| *c == crs)
            .map_or(0.0, |(_, s)| *s)
    }

    /// Whether the positions fit only after conversion: then warn before importing them.
    pub fn needs_conversion(&self) -> bool {
        self.likely.is_some_and(|crs| crs != Crs::Cgcs2000)
    }
}

/// By an area that must hold all points. The score is the share inside. Only points near its edge can tell, so a system
/// is `likely` only where every point fits in it and in no other.
pub fn within(points: &[LonLat], area: &Polygons) -> Fit {
    let share = |crs| {
        let inside = points
            .iter()
            .filter(|p| p.is_valid() && area.contain(convert(**p, crs, Crs::Cgcs2000)))
            .count();
        if points.is_empty() {
            0.0
        } else {
            inside as f64 / points.len() as f64
        }
    };
    Fit::of(share, |best, second| best >= 1.0 && second < 1.0)
}

/// By known places: pairs of (imported position, true CGCS2000 position of the same thing). The score is the negative
/// median distance in metres. A system is `likely` where the median is below 300 m and less than half of the next one:
/// the offset in Shandong is about 500 m.
pub fn anchors(pairs: &[(LonLat, LonLat)]) -> Fit {
    let median = |crs| {
        let mut distances: Vec<f64> = pairs
            .iter()
            .filter(|(p, truth)| p.is_valid() && truth.is_valid())
            .map(|(p, truth)| distance_m(convert(*p, crs, Crs::Cgcs2000), *truth))
            .collect();
        distances.sort_by(f64::total_cmp);
        -distances
            .get(distances.len() / 2)
            .copied()
            .unwrap_or(f64::INFINITY)
    };
    Fit::of(median, |best, second| -best < 300.0 && -best * 2.0 < -second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::Polygon;

    const SEATS: [[f64; 2]; 4] = [
        [116.2423, 36.61],
        [116.251_38, 36.457_37],
        [115.939_12, 36.652_71],
        [116.3818, 36.5638],
    ];

    #[test]
    fn offset_positions_are_recognised_by_known_places() {
        for crs in Crs::ALL {
            let pairs: Vec<_> = SEATS
                .map(LonLat::from)
                .map(|truth| (convert(truth, Crs::Cgcs2000, crs), truth))
                .into();
            let fit = anchors(&pairs);
            assert_eq!(fit.likely, Some(crs), "{fit:?}");
            assert_eq!(fit.needs_conversion(), crs != Crs::Cgcs2000);
        }
        assert_eq!(anchors(&[]).likely, None);
    }

    #[test]
    fn an_area_tells_only_by_points_near_its_edge() {
        let ring = [[116.0, 36.5], [116.38, 36.5], [116.38, 36.6], [116.0, 36.6]].map(LonLat::from);
        let area = Polygons::new(vec![("区".into(), Polygon::new(vec![ring.into()]))]);
        let inner = LonLat::new(116.2, 36.55);
        assert_eq!(within(&[inner], &area).likely, None);
        let edge = LonLat::new(116.379, 36.5638);
        let shifted = convert(edge, Crs::Cgcs2000, Crs::Gcj02);
        let fit = within(&[convert(inner, Crs::Cgcs2000, Crs::Gcj02), shifted], &area);
        assert!(
            fit.score(Crs::Cgcs2000) < 1.0 && fit.score(Crs::Gcj02) >= 1.0,
            "{fit:?}"
        );
        assert!(!within(&[], &area).needs_conversion());
    }
}
