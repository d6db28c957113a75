//! skeleton

use axum::Json;
use axum::http::StatusCode;

use crate::dto::people::{LoginRequest, SessionView, PasswordChange};
use crate::extract::{Body};
use crate::error::{Code, Result};

/// Logs in and sets the cookie `huanshu_session`.
#[utoipa::path(post, path = "/session", tag = "session",
    request_body = LoginRequest,
    responses((status = OK, body = SessionView)))]
pub(crate) async fn login(Body(request): Body<LoginRequest>) -> Result<Json<SessionView>> {
    Err(Code::StoreUnavailable.into())
}

/// Who is logged in, and what they may do.
#[utoipa::path(get, path = "/session", tag = "session",
    responses((status = OK, body = SessionView)))]
pub(crate) async fn get_session() -> Result<Json<SessionView>> {
    Err(Code::StoreUnavailable.into())
}

/// Ends the session.
#[utoipa::path(delete, path = "/session", tag = "session",
    responses((status = NO_CONTENT)))]
pub(crate) async fn logout() -> Result<StatusCode> {
    Err(Code::StoreUnavailable.into())
}

/// Changes one's own password and ends one's other sessions.
#[utoipa::path(post, path = "/session/password", tag = "session",
    request_body = PasswordChange,
    responses((status = NO_CONTENT)))]
pub(crate) async fn change_password(Body(request): Body<PasswordChange>) -> Result<StatusCode> {
    Err(Code::StoreUnavailable.into())
}
