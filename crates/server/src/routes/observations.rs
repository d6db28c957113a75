//! skeleton

use axum::Json;
use axum::http::StatusCode;

use crate::dto::observations::*;
use crate::dto::common::Page;
use crate::extract::{Path, Query};
use crate::error::{Code, Result};

/// The series of a subject.
#[utoipa::path(get, path = "/series", tag = "observations",
    params(SeriesQuery),
    responses((status = OK, body = Page<SeriesView>)))]
pub(crate) async fn list_series(Query(query): Query<SeriesQuery>) -> Result<Json<Page<SeriesView>>> {
    Err(Code::StoreUnavailable.into())
}

/// Values of a series.
#[utoipa::path(get, path = "/series/{id}/observations", tag = "observations",
    params(("id" = i64, Path, description = "Row"), ObservationQuery),
    responses((status = OK, body = ObservationsView)))]
pub(crate) async fn list_observations(Path(id): Path<i64>, Query(query): Query<ObservationQuery>) -> Result<Json<ObservationsView>> {
    Err(Code::StoreUnavailable.into())
}

/// Judgements in force.
#[utoipa::path(get, path = "/judgements", tag = "observations",
    params(JudgementQuery),
    responses((status = OK, body = Page<JudgementRow>)))]
pub(crate) async fn list_judgements(Query(query): Query<JudgementQuery>) -> Result<Json<Page<JudgementRow>>> {
    Err(Code::StoreUnavailable.into())
}

/// A judgement with its explanation.
#[utoipa::path(get, path = "/judgements/{id}", tag = "observations",
    params(("id" = i64, Path, description = "Row")),
    responses((status = OK, body = JudgementView)))]
pub(crate) async fn get_judgement(Path(id): Path<i64>) -> Result<Json<JudgementView>> {
    Err(Code::StoreUnavailable.into())
}
