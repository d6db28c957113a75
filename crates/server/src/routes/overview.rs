//! The cockpit's figures. Each is counted with the very filter of the list it opens.

use axum::Json;
use axum::extract::State;
use model::alarm::{AlarmKind, AlarmState};
use model::device::DeviceState;
use model::subject::SubjectKind;
use model::time::Grain;
use store::Page as StorePage;
use store::alarms::AlarmCount;
use store::devices::DeviceQuery;
use store::frames::QuarantineQuery;
use store::subjects::{SubjectCount, SubjectQuery, SubjectState};

use super::public;
use crate::access::Access;
use crate::authz::sight::Sight;
use crate::dto::overview::{
    AirOverview, AlarmsOverview, ClassCount, DevicesOverview, Figure, FramesOverview, GradeCount, KindCount,
    LevelCount, Overview, SourcesOverview, WaterOverview,
};
use crate::error::Result;
use crate::state::{Context, Shared};

/// Outlets that are watched online.
const SOURCES: [SubjectKind; 2] = [SubjectKind::GasOutlet, SubjectKind::WaterOutlet];
const SOURCES_LIST: &str = "/subjects?kind=gas_outlet,water_outlet";
const CLASSES: [&str; 6] = ["I", "II", "III", "IV", "V", "劣V"];
/// Only the total is wanted.
const TOTAL: StorePage = StorePage { number: 1, size: 1 };

fn figure(value: i64, list: impl Into<String>) -> Figure {
    Figure {
        value,
        list: list.into(),
    }
}

fn count<T>(items: impl IntoIterator<Item = T>) -> i64 {
    i64::try_from(items.into_iter().count()).unwrap_or(i64::MAX)
}

/// The cockpit's figures, within the caller's sight.
#[utoipa::path(get, path = "/overview", tag = "overview", responses((status = OK, body = Overview)))]
pub(crate) async fn get_overview(State(ctx): State<Context>, access: Access) -> Result<Json<Overview>> {
    let (store, now) = (&ctx.app.store, ctx.now());
    let directory = ctx.directory().await?;
    let (sight, scope) = (access.sight(), access.store_scope(&directory));
    let seen = || directory.all().filter(|s| directory.sees(&sight, s.id)).collect();
    let stations = public::stations(&ctx, seen()).await?;
    let sections = public::sections(&ctx, seen()).await?;
    let outlets = SubjectQuery {
        scope: scope.clone(),
        kinds: SOURCES.to_vec(),
        ..SubjectQuery::default()
    };
    let outlets = store.count_subjects(&outlets, now).await?;
    let alarms = store.count_open_alarms(&scope).await?;
    let mut devices = DeviceQuery {
        scope,
        page: TOTAL,
        ..DeviceQuery::default()
    };
    let all = store.list_devices(&devices, now).await?.total;
    devices.states = vec![DeviceState::Pending];
    let pending = store.list_devices(&devices, now).await?.total;
    Ok(Json(Overview {
        time: now.into(),
        air: AirOverview {
            level_counts: (1..=6)
                .map(|level| LevelCount {
                    level,
                    figure: figure(
                        count(
                            stations
                                .iter()
                                .filter(|s| s.hour.as_ref().and_then(|h| h.level) == Some(level)),
                        ),
                        format!("/subjects?kind=air_station&level={level}"),
                    ),
                })
                .collect(),
            stations,
        },
        water: WaterOverview {
            class_counts: CLASSES
                .iter()
                .map(|class| ClassCount {
                    class: (*class).to_owned(),
                    figure: figure(
                        count(
                            sections.iter().filter(|s| {
                                s.latest.as_ref().and_then(|l| l.class.as_deref()) == Some(*class)
                            }),
                        ),
                        format!("/subjects?kind=water_section&class={class}"),
                    ),
                })
                .collect(),
            sections,
        },
        sources: sources(&outlets),
        alarms: open_alarms(&alarms),
        frames: frames(&ctx, &access, &sight).await?,
        devices: DevicesOverview {
            total: figure(all, "/devices"),
            pending: figure(pending, "/devices?state=pending"),
        },
    }))
}

fn sources(counts: &[SubjectCount]) -> SourcesOverview {
    let sum = |state: SubjectState| counts.iter().filter(|c| c.state == state).map(|c| c.total).sum();
    let of = |state: SubjectState| figure(sum(state), format!("{SOURCES_LIST}&state={}", state.name()));
    SourcesOverview {
        total: figure(counts.iter().map(|c| c.total).sum(), SOURCES_LIST),
        online: figure(
            counts.iter().map(|c| c.online).sum(),
            format!("{SOURCES_LIST}&online=true"),
        ),
        exceeding: of(SubjectState::Exceeding),
        warning: of(SubjectState::Warning),
        silent: of(SubjectState::Silent),
    }
}

fn open_alarms(counts: &[AlarmCount]) -> AlarmsOverview {
    const LIST: &str = "/alarms?state=open";
    let sum = |fits: &dyn Fn(&AlarmCount) -> bool| {
        counts
            .iter()
            .filter(|c| c.state == AlarmState::Open && fits(c))
            .map(|c| c.total)
            .sum()
    };
    AlarmsOverview {
        open: figure(sum(&|_| true), LIST),
        by_kind: AlarmKind::ALL
            .into_iter()
            .map(|kind| KindCount {
                kind,
                figure: figure(sum(&|c| c.kind == kind), format!("{LIST}&kind={}", kind.name())),
            })
            .collect(),
        by_grade: (1..=3)
            .map(|grade| GradeCount {
                grade,
                figure: figure(sum(&|c| c.grade == grade), format!("{LIST}&grade={grade}")),
            })
            .collect(),
    }
}

async fn frames(ctx: &Shared, access: &Access, sight: &Sight) -> Result<FramesOverview> {
    let now = ctx.now();
    let tally = ctx.app.store.frame_tally(now).await?;
    let quarantined_today = if access.may("quarantine.read") {
        let since = Grain::Day.start(now).unwrap_or(now);
        let query = QuarantineQuery {
            since: Some(since),
            page: TOTAL,
            ..QuarantineQuery::default()
        };
        let total = ctx.app.store.quarantine(&query).await?.total;
        // A plus sign in a query is a space.
        let from = since.to_rfc3339().replace('+', "%2B");
        Some(figure(total, format!("/quarantine?from={from}")))
    } else {
        None
    };
    Ok(FramesOverview {
        today: sight
            .is_all()
            .then_some(tally.stored + tally.duplicate + tally.quarantined),
        quarantined_today,
    })
}
