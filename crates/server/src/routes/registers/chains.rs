//! Chains walked from a record or a subject.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use ledger::{ChainTools, LinkTarget, Walked};
use model::ids::{RecordId, RegisterName, SubjectCode};

use super::{graph, person};
use crate::access::Access;
use crate::dto::chains::{ChainInfo, ChainList, ChainQuery, ChainView};
use crate::error::{ApiError, Code, Result};
use crate::extract::{Path, Query};
use crate::state::Context;

/// The chains.
#[utoipa::path(get, path = "/chains", tag = "places", responses((status = OK, body = ChainList)))]
pub(crate) async fn list_chains(State(ctx): State<Context>, access: Access) -> Result<Json<ChainList>> {
    access.user()?;
    let items = ctx.app.ledger.library().chains().map(ChainInfo::from).collect();
    Ok(Json(ChainList { items }))
}

/// A chain walked from a record or subject both ways: steps, links, what lacks, distance along the river, balances.
#[utoipa::path(get, path = "/chains/{name}", tag = "places",
    params(("name" = String, Path, description = "Chain"), ChainQuery),
    responses((status = OK, body = ChainView)))]
pub(crate) async fn get_chain(
    State(ctx): State<Context>,
    access: Access,
    Path(name): Path<String>,
    Query(query): Query<ChainQuery>,
) -> Result<Json<ChainView>> {
    let person = person(&ctx, &access).await?;
    let ledger = &ctx.app.ledger;
    let chain = ledger.library().chain(&name).ok_or(Code::NotFound)?;
    let start = match query.from.split_once(':') {
        Some(("subject", code)) => LinkTarget::Subject(code.to_owned()),
        Some((register, id)) => LinkTarget::Record(RegisterName::new(register), RecordId::new(id)),
        None => {
            return Err(ApiError::query(
                "from",
                "应为 台账:编号 或 subject:代码",
                "must be register:id or subject:code",
            ));
        }
    };
    if query.velocity.is_some_and(|v| !(v > 0.0 && v <= 20.0)) {
        return Err(ApiError::query(
            "velocity",
            "应为 0 至 20 m/s",
            "must be above 0 and at most 20 m/s",
        ));
    }
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
    let tools = ChainTools {
        rivers: &ctx.ground.rivers,
        velocity_ms: query.velocity,
    };
    let walked = ledger.chain(chain, &start, tools, &person, ctx.now()).await?;
    let walked = in_sight(walked, seen);
    Ok(Json(ChainView::new(
        chain,
        walked,
        graph::node,
        graph::key,
        query.velocity.is_some(),
        ctx.ground.rivers_schematic,
    )))
}

/// The walk without subjects that the caller does not see.
fn in_sight(mut walked: Walked, seen: impl Fn(&LinkTarget) -> bool) -> Walked {
    let mut places = BTreeMap::new();
    let mut kept = Vec::new();
    for (n, node) in walked.nodes.into_iter().enumerate() {
        if seen(&node.node.key) {
            places.insert(n, kept.len());
            kept.push(node);
        }
    }
    walked.nodes = kept;
    walked.links = walked
        .links
        .into_iter()
        .filter_map(|mut l| {
            l.from = *places.get(&l.from)?;
            l.to = *places.get(&l.to)?;
            Some(l)
        })
        .collect();
    walked.gaps = walked
        .gaps
        .into_iter()
        .filter_map(|mut g| {
            g.node = *places.get(&g.node)?;
            Some(g)
        })
        .collect();
    walked.balances = walked
        .balances
        .into_iter()
        .filter_map(|mut b| {
            b.node = *places.get(&b.node)?;
            Some(b)
        })
        .collect();
    walked
}
