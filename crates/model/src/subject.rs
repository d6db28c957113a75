//! Subjects (对象): anything supervised or measured, each of one kind, with place, responsible unit and history.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::{SubjectCode, SubjectId, UnitCode};

/// What kind of thing a subject is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// 企业
    Firm,
    /// 废气排口
    GasOutlet,
    /// 废水排口
    WaterOutlet,
    /// 空气站
    AirStation,
    /// 水质断面(自动站)
    WaterSection,
    /// 噪声点
    NoisePoint,
    /// 其他监测点
    OtherPoint,
}

impl SubjectKind {
    /// All kinds.
    pub const ALL: [Self; 7] = [
        Self::Firm,
        Self::GasOutlet,
        Self::WaterOutlet,
        Self::AirStation,
        Self::WaterSection,
        Self::NoisePoint,
        Self::OtherPoint,
    ];

    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Firm => "firm",
            Self::GasOutlet => "gas_outlet",
            Self::WaterOutlet => "water_outlet",
            Self::AirStation => "air_station",
            Self::WaterSection => "water_section",
            Self::NoisePoint => "noise_point",
            Self::OtherPoint => "other_point",
        }
    }

    /// By stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.name() == name)
    }

    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Firm => "企业",
            Self::GasOutlet => "废气排口",
            Self::WaterOutlet => "废水排口",
            Self::AirStation => "空气站",
            Self::WaterSection => "水质断面",
            Self::NoisePoint => "噪声点",
            Self::OtherPoint => "其他监测点",
        }
    }
}

/// A subject without its row: as the profile or a form gives it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubjectSpec {
    /// Stable code.
    pub code: SubjectCode,
    /// Kind.
    pub kind: SubjectKind,
    /// Chinese name.
    pub zh: String,
    /// English name, empty where there is none.
    #[serde(default)]
    pub en: String,
    /// The firm of an outlet and the like.
    #[serde(default)]
    pub parent: Option<SubjectCode>,
    /// Responsible unit (town or department).
    #[serde(default)]
    pub unit: Option<UnitCode>,
    /// Longitude, CGCS2000 degrees.
    #[serde(default)]
    pub lon: Option<f64>,
    /// Latitude, CGCS2000 degrees.
    #[serde(default)]
    pub lat: Option<f64>,
    /// 示意: the place is schematic, not surveyed.
    #[serde(default)]
    pub schematic: bool,
    /// 演示: the subject exists only for demonstration.
    #[serde(default)]
    pub demo: bool,
    /// Further facts by kind: industry, water body, target class, reference oxygen …
    #[serde(default)]
    #[schema(value_type = Object)]
    pub attrs: serde_json::Map<String, serde_json::Value>,
}

/// A stored subject.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Subject {
    /// Row.
    pub id: SubjectId,
    /// Its facts.
    #[serde(flatten)]
    pub spec: SubjectSpec,
}
