//! Deadlines of procedure: one table of rules, counted with a calendar given as data.

use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;

use super::calendar::{self, Unit, WorkCalendar, due};
use crate::checks;
use crate::conformance;
use crate::explain::conclude;
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::table;
use crate::text;
use crate::topic::Topic;

pub(super) const DEADLINES: Topic = Topic {
    id: "enforcement/deadlines",
    zh: "立案与处罚决定期限",
    en: "Deadlines of case filing and decision",
    basis: "生态环境行政处罚办法(2023);环境行政处罚办法(2010)",
    example: r#"{"found":"2026-01-20"}"#,
    evaluate: filing,
    case: conformance::plain,
};

pub(super) const ONE: Topic = Topic {
    id: "enforcement/deadline",
    zh: "程序期限",
    en: "A deadline of procedure",
    basis: "各程序规定期限表",
    example: r#"{"rule":"manifest_confirm","from":"2026-09-29","calendar":{"holidays":["2026-10-01","2026-10-02"],"workdays":[]}}"#,
    evaluate: one,
    case: conformance::plain,
};

/// A rule of the table.
#[derive(Clone, Debug, Deserialize)]
pub struct Rule {
    /// Key.
    pub rule: String,
    /// Chinese name.
    pub name: String,
    /// English name.
    pub name_en: String,
    /// How long.
    pub amount: i64,
    unit: String,
    source: String,
    clause: String,
    #[serde(deserialize_with = "table::date")]
    from: Date,
    #[serde(deserialize_with = "table::opt_date")]
    to: Option<Date>,
    /// How sure the figure is.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

const TABLE: &str = include_str!("../../data/enforcement_deadlines.csv");
static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| table::rows(TABLE));

impl Rule {
    /// The rule in force on a day.
    pub fn find(rule: &str, on: Date) -> Option<&'static Self> {
        RULES
            .iter()
            .find(|r| r.rule == rule && r.from <= on && r.to.is_none_or(|to| on <= to))
    }

    /// What it is counted in.
    pub fn unit(&self) -> Unit {
        Unit::parse(&self.unit).unwrap_or(Unit::Day)
    }

    /// Source.
    pub fn basis(&self) -> Basis {
        Basis::new(&self.source, "", &self.clause)
    }

    /// Last day.
    pub fn due(&self, from: Date, calendar: &WorkCalendar) -> Option<Date> {
        due(from, self.amount, self.unit(), calendar)
    }
}

fn step(out: &mut Judgement, rule: &Rule, from: Date, last: Date, calendar: &WorkCalendar) {
    let (name, en) = (&rule.name, &rule.name_en);
    let unit = rule.unit();
    out.also(rule.basis()).rests_on(rule.confidence);
    if unit == Unit::WorkingDay {
        out.rests_on(calendar.confidence());
        if !calendar.given {
            out.leaves_out(
                "calendar",
                None,
                "",
                text!(
                    "未给出节假日,只扣除周末",
                    "no holidays given: only weekends are free"
                ),
            );
        }
    }
    out.step(
        text!("{name}期限", "deadline of {en}"),
        format!("{from} + {} {}", rule.amount, unit.zh()),
        &last,
    );
}

fn rule_at(input: &Input<'_>, key: &str, rule: &str, on: Date) -> Result<&'static Rule, InputError> {
    Rule::find(rule, on).ok_or_else(|| {
        if RULES.iter().any(|r| r.rule == rule) {
            let why = text!(
                "{on} 没有适用的 {rule} 规定",
                "no rule {rule} was in force on {on}"
            );
            return input.error(key, "context", why);
        }
        checks::unknown_name(input, key, rule)
    })
}

fn filing(input: &Input<'_>) -> Result<Judgement, InputError> {
    let found = input.date("found")?;
    let calendar = calendar::calendar(input)?;
    let file = rule_at(input, "found", "case_filing", found)?;
    let decide = rule_at(input, "found", "case_decision", found)?;
    let beyond = || calendar::beyond(input, "found");
    let file_by = file.due(found, &calendar).ok_or_else(beyond)?;
    let decide_by = decide.due(file_by, &calendar).ok_or_else(beyond)?;
    let mut out = Judgement::new("enforcement/deadlines", file.basis());
    out.uses("found", &found, "");
    step(&mut out, file, found, file_by, &calendar);
    step(&mut out, decide, file_by, decide_by, &calendar);
    out.put("file_by", file_by.to_string())
        .put("decide_by_if_filed_last_day", decide_by.to_string());
    if let Some(filed) = input.opt("filed") {
        let filed = calendar::date(&filed)?;
        let by = decide.due(filed, &calendar).ok_or_else(beyond)?;
        out.uses("filed", &filed, "");
        out.put("filed_late", filed > file_by)
            .put("decide_by", by.to_string());
    }
    conclude(
        &mut out,
        Verdict::Computed,
        text!(
            "立案不晚于 {file_by},决定不晚于 {decide_by}",
            "file by {file_by}, decide by {decide_by}"
        ),
    );
    Ok(out)
}

fn one(input: &Input<'_>) -> Result<Judgement, InputError> {
    let from = input.date("from")?;
    let calendar = calendar::calendar(input)?;
    let rule = rule_at(input, "rule", input.str("rule")?, from)?;
    let last = rule
        .due(from, &calendar)
        .ok_or_else(|| calendar::beyond(input, "from"))?;
    let mut out = Judgement::new("enforcement/deadline", rule.basis());
    out.uses("from", &from, "");
    step(&mut out, rule, from, last, &calendar);
    out.put("due", last.to_string())
        .put("amount", rule.amount)
        .put("unit", rule.unit.clone());
    let (name, en) = (&rule.name, &rule.name_en);
    let Some(today) = input.opt("today") else {
        out.put("left_days", Value::Null).put("overdue", Value::Null);
        conclude(
            &mut out,
            Verdict::Computed,
            text!("{name}:{last} 前", "{en}: by {last}"),
        );
        return Ok(out);
    };
    let today = calendar::date(&today)?;
    let left = calendar::days_between(today, last);
    out.uses("today", &today, "");
    out.put("left_days", left).put("overdue", left < 0);
    let verdict = crate::explain::verdict(left < 0);
    conclude(
        &mut out,
        verdict,
        text!(
            "{name}:{last} 前,剩 {left} 日",
            "{en}: by {last}, {left} days left"
        ),
    );
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_complete() {
        table::assert_complete(TABLE, &RULES);
        assert!(RULES.iter().all(|r| Unit::parse(&r.unit).is_some()));
    }
}
