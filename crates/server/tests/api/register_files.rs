//! What goes in and out of registers over HTTP: tables with every kind of mistake, attachments, doubles, publications.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use registers::library::File;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::bench::{Answer, Bench};

const TANK: &str = r#"
name = "tank"
version = 1
zh = "储罐"
en = "Tanks"
systems = ["S001"]
title = ["name"]
retention_years = 10
field = [
  { name = "code", zh = "统一编号", en = "Code", type = "text", required = true, public = true, pattern = "[0-9]{18}", expects = { zh = "应为18位数字", en = "expected 18 digits" }, aliases = ["编号"] },
  { name = "name", zh = "名称", en = "Name", type = "text", required = true, public = true },
  { name = "kind", zh = "类型", en = "Kind", type = "choice", public = true, choices = [{ code = "above", zh = "地上", en = "Above ground" }, { code = "under", zh = "地下", en = "Underground" }] },
  { name = "town", zh = "镇街", en = "Town", type = "unit", required = true, public = true },
  { name = "volume", zh = "容积", en = "Volume", type = "decimal", unit = "m³", min = "0", decimals = 2 },
  { name = "built", zh = "建成日期", en = "Built", type = "date", public = true },
  { name = "phone", zh = "联系电话", en = "Phone", type = "text" },
  { name = "place", zh = "位置", en = "Place", type = "point", public = true },
  { name = "proof", zh = "检测报告", en = "Report", type = "file", public = true, media = ["application/pdf"], max_mib = 1 },
  { name = "checks", zh = "检查", en = "Checks", type = "group", public = true, fields = [
    { name = "day", zh = "日期", en = "Day", type = "date", required = true, public = true },
    { name = "by", zh = "检查人", en = "By", type = "text" },
  ] },
  { name = "count", zh = "检查次数", en = "Number of checks", type = "integer", computed = "count(checks)" },
]
key = [{ fields = ["code"] }]
counter = [{ name = "tanks", zh = "储罐", en = "Tanks", by = "town", feeds = ["S001"] }]
access = { read = ["administrator", "auditor", "inspector", "leader", "town"], write = ["administrator", "inspector", "town"], unit_field = "town" }
map = { field = "place", symbol = "tank" }
publication = { where = "state = \"used\"", rhythm = "quarterly", due_days = 15, basis = "测试" }

[matching]
same_from = 60
review_from = 30
compare = [
  { field = "name", how = "normalised", weight = 40, ignore = ["储罐"] },
  { field = "phone", how = "exact", weight = 30, against = 10 },
]

[life]
start = "used"
state = [
  { name = "used", zh = "在用", en = "In use" },
  { name = "gone", zh = "已拆除", en = "Removed", closed = true, locked = true },
]
transition = [
  { name = "remove", zh = "拆除", en = "Remove", from = ["used"], to = "gone", roles = ["inspector"], needs = ["proof"] },
]
"#;

/// The definitions of these cases.
pub(crate) fn definitions() -> Vec<File> {
    vec![File {
        path: "risk/tank.toml".to_owned(),
        text: TANK.to_owned(),
    }]
}

on_both![
    attachments_are_known_by_their_content_and_kept_to_their_readers,
    doubles_are_found_dismissed_merged_and_taken_apart,
    a_published_period_stays_as_it_was,
];

pub(crate) const CODES: [&str; 4] = [
    "370000000000000001",
    "370000000000000002",
    "370000000000000003",
    "370000000000000004",
];

pub(crate) fn form(name: &str, content: &[u8]) -> Vec<u8> {
    let mut body = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nx\r\n--edge\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(content);
    body.extend_from_slice(b"\r\n--edge--\r\n");
    body
}

/// Sends one file.
pub(crate) async fn upload(bench: &Bench, login: &str, path: &str, name: &str, content: &[u8]) -> Answer {
    send(bench, login, path, form(name, content)).await
}

pub(crate) async fn send(bench: &Bench, login: &str, path: &str, body: Vec<u8>) -> Answer {
    let mut request = Request::post(format!("/api/v1{path}"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
    if login != "-" {
        request = request.header(header::AUTHORIZATION, format!("Bearer {}", bench.token(login)));
    }
    bench.send(request.body(Body::from(body)).unwrap()).await
}

/// Reads a file.
pub(crate) async fn download(
    bench: &Bench,
    login: &str,
    path: &str,
) -> (StatusCode, axum::http::HeaderMap, Vec<u8>) {
    let request = bench.request(login, "GET", &format!("/api/v1{path}"), None);
    let response = bench.router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    (parts.status, parts.headers, bytes.to_vec())
}

pub(crate) async fn records(bench: &Bench) -> Vec<Value> {
    let list = bench.get("admin", "/registers/tank/records?sort=id").await.ok();
    list["items"].as_array().unwrap().clone()
}

/// Refused for its size: the part, the bound and the remedy are told in both languages.
pub(crate) fn too_large(answer: &Answer, field: &str, limit: u64, zh: &str, en: &str) {
    assert_eq!(answer.problem(), (413, "body_too_large".to_owned()));
    let said = answer.json();
    assert_eq!(said["details"], json!({ "field": field, "limit": limit }));
    for (language, begins) in [("zh", zh), ("en", en)] {
        let words = said["message"][language].as_str().unwrap();
        assert!(words.starts_with(begins) && words.len() > begins.len(), "{words}");
    }
}

pub(crate) async fn tank(bench: &Bench, code: &str, name: &str, phone: Option<&str>) -> Value {
    let mut body = json!({ "code": code, "name": name, "town": "town-1" });
    if let Some(phone) = phone {
        body["phone"] = json!(phone);
    }
    let answer = bench
        .post("inspector", "/registers/tank/records", json!({ "body": body }))
        .await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer.json()
}

async fn attachments_are_known_by_their_content_and_kept_to_their_readers(bench: &Bench) {
    let path = "/attachments?register=tank&field=proof";
    let code = |answer: &Answer| answer.json()["details"]["findings"][0]["code"].to_string();
    for (name, content, expected) in [
        ("a.pdf", &b"<html><script>alert(1)</script>"[..], "\"dangerous\""),
        ("a.pdf", b"MZ\x90\0", "\"dangerous\""),
        ("a.pdf.exe", b"%PDF-1.7", "\"dangerous\""),
        ("a.pdf", b"\x89PNG\r\n\x1a\n", "\"media_type\""),
        ("a.pdf", b"", "\"empty\""),
    ] {
        let refused = upload(bench, "town", path, name, content).await;
        assert_eq!(refused.problem(), (422, "findings".to_owned()), "{name}");
        assert_eq!(code(&refused), expected);
    }
    let large = [b"%PDF-1.7".to_vec(), vec![b' '; 1 << 20]].concat();
    let refused = upload(bench, "town", path, "a.pdf", &large).await;
    too_large(
        &refused,
        "proof",
        1 << 20,
        "检测报告过大，至多 1 MiB；请",
        "Report is too large, at most 1 MiB; ",
    );
    assert_eq!(
        upload(bench, "leader", path, "a.pdf", b"%PDF-1.7")
            .await
            .problem()
            .0,
        409
    );
    assert_eq!(
        upload(bench, "firm", path, "a.pdf", b"%PDF-1.7")
            .await
            .problem()
            .0,
        404
    );
    let wrong = "/attachments?register=tank&field=name";
    assert_eq!(
        upload(bench, "town", wrong, "a.pdf", b"%PDF-1.7")
            .await
            .problem()
            .0,
        400
    );

    let file = upload(bench, "town", path, "../检测\u{202E} 报告.pdf", b"%PDF-1.7 x")
        .await
        .ok();
    assert_eq!(file["name"], "检测 报告.pdf");
    assert_eq!(
        (&file["size"], &file["media_type"]),
        (&json!(10), &json!("application/pdf"))
    );
    let body = json!({ "code": CODES[0], "name": "一号", "town": "town-1", "proof": file });
    // What was never uploaded, or is not what the record says, is not taken.
    for (key, value) in [
        ("sha256", json!("0".repeat(64))),
        ("size", json!(11)),
        ("media_type", json!("text/html")),
        ("name", json!("../../x.pdf")),
    ] {
        let mut forged = body.clone();
        forged["proof"][key] = value;
        let refused = bench
            .post("town", "/registers/tank/records", json!({ "body": forged }))
            .await;
        assert_eq!(refused.problem(), (422, "findings".to_owned()), "{key}");
        assert_eq!(
            refused.json()["details"]["findings"][0]["field"],
            "proof",
            "{key}"
        );
    }
    let record = bench
        .post("town", "/registers/tank/records", json!({ "body": body }))
        .await
        .ok();
    assert_eq!(record["files"][0]["name"], "检测 报告.pdf");
    let (id, sha256) = (record["id"].as_str().unwrap(), file["sha256"].as_str().unwrap());
    let path = format!("/registers/tank/records/{id}/files/{sha256}");
    let (status, headers, bytes) = download(bench, "auditor", &path).await;
    assert_eq!((status, bytes.as_slice()), (StatusCode::OK, &b"%PDF-1.7 x"[..]));
    assert_eq!(headers[header::CONTENT_TYPE], "application/pdf");
    assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert!(
        headers[header::CONTENT_DISPOSITION]
            .to_str()
            .unwrap()
            .starts_with("attachment")
    );
    assert!(
        headers[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap()
            .contains("sandbox")
    );
    for (login, status) in [("town2", 404), ("firm", 404), ("-", 401)] {
        assert_eq!(download(bench, login, &path).await.0.as_u16(), status, "{login}");
    }
    // Through another record it is not given, and a name is no path.
    let other = tank(bench, CODES[1], "二号", None).await;
    let other = other["id"].as_str().unwrap();
    for wrong in [
        format!("/registers/tank/records/{other}/files/{sha256}"),
        format!("/registers/tank/records/{id}/files/..%2F..%2Fhuanshu.db"),
    ] {
        assert_eq!(
            download(bench, "inspector", &wrong).await.0,
            StatusCode::NOT_FOUND,
            "{wrong}"
        );
    }
    // Taken away from the record it stays in its history, and what history names is never collected.
    let patch = json!({ "revision": 1, "body": { "proof": null } });
    let record = format!("/api/v1/registers/tank/records/{id}");
    bench.ask("town", "PATCH", &record, Some(patch)).await.ok();
    let loose = "/attachments?register=tank&field=proof";
    let loose = upload(bench, "town", loose, "b.pdf", b"%PDF-1.7 loose")
        .await
        .ok();
    bench.pass(30 * 86_400_000);
    let now = bench.app.clock.now();
    assert_eq!(bench.app.ledger.collect_attachments(now).await.unwrap(), 1);
    assert_eq!(download(bench, "auditor", &path).await.0, StatusCode::OK);
    let loose = loose["sha256"].as_str().unwrap();
    assert!(bench.store.open_attachment(loose).await.unwrap().is_none());
}

async fn doubles_are_found_dismissed_merged_and_taken_apart(bench: &Bench) {
    let a = tank(bench, CODES[0], "东风储罐", Some("0635-1")).await;
    let b = tank(bench, CODES[1], "东风", Some("0635-1")).await;
    let c = tank(bench, CODES[2], "东风 储罐", Some("0635-9")).await;
    tank(bench, CODES[3], "西风", None).await;
    let (a, b, c) = (&a["id"], &b["id"], &c["id"]);
    let list = bench.get("inspector", "/registers/tank/doubles").await.ok();
    let pairs: Vec<_> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (&p["a"]["id"], &p["b"]["id"]))
        .collect();
    assert_eq!(pairs, [(a, b), (a, c), (b, c)], "{list}");
    let first = &list["items"][0];
    assert_eq!((&first["score"], &first["verdict"]), (&json!(70), &json!("same")));
    assert_eq!(first["reasons"][0]["said"]["zh"], "名称一致");
    assert_eq!(first["a"]["title"], "东风储罐");
    assert_eq!(
        bench.get("leader", "/registers/tank/doubles").await.problem().0,
        409
    );
    assert_eq!(
        bench.get("inspector", "/registers/visit/doubles").await.problem(),
        (409, "refused".to_owned())
    );

    let dismiss = json!({ "a": c, "b": a, "reason": "两处不同的罐" });
    let answer = bench
        .post("inspector", "/registers/tank/doubles/dismiss", dismiss)
        .await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    for wrong in [
        json!({ "a": c, "b": a, "reason": " " }),
        json!({ "a": a, "b": a, "reason": "x" }),
    ] {
        let refused = bench
            .post("inspector", "/registers/tank/doubles/dismiss", wrong)
            .await;
        assert!(refused.status.is_client_error());
    }
    let list = bench.get("inspector", "/registers/tank/doubles").await.ok();
    assert_eq!(list["items"][1]["decided"], "different");
    assert_eq!(list["items"][1]["decided_reason"], "两处不同的罐");
    assert_eq!(list["items"][0]["decided"], Value::Null);

    let (keep, close) = (a.as_str().unwrap(), b.as_str().unwrap());
    let plan = bench
        .get(
            "inspector",
            &format!("/registers/tank/merge?keep={keep}&close={close}"),
        )
        .await
        .ok();
    let conflicts: Vec<_> = plan["conflicts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["field"].as_str().unwrap())
        .collect();
    assert_eq!(conflicts, ["code", "name"]);
    assert_eq!(plan["settled"]["phone"], "0635-1");
    let merge = |choices: Value, keep_revision: i64| {
        json!({ "keep": keep, "close": close, "choices": choices, "reason": "同一罐", "keep_revision": keep_revision,
            "close_revision": 1 })
    };
    let post = |body: Value| async move { bench.post("inspector", "/registers/tank/merge", body).await };
    let open = post(merge(json!({ "code": "close" }), 1)).await;
    assert_eq!(open.json()["details"]["code"], "choices");
    let both = json!({ "code": "close", "name": "keep" });
    assert_eq!(
        post(merge(both.clone(), 9)).await.problem(),
        (409, "stale".to_owned())
    );
    let merged = post(merge(both.clone(), 1)).await.ok();
    assert_eq!(
        (&merged["body"]["code"], &merged["body"]["name"]),
        (&json!(CODES[1]), &json!("东风储罐"))
    );
    assert_eq!(post(merge(both, 2)).await.json()["details"]["code"], "merged");
    let all = records(bench).await;
    assert_eq!(all.len(), 3, "the closed record is out of the lists");
    let closed = bench
        .get("inspector", &format!("/registers/tank/records/{close}"))
        .await
        .ok();
    assert_eq!(closed["merged_into"], keep);
    // Its code is free for the one that stays, and its old one for others.
    let history = bench
        .get("inspector", &format!("/registers/tank/records/{keep}/history"))
        .await
        .ok();
    assert_eq!(
        (&history["items"][0]["kind"], &history["items"][0]["reason"]),
        (&json!("merged"), &json!("同一罐"))
    );
    let patch = json!({ "revision": 2, "body": { "phone": "0635-2" } });
    let path = format!("/api/v1/registers/tank/records/{keep}");
    bench.ask("inspector", "PATCH", &path, Some(patch)).await.ok();
    let closed_path = format!("/api/v1/registers/tank/records/{close}");
    let refused = bench
        .ask(
            "inspector",
            "PATCH",
            &closed_path,
            Some(json!({ "revision": 2, "body": { "phone": "1" } })),
        )
        .await;
    assert_eq!(refused.json()["details"]["code"], "merged");

    let unmerge = json!({ "id": close, "reason": "判断有误" });
    let apart = bench
        .post("inspector", "/registers/tank/unmerge", unmerge.clone())
        .await
        .ok();
    assert_eq!((&apart["id"], &apart["merged_into"]), (b, &Value::Null));
    assert_eq!(
        (&apart["body"]["code"], &apart["body"]["phone"]),
        (&json!(CODES[1]), &json!("0635-1"))
    );
    let kept = bench
        .get("inspector", &format!("/registers/tank/records/{keep}"))
        .await
        .ok();
    assert_eq!(kept["body"]["code"], CODES[0]);
    assert_eq!(kept["body"]["phone"], "0635-2", "what was changed since stays");
    assert_eq!(records(bench).await.len(), 4);
    let refused = bench.post("inspector", "/registers/tank/unmerge", unmerge).await;
    assert_eq!(refused.json()["details"]["code"], "not_merged");
}

async fn a_published_period_stays_as_it_was(bench: &Bench) {
    let record = bench
        .post(
            "inspector",
            "/registers/tank/records",
            json!({ "body": { "code": CODES[0], "name": "公示罐", "town": "town-1", "phone": "LEAK-1", "volume": "77.7",
                "checks": [{ "day": "2026-01-01", "by": "LEAK-2" }] } }),
        )
        .await
        .ok();
    let hidden = tank(bench, CODES[1], "LEAK-3", None).await;
    let pdf = upload(
        bench,
        "inspector",
        "/attachments?register=tank&field=proof",
        "a.pdf",
        b"%PDF-1.7",
    )
    .await
    .ok();
    let path = format!("/registers/tank/records/{}/steps", hidden["id"].as_str().unwrap());
    bench
        .post(
            "inspector",
            &path,
            json!({ "transition": "remove", "revision": 1, "body": { "proof": pdf } }),
        )
        .await
        .ok();
    let figures = bench.get("inspector", "/registers/tank/figures").await.ok();
    assert_eq!(
        figures["items"][0]["by"],
        json!([{ "key": "town-1", "names": { "zh": "甲镇", "en": "First Town" }, "value": "2" }]),
        "units are told by name"
    );
    let list = bench.get("-", "/public/registers").await.ok();
    let tanks = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|r| r["name"] == "tank")
        .unwrap();
    assert_eq!(
        (&tanks["rhythm"], &tanks["period"]),
        (&json!("quarterly"), &Value::Null)
    );
    let page = bench.get("-", "/public/registers/tank").await.ok();
    assert_eq!(page["total"], 0, "nothing is out before it is published");
    // The records are of November; the quarter ends with the year, and is due after fifteen days more.
    let periods = bench.get("inspector", "/registers/tank/publications").await.ok();
    assert_eq!(
        (&periods["items"], &periods["next"]),
        (&json!([]), &json!("2026-12-31"))
    );
    bench.pass(40 * 86_400_000);
    let periods = bench.get("inspector", "/registers/tank/publications").await.ok();
    assert_eq!(
        (
            &periods["items"][0]["from"],
            &periods["items"][0]["due"],
            &periods["items"][0]["missed"]
        ),
        (&json!("2026-10-01"), &json!("2027-01-15"), &json!(false))
    );
    bench.pass(20 * 86_400_000);
    let waiting = bench.get("inspector", "/registers/publications").await.ok();
    assert_eq!(
        (&waiting["items"][0]["register"], &waiting["items"][0]["missed"]),
        (&json!("tank"), &json!(true))
    );

    let publish = |login: &'static str, from: &'static str| async move {
        bench
            .post(login, "/registers/tank/publications", json!({ "from": from }))
            .await
    };
    assert_eq!(
        publish("leader", "2026-10-01").await.problem(),
        (409, "refused".to_owned())
    );
    for wrong in ["2026-07-01", "2027-01-01", "2026-10-02", "x"] {
        assert_eq!(
            publish("inspector", wrong).await.problem(),
            (400, "bad_query".to_owned()),
            "{wrong}"
        );
    }
    let done = publish("inspector", "2026-10-01").await.ok();
    assert_eq!((&done["records"], &done["missed"]), (&json!(1), &json!(false)));
    assert_eq!(
        publish("inspector", "2026-10-01").await.problem(),
        (409, "refused".to_owned())
    );
    let path = format!(
        "/api/v1/registers/tank/records/{}",
        record["id"].as_str().unwrap()
    );
    bench
        .ask(
            "inspector",
            "PATCH",
            &path,
            Some(json!({ "revision": 1, "body": { "name": "改名" } })),
        )
        .await
        .ok();
    let page = bench.get("-", "/public/registers/tank").await;
    assert_eq!(page.headers[header::CACHE_CONTROL], "public, max-age=60");
    for secret in ["LEAK", "77.7", "inspector", "改名", "phone", "\"by\""] {
        assert!(!page.text.contains(secret), "{secret}: {}", page.text);
    }
    let page = page.ok();
    assert_eq!(page["items"][0]["title"], "公示罐");
    assert_eq!(
        page["items"][0]["shown"]["town"],
        json!({ "zh": "甲镇", "en": "First Town" })
    );
    assert_eq!(
        page["items"][0]["body"]["checks"],
        json!([{ "day": "2026-01-01" }])
    );
    // Rows of a group are shown with the columns that are public, and no other.
    assert_eq!(
        page["items"][0]["rows"],
        json!({ "checks": [{ "day": { "zh": "2026-01-01", "en": "2026-01-01" } }] })
    );
    let checks = page["columns"]
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["field"] == "checks");
    let inner = checks.unwrap()["columns"].as_array().unwrap();
    assert_eq!(
        (inner.len(), &inner[0]["field"], &inner[0]["en"]),
        (1, &json!("day"), &json!("Day"))
    );
    assert_eq!(page["period"]["from"], "2026-10-01");
    // The next period is published; the earlier one is still listed, and opens as it was published.
    bench.pass(90 * 86_400_000);
    publish("inspector", "2027-01-01").await.ok();
    let newest = bench.get("-", "/public/registers/tank").await.ok();
    assert_eq!(newest["items"][0]["title"], "改名");
    let periods: Vec<(&Value, &Value, &Value)> = newest["periods"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (&p["from"], &p["records"], &p["published_by"]))
        .collect();
    assert_eq!(
        periods,
        [
            (&json!("2027-01-01"), &json!(1), &Value::Null),
            (&json!("2026-10-01"), &json!(1), &Value::Null)
        ]
    );
    let earlier = bench
        .get("-", "/public/registers/tank?from=2026-10-01")
        .await
        .ok();
    assert_eq!(earlier["items"], page["items"]);
    assert_eq!(
        (&earlier["period"], &earlier["periods"]),
        (&page["period"], &newest["periods"])
    );
    // Nothing can be found out by searching either.
    for (q, total) in [("公示", 1), ("LEAK", 0), ("77.7", 0)] {
        let found = bench
            .get(
                "-",
                &format!("/public/registers/tank?from=2026-10-01&q={}", encoded(q)),
            )
            .await
            .ok();
        assert_eq!(found["total"], total, "{q}");
    }
    assert_eq!(
        bench
            .get("-", "/public/registers/tank?from=2026-07-01")
            .await
            .problem()
            .0,
        404
    );
    assert_eq!(bench.get("-", "/public/registers/visit").await.problem().0, 404);
}

pub(crate) fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}
