//! How many values a second the store applies: `cargo run --release -p store --example apply_bench [URL]`.
//!
//! Ninety devices of twenty factors, minute by minute: the shape of a district's traffic. Without an address, SQLite in
//! a temporary directory. Prints one line for new data, one for repeated data, and one for the raw log.

use std::time::Instant;

use model::ids::{Factor, Mn, SubjectCode};
use model::observation::Statistic;
use model::subject::{SubjectKind, SubjectSpec};
use model::time::{Grain, UtcMs};
use store::Store;
use store::apply::{ApplyFrame, ReadingRow, UnknownPolicy};
use store::rawlog::{Position, RecordKind, RecordMeta};

const DEVICES: i64 = 90;
const FACTORS: i64 = 20;
const STATISTICS: [Statistic; 3] = [Statistic::AVG, Statistic::MIN, Statistic::MAX];
const MINUTES: i64 = 60;
const BATCH: usize = 500;

fn frames(digest: u8, shift: i64) -> Vec<ApplyFrame> {
    let start = UtcMs(1_795_492_800_000);
    (0..MINUTES * DEVICES)
        .map(|n| {
            let (minute, device) = (n / DEVICES, n % DEVICES);
            let time = start.plus_ms(minute * 60_000);
            let reading = |(i, statistic): (i64, Statistic)| ReadingRow {
                factor: Factor(format!("a{:05}", i / 3)),
                grain: Grain::Minute,
                statistic,
                time,
                value: Some(rust_decimal::Decimal::new(n * 7 + i, 3)),
                text: None,
                flag: Some("N".to_owned()),
            };
            let mut hash = [digest; 32];
            for (place, byte) in hash.iter_mut().zip(n.to_le_bytes()) {
                *place = byte;
            }
            ApplyFrame {
                position: Position {
                    segment: 1,
                    offset: 100 + (n + shift).unsigned_abs() * 600,
                },
                received_at: time.plus_ms(2000),
                mn: Some(Mn(format!("399435xx{device:08}"))),
                st: Some("31".to_owned()),
                cn: Some("2051".to_owned()),
                pw: Some("123456".to_owned()),
                data_time: Some(time),
                crc_ok: true,
                usable: true,
                digest: hash,
                diagnoses: Vec::new(),
                readings: (0..FACTORS * 3)
                    .zip(STATISTICS.into_iter().cycle())
                    .map(reading)
                    .collect(),
            }
        })
        .collect()
}

async fn apply(store: &Store, what: &str, frames: Vec<ApplyFrame>) -> Result<(), store::StoreError> {
    let (count, values) = (
        frames.len(),
        frames.iter().map(|f| f.readings.len()).sum::<usize>(),
    );
    let begin = Instant::now();
    for batch in frames.chunks(BATCH) {
        let end = batch.last().map(|f| Position {
            offset: f.position.offset + 600,
            ..f.position
        });
        store.apply(batch.to_vec(), end, UnknownPolicy::Hold).await?;
    }
    let seconds = begin.elapsed().as_secs_f64();
    println!(
        "{what}: {count} frames, {values} values in {seconds:.2} s: {:.0} frames/s, {:.0} values/s",
        count as f64 / seconds,
        values as f64 / seconds
    );
    Ok(())
}

async fn raw_log(store: &Store) {
    const RECORDS: u32 = 50_000;
    let begin = Instant::now();
    let mut waiting = tokio::task::JoinSet::new();
    for worker in 0..256_u64 {
        let store = store.clone();
        waiting.spawn(async move {
            for _ in 0..RECORDS / 256 {
                let meta = RecordMeta {
                    received_at: UtcMs(0),
                    kind: RecordKind::Frame,
                    connection: worker,
                    peer: "127.0.0.1:9".to_owned(),
                };
                if let Err(error) = store.log().append(meta, vec![b'#'; 600]).await {
                    println!("{error}");
                    return;
                }
            }
        });
    }
    while waiting.join_next().await.is_some() {}
    let seconds = begin.elapsed().as_secs_f64();
    println!(
        "raw log: {RECORDS} appends of 600 bytes from 256 senders in {seconds:.2} s: {:.0}/s, each fsynced",
        f64::from(RECORDS) / seconds
    );
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::args().nth(1);
    let dir = tempfile::tempdir()?;
    let store = Store::open(url.as_deref(), dir.path()).await?;
    println!("engine: {}", store.db().engine().name());
    let mut subjects = Vec::new();
    let mut devices = Vec::new();
    for n in 0..DEVICES {
        let code = SubjectCode(format!("bench-{n}"));
        subjects.push(SubjectSpec {
            code: code.clone(),
            kind: SubjectKind::GasOutlet,
            zh: format!("排口{n}"),
            en: String::new(),
            parent: None,
            unit: None,
            lon: None,
            lat: None,
            schematic: true,
            demo: true,
            attrs: serde_json::Map::new(),
        });
        devices.push(model::profile::DeviceSpec {
            mn: Mn(format!("399435xx{n:08}")),
            subject: code,
            st: "31".to_owned(),
            edition: "2017".to_owned(),
            pw: None,
            sm4_key: None,
            interval_s: 60,
            silence_min: 30,
            demo: true,
        });
    }
    store.put_subjects(&subjects).await?;
    store.put_devices(&devices).await?;
    apply(&store, "new data", frames(1, 0)).await?;
    apply(
        &store,
        "the same values in other frames",
        frames(2, MINUTES * DEVICES),
    )
    .await?;
    apply(&store, "the same frames again", frames(2, 2 * MINUTES * DEVICES)).await?;
    raw_log(&store).await;
    store.db().close().await;
    Ok(())
}
