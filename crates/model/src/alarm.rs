//! Alarms (告警): one per event, merged, graded, acknowledged, commented, closed with a reason.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::{AlarmId, Factor, JudgementId, SubjectId};
use crate::time::{Grain, UtcMs};

/// What an alarm says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlarmKind {
    /// 超标: beyond a limit in the legal averaging period.
    Exceedance,
    /// 实时预警: a real-time or minute value beyond the limit; not a legal finding.
    Warning,
    /// 断线: nothing received for longer than allowed.
    Silence,
    /// 恒值: the same value for too long.
    Constant,
}

impl AlarmKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Exceedance, Self::Warning, Self::Silence, Self::Constant];

    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exceedance => "exceedance",
            Self::Warning => "warning",
            Self::Silence => "silence",
            Self::Constant => "constant",
        }
    }

    /// By stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.name() == name)
    }
}

/// Life of an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlarmState {
    /// 未确认
    Open,
    /// 已确认
    Acknowledged,
    /// 已关闭
    Closed,
}

impl AlarmState {
    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Acknowledged => "acknowledged",
            Self::Closed => "closed",
        }
    }

    /// By stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Open, Self::Acknowledged, Self::Closed]
            .into_iter()
            .find(|s| s.name() == name)
    }
}

/// Why an alarm was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// 已处置
    Handled,
    /// 误报
    FalseAlarm,
    /// 停产
    Shutdown,
    /// 维护校准
    Maintenance,
    /// 其他(须说明)
    Other,
}

impl CloseReason {
    /// All reasons.
    pub const ALL: [Self; 5] = [
        Self::Handled,
        Self::FalseAlarm,
        Self::Shutdown,
        Self::Maintenance,
        Self::Other,
    ];

    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Handled => "handled",
            Self::FalseAlarm => "false_alarm",
            Self::Shutdown => "shutdown",
            Self::Maintenance => "maintenance",
            Self::Other => "other",
        }
    }

    /// By stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.name() == name)
    }
}

/// One occurrence that raises or extends an alarm.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What it says.
    pub kind: AlarmKind,
    /// Of which subject.
    pub subject: SubjectId,
    /// Of which factor; `None` for silence.
    pub factor: Option<Factor>,
    /// Which period was judged; `None` for silence.
    pub grain: Option<Grain>,
    /// When it happened (start of the period).
    pub time: UtcMs,
    /// Grade 1 (most serious) to 3.
    pub grade: i32,
    /// Value found.
    pub value: Option<Decimal>,
    /// Limit compared with.
    pub limit: Option<Decimal>,
    /// (value − limit) / limit.
    pub multiple: Option<Decimal>,
    /// The judgement that explains it.
    pub judgement: Option<JudgementId>,
}

/// A stored alarm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Alarm {
    /// Row.
    pub id: AlarmId,
    /// What it says.
    pub kind: AlarmKind,
    /// Life.
    pub state: AlarmState,
    /// Of which subject.
    pub subject: SubjectId,
    /// Of which factor.
    pub factor: Option<Factor>,
    /// Period judged.
    pub grain: Option<Grain>,
    /// Grade 1 (most serious) to 3.
    pub grade: i32,
    /// First occurrence.
    pub first_time: UtcMs,
    /// Last occurrence.
    pub last_time: UtcMs,
    /// Occurrences merged.
    pub occurrences: i64,
    /// Whether the condition still holds (cleared alarms stay until closed).
    pub active: bool,
    /// Worst value.
    #[schema(value_type = Option<String>)]
    pub value: Option<Decimal>,
    /// Limit.
    #[schema(value_type = Option<String>)]
    pub limit: Option<Decimal>,
    /// Multiple of the worst value.
    #[schema(value_type = Option<String>)]
    pub multiple: Option<Decimal>,
    /// Judgement of the worst value.
    pub judgement: Option<JudgementId>,
    /// When it was raised.
    pub raised_at: UtcMs,
    /// When it was closed.
    pub closed_at: Option<UtcMs>,
    /// Why.
    pub close_reason: Option<CloseReason>,
    /// 演示
    pub demo: bool,
}
