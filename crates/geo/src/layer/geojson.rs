//! GeoJSON, with the coordinate system of its older form.

use geojson::{Feature as Parsed, GeoJson};
use serde_json::Value;

use super::{Feature, Kind, Layer, LayerError, Meter, Note, attribute};
use crate::gauss::Zone;
use crate::geometry::Geometry;
use crate::limits;

pub(super) fn read(file: &str, text: &str) -> Result<Layer, LayerError> {
    nested(file, text)?;
    let syntax = |e: &dyn std::fmt::Display| {
        LayerError::new(
            file,
            format!("不是有效的 GeoJSON: {e}"),
            format!("not valid GeoJSON: {e}"),
        )
    };
    let parsed: GeoJson = text.parse().map_err(|e: geojson::Error| syntax(&e))?;
    let (features, foreign) = match parsed {
        GeoJson::FeatureCollection(all) => (all.features, all.foreign_members),
        GeoJson::Feature(one) => (vec![one], None),
        GeoJson::Geometry(one) => (vec![Parsed::from(one)], None),
    };
    let (zone, crs) = system(file, foreign.as_ref().and_then(|m| m.get("crs")))?;
    let mut layer = Layer {
        file: file.to_owned(),
        kind: Kind::GeoJson,
        crs,
        fields: Vec::new(),
        features: Vec::new(),
        warnings: Vec::new(),
    };
    let mut meter = Meter::new(file);
    let mut bare = 0;
    for (index, feature) in features.into_iter().enumerate() {
        let number = index + 1;
        let Some(geometry) = feature.geometry else {
            bare += 1;
            continue;
        };
        let mut geometry = Geometry::from_parsed(geometry.value).ok_or_else(|| {
            LayerError::new(
                file,
                "图形须为点、线或面，不能是几何集合",
                "the geometry must be points, lines or areas, no collection",
            )
            .at(number)
        })?;
        if let Some(zone) = zone {
            geometry = geometry.map(|p| zone.to_degrees(p.lon, p.lat));
        }
        meter.count(number, &geometry)?;
        let mut attributes = std::collections::BTreeMap::new();
        for (name, value) in feature.properties.into_iter().flatten().take(limits::ATTRIBUTES) {
            if !layer.fields.contains(&name) && layer.fields.len() < limits::ATTRIBUTES {
                layer.fields.push(name.clone());
            }
            let text = match value {
                Value::Null => continue,
                Value::String(text) => text,
                other => other.to_string(),
            };
            attribute(&text).map(|v| attributes.insert(name, v));
        }
        layer.features.push(Feature {
            number,
            geometry,
            attributes,
        });
    }
    if bare > 0 {
        layer.warnings.push(Note::new(
            format!("{bare} 个要素没有图形，未导入"),
            format!("{bare} features have no geometry and are left out"),
        ));
    }
    Ok(layer)
}

/// Brackets nested deeper than the bound are refused before anything is built of them.
fn nested(file: &str, text: &str) -> Result<(), LayerError> {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => depth += 1,
            b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > limits::DEPTH {
            return Err(LayerError::new(
                file,
                format!("括号嵌套多于 {} 层", limits::DEPTH),
                format!("brackets are nested deeper than {}", limits::DEPTH),
            ));
        }
    }
    Ok(())
}

fn system(file: &str, crs: Option<&Value>) -> Result<(Option<Zone>, Note), LayerError> {
    let Some(crs) = crs.filter(|c| !c.is_null()) else {
        return Ok((None, Note::new("经纬度（RFC 7946）", "degrees (RFC 7946)")));
    };
    let name = crs
        .pointer("/properties/name")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let last = name.rsplit(':').next().unwrap_or_default();
    match last.parse::<u32>() {
        Ok(4326 | 4490) => Ok((None, Note::new(name, name))),
        Ok(code) => match Zone::epsg(code) {
            Some(zone) => Ok((Some(zone), said(&zone))),
            None => Err(unknown(file, name)),
        },
        Err(_) if last.eq_ignore_ascii_case("crs84") => Ok((None, Note::new(name, name))),
        Err(_) => Err(unknown(file, name)),
    }
}

fn unknown(file: &str, name: &str) -> LayerError {
    LayerError::new(
        file,
        format!("坐标系 {name} 未支持，请转换到 CGCS2000 经纬度（EPSG:4490）或高斯—克吕格投影"),
        format!(
            "the coordinate system {name} is not known: convert to CGCS2000 degrees (EPSG:4490) or Gauss–Krüger"
        ),
    )
}

/// A projection in words.
pub(super) fn said(zone: &Zone) -> Note {
    Note::new(
        format!(
            "CGCS2000 高斯—克吕格，中央子午线 {}°，已换算为经纬度",
            zone.central
        ),
        format!(
            "CGCS2000 Gauss–Krüger, central meridian {}°, turned into degrees",
            zone.central
        ),
    )
}
