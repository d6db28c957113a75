//! Leak detection and repair (GB 37822-2019 8): when a sealing point leaks, when it must be repaired and re-checked.

use std::sync::LazyLock;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;

use crate::checks::{opt_amount, unknown_name};
use crate::conformance::plain;
use crate::explain::{begin, conclude, undecided, verdict};
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement};
use crate::num::Exact;
use crate::table;
use crate::text;
use crate::text::Text;
use crate::topic::Topic;

#[derive(Debug, Deserialize)]
struct Row {
    row: String,
    key: String,
    name_zh: String,
    #[serde(deserialize_with = "table::exact")]
    value: Exact,
    #[serde(deserialize_with = "table::exact")]
    key_region: Exact,
    clause: String,
    #[serde(deserialize_with = "table::confidence")]
    confidence: Confidence,
}

const TABLE: &str = include_str!("../../data/source_ldar.csv");
static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| table::rows(TABLE));

fn row(kind: &str, key: &str) -> Option<&'static Row> {
    ROWS.iter().find(|r| r.row == kind && r.key == key)
}

/// Leak threshold of a medium (`gas`, `other_liquid`), µmol/mol.
pub fn threshold(medium: &str, key_region: bool) -> Option<&'static Exact> {
    row("threshold", medium).map(|r| if key_region { &r.key_region } else { &r.value })
}

/// Whether a point leaks: seen, or a reading above the threshold. `None` where neither is known.
pub fn leaks(visible: bool, reading: Option<&Exact>, threshold: &Exact) -> Option<bool> {
    if visible {
        return Some(true);
    }
    reading.map(|r| r > threshold)
}

/// Dates that follow from a leak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// First attempt: 5 days after the find.
    pub first_attempt: Date,
    /// Repaired: 15 days after the find, unless a delay is filed.
    pub repaired: Date,
}

/// Repair dates of a leak found on a day; `None` at the end of the calendar.
pub fn deadlines(found: Date) -> Option<Deadlines> {
    Some(Deadlines {
        first_attempt: found.checked_add(5.days()).ok()?,
        repaired: found.checked_add(15.days()).ok()?,
    })
}

/// The latest day of the next check of a component kind.
pub fn next_check(component: &str, last: Date) -> Option<Date> {
    let months = row("cycle", component)?.value.to_i64()?;
    last.checked_add(months.months()).ok()
}

pub(super) const LEAK: Topic = Topic {
    id: "ldar/leak",
    zh: "设备与管线组件泄漏认定与修复期限",
    en: "Leak of a sealing point and its repair dates",
    basis: "GB 37822-2019 8",
    example: r#"{"medium":"gas","key_region":true,"component":"valve","reading":2300,"date":"2026-03-02"}"#,
    evaluate: leak,
    case: plain,
};

fn leak(input: &Input<'_>) -> Result<Judgement, InputError> {
    let medium = input.str("medium")?;
    let key_region = input.opt_bool("key_region")?.unwrap_or(false);
    let limit = threshold(medium, key_region).ok_or_else(|| unknown_name(input, "medium", medium))?;
    let component = input.str("component")?;
    let cycle = row("cycle", component).ok_or_else(|| unknown_name(input, "component", component))?;
    let reading = opt_amount(input, "reading")?;
    let visible = input.opt_bool("visible")?.unwrap_or(false);
    let date = input.date("date")?;
    let mut j = begin("ldar/leak", ("GB 37822", "2019", "8"), cycle.confidence);
    let region = if key_region {
        "重点地区"
    } else {
        "一般地区"
    };
    j.limit(
        limit,
        "µmol/mol",
        Basis::new("GB 37822", "2019", "表1"),
        text!(
            "{region},介质 {medium}",
            "medium {medium}, key region: {key_region}"
        ),
        Confidence::Verified,
    )
    .also(Basis::new("GB 37822", "2019", &*cycle.clause))
    .put("threshold", limit.to_json())
    .put("next_check", next_check(component, date).map(|d| d.to_string()));
    let Some(leaks) = leaks(visible, reading.as_ref(), limit) else {
        undecided(
            &mut j,
            &["leak", "first_attempt_by", "repair_by"],
            Text::new(
                "缺检测值且未见渗漏,不作判定",
                "no reading and nothing seen: no judgement",
            ),
        );
        return Ok(j);
    };
    if let Some(reading) = &reading {
        j.uses("reading", reading, "µmol/mol");
    }
    j.put("leak", leaks);
    let due = deadlines(date).filter(|_| leaks);
    j.put("first_attempt_by", due.map(|d| d.first_attempt.to_string()))
        .put("repair_by", due.map(|d| d.repaired.to_string()));
    let zh = &cycle.name_zh;
    let words = match due {
        Some(d) => text!(
            "{zh}泄漏;应于 {} 前首次尝试修复,{} 前完成修复",
            "the {component} leaks; first attempt by {}, repaired by {}",
            d.first_attempt,
            d.repaired
        ),
        None => text!(
            "{zh}未超过泄漏认定浓度 {limit}",
            "the {component} does not exceed {limit}"
        ),
    };
    conclude(&mut j, verdict(leaks), words);
    Ok(j)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_reads() {
        table::assert_complete(TABLE, &ROWS);
    }

    #[test]
    fn a_visible_leak_needs_no_reading_and_equal_is_no_leak() {
        let limit = threshold("gas", true).unwrap();
        assert_eq!(leaks(true, None, limit), Some(true));
        assert_eq!(leaks(false, Some(&Exact::int(2000)), limit), Some(false));
        assert_eq!(leaks(false, None, limit), None);
    }
}
