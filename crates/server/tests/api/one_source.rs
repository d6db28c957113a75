//! 一源一档: what all lists know of one source.

use serde_json::json;

use crate::bench::Bench;
use crate::places::put;

on_both![a_source_gathers_what_is_known_of_it];

async fn a_source_gathers_what_is_known_of_it(bench: &Bench) {
    let one = put(
        bench,
        "works",
        json!({ "name": "甲厂", "number": "N-1", "firm": "firm-a", "place": "116.1,36.5" }),
    )
    .await;
    let two = put(
        bench,
        "works",
        json!({ "name": "大名铝业有限公司", "number": "N-2", "place": "116.2,36.6" }),
    )
    .await;
    let exact = put(bench, "paper", json!({ "holder": "甲厂旧名", "number": "N-1" })).await;
    let firm = put(bench, "paper", json!({ "holder": "甲厂二号", "firm": "firm-a" })).await;
    let alike = put(
        bench,
        "paper",
        json!({ "holder": "大名铝业", "place": "116.2001,36.6" }),
    )
    .await;
    let clash = put(
        bench,
        "paper",
        json!({ "holder": "丙厂", "number": "N-9", "firm": "firm-a" }),
    )
    .await;
    put(bench, "paper", json!({ "holder": "无关", "number": "N-7" })).await;
    put(bench, "load", json!({ "kind": "油", "giver": one, "out": "1" })).await;
    bench.alarm("a-gas").await;
    let list = bench.get("inspector", "/sources?sort=id").await.ok();
    assert_eq!(list["total"], 2);
    let row = |id: &str| {
        list["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|i| i["id"] == id)
            .unwrap()
            .clone()
    };
    assert_eq!(
        (&row(&one)["parts"], &row(&one)["reviews"]),
        (&json!({ "paper": 2 }), &json!(1)),
        "{list}"
    );
    assert_eq!(
        (&row(&two)["parts"], &row(&two)["reviews"]),
        (&json!({}), &json!(1)),
        "{list}"
    );
    assert_eq!(
        list["unmatched"],
        json!([{ "register": "paper", "zh": "许可", "en": "Papers", "records": 1 }])
    );
    let file = bench.get("inspector", &format!("/sources/{one}")).await.ok();
    let papers: Vec<(&str, &str)> = file["parts"][0]["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["id"].as_str().unwrap(), r["how"].as_str().unwrap()))
        .collect();
    assert!(
        papers.contains(&(exact.as_str(), "identifiers")) && papers.contains(&(firm.as_str(), "identifiers")),
        "{file}"
    );
    // The load points at it; its register declares no part.
    let other = file["parts"]
        .as_array()
        .unwrap()
        .iter()
        .find(|p| p["code"].is_null())
        .unwrap();
    assert_eq!(
        (&other["records"][0]["how"], &other["records"][0]["fields"][0]),
        (&json!("link"), &json!("giver"))
    );
    let names: Vec<&str> = file["known_by"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|k| k["field"] == "name")
        .map(|k| k["value"].as_str().unwrap())
        .collect();
    assert!(names.contains(&"甲厂") && names.contains(&"甲厂旧名"), "{file}");
    let monitors: Vec<&str> = file["monitors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["code"].as_str().unwrap())
        .collect();
    assert_eq!(monitors, ["firm-a", "a-gas"]);
    assert_eq!(file["alarms"].as_array().unwrap().len(), 1, "{file}");
    // The number contradicts what the firm's code says: a person must look.
    assert_eq!(
        (&file["reviews"][0]["id"], &file["reviews"][0]["against"]),
        (&json!(clash), &json!(["number"])),
        "{file}"
    );
    let reviews = bench.get("inspector", "/sources/reviews").await.ok();
    assert_eq!(reviews["total"], 2);
    let proposal = reviews["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|r| r["id"] == alike.as_str())
        .unwrap();
    // A name alike once 有限公司 is left out (30) and 9 m away (20).
    assert_eq!(
        (&proposal["source"], &proposal["score"]),
        (&json!(two), &json!(50)),
        "{proposal}"
    );
    let judge = async |login: &str, record: &str, source: &str, same: bool| {
        let body = json!({ "source": source, "register": "paper", "id": record, "same": same, "reason": "现场核对" });
        bench.post(login, "/sources/reviews", body).await
    };
    assert_eq!(judge("leader", &alike, &two, true).await.problem().0, 404);
    assert_eq!(judge("inspector", &alike, &two, true).await.status.as_u16(), 204);
    assert_eq!(judge("inspector", &clash, &one, false).await.status.as_u16(), 204);
    let file = bench.get("inspector", &format!("/sources/{two}")).await.ok();
    assert_eq!(
        (
            &file["parts"][0]["records"][0]["how"],
            &file["parts"][0]["records"][0]["by"]["name"]
        ),
        (&json!("person"), &json!("inspector")),
        "{file}"
    );
    assert_eq!(
        (&file["body"]["others"], &file["decisions"][0]["reason"]),
        (&json!(["大名铝业"]), &json!("现场核对")),
        "{file}"
    );
    assert_eq!(bench.get("inspector", "/sources/reviews").await.ok()["total"], 0);
    // A later decision takes the place of an earlier one, and both stay.
    judge("inspector", &alike, &two, false).await;
    let file = bench.get("inspector", &format!("/sources/{two}")).await.ok();
    assert_eq!(
        (
            file["parts"][0]["records"].as_array().unwrap().len(),
            file["decisions"].as_array().unwrap().len()
        ),
        (0, 2),
        "{file}"
    );
    // What a record says moves it: with another number it belongs to the other source.
    let path = format!("/api/v1/registers/paper/records/{exact}");
    bench
        .ask(
            "inspector",
            "PATCH",
            &path,
            Some(json!({ "revision": 1, "body": { "number": "N-2" } })),
        )
        .await
        .ok();
    let list = bench.get("inspector", "/sources").await.ok();
    let counts: Vec<String> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| format!("{} {}", i["title"].as_str().unwrap(), i["parts"]["paper"]))
        .collect();
    assert!(
        counts.contains(&"甲厂 1".to_owned()) && counts.contains(&"大名铝业有限公司 1".to_owned()),
        "{counts:?}"
    );
}
