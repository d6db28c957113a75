//! Map layers and the subjects as points, as GeoJSON (RFC 7946), CGCS2000 degrees.

use model::ids::{SubjectCode, SubjectId};
use model::subject::SubjectKind;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::common::Stamp;
use super::subjects::SubjectState;

/// A layer of the district's map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LayerInfo {
    /// Name in the path.
    pub name: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// 示意: drawn, not surveyed.
    pub schematic: bool,
}

/// A GeoJSON FeatureCollection as the profile holds it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Layer {
    /// `FeatureCollection`
    #[serde(rename = "type")]
    pub kind: String,
    /// Features.
    #[schema(value_type = Vec<Object>)]
    pub features: serde_json::Value,
}

/// Filters of the points.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PointQuery {
    /// Kinds, separated by commas; all when absent.
    #[param(example = "gas_outlet,water_outlet")]
    pub kind: Option<String>,
    /// The map as it stood at this instant, not after the present; as it is when absent.
    #[param(value_type = Option<String>)]
    pub at: Option<Stamp>,
}

/// What a point says of its subject.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PointProperties {
    /// Row.
    #[schema(value_type = i64)]
    pub id: SubjectId,
    /// Stable code.
    #[schema(value_type = String)]
    pub code: SubjectCode,
    /// Kind.
    pub kind: SubjectKind,
    /// Chinese name.
    pub name: String,
    /// English name.
    pub name_en: String,
    /// Firm of an outlet.
    pub parent_name: Option<String>,
    /// State.
    pub state: SubjectState,
    /// Headline value.
    pub value: Option<String>,
    /// What the value is, e.g. `SO₂`.
    pub label: Option<String>,
    /// Unit of the value.
    pub unit: Option<String>,
    /// Time of the data.
    pub time: Option<Stamp>,
    /// AQI level 1 to 6.
    pub level: Option<i64>,
    /// Water class, `I` to `V` or `劣V`.
    pub class: Option<String>,
    /// AQI.
    pub aqi: Option<i64>,
    /// Alarms not closed (at an instant: begun before it and not closed by then); those of an outlet with a point of its own are not counted at its firm again.
    pub alarms: i64,
    /// 演示
    pub demo: bool,
    /// 示意
    pub schematic: bool,
}

/// `[lon, lat]`
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PointGeometry {
    /// `Point`
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// `[lon, lat]`
    pub coordinates: [f64; 2],
}

/// A subject on the map.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PointFeature {
    /// `Feature`
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Row of the subject.
    #[schema(value_type = i64)]
    pub id: SubjectId,
    /// Where it is.
    pub geometry: PointGeometry,
    /// What it says.
    pub properties: PointProperties,
}

/// The subjects that have a place. Subjects without coordinates stand in the list only.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PointCollection {
    /// `FeatureCollection`
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The instant asked for; absent for the present.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Stamp>,
    /// Start of the last hour that had ended at that instant; absent for the present.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hour: Option<Stamp>,
    /// Points.
    pub features: Vec<PointFeature>,
}
