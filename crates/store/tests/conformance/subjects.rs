//! Subjects: kept by code, listed with state, filtered, sorted, paged, counted.

use model::alarm::{AlarmKind, Finding};
use model::ids::{SubjectCode, SubjectId, UnitCode};
use model::subject::{SubjectKind, SubjectSpec};
use model::time::{Grain, UtcMs};
use store::apply::UnknownPolicy;
use store::subjects::{SubjectQuery, SubjectSort, SubjectState};
use store::{Page, Scope, StoreError};

use crate::bench::{Bench, device_spec, key, noon, reading_frame, spec};

fn codes(found: &store::Paged<store::subjects::SubjectOverview>) -> Vec<&str> {
    found.items.iter().map(|o| o.subject.spec.code.as_str()).collect()
}

fn warning(subject: SubjectId, kind: AlarmKind) -> Finding {
    let key = key(subject, Grain::Hour);
    Finding {
        kind,
        subject,
        factor: Some(key.factor),
        grain: Some(Grain::Hour),
        time: noon(),
        grade: 2,
        value: None,
        limit: None,
        multiple: None,
        judgement: None,
    }
}

/// firm f (unit town) with outlets o1, o2; station s (unit bureau) on its own.
async fn district(bench: &Bench) -> Vec<SubjectId> {
    let outlet = |code: &str, unit: Option<&str>| SubjectSpec {
        parent: Some(SubjectCode::new("f")),
        unit: unit.map(UnitCode::new),
        ..spec(code, SubjectKind::GasOutlet)
    };
    let specs = [
        outlet("o1", None),
        outlet("o2", Some("bureau")),
        SubjectSpec {
            unit: Some(UnitCode::new("town")),
            zh: "信源 100%_厂".into(),
            ..spec("f", SubjectKind::Firm)
        },
        SubjectSpec {
            unit: Some(UnitCode::new("bureau")),
            demo: true,
            ..spec("s", SubjectKind::AirStation)
        },
    ];
    bench.store.put_subjects(&specs).await.unwrap()
}

on_both![
    are_kept_by_code_and_keep_their_row,
    an_unknown_parent_or_a_code_twice_changes_nothing,
    are_filtered_by_whose_they_are,
    are_filtered_sorted_and_paged,
    state_follows_data_silence_and_alarms,
    counts_equal_the_totals_of_the_lists,
];

async fn are_kept_by_code_and_keep_their_row(bench: &Bench) {
    let full = SubjectSpec {
        lon: Some(116.254_321),
        lat: Some(36.58),
        schematic: true,
        attrs: serde_json::from_str(r#"{"industry":"铝","o2_ref":"6"}"#).unwrap(),
        ..spec("a", SubjectKind::GasOutlet)
    };
    let id = bench
        .store
        .put_subjects(std::slice::from_ref(&full))
        .await
        .unwrap()[0];
    assert_eq!(bench.store.subject(id).await.unwrap().unwrap().spec, full);
    let renamed = SubjectSpec {
        zh: "新名".into(),
        lon: None,
        ..full
    };
    assert_eq!(
        bench
            .store
            .put_subjects(std::slice::from_ref(&renamed))
            .await
            .unwrap(),
        [id]
    );
    let found = bench
        .store
        .subject_by_code(&SubjectCode::new("a"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((found.id, found.spec), (id, renamed));
    assert_eq!(bench.store.subject(SubjectId(id.0 + 1)).await.unwrap(), None);
}

async fn an_unknown_parent_or_a_code_twice_changes_nothing(bench: &Bench) {
    let orphan = SubjectSpec {
        parent: Some(SubjectCode::new("nobody")),
        ..spec("o", SubjectKind::GasOutlet)
    };
    let error = bench
        .store
        .put_subjects(&[spec("a", SubjectKind::Firm), orphan])
        .await
        .unwrap_err();
    assert!(
        matches!(error, StoreError::NotFound { ref name, .. } if name == "nobody"),
        "{error}"
    );
    let twice = [spec("a", SubjectKind::Firm), spec("a", SubjectKind::AirStation)];
    let error = bench.store.put_subjects(&twice).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict { .. }), "{error}");
    assert_eq!(bench.store.subjects().await.unwrap(), []);
}

async fn are_filtered_by_whose_they_are(bench: &Bench) {
    let ids = district(bench).await;
    for (scope, expected) in [
        (Scope::All, vec!["f", "o1", "o2", "s"]),
        (Scope::Unit(UnitCode::new("town")), vec!["f", "o1"]),
        (Scope::Unit(UnitCode::new("bureau")), vec!["o2", "s"]),
        (Scope::Firm(ids[2]), vec!["f", "o1", "o2"]),
        (Scope::Unit(UnitCode::new("nobody")), vec![]),
    ] {
        let query = SubjectQuery {
            scope,
            ..SubjectQuery::default()
        };
        let found = bench.store.list_subjects(&query, noon()).await.unwrap();
        assert_eq!(codes(&found), expected);
        assert_eq!(found.total, i64::try_from(expected.len()).unwrap());
    }
    let o1 = bench
        .store
        .subject_overview(ids[0], noon())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(o1.unit, Some(UnitCode::new("town")));
    assert_eq!(o1.subject.spec.unit, None);
}

async fn are_filtered_sorted_and_paged(bench: &Bench) {
    let ids = district(bench).await;
    let ask = async |query: SubjectQuery| bench.store.list_subjects(&query, noon()).await.unwrap();
    let all = SubjectQuery::default;
    let kinds = vec![SubjectKind::Firm, SubjectKind::AirStation];
    assert_eq!(codes(&ask(SubjectQuery { kinds, ..all() }).await), ["f", "s"]);
    assert_eq!(
        codes(
            &ask(SubjectQuery {
                parent: Some(ids[2]),
                ..all()
            })
            .await
        ),
        ["o1", "o2"]
    );
    assert_eq!(
        codes(
            &ask(SubjectQuery {
                demo: Some(true),
                ..all()
            })
            .await
        ),
        ["s"]
    );
    assert_eq!(
        codes(
            &ask(SubjectQuery {
                unit: Some(UnitCode::new("town")),
                ..all()
            })
            .await
        ),
        ["f", "o1"]
    );
    // % and _ are letters like any other, and case does not matter.
    for (text, expected) in [
        ("100%_", vec!["f"]),
        ("%", vec!["f"]),
        ("SUBJECT O", vec!["o1", "o2"]),
        ("对象s", vec!["s"]),
        ("' OR 1=1", vec![]),
    ] {
        assert_eq!(
            codes(
                &ask(SubjectQuery {
                    text: text.into(),
                    ..all()
                })
                .await
            ),
            expected,
            "{text}"
        );
    }
    let page = Page { number: 2, size: 3 };
    let found = ask(SubjectQuery {
        page,
        descending: true,
        ..all()
    })
    .await;
    assert_eq!((codes(&found), found.total), (vec!["f"], 4));
    for sort in [
        SubjectSort::Name,
        SubjectSort::Kind,
        SubjectSort::State,
        SubjectSort::LastTime,
        SubjectSort::Alarms,
    ] {
        assert_eq!(ask(SubjectQuery { sort, ..all() }).await.total, 4);
    }
    assert_eq!(
        codes(
            &ask(SubjectQuery {
                page: Page {
                    number: i64::MAX,
                    size: i64::MAX
                },
                ..all()
            })
            .await
        ),
        [""; 0]
    );
}

async fn state_follows_data_silence_and_alarms(bench: &Bench) {
    let ids = district(bench).await;
    let (o1, firm, station) = (ids[0], ids[2], ids[3]);
    bench
        .store
        .put_devices(&[device_spec("m1", "o1", None)])
        .await
        .unwrap();
    let state =
        async |id: SubjectId, now: UtcMs| bench.store.subject_overview(id, now).await.unwrap().unwrap();
    assert_eq!(state(o1, noon()).await.state, SubjectState::Unknown);

    let frames = vec![reading_frame(1, "m1", noon(), "3.5")];
    bench
        .store
        .apply(frames, crate::bench::after(1), UnknownPolicy::Hold)
        .await
        .unwrap();
    for id in [o1, firm] {
        let seen = state(id, noon().plus_ms(60_000)).await;
        assert_eq!(
            (seen.state, seen.online, seen.devices),
            (SubjectState::Normal, true, 1)
        );
        assert_eq!(seen.last_time, Some(noon()));
    }
    assert_eq!(state(station, noon()).await.state, SubjectState::Unknown);
    let late = noon().plus_ms(31 * 60_000 + 2000);
    assert_eq!(state(o1, late).await.state, SubjectState::Silent);

    bench
        .store
        .record_finding(&warning(o1, AlarmKind::Warning), 0, true, noon())
        .await
        .unwrap();
    assert_eq!(state(o1, noon()).await.state, SubjectState::Warning);
    assert_eq!(
        state(o1, late).await.state,
        SubjectState::Silent,
        "a warning is about this moment"
    );
    bench
        .store
        .record_finding(&warning(o1, AlarmKind::Exceedance), 0, true, noon())
        .await
        .unwrap();
    for (id, now) in [(o1, noon()), (o1, late), (firm, noon())] {
        let seen = state(id, now).await;
        assert_eq!((seen.state, seen.alarms), (SubjectState::Exceeding, 2));
    }
    let query = SubjectQuery {
        states: vec![SubjectState::Exceeding],
        ..SubjectQuery::default()
    };
    let found = bench.store.list_subjects(&query, noon()).await.unwrap();
    assert_eq!(codes(&found), ["f", "o1"]);

    let query = SubjectQuery {
        online: Some(false),
        ..SubjectQuery::default()
    };
    assert_eq!(
        codes(&bench.store.list_subjects(&query, noon()).await.unwrap()),
        ["o2", "s"]
    );
    let query = SubjectQuery {
        sort: SubjectSort::Alarms,
        descending: true,
        ..SubjectQuery::default()
    };
    assert_eq!(
        codes(&bench.store.list_subjects(&query, noon()).await.unwrap())[..2],
        ["o1", "f"]
    );
    let query = SubjectQuery {
        sort: SubjectSort::LastTime,
        ..SubjectQuery::default()
    };
    let found = bench.store.list_subjects(&query, noon()).await.unwrap();
    assert_eq!(
        codes(&found),
        ["o1", "f", "o2", "s"],
        "those without data come last"
    );
}

async fn counts_equal_the_totals_of_the_lists(bench: &Bench) {
    let ids = district(bench).await;
    bench
        .store
        .record_finding(&warning(ids[0], AlarmKind::Exceedance), 0, true, noon())
        .await
        .unwrap();
    for scope in [
        Scope::All,
        Scope::Firm(ids[2]),
        Scope::Unit(UnitCode::new("town")),
    ] {
        let query = SubjectQuery {
            scope,
            ..SubjectQuery::default()
        };
        let counts = bench.store.count_subjects(&query, noon()).await.unwrap();
        let sum: i64 = counts.iter().map(|c| c.total).sum();
        assert_eq!(
            sum,
            bench.store.list_subjects(&query, noon()).await.unwrap().total
        );
        for count in counts {
            let query = SubjectQuery {
                kinds: vec![count.kind],
                states: vec![count.state],
                ..query.clone()
            };
            assert_eq!(
                bench.store.list_subjects(&query, noon()).await.unwrap().total,
                count.total,
                "{count:?}"
            );
        }
    }
}
