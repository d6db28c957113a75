//! Zone tests, layer files, and registers on the map.

use ledger::{LayerReport, MapFeature, RowKind, ZoneHit, ZoneReport};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::common::Bilingual;
use super::registers::FindingView;

/// A position.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PointAsk {
    /// Longitude, CGCS2000 degrees.
    pub lon: f64,
    /// Latitude, CGCS2000 degrees.
    pub lat: f64,
}

/// A record whose place is meant.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordAsk {
    /// Register.
    pub register: String,
    /// Id.
    pub id: String,
}

/// What is tested against the zones: one of `point`, `geometry` and `record`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ZoneAsk {
    /// A point.
    #[serde(default)]
    pub point: Option<PointAsk>,
    /// GeoJSON points, lines or areas.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub geometry: Option<Value>,
    /// The place of a record.
    #[serde(default)]
    pub record: Option<RecordAsk>,
    /// Registers whose zones are asked; every zone layer in sight when empty.
    #[serde(default)]
    pub registers: Vec<String>,
    /// From how near a zone is told, metres (at most 50,000); what each layer says when absent.
    #[serde(default)]
    pub within_m: Option<f64>,
}

/// How a site lies to a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RelationView {
    /// 位于其内
    Inside,
    /// 穿越或部分位于其内
    Crosses,
    /// 相接
    Touches,
    /// 邻近
    WithinM,
}

impl From<geo::Relation> for RelationView {
    fn from(relation: geo::Relation) -> Self {
        match relation {
            geo::Relation::Inside => Self::Inside,
            geo::Relation::Crosses => Self::Crosses,
            geo::Relation::Touches => Self::Touches,
            geo::Relation::Within => Self::WithinM,
        }
    }
}

/// Something that holds in a zone.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ZoneRuleView {
    /// What kind of rule: the field's name.
    pub names: Bilingual,
    /// The rule.
    pub text: String,
}

/// A zone that concerns the site.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ZoneHitView {
    /// Register of the zone.
    pub register: String,
    /// Chinese name of the register.
    pub register_zh: String,
    /// English name of the register.
    pub register_en: String,
    /// The zone's record.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Code of the layer.
    pub kind: String,
    /// Name of the layer.
    pub kind_names: Bilingual,
    /// Class within the layer.
    pub class: Option<Bilingual>,
    /// How they lie to each other.
    pub relation: RelationView,
    /// Share of the site's area (length of a line) inside, 0 to 1; null for points.
    pub area_share: Option<f64>,
    /// Shared area, m².
    pub shared_m2: Option<f64>,
    /// Metres between them.
    pub distance_m: f64,
    /// What holds there.
    pub rules: Vec<ZoneRuleView>,
}

impl From<ZoneHit> for ZoneHitView {
    fn from(hit: ZoneHit) -> Self {
        Self {
            register: hit.register,
            register_zh: hit.names.zh,
            register_en: hit.names.en,
            id: hit.id.0,
            title: hit.title,
            kind: hit.kind,
            kind_names: hit.kind_names.into(),
            class: hit.class.map(Into::into),
            relation: hit.related.relation.into(),
            area_share: hit.related.share,
            shared_m2: hit.related.shared_m2,
            distance_m: hit.related.distance_m,
            rules: hit
                .rules
                .into_iter()
                .map(|(names, text)| ZoneRuleView {
                    names: names.into(),
                    text,
                })
                .collect(),
        }
    }
}

/// What a zone test found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ZoneReportView {
    /// Zones that concern the site, those it lies in first.
    pub hits: Vec<ZoneHitView>,
    /// Zones in force that were compared.
    pub tested: usize,
    /// Registers that were asked.
    pub registers: Vec<String>,
    /// More zones lie around than are compared at once.
    pub truncated: bool,
}

impl From<ZoneReport> for ZoneReportView {
    fn from(report: ZoneReport) -> Self {
        Self {
            hits: report.hits.into_iter().map(Into::into).collect(),
            tested: report.tested,
            registers: report.registers,
            truncated: report.truncated,
        }
    }
}

/// In which system a file's positions really are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SystemAsk {
    /// As the file says.
    Cgcs2000,
    /// 火星坐标
    Gcj02,
    /// 百度坐标
    Bd09,
}

/// How a layer file is imported.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LayerQuery {
    /// Register the features go into.
    pub register: String,
    /// Say what would come of it and write nothing; true when absent.
    pub dry_run: Option<bool>,
    /// System the positions are really in, after a warning.
    #[param(inline)]
    pub system: Option<SystemAsk>,
    /// Latitude stands before longitude.
    pub swapped: Option<bool>,
    /// The positions are right, whatever looks wrong about them.
    pub accept: Option<bool>,
    /// Values for every record, a JSON object by field.
    pub set: Option<String>,
    /// Attribute → field where the names do not say it, a JSON object.
    pub columns: Option<String>,
}

/// The file.
#[derive(Debug, ToSchema)]
pub struct LayerForm {
    /// GeoJSON, KML or KMZ, or a zip with a Shapefile.
    #[schema(value_type = String, format = Binary)]
    pub file: Vec<u8>,
}

/// An attribute of the file and where it goes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LayerField {
    /// Attribute.
    pub attribute: String,
    /// Field of the register; null where it goes nowhere.
    pub field: Option<String>,
}

/// Something that looks wrong about the positions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SuspicionView {
    /// `swapped`, `gcj02`, `bd09` or `elsewhere`.
    pub code: &'static str,
    /// In words, with what to do.
    pub said: Bilingual,
}

/// A finding with its feature.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LayerFindingView {
    /// Feature in the file, from 1.
    pub feature: usize,
    /// What is wrong.
    #[serde(flatten)]
    pub finding: FindingView,
}

/// What becomes of a part of a feature.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LayerRowView {
    /// Feature in the file, from 1.
    pub feature: usize,
    /// The record it changes; null for a new one.
    pub id: Option<String>,
    /// Title.
    pub title: String,
    /// `new`, `changed` or `unchanged`.
    pub kind: &'static str,
}

/// The report of a layer file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LayerReportView {
    /// The file, or the member of the archive that was read.
    pub file: String,
    /// `geojson`, `shapefile` or `kml`.
    pub kind: &'static str,
    /// Coordinate system as the file names it.
    pub crs: Bilingual,
    /// Features of the file.
    pub features: usize,
    /// Attributes and where they go.
    pub fields: Vec<LayerField>,
    /// What one should know.
    pub warnings: Vec<Bilingual>,
    /// What looks wrong about the positions; nothing is written while anything does and `accept` is not said.
    pub suspicions: Vec<SuspicionView>,
    /// Values that are not as they should be.
    pub findings: Vec<LayerFindingView>,
    /// How many there are.
    pub findings_total: usize,
    /// New records.
    pub new: usize,
    /// Changed records.
    pub changed: usize,
    /// Records that stay as they are.
    pub unchanged: usize,
    /// What becomes of each part, the first ones.
    pub preview: Vec<LayerRowView>,
    /// Whether it was written.
    pub applied: bool,
}

impl From<LayerReport> for LayerReportView {
    fn from(report: LayerReport) -> Self {
        use geo::layer::suspect::SuspicionKind;
        let note = |n: geo::layer::Note| Bilingual::new(n.zh, n.en);
        Self {
            file: report.layer.file,
            kind: report.layer.kind.name(),
            crs: note(report.layer.crs),
            features: report.features,
            fields: report
                .fields
                .into_iter()
                .map(|(attribute, field)| LayerField { attribute, field })
                .collect(),
            warnings: report.layer.warnings.into_iter().map(note).collect(),
            suspicions: report
                .suspicions
                .into_iter()
                .map(|s| SuspicionView {
                    code: match s.kind {
                        SuspicionKind::Swapped => "swapped",
                        SuspicionKind::Offset(geo::Crs::Bd09) => "bd09",
                        SuspicionKind::Offset(_) => "gcj02",
                        SuspicionKind::Elsewhere => "elsewhere",
                    },
                    said: note(s.said),
                })
                .collect(),
            findings: report
                .findings
                .into_iter()
                .map(|f| LayerFindingView {
                    feature: f.feature,
                    finding: f.finding.into(),
                })
                .collect(),
            findings_total: report.findings_total,
            new: report.new,
            changed: report.changed,
            unchanged: report.unchanged,
            preview: report
                .rows
                .into_iter()
                .map(|r| LayerRowView {
                    feature: r.feature,
                    id: r.id.map(|id| id.0),
                    title: r.title,
                    kind: match r.kind {
                        RowKind::New => "new",
                        RowKind::Changed => "changed",
                        RowKind::Unchanged => "unchanged",
                    },
                })
                .collect(),
            applied: report.applied,
        }
    }
}

/// Which records of a register are drawn. Beside these: the filters of the register's list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MapQuery {
    /// West, south, east, north in degrees, separated by commas.
    #[param(example = "116.0,36.4,116.4,36.8")]
    pub bbox: Option<String>,
    /// At most so many, 1 to 5,000; 1,000 when absent.
    pub limit: Option<u32>,
}

/// What a drawn record says of itself.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecordOnMap {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// State.
    pub state: Option<String>,
    /// Code by which it is coloured.
    pub colour: Option<String>,
    /// Symbol.
    pub symbol: String,
}

/// A drawn record as a GeoJSON feature.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecordFeature {
    /// `Feature`
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Row; unique in the register.
    pub id: i64,
    /// Geometry.
    #[schema(value_type = Object)]
    pub geometry: Value,
    /// Properties.
    pub properties: RecordOnMap,
}

impl RecordFeature {
    /// From what the ledger gives.
    pub fn new(feature: MapFeature, symbol: &str) -> Self {
        Self {
            kind: "Feature",
            id: feature.seq,
            geometry: feature.geometry.to_geojson(),
            properties: RecordOnMap {
                id: feature.id.0,
                title: feature.title,
                state: feature.state,
                colour: feature.colour,
                symbol: symbol.to_owned(),
            },
        }
    }
}

/// A register on the map.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecordCollection {
    /// `FeatureCollection`
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Features.
    pub features: Vec<RecordFeature>,
    /// Records with a place that the filters leave.
    pub total: i64,
    /// There are more than are here: draw tiles instead.
    pub truncated: bool,
}
