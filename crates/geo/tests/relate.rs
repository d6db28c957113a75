//! Zone tests: worked out by hand near Chiping, and what must hold of any shapes.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use geo::{Geometry, LonLat, Polygon, Relation, relate};
use proptest::prelude::*;

fn ring(points: &[[f64; 2]]) -> Vec<LonLat> {
    points.iter().map(|p| LonLat::from(*p)).collect()
}

fn square(west: f64, south: f64, side: f64) -> Vec<LonLat> {
    ring(&[
        [west, south],
        [west + side, south],
        [west + side, south + side],
        [west, south + side],
        [west, south],
    ])
}

fn area(rings: Vec<Vec<LonLat>>) -> Geometry {
    Geometry::Areas(vec![Polygon::new(rings)])
}

fn point(lon: f64, lat: f64) -> Geometry {
    Geometry::point(LonLat::new(lon, lat))
}

fn line(points: &[[f64; 2]]) -> Geometry {
    Geometry::Lines(vec![ring(points)])
}

/// A zone of 0.1° with a hole of 0.02° in it.
fn holed() -> Geometry {
    area(vec![square(116.2, 36.5, 0.1), square(116.24, 36.54, 0.02)])
}

fn relation(site: &Geometry, zone: &Geometry, within: f64) -> Option<Relation> {
    relate(site, zone, within).map(|r| r.relation)
}

#[test]
fn a_point_is_inside_on_the_border_near_or_away() {
    let zone = holed();
    assert_eq!(
        relation(&point(116.21, 36.51), &zone, 0.0),
        Some(Relation::Inside)
    );
    assert_eq!(relation(&point(116.25, 36.55), &zone, 0.0), None, "in the hole");
    assert_eq!(
        relation(&point(116.2, 36.55), &zone, 0.0),
        Some(Relation::Touches)
    );
    assert_eq!(
        relation(&point(116.24, 36.55), &zone, 0.0),
        Some(Relation::Touches),
        "at the hole"
    );
    // 0.001° of longitude at 36.55° N is 89.5 m.
    let near = relate(&point(116.199, 36.55), &zone, 100.0).unwrap();
    assert_eq!(near.relation, Relation::Within);
    assert!((near.distance_m - 89.5).abs() < 0.2, "{near:?}");
    assert_eq!(relation(&point(116.199, 36.55), &zone, 80.0), None);
    // Inside of the hole the border of the hole is what is near: 0.01° of latitude, 1 110 m.
    let hole = relate(&point(116.25, 36.55), &zone, 2_000.0).unwrap();
    assert!(
        hole.relation == Relation::Within && (hole.distance_m - 895.0).abs() < 3.0,
        "{hole:?}"
    );
}

#[test]
fn a_site_shares_the_part_that_lies_inside() {
    let zone = area(vec![square(116.2, 36.5, 0.1)]);
    let inside = relate(&area(vec![square(116.22, 36.52, 0.01)]), &zone, 0.0).unwrap();
    assert_eq!(inside.relation, Relation::Inside);
    assert!((inside.share.unwrap() - 1.0).abs() < 1e-6);
    // Three quarters of it hang out to the west.
    let crossing = relate(&area(vec![square(116.185, 36.52, 0.02)]), &zone, 0.0).unwrap();
    assert_eq!(crossing.relation, Relation::Crosses);
    assert!((crossing.share.unwrap() - 0.25).abs() < 1e-6, "{crossing:?}");
    // 0.005° by 0.02°: 447.6 m by 2 219.5 m.
    assert!(
        (crossing.shared_m2.unwrap() / 1e6 - 0.9934).abs() < 0.001,
        "{crossing:?}"
    );
    let neighbour = relate(&area(vec![square(116.1, 36.5, 0.1)]), &zone, 0.0).unwrap();
    assert_eq!(neighbour.relation, Relation::Touches);
    assert_eq!(
        relation(&area(vec![square(116.0, 36.5, 0.05)]), &zone, 1_000.0),
        None
    );
    let around = relate(&zone, &area(vec![square(116.22, 36.52, 0.01)]), 0.0).unwrap();
    assert_eq!(around.relation, Relation::Crosses);
    assert!((around.share.unwrap() - 0.01).abs() < 1e-4);
}

#[test]
fn a_site_in_the_hole_is_not_in_the_zone() {
    let zone = holed();
    assert_eq!(
        relation(&area(vec![square(116.245, 36.545, 0.005)]), &zone, 0.0),
        None
    );
    let over = relate(&area(vec![square(116.24, 36.54, 0.04)]), &zone, 0.0).unwrap();
    assert!((over.share.unwrap() - 0.75).abs() < 1e-3, "{over:?}");
    let filled = relate(&area(vec![square(116.24, 36.54, 0.02)]), &zone, 0.0).unwrap();
    assert_eq!(filled.relation, Relation::Touches);
}

#[test]
fn lines_cross_run_inside_and_touch() {
    let zone = area(vec![square(116.2, 36.5, 0.1)]);
    let through = relate(&line(&[[116.15, 36.55], [116.35, 36.55]]), &zone, 0.0).unwrap();
    assert_eq!(through.relation, Relation::Crosses);
    assert!((through.share.unwrap() - 0.5).abs() < 1e-6, "{through:?}");
    assert_eq!(
        relation(&line(&[[116.21, 36.51], [116.29, 36.59]]), &zone, 0.0),
        Some(Relation::Inside)
    );
    assert_eq!(
        relation(&line(&[[116.1, 36.5], [116.2, 36.5]]), &zone, 0.0),
        Some(Relation::Touches)
    );
    let through_hole = relate(&line(&[[116.2, 36.55], [116.3, 36.55]]), &holed(), 0.0).unwrap();
    assert!(
        (through_hole.share.unwrap() - 0.8).abs() < 1e-6,
        "{through_hole:?}"
    );
    let river = line(&[[116.2, 36.5], [116.3, 36.6]]);
    assert_eq!(
        relation(&line(&[[116.2, 36.6], [116.3, 36.5]]), &river, 0.0),
        Some(Relation::Crosses)
    );
    assert_eq!(
        relation(&area(vec![square(116.24, 36.54, 0.02)]), &river, 0.0),
        Some(Relation::Crosses)
    );
    assert_eq!(
        relation(&point(116.25, 36.5505), &river, 50.0),
        Some(Relation::Within)
    );
    assert_eq!(
        relation(
            &area(vec![square(116.24, 36.54, 0.02)]),
            &point(116.25, 36.55),
            0.0
        ),
        Some(Relation::Crosses)
    );
}

#[test]
fn several_parts_are_one_zone() {
    let zone = Geometry::Areas(vec![
        Polygon::new(vec![square(116.2, 36.5, 0.02)]),
        Polygon::new(vec![square(116.21, 36.5, 0.02)]),
        Polygon::new(vec![square(116.3, 36.5, 0.02)]),
    ]);
    let site = relate(&area(vec![square(116.2, 36.5, 0.12)]), &zone, 0.0).unwrap();
    // 0.03 × 0.02 (the overlap counts once) and 0.02 × 0.02 of 0.12 × 0.12.
    assert!((site.share.unwrap() - 0.001 / 0.0144).abs() < 1e-4, "{site:?}");
}

#[test]
fn bad_rings_still_have_an_inside() {
    let open = area(vec![ring(&[
        [116.2, 36.5],
        [116.3, 36.5],
        [116.3, 36.6],
        [116.2, 36.6],
    ])]);
    let clockwise = area(vec![ring(&[
        [116.2, 36.5],
        [116.2, 36.6],
        [116.3, 36.6],
        [116.3, 36.5],
        [116.2, 36.5],
    ])]);
    let site = area(vec![square(116.25, 36.55, 0.1)]);
    for zone in [&open, &clockwise] {
        assert!((relate(&site, zone, 0.0).unwrap().share.unwrap() - 0.25).abs() < 1e-3);
    }
    // A bow tie has two triangles.
    let tie = area(vec![ring(&[
        [116.2, 36.5],
        [116.3, 36.6],
        [116.3, 36.5],
        [116.2, 36.6],
        [116.2, 36.5],
    ])]);
    assert_eq!(relation(&point(116.21, 36.55), &tie, 0.0), Some(Relation::Inside));
    assert_eq!(relation(&point(116.25, 36.51), &tie, 0.0), None);
    let half = relate(&area(vec![square(116.2, 36.5, 0.1)]), &tie, 0.0).unwrap();
    assert!((half.share.unwrap() - 0.5).abs() < 1e-3, "{half:?}");
    for empty in [
        Geometry::Areas(vec![]),
        area(vec![]),
        area(vec![vec![]]),
        Geometry::Points(vec![]),
    ] {
        assert_eq!(relate(&site, &empty, 100.0), None);
        assert_eq!(relate(&empty, &site, 100.0), None);
    }
    let spike = area(vec![ring(&[[116.25, 36.55], [116.26, 36.56]])]);
    assert!(relate(&spike, &open, 0.0).is_some_and(|r| r.share.is_none()));
}

fn coordinate() -> impl Strategy<Value = [f64; 2]> {
    (116.0..116.2f64, 36.4..36.6f64).prop_map(|(x, y)| [x, y])
}

fn wild() -> impl Strategy<Value = Geometry> {
    prop::collection::vec(prop::collection::vec(coordinate(), 0..8), 1..4)
        .prop_map(|rings| area(rings.iter().map(|r| ring(r)).collect()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn shares_are_shares_and_areas_agree_both_ways(a in wild(), b in wild()) {
        let (there, back) = (relate(&a, &b, 0.0), relate(&b, &a, 0.0));
        for share in [there, back].into_iter().flatten().filter_map(|r| r.share) {
            prop_assert!((0.0..=1.0).contains(&share));
        }
        if let (Some(x), Some(y)) = (there.and_then(|r| r.shared_m2), back.and_then(|r| r.shared_m2)) {
            prop_assert!((x - y).abs() <= 1.0 + x * 1e-4, "{x} {y}");
        }
    }

    #[test]
    fn halves_add_up(site in wild(), cut in 116.02..116.18f64) {
        let whole = area(vec![ring(&[[116.0, 36.4], [116.2, 36.4], [116.2, 36.6], [116.0, 36.6]])]);
        let west = area(vec![ring(&[[116.0, 36.4], [cut, 36.4], [cut, 36.6], [116.0, 36.6]])]);
        let east = area(vec![ring(&[[cut, 36.4], [116.2, 36.4], [116.2, 36.6], [cut, 36.6]])]);
        let share = |zone| relate(&site, zone, 0.0).and_then(|r| r.share).unwrap_or(0.0);
        let (all, parts) = (share(&whole), share(&west) + share(&east));
        if let Some(related) = relate(&site, &whole, 0.0)
            && related.shared_m2.is_some_and(|m2| m2 > 1e6)
        {
            prop_assert!((all - parts).abs() < 1e-3, "{all} {parts}");
        }
    }

    #[test]
    fn where_a_ring_begins_and_how_it_turns_says_nothing(
        points in prop::collection::vec(coordinate(), 3..8), start in 0usize..8, x in coordinate()
    ) {
        let one = ring(&points);
        let mut other = one.clone();
        other.rotate_left(start % one.len());
        other.reverse();
        let site = Geometry::point(LonLat::from(x));
        prop_assert_eq!(relation(&site, &area(vec![one]), 50.0), relation(&site, &area(vec![other]), 50.0));
    }

    #[test]
    fn a_wider_look_never_loses_a_zone(site in coordinate(), zone in wild(), near in 0.0..500.0f64, more in 0.0..5_000.0f64) {
        let site = Geometry::point(LonLat::from(site));
        if relate(&site, &zone, near).is_some() {
            prop_assert!(relate(&site, &zone, near + more).is_some());
        }
    }
}
