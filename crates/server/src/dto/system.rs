//! The state of the program itself.

use serde::Serialize;
use utoipa::ToSchema;

use super::common::Stamp;

/// Figures for the person who looks after the machine.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SystemView {
    /// Version of the program.
    pub version: String,
    /// Present instant of the server.
    pub time: Stamp,
    /// `SQLite` or `PostgreSQL`.
    pub database: String,
    /// Version of the schema.
    pub schema_version: i64,
    /// Bytes of the raw log.
    pub rawlog_bytes: u64,
    /// Bytes of the raw log that are not applied yet.
    pub lag_bytes: u64,
    /// Listeners of the live channel.
    pub live_clients: usize,
    /// Jobs waiting.
    pub jobs_waiting: i64,
    /// Jobs that were given up.
    pub jobs_dead: i64,
    /// Periods waiting for evaluation.
    pub periods_waiting: i64,
    /// Subjects.
    pub subjects: i64,
    /// Devices.
    pub devices: i64,
    /// Frames archived today.
    pub frames_today: i64,
    /// Figures of the gateway and the applier, by name.
    pub gauges: std::collections::BTreeMap<String, f64>,
}

/// One check of the health page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct HealthCheck {
    /// `database`, `rawlog`, `applier`
    pub name: String,
    /// Whether it holds.
    pub ok: bool,
    /// What was found.
    pub note: String,
}

/// The health of the program; status 503 where one check fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Health {
    /// Whether all checks hold.
    pub ok: bool,
    /// The checks.
    pub checks: Vec<HealthCheck>,
}
