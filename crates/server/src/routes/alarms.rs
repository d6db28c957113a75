//! skeleton

use axum::Json;
use axum::http::StatusCode;

use crate::dto::alarms::*;
use crate::dto::common::Page;
use crate::extract::{Body, Path, Query};
use crate::error::{Code, Result};

/// The alarms in sight.
#[utoipa::path(get, path = "/alarms", tag = "alarms",
    params(AlarmQuery),
    responses((status = OK, body = Page<AlarmView>)))]
pub(crate) async fn list_alarms(Query(query): Query<AlarmQuery>) -> Result<Json<Page<AlarmView>>> {
    Err(Code::StoreUnavailable.into())
}

/// An alarm with its history.
#[utoipa::path(get, path = "/alarms/{id}", tag = "alarms",
    params(("id" = i64, Path, description = "Row")),
    responses((status = OK, body = AlarmDetail)))]
pub(crate) async fn get_alarm(Path(id): Path<i64>) -> Result<Json<AlarmDetail>> {
    Err(Code::StoreUnavailable.into())
}

/// Acknowledges an alarm.
#[utoipa::path(post, path = "/alarms/{id}/acknowledge", tag = "alarms",
    params(("id" = i64, Path, description = "Row")), request_body = AcknowledgeRequest,
    responses((status = OK, body = AlarmDetail)))]
pub(crate) async fn acknowledge_alarm(Path(id): Path<i64>, Body(request): Body<AcknowledgeRequest>) -> Result<Json<AlarmDetail>> {
    Err(Code::StoreUnavailable.into())
}

/// Adds a comment to an alarm.
#[utoipa::path(post, path = "/alarms/{id}/comment", tag = "alarms",
    params(("id" = i64, Path, description = "Row")), request_body = CommentRequest,
    responses((status = OK, body = AlarmDetail)))]
pub(crate) async fn comment_alarm(Path(id): Path<i64>, Body(request): Body<CommentRequest>) -> Result<Json<AlarmDetail>> {
    Err(Code::StoreUnavailable.into())
}

/// Closes an alarm with a reason.
#[utoipa::path(post, path = "/alarms/{id}/close", tag = "alarms",
    params(("id" = i64, Path, description = "Row")), request_body = CloseRequest,
    responses((status = OK, body = AlarmDetail)))]
pub(crate) async fn close_alarm(Path(id): Path<i64>, Body(request): Body<CloseRequest>) -> Result<Json<AlarmDetail>> {
    Err(Code::StoreUnavailable.into())
}
