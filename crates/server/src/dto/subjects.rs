//! Subjects: rows of the list, the full picture of one.

use model::ids::{SubjectCode, SubjectId, UnitCode};
use model::observation::Statistic;
use model::subject::SubjectKind;
use model::time::Grain;
use serde::{Deserialize, Serialize};
use store::subjects::SubjectState as StoreState;
use utoipa::{IntoParams, ToSchema};

use super::alarms::AlarmView;
use super::common::{Stamp, SubjectRef};
use super::devices::DeviceView;

/// How a subject stands: the first condition that holds, in the order written here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SubjectState {
    /// 超标: an exceedance alarm is active.
    Exceeding,
    /// 断线: none of its devices was heard in time.
    Silent,
    /// 预警: a warning or constant-value alarm is active.
    Warning,
    /// 无数据: nothing was ever received.
    Unknown,
    /// 正常
    Normal,
}

macro_rules! same_states {
    ($($name:ident),*) => {
        impl From<StoreState> for SubjectState {
            fn from(state: StoreState) -> Self {
                match state { $(StoreState::$name => Self::$name,)* }
            }
        }
        impl From<SubjectState> for StoreState {
            fn from(state: SubjectState) -> Self {
                match state { $(SubjectState::$name => Self::$name,)* }
            }
        }
    };
}
same_states!(Exceeding, Silent, Warning, Unknown, Normal);

/// The one value that stands for a subject in a list or on the map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Headline {
    /// Factor code; null where the value is an index or a class.
    pub factor: Option<String>,
    /// What it is in words, e.g. `二氧化硫 折算`.
    pub label: String,
    /// English words.
    pub label_en: String,
    /// The value.
    pub value: Option<String>,
    /// Unit.
    pub unit: String,
    /// Limit it is compared with.
    pub limit: Option<String>,
    /// Water class, `I` to `V` or `劣V`.
    pub class: Option<String>,
    /// AQI.
    pub aqi: Option<i64>,
    /// AQI level 1 to 6.
    pub level: Option<i64>,
    /// Time of the data.
    pub time: Option<Stamp>,
}

/// A row of the list of subjects.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SubjectRow {
    /// Row.
    #[schema(value_type = i64)]
    pub id: SubjectId,
    /// Stable code.
    #[schema(value_type = String)]
    pub code: SubjectCode,
    /// Kind.
    pub kind: SubjectKind,
    /// Chinese name.
    pub zh: String,
    /// English name, empty where there is none.
    pub en: String,
    /// Responsible unit.
    #[schema(value_type = Option<String>)]
    pub unit: Option<UnitCode>,
    /// The firm of an outlet and the like.
    pub parent: Option<SubjectRef>,
    /// Longitude, CGCS2000 degrees.
    pub lon: Option<f64>,
    /// Latitude, CGCS2000 degrees.
    pub lat: Option<f64>,
    /// 演示
    pub demo: bool,
    /// 示意
    pub schematic: bool,
    /// State.
    pub state: SubjectState,
    /// Whether a device of the subject sent something lately; null where it has no device.
    pub online: Option<bool>,
    /// Time of the newest value.
    pub last_time: Option<Stamp>,
    /// Alarms not closed.
    pub alarms: i64,
    /// Headline value; null where there is none.
    pub headline: Option<Headline>,
}

/// A limit as the profile sets it, with its ground.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LimitView {
    /// Factor.
    pub factor: String,
    /// Chinese name of the factor.
    pub name_zh: String,
    /// English name of the factor.
    pub name_en: String,
    /// Legal averaging period.
    pub grain: Grain,
    /// Statistic compared.
    #[schema(value_type = String)]
    pub statistic: Statistic,
    /// Upper limit.
    pub max: Option<String>,
    /// Lower limit.
    pub min: Option<String>,
    /// Unit.
    pub unit: String,
    /// Reference oxygen content, percent.
    pub o2_ref: Option<String>,
    /// Standard.
    pub standard: String,
    /// Edition.
    pub edition: String,
    /// Clause or table.
    pub clause: String,
    /// Why it applies.
    pub reason: String,
    /// A, B, C or U: how sure the figure is. C and U are shown as unverified.
    pub confidence: String,
}

/// Newest value of a series.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LatestValue {
    /// Row of the series.
    pub series: i64,
    /// Factor.
    pub factor: String,
    /// Chinese name.
    pub name_zh: String,
    /// English name.
    pub name_en: String,
    /// Unit; empty where it is not known.
    pub unit: String,
    /// Statistic, HJ 212 field name.
    #[schema(value_type = String)]
    pub statistic: Statistic,
    /// Period length.
    pub grain: Grain,
    /// Value; null is missing, never zero.
    pub value: Option<String>,
    /// Text where the field is text.
    pub text: Option<String>,
    /// Device flag.
    pub flag: Option<String>,
    /// Start of the period.
    pub time: Stamp,
    /// Limit of this very statistic and period, where there is one.
    pub limit: Option<String>,
    /// Whether the value is beyond the limit; null where there is none or the value is missing.
    pub exceed: Option<bool>,
}

/// Everything about one subject.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SubjectDetail {
    /// The row of the list.
    #[serde(flatten)]
    pub row: SubjectRow,
    /// Further facts by kind.
    #[schema(value_type = Object)]
    pub attrs: serde_json::Map<String, serde_json::Value>,
    /// Outlets of a firm and the like.
    pub children: Vec<SubjectRef>,
    /// Limits it is judged by.
    pub limits: Vec<LimitView>,
    /// Devices that measure it.
    pub devices: Vec<DeviceView>,
    /// Newest value of each series.
    pub latest: Vec<LatestValue>,
    /// Alarms not closed, newest first.
    pub open_alarms: Vec<AlarmView>,
}

/// Filters of the list of subjects.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SubjectQuery {
    /// Kinds, separated by commas.
    #[param(example = "gas_outlet,water_outlet")]
    pub kind: Option<String>,
    /// State.
    pub state: Option<SubjectState>,
    /// Responsible unit.
    pub unit: Option<String>,
    /// Belonging to this firm.
    pub parent: Option<i64>,
    /// Whether online.
    pub online: Option<bool>,
    /// AQI level 1 to 6 of the newest judgement.
    pub level: Option<i64>,
    /// Water class of the newest judgement, `I` to `V` or `劣V`.
    pub class: Option<String>,
    /// Only simulated, or only real ones.
    pub demo: Option<bool>,
    /// Part of the name or the code.
    pub q: Option<String>,
    /// Page, from 1.
    pub page: Option<u32>,
    /// Rows a page, 1 to 200.
    pub page_size: Option<u32>,
    /// `code`, `zh`, `kind`, `state`, `last_time`, `alarms`, with `-` for descending; `code` when absent.
    pub sort: Option<String>,
}
