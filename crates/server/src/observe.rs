//! Around every request: its id, its time limit, its log line and its figures.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument as _;

use crate::error::{ApiError, Code};
use crate::limits;
use crate::state::Context;

/// Header of the request id; one sent by a proxy is kept where it is plain.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The middleware.
pub(crate) async fn observe(State(ctx): State<Context>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = request_id(&request);
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    // Paths without a route are one route together: the number of figures must not grow with what strangers send.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("other", MatchedPath::as_str)
        .to_owned();
    let span = tracing::info_span!("request", id = %id.to_str().unwrap_or_default());
    let answer = tokio::time::timeout(time_limit(&route), next.run(request)).instrument(span.clone());
    let mut response = answer
        .await
        .unwrap_or_else(|_| ApiError::from(Code::Timeout).into_response());
    let took = began.elapsed();
    let status = response.status().as_u16();
    ctx.metrics.observe(method.as_str(), &route, status, took);
    span.in_scope(|| {
        let ms = took.as_millis();
        if status >= 500 {
            tracing::error!(%method, path, status, ms, "answered");
        } else {
            tracing::info!(%method, path, status, ms, "answered");
        }
    });
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// Requests that carry files take longer.
fn time_limit(route: &str) -> std::time::Duration {
    let last = route.rsplit('/').next().unwrap_or_default();
    if matches!(
        last,
        "imports" | "confirm" | "export" | "attachments" | "doubles" | "{sha256}"
    ) {
        limits::TRANSFER_TIMEOUT
    } else {
        limits::REQUEST_TIMEOUT
    }
}

fn request_id(request: &Request) -> HeaderValue {
    let plain = |v: &&HeaderValue| {
        (1..=64).contains(&v.len())
            && v.as_bytes()
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b))
    };
    request
        .headers()
        .get(REQUEST_ID)
        .filter(plain)
        .cloned()
        .unwrap_or_else(|| {
            static NEXT: AtomicU64 = AtomicU64::new(1);
            HeaderValue::from(NEXT.fetch_add(1, Ordering::Relaxed))
        })
}
