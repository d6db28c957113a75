//! The air between the stations. Station values are public (`/public/air`), and so is what is interpolated from them.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use geo::LonLat;
use model::ids::SubjectId;
use model::subject::{Subject, SubjectKind};
use model::time::{Grain, UtcMs};
use rust_decimal::Decimal;
use standards::num::Exact;
use store::judgements::NewestIn;

use super::moment::{ended, past};
use super::public::{self, AQI_HOUR};
use crate::dto::air::{AirBands, AirFactor, AirQuery};
use crate::dto::public::AqiView;
use crate::error::{ApiError, Result};
use crate::extract::Query;
use crate::field::{Ask, Station};
use crate::limits;
use crate::state::{Context, Shared};

/// Air quality between the stations: an hour's AQI, or the concentration of a pollutant, interpolated (inverse distance)
/// over the district and cut into bands at the class limits of the edition in force. With fewer valid stations than
/// needed there are no bands, and `reason` says why.
#[utoipa::path(get, path = "/map/air", tag = "map", params(AirQuery),
    responses((status = OK, body = AirBands, content_type = "application/geo+json"),
        (status = NOT_MODIFIED, description = "As before")))]
pub(crate) async fn get_air(
    State(ctx): State<Context>,
    Query(query): Query<AirQuery>,
    headers: HeaderMap,
) -> Result<Response> {
    let factor = query.factor.unwrap_or_default();
    let ask = match query.at {
        Some(at) => ask(&ctx, factor, last_hour(past(&ctx, at.0)?)?).await?,
        None => newest(&ctx, factor).await?,
    };
    let tag = ask.tag();
    let quoted = HeaderValue::try_from(format!("\"{tag}\"")).map_err(|e| ApiError::internal(&e))?;
    // A late upload changes an hour long after it ended: the tag is asked for each time, the field is made once.
    let kept = [
        (header::ETAG, quoted.clone()),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, no-cache"),
        ),
    ];
    if headers.get(header::IF_NONE_MATCH) == Some(&quoted) {
        return Ok((StatusCode::NOT_MODIFIED, kept).into_response());
    }
    let ground = Arc::clone(&ctx.ground);
    let make = move || {
        let bands = ask.bands(ground.area.as_ref())?;
        serde_json::to_vec(&bands).map_err(|e| ApiError::internal(&e))
    };
    let bytes = ctx.fields.get(&tag, make).await?;
    let kind = [(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/geo+json"),
    )];
    Ok((kept, kind, bytes).into_response())
}

fn last_hour(at: UtcMs) -> Result<UtcMs> {
    ended(Grain::Hour, at).ok_or_else(|| ApiError::query("at", "时间无效", "is no usable time"))
}

/// The last hour, or the one before it while the last one's values are still coming in.
async fn newest(ctx: &Shared, factor: AirFactor) -> Result<Ask> {
    let hour = last_hour(ctx.now())?;
    let last = ask(ctx, factor, hour).await?;
    if last.stations.len() >= limits::AIR_STATIONS {
        return Ok(last);
    }
    let before = ask(ctx, factor, last_hour(hour)?).await?;
    let enough = before.stations.len() >= limits::AIR_STATIONS;
    Ok(if enough { before } else { last })
}

/// Stations with a place and their valid values of an hour, by code.
async fn ask(ctx: &Shared, factor: AirFactor, hour: UtcMs) -> Result<Ask> {
    let directory = ctx.directory().await?;
    let place = |s: &Subject| -> Option<LonLat> { Some(LonLat::new(s.spec.lon?, s.spec.lat?)) };
    let mut stations: Vec<&Subject> = directory
        .all()
        .filter(|s| s.spec.kind == SubjectKind::AirStation && place(s).is_some())
        .collect();
    stations.sort_by(|a, b| a.spec.code.cmp(&b.spec.code));
    let ids: Vec<SubjectId> = stations.iter().map(|s| s.id).collect();
    let span = NewestIn {
        topic: AQI_HOUR,
        grain: Grain::Hour,
        from: hour,
        to: hour,
    };
    let judged = ctx.app.store.newest_judgements(&ids, span).await?;
    let valued = stations.iter().filter_map(|s| {
        let judgement = judged.iter().rfind(|j| j.key.subject == s.id)?;
        Some(Station {
            at: place(s)?,
            value: value(&public::aqi(judgement), factor)?,
        })
    });
    let day = hour
        .civil()
        .ok_or_else(|| ApiError::query("at", "时间无效", "is no usable time"))?
        .date();
    Ok(Ask {
        factor,
        hour: hour.into(),
        day,
        stations: valued.collect(),
        total: stations.len(),
        demo: stations.iter().any(|s| s.spec.demo),
    })
}

/// The value of an hour as it is classed: concentrations rounded as they enter the index.
fn value(hour: &AqiView, factor: AirFactor) -> Option<Decimal> {
    let Some(item) = factor.item() else {
        return hour.aqi.map(Decimal::from);
    };
    let given = hour.pollutants.iter().find(|p| p.name == item.key())?;
    let exact: Exact = given.value.as_ref()?.parse().ok()?;
    item.round(&exact).to_string().parse().ok()
}
