//! skeleton

use axum::Json;
use axum::http::StatusCode;

use crate::dto::overview::Overview;
use crate::error::{Code, Result};

/// The cockpit's figures.
#[utoipa::path(get, path = "/overview", tag = "overview",
    responses((status = OK, body = Overview)))]
pub(crate) async fn get_overview() -> Result<Json<Overview>> {
    Err(Code::StoreUnavailable.into())
}
