//! Vector tiles read back by a reader of their own, and a geometry worked out by hand.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use geo::{Drawn, Geometry, LonLat, Polygon, Tag, Tile, encode};
use proptest::prelude::*;

enum Part<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let (mut n, mut shift) = (0, 0);
    loop {
        let b = bytes[0];
        *bytes = &bytes[1..];
        n |= u64::from(b & 0x7F) << shift;
        shift += 7;
        if b < 0x80 {
            return n;
        }
    }
}

fn message(mut bytes: &[u8]) -> Vec<(u64, Part<'_>)> {
    let mut out = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes);
        match key & 7 {
            0 => out.push((key >> 3, Part::Number(varint(&mut bytes)))),
            2 => {
                let length = usize::try_from(varint(&mut bytes)).unwrap();
                out.push((key >> 3, Part::Bytes(&bytes[..length])));
                bytes = &bytes[length..];
            }
            other => panic!("wire type {other}"),
        }
    }
    out
}

fn bytes_of<'a>(parts: &'a [(u64, Part<'a>)], field: u64) -> Vec<&'a [u8]> {
    parts
        .iter()
        .filter_map(|(f, p)| match p {
            Part::Bytes(b) if *f == field => Some(*b),
            _ => None,
        })
        .collect()
}

fn number_of(parts: &[(u64, Part<'_>)], field: u64) -> u64 {
    parts
        .iter()
        .find_map(|(f, p)| match p {
            Part::Number(n) if *f == field => Some(*n),
            _ => None,
        })
        .unwrap()
}

fn packed(mut bytes: &[u8]) -> Vec<u64> {
    let mut out = Vec::new();
    while !bytes.is_empty() {
        out.push(varint(&mut bytes));
    }
    out
}

struct Read {
    number: u64,
    kind: u64,
    tags: BTreeMap<String, String>,
    paths: Vec<Vec<(i64, i64)>>,
}

fn zigzag(n: u64) -> i64 {
    i64::try_from(n >> 1).unwrap() ^ -i64::try_from(n & 1).unwrap()
}

fn paths(commands: &[u64]) -> Vec<Vec<(i64, i64)>> {
    let (mut at, mut out, mut n) = ((0, 0), Vec::<Vec<(i64, i64)>>::new(), 0);
    while n < commands.len() {
        let (id, count) = (commands[n] & 7, commands[n] >> 3);
        n += 1;
        for _ in 0..if id == 7 { 0 } else { count } {
            at = (at.0 + zigzag(commands[n]), at.1 + zigzag(commands[n + 1]));
            n += 2;
            if id == 1 {
                out.push(Vec::new());
            }
            out.last_mut().unwrap().push(at);
        }
    }
    out
}

fn read(tile: &[u8]) -> Vec<Read> {
    let outer = message(tile);
    let layer = message(bytes_of(&outer, 3)[0]);
    assert_eq!(number_of(&layer, 15), 2);
    assert_eq!(number_of(&layer, 5), 4096);
    let keys: Vec<String> = bytes_of(&layer, 3)
        .iter()
        .map(|b| String::from_utf8(b.to_vec()).unwrap())
        .collect();
    let values: Vec<String> = bytes_of(&layer, 4)
        .iter()
        .map(|b| match &message(b)[0] {
            (1, Part::Bytes(t)) => String::from_utf8(t.to_vec()).unwrap(),
            (6, Part::Number(n)) => zigzag(*n).to_string(),
            (7, Part::Number(n)) => (*n == 1).to_string(),
            _ => panic!("value"),
        })
        .collect();
    bytes_of(&layer, 2)
        .iter()
        .map(|b| {
            let feature = message(b);
            let tags = packed(bytes_of(&feature, 2)[0]);
            Read {
                number: number_of(&feature, 1),
                kind: number_of(&feature, 3),
                tags: tags
                    .chunks(2)
                    .map(|t| {
                        let at = |n: u64| usize::try_from(n).unwrap();
                        (keys[at(t[0])].clone(), values[at(t[1])].clone())
                    })
                    .collect(),
                paths: paths(&packed(bytes_of(&feature, 4)[0])),
            }
        })
        .collect()
}

/// A place in a tile by its steps.
fn place(tile: Tile, x: f64, y: f64) -> LonLat {
    let b = tile.bounds();
    let (z, tx, ty) = tile.zxy();
    let side = f64::from(1_u32 << z);
    let world = (f64::from(ty) + y / 4096.0) / side;
    let lat = (std::f64::consts::PI * (1.0 - 2.0 * world))
        .sinh()
        .atan()
        .to_degrees();
    let _ = tx;
    LonLat::new(b.west + (b.east - b.west) * x / 4096.0, lat)
}

fn tile() -> Tile {
    Tile::holding(LonLat::new(116.25, 36.58), 12)
}

fn surface(path: &[(i64, i64)]) -> i64 {
    path.iter()
        .zip(path.iter().cycle().skip(1))
        .map(|(a, b)| a.0 * b.1 - b.0 * a.1)
        .sum()
}

#[test]
fn points_carry_their_number_and_properties() {
    let t = tile();
    let geometry = Geometry::point(place(t, 25.0, 17.0));
    let tags = [
        ("title", Tag::Text("一号")),
        ("n", Tag::Number(-3)),
        ("demo", Tag::Flag(true)),
    ];
    let drawn = Drawn {
        number: 300,
        geometry: &geometry,
        tags: &tags,
    };
    let bytes = encode("places", t, [drawn, drawn]);
    let found = read(&bytes);
    assert_eq!(found.len(), 2);
    assert_eq!((found[0].number, found[0].kind), (300, 1));
    assert_eq!(found[0].paths, [[(25, 17)]]);
    assert_eq!(found[0].tags["title"], "一号");
    assert_eq!(
        (found[0].tags["n"].as_str(), found[0].tags["demo"].as_str()),
        ("-3", "true")
    );
    // The specification's own example of a point at (25, 17) is 9 50 34.
    assert!(bytes.windows(3).any(|w| w == [9, 50, 34]));
    let outside = Geometry::point(place(t, 5_000.0, 17.0));
    let none = Drawn {
        geometry: &outside,
        ..drawn
    };
    assert!(encode("places", t, [none]).is_empty());
}

#[test]
fn areas_are_clipped_wound_and_keep_their_holes() {
    let t = tile();
    let at = |points: &[[f64; 2]]| points.iter().map(|p| place(t, p[0], p[1])).collect::<Vec<_>>();
    let outer = at(&[
        [-1_000.0, 1_000.0],
        [2_000.0, 1_000.0],
        [2_000.0, 2_000.0],
        [-1_000.0, 2_000.0],
    ]);
    let hole = at(&[
        [100.0, 1_200.0],
        [400.0, 1_200.0],
        [400.0, 1_500.0],
        [100.0, 1_500.0],
    ]);
    for turned in [false, true] {
        let mut rings = vec![outer.clone(), hole.clone()];
        if turned {
            for ring in &mut rings {
                ring.reverse();
            }
        }
        let geometry = Geometry::Areas(vec![Polygon::new(rings)]);
        let drawn = Drawn {
            number: 1,
            geometry: &geometry,
            tags: &[],
        };
        let found = encode("zones", t, [drawn]);
        let layer = message(&found);
        let layer = message(bytes_of(&layer, 3)[0]);
        let feature = message(bytes_of(&layer, 2)[0]);
        let rings = paths(&packed(bytes_of(&feature, 4)[0]));
        // Clipped 64 steps west of the tile: 2 064 by 1 000, less 300 by 300.
        assert_eq!(surface(&rings[0]), 2 * 2_064 * 1_000);
        assert_eq!(surface(&rings[1]), -2 * 300 * 300);
    }
}

#[test]
fn lines_are_cut_where_they_leave_and_small_bends_left_out() {
    let t = tile();
    let at = |x: f64, y: f64| place(t, x, y);
    let out_and_in = vec![
        at(100.0, 100.0),
        at(100.0, -500.0),
        at(300.0, -500.0),
        at(300.0, 200.0),
    ];
    let bends: Vec<LonLat> = (0..1_000_u32)
        .map(|n| at(f64::from(n), 2_000.0 + f64::from(n % 2) * 0.4))
        .collect();
    let geometry = Geometry::Lines(vec![out_and_in, bends]);
    let drawn = Drawn {
        number: 1,
        geometry: &geometry,
        tags: &[("a", Tag::Flag(false))],
    };
    let found = read(&encode("lines", t, [drawn]));
    assert_eq!(found[0].kind, 2);
    assert_eq!(found[0].paths.len(), 3);
    assert_eq!(found[0].paths[0], [(100, 100), (100, -64)]);
    assert_eq!(found[0].paths[1], [(300, -64), (300, 200)]);
    assert!(found[0].paths[2].len() < 5, "{:?}", found[0].paths[2]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn whatever_is_drawn_stays_within_the_margin(
        points in prop::collection::vec((-20_000.0..20_000.0f64, -20_000.0..20_000.0f64), 1..12)
    ) {
        let t = tile();
        let ring: Vec<LonLat> = points.iter().map(|(x, y)| place(t, *x, *y)).collect();
        for geometry in [
            Geometry::Points(ring.clone()),
            Geometry::Lines(vec![ring.clone()]),
            Geometry::Areas(vec![Polygon::new(vec![ring])]),
        ] {
            let tags = [("a", Tag::Number(1))];
            let bytes = encode("x", t, [Drawn { number: 1, geometry: &geometry, tags: &tags }]);
            if bytes.is_empty() {
                continue;
            }
            for (x, y) in read(&bytes).iter().flat_map(|f| f.paths.iter().flatten()) {
                prop_assert!((-64..=4160).contains(x) && (-64..=4160).contains(y), "{x} {y}");
            }
        }
    }
}
