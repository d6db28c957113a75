//! The yearly list: what the plan gives for a year, and putting it into the register as drafts.

use axum::Json;
use axum::extract::State;
use model::ids::UnitCode;
use plan::goals::Proposal;
use progress::Progress;

use super::{Part, plan, views};
use crate::access::Access;
use crate::dto::plan::goals::{
    DeriveGoals, DerivedGoals, GoalListQuery, GoalProposal, LeftOutGoal, ProposedGoal, StandingGoal,
};
use crate::error::{Code, Result};
use crate::extract::{Body, Query};
use crate::state::Context;

fn shown(plan: &Progress, list: &Proposal) -> GoalProposal {
    GoalProposal {
        year: list.year,
        unit: list.unit.as_ref().map(|u| views::unit(plan, u)),
        items: list
            .items
            .iter()
            .map(|i| ProposedGoal {
                id: i.id.clone(),
                kind: i.kind.key().to_owned(),
                indicator: i.indicator,
                task: i.task.clone(),
                target: i.target.clone(),
                text: i.text.clone(),
                text_en: i.text_en.clone(),
                sense: i.sense.map(|s| views::key(&s)),
                value: i.value.map(views::decimal),
                measured_in: i.measured_in.clone(),
                measured_in_en: i.measured_in_en.clone(),
                lead: views::unit(plan, &i.lead),
                helpers: views::units(plan, &i.helpers),
                towns: i.towns,
                due: i.due.into(),
                basis: views::text(&i.basis),
            })
            .collect(),
        standing: list
            .standing
            .iter()
            .map(|s| StandingGoal {
                id: s.id.clone(),
                text: s.text.clone(),
                text_en: s.text_en.clone(),
                differs: s.differs.as_ref().map(views::text),
            })
            .collect(),
        left_out: list
            .left_out
            .iter()
            .map(|l| LeftOutGoal {
                about: l.about.to_owned(),
                id: l.id.clone(),
                name: l.name.clone(),
                name_en: l.name_en.clone(),
                code: l.code.to_owned(),
                why: views::text(&l.why),
                units: views::units(plan, &l.units),
            })
            .collect(),
    }
}

/// The yearly list as the plan gives it: what is new, what stands, what is left out and why. Nothing is written.
#[utoipa::path(get, path = "/plan/goals/derived", tag = "plan", params(GoalListQuery),
    responses((status = OK, body = GoalProposal)))]
pub(crate) async fn list_goals(
    State(ctx): State<Context>,
    access: Access,
    Query(query): Query<GoalListQuery>,
) -> Result<Json<GoalProposal>> {
    let part = Part::of(&access)?;
    let asked = query.unit.map(UnitCode);
    let unit = match (part, asked) {
        (Part::All, asked) => asked,
        (Part::Unit(own), None) => Some(own),
        (Part::Unit(own), Some(asked)) if own == asked => Some(own),
        (Part::Unit(_), Some(_)) => return Err(Code::NotFound.into()),
    };
    let plan = plan(&ctx)?;
    let list = plan.yearly_list(query.year, unit.as_ref(), ctx.now()).await?;
    Ok(Json(shown(plan, &list)))
}

/// Puts the yearly list, or some items of it, into the register `plan_goal` as drafts. What stands is left as it is.
#[utoipa::path(post, path = "/plan/goals/derived", tag = "plan", request_body = DeriveGoals,
    responses((status = OK, body = DerivedGoals)))]
pub(crate) async fn derive_goals(
    State(ctx): State<Context>,
    access: Access,
    Body(request): Body<DeriveGoals>,
) -> Result<Json<DerivedGoals>> {
    let by = access.user()?.name.clone();
    let unit = request.unit.map(UnitCode);
    let plan = plan(&ctx)?;
    let only = request.items.as_deref();
    let derived = plan
        .derive_goals(request.year, unit.as_ref(), only, &by, ctx.now())
        .await?;
    Ok(Json(DerivedGoals {
        records: derived.made,
        list: shown(plan, &derived.after),
    }))
}
