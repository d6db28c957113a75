//! What was undertaken and done: measures with their reports, projects with stages and money, orders for what was late.

use jiff::civil::Date;
use model::ids::UnitCode;
use plan::tasks::TaskInput;
use serde_json::{Value, json};

use super::{Course, TOWN_TASKS, chance, file, node, plus, year_end};
use crate::NewRecord;

impl Course<'_> {
    /// Measures of those who lead (two at most) and of towns, a node a year, and a report at the end of each year.
    pub(super) fn measures(&self) -> (Vec<NewRecord>, Vec<NewRecord>) {
        let (mut measures, mut reports) = (Vec::new(), Vec::new());
        let towns: Vec<&UnitCode> = self.plan.towns().collect();
        for task in &self.plan.facts().tasks {
            let input = TaskInput::new(task, false);
            for (n, unit) in input.lead.iter().take(2).enumerate() {
                let part = if n == 0 { "lead" } else { "share" };
                self.measure(&task.id, &task.title, unit, part, &mut measures, &mut reports);
            }
            if TOWN_TASKS.contains(&task.id.as_str()) {
                for town in &towns {
                    self.measure(&task.id, &task.title, town, "town", &mut measures, &mut reports);
                }
            }
        }
        (measures, reports)
    }

    fn measure(
        &self,
        task: &str,
        title: &str,
        unit: &UnitCode,
        part: &'static str,
        measures: &mut Vec<NewRecord>,
        reports: &mut Vec<NewRecord>,
    ) {
        let (Some(first), Some(last)) = (self.years.first(), self.years.last()) else {
            return;
        };
        let nodes: Vec<(u16, Date, Option<Date>)> = self
            .years
            .iter()
            .filter_map(|year| {
                node(task, unit.as_str(), *year, self.today).map(|(due, done)| (*year, due, done))
            })
            .collect();
        let start = Date::new(i16::try_from(*first).unwrap_or(1), 3, 1).unwrap_or(self.today);
        let due = nodes.last().map_or(self.today, |(_, due, _)| *due);
        let whole = *last == self.plan.years().target && nodes.iter().all(|(.., done)| done.is_some());
        let done = whole
            .then(|| nodes.iter().filter_map(|(.., d)| *d).max())
            .flatten();
        let milestones: Vec<Value> = nodes
            .iter()
            .map(|(year, due, done)| {
                let mut row = json!({ "name": format!("{year} 年度任务"), "due": due, "weight": "1" });
                if let (Some(done), Some(map)) = (done, row.as_object_mut()) {
                    map.insert("done".into(), json!(done));
                }
                row
            })
            .collect();
        let id = format!("sim-{}-{unit}", task.replace('.', "-"));
        let mut value = json!({
            "task": task, "unit": unit, "part": part, "title": format!("演示：{title}"),
            "result": "演示：年度任务清单与完成证明", "start": start, "due": due, "weight": "1", "milestones": milestones,
        });
        let mut state = "running";
        if let (Some(done), Some(map)) = (done, value.as_object_mut()) {
            state = "done";
            map.insert("done".into(), json!(done));
            map.insert("proof".into(), file("完成证明"));
            map.insert("opinion".into(), json!("演示：同意销号"));
        }
        measures.push(self.record(id.clone(), state, done.unwrap_or(start), value));
        if part == "town" {
            return;
        }
        let all = self.plan.years().target.saturating_sub(self.plan.years().base);
        for year in &self.years {
            let Some(end) = year_end(*year) else { continue };
            let reached = nodes
                .iter()
                .filter(|(.., done)| done.is_some_and(|d| d <= end))
                .count();
            let percent = 100 * reached / usize::from(all.max(1));
            let open = nodes
                .iter()
                .find(|(y, _, done)| y <= year && done.is_none_or(|d| d > end));
            let mut value = json!({
                "measure": id, "task": task, "unit": unit, "period_end": end, "percent": percent.to_string(),
                "text": format!("演示：五个年度任务完成 {reached} 个"), "evidence": file("进展证明"), "opinion": "演示：属实",
            });
            if let (Some((open, ..)), Some(map)) = (open, value.as_object_mut()) {
                map.insert(
                    "problem".into(),
                    json!(format!("演示：{open} 年度任务滞后，资金到位晚")),
                );
                map.insert("next".into(), json!("演示：下一季度补齐"));
            }
            reports.push(self.record(format!("{id}-{year}"), "accepted", plus(end, 20), value));
        }
    }

    pub(super) fn projects(&self) -> Vec<NewRecord> {
        let mut out = Vec::new();
        for (n, project) in self.demo.project.iter().enumerate() {
            let finished = project.finished.filter(|d| *d <= self.today);
            let mut cuts = Vec::new();
            for (pollutant, list) in &project.cuts {
                for year in &self.years {
                    if let (Some(amount), Some(end)) = (self.of_year(list, *year), year_end(*year)) {
                        cuts.push(json!({
                            "pollutant": pollutant, "planned": amount, "approved": amount, "approved_on": plus(end, -20),
                        }));
                    }
                }
            }
            let place = json!({ "name": project.name, "task": project.task, "field": project.field, "lead": project.lead,
                "town": project.town, "owner": "演示建设单位", "content": "演示内容", "maturity": "ready", "score": "85",
                "planned_start": project.start, "planned_end": project.due, "investment": project.investment, "cuts": cuts,
                "effect": "演示：达到设计减排能力",
            });
            out.push(self.project(
                format!("sim-project-{n}"),
                project.start,
                project.due,
                finished,
                &project.investment,
                place,
            ));
        }
        for (n, project) in self.demo.reserve.iter().enumerate() {
            let value = json!({ "name": project.name, "task": project.task, "field": project.field, "lead": project.lead,
                "town": project.town, "owner": "演示建设单位", "content": "演示内容", "maturity": project.maturity,
                "score": project.score, "planned_start": project.start, "planned_end": project.due,
                "investment": project.investment,
                "funds": [{ "source": project.fund, "year": project.start.year(), "amount": project.investment }],
            });
            let entered = plus(project.start, -200).min(self.today);
            out.push(self.record(format!("sim-reserve-{n}"), "reserve", entered, value));
        }
        for task in &self.plan.facts().tasks {
            for (n, name) in task.projects.iter().enumerate() {
                if self.demo.unrecorded.contains(name) {
                    continue;
                }
                let Some(lead) = self.leads(&task.id).into_iter().next() else {
                    continue;
                };
                let id = format!("sim-named-{}-{n}", task.id.replace('.', "-"));
                let luck = chance(&["project", name, &task.id], 10);
                let year =
                    self.plan.years().base + 1 + u16::try_from(chance(&["start", name], 3)).unwrap_or(0);
                let Ok(start) = Date::new(i16::try_from(year).unwrap_or(1), 4, 1) else {
                    continue;
                };
                let due = plus(start, 900);
                let finished = match luck {
                    0..=6 => Some(plus(due, -30)),
                    7 => Some(plus(due, 75)),
                    _ => None,
                };
                let money = (600 + 100 * chance(&["money", name], 60)).to_string();
                let value = json!({
                    "name": name, "task": task.id, "field": "structure", "lead": lead, "owner": "演示建设单位",
                    "content": "演示：规划所列工程，进度与资金为模拟", "maturity": "ready", "score": "80",
                    "planned_start": start, "planned_end": due, "investment": money, "effect": "演示",
                });
                let finished = finished.filter(|d| *d <= self.today);
                out.push(self.project(id, start, due, finished, &money, value));
            }
        }
        out
    }

    fn project(
        &self,
        id: String,
        start: Date,
        due: Date,
        finished: Option<Date>,
        investment: &str,
        mut value: Value,
    ) -> NewRecord {
        let length = start.until(due).map_or(0, |s| i64::from(s.get_days()));
        let begun = plus(start, 10) <= self.today;
        let late = finished.is_none_or(|f| f > due);
        let share: i64 = investment.parse().unwrap_or(0);
        let steps = [
            ("前期", 10, 1),
            ("土建", 55, 2),
            ("设备安装", 85, 2),
            ("调试", 100, 1),
        ];
        let mut stages = Vec::new();
        let mut payments = Vec::new();
        for (name, percent, weight) in steps {
            let end = plus(start, length * percent / 100);
            let slip = if late { length * percent / 900 } else { -5 };
            let last = percent == 100;
            let done = if last { finished } else { Some(plus(end, slip)) };
            let done = done.filter(|d| *d <= self.today);
            let mut row = json!({ "stage": name, "due": end, "weight": weight.to_string() });
            if let (Some(done), Some(map)) = (done, row.as_object_mut()) {
                map.insert("done".into(), json!(done));
                payments.push(json!({ "date": done, "paid": (share * weight / 6).to_string() }));
            }
            stages.push(row);
        }
        let state = if finished.is_some() {
            "accepted"
        } else if begun {
            "building"
        } else {
            "approved"
        };
        if let Some(map) = value.as_object_mut() {
            map.insert("stages".into(), json!(stages));
            map.insert("payments".into(), json!(payments));
            map.insert(
                "funds".into(),
                json!([{ "source": "district", "year": start.year(), "amount": investment }]),
            );
            map.insert("proof".into(), file("验收意见"));
            if begun {
                map.insert("started".into(), json!(plus(start, 10)));
            }
            if let Some(finished) = finished {
                map.insert("finished".into(), json!(finished));
            }
        }
        self.record(id, state, finished.unwrap_or(start), value)
    }

    /// Orders for nodes that were half a month late or more: answered and closed, the newest still open.
    pub(super) fn orders(&self) -> Vec<NewRecord> {
        let mut out = Vec::new();
        for task in &self.plan.facts().tasks {
            for unit in TaskInput::new(task, false).lead.iter().take(2) {
                for year in &self.years {
                    let Some((due, done)) = node(&task.id, unit.as_str(), *year, self.today) else {
                        continue;
                    };
                    let late = due
                        .until(done.unwrap_or(self.today))
                        .map_or(0, |s| i64::from(s.get_days()));
                    if late < 15 || out.len() >= 40 {
                        continue;
                    }
                    let issued = plus(due, 16);
                    let answer = plus(issued, 10);
                    let n = out.len() + 1;
                    let mut value = json!({
                        "number": format!("演示-{year}-{n:03}"), "level": if late >= 30 { "interview" } else { "order" },
                        "task": task.id, "unit": unit, "reason": format!("演示：{year} 年度任务逾期"),
                        "demand": "演示：限期完成并反馈", "issued": issued, "due": answer,
                        "measure": format!("sim-{}-{unit}", task.id.replace('.', "-")),
                    });
                    let mut state = "issued";
                    if let (Some(_), Some(map)) = (done, value.as_object_mut()) {
                        state = "closed";
                        map.insert("reply".into(), json!("演示：已制定赶工计划并完成"));
                        map.insert("replied".into(), json!(plus(issued, 8)));
                        map.insert("proof".into(), file("反馈"));
                        map.insert("opinion".into(), json!("演示：同意办结"));
                    }
                    out.push(self.record(format!("sim-order-{n}"), state, issued, value));
                }
            }
        }
        out
    }
}
