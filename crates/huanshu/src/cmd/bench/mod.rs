//! `huanshu bench [ID] [--write]`: measures on data made from a seed, several times, and can write the record of this
//! version. Benches are not tests: no figure fails anything.

mod registers;
mod tables;

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hj212::stream::{Limits, split};
use model::time::{Clock, UtcMs};
use plan::systems::Coverage;
use simulate::drive::{Plan, Progress, drive};
use simulate::{Options, Simulation};

use crate::clock::SystemClock;
use crate::cmd::serve::runtime;
use crate::fail::{Failure, Outcome};
use crate::node::{Node, Settings};
use crate::{definitions, profiles};

/// Runs of each figure.
const RUNS: usize = 5;

/// Simulated time whose frames are decoded and uploaded.
const SPAN_MS: i64 = 2 * 3_600_000;

/// Arguments.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// decode, upload; both where absent; registers, tables
    id: Option<String>,
    /// Write docs/benchmarks/<version>.md
    #[arg(long)]
    write: bool,
}

pub(super) struct Figure {
    id: &'static str,
    what: String,
    unit: &'static str,
    values: Vec<f64>,
}

impl Figure {
    pub(super) fn new(id: &'static str, what: String, unit: &'static str, values: Vec<f64>) -> Self {
        Self {
            id,
            what,
            unit,
            values,
        }
    }

    fn row(&self) -> String {
        let mut sorted = self.values.clone();
        sorted.sort_by(f64::total_cmp);
        let at = |i: usize| sorted.get(i).copied().unwrap_or(f64::NAN);
        let (low, mid, high) = (at(0), at(sorted.len() / 2), at(sorted.len().saturating_sub(1)));
        let show = |v: f64| {
            if v < 100.0 {
                format!("{v:.1}")
            } else {
                format!("{v:.0}")
            }
        };
        format!(
            "| {} | {} | {} | {} | {} | {} |",
            self.id,
            self.what,
            show(low),
            show(mid),
            show(high),
            self.unit
        )
    }
}

/// Runs.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let wanted = |id: &str| arguments.id.as_deref().is_none_or(|w| w == id);
    let mut figures = Vec::new();
    if wanted("decode") {
        figures.extend(decode()?);
    }
    if wanted("upload") {
        figures.extend(runtime()?.block_on(upload())?);
    }
    // Filling databases takes minutes, so it is asked for by name.
    if arguments.id.as_deref() == Some("registers") {
        figures.extend(runtime()?.block_on(registers::registers())?);
    }
    if arguments.id.as_deref() == Some("tables") {
        figures.extend(runtime()?.block_on(tables::tables())?);
    }
    if figures.is_empty() {
        return Err(Failure::new(
            "没有该项测速,可用:decode、upload、registers、tables",
            "no such bench; known are decode, upload, registers, tables",
        ));
    }
    let mut table = String::from("| id | what | min | median | max | unit |\n|---|---|---|---|---|---|\n");
    for figure in &figures {
        writeln!(table, "{}", figure.row())?;
    }
    print!("{table}");
    if arguments.write {
        let version = env!("CARGO_PKG_VERSION");
        let folder = Path::new("docs/benchmarks");
        std::fs::create_dir_all(folder).map_err(|e| Failure::file(folder, &e))?;
        let path = folder.join(format!("{version}.md"));
        let cpus = std::thread::available_parallelism().map_or(0, usize::from);
        let text = format!(
            "# Benchmarks of {version}\n\nCommand: `huanshu bench --write` (release build), {cpus} cores, {RUNS} runs each; \
             other work may share the machine, so read ratios rather than figures.\n\n{table}"
        );
        std::fs::write(&path, text).map_err(|e| Failure::file(&path, &e))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn frames(start: UtcMs, span_ms: i64) -> Result<Vec<Vec<u8>>, Failure> {
    let profile = profiles::load(None)?;
    let simulation = Simulation::new(&profile, 1, start, Options::watched_from(start))?;
    Ok(simulation
        .take_while(|e| e.at.0 < start.0 + span_ms)
        .map(|e| e.bytes)
        .collect())
}

fn decode() -> Result<Vec<Figure>, Failure> {
    let start = UtcMs::from_compact("20261101000000").unwrap_or_default();
    let frames = frames(start, SPAN_MS)?;
    let stream: Vec<u8> = frames.concat();
    let (mut whole, mut cut, mut megabytes) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let began = Instant::now();
        let mut items = 0;
        for frame in &frames {
            let decoded = hj212::decode(frame);
            items += decoded.items().count();
        }
        let seconds = began.elapsed().as_secs_f64();
        std::hint::black_box(items);
        whole.push(frames.len() as f64 / seconds);
        let began = Instant::now();
        let mut found = 0;
        for item in split(&stream, Limits::default()) {
            found += hj212::decode(item.bytes()).items().count();
        }
        std::hint::black_box(found);
        let seconds = began.elapsed().as_secs_f64();
        cut.push(frames.len() as f64 / seconds);
        megabytes.push(stream.len() as f64 / seconds / 1e6);
    }
    let mean = stream.len() / frames.len().max(1);
    Ok(vec![
        Figure {
            id: "P1",
            what: format!("decode whole frames of {mean} bytes on average, CRC checked, all items walked"),
            unit: "frames/s",
            values: whole,
        },
        Figure {
            id: "P1",
            what: "the same as one stream, cut and decoded".to_owned(),
            unit: "frames/s",
            values: cut,
        },
        Figure {
            id: "P1",
            what: "the same".to_owned(),
            unit: "MB/s",
            values: megabytes,
        },
    ])
}

async fn upload() -> Result<Vec<Figure>, Failure> {
    let (mut rates, mut p50, mut p99) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..RUNS {
        let data = std::env::temp_dir().join(format!("huanshu-bench-{}-{run}", std::process::id()));
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let profile = profiles::load(None)?;
        let any = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
        let node = Node::start(Settings {
            data: &data,
            database: None,
            profile: profile.clone(),
            registers: definitions::load(None, None)?,
            plan: None,
            http: any,
            hj212: any,
            accept_unknown: true,
            demo: true,
            coverage: Coverage::default(),
            clock: Arc::clone(&clock),
        })
        .await?;
        let end = clock.now();
        let start = end.plus_ms(-SPAN_MS);
        let options = Options {
            realtime_from: start,
            faults: false,
            story: false,
            ..Options::watched_from(end)
        };
        let simulation = Simulation::new(&profile, 1, start, options)?;
        let plan = Plan::as_fast_as_answered(node.hj212.to_string(), end);
        let began = Instant::now();
        let s = drive(
            simulation,
            plan,
            clock,
            Arc::new(Progress::default()),
            std::future::pending(),
        )
        .await?;
        let seconds = began.elapsed().max(Duration::from_millis(1)).as_secs_f64();
        rates.push(s.acknowledged as f64 / seconds);
        p50.push(s.p50.as_secs_f64() * 1e6);
        p99.push(s.p99.as_secs_f64() * 1e6);
        node.stop().await;
        let _ = std::fs::remove_dir_all(&data);
    }
    Ok(vec![
        Figure {
            id: "P2",
            what: "gateway with the demo cast: sent, durable, answered; simulator in the same process"
                .to_owned(),
            unit: "frames/s",
            values: rates,
        },
        Figure {
            id: "P2",
            what: "answer p50".to_owned(),
            unit: "µs",
            values: p50,
        },
        Figure {
            id: "P2",
            what: "answer p99".to_owned(),
            unit: "µs",
            values: p99,
        },
    ])
}
