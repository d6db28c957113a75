//! A normalised body against its definition: all findings at once.

use std::str::FromStr;

use jiff::civil::Date;
use serde_json::Value;
use standards::num::Exact;
use standards::permits::codes::{CodeError, credit_check, permit_code};

use crate::admit::References;
use crate::definition::{Field, FieldType};
use crate::expr::Scope;
use crate::limits;
use crate::record::{Body, Finding, Place};
use crate::register::Register;

pub(crate) struct Check<'a> {
    pub(crate) register: &'a Register,
    pub(crate) references: &'a dyn References,
    pub(crate) scope: Scope<'a>,
    pub(crate) findings: &'a mut Vec<Finding>,
}

impl Check<'_> {
    pub(crate) fn run(&mut self) {
        let register = self.register;
        for field in &register.definition.field {
            self.field(&Place::of(field), self.scope.body);
            let rows = self.scope.body.get(&field.name).and_then(Value::as_array);
            if field.kind != FieldType::Group {
                continue;
            }
            for (n, row) in rows
                .into_iter()
                .flatten()
                .filter_map(Value::as_object)
                .enumerate()
            {
                for sub in &field.fields {
                    self.field(
                        &Place {
                            group: Some((field, n)),
                            field: sub,
                        },
                        row,
                    );
                }
            }
        }
        for rule in &register.definition.rule {
            // Unknown is not false: where a value is missing, the required fields already say so.
            if register.holds(&rule.holds, &self.scope) == Some(false)
                && let Some(field) = register.definition.field(&rule.field)
            {
                let value = self.scope.body.get(&field.name);
                self.findings
                    .push(Finding::new(&Place::of(field), value, "rule", &rule.zh, &rule.en));
            }
        }
    }

    fn field(&mut self, place: &Place<'_>, body: &Body) {
        let field = place.field;
        let Some(value) = body.get(&field.name) else {
            let row = place.group.map(|_| body);
            let asked = field.required_when.as_ref().is_some_and(|text| {
                let expr = self.register.expr(place.group.map(|(g, _)| g), text);
                expr.and_then(|e| e.holds(&Scope { row, ..self.scope })) == Some(true)
            });
            if (field.required || asked) && !self.has_error(place) {
                self.findings.push(Finding::new(
                    place,
                    None,
                    "required",
                    "必填",
                    "a value is required",
                ));
            }
            return;
        };
        match value {
            Value::Array(items) if field.repeatable => items.iter().for_each(|v| self.value(place, v)),
            _ => self.value(place, value),
        }
    }

    /// A value that could not be read is not also missing.
    fn has_error(&self, place: &Place<'_>) -> bool {
        let path = place.path();
        self.findings.iter().any(|f| f.field == path)
    }

    fn say(&mut self, place: &Place<'_>, value: &Value, code: &'static str, zh: &str, en: &str) {
        self.findings.push(Finding::new(place, Some(value), code, zh, en));
    }

    fn value(&mut self, place: &Place<'_>, value: &Value) {
        let field = place.field;
        let text = value.as_str().unwrap_or_default();
        match field.kind {
            FieldType::Text => self.text(place, value, text),
            FieldType::Integer => {
                let number = value.as_i64().map(Exact::int);
                self.range(place, value, number.as_ref());
            }
            FieldType::Decimal => {
                let number = Exact::from_str(text).ok();
                self.range(place, value, number.as_ref());
                let places = number.and_then(|n| n.decimals());
                if let (Some(most), Some(places)) = (field.decimals, places)
                    && places > most
                {
                    let (zh, en) = (format!("至多 {most} 位小数"), format!("at most {most} decimals"));
                    self.say(place, value, "decimals", &zh, &en);
                }
            }
            FieldType::Date => {
                let date = text.parse::<Date>().ok();
                self.range(place, value, date.as_ref());
            }
            FieldType::Choice => self.choice(place, value, text),
            FieldType::CreditCode => {
                let last = text.chars().last();
                let right = text.get(..17).and_then(credit_check);
                if text.len() != 18 || right.is_none() {
                    self.say(
                        place,
                        value,
                        "format",
                        "统一社会信用代码应为 18 位数字或大写字母（不含 I、O、S、V、Z）",
                        "a credit code has 18 digits or capital letters without I, O, S, V, Z",
                    );
                } else if right != last {
                    self.say(
                        place,
                        value,
                        "check_digit",
                        "校验码不符，请核对各位",
                        "the check digit is wrong; compare every character",
                    );
                }
            }
            FieldType::PermitCode => match permit_code(text) {
                Ok(_) => {}
                Err(CodeError::Format) => self.say(
                    place,
                    value,
                    "format",
                    "应为 18 位统一社会信用代码 + 3 位顺序码 + 1 位字母",
                    "expected a credit code, 3 digits and 1 letter",
                ),
                Err(CodeError::CheckDigit) => self.say(
                    place,
                    value,
                    "check_digit",
                    "其中统一社会信用代码的校验码不符",
                    "the check digit of its credit code is wrong",
                ),
            },
            FieldType::Reference | FieldType::Unit => self.reference(place, value, text),
            FieldType::File => self.file(place, value),
            FieldType::Boolean
            | FieldType::Instant
            | FieldType::Point
            | FieldType::Line
            | FieldType::Area
            | FieldType::Group => {}
        }
    }

    fn text(&mut self, place: &Place<'_>, value: &Value, text: &str) {
        let field = place.field;
        if text.chars().count() > limits::TEXT_CHARS {
            let most = limits::TEXT_CHARS;
            self.say(
                place,
                value,
                "length",
                &format!("至多 {most} 字"),
                &format!("at most {most} characters"),
            );
        }
        if field.repeatable && text.contains(['；', ';', '\n']) {
            self.say(
                place,
                value,
                "format",
                "多值以分号分隔，单个值内不能有分号或换行",
                "values are separated by semicolons; one value has neither semicolon nor line break",
            );
        }
        let pattern = field.pattern.as_ref().and_then(|p| self.register.patterns.get(p));
        if pattern.is_some_and(|p| !p.is_match(text)) {
            let expects = field.expects.clone().unwrap_or_default();
            self.say(place, value, "pattern", &expects.zh, &expects.en);
        }
    }

    fn range<T: FromStr + PartialOrd>(&mut self, place: &Place<'_>, value: &Value, read: Option<&T>) {
        let field = place.field;
        let bound = |text: &Option<String>| text.as_ref().and_then(|t| t.parse::<T>().ok());
        let Some(read) = read else {
            return self.say(place, value, "type", "格式不符", "not in canonical form");
        };
        let low = bound(&field.min).is_some_and(|min| *read < min);
        let high = bound(&field.max).is_some_and(|max| *read > max);
        if low || high {
            let unit = &field.unit;
            let (zh, en) = match (&field.min, &field.max) {
                (Some(min), Some(max)) => (
                    format!("应在 {min} 至 {max} {unit}"),
                    format!("expected {min} to {max} {unit}"),
                ),
                (Some(min), None) => (format!("不小于 {min} {unit}"), format!("{min} {unit} or more")),
                (_, max) => {
                    let max = max.as_deref().unwrap_or_default();
                    (format!("不大于 {max} {unit}"), format!("{max} {unit} or less"))
                }
            };
            self.say(place, value, "range", zh.trim_end(), en.trim_end());
        }
    }

    fn choice(&mut self, place: &Place<'_>, value: &Value, text: &str) {
        let Some(list) = self.register.codes(place.group.map(|(g, _)| g), place.field) else {
            return;
        };
        if list.get(text).is_some() {
            return;
        }
        let shown: Vec<&str> = list.codes.iter().take(12).map(|c| c.names.zh.as_str()).collect();
        let codes: Vec<&str> = list.codes.iter().take(12).map(|c| c.code.as_str()).collect();
        let more = if list.codes.len() > 12 { " …" } else { "" };
        let zh = format!("应为 {}{more}", shown.join("、"));
        let en = format!("expected one of {}{more}", codes.join(", "));
        self.say(place, value, "code", &zh, &en);
    }

    fn reference(&mut self, place: &Place<'_>, value: &Value, text: &str) {
        let field = place.field;
        let (known, zh, en) = if let Some(register) = &field.register {
            (
                self.references.record(register, text),
                "所引用的记录不存在",
                "there is no such record",
            )
        } else if let Some(kind) = &field.subject {
            (
                self.references.subject(kind, text),
                "所引用的对象不存在",
                "there is no such subject",
            )
        } else {
            (
                self.references.unit(text),
                "没有这一单位",
                "there is no such unit",
            )
        };
        if !known {
            self.say(place, value, "reference", zh, en);
        }
    }

    fn file(&mut self, place: &Place<'_>, value: &Value) {
        let field: &Field = place.field;
        let media = value
            .get("media_type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if !field.media.is_empty() && !field.media.iter().any(|m| m == media) {
            let list = field.media.join(", ");
            self.say(
                place,
                value,
                "media",
                &format!("文件类型应为 {list}"),
                &format!("expected a file of type {list}"),
            );
        }
        let size = value.get("size").and_then(Value::as_u64).unwrap_or(u64::MAX);
        if let Some(most) = field.max_mib
            && size > u64::from(most) * 1024 * 1024
        {
            self.say(
                place,
                value,
                "size",
                &format!("文件不大于 {most} MiB"),
                &format!("a file of {most} MiB or less"),
            );
        }
    }
}
