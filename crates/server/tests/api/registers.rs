//! Kept registers over HTTP: every role class, bad values, two editors at once, the past, links, bulk changes, deadlines.
//! The definitions are the tests' own, so that no list of the project is meant.

use registers::library::File;
use serde_json::{Value, json};

use crate::bench::{Answer, Bench, noon};

const WELL: &str = r#"
name = "well"
version = 1
zh = "水井"
en = "Wells"
systems = ["S001"]
title = ["code", "name"]
retention_years = 10
field = [
  { name = "code", zh = "编号", en = "Code", type = "text", required = true, public = true },
  { name = "name", zh = "名称", en = "Name", type = "text", required = true },
  { name = "kind", zh = "类型", en = "Kind", type = "choice", choices = [{ code = "dug", zh = "土井", en = "Dug" }, { code = "drilled", zh = "机井", en = "Drilled" }] },
  { name = "town", zh = "镇街", en = "Town", type = "unit", required = true },
  { name = "owner", zh = "业主", en = "Owner", type = "reference", subject = "firm" },
  { name = "depth", zh = "井深", en = "Depth", type = "decimal", unit = "m", min = "0", max = "500", decimals = 1 },
  { name = "sealed", zh = "封井日期", en = "Sealed", type = "date" },
  { name = "photo", zh = "照片", en = "Photo", type = "text" },
  { name = "place", zh = "位置", en = "Place", type = "point" },
]
key = [{ fields = ["code"] }]
deadline = [
  { name = "sealing", zh = "封井", en = "Sealing", states = ["listed"], from = "state", count = 10, span = "days", remind_days = [3], basis = "测试" },
]
counter = [{ name = "wells", zh = "水井", en = "Wells", by = "kind", feeds = ["S001"] }]
rate = [{ name = "done", zh = "封井率", en = "Sealed", numerator = "state = \"closed\"", decimals = 1, feeds = ["S001"] }]
access = { read = ["administrator", "auditor", "inspector", "leader", "town", "firm"], write = ["administrator", "inspector", "town"], unit_field = "town", firm_fields = ["owner"] }
map = { field = "place", symbol = "well" }
publication = { rhythm = "quarterly", due_days = 15, basis = "测试" }

[life]
start = "listed"
state = [
  { name = "listed", zh = "在册", en = "Listed" },
  { name = "reported", zh = "已报", en = "Reported" },
  { name = "closed", zh = "已封", en = "Sealed", closed = true, locked = true },
]
transition = [
  { name = "report", zh = "上报", en = "Report", from = ["listed"], to = "reported", roles = ["town", "inspector"], needs = ["sealed"] },
  { name = "confirm", zh = "核实", en = "Confirm", from = ["reported"], to = "closed", roles = ["inspector", "leader"], needs = ["photo"], second_person_to = "report" },
  { name = "reopen", zh = "重开", en = "Reopen", from = ["closed"], to = "listed", roles = ["leader"], reason = true, reopens = true },
]
"#;

const VISIT: &str = r#"
name = "visit"
version = 1
zh = "巡井"
en = "Visits"
systems = ["S001"]
title = ["day"]
retention_years = 3
field = [
  { name = "day", zh = "日期", en = "Day", type = "date", required = true },
  { name = "well", zh = "水井", en = "Well", type = "reference", register = "well", required = true },
]
access = { read = ["administrator", "inspector"], write = ["inspector"] }
"#;

/// The definitions every bench has.
pub(crate) fn definitions() -> Vec<File> {
    let file = |path: &str, text: &str| File {
        path: path.to_owned(),
        text: text.to_owned(),
    };
    let mut all = vec![file("water/well.toml", WELL), file("water/visit.toml", VISIT)];
    all.extend(crate::register_files::definitions());
    all.extend(crate::places::definitions());
    all
}

on_both![
    each_role_sees_and_does_what_the_definition_says,
    a_bad_value_is_told_with_its_field,
    the_second_of_two_editors_is_told,
    a_life_is_walked_with_a_second_person,
    the_past_is_answered,
    lists_are_filtered_sorted_and_counted,
    many_are_changed_at_once_or_none,
    links_are_walked_from_either_end,
    what_is_due_is_listed,
    a_large_record_is_taken_and_a_larger_one_told,
];

fn well(code: &str, town: &str) -> Value {
    json!({ "code": code, "name": format!("井{code}"), "kind": "dug", "town": town, "depth": "12.5", "owner": "firm-a",
        "place": "116.2,36.6" })
}

async fn put(bench: &Bench, login: &str, code: &str, town: &str) -> Value {
    let body = json!({ "body": well(code, town) });
    let answer = bench.post(login, "/registers/well/records", body).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.text);
    answer.json()
}

async fn patch(bench: &Bench, login: &str, id: &str, revision: i64, body: Value) -> Answer {
    let path = format!("/api/v1/registers/well/records/{id}");
    let body = json!({ "revision": revision, "body": body, "reason": "更正" });
    bench.ask(login, "PATCH", &path, Some(body)).await
}

async fn step(bench: &Bench, login: &str, id: &str, revision: i64, name: &str, body: Value) -> Answer {
    let path = format!("/registers/well/records/{id}/steps");
    let body = json!({ "transition": name, "revision": revision, "body": body, "reason": "按期" });
    bench.post(login, &path, body).await
}

fn id(record: &Value) -> &str {
    record["id"].as_str().unwrap()
}

async fn each_role_sees_and_does_what_the_definition_says(bench: &Bench) {
    let mine = put(bench, "town", "W1", "town-1").await;
    let other = put(bench, "inspector", "W2", "town-2").await;
    let (mine, other) = (id(&mine), id(&other));
    let cases: [(&str, &[&str], bool); 6] = [
        ("admin", &["W1", "W2"], true),
        ("inspector", &["W1", "W2"], true),
        ("leader", &["W1", "W2"], false),
        ("auditor", &["W1", "W2"], false),
        ("town", &["W1"], true),
        ("firm", &["W1", "W2"], false),
    ];
    for (login, codes, writes) in cases {
        let list = bench.get(login, "/registers/well/records?sort=code").await.ok();
        let found: Vec<&str> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| r["body"]["code"].as_str().unwrap())
            .collect();
        assert_eq!(found, codes, "{login}");
        assert_eq!(list["total"], codes.len(), "{login}");
        let registers = bench.get(login, "/registers").await.ok();
        let info = registers["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|i| i["name"] == "well")
            .unwrap()
            .clone();
        assert_eq!(info["records"], codes.len(), "{login}");
        assert_eq!(info["can_create"], writes, "{login}");
        let view = bench
            .get(login, &format!("/registers/well/records/{mine}"))
            .await
            .ok();
        assert_eq!(view["can_edit"], writes, "{login}");
        assert_eq!(view["shown"]["town"], "甲镇");
        assert_eq!(view["shown"]["kind"], "土井");
        if !writes && login != "auditor" {
            let refused = patch(bench, login, mine, 1, json!({ "depth": "3" })).await;
            assert_eq!(refused.problem(), (409, "refused".to_owned()), "{login}");
            assert_eq!(refused.json()["details"]["code"], "role", "{login}");
        }
    }
    // Out of sight is not found: another town's record, a register that the role does not read.
    for (login, path) in [
        ("town", format!("/registers/well/records/{other}")),
        ("town", format!("/registers/well/records/{other}/history")),
        ("town", "/registers/visit".to_owned()),
        ("duty", "/registers/well/records".to_owned()),
        ("department", format!("/registers/well/records/{mine}")),
        ("inspector", "/registers/nothing".to_owned()),
    ] {
        assert_eq!(
            bench.get(login, &path).await.problem(),
            (404, "not_found".to_owned()),
            "{login} {path}"
        );
    }
    assert_eq!(
        patch(bench, "town", other, 1, json!({})).await.problem().0,
        404,
        "another town's"
    );
    // A town neither enters records for another town nor gives its own away.
    let body = json!({ "body": well("W3", "town-2") });
    let refused = bench.post("town", "/registers/well/records", body).await;
    assert_eq!(refused.json()["details"]["code"], "scope");
    let refused = patch(bench, "town", mine, 1, json!({ "town": "town-2" })).await;
    assert_eq!(refused.json()["details"]["code"], "scope");
    let view = bench.get("inspector", "/registers/well").await.ok();
    assert_eq!(view["codes"]["kind"][1]["code"], "drilled");
    assert_eq!(view["definition"]["name"], "well");
    assert!(view["columns"].as_array().unwrap().contains(&json!("code")));
}

async fn a_bad_value_is_told_with_its_field(bench: &Bench) {
    let bad = json!({ "body": { "code": "W1", "town": "nowhere", "depth": "501", "owner": "air-1", "kind": "x", "colour": 1 } });
    let answer = bench.post("inspector", "/registers/well/records", bad).await;
    assert_eq!(answer.problem(), (422, "findings".to_owned()));
    let details = answer.json()["details"]["findings"].clone();
    let found: Vec<(&str, &str)> = details
        .as_array()
        .unwrap()
        .iter()
        .map(|f| (f["field"].as_str().unwrap(), f["code"].as_str().unwrap()))
        .collect();
    for expected in [
        ("name", "required"),
        ("town", "reference"),
        ("depth", "range"),
        ("owner", "reference"),
        ("kind", "code"),
        ("colour", "unknown"),
    ] {
        assert!(found.contains(&expected), "{expected:?} in {found:?}");
    }
    assert_eq!(
        bench.get("inspector", "/registers/well/records").await.ok()["total"],
        0
    );
    // The key occurs once; the finding names the record that has it.
    let first = put(bench, "inspector", "W1", "town-1").await;
    let again = json!({ "body": well("W1", "town-2") });
    let answer = bench.post("inspector", "/registers/well/records", again).await;
    let finding = answer.json()["details"]["findings"][0].clone();
    assert_eq!(
        (&finding["field"], &finding["code"]),
        (&json!("code"), &json!("key"))
    );
    assert!(finding["expected"]["zh"].as_str().unwrap().contains(id(&first)));
    // A dry run tells the same and writes nothing.
    let path = format!("/registers/well/records/{}/check", id(&first));
    let checked = bench
        .post("leader", &path, json!({ "body": { "depth": "-1" } }))
        .await
        .ok();
    assert_eq!(checked["findings"][0]["field"], "depth");
    let checked = bench
        .post(
            "leader",
            "/registers/well/check",
            json!({ "body": well("W9", "town-1") }),
        )
        .await
        .ok();
    assert_eq!(checked["findings"], json!([]));
    assert_eq!(checked["body"]["place"]["type"], "Point");
    assert_eq!(
        bench.get("inspector", "/registers/well/records").await.ok()["total"],
        1
    );
    let odd = bench
        .get("inspector", "/registers/well/records?where.colour=red")
        .await;
    assert_eq!(odd.problem(), (400, "bad_query".to_owned()));
    let odd = bench.get("inspector", "/registers/well/records?colour=red").await;
    assert_eq!(odd.problem(), (400, "bad_query".to_owned()));
}

async fn the_second_of_two_editors_is_told(bench: &Bench) {
    let record = put(bench, "inspector", "W1", "town-1").await;
    let id = id(&record);
    patch(bench, "inspector", id, 1, json!({ "depth": "20", "kind": null }))
        .await
        .ok();
    let late = patch(bench, "admin", id, 1, json!({ "depth": "30" })).await;
    assert_eq!(late.problem(), (409, "stale".to_owned()));
    let details = late.json()["details"].clone();
    assert_eq!(details["revision"], 2);
    assert_eq!(details["by"]["name"], "inspector");
    assert_eq!(details["changed"], json!(["kind", "depth"]));
    let now = bench
        .get("admin", &format!("/registers/well/records/{id}"))
        .await
        .ok();
    assert_eq!(
        (&now["body"]["depth"], &now["revision"]),
        (&json!("20"), &json!(2))
    );
    assert!(now["body"].get("kind").is_none());
    // Both at the same moment: one is written, one is told.
    let (a, b) = tokio::join!(
        patch(bench, "admin", id, 2, json!({ "depth": "1" })),
        patch(bench, "inspector", id, 2, json!({ "depth": "2" })),
    );
    let mut statuses = [a.status.as_u16(), b.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    // What changes nothing is no revision.
    let kept = patch(bench, "admin", id, 3, json!({})).await.ok();
    assert_eq!(kept["revision"], 3);
}

async fn a_life_is_walked_with_a_second_person(bench: &Bench) {
    let record = put(bench, "town", "W1", "town-1").await;
    let id = id(&record);
    let names: Vec<&str> = record["offered"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| o["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["report"]);
    let missing = step(bench, "town", id, 1, "report", json!({})).await;
    assert_eq!(missing.json()["details"]["code"], "needs");
    assert_eq!(missing.json()["details"]["findings"][0]["field"], "sealed");
    let wrong = step(bench, "leader", id, 1, "report", json!({})).await;
    assert_eq!(wrong.json()["details"]["code"], "role");
    let early = step(bench, "leader", id, 1, "confirm", json!({})).await;
    assert_eq!(early.json()["details"]["code"], "wrong_state");
    bench.pass(60_000);
    let reported = step(
        bench,
        "inspector",
        id,
        1,
        "report",
        json!({ "sealed": "2026-11-01" }),
    )
    .await;
    assert_eq!(reported.ok()["state"], "reported");
    let seen = bench
        .get("inspector", &format!("/registers/well/records/{id}"))
        .await
        .ok();
    assert_eq!(seen["offered"][0]["blocked"]["code"], "second_person");
    let same = step(bench, "inspector", id, 2, "confirm", json!({ "photo": "a" })).await;
    assert_eq!(same.json()["details"]["code"], "second_person");
    // The leader edits nothing, but fills in what the step needs, and only that.
    let more = step(
        bench,
        "leader",
        id,
        2,
        "confirm",
        json!({ "photo": "a", "depth": "1" }),
    )
    .await;
    assert_eq!(more.json()["details"]["code"], "role");
    let closed = step(bench, "leader", id, 2, "confirm", json!({ "photo": "a" }))
        .await
        .ok();
    assert_eq!(
        (&closed["state"], &closed["closed"]),
        (&json!("closed"), &json!(true))
    );
    assert_eq!(closed["trail"].as_array().unwrap().len(), 2);
    let locked = patch(bench, "inspector", id, 3, json!({ "depth": "1" })).await;
    assert_eq!(locked.json()["details"]["code"], "locked");
    let figures = bench.get("inspector", "/registers/well/figures").await.ok();
    assert_eq!(figures["items"][1]["value"], "100.0");
    for (at, figure) in [(0, ""), (1, "rate.")] {
        let one = &figures["items"][at];
        let path = format!(
            "/registers/well/records?figure={figure}{}",
            one["name"].as_str().unwrap()
        );
        let list = bench.get("inspector", &path).await.ok();
        assert_eq!(list["total"], one["records"], "{path}");
    }
    let unknown = bench
        .get("inspector", "/registers/well/records?figure=nothing")
        .await;
    assert_eq!(unknown.json()["details"]["field"], "figure");
    let judged = bench.get("inspector", "/registers/figures").await.ok();
    let judged = judged["items"].as_array().unwrap();
    assert!(judged.iter().all(|f| !f["figure"]["target"].is_null()));
    step(bench, "leader", id, 3, "reopen", json!({})).await.ok();
    let figures = bench.get("inspector", "/registers/well/figures").await.ok();
    assert_eq!(figures["items"][1]["value"], "0.0", "counted anew after a change");
    assert_eq!(
        figures["items"][0]["by"],
        json!([{ "key": "dug", "names": { "zh": "土井", "en": "Dug" }, "value": "1" }])
    );
    let history = bench
        .get("leader", &format!("/registers/well/records/{id}/history"))
        .await
        .ok();
    let kinds: Vec<&str> = history["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|h| h["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["step", "step", "step", "created"]);
    assert_eq!(history["items"][0]["reason"], "按期");
    assert_eq!(history["items"][2]["changes"][0]["field"], "sealed");
}

async fn the_past_is_answered(bench: &Bench) {
    let record = put(bench, "inspector", "W1", "town-1").await;
    let id = id(&record);
    for n in 1..=10_i64 {
        bench.pass(3_600_000);
        let path = format!("/api/v1/registers/well/records/{id}");
        let body = json!({ "revision": n, "body": { "depth": n.to_string() }, "valid_from": format!("2026-{n:02}-01") });
        bench.ask("inspector", "PATCH", &path, Some(body)).await.ok();
    }
    let ask = async |query: &str| {
        let path = format!("/registers/well/records/{id}{query}");
        bench.get("inspector", &path).await
    };
    let at = |hours: i64| {
        noon()
            .plus_ms(hours * 3_600_000 + 1_000)
            .to_rfc3339()
            .replace('+', "%2B")
    };
    for (hours, revision, depth) in [(0, 1, "12.5"), (1, 2, "1"), (5, 6, "5"), (100, 11, "10")] {
        let then = ask(&format!("?as_of={}", at(hours))).await.ok();
        assert_eq!(
            (&then["revision"], &then["body"]["depth"]),
            (&json!(revision), &json!(depth))
        );
        assert_eq!(then["can_edit"], revision == 11);
    }
    assert_eq!(ask(&format!("?as_of={}", at(-1))).await.problem().0, 404);
    let then = ask("?in_force_on=2026-04-15").await.ok();
    assert_eq!(then["body"]["depth"], "4");
    let then = ask(&format!("?in_force_on=2026-04-15&as_of={}", at(2)))
        .await
        .ok();
    assert_eq!(then["body"]["depth"], "2", "what was known then");
    assert_eq!(ask("?in_force_on=april").await.problem().0, 400);
    let list = bench
        .get("inspector", &format!("/registers/well/records?as_of={}", at(3)))
        .await
        .ok();
    assert_eq!(list["items"][0]["body"]["depth"], "3");
    let list = bench
        .get("inspector", &format!("/registers/well/records?as_of={}", at(-1)))
        .await
        .ok();
    assert_eq!(list["total"], 0);
    // Two edits within one second: each is asked for by the instant the history tells.
    for n in 11..=13_i64 {
        bench.pass(250);
        let path = format!("/api/v1/registers/well/records/{id}");
        let body = json!({ "revision": n, "body": { "depth": format!("{n}.5") } });
        bench.ask("inspector", "PATCH", &path, Some(body)).await.ok();
    }
    let history = bench
        .get("inspector", &format!("/registers/well/records/{id}/history"))
        .await
        .ok();
    for told in history["items"].as_array().unwrap() {
        let at = told["at"].as_str().unwrap().replace('+', "%2B");
        let then = ask(&format!("?as_of={at}")).await.ok();
        assert_eq!(then["revision"], told["revision"], "{at}");
        assert_eq!(then["updated_at"], told["at"]);
        let list = bench
            .get("inspector", &format!("/registers/well/records?as_of={at}"))
            .await
            .ok();
        assert_eq!(list["items"][0]["revision"], told["revision"], "{at}");
    }
}

async fn lists_are_filtered_sorted_and_counted(bench: &Bench) {
    for (n, town) in ["town-1", "town-2", "town-1", "town-2"].iter().enumerate() {
        let record = put(bench, "inspector", &format!("W{n}"), town).await;
        let kind = if n < 2 { json!("drilled") } else { Value::Null };
        let depth = (10 - n).to_string();
        patch(
            bench,
            "inspector",
            id(&record),
            1,
            json!({ "kind": kind, "depth": depth }),
        )
        .await
        .ok();
    }
    for (query, expected) in [
        ("sort=code", vec!["W0", "W1", "W2", "W3"]),
        ("sort=-code&page_size=2&page=2", vec!["W1", "W0"]),
        ("sort=depth", vec!["W3", "W2", "W1", "W0"]),
        ("sort=kind&page_size=3", vec!["W0", "W1", "W2"]),
        ("where.kind=drilled,dug&sort=code", vec!["W0", "W1"]),
        (
            "where.depth.from=8&where.depth.to=9.0&sort=code",
            vec!["W1", "W2"],
        ),
        ("where.depth=9.0", vec!["W1"]),
        ("unit=town-2&sort=code", vec!["W1", "W3"]),
        ("q=%E4%BA%95w2", vec!["W2"]),
        ("q=%E6%9C%BA%E4%BA%95&sort=code", vec!["W0", "W1"]),
        ("state=closed", vec![]),
        ("overdue=true", vec![]),
        ("demo=false&state=listed&sort=-depth&page_size=1", vec!["W0"]),
    ] {
        let list = bench
            .get("inspector", &format!("/registers/well/records?{query}"))
            .await
            .ok();
        let found: Vec<&str> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| r["body"]["code"].as_str().unwrap())
            .collect();
        assert_eq!(found, expected, "{query}");
    }
    let none = bench.get("inspector", "/registers/well/records?state=gone").await;
    assert_eq!(none.problem(), (400, "bad_query".to_owned()));
}

async fn many_are_changed_at_once_or_none(bench: &Bench) {
    for n in 0..3 {
        put(bench, "inspector", &format!("W{n}"), "town-1").await;
    }
    put(bench, "inspector", "W9", "town-2").await;
    let ask = async |login: &str, body: Value| bench.post(login, "/registers/well/bulk", body).await;
    let set = json!({ "depth": "7", "photo": "p" });
    let look = json!({ "where": { "unit": "town-1" }, "set": set, "preview": true });
    let report = ask("inspector", look).await.ok();
    assert_eq!(
        (&report["matched"], &report["changed"], &report["applied"]),
        (&json!(3), &json!(3), &json!(false))
    );
    assert_eq!(report["rows"][0]["changes"][0]["before"], "12.5");
    let wrong = json!({ "where": { "q": "W" }, "set": { "depth": "900" }, "preview": false });
    let report = ask("inspector", wrong).await.ok();
    assert_eq!((&report["applied"], &report["wrong"]), (&json!(false), &json!(4)));
    assert_eq!(report["rows"][0]["findings"][0]["field"], "depth");
    // A town changes its own, whatever the filter says.
    let write = json!({ "where": {}, "set": set, "preview": false, "reason": "普查" });
    let report = ask("town", write.clone()).await.ok();
    assert_eq!(
        (&report["changed"], &report["applied"]),
        (&json!(3), &json!(true))
    );
    let list = bench
        .get("inspector", "/registers/well/records?where.depth=7")
        .await
        .ok();
    assert_eq!(list["total"], 3);
    let report = ask("leader", write).await.ok();
    assert_eq!(
        (&report["applied"], &report["rows"][0]["findings"][0]["code"]),
        (&json!(false), &json!("role"))
    );
    let neither = json!({ "set": {}, "preview": true });
    assert_eq!(ask("inspector", neither).await.problem().0, 400);
}

async fn links_are_walked_from_either_end(bench: &Bench) {
    let record = put(bench, "inspector", "W1", "town-1").await;
    let well = id(&record);
    let visit = json!({ "body": { "day": "2026-11-20", "well": well } });
    let visit = bench
        .post("inspector", "/registers/visit/records", visit)
        .await
        .ok();
    assert_eq!(visit["links"][0]["target"]["title"], "W1 · 井W1");
    let nothing = json!({ "body": { "day": "2026-11-20", "well": "000099" } });
    let refused = bench.post("inspector", "/registers/visit/records", nothing).await;
    assert_eq!(refused.json()["details"]["findings"][0]["code"], "reference");
    let path = format!("/registers/well/records/{well}/linked");
    let linked = bench.get("inspector", &path).await.ok();
    assert_eq!(linked["items"][0]["id"], visit["id"]);
    assert_eq!(
        bench.get("town", &path).await.ok()["items"],
        json!([]),
        "visits are not for towns"
    );
    let graph = bench
        .get("inspector", &format!("/links?register=well&id={well}&depth=2"))
        .await
        .ok();
    let keys: Vec<&str> = graph["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|n| n["key"].as_str().unwrap())
        .collect();
    assert_eq!(keys[0], format!("record:well:{well}"));
    for key in ["subject:firm-a", "unit:town-1"] {
        assert!(keys.contains(&key), "{key} in {keys:?}");
    }
    assert_eq!(keys.len(), 4);
    assert_eq!(graph["edges"].as_array().unwrap().len(), 3);
    assert_eq!(graph["nodes"][0]["place"], json!([116.2, 36.6]));
    let graph = bench.get("inspector", "/links?subject=firm-a&depth=2").await.ok();
    let from_firm = graph["nodes"].as_array().unwrap().len();
    assert_eq!(from_firm, 4, "the chain from its other end");
    let hidden = bench.get("town2", "/links?subject=firm-a").await;
    assert_eq!(hidden.problem().0, 404);
    assert_eq!(
        bench.get("inspector", "/links?register=well").await.problem().0,
        400
    );
}

async fn what_is_due_is_listed(bench: &Bench) {
    put(bench, "inspector", "W1", "town-1").await;
    let other = put(bench, "inspector", "W2", "town-2").await;
    let due = async |login: &str, query: &str| {
        let list = bench
            .get(login, &format!("/registers/deadlines{query}"))
            .await
            .ok();
        list["total"].as_i64().unwrap()
    };
    assert_eq!(due("inspector", "").await, 2);
    assert_eq!(due("town", "").await, 1);
    assert_eq!(due("inspector", "?overdue=true").await, 0);
    assert_eq!(due("inspector", "?reminding=true").await, 0);
    bench.pass(8 * 86_400_000);
    assert_eq!(due("inspector", "?reminding=true").await, 2);
    bench.pass(3 * 86_400_000);
    assert_eq!(due("inspector", "?overdue=true").await, 2);
    assert_eq!(due("town", "?overdue=true&mine=true").await, 1);
    assert_eq!(due("auditor", "?overdue=true&mine=true").await, 0);
    let list = bench
        .get("inspector", "/registers/well/records?overdue=true&sort=next_due")
        .await
        .ok();
    assert_eq!(list["total"], 2);
    assert_eq!(list["items"][0]["next_deadline"]["zh"], "封井");
    step(
        bench,
        "inspector",
        id(&other),
        1,
        "report",
        json!({ "sealed": "2026-11-01" }),
    )
    .await
    .ok();
    assert_eq!(
        due("inspector", "?overdue=true").await,
        1,
        "done is no longer due"
    );
    let infos = bench.get("inspector", "/registers").await.ok();
    let well = infos["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|i| i["name"] == "well")
        .unwrap()
        .clone();
    assert_eq!(
        (&well["records"], &well["overdue"], &well["unsettled"]),
        (&json!(2), &json!(1), &json!(2))
    );
}

async fn a_large_record_is_taken_and_a_larger_one_told(bench: &Bench) {
    let with = |chars: usize| {
        let mut body = well("W1", "town-1");
        body["photo"] = json!("长".repeat(chars));
        body["name"] = json!("名".repeat(chars));
        json!({ "body": body })
    };
    let path = "/registers/well/records";
    let made = bench.post("inspector", path, with(19_000)).await;
    assert_eq!(made.status.as_u16(), 201, "114 kB: larger than any other form");
    let long = bench.post("inspector", path, with(20_001)).await;
    assert_eq!(long.json()["details"]["findings"][0]["code"], "length");
    let huge = bench.post("inspector", path, with(400_000)).await;
    let (zh, en) = (
        "记录过大，至多 2 MiB；请",
        "the record is too large, at most 2 MiB; ",
    );
    crate::register_files::too_large(&huge, "body", 2 << 20, zh, en);
    // A look before it is kept is bounded in the same way.
    let huge = bench
        .post("inspector", "/registers/well/check", with(400_000))
        .await;
    let (zh, en) = (
        "请求正文过大，至多 2 MiB；请",
        "the request body is too large, at most 2 MiB; ",
    );
    crate::register_files::too_large(&huge, "body", 2 << 20, zh, en);
}
