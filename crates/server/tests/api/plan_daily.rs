//! What comes of the plan by itself, over HTTP: the yearly list, what units are told, figures of other plans.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::bench::{Bench, noon};
use crate::plan::with_plan;

on_both![
    the_yearly_list_is_seen_derived_and_left_alone,
    units_are_told_and_acknowledge,
    other_plans_are_compared_and_ordered,
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
