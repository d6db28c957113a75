//! Reading of a topic's JSON input: each getter names the field, what was expected and what stood there.

use serde_json::Value;

use crate::num::Exact;
use crate::text::Text;

/// Input that a topic cannot work with.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{path}: {} / {}", message.zh, message.en)]
pub struct InputError {
    /// Path of the field, e.g. `items[2].kg`.
    pub path: String,
    /// Stable code: `missing`, `type`, `unknown`, `range`, `unit`, `context`.
    pub code: &'static str,
    /// What was expected and what stood there.
    pub message: Text,
}

impl InputError {
    /// An error at a path.
    pub fn new(path: impl Into<String>, code: &'static str, message: Text) -> Self {
        Self {
            path: path.into(),
            code,
            message,
        }
    }
}

/// A JSON object or value together with its path, so that errors can name the place.
#[derive(Clone, Debug)]
pub struct Input<'a> {
    value: &'a Value,
    path: String,
}

type Result<T> = std::result::Result<T, InputError>;

impl<'a> Input<'a> {
    /// The root of an input.
    pub fn root(value: &'a Value) -> Self {
        Self {
            value,
            path: String::new(),
        }
    }

    /// The JSON itself.
    pub fn json(&self) -> &'a Value {
        self.value
    }

    /// Where it stands.
    pub fn path(&self) -> &str {
        &self.path
    }

    fn at(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// An error at a field of this object.
    pub fn error(&self, key: &str, code: &'static str, message: Text) -> InputError {
        InputError::new(self.at(key), code, message)
    }

    /// A field that may be absent or null.
    pub fn opt(&self, key: &str) -> Option<Input<'a>> {
        let value = self.value.get(key)?;
        (!value.is_null()).then(|| Input {
            value,
            path: self.at(key),
        })
    }

    /// A field that must be there.
    pub fn field(&self, key: &str) -> Result<Input<'a>> {
        self.opt(key).ok_or_else(|| {
            self.error(
                key,
                "missing",
                crate::text!("缺少必填项 {key}", "the required field {key} is missing"),
            )
        })
    }

    /// Whether the field is there at all, null included.
    pub fn has(&self, key: &str) -> bool {
        self.value.get(key).is_some()
    }

    fn wrong(&self, zh: &'static str, en: &'static str) -> InputError {
        let shown: String = self.value.to_string().chars().take(60).collect();
        InputError::new(
            self.path.clone(),
            "type",
            Text::new(
                format!("应为{zh},收到 {shown}"),
                format!("expected {en}, found {shown}"),
            ),
        )
    }

    /// This value as an exact number (JSON number, or decimal text).
    pub fn as_exact(&self) -> Result<Exact> {
        let text = match self.value {
            Value::Number(n) => n.to_string(),
            Value::String(s) => s.clone(),
            _ => return Err(self.wrong("数值", "a number")),
        };
        text.parse().map_err(|_| self.wrong("数值", "a number"))
    }

    /// This value as a float, finite.
    pub fn as_f64(&self) -> Result<f64> {
        let value = match self.value {
            Value::Number(n) => n.as_f64(),
            Value::String(s) => s.trim().parse().ok(),
            _ => None,
        };
        value
            .filter(|v: &f64| v.is_finite())
            .ok_or_else(|| self.wrong("数值", "a finite number"))
    }

    /// This value as text.
    pub fn as_str(&self) -> Result<&'a str> {
        self.value.as_str().ok_or_else(|| self.wrong("文本", "text"))
    }

    /// This value's elements.
    pub fn as_list(&self) -> Result<Vec<Input<'a>>> {
        let list = self
            .value
            .as_array()
            .ok_or_else(|| self.wrong("列表", "a list"))?;
        Ok(list
            .iter()
            .enumerate()
            .map(|(i, value)| Input {
                value,
                path: format!("{}[{i}]", self.path),
            })
            .collect())
    }

    /// This value's members in order of their names.
    pub fn as_members(&self) -> Result<Vec<(&'a str, Input<'a>)>> {
        let map = self
            .value
            .as_object()
            .ok_or_else(|| self.wrong("对象", "an object"))?;
        Ok(map
            .iter()
            .map(|(key, value)| {
                (
                    key.as_str(),
                    Input {
                        value,
                        path: self.at(key),
                    },
                )
            })
            .collect())
    }

    /// Exact number at `key`.
    pub fn exact(&self, key: &str) -> Result<Exact> {
        self.field(key)?.as_exact()
    }

    /// Exact number at `key`, or nothing.
    pub fn opt_exact(&self, key: &str) -> Result<Option<Exact>> {
        self.opt(key).map(|v| v.as_exact()).transpose()
    }

    /// Float at `key`.
    pub fn f64(&self, key: &str) -> Result<f64> {
        self.field(key)?.as_f64()
    }

    /// Float at `key`, or nothing.
    pub fn opt_f64(&self, key: &str) -> Result<Option<f64>> {
        self.opt(key).map(|v| v.as_f64()).transpose()
    }

    /// Whole number at `key`.
    pub fn int(&self, key: &str) -> Result<i64> {
        let field = self.field(key)?;
        field
            .as_exact()?
            .to_i64()
            .ok_or_else(|| field.wrong("整数", "a whole number"))
    }

    /// Whole number at `key`, or nothing.
    pub fn opt_int(&self, key: &str) -> Result<Option<i64>> {
        self.opt(key).map(|_| self.int(key)).transpose()
    }

    /// Text at `key`.
    pub fn str(&self, key: &str) -> Result<&'a str> {
        self.field(key)?.as_str()
    }

    /// Text at `key`, or nothing.
    pub fn opt_str(&self, key: &str) -> Result<Option<&'a str>> {
        self.opt(key).map(|v| v.as_str()).transpose()
    }

    /// True or false at `key`.
    pub fn bool(&self, key: &str) -> Result<bool> {
        let field = self.field(key)?;
        field
            .value
            .as_bool()
            .ok_or_else(|| field.wrong("true 或 false", "true or false"))
    }

    /// True or false at `key`, or nothing.
    pub fn opt_bool(&self, key: &str) -> Result<Option<bool>> {
        self.opt(key).map(|_| self.bool(key)).transpose()
    }

    /// List at `key`.
    pub fn list(&self, key: &str) -> Result<Vec<Input<'a>>> {
        self.field(key)?.as_list()
    }

    /// List of exact numbers at `key`, null where missing.
    pub fn opt_exacts(&self, key: &str) -> Result<Vec<Option<Exact>>> {
        self.list(key)?
            .iter()
            .map(|v| {
                if v.value.is_null() {
                    Ok(None)
                } else {
                    v.as_exact().map(Some)
                }
            })
            .collect()
    }

    /// A date `YYYY-MM-DD` at `key`.
    pub fn date(&self, key: &str) -> Result<jiff::civil::Date> {
        let field = self.field(key)?;
        field
            .as_str()?
            .parse()
            .map_err(|_| field.wrong("日期 YYYY-MM-DD", "a date YYYY-MM-DD"))
    }
}
