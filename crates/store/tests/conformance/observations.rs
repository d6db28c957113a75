//! Observations put, corrected, read in ranges, as known earlier; series.

use model::ids::{Factor, SeriesId, SubjectId};
use model::observation::{Origin, SeriesKey, Statistic};
use model::time::{Grain, UtcMs};
use store::apply::UnknownPolicy;
use store::observations::{Authorship, NewObservation, SeriesQuery};
use store::{StoreError, limits};

use crate::bench::{Bench, after, at, key, noon, reading_frame, say, values};

fn new(subject: SubjectId, grain: Grain, time: UtcMs, value: Option<&str>) -> NewObservation {
    NewObservation {
        series: key(subject, grain),
        time,
        value: value.map(|v| v.parse().unwrap()),
        text: None,
        flag: None,
    }
}

fn file(at: UtcMs) -> Authorship<'static> {
    Authorship {
        author: Some("李"),
        reason: Some("补录"),
        at,
    }
}

on_both![
    what_was_sent_beats_what_was_computed,
    a_correction_stands_and_what_comes_later_is_kept_beside_it,
    what_was_known_at_an_earlier_time_can_be_asked,
    missing_is_not_zero,
    exact_values_come_back_as_they_were_sent,
    ranges_are_half_open_and_cross_buckets,
    asking_for_too_much_says_so,
    a_failing_put_changes_nothing,
    series_are_listed,
];

async fn what_was_sent_beats_what_was_computed(bench: &Bench) {
    let id = bench.subject("a").await;
    let hour = |v| vec![new(id, Grain::Hour, noon(), Some(v))];
    let read = async || values(&bench.store, &key(id, Grain::Hour), noon(), noon().plus_ms(1)).await;
    assert_eq!(
        bench.store.put_derived(hour("1"), noon()).await.unwrap().inserted,
        1
    );
    assert_eq!(
        bench
            .store
            .put_derived(hour("1"), noon())
            .await
            .unwrap()
            .unchanged,
        1
    );
    assert_eq!(
        bench.store.put_derived(hour("2"), noon()).await.unwrap().replaced,
        1
    );
    assert_eq!(read().await, ["20261124120000 2 - d r2"]);
    assert_eq!(
        bench
            .store
            .put_imported(hour("3"), file(noon()))
            .await
            .unwrap()
            .replaced,
        1
    );
    let out = bench.store.put_derived(hour("4"), noon()).await.unwrap();
    assert_eq!((out.overruled, out.changes.len()), (1, 0));
    assert_eq!(read().await, ["20261124120000 3 - i r3"]);
}

async fn a_correction_stands_and_what_comes_later_is_kept_beside_it(bench: &Bench) {
    let id = bench.device("m", "a").await;
    let apply = async |n, v| {
        bench
            .store
            .apply(
                vec![reading_frame(n, "m", noon(), v)],
                after(n),
                UnknownPolicy::Hold,
            )
            .await
            .unwrap()
            .written
    };
    let k = key(id, Grain::Realtime);
    apply(1, "1").await;
    let corrected = bench
        .store
        .correct(
            new(id, Grain::Realtime, noon(), Some("5")),
            "王",
            "校准",
            at("20261124130000"),
        )
        .await
        .unwrap();
    assert_eq!(corrected.replaced, 1);
    // Derived values are dropped, uploads are kept as revisions, once each.
    assert_eq!(apply(2, "7").await.overruled, 1);
    assert_eq!(apply(3, "7.0").await.overruled, 1);
    let read = values(&bench.store, &k, noon(), noon().plus_ms(1)).await;
    assert_eq!(read, ["20261124120000 5 - c r3"]);
    let series = bench.store.series_by_key(&k).await.unwrap().unwrap();
    let all = bench.store.revisions(&series, noon()).await.unwrap();
    let told: Vec<_> = all
        .iter()
        .map(|r| (say(&r.observation), r.author.as_deref(), r.replaced_at.is_some()))
        .collect();
    assert_eq!(
        told,
        [
            ("20261124120000 1 N u r1".to_owned(), Some("王"), true),
            ("20261124120000 7 N u r2".to_owned(), None, true),
            ("20261124120000 5 - c r3".to_owned(), None, false),
        ]
    );
    assert_eq!(all[0].reason.as_deref(), Some("校准"));
    let latest = bench.store.latest_of_subject(id).await.unwrap();
    assert_eq!(
        say(&latest[0].observation),
        read[0],
        "the newest value tells the same revision"
    );
    // A second correction replaces the first.
    bench
        .store
        .correct(
            new(id, Grain::Realtime, noon(), None),
            "王",
            "无效",
            at("20261124140000"),
        )
        .await
        .unwrap();
    assert_eq!(
        values(&bench.store, &k, noon(), noon().plus_ms(1)).await,
        ["20261124120000 - - c r4"]
    );
}

async fn what_was_known_at_an_earlier_time_can_be_asked(bench: &Bench) {
    let id = bench.subject("a").await;
    let put = async |time: UtcMs, v: &str, known: &str| {
        bench
            .store
            .put_imported(vec![new(id, Grain::Hour, time, Some(v))], file(at(known)))
            .await
            .unwrap();
    };
    let (nine, ten) = (at("20261124090000"), at("20261124100000"));
    put(nine, "1", "20261124100000").await;
    put(ten, "2", "20261124110000").await;
    put(nine, "3", "20261124120000").await;
    bench
        .store
        .correct(
            new(id, Grain::Hour, ten, Some("4")),
            "王",
            "",
            at("20261124130000"),
        )
        .await
        .unwrap();
    put(ten, "9", "20261124140000").await;
    let series = bench
        .store
        .series_by_key(&key(id, Grain::Hour))
        .await
        .unwrap()
        .unwrap();
    for (known, expected) in [
        ("20261124095959", vec![]),
        ("20261124100000", vec!["1"]),
        ("20261124113000", vec!["1", "2"]),
        ("20261124123000", vec!["3", "2"]),
        ("20261124133000", vec!["3", "4"]),
        ("20261124150000", vec!["3", "4"]),
    ] {
        let then = bench
            .store
            .range_as_known(&series, nine, at("20261125000000"), at(known))
            .await
            .unwrap();
        let then: Vec<_> = then.iter().map(|o| o.value.unwrap().to_string()).collect();
        assert_eq!(then, expected, "known at {known}");
    }
}

async fn missing_is_not_zero(bench: &Bench) {
    let id = bench.subject("a").await;
    bench
        .store
        .put_derived(vec![new(id, Grain::Hour, noon(), None)], noon())
        .await
        .unwrap();
    assert_eq!(
        values(&bench.store, &key(id, Grain::Hour), noon(), noon().plus_ms(1)).await,
        ["20261124120000 - - d r1"]
    );
    let out = bench
        .store
        .put_derived(vec![new(id, Grain::Hour, noon(), Some("0"))], noon())
        .await
        .unwrap();
    assert_eq!(out.replaced, 1);
}

async fn exact_values_come_back_as_they_were_sent(bench: &Bench) {
    let id = bench.subject("a").await;
    let all = [
        "0.10",
        "-0.0000000000000000000000000001",
        "79228162514264337593543950335",
        "2.697000",
        "1",
        "-7.5",
    ];
    let rows = all
        .iter()
        .zip(0..)
        .map(|(v, n)| new(id, Grain::Minute, noon().plus_ms(n * 60_000), Some(v)))
        .collect();
    bench.store.put_imported(rows, file(noon())).await.unwrap();
    let found = bench
        .store
        .ranges(&[key(id, Grain::Minute)], noon(), noon().plus_ms(3_600_000))
        .await
        .unwrap();
    assert_eq!(
        found[0]
            .iter()
            .map(|o| o.value.unwrap().to_string())
            .collect::<Vec<_>>(),
        all
    );
    assert!(found[0].iter().all(|o| o.origin == Origin::Imported));
}

async fn ranges_are_half_open_and_cross_buckets(bench: &Bench) {
    let id = bench.subject("a").await;
    let other = bench.subject("b").await;
    // From 1969 to 2099: buckets before and after 1970, across months and years.
    let times = [
        "19690101000000",
        "19691231235900",
        "19700101000000",
        "20261124120000",
        "20261124120100",
        "20990101000000",
    ]
    .map(at);
    for grain in [Grain::Minute, Grain::Hour, Grain::Year] {
        let rows = times
            .iter()
            .flat_map(|t| [new(id, grain, *t, Some("1")), new(other, grain, *t, Some("2"))])
            .collect();
        bench.store.put_imported(rows, file(noon())).await.unwrap();
    }
    let k = key(id, Grain::Year);
    let read = async |from: UtcMs, to: UtcMs| {
        bench
            .store
            .ranges(std::slice::from_ref(&k), from, to)
            .await
            .unwrap()[0]
            .iter()
            .map(|o| o.time)
            .collect::<Vec<_>>()
    };
    assert_eq!(read(times[0], times[5].plus_ms(1)).await, times);
    assert_eq!(read(times[1], times[4]).await, times[1..4]);
    assert_eq!(read(times[4], times[4]).await, []);
    assert_eq!(read(times[5], times[0]).await, []);
    let both = bench
        .store
        .ranges(
            &[
                key(other, Grain::Minute),
                key(id, Grain::Day),
                key(id, Grain::Minute),
            ],
            times[3],
            times[4].plus_ms(1),
        )
        .await
        .unwrap();
    assert_eq!(both.iter().map(Vec::len).collect::<Vec<_>>(), [2, 0, 2]);
    assert_eq!(both[0][0].value.unwrap().to_string(), "2");
}

async fn asking_for_too_much_says_so(bench: &Bench) {
    let id = bench.subject("a").await;
    let n = i64::try_from(limits::RANGE_ROWS).unwrap() + 1;
    let rows = (0..n)
        .map(|i| new(id, Grain::Realtime, noon().plus_ms(i * 1000), Some("1")))
        .collect();
    bench.store.put_imported(rows, file(noon())).await.unwrap();
    let k = key(id, Grain::Realtime);
    let ask = async |from, to| bench.store.ranges(std::slice::from_ref(&k), from, to).await;
    assert!(matches!(
        ask(noon(), noon().plus_ms(n * 1000)).await,
        Err(StoreError::TooMuch { .. })
    ));
    assert_eq!(
        ask(noon().plus_ms(1000), noon().plus_ms(n * 1000)).await.unwrap()[0].len(),
        limits::RANGE_ROWS
    );
    assert!(matches!(
        ask(UtcMs(i64::MIN), UtcMs(i64::MAX)).await,
        Err(StoreError::TooMuch { .. })
    ));
    let long = NewObservation {
        series: SeriesKey {
            factor: Factor("x".repeat(500)),
            ..k.clone()
        },
        ..new(id, Grain::Hour, noon(), None)
    };
    assert!(matches!(
        bench.store.put_derived(vec![long], noon()).await,
        Err(StoreError::TooMuch { .. })
    ));
}

async fn a_failing_put_changes_nothing(bench: &Bench) {
    let id = bench.subject("a").await;
    let nobody = SubjectId(id.0 + 1000);
    let rows = vec![
        new(id, Grain::Hour, noon(), Some("1")),
        new(nobody, Grain::Hour, noon(), Some("1")),
    ];
    bench.store.put_derived(rows.clone(), noon()).await.unwrap_err();
    assert_eq!(
        bench.store.list_series(&SeriesQuery::default()).await.unwrap(),
        []
    );
    // What was learnt in the failed transaction is not remembered.
    bench.store.put_derived(rows[..1].to_vec(), noon()).await.unwrap();
    assert_eq!(
        values(&bench.store, &key(id, Grain::Hour), noon(), noon().plus_ms(1))
            .await
            .len(),
        1
    );
}

async fn series_are_listed(bench: &Bench) {
    let id = bench.subject("a").await;
    let other = NewObservation {
        series: SeriesKey {
            subject: id,
            factor: Factor::new("w01018"),
            grain: Grain::Day,
            statistic: Statistic::COU,
        },
        ..new(id, Grain::Day, noon(), Some("1"))
    };
    bench
        .store
        .put_imported(
            vec![new(id, Grain::Hour, noon(), Some("1")), other.clone()],
            file(noon()),
        )
        .await
        .unwrap();
    let all = bench
        .store
        .list_series(&SeriesQuery {
            subject: Some(id),
            ..SeriesQuery::default()
        })
        .await
        .unwrap();
    assert_eq!(
        all.iter().map(|s| s.key.clone()).collect::<Vec<_>>(),
        [key(id, Grain::Hour), other.series.clone()]
    );
    assert_eq!(
        bench.store.series(all[0].id).await.unwrap().as_ref(),
        Some(&all[0])
    );
    assert_eq!(bench.store.series(SeriesId(9999)).await.unwrap(), None);
    for query in [
        SeriesQuery {
            factor: Some(Factor::new("w01018")),
            ..SeriesQuery::default()
        },
        SeriesQuery {
            grain: Some(Grain::Day),
            ..SeriesQuery::default()
        },
    ] {
        assert_eq!(bench.store.list_series(&query).await.unwrap(), all[1..]);
    }
    let latest = bench
        .store
        .latest_of_subjects(&[id, id, SubjectId(9999)])
        .await
        .unwrap();
    assert_eq!(latest.len(), 2);
    assert_eq!(bench.store.latest_of_subjects(&[]).await.unwrap(), []);
}
