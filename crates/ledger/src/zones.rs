//! Zone tests (分区检验): which zones of which layers a site lies in, crosses, touches or is near to, and what holds there.

use geo::{Geometry, LonLat, Related, relate};
use model::ids::RecordId;
use model::time::UtcMs;
use registers::place;
use registers::register::Register;
use registers::text::Names;
use registers::zoning::areas;

use crate::error::{LedgerError, Result};
use crate::person::Person;
use crate::query::Query;
use crate::references::today;
use crate::{Ledger, limits};

/// What is tested.
#[derive(Clone, Debug)]
pub struct Site {
    /// The site.
    pub geometry: Geometry,
    /// Registers whose zones are asked; every zone layer in sight when empty.
    pub registers: Vec<String>,
    /// From how near a zone is told, metres; what each layer says when absent.
    pub within_m: Option<f64>,
}

/// A zone that concerns the site.
#[derive(Clone, Debug, PartialEq)]
pub struct ZoneHit {
    /// Register of the zone.
    pub register: String,
    /// Its names.
    pub names: Names,
    /// The zone's record.
    pub id: RecordId,
    /// Its title.
    pub title: String,
    /// Code of the layer.
    pub kind: String,
    /// Names of the layer.
    pub kind_names: Names,
    /// Class within the layer.
    pub class: Option<Names>,
    /// How they lie to each other.
    pub related: Related,
    /// What holds there: the field's names and the text.
    pub rules: Vec<(Names, String)>,
}

/// What a test found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ZoneReport {
    /// Zones that concern the site: those it lies in first, then by layer and title.
    pub hits: Vec<ZoneHit>,
    /// Zones in force that were compared.
    pub tested: usize,
    /// Registers that were asked.
    pub registers: Vec<String>,
    /// More zones lie around than are compared at once.
    pub truncated: bool,
}

impl Ledger {
    /// Registers that are zone layers and in the person's sight.
    pub fn zone_layers<'a>(&'a self, person: &'a Person) -> impl Iterator<Item = &'a Register> {
        self.library()
            .iter()
            .filter(|r| !r.definition().zoning.is_empty())
            .filter(|r| r.definition().access.read.contains(&person.actor.role))
    }

    /// Tests a site against the zones in force.
    pub async fn zone_test(&self, site: Site, person: &Person, now: UtcMs) -> Result<ZoneReport> {
        let Some(bounds) = site.geometry.bounds() else {
            return Err(LedgerError::query("geometry", "没有坐标", "it has no position"));
        };
        if site.geometry.positions().count() > limits::SITE_POSITIONS {
            let most = limits::SITE_POSITIONS;
            return Err(LedgerError::query(
                "geometry",
                format!("顶点不多于 {most} 个"),
                format!("{most} vertices or fewer"),
            ));
        }
        for name in &site.registers {
            if self.readable(name, person)?.definition().zoning.is_empty() {
                let (zh, en) = (
                    format!("台账 «{name}» 不是分区图层"),
                    format!("«{name}» is no zone layer"),
                );
                return Err(LedgerError::query("registers", zh, en));
            }
        }
        let mut report = ZoneReport::default();
        for register in self.zone_layers(person) {
            if !site.registers.is_empty() && !site.registers.iter().any(|n| n == register.name()) {
                continue;
            }
            report.registers.push(register.name().to_owned());
            let layers = &register.definition().zoning;
            let own = layers.iter().map(|z| z.within_m).max().unwrap_or(0);
            let asked = site.within_m.map(|m| m.clamp(0.0, geo::limits::WITHIN_M));
            let around = bounds.grown(asked.unwrap_or(f64::from(own)).max(geo::TOUCHING_M));
            // The view knows the box of the drawn place; zones of other places are all looked at.
            let drawn = crate::facets::drawn(register.definition());
            let boxed = layers.iter().all(|z| drawn == Some(z.field.as_str()));
            let query = Query {
                bounds: boxed.then_some([around.west, around.south, around.east, around.north]),
                ..Query::default()
            };
            let (found, total) = self
                .located(register, &query, person, now, limits::ZONES_TESTED)
                .await?;
            report.truncated |= i64::try_from(found.len()).is_ok_and(|n| n < total);
            let ids: Vec<RecordId> = found.iter().map(|f| f.id.clone()).collect();
            let held = self.many(register, &ids).await?;
            let geometry = site.geometry.clone();
            let copy = register.clone();
            let walked = tokio::task::spawn_blocking(move || {
                let mut hits = Vec::new();
                let mut tested = 0;
                let found = held.iter().flat_map(|one| {
                    let zones = areas(&copy, &one.record, today(now));
                    zones.into_iter().map(move |zone| (one, zone))
                });
                for (one, zone) in found {
                    let Some(extent) = place::geometry(zone.place) else {
                        continue;
                    };
                    tested += 1;
                    if let Some(related) = relate(&geometry, &extent, asked.unwrap_or(zone.within_m)) {
                        hits.push(ZoneHit {
                            register: copy.name().to_owned(),
                            names: copy.definition().names(),
                            id: one.record.id.clone(),
                            title: copy.title(&one.record),
                            kind: zone.kind.0,
                            kind_names: zone.kind.1,
                            class: zone.class,
                            related,
                            rules: zone.rules,
                        });
                    }
                }
                (hits, tested)
            });
            let (hits, tested) = walked.await.map_err(LedgerError::lost)?;
            report.hits.extend(hits);
            report.tested += tested;
        }
        report.hits.sort_by(|a, b| {
            (a.related.relation, &a.register, &a.kind, &a.title).cmp(&(
                b.related.relation,
                &b.register,
                &b.kind,
                &b.title,
            ))
        });
        Ok(report)
    }

    /// Where a record lies, for testing its site: its drawn place, else the first place it has.
    pub async fn site_of(&self, register: &str, id: &RecordId, person: &Person) -> Result<Geometry> {
        let (register, held) = self.held(register, id, person).await?;
        place_of(register, &held.record.body)
            .ok_or_else(|| LedgerError::query("record", "该记录没有位置", "the record has no place"))
    }
}

/// A body's drawn place, else the first place it has.
pub(crate) fn place_of(register: &Register, body: &registers::record::Body) -> Option<Geometry> {
    let drawn = register
        .definition()
        .map
        .as_ref()
        .and_then(|m| body.get(&m.field));
    let first = || {
        let fields = register.definition().field.iter();
        fields
            .filter(|f| f.kind.is_place())
            .find_map(|f| body.get(&f.name))
    };
    place::geometry(drawn.or_else(first)?)
}

/// A point of a body's place, for measuring.
pub(crate) fn point_of(register: &Register, body: &registers::record::Body) -> Option<LonLat> {
    match place_of(register, body)? {
        Geometry::Points(points) => points.first().copied(),
        other => other.middle(),
    }
}
