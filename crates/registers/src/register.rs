//! A definition made ready for work: expressions parsed, code lists resolved, computed fields in order.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::definition::{Definition, Field, FieldType};
use crate::expr::{Expr, Scope};
use crate::text::Names;

/// A code list (代码表).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeList {
    /// Codes in the order of the file.
    pub codes: Vec<Code>,
}

/// One code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Stable code.
    pub code: String,
    /// Name.
    pub names: Names,
}

impl CodeList {
    /// A code by its code or, failing that, by its Chinese or English name.
    pub fn find(&self, text: &str) -> Option<&Code> {
        self.codes.iter().find(|c| c.code == text).or_else(|| {
            self.codes
                .iter()
                .find(|c| c.names.zh == text || c.names.en.eq_ignore_ascii_case(text))
        })
    }

    /// A code by its code alone.
    pub fn get(&self, code: &str) -> Option<&Code> {
        self.codes.iter().find(|c| c.code == code)
    }
}

/// A definition ready for work. Made by [`crate::library::Library`] only, so every expression in it is sound.
#[derive(Clone, Debug)]
pub struct Register {
    pub(crate) definition: Definition,
    /// Older versions, oldest first.
    pub(crate) older: Vec<Definition>,
    /// Expressions by their text and the group they stand in.
    pub(crate) expressions: BTreeMap<(Option<String>, String), Expr>,
    /// Code lists by the path of their field (`group.field`).
    pub(crate) codes: BTreeMap<String, Arc<CodeList>>,
    /// Patterns by their text, anchored.
    pub(crate) patterns: BTreeMap<String, regex::Regex>,
    /// Computed fields of the record in an order in which each needs only earlier ones.
    pub(crate) computed: Vec<String>,
}

impl Register {
    /// The definition.
    pub fn definition(&self) -> &Definition {
        &self.definition
    }

    /// Older versions of the definition, oldest first.
    pub fn older(&self) -> &[Definition] {
        &self.older
    }

    /// Stable name.
    pub fn name(&self) -> &str {
        &self.definition.name
    }

    /// The codes of a choice field.
    pub fn codes(&self, group: Option<&Field>, field: &Field) -> Option<&CodeList> {
        self.codes.get(&path(group, field)).map(Arc::as_ref)
    }

    pub(crate) fn expr(&self, group: Option<&Field>, text: &str) -> Option<&Expr> {
        self.expressions
            .get(&(group.map(|g| g.name.clone()), text.to_owned()))
    }

    /// Whether an expression of the definition holds; `None` when it cannot be known.
    pub(crate) fn holds(&self, text: &str, scope: &Scope<'_>) -> Option<bool> {
        self.expr(None, text)?.holds(scope)
    }

    /// Whether a record takes part under a filter: no filter, or a filter known to be true.
    pub(crate) fn passes(&self, filter: Option<&String>, scope: &Scope<'_>) -> bool {
        filter.is_none_or(|text| self.holds(text, scope) == Some(true))
    }

    /// A record's title from its title fields; the id where none is filled in.
    pub fn title(&self, record: &crate::record::Record) -> String {
        let parts: Vec<String> = self
            .definition
            .title
            .iter()
            .filter_map(|name| self.definition.field(name))
            .filter_map(|field| record.body.get(&field.name).map(|v| self.display(None, field, v)))
            .collect();
        if parts.is_empty() {
            record.id.to_string()
        } else {
            parts.join(" · ")
        }
    }

    /// One value as a person reads it: choices by their Chinese name, places as WKT, values joined by `；`.
    pub fn display(&self, group: Option<&Field>, field: &Field, value: &serde_json::Value) -> String {
        if let Some(items) = value.as_array().filter(|_| field.repeatable) {
            let shown: Vec<String> = items.iter().map(|v| self.display_one(group, field, v)).collect();
            return shown.join("；");
        }
        self.display_one(group, field, value)
    }

    /// One value in both languages: choices and yes or no by their names, everything else the same in both.
    pub fn said(&self, group: Option<&Field>, field: &Field, value: &serde_json::Value) -> Names {
        if let Some(items) = value.as_array().filter(|_| field.repeatable) {
            let all: Vec<Names> = items.iter().map(|v| self.said_one(group, field, v)).collect();
            let zh: Vec<&str> = all.iter().map(|n| n.zh.as_str()).collect();
            let en: Vec<&str> = all.iter().map(|n| n.en.as_str()).collect();
            return Names::new(zh.join("；"), en.join("; "));
        }
        self.said_one(group, field, value)
    }

    fn said_one(&self, group: Option<&Field>, field: &Field, value: &serde_json::Value) -> Names {
        match field.kind {
            FieldType::Choice => {
                let code = value.as_str().unwrap_or_default();
                let known = self.codes(group, field).and_then(|list| list.get(code));
                known.map_or_else(|| Names::same(code), |c| c.names.clone())
            }
            FieldType::Boolean if value.as_bool() == Some(true) => Names::new("是", "Yes"),
            FieldType::Boolean => Names::new("否", "No"),
            _ => Names::same(self.display_one(group, field, value)),
        }
    }

    fn display_one(&self, group: Option<&Field>, field: &Field, value: &serde_json::Value) -> String {
        match field.kind {
            FieldType::Choice | FieldType::Boolean => self.said_one(group, field, value).zh,
            FieldType::Point | FieldType::Line | FieldType::Area => {
                crate::place::to_wkt(value).unwrap_or_default()
            }
            FieldType::File => value
                .get("name")
                .and_then(|n| n.as_str())
                .unwrap_or_default()
                .to_owned(),
            _ => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
        }
    }
}

pub(crate) fn path(group: Option<&Field>, field: &Field) -> String {
    group.map_or_else(|| field.name.clone(), |g| format!("{}.{}", g.name, field.name))
}
