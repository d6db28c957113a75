//! The way from applied values to judgements, alarms and the live channel: one task, bounded, in order.
//!
//! What it does can be done again: due periods and alarms live in the store. A failure is tried again with the next tick;
//! nothing waits for it but the applier, and that only when the channel between them is full.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use detect::detector::Detector;
use detect::rules::Verdict;
use evaluate::engine::{Engine, Judged, Turn};
use model::alarm::Alarm;
use model::ids::SubjectId;
use model::observation::Origin;
use model::time::{Clock, Grain};
use server::live::{Event, Hub, LiveValue};
use store::StoreError;
use store::apply::ApplyOutcome;
use store::dirty::DuePeriod;
use store::observations::Change;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior, interval};

/// Outcomes that may wait for this task; beyond it the applier waits, and the raw log absorbs.
pub(crate) const OUTCOMES_WAITING: usize = 16;

/// How often due periods are looked for when nothing urgent came.
const TICK: Duration = Duration::from_secs(2);

/// How often silences and constant values are looked for.
const SWEEP: Duration = Duration::from_secs(20);

/// Turns of the engine in one go, so that outcomes are not kept waiting by a long backlog.
const TURNS_IN_A_ROW: usize = 4;

/// Values of one subject told to listeners at once: every factor and statistic of a large outlet.
const LIVE_VALUES: usize = 200;

/// The task and what it works with.
pub(crate) struct Pipeline {
    /// Judges periods.
    pub engine: Engine,
    /// Finds alarms.
    pub detector: Detector,
    /// Tells listeners.
    pub live: Hub,
    /// The present.
    pub clock: Arc<dyn Clock>,
}

impl Pipeline {
    /// Runs until the applier has ended and all it sent is worked off.
    pub(crate) async fn run(
        mut self,
        mut outcomes: mpsc::Receiver<ApplyOutcome>,
        shutdown: watch::Receiver<bool>,
    ) {
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut swept: Option<Instant> = None;
        let mut expected = None;
        let mut urgent = BTreeSet::new();
        loop {
            let outcome = tokio::select! {
                outcome = outcomes.recv() => match outcome {
                    Some(outcome) => Some(outcome),
                    None => return,
                },
                _ = tick.tick() => None,
            };
            if let Some(outcome) = outcome {
                urgent.extend(urgent_periods(&outcome.written.changes));
                if let Err(error) = self.applied(outcome).await {
                    tracing::error!(%error, "warnings could not be recorded");
                }
                if urgent.is_empty() {
                    continue;
                }
            }
            match self.engine.expect_days(expected, self.clock.now()).await {
                Ok(day) => expected = day,
                Err(error) => tracing::error!(%error, "days without values could not be made due"),
            }
            match self.turns(&urgent).await {
                Ok(()) => urgent.clear(),
                Err(error) => tracing::error!(%error, "periods could not be judged; they stay due"),
            }
            if !*shutdown.borrow() && swept.is_none_or(|at| at.elapsed() >= SWEEP) {
                swept = Some(Instant::now());
                let now = self.clock.now();
                match self.detector.sweep(now).await {
                    Ok(alarms) => self.tell_alarms(alarms),
                    Err(error) => tracing::error!(%error, "silences could not be looked for"),
                }
            }
        }
    }

    /// Tells what was applied, and raises warnings of values beyond a limit.
    async fn applied(&mut self, outcome: ApplyOutcome) -> Result<(), StoreError> {
        self.tell_values(&outcome.written.changes);
        for device in outcome.new_devices {
            self.live.publish(Event::Device(Box::new(device)));
        }
        if outcome.stored + outcome.quarantined > 0 {
            self.live.publish(Event::Counts);
        }
        let now = self.clock.now();
        let alarms = self.detector.values(&outcome.written.changes, now).await?;
        self.tell_alarms(alarms);
        Ok(())
    }

    async fn turns(&mut self, urgent: &BTreeSet<DuePeriod>) -> Result<(), StoreError> {
        let mut urgent = urgent.clone();
        for _ in 0..TURNS_IN_A_ROW {
            let now = self.clock.now();
            let turn = self.engine.turn(&urgent, now).await?;
            let more = turn.more;
            self.turned(turn).await?;
            if !more {
                break;
            }
            urgent.clear();
        }
        Ok(())
    }

    async fn turned(&mut self, turn: Turn) -> Result<(), StoreError> {
        if turn.periods == 0 {
            return Ok(());
        }
        self.tell_values(&turn.changes);
        let verdicts: Vec<Verdict> = turn
            .judged
            .iter()
            .filter(|j| j.changed)
            .filter_map(verdict)
            .collect();
        let now = self.clock.now();
        let alarms = self.detector.judged(&verdicts, now).await?;
        self.tell_alarms(alarms);
        self.live.publish(Event::Counts);
        Ok(())
    }

    fn tell_alarms(&self, alarms: Vec<Alarm>) {
        if alarms.is_empty() {
            return;
        }
        for alarm in alarms {
            self.live.publish(Event::Alarm(Box::new(alarm)));
        }
        self.live.publish(Event::Counts);
    }

    fn tell_values(&self, changes: &[Change]) {
        if self.live.listeners() == 0 {
            return;
        }
        let mut by_subject: BTreeMap<SubjectId, Vec<LiveValue>> = BTreeMap::new();
        for change in changes
            .iter()
            .filter(|c| c.series.key.grain <= Grain::Hour && c.observation.text.is_none())
        {
            let values = by_subject.entry(change.series.key.subject).or_default();
            if values.len() < LIVE_VALUES {
                values.push(LiveValue {
                    factor: change.series.key.factor.clone(),
                    statistic: change.series.key.statistic.clone(),
                    value: change.observation.value,
                    time: change.observation.time,
                    flag: change.observation.flag.clone(),
                });
            }
        }
        for (subject, items) in by_subject {
            self.live.publish(Event::Values { subject, items });
        }
    }
}

/// Periods whose own value was sent: they are judged at once, ended or not.
fn urgent_periods(changes: &[Change]) -> impl Iterator<Item = DuePeriod> {
    changes
        .iter()
        .filter(|c| {
            matches!(c.series.key.grain, Grain::Hour | Grain::Day) && c.observation.origin != Origin::Derived
        })
        .map(|c| DuePeriod {
            grain: c.series.key.grain,
            start: c.observation.time,
            subject: c.series.key.subject,
        })
}

/// A judgement that compares with a limit, as detection wants it.
fn verdict(judged: &Judged) -> Option<Verdict> {
    let compared = judged.made.compared.as_ref()?;
    Some(Verdict {
        subject: judged.subject,
        factor: judged.made.factor.clone()?,
        grain: judged.made.grain,
        time: judged.made.time,
        value: compared.value,
        limit: compared.limit,
        multiple: compared.multiple,
        exceeded: compared.exceeded,
        judgement: judged.id,
    })
}
