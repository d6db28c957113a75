//! Zones, layer files, maps and tiles, chains and source files over HTTP. The definitions are the tests' own, so that no
//! list of the project is meant; the figures were worked out by hand.

use axum::body::Body;
use axum::http::{Request, header};
use registers::library::File;
use serde_json::{Value, json};

use crate::bench::{Answer, Bench};

const BELT: &str = r#"
name = "belt"
version = 1
zh = "保护带"
en = "Belts"
systems = ["S001"]
title = ["code", "name"]
retention_years = 10
field = [
  { name = "code", zh = "编号", en = "Code", type = "text", required = true },
  { name = "name", zh = "名称", en = "Name", type = "text", required = true },
  { name = "layer", zh = "图层", en = "Layer", type = "choice", required = true, choices = [{ code = "red", zh = "红线", en = "Red line" }, { code = "well", zh = "水源", en = "Wells" }] },
  { name = "extent", zh = "范围", en = "Extent", type = "area", required = true },
  { name = "rules", zh = "要求", en = "Rules", type = "text", required = true },
  { name = "lot", zh = "批次", en = "Lot", type = "integer" },
]
key = [{ fields = ["code"] }]
access = { read = ["administrator", "inspector", "leader"], write = ["administrator", "inspector"] }
map = { field = "extent", symbol = "belt", colour_by = "layer" }
zoning = [{ field = "extent", kind = "layer", rules = ["rules"], where = "state = \"inforce\"" }]

[life]
start = "inforce"
state = [{ name = "inforce", zh = "生效", en = "In force" }, { name = "over", zh = "失效", en = "Over", closed = true }]
transition = [{ name = "end", zh = "失效", en = "End", from = ["inforce"], to = "over", roles = ["inspector"] }, { name = "again", zh = "恢复", en = "Again", from = ["over"], to = "inforce", roles = ["inspector"], reason = true, reopens = true }]
"#;

const SPOT: &str = r#"
name = "spot"
version = 1
zh = "点位"
en = "Spots"
systems = ["S001"]
title = ["name"]
retention_years = 10
field = [
  { name = "name", zh = "名称", en = "Name", type = "text", required = true },
  { name = "town", zh = "镇街", en = "Town", type = "unit" },
  { name = "place", zh = "位置", en = "Place", type = "point", required = true },
]
access = { read = ["administrator", "inspector", "town"], write = ["administrator", "inspector"], unit_field = "town" }
map = { field = "place", symbol = "spot" }
"#;

const MOUTH: &str = r#"
name = "mouth"
version = 1
zh = "排口"
en = "Mouths"
systems = ["S001"]
title = ["name"]
retention_years = 10
field = [
  { name = "name", zh = "名称", en = "Name", type = "text", required = true },
  { name = "section", zh = "断面", en = "Section", type = "reference", subject = "water_section" },
  { name = "traced", zh = "溯源", en = "Traced", type = "group", fields = [
    { name = "works", zh = "来源", en = "Works", type = "reference", register = "works", required = true },
  ] },
  { name = "place", zh = "位置", en = "Place", type = "point", required = true },
]
access = { read = ["administrator", "inspector"], write = ["administrator", "inspector"] }
"#;

const WORKS: &str = r#"
name = "works"
version = 1
zh = "污染源档案"
en = "Works"
systems = ["S001"]
title = ["name"]
retention_years = 10
field = [
  { name = "name", zh = "名称", en = "Name", type = "text", required = true },
  { name = "number", zh = "编号", en = "Number", type = "text" },
  { name = "others", zh = "别名", en = "Other names", type = "text", repeatable = true },
  { name = "firm", zh = "企业", en = "Firm", type = "reference", subject = "firm" },
  { name = "place", zh = "位置", en = "Place", type = "point" },
]
access = { read = ["administrator", "inspector", "leader"], write = ["administrator", "inspector"] }
map = { field = "place", symbol = "works" }
source = { exact = ["number", "firm"], name = "name", aliases = "others", part = [{ code = "paper", zh = "许可", en = "Permit" }, { code = "load", zh = "转移", en = "Loads" }] }

[matching]
same_from = 80
review_from = 45
compare = [
  { field = "number", how = "exact", weight = 80, against = 40 },
  { field = "name", how = "similar", weight = 30, ignore = ["有限公司"], at_least = 80 },
  { field = "place", how = "near", weight = 20, within_m = 300 },
]
"#;

const PAPER: &str = r#"
name = "paper"
version = 1
zh = "许可"
en = "Papers"
systems = ["S001"]
title = ["holder"]
retention_years = 10
field = [
  { name = "holder", zh = "持证人", en = "Holder", type = "text", required = true },
  { name = "number", zh = "编号", en = "Number", type = "text" },
  { name = "firm", zh = "企业", en = "Firm", type = "reference", subject = "firm" },
  { name = "place", zh = "位置", en = "Place", type = "point" },
]
access = { read = ["administrator", "inspector"], write = ["administrator", "inspector"] }
map = { field = "place", symbol = "paper" }
identity = { source = "works", part = "paper", same = { name = "holder", number = "number", firm = "firm", place = "place" } }
"#;

const LOAD: &str = r#"
name = "load"
version = 1
zh = "转移"
en = "Loads"
systems = ["S001"]
title = ["kind"]
retention_years = 10
field = [
  { name = "kind", zh = "类别", en = "Kind", type = "text", required = true },
  { name = "giver", zh = "移出", en = "Giver", type = "reference", register = "works" },
  { name = "taker", zh = "接受", en = "Taker", type = "reference", register = "works" },
  { name = "out", zh = "移出量", en = "Out", type = "decimal", unit = "t", decimals = 4 },
  { name = "in", zh = "接受量", en = "In", type = "decimal", unit = "t", decimals = 4 },
]
access = { read = ["administrator", "inspector"], write = ["administrator", "inspector"] }
"#;

const UP: &str = r#"
name = "up"
zh = "断面—排口—来源"
en = "Section – mouth – works"
systems = ["S001"]
step = [
  { name = "section", zh = "断面", en = "Section", subject = "water_section" },
  { name = "mouth", zh = "排口", en = "Mouth", register = "mouth", needs = ["section", "works"] },
  { name = "works", zh = "来源", en = "Works", register = "works" },
]
edge = [
  { from = "mouth", field = "section", to = "section" },
  { from = "mouth", field = "traced.works", to = "works" },
]

[river]
below = "section"
above = "mouth"
snap_m = 300
reach_m = 50000
velocity_ms = "0.5"
basis = { zh = "测试", en = "test" }
"#;

const MOVE: &str = r#"
name = "move"
zh = "移出—转移—接受"
en = "Giver – load – taker"
systems = ["S001"]
step = [
  { name = "giver", zh = "移出", en = "Giver", register = "works" },
  { name = "load", zh = "转移", en = "Load", register = "load", needs = ["giver", "taker"] },
  { name = "taker", zh = "接受", en = "Taker", register = "works" },
]
edge = [
  { from = "load", field = "giver", to = "giver" },
  { from = "load", field = "taker", to = "taker" },
]

[[balance]]
at = "giver"
zh = "平衡"
en = "Balance"
unit = "t"
term = [
  { name = "moved", zh = "转出", en = "Moved", register = "load", owner = "giver", per = "kind", amount = "out" },
  { name = "received", zh = "接受", en = "Received", register = "load", owner = "giver", per = "kind", amount = "in" },
]
difference = [{ name = "way", zh = "途中差", en = "On the way", plus = ["moved"], minus = ["received"] }]
"#;

/// A river to the east along 36.55° N, and a tributary from the north that meets it at 116.10° E.
pub(crate) const RIVERS: &str = r#"{"type":"FeatureCollection","zh":"河流","en":"Rivers","schematic":true,"features":[
{"type":"Feature","properties":{"zh":"大河"},"geometry":{"type":"LineString","coordinates":[[116.0,36.55],[116.3,36.55]]}},
{"type":"Feature","properties":{"zh":"小河"},"geometry":{"type":"LineString","coordinates":[[116.1,36.65],[116.1,36.5501]]}}]}"#;

pub(crate) fn definitions() -> Vec<File> {
    [
        ("zones/belt.toml", BELT),
        ("zones/spot.toml", SPOT),
        ("water/mouth.toml", MOUTH),
        ("permit/works.toml", WORKS),
        ("permit/paper.toml", PAPER),
        ("waste/load.toml", LOAD),
        ("chains/up.toml", UP),
        ("chains/move.toml", MOVE),
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
    a_section_leads_up_to_mouths_and_works,
    loads_balance_to_the_last_gram,
    a_source_gathers_what_is_known_of_it,
];

async fn put(bench: &Bench, register: &str, body: Value) -> String {
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

fn step_of(chain: &Value, step: usize) -> Vec<&Value> {
    chain["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|n| n["step"] == step)
        .collect()
}

fn titles(nodes: &[&Value]) -> Vec<String> {
    nodes
        .iter()
        .map(|n| n["title"].as_str().unwrap().to_owned())
        .collect()
}

async fn a_section_leads_up_to_mouths_and_works(bench: &Bench) {
    let section = json!({ "code": "section-9", "kind": "water_section", "zh": "河断面", "unit": "town-2", "lon": 116.2, "lat": 36.55 });
    bench
        .store
        .put_subjects(&[serde_json::from_value(section).unwrap()])
        .await
        .unwrap();
    let works = put(bench, "works", json!({ "name": "甲源" })).await;
    let mouth = |name: &str, place: &str, section: Value, traced: Value| json!({ "name": name, "place": place, "section": section, "traced": traced });
    let linked = put(
        bench,
        "mouth",
        mouth(
            "支流口",
            "116.1,36.6",
            json!("section-9"),
            json!([{ "works": works }]),
        ),
    )
    .await;
    put(
        bench,
        "mouth",
        mouth("上游口", "116.05,36.5505", Value::Null, json!([])),
    )
    .await;
    put(
        bench,
        "mouth",
        mouth("下游口", "116.25,36.55", Value::Null, json!([])),
    )
    .await;
    put(
        bench,
        "mouth",
        mouth("岸上", "116.05,36.7", Value::Null, json!([])),
    )
    .await;
    let chain = bench
        .get("inspector", "/chains/up?from=subject:section-9&velocity=0.25")
        .await
        .ok();
    assert_eq!(titles(&step_of(&chain, 0)), ["河断面"]);
    // The section stands at 116.2° E. Up the river: to the tributary 0.1° of longitude at 36.55° N (8 950 m) and from there
    // 0.05° of latitude (5 548 m); to the upper mouth 0.15° (13 425 m).
    let mouths = step_of(&chain, 1);
    assert_eq!(titles(&mouths), ["上游口", "支流口"], "{chain}");
    let distance = |n: usize| mouths[n]["river"]["distance_m"].as_f64().unwrap();
    assert!((distance(0) - 13_425.0).abs() < 10.0, "{}", distance(0));
    assert!((distance(1) - 14_498.0).abs() < 20.0, "{}", distance(1));
    let hours = mouths[0]["river"]["travel_h"].as_f64().unwrap();
    assert!((hours - 13_425.0 / 0.25 / 3600.0).abs() < 0.02, "{hours}");
    assert_eq!(
        (&mouths[1]["river"]["reach"], &chain["river"]["schematic"]),
        (&json!("小河"), &json!(true))
    );
    assert_eq!(titles(&step_of(&chain, 2)), ["甲源"]);
    // One link by the field, one by the river, one to the works; the upper mouth lacks both of its own.
    let edges = chain["edges"].as_array().unwrap();
    assert_eq!(edges.len(), 3, "{chain}");
    assert_eq!(edges.iter().filter(|e| e["field"].is_null()).count(), 1);
    let gaps: Vec<(&Value, &Value)> = chain["gaps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|g| {
            (
                &chain["nodes"][usize::try_from(g["node"].as_u64().unwrap()).unwrap()]["title"],
                &g["said"]["zh"],
            )
        })
        .collect();
    assert_eq!(
        gaps,
        [
            (&json!("上游口"), &json!("缺环节：断面")),
            (&json!("上游口"), &json!("缺环节：来源"))
        ]
    );
    // From the other end: the works leads down to its mouth and section, and to no other mouth.
    let down = bench
        .get("inspector", &format!("/chains/up?from=works:{works}"))
        .await
        .ok();
    assert_eq!(titles(&step_of(&down, 1)), ["支流口"], "{down}");
    assert_eq!(titles(&step_of(&down, 0)), ["河断面"]);
    assert!(
        down["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .any(|n| n["start"] == true && n["step"] == 2)
    );
    let middle = bench
        .get("inspector", &format!("/chains/up?from=mouth:{linked}"))
        .await
        .ok();
    assert_eq!(middle["nodes"].as_array().unwrap().len(), 3, "{middle}");
    let names = bench.get("inspector", "/chains").await.column("name");
    assert_eq!(names, ["move", "up"]);
    assert_eq!(
        bench
            .get("inspector", "/chains/none?from=works:x")
            .await
            .problem()
            .0,
        404
    );
    assert_eq!(
        bench.get("inspector", "/chains/up?from=works").await.problem().0,
        400
    );
    assert_eq!(
        bench
            .get("inspector", "/chains/up?from=works:none")
            .await
            .problem()
            .0,
        404
    );
    assert_eq!(
        bench
            .get("inspector", &format!("/chains/up?from=works:{works}&velocity=-1"))
            .await
            .problem()
            .0,
        400
    );
    // A firm of another place sees neither the section nor the chain from it.
    assert_eq!(
        bench
            .get("firm", "/chains/up?from=subject:section-9")
            .await
            .problem()
            .0,
        404
    );
}

async fn loads_balance_to_the_last_gram(bench: &Bench) {
    let giver = put(bench, "works", json!({ "name": "移出厂" })).await;
    let taker = put(bench, "works", json!({ "name": "接受厂" })).await;
    let load = |kind: &str, out: &str, into: Value| json!({ "kind": kind, "giver": giver, "taker": taker, "out": out, "in": into });
    put(bench, "load", load("油", "0.1", json!("0.0999"))).await;
    put(bench, "load", load("油", "0.2", json!("0.2"))).await;
    put(bench, "load", load("剂", "1.25", Value::Null)).await;
    put(
        bench,
        "load",
        json!({ "kind": "渣", "giver": giver, "out": "0.0001" }),
    )
    .await;
    let chain = bench
        .get("inspector", &format!("/chains/move?from=works:{giver}"))
        .await
        .ok();
    assert_eq!(titles(&step_of(&chain, 0)), ["移出厂"], "{chain}");
    assert_eq!(
        (step_of(&chain, 1).len(), titles(&step_of(&chain, 2))),
        (4, vec!["接受厂".to_owned()])
    );
    assert_eq!(chain["gaps"].as_array().unwrap().len(), 1, "{chain}");
    let balance = &chain["balances"][0];
    // 0.1 + 0.2 − (0.0999 + 0.2) = 0.0001 exactly; what was not weighed in is missing, not zero, and so is a difference of it.
    assert_eq!(
        balance["rows"],
        json!([
            { "per": "剂", "terms": ["1.25", null], "differences": [null] },
            { "per": "油", "terms": ["0.3", "0.2999"], "differences": ["0.0001"] },
            { "per": "渣", "terms": ["0.0001", null], "differences": [null] },
            { "per": null, "terms": ["1.5501", "0.2999"], "differences": [null] },
        ]),
        "{chain}"
    );
    assert_eq!(
        (&balance["terms"][1]["left_out"], &balance["unit"]),
        (&json!(2), &json!("t"))
    );
    let from_taker = bench
        .get("inspector", &format!("/chains/move?from=works:{taker}"))
        .await
        .ok();
    assert_eq!(titles(&step_of(&from_taker, 2)), ["接受厂"], "{from_taker}");
    assert_eq!(
        (step_of(&from_taker, 1).len(), titles(&step_of(&from_taker, 0))),
        (3, vec!["移出厂".to_owned()])
    );
}

async fn a_source_gathers_what_is_known_of_it(bench: &Bench) {
    let one = put(
        bench,
        "works",
        json!({ "name": "甲厂", "number": "N-1", "firm": "firm-a", "place": "116.1,36.5" }),
    )
    .await;
    let two = put(
        bench,
        "works",
        json!({ "name": "大名铝业有限公司", "number": "N-2", "place": "116.2,36.6" }),
    )
    .await;
    let exact = put(bench, "paper", json!({ "holder": "甲厂旧名", "number": "N-1" })).await;
    let firm = put(bench, "paper", json!({ "holder": "甲厂二号", "firm": "firm-a" })).await;
    let alike = put(
        bench,
        "paper",
        json!({ "holder": "大名铝业", "place": "116.2001,36.6" }),
    )
    .await;
    let clash = put(
        bench,
        "paper",
        json!({ "holder": "丙厂", "number": "N-9", "firm": "firm-a" }),
    )
    .await;
    put(bench, "paper", json!({ "holder": "无关", "number": "N-7" })).await;
    put(bench, "load", json!({ "kind": "油", "giver": one, "out": "1" })).await;
    bench.alarm("a-gas").await;
    let list = bench.get("inspector", "/sources?sort=id").await.ok();
    assert_eq!(list["total"], 2);
    let row = |id: &str| {
        list["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|i| i["id"] == id)
            .unwrap()
            .clone()
    };
    assert_eq!(
        (&row(&one)["parts"], &row(&one)["reviews"]),
        (&json!({ "paper": 2 }), &json!(1)),
        "{list}"
    );
    assert_eq!(
        (&row(&two)["parts"], &row(&two)["reviews"]),
        (&json!({}), &json!(1)),
        "{list}"
    );
    assert_eq!(
        list["unmatched"],
        json!([{ "register": "paper", "zh": "许可", "en": "Papers", "records": 1 }])
    );
    let file = bench.get("inspector", &format!("/sources/{one}")).await.ok();
    let papers: Vec<(&str, &str)> = file["parts"][0]["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["id"].as_str().unwrap(), r["how"].as_str().unwrap()))
        .collect();
    assert!(
        papers.contains(&(exact.as_str(), "identifiers")) && papers.contains(&(firm.as_str(), "identifiers")),
        "{file}"
    );
    // The load points at it; its register declares no part.
    let other = file["parts"]
        .as_array()
        .unwrap()
        .iter()
        .find(|p| p["code"].is_null())
        .unwrap();
    assert_eq!(
        (&other["records"][0]["how"], &other["records"][0]["fields"][0]),
        (&json!("link"), &json!("giver"))
    );
    let names: Vec<&str> = file["known_by"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|k| k["field"] == "name")
        .map(|k| k["value"].as_str().unwrap())
        .collect();
    assert!(names.contains(&"甲厂") && names.contains(&"甲厂旧名"), "{file}");
    let monitors: Vec<&str> = file["monitors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["code"].as_str().unwrap())
        .collect();
    assert_eq!(monitors, ["firm-a", "a-gas"]);
    assert_eq!(file["alarms"].as_array().unwrap().len(), 1, "{file}");
    // The number contradicts what the firm's code says: a person must look.
    assert_eq!(
        (&file["reviews"][0]["id"], &file["reviews"][0]["against"]),
        (&json!(clash), &json!(["number"])),
        "{file}"
    );
    let reviews = bench.get("inspector", "/sources/reviews").await.ok();
    assert_eq!(reviews["total"], 2);
    let proposal = reviews["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|r| r["id"] == alike.as_str())
        .unwrap();
    // A name alike once 有限公司 is left out (30) and 9 m away (20).
    assert_eq!(
        (&proposal["source"], &proposal["score"]),
        (&json!(two), &json!(50)),
        "{proposal}"
    );
    let judge = async |login: &str, record: &str, source: &str, same: bool| {
        let body = json!({ "source": source, "register": "paper", "id": record, "same": same, "reason": "现场核对" });
        bench.post(login, "/sources/reviews", body).await
    };
    assert_eq!(judge("leader", &alike, &two, true).await.problem().0, 404);
    assert_eq!(judge("inspector", &alike, &two, true).await.status.as_u16(), 204);
    assert_eq!(judge("inspector", &clash, &one, false).await.status.as_u16(), 204);
    let file = bench.get("inspector", &format!("/sources/{two}")).await.ok();
    assert_eq!(
        (
            &file["parts"][0]["records"][0]["how"],
            &file["parts"][0]["records"][0]["by"]["name"]
        ),
        (&json!("person"), &json!("inspector")),
        "{file}"
    );
    assert_eq!(
        (&file["body"]["others"], &file["decisions"][0]["reason"]),
        (&json!(["大名铝业"]), &json!("现场核对")),
        "{file}"
    );
    assert_eq!(bench.get("inspector", "/sources/reviews").await.ok()["total"], 0);
    // A later decision takes the place of an earlier one, and both stay.
    judge("inspector", &alike, &two, false).await;
    let file = bench.get("inspector", &format!("/sources/{two}")).await.ok();
    assert_eq!(
        (
            file["parts"][0]["records"].as_array().unwrap().len(),
            file["decisions"].as_array().unwrap().len()
        ),
        (0, 2),
        "{file}"
    );
    // What a record says moves it: with another number it belongs to the other source.
    let path = format!("/api/v1/registers/paper/records/{exact}");
    bench
        .ask(
            "inspector",
            "PATCH",
            &path,
            Some(json!({ "revision": 1, "body": { "number": "N-2" } })),
        )
        .await
        .ok();
    let list = bench.get("inspector", "/sources").await.ok();
    let counts: Vec<String> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| format!("{} {}", i["title"].as_str().unwrap(), i["parts"]["paper"]))
        .collect();
    assert!(
        counts.contains(&"甲厂 1".to_owned()) && counts.contains(&"大名铝业有限公司 1".to_owned()),
        "{counts:?}"
    );
}
