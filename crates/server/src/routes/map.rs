//! skeleton

use axum::Json;
use axum::http::StatusCode;

use crate::dto::map::*;
use crate::extract::{Path, Query};
use crate::error::{Code, Result};

/// The layers of the district's map.
#[utoipa::path(get, path = "/map/layers", tag = "map",
    responses((status = OK, body = Vec<LayerInfo>)))]
pub(crate) async fn list_layers() -> Result<Json<Vec<LayerInfo>>> {
    Err(Code::StoreUnavailable.into())
}

/// A layer as GeoJSON.
#[utoipa::path(get, path = "/map/layers/{name}", tag = "map",
    params(("name" = String, Path, description = "Name of the layer")),
    responses((status = OK, body = Layer)))]
pub(crate) async fn get_layer(Path(name): Path<String>) -> Result<Json<Layer>> {
    Err(Code::StoreUnavailable.into())
}

/// The subjects that have a place, as GeoJSON points.
#[utoipa::path(get, path = "/map/points", tag = "map",
    params(PointQuery),
    responses((status = OK, body = PointCollection)))]
pub(crate) async fn list_points(Query(query): Query<PointQuery>) -> Result<Json<PointCollection>> {
    Err(Code::StoreUnavailable.into())
}
