//! The program itself: its state, its health, its figures, and the document of its API.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use store::Page as StorePage;
use store::devices::DeviceQuery;
use store::rawlog::LogError;
use tokio::time::error::Elapsed;

use crate::dto::system::{Health, HealthCheck, SystemView};
use crate::error::{ApiError, Result};
use crate::limits;
use crate::metrics::CONTENT_TYPE;
use crate::openapi;
use crate::state::{Context, Shared};

/// Size of the raw log and how much of it is not applied yet; reads the folder, so off the asynchronous threads.
async fn log_sizes(ctx: &Shared) -> Result<(u64, u64)> {
    let watermark = ctx.app.store.watermark().await?;
    let reader = ctx.app.store.log().reader().clone();
    let sizes = tokio::task::spawn_blocking(move || {
        let lag = reader.distance(watermark, reader.end())?;
        Ok::<_, LogError>((reader.size_bytes()?, lag))
    });
    sizes
        .await
        .map_err(|e| ApiError::internal(&e))?
        .map_err(|e| ApiError::from(store::StoreError::from(e)))
}

/// The state of the program.
#[utoipa::path(get, path = "/system", tag = "system", responses((status = OK, body = SystemView)))]
pub(crate) async fn get_system(State(ctx): State<Context>) -> Result<Json<SystemView>> {
    let (store, now) = (&ctx.app.store, ctx.now());
    let (rawlog_bytes, lag_bytes) = log_sizes(&ctx).await?;
    let jobs = store.count_jobs().await?;
    let devices = DeviceQuery {
        page: StorePage { number: 1, size: 1 },
        ..DeviceQuery::default()
    };
    let tally = store.frame_tally(now).await?;
    let subjects = ctx.directory().await?.all().count();
    Ok(Json(SystemView {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        time: now.into(),
        database: store.db().engine().name().to_owned(),
        schema_version: store::schema_version(),
        rawlog_bytes,
        lag_bytes,
        live_clients: ctx.app.live.listeners(),
        jobs_waiting: jobs.waiting,
        jobs_dead: jobs.dead,
        periods_waiting: store.count_dirty().await?,
        subjects: i64::try_from(subjects).unwrap_or(i64::MAX),
        devices: store.list_devices(&devices, now).await?.total,
        frames_today: tally.stored + tally.duplicate + tally.quarantined,
        gauges: ctx
            .metrics
            .samples()
            .into_iter()
            .map(|s| (s.name.to_owned(), s.value))
            .collect(),
    }))
}

/// This document.
#[utoipa::path(get, path = "/openapi.json", tag = "system", responses((status = OK, body = Object)))]
pub(crate) async fn get_openapi() -> Response {
    let header = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    (header, openapi::served()).into_response()
}

/// The health of the program; status 503 where a check fails.
#[utoipa::path(get, path = "/healthz", tag = "system",
    responses((status = OK, body = Health), (status = SERVICE_UNAVAILABLE, body = Health)))]
pub(crate) async fn healthz(State(ctx): State<Context>) -> Response {
    // Who asks how it is must be told, above all when the database or the disk keeps everybody waiting.
    let (database, log) = tokio::join!(
        tokio::time::timeout(limits::HEALTH_PATIENCE, ctx.app.store.watermark()),
        tokio::time::timeout(limits::HEALTH_PATIENCE, log_sizes(&ctx)),
    );
    let check = |name: &str, ok: bool, note: String| HealthCheck {
        name: name.to_owned(),
        ok,
        note,
    };
    let lag = match &log {
        Ok(Ok((_, lag))) => Some(*lag),
        _ => None,
    };
    let checks = vec![
        check("database", matches!(database, Ok(Ok(_))), words(database)),
        check("rawlog", lag.is_some(), words(log)),
        check(
            "applier",
            lag.is_some_and(|lag| lag <= limits::HEALTHY_LAG_BYTES),
            lag.map_or_else(|| "unknown".to_owned(), |lag| format!("{lag} bytes behind")),
        ),
    ];
    let ok = checks.iter().all(|check| check.ok);
    let status = if ok {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(Health { ok, checks })).into_response()
}

/// Anybody may ask for the health, so causes stay in the log.
fn words<T, E: std::fmt::Display>(asked: std::result::Result<std::result::Result<T, E>, Elapsed>) -> String {
    match asked {
        Ok(Ok(_)) => "ok".to_owned(),
        Ok(Err(error)) => {
            tracing::warn!(%error, "health check");
            "not available, see the log".to_owned()
        }
        Err(_) => {
            tracing::warn!("health check: no answer in time");
            "no answer in time, see the log".to_owned()
        }
    }
}

/// Figures in the OpenMetrics text format, which Prometheus reads.
#[utoipa::path(get, path = "/metrics", tag = "system",
    responses((status = OK, body = String, content_type = "application/openmetrics-text")))]
pub(crate) async fn metrics(State(ctx): State<Context>) -> Result<Response> {
    let text = ctx.metrics.text().map_err(|e| ApiError::internal(&e))?;
    let header = [(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE))];
    Ok((header, text).into_response())
}
