//! Figures of the gateway and the applier, for `/metrics` and the system page.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// A figure that goes up and, for gauges, down.
#[derive(Debug, Default)]
pub struct Figure(AtomicU64);

impl Figure {
    /// Up.
    pub fn add(&self, n: u64) {
        self.0.fetch_add(n, Ordering::Relaxed);
    }

    /// Down.
    pub fn sub(&self, n: u64) {
        self.0.fetch_sub(n, Ordering::Relaxed);
    }

    /// Sets a gauge.
    pub fn set(&self, n: u64) {
        self.0.store(n, Ordering::Relaxed);
    }

    /// Now.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// All figures of this room.
#[derive(Debug, Default)]
pub struct Stats {
    /// Open connections.
    pub connections: Figure,
    /// Connections refused because all places were taken.
    pub refused_connections: Figure,
    /// Bytes received.
    pub bytes: Figure,
    /// Frames (and junk) made durable.
    pub frames_kept: Figure,
    /// Frames that could not be made durable.
    pub frames_not_kept: Figure,
    /// Answers sent.
    pub answers: Figure,
    /// Durable frames that were not answered because the database was away.
    pub answers_withheld: Figure,
    /// Frames applied to the store.
    pub frames_applied: Figure,
    /// Of these, duplicates.
    pub frames_duplicate: Figure,
    /// Of these, quarantined.
    pub frames_quarantined: Figure,
    /// Values written or changed.
    pub values: Figure,
    /// Bytes of the raw log that wait to be applied.
    pub lag: Figure,
    /// Failed transactions of the applier.
    pub apply_failures: Figure,
    /// The last transaction failed for a reason that passes.
    apply_fails: AtomicBool,
    /// The last look at the database found nobody.
    unreachable: AtomicBool,
    ends: Mutex<BTreeMap<&'static str, u64>>,
}

impl Stats {
    /// Whether transactions fail now; told by the applier after each.
    pub fn set_apply_fails(&self, fails: bool) {
        self.apply_fails.store(fails, Ordering::Relaxed);
    }

    /// Whether the database answers now; told by the applier's regular look.
    pub fn set_unreachable(&self, unreachable: bool) {
        self.unreachable.store(unreachable, Ordering::Relaxed);
    }

    /// Whether the database is away: frames are kept but not answered while it is (ADR 0005).
    pub fn database_away(&self) -> bool {
        self.apply_fails.load(Ordering::Relaxed) || self.unreachable.load(Ordering::Relaxed)
    }

    /// Counts the end of a connection by its reason.
    pub fn connection_ended(&self, reason: &'static str) {
        if let Ok(mut ends) = self.ends.lock() {
            *ends.entry(reason).or_default() += 1;
        }
    }

    /// `(name, help, gauge?, value)` of each figure, for a metrics page, which puts the program's name before and `_total`
    /// behind.
    pub fn all(&self) -> Vec<(&'static str, &'static str, bool, u64)> {
        vec![
            (
                "gateway_connections",
                "Open HJ 212 connections",
                true,
                self.connections.get(),
            ),
            (
                "gateway_connections_refused",
                "Connections refused because all places were taken",
                false,
                self.refused_connections.get(),
            ),
            ("gateway_bytes", "Bytes received", false, self.bytes.get()),
            (
                "gateway_frames_kept",
                "Frames made durable",
                false,
                self.frames_kept.get(),
            ),
            (
                "gateway_frames_not_kept",
                "Frames that could not be made durable and were not answered",
                false,
                self.frames_not_kept.get(),
            ),
            ("gateway_answers", "Answers sent", false, self.answers.get()),
            (
                "gateway_answers_withheld",
                "Durable frames not answered because the database was away",
                false,
                self.answers_withheld.get(),
            ),
            ("apply_frames", "Frames applied", false, self.frames_applied.get()),
            (
                "apply_duplicates",
                "Frames seen before",
                false,
                self.frames_duplicate.get(),
            ),
            (
                "apply_quarantined",
                "Frames quarantined",
                false,
                self.frames_quarantined.get(),
            ),
            (
                "apply_values",
                "Values written or changed",
                false,
                self.values.get(),
            ),
            (
                "apply_lag_bytes",
                "Bytes of the raw log that wait to be applied",
                true,
                self.lag.get(),
            ),
            (
                "apply_failures",
                "Failed transactions",
                false,
                self.apply_failures.get(),
            ),
            (
                "database_away",
                "1 while the database cannot be reached or refuses transactions",
                true,
                u64::from(self.database_away()),
            ),
        ]
    }

    /// Ended connections by reason.
    pub fn ends(&self) -> BTreeMap<&'static str, u64> {
        self.ends.lock().map(|ends| ends.clone()).unwrap_or_default()
    }
}
