//! The plan: rounds frozen once, snapshots by their own sum, evaluations in versions, corrections that outlive editions.

use model::ids::{EvaluationId, UnitCode, UserId};
use serde_json::json;
use store::StoreError;
use store::plan::{
    EvaluationState, NewDocument, NewEvaluation, NewNotice, NewRound, NoticeQuery, Seen, Synced,
    snapshot_name,
};

use crate::bench::{Bench, noon};

on_both![
    a_round_is_opened_once_and_frozen_once,
    a_snapshot_is_named_by_its_own_sum,
    evaluations_are_versions_that_are_handed_in_and_published,
    a_correction_replaces_the_one_before_and_outlives_an_edition,
    a_notice_is_raised_once_ended_and_acknowledged_once,
];

fn round(code: &str, opens: &str) -> NewRound {
    NewRound {
        code: code.into(),
        as_of: "2023-12-31".into(),
        opens: opens.into(),
        due: "2024-01-10".into(),
        demo: false,
        detail: json!({ "units": ["water"] }),
    }
}

async fn a_round_is_opened_once_and_frozen_once(bench: &Bench) {
    let store = &bench.store;
    let open = async |r: &NewRound| store.open_plan_round(r, "sweep", noon()).await.unwrap();
    assert!(open(&round("2023-H1", "2023-07-01")).await);
    assert!(open(&round("2023-H2", "2024-01-01")).await);
    let mut again = round("2023-H2", "2024-01-01");
    again.due = "2030-01-01".into();
    assert!(!open(&again).await, "opened once");
    let listed = store.plan_rounds().await.unwrap();
    let codes: Vec<&str> = listed.iter().map(|r| r.round.code.as_str()).collect();
    assert_eq!(codes, ["2023-H2", "2023-H1"]);
    assert_eq!(listed[0].round, round("2023-H2", "2024-01-01"));
    assert_eq!((listed[0].frozen_at, &listed[0].snapshot), (None, &None));

    let frozen = store
        .freeze_plan_round("2023-H2", "{\"a\":\"中\"}", "leader", noon())
        .await
        .unwrap();
    assert_eq!(frozen.frozen_by.as_deref(), Some("leader"));
    let name = frozen.snapshot.unwrap();
    assert_eq!(
        store.plan_snapshot(&name).await.unwrap().as_deref(),
        Some("{\"a\":\"中\"}")
    );
    let twice = store.freeze_plan_round("2023-H2", "{}", "leader", noon()).await;
    assert!(matches!(twice, Err(StoreError::Conflict { .. })), "{twice:?}");
    let unknown = store.freeze_plan_round("1999-H1", "{}", "leader", noon()).await;
    assert!(matches!(unknown, Err(StoreError::NotFound { .. })), "{unknown:?}");
    assert_eq!(store.plan_round("1999-H1").await.unwrap(), None);
}

fn evaluation(kind: &str, snapshot: &str) -> NewEvaluation {
    NewEvaluation {
        kind: kind.into(),
        year: 2023,
        cutoff: "2023-12-31".into(),
        demo: true,
        snapshot: snapshot.into(),
        summary: json!({ "green": 3 }),
    }
}

async fn a_snapshot_is_named_by_its_own_sum(bench: &Bench) {
    let store = &bench.store;
    let put = async |n: &NewEvaluation| store.put_plan_evaluation(n, "eeb", noon()).await.unwrap();
    let first = put(&evaluation("midterm", "{\"x\":1}")).await;
    let second = put(&evaluation("final", "{\"x\":1}")).await;
    assert_eq!(first.snapshot, second.snapshot, "the same text is one snapshot");
    assert_eq!(first.snapshot, snapshot_name("{\"x\":1}"));
    assert_eq!(store.plan_snapshot("00").await.unwrap(), None);
    let huge = "x".repeat(store::limits::PLAN_SNAPSHOT_BYTES + 1);
    let refused = store
        .put_plan_evaluation(&evaluation("midterm", &huge), "eeb", noon())
        .await;
    assert!(matches!(refused, Err(StoreError::TooMuch { .. })));
    assert_eq!(store.plan_evaluations(&[], &[]).await.unwrap().len(), 2);
}

async fn evaluations_are_versions_that_are_handed_in_and_published(bench: &Bench) {
    let store = &bench.store;
    let put = async |text: &str| {
        let new = evaluation("midterm", text);
        store.put_plan_evaluation(&new, "eeb", noon()).await.unwrap()
    };
    let (one, two) = (put("{\"v\":1}").await, put("{\"v\":2}").await);
    assert_eq!((one.version, two.version), (1, 2));
    assert_eq!(
        (one.state, one.demo, &one.summary),
        (EvaluationState::Frozen, true, &json!({ "green": 3 }))
    );
    let step = async |id: EvaluationId, to| {
        store
            .step_plan_evaluation(id, to, "leader", "区政府", noon())
            .await
    };
    let early = step(one.id, EvaluationState::Published).await;
    assert!(
        matches!(early, Err(StoreError::Conflict { .. })),
        "handed in first: {early:?}"
    );
    for id in [one.id, two.id] {
        step(id, EvaluationState::HandedIn).await.unwrap();
    }
    let published = step(one.id, EvaluationState::Published).await.unwrap();
    assert_eq!(published.events.len(), 2);
    assert_eq!(published.events[0].note, "区政府");
    step(two.id, EvaluationState::Published).await.unwrap();
    let shown = store
        .plan_evaluations(&["midterm"], &[EvaluationState::Published])
        .await
        .unwrap();
    assert_eq!(
        shown.iter().map(|e| e.version).collect::<Vec<_>>(),
        [2],
        "one at a time"
    );
    let replaced = store.plan_evaluation(one.id).await.unwrap().unwrap();
    assert_eq!(replaced.state, EvaluationState::Withdrawn);
    let unknown = step(EvaluationId(999), EvaluationState::HandedIn).await;
    assert!(matches!(unknown, Err(StoreError::NotFound { .. })));
}

fn document(name: &str, text: &str) -> NewDocument {
    NewDocument {
        name: name.into(),
        media_type: "text/markdown".into(),
        sha256: snapshot_name(text),
        size: i64::try_from(text.len()).unwrap(),
        original: "AAAA".into(),
        text: text.into(),
    }
}

async fn a_correction_replaces_the_one_before_and_outlives_an_edition(bench: &Bench) {
    let store = &bench.store;
    let put = async |d: &NewDocument| store.put_plan_document(d, "eeb", noon()).await.unwrap();
    let first = put(&document("plan.md", "规划\0")).await;
    assert_eq!(
        put(&document("again.md", "规划\0")).await,
        first,
        "the same file is the same edition"
    );
    let second = put(&document("plan2.md", "规划二")).await;
    let editions: Vec<i64> = store
        .plan_documents()
        .await
        .unwrap()
        .iter()
        .map(|d| d.edition)
        .collect();
    assert_eq!(editions, [second.edition, first.edition]);
    let (_, text) = store.plan_document(first.edition).await.unwrap().unwrap();
    assert_eq!(text, "规划\u{FFFD}");
    assert_eq!(
        store.plan_document_file(first.edition).await.unwrap().as_deref(),
        Some("AAAA")
    );
    assert_eq!(store.plan_document(999).await.unwrap(), None);

    let correct = async |edition, value: &str| {
        let body = json!({ "value": value });
        store
            .put_plan_correction(edition, "task/3.1.4/title", &body, "eeb", noon())
            .await
    };
    correct(first.edition, "甲").await.unwrap();
    let kept = correct(first.edition, "乙").await.unwrap();
    let unknown = correct(999, "丙").await;
    assert!(matches!(unknown, Err(StoreError::NotFound { .. })), "{unknown:?}");
    let in_force = store.plan_corrections(false).await.unwrap();
    assert_eq!(in_force.len(), 1);
    assert_eq!((in_force[0].id, &in_force[0].body["value"]), (kept, &json!("乙")));
    assert_eq!(store.plan_corrections(true).await.unwrap().len(), 2);
    assert!(
        store
            .withdraw_plan_correction(kept, "leader", noon())
            .await
            .unwrap()
    );
    assert!(
        !store
            .withdraw_plan_correction(kept, "leader", noon())
            .await
            .unwrap()
    );
    assert!(store.plan_corrections(false).await.unwrap().is_empty());
}

fn notice(unit: &str, stage: &str, what: &str) -> NewNotice {
    NewNotice {
        level: stage.split('-').next().unwrap_or(stage).into(),
        stage: stage.into(),
        unit: UnitCode::new(unit),
        about: "task".into(),
        subject: "3.3.3".into(),
        name: "清洁取暖".into(),
        what: what.into(),
        due: "2024-11-30".into(),
    }
}

async fn a_notice_is_raised_once_ended_and_acknowledged_once(bench: &Bench) {
    let store = &bench.store;
    let sync = async |holding: &[NewNotice], day: &str| {
        let done = store.sync_plan_notices(holding, day, noon()).await.unwrap();
        (done.raised, done.ended)
    };
    let of = async |query: NoticeQuery| store.plan_notices(&query).await.unwrap();
    let open = || NoticeQuery {
        open: Some(true),
        ..NoticeQuery::default()
    };
    let first = [
        notice("drc", "remind-7", "清洁取暖率"),
        notice("law", "remind-7", "清洁取暖率"),
        notice("drc", "yellow", "散煤替代"),
    ];
    assert_eq!(sync(&first, "2024-11-23").await, (3, 0));
    assert_eq!(sync(&first, "2024-11-24").await, (0, 0), "once");
    let kept = of(open()).await;
    assert_eq!(kept.total, 3);
    assert!(
        kept.items
            .iter()
            .all(|n| n.raised_on == "2024-11-23" && n.seen.is_none())
    );
    let own = of(NoticeQuery {
        unit: Some(UnitCode::new("law")),
        ..open()
    })
    .await;
    assert_eq!((own.total, &own.items[0].notice), (1, &first[1]));

    // The first to acknowledge stands.
    let id = own.items[0].id;
    let seen = |by: i64, note: &str| Seen {
        at: noon(),
        by: UserId(by),
        by_name: format!("person {by}"),
        note: note.into(),
    };
    let row = store
        .acknowledge_plan_notice(id, &seen(7, "本周办结"))
        .await
        .unwrap();
    assert_eq!(row.seen, Some(seen(7, "本周办结")));
    let row = store.acknowledge_plan_notice(id, &seen(8, "x")).await.unwrap();
    assert_eq!(row.seen, Some(seen(7, "本周办结")));
    let unknown = store.acknowledge_plan_notice(id + 999, &seen(7, "")).await;
    assert!(matches!(unknown, Err(StoreError::NotFound { .. })), "{unknown:?}");

    // Gone on to the next level, and settled.
    let later = [
        notice("law", "yellow", "清洁取暖率"),
        notice("drc", "yellow", "散煤替代"),
    ];
    assert_eq!(sync(&later, "2024-12-01").await, (1, 2));
    let over = of(NoticeQuery {
        open: Some(false),
        ..NoticeQuery::default()
    })
    .await;
    let why = |unit: &str| {
        let row = over
            .items
            .iter()
            .find(|n| n.notice.unit.as_str() == unit)
            .unwrap();
        row.ended.clone().unwrap()
    };
    assert_eq!(why("law"), ("2024-12-01".into(), "passed_on".into()));
    assert_eq!(why("drc"), ("2024-12-01".into(), "settled".into()));

    // What was settled and holds again is the same notice, to be acknowledged again.
    assert_eq!(sync(&first[..2], "2024-12-02").await, (2, 2));
    let again = of(open()).await;
    assert_eq!(again.total, 2);
    let law = again.items.iter().find(|n| n.id == id).unwrap();
    assert_eq!(
        (law.raised_on.as_str(), &law.seen, &law.ended),
        ("2024-11-23", &None, &None)
    );
    assert_eq!(sync(&[], "2024-12-03").await, (0, 2));
    assert_eq!(of(NoticeQuery::default()).await.total, 4, "nothing is deleted");
    assert_eq!(
        store.sync_plan_notices(&[], "2024-12-03", noon()).await.unwrap(),
        Synced::default()
    );
    let levels = of(NoticeQuery {
        levels: vec!["yellow".into()],
        seen: Some(false),
        ..NoticeQuery::default()
    })
    .await;
    assert_eq!(levels.total, 2);
}
