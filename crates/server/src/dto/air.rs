//! Air between the stations: bands of an interpolation, as GeoJSON (RFC 7946), CGCS2000 degrees.

use serde::{Deserialize, Serialize};
use standards::air::iaqi::Item;
use utoipa::{IntoParams, ToSchema};

use super::common::{Bilingual, Stamp};

/// What is interpolated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AirFactor {
    /// 空气质量指数
    #[default]
    Aqi,
    /// 细颗粒物
    Pm25,
    /// 可吸入颗粒物
    Pm10,
    /// 二氧化硫
    So2,
    /// 二氧化氮
    No2,
    /// 臭氧
    O3,
    /// 一氧化碳
    Co,
}

impl AirFactor {
    /// The hourly item of HJ 633; `None` for the index itself.
    pub fn item(self) -> Option<Item> {
        Some(match self {
            Self::Aqi => return None,
            Self::Pm25 => Item::Pm25Hour,
            Self::Pm10 => Item::Pm10Hour,
            Self::So2 => Item::So2Hour,
            Self::No2 => Item::No2Hour,
            Self::O3 => Item::O3Hour,
            Self::Co => Item::CoHour,
        })
    }
}

/// Which air.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AirQuery {
    /// What is interpolated; the AQI when absent.
    pub factor: Option<AirFactor>,
    /// The last hour that had ended at this instant; the newest one with enough stations when absent.
    #[param(value_type = Option<String>)]
    pub at: Option<Stamp>,
}

/// A class with its range. A limit belongs to the class below it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AirClass {
    /// Level 1 to 6; null where the edition gives no index.
    pub level: Option<u8>,
    /// 优, 良 …
    pub names: Bilingual,
    /// The range begins above this value; null for the lowest class.
    pub above: Option<String>,
    /// The range ends with this value; null for the highest class.
    pub up_to: Option<String>,
}

/// Where the field lies in a class.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AirBand {
    /// `Feature`
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// A Polygon or MultiPolygon.
    #[schema(value_type = Object)]
    pub geometry: serde_json::Value,
    /// The class.
    pub properties: AirClass,
}

/// Bands of an hour, interpolated between stations by the inverse of the distance. Nothing is drawn outside of the
/// district or farther from every station than the reach.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AirBands {
    /// `FeatureCollection`
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Bands from the lowest class to the highest, those that occur.
    pub features: Vec<AirBand>,
    /// What is interpolated.
    pub factor: AirFactor,
    /// Its name.
    pub names: Bilingual,
    /// Its unit; empty for the index.
    pub unit: String,
    /// Start of the hour.
    pub hour: Stamp,
    /// Edition whose limits cut the bands.
    pub edition: String,
    /// All classes of that edition.
    pub classes: Vec<AirClass>,
    /// Stations with a valid value of the hour.
    pub stations: usize,
    /// Stations with a place.
    pub stations_total: usize,
    /// Stations needed.
    pub needed: usize,
    /// Farther from every station nothing is drawn, metres.
    pub reach_m: f64,
    /// Why there are no bands; null where there are.
    pub reason: Option<Bilingual>,
    /// 演示
    pub demo: bool,
}
