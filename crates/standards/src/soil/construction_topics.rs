//! Construction land by name: one item, a whole plot, the class of land use, the number of survey points.

use serde_json::{Map, Value};

use super::construction::{Item, LandClass, PlotLevel, judge, land_code, survey_points};
use super::farmland::Level;
use crate::checks::{self, Measured};
use crate::conformance;
use crate::explain::conclude;
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::text;
use crate::text::Text;
use crate::topic::Topic;

pub(super) const ITEM: Topic = Topic {
    id: "soil/construction_item",
    zh: "建设用地土壤单项污染物判定",
    en: "One pollutant of construction land soil",
    basis: "GB 36600-2018 表1、表2、5.3",
    example: r#"{"item":"砷","land_class":1,"value":34.5}"#,
    evaluate: item,
    case: conformance::inline,
};

pub(super) const PLOT: Topic = Topic {
    id: "soil/construction_plot",
    zh: "建设用地地块判定",
    en: "A plot of construction land",
    basis: "GB 36600-2018 5.3",
    example: r#"{"land_class":2,"values":{"砷":34.5,"铅":950,"苯":"ND"}}"#,
    evaluate: plot,
    case: conformance::inline,
};

pub(super) const LAND_CLASS: Topic = Topic {
    id: "soil/land_use_class",
    zh: "建设用地分类(第一类、第二类用地)",
    en: "Class of construction land from its planning code",
    basis: "GB 36600-2018 4.1、5.3.1",
    example: r#"{"code":"A33"}"#,
    evaluate: land_class_of,
    case: conformance::inline,
};

pub(super) const SURVEY: Topic = Topic {
    id: "soil/survey_points",
    zh: "地块调查最少布点数",
    en: "Least number of survey points of a plot",
    basis: "建设用地土壤环境调查布点(未经核实)",
    example: r#"{"area_m2":12000,"stage":"initial"}"#,
    evaluate: survey,
    case: conformance::inline,
};

fn clause(number: &str) -> Basis {
    Basis::new("GB 36600", "2018", number)
}

fn land_class(input: &Input<'_>) -> Result<LandClass, InputError> {
    if input.opt("land_class").is_none() && input.opt("land_code").is_some() {
        return Ok(land_code(input.str("land_code")?).map_or(LandClass::First, |(class, _)| class));
    }
    Ok(if checks::whole(input, "land_class", 1, 2)? == 1 {
        LandClass::First
    } else {
        LandClass::Second
    })
}

/// Words of 5.3.2–5.3.5.
fn words(level: PlotLevel) -> (&'static str, &'static str) {
    if level.within_background {
        return (
            "超过筛选值但不高于当地背景值,不纳入污染地块管理",
            "above screening but not above the local background: not managed as polluted",
        );
    }
    match level.level {
        Level::NotAboveScreening => (
            "不超过筛选值,健康风险可以忽略",
            "not above screening: negligible risk",
        ),
        Level::AboveScreening => (
            "超过筛选值,应开展详细调查和风险评估",
            "above screening: detailed survey and risk assessment",
        ),
        Level::AboveIntervention => (
            "超过管制值,风险不可接受,应采取管控或修复措施",
            "above intervention: unacceptable risk, control or remediation",
        ),
    }
}

fn cite(out: &mut Judgement, item: &Item, class: LandClass) {
    let (name, zh) = (&item.name, class.zh());
    let reason =
        |zh_kind: &str, en_kind: &str| -> Text { text!("{name}{zh_kind},{zh}", "{en_kind} of {name}, {zh}") };
    let (screening, intervention) = (item.screening(class), item.intervention(class));
    let mark = item.confidence;
    out.limit(
        screening,
        "mg/kg",
        item.basis(),
        reason("筛选值", "screening value"),
        mark,
    );
    out.limit(
        intervention,
        "mg/kg",
        item.basis(),
        reason("管制值", "intervention value"),
        mark,
    );
}

/// Notes a content and compares it.
fn compare(
    out: &mut Judgement,
    input: &Input<'_>,
    item: &Item,
    class: LandClass,
    measured: &Measured,
    background: Option<&Exact>,
) -> Result<Option<PlotLevel>, InputError> {
    let name = &item.name;
    let level = match measured {
        Measured::Value(value) => Some(judge(item, class, value, background).map_err(checks::refuse(input))?),
        Measured::Below(Some(limit)) if limit <= item.screening(class) => Some(PlotLevel {
            level: Level::NotAboveScreening,
            within_background: false,
        }),
        _ => None,
    };
    if let Some(level) = level {
        let (zh, en) = words(level);
        let (s, g) = (item.screening(class), item.intervention(class));
        out.uses(name, measured, "mg/kg").step(
            text!("{name}:{zh}", "{name}: {en}"),
            format!("C = {measured}, S = {s}, G = {g}"),
            &level.level.key(),
        );
    } else {
        let shown = (*measured != Measured::Missing).then(|| measured.to_string());
        out.leaves_out(
            name,
            shown,
            "mg/kg",
            text!(
                "缺测或检出限不明、过高",
                "missing, or a detection limit that is unknown or too high"
            ),
        );
    }
    Ok(level)
}

fn item(input: &Input<'_>) -> Result<Judgement, InputError> {
    let name = input.str("item")?;
    let found = Item::find(name).ok_or_else(|| checks::unknown_name(input, "item", name))?;
    let class = land_class(input)?;
    let background = checks::opt_amount(input, "background")?;
    let measured = input
        .opt("value")
        .map_or(Ok(Measured::Missing), |v| checks::measured(&v))?;
    let mut out = Judgement::new("soil/construction_item", found.basis());
    out.also(clause("5.3"));
    out.uses("land_class", &class.zh(), "");
    cite(&mut out, found, class);
    let level = compare(&mut out, input, found, class, &measured, background.as_ref())?;
    out.put("screening", found.screening(class).to_json())
        .put("intervention", found.intervention(class).to_json())
        .put("result", level.map(|l| l.level.key()))
        .put("within_background", level.map(|l| l.within_background));
    if let Some(level) = level {
        let (zh, en) = words(level);
        let exceeded = level.level != Level::NotAboveScreening && !level.within_background;
        out.conclude(
            crate::explain::verdict(exceeded),
            text!("{name} {measured} mg/kg:{zh}。", "{name} {measured} mg/kg: {en}."),
        );
    } else {
        out.conclude(
            Verdict::Undecided,
            text!(
                "{name} {measured}:无法判定。",
                "{name} {measured}: cannot be decided."
            ),
        );
    }
    Ok(out)
}

fn plot(input: &Input<'_>) -> Result<Judgement, InputError> {
    let class = land_class(input)?;
    let values = input.field("values")?;
    let mut out = Judgement::new("soil/construction_plot", clause("5.3"));
    out.uses("land_class", &class.zh(), "");
    let mut results = Map::new();
    let mut worst: Option<Level> = None;
    let mut above = Vec::new();
    for (name, value) in values.as_members()? {
        let found = Item::find(name).ok_or_else(|| checks::unknown_name(&values, name, name))?;
        let background = match input.opt("background") {
            Some(map) => checks::opt_amount(&map, name)?,
            None => None,
        };
        cite(&mut out, found, class);
        let measured = checks::measured(&value)?;
        let level = compare(&mut out, &values, found, class, &measured, background.as_ref())?;
        results.insert(name.to_owned(), level.map(|l| l.level.key()).into());
        if let Some(level) = level.filter(|l| !l.within_background) {
            worst = worst.max(Some(level.level));
            if level.level != Level::NotAboveScreening {
                above.push(name);
            }
        }
    }
    let undecided = results.values().filter(|v| v.is_null()).count();
    out.put("item_result", results)
        .put("undecided", undecided)
        .put("result", worst.map(Level::key))
        .put("above", above.iter().map(|n| Value::from(*n)).collect::<Vec<_>>());
    let named = above.join("、");
    if let Some(level) = worst {
        let (zh, en) = words(PlotLevel {
            level,
            within_background: false,
        });
        out.conclude(
            crate::explain::verdict(level != Level::NotAboveScreening),
            text!(
                "{zh} {named};{undecided} 项未判定。",
                "{en} {named}; {undecided} items undecided."
            ),
        );
    } else {
        out.conclude(
            Verdict::Undecided,
            text!("没有可判定的项目。", "No item could be decided."),
        );
    }
    Ok(out)
}

fn land_class_of(input: &Input<'_>) -> Result<Judgement, InputError> {
    let code = input.opt_str("code")?;
    let mut out = Judgement::new("soil/land_use_class", clause("4.1"));
    let found = code.and_then(land_code);
    let class = found.map_or(LandClass::First, |(class, _)| class);
    if let (Some(code), Some((_, row))) = (code, found) {
        out.rests_on(row.confidence);
        out.uses("code", &code, "");
        let name = &row.name;
        let zh = class.zh();
        out.conclude(
            Verdict::Classified,
            text!("{code}({name}):{zh}。", "{code} ({name}): {zh}."),
        );
    } else {
        out.also(clause("5.3.1"));
        out.leaves_out(
            "code",
            code.map(str::to_owned),
            "",
            text!("规划用途不明", "planned use unknown"),
        );
        out.conclude(
            Verdict::Classified,
            text!(
                "规划用途不明,适用第一类用地。",
                "Planned use unknown: class 1 applies."
            ),
        );
    }
    out.put("land_class", class.number())
        .put("known", found.is_some());
    Ok(out)
}

fn survey(input: &Input<'_>) -> Result<Judgement, InputError> {
    let area = input.exact("area_m2")?;
    let stages = [("initial", (1600, 3)), ("detailed", (400, 1))];
    let (grid, minimum) = checks::choice(input, "stage", &stages)?;
    let grid = match checks::opt_amount(input, "m2_per_point")? {
        Some(grid) => grid,
        None => Exact::int(grid),
    };
    let points = survey_points(&area, &grid, minimum).map_err(checks::refuse(input))?;
    let mut out = Judgement::new(
        "soil/survey_points",
        Basis::new("建设用地土壤环境调查评估技术导则", "", "布点"),
    );
    out.rests_on(Confidence::Uncertain);
    out.uses("area_m2", &area, "m²");
    out.step(
        text!(
            "布点数,进一取整,不少于 {minimum}",
            "points, rounded up, at least {minimum}"
        ),
        format!("{area} / {grid}"),
        &points,
    );
    out.put("points", points);
    conclude(
        &mut out,
        Verdict::Computed,
        text!("至少 {points} 个点位", "at least {points} points"),
    );
    Ok(out)
}
