//! Registers on the map: GeoJSON for small answers, vector tiles for large ones.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use geo::Tile;
use sha2::{Digest as _, Sha256};

use super::{filter, person};
use crate::access::Access;
use crate::dto::places::{MapQuery, RecordCollection, RecordFeature};
use crate::error::{ApiError, Code, Result};
use crate::extract::{Path, Query};
use crate::limits;
use crate::state::Context;

/// The records of a register on the map, as GeoJSON. Takes the filters of the register's list too.
#[utoipa::path(get, path = "/registers/{name}/map", tag = "places",
    params(("name" = String, Path, description = "Register"), MapQuery),
    responses((status = OK, body = RecordCollection)))]
pub(crate) async fn get_map(
    State(ctx): State<Context>,
    access: Access,
    Path(name): Path<String>,
    Query(pairs): Query<filter::Pairs>,
) -> Result<Json<RecordCollection>> {
    let person = person(&ctx, &access).await?;
    let ledger = &ctx.app.ledger;
    let register = ledger.readable(&name, &person)?;
    let symbol = register
        .definition()
        .map
        .as_ref()
        .ok_or(Code::NotFound)?
        .symbol
        .clone();
    let (mut query, _) = filter::query(register, &pairs, &["bbox", "limit"])?;
    let given = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    if let Some(text) = given("bbox") {
        let numbers: Vec<f64> = text.split(',').filter_map(|t| t.trim().parse().ok()).collect();
        let good = |b: &[f64; 4]| b.iter().all(|n| n.is_finite()) && b[0] <= b[2] && b[1] <= b[3];
        let bounds = <[f64; 4]>::try_from(numbers).ok().filter(good);
        query.bounds = Some(bounds.ok_or_else(|| {
            ApiError::query(
                "bbox",
                "应为 西,南,东,北（度）",
                "must be west,south,east,north in degrees",
            )
        })?);
    }
    let most = match given("limit") {
        None => limits::MAP_FEATURES_USUAL,
        Some(text) => text
            .parse()
            .ok()
            .filter(|n| (1..=limits::MAP_FEATURES).contains(n))
            .ok_or_else(|| ApiError::query("limit", "应为 1 至 5000", "must be 1 to 5000"))?,
    };
    let (found, total) = ledger
        .map_features(register, &query, &person, ctx.now(), most)
        .await?;
    let truncated = usize::try_from(total).is_ok_and(|n| n > most);
    Ok(Json(RecordCollection {
        kind: "FeatureCollection",
        features: found
            .into_iter()
            .map(|f| RecordFeature::new(f, &symbol))
            .collect(),
        total,
        truncated,
    }))
}

/// A vector tile of a register's records, layer `records` with id, title, state, colour, symbol and the count a point stands for.
#[utoipa::path(get, path = "/registers/{name}/tiles/{z}/{x}/{y}", tag = "places",
    params(("name" = String, Path, description = "Register"), ("z" = u8, Path, description = "Level"),
        ("x" = u32, Path, description = "Column"), ("y" = u32, Path, description = "Row")),
    responses((status = OK, body = Vec<u8>, content_type = "application/vnd.mapbox-vector-tile"),
        (status = NO_CONTENT, description = "Nothing there"), (status = NOT_MODIFIED, description = "As before")))]
pub(crate) async fn get_tile(
    State(ctx): State<Context>,
    access: Access,
    Path((name, z, x, y)): Path<(String, u8, u32, u32)>,
    headers: HeaderMap,
) -> Result<Response> {
    let person = person(&ctx, &access).await?;
    let ledger = &ctx.app.ledger;
    let register = ledger.readable(&name, &person)?;
    let tile = Tile::new(z, x, y).map_err(|_| ApiError::from(Code::NotFound))?;
    let changed = ledger.changed(register).await?;
    // What a town or a firm sees is its own; a tile must not be taken for that of another.
    let actor = &person.actor;
    let whose = format!("{} {:?} {:?}", actor.role.name(), actor.unit, actor.firms);
    let whose: String = Sha256::digest(whose)
        .iter()
        .take(4)
        .fold(String::new(), |text, b| text + &format!("{b:02x}"));
    let version = register.definition().version;
    let tag = HeaderValue::try_from(format!("\"{name}-{version}-{changed}-{z}-{x}-{y}-{whose}\""))
        .map_err(|e| ApiError::internal(&e))?;
    let kept = [
        (header::ETAG, tag.clone()),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-cache"),
        ),
    ];
    if headers.get(header::IF_NONE_MATCH) == Some(&tag) {
        return Ok((StatusCode::NOT_MODIFIED, kept).into_response());
    }
    let bytes = ledger.tile(register, tile, &person, ctx.now()).await?;
    if bytes.is_empty() {
        return Ok((StatusCode::NO_CONTENT, kept).into_response());
    }
    let kind = [(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/vnd.mapbox-vector-tile"),
    )];
    Ok((kept, kind, bytes).into_response())
}
