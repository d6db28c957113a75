//! Values as people, forms and tables write them to canonical values: width, dates in their many shapes, codes by name.

use jiff::civil::{Date, DateTime, date};
use jiff::{SpanRound, ToSpan, Unit};
use model::time::UtcMs;
use serde_json::{Value, json};
use standards::num::Exact;
use unicode_normalization::UnicodeNormalization;

use crate::definition::{Field, FieldType};
use crate::limits;
use crate::place;
use crate::record::{Body, Finding, Place};
use crate::register::Register;

/// All values of a body; unknown names and unreadable values are found, and left out of the result.
pub(crate) fn body(register: &Register, raw: &Body, findings: &mut Vec<Finding>) -> Body {
    let mut out = Body::new();
    for (name, value) in raw {
        let Some(field) = register.definition.field(name) else {
            findings.push(unknown(None, name, value));
            continue;
        };
        if let Some(value) = one_field(register, None, field, value, findings) {
            out.insert(name.clone(), value);
        }
    }
    out
}

fn unknown(group: Option<(&Field, usize)>, name: &str, value: &Value) -> Finding {
    Finding {
        field: group.map_or_else(
            || name.to_owned(),
            |(g, row)| format!("{}[{}].{name}", g.name, row + 1),
        ),
        names: crate::text::Names::same(name),
        value: Some(crate::record::show(value)),
        code: "unknown",
        expected: crate::text::Names::new("此台账没有这一字段", "this register has no such field"),
    }
}

fn one_field(
    register: &Register,
    group: Option<(&Field, usize)>,
    field: &Field,
    value: &Value,
    findings: &mut Vec<Finding>,
) -> Option<Value> {
    // Computed values are computed again; what came in is not taken.
    if field.computed.is_some() || is_blank(value) {
        return None;
    }
    let place = Place { group, field };
    if field.kind == FieldType::Group {
        return rows(register, field, value, findings);
    }
    if !field.repeatable {
        return scalar(register, &place, value, findings);
    }
    let most = field
        .at_most
        .map_or(limits::REPEATS, |n| n as usize)
        .min(limits::REPEATS);
    let parts: Vec<Value> = match value {
        Value::Array(items) => items.clone(),
        Value::String(text) => text.split(['；', ';', '\n']).map(Value::from).collect(),
        other => vec![other.clone()],
    };
    let parts: Vec<&Value> = parts.iter().filter(|p| !is_blank(p)).collect();
    if parts.len() > most {
        let (zh, en) = (format!("最多 {most} 个值"), format!("at most {most} values"));
        findings.push(Finding::new(
            &place,
            Some(&parts.len().into()),
            "too_many",
            zh,
            en,
        ));
        return None;
    }
    let mut out: Vec<Value> = Vec::new();
    for part in parts {
        let read = scalar(register, &place, part, findings)?;
        if !out.contains(&read) {
            out.push(read);
        }
    }
    (!out.is_empty()).then_some(Value::Array(out))
}

fn rows(register: &Register, group: &Field, value: &Value, findings: &mut Vec<Finding>) -> Option<Value> {
    let most = group
        .at_most
        .map_or(limits::GROUP_ROWS, |n| n as usize)
        .min(limits::GROUP_ROWS);
    let rows = value
        .as_array()
        .filter(|r| r.len() <= most && r.iter().all(Value::is_object));
    let Some(rows) = rows else {
        let (zh, en) = (
            format!("应为至多 {most} 行"),
            format!("expected at most {most} rows"),
        );
        findings.push(Finding::new(&Place::of(group), Some(value), "type", zh, en));
        return None;
    };
    let mut out: Vec<Value> = Vec::new();
    for (n, row) in rows.iter().filter_map(Value::as_object).enumerate() {
        let mut read = Body::new();
        for (name, value) in row {
            match group.subfield(name) {
                None => findings.push(unknown(Some((group, n)), name, value)),
                Some(field) => {
                    if let Some(value) = one_field(register, Some((group, n)), field, value, findings) {
                        read.insert(name.clone(), value);
                    }
                }
            }
        }
        // An empty row of a form says nothing.
        if !read.is_empty() || row.values().any(|v| !is_blank(v)) {
            out.push(Value::Object(read));
        }
    }
    (!out.is_empty()).then_some(Value::Array(out))
}

/// Nothing was entered: null, empty text, a dash.
pub(crate) fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => matches!(text.trim(), "" | "—" | "-" | "/" | "无数据"),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Full-width digits and letters made plain, spaces at the ends taken off.
pub(crate) fn plain(text: &str) -> String {
    text.nfkc().collect::<String>().trim().to_owned()
}

fn scalar(
    register: &Register,
    place: &Place<'_>,
    value: &Value,
    findings: &mut Vec<Finding>,
) -> Option<Value> {
    let field = place.field;
    let fail = |zh: &str, en: &str, findings: &mut Vec<Finding>| {
        findings.push(Finding::new(place, Some(value), "type", zh, en));
        None
    };
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(_) => String::new(),
        // TOML dates reach JSON as a one-entry table; no other object stands for a scalar.
        other => other.to_string(),
    };
    match field.kind {
        FieldType::Text => match value {
            Value::String(_) | Value::Number(_) => {
                let text: String = text
                    .trim()
                    .chars()
                    .filter(|c| !c.is_control() || *c == '\n')
                    .take(limits::TEXT_CHARS + 1)
                    .collect();
                Some(text.into())
            }
            _ => fail("应为文本", "expected text", findings),
        },
        FieldType::Integer => match number(&text).and_then(|n| n.to_i64()) {
            Some(n) => Some(n.into()),
            None => fail("应为整数", "expected a whole number", findings),
        },
        FieldType::Decimal => match number(&text).filter(|n| n.decimals().is_some_and(|d| d <= 12)) {
            Some(n) => Some(n.to_display().into()),
            None => fail("应为数值", "expected a decimal number", findings),
        },
        FieldType::Date => match read_date(&text) {
            Some(date) => Some(date.to_string().into()),
            None => fail(
                "应为日期，如 2025-03-01",
                "expected a date such as 2025-03-01",
                findings,
            ),
        },
        FieldType::Instant => match read_instant(&text) {
            Some(at) => Some(at.to_rfc3339().into()),
            None => fail(
                "应为日期与时刻，如 2025-03-01 08:30",
                "expected date and time such as 2025-03-01 08:30",
                findings,
            ),
        },
        FieldType::Boolean => match (value, plain(&text).to_lowercase().as_str()) {
            (Value::Bool(b), _) => Some((*b).into()),
            (_, "是" | "有" | "1" | "true" | "yes" | "y" | "√") => Some(true.into()),
            (_, "否" | "无" | "没有" | "0" | "false" | "no" | "n" | "×") => Some(false.into()),
            _ => fail("应为 是 或 否", "expected yes or no (是/否)", findings),
        },
        FieldType::Choice => {
            let list = register.codes(place.group.map(|(g, _)| g), field);
            let wanted = plain(&text);
            let known = list.and_then(|l| l.find(text.trim()).or_else(|| l.find(&wanted)));
            // A code that is not of the list is kept for the check, which names the list.
            Some(known.map_or_else(|| wanted.into(), |c| c.code.clone().into()))
        }
        FieldType::Reference | FieldType::Unit => Some(plain(&text).into()),
        FieldType::CreditCode | FieldType::PermitCode => {
            let compact: String = plain(&text)
                .chars()
                .filter(|c| !c.is_whitespace() && *c != '-')
                .collect();
            Some(compact.to_uppercase().into())
        }
        FieldType::File => {
            let named = value.get("name").is_some_and(Value::is_string);
            let hashed = value
                .get("sha256")
                .and_then(Value::as_str)
                .is_some_and(|h| h.len() == 64);
            let sized = value.get("size").is_some_and(Value::is_u64);
            if named && hashed && sized && value.get("media_type").is_some_and(Value::is_string) {
                return Some(value.clone());
            }
            fail("应为上传的附件", "expected an uploaded attachment", findings)
        }
        FieldType::Point | FieldType::Line | FieldType::Area => match place::read(value, field.kind) {
            Ok(geometry) => Some(geometry),
            Err((zh, en)) => fail(zh, en, findings),
        },
        FieldType::Group => None,
    }
}

/// A number as people write it: full width, grouping commas, spaces.
pub(crate) fn number(text: &str) -> Option<Exact> {
    let text = plain(text);
    let compact: String = text
        .chars()
        .filter(|c| !matches!(c, ',' | ' ' | '\u{a0}'))
        .collect();
    // A comma is taken for grouping only where it stands before three digits.
    let grouped = text
        .split(',')
        .skip(1)
        .all(|part| part.chars().take_while(char::is_ascii_digit).count() == 3);
    // Fractions are no entry of a form: 1/2 is more likely a date.
    (grouped && !compact.contains('/'))
        .then(|| compact.parse().ok())
        .flatten()
}

/// A date in any of the shapes offices use, or an Excel serial number of the 1900 system.
pub(crate) fn read_date(text: &str) -> Option<Date> {
    let text = plain(text);
    if let Ok(date) = text.parse::<Date>() {
        return in_range(date);
    }
    let serial = text.strip_suffix(".0").unwrap_or(&text);
    if serial.bytes().all(|b| b.is_ascii_digit()) {
        return match serial.len() {
            5 => in_range(
                date(1899, 12, 30)
                    .checked_add(serial.parse::<i64>().ok()?.days())
                    .ok()?,
            ),
            8 => in_range(civil(serial.get(..4)?, serial.get(4..6)?, serial.get(6..)?)?),
            _ => None,
        };
    }
    // A date with a time at midnight is still a date.
    if let Some((day, time)) = text.split_once(['T', ' '])
        && time.chars().all(|c| matches!(c, '0' | ':' | '.'))
    {
        return read_date(day);
    }
    let mut parts = text.trim_end_matches('日').split(['-', '/', '.', '年', '月']);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    in_range(civil(year, month, day)?)
}

fn civil(year: &str, month: &str, day: &str) -> Option<Date> {
    let trimmed = |t: &str| t.trim().parse::<i8>().ok();
    Date::new(year.trim().parse().ok()?, trimmed(month)?, trimmed(day)?).ok()
}

/// Years that a register can mean; a year 1025 is a slip.
fn in_range(date: Date) -> Option<Date> {
    (1900..=2200).contains(&date.year()).then_some(date)
}

fn read_instant(text: &str) -> Option<UtcMs> {
    let text = plain(text);
    // An Excel serial with a fraction: the fraction is the time of day, rounded to whole seconds.
    if let Some(serial) = text.parse::<f64>().ok().filter(|n| (1.0..110_000.0).contains(n)) {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the serial is below 110,000, so this is below 10^10"
        )]
        let seconds = (serial * 86_400.0).round() as i64;
        let span = seconds
            .seconds()
            .round(SpanRound::new().largest(Unit::Second))
            .ok()?;
        return UtcMs::from_civil(date(1899, 12, 30).at(0, 0, 0, 0).checked_add(span).ok()?);
    }
    if let Some(at) = UtcMs::parse(&text) {
        return Some(UtcMs(at.0.div_euclid(1000) * 1000));
    }
    let (day, time) = match text.split_once(['日', ' ', 'T']) {
        Some((day, time)) => (day, time.trim()),
        None => (text.as_str(), "00:00"),
    };
    let day = read_date(day)?;
    let padded = if time.find(':') == Some(1) {
        format!("0{time}")
    } else {
        time.to_owned()
    };
    let civil: DateTime = format!("{day}T{padded}").parse().ok()?;
    UtcMs::from_civil(civil)
}

/// A finished geometry, number or text as JSON; used by defaults, which are written as people write.
pub(crate) fn default_value(register: &Register, field: &Field, group: Option<&Field>) -> Option<Value> {
    let mut none = Vec::new();
    let value = field.default.as_ref()?;
    one_field(register, group.map(|g| (g, 0)), field, value, &mut none).filter(|_| none.is_empty())
}

/// Text of a canonical JSON number or string.
pub(crate) fn as_text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| json!(value).to_string(), str::to_owned)
}
