//! The one value that stands for a subject: a station's AQI, a section's class, an outlet's value nearest to (or
//! furthest beyond) its limit.

use std::collections::HashMap;

use model::ids::{Factor, SubjectId};
use model::judged::StoredJudgement;
use model::observation::{Latest, Statistic};
use model::profile::{LimitSpec, Profile};
use model::subject::{Subject, SubjectKind};
use model::time::{Grain, UtcMs};
use rust_decimal::Decimal;

use super::public::{self, AQI_HOUR, SECTION_CLASS};
use crate::dto::subjects::Headline;
use crate::error::Result;
use crate::names;
use crate::state::Shared;
use crate::views;

/// What headlines are chosen from, for some subjects.
pub(super) struct Headlines {
    latest: HashMap<SubjectId, Vec<Latest>>,
    judgements: HashMap<SubjectId, StoredJudgement>,
}

impl Headlines {
    pub(super) async fn load(ctx: &Shared, subjects: &[(SubjectId, SubjectKind)]) -> Result<Self> {
        let mut latest: HashMap<SubjectId, Vec<Latest>> = HashMap::new();
        let valued: Vec<SubjectId> = subjects
            .iter()
            .filter(|(_, kind)| {
                !matches!(
                    kind,
                    SubjectKind::AirStation | SubjectKind::WaterSection | SubjectKind::Firm
                )
            })
            .map(|(id, _)| *id)
            .collect();
        for value in ctx.app.store.latest_of_subjects(&valued).await? {
            latest.entry(value.series.key.subject).or_default().push(value);
        }
        let mut judgements = HashMap::new();
        for (kind, topic) in [
            (SubjectKind::AirStation, AQI_HOUR),
            (SubjectKind::WaterSection, SECTION_CLASS),
        ] {
            let ids: Vec<SubjectId> = subjects
                .iter()
                .filter(|(_, k)| *k == kind)
                .map(|(id, _)| *id)
                .collect();
            if !ids.is_empty() {
                judgements.extend(public::newest(ctx, &ids, topic).await?);
            }
        }
        Ok(Self { latest, judgements })
    }

    pub(super) fn of(&self, profile: &Profile, subject: &Subject) -> Option<Headline> {
        match subject.spec.kind {
            SubjectKind::AirStation => self.judgements.get(&subject.id).map(air),
            SubjectKind::WaterSection => self.judgements.get(&subject.id).map(water),
            _ => value(profile, subject, self.latest.get(&subject.id)?),
        }
    }
}

pub(super) fn air(judgement: &StoredJudgement) -> Headline {
    let view = public::aqi(judgement);
    Headline {
        factor: None,
        label: "AQI".to_owned(),
        label_en: "AQI".to_owned(),
        value: view.aqi.map(|aqi| aqi.to_string()),
        unit: String::new(),
        limit: None,
        class: None,
        aqi: view.aqi,
        level: view.level,
        time: Some(view.time),
    }
}

pub(super) fn water(judgement: &StoredJudgement) -> Headline {
    let view = public::class(judgement, None);
    Headline {
        factor: None,
        label: "水质类别".to_owned(),
        label_en: "Class".to_owned(),
        value: view.class.clone(),
        unit: String::new(),
        limit: view.target,
        class: view.class,
        aqi: None,
        level: None,
        time: Some(view.time),
    }
}

/// The newest value of a limited factor that comes nearest to its limit; without limits, the newest value at all.
fn value(profile: &Profile, subject: &Subject, latest: &[Latest]) -> Option<Headline> {
    let limits = profile
        .limits
        .iter()
        .filter(|limit| limit.subject == subject.spec.code);
    let nearest = limits
        .filter_map(|limit| {
            let found = newest_like(latest, limit)?;
            Some((share(found.observation.value?, limit)?, found, limit))
        })
        .max_by_key(|(share, ..)| *share);
    if let Some((_, found, limit)) = nearest {
        return Some(headline(subject, found, Some(limit)));
    }
    let newest = latest
        .iter()
        .filter(|l| l.observation.value.is_some())
        .max_by_key(|l| (l.observation.time, std::cmp::Reverse(&l.series.key.factor)))?;
    Some(headline(subject, newest, None))
}

/// The judged value that comes nearest to its limit, or lies furthest beyond it.
pub(super) fn judged(
    profile: &Profile,
    subject: &Subject,
    judgements: &[StoredJudgement],
) -> Option<Headline> {
    let nearest = judgements.iter().filter_map(|judgement| {
        let key = &judgement.key;
        let limit = profile.limits.iter().find(|l| {
            l.subject == subject.spec.code && Some(&l.factor) == key.factor.as_ref() && l.grain == key.grain
        })?;
        let value: Decimal = judgement.value.as_ref()?.parse().ok()?;
        Some((share(value, limit)?, value, limit, key.time))
    });
    let (_, value, limit, time) = nearest.max_by_key(|(share, ..)| *share)?;
    Some(of_limit(
        subject,
        (&limit.factor, &limit.statistic),
        Some(value),
        time,
        Some(limit),
    ))
}

/// How far a value is towards its limit, 1 at the limit. Between two bounds (pH) there is no near or far: 0, or above 1
/// outside of them.
fn share(value: Decimal, limit: &LimitSpec) -> Option<Decimal> {
    if let Some(min) = limit.min {
        let outside = value < min || limit.max.is_some_and(|max| value > max);
        return Some(if outside { Decimal::from(2) } else { Decimal::ZERO });
    }
    value.checked_div(limit.max.filter(|max| !max.is_zero())?)
}

/// The newest value of a limit's factor in any period length: converted values for a limit on converted ones.
fn newest_like<'a>(latest: &'a [Latest], limit: &LimitSpec) -> Option<&'a Latest> {
    let momentary = if limit.statistic == Statistic::ZS_AVG {
        Statistic::ZS_RTD
    } else {
        Statistic::RTD
    };
    latest
        .iter()
        .filter(|l| {
            let key = &l.series.key;
            key.factor == limit.factor
                && l.observation.value.is_some()
                && (key.statistic == limit.statistic || key.statistic == momentary)
        })
        .max_by_key(|l| (l.observation.time, l.series.key.grain == Grain::Realtime))
}

fn headline(subject: &Subject, latest: &Latest, limit: Option<&LimitSpec>) -> Headline {
    let (key, found) = (&latest.series.key, &latest.observation);
    of_limit(
        subject,
        (&key.factor, &key.statistic),
        found.value,
        found.time,
        limit,
    )
}

fn of_limit(
    subject: &Subject,
    (factor, statistic): (&Factor, &Statistic),
    value: Option<Decimal>,
    time: UtcMs,
    limit: Option<&LimitSpec>,
) -> Headline {
    let name = names::factor(factor.as_str(), Some(subject.spec.kind));
    let converted = matches!(statistic.as_str(), "ZsAvg" | "ZsRtd");
    let (zh, en) = if converted {
        (" 折算", " converted")
    } else {
        ("", "")
    };
    Headline {
        factor: Some(factor.0.clone()),
        label: format!("{}{zh}", name.zh),
        label_en: format!("{}{en}", name.en),
        value: value.map(views::decimal),
        unit: limit.map_or(name.unit, |l| l.unit.clone()),
        limit: limit.and_then(|l| l.max).map(|max: Decimal| views::decimal(max)),
        class: None,
        aqi: None,
        level: None,
        time: Some(time.into()),
    }
}
