//! A simulated course of the plan for the demonstration (演示): measures, reports, values, rounds and orders of the years that are
//! over, from the plan's facts and a few invented figures. The same data and day give the same records.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use model::ids::UnitCode;
use model::time::UtcMs;
use plan::report::Remarks;
use plan::tasks::TaskInput;
use registers::record::Body;
use serde::Deserialize;
use serde_json::{Value, json};
use store::plan::{EvaluationState, NewRound};

use crate::error::{ProgressError, Result};
use crate::evaluate::Kind;
use crate::follow::FollowError;
use crate::rounds::round_of;
use crate::{NewRecord, Progress, day_of, kept};

/// Who entered it, as the history shows.
const BY: &str = "演示";
/// Evidence that is not there: demonstration records name a file, none was uploaded.
const SUM: &str = "0000000000000000000000000000000000000000000000000000000000000001";
/// Tasks towns have measures under.
const TOWN_TASKS: [&str; 4] = ["3.3.3", "4.4.3", "5.1.3", "6.1.1"];

/// `plan/demo.toml`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Demo {
    values: BTreeMap<String, Vec<String>>,
    states: BTreeMap<String, Vec<bool>>,
    assigned: BTreeMap<String, DemoAssigned>,
    goals: BTreeMap<String, Vec<String>>,
    target: Vec<DemoTarget>,
    project: Vec<DemoProject>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoAssigned {
    value: String,
    #[serde(default)]
    base: Option<String>,
    issued: Date,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoTarget {
    task: String,
    name: String,
    values: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoProject {
    name: String,
    task: String,
    field: String,
    lead: UnitCode,
    town: UnitCode,
    start: Date,
    due: Date,
    #[serde(default)]
    finished: Option<Date>,
    investment: String,
    #[serde(default)]
    cuts: BTreeMap<String, Vec<String>>,
}

impl Demo {
    /// From the files of a profile folder; `None` where it has no simulated course.
    pub fn from_files(files: &BTreeMap<String, String>) -> std::result::Result<Option<Self>, FollowError> {
        const FILE: &str = "plan/demo.toml";
        let Some(text) = files.get(FILE) else { return Ok(None) };
        toml::from_str(text).map(Some).map_err(|e| FollowError::File {
            file: FILE,
            message: e.to_string(),
        })
    }
}

/// A number from words: the same words, the same number (FNV-1a).
fn chance(words: &[&str], of: u64) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in words.iter().flat_map(|w| w.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    (hash >> 17) % of.max(1)
}

fn file(name: &str) -> Value {
    json!({ "name": format!("{name}.pdf"), "sha256": SUM, "size": 120_000, "media_type": "application/pdf" })
}

fn body(value: Value) -> Body {
    match value {
        Value::Object(body) => body,
        _ => Body::new(),
    }
}

fn year_end(year: u16) -> Option<Date> {
    Date::new(i16::try_from(year).ok()?, 12, 31).ok()
}

fn plus(date: Date, days: i64) -> Date {
    date.checked_add(days.days()).unwrap_or(date)
}

/// A node of a year: when it is due and when it was done, as chance has it: mostly in time, some late, few not at all.
fn node(task: &str, unit: &str, year: u16, today: Date) -> Option<(Date, Option<Date>)> {
    let due = Date::new(i16::try_from(year).ok()?, 11, 30).ok()?;
    let year = year.to_string();
    let luck = chance(&[task, unit, &year], 100);
    let days = i64::try_from(chance(&["days", task, unit, &year], 40)).unwrap_or(0);
    let done = match luck {
        0..=86 => Some(plus(due, -days)),
        87..=94 => Some(plus(due, 5 + days)),
        // What is not done in the first years is made up for a year later.
        95..=97 => Some(plus(due, 300 + days)),
        _ => None,
    };
    Some((due, done.filter(|d| *d <= today)))
}

struct Course<'a> {
    plan: &'a Progress,
    demo: &'a Demo,
    years: Vec<u16>,
    today: Date,
}

impl Progress {
    /// Puts a simulated course of the years that are over into the registers, with rounds, evaluations and an assessment. Does
    /// nothing where it is there already. Gives the number of records.
    pub async fn seed_demo(&self, demo: &Demo, now: UtcMs) -> Result<usize> {
        if !self.store().plan_rounds().await?.is_empty() {
            return Ok(0);
        }
        let today = day_of(now);
        let span = self.years();
        let years: Vec<u16> = (span.base.saturating_add(1)..=span.target)
            .filter(|year| year_end(*year).is_some_and(|end| end < today))
            .collect();
        let course = Course {
            plan: self,
            demo,
            years,
            today,
        };
        let mut count = 0;
        for (register, records) in course.records() {
            count += records.len();
            self.enter(register, records, BY, now).await?;
        }
        count += course.rounds(now).await?;
        course.evaluations(now).await?;
        Ok(count)
    }
}

impl Course<'_> {
    fn records(&self) -> Vec<(&'static str, Vec<NewRecord>)> {
        let (measures, reports) = self.measures();
        vec![
            (kept::ASSIGNMENT, self.assignments()),
            (kept::GOAL, self.goals()),
            (kept::VALUE, self.values()),
            (kept::PROJECT, self.projects()),
            (kept::MEASURE, measures),
            (kept::REPORT, reports),
            (kept::ORDER, self.orders()),
            (kept::DUTY, self.duties()),
            (kept::APPEAL, self.appeals()),
            (kept::YEARLY, self.yearly()),
        ]
    }

    fn record(&self, id: String, state: &'static str, on: Date, value: Value) -> NewRecord {
        NewRecord {
            id: Some(id),
            state: Some(state),
            since: UtcMs::from_civil(on.min(self.today).at(9, 0, 0, 0)),
            demo: true,
            body: body(value),
        }
    }

    fn lead_of(&self, no: u32) -> UnitCode {
        let line = self.plan.follow().sources.get(&no);
        let lead = line.and_then(|l| l.lead.first());
        lead.unwrap_or(&self.plan.follow().rules.desk.unit).clone()
    }

    fn of_year<'v>(&self, list: &'v [String], year: u16) -> Option<&'v str> {
        let place = usize::from(year.checked_sub(self.plan.years().base)?.checked_sub(1)?);
        list.get(place).map(String::as_str).filter(|text| !text.is_empty())
    }

    fn assignments(&self) -> Vec<NewRecord> {
        let all = self.demo.assigned.iter().filter(|(_, a)| a.issued <= self.today);
        all.map(|(no, a)| {
            let mut value = json!({
                "indicator": no.parse::<u32>().unwrap_or(0), "kind": "target", "value": a.value,
                "document": format!("演示：市下达指标 {no}"), "issued": a.issued, "file": file("下达通知"),
            });
            if let (Some(base), Some(map)) = (&a.base, value.as_object_mut()) {
                map.insert("base".to_owned(), json!(base));
            }
            self.record(format!("sim-assigned-{no}"), "confirmed", a.issued, value)
        })
        .collect()
    }

    fn goals(&self) -> Vec<NewRecord> {
        let mut out = Vec::new();
        for (no, list) in &self.demo.goals {
            let Some(fact) = self.plan.facts().indicators.iter().find(|i| i.no.to_string() == *no) else {
                continue;
            };
            let lower = fact.direction == plan::facts::Direction::Lower;
            for year in &self.years {
                let (Some(goal), Some(due)) = (self.of_year(list, *year), year_end(*year)) else { continue };
                let got = self.demo.values.get(no).and_then(|v| self.of_year(v, *year));
                let number = |text: &str| text.parse::<f64>().unwrap_or(f64::NAN);
                let met = got.map(|got| if lower { number(got) <= number(goal) } else { number(got) >= number(goal) });
                let unit = fact.unit.clone().unwrap_or_default();
                let words = if lower { "不高于" } else { "不低于" };
                let mut value = json!({
                    "year": year, "kind": "indicator", "indicator": fact.no,
                    "text": format!("演示：{} {words} {goal} {unit}", fact.name),
                    "sense": if lower { "at_most" } else { "at_least" }, "value": goal, "measured_in": unit,
                    "lead": self.lead_of(fact.no), "due": due,
                });
                let mut state = "published";
                if let (Some(met), Some(map)) = (met, value.as_object_mut()) {
                    state = "judged";
                    map.insert("met".into(), json!(met));
                    map.insert("judged_on".into(), json!(plus(due, 40).min(self.today)));
                    map.insert("outcome".into(), json!(format!("演示：{} {unit}", got.unwrap_or("—"))));
                }
                out.push(self.record(format!("sim-goal-{year}-{no}"), state, plus(due, 40), value));
            }
        }
        out
    }

    fn values(&self) -> Vec<NewRecord> {
        let mut out = Vec::new();
        let mut put = |id: String, on: Date, what: Value| {
            let mut value = json!({
                "year": on.year(), "as_of": on, "final": true, "reported": plus(on, 30).min(self.today),
                "source": "演示数据", "evidence": file("数据来源"), "opinion": "演示：已核定",
            });
            if let (Some(map), Value::Object(more)) = (value.as_object_mut(), what) {
                map.extend(more);
            }
            out.push(self.record(id, "confirmed", plus(on, 45), value));
        };
        for year in &self.years {
            let Some(end) = year_end(*year) else { continue };
            for (no, list) in &self.demo.values {
                let number = no.parse::<u32>().unwrap_or(0);
                if let Some(value) = self.of_year(list, *year) {
                    let fact = self.plan.facts().indicators.iter().find(|i| i.no == number);
                    let unit = fact.and_then(|f| f.unit.clone());
                    let mut what = json!({ "indicator": number, "value": value, "unit": self.lead_of(number) });
                    if let (Some(unit), Some(map)) = (unit, what.as_object_mut()) {
                        map.insert("measured_in".into(), json!(unit));
                    }
                    put(format!("sim-value-{year}-{no}"), end, what);
                }
            }
            for (no, list) in &self.demo.states {
                let number = no.parse::<u32>().unwrap_or(0);
                let place = usize::from(year.saturating_sub(self.plan.years().base).saturating_sub(1));
                if let Some(met) = list.get(place) {
                    let grounds = if *met { "演示：年度评估达到" } else { "演示：一项分指数下降" };
                    let what = json!({ "indicator": number, "met": met, "grounds": grounds, "unit": self.lead_of(number) });
                    put(format!("sim-state-{year}-{no}"), end, what);
                }
            }
            for target in &self.demo.target {
                if let Some(value) = self.of_year(&target.values, *year) {
                    let lead = self.leads(&target.task).into_iter().next();
                    let what = json!({
                        "task": target.task, "target": target.name, "value": value,
                        "unit": lead.unwrap_or_else(|| self.plan.follow().rules.desk.unit.clone()),
                    });
                    put(format!("sim-target-{year}-{}", target.task.replace('.', "-")), end, what);
                }
            }
        }
        out
    }

    fn leads(&self, task: &str) -> Vec<UnitCode> {
        let fact = self.plan.facts().tasks.iter().find(|t| t.id == task);
        fact.map(|t| TaskInput::new(t, false).lead).unwrap_or_default()
    }

    /// Measures of those who lead (two at most) and of towns, a node a year, and a report at the end of each year.
    fn measures(&self) -> (Vec<NewRecord>, Vec<NewRecord>) {
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
        let (Some(first), Some(last)) = (self.years.first(), self.years.last()) else { return };
        let nodes: Vec<(u16, Date, Option<Date>)> = self
            .years
            .iter()
            .filter_map(|year| node(task, unit.as_str(), *year, self.today).map(|(due, done)| (*year, due, done)))
            .collect();
        let start = Date::new(i16::try_from(*first).unwrap_or(1), 3, 1).unwrap_or(self.today);
        let due = nodes.last().map_or(self.today, |(_, due, _)| *due);
        let whole = *last == self.plan.years().target && nodes.iter().all(|(.., done)| done.is_some());
        let done = whole.then(|| nodes.iter().filter_map(|(.., d)| *d).max()).flatten();
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
            "task": task, "unit": unit, "part": part, "title": format!("演示：{title}年度任务"),
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
            let reached = nodes.iter().filter(|(.., done)| done.is_some_and(|d| d <= end)).count();
            let percent = 100 * reached / usize::from(all.max(1));
            let open = nodes.iter().find(|(y, _, done)| y <= year && done.is_none_or(|d| d > end));
            let mut value = json!({
                "measure": id, "task": task, "unit": unit, "period_end": end, "percent": percent.to_string(),
                "text": format!("演示：五个年度任务完成 {reached} 个"), "evidence": file("进展证明"), "opinion": "演示：属实",
            });
            if let (Some((open, ..)), Some(map)) = (open, value.as_object_mut()) {
                map.insert("problem".into(), json!(format!("演示：{open} 年度任务滞后，资金到位晚")));
                map.insert("next".into(), json!("演示：下一季度补齐"));
            }
            reports.push(self.record(format!("{id}-{year}"), "accepted", plus(end, 20), value));
        }
    }

    fn projects(&self) -> Vec<NewRecord> {
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
            out.push(self.project(format!("sim-project-{n}"), project.start, project.due, finished, &project.investment, place));
        }
        for task in &self.plan.facts().tasks {
            for (n, name) in task.projects.iter().enumerate() {
                let Some(lead) = self.leads(&task.id).into_iter().next() else { continue };
                let id = format!("sim-named-{}-{n}", task.id.replace('.', "-"));
                let luck = chance(&["project", name, &task.id], 10);
                let year = self.plan.years().base + 1 + u16::try_from(chance(&["start", name], 3)).unwrap_or(0);
                let Ok(start) = Date::new(i16::try_from(year).unwrap_or(1), 4, 1) else { continue };
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
        let steps = [("前期", 10, 1), ("土建", 55, 2), ("设备安装", 85, 2), ("调试", 100, 1)];
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
            map.insert("funds".into(), json!([{ "source": "district", "year": start.year(), "amount": investment }]));
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
    fn orders(&self) -> Vec<NewRecord> {
        let mut out = Vec::new();
        for task in &self.plan.facts().tasks {
            for unit in TaskInput::new(task, false).lead.iter().take(2) {
                for year in &self.years {
                    let Some((due, done)) = node(&task.id, unit.as_str(), *year, self.today) else { continue };
                    let late = due.until(done.unwrap_or(self.today)).map_or(0, |s| i64::from(s.get_days()));
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

    fn duties(&self) -> Vec<NewRecord> {
        let mut out = Vec::new();
        let Some(year) = self.years.last() else { return out };
        let signed = Date::new(i16::try_from(*year).unwrap_or(1), 3, 15).unwrap_or(self.today);
        let mut put = |unit: &UnitCode, kind: &str, item: Option<&str>, text: &str, weight: &str, result: Option<&str>| {
            let mut value = json!({
                "year": year, "unit": unit, "kind": kind, "text": text, "basis": "演示责任书", "weight": weight,
                "veto": false, "signed": signed, "letter": file("责任书"),
            });
            if let Some(map) = value.as_object_mut() {
                for (name, text) in [("item", item), ("result", result)] {
                    if let Some(text) = text {
                        map.insert(name.into(), json!(text));
                    }
                }
            }
            let n = out.len();
            out.push(self.record(format!("sim-duty-{n}"), "signed", signed, value));
        };
        for town in self.plan.towns() {
            put(town, "task", None, "辖区规划任务年度节点", "60", None);
            put(town, "dispatch", None, "按时报送规划调度", "20", None);
            let found = (12 + chance(&["complaint", town.as_str()], 8)).to_string();
            put(town, "complaint", None, "信访投诉办理", "20", Some(&found));
        }
        let mut departments: Vec<UnitCode> = Vec::new();
        for task in &self.plan.facts().tasks {
            for unit in TaskInput::new(task, false).lead {
                if !departments.contains(&unit) && !self.plan.towns().any(|town| *town == unit) {
                    departments.push(unit);
                }
            }
        }
        for unit in &departments {
            put(unit, "task", None, "牵头规划任务年度节点", "60", None);
            put(unit, "dispatch", None, "按时报送规划调度", "20", None);
            let own = self.plan.follow().sources.values().find(|l| l.lead.first() == Some(unit));
            if let Some(line) = own {
                put(unit, "indicator", Some(&line.indicator.to_string()), "牵头规划指标", "20", None);
            }
        }
        out
    }

    fn appeals(&self) -> Vec<NewRecord> {
        let (Some(year), Some(town)) = (self.years.last(), self.plan.towns().next()) else {
            return Vec::new();
        };
        let Some(filed) = year_end(*year).map(|end| plus(end, 40)) else { return Vec::new() };
        let value = json!({
            "year": year, "unit": town, "item": "按时报送规划调度", "given": "10", "claimed": "20", "filed": filed,
            "reason": "演示：一次逾期系网络故障", "evidence": file("情况说明"), "finding": "演示：属实", "decided": "20",
            "decided_on": plus(filed, 10),
        });
        vec![self.record("sim-appeal-1".to_owned(), "upheld", plus(filed, 10), value)]
    }

    fn yearly(&self) -> Vec<NewRecord> {
        let mut out = Vec::new();
        let Some(year) = self.years.last() else { return out };
        let Some(due) = self.plan.follow().rules.yearly.of(year + 1) else { return out };
        for unit in self.plan.units().iter().filter(|u| u.kind != model::profile::UnitKind::Government) {
            let days = i64::try_from(chance(&["yearly", unit.code.as_str()], 20)).unwrap_or(0);
            let submitted = plus(due, 4 - days).min(self.today);
            let value = json!({
                "year": year, "unit": unit.code, "due": due, "done": "演示：完成年度牵头与配合任务", "problems": "演示：资金到位偏晚",
                "next": "演示：巩固提升", "submitted": submitted, "file": file("年度总结"), "opinion": "演示：采用",
            });
            out.push(self.record(format!("sim-yearly-{year}-{}", unit.code), "accepted", submitted, value));
        }
        out
    }

    /// Rounds with filed returns; all but the last are frozen.
    async fn rounds(&self, now: UtcMs) -> Result<usize> {
        let kept = self.plan.kept().await?;
        let asked = self.plan.asked(&kept);
        let mut rounds = Vec::new();
        for year in &self.years {
            let lines = self.plan.follow().rules.round.iter();
            rounds.extend(lines.filter_map(|line| round_of(line, *year)));
        }
        rounds.retain(|(round, _)| round.due < self.today.to_string());
        rounds.sort_by(|a, b| a.0.opens.cmp(&b.0.opens));
        let mut records = Vec::new();
        for (round, _) in &rounds {
            for (unit, items) in &asked {
                records.extend(self.filed(round, unit, items));
            }
        }
        let count = records.len();
        self.plan.enter(kept::RETURN, records, BY, now).await?;
        let last = rounds.len().saturating_sub(1);
        for (n, (round, _)) in rounds.iter().enumerate() {
            let new = NewRound {
                demo: true,
                detail: json!({ "units": asked.keys().collect::<Vec<_>>() }),
                ..round.clone()
            };
            self.plan.store().open_plan_round(&new, BY, now).await?;
            if n < last {
                self.plan.freeze_round(&round.code, BY, now).await?;
            }
        }
        Ok(count)
    }

    fn filed(&self, round: &NewRound, unit: &UnitCode, items: &[crate::Asked]) -> Option<NewRecord> {
        let due: Date = round.due.parse().ok()?;
        let as_of: Date = round.as_of.parse().ok()?;
        let luck = chance(&["filed", &round.code, unit.as_str()], 100);
        let days = i64::try_from(chance(&["when", &round.code, unit.as_str()], 9)).unwrap_or(0);
        let filed = match luck {
            0..=90 => Some(plus(due, -days)),
            91..=97 => Some(plus(due, 1 + days)),
            _ => None,
        };
        let year = u16::try_from(as_of.year()).ok()?;
        let base = self.plan.years().base;
        let rows: Vec<Value> = items
            .iter()
            .map(|asked| {
                let mut row = json!({ "kind": asked.kind, "item": asked.item });
                if let (Some(_), Some(map)) = (filed, row.as_object_mut()) {
                    if asked.kind == "task" {
                        let done = (base + 1..=year)
                            .filter_map(|y| node(&asked.item, unit.as_str(), y, self.today))
                            .filter(|(_, done)| done.is_some_and(|d| d <= as_of))
                            .count();
                        map.insert("percent".into(), json!((done * 20).to_string()));
                    }
                    map.insert("text".into(), json!("演示：按计划推进"));
                }
                row
            })
            .collect();
        let mut value = json!({
            "round": round.code, "unit": unit, "as_of": round.as_of, "due": round.due, "items": rows,
        });
        let mut state = "open";
        if let (Some(filed), Some(map)) = (filed, value.as_object_mut()) {
            state = "accepted";
            map.insert("filed".into(), json!(filed));
        }
        let id = format!("sim-{}-{unit}", round.code.to_lowercase());
        Some(self.record(id, state, filed.unwrap_or(as_of), value))
    }

    /// The evaluations the plan asks for: the first published, the last handed in; and the assessment of the last year.
    async fn evaluations(&self, now: UtcMs) -> Result<()> {
        let stated = self.plan.facts().head.evaluations.clone();
        let target = self.plan.years().target;
        for year in stated.into_iter().filter(|y| self.years.contains(y)) {
            let kind = if year == target { Kind::Final } else { Kind::Midterm };
            let remarks = Remarks {
                results: vec!["演示：本报告由模拟数据生成，用以展示评估流程。".to_owned()],
                ..Remarks::default()
            };
            let made = self.plan.make(kind, year, remarks, true, BY, now).await?;
            let note = "演示：报送区政府";
            self.plan.step(made.row.id, EvaluationState::HandedIn, BY, note, now).await?;
            if kind == Kind::Midterm {
                self.plan
                    .step(made.row.id, EvaluationState::Published, BY, "演示：向社会公布", now)
                    .await?;
            }
        }
        if let Some(year) = self.years.last() {
            match self.plan.assess(*year, true, BY, now).await {
                Ok(_) | Err(ProgressError::Argument { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_have_the_same_luck() {
        assert_eq!(chance(&["3.1.1", "eeb", "2023"], 100), chance(&["3.1.1", "eeb", "2023"], 100));
        let mut seen = [0_u32; 10];
        for n in 0..1_000 {
            let place = usize::try_from(chance(&["spread", &n.to_string()], 10)).unwrap_or(0);
            if let Some(count) = seen.get_mut(place) {
                *count += 1;
            }
        }
        assert!(seen.iter().all(|n| (60..150).contains(n)), "{seen:?}");
    }
}
