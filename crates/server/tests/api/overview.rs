//! Every figure of the cockpit equals the total of the list it opens, for everybody who sees it.

use model::observation::Statistic;
use model::time::Grain;
use serde_json::{Value, json};

use crate::bench::{Bench, noon, reading};

on_both![
    figures_equal_the_lists_they_open,
    an_alarm_stands_once_on_the_map,
    the_systems_of_the_plan_are_counted
];

/// All objects with `value` and `list`.
fn figures(value: &Value, found: &mut Vec<(i64, String)>) {
    match value {
        Value::Object(members) => {
            if let (Some(n), Some(list)) = (members.get("value"), members.get("list")) {
                found.push((n.as_i64().unwrap(), list.as_str().unwrap().to_owned()));
            }
            members.values().for_each(|v| figures(v, found));
        }
        Value::Array(items) => items.iter().for_each(|v| figures(v, found)),
        _ => {}
    }
}

async fn figures_equal_the_lists_they_open(bench: &Bench) {
    bench.alarm("a-gas").await;
    bench.alarm("b-water").await;
    bench
        .frame(
            "GAS1",
            "##",
            vec![reading(Statistic::RTD, Grain::Realtime, noon(), "30")],
            None,
        )
        .await;
    bench.frame("NEW", "##", Vec::new(), None).await;
    bench
        .frame("WATER/1", "##bad", Vec::new(), Some("crc_mismatch"))
        .await;
    bench
        .judgement(
            "air-1",
            "aqi/hourly",
            Grain::Hour,
            json!({ "aqi": 85, "level": 2 }),
        )
        .await;
    bench
        .judgement(
            "section-1",
            "water/section_class",
            Grain::Day,
            json!({ "class": "III" }),
        )
        .await;
    for login in ["duty", "leader", "town", "town2", "firm"] {
        let overview = bench.get(login, "/overview").await.ok();
        let mut found = Vec::new();
        figures(&overview, &mut found);
        assert!(found.len() >= 26, "{login}: {found:?}");
        for (value, list) in found {
            let list_path = list.replace("劣", "%E5%8A%A3");
            assert_eq!(
                bench.get(login, &list_path).await.ok()["total"],
                value,
                "{login} {list}"
            );
        }
    }
    let overview = bench.get("duty", "/overview").await.ok();
    assert_eq!(overview["sources"]["total"]["value"], 2);
    assert_eq!(overview["sources"]["exceeding"]["value"], 2);
    assert_eq!(overview["alarms"]["open"]["value"], 2);
    assert_eq!(overview["air"]["level_counts"][1]["value"], 1);
    assert_eq!(overview["frames"]["today"], 3);
    assert_eq!(overview["frames"]["quarantined_today"]["value"], 2);
    assert_eq!(overview["devices"]["pending"]["value"], 1);
    let town = bench.get("town", "/overview").await.ok();
    assert_eq!(
        (&town["frames"]["today"], &town["frames"]["quarantined_today"]),
        (&json!(null), &json!(null))
    );
}

/// The firm of an outlet with a point does not show its alarm again; asked for alone, it does.
async fn an_alarm_stands_once_on_the_map(bench: &Bench) {
    bench.alarm("a-gas").await;
    bench.alarm("b-water").await;
    let of = |points: Value| -> Vec<(String, i64)> {
        let features = points["features"].as_array().unwrap().clone();
        let shown = |f: &Value| {
            let p = &f["properties"];
            (
                p["code"].as_str().unwrap().to_owned(),
                p["alarms"].as_i64().unwrap(),
            )
        };
        features.iter().map(shown).filter(|(_, n)| *n != 0).collect()
    };
    let all = of(bench.get("duty", "/map/points").await.ok());
    assert_eq!(all, [("a-gas".to_owned(), 1), ("b-water".to_owned(), 1)]);
    let firms = of(bench.get("duty", "/map/points?kind=firm").await.ok());
    assert_eq!(firms, [("firm-a".to_owned(), 1)]);
}

async fn the_systems_of_the_plan_are_counted(bench: &Bench) {
    let list = bench.get("leader", "/systems").await.ok();
    let items = list["items"].as_array().unwrap();
    let count = |state: &str| items.iter().filter(|i| i["state"] == state).count();
    for state in ["works", "partly", "not_yet"] {
        assert_eq!(list["counts"][state], count(state), "{state}");
    }
    assert_eq!(list["counts"]["total"], items.len());
    for item in items {
        let empty = item["what"].as_array().unwrap().is_empty();
        assert_eq!(empty, item["state"] == "not_yet", "{item}");
        assert_eq!(item["missing"].is_null(), item["state"] != "partly", "{item}");
    }
    assert_eq!(bench.get("firm", "/systems").await.problem().0, 403);
}
