//! KML: placemarks with their geometry and data; links to other documents are not followed, entities not expanded.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use super::{Feature, Kind, Layer, LayerError, Meter, Note, attribute};
use crate::coord::LonLat;
use crate::geometry::Geometry;
use crate::limits;
use crate::shape::Polygon;

/// What is being read of one placemark.
#[derive(Default)]
struct Placemark {
    attributes: BTreeMap<String, String>,
    points: Vec<LonLat>,
    lines: Vec<Vec<LonLat>>,
    areas: Vec<Polygon>,
    rings: Vec<Vec<LonLat>>,
    data: Option<String>,
}

pub(super) fn read(file: &str, text: &str) -> Result<Layer, LayerError> {
    let mut layer = Layer {
        file: file.to_owned(),
        kind: Kind::Kml,
        crs: Note::new("KML 经纬度（WGS 84）", "KML degrees (WGS 84)"),
        fields: Vec::new(),
        features: Vec::new(),
        warnings: Vec::new(),
    };
    let mut reader = Reader::from_str(text);
    let mut meter = Meter::new(file);
    let mut path: Vec<String> = Vec::new();
    let mut content = String::new();
    let mut current: Option<Placemark> = None;
    let (mut number, mut is_kml, mut linked, mut bare) = (0, false, false, 0);
    loop {
        let event = reader.read_event().map_err(|e| {
            let at = reader.buffer_position();
            LayerError::new(
                file,
                format!("第 {at} 字节处 XML 有误: {e}"),
                format!("the XML is wrong at byte {at}: {e}"),
            )
        })?;
        match event {
            Event::Eof => break,
            Event::Start(start) => {
                let name = start.local_name().as_ref().to_owned();
                is_kml |= name == "kml";
                linked |= name == "NetworkLink";
                content.clear();
                match name.as_str() {
                    "Placemark" => {
                        number += 1;
                        current = Some(Placemark::default());
                    }
                    "Polygon" => {
                        if let Some(mark) = &mut current {
                            mark.rings.clear();
                        }
                    }
                    "Data" | "SimpleData" => {
                        if let Some(mark) = &mut current {
                            mark.data = named(&start);
                        }
                    }
                    _ => {}
                }
                path.push(name);
                if path.len() > limits::DEPTH {
                    return Err(LayerError::new(
                        file,
                        format!("元素嵌套多于 {} 层", limits::DEPTH),
                        format!("elements are nested deeper than {}", limits::DEPTH),
                    ));
                }
            }
            Event::Text(t) => content.push_str(&t.xml10_content()),
            Event::CData(t) => content.push_str(&t.xml10_content()),
            Event::GeneralRef(r) => {
                let name = r.xml10_content();
                match r.resolve_char_ref() {
                    Ok(Some(c)) => content.push(c),
                    _ => content
                        .push_str(quick_xml::escape::resolve_predefined_entity(&name).unwrap_or_default()),
                }
            }
            Event::End(_) => {
                let name = path.pop().unwrap_or_default();
                let Some(mark) = &mut current else { continue };
                let parent = path.last().map_or("", String::as_str);
                match (name.as_str(), parent) {
                    ("coordinates", _) => {
                        let points = coordinates(file, number, &content)?;
                        match parent {
                            "Point" => mark.points.extend(points),
                            "LineString" => mark.lines.push(points),
                            "LinearRing" => mark.rings.push(points),
                            _ => {}
                        }
                    }
                    ("Polygon", _) => mark.areas.push(Polygon::new(std::mem::take(&mut mark.rings))),
                    ("LinearRing", "Placemark" | "MultiGeometry") => {
                        mark.lines.extend(std::mem::take(&mut mark.rings));
                    }
                    ("name" | "description", "Placemark") => mark.put(&name, &content),
                    ("value", "Data") | ("SimpleData", _) => {
                        if let Some(key) = mark.data.take() {
                            mark.put(&key, &content);
                        }
                    }
                    ("Placemark", _) => {
                        let Some(mark) = current.take() else { continue };
                        let (attributes, geometries) = mark.finish();
                        bare += usize::from(geometries.is_empty());
                        for field in attributes.keys() {
                            if !layer.fields.contains(field) && layer.fields.len() < limits::ATTRIBUTES {
                                layer.fields.push(field.clone());
                            }
                        }
                        for geometry in geometries {
                            meter.count(number, &geometry)?;
                            layer.features.push(Feature {
                                number,
                                geometry,
                                attributes: attributes.clone(),
                            });
                        }
                    }
                    _ => {}
                }
                content.clear();
            }
            _ => {}
        }
    }
    if !is_kml || !path.is_empty() {
        return Err(LayerError::new(
            file,
            "不是完整的 KML 文件",
            "not a complete KML file",
        ));
    }
    if linked {
        layer.warnings.push(Note::new(
            "文件引用的其他文档未读取",
            "documents the file links to were not read",
        ));
    }
    if bare > 0 {
        layer.warnings.push(Note::new(
            format!("{bare} 个地标没有图形，未导入"),
            format!("{bare} placemarks have no geometry and are left out"),
        ));
    }
    Ok(layer)
}

impl Placemark {
    fn put(&mut self, key: &str, value: &str) {
        if self.attributes.len() < limits::ATTRIBUTES
            && let Some(value) = attribute(value)
        {
            self.attributes.insert(key.to_owned(), value);
        }
    }

    /// The attributes, and a geometry for each kind of part.
    fn finish(self) -> (BTreeMap<String, String>, Vec<Geometry>) {
        let mut out = Vec::new();
        if !self.points.is_empty() {
            out.push(Geometry::Points(self.points));
        }
        let lines: Vec<_> = self.lines.into_iter().filter(|l| l.len() > 1).collect();
        if !lines.is_empty() {
            out.push(Geometry::Lines(lines));
        }
        let areas: Vec<_> = self
            .areas
            .into_iter()
            .filter(|a| a.rings().first().is_some_and(|r| r.len() > 2))
            .collect();
        if !areas.is_empty() {
            out.push(Geometry::Areas(areas));
        }
        (self.attributes, out)
    }
}

fn named(start: &BytesStart<'_>) -> Option<String> {
    let attribute = start.try_get_attribute("name").ok()??;
    let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
    Some(value.trim().to_owned()).filter(|n| !n.is_empty())
}

/// `lon,lat[,height]` separated by white space.
fn coordinates(file: &str, feature: usize, text: &str) -> Result<Vec<LonLat>, LayerError> {
    let mut out = Vec::new();
    for (n, tuple) in text.split_whitespace().enumerate() {
        let mut numbers = tuple
            .split(',')
            .map(|t| t.trim().parse::<f64>().ok().filter(|v| v.is_finite()));
        let (Some(Some(lon)), Some(Some(lat))) = (numbers.next(), numbers.next()) else {
            let shown: String = tuple.chars().take(40).collect();
            return Err(LayerError::new(
                file,
                format!("坐标 «{shown}» 应为 经度,纬度"),
                format!("the position «{shown}» should be longitude,latitude"),
            )
            .at(feature)
            .vertex(n + 1));
        };
        if n >= limits::FEATURE_POSITIONS {
            let most = limits::FEATURE_POSITIONS;
            return Err(LayerError::new(
                file,
                format!("顶点多于 {most} 个"),
                format!("more than {most} vertices"),
            )
            .at(feature));
        }
        out.push(LonLat::new(lon, lat));
    }
    Ok(out)
}
