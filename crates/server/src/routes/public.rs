//! skeleton

use axum::Json;
use axum::http::StatusCode;

use crate::dto::public::*;
use crate::error::{Code, Result};

/// Air quality for everybody.
#[utoipa::path(get, path = "/public/air", tag = "public",
    responses((status = OK, body = PublicAir)))]
pub(crate) async fn public_air() -> Result<Json<PublicAir>> {
    Err(Code::StoreUnavailable.into())
}

/// Water quality for everybody.
#[utoipa::path(get, path = "/public/water", tag = "public",
    responses((status = OK, body = PublicWater)))]
pub(crate) async fn public_water() -> Result<Json<PublicWater>> {
    Err(Code::StoreUnavailable.into())
}
