//! Alarms in sight, and what people do about them.

use axum::Json;
use axum::extract::State;
use model::alarm::{Alarm, AlarmState, CloseReason};
use model::ids::{AlarmId, Factor, SubjectId};
use store::alarms::{AlarmQuery as StoreQuery, AlarmSort};

use super::{names, paging, sorting, text_filter};
use crate::access::Access;
use crate::directory::Directory;
use crate::dto::alarms::{
    AcknowledgeRequest, AlarmDetail, AlarmEventView, AlarmQuery, AlarmView, CloseRequest, CommentRequest,
};
use crate::dto::common::Page;
use crate::error::{ApiError, Code, Result};
use crate::extract::{Body, Path, Query};
use crate::limits;
use crate::live::Event;
use crate::state::{Context, Shared};
use crate::views;

const SORTS: [(&str, AlarmSort); 3] = [
    ("last_time", AlarmSort::LastTime),
    ("raised_at", AlarmSort::Raised),
    ("grade", AlarmSort::Grade),
];

/// The alarms in sight.
#[utoipa::path(get, path = "/alarms", tag = "alarms", params(AlarmQuery),
    responses((status = OK, body = Page<AlarmView>)))]
pub(crate) async fn list_alarms(
    State(ctx): State<Context>,
    access: Access,
    Query(query): Query<AlarmQuery>,
) -> Result<Json<Page<AlarmView>>> {
    let (window, page) = paging(query.page, query.page_size)?;
    let directory = ctx.directory().await?;
    let (sort, descending) = sorting(query.sort.as_deref(), &SORTS)?.unwrap_or((AlarmSort::LastTime, true));
    // The store's own order is newest first, and most serious first, which is ascending by grade.
    let reversed = if sort == AlarmSort::Grade {
        descending
    } else {
        !descending
    };
    let filter = StoreQuery {
        scope: access.store_scope(&directory),
        states: names("state", query.state.as_deref(), AlarmState::from_name)?,
        kinds: query.kind.into_iter().collect(),
        grade: query.grade,
        subject: query.subject.map(SubjectId),
        factor: text_filter("factor", query.factor.as_deref())?.map(Factor::new),
        active: query.active,
        from: query.from.map(|stamp| stamp.0),
        to: query.to.map(|stamp| stamp.0),
        text: text_filter("q", query.q.as_deref())?
            .unwrap_or_default()
            .to_owned(),
        sort,
        reversed,
        page,
    };
    let found = ctx.app.store.list_alarms(&filter).await?;
    let profile = &ctx.app.profile;
    let items = found
        .items
        .into_iter()
        .map(|a| views::alarm(profile, &directory, a.alarm))
        .collect();
    Ok(Json(window.page(items, found.total)))
}

/// An alarm, if it lies in sight.
async fn visible(ctx: &Shared, access: &Access, id: i64) -> Result<Alarm> {
    let directory = ctx.directory().await?;
    let listed = ctx.app.store.alarm(AlarmId(id)).await?.ok_or(Code::NotFound)?;
    if directory.sees(&access.sight(), listed.alarm.subject) {
        Ok(listed.alarm)
    } else {
        Err(Code::NotFound.into())
    }
}

async fn detail(ctx: &Shared, directory: &Directory, alarm: Alarm) -> Result<Json<AlarmDetail>> {
    let events = ctx.app.store.alarm_events(alarm.id).await?;
    Ok(Json(AlarmDetail {
        alarm: views::alarm(&ctx.app.profile, directory, alarm),
        events: events
            .into_iter()
            .map(|event| AlarmEventView {
                at: event.at.into(),
                by: Some(event.by).filter(|by| !by.is_empty()),
                action: event.action,
                text: Some(event.text).filter(|text| !text.is_empty()),
            })
            .collect(),
    }))
}

/// What an action leads to: everybody who may see the alarm is told.
async fn acted(ctx: &Shared, alarm: Alarm) -> Result<Json<AlarmDetail>> {
    ctx.app.live.publish(Event::Alarm(Box::new(alarm.clone())));
    ctx.app.live.publish(Event::Counts);
    let directory = ctx.directory().await?;
    detail(ctx, &directory, alarm).await
}

fn words(field: &str, text: Option<String>) -> Result<Option<String>> {
    let text = text.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty());
    if text
        .as_ref()
        .is_some_and(|t| t.chars().count() > limits::TEXT_CHARS)
    {
        return Err(ApiError::field(
            field,
            "最多 1000 个字符",
            "at most 1000 characters",
        ));
    }
    Ok(text)
}

/// An alarm with its history.
#[utoipa::path(get, path = "/alarms/{id}", tag = "alarms", params(("id" = i64, Path, description = "Row")),
    responses((status = OK, body = AlarmDetail)))]
pub(crate) async fn get_alarm(
    State(ctx): State<Context>,
    access: Access,
    Path(id): Path<i64>,
) -> Result<Json<AlarmDetail>> {
    let alarm = visible(&ctx, &access, id).await?;
    let directory = ctx.directory().await?;
    detail(&ctx, &directory, alarm).await
}

/// Acknowledges an open alarm.
#[utoipa::path(post, path = "/alarms/{id}/acknowledge", tag = "alarms",
    params(("id" = i64, Path, description = "Row")), request_body = AcknowledgeRequest,
    responses((status = OK, body = AlarmDetail)))]
pub(crate) async fn acknowledge_alarm(
    State(ctx): State<Context>,
    access: Access,
    Path(id): Path<i64>,
    Body(request): Body<AcknowledgeRequest>,
) -> Result<Json<AlarmDetail>> {
    let alarm = visible(&ctx, &access, id).await?;
    let comment = words("comment", request.comment)?;
    let by = access.caller.login();
    let alarm = ctx
        .app
        .store
        .acknowledge_alarm(alarm.id, by, comment.as_deref(), ctx.now())
        .await?;
    acted(&ctx, alarm).await
}

/// Adds a comment, also to a closed alarm.
#[utoipa::path(post, path = "/alarms/{id}/comment", tag = "alarms",
    params(("id" = i64, Path, description = "Row")), request_body = CommentRequest,
    responses((status = OK, body = AlarmDetail)))]
pub(crate) async fn comment_alarm(
    State(ctx): State<Context>,
    access: Access,
    Path(id): Path<i64>,
    Body(request): Body<CommentRequest>,
) -> Result<Json<AlarmDetail>> {
    let alarm = visible(&ctx, &access, id).await?;
    let text = words("text", Some(request.text))?
        .ok_or_else(|| ApiError::field("text", "不能为空", "must not be empty"))?;
    let alarm = ctx
        .app
        .store
        .comment_alarm(alarm.id, access.caller.login(), &text, ctx.now())
        .await?;
    acted(&ctx, alarm).await
}

/// Closes an alarm with a reason.
#[utoipa::path(post, path = "/alarms/{id}/close", tag = "alarms",
    params(("id" = i64, Path, description = "Row")), request_body = CloseRequest,
    responses((status = OK, body = AlarmDetail)))]
pub(crate) async fn close_alarm(
    State(ctx): State<Context>,
    access: Access,
    Path(id): Path<i64>,
    Body(request): Body<CloseRequest>,
) -> Result<Json<AlarmDetail>> {
    let alarm = visible(&ctx, &access, id).await?;
    let comment = words("comment", request.comment)?;
    if request.reason == CloseReason::Other && comment.is_none() {
        return Err(ApiError::field(
            "comment",
            "选择其他原因时须说明",
            "is needed with the reason `other`",
        ));
    }
    let by = access.caller.login();
    let store = &ctx.app.store;
    let alarm = store
        .close_alarm(alarm.id, by, request.reason, comment.as_deref(), ctx.now())
        .await?;
    acted(&ctx, alarm).await
}
