//! Polygons and lines read from GeoJSON (RFC 7946), and whether a point lies inside.

use geojson::{Feature, GeoJson, GeometryValue};

use crate::coord::LonLat;
use crate::measure::{Bounds, area_m2};

/// GeoJSON that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GeoError {
    /// Not GeoJSON.
    #[error("不是有效的 GeoJSON / not valid GeoJSON: {0}")]
    Syntax(String),
    /// A position that is not two finite degrees on the globe.
    #[error("第 {feature} 个要素的坐标无效 / feature {feature} has an impossible position")]
    Position {
        /// Number of the feature, from 1.
        feature: usize,
    },
    /// A collection of geometries, or none.
    #[error("第 {feature} 个要素须为点、线或面 / feature {feature} must be points, lines or areas")]
    Kind {
        /// Number of the feature, from 1.
        feature: usize,
    },
}

/// A polygon: outer ring first, then holes. Empty rings are possible and contain nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Polygon {
    rings: Vec<Vec<LonLat>>,
    bounds: Option<Bounds>,
}

impl Polygon {
    /// From rings: outer first, then holes.
    pub fn new(rings: Vec<Vec<LonLat>>) -> Self {
        let bounds = Bounds::of(rings.iter().flatten().copied());
        Self { rings, bounds }
    }

    /// Its rings: outer first, then holes.
    pub fn rings(&self) -> &[Vec<LonLat>] {
        &self.rings
    }

    /// Box around it; `None` where it has no points.
    pub fn bounds(&self) -> Option<Bounds> {
        self.bounds
    }

    /// Whether the point lies inside, by the even-odd rule over all rings (so holes are outside). A point exactly on
    /// an edge falls to one side of two polygons that share the edge, never to both.
    pub fn contains(&self, p: LonLat) -> bool {
        self.bounds.is_some_and(|b| b.contains(p))
            && self.rings.iter().filter(|r| crosses(r, p)).count() % 2 == 1
    }

    /// Area, m²: outer ring less holes.
    pub fn area_m2(&self) -> f64 {
        let mut areas = self.rings.iter().map(|r| area_m2(r));
        let outer = areas.next().unwrap_or(0.0);
        outer - areas.sum::<f64>()
    }
}

/// Whether a ray to the east from `p` crosses the ring an odd number of times.
pub(crate) fn crosses(ring: &[LonLat], p: LonLat) -> bool {
    let next = ring.iter().cycle().skip(1);
    ring.iter()
        .zip(next)
        .filter(|(a, b)| {
            (a.lat > p.lat) != (b.lat > p.lat)
                && p.lon < (b.lon - a.lon) * (p.lat - a.lat) / (b.lat - a.lat) + a.lon
        })
        .count()
        % 2
        == 1
}

/// All polygons of a layer, each with a label from its properties.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Polygons {
    items: Vec<(String, Polygon)>,
}

impl Polygons {
    /// Every Polygon and MultiPolygon of the GeoJSON text; `label` names the property that becomes the label (empty
    /// where a feature lacks it). Other geometries are passed over.
    pub fn from_geojson(text: &str, label: &str) -> Result<Self, GeoError> {
        let mut items = Vec::new();
        for (feature, name, geometry) in geometries(text, label)? {
            let many = match geometry {
                GeometryValue::Polygon { coordinates } => vec![coordinates],
                GeometryValue::MultiPolygon { coordinates } => coordinates,
                _ => continue,
            };
            for rings in many {
                let rings: Result<_, _> = rings.iter().map(|r| positions(r, feature)).collect();
                items.push((name.clone(), Polygon::new(rings?)));
            }
        }
        Ok(Self { items })
    }

    /// From labelled polygons.
    pub fn new(items: Vec<(String, Polygon)>) -> Self {
        Self { items }
    }

    /// The polygons with their labels.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Polygon)> {
        self.items.iter().map(|(name, p)| (name.as_str(), p))
    }

    /// Label of the first polygon that holds the point.
    pub fn which(&self, p: LonLat) -> Option<&str> {
        self.iter()
            .find(|(_, polygon)| polygon.contains(p))
            .map(|(name, _)| name)
    }

    /// Whether any polygon holds the point.
    pub fn contain(&self, p: LonLat) -> bool {
        self.which(p).is_some()
    }

    /// Box around all.
    pub fn bounds(&self) -> Option<Bounds> {
        Bounds::of(
            self.items
                .iter()
                .flat_map(|(_, p)| p.rings.iter().flatten().copied()),
        )
    }
}

/// Every LineString and MultiLineString of the GeoJSON text with its label.
pub fn lines(text: &str, label: &str) -> Result<Vec<(String, Vec<LonLat>)>, GeoError> {
    let mut found = Vec::new();
    for (feature, name, geometry) in geometries(text, label)? {
        let many = match geometry {
            GeometryValue::LineString { coordinates } => vec![coordinates],
            GeometryValue::MultiLineString { coordinates } => coordinates,
            _ => continue,
        };
        for line in many {
            found.push((name.clone(), positions(&line, feature)?));
        }
    }
    Ok(found)
}

fn geometries(text: &str, label: &str) -> Result<Vec<(usize, String, GeometryValue)>, GeoError> {
    let parsed: GeoJson = text
        .parse()
        .map_err(|e: geojson::Error| GeoError::Syntax(e.to_string()))?;
    let features = match parsed {
        GeoJson::FeatureCollection(collection) => collection.features,
        GeoJson::Feature(feature) => vec![feature],
        GeoJson::Geometry(geometry) => vec![Feature::from(geometry)],
    };
    let mut found = Vec::new();
    for (index, feature) in features.into_iter().enumerate() {
        let name = feature
            .property(label)
            .and_then(|v| v.as_str())
            .unwrap_or_default()
            .to_owned();
        if let Some(geometry) = feature.geometry {
            found.push((index + 1, name, geometry.value));
        }
    }
    Ok(found)
}

fn positions(line: &[geojson::Position], feature: usize) -> Result<Vec<LonLat>, GeoError> {
    line.iter()
        .map(|position| {
            let mut parts = position.as_slice().iter().copied();
            let point = LonLat::new(parts.next().unwrap_or(f64::NAN), parts.next().unwrap_or(f64::NAN));
            point
                .is_valid()
                .then_some(point)
                .ok_or(GeoError::Position { feature })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOLED: &str = r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"zh":"方"},"geometry":{"type":"Polygon","coordinates":[
            [[0,0],[10,0],[10,10],[0,10],[0,0]],[[4,4],[6,4],[6,6],[4,6],[4,4]]]}},
        {"type":"Feature","properties":{"zh":"邻"},"geometry":{"type":"MultiPolygon","coordinates":[
            [[[10,0],[20,0],[20,10],[10,10],[10,0]]]]}},
        {"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1,1]}},
        {"type":"Feature","properties":{},"geometry":null}]}"#;

    #[test]
    fn holes_are_outside_and_shared_edges_belong_to_one() {
        let layer = Polygons::from_geojson(HOLED, "zh").unwrap();
        assert_eq!(layer.iter().count(), 2);
        assert_eq!(layer.which(LonLat::new(1.0, 1.0)), Some("方"));
        assert_eq!(layer.which(LonLat::new(5.0, 5.0)), None);
        assert_eq!(layer.which(LonLat::new(15.0, 5.0)), Some("邻"));
        assert_eq!(layer.which(LonLat::new(21.0, 5.0)), None);
        let edge = LonLat::new(10.0, 5.0);
        assert_eq!(layer.iter().filter(|(_, p)| p.contains(edge)).count(), 1);
        let holed = layer.iter().next().unwrap().1;
        let solid = Polygon::new(vec![holed.rings[0].clone()]);
        assert!(holed.area_m2() < solid.area_m2());
        assert!(!Polygon::new(Vec::new()).contains(edge));
    }

    #[test]
    fn bad_text_says_where() {
        assert!(matches!(
            Polygons::from_geojson("{", "zh"),
            Err(GeoError::Syntax(_))
        ));
        let wild = r#"{"type":"Feature","properties":null,"geometry":{"type":"LineString","coordinates":[[0,0],[500,1]]}}"#;
        assert!(matches!(
            lines(wild, "zh"),
            Err(GeoError::Position { feature: 1 })
        ));
    }
}
