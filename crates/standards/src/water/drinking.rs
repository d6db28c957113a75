//! Compliance of surface drinking-water sources (GB 3838 5.3, tables 1–3).

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

use super::class::{Preparation, WaterClass, item_class};
use super::item::{Item, table1};
use super::read;
use crate::conformance;
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

const TABLE: &str = include_str!("../../data/water_drinking.csv");

static ROWS: LazyLock<Vec<DrinkingRow>> = LazyLock::new(|| table::rows(TABLE));

/// Tables 2 and 3 in order.
pub fn drinking_rows() -> &'static [DrinkingRow] {
    &ROWS
}

/// The row of a table by key or name.
pub fn drinking_row(table: u8, name: &str) -> Option<&'static DrinkingRow> {
    ROWS.iter()
        .find(|r| r.table == table && (r.name == name || (!r.key.is_empty() && r.key == name)))
}

pub(super) const TOPIC: Topic = Topic {
    id: "water/drinking_source",
    zh: "集中式饮用水地表水源达标",
    en: "Compliance of a surface drinking-water source",
    basis: "GB 3838-2002 5.3、表1–表3",
    example: r#"{"body":"river","table1":{"ph":7.66,"do":7.11,"codmn":1.08,"tp":0.12,"nh3n":0.4},"table2":{"so4":181,"mn":0.12},"table3":{"苯":0.006}}"#,
    evaluate: judge_drinking,
    case: |line| {
        let mut case = conformance::inline(line)?;
        read::sort_names(&mut case, "exceeding", drinking_order);
        Ok(case)
    },
};

fn drinking_order(name: &str) -> usize {
    let first = Item::ALL.iter().position(|i| i.zh() == name);
    let later = ROWS.iter().position(|r| r.name == name);
    first.or(later.map(|i| i + Item::ALL.len())).unwrap_or(usize::MAX)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_complete() {
        table::assert_complete(TABLE, &ROWS);
        assert_eq!(ROWS.len(), 85);
        assert_eq!(drinking_row(2, "mn").map(|r| r.name.as_str()), Some("锰"));
        assert!(drinking_row(3, "").is_none());
    }
}
