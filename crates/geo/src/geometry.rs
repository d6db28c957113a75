//! Points, lines and areas as one value, read from and written as GeoJSON (RFC 7946).

use geojson::GeometryValue;
use serde_json::{Value, json};

use crate::coord::LonLat;
use crate::measure::{Bounds, length_m};
use crate::shape::{GeoError, Polygon};

/// What a feature or a record occupies; several parts are one thing.
#[derive(Clone, Debug, PartialEq)]
pub enum Geometry {
    /// Points.
    Points(Vec<LonLat>),
    /// Lines.
    Lines(Vec<Vec<LonLat>>),
    /// Areas.
    Areas(Vec<Polygon>),
}

impl Geometry {
    /// A single point.
    pub fn point(at: LonLat) -> Self {
        Self::Points(vec![at])
    }

    /// From a GeoJSON geometry. Every position must lie on the globe; `feature` is the number errors carry.
    pub fn from_geojson(value: &Value, feature: usize) -> Result<Self, GeoError> {
        let read: geojson::Geometry =
            serde_json::from_value(value.clone()).map_err(|e| GeoError::Syntax(e.to_string()))?;
        let geometry = Self::from_parsed(read.value).ok_or(GeoError::Kind { feature })?;
        if geometry.positions().any(|p| !p.is_valid()) {
            return Err(GeoError::Position { feature });
        }
        Ok(geometry)
    }

    /// From a parsed geometry, positions unchecked; `None` for collections.
    pub(crate) fn from_parsed(value: GeometryValue) -> Option<Self> {
        let line = |l: Vec<geojson::Position>| l.iter().map(position).collect::<Vec<_>>();
        let polygon =
            |rings: Vec<Vec<geojson::Position>>| Polygon::new(rings.into_iter().map(line).collect());
        Some(match value {
            GeometryValue::Point { coordinates } => Self::Points(vec![position(&coordinates)]),
            GeometryValue::MultiPoint { coordinates } => Self::Points(line(coordinates)),
            GeometryValue::LineString { coordinates } => Self::Lines(vec![line(coordinates)]),
            GeometryValue::MultiLineString { coordinates } => {
                Self::Lines(coordinates.into_iter().map(line).collect())
            }
            GeometryValue::Polygon { coordinates } => Self::Areas(vec![polygon(coordinates)]),
            GeometryValue::MultiPolygon { coordinates } => {
                Self::Areas(coordinates.into_iter().map(polygon).collect())
            }
            GeometryValue::GeometryCollection { .. } => return None,
        })
    }

    /// As a GeoJSON geometry: one part as `Point`, `LineString`, `Polygon`, several as their `Multi…`.
    pub fn to_geojson(&self) -> Value {
        let line = |l: &Vec<LonLat>| json!(l.iter().map(|p| [p.lon, p.lat]).collect::<Vec<_>>());
        let area = |p: &Polygon| json!(p.rings().iter().map(line).collect::<Vec<_>>());
        let (one, many, mut parts): (_, _, Vec<Value>) = match self {
            Self::Points(points) => (
                "Point",
                "MultiPoint",
                points.iter().map(|p| json!([p.lon, p.lat])).collect(),
            ),
            Self::Lines(lines) => ("LineString", "MultiLineString", lines.iter().map(line).collect()),
            Self::Areas(areas) => ("Polygon", "MultiPolygon", areas.iter().map(area).collect()),
        };
        match (parts.len(), parts.pop()) {
            (1, Some(part)) => json!({"type": one, "coordinates": part}),
            (_, last) => {
                parts.extend(last);
                json!({"type": many, "coordinates": parts})
            }
        }
    }

    /// The parts, each a geometry of one part.
    pub fn parts(&self) -> Vec<Self> {
        match self {
            Self::Points(points) => points.iter().map(|p| Self::Points(vec![*p])).collect(),
            Self::Lines(lines) => lines.iter().map(|l| Self::Lines(vec![l.clone()])).collect(),
            Self::Areas(areas) => areas.iter().map(|a| Self::Areas(vec![a.clone()])).collect(),
        }
    }

    /// Every position.
    pub fn positions(&self) -> Box<dyn Iterator<Item = LonLat> + '_> {
        match self {
            Self::Points(points) => Box::new(points.iter().copied()),
            Self::Lines(lines) => Box::new(lines.iter().flatten().copied()),
            Self::Areas(areas) => Box::new(areas.iter().flat_map(|a| a.rings().iter().flatten().copied())),
        }
    }

    /// Moves every position.
    #[must_use]
    pub fn map(&self, how: impl Fn(LonLat) -> LonLat) -> Self {
        let line = |l: &Vec<LonLat>| l.iter().map(|p| how(*p)).collect::<Vec<_>>();
        match self {
            Self::Points(points) => Self::Points(line(points)),
            Self::Lines(lines) => Self::Lines(lines.iter().map(line).collect()),
            Self::Areas(areas) => Self::Areas(
                areas
                    .iter()
                    .map(|a| Polygon::new(a.rings().iter().map(line).collect()))
                    .collect(),
            ),
        }
    }

    /// Box around it; `None` where it has no positions.
    pub fn bounds(&self) -> Option<Bounds> {
        Bounds::of(self.positions())
    }

    /// A place to stand for it: the middle of its box.
    pub fn middle(&self) -> Option<LonLat> {
        self.bounds().map(Bounds::middle)
    }

    /// Length of its lines or borders, metres; 0 for points.
    pub fn length_m(&self) -> f64 {
        match self {
            Self::Points(_) => 0.0,
            Self::Lines(lines) => lines.iter().map(|l| length_m(l)).sum(),
            Self::Areas(areas) => areas.iter().flat_map(Polygon::rings).map(|r| length_m(r)).sum(),
        }
    }
}

fn position(position: &geojson::Position) -> LonLat {
    let mut parts = position.as_slice().iter().copied();
    LonLat::new(parts.next().unwrap_or(f64::NAN), parts.next().unwrap_or(f64::NAN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn geometries_come_back_as_they_went() {
        for text in [
            r#"{"type":"Point","coordinates":[116.2,36.5]}"#,
            r#"{"type":"MultiPoint","coordinates":[[116.2,36.5],[116.3,36.5]]}"#,
            r#"{"type":"LineString","coordinates":[[116.2,36.5],[116.3,36.5]]}"#,
            r#"{"type":"MultiLineString","coordinates":[[[116.2,36.5],[116.3,36.5]],[[116.0,36.0],[116.1,36.0]]]}"#,
            r#"{"type":"Polygon","coordinates":[[[0.0,0.0],[1.0,0.0],[1.0,1.0],[0.0,0.0]]]}"#,
            r#"{"type":"MultiPolygon","coordinates":[[[[0.0,0.0],[1.0,0.0],[1.0,1.0],[0.0,0.0]]],[[[5.0,0.0],[6.0,0.0],[6.0,1.0],[5.0,0.0]]]]}"#,
        ] {
            let value: Value = serde_json::from_str(text).unwrap();
            let geometry = Geometry::from_geojson(&value, 1).unwrap();
            assert_eq!(geometry.to_geojson(), value);
            let parts = geometry.parts().len();
            assert_eq!(parts > 1, text.contains("Multi"));
        }
    }

    #[test]
    fn what_is_no_place_is_refused() {
        let wild = json!({"type": "Point", "coordinates": [500.0, 36.5]});
        assert!(matches!(
            Geometry::from_geojson(&wild, 7),
            Err(GeoError::Position { feature: 7 })
        ));
        let many = json!({"type": "GeometryCollection", "geometries": []});
        assert!(matches!(
            Geometry::from_geojson(&many, 1),
            Err(GeoError::Kind { .. })
        ));
        assert!(Geometry::from_geojson(&json!({"type": "Point"}), 1).is_err());
        assert!(Geometry::from_geojson(&json!(3), 1).is_err());
    }
}
