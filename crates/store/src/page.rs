//! What lists have in common: pages, totals, and whose objects somebody may see.

use model::ids::{SubjectId, UnitCode};

use crate::limits;

/// Which part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Page, 1 for the first.
    pub number: i64,
    /// Rows of a page, at most [`limits::PAGE_ROWS`].
    pub size: i64,
}

impl Default for Page {
    fn default() -> Self {
        Self { number: 1, size: 50 }
    }
}

impl Page {
    pub(crate) fn limit(self) -> i64 {
        self.size.clamp(1, limits::PAGE_ROWS)
    }

    pub(crate) fn offset(self) -> i64 {
        (self.number - 1)
            .clamp(0, i64::from(i32::MAX))
            .saturating_mul(self.limit())
    }
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Paged<T> {
    /// Rows of the page.
    pub items: Vec<T>,
    /// Rows of the whole list.
    pub total: i64,
}

/// Whose objects somebody may see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// Everything.
    #[default]
    All,
    /// Subjects a unit is responsible for; outlets without a unit of their own follow their firm.
    Unit(UnitCode),
    /// A firm and what belongs to it.
    Firm(SubjectId),
}

/// Conditions of a list and their parameters, put together so that every value is a bound parameter.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    conditions: Vec<String>,
    parameters: Vec<Parameter>,
}

#[derive(Clone, Debug)]
enum Parameter {
    Int(i64),
    Text(String),
}

impl Filter {
    /// `template` names its parameter `{p}`; it may do so several times.
    pub(crate) fn text(&mut self, template: &str, value: &str) {
        self.add(template, Parameter::Text(crate::rows::clean(value).into_owned()));
    }

    /// As [`Filter::text`], for integers.
    pub(crate) fn int(&mut self, template: &str, value: i64) {
        self.add(template, Parameter::Int(value));
    }

    /// A condition without a parameter.
    pub(crate) fn plain(&mut self, condition: &str) {
        self.conditions.push(condition.to_owned());
    }

    /// One of several names.
    pub(crate) fn any_of<'a>(&mut self, column: &str, names: impl IntoIterator<Item = &'a str>) {
        let mut places = Vec::new();
        for name in names {
            self.parameters.push(Parameter::Text(name.to_owned()));
            places.push(format!("${}", self.parameters.len()));
        }
        if !places.is_empty() {
            self.conditions
                .push(format!("{column} IN ({})", places.join(", ")));
        }
    }

    /// `columns` contain `text`, whatever the case of its letters.
    pub(crate) fn contains(&mut self, columns: &[&str], text: &str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let each: Vec<String> = columns
            .iter()
            .map(|c| format!("LOWER({c}) LIKE LOWER({{p}}) ESCAPE '\\'"))
            .collect();
        self.text(&format!("({})", each.join(" OR ")), &format!("%{escaped}%"));
    }

    /// Rows whose subject (`subject` and `parent` are rows of `subjects`) lies in the scope.
    pub(crate) fn scope(&mut self, scope: &Scope, subject: &str, parent: &str) {
        match scope {
            Scope::All => {}
            Scope::Unit(unit) => {
                self.text(
                    &format!("COALESCE({subject}.unit, {parent}.unit) = {{p}}"),
                    unit.as_str(),
                );
            }
            Scope::Firm(firm) => {
                self.int(
                    &format!("({subject}.id = {{p}} OR {subject}.parent_id = {{p}})"),
                    firm.0,
                );
            }
        }
    }

    fn add(&mut self, template: &str, parameter: Parameter) {
        self.parameters.push(parameter);
        self.conditions
            .push(template.replace("{p}", &format!("${}", self.parameters.len())));
    }

    /// `WHERE …`, or nothing.
    pub(crate) fn sql(&self) -> String {
        if self.conditions.is_empty() {
            String::new()
        } else {
            format!("WHERE {}", self.conditions.join(" AND "))
        }
    }

    /// Binds the parameters.
    pub(crate) fn bind(&self, mut statement: crate::db::Statement) -> crate::db::Statement {
        for parameter in &self.parameters {
            statement = match parameter {
                Parameter::Int(n) => statement.bind(*n),
                Parameter::Text(t) => statement.bind(t.clone()),
            };
        }
        statement
    }
}
