//! The plan's projects (重点工程): the list with lights, milestones, money and cuts, and what the plan names without a record.

use axum::Json;
use axum::extract::State;
use jiff::civil::Date;
use plan::tasks::TaskInput;
use progress::projects::{CutSum, Line, Totals, Unrecorded, indicator_of};
use progress::{Day, Progress, kept, projects};
use registers::register::Register;

use super::{Part, day, views};
use crate::access::Access;
use crate::dto::common::Bilingual;
use crate::dto::plan::OnDay;
use crate::dto::plan::projects::{
    ProjectCut, ProjectCutTotal, ProjectElsewhere, ProjectFund, ProjectLine, ProjectList, ProjectStages,
    ProjectTotals, UnrecordedProject,
};
use crate::error::Result;
use crate::extract::Query;
use crate::state::Context;

/// The plan's projects in sight with what they come to, the most urgent first; and named ones without a record.
#[utoipa::path(get, path = "/plan/projects", tag = "plan", params(OnDay), responses((status = OK, body = ProjectList)))]
pub(crate) async fn list_projects(
    State(ctx): State<Context>,
    access: Access,
    Query(query): Query<OnDay>,
) -> Result<Json<ProjectList>> {
    let part = Part::of(&access)?;
    let (plan, day) = day(&ctx, query.on).await?;
    let codes = Codes(ctx.app.ledger.register(kept::PROJECT).ok());
    let all = projects::projects(plan.facts(), &day);
    let lines: Vec<&Line<'_>> = all
        .lines
        .iter()
        .filter(|line| part.sees_project(line.kept))
        .collect();
    let totals = Totals::of(lines.iter().copied());
    let sees_task = |id: &str| {
        let state = day.board.tasks.iter().find(|t| t.id == id);
        state.is_some_and(|t| part.sees_task(plan, t))
    };
    Ok(Json(ProjectList {
        on: day.board.on.into(),
        items: lines
            .iter()
            .map(|line| shown(plan, &codes, line, day.board.on))
            .collect(),
        unrecorded: all
            .unrecorded
            .iter()
            .filter(|u| sees_task(&u.task.id))
            .map(|u| without_record(plan, u))
            .collect(),
        totals: summed(plan, &day, &codes, &totals),
    }))
}

/// The register's own names of its codes.
struct Codes<'a>(Option<&'a Register>);

impl Codes<'_> {
    fn names(&self, group: Option<&str>, field: &str, code: &str) -> Bilingual {
        let known = self.0.and_then(|register| {
            let definition = register.definition();
            let list = match group {
                None => register.codes(None, definition.field(field)?),
                Some(group) => {
                    let group = definition.field(group)?;
                    let field = group.fields.iter().find(|f| f.name == field)?;
                    register.codes(Some(group), field)
                }
            };
            list?.get(code).map(|c| c.names.clone().into())
        });
        known.unwrap_or_else(|| Bilingual::new(code, code))
    }

    fn cut(&self, sum: &CutSum) -> ProjectCut {
        ProjectCut {
            names: self.names(Some("cuts"), "pollutant", &sum.pollutant),
            pollutant: sum.pollutant.clone(),
            planned: views::decimal(sum.planned),
            approved: sum.approved.map(views::decimal),
        }
    }
}

fn title(plan: &Progress, task: &str) -> Option<String> {
    let task = plan.facts().tasks.iter().find(|t| t.id == task)?;
    Some(task.title.clone())
}

fn shown(plan: &Progress, codes: &Codes<'_>, line: &Line<'_>, on: Date) -> ProjectLine {
    let (kept, state) = (line.kept, line.state);
    let until = |day: Option<Date>| day.filter(|d| *d <= on);
    let open = matches!(line.stage(), "not_started" | "building");
    ProjectLine {
        id: kept.head.id.to_string(),
        name: kept.name.clone(),
        named: line.named.map(str::to_owned),
        task: kept.task.clone(),
        task_title: title(plan, &kept.task),
        field_names: codes.names(None, "field", &kept.field),
        field: kept.field.clone(),
        town: kept.town.as_ref().map(|town| views::unit(plan, town)),
        lead: vec![views::unit(plan, &kept.lead)],
        stage: line.stage().to_owned(),
        light: state.map(|s| s.light.key().to_owned()),
        level: state.map(|s| s.level.key().to_owned()),
        late_days: state.map_or(0, |s| s.late_days),
        next_due: state.and_then(|s| s.coming.first()).map(|d| d.due.into()),
        milestones: kept
            .stages
            .iter()
            .map(|m| {
                let done = until(m.done);
                // Nobody waits for a milestone of a project that is over, or not decided on.
                let end = done.unwrap_or(if open { on } else { m.due });
                views::milestone(m, done, end)
            })
            .collect(),
        progress: views::opt(state.and_then(|s| s.progress.as_ref())),
        planned: views::decimal(kept.investment),
        paid: line.paid.map(views::decimal),
        money: views::opt(state.and_then(|s| s.money.as_ref())),
        funds: kept
            .funds
            .iter()
            .map(|f| ProjectFund {
                source: f.source.clone(),
                names: codes.names(Some("funds"), "source", &f.source),
                year: f.year,
                amount: views::decimal(f.amount),
            })
            .collect(),
        cuts: line.cuts.iter().map(|c| codes.cut(c)).collect(),
        maturity: kept.maturity.clone(),
        maturity_names: kept.maturity.as_deref().map(|m| codes.names(None, "maturity", m)),
        score: kept.score.map(views::decimal),
        planned_start: kept.planned_start.into(),
        planned_end: kept.planned_end.into(),
        started: until(kept.started).map(Into::into),
        finished: until(kept.finished).map(Into::into),
        reason: state.map_or_else(
            || Bilingual::new("在储备库，尚未立项", "in reserve, not decided on yet"),
            |s| views::text(&s.reason),
        ),
        doubts: state.map_or_else(Vec::new, |s| views::doubts(&s.doubts)),
        demo: kept.head.demo,
    }
}

fn without_record(plan: &Progress, of: &Unrecorded<'_>) -> UnrecordedProject {
    let lead = TaskInput::new(of.task, false).lead;
    UnrecordedProject {
        name: of.name.to_owned(),
        task: of.task.id.clone(),
        task_title: of.task.title.clone(),
        lead: views::units(plan, &lead),
        elsewhere: of
            .elsewhere
            .iter()
            .map(|p| ProjectElsewhere {
                id: p.head.id.to_string(),
                name: p.name.clone(),
                task: p.task.clone(),
            })
            .collect(),
    }
}

fn summed(plan: &Progress, day: &Day, codes: &Codes<'_>, totals: &Totals) -> ProjectTotals {
    let stage = |name: &str| totals.stages.get(name).copied().unwrap_or(0);
    ProjectTotals {
        stages: ProjectStages {
            reserve: stage("reserve"),
            not_started: stage("not_started"),
            building: stage("building"),
            complete: stage("complete"),
            cancelled: stage("cancelled"),
        },
        lights: views::lights(totals.lights),
        planned: views::decimal(totals.planned),
        paid: totals.paid.map(views::decimal),
        money: totals.rate.as_ref().map(|rate| rate.to_fixed(3)),
        cuts: totals
            .cuts
            .values()
            .map(|sum| {
                let indicator = indicator_of(plan.follow(), &sum.pollutant);
                let state = day.board.indicators.iter().find(|i| Some(i.no) == indicator);
                ProjectCutTotal {
                    cut: codes.cut(sum),
                    indicator,
                    target: views::opt(state.and_then(|i| i.target.as_ref())),
                }
            })
            .collect(),
    }
}
