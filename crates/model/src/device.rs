//! Devices (现场机) that speak HJ 212, and the frames they sent.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::{Mn, SubjectId};
use crate::time::UtcMs;

/// Whether a device's data are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeviceState {
    /// 待批准: unknown MN; frames are archived and held in quarantine until somebody decides.
    Pending,
    /// 临时: registered by `--accept-unknown-devices`; data are applied.
    Provisional,
    /// 已批准
    Approved,
    /// 已拒绝: frames go to quarantine.
    Refused,
}

impl DeviceState {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Provisional, Self::Approved, Self::Refused];

    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Provisional => "provisional",
            Self::Approved => "approved",
            Self::Refused => "refused",
        }
    }

    /// By stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }

    /// Whether readings of such a device reach the observations.
    pub fn applies(self) -> bool {
        matches!(self, Self::Provisional | Self::Approved)
    }
}

/// A known or knocking device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Device {
    /// Its mark.
    pub mn: Mn,
    /// Whether its data are applied.
    pub state: DeviceState,
    /// What it measures.
    pub subject: Option<SubjectId>,
    /// ST it sends, as text.
    pub st: Option<String>,
    /// First frame seen.
    pub first_seen: Option<UtcMs>,
    /// Last frame seen.
    pub last_seen: Option<UtcMs>,
    /// Frames archived.
    pub frames: i64,
    /// 演示
    pub demo: bool,
}

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FrameState {
    /// Applied.
    Stored,
    /// The same frame had been stored before; nothing changed.
    Duplicate,
    /// Unusable; kept with its diagnosis.
    Quarantined,
}

impl FrameState {
    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Duplicate => "duplicate",
            Self::Quarantined => "quarantined",
        }
    }

    /// By stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Stored, Self::Duplicate, Self::Quarantined]
            .into_iter()
            .find(|s| s.name() == name)
    }
}
