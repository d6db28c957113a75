//! The one gate before every endpoint: who is asking, what the authorization table says, CSRF, and the audit entry
//! that precedes every change. An operation without a line in the table is denied.

use axum::body::{Body, Bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use store::people::audit::NewEntry;

use crate::access::{Access, Caller, Via};
use crate::authz::{self, Audit, Decision, Operation};
use crate::error::{ApiError, Code, Result, TooLarge};
use crate::limits;
use crate::secrets;
use crate::serve::Peer;
use crate::state::{Context, Shared};

/// Name of the session cookie.
pub const COOKIE: &str = "huanshu_session";
/// Header of the CSRF token.
pub const CSRF_HEADER: &str = "x-csrf-token";
/// Members of a body that never reach the audit chain.
const SECRETS: [&str; 3] = ["password", "old_password", "new_password"];

/// The middleware.
pub(crate) async fn guard(State(ctx): State<Context>, request: Request, next: Next) -> Response {
    match admit(&ctx, request).await {
        Ok((request, None)) => next.run(request).await,
        Ok((request, Some(entry))) => {
            let response = next.run(request).await;
            match note_failure(&ctx, entry, response.status()).await {
                Ok(()) => response,
                Err(error) => error.into_response(),
            }
        }
        Err(error) => error.into_response(),
    }
}

/// Lets a request in, with its [`Access`]; and the audit entry that was written for it.
async fn admit(ctx: &Shared, request: Request) -> Result<(Request, Option<NewEntry>)> {
    let (mut parts, mut body) = request.into_parts();
    let method = match &parts.method {
        // Routers answer HEAD by GET.
        &Method::HEAD => "GET",
        method => method.as_str(),
    };
    let path = parts
        .extensions
        .get::<MatchedPath>()
        .map_or("", MatchedPath::as_str);
    let operation = authz::table().operation(method, path).ok_or(Code::Forbidden)?;
    let caller = identify(ctx, &parts).await?;
    let access = match authz::decide(authz::table(), &operation.action, caller.role()) {
        Decision::Allowed(scope) => Access { caller, scope },
        Decision::Denied if caller.user.is_none() => return Err(Code::Unauthenticated.into()),
        Decision::Denied => return Err(Code::Forbidden.into()),
    };
    check_csrf(&access.caller, operation, &parts)?;
    let entry = match operation.audit {
        Audit::Before => {
            let bytes = read(body, &operation.action).await?;
            let detail = detail(&bytes);
            body = Body::from(bytes);
            Some(note(ctx, &access, operation, &parts, detail).await?)
        }
        Audit::Upload => {
            let told = |name| parts.headers.get(name).and_then(|v| v.to_str().ok());
            let detail = json!({
                "bytes": told(header::CONTENT_LENGTH),
                "query": parts.uri.query().map(|q| q.chars().take(200).collect::<String>()),
            });
            Some(note(ctx, &access, operation, &parts, detail).await?)
        }
        Audit::Nothing | Audit::Own => None,
    };
    parts.extensions.insert(access);
    Ok((Request::from_parts(parts, body), entry))
}

/// Writes the entry that precedes a change.
async fn note(
    ctx: &Shared,
    access: &Access,
    operation: &Operation,
    parts: &Parts,
    detail: Value,
) -> Result<NewEntry> {
    let entry = NewEntry {
        actor: access.caller.login().to_owned(),
        address: access.caller.address.clone(),
        action: operation.action.clone(),
        object: format!("{} {}", parts.method, parts.uri.path()),
        outcome: "requested".to_owned(),
        detail,
    };
    ctx.people.append_audit(&entry, ctx.now()).await?;
    Ok(entry)
}

/// Who is asking. A cookie that is no longer good is nobody's; a bad access token is always an error, for the
/// program that sends it cannot know otherwise.
async fn identify(ctx: &Shared, parts: &Parts) -> Result<Caller> {
    let headers = &parts.headers;
    let address = address(ctx, parts);
    let mut caller = Caller {
        user: None,
        via: Via::Nobody,
        address,
        expires_at: None,
    };
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let token = value
            .to_str()
            .ok()
            .and_then(|v| v.strip_prefix("Bearer "))
            .ok_or(Code::Unauthenticated)?;
        let hash = secrets::token_hash(token.trim());
        let (user, end) = ctx
            .people
            .token_user(&hash, ctx.now())
            .await?
            .ok_or(Code::Unauthenticated)?;
        caller.user = Some(user);
        caller.expires_at = end;
        caller.via = Via::Token { hash };
    } else if let Some(token) = cookie(headers) {
        let hash = secrets::token_hash(token);
        let idle = ctx.app.options.session_idle_ms;
        if let Some((user, end)) = ctx.people.session(&hash, ctx.now(), idle).await? {
            caller.user = Some(user);
            caller.expires_at = Some(end);
            caller.via = Via::Cookie {
                hash,
                csrf: secrets::csrf(token),
            };
        }
    }
    Ok(caller)
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value)
}

fn address(ctx: &Shared, parts: &Parts) -> Option<String> {
    if ctx.app.options.trust_forwarded {
        let forwarded = parts.headers.get("x-forwarded-for").and_then(|v| v.to_str().ok());
        // The last one was written by our own proxy; those before it by anybody.
        if let Some(last) = forwarded.and_then(|list| list.rsplit(',').next())
            && let Ok(ip) = last.trim().parse::<std::net::IpAddr>()
        {
            return Some(ip.to_string());
        }
    }
    parts
        .extensions
        .get::<Peer>()
        .map(|peer| peer.0.ip().to_canonical().to_string())
}

fn check_csrf(caller: &Caller, operation: &Operation, parts: &Parts) -> Result<()> {
    let Via::Cookie { csrf, .. } = &caller.via else {
        return Ok(());
    };
    // A login changes nothing of the session it comes from; it writes its own audit entry.
    if parts.method.is_safe() || operation.audit == Audit::Own {
        return Ok(());
    }
    let sent = parts
        .headers
        .get(CSRF_HEADER)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    if secrets::same(sent, csrf) {
        Ok(())
    } else {
        Err(Code::CsrfRejected.into())
    }
}

/// Reads a body whole, so that the audit entry can hold it.
async fn read(body: Body, action: &str) -> Result<Bytes> {
    // Records, remarks of an evaluation and corrections of a plan are larger than other forms.
    let (most, what) = match action {
        "registers.write" => (limits::MAX_RECORD_BODY, TooLarge::RECORD),
        "plan.evaluate" | "plan.write" => (limits::MAX_RECORD_BODY, TooLarge::BODY),
        _ => (limits::MAX_BODY, TooLarge::BODY),
    };
    let whole = axum::body::to_bytes(body, most).await;
    whole.map_err(|_| ApiError::too_large(&what, most as u64))
}

/// What the audit chain keeps of a body: its JSON without secrets, shortened where it is long.
fn detail(bytes: &Bytes) -> Value {
    let Ok(Value::Object(mut members)) = serde_json::from_slice(bytes) else {
        return json!({ "bytes": bytes.len() });
    };
    for secret in SECRETS {
        if let Some(value) = members.get_mut(secret) {
            *value = Value::from("******");
        }
    }
    let detail = Value::Object(members);
    let text = detail.to_string();
    if text.len() <= limits::AUDIT_DETAIL_BYTES {
        return detail;
    }
    let beginning: String = text.chars().take(limits::AUDIT_DETAIL_BYTES / 4).collect();
    json!({ "shortened": beginning, "bytes": bytes.len() })
}

/// Adds a second entry where the operation failed after all.
async fn note_failure(ctx: &Shared, mut entry: NewEntry, status: StatusCode) -> Result<()> {
    if status.is_success() {
        return Ok(());
    }
    "failed".clone_into(&mut entry.outcome);
    entry.detail = json!({ "status": status.as_u16() });
    ctx.people.append_audit(&entry, ctx.now()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_do_not_reach_the_audit_chain() {
        let kept = detail(&Bytes::from_static(
            br#"{"login":"a","password":"p4ss","new_password":"n3w"}"#,
        ))
        .to_string();
        assert!(
            kept.contains("login") && !kept.contains("p4ss") && !kept.contains("n3w"),
            "{kept}"
        );
        let long = format!("{{\"text\":\"{}\"}}", "长".repeat(5_000));
        assert!(detail(&Bytes::from(long)).to_string().len() <= limits::AUDIT_DETAIL_BYTES);
        assert_eq!(detail(&Bytes::from_static(b"no json")), json!({ "bytes": 7 }));
    }
}
