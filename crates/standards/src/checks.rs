//! Checks that many topics share: values that cannot be, bounded lists, named choices, and the case shapes built on
//! them. A typed rule refuses with [`Impossible`]; a topic refuses with an input error that names the field.

use serde_json::{Map, Value};

use crate::conformance::{self, Case, Tolerance};
use crate::input::{Input, InputError};
use crate::num::Exact;
use crate::text;
use crate::text::Text;

/// The longest list a topic accepts: a week of seconds is more than any rule here works on.
pub(crate) const MAX_LIST: usize = 700_000;

/// A value that cannot be, or values that do not fit together. The name is that of the field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Impossible {
    /// Below zero where nothing can be.
    #[error("{0} 不能为负 (cannot be negative)")]
    Negative(&'static str),
    /// Zero or below where a positive value is needed.
    #[error("{0} 应大于零 (must be greater than zero)")]
    NotPositive(&'static str),
    /// Outside of what can be.
    #[error("{what} 应在 {from}–{to} 之间 (must be {from} to {to})")]
    Outside {
        /// Field.
        what: &'static str,
        /// Lower end, inside.
        from: i64,
        /// Upper end, inside.
        to: i64,
    },
    /// A list of the wrong length.
    #[error("{what} 应有 {want} 个值,收到 {got} 个 (must hold {want} values, holds {got})")]
    Length {
        /// Field.
        what: &'static str,
        /// Values needed.
        want: usize,
        /// Values there.
        got: usize,
    },
    /// Later than something it must not be later than.
    #[error("{0} 应不早于 {1} (must not be earlier)")]
    Order(&'static str, &'static str),
    /// The rule has no figure for this combination.
    #[error("{0} 没有对应的标准数值 (the tables have no figure for it)")]
    NoFigure(&'static str),
}

impl Impossible {
    fn place(&self) -> (&'static str, &'static str) {
        match self {
            Self::Negative(what)
            | Self::NotPositive(what)
            | Self::Order(what, _)
            | Self::Outside { what, .. }
            | Self::Length { what, .. } => (what, "range"),
            Self::NoFigure(what) => (what, "context"),
        }
    }

    fn words(&self) -> Text {
        match self {
            Self::Negative(what) => text!("{what} 不能为负", "{what} cannot be negative"),
            Self::NotPositive(what) => text!("{what} 应大于零", "{what} must be greater than zero"),
            Self::Outside { what, from, to } => {
                text!("{what} 应在 {from}–{to} 之间", "{what} must be {from} to {to}")
            }
            Self::Length { what, want, got } => text!(
                "{what} 应有 {want} 个值,收到 {got} 个",
                "{what} must hold {want} values, {got} were given"
            ),
            Self::Order(what, than) => {
                text!("{what} 不能早于 {than}", "{what} must not be earlier than {than}")
            }
            Self::NoFigure(what) => text!(
                "标准表中没有与 {what} 对应的数值",
                "the tables have no figure for this {what}"
            ),
        }
    }

    /// The same as an input error at the fields of an input.
    pub(crate) fn at(&self, input: &Input<'_>) -> InputError {
        let (field, code) = self.place();
        input.error(field, code, self.words())
    }
}

/// `map_err(refuse(input))`.
pub(crate) fn refuse<'a>(input: &'a Input<'_>) -> impl Fn(Impossible) -> InputError + 'a {
    move |wrong| wrong.at(input)
}

/// A digit string with a point: `decimal(143, 3)` is 0.143. For constants of formulas only.
pub(crate) fn decimal(digits: i64, places: u32) -> Exact {
    Exact::ratio(digits, 10_i64.checked_pow(places).unwrap_or(1)).unwrap_or_else(Exact::zero)
}

/// `part / whole · 100`; `None` for a whole of zero.
pub(crate) fn percent(part: &Exact, whole: &Exact) -> Option<Exact> {
    (part * &Exact::int(100)).checked_div(whole)
}

/// A count as a number.
pub(crate) fn count(n: usize) -> Exact {
    Exact::int(i64::try_from(n).unwrap_or(i64::MAX))
}

/// A float as JSON; null where it is not finite.
pub(crate) fn real(value: f64) -> Value {
    serde_json::Number::from_f64(value).map_or(Value::Null, Value::Number)
}

/// A number that may be undefined, as JSON.
pub(crate) fn maybe(value: Option<&Exact>) -> Value {
    value.map_or(Value::Null, Exact::to_json)
}

/// Fails when a typed rule is given a negative value.
pub(crate) fn not_negative(what: &'static str, value: &Exact) -> Result<(), Impossible> {
    if value.is_negative() {
        return Err(Impossible::Negative(what));
    }
    Ok(())
}

/// Fails when a typed rule is given zero or less.
pub(crate) fn positive(what: &'static str, value: &Exact) -> Result<(), Impossible> {
    if value.is_negative() || value.is_zero() {
        return Err(Impossible::NotPositive(what));
    }
    Ok(())
}

/// Fails outside of `from..=to`.
pub(crate) fn between(what: &'static str, value: &Exact, from: i64, to: i64) -> Result<(), Impossible> {
    if *value < Exact::int(from) || *value > Exact::int(to) {
        return Err(Impossible::Outside { what, from, to });
    }
    Ok(())
}

/// An input error about a number's range at the place of the number itself.
pub(crate) fn out_of_range(value: &Input<'_>, words: Text) -> InputError {
    InputError::new(value.path(), "range", words)
}

/// This value, not negative.
pub(crate) fn as_amount(value: &Input<'_>) -> Result<Exact, InputError> {
    let number = value.as_exact()?;
    if number.is_negative() {
        return Err(out_of_range(
            value,
            text!("数值不能为负: {number}", "must not be negative: {number}"),
        ));
    }
    Ok(number)
}

/// Number at `key`, not negative.
pub(crate) fn amount(input: &Input<'_>, key: &str) -> Result<Exact, InputError> {
    as_amount(&input.field(key)?)
}

/// Number at `key`, not negative, or nothing.
pub(crate) fn opt_amount(input: &Input<'_>, key: &str) -> Result<Option<Exact>, InputError> {
    input.opt(key).map(|v| as_amount(&v)).transpose()
}

/// What a laboratory reports of one item: missing, not detected, zero and invalid are four different things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Measured {
    /// A number.
    Value(Exact),
    /// 未检出, with the detection limit where it is known.
    Below(Option<Exact>),
    /// Not reported.
    Missing,
}

impl std::fmt::Display for Measured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Value(value) => value.fmt(f),
            Self::Below(Some(limit)) => write!(f, "<{limit}"),
            Self::Below(None) => f.write_str("ND"),
            Self::Missing => f.write_str("缺测"),
        }
    }
}

/// A measured value: a number, `ND`/`未检出`, `<0.01`, `0.01L`, `{"below": 0.01}`, or null.
pub(crate) fn measured(input: &Input<'_>) -> Result<Measured, InputError> {
    let detection = |text: &str| {
        text.trim()
            .parse::<Exact>()
            .ok()
            .map(|x| Measured::Below(Some(x)))
    };
    match input.json() {
        Value::Null => Ok(Measured::Missing),
        Value::Object(_) => amount(input, "below").map(|x| Measured::Below(Some(x))),
        Value::String(text) => match text.trim() {
            "ND" | "nd" | "未检出" => Ok(Measured::Below(None)),
            other => other
                .strip_prefix('<')
                .or_else(|| other.strip_suffix('L'))
                .and_then(detection)
                .map_or_else(|| input.as_exact().map(Measured::Value), Ok),
        },
        _ => input.as_exact().map(Measured::Value),
    }
}

/// Elements at `key`, at most [`MAX_LIST`].
pub(crate) fn list<'a>(input: &Input<'a>, key: &str) -> Result<Vec<Input<'a>>, InputError> {
    let list = input.list(key)?;
    if list.len() > MAX_LIST {
        return Err(input.error(
            key,
            "range",
            text!(
                "最多 {MAX_LIST} 个值,收到 {} 个",
                "at most {MAX_LIST} values, {} were given",
                list.len()
            ),
        ));
    }
    Ok(list)
}

/// Numbers at `key`, none missing, none negative.
pub(crate) fn amounts(input: &Input<'_>, key: &str) -> Result<Vec<Exact>, InputError> {
    list(input, key)?.iter().map(as_amount).collect()
}

/// The value named at `key`; an unknown name is refused with the list of names.
pub(crate) fn choice<T: Copy>(
    input: &Input<'_>,
    key: &str,
    options: &[(&'static str, T)],
) -> Result<T, InputError> {
    let name = input.str(key)?;
    named(name, options).ok_or_else(|| unknown(input, key, name, options))
}

/// The value named at `key`, or `default` where nothing is there.
pub(crate) fn choice_or<T: Copy>(
    input: &Input<'_>,
    key: &str,
    options: &[(&'static str, T)],
    default: T,
) -> Result<T, InputError> {
    if input.opt(key).is_none() {
        return Ok(default);
    }
    choice(input, key, options)
}

fn named<T: Copy>(name: &str, options: &[(&'static str, T)]) -> Option<T> {
    options
        .iter()
        .find(|(option, _)| *option == name)
        .map(|(_, v)| *v)
}

fn unknown<T>(input: &Input<'_>, key: &str, name: &str, options: &[(&'static str, T)]) -> InputError {
    let shown: String = name.chars().take(40).collect();
    let names = options.iter().map(|(o, _)| *o).collect::<Vec<_>>().join("、");
    input.error(
        key,
        "unknown",
        text!(
            "未知的值 {shown},可用 {names}",
            "unknown value {shown}; use one of {names}"
        ),
    )
}

/// An unknown name of something that stands in a table.
pub(crate) fn unknown_name(input: &Input<'_>, key: &str, name: &str) -> InputError {
    let shown: String = name.chars().take(40).collect();
    input.error(
        key,
        "unknown",
        text!("标准表中没有 {shown}", "{shown} is not in the tables"),
    )
}

/// Whole number at `key` within `from..=to`.
pub(crate) fn whole(input: &Input<'_>, key: &str, from: i64, to: i64) -> Result<i64, InputError> {
    let n = input.int(key)?;
    if n < from || n > to {
        return Err(input.error(
            key,
            "range",
            text!(
                "{key} 应在 {from}–{to} 之间,收到 {n}",
                "{key} must be {from} to {to}, found {n}"
            ),
        ));
    }
    Ok(n)
}

/// The plain case shape with the tolerance that the case files' README states, where a line has none of its own.
pub(crate) fn inline_within(line: &Value, default: Tolerance) -> Result<Case, InputError> {
    let mut case = conformance::inline(line)?;
    case.tolerance = case.tolerance.or(Some(default));
    Ok(case)
}

/// A case whose expectation is one bare value: it is put under `key`.
pub(crate) fn inline_as(line: &Value, key: &str) -> Result<Case, InputError> {
    let mut case = conformance::inline(line)?;
    if !case.expect.is_object() {
        case.expect = Value::Object(Map::from_iter([(key.to_owned(), case.expect)]));
    }
    Ok(case)
}
