//! The audit chain: what it keeps, and that no change of it goes unnoticed.

use serde_json::json;

use crate::bench::{Bench, PASSWORD};

on_both![
    logins_and_changes_leave_entries_without_secrets,
    a_changed_removed_or_added_entry_is_found,
];

async fn logins_and_changes_leave_entries_without_secrets(bench: &Bench) {
    bench.login("duty", "wrong password").await;
    bench.login(PASSWORD, "typed into the wrong field").await;
    bench.login("duty", PASSWORD).await.ok();
    let alarm = bench.alarm("a-gas").await.id;
    bench
        .post(
            "duty",
            &format!("/alarms/{alarm}/acknowledge"),
            json!({ "comment": "已知悉" }),
        )
        .await
        .ok();
    bench
        .post("duty", "/alarms/999999/comment", json!({ "text": "x" }))
        .await;
    bench
        .post(
            "admin",
            "/users",
            json!({ "login": "new", "password": "Secret-77777", "name": "新", "role": "leader" }),
        )
        .await
        .ok();
    bench.get("admin", "/users").await.ok();
    let list = bench.get("auditor", "/audit").await;
    let kept: Vec<String> = list.ok()["items"]
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .map(|e| {
            format!(
                "{} {} {}",
                e["actor"].as_str().unwrap(),
                e["action"].as_str().unwrap(),
                e["outcome"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        kept,
        [
            "duty session.login failed",
            "- session.login failed",
            "duty session.login done",
            "duty alarms.acknowledge requested",
            "duty alarms.comment requested",
            "duty alarms.comment failed",
            "admin users.write requested",
        ]
    );
    assert!(!list.text.contains("Secret-77777") && !list.text.contains(PASSWORD));
    assert!(list.text.contains("已知悉"));
    assert_eq!(
        bench
            .get("auditor", "/audit?actor=duty&action=alarms.comment")
            .await
            .ok()["total"],
        2
    );
    assert_eq!(
        bench
            .get("auditor", "/audit?to=2026-11-24T11:00:00%2B08:00")
            .await
            .ok()["total"],
        0
    );
    let checked = bench.get("auditor", "/audit/verify").await.ok();
    assert_eq!(
        (checked["ok"].as_bool(), checked["entries"].as_i64()),
        (Some(true), Some(7))
    );
}

async fn a_changed_removed_or_added_entry_is_found(bench: &Bench) {
    for n in 0..6 {
        bench
            .post("admin", "/tokens", json!({ "name": format!("t{n}") }))
            .await
            .ok();
    }
    let verify = async || {
        let found = bench.get("auditor", "/audit/verify").await.ok();
        (found["ok"].as_bool().unwrap(), found["broken_at"].as_i64())
    };
    assert_eq!(verify().await, (true, None));
    let tampered = [
        (
            "UPDATE audit SET actor = 'duty' WHERE id = 3",
            "UPDATE audit SET actor = 'admin' WHERE id = 3",
            3,
        ),
        (
            "UPDATE audit SET detail = '{}' WHERE id = 1",
            r#"UPDATE audit SET detail = '{"name":"t0"}' WHERE id = 1"#,
            1,
        ),
        (
            "UPDATE audit SET at = at + 1 WHERE id = 6",
            "UPDATE audit SET at = at - 1 WHERE id = 6",
            6,
        ),
        (
            "UPDATE audit SET id = 7 WHERE id = 6",
            "UPDATE audit SET id = 6 WHERE id = 7",
            6,
        ),
        (
            "UPDATE audit SET outcome = 'done' WHERE id = 2",
            "UPDATE audit SET outcome = 'requested' WHERE id = 2",
            2,
        ),
    ];
    for (change, back, at) in tampered {
        bench.tamper(change).await;
        assert_eq!(verify().await, (false, Some(at)), "{change}");
        bench.tamper(back).await;
        assert_eq!(verify().await, (true, None), "{back}");
    }
    bench.tamper("DELETE FROM audit WHERE id = 6").await;
    assert_eq!(verify().await, (false, Some(6)), "the last entry is missed too");
}
