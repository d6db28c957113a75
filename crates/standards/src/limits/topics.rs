//! Emission limits of gas sources by name: power units, boilers, regional zones, and the general look-up.

use serde_json::{Value, json};

use super::rows::{LimitRow, Query, applicable, strictest};
use crate::checks::{amount, choice, list, maybe, opt_amount, unknown_name};
use crate::conformance::plain;
use crate::explain::{begin, conclude, undecided, verdict};
use crate::guard::within;
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::sources::conversion::convert_oxygen;
use crate::sources::exceed::{Bound, judge};
use crate::text;
use crate::text::Text;
use crate::topic::Topic;

fn source(row: &LimitRow) -> Basis {
    Basis::new(&*row.standard, &*row.edition, "限值表")
}

fn add_limit(j: &mut Judgement, row: &LimitRow) {
    let (condition, note) = (&row.condition, &row.note);
    let except = if note.is_empty() {
        String::new()
    } else {
        format!("; {note}")
    };
    j.limit(
        &row.limit,
        &row.unit,
        source(row),
        text!(
            "{}: 适用条件 {condition}{except}",
            "{}: condition {condition}{except}",
            row.source
        ),
        row.confidence,
    );
}

/// Compares a value at the row's basis and writes the outcome.
pub(super) fn compare(
    j: &mut Judgement,
    value: &Exact,
    limit: &Exact,
    least: bool,
    unit: &str,
) -> Result<(), InputError> {
    let bound = if least {
        Bound::AtLeast(limit.clone())
    } else {
        Bound::AtMost(limit.clone())
    };
    let outcome =
        judge(value, &bound).map_err(|e| InputError::new("c", "range", Text::same(e.to_string())))?;
    j.put("exceed", outcome.exceeded)
        .put("multiple", maybe(outcome.multiple.as_ref()))
        .finish(value, value.to_display(), unit);
    let words = match (&outcome.multiple, outcome.exceeded) {
        (Some(m), _) => text!(
            "{value} {unit} 超过限值 {limit},超标 {m} 倍",
            "{value} {unit} is above the limit {limit}, by {m} times the limit"
        ),
        (None, true) => text!(
            "{value} {unit} 不符合限值 {limit}",
            "{value} {unit} breaks the limit {limit}"
        ),
        (None, false) => text!(
            "{value} {unit} 符合限值 {limit}",
            "{value} {unit} keeps the limit {limit}"
        ),
    };
    conclude(j, verdict(outcome.exceeded), words);
    Ok(())
}

/// A measured concentration at an oxygen reading against a row with reference oxygen.
fn measured_at_oxygen(id: &str, input: &Input<'_>, row: &LimitRow) -> Result<Judgement, InputError> {
    let mut j = begin(id, (&row.standard, &row.edition, "限值表"), row.confidence);
    add_limit(&mut j, row);
    j.put("limit", row.limit.to_json())
        .put("o2_ref", maybe(row.o2_ref.as_ref()));
    let (Some(reference), Some(_), Some(_)) = (&row.o2_ref, input.opt("c_measured"), input.opt("o2_pct"))
    else {
        let why = Text::new(
            "缺实测浓度或含氧量,不作判定",
            "concentration or oxygen is missing: no judgement",
        );
        undecided(&mut j, &["c_conv", "exceed"], why);
        return Ok(j);
    };
    let measured = amount(input, "c_measured")?;
    let oxygen = within(input, "o2_pct", 0, 100)?;
    j.uses("c_measured", &measured, &row.unit)
        .uses("o2_pct", &oxygen, "%");
    match convert_oxygen(&measured, &oxygen, reference) {
        Ok(converted) => {
            j.step(
                Text::new("折算浓度", "converted concentration"),
                format!("{measured} × (21 − {reference}) / (21 − {oxygen})"),
                &converted,
            )
            .put("c_conv", converted.to_json());
            compare(&mut j, &converted, &row.limit, false, &row.unit)?;
        }
        Err(error) => {
            j.put("reason", error.reason());
            let why = text!(
                "含氧量 {oxygen}% 不低于 21%,不能折算",
                "O2 of {oxygen} % is not below 21 %: no conversion"
            );
            undecided(&mut j, &["c_conv", "exceed"], why);
        }
    }
    Ok(j)
}

/// The row of one standard for a source, condition and pollutant.
fn row_of(standard: &str, source: &str, conditions: &[&str], pollutant: &str) -> Option<&'static LimitRow> {
    let query = Query {
        source,
        pollutant,
        conditions,
        region: Some("shandong"),
        date: None,
        averaging: Some("1h"),
    };
    // The row for the condition goes before the one for all.
    let rows: Vec<_> = applicable(&query)
        .into_iter()
        .filter(|r| r.standard == standard)
        .collect();
    rows.iter()
        .find(|r| r.condition != "all")
        .or_else(|| rows.first())
        .copied()
}

type Unit = (&'static str, &'static str, &'static [&'static str]);

/// Power units: standard, source, conditions.
const POWER_UNITS: &[(&str, Unit)] = &[
    ("coal_boiler_new", ("GB 13223", "coal_power_boiler", &["new"])),
    (
        "coal_boiler_existing",
        ("GB 13223", "coal_power_boiler", &["existing"]),
    ),
    (
        "coal_boiler_special",
        ("GB 13223", "coal_power_boiler", &["special"]),
    ),
    (
        "ultra_low",
        ("环发〔2015〕164号", "coal_power_boiler", &["ultra_low"]),
    ),
    ("oil_boiler_new", ("GB 13223", "oil_power_boiler", &["new"])),
    (
        "oil_boiler_existing",
        ("GB 13223", "oil_power_boiler", &["existing"]),
    ),
    (
        "oil_boiler_special",
        ("GB 13223", "oil_power_boiler", &["special"]),
    ),
    ("oil_turbine_new", ("GB 13223", "oil_gas_turbine", &["new"])),
    (
        "oil_turbine_existing",
        ("GB 13223", "oil_gas_turbine", &["existing"]),
    ),
    (
        "oil_turbine_special",
        ("GB 13223", "oil_gas_turbine", &["special"]),
    ),
    ("gas_boiler_natural", ("GB 13223", "gas_power_boiler", &[])),
    ("gas_turbine_natural", ("GB 13223", "gas_turbine", &[])),
    ("gas_boiler_other", ("GB 13223", "other_gas_power_boiler", &[])),
    ("gas_turbine_other", ("GB 13223", "other_gas_turbine", &[])),
    ("db37_664", ("DB37/664", "coal_power_boiler", &[])),
];

pub(super) const POWER_UNIT: Topic = Topic {
    id: "limits/power_unit",
    zh: "火电机组排放限值与判定",
    en: "Limits of a power unit",
    basis: "GB 13223-2011、环发〔2015〕164号、DB37/664-2019",
    example: r#"{"unit_type":"ultra_low","pollutant":"so2","c_measured":33,"o2_pct":6.4}"#,
    evaluate: |input| {
        let (standard, source, conditions) = choice(input, "unit_type", POWER_UNITS)?;
        let pollutant = input.str("pollutant")?;
        let row = row_of(standard, source, conditions, pollutant)
            .ok_or_else(|| unknown_name(input, "pollutant", pollutant))?;
        measured_at_oxygen("limits/power_unit", input, row)
    },
    case: plain,
};

pub(super) const GB13271: Topic = Topic {
    id: "limits/gb13271_boiler",
    zh: "锅炉大气污染物排放限值与判定",
    en: "Limits of an industrial boiler",
    basis: "GB 13271-2014 表1–3、表6",
    example: r#"{"table":"new","fuel":"coal","pollutant":"so2","c_measured":180,"o2_pct":11}"#,
    evaluate: |input| {
        let table = choice(
            input,
            "table",
            &[("inuse", "in_use"), ("new", "new"), ("special", "special")],
        )?;
        let fuels = [
            ("coal", "coal_boiler"),
            ("oil", "oil_boiler"),
            ("gas", "gas_boiler"),
            ("biomass", "coal_boiler"),
        ];
        let source = choice(input, "fuel", &fuels)?;
        let pollutant = input.str("pollutant")?;
        let row = row_of("GB 13271", source, &[table], pollutant)
            .ok_or_else(|| unknown_name(input, "pollutant", pollutant))?;
        let mut j = measured_at_oxygen("limits/gb13271_boiler", input, row)?;
        if input.str("fuel")? == "biomass" {
            j.rests_on(Confidence::Configurable);
        }
        Ok(j)
    },
    case: plain,
};

pub(super) const DB37_2376: Topic = Topic {
    id: "limits/db37_2376",
    zh: "山东省区域性大气污染物综合排放限值",
    en: "Shandong regional integrated limits",
    basis: "DB37/2376-2019",
    example: r#"{"zone":"key","pollutant":"so2","c":42}"#,
    evaluate: |input| {
        let zones = [
            ("core", "core_zone"),
            ("key", "key_zone"),
            ("general", "general_zone"),
        ];
        let zone = choice(input, "zone", &zones)?;
        let pollutant = input.str("pollutant")?;
        let row = row_of("DB37/2376", "any_stack", &[zone], pollutant)
            .ok_or_else(|| unknown_name(input, "pollutant", pollutant))?;
        let mut j = begin("limits/db37_2376", ("DB37/2376", "2019", "表1"), row.confidence);
        add_limit(&mut j, row);
        j.put("limit", row.limit.to_json());
        if input.has("c") && input.opt("c").is_none() {
            undecided(
                &mut j,
                &["exceed"],
                Text::new("缺测,不作判定", "missing: no judgement"),
            );
            return Ok(j);
        }
        let c = amount(input, "c")?;
        j.uses("c", &c, "mg/m³");
        compare(&mut j, &c, &row.limit, false, &row.unit)?;
        Ok(j)
    },
    case: plain,
};

pub(super) const LOOKUP: Topic = Topic {
    id: "limits/lookup",
    zh: "排放限值查询:许可限值优先,否则取严",
    en: "Which limit binds: the permit's, else the strictest",
    basis: "排污许可管理条例 17、生态环境法典 153",
    example: r#"{"source":"coal_boiler","pollutant":"nox","conditions":["new","special","key_zone"],"region":"shandong","date":"2026-05-01","averaging":"1h","c":120}"#,
    evaluate: lookup,
    case: plain,
};

fn lookup(input: &Input<'_>) -> Result<Judgement, InputError> {
    let source_name = input.str("source")?;
    let pollutant = input.str("pollutant")?;
    if !super::rows::rows().iter().any(|r| r.source == source_name) {
        return Err(unknown_name(input, "source", source_name));
    }
    let mut conditions = Vec::new();
    if input.opt("conditions").is_some() {
        for condition in list(input, "conditions")? {
            conditions.push(condition.as_str()?);
        }
    }
    let date = input.opt("date").map(|_| input.date("date")).transpose()?;
    let query = Query {
        source: source_name,
        pollutant,
        conditions: &conditions,
        region: input.opt_str("region")?,
        date,
        averaging: input.opt_str("averaging")?,
    };
    let rows = applicable(&query);
    let mut j = begin(
        "limits/lookup",
        ("排污许可管理条例", "2021", "第十七条"),
        Confidence::Verified,
    );
    j.also(Basis::new("生态环境法典", "2026", "第一百五十三条"));
    for row in &rows {
        add_limit(&mut j, row);
    }
    let candidates: Vec<Value> = rows
        .iter()
        .map(|r| json!({"standard": format!("{}-{}", r.standard, r.edition), "limit": r.limit.to_json(), "unit": r.unit, "condition": r.condition}))
        .collect();
    j.put("candidates", candidates);
    let (limit, unit, o2_ref, chosen, least) = if let Some(permit) = input.opt("permit") {
        let limit = amount(&permit, "limit")?;
        let unit = permit.opt_str("unit")?.unwrap_or("mg/m³").to_owned();
        let o2_ref = opt_amount(&permit, "o2_ref")?;
        j.limit(
            &limit,
            &unit,
            Basis::new("排污许可证", "", "许可排放浓度"),
            Text::new("以许可排放浓度为准", "the permitted concentration binds"),
            Confidence::Verified,
        );
        (limit, unit, o2_ref, "排污许可证".to_owned(), false)
    } else {
        match strictest(&rows) {
            Ok(Some(row)) => (
                row.limit.clone(),
                row.unit.clone(),
                row.o2_ref.clone(),
                format!("{}-{}", row.standard, row.edition),
                row.is_least(),
            ),
            Ok(None) => {
                let why = text!(
                    "没有适用于 {source_name}、{pollutant} 的限值,请查排污许可证",
                    "no limit applies to {source_name} and {pollutant}; see the permit"
                );
                undecided(&mut j, &["limit", "basis", "exceed"], why);
                return Ok(j);
            }
            Err(mixed) => {
                let why = text!("{mixed};请给出 averaging", "{mixed}; give the averaging");
                undecided(&mut j, &["limit", "basis", "exceed"], why);
                return Ok(j);
            }
        }
    };
    j.put("limit", limit.to_json())
        .put("unit", unit.clone())
        .put("o2_ref", maybe(o2_ref.as_ref()))
        .put("basis", chosen.clone());
    if input.opt("c").is_some() {
        let c = amount(input, "c")?;
        j.uses("c", &c, &unit);
        compare(&mut j, &c, &limit, least, &unit)?;
    } else {
        let words = text!(
            "适用限值 {limit} {unit}({chosen})",
            "the limit is {limit} {unit} ({chosen})"
        );
        conclude(&mut j, Verdict::Classified, words);
    }
    Ok(j)
}
