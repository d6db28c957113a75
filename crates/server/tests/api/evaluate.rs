//! Standards as a service.

use serde_json::{Value, json};

use crate::bench::Bench;

on_both![
    every_example_is_judged,
    a_wrong_input_names_its_field,
    absurd_inputs_are_answered
];

async fn every_example_is_judged(bench: &Bench) {
    let topics = bench.get("-", "/standards/topics").await.ok();
    let items = topics["items"].as_array().unwrap();
    assert!(items.len() > 50, "{}", items.len());
    for topic in items {
        let id = topic["id"].as_str().unwrap();
        let judged = bench
            .post("firm", &format!("/evaluate/{id}"), topic["example"].clone())
            .await
            .ok();
        assert!(!judged["topic"].as_str().unwrap().is_empty(), "{id}");
        for part in ["basis", "inputs", "steps", "result", "verdict", "conclusion"] {
            assert!(judged.get(part).is_some(), "{id} {part}");
        }
    }
}

async fn a_wrong_input_names_its_field(bench: &Bench) {
    let path = "/evaluate/aqi/iaqi_breakpoints";
    let wrong = bench.post("leader", path, json!({})).await;
    assert_eq!(wrong.problem(), (400, "invalid_input".to_owned()));
    let details = wrong.json()["details"].clone();
    assert!(!details["field"].as_str().unwrap().is_empty(), "{details}");
    let reasons = ["missing", "type", "unknown", "range", "unit", "context"];
    assert!(
        reasons.contains(&details["reason"].as_str().unwrap()),
        "{details}"
    );
    assert_eq!(
        bench
            .post("leader", "/evaluate/no/such", json!({}))
            .await
            .problem()
            .0,
        404
    );
    for shape in [json!(null), json!([]), json!("x"), json!(1e300)] {
        assert_eq!(bench.post("leader", path, shape).await.status, 400);
    }
    let huge = Value::from("9".repeat(1_100_000));
    let refused = bench.post("leader", path, huge).await;
    let (zh, en) = (
        "请求正文过大，至多 1 MiB；请",
        "the request body is too large, at most 1 MiB; ",
    );
    crate::register_files::too_large(&refused, "body", 1 << 20, zh, en);
}

/// Every number and text of an input, one after the other, replaced by `by`.
fn variants(input: &Value, by: &Value, out: &mut Vec<Value>) {
    fn paths(value: &Value, at: &str, out: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                for (key, value) in members {
                    paths(
                        value,
                        &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")),
                        out,
                    );
                }
            }
            // The first members of a long list stand for the others.
            Value::Array(items) => {
                for (n, value) in items.iter().enumerate().take(2) {
                    paths(value, &format!("{at}/{n}"), out);
                }
            }
            _ => out.push(at.to_owned()),
        }
    }
    let mut places = Vec::new();
    paths(input, "", &mut places);
    for place in places {
        let mut variant = input.clone();
        *variant.pointer_mut(&place).unwrap() = by.clone();
        out.push(variant);
    }
}

async fn absurd_inputs_are_answered(bench: &Bench) {
    let topics = bench.get("-", "/standards/topics").await.ok();
    let absurd = [
        json!("1e999999999"),
        json!(-1e300),
        json!("-0"),
        json!(null),
        json!([[]]),
        json!("９９"),
    ];
    for topic in topics["items"].as_array().unwrap() {
        let id = topic["id"].as_str().unwrap();
        for by in &absurd {
            let mut inputs = Vec::new();
            variants(&topic["example"], by, &mut inputs);
            for input in inputs.into_iter().take(12) {
                let answer = bench
                    .post("firm", &format!("/evaluate/{id}"), input.clone())
                    .await;
                assert!(
                    matches!(answer.status.as_u16(), 200 | 400),
                    "{id} {input}: {} {}",
                    answer.status,
                    answer.text
                );
            }
        }
    }
}
