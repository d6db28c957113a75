//! The plan's projects over HTTP: light, milestones, money and cuts as of a day, who sees which, and what the plan names without
//! a record. Expectations are worked out by hand.

use ledger::{Change, ChangeKind, Person};
use model::ids::RecordId;
use serde_json::{Value, json};

use crate::bench::{Bench, noon};
use crate::plan::with_plan;

on_both![
    projects_are_listed_with_money_cuts_and_lights_as_of_a_day,
    each_sees_the_projects_that_are_theirs,
    what_the_plan_names_without_a_record_is_told,
];

async fn put(bench: &Bench, id: &str, state: &str, body: Value) {
    let ledger = &bench.app.ledger;
    let definition = ledger.register("plan_project").unwrap();
    let raw = body.as_object().unwrap();
    let body = ledger
        .admit(definition, raw, Some(state), noon())
        .await
        .unwrap()
        .unwrap();
    let mut change = Change::new(
        definition,
        Some(RecordId::new(id)),
        body,
        ChangeKind::Imported,
        noon(),
    );
    change.record.state = Some(state.to_owned());
    let author = Person::program("test");
    ledger
        .commit(definition, vec![change], &author, noon())
        .await
        .unwrap();
}

/// One late, one complete, one in reserve, one cancelled.
async fn four(bench: &Bench) {
    put(
        bench,
        "late",
        "building",
        json!({
            "name": "甲镇管网", "task": "3.1.1", "field": "water", "lead": "water", "town": "town-1",
            "planned_start": "2023-01-01", "planned_end": "2024-05-01", "started": "2023-01-10", "investment": "1000",
            "funds": [
                { "source": "central", "year": 2023, "amount": "600" },
                { "source": "district", "year": 2024, "amount": "400" },
            ],
            "payments": [{ "date": "2023-06-01", "paid": "300" }, { "date": "2024-09-01", "paid": "400" }],
            "stages": [
                { "stage": "前期", "due": "2023-02-01", "weight": "1", "done": "2023-02-10" },
                { "stage": "土建", "due": "2024-01-31", "weight": "2", "done": "2024-08-01" },
                { "stage": "调试", "due": "2024-05-01", "weight": "1" },
            ],
            "cuts": [
                { "pollutant": "cod", "planned": "40", "approved": "10", "approved_on": "2023-12-11" },
                { "pollutant": "nh3n", "planned": "2" },
                { "pollutant": "cod", "planned": "20", "approved": "15", "approved_on": "2024-12-11" },
            ],
        }),
    )
    .await;
    put(
        bench,
        "complete",
        "accepted",
        json!({
            "name": "乙镇提标", "task": "3.1.2", "field": "water", "lead": "town-1", "town": "town-2",
            "planned_start": "2021-02-01", "planned_end": "2023-02-01", "started": "2021-02-05",
            "finished": "2023-01-10", "investment": "600", "payments": [{ "date": "2022-12-31", "paid": "600" }],
            "stages": [{ "stage": "完工", "due": "2023-02-01", "weight": "1", "done": "2023-01-10" }],
            "cuts": [{ "pollutant": "cod", "planned": "30", "approved": "30", "approved_on": "2022-12-11" }],
            "proof": [], "effect": "达标",
        }),
    )
    .await;
    put(
        bench,
        "idea",
        "reserve",
        json!({
            "name": "再生水", "task": "3.1.1", "field": "water", "lead": "water", "town": "town-2",
            "planned_start": "2027-01-01", "planned_end": "2028-01-01", "investment": "50",
            "maturity": "study", "score": "71.5",
            "cuts": [{ "pollutant": "cod", "planned": "7" }],
        }),
    )
    .await;
    put(
        bench,
        "off",
        "cancelled",
        json!({
            "name": "旧厂改造", "task": "3.1.1", "field": "water", "lead": "water", "town": "town-1",
            "planned_start": "2021-01-01", "planned_end": "2022-01-01", "investment": "500",
            "payments": [{ "date": "2021-06-01", "paid": "100" }],
            "cuts": [{ "pollutant": "cod", "planned": "99", "approved": "99", "approved_on": "2022-01-11" }],
        }),
    )
    .await;
}

fn ids(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().unwrap();
    items.iter().map(|i| i["id"].as_str().unwrap()).collect()
}

async fn projects_are_listed_with_money_cuts_and_lights_as_of_a_day(bench: &Bench) {
    let bench = with_plan(bench, false).await;
    four(&bench).await;
    let list = bench.get("leader", "/plan/projects?on=2024-06-30").await.ok();
    assert_eq!(
        ids(&list),
        ["late", "complete", "off", "idea"],
        "the most urgent first"
    );
    let late = &list["items"][0];
    // Earthworks were due on 31 January and done on 1 August: open on the day asked, 151 days late.
    assert_eq!(
        [&late["stage"], &late["light"], &late["level"], &late["late_days"]],
        [
            &json!("building"),
            &json!("red"),
            &json!("interview"),
            &json!(151)
        ]
    );
    assert!(late["reason"]["zh"].as_str().unwrap().contains("土建"));
    let stones: Vec<_> = late["milestones"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| (&m["name"], &m["done"], &m["late"]))
        .collect();
    assert_eq!(
        stones,
        [
            (&json!("前期"), &json!("2023-02-10"), &json!(9)),
            (&json!("土建"), &Value::Null, &json!(151)),
            (&json!("调试"), &Value::Null, &json!(60)),
        ]
    );
    // 1 of 4 by weight; 300 of 1000, the payment of September is not yet made.
    assert_eq!(
        [&late["progress"], &late["planned"], &late["paid"], &late["money"]],
        [&json!("0.25"), &json!("1000"), &json!("300"), &json!("0.3")]
    );
    assert_eq!(
        late["funds"][0],
        json!({ "source": "central", "names": { "zh": "中央", "en": "Central" }, "year": 2023, "amount": "600" })
    );
    assert_eq!(
        late["cuts"],
        json!([
            { "pollutant": "cod", "names": { "zh": "化学需氧量", "en": "COD" }, "planned": "60", "approved": "10" },
            { "pollutant": "nh3n", "names": { "zh": "氨氮", "en": "NH3-N" }, "planned": "2", "approved": null },
        ])
    );
    assert_eq!(
        [
            &late["task_title"],
            &late["field_names"]["zh"],
            &late["town"]["zh"]
        ],
        [&json!("管网"), &json!("水"), &json!("甲镇")]
    );
    assert_eq!(
        [&late["started"], &late["finished"], &late["planned_end"]],
        [&json!("2023-01-10"), &Value::Null, &json!("2024-05-01")]
    );
    let idea = &list["items"][3];
    assert_eq!(
        [&idea["stage"], &idea["light"], &idea["level"], &idea["money"]],
        [&json!("reserve"), &Value::Null, &Value::Null, &Value::Null],
        "what is in reserve is not judged"
    );
    assert_eq!(
        [&idea["maturity"], &idea["maturity_names"]["zh"], &idea["score"]],
        [&json!("study"), &json!("可研"), &json!("71.5")]
    );
    let totals = &list["totals"];
    assert_eq!(
        totals["stages"],
        json!({ "reserve": 1, "not_started": 0, "building": 1, "complete": 1, "cancelled": 1 })
    );
    assert_eq!(
        totals["lights"],
        json!({ "green": 1, "yellow": 0, "red": 1, "grey": 1 })
    );
    // 1000 + 600, 300 + 600; 900/1600 = 0.5625 is rounded to the even digit by GB/T 8170.
    assert_eq!(
        [&totals["planned"], &totals["paid"], &totals["money"]],
        [&json!("1600"), &json!("900"), &json!("0.562")]
    );
    // Planned 60 + 30 of those decided on; approved 10 + 30, as indicator 2 has them.
    let cod = &totals["cuts"][0];
    assert_eq!(
        [
            &cod["planned"],
            &cod["approved"],
            &cod["indicator"],
            &cod["target"]
        ],
        [&json!("90"), &json!("40"), &json!(2), &json!("100")]
    );
    let indicator = bench.get("leader", "/plan/indicators/2?on=2024-06-30").await.ok();
    let counted: i64 = indicator["path"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|p| p["given"]["value"].as_str())
        .map(|v| v.parse::<i64>().unwrap())
        .sum();
    assert_eq!(counted, 40);

    // On an earlier day less was done, and nothing of it was late.
    let before = bench.get("leader", "/plan/projects?on=2022-06-30").await.ok();
    let complete = before["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|i| i["id"] == "complete")
        .unwrap();
    assert_eq!(
        [
            &complete["stage"],
            &complete["light"],
            &complete["paid"],
            &complete["finished"]
        ],
        [&json!("building"), &json!("green"), &json!("0"), &Value::Null]
    );
    assert_eq!(before["totals"]["stages"]["not_started"], 1);
    assert_eq!(
        bench
            .get("leader", "/plan/projects?on=1999-01-01")
            .await
            .problem(),
        (400, "bad_query".into())
    );
}

async fn each_sees_the_projects_that_are_theirs(bench: &Bench) {
    let bench = with_plan(bench, false).await;
    four(&bench).await;
    for (login, status) in [("-", 401), ("citizen", 403), ("firm", 403)] {
        let answer = bench.get(login, "/plan/projects").await;
        assert_eq!(answer.status.as_u16(), status, "{login}");
    }
    // A unit answers for what it leads, a town also for what stands in it.
    for (login, seen) in [
        ("inspector", vec!["late", "complete", "off", "idea"]),
        ("department", vec!["late", "off", "idea"]),
        ("town", vec!["late", "complete", "off"]),
        ("town2", vec!["complete", "idea"]),
    ] {
        let list = bench.get(login, "/plan/projects?on=2024-06-30").await.ok();
        assert_eq!(ids(&list), seen, "{login}");
        let overview = bench.get(login, "/plan?on=2024-06-30").await.ok();
        assert_eq!(
            overview["projects"], list["totals"]["lights"],
            "{login}: the overview counts the same projects"
        );
    }
    let own = bench.get("town2", "/plan/projects?on=2024-06-30").await.ok();
    assert_eq!(
        (&own["totals"]["planned"], &own["totals"]["paid"]),
        (&json!("600"), &json!("600")),
        "totals are of what is seen"
    );
}

async fn what_the_plan_names_without_a_record_is_told(bench: &Bench) {
    let bench = with_plan(bench, false).await;
    let project = |name: &str, task: &str, stated: Option<&str>| {
        let mut body = json!({
            "name": name, "task": task, "field": "water", "lead": "water", "town": "town-1",
            "planned_start": "2023-01-01", "planned_end": "2024-05-01", "investment": "10",
        });
        if let Some(stated) = stated {
            body["plan_name"] = json!(stated);
        }
        body
    };
    let list = async || bench.get("town2", "/plan/projects").await.ok();
    let empty = list().await;
    assert_eq!(
        empty["unrecorded"],
        json!([{
            "name": "泵站", "name_en": "Pumping station", "task": "3.1.1", "task_title": "管网",
            "task_title_en": "Sewers", "elsewhere": [],
            "lead": [{ "code": "water", "zh": "水利局", "en": "", "town": false }],
        }])
    );
    assert_eq!(empty["totals"]["money"], Value::Null, "nothing is planned");
    // Likeness alone says nothing; the same name under another task is told, not taken.
    put(&bench, "alike", "reserve", project("泵", "3.1.1", None)).await;
    put(&bench, "there", "reserve", project("城南泵站", "3.1.2", None)).await;
    let told = &list().await["unrecorded"][0];
    assert_eq!(
        told["elsewhere"],
        json!([{ "id": "there", "name": "城南泵站", "task": "3.1.2" }])
    );
    put(
        &bench,
        "stated",
        "reserve",
        project("提升井", "3.1.1", Some("泵站")),
    )
    .await;
    assert_eq!(list().await["unrecorded"], json!([]));
    let mut ripe = project("提标", "3.1.2", None);
    (ripe["maturity"], ripe["score"]) = (json!("design"), json!("50"));
    put(&bench, "ripe", "reserve", ripe).await;
    let mut good = project("扩容", "3.1.2", None);
    (good["maturity"], good["score"]) = (json!("idea"), json!("90"));
    put(&bench, "good", "reserve", good).await;
    let all = bench.get("leader", "/plan/projects").await.ok();
    assert_eq!(
        ids(&all),
        ["ripe", "good", "alike", "stated", "there"],
        "the reserve by maturity, then by score"
    );
    let named: Vec<_> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|i| !i["named"].is_null())
        .map(|i| (&i["id"], &i["named"]))
        .collect();
    assert_eq!(named, [(&json!("stated"), &json!("泵站"))]);
}
