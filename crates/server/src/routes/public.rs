//! Air and water for everybody, read from the judgements in force; nothing is computed here.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use model::ids::SubjectId;
use model::judged::StoredJudgement;
use model::subject::{Subject, SubjectKind};
use serde_json::Value;

use crate::dto::common::Bilingual;
use crate::dto::public::{
    AirStation, AqiView, MainPollutant, Pollutant, PublicAir, PublicWater, WaterClassView, WaterSection,
};
use crate::error::Result;
use crate::state::{Context, Shared};

/// Topic of an hourly AQI.
pub(super) const AQI_HOUR: &str = "aqi/hourly";
/// Topic of a daily AQI.
pub(super) const AQI_DAY: &str = "aqi/daily";
/// Topic of a section's class.
pub(super) const SECTION_CLASS: &str = "water/section_class";
/// Classes by number, as the attribute `target_class` of a section gives it.
const CLASSES: [&str; 5] = ["I", "II", "III", "IV", "V"];

/// The judgement of the newest period of a topic for each subject; of several editions the newest one.
pub(super) async fn newest(
    ctx: &Shared,
    subjects: &[SubjectId],
    topic: &str,
) -> Result<HashMap<SubjectId, StoredJudgement>> {
    let mut newest: HashMap<SubjectId, StoredJudgement> = HashMap::new();
    for judgement in ctx.app.store.latest_judgements(subjects, Some(topic)).await? {
        let rank = |j: &StoredJudgement| (j.key.time, j.key.edition.clone(), j.id);
        match newest.get(&judgement.key.subject) {
            Some(present) if rank(present) >= rank(&judgement) => {}
            _ => {
                newest.insert(judgement.key.subject, judgement);
            }
        }
    }
    Ok(newest)
}

fn words(body: &Value) -> Bilingual {
    let text = |language: &str| {
        body.pointer(&format!("/conclusion/{language}"))
            .and_then(Value::as_str)
    };
    Bilingual::new(text("zh").unwrap_or_default(), text("en").unwrap_or_default())
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A whole number, also where it stands as text.
fn whole(value: Option<&Value>) -> Option<i64> {
    match value? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// An AQI judgement as it is shown.
pub(super) fn aqi(judgement: &StoredJudgement) -> AqiView {
    let result = judgement.body.get("result").unwrap_or(&Value::Null);
    let indices = result.get("iaqi").and_then(Value::as_object);
    let inputs = judgement.body.get("inputs").and_then(Value::as_array);
    let pollutants = inputs
        .into_iter()
        .flatten()
        .filter_map(|input| {
            let name = input.get("name")?.as_str()?;
            Some(Pollutant {
                name: name.to_owned(),
                value: input.get("value").and_then(text),
                unit: input
                    .get("unit")
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned(),
                iaqi: whole(indices.and_then(|map| map.get(name))),
            })
        })
        .collect();
    let primary = result.get("primary").and_then(Value::as_array);
    AqiView {
        time: judgement.key.time.into(),
        aqi: whole(result.get("aqi")),
        level: whole(result.get("level")),
        category: result.get("category").and_then(text),
        primary: primary.into_iter().flatten().filter_map(text).collect(),
        pollutants,
        conclusion: words(&judgement.body),
        judgement: judgement.id,
    }
}

/// A class judgement as it is shown.
pub(super) fn class(judgement: &StoredJudgement, section: Option<&Subject>) -> WaterClassView {
    let result = judgement.body.get("result").unwrap_or(&Value::Null);
    let main = result.get("main_pollutants").and_then(Value::as_array);
    let pollutant = |value: &Value| match value {
        Value::Object(members) => Some(MainPollutant {
            item: members.get("item").and_then(text)?,
            zh: members.get("zh").and_then(text).unwrap_or_default(),
            multiple: members.get("multiple").and_then(text),
        }),
        other => text(other).map(|name| MainPollutant {
            item: name.clone(),
            zh: name,
            multiple: None,
        }),
    };
    let target = section.and_then(|s| whole(s.spec.attrs.get("target_class")));
    WaterClassView {
        time: judgement.key.time.into(),
        class: result.get("class").and_then(text),
        grade: result.get("grade").and_then(text),
        main_pollutants: main.into_iter().flatten().filter_map(pollutant).collect(),
        target: target
            .and_then(|n| usize::try_from(n).ok()?.checked_sub(1))
            .and_then(|n| CLASSES.get(n))
            .map(|class| (*class).to_owned()),
        conclusion: words(&judgement.body),
        judgement: judgement.id,
    }
}

/// The stations among some subjects, by code.
pub(super) async fn stations(ctx: &Shared, subjects: Vec<&Subject>) -> Result<Vec<AirStation>> {
    let stations = of_kind(subjects, SubjectKind::AirStation);
    let ids: Vec<SubjectId> = stations.iter().map(|s| s.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (hours, days) = (
        newest(ctx, &ids, AQI_HOUR).await?,
        newest(ctx, &ids, AQI_DAY).await?,
    );
    Ok(stations
        .into_iter()
        .map(|s| AirStation {
            id: s.id,
            code: s.spec.code.clone(),
            zh: s.spec.zh.clone(),
            en: s.spec.en.clone(),
            lon: s.spec.lon,
            lat: s.spec.lat,
            schematic: s.spec.schematic,
            demo: s.spec.demo,
            hour: hours.get(&s.id).map(aqi),
            day: days.get(&s.id).map(aqi),
        })
        .collect())
}

/// The sections among some subjects, by code.
pub(super) async fn sections(ctx: &Shared, subjects: Vec<&Subject>) -> Result<Vec<WaterSection>> {
    let sections = of_kind(subjects, SubjectKind::WaterSection);
    let ids: Vec<SubjectId> = sections.iter().map(|s| s.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let classes = newest(ctx, &ids, SECTION_CLASS).await?;
    Ok(sections
        .into_iter()
        .map(|s| WaterSection {
            id: s.id,
            code: s.spec.code.clone(),
            zh: s.spec.zh.clone(),
            en: s.spec.en.clone(),
            water_body: s.spec.attrs.get("water").and_then(text),
            lon: s.spec.lon,
            lat: s.spec.lat,
            schematic: s.spec.schematic,
            demo: s.spec.demo,
            latest: classes.get(&s.id).map(|judgement| class(judgement, Some(s))),
        })
        .collect())
}

fn of_kind(subjects: Vec<&Subject>, kind: SubjectKind) -> Vec<&Subject> {
    let mut found: Vec<&Subject> = subjects.into_iter().filter(|s| s.spec.kind == kind).collect();
    found.sort_by(|a, b| a.spec.code.cmp(&b.spec.code));
    found
}

/// Citizens' pages ask often and data change by the hour: half a minute may be kept anywhere.
fn kept<T: serde::Serialize>(body: T) -> Response {
    let header = [(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=30"),
    )];
    (header, Json(body)).into_response()
}

/// Air quality for everybody: stations with the newest hour and the newest day.
#[utoipa::path(get, path = "/public/air", tag = "public", responses((status = OK, body = PublicAir)))]
pub(crate) async fn public_air(State(ctx): State<Context>) -> Result<Response> {
    let directory = ctx.directory().await?;
    let items = stations(&ctx, directory.all().collect()).await?;
    Ok(kept(PublicAir {
        time: ctx.now().into(),
        demo: items.iter().any(|s| s.demo),
        items,
    }))
}

/// Water quality for everybody: sections with the newest class.
#[utoipa::path(get, path = "/public/water", tag = "public", responses((status = OK, body = PublicWater)))]
pub(crate) async fn public_water(State(ctx): State<Context>) -> Result<Response> {
    let directory = ctx.directory().await?;
    let items = sections(&ctx, directory.all().collect()).await?;
    Ok(kept(PublicWater {
        time: ctx.now().into(),
        demo: items.iter().any(|s| s.demo),
        items,
    }))
}
