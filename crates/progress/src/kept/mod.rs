//! What the kept registers hold about the plan, read into values: measures, reports, goals, orders, projects, values of
//! indicators, returns of rounds, duties, appeals, yearly reports. Pure; a day is always an argument.

mod read;

use jiff::civil::Date;
use model::ids::{RecordId, UnitCode};
use registers::record::Record;
use rust_decimal::Decimal;
use serde::Serialize;

use crate::error::Result;
use read::Reader;

/// Registers read here.
pub const GOAL: &str = "plan_goal";
/// Measures.
pub const MEASURE: &str = "plan_measure";
/// Progress reports.
pub const REPORT: &str = "plan_progress";
/// Supervision orders.
pub const ORDER: &str = "plan_order";
/// Projects.
pub const PROJECT: &str = "plan_project";
/// Reported values of indicators.
pub const VALUE: &str = "plan_value";
/// Assigned targets and recomputed bases.
pub const ASSIGNMENT: &str = "plan_assignment";
/// Returns of rounds.
pub const RETURN: &str = "dispatch_return";
/// Duties of units.
pub const DUTY: &str = "duty_item";
/// Appeals.
pub const APPEAL: &str = "assessment_appeal";
/// Yearly reports of units.
pub const YEARLY: &str = "unit_report";
/// Figures of other plans.
pub const CONSISTENCY: &str = "plan_consistency";
/// All of them.
pub const REGISTERS: [&str; 12] = [
    GOAL,
    MEASURE,
    REPORT,
    ORDER,
    PROJECT,
    VALUE,
    ASSIGNMENT,
    RETURN,
    DUTY,
    APPEAL,
    YEARLY,
    CONSISTENCY,
];

/// A record, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Head {
    /// Id.
    pub id: RecordId,
    /// Revision.
    pub revision: i64,
    /// State.
    pub state: String,
    /// 演示
    pub demo: bool,
}

/// A node of a measure or of a project.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Milestone {
    /// Name.
    pub name: String,
    /// Due.
    pub due: Date,
    /// Weight.
    pub weight: Decimal,
    /// When it was done.
    pub done: Option<Date>,
}

/// A measure under a task.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measure {
    /// Record.
    pub head: Head,
    /// Task.
    pub task: String,
    /// Unit.
    pub unit: UnitCode,
    /// `lead`, `share`, `help`, `town`
    pub part: String,
    /// Title.
    pub title: String,
    /// Start.
    pub start: Date,
    /// Due.
    pub due: Date,
    /// Weight.
    pub weight: Decimal,
    /// Milestones.
    pub milestones: Vec<Milestone>,
    /// When it was done.
    pub done: Option<Date>,
}

/// A progress report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Record.
    pub head: Head,
    /// Measure.
    pub measure: Option<RecordId>,
    /// Task.
    pub task: String,
    /// Unit.
    pub unit: UnitCode,
    /// Day it is of.
    pub on: Date,
    /// Percent done.
    pub percent: Decimal,
    /// Text.
    pub text: String,
    /// Problem.
    pub problem: Option<String>,
    /// Next step.
    pub next: Option<String>,
}

/// A yearly goal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Goal {
    /// Record.
    pub head: Head,
    /// Year.
    pub year: u16,
    /// Indicator.
    pub indicator: Option<u32>,
    /// Task.
    pub task: Option<String>,
    /// Text.
    pub text: String,
    /// Value.
    pub value: Option<Decimal>,
    /// Leading unit.
    pub lead: UnitCode,
    /// Who shares and helps.
    pub helpers: Vec<UnitCode>,
    /// Due.
    pub due: Date,
    /// Whether it was met, as judged.
    pub met: Option<bool>,
    /// When it was judged.
    pub judged_on: Option<Date>,
}

/// A supervision order.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Order {
    /// Record.
    pub head: Head,
    /// Number.
    pub number: String,
    /// `yellow`, `order`, `interview`
    pub level: String,
    /// Task.
    pub task: String,
    /// Measure.
    pub measure: Option<RecordId>,
    /// Project, where it is for one.
    pub project: Option<RecordId>,
    /// Comparison with another plan, where it is for one.
    pub consistency: Option<RecordId>,
    /// Unit.
    pub unit: UnitCode,
    /// Why.
    pub reason: String,
    /// Issued.
    pub issued: Date,
    /// To be answered by.
    pub due: Date,
    /// Answered.
    pub replied: Option<Date>,
}

/// A cut of a project.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cut {
    /// Pollutant.
    pub pollutant: String,
    /// Planned, t.
    pub planned: Decimal,
    /// Approved, t.
    pub approved: Option<Decimal>,
    /// When it was approved.
    pub approved_on: Option<Date>,
}

/// A payment of a project.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Payment {
    /// Day.
    pub on: Date,
    /// 万元
    pub paid: Decimal,
}

/// Money set aside for a project in a year.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fund {
    /// Where it comes from.
    pub source: String,
    /// Year.
    pub year: u16,
    /// 万元
    pub amount: Decimal,
}

/// A project.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Project {
    /// Record.
    pub head: Head,
    /// Name.
    pub name: String,
    /// Name the plan gives it, where the record states one.
    pub plan_name: Option<String>,
    /// Task.
    pub task: String,
    /// Field.
    pub field: String,
    /// Leading unit.
    pub lead: UnitCode,
    /// Town.
    pub town: Option<UnitCode>,
    /// How far it is thought through: `idea`, `study`, `design`, `ready`
    pub maturity: Option<String>,
    /// Score it entered the reserve with.
    pub score: Option<Decimal>,
    /// Planned start.
    pub planned_start: Date,
    /// Planned end.
    pub planned_end: Date,
    /// Started.
    pub started: Option<Date>,
    /// Finished.
    pub finished: Option<Date>,
    /// Investment, 万元.
    pub investment: Decimal,
    /// Money set aside.
    pub funds: Vec<Fund>,
    /// Payments.
    pub payments: Vec<Payment>,
    /// Stages.
    pub stages: Vec<Milestone>,
    /// Cuts.
    pub cuts: Vec<Cut>,
}

/// A reported value of an indicator.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reported {
    /// Record.
    pub head: Head,
    /// Indicator.
    pub indicator: Option<u32>,
    /// Task whose target it is of, where it is of no indicator.
    pub task: Option<String>,
    /// Name of that target.
    pub target: Option<String>,
    /// Year.
    pub year: u16,
    /// Day it is of.
    pub as_of: Date,
    /// Value.
    pub value: Option<Decimal>,
    /// Whether a target in words is met.
    pub met: Option<bool>,
    /// On what grounds.
    pub grounds: Option<String>,
    /// Unit of measure, where said.
    pub measured_in: Option<String>,
    /// No longer to change.
    pub last: bool,
    /// Counted as before the plan.
    pub former: bool,
    /// Reporting unit.
    pub unit: UnitCode,
    /// Day it was reported.
    pub reported: Date,
    /// Source in words.
    pub source: String,
}

/// An assigned target or a recomputed base.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Assignment {
    /// Record.
    pub head: Head,
    /// Indicator.
    pub indicator: u32,
    /// A recomputed base rather than a target.
    pub is_base: bool,
    /// Value.
    pub value: Decimal,
    /// Base the target counts from.
    pub base: Option<Decimal>,
    /// Document.
    pub document: String,
    /// Day of issue.
    pub issued: Date,
}

/// An item of a return.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Item {
    /// `task`, `indicator`, `project`, `all`
    pub kind: String,
    /// Its number.
    pub item: String,
    /// Percent done.
    pub percent: Option<Decimal>,
    /// Value.
    pub value: Option<Decimal>,
    /// Text.
    pub text: Option<String>,
    /// Problem.
    pub problem: Option<String>,
    /// Next step.
    pub next: Option<String>,
}

/// What a unit files in a round.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Return {
    /// Record.
    pub head: Head,
    /// Round.
    pub round: String,
    /// Unit.
    pub unit: UnitCode,
    /// Day the figures are of.
    pub as_of: Date,
    /// Last day to file.
    pub due: Date,
    /// Day it was filed.
    pub filed: Option<Date>,
    /// Items.
    pub items: Vec<Item>,
}

/// A duty of a unit for a year.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Duty {
    /// Record.
    pub head: Head,
    /// Year.
    pub year: u16,
    /// Unit.
    pub unit: UnitCode,
    /// `indicator`, `task`, `project`, `dispatch`, `problem`, `complaint`
    pub kind: String,
    /// Number of the indicator or task; everything of the kind where absent.
    pub item: Option<String>,
    /// Text.
    pub text: String,
    /// Weight.
    pub weight: Decimal,
    /// Missing it bars a good result.
    pub veto: bool,
    /// Score, where it was given by hand.
    pub result: Option<Decimal>,
}

/// An appeal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Appeal {
    /// Record.
    pub head: Head,
    /// Year.
    pub year: u16,
    /// Unit.
    pub unit: UnitCode,
    /// Item.
    pub item: String,
    /// Score given.
    pub given: Decimal,
    /// Score decided.
    pub decided: Option<Decimal>,
    /// Day of the decision.
    pub decided_on: Option<Date>,
    /// Reason.
    pub reason: String,
}

/// A yearly report of a unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Yearly {
    /// Record.
    pub head: Head,
    /// Year.
    pub year: u16,
    /// Unit.
    pub unit: UnitCode,
    /// Due.
    pub due: Date,
    /// Submitted.
    pub submitted: Option<Date>,
    /// Work done.
    pub done: String,
    /// Problems.
    pub problems: Option<String>,
}

/// A figure of another plan, to be held against this one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Consistency {
    /// Record.
    pub head: Head,
    /// Other plan.
    pub other: String,
    /// Who makes it.
    pub unit: UnitCode,
    /// What the figure is of.
    pub item: String,
    /// Indicator here.
    pub indicator: Option<u32>,
    /// Task here.
    pub task: Option<String>,
    /// Year the figure is for.
    pub year: Option<u16>,
    /// Value there.
    pub value: Option<Decimal>,
    /// Value here, as entered.
    pub ours: Option<Decimal>,
    /// Unit of measure.
    pub measured_in: Option<String>,
    /// Verdict, as entered.
    pub verdict: Option<String>,
}

/// Everything the registers hold about the plan.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[expect(missing_docs, reason = "each is named by its type")]
pub struct Kept {
    pub goals: Vec<Goal>,
    pub measures: Vec<Measure>,
    pub reports: Vec<Report>,
    pub orders: Vec<Order>,
    pub projects: Vec<Project>,
    pub values: Vec<Reported>,
    pub assignments: Vec<Assignment>,
    pub returns: Vec<Return>,
    pub duties: Vec<Duty>,
    pub appeals: Vec<Appeal>,
    pub yearly: Vec<Yearly>,
    pub consistency: Vec<Consistency>,
}

impl Kept {
    /// Adds a record of one of [`REGISTERS`]; others are no part of the plan and are left out.
    pub fn add(&mut self, register: &str, record: &Record, revision: i64) -> Result<()> {
        let r = Reader::new(register, record);
        let head = Head {
            id: record.id.clone(),
            revision,
            state: record.state.clone().unwrap_or_default(),
            demo: record.demo,
        };
        match register {
            GOAL => self.goals.push(r.goal(head)?),
            MEASURE => self.measures.push(r.measure(head)?),
            REPORT => self.reports.push(r.report(head)?),
            ORDER => self.orders.push(r.order(head)?),
            PROJECT => self.projects.push(r.project(head)?),
            VALUE => self.values.push(r.value_of(head)?),
            ASSIGNMENT => self.assignments.push(r.assignment(head)?),
            RETURN => self.returns.push(r.filed(head)?),
            DUTY => self.duties.push(r.duty(head)?),
            APPEAL => self.appeals.push(r.appeal(head)?),
            YEARLY => self.yearly.push(r.yearly(head)?),
            CONSISTENCY => self.consistency.push(r.consistency(head)?),
            _ => {}
        }
        Ok(())
    }

    /// In an order that does not depend on how they were read.
    pub fn sort(&mut self) {
        macro_rules! by_id {
            ($($list:ident),*) => { $( self.$list.sort_by(|a, b| a.head.id.cmp(&b.head.id)); )* };
        }
        by_id!(
            goals,
            measures,
            reports,
            orders,
            projects,
            values,
            assignments,
            returns,
            duties,
            appeals,
            yearly,
            consistency
        );
    }
}
