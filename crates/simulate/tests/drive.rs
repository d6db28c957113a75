//! Driving over TCP against centres that answer, forget, hang up and ask.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{chiping, opened};
use hj212::dialogue::{Identity, Output, Patience, Request};
use hj212::stream::{Decoder, Item};
use hj212::{decode, reply};
use model::time::{Clock, UtcMs};
use simulate::drive::{DriveError, Plan, Progress, Statistics, drive};
use simulate::{Intent, Options, Simulation};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How a centre misbehaves.
#[derive(Clone, Copy, Default)]
struct Habits {
    /// Every so many frames no answer is given.
    forgets: Option<usize>,
    /// Every so many frames it hangs up instead of answering.
    hangs_up: Option<usize>,
    /// Asks each device for its time when it connects.
    asks: bool,
}

#[derive(Default)]
struct Seen {
    frames: AtomicUsize,
    answered: Mutex<BTreeSet<(String, String)>>,
    asked: Mutex<BTreeSet<String>>,
}

async fn centre(habits: Habits) -> (String, Arc<Seen>) {
    // Reads the keys before the first frame waits for its answer.
    opened(b"");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let seen = Arc::new(Seen::default());
    let shared = Arc::clone(&seen);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(serve(stream, habits, Arc::clone(&shared)));
        }
    });
    (address, seen)
}

async fn serve(mut stream: TcpStream, habits: Habits, seen: Arc<Seen>) -> Option<()> {
    let mut decoder = Decoder::default();
    let mut buffer = [0; 4096];
    let mut greeted = !habits.asks;
    loop {
        let read = stream.read(&mut buffer).await.ok().filter(|n| *n > 0)?;
        decoder.push(&buffer[..read]);
        let mut out = Vec::new();
        while let Some(item) = decoder.next_item() {
            let Item::Frame(frame) = item else { continue };
            let bytes = opened(frame.bytes);
            let frame = decode(&bytes);
            let header = frame.mended_header();
            let text =
                |field: Option<hj212::Text<'_>>| field.map_or_else(String::new, |t| t.to_str().into_owned());
            let (mn, pw, cn) = (text(header.mn), text(header.pw), text(header.cn));
            if cn == "1011" || cn == "9011" || cn == "9012" {
                seen.asked.lock().unwrap().insert(format!("{mn} {cn}"));
                continue;
            }
            if !greeted {
                greeted = true;
                let own = Identity::new(frame.edition(), "32", &pw, &mn);
                let mut host = hj212::dialogue::Host::new(hj212::dialogue::HostConfig::new(own));
                let (_, outputs) = host.request(Request::new("1011"), 1_700_000_000_000).unwrap();
                out.extend(outputs.into_iter().filter_map(|o| match o {
                    Output::Send(bytes) => Some(bytes),
                    Output::Event(_) => None,
                }));
            }
            let number = seen.frames.fetch_add(1, Ordering::Relaxed) + 1;
            let every = |n: Option<usize>| n.is_some_and(|n| number.is_multiple_of(n));
            if every(habits.hangs_up) {
                return None;
            }
            let Some(answer) = reply::reply_to(&frame).filter(|_| !every(habits.forgets)) else {
                continue;
            };
            seen.answered.lock().unwrap().insert((mn, text(header.qn)));
            out.push(answer.bytes);
        }
        for bytes in out {
            stream.write_all(&bytes).await.ok()?;
        }
    }
}

/// A clock that stands unless it is moved.
struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> UtcMs {
        UtcMs(self.0.load(Ordering::Relaxed))
    }
}

fn present() -> UtcMs {
    UtcMs::from_compact("20261124083000").unwrap()
}

fn district(points: usize) -> Simulation {
    let options = Options {
        points: Some(points),
        ..Options::watched_from(present())
    };
    Simulation::new(&chiping(), 7, present().plus_ms(-3_600_000), options).unwrap()
}

/// (MN, QN) of all that wants an answer before `until`.
fn due(points: usize, until: UtcMs) -> BTreeSet<(String, String)> {
    district(points)
        .take_while(|e| e.at < until)
        .filter(|e| e.answer && e.intent != Intent::BadCrc)
        .map(|e| (e.mn.to_string(), e.qn))
        .collect()
}

async fn play(habits: Habits, points: usize, until: UtcMs) -> (Statistics, Arc<Seen>) {
    let (server, seen) = centre(habits).await;
    // Short where answers are withheld; a centre that answers is not to be hurried by a loaded machine.
    let withholds = habits.forgets.is_some() || habits.hangs_up.is_some();
    let plan = Plan {
        patience: Patience {
            timeout_ms: if withholds { 80 } else { 10_000 },
            resends: 3,
        },
        ..Plan::as_fast_as_answered(server, until)
    };
    let clock = Arc::new(Hand(AtomicI64::new(present().0)));
    let progress = Arc::new(Progress::default());
    let played = drive(district(points), plan, clock, progress, std::future::pending());
    let statistics = tokio::time::timeout(Duration::from_secs(60), played)
        .await
        .unwrap()
        .unwrap();
    (statistics, seen)
}

#[tokio::test]
async fn a_good_centre_gets_everything_once_and_answers_it() {
    let until = present().plus_ms(-1_800_000);
    let (statistics, seen) = play(Habits::default(), 50, until).await;
    let due = due(50, until);
    assert_eq!(*seen.answered.lock().unwrap(), due);
    assert!(
        statistics.acknowledged >= due.len() as u64 && statistics.resent == 0,
        "{statistics:?}"
    );
    assert_eq!(statistics.given_up + statistics.overflowed, 0);
    // One connection for each device that has something to say.
    let talking: BTreeSet<_> = district(50).take_while(|e| e.at < until).map(|e| e.mn).collect();
    assert_eq!(statistics.connections, talking.len() as u64);
    assert!(statistics.p50 <= statistics.p99 && statistics.p99 > Duration::ZERO);
}

#[tokio::test]
async fn forgotten_answers_and_broken_lines_are_made_good() {
    let until = present().plus_ms(-2_400_000);
    for habits in [
        Habits {
            forgets: Some(7),
            ..Habits::default()
        },
        Habits {
            hangs_up: Some(11),
            ..Habits::default()
        },
    ] {
        let (statistics, seen) = play(habits, 8, until).await;
        assert_eq!(*seen.answered.lock().unwrap(), due(8, until));
        assert!(statistics.resent > 0, "{statistics:?}");
        assert_eq!(statistics.given_up, 0);
        if habits.hangs_up.is_some() {
            assert!(statistics.connections > 8, "{statistics:?}");
        }
    }
}

#[tokio::test]
async fn the_host_may_ask_a_device_for_its_time() {
    let until = present().plus_ms(-3_000_000);
    let (_, seen) = play(
        Habits {
            asks: true,
            ..Habits::default()
        },
        6,
        until,
    )
    .await;
    let asked = seen.asked.lock().unwrap();
    for cn in ["9011", "1011", "9012"] {
        let answers = asked.iter().filter(|a| a.ends_with(cn)).count();
        assert_eq!(answers, 6, "{cn}: {asked:?}");
    }
}

#[tokio::test]
async fn after_the_history_the_stream_keeps_pace_with_the_clock() {
    let (server, seen) = centre(Habits::default()).await;
    let clock = Arc::new(Hand(AtomicI64::new(present().0)));
    let fast_until = present().plus_ms(-2_400_000);
    let plan = Plan {
        fast_until,
        ..Plan::in_step(server, present())
    };
    let progress = Arc::new(Progress::default());
    let running = tokio::spawn(drive(
        district(6),
        plan,
        Arc::clone(&clock) as Arc<dyn Clock>,
        Arc::clone(&progress),
        std::future::pending(),
    ));
    let history = due(6, fast_until).len();
    let reached = async |count: usize| {
        for _ in 0..400 {
            if seen.answered.lock().unwrap().len() >= count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{} of {count}", seen.answered.lock().unwrap().len());
    };
    reached(history).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(
        seen.answered.lock().unwrap().len(),
        history,
        "the clock stands, so does the stream"
    );
    clock.0.fetch_add(600_000, Ordering::Relaxed);
    let later = due(6, fast_until.plus_ms(600_000)).len();
    assert!(later > history);
    reached(later).await;
    running.abort();
}

#[tokio::test]
async fn a_plan_that_cannot_be_carried_out_says_why() {
    let clock = Arc::new(Hand(AtomicI64::new(present().0)));
    let run = |plan: Plan| {
        drive(
            district(6),
            plan,
            Arc::clone(&clock) as Arc<dyn Clock>,
            Arc::default(),
            std::future::pending(),
        )
    };
    let plan = Plan::in_step("127.0.0.1:1", present());
    let few = run(Plan {
        max_connections: 5,
        ..plan.clone()
    })
    .await;
    assert_eq!(few, Err(DriveError::Connections { devices: 6, limit: 5 }));
    assert_eq!(
        run(Plan {
            speed: -1.0,
            ..plan.clone()
        })
        .await,
        Err(DriveError::Speed)
    );
    assert_eq!(
        run(Plan {
            speed: f64::NAN,
            ..plan
        })
        .await,
        Err(DriveError::Speed)
    );
}
