//! The expression language of definitions: safe, exact, without loops or effects.
//!
//! `if(present(valid_to), days(today(), valid_to), 0) > 60 and sum(outlets, load) <= quota`. Numbers are exact
//! rationals; dates are civil; a missing value makes what depends on it missing (never zero), `and`/`or` know three
//! values. Names are fields of the record (inside `sum`, `count` … also of the group's row), and `state`.

mod eval;
mod lex;
mod parse;

use std::fmt;

pub use eval::{Scope, Val};

use crate::definition::{Definition, Field, FieldType};
use crate::text::Names;

/// The type of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Exact number
    Number,
    /// Text, codes
    Text,
    /// Yes or no
    Bool,
    /// Civil date
    Date,
    /// Instant
    Instant,
    /// Several values of a field
    List,
    /// A geometry or file: only its presence can be asked
    Opaque,
}

impl Type {
    /// The type of a field's values.
    pub(crate) fn of(field: &Field) -> Self {
        if field.repeatable {
            return Self::List;
        }
        match field.kind {
            FieldType::Integer | FieldType::Decimal => Self::Number,
            FieldType::Boolean => Self::Bool,
            FieldType::Date => Self::Date,
            FieldType::Instant => Self::Instant,
            FieldType::Point | FieldType::Line | FieldType::Area | FieldType::File | FieldType::Group => {
                Self::Opaque
            }
            FieldType::Text
            | FieldType::Choice
            | FieldType::Reference
            | FieldType::Unit
            | FieldType::CreditCode
            | FieldType::PermitCode => Self::Text,
        }
    }

    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Number => ("数值", "a number"),
            Self::Text => ("文本", "text"),
            Self::Bool => ("是/否", "yes or no"),
            Self::Date => ("日期", "a date"),
            Self::Instant => ("时刻", "an instant"),
            Self::List => ("多值", "several values"),
            Self::Opaque => ("位置、文件或分组", "a place, a file or a group"),
        }
    }
}

/// A parsed and type-checked expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    node: Node,
    ty: Type,
    fields: Vec<String>,
    reads_today: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Literal(Val),
    Field {
        name: String,
        kind: FieldType,
        repeatable: bool,
        row: bool,
    },
    State,
    Today,
    Unary(Unary, Box<Node>),
    Binary(Binary, Box<Node>, Box<Node>),
    Among(Box<Node>, Vec<Val>),
    Call(Call, Vec<Node>),
    Fold {
        fold: Fold,
        group: String,
        inner: Option<Box<Node>>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unary {
    Minus,
    Not,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Equal,
    Unequal,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    And,
    Or,
}

/// Folds over the rows of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fold {
    Count,
    Sum,
    Least,
    Greatest,
    All,
    Any,
}

/// Functions of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    If,
    Present,
    Otherwise,
    Round,
    Abs,
    Least,
    Greatest,
    Days,
    AddDays,
    AddMonths,
    AddYears,
    Year,
    Month,
    DateOf,
    Date,
    Has,
    Length,
    Contains,
    Starts,
    Left,
}

/// Why an expression is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExprError {
    /// Byte in the expression.
    pub at: usize,
    /// What is wrong and what was expected.
    pub said: Names,
}

impl fmt::Display for ExprError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "第 {} 个字符 (at character {}): {}",
            self.at + 1,
            self.at + 1,
            self.said
        )
    }
}

/// Which names an expression may use.
#[derive(Clone, Copy, Debug)]
pub struct Vocabulary<'a> {
    /// The definition whose fields are meant.
    pub definition: &'a Definition,
    /// The group inside whose rows the expression stands, when it belongs to a group's field.
    pub group: Option<&'a Field>,
}

impl Expr {
    /// Parses and checks; `expected` is the type it must have.
    pub fn parse(text: &str, names: Vocabulary<'_>, expected: Type) -> Result<Self, ExprError> {
        parse::expression(text, names, expected)
    }

    /// The value for one record.
    pub fn value(&self, scope: &Scope<'_>) -> Val {
        eval::node(&self.node, scope)
    }

    /// Whether it is true; `None` where a value it needs is missing.
    pub fn holds(&self, scope: &Scope<'_>) -> Option<bool> {
        match self.value(scope) {
            Val::Bool(b) => Some(b),
            _ => None,
        }
    }

    /// Its type.
    pub fn ty(&self) -> Type {
        self.ty
    }

    /// Fields of the record it reads (groups by their own name).
    pub fn fields(&self) -> &[String] {
        &self.fields
    }

    /// Whether it asks for the present day: such a value is never stored.
    pub fn reads_today(&self) -> bool {
        self.reads_today
    }
}
