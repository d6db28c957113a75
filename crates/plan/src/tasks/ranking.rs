//! What is behind, who answers for it, and why: the list a leader reads first.

use model::ids::UnitCode;
use serde::Serialize;
use standards::text::Text;

use super::{ProjectState, TaskState};
use crate::facts::Force;
use crate::indicators::IndicatorState;
use crate::words::{About, Light};

/// Something that is behind.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Behind {
    /// Place in the list, from 1.
    pub rank: u32,
    /// Kind of thing.
    pub about: About,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// In English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    /// Red or yellow.
    pub light: Light,
    /// A binding indicator.
    pub binding: bool,
    /// Days late, where a day was set.
    pub late_days: i64,
    /// Who answers for it: those of the worst item that is late, else those who lead.
    pub units: Vec<UnitCode>,
    /// Why, in one sentence.
    pub reason: Text,
}

/// Everything red or yellow: red before yellow, binding indicators before the rest, then by days late, kind and id.
pub fn behind(indicators: &[IndicatorState], tasks: &[TaskState], projects: &[ProjectState]) -> Vec<Behind> {
    let of_indicators = indicators.iter().map(|i| Behind {
        rank: 0,
        about: About::Indicator,
        id: i.no.to_string(),
        name: i.name.clone(),
        name_en: i.name_en.clone(),
        light: i.light,
        binding: i.force == Force::Binding,
        late_days: 0,
        units: i.lead.clone(),
        reason: i.reason.clone(),
    });
    let of_tasks = tasks.iter().map(|t| Behind {
        rank: 0,
        about: About::Task,
        id: t.id.clone(),
        name: t.title.clone(),
        name_en: t.title_en.clone(),
        light: t.light,
        binding: false,
        late_days: t.late_days,
        units: t.late.first().map_or_else(|| t.lead.clone(), |d| d.units.clone()),
        reason: t.reason.clone(),
    });
    let of_projects = projects.iter().map(|p| Behind {
        rank: 0,
        about: About::Project,
        id: p.id.clone(),
        name: p.name.clone(),
        name_en: None,
        light: p.light,
        binding: false,
        late_days: p.late_days,
        units: p.lead.clone(),
        reason: p.reason.clone(),
    });
    let mut all: Vec<Behind> = of_indicators
        .chain(of_tasks)
        .chain(of_projects)
        .filter(|b| matches!(b.light, Light::Red | Light::Yellow))
        .collect();
    all.sort_by_cached_key(|b| {
        let urgent = (std::cmp::Reverse(b.light), std::cmp::Reverse(b.binding));
        (
            urgent,
            std::cmp::Reverse(b.late_days),
            b.about,
            by_parts(&b.id),
            b.id.clone(),
        )
    });
    for (i, item) in all.iter_mut().enumerate() {
        item.rank = u32::try_from(i + 1).unwrap_or(u32::MAX);
    }
    all
}

/// `3.10.2` after `3.9.1`.
pub(crate) fn by_parts(id: &str) -> Vec<u32> {
    id.split('.')
        .map(|part| part.parse().unwrap_or(u32::MAX))
        .collect()
}
