//! The values a period is judged from, and what came of judging it.

use std::collections::BTreeMap;

use model::ids::{Factor, SubjectId};
use model::observation::{Observation, Origin, SeriesKey, Statistic};
use model::profile::LimitSpec;
use model::subject::{Subject, SubjectKind};
use model::time::{Grain, UtcMs};
use rust_decimal::Decimal;
use standards::judgement::Judgement;
use store::observations::NewObservation;

/// What evaluation must know of a subject.
#[derive(Clone, Debug)]
pub struct Supervised {
    /// The subject.
    pub subject: Subject,
    /// What its factors are judged by.
    pub limits: Vec<LimitSpec>,
}

impl Supervised {
    /// Its row.
    pub fn id(&self) -> SubjectId {
        self.subject.id
    }

    /// Its kind.
    pub fn kind(&self) -> SubjectKind {
        self.subject.spec.kind
    }

    /// A text of its attributes.
    pub fn attr(&self, name: &str) -> Option<&str> {
        self.subject
            .spec
            .attrs
            .get(name)
            .and_then(serde_json::Value::as_str)
    }

    /// Class a section is to reach, as the tables write it; `target_class` is 1 to 5.
    pub fn target_class(&self) -> Option<&'static str> {
        let number = self.subject.spec.attrs.get("target_class")?.as_u64()?;
        let at = usize::try_from(number).ok()?.checked_sub(1)?;
        ["I", "II", "III", "IV", "V"].get(at).copied()
    }

    /// The limits for a period length.
    pub fn limits(&self, grain: Grain) -> impl Iterator<Item = &LimitSpec> {
        self.limits.iter().filter(move |l| l.grain == grain)
    }
}

/// Observations of one subject in a span of time, by series.
#[derive(Clone, Debug, Default)]
pub struct Window {
    by_series: BTreeMap<SeriesKey, Vec<Observation>>,
}

impl Window {
    /// From series and their observations in order of time.
    pub fn new(series: impl IntoIterator<Item = (SeriesKey, Vec<Observation>)>) -> Self {
        Self {
            by_series: series.into_iter().collect(),
        }
    }

    /// Values of a series from `from` up to, not including, `to`.
    pub fn values(&self, key: &SeriesKey, from: UtcMs, to: UtcMs) -> &[Observation] {
        let all = self.by_series.get(key).map(Vec::as_slice).unwrap_or_default();
        let begin = all.partition_point(|o| o.time < from);
        let end = all.partition_point(|o| o.time < to);
        all.get(begin..end).unwrap_or_default()
    }

    /// The value at one instant.
    pub fn at(&self, key: &SeriesKey, time: UtcMs) -> Option<&Observation> {
        self.values(key, time, time.plus_ms(1)).first()
    }

    /// The factors that have a series of a grain.
    pub fn factors(&self, grain: Grain) -> Vec<Factor> {
        let mut out: Vec<Factor> = self
            .by_series
            .keys()
            .filter(|k| k.grain == grain)
            .map(|k| k.factor.clone())
            .collect();
        out.sort();
        out.dedup();
        out
    }

    /// Puts or replaces a value, as derivation goes on to use what it derived.
    pub fn put(&mut self, new: &NewObservation) {
        let values = self.by_series.entry(new.series.clone()).or_default();
        let observation = Observation {
            time: new.time,
            value: new.value,
            text: new.text.clone(),
            flag: new.flag.clone(),
            origin: Origin::Derived,
            revision: 1,
        };
        match values.binary_search_by_key(&new.time, |o| o.time) {
            Ok(at) => {
                // What was sent, read from a file or corrected stays.
                if let Some(slot) = values.get_mut(at).filter(|o| o.origin == Origin::Derived) {
                    *slot = observation;
                }
            }
            Err(at) => values.insert(at, observation),
        }
    }
}

/// Key of a series of a subject.
pub fn key(subject: SubjectId, factor: &Factor, grain: Grain, statistic: Statistic) -> SeriesKey {
    SeriesKey {
        subject,
        factor: factor.clone(),
        grain,
        statistic,
    }
}

/// A derived number.
pub(crate) fn derived(
    series: SeriesKey,
    time: UtcMs,
    value: Option<Decimal>,
    flag: Option<String>,
) -> NewObservation {
    NewObservation {
        series,
        time,
        value,
        text: None,
        flag,
    }
}

/// The flag of a derived period: normal, or too little came.
pub(crate) fn flag(enough: bool) -> String {
    if enough { "N" } else { "D" }.to_owned()
}

/// A judgement to be kept.
#[derive(Clone, Debug)]
pub struct Made {
    /// Of which factor, where it is about one.
    pub factor: Option<Factor>,
    /// Period.
    pub grain: Grain,
    /// Start of the period.
    pub time: UtcMs,
    /// Edition judged by.
    pub edition: String,
    /// The judgement.
    pub judgement: Judgement,
    /// Value and limit, where it compares with one; alarms are raised from it.
    pub compared: Option<Compared>,
}

/// A comparison with a limit.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// The value.
    pub value: Decimal,
    /// The limit beyond which it is.
    pub limit: Option<Decimal>,
    /// (value − limit) / limit, where defined.
    pub multiple: Option<Decimal>,
    /// Beyond.
    pub exceeded: bool,
}

/// What a period led to.
#[derive(Clone, Debug, Default)]
pub struct Assessed {
    /// Values to put.
    pub derived: Vec<NewObservation>,
    /// Judgements to put.
    pub made: Vec<Made>,
    /// What could not be judged, and why; for the log.
    pub troubles: Vec<String>,
}

impl Assessed {
    /// Puts a derived value, which the rest of the assessment goes on with.
    pub(crate) fn put(&mut self, window: &mut Window, new: NewObservation) {
        window.put(&new);
        self.derived.push(new);
    }

    /// Notes what could not be judged.
    pub fn trouble(&mut self, what: impl std::fmt::Display) {
        self.troubles.push(what.to_string());
    }
}
