//! Registers on the map: features for small answers, vector tiles for large ones.
//!
//! What a point is drawn by stands in the view, so a tile of points reads nothing from the store; lines and areas are
//! read once and kept by their revision.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use geo::{Drawn, Geometry, LonLat, Tag, Tile, encode};
use model::ids::RecordId;
use model::time::UtcMs;
use registers::register::Register;

use crate::error::{LedgerError, Result};
use crate::person::Person;
use crate::query::{Bounds, Query};
use crate::view::Located;
use crate::zones::place_of;
use crate::{Ledger, limits};

/// A record as it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct MapFeature {
    /// Row; unique in the register.
    pub seq: i64,
    /// The record.
    pub id: RecordId,
    /// Title.
    pub title: String,
    /// State.
    pub state: Option<String>,
    /// Code by which it is coloured: of the definition's field, else the state.
    pub colour: Option<String>,
    /// Where.
    pub geometry: Arc<Geometry>,
    /// Records it stands for: 1, more where a tile draws one of many that fall together.
    pub count: i64,
}

/// A line or area with the revision it was read at.
type Read = (i64, Arc<Geometry>);

/// Lines and areas by register and record.
#[derive(Default)]
pub(crate) struct Cache(Mutex<HashMap<(String, RecordId), Read>>);

/// Steps across a tile within which points are drawn as one, at levels where single ones cannot be told apart: 1/128 of
/// the tile, some four pixels.
const CELL: f64 = 32.0;
/// From this level on every record is drawn.
const SINGLE_FROM: u8 = 14;

impl Ledger {
    /// Records with a place that a query leaves, at most `most`, and how many there are.
    pub async fn map_features(
        &self,
        register: &Register,
        query: &Query,
        person: &Person,
        now: UtcMs,
        most: usize,
    ) -> Result<(Vec<MapFeature>, i64)> {
        let (found, total) = self.located(register, query, person, now, most).await?;
        Ok((self.drawn(register, found).await?, total))
    }

    /// A vector tile of the records in sight, layer `records`; empty where there are none.
    pub async fn tile(
        &self,
        register: &Register,
        tile: Tile,
        person: &Person,
        now: UtcMs,
    ) -> Result<Vec<u8>> {
        let Some(map) = &register.definition().map else {
            return Err(LedgerError::NotFound);
        };
        let symbol = map.symbol.clone();
        let (zoom, _, _) = tile.zxy();
        if map.min_zoom.is_some_and(|least| zoom < least) {
            return Ok(Vec::new());
        }
        let b = tile.bounds();
        // The margin that is drawn beyond the tile's edges: 64 of 4096 steps.
        let (dx, dy) = ((b.east - b.west) / 64.0, (b.north - b.south) / 64.0);
        let query = Query {
            bounds: Some([b.west - dx, b.south - dy, b.east + dx, b.north + dy]),
            ..Query::default()
        };
        let (found, _) = self
            .located(register, &query, person, now, limits::PLACES)
            .await?;
        let found = if zoom < SINGLE_FROM {
            thin(found, tile)
        } else {
            found
        };
        let features = self.drawn(register, found).await?;
        let encoded = tokio::task::spawn_blocking(move || {
            let tags: Vec<Vec<(&str, Tag<'_>)>> = features
                .iter()
                .map(|f| {
                    let mut tags = vec![
                        ("id", Tag::Text(f.id.as_str())),
                        ("title", Tag::Text(&f.title)),
                        ("symbol", Tag::Text(&symbol)),
                        ("count", Tag::Number(f.count)),
                    ];
                    tags.extend(f.state.as_ref().map(|s| ("state", Tag::Text(s))));
                    tags.extend(f.colour.as_ref().map(|c| ("colour", Tag::Text(c))));
                    tags
                })
                .collect();
            let drawn = features.iter().zip(&tags).map(|(f, tags)| Drawn {
                number: u64::try_from(f.seq).unwrap_or_default(),
                geometry: &f.geometry,
                tags,
            });
            encode("records", tile, drawn)
        });
        encoded.await.map_err(LedgerError::lost)
    }

    /// Located records with their geometry.
    async fn drawn(&self, register: &Register, found: Vec<Located>) -> Result<Vec<MapFeature>> {
        let cache = &self.inner.geometries.0;
        let name = register.name();
        let mut geometries: HashMap<RecordId, Arc<Geometry>> = HashMap::new();
        let mut unread = Vec::new();
        {
            let known = cache.lock().unwrap_or_else(PoisonError::into_inner);
            for one in found.iter().filter(|f| !is_point(f.bounds)) {
                match known.get(&(name.to_owned(), one.id.clone())) {
                    Some((revision, geometry)) if *revision == one.revision => {
                        geometries.insert(one.id.clone(), Arc::clone(geometry));
                    }
                    _ => unread.push(one.id.clone()),
                }
            }
        }
        for held in self.many(register, &unread).await? {
            let Some(geometry) = place_of(register, &held.record.body).map(Arc::new) else {
                continue;
            };
            let mut known = cache.lock().unwrap_or_else(PoisonError::into_inner);
            if known.len() >= limits::GEOMETRIES {
                known.clear();
            }
            let id = held.record.id;
            known.insert(
                (name.to_owned(), id.clone()),
                (held.revision, Arc::clone(&geometry)),
            );
            geometries.insert(id, geometry);
        }
        Ok(found
            .into_iter()
            .filter_map(|one| {
                let geometry = match geometries.remove(&one.id) {
                    Some(geometry) => geometry,
                    None if is_point(one.bounds) => Arc::new(Geometry::point(middle(one.bounds))),
                    None => return None,
                };
                Some(MapFeature {
                    seq: one.seq,
                    id: one.id,
                    title: one.title,
                    colour: one.colour.or_else(|| one.state.clone()),
                    state: one.state,
                    geometry,
                    count: one.count,
                })
            })
            .collect())
    }
}

fn is_point([w, s, e, n]: Bounds) -> bool {
    w.total_cmp(&e).is_eq() && s.total_cmp(&n).is_eq()
}

fn middle([w, s, e, n]: Bounds) -> LonLat {
    LonLat::new(f64::midpoint(w, e), f64::midpoint(s, n))
}

/// One point for each cell and colour of the tile's grid, with the number it stands for. Lines and areas stay.
fn thin(found: Vec<Located>, tile: Tile) -> Vec<Located> {
    if found.len() <= limits::TILE_POINTS {
        return found;
    }
    let mut cells: HashMap<(i64, i64, Option<String>), usize> = HashMap::new();
    let mut out: Vec<Located> = Vec::new();
    for one in found {
        if !is_point(one.bounds) {
            out.push(one);
            continue;
        }
        let (x, y) = tile.project(middle(one.bounds), 4096.0);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "places of the tile and its margin lie within ±4160 steps"
        )]
        let cell = ((x / CELL).floor() as i64, (y / CELL).floor() as i64);
        let key = (cell.0, cell.1, one.colour.clone().or_else(|| one.state.clone()));
        match cells.get(&key).and_then(|n| out.get_mut(*n)) {
            Some(first) => first.count += 1,
            None => {
                cells.insert(key, out.len());
                out.push(one);
            }
        }
    }
    out
}
