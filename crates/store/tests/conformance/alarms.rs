//! Alarms: merged, counted once each, cleared, withdrawn, worked on by people, listed.

use model::alarm::{AlarmKind, AlarmState, CloseReason, Finding};
use model::ids::{AlarmId, SubjectId};
use model::time::{Grain, UtcMs};
use store::alarms::{AlarmKey, AlarmQuery, AlarmSort, Recorded};
use store::{Page, Scope, StoreError};

use crate::bench::{Bench, key, noon};

const HOUR: i64 = 3_600_000;

fn hour(n: i64) -> UtcMs {
    noon().plus_ms(n * HOUR)
}

fn finding(subject: SubjectId, time: UtcMs, multiple: &str) -> Finding {
    let key = key(subject, Grain::Hour);
    Finding {
        kind: AlarmKind::Exceedance,
        subject,
        factor: Some(key.factor),
        grain: Some(Grain::Hour),
        time,
        grade: 2,
        value: Some("36.910".parse().unwrap()),
        limit: Some("35".parse().unwrap()),
        multiple: Some(multiple.parse().unwrap()),
        judgement: None,
    }
}

on_both![
    findings_near_each_other_are_one_alarm,
    the_same_finding_again_changes_nothing,
    cleared_alarms_stay_and_come_back,
    what_is_judged_otherwise_later_is_withdrawn,
    people_acknowledge_comment_and_close,
    silence_has_neither_factor_nor_period,
    are_listed_and_counted,
    are_counted_as_they_stood,
    looking_back_reads_no_history,
];

async fn findings_near_each_other_are_one_alarm(bench: &Bench) {
    let id = bench.subject("a").await;
    let record = async |n: i64, multiple: &str| {
        bench
            .store
            .record_finding(&finding(id, hour(n), multiple), 2 * HOUR, true, hour(n))
            .await
            .unwrap()
    };
    let (first, what) = record(0, "0.1").await;
    assert_eq!(
        (what, first.state, first.active, first.occurrences),
        (Recorded::Raised, AlarmState::Open, true, 1)
    );
    assert_eq!(
        (first.value.unwrap().to_string(), first.limit.unwrap().to_string()),
        ("36.910".into(), "35".into())
    );
    let (second, what) = record(2, "0.5").await;
    assert_eq!(
        (second.id, what, second.occurrences),
        (first.id, Recorded::Extended, 2)
    );
    assert_eq!((second.first_time, second.last_time), (hour(0), hour(2)));
    assert_eq!(
        second.multiple.unwrap().to_string(),
        "0.5",
        "the worst one is shown"
    );
    let (third, _) = record(1, "0.3").await;
    assert_eq!(
        (third.id, third.occurrences, third.multiple.unwrap().to_string()),
        (first.id, 3, "0.5".into())
    );
    // Late data before it extend it backwards.
    let (early, _) = record(-2, "0.2").await;
    assert_eq!(
        (early.id, early.first_time, early.last_time),
        (first.id, hour(-2), hour(2))
    );
    let (far, what) = record(5, "0.1").await;
    assert_eq!((what, far.id == first.id), (Recorded::Raised, false));
    let other = Finding {
        kind: AlarmKind::Warning,
        ..finding(id, hour(0), "0.1")
    };
    assert_eq!(
        bench
            .store
            .record_finding(&other, 2 * HOUR, true, hour(0))
            .await
            .unwrap()
            .1,
        Recorded::Raised
    );
}

async fn the_same_finding_again_changes_nothing(bench: &Bench) {
    let id = bench.subject("a").await;
    let (first, _) = bench
        .store
        .record_finding(&finding(id, hour(0), "0.1"), HOUR, true, hour(0))
        .await
        .unwrap();
    let (again, what) = bench
        .store
        .record_finding(&finding(id, hour(0), "0.10"), HOUR, true, hour(9))
        .await
        .unwrap();
    assert_eq!((what, &again), (Recorded::Unchanged, &first));
    let (changed, what) = bench
        .store
        .record_finding(&finding(id, hour(0), "0.7"), HOUR, true, hour(9))
        .await
        .unwrap();
    assert_eq!(
        (what, changed.occurrences, changed.multiple.unwrap().to_string()),
        (Recorded::Extended, 1, "0.7".into())
    );
    bench
        .store
        .close_alarm(first.id, "王", CloseReason::Handled, None, hour(10))
        .await
        .unwrap();
    let (closed, what) = bench
        .store
        .record_finding(&finding(id, hour(0), "0.9"), HOUR, true, hour(11))
        .await
        .unwrap();
    assert_eq!(
        (what, closed.id, closed.state),
        (Recorded::Unchanged, first.id, AlarmState::Closed)
    );
    assert_eq!(closed.multiple.unwrap().to_string(), "0.7");
    // A new occurrence beside a closed one is a new alarm.
    let (new, what) = bench
        .store
        .record_finding(&finding(id, hour(1), "0.1"), HOUR, true, hour(11))
        .await
        .unwrap();
    assert_eq!((what, new.id == first.id), (Recorded::Raised, false));
}

async fn cleared_alarms_stay_and_come_back(bench: &Bench) {
    let id = bench.subject("a").await;
    let found = finding(id, hour(0), "0.1");
    let key = AlarmKey::from(&found);
    let (first, _) = bench
        .store
        .record_finding(&found, 3 * HOUR, true, hour(0))
        .await
        .unwrap();
    assert_eq!(
        bench.store.active_alarms(&key).await.unwrap(),
        std::slice::from_ref(&first)
    );
    let cleared = bench.store.clear_alarms(&key, hour(1)).await.unwrap();
    assert_eq!(
        cleared
            .iter()
            .map(|a| (a.id, a.active, a.state))
            .collect::<Vec<_>>(),
        [(first.id, false, AlarmState::Open)]
    );
    assert_eq!(bench.store.clear_alarms(&key, hour(1)).await.unwrap(), []);
    assert_eq!(bench.store.active_alarms(&key).await.unwrap(), []);
    // The past is judged: no reason to say that it holds now.
    let (still, _) = bench
        .store
        .record_finding(&finding(id, hour(1), "0.1"), 3 * HOUR, false, hour(2))
        .await
        .unwrap();
    assert!(!still.active);
    let (back, what) = bench
        .store
        .record_finding(&finding(id, hour(2), "0.1"), 3 * HOUR, true, hour(2))
        .await
        .unwrap();
    assert_eq!((back.id, what, back.active), (first.id, Recorded::Extended, true));
    let events = bench.store.alarm_events(first.id).await.unwrap();
    assert_eq!(
        events.iter().map(|e| e.action.as_str()).collect::<Vec<_>>(),
        ["raised", "cleared", "reopened"]
    );
}

async fn what_is_judged_otherwise_later_is_withdrawn(bench: &Bench) {
    let id = bench.subject("a").await;
    let key = AlarmKey::from(&finding(id, hour(0), "0.1"));
    for (n, multiple) in [(0, "0.1"), (1, "0.5"), (2, "0.2")] {
        bench
            .store
            .record_finding(&finding(id, hour(n), multiple), HOUR, true, hour(n))
            .await
            .unwrap();
    }
    let left = bench
        .store
        .withdraw_finding(&key, hour(1), hour(3))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (left.occurrences, left.multiple.unwrap().to_string(), left.active),
        (2, "0.2".into(), true)
    );
    assert_eq!(
        bench
            .store
            .withdraw_finding(&key, hour(1), hour(3))
            .await
            .unwrap(),
        None
    );
    bench
        .store
        .withdraw_finding(&key, hour(0), hour(3))
        .await
        .unwrap();
    let last = bench
        .store
        .withdraw_finding(&key, hour(2), hour(3))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((last.active, last.state), (false, AlarmState::Open));
}

async fn people_acknowledge_comment_and_close(bench: &Bench) {
    let id = bench.subject("a").await;
    let (alarm, _) = bench
        .store
        .record_finding(&finding(id, hour(0), "0.1"), 0, true, hour(0))
        .await
        .unwrap();
    let seen = bench
        .store
        .acknowledge_alarm(alarm.id, "王", Some("已电话"), hour(1))
        .await
        .unwrap();
    assert_eq!(seen.state, AlarmState::Acknowledged);
    let twice = bench
        .store
        .acknowledge_alarm(alarm.id, "李", None, hour(1))
        .await
        .unwrap_err();
    assert!(matches!(twice, StoreError::Conflict { .. }), "{twice}");
    bench
        .store
        .comment_alarm(alarm.id, "李", "现场核实", hour(2))
        .await
        .unwrap();
    let closed = bench
        .store
        .close_alarm(alarm.id, "王", CloseReason::Shutdown, None, hour(3))
        .await
        .unwrap();
    assert_eq!(
        (closed.state, closed.active, closed.closed_at, closed.close_reason),
        (
            AlarmState::Closed,
            false,
            Some(hour(3)),
            Some(CloseReason::Shutdown)
        )
    );
    let twice = bench
        .store
        .close_alarm(alarm.id, "王", CloseReason::Other, None, hour(3))
        .await
        .unwrap_err();
    assert!(matches!(twice, StoreError::Conflict { .. }));
    let nobody = bench
        .store
        .close_alarm(AlarmId(999), "王", CloseReason::Other, None, hour(3))
        .await
        .unwrap_err();
    assert!(matches!(nobody, StoreError::NotFound { .. }));
    let events = bench.store.alarm_events(alarm.id).await.unwrap();
    let told: Vec<_> = events
        .iter()
        .map(|e| (e.action.as_str(), e.by.as_str(), e.text.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("raised", "", ""),
            ("acknowledged", "王", "已电话"),
            ("commented", "李", "现场核实"),
            ("closed", "王", "")
        ]
    );
}

async fn are_counted_as_they_stood(bench: &Bench) {
    let (a, b) = (bench.subject("a").await, bench.subject("b").await);
    let mut ids = Vec::new();
    for (subject, n) in [(a, 0), (a, 4), (b, 2)] {
        // Judged late, all at once: what counts is when it happened.
        let found = finding(subject, hour(n), "0.1");
        let (alarm, _) = bench
            .store
            .record_finding(&found, 0, true, hour(9))
            .await
            .unwrap();
        ids.push(alarm.id);
    }
    bench
        .store
        .close_alarm(ids[0], "王", CloseReason::Handled, None, hour(6))
        .await
        .unwrap();
    let open = async |n: i64| {
        let found = bench.store.count_alarms_at(hour(n)).await.unwrap();
        [a, b].map(|s| found.get(&s).copied())
    };
    assert_eq!(
        open(0).await,
        [None, None],
        "an hour is told of once it has begun"
    );
    assert_eq!(open(1).await, [Some(1), None]);
    assert_eq!(open(3).await, [Some(1), Some(1)]);
    assert_eq!(open(5).await, [Some(2), Some(1)]);
    assert_eq!(open(6).await, [Some(1), Some(1)], "closed at that very moment");
    let counted: i64 = bench
        .store
        .count_open_alarms(&Scope::All)
        .await
        .unwrap()
        .iter()
        .map(|c| c.total)
        .sum();
    let present = bench.store.count_alarms_at(hour(99)).await.unwrap();
    assert_eq!(
        present.values().sum::<i64>(),
        counted,
        "the present is the same either way"
    );
}

/// Looking back must not become slower with every alarm that was ever closed.
async fn looking_back_reads_no_history(bench: &Bench) {
    let id = bench.subject("a").await;
    let url = bench.url.clone();
    let url = url.unwrap_or_else(|| format!("sqlite://{}/huanshu.db", bench.dir.path().display()));
    let rows = if bench.url.is_some() {
        "generate_series(1, 20000) AS x(n)"
    } else {
        "(WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x WHERE n < 20000) SELECT n FROM x) AS x"
    };
    let fill = format!(
        "INSERT INTO alarms (kind, state, subject_id, factor, grain, grade, first_time, last_time, occurrences, active,
           raised_at, closed_at, demo)
         SELECT 'exceedance', CASE WHEN n > 19990 THEN 'open' ELSE 'closed' END, {id}, 'a21026', 'hour', 1, n, n, 1, 0,
           n, CASE WHEN n > 19990 THEN NULL ELSE n + 10 END, 0 FROM {rows}"
    );
    crate::bench::admin(&url, &fill).await;
    crate::bench::admin(&url, "ANALYZE").await;
    let open = bench.store.count_alarms_at(UtcMs(19_995)).await.unwrap();
    assert_eq!(open.get(&id), Some(&9), "five closed since, four not closed");

    let explain = if bench.url.is_some() {
        "EXPLAIN"
    } else {
        "EXPLAIN QUERY PLAN"
    };
    let asked = format!("{explain} {}", store::alarms::OPEN_AT.replace("$1", "19995"));
    let plan = crate::bench::plan(&url, &asked).await;
    assert_eq!(plan.matches("alarms_closed").count(), 2, "{plan}");
    assert!(
        !plan.contains("SCAN alarms") && !plan.contains("Seq Scan"),
        "{plan}"
    );
}

async fn silence_has_neither_factor_nor_period(bench: &Bench) {
    let id = bench.subject("a").await;
    let silence = Finding {
        kind: AlarmKind::Silence,
        factor: None,
        grain: None,
        value: None,
        limit: None,
        multiple: None,
        ..finding(id, hour(0), "1")
    };
    let (alarm, _) = bench
        .store
        .record_finding(&silence, HOUR, true, hour(1))
        .await
        .unwrap();
    assert_eq!(
        (alarm.factor.as_ref(), alarm.grain, alarm.value),
        (None, None, None)
    );
    assert_eq!(
        bench
            .store
            .record_finding(&silence, HOUR, true, hour(2))
            .await
            .unwrap()
            .1,
        Recorded::Unchanged
    );
    assert_eq!(
        bench
            .store
            .clear_alarms(&AlarmKey::from(&silence), hour(2))
            .await
            .unwrap()
            .len(),
        1
    );
    let nobody = Finding {
        subject: SubjectId(999),
        ..silence
    };
    let error = bench
        .store
        .record_finding(&nobody, HOUR, true, hour(1))
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::NotFound { .. }), "{error}");
}

async fn are_listed_and_counted(bench: &Bench) {
    let (a, b) = (bench.subject("a").await, bench.subject("b").await);
    let mut ids = Vec::new();
    for (subject, n, grade) in [(a, 0, 2), (a, 10, 1), (b, 20, 3), (b, 30, 2)] {
        let found = Finding {
            grade,
            ..finding(subject, hour(n), "0.1")
        };
        ids.push(
            bench
                .store
                .record_finding(&found, 0, n > 5, hour(n))
                .await
                .unwrap()
                .0
                .id,
        );
    }
    bench
        .store
        .close_alarm(ids[3], "王", CloseReason::FalseAlarm, None, hour(40))
        .await
        .unwrap();
    bench
        .store
        .acknowledge_alarm(ids[2], "王", None, hour(40))
        .await
        .unwrap();
    let ask = async |query: AlarmQuery| {
        let found = bench.store.list_alarms(&query).await.unwrap();
        (
            found
                .items
                .iter()
                .map(|l| ids.iter().position(|i| *i == l.alarm.id).unwrap())
                .collect::<Vec<_>>(),
            found.total,
        )
    };
    let all = AlarmQuery::default;
    assert_eq!(ask(all()).await, (vec![3, 2, 1, 0], 4));
    assert_eq!(
        ask(AlarmQuery {
            reversed: true,
            ..all()
        })
        .await
        .0,
        [0, 1, 2, 3]
    );
    assert_eq!(
        ask(AlarmQuery {
            sort: AlarmSort::Grade,
            ..all()
        })
        .await
        .0,
        [1, 3, 0, 2]
    );
    assert_eq!(
        ask(AlarmQuery {
            sort: AlarmSort::LastTime,
            page: Page { number: 2, size: 3 },
            ..all()
        })
        .await,
        (vec![0], 4)
    );
    assert_eq!(
        ask(AlarmQuery {
            states: vec![AlarmState::Open, AlarmState::Acknowledged],
            ..all()
        })
        .await
        .0,
        [2, 1, 0]
    );
    assert_eq!(
        ask(AlarmQuery {
            states: vec![AlarmState::Closed],
            ..all()
        })
        .await
        .0,
        [3]
    );
    assert_eq!(
        ask(AlarmQuery {
            subject: Some(a),
            grade: Some(1),
            ..all()
        })
        .await
        .0,
        [1]
    );
    assert_eq!(
        ask(AlarmQuery {
            active: Some(true),
            ..all()
        })
        .await
        .0,
        [2, 1]
    );
    assert_eq!(
        ask(AlarmQuery {
            scope: Scope::Firm(b),
            ..all()
        })
        .await
        .0,
        [3, 2]
    );
    assert_eq!(
        ask(AlarmQuery {
            from: Some(hour(5)),
            to: Some(hour(20)),
            ..all()
        })
        .await
        .0,
        [1]
    );
    assert_eq!(
        ask(AlarmQuery {
            text: "对象A".into(),
            ..all()
        })
        .await
        .0,
        [1, 0]
    );
    assert_eq!(
        ask(AlarmQuery {
            kinds: vec![AlarmKind::Silence],
            ..all()
        })
        .await
        .1,
        0
    );
    let one = bench.store.alarm(ids[0]).await.unwrap().unwrap();
    assert_eq!(
        (one.subject_code.as_str(), one.subject_zh.as_str()),
        ("a", "对象a")
    );
    for scope in [Scope::All, Scope::Firm(a)] {
        let counts = bench.store.count_open_alarms(&scope).await.unwrap();
        let open = AlarmQuery {
            scope: scope.clone(),
            states: vec![AlarmState::Open, AlarmState::Acknowledged],
            ..all()
        };
        assert_eq!(counts.iter().map(|c| c.total).sum::<i64>(), ask(open).await.1);
        for c in counts {
            let query = AlarmQuery {
                scope: scope.clone(),
                kinds: vec![c.kind],
                grade: Some(c.grade),
                states: vec![c.state],
                active: Some(c.active),
                ..all()
            };
            assert_eq!(ask(query).await.1, c.total, "{c:?}");
        }
    }
}
