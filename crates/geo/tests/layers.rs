//! Layer files: what offices send, and what somebody hostile would.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap
)]

use std::io::{Cursor, Write};

use geo::layer::suspect::{SuspicionKind, examine};
use geo::layer::{Kind, Layer, Reading, read};
use geo::{Crs, Geometry, LonLat, Polygons, convert};
use proptest::prelude::*;

const GEOGRAPHIC: &str = r#"GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]"#;

fn projected(easting: &str) -> String {
    format!(
        r#"PROJCS["CGCS2000_3_Degree_GK_CM_117E",{GEOGRAPHIC},PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",{easting}],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",117.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]"#
    )
}

fn pack(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A .shp of areas, each a list of rings.
fn shp(areas: &[Vec<Vec<[f64; 2]>>]) -> Vec<u8> {
    let mut out = vec![0; 100];
    out[..4].copy_from_slice(&9994_i32.to_be_bytes());
    out[28..32].copy_from_slice(&1000_i32.to_le_bytes());
    out[32..36].copy_from_slice(&5_i32.to_le_bytes());
    for (n, rings) in areas.iter().enumerate() {
        let mut content = 5_i32.to_le_bytes().to_vec();
        content.extend([0; 32]);
        content.extend((rings.len() as i32).to_le_bytes());
        content.extend((rings.iter().map(Vec::len).sum::<usize>() as i32).to_le_bytes());
        let mut start = 0;
        for ring in rings {
            content.extend((start as i32).to_le_bytes());
            start += ring.len();
        }
        for p in rings.iter().flatten() {
            content.extend(p[0].to_le_bytes());
            content.extend(p[1].to_le_bytes());
        }
        out.extend((n as i32 + 1).to_be_bytes());
        out.extend((content.len() as i32 / 2).to_be_bytes());
        out.extend(content);
    }
    out
}

/// A .dbf of text columns of 20 bytes.
fn dbf(columns: &[&[u8]], rows: &[Vec<&[u8]>], driver: u8) -> Vec<u8> {
    let width = 1 + 20 * columns.len();
    let header = 33 + 32 * columns.len();
    let mut out = vec![0; 32];
    out[0] = 3;
    out[4..8].copy_from_slice(&(rows.len() as u32).to_le_bytes());
    out[8..10].copy_from_slice(&(header as u16).to_le_bytes());
    out[10..12].copy_from_slice(&(width as u16).to_le_bytes());
    out[29] = driver;
    for name in columns {
        let mut column = vec![0; 32];
        column[..name.len().min(10)].copy_from_slice(&name[..name.len().min(10)]);
        column[11] = b'C';
        column[16] = 20;
        out.extend(column);
    }
    out.push(0x0D);
    for row in rows {
        out.push(b' ');
        for cell in row {
            let mut text = cell.to_vec();
            text.resize(20, b' ');
            out.extend(text);
        }
    }
    out
}

fn box_of(west: f64, south: f64, east: f64, north: f64) -> Vec<[f64; 2]> {
    vec![
        [west, south],
        [west, north],
        [east, north],
        [east, south],
        [west, south],
    ]
}

fn gbk(text: &str) -> Vec<u8> {
    encoding_rs::GBK.encode(text).0.into_owned()
}

fn district() -> Polygons {
    let path = format!(
        "{}/../../profiles/chiping/map/district.geojson",
        env!("CARGO_MANIFEST_DIR")
    );
    Polygons::from_geojson(&std::fs::read_to_string(path).unwrap(), "zh").unwrap()
}

fn first(layer: &Layer) -> &Geometry {
    &layer.features[0].geometry
}

#[test]
fn a_shapefile_of_an_office_is_read_with_holes_and_gbk() {
    let outer = box_of(116.2, 36.5, 116.3, 36.6);
    let hole = box_of(116.24, 36.54, 116.26, 36.56);
    let island = box_of(116.248, 36.548, 116.252, 36.552);
    let shape = shp(&[
        vec![island, hole, outer],
        vec![box_of(116.0, 36.4, 116.01, 36.41)],
    ]);
    let (name, value) = (gbk("名称"), gbk("茌平重点管控单元"));
    for (table, cpg) in [
        (
            dbf(
                &[&name, b"CODE"],
                &[vec![&value, b"GK-01"], vec![b"", b"GK-02"]],
                0x4D,
            ),
            None,
        ),
        (
            dbf(
                &[&name, b"CODE"],
                &[vec![&value, b"GK-01"], vec![b"", b"GK-02"]],
                0,
            ),
            Some("GBK"),
        ),
        (
            dbf(
                &[&name, b"CODE"],
                &[vec![&value, b"GK-01"], vec![b"", b"GK-02"]],
                0,
            ),
            None,
        ),
        (
            dbf(
                &["名称".as_bytes(), b"CODE"],
                &[vec!["管控单元".as_bytes(), b"GK-01"], vec![b"", b"GK-02"]],
                0,
            ),
            Some("UTF-8"),
        ),
    ] {
        let mut members: Vec<(&str, &[u8])> = vec![
            ("甲/zone.shp", &shape),
            ("甲/ZONE.dbf", &table),
            ("甲/zone.prj", GEOGRAPHIC.as_bytes()),
        ];
        if let Some(cpg) = cpg {
            members.push(("甲/zone.cpg", cpg.as_bytes()));
        }
        let layer = read("zone.zip", &pack(&members)).unwrap();
        assert_eq!((layer.kind, layer.features.len()), (Kind::Shapefile, 2));
        assert_eq!(layer.fields, ["名称", "CODE"]);
        assert!(layer.features[0].attributes["名称"].contains("管控单元"));
        assert_eq!(layer.features[1].attributes.get("名称"), None);
        let Geometry::Areas(parts) = first(&layer) else {
            panic!("areas")
        };
        assert_eq!(parts.len(), 2, "the island is a part of its own");
        let area: f64 = parts.iter().map(geo::Polygon::area_m2).sum();
        // 0.1² − 0.02² + 0.004² of a square degree here, about 99.3 km² × 0.9616.
        let square = 99.34e6;
        assert!((area / square - 0.961_6).abs() < 2e-3, "{area}");
    }
}

#[test]
fn projected_positions_come_back_to_degrees() {
    // The district's seat in the zone of 117° E, worked out by the classical series of the textbooks (in B, l, t, η).
    let seat = LonLat::new(116.25, 36.58);
    let (east, north) = (432_875.301_4, 4_050_163.840_7);
    for (offset, easting, warned) in [
        (0.0, "500000.0", false),
        (39e6, "39500000.0", false),
        (39e6, "500000.0", true),
    ] {
        let shape = shp(&[vec![box_of(
            east + offset,
            north,
            east + offset + 100.0,
            north + 100.0,
        )]]);
        let prj = projected(easting);
        let layer = read("a.zip", &pack(&[("a.shp", &shape), ("a.prj", prj.as_bytes())])).unwrap();
        let p = first(&layer).positions().next().unwrap();
        assert!(geo::distance_m(p, seat) < 0.002, "{p:?}");
        assert_eq!(layer.warnings.iter().any(|w| w.zh.contains("带号")), warned);
    }
    let shape = shp(&[vec![box_of(39_432_915.0, north, 39_433_000.0, north + 100.0)]]);
    let bare = read("a.zip", &pack(&[("a.shp", &shape)])).unwrap_err();
    assert!(
        bare.said.zh.contains(".prj") && bare.said.zh.contains("117"),
        "{bare}"
    );
    let wrong = projected("500000.0").replace("117.0", "114.0");
    assert!(read("a.zip", &pack(&[("a.shp", &shape), ("a.prj", wrong.as_bytes())])).is_err());
}

#[test]
fn other_systems_are_refused_in_words() {
    let shape = shp(&[vec![box_of(116.2, 36.5, 116.3, 36.6)]]);
    for (prj, word) in [
        (GEOGRAPHIC.replace("D_China_2000", "D_Xian_1980"), "测绘"),
        (GEOGRAPHIC.replace("D_China_2000", "D_Beijing_1954"), "测绘"),
        (GEOGRAPHIC.replace("D_China_2000", "D_NAD_1983"), "转换"),
        (
            projected("500000.0").replace("Gauss_Kruger", "Mercator_Auxiliary_Sphere"),
            "投影",
        ),
        (
            GEOGRAPHIC.replace("0.0174532925199433", "0.015707963267948967"),
            "度",
        ),
        ("GEOGCS[".repeat(5_000), "坐标系"),
        ("not text".into(), "坐标系"),
    ] {
        let error = read("a.zip", &pack(&[("a.shp", &shape), ("a.prj", prj.as_bytes())])).unwrap_err();
        assert!(error.said.zh.contains(word) && error.file == "a.prj", "{error}");
    }
    let foreign = r#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::3857"}},"features":[]}"#;
    assert!(
        read("a.json", foreign.as_bytes())
            .unwrap_err()
            .said
            .zh
            .contains("3857")
    );
    let zoned = r#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4548"}},"features":[{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[500000,4049902.0156]}}]}"#;
    let layer = read("a.json", zoned.as_bytes()).unwrap();
    let p = first(&layer).positions().next().unwrap();
    assert!(
        (p.lon - 117.0).abs() < 1e-9 && (p.lat - 36.58).abs() < 1e-8,
        "{p:?}"
    );
}

#[test]
fn kml_and_kmz_come_with_their_data() {
    let kml = r#"<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder>
      <Placemark><name>一号 &amp; 口</name><ExtendedData><Data name="编码"><value>PK-1</value></Data>
        <SchemaData schemaUrl="x"><SimpleData name="河流">茌中河</SimpleData></SchemaData></ExtendedData>
        <Point><coordinates>116.25,36.58,0</coordinates></Point></Placemark>
      <Placemark><name>范围</name><MultiGeometry><Polygon><outerBoundaryIs><LinearRing><coordinates>
        116.2,36.5 116.3,36.5 116.3,36.6 116.2,36.5</coordinates></LinearRing></outerBoundaryIs>
        <innerBoundaryIs><LinearRing><coordinates>116.27,36.52 116.28,36.52 116.28,36.53 116.27,36.52</coordinates></LinearRing></innerBoundaryIs></Polygon>
        <LineString><coordinates>116.2,36.5 116.3,36.5</coordinates></LineString></MultiGeometry></Placemark>
      <Placemark><name>空</name></Placemark><NetworkLink><Link><href>http://example.invalid/a.kml</href></Link></NetworkLink>
    </Folder></Document></kml>"#;
    for layer in [
        read("a.kml", kml.as_bytes()).unwrap(),
        read(
            "a.kmz",
            &pack(&[("doc.kml", kml.as_bytes()), ("files/a.png", b"x")]),
        )
        .unwrap(),
    ] {
        assert_eq!(layer.features.len(), 3);
        assert_eq!(layer.features[0].attributes["name"], "一号 & 口");
        assert_eq!(layer.features[0].attributes["编码"], "PK-1");
        assert_eq!(layer.features[0].attributes["河流"], "茌中河");
        assert!(
            layer
                .features
                .iter()
                .any(|f| matches!(&f.geometry, Geometry::Areas(a) if a[0].rings().len() == 2))
        );
        assert_eq!(layer.warnings.len(), 2);
    }
    let wrong = kml.replace("116.25,36.58,0", "116.25 36.58");
    let error = read("a.kml", wrong.as_bytes()).unwrap_err();
    assert_eq!((error.feature, error.vertex), (Some(1), Some(1)));
}

#[test]
fn a_layer_in_the_wrong_system_is_suspected() {
    let area = district();
    let border: Vec<LonLat> = area.iter().flat_map(|(_, p)| p.rings()[0].clone()).collect();
    // The district drawn a hand's breadth smaller: all of it lies inside, and an offset of 500 m does not.
    let middle = LonLat::new(116.15, 36.58);
    let inner = |p: &LonLat| {
        LonLat::new(
            middle.lon + (p.lon - middle.lon) * 0.999,
            middle.lat + (p.lat - middle.lat) * 0.999,
        )
    };
    let file = |how: &dyn Fn(LonLat) -> LonLat| {
        let points: Vec<String> = border
            .iter()
            .map(inner)
            .filter(|p| area.contain(*p))
            .map(how)
            .map(|p| format!("[{},{}]", p.lon, p.lat))
            .collect();
        format!(r#"{{"type":"MultiPoint","coordinates":[{}]}}"#, points.join(","))
    };
    let kinds = |text: String| {
        let layer = read("a.geojson", text.as_bytes()).unwrap();
        examine(&layer, Some(&area), &[])
            .iter()
            .map(|s| s.kind)
            .collect::<Vec<_>>()
    };
    assert_eq!(kinds(file(&|p| p)), []);
    assert_eq!(
        kinds(file(&|p| convert(p, Crs::Cgcs2000, Crs::Gcj02))),
        [SuspicionKind::Offset(Crs::Gcj02)]
    );
    assert_eq!(
        kinds(file(&|p| convert(p, Crs::Cgcs2000, Crs::Bd09))),
        [SuspicionKind::Offset(Crs::Bd09)]
    );
    assert_eq!(
        kinds(file(&|p| LonLat::new(p.lat, p.lon))),
        [SuspicionKind::Swapped]
    );
    assert_eq!(
        kinds(file(&|p| LonLat::new(p.lon - 20.0, p.lat))),
        [SuspicionKind::Elsewhere]
    );
    let text = file(&|p| LonLat::new(p.lat, p.lon));
    let layer = read("a.geojson", text.as_bytes()).unwrap();
    let swapped = layer
        .clone()
        .reading(Reading {
            swapped: true,
            ..Reading::default()
        })
        .unwrap();
    assert!(swapped.positions().all(|p| area.contain(p)));
    let error = layer.reading(Reading::default()).unwrap_err();
    assert_eq!((error.feature, error.vertex), (Some(1), Some(1)));
}

#[test]
fn known_places_tell_an_offset_of_a_few_points() {
    let truth = [LonLat::new(116.2423, 36.61), LonLat::new(115.939_12, 36.652_71)];
    let text = format!(
        r#"{{"type":"MultiPoint","coordinates":[{}]}}"#,
        truth
            .map(|p| convert(p, Crs::Cgcs2000, Crs::Gcj02))
            .map(|p| format!("[{},{}]", p.lon, p.lat))
            .join(",")
    );
    let layer = read("a.geojson", text.as_bytes()).unwrap();
    let pairs: Vec<(LonLat, LonLat)> = layer.positions().zip(truth).collect();
    let found = examine(&layer, Some(&district()), &pairs);
    assert_eq!(found[0].kind, SuspicionKind::Offset(Crs::Gcj02));
    let right = layer
        .reading(Reading {
            system: Crs::Gcj02,
            swapped: false,
        })
        .unwrap();
    assert!(
        right
            .positions()
            .zip(truth)
            .all(|(a, b)| geo::distance_m(a, b) < 0.01)
    );
}

#[test]
fn bait_is_refused() {
    let refused = |bytes: &[u8]| read("a", bytes).unwrap_err().to_string();
    refused(b"");
    refused(b"plain words");
    refused(b"{");
    refused(b"{}");
    refused(br#"{"type":"FeatureCollection","features":[]}"#);
    refused("[".repeat(100_000).as_bytes());
    refused(format!("{{\"a\":{}", "[".repeat(100_000)).as_bytes());
    refused("<a>".repeat(100_000).as_bytes());
    refused(b"<kml><Placemark><Point><coordinates>1,2</coordinates></Point></Placemark>");
    refused(&[0xFF, 0xFE, 0x00]);
    refused(b"PK\x03\x04 not a zip");
    refused(&pack(&[]));
    refused(&pack(&[("a.txt", b"x")]));
    let shape = shp(&[vec![box_of(116.2, 36.5, 116.3, 36.6)]]);
    refused(&pack(&[("a.shp", &shape), ("b.shp", &shape)]));
    refused(&pack(&[("a.shp", &shape[..150])]));
    refused(&pack(&[("a.shp", &shape[..60])]));
    // A count that does not fit its record, and one that would ask for 32 GB.
    for count in [9_i32, i32::MAX, -1] {
        let mut lying = shape.clone();
        lying[148..152].copy_from_slice(&count.to_le_bytes());
        assert!(refused(&pack(&[("a.shp", &lying)])).contains("第 1 个要素"));
    }
    let mut parts = shape.clone();
    parts[144..148].copy_from_slice(&1_000_000_i32.to_le_bytes());
    refused(&pack(&[("a.shp", &parts)]));
    // A table of other rows, and one that is cut off.
    let table = dbf(&[b"A"], &[vec![b"1"], vec![b"2"]], 0);
    assert!(refused(&pack(&[("a.shp", &shape), ("a.dbf", &table)])).contains("2 行"));
    refused(&pack(&[("a.shp", &shape), ("a.dbf", &table[..table.len() - 30])]));
    refused(&pack(&[("a.shp", &shape), ("a.dbf", &table[..20])]));
    // Zeros pack a thousandfold.
    let bomb = vec![b' '; 200 * 1024 * 1024];
    let packed = pack(&[("a.kml", &bomb)]);
    assert!(packed.len() < 1024 * 1024 && refused(&packed).contains("解开后"));
    let wild = r#"{"type":"Feature","properties":null,"geometry":{"type":"LineString","coordinates":[[116,36],[500,1]]}}"#;
    let error = read("a.json", wild.as_bytes()).unwrap_err();
    assert_eq!((error.feature, error.vertex), (Some(1), Some(2)));
    let laughs = r#"<!DOCTYPE kml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><kml><Placemark><name>&b;</name><Point><coordinates>116,36</coordinates></Point></Placemark></kml>"#;
    assert_eq!(
        read("a.kml", laughs.as_bytes()).unwrap().features[0]
            .attributes
            .get("name"),
        None
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn damaged_files_never_stop_the_program(at in 0usize..600, byte: u8, cut in 0usize..600) {
        let shape = shp(&[vec![box_of(116.2, 36.5, 116.3, 36.6), box_of(116.24, 36.54, 116.26, 36.56)], vec![box_of(116.0, 36.4, 116.01, 36.41)]]);
        let table = dbf(&[b"NAME", b"CODE"], &[vec![b"a", b"1"], vec![b"b", b"2"]], 0);
        let damage = |bytes: &[u8]| {
            let mut out = bytes.to_vec();
            if let Some(b) = out.get_mut(at) {
                *b = byte;
            }
            out.truncate(bytes.len().saturating_sub(cut % bytes.len()).max(1));
            out
        };
        let _ = read("a.zip", &pack(&[("a.shp", &damage(&shape)), ("a.dbf", &table)]));
        let _ = read("a.zip", &pack(&[("a.shp", &shape), ("a.dbf", &damage(&table))]));
        let _ = read("a.zip", &pack(&[("a.shp", &shape), ("a.prj", &damage(projected("500000.0").as_bytes()))]));
        let _ = read("a.zip", &damage(&pack(&[("a.shp", &shape), ("a.dbf", &table)])));
    }
}
