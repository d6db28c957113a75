//! The overview, the indicators, and where a figure comes from.

use axum::Json;
use axum::extract::State;
use plan::tasks::Lights;
use progress::Level;
use progress::projects::{self, Totals};
use store::plan::EvaluationState;

use super::{Part, day, plan, views};
use crate::access::Access;
use crate::dto::plan::indicators::{IndicatorBoard, IndicatorView};
use crate::dto::plan::{
    AimList, BaselineList, LateCounts, OnDay, PlanOverview, ProvenanceColumn, ProvenanceQuery, ProvenanceView,
};
use crate::error::{Code, Result};
use crate::extract::{Path, Query};
use crate::state::Context;

/// Things behind that an overview shows; the lists show all.
const BEHIND_SHOWN: usize = 50;

/// What is behind, who answers for it, and why.
#[utoipa::path(get, path = "/plan", tag = "plan", params(OnDay), responses((status = OK, body = PlanOverview)))]
pub(crate) async fn get_plan(
    State(ctx): State<Context>,
    access: Access,
    Query(query): Query<OnDay>,
) -> Result<Json<PlanOverview>> {
    let part = Part::of(&access)?;
    let (plan, day) = day(&ctx, query.on).await?;
    let board = &day.board;
    let late: Vec<_> = board
        .late(&day.kept, &plan.follow().rules.escalation)
        .into_iter()
        .filter(|i| part.sees_any(&i.units))
        .collect();
    let mut counts = LateCounts::default();
    for item in &late {
        let n = match item.level {
            Some(Level::Remind) => &mut counts.remind,
            Some(Level::Yellow) => &mut counts.yellow,
            Some(Level::Order) => &mut counts.order,
            Some(Level::Interview) => &mut counts.interview,
            None => continue,
        };
        *n = n.saturating_add(1);
    }
    let behind: Vec<_> = board
        .behind
        .iter()
        .filter(|b| part.sees_any(&b.units) || part.answers_for(board, b))
        .collect();
    let mut units: Vec<_> = board.units.iter().filter(|(code, _)| part.sees(code)).collect();
    units.sort_by_key(|(code, s)| {
        let worst = (
            s.supervise,
            s.late.len(),
            s.late_days,
            s.leads.red,
            s.leads.yellow,
        );
        (std::cmp::Reverse(worst), code.to_string())
    });
    let rounds = plan.rounds(ctx.now()).await?;
    let evaluations = plan.evaluations(false).await?;
    let mut newest = Vec::new();
    for row in evaluations {
        let seen = part == Part::All || row.state == EvaluationState::Published;
        let first = !newest
            .iter()
            .any(|n: &store::plan::EvaluationRow| n.kind == row.kind);
        if seen && first {
            newest.push(row);
        }
    }
    let filed: std::collections::BTreeSet<&str> = day
        .kept
        .measures
        .iter()
        .filter(|m| m.head.state != "draft")
        .map(|m| m.task.as_str())
        .collect();
    let without = plan
        .facts()
        .tasks
        .iter()
        .filter(|t| !filed.contains(t.id.as_str()))
        .count();
    let years = plan.years();
    let passed = i32::from(board.on.year()) - i32::from(years.base) - 1;
    let days = i64::from(board.on.day_of_year()) + i64::from(passed) * 365;
    let all = (i64::from(years.target) - i64::from(years.base)) * 365;
    let time =
        standards::num::Exact::ratio(days.clamp(0, all), all).unwrap_or_else(standards::num::Exact::zero);
    let own_tasks = board.tasks.iter().filter(|t| part.sees_task(plan, t));
    let listed = projects::projects(plan.facts(), &day);
    let own_projects = listed.lines.iter().filter(|line| part.sees_project(line.kept));
    let demo = day.kept.measures.iter().any(|m| m.head.demo) || day.kept.values.iter().any(|v| v.head.demo);
    Ok(Json(PlanOverview {
        plan: views::head(plan),
        on: board.on.into(),
        year: board.year,
        time: time.to_fixed(3),
        indicators: views::lights(Lights::of(board.indicators.iter().map(|i| i.light))),
        tasks: views::lights(Lights::of(own_tasks.map(|t| t.light))),
        projects: views::lights(Totals::of(own_projects).lights),
        late: counts,
        behind_total: views::count(behind.len()),
        behind: behind
            .into_iter()
            .take(BEHIND_SHOWN)
            .map(|b| views::behind(plan, b))
            .collect(),
        units: units
            .into_iter()
            .map(|(code, state)| views::card(plan, code, state))
            .collect(),
        rounds: rounds
            .iter()
            .filter(|r| r.row.frozen_at.is_none())
            .map(views::round)
            .collect(),
        evaluations: newest.iter().map(views::evaluation).collect(),
        without_measures: views::count(without),
        demo,
    }))
}

/// The indicators on a day.
#[utoipa::path(get, path = "/plan/indicators", tag = "plan", params(OnDay),
    responses((status = OK, body = IndicatorBoard)))]
pub(crate) async fn list_indicators(
    State(ctx): State<Context>,
    access: Access,
    Query(query): Query<OnDay>,
) -> Result<Json<IndicatorBoard>> {
    Part::of(&access)?;
    let (plan, day) = day(&ctx, query.on).await?;
    Ok(Json(IndicatorBoard {
        on: day.board.on.into(),
        year: day.board.year,
        items: day
            .board
            .indicators
            .iter()
            .map(|state| views::indicator(plan, state, false))
            .collect(),
    }))
}

/// One indicator with its calculation.
#[utoipa::path(get, path = "/plan/indicators/{no}", tag = "plan",
    params(("no" = u32, Path, description = "Number"), OnDay), responses((status = OK, body = IndicatorView)))]
pub(crate) async fn get_indicator(
    State(ctx): State<Context>,
    access: Access,
    Path(no): Path<u32>,
    Query(query): Query<OnDay>,
) -> Result<Json<IndicatorView>> {
    let part = Part::of(&access)?;
    let (plan, day) = day(&ctx, query.on).await?;
    let state = day
        .board
        .indicators
        .iter()
        .find(|i| i.no == no)
        .ok_or(Code::NotFound)?;
    let mut view = views::indicator(plan, state, true);
    view.tasks = (day.board.tasks.iter())
        .filter(|t| plan.facts().aims.serves(&t.id, no) && part.sees_task(plan, t))
        .map(views::task_part)
        .collect();
    Ok(Json(view))
}

/// The main aims: how far each is met, by what stands for it and is in sight.
#[utoipa::path(get, path = "/plan/aims", tag = "plan", params(OnDay), responses((status = OK, body = AimList)))]
pub(crate) async fn list_aims(
    State(ctx): State<Context>,
    access: Access,
    Query(query): Query<OnDay>,
) -> Result<Json<AimList>> {
    let part = Part::of(&access)?;
    let (plan, day) = day(&ctx, query.on).await?;
    let aims = &plan.facts().aims;
    let seen = |t: &&::plan::tasks::TaskState| part.sees_task(plan, t);
    let tasks: Vec<_> = day.board.tasks.iter().filter(seen).cloned().collect();
    let states = day.aims(aims, plan.years(), &tasks);
    Ok(Json(AimList {
        on: day.board.on.into(),
        year: day.board.year,
        items: states
            .iter()
            .map(|state| views::aim(aims, state, &day.board.indicators, &tasks))
            .collect(),
    }))
}

/// What was reached in the years before the plan, with what is derived marked.
#[utoipa::path(get, path = "/plan/baseline", tag = "plan", responses((status = OK, body = BaselineList)))]
pub(crate) async fn list_baseline(State(ctx): State<Context>, access: Access) -> Result<Json<BaselineList>> {
    Part::of(&access)?;
    let plan = plan(&ctx)?;
    Ok(Json(BaselineList {
        plan: views::head(plan),
        items: plan.facts().baseline.iter().map(views::past).collect(),
    }))
}

/// The rows behind a figure.
#[utoipa::path(get, path = "/plan/provenance", tag = "plan", params(ProvenanceQuery),
    responses((status = OK, body = ProvenanceView)))]
pub(crate) async fn get_provenance(
    State(ctx): State<Context>,
    access: Access,
    Query(query): Query<ProvenanceQuery>,
) -> Result<Json<ProvenanceView>> {
    let part = Part::of(&access)?;
    let in_sight = |row: &store::plan::EvaluationRow| super::evaluations::seen(&part, row);
    let found = plan(&ctx)?.provenance(&query.key, in_sight, ctx.now()).await?;
    let (register, record) = found.record.map(|(r, id)| (r, id.to_string())).unzip();
    Ok(Json(ProvenanceView {
        key: found.key,
        title: views::text(&found.title),
        rule: views::text(&found.rule),
        query: found.query,
        value: found.value,
        register,
        record,
        columns: found
            .columns
            .into_iter()
            .map(|c| ProvenanceColumn {
                name: c.name.to_owned(),
                zh: c.zh.to_owned(),
                en: c.en.to_owned(),
            })
            .collect(),
        rows: found.rows,
        cut: found.cut,
    }))
}
