//! skeleton

use axum::Json;
use axum::http::StatusCode;

use crate::dto::people::*;
use crate::dto::common::Page;
use crate::extract::{Query};
use crate::error::{Code, Result};

/// The audit chain, newest first.
#[utoipa::path(get, path = "/audit", tag = "audit",
    params(AuditQuery),
    responses((status = OK, body = Page<AuditRow>)))]
pub(crate) async fn list_audit(Query(query): Query<AuditQuery>) -> Result<Json<Page<AuditRow>>> {
    Err(Code::StoreUnavailable.into())
}

/// Checks the audit chain from its first link.
#[utoipa::path(get, path = "/audit/verify", tag = "audit",
    responses((status = OK, body = AuditVerification)))]
pub(crate) async fn verify_audit() -> Result<Json<AuditVerification>> {
    Err(Code::StoreUnavailable.into())
}
