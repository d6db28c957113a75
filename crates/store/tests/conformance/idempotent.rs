//! Whatever the cuts between batches, whatever is applied again after a crash: the same frames give the same database.

use model::ids::Mn;
use model::time::Grain;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sqlx::{AssertSqlSafe, Row};
use store::Store;
use store::apply::{ApplyFrame, UnknownPolicy};
use store::rawlog::Position;

use crate::bench::{Bench, device_spec, frame, key, noon, place, reading};

/// What a field unit might send.
#[derive(Clone, Debug)]
struct Sent {
    device: u8,
    wrong_password: bool,
    damaged: bool,
    time: i64,
    value: u8,
    hourly: bool,
}

/// A run: frames, where batches are cut, and how far back each batch starts again.
#[derive(Clone, Debug)]
struct Run {
    sent: Vec<Sent>,
    cuts: Vec<usize>,
    back: Vec<usize>,
}

fn sent() -> impl Strategy<Value = Sent> {
    (
        0..4_u8,
        prop::bool::weighted(0.15),
        prop::bool::weighted(0.15),
        0..4_i64,
        0..3_u8,
        any::<bool>(),
    )
        .prop_map(|(device, wrong_password, damaged, time, value, hourly)| Sent {
            device,
            wrong_password,
            damaged,
            time,
            value,
            hourly,
        })
}

fn run() -> impl Strategy<Value = Run> {
    let cuts = prop::collection::vec(1..8_usize, 1..12);
    let back = prop::collection::vec(0..6_usize, 1..12);
    (prop::collection::vec(sent(), 1..40), cuts, back).prop_map(|(sent, cuts, back)| Run { sent, cuts, back })
}

fn frames(sent: &[Sent]) -> Vec<ApplyFrame> {
    sent.iter()
        .zip(1_u64..)
        .map(|(s, n)| {
            let grain = if s.hourly { Grain::Hour } else { Grain::Realtime };
            let time = noon().plus_ms(s.time * 3_600_000);
            let mut digest = [0; 32];
            digest[..3].copy_from_slice(&[u8::try_from(s.time).unwrap(), s.value, u8::from(s.hourly)]);
            ApplyFrame {
                mn: (s.device < 3).then(|| Mn(format!("m{}", s.device))),
                pw: Some(if s.wrong_password { "no" } else { "yes" }.to_owned()),
                usable: !s.damaged,
                crc_ok: !s.damaged,
                digest,
                readings: vec![reading(grain, time, &s.value.to_string())],
                ..frame(n, "")
            }
        })
        .collect()
}

/// Everything that must not depend on how it was applied, as text.
async fn dump(url: &str) -> Vec<String> {
    const KEY: &str = "b.code || ' ' || s.factor || ' ' || s.grain || ' ' || s.statistic";
    let all = [
        format!("SELECT {KEY} || o.bucket || ' ' || o.time || ' ' || o.value || o.origin || o.revision || ' ' || o.known_at FROM observations o JOIN series s ON s.id = o.series_id JOIN subjects b ON b.id = s.subject_id"),
        format!("SELECT {KEY} || o.time || ' ' || o.value || o.origin || o.revision || ' ' || o.known_at || ' ' || o.replaced_at || COALESCE(o.reason, '') FROM revisions o JOIN series s ON s.id = o.series_id JOIN subjects b ON b.id = s.subject_id"),
        format!("SELECT {KEY} || o.time || ' ' || o.value || o.origin || o.revision FROM latest o JOIN series s ON s.id = o.series_id JOIN subjects b ON b.id = s.subject_id"),
        "SELECT off || ' ' || COALESCE(mn, '?') || ' ' || received_at || ' ' || last_received_at || ' ' || repeats || state || held || COALESCE(dedup, '-') || diagnoses FROM frames".to_owned(),
        "SELECT day || state || n FROM frame_tally WHERE n <> 0".to_owned(),
        "SELECT d.grain || ' ' || d.start || b.code FROM dirty d JOIN subjects b ON b.id = d.subject_id".to_owned(),
        "SELECT mn || state || frames || ' ' || COALESCE(first_seen, 0) || ' ' || COALESCE(last_seen, 0) FROM devices".to_owned(),
        "SELECT code || COALESCE(last_time, 0) FROM subjects".to_owned(),
        "SELECT name || value FROM kv".to_owned(),
    ];
    let pool = sqlx::any::AnyPoolOptions::new()
        .max_connections(1)
        .connect(url)
        .await
        .unwrap();
    let mut out = Vec::new();
    for sql in all {
        let rows = sqlx::query(AssertSqlSafe(sql.clone()))
            .fetch_all(&pool)
            .await
            .unwrap();
        let mut rows: Vec<String> = rows.iter().map(|r| r.get(0)).collect();
        rows.sort();
        out.push(
            sql.split(" FROM ")
                .nth(1)
                .unwrap()
                .split(' ')
                .next()
                .unwrap()
                .to_owned(),
        );
        out.extend(rows);
    }
    pool.close().await;
    out
}

async fn prepare(store: &Store) {
    let subjects = ["a", "b"].map(|c| crate::bench::spec(c, model::subject::SubjectKind::GasOutlet));
    store.put_subjects(&subjects).await.unwrap();
    // m0 has no password, m1 has one, m2 is unknown.
    store
        .put_devices(&[device_spec("m0", "a", None), device_spec("m1", "b", Some("yes"))])
        .await
        .unwrap();
}

async fn apply(store: &Store, batch: &[ApplyFrame]) {
    let watermark = batch.last().map(|f| Position {
        offset: f.position.offset + 100,
        ..f.position
    });
    store
        .apply(batch.to_vec(), watermark, UnknownPolicy::Hold)
        .await
        .unwrap();
}

/// Approves the unknown device and applies what was held, `size` frames at a time, each twice.
async fn release(store: &Store, frames: &[ApplyFrame], size: i64) {
    if store.device(&Mn::new("m2"), noon()).await.unwrap().is_none() {
        return;
    }
    store
        .approve(&Mn::new("m2"), None, "王", "", noon())
        .await
        .unwrap();
    loop {
        let held = store.releasable(size).await.unwrap();
        if held.is_empty() {
            return;
        }
        let batch: Vec<_> = frames
            .iter()
            .filter(|f| held.contains(&f.position))
            .cloned()
            .collect();
        for _ in 0..2 {
            store
                .apply(batch.clone(), None, UnknownPolicy::Hold)
                .await
                .unwrap();
        }
    }
}

async fn check(whole: &Bench, cut: &Bench, run: &Run) -> Result<(), TestCaseError> {
    let frames = frames(&run.sent);
    for bench in [whole, cut] {
        prepare(&bench.store).await;
    }
    apply(&whole.store, &frames).await;

    let mut start = 0;
    for turn in 0.. {
        if start >= frames.len() {
            break;
        }
        // After a crash the batch begins further back: with what the watermark says is applied already.
        let from = start.saturating_sub(run.back[turn % run.back.len()]);
        let end = frames.len().min(start + run.cuts[turn % run.cuts.len()]);
        apply(&cut.store, &frames[from..end]).await;
        start = end;
    }
    apply(&cut.store, &frames).await;
    prop_assert_eq!(
        cut.store.watermark().await.unwrap(),
        place(frames.len() as u64 + 1)
    );
    prop_assert_eq!(dump(&url(whole)).await, dump(&url(cut)).await);

    release(&whole.store, &frames, 1000).await;
    release(&cut.store, &frames, 2).await;
    let end = dump(&url(whole)).await;
    prop_assert_eq!(&end, &dump(&url(cut)).await);
    newest_is_newest(&whole.store).await
}

/// The newest value of each series is the last one of its history.
async fn newest_is_newest(store: &Store) -> Result<(), TestCaseError> {
    for subject in store.subjects().await.unwrap() {
        for latest in store.latest_of_subject(subject.id).await.unwrap() {
            let key = key(subject.id, latest.series.key.grain);
            let all = store
                .ranges(&[key], noon(), noon().plus_ms(86_400_000))
                .await
                .unwrap();
            prop_assert_eq!(all[0].last(), Some(&latest.observation));
        }
    }
    Ok(())
}

fn url(bench: &Bench) -> String {
    bench
        .url
        .clone()
        .unwrap_or_else(|| format!("sqlite://{}/huanshu.db", bench.dir.path().display()))
}

fn property(cases: u32, runtime: &tokio::runtime::Runtime, postgres: bool) {
    let mut runner = TestRunner::new(Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    });
    let outcome = runner.run(&run(), |run| {
        runtime.block_on(async {
            if postgres {
                let (Some(whole), Some(cut)) = (Bench::postgres().await, Bench::postgres().await) else {
                    return Ok(());
                };
                let outcome = check(&whole, &cut, &run).await;
                whole.drop_database().await;
                cut.drop_database().await;
                outcome
            } else {
                check(&Bench::sqlite().await, &Bench::sqlite().await, &run).await
            }
        })
    });
    outcome.unwrap();
}

#[test]
fn the_same_frames_give_the_same_database_sqlite() {
    property(64, &tokio::runtime::Runtime::new().unwrap(), false);
}

#[test]
fn the_same_frames_give_the_same_database_postgres() {
    property(12, &tokio::runtime::Runtime::new().unwrap(), true);
}
