//! The map: layers of the profile as they are, and the subjects that have a place.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use model::ids::SubjectId;
use serde::Deserialize;
use store::Page as StorePage;
use store::subjects::SubjectQuery;

use super::kinds;
use super::moment::Moment;
use super::subjects::rows;
use crate::access::Access;
use crate::dto::common::Stamp;
use crate::dto::map::{
    Layer, LayerInfo, PointCollection, PointFeature, PointGeometry, PointProperties, PointQuery,
};
use crate::dto::subjects::SubjectRow;
use crate::error::{Code, Result};
use crate::extract::{Path, Query};
use crate::limits;
use crate::state::Context;

/// Points of one answer: beyond it tiles are the right means.
const MAX_POINTS: i64 = 5_000;

/// What a layer's file says of itself beside its features.
#[derive(Deserialize)]
struct Heading {
    #[serde(default)]
    zh: String,
    #[serde(default)]
    en: String,
    #[serde(default)]
    schematic: bool,
}

/// The layers of a profile; a file that names itself badly still has its name.
pub(crate) fn layers(profile: &model::profile::Profile) -> Vec<LayerInfo> {
    profile
        .map
        .iter()
        .map(|(name, text)| {
            let heading = serde_json::from_str::<Heading>(text).ok();
            let or_name = |words: String| if words.is_empty() { name.clone() } else { words };
            let (zh, en, schematic) = heading.map_or((String::new(), String::new(), true), |h| {
                (h.zh, h.en, h.schematic)
            });
            LayerInfo {
                name: name.clone(),
                zh: or_name(zh),
                en: or_name(en),
                schematic,
            }
        })
        .collect()
}

/// The layers of the district's map.
#[utoipa::path(get, path = "/map/layers", tag = "map", responses((status = OK, body = Vec<LayerInfo>)))]
pub(crate) async fn list_layers(State(ctx): State<Context>) -> Json<Vec<LayerInfo>> {
    Json(ctx.layers.clone())
}

/// A layer as GeoJSON.
#[utoipa::path(get, path = "/map/layers/{name}", tag = "map",
    params(("name" = String, Path, description = "Name of the layer")),
    responses((status = OK, body = Layer, content_type = "application/geo+json")))]
pub(crate) async fn get_layer(State(ctx): State<Context>, Path(name): Path<String>) -> Result<Response> {
    let text = ctx.app.profile.map.get(&name).ok_or(Code::NotFound)?.clone();
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/geo+json"),
        ),
        // Layers change with the profile, that is with a restart.
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=600"),
        ),
    ];
    Ok((headers, text).into_response())
}

/// The subjects in sight that have a place, as GeoJSON points: as they are, or with `at` as they stood. Then stations and
/// sections carry what was judged of the last period that had ended, outlets whether its values exceeded, and every point
/// the alarms that had begun and were not closed; what was not judged has no class and no value.
#[utoipa::path(get, path = "/map/points", tag = "map", params(PointQuery),
    responses((status = OK, body = PointCollection)))]
pub(crate) async fn list_points(
    State(ctx): State<Context>,
    access: Access,
    Query(query): Query<PointQuery>,
) -> Result<Json<PointCollection>> {
    let directory = ctx.directory().await?;
    let moment = match query.at {
        Some(Stamp(at)) => Some(Moment::load(&ctx, &directory, at).await?),
        None => None,
    };
    let size = i64::from(limits::MAX_PAGE_SIZE);
    let mut filter = SubjectQuery {
        scope: access.store_scope(&directory),
        kinds: kinds(query.kind.as_deref())?,
        ..SubjectQuery::default()
    };
    let mut placed = Vec::new();
    for number in 1..=MAX_POINTS / size {
        filter.page = StorePage { number, size };
        let found = ctx.app.store.list_subjects(&filter, ctx.now()).await?;
        let last = number * size >= found.total;
        let rows = match &moment {
            Some(moment) => moment.rows(&ctx, &directory, found.items).await?,
            None => rows(&ctx, &directory, found.items).await?,
        };
        placed.extend(
            rows.into_iter()
                .filter(|row| row.lon.is_some() && row.lat.is_some()),
        );
        if last {
            break;
        }
    }
    count_once(&mut placed);
    Ok(Json(PointCollection {
        kind: "FeatureCollection",
        at: query.at,
        hour: moment.map(|moment| moment.hour.into()),
        features: placed.into_iter().filter_map(feature).collect(),
    }))
}

/// A firm counts the alarms of its outlets. On the map each alarm stands once: at the outlet where that has a point, at
/// the firm otherwise.
fn count_once(placed: &mut [SubjectRow]) {
    let mut shown: HashMap<SubjectId, i64> = HashMap::new();
    for row in placed.iter() {
        if let Some(parent) = &row.parent {
            *shown.entry(parent.id).or_default() += row.alarms;
        }
    }
    for row in placed.iter_mut() {
        row.alarms -= shown.get(&row.id).copied().unwrap_or_default();
    }
}

fn feature(row: SubjectRow) -> Option<PointFeature> {
    let coordinates = [row.lon?, row.lat?];
    let headline = row.headline;
    let shown = headline.as_ref();
    Some(PointFeature {
        kind: "Feature",
        id: row.id,
        geometry: PointGeometry {
            kind: "Point",
            coordinates,
        },
        properties: PointProperties {
            id: row.id,
            code: row.code,
            kind: row.kind,
            name: row.zh,
            name_en: row.en,
            parent_name: row.parent.map(|p| p.zh),
            state: row.state,
            value: shown.and_then(|h| h.value.clone()),
            label: shown.map(|h| h.label.clone()),
            unit: shown.map(|h| h.unit.clone()),
            time: shown.and_then(|h| h.time).or(row.last_time),
            level: shown.and_then(|h| h.level),
            class: shown.and_then(|h| h.class.clone()),
            aqi: shown.and_then(|h| h.aqi),
            alarms: row.alarms,
            demo: row.demo,
            schematic: row.schematic,
        },
    })
}
