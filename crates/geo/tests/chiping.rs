//! The shipped map of Chiping: its area is the published one, and its rivers carry water where people say they do.
#![allow(missing_docs, clippy::unwrap_used)]

use geo::{Flow, LonLat, Polygons, RiverGraph, within};

fn layer(name: &str) -> String {
    let path = format!(
        "{}/../../profiles/chiping/map/{name}.geojson",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn the_district_has_its_published_area_and_holds_its_towns() {
    let district = Polygons::from_geojson(&layer("district"), "zh").unwrap();
    let km2: f64 = district.iter().map(|(_, p)| p.area_m2() / 1e6).sum();
    assert!(
        (km2 - 1003.37).abs() < 2.0,
        "{km2} km² against the official 1003.37"
    );
    assert_eq!(district.which(LonLat::new(116.2496, 36.5805)), Some("茌平区"));
    let towns: Vec<LonLat> = layer("towns")
        .split("\"coordinates\":[")
        .skip(1)
        .map(|rest| {
            let mut numbers = rest
                .split(']')
                .next()
                .unwrap()
                .split(',')
                .map(|n| n.parse().unwrap());
            LonLat::new(numbers.next().unwrap(), numbers.next().unwrap())
        })
        .collect();
    assert_eq!(towns.len(), 14);
    let fit = within(&towns, &district);
    assert!((fit.score(geo::Crs::Cgcs2000) - 1.0).abs() < 1e-9 && !fit.needs_conversion());
}

#[test]
fn the_town_rivers_reach_the_exit_of_the_tuhai_and_no_other_river() {
    let rivers = RiverGraph::from_geojson(&layer("rivers"), "zh", 200.0).unwrap();
    let at = |lon, lat| rivers.locate(LonLat::new(lon, lat), 300.0).unwrap();
    let sections = [
        ("入境", at(116.08, 36.51)),
        ("出境", at(116.24, 36.71)),
        ("前油坊", at(116.40, 36.85)),
        ("董姑桥", at(116.22, 37.01)),
        ("赵牛桥", at(116.39, 36.52)),
    ];
    for (lon, lat) in [(116.254, 36.66), (116.203, 36.641)] {
        let found = rivers.search(at(lon, lat), Flow::Downstream, &sections, 200_000.0);
        assert_eq!(
            found.iter().map(|f| f.what).collect::<Vec<_>>(),
            ["出境", "前油坊"]
        );
    }
    let upstream = rivers.search(at(116.24, 36.71), Flow::Upstream, &sections, 200_000.0);
    assert_eq!(
        upstream.iter().map(|f| f.what).collect::<Vec<_>>(),
        ["出境", "入境"]
    );
}
