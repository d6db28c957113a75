//! Zone tests and layer files.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::extract::multipart::{Multipart, MultipartError, MultipartRejection};
use geo::layer::Reading;
use geo::{Crs, Geometry, LonLat};
use ledger::{Around, LayerImport, Site};
use model::ids::RecordId;
use serde_json::Map;

use super::person;
use crate::access::Access;
use crate::dto::places::{LayerForm, LayerQuery, LayerReportView, SystemAsk, ZoneAsk, ZoneReportView};
use crate::error::{ApiError, Code, Result, TooLarge};
use crate::extract::{Body, Query};
use crate::state::Context;

/// Which zones a site lies in, crosses, touches or is near to, and what holds there.
#[utoipa::path(post, path = "/zones/test", tag = "places", request_body = ZoneAsk,
    responses((status = OK, body = ZoneReportView)))]
pub(crate) async fn test_zones(
    State(ctx): State<Context>,
    access: Access,
    Body(ask): Body<ZoneAsk>,
) -> Result<Json<ZoneReportView>> {
    let person = person(&ctx, &access).await?;
    let ledger = &ctx.app.ledger;
    let geometry = match (ask.point, ask.geometry, ask.record) {
        (Some(point), None, None) => {
            let at = LonLat::new(point.lon, point.lat);
            if !at.is_valid() {
                return Err(ApiError::field(
                    "point",
                    "应为经纬度",
                    "must be degrees on the globe",
                ));
            }
            Geometry::point(at)
        }
        (None, Some(value), None) => Geometry::from_geojson(&value, 1).map_err(|e| {
            let words = e.to_string();
            let (zh, en) = words.split_once(" / ").unwrap_or((&words, &words));
            ApiError::field("geometry", zh, en)
        })?,
        (None, None, Some(record)) => {
            ledger
                .site_of(&record.register, &RecordId::new(&record.id), &person)
                .await?
        }
        _ => {
            return Err(ApiError::field(
                "geometry",
                "请给出 point、geometry、record 之一",
                "give one of point, geometry and record",
            ));
        }
    };
    let site = Site {
        geometry,
        registers: ask.registers,
        within_m: ask.within_m,
    };
    let report = ledger.zone_test(site, &person, ctx.now()).await?;
    Ok(Json(report.into()))
}

/// A layer file into a register: GeoJSON, Shapefile in a zip, KML or KMZ. A dry run unless `dry_run=false`; written whole or not at all.
#[utoipa::path(post, path = "/zones/import", tag = "places", params(LayerQuery),
    request_body(content = LayerForm, content_type = "multipart/form-data"),
    responses((status = OK, body = LayerReportView)))]
pub(crate) async fn import_layer(
    State(ctx): State<Context>,
    access: Access,
    Query(query): Query<LayerQuery>,
    form: std::result::Result<Multipart, MultipartRejection>,
) -> Result<Json<LayerReportView>> {
    let person = person(&ctx, &access).await?;
    let form = form.map_err(|_| {
        ApiError::new(
            Code::UnsupportedMediaType,
            "请求正文须为 multipart/form-data",
            "the request body must be multipart/form-data",
        )
    })?;
    let (file, bytes) = file(form).await?;
    let object = |name: &str, text: Option<&String>| -> Result<Map<String, serde_json::Value>> {
        text.map_or(Ok(Map::new()), |t| {
            serde_json::from_str(t)
                .map_err(|_| ApiError::query(name, "应为 JSON 对象", "must be a JSON object"))
        })
    };
    let columns: BTreeMap<String, String> = object("columns", query.columns.as_ref())?
        .into_iter()
        .filter_map(|(attribute, field)| Some((attribute, field.as_str()?.to_owned())))
        .collect();
    let import = LayerImport {
        file,
        bytes,
        reading: Reading {
            system: match query.system {
                Some(SystemAsk::Gcj02) => Crs::Gcj02,
                Some(SystemAsk::Bd09) => Crs::Bd09,
                Some(SystemAsk::Cgcs2000) | None => Crs::Cgcs2000,
            },
            swapped: query.swapped.unwrap_or(false),
        },
        set: object("set", query.set.as_ref())?,
        columns,
        accept: query.accept.unwrap_or(false),
        dry_run: query.dry_run.unwrap_or(true),
    };
    let directory = ctx.directory().await?;
    let places: BTreeMap<String, LonLat> = directory
        .all()
        .filter(|s| !s.spec.schematic)
        .filter_map(|s| Some((s.spec.zh.clone(), LonLat::new(s.spec.lon?, s.spec.lat?))))
        .collect();
    let around = Around {
        area: ctx.ground.area.as_ref(),
        places: &places,
    };
    let report = ctx
        .app
        .ledger
        .import_layer(&query.register, import, around, &person, ctx.now())
        .await?;
    Ok(Json(report.into()))
}

/// The one file of a form.
async fn file(mut form: Multipart) -> Result<(String, Vec<u8>)> {
    let broken = |e: MultipartError| {
        if e.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
            ApiError::too_large(&TooLarge::LAYER, geo::limits::FILE_BYTES as u64)
        } else {
            ApiError::new(Code::BadBody, "表单读不完整", "the form does not read")
        }
    };
    while let Some(part) = form.next_field().await.map_err(broken)? {
        if part.name() != Some("file") {
            continue;
        }
        let name: String = part.file_name().unwrap_or("layer").chars().take(120).collect();
        let bytes = part.bytes().await.map_err(broken)?;
        return Ok((name, bytes.to_vec()));
    }
    Err(ApiError::field("file", "缺少文件", "the form has no file"))
}
