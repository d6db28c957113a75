//! Shapefile (.shp with .dbf, .prj, .cpg), read directly: every length in it is checked against what is there.

use super::{Feature, Kind, Layer, LayerError, Meter, Note, dbf, geojson, prj};
use crate::coord::LonLat;
use crate::gauss;
use crate::geometry::Geometry;
use crate::limits;
use crate::measure::Bounds;
use crate::shape::{Polygon, crosses};

pub(super) struct Files<'a> {
    pub(super) name: &'a str,
    pub(super) shp: &'a [u8],
    pub(super) dbf: Option<(&'a str, &'a [u8])>,
    pub(super) prj: Option<(&'a str, &'a [u8])>,
    pub(super) cpg: Option<&'a [u8]>,
}

/// Bytes of the header.
const HEADER: usize = 100;

pub(super) fn read(files: &Files<'_>) -> Result<Layer, LayerError> {
    let name = files.name;
    let mut layer = Layer {
        file: name.to_owned(),
        kind: Kind::Shapefile,
        crs: Note::default(),
        fields: Vec::new(),
        features: Vec::new(),
        warnings: Vec::new(),
    };
    let shapes = shapes(files)?;
    let system = match files.prj {
        Some((file, text)) => prj::read(file, text)?,
        None => assumed(name, &shapes, &mut layer.warnings)?,
    };
    layer.crs = match &system {
        prj::System::Degrees(said) => said.clone(),
        prj::System::Projected(zone) => geojson::said(zone),
    };
    let zone = match system {
        prj::System::Degrees(_) => None,
        prj::System::Projected(mut zone) => {
            // Some offices write the zone's number before the easting and leave it out of the .prj.
            let first = shapes.iter().flatten().flat_map(Geometry::positions).next();
            let over = first.map_or(0.0, |p| p.lon - zone.easting);
            if over.abs() > 1_500_000.0 {
                match first.and_then(|p| gauss::numbered(p.lon)) {
                    Some(central) if (central - zone.central).abs() < 0.01 => {
                        zone.easting += (first.map_or(0.0, |p| p.lon) / 1e6).floor() * 1e6;
                        layer.warnings.push(Note::new(
                            "横坐标带有带号，已去除",
                            "the eastings carry the zone's number, which was taken off",
                        ));
                    }
                    _ => {
                        return Err(LayerError::new(
                            name,
                            "坐标与 .prj 的中央子午线不符，请核对投影",
                            "the positions do not fit the central meridian of the .prj: check the projection",
                        ));
                    }
                }
            }
            Some(zone)
        }
    };
    let table = files
        .dbf
        .map(|(file, bytes)| dbf::read(file, bytes, files.cpg))
        .transpose()?;
    match &table {
        None => layer.warnings.push(Note::new(
            "缺少 .dbf，要素没有属性",
            "there is no .dbf: the features have no attributes",
        )),
        Some(table) if table.rows.len() != shapes.len() => {
            return Err(LayerError::new(
                name,
                format!(
                    "图形 {} 个而 .dbf 有 {} 行，二者不属同一图层",
                    shapes.len(),
                    table.rows.len()
                ),
                format!(
                    "{} shapes but {} rows in the .dbf: they are not of one layer",
                    shapes.len(),
                    table.rows.len()
                ),
            ));
        }
        Some(table) => {
            layer.fields.clone_from(&table.fields);
            layer.warnings.extend(table.warnings.iter().cloned());
        }
    }
    let mut meter = Meter::new(name);
    let (mut bare, mut deleted) = (0, 0);
    for (index, shape) in shapes.into_iter().enumerate() {
        let row = table.as_ref().and_then(|t| t.rows.get(index));
        if row.is_some_and(|r| r.deleted) {
            deleted += 1;
            continue;
        }
        let Some(shape) = shape else {
            bare += 1;
            continue;
        };
        let number = index + 1;
        let geometry = match zone {
            Some(zone) => shape.map(|p| zone.to_degrees(p.lon, p.lat)),
            None => shape,
        };
        meter.count(number, &geometry)?;
        layer.features.push(Feature {
            number,
            geometry,
            attributes: row.map(|r| r.attributes.clone()).unwrap_or_default(),
        });
    }
    if bare + deleted > 0 {
        layer.warnings.push(Note::new(
            format!("{bare} 个要素没有图形、{deleted} 个已删除，未导入"),
            format!("{bare} features without a shape and {deleted} deleted ones are left out"),
        ));
    }
    Ok(layer)
}

/// Without a .prj only degrees can be taken, with a warning.
fn assumed(
    name: &str,
    shapes: &[Option<Geometry>],
    warnings: &mut Vec<Note>,
) -> Result<prj::System, LayerError> {
    let outside = shapes
        .iter()
        .flatten()
        .flat_map(Geometry::positions)
        .find(|p| p.lon.abs() > 180.0 || p.lat.abs() > 180.0);
    let Some(p) = outside else {
        let said = Note::new(
            "缺少 .prj，按 CGCS2000 经纬度读取",
            "no .prj: read as CGCS2000 degrees",
        );
        warnings.push(said.clone());
        return Ok(prj::System::Degrees(said));
    };
    let (zh, en) = gauss::numbered(p.lon).map_or_else(
        || (String::new(), String::new()),
        |central| {
            (
                format!("（横坐标带号对应中央子午线 {central}°）"),
                format!(" (the eastings' zone number belongs to the central meridian {central}°)"),
            )
        },
    );
    Err(LayerError::new(
        name,
        format!("坐标是投影米值而缺少 .prj{zh}，请附上 .prj"),
        format!("the positions are metres but there is no .prj{en}: add it"),
    ))
}

/// Every record's shape as it stands in the file; `None` for null shapes.
fn shapes(files: &Files<'_>) -> Result<Vec<Option<Geometry>>, LayerError> {
    let (name, bytes) = (files.name, files.shp);
    let header = Bytes(bytes);
    if header.be(0) != Some(9994) || header.le(28) != Some(1000) {
        return Err(LayerError::new(
            name,
            "不是 Shapefile（文件头不符）",
            "not a Shapefile: its header is wrong",
        ));
    }
    let mut out = Vec::new();
    let mut at = HEADER;
    while at < bytes.len() {
        let number = out.len() + 1;
        let cut = || {
            LayerError::new(
                name,
                "文件在此处截断或长度不符，请重新导出",
                "the file is cut off or a length is wrong here: export it again",
            )
            .at(number)
        };
        if number > limits::FEATURES {
            let most = limits::FEATURES;
            return Err(LayerError::new(
                name,
                format!("要素多于 {most} 个"),
                format!("more than {most} features"),
            ));
        }
        // The length counts words of two bytes.
        let length = header
            .be(at + 4)
            .and_then(|n| usize::try_from(n).ok())
            .and_then(|n| n.checked_mul(2));
        let start = at + 8;
        let end = length
            .and_then(|n| start.checked_add(n))
            .filter(|e| *e <= bytes.len());
        let content = end
            .and_then(|e| bytes.get(start..e))
            .filter(|c| c.len() >= 4)
            .ok_or_else(cut)?;
        out.push(shape(name, number, Bytes(content))?);
        at = start + content.len();
    }
    Ok(out)
}

fn shape(name: &str, number: usize, content: Bytes<'_>) -> Result<Option<Geometry>, LayerError> {
    let cut = || {
        LayerError::new(
            name,
            "图形的顶点数与其长度不符",
            "the counts of this shape do not fit its length",
        )
        .at(number)
    };
    let kind = content.le(0).unwrap_or_default();
    Ok(match kind {
        0 => None,
        1 | 11 | 21 => Some(Geometry::point(content.point(4).ok_or_else(cut)?)),
        8 | 18 | 28 => {
            let count = content.count(36).ok_or_else(cut)?;
            let points = content.points(40, count).ok_or_else(cut)?;
            (!points.is_empty()).then_some(Geometry::Points(points))
        }
        3 | 5 | 13 | 15 | 23 | 25 => {
            let (parts, count) = content.count(36).zip(content.count(40)).ok_or_else(cut)?;
            if parts > limits::RINGS || count > limits::FEATURE_POSITIONS {
                return Err(LayerError::new(
                    name,
                    format!(
                        "单个要素多于 {} 个部分或 {} 个顶点",
                        limits::RINGS,
                        limits::FEATURE_POSITIONS
                    ),
                    format!(
                        "more than {} parts or {} vertices",
                        limits::RINGS,
                        limits::FEATURE_POSITIONS
                    ),
                )
                .at(number));
            }
            let points = content.points(44 + 4 * parts, count).ok_or_else(cut)?;
            let starts: Option<Vec<usize>> = (0..parts).map(|n| content.count(44 + 4 * n)).collect();
            let starts = starts.ok_or_else(cut)?;
            let mut lines = Vec::with_capacity(parts);
            for (n, start) in starts.iter().enumerate() {
                let end = starts.get(n + 1).copied().unwrap_or(count);
                lines.push(points.get(*start..end).ok_or_else(cut)?.to_vec());
            }
            let area = kind % 10 == 5;
            lines.retain(|l| l.len() >= if area { 3 } else { 2 });
            match (lines.is_empty(), area) {
                (true, _) => None,
                (_, true) => Some(Geometry::Areas(nest(lines))),
                (_, false) => Some(Geometry::Lines(lines)),
            }
        }
        other => {
            return Err(LayerError::new(
                name,
                format!("图形类型 {other} 未支持，应为点、线或面"),
                format!("shapes of type {other} are not known: points, lines or areas are expected"),
            )
            .at(number));
        }
    })
}

/// Rings into areas: a ring within an odd number of others is a hole of the smallest that holds it. Winding is not
/// trusted, as half of the writers get it wrong.
pub(super) fn nest(rings: Vec<Vec<LonLat>>) -> Vec<Polygon> {
    let boxes: Vec<Option<Bounds>> = rings.iter().map(|r| Bounds::of(r.iter().copied())).collect();
    let size = |b: &Option<Bounds>| b.map_or(0.0, |b| (b.east - b.west) * (b.north - b.south));
    let mut holders: Vec<Vec<usize>> = Vec::with_capacity(rings.len());
    for (index, ring) in rings.iter().enumerate() {
        // The middle of the first edge: a hole's corner often stands on its neighbour's border.
        let probe = match ring.as_slice() {
            [a, b, ..] => LonLat::new(f64::midpoint(a.lon, b.lon), f64::midpoint(a.lat, b.lat)),
            _ => LonLat::new(f64::NAN, f64::NAN),
        };
        let within = rings
            .iter()
            .zip(&boxes)
            .enumerate()
            .filter(|(other, (_, b))| {
                *other != index
                    && b.is_some_and(|b| b.contains(probe))
                    && size(b) >= boxes.get(index).map_or(0.0, size)
            })
            .filter(|(_, (r, _))| crosses(r, probe))
            .map(|(other, _)| other)
            .collect();
        holders.push(within);
    }
    let mut outer: Vec<(usize, Vec<Vec<LonLat>>)> = Vec::new();
    let mut holes = Vec::new();
    for (index, (ring, within)) in rings.into_iter().zip(holders).enumerate() {
        if within.len() % 2 == 0 {
            outer.push((index, vec![ring]));
        } else {
            holes.push((within, ring));
        }
    }
    for (within, ring) in holes {
        let smallest = outer
            .iter_mut()
            .filter(|(index, _)| within.contains(index))
            .min_by(|(a, _), (b, _)| {
                let of = |n: &usize| boxes.get(*n).map_or(0.0, size);
                of(a).total_cmp(&of(b))
            });
        if let Some((_, rings)) = smallest {
            rings.push(ring);
        } else {
            outer.push((usize::MAX, vec![ring]));
        }
    }
    outer.into_iter().map(|(_, rings)| Polygon::new(rings)).collect()
}

#[derive(Clone, Copy)]
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn array<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        self.0.get(at..at.checked_add(N)?)?.try_into().ok()
    }

    fn be(&self, at: usize) -> Option<i32> {
        self.array(at).map(i32::from_be_bytes)
    }

    fn le(&self, at: usize) -> Option<i32> {
        self.array(at).map(i32::from_le_bytes)
    }

    fn count(&self, at: usize) -> Option<usize> {
        self.le(at).and_then(|n| usize::try_from(n).ok())
    }

    fn point(&self, at: usize) -> Option<LonLat> {
        let number = |at| self.array(at).map(f64::from_le_bytes);
        Some(LonLat::new(number(at)?, number(at.checked_add(8)?)?))
    }

    fn points(&self, at: usize, count: usize) -> Option<Vec<LonLat>> {
        let end = count.checked_mul(16).and_then(|n| n.checked_add(at))?;
        if end > self.0.len() {
            return None;
        }
        (0..count).map(|n| self.point(at + 16 * n)).collect()
    }
}
