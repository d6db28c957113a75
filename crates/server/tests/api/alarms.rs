//! The life of an alarm in people's hands.

use serde_json::json;

use crate::bench::Bench;

on_both![
    an_alarm_is_acknowledged_commented_and_closed_once,
    alarms_filter_and_sort
];

async fn an_alarm_is_acknowledged_commented_and_closed_once(bench: &Bench) {
    let id = bench.alarm("a-gas").await.id;
    let path = |action: &str| format!("/alarms/{id}/{action}");
    bench
        .post("town", &path("acknowledge"), json!({ "comment": "收到" }))
        .await
        .ok();
    let again = bench.post("town", &path("acknowledge"), json!({})).await;
    assert_eq!(again.problem(), (409, "conflict".to_owned()));
    bench
        .post("firm", &path("comment"), json!({ "text": "脱硫泵故障" }))
        .await
        .ok();
    assert_eq!(
        bench
            .post("firm", &path("comment"), json!({ "text": "  " }))
            .await
            .json()["details"]["field"],
        "text"
    );
    let long = json!({ "text": "长".repeat(1_001) });
    assert_eq!(
        bench.post("firm", &path("comment"), long).await.json()["details"]["field"],
        "text"
    );
    let unexplained = bench
        .post("duty", &path("close"), json!({ "reason": "other" }))
        .await;
    assert_eq!(unexplained.json()["details"]["field"], "comment");
    assert_eq!(
        bench
            .post("duty", &path("close"), json!({ "reason": "boredom" }))
            .await
            .problem()
            .1,
        "bad_body"
    );
    let closed = bench
        .post("duty", &path("close"), json!({ "reason": "handled" }))
        .await
        .ok();
    assert_eq!(
        (closed["state"].as_str(), closed["close_reason"].as_str()),
        (Some("closed"), Some("handled"))
    );
    assert_eq!(closed["closed_at"], "2026-11-24T12:00:00+08:00");
    assert_eq!(
        bench
            .post("duty", &path("close"), json!({ "reason": "handled" }))
            .await
            .problem()
            .0,
        409
    );
    let events = bench.get("leader", &format!("/alarms/{id}")).await.ok()["events"].clone();
    let told: Vec<String> = events
        .as_array()
        .unwrap()
        .iter()
        .map(|e| {
            format!(
                "{} {}",
                e["by"].as_str().unwrap_or("-"),
                e["action"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        told,
        ["- raised", "town acknowledged", "firm commented", "duty closed"]
    );
}

async fn alarms_filter_and_sort(bench: &Bench) {
    bench.alarm("a-gas").await;
    let second = bench.alarm("b-water").await.id;
    bench
        .post("duty", &format!("/alarms/{second}/acknowledge"), json!({}))
        .await
        .ok();
    let cases = [
        ("state=open", vec!["甲厂排口"]),
        (
            "state=open,acknowledged&sort=raised_at",
            vec!["甲厂排口", "乙厂排口"],
        ),
        ("state=closed", vec![]),
        ("kind=exceedance&grade=2&q=%E4%B9%99", vec!["乙厂排口"]),
        ("kind=silence", vec![]),
        ("active=false", vec![]),
        ("factor=a21026&state=acknowledged", vec!["乙厂排口"]),
    ];
    for (query, names) in cases {
        assert_eq!(
            bench
                .get("duty", &format!("/alarms?{query}"))
                .await
                .column("subject_name"),
            names,
            "{query}"
        );
    }
    for wrong in [
        "state=asleep",
        "kind=fire",
        "grade=x",
        "sort=first",
        "active=perhaps",
    ] {
        assert_eq!(
            bench.get("duty", &format!("/alarms?{wrong}")).await.problem().1,
            "bad_query",
            "{wrong}"
        );
    }
}
