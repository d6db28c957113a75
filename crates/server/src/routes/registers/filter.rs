//! The filters of a list as addresses write them: fixed names, and `where.<field>` for each field of the register.

use ledger::{Query, Sort};
use model::time::UtcMs;
use registers::register::Register;
use serde_json::{Map, Value};

use crate::dto::common::Window;
use crate::error::{ApiError, Result};
use crate::limits;
use crate::routes::{paging, text_filter};

/// Pairs of an address, or of a filter as an object.
pub(crate) type Pairs = Vec<(String, String)>;

fn flag(name: &str, value: &str) -> Result<bool> {
    value
        .parse()
        .map_err(|_| ApiError::query(name, "应为 true 或 false", "must be true or false"))
}

fn number(name: &str, value: &str) -> Result<u32> {
    value
        .parse()
        .map_err(|_| ApiError::query(name, "应为整数", "must be a whole number"))
}

/// The query a list asks; `beside` names parameters the endpoint reads itself.
pub(crate) fn query(register: &Register, pairs: &Pairs, beside: &[&str]) -> Result<(Query, Window)> {
    let mut query = Query::default();
    let (mut page, mut size) = (None, None);
    for (name, value) in pairs {
        let Some(value) = text_filter(name, Some(value))? else {
            continue;
        };
        match name.as_str() {
            "page" => page = Some(number(name, value)?),
            "page_size" => size = Some(number(name, value)?),
            "sort" => {
                let (field, descending) = value.strip_prefix('-').map_or((value, false), |f| (f, true));
                query.sort = Some(Sort::named(register, field)?);
                query.descending = descending;
            }
            "q" => value.clone_into(&mut query.text),
            "state" => query.states = value.split(',').map(|s| s.trim().to_owned()).collect(),
            "overdue" => query.overdue = Some(flag(name, value)?),
            "demo" => query.demo = Some(flag(name, value)?),
            "figure" => query.figure = Some(value.to_owned()),
            "unit" => query.unit = Some(value.to_owned()),
            "as_of" => {
                let at = UtcMs::parse(value).ok_or_else(|| {
                    ApiError::query(
                        name,
                        "应为时间,如 2026-11-24T08:00:00+08:00",
                        "must be a time such as 2026-11-24T08:00:00+08:00",
                    )
                })?;
                query.as_of = Some(at);
            }
            other if beside.contains(&other) => {}
            other => match other.strip_prefix("where.") {
                Some(field) => query.condition(register, field, value)?,
                None => return Err(ApiError::query(other, "不认识的参数", "is not a known parameter")),
            },
        }
    }
    let (window, page) = paging(page, size)?;
    query.page = page;
    Ok((query, window))
}

/// A filter given as an object: texts, numbers, yes or no, or lists of them (any of).
pub(crate) fn pairs(filter: &Map<String, Value>) -> Result<Pairs> {
    let text = |name: &str, value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(_) | Value::Bool(_) => Ok(value.to_string()),
        _ => Err(ApiError::field(
            &format!("where.{name}"),
            "应为文本、数值、是否或其列表",
            "must be text, a number, true or false, or a list of these",
        )),
    };
    let mut out = Vec::new();
    for (name, value) in filter {
        let value = match value {
            Value::Array(items) => {
                let items: Result<Vec<String>> = items.iter().map(|v| text(name, v)).collect();
                items?.join(",")
            }
            one => text(name, one)?,
        };
        if value.chars().count() > limits::MAX_FILTER_CHARS {
            return Err(ApiError::field(&format!("where.{name}"), "过长", "is too long"));
        }
        out.push((name.clone(), value));
    }
    Ok(out)
}
