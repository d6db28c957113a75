//! Corrections of an imported plan (导入校正): a reviewed overlay over the document as printed in JSON, kept by stable
//! anchors, carried to a re-import of a newer edition, and told apart where it no longer fits.
//!
//! An anchor is the entry's id and the hash of its own words, without white space and line numbers: an entry that only
//! moved is found again by its words, one that was reworded by its id.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use standards::text;
use standards::text::Text;

use crate::canonical;
use crate::limits::MAX_CORRECTIONS;

/// The lists of a document that hold entries with an id, and the fields the words of an entry are in.
const LISTS: [(List, &str, &str, &[&str]); 5] = [
    (List::Chapters, "chapters", "no", &["title"]),
    (List::Tasks, "tasks", "id", &["title", "text"]),
    (
        List::Indicators,
        "indicators",
        "no",
        &["name", "unit", "base", "target"],
    ),
    (List::Units, "units", "name", &["name"]),
    (List::Baseline, "baseline", "id", &["title", "text"]),
];

/// Fields that say where something stands and not what it is.
const PLACE: [&str; 2] = ["line", "count"];

/// A list of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum List {
    /// `chapters`
    Chapters,
    /// `tasks`
    Tasks,
    /// `indicators`
    Indicators,
    /// `units`
    Units,
    /// `baseline`
    Baseline,
}

impl List {
    fn key(self) -> &'static str {
        LISTS
            .iter()
            .find(|(list, ..)| *list == self)
            .map_or("", |(_, key, ..)| key)
    }
}

/// What entry a correction is of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    /// List.
    pub list: List,
    /// Id as text: `3.1.4`, `7`, a name.
    pub id: String,
    /// Hash of its words when it was corrected.
    pub words: String,
}

/// A correction of one field of one entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// Entry.
    pub anchor: Anchor,
    /// Field of the entry.
    pub field: String,
    /// What the import read; null where the field was empty.
    pub before: Value,
    /// What is right.
    pub after: Value,
    /// Why.
    pub reason: String,
    /// Who reviewed it.
    pub by: String,
    /// When, as the caller writes it.
    #[serde(default)]
    pub at: String,
}

/// The overlay.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overlay {
    /// Corrections in the order they were made.
    #[serde(default)]
    pub corrections: Vec<Correction>,
}

/// How a correction met a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fit {
    /// Applied: the entry reads as it did when it was corrected.
    Fits,
    /// Applied: the entry stands under another id now.
    Moved,
    /// Not needed: the document says so itself.
    Settled,
    /// Not applied: the entry was reworded or the field reads otherwise; to be reviewed.
    Conflict,
    /// Not applied: the entry is gone.
    Gone,
}

/// What became of a correction.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// Place in the overlay, from 0.
    pub correction: usize,
    /// How it met the document.
    pub fit: Fit,
    /// Id the entry has now.
    pub id: Option<String>,
    /// What the field reads in this document.
    pub found: Option<Value>,
    /// In words.
    pub text: Text,
}

/// A document with its corrections.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Corrected {
    /// The document, corrected.
    pub document: Value,
    /// What became of each correction.
    pub outcomes: Vec<Outcome>,
}

/// An overlay or document that cannot be used.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum CorrectError {
    /// Not a document of an import.
    #[error("不是导入的规划文档：缺少 {0} / not an imported plan: {0} is missing")]
    NotADocument(&'static str),
    /// Too many.
    #[error("校正 {0} 条，最多 {MAX_CORRECTIONS} 条 / {0} corrections, at most {MAX_CORRECTIONS}")]
    TooMany(usize),
    /// A field that cannot be corrected.
    #[error(
        "第 {0} 条校正的字段 {1} 不能改（标识、行号）/ field {1} of correction {0} cannot be changed (id, line)"
    )]
    Field(usize, String),
}

fn id_of(entry: &Value, key: &str) -> Option<String> {
    match entry.get(key)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Hash of an entry's words: those of its list's fields, without white space.
fn words(entry: &Value, fields: &[&str]) -> String {
    let mut all = String::new();
    for field in fields {
        let text = match entry.get(field) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        all.extend(text.chars().filter(|c| !c.is_whitespace()));
        all.push('\n');
    }
    canonical::hex(all.as_bytes())
}

fn entries(document: &Value, key: &'static str) -> Result<Vec<Value>, CorrectError> {
    let list = document.get(key).and_then(Value::as_array);
    list.cloned().ok_or(CorrectError::NotADocument(key))
}

/// The anchor of an entry of a document; `None` where there is no such entry.
pub fn anchor(document: &Value, list: List, id: &str) -> Option<Anchor> {
    let (_, key, id_key, fields) = LISTS.iter().find(|(l, ..)| *l == list)?;
    let entry = document
        .get(key)?
        .as_array()?
        .iter()
        .find(|e| id_of(e, id_key).as_deref() == Some(id))?;
    Some(Anchor {
        list,
        id: id.to_owned(),
        words: words(entry, fields),
    })
}

/// Applies an overlay to a document as the import printed it. Later corrections of one field build on earlier ones.
pub fn apply(document: &Value, overlay: &Overlay) -> Result<Corrected, CorrectError> {
    if overlay.corrections.len() > MAX_CORRECTIONS {
        return Err(CorrectError::TooMany(overlay.corrections.len()));
    }
    let mut lists = BTreeMap::new();
    for (list, key, ..) in &LISTS {
        lists.insert(*list, entries(document, key)?);
    }
    // Anchors are those of the document as read, not of what earlier corrections made of it.
    let mut seen: BTreeMap<List, Vec<(String, String)>> = BTreeMap::new();
    for (list, _, id_key, fields) in &LISTS {
        let entries = lists.get(list).into_iter().flatten();
        let known = entries.map(|e| (id_of(e, id_key).unwrap_or_default(), words(e, fields)));
        seen.insert(*list, known.collect());
    }
    let mut outcomes = Vec::new();
    for (index, correction) in overlay.corrections.iter().enumerate() {
        let list = correction.anchor.list;
        let id_key = LISTS
            .iter()
            .find(|(l, ..)| *l == list)
            .map_or("", |(_, _, k, _)| *k);
        if correction.field == id_key || PLACE.contains(&correction.field.as_str()) {
            return Err(CorrectError::Field(index, correction.field.clone()));
        }
        let anchors = seen.get(&list).map_or(&[][..], Vec::as_slice);
        let entries = lists.entry(list).or_default();
        outcomes.push(meet(index, correction, anchors, entries));
    }
    let mut corrected = document.clone();
    if let Some(object) = corrected.as_object_mut() {
        for (list, entries) in lists {
            object.insert(list.key().to_owned(), Value::Array(entries));
        }
    }
    Ok(Corrected {
        document: corrected,
        outcomes,
    })
}

fn meet(
    index: usize,
    correction: &Correction,
    anchors: &[(String, String)],
    entries: &mut [Value],
) -> Outcome {
    let Anchor { id, words, .. } = &correction.anchor;
    let same_id = anchors.iter().position(|(i, _)| i == id);
    let exact = anchors.iter().position(|(i, w)| i == id && w == words);
    let by_words: Vec<usize> = (0..anchors.len())
        .filter(|n| anchors.get(*n).is_some_and(|(_, w)| w == words))
        .collect();
    let moved = match by_words.as_slice() {
        [one] => Some(*one),
        _ => None,
    };
    let outcome = |fit, place: Option<usize>, found, text| Outcome {
        correction: index,
        fit,
        id: place.and_then(|p| anchors.get(p)).map(|(id, _)| id.clone()),
        found,
        text,
    };
    let Some(place) = exact.or(moved).or(same_id) else {
        let text = text!(
            "新版中没有 {id}，未采用",
            "{id} is not in this edition: not applied"
        );
        return outcome(Fit::Gone, None, None, text);
    };
    let field = &correction.field;
    let Some(entry) = entries.get_mut(place).and_then(Value::as_object_mut) else {
        let text = text!("{id} 不是对象，未采用", "{id} is no object: not applied");
        return outcome(Fit::Conflict, Some(place), None, text);
    };
    let found = entry.get(field).cloned().unwrap_or(Value::Null);
    if found == correction.after {
        let text = text!("{id} 的 {field} 新版已如此", "{field} of {id} reads so already");
        return outcome(Fit::Settled, Some(place), Some(found), text);
    }
    if found != correction.before {
        let text = text!(
            "{id} 的 {field} 已与校正时不同，须重新核对，未采用",
            "{field} of {id} is not what was corrected: review it again, not applied"
        );
        return outcome(Fit::Conflict, Some(place), Some(found), text);
    }
    let reworded = exact.is_none() && moved.is_none();
    if reworded && correction.before.is_null() {
        let text = text!(
            "{id} 的文字已改，补填的 {field} 须重新核对，未采用",
            "{id} was reworded: review the added {field} again, not applied"
        );
        return outcome(Fit::Conflict, Some(place), Some(found), text);
    }
    entry.insert(field.clone(), correction.after.clone());
    if exact.is_none() && moved.is_some() {
        let now = anchors.get(place).map(|(i, _)| i.clone()).unwrap_or_default();
        let text = text!(
            "{id} 已移到 {now}，照改",
            "{id} stands at {now} now: applied there"
        );
        return outcome(Fit::Moved, Some(place), Some(found), text);
    }
    let text = text!("{id} 的 {field} 已改", "{field} of {id} is corrected");
    outcome(Fit::Fits, Some(place), Some(found), text)
}

/// A change of a field.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldChange {
    /// Field.
    pub field: String,
    /// In the older edition.
    pub before: Value,
    /// In the newer edition.
    pub after: Value,
}

/// A difference between two editions.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// Only in the newer edition.
    Added {
        /// List.
        list: List,
        /// Id.
        id: String,
    },
    /// Only in the older edition.
    Removed {
        /// List.
        list: List,
        /// Id.
        id: String,
    },
    /// The same words under another id.
    Moved {
        /// List.
        list: List,
        /// Id before.
        from: String,
        /// Id now.
        to: String,
    },
    /// Other words or figures under the same id.
    Changed {
        /// List.
        list: List,
        /// Id.
        id: String,
        /// Fields that differ.
        fields: Vec<FieldChange>,
    },
}

/// An entry with its id and the hash of its words.
struct Keyed {
    id: String,
    words: String,
    entry: Value,
}

fn keyed(
    document: &Value,
    key: &'static str,
    id_key: &str,
    fields: &[&str],
) -> Result<Vec<Keyed>, CorrectError> {
    let keyed = entries(document, key)?.into_iter().map(|entry| Keyed {
        id: id_of(&entry, id_key).unwrap_or_default(),
        words: words(&entry, fields),
        entry,
    });
    Ok(keyed.collect())
}

/// Pairs of places: first what kept id and words, then what kept its words, then what kept its id.
fn pairs(old: &[Keyed], new: &[Keyed]) -> BTreeMap<usize, usize> {
    let mut of_new = BTreeMap::new();
    let mut taken = BTreeSet::new();
    let rules: [fn(&Keyed, &Keyed) -> bool; 3] = [
        |a, b| a.id == b.id && a.words == b.words,
        |a, b| a.words == b.words,
        |a, b| a.id == b.id,
    ];
    for same in rules {
        for (n, entry) in new.iter().enumerate() {
            if of_new.contains_key(&n) {
                continue;
            }
            let origin = old
                .iter()
                .enumerate()
                .find(|(o, e)| !taken.contains(o) && same(e, entry));
            if let Some((o, _)) = origin {
                taken.insert(o);
                of_new.insert(n, o);
            }
        }
    }
    of_new
}

/// What differs between two editions, list by list, in the order of the newer one, what is gone last.
pub fn diff(older: &Value, newer: &Value) -> Result<Vec<Change>, CorrectError> {
    let mut out = Vec::new();
    for (list, key, id_key, fields) in &LISTS {
        let list = *list;
        let (old, new) = (
            keyed(older, key, id_key, fields)?,
            keyed(newer, key, id_key, fields)?,
        );
        let of_new = pairs(&old, &new);
        for (n, now) in new.iter().enumerate() {
            let id = now.id.clone();
            let Some(before) = of_new.get(&n).and_then(|o| old.get(*o)) else {
                out.push(Change::Added { list, id });
                continue;
            };
            if before.id != id {
                let from = before.id.clone();
                out.push(Change::Moved {
                    list,
                    from,
                    to: id.clone(),
                });
            }
            compare(list, &id, &before.entry, &now.entry, id_key, &mut out);
        }
        let kept: BTreeSet<&usize> = of_new.values().collect();
        for (_, gone) in old.iter().enumerate().filter(|(o, _)| !kept.contains(o)) {
            let id = gone.id.clone();
            out.push(Change::Removed { list, id });
        }
    }
    Ok(out)
}

fn compare(list: List, id: &str, before: &Value, after: &Value, id_key: &str, out: &mut Vec<Change>) {
    let empty = Map::new();
    let object = |v: &Value| v.as_object().cloned().unwrap_or_else(|| empty.clone());
    let (old, new) = (object(&without_place(before)), object(&without_place(after)));
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let fields: Vec<FieldChange> = keys
        .into_iter()
        .filter(|key| key.as_str() != id_key && key.as_str() != "section")
        .filter_map(|key| {
            let (a, b) = (old.get(key), new.get(key));
            let value = |v: Option<&Value>| v.cloned().unwrap_or(Value::Null);
            (a != b).then(|| FieldChange {
                field: key.clone(),
                before: value(a),
                after: value(b),
            })
        })
        .collect();
    if !fields.is_empty() {
        out.push(Change::Changed {
            list,
            id: id.to_owned(),
            fields,
        });
    }
}

/// A value without line numbers and counts at any depth, and without white space in its texts.
fn without_place(value: &Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(
            map.iter()
                .filter(|(key, _)| !PLACE.contains(&key.as_str()))
                .map(|(key, value)| (key.clone(), without_place(value)))
                .collect(),
        ),
        Value::Array(list) => Value::Array(list.iter().map(without_place).collect()),
        Value::String(text) => Value::String(text.chars().filter(|c| !c.is_whitespace()).collect()),
        other => other.clone(),
    }
}
