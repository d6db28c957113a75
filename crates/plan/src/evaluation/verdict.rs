//! Verdicts by stated rules: binding indicators strictly, expected ones by progress, tasks by state and dates.

use serde::Serialize;

use crate::facts::Force;
use crate::indicators::{IndicatorState, Kind};
use crate::tasks::{Status, TaskInput, TaskState};
use crate::words::Light;

/// Verdict of an indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IndicatorVerdict {
    /// 完成: the target is reached.
    Met,
    /// 保持: what is to be kept is kept.
    Kept,
    /// 基本完成: an expected indicator close to its target in the target year.
    Nearly,
    /// 符合进度
    OnCourse,
    /// 轻微滞后
    SlightlyBehind,
    /// 滞后
    Behind,
    /// 未完成: the target year is over.
    Missed,
    /// 无法判定: no value.
    Undecided,
    /// 待下达
    Awaiting,
}

impl IndicatorVerdict {
    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Met => "完成",
            Self::Kept => "保持",
            Self::Nearly => "基本完成",
            Self::OnCourse => "符合进度",
            Self::SlightlyBehind => "轻微滞后",
            Self::Behind => "滞后",
            Self::Missed => "未完成",
            Self::Undecided => "无法判定",
            Self::Awaiting => "目标待下达",
        }
    }

    /// English name.
    pub fn en(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Kept => "kept",
            Self::Nearly => "nearly met",
            Self::OnCourse => "on course",
            Self::SlightlyBehind => "slightly behind",
            Self::Behind => "behind",
            Self::Missed => "missed",
            Self::Undecided => "cannot be judged",
            Self::Awaiting => "target to come",
        }
    }
}

pub(super) fn of_indicator(state: &IndicatorState, last: bool) -> IndicatorVerdict {
    let strict = state.force == Force::Binding;
    match (state.kind, state.reached, state.light) {
        (Kind::Awaiting, ..) => IndicatorVerdict::Awaiting,
        (_, _, Light::Grey) | (Kind::Keep, None, _) => IndicatorVerdict::Undecided,
        (Kind::Keep, Some(true), _) => IndicatorVerdict::Kept,
        (_, Some(true), _) => IndicatorVerdict::Met,
        (Kind::Keep, Some(false), _) => IndicatorVerdict::Missed,
        (Kind::Towards | Kind::Cumulative, _, Light::Green) if last && !strict => IndicatorVerdict::Nearly,
        (_, Some(false), _) if last => IndicatorVerdict::Missed,
        (_, _, Light::Green) => IndicatorVerdict::OnCourse,
        (_, _, Light::Yellow) => IndicatorVerdict::SlightlyBehind,
        (_, _, Light::Red) => IndicatorVerdict::Behind,
    }
}

/// Verdict of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskVerdict {
    /// 已完成
    Done,
    /// 持续推进: a standing duty without an end, nothing late.
    Standing,
    /// 按期推进
    OnSchedule,
    /// 有风险
    AtRisk,
    /// 超期
    Late,
    /// 未完成: the plan's time is over.
    Unfinished,
    /// 无进展信息
    Unknown,
    /// 已终止
    Stopped,
}

impl TaskVerdict {
    /// All of them, in the order of a report.
    pub const ALL: [Self; 8] = [
        Self::Done,
        Self::Standing,
        Self::OnSchedule,
        Self::AtRisk,
        Self::Late,
        Self::Unfinished,
        Self::Unknown,
        Self::Stopped,
    ];

    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Done => "已完成",
            Self::Standing => "持续推进",
            Self::OnSchedule => "按期推进",
            Self::AtRisk => "有风险",
            Self::Late => "超期",
            Self::Unfinished => "未完成",
            Self::Unknown => "无进展信息",
            Self::Stopped => "已终止",
        }
    }

    /// English name.
    pub fn en(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Standing => "standing duty",
            Self::OnSchedule => "on schedule",
            Self::AtRisk => "at risk",
            Self::Late => "late",
            Self::Unfinished => "unfinished",
            Self::Unknown => "nothing known",
            Self::Stopped => "stopped",
        }
    }
}

pub(super) fn of_task(input: &TaskInput, state: &TaskState, last: bool) -> TaskVerdict {
    let dated = input.due.is_some()
        || input.targets.iter().any(|t| t.target.due.is_some())
        || input.measures.iter().any(|m| m.due.is_some())
        || input.milestones.iter().any(|m| m.due.is_some());
    match (state.status, state.light) {
        (Status::Done, _) => TaskVerdict::Done,
        (Status::Stopped, _) => TaskVerdict::Stopped,
        (_, Light::Grey) => TaskVerdict::Unknown,
        _ if last && dated => TaskVerdict::Unfinished,
        _ if state.late_days > 0 => TaskVerdict::Late,
        (_, Light::Red | Light::Yellow) => TaskVerdict::AtRisk,
        (_, Light::Green) if dated => TaskVerdict::OnSchedule,
        (_, Light::Green) => TaskVerdict::Standing,
    }
}
