//! What a list is filtered and sorted by.

use std::collections::HashSet;
use std::sync::Arc;

use model::ids::RecordId;
use model::time::UtcMs;
use registers::register::Register;
use registers::text::Names;
use store::Page;

use crate::error::{LedgerError, Result};
use crate::facets::is_kept;
use crate::limits;

/// West, south, east, north in degrees.
pub type Bounds = [f64; 4];

/// Which records of a register.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// Words, all of which occur.
    pub text: String,
    /// In one of these states; all when empty.
    pub states: Vec<String>,
    /// Whether a deadline has passed.
    pub overdue: Option<bool>,
    /// Only demonstration, or only real.
    pub demo: Option<bool>,
    /// Whose unit field has this code.
    pub unit: Option<String>,
    /// Conditions on fields, all of which hold.
    pub conditions: Vec<Condition>,
    /// Whose place touches this box.
    pub bounds: Option<Bounds>,
    /// On which this counter rests, or this rate with `rate.` before its name.
    pub figure: Option<String>,
    /// As known at this instant; now when absent.
    pub as_of: Option<UtcMs>,
    /// Only these records; all when absent.
    pub among: Option<Arc<HashSet<RecordId>>>,
    /// Order; the last changed first when absent.
    pub sort: Option<Sort>,
    /// Order reversed.
    pub descending: bool,
    /// Part of the list.
    pub page: Page,
}

/// A condition on one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Name of a scalar field.
    pub field: String,
    /// What holds of its value. A missing value meets no test.
    pub test: Test,
}

/// What holds of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// Equal to one of these (codes for choices, `true` and `false`, numbers by value).
    AnyOf(Vec<String>),
    /// This or more, this day or later.
    From(String),
    /// This or less, this day or earlier.
    To(String),
}

/// What a list is sorted by. Missing values come last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Id.
    Id,
    /// Title.
    Title,
    /// State, in the definition's order.
    State,
    /// When it came into its state.
    Since,
    /// When it was last changed.
    UpdatedAt,
    /// Next deadline.
    NextDue,
    /// A scalar field.
    Field(String),
}

impl Sort {
    /// By the name used in addresses: `id`, `title`, `state`, `since`, `updated_at`, `next_due`, or a field.
    pub fn named(register: &Register, name: &str) -> Result<Self> {
        Ok(match name {
            // A field may have one of these names; then it is what is meant.
            field if register.definition().field(field).is_some_and(is_kept) => Self::Field(field.to_owned()),
            "id" => Self::Id,
            "title" => Self::Title,
            "state" => Self::State,
            "since" => Self::Since,
            "updated_at" => Self::UpdatedAt,
            "next_due" => Self::NextDue,
            other => {
                return Err(LedgerError::query(
                    "sort",
                    format!("不能按 «{other}» 排序"),
                    format!(
                        "cannot sort by «{other}»; use id, title, state, since, updated_at, next_due or a field"
                    ),
                ));
            }
        })
    }
}

impl Query {
    /// Adds a condition as addresses write it: `field`, `field.from` or `field.to`, and a value; values of equality are
    /// separated by commas.
    pub fn condition(&mut self, register: &Register, name: &str, value: &str) -> Result<()> {
        let (field, end) = match name.rsplit_once('.') {
            Some((field, end @ ("from" | "to"))) => (field, Some(end)),
            _ => (name, None),
        };
        let value = value.trim();
        let test = match end {
            Some("from") => Test::From(value.to_owned()),
            Some(_) => Test::To(value.to_owned()),
            None => Test::AnyOf(
                value
                    .split(',')
                    .map(str::trim)
                    .filter(|v| !v.is_empty())
                    .map(str::to_owned)
                    .collect(),
            ),
        };
        if value.is_empty() {
            return Ok(());
        }
        self.conditions.push(Condition {
            field: field.to_owned(),
            test,
        });
        self.check(register)
    }

    /// Whether the query can be asked of the register.
    pub(crate) fn check(&self, register: &Register) -> Result<()> {
        let definition = register.definition();
        if self.conditions.len() > limits::CONDITIONS {
            return Err(LedgerError::query("where", "条件过多", "too many conditions"));
        }
        for condition in &self.conditions {
            let place = format!("where.{}", condition.field);
            let Some(field) = definition.field(&condition.field).filter(|f| is_kept(f)) else {
                let said = Names::new("没有可筛选的这一字段", "there is no such field to filter by");
                return Err(LedgerError::Query { field: place, said });
            };
            match &condition.test {
                Test::AnyOf(values) if values.len() > limits::CONDITION_VALUES => {
                    return Err(LedgerError::query(place, "值过多", "too many values"));
                }
                Test::From(value) | Test::To(value)
                    if field.kind.is_number() && value.parse::<f64>().is_err() =>
                {
                    return Err(LedgerError::query(place, "应为数值", "a number is needed"));
                }
                _ => {}
            }
        }
        if let Some(figure) = &self.figure {
            let known = match figure.strip_prefix("rate.") {
                Some(rate) => definition.rate.iter().any(|r| r.name == rate),
                None => definition.counter.iter().any(|c| c.name == *figure),
            };
            if !known {
                let (zh, en) = (
                    format!("没有指标 «{figure}»"),
                    format!("there is no figure «{figure}»"),
                );
                return Err(LedgerError::query("figure", zh, en));
            }
        }
        for state in &self.states {
            if definition.state(state).is_none() {
                let (zh, en) = (
                    format!("没有状态 «{state}»"),
                    format!("there is no state «{state}»"),
                );
                return Err(LedgerError::query("state", zh, en));
            }
        }
        Ok(())
    }
}
