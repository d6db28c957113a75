//! Where the plan stands on a day (规划看板): everything judged once, and the parts pages show: what is behind, what is late and
//! how far it has gone, what a unit has to do.

use std::collections::BTreeMap;

use jiff::civil::Date;
use model::ids::UnitCode;
use plan::facts::Facts;
use plan::indicators::{self, IndicatorState, Years};
use plan::tasks::{self, Behind, ProjectState, TaskState, UnitState, behind, by_unit};
use serde::Serialize;
use standards::progress::score::Lag;

use crate::follow::{Escalation, Follow, Rules};
use crate::inputs::Inputs;
use crate::kept::Kept;

/// Everything judged on a day.
#[derive(Clone, Debug, PartialEq)]
pub struct Board {
    /// The day.
    pub on: Date,
    /// Year the indicators are judged for where they have values of it.
    pub year: u16,
    /// Indicators in the order of the plan.
    pub indicators: Vec<IndicatorState>,
    /// Tasks in the order of the plan.
    pub tasks: Vec<TaskState>,
    /// Projects by id.
    pub projects: Vec<ProjectState>,
    /// Units with a duty.
    pub units: BTreeMap<UnitCode, UnitState>,
    /// What is behind, the worst first.
    pub behind: Vec<Behind>,
}

/// Thresholds of the plan's rules from the profile's. Reports follow the rounds, so nobody is late with one before the next
/// round is due and reviewed.
pub fn scheduling(rules: &Rules) -> tasks::Rules {
    let days = |n: i64, otherwise: u16| u16::try_from(n).unwrap_or(otherwise);
    let standard = tasks::Rules::default();
    let escalation = &rules.escalation;
    let every = i64::try_from(rules.round.len())
        .ok()
        .and_then(|n| 366_i64.checked_div(n));
    let filing = rules.round.iter().map(|r| r.days).max().unwrap_or(0);
    tasks::Rules {
        supervise_days: days(escalation.order, standard.supervise_days),
        interview_days: days(escalation.interview, standard.interview_days),
        risk_days: days(
            escalation.remind.iter().copied().max().unwrap_or(0),
            standard.risk_days,
        ),
        report_days: every.map_or(standard.report_days, |every| {
            days(every + filing + REVIEW_DAYS, standard.report_days)
        }),
    }
}

/// Days after the last day to file within which returns are reviewed: ten working days.
const REVIEW_DAYS: i64 = 14;

/// Judges everything on a day. An indicator is judged for the newest year that has a value, which its state names.
pub fn board(facts: &Facts, follow: &Follow, towns: &[UnitCode], inputs: &Inputs, on: Date) -> Board {
    let years = Years::from(&facts.head);
    let this = u16::try_from(on.year()).unwrap_or(years.target);
    let closed = if (on.month(), on.day()) == (12, 31) {
        this
    } else {
        this.saturating_sub(1)
    };
    let year = closed.clamp(years.base.saturating_add(1), years.target);
    let rules = scheduling(&follow.rules);
    let indicators: Vec<IndicatorState> = inputs
        .indicators
        .iter()
        .map(|input| {
            let newest = input.newest(year).filter(|y| *y > years.base);
            indicators::state(input, years, newest.unwrap_or(year))
        })
        .collect();
    let tasks: Vec<TaskState> = inputs.tasks.iter().map(|t| tasks::state(t, on, rules)).collect();
    let projects: Vec<ProjectState> = inputs
        .projects
        .iter()
        .map(|p| tasks::project_state(p, on, rules))
        .collect();
    Board {
        on,
        year,
        units: by_unit(&indicators, &tasks, &projects, towns),
        behind: behind(&indicators, &tasks, &projects),
        indicators,
        tasks,
        projects,
    }
}

/// How far something late has gone (升级).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// 提醒: it comes due within the days of a reminder.
    Remind,
    /// 黄牌
    Yellow,
    /// 督办
    Order,
    /// 约谈
    Interview,
}

impl Level {
    /// Stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Remind => "remind",
            Self::Yellow => "yellow",
            Self::Order => "order",
            Self::Interview => "interview",
        }
    }

    /// All, the mildest first.
    const ALL: [Self; 4] = [Self::Remind, Self::Yellow, Self::Order, Self::Interview];

    /// By stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.name() == name)
    }

    /// This one and what is worse.
    pub fn and_above(self) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |l| *l >= self)
    }

    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Remind => "提醒",
            Self::Yellow => "黄牌",
            Self::Order => "督办",
            Self::Interview => "约谈",
        }
    }
}

/// Level of something due in or since so many days; none where it is neither near nor late.
pub fn level(late: i64, left: i64, rules: &Escalation) -> Option<Level> {
    if late >= rules.interview {
        Some(Level::Interview)
    } else if late >= rules.order {
        Some(Level::Order)
    } else if late >= rules.yellow {
        Some(Level::Yellow)
    } else if late <= 0 && rules.remind.iter().any(|days| left <= *days) {
        Some(Level::Remind)
    } else {
        None
    }
}

/// Something due, with who answers for it and how far it has gone.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LateItem {
    /// `task` or `project`
    pub about: &'static str,
    /// Task, or record of the project.
    pub of: String,
    /// Its name.
    pub name: String,
    /// In English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    /// What is due.
    pub what: String,
    /// In English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what_en: Option<String>,
    /// Due.
    pub due: Date,
    /// Days late.
    pub late: i64,
    /// Days left.
    pub left: i64,
    /// How far it has gone.
    pub level: Option<Level>,
    /// Who answers for it.
    pub units: Vec<UnitCode>,
    /// Orders issued for the task to one of them that are not closed.
    pub orders: Vec<String>,
    /// Level an order would be due for and none of that level is open.
    pub order_due: Option<Level>,
}

/// Whether an order is for this task or project; one about another plan's figure is for neither.
fn covers(order: &crate::kept::Order, about: &str, of: &str) -> bool {
    match about {
        "project" => order.project.as_ref().is_some_and(|p| p.as_str() == of),
        _ => order.task == of && order.project.is_none() && order.consistency.is_none(),
    }
}

impl Board {
    /// What is late, and what comes due within the days of a reminder; the latest first.
    pub fn late(&self, kept: &Kept, rules: &Escalation) -> Vec<LateItem> {
        let of_tasks = self.tasks.iter().flat_map(|t| {
            let all = t.late.iter().chain(&t.coming);
            all.map(move |due| ("task", t.id.as_str(), (&t.title, t.title_en.as_ref()), due))
        });
        let of_projects = self.projects.iter().flat_map(|p| {
            let all = p.late.iter().chain(&p.coming);
            all.map(move |due| ("project", p.id.as_str(), (&p.name, None), due))
        });
        let mut out: Vec<LateItem> = of_tasks
            .chain(of_projects)
            .filter(|(.., due)| due.level != Lag::Done)
            .filter_map(|(about, of, name, due)| {
                let level = level(due.late, due.left, rules)?;
                let open: Vec<&crate::kept::Order> = kept
                    .orders
                    .iter()
                    .filter(|o| {
                        covers(o, about, of)
                            && o.issued <= self.on
                            && o.head.state != "closed"
                            && due.units.contains(&o.unit)
                    })
                    .collect();
                let covered = open.iter().filter_map(|o| Level::from_name(&o.level)).max();
                Some(LateItem {
                    about,
                    of: of.to_owned(),
                    name: name.0.clone(),
                    name_en: name.1.cloned(),
                    what: due.what.clone(),
                    what_en: due.what_en.clone(),
                    due: due.due,
                    late: due.late,
                    left: due.left,
                    units: due.units.clone(),
                    orders: open.iter().map(|o| o.number.clone()).collect(),
                    order_due: (level > Level::Remind && covered.is_none_or(|c| c < level)).then_some(level),
                    level: Some(level),
                })
            })
            .collect();
        out.sort_by(|a, b| {
            let key = |i: &LateItem| (std::cmp::Reverse(i.late), i.left, i.of.clone(), i.what.clone());
            key(a).cmp(&key(b))
        });
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_follow_the_days() {
        let rules = Escalation {
            remind: vec![15, 7, 3, 1],
            yellow: 1,
            order: 15,
            interview: 30,
            answer: 10,
        };
        let of = |late, left| level(late, left, &rules);
        assert_eq!(of(0, 16), None);
        assert_eq!(of(0, 15), Some(Level::Remind));
        assert_eq!(of(0, 0), Some(Level::Remind), "on its day it is not late");
        assert_eq!(of(1, 0), Some(Level::Yellow));
        assert_eq!(of(14, 0), Some(Level::Yellow));
        assert_eq!(of(15, 0), Some(Level::Order));
        assert_eq!(of(30, 0), Some(Level::Interview));
        assert!(Level::Interview > Level::Order && Level::from_name("order") == Some(Level::Order));
    }
}
