//! What must hold of areas with rules, sources and identities.

use super::{FieldType, FileError, Names, Source, Step, Type, Verify, is_name};
use crate::definition::{Definition, Field};
use std::collections::BTreeMap;

use crate::register::Register;

macro_rules! at {
    ($($step:expr),*) => { &[$(Step::from($step)),*][..] };
}

fn is_text(field: &Field) -> bool {
    matches!(field.kind, FieldType::Text | FieldType::Choice)
}

impl Verify<'_> {
    pub(super) fn joins(&mut self) {
        let d = self.definition;
        for (z, zoning) in d.zoning.iter().enumerate() {
            self.scalar(at!["zoning", z, "field"], &zoning.field, |f| {
                f.kind.is_place() && !f.repeatable
            });
            for (key, name) in [("kind", &zoning.kind), ("class", &zoning.class)] {
                if let Some(name) = name {
                    self.scalar(at!["zoning", z, key], name, |f| is_text(f) && !f.repeatable);
                }
            }
            for (n, name) in zoning.rules.iter().enumerate() {
                self.scalar(at!["zoning", z, "rules", n], name, |f| {
                    f.kind.is_scalar() && !f.kind.is_place()
                });
            }
            if let Some(text) = &zoning.filter {
                self.expression(at!["zoning", z, "where"], text, None, Type::Bool);
            }
            if f64::from(zoning.within_m) > geo::limits::WITHIN_M {
                self.wrong(
                    at!["zoning", z, "within_m"],
                    format!("不大于 {} m", geo::limits::WITHIN_M),
                    format!("{} m or less", geo::limits::WITHIN_M),
                );
            }
        }
        if let Some(source) = &d.source {
            for (n, name) in source.exact.iter().enumerate() {
                self.scalar(at!["source", "exact", n], name, |f| {
                    f.kind.is_scalar() && !f.kind.is_place()
                });
            }
            self.scalar(at!["source", "name"], &source.name, |f| {
                f.kind == FieldType::Text && !f.repeatable
            });
            if let Some(aliases) = &source.aliases {
                self.scalar(at!["source", "aliases"], aliases, |f| {
                    f.kind == FieldType::Text && f.repeatable
                });
            }
            if d.matching.is_none() {
                self.wrong(
                    at!["source"],
                    "须有 [matching]，以便提出相似的记录",
                    "it needs [matching], by which likely records are proposed",
                );
            }
            for (n, part) in source.part.iter().enumerate() {
                if !is_name(&part.code) || source.part.iter().filter(|p| p.code == part.code).count() > 1 {
                    self.wrong(
                        at!["source", "part", n, "code"],
                        "代码应为小写字母、数字、下划线，且不重复",
                        "codes are lower-case letters, digits and underscores, and occur once",
                    );
                }
            }
        }
        if let Some(identity) = &d.identity {
            for own in identity.same.values() {
                self.scalar(at!["identity", "same"], own, |f| f.kind.is_scalar());
            }
        }
    }
}

/// What an identity says must fit the register it names.
pub(crate) fn identity(
    source: Source<'_>,
    definition: &Definition,
    registers: &BTreeMap<String, Register>,
) -> Option<FileError> {
    let identity = definition.identity.as_ref()?;
    let wrong = |key: &str, zh: String, en: String| {
        Some(source.error_in(&["identity".into(), key.into()], Names::new(zh, en)))
    };
    let named = registers.get(&identity.source).map(Register::definition);
    let Some((sources, rules)) = named.and_then(|d| Some((d, d.source.as_ref()?))) else {
        let name = &identity.source;
        return wrong(
            "source",
            format!("台账 «{name}» 没有 [source]"),
            format!("the register «{name}» has no [source]"),
        );
    };
    if !rules.part.iter().any(|p| p.code == identity.part) {
        let part = &identity.part;
        return wrong(
            "part",
            format!("没有部分 «{part}»"),
            format!("there is no part «{part}»"),
        );
    }
    for (theirs, own) in &identity.same {
        let (Some(a), Some(b)) = (sources.field(theirs), definition.field(own)) else {
            return wrong(
                "same",
                format!("来源台账没有字段 «{theirs}»"),
                format!("the register of sources has no field «{theirs}»"),
            );
        };
        let place = a.kind.is_place() || b.kind.is_place();
        if place && a.kind != b.kind {
            return wrong(
                "same",
                format!("«{theirs}» 与 «{own}» 的位置类型不同"),
                format!("«{theirs}» and «{own}» are places of different types"),
            );
        }
    }
    None
}
