//! The rules, pure: what is found in values, hours and arrivals.

use model::alarm::{AlarmKind, Finding};
use model::ids::{Factor, JudgementId, SubjectId};
use model::observation::{Observation, Statistic};
use model::profile::LimitSpec;
use model::time::{Grain, UtcMs};
use rust_decimal::Decimal;

use crate::policy::Policy;

/// A value compared with its legal limit, as evaluation found it.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Of which subject.
    pub subject: SubjectId,
    /// Of which factor.
    pub factor: Factor,
    /// Period judged.
    pub grain: Grain,
    /// Its start.
    pub time: UtcMs,
    /// The value.
    pub value: Decimal,
    /// The limit.
    pub limit: Option<Decimal>,
    /// (value − limit) / limit
    pub multiple: Option<Decimal>,
    /// Beyond the limit.
    pub exceeded: bool,
    /// The judgement that explains it.
    pub judgement: JudgementId,
}

/// 超标: a legal period beyond its limit.
pub fn exceedance(verdict: &Verdict, policy: &Policy) -> Option<Finding> {
    verdict.exceeded.then(|| Finding {
        kind: AlarmKind::Exceedance,
        subject: verdict.subject,
        factor: Some(verdict.factor.clone()),
        grain: Some(verdict.grain),
        time: verdict.time,
        grade: policy.grade(verdict.multiple),
        value: Some(verdict.value),
        limit: verdict.limit,
        multiple: verdict.multiple,
        judgement: Some(verdict.judgement),
    })
}

/// Which real-time statistic stands for the legal one: converted where the limit is for converted values.
pub fn early_statistic(spec: &LimitSpec, grain: Grain) -> Statistic {
    let converted = spec.statistic == Statistic::ZS_AVG;
    match (grain, converted) {
        (Grain::Realtime, true) => Statistic::ZS_RTD,
        (Grain::Realtime, false) => Statistic::RTD,
        (_, true) => Statistic::ZS_AVG,
        (_, false) => Statistic::AVG,
    }
}

/// 实时预警: a real-time or minute value beyond the limit of a longer period; not a legal finding. Values with an
/// abnormal flag say nothing.
pub fn warning(
    subject: SubjectId,
    value: &Observation,
    spec: &LimitSpec,
    policy: &Policy,
) -> Option<Finding> {
    if !matches!(value.flag.as_deref(), None | Some("" | "N" | "n")) {
        return None;
    }
    let found = value.value?;
    let limit = spec
        .max
        .filter(|max| found > *max)
        .or_else(|| spec.min.filter(|min| found < *min))?;
    let multiple = spec
        .max
        .filter(|max| found > *max && spec.min.is_none())
        .and_then(|max| found.checked_sub(max)?.checked_div(max))
        .map(|m| m.round_dp(4).normalize());
    Some(Finding {
        kind: AlarmKind::Warning,
        subject,
        factor: Some(spec.factor.clone()),
        // Real-time and minute values of one event make one warning.
        grain: Some(Grain::Realtime),
        time: value.time,
        // A warning is never the gravest: the legal period has not been judged.
        grade: policy.grade(multiple).max(2),
        value: Some(found),
        limit: Some(limit),
        multiple,
        judgement: None,
    })
}

/// 断线: nothing heard for longer than the device may be silent.
pub fn silence(
    subject: SubjectId,
    last_seen: UtcMs,
    silence_ms: i64,
    now: UtcMs,
    policy: &Policy,
) -> Option<Finding> {
    let quiet = now.0.saturating_sub(last_seen.0);
    if quiet <= silence_ms {
        return None;
    }
    let serious = quiet > policy.silence.serious_after_min.saturating_mul(60_000);
    Some(Finding {
        kind: AlarmKind::Silence,
        subject,
        factor: None,
        grain: None,
        time: last_seen,
        grade: if serious {
            policy.silence.serious_grade
        } else {
            policy.silence.grade
        },
        value: None,
        limit: None,
        multiple: None,
        judgement: None,
    })
}

/// 恒值: the same value, above zero, in so many hours in a row. `hours` are in order of time; an hour that is missing or
/// has no value breaks the run. The finding's time is the start of the newest run that is long enough.
pub fn constant(
    subject: SubjectId,
    factor: &Factor,
    hours: &[Observation],
    policy: &Policy,
) -> Option<Finding> {
    let mut run: Vec<&Observation> = Vec::new();
    let mut found = None;
    for hour in hours {
        let goes_on = run.last().is_some_and(|last| {
            hour.value.is_some_and(|v| v > Decimal::ZERO)
                && last.value == hour.value
                && Grain::Hour.next(last.time) == Some(hour.time)
        });
        if !goes_on {
            run.clear();
        }
        run.push(hour);
        if run.len() >= policy.constant.hours && goes_on {
            found = run.first().map(|first| (first.time, hour.value));
        }
    }
    let (time, value) = found?;
    Some(Finding {
        kind: AlarmKind::Constant,
        subject,
        factor: Some(factor.clone()),
        grain: Some(Grain::Hour),
        time,
        grade: policy.constant.grade,
        value,
        limit: None,
        multiple: None,
        judgement: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::observation::Origin;

    fn hour(n: i64, value: &str) -> Observation {
        Observation {
            time: UtcMs(n * 3_600_000),
            value: value.parse().ok(),
            text: None,
            flag: Some("N".to_owned()),
            origin: Origin::Uploaded,
            revision: 1,
        }
    }

    #[test]
    fn six_equal_hours_in_a_row_are_constant_and_a_gap_breaks_them() {
        let policy = Policy::built_in().unwrap();
        let factor = Factor::new("a21026");
        let six: Vec<_> = (0..6).map(|n| hour(n, "12.3")).collect();
        assert_eq!(
            constant(SubjectId(1), &factor, &six, &policy).unwrap().time,
            UtcMs(0)
        );
        assert_eq!(constant(SubjectId(1), &factor, &six[1..], &policy), None);
        let gap: Vec<_> = (0..7).filter(|n| *n != 3).map(|n| hour(n, "12.3")).collect();
        assert_eq!(constant(SubjectId(1), &factor, &gap, &policy), None);
        let zero: Vec<_> = (0..9).map(|n| hour(n, "0")).collect();
        assert_eq!(constant(SubjectId(1), &factor, &zero, &policy), None);
    }

    #[test]
    fn grades_follow_the_multiple() {
        let policy = Policy::built_in().unwrap();
        let grade = |m: &str| policy.grade(m.parse().ok());
        assert_eq!(
            (
                grade("1"),
                grade("0.99"),
                grade("0.2"),
                grade("0.19"),
                policy.grade(None)
            ),
            (1, 2, 2, 3, 3)
        );
    }

    #[test]
    fn silence_begins_after_its_time() {
        let policy = Policy::built_in().unwrap();
        let at = |ms| silence(SubjectId(1), UtcMs(0), 1000, UtcMs(ms), &policy).map(|f| f.grade);
        assert_eq!((at(1000), at(1001), at(361 * 60_000)), (None, Some(3), Some(2)));
    }
}
