//! One record: read as it is or was, entered, edited, stepped, checked; its history and what points at it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use ledger::{AsOf, Create, Detail, Edit, Held, Person, Step};
use model::ids::RecordId;
use registers::register::Register;
use serde_json::Value;

use super::person;
use crate::access::Access;
use crate::dto::registers::{
    AsOfQuery, Blocked, ChangeRecord, CheckRecord, CheckView, CreateRecord, DeadlineView, FileView,
    HistoryItem, HistoryView, LinkView, LinkedList, LinkedView, OfferView, PersonRef, RecordView, StepRecord,
    TargetView,
};
use crate::error::Result;
use crate::extract::{Body, Path, Query};
use crate::state::{Context, Shared};

fn file((field, value): (String, Value)) -> FileView {
    let text = |name: &str| {
        value
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    FileView {
        field,
        name: text("name"),
        sha256: text("sha256"),
        size: value.get("size").and_then(Value::as_u64).unwrap_or(0),
        media_type: text("media_type"),
    }
}

/// A record as pages see it.
pub(crate) fn view(register: &Register, detail: Detail) -> RecordView {
    let files = ledger::files(register, &detail.held.record.body);
    let Held {
        record,
        revision,
        created_at,
        updated_at,
        author,
        valid_from,
        merged_into,
        ..
    } = detail.held;
    RecordView {
        register: register.name().to_owned(),
        id: record.id.0,
        title: detail.title,
        state: record.state,
        since: record.since.into(),
        revision,
        created_at: created_at.into(),
        updated_at: updated_at.into(),
        updated_by: author.name,
        demo: record.demo,
        version: record.version,
        valid_from,
        body: record.body,
        shown: detail.shown,
        trail: record.trail.into_iter().map(Into::into).collect(),
        can_edit: detail.can_edit,
        offered: detail
            .offered
            .into_iter()
            .map(|o| OfferView {
                name: o.name,
                zh: o.names.zh,
                en: o.names.en,
                to: o.to,
                needs: o.needs,
                reason: o.reason,
                blocked: o.blocked.map(|r| Blocked {
                    code: r.code.to_owned(),
                    said: r.said.into(),
                }),
            })
            .collect(),
        deadlines: detail
            .deadlines
            .into_iter()
            .map(|d| DeadlineView {
                name: d.name,
                zh: d.names.zh,
                en: d.names.en,
                due: d.due.into(),
                provisional: d.provisional,
                overdue: d.overdue,
                reminding: d.reminding,
            })
            .collect(),
        closed: detail.closed,
        merged_into: merged_into.map(|id| id.0),
        links: detail
            .links
            .into_iter()
            .map(|l| LinkView {
                field: l.field,
                zh: l.names.zh,
                en: l.names.en,
                target: TargetView::new(l.target, l.title),
            })
            .collect(),
        files: files.into_iter().map(file).collect(),
    }
}

/// The answer of a change: the record as it is now.
pub(crate) async fn shown(ctx: &Shared, name: &str, held: Held, person: &Person) -> Result<Json<RecordView>> {
    // A subject may have come with it.
    ctx.directory.forget().await;
    let ledger = &ctx.app.ledger;
    let register = ledger.register(name)?;
    let detail = ledger.detail(register, held, person, ctx.now()).await?;
    Ok(Json(view(register, detail)))
}

/// A record, as it is or as it was.
#[utoipa::path(get, path = "/registers/{name}/records/{id}", tag = "registers",
    params(("name" = String, Path, description = "Register"), ("id" = String, Path, description = "Record"), AsOfQuery),
    responses((status = OK, body = RecordView)))]
pub(crate) async fn get_record(
    State(ctx): State<Context>,
    access: Access,
    Path((name, id)): Path<(String, String)>,
    Query(query): Query<AsOfQuery>,
) -> Result<Json<RecordView>> {
    let person = person(&ctx, &access).await?;
    let as_of = AsOf {
        known_at: query.as_of.map(|stamp| stamp.0),
        in_force_on: query.in_force_on,
    };
    let ledger = &ctx.app.ledger;
    let detail = ledger
        .get(&name, &RecordId(id), &as_of, &person, ctx.now())
        .await?;
    Ok(Json(view(ledger.register(&name)?, detail)))
}

/// Enters a record.
#[utoipa::path(post, path = "/registers/{name}/records", tag = "registers",
    params(("name" = String, Path, description = "Register")), request_body = CreateRecord,
    responses((status = CREATED, body = RecordView)))]
pub(crate) async fn create_record(
    State(ctx): State<Context>,
    access: Access,
    Path(name): Path<String>,
    Body(request): Body<CreateRecord>,
) -> Result<(StatusCode, Json<RecordView>)> {
    let person = person(&ctx, &access).await?;
    let new = Create {
        body: request.body,
        valid_from: request.valid_from,
    };
    let held = ctx.app.ledger.create(&name, &new, &person, ctx.now()).await?;
    Ok((StatusCode::CREATED, shown(&ctx, &name, held, &person).await?))
}

/// Changes values of a record. Where somebody else changed it in the meantime nothing is written (`stale`).
#[utoipa::path(patch, path = "/registers/{name}/records/{id}", tag = "registers",
    params(("name" = String, Path, description = "Register"), ("id" = String, Path, description = "Record")),
    request_body = ChangeRecord, responses((status = OK, body = RecordView)))]
pub(crate) async fn change_record(
    State(ctx): State<Context>,
    access: Access,
    Path((name, id)): Path<(String, String)>,
    Body(request): Body<ChangeRecord>,
) -> Result<Json<RecordView>> {
    let person = person(&ctx, &access).await?;
    let edit = Edit {
        revision: request.revision,
        body: request.body,
        valid_from: request.valid_from,
        reason: request.reason,
    };
    let ledger = &ctx.app.ledger;
    let held = ledger
        .edit(&name, &RecordId(id), &edit, &person, ctx.now())
        .await?;
    shown(&ctx, &name, held, &person).await
}

/// Takes a transition, together with the values it needs.
#[utoipa::path(post, path = "/registers/{name}/records/{id}/steps", tag = "registers",
    params(("name" = String, Path, description = "Register"), ("id" = String, Path, description = "Record")),
    request_body = StepRecord, responses((status = OK, body = RecordView)))]
pub(crate) async fn step_record(
    State(ctx): State<Context>,
    access: Access,
    Path((name, id)): Path<(String, String)>,
    Body(request): Body<StepRecord>,
) -> Result<Json<RecordView>> {
    let person = person(&ctx, &access).await?;
    let step = Step {
        transition: request.transition,
        revision: request.revision,
        reason: request.reason,
        body: request.body,
    };
    let ledger = &ctx.app.ledger;
    let held = ledger
        .step(&name, &RecordId(id), &step, &person, ctx.now())
        .await?;
    shown(&ctx, &name, held, &person).await
}

async fn check(
    ctx: &Shared,
    access: &Access,
    name: &str,
    id: Option<String>,
    request: CheckRecord,
) -> Result<Json<CheckView>> {
    let person = person(ctx, access).await?;
    let id = id.map(RecordId);
    let state = request.state.as_deref();
    let ledger = &ctx.app.ledger;
    let checked = ledger
        .check(name, id.as_ref(), &request.body, state, &person, ctx.now())
        .await?;
    Ok(Json(CheckView {
        body: checked.body,
        findings: checked.findings.into_iter().map(Into::into).collect(),
    }))
}

/// What an edit would come to. Nothing is written.
#[utoipa::path(post, path = "/registers/{name}/records/{id}/check", tag = "registers",
    params(("name" = String, Path, description = "Register"), ("id" = String, Path, description = "Record")),
    request_body = CheckRecord, responses((status = OK, body = CheckView)))]
pub(crate) async fn check_record(
    State(ctx): State<Context>,
    access: Access,
    Path((name, id)): Path<(String, String)>,
    Body(request): Body<CheckRecord>,
) -> Result<Json<CheckView>> {
    check(&ctx, &access, &name, Some(id), request).await
}

/// What a new record would come to. Nothing is written.
#[utoipa::path(post, path = "/registers/{name}/check", tag = "registers",
    params(("name" = String, Path, description = "Register")), request_body = CheckRecord,
    responses((status = OK, body = CheckView)))]
pub(crate) async fn check_new_record(
    State(ctx): State<Context>,
    access: Access,
    Path(name): Path<String>,
    Body(request): Body<CheckRecord>,
) -> Result<Json<CheckView>> {
    check(&ctx, &access, &name, None, request).await
}

/// All revisions of a record, newest first.
#[utoipa::path(get, path = "/registers/{name}/records/{id}/history", tag = "registers",
    params(("name" = String, Path, description = "Register"), ("id" = String, Path, description = "Record")),
    responses((status = OK, body = HistoryView)))]
pub(crate) async fn get_record_history(
    State(ctx): State<Context>,
    access: Access,
    Path((name, id)): Path<(String, String)>,
) -> Result<Json<HistoryView>> {
    let person = person(&ctx, &access).await?;
    let entries = ctx.app.ledger.history(&name, &RecordId(id), &person).await?;
    let items = entries.into_iter().map(history_item).collect();
    Ok(Json(HistoryView { items }))
}

/// A revision as pages see it.
pub(crate) fn history_item(e: ledger::HistoryEntry) -> HistoryItem {
    HistoryItem {
        revision: e.revision,
        at: e.at.into(),
        by: PersonRef {
            id: e.by.id.0,
            name: e.by.name,
        },
        kind: e.kind.into(),
        state: e.state,
        transition: e.transition,
        reason: e.reason,
        valid_from: e.valid_from,
        changes: e.changes.into_iter().map(Into::into).collect(),
    }
}

/// What points at a record, as far as it is in sight.
#[utoipa::path(get, path = "/registers/{name}/records/{id}/linked", tag = "registers",
    params(("name" = String, Path, description = "Register"), ("id" = String, Path, description = "Record")),
    responses((status = OK, body = LinkedList)))]
pub(crate) async fn list_linked(
    State(ctx): State<Context>,
    access: Access,
    Path((name, id)): Path<(String, String)>,
) -> Result<Json<LinkedList>> {
    let person = person(&ctx, &access).await?;
    let rows = ctx.app.ledger.linked(&name, &RecordId(id), &person).await?;
    let items = rows
        .into_iter()
        .map(|row| LinkedView {
            register: row.register,
            register_zh: row.names.zh,
            register_en: row.names.en,
            field: row.field,
            id: row.id.0,
            title: row.title,
            state: row.state,
        })
        .collect();
    Ok(Json(LinkedList { items }))
}
