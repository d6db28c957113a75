//! skeleton

use axum::Json;
use axum::http::StatusCode;

use crate::error::{Code, Result};

/// Server-sent events.
#[utoipa::path(get, path = "/live", tag = "live",
    responses((status = OK, body = String, content_type = "text/event-stream")))]
pub(crate) async fn live() -> Result<StatusCode> {
    Err(Code::StoreUnavailable.into())
}
