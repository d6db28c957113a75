//! Chains walked from either end, and the balance of what goes along them.

use serde_json::{Value, json};

use crate::bench::Bench;
use crate::places::put;

on_both![
    a_section_leads_up_to_mouths_and_works,
    loads_balance_to_the_last_gram
];

fn step_of(chain: &Value, step: usize) -> Vec<&Value> {
    chain["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|n| n["step"] == step)
        .collect()
}

fn titles(nodes: &[&Value]) -> Vec<String> {
    nodes
        .iter()
        .map(|n| n["title"].as_str().unwrap().to_owned())
        .collect()
}

async fn a_section_leads_up_to_mouths_and_works(bench: &Bench) {
    let section = json!({ "code": "section-9", "kind": "water_section", "zh": "河断面", "unit": "town-2", "lon": 116.2, "lat": 36.55 });
    bench
        .store
        .put_subjects(&[serde_json::from_value(section).unwrap()])
        .await
        .unwrap();
    let works = put(bench, "works", json!({ "name": "甲源" })).await;
    let mouth = |name: &str, place: &str, section: Value, traced: Value| json!({ "name": name, "place": place, "section": section, "traced": traced });
    let linked = put(
        bench,
        "mouth",
        mouth(
            "支流口",
            "116.1,36.6",
            json!("section-9"),
            json!([{ "works": works }]),
        ),
    )
    .await;
    put(
        bench,
        "mouth",
        mouth("上游口", "116.05,36.5505", Value::Null, json!([])),
    )
    .await;
    put(
        bench,
        "mouth",
        mouth("下游口", "116.25,36.55", Value::Null, json!([])),
    )
    .await;
    put(
        bench,
        "mouth",
        mouth("岸上", "116.05,36.7", Value::Null, json!([])),
    )
    .await;
    let chain = bench
        .get("inspector", "/chains/up?from=subject:section-9&velocity=0.25")
        .await
        .ok();
    assert_eq!(titles(&step_of(&chain, 0)), ["河断面"]);
    // The section stands at 116.2° E. Up the river: to the tributary 0.1° of longitude at 36.55° N (8 950 m) and from there
    // 0.05° of latitude (5 548 m); to the upper mouth 0.15° (13 425 m).
    let mouths = step_of(&chain, 1);
    assert_eq!(titles(&mouths), ["上游口", "支流口"], "{chain}");
    let distance = |n: usize| mouths[n]["river"]["distance_m"].as_f64().unwrap();
    assert!((distance(0) - 13_425.0).abs() < 10.0, "{}", distance(0));
    assert!((distance(1) - 14_498.0).abs() < 20.0, "{}", distance(1));
    let hours = mouths[0]["river"]["travel_h"].as_f64().unwrap();
    assert!((hours - 13_425.0 / 0.25 / 3600.0).abs() < 0.02, "{hours}");
    assert_eq!(
        (&mouths[1]["river"]["reach"], &chain["river"]["schematic"]),
        (&json!("小河"), &json!(true))
    );
    assert_eq!(titles(&step_of(&chain, 2)), ["甲源"]);
    // One link by the field, one by the river, one to the works; the upper mouth lacks both of its own.
    let edges = chain["edges"].as_array().unwrap();
    assert_eq!(edges.len(), 3, "{chain}");
    assert_eq!(edges.iter().filter(|e| e["field"].is_null()).count(), 1);
    let gaps: Vec<(&Value, &Value)> = chain["gaps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|g| {
            (
                &chain["nodes"][usize::try_from(g["node"].as_u64().unwrap()).unwrap()]["title"],
                &g["said"]["zh"],
            )
        })
        .collect();
    assert_eq!(
        gaps,
        [
            (&json!("上游口"), &json!("缺环节：断面")),
            (&json!("上游口"), &json!("缺环节：来源"))
        ]
    );
    // From the other end: the works leads down to its mouth and section, and to no other mouth.
    let down = bench
        .get("inspector", &format!("/chains/up?from=works:{works}"))
        .await
        .ok();
    assert_eq!(titles(&step_of(&down, 1)), ["支流口"], "{down}");
    assert_eq!(titles(&step_of(&down, 0)), ["河断面"]);
    assert!(
        down["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .any(|n| n["start"] == true && n["step"] == 2)
    );
    let middle = bench
        .get("inspector", &format!("/chains/up?from=mouth:{linked}"))
        .await
        .ok();
    assert_eq!(middle["nodes"].as_array().unwrap().len(), 3, "{middle}");
    let names = bench.get("inspector", "/chains").await.column("name");
    assert_eq!(names, ["move", "up"]);
    assert_eq!(
        bench
            .get("inspector", "/chains/none?from=works:x")
            .await
            .problem()
            .0,
        404
    );
    assert_eq!(
        bench.get("inspector", "/chains/up?from=works").await.problem().0,
        400
    );
    assert_eq!(
        bench
            .get("inspector", "/chains/up?from=works:none")
            .await
            .problem()
            .0,
        404
    );
    assert_eq!(
        bench
            .get("inspector", &format!("/chains/up?from=works:{works}&velocity=-1"))
            .await
            .problem()
            .0,
        400
    );
    // A firm of another place sees neither the section nor the chain from it.
    assert_eq!(
        bench
            .get("firm", "/chains/up?from=subject:section-9")
            .await
            .problem()
            .0,
        404
    );
}

async fn loads_balance_to_the_last_gram(bench: &Bench) {
    let giver = put(bench, "works", json!({ "name": "移出厂" })).await;
    let taker = put(bench, "works", json!({ "name": "接受厂" })).await;
    let load = |kind: &str, out: &str, into: Value| json!({ "kind": kind, "giver": giver, "taker": taker, "out": out, "in": into });
    put(bench, "load", load("油", "0.1", json!("0.0999"))).await;
    put(bench, "load", load("油", "0.2", json!("0.2"))).await;
    put(bench, "load", load("剂", "1.25", Value::Null)).await;
    put(
        bench,
        "load",
        json!({ "kind": "渣", "giver": giver, "out": "0.0001" }),
    )
    .await;
    let chain = bench
        .get("inspector", &format!("/chains/move?from=works:{giver}"))
        .await
        .ok();
    assert_eq!(titles(&step_of(&chain, 0)), ["移出厂"], "{chain}");
    assert_eq!(
        (step_of(&chain, 1).len(), titles(&step_of(&chain, 2))),
        (4, vec!["接受厂".to_owned()])
    );
    assert_eq!(chain["gaps"].as_array().unwrap().len(), 1, "{chain}");
    let balance = &chain["balances"][0];
    // 0.1 + 0.2 − (0.0999 + 0.2) = 0.0001 exactly; what was not weighed in is missing, not zero, and so is a difference of it.
    assert_eq!(
        balance["rows"],
        json!([
            { "per": "剂", "terms": ["1.25", null], "differences": [null] },
            { "per": "油", "terms": ["0.3", "0.2999"], "differences": ["0.0001"] },
            { "per": "渣", "terms": ["0.0001", null], "differences": [null] },
            { "per": null, "terms": ["1.5501", "0.2999"], "differences": [null] },
        ]),
        "{chain}"
    );
    assert_eq!(
        (&balance["terms"][1]["left_out"], &balance["unit"]),
        (&json!(2), &json!("t"))
    );
    let from_taker = bench
        .get("inspector", &format!("/chains/move?from=works:{taker}"))
        .await
        .ok();
    assert_eq!(titles(&step_of(&from_taker, 2)), ["接受厂"], "{from_taker}");
    assert_eq!(
        (step_of(&from_taker, 1).len(), titles(&step_of(&from_taker, 0))),
        (3, vec!["移出厂".to_owned()])
    );
}
