//! What must hold between the parts of a definition; a sound definition becomes a [`Register`].

mod fields;
mod joins;
mod subject;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::role::Role;
use standards::num::Exact;

use super::read::{FileError, Source, Step};
use super::{Anchor, Comparison, Definition, Field, FieldType, versions};
use crate::expr::{Expr, Type, Vocabulary};
use crate::limits;
use crate::register::{CodeList, Register};
use crate::text::Names;

pub(crate) use joins::identity;

/// What lies around the definition.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) lists: &'a BTreeMap<String, Arc<CodeList>>,
    pub(crate) registers: &'a BTreeSet<String>,
    /// The file's name without its ending.
    pub(crate) stem: &'a str,
}

struct Verify<'a> {
    source: Source<'a>,
    context: Context<'a>,
    definition: &'a Definition,
    errors: Vec<FileError>,
    expressions: BTreeMap<(Option<String>, String), Expr>,
    codes: BTreeMap<String, Arc<CodeList>>,
    patterns: BTreeMap<String, regex::Regex>,
}

macro_rules! at {
    ($($step:expr),*) => { &[$(Step::from($step)),*][..] };
}

/// Checks one definition with its older versions.
pub(crate) fn register(
    source: Source<'_>,
    definition: Definition,
    older: Vec<(Source<'_>, Definition)>,
    context: Context<'_>,
) -> Result<Register, Vec<FileError>> {
    let mut verify = Verify {
        source,
        context,
        definition: &definition,
        errors: Vec::new(),
        expressions: BTreeMap::new(),
        codes: BTreeMap::new(),
        patterns: BTreeMap::new(),
    };
    verify.head();
    verify.fields(None, &definition.field);
    verify.parts();
    verify.life();
    verify.figures();
    verify.joins();
    let computed = verify.order();
    let older = verify.older(older);
    let Verify {
        errors,
        expressions,
        codes,
        patterns,
        ..
    } = verify;
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(Register {
        definition,
        older,
        expressions,
        codes,
        patterns,
        computed,
    })
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

impl<'a> Verify<'a> {
    fn wrong(&mut self, path: &[Step], zh: impl Into<String>, en: impl Into<String>) {
        self.errors.push(self.source.error_in(path, Names::new(zh, en)));
    }

    fn head(&mut self) {
        let d = self.definition;
        if !is_name(&d.name) || d.name != self.context.stem {
            let stem = self.context.stem;
            self.wrong(
                at!["name"],
                format!("名称应与文件名 {stem} 相同"),
                format!("the name must be the file's: {stem}"),
            );
        }
        if d.version == 0 {
            self.wrong(at!["version"], "版本从 1 起", "versions count from 1");
        }
        let good =
            |s: &String| s.len() == 4 && s.starts_with('S') && s.chars().skip(1).all(|c| c.is_ascii_digit());
        if d.systems.is_empty() || !d.systems.iter().all(good) {
            self.wrong(
                at!["systems"],
                "应为系统编号，如 S113",
                "expected numbers of systems such as S113",
            );
        }
        if d.title.is_empty() {
            self.wrong(at!["title"], "至少一个字段", "expected one field at least");
        }
        for (n, name) in d.title.iter().enumerate() {
            self.scalar(at!["title", n], name, |f| f.kind.is_scalar());
        }
        let all: usize = d.field.iter().map(|f| 1 + f.fields.len()).sum();
        if all > limits::FIELDS {
            let most = limits::FIELDS;
            self.wrong(
                at!["field"],
                format!("字段多于 {most} 个"),
                format!("more than {most} fields"),
            );
        }
    }

    /// The named field of the record, when it exists and is of the right kind.
    fn scalar(&mut self, at: &[Step], name: &str, fits: fn(&Field) -> bool) -> Option<&'a Field> {
        match self.definition.field(name) {
            None => {
                self.wrong(
                    at,
                    format!("没有字段 «{name}»"),
                    format!("there is no field «{name}»"),
                );
                None
            }
            Some(field) if !fits(field) => {
                self.wrong(
                    at,
                    format!("字段 «{name}» 的类型在此不适用"),
                    format!("the field «{name}» is of a type that does not fit here"),
                );
                None
            }
            found => found,
        }
    }

    fn expression(&mut self, at: &[Step], text: &str, group: Option<&'a Field>, ty: Type) -> Option<Type> {
        match Expr::parse(
            text,
            Vocabulary {
                definition: self.definition,
                group,
            },
            ty,
        ) {
            Ok(expr) => {
                let ty = expr.ty();
                self.expressions
                    .insert((group.map(|g| g.name.clone()), text.to_owned()), expr);
                Some(ty)
            }
            Err(error) => {
                let n = text.get(..error.at).map_or(0, |t| t.chars().count()) + 1;
                self.wrong(
                    at,
                    format!("表达式第 {n} 个字符: {}", error.said.zh),
                    format!("in the expression, at character {n}: {}", error.said.en),
                );
                None
            }
        }
    }

    fn parts(&mut self) {
        let d = self.definition;
        for (n, key) in d.key.iter().enumerate() {
            for (m, name) in key.fields.iter().enumerate() {
                self.scalar(at!["key", n, "fields", m], name, |f| {
                    f.kind.is_scalar() && !f.repeatable
                });
            }
        }
        for (n, rule) in d.rule.iter().enumerate() {
            self.scalar(at!["rule", n, "field"], &rule.field, |_| true);
            self.expression(at!["rule", n, "holds"], &rule.holds, None, Type::Bool);
        }
        if let Some(matching) = &d.matching {
            if matching.review_from > matching.same_from {
                self.wrong(
                    at!["matching", "review_from"],
                    "不得高于 same_from",
                    "not above same_from",
                );
            }
            for (n, compare) in matching.compare.iter().enumerate() {
                let fits: fn(&Field) -> bool = if compare.how == Comparison::Near {
                    |f| f.kind == FieldType::Point
                } else {
                    |f| f.kind.is_scalar() && !f.kind.is_place()
                };
                self.scalar(at!["matching", "compare", n, "field"], &compare.field, fits);
            }
        }
        if let Some(map) = &d.map {
            self.scalar(at!["map", "field"], &map.field, |f| {
                f.kind.is_place() && !f.repeatable
            });
            if let Some(name) = &map.colour_by {
                self.scalar(at!["map", "colour_by"], name, |f| {
                    matches!(f.kind, FieldType::Choice | FieldType::Boolean)
                });
            }
        }
        if let Some(publication) = &d.publication {
            if let Some(text) = &publication.filter {
                self.expression(at!["publication", "where"], text, None, Type::Bool);
            }
        } else if d
            .field
            .iter()
            .any(|f| f.public || f.fields.iter().any(|s| s.public))
        {
            self.wrong(
                at!["access"],
                "有公开字段而没有 [publication]",
                "fields are public but there is no [publication]",
            );
        }
        if let Some(name) = &d.access.unit_field {
            self.scalar(at!["access", "unit_field"], name, |f| f.kind == FieldType::Unit);
        }
        if d.access.departments_own && d.access.unit_field.is_none() {
            self.wrong(
                at!["access", "departments_own"],
                "须写明 unit_field",
                "departments_own needs a unit_field",
            );
        }
        self.subject();
        let own_code = d.subject.as_ref().map(|s| &s.code);
        for (n, name) in d.access.firm_fields.iter().enumerate() {
            // A firm owns the record that is the form of the firm itself.
            if own_code == Some(name) {
                continue;
            }
            self.scalar(at!["access", "firm_fields", n], name, |f| {
                matches!(f.kind, FieldType::Reference | FieldType::CreditCode)
            });
        }
        let acts = |role: Role| {
            let steps = d.life.iter().flat_map(|l| &l.transition);
            d.access.write.contains(&role) || steps.into_iter().any(|t| t.roles.contains(&role))
        };
        for role in Role::ALL.into_iter().filter(|r| acts(*r)) {
            if !d.access.read.contains(&role) {
                let name = role.name();
                self.wrong(
                    at!["access", "read"],
                    format!("{name} 可填写或办理，须可查看"),
                    format!("{name} enters or decides and so must be able to read"),
                );
            }
        }
        if !d.access.units.is_empty() && !acts(Role::Department) {
            self.wrong(
                at!["access", "units"],
                "没有部门填写或办理，不须写 units",
                "no department enters or decides, so units says nothing",
            );
        }
        let firms_act = d
            .life
            .iter()
            .flat_map(|l| &l.transition)
            .any(|t| t.roles.contains(&Role::Firm))
            || d.access.read.contains(&Role::Firm)
            || d.access.write.contains(&Role::Firm);
        if firms_act && d.access.firm_fields.is_empty() {
            self.wrong(
                at!["access"],
                "企业参与时须写 firm_fields",
                "where firms take part, firm_fields says which records are theirs",
            );
        }
    }

    fn life(&mut self) {
        let d = self.definition;
        let states: Vec<&str> = d
            .life
            .iter()
            .flat_map(|l| &l.state)
            .map(|s| s.name.as_str())
            .collect();
        if let Some(life) = &d.life {
            if !states.contains(&life.start.as_str()) {
                self.wrong(at!["life", "start"], "没有这一状态", "there is no such state");
            }
            let names: Vec<&str> = life.transition.iter().map(|t| t.name.as_str()).collect();
            for (n, t) in life.transition.iter().enumerate() {
                let known =
                    states.contains(&t.to.as_str()) && t.from.iter().all(|s| states.contains(&s.as_str()));
                if !known || t.from.is_empty() || t.roles.is_empty() {
                    self.wrong(
                        at!["life", "transition", n, "name"],
                        "from、to 须为已有状态，from 与 roles 不得为空",
                        "from and to name states; from and roles are not empty",
                    );
                }
                if names.iter().filter(|o| **o == t.name).count() > 1 {
                    self.wrong(
                        at!["life", "transition", n, "name"],
                        "名称重复",
                        "the name occurs twice",
                    );
                }
                for (m, name) in t.needs.iter().enumerate() {
                    self.scalar(at!["life", "transition", n, "needs", m], name, |_| true);
                }
                if t.second_person_to
                    .as_ref()
                    .is_some_and(|o| !names.contains(&o.as_str()) || *o == t.name)
                {
                    self.wrong(
                        at!["life", "transition", n, "second_person_to"],
                        "应为另一流转的名称",
                        "expected the name of another transition",
                    );
                }
                if let Some(text) = &t.condition {
                    self.expression(at!["life", "transition", n, "condition"], text, None, Type::Bool);
                    if t.condition_zh.is_empty() || t.condition_en.is_empty() {
                        self.wrong(
                            at!["life", "transition", n, "condition"],
                            "须以 condition_zh、condition_en 说明",
                            "explain it in condition_zh and condition_en",
                        );
                    }
                }
            }
        }
        for (n, deadline) in d.deadline.iter().enumerate() {
            if !deadline.states.iter().all(|s| states.contains(&s.as_str())) {
                self.wrong(
                    at!["deadline", n, "states"],
                    "没有这一状态",
                    "there is no such state",
                );
            }
            if let Some(text) = &deadline.applies {
                self.expression(at!["deadline", n, "applies"], text, None, Type::Bool);
            }
            match (&deadline.field, deadline.from) {
                (Some(name), Anchor::Field) => {
                    self.scalar(at!["deadline", n, "field"], name, |f| {
                        matches!(f.kind, FieldType::Date | FieldType::Instant)
                    });
                }
                (None, Anchor::State) if d.life.is_some() => {}
                _ => self.wrong(
                    at!["deadline", n, "from"],
                    "from = \"field\" 时写 field；from = \"state\" 时须有 [life]",
                    "from = \"field\" asks for field; from = \"state\" asks for [life]",
                ),
            }
        }
    }

    fn figures(&mut self) {
        let d = self.definition;
        for (n, counter) in d.counter.iter().enumerate() {
            if let Some(text) = &counter.filter {
                self.expression(at!["counter", n, "where"], text, None, Type::Bool);
            }
            if let Some(text) = &counter.sum {
                self.expression(at!["counter", n, "sum"], text, None, Type::Number);
            }
            if let Some(name) = &counter.by {
                self.scalar(at!["counter", n, "by"], name, |f| {
                    f.kind.is_scalar() && !f.kind.is_place()
                });
            }
        }
        for (n, rate) in d.rate.iter().enumerate() {
            if let Some(text) = &rate.filter {
                self.expression(at!["rate", n, "where"], text, None, Type::Bool);
            }
            for (key, text) in [
                ("numerator", Some(&rate.numerator)),
                ("denominator", rate.denominator.as_ref()),
            ] {
                let Some(text) = text else { continue };
                // A condition or a number: the second attempt tells the error where both fail.
                let vocabulary = Vocabulary {
                    definition: d,
                    group: None,
                };
                let ty = if Expr::parse(text, vocabulary, Type::Bool).is_ok() {
                    Type::Bool
                } else {
                    Type::Number
                };
                self.expression(at!["rate", n, key], text, None, ty);
            }
        }
        let targets = d
            .counter
            .iter()
            .enumerate()
            .map(|(n, c)| ("counter", n, &c.target));
        let targets: Vec<_> = targets
            .chain(d.rate.iter().enumerate().map(|(n, r)| ("rate", n, &r.target)))
            .collect();
        for (part, n, target) in targets {
            let Some(target) = target else { continue };
            let date = target
                .by
                .as_ref()
                .is_none_or(|d| d.parse::<jiff::civil::Date>().is_ok());
            if target.value.parse::<Exact>().is_err() || !date {
                self.wrong(
                    at![part, n, "target"],
                    "应为数值与日期",
                    "expected a number and a date",
                );
            }
        }
    }

    /// Computed fields in an order in which each needs only earlier ones.
    fn order(&mut self) -> Vec<String> {
        let mut open: Vec<(usize, &Field, Vec<String>)> = Vec::new();
        for (n, field) in self.definition.field.iter().enumerate() {
            let Some(text) = &field.computed else { continue };
            let Some(expr) = self.expressions.get(&(None, text.clone())) else {
                continue;
            };
            open.push((n, field, expr.fields().to_vec()));
        }
        let mut done = Vec::new();
        while !open.is_empty() {
            let waiting: BTreeSet<String> = open.iter().map(|(_, f, _)| f.name.clone()).collect();
            let ready = open
                .iter()
                .position(|(.., needs)| needs.iter().all(|f| !waiting.contains(f)));
            let Some(ready) = ready else {
                let n = open.first().map_or(0, |(n, ..)| *n);
                self.wrong(
                    at!["field", n, "computed"],
                    "计算字段互相依赖",
                    "computed fields depend on each other in a circle",
                );
                break;
            };
            done.push(open.remove(ready).1.name.clone());
        }
        done
    }

    fn older(&mut self, mut older: Vec<(Source<'a>, Definition)>) -> Vec<Definition> {
        older.sort_by_key(|(_, d)| d.version);
        let mut chain: Vec<Definition> = older.into_iter().map(|(_, d)| d).collect();
        for (n, old) in chain.iter().enumerate() {
            let new = chain.get(n + 1).unwrap_or(self.definition);
            for said in versions::incompatible(old, new) {
                let said = Names::new(
                    format!("与第 {} 版不相容: {}", old.version, said.zh),
                    format!("not compatible with version {}: {}", old.version, said.en),
                );
                self.errors.push(self.source.error_in(at!["version"], said));
            }
        }
        chain.retain(|d| d.version < self.definition.version);
        chain
    }
}
