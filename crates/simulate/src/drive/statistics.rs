//! What came of driving: counts and latencies, readable while it runs.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hdrhistogram::Histogram;

/// Counts and latencies at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Emissions written to a line at least once.
    pub sent: u64,
    /// Emissions that were answered.
    pub acknowledged: u64,
    /// Frames written again after silence or a broken line.
    pub resent: u64,
    /// Emissions given up after all resends and reconnects.
    pub given_up: u64,
    /// Emissions lost because a device's queue was full while keeping pace.
    pub overflowed: u64,
    /// Connections made.
    pub connections: u64,
    /// Half of the answers came within this.
    pub p50: Duration,
    /// All but one in a hundred answers came within this.
    pub p99: Duration,
}

/// Shared counters of a run.
#[derive(Debug)]
pub struct Progress {
    pub(super) sent: AtomicU64,
    pub(super) acknowledged: AtomicU64,
    pub(super) resent: AtomicU64,
    pub(super) given_up: AtomicU64,
    pub(super) overflowed: AtomicU64,
    pub(super) connections: AtomicU64,
    latency_us: Mutex<Option<Histogram<u64>>>,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            sent: AtomicU64::default(),
            acknowledged: AtomicU64::default(),
            resent: AtomicU64::default(),
            given_up: AtomicU64::default(),
            overflowed: AtomicU64::default(),
            connections: AtomicU64::default(),
            // Two digits from 1 µs to ten minutes: about 20 kB. Fixed, valid figures, so it is always there.
            latency_us: Mutex::new(Histogram::new_with_bounds(1, 600_000_000, 2).ok()),
        }
    }
}

pub(super) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

impl Progress {
    pub(super) fn answered_after(&self, wait: Duration) {
        count(&self.acknowledged);
        let micros = u64::try_from(wait.as_micros()).unwrap_or(u64::MAX);
        if let Some(latency) = self
            .latency_us
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_mut()
        {
            latency.saturating_record(micros);
        }
    }

    /// The figures of now.
    pub fn snapshot(&self) -> Statistics {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let latency = self.latency_us.lock().unwrap_or_else(PoisonError::into_inner);
        let quantile = |q: f64| {
            latency
                .as_ref()
                .map_or(Duration::ZERO, |l| Duration::from_micros(l.value_at_quantile(q)))
        };
        Statistics {
            sent: read(&self.sent),
            acknowledged: read(&self.acknowledged),
            resent: read(&self.resent),
            given_up: read(&self.given_up),
            overflowed: read(&self.overflowed),
            connections: read(&self.connections),
            p50: quantile(0.5),
            p99: quantile(0.99),
        }
    }
}
