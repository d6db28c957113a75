//! The parts of the list: indicators, tasks with their targets, projects, towns.

use std::collections::BTreeMap;

use jiff::civil::Date;
use model::ids::UnitCode;
use rust_decimal::Decimal;
use standards::text;
use standards::text::Text;

use super::{Given, GoalKind, List, Placed, Proposed};
use crate::canonical;
use crate::facts::{Direction, Sense, Target};
use crate::indicators::{Asks, IndicatorInput, asks};
use crate::tasks::{Stage, Status, TargetInput, TaskInput, is_named, reached};
use crate::words::with_unit;

fn year_end(year: u16) -> Date {
    let year = i16::try_from(year).unwrap_or(i16::MAX);
    Date::new(year, 12, 31).unwrap_or(Date::MAX)
}

fn in_year(date: Date, year: u16) -> bool {
    u16::try_from(date.year()).is_ok_and(|y| y == year)
}

fn before(date: Date, year: u16) -> bool {
    i32::from(date.year()) < i32::from(year)
}

/// Six hex digits that tell names apart.
fn tag(name: &str) -> String {
    let mut sum = canonical::hex(name.as_bytes());
    sum.truncate(6);
    sum
}

fn words(sense: Sense) -> &'static str {
    match sense {
        Sense::AtLeast | Sense::About => "不低于",
        Sense::AtMost => "不高于",
        Sense::Equal => "达到",
    }
}

/// Whoever leads first, and everybody else once.
fn split(lead: &[UnitCode], with: &[UnitCode]) -> Option<(UnitCode, Vec<UnitCode>)> {
    let (first, rest) = lead.split_first()?;
    let mut helpers: Vec<UnitCode> = Vec::new();
    for unit in rest.iter().chain(with) {
        if unit != first && !helpers.contains(unit) {
            helpers.push(unit.clone());
        }
    }
    Some((first.clone(), helpers))
}

const NO_UNIT: (&str, &str) = (
    "规划没有写明责任单位，须由人指定",
    "the plan names no unit: somebody has to say whose it is",
);

/// One goal for each indicator the plan asks something of in the year.
pub(super) fn indicators(given: &Given<'_>, list: &mut List) {
    for input in given.indicators {
        let no = input.facts.no.to_string();
        let Some((lead, helpers)) = split(&input.lead, &[]) else {
            let why = Text::new(NO_UNIT.0, NO_UNIT.1);
            list.leave("indicator", &no, &input.facts.name, "no_unit", why, &[]);
            continue;
        };
        let item = |text: String, sense, value: Option<Decimal>, basis: Text| Proposed {
            id: format!("{}-i{:02}", given.year, input.facts.no),
            kind: GoalKind::Indicator,
            indicator: Some(input.facts.no),
            task: None,
            target: None,
            text,
            sense,
            value,
            measured_in: value.and(input.facts.unit.clone()),
            lead: lead.clone(),
            helpers: helpers.clone(),
            towns: false,
            due: year_end(given.year),
            basis,
        };
        match asks(input, given.years, given.year) {
            Asks::Nothing(why) => {
                list.leave("indicator", &no, &input.facts.name, "no_value", why, &input.lead);
            }
            Asks::State(state) => {
                let basis = text!(
                    "规划指标 {no}，定性要求",
                    "indicator {no} of the plan, stated in words"
                );
                let text = format!("{}：{state}", input.facts.name);
                list.items.push(item(text, None, None, basis));
            }
            Asks::Value {
                value,
                places,
                sense,
                by,
            } => {
                let Ok(value) = value.fixed(places).parse::<Decimal>() else {
                    continue;
                };
                let value = value.normalize();
                let figure = with_unit(&value.to_string(), input.facts.unit.as_deref());
                let sum = match input.facts.direction {
                    Direction::Cumulative => "累计",
                    _ => "",
                };
                let text = format!("{}{sum}{} {figure}", input.facts.name, words(sense));
                let basis = Text::new(
                    format!("规划指标 {no}，{}", by.zh),
                    format!("indicator {no} of the plan, {}", by.en),
                );
                list.items.push(item(text, Some(sense), Some(value), basis));
            }
        }
    }
}

/// The indicator whose target a task's target repeats: the same value in the same unit under a name that holds the other.
fn same_indicator<'a>(given: &Given<'a>, target: &Target) -> Option<&'a IndicatorInput> {
    let plain = |name: &str| -> String {
        let cut = name.split(['（', '(']).next().unwrap_or(name);
        cut.chars().filter(|c| !c.is_whitespace()).collect()
    };
    let own = plain(&target.name);
    given.indicators.iter().find(|i| {
        let name = plain(&i.facts.name);
        let alike = !own.is_empty() && !name.is_empty() && (own.contains(&name) || name.contains(&own));
        alike && i.facts.target.is_some() && i.facts.target == target.value && i.facts.unit == target.unit
    })
}

fn target_words(target: &Target) -> String {
    match (target.value, target.sense) {
        (Some(value), Some(sense)) => {
            let figure = with_unit(&value.normalize().to_string(), target.unit.as_deref());
            format!("{}{} {figure}", target.name, words(sense))
        }
        _ if target.assigned => format!("完成市下达的{}任务", target.name),
        _ => format!("完成{}", target.name),
    }
}

/// What a target of a task comes to in the year.
enum Turn {
    /// On the list, due on a day; was due on an earlier day.
    On(Date, Option<Date>),
    /// Left out.
    Off(&'static str, Text),
}

fn turn(given: &Given<'_>, input: &TargetInput) -> Turn {
    let target = &input.target;
    if reached(input) == Some(true) {
        return Turn::Off("reached", Text::new("已达到", "it is reached already"));
    }
    if let Some(same) = same_indicator(given, target) {
        let no = same.facts.no;
        let why = text!(
            "与规划指标 {no} 相同，随指标列入",
            "it is indicator {no} of the plan and goes with it"
        );
        return Turn::Off("by_indicator", why);
    }
    match target.due {
        Some(due) if in_year(due, given.year) => Turn::On(due, None),
        Some(due) if before(due, given.year) => Turn::On(year_end(given.year), Some(due)),
        Some(due) => Turn::Off(
            "later",
            text!(
                "{due} 到期；规划没有给出基期值，推不出本年度的阶段值，须由人按年度计划确定",
                "due on {due}; the plan states no base, so the year has no interim value: set one by hand where one is wanted"
            ),
        ),
        None => Turn::Off(
            "no_date",
            Text::new(
                "规划没有写明期限，未列入任何年度",
                "the plan gives no day for it: it falls into no year",
            ),
        ),
    }
}

/// Targets that fall due in the year; the task as a whole where none does and its work goes on.
pub(super) fn tasks(given: &Given<'_>, list: &mut List) {
    for task in given.tasks {
        let over = match task.status {
            Status::Done => Some(Text::new("任务已完成", "the task is done")),
            Status::Stopped => Some(Text::new("任务已批准终止", "the task is stopped with approval")),
            _ => None,
        };
        if let Some(why) = over {
            let units = all(task);
            list.leave("task", &task.id, &task.title, "done", why, &units);
            continue;
        }
        let Some((lead, helpers)) = split(&task.lead, &task.with) else {
            let why = Text::new(NO_UNIT.0, NO_UNIT.1);
            list.leave("task", &task.id, &task.title, "no_unit", why, &[]);
            continue;
        };
        let dashed = task.id.replace('.', "-");
        let item = |id: String, text: String, target: Option<&Target>, due: Date, basis: Text| Proposed {
            id,
            kind: GoalKind::Task,
            indicator: None,
            task: Some(task.id.clone()),
            target: target.map(|t| t.name.clone()),
            text,
            sense: target.and_then(|t| t.sense),
            value: target.and_then(|t| t.value),
            measured_in: target.filter(|t| t.value.is_some()).and_then(|t| t.unit.clone()),
            lead: lead.clone(),
            helpers: helpers.clone(),
            towns: task.towns,
            due,
            basis,
        };
        let mut listed = false;
        for input in &task.targets {
            let target = &input.target;
            match turn(given, input) {
                Turn::Off(code, why) => {
                    list.leave("target", &task.id, &target.name, code, why, &all(task));
                }
                Turn::On(due, was) => {
                    listed = true;
                    let id = &task.id;
                    let (late, basis) = match was {
                        None => (
                            String::new(),
                            text!(
                                "规划任务 {id} 的目标，本年度到期",
                                "a target of task {id} that falls due in the year"
                            ),
                        ),
                        Some(was) => (
                            format!("（原定 {was}，续办）"),
                            text!(
                                "规划任务 {id} 的目标，{was} 到期未达到，续办",
                                "a target of task {id}, due on {was} and not reached: carried on"
                            ),
                        ),
                    };
                    let text = format!("{}：{}{late}", task.title, target_words(target));
                    let name = format!("{}-t{dashed}-{}", given.year, tag(&target.name));
                    list.items.push(item(name, text, Some(target), due, basis));
                }
            }
        }
        if !listed {
            let id = &task.id;
            let basis = text!(
                "规划任务 {id}，本年度没有到期的目标，工作持续进行",
                "task {id} of the plan: no target falls due in the year, the work goes on"
            );
            let name = format!("{}-t{dashed}", given.year);
            let text = format!("{}：完成年度任务", task.title);
            let due = year_end(given.year);
            list.items.push(item(name, text, None, due, basis));
        }
    }
}

fn all(task: &TaskInput) -> Vec<UnitCode> {
    task.lead.iter().chain(&task.with).cloned().collect()
}

/// Projects with a node in the year; those the plan names and nobody keeps are told.
pub(super) fn projects(given: &Given<'_>, list: &mut List) {
    for placed in given.projects {
        let project = &placed.input;
        let units: Vec<UnitCode> = project.lead.iter().chain(&placed.town).cloned().collect();
        if matches!(project.stage, Stage::Complete | Stage::Cancelled) {
            let (stage, code) = (project.stage.zh(), "done");
            let why = text!(
                "工程状态：{stage}",
                "the project is complete or cancelled ({stage})"
            );
            list.leave("project", &project.id, &project.name, code, why, &units);
            continue;
        }
        let Some((text, due)) = nodes(given, placed) else {
            let why = Text::new(
                "本年度没有开工、节点或完工日期",
                "neither its start nor a stage nor its end falls into the year",
            );
            list.leave(
                "project",
                &project.id,
                &project.name,
                "not_this_year",
                why,
                &units,
            );
            continue;
        };
        let with: Vec<UnitCode> = placed.town.iter().cloned().collect();
        let Some((lead, helpers)) = split(&project.lead, &with) else {
            let why = Text::new(NO_UNIT.0, NO_UNIT.1);
            list.leave("project", &project.id, &project.name, "no_unit", why, &[]);
            continue;
        };
        list.items.push(Proposed {
            id: format!("{}-p{}", given.year, project.id),
            kind: GoalKind::Project,
            indicator: None,
            task: project.task.clone(),
            target: None,
            text,
            sense: None,
            value: None,
            measured_in: None,
            lead,
            helpers,
            towns: false,
            due,
            basis: text!("工程台账 {}", "record {} of the register of projects", project.id),
        });
    }
    for task in given.tasks {
        for name in given.named.get(&task.id).into_iter().flatten() {
            let kept = given.projects.iter().any(|p| {
                p.input.task.as_ref() == Some(&task.id)
                    && is_named(name, &p.input.name, p.plan_name.as_deref())
            });
            if !kept {
                let why = Text::new(
                    "规划点名的工程，工程台账中没有已立项的记录",
                    "the plan names it, the register of projects has no decided record of it",
                );
                list.leave("project", &task.id, name, "no_record", why, &all(task));
            }
        }
    }
}

/// What of a project falls into the year, in words, and its last day.
fn nodes(given: &Given<'_>, placed: &Placed) -> Option<(String, Date)> {
    let project = &placed.input;
    let name = &project.name;
    match project.due {
        Some(due) if in_year(due, given.year) => return Some((format!("{name}：年内完工"), due)),
        Some(due) if before(due, given.year) => {
            return Some((format!("{name}：完工（原定 {due}，续建）"), year_end(given.year)));
        }
        _ => {}
    }
    let open: Vec<_> = project
        .milestones
        .iter()
        .filter(|m| m.done < Decimal::ONE && m.due.is_some_and(|d| in_year(d, given.year)))
        .collect();
    if let Some(last) = open.iter().filter_map(|m| m.due).max() {
        let steps: Vec<&str> = open.iter().map(|m| m.name.as_str()).collect();
        return Some((format!("{name}：完成{}", steps.join("、")), last));
    }
    let start = project.start_due.filter(|d| in_year(*d, given.year))?;
    (project.stage == Stage::NotStarted).then(|| (format!("{name}：年内开工"), start))
}

/// What towns undertook for the year; tasks that are theirs by the general rule alone are told, not listed one by one.
pub(super) fn towns(given: &Given<'_>, list: &mut List) {
    let mut own: BTreeMap<&UnitCode, usize> = BTreeMap::new();
    let open = |task: &&TaskInput| !matches!(task.status, Status::Done | Status::Stopped);
    for task in given.tasks.iter().filter(open) {
        let mut counted: Vec<&UnitCode> = Vec::new();
        for measure in &task.measures {
            let Some(due) = measure.due.filter(|d| in_year(*d, given.year)) else {
                continue;
            };
            if !given.is_town(&measure.unit) || measure.done.is_some() {
                continue;
            }
            if !counted.contains(&&measure.unit) {
                counted.push(&measure.unit);
                *own.entry(&measure.unit).or_default() += 1;
            }
            let record = measure.id.replace('#', "-");
            let id = &task.id;
            list.items.push(Proposed {
                id: format!("{}-m{record}", given.year),
                kind: GoalKind::Task,
                indicator: None,
                task: Some(task.id.clone()),
                target: None,
                text: format!("{}：{}", given.name(&measure.unit), measure.title),
                sense: None,
                value: None,
                measured_in: None,
                lead: measure.unit.clone(),
                helpers: Vec::new(),
                towns: false,
                due,
                basis: text!(
                    "该镇街在规划任务 {id} 下的措施，本年度到期",
                    "the town's measure under task {id}, due in the year"
                ),
            });
        }
    }
    let all = given.tasks.iter().filter(open).filter(|t| t.towns).count();
    for town in given.units.iter().filter(|u| given.is_town(&u.code)) {
        let rest = all.saturating_sub(own.get(&town.code).copied().unwrap_or(0));
        if rest > 0 {
            let why = text!(
                "规划规定各镇街落实的任务中，有 {rest} 项没有该镇街本年度到期的措施，未单列；先在措施台账中制定落实措施",
                "of the tasks every town carries out, {rest} have no measure of the town due in the year and are not listed by themselves: enter its measures first"
            );
            let code = std::slice::from_ref(&town.code);
            list.leave("town", town.code.as_str(), &town.zh, "general_rule", why, code);
        }
    }
}
