//! Chains (链条): registers and subjects one after the other, walked from any record either way, declared as data in
//! `registers/chains/<name>.toml`. A chain says which field links which step, which links may not lack, where a river
//! leads from one step to another, and what masses must balance.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use standards::num::Exact;

use crate::definition::read::{FileError, Source, Step as At};
use crate::definition::{Definition, Field, FieldType};
use crate::expr::{Expr, Scope, Type, Val, Vocabulary};
use crate::record::{Body, Record};
use crate::register::Register;
use crate::text::Names;

/// One chain as its file says it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChainFile {
    /// Stable name, equal to the file's name.
    pub name: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Systems of the plan it serves.
    pub systems: Vec<String>,
    /// Sources, doubts, choices of the project.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Steps in order.
    pub step: Vec<ChainStep>,
    /// What links them.
    pub edge: Vec<ChainEdge>,
    /// A river that leads from one step to another.
    #[serde(default)]
    pub river: Option<ChainRiver>,
    /// Masses that must balance.
    #[serde(default)]
    pub balance: Vec<Balance>,
}

/// One step: a register, or a kind of subject.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChainStep {
    /// Stable name.
    pub name: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Register whose records stand here.
    #[serde(default)]
    pub register: Option<String>,
    /// Kind of the subjects that stand here.
    #[serde(default)]
    pub subject: Option<String>,
    /// Steps to which each record here must be linked; where it is not, a link lacks (缺环节).
    #[serde(default)]
    pub needs: Vec<String>,
}

/// A field that links two steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChainEdge {
    /// Step whose records hold the field.
    pub from: String,
    /// The field: `name`, or `group.name`.
    pub field: String,
    /// Step it points at.
    pub to: String,
}

/// Water leads from the places of one step to those of another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChainRiver {
    /// Step that lies below: its water came from the other.
    pub below: String,
    /// Step that lies above.
    pub above: String,
    /// How far from a river a place may stand, metres.
    pub snap_m: u32,
    /// How far upstream is looked, metres.
    pub reach_m: u32,
    /// Mean velocity taken where none is given, m/s.
    pub velocity_ms: String,
    /// Where the velocity comes from.
    pub basis: Names,
}

/// Masses of the records at one step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Balance {
    /// Step whose records are balanced.
    pub at: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Unit of all masses.
    pub unit: String,
    /// What is added up.
    pub term: Vec<Term>,
    /// What should come out as nothing.
    pub difference: Vec<Difference>,
}

/// One sum of a balance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// Stable name.
    pub name: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Register whose records are added up; rows of the record itself when left out.
    #[serde(default)]
    pub register: Option<String>,
    /// Its field that names the record balanced.
    #[serde(default)]
    pub owner: Option<String>,
    /// Group of the record itself, when there is no `register`.
    #[serde(default)]
    pub group: Option<String>,
    /// Which records or rows; all when left out.
    #[serde(default, rename = "where")]
    pub filter: Option<String>,
    /// Text field by whose values the balance is drawn up.
    pub per: String,
    /// What is added up: a number.
    pub amount: String,
}

/// One difference of a balance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// Stable name.
    pub name: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Terms added.
    pub plus: Vec<String>,
    /// Terms taken off.
    pub minus: Vec<String>,
}

/// A chain made ready for work.
#[derive(Clone, Debug)]
pub struct Chain {
    file: ChainFile,
    /// By balance and term: which, and how much.
    terms: Vec<Vec<(Option<Expr>, Expr)>>,
}

impl Chain {
    /// As declared.
    pub fn file(&self) -> &ChainFile {
        &self.file
    }

    /// A step's place in the order.
    pub fn place(&self, step: &str) -> Option<usize> {
        self.file.step.iter().position(|s| s.name == step)
    }

    /// Steps at which records of a register stand.
    pub fn steps_of<'a>(&'a self, register: &'a str) -> impl Iterator<Item = (usize, &'a ChainStep)> {
        let all = self.file.step.iter().enumerate();
        all.filter(move |(_, s)| s.register.as_deref() == Some(register))
    }

    /// What a record or row adds to a term: `None` where it takes no part, else its amount, missing where it is.
    pub fn amount(
        &self,
        balance: usize,
        term: usize,
        record: &Record,
        row: Option<&Body>,
    ) -> Option<Option<Exact>> {
        let (filter, amount) = self.terms.get(balance)?.get(term)?;
        let scope = Scope {
            body: &record.body,
            row,
            state: record.state.as_deref(),
            today: None,
        };
        if filter.as_ref().is_some_and(|f| f.holds(&scope) != Some(true)) {
            return None;
        }
        Some(match amount.value(&scope) {
            Val::Number(n) => Some(n),
            _ => None,
        })
    }
}

/// Whether a link's field (`group[2].name`) is the one an edge names (`group.name`).
pub fn is_field(link: &str, edge: &str) -> bool {
    match (link.split_once('['), edge.split_once('.')) {
        (Some((group, rest)), Some((wanted, name))) => {
            group == wanted && rest.split_once("].").is_some_and(|(_, n)| n == name)
        }
        (None, None) => link == edge,
        _ => false,
    }
}

macro_rules! at {
    ($($step:expr),*) => { &[$(At::from($step)),*][..] };
}

/// Checks a chain against the registers.
pub(crate) fn read(
    source: Source<'_>,
    stem: &str,
    registers: &BTreeMap<String, Register>,
) -> Result<Chain, Vec<FileError>> {
    let file: ChainFile = crate::definition::read::toml_file(source).map_err(|e| vec![e])?;
    let mut check = Check {
        source,
        file: &file,
        registers,
        errors: Vec::new(),
    };
    if file.name != stem {
        check.wrong(
            at!["name"],
            format!("名称应与文件名 {stem} 相同"),
            format!("the name must be the file's: {stem}"),
        );
    }
    check.steps();
    check.edges();
    check.river();
    let terms = check.balances();
    let errors = check.errors;
    if errors.is_empty() {
        Ok(Chain { file, terms })
    } else {
        Err(errors)
    }
}

struct Check<'a> {
    source: Source<'a>,
    file: &'a ChainFile,
    registers: &'a BTreeMap<String, Register>,
    errors: Vec<FileError>,
}

impl<'a> Check<'a> {
    fn wrong(&mut self, path: &[At], zh: impl Into<String>, en: impl Into<String>) {
        self.errors.push(self.source.error_in(path, Names::new(zh, en)));
    }

    fn step(&mut self, path: &[At], name: &str) -> Option<&'a ChainStep> {
        let found = self.file.step.iter().find(|s| s.name == name);
        if found.is_none() {
            self.wrong(
                path,
                format!("没有环节 «{name}»"),
                format!("there is no step «{name}»"),
            );
        }
        found
    }

    fn definition(&mut self, path: &[At], name: &str) -> Option<&'a Definition> {
        let found = self.registers.get(name).map(Register::definition);
        if found.is_none() {
            self.wrong(
                path,
                format!("没有台账 «{name}»"),
                format!("there is no register «{name}»"),
            );
        }
        found
    }

    fn steps(&mut self) {
        for (n, step) in self.file.step.iter().enumerate() {
            let kind = |k: &String| model::subject::SubjectKind::from_name(k).is_some();
            match (&step.register, &step.subject) {
                (Some(register), None) => {
                    self.definition(at!["step", n, "register"], register);
                }
                (None, Some(subject)) if kind(subject) => {}
                _ => self.wrong(
                    at!["step", n, "name"],
                    "须写 register 或 subject（对象类别）之一",
                    "one of register and subject (a kind of subject) is expected",
                ),
            }
            if self.file.step.iter().filter(|s| s.name == step.name).count() > 1 {
                self.wrong(at!["step", n, "name"], "名称重复", "the name occurs twice");
            }
            for (m, needed) in step.needs.iter().enumerate() {
                self.step(at!["step", n, "needs", m], needed);
            }
        }
    }

    fn edges(&mut self) {
        for (n, edge) in self.file.edge.iter().enumerate() {
            let from = self.step(at!["edge", n, "from"], &edge.from);
            let to = self.step(at!["edge", n, "to"], &edge.to);
            let Some((from, to)) = from.zip(to) else { continue };
            let definition = from.register.as_ref().and_then(|r| self.registers.get(r));
            let field = definition.and_then(|r| field(r.definition(), &edge.field));
            let leads = field.is_some_and(|f| {
                f.kind == FieldType::Reference
                    && match (&to.register, &to.subject) {
                        (Some(register), _) => f.register.as_ref() == Some(register),
                        (_, Some(kind)) => f.subject.as_ref().is_some_and(|s| s == kind || s == "any"),
                        _ => false,
                    }
            });
            if !leads || edge.from == edge.to {
                self.wrong(
                    at!["edge", n, "field"],
                    format!(
                        "«{}» 不是由 {} 指向 {} 的引用字段",
                        edge.field, edge.from, edge.to
                    ),
                    format!(
                        "«{}» is no reference from {} to {}",
                        edge.field, edge.from, edge.to
                    ),
                );
            }
        }
    }

    fn river(&mut self) {
        let Some(river) = &self.file.river else { return };
        self.step(at!["river", "below"], &river.below);
        self.step(at!["river", "above"], &river.above);
        let velocity = river
            .velocity_ms
            .parse::<Exact>()
            .is_ok_and(|v| v > Exact::zero());
        if !velocity {
            self.wrong(
                at!["river", "velocity_ms"],
                "应为正数",
                "expected a number above zero",
            );
        }
    }

    fn balances(&mut self) -> Vec<Vec<(Option<Expr>, Expr)>> {
        let mut out = Vec::new();
        for (n, balance) in self.file.balance.iter().enumerate() {
            let at_step = self.step(at!["balance", n, "at"], &balance.at);
            let mut terms = Vec::new();
            for (m, term) in balance.term.iter().enumerate() {
                let path = at!["balance", n, "term", m];
                let own = at_step.and_then(|s| s.register.as_ref());
                let Some(name) = term.register.as_ref().or(own) else {
                    self.wrong(path, "该环节没有台账", "the step has no register");
                    continue;
                };
                let Some(definition) = self.definition(path, name) else {
                    continue;
                };
                let group = match (&term.register, &term.owner, &term.group) {
                    (Some(_), Some(owner), None) => {
                        let fits = |f: &Field| f.kind == FieldType::Reference && f.register.as_ref() == own;
                        if !definition.field(owner).is_some_and(fits) {
                            self.wrong(
                                path,
                                format!("owner «{owner}» 应为指向该环节台账的引用"),
                                format!("owner «{owner}» must be a reference to the step's register"),
                            );
                        }
                        None
                    }
                    (None, None, Some(group)) => {
                        definition.field(group).filter(|f| f.kind == FieldType::Group)
                    }
                    _ => {
                        self.wrong(
                            path,
                            "须写 register 与 owner，或只写 group",
                            "register with owner is expected, or group alone",
                        );
                        continue;
                    }
                };
                let fields = group.map_or(&definition.field, |g| &g.fields);
                if !fields.iter().any(|f| f.name == term.per && f.kind.is_scalar()) {
                    let per = &term.per;
                    self.wrong(
                        path,
                        format!("没有字段 «{per}»"),
                        format!("there is no field «{per}»"),
                    );
                }
                let filter = term
                    .filter
                    .as_ref()
                    .map(|text| self.expression(path, definition, group, text, Type::Bool));
                let amount = self.expression(path, definition, group, &term.amount, Type::Number);
                match (filter, amount) {
                    (None, Some(amount)) => terms.push((None, amount)),
                    (Some(Some(filter)), Some(amount)) => terms.push((Some(filter), amount)),
                    _ => {}
                }
            }
            out.push(terms);
            for (m, difference) in balance.difference.iter().enumerate() {
                for name in difference.plus.iter().chain(&difference.minus) {
                    if !balance.term.iter().any(|t| t.name == *name) {
                        self.wrong(
                            at!["balance", n, "difference", m],
                            format!("没有量 «{name}»"),
                            format!("there is no term «{name}»"),
                        );
                    }
                }
            }
        }
        out
    }

    fn expression(
        &mut self,
        path: &[At],
        definition: &'a Definition,
        group: Option<&'a Field>,
        text: &str,
        ty: Type,
    ) -> Option<Expr> {
        match Expr::parse(text, Vocabulary { definition, group }, ty) {
            Ok(expr) => Some(expr),
            Err(error) => {
                self.wrong(
                    path,
                    format!("表达式 «{text}»: {}", error.said.zh),
                    format!("in «{text}»: {}", error.said.en),
                );
                None
            }
        }
    }
}

/// The field a path (`name` or `group.name`) names.
fn field<'a>(definition: &'a Definition, path: &str) -> Option<&'a Field> {
    match path.split_once('.') {
        Some((group, name)) => definition.field(group)?.fields.iter().find(|f| f.name == name),
        None => definition.field(path),
    }
}

/// The schema of a chain's file as pretty JSON.
pub fn schema() -> String {
    let schema = schemars::schema_for!(ChainFile);
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}
