//! Layer files (图层文件): GeoJSON, Shapefile in a zip, KML and KMZ become features with attributes.
//!
//! Every reader is bounded by [`crate::limits`], trusts no count or offset it reads, and says file, feature and vertex
//! of what it refuses. Positions come out as CGCS2000 degrees; whether they were really written in another system is
//! asked of [`suspect`].

mod archive;
mod dbf;
mod geojson;
mod kml;
mod prj;
mod shapefile;
pub mod suspect;

use std::collections::BTreeMap;
use std::fmt;

use crate::coord::{Crs, LonLat, convert};
use crate::geometry::Geometry;
use crate::limits;

/// A layer as its file gives it.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// Member of the archive, or the file's own name.
    pub file: String,
    /// What kind of file it was.
    pub kind: Kind,
    /// Coordinate system as the file names it, in words.
    pub crs: Note,
    /// Names of the attributes, in the file's order.
    pub fields: Vec<String>,
    /// Features with a geometry.
    pub features: Vec<Feature>,
    /// What a person should know, though nothing was refused.
    pub warnings: Vec<Note>,
}

/// Kinds of layer files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// GeoJSON.
    GeoJson,
    /// Shapefile.
    Shapefile,
    /// KML or KMZ.
    Kml,
}

impl Kind {
    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::GeoJson => "geojson",
            Self::Shapefile => "shapefile",
            Self::Kml => "kml",
        }
    }
}

/// One feature.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// Number in the file, from 1.
    pub number: usize,
    /// Where it is.
    pub geometry: Geometry,
    /// Attributes as text; empty ones are absent.
    pub attributes: BTreeMap<String, String>,
}

/// Something said in Chinese and English.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Note {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Note {
    pub(crate) fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            zh: zh.into(),
            en: en.into(),
        }
    }
}

/// A layer file that cannot be used, with the place of the trouble.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerError {
    /// The file, or member of the archive.
    pub file: String,
    /// Feature, from 1.
    pub feature: Option<usize>,
    /// Vertex of the feature, from 1, counted through all its rings.
    pub vertex: Option<usize>,
    /// What is wrong and what to do.
    pub said: Note,
}

impl LayerError {
    fn new(file: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            feature: None,
            vertex: None,
            said: Note::new(zh, en),
        }
    }

    fn at(mut self, feature: usize) -> Self {
        self.feature = Some(feature);
        self
    }

    fn vertex(mut self, vertex: usize) -> Self {
        self.vertex = Some(vertex);
        self
    }

    /// The place in words, Chinese.
    pub fn place_zh(&self) -> String {
        let file = &self.file;
        match (self.feature, self.vertex) {
            (Some(f), Some(v)) => format!("{file} 第 {f} 个要素第 {v} 个顶点"),
            (Some(f), None) => format!("{file} 第 {f} 个要素"),
            _ => file.clone(),
        }
    }

    /// The place in words, English.
    pub fn place_en(&self) -> String {
        let file = &self.file;
        match (self.feature, self.vertex) {
            (Some(f), Some(v)) => format!("{file}, feature {f}, vertex {v}"),
            (Some(f), None) => format!("{file}, feature {f}"),
            _ => file.clone(),
        }
    }
}

impl fmt::Display for LayerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (zh, en) = (self.place_zh(), self.place_en());
        write!(f, "{zh}：{} / {en}: {}", self.said.zh, self.said.en)
    }
}

impl std::error::Error for LayerError {}

/// How a person says the positions are to be read, after the warnings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// System the positions are really in; only for files in degrees.
    pub system: Crs,
    /// Latitude was written before longitude.
    pub swapped: bool,
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            system: Crs::Cgcs2000,
            swapped: false,
        }
    }
}

/// Reads a layer file. What it is, is told by its content; the name is for messages only.
pub fn read(name: &str, bytes: &[u8]) -> Result<Layer, LayerError> {
    if bytes.len() > limits::FILE_BYTES {
        let most = limits::FILE_BYTES / 1024 / 1024;
        return Err(LayerError::new(
            name,
            format!("文件大于 {most} MiB，请分块导入"),
            format!("the file is larger than {most} MiB: import it in parts"),
        ));
    }
    let layer = if bytes.starts_with(b"PK") {
        archive::read(name, bytes)?
    } else {
        single(name, bytes)?
    };
    if layer.features.is_empty() {
        return Err(LayerError::new(
            &layer.file,
            "没有带图形的要素",
            "there is no feature with a geometry",
        ));
    }
    Ok(layer)
}

/// A file that stands alone.
fn single(name: &str, bytes: &[u8]) -> Result<Layer, LayerError> {
    let text = text(name, bytes)?;
    match text.trim_start().chars().next() {
        Some('{') => geojson::read(name, text),
        Some('<') => kml::read(name, text),
        _ => Err(LayerError::new(
            name,
            "应为 GeoJSON、KML/KMZ，或含 .shp、.dbf、.prj 的 zip",
            "expected GeoJSON, KML or KMZ, or a zip with .shp, .dbf and .prj",
        )),
    }
}

fn text<'a>(name: &str, bytes: &'a [u8]) -> Result<&'a str, LayerError> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|e| {
        let at = e.valid_up_to() + 1;
        LayerError::new(
            name,
            format!("第 {at} 字节不是 UTF-8，请另存为 UTF-8"),
            format!("byte {at} is not UTF-8: save the file as UTF-8"),
        )
    })
}

impl Layer {
    /// All positions.
    pub fn positions(&self) -> impl Iterator<Item = LonLat> + '_ {
        self.features.iter().flat_map(|f| f.geometry.positions())
    }

    /// The layer with its positions read as a person says, refused where one does not then lie on the globe.
    pub fn reading(mut self, how: Reading) -> Result<Self, LayerError> {
        for feature in &mut self.features {
            feature.geometry = feature.geometry.map(|p| {
                let p = if how.swapped { LonLat::new(p.lat, p.lon) } else { p };
                if p.is_valid() {
                    convert(p, how.system, Crs::Cgcs2000)
                } else {
                    p
                }
            });
            if let Some(bad) = feature.geometry.positions().position(|p| !p.is_valid()) {
                return Err(LayerError::new(
                    &self.file,
                    "坐标不在经纬度范围内，应为经度在前的度数",
                    "the position is not on the globe: degrees are expected, longitude first",
                )
                .at(feature.number)
                .vertex(bad + 1));
            }
        }
        Ok(self)
    }
}

/// Counts features and positions against the bounds while a file is read.
struct Meter<'a> {
    file: &'a str,
    positions: usize,
    features: usize,
}

impl<'a> Meter<'a> {
    fn new(file: &'a str) -> Self {
        Self {
            file,
            positions: 0,
            features: 0,
        }
    }

    fn count(&mut self, number: usize, geometry: &Geometry) -> Result<(), LayerError> {
        self.features += 1;
        let mut mine = 0;
        for p in geometry.positions() {
            mine += 1;
            // Latitude before longitude is told later; what is neither is no position in degrees.
            if !(p.lon.abs() <= 180.0 && p.lat.abs() <= 180.0) {
                return Err(LayerError::new(
                    self.file,
                    format!("坐标 ({}, {}) 不是经纬度", p.lon, p.lat),
                    format!("({}, {}) is no position in degrees", p.lon, p.lat),
                )
                .at(number)
                .vertex(mine));
            }
        }
        self.positions += mine;
        let (zh, en, most) = if self.features > limits::FEATURES {
            ("要素", "features", limits::FEATURES)
        } else if mine > limits::FEATURE_POSITIONS {
            (
                "单个要素的顶点",
                "vertices of one feature",
                limits::FEATURE_POSITIONS,
            )
        } else if self.positions > limits::POSITIONS {
            ("顶点", "vertices", limits::POSITIONS)
        } else {
            return Ok(());
        };
        Err(LayerError::new(
            self.file,
            format!("{zh}多于 {most} 个，请分块导入"),
            format!("more than {most} {en}: import it in parts"),
        )
        .at(number))
    }
}

/// An attribute's value, cut to its bound; `None` where it is empty.
fn attribute(value: &str) -> Option<String> {
    let value = value.trim();
    (!value.is_empty()).then(|| value.chars().take(limits::ATTRIBUTE_CHARS).collect())
}
