//! The map as it stood: what was judged of the last hour and the last day that had ended at an instant, and the alarms of
//! that time. Read from the judgements in force, so a late upload shows in its own hour. Nothing older stands in for
//! a period that was not judged.

use std::collections::{BTreeMap, HashMap};

use model::ids::{SubjectCode, SubjectId};
use model::judged::StoredJudgement;
use model::subject::{Subject, SubjectKind};
use model::time::{Grain, UtcMs};
use store::judgements::NewestIn;
use store::subjects::SubjectOverview;

use super::headline;
use super::public::{AQI_HOUR, SECTION_CLASS};
use super::subjects::row;
use crate::directory::Directory;
use crate::dto::subjects::{Headline, SubjectRow, SubjectState};
use crate::error::{ApiError, Result};
use crate::limits;
use crate::state::Shared;

/// Topic of a comparison with a limit.
const LIMIT: &str = "limit/compare";

/// Start of the last period of a length that had ended at an instant.
pub(super) fn ended(grain: Grain, at: UtcMs) -> Option<UtcMs> {
    grain.start(grain.start(at)?.plus_ms(-1))
}

/// An instant that may be looked at: not after the present.
pub(super) fn past(ctx: &Shared, at: UtcMs) -> Result<UtcMs> {
    if at > ctx.now() {
        return Err(ApiError::query(
            "at",
            "不能晚于现在",
            "must not lie after the present",
        ));
    }
    Ok(at)
}

/// An instant with what is the same for all subjects.
pub(super) struct Moment {
    /// Start of the last hour that had ended.
    pub(super) hour: UtcMs,
    day: UtcMs,
    at: UtcMs,
    alarms: BTreeMap<SubjectId, i64>,
    /// Outlets of firms and the like.
    parts: HashMap<SubjectCode, Vec<SubjectId>>,
}

/// Judgements of some subjects.
#[derive(Default)]
struct Judged {
    air: HashMap<SubjectId, StoredJudgement>,
    water: HashMap<SubjectId, StoredJudgement>,
    limits: HashMap<SubjectId, Vec<StoredJudgement>>,
}

impl Moment {
    pub(super) async fn load(ctx: &Shared, directory: &Directory, at: UtcMs) -> Result<Self> {
        let at = past(ctx, at)?;
        let (Some(hour), Some(day)) = (ended(Grain::Hour, at), ended(Grain::Day, at)) else {
            return Err(ApiError::query("at", "时间无效", "is no usable time"));
        };
        let mut parts: HashMap<SubjectCode, Vec<SubjectId>> = HashMap::new();
        for subject in directory.all() {
            if let Some(parent) = &subject.spec.parent {
                parts.entry(parent.clone()).or_default().push(subject.id);
            }
        }
        Ok(Self {
            hour,
            day,
            at,
            alarms: ctx.app.store.count_alarms_at(at).await?,
            parts,
        })
    }

    /// Subjects as they stood.
    pub(super) async fn rows(
        &self,
        ctx: &Shared,
        directory: &Directory,
        found: Vec<SubjectOverview>,
    ) -> Result<Vec<SubjectRow>> {
        let judged = self.judged(ctx, &found).await?;
        Ok(found
            .into_iter()
            .map(|o| {
                let headline = judged.headline(ctx, &o.subject);
                let (state, alarms) = (self.state(&judged, &o.subject), self.alarms(&o.subject));
                let mut row = row(directory, o, headline);
                row.state = state;
                row.alarms = alarms;
                row.online = None;
                row.last_time = None;
                row
            })
            .collect())
    }

    async fn judged(&self, ctx: &Shared, found: &[SubjectOverview]) -> Result<Judged> {
        let of = |kind: SubjectKind| -> Vec<SubjectId> {
            let fits = found.iter().filter(|o| o.subject.spec.kind == kind);
            fits.map(|o| o.subject.id).collect()
        };
        let mut others: Vec<SubjectId> = found
            .iter()
            .map(|o| &o.subject)
            .filter(|s| !matches!(s.spec.kind, SubjectKind::AirStation | SubjectKind::WaterSection))
            .flat_map(|s| self.parts_of(s).chain([s.id]))
            .collect();
        others.sort_unstable();
        others.dedup();
        let store = &ctx.app.store;
        let span = |topic, grain, from, to| NewestIn {
            topic,
            grain,
            from,
            to,
        };
        let mut judged = Judged::default();
        let air = span(AQI_HOUR, Grain::Hour, self.hour, self.hour);
        for judgement in store.newest_judgements(&of(SubjectKind::AirStation), air).await? {
            judged.air.insert(judgement.key.subject, judgement);
        }
        let sections = of(SubjectKind::WaterSection);
        let days = span(SECTION_CLASS, Grain::Day, self.day, self.day);
        for judgement in store.newest_judgements(&sections, days).await? {
            judged.water.insert(judgement.key.subject, judgement);
        }
        // A section measured every few hours has the class of its last measurement until the next is due, and none once it
        // has fallen silent; the day's class is that of sections with daily values alone.
        let hours = span(SECTION_CLASS, Grain::Hour, self.day, self.hour);
        for judgement in store.newest_judgements(&sections, hours).await? {
            let subject = judgement.key.subject;
            let in_force = self.at.0 - judgement.key.time.0 < limits::SECTION_CLASS_MS;
            if in_force {
                judged.water.insert(subject, judgement);
            } else {
                judged.water.remove(&subject);
            }
        }
        for (grain, time) in [(Grain::Hour, self.hour), (Grain::Day, self.day)] {
            let compared = span(LIMIT, grain, time, time);
            for judgement in store.newest_judgements(&others, compared).await? {
                let list = judged.limits.entry(judgement.key.subject).or_default();
                list.push(judgement);
            }
        }
        Ok(judged)
    }

    fn parts_of<'a>(&'a self, subject: &Subject) -> impl Iterator<Item = SubjectId> + use<'a> {
        self.parts.get(&subject.spec.code).into_iter().flatten().copied()
    }

    /// Alarms of a subject and of what belongs to it.
    fn alarms(&self, subject: &Subject) -> i64 {
        self.parts_of(subject)
            .chain([subject.id])
            .filter_map(|id| self.alarms.get(&id))
            .sum()
    }

    fn state(&self, judged: &Judged, subject: &Subject) -> SubjectState {
        let known = match subject.spec.kind {
            SubjectKind::AirStation => judged.air.contains_key(&subject.id),
            SubjectKind::WaterSection => judged.water.contains_key(&subject.id),
            _ => {
                let verdicts: Vec<&str> = self
                    .parts_of(subject)
                    .chain([subject.id])
                    .filter_map(|id| judged.limits.get(&id))
                    .flatten()
                    .map(|j| j.verdict.as_str())
                    .collect();
                if verdicts.contains(&"exceeded") {
                    return SubjectState::Exceeding;
                }
                verdicts.contains(&"met")
            }
        };
        if known {
            SubjectState::Normal
        } else {
            SubjectState::Unknown
        }
    }
}

impl Judged {
    fn headline(&self, ctx: &Shared, subject: &Subject) -> Option<Headline> {
        match subject.spec.kind {
            SubjectKind::AirStation => self.air.get(&subject.id).map(headline::air),
            SubjectKind::WaterSection => self.water.get(&subject.id).map(headline::water),
            _ => headline::judged(&ctx.app.profile, subject, self.limits.get(&subject.id)?),
        }
    }
}
