//! Zones, layer files, maps and tiles, chains and source files over HTTP. The definitions are the tests' own, so that no
//! list of the project is meant; the figures were worked out by hand.

use axum::body::Body;
use axum::http::{Request, header};
use registers::library::File;
use serde_json::{Value, json};

use crate::bench::{Answer, Bench};

/// A river to the east along 36.55° N, and a tributary from the north that meets it at 116.10° E.
pub(crate) const RIVERS: &str = r#"{"type":"FeatureCollection","zh":"河流","en":"Rivers","schematic":true,"features":[
{"type":"Feature","properties":{"zh":"大河"},"geometry":{"type":"LineString","coordinates":[[116.0,36.55],[116.3,36.55]]}},
{"type":"Feature","properties":{"zh":"小河"},"geometry":{"type":"LineString","coordinates":[[116.1,36.65],[116.1,36.5501]]}}]}"#;

pub(crate) fn definitions() -> Vec<File> {
    [
        ("zones/belt.toml", include_str!("district/belt.toml")),
        ("zones/spot.toml", include_str!("district/spot.toml")),
        ("water/mouth.toml", include_str!("district/mouth.toml")),
        ("permit/works.toml", include_str!("district/works.toml")),
        ("permit/paper.toml", include_str!("district/paper.toml")),
        ("waste/load.toml", include_str!("district/load.toml")),
        ("chains/up.toml", include_str!("district/up.toml")),
        ("chains/move.toml", include_str!("district/move.toml")),
    ]
    .map(|(path, text)| File {
        path: path.to_owned(),
        text: text.to_owned(),
    })
    .into()
}

on_both![
    a_site_is_told_its_zones,
    a_layer_file_goes_in_whole_or_not_at_all,
    a_register_is_drawn_as_features_and_tiles,
];

pub(crate) async fn put(bench: &Bench, register: &str, body: Value) -> String {
    let path = format!("/registers/{register}/records");
    let answer = bench.post("inspector", &path, json!({ "body": body })).await;
    answer.ok()["id"].as_str().unwrap().to_owned()
}

fn square(west: f64, south: f64, side: f64) -> Value {
    let (east, north) = (west + side, south + side);
    json!({ "type": "Polygon", "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]] })
}

async fn a_site_is_told_its_zones(bench: &Bench) {
    let belt = |code: &str, layer: &str, extent: Value| json!({ "code": code, "name": "带", "layer": layer, "extent": extent, "rules": format!("{code}：禁止新建") });
    put(bench, "belt", belt("R1", "red", square(116.2, 36.5, 0.1))).await;
    let over = put(bench, "belt", belt("R2", "red", square(116.2, 36.5, 0.1))).await;
    put(bench, "belt", belt("W1", "well", square(116.3, 36.5, 0.1))).await;
    let path = format!("/registers/belt/records/{over}/steps");
    bench
        .post("inspector", &path, json!({ "transition": "end", "revision": 1 }))
        .await
        .ok();
    let test = async |ask: Value| bench.post("inspector", "/zones/test", ask).await.ok();
    let inside = test(json!({ "point": { "lon": 116.25, "lat": 36.55 } })).await;
    assert_eq!(inside["tested"], 1, "{inside}");
    let hit = &inside["hits"][0];
    assert_eq!(
        (&hit["relation"], &hit["kind"], &hit["kind_names"]["zh"]),
        (&json!("inside"), &json!("red"), &json!("红线"))
    );
    assert_eq!(hit["rules"][0]["text"], "R1：禁止新建");
    // A site of 0.02° whose western quarter lies in the first belt and the rest in the second.
    let site = test(json!({ "geometry": square(116.295, 36.52, 0.02) })).await;
    let shares: Vec<(String, f64)> = site["hits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|h| {
            (
                h["kind"].as_str().unwrap().to_owned(),
                h["area_share"].as_f64().unwrap(),
            )
        })
        .collect();
    assert_eq!(shares.len(), 2, "{site}");
    for (kind, share) in shares {
        let wanted = if kind == "red" { 0.25 } else { 0.75 };
        assert!((share - wanted).abs() < 1e-4, "{kind} {share}");
    }
    // 0.001° of longitude at 36.55° N: 89.5 m.
    let near = test(json!({ "point": { "lon": 116.199, "lat": 36.55 }, "within_m": 200 })).await;
    assert_eq!(near["hits"][0]["relation"], "within_m", "{near}");
    assert!((near["hits"][0]["distance_m"].as_f64().unwrap() - 89.5).abs() < 0.2);
    assert_eq!(
        test(json!({ "point": { "lon": 116.199, "lat": 36.55 } })).await["hits"],
        json!([])
    );
    let spot = put(bench, "spot", json!({ "name": "甲", "place": "116.35,36.55" })).await;
    let of_record = test(json!({ "record": { "register": "spot", "id": spot } })).await;
    assert_eq!(of_record["hits"][0]["kind"], "well", "{of_record}");
    let wrong = bench
        .post(
            "inspector",
            "/zones/test",
            json!({ "point": { "lon": 516.0, "lat": 36.5 } }),
        )
        .await;
    assert_eq!(wrong.problem(), (400, "invalid_field".to_owned()));
    let none = bench.post("inspector", "/zones/test", json!({})).await;
    assert_eq!(none.problem(), (400, "invalid_field".to_owned()));
    let other = json!({ "point": { "lon": 116.2, "lat": 36.5 }, "registers": ["spot"] });
    assert_eq!(
        bench.post("inspector", "/zones/test", other).await.problem().0,
        400
    );
    // A department may not read this layer: it is not asked of it.
    let unseen = bench
        .post(
            "department",
            "/zones/test",
            json!({ "point": { "lon": 116.25, "lat": 36.55 } }),
        )
        .await;
    assert_eq!(unseen.ok()["registers"], json!([]));
}

async fn upload(bench: &Bench, query: &str, text: &str) -> Answer {
    let body = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"belts.geojson\"\r\nContent-Type: application/json\r\n\r\n{text}\r\n--edge--\r\n"
    );
    let request = Request::builder()
        .method("POST")
        .uri(format!("/api/v1/zones/import?{query}"))
        .header(
            header::AUTHORIZATION,
            format!("Bearer {}", bench.token("inspector")),
        )
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .body(Body::from(body))
        .unwrap();
    bench.send(request).await
}

fn feature(code: &str, name: &str, geometry: &Value) -> String {
    json!({ "type": "Feature", "properties": { "编号": code, "name": name, "多余": 3 }, "geometry": geometry }).to_string()
}

fn layer(features: &[String]) -> String {
    format!(
        r#"{{"type":"FeatureCollection","features":[{}]}}"#,
        features.join(",")
    )
}

async fn a_layer_file_goes_in_whole_or_not_at_all(bench: &Bench) {
    const SET: &str = "set=%7B%22layer%22%3A%22red%22%2C%22rules%22%3A%22%E7%A6%81%22%7D";
    let two = json!({ "type": "MultiPolygon", "coordinates": [square(116.2, 36.5, 0.01)["coordinates"], square(116.25, 36.5, 0.01)["coordinates"]] });
    let good = layer(&[
        feature("A", "甲", &square(116.1, 36.5, 0.02)),
        feature("B", "乙", &two),
    ]);
    let dry = upload(bench, &format!("register=belt&{SET}"), &good).await.ok();
    assert_eq!(
        (&dry["new"], &dry["applied"], &dry["findings_total"]),
        (&json!(3), &json!(false), &json!(0)),
        "{dry}"
    );
    assert_eq!(dry["fields"][0], json!({ "attribute": "name", "field": "name" }));
    assert!(
        dry["fields"]
            .as_array()
            .unwrap()
            .contains(&json!({ "attribute": "多余", "field": null }))
    );
    let list = async || bench.get("inspector", "/registers/belt/records?sort=id").await;
    assert_eq!(list().await.ok()["total"], 0);
    let bad = layer(&[
        feature("A", "甲", &square(116.1, 36.5, 0.02)),
        feature("C", "", &json!({ "type": "Point", "coordinates": [116.2, 36.5] })),
    ]);
    let refused = upload(bench, &format!("register=belt&dry_run=false&{SET}"), &bad)
        .await
        .ok();
    assert_eq!(refused["applied"], false);
    let findings = refused["findings"].as_array().unwrap();
    assert!(
        findings.iter().all(|f| f["feature"] == 2) && findings.len() == 2,
        "{refused}"
    );
    assert_eq!(list().await.ok()["total"], 0);
    let done = upload(bench, &format!("register=belt&dry_run=false&{SET}"), &good)
        .await
        .ok();
    assert_eq!(
        (&done["applied"], &done["new"]),
        (&json!(true), &json!(3)),
        "{done}"
    );
    let mut codes: Vec<String> = list().await.ok()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["body"]["code"].as_str().unwrap().to_owned())
        .collect();
    codes.sort_unstable();
    assert_eq!(codes, ["A", "B-1", "B-2"]);
    // The same file again changes nothing, another border changes one.
    let again = upload(bench, &format!("register=belt&dry_run=false&{SET}"), &good)
        .await
        .ok();
    assert_eq!(
        (&again["unchanged"], &again["new"]),
        (&json!(3), &json!(0)),
        "{again}"
    );
    let moved = layer(&[feature("A", "甲", &square(116.12, 36.5, 0.02))]);
    let changed = upload(bench, &format!("register=belt&dry_run=false&{SET}"), &moved)
        .await
        .ok();
    assert_eq!(
        (&changed["changed"], &changed["preview"][0]["kind"]),
        (&json!(1), &json!("changed")),
        "{changed}"
    );
    let twice = layer(&[
        feature("D", "丁", &square(116.1, 36.5, 0.02)),
        feature("D", "丁", &square(116.2, 36.5, 0.02)),
    ]);
    let twice = upload(bench, &format!("register=belt&{SET}"), &twice).await.ok();
    assert_eq!(
        (&twice["findings_total"], &twice["findings"][0]["code"]),
        (&json!(1), &json!("key")),
        "{twice}"
    );
    let swapped = layer(&[feature(
        "E",
        "戊",
        &json!({ "type": "Polygon", "coordinates": [[[36.5, 116.1], [36.5, 116.2], [36.6, 116.2], [36.5, 116.1]]] }),
    )]);
    let told = upload(bench, &format!("register=belt&dry_run=false&{SET}"), &swapped)
        .await
        .ok();
    assert_eq!(
        (&told["suspicions"][0]["code"], &told["applied"]),
        (&json!("swapped"), &json!(false)),
        "{told}"
    );
    let read = upload(
        bench,
        &format!("register=belt&dry_run=false&swapped=true&{SET}"),
        &swapped,
    )
    .await
    .ok();
    assert_eq!(
        (&read["applied"], &read["new"]),
        (&json!(true), &json!(1)),
        "{read}"
    );
    // A point that bears the name of a known place and stands 500 m off it, as GCJ-02 does.
    let off = geo::convert(geo::LonLat::new(116.2, 36.6), geo::Crs::Cgcs2000, geo::Crs::Gcj02);
    let shifted = layer(&[feature(
        "F",
        "甲站",
        &json!({ "type": "Point", "coordinates": [off.lon, off.lat] }),
    )]);
    let told = upload(bench, "register=spot&dry_run=false", &shifted).await.ok();
    assert_eq!(
        (&told["suspicions"][0]["code"], &told["applied"]),
        (&json!("gcj02"), &json!(false)),
        "{told}"
    );
    let right = upload(bench, "register=spot&dry_run=false&system=gcj02", &shifted)
        .await
        .ok();
    assert_eq!(
        (&right["suspicions"], &right["applied"]),
        (&json!([]), &json!(true)),
        "{right}"
    );
    let place =
        bench.get("inspector", "/registers/spot/map").await.ok()["features"][0]["geometry"]["coordinates"]
            .clone();
    assert!(
        (place[0].as_f64().unwrap() - 116.2).abs() < 1e-6 && (place[1].as_f64().unwrap() - 36.6).abs() < 1e-6,
        "{place}"
    );
    let taken = upload(bench, "register=spot&dry_run=false&accept=true", &shifted)
        .await
        .ok();
    assert_eq!(
        (&taken["suspicions"][0]["code"], &taken["applied"]),
        (&json!("gcj02"), &json!(true)),
        "{taken}"
    );
    assert_eq!(upload(bench, "register=belt", "{").await.problem().0, 400);
    let town = bench.request(
        "town",
        "POST",
        "/api/v1/zones/import?register=belt",
        Some(json!({})),
    );
    assert!(!bench.send(town).await.status.is_success());
}

async fn a_register_is_drawn_as_features_and_tiles(bench: &Bench) {
    for n in 0..3 {
        let town = if n == 0 { "town-1" } else { "town-2" };
        put(
            bench,
            "spot",
            json!({ "name": format!("点{n}"), "town": town, "place": format!("116.2{n},36.6") }),
        )
        .await;
    }
    put(bench, "belt", json!({ "code": "R1", "name": "带", "layer": "red", "extent": square(116.2, 36.5, 0.1), "rules": "禁" })).await;
    let all = bench.get("inspector", "/registers/spot/map").await.ok();
    assert_eq!(
        (&all["total"], &all["truncated"]),
        (&json!(3), &json!(false)),
        "{all}"
    );
    assert_eq!(all["features"][0]["geometry"]["type"], "Point");
    let part = bench
        .get(
            "inspector",
            "/registers/spot/map?bbox=116.205,36.5,116.3,36.7&limit=1",
        )
        .await
        .ok();
    assert_eq!(
        (&part["total"], &part["truncated"]),
        (&json!(2), &json!(true)),
        "{part}"
    );
    assert_eq!(
        bench
            .get("inspector", "/registers/spot/map?bbox=1,2,3")
            .await
            .problem()
            .0,
        400
    );
    assert_eq!(bench.get("town", "/registers/spot/map").await.ok()["total"], 1);
    let belts = bench.get("inspector", "/registers/belt/map").await.ok();
    assert_eq!(belts["features"][0]["properties"]["colour"], "red", "{belts}");
    assert_eq!(belts["features"][0]["geometry"], square(116.2, 36.5, 0.1));
    assert_eq!(
        bench.get("inspector", "/registers/mouth/map").await.problem().0,
        404
    );
    // Level 10 over the district: column 842 or 843, row 401.
    let tile = geo::Tile::holding(geo::LonLat::new(116.21, 36.6), 10);
    let (z, x, y) = tile.zxy();
    let path = format!("/registers/spot/tiles/{z}/{x}/{y}");
    let first = bench.get("inspector", &path).await;
    assert_eq!(
        first.headers[header::CONTENT_TYPE],
        "application/vnd.mapbox-vector-tile"
    );
    let titles = |answer: &Answer| (0..3).filter(|n| answer.text.contains(&format!("点{n}"))).count();
    assert_eq!(titles(&first), 3);
    assert_eq!(titles(&bench.get("town", &path).await), 1);
    let tag = first.headers[header::ETAG].clone();
    let again = async |login: &str| {
        let mut request = bench.request(login, "GET", &format!("/api/v1{path}"), None);
        request.headers_mut().insert(header::IF_NONE_MATCH, tag.clone());
        bench.send(request).await.status.as_u16()
    };
    assert_eq!((again("inspector").await, again("town").await), (304, 200));
    put(bench, "spot", json!({ "name": "点九", "place": "116.21,36.61" })).await;
    assert_eq!(again("inspector").await, 200);
    assert_eq!(
        bench
            .get("inspector", "/registers/spot/tiles/10/0/0")
            .await
            .status
            .as_u16(),
        204
    );
    assert_eq!(
        bench
            .get("inspector", "/registers/spot/tiles/3/99/0")
            .await
            .problem()
            .0,
        404
    );
    let area = bench
        .get("inspector", &format!("/registers/belt/tiles/{z}/{x}/{y}"))
        .await;
    assert_eq!(area.status.as_u16(), 200);
}
