//! The raw log: what was answered is there after a crash, a full disk, a failing disk; what was altered is found.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail loudly"
)]

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use model::time::UtcMs;
use proptest::prelude::*;
use store::limits;
use store::rawlog::{
    Appended, Disk, LogError, LogOptions, Media, Position, RawLog, Reader, RecordKind, RecordMeta,
    SegmentFile,
};

fn meta(n: u64) -> RecordMeta {
    RecordMeta {
        received_at: UtcMs(1_795_492_800_000 + i64::try_from(n).unwrap()),
        kind: RecordKind::Frame,
        connection: n,
        peer: "[::1]:9000".to_owned(),
    }
}

fn bytes(n: u64) -> Vec<u8> {
    format!("##0008frame {n:04}").into_bytes()
}

fn open(dir: &Path) -> RawLog {
    RawLog::open(dir, LogOptions::default(), Position::START).unwrap()
}

fn small(segment_bytes: u64) -> LogOptions {
    LogOptions {
        segment_bytes,
        ..LogOptions::default()
    }
}

/// Drops the log and waits for its writer to end.
async fn reopen(log: RawLog, dir: &Path, options: LogOptions) -> RawLog {
    close(log, dir).await;
    RawLog::open(dir, options, Position::START).unwrap()
}

async fn close(log: RawLog, dir: &Path) {
    drop(log);
    let lock = std::fs::OpenOptions::new()
        .write(true)
        .open(dir.join("lock"))
        .unwrap();
    tokio::task::spawn_blocking(move || lock.lock().unwrap())
        .await
        .unwrap();
}

async fn fill(log: &RawLog, range: std::ops::Range<u64>) -> Vec<Appended> {
    let mut out = Vec::new();
    for n in range {
        out.push(log.append(meta(n), bytes(n)).await.unwrap());
    }
    out
}

/// Numbers of the frames read from the start, stepping as small as can be.
fn read_all(reader: &Reader) -> Vec<u64> {
    let mut at = Position::START;
    let mut out = Vec::new();
    loop {
        let batch = reader.batch(at, 2, 1).unwrap();
        assert!(batch.records.len() <= 2);
        for record in &batch.records {
            let n = record.meta.connection;
            assert_eq!((&record.meta, &record.bytes), (&meta(n), &bytes(n)));
            out.push(n);
        }
        if batch.next == at {
            return out;
        }
        at = batch.next;
    }
}

fn file(dir: &Path, segment: u32) -> PathBuf {
    dir.join(format!("{segment:08}.log"))
}

#[tokio::test]
async fn what_was_appended_is_read_back_and_follows_across_segments() {
    let dir = tempfile::tempdir().unwrap();
    let log = RawLog::open(dir.path(), small(500), Position::START).unwrap();
    assert_eq!(log.reader().batch(Position::START, 10, 1000).unwrap().records, []);
    let places = fill(&log, 0..30).await;
    assert!(places.windows(2).all(|w| w[0].next <= w[1].position));
    assert!(places.last().unwrap().position.segment > 3);
    for (n, place) in (0..).zip(&places) {
        let record = log.reader().fetch(place.position).await.unwrap();
        assert_eq!(
            (record.position, record.next, record.bytes),
            (place.position, place.next, bytes(n))
        );
    }
    assert_eq!(read_all(log.reader()), (0..30).collect::<Vec<_>>());
    assert_eq!(*log.committed().borrow(), places[29].next);
    let whole = log
        .reader()
        .fetch_batch(Position::START, 1000, 1 << 20)
        .await
        .unwrap();
    assert_eq!((whole.records.len(), whole.next), (30, places[29].next));
    let size = log.reader().size_bytes().unwrap();
    assert_eq!(
        log.reader().distance(Position::START, places[29].next).unwrap()
            + 48 * u64::from(places[29].position.segment),
        size
    );
    let found = log.reader().verification().await.unwrap();
    assert!(found.ok());
    assert_eq!(
        (found.records, found.segments),
        (30, u64::from(places[29].position.segment))
    );

    let log = reopen(log, dir.path(), small(500)).await;
    assert_eq!(log.recovery(), &store::rawlog::Recovery::default());
    fill(&log, 30..40).await;
    assert_eq!(read_all(log.reader()), (0..40).collect::<Vec<_>>());
    assert!(log.reader().verify().unwrap().ok());
}

#[tokio::test]
async fn a_place_beyond_the_end_or_inside_a_record_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    let place = fill(&log, 0..1).await[0];
    assert!(matches!(
        log.reader().read(place.next),
        Err(LogError::NoSuchPlace { .. })
    ));
    let inside = Position {
        offset: place.position.offset + 1,
        ..place.position
    };
    assert!(matches!(log.reader().read(inside), Err(LogError::Damaged { .. })));
    let long = log
        .append(meta(1), vec![0; limits::RECORD_BYTES + 1])
        .await
        .unwrap_err();
    assert!(matches!(long, LogError::TooLong { .. }));
    log.append(meta(1), vec![0; limits::RECORD_BYTES]).await.unwrap();
    let peer = RecordMeta {
        peer: "茌".repeat(100),
        ..meta(2)
    };
    let at = log.append(peer, Vec::new()).await.unwrap();
    assert_eq!(log.reader().read(at.position).unwrap().meta.peer, "茌".repeat(32));
}

#[tokio::test]
async fn answers_are_kept_but_not_handed_out_as_readings() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    let sent = RecordMeta {
        kind: RecordKind::Sent,
        ..meta(0)
    };
    let at = log.append(sent.clone(), b"9014".to_vec()).await.unwrap();
    fill(&log, 1..2).await;
    assert_eq!(read_all(log.reader()), [1]);
    assert_eq!(log.reader().read(at.position).unwrap().meta, sent);
}

#[tokio::test]
async fn a_tail_torn_at_any_byte_is_set_aside_and_the_log_goes_on() {
    let origin = tempfile::tempdir().unwrap();
    let log = open(origin.path());
    let places = fill(&log, 0..3).await;
    close(log, origin.path()).await;
    let whole = std::fs::read(file(origin.path(), 1)).unwrap();
    let last = usize::try_from(places[2].position.offset).unwrap();
    for cut in last..whole.len() {
        // The file may end there, or go on with zeros that were never written.
        for zeros in [0, 700] {
            let dir = tempfile::tempdir().unwrap();
            let mut torn = whole[..cut].to_vec();
            torn.resize(cut + zeros, 0);
            std::fs::write(file(dir.path(), 1), &torn).unwrap();
            // A reader beside it sees only what is whole.
            assert_eq!(
                read_all(&Reader::open(dir.path()).unwrap()),
                [0, 1],
                "cut at {cut}"
            );
            let log = open(dir.path());
            assert_eq!(
                log.recovery().torn_bytes,
                (torn.len() - last) as u64,
                "cut at {cut}"
            );
            assert_eq!(log.recovery().damage, None);
            if torn.len() > last {
                let aside = std::fs::read(dir.path().join(format!("00000001.{last}.torn"))).unwrap();
                assert_eq!(aside, torn[last..]);
            }
            let again = fill(&log, 2..4).await;
            assert_eq!(again[0].position, places[2].position);
            assert_eq!(read_all(log.reader()), [0, 1, 2, 3]);
            assert!(log.reader().verify().unwrap().ok());
        }
    }
}

#[tokio::test]
async fn a_segment_torn_while_being_begun_is_begun_again() {
    let origin = tempfile::tempdir().unwrap();
    let log = RawLog::open(origin.path(), small(200), Position::START).unwrap();
    fill(&log, 0..3).await;
    close(log, origin.path()).await;
    let second = std::fs::read(file(origin.path(), 2)).unwrap();
    let first = std::fs::read(file(origin.path(), 1)).unwrap();
    for cut in 0..48 {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(file(dir.path(), 1), &first).unwrap();
        std::fs::write(file(dir.path(), 2), &second[..cut]).unwrap();
        let log = RawLog::open(dir.path(), small(200), Position::START).unwrap();
        fill(&log, 2..5).await;
        assert_eq!(read_all(log.reader()), [0, 1, 2, 3, 4], "cut at {cut}");
        assert!(log.reader().verify().unwrap().ok());
    }
    // Also the very first one.
    for cut in 0..48 {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(file(dir.path(), 1), &first[..cut]).unwrap();
        let log = open(dir.path());
        fill(&log, 0..1).await;
        assert_eq!(read_all(log.reader()), [0]);
    }
}

#[tokio::test]
async fn every_flipped_bit_is_found_and_only_its_record_is_lost() {
    let origin = tempfile::tempdir().unwrap();
    let log = open(origin.path());
    let places = fill(&log, 0..4).await;
    close(log, origin.path()).await;
    let whole = std::fs::read(file(origin.path(), 1)).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = file(dir.path(), 1);
    for at in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[at] ^= 1 << (at % 8);
        std::fs::write(&path, &flipped).unwrap();
        let hit = places
            .iter()
            .position(|p| (p.position.offset..p.next.offset).contains(&(at as u64)));
        // The last record cannot be told from a torn one; a reader beside the log simply does not see it.
        match (hit, Reader::open(dir.path())) {
            (None, opened) => assert!(matches!(opened, Err(LogError::Damaged { .. })), "byte {at}"),
            (Some(3), opened) => assert_eq!(read_all(&opened.unwrap()), [0, 1, 2], "byte {at}"),
            (Some(hit), opened) => {
                let reader = opened.unwrap();
                let left: Vec<u64> = (0..4).filter(|n| *n != hit as u64).collect();
                assert_eq!(read_all(&reader), left, "byte {at}");
                let found = reader.verify().unwrap();
                assert_eq!((found.damaged, found.records), (1, 3), "byte {at}");
                assert_eq!(
                    (found.damages[0].from, found.damages[0].to),
                    (places[hit].position, places[hit].next)
                );
            }
        }
    }
}

#[tokio::test]
async fn damage_with_whole_records_after_it_is_left_in_place_and_reported() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    let places = fill(&log, 0..4).await;
    close(log, dir.path()).await;
    let mut damaged = std::fs::read(file(dir.path(), 1)).unwrap();
    damaged[usize::try_from(places[1].position.offset).unwrap() + 40] ^= 1;
    std::fs::write(file(dir.path(), 1), &damaged).unwrap();
    let log = open(dir.path());
    let damage = log.recovery().damage.clone().unwrap();
    assert_eq!((damage.from, damage.to), (places[1].position, places[1].next));
    assert_eq!(log.recovery().torn_bytes, 0);
    fill(&log, 4..6).await;
    assert_eq!(
        std::fs::read(file(dir.path(), 1)).unwrap(),
        damaged,
        "evidence is not touched"
    );
    let batch = log.reader().batch(Position::START, 100, 1 << 20).unwrap();
    assert_eq!(
        batch
            .records
            .iter()
            .map(|r| r.meta.connection)
            .collect::<Vec<_>>(),
        [0, 2, 3, 4, 5]
    );
    assert_eq!(batch.damages.len(), 1);
    let found = log.reader().verify().unwrap();
    assert_eq!((found.damaged, found.records, found.segments), (1, 5, 2));
}

#[tokio::test]
async fn a_record_exchanged_with_right_checksums_breaks_the_chain() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let log = open(one.path());
    let places = fill(&log, 0..3).await;
    close(log, one.path()).await;
    let forged = open(other.path());
    fill(&forged, 0..1).await;
    forged
        .append(meta(1), b"##0008frame 9999".to_vec())
        .await
        .unwrap();
    close(forged, other.path()).await;
    let mut bytes = std::fs::read(file(one.path(), 1)).unwrap();
    let from = usize::try_from(places[1].position.offset).unwrap();
    let to = usize::try_from(places[1].next.offset).unwrap();
    bytes[from..to].copy_from_slice(&std::fs::read(file(other.path(), 1)).unwrap()[from..to]);
    std::fs::write(file(one.path(), 1), &bytes).unwrap();
    let found = Reader::open(one.path()).unwrap().verify().unwrap();
    assert_eq!((found.records, found.damaged), (3, 1));
    assert_eq!(
        found.damages[0].from, places[2].position,
        "what follows no longer fits"
    );
}

#[tokio::test]
async fn missing_segments_are_found_and_stepped_over() {
    let dir = tempfile::tempdir().unwrap();
    let log = RawLog::open(dir.path(), small(200), Position::START).unwrap();
    fill(&log, 0..10).await;
    std::fs::remove_file(file(dir.path(), 2)).unwrap();
    let found = log.reader().verify().unwrap();
    assert!(!found.ok());
    assert_eq!(found.damages[0].from, Position::start_of(2));
    let batch = log.reader().batch(Position::START, 100, 1 << 20).unwrap();
    assert_eq!(batch.damages.len(), 1);
    assert!(batch.records.len() >= 6);
    assert_eq!(batch.next, *log.committed().borrow());
}

#[tokio::test]
async fn new_records_stand_after_all_that_was_ever_applied() {
    // The database has seen more than the log holds: files were lost. Places must not be used twice.
    let dir = tempfile::tempdir().unwrap();
    let floor = Position {
        segment: 3,
        offset: 500,
    };
    let log = RawLog::open(dir.path(), LogOptions::default(), floor).unwrap();
    assert_eq!(log.recovery().lost_after, Some(Position::START));
    let at = fill(&log, 0..1).await[0].position;
    assert!(at > floor);
    let batch = log.reader().batch(floor, 10, 1 << 20).unwrap();
    assert_eq!(batch.records.len(), 1);
    assert!(!log.reader().verify().unwrap().ok(), "the gap is not hidden");
    let log = reopen(log, dir.path(), LogOptions::default()).await;
    assert_eq!(read_all(log.reader()), [0]);
}

#[tokio::test]
async fn a_second_writer_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    let second = RawLog::open(dir.path(), LogOptions::default(), Position::START);
    assert!(matches!(second, Err(LogError::Locked { .. })));
    drop(reopen(log, dir.path(), LogOptions::default()).await);
}

/// A disk with little room, or that fails, or that counts its fsyncs.
#[derive(Clone, Default)]
struct Trouble(Arc<TroubleState>);

#[derive(Default)]
struct TroubleState {
    /// Bytes each file may hold; `u64::MAX` once `roomy`.
    room: AtomicU64,
    limited: AtomicBool,
    syncs_fail: AtomicBool,
    truncates_fail: AtomicBool,
    creates_fail: AtomicBool,
    syncs: AtomicU64,
    /// While set, an fsync does not return, so that a test can make appends pile up.
    syncs_hang: AtomicBool,
}

struct TroubledFile(Box<dyn SegmentFile>, Trouble);

impl Media for Trouble {
    fn create(&mut self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        if self.0.creates_fail.load(Ordering::SeqCst) {
            // As on a full disk: the name is there, the header is not.
            std::fs::write(path, b"HSR")?;
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        Ok(Box::new(TroubledFile(Disk.create(path)?, self.clone())))
    }

    fn open(&mut self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        Ok(Box::new(TroubledFile(Disk.open(path)?, self.clone())))
    }

    fn sync_dir(&mut self, dir: &Path) -> io::Result<()> {
        Disk.sync_dir(dir)
    }
}

impl SegmentFile for TroubledFile {
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let state = &self.1.0;
        let room = state.room.load(Ordering::SeqCst).saturating_sub(offset);
        if state.limited.load(Ordering::SeqCst) && (bytes.len() as u64) > room {
            // Whatever fits is written: a torn record.
            self.0
                .write_at(offset, &bytes[..usize::try_from(room).unwrap()])?;
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        self.0.write_at(offset, bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        while self.1.0.syncs_hang.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
        self.1.0.syncs.fetch_add(1, Ordering::SeqCst);
        if self.1.0.syncs_fail.load(Ordering::SeqCst) {
            return Err(io::Error::other("input/output error"));
        }
        self.0.sync()
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        if self.1.0.truncates_fail.load(Ordering::SeqCst) {
            return Err(io::Error::other("input/output error"));
        }
        self.0.truncate(len)
    }
}

impl Trouble {
    fn open(&self, dir: &Path, options: LogOptions) -> RawLog {
        RawLog::open_on(self.clone(), dir, options, Position::START).unwrap()
    }
}

#[tokio::test]
async fn appends_share_an_fsync() {
    let dir = tempfile::tempdir().unwrap();
    let disk = Trouble::default();
    let log = disk.open(dir.path(), LogOptions::default());
    fill(&log, 0..1).await;
    let mut waiting = tokio::task::JoinSet::new();
    disk.0.syncs_hang.store(true, Ordering::SeqCst);
    for n in 1..200 {
        let log = log.clone();
        waiting.spawn(async move { log.append(meta(n), bytes(n)).await.unwrap() });
    }
    // One thread runs all of them: after they had their turn, everything is in the queue or in the group that hangs.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    disk.0.syncs_hang.store(false, Ordering::SeqCst);
    let mut places = Vec::new();
    while let Some(place) = waiting.join_next().await {
        places.push(place.unwrap());
    }
    places.sort_unstable_by_key(|p| p.position);
    assert!(places.windows(2).all(|w| w[0].next == w[1].position));
    let syncs = disk.0.syncs.load(Ordering::SeqCst);
    assert!(syncs <= 5, "200 appends took {syncs} fsyncs");
    let mut all = read_all(log.reader());
    all.sort_unstable();
    assert_eq!(all, (0..200).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_full_disk_refuses_and_takes_again_when_there_is_room() {
    let dir = tempfile::tempdir().unwrap();
    let disk = Trouble::default();
    let log = disk.open(dir.path(), LogOptions::default());
    let end = fill(&log, 0..3).await[2].next.offset;
    disk.0.limited.store(true, Ordering::SeqCst);
    let one = end - fill_len();
    for more in [0, 1, 40, one - 1] {
        disk.0
            .room
            .store(end + more.min(fill_len() - 1), Ordering::SeqCst);
        let error = log.append(meta(3), bytes(3)).await.unwrap_err();
        assert!(matches!(error, LogError::Io { .. }), "{error}");
        assert!(error.to_string().contains("00000001.log"), "{error}");
        assert_eq!(log.committed().borrow().offset, end);
        assert_eq!(read_all(log.reader()), [0, 1, 2]);
        assert_eq!(
            std::fs::metadata(file(dir.path(), 1)).unwrap().len(),
            end,
            "nothing half written stays"
        );
    }
    disk.0.limited.store(false, Ordering::SeqCst);
    assert_eq!(fill(&log, 3..5).await[0].position.offset, end);
    assert_eq!(read_all(log.reader()), [0, 1, 2, 3, 4]);
    assert!(log.reader().verify().unwrap().ok());
    let log = reopen(log, dir.path(), LogOptions::default()).await;
    assert_eq!(read_all(log.reader()), [0, 1, 2, 3, 4]);
}

/// Length of one test record as written.
fn fill_len() -> u64 {
    62 + "[::1]:9000".len() as u64 + bytes(0).len() as u64
}

#[tokio::test]
async fn a_failed_fsync_is_never_answered_and_the_log_goes_on_in_a_new_segment() {
    let dir = tempfile::tempdir().unwrap();
    let disk = Trouble::default();
    let log = disk.open(dir.path(), LogOptions::default());
    fill(&log, 0..2).await;
    disk.0.syncs_fail.store(true, Ordering::SeqCst);
    for _ in 0..3 {
        log.append(meta(2), bytes(2)).await.unwrap_err();
    }
    disk.0.syncs_fail.store(false, Ordering::SeqCst);
    let place = fill(&log, 2..4).await[0];
    assert_eq!(place.position, Position::start_of(2));
    assert_eq!(read_all(log.reader()), [0, 1, 2, 3]);
    assert!(log.reader().verify().unwrap().ok());
}

#[tokio::test]
async fn while_the_rest_of_a_failed_write_cannot_be_cut_off_nothing_is_accepted() {
    let dir = tempfile::tempdir().unwrap();
    let disk = Trouble::default();
    let log = disk.open(dir.path(), LogOptions::default());
    let end = fill(&log, 0..2).await[1].next.offset;
    disk.0.room.store(end + 10, Ordering::SeqCst);
    disk.0.limited.store(true, Ordering::SeqCst);
    disk.0.truncates_fail.store(true, Ordering::SeqCst);
    log.append(meta(2), bytes(2)).await.unwrap_err();
    disk.0.limited.store(false, Ordering::SeqCst);
    log.append(meta(2), bytes(2)).await.unwrap_err();
    disk.0.truncates_fail.store(false, Ordering::SeqCst);
    fill(&log, 2..4).await;
    assert_eq!(read_all(log.reader()), [0, 1, 2, 3]);
    assert!(log.reader().verify().unwrap().ok());
}

#[tokio::test]
async fn a_segment_that_cannot_be_begun_is_tried_again() {
    let dir = tempfile::tempdir().unwrap();
    let disk = Trouble::default();
    let log = disk.open(dir.path(), small(200));
    fill(&log, 0..2).await;
    disk.0.creates_fail.store(true, Ordering::SeqCst);
    for _ in 0..2 {
        log.append(meta(2), bytes(2)).await.unwrap_err();
    }
    assert_eq!(read_all(log.reader()), [0, 1]);
    disk.0.creates_fail.store(false, Ordering::SeqCst);
    fill(&log, 2..6).await;
    assert_eq!(read_all(log.reader()), (0..6).collect::<Vec<_>>());
    assert!(log.reader().verify().unwrap().ok());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever fails when: what was answered is read back in order, after reopening too, and nothing else is.
    #[test]
    fn what_was_answered_is_there_and_nothing_else(
        steps in prop::collection::vec((0..8_u8, 0..120_u64), 1..60),
        segment in prop::sample::select(vec![150_u64, 400, 5000]),
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let dir = tempfile::tempdir().unwrap();
            let disk = Trouble::default();
            let mut log = disk.open(dir.path(), small(segment));
            let mut answered = Vec::new();
            for (n, (kind, room)) in (0_u64..).zip(steps) {
                let state = &disk.0;
                state.limited.store(kind == 1, Ordering::SeqCst);
                state.room.store(log.committed().borrow().offset + room, Ordering::SeqCst);
                state.syncs_fail.store(kind == 2, Ordering::SeqCst);
                state.creates_fail.store(kind == 3, Ordering::SeqCst);
                state.truncates_fail.store(kind == 4 || room > 110, Ordering::SeqCst);
                if kind == 5 {
                    close(log, dir.path()).await;
                    log = disk.open(dir.path(), small(segment));
                    // A crash right after a failure may leave whole records that nobody was told of. They are no
                    // harm: their sender repeats them.
                    let found = read_all(log.reader());
                    let kept: Vec<u64> = found.iter().copied().filter(|n| answered.contains(n)).collect();
                    prop_assert_eq!(&kept, &answered);
                    prop_assert!(found.len() <= answered.len() + 1);
                    answered = found;
                }
                if log.append(meta(n), bytes(n)).await.is_ok() {
                    answered.push(n);
                }
                prop_assert_eq!(&read_all(log.reader()), &answered);
            }
            close(log, dir.path()).await;
            let log = disk.open(dir.path(), small(segment));
            let kept = read_all(log.reader()).into_iter().filter(|n| answered.contains(n));
            prop_assert_eq!(kept.collect::<Vec<_>>(), answered);
            prop_assert!(log.reader().verify().unwrap().ok());
            Ok(())
        })?;
    }
}
