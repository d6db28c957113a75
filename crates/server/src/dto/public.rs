//! What citizens see without a login: air stations and water sections, from the judgements in force.

use model::ids::{JudgementId, SubjectCode, SubjectId};
use serde::Serialize;
use utoipa::ToSchema;

use super::common::Stamp;

/// A pollutant's concentration and its individual index.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Pollutant {
    /// Name as the judgement gives it, e.g. `PM2.5`.
    pub name: String,
    /// Concentration.
    pub value: Option<String>,
    /// Unit.
    pub unit: String,
    /// IAQI; null where it has none.
    pub iaqi: Option<i64>,
}

/// An AQI of a period.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AqiView {
    /// Start of the period.
    pub time: Stamp,
    /// AQI; null where it cannot be decided.
    pub aqi: Option<i64>,
    /// Level 1 to 6.
    pub level: Option<i64>,
    /// 优, 良 …
    pub category: Option<String>,
    /// Keys of the primary pollutants, e.g. `pm25_1h`; empty at AQI 50 and below.
    pub primary: Vec<String>,
    /// Concentrations and indices.
    pub pollutants: Vec<Pollutant>,
    /// The judgement in words, e.g. why it cannot be decided.
    pub conclusion: super::common::Bilingual,
    /// The judgement that explains it.
    #[schema(value_type = i64)]
    pub judgement: JudgementId,
}

/// A station.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AirStation {
    /// Row.
    #[schema(value_type = i64)]
    pub id: SubjectId,
    /// Stable code.
    #[schema(value_type = String)]
    pub code: SubjectCode,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Longitude.
    pub lon: Option<f64>,
    /// Latitude.
    pub lat: Option<f64>,
    /// 示意
    pub schematic: bool,
    /// 演示
    pub demo: bool,
    /// Newest hour; null where there is none.
    pub hour: Option<AqiView>,
    /// Newest whole day; null where there is none.
    pub day: Option<AqiView>,
}

/// Air quality.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicAir {
    /// When this was put together.
    pub time: Stamp,
    /// Stations.
    pub items: Vec<AirStation>,
    /// 演示: at least one of them is simulated.
    pub demo: bool,
}

/// An item that decides a class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MainPollutant {
    /// Key, e.g. `codmn`.
    pub item: String,
    /// Chinese name.
    pub zh: String,
    /// Multiple beyond the limit; null where it has none (pH, dissolved oxygen).
    pub multiple: Option<String>,
}

/// A class of a period.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WaterClassView {
    /// Start of the period.
    pub time: Stamp,
    /// `I` to `V` or `劣V`; null where it cannot be decided.
    pub class: Option<String>,
    /// 优, 良好, 轻度污染 …
    pub grade: Option<String>,
    /// Items that decide it, in the order the judgement names them.
    pub main_pollutants: Vec<MainPollutant>,
    /// Target class of the section, `I` to `V`.
    pub target: Option<String>,
    /// The judgement in words.
    pub conclusion: super::common::Bilingual,
    /// The judgement that explains it.
    #[schema(value_type = i64)]
    pub judgement: JudgementId,
}

/// A section.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WaterSection {
    /// Row.
    #[schema(value_type = i64)]
    pub id: SubjectId,
    /// Stable code.
    #[schema(value_type = String)]
    pub code: SubjectCode,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Water body.
    pub water_body: Option<String>,
    /// Longitude.
    pub lon: Option<f64>,
    /// Latitude.
    pub lat: Option<f64>,
    /// 示意
    pub schematic: bool,
    /// 演示
    pub demo: bool,
    /// Newest class; null where there is none.
    pub latest: Option<WaterClassView>,
}

/// Water quality.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicWater {
    /// When this was put together.
    pub time: Stamp,
    /// Sections.
    pub items: Vec<WaterSection>,
    /// 演示
    pub demo: bool,
}
