//! The plan over HTTP: what each role sees and may do, rounds and evaluations from opening to publication, the document. The
//! district and its plan are the tests' own; the registers are the project's.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use ledger::Ledger;
use plan::facts::Facts;
use progress::{Demo, Follow, Progress};
use registers::library::{File, Library};
use serde_json::{Value, json};

use crate::bench::{Bench, noon};

const FILES: [(&str, &str); 7] = [
    (
        "plan/plan.toml",
        r#"
        title = "测试区规划"
        number = "测政发〔2021〕1号"
        issued = "2021-01-20"
        base_year = 2020
        target_year = 2025
        evaluations = [2023, 2025]
        chapter = [{ no = 3, title = "水", title_en = "Water", sections = ["污水"], sections_en = ["Sewage"] }]
        "#,
    ),
    (
        "plan/tasks.toml",
        r#"
        towns_from = "3.1.1"
        task = [
          { id = "3.1.1", title = "管网", title_en = "Sewers", duty = [{ lead = ["water"] }], projects = ["泵站"], projects_en = ["Pumping station"] },
          { id = "3.1.2", title = "排口", duty = [{ units = ["town-1"], with = ["water"] }] },
        ]
        "#,
    ),
    (
        "plan/indicators.toml",
        r#"
        indicator = [
          { no = 1, group = "水", name = "治理率", unit = "%", force = "binding", direction = "higher", base = "30", target = "60" },
          { no = 2, group = "水", group_en = "Water", name = "减排量", name_en = "Cuts", unit = "吨", unit_en = "t", force = "expected", direction = "cumulative", target = "100", restated = true },
        ]
        "#,
    ),
    (
        "plan/aims.toml",
        r#"
        aim = [{ no = 1, title = "水环境", title_en = "Water", indicators = [1, 2], tasks = ["3.1"], statement = [
          { name = "治理率达到", name_en = "rate reached", by = "indicator", indicator = 1 },
        ] }]
        serves = { 1 = ["3.1.1"], 2 = ["3.1"] }
        "#,
    ),
    (
        "plan/sources.toml",
        r#"
        source = [
          { indicator = 1, lead = ["water"], weight = "6", kind = "reported" },
          { indicator = 2, lead = ["town-1"], weight = "4", kind = "cuts", pollutant = "cod" },
        ]
        "#,
    ),
    (
        "plan/rules.toml",
        r#"
        escalation = { remind = [15, 7], yellow = 1, order = 15, interview = 30, answer = 10 }
        round = [{ code = "H2", zh = "年终", en = "year end", month = 12, day = 31, days = 10 }]
        yearly = { month = 1, day = 15 }
        evaluation = { month = 3, day = 31 }
        desk = { unit = "water", reports_to = "town-1" }
        "#,
    ),
    (
        "plan/demo.toml",
        r#"
        values = { 1 = ["36", "42", "45", "55", "61"] }
        project = [
          { name = "演示提标", task = "3.1.1", field = "water", lead = "water", town = "town-1", start = "2021-02-01", due = "2023-02-01", finished = "2023-01-10", investment = "600", cuts = { cod = ["10", "20", "30", "20", "25"] } },
        ]
        "#,
    ),
];

fn definitions() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = root.join("registers/plan");
    let mut files: Vec<File> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .map(|path| File {
            path: format!("plan/{}", path.file_name().unwrap().to_str().unwrap()),
            text: std::fs::read_to_string(&path).unwrap(),
        })
        .filter(|file| {
            progress::kept::REGISTERS
                .iter()
                .any(|name| file.path == format!("plan/{name}.toml"))
        })
        .collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// The bench with a plan; `seeded` with its simulated course.
pub(crate) async fn with_plan(bench: &Bench, seeded: bool) -> Bench {
    with_changed(bench, seeded, |_, _| ()).await
}

/// The same with the text of its files changed.
pub(crate) async fn with_changed(bench: &Bench, seeded: bool, change: impl Fn(&str, &mut String)) -> Bench {
    let files: BTreeMap<String, String> = FILES
        .iter()
        .map(|(name, text)| {
            let mut text = (*text).to_owned();
            change(name, &mut text);
            ((*name).to_owned(), text)
        })
        .collect();
    let units = &bench.app.profile.units;
    let library = Library::load(&definitions()).unwrap();
    let ledger = Ledger::new(bench.store.clone(), Arc::new(library), units);
    let facts = Facts::from_files(&files, units).unwrap().unwrap();
    let follow = Follow::from_files(&files, &facts, units).unwrap();
    let plan = Progress::new(ledger.clone(), facts, follow, units);
    if seeded {
        let demo = Demo::from_files(&files).unwrap().unwrap();
        assert!(plan.seed_demo(&demo, noon()).await.unwrap() > 10);
    }
    bench.with_app(|app| {
        app.ledger = ledger;
        app.plan = Some(plan);
    })
}

on_both![
    each_role_sees_its_part,
    an_evaluation_goes_from_the_desk_to_the_public,
    a_round_is_opened_and_frozen_by_those_who_may,
    the_document_is_uploaded_corrected_and_compared,
    without_a_plan_nothing_is_found,
];

async fn each_role_sees_its_part(bench: &Bench) {
    let bench = with_plan(bench, true).await;
    for login in ["-", "citizen", "firm"] {
        for path in [
            "/plan",
            "/plan/tasks",
            "/plan/late",
            "/plan/evaluations",
            "/plan/documents",
        ] {
            let status = bench.get(login, path).await.status;
            assert!(matches!(status.as_u16(), 401 | 403), "{login} {path}: {status}");
        }
    }
    let all = bench.get("leader", "/plan?on=2025-12-31").await.ok();
    assert_eq!(all["plan"]["number"], "测政发〔2021〕1号");
    assert_eq!((&all["on"], &all["year"]), (&json!("2025-12-31"), &json!(2025)));
    assert_eq!(all["time"], "1.000");
    let sum = |lights: &Value| {
        ["green", "yellow", "red", "grey"]
            .iter()
            .map(|l| lights[l].as_u64().unwrap())
            .sum::<u64>()
    };
    assert_eq!((sum(&all["indicators"]), sum(&all["tasks"])), (2, 2));
    assert_eq!(all["demo"], true);

    let board = bench.get("leader", "/plan/indicators?on=2025-12-31").await.ok();
    let first = &board["items"][0];
    assert_eq!(
        (&first["current"], &first["light"], &first["reached"]),
        (&json!("61"), &json!("green"), &json!(true))
    );
    assert_eq!(first["path"].as_array().unwrap().len(), 6);
    assert!(first["explanation"].is_null(), "only where it is opened");
    let one = bench.get("town", "/plan/indicators/1?on=2023-12-31").await.ok();
    assert_eq!(
        (&one["current"], &one["progress"]),
        (&json!("45"), &json!("0.5")),
        "(45 − 30)/(60 − 30)"
    );
    assert!(one["explanation"]["steps"].is_array());
    let key = one["given"][0]["source"]["key"].as_str().unwrap();
    let opened = bench
        .get("leader", &format!("/plan/provenance?key={key}"))
        .await
        .ok();
    assert_eq!(opened["register"], "plan_value");
    let cuts = bench.get("leader", "/plan/provenance?key=cuts/2/2023").await.ok();
    assert_eq!(cuts["rows"][0][3], "30");
    assert_eq!(
        bench
            .get("leader", "/plan/provenance?key=cuts/9/2023")
            .await
            .status,
        StatusCode::NOT_FOUND
    );

    // The main aim: both indicators, the tasks in sight, the statement that rests on the first.
    let aims = bench.get("leader", "/plan/aims?on=2025-12-31").await.ok();
    let aim = &aims["items"][0];
    assert_eq!(
        (aims["year"].clone(), aim["names"]["en"].clone()),
        (json!(2025), json!("Water"))
    );
    assert_eq!(sum(&aim["indicator_lights"]), 2);
    assert_eq!(aim["indicators"][0]["name"], "治理率");
    assert_eq!(
        (&aim["statements"][0]["met"], &aim["statements"][0]["indicator"]),
        (&json!(true), &json!(1))
    );
    assert!(
        aim["statements"][0]["source"]["key"]
            .as_str()
            .unwrap()
            .starts_with("record/")
    );
    let task = bench.get("leader", "/plan/tasks/3.1.1?on=2025-12-31").await.ok();
    let towards: Vec<&str> = task["indicators"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["id"].as_str().unwrap())
        .collect();
    assert_eq!(towards, ["1", "2"]);
    assert_eq!(
        one["tasks"].as_array().unwrap().len(),
        1,
        "3.1.1 works towards the first"
    );
    assert_eq!(
        bench.get("firm", "/plan/aims").await.status,
        StatusCode::FORBIDDEN
    );

    // Every town takes part in every task; a town does not see what another unit reported under it.
    let tree = bench.get("town2", "/plan/tasks?on=2025-12-31").await.ok();
    let tasks = tree["chapters"][0]["sections"][0]["tasks"]
        .as_array()
        .unwrap()
        .clone();
    assert_eq!(tasks.len(), 2);
    let seen = |view: &Value| view["measures"].as_array().unwrap().len();
    let mine = bench.get("town2", "/plan/tasks/3.1.1").await.ok();
    let theirs = bench.get("department", "/plan/tasks/3.1.1").await.ok();
    assert_eq!((seen(&mine), seen(&theirs)), (0, 1));
    assert_eq!(theirs["named_projects"], json!(["泵站"]));
    assert_eq!(
        bench.get("leader", "/plan/tasks/3.1.9").await.status,
        StatusCode::NOT_FOUND
    );

    let own = bench.get("department", "/plan/units/mine").await.ok();
    assert_eq!(own["card"]["unit"]["code"], "water");
    assert_eq!(own["leads"].as_array().unwrap().len(), 1);
    assert_eq!(own["with"].as_array().unwrap().len(), 1);
    assert_eq!(
        bench.get("department", "/plan/units/town-1").await.status,
        StatusCode::NOT_FOUND
    );
    assert!(
        bench
            .get("leader", "/plan/units/town-1")
            .await
            .status
            .is_success()
    );
    assert_eq!(
        bench.get("leader", "/plan/units/nobody").await.status,
        StatusCode::NOT_FOUND
    );
    let late = bench.get("town", "/plan/late?on=2025-12-31").await.ok();
    for row in late["items"].as_array().unwrap() {
        assert!(
            row["units"]
                .as_array()
                .unwrap()
                .iter()
                .any(|u| u["code"] == "town-1"),
            "{row}"
        );
    }
    assert_eq!(
        bench.get("leader", "/plan/late?level=x").await.problem(),
        (400, "bad_query".into())
    );
    assert_eq!(
        bench.get("leader", "/plan?on=1999-01-01").await.problem(),
        (400, "bad_query".into())
    );
    assert_eq!(
        bench.get("leader", "/plan?on=gestern").await.problem(),
        (400, "bad_query".into())
    );

    let assessments = bench.get("town", "/plan/assessments").await.ok();
    let id = &assessments["items"][0]["id"];
    let units = |answer: Value| answer["units"].as_array().unwrap().len();
    assert_eq!(
        units(bench.get("town", &format!("/plan/assessments/{id}")).await.ok()),
        1
    );
    assert!(units(bench.get("leader", &format!("/plan/assessments/{id}")).await.ok()) > 1);
}

async fn an_evaluation_goes_from_the_desk_to_the_public(bench: &Bench) {
    let bench = with_plan(bench, true).await;
    let before = bench.get("-", "/public/plan").await.ok();
    assert_eq!(
        before["evaluations"].as_array().unwrap().len(),
        1,
        "the simulated mid-term one"
    );
    let ask = json!({ "kind": "final", "year": 2025, "remarks": { "results": ["河清"] } });
    for (login, status) in [
        ("town", 403),
        ("department", 403),
        ("duty", 403),
        ("firm", 403),
        ("-", 401),
    ] {
        let answer = bench.post(login, "/plan/evaluations", ask.clone()).await;
        assert_eq!(answer.status.as_u16(), status, "{login}");
    }
    let made = bench.post("inspector", "/plan/evaluations", ask).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let made = made.ok();
    let id = made["evaluation"]["id"].as_i64().unwrap();
    assert_eq!(
        (&made["evaluation"]["version"], &made["evaluation"]["state"]),
        (&json!(2), &json!("frozen"))
    );
    assert_eq!(made["indicators"][0]["verdict"], "met");
    assert_eq!(made["remarks"]["results"][0], "河清");
    let step = async |login: &str, what: &str| {
        bench
            .post(
                login,
                &format!("/plan/evaluations/{id}/{what}"),
                json!({ "note": "区政府" }),
            )
            .await
    };
    assert_eq!(
        step("leader", "publish").await.problem(),
        (409, "conflict".into()),
        "handed in first"
    );
    assert!(step("inspector", "hand-in").await.status.is_success());
    assert_eq!(step("inspector", "publish").await.status, StatusCode::FORBIDDEN);
    assert_eq!(
        bench.get("town", &format!("/plan/evaluations/{id}")).await.status,
        StatusCode::NOT_FOUND
    );
    let public = format!("/public/plan/evaluations/{id}/report.docx");
    assert_eq!(bench.get("-", &public).await.status, StatusCode::NOT_FOUND);
    assert!(step("leader", "publish").await.status.is_success());
    assert!(
        bench
            .get("town", &format!("/plan/evaluations/{id}"))
            .await
            .status
            .is_success()
    );
    let after = bench.get("-", "/public/plan").await.ok();
    for inside in ["made_by", "snapshot", "events", "state"] {
        assert!(
            after["evaluations"][0].get(inside).is_none(),
            "{inside} is nobody else's business"
        );
    }
    assert_eq!(after["indicators"][0]["value"], "61");
    assert_eq!(after["evaluations"].as_array().unwrap().len(), 2);
    let first = bench.get("-", &public).await;
    assert!(first.status.is_success() && first.text.starts_with("PK"));
    assert_eq!(
        first.text,
        bench
            .get("leader", &format!("/plan/evaluations/{id}/report.docx"))
            .await
            .text
    );
    assert!(
        first.headers[header::CONTENT_DISPOSITION]
            .to_str()
            .unwrap()
            .contains("plan-final-2025-v2.docx")
    );
    let bare = bench
        .post("leader", &format!("/plan/evaluations/{id}/withdraw"), json!({}))
        .await;
    assert_eq!(
        bare.problem(),
        (400, "invalid_field".into()),
        "a reason is needed"
    );
    assert!(step("leader", "withdraw").await.status.is_success());
    assert_eq!(bench.get("-", &public).await.status, StatusCode::NOT_FOUND);
    // Whoever made it does not publish it.
    let own = bench
        .post(
            "leader",
            "/plan/evaluations",
            json!({ "kind": "midterm", "year": 2023 }),
        )
        .await
        .ok();
    let own = own["evaluation"]["id"].as_i64().unwrap();
    assert!(
        bench
            .post("leader", &format!("/plan/evaluations/{own}/hand-in"), json!({}))
            .await
            .status
            .is_success()
    );
    let refused = bench
        .post("leader", &format!("/plan/evaluations/{own}/publish"), json!({}))
        .await;
    assert_eq!(refused.problem(), (409, "conflict".into()));
    for wrong in [
        json!({ "kind": "final", "year": 2023 }),
        json!({ "kind": "x", "year": 2025 }),
        json!({ "kind": "yearly", "year": 2030 }),
    ] {
        assert_eq!(
            bench.post("leader", "/plan/evaluations", wrong).await.problem(),
            (400, "invalid_field".into())
        );
    }
}

async fn a_round_is_opened_and_frozen_by_those_who_may(bench: &Bench) {
    let bench = with_plan(bench, false).await;
    let open = json!({ "code": "2025-H2" });
    for login in ["town", "department", "leader", "duty"] {
        assert_eq!(
            bench.post(login, "/plan/rounds", open.clone()).await.status,
            StatusCode::FORBIDDEN,
            "{login}"
        );
    }
    let opened = bench.post("inspector", "/plan/rounds", open.clone()).await;
    assert_eq!(opened.status, StatusCode::CREATED);
    assert_eq!(opened.ok()["round"]["units"], 3);
    assert_eq!(
        bench.post("inspector", "/plan/rounds", open).await.problem(),
        (409, "conflict".into())
    );
    let wrong = bench
        .post("inspector", "/plan/rounds", json!({ "code": "2025-Q1" }))
        .await;
    assert_eq!(wrong.problem(), (400, "invalid_field".into()));
    let own = bench.get("department", "/plan/rounds/2025-H2").await.ok();
    assert_eq!(own["filings"].as_array().unwrap().len(), 1);
    assert!(
        own["filings"][0]["late"].as_i64().unwrap() > 300,
        "due in January, November now"
    );
    let frozen = bench
        .post("inspector", "/plan/rounds/2025-H2/freeze", json!({}))
        .await
        .ok();
    assert_eq!(frozen["frozen"]["returns"].as_array().unwrap().len(), 3);
    assert!(bench.get("department", "/plan/rounds/2025-H2").await.ok()["frozen"].is_null());
    let twice = bench
        .post("inspector", "/plan/rounds/2025-H2/freeze", json!({}))
        .await;
    assert_eq!(twice.problem(), (409, "conflict".into()));
    assert_eq!(
        bench.get("leader", "/plan/rounds/1999-H1").await.status,
        StatusCode::NOT_FOUND
    );
}

const PLAN: &str = include_str!("../../../plan/tests/plan/fixtures/linhe.md");

fn form(bench: &Bench, login: &str, name: &str, bytes: &[u8]) -> Request<Body> {
    let mut body = format!(
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/plain\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--b--\r\n");
    Request::builder()
        .method("POST")
        .uri("/api/v1/plan/documents")
        .header(header::AUTHORIZATION, format!("Bearer {}", bench.token(login)))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
        .body(Body::from(body))
        .unwrap()
}

async fn the_document_is_uploaded_corrected_and_compared(bench: &Bench) {
    let bench = with_plan(bench, false).await;
    let refused = bench.send(form(&bench, "town", "plan.md", PLAN.as_bytes())).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let wrong = bench
        .send(form(&bench, "inspector", "plan.pdf", b"%PDF-1.7"))
        .await;
    assert_eq!(wrong.problem(), (400, "invalid_input".into()));
    // A published plan is larger than what forms may hold.
    let long = format!("{PLAN}\n{}", "附件说明文字。\n".repeat(5_000));
    assert!(long.len() > server::limits::MAX_BODY);
    let whole = bench
        .send(form(&bench, "inspector", "long.md", long.as_bytes()))
        .await;
    assert_eq!(whole.status, StatusCode::CREATED, "{}", whole.text);
    let first = bench
        .send(form(&bench, "inspector", "plan.md", PLAN.as_bytes()))
        .await;
    assert_eq!(first.status, StatusCode::CREATED);
    let first = first.ok();
    let edition = first["document"]["edition"].as_i64().unwrap();
    let id = first["read"]["tasks"][0]["id"].as_str().unwrap().to_owned();
    assert!(first["counts"]["tasks"].as_u64().unwrap() > 3 && !first["lines"].as_array().unwrap().is_empty());
    let correct =
        json!({ "list": "tasks", "id": id, "field": "title", "after": "另一个标题", "reason": "核对" });
    let path = format!("/plan/documents/{edition}/corrections");
    assert_eq!(
        bench.post("leader", &path, correct.clone()).await.status,
        StatusCode::FORBIDDEN
    );
    let made = bench.post("inspector", &path, correct).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let made = made.ok()["id"].as_i64().unwrap();
    for wrong in ["lists", "tasks"] {
        let body = json!({ "list": wrong, "id": "3.1.1", "field": "nothing", "after": 1 });
        let status = bench.post("inspector", &path, body).await.status;
        assert!(matches!(status.as_u16(), 400 | 404), "{status}");
    }
    let newer = format!("{PLAN}\n\n附记。\n");
    let second = bench
        .send(form(&bench, "inspector", "plan2.md", newer.as_bytes()))
        .await
        .ok();
    let later = second["document"]["edition"].as_i64().unwrap();
    assert_eq!(second["corrections"][0]["fit"], "fits");
    assert_eq!(second["corrected"]["tasks"][0]["title"], "另一个标题");
    assert_ne!(second["read"]["tasks"][0]["title"], "另一个标题");
    let diff = bench
        .get("town", &format!("/plan/diff?older={edition}&newer={later}"))
        .await
        .ok();
    assert!(diff["items"].is_array());
    assert_eq!(
        bench.get("leader", "/plan/diff?older=1&newer=999").await.status,
        StatusCode::NOT_FOUND
    );
    let gone = bench
        .ask(
            "inspector",
            "DELETE",
            &format!("/api/v1/plan/corrections/{made}"),
            None,
        )
        .await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let twice = bench
        .ask(
            "inspector",
            "DELETE",
            &format!("/api/v1/plan/corrections/{made}"),
            None,
        )
        .await;
    assert_eq!(twice.status, StatusCode::NOT_FOUND);
    assert_eq!(
        bench.get("town", "/plan/documents").await.ok()["items"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
}

async fn without_a_plan_nothing_is_found(bench: &Bench) {
    for path in [
        "/plan",
        "/plan/indicators",
        "/plan/rounds",
        "/plan/evaluations",
        "/public/plan",
    ] {
        assert_eq!(
            bench.get("leader", path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}
