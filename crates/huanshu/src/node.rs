//! A running node: store, gateway, applier, evaluation, detection and server, wired together and stopped in order.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use detect::detector::Detector;
use detect::policy::Policy;
use evaluate::engine::Engine;
use hj212::cipher::{Key, KeyRing};
use ingest::Answerer;
use ingest::applier::Applier;
use ingest::gateway::Gateway;
use ingest::stats::Stats;
use ledger::Ledger;
use model::profile::Profile;
use model::role::Role;
use model::time::Clock;
use plan::systems::Coverage;
use progress::Progress;
use registers::library::Library;
use server::live::Hub;
use server::{App, MetricsSource, Options, Sample};
use store::apply::UnknownPolicy;
use store::people::users::NewUser;
use store::{Page, Store};
use tokio::net::TcpListener;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinHandle;

use crate::fail::Failure;
use crate::pipeline::{OUTCOMES_WAITING, Pipeline};
use crate::plans::Plan;

/// What runs in a node, by name.
pub(crate) const TASKS: [&str; 5] = ["http", "gateway", "applier", "registers", "pipeline"];

/// How a node is started.
pub(crate) struct Settings<'a> {
    /// Data folder.
    pub data: &'a Path,
    /// Database, the embedded one where absent.
    pub database: Option<&'a str>,
    /// The district.
    pub profile: Profile,
    /// The definitions of the kept registers.
    pub registers: Arc<Library>,
    /// The plan, where the profile has one.
    pub plan: Option<Plan>,
    /// Where pages and API are served.
    pub http: SocketAddr,
    /// Where field units connect.
    pub hj212: SocketAddr,
    /// Unknown devices are registered provisionally.
    pub accept_unknown: bool,
    /// The demonstration: its logins exist and are shown.
    pub demo: bool,
    /// The systems of the plan and what implements each.
    pub coverage: Coverage,
    /// The present.
    pub clock: Arc<dyn Clock>,
}

/// A node that runs.
pub(crate) struct Node {
    /// Where pages and API are served, with the real port.
    pub http: SocketAddr,
    /// Where field units connect, with the real port.
    pub hj212: SocketAddr,
    stop: watch::Sender<bool>,
    tasks: Vec<(&'static str, JoinHandle<()>)>,
    store: Store,
}

struct GatewayFigures(Arc<Stats>);

impl MetricsSource for GatewayFigures {
    fn samples(&self) -> Vec<Sample> {
        self.0
            .all()
            .into_iter()
            .map(|(name, help, gauge, value)| Sample {
                name,
                help,
                counter: !gauge,
                value: display(value),
            })
            .collect()
    }
}

fn display(value: u64) -> f64 {
    // Counters beyond 2^53 are centuries away.
    value as f64
}

impl Node {
    /// Starts everything; both addresses are bound before it returns.
    pub(crate) async fn start(settings: Settings<'_>) -> Result<Self, Failure> {
        let http_listener = bind(settings.http, "--http").await?;
        let hj212_listener = bind(settings.hj212, "--hj212").await?;
        let store = Store::open(settings.database, settings.data).await?;
        let recovery = store.log().recovery();
        tracing::info!(?recovery, engine = ?store.db().engine(), "store opened");
        let clock = settings.clock;
        let clock_of_registers = Arc::clone(&clock);
        let profile = Arc::new(settings.profile);
        let ledger = Ledger::new(store.clone(), settings.registers, &profile.units);
        ledger.settle(clock.now()).await?;
        ledger.put_subjects(&profile.subjects).await?;
        store.put_devices(&profile.devices).await?;
        if settings.demo {
            server::accounts::put_demo_users(&store.people(), &profile.users, clock.now()).await?;
        }
        if settings.demo {
            let seeded = ledger.seed_demo(clock.now()).await?;
            tracing::info!(seeded, "demonstration records");
        }
        let imported = ledger.import_subjects(&profile.subjects, clock.now()).await?;
        tracing::info!(imported, "subjects of the profile that got a record");
        let plan = match settings.plan {
            Some(plan) => {
                let progress = Progress::new(ledger.clone(), plan.facts, plan.follow, &profile.units);
                if let Some(demo) = plan.demo.filter(|_| settings.demo) {
                    let seeded = progress.seed_demo(&demo, clock.now()).await?;
                    tracing::info!(seeded, "simulated course of the plan");
                }
                Some(progress)
            }
            None => None,
        };
        // The first list of each register then finds its view in memory.
        ledger.refresh().await?;
        if plan.is_some() {
            // Nobody waits for it.
            tokio::task::spawn_blocking(crate::fonts::tell);
        }
        first_administrator(&store, settings.demo, clock.as_ref()).await?;

        let (stop, stopping) = watch::channel(false);
        let decided = Arc::new(Notify::new());
        let stats = Arc::new(Stats::default());
        let live = Hub::new();
        let (outcomes, applied) = mpsc::channel(OUTCOMES_WAITING);
        let policy = if settings.accept_unknown {
            UnknownPolicy::Accept
        } else {
            UnknownPolicy::Hold
        };

        let keyed = profile.devices.iter().filter_map(|device| {
            let key = Key::new(device.sm4_key.as_ref()?.bytes());
            Some((device.mn.as_str(), key))
        });
        let keys: Arc<KeyRing> = Arc::new(keyed.collect());
        let answerer = Arc::new(Answerer::new(&profile.devices, Arc::clone(&keys)));
        let gateway = Gateway::new(
            store.log().clone(),
            answerer,
            Arc::clone(&clock),
            Arc::clone(&stats),
        );
        let applier = Applier::new(
            store.clone(),
            store.log().clone(),
            policy,
            Arc::clone(&keys),
            Arc::clone(&stats),
            Arc::clone(&decided),
            outcomes,
        );
        let pipeline = Pipeline {
            engine: Engine::new(store.clone(), &profile.limits),
            detector: Detector::new(store.clone(), Policy::built_in()?, &profile.limits),
            live: live.clone(),
            clock: Arc::clone(&clock),
        };
        let app = App {
            store: store.clone(),
            ledger: ledger.clone(),
            plan: plan.clone(),
            profile,
            clock,
            live,
            options: Options {
                demo: settings.demo,
                sources: vec![Arc::new(GatewayFigures(stats))],
                decided,
                keys,
                systems: Arc::new(settings.coverage),
                ..Options::default()
            },
        };
        let http = http_listener.local_addr()?;
        let hj212 = hj212_listener.local_addr()?;
        let mut web_stop = stopping.clone();
        let web = async move {
            let stopped = async move {
                let _ = web_stop.wait_for(|stop| *stop).await;
            };
            if let Err(error) = server::serve(http_listener, app, stopped).await {
                tracing::error!(%error, "the HTTP server ended");
            }
        };
        let running = [
            tokio::spawn(web),
            tokio::spawn(gateway.serve(hj212_listener, stopping.clone())),
            tokio::spawn(applier.run(stopping.clone())),
            tokio::spawn(sweep(
                ledger,
                plan,
                Arc::clone(&clock_of_registers),
                stopping.clone(),
            )),
            tokio::spawn(pipeline.run(applied, stopping)),
        ];
        let tasks = TASKS.into_iter().zip(running).collect();
        Ok(Self {
            http,
            hj212,
            stop,
            tasks,
            store,
        })
    }

    /// Stops in order: no new bytes, what is logged is applied, what is applied is judged.
    pub(crate) async fn stop(self) {
        self.stop.send_replace(true);
        for (name, task) in self.tasks {
            if let Err(error) = task.await {
                tracing::error!(task = name, %error, "a task ended badly");
            }
        }
        self.store.db().close().await;
    }
}

/// How often the registers look whether a new day has begun.
const SWEEP_EVERY: std::time::Duration = std::time::Duration::from_secs(600);

/// What the day brings to the plan: rounds, comparisons, notices.
async fn sweep_plan(plan: Option<&Progress>, clock: &dyn Clock) {
    let Some(plan) = plan else { return };
    match plan.sweep(clock.now()).await {
        Ok(swept) if swept.quiet() => {}
        Ok(swept) => tracing::info!(?swept, "the day's rounds and notices of the plan"),
        Err(error) => tracing::warn!(%error, "the plan's sweep failed and is tried again"),
    }
}

/// Lets the day's deadlines begin, its rounds of dispatch open and units be told, until told to stop.
async fn sweep(
    ledger: Ledger,
    plan: Option<Progress>,
    clock: Arc<dyn Clock>,
    mut stopping: watch::Receiver<bool>,
) {
    // Deadlines were settled at the start; what units are told was not.
    sweep_plan(plan.as_ref(), clock.as_ref()).await;
    loop {
        tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(SWEEP_EVERY) => {}
        }
        if let Err(error) = ledger.sweep(clock.now()).await {
            tracing::warn!(%error, "the registers' sweep failed and is tried again");
        }
        match ledger.collect_attachments(clock.now()).await {
            Ok(0) => {}
            Ok(gone) => tracing::info!(gone, "attachments that no record named were removed"),
            Err(error) => tracing::warn!(%error, "collecting attachments failed and is tried again"),
        }
        sweep_plan(plan.as_ref(), clock.as_ref()).await;
    }
}

async fn bind(address: SocketAddr, option: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        Failure::new(
            format!("无法监听 {address}:{error};请用 {option} 换一个地址"),
            format!("cannot listen on {address}: {error}; choose another address with {option}"),
        )
    })
}

/// A node nobody can log in to gets an administrator with a random password, told once.
async fn first_administrator(store: &Store, demo: bool, clock: &dyn Clock) -> Result<(), Failure> {
    let people = store.people();
    let known = people
        .users(Some(Role::Administrator), "", Page::default())
        .await?;
    // Users that only carry API tokens cannot log in.
    if demo || known.items.iter().any(|user| !user.login.starts_with("token-")) {
        return Ok(());
    }
    let password = server::secrets::random_token()?;
    let new = NewUser {
        login: "admin".to_owned(),
        name: "系统管理员".to_owned(),
        role: Role::Administrator,
        unit: None,
        firm: None,
        password: server::secrets::hash_password(&password)?,
        demo: false,
    };
    if people.create_user(&new, clock.now()).await?.is_some() {
        eprintln!("首个管理员 / first administrator: login admin, password {password}");
        eprintln!("请登录后立即修改密码 / change the password after the first login");
    }
    Ok(())
}
