//! Plays a simulation over TCP: one connection for each device, answers awaited, silence answered by sending again,
//! broken lines mended. History runs as fast as answers come, then the stream keeps pace with the clock.

mod line;
mod statistics;

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hj212::dialogue::Patience;
use model::ids::Mn;
use model::time::{Clock, UtcMs};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

pub use statistics::{Progress, Statistics};

use crate::cast::Player;
use crate::simulation::{Emission, Simulation};
use line::{Line, Shared};

/// Emissions that may wait for one device: an hour of real-time values while its line is down.
const QUEUE: usize = 64;
/// Lines that may be connecting at the same time, so that ten thousand loggers do not knock at once.
const CONNECTING: usize = 64;
/// Longest single sleep of the pace keeper: a clock that is set forward is noticed within this.
const NAP: Duration = Duration::from_secs(1);

/// How to play.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where the centre listens, `host:port`.
    pub server: String,
    /// Emissions before this moment are sent as fast as answers come.
    pub fast_until: UtcMs,
    /// Simulated seconds a second from then on; 0 goes on as fast as answers come.
    pub speed: f64,
    /// Emissions from this moment on are not sent: the run ends.
    pub until: Option<UtcMs>,
    /// Most connections at the same time.
    pub max_connections: usize,
    /// Timeout and resends of an upload.
    pub patience: Patience,
}

impl Plan {
    /// In step with the clock from `present` on, all history before it as fast as answers come.
    pub fn in_step(server: impl Into<String>, present: UtcMs) -> Self {
        Self {
            server: server.into(),
            fast_until: present,
            speed: 1.0,
            until: None,
            max_connections: 10_000,
            patience: Patience::MOBILE,
        }
    }

    /// Everything up to `until` as fast as answers come.
    pub fn as_fast_as_answered(server: impl Into<String>, until: UtcMs) -> Self {
        Self {
            speed: 0.0,
            until: Some(until),
            ..Self::in_step(server, until)
        }
    }
}

/// A plan that cannot be carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DriveError {
    /// More devices than connections allowed.
    #[error(
        "设备 {devices} 台，超过连接上限 {limit}，请减少点位或提高上限 / {devices} devices exceed {limit} connections; simulate fewer points or allow more"
    )]
    Connections {
        /// Devices of the simulation.
        devices: usize,
        /// What the plan allows.
        limit: usize,
    },
    /// A speed that is no number or negative.
    #[error("速度须为 0 或正数 / the speed must be 0 or positive")]
    Speed,
}

/// Plays until the plan's end or until `stop` is ready, then lets every line finish what is on its way, and gives the
/// figures. Dropping the future ends all lines at once.
pub async fn drive(
    simulation: Simulation,
    plan: Plan,
    clock: Arc<dyn Clock>,
    progress: Arc<Progress>,
    stop: impl Future<Output = ()>,
) -> Result<Statistics, DriveError> {
    let players: Vec<Player> = simulation.players().cloned().collect();
    if players.len() > plan.max_connections {
        return Err(DriveError::Connections {
            devices: players.len(),
            limit: plan.max_connections,
        });
    }
    if !(plan.speed >= 0.0 && plan.speed.is_finite()) {
        return Err(DriveError::Speed);
    }
    let shared = Arc::new(Shared {
        server: plan.server.clone(),
        patience: plan.patience,
        clock: Arc::clone(&clock),
        progress: Arc::clone(&progress),
        connecting: Semaphore::new(CONNECTING),
        began: tokio::time::Instant::now(),
    });
    let mut lines = JoinSet::new();
    let mut queues = BTreeMap::new();
    for player in players {
        let (queue, emissions) = mpsc::channel(QUEUE);
        queues.insert(player.mn.clone(), queue);
        lines.spawn(Line::new(player, Arc::clone(&shared)).run(emissions));
    }
    tokio::pin!(stop);
    tokio::select! {
        () = dispatch(simulation, &plan, clock.as_ref(), &queues, &progress) => {
            drop(queues);
            // What is queued is still sent, unless stopped.
            tokio::select! {
                () = async { while lines.join_next().await.is_some() {} } => {}
                () = &mut stop => {}
            }
        }
        () = &mut stop => {}
    }
    lines.shutdown().await;
    Ok(progress.snapshot())
}

async fn dispatch(
    simulation: Simulation,
    plan: &Plan,
    clock: &dyn Clock,
    queues: &BTreeMap<Mn, mpsc::Sender<Emission>>,
    progress: &Progress,
) {
    let began = clock.now();
    for emission in simulation {
        if plan.until.is_some_and(|until| emission.at >= until) {
            break;
        }
        let Some(queue) = queues.get(&emission.mn) else {
            continue;
        };
        let paced = plan.speed > 0.0 && emission.at >= plan.fast_until;
        if !paced {
            if queue.send(emission).await.is_err() {
                break;
            }
            continue;
        }
        keep_pace(&emission, plan, clock, began).await;
        match queue.try_send(emission) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => {
                progress.overflowed.fetch_add(1, Ordering::Relaxed);
            }
            Err(TrySendError::Closed(_)) => break,
        }
    }
}

/// Sleeps until the emission is due. The moment `fast_until` stands for the moment the run began, so that at speed 1
/// with `fast_until` = now the simulated time is the time.
async fn keep_pace(emission: &Emission, plan: &Plan, clock: &dyn Clock, began: UtcMs) {
    let simulated_ms = (emission.at.0 - plan.fast_until.0) as f64;
    loop {
        let passed_ms = (clock.now().0 - began.0) as f64;
        let wait_ms = simulated_ms / plan.speed - passed_ms;
        if wait_ms <= 0.0 {
            return;
        }
        tokio::time::sleep(Duration::from_secs_f64(wait_ms / 1000.0).min(NAP)).await;
    }
}
