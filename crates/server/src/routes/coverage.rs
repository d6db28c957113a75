//! What the plan asks to exist, and what of this program answers to it.

use axum::Json;
use axum::extract::State;

use crate::dto::coverage::SystemList;
use crate::state::Context;

/// The systems of the plan and what implements each.
#[utoipa::path(get, path = "/systems", tag = "system", responses((status = OK, body = SystemList)))]
pub(crate) async fn list_systems(State(ctx): State<Context>) -> Json<SystemList> {
    Json(SystemList::from(ctx.app.options.systems.as_ref()))
}
