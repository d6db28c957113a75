//! Judgements: a revision only where something else is said; the newest period in one look.

use model::ids::{Factor, JudgementId, SubjectId};
use model::judged::JudgementKey;
use model::time::{Grain, UtcMs};
use serde_json::json;
use store::judgements::{JudgementQuery, NewJudgement, NewestIn};
use store::{Page, Scope};

use crate::bench::{Bench, at, noon};

fn judged(subject: SubjectId, time: UtcMs, value: &str) -> NewJudgement {
    NewJudgement {
        key: JudgementKey {
            topic: "aqi/daily".into(),
            subject,
            factor: None,
            grain: Grain::Day,
            time,
            edition: "HJ 633-2026".into(),
        },
        verdict: "computed".into(),
        value: Some(value.into()),
        body: json!({ "aqi": value, "inputs": [1, 2.5, null, "\u{0}茌平"] }),
    }
}

on_both![
    a_revision_is_made_only_where_something_else_is_said,
    editions_and_factors_stand_beside_each_other,
    the_newest_period_is_known_whatever_comes_late,
    the_newest_of_a_span_is_not_one_before_it,
    are_listed_newest_period_first,
];

async fn a_revision_is_made_only_where_something_else_is_said(bench: &Bench) {
    let id = bench.subject("a").await;
    let first = bench
        .store
        .put_judgement(&judged(id, noon(), "50"), noon())
        .await
        .unwrap();
    assert_eq!((first.revision, first.changed), (1, true));
    let same = bench
        .store
        .put_judgement(&judged(id, noon(), "50"), noon().plus_ms(1))
        .await
        .unwrap();
    assert_eq!((same.id, same.revision, same.changed), (first.id, 1, false));
    let other = bench
        .store
        .put_judgement(&judged(id, noon(), "51"), noon().plus_ms(2))
        .await
        .unwrap();
    assert_eq!((other.revision, other.changed), (2, true));
    let back = bench
        .store
        .put_judgement(&judged(id, noon(), "50"), noon().plus_ms(3))
        .await
        .unwrap();
    assert_eq!((back.revision, back.changed), (3, true));
    let old = bench.store.judgement(first.id).await.unwrap().unwrap();
    assert_eq!(
        (old.revision, old.made_at, &old.body),
        (1, noon(), &judged(id, noon(), "50").body)
    );
    let now = bench
        .store
        .judgement_of(&judged(id, noon(), "").key)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (now.id, now.revision, now.value.as_deref()),
        (back.id, 3, Some("50"))
    );
    assert_eq!(bench.store.judgement(JudgementId(9999)).await.unwrap(), None);
    let query = JudgementQuery {
        all_revisions: true,
        ..JudgementQuery::default()
    };
    assert_eq!(bench.store.list_judgements(&query).await.unwrap().total, 3);
    assert_eq!(
        bench
            .store
            .list_judgements(&JudgementQuery::default())
            .await
            .unwrap()
            .total,
        1
    );
}

async fn editions_and_factors_stand_beside_each_other(bench: &Bench) {
    let id = bench.subject("a").await;
    let mut all = vec![
        judged(id, noon(), "1"),
        judged(id, noon(), "2"),
        judged(id, noon(), "3"),
    ];
    all[1].key.edition = "HJ 633-2012".into();
    all[2].key.factor = Some(Factor::new("a21026"));
    let put = bench.store.put_judgements(&all, noon()).await.unwrap();
    assert!(put.iter().all(|p| p.revision == 1 && p.changed));
    assert_eq!(bench.store.latest_judgements(&[id], None).await.unwrap().len(), 3);
    assert_eq!(
        bench.store.judgement_of(&all[2].key).await.unwrap().unwrap().key,
        all[2].key
    );
}

async fn the_newest_period_is_known_whatever_comes_late(bench: &Bench) {
    let (a, b) = (bench.subject("a").await, bench.subject("b").await);
    let today = at("20261124000000");
    for (subject, time, value) in [
        (a, today, "1"),
        (a, at("20261123000000"), "2"),
        (b, today, "3"),
        (a, today, "4"),
    ] {
        bench
            .store
            .put_judgement(&judged(subject, time, value), noon())
            .await
            .unwrap();
    }
    let values = async |subjects: &[SubjectId], topic| {
        let found = bench.store.latest_judgements(subjects, topic).await.unwrap();
        found.into_iter().map(|j| j.value.unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(values(&[], None).await, ["4", "3"]);
    assert_eq!(values(&[b], Some("aqi/daily")).await, ["3"]);
    assert_eq!(values(&[b], Some("aqi/hourly")).await, [""; 0]);
}

async fn the_newest_of_a_span_is_not_one_before_it(bench: &Bench) {
    let (a, b) = (bench.subject("a").await, bench.subject("b").await);
    let days = [
        "20261121000000",
        "20261122000000",
        "20261123000000",
        "20261124000000",
    ]
    .map(at);
    for (subject, day, value) in [(a, 0, "1"), (a, 1, "2"), (a, 1, "3"), (a, 3, "4"), (b, 2, "5")] {
        let new = judged(subject, days[day], value);
        bench.store.put_judgement(&new, noon()).await.unwrap();
    }
    let mut of_a_factor = judged(a, days[0], "6");
    of_a_factor.key.factor = Some(Factor::new("a21026"));
    bench.store.put_judgement(&of_a_factor, noon()).await.unwrap();
    let values = async |subjects: &[SubjectId], topic, grain, from: usize, to: usize| {
        let span = NewestIn {
            topic,
            grain,
            from: days[from],
            to: days[to],
        };
        let found = bench.store.newest_judgements(subjects, span).await.unwrap();
        found.into_iter().map(|j| j.value.unwrap()).collect::<Vec<_>>()
    };
    let daily = "aqi/daily";
    assert_eq!(values(&[a, b], daily, Grain::Day, 0, 3).await, ["4", "6", "5"]);
    assert_eq!(
        values(&[a, b], daily, Grain::Day, 0, 2).await,
        ["3", "6", "5"],
        "the revision in force"
    );
    assert_eq!(
        values(&[a, b], daily, Grain::Day, 2, 2).await,
        ["5"],
        "nothing older stands in for it"
    );
    assert_eq!(values(&[a], daily, Grain::Day, 0, 0).await, ["1", "6"]);
    assert_eq!(values(&[b], daily, Grain::Day, 0, 1).await, [""; 0]);
    assert_eq!(values(&[], daily, Grain::Day, 0, 3).await, [""; 0]);
    assert_eq!(values(&[a], daily, Grain::Hour, 0, 3).await, [""; 0]);
    assert_eq!(values(&[a], "aqi/hourly", Grain::Day, 0, 3).await, [""; 0]);
}

async fn are_listed_newest_period_first(bench: &Bench) {
    let (a, b) = (bench.subject("a").await, bench.subject("b").await);
    let days = ["20261122000000", "20261123000000", "20261124000000"].map(at);
    for day in days {
        for subject in [a, b] {
            bench
                .store
                .put_judgement(&judged(subject, day, "1"), noon())
                .await
                .unwrap();
        }
    }
    let ask = async |query: JudgementQuery| {
        let found = bench.store.list_judgements(&query).await.unwrap();
        (
            found
                .items
                .iter()
                .map(|j| (j.key.subject, j.key.time))
                .collect::<Vec<_>>(),
            found.total,
        )
    };
    let all = JudgementQuery::default;
    assert_eq!(
        ask(JudgementQuery {
            subject: Some(a),
            ..all()
        })
        .await,
        (vec![(a, days[2]), (a, days[1]), (a, days[0])], 3)
    );
    assert_eq!(
        ask(JudgementQuery {
            scope: Scope::Firm(b),
            from: Some(days[1]),
            to: Some(days[2]),
            ..all()
        })
        .await,
        (vec![(b, days[1])], 1)
    );
    assert_eq!(
        ask(JudgementQuery {
            page: Page { number: 3, size: 2 },
            ..all()
        })
        .await
        .1,
        6
    );
    for (query, total) in [
        (
            JudgementQuery {
                topic: Some("aqi/daily".into()),
                verdict: Some("computed".into()),
                grain: Some(Grain::Day),
                ..all()
            },
            6,
        ),
        (
            JudgementQuery {
                topic: Some("water/section".into()),
                ..all()
            },
            0,
        ),
        (
            JudgementQuery {
                factor: Some(Factor::new("x")),
                ..all()
            },
            0,
        ),
    ] {
        assert_eq!(ask(query).await.1, total);
    }
}
