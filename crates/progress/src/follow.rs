//! How a plan is followed, as data of the profile: where each indicator's value comes from (`plan/sources.toml`), rounds of
//! dispatch, reminders, escalation (`plan/rules.toml`), which systems stand for which task (`plan/systems.toml`).

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use model::ids::{Factor, RegisterName, UnitCode};
use model::profile::Unit;
use plan::facts::Facts;
use plan::files::{self, FilesError};
use plan::indicators::Path;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Where the actual value of an indicator comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Origin {
    /// Yearly mean of daily means of air stations.
    AirMean {
        /// Factor.
        factor: Factor,
        /// Stations of these levels.
        levels: Vec<String>,
    },
    /// Share of good days of air stations.
    GoodDays {
        /// Stations of these levels.
        levels: Vec<String>,
    },
    /// Share of water sections by class, I = 1 … worse than V = 6.
    SectionShare {
        /// Sections of these levels.
        levels: Vec<String>,
        /// This class or better.
        #[serde(default)]
        at_most: Option<u8>,
        /// This class or worse.
        #[serde(default)]
        at_least: Option<u8>,
    },
    /// A figure of a register as it stands.
    Register {
        /// Register.
        register: RegisterName,
        /// Counter or rate.
        figure: String,
    },
    /// Approved cuts of projects by the year of approval.
    Cuts {
        /// Pollutant, as the register of projects names it.
        pollutant: String,
    },
    /// Reported with evidence.
    Reported,
}

/// An indicator's line of `plan/sources.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceLine {
    /// Number of the indicator.
    pub indicator: u32,
    /// Who answers for it.
    pub lead: Vec<UnitCode>,
    /// Weight in a score.
    pub weight: Decimal,
    /// How the way is spread over the years.
    #[serde(default)]
    pub path: Path,
    /// Where the value comes from.
    #[serde(flatten)]
    pub origin: Origin,
}

/// Reminders and escalation (提醒与升级), in days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    /// Days before the due day on which a unit is reminded.
    pub remind: Vec<i64>,
    /// Days after it from which the yellow card is shown.
    pub yellow: i64,
    /// Days after it from which an order is due.
    pub order: i64,
    /// Days after it from which an interview is due.
    pub interview: i64,
    /// Days within which an order is to be answered.
    pub answer: i64,
}

/// A round of every year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoundLine {
    /// What stands behind the year in its code.
    pub code: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Month of the day the figures are of.
    pub month: i8,
    /// That day.
    pub day: i8,
    /// Days after it by which units file.
    pub days: i64,
}

/// A day of every year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearDay {
    /// Month.
    pub month: i8,
    /// Day.
    pub day: i8,
}

impl YearDay {
    /// In a year.
    pub fn of(self, year: u16) -> Option<Date> {
        Date::new(i16::try_from(year).ok()?, self.month, self.day).ok()
    }
}

/// Who keeps the plan's desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Desk {
    /// The unit in charge of dispatch and evaluation.
    pub unit: UnitCode,
    /// To whom evaluations are handed in.
    pub reports_to: UnitCode,
}

/// `plan/rules.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Reminders and escalation.
    pub escalation: Escalation,
    /// Rounds.
    #[serde(default)]
    pub round: Vec<RoundLine>,
    /// Yearly reports of units: day of the following year.
    pub yearly: YearDay,
    /// Evaluations: day of the following year.
    pub evaluation: YearDay,
    /// Desk.
    pub desk: Desk,
}

/// How a plan is followed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Follow {
    /// Sources by indicator.
    pub sources: BTreeMap<u32, SourceLine>,
    /// Rules.
    pub rules: Rules,
    /// Systems of the plan that stand for a task.
    pub systems: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sources {
    #[serde(default)]
    source: Vec<SourceLine>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Systems {
    #[serde(default)]
    task: BTreeMap<String, Vec<String>>,
}

const SOURCES: &str = "plan/sources.toml";
const SYSTEMS: &str = "plan/systems.toml";
const RULES: &str = "plan/rules.toml";

impl Follow {
    /// From the files of a profile folder, path relative to it → text.
    pub fn from_files(
        files: &BTreeMap<String, String>,
        facts: &Facts,
        units: &[Unit],
    ) -> Result<Self, FilesError> {
        let lines = files::read::<Sources>(files, SOURCES)?.source;
        let rules: Rules = files::read(files, RULES)?;
        let systems = files::read_present::<Systems>(files, SYSTEMS)?
            .unwrap_or_default()
            .task;
        let known: BTreeSet<&str> = units.iter().map(|u| u.code.as_str()).collect();
        let numbers: BTreeSet<u32> = facts.indicators.iter().map(|i| i.no).collect();
        let wrong = |file, zh: String, en: String| FilesError::wrong(file, zh, en);
        let mut sources = BTreeMap::new();
        for line in lines {
            let no = line.indicator;
            if let Some(unit) = line.lead.iter().find(|u| !known.contains(u.as_str())) {
                return Err(wrong(
                    SOURCES,
                    format!("指标 {no} 的单位 «{unit}» 不在 units.toml"),
                    format!("unit «{unit}» of indicator {no} is not in units.toml"),
                ));
            }
            if line.weight.is_sign_negative() {
                return Err(wrong(
                    SOURCES,
                    format!("指标 {no} 的权重为负"),
                    format!("the weight of indicator {no} is negative"),
                ));
            }
            if !numbers.contains(&no) || sources.insert(no, line).is_some() {
                return Err(wrong(
                    SOURCES,
                    format!("指标 {no} 不在 indicators.toml，或出现两次"),
                    format!("indicator {no} is not in indicators.toml, or stands twice"),
                ));
            }
        }
        if let Some(no) = numbers.iter().find(|no| !sources.contains_key(no)) {
            return Err(wrong(
                SOURCES,
                format!("指标 {no} 没有来源，请补上（无自有数据者写 reported）"),
                format!("indicator {no} has no source: add one (reported, where the platform has no data)"),
            ));
        }
        for unit in [&rules.desk.unit, &rules.desk.reports_to] {
            if !known.contains(unit.as_str()) {
                return Err(wrong(
                    RULES,
                    format!("单位 «{unit}» 不在 units.toml"),
                    format!("unit «{unit}» is not in units.toml"),
                ));
            }
        }
        let steps = &rules.escalation;
        if !(0 < steps.yellow && steps.yellow < steps.order && steps.order < steps.interview) {
            return Err(wrong(
                RULES,
                "黄牌、督办、约谈的天数须递增且大于零".to_owned(),
                "the days of yellow, order and interview must be above zero and grow".to_owned(),
            ));
        }
        for line in &rules.round {
            let day = YearDay {
                month: line.month,
                day: line.day,
            };
            if day.of(2023).is_none() || line.days < 0 {
                let code = &line.code;
                return Err(wrong(
                    RULES,
                    format!("轮次 {code} 的日期不存在，或天数为负"),
                    format!("round {code}: there is no such day, or its days are negative"),
                ));
            }
        }
        if rules.yearly.of(2023).is_none() || rules.evaluation.of(2023).is_none() {
            return Err(wrong(
                RULES,
                "yearly 或 evaluation 的日期不存在".to_owned(),
                "yearly or evaluation: there is no such day".to_owned(),
            ));
        }
        if let Some(task) = systems
            .keys()
            .find(|id| !facts.tasks.iter().any(|t| t.id == **id))
        {
            return Err(wrong(
                SYSTEMS,
                format!("任务 {task} 不在 tasks.toml"),
                format!("task {task} is not in tasks.toml"),
            ));
        }
        Ok(Self {
            sources,
            rules,
            systems,
        })
    }
}
