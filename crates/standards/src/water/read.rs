//! Reading of what the water topics share: body, class, measured values (missing, below detection, number).

use super::class::{ClassError, WaterClass};
use super::item::{Body, Item};
use crate::conformance::Case;
use crate::input::{Input, InputError};
use crate::num::Exact;
use crate::text;

/// The longest list a topic accepts.
pub(super) const MAX_LIST: usize = 100_000;

/// A measured value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Measured {
    /// A number.
    Number(Exact),
    /// Below this detection limit («0.01L», «<0.01»): half of it enters means and comparisons.
    BelowDetection(Exact),
}

impl Measured {
    /// What enters the calculation.
    pub fn value(&self) -> Exact {
        match self {
            Self::Number(value) => value.clone(),
            Self::BelowDetection(limit) => Exact::ratio(1, 2).map_or_else(Exact::zero, |half| limit * &half),
        }
    }
}

/// A list at `key` within its bound.
pub(super) fn list<'a>(input: &Input<'a>, key: &str) -> Result<Vec<Input<'a>>, InputError> {
    let list = input.list(key)?;
    if list.len() > MAX_LIST {
        return Err(input.error(
            key,
            "range",
            text!("最多 {MAX_LIST} 项", "at most {MAX_LIST} entries"),
        ));
    }
    Ok(list)
}

/// `river` or `lake` at `body`; `None` where absent.
pub(super) fn opt_body(input: &Input<'_>) -> Result<Option<Body>, InputError> {
    let Some(name) = input.opt_str("body")? else {
        return Ok(None);
    };
    Body::parse(name).map(Some).ok_or_else(|| {
        input.error(
            "body",
            "unknown",
            text!(
                "未知的水体类型 {name},可用 river、lake",
                "unknown body {name}; use river or lake"
            ),
        )
    })
}

/// `river` or `lake` at `body`.
pub(super) fn body(input: &Input<'_>) -> Result<Body, InputError> {
    opt_body(input)?.ok_or_else(|| {
        input.error(
            "body",
            "missing",
            text!(
                "缺少 body(river 河流 / lake 湖库):总磷、总氮限值取决于断面属性",
                "body (river or lake) is missing: it decides the limits of TP and TN"
            ),
        )
    })
}

/// A class written as text.
pub(super) fn class(input: &Input<'_>) -> Result<WaterClass, InputError> {
    let name = input.as_str()?;
    WaterClass::parse(name).ok_or_else(|| {
        InputError::new(
            input.path(),
            "unknown",
            text!("未知的水质类别 {name}", "unknown class {name}; use I to V or 劣V"),
        )
    })
}

/// The item at `key`.
pub(super) fn item(input: &Input<'_>, key: &str) -> Result<Item, InputError> {
    let name = input.str(key)?;
    Item::parse(name).ok_or_else(|| unknown(input, key, name))
}

pub(super) fn unknown(input: &Input<'_>, key: &str, name: &str) -> InputError {
    input.error(
        key,
        "unknown",
        text!("未知的监测项目 {name}", "unknown item {name}"),
    )
}

/// One measured value: a number or its text, `0.01L` / `<0.01` / `{"below": 0.01}` for below detection; null, `--` and
/// `*` (not measured there) are missing.
pub(super) fn measured(input: &Input<'_>) -> Result<Option<Measured>, InputError> {
    use serde_json::Value;
    match input.json() {
        Value::Null => Ok(None),
        Value::String(text) => {
            let text = text.trim();
            if matches!(text, "--" | "*" | "") {
                return Ok(None);
            }
            let limit = text.strip_suffix(['L', 'l']).or_else(|| text.strip_prefix('<'));
            match limit {
                Some(limit) => {
                    let limit: Exact = limit.parse().map_err(|_| bad_limit(input, text))?;
                    if limit.is_negative() {
                        return Err(bad_limit(input, text));
                    }
                    Ok(Some(Measured::BelowDetection(limit)))
                }
                None => input.as_exact().map(|v| Some(Measured::Number(v))),
            }
        }
        Value::Object(_) => {
            let limit = input.exact("below")?;
            if limit.is_negative() {
                return Err(bad_limit(input, &limit.to_display()));
            }
            Ok(Some(Measured::BelowDetection(limit)))
        }
        _ => input.as_exact().map(|v| Some(Measured::Number(v))),
    }
}

fn bad_limit(input: &Input<'_>, shown: &str) -> InputError {
    InputError::new(
        input.path(),
        "type",
        text!("检出限写法有误: {shown}", "not a detection limit: {shown}"),
    )
}

/// Measured values by item key, in order of the table; missing ones are not in the list.
pub(super) fn values(input: &Input<'_>) -> Result<Vec<(Item, Measured)>, InputError> {
    let mut out = Vec::new();
    for (key, value) in input.as_members()? {
        let item = Item::parse(key).ok_or_else(|| unknown(input, key, key))?;
        if let Some(measured) = measured(&value)? {
            if !item.possible(&measured.value()) {
                return Err(impossible(input, item, &measured.value()));
            }
            out.push((item, measured));
        }
    }
    out.sort_by_key(|(item, _)| *item);
    Ok(out)
}

/// The numbers of measured values.
pub(super) fn numbers(values: &[(Item, Measured)]) -> Vec<(Item, Exact)> {
    values.iter().map(|(item, m)| (*item, m.value())).collect()
}

fn impossible(input: &Input<'_>, item: Item, value: &Exact) -> InputError {
    input.error(
        item.key(),
        "range",
        text!(
            "{} 的数值不可能: {value}",
            "impossible value of {}: {value}",
            item.key()
        ),
    )
}

/// A class error as an input error.
pub(super) fn refuse<'a>(input: &'a Input<'_>) -> impl Fn(ClassError) -> InputError + 'a {
    move |error| match error {
        ClassError::NoLimit(item) => input.error(
            item.key(),
            "context",
            text!(
                "{} 在该水体类型下没有类别限值",
                "{} has no class limits in this body of water",
                item.key()
            ),
        ),
        ClassError::Impossible(item, value) => impossible(input, item, &value),
    }
}

/// Lists of names are compared in order of the tables, whatever order a case wrote them in.
pub(super) fn sort_names(case: &mut Case, key: &str, order: fn(&str) -> usize) {
    if let Some(list) = case.expect.get_mut(key).and_then(serde_json::Value::as_array_mut) {
        list.sort_by_key(|name| order(name.as_str().unwrap_or_default()));
    }
}
