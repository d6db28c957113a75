//! A changed definition never breaks old records: a new version is compatible, or says how records are migrated.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Definition, Field, Migration};
use crate::record::{Body, Record};
use crate::text::Names;

/// What a record of `old` would lose or break under `new`; empty where every old record stays good.
pub fn incompatible(old: &Definition, new: &Definition) -> Vec<Names> {
    let empty = Migration::default();
    let step = new
        .migration
        .iter()
        .find(|m| m.to == new.version)
        .unwrap_or(&empty);
    let mut out = Vec::new();
    if new.version != old.version + 1 {
        out.push(Names::new(
            format!("版本应为 {}", old.version + 1),
            format!("the version after {} is {}", old.version, old.version + 1),
        ));
    }
    for field in &old.field {
        if step.drop.contains(&field.name) {
            continue;
        }
        let name = step.rename.get(&field.name).unwrap_or(&field.name);
        let Some(next) = new.field(name) else {
            out.push(Names::new(
                format!("字段 «{}» 消失而没有 rename 或 drop", field.name),
                format!("the field «{}» is gone without rename or drop", field.name),
            ));
            continue;
        };
        narrowed(field, next, step, "", &mut out);
        for sub in &field.fields {
            match next.subfield(&sub.name) {
                Some(next_sub) => narrowed(sub, next_sub, step, &format!("{}.", field.name), &mut out),
                None => out.push(Names::new(
                    format!("分组字段 «{}.{}» 消失", field.name, sub.name),
                    format!("the group's field «{}.{}» is gone", field.name, sub.name),
                )),
            }
        }
    }
    let renamed: Vec<&String> = step.rename.values().collect();
    for field in &new.field {
        let old_name = old.field(&field.name).is_some() || renamed.contains(&&field.name);
        if !old_name && field.required && field.default.is_none() && !step.default.contains_key(&field.name) {
            out.push(Names::new(
                format!("新字段 «{}» 必填而没有默认值", field.name),
                format!("the new field «{}» is required and has no default", field.name),
            ));
        }
    }
    for state in old.life.iter().flat_map(|l| &l.state) {
        let name = step.states.get(&state.name).unwrap_or(&state.name);
        if new.state(name).is_none() {
            out.push(Names::new(
                format!("状态 «{}» 消失而没有 states", state.name),
                format!("the state «{}» is gone without an entry in states", state.name),
            ));
        }
    }
    out
}

fn narrowed(old: &Field, new: &Field, step: &Migration, prefix: &str, out: &mut Vec<Names>) {
    let name = format!("{prefix}{}", old.name);
    if old.kind != new.kind || old.repeatable && !new.repeatable || old.unit != new.unit {
        out.push(Names::new(
            format!("字段 «{name}» 的类型、单位或重复性改变"),
            format!("the field «{name}» changed its type, unit or repetition; give it a new name"),
        ));
    }
    if new.required && !old.required && new.default.is_none() && !step.default.contains_key(&new.name) {
        out.push(Names::new(
            format!("字段 «{name}» 变为必填而没有默认值"),
            format!("the field «{name}» became required and has no default"),
        ));
    }
    let recoded: Option<&BTreeMap<String, String>> = step.recode.get(&new.name);
    for choice in &old.choices {
        let code = recoded.and_then(|r| r.get(&choice.code)).unwrap_or(&choice.code);
        if !new.choices.is_empty() && !new.choices.iter().any(|c| c.code == *code) {
            out.push(Names::new(
                format!("字段 «{name}» 的代码 «{}» 消失而没有 recode", choice.code),
                format!("the code «{}» of «{name}» is gone without recode", choice.code),
            ));
        }
    }
}

/// A record of an older version as one of the definition's version. The stored record stays as it is; this is how it
/// is read. Values already there win over defaults.
pub fn migrate(record: &Record, definition: &Definition) -> Record {
    let mut out = record.clone();
    let mut steps: Vec<&Migration> = definition.migration.iter().collect();
    steps.sort_by_key(|m| m.to);
    for step in steps
        .into_iter()
        .filter(|m| m.to > record.version && m.to <= definition.version)
    {
        let mut body = Body::new();
        for (name, value) in out.body {
            if step.drop.contains(&name) {
                continue;
            }
            body.insert(step.rename.get(&name).unwrap_or(&name).clone(), value);
        }
        for (name, codes) in &step.recode {
            if let Some(value) = body.get_mut(name) {
                recode(value, codes);
            }
        }
        for (name, value) in &step.default {
            body.entry(name.clone()).or_insert_with(|| value.clone());
        }
        out.body = body;
        out.state = out.state.map(|s| step.states.get(&s).cloned().unwrap_or(s));
    }
    out.version = definition.version;
    out
}

fn recode(value: &mut Value, codes: &BTreeMap<String, String>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|v| recode(v, codes)),
        Value::String(code) => {
            if let Some(new) = codes.get(code) {
                code.clone_from(new);
            }
        }
        _ => {}
    }
}
