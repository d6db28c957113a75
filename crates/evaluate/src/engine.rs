//! The engine: takes due periods from the store, assesses them, writes what comes out. One turn is bounded; hours come
//! before days, so that a day is judged from hours that stand.
//!
//! An hour or a day that has not ended is left due, unless it is named as urgent because its value itself was sent.
//! Months and years are judged to date, once no day is waiting any more.

use std::collections::{BTreeSet, HashMap};

use model::ids::{JudgementId, SubjectCode, SubjectId};
use model::judged::JudgementKey;
use model::observation::{SeriesKey, Statistic};
use model::profile::LimitSpec;
use model::subject::SubjectKind;
use model::time::{Grain, UtcMs};
use store::dirty::{DuePeriod, Taken};
use store::judgements::NewJudgement;
use store::observations::{Change, SeriesQuery};
use store::{Store, StoreError};

use crate::limits::{DAYS_EXPECTED, GRACE_MS, TURN};
use crate::window::{Assessed, Made, Supervised, Window};
use crate::{day, hour, long};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// Evaluates one store by one profile's limits. One engine a store.
pub struct Engine {
    store: Store,
    limits: HashMap<SubjectCode, Vec<LimitSpec>>,
}

/// A judgement as it stands in the store now.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Row.
    pub id: JudgementId,
    /// Of which subject.
    pub subject: SubjectId,
    /// Whether it is new or says something else than before.
    pub changed: bool,
    /// What was made.
    pub made: Made,
}

/// What a turn led to.
#[derive(Clone, Debug, Default)]
pub struct Turn {
    /// Periods evaluated.
    pub periods: usize,
    /// Judgements in force.
    pub judged: Vec<Judged>,
    /// Derived values that are new or different.
    pub changes: Vec<Change>,
    /// Whether more periods are due than one turn takes.
    pub more: bool,
}

impl Engine {
    /// An engine with the limits of a profile.
    pub fn new(store: Store, limits: &[LimitSpec]) -> Self {
        let mut by_subject: HashMap<SubjectCode, Vec<LimitSpec>> = HashMap::new();
        for limit in limits {
            by_subject
                .entry(limit.subject.clone())
                .or_default()
                .push(limit.clone());
        }
        Self {
            store,
            limits: by_subject,
        }
    }

    /// One turn: due hours, then days, then months and years. `urgent` names periods whose own value was sent, ended or
    /// not.
    pub async fn turn(&self, urgent: &BTreeSet<DuePeriod>, now: UtcMs) -> Result<Turn, StoreError> {
        let mut turn = Turn::default();
        for grain in [Grain::Hour, Grain::Day, Grain::Month, Grain::Year] {
            // A month is not judged again and again while its days still come in.
            if turn.more && grain > Grain::Day {
                break;
            }
            let taken = self.due(grain, urgent, now).await?;
            turn.more |= taken.len() >= TURN;
            turn.periods += taken.len();
            self.evaluate(&taken, &mut turn, now).await?;
            if grain == Grain::Month {
                // The year is judged from days too, and a month's mean may stay as it was.
                self.store.mark_dirty(&years(&taken)).await?;
            }
            self.store.done(&taken).await?;
        }
        Ok(turn)
    }

    /// Makes ended days due that no value made due, so that a day of silence is judged too. `since` is what the last
    /// call returned: the first day that had not ended then.
    pub async fn expect_days(&self, since: Option<UtcMs>, now: UtcMs) -> Result<Option<UtcMs>, StoreError> {
        let today = Grain::Day.start(now.plus_ms(-GRACE_MS));
        let (Some(today), true) = (today, since != today) else {
            return Ok(since);
        };
        let mut days = Vec::new();
        let mut day = since.or_else(|| Grain::Day.start(today.plus_ms(-DAYS_EXPECTED * DAY_MS)));
        while let Some(start) = day.filter(|start| *start < today) {
            days.push(start);
            day = Grain::Day.next(start);
        }
        let mut due = Vec::new();
        for subject in self.store.subjects().await? {
            if matches!(
                subject.spec.kind,
                SubjectKind::AirStation | SubjectKind::WaterSection
            ) && self
                .keys(subject.id)
                .await?
                .iter()
                .any(|k| k.grain == Grain::Hour)
            {
                due.extend(days.iter().map(|start| DuePeriod {
                    grain: Grain::Day,
                    start: *start,
                    subject: subject.id,
                }));
            }
        }
        self.store.mark_dirty(&due).await?;
        Ok(Some(today))
    }

    /// Turns until nothing is due that has ended.
    pub async fn drain(&self, now: UtcMs, mut each: impl FnMut(&Turn)) -> Result<(), StoreError> {
        loop {
            let turn = self.turn(&BTreeSet::new(), now).await?;
            each(&turn);
            if turn.periods == 0 {
                return Ok(());
            }
        }
    }

    async fn due(
        &self,
        grain: Grain,
        urgent: &BTreeSet<DuePeriod>,
        now: UtcMs,
    ) -> Result<Vec<Taken>, StoreError> {
        let ended = match grain {
            Grain::Hour => now.plus_ms(-HOUR_MS - GRACE_MS),
            Grain::Day => now.plus_ms(-DAY_MS - GRACE_MS),
            _ => now,
        };
        let room = i64::try_from(TURN).unwrap_or(i64::MAX);
        let mut taken = self.store.take_dirty(grain, ended, room).await?;
        if urgent.iter().any(|p| p.grain == grain) {
            let all = self
                .store
                .take_dirty(grain, UtcMs(i64::MAX), store::limits::DIRTY_TAKEN)
                .await?;
            let known: BTreeSet<DuePeriod> = taken.iter().map(|t| t.period).collect();
            taken.extend(
                all.into_iter()
                    .filter(|t| urgent.contains(&t.period) && !known.contains(&t.period)),
            );
        }
        Ok(taken)
    }

    async fn evaluate(&self, taken: &[Taken], turn: &mut Turn, now: UtcMs) -> Result<(), StoreError> {
        let mut by_subject: HashMap<SubjectId, Vec<DuePeriod>> = HashMap::new();
        for t in taken {
            by_subject.entry(t.period.subject).or_default().push(t.period);
        }
        let mut derived = Vec::new();
        let mut made = Vec::new();
        for (subject, periods) in by_subject {
            let Some(who) = self.supervised(subject).await? else {
                continue;
            };
            let keys = self.keys(subject).await?;
            for period in periods {
                let assessed = self.assess(&who, &keys, period, now).await?;
                for trouble in &assessed.troubles {
                    tracing::debug!(subject = %who.subject.spec.code, %trouble, "not judged");
                }
                derived.extend(assessed.derived);
                made.extend(assessed.made.into_iter().map(|m| (subject, m)));
            }
        }
        turn.changes
            .extend(self.store.put_derived(derived, now).await?.changes);
        self.keep(made, turn, now).await
    }

    async fn supervised(&self, id: SubjectId) -> Result<Option<Supervised>, StoreError> {
        let subject = self.store.subject(id).await?;
        Ok(subject.map(|subject| {
            let limits = self.limits.get(&subject.spec.code).cloned().unwrap_or_default();
            Supervised { subject, limits }
        }))
    }

    /// The subject's own series that evaluation reads.
    async fn keys(&self, subject: SubjectId) -> Result<Vec<SeriesKey>, StoreError> {
        const READ: [Statistic; 5] = [
            Statistic::RTD,
            Statistic::AVG,
            Statistic::COU,
            Statistic::ZS_AVG,
            day::MDA8,
        ];
        let query = SeriesQuery {
            subject: Some(subject),
            ..SeriesQuery::default()
        };
        let all = self.store.list_series(&query).await?;
        Ok(all
            .into_iter()
            .map(|s| s.key)
            .filter(|k| k.subject == subject && READ.contains(&k.statistic))
            .collect())
    }

    async fn assess(
        &self,
        who: &Supervised,
        keys: &[SeriesKey],
        period: DuePeriod,
        now: UtcMs,
    ) -> Result<Assessed, StoreError> {
        let Some(end) = period.grain.next(period.start) else {
            return Ok(Assessed::default());
        };
        let wanted: Vec<SeriesKey> = keys
            .iter()
            .filter(|k| match period.grain {
                Grain::Hour => k.grain <= Grain::Hour,
                Grain::Month | Grain::Year => matches!(k.grain, Grain::Day | Grain::Month),
                _ => matches!(k.grain, Grain::Hour | Grain::Day),
            })
            .cloned()
            .collect();
        let values = self.store.ranges(&wanted, period.start, end).await?;
        let mut window = Window::new(wanted.into_iter().zip(values));
        Ok(match period.grain {
            Grain::Hour => hour::assess(who, &mut window, period.start),
            Grain::Month | Grain::Year => long::assess(who, &mut window, period.grain, period.start, now),
            _ => day::assess(who, &mut window, period.start),
        })
    }

    async fn keep(
        &self,
        made: Vec<(SubjectId, Made)>,
        turn: &mut Turn,
        now: UtcMs,
    ) -> Result<(), StoreError> {
        if made.is_empty() {
            return Ok(());
        }
        let new: Vec<NewJudgement> = made
            .iter()
            .map(|(subject, made)| stored(*subject, made))
            .collect();
        let put = self.store.put_judgements(&new, now).await?;
        turn.judged
            .extend(made.into_iter().zip(put).map(|((subject, made), put)| Judged {
                id: put.id,
                subject,
                changed: put.changed,
                made,
            }));
        Ok(())
    }
}

/// The years that months lie in.
fn years(months: &[Taken]) -> Vec<DuePeriod> {
    let years: BTreeSet<DuePeriod> = months
        .iter()
        .filter_map(|taken| {
            Some(DuePeriod {
                grain: Grain::Year,
                start: Grain::Year.start(taken.period.start)?,
                subject: taken.period.subject,
            })
        })
        .collect();
    years.into_iter().collect()
}

fn stored(subject: SubjectId, made: &Made) -> NewJudgement {
    let body = serde_json::to_value(&made.judgement).unwrap_or_default();
    let verdict = body
        .get("verdict")
        .and_then(serde_json::Value::as_str)
        .unwrap_or("undecided")
        .to_owned();
    NewJudgement {
        key: JudgementKey {
            topic: made.judgement.topic.clone(),
            subject,
            factor: made.factor.clone(),
            grain: made.grain,
            time: made.time,
            edition: made.edition.clone(),
        },
        verdict,
        value: made.judgement.value.clone(),
        body,
    }
}
