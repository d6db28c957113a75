//! skeleton

use axum::Json;
use axum::http::StatusCode;

use crate::dto::evaluate::*;
use crate::extract::{Body, Path};
use crate::error::{Code, Result};

/// The callable rules of the standards.
#[utoipa::path(get, path = "/standards/topics", tag = "evaluate",
    responses((status = OK, body = TopicList)))]
pub(crate) async fn list_topics() -> Result<Json<TopicList>> {
    Err(Code::StoreUnavailable.into())
}

/// Judges an input by a rule.
#[utoipa::path(post, path = "/evaluate/{folder}/{name}", tag = "evaluate",
    params(("folder" = String, Path, description = "First part of the topic's id"), ("name" = String, Path, description = "Second part")), request_body = Object,
    responses((status = OK, body = JudgementDoc)))]
pub(crate) async fn evaluate(Path((folder, name)): Path<(String, String)>, Body(request): Body<serde_json::Value>) -> Result<Json<JudgementDoc>> {
    Err(Code::StoreUnavailable.into())
}
