//! 一源一档: the list of sources, everything known of one, proposals and decisions.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use ledger::{Belonging, Judgement};
use model::alarm::AlarmState;
use model::ids::{RecordId, SubjectCode, SubjectId};
use registers::register::Register;
use store::Page as StorePage;
use store::alarms::{AlarmQuery, AlarmSort};

use super::record::history_item;
use super::{filter, person};
use crate::access::Access;
use crate::dto::alarms::AlarmView;
use crate::dto::common::Page;
use crate::dto::sources::{
    BelongingView, JudgeSource, MonitorView, PartInfo, PartView, ProposalView, ReviewQuery, SourceFileView,
    SourceList, SourceQuery, SourceRegister, SourceRowView, SourceView, UnmatchedView,
};
use crate::error::Result;
use crate::extract::{Body, Path, Query};
use crate::limits;
use crate::routes::paging;
use crate::routes::subjects::rows;
use crate::state::{Context, Shared};
use crate::views;

/// The sources in sight, with what is known of each.
#[utoipa::path(get, path = "/sources", tag = "places", params(SourceQuery), responses((status = OK, body = SourceList)))]
pub(crate) async fn list_sources(
    State(ctx): State<Context>,
    access: Access,
    Query(pairs): Query<filter::Pairs>,
) -> Result<Json<SourceList>> {
    let person = person(&ctx, &access).await?;
    let ledger = &ctx.app.ledger;
    let named = pairs
        .iter()
        .find(|(n, _)| n == "register")
        .map(|(_, v)| v.as_str());
    let sources = ledger.source_register(named, &person)?;
    let (query, window) = filter::query(sources, &pairs, &["register"])?;
    let found = ledger.sources(sources, &query, &person, ctx.now()).await?;
    Ok(Json(SourceList {
        register: sources.name().to_owned(),
        parts: PartInfo::all(sources),
        items: found
            .items
            .into_iter()
            .map(|row| SourceRowView {
                id: row.id.0,
                title: row.title,
                state: row.state,
                parts: row.parts.into_iter().collect(),
                reviews: row.reviews,
            })
            .collect(),
        total: found.total,
        page: window.page,
        page_size: window.size,
        unmatched: found
            .unmatched
            .into_iter()
            .filter_map(|(name, records)| {
                let names = ledger.register(&name).ok()?.definition().names();
                Some(UnmatchedView {
                    register: name,
                    zh: names.zh,
                    en: names.en,
                    records,
                })
            })
            .collect(),
    }))
}

/// Everything known of one source.
#[utoipa::path(get, path = "/sources/{id}", tag = "places",
    params(("id" = String, Path, description = "Id of the source's record"), SourceRegister),
    responses((status = OK, body = SourceView)))]
pub(crate) async fn get_source(
    State(ctx): State<Context>,
    access: Access,
    Path(id): Path<String>,
    Query(query): Query<SourceRegister>,
) -> Result<Json<SourceView>> {
    let person = person(&ctx, &access).await?;
    let ledger = &ctx.app.ledger;
    let sources = ledger.source_register(query.register.as_deref(), &person)?;
    let file = ledger
        .source(sources, &RecordId::new(&id), &person, ctx.now())
        .await?;
    let (monitors, alarms) = monitoring(&ctx, &access, &file.subjects).await?;
    let parts = parts(&ctx, sources, file.records);
    let record = file.held.record;
    Ok(Json(SourceView {
        register: sources.name().to_owned(),
        id: record.id.0,
        title: file.title,
        state: record.state,
        revision: file.held.revision,
        demo: record.demo,
        body: record.body,
        known_by: file.known_by.into_iter().map(Into::into).collect(),
        parts,
        monitors,
        alarms,
        files: file
            .files
            .into_iter()
            .map(|f| SourceFileView {
                register: f.register,
                id: f.id.0,
                names: f.names.into(),
                file: f.file,
            })
            .collect(),
        reviews: file.reviews.into_iter().map(Into::into).collect(),
        decisions: file.decisions.into_iter().map(Into::into).collect(),
        merges: file.merges.into_iter().map(history_item).collect(),
        can_decide: sources.definition().access.write.contains(&person.actor.role),
    }))
}

/// Every part the register declares, and one for what declares none.
fn parts(ctx: &Shared, sources: &Register, records: Vec<Belonging>) -> Vec<PartView> {
    let mut out: Vec<PartView> = PartInfo::all(sources)
        .into_iter()
        .map(|p| PartView {
            code: Some(p.code),
            zh: p.zh,
            en: p.en,
            records: Vec::new(),
        })
        .collect();
    let mut rest = PartView {
        code: None,
        zh: "其他".to_owned(),
        en: "Other".to_owned(),
        records: Vec::new(),
    };
    for record in records {
        let part = out.iter_mut().find(|p| p.code == record.part);
        let register = ctx.app.ledger.register(&record.register).ok();
        let view = BelongingView::new(record, register);
        part.unwrap_or(&mut rest).records.push(view);
    }
    if !rest.records.is_empty() {
        out.push(rest);
    }
    out
}

/// The subjects in sight a source is monitored as, with the outlets that belong to them, their newest values, and open alarms.
async fn monitoring(
    ctx: &Shared,
    access: &Access,
    codes: &[String],
) -> Result<(Vec<MonitorView>, Vec<AlarmView>)> {
    let directory = ctx.directory().await?;
    let sight = access.sight();
    let own: BTreeSet<SubjectCode> = codes.iter().map(SubjectCode::new).collect();
    let mut ids: Vec<SubjectId> = directory
        .all()
        .filter(|s| own.contains(&s.spec.code) || s.spec.parent.as_ref().is_some_and(|p| own.contains(p)))
        .filter(|s| directory.sees(&sight, s.id))
        .map(|s| s.id)
        .collect();
    ids.sort_unstable();
    ids.truncate(limits::SOURCE_SUBJECTS);
    let (store, now, profile) = (&ctx.app.store, ctx.now(), &ctx.app.profile);
    let scope = access.store_scope(&directory);
    let (mut monitors, mut alarms) = (Vec::new(), Vec::new());
    for id in ids {
        let Some(overview) = store.subject_overview(id, now).await? else {
            continue;
        };
        let Some(row) = rows(ctx, &directory, vec![overview]).await?.pop() else {
            continue;
        };
        let latest = store.latest_of_subject(id).await?;
        monitors.push(MonitorView {
            row,
            latest: latest
                .into_iter()
                .map(|l| views::latest(profile, &directory, l))
                .collect(),
        });
        let query = AlarmQuery {
            scope: scope.clone(),
            states: vec![AlarmState::Open, AlarmState::Acknowledged],
            subject: Some(id),
            sort: AlarmSort::LastTime,
            page: StorePage {
                number: 1,
                size: i64::from(limits::MAX_PAGE_SIZE),
            },
            ..AlarmQuery::default()
        };
        let found = store.list_alarms(&query).await?;
        alarms.extend(
            found
                .items
                .into_iter()
                .map(|a| views::alarm(profile, &directory, a.alarm)),
        );
    }
    // A firm's alarms are those of its outlets too.
    let mut told = BTreeSet::new();
    alarms.retain(|a| told.insert(a.id.0));
    alarms.sort_by_key(|a| std::cmp::Reverse(a.last_time.0));
    Ok((monitors, alarms))
}

/// Records that may belong to a source, for a person to look at, the likeliest first.
#[utoipa::path(get, path = "/sources/reviews", tag = "places", params(ReviewQuery),
    responses((status = OK, body = Page<ProposalView>)))]
pub(crate) async fn list_reviews(
    State(ctx): State<Context>,
    access: Access,
    Query(query): Query<ReviewQuery>,
) -> Result<Json<Page<ProposalView>>> {
    let person = person(&ctx, &access).await?;
    let ledger = &ctx.app.ledger;
    let (window, _) = paging(query.page, query.page_size)?;
    let sources = ledger.source_register(query.register.as_deref(), &person)?;
    let found = ledger.source_reviews(sources, &person).await?;
    let all: Vec<ProposalView> = found.into_iter().map(Into::into).collect();
    Ok(Json(window.cut(all)))
}

/// Says whether a record belongs to a source. Every decision stays; the newest holds.
#[utoipa::path(post, path = "/sources/reviews", tag = "places", request_body = JudgeSource,
    responses((status = NO_CONTENT, description = "Kept")))]
pub(crate) async fn judge_source(
    State(ctx): State<Context>,
    access: Access,
    Body(ask): Body<JudgeSource>,
) -> Result<StatusCode> {
    let person = person(&ctx, &access).await?;
    let ledger = &ctx.app.ledger;
    let sources = ledger.source_register(ask.sources.as_deref(), &person)?;
    let judgement = Judgement {
        source: RecordId::new(&ask.source),
        register: ask.register,
        id: RecordId::new(&ask.id),
        same: ask.same,
        reason: ask.reason,
    };
    ledger
        .judge_source(sources, &judgement, &person, ctx.now())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
