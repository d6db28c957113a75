//! Geometries of records: GeoJSON inside, WKT in table cells, longitude before latitude in CGCS2000 degrees.

use serde_json::{Value, json};
use standards::num::Exact;

use crate::definition::FieldType;
use crate::limits;

/// Reads a place from GeoJSON or from a cell's text (`116.25,36.58` or WKT). The error says what was expected.
pub fn read(value: &Value, kind: FieldType) -> Result<Value, (&'static str, &'static str)> {
    let (name, zh, en) = match kind {
        FieldType::Line => (
            "LineString",
            "折线，如 LINESTRING(116.2 36.5, 116.3 36.6)",
            "a line such as LINESTRING(116.2 36.5, 116.3 36.6)",
        ),
        FieldType::Area => (
            "Polygon",
            "面，如 POLYGON((…))，首尾点相同",
            "an area such as POLYGON((…)) whose ring is closed",
        ),
        _ => (
            "Point",
            "点，如 116.25,36.58（经度在前）",
            "a point such as 116.25,36.58, longitude first",
        ),
    };
    let expected = (zh, en);
    let geometry = match value {
        Value::String(text) => from_text(text).ok_or(expected)?,
        Value::Object(_) => value.clone(),
        _ => return Err(expected),
    };
    if geometry.get("type").and_then(Value::as_str) != Some(name) {
        return Err(expected);
    }
    let coordinates = geometry.get("coordinates").ok_or(expected)?;
    let mut positions = 0;
    let good = match kind {
        FieldType::Line => line(coordinates, 2, &mut positions),
        FieldType::Area => coordinates.as_array().is_some_and(|rings| {
            !rings.is_empty() && rings.iter().all(|r| line(r, 4, &mut positions) && closed(r))
        }),
        _ => position(coordinates),
    };
    if !good || positions > limits::POSITIONS {
        return Err(expected);
    }
    Ok(json!({"type": name, "coordinates": coordinates}))
}

fn closed(ring: &Value) -> bool {
    ring.as_array().is_some_and(|r| r.first() == r.last())
}

fn line(value: &Value, least: usize, positions: &mut usize) -> bool {
    value.as_array().is_some_and(|points| {
        *positions += points.len();
        points.len() >= least && points.iter().all(position)
    })
}

fn position(value: &Value) -> bool {
    let Some([lon, lat]) = value.as_array().map(Vec::as_slice) else {
        return false;
    };
    let within = |v: &Value, most: f64| v.as_f64().is_some_and(|n| n.abs() <= most);
    within(lon, 180.0) && within(lat, 90.0)
}

fn pair(text: &str, separator: impl Fn(char) -> bool) -> Option<Value> {
    let mut parts = text.split(separator).filter(|p| !p.is_empty());
    let (lon, lat) = (parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let number = |t: &str| t.trim().parse::<Exact>().ok().map(|n| n.to_f64());
    Some(json!([number(lon)?, number(lat)?]))
}

fn from_text(text: &str) -> Option<Value> {
    let text = text.trim();
    let upper = text.to_ascii_uppercase();
    let inner = |word: &str| {
        upper
            .strip_prefix(word)
            .map(str::trim)
            .and_then(|r| r.strip_prefix('(')?.strip_suffix(')'))
    };
    let points = |list: &str| -> Option<Value> {
        list.split(',')
            .map(|p| pair(p, char::is_whitespace))
            .collect::<Option<Vec<_>>>()
            .map(Value::from)
    };
    if let Some(rest) = inner("POINT") {
        return Some(json!({"type": "Point", "coordinates": pair(rest, char::is_whitespace)?}));
    }
    if let Some(rest) = inner("LINESTRING") {
        return Some(json!({"type": "LineString", "coordinates": points(rest)?}));
    }
    if let Some(rest) = inner("POLYGON") {
        let rings = rest.trim().strip_prefix('(')?.strip_suffix(')')?;
        let rings: Option<Vec<Value>> = rings
            .split(')')
            .map(|r| points(r.trim_start_matches([',', ' ', '('])))
            .collect();
        return Some(json!({"type": "Polygon", "coordinates": rings?}));
    }
    let coordinates = pair(text, |c| {
        c.is_whitespace() || matches!(c, ',' | '，' | ';' | '；' | '、')
    })?;
    Some(json!({"type": "Point", "coordinates": coordinates}))
}

/// A geometry as cell text: `116.25,36.58` for points, WKT otherwise; `None` for what is no geometry.
pub fn to_wkt(geometry: &Value) -> Option<String> {
    let coordinates = geometry.get("coordinates")?;
    let point = |p: &Value| Some(format!("{} {}", p.get(0)?, p.get(1)?));
    let list = |l: &Value| {
        let points: Option<Vec<String>> = l.as_array()?.iter().map(point).collect();
        points.map(|p| p.join(", "))
    };
    match geometry.get("type")?.as_str()? {
        "Point" => Some(format!("{},{}", coordinates.get(0)?, coordinates.get(1)?)),
        "LineString" => Some(format!("LINESTRING({})", list(coordinates)?)),
        "Polygon" => {
            let rings: Option<Vec<String>> = coordinates
                .as_array()?
                .iter()
                .map(|r| list(r).map(|l| format!("({l})")))
                .collect();
            Some(format!("POLYGON({})", rings?.join(", ")))
        }
        _ => None,
    }
}

/// The position of a point.
pub fn lon_lat(geometry: &Value) -> Option<geo::LonLat> {
    let c = geometry.get("coordinates")?;
    Some(geo::LonLat::new(c.get(0)?.as_f64()?, c.get(1)?.as_f64()?))
}

/// A place as points, lines or areas; `None` for what is no geometry.
pub fn geometry(place: &Value) -> Option<geo::Geometry> {
    geo::Geometry::from_geojson(place, 1).ok()
}
