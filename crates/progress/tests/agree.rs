//! The five years worked out by hand for the plan's rules, entered as people enter them: the whole way from the registers to
//! the evaluation comes to the same.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::format_push_string,
    reason = "a test stops at what it did not expect"
)]

mod common;

use common::Bench;
use plan::report::Remarks;
use progress::Kind;
use serde_json::{Value, json};

fn case() -> Value {
    serde_json::from_str(include_str!("../../plan/tests/follow/cases/district.json")).unwrap()
}

/// The profile's plan with the weights of the case, and every value reported.
async fn bench(case: &Value) -> Bench {
    Bench::changed("2026-06-01", |files| {
        let text = &files["plan/sources.toml"];
        let mut out = String::new();
        let mut no = String::new();
        for line in text.lines() {
            let key = line.split('=').next().unwrap().trim();
            if key == "indicator" {
                line.split('=').nth(1).unwrap().trim().clone_into(&mut no);
            }
            match key {
                "weight" => {
                    let weight = case["weights"][&no].as_str().unwrap_or("1");
                    out.push_str(&format!("weight = \"{weight}\"\n"));
                }
                "kind" => out.push_str("kind = \"reported\"\n"),
                "factor" | "levels" | "at_most" | "at_least" | "register" | "figure" | "pollutant"
                | "path" => {}
                _ => out.push_str(&format!("{line}\n")),
            }
        }
        files.insert("plan/sources.toml".to_owned(), out);
    })
    .await
}

async fn report(bench: &Bench, no: &str, year: &str, what: Value) {
    let mut body = json!({
        "indicator": no.parse::<u32>().unwrap(), "year": year.parse::<u16>().unwrap(),
        "as_of": format!("{year}-12-31"), "reported": format!("{}-02-10", year.parse::<u16>().unwrap() + 1),
        "final": true, "unit": "eeb", "source": "演示",
    });
    body.as_object_mut()
        .unwrap()
        .extend(what.as_object().unwrap().clone());
    bench.put("plan_value", "confirmed", body).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_evaluations_agree_with_the_hand_calculation() {
    let case = case();
    let bench = bench(&case).await;
    let years = |of: &Value| of.as_object().unwrap().clone();
    for (no, list) in years(&case["values"]) {
        for (year, value) in years(&list) {
            report(&bench, &no, &year, json!({ "value": value })).await;
        }
    }
    for (no, list) in years(&case["states"]) {
        for (year, met) in years(&list) {
            report(&bench, &no, &year, json!({ "met": met, "grounds": "演示" })).await;
        }
    }
    for (no, of) in years(&case["assigned"]) {
        let mut body = json!({
            "indicator": no.parse::<u32>().unwrap(), "kind": "target", "value": of["value"], "document": "演示",
            "issued": format!("{}-06-30", of["year"]),
        });
        if of["base"].is_string() {
            body["base"] = of["base"].clone();
        }
        bench.put("plan_assignment", "confirmed", body).await;
    }
    compare(&bench, &case, Kind::Midterm, 2023, "midterm").await;
    // What was missing at the mid-term was handed in later.
    for (no, list) in years(&case["reported_before_final"]) {
        for (year, value) in years(&list) {
            report(&bench, &no, &year, json!({ "value": value })).await;
        }
    }
    compare(&bench, &case, Kind::Final, 2025, "final").await;
}

async fn compare(bench: &Bench, case: &Value, kind: Kind, year: u16, part: &str) {
    let made = bench
        .plan
        .make(kind, year, Remarks::default(), false, "eeb", bench.now)
        .await
        .unwrap();
    let found = made.evaluation();
    let want = &case["expect"][part];
    for (judged, want) in found
        .indicators
        .iter()
        .zip(want["indicators"].as_array().unwrap())
    {
        let (state, no) = (&judged.state, judged.state.no);
        let why = want["arithmetic"].as_str().unwrap();
        let shown = |n: Option<&plan::number::Num>| n.map(ToString::to_string);
        assert_eq!(json!(no), want["no"]);
        assert_eq!(json!(state.kind), want["kind"], "kind of {no}: {why}");
        assert_eq!(json!(judged.verdict), want["verdict"], "verdict of {no}: {why}");
        assert_eq!(
            state.light.key(),
            want["light"].as_str().unwrap(),
            "light of {no}: {why}"
        );
        assert_eq!(
            json!(shown(state.credit.as_ref())),
            want["credit"],
            "credit of {no}: {why}"
        );
        let progress = shown(state.progress.as_ref());
        assert_eq!(
            progress.as_deref(),
            want["progress"].as_str(),
            "progress of {no}: {why}"
        );
    }
    let score = found.score.as_ref().unwrap();
    assert_eq!(
        score.value.to_string(),
        want["score"].as_str().unwrap(),
        "{}",
        want["score_fraction"]
    );
    assert_eq!(score.grade.zh, want["grade"].as_str().unwrap());
    assert_eq!(json!(score.veto), want["veto"]);
    assert_eq!(json!(score.left_out), want["left_out"]);
}
