//! Reading of numbers that must lie in a range, beside [`crate::checks`]: the impossible value is refused at its field.

use crate::checks;
use crate::input::{Input, InputError};
use crate::num::Exact;
use crate::text;

type Result<T> = std::result::Result<T, InputError>;

fn outside(input: &Input<'_>, zh: &str, en: &str, got: &dyn std::fmt::Display) -> InputError {
    checks::out_of_range(input, text!("应{zh},收到 {got}", "must be {en}, found {got}"))
}

/// A number at `key`, above zero.
pub(crate) fn positive(input: &Input<'_>, key: &str) -> Result<Exact> {
    let field = input.field(key)?;
    let value = field.as_exact()?;
    if value.is_zero() || value.is_negative() {
        return Err(outside(&field, "大于 0", "above 0", &value));
    }
    Ok(value)
}

/// A number at `key` from `low` to `high`, both included.
pub(crate) fn within(input: &Input<'_>, key: &str, low: i64, high: i64) -> Result<Exact> {
    let field = input.field(key)?;
    let value = field.as_exact()?;
    if value < Exact::int(low) || value > Exact::int(high) {
        let zh = format!("在 {low} 至 {high} 之间");
        let en = format!("from {low} to {high}");
        return Err(outside(&field, &zh, &en, &value));
    }
    Ok(value)
}

/// A float at `key`, above zero.
pub(crate) fn positive_f64(input: &Input<'_>, key: &str) -> Result<f64> {
    let value = input.f64(key)?;
    if value > 0.0 {
        return Ok(value);
    }
    Err(outside(&input.field(key)?, "大于 0", "above 0", &value))
}

/// A float at `key`, not negative.
pub(crate) fn amount_f64(input: &Input<'_>, key: &str) -> Result<f64> {
    let value = input.f64(key)?;
    if value >= 0.0 {
        return Ok(value);
    }
    Err(outside(&input.field(key)?, "不小于 0", "at least 0", &value))
}

/// Numbers of the list at `key`, none negative, `None` where null (missing).
pub(crate) fn opt_amounts(input: &Input<'_>, key: &str) -> Result<Vec<Option<Exact>>> {
    checks::list(input, key)?
        .iter()
        .map(|v| {
            if v.json().is_null() {
                Ok(None)
            } else {
                checks::as_amount(v).map(Some)
            }
        })
        .collect()
}
