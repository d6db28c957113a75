//! The cockpit's figures. Every figure names the list it opens; the figure is that list's `total`.

use model::alarm::AlarmKind;
use serde::Serialize;
use utoipa::ToSchema;

use super::common::Stamp;
use super::public::{AirStation, WaterSection};

/// A count and the list it opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Figure {
    /// The count.
    pub value: i64,
    /// Path and filters of the list below `/api/v1`; the pages use the same path and filters.
    #[schema(example = "/alarms?state=open")]
    pub list: String,
}

/// Stations of one AQI level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LevelCount {
    /// Level 1 to 6.
    pub level: i64,
    /// How many.
    #[serde(flatten)]
    pub figure: Figure,
}

/// Sections of one water class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ClassCount {
    /// Class, `I` to `V` or `劣V`.
    pub class: String,
    /// How many.
    #[serde(flatten)]
    pub figure: Figure,
}

/// Alarms of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct KindCount {
    /// Kind.
    pub kind: AlarmKind,
    /// How many.
    #[serde(flatten)]
    pub figure: Figure,
}

/// Alarms of one grade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct GradeCount {
    /// Grade 1 to 3.
    pub grade: i32,
    /// How many.
    #[serde(flatten)]
    pub figure: Figure,
}

/// Air.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AirOverview {
    /// Stations with their newest hourly AQI.
    pub stations: Vec<AirStation>,
    /// By level.
    pub level_counts: Vec<LevelCount>,
}

/// Water.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WaterOverview {
    /// Sections with their newest class.
    pub sections: Vec<WaterSection>,
    /// By class.
    pub class_counts: Vec<ClassCount>,
}

/// Outlets that are watched online.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SourcesOverview {
    /// All.
    pub total: Figure,
    /// Sending.
    pub online: Figure,
    /// 超标
    pub exceeding: Figure,
    /// 预警
    pub warning: Figure,
    /// 断线
    pub silent: Figure,
}

/// Alarms that are open.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AlarmsOverview {
    /// All open.
    pub open: Figure,
    /// Of them, by kind.
    pub by_kind: Vec<KindCount>,
    /// Of them, by grade.
    pub by_grade: Vec<GradeCount>,
}

/// Frames of this civil day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FramesOverview {
    /// Archived today; null for callers who see only a part of the district.
    pub today: Option<i64>,
    /// Quarantined today; null for callers who may not read the quarantine.
    pub quarantined_today: Option<Figure>,
}

/// Devices.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DevicesOverview {
    /// All.
    pub total: Figure,
    /// Waiting for a decision.
    pub pending: Figure,
}

/// The cockpit's figures, within the caller's scope.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Overview {
    /// When they were counted.
    pub time: Stamp,
    /// Air.
    pub air: AirOverview,
    /// Water.
    pub water: WaterOverview,
    /// Outlets.
    pub sources: SourcesOverview,
    /// Alarms.
    pub alarms: AlarmsOverview,
    /// Frames.
    pub frames: FramesOverview,
    /// Devices.
    pub devices: DevicesOverview,
}
