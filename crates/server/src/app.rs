//! What the binary hands to the server, and the hooks through which other rooms show their figures.

use std::sync::Arc;

use hj212::cipher::KeyRing;
use ledger::Ledger;
use model::profile::Profile;
use model::time::Clock;
use plan::systems::Coverage;
use progress::Progress;
use store::Store;
use tokio::sync::Notify;

use crate::live::Hub;

/// A figure of another room, as `/metrics` and `/api/v1/system` show it.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Prometheus name without the `huanshu_` prefix, e.g. `gateway_connections`.
    pub name: &'static str,
    /// What it counts, in English.
    pub help: &'static str,
    /// Whether it only grows.
    pub counter: bool,
    /// The figure.
    pub value: f64,
}

/// A room with figures (gateway, applier, evaluation). Asked at each scrape: must be quick and must not block.
pub trait MetricsSource: Send + Sync {
    /// The figures now.
    fn samples(&self) -> Vec<Sample>;
}

/// How the server behaves.
#[derive(Clone)]
pub struct Options {
    /// Whether the demo is served: its logins are shown on the login page.
    pub demo: bool,
    /// Whether the cookie is marked `Secure`: set behind TLS, not on plain HTTP, where browsers would drop it.
    pub secure_cookies: bool,
    /// Whether the last address of `X-Forwarded-For` is the client's: only behind a proxy of one's own that sets it.
    pub trust_forwarded: bool,
    /// A session ends after this long without a request, ms.
    pub session_idle_ms: i64,
    /// A session ends after this long in any case, ms.
    pub session_absolute_ms: i64,
    /// Rooms with figures.
    pub sources: Vec<Arc<dyn MetricsSource>>,
    /// Told when a device was decided upon: whoever applies held frames waits on it.
    pub decided: Arc<Notify>,
    /// Keys of devices that encrypt their uploads: the lists of frames show what they say. Never shown themselves.
    pub keys: Arc<KeyRing>,
    /// The systems of the plan and what implements each.
    pub systems: Arc<Coverage>,
}

impl Default for Options {
    /// Two hours idle (a page with the live channel open is not idle), a day in all, plain HTTP.
    fn default() -> Self {
        Self {
            demo: false,
            secure_cookies: false,
            trust_forwarded: false,
            session_idle_ms: 2 * 3_600_000,
            session_absolute_ms: 24 * 3_600_000,
            sources: Vec::new(),
            decided: Arc::new(Notify::new()),
            keys: Arc::default(),
            systems: Arc::new(Coverage::new(&[])),
        }
    }
}

/// Everything the server works with.
#[derive(Clone)]
pub struct App {
    /// Data.
    pub store: Store,
    /// The plan and how it is followed, where the profile has one.
    pub plan: Option<Progress>,
    /// The kept registers.
    pub ledger: Ledger,
    /// The district.
    pub profile: Arc<Profile>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// The live channel.
    pub live: Hub,
    /// Behaviour.
    pub options: Options,
}
