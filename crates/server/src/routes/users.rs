//! skeleton

use axum::Json;
use axum::http::StatusCode;

use crate::dto::people::*;
use crate::dto::common::Page;
use crate::extract::{Body, Path, Query};
use crate::error::{Code, Result};

/// The users.
#[utoipa::path(get, path = "/users", tag = "users",
    params(UserQuery),
    responses((status = OK, body = Page<UserView>)))]
pub(crate) async fn list_users(Query(query): Query<UserQuery>) -> Result<Json<Page<UserView>>> {
    Err(Code::StoreUnavailable.into())
}

/// Makes a user.
#[utoipa::path(post, path = "/users", tag = "users",
    request_body = NewUserRequest,
    responses((status = CREATED, body = UserView)))]
pub(crate) async fn create_user(Body(request): Body<NewUserRequest>) -> Result<Json<UserView>> {
    Err(Code::StoreUnavailable.into())
}

/// Changes a user.
#[utoipa::path(patch, path = "/users/{id}", tag = "users",
    params(("id" = i64, Path, description = "Row")), request_body = UserPatch,
    responses((status = OK, body = UserView)))]
pub(crate) async fn change_user(Path(id): Path<i64>, Body(request): Body<UserPatch>) -> Result<Json<UserView>> {
    Err(Code::StoreUnavailable.into())
}
