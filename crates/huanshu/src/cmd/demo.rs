//! `huanshu demo`: a district to look at. An embedded database, the simulated cast with some days of history, and the
//! server, in one process; the data folder is thrown away at the end unless one was named.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use model::profile::Profile;
use model::time::Clock;
use simulate::drive::{Plan, Progress, drive};
use simulate::{Options, Simulation};

use crate::clock::SystemClock;
use crate::cmd::serve::{runtime, start_log, stop_signal};
use crate::fail::{Failure, Outcome};
use crate::node::{Node, Settings};
use crate::{definitions, plans, profiles};

/// Longest history that is played before the pages are worth looking at.
const MAX_DAYS: u32 = 31;

/// Arguments.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Data folder, kept afterwards; a temporary one where absent
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Database, the embedded one where absent
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Profile folder; the built-in district where absent
    #[arg(long, value_name = "DIR")]
    profile: Option<PathBuf>,
    /// Folder with register definitions beside the built-in ones; a file of the same name takes the built-in one's place
    #[arg(long, value_name = "DIR")]
    registers: Option<PathBuf>,
    /// Address of the pages and the API
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8212")]
    http: SocketAddr,
    /// Address of the HJ 212 gateway
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:9212")]
    hj212: SocketAddr,
    /// Same seed, same day
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Days of history
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(0..=i64::from(MAX_DAYS)))]
    days: u32,
}

/// A folder that goes with the process.
struct Folder {
    path: PathBuf,
    temporary: bool,
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.temporary {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

fn folder(named: Option<PathBuf>) -> Folder {
    if let Some(path) = named {
        return Folder {
            path,
            temporary: false,
        };
    }
    let name = format!("huanshu-demo-{}", std::process::id());
    Folder {
        path: std::env::temp_dir().join(name),
        temporary: true,
    }
}

/// Runs until Ctrl-C or SIGTERM.
pub(crate) fn run(arguments: Arguments) -> Outcome {
    if std::env::var_os("RUST_LOG").is_some() {
        start_log();
    }
    let profile = profiles::load(arguments.profile.as_deref())?;
    let registers = definitions::load(arguments.registers.as_deref(), arguments.profile.as_deref())?;
    let plan = plans::load(arguments.profile.as_deref(), &profile)?;
    let data = folder(arguments.data.clone());
    runtime()?.block_on(show(arguments, profile, registers, plan, &data.path))
}

async fn show(
    arguments: Arguments,
    profile: Profile,
    registers: Arc<definitions::Library>,
    plan: Option<plans::Plan>,
    data: &Path,
) -> Outcome {
    let clock = Arc::new(SystemClock);
    let node = Node::start(Settings {
        data,
        database: arguments.database.as_deref(),
        profile: profile.clone(),
        registers: Arc::clone(&registers),
        plan,
        http: arguments.http,
        hj212: arguments.hj212,
        accept_unknown: false,
        demo: true,
        coverage: definitions::coverage(&registers),
        clock: Arc::clone(&clock) as Arc<dyn Clock>,
    })
    .await?;
    greet(&profile, node.http, node.hj212);

    let present = clock.now();
    let start = present.plus_ms(-i64::from(arguments.days) * 86_400_000);
    let simulation = Simulation::new(&profile, arguments.seed, start, Options::watched_from(present))?;
    let plan = Plan::in_step(node.hj212.to_string(), present);
    let progress = Arc::new(Progress::default());
    let (stop, mut stopped) = tokio::sync::watch::channel(false);
    let played = tokio::spawn({
        let progress = Arc::clone(&progress);
        async move {
            let stop = async move {
                let _ = stopped.wait_for(|stop| *stop).await;
            };
            drive(simulation, plan, clock, progress, stop).await
        }
    });
    tokio::select! {
        () = stop_signal() => {}
        () = tell(&progress) => {}
    }
    stop.send_replace(true);
    match played.await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => return Err(error.into()),
        Err(error) => return Err(Failure::new("模拟器意外结束", error)),
    }
    node.stop().await;
    println!("演示结束 / the demonstration has ended");
    Ok(ExitCode::SUCCESS)
}

fn greet(profile: &Profile, http: SocketAddr, hj212: SocketAddr) {
    println!();
    println!("  环枢 Huanshu · {} · 演示 demonstration", profile.district.zh);
    println!();
    println!("  网页 pages     http://{http}");
    println!("  公众 public    http://{http}/public");
    println!("  HJ 212         {hj212}");
    println!();
    println!("  登录 logins:");
    for user in &profile.users {
        println!("    {:<14} {:<22} {}", user.login, user.password, user.name);
    }
    println!();
    println!("  数据均为模拟 all data are simulated · Ctrl-C 结束 ends it");
    println!();
}

/// Shows how the history fills in, then how the day goes on. Never ends by itself.
async fn tell(progress: &Progress) {
    loop {
        tokio::time::sleep(std::time::Duration::from_secs(5)).await;
        let s = progress.snapshot();
        println!(
            "  已上传 sent {}  已应答 answered {}  重发 resent {}  应答时间 answer p50 {:?} p99 {:?}",
            s.sent, s.acknowledged, s.resent, s.p50, s.p99
        );
    }
}
