//! The plan for everybody: what it wants, and what was published of it.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use model::ids::EvaluationId;
use progress::Made;
use store::plan::EvaluationState;

use super::evaluations::file;
use super::{plan, views};
use crate::dto::common::Bilingual;
use crate::dto::plan::evaluations::EvaluationRow;
use crate::dto::plan::{
    PublicChapter, PublicEvaluation, PublicGoal, PublicIndicator, PublicPlan, PublicTask,
};
use crate::error::{Code, Result};
use crate::extract::Path;
use crate::state::{Context, Shared};

/// The plan for everybody: targets, tasks and who leads them, published goals and evaluations.
#[utoipa::path(get, path = "/public/plan", tag = "public", responses((status = OK, body = PublicPlan)))]
pub(crate) async fn public_plan(State(ctx): State<Context>) -> Result<Json<PublicPlan>> {
    let plan = plan(&ctx)?;
    let rows = plan.evaluations(true).await?;
    let newest = rows.iter().max_by_key(|r| (r.year, r.id));
    let judged: Option<Made> = match newest {
        Some(row) => Some(plan.evaluation(row.id).await?),
        None => None,
    };
    let of = |no: u32| {
        judged
            .as_ref()?
            .evaluation()
            .indicators
            .iter()
            .find(|i| i.state.no == no)
    };
    let facts = plan.facts();
    let indicators = facts
        .indicators
        .iter()
        .map(|fact| {
            let found = of(fact.no);
            PublicIndicator {
                no: fact.no,
                group: fact.group.clone(),
                group_en: fact.group_en.clone(),
                name: fact.name.clone(),
                name_en: fact.name_en.clone(),
                unit: fact.unit.clone(),
                unit_en: fact.unit_en.clone(),
                force: views::force(fact.force),
                base: fact.base.map(views::decimal),
                target: fact.target.map(views::decimal),
                state: fact.state.clone(),
                state_en: fact.state_en.clone(),
                assigned: fact.assigned,
                value: found.and_then(|i| views::opt(i.state.current.as_ref())),
                year: found.map(|i| i.state.year),
                verdict: found.map(|i| Bilingual::new(i.verdict.zh(), i.verdict.en())),
                light: found.map(|i| i.state.light.key().to_owned()),
            }
        })
        .collect();
    let chapters = facts
        .head
        .chapter
        .iter()
        .map(|chapter| PublicChapter {
            no: chapter.no,
            title: chapter.title.clone(),
            title_en: chapter.title_en.clone(),
            tasks: facts
                .tasks
                .iter()
                .filter(|t| t.id.split('.').next() == Some(chapter.no.to_string().as_str()))
                .map(|t| {
                    let input = plan::tasks::TaskInput::new(t, false);
                    PublicTask {
                        id: t.id.clone(),
                        title: t.title.clone(),
                        title_en: t.title_en.clone(),
                        lead: views::units(plan, &input.lead),
                    }
                })
                .collect(),
        })
        .collect();
    let kept = plan.kept().await?;
    let published = |state: &str| matches!(state, "published" | "judged");
    let goals: Vec<PublicGoal> = kept
        .goals
        .iter()
        .filter(|g| published(&g.head.state))
        .map(|g| PublicGoal {
            year: g.year,
            text: g.text.clone(),
            value: g.value.map(views::decimal),
            lead: views::unit(plan, &g.lead),
            due: g.due.into(),
            met: g.met,
        })
        .collect();
    Ok(Json(PublicPlan {
        plan: views::head(plan),
        indicators,
        chapters,
        goals,
        demo: rows.iter().any(|r| r.demo)
            || kept.goals.iter().any(|g| g.head.demo && published(&g.head.state)),
        evaluations: rows
            .iter()
            .map(|row| evaluation(views::evaluation(row)))
            .collect(),
    }))
}

fn evaluation(row: EvaluationRow) -> PublicEvaluation {
    PublicEvaluation {
        id: row.id,
        kind: row.kind,
        names: row.names,
        year: row.year,
        version: row.version,
        cutoff: row.cutoff,
        score: row.score,
        grade: row.grade,
        demo: row.demo,
    }
}

async fn published(ctx: &Shared, id: i64) -> Result<Made> {
    let made = plan(ctx)?.evaluation(EvaluationId(id)).await?;
    if made.row.state == EvaluationState::Published {
        Ok(made)
    } else {
        Err(Code::NotFound.into())
    }
}

/// The report of a published evaluation in Word.
#[utoipa::path(get, path = "/public/plan/evaluations/{id}/report.docx", tag = "public",
    params(("id" = i64, Path, description = "Row")),
    responses((status = OK, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document")))]
pub(crate) async fn public_report_docx(State(ctx): State<Context>, Path(id): Path<i64>) -> Result<Response> {
    let made = published(&ctx, id).await?;
    file(&ctx, made, progress::Part::Docx).await
}

/// The report of a published evaluation as PDF.
#[utoipa::path(get, path = "/public/plan/evaluations/{id}/report.pdf", tag = "public",
    params(("id" = i64, Path, description = "Row")),
    responses((status = OK, body = Vec<u8>, content_type = "application/pdf")))]
pub(crate) async fn public_report_pdf(State(ctx): State<Context>, Path(id): Path<i64>) -> Result<Response> {
    let made = published(&ctx, id).await?;
    file(&ctx, made, progress::Part::Pdf).await
}
