//! Figures of other plans: compared with this one, and turned into orders where they disagree.

use axum::Json;
use axum::extract::State;
use model::ids::RecordId;
use progress::{Checked, Progress};

use super::{Part, day, plan, views};
use crate::access::Access;
use crate::dto::plan::OnDay;
use crate::dto::plan::consistency::{ActualValue, ConsistencyList, ConsistencyRow, OwnValue};
use crate::dto::plan::tasks::DraftedOrders;
use crate::error::Result;
use crate::extract::{Path, Query};
use crate::state::Context;

fn shown(plan: &Progress, checked: &Checked) -> ConsistencyRow {
    let (record, compared) = (&checked.record, &checked.compared);
    ConsistencyRow {
        id: record.head.id.to_string(),
        state: record.head.state.clone(),
        other: record.other.clone(),
        unit: views::unit(plan, &record.unit),
        item: record.item.clone(),
        indicator: record.indicator,
        task: record.task.clone(),
        value: record.value.map(views::decimal),
        measured_in: record.measured_in.clone(),
        ours: compared.ours.as_ref().map(|o| OwnValue {
            value: views::decimal(o.value),
            unit: o.unit.clone(),
            unit_en: o.unit_en.clone(),
            sense: views::key(&o.sense),
            year: o.year,
            by: views::text(&o.by),
            binding: o.binding,
        }),
        actual: compared.actual.map(|(year, value)| ActualValue {
            year,
            value: views::decimal(value),
        }),
        difference: compared.difference.map(views::decimal),
        verdict: compared.verdict.map(|v| v.key().to_owned()),
        entered_verdict: record.verdict.clone(),
        reason: views::text(&compared.reason),
        contradictions: checked.contradictions.iter().map(views::text).collect(),
        open: checked.open(),
        orders: checked.orders.clone(),
        demo: record.head.demo,
    }
}

/// Figures of other plans against this one, what is open first. This plan's own value is looked up.
#[utoipa::path(get, path = "/plan/consistency", tag = "plan", params(OnDay),
    responses((status = OK, body = ConsistencyList)))]
pub(crate) async fn list_consistency(
    State(ctx): State<Context>,
    access: Access,
    Query(query): Query<OnDay>,
) -> Result<Json<ConsistencyList>> {
    let part = Part::of(&access)?;
    let (plan, day) = day(&ctx, query.on).await?;
    Ok(Json(ConsistencyList {
        on: day.board.on.into(),
        items: plan
            .consistency(&day)
            .iter()
            .filter(|c| part.sees(&c.record.unit))
            .map(|c| shown(plan, c))
            .collect(),
    }))
}

/// Drafts a supervision order for a figure that disagrees, to the unit that makes the other plan.
#[utoipa::path(post, path = "/plan/consistency/{id}/order", tag = "plan",
    params(("id" = String, Path, description = "Record of `plan_consistency`")),
    responses((status = OK, body = DraftedOrders)))]
pub(crate) async fn order_consistency(
    State(ctx): State<Context>,
    access: Access,
    Path(id): Path<String>,
) -> Result<Json<DraftedOrders>> {
    let by = access.user()?.name.clone();
    let record = plan(&ctx)?
        .draft_consistency_order(&RecordId::new(id), &by, ctx.now())
        .await?;
    Ok(Json(DraftedOrders {
        records: vec![record],
    }))
}
