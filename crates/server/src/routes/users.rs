//! Users, for administrators.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::ids::{SubjectCode, UnitCode, UserId};
use model::role::Role;
use store::people::users::{Changed, NewUser, User, UserChange};

use super::{paging, text_filter};
use crate::accounts;
use crate::dto::common::Page;
use crate::dto::people::{NewUserRequest, UserPatch, UserQuery, UserView};
use crate::error::{ApiError, Code, Result};
use crate::extract::{Body, Path, Query};
use crate::secrets;
use crate::state::{Context, Shared};

fn view(user: User) -> UserView {
    UserView {
        id: user.id,
        login: user.login,
        name: user.name,
        role: user.role,
        unit: user.unit,
        firm: user.firm,
        active: user.active,
        created_at: user.created_at.into(),
        last_login_at: user.last_login_at.map(Into::into),
        demo: user.demo,
    }
}

/// The users, by login.
#[utoipa::path(get, path = "/users", tag = "users", params(UserQuery),
    responses((status = OK, body = Page<UserView>)))]
pub(crate) async fn list_users(
    State(ctx): State<Context>,
    Query(query): Query<UserQuery>,
) -> Result<Json<Page<UserView>>> {
    let (window, page) = paging(query.page, query.page_size)?;
    let part = text_filter("q", query.q.as_deref())?.unwrap_or_default();
    let users = ctx.people.users(query.role, part, page).await?;
    Ok(Json(
        window.page(users.items.into_iter().map(view).collect(), users.total),
    ))
}

/// Makes a user.
#[utoipa::path(post, path = "/users", tag = "users", request_body = NewUserRequest,
    responses((status = CREATED, body = UserView)))]
pub(crate) async fn create_user(
    State(ctx): State<Context>,
    Body(request): Body<NewUserRequest>,
) -> Result<(StatusCode, Json<UserView>)> {
    accounts::check_login(&request.login)?;
    accounts::check_name(&request.name)?;
    accounts::check_password("password", &request.password)?;
    check_references(&ctx, request.unit.as_ref(), request.firm.as_ref()).await?;
    let password = request.password;
    let new = NewUser {
        login: request.login,
        name: request.name.trim().to_owned(),
        role: request.role,
        unit: request.unit,
        firm: request.firm,
        password: ctx
            .passwords
            .run(move || secrets::hash_password(&password))
            .await??,
        demo: false,
    };
    let user = accounts::create_user(&ctx.people, new, ctx.now()).await?;
    Ok((StatusCode::CREATED, Json(view(user))))
}

/// Changes a user; absent fields stay.
#[utoipa::path(patch, path = "/users/{id}", tag = "users", params(("id" = i64, Path, description = "Row")),
    request_body = UserPatch, responses((status = OK, body = UserView)))]
pub(crate) async fn change_user(
    State(ctx): State<Context>,
    Path(id): Path<i64>,
    Body(request): Body<UserPatch>,
) -> Result<Json<UserView>> {
    let id = UserId(id);
    let before = ctx.people.user(id).await?.ok_or(Code::NotFound)?;
    if let Some(name) = &request.name {
        accounts::check_name(name)?;
    }
    check_references(&ctx, request.unit.as_ref(), request.firm.as_ref()).await?;
    let role = request.role.unwrap_or(before.role);
    let unit = request.unit.or(before.unit);
    let firm = request.firm.or(before.firm);
    accounts::check_place(role, unit.as_ref(), firm.as_ref())?;
    let password = match request.password {
        Some(new) => {
            accounts::check_password("password", &new)?;
            Some(ctx.passwords.run(move || secrets::hash_password(&new)).await??)
        }
        None => None,
    };
    let change = UserChange {
        name: request.name.map(|n| n.trim().to_owned()),
        role: request.role,
        unit: Some(unit),
        // A firm's rights must not linger when somebody changes sides.
        firm: Some(firm.filter(|_| role == Role::Firm)),
        active: request.active,
        password,
    };
    match ctx.people.change_user(id, &change).await? {
        Changed::Done(user) => Ok(Json(view(user))),
        Changed::Missing => Err(Code::NotFound.into()),
        Changed::LastAdministrator => Err(Code::LastAdministrator.into()),
    }
}

/// Units come from the profile, firms from the subjects.
async fn check_references(ctx: &Shared, unit: Option<&UnitCode>, firm: Option<&SubjectCode>) -> Result<()> {
    if let Some(unit) = unit
        && !ctx.app.profile.units.iter().any(|u| u.code == *unit)
    {
        return Err(ApiError::field("unit", "没有此单位", "there is no such unit"));
    }
    if let Some(firm) = firm
        && ctx.directory().await?.by_code(firm).is_none()
    {
        return Err(ApiError::field("firm", "没有此企业", "there is no such firm"));
    }
    Ok(())
}
