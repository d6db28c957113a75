//! The authorization table against the API: every endpoint has a line, every role gets exactly what its line says, and
//! nobody sees what lies outside of their own data.

use std::collections::BTreeSet;

use model::role::Role;
use serde_json::json;
use server::authz::{self, Audit, Decision, Scope};
use server::openapi;

use crate::bench::{Bench, PEOPLE, noon, reading};
use model::observation::Statistic;
use model::time::Grain;

#[test]
fn every_operation_has_a_line_in_the_table_and_every_line_an_operation() {
    let table = authz::table();
    assert!(table.faults.is_empty(), "{:?}", table.faults);
    let mut document = openapi::document();
    let described: BTreeSet<(String, String)> = openapi::operations(&mut document)
        .map(|(method, path, _)| (method.to_owned(), path.to_owned()))
        .collect();
    let lined: BTreeSet<(String, String)> = table
        .operations()
        .map(|(method, path, _)| (method.to_owned(), path.to_owned()))
        .collect();
    assert!(described.len() > 40);
    let missing: Vec<_> = described.difference(&lined).collect();
    assert!(
        missing.is_empty(),
        "endpoints without a line in operations.csv: {missing:?}"
    );
    let idle: Vec<_> = lined.difference(&described).collect();
    assert!(
        idle.is_empty(),
        "lines of operations.csv without an endpoint: {idle:?}"
    );
}

#[test]
fn every_change_is_audited() {
    for (method, path, operation) in authz::table().operations() {
        let looks = ["standards.evaluate", "registers.check"].contains(&operation.action.as_str());
        let changes = method != "GET" && !looks;
        assert_eq!(changes, operation.audit != Audit::Nothing, "{method} {path}");
    }
}

#[test]
fn what_does_not_stand_in_the_table_is_denied() {
    let table = authz::Table::read("action,administrator\na,all\n", "");
    assert!(!table.faults.is_empty(), "a role without a column must be found");
    for role in Role::ALL {
        assert_eq!(
            authz::decide(authz::table(), "no.such.action", role),
            Decision::Denied
        );
        if role != Role::Administrator {
            assert_eq!(authz::decide(&table, "a", role), Decision::Denied);
        }
    }
    let broken = authz::Table::read(
        include_str!("../../src/authz/actions.csv"),
        "GET,/x,no.such,-\nGET,/y\n",
    );
    assert!(!broken.faults.is_empty());
    let typo = include_str!("../../src/authz/actions.csv").replacen("all", "al", 1);
    assert!(!authz::Table::read(&typo, "").faults.is_empty());
}

#[test]
fn the_table_keeps_what_no_change_may_loosen() {
    let denied = |action: &str, role| authz::decide(authz::table(), action, role) == Decision::Denied;
    for role in Role::ALL {
        for action in ["users.write", "tokens.write"] {
            assert_eq!(
                denied(action, role),
                role != Role::Administrator,
                "{action} {role:?}"
            );
        }
        let scope = authz::decide(authz::table(), "subjects.read", role);
        match role {
            Role::Town | Role::Department => assert_eq!(scope, Decision::Allowed(Scope::Unit)),
            Role::Firm => assert_eq!(scope, Decision::Allowed(Scope::Firm)),
            Role::Public => assert_eq!(scope, Decision::Denied),
            _ => assert_eq!(scope, Decision::Allowed(Scope::All)),
        }
    }
    assert!(denied("alarms.close", Role::Firm) && denied("alarms.acknowledge", Role::Firm));
    assert!(denied("audit.read", Role::DutyOfficer) && denied("alarms.close", Role::Auditor));
}

on_both![
    each_role_gets_exactly_what_the_table_says,
    a_town_sees_its_own_and_a_firm_its_own,
    what_lies_outside_is_not_found_rather_than_forbidden,
    a_user_without_a_unit_sees_nothing,
];

/// A request for an operation that comes past the guard and then finds nothing, or changes nothing.
fn attempt(method: &str, path: &str) -> (String, Option<serde_json::Value>) {
    let filled = path
        .replace("{id}", "999999")
        .replace("{mn}", "NOBODY")
        .replace("{folder}/{name}", "no/such")
        .replace("{name}", "no-such-layer");
    let filled = if path == "/api/v1/series" {
        format!("{filled}?subject=999999")
    } else {
        filled
    };
    let body = match (method, path) {
        ("GET" | "DELETE", _) => None,
        (_, "/api/v1/session/password") => Some(json!({ "old_password": "x", "new_password": "y" })),
        _ => Some(json!({})),
    };
    (filled, body)
}

async fn each_role_gets_exactly_what_the_table_says(bench: &Bench) {
    let people = PEOPLE
        .iter()
        .map(|(login, role, ..)| (*login, *role))
        .chain([("-", Role::Public)]);
    for (login, role) in people {
        let mut document = openapi::document();
        for (method, path, operation) in openapi::operations(&mut document) {
            let id = operation.operation_id.clone().unwrap();
            // Its answer has no end; `live.rs` asks it for every role.
            if id == "live" {
                continue;
            }
            let line = authz::table().operation(method, path).unwrap();
            let expected = match authz::decide(authz::table(), &line.action, role) {
                Decision::Allowed(_) => None,
                Decision::Denied if login == "-" => Some((401, "unauthenticated".to_owned())),
                Decision::Denied => Some((403, "forbidden".to_owned())),
            };
            let (filled, body) = attempt(method, path);
            let answer = bench.ask(login, method, &filled, body).await;
            let refused = (matches!(answer.status.as_u16(), 401 | 403)
                && !answer.text.contains("wrong_credentials"))
            .then(|| answer.problem());
            assert_eq!(
                refused, expected,
                "{login} {method} {path}: {} {}",
                answer.status, answer.text
            );
            assert_ne!(
                answer.status.as_u16(),
                500,
                "{login} {method} {path}: {}",
                answer.text
            );
        }
    }
}

async fn a_town_sees_its_own_and_a_firm_its_own(bench: &Bench) {
    for code in ["a-gas", "b-water"] {
        bench.alarm(code).await;
    }
    let all = ["a-gas", "air-1", "b-water", "firm-a", "firm-b", "section-1"];
    let cases: [(&str, &[&str], &[&str]); 6] = [
        ("duty", &all, &["GAS1", "WATER/1"]),
        ("leader", &all, &["GAS1", "WATER/1"]),
        // The outlet has no unit of its own: it lies where its firm does.
        ("town", &["a-gas", "air-1", "firm-a"], &["GAS1"]),
        ("town2", &["b-water", "firm-b", "section-1"], &["WATER/1"]),
        ("firm", &["a-gas", "firm-a"], &["GAS1"]),
        ("department", &[], &[]),
    ];
    for (login, subjects, devices) in cases {
        let list = bench.get(login, "/subjects").await;
        assert_eq!(list.column("code"), subjects, "{login}");
        assert_eq!(list.ok()["total"], subjects.len(), "{login}");
        assert_eq!(
            bench.get(login, "/devices").await.column("mn"),
            devices,
            "{login}"
        );
        let alarms = bench
            .get(login, "/alarms?sort=grade")
            .await
            .column("subject_name");
        let outlets = subjects
            .iter()
            .filter(|c| ["a-gas", "b-water"].contains(c))
            .count();
        assert_eq!(alarms.len(), outlets, "{login} {alarms:?}");
        let points = bench.get(login, "/map/points").await.ok();
        for point in points["features"].as_array().unwrap() {
            assert!(
                subjects.contains(&point["properties"]["code"].as_str().unwrap()),
                "{login} {point}"
            );
        }
    }
}

async fn what_lies_outside_is_not_found_rather_than_forbidden(bench: &Bench) {
    let (own, other) = (bench.id("a-gas").await, bench.id("b-water").await);
    let (mine, theirs) = (bench.alarm("a-gas").await.id, bench.alarm("b-water").await.id);
    let hour = vec![reading(Statistic::AVG, Grain::Hour, noon(), "30")];
    bench.frame("GAS1", "##own", hour.clone(), None).await;
    bench.frame("WATER/1", "##other", hour, None).await;
    let mine_judged = bench
        .judgement("a-gas", "limit/compare", Grain::Hour, json!({}))
        .await;
    let theirs_judged = bench
        .judgement("b-water", "limit/compare", Grain::Hour, json!({}))
        .await;
    let own_series =
        bench.get("duty", &format!("/series?subject={own}")).await.ok()["items"][0]["id"].clone();
    let other_series =
        bench.get("duty", &format!("/series?subject={other}")).await.ok()["items"][0]["id"].clone();
    let pairs = [
        (format!("/subjects/{own}"), format!("/subjects/{other}")),
        (format!("/alarms/{mine}"), format!("/alarms/{theirs}")),
        (
            format!("/judgements/{mine_judged}"),
            format!("/judgements/{theirs_judged}"),
        ),
        (
            format!("/series?subject={own}"),
            format!("/series?subject={other}"),
        ),
        (
            format!("/series/{own_series}/observations"),
            format!("/series/{other_series}/observations"),
        ),
        (
            "/devices/GAS1/frames".to_owned(),
            "/devices/WATER%2F1/frames".to_owned(),
        ),
        (
            "/devices/GAS1/latest".to_owned(),
            "/devices/WATER%2F1/latest".to_owned(),
        ),
    ];
    for login in ["town", "firm"] {
        for (seen, hidden) in &pairs {
            bench.get(login, seen).await.ok();
            assert_eq!(
                bench.get(login, hidden).await.problem(),
                (404, "not_found".to_owned()),
                "{login} {hidden}"
            );
            bench.get("duty", hidden).await.ok();
        }
        let judged = bench.get(login, "/judgements").await.ok();
        assert_eq!(judged["total"], 1, "{login}");
        let comment = json!({ "text": "已检修" });
        bench
            .post(login, &format!("/alarms/{mine}/comment"), comment.clone())
            .await
            .ok();
        let refused = bench
            .post(login, &format!("/alarms/{theirs}/comment"), comment)
            .await;
        assert_eq!(refused.problem().0, 404, "{login}");
    }
    let events = bench.get("duty", &format!("/alarms/{theirs}")).await.ok()["events"].clone();
    assert_eq!(events.as_array().unwrap().len(), 1, "only raised: {events}");
}

async fn a_user_without_a_unit_sees_nothing(bench: &Bench) {
    bench
        .tamper("UPDATE users SET unit = NULL WHERE login = 'town'")
        .await;
    assert_eq!(bench.get("town", "/subjects").await.ok()["total"], 0);
    assert_eq!(bench.get("town", "/alarms").await.ok()["total"], 0);
    let id = bench.id("firm-a").await;
    assert_eq!(
        bench.get("town", &format!("/subjects/{id}")).await.problem().0,
        404
    );
}
