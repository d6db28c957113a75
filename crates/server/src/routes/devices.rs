//! Devices in sight, their newest values, and the decision on those that knock.

use axum::Json;
use axum::extract::State;
use model::ids::{Mn, SubjectId};
use store::devices::{DeviceQuery as StoreQuery, DeviceRow};

use super::{paging, sorting, text_filter};
use crate::access::Access;
use crate::directory::Directory;
use crate::dto::common::Page;
use crate::dto::devices::{
    Decision, DecisionRequest, DecisionResult, DeviceLatest, DeviceQuery, DeviceView, FieldValue,
};
use crate::error::{ApiError, Code, Result};
use crate::extract::{Body, Path, Query};
use crate::limits;
use crate::live::Event;
use crate::state::{Context, Shared};
use crate::views;

const SORTS: [(&str, bool); 2] = [("mn", false), ("last_seen", true)];

/// The MN of a path: `-` stands for an empty one.
pub(super) fn mn_of(path: String) -> Mn {
    Mn(if path == "-" { String::new() } else { path })
}

/// A device, if it lies in sight; one without a subject is seen by those who see everything.
pub(super) async fn visible(
    ctx: &Shared,
    access: &Access,
    directory: &Directory,
    mn: &Mn,
) -> Result<DeviceRow> {
    let row = ctx.app.store.device(mn, ctx.now()).await?.ok_or(Code::NotFound)?;
    let sight = access.sight();
    let seen = match row.device.subject {
        Some(subject) => directory.sees(&sight, subject),
        None => sight.is_all(),
    };
    if seen { Ok(row) } else { Err(Code::NotFound.into()) }
}

/// The devices in sight.
#[utoipa::path(get, path = "/devices", tag = "devices", params(DeviceQuery),
    responses((status = OK, body = Page<DeviceView>)))]
pub(crate) async fn list_devices(
    State(ctx): State<Context>,
    access: Access,
    Query(query): Query<DeviceQuery>,
) -> Result<Json<Page<DeviceView>>> {
    let (window, page) = paging(query.page, query.page_size)?;
    let directory = ctx.directory().await?;
    let newest_first = match sorting(query.sort.as_deref(), &SORTS)? {
        None | Some((false, false)) => false,
        Some((true, true)) => true,
        Some(_) => {
            return Err(ApiError::query(
                "sort",
                "可用:mn, -last_seen",
                "use mn or -last_seen",
            ));
        }
    };
    let filter = StoreQuery {
        scope: access.store_scope(&directory),
        states: query.state.into_iter().collect(),
        subject: query.subject.map(SubjectId),
        online: query.online,
        text: text_filter("q", query.q.as_deref())?
            .unwrap_or_default()
            .to_owned(),
        newest_first,
        page,
    };
    let found = ctx.app.store.list_devices(&filter, ctx.now()).await?;
    let items = found
        .items
        .into_iter()
        .map(|row| views::device(&directory, row))
        .collect();
    Ok(Json(window.page(items, found.total)))
}

/// Approves or refuses a device. Frames held until now are applied in their own time.
#[utoipa::path(post, path = "/devices/{mn}/decision", tag = "devices",
    params(("mn" = String, Path, description = "MN, percent-encoded; `-` for an empty one")),
    request_body = DecisionRequest, responses((status = OK, body = DecisionResult)))]
pub(crate) async fn decide_device(
    State(ctx): State<Context>,
    access: Access,
    Path(mn): Path<String>,
    Body(request): Body<DecisionRequest>,
) -> Result<Json<DecisionResult>> {
    let mn = mn_of(mn);
    let directory = ctx.directory().await?;
    visible(&ctx, &access, &directory, &mn).await?;
    let reason = request.reason.trim();
    if reason.is_empty() || reason.chars().count() > limits::TEXT_CHARS {
        return Err(ApiError::field(
            "reason",
            "应为 1 至 1000 个字符",
            "1 to 1000 characters are needed",
        ));
    }
    if let Some(subject) = request.subject
        && ctx.app.store.subject(subject).await?.is_none()
    {
        return Err(ApiError::field(
            "subject",
            "没有此对象",
            "there is no such subject",
        ));
    }
    let (store, by, now) = (&ctx.app.store, access.caller.login(), ctx.now());
    let (decision, released) = match request.decision {
        Decision::Approve => {
            let made = store.approve(&mn, request.subject, by, reason, now).await?;
            let held = made.held;
            (made, held)
        }
        Decision::Refuse => (store.refuse(&mn, by, reason, now).await?, 0),
    };
    ctx.app.options.decided.notify_one();
    // An approval may have made a subject; telling of it renews the directory.
    ctx.app.live.publish(Event::Device(Box::new(decision.device)));
    ctx.app.live.publish(Event::Counts);
    let directory = ctx.directory().await?;
    let row = store.device(&mn, now).await?.ok_or(Code::NotFound)?;
    Ok(Json(DecisionResult {
        device: views::device(&directory, row),
        released,
    }))
}

/// Newest values of a device by factor and field.
#[utoipa::path(get, path = "/devices/{mn}/latest", tag = "devices",
    params(("mn" = String, Path, description = "MN, percent-encoded; `-` for an empty one")),
    responses((status = OK, body = DeviceLatest)))]
pub(crate) async fn get_device_latest(
    State(ctx): State<Context>,
    access: Access,
    Path(mn): Path<String>,
) -> Result<Json<DeviceLatest>> {
    let mn = mn_of(mn);
    let directory = ctx.directory().await?;
    visible(&ctx, &access, &directory, &mn).await?;
    let mut latest = DeviceLatest::default();
    for value in ctx.app.store.latest_of_device(&mn).await? {
        let (key, o) = (value.series.key, value.observation);
        let field = FieldValue {
            value: o.value.map(views::decimal),
            text: o.text,
            flag: o.flag,
            time: o.time.into(),
            grain: key.grain,
        };
        let fields = latest.0.entry(key.factor.0).or_default();
        // `Avg` is a field of minutes, hours and days alike: the newest one stands here, the others in the series.
        let newer = fields
            .get(key.statistic.as_str())
            .is_none_or(|present| present.time < field.time);
        if newer {
            fields.insert(key.statistic.0.into_owned(), field);
        }
    }
    Ok(Json(latest))
}
