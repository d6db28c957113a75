//! Logging in and out. A login takes the same time whether the login exists or not, and is counted before the password
//! is looked at.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde_json::json;
use store::people::audit::NewEntry;
use store::people::lockout::Attempt;
use store::people::sessions::NewSession;
use store::people::users::{Changed, User, UserChange};

use crate::access::{Access, Caller, Via};
use crate::accounts;
use crate::authz;
use crate::dto::people::{LoginRequest, Me, PasswordChange, SessionView};
use crate::error::{ApiError, Code, Result};
use crate::extract::Body;
use crate::guard::COOKIE;
use crate::limits;
use crate::secrets;
use crate::state::{Context, Shared};

/// Logs in and sets the cookie `huanshu_session`.
///
/// Repeated failures lock the login (after 5) and the address (after 20) for a minute and, with each further failure,
/// for twice as long, up to an hour.
#[utoipa::path(post, path = "/session", tag = "session", request_body = LoginRequest,
    responses((status = OK, body = SessionView)))]
pub(crate) async fn login(
    State(ctx): State<Context>,
    access: Access,
    Body(request): Body<LoginRequest>,
) -> Result<Response> {
    let caller = &access.caller;
    let attempt = Attempt::new(&request.login, caller.address.as_deref());
    let now = ctx.now();
    if let Some(until) = ctx.people.count_attempt(&attempt, now).await? {
        let wait = (until.0 - now.0).max(0) / 1000 + 1;
        return Err(ApiError::from(Code::LockedOut).with(json!({ "retry_after_s": wait })));
    }
    let checked = check(&ctx, request).await?;
    let Some(user) = checked.user else {
        note(&ctx, caller, &checked.login, "failed").await?;
        return Err(Code::WrongCredentials.into());
    };
    ctx.people.forgive_attempt(&attempt).await?;
    let token = secrets::random_token()?;
    let expires_at = now.plus_ms(ctx.app.options.session_absolute_ms);
    let session = NewSession {
        hash: secrets::token_hash(&token),
        user: user.id,
        address: caller.address.clone(),
        expires_at,
    };
    note(&ctx, caller, &user.login, "done").await?;
    ctx.people.begin_session(&session, now).await?;
    let csrf = secrets::csrf(&token);
    let cookie = cookie(&ctx, &token, ctx.app.options.session_absolute_ms / 1000)?;
    let view = view(&user, Some(csrf), Some(expires_at));
    Ok((AppendHeaders([(header::SET_COOKIE, cookie)]), Json(view)).into_response())
}

/// What looking at a login and a password leads to.
struct Checked {
    /// The user, if both are right and the user is active.
    user: Option<User>,
    /// The login where it is somebody's, otherwise `-`: people type passwords into the wrong field.
    login: String,
}

async fn check(ctx: &Shared, request: LoginRequest) -> Result<Checked> {
    let plausible = request.login.chars().count() <= *limits::LOGIN_CHARS.end()
        && request.password.chars().count() <= *limits::PASSWORD_CHARS.end();
    let known = if plausible {
        ctx.people.user_by_login(&request.login).await?
    } else {
        None
    };
    let (user, hash) = known.unzip();
    let password = if plausible {
        request.password
    } else {
        String::new()
    };
    let right = ctx
        .passwords
        .run(move || secrets::verify_password(&password, hash.as_deref()))
        .await?;
    Ok(Checked {
        login: user
            .as_ref()
            .map_or_else(|| "-".to_owned(), |user| user.login.clone()),
        user: user.filter(|user| right && user.active),
    })
}

async fn note(ctx: &Shared, caller: &Caller, login: &str, outcome: &str) -> Result<()> {
    let entry = NewEntry {
        actor: login.to_owned(),
        address: caller.address.clone(),
        action: "session.login".to_owned(),
        object: "POST /api/v1/session".to_owned(),
        outcome: outcome.to_owned(),
        detail: json!({}),
    };
    ctx.people.append_audit(&entry, ctx.now()).await?;
    Ok(())
}

fn cookie(ctx: &Shared, token: &str, seconds: i64) -> Result<HeaderValue> {
    let secure = if ctx.app.options.secure_cookies {
        "; Secure"
    } else {
        ""
    };
    let text = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}");
    HeaderValue::from_str(&text).map_err(|e| ApiError::internal(&e))
}

fn view(user: &User, csrf: Option<String>, expires_at: Option<model::time::UtcMs>) -> SessionView {
    SessionView {
        user: Me {
            id: user.id,
            login: user.login.clone(),
            name: user.name.clone(),
            role: user.role,
            unit: user.unit.clone(),
            firm: user.firm.clone(),
        },
        csrf,
        expires_at: expires_at.map(Into::into),
        actions: authz::table().allowed(user.role),
    }
}

/// Who is logged in, and what they may do.
#[utoipa::path(get, path = "/session", tag = "session", responses((status = OK, body = SessionView)))]
pub(crate) async fn get_session(access: Access) -> Result<Json<SessionView>> {
    let csrf = match &access.caller.via {
        Via::Cookie { csrf, .. } => Some(csrf.clone()),
        Via::Token { .. } | Via::Nobody => None,
    };
    Ok(Json(view(access.user()?, csrf, access.caller.expires_at)))
}

/// Ends the session. An access token ends by being revoked, not here.
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = NO_CONTENT)))]
pub(crate) async fn logout(State(ctx): State<Context>, access: Access) -> Result<Response> {
    if let Via::Cookie { hash, .. } = &access.caller.via {
        ctx.people.end_session(hash).await?;
    }
    let mut headers = HeaderMap::new();
    headers.insert(header::SET_COOKIE, cookie(&ctx, "", 0)?);
    Ok((StatusCode::NO_CONTENT, headers).into_response())
}

/// Changes one's own password and ends all of one's sessions: log in again with the new one.
#[utoipa::path(post, path = "/session/password", tag = "session", request_body = PasswordChange,
    responses((status = NO_CONTENT)))]
pub(crate) async fn change_password(
    State(ctx): State<Context>,
    access: Access,
    Body(request): Body<PasswordChange>,
) -> Result<StatusCode> {
    let user = access.user()?;
    accounts::check_password("new_password", &request.new_password)?;
    // Somebody at an unlocked screen must not be able to guess the password here either.
    let attempt = Attempt::new(&user.login, access.caller.address.as_deref());
    let now = ctx.now();
    if let Some(until) = ctx.people.count_attempt(&attempt, now).await? {
        let wait = (until.0 - now.0).max(0) / 1000 + 1;
        return Err(ApiError::from(Code::LockedOut).with(json!({ "retry_after_s": wait })));
    }
    let login = LoginRequest {
        login: user.login.clone(),
        password: request.old_password,
    };
    if check(&ctx, login).await?.user.is_none() {
        return Err(ApiError::field("old_password", "不正确", "is not right"));
    }
    ctx.people.forgive_attempt(&attempt).await?;
    let new = request.new_password;
    let password = ctx.passwords.run(move || secrets::hash_password(&new)).await??;
    let change = UserChange {
        password: Some(password),
        ..UserChange::default()
    };
    match ctx.people.change_user(user.id, &change).await? {
        Changed::Done(_) => Ok(StatusCode::NO_CONTENT),
        Changed::Missing => Err(Code::NotFound.into()),
        Changed::LastAdministrator => Err(Code::LastAdministrator.into()),
    }
}
