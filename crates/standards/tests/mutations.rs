//! Every topic against its example with one leaf replaced by something it was not made for: it must refuse or judge,
//! within reach of a float, and name a Chinese and an English reason; it must never panic.

#![expect(clippy::expect_used, reason = "a test stops at the first broken example")]

use serde_json::{Value, json};
use standards::input::Input;
use standards::topic;

/// What stands in for a leaf.
fn strangers() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(0),
        json!(-1),
        json!(1e-300),
        json!(1e300),
        json!(9_007_199_254_740_993_i64),
        json!(""),
        json!("not a number"),
        json!("1e305"),
        json!("许可证"),
        json!([]),
        json!({}),
        json!([null, -1, "x"]),
    ]
}

/// Paths of all values inside `value`, the root left out.
fn paths(value: &Value, at: &str, out: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(map) => map
            .iter()
            .map(|(k, v)| (k.replace('~', "~0").replace('/', "~1"), v))
            .collect(),
        Value::Array(list) => list.iter().enumerate().map(|(i, v)| (i.to_string(), v)).collect(),
        _ => Vec::new(),
    };
    for (key, child) in children {
        let path = format!("{at}/{key}");
        paths(child, &path, out);
        out.push(path);
    }
}

/// What is wrong with the answer to an input: it must say something in both languages, and no number without a value.
fn wrong(topic: &topic::Topic, input: &Value) -> Option<String> {
    let (words, all) = match (topic.evaluate)(&Input::root(input)) {
        Ok(judgement) => {
            let all = serde_json::to_string(&judgement).expect("a judgement is JSON");
            (judgement.conclusion, all)
        }
        Err(error) => (error.message.clone(), error.to_string()),
    };
    let silent = words.zh.is_empty() || words.en.is_empty();
    let valueless = all
        .split(|c: char| !c.is_alphanumeric())
        .any(|word| matches!(word, "NaN" | "inf"));
    (silent || valueless).then(|| format!("{}: {input}: {} / {}", topic.id, words.zh, words.en))
}

#[test]
fn no_input_breaks_a_topic() {
    let mut all_wrong = Vec::new();
    for topic in topic::all() {
        let example: Value = serde_json::from_str(topic.example).expect("example is JSON");
        all_wrong.extend(strangers().iter().filter_map(|stranger| wrong(topic, stranger)));
        let mut all = Vec::new();
        paths(&example, "", &mut all);
        for path in all {
            for stranger in strangers() {
                let mut input = example.clone();
                if let Some(leaf) = input.pointer_mut(&path) {
                    *leaf = stranger;
                }
                all_wrong.extend(wrong(topic, &input));
            }
        }
    }
    all_wrong.truncate(40);
    assert!(all_wrong.is_empty(), "{}", all_wrong.join("\n"));
}
