//! From rows of the store to the shapes that travel: names, units and limits are put beside the figures here.

use model::alarm::Alarm;
use model::ids::{Factor, SubjectCode};
use model::observation::{Latest, Observation, Series};
use model::profile::{LimitSpec, Profile};
use model::subject::SubjectKind;
use rust_decimal::Decimal;
use store::devices::DeviceRow;

use crate::directory::Directory;
use crate::dto::alarms::AlarmView;
use crate::dto::devices::DeviceView;
use crate::dto::observations::{ObservationView, SeriesView};
use crate::dto::subjects::{LatestValue, LimitView};
use crate::names;

/// A decimal as it travels: as sent, without an exponent.
pub(crate) fn decimal(value: Decimal) -> String {
    value.to_string()
}

/// The profile's limit of a factor, period length and statistic.
pub(crate) fn limit_of<'a>(
    profile: &'a Profile,
    subject: &SubjectCode,
    series: &Series,
) -> Option<&'a LimitSpec> {
    let key = &series.key;
    profile.limits.iter().find(|limit| {
        limit.subject == *subject
            && limit.factor == key.factor
            && limit.grain == key.grain
            && limit.statistic == key.statistic
    })
}

/// Whether a value is beyond a limit, compared exactly; `None` where there is nothing to compare.
pub(crate) fn exceeds(value: Option<Decimal>, limit: &LimitSpec) -> Option<bool> {
    let value = value?;
    if limit.max.is_none() && limit.min.is_none() {
        return None;
    }
    Some(limit.max.is_some_and(|max| value > max) || limit.min.is_some_and(|min| value < min))
}

fn kind_of(directory: &Directory, series: &Series) -> Option<SubjectKind> {
    directory.get(series.key.subject).map(|s| s.spec.kind)
}

pub(crate) fn series(directory: &Directory, series: &Series) -> SeriesView {
    let key = &series.key;
    let name = names::factor(key.factor.as_str(), kind_of(directory, series));
    let unit = name.unit_of(&key.statistic);
    SeriesView {
        id: series.id.0,
        subject: key.subject,
        factor: key.factor.clone(),
        grain: key.grain,
        statistic: key.statistic.clone(),
        unit,
        name_zh: name.zh,
        name_en: name.en,
    }
}

pub(crate) fn observation(o: Observation) -> ObservationView {
    ObservationView {
        time: o.time.into(),
        value: o.value.map(decimal),
        text: o.text,
        flag: o.flag,
        origin: o.origin,
        revision: o.revision,
    }
}

pub(crate) fn latest(profile: &Profile, directory: &Directory, latest: Latest) -> LatestValue {
    let key = latest.series.key.clone();
    let subject = directory.get(key.subject);
    let limit = subject.and_then(|s| limit_of(profile, &s.spec.code, &latest.series));
    let name = names::factor(key.factor.as_str(), subject.map(|s| s.spec.kind));
    let unit = limit.map_or_else(|| name.unit_of(&key.statistic), |l| l.unit.clone());
    let o = latest.observation;
    LatestValue {
        series: latest.series.id.0,
        factor: key.factor.0,
        name_zh: name.zh,
        name_en: name.en,
        unit,
        statistic: key.statistic,
        grain: key.grain,
        limit: limit.and_then(|l| l.max.or(l.min)).map(decimal),
        exceed: limit.and_then(|l| exceeds(o.value, l)),
        value: o.value.map(decimal),
        text: o.text,
        flag: o.flag,
        time: o.time.into(),
    }
}

pub(crate) fn limit(spec: &LimitSpec) -> LimitView {
    let name = names::factor(spec.factor.as_str(), None);
    LimitView {
        factor: spec.factor.0.clone(),
        name_zh: name.zh,
        name_en: name.en,
        grain: spec.grain,
        statistic: spec.statistic.clone(),
        max: spec.max.map(decimal),
        min: spec.min.map(decimal),
        unit: spec.unit.clone(),
        o2_ref: spec.o2_ref.map(decimal),
        standard: spec.standard.clone(),
        edition: spec.edition.clone(),
        clause: spec.clause.clone(),
        reason: spec.reason.clone(),
        confidence: spec.confidence.clone(),
    }
}

pub(crate) fn device(directory: &Directory, row: DeviceRow) -> DeviceView {
    let device = row.device;
    DeviceView {
        mn: device.mn.0,
        state: device.state,
        subject: device.subject.and_then(|id| directory.reference(id)),
        st: device.st,
        first_seen: device.first_seen.map(Into::into),
        last_seen: device.last_seen.map(Into::into),
        frames: device.frames,
        demo: device.demo,
        online: row.online,
    }
}

pub(crate) fn alarm(profile: &Profile, directory: &Directory, alarm: Alarm) -> AlarmView {
    let subject = directory.get(alarm.subject);
    let name = |factor: &Factor| names::factor(factor.as_str(), subject.map(|s| s.spec.kind));
    let limit = subject.and_then(|s| {
        profile.limits.iter().find(|l| {
            l.subject == s.spec.code
                && Some(&l.factor) == alarm.factor.as_ref()
                && Some(l.grain) == alarm.grain
        })
    });
    let factor_name = alarm.factor.as_ref().map(name);
    AlarmView {
        id: alarm.id,
        kind: alarm.kind,
        state: alarm.state,
        subject: alarm.subject,
        subject_name: directory.name(alarm.subject),
        subject_name_en: subject.map(|s| s.spec.en.clone()).unwrap_or_default(),
        unit: limit.map(|l| l.unit.clone()).or_else(|| {
            factor_name
                .as_ref()
                .map(|n| n.unit.clone())
                .filter(|u| !u.is_empty())
        }),
        factor_name: factor_name.as_ref().map(|n| n.zh.clone()),
        factor_name_en: factor_name.map(|n| n.en),
        factor: alarm.factor,
        grain: alarm.grain,
        grade: alarm.grade,
        first_time: alarm.first_time.into(),
        last_time: alarm.last_time.into(),
        occurrences: alarm.occurrences,
        active: alarm.active,
        value: alarm.value.map(decimal),
        limit: alarm.limit.map(decimal),
        multiple: alarm.multiple.map(decimal),
        judgement: alarm.judgement,
        raised_at: alarm.raised_at.into(),
        closed_at: alarm.closed_at.map(Into::into),
        close_reason: alarm.close_reason,
        demo: alarm.demo,
    }
}
