//! The tree of tasks, one task, what is late, what a unit has to do.

use axum::Json;
use axum::extract::State;
use model::ids::UnitCode;
use plan::tasks::Lights;
use progress::{Day, Level, Progress};

use super::{Part, day, plan, views};
use crate::access::Access;
use crate::dto::common::Page;
use crate::dto::plan::OnDay;
use crate::dto::plan::tasks::{
    DraftOrder, DraftedOrders, LateQuery, LateRow, TaskChapter, TaskFigure, TaskRegister, TaskSection,
    TaskTarget, TaskTree, TaskView, UnitDesk,
};
use crate::error::{ApiError, Code, Result};
use crate::extract::{Body, Path, Query};
use crate::routes::paging;
use crate::state::{Context, Shared};

/// The plan's tree: chapters, sections, tasks in sight.
#[utoipa::path(get, path = "/plan/tasks", tag = "plan", params(OnDay), responses((status = OK, body = TaskTree)))]
pub(crate) async fn list_tasks(
    State(ctx): State<Context>,
    access: Access,
    Query(query): Query<OnDay>,
) -> Result<Json<TaskTree>> {
    let part = Part::of(&access)?;
    let (plan, day) = day(&ctx, query.on).await?;
    let seen: Vec<_> = day
        .board
        .tasks
        .iter()
        .filter(|t| part.sees_task(plan, t))
        .collect();
    let of = |prefix: &str| {
        let own: Vec<_> = seen
            .iter()
            .filter(|t| {
                t.id.strip_prefix(prefix)
                    .is_some_and(|rest| rest.starts_with('.'))
            })
            .copied()
            .collect();
        (Lights::of(own.iter().map(|t| t.light)), own)
    };
    let chapters = plan
        .facts()
        .head
        .chapter
        .iter()
        .map(|chapter| {
            let sections = (1..)
                .zip(&chapter.sections)
                .zip(names_en(&chapter.sections_en))
                .map(|((n, title), title_en)| {
                    let id = format!("{}.{n}", chapter.no);
                    let (lights, own) = of(&id);
                    TaskSection {
                        title: title.clone(),
                        title_en: title_en.cloned(),
                        lights: views::lights(lights),
                        tasks: own
                            .into_iter()
                            .map(|t| views::task(plan, Some(&day.kept), t))
                            .collect(),
                        id,
                    }
                })
                .collect();
            TaskChapter {
                no: chapter.no,
                title: chapter.title.clone(),
                title_en: chapter.title_en.clone(),
                lights: views::lights(of(&chapter.no.to_string()).0),
                sections,
            }
        })
        .collect();
    Ok(Json(TaskTree {
        on: day.board.on.into(),
        lights: views::lights(Lights::of(seen.iter().map(|t| t.light))),
        chapters,
    }))
}

/// English names of a chapter's sections in their order, none where they have none.
fn names_en(names: &[String]) -> impl Iterator<Item = Option<&String>> {
    names.iter().map(Some).chain(std::iter::repeat(None))
}

/// One task with everything under it that is in sight.
#[utoipa::path(get, path = "/plan/tasks/{id}", tag = "plan",
    params(("id" = String, Path, description = "Chapter, section, item: 3.1.4"), OnDay),
    responses((status = OK, body = TaskView)))]
pub(crate) async fn get_task(
    State(ctx): State<Context>,
    access: Access,
    Path(id): Path<String>,
    Query(query): Query<OnDay>,
) -> Result<Json<TaskView>> {
    let part = Part::of(&access)?;
    let (plan, day) = day(&ctx, query.on).await?;
    let state = day
        .board
        .tasks
        .iter()
        .find(|t| t.id == id && part.sees_task(plan, t))
        .ok_or(Code::NotFound)?;
    let input = day
        .inputs
        .tasks
        .iter()
        .find(|t| t.id == id)
        .ok_or(Code::NotFound)?;
    let on = day.board.on;
    // Who leads a task sees all of it; others see their own part.
    let all = part == Part::All || part.sees_any(&state.lead);
    let sees = |unit: &UnitCode| all || part.sees(unit);
    let kept = &day.kept;
    let mut reports: Vec<_> = kept
        .reports
        .iter()
        .filter(|r| r.task == id && r.on <= on && sees(&r.unit))
        .collect();
    reports.sort_by_key(|r| (std::cmp::Reverse(r.on), r.head.id.clone()));
    let (text, text_line) = text_of(plan, &id).await?;
    let dues = |list: &[plan::tasks::Due]| -> Vec<LateRow> {
        list.iter()
            .filter(|d| all || part.sees_any(&d.units))
            .map(|d| {
                views::due(
                    plan,
                    "task",
                    &state.id,
                    (&state.title, state.title_en.as_deref()),
                    d,
                )
            })
            .collect()
    };
    let fact = plan.facts().tasks.iter().find(|t| t.id == id);
    Ok(Json(TaskView {
        on: on.into(),
        task: views::task(plan, Some(kept), state),
        section: id
            .rsplit_once('.')
            .map_or_else(String::new, |(section, _)| section.to_owned()),
        text,
        text_line,
        named_projects: fact.map(|t| t.projects.clone()).unwrap_or_default(),
        named_projects_en: fact.map(|t| t.projects_en.clone()).unwrap_or_default(),
        targets: input
            .targets
            .iter()
            .map(|t| TaskTarget {
                name: t.target.name.clone(),
                name_en: t.target.name_en.clone(),
                value: t.target.value.map(views::decimal),
                unit: t.target.unit.clone(),
                unit_en: t.target.unit_en.clone(),
                sense: t.target.sense.map(|s| views::key(&s)),
                due: t.target.due.map(Into::into),
                assigned: t.target.assigned,
                actual: t.actual.map(views::decimal),
                met: t.met,
                source: t.source.as_ref().map(views::source),
            })
            .collect(),
        late: dues(&state.late),
        coming: dues(&state.coming),
        measures: kept
            .measures
            .iter()
            .filter(|m| m.task == id && sees(&m.unit))
            .map(|m| views::measure(plan, m, on))
            .collect(),
        reports: reports.into_iter().map(|r| views::report(plan, r)).collect(),
        goals: kept
            .goals
            .iter()
            .filter(|g| g.task.as_ref() == Some(&id) && g.head.state != "dropped")
            .map(|g| views::goal(plan, g))
            .collect(),
        projects: day
            .board
            .projects
            .iter()
            .filter(|p| p.task.as_ref() == Some(&id))
            .map(|p| views::project(plan, p))
            .collect(),
        orders: kept
            .orders
            .iter()
            .filter(|o| o.task == id && o.issued <= on && sees(&o.unit))
            .map(|o| views::order(plan, o))
            .collect(),
        indicators: (day.board.indicators.iter())
            .filter(|i| plan.facts().aims.serves(&id, i.no))
            .map(views::indicator_part)
            .collect(),
        registers: registers(&ctx, plan, &id).await?,
        doubts: views::doubts(&state.doubts),
    }))
}

/// Text of a task in the newest edition of the document.
async fn text_of(plan: &Progress, id: &str) -> Result<(Option<String>, Option<u32>)> {
    let text = plan.task_text(id).await?;
    Ok(text.map_or((None, None), |(text, line)| (Some(text), line)))
}

/// Registers that serve the systems a task stands for, with the figures that feed them.
async fn registers(ctx: &Shared, plan: &Progress, id: &str) -> Result<Vec<TaskRegister>> {
    let mut out = Vec::new();
    for (system, register, names, figures) in plan.registers_of(id, ctx.now()).await? {
        out.push(TaskRegister {
            system,
            register,
            names: names.into(),
            figures: figures
                .into_iter()
                .map(|f| TaskFigure {
                    names: f.names.into(),
                    value: f.value,
                    unit: f.unit,
                    met: f.target.as_ref().and_then(|t| t.met),
                    target: f.target.map(|t| t.value),
                })
                .collect(),
        });
    }
    Ok(out)
}

/// What is late, and what comes due soon; the latest first.
#[utoipa::path(get, path = "/plan/late", tag = "plan", params(LateQuery), responses((status = OK, body = Page<LateRow>)))]
pub(crate) async fn list_late(
    State(ctx): State<Context>,
    access: Access,
    Query(query): Query<LateQuery>,
) -> Result<Json<Page<LateRow>>> {
    let part = Part::of(&access)?;
    let (window, _) = paging(query.page, query.page_size)?;
    let least = query
        .level
        .as_deref()
        .map(|name| {
            Level::from_name(name).ok_or_else(|| {
                ApiError::query(
                    "level",
                    "可用:remind、yellow、order、interview",
                    "use remind, yellow, order or interview",
                )
            })
        })
        .transpose()?;
    let unit = query.unit.map(UnitCode);
    let (plan, day) = day(&ctx, query.on).await?;
    let rows = day
        .board
        .late(&day.kept, &plan.follow().rules.escalation)
        .iter()
        .filter(|i| part.sees_any(&i.units))
        .filter(|i| unit.as_ref().is_none_or(|u| i.units.contains(u)))
        .filter(|i| least.is_none_or(|l| i.level.is_some_and(|own| own >= l)))
        .map(|i| views::late(plan, i))
        .collect();
    Ok(Json(window.cut(rows)))
}

/// Drafts supervision orders for something late; a leader issues them in the register `plan_order`.
#[utoipa::path(post, path = "/plan/orders", tag = "plan", request_body = DraftOrder,
    responses((status = OK, body = DraftedOrders)))]
pub(crate) async fn draft_orders(
    State(ctx): State<Context>,
    access: Access,
    Body(request): Body<DraftOrder>,
) -> Result<Json<DraftedOrders>> {
    let level = request
        .level
        .as_deref()
        .map(|name| {
            Level::from_name(name)
                .filter(|l| *l > Level::Remind)
                .ok_or_else(|| {
                    ApiError::field(
                        "level",
                        "可用:yellow、order、interview",
                        "use yellow, order or interview",
                    )
                })
        })
        .transpose()?;
    let by = access.user()?.name.clone();
    let records = plan(&ctx)?
        .draft_orders(&request.of, &request.what, level, &by, ctx.now())
        .await?;
    Ok(Json(DraftedOrders { records }))
}

/// What a unit has to do; towns and departments see their own.
#[utoipa::path(get, path = "/plan/units/{code}", tag = "plan",
    params(("code" = String, Path, description = "Unit, or `mine`"), OnDay), responses((status = OK, body = UnitDesk)))]
pub(crate) async fn get_unit(
    State(ctx): State<Context>,
    access: Access,
    Path(code): Path<String>,
    Query(query): Query<OnDay>,
) -> Result<Json<UnitDesk>> {
    let part = Part::of(&access)?;
    let code = if code == "mine" {
        access.user()?.unit.clone().ok_or(Code::NotFound)?
    } else {
        UnitCode(code)
    };
    let (plan, day) = day(&ctx, query.on).await?;
    if plan.unit(&code).is_none() || !part.sees(&code) {
        return Err(Code::NotFound.into());
    }
    let rounds = plan.rounds(ctx.now()).await?;
    let told = plan.told(&code).await?;
    Ok(Json(unit_view(&ctx, plan, &day, &code, &rounds, &told)))
}

fn unit_view(
    ctx: &Shared,
    plan: &Progress,
    day: &Day,
    code: &UnitCode,
    rounds: &[progress::RoundView],
    told: &[store::plan::NoticeRow],
) -> UnitDesk {
    let board = &day.board;
    let on = board.on;
    let state = board.units.get(code).cloned().unwrap_or_default();
    let town = plan.towns().any(|t| t == code);
    let late = board.late(&day.kept, &plan.follow().rules.escalation);
    let own = late.iter().filter(|i| i.units.contains(code));
    let (late, coming): (Vec<_>, Vec<_>) = own.map(|i| views::late(plan, i)).partition(|r| r.late > 0);
    let further: Vec<LateRow> = state
        .coming
        .iter()
        .map(|d| {
            let about = if board.projects.iter().any(|p| p.id == d.of) {
                "project"
            } else {
                "task"
            };
            views::due(plan, about, &d.of, (&d.name, d.name_en.as_deref()), &d.due)
        })
        .filter(|r| r.level.is_none())
        .collect();
    let mut coming = coming;
    coming.extend(further);
    coming.sort_by_key(|r| r.due);
    let tasks = |mine: &dyn Fn(&plan::tasks::TaskState) -> bool| -> Vec<_> {
        board
            .tasks
            .iter()
            .filter(|t| mine(t))
            .map(|t| views::task(plan, Some(&day.kept), t))
            .collect()
    };
    let undertook = |t: &plan::tasks::TaskState| {
        day.kept
            .measures
            .iter()
            .any(|m| m.task == t.id && m.unit == *code)
    };
    UnitDesk {
        on: on.into(),
        card: views::card(plan, code, &state),
        notices: told
            .iter()
            .map(|row| super::notices::shown(plan, row, ctx.now()))
            .collect(),
        late,
        coming,
        leads: tasks(&|t| t.lead.contains(code)),
        with: tasks(&|t| t.with.contains(code)),
        town_tasks: tasks(&|t| town && t.towns && undertook(t)),
        measures: day
            .kept
            .measures
            .iter()
            .filter(|m| m.unit == *code)
            .map(|m| views::measure(plan, m, on))
            .collect(),
        reports: day
            .kept
            .reports
            .iter()
            .filter(|r| r.unit == *code && r.head.state != "accepted")
            .map(|r| views::report(plan, r))
            .collect(),
        returns: rounds
            .iter()
            .filter(|r| r.row.frozen_at.is_none())
            .flat_map(|r| {
                r.filings
                    .iter()
                    .filter(|f| f.unit == *code)
                    .map(move |f| views::filing(plan, r, f))
            })
            .collect(),
        orders: day
            .kept
            .orders
            .iter()
            .filter(|o| o.unit == *code && o.head.state != "closed" && o.head.state != "draft")
            .map(|o| views::order(plan, o))
            .collect(),
        indicators: board
            .indicators
            .iter()
            .filter(|i| i.lead.contains(code))
            .map(|i| views::indicator(plan, i, false))
            .collect(),
        projects: board
            .projects
            .iter()
            .filter(|p| p.lead.contains(code))
            .map(|p| views::project(plan, p))
            .collect(),
        at: ctx.now().into(),
    }
}
