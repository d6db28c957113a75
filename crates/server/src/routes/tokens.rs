//! skeleton

use axum::Json;
use axum::http::StatusCode;

use crate::dto::people::*;
use crate::dto::common::Page;
use crate::extract::{Body, Path, Query};
use crate::error::{Code, Result};

/// The access tokens.
#[utoipa::path(get, path = "/tokens", tag = "tokens",
    params(TokenQuery),
    responses((status = OK, body = Page<TokenView>)))]
pub(crate) async fn list_tokens(Query(query): Query<TokenQuery>) -> Result<Json<Page<TokenView>>> {
    Err(Code::StoreUnavailable.into())
}

/// Makes an access token; shown once.
#[utoipa::path(post, path = "/tokens", tag = "tokens",
    request_body = NewTokenRequest,
    responses((status = CREATED, body = CreatedToken)))]
pub(crate) async fn create_token(Body(request): Body<NewTokenRequest>) -> Result<Json<CreatedToken>> {
    Err(Code::StoreUnavailable.into())
}

/// Revokes an access token.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "tokens",
    params(("id" = i64, Path, description = "Row")),
    responses((status = NO_CONTENT)))]
pub(crate) async fn revoke_token(Path(id): Path<i64>) -> Result<StatusCode> {
    Err(Code::StoreUnavailable.into())
}
