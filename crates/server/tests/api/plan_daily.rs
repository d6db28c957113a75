//! What comes of the plan by itself, over HTTP: the yearly list, what units are told, figures of other plans.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::bench::{Bench, noon};
use crate::plan::{with_changed, with_plan};

on_both![
    the_yearly_list_is_seen_derived_and_left_alone,
    units_are_told_and_acknowledge,
    other_plans_are_compared_and_ordered,
    what_has_an_english_name_goes_by_it,
];

fn ids(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().unwrap();
    items.iter().map(|i| i["id"].as_str().unwrap()).collect()
}

async fn the_yearly_list_is_seen_derived_and_left_alone(bench: &Bench) {
    let bench = with_plan(bench, false).await;
    let list = bench.get("leader", "/plan/goals/derived?year=2023").await.ok();
    assert_eq!(ids(&list), ["2023-i01", "2023-i02", "2023-t3-1-1", "2023-t3-1-2"]);
    // 30 + 3/5 · 30, and 100 · 3/5 summed.
    assert_eq!(
        (&list["items"][0]["value"], &list["items"][1]["value"]),
        (&json!("48"), &json!("60"))
    );
    assert_eq!(list["items"][2]["towns"], true);
    let told = list["left_out"].as_array().unwrap();
    assert!(
        told.iter()
            .any(|l| l["code"] == "no_record" && l["name"] == "泵站"),
        "{told:?}"
    );
    // A department gets its own, and nobody else's; nothing was written yet.
    let own = bench
        .get("department", "/plan/goals/derived?year=2023")
        .await
        .ok();
    assert_eq!(own["unit"]["code"], "water");
    assert_eq!(ids(&own), ["2023-i01", "2023-t3-1-1", "2023-t3-1-2"]);
    let other = bench
        .get("department", "/plan/goals/derived?year=2023&unit=town-1")
        .await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    let records = "/registers/plan_goal/records";
    assert_eq!(bench.get("inspector", records).await.ok()["total"], 0);

    let ask = json!({ "year": 2023 });
    for (login, status) in [
        ("town", 403),
        ("department", 403),
        ("leader", 403),
        ("firm", 403),
        ("-", 401),
    ] {
        let answer = bench.post(login, "/plan/goals/derived", ask.clone()).await;
        assert_eq!(answer.status.as_u16(), status, "{login}");
    }
    let some = json!({ "year": 2023, "items": ["2023-i02"] });
    let made = bench.post("inspector", "/plan/goals/derived", some).await.ok();
    assert_eq!(made["records"], json!(["2023-i02"]));
    let made = bench
        .post("inspector", "/plan/goals/derived", ask.clone())
        .await
        .ok();
    assert_eq!(made["records"], json!(["2023-i01", "2023-t3-1-1", "2023-t3-1-2"]));
    assert_eq!(made["list"]["standing"].as_array().unwrap().len(), 4);
    // Somebody makes it their own; the next derivation changes nothing.
    let path = "/api/v1/registers/plan_goal/records/2023-i01";
    let edit = json!({ "revision": 1, "body": { "value": "47" } });
    let answer = bench.ask("inspector", "PATCH", path, Some(edit)).await;
    assert!(answer.status.is_success(), "{}", answer.text);
    let again = bench.post("inspector", "/plan/goals/derived", ask).await.ok();
    assert_eq!(again["records"], json!([]));
    let standing = again["list"]["standing"].as_array().unwrap();
    let own = standing.iter().find(|s| s["id"] == "2023-i01").unwrap();
    assert!(own["differs"]["zh"].as_str().unwrap().contains("47"), "{own}");
    let kept = bench.get("inspector", &format!("{records}/2023-i01")).await.ok();
    assert_eq!(
        (&kept["body"]["value"], &kept["revision"]),
        (&json!("47"), &json!(2))
    );
    assert_eq!(kept["state"], "draft");

    for wrong in [
        json!({ "year": 2020 }),
        json!({ "year": 2023, "unit": "nobody" }),
        json!({ "year": 2023, "items": ["x"] }),
    ] {
        let answer = bench.post("inspector", "/plan/goals/derived", wrong).await;
        assert_eq!(answer.problem(), (400, "invalid_field".into()));
    }
}

async fn units_are_told_and_acknowledge(bench: &Bench) {
    let bench = with_plan(bench, false).await;
    let plan = bench.app.plan.clone().unwrap();
    // The round of a year that is over: its returns are three hundred days late.
    let open = json!({ "code": "2025-H2" });
    assert!(
        bench
            .post("inspector", "/plan/rounds", open)
            .await
            .status
            .is_success()
    );
    let swept = plan.sweep(noon()).await.unwrap();
    assert_eq!(swept.notices.raised, 3, "{swept:?}");
    assert!(plan.sweep(noon()).await.unwrap().quiet(), "once");

    let all = bench.get("leader", "/plan/notices").await.ok();
    assert_eq!(all["total"], 3);
    let own = bench.get("department", "/plan/notices").await.ok();
    let row = &own["items"][0];
    assert_eq!(
        (&own["total"], &row["unit"]["code"]),
        (&json!(1), &json!("water"))
    );
    assert_eq!(
        (&row["level"], &row["about"], &row["raised_on"]),
        (&json!("interview"), &json!("return"), &json!("2026-11-24"))
    );
    assert!(row["late"].as_i64().unwrap() > 300 && row["seen"].is_null());
    assert_eq!(
        bench.get("department", "/plan/notices?unit=town-1").await.ok()["total"],
        0
    );
    let desk = bench.get("department", "/plan/units/mine").await.ok();
    assert_eq!(desk["notices"][0]["id"], row["id"]);
    for (login, status) in [("firm", 403), ("citizen", 403), ("-", 401)] {
        let answer = bench.get(login, "/plan/notices").await;
        assert_eq!(answer.status.as_u16(), status, "{login}");
    }
    assert_eq!(
        bench.get("leader", "/plan/notices?level=x").await.problem(),
        (400, "bad_query".into())
    );
    assert_eq!(
        bench.get("leader", "/plan/notices?level=order").await.ok()["total"],
        3
    );

    let path = format!("/plan/notices/{}/acknowledge", row["id"]);
    let say = json!({ "note": "本周补报" });
    for (login, status) in [
        ("town", 404),
        ("leader", 403),
        ("auditor", 403),
        ("firm", 403),
        ("-", 401),
    ] {
        let answer = bench.post(login, &path, say.clone()).await;
        assert_eq!(answer.status.as_u16(), status, "{login}: {}", answer.text);
    }
    let seen = bench.post("department", &path, say).await.ok();
    assert_eq!(seen["seen"]["note"], "本周补报");
    let twice = bench
        .post("department", &path, json!({ "note": "再说" }))
        .await
        .ok();
    assert_eq!(twice["seen"], seen["seen"], "the first one stands");
    assert_eq!(
        bench.get("leader", "/plan/notices?seen=false").await.ok()["total"],
        2
    );
    let long = json!({ "note": "长".repeat(1_001) });
    assert_eq!(
        bench.post("department", &path, long).await.problem(),
        (400, "invalid_field".into())
    );
    let missing = bench
        .post("department", "/plan/notices/999/acknowledge", json!({}))
        .await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);

    // Frozen, the round asks nobody: the notices are over, and stay to be read.
    bench
        .post("inspector", "/plan/rounds/2025-H2/freeze", json!({}))
        .await
        .ok();
    assert_eq!(plan.sweep(noon()).await.unwrap().notices.ended, 3);
    assert_eq!(bench.get("leader", "/plan/notices").await.ok()["total"], 0);
    let over = bench.get("department", "/plan/notices?open=false").await.ok();
    assert_eq!(
        (&over["items"][0]["ended"], &over["items"][0]["ended_on"]),
        (&json!("settled"), &json!("2026-11-24"))
    );
}

async fn other_plans_are_compared_and_ordered(bench: &Bench) {
    let bench = with_plan(bench, false).await;
    let put = async |unit: &str, item: &str, value: &str| -> String {
        let body = json!({ "other": "水利规划", "unit": unit, "item": item, "indicator": 1, "task": "3.1.1", "value": value });
        let answer = bench
            .post(
                "inspector",
                "/registers/plan_consistency/records",
                json!({ "body": body }),
            )
            .await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        answer.json()["id"].as_str().unwrap().to_owned()
    };
    let loose = put("water", "治理率目标", "50").await;
    let strict = put("town-1", "治理率", "65").await;
    let list = bench.get("leader", "/plan/consistency").await.ok();
    let row = &list["items"][0];
    assert_eq!((&row["id"], &row["open"]), (&json!(loose), &json!(true)));
    assert_eq!(
        (&row["verdict"], &row["ours"]["value"], &row["difference"]),
        (&json!("contradicts"), &json!("60"), &json!("-10"))
    );
    assert_eq!(row["ours"]["binding"], true);
    assert!(
        row["reason"]["zh"].as_str().unwrap().contains("不低于 60 %"),
        "{row}"
    );
    assert_eq!(list["items"][1]["verdict"], "stricter");
    let own = bench.get("department", "/plan/consistency").await.ok();
    assert_eq!(
        own["items"].as_array().unwrap().len(),
        1,
        "each department its own"
    );

    let order = |id: &str| format!("/plan/consistency/{id}/order");
    for (login, status) in [("department", 403), ("leader", 403), ("-", 401)] {
        let answer = bench.post(login, &order(&loose), json!({})).await;
        assert_eq!(answer.status.as_u16(), status, "{login}");
    }
    let made = bench.post("inspector", &order(&loose), json!({})).await.ok();
    let id = made["records"][0].as_str().unwrap().to_owned();
    let kept = bench
        .get("leader", &format!("/registers/plan_order/records/{id}"))
        .await
        .ok();
    assert_eq!(
        (
            &kept["state"],
            &kept["body"]["unit"],
            &kept["body"]["consistency"]
        ),
        (&json!("draft"), &json!("water"), &json!(loose))
    );
    for id in [&loose, &strict] {
        let again = bench.post("inspector", &order(id), json!({})).await;
        assert_eq!(again.problem(), (400, "invalid_field".into()), "{id}");
    }
    let missing = bench.post("inspector", &order("none"), json!({})).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    let list = bench.get("leader", "/plan/consistency").await.ok();
    assert_eq!(list["items"][0]["orders"].as_array().unwrap().len(), 1);
}

/// Names of the plan go beside the Chinese ones; what has none has none, and sentences in English name things in English.
async fn what_has_an_english_name_goes_by_it(bench: &Bench) {
    const TARGET: &str = r#"id = "3.1.1", target = [{ name = "里程", name_en = "length", value = "9", unit = "公里", unit_en = "km", sense = "at_least", due = "2022-12-31" }],"#;
    let with_target = |_: &str, text: &mut String| *text = text.replace(r#"id = "3.1.1","#, TARGET);
    let bench = with_changed(bench, false, with_target).await;
    let get = async |path: &str| bench.get("leader", path).await.ok();
    let tree = get("/plan/tasks?on=2024-06-30").await;
    let chapter = &tree["chapters"][0];
    let section = &chapter["sections"][0];
    assert_eq!(
        [&chapter["title_en"], &section["title_en"]],
        [&json!("Water"), &json!("Sewage")]
    );
    let tasks = &section["tasks"];
    assert_eq!(
        [&tasks[0]["title"], &tasks[0]["title_en"], &tasks[1]["title_en"]],
        [&json!("管网"), &json!("Sewers"), &Value::Null]
    );
    let task = get("/plan/tasks/3.1.1?on=2024-06-30").await;
    let target = &task["targets"][0];
    assert_eq!(
        [&target["name_en"], &target["unit_en"]],
        [&json!("length"), &json!("km")]
    );
    assert_eq!(task["named_projects_en"], json!(["Pumping station"]));
    let reason = &task["task"]["reason"];
    assert!(
        reason["zh"].as_str().unwrap().contains("“里程”")
            && reason["zh"].as_str().unwrap().contains("9 公里"),
        "{reason}"
    );
    assert!(
        reason["en"].as_str().unwrap().contains("“length”")
            && reason["en"].as_str().unwrap().contains("9 km"),
        "{reason}"
    );
    let late = get("/plan/late?on=2024-06-30").await;
    let row = &late["items"][0];
    assert_eq!(
        [&row["name_en"], &row["what_en"]],
        [&json!("Sewers"), &json!("length")]
    );
    let overview = get("/plan?on=2024-06-30").await;
    let behind = overview["behind"].as_array().unwrap();
    assert!(
        behind
            .iter()
            .any(|b| b["name"] == "管网" && b["name_en"] == "Sewers")
    );
    assert_eq!(overview["plan"]["title_en"], Value::Null);
    let board = get("/plan/indicators?on=2024-06-30").await;
    let (first, second) = (&board["items"][0], &board["items"][1]);
    assert_eq!(
        [&first["name_en"], &first["unit_en"]],
        [&Value::Null, &Value::Null]
    );
    assert_eq!(
        [&second["group_en"], &second["name_en"], &second["unit_en"]],
        [&json!("Water"), &json!("Cuts"), &json!("t")]
    );
    let list = get("/plan/goals/derived?year=2023").await;
    let texts: Vec<_> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["text_en"].as_str().unwrap())
        .collect();
    assert!(texts.contains(&"Cuts: at least 60 t in all"), "{texts:?}");
    assert!(
        texts
            .iter()
            .any(|t| t.starts_with("Sewers: length: at least 9 km")),
        "{texts:?}"
    );
    let named = get("/plan/projects").await;
    assert_eq!(
        [
            &named["unrecorded"][0]["name_en"],
            &named["unrecorded"][0]["task_title_en"]
        ],
        [&json!("Pumping station"), &json!("Sewers")]
    );
    let public = bench.get("-", "/public/plan").await.ok();
    assert_eq!(
        [
            &public["indicators"][1]["name_en"],
            &public["chapters"][0]["title_en"],
            &public["chapters"][0]["tasks"][0]["title_en"]
        ],
        [&json!("Cuts"), &json!("Water"), &json!("Sewers")]
    );
    // A notice keeps the words it was raised in, and says in English what is the plan's own.
    let plan = bench.app.plan.clone().unwrap();
    plan.sweep(noon()).await.unwrap();
    let told = bench.get("department", "/plan/notices").await.ok();
    let notice = told["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|n| n["about"] == "task")
        .unwrap();
    assert_eq!(
        [&notice["what"], &notice["name_en"], &notice["what_en"]],
        [&json!("里程"), &json!("Sewers"), &json!("length")]
    );
}
