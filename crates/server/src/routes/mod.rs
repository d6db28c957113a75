//! The handlers, one file a duty, and the router that joins them. A handler is in the router exactly when it is in
//! the OpenAPI document, because both are made from the same list.

mod air;
mod alarms;
mod audit;
mod coverage;
mod devices;
mod evaluate;
mod frames;
mod headline;
mod live;
mod map;
mod moment;
mod observations;
mod overview;
mod plan;
mod profile;
mod public;
mod registers;
mod session;
mod subjects;
mod system;
mod tokens;
mod users;

pub(crate) use map::layers;

use axum::Extension;
use axum::extract::DefaultBodyLimit;
use model::subject::SubjectKind;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

use crate::dto::common::Window;
use crate::error::{ApiError, BodyLimit, Result};
use crate::limits;
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
        .routes(routes!(air::get_air))
        .routes(routes!(overview::get_overview))
        .routes(routes!(subjects::list_subjects))
        .routes(routes!(subjects::get_subject))
        .routes(routes!(devices::list_devices))
        .routes(routes!(devices::decide_device))
        .routes(routes!(frames::list_frames))
        .routes(routes!(devices::get_device_latest))
        .routes(routes!(frames::list_quarantine))
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
        .routes(routes!(evaluate::list_tables))
        .routes(routes!(evaluate::get_table))
        .routes(routes!(evaluate::evaluate).layer(most(limits::MAX_EVALUATE_BODY)))
        .routes(routes!(users::list_users, users::create_user))
        .routes(routes!(users::change_user))
        .routes(routes!(tokens::list_tokens, tokens::create_token))
        .routes(routes!(tokens::revoke_token))
        .routes(routes!(audit::list_audit))
        .routes(routes!(audit::verify_audit))
        .routes(routes!(plan::overview::get_plan))
        .routes(routes!(plan::overview::list_indicators))
        .routes(routes!(plan::overview::get_indicator))
        .routes(routes!(plan::overview::list_aims))
        .routes(routes!(plan::overview::list_baseline))
        .routes(routes!(plan::overview::get_provenance))
        .routes(routes!(plan::tasks::list_tasks))
        .routes(routes!(plan::tasks::get_task))
        .routes(routes!(plan::projects::list_projects))
        .routes(routes!(plan::tasks::list_late))
        .routes(routes!(plan::tasks::draft_orders))
        .routes(routes!(plan::tasks::get_unit))
        .routes(routes!(plan::goals::list_goals, plan::goals::derive_goals))
        .routes(routes!(plan::notices::list_notices))
        .routes(routes!(plan::notices::acknowledge_notice))
        .routes(routes!(plan::consistency::list_consistency))
        .routes(routes!(plan::consistency::order_consistency))
        .routes(routes!(plan::rounds::list_rounds, plan::rounds::open_round))
        .routes(routes!(plan::rounds::get_round))
        .routes(routes!(plan::rounds::freeze_round))
        .routes(routes!(
            plan::evaluations::list_evaluations,
            plan::evaluations::make_evaluation
        ))
        .routes(routes!(plan::evaluations::get_evaluation))
        .routes(routes!(plan::evaluations::report_docx))
        .routes(routes!(plan::evaluations::report_pdf))
        .routes(routes!(plan::evaluations::hand_in))
        .routes(routes!(plan::evaluations::publish))
        .routes(routes!(plan::evaluations::withdraw))
        .routes(routes!(
            plan::evaluations::list_assessments,
            plan::evaluations::make_assessment
        ))
        .routes(routes!(plan::evaluations::get_assessment))
        .routes(routes!(plan::documents::list_documents))
        .routes(routes!(plan::documents::upload_document).layer(most(limits::MAX_PLAN_BODY)))
        .routes(routes!(plan::documents::get_document))
        .routes(routes!(plan::documents::correct_document))
        .routes(routes!(plan::documents::withdraw_correction))
        .routes(routes!(plan::documents::diff_documents))
        .routes(routes!(plan::public::public_plan))
        .routes(routes!(plan::public::public_report_docx))
        .routes(routes!(plan::public::public_report_pdf))
        .routes(routes!(system::get_system))
        .routes(routes!(system::get_openapi))
        .routes(routes!(registers::list::list_registers))
        .routes(routes!(registers::list::list_deadlines))
        .routes(routes!(registers::list::list_figures))
        .routes(routes!(registers::list::get_register))
        .routes(routes!(registers::list::get_figures))
        .routes(
            routes!(registers::list::list_records, registers::record::create_record)
                .layer(most(limits::MAX_RECORD_BODY)),
        )
        .routes(
            routes!(registers::record::get_record, registers::record::change_record)
                .layer(most(limits::MAX_RECORD_BODY)),
        )
        .routes(routes!(registers::record::step_record).layer(most(limits::MAX_RECORD_BODY)))
        .routes(routes!(registers::record::check_record).layer(most(limits::MAX_RECORD_BODY)))
        .routes(routes!(registers::record::check_new_record).layer(most(limits::MAX_RECORD_BODY)))
        .routes(routes!(registers::record::get_record_history))
        .routes(routes!(registers::record::list_linked))
        .routes(routes!(registers::bulk::change_records).layer(most(limits::MAX_RECORD_BODY)))
        .routes(routes!(registers::graph::get_links))
        .routes(routes!(registers::files::get_template))
        .routes(routes!(registers::files::export_records))
        .routes(routes!(registers::files::import_records).layer(most(limits::MAX_TABLE_FORM)))
        .routes(routes!(
            registers::files::get_import,
            registers::files::drop_import
        ))
        .routes(routes!(registers::files::confirm_import))
        .routes(routes!(registers::files::upload_attachment).layer(most(limits::MAX_ATTACHMENT_FORM)))
        .routes(routes!(registers::files::get_attachment))
        .routes(routes!(registers::doubles::list_doubles))
        .routes(routes!(registers::doubles::dismiss_double))
        .routes(routes!(
            registers::doubles::plan_merge,
            registers::doubles::merge_records
        ))
        .routes(routes!(registers::doubles::unmerge_record))
        .routes(routes!(registers::publications::list_outstanding_publications))
        .routes(routes!(
            registers::publications::list_publications,
            registers::publications::publish_period
        ))
        .routes(routes!(registers::publications::list_public_registers))
        .routes(routes!(registers::publications::get_public_register))
        .routes(routes!(registers::maps::get_map))
        .routes(routes!(registers::maps::get_tile))
        .routes(routes!(registers::zones::test_zones).layer(most(limits::MAX_RECORD_BODY)))
        .routes(routes!(registers::zones::import_layer).layer(most(limits::MAX_LAYER_BODY)))
        .routes(routes!(registers::chains::list_chains))
        .routes(routes!(registers::chains::get_chain))
        .routes(routes!(registers::sources::list_sources))
        .routes(routes!(
            registers::sources::list_reviews,
            registers::sources::judge_source
        ))
        .routes(routes!(registers::sources::get_source))
        .routes(routes!(coverage::list_systems))
}

/// What stands at the root because monitoring tools look for it there.
pub(crate) fn root() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(routes!(system::healthz))
        .routes(routes!(system::metrics))
}

/// Which page was asked for, for us and for the store.
/// Lets a body have so many bytes, and says so where it has more.
fn most(bytes: usize) -> (DefaultBodyLimit, Extension<BodyLimit>) {
    (DefaultBodyLimit::max(bytes), Extension(BodyLimit(bytes)))
}

fn paging(page: Option<u32>, size: Option<u32>) -> Result<(Window, store::Page)> {
    let window = Window::new(page, size).ok_or_else(|| {
        ApiError::query(
            "page_size",
            "page 从 1 起,page_size 为 1 至 200",
            "page counts from 1, page_size is 1 to 200",
        )
    })?;
    let page = store::Page {
        number: i64::from(window.page),
        size: i64::from(window.size),
    };
    Ok((window, page))
}

/// A filter text: trimmed, bounded, `None` where it is empty.
fn text_filter<'a>(name: &str, text: Option<&'a str>) -> Result<Option<&'a str>> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    if text.is_some_and(|text| text.chars().count() > limits::MAX_FILTER_CHARS) {
        return Err(ApiError::query(name, "过长", "is too long"));
    }
    Ok(text)
}

/// Names separated by commas.
fn names<T>(field: &str, list: Option<&str>, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>> {
    let Some(list) = text_filter(field, list)? else {
        return Ok(Vec::new());
    };
    list.split(',')
        .map(|name| {
            let name = name.trim();
            read(name).ok_or_else(|| {
                ApiError::query(
                    field,
                    &format!("不认识 «{name}»"),
                    &format!("«{name}» is not known"),
                )
            })
        })
        .collect()
}

/// Kinds of subjects separated by commas.
fn kinds(list: Option<&str>) -> Result<Vec<SubjectKind>> {
    names("kind", list, SubjectKind::from_name)
}

/// `field` or `-field`: what the list knows by this name, and whether it descends.
fn sorting<T>(sort: Option<&str>, fields: &[(&str, T)]) -> Result<Option<(T, bool)>>
where
    T: Copy,
{
    let Some(sort) = text_filter("sort", sort)? else {
        return Ok(None);
    };
    let (name, descending) = sort.strip_prefix('-').map_or((sort, false), |name| (name, true));
    if let Some((_, field)) = fields.iter().find(|(field, _)| *field == name) {
        return Ok(Some((*field, descending)));
    }
    let known = fields
        .iter()
        .map(|(field, _)| *field)
        .collect::<Vec<_>>()
        .join(", ");
    Err(ApiError::query(
        "sort",
        &format!("可用:{known}"),
        &format!("use one of {known}"),
    ))
}
