//! Series and their values, judgements and their explanations, within the caller's sight.

use axum::Json;
use axum::extract::State;
use model::ids::{Factor, JudgementId, SeriesId, SubjectId};
use model::judged::StoredJudgement;
use store::judgements::JudgementQuery as StoreJudgements;
use store::observations::SeriesQuery as StoreSeries;

use super::{paging, text_filter};
use crate::access::Access;
use crate::directory::Directory;
use crate::dto::common::Page;
use crate::dto::observations::{
    JudgementQuery, JudgementRow, JudgementView, ObservationQuery, ObservationsView, SeriesQuery, SeriesView,
};
use crate::error::{ApiError, Code, Result};
use crate::extract::{Path, Query};
use crate::state::Context;
use crate::views;

/// The period when none is asked for.
const DAY_MS: i64 = 86_400_000;

/// The series of a subject and what belongs to it.
#[utoipa::path(get, path = "/series", tag = "observations", params(SeriesQuery),
    responses((status = OK, body = Page<SeriesView>)))]
pub(crate) async fn list_series(
    State(ctx): State<Context>,
    access: Access,
    Query(query): Query<SeriesQuery>,
) -> Result<Json<Page<SeriesView>>> {
    let (window, _) = paging(query.page, query.page_size)?;
    let directory = ctx.directory().await?;
    let sight = access.sight();
    let subject = SubjectId(query.subject);
    if !directory.sees(&sight, subject) {
        return Err(Code::NotFound.into());
    }
    let filter = StoreSeries {
        subject: Some(subject),
        factor: text_filter("factor", query.factor.as_deref())?.map(Factor::new),
        grain: query.grain,
    };
    let statistic = text_filter("statistic", query.statistic.as_deref())?;
    let found = ctx.app.store.list_series(&filter).await?;
    let rows = found
        .iter()
        .filter(|s| directory.sees(&sight, s.key.subject))
        .filter(|s| statistic.is_none_or(|name| s.key.statistic.as_str() == name))
        .map(|s| views::series(&directory, s))
        .collect();
    Ok(Json(window.cut(rows)))
}

/// Values of a series. At most 20,000; a longer period is refused, not cut.
#[utoipa::path(get, path = "/series/{id}/observations", tag = "observations",
    params(("id" = i64, Path, description = "Row"), ObservationQuery),
    responses((status = OK, body = ObservationsView)))]
pub(crate) async fn list_observations(
    State(ctx): State<Context>,
    access: Access,
    Path(id): Path<i64>,
    Query(query): Query<ObservationQuery>,
) -> Result<Json<ObservationsView>> {
    let (directory, store) = (ctx.directory().await?, &ctx.app.store);
    let mut series = store.series(SeriesId(id)).await?.ok_or(Code::NotFound)?;
    let subject = directory.get(series.key.subject).ok_or(Code::NotFound)?;
    if !directory.sees(&access.sight(), subject.id) {
        return Err(Code::NotFound.into());
    }
    if let Some(grain) = query.grain {
        series.key.grain = grain;
        series = store.series_by_key(&series.key).await?.ok_or(Code::NotFound)?;
    }
    // The end is open, so one millisecond more lets the present value in.
    let to = query.to.map_or_else(|| ctx.now().plus_ms(1), |stamp| stamp.0);
    let from = query.from.map_or_else(|| to.plus_ms(-DAY_MS), |stamp| stamp.0);
    if from >= to {
        return Err(ApiError::query("from", "应早于 to", "must be before `to`"));
    }
    let values = store.range(&series, from, to).await?;
    let limit = views::limit_of(&ctx.app.profile, &subject.spec.code, &series);
    let mut view = views::series(&directory, &series);
    if let Some(limit) = limit {
        view.unit.clone_from(&limit.unit);
    }
    Ok(Json(ObservationsView {
        unit: view.unit.clone(),
        series: view,
        limit: limit.and_then(|l| l.max).map(views::decimal),
        limit_min: limit.and_then(|l| l.min).map(views::decimal),
        from: from.into(),
        to: to.into(),
        items: values.into_iter().map(views::observation).collect(),
    }))
}

fn row(directory: &Directory, judgement: &StoredJudgement) -> JudgementRow {
    let key = &judgement.key;
    let subject = directory.get(key.subject).map(|s| &s.spec);
    JudgementRow {
        id: judgement.id,
        topic: key.topic.clone(),
        subject: key.subject,
        subject_name: subject.map(|s| s.zh.clone()),
        subject_name_en: subject.map(|s| s.en.clone()),
        factor: key.factor.clone(),
        grain: key.grain,
        time: key.time.into(),
        edition: key.edition.clone(),
        revision: judgement.revision,
        verdict: judgement.verdict.clone(),
        value: judgement.value.clone(),
        made_at: judgement.made_at.into(),
    }
}

/// Judgements in force, newest period first.
#[utoipa::path(get, path = "/judgements", tag = "observations", params(JudgementQuery),
    responses((status = OK, body = Page<JudgementRow>)))]
pub(crate) async fn list_judgements(
    State(ctx): State<Context>,
    access: Access,
    Query(query): Query<JudgementQuery>,
) -> Result<Json<Page<JudgementRow>>> {
    let (window, page) = paging(query.page, query.page_size)?;
    let directory = ctx.directory().await?;
    let own = |name, text: Option<&str>| text_filter(name, text).map(|t| t.map(ToOwned::to_owned));
    let filter = StoreJudgements {
        scope: access.store_scope(&directory),
        subject: query.subject.map(SubjectId),
        topic: own("topic", query.topic.as_deref())?,
        factor: own("factor", query.factor.as_deref())?.map(Factor),
        grain: query.grain,
        verdict: own("verdict", query.verdict.as_deref())?,
        from: query.from.map(|stamp| stamp.0),
        to: query.to.map(|stamp| stamp.0),
        all_revisions: false,
        page,
    };
    let found = ctx.app.store.list_judgements(&filter).await?;
    let items = found
        .items
        .iter()
        .map(|judgement| row(&directory, judgement))
        .collect();
    Ok(Json(window.page(items, found.total)))
}

/// A judgement with its explanation, in force or not.
#[utoipa::path(get, path = "/judgements/{id}", tag = "observations",
    params(("id" = i64, Path, description = "Row")), responses((status = OK, body = JudgementView)))]
pub(crate) async fn get_judgement(
    State(ctx): State<Context>,
    access: Access,
    Path(id): Path<i64>,
) -> Result<Json<JudgementView>> {
    let directory = ctx.directory().await?;
    let judgement = ctx
        .app
        .store
        .judgement(JudgementId(id))
        .await?
        .ok_or(Code::NotFound)?;
    if !directory.sees(&access.sight(), judgement.key.subject) {
        return Err(Code::NotFound.into());
    }
    Ok(Json(JudgementView {
        row: row(&directory, &judgement),
        body: judgement.body,
    }))
}
