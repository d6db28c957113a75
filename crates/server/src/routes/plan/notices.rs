//! What units are told: reminders, yellow cards, orders, interviews; and a person's acknowledgement.

use axum::Json;
use axum::extract::State;
use jiff::civil::Date;
use model::ids::UnitCode;
use model::time::UtcMs;
use progress::{Level, Progress};
use store::plan::{NoticeQuery as Stored, NoticeRow, Seen};

use super::{Part, plan, views};
use crate::access::Access;
use crate::dto::common::Page;
use crate::dto::plan::Day;
use crate::dto::plan::notices::{AcknowledgeNotice, NoticeQuery, NoticeSeen, NoticeView};
use crate::error::{ApiError, Code, Result};
use crate::extract::{Body, Path, Query};
use crate::limits;
use crate::routes::paging;
use crate::state::Context;

fn day(text: &str) -> Day {
    Day(text.parse().unwrap_or(Date::MIN))
}

pub(super) fn shown(plan: &Progress, row: &NoticeRow, now: UtcMs) -> NoticeView {
    let notice = &row.notice;
    let (name_en, what_en) = plan.notice_names(notice);
    NoticeView {
        id: row.id,
        level: notice.level.clone(),
        days_before: notice
            .stage
            .strip_prefix("remind-")
            .and_then(|days| days.parse().ok()),
        unit: views::unit(plan, &notice.unit),
        about: notice.about.clone(),
        of: notice.subject.clone(),
        name: notice.name.clone(),
        name_en,
        what: notice.what.clone(),
        what_en,
        due: day(&notice.due),
        late: Progress::notice_late(row, now),
        raised_on: day(&row.raised_on),
        ended_on: row.ended.as_ref().map(|(on, _)| day(on)),
        ended: row.ended.as_ref().map(|(_, why)| why.clone()),
        seen: row.seen.as_ref().map(|seen| NoticeSeen {
            at: seen.at.into(),
            by: seen.by_name.clone(),
            note: seen.note.clone(),
        }),
    }
}

/// What units were told, newest first.
#[utoipa::path(get, path = "/plan/notices", tag = "plan", params(NoticeQuery),
    responses((status = OK, body = Page<NoticeView>)))]
pub(crate) async fn list_notices(
    State(ctx): State<Context>,
    access: Access,
    Query(query): Query<NoticeQuery>,
) -> Result<Json<Page<NoticeView>>> {
    let part = Part::of(&access)?;
    let (window, page) = paging(query.page, query.page_size)?;
    let levels = match query.level.as_deref() {
        None => Vec::new(),
        Some(name) => Level::from_name(name)
            .ok_or_else(|| {
                ApiError::query(
                    "level",
                    "可用:remind、yellow、order、interview",
                    "use remind, yellow, order or interview",
                )
            })?
            .and_above()
            .map(|l| l.name().to_owned())
            .collect(),
    };
    let asked = query.unit.map(UnitCode);
    let unit = match (part, asked) {
        (Part::All, asked) => asked,
        (Part::Unit(own), asked) if asked.as_ref().is_none_or(|unit| *unit == own) => Some(own),
        (Part::Unit(_), _) => return Ok(Json(window.page(Vec::new(), 0))),
    };
    let plan = plan(&ctx)?;
    let found = plan
        .notices(&Stored {
            unit,
            levels,
            open: Some(query.open.unwrap_or(true)),
            seen: query.seen,
            page,
        })
        .await?;
    let rows = found.items.iter().map(|row| shown(plan, row, ctx.now()));
    Ok(Json(window.page(rows.collect(), found.total)))
}

/// 确认: a person of the unit has seen the notice. The first one stands.
#[utoipa::path(post, path = "/plan/notices/{id}/acknowledge", tag = "plan", request_body = AcknowledgeNotice,
    params(("id" = i64, Path, description = "Row")), responses((status = OK, body = NoticeView)))]
pub(crate) async fn acknowledge_notice(
    State(ctx): State<Context>,
    access: Access,
    Path(id): Path<i64>,
    Body(request): Body<AcknowledgeNotice>,
) -> Result<Json<NoticeView>> {
    let part = Part::of(&access)?;
    let note = request.note.trim();
    if note.chars().count() > limits::TEXT_CHARS {
        return Err(ApiError::field("note", "过长", "is too long"));
    }
    let plan = plan(&ctx)?;
    let notice = plan.notice(id).await?;
    if !part.sees(&notice.notice.unit) {
        return Err(Code::NotFound.into());
    }
    let user = access.user()?;
    if user.unit.as_ref() != Some(&notice.notice.unit) {
        return Err(ApiError::new(
            Code::Forbidden,
            "提醒由被提醒单位的人确认",
            "a notice is acknowledged by a person of the unit it is for",
        ));
    }
    let seen = Seen {
        at: ctx.now(),
        by: user.id,
        by_name: user.name.clone(),
        note: note.to_owned(),
    };
    let row = plan.acknowledge(id, &seen).await?;
    Ok(Json(shown(plan, &row, ctx.now())))
}
