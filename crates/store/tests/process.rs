//! A whole process that is killed, or that meets a file size limit: what it answered is there afterwards.
//!
//! The test starts itself as a child that appends frames, prints each number once it is durable, and applies them.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly")]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use model::ids::{Factor, Mn};
use model::observation::{SeriesKey, Statistic};
use model::time::{Grain, UtcMs};
use store::Store;
use store::apply::{ApplyFrame, ReadingRow, UnknownPolicy};
use store::rawlog::{Record, RecordKind, RecordMeta};

const CHILD: &str = "HUANSHU_TEST_CHILD_DIR";
const UPLOADS: &str = "HUANSHU_TEST_CHILD_UPLOADS";
const START: UtcMs = UtcMs(1_795_492_800_000);

fn main() {
    if let Ok(dir) = std::env::var(CHILD) {
        if std::env::var_os(UPLOADS).is_some() {
            runtime().block_on(uploads(Path::new(&dir)));
        } else {
            runtime().block_on(child(Path::new(&dir)));
        }
        return;
    }
    killed_at_any_moment_it_keeps_what_it_answered();
    println!("killed_at_any_moment_it_keeps_what_it_answered ... ok");
    killed_in_the_middle_of_uploads_only_whole_ones_are_there();
    println!("killed_in_the_middle_of_uploads_only_whole_ones_are_there ... ok");
    if cfg!(target_os = "linux") {
        at_the_file_size_limit_it_refuses_and_goes_on_without_a_restart();
        println!("at_the_file_size_limit_it_refuses_and_goes_on_without_a_restart ... ok");
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

/// Appends numbered frames for ever: prints `kept N` once one is durable, `refused` when the disk does not take it,
/// `applied` or `waits` after each attempt to apply.
async fn child(dir: &Path) {
    let store = Store::open(None, dir).await.unwrap();
    let applier = tokio::spawn(apply_for_ever(store.clone()));
    let mut n = next_number(&store);
    loop {
        let meta = RecordMeta {
            received_at: START,
            kind: RecordKind::Frame,
            connection: n,
            peer: String::new(),
        };
        if store.log().append(meta, vec![b'#'; 600]).await.is_ok() {
            say(&format!("kept {n}"));
            n += 1;
        } else {
            say("refused");
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        assert!(!applier.is_finished(), "the applier ended");
    }
}

/// Content of upload `n`: 40 parts of 5,000 bytes.
fn part(n: u64) -> Vec<u8> {
    let mut part = vec![b'%'; 5_000];
    part.splice(..8, n.to_le_bytes());
    part
}

const PARTS: usize = 40;

/// Takes contents in for ever: prints `kept N` once one is kept.
async fn uploads(dir: &Path) {
    let store = Store::open(None, dir).await.unwrap();
    for n in 0_u64.. {
        let mut incoming = store.receive(1 << 20).await.unwrap();
        for _ in 0..PARTS {
            incoming.write(&part(n)).await.unwrap();
        }
        let received = incoming.finish().await.unwrap();
        let author = model::ids::UserId(1);
        store
            .keep_attachment(received, "application/pdf", author, START)
            .await
            .unwrap();
        say(&format!("kept {n}"));
    }
}

fn digest(content: &[u8]) -> String {
    use sha2::Digest as _;
    use std::fmt::Write as _;
    sha2::Sha256::digest(content)
        .iter()
        .fold(String::new(), |mut out, byte| {
            write!(out, "{byte:02x}").unwrap();
            out
        })
}

fn killed_in_the_middle_of_uploads_only_whole_ones_are_there() {
    use tokio::io::AsyncReadExt as _;
    for answers in [0, 1, 7, 20] {
        let dir = tempfile::tempdir().unwrap();
        let (mut child, mut lines) = start(dir.path(), &format!("export {UPLOADS}=1; "));
        let mut kept: Vec<u64> = lines
            .by_ref()
            .filter_map(|l| self::kept(&l))
            .take(answers)
            .collect();
        child.kill().unwrap();
        kept.extend(lines.filter_map(|l| self::kept(&l)));
        child.wait().unwrap();
        runtime().block_on(async {
            let store = Store::open(None, dir.path()).await.unwrap();
            for n in &kept {
                let content = part(*n).repeat(PARTS);
                let name = digest(&content);
                let known = store.attachments([name.as_str()]).await.unwrap();
                assert_eq!(known.len(), 1, "answered and lost: {n}");
                let mut file = store.open_attachment(&name).await.unwrap().unwrap();
                let mut found = Vec::new();
                file.read_to_end(&mut found).await.unwrap();
                assert!(found == content, "upload {n} is whole");
            }
            let left = std::fs::read_dir(store.scratch()).unwrap().count();
            assert_eq!(left, 0, "what was on its way in is gone");
            // What has a name is whole, answered or not.
            let folders = std::fs::read_dir(dir.path().join("attachments")).unwrap();
            for file in folders.flat_map(|f| std::fs::read_dir(f.unwrap().path()).unwrap()) {
                let path = file.unwrap().path();
                let content = std::fs::read(&path).unwrap();
                let name = digest(&content);
                assert_eq!(path.file_name().unwrap().to_string_lossy(), name);
            }
            store.db().close().await;
        });
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // The parent may be gone; then there is nobody to tell.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// After everything that is in the log, answered or not.
fn next_number(store: &Store) -> u64 {
    records(store).last().map_or(0, |r| r.meta.connection + 1)
}

fn records(store: &Store) -> Vec<Record> {
    let mut at = store::rawlog::Position::START;
    let mut out = Vec::new();
    loop {
        let batch = store.log().reader().batch(at, usize::MAX, usize::MAX).unwrap();
        if batch.next == at {
            return out;
        }
        assert_eq!(batch.damages, []);
        out.extend(batch.records);
        at = batch.next;
    }
}

async fn apply_for_ever(store: Store) {
    let mut committed = store.log().committed();
    loop {
        match apply_some(&store).await {
            Ok(0) => {
                let _ = committed.changed().await;
            }
            Ok(_) => say("applied"),
            Err(error) => {
                assert!(error.retryable(), "{error:?}");
                say("waits");
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        }
    }
}

async fn apply_some(store: &Store) -> Result<usize, store::StoreError> {
    let from = store.watermark().await?;
    let batch = store.log().reader().fetch_batch(from, 50, 1 << 20).await?;
    if batch.next == from {
        return Ok(0);
    }
    let frames: Vec<_> = batch.records.iter().map(frame).collect();
    let count = frames.len();
    store
        .apply(frames, Some(batch.next), UnknownPolicy::Accept)
        .await?;
    Ok(count)
}

fn frame(record: &Record) -> ApplyFrame {
    let n = record.meta.connection;
    let time = START.plus_ms(i64::try_from(n).unwrap() * 1000);
    let mut digest = [0; 32];
    for (place, byte) in digest.iter_mut().zip(n.to_le_bytes()) {
        *place = byte;
    }
    ApplyFrame {
        position: record.position,
        received_at: record.meta.received_at,
        mn: Some(Mn::new("m")),
        st: None,
        cn: None,
        pw: None,
        data_time: Some(time),
        crc_ok: true,
        usable: true,
        digest,
        diagnoses: Vec::new(),
        readings: vec![ReadingRow {
            factor: Factor::new("a21026"),
            grain: Grain::Realtime,
            statistic: Statistic::RTD,
            time,
            value: Some(n.into()),
            text: None,
            flag: None,
        }],
    }
}

fn start(dir: &Path, before: &str) -> (Child, impl Iterator<Item = String> + use<>) {
    let own = std::env::current_exe().unwrap();
    let mut child = Command::new("sh")
        .args(["-c", &format!("{before}exec \"$0\"")])
        .arg(own)
        .env(CHILD, dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    (child, lines)
}

/// Number of a `kept N` line.
fn kept(line: &str) -> Option<u64> {
    line.strip_prefix("kept ").and_then(|n| n.parse().ok())
}

/// Everything answered is in the log once, in order, and in the database once, after the rest was applied.
async fn check(dir: &Path, answered: &[u64]) {
    let store = Store::open(None, dir).await.unwrap();
    assert_eq!(store.log().recovery().damage, None);
    assert_eq!(store.log().recovery().lost_after, None);
    assert!(store.log().reader().verify().unwrap().ok());
    let found: Vec<u64> = records(&store).iter().map(|r| r.meta.connection).collect();
    assert!(found.is_sorted());
    let lost: Vec<_> = answered.iter().filter(|n| !found.contains(n)).collect();
    assert!(lost.is_empty(), "answered and lost: {lost:?}");
    while apply_some(&store).await.unwrap() > 0 {}
    let mut different = found.clone();
    different.dedup();
    let subject = store.subjects().await.unwrap().first().unwrap().id;
    let key = SeriesKey {
        subject,
        factor: Factor::new("a21026"),
        grain: Grain::Realtime,
        statistic: Statistic::RTD,
    };
    let last = i64::try_from(*found.last().unwrap()).unwrap();
    let mut values = Vec::new();
    for hour in 0..=last / 3600 {
        let from = START.plus_ms(hour * 3_600_000);
        let read = store
            .ranges(std::slice::from_ref(&key), from, from.plus_ms(3_600_000))
            .await
            .unwrap();
        values.extend(read.into_iter().flatten());
    }
    assert!(values.iter().all(|o| o.revision == 1));
    let values: Vec<String> = values.iter().map(|o| o.value.unwrap().to_string()).collect();
    assert_eq!(values, different.iter().map(u64::to_string).collect::<Vec<_>>());
    let device = store.device(&Mn::new("m"), START).await.unwrap().unwrap().device;
    assert_eq!(device.frames.unsigned_abs(), found.len() as u64);
    store.db().close().await;
}

fn killed_at_any_moment_it_keeps_what_it_answered() {
    let dir = tempfile::tempdir().unwrap();
    let mut answered = Vec::new();
    for round in 0..12_usize {
        let (mut child, mut lines) = start(dir.path(), "");
        // Killed after 0, 37, 74 … answers: at the start, between batches, in the middle of them.
        answered.extend(lines.by_ref().filter_map(|l| kept(&l)).take(round * 37));
        child.kill().unwrap();
        answered.extend(lines.filter_map(|l| kept(&l)));
        child.wait().unwrap();
    }
    assert!(answered.len() >= 37 * 66);
    runtime().block_on(check(dir.path(), &answered));
}

fn at_the_file_size_limit_it_refuses_and_goes_on_without_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    // 512-byte blocks in sh: one MiB for each file, of the raw log as of the database.
    let (mut child, mut lines) = start(dir.path(), "ulimit -S -f 2048; ");
    let mut answered = Vec::new();
    // Until both have met the limit, the raw log often: it keeps refusing, and lives.
    let (mut refused, mut waits) = (0, 0);
    while refused < 20 || waits < 2 {
        let line = lines.next().unwrap();
        answered.extend(kept(&line));
        refused += u32::from(line == "refused");
        waits += u32::from(line == "waits");
    }
    assert!(answered.len() > 500, "the first MiB was taken");
    let pid = child.id().to_string();
    let lifted = Command::new("prlimit")
        .args(["--pid", &pid, "--fsize=unlimited:unlimited"])
        .status();
    assert!(
        lifted.unwrap().success(),
        "prlimit (package util-linux) lifts the limit"
    );
    let before = answered.len();
    answered.extend(lines.by_ref().filter_map(|l| kept(&l)).take(500));
    assert!(answered.len() == before + 500, "it takes again");
    // And applies again.
    assert!(lines.by_ref().any(|l| l == "applied"));
    child.kill().unwrap();
    answered.extend(lines.filter_map(|l| kept(&l)));
    child.wait().unwrap();
    runtime().block_on(check(dir.path(), &answered));
}
