//! What comes of the plan by itself: the yearly list as drafts people keep, units told once for each event, figures of other
//! plans compared.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at what it did not expect"
)]

mod common;

use common::{Bench, at};
use ledger::{Edit, Person, Step};
use model::ids::{RecordId, UnitCode, UserId};
use model::role::Role;
use progress::{Progress, ProgressError};
use registers::life::Actor;
use serde_json::{Value, json};
use store::plan::{NoticeQuery, Seen};

fn person(user: i64, role: Role) -> Person {
    Person {
        actor: Actor {
            user: UserId(user),
            role,
            unit: Some(UnitCode::new("eeb")),
            firms: Vec::new(),
        },
        name: format!("person {user}"),
    }
}

impl Bench {
    async fn edit(&self, register: &str, id: &str, body: Value) {
        let clerk = person(2, Role::Inspector);
        let id = RecordId::new(id);
        let (_, held) = self.ledger.held(register, &id, &clerk).await.unwrap();
        let edit = Edit {
            revision: held.revision,
            body: body.as_object().unwrap().clone(),
            ..Edit::default()
        };
        self.ledger
            .edit(register, &id, &edit, &clerk, self.now)
            .await
            .unwrap();
    }

    async fn step(&self, register: &str, id: &str, transition: &str, who: &Person, body: Value) {
        let id = RecordId::new(id);
        let (_, held) = self.ledger.held(register, &id, who).await.unwrap();
        let step = Step {
            transition: transition.to_owned(),
            revision: held.revision,
            reason: Some("测试".to_owned()),
            body: body.as_object().unwrap().clone(),
        };
        self.ledger
            .step(register, &id, &step, who, self.now)
            .await
            .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_yearly_list_becomes_drafts_once_and_never_overwrites() {
    let bench = Bench::seeded().await;
    let plan = &bench.plan;
    let list = plan.yearly_list(2025, None, bench.now).await.unwrap();
    // Goals of the simulated course stand for three indicators.
    let stands = |id: &str| list.standing.iter().any(|s| s.id == id);
    assert!(stands("sim-goal-2025-1") && stands("sim-goal-2025-2") && stands("sim-goal-2025-7"));
    let ids: Vec<&str> = list.items.iter().map(|i| i.id.as_str()).collect();
    assert!(ids.contains(&"2025-i08") && !ids.contains(&"2025-i01"), "{ids:?}");
    assert!(!list.left_out.is_empty() && list.left_out.iter().all(|l| !l.why.zh.is_empty()));

    // A part of it first, then the rest.
    let only = vec!["2025-i08".to_owned(), "2025-i09".to_owned()];
    let derived = plan
        .derive_goals(2025, None, Some(&only), "规划科", bench.now)
        .await
        .unwrap();
    assert_eq!(derived.made, only);
    let record = async |id: &str| {
        let kept = plan.kept().await.unwrap();
        let found = kept.goals.iter().find(|g| g.head.id.as_str() == id);
        found.unwrap().clone()
    };
    let goal = record("2025-i08").await;
    assert_eq!((goal.head.state.as_str(), goal.head.demo), ("draft", false));
    assert_eq!(goal.value.unwrap().to_string(), "2061.6");
    assert_eq!(goal.lead.as_str(), "eeb");
    let all = plan
        .derive_goals(2025, None, None, "规划科", bench.now)
        .await
        .unwrap();
    assert_eq!(all.made.len(), list.items.len() - 2);
    assert!(all.after.items.is_empty() && all.after.standing.len() > all.made.len());
    let again = plan
        .derive_goals(2025, None, None, "规划科", bench.now)
        .await
        .unwrap();
    assert!(again.made.is_empty(), "{:?}", again.made);

    // People change, strike and publish; the derivation leaves all of it alone.
    bench
        .edit(
            "plan_goal",
            "2025-i08",
            json!({ "value": "2100", "text": "氮氧化物再多减一些" }),
        )
        .await;
    let clerk = person(2, Role::Inspector);
    let unwanted = all.made.iter().find(|id| id.starts_with("2025-t")).unwrap();
    bench.step("plan_goal", unwanted, "drop", &clerk, json!({})).await;
    bench
        .step("plan_goal", "2025-i09", "propose", &clerk, json!({}))
        .await;
    let leader = person(1, Role::Leader);
    bench
        .step("plan_goal", "2025-i09", "publish", &leader, json!({}))
        .await;
    let revision = record("2025-i08").await.head.revision;
    let last = plan
        .derive_goals(2025, None, None, "规划科", bench.now)
        .await
        .unwrap();
    assert!(last.made.is_empty());
    let goal = record("2025-i08").await;
    assert_eq!(
        (goal.head.revision, goal.text.as_str()),
        (revision, "氮氧化物再多减一些")
    );
    let differs = last.after.standing.iter().find(|s| s.id == "2025-i08").unwrap();
    assert!(differs.differs.as_ref().unwrap().zh.contains("2061.6"));
    let struck = last.after.left_out.iter().find(|l| l.id == *unwanted).unwrap();
    assert_eq!(struck.code, "struck");
    // A published goal is what the year is held against; a draft and a struck one are not.
    let day = plan.day(progress::day_of(bench.now), bench.now).await.unwrap();
    let goals = |no: u32| {
        let input = day.inputs.indicators.iter().find(|i| i.facts.no == no).unwrap();
        input.goals.iter().filter(|g| g.year == 2025).count()
    };
    assert_eq!((goals(9), goals(8)), (1, 0));

    for wrong in [
        plan.derive_goals(2020, None, None, "x", bench.now).await,
        plan.derive_goals(2025, Some(&UnitCode::new("nobody")), None, "x", bench.now)
            .await,
        plan.derive_goals(2025, None, Some(&["2025-x".to_owned()]), "x", bench.now)
            .await,
    ] {
        assert!(matches!(wrong, Err(ProgressError::Argument { .. })), "{wrong:?}");
    }
}

fn measure(unit: &str, title: &str, due: &str) -> Value {
    json!({ "task": "3.3.3", "unit": unit, "part": "lead", "title": title, "start": "2024-01-01", "due": due, "weight": "1" })
}

/// Everything the store gives at once.
fn all() -> NoticeQuery {
    let mut query = NoticeQuery::default();
    query.page.size = store::limits::PAGE_ROWS;
    query
}

async fn open(plan: &Progress) -> Vec<(String, String, String, i64)> {
    let query = NoticeQuery {
        open: Some(true),
        ..all()
    };
    let mut rows: Vec<_> = plan
        .notices(&query)
        .await
        .unwrap()
        .items
        .into_iter()
        .filter(|n| n.notice.what == "双替代")
        .map(|n| (n.notice.unit.to_string(), n.notice.stage, n.raised_on, n.id))
        .collect();
    rows.sort();
    rows
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_unit_is_told_once_for_each_event() {
    let bench = Bench::empty("2024-05-01").await;
    let plan = &bench.plan;
    bench
        .put("plan_measure", "running", measure("drc", "双替代", "2024-06-30"))
        .await;
    let stages = async |day: &str| -> Vec<String> {
        plan.sweep(at(day)).await.unwrap();
        open(plan)
            .await
            .into_iter()
            .filter(|n| n.0 == "drc")
            .map(|n| n.1)
            .collect()
    };
    assert!(stages("2024-06-14").await.is_empty(), "sixteen days are left");
    assert_eq!(stages("2024-06-15").await, ["remind-15"]);
    assert_eq!(stages("2024-06-16").await, ["remind-15"]);
    let first = open(plan).await;
    assert_eq!(first[0].2, "2024-06-15", "dated by the day it came");
    // A restart, and the job again on the same day: nothing new.
    let restarted = Progress::new(
        bench.ledger.clone(),
        plan.facts().clone(),
        plan.follow().clone(),
        plan.units(),
    );
    let swept = restarted.sweep(at("2024-06-16")).await.unwrap();
    assert_eq!((swept.notices.raised, swept.notices.ended), (0, 0));
    assert_eq!(open(&restarted).await, first);
    for (day, stage) in [
        ("2024-06-23", "remind-7"),
        ("2024-06-28", "remind-3"),
        ("2024-06-30", "remind-1"),
        ("2024-07-01", "yellow"),
        ("2024-07-14", "yellow"),
        ("2024-07-15", "order"),
        ("2024-07-30", "interview"),
    ] {
        assert_eq!(stages(day).await, [stage], "{day}");
    }
    let every = plan.notices(&all()).await.unwrap();
    let own: Vec<_> = every.items.iter().filter(|n| n.notice.what == "双替代").collect();
    assert_eq!(own.len(), 7, "one for each event, none twice: {own:?}");
    let over = own
        .iter()
        .filter(|n| n.ended.as_ref().is_some_and(|(_, why)| why == "passed_on"));
    assert_eq!(over.count(), 6);

    // Acknowledged by a person; it stays on the desk until the matter is settled.
    let told = async || {
        let mut told = plan.told(&UnitCode::new("drc")).await.unwrap();
        told.retain(|n| n.notice.what == "双替代");
        told
    };
    let id = told().await[0].id;
    let seen = Seen {
        at: at("2024-07-30"),
        by: UserId(9),
        by_name: "经办人".to_owned(),
        note: "八月中旬完成".to_owned(),
    };
    let row = plan.acknowledge(id, &seen).await.unwrap();
    assert_eq!(row.seen, Some(seen));
    assert_eq!(Progress::notice_late(&row, at("2024-08-04")), 35);
    assert_eq!(stages("2024-08-01").await, ["interview"]);
    assert!(told().await[0].seen.is_some(), "still acknowledged");
    let missing = plan.notice(9_999).await;
    assert!(matches!(missing, Err(ProgressError::NotFound { .. })));

    // Settled: nothing is told any more, and what was told keeps the day it ended.
    let kept = plan.kept().await.unwrap();
    let measure = kept.measures[0].head.id.to_string();
    bench
        .step(
            "plan_measure",
            &measure,
            "stop",
            &person(1, Role::Leader),
            json!({}),
        )
        .await;
    assert!(stages("2024-08-02").await.is_empty());
    let row = plan.notice(id).await.unwrap();
    assert_eq!(row.ended, Some(("2024-08-02".to_owned(), "settled".to_owned())));
    assert_eq!(Progress::notice_late(&row, at("2025-01-01")), 33);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn returns_and_orders_are_told_too() {
    let bench = Bench::empty("2024-01-01").await;
    let plan = &bench.plan;
    let of = async |about: &str, unit: &str| -> Vec<String> {
        let query = NoticeQuery {
            open: Some(true),
            unit: Some(UnitCode::new(unit)),
            ..NoticeQuery::default()
        };
        let rows = plan.notices(&query).await.unwrap().items;
        rows.into_iter()
            .filter(|n| n.notice.about == about)
            .map(|n| n.notice.stage)
            .collect()
    };
    // The round opens and is told in the same run: fifteen days to file.
    plan.sweep(at("2024-01-01")).await.unwrap();
    assert_eq!(of("return", "water").await, ["remind-15"]);
    plan.sweep(at("2024-01-17")).await.unwrap();
    assert_eq!(of("return", "water").await, ["yellow"]);
    plan.freeze_round("2023-H2", "leader", at("2024-01-18"))
        .await
        .unwrap();
    plan.sweep(at("2024-01-18")).await.unwrap();
    assert!(
        of("return", "water").await.is_empty(),
        "a frozen round asks nobody"
    );

    let order = json!({ "number": "2024-0001", "level": "order", "task": "5.1.1", "unit": "water", "reason": "逾期",
        "demand": "限期完成", "issued": "2024-02-01", "due": "2024-02-20" });
    bench.put("plan_order", "issued", order).await;
    plan.sweep(at("2024-02-01")).await.unwrap();
    assert_eq!(
        of("order", "water").await,
        ["order"],
        "an order is told when it is issued"
    );
    plan.sweep(at("2024-03-22")).await.unwrap();
    assert_eq!(
        of("order", "water").await,
        ["interview"],
        "thirty-one days without an answer"
    );
}

fn theirs(item: &str, indicator: u32, value: &str, more: &Value) -> Value {
    let mut body = json!({ "other": "区国民经济和社会发展规划", "unit": "drc", "item": item, "indicator": indicator, "value": value });
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    body
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_of_other_plans_are_compared_filled_in_and_ordered() {
    let bench = Bench::empty("2024-05-01").await;
    let plan = &bench.plan;
    for (state, body) in [
        ("found", theirs("PM2.5", 1, "45", &json!({}))),
        (
            "found",
            theirs("优良率", 2, "66", &json!({ "ours": "60", "verdict": "looser" })),
        ),
        (
            "settled",
            theirs("生活污水", 7, "40", &json!({ "verdict": "looser" })),
        ),
        ("found", theirs("地下水", 6, "12", &json!({}))),
    ] {
        bench.put("plan_consistency", state, body).await;
    }
    let check = async || {
        let day = plan.day(progress::day_of(bench.now), bench.now).await.unwrap();
        plan.consistency(&day)
    };
    let of =
        |all: &[progress::Checked], item: &str| all.iter().find(|c| c.record.item == item).unwrap().clone();
    let before = check().await;
    let air = of(&before, "PM2.5");
    assert_eq!(air.compared.verdict.unwrap().key(), "contradicts");
    assert!(air.open() && air.contradictions.is_empty());
    // What was entered wrongly is told, and told again by the settled one whose figures still differ.
    let good = of(&before, "优良率");
    assert_eq!(good.compared.verdict.unwrap().key(), "stricter");
    assert_eq!(good.contradictions.len(), 2, "{:?}", good.contradictions);
    assert!(
        of(&before, "生活污水").contradictions[0]
            .zh
            .contains("已确认衔接")
    );
    let water = of(&before, "地下水");
    assert!(!water.open() && water.compared.reason.zh.contains("尚未下达"));
    assert!(
        before[..3].iter().all(progress::Checked::open),
        "what is open comes first"
    );

    // The job fills in what nobody entered, once, and leaves the rest.
    assert_eq!(
        plan.sweep(bench.now).await.unwrap().compared,
        2,
        "the second one lacks its unit only"
    );
    assert_eq!(plan.sweep(bench.now).await.unwrap().compared, 0);
    let after = check().await;
    let air = of(&after, "PM2.5");
    assert_eq!(air.record.ours.unwrap().to_string(), "42");
    assert_eq!(air.record.verdict.as_deref(), Some("contradicts"));
    assert_eq!(air.record.measured_in.as_deref(), Some("μg/m³"));
    assert_eq!(
        of(&after, "优良率").record.ours.unwrap().to_string(),
        "60",
        "entered, not overwritten"
    );

    // A contradiction becomes an order to the unit that makes the other plan, once.
    let id = air.record.head.id.clone();
    let made = plan
        .draft_consistency_order(&id, "规划科", bench.now)
        .await
        .unwrap();
    let kept = plan.kept().await.unwrap();
    let order = kept.orders.iter().find(|o| o.head.id.as_str() == made).unwrap();
    assert_eq!(
        (
            order.unit.as_str(),
            order.task.as_str(),
            order.head.state.as_str()
        ),
        ("drc", "12.2.0", "draft")
    );
    assert!(
        order.reason.contains("45") && order.reason.contains("42"),
        "{}",
        order.reason
    );
    assert_eq!(order.number, "2024-0001");
    let twice = plan.draft_consistency_order(&id, "规划科", bench.now).await;
    assert!(matches!(twice, Err(ProgressError::Argument { .. })), "{twice:?}");
    let fine = plan
        .draft_consistency_order(&water.record.head.id, "规划科", bench.now)
        .await;
    assert!(matches!(fine, Err(ProgressError::Argument { .. })), "{fine:?}");
    let unknown = plan
        .draft_consistency_order(&RecordId::new("none"), "规划科", bench.now)
        .await;
    assert!(matches!(unknown, Err(ProgressError::NotFound { .. })));
}
