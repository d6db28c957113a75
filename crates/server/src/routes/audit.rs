//! The audit chain.

use axum::Json;
use axum::extract::State;
use store::people::audit::{AuditQuery as StoreQuery, Entry};

use super::{paging, text_filter};
use crate::dto::common::Page;
use crate::dto::people::{AuditQuery, AuditRow, AuditVerification};
use crate::error::Result;
use crate::extract::Query;
use crate::state::Context;

fn view(entry: Entry) -> AuditRow {
    AuditRow {
        id: entry.id.0,
        at: entry.at.into(),
        actor: entry.what.actor,
        address: entry.what.address,
        action: entry.what.action,
        object: entry.what.object,
        outcome: entry.what.outcome,
        detail: entry.what.detail,
        previous: entry.previous,
        hash: entry.hash,
    }
}

/// The audit chain, newest first.
#[utoipa::path(get, path = "/audit", tag = "audit", params(AuditQuery),
    responses((status = OK, body = Page<AuditRow>)))]
pub(crate) async fn list_audit(
    State(ctx): State<Context>,
    Query(query): Query<AuditQuery>,
) -> Result<Json<Page<AuditRow>>> {
    let (window, page) = paging(query.page, query.page_size)?;
    let query = StoreQuery {
        actor: text_filter("actor", query.actor.as_deref())?.map(ToOwned::to_owned),
        action: text_filter("action", query.action.as_deref())?.map(ToOwned::to_owned),
        from: query.from.map(|stamp| stamp.0),
        to: query.to.map(|stamp| stamp.0),
        page,
    };
    let entries = ctx.people.audit(&query).await?;
    Ok(Json(window.page(
        entries.items.into_iter().map(view).collect(),
        entries.total,
    )))
}

/// Checks the audit chain from its first link.
#[utoipa::path(get, path = "/audit/verify", tag = "audit", responses((status = OK, body = AuditVerification)))]
pub(crate) async fn verify_audit(State(ctx): State<Context>) -> Result<Json<AuditVerification>> {
    let found = ctx.people.verify_audit().await?;
    Ok(Json(AuditVerification {
        ok: found.broken_at.is_none(),
        entries: found.entries,
        broken_at: found.broken_at.map(|id| id.0),
        head: found.head,
    }))
}
