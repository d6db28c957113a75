//! Corrections of an import survive a newer edition, or are told where they do not.

use plan::correct::{Change, Correction, Fit, List, Overlay, anchor, apply, diff};
use serde_json::{Value, json};

fn task(id: &str, title: &str, text: &str, line: u32) -> Value {
    json!({"id": id, "title": title, "text": text, "targets": [], "line": line})
}

fn document(tasks: &[Value]) -> Value {
    json!({
        "document": "规划", "chapters": [], "baseline": [],
        "tasks": tasks,
        "indicators": [{"no": 1, "name": "PM2.5", "unit": "μg/m³", "base": 54, "target": 42, "line": 9}],
        "units": [{"name": "区水利局", "aliases": [], "count": 3}],
    })
}

fn edition() -> Value {
    document(&[
        task("3.1.1", "格局", "落实规划，优化布局。", 10),
        task("3.1.2", "分区", "衔接规划。", 12),
        task("3.1.3", "协作", "对接区域。", 14),
    ])
}

fn correction(of: &Value, id: &str, field: &str, before: Value, after: Value) -> Correction {
    Correction {
        anchor: anchor(of, List::Tasks, id).unwrap(),
        field: field.to_owned(),
        before,
        after,
        reason: "扫描误读".to_owned(),
        by: "审核人".to_owned(),
        at: "2024-01-02".to_owned(),
    }
}

fn fits(document: &Value, corrections: Vec<Correction>) -> Vec<Fit> {
    let found = apply(document, &Overlay { corrections }).unwrap();
    found.outcomes.iter().map(|o| o.fit).collect()
}

#[test]
fn a_correction_fits_the_document_it_was_made_on() {
    let old = edition();
    let made = correction(&old, "3.1.2", "title", json!("分区"), json!("分区管控"));
    let again = correction(
        &old,
        "3.1.2",
        "title",
        json!("分区管控"),
        json!("生态环境分区管控"),
    );
    let found = apply(
        &old,
        &Overlay {
            corrections: vec![made, again],
        },
    )
    .unwrap();
    assert_eq!(found.document["tasks"][1]["title"], "生态环境分区管控");
    assert_eq!(
        found.outcomes.iter().map(|o| o.fit).collect::<Vec<_>>(),
        [Fit::Fits, Fit::Fits]
    );
    assert_eq!(old, edition(), "the document read stays as it is");
}

#[test]
fn it_follows_its_entry_and_says_when_it_no_longer_fits() {
    let old = edition();
    let made = || {
        vec![correction(
            &old,
            "3.1.2",
            "title",
            json!("分区"),
            json!("分区管控"),
        )]
    };
    // Other lines and white space: nothing changed.
    let new = document(&[task("3.1.2", "分区", " 衔接 规划。", 99)]);
    assert_eq!(fits(&new, made()), [Fit::Fits]);
    // A task was put before it: found by its words.
    let new = document(&[
        task("3.1.2", "新任务", "全新。", 11),
        task("3.1.3", "分区", "衔接规划。", 12),
    ]);
    let found = apply(&new, &Overlay { corrections: made() }).unwrap();
    assert_eq!(
        (found.outcomes[0].fit, found.outcomes[0].id.as_deref()),
        (Fit::Moved, Some("3.1.3"))
    );
    assert_eq!(found.document["tasks"][1]["title"], "分区管控");
    assert_eq!(found.document["tasks"][0]["title"], "新任务");
    // The newer edition has it right already, or otherwise wrong, or no more.
    let new = document(&[task("3.1.2", "分区管控", "衔接规划。", 12)]);
    assert_eq!(fits(&new, made()), [Fit::Settled]);
    let new = document(&[task("3.1.2", "分 区 别", "衔接规划。", 12)]);
    assert_eq!(fits(&new, made()), [Fit::Conflict]);
    assert_eq!(fits(&document(&[]), made()), [Fit::Gone]);
    // A value filled into an empty field of a text that was reworded must be looked at again.
    let filled = correction(&old, "3.1.2", "area", Value::Null, json!("全区"));
    let new = document(&[task("3.1.2", "分区", "衔接新的规划。", 12)]);
    assert_eq!(fits(&new, vec![filled.clone()]), [Fit::Conflict]);
    assert_eq!(fits(&old, vec![filled]), [Fit::Fits]);
}

#[test]
fn ids_and_lines_are_not_to_be_corrected() {
    for field in ["id", "line"] {
        let wrong = correction(&edition(), "3.1.2", field, json!(1), json!(2));
        assert!(
            apply(
                &edition(),
                &Overlay {
                    corrections: vec![wrong]
                }
            )
            .is_err()
        );
    }
    assert!(apply(&json!({"tasks": []}), &Overlay::default()).is_err());
}

#[test]
fn two_editions_are_told_apart() {
    let old = edition();
    assert_eq!(diff(&old, &old).unwrap(), []);
    let mut new = document(&[
        task("3.1.1", "格局", "落实规划，优化布局。", 50),
        task("3.1.2", "新任务", "全新。", 51),
        task("3.1.3", "分区", "衔接规划。", 52),
    ]);
    new["indicators"][0]["target"] = json!(40);
    let changes = diff(&old, &new).unwrap();
    let of = |list: List| {
        changes
            .iter()
            .filter(|c| serde_json::to_value(c).unwrap()["list"] == json!(list))
            .count()
    };
    assert_eq!((of(List::Tasks), of(List::Indicators), changes.len()), (3, 1, 4));
    assert!(changes.contains(&Change::Moved {
        list: List::Tasks,
        from: "3.1.2".to_owned(),
        to: "3.1.3".to_owned()
    }));
    assert!(changes.contains(&Change::Added {
        list: List::Tasks,
        id: "3.1.2".to_owned()
    }));
    assert!(changes.contains(&Change::Removed {
        list: List::Tasks,
        id: "3.1.3".to_owned()
    }));
    let Change::Changed { fields, .. } = &changes[3] else {
        panic!("{changes:?}")
    };
    assert_eq!(
        (fields[0].field.as_str(), &fields[0].after),
        ("target", &json!(40))
    );
}

#[test]
fn an_imported_plan_takes_corrections() {
    let text = include_str!("../plan/fixtures/linhe.md");
    let read = serde_json::to_value(plan::import::read(text, &[])).unwrap();
    let id = read["tasks"][0]["id"].as_str().unwrap();
    let title = read["tasks"][0]["title"].clone();
    let made = Correction {
        after: json!("改正的标题"),
        ..correction(&read, id, "title", title, Value::Null)
    };
    // Windows line ends move nothing.
    let again = serde_json::to_value(plan::import::read(&text.replace('\n', "\r\n"), &[])).unwrap();
    assert_eq!(diff(&read, &again).unwrap(), []);
    let found = apply(
        &again,
        &Overlay {
            corrections: vec![made],
        },
    )
    .unwrap();
    assert_eq!(
        (found.outcomes[0].fit, &found.document["tasks"][0]["title"]),
        (Fit::Fits, &json!("改正的标题"))
    );
}
