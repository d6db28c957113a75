//! Access tokens for programs.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::ids::TokenId;
use store::people::tokens::Token;

use super::paging;
use crate::access::Access;
use crate::accounts;
use crate::dto::common::Page;
use crate::dto::people::{CreatedToken, NewTokenRequest, TokenQuery, TokenView};
use crate::error::{ApiError, Code, Result};
use crate::extract::{Body, Path, Query};
use crate::state::Context;

fn view(token: Token) -> TokenView {
    TokenView {
        id: token.id.0,
        user: token.user,
        login: token.login,
        name: token.name,
        created_at: token.created_at.into(),
        expires_at: token.expires_at.map(Into::into),
        last_used_at: token.last_used_at.map(Into::into),
        revoked_at: token.revoked_at.map(Into::into),
    }
}

/// The access tokens, newest first.
#[utoipa::path(get, path = "/tokens", tag = "tokens", params(TokenQuery),
    responses((status = OK, body = Page<TokenView>)))]
pub(crate) async fn list_tokens(
    State(ctx): State<Context>,
    Query(query): Query<TokenQuery>,
) -> Result<Json<Page<TokenView>>> {
    let (window, page) = paging(query.page, query.page_size)?;
    let tokens = ctx.people.tokens(query.user, page).await?;
    Ok(Json(window.page(
        tokens.items.into_iter().map(view).collect(),
        tokens.total,
    )))
}

/// Makes an access token. The token itself is in this answer only.
#[utoipa::path(post, path = "/tokens", tag = "tokens", request_body = NewTokenRequest,
    responses((status = CREATED, body = CreatedToken)))]
pub(crate) async fn create_token(
    State(ctx): State<Context>,
    access: Access,
    Body(request): Body<NewTokenRequest>,
) -> Result<(StatusCode, Json<CreatedToken>)> {
    let user = match request.user {
        Some(id) => ctx
            .people
            .user(id)
            .await?
            .map(|user| user.id)
            .ok_or_else(|| ApiError::field("user", "没有此用户", "there is no such user"))?,
        None => access.user()?.id,
    };
    let end = request.expires_at.map(|stamp| stamp.0);
    let (token, row) = accounts::create_token(&ctx.people, user, &request.name, end, ctx.now()).await?;
    Ok((
        StatusCode::CREATED,
        Json(CreatedToken {
            token,
            row: view(row),
        }),
    ))
}

/// Revokes an access token.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "tokens", params(("id" = i64, Path, description = "Row")),
    responses((status = NO_CONTENT)))]
pub(crate) async fn revoke_token(State(ctx): State<Context>, Path(id): Path<i64>) -> Result<StatusCode> {
    if ctx.people.revoke_token(TokenId(id), ctx.now()).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Code::NotFound.into())
    }
}
