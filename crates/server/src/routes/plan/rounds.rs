//! Rounds of dispatch.

use axum::Json;
use axum::extract::State;
use progress::Progress;

use super::{Part, plan, views};
use crate::access::Access;
use crate::dto::plan::rounds::{OpenRound, RoundList, RoundView};
use crate::error::{ApiError, Code, Result};
use crate::extract::{Body, Path};
use crate::state::Context;

/// All rounds.
#[utoipa::path(get, path = "/plan/rounds", tag = "plan", responses((status = OK, body = RoundList)))]
pub(crate) async fn list_rounds(State(ctx): State<Context>, access: Access) -> Result<Json<RoundList>> {
    Part::of(&access)?;
    let rounds = plan(&ctx)?.rounds(ctx.now()).await?;
    Ok(Json(RoundList {
        items: rounds.iter().map(views::round).collect(),
    }))
}

fn shown(
    plan: &Progress,
    part: &Part,
    view: &progress::RoundView,
    frozen: Option<serde_json::Value>,
) -> RoundView {
    RoundView {
        round: views::round(view),
        filings: view
            .filings
            .iter()
            .filter(|f| part.sees(&f.unit))
            .map(|f| views::filing(plan, view, f))
            .collect(),
        // The snapshot holds everybody's figures.
        frozen: frozen.filter(|_| *part == Part::All),
    }
}

/// A round with what each unit in sight did.
#[utoipa::path(get, path = "/plan/rounds/{code}", tag = "plan",
    params(("code" = String, Path, description = "2023-H2")), responses((status = OK, body = RoundView)))]
pub(crate) async fn get_round(
    State(ctx): State<Context>,
    access: Access,
    Path(code): Path<String>,
) -> Result<Json<RoundView>> {
    let part = Part::of(&access)?;
    let plan = plan(&ctx)?;
    let view = plan.round(&code, ctx.now()).await?;
    let frozen = plan.frozen_round(&code, ctx.now()).await?;
    Ok(Json(shown(plan, &part, &view, frozen)))
}

/// Opens a round with a return for every unit; rounds also open by themselves on their day.
#[utoipa::path(post, path = "/plan/rounds", tag = "plan", request_body = OpenRound,
    responses((status = CREATED, body = RoundView)))]
pub(crate) async fn open_round(
    State(ctx): State<Context>,
    access: Access,
    Body(request): Body<OpenRound>,
) -> Result<(axum::http::StatusCode, Json<RoundView>)> {
    let plan = plan(&ctx)?;
    let by = access.user()?.name.clone();
    let view = plan
        .open_round(request.code.trim(), false, &by, ctx.now())
        .await?
        .ok_or_else(|| ApiError::new(Code::Conflict, "该轮次已开启", "the round is open already"))?;
    Ok((
        axum::http::StatusCode::CREATED,
        Json(shown(plan, &Part::All, &view, None)),
    ))
}

/// Freezes a round: what was filed, who was late, where everything stood.
#[utoipa::path(post, path = "/plan/rounds/{code}/freeze", tag = "plan",
    params(("code" = String, Path, description = "2023-H2")), responses((status = OK, body = RoundView)))]
pub(crate) async fn freeze_round(
    State(ctx): State<Context>,
    access: Access,
    Path(code): Path<String>,
) -> Result<Json<RoundView>> {
    let plan = plan(&ctx)?;
    let by = access.user()?.name.clone();
    let view = plan.freeze_round(&code, &by, ctx.now()).await?;
    let frozen = plan.frozen_round(&code, ctx.now()).await?;
    Ok(Json(shown(plan, &Part::All, &view, frozen)))
}
