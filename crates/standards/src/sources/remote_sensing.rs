//! Remote sensing of diesel vehicles in use (HJ 845-2017): two or more consecutive exceeding passes of the same item
//! within six months. Recalled figures, configurable.

use std::sync::LazyLock;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;

use crate::checks::{list, opt_amount};
use crate::conformance::plain;
use crate::explain::{begin, conclude, undecided, verdict};
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement};
use crate::num::Exact;
use crate::table;
use crate::text;
use crate::text::Text;
use crate::topic::Topic;

/// An item of remote sensing.
#[derive(Debug, Deserialize)]
pub struct SensedItem {
    /// Key of the input.
    pub item: String,
    /// Chinese name.
    pub name_zh: String,
    /// Limit.
    #[serde(deserialize_with = "table::exact")]
    pub limit: Exact,
    /// Unit.
    pub unit: String,
    judged: String,
    /// How sure.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

impl SensedItem {
    /// Whether it decides, or only screens (NO).
    pub fn is_judged(&self) -> bool {
        self.judged == "yes"
    }
}

const TABLE: &str = include_str!("../../data/source_remote_sensing.csv");
static ROWS: LazyLock<Vec<SensedItem>> = LazyLock::new(|| table::rows(TABLE));

/// The items.
pub fn items() -> &'static [SensedItem] {
    &ROWS
}

/// Whether two consecutive passes of one item exceed its limit within six months. Passes are in order of time; a pass
/// without a valid value is left out by the caller.
pub fn twice_in_a_row(passes: &[(Date, Exact)], limit: &Exact) -> bool {
    passes
        .iter()
        .zip(passes.iter().skip(1))
        .any(|((first, a), (second, b))| {
            let until = first.checked_add(6.months()).unwrap_or(Date::MAX);
            a > limit && b > limit && *second <= until
        })
}

pub(super) const REMOTE_SENSING: Topic = Topic {
    id: "vehicle/remote_sensing",
    zh: "柴油车遥感检测判定",
    en: "Remote sensing of diesel vehicles",
    basis: "HJ 845-2017",
    example: r#"{"passes":[{"date":"2026-01-10","opacity_pct":35},{"date":"2026-03-02","opacity_pct":42}]}"#,
    evaluate: remote_sensing,
    case: plain,
};

fn remote_sensing(input: &Input<'_>) -> Result<Judgement, InputError> {
    let passes = list(input, "passes")?;
    let mut dates: Vec<Date> = Vec::new();
    for pass in &passes {
        let date = pass.date("date")?;
        if dates.last().is_some_and(|last| date < *last) {
            return Err(pass.error(
                "date",
                "range",
                text!("检测应按时间先后排列", "the passes must be in order of time"),
            ));
        }
        dates.push(date);
    }
    let mut j = begin(
        "vehicle/remote_sensing",
        ("HJ 845", "2017", "判定"),
        Confidence::Configurable,
    );
    let mut failed: Vec<&str> = Vec::new();
    let mut screened: Vec<&str> = Vec::new();
    let mut seen = 0;
    for item in items() {
        let mut values = Vec::new();
        for (pass, date) in passes.iter().zip(&dates) {
            if let Some(value) = opt_amount(pass, &item.item)? {
                values.push((*date, value));
            }
        }
        seen += values.len();
        j.limit(
            &item.limit,
            &item.unit,
            Basis::new("HJ 845", "2017", "限值"),
            text!("{}", "{}", item.name_zh),
            item.confidence,
        );
        if twice_in_a_row(&values, &item.limit) {
            let list = if item.is_judged() {
                &mut failed
            } else {
                &mut screened
            };
            list.push(&item.item);
        }
    }
    let names = |keys: &[&str]| keys.iter().map(|k| Value::from(*k)).collect::<Vec<_>>();
    j.put("items", names(&failed)).put("screened", names(&screened));
    if seen == 0 {
        undecided(
            &mut j,
            &["compliant"],
            Text::new("没有有效遥感数据", "no valid value"),
        );
        return Ok(j);
    }
    j.put("compliant", failed.is_empty());
    let words = if failed.is_empty() {
        Text::new(
            "六个月内无同一项目连续两次及以上超标",
            "no item exceeds twice in a row within six months",
        )
    } else {
        let list = failed.join("、");
        text!(
            "六个月内同一项目连续两次及以上超标: {list},判定不合格",
            "exceeds twice in a row within six months: {list}; not compliant"
        )
    };
    conclude(&mut j, verdict(!failed.is_empty()), words);
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
    fn a_clean_pass_between_or_seven_months_break_the_row() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let pass = |date: &str, v: i64| (day(date), Exact::int(v));
        let limit = Exact::int(30);
        assert!(twice_in_a_row(
            &[pass("2026-01-10", 40), pass("2026-07-10", 31)],
            &limit
        ));
        assert!(!twice_in_a_row(
            &[pass("2026-01-10", 40), pass("2026-07-11", 31)],
            &limit
        ));
        let with_clean = [
            pass("2026-01-10", 40),
            pass("2026-02-10", 30),
            pass("2026-03-10", 40),
        ];
        assert!(!twice_in_a_row(&with_clean, &limit));
    }
}
