//! skeleton

use axum::Json;
use axum::http::StatusCode;

use crate::dto::system::*;
use crate::error::{Code, Result};

/// The state of the program.
#[utoipa::path(get, path = "/system", tag = "system",
    responses((status = OK, body = SystemView)))]
pub(crate) async fn get_system() -> Result<Json<SystemView>> {
    Err(Code::StoreUnavailable.into())
}

/// This document.
#[utoipa::path(get, path = "/openapi.json", tag = "system",
    responses((status = OK, body = Object)))]
pub(crate) async fn get_openapi() -> Result<Json<serde_json::Value>> {
    Err(Code::StoreUnavailable.into())
}

/// The health of the program.
#[utoipa::path(get, path = "/healthz", tag = "system",
    responses((status = OK, body = Health)))]
pub(crate) async fn healthz() -> Result<Json<Health>> {
    Err(Code::StoreUnavailable.into())
}

/// Figures in the Prometheus text format.
#[utoipa::path(get, path = "/metrics", tag = "system",
    responses((status = OK, body = String, content_type = "text/plain")))]
pub(crate) async fn metrics() -> Result<String> {
    Err(Code::StoreUnavailable.into())
}
