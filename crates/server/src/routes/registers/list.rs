//! What registers there are, their lists, figures and deadlines.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use axum::Json;
use axum::extract::State;
use ledger::{DeadlineQuery, Info, Listed, Person};
use model::ids::{RecordId, SubjectCode};
use registers::definition::{Field, FieldType};
use registers::links::{Target, links};
use registers::register::Register;

use super::{filter, person};
use crate::access::Access;
use crate::dto::common::{Bilingual, Page};
use crate::dto::register_figures::{DeadlineParams, DueView, FigureList, RegisterFigure, RegisterFigureList};
use crate::dto::registers::{CodeView, RecordQuery, RecordRow, RegisterInfo, RegisterList, RegisterView};
use crate::error::{ApiError, Result};
use crate::extract::{Path, Query};
use crate::routes::paging;
use crate::state::{Context, Shared};

/// Columns a list shows at first, beside the title.
const COLUMNS: usize = 8;

fn info(ctx: &Shared, register: &Register, found: &Info, person: &Person) -> RegisterInfo {
    let definition = register.definition();
    RegisterInfo {
        name: definition.name.clone(),
        group: ctx.app.ledger.library().group(&definition.name).to_owned(),
        zh: definition.zh.clone(),
        en: definition.en.clone(),
        systems: definition.systems.clone(),
        version: definition.version,
        records: found.records,
        overdue: found.overdue,
        unsettled: found.unsettled,
        can_create: definition.access.write.contains(&person.actor.role),
        has_map: definition.map.is_some(),
        has_publication: definition.publication.is_some(),
        has_life: definition.life.is_some(),
    }
}

/// The registers in sight.
#[utoipa::path(get, path = "/registers", tag = "registers", responses((status = OK, body = RegisterList)))]
pub(crate) async fn list_registers(State(ctx): State<Context>, access: Access) -> Result<Json<RegisterList>> {
    let person = person(&ctx, &access).await?;
    let ledger = &ctx.app.ledger;
    let found = ledger.infos(&person, ctx.now()).await?;
    let items = found
        .iter()
        .filter_map(|f| Some(info(&ctx, ledger.register(&f.register).ok()?, f, &person)))
        .collect();
    Ok(Json(RegisterList { items }))
}

fn codes(register: &Register) -> BTreeMap<String, Vec<CodeView>> {
    let mut out = BTreeMap::new();
    let mut put = |group: Option<&Field>, field: &Field| {
        if let Some(list) = register.codes(group, field) {
            let path = group.map_or_else(|| field.name.clone(), |g| format!("{}.{}", g.name, field.name));
            let codes = list.codes.iter().map(|c| CodeView {
                code: c.code.clone(),
                zh: c.names.zh.clone(),
                en: c.names.en.clone(),
            });
            out.insert(path, codes.collect());
        }
    };
    for field in &register.definition().field {
        put(None, field);
        for sub in &field.fields {
            put(Some(field), sub);
        }
    }
    out
}

/// The fields that name a record and whose it is, then what every record has, then what comes.
fn columns(register: &Register) -> Vec<String> {
    let definition = register.definition();
    let fits = |f: &&Field| f.kind.is_scalar() && !f.kind.is_place();
    let unit = definition.access.unit_field.iter();
    let required = definition.field.iter().filter(fits).filter(|f| f.required);
    let short = definition
        .field
        .iter()
        .filter(fits)
        .filter(|f| f.kind != FieldType::Text);
    let mut out: Vec<String> = Vec::new();
    let all = definition
        .title
        .iter()
        .chain(unit)
        .chain(required.map(|f| &f.name))
        .chain(short.map(|f| &f.name));
    for name in all {
        let known = definition.field(name).is_some_and(|f| fits(&f));
        if known && !out.contains(name) && out.len() < COLUMNS {
            out.push(name.clone());
        }
    }
    out
}

/// A register with its definition.
#[utoipa::path(get, path = "/registers/{name}", tag = "registers", params(("name" = String, Path, description = "Register")),
    responses((status = OK, body = RegisterView)))]
pub(crate) async fn get_register(
    State(ctx): State<Context>,
    access: Access,
    Path(name): Path<String>,
) -> Result<Json<RegisterView>> {
    let person = person(&ctx, &access).await?;
    let ledger = &ctx.app.ledger;
    let register = ledger.readable(&name, &person)?;
    let found = ledger.info(register, &person, ctx.now()).await?;
    Ok(Json(RegisterView {
        info: info(&ctx, register, &found, &person),
        definition: serde_json::to_value(register.definition()).map_err(|e| ApiError::internal(&e))?,
        codes: codes(register),
        columns: columns(register),
    }))
}

/// Titles by what they are of; the register is empty for subjects.
type Titles = HashMap<(String, String), Bilingual>;

/// Titles of what the fields of a page's records point at.
async fn titles(
    ctx: &Shared,
    access: &Access,
    person: &Person,
    register: &Register,
    page: &[Listed],
) -> Result<Titles> {
    let mut out = Titles::new();
    let mut records: BTreeMap<String, Vec<RecordId>> = BTreeMap::new();
    let mut subjects: BTreeSet<String> = BTreeSet::new();
    for listed in page {
        for link in links(register, &listed.held.record.body) {
            match link.target {
                Target::Record(name) => records.entry(name).or_default().push(RecordId(link.id)),
                Target::Subject => {
                    subjects.insert(link.id);
                }
                Target::Unit => {}
            }
        }
    }
    for (name, ids) in records {
        let found = ctx.app.ledger.titles_of(&name, &ids, person).await?;
        out.extend(
            found
                .into_iter()
                .map(|(id, title)| ((name.clone(), id.0), Bilingual::new(&title, &title))),
        );
    }
    if !subjects.is_empty() {
        let (directory, sight) = (ctx.directory().await?, access.sight());
        for code in subjects {
            let found = directory.by_code(&SubjectCode::new(&code));
            if let Some(subject) = found.filter(|s| directory.sees(&sight, s.id)) {
                let name = Bilingual::new(&subject.spec.zh, &subject.spec.en);
                out.insert((String::new(), code), name);
            }
        }
    }
    Ok(out)
}

fn row(register: &Register, listed: Listed, titles: &Titles) -> RecordRow {
    let pointed = links(register, &listed.held.record.body);
    let titles = pointed.into_iter().filter_map(|link| {
        let name = match link.target {
            Target::Record(name) => name,
            Target::Subject => String::new(),
            Target::Unit => return None,
        };
        let title = titles.get(&(name, link.id.clone()))?.clone();
        Some((link.id, title))
    });
    let titles = titles.collect();
    let next = listed.next_due.as_ref().and_then(|due| {
        let mut all = register.definition().deadline.iter();
        all.find(|d| d.name == due.name)
    });
    let record = listed.held.record;
    RecordRow {
        id: record.id.0,
        title: listed.title,
        state: record.state,
        since: record.since.into(),
        revision: listed.held.revision,
        updated_at: listed.held.updated_at.into(),
        updated_by: listed.held.author.name,
        demo: record.demo,
        body: record.body,
        titles,
        overdue: listed.overdue,
        next_due: listed.next_due.map(|due| due.at.into()),
        next_deadline: next.map(|d| Bilingual::new(&d.zh, &d.en)),
    }
}

/// The records of a register in sight.
#[utoipa::path(get, path = "/registers/{name}/records", tag = "registers",
    params(("name" = String, Path, description = "Register"), RecordQuery),
    responses((status = OK, body = Page<RecordRow>)))]
pub(crate) async fn list_records(
    State(ctx): State<Context>,
    access: Access,
    Path(name): Path<String>,
    Query(pairs): Query<filter::Pairs>,
) -> Result<Json<Page<RecordRow>>> {
    let person = person(&ctx, &access).await?;
    let ledger = &ctx.app.ledger;
    let register = ledger.readable(&name, &person)?;
    let (query, window) = filter::query(register, &pairs, &[])?;
    let found = ledger.list(&name, &query, &person, ctx.now()).await?;
    let titles = titles(&ctx, &access, &person, register, &found.items).await?;
    let items = found
        .items
        .into_iter()
        .map(|l| row(register, l, &titles))
        .collect();
    Ok(Json(window.page(items, found.total)))
}

/// Counters and rates of a register over the records in sight.
#[utoipa::path(get, path = "/registers/{name}/figures", tag = "registers",
    params(("name" = String, Path, description = "Register")), responses((status = OK, body = FigureList)))]
pub(crate) async fn get_figures(
    State(ctx): State<Context>,
    access: Access,
    Path(name): Path<String>,
) -> Result<Json<FigureList>> {
    let person = person(&ctx, &access).await?;
    let figures = ctx.app.ledger.figures(&name, &person, ctx.now()).await?;
    Ok(Json(FigureList {
        items: figures.iter().map(Into::into).collect(),
    }))
}

/// The figures of all registers in sight that have a target.
#[utoipa::path(get, path = "/registers/figures", tag = "registers", responses((status = OK, body = RegisterFigureList)))]
pub(crate) async fn list_figures(
    State(ctx): State<Context>,
    access: Access,
) -> Result<Json<RegisterFigureList>> {
    let person = person(&ctx, &access).await?;
    let ledger = &ctx.app.ledger;
    let role = person.actor.role;
    let mut items = Vec::new();
    for register in ledger
        .library()
        .iter()
        .filter(|r| r.definition().access.read.contains(&role))
    {
        let figures = ledger.figures(register.name(), &person, ctx.now()).await?;
        let names = register.definition().names();
        items.extend(
            figures
                .iter()
                .filter(|f| f.target.is_some())
                .map(|figure| RegisterFigure {
                    register: register.name().to_owned(),
                    zh: names.zh.clone(),
                    en: names.en.clone(),
                    figure: figure.into(),
                }),
        );
    }
    Ok(Json(RegisterFigureList { items }))
}

/// What is due over all registers in sight, earliest first.
#[utoipa::path(get, path = "/registers/deadlines", tag = "registers", params(DeadlineParams),
    responses((status = OK, body = Page<DueView>)))]
pub(crate) async fn list_deadlines(
    State(ctx): State<Context>,
    access: Access,
    Query(query): Query<DeadlineParams>,
) -> Result<Json<Page<DueView>>> {
    let person = person(&ctx, &access).await?;
    let (window, page) = paging(query.page, query.page_size)?;
    let query = DeadlineQuery {
        overdue: query.overdue,
        mine: query.mine.unwrap_or(false),
        reminding: query.reminding.unwrap_or(false),
        page,
    };
    let found = ctx.app.ledger.deadlines(&query, &person, ctx.now()).await?;
    let items = found
        .items
        .into_iter()
        .map(|row| DueView {
            register: row.register,
            zh: row.register_names.zh,
            en: row.register_names.en,
            id: row.id.0,
            title: row.title,
            deadline: row.deadline,
            names: row.names.into(),
            due: row.due.into(),
            provisional: row.provisional,
            overdue: row.overdue,
            reminding: row.reminding,
            unit: row.unit,
        })
        .collect();
    Ok(Json(window.page(items, found.total)))
}
