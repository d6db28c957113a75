//! `huanshu serve`: the API, the pages and the HJ 212 gateway, until it is told to stop.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use crate::clock::SystemClock;
use crate::fail::{Failure, Outcome};
use crate::node::{Node, Settings};
use crate::{definitions, plans, profiles};

/// Arguments.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Data folder; made where it is missing
    #[arg(long, value_name = "DIR", env = "HUANSHU_DATA")]
    pub data: PathBuf,
    /// Database: postgres://user:password@host/name; an embedded one in the data folder where absent
    #[arg(long, value_name = "URL", env = "HUANSHU_DATABASE")]
    pub database: Option<String>,
    /// Profile folder; the built-in district where absent
    #[arg(long, value_name = "DIR")]
    pub profile: Option<PathBuf>,
    /// Folder with register definitions beside the built-in ones; a file of the same name takes the built-in one's place
    #[arg(long, value_name = "DIR")]
    pub registers: Option<PathBuf>,
    /// Address of the pages and the API
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8212")]
    pub http: SocketAddr,
    /// Address of the HJ 212 gateway
    #[arg(long, value_name = "ADDR", default_value = "0.0.0.0:9212")]
    pub hj212: SocketAddr,
    /// Register unknown devices provisionally and apply their data
    #[arg(long)]
    pub accept_unknown_devices: bool,
}

/// Runs until Ctrl-C or SIGTERM.
pub(crate) fn run(arguments: Arguments) -> Outcome {
    start_log();
    let profile = profiles::load(arguments.profile.as_deref())?;
    let registers = definitions::load(arguments.registers.as_deref(), arguments.profile.as_deref())?;
    let coverage = definitions::coverage(&registers);
    let plan = plans::load(arguments.profile.as_deref(), &profile)?;
    runtime()?.block_on(async move {
        let node = Node::start(Settings {
            data: &arguments.data,
            database: arguments.database.as_deref(),
            profile,
            registers,
            plan,
            http: arguments.http,
            hj212: arguments.hj212,
            accept_unknown: arguments.accept_unknown_devices,
            demo: false,
            coverage,
            clock: Arc::new(SystemClock),
        })
        .await?;
        println!("环枢 Huanshu: http://{}  HJ 212: {}", node.http, node.hj212);
        stop_signal().await;
        node.stop().await;
        Ok(ExitCode::SUCCESS)
    })
}

/// Logs to the standard error output; `RUST_LOG` chooses.
pub(crate) fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    // A second start in one process keeps the first.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init();
}

/// The runtime of all commands that wait.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// Resolves at Ctrl-C or SIGTERM.
pub(crate) async fn stop_signal() {
    let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(signal) => signal,
        Err(error) => {
            tracing::warn!(%error, "no handler for SIGTERM");
            let _ = tokio::signal::ctrl_c().await;
            return;
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
