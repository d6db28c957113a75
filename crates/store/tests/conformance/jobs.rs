//! Jobs: leased, retried with pauses, given up visibly, deduplicated while they wait.

use serde_json::json;
use store::jobs::{JobCounts, NewJob};
use store::limits;

use crate::bench::{Bench, noon};

fn job(kind: &str, dedup: Option<&str>) -> NewJob {
    NewJob {
        kind: kind.into(),
        payload: json!({ "n": 1 }),
        run_at: noon(),
        dedup: dedup.map(Into::into),
    }
}

on_both![
    are_taken_once_when_due_and_end,
    a_lost_worker_loses_its_lease,
    equal_ones_wait_once,
    failing_ones_pause_longer_and_are_given_up,
    one_whose_workers_die_is_given_up_too,
];

async fn are_taken_once_when_due_and_end(bench: &Bench) {
    bench
        .store
        .enqueue(&job("report", None), noon())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        bench
            .store
            .take_job(&["report"], noon().plus_ms(-1), 1000)
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        bench.store.take_job(&["other"], noon(), 1000).await.unwrap(),
        None
    );
    let lease = bench
        .store
        .take_job(&["other", "report"], noon(), 1000)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (lease.kind.as_str(), &lease.payload, lease.attempts),
        ("report", &json!({ "n": 1 }), 1)
    );
    assert_eq!(
        bench.store.take_job(&["report"], noon(), 1000).await.unwrap(),
        None
    );
    assert_eq!(
        bench.store.count_jobs().await.unwrap(),
        JobCounts {
            waiting: 0,
            running: 1,
            dead: 0
        }
    );
    assert!(bench.store.finish_job(&lease).await.unwrap());
    assert!(!bench.store.finish_job(&lease).await.unwrap());
    assert_eq!(bench.store.count_jobs().await.unwrap(), JobCounts::default());
}

async fn a_lost_worker_loses_its_lease(bench: &Bench) {
    bench.store.enqueue(&job("report", None), noon()).await.unwrap();
    let lost = bench
        .store
        .take_job(&["report"], noon(), 1000)
        .await
        .unwrap()
        .unwrap();
    let next = bench
        .store
        .take_job(&["report"], noon().plus_ms(1000), 1000)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((next.id, next.attempts), (lost.id, 2));
    assert!(!bench.store.finish_job(&lost).await.unwrap());
    bench.store.fail_job(&lost, "late", noon()).await.unwrap();
    assert_eq!(bench.store.count_jobs().await.unwrap().running, 1);
    assert!(bench.store.finish_job(&next).await.unwrap());
}

async fn equal_ones_wait_once(bench: &Bench) {
    let put = async |j: &NewJob| bench.store.enqueue(j, noon()).await.unwrap();
    assert!(put(&job("report", Some("day"))).await.is_some());
    assert_eq!(put(&job("report", Some("day"))).await, None);
    assert!(put(&job("report", Some("month"))).await.is_some());
    assert!(put(&job("export", Some("day"))).await.is_some());
    // While one runs, another may wait; the running one then gives up its key when it fails.
    let lease = bench
        .store
        .take_job(&["export"], noon(), 1000)
        .await
        .unwrap()
        .unwrap();
    assert!(put(&job("export", Some("day"))).await.is_some());
    bench.store.fail_job(&lease, "x", noon()).await.unwrap();
    assert_eq!(bench.store.count_jobs().await.unwrap().waiting, 4);
}

async fn failing_ones_pause_longer_and_are_given_up(bench: &Bench) {
    bench
        .store
        .enqueue(&job("report", Some("k")), noon())
        .await
        .unwrap();
    let mut now = noon();
    for attempt in 1..=limits::JOB_ATTEMPTS {
        assert_eq!(
            bench
                .store
                .take_job(&["report"], now.plus_ms(-1), 1000)
                .await
                .unwrap(),
            None,
            "too early"
        );
        let lease = bench
            .store
            .take_job(&["report"], now, 1000)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(lease.attempts, attempt);
        bench.store.fail_job(&lease, "no paper\0", now).await.unwrap();
        now = now.plus_ms((limits::JOB_BACKOFF_MS << (attempt - 1)).min(limits::JOB_BACKOFF_MAX_MS));
    }
    assert_eq!(
        bench
            .store
            .take_job(&["report"], now.plus_ms(1 << 40), 1000)
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        bench.store.count_jobs().await.unwrap(),
        JobCounts {
            waiting: 0,
            running: 0,
            dead: 1
        }
    );
}

async fn one_whose_workers_die_is_given_up_too(bench: &Bench) {
    bench.store.enqueue(&job("report", None), noon()).await.unwrap();
    let mut now = noon();
    for _ in 0..limits::JOB_ATTEMPTS {
        assert!(
            bench
                .store
                .take_job(&["report"], now, 1000)
                .await
                .unwrap()
                .is_some()
        );
        now = now.plus_ms(1000);
    }
    assert_eq!(bench.store.take_job(&["report"], now, 1000).await.unwrap(), None);
    assert_eq!(bench.store.count_jobs().await.unwrap().dead, 1);
}
