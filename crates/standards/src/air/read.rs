//! Reading of what the air topics share: edition, item, pollutant and hours, with errors that name the field.

use super::aqi::{Concentrations, Reading};
use super::edition::{Edition, LimitSet};
use super::iaqi::{Item, NegativeConcentration};
use super::limits::Pollutant;
use super::means::Hours;
use crate::input::{Input, InputError};
use crate::num::Exact;
use crate::text;

/// The longest list a topic accepts: ten leap years of hours.
pub(super) const MAX_LIST: usize = 87_840;

/// The edition named by `standard`, else the one in force on `date`.
pub(super) fn edition(input: &Input<'_>) -> Result<Edition, InputError> {
    if let Some(name) = input.opt_str("standard")? {
        return Edition::parse(name).ok_or_else(|| {
            input.error(
                "standard",
                "unknown",
                text!(
                    "未知的标准版本 {name},可用 hj633-2012、hj633-2026",
                    "unknown edition {name}; use hj633-2012 or hj633-2026"
                ),
            )
        });
    }
    if input.opt("date").is_some() {
        return Ok(Edition::on(input.date("date")?));
    }
    Err(input.error(
        "standard",
        "context",
        text!(
            "应给出 standard(标准版本)或 date(数据日期)",
            "give standard (the edition) or date (the day of the data)"
        ),
    ))
}

/// The limit set named by `limit_set`, else the one in force on `date`.
pub(super) fn limit_set(input: &Input<'_>) -> Result<Option<LimitSet>, InputError> {
    if let Some(name) = input.opt_str("limit_set")? {
        return LimitSet::parse(name).map(Some).ok_or_else(|| {
            input.error(
                "limit_set",
                "unknown",
                text!("未知的限值版本 {name}", "unknown limit set {name}"),
            )
        });
    }
    if input.opt("date").is_some() {
        return Ok(Some(LimitSet::on(input.date("date")?)));
    }
    Ok(None)
}

/// The AQI item at `key`.
pub(super) fn item(input: &Input<'_>, key: &str) -> Result<Item, InputError> {
    let name = input.str(key)?;
    Item::parse(name).ok_or_else(|| unknown_item(input, key, name))
}

/// One of the six pollutants at `key`.
pub(super) fn pollutant(input: &Input<'_>, key: &str) -> Result<Pollutant, InputError> {
    let name = input.str(key)?;
    // MDA8 is also called by the AQI's name of the item.
    let bare = if name == "o3_8h" { "o3" } else { name };
    Pollutant::parse_six(bare).ok_or_else(|| unknown_item(input, key, name))
}

fn unknown_item(input: &Input<'_>, key: &str, name: &str) -> InputError {
    input.error(
        key,
        "unknown",
        text!("未知的污染物项目 {name}", "unknown item {name}"),
    )
}

/// A concentration that is not negative.
pub(super) fn concentration(input: &Input<'_>) -> Result<Exact, InputError> {
    let value = input.as_exact()?;
    if value.is_negative() {
        return Err(InputError::new(
            input.path(),
            "range",
            text!(
                "浓度不能为负: {value}",
                "a concentration cannot be negative: {value}"
            ),
        ));
    }
    Ok(value)
}

/// Concentrations by item key: a number; null or `NA` is missing, `/` is not in the monitoring plan.
pub(super) fn concentrations(input: &Input<'_>) -> Result<Concentrations, InputError> {
    let mut out = Concentrations::new();
    for (key, value) in input.as_members()? {
        let item = Item::parse(key).ok_or_else(|| unknown_item(input, key, key))?;
        let reading = match value.json() {
            serde_json::Value::Null => Reading::Missing,
            serde_json::Value::String(s) if s == "/" => Reading::NotPlanned,
            serde_json::Value::String(s) if s == "NA" => Reading::Missing,
            _ => Reading::Value(concentration(&value)?),
        };
        out.set(item, reading);
    }
    Ok(out)
}

/// Twenty-four hours at `key`, null where missing.
pub(super) fn hours(input: &Input<'_>, key: &str) -> Result<Hours, InputError> {
    let list = input.list(key)?;
    let wrong = || {
        input.error(
            key,
            "range",
            text!(
                "应有 24 个小时值,收到 {} 个",
                "24 hours are needed, {} were given",
                list.len()
            ),
        )
    };
    let mut values = Vec::with_capacity(24);
    for hour in &list {
        values.push(if hour.json().is_null() {
            None
        } else {
            Some(concentration(hour)?)
        });
    }
    Hours::try_from(values).map_err(|_| wrong())
}

/// A list of numbers at `key`, none missing, at most [`MAX_LIST`].
pub(super) fn numbers(input: &Input<'_>, key: &str) -> Result<Vec<Exact>, InputError> {
    let list = input.list(key)?;
    if list.len() > MAX_LIST {
        return Err(input.error(
            key,
            "range",
            text!("最多 {MAX_LIST} 个数值", "at most {MAX_LIST} values"),
        ));
    }
    list.iter().map(Input::as_exact).collect()
}

/// A negative concentration that got past the reading.
pub(super) fn negative(path: &str) -> impl Fn(NegativeConcentration) -> InputError + '_ {
    move |error| {
        InputError::new(
            path,
            "range",
            text!(
                "浓度不能为负: {}",
                "a concentration cannot be negative: {}",
                error.0
            ),
        )
    }
}
