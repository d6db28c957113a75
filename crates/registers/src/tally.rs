//! Counters and rates over records, folded one record at a time: exact, and with what was left out.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;
use standards::num::Exact;

use crate::definition::{Sense, Target};
use crate::expr::{Scope, Val};
use crate::record::Record;
use crate::register::Register;
use crate::text::Names;

/// A running fold over the records of one register.
#[derive(Clone, Debug)]
pub struct Tally<'a> {
    register: &'a Register,
    today: Date,
    counters: Vec<Sum>,
    by: Vec<BTreeMap<String, (Names, Sum)>>,
    numerators: Vec<Sum>,
    denominators: Vec<Sum>,
}

#[derive(Clone, Debug)]
struct Sum {
    total: Exact,
    records: u64,
    left_out: u64,
}

impl Default for Sum {
    fn default() -> Self {
        Self {
            total: Exact::zero(),
            records: 0,
            left_out: 0,
        }
    }
}

impl Sum {
    fn add(&mut self, value: Option<Exact>) {
        match value {
            Some(value) => {
                self.total = &self.total + &value;
                self.records += 1;
            }
            None => self.left_out += 1,
        }
    }
}

/// One figure with what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// Name of the counter or rate.
    pub name: String,
    /// Name for people.
    pub names: Names,
    /// The figure as exact decimal text; `None` where it cannot be known (a rate of nothing).
    pub value: Option<String>,
    /// Unit; `%` for rates.
    pub unit: String,
    /// Records that took part.
    pub records: u64,
    /// Records that should have taken part and lack a value: missing is never zero.
    pub left_out: u64,
    /// Sums behind a rate.
    pub numerator: Option<String>,
    /// Sums behind a rate.
    pub denominator: Option<String>,
    /// The counter by the values of its `by` field.
    pub by: Vec<Part>,
    /// Target, and whether it is met; compared exactly, before rounding.
    pub target: Option<Judged>,
    /// Systems of the plan that read it.
    pub feeds: Vec<String>,
}

/// The part of a counter that falls to one value of its `by` field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The value: the code of a choice or a unit, else as it reads; empty where a record has none.
    pub key: String,
    /// The value for people.
    pub names: Names,
    /// The figure as exact decimal text.
    pub value: String,
}

/// A figure against its target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Judged {
    /// Target as text.
    pub value: String,
    /// Its direction.
    pub is: Sense,
    /// By when.
    pub by: Option<String>,
    /// Whether it is met now; `None` where the figure is not known.
    pub met: Option<bool>,
}

impl<'a> Tally<'a> {
    /// Starts at nothing; `today` is the present day in the district.
    pub fn new(register: &'a Register, today: Date) -> Self {
        let (counters, rates) = (register.definition.counter.len(), register.definition.rate.len());
        Self {
            register,
            today,
            counters: vec![Sum::default(); counters],
            by: vec![BTreeMap::new(); counters],
            numerators: vec![Sum::default(); rates],
            denominators: vec![Sum::default(); rates],
        }
    }

    /// Adds one record.
    pub fn add(&mut self, record: &Record) {
        let scope = Scope {
            body: &record.body,
            row: None,
            state: record.state.as_deref(),
            today: Some(self.today),
        };
        let register = self.register;
        let value = |text: Option<&String>| amount(register, text, &scope);
        let sums = self.counters.iter_mut().zip(&mut self.by);
        for (counter, (sum, by)) in register.definition.counter.iter().zip(sums) {
            if !register.passes(counter.filter.as_ref(), &scope) {
                continue;
            }
            let value = value(counter.sum.as_ref());
            sum.add(value.clone());
            let Some(field) = counter
                .by
                .as_ref()
                .and_then(|name| register.definition.field(name))
            else {
                continue;
            };
            let (key, names) = record.body.get(&field.name).map_or_else(Default::default, |v| {
                let names = register.said(None, field, v);
                let key = v.as_str().map_or_else(|| names.zh.clone(), str::to_owned);
                (key, names)
            });
            by.entry(key)
                .or_insert_with(|| (names, Sum::default()))
                .1
                .add(value);
        }
        let sums = self.numerators.iter_mut().zip(&mut self.denominators);
        for (rate, (numerator, denominator)) in register.definition.rate.iter().zip(sums) {
            if !register.passes(rate.filter.as_ref(), &scope) {
                continue;
            }
            // Both sides or neither: half of a share would bend it.
            let both = value(Some(&rate.numerator)).zip(value(rate.denominator.as_ref()));
            numerator.add(both.as_ref().map(|(n, _)| n.clone()));
            denominator.add(both.map(|(_, d)| d));
        }
    }

    /// The figures, counters first.
    pub fn finish(self) -> Vec<Figure> {
        let definition = &self.register.definition;
        let mut out = Vec::new();
        for ((counter, sum), by) in definition.counter.iter().zip(self.counters).zip(self.by) {
            // A sum of nothing but unknowns is unknown.
            let known = sum.left_out == 0 || sum.records > 0;
            out.push(Figure {
                name: counter.name.clone(),
                names: Names::new(&counter.zh, &counter.en),
                value: known.then(|| sum.total.to_display()),
                unit: counter.unit.clone(),
                records: sum.records,
                left_out: sum.left_out,
                numerator: None,
                denominator: None,
                by: by
                    .into_iter()
                    .map(|(key, (names, sum))| Part {
                        key,
                        names,
                        value: sum.total.to_display(),
                    })
                    .collect(),
                target: counter
                    .target
                    .as_ref()
                    .map(|t| judge(t, known.then_some(&sum.total))),
                feeds: counter.feeds.clone(),
            });
        }
        let sums = self.numerators.into_iter().zip(self.denominators);
        for (rate, (numerator, denominator)) in definition.rate.iter().zip(sums) {
            let share = (&numerator.total * &Exact::int(100)).checked_div(&denominator.total);
            out.push(Figure {
                name: rate.name.clone(),
                names: Names::new(&rate.zh, &rate.en),
                value: share.as_ref().map(|s| s.to_fixed(rate.decimals)),
                unit: "%".to_owned(),
                records: numerator.records,
                left_out: numerator.left_out,
                numerator: Some(numerator.total.to_display()),
                denominator: Some(denominator.total.to_display()),
                by: Vec::new(),
                target: rate.target.as_ref().map(|t| judge(t, share.as_ref())),
                feeds: rate.feeds.clone(),
            });
        }
        out
    }
}

/// What a record adds: one where nothing is said, `None` where it cannot be known.
fn amount(register: &Register, text: Option<&String>, scope: &Scope<'_>) -> Option<Exact> {
    let Some(text) = text else {
        return Some(Exact::one());
    };
    match register.expr(None, text).map(|e| e.value(scope)) {
        Some(Val::Number(n)) => Some(n),
        Some(Val::Bool(b)) => Some(Exact::int(b.into())),
        _ => None,
    }
}

/// Whether a record is one of those a figure rests on (its `records`), so that the figure can open their list. A counter is
/// meant by its name, a rate by `rate.` and its name, for both may have the same; `None` where there is no such figure.
pub fn takes_part(register: &Register, figure: &str, record: &Record, today: Date) -> Option<bool> {
    let scope = Scope {
        body: &record.body,
        row: None,
        state: record.state.as_deref(),
        today: Some(today),
    };
    let definition = &register.definition;
    let known = |text: Option<&String>| amount(register, text, &scope).is_some();
    let Some(name) = figure.strip_prefix("rate.") else {
        let counter = definition.counter.iter().find(|c| c.name == figure)?;
        return Some(register.passes(counter.filter.as_ref(), &scope) && known(counter.sum.as_ref()));
    };
    let rate = definition.rate.iter().find(|r| r.name == name)?;
    let both = known(Some(&rate.numerator)) && known(rate.denominator.as_ref());
    Some(register.passes(rate.filter.as_ref(), &scope) && both)
}

fn judge(target: &Target, value: Option<&Exact>) -> Judged {
    let limit: Option<Exact> = target.value.parse().ok();
    let met = value.zip(limit).map(|(value, limit)| match target.is {
        Sense::AtLeast => *value >= limit,
        Sense::AtMost => *value <= limit,
    });
    Judged {
        value: target.value.clone(),
        is: target.is,
        by: target.by.clone(),
        met,
    }
}
