//! Links walked in both directions, as a graph.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use ledger::{LinkTarget, Node};
use model::ids::{RecordId, RegisterName, SubjectCode};

use super::person;
use crate::access::Access;
use crate::dto::register_figures::{EdgeView, GraphQuery, GraphView, NodeView};
use crate::dto::registers::TargetView;
use crate::error::{ApiError, Code, Result};
use crate::extract::Query;
use crate::state::Context;

pub(crate) fn key(target: &LinkTarget) -> String {
    match target {
        LinkTarget::Record(register, id) => format!("record:{register}:{id}"),
        LinkTarget::Subject(code) => format!("subject:{code}"),
        LinkTarget::Unit(code) => format!("unit:{code}"),
    }
}

pub(crate) fn node(node: Node) -> NodeView {
    let target = TargetView::new(node.key.clone(), node.title);
    NodeView {
        key: key(&node.key),
        kind: target.kind,
        register: target.register,
        id: target.id,
        title: target.title,
        zh: node.names.zh,
        en: node.names.en,
        state: node.state,
        place: node
            .place
            .map(|[w, s, e, n]| [f64::midpoint(w, e), f64::midpoint(s, n)]),
    }
}

/// What hangs together with a record, a subject or a unit.
#[utoipa::path(get, path = "/links", tag = "registers", params(GraphQuery),
    responses((status = OK, body = GraphView)))]
pub(crate) async fn get_links(
    State(ctx): State<Context>,
    access: Access,
    Query(query): Query<GraphQuery>,
) -> Result<Json<GraphView>> {
    let start = match (query.register, query.id, query.subject, query.unit) {
        (Some(register), Some(id), None, None) => LinkTarget::Record(RegisterName(register), RecordId(id)),
        (None, None, Some(code), None) => LinkTarget::Subject(code),
        (None, None, None, Some(code)) => LinkTarget::Unit(code),
        _ => {
            return Err(ApiError::query(
                "register",
                "请给出 register 与 id,或 subject,或 unit",
                "give register and id, or subject, or unit",
            ));
        }
    };
    let person = person(&ctx, &access).await?;
    let directory = ctx.directory().await?;
    let sight = access.sight();
    let seen = |target: &LinkTarget| match target {
        LinkTarget::Subject(code) => directory
            .by_code(&SubjectCode::new(code))
            .is_some_and(|s| directory.sees(&sight, s.id)),
        LinkTarget::Record(..) | LinkTarget::Unit(_) => true,
    };
    if !seen(&start) {
        return Err(Code::NotFound.into());
    }
    let graph = ctx
        .app
        .ledger
        .graph(&start, query.depth.unwrap_or(2), &person)
        .await?;
    let nodes: Vec<NodeView> = graph
        .nodes
        .into_iter()
        .filter(|n| seen(&n.key))
        .map(node)
        .collect();
    let shown: BTreeSet<&str> = nodes.iter().map(|n| n.key.as_str()).collect();
    let edges: Vec<EdgeView> = graph
        .edges
        .into_iter()
        .map(|e| EdgeView {
            from: key(&e.from),
            to: key(&e.to),
            field: e.field,
            zh: e.zh,
            en: e.en,
        })
        .filter(|e| shown.contains(e.from.as_str()) && shown.contains(e.to.as_str()))
        .collect();
    Ok(Json(GraphView {
        nodes,
        edges,
        truncated: graph.truncated,
    }))
}
