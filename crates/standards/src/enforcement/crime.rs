//! Clues of environmental crime (法释〔2023〕7号): thresholds that can be compared; what is open to reading is shown, not
//! decided.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

use crate::checks;
use crate::conformance;
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::table;
use crate::text;
use crate::topic::Topic;

pub(super) const TOPIC: Topic = Topic {
    id: "enforcement/crime_clue",
    zh: "涉嫌环境犯罪线索",
    en: "Clue of environmental crime",
    basis: "法释〔2023〕7号 1、2",
    example: r#"{"event":"hazardous_waste","t":3.2}"#,
    evaluate: clue,
    case: conformance::plain,
};

/// Degree of the interpretation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Degree {
    /// 严重污染环境
    Severe,
    /// 情节严重
    Serious,
}

#[derive(Clone, Debug, Deserialize)]
struct Threshold {
    event: String,
    field: String,
    degree: Degree,
    #[serde(deserialize_with = "table::exact")]
    threshold: Exact,
    unit: String,
    name: String,
    #[serde(deserialize_with = "table::confidence")]
    confidence: Confidence,
}

const TABLE: &str = include_str!("../../data/enforcement_crime.csv");
static ROWS: LazyLock<Vec<Threshold>> = LazyLock::new(|| table::rows(TABLE));

/// Pollutants that the text names for falsified automatic data; its 等 leaves the list open.
pub const NAMED_POLLUTANTS: [&str; 4] = ["COD", "NH3-N", "SO2", "NOx"];

/// Whether an amount reaches a degree of an event; `None` where the event has no threshold of that degree.
pub fn reaches(event: &str, degree: Degree, amount: &Exact) -> Option<bool> {
    ROWS.iter()
        .find(|r| r.event == event && r.degree == degree)
        .map(|r| *amount >= r.threshold)
}

/// Falsified automatic data: yes for a key unit and a named pollutant, no for other units, open for other pollutants.
pub fn falsification(key_unit: bool, pollutant: &str) -> Option<bool> {
    if !key_unit {
        return Some(false);
    }
    let plain = |p: &str| p.to_ascii_uppercase().replace(['-', ' '], "");
    NAMED_POLLUTANTS
        .iter()
        .any(|named| plain(named) == plain(pollutant))
        .then_some(true)
}

fn basis() -> Basis {
    Basis::new("法释〔2023〕7号", "2023", "1、2")
}

fn clue(input: &Input<'_>) -> Result<Judgement, InputError> {
    let event = input.str("event")?;
    match event {
        "data_falsification" => falsified(input),
        "exceedance" => exceedance(input),
        _ => amounts(input, event),
    }
}

fn amounts(input: &Input<'_>, event: &str) -> Result<Judgement, InputError> {
    let rows: Vec<_> = ROWS.iter().filter(|r| r.event == event).collect();
    let first = rows
        .first()
        .ok_or_else(|| checks::unknown_name(input, "event", event))?;
    let amount = checks::opt_amount(input, &first.field)?;
    let mut out = Judgement::new("enforcement/crime_clue", basis());
    let name = &first.name;
    for row in &rows {
        let degree = match row.degree {
            Degree::Severe => "严重污染环境",
            Degree::Serious => "情节严重",
        };
        out.limit(
            &row.threshold,
            &row.unit,
            basis(),
            text!("{name}:{degree}", "{event}: {degree}"),
            row.confidence,
        );
    }
    let Some(amount) = amount else {
        out.leaves_out(
            &first.field,
            None,
            &first.unit,
            text!("数量不明", "amount unknown"),
        );
        out.put("severe_pollution", Value::Null)
            .put("serious_circumstances", Value::Null);
        out.conclude(
            Verdict::Undecided,
            text!("数量不明,无法判定。", "The amount is unknown: cannot be decided."),
        );
        return Ok(out);
    };
    let serious = reaches(event, Degree::Serious, &amount);
    // What is serious is severe all the more, where the text has no lower threshold of its own.
    let severe = reaches(event, Degree::Severe, &amount).or(serious.filter(|s| *s));
    out.uses(&first.field, &amount, &first.unit);
    out.put("severe_pollution", severe)
        .put("serious_circumstances", serious);
    let unit = &first.unit;
    let (verdict, zh, en) = match (severe, serious) {
        (_, Some(true)) => (
            Verdict::Exceeded,
            "达到“情节严重”标准,应研究移送",
            "serious circumstances: consider transfer",
        ),
        (Some(true), _) => (
            Verdict::Exceeded,
            "达到“严重污染环境”标准,应研究移送",
            "severe pollution: consider transfer",
        ),
        _ => (Verdict::Met, "未达到所列数额标准", "below the listed thresholds"),
    };
    out.conclude(
        verdict,
        text!("{name} {amount} {unit}:{zh}。", "{amount} {unit}: {en}."),
    );
    Ok(out)
}

fn falsified(input: &Input<'_>) -> Result<Judgement, InputError> {
    let key_unit = input.bool("key_unit")?;
    let pollutant = input.str("pollutant")?;
    let severe = falsification(key_unit, pollutant);
    let mut out = Judgement::new("enforcement/crime_clue", basis());
    out.uses("key_unit", &key_unit, "")
        .uses("pollutant", &pollutant, "");
    out.put("severe_pollution", severe)
        .put("ask_lawyer", severe.is_none());
    let (verdict, words) = match severe {
        Some(true) => (
            Verdict::Exceeded,
            text!(
                "重点单位篡改、伪造 {pollutant} 自动监测数据,应研究移送。",
                "A key unit falsified automatic data of {pollutant}: consider transfer."
            ),
        ),
        Some(false) => (
            Verdict::Met,
            text!(
                "非重点排污单位或重点管理单位,不符合本项。",
                "Not a key unit: this item does not apply."
            ),
        ),
        None => (
            Verdict::Undecided,
            text!(
                "条文以“等”字列举,{pollutant} 是否包括应咨询法制人员。",
                "The list is open; ask a lawyer about {pollutant}."
            ),
        ),
    };
    out.conclude(verdict, words);
    Ok(out)
}

/// Three or ten times above the standard: how this is counted is disputed, so both ratios are shown and none decides.
fn exceedance(input: &Input<'_>) -> Result<Judgement, InputError> {
    let (value, limit) = (checks::amount(input, "value")?, checks::amount(input, "limit")?);
    let ratio = value.checked_div(&limit);
    let over = (&value - &limit).checked_div(&limit);
    let mut out = Judgement::new("enforcement/crime_clue", basis());
    out.rests_on(Confidence::Uncertain);
    out.uses("value", &value, "").uses("limit", &limit, "");
    for (what, got, formula) in [
        ("C/L", &ratio, format!("{value} / {limit}")),
        ("(C−L)/L", &over, format!("({value} − {limit}) / {limit}")),
    ] {
        if let Some(got) = got {
            out.step(text!("{what}", "{what}"), formula, got);
        }
    }
    out.put("c_over_l", checks::maybe(ratio.as_ref()))
        .put("exceed_multiple", checks::maybe(over.as_ref()))
        .put("severe_pollution", Value::Null)
        .put("ask_lawyer", true);
    crate::explain::conclude(
        &mut out,
        Verdict::Undecided,
        text!(
            "“超过排放标准三倍(十倍)以上”的算法有争议,仅列出倍数",
            "how «three (ten) times above» is counted is disputed: the ratios are shown only"
        ),
    );
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_complete() {
        table::assert_complete(TABLE, &ROWS);
    }
}
