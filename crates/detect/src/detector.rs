//! Records what the rules find: after each judgement, after each batch of values, and in a regular sweep for silences and
//! constant values.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use model::alarm::{Alarm, AlarmKind, Finding};
use model::ids::{Factor, SubjectCode, SubjectId};
use model::observation::{SeriesKey, Statistic};
use model::profile::LimitSpec;
use model::time::{Grain, UtcMs};
use store::alarms::{AlarmKey, Recorded};
use store::observations::Change;
use store::{Store, StoreError};

use crate::policy::Policy;
use crate::rules::{self, Verdict};

/// A real-time condition older than this is history: it raises no warning, the judged period will tell.
const FRESH_MS: i64 = 2 * 3_600_000;

/// Detection over one store.
pub struct Detector {
    store: Store,
    policy: Policy,
    limits: HashMap<SubjectCode, Vec<LimitSpec>>,
    codes: HashMap<SubjectId, SubjectCode>,
}

impl Detector {
    /// A detector with the limits of a profile.
    pub fn new(store: Store, policy: Policy, limits: &[LimitSpec]) -> Self {
        let mut by_subject: HashMap<SubjectCode, Vec<LimitSpec>> = HashMap::new();
        for limit in limits {
            by_subject
                .entry(limit.subject.clone())
                .or_default()
                .push(limit.clone());
        }
        Self {
            store,
            policy,
            limits: by_subject,
            codes: HashMap::new(),
        }
    }

    /// Comparisons with legal limits: exceedances raise or extend an alarm, others take back what had been found of the
    /// same period and clear what had been active before it. The alarms that are new or different.
    pub async fn judged(&self, verdicts: &[Verdict], now: UtcMs) -> Result<Vec<Alarm>, StoreError> {
        let mut touched = Vec::new();
        for verdict in verdicts {
            if let Some(finding) = rules::exceedance(verdict, &self.policy) {
                let recent = now.0 - verdict.time.0 <= self.policy.merge_gap_ms(Some(verdict.grain));
                touched.extend(self.record(&finding, recent, now).await?);
                continue;
            }
            let key = AlarmKey {
                kind: AlarmKind::Exceedance,
                subject: verdict.subject,
                factor: Some(verdict.factor.clone()),
                grain: Some(verdict.grain),
            };
            touched.extend(self.store.withdraw_finding(&key, verdict.time, now).await?);
            touched.extend(self.clear_before(&key, verdict.time, now).await?);
        }
        Ok(touched)
    }

    /// New values: real-time and minute values beyond a limit are warnings. Of one batch each series' worst value counts.
    pub async fn values(&mut self, changes: &[Change], now: UtcMs) -> Result<Vec<Alarm>, StoreError> {
        let mut worst: BTreeMap<SeriesKey, Finding> = BTreeMap::new();
        let mut within: BTreeMap<SeriesKey, UtcMs> = BTreeMap::new();
        for change in changes {
            let key = &change.series.key;
            if !matches!(key.grain, Grain::Realtime | Grain::Minute) {
                continue;
            }
            let Some(spec) = self.limit_of(key).await? else {
                continue;
            };
            if now.0 - change.observation.time.0 > FRESH_MS {
                continue;
            }
            let found = rules::warning(key.subject, &change.observation, &spec, &self.policy);
            if let Some(finding) = found {
                let beyond = worst
                    .get(key)
                    .is_none_or(|known| finding.multiple > known.multiple);
                if beyond {
                    worst.insert(key.clone(), finding);
                }
            } else {
                let newest = within.entry(key.clone()).or_insert(change.observation.time);
                *newest = (*newest).max(change.observation.time);
            }
        }
        let mut touched = Vec::new();
        for finding in worst.values() {
            touched.extend(self.record(finding, true, now).await?);
        }
        let patience = self.policy.warning.clears_min.saturating_mul(60_000);
        for (key, time) in within.into_iter().filter(|(key, _)| !worst.contains_key(key)) {
            let key = AlarmKey {
                kind: AlarmKind::Warning,
                subject: key.subject,
                factor: Some(key.factor),
                grain: Some(Grain::Realtime),
            };
            touched.extend(self.clear_before(&key, time.plus_ms(-patience), now).await?);
        }
        Ok(touched)
    }

    /// Silent devices, devices that speak again, and constant values of the subjects that have limits.
    pub async fn sweep(&mut self, now: UtcMs) -> Result<Vec<Alarm>, StoreError> {
        let mut touched = Vec::new();
        let mut heard: BTreeSet<SubjectId> = BTreeSet::new();
        let mut quiet: BTreeMap<SubjectId, Finding> = BTreeMap::new();
        for row in self.store.applying_devices(now).await? {
            let (Some(subject), Some(last)) = (row.device.subject, row.device.last_seen) else {
                continue;
            };
            match rules::silence(subject, last, row.silence_ms, now, &self.policy) {
                None => {
                    heard.insert(subject);
                }
                Some(finding) => {
                    quiet.insert(subject, finding);
                }
            }
        }
        for (subject, finding) in &quiet {
            // A subject with two devices is silent only when both are.
            if !heard.contains(subject) {
                touched.extend(self.record(finding, true, now).await?);
            }
        }
        for subject in heard {
            let key = AlarmKey {
                kind: AlarmKind::Silence,
                subject,
                factor: None,
                grain: None,
            };
            touched.extend(self.clear(&key, now).await?);
        }
        touched.extend(self.constants(now).await?);
        Ok(touched)
    }

    async fn constants(&mut self, now: UtcMs) -> Result<Vec<Alarm>, StoreError> {
        let hours = i64::try_from(self.policy.constant.hours).unwrap_or(i64::MAX);
        let from = now.plus_ms(-(hours + 3).saturating_mul(3_600_000));
        let mut touched = Vec::new();
        let limits: Vec<(SubjectCode, Factor)> = self
            .limits
            .values()
            .flatten()
            .map(|l| (l.subject.clone(), l.factor.clone()))
            .collect();
        for (code, factor) in limits {
            let Some(subject) = self.store.subject_by_code(&code).await? else {
                continue;
            };
            let series = SeriesKey {
                subject: subject.id,
                factor: factor.clone(),
                grain: Grain::Hour,
                statistic: Statistic::AVG,
            };
            let mut values = self
                .store
                .ranges(std::slice::from_ref(&series), from, now)
                .await?;
            let values = values.pop().unwrap_or_default();
            let key = AlarmKey {
                kind: AlarmKind::Constant,
                subject: subject.id,
                factor: Some(factor.clone()),
                grain: Some(Grain::Hour),
            };
            match rules::constant(subject.id, &factor, &values, &self.policy) {
                Some(finding) => touched.extend(self.record(&finding, true, now).await?),
                None if !values.is_empty() => touched.extend(self.clear(&key, now).await?),
                None => {}
            }
        }
        Ok(touched)
    }

    async fn record(&self, finding: &Finding, holds: bool, now: UtcMs) -> Result<Option<Alarm>, StoreError> {
        let gap = match finding.kind {
            // One silence, however long, is one event: its time is when the device was heard last.
            AlarmKind::Silence | AlarmKind::Constant => 3_600_000,
            AlarmKind::Exceedance | AlarmKind::Warning => self.policy.merge_gap_ms(finding.grain),
        };
        let (alarm, what) = self.store.record_finding(finding, gap, holds, now).await?;
        Ok((what != Recorded::Unchanged).then_some(alarm))
    }

    /// Clears alarms whose last occurrence lies before an instant at which the condition no longer held.
    async fn clear_before(&self, key: &AlarmKey, time: UtcMs, now: UtcMs) -> Result<Vec<Alarm>, StoreError> {
        let active = self.store.active_alarms(key).await?;
        if active.iter().any(|alarm| alarm.last_time < time) {
            return self.store.clear_alarms(key, now).await;
        }
        Ok(Vec::new())
    }

    async fn clear(&self, key: &AlarmKey, now: UtcMs) -> Result<Vec<Alarm>, StoreError> {
        if self.store.active_alarms(key).await?.is_empty() {
            return Ok(Vec::new());
        }
        self.store.clear_alarms(key, now).await
    }

    /// The limit a real-time or minute series is compared with early.
    async fn limit_of(&mut self, key: &SeriesKey) -> Result<Option<LimitSpec>, StoreError> {
        if !self.codes.contains_key(&key.subject) {
            let Some(subject) = self.store.subject(key.subject).await? else {
                return Ok(None);
            };
            self.codes.insert(key.subject, subject.spec.code);
        }
        let limits = self
            .codes
            .get(&key.subject)
            .and_then(|code| self.limits.get(code));
        Ok(limits.and_then(|limits| {
            limits
                .iter()
                .find(|l| l.factor == key.factor && rules::early_statistic(l, key.grain) == key.statistic)
                .cloned()
        }))
    }
}
