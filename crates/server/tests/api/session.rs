//! Logging in and out, CSRF, expiry, lock-out.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::json;

use crate::bench::{Answer, Bench, PASSWORD};

on_both![
    a_session_works_until_it_is_ended,
    a_change_by_cookie_needs_the_csrf_token,
    sessions_end_by_idleness_and_by_age,
    five_failures_lock_a_login_and_the_lock_passes,
    unknown_logins_are_answered_and_locked_like_known_ones,
    a_new_password_ends_the_sessions,
    bad_tokens_are_refused_and_inactive_users_too,
];

async fn with_cookie(bench: &Bench, method: &str, path: &str, cookie: &str, csrf: Option<&str>) -> Answer {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("/api/v1{path}"))
        .header(header::COOKIE, cookie);
    if let Some(csrf) = csrf {
        request = request.header("X-CSRF-Token", csrf);
    }
    let request = request.header(header::CONTENT_TYPE, "application/json");
    bench.send(request.body(Body::from("{}")).unwrap()).await
}

async fn a_session_works_until_it_is_ended(bench: &Bench) {
    let answer = bench.login("Firm ", PASSWORD).await;
    let body = answer.ok();
    assert_eq!(body["user"]["login"], "firm");
    assert_eq!(body["user"]["firm"], "firm-a");
    assert_eq!(body["actions"]["subjects.read"], "firm");
    assert!(body["actions"].get("alarms.close").is_none());
    let set = answer.headers[header::SET_COOKIE].to_str().unwrap();
    for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(set.contains(part), "{set}");
    }
    assert!(
        !answer.text.contains(&answer.cookie()["huanshu_session=".len()..]),
        "the token is in the cookie only"
    );
    let cookie = answer.cookie();
    let again = with_cookie(bench, "GET", "/session", &cookie, None).await.ok();
    assert_eq!(again["csrf"], body["csrf"]);
    let csrf = body["csrf"].as_str().unwrap();
    assert_eq!(
        with_cookie(bench, "DELETE", "/session", &cookie, Some(csrf))
            .await
            .status,
        204
    );
    let gone = with_cookie(bench, "GET", "/session", &cookie, None).await;
    assert_eq!(gone.problem(), (401, "unauthenticated".to_owned()));
}

async fn a_change_by_cookie_needs_the_csrf_token(bench: &Bench) {
    let alarm = bench.alarm("a-gas").await.id;
    let path = format!("/alarms/{alarm}/acknowledge");
    let answer = bench.login("duty", PASSWORD).await;
    let (cookie, csrf) = (answer.cookie(), answer.ok()["csrf"].as_str().unwrap().to_owned());
    let other = bench.login("duty", PASSWORD).await.ok()["csrf"]
        .as_str()
        .unwrap()
        .to_owned();
    for wrong in [None, Some(""), Some("0000"), Some(other.as_str())] {
        let refused = with_cookie(bench, "POST", &path, &cookie, wrong).await;
        assert_eq!(refused.problem(), (403, "csrf_rejected".to_owned()), "{wrong:?}");
    }
    let state = bench.get("duty", &format!("/alarms/{alarm}")).await.ok()["state"].clone();
    assert_eq!(state, "open");
    assert_eq!(
        with_cookie(bench, "POST", &path, &cookie, Some(&csrf)).await.ok()["state"],
        "acknowledged"
    );
}

async fn sessions_end_by_idleness_and_by_age(bench: &Bench) {
    let (hour, options) = (3_600_000, &bench.app.options);
    let cookie = bench.login("leader", PASSWORD).await.cookie();
    let status = async || {
        with_cookie(bench, "GET", "/session", &cookie, None)
            .await
            .status
            .as_u16()
    };
    let mut age = 0;
    while age + hour < options.session_absolute_ms {
        bench.pass(hour);
        age += hour;
        assert_eq!(status().await, 200, "used every hour, after {age} ms");
    }
    bench.pass(hour);
    assert_eq!(status().await, 401, "a session ends by age");
    let cookie = bench.login("leader", PASSWORD).await.cookie();
    bench.pass(options.session_idle_ms);
    assert_eq!(
        with_cookie(bench, "GET", "/session", &cookie, None).await.status,
        401,
        "idle"
    );
}

async fn five_failures_lock_a_login_and_the_lock_passes(bench: &Bench) {
    for _ in 0..4 {
        assert_eq!(
            bench.login("duty", "wrong password").await.problem(),
            (401, "wrong_credentials".to_owned())
        );
    }
    // A success in between forgets the failures.
    bench.login("duty", PASSWORD).await.ok();
    for _ in 0..5 {
        assert_eq!(bench.login("duty", "wrong password").await.problem().0, 401);
    }
    let locked = bench.login("duty", PASSWORD).await;
    assert_eq!(locked.problem(), (429, "locked_out".to_owned()));
    let wait = locked.json()["details"]["retry_after_s"].as_i64().unwrap();
    assert!((1..=61).contains(&wait), "{wait}");
    assert_eq!(locked.headers[header::RETRY_AFTER], wait.to_string().as_str());
    bench.login("leader", PASSWORD).await.ok();
    bench.pass(wait * 1000);
    assert_eq!(bench.login("duty", "wrong password").await.problem().0, 401);
    let longer = bench.login("duty", PASSWORD).await.json()["details"]["retry_after_s"]
        .as_i64()
        .unwrap();
    assert!(longer > wait, "each further failure locks for longer: {longer}");
    bench.pass(longer * 1000);
    bench.login("duty", PASSWORD).await.ok();
}

async fn unknown_logins_are_answered_and_locked_like_known_ones(bench: &Bench) {
    let long = "x".repeat(5_000);
    for login in ["nobody", "", long.as_str(), "'; DROP TABLE users; --"] {
        for _ in 0..5 {
            assert_eq!(
                bench.login(login, &long).await.problem(),
                (401, "wrong_credentials".to_owned())
            );
        }
        assert_eq!(
            bench.login(login, PASSWORD).await.problem(),
            (429, "locked_out".to_owned())
        );
    }
}

async fn a_new_password_ends_the_sessions(bench: &Bench) {
    let answer = bench.login("town", PASSWORD).await;
    let change = |old: &str, new: &str| json!({ "old_password": old, "new_password": new });
    let wrong = bench
        .post(
            "town",
            "/session/password",
            change("wrong password", "Another-One-9"),
        )
        .await;
    assert_eq!(wrong.problem(), (400, "invalid_field".to_owned()));
    assert_eq!(wrong.json()["details"]["field"], "old_password");
    let short = bench
        .post("town", "/session/password", change(PASSWORD, "short"))
        .await;
    assert_eq!(short.json()["details"]["field"], "new_password");
    assert_eq!(
        bench
            .post("town", "/session/password", change(PASSWORD, "Another-One-9"))
            .await
            .status,
        204
    );
    assert_eq!(
        with_cookie(bench, "GET", "/session", &answer.cookie(), None)
            .await
            .status,
        401
    );
    assert_eq!(bench.login("town", PASSWORD).await.status, 401);
    bench.login("town", "Another-One-9").await.ok();
}

async fn bad_tokens_are_refused_and_inactive_users_too(bench: &Bench) {
    for bad in ["Bearer hs_0000", "Basic YTpi", "Bearer "] {
        let request = Request::builder()
            .uri("/api/v1/profile")
            .header(header::AUTHORIZATION, bad);
        let answer = bench.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.problem(), (401, "unauthenticated".to_owned()), "{bad}");
    }
    let cookie = bench.login("leader", PASSWORD).await.cookie();
    let users = bench.get("admin", "/users?q=leader").await.ok();
    let id = &users["items"][0]["id"];
    let patch = Some(json!({ "active": false }));
    bench
        .ask("admin", "PATCH", &format!("/api/v1/users/{id}"), patch)
        .await
        .ok();
    assert_eq!(bench.get("leader", "/session").await.status, 401);
    assert_eq!(
        with_cookie(bench, "GET", "/session", &cookie, None).await.status,
        401
    );
    assert_eq!(
        bench.login("leader", PASSWORD).await.problem().1,
        "wrong_credentials"
    );
}
