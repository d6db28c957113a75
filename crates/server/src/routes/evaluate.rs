//! Standards as a service: anybody who is logged in can have an input judged and read why.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use standards::catalog::{self, Table};
use standards::input::{Input, InputError};
use standards::judgement::Judgement;
use standards::topic;

use crate::dto::evaluate::{JudgementDoc, TableList, TableView, TopicList, TopicView};
use crate::error::{ApiError, Code, Result};
use crate::extract::{Body, Path};
use crate::state::Context;

/// The callable rules of the standards.
#[utoipa::path(get, path = "/standards/topics", tag = "standards", responses((status = OK, body = TopicList)))]
pub(crate) async fn list_topics() -> Json<TopicList> {
    let items: Vec<TopicView> = topic::all()
        .map(|t| TopicView {
            id: t.id.to_owned(),
            zh: t.zh.to_owned(),
            en: t.en.to_owned(),
            basis: t.basis.to_owned(),
            example: serde_json::from_str(t.example).unwrap_or(Value::Null),
        })
        .collect();
    Json(TopicList {
        total: i64::try_from(items.len()).unwrap_or(i64::MAX),
        items,
    })
}

fn table_view(table: &Table, with_rows: bool) -> TableView {
    let content = table.content();
    TableView {
        id: table.id.to_owned(),
        family: table.family().to_owned(),
        description: content.description,
        columns: content.columns,
        total: i64::try_from(content.rows.len()).unwrap_or(i64::MAX),
        rows: with_rows.then_some(content.rows),
    }
}

/// The tables that the rules compute with.
#[utoipa::path(get, path = "/standards/tables", tag = "standards", responses((status = OK, body = TableList)))]
pub(crate) async fn list_tables() -> Json<TableList> {
    let items: Vec<TableView> = catalog::TABLES
        .iter()
        .map(|table| table_view(table, false))
        .collect();
    Json(TableList {
        total: i64::try_from(items.len()).unwrap_or(i64::MAX),
        items,
    })
}

/// One table with its rows, as it is computed with.
#[utoipa::path(get, path = "/standards/tables/{id}", tag = "standards",
    params(("id" = String, Path, description = "Name of the table")),
    responses((status = OK, body = TableView)))]
pub(crate) async fn get_table(Path(id): Path<String>) -> Result<Json<TableView>> {
    let table = catalog::find(&id).ok_or(Code::NotFound)?;
    Ok(Json(table_view(table, true)))
}

/// Judges an input by a rule; `folder/name` is the topic's id. A wrong input names its field.
#[utoipa::path(post, path = "/evaluate/{folder}/{name}", tag = "standards",
    params(("folder" = String, Path, description = "First part of the topic's id"),
        ("name" = String, Path, description = "Second part")),
    request_body = Object, responses((status = OK, body = JudgementDoc)))]
pub(crate) async fn evaluate(
    State(ctx): State<Context>,
    Path((folder, name)): Path<(String, String)>,
    Body(input): Body<Value>,
) -> Result<Json<Judgement>> {
    let topic = topic::find(&format!("{folder}/{name}")).ok_or(Code::NotFound)?;
    let turn = Arc::clone(&ctx.evaluations)
        .acquire_owned()
        .await
        .map_err(|e| ApiError::internal(&e))?;
    let judged = tokio::task::spawn_blocking(move || {
        // The turn lasts as long as the work, also when nobody waits for the answer any more.
        let _turn = turn;
        (topic.evaluate)(&Input::root(&input))
    });
    judged
        .await
        .map_err(|e| ApiError::internal(&e))?
        .map(Json)
        .map_err(|error| wrong_input(&error))
}

fn wrong_input(error: &InputError) -> ApiError {
    let place = if error.path.is_empty() {
        "input"
    } else {
        &error.path
    };
    ApiError::new(
        Code::InvalidInput,
        format!("{place}:{}", error.message.zh),
        format!("{place}: {}", error.message.en),
    )
    .with(json!({ "field": error.path, "reason": error.code }))
}
