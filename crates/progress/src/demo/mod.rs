//! A simulated course of the plan for the demonstration (演示): measures, reports, values, rounds and orders of the years that are
//! over, from the plan's facts and a few invented figures. The same data and day give the same records.

mod monitoring;
mod units;
mod work;

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use model::ids::UnitCode;
use model::time::UtcMs;
use plan::files::{self, FilesError};
use plan::tasks::TaskInput;
use registers::record::Body;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::Result;
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
    air: Option<DemoAir>,
    water: Option<DemoWater>,
    reserve: Vec<DemoReserve>,
    unrecorded: Vec<String>,
}

/// Days of the stations that make the district's mean, in the last years of the course.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoAir {
    stations: Vec<String>,
    years: usize,
    /// Indicators whose values the days come to: mean of PM2.5, share of good days.
    mean: String,
    good: String,
    pm25_by_month: Vec<i64>,
    /// What stays the same all year, by factor.
    steady: BTreeMap<String, Decimal>,
}

/// Monthly samplings of river sections in the last years of the course.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoWater {
    sections: Vec<String>,
    years: usize,
    values: BTreeMap<String, Decimal>,
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

/// A project in reserve (储备).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoReserve {
    name: String,
    task: String,
    field: String,
    lead: UnitCode,
    town: UnitCode,
    start: Date,
    due: Date,
    investment: String,
    maturity: String,
    score: String,
    fund: String,
}

impl Demo {
    /// From the files of a profile folder; `None` where it has no simulated course.
    pub fn from_files(files: &BTreeMap<String, String>) -> std::result::Result<Option<Self>, FilesError> {
        files::read_present(files, "plan/demo.toml")
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
        // Before the evaluations: what they judge is measured by then.
        let measured = course.monitoring(now).await?;
        tracing::info!(measured, "simulated days of monitoring");
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
        list.get(place)
            .map(String::as_str)
            .filter(|text| !text.is_empty())
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
            let Some(fact) = self
                .plan
                .facts()
                .indicators
                .iter()
                .find(|i| i.no.to_string() == *no)
            else {
                continue;
            };
            let lower = fact.direction == plan::facts::Direction::Lower;
            for year in &self.years {
                let (Some(goal), Some(due)) = (self.of_year(list, *year), year_end(*year)) else {
                    continue;
                };
                let got = self.demo.values.get(no).and_then(|v| self.of_year(v, *year));
                let number = |text: &str| text.parse::<f64>().unwrap_or(f64::NAN);
                let met = got.map(|got| {
                    if lower {
                        number(got) <= number(goal)
                    } else {
                        number(got) >= number(goal)
                    }
                });
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
                    map.insert(
                        "outcome".into(),
                        json!(format!("演示：{} {unit}", got.unwrap_or("—"))),
                    );
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
                    let mut what =
                        json!({ "indicator": number, "value": value, "unit": self.lead_of(number) });
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
                    let grounds = if *met {
                        "演示：年度评估达到"
                    } else {
                        "演示：一项分指数下降"
                    };
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
                    put(
                        format!("sim-target-{year}-{}", target.task.replace('.', "-")),
                        end,
                        what,
                    );
                }
            }
        }
        out
    }

    fn leads(&self, task: &str) -> Vec<UnitCode> {
        let fact = self.plan.facts().tasks.iter().find(|t| t.id == task);
        fact.map(|t| TaskInput::new(t, false).lead).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_have_the_same_luck() {
        assert_eq!(
            chance(&["3.1.1", "eeb", "2023"], 100),
            chance(&["3.1.1", "eeb", "2023"], 100)
        );
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
