//! Subjects in sight: the list, and everything about one.

use std::collections::HashSet;

use axum::Json;
use axum::extract::State;
use model::alarm::AlarmState;
use model::ids::{SubjectId, UnitCode};
use model::subject::SubjectKind;
use store::Page as StorePage;
use store::alarms::{AlarmQuery, AlarmSort};
use store::devices::DeviceQuery;
use store::subjects::{SubjectOverview, SubjectQuery as StoreQuery, SubjectSort};

use super::headline::Headlines;
use super::public::{self, AQI_HOUR, SECTION_CLASS};
use super::{kinds, paging, sorting, text_filter};
use crate::access::Access;
use crate::directory::{Directory, reference};
use crate::dto::common::Page;
use crate::dto::subjects::{Headline, SubjectDetail, SubjectQuery, SubjectRow};
use crate::error::{ApiError, Code, Result};
use crate::extract::{Path, Query};
use crate::limits;
use crate::state::{Context, Shared};
use crate::views;

const SORTS: [(&str, SubjectSort); 6] = [
    ("code", SubjectSort::Code),
    ("zh", SubjectSort::Name),
    ("kind", SubjectSort::Kind),
    ("state", SubjectSort::State),
    ("last_time", SubjectSort::LastTime),
    ("alarms", SubjectSort::Alarms),
];

/// Subjects that a list filtered by judgement looks through at most: more stations and sections than a province has.
const JUDGED_SUBJECTS: i64 = 10_000;

fn store_query(access: &Access, directory: &Directory, query: &SubjectQuery) -> Result<StoreQuery> {
    let (sort, descending) = sorting(query.sort.as_deref(), &SORTS)?.unwrap_or((SubjectSort::Code, false));
    Ok(StoreQuery {
        scope: access.store_scope(directory),
        kinds: kinds(query.kind.as_deref())?,
        states: query.state.map(Into::into).into_iter().collect(),
        online: query.online,
        unit: text_filter("unit", query.unit.as_deref())?.map(UnitCode::new),
        parent: query.parent.map(SubjectId),
        demo: query.demo,
        text: text_filter("q", query.q.as_deref())?
            .unwrap_or_default()
            .to_owned(),
        sort,
        descending,
        page: StorePage::default(),
    })
}

/// The subjects in sight.
#[utoipa::path(get, path = "/subjects", tag = "subjects", params(SubjectQuery),
    responses((status = OK, body = Page<SubjectRow>)))]
pub(crate) async fn list_subjects(
    State(ctx): State<Context>,
    access: Access,
    Query(query): Query<SubjectQuery>,
) -> Result<Json<Page<SubjectRow>>> {
    let (window, page) = paging(query.page, query.page_size)?;
    let directory = ctx.directory().await?;
    let mut filter = store_query(&access, &directory, &query)?;
    let found = if query.level.is_some() || query.class.is_some() {
        let judged = judged(&ctx, &query).await?;
        let all = everything(&ctx, &mut filter).await?;
        window.cut(
            all.into_iter()
                .filter(|o| judged.contains(&o.subject.id))
                .collect(),
        )
    } else {
        filter.page = page;
        let found = ctx.app.store.list_subjects(&filter, ctx.now()).await?;
        window.page(found.items, found.total)
    };
    let total = found.total;
    let items = rows(&ctx, &directory, found.items).await?;
    Ok(Json(window.page(items, total)))
}

/// Subjects whose newest judgement has the level or class asked for.
async fn judged(ctx: &Shared, query: &SubjectQuery) -> Result<HashSet<SubjectId>> {
    let mut found = HashSet::new();
    if let Some(level) = query.level {
        if !(1..=6).contains(&level) {
            return Err(ApiError::query("level", "应为 1 至 6", "must be 1 to 6"));
        }
        let newest = public::newest(ctx, &[], AQI_HOUR).await?;
        found.extend(
            newest
                .values()
                .filter(|j| public::aqi(j).level == Some(level))
                .map(|j| j.key.subject),
        );
    }
    if let Some(class) = text_filter("class", query.class.as_deref())? {
        let newest = public::newest(ctx, &[], SECTION_CLASS).await?;
        let fits = newest
            .values()
            .filter(|j| public::class(j, None).class.as_deref() == Some(class));
        let fits: HashSet<SubjectId> = fits.map(|j| j.key.subject).collect();
        if query.level.is_some() {
            found.retain(|id| fits.contains(id));
        } else {
            found = fits;
        }
    }
    Ok(found)
}

/// All subjects of a filter that can have such a judgement.
async fn everything(ctx: &Shared, filter: &mut StoreQuery) -> Result<Vec<SubjectOverview>> {
    let judged = [SubjectKind::AirStation, SubjectKind::WaterSection];
    if filter.kinds.is_empty() {
        filter.kinds = judged.to_vec();
    }
    let size = i64::from(limits::MAX_PAGE_SIZE);
    let mut all = Vec::new();
    for number in 1..=JUDGED_SUBJECTS / size {
        filter.page = StorePage { number, size };
        let found = ctx.app.store.list_subjects(filter, ctx.now()).await?;
        let last = found.items.is_empty();
        all.extend(found.items);
        if last || i64::try_from(all.len()).is_ok_and(|n| n >= found.total) {
            break;
        }
    }
    Ok(all)
}

/// Rows with their headlines.
pub(super) async fn rows(
    ctx: &Shared,
    directory: &Directory,
    found: Vec<SubjectOverview>,
) -> Result<Vec<SubjectRow>> {
    let ids: Vec<_> = found
        .iter()
        .map(|o| (o.subject.id, o.subject.spec.kind))
        .collect();
    let headlines = Headlines::load(ctx, &ids).await?;
    Ok(found
        .into_iter()
        .map(|o| {
            let headline = headlines.of(&ctx.app.profile, &o.subject);
            row(directory, o, headline)
        })
        .collect())
}

/// A subject with its headline.
pub(super) fn row(directory: &Directory, o: SubjectOverview, headline: Option<Headline>) -> SubjectRow {
    let parent = directory.parent(&o.subject).map(reference);
    let spec = o.subject.spec;
    SubjectRow {
        id: o.subject.id,
        code: spec.code,
        kind: spec.kind,
        zh: spec.zh,
        en: spec.en,
        unit: o.unit,
        parent,
        lon: spec.lon,
        lat: spec.lat,
        demo: spec.demo,
        schematic: spec.schematic,
        state: o.state.into(),
        online: (o.devices > 0).then_some(o.online),
        last_time: o.last_time.map(Into::into),
        alarms: o.alarms,
        headline,
    }
}

/// Everything about one subject.
#[utoipa::path(get, path = "/subjects/{id}", tag = "subjects", params(("id" = i64, Path, description = "Row")),
    responses((status = OK, body = SubjectDetail)))]
pub(crate) async fn get_subject(
    State(ctx): State<Context>,
    access: Access,
    Path(id): Path<i64>,
) -> Result<Json<SubjectDetail>> {
    let id = SubjectId(id);
    let directory = ctx.directory().await?;
    if !directory.sees(&access.sight(), id) {
        return Err(Code::NotFound.into());
    }
    let (store, now, profile) = (&ctx.app.store, ctx.now(), &ctx.app.profile);
    let overview = store.subject_overview(id, now).await?.ok_or(Code::NotFound)?;
    let scope = access.store_scope(&directory);
    let most = StorePage {
        number: 1,
        size: i64::from(limits::MAX_PAGE_SIZE),
    };
    let devices = DeviceQuery {
        scope: scope.clone(),
        subject: Some(id),
        page: most,
        ..DeviceQuery::default()
    };
    let devices = store.list_devices(&devices, now).await?;
    let alarms = AlarmQuery {
        scope,
        states: vec![AlarmState::Open, AlarmState::Acknowledged],
        subject: Some(id),
        sort: AlarmSort::LastTime,
        page: most,
        ..AlarmQuery::default()
    };
    let alarms = store.list_alarms(&alarms).await?;
    let latest = store.latest_of_subject(id).await?;
    let spec = overview.subject.spec.clone();
    let mut children: Vec<_> = directory
        .all()
        .filter(|s| s.spec.parent.as_ref() == Some(&spec.code) && directory.sees(&access.sight(), s.id))
        .map(reference)
        .collect();
    children.sort_by(|a, b| a.code.cmp(&b.code));
    let row = rows(&ctx, &directory, vec![overview])
        .await?
        .pop()
        .ok_or(Code::NotFound)?;
    Ok(Json(SubjectDetail {
        row,
        attrs: spec.attrs,
        children,
        limits: profile
            .limits
            .iter()
            .filter(|l| l.subject == spec.code)
            .map(views::limit)
            .collect(),
        devices: devices
            .items
            .into_iter()
            .map(|d| views::device(&directory, d))
            .collect(),
        latest: latest
            .into_iter()
            .map(|l| views::latest(profile, &directory, l))
            .collect(),
        open_alarms: alarms
            .items
            .into_iter()
            .map(|a| views::alarm(profile, &directory, a.alarm))
            .collect(),
    }))
}
