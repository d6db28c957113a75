//! The published plan: uploaded, read, reviewed, corrected, compared.

use axum::Json;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, State};
use model::ids::CorrectionId;
use plan::correct::{Change, Fit, List};
use progress::{Correct, Upload};
use serde_json::Value;
use store::plan::DocumentRow;

use super::{plan, views};
use crate::access::Access;
use crate::dto::plan::documents::{
    CorrectionMade, CorrectionView, DiffField, DiffItem, DiffQuery, ExtractionView, MakeCorrection, PlanDiff,
    PlanEdition, PlanEditions, ReadCounts,
};
use crate::error::{ApiError, Code, Result, TooLarge};
use crate::extract::{Body, Path, Query};
use crate::limits;
use crate::state::{Context, Shared};

fn edition(row: &DocumentRow) -> PlanEdition {
    PlanEdition {
        edition: row.edition,
        name: row.name.clone(),
        media_type: row.media_type.clone(),
        sha256: row.sha256.clone(),
        size: row.size,
        uploaded_at: row.uploaded_at.into(),
        uploaded_by: row.uploaded_by.clone(),
    }
}

/// Editions of the published plan.
#[utoipa::path(get, path = "/plan/documents", tag = "plan", responses((status = OK, body = PlanEditions)))]
pub(crate) async fn list_documents(State(ctx): State<Context>) -> Result<Json<PlanEditions>> {
    let rows = plan(&ctx)?.documents().await?;
    Ok(Json(PlanEditions {
        items: rows.iter().map(edition).collect(),
    }))
}

/// Uploads an edition of the published plan: Markdown, plain text (UTF-8 or GBK) or .docx, at most 8 MB.
#[utoipa::path(post, path = "/plan/documents", tag = "plan",
    request_body(content = String, content_type = "multipart/form-data", description = "one part `file`"),
    responses((status = CREATED, body = ExtractionView)))]
pub(crate) async fn upload_document(
    State(ctx): State<Context>,
    access: Access,
    form: std::result::Result<Multipart, MultipartRejection>,
) -> Result<(axum::http::StatusCode, Json<ExtractionView>)> {
    let broken = |e: axum::extract::multipart::MultipartError| {
        if e.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
            ApiError::too_large(&TooLarge::PLAN, limits::MAX_PLAN_BODY as u64)
        } else {
            ApiError::new(
                Code::BadBody,
                format!("表单有误:{e}"),
                format!("the form is wrong: {e}"),
            )
        }
    };
    let mut form = form.map_err(|e| {
        ApiError::new(
            Code::BadBody,
            format!("须为表单:{e}"),
            format!("a form is needed: {e}"),
        )
    })?;
    let mut found = None;
    while let Some(field) = form.next_field().await.map_err(broken)? {
        if field.name() == Some("file") {
            let name = field.file_name().unwrap_or("plan.txt").to_owned();
            let bytes = field.bytes().await.map_err(broken)?.to_vec();
            found = Some(Upload { name, bytes });
            break;
        }
    }
    let upload = found.ok_or_else(|| ApiError::field("file", "缺少文件", "the file is missing"))?;
    let by = access.user()?.name.clone();
    let row = plan(&ctx)?.upload(&upload, &by, ctx.now()).await?;
    let view = extraction(&ctx, row.edition).await?;
    Ok((axum::http::StatusCode::CREATED, Json(view)))
}

/// An edition as read, beside its text, with everybody's corrections.
#[utoipa::path(get, path = "/plan/documents/{edition}", tag = "plan",
    params(("edition" = i64, Path, description = "Edition")), responses((status = OK, body = ExtractionView)))]
pub(crate) async fn get_document(
    State(ctx): State<Context>,
    Path(edition): Path<i64>,
) -> Result<Json<ExtractionView>> {
    Ok(Json(extraction(&ctx, edition).await?))
}

async fn extraction(ctx: &Shared, number: i64) -> Result<ExtractionView> {
    let found = plan(ctx)?.extraction(number).await?;
    let list = |name: &str| found.read.get(name).and_then(Value::as_array);
    let len = |name: &str| views::count(list(name).map_or(0, Vec::len));
    let inner = |name: &str, field: &str| {
        let all = list(name).into_iter().flatten();
        let sizes = all.map(|e| e.get(field).and_then(Value::as_array).map_or(0, Vec::len));
        views::count(sizes.sum())
    };
    let mut corrections: Vec<CorrectionView> = found
        .corrected
        .outcomes
        .iter()
        .filter_map(|o| Some((o, found.corrections.get(o.correction)?)))
        .map(|(o, c)| {
            let part = |path: &str| c.body.pointer(path).cloned().unwrap_or(Value::Null);
            let words = |path: &str| part(path).as_str().unwrap_or_default().to_owned();
            CorrectionView {
                id: c.id.0,
                edition: c.edition,
                list: words("/anchor/list"),
                entry: words("/anchor/id"),
                field: words("/field"),
                before: part("/before"),
                after: part("/after"),
                reason: words("/reason"),
                by: c.made_by.clone(),
                at: c.made_at.into(),
                fit: views::key(&o.fit),
                now: o.id.clone(),
                found: o.found.clone(),
                text: views::text(&o.text),
            }
        })
        .collect();
    let open = |fit: &str| ![Fit::Conflict, Fit::Gone].iter().any(|f| views::key(f) == fit);
    corrections.sort_by_key(|c| (open(&c.fit), c.id));
    Ok(ExtractionView {
        document: edition(&found.row),
        counts: ReadCounts {
            chapters: len("chapters"),
            sections: inner("chapters", "sections"),
            tasks: len("tasks"),
            indicators: len("indicators"),
            targets: inner("tasks", "targets"),
            units: len("units"),
            repairs: len("repairs"),
            doubts: len("doubts"),
        },
        lines: found.lines,
        read: found.read,
        corrected: found.corrected.document,
        corrections,
    })
}

/// Corrects a field of what was read, or confirms it with the value read; survives the next edition.
#[utoipa::path(post, path = "/plan/documents/{edition}/corrections", tag = "plan",
    params(("edition" = i64, Path, description = "Edition")), request_body = MakeCorrection,
    responses((status = CREATED, body = CorrectionMade)))]
pub(crate) async fn correct_document(
    State(ctx): State<Context>,
    access: Access,
    Path(edition): Path<i64>,
    Body(request): Body<MakeCorrection>,
) -> Result<(axum::http::StatusCode, Json<CorrectionMade>)> {
    let list: List = serde_json::from_value(Value::String(request.list)).map_err(|_| {
        ApiError::field(
            "list",
            "可用:chapters、tasks、indicators、units、baseline",
            "use chapters, tasks, indicators, units or baseline",
        )
    })?;
    if request.reason.chars().count() > limits::TEXT_CHARS {
        return Err(ApiError::field(
            "reason",
            "最多 1000 个字符",
            "at most 1000 characters",
        ));
    }
    let what = Correct {
        list,
        id: request.id,
        field: request.field,
        after: request.after,
        reason: request.reason,
    };
    let by = access.user()?.name.clone();
    let id = plan(&ctx)?.correct(edition, &what, &by, ctx.now()).await?;
    Ok((axum::http::StatusCode::CREATED, Json(CorrectionMade { id: id.0 })))
}

/// Withdraws a correction.
#[utoipa::path(delete, path = "/plan/corrections/{id}", tag = "plan", params(("id" = i64, Path, description = "Row")),
    responses((status = NO_CONTENT)))]
pub(crate) async fn withdraw_correction(
    State(ctx): State<Context>,
    access: Access,
    Path(id): Path<i64>,
) -> Result<axum::http::StatusCode> {
    let by = access.user()?.name.clone();
    plan(&ctx)?
        .withdraw_correction(CorrectionId(id), &by, ctx.now())
        .await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}

/// What differs between two editions, corrections applied to both.
#[utoipa::path(get, path = "/plan/diff", tag = "plan", params(DiffQuery), responses((status = OK, body = PlanDiff)))]
pub(crate) async fn diff_documents(
    State(ctx): State<Context>,
    Query(query): Query<DiffQuery>,
) -> Result<Json<PlanDiff>> {
    let changes = plan(&ctx)?.diff(query.older, query.newer).await?;
    let item = |change: &str, list: List, id: String, from, fields| DiffItem {
        change: change.to_owned(),
        list: views::key(&list),
        id,
        from,
        fields,
    };
    let items = changes
        .into_iter()
        .map(|change| match change {
            Change::Added { list, id } => item("added", list, id, None, Vec::new()),
            Change::Removed { list, id } => item("removed", list, id, None, Vec::new()),
            Change::Moved { list, from, to } => item("moved", list, to, Some(from), Vec::new()),
            Change::Changed { list, id, fields } => {
                let fields = fields.into_iter().map(|f| DiffField {
                    field: f.field,
                    before: f.before,
                    after: f.after,
                });
                item("changed", list, id, None, fields.collect())
            }
        })
        .collect();
    Ok(Json(PlanDiff {
        older: query.older,
        newer: query.newer,
        items,
    }))
}
