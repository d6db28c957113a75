//! skeleton

use axum::Json;
use axum::http::StatusCode;

use crate::dto::devices::*;
use crate::dto::common::Page;
use crate::extract::{Body, Path, Query};
use crate::error::{Code, Result};

/// The devices in sight.
#[utoipa::path(get, path = "/devices", tag = "devices",
    params(DeviceQuery),
    responses((status = OK, body = Page<DeviceView>)))]
pub(crate) async fn list_devices(Query(query): Query<DeviceQuery>) -> Result<Json<Page<DeviceView>>> {
    Err(Code::StoreUnavailable.into())
}

/// Approves or refuses a device.
#[utoipa::path(post, path = "/devices/{mn}/decision", tag = "devices",
    params(("mn" = String, Path, description = "MN, percent-encoded; `-` for an empty one")), request_body = DecisionRequest,
    responses((status = OK, body = DecisionResult)))]
pub(crate) async fn decide_device(Path(mn): Path<String>, Body(request): Body<DecisionRequest>) -> Result<Json<DecisionResult>> {
    Err(Code::StoreUnavailable.into())
}

/// The newest frames of a device.
#[utoipa::path(get, path = "/devices/{mn}/frames", tag = "devices",
    params(("mn" = String, Path, description = "MN, percent-encoded; `-` for an empty one"), FrameQuery),
    responses((status = OK, body = Vec<FrameView>)))]
pub(crate) async fn list_frames(Path(mn): Path<String>, Query(query): Query<FrameQuery>) -> Result<Json<Vec<FrameView>>> {
    Err(Code::StoreUnavailable.into())
}

/// Newest values of a device by factor and field.
#[utoipa::path(get, path = "/devices/{mn}/latest", tag = "devices",
    params(("mn" = String, Path, description = "MN, percent-encoded; `-` for an empty one")),
    responses((status = OK, body = DeviceLatest)))]
pub(crate) async fn get_device_latest(Path(mn): Path<String>) -> Result<Json<DeviceLatest>> {
    Err(Code::StoreUnavailable.into())
}

/// Frames that could not be used, newest first.
#[utoipa::path(get, path = "/quarantine", tag = "devices",
    params(QuarantineQuery),
    responses((status = OK, body = Page<FrameView>)))]
pub(crate) async fn list_quarantine(Query(query): Query<QuarantineQuery>) -> Result<Json<Page<FrameView>>> {
    Err(Code::StoreUnavailable.into())
}
