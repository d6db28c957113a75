//! Evaluation: total, exact, three-valued. A missing value makes missing what cannot be known without it.

use std::cmp::Ordering;

use jiff::civil::Date;
use model::time::UtcMs;
use serde_json::Value;
use standards::num::Exact;

use super::{Binary, Call, Fold, Node, Unary};
use crate::definition::FieldType;
use crate::record::Body;

/// A value of the language.
#[derive(Clone, Debug, PartialEq)]
pub enum Val {
    /// Not known
    Missing,
    /// Exact number
    Number(Exact),
    /// Text or code
    Text(String),
    /// Yes or no
    Bool(bool),
    /// Civil date
    Date(Date),
    /// Instant
    Instant(UtcMs),
    /// Values of a repeatable field
    List(Vec<Val>),
    /// Something whose presence only can be asked
    Opaque,
}

/// What an expression is evaluated over.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The record's values.
    pub body: &'a Body,
    /// The group's row, inside a group.
    pub row: Option<&'a Body>,
    /// The record's state.
    pub state: Option<&'a str>,
    /// The present day in the district; `None` where the value is to be stored.
    pub today: Option<Date>,
}

impl<'a> Scope<'a> {
    /// Over a body alone.
    pub fn of(body: &'a Body) -> Self {
        Self {
            body,
            row: None,
            state: None,
            today: None,
        }
    }
}

pub(super) fn node(node: &Node, scope: &Scope<'_>) -> Val {
    match node {
        Node::Literal(value) => value.clone(),
        Node::Field {
            name,
            kind,
            repeatable,
            row,
        } => {
            let place = if *row { scope.row } else { Some(scope.body) };
            place
                .and_then(|b| b.get(name))
                .map_or(Val::Missing, |v| read(v, *kind, *repeatable))
        }
        Node::State => scope.state.map_or(Val::Missing, |s| Val::Text(s.to_owned())),
        Node::Today => scope.today.map_or(Val::Missing, Val::Date),
        Node::Unary(op, inner) => match (op, self::node(inner, scope)) {
            (Unary::Minus, Val::Number(n)) => Val::Number(&Exact::zero() - &n),
            (Unary::Not, Val::Bool(b)) => Val::Bool(!b),
            _ => Val::Missing,
        },
        Node::Binary(op, left, right) => binary(*op, &self::node(left, scope), &self::node(right, scope)),
        Node::Among(inner, values) => match self::node(inner, scope) {
            Val::Missing => Val::Missing,
            value => Val::Bool(values.contains(&value)),
        },
        Node::Call(call, args) => self::call(*call, args, scope),
        Node::Fold { fold, group, inner } => self::fold(*fold, group, inner.as_deref(), scope),
    }
}

/// A stored value as a value of the language.
pub(crate) fn read(value: &Value, kind: FieldType, repeatable: bool) -> Val {
    if repeatable {
        return match value {
            Value::Array(items) => Val::List(items.iter().map(|v| read(v, kind, false)).collect()),
            _ => Val::Missing,
        };
    }
    let text = || value.as_str().unwrap_or_default();
    match kind {
        FieldType::Integer => value
            .as_i64()
            .map_or(Val::Missing, |n| Val::Number(Exact::int(n))),
        FieldType::Decimal => text().parse().map_or(Val::Missing, Val::Number),
        FieldType::Boolean => value.as_bool().map_or(Val::Missing, Val::Bool),
        FieldType::Date => text().parse().map_or(Val::Missing, Val::Date),
        FieldType::Instant => UtcMs::parse(text()).map_or(Val::Missing, Val::Instant),
        FieldType::File | FieldType::Point | FieldType::Line | FieldType::Area | FieldType::Group => {
            Val::Opaque
        }
        FieldType::Text
        | FieldType::Choice
        | FieldType::Reference
        | FieldType::Unit
        | FieldType::CreditCode
        | FieldType::PermitCode => value.as_str().map_or(Val::Missing, |t| Val::Text(t.to_owned())),
    }
}

fn compare(left: &Val, right: &Val) -> Option<Ordering> {
    Some(match (left, right) {
        (Val::Number(a), Val::Number(b)) => a.cmp(b),
        (Val::Date(a), Val::Date(b)) => a.cmp(b),
        (Val::Instant(a), Val::Instant(b)) => a.cmp(b),
        (Val::Text(a), Val::Text(b)) => a.cmp(b),
        (Val::Bool(a), Val::Bool(b)) => a.cmp(b),
        _ => return None,
    })
}

fn binary(op: Binary, left: &Val, right: &Val) -> Val {
    let number = |make: fn(&Exact, &Exact) -> Option<Exact>| match (left, right) {
        (Val::Number(a), Val::Number(b)) => make(a, b).map_or(Val::Missing, Val::Number),
        _ => Val::Missing,
    };
    let ordered =
        |good: fn(Ordering) -> bool| compare(left, right).map_or(Val::Missing, |o| Val::Bool(good(o)));
    match op {
        Binary::Add => number(|a, b| Some(a + b)),
        Binary::Subtract => number(|a, b| Some(a - b)),
        Binary::Multiply => number(|a, b| Some(a * b)),
        Binary::Divide => number(Exact::checked_div),
        Binary::Equal => ordered(Ordering::is_eq),
        Binary::Unequal => ordered(Ordering::is_ne),
        Binary::Less => ordered(Ordering::is_lt),
        Binary::LessEqual => ordered(Ordering::is_le),
        Binary::Greater => ordered(Ordering::is_gt),
        Binary::GreaterEqual => ordered(Ordering::is_ge),
        Binary::And => match (left, right) {
            (Val::Bool(false), _) | (_, Val::Bool(false)) => Val::Bool(false),
            (Val::Bool(true), Val::Bool(true)) => Val::Bool(true),
            _ => Val::Missing,
        },
        Binary::Or => match (left, right) {
            (Val::Bool(true), _) | (_, Val::Bool(true)) => Val::Bool(true),
            (Val::Bool(false), Val::Bool(false)) => Val::Bool(false),
            _ => Val::Missing,
        },
    }
}

fn call(call: Call, args: &[Node], scope: &Scope<'_>) -> Val {
    let arg = |n: usize| args.get(n).map_or(Val::Missing, |a| node(a, scope));
    match call {
        Call::If => match arg(0) {
            Val::Bool(true) => arg(1),
            Val::Bool(false) => arg(2),
            _ => Val::Missing,
        },
        Call::Present => Val::Bool(arg(0) != Val::Missing),
        Call::Otherwise => match arg(0) {
            Val::Missing => arg(1),
            value => value,
        },
        Call::Least => extreme((0..args.len()).map(arg), Ordering::is_lt),
        Call::Greatest => extreme((0..args.len()).map(arg), Ordering::is_gt),
        _ => strict(call, &arg(0), &arg(1)),
    }
}

/// Functions that are missing as soon as an argument is.
fn strict(call: Call, first: &Val, second: &Val) -> Val {
    let small = |n: &Exact| {
        n.to_i64()
            .and_then(|n| i32::try_from(n).ok())
            .filter(|n| n.abs() <= 100_000)
    };
    match (call, first, second) {
        (Call::Round, Val::Number(value), Val::Number(places)) => small(places)
            .filter(|p| p.abs() <= 12)
            .map_or(Val::Missing, |p| Val::Number(value.round_gb8170(p))),
        (Call::Abs, Val::Number(value), _) => Val::Number(value.abs()),
        (Call::Days, Val::Date(from), Val::Date(to)) => from.until(*to).map_or(Val::Missing, |span| {
            Val::Number(Exact::int(span.get_days().into()))
        }),
        (Call::AddDays, Val::Date(date), Val::Number(n)) => moved(*date, small(n).map(jiff::ToSpan::days)),
        (Call::AddMonths, Val::Date(date), Val::Number(n)) => {
            moved(*date, small(n).map(jiff::ToSpan::months))
        }
        (Call::AddYears, Val::Date(date), Val::Number(n)) => moved(
            *date,
            small(n).filter(|n| n.abs() <= 1_000).map(jiff::ToSpan::years),
        ),
        (Call::Year, Val::Date(date), _) => Val::Number(Exact::int(date.year().into())),
        (Call::Month, Val::Date(date), _) => Val::Number(Exact::int(date.month().into())),
        (Call::DateOf, Val::Instant(at), _) => at.civil().map_or(Val::Missing, |c| Val::Date(c.date())),
        (Call::Has, Val::List(items), wanted @ Val::Text(_)) => Val::Bool(items.contains(wanted)),
        (Call::Length, Val::List(items), _) => {
            Val::Number(Exact::int(i64::try_from(items.len()).unwrap_or(i64::MAX)))
        }
        (Call::Contains, Val::Text(text), Val::Text(part)) => Val::Bool(text.contains(part.as_str())),
        (Call::Starts, Val::Text(text), Val::Text(part)) => Val::Bool(text.starts_with(part.as_str())),
        (Call::Left, Val::Text(text), Val::Number(n)) => {
            let n = n.to_i64().and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
            Val::Text(text.chars().take(n).collect())
        }
        _ => Val::Missing,
    }
}

fn moved(date: Date, span: Option<jiff::Span>) -> Val {
    span.and_then(|s| date.checked_add(s).ok())
        .map_or(Val::Missing, Val::Date)
}

fn extreme(values: impl Iterator<Item = Val>, better: fn(Ordering) -> bool) -> Val {
    let mut best = Val::Missing;
    for (n, value) in values.enumerate() {
        if value == Val::Missing {
            return Val::Missing;
        }
        if n == 0 || compare(&value, &best).is_some_and(better) {
            best = value;
        }
    }
    best
}

fn fold(fold: Fold, group: &str, inner: Option<&Node>, scope: &Scope<'_>) -> Val {
    let rows = scope
        .body
        .get(group)
        .and_then(Value::as_array)
        .map_or(&[] as &[Value], Vec::as_slice);
    let values = rows.iter().filter_map(Value::as_object).map(|row| match inner {
        Some(inner) => node(
            inner,
            &Scope {
                row: Some(row),
                ..*scope
            },
        ),
        None => Val::Bool(true),
    });
    match fold {
        // A list without rows has zero rows; a condition that cannot be decided makes the count unknown.
        Fold::Count => values
            .map(|v| {
                if let Val::Bool(b) = v {
                    Some(i64::from(b))
                } else {
                    None
                }
            })
            .sum::<Option<i64>>()
            .map_or(Val::Missing, |n| Val::Number(Exact::int(n))),
        // No rows, or a row whose value is missing: the sum is not known, and missing is never zero.
        Fold::Sum if rows.is_empty() => Val::Missing,
        Fold::Sum => values
            .map(|v| if let Val::Number(n) = v { Some(n) } else { None })
            .try_fold(Exact::zero(), |total, n| Some(&total + &n?))
            .map_or(Val::Missing, Val::Number),
        Fold::Least => extreme(values, Ordering::is_lt),
        Fold::Greatest => extreme(values, Ordering::is_gt),
        Fold::All => values.fold(Val::Bool(true), |all, v| binary(Binary::And, &all, &v)),
        Fold::Any => values.fold(Val::Bool(false), |any, v| binary(Binary::Or, &any, &v)),
    }
}
