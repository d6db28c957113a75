//! A record that somebody else changed, in words: which record, which fields, who and when — or, where it has left the
//! person's sight, only that it did.

use ledger::{Stale, StaleFacts};
use model::time::UtcMs;
use serde_json::{Value, json};

use crate::error::{ApiError, Code};

/// Fields named in words; the details name all of them.
const NAMED: usize = 6;

pub(super) fn problem(stale: &Stale) -> ApiError {
    let id = &stale.id;
    let Some(told) = &stale.told else {
        return ApiError::new(
            Code::Stale,
            format!("记录 {id} 已被他人修改，现不在您的可见范围内"),
            format!("record {id} was changed by somebody else and is no longer within what you may see"),
        )
        .with(json!({ "id": id, "in_sight": false }));
    };
    let title = |open: &str, close: &str| match &told.title {
        title if title == id.as_str() => String::new(),
        title => format!("{open}{title}{close}"),
    };
    let (who, at) = (&told.by.name, clock(told.at));
    let (zh, en) = fields(told);
    let fields: Vec<Value> = told
        .changed
        .iter()
        .map(|c| json!({ "field": c.field, "names": c.names }))
        .collect();
    ApiError::new(
        Code::Stale,
        format!(
            "记录 {id}{}已被 {who} 于 {at} 修改{zh}，请按最新内容再改",
            title("“", "”")
        ),
        format!(
            "record {id}{} was changed by {who} at {at}{en}; change it again on what it says now",
            title(" «", "»")
        ),
    )
    .with(json!({
        "id": id,
        "title": told.title,
        "in_sight": true,
        "revision": told.revision,
        "by": { "id": told.by.id, "name": told.by.name },
        "at": told.at.to_rfc3339_ms(),
        "changed": told.changed.iter().map(|c| &c.field).collect::<Vec<_>>(),
        "fields": fields,
    }))
}

/// The first fields by name, and how many more.
fn fields(told: &StaleFacts) -> (String, String) {
    if told.changed.is_empty() {
        return (String::new(), String::new());
    }
    let named = || told.changed.iter().take(NAMED).map(|c| &c.names);
    let zh: Vec<&str> = named().map(|n| n.zh.as_str()).collect();
    let en: Vec<&str> = named().map(|n| n.en.as_str()).collect();
    let (zh, en) = (zh.join("、"), en.join(", "));
    match told.changed.len() {
        all if all > NAMED => (
            format!("（{zh}等 {all} 项）"),
            format!(" ({en} and {} more)", all - NAMED),
        ),
        _ => (format!("（{zh}）"), format!(" ({en})")),
    }
}

fn clock(at: UtcMs) -> String {
    let civil = at.civil();
    civil.map_or_else(String::new, |c| c.strftime("%Y-%m-%d %H:%M:%S").to_string())
}
