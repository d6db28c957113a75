//! Publications of registers: periods and publishing for the bureau, and what everybody sees.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use registers::definition::{Field, FieldType, Publication, Rhythm};
use registers::publish::Period;
use registers::register::Register;
use registers::text::Names;
use serde_json::{Map, Value};
use store::desk::{PublishedRow, StoredPublication};

use super::person;
use crate::access::Access;
use crate::dto::common::Bilingual;
use crate::dto::register_files::{
    OutstandingList, OutstandingView, PeriodView, PublicColumn, PublicQuery, PublicRecord, PublicRecords,
    PublicRegister, PublicRegisterList, PublicationList, PublishPeriod,
};
use crate::error::Result;
use crate::extract::{Body, Path, Query};
use crate::routes::{paging, text_filter};
use crate::state::{Context, Shared};

fn rhythm(publication: &Publication) -> &'static str {
    match publication.rhythm {
        Rhythm::Live => "live",
        Rhythm::Monthly => "monthly",
        Rhythm::Quarterly => "quarterly",
        Rhythm::Yearly => "yearly",
    }
}

fn published(period: StoredPublication) -> PeriodView {
    PeriodView {
        from: period.from,
        to: period.to,
        due: period.due,
        published_at: Some(period.published_at.into()),
        published_by: Some(period.author.name),
        records: Some(period.records),
        missed: false,
    }
}

fn outstanding(period: &Period) -> PeriodView {
    PeriodView {
        from: period.from.to_string(),
        to: period.to.to_string(),
        due: period.due.to_string(),
        published_at: None,
        published_by: None,
        records: None,
        missed: period.missed,
    }
}

/// Periods of a register's publication: published, due, missed.
#[utoipa::path(get, path = "/registers/{name}/publications", tag = "registers",
    params(("name" = String, Path, description = "Register")), responses((status = OK, body = PublicationList)))]
pub(crate) async fn list_publications(
    State(ctx): State<Context>,
    access: Access,
    Path(name): Path<String>,
) -> Result<Json<PublicationList>> {
    let person = person(&ctx, &access).await?;
    let ledger = &ctx.app.ledger;
    let found = ledger.publications(&name, &person, ctx.now()).await?;
    let publication = ledger.register(&name)?.definition().publication.as_ref();
    let mut items: Vec<PeriodView> = found.outstanding.iter().map(outstanding).collect();
    items.extend(found.published.into_iter().map(published));
    items.sort_by(|a, b| b.from.cmp(&a.from));
    Ok(Json(PublicationList {
        items,
        next: found.next.map(|day| day.to_string()),
        rhythm: publication.map(|p| rhythm(p).to_owned()),
        basis: publication.map(|p| p.basis.clone()),
    }))
}

/// Periods of all registers in sight that have ended and are not published.
#[utoipa::path(get, path = "/registers/publications", tag = "registers",
    responses((status = OK, body = OutstandingList)))]
pub(crate) async fn list_outstanding_publications(
    State(ctx): State<Context>,
    access: Access,
) -> Result<Json<OutstandingList>> {
    let person = person(&ctx, &access).await?;
    let found = ctx
        .app
        .ledger
        .outstanding_publications(&person, ctx.now())
        .await?;
    let items = found
        .into_iter()
        .map(|(register, period)| OutstandingView {
            register: register.name().to_owned(),
            zh: register.definition().zh.clone(),
            en: register.definition().en.clone(),
            period: outstanding(&period),
        })
        .collect();
    Ok(Json(OutstandingList { items }))
}

/// Publishes a period that has ended: what the public sees of every record now is kept for good.
#[utoipa::path(post, path = "/registers/{name}/publications", tag = "registers",
    params(("name" = String, Path, description = "Register")), request_body = PublishPeriod,
    responses((status = CREATED, body = PeriodView)))]
pub(crate) async fn publish_period(
    State(ctx): State<Context>,
    access: Access,
    Path(name): Path<String>,
    Body(request): Body<PublishPeriod>,
) -> Result<(StatusCode, Json<PeriodView>)> {
    let person = person(&ctx, &access).await?;
    let done = ctx
        .app
        .ledger
        .publish(&name, &request.from, &person, ctx.now())
        .await?;
    Ok((StatusCode::CREATED, Json(published(done))))
}

/// What everybody may read may be kept anywhere for a minute.
fn kept<T: serde::Serialize>(body: T) -> Response {
    let header = [(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=60"),
    )];
    (header, Json(body)).into_response()
}

fn register_view(register: &Register, period: Option<StoredPublication>) -> Option<PublicRegister> {
    let definition = register.definition();
    let publication = definition.publication.as_ref()?;
    Some(PublicRegister {
        name: definition.name.clone(),
        zh: definition.zh.clone(),
        en: definition.en.clone(),
        rhythm: rhythm(publication).to_owned(),
        basis: publication.basis.clone(),
        period: period.map(anonymous),
    })
}

/// A period as everybody sees it: who published it is nobody's business.
fn anonymous(period: StoredPublication) -> PeriodView {
    PeriodView {
        published_by: None,
        ..published(period)
    }
}

/// Registers of which the public sees something.
#[utoipa::path(get, path = "/public/registers", tag = "public",
    responses((status = OK, body = PublicRegisterList)))]
pub(crate) async fn list_public_registers(State(ctx): State<Context>) -> Result<Response> {
    let found = ctx.app.ledger.public_registers().await?;
    let items = found
        .into_iter()
        .filter_map(|(register, period)| register_view(register, period))
        .collect();
    Ok(kept(PublicRegisterList { items }))
}

fn columns(fields: &[Field]) -> Vec<PublicColumn> {
    let public = fields.iter().filter(|f| f.public);
    public
        .map(|field| PublicColumn {
            field: field.name.clone(),
            zh: field.zh.clone(),
            en: field.en.clone(),
            kind: serde_json::to_value(field.kind)
                .ok()
                .and_then(|v| v.as_str().map(str::to_owned))
                .unwrap_or_default(),
            unit: field.unit.clone(),
            columns: columns(&field.fields),
        })
        .collect()
}

/// Public values as people read them. Groups have rows instead.
fn shown(
    ctx: &Shared,
    register: &Register,
    group: Option<&Field>,
    body: &Map<String, Value>,
) -> BTreeMap<String, Bilingual> {
    let fields = group.map_or(&register.definition().field, |g| &g.fields);
    let mut shown = BTreeMap::new();
    for field in fields.iter().filter(|f| f.public) {
        let Some(value) = body.get(&field.name) else {
            continue;
        };
        let names = match field.kind {
            FieldType::Group => continue,
            FieldType::Unit => {
                let codes = match value {
                    Value::Array(several) => several.iter().filter_map(|v| v.as_str()).collect(),
                    one => one.as_str().into_iter().collect::<Vec<_>>(),
                };
                let name = |code: &str| {
                    let known = ctx.app.ledger.unit(code);
                    known.cloned().unwrap_or_else(|| Names::same(code))
                };
                let names: Vec<Names> = codes.into_iter().map(name).collect();
                let all =
                    |of: fn(&Names) -> &str, by: &str| names.iter().map(of).collect::<Vec<_>>().join(by);
                Names::new(all(|n| &n.zh, "；"), all(|n| &n.en, "; "))
            }
            _ => register.said(group, field, value),
        };
        shown.insert(field.name.clone(), names.into());
    }
    shown
}

fn record(ctx: &Shared, register: &Register, row: PublishedRow) -> PublicRecord {
    let mut rows = BTreeMap::new();
    let groups = register.definition().field.iter();
    for group in groups.filter(|f| f.public && f.kind == FieldType::Group) {
        let Some(inner) = row.body.get(&group.name).and_then(Value::as_array) else {
            continue;
        };
        let inner = inner.iter().filter_map(Value::as_object);
        let inner: Vec<_> = inner.map(|r| shown(ctx, register, Some(group), r)).collect();
        rows.insert(group.name.clone(), inner);
    }
    PublicRecord {
        shown: shown(ctx, register, None, &row.body),
        rows,
        title: row.title,
        demo: row.demo,
        body: row.body,
    }
}

/// What the public sees of a register: only published records, and only their public fields.
#[utoipa::path(get, path = "/public/registers/{name}", tag = "public",
    params(("name" = String, Path, description = "Register"), PublicQuery),
    responses((status = OK, body = PublicRecords)))]
pub(crate) async fn get_public_register(
    State(ctx): State<Context>,
    Path(name): Path<String>,
    Query(query): Query<PublicQuery>,
) -> Result<Response> {
    let (window, page) = paging(query.page, query.page_size)?;
    let text = text_filter("q", query.q.as_deref())?.unwrap_or_default();
    let from = text_filter("from", query.from.as_deref())?;
    let now = ctx.now();
    let (register, found) = ctx.app.ledger.public_page(&name, text, from, page, now).await?;
    let view = register_view(register, found.period).ok_or(crate::error::Code::NotFound)?;
    let items = found
        .rows
        .items
        .into_iter()
        .map(|row| record(&ctx, register, row))
        .collect();
    Ok(kept(PublicRecords {
        register: view,
        time: now.into(),
        periods: found.periods.into_iter().map(anonymous).collect(),
        columns: columns(&register.definition().field),
        items,
        total: found.rows.total,
        page: window.page,
        page_size: window.size,
    }))
}
