//! Rounds, orders, the document: what people do with the plan, and what they do wrong.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::format_push_string,
    reason = "a test stops at what it did not expect"
)]

mod common;

use common::{Bench, at, profile_files};
use plan::correct::{Change, Fit, List};
use progress::{Correct, Follow, Level, ProgressError, Upload};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_round_opens_on_its_day_and_freezes_once() {
    let bench = Bench::empty("2024-01-02").await;
    let plan = &bench.plan;
    let opened = async |day: &str| plan.sweep(at(day)).await.unwrap().opened;
    assert!(opened("2023-06-30").await.is_empty(), "not before its day");
    assert_eq!(opened("2024-01-02").await, ["2023-H2"]);
    assert!(opened("2024-01-03").await.is_empty(), "once");
    let round = plan.round("2023-H2", at("2024-01-20")).await.unwrap();
    assert_eq!(
        (round.row.round.as_of.as_str(), round.row.round.due.as_str()),
        ("2023-12-31", "2024-01-15")
    );
    let town = round
        .filings
        .iter()
        .find(|f| f.unit.as_str() == "371503002")
        .unwrap();
    assert_eq!((town.asked, town.filled, town.late), (1, 0, 5));
    let eeb = round.filings.iter().find(|f| f.unit.as_str() == "eeb").unwrap();
    assert!(eeb.asked > 20, "{eeb:?}");
    let units = round.filings.len();
    // A return is the register's: the engine checks who files it.
    let frozen = plan
        .freeze_round("2023-H2", "leader", at("2024-02-01"))
        .await
        .unwrap();
    let body = plan
        .frozen_round("2023-H2", at("2024-02-01"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(body["returns"].as_array().unwrap().len(), units);
    assert_eq!(frozen.row.frozen_by.as_deref(), Some("leader"));
    assert!(
        plan.freeze_round("2023-H2", "leader", at("2024-02-02"))
            .await
            .is_err()
    );
    // Days late stop with the freezing.
    let later = plan.round("2023-H2", at("2025-01-01")).await.unwrap();
    assert_eq!(later.filings[0].late, 17);
    for wrong in ["2023-Q9", "1999-H1", "2025-H2", "x"] {
        let said = plan.open_round(wrong, false, "desk", bench.now).await;
        assert!(
            matches!(said, Err(ProgressError::Argument { .. })),
            "{wrong}: {said:?}"
        );
    }
    assert!(
        plan.open_round("2023-H2", false, "desk", bench.now)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_drafted_for_what_is_late_and_not_twice() {
    let bench = Bench::seeded().await;
    let plan = &bench.plan;
    let late = plan.late(progress::day_of(bench.now), bench.now).await.unwrap();
    let item = late
        .iter()
        .find(|i| i.order_due.is_some() && i.about == "task")
        .unwrap()
        .clone();
    assert!(item.late > 0);
    let made = plan
        .draft_orders(&item.of, &item.what, None, "值班员", bench.now)
        .await
        .unwrap();
    assert_eq!(made.len(), item.units.len());
    let kept = plan.kept().await.unwrap();
    let order = kept
        .orders
        .iter()
        .find(|o| o.head.id.as_str() == made[0])
        .unwrap();
    assert_eq!(
        (order.head.state.as_str(), order.task.as_str()),
        ("draft", item.of.as_str())
    );
    assert_eq!(Level::from_name(&order.level), item.order_due);
    let again = plan
        .draft_orders(&item.of, &item.what, None, "值班员", bench.now)
        .await;
    assert!(matches!(again, Err(ProgressError::Argument { .. })), "{again:?}");
    let nothing = plan
        .draft_orders("3.1.1", "no such thing", None, "值班员", bench.now)
        .await;
    assert!(matches!(nothing, Err(ProgressError::NotFound { .. })));
}

const PLAN: &str = include_str!("../../plan/tests/plan/fixtures/linhe.md");

fn upload(name: &str, text: &str) -> Upload {
    Upload {
        name: name.into(),
        bytes: text.as_bytes().to_vec(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn corrections_survive_a_newer_edition() {
    let bench = Bench::empty("2026-11-20").await;
    let plan = &bench.plan;
    let first = plan
        .upload(&upload("linhe.md", PLAN), "desk", bench.now)
        .await
        .unwrap();
    let again = plan
        .upload(&upload("copy.md", PLAN), "desk", bench.now)
        .await
        .unwrap();
    assert_eq!(again.edition, first.edition, "the same file is the same edition");
    let read = plan.extraction(first.edition).await.unwrap();
    assert_eq!(read.lines.len(), PLAN.lines().count());
    let tasks = read.read["tasks"].as_array().unwrap();
    let (id, other) = (tasks[0]["id"].as_str().unwrap(), tasks[1]["id"].as_str().unwrap());
    let correct = async |id: &str, field: &str, after: Value| {
        let what = Correct {
            list: List::Tasks,
            id: id.to_owned(),
            field: field.to_owned(),
            after,
            reason: "核对原文".to_owned(),
        };
        plan.correct(first.edition, &what, "desk", bench.now).await
    };
    correct(id, "title", json!("改正后的标题")).await.unwrap();
    let confirmed = tasks[1]["title"].clone();
    correct(other, "title", confirmed).await.unwrap();
    assert!(matches!(
        correct("99.9.9", "title", json!("x")).await,
        Err(ProgressError::NotFound { .. })
    ));
    assert!(matches!(
        correct(id, "no_field", json!("x")).await,
        Err(ProgressError::Argument { .. })
    ));
    assert!(matches!(
        correct(id, "line", json!(1)).await,
        Err(ProgressError::Argument { .. })
    ));

    // A newer edition: one task reworded, a line put in before everything, so that every line moves.
    let words = tasks[1]["text"]
        .as_str()
        .unwrap()
        .chars()
        .take(6)
        .collect::<String>();
    let newer = format!("（第二版）\n\n{}", PLAN.replacen(&words, "修订后的文字", 1));
    let second = plan
        .upload(&upload("linhe2.md", &newer), "desk", bench.now)
        .await
        .unwrap();
    assert!(second.edition > first.edition);
    let read = plan.extraction(second.edition).await.unwrap();
    let fits: Vec<Fit> = read.corrected.outcomes.iter().map(|o| o.fit).collect();
    assert!(fits.contains(&Fit::Fits), "{fits:?}");
    let task = read.corrected.document["tasks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|t| t["id"] == *id)
        .unwrap();
    assert_eq!(task["title"], "改正后的标题");
    let changes = plan.diff(first.edition, second.edition).await.unwrap();
    assert!(
        changes
            .iter()
            .any(|c| matches!(c, Change::Changed { list: List::Tasks, id, .. } if id == other)),
        "{changes:?}"
    );
    // Withdrawn, it is as read again.
    let made = read.corrections[0].id;
    plan.withdraw_correction(made, "desk", bench.now).await.unwrap();
    assert!(plan.withdraw_correction(made, "desk", bench.now).await.is_err());
    let read = plan.extraction(second.edition).await.unwrap();
    let task = read.corrected.document["tasks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|t| t["id"] == *id)
        .unwrap();
    assert_ne!(task["title"], "改正后的标题");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_file_is_refused_and_a_cut_off_one_is_read_as_far_as_it_goes() {
    let bench = Bench::empty("2026-11-20").await;
    let plan = &bench.plan;
    let refused = async |u: Upload| match plan.upload(&u, "desk", bench.now).await {
        Err(ProgressError::File(said)) => said.en,
        other => panic!("{other:?}"),
    };
    assert!(
        refused(upload("menu.txt", "今日菜单\n白菜\n豆腐\n"))
            .await
            .contains("neither a chapter nor a task")
    );
    let pdf = Upload {
        name: "plan.pdf".into(),
        bytes: b"%PDF-1.4".to_vec(),
    };
    assert!(refused(pdf).await.contains("turn the PDF"));
    assert!(plan.documents().await.unwrap().is_empty(), "nothing was kept");

    let half: String = PLAN.chars().take(PLAN.chars().count() * 2 / 3).collect();
    let cut = plan
        .upload(&upload("half.md", &half), "desk", bench.now)
        .await
        .unwrap();
    let whole = plan
        .upload(&upload("whole.md", PLAN), "desk", bench.now)
        .await
        .unwrap();
    let count = async |edition: i64| {
        let read = plan.extraction(edition).await.unwrap().read;
        (
            read["tasks"].as_array().unwrap().len(),
            read["doubts"].as_array().unwrap().len(),
        )
    };
    let ((fewer, doubts), (all, _)) = (count(cut.edition).await, count(whole.edition).await);
    assert!(0 < fewer && fewer < all, "{fewer} of {all}");
    assert!(doubts > 0, "what is missing is told");

    let (gbk, ..) = encoding_rs::GBK.encode(PLAN);
    let coded = Upload {
        name: "gbk.txt".into(),
        bytes: gbk.into_owned(),
    };
    let coded = plan.upload(&coded, "desk", bench.now).await.unwrap();
    assert_eq!(count(coded.edition).await.0, all, "GBK reads as UTF-8 does");
}

#[test]
fn data_of_the_profile_that_cannot_be_followed_are_told() {
    let files = profile_files();
    let profile = model::profile::Profile::from_files(&files).unwrap();
    let facts = plan::facts::Facts::from_files(&files, &profile.units)
        .unwrap()
        .unwrap();
    let said = |name: &str, from: &str, to: &str| {
        let mut files = files.clone();
        let text = files[name].replacen(from, to, 1);
        assert_ne!(text, files[name], "{from} is in {name}");
        files.insert(name.to_owned(), text);
        Follow::from_files(&files, &facts, &profile.units)
            .unwrap_err()
            .to_string()
    };
    assert!(said("plan/sources.toml", "indicator = 2\n", "indicator = 99\n").contains("indicator 99"));
    assert!(said("plan/sources.toml", "lead = [\"eeb\"]", "lead = [\"nobody\"]").contains("«nobody»"));
    assert!(said("plan/sources.toml", "weight = \"10\"", "weight = \"-1\"").contains("negative"));
    assert!(said("plan/sources.toml", "kind = \"air_mean\"", "kind = \"guess\"").contains("sources.toml"));
    assert!(said("plan/rules.toml", "order = 15", "order = 45").contains("grow"));
    assert!(said("plan/rules.toml", "day = 31\ndays = 15", "day = 32\ndays = 15").contains("H2"));
    assert!(said("plan/systems.toml", "\"3.1.1\"", "\"3.1.99\"").contains("3.1.99"));
}
