//! Doubles of a register: found, dismissed, merged, unmerged.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use ledger::merging::Merging;
use model::ids::RecordId;
use registers::doubles::Verdict;

use super::person;
use super::record::shown;
use crate::access::Access;
use crate::dto::register_files::{
    DismissDouble, DoubleList, DoubleReason, DoubleSide, DoubleView, MergePlanView, MergeQuery, MergeRecords,
    UnmergeRecord,
};
use crate::dto::registers::RecordView;
use crate::error::{ApiError, Code, Result};
use crate::extract::{Body, Path, Query};
use crate::state::Context;

/// Records that may be the same, with what speaks for it; those found different stay in the list, marked.
#[utoipa::path(get, path = "/registers/{name}/doubles", tag = "registers",
    params(("name" = String, Path, description = "Register")), responses((status = OK, body = DoubleList)))]
pub(crate) async fn list_doubles(
    State(ctx): State<Context>,
    access: Access,
    Path(name): Path<String>,
) -> Result<Json<DoubleList>> {
    let person = person(&ctx, &access).await?;
    let _place = ctx
        .transfers
        .acquire()
        .await
        .map_err(|_| ApiError::from(Code::Busy))?;
    let found = ctx.app.ledger.doubles(&name, &person).await?;
    let side = |(id, title): (RecordId, String)| DoubleSide { id: id.0, title };
    let items = found
        .pairs
        .into_iter()
        .map(|pair| DoubleView {
            a: side(pair.a),
            b: side(pair.b),
            score: pair.likeness.score,
            verdict: match pair.likeness.verdict {
                Verdict::Same => "same",
                Verdict::Review => "review",
                Verdict::Different => "different",
            }
            .to_owned(),
            reasons: pair
                .likeness
                .reasons
                .into_iter()
                .map(|r| DoubleReason {
                    field: r.field,
                    weight: r.weight,
                    said: r.said.into(),
                })
                .collect(),
            decided: pair.decided.as_ref().map(|_| "different".to_owned()),
            decided_by: pair.decided.as_ref().map(|d| d.by.clone()),
            decided_at: pair.decided.as_ref().map(|d| d.at.into()),
            decided_reason: pair.decided.map(|d| d.reason),
        })
        .collect();
    Ok(Json(DoubleList {
        items,
        records: found.records,
        truncated: found.truncated,
    }))
}

/// Keeps that two records are different.
#[utoipa::path(post, path = "/registers/{name}/doubles/dismiss", tag = "registers",
    params(("name" = String, Path, description = "Register")), request_body = DismissDouble,
    responses((status = NO_CONTENT)))]
pub(crate) async fn dismiss_double(
    State(ctx): State<Context>,
    access: Access,
    Path(name): Path<String>,
    Body(request): Body<DismissDouble>,
) -> Result<StatusCode> {
    let person = person(&ctx, &access).await?;
    let (a, b) = (RecordId(request.a), RecordId(request.b));
    ctx.app
        .ledger
        .dismiss_double(&name, (&a, &b), &request.reason, &person, ctx.now())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What merging two records would do, and the values to be chosen between.
#[utoipa::path(get, path = "/registers/{name}/merge", tag = "registers",
    params(("name" = String, Path, description = "Register"), MergeQuery),
    responses((status = OK, body = MergePlanView)))]
pub(crate) async fn plan_merge(
    State(ctx): State<Context>,
    access: Access,
    Path(name): Path<String>,
    Query(query): Query<MergeQuery>,
) -> Result<Json<MergePlanView>> {
    let person = person(&ctx, &access).await?;
    let plan = ctx
        .app
        .ledger
        .merge_plan(&name, &query.keep, &query.close, &person)
        .await?;
    Ok(Json(plan.into()))
}

/// Merges two records; both keep their history. Answers the record that stays.
#[utoipa::path(post, path = "/registers/{name}/merge", tag = "registers",
    params(("name" = String, Path, description = "Register")), request_body = MergeRecords,
    responses((status = OK, body = RecordView)))]
pub(crate) async fn merge_records(
    State(ctx): State<Context>,
    access: Access,
    Path(name): Path<String>,
    Body(request): Body<MergeRecords>,
) -> Result<Json<RecordView>> {
    let person = person(&ctx, &access).await?;
    let merging = Merging {
        keep: request.keep,
        close: request.close,
        choices: request
            .choices
            .into_iter()
            .map(|(f, side)| (f, side.into()))
            .collect(),
        reason: request.reason,
        keep_revision: request.keep_revision,
        close_revision: request.close_revision,
    };
    let held = ctx.app.ledger.merge(&name, &merging, &person, ctx.now()).await?;
    shown(&ctx, &name, held, &person).await
}

/// Takes a merge apart. Answers the record that had been closed.
#[utoipa::path(post, path = "/registers/{name}/unmerge", tag = "registers",
    params(("name" = String, Path, description = "Register")), request_body = UnmergeRecord,
    responses((status = OK, body = RecordView)))]
pub(crate) async fn unmerge_record(
    State(ctx): State<Context>,
    access: Access,
    Path(name): Path<String>,
    Body(request): Body<UnmergeRecord>,
) -> Result<Json<RecordView>> {
    let person = person(&ctx, &access).await?;
    let id = RecordId(request.id);
    let (held, _) = ctx
        .app
        .ledger
        .unmerge(&name, &id, &request.reason, &person, ctx.now())
        .await?;
    shown(&ctx, &name, held, &person).await
}
