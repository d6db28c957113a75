//! Devices: from the profile, decided upon, listed, counted.

use model::device::DeviceState;
use model::ids::{Mn, SubjectId};
use store::StoreError;
use store::apply::UnknownPolicy;
use store::devices::DeviceQuery;

use crate::bench::{Bench, after, device_spec, frame, noon, reading_frame};

on_both![
    come_with_the_profile_and_are_brought_up_to_date,
    a_decision_outlives_the_profile,
    approval_without_a_subject_makes_one,
    decisions_about_nobody_or_for_nobody_fail,
    are_listed_filtered_and_counted,
];

async fn come_with_the_profile_and_are_brought_up_to_date(bench: &Bench) {
    let id = bench.device("m", "a").await;
    let mut spec = device_spec("m", "a", Some("pw"));
    spec.silence_min = 5;
    bench.store.put_devices(&[spec]).await.unwrap();
    let found = bench.store.device(&Mn::new("m"), noon()).await.unwrap().unwrap();
    assert_eq!(found.device.state, DeviceState::Approved);
    assert_eq!(found.device.subject, Some(id));
    assert!(found.has_password && !found.online);
    assert_eq!((found.silence_ms, found.interval_s), (300_000, 60));
    assert_eq!(found.edition.as_deref(), Some("2017"));
    let error = bench
        .store
        .put_devices(&[device_spec("n", "nobody", None)])
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::NotFound { .. }));
    assert_eq!(bench.store.device(&Mn::new("n"), noon()).await.unwrap(), None);
}

async fn a_decision_outlives_the_profile(bench: &Bench) {
    bench.device("m", "a").await;
    bench
        .store
        .refuse(&Mn::new("m"), "王", "拆除", noon())
        .await
        .unwrap();
    bench
        .store
        .put_devices(&[device_spec("m", "a", None)])
        .await
        .unwrap();
    let found = bench.store.device(&Mn::new("m"), noon()).await.unwrap().unwrap();
    assert_eq!(found.device.state, DeviceState::Refused);
    assert_eq!(
        (
            found.decided_by.as_deref(),
            found.reason.as_deref(),
            found.decided_at
        ),
        (Some("王"), Some("拆除"), Some(noon()))
    );
}

async fn approval_without_a_subject_makes_one(bench: &Bench) {
    bench
        .store
        .apply(vec![frame(1, "new")], after(1), UnknownPolicy::Hold)
        .await
        .unwrap();
    let decision = bench
        .store
        .approve(&Mn::new("new"), None, "王", "", noon())
        .await
        .unwrap();
    assert_eq!((decision.device.state, decision.held), (DeviceState::Approved, 1));
    let subject = bench
        .store
        .subject(decision.device.subject.unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(subject.spec.code.as_str(), "mn:new");
}

async fn decisions_about_nobody_or_for_nobody_fail(bench: &Bench) {
    let error = bench
        .store
        .approve(&Mn::new("x"), None, "王", "", noon())
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::NotFound { ref name, .. } if name == "x"));
    bench.device("m", "a").await;
    let error = bench
        .store
        .approve(&Mn::new("m"), Some(SubjectId(999)), "王", "", noon())
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::NotFound { ref name, .. } if name == "999"));
}

async fn are_listed_filtered_and_counted(bench: &Bench) {
    let a = bench.device("m1", "a").await;
    bench.device("m2", "b").await;
    let frames = vec![
        reading_frame(1, "m1", noon(), "1"),
        frame(2, "knock"),
        frame(3, ""),
    ];
    bench
        .store
        .apply(frames, after(3), UnknownPolicy::Hold)
        .await
        .unwrap();
    let soon = noon().plus_ms(60_000);
    let ask = async |query: DeviceQuery| {
        let found = bench.store.list_devices(&query, soon).await.unwrap();
        assert_eq!(found.total, i64::try_from(found.items.len()).unwrap());
        found.items.into_iter().map(|d| d.device.mn.0).collect::<Vec<_>>()
    };
    let all = DeviceQuery::default;
    assert_eq!(ask(all()).await, ["", "knock", "m1", "m2"]);
    assert_eq!(
        ask(DeviceQuery {
            newest_first: true,
            ..all()
        })
        .await,
        ["", "knock", "m1", "m2"]
    );
    assert_eq!(
        ask(DeviceQuery {
            states: vec![DeviceState::Pending],
            ..all()
        })
        .await,
        ["", "knock"]
    );
    assert_eq!(
        ask(DeviceQuery {
            subject: Some(a),
            ..all()
        })
        .await,
        ["m1"]
    );
    assert_eq!(
        ask(DeviceQuery {
            online: Some(true),
            ..all()
        })
        .await,
        ["", "knock", "m1"]
    );
    assert_eq!(
        ask(DeviceQuery {
            online: Some(false),
            ..all()
        })
        .await,
        ["m2"]
    );
    assert_eq!(
        ask(DeviceQuery {
            text: "对象B".into(),
            ..all()
        })
        .await,
        ["m2"]
    );
    assert_eq!(
        ask(DeviceQuery {
            scope: store::Scope::Firm(a),
            ..all()
        })
        .await,
        ["m1"]
    );
    let counts = bench.store.count_devices(soon).await.unwrap();
    let counts: Vec<_> = counts
        .iter()
        .map(|c| (c.state.name(), c.total, c.online))
        .collect();
    assert_eq!(counts, [("approved", 2, 1), ("pending", 2, 2)]);
    let applying = bench.store.applying_devices(soon).await.unwrap();
    assert_eq!(
        applying
            .iter()
            .map(|d| (d.device.mn.as_str(), d.online))
            .collect::<Vec<_>>(),
        [("m1", true), ("m2", false)]
    );
}
