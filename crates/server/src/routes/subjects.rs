//! skeleton

use axum::Json;
use axum::http::StatusCode;

use crate::dto::subjects::*;
use crate::dto::common::Page;
use crate::extract::{Path, Query};
use crate::error::{Code, Result};

/// The subjects in sight.
#[utoipa::path(get, path = "/subjects", tag = "subjects",
    params(SubjectQuery),
    responses((status = OK, body = Page<SubjectRow>)))]
pub(crate) async fn list_subjects(Query(query): Query<SubjectQuery>) -> Result<Json<Page<SubjectRow>>> {
    Err(Code::StoreUnavailable.into())
}

/// Everything about one subject.
#[utoipa::path(get, path = "/subjects/{id}", tag = "subjects",
    params(("id" = i64, Path, description = "Row")),
    responses((status = OK, body = SubjectDetail)))]
pub(crate) async fn get_subject(Path(id): Path<i64>) -> Result<Json<SubjectDetail>> {
    Err(Code::StoreUnavailable.into())
}
