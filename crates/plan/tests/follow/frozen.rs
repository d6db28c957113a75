//! What was frozen before the plan's facts had English names reads as it did, byte for byte; what is said in English is English.

use plan::canonical;
use plan::evaluation::{Evaluation, Rules, Snapshot, evaluate};
use plan::report::{Cover, Remarks, document};

use crate::common::{date, snapshot};

/// A snapshot as it was written then, and its hash.
const BEFORE: &str = include_str!("cases/frozen_before_english.json");
const HASH: &str = "6dd7e31e86315d40d07b5bec553f391e2425d08dca79a3742eae151b56d681c7";

fn chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

#[test]
fn a_snapshot_of_before_keeps_its_bytes_and_its_hash() {
    let text = BEFORE.trim_end();
    assert!(!text.contains("_en\""), "written without English names");
    let read: Snapshot = serde_json::from_str(text).unwrap();
    assert_eq!(canonical::text(&read).unwrap(), text);
    assert_eq!(read.hash().unwrap(), HASH);
    // What is judged of it has no English name to show, and says so by having none.
    let found = evaluate(&read, &Rules::default()).unwrap();
    assert_eq!(found.snapshot, HASH);
    let judged = canonical::text(&found).unwrap();
    for key in ["name_en", "title_en", "what_en", "unit_en"] {
        assert!(!judged.contains(key), "{key}");
    }
    assert!(found.indicators[0].state.reason.en.contains("46 μg/m³ in 2023"));
    assert!(
        found.indicators[1].state.reason.en.contains("1237 吨"),
        "the Chinese unit stands in: {}",
        found.indicators[1].state.reason.en
    );
}

#[test]
fn english_names_change_the_snapshot_and_nothing_of_the_chinese_report() {
    let named = snapshot(true);
    let text = canonical::text(&named).unwrap();
    assert!(text.contains(r#""name_en":"Forest cover""#) && text.contains(r#""title_en":"Road dust""#));
    assert_eq!(serde_json::from_str::<Snapshot>(&text).unwrap(), named);
    let found = evaluate(&named, &Rules::default()).unwrap();
    let cover = Cover {
        number: None,
        issuer: None,
        date: date("2026-01-20"),
        remarks: Remarks::default(),
    };
    let written = format!("{:?}", document(&named, &found, &cover));
    for i in &named.indicators {
        let name = i.facts.name_en.as_ref().unwrap();
        assert!(!written.contains(name.as_str()), "{name}");
    }
    for t in &named.tasks {
        let name = t.title_en.as_ref().unwrap();
        assert!(!written.contains(name.as_str()), "{name}");
    }
}

/// What people entered stays in their words: measures, grounds, names of projects and of sources.
fn own_words(text: &str) -> String {
    ["年度审核", "措施", "工程", "主体", "验收", "来源"]
        .iter()
        .fold(text.to_owned(), |text, word| text.replace(word, ""))
}

#[test]
fn what_is_said_in_english_names_things_in_english() {
    for last in [false, true] {
        let Evaluation {
            indicators,
            tasks,
            behind,
            doubts,
            units,
            ..
        } = evaluate(&snapshot(last), &Rules::default()).unwrap();
        let mut said: Vec<String> = Vec::new();
        for i in &indicators {
            said.extend([i.state.reason.en.to_string(), i.state.kind_reason.en.to_string()]);
            said.extend(i.state.name_en.clone());
            said.extend(i.state.room.iter().map(|r| r.text.en.to_string()));
        }
        for t in &tasks {
            said.push(t.state.reason.en.to_string());
            said.extend(t.state.title_en.clone());
            for due in t.state.late.iter().chain(&t.state.coming) {
                said.push(due.what_en.clone().unwrap_or_else(|| due.what.clone()));
            }
        }
        said.extend(behind.iter().map(|b| b.reason.en.to_string()));
        said.extend(doubts.iter().map(|d| d.text.en.to_string()));
        said.extend(
            units
                .iter()
                .filter_map(|u| Some(u.state.summary.as_ref()?.en.to_string())),
        );
        let wrong: Vec<&String> = said.iter().filter(|text| chinese(&own_words(text))).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(said.iter().any(|text| text.contains("×10⁴ mu")), "units too");
    }
}
