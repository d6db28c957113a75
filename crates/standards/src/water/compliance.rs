//! Compliance lists: drinking-water sources (GB 3838 tables 1–3), effluent of town sewage works (GB 18918), and the
//! yearly frequency of water function zones.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

use super::class::{Preparation, WaterClass, item_class};
use super::item::{Item, table1};
use super::read;
use crate::conformance::{self, Case, Tolerance};
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::table;
use crate::text;
use crate::topic::Topic;

/// A row of GB 3838 table 2 or 3.
#[derive(Clone, Debug, Deserialize)]
pub struct DrinkingRow {
    /// 2 or 3.
    pub table: u8,
    /// Number in the table.
    pub no: u8,
    /// Key of the table 2 items; table 3 items go by their name.
    pub key: String,
    /// Chinese name.
    pub name: String,
    /// Limit, mg/L.
    #[serde(deserialize_with = "table::exact")]
    pub limit: Exact,
    #[serde(deserialize_with = "table::confidence")]
    confidence: Confidence,
}

const DRINKING: &str = include_str!("../../data/water_drinking.csv");
static DRINKING_ROWS: LazyLock<Vec<DrinkingRow>> = LazyLock::new(|| table::rows(DRINKING));

/// Tables 2 and 3 in order.
pub fn drinking_rows() -> &'static [DrinkingRow] {
    &DRINKING_ROWS
}

/// The row of a table by key or name.
pub fn drinking_row(table: u8, name: &str) -> Option<&'static DrinkingRow> {
    DRINKING_ROWS
        .iter()
        .find(|r| r.table == table && (r.name == name || (!r.key.is_empty() && r.key == name)))
}

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

const EFFLUENT: &str = include_str!("../../data/water_wwtp.csv");
static EFFLUENT_ROWS: LazyLock<Vec<EffluentRow>> = LazyLock::new(|| table::rows(EFFLUENT));

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
    EFFLUENT_ROWS.iter().find(|r| {
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

pub(super) const DRINKING_SOURCE: Topic = Topic {
    id: "water/drinking_source",
    zh: "集中式饮用水地表水源达标",
    en: "Compliance of a surface drinking-water source",
    basis: "GB 3838-2002 5.3、表1–表3",
    example: r#"{"body":"river","table1":{"ph":7.66,"do":7.11,"codmn":1.08,"tp":0.12,"nh3n":0.4},"table2":{"so4":181,"mn":0.12},"table3":{"苯":0.006}}"#,
    evaluate: judge_drinking,
    case: |line| {
        let mut case = conformance::inline(line)?;
        sort_names(&mut case, "exceeding", drinking_order);
        Ok(case)
    },
};

pub(super) const EFFLUENT_TOPIC: Topic = Topic {
    id: "water/wwtp_gb18918",
    zh: "城镇污水处理厂出水达标",
    en: "Effluent of town sewage works",
    basis: "GB 18918-2002 表1–表3",
    example: r#"{"level":"1A","water_temp_c":11,"built":"2010-06-01","values":{"cod":46,"bod5":3.2,"ss":12.9,"tn":6.1,"tp":0.25,"nh3n":7.5}}"#,
    evaluate: judge_effluent,
    case: |line| {
        let mut case = conformance::inline(line)?;
        sort_names(&mut case, "exceeding", effluent_order);
        Ok(case)
    },
};

pub(super) const ZONE: Topic = Topic {
    id: "water/function_zone_frequency",
    zh: "水功能区年度达标(频次法)",
    en: "Yearly compliance of a water function zone by frequency",
    basis: "SL 395-2007(未经核实)",
    example: r#"{"evaluations":12,"compliant":10}"#,
    evaluate: judge_zone,
    case: |line| {
        let mut case = conformance::inline(line)?;
        case.tolerance = Some(Tolerance::Absolute(5.000_1e-5));
        Ok(case)
    },
};

/// Lists of names are compared in order of the tables, whatever order a case wrote them in.
fn sort_names(case: &mut Case, key: &str, order: fn(&str) -> usize) {
    if let Some(list) = case.expect.get_mut(key).and_then(Value::as_array_mut) {
        list.sort_by_key(|name| order(name.as_str().unwrap_or_default()));
    }
}

fn drinking_order(name: &str) -> usize {
    let first = Item::ALL.iter().position(|i| i.zh() == name);
    let later = DRINKING_ROWS.iter().position(|r| r.name == name);
    first.or(later.map(|i| i + Item::ALL.len())).unwrap_or(usize::MAX)
}

fn effluent_order(key: &str) -> usize {
    EFFLUENT_ROWS
        .iter()
        .position(|r| r.key == key)
        .unwrap_or(usize::MAX)
}

/// Items of table 1 that do not decide on a source (reported for reference; from memory).
const SOURCE_REFERENCE: [Item; 3] = [Item::Temp, Item::Tn, Item::Fc];

fn judge_drinking(input: &Input<'_>) -> Result<Judgement, InputError> {
    let body = read::body(input)?;
    let mut out = Judgement::new("water/drinking_source", Basis::new("GB 3838", "2002", "5.3"));
    out.also(table1());
    let mut exceeding: Vec<&str> = Vec::new();
    let mut judged = 0_usize;
    if let Some(first) = input.opt("table1") {
        for (item, measured) in read::values(&first)? {
            let value = measured.value();
            if SOURCE_REFERENCE.contains(&item) {
                out.leaves_out(
                    item.key(),
                    Some(value.to_display()),
                    item.unit(),
                    text!(
                        "参考项目,不参与达标评价(未经核实)",
                        "reference item, does not decide (unverified)"
                    ),
                );
                out.rests_on(Confidence::Configurable);
                continue;
            }
            let got = item_class(item, body, &value, Preparation::AsGiven).map_err(read::refuse(&first))?;
            judged += 1;
            out.uses(item.key(), &value, item.unit());
            let met = got.class <= WaterClass::III;
            out.step(
                text!("{}:Ⅲ类限值", "{}: class III", item.zh()),
                format!("{} = {value}", item.key()),
                &got.class.key(),
            );
            if !met {
                exceeding.push(item.zh());
            }
        }
    }
    for (table, key) in [(2_u8, "table2"), (3, "table3")] {
        let Some(list) = input.opt(key) else { continue };
        out.also(Basis::new("GB 3838", "2002", format!("表{table}")));
        let mut rows = Vec::new();
        for (name, value) in list.as_members()? {
            let row = drinking_row(table, name).ok_or_else(|| read::unknown(&list, name, name))?;
            if let Some(measured) = read::measured(&value)? {
                let value = measured.value();
                if value.is_negative() {
                    return Err(list.error(
                        name,
                        "range",
                        text!("{name} 不能为负", "{name} cannot be negative"),
                    ));
                }
                rows.push((row, value));
            }
        }
        rows.sort_by_key(|(row, _)| row.no);
        for (row, value) in rows {
            judged += 1;
            out.uses(&row.name, &value, "mg/L");
            out.limit(
                &row.limit,
                "mg/L",
                Basis::new("GB 3838", "2002", format!("表{table} 第{}项", row.no)),
                text!("{} 限值", "limit of {}", row.name),
                row.confidence,
            );
            if value > row.limit {
                exceeding.push(&row.name);
            }
        }
    }
    let compliant = (judged > 0).then_some(exceeding.is_empty());
    out.put("compliant", compliant).put(
        "exceeding",
        exceeding.iter().map(|n| Value::from(*n)).collect::<Value>(),
    );
    let names = exceeding.join("、");
    match compliant {
        None => out.conclude(
            Verdict::Undecided,
            text!(
                "没有可评价的项目,无法判定水源是否达标。",
                "no item to judge: compliance cannot be decided."
            ),
        ),
        Some(true) => out.conclude(
            Verdict::Met,
            text!(
                "{judged} 项均符合,水源达标。",
                "all {judged} items comply: the source complies."
            ),
        ),
        Some(false) => out.conclude(
            Verdict::Exceeded,
            text!(
                "超标项目:{names};一项超标即不达标。",
                "exceeding: {names}; one is enough to fail."
            ),
        ),
    };
    Ok(out)
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
            if !EFFLUENT_ROWS.iter().any(|r| r.key == key) {
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

/// Yearly compliance of a function zone: compliant visits ÷ visits ≥ 80 %. `None` without visits.
pub fn zone_complies(evaluations: i64, compliant: i64) -> Option<(Exact, bool)> {
    let share = Exact::ratio(compliant, evaluations)?;
    let percent = &Exact::int(100) * &share;
    let met = percent >= Exact::int(80);
    Some((percent, met))
}

fn judge_zone(input: &Input<'_>) -> Result<Judgement, InputError> {
    let (n, met) = (input.int("evaluations")?, input.int("compliant")?);
    if !(0..=100_000).contains(&n) {
        return Err(input.error(
            "evaluations",
            "range",
            text!("评价次数应为 0–100000", "visits are 0 to 100000"),
        ));
    }
    if !(0..=n).contains(&met) {
        return Err(input.error(
            "compliant",
            "range",
            text!(
                "达标次数应在 0 与评价次数 {n} 之间",
                "compliant visits are 0 to {n}"
            ),
        ));
    }
    let mut out = Judgement::new(
        "water/function_zone_frequency",
        Basis::new("SL 395", "2007", "频次法"),
    );
    out.rests_on(Confidence::Configurable);
    out.uses("evaluations", &n, "").uses("compliant", &met, "");
    let got = zone_complies(n, met);
    let few = n < 6;
    out.put("compliance_pct", got.as_ref().map(|(p, _)| p.to_f64()))
        .put("annual_compliant", got.as_ref().map(|(_, ok)| *ok))
        .put("few_visits", few);
    let Some((percent, ok)) = got else {
        out.conclude(Verdict::Undecided, text!("没有评价次数。", "no visits."));
        return Ok(out);
    };
    out.step(
        text!("达标频次", "compliance by frequency"),
        format!("{met}/{n}×100%"),
        &percent,
    );
    out.limit(
        &80,
        "%",
        Basis::new("SL 395", "2007", "频次法"),
        text!(
            "年度达标界限,凭记忆,未经核实",
            "yearly bound, from memory, unverified"
        ),
        Confidence::Configurable,
    );
    let note = if few {
        text!(
            "次数少于 6,按规定宜用均值法,此处仍给出频次结果。",
            " Fewer than 6 visits: the mean method is meant for these; the frequency is given all the same."
        )
    } else {
        crate::text::Text::same("")
    };
    let shown = percent.to_fixed(1);
    let (note_zh, note_en) = (note.zh, note.en);
    let verdict = if ok { Verdict::Met } else { Verdict::Exceeded };
    let (zh, en) = if ok {
        ("达标", "complies")
    } else {
        ("不达标", "does not comply")
    };
    out.conclude(
        verdict,
        text!(
            "达标频次 {shown}%,年度{zh}(界限 80%,未经核实)。{note_zh}",
            "{shown} % of visits comply: the zone {en} (bound 80 %, unverified).{note_en}"
        ),
    );
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_complete() {
        table::assert_complete(DRINKING, &DRINKING_ROWS);
        table::assert_complete(EFFLUENT, &EFFLUENT_ROWS);
        assert_eq!(DRINKING_ROWS.len(), 85);
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

    proptest::proptest! {
        #[test]
        fn one_more_compliant_visit_never_hurts(n in 1_i64..100, k in 0_i64..100) {
            let k = k % n;
            let (before, after) = (zone_complies(n, k).unwrap(), zone_complies(n, k + 1).unwrap());
            proptest::prop_assert!(before.0 < after.0 && (!before.1 || after.1));
        }
    }
}
