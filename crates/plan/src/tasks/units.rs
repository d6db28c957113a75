//! Where each unit and town stands: what it leads, what of it is late and by how many days, what comes due when.

use std::collections::BTreeMap;

use model::ids::UnitCode;
use serde::Serialize;
use standards::progress::score::Lag;
use standards::text;
use standards::text::Text;

use super::{Due, ProjectState, TaskState};
use crate::indicators::IndicatorState;
use crate::words::Light;

/// How many of each light.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Lights {
    /// Green.
    pub green: u32,
    /// Yellow.
    pub yellow: u32,
    /// Red.
    pub red: u32,
    /// Grey.
    pub grey: u32,
}

impl Lights {
    /// Counts one more.
    pub fn add(&mut self, light: Light) {
        let count = match light {
            Light::Green => &mut self.green,
            Light::Yellow => &mut self.yellow,
            Light::Red => &mut self.red,
            Light::Grey => &mut self.grey,
        };
        *count = count.saturating_add(1);
    }

    /// Of a list.
    pub fn of(lights: impl IntoIterator<Item = Light>) -> Self {
        let mut out = Self::default();
        for light in lights {
            out.add(light);
        }
        out
    }

    /// All of them.
    pub fn total(self) -> u32 {
        self.green
            .saturating_add(self.yellow)
            .saturating_add(self.red)
            .saturating_add(self.grey)
    }
}

/// Something a unit has to do, and of what it is part.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UnitDue {
    /// Task or project.
    pub of: String,
    /// Its name.
    pub name: String,
    /// In English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    /// What is due.
    #[serde(flatten)]
    pub due: Due,
}

/// Where a unit stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct UnitState {
    /// Code.
    pub unit: String,
    /// Lights of the tasks it leads or shares.
    pub leads: Lights,
    /// Tasks it cooperates in.
    pub cooperates: u32,
    /// Tasks it takes part in as a town: those the plan gives to every town.
    pub as_town: u32,
    /// Lights of its projects.
    pub projects: Lights,
    /// Lights of its indicators.
    pub indicators: Lights,
    /// What it answers for that is late, the latest first.
    pub late: Vec<UnitDue>,
    /// What it answers for that comes due, the next first.
    pub coming: Vec<UnitDue>,
    /// Most days late.
    pub late_days: i64,
    /// Late from the supervision threshold on.
    pub supervise: u32,
    /// In one sentence.
    pub summary: Option<Text>,
}

impl UnitState {
    fn take(&mut self, of: &str, name: &str, name_en: Option<&String>, due: &Due) {
        let item = UnitDue {
            of: of.to_owned(),
            name: name.to_owned(),
            name_en: name_en.cloned(),
            due: due.clone(),
        };
        if due.late > 0 {
            self.late_days = self.late_days.max(due.late);
            if matches!(due.level, Lag::Supervise | Lag::Interview) {
                self.supervise = self.supervise.saturating_add(1);
            }
            self.late.push(item);
        } else {
            self.coming.push(item);
        }
    }

    fn close(&mut self) {
        let order =
            |a: &UnitDue, b: &UnitDue| (a.due.due, &a.of, &a.due.what).cmp(&(b.due.due, &b.of, &b.due.what));
        self.late.sort_by(order);
        self.coming.sort_by(order);
        let (n, days) = (self.late.len(), self.late_days);
        let (zh, en) = match (self.leads.total(), self.as_town, self.cooperates) {
            (0, 0, with) => (
                format!("配合 {with} 项任务"),
                format!("cooperates in {with} tasks"),
            ),
            (0, towns, _) => (
                format!("落实 {towns} 项乡镇任务"),
                format!("takes part in {towns} tasks of every town"),
            ),
            (leads, ..) => (
                format!("承担 {leads} 项任务"),
                format!("answers for {leads} tasks"),
            ),
        };
        let first = self.late.first().map(|l| l.due.said());
        self.summary = Some(if let Some(first) = first {
            text!(
                "{zh}，{n} 项超期，最长 {days} 天：“{first}”",
                "{en}; {n} items late, up to {days} days: “{first:#}”"
            )
        } else {
            text!("{zh}，没有超期", "{en}, nothing late")
        });
    }
}

/// Every unit that has a duty, by code; `towns` are those that take part in every town's tasks.
pub fn by_unit(
    indicators: &[IndicatorState],
    tasks: &[TaskState],
    projects: &[ProjectState],
    towns: &[UnitCode],
) -> BTreeMap<UnitCode, UnitState> {
    let mut all: BTreeMap<UnitCode, UnitState> = BTreeMap::new();
    for indicator in indicators {
        for unit in &indicator.lead {
            all.entry(unit.clone())
                .or_default()
                .indicators
                .add(indicator.light);
        }
    }
    for task in tasks {
        for unit in &task.lead {
            all.entry(unit.clone()).or_default().leads.add(task.light);
        }
        for unit in &task.with {
            let entry = all.entry(unit.clone()).or_default();
            entry.cooperates = entry.cooperates.saturating_add(1);
        }
        for town in towns.iter().filter(|_| task.towns) {
            let entry = all.entry(town.clone()).or_default();
            entry.as_town = entry.as_town.saturating_add(1);
        }
        for due in task.late.iter().chain(&task.coming) {
            for unit in &due.units {
                all.entry(unit.clone())
                    .or_default()
                    .take(&task.id, &task.title, task.title_en.as_ref(), due);
            }
        }
    }
    for project in projects {
        for unit in &project.lead {
            all.entry(unit.clone()).or_default().projects.add(project.light);
        }
        for due in project.late.iter().chain(&project.coming) {
            for unit in &due.units {
                all.entry(unit.clone())
                    .or_default()
                    .take(&project.id, &project.name, None, due);
            }
        }
    }
    for (unit, state) in &mut all {
        unit.as_str().clone_into(&mut state.unit);
        state.close();
    }
    all
}
