//! What goes in and out of registers over HTTP: tables with every kind of mistake, attachments, doubles, publications.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use registers::library::File;
use rust_xlsxwriter::{Format, Workbook};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::bench::{Answer, Bench, PASSWORD};

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
    a_template_is_offered_and_understood,
    tables_with_mistakes_are_told_row_by_row_and_change_nothing,
    a_good_table_is_confirmed_once_also_after_a_restart,
    a_stale_import_changes_nothing,
    uploads_that_are_no_tables_are_refused,
    what_is_exported_comes_back_without_a_change,
    attachments_are_known_by_their_content_and_kept_to_their_readers,
    doubles_are_found_dismissed_merged_and_taken_apart,
    a_published_period_stays_as_it_was,
];

const CODES: [&str; 4] = [
    "370000000000000001",
    "370000000000000002",
    "370000000000000003",
    "370000000000000004",
];

fn form(name: &str, content: &[u8]) -> Vec<u8> {
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
async fn upload(bench: &Bench, login: &str, path: &str, name: &str, content: &[u8]) -> Answer {
    send(bench, login, path, form(name, content)).await
}

async fn send(bench: &Bench, login: &str, path: &str, body: Vec<u8>) -> Answer {
    let mut request = Request::post(format!("/api/v1{path}"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
    if login != "-" {
        request = request.header(header::AUTHORIZATION, format!("Bearer {}", bench.token(login)));
    }
    bench.send(request.body(Body::from(body)).unwrap()).await
}

/// Reads a file.
async fn download(bench: &Bench, login: &str, path: &str) -> (StatusCode, axum::http::HeaderMap, Vec<u8>) {
    let request = bench.request(login, "GET", &format!("/api/v1{path}"), None);
    let response = bench.router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    (parts.status, parts.headers, bytes.to_vec())
}

async fn import(bench: &Bench, login: &str, table: &[u8]) -> Value {
    let answer = upload(bench, login, "/registers/tank/imports", "台账.csv", table).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer.json()
}

async fn confirm(bench: &Bench, login: &str, import: &Value) -> Answer {
    let path = format!("/registers/tank/imports/{}/confirm", import["id"]);
    bench.post(login, &path, json!({})).await
}

async fn records(bench: &Bench) -> Vec<Value> {
    let list = bench.get("admin", "/registers/tank/records?sort=id").await.ok();
    list["items"].as_array().unwrap().clone()
}

async fn tank(bench: &Bench, code: &str, name: &str, phone: Option<&str>) -> Value {
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

fn findings(import: &Value) -> Vec<(u64, String, String)> {
    let text = |v: &Value| v.as_str().unwrap_or("-").to_owned();
    import["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| (f["row"].as_u64().unwrap(), text(&f["column"]), text(&f["code"])))
        .collect()
}

fn found(expected: &[(u64, &str, &str)]) -> Vec<(u64, String, String)> {
    expected
        .iter()
        .map(|(row, column, code)| (*row, (*column).to_owned(), (*code).to_owned()))
        .collect()
}

fn good_table() -> String {
    format!(
        "统一编号,名称,类型,镇街,容积,建成日期\r\n{},一号储罐,地上,甲镇,\"1,234.5\",2025年3月1日\r\n{},二号储罐,地下,town-1,20,45717\r\n",
        CODES[0], CODES[1]
    )
}

async fn a_template_is_offered_and_understood(bench: &Bench) {
    let (status, headers, bytes) = download(bench, "inspector", "/registers/tank/template.xlsx").await;
    assert_eq!(status, StatusCode::OK);
    let disposition = headers[header::CONTENT_DISPOSITION].to_str().unwrap();
    assert!(
        disposition.starts_with("attachment; filename=")
            && disposition.contains("filename*=UTF-8''%E5%82%A8"),
        "{disposition}"
    );
    assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    let empty = import(bench, "inspector", &bytes).await;
    assert_eq!((&empty["rows"], &empty["findings_total"]), (&json!(0), &json!(0)));
    assert_eq!(empty["confirmable"], false, "nothing to be done");
    assert_eq!(empty["missing_columns"], json!([]));
    assert_eq!(empty["other_sheets"], json!(["说明"]));
    let columns = empty["columns"].as_array().unwrap();
    let count = columns.iter().find(|c| c["field"] == "count").unwrap();
    assert_eq!((&count["column"], &count["taken"]), (&json!("M"), &json!(false)));
    assert_eq!(
        download(bench, "firm", "/registers/tank/template.xlsx").await.0,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        download(bench, "-", "/registers/tank/template.xlsx").await.0,
        StatusCode::UNAUTHORIZED
    );
}

fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let plain = Format::new();
    sheet.merge_range(0, 0, 0, 5, "2025年储罐台账", &plain).unwrap();
    for (at, head) in (0_u16..).zip(["编号", "名称*", "镇街", "建成日期", "容积（m³）", "备注"])
    {
        sheet.write(1, at, head).unwrap();
    }
    for (row, name) in (2_u32..).zip(["一号", "二号", "三号"]) {
        sheet.write(row, 1, name).unwrap();
    }
    sheet.merge_range(2, 2, 4, 2, "甲镇", &plain).unwrap();
    sheet.write(2, 0, CODES[0]).unwrap();
    sheet.write_number(3, 0, 370_000_000_000_000_002.0).unwrap();
    sheet.write(4, 0, CODES[2]).unwrap();
    sheet.write(2, 3, "2025.3.1").unwrap();
    sheet.write(3, 3, "去年").unwrap();
    sheet
        .write_number_with_format(4, 3, 45_717, &Format::new().set_num_format("yyyy/m/d"))
        .unwrap();
    sheet.write(4, 4, -1).unwrap();
    book.save_to_buffer().unwrap()
}

async fn tables_with_mistakes_are_told_row_by_row_and_change_nothing(bench: &Bench) {
    // Merged cells, a title, foreign columns, dates as text, a code that a table program broke.
    let report = import(bench, "inspector", &workbook()).await;
    assert_eq!(report["format"], "xlsx");
    assert_eq!(report["header_row"], 2);
    assert_eq!(
        findings(&report),
        found(&[
            (4, "D", "type"),
            (4, "A", "pattern"),
            (4, "A", "value_lost"),
            (5, "E", "range"),
        ]),
        "{report}"
    );
    assert!(
        report["findings"][2]["expected"]["zh"]
            .as_str()
            .unwrap()
            .contains("15位")
    );
    let remark = report["columns"]
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["header"] == "备注")
        .unwrap();
    assert_eq!(
        remark["field"],
        Value::Null,
        "a foreign column is shown and left out"
    );
    assert_eq!(report["confirmable"], false);
    let refused = confirm(bench, "inspector", &report).await;
    assert_eq!(refused.problem(), (409, "refused".to_owned()));
    // GBK, a semicolon, a town out of reach, a double inside of the table, an unknown id.
    let text = format!(
        "记录编号;统一编号;名称;镇街\r\n;{0};一号;甲镇\r\n;{1};二号;乙镇\r\n;{0};三号;甲镇\r\n999;{2};四号;甲镇\r\n;;五号;火星\r\n",
        CODES[0], CODES[1], CODES[2]
    );
    let bytes = encoding_rs::GBK.encode(&text).0.into_owned();
    let report = import(bench, "town", &bytes).await;
    assert_eq!(
        (&report["encoding"], &report["separator"]),
        (&json!("GB18030"), &json!(";"))
    );
    assert_eq!(
        findings(&report),
        found(&[
            (3, "-", "scope"),
            (4, "-", "double"),
            (5, "A", "reference"),
            (6, "B", "required"),
            (6, "D", "reference"),
        ]),
        "{report}"
    );
    // Wrong headers name what was expected.
    let report = import(bench, "inspector", "甲,乙\r\n1,2\r\n".as_bytes()).await;
    assert_eq!(findings(&report), found(&[(0, "-", "header")]));
    assert_eq!(report["header_row"], Value::Null);
    assert!(
        report["findings"][0]["expected"]["zh"]
            .as_str()
            .unwrap()
            .contains("统一编号")
    );
    assert_eq!(records(bench).await, Vec::<Value>::new(), "nothing half imported");
}

async fn a_good_table_is_confirmed_once_also_after_a_restart(bench: &Bench) {
    let report = import(bench, "town", good_table().as_bytes()).await;
    assert_eq!(report["confirmable"], true, "{report}");
    assert_eq!(
        (&report["new"], &report["changed"], &report["unchanged"]),
        (&json!(2), &json!(0), &json!(0))
    );
    assert_eq!(report["preview"][0]["title"], "一号储罐");
    assert_eq!(report["preview"][0]["kind"], "new");
    assert_eq!(records(bench).await.len(), 0, "nothing before it is confirmed");
    // It is the sender's own.
    let path = format!("/registers/tank/imports/{}", report["id"]);
    assert_eq!(bench.get("inspector", &path).await.problem().0, 404);
    assert_eq!(confirm(bench, "inspector", &report).await.problem().0, 404);
    // Another program on the same store: everything it needs was kept.
    let mut app = bench.app.clone();
    let library = registers::library::Library::load(&crate::registers::definitions()).unwrap();
    app.ledger = ledger::Ledger::new(
        bench.store.clone(),
        std::sync::Arc::new(library),
        &app.profile.units,
    );
    let restarted = server::router(app);
    let request = bench.request("town", "POST", &format!("/api/v1{path}/confirm"), Some(json!({})));
    let response = restarted.oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    let done: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(done, json!({ "created": 2, "changed": 0, "unchanged": 0 }));
    let all = records(bench).await;
    assert_eq!(all.len(), 2);
    assert_eq!(all[0]["body"]["volume"], "1234.5");
    assert_eq!(all[0]["body"]["built"], "2025-03-01");
    assert_eq!(
        all[0]["body"]["town"], "town-1",
        "a unit may be written by its name"
    );
    assert_eq!(all[1]["body"]["built"], "2025-03-01");
    let history = format!(
        "/registers/tank/records/{}/history",
        all[0]["id"].as_str().unwrap()
    );
    let history = bench.get("town", &history).await.ok();
    assert_eq!(history["items"][0]["kind"], "imported");
    assert_eq!(history["items"][0]["reason"], "导入 台账.csv");
    assert_eq!(
        confirm(bench, "town", &report).await.problem(),
        (409, "refused".to_owned())
    );
    assert_eq!(records(bench).await.len(), 2);
    // The same table again says what is known, found by the key.
    let again = import(bench, "town", good_table().as_bytes()).await;
    assert_eq!(
        (&again["unchanged"], &again["confirmable"]),
        (&json!(2), &json!(false))
    );
    // What is in another town's record is not shown by naming its key or its number.
    tank(bench, CODES[2], "甲镇罐", Some("LEAK")).await;
    let number = records(bench).await[2]["id"].as_str().unwrap().to_owned();
    let table = format!(
        "记录编号,统一编号,名称,镇街,联系电话\r\n,{},x,乙镇,1\r\n{number},,,,\r\n",
        CODES[2]
    );
    let spied = import(bench, "town2", table.as_bytes()).await;
    assert_eq!(
        findings(&spied),
        found(&[(2, "-", "double"), (3, "A", "reference")])
    );
    assert!(
        !spied.to_string().contains("LEAK") && !spied.to_string().contains("甲镇罐"),
        "{spied}"
    );
    // Who does not enter records imports none; what was given up cannot be confirmed, what is old is forgotten.
    let refused = upload(bench, "leader", "/registers/tank/imports", "a.csv", b"x").await;
    assert_eq!(refused.problem(), (409, "refused".to_owned()));
    let table = good_table().replace("二号储罐", "二号罐");
    let dropped = import(bench, "town", table.as_bytes()).await;
    let path = format!("/api/v1/registers/tank/imports/{}", dropped["id"]);
    assert_eq!(
        bench.ask("town", "DELETE", &path, None).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(confirm(bench, "town", &dropped).await.problem().0, 409);
    let old = import(bench, "town", table.as_bytes()).await;
    bench.pass(25 * 3_600_000);
    assert_eq!(confirm(bench, "town", &old).await.problem().0, 404);
    assert_eq!(records(bench).await[1]["body"]["name"], "二号储罐");
}

async fn a_stale_import_changes_nothing(bench: &Bench) {
    let first = import(bench, "inspector", good_table().as_bytes()).await;
    confirm(bench, "inspector", &first).await.ok();
    let all = records(bench).await;
    let changes = |names: [&str; 2]| {
        format!(
            "统一编号,名称\r\n{},{}\r\n{},{}\r\n",
            CODES[0], names[0], CODES[1], names[1]
        )
    };
    let report = import(bench, "inspector", changes(["一罐", "二罐"]).as_bytes()).await;
    assert_eq!((&report["changed"], &report["new"]), (&json!(2), &json!(0)));
    assert_eq!(report["preview"][0]["changes"][0]["after"], "一罐");
    // Somebody changes the second record meanwhile: the first is not changed either.
    let path = format!(
        "/api/v1/registers/tank/records/{}",
        all[1]["id"].as_str().unwrap()
    );
    let patch = json!({ "revision": 1, "body": { "volume": "21" } });
    bench.ask("town", "PATCH", &path, Some(patch)).await.ok();
    let stale = confirm(bench, "inspector", &report).await;
    assert_eq!(stale.problem(), (409, "stale".to_owned()));
    assert_eq!(stale.json()["details"]["changed"], json!(["volume"]));
    let names: Vec<String> = records(bench)
        .await
        .iter()
        .map(|r| r["body"]["name"].to_string())
        .collect();
    assert_eq!(names, ["\"一号储罐\"", "\"二号储罐\""]);
    // A new record whose key somebody took meanwhile.
    let table = format!(
        "统一编号,名称,镇街\r\n{},三号,甲镇\r\n{},四号,甲镇\r\n",
        CODES[2], CODES[3]
    );
    let report = import(bench, "inspector", table.as_bytes()).await;
    assert_eq!(report["new"], 2);
    tank(bench, CODES[3], "先到", None).await;
    assert_eq!(
        confirm(bench, "inspector", &report).await.problem(),
        (422, "findings".to_owned())
    );
    assert_eq!(records(bench).await.len(), 3);
    // Read again, it can be confirmed.
    let report = import(bench, "inspector", changes(["一罐", "二罐"]).as_bytes()).await;
    confirm(bench, "inspector", &report).await.ok();
    assert_eq!(
        records(bench).await[1]["body"]["volume"],
        "21",
        "columns that are not there stay"
    );
    // A record that is locked cannot be changed by a table.
    let pdf = upload(
        bench,
        "inspector",
        "/attachments?register=tank&field=proof",
        "a.pdf",
        b"%PDF-1.7",
    )
    .await
    .ok();
    let path = format!("/registers/tank/records/{}/steps", all[0]["id"].as_str().unwrap());
    let step = json!({ "transition": "remove", "revision": 2, "body": { "proof": pdf } });
    bench.post("inspector", &path, step).await.ok();
    let report = import(bench, "inspector", changes(["又改", "二罐"]).as_bytes()).await;
    assert_eq!(findings(&report), found(&[(2, "-", "locked")]));
}

async fn uploads_that_are_no_tables_are_refused(bench: &Bench) {
    let path = "/registers/tank/imports";
    for (content, code) in [
        (&b""[..], "empty"),
        (b"%PDF-1.7 whatever", "format"),
        (b"PK\x03\x04 broken", "damaged"),
        (b"a,b\r\n1,\xFF\xFF\r\n", "encoding"),
        (b"a,b\r\n\"1,2\r\n", "damaged"),
    ] {
        let answer = upload(bench, "inspector", path, "x.xlsx", content).await;
        assert_eq!(answer.problem(), (422, "table".to_owned()), "{code}");
        assert_eq!(answer.json()["details"]["code"], code);
    }
    let nothing =
        b"--edge\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nx\r\n--edge--\r\n".to_vec();
    assert_eq!(
        send(bench, "inspector", path, nothing).await.problem(),
        (400, "bad_body".to_owned())
    );
    let cut = form("a.csv", b"a,b")[..150].to_vec();
    assert_eq!(
        send(bench, "inspector", path, cut).await.problem(),
        (400, "bad_body".to_owned())
    );
    let json = bench.post("inspector", path, json!({})).await;
    assert_eq!(json.status.as_u16(), 400, "{}", json.text);
    let large = vec![b'x'; (50 << 20) + 1];
    let answer = upload(bench, "inspector", path, "a.csv", &large).await;
    assert_eq!(answer.problem(), (413, "body_too_large".to_owned()));
    // A session's cookie alone changes nothing: another site could send the form.
    let cookie = bench.login("inspector", PASSWORD).await.cookie();
    let request = Request::post(format!("/api/v1{path}"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .header(header::COOKIE, cookie)
        .body(Body::from(form("a.csv", good_table().as_bytes())))
        .unwrap();
    assert_eq!(
        bench.send(request).await.problem(),
        (403, "csrf_rejected".to_owned())
    );
    assert_eq!(upload(bench, "-", path, "a.csv", b"x").await.problem().0, 401);
    assert_eq!(
        upload(bench, "inspector", "/registers/none/imports", "a.csv", b"x")
            .await
            .problem()
            .0,
        404
    );
    let left = std::fs::read_dir(bench.store.scratch()).unwrap().count();
    assert_eq!(left, 0, "nothing is left of any of them");
    let audit = bench.get("auditor", "/audit?action=registers.write").await.ok();
    assert!(
        audit["total"].as_i64().unwrap() >= 10,
        "uploads are in the audit chain"
    );
}

async fn what_is_exported_comes_back_without_a_change(bench: &Bench) {
    let report = import(bench, "inspector", good_table().as_bytes()).await;
    confirm(bench, "inspector", &report).await.ok();
    let body = json!({ "code": CODES[2], "name": "=HYPERLINK(\"x\")", "town": "town-2", "place": "116.2,36.6", "phone": "-1",
        "checks": [{ "day": "2025-01-01", "by": "甲" }, { "day": "2025-02-01" }] });
    bench
        .post("inspector", "/registers/tank/records", json!({ "body": body }))
        .await
        .ok();
    for format in ["xlsx", "csv"] {
        let (status, headers, bytes) = download(
            bench,
            "inspector",
            &format!("/registers/tank/export?format={format}"),
        )
        .await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(headers["x-records"], "3");
        let back = import(bench, "inspector", &bytes).await;
        assert_eq!(findings(&back), found(&[]), "{format}");
        assert_eq!(
            (&back["unchanged"], &back["changed"], &back["new"]),
            (&json!(3), &json!(0), &json!(0)),
            "{format}: {back}"
        );
        assert_eq!(back["missing_columns"], json!([]), "{format}");
    }
    // As filtered, in the order asked, and no more than is in sight.
    let (_, headers, bytes) = download(
        bench,
        "inspector",
        "/registers/tank/export?format=csv&where.kind=under&sort=-code",
    )
    .await;
    assert_eq!(headers["x-records"], "1");
    assert!(
        headers[header::CONTENT_TYPE]
            .to_str()
            .unwrap()
            .starts_with("text/csv")
    );
    let text = String::from_utf8(bytes).unwrap();
    assert!(
        text.starts_with("\u{feff}记录编号,") && text.contains("二号储罐") && text.contains(",在用"),
        "{text}"
    );
    let (_, _, bytes) = download(bench, "town2", "/registers/tank/export?format=csv").await;
    let text = String::from_utf8(bytes).unwrap();
    assert!(
        text.contains("'=HYPERLINK") && !text.contains("一号储罐"),
        "{text}"
    );
    let (_, headers, bytes) = download(bench, "inspector", "/registers/tank/export?format=geojson").await;
    assert_eq!(headers[header::CONTENT_TYPE], "application/geo+json");
    let places: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(places["type"], "FeatureCollection");
    assert_eq!(
        places["features"].as_array().unwrap().len(),
        1,
        "records without a place are left out"
    );
    assert_eq!(
        places["features"][0]["geometry"]["coordinates"],
        json!([116.2, 36.6])
    );
    assert_eq!(places["features"][0]["properties"]["code"], CODES[2]);
    let answer = |path: &'static str| async move { bench.get("inspector", path).await.problem() };
    assert_eq!(
        answer("/registers/tank/export?format=pdf").await,
        (400, "bad_query".to_owned())
    );
    assert_eq!(
        answer("/registers/tank/export?where.nothing=1").await,
        (400, "bad_query".to_owned())
    );
    assert_eq!(
        answer("/registers/visit/export?format=geojson").await,
        (400, "bad_query".to_owned())
    );
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
    assert_eq!(
        upload(bench, "town", path, "a.pdf", &large).await.problem(),
        (413, "body_too_large".to_owned())
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
    assert_eq!(page["items"][0]["shown"]["town"], "甲镇");
    assert_eq!(
        page["items"][0]["body"]["checks"],
        json!([{ "day": "2026-01-01" }])
    );
    assert_eq!(page["period"]["from"], "2026-10-01");
    // Nothing can be found out by searching either.
    for (q, total) in [("公示", 1), ("LEAK", 0), ("77.7", 0)] {
        let found = bench
            .get("-", &format!("/public/registers/tank?q={}", encoded(q)))
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

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}
