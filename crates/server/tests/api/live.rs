//! The live channel: who hears what, and what happens to those who read too slowly.

use std::time::Duration;

use axum::body::Body;
use http_body_util::BodyExt as _;
use model::ids::{Factor, SubjectId};
use model::observation::Statistic;
use server::authz::{self, Decision};
use server::limits;
use server::live::{Event, LiveValue};
use tower::ServiceExt as _;

use crate::bench::{Bench, PEOPLE, noon};

on_both![
    events_reach_those_who_may_see_them,
    only_those_the_table_names_may_listen,
    a_slow_listener_is_told_to_load_anew,
    listeners_are_bounded_and_end_with_their_session,
];

async fn listen(bench: &Bench, login: &str) -> axum::response::Response {
    let mut request = bench.request(login, "GET", "/api/v1/live", None);
    // A compressor would hold events back until it has enough of them.
    request
        .headers_mut()
        .insert("accept-encoding", "gzip".parse().unwrap());
    bench.router.clone().oneshot(request).await.unwrap()
}

/// What comes until nothing comes any more.
async fn heard(body: &mut Body) -> String {
    let mut text = String::new();
    while let Ok(Some(Ok(frame))) = tokio::time::timeout(Duration::from_millis(1_500), body.frame()).await {
        text.push_str(&String::from_utf8_lossy(frame.data_ref().unwrap()));
    }
    text
}

fn values(subject: SubjectId, value: &str) -> Event {
    Event::Values {
        subject,
        items: vec![LiveValue {
            factor: Factor::new("a21026"),
            statistic: Statistic::RTD,
            value: Some(value.parse().unwrap()),
            time: noon(),
            flag: None,
        }],
    }
}

async fn events_reach_those_who_may_see_them(bench: &Bench) {
    let mut duty = listen(bench, "duty").await.into_body();
    let mut town = listen(bench, "town").await.into_body();
    let mut firm = listen(bench, "firm").await.into_body();
    let live = &bench.app.live;
    live.publish(values(bench.id("a-gas").await, "30.10"));
    live.publish(values(bench.id("air-1").await, "31.10"));
    live.publish(values(bench.id("b-water").await, "32.10"));
    live.publish(Event::Alarm(Box::new(bench.alarm("b-water").await)));
    for _ in 0..50 {
        live.publish(Event::Counts);
    }
    for (body, sees) in [
        (&mut duty, [true; 3]),
        (&mut town, [true, true, false]),
        (&mut firm, [true, false, false]),
    ] {
        let text = heard(body).await;
        let parts = ["30.10", "31.10", "32.10"].map(|value| text.contains(&format!("\"value\":\"{value}\"")));
        assert_eq!(parts, sees, "{text}");
        assert_eq!(text.contains("event: alarm"), sees[2], "{text}");
        assert_eq!(
            text.matches("event: counts").count(),
            1,
            "many changes are told once: {text}"
        );
    }
}

async fn only_those_the_table_names_may_listen(bench: &Bench) {
    for (login, role, ..) in PEOPLE {
        let allowed = authz::decide(authz::table(), "subjects.read", role) != Decision::Denied;
        let answer = listen(bench, login).await;
        assert_eq!(answer.status(), if allowed { 200 } else { 403 }, "{login}");
    }
    assert_eq!(listen(bench, "-").await.status(), 401);
}

async fn a_slow_listener_is_told_to_load_anew(bench: &Bench) {
    let mut slow = listen(bench, "duty").await.into_body();
    let subject = bench.id("a-gas").await;
    for n in 0..limits::LIVE_EVENTS * 3 {
        bench.app.live.publish(values(subject, &n.to_string()));
        if n % 64 == 0 {
            tokio::task::yield_now().await;
        }
    }
    let text = heard(&mut slow).await;
    let told = text.matches("event: resync").count();
    assert!(told >= 1, "{} bytes without a resync", text.len());
    assert!(
        text.contains(&format!("\"value\":\"{}\"", limits::LIVE_EVENTS * 3 - 1)),
        "the newest still comes"
    );
}

async fn listeners_are_bounded_and_end_with_their_session(bench: &Bench) {
    let mut held = Vec::new();
    for _ in 0..limits::LIVE_CLIENTS_EACH {
        held.push(listen(bench, "leader").await);
    }
    let refused = bench.get("leader", "/live").await;
    assert_eq!(refused.problem(), (503, "busy".to_owned()));
    held.clear();
    tokio::time::timeout(Duration::from_secs(10), async {
        while bench.app.live.listeners() > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .expect("places are given back");
    let mut body = listen(bench, "leader").await.into_body();
    bench.app.live.close();
    let ended = tokio::time::timeout(Duration::from_secs(10), body.frame())
        .await
        .expect("the stream ends");
    assert!(ended.is_none());
}
