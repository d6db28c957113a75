//! Layer files into a register: each part of each feature becomes a record, its attributes its values. All or nothing;
//! a dry run says what would come of it.

use std::collections::BTreeMap;

use geo::layer::suspect::{Suspicion, examine};
use geo::layer::{self, Layer, LayerError, Reading};
use geo::{Geometry, LonLat, Polygons};
use model::ids::RecordId;
use model::time::UtcMs;
use registers::admit::{self, keys};
use registers::definition::{Field, FieldType};
use registers::record::{Body, Finding, Record};
use registers::register::Register;
use registers::text::Names;
use serde_json::{Value, json};
use store::registers::KeyValue;

use crate::change::merged;
use crate::error::{LedgerError, Result};
use crate::person::Person;
use crate::references::{Asked, today};
use crate::{Change, ChangeKind, Ledger, limits, name_of};

/// A layer file to be imported.
#[derive(Clone, Debug)]
pub struct LayerImport {
    /// Name of the file.
    pub file: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// How its positions are to be read.
    pub reading: Reading,
    /// Values given to every record that the file says nothing of.
    pub set: Body,
    /// Attribute → field, where the names do not say it.
    pub columns: BTreeMap<String, String>,
    /// The positions are right as they are, whatever looks wrong about them.
    pub accept: bool,
    /// Write nothing.
    pub dry_run: bool,
}

/// What is known of the district, for telling a wrong coordinate system.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// The district's area.
    pub area: Option<&'a Polygons>,
    /// Known places by name.
    pub places: &'a BTreeMap<String, LonLat>,
}

/// What became, or would become, of a part of a feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerRow {
    /// Feature in the file, from 1.
    pub feature: usize,
    /// The record it changes; `None` for a new one.
    pub id: Option<RecordId>,
    /// Title.
    pub title: String,
    /// New, changed or as it is.
    pub kind: RowKind,
}

/// What a row does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// A new record.
    New,
    /// A record that changes.
    Changed,
    /// A record that stays as it is.
    Unchanged,
}

/// A finding with its feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerFinding {
    /// Feature in the file, from 1.
    pub feature: usize,
    /// What is wrong.
    pub finding: Finding,
}

/// The report of an import.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerReport {
    /// The layer's head: file, kind, coordinate system, warnings; its features are taken out.
    pub layer: Layer,
    /// Features of the file.
    pub features: usize,
    /// Attribute and the field it goes to.
    pub fields: Vec<(String, Option<String>)>,
    /// What looks wrong about the positions.
    pub suspicions: Vec<Suspicion>,
    /// Values that are not as they should be, at most [`limits::LAYER_FINDINGS`].
    pub findings: Vec<LayerFinding>,
    /// How many there are.
    pub findings_total: usize,
    /// What becomes of each part, at most [`limits::LAYER_ROWS`].
    pub rows: Vec<LayerRow>,
    /// New records.
    pub new: usize,
    /// Changed records.
    pub changed: usize,
    /// Records that stay.
    pub unchanged: usize,
    /// Whether it was written.
    pub applied: bool,
}

/// One record in the making.
struct Draft {
    feature: usize,
    id: Option<RecordId>,
    body: Body,
    state: Option<String>,
}

impl Ledger {
    /// Imports a layer file, or says what would come of it. Where a value is wrong, or the positions are suspected and the
    /// person neither said how to read them nor that they are right, nothing is written.
    pub async fn import_layer(
        &self,
        register: &str,
        import: LayerImport,
        around: Around<'_>,
        person: &Person,
        now: UtcMs,
    ) -> Result<LayerReport> {
        let register = self.readable(register, person)?;
        if !register.definition().access.write.contains(&person.actor.role) {
            return Err(LedgerError::refused(
                "role",
                "当前角色不能填报此台账",
                "this role does not enter records of this register",
            ));
        }
        let place = layer_field(register)?;
        let (file, bytes, reading) = (import.file.clone(), import.bytes, import.reading);
        let read = tokio::task::spawn_blocking(move || layer::read(&file, &bytes));
        let raw = read.await.map_err(LedgerError::lost)?.map_err(|e| refused(&e))?;
        let pairs = known_places(&raw, around.places);
        let plain = reading == Reading::default();
        // What a person said is not asked again; a wrong answer is told by what it makes of the positions.
        let suspicions = match raw.clone().reading(reading) {
            Ok(read) => examine(&read, around.area, &moved(&pairs, reading)),
            Err(_) if plain => examine(&raw, around.area, &pairs),
            Err(error) => return Err(refused(&error)),
        };
        let mut report = LayerReport {
            features: raw.features.len(),
            fields: columns(register, &raw, &import.columns),
            suspicions,
            layer: Layer {
                features: Vec::new(),
                ..raw.clone()
            },
            findings: Vec::new(),
            findings_total: 0,
            rows: Vec::new(),
            new: 0,
            changed: 0,
            unchanged: 0,
            applied: false,
        };
        let Ok(layer) = raw.reading(reading) else {
            return Ok(report);
        };
        let mut drafts = drafts(register, place, &layer, &report, &import.set)?;
        self.admit_all(register, &mut drafts, &mut report, now).await?;
        let changes = self.changes(register, drafts, &mut report, person, now).await?;
        let clean = report.findings_total == 0 && (report.suspicions.is_empty() || import.accept);
        if !import.dry_run && clean && !changes.is_empty() {
            self.commit(register, changes, person, now).await?;
        }
        report.applied |= !import.dry_run && clean;
        Ok(report)
    }

    /// Finds the records the drafts mean, then checks all of them with what exists.
    async fn admit_all(
        &self,
        register: &Register,
        drafts: &mut [Draft],
        report: &mut LayerReport,
        now: UtcMs,
    ) -> Result<()> {
        let day = today(now);
        let known = {
            let asked = Asked::default();
            for draft in drafts.iter_mut() {
                // Keys are compared in their canonical form.
                let normal = admit::admit(register, &draft.body, draft.state.as_deref(), day, &asked);
                if let Ok(body) = normal {
                    draft.body = body;
                }
            }
            self.resolve(asked).await?
        };
        for draft in drafts.iter_mut() {
            for (fields, values) in keys(register, &draft.body) {
                let key = KeyValue { fields, values };
                if let Some(id) = self.store().record_by_key(&name_of(register), &key).await? {
                    draft.id = Some(id);
                }
            }
        }
        let mut taken: BTreeMap<Vec<String>, usize> = BTreeMap::new();
        for draft in drafts.iter_mut() {
            match admit::admit(register, &draft.body, draft.state.as_deref(), day, &known) {
                Ok(body) => draft.body = body,
                Err(found) => found.into_iter().for_each(|f| report.put(draft.feature, f)),
            }
            for (fields, values) in keys(register, &draft.body) {
                let field = fields.last().cloned().unwrap_or_default();
                let key = fields.into_iter().chain(values).collect();
                if let Some(first) = taken.insert(key, draft.feature) {
                    let names = register
                        .definition()
                        .field(&field)
                        .map(Field::names)
                        .unwrap_or_default();
                    report.put(
                        draft.feature,
                        Finding {
                            field,
                            names,
                            value: None,
                            code: "key",
                            expected: Names::new(
                                format!("与第 {first} 个要素重复"),
                                format!("the same as feature {first}"),
                            ),
                        },
                    );
                }
            }
        }
        Ok(())
    }

    async fn changes(
        &self,
        register: &Register,
        drafts: Vec<Draft>,
        report: &mut LayerReport,
        person: &Person,
        now: UtcMs,
    ) -> Result<Vec<Change>> {
        let ids: Vec<RecordId> = drafts.iter().filter_map(|d| d.id.clone()).collect();
        let held: BTreeMap<RecordId, crate::Held> = self
            .many(register, &ids)
            .await?
            .into_iter()
            .map(|h| (h.record.id.clone(), h))
            .collect();
        let mut out = Vec::new();
        for draft in drafts {
            let before = draft.id.as_ref().and_then(|id| held.get(id));
            let (kind, title) = match before {
                Some(before) => {
                    let record = Record {
                        body: merged(&before.record.body, &draft.body),
                        ..before.record.clone()
                    };
                    let title = register.title(&record);
                    if record.body == before.record.body {
                        (RowKind::Unchanged, title)
                    } else {
                        if !registers::life::may_write(register, &before.record, &person.actor) {
                            report.put(draft.feature, locked(register, &title));
                        }
                        out.push(Change::of(before, record, ChangeKind::Imported));
                        (RowKind::Changed, title)
                    }
                }
                None => {
                    let change = Change::new(register, None, draft.body, ChangeKind::Imported, now);
                    let title = register.title(&change.record);
                    if !registers::life::may_read(register, &change.record, &person.actor) {
                        report.put(draft.feature, locked(register, &title));
                    }
                    out.push(change);
                    (RowKind::New, title)
                }
            };
            match kind {
                RowKind::New => report.new += 1,
                RowKind::Changed => report.changed += 1,
                RowKind::Unchanged => report.unchanged += 1,
            }
            if report.rows.len() < limits::LAYER_ROWS {
                report.rows.push(LayerRow {
                    feature: draft.feature,
                    id: draft.id,
                    title,
                    kind,
                });
            }
        }
        Ok(out)
    }
}

impl LayerReport {
    fn put(&mut self, feature: usize, finding: Finding) {
        self.findings_total += 1;
        if self.findings.len() < limits::LAYER_FINDINGS {
            self.findings.push(LayerFinding { feature, finding });
        }
    }
}

/// Bodies made of the features.
fn drafts(
    register: &Register,
    place: &Field,
    layer: &Layer,
    report: &LayerReport,
    set: &Body,
) -> Result<Vec<Draft>> {
    let start = register.definition().life.as_ref().map(|l| l.start.clone());
    let key = split_field(register);
    let mut out = Vec::new();
    for feature in &layer.features {
        let parts = parts(&feature.geometry, place.kind);
        let several = parts.len() > 1;
        if parts.is_empty() {
            // The engine's own words say which kind of place is expected.
            out.push((feature, 0, false, feature.geometry.to_geojson()));
        }
        for (n, part) in parts.into_iter().enumerate() {
            out.push((feature, n + 1, several, part.to_geojson()));
        }
        if out.len() > limits::LAYER_RECORDS {
            let most = limits::LAYER_RECORDS;
            return Err(LedgerError::query(
                "file",
                format!("记录多于 {most} 条，请分块导入"),
                format!("more than {most} records: import it in parts"),
            ));
        }
    }
    let mut drafts = Vec::with_capacity(out.len());
    for (feature, n, several, geometry) in out {
        let mut body = set.clone();
        for (attribute, field) in &report.fields {
            if let (Some(field), Some(value)) = (field, feature.attributes.get(attribute)) {
                body.insert(field.clone(), json!(value));
            }
        }
        body.insert(place.name.clone(), geometry);
        if let Some(key) = key.filter(|_| several)
            && let Some(text) = body.get(key).and_then(Value::as_str)
        {
            let numbered = format!("{text}-{n}");
            body.insert(key.to_owned(), json!(numbered));
        }
        drafts.push(Draft {
            feature: feature.number,
            id: None,
            body,
            state: start.clone(),
        });
    }
    Ok(drafts)
}

fn locked(register: &Register, title: &str) -> Finding {
    let field = register.definition().title.first().cloned().unwrap_or_default();
    let names = register
        .definition()
        .field(&field)
        .map(Field::names)
        .unwrap_or_default();
    Finding {
        field,
        names,
        value: Some(title.chars().take(100).collect()),
        code: "scope",
        expected: Names::new(
            "该记录不属于本单位或已锁定，不能由导入改动",
            "the record belongs to others or is locked and is not changed by an import",
        ),
    }
}

/// The place field a layer's geometries go to: the zone's, the drawn one, or the first.
fn layer_field(register: &Register) -> Result<&Field> {
    let definition = register.definition();
    let zone = definition.zoning.first().map(|z| &z.field);
    let drawn = definition.map.as_ref().map(|m| &m.field);
    let first = definition
        .field
        .iter()
        .find(|f| f.kind.is_place())
        .map(|f| &f.name);
    zone.or(drawn)
        .or(first)
        .and_then(|name| definition.field(name))
        .ok_or_else(|| LedgerError::query("register", "该台账没有位置字段", "the register has no place"))
}

/// The text field told apart where one feature becomes several records: the last text of the first key.
fn split_field(register: &Register) -> Option<&str> {
    let definition = register.definition();
    let key = definition.key.first()?;
    let text = |name: &&String| definition.field(name).is_some_and(|f| f.kind == FieldType::Text);
    key.fields.iter().rfind(text).map(String::as_str)
}

/// Parts that fit the field; none where the geometry is of another kind.
fn parts(geometry: &Geometry, kind: FieldType) -> Vec<Geometry> {
    let fits = matches!(
        (geometry, kind),
        (Geometry::Points(_), FieldType::Point)
            | (Geometry::Lines(_), FieldType::Line)
            | (Geometry::Areas(_), FieldType::Area)
    );
    if !fits {
        return Vec::new();
    }
    geometry.parts().iter().map(closed).collect()
}

/// The engine wants rings closed, which not every file does.
fn closed(geometry: &Geometry) -> Geometry {
    let Geometry::Areas(areas) = geometry else {
        return geometry.clone();
    };
    let close = |ring: &Vec<LonLat>| {
        let mut ring = ring.clone();
        if ring.first() != ring.last() {
            ring.extend(ring.first().copied());
        }
        ring
    };
    Geometry::Areas(
        areas
            .iter()
            .map(|a| geo::Polygon::new(a.rings().iter().map(close).collect()))
            .collect(),
    )
}

/// Attribute → field: as said, else by Chinese or English name, alias or the field's own name.
fn columns(
    register: &Register,
    layer: &Layer,
    said: &BTreeMap<String, String>,
) -> Vec<(String, Option<String>)> {
    let bare = |text: &str| {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect::<String>()
    };
    let fields = &register.definition().field;
    let takes = |f: &&Field| f.kind.is_scalar() && !f.kind.is_place() && f.computed.is_none();
    let mut taken: Vec<String> = Vec::new();
    layer
        .fields
        .iter()
        .map(|attribute| {
            let wanted = said.get(attribute);
            let found = fields.iter().filter(takes).find(|f| match wanted {
                Some(name) => f.name == *name,
                None => {
                    let names = [&f.name, &f.zh, &f.en].into_iter().chain(&f.aliases);
                    names.map(|n| bare(n)).any(|n| n == bare(attribute))
                }
            });
            let field = found.map(|f| f.name.clone()).filter(|name| !taken.contains(name));
            taken.extend(field.clone());
            (attribute.clone(), field)
        })
        .collect()
}

/// Features that bear the name of a known place, with where that is.
fn known_places(layer: &Layer, places: &BTreeMap<String, LonLat>) -> Vec<(LonLat, LonLat)> {
    layer
        .features
        .iter()
        .filter_map(|f| {
            let truth = f.attributes.values().find_map(|v| places.get(v.as_str()))?;
            match &f.geometry {
                Geometry::Points(points) => Some((*points.first()?, *truth)),
                _ => None,
            }
        })
        .take(limits::LAYER_ROWS)
        .collect()
}

fn moved(pairs: &[(LonLat, LonLat)], reading: Reading) -> Vec<(LonLat, LonLat)> {
    pairs
        .iter()
        .map(|(p, truth)| {
            let p = if reading.swapped {
                LonLat::new(p.lat, p.lon)
            } else {
                *p
            };
            (geo::convert(p, reading.system, geo::Crs::Cgcs2000), *truth)
        })
        .collect()
}

fn refused(error: &LayerError) -> LedgerError {
    LedgerError::query(
        "file",
        format!("{}：{}", error.place_zh(), error.said.zh),
        format!("{}: {}", error.place_en(), error.said.en),
    )
}
