//! Figures of the gateway and the applier, for `/metrics` and the system page.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

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
    /// Frames applied to the store.
    pub frames_applied: Figure,
    /// Of these, duplicates.
    pub frames_duplicate: Figure,
    /// Of these, quarantined.
    pub frames_quarantined: Figure,
    /// Values written or changed.
    pub values: Figure,
    /// Records in the log that wait to be applied.
    pub lag: Figure,
    /// Failed transactions of the applier.
    pub apply_failures: Figure,
    ends: Mutex<BTreeMap<&'static str, u64>>,
}

impl Stats {
    /// Counts the end of a connection by its reason.
    pub fn connection_ended(&self, reason: &'static str) {
        if let Ok(mut ends) = self.ends.lock() {
            *ends.entry(reason).or_default() += 1;
        }
    }

    /// `(name, help, gauge?, value)` of each figure, for a metrics page.
    pub fn all(&self) -> Vec<(&'static str, &'static str, bool, u64)> {
        vec![
            (
                "huanshu_gateway_connections",
                "Open HJ 212 connections",
                true,
                self.connections.get(),
            ),
            (
                "huanshu_gateway_connections_refused_total",
                "Connections refused because all places were taken",
                false,
                self.refused_connections.get(),
            ),
            (
                "huanshu_gateway_bytes_total",
                "Bytes received",
                false,
                self.bytes.get(),
            ),
            (
                "huanshu_gateway_frames_kept_total",
                "Frames made durable",
                false,
                self.frames_kept.get(),
            ),
            (
                "huanshu_gateway_frames_not_kept_total",
                "Frames that could not be made durable and were not answered",
                false,
                self.frames_not_kept.get(),
            ),
            (
                "huanshu_gateway_answers_total",
                "Answers sent",
                false,
                self.answers.get(),
            ),
            (
                "huanshu_apply_frames_total",
                "Frames applied",
                false,
                self.frames_applied.get(),
            ),
            (
                "huanshu_apply_duplicates_total",
                "Frames seen before",
                false,
                self.frames_duplicate.get(),
            ),
            (
                "huanshu_apply_quarantined_total",
                "Frames quarantined",
                false,
                self.frames_quarantined.get(),
            ),
            (
                "huanshu_apply_values_total",
                "Values written or changed",
                false,
                self.values.get(),
            ),
            (
                "huanshu_apply_lag_records",
                "Log records that wait to be applied",
                true,
                self.lag.get(),
            ),
            (
                "huanshu_apply_failures_total",
                "Failed transactions",
                false,
                self.apply_failures.get(),
            ),
        ]
    }

    /// Ended connections by reason.
    pub fn ends(&self) -> BTreeMap<&'static str, u64> {
        self.ends.lock().map(|ends| ends.clone()).unwrap_or_default()
    }
}
