//! The figures of detection: `data/policy.toml`. They are the project's own, not law, and a bureau may set others.

use model::time::Grain;
use rust_decimal::Decimal;
use serde::Deserialize;

/// The figures that come with the program.
const BUILT_IN: &str = include_str!("../data/policy.toml");

/// From which multiple on an exceedance has a grade.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradeStep {
    /// (value − limit) / limit
    pub at_least: Decimal,
    /// 1 is the most serious
    pub grade: i32,
}

/// How far apart two occurrences of one event may lie, minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Merge {
    realtime_min: i64,
    minute_min: i64,
    hour_min: i64,
    day_min: i64,
}

/// Real-time warnings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Warning {
    /// Minutes without a value beyond the limit until it clears.
    pub clears_min: i64,
}

/// Constant values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Constant {
    /// Hours in a row with the same value.
    pub hours: usize,
    /// Its grade.
    pub grade: i32,
}

/// Silent devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Silence {
    /// Its grade.
    pub grade: i32,
    /// Minutes after which it is more serious.
    pub serious_after_min: i64,
    /// Its grade then.
    pub serious_grade: i32,
}

/// All figures.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Grades, the largest multiple first.
    #[serde(rename = "grade")]
    pub grades: Vec<GradeStep>,
    /// Merging.
    pub merge: Merge,
    /// Warnings.
    pub warning: Warning,
    /// Constant values.
    pub constant: Constant,
    /// Silence.
    pub silence: Silence,
}

impl Policy {
    /// The figures that come with the program.
    pub fn built_in() -> Result<Self, toml::de::Error> {
        toml::from_str(BUILT_IN)
    }

    /// Grade of a multiple; the mildest where there is none (pH, oxygen).
    pub fn grade(&self, multiple: Option<Decimal>) -> i32 {
        let multiple = multiple.unwrap_or_default();
        self.grades
            .iter()
            .find(|step| multiple >= step.at_least)
            .map_or(3, |step| step.grade)
    }

    /// How far apart occurrences of one event may lie, milliseconds.
    pub fn merge_gap_ms(&self, grain: Option<Grain>) -> i64 {
        let minutes = match grain {
            None | Some(Grain::Realtime) => self.merge.realtime_min,
            Some(Grain::Minute) => self.merge.minute_min,
            Some(Grain::Hour) => self.merge.hour_min,
            Some(Grain::Day | Grain::Month | Grain::Year) => self.merge.day_min,
        };
        minutes.saturating_mul(60_000)
    }
}
