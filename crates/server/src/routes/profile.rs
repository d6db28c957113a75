//! skeleton

use axum::Json;
use axum::http::StatusCode;

use crate::dto::profile::ProfileView;
use crate::error::{Code, Result};

/// The district and its units.
#[utoipa::path(get, path = "/profile", tag = "profile",
    responses((status = OK, body = ProfileView)))]
pub(crate) async fn get_profile() -> Result<Json<ProfileView>> {
    Err(Code::StoreUnavailable.into())
}
