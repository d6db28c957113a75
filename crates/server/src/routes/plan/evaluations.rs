//! Evaluations: frozen, judged, handed in, published; assessment of units.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use model::ids::EvaluationId;
use plan::evaluation::TaskVerdict;
use plan::report::Remarks;
use plan::tasks::Stage;
use progress::{Assessed, Kind, Made, Progress};
use store::plan::{EvaluationRow as Stored, EvaluationState};

use super::{Part, plan, views};
use crate::access::Access;
use crate::dto::common::Bilingual;
use crate::dto::plan::evaluations::{
    AssessmentView, DutyScore, EvaluatedIndicator, EvaluatedTask, EvaluationCount, EvaluationList,
    EvaluationStep, EvaluationView, FrozenFigure, MakeAssessment, MakeEvaluation, RemarksView, ScoreView,
    UnitScore,
};
use crate::error::{ApiError, Code, Result};
use crate::extract::{Body, Path};
use crate::limits;
use crate::state::{Context, Shared};

/// What a caller sees of evaluations: the desk and leaders all, units what was published.
pub(super) fn seen(part: &Part, row: &Stored) -> bool {
    *part == Part::All || row.state == EvaluationState::Published
}

/// Evaluations in sight.
#[utoipa::path(get, path = "/plan/evaluations", tag = "plan", responses((status = OK, body = EvaluationList)))]
pub(crate) async fn list_evaluations(
    State(ctx): State<Context>,
    access: Access,
) -> Result<Json<EvaluationList>> {
    let part = Part::of(&access)?;
    let rows = plan(&ctx)?.evaluations(false).await?;
    Ok(Json(EvaluationList {
        items: rows
            .iter()
            .filter(|r| seen(&part, r))
            .map(views::evaluation)
            .collect(),
    }))
}

/// Freezes the data of the end of a year and judges them: the next version of its kind and year.
#[utoipa::path(post, path = "/plan/evaluations", tag = "plan", request_body = MakeEvaluation,
    responses((status = CREATED, body = EvaluationView)))]
pub(crate) async fn make_evaluation(
    State(ctx): State<Context>,
    access: Access,
    Body(request): Body<MakeEvaluation>,
) -> Result<(axum::http::StatusCode, Json<EvaluationView>)> {
    let kind = Kind::from_name(&request.kind).ok_or_else(|| {
        ApiError::field(
            "kind",
            "可用:yearly、midterm、final",
            "use yearly, midterm or final",
        )
    })?;
    let plan = plan(&ctx)?;
    let by = access.user()?.login.clone();
    let r = request.remarks;
    let long = [&r.results, &r.causes, &r.adjustments, &r.measures]
        .into_iter()
        .any(|list| list.len() > 50 || list.iter().any(|p| p.chars().count() > limits::TEXT_CHARS * 4));
    if long {
        return Err(ApiError::field(
            "remarks",
            "每部分至多 50 段，每段至多 4000 字",
            "at most 50 paragraphs of 4,000 characters each",
        ));
    }
    let remarks = Remarks {
        results: r.results,
        causes: r.causes,
        adjustments: r.adjustments,
        measures: r.measures,
    };
    let made = plan
        .make(kind, request.year, remarks, false, &by, ctx.now())
        .await?;
    Ok((axum::http::StatusCode::CREATED, Json(view(plan, &made))))
}

async fn found(ctx: &Shared, access: &Access, id: i64) -> Result<Made> {
    let part = Part::of(access)?;
    let made = plan(ctx)?.evaluation(EvaluationId(id)).await?;
    if seen(&part, &made.row) {
        Ok(made)
    } else {
        Err(Code::NotFound.into())
    }
}

/// An evaluation, judged again from what was frozen.
#[utoipa::path(get, path = "/plan/evaluations/{id}", tag = "plan", params(("id" = i64, Path, description = "Row")),
    responses((status = OK, body = EvaluationView)))]
pub(crate) async fn get_evaluation(
    State(ctx): State<Context>,
    access: Access,
    Path(id): Path<i64>,
) -> Result<Json<EvaluationView>> {
    let made = found(&ctx, &access, id).await?;
    Ok(Json(view(plan(&ctx)?, &made)))
}

/// The report, written from what was frozen: the same bytes each time.
pub(super) async fn file(ctx: &Shared, made: Made, part: progress::Part) -> Result<Response> {
    let permit = std::sync::Arc::clone(&ctx.evaluations)
        .try_acquire_owned()
        .map_err(|_| ApiError::from(Code::Busy))?;
    let Made { row, judged } = made;
    let bytes = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        judged.frozen.file(part)
    })
    .await
    .map_err(|e| ApiError::internal(&e))??;
    let name = format!(
        "plan-{}-{}-v{}.{}",
        row.kind,
        row.year,
        row.version,
        part.extension()
    );
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .map_err(|e| ApiError::internal(&e))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(part.media_type())),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, bytes).into_response())
}

/// The report in Word.
#[utoipa::path(get, path = "/plan/evaluations/{id}/report.docx", tag = "plan",
    params(("id" = i64, Path, description = "Row")),
    responses((status = OK, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document")))]
pub(crate) async fn report_docx(
    State(ctx): State<Context>,
    access: Access,
    Path(id): Path<i64>,
) -> Result<Response> {
    let made = found(&ctx, &access, id).await?;
    file(&ctx, made, progress::Part::Docx).await
}

/// The report as PDF.
#[utoipa::path(get, path = "/plan/evaluations/{id}/report.pdf", tag = "plan",
    params(("id" = i64, Path, description = "Row")),
    responses((status = OK, body = Vec<u8>, content_type = "application/pdf")))]
pub(crate) async fn report_pdf(
    State(ctx): State<Context>,
    access: Access,
    Path(id): Path<i64>,
) -> Result<Response> {
    let made = found(&ctx, &access, id).await?;
    file(&ctx, made, progress::Part::Pdf).await
}

async fn step(
    ctx: &Shared,
    access: &Access,
    id: i64,
    to: EvaluationState,
    request: &EvaluationStep,
) -> Result<Json<EvaluationView>> {
    let plan = plan(ctx)?;
    let note = request.note.trim();
    if note.chars().count() > limits::TEXT_CHARS {
        return Err(ApiError::field(
            "note",
            "最多 1000 个字符",
            "at most 1000 characters",
        ));
    }
    let by = access.user()?.login.clone();
    let present = plan.evaluation(EvaluationId(id)).await?;
    if to == EvaluationState::Published && present.row.made_by == by {
        return Err(ApiError::new(
            Code::Conflict,
            "评估由您编制，公布须由另一人办理",
            "you made this evaluation; somebody else publishes it",
        ));
    }
    if to == EvaluationState::Withdrawn && note.is_empty() {
        return Err(ApiError::field(
            "note",
            "撤回须写明理由",
            "a reason is needed to withdraw",
        ));
    }
    plan.step(EvaluationId(id), to, &by, note, ctx.now()).await?;
    let made = plan.evaluation(EvaluationId(id)).await?;
    Ok(Json(view(plan, &made)))
}

/// Hands an evaluation in to the government.
#[utoipa::path(post, path = "/plan/evaluations/{id}/hand-in", tag = "plan",
    params(("id" = i64, Path, description = "Row")), request_body = EvaluationStep,
    responses((status = OK, body = EvaluationView)))]
pub(crate) async fn hand_in(
    State(ctx): State<Context>,
    access: Access,
    Path(id): Path<i64>,
    Body(request): Body<EvaluationStep>,
) -> Result<Json<EvaluationView>> {
    step(&ctx, &access, id, EvaluationState::HandedIn, &request).await
}

/// Publishes an evaluation that was handed in; the one published before is withdrawn.
#[utoipa::path(post, path = "/plan/evaluations/{id}/publish", tag = "plan",
    params(("id" = i64, Path, description = "Row")), request_body = EvaluationStep,
    responses((status = OK, body = EvaluationView)))]
pub(crate) async fn publish(
    State(ctx): State<Context>,
    access: Access,
    Path(id): Path<i64>,
    Body(request): Body<EvaluationStep>,
) -> Result<Json<EvaluationView>> {
    step(&ctx, &access, id, EvaluationState::Published, &request).await
}

/// Withdraws an evaluation, with a reason.
#[utoipa::path(post, path = "/plan/evaluations/{id}/withdraw", tag = "plan",
    params(("id" = i64, Path, description = "Row")), request_body = EvaluationStep,
    responses((status = OK, body = EvaluationView)))]
pub(crate) async fn withdraw(
    State(ctx): State<Context>,
    access: Access,
    Path(id): Path<i64>,
    Body(request): Body<EvaluationStep>,
) -> Result<Json<EvaluationView>> {
    step(&ctx, &access, id, EvaluationState::Withdrawn, &request).await
}

fn stage_names(stage: Stage) -> Bilingual {
    let en = match stage {
        Stage::NotStarted => "not started",
        Stage::Building => "building",
        Stage::Complete => "complete",
        Stage::Cancelled => "cancelled",
    };
    Bilingual::new(stage.zh(), en)
}

pub(super) fn view(plan: &Progress, made: &Made) -> EvaluationView {
    let e = made.evaluation();
    let counted = |no: u32| {
        e.score
            .as_ref()
            .and_then(|s| s.counted.iter().find(|c| c.no == no))
    };
    let id = made.row.id.0;
    let remarks = &made.frozen().cover.remarks;
    EvaluationView {
        evaluation: views::evaluation(&made.row),
        frozen_on: e.frozen_on.into(),
        score: e.score.as_ref().map(|s| ScoreView {
            value: s.value.fixed(1),
            grade: views::text(&s.grade),
            grade_by_points: views::text(&s.grade_by_points),
            veto: s.veto.clone(),
            left_out: s.left_out.clone(),
            formula: s.formula.clone(),
            note: views::text(&s.note),
        }),
        aims: {
            let indicators: Vec<_> = e.indicators.iter().map(|i| i.state.clone()).collect();
            let tasks: Vec<_> = e.tasks.iter().map(|t| t.state.clone()).collect();
            let aims = &made.frozen().snapshot.aims;
            e.aims
                .iter()
                .map(|a| views::aim(aims, a, &indicators, &tasks))
                .collect()
        },
        indicators: e
            .indicators
            .iter()
            .map(|i| EvaluatedIndicator {
                verdict: views::key(&i.verdict),
                names: Bilingual::new(i.verdict.zh(), i.verdict.en()),
                provisional: i.provisional,
                credit: counted(i.state.no).and_then(|c| views::opt(c.credit.as_ref())),
                credit_formula: counted(i.state.no).map(|c| c.formula.clone()),
                state: views::indicator(plan, &i.state, false),
            })
            .collect(),
        tasks_by_verdict: TaskVerdict::ALL
            .into_iter()
            .map(|v| EvaluationCount {
                key: views::key(&v),
                names: Bilingual::new(v.zh(), v.en()),
                count: e.completion.tasks.get(&v).copied().unwrap_or(0),
            })
            .collect(),
        task_rate: views::opt(e.completion.task_rate.as_ref()),
        tasks: e
            .tasks
            .iter()
            .map(|t| EvaluatedTask {
                verdict: views::key(&t.verdict),
                names: Bilingual::new(t.verdict.zh(), t.verdict.en()),
                state: views::task(plan, None, &t.state),
            })
            .collect(),
        projects_by_stage: e
            .completion
            .projects
            .iter()
            .map(|(stage, n)| EvaluationCount {
                key: views::stage(*stage),
                names: stage_names(*stage),
                count: *n,
            })
            .collect(),
        project_rate: views::opt(e.completion.project_rate.as_ref()),
        money_planned: e.completion.money.planned.to_string(),
        money_paid: e.completion.money.paid.to_string(),
        money_rate: views::opt(e.completion.money.rate.as_ref()),
        projects: e.projects.iter().map(|p| views::project(plan, p)).collect(),
        source: views::source(&::plan::report::own(&made.frozen().snapshot, e)),
        figures: made
            .frozen()
            .snapshot
            .figures
            .iter()
            .map(|f| FrozenFigure {
                group: f.group.clone(),
                group_en: f.group_en.clone(),
                name: f.name.clone(),
                name_en: f.name_en.clone(),
                value: f.value.map(views::decimal),
                unit: f.unit.clone(),
                unit_en: f.unit_en.clone(),
                source: views::source(&f.source),
            })
            .collect(),
        behind: e.behind.iter().map(|b| views::behind(plan, b)).collect(),
        doubts: views::doubts(&e.doubts),
        remarks: RemarksView {
            results: remarks.results.clone(),
            causes: remarks.causes.clone(),
            adjustments: remarks.adjustments.clone(),
            measures: remarks.measures.clone(),
        },
        reports: ["docx", "pdf"]
            .map(|form| format!("/api/v1/plan/evaluations/{id}/report.{form}"))
            .to_vec(),
    }
}

/// Assessments of units.
#[utoipa::path(get, path = "/plan/assessments", tag = "plan", responses((status = OK, body = EvaluationList)))]
pub(crate) async fn list_assessments(
    State(ctx): State<Context>,
    access: Access,
) -> Result<Json<EvaluationList>> {
    Part::of(&access)?;
    let rows = plan(&ctx)?.assessments().await?;
    Ok(Json(EvaluationList {
        items: rows.iter().map(views::evaluation).collect(),
    }))
}

/// Scores the duties of a year: the next version.
#[utoipa::path(post, path = "/plan/assessments", tag = "plan", request_body = MakeAssessment,
    responses((status = CREATED, body = AssessmentView)))]
pub(crate) async fn make_assessment(
    State(ctx): State<Context>,
    access: Access,
    Body(request): Body<MakeAssessment>,
) -> Result<(axum::http::StatusCode, Json<AssessmentView>)> {
    let plan = plan(&ctx)?;
    let by = access.user()?.login.clone();
    let made = plan.assess(request.year, false, &by, ctx.now()).await?;
    Ok((
        axum::http::StatusCode::CREATED,
        Json(assessed(plan, &Part::All, &made)),
    ))
}

/// An assessment; towns and departments see their own result.
#[utoipa::path(get, path = "/plan/assessments/{id}", tag = "plan", params(("id" = i64, Path, description = "Row")),
    responses((status = OK, body = AssessmentView)))]
pub(crate) async fn get_assessment(
    State(ctx): State<Context>,
    access: Access,
    Path(id): Path<i64>,
) -> Result<Json<AssessmentView>> {
    let part = Part::of(&access)?;
    let plan = plan(&ctx)?;
    let made = plan.assessment(EvaluationId(id)).await?;
    Ok(Json(assessed(plan, &part, &made)))
}

fn assessed(plan: &Progress, part: &Part, made: &Assessed) -> AssessmentView {
    AssessmentView {
        assessment: views::evaluation(&made.row),
        units: made
            .units
            .iter()
            .map(|u| &u.result)
            .filter(|r| part.sees(&r.unit))
            .map(|r| UnitScore {
                unit: views::unit(plan, &r.unit),
                rank: r.rank,
                total: r.total.as_ref().map(|t| t.fixed(2)),
                grade: r.grade.as_ref().map(views::text),
                formula: r.formula.clone(),
                items: r
                    .items
                    .iter()
                    .map(|i| DutyScore {
                        id: i.id.clone(),
                        name: i.name.clone(),
                        weight: i.weight.to_string(),
                        points: i.points.as_ref().map(|p| p.fixed(2)),
                        before: i.before.as_ref().map(|p| p.fixed(2)),
                        formula: i.formula.clone(),
                        adjusted: i.adjusted.as_ref().map(views::text),
                        veto: i.veto,
                    })
                    .collect(),
                missing: r.missing.clone(),
                doubts: views::doubts(&r.doubts),
            })
            .collect(),
    }
}
