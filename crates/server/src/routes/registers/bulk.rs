//! The same change of many records: looked at first, then all or none.

use axum::Json;
use axum::extract::State;
use ledger::{Bulk, Chosen};
use model::ids::RecordId;

use super::{filter, person};
use crate::access::Access;
use crate::dto::registers::{BulkRequest, BulkRowView, BulkView};
use crate::error::{ApiError, Result};
use crate::extract::{Body, Path};
use crate::state::Context;

/// Changes the same values of many records: a preview first, then all or none.
#[utoipa::path(post, path = "/registers/{name}/bulk", tag = "registers",
    params(("name" = String, Path, description = "Register")), request_body = BulkRequest,
    responses((status = OK, body = BulkView)))]
pub(crate) async fn change_records(
    State(ctx): State<Context>,
    access: Access,
    Path(name): Path<String>,
    Body(request): Body<BulkRequest>,
) -> Result<Json<BulkView>> {
    let person = person(&ctx, &access).await?;
    let ledger = &ctx.app.ledger;
    let register = ledger.readable(&name, &person)?;
    let chosen = match (request.filter, request.ids) {
        (Some(filter), None) => {
            let pairs = filter::pairs(&filter)?;
            Chosen::Matching(filter::query(register, &pairs, &[])?.0)
        }
        (None, Some(ids)) => Chosen::Ids(ids.into_iter().map(RecordId).collect()),
        _ => {
            return Err(ApiError::field(
                "where",
                "请给出 where 或 ids 之一",
                "give either where or ids",
            ));
        }
    };
    let bulk = Bulk {
        chosen,
        set: request.set,
        preview: request.preview,
        reason: request.reason,
    };
    let report = ledger.bulk(&name, &bulk, &person, ctx.now()).await?;
    if report.applied {
        ctx.directory.forget().await;
    }
    Ok(Json(BulkView {
        matched: report.matched,
        changed: report.changed,
        wrong: report.wrong,
        rows: report
            .rows
            .into_iter()
            .map(|row| BulkRowView {
                id: row.id.0,
                title: row.title,
                changes: row.changes.into_iter().map(Into::into).collect(),
                findings: row.findings.into_iter().map(Into::into).collect(),
            })
            .collect(),
        applied: report.applied,
    }))
}
