//! Tables that go in, and tables that come out.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use rust_xlsxwriter::{Format, Workbook};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::bench::{Answer, Bench, PASSWORD};
use crate::register_files::{CODES, download, form, records, send, tank, too_large, upload};

on_both![
    a_template_is_offered_and_understood,
    tables_with_mistakes_are_told_row_by_row_and_change_nothing,
    a_good_table_is_confirmed_once_also_after_a_restart,
    a_stale_import_changes_nothing,
    uploads_that_are_no_tables_are_refused,
    what_is_exported_comes_back_without_a_change,
];

async fn import(bench: &Bench, login: &str, table: &[u8]) -> Value {
    let answer = upload(bench, login, "/registers/tank/imports", "台账.csv", table).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer.json()
}

async fn confirm(bench: &Bench, login: &str, import: &Value) -> Answer {
    let path = format!("/registers/tank/imports/{}/confirm", import["id"]);
    bench.post(login, &path, json!({})).await
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
    // It is said which record, what of it, who and when.
    let said = stale.json();
    let (details, number) = (&said["details"], all[1]["id"].as_str().unwrap());
    assert_eq!(details["changed"], json!(["volume"]));
    assert_eq!(
        (&details["id"], &details["title"]),
        (&json!(number), &json!("二号储罐"))
    );
    assert_eq!(
        details["fields"][0]["names"],
        json!({ "zh": "容积", "en": "Volume" })
    );
    assert_eq!(
        said["message"]["zh"],
        format!("记录 {number}“二号储罐”已被 town 于 2026-11-24 12:00:00 修改（容积），请按最新内容再改")
    );
    assert_eq!(
        said["message"]["en"],
        format!(
            "record {number} «二号储罐» was changed by town at 2026-11-24 12:00:00 (Volume); change it again on what it \
             says now"
        )
    );
    let names: Vec<String> = records(bench)
        .await
        .iter()
        .map(|r| r["body"]["name"].to_string())
        .collect();
    assert_eq!(names, ["\"一号储罐\"", "\"二号储罐\""]);
    // Where the record has gone to another town meanwhile, only its number is told, which the table had found.
    let own = import(bench, "town", changes(["甲罐", "乙罐"]).as_bytes()).await;
    let moved = json!({ "revision": 2, "body": { "town": "town-2", "name": "LEAK" } });
    bench.ask("inspector", "PATCH", &path, Some(moved)).await.ok();
    let stale = confirm(bench, "town", &own).await;
    assert_eq!(stale.problem(), (409, "stale".to_owned()));
    assert_eq!(
        stale.json()["details"],
        json!({ "id": number, "in_sight": false })
    );
    assert!(
        !stale.text.contains("LEAK") && !stale.text.contains("inspector"),
        "{}",
        stale.text
    );
    let back = json!({ "revision": 3, "body": { "town": "town-1", "name": "二号储罐" } });
    bench.ask("inspector", "PATCH", &path, Some(back)).await.ok();
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
    too_large(
        &answer,
        "file",
        50 << 20,
        "表格文件过大，至多 50 MiB；请",
        "the table is too large, at most 50 MiB; ",
    );
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
