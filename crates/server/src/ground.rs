//! The district on the ground: its area and its rivers, from the map of the profile.

use geo::{Polygons, RiverGraph};
use model::profile::Profile;

/// Layer with the district's area.
const AREA: &str = "district";
/// Layer with the rivers, drawn in flow order.
const RIVERS: &str = "rivers";
/// Ends of reaches nearer than this meet, metres.
const SNAP_M: f64 = 200.0;

/// The district's area and rivers.
#[derive(Debug, Default)]
pub(crate) struct Ground {
    pub(crate) area: Option<Polygons>,
    pub(crate) rivers: RiverGraph,
    /// 示意: the rivers are drawn, not surveyed.
    pub(crate) rivers_schematic: bool,
}

impl Ground {
    /// From the map of a profile; a layer that does not read is left out and logged.
    pub(crate) fn new(profile: &Profile) -> Self {
        let told =
            |name: &str, error: geo::GeoError| tracing::warn!(layer = name, %error, "map layer left out");
        let area = profile.map.get(AREA).and_then(|text| {
            let read = Polygons::from_geojson(text, "zh").map_err(|e| told(AREA, e)).ok();
            read.filter(|a| a.bounds().is_some())
        });
        let rivers = profile.map.get(RIVERS).and_then(|text| {
            RiverGraph::from_geojson(text, "zh", SNAP_M)
                .map_err(|e| told(RIVERS, e))
                .ok()
        });
        let schematic = profile.map.get(RIVERS).and_then(|text| {
            let head: serde_json::Value = serde_json::from_str(text).ok()?;
            head.get("schematic")?.as_bool()
        });
        Self {
            area,
            rivers: rivers.unwrap_or_default(),
            rivers_schematic: schematic.unwrap_or(false),
        }
    }
}
