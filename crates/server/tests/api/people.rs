//! Users and tokens.

use serde_json::json;

use crate::bench::{Bench, PASSWORD};

on_both![
    users_are_made_changed_and_never_the_last_administrator,
    wrong_users_name_their_field,
    a_token_is_shown_once_and_works_until_it_is_revoked_or_ends,
    lists_are_paged_and_filtered,
];

async fn users_are_made_changed_and_never_the_last_administrator(bench: &Bench) {
    let new = json!({ "login": "Zhao.Liu", "password": PASSWORD, "name": " 赵六 ", "role": "town", "unit": "town-1" });
    let made = bench.post("admin", "/users", new.clone()).await;
    assert_eq!(made.status, 201);
    let made = made.ok();
    assert_eq!(
        (made["login"].as_str(), made["name"].as_str()),
        (Some("zhao.liu"), Some("赵六"))
    );
    assert!(made.get("password").is_none());
    assert_eq!(
        bench.post("admin", "/users", new).await.problem(),
        (409, "login_taken".to_owned())
    );
    let path = format!("/api/v1/users/{}", made["id"]);
    let patch = json!({ "role": "firm", "firm": "firm-b" });
    let changed = bench.ask("admin", "PATCH", &path, Some(patch)).await.ok();
    assert_eq!(
        (changed["role"].as_str(), changed["firm"].as_str()),
        (Some("firm"), Some("firm-b"))
    );
    bench.login("zhao.liu", PASSWORD).await.ok();
    let admin = bench.get("admin", "/users?role=administrator").await.ok()["items"][0]["id"].clone();
    for patch in [json!({ "active": false }), json!({ "role": "leader" })] {
        let refused = bench
            .ask("admin", "PATCH", &format!("/api/v1/users/{admin}"), Some(patch))
            .await;
        assert_eq!(refused.problem(), (409, "last_administrator".to_owned()));
    }
    let missing = bench
        .ask("admin", "PATCH", "/api/v1/users/999999", Some(json!({})))
        .await;
    assert_eq!(missing.problem().0, 404);
}

async fn wrong_users_name_their_field(bench: &Bench) {
    let good = json!({ "login": "li", "password": PASSWORD, "name": "李", "role": "leader" });
    let cases = [
        ("login", json!("l")),
        ("login", json!("李 四")),
        ("password", json!("short")),
        ("name", json!("  ")),
        ("unit", json!("no-such-town")),
        ("firm", json!("no-such-firm")),
    ];
    for (field, value) in cases {
        let mut user = good.clone();
        user[field] = value.clone();
        let answer = bench.post("admin", "/users", user).await;
        assert_eq!(
            answer.problem(),
            (400, "invalid_field".to_owned()),
            "{field} {value}"
        );
        assert_eq!(answer.json()["details"]["field"], field);
    }
    for (role, field) in [
        ("town", "unit"),
        ("department", "unit"),
        ("firm", "firm"),
        ("public", "role"),
    ] {
        let mut user = good.clone();
        user["role"] = json!(role);
        assert_eq!(
            bench.post("admin", "/users", user).await.json()["details"]["field"],
            field
        );
    }
    for wrong in [
        json!({ "role": "king" }),
        json!({ "shoe_size": 43 }),
        json!([]),
        json!("x"),
    ] {
        let mut user = good.clone();
        match wrong.as_object() {
            Some(members) => user.as_object_mut().unwrap().extend(members.clone()),
            None => user = wrong,
        }
        assert_eq!(
            bench.post("admin", "/users", user).await.problem(),
            (400, "bad_body".to_owned())
        );
    }
}

async fn a_token_is_shown_once_and_works_until_it_is_revoked_or_ends(bench: &Bench) {
    let made = bench
        .post(
            "admin",
            "/tokens",
            json!({ "name": "bi", "expires_at": "2026-11-24T13:00:00+08:00" }),
        )
        .await;
    assert_eq!(made.status, 201);
    let made = made.ok();
    let token = made["token"].as_str().unwrap();
    assert!(token.starts_with("hs_"));
    let list = bench.get("admin", "/tokens").await;
    assert!(!list.text.contains(token));
    assert_eq!(list.ok()["items"][0]["name"], "bi");
    let works = async || {
        let mut request = bench.request("-", "GET", "/api/v1/session", None);
        request
            .headers_mut()
            .insert("authorization", format!("Bearer {token}").parse().unwrap());
        bench.send(request).await
    };
    let session = works().await.ok();
    assert_eq!(session["user"]["login"], "admin");
    assert_eq!(session["csrf"], json!(null));
    assert_eq!(session["expires_at"], "2026-11-24T13:00:00+08:00");
    bench.pass(3_600_000);
    assert_eq!(works().await.status, 401, "it ends");
    let made = bench
        .post("admin", "/tokens", json!({ "name": "second" }))
        .await
        .ok();
    let path = format!("/api/v1/tokens/{}", made["id"]);
    assert_eq!(bench.ask("admin", "DELETE", &path, None).await.status, 204);
    assert_eq!(bench.ask("admin", "DELETE", &path, None).await.problem().0, 404);
    let past = bench
        .post(
            "admin",
            "/tokens",
            json!({ "name": "x", "expires_at": "2020-01-01" }),
        )
        .await;
    assert_eq!(past.json()["details"]["field"], "expires_at");
}

async fn lists_are_paged_and_filtered(bench: &Bench) {
    let first = bench.get("auditor", "/users?page_size=3").await;
    let second = bench.get("auditor", "/users?page_size=3&page=2").await;
    assert_eq!(first.column("login"), ["admin", "auditor", "citizen"]);
    assert_eq!(second.column("login"), ["department", "duty", "firm"]);
    assert_eq!(second.ok()["total"], 10);
    assert_eq!(
        bench.get("admin", "/users?q=TOWN").await.column("login"),
        ["town", "town2"]
    );
    assert_eq!(
        bench.get("admin", "/users?q=%25").await.ok()["total"],
        0,
        "a wildcard is a letter"
    );
    for wrong in [
        "page=0",
        "page_size=0",
        "page_size=201",
        "page=-1",
        "page=x",
        "role=king",
        "colour=red",
    ] {
        let answer = bench.get("admin", &format!("/users?{wrong}")).await;
        assert_eq!(answer.problem(), (400, "bad_query".to_owned()), "{wrong}");
    }
}
