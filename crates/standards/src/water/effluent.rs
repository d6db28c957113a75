//! Effluent of town sewage works (GB 18918-2002 tables 1–3), daily means.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

use super::read;
use crate::conformance;
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::table;
use crate::text;
use crate::topic::Topic;

/// Level of GB 18918 table 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EffluentLevel {
    /// 一级A
    OneA,
    /// 一级B
    OneB,
    /// 二级
    Two,
    /// 三级
    Three,
}

impl EffluentLevel {
    /// From `1A`, `1B`, `2`, `3` or the Chinese name.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "1A" | "一级A" => Self::OneA,
            "1B" | "一级B" => Self::OneB,
            "2" | "二级" => Self::Two,
            "3" | "三级" => Self::Three,
            _ => return None,
        })
    }

    fn zh(self) -> &'static str {
        match self {
            Self::OneA => "一级A",
            Self::OneB => "一级B",
            Self::Two => "二级",
            Self::Three => "三级",
        }
    }
}

/// When a row of GB 18918 applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum When {
    Cold,
    Warm,
    Old,
    New,
}

/// A row of GB 18918.
#[derive(Clone, Debug, Deserialize)]
pub struct EffluentRow {
    table: u8,
    /// Key.
    pub key: String,
    /// Chinese name.
    pub name: String,
    /// Unit.
    pub unit: String,
    #[serde(deserialize_with = "table::opt_exact")]
    l1a: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    l1b: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    l2: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    l3: Option<Exact>,
    when: Option<When>,
    #[serde(deserialize_with = "table::confidence")]
    confidence: Confidence,
}

impl EffluentRow {
    /// Limit of a level; `None` where the level has none.
    pub fn limit(&self, level: EffluentLevel) -> Option<&Exact> {
        match level {
            EffluentLevel::OneA => self.l1a.as_ref(),
            EffluentLevel::OneB => self.l1b.as_ref(),
            EffluentLevel::Two => self.l2.as_ref(),
            EffluentLevel::Three => self.l3.as_ref(),
        }
    }
}

const TABLE: &str = include_str!("../../data/water_wwtp.csv");

static ROWS: LazyLock<Vec<EffluentRow>> = LazyLock::new(|| table::rows(TABLE));

/// Circumstances that choose between rows: water temperature (brackets at ≤ 12 °C) and year of building.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Circumstances {
    /// Water temperature °C, for ammonia.
    pub temperature: Option<Exact>,
    /// Built by 2005-12-31, for total phosphorus.
    pub built_by_2005: Option<bool>,
}

/// The row of an item under the circumstances; `None` for an unknown item or when the circumstance is not known.
pub fn effluent_row(key: &str, at: &Circumstances) -> Option<&'static EffluentRow> {
    let cold = at.temperature.as_ref().map(|t| *t <= Exact::int(12));
    ROWS.iter().find(|r| {
        r.key == key
            && match r.when {
                None => true,
                Some(When::Cold) => cold == Some(true),
                Some(When::Warm) => cold == Some(false),
                Some(When::Old) => at.built_by_2005 == Some(true),
                Some(When::New) => at.built_by_2005 == Some(false),
            }
    })
}

pub(super) const TOPIC: Topic = Topic {
    id: "water/wwtp_gb18918",
    zh: "城镇污水处理厂出水达标",
    en: "Effluent of town sewage works",
    basis: "GB 18918-2002 表1–表3",
    example: r#"{"level":"1A","water_temp_c":11,"built":"2010-06-01","values":{"cod":46,"bod5":3.2,"ss":12.9,"tn":6.1,"tp":0.25,"nh3n":7.5}}"#,
    evaluate: judge_effluent,
    case: |line| {
        let mut case = conformance::inline(line)?;
        read::sort_names(&mut case, "exceeding", effluent_order);
        Ok(case)
    },
};

fn effluent_order(key: &str) -> usize {
    ROWS.iter().position(|r| r.key == key).unwrap_or(usize::MAX)
}

fn read_circumstances(input: &Input<'_>) -> Result<Circumstances, InputError> {
    let built_by_2005 = match input.opt("built") {
        Some(_) => Some(input.date("built")? <= jiff::civil::date(2005, 12, 31)),
        None => None,
    };
    let temperature = input.opt_exact("water_temp_c")?;
    if temperature
        .as_ref()
        .is_some_and(|t| *t < Exact::int(-5) || *t > Exact::int(100))
    {
        return Err(input.error(
            "water_temp_c",
            "range",
            text!("水温应为 -5–100 °C", "water is -5 to 100 °C"),
        ));
    }
    Ok(Circumstances {
        temperature,
        built_by_2005,
    })
}

/// At level 3 an influent above this is judged by removal: (item, influent above, removal above %).
const REMOVAL: [(&str, i64, i64); 2] = [("cod", 350, 60), ("bod5", 160, 50)];

/// Whether an item exceeds by the removal rule of level 3; `None` where the rule does not apply.
fn by_removal(key: &str, value: &Exact, influent: Option<&Exact>) -> Option<bool> {
    let (_, above, removal) = REMOVAL.iter().find(|(k, ..)| *k == key)?;
    let influent = influent.filter(|c| **c > Exact::int(*above))?;
    let removed = (&Exact::int(100) * &(influent - value)).checked_div(influent)?;
    Some(removed <= Exact::int(*removal))
}

fn judge_effluent(input: &Input<'_>) -> Result<Judgement, InputError> {
    let name = input.str("level")?;
    let level = EffluentLevel::parse(name).ok_or_else(|| {
        input.error(
            "level",
            "unknown",
            text!(
                "未知的级别 {name},可用 1A、1B、2、3",
                "unknown level {name}; use 1A, 1B, 2 or 3"
            ),
        )
    })?;
    let at = read_circumstances(input)?;
    let values = input.field("values")?;
    let influent = input.opt("influent");
    let mut out = Judgement::new("water/wwtp_gb18918", Basis::new("GB 18918", "2002", "4.1.3 表1"));
    let mut exceeding: Vec<(usize, String)> = Vec::new();
    let mut judged = 0_usize;
    for (key, given) in values.as_members()? {
        let Some(measured) = read::measured(&given)? else {
            out.leaves_out(key, None, "", text!("缺测", "missing"));
            continue;
        };
        let value = measured.value();
        if value.is_negative() || (key == "ph" && value > Exact::int(14)) {
            return Err(values.error(
                key,
                "range",
                text!(
                    "{key} 的数值不可能: {value}",
                    "impossible value of {key}: {value}"
                ),
            ));
        }
        let (exceeds, order) = if key == "ph" {
            out.uses(key, &value, "");
            (value < Exact::int(6) || value > Exact::int(9), 0)
        } else {
            if !ROWS.iter().any(|r| r.key == key) {
                return Err(read::unknown(&values, key, key));
            }
            let row = effluent_row(key, &at).ok_or_else(|| {
                let field = if key == "tp" { "built" } else { "water_temp_c" };
                input.error(
                    field,
                    "context",
                    text!("判定 {key} 需要 {field}", "{field} is needed to judge {key}"),
                )
            })?;
            let Some(limit) = row.limit(level) else {
                out.leaves_out(
                    key,
                    Some(value.to_display()),
                    &row.unit,
                    text!("该级别无限值", "this level has no limit"),
                );
                continue;
            };
            out.uses(key, &value, &row.unit);
            let why = match row.when {
                Some(When::Cold) => text!(
                    "{},水温 ≤ 12 °C 取括号内数值",
                    "{}, water ≤ 12 °C: the figure in brackets",
                    row.name
                ),
                Some(When::Warm) => text!("{},水温 > 12 °C", "{}, water > 12 °C", row.name),
                Some(When::Old) => text!("{},2005-12-31 前建设", "{}, built by 2005-12-31", row.name),
                Some(When::New) => text!("{},2006-01-01 起建设", "{}, built from 2006-01-01", row.name),
                None => text!("{}", "{}", row.name),
            };
            let source = Basis::new("GB 18918", "2002", format!("表{} {}", row.table, level.zh()));
            out.limit(limit, &row.unit, source, why, row.confidence);
            let inflow = influent.as_ref().map(|i| i.opt_exact(key)).transpose()?.flatten();
            let removal = (level == EffluentLevel::Three)
                .then(|| by_removal(key, &value, inflow.as_ref()))
                .flatten();
            (removal.unwrap_or(value > *limit), effluent_order(key) + 1)
        };
        judged += 1;
        if exceeds {
            exceeding.push((order, key.to_owned()));
        }
    }
    exceeding.sort();
    let ammonia = effluent_row("nh3n", &at).and_then(|r| r.limit(level));
    let compliant = (judged > 0).then_some(exceeding.is_empty());
    out.put("nh3n_limit", ammonia.map(Exact::to_json))
        .put("compliant", compliant)
        .put(
            "exceeding",
            exceeding
                .iter()
                .map(|(_, k)| Value::from(k.as_str()))
                .collect::<Value>(),
        );
    let names: Vec<&str> = exceeding.iter().map(|(_, k)| k.as_str()).collect();
    let (names, zh) = (names.join("、"), level.zh());
    match compliant {
        None => out.conclude(
            Verdict::Undecided,
            text!("没有可评价的项目。", "no item to judge."),
        ),
        Some(true) => out.conclude(
            Verdict::Met,
            text!(
                "{judged} 项日均值均符合{zh}标准。",
                "all {judged} daily means comply with level {zh}."
            ),
        ),
        Some(false) => out.conclude(
            Verdict::Exceeded,
            text!("不符合{zh}标准:{names}。", "not within level {zh}: {names}."),
        ),
    };
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_complete() {
        table::assert_complete(TABLE, &ROWS);
    }

    #[test]
    fn the_bracket_begins_at_twelve_degrees() {
        let at = |t: &str| Circumstances {
            temperature: t.parse().ok(),
            built_by_2005: Some(false),
        };
        let limit = |t| {
            effluent_row("nh3n", &at(t))
                .and_then(|r| r.limit(EffluentLevel::OneA))
                .cloned()
        };
        assert_eq!(limit("12"), Some(Exact::int(8)));
        assert_eq!(limit("12.1"), Some(Exact::int(5)));
        assert_eq!(limit(""), None);
    }

    #[test]
    fn strong_influent_is_judged_by_removal() {
        let x = Exact::int;
        assert_eq!(by_removal("cod", &x(150), Some(&x(400))), Some(false));
        assert_eq!(by_removal("cod", &x(160), Some(&x(400))), Some(true));
        assert_eq!(by_removal("cod", &x(150), Some(&x(350))), None);
        assert_eq!(by_removal("ss", &x(150), Some(&x(900))), None);
    }
}
