//! The handlers, one file a duty, and the router that joins them. A handler is in the router exactly when it is in
//! the OpenAPI document, because both are made from the same list.

mod alarms;
mod devices;
mod evaluate;
mod live;
mod map;
mod observations;
mod overview;
mod profile;
mod public;
mod session;
mod subjects;
mod system;
mod tokens;
mod users;

mod audit;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::Context;

/// Everything below `/api/v1`.
pub(crate) fn api() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(session::login, session::get_session, session::logout))
        .routes(routes!(session::change_password))
        .routes(routes!(profile::get_profile))
        .routes(routes!(map::list_layers))
        .routes(routes!(map::get_layer))
        .routes(routes!(map::list_points))
        .routes(routes!(overview::get_overview))
        .routes(routes!(subjects::list_subjects))
        .routes(routes!(subjects::get_subject))
        .routes(routes!(devices::list_devices))
        .routes(routes!(devices::decide_device))
        .routes(routes!(devices::list_frames))
        .routes(routes!(devices::get_device_latest))
        .routes(routes!(devices::list_quarantine))
        .routes(routes!(observations::list_series))
        .routes(routes!(observations::list_observations))
        .routes(routes!(observations::list_judgements))
        .routes(routes!(observations::get_judgement))
        .routes(routes!(alarms::list_alarms))
        .routes(routes!(alarms::get_alarm))
        .routes(routes!(alarms::acknowledge_alarm))
        .routes(routes!(alarms::comment_alarm))
        .routes(routes!(alarms::close_alarm))
        .routes(routes!(live::live))
        .routes(routes!(public::public_air))
        .routes(routes!(public::public_water))
        .routes(routes!(evaluate::list_topics))
        .routes(routes!(evaluate::evaluate))
        .routes(routes!(users::list_users, users::create_user))
        .routes(routes!(users::change_user))
        .routes(routes!(tokens::list_tokens, tokens::create_token))
        .routes(routes!(tokens::revoke_token))
        .routes(routes!(audit::list_audit))
        .routes(routes!(audit::verify_audit))
        .routes(routes!(system::get_system))
        .routes(routes!(system::get_openapi))
}

/// What stands at the root because monitoring tools look for it there.
pub(crate) fn root() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(system::healthz))
        .routes(routes!(system::metrics))
}
