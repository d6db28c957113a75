//! What must hold of a definition's fields: names, code lists, bounds, patterns, references, computed values.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::subject::SubjectKind;
use standards::num::Exact;

use super::{Verify, is_name};
use crate::definition::read::Step;
use crate::definition::{Field, FieldType};
use crate::expr::{Expr, Type};
use crate::register::{Code, CodeList, path};
use crate::text::Names;

impl<'a> Verify<'a> {
    pub(super) fn fields(&mut self, group: Option<(usize, &'a Field)>, fields: &'a [Field]) {
        let mut seen = BTreeSet::new();
        let mut headers = BTreeSet::new();
        for (n, field) in fields.iter().enumerate() {
            let mut base = match group {
                Some((g, _)) => vec![
                    Step::from("field"),
                    Step::from(g),
                    Step::from("fields"),
                    Step::from(n),
                ],
                None => vec![Step::from("field"), Step::from(n)],
            };
            let named = |key: &str, base: &mut Vec<Step>| {
                let mut out = base.clone();
                out.push(Step::from(key));
                out
            };
            if !is_name(&field.name)
                || !seen.insert(&field.name)
                || matches!(field.name.as_str(), "state" | "id")
            {
                let at = named("name", &mut base);
                self.wrong(
                    &at,
                    "名称应为小写字母、数字、下划线，不重复，不为 state、id",
                    "a name is of lower-case letters, digits and underscores, occurs once, and is not state or id",
                );
            }
            for header in std::iter::once(&field.zh).chain(&field.aliases) {
                if !headers.insert(header) {
                    let at = named("zh", &mut base);
                    self.wrong(
                        &at,
                        format!("列名 «{header}» 重复"),
                        format!("the header «{header}» occurs twice"),
                    );
                }
            }
            self.field(group.map(|(_, f)| f), field, &mut base, named);
            if field.kind == FieldType::Group {
                if group.is_some() || field.fields.is_empty() {
                    let at = named("fields", &mut base);
                    self.wrong(
                        &at,
                        "分组须有字段，且不能再含分组",
                        "a group has fields, and stands in no other group",
                    );
                } else {
                    self.fields(Some((n, field)), &field.fields);
                }
            }
        }
    }

    fn field(
        &mut self,
        group: Option<&'a Field>,
        field: &'a Field,
        base: &mut Vec<Step>,
        named: impl Fn(&str, &mut Vec<Step>) -> Vec<Step>,
    ) {
        self.listed(group, field, base);
        if field.kind == FieldType::Reference {
            let register = field
                .register
                .as_ref()
                .is_none_or(|r| self.context.registers.contains(r));
            let subject = field
                .subject
                .as_ref()
                .is_none_or(|s| s == "any" || SubjectKind::from_name(s).is_some());
            if field.register.is_some() == field.subject.is_some() || !register || !subject {
                let at = named("name", base);
                self.wrong(
                    &at,
                    "引用须指明存在的 register 或 subject 之一",
                    "a reference names one existing register or one kind of subject",
                );
            }
        } else if field.register.is_some() || field.subject.is_some() {
            let at = named("name", base);
            self.wrong(
                &at,
                "register、subject 只用于 reference",
                "register and subject belong to references only",
            );
        }
        if field.kind == FieldType::File && (field.required || field.required_when.is_some()) {
            let at = named("name", base);
            self.wrong(
                &at,
                "附件不能由表格导入，不得设为必填；写入流转的 needs",
                "a table cannot bring a file, so none is required: name it in the needs of a transition",
            );
        }
        if let Some(pattern) = &field.pattern {
            match regex::Regex::new(&format!("^(?:{pattern})$")) {
                Ok(regex) => {
                    self.patterns.insert(pattern.clone(), regex);
                }
                Err(e) => {
                    let at = named("pattern", base);
                    self.wrong(&at, "正则表达式有误", e.to_string());
                }
            }
            if field.expects.is_none() || field.kind != FieldType::Text {
                let at = named("pattern", base);
                self.wrong(
                    &at,
                    "pattern 只用于 text，且须以 expects 说明",
                    "a pattern belongs to text and is explained by expects",
                );
            }
        }
        for (key, bound) in [("min", &field.min), ("max", &field.max)] {
            let Some(text) = bound else { continue };
            let good = match field.kind {
                kind if kind.is_number() => text.parse::<Exact>().is_ok(),
                FieldType::Date => text.parse::<jiff::civil::Date>().is_ok(),
                _ => false,
            };
            if !good {
                let at = named(key, base);
                self.wrong(
                    &at,
                    "应为与类型相符的数值或日期",
                    "expected a number or a date as the type says",
                );
            }
        }
        if let Some(text) = &field.required_when {
            let at = named("required_when", base);
            self.expression(&at, text, group, Type::Bool);
        }
        if let Some(text) = &field.computed {
            let at = named("computed", base);
            let ty = Type::of(field);
            self.expression(&at, text, group, ty);
            let today = self
                .expressions
                .get(&(group.map(|g| g.name.clone()), text.clone()));
            if today.is_some_and(Expr::reads_today) {
                self.wrong(
                    &at,
                    "存储的值不能取决于今天",
                    "a stored value cannot depend on the present day",
                );
            }
            if field.required
                || field.default.is_some()
                || field.kind == FieldType::Decimal && field.decimals.is_none()
            {
                self.wrong(
                    &at,
                    "计算字段不填写；小数须写 decimals",
                    "a computed field is not entered; a decimal one says its decimals",
                );
            }
        }
        let group_like = matches!(field.kind, FieldType::Group | FieldType::File);
        if field.repeatable && field.kind == FieldType::Group || field.default.is_some() && group_like {
            let at = named("name", base);
            self.wrong(
                &at,
                "分组本身可重复，且无默认值",
                "a group repeats by itself and has no default",
            );
        }
    }

    fn listed(&mut self, group: Option<&Field>, field: &Field, base: &mut Vec<Step>) {
        base.push(Step::from("name"));
        let list = match (&field.codes, field.choices.is_empty()) {
            (Some(name), true) => {
                if let Some(list) = self.context.lists.get(name) {
                    Some(list.clone())
                } else {
                    self.wrong(
                        base,
                        format!("没有代码表 codes/{name}.csv"),
                        format!("there is no code list codes/{name}.csv"),
                    );
                    None
                }
            }
            (None, false) => Some(Arc::new(CodeList {
                codes: field
                    .choices
                    .iter()
                    .map(|c| Code {
                        code: c.code.clone(),
                        names: Names::new(&c.zh, &c.en),
                    })
                    .collect(),
            })),
            (None, true) => None,
            (Some(_), false) => {
                self.wrong(
                    base,
                    "codes 与 choices 只写其一",
                    "give codes or choices, not both",
                );
                None
            }
        };
        if (field.kind == FieldType::Choice) != (field.codes.is_some() || !field.choices.is_empty()) {
            self.wrong(
                base,
                "choice 字段须有 choices 或 codes，其他字段不得有",
                "a choice has choices or codes, no other field has",
            );
        }
        base.pop();
        if let Some(list) = list {
            self.codes.insert(path(group, field), list);
        }
    }
}
