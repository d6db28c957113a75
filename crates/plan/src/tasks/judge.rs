//! The light of a task from its dates, milestones, measures, targets and reports.

use std::collections::BTreeMap;

use jiff::civil::Date;
use model::ids::UnitCode;
use standards::enforcement::calendar::days_between;
use standards::num::Exact;
use standards::progress::score::{self, Lag};
use standards::text;
use standards::text::Text;

use super::{Due, DueKind, Milestone, ProgressBy, Review, Rules, Status, TargetInput, TaskInput, TaskState};
use crate::facts::Sense;
use crate::number::{Num, exact};
use crate::words::{About, Doubt, Light, Said};

/// Something due, with its lag on a day.
pub(super) fn due(
    kind: DueKind,
    what: Said,
    on: Date,
    today: Date,
    rules: Rules,
    units: Vec<UnitCode>,
    reached: Option<Text>,
) -> Due {
    let (supervise, interview) = (rules.supervise_days.into(), rules.interview_days.into());
    let (late, level) = score::lag(on, today, false, supervise, interview);
    Due {
        kind,
        what: what.zh,
        what_en: what.en,
        due: on,
        late,
        left: days_between(today, on).max(0),
        level,
        units,
        reached,
    }
}

/// Late first and latest first; then by day and name, so that the order is always the same.
pub(super) fn split(mut all: Vec<Due>) -> (Vec<Due>, Vec<Due>) {
    all.sort_by(|a, b| (a.due, a.kind, &a.what).cmp(&(b.due, b.kind, &b.what)));
    all.into_iter().partition(|d| d.late > 0)
}

/// Weighted milestones, where they are weighted rightly; what is wrong with them is a doubt.
pub(super) fn weighted(list: &[Milestone], about: About, id: &str, doubts: &mut Vec<Doubt>) -> Option<Exact> {
    let pairs: Vec<_> = list.iter().map(|m| (exact(m.weight), exact(m.done))).collect();
    match score::milestones(&pairs) {
        Ok(progress) => progress,
        Err(wrong) => {
            let text = text!(
                "里程碑无法计算：{wrong}",
                "the milestones cannot be weighed: {wrong}"
            );
            doubts.push(Doubt::new(about, id, "milestones", text));
            None
        }
    }
}

/// Whether a target is reached; `None` without anything to judge by.
pub fn reached(input: &TargetInput) -> Option<bool> {
    if input.met.is_some() {
        return input.met;
    }
    let (value, actual, sense) = (input.target.value?, input.actual?, input.target.sense?);
    Some(match sense {
        Sense::AtLeast | Sense::About => actual >= value,
        Sense::AtMost => actual <= value,
        Sense::Equal => actual == value,
    })
}

fn reached_words(input: &TargetInput) -> Option<Text> {
    let (unit, unit_en) = (input.target.unit.as_deref(), input.target.unit_en.as_deref());
    let shown = |x: rust_decimal::Decimal| Said::measured(&x.normalize().to_string(), unit, unit_en);
    match (input.target.value.map(shown), input.actual.map(shown)) {
        (Some(goal), Some(now)) => Some(text!(
            "目前 {now}，要求 {goal}",
            "{now:#} now, {goal:#} asked for"
        )),
        (Some(goal), None) => Some(text!(
            "要求 {goal}，未报数",
            "{goal:#} asked for, no figure reported"
        )),
        (None, Some(now)) => Some(text!("目前 {now}", "{now:#} now")),
        (None, None) => None,
    }
}

fn open_work(task: &TaskInput, today: Date, rules: Rules) -> Vec<Due> {
    let mut all = Vec::new();
    let mut add = |kind, what: Said, on: Option<Date>, units: Vec<UnitCode>, words| {
        if let Some(on) = on {
            all.push(due(kind, what, on, today, rules, units, words));
        }
    };
    let title = Said::new(&task.title, task.title_en.as_deref());
    add(DueKind::Whole, title, task.due, task.lead.clone(), None);
    for open in task.targets.iter().filter(|t| reached(t) != Some(true)) {
        let words = reached_words(open);
        add(
            DueKind::Target,
            Said::new(&open.target.name, open.target.name_en.as_deref()),
            open.target.due,
            task.lead.clone(),
            words,
        );
    }
    for step in task.milestones.iter().filter(|m| exact(m.done) < Exact::one()) {
        add(
            DueKind::Milestone,
            Said::new(&step.name, None),
            step.due,
            task.lead.clone(),
            None,
        );
    }
    for measure in task.measures.iter().filter(|m| m.done.is_none()) {
        add(
            DueKind::Measure,
            Said::new(&measure.title, None),
            measure.due,
            vec![measure.unit.clone()],
            None,
        );
    }
    all
}

/// Reports that count by the unit that made them, the earliest first: what one unit says is no measure of another's.
fn standing(task: &TaskInput) -> BTreeMap<&UnitCode, Vec<(Date, Exact)>> {
    let mut by_unit: BTreeMap<&UnitCode, Vec<(Date, Exact)>> = BTreeMap::new();
    for report in task.reports.iter().filter(|r| r.review != Review::Returned) {
        if let Some(progress) = report.progress {
            by_unit
                .entry(&report.unit)
                .or_default()
                .push((report.on, exact(progress)));
        }
    }
    for list in by_unit.values_mut() {
        list.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
    }
    by_unit
}

/// How far a task is by its reports: as far as the unit that is furthest behind last said.
fn reported(task: &TaskInput) -> Option<Exact> {
    let last = standing(task).into_values().filter_map(|mut list| list.pop());
    last.map(|(_, p)| p).min()
}

fn progress(task: &TaskInput, doubts: &mut Vec<Doubt>) -> Option<(Exact, ProgressBy)> {
    if task.status == Status::Done {
        return Some((Exact::one(), ProgressBy::Done));
    }
    if let Some(p) = weighted(&task.milestones, About::Task, &task.id, doubts) {
        return Some((p, ProgressBy::Milestones));
    }
    if let Some(p) = reported(task) {
        return Some((p, ProgressBy::Report));
    }
    let done = task.measures.iter().filter(|m| m.done.is_some()).count();
    let share = Exact::ratio(
        i64::try_from(done).ok()?,
        i64::try_from(task.measures.len()).ok()?,
    )?;
    Some((share, ProgressBy::Measures))
}

/// Reports that fall back and have not come up again, and a state that its parts contradict.
fn conflicts(task: &TaskInput, today: Date, doubts: &mut Vec<Doubt>) {
    for list in standing(task).values() {
        for (n, pair) in list.windows(2).enumerate() {
            if let [(before, p), (after, q)] = pair
                && q < p
                && !list.iter().skip(n + 2).any(|(_, later)| later >= p)
            {
                let (p, q) = (Num(p.clone()).percent(), Num(q.clone()).percent());
                let text = text!(
                    "进度由 {before} 的 {p} % 退到 {after} 的 {q} %，应核对",
                    "progress falls from {p} % on {before} to {q} % on {after}: check it"
                );
                doubts.push(Doubt::new(About::Task, &task.id, "regress", text));
            }
        }
    }
    let whole = reported(task).is_some_and(|p| p >= Exact::one());
    if whole && !matches!(task.status, Status::Done | Status::Stopped) {
        let late = |due: Option<Date>| due.is_some_and(|d| d < today);
        let open = task
            .measures
            .iter()
            .filter(|m| m.done.is_none() && late(m.due))
            .count();
        if open > 0 {
            let text = text!(
                "填报进度为 100 %，但有 {open} 项措施超期未完成，应核对",
                "reported as 100 %, but {open} measures are late and not done: check it"
            );
            doubts.push(Doubt::new(About::Task, &task.id, "conflict", text));
        }
    }
    if task.status == Status::Done {
        let open = task.measures.iter().filter(|m| m.done.is_none()).count();
        let missed = task.targets.iter().filter(|t| reached(t) == Some(false)).count();
        if open + missed > 0 {
            let text = text!(
                "已标为完成，但有 {open} 项措施未完成、{missed} 项目标未达到",
                "marked as done, but {open} measures are open and {missed} targets are not reached"
            );
            doubts.push(Doubt::new(About::Task, &task.id, "conflict", text));
        }
    }
}

/// Where a task stands on a day.
pub fn state(task: &TaskInput, today: Date, rules: Rules) -> TaskState {
    let mut doubts = Vec::new();
    conflicts(task, today, &mut doubts);
    let progress = progress(task, &mut doubts);
    let closed = matches!(task.status, Status::Done | Status::Stopped);
    let open = if closed {
        Vec::new()
    } else {
        open_work(task, today, rules)
    };
    let (late, coming) = split(open);
    let worst = late.first();
    let (level, late_days) = match worst {
        _ if task.status == Status::Done => (Lag::Done, 0),
        None => (Lag::OnTime, 0),
        Some(due) => (due.level, due.late),
    };
    let p = progress.as_ref().map(|(p, _)| p);
    let (light, reason) = light(task, today, rules, &late, &coming, p, &doubts);
    TaskState {
        id: task.id.clone(),
        title: task.title.clone(),
        title_en: task.title_en.clone(),
        status: task.status,
        light,
        level,
        late_days,
        progress_by: progress.as_ref().map(|(_, by)| *by),
        progress: progress.map(|(p, _)| Num(p)),
        late,
        coming,
        lead: task.lead.clone(),
        with: task.with.clone(),
        towns: task.towns,
        reason,
        doubts,
    }
}

/// In words what is late.
pub(super) fn late_words(late: &[Due]) -> Option<(Light, Text)> {
    let worst = late.first()?;
    let light = match worst.level {
        Lag::Supervise | Lag::Interview => Light::Red,
        _ => Light::Yellow,
    };
    let (what, on, days, step) = (worst.said(), worst.due, worst.late, worst.level.zh());
    let step_en = worst.level.key();
    let (now_zh, now_en) = match &worst.reached {
        Some(text) => (format!("，{}", text.zh), format!(", {}", text.en)),
        None => (String::new(), String::new()),
    };
    let (more_zh, more_en) = match late.len() {
        1 => (String::new(), String::new()),
        n => (format!("；共 {n} 项超期"), format!("; {n} late in all")),
    };
    let text = Text::new(
        format!("“{what}”应于 {on} 前完成，已超期 {days} 天（{step}）{now_zh}{more_zh}"),
        format!("“{what:#}” was due on {on}, {days} days late ({step_en}){now_en}{more_en}"),
    );
    Some((light, text))
}

fn light(
    task: &TaskInput,
    today: Date,
    rules: Rules,
    late: &[Due],
    coming: &[Due],
    progress: Option<&Exact>,
    doubts: &[Doubt],
) -> (Light, Text) {
    match task.status {
        Status::Done => return (Light::Green, Text::new("已完成", "done")),
        Status::Stopped => return (Light::Grey, Text::new("已批准终止", "stopped with approval")),
        _ => {}
    }
    if let Some(found) = late_words(late) {
        return found;
    }
    if let Some(doubt) = doubts.iter().find(|d| d.code == "regress") {
        return (Light::Yellow, doubt.text.clone());
    }
    let done = progress.is_some_and(|p| *p >= Exact::one());
    let near = coming
        .first()
        .filter(|d| d.left <= i64::from(rules.risk_days) && !done);
    if let Some(due) = near {
        let (what, left, on) = (due.said(), due.left, due.due);
        let text = text!(
            "“{what}”还有 {left} 天到期（{on}），尚未完成",
            "“{what:#}” is due in {left} days ({on}) and not done"
        );
        return (Light::Yellow, text);
    }
    if task.status == Status::NotStarted && task.start.is_some_and(|start| start < today) {
        let days = task.start.map_or(0, |start| days_between(start, today));
        let text = text!(
            "应已启动 {days} 天，尚未启动",
            "should have begun {days} days ago"
        );
        return (Light::Yellow, text);
    }
    if let Some(text) = slow(task, today, progress) {
        return (Light::Yellow, text);
    }
    let last = task.reports.iter().map(|r| r.on).max();
    if task.status == Status::Underway
        && let Some(days) = last.map(|last| days_between(last, today))
        && days > i64::from(rules.report_days)
    {
        let text = text!(
            "已 {days} 天没有进展填报",
            "no report of progress for {days} days"
        );
        return (Light::Yellow, text);
    }
    let known = progress.is_some() || !coming.is_empty() || last.is_some();
    if task.status == Status::NotStarted && !known {
        let text = Text::new("没有措施、期限和进展信息", "no measure, no date and no report");
        return (Light::Grey, text);
    }
    let text = match coming.first() {
        Some(next) => {
            let (what, on) = (next.said(), next.due);
            text!(
                "按期推进，下一项“{what}”{on} 到期",
                "on schedule; “{what:#}” comes due on {on}"
            )
        }
        None => Text::new("按期推进", "on schedule"),
    };
    (Light::Green, text)
}

/// Progress far behind the time between first and last day.
fn slow(task: &TaskInput, today: Date, progress: Option<&Exact>) -> Option<Text> {
    let (start, p) = (task.start?, progress?);
    let targets = task.targets.iter().filter_map(|t| t.target.due);
    let due = targets.chain(task.due).max()?;
    let time = Exact::ratio(days_between(start, today), days_between(start, due))?;
    let share = Exact::ratio(6, 10)?;
    if time.is_negative() || *p >= &share * &time {
        return None;
    }
    let (p, t) = (Num(p.clone()).percent(), Num(time).percent());
    Some(text!(
        "进度 {p} %，时间已过 {t} %，明显偏慢",
        "progress {p} % while {t} % of the time has passed"
    ))
}
