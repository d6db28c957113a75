//! Whatever stands in an input, a topic judges it or refuses it: it neither panics nor gives a figure that is not one.

use serde_json::{Value, json};
use standards::input::Input;
use standards::topic;

/// What may stand where something else belongs.
fn intruders() -> Vec<Value> {
    let mut list = vec![
        json!(null),
        json!(true),
        json!(""),
        json!("x"),
        json!("劣V"),
        json!([]),
        json!({}),
    ];
    list.extend([
        json!(0),
        json!(-1),
        json!(1e300),
        json!(-1e300),
        json!(1e-300),
        json!(i64::MAX),
        json!(0.1),
    ]);
    list.extend([
        json!("1/0"),
        json!("9999-12-31"),
        json!([null]),
        json!([1e300, -1e300]),
        json!({"x": 1}),
    ]);
    list
}

/// Every place of a value, as paths of JSON pointers.
fn places(value: &Value, at: &str, out: &mut Vec<String>) {
    out.push(at.to_owned());
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                let key = key.replace('~', "~0").replace('/', "~1");
                places(inner, &format!("{at}/{key}"), out);
            }
        }
        Value::Array(list) => {
            for (i, inner) in list.iter().enumerate().take(3) {
                places(inner, &format!("{at}/{i}"), out);
            }
        }
        _ => {}
    }
}

/// Whether a text shows a float that is no number.
fn shows_no_number(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| matches!(word, "NaN" | "inf"))
}

fn fault(topic: &topic::Topic, input: &Value) -> Option<String> {
    let judgement = (topic.evaluate)(&Input::root(input)).ok()?;
    if judgement.conclusion.zh.is_empty() {
        return Some(format!("{}: no conclusion for {input}", topic.id));
    }
    let words = &judgement.conclusion;
    let shown = format!(
        "{} {} {}",
        judgement.value.unwrap_or_default(),
        words.zh,
        words.en
    );
    shows_no_number(&shown).then(|| format!("{}: «{shown}» for {input}", topic.id))
}

#[test]
fn topics_judge_or_refuse_whatever_comes() {
    let mut faults = Vec::new();
    for topic in topic::all() {
        let example: Value = serde_json::from_str(topic.example).expect("an example is JSON");
        let mut at = Vec::new();
        places(&example, "", &mut at);
        let found = at
            .iter()
            .flat_map(|place| intruders().into_iter().map(move |i| (place, i)));
        // One fault of a topic is enough to look at.
        faults.extend(found.into_iter().find_map(|(place, intruder)| {
            let mut input = example.clone();
            *input.pointer_mut(place)? = intruder;
            fault(topic, &input)
        }));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
