//! Reading of groundwater inputs: items by key or name, and what laboratories write where nothing was detected.

use super::item::{GroundwaterClass, Item, Reading};
use crate::checks::{self, Measured};
use crate::input::{Input, InputError};
use crate::text;

/// The item at `key`.
pub(super) fn item(input: &Input<'_>, key: &str) -> Result<&'static Item, InputError> {
    let name = input.str(key)?;
    Item::find(name).ok_or_else(|| checks::unknown_name(input, key, name))
}

/// Refuses a stated unit that is not the table's.
pub(super) fn unit(input: &Input<'_>, item: &Item) -> Result<(), InputError> {
    let plain = |u: &str| u.replace(['μ', 'µ'], "u").replace(' ', "");
    match input.opt_str("unit")? {
        Some(given) if plain(given) != plain(&item.unit) => Err(input.error(
            "unit",
            "unit",
            text!(
                "{} 的单位应为 {},收到 {given}",
                "the unit of {} is {}, found {given}",
                item.name,
                item.unit
            ),
        )),
        _ => Ok(()),
    }
}

/// A reading: what a laboratory reports, or `无`/`有`.
pub(super) fn reading(input: &Input<'_>) -> Result<Reading, InputError> {
    match input.json().as_str().map(str::trim) {
        Some("无") => Ok(Reading::Present(false)),
        Some("有") => Ok(Reading::Present(true)),
        _ => checks::measured(input).map(|measured| match measured {
            Measured::Value(value) => Reading::Value(value),
            Measured::Below(limit) => Reading::Below(limit),
            Measured::Missing => Reading::Missing,
        }),
    }
}

const CLASSES: [(&str, GroundwaterClass); 5] = [
    ("I", GroundwaterClass::I),
    ("II", GroundwaterClass::II),
    ("III", GroundwaterClass::III),
    ("IV", GroundwaterClass::IV),
    ("V", GroundwaterClass::V),
];

/// The class at `key`, or a default.
pub(super) fn class_or(
    input: &Input<'_>,
    key: &str,
    default: GroundwaterClass,
) -> Result<GroundwaterClass, InputError> {
    Ok(opt_class(input, key)?.unwrap_or(default))
}

/// The class at `key`, or nothing.
pub(super) fn opt_class(input: &Input<'_>, key: &str) -> Result<Option<GroundwaterClass>, InputError> {
    match input.opt_str(key)? {
        None => Ok(None),
        Some(name) => match GroundwaterClass::parse(name) {
            Some(class) => Ok(Some(class)),
            None => checks::choice(input, key, &CLASSES).map(Some),
        },
    }
}

/// Classes in a list, null where a point has none.
pub(super) fn classes(input: &Input<'_>, key: &str) -> Result<Vec<Option<GroundwaterClass>>, InputError> {
    checks::list(input, key)?
        .iter()
        .map(|point| {
            if point.json().is_null() {
                return Ok(None);
            }
            let name = point.as_str()?;
            GroundwaterClass::parse(name).map(Some).ok_or_else(|| {
                InputError::new(
                    point.path(),
                    "unknown",
                    text!("未知的类别 {name},应为 I–V", "unknown class {name}; use I to V"),
                )
            })
        })
        .collect()
}
