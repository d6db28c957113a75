//! Environmental credit of enterprises by points (Shandong model): points of records in force, then a level.

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::Value;

use super::calendar;
use crate::checks;
use crate::conformance;
use crate::explain::conclude;
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::text;
use crate::topic::Topic;

pub(super) const TOPIC: Topic = Topic {
    id: "enforcement/credit",
    zh: "企业环境信用评价",
    en: "Environmental credit of an enterprise",
    basis: "山东省企业环境信用评价办法(阈值可配置)",
    example: r#"{"as_of":"2026-01-01","records":[{"published":"2025-06-01","points":4,"period_months":12,"cancelled":false}],"thresholds":{"yellow":[1,11],"black":12}}"#,
    evaluate: credit,
    case: conformance::plain,
};

/// One published record.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Day of publication.
    pub published: Date,
    /// Points.
    pub points: Exact,
    /// Months of publicity.
    pub months: i64,
    /// Repaired and taken back.
    pub cancelled: bool,
}

impl Record {
    /// Day its effect ends (that day no longer counts); `None` beyond the calendar.
    pub fn ends(&self) -> Option<Date> {
        self.published.checked_add(self.months.months()).ok()
    }

    /// Whether it counts on a day: from publication to the end of its period, end excluded, unless cancelled.
    pub fn counts(&self, on: Date) -> bool {
        !self.cancelled && self.published <= on && self.ends().is_none_or(|end| on < end)
    }
}

/// A level and the points it begins at.
#[derive(Clone, Debug, PartialEq)]
pub struct Threshold {
    /// `blue`, `yellow`, `black`.
    pub level: &'static str,
    /// Points from which it applies, inside.
    pub from: Exact,
}

/// Points in force on a day.
pub fn score(records: &[Record], on: Date) -> Exact {
    Exact::sum(records.iter().filter(|r| r.counts(on)).map(|r| &r.points))
}

/// Level of a score: the highest threshold reached, `green` below all.
pub fn level(score: &Exact, thresholds: &[Threshold]) -> &'static str {
    thresholds
        .iter()
        .filter(|t| *score >= t.from)
        .max_by(|a, b| a.from.cmp(&b.from))
        .map_or("green", |t| t.level)
}

const LEVELS: [(&str, &str); 4] = [
    ("green", "绿标"),
    ("blue", "蓝标"),
    ("yellow", "黄标"),
    ("black", "黑标"),
];

fn thresholds(input: &Input<'_>) -> Result<Vec<Threshold>, InputError> {
    let Some(given) = input.opt("thresholds") else {
        if input.opt_str("model")?.is_none_or(|m| m == "2016") {
            return Ok(vec![
                Threshold {
                    level: "yellow",
                    from: Exact::int(1),
                },
                Threshold {
                    level: "black",
                    from: Exact::int(12),
                },
            ]);
        }
        return Err(input.error(
            "thresholds",
            "context",
            text!(
                "2020 版分级阈值未经核实,应由使用单位给出",
                "the thresholds of the 2020 edition are unverified: give them"
            ),
        ));
    };
    let mut out = Vec::new();
    for (name, value) in given.as_members()? {
        let known = LEVELS
            .iter()
            .find(|(l, _)| *l == name && *l != "green")
            .map(|(l, _)| *l);
        let level = known.ok_or_else(|| checks::unknown_name(&given, name, name))?;
        let from = if value.json().is_array() {
            let ends = value.as_list()?;
            ends.first()
                .ok_or_else(|| checks::out_of_range(&value, text!("应有下限", "needs a lower end")))?
                .as_exact()?
        } else {
            value.as_exact()?
        };
        out.push(Threshold { level, from });
    }
    Ok(out)
}

fn credit(input: &Input<'_>) -> Result<Judgement, InputError> {
    let on = input.date("as_of")?;
    let thresholds = thresholds(input)?;
    let mut out = Judgement::new(
        "enforcement/credit",
        Basis::new("山东省企业环境信用评价办法", "", "记分"),
    );
    out.rests_on(Confidence::Configurable);
    out.uses("as_of", &on, "");
    let mut records = Vec::new();
    for item in checks::list(input, "records")? {
        let record = Record {
            published: calendar::date(&item.field("published")?)?,
            points: checks::amount(&item, "points")?,
            months: checks::whole(&item, "period_months", 0, 1200)?,
            cancelled: item.opt_bool("cancelled")?.unwrap_or(false),
        };
        let (points, path) = (record.points.to_string(), item.path());
        if record.counts(on) {
            out.uses(path, &points, "分");
        } else {
            let why = if record.cancelled {
                text!("已修复撤销", "repaired and cancelled")
            } else {
                text!("不在公示期内", "outside of its period")
            };
            out.leaves_out(path, Some(points), "分", why);
        }
        records.push(record);
    }
    let score = score(&records, on);
    let level = level(&score, &thresholds);
    for t in &thresholds {
        let name = t.level;
        let basis = Basis::new("山东省企业环境信用评价办法", "", "分级");
        out.limit(
            &t.from,
            "分",
            basis,
            text!("{name} 起始分", "{name} begins"),
            Confidence::Configurable,
        );
    }
    out.step(text!("有效记分之和", "sum of points in force"), "Σ", &score);
    out.finish(&score, score.to_display(), "分");
    out.put("score", score.to_json()).put("level", Value::from(level));
    let zh = LEVELS
        .iter()
        .find(|(l, _)| *l == level)
        .map_or(level, |(_, zh)| *zh);
    conclude(
        &mut out,
        Verdict::Classified,
        text!("{score} 分,{zh}", "{score} points: {level}"),
    );
    Ok(out)
}
