//! Class of items and sections by name: official, real-time platform, weekly report, contradictions of the archive.

use serde_json::{Map, Value, json};

use super::class::{
    ItemClass, ItemSet, Preparation, SectionClass, WaterClass, fails_target, item_class, section_class,
};
use super::item::{Body, Item, Limits, round_keeping_small, table1};
use super::read::{self, Measured};
use crate::conformance::{self, Case, Tolerance};
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::text;
use crate::text::Text;
use crate::topic::Topic;

pub(super) const ITEM: Topic = Topic {
    id: "water/item_class",
    zh: "地表水单项水质类别",
    en: "Class of one item of surface water",
    basis: "GB 3838-2002 表1",
    example: r#"{"item":"tp","body":"lake","value":0.05}"#,
    evaluate: judge_item,
    case: |line| wrapped(line, "class"),
};

pub(super) const SECTION: Topic = Topic {
    id: "water/section_class",
    zh: "断面水质类别、状况与主要污染指标",
    en: "Class, grade and main pollutants of a section",
    basis: "GB 3838-2002 5.1;环办〔2011〕22号",
    example: r#"{"body":"river","values":{"ph":7.4,"do":6.2,"codmn":7.1,"cod":26,"nh3n":1.3,"tp":0.18,"pb":0.06}}"#,
    evaluate: |input| {
        let how = if input.opt_bool("official_rounding")?.unwrap_or(false) {
            Preparation::Official
        } else {
            Preparation::AsGiven
        };
        let body = read::body(input)?;
        judge_section("water/section_class", input, body, ItemSet::Official21, how)
    },
    case: |line| {
        let mut case = conformance::inline(line)?;
        // Multiples are written with four decimals.
        case.tolerance = Some(Tolerance::Absolute(5.000_1e-5));
        Ok(case)
    },
};

pub(super) const PUBLISHED: Topic = Topic {
    id: "water/real_published_class",
    zh: "国家自动站实时水质类别(平台口径)",
    en: "Real-time class of automatic stations as the national platform gives it",
    basis: "GB 3838-2002 表1;国家平台实时发布口径",
    example: r#"{"body":"river","values":{"temp":31.1,"ph":7.35,"do":2.66,"codmn":3.57,"nh3n":0.271,"tp":0.136,"tn":2.028}}"#,
    evaluate: |input| {
        let body = read::body(input)?;
        let id = "water/real_published_class";
        let mut out = judge_section(id, input, body, ItemSet::Realtime5, Preparation::AsGiven)?;
        out.rests_on(Confidence::Secondary);
        Ok(out)
    },
    case: |line| Ok(published(line, json!({"class": field(line, "published_class")}))),
};

pub(super) const ANOMALIES: Topic = Topic {
    id: "water/real_anomalies",
    zh: "数值与发布类别矛盾的识别",
    en: "Values that contradict the published class",
    basis: "GB 3838-2002 表1;国家平台实时发布口径",
    example: r#"{"station":"示例","published_class":"II","values":{"ph":"8.47","do":"11.09","codmn":"2.44","nh3n":"4","tp":"0.034"}}"#,
    evaluate: judge_anomaly,
    case: |line| {
        let expect = json!({
            "class_from_values": field(line, "class_from_values"),
            "item_classes": field(line, "item_classes"),
            "contradiction": true,
            "raise_alarm": false,
        });
        Ok(published(line, expect))
    },
};

pub(super) const WEEKLY: Topic = Topic {
    id: "water/real_weekly_report_2007w02",
    zh: "自动监测周报:断面类别与主要污染指标",
    en: "Weekly report: class and main pollutants",
    basis: "GB 3838-2002 表1;水质自动监测周报",
    example: r#"{"body":"river","values":{"ph":7.66,"do":6.03,"codmn":13.3,"nh3n":1.77}}"#,
    evaluate: judge_weekly,
    case: |line| {
        let mut names = field(line, "published_main_pollutants");
        if let Some(list) = names.as_array_mut() {
            list.sort_by_key(ToString::to_string);
        }
        let expect = json!({"class": field(line, "published_class"), "main_pollutant_set": names});
        Ok(published(line, expect))
    },
};

pub(super) const ROUNDING: Topic = Topic {
    id: "water/eval_rounding",
    zh: "评价数据修约",
    en: "Rounding for evaluation",
    basis: "总站水字〔2018〕87号;GB/T 8170",
    example: r#"{"item":"nh3n","value":"0.0049"}"#,
    evaluate: judge_rounding,
    case: |line| {
        let expect = match field(line, "expect") {
            Value::String(text) => json!({"rounded": text, "decimals": field(line, "decimals")}),
            other => other,
        };
        Ok(Case {
            input: json!({"item": field(line, "item"), "value": field(line, "value"), "use": field(line, "use")}),
            expect,
            tolerance: None,
            refused: false,
        })
    },
};

fn field(line: &Value, key: &str) -> Value {
    line.get(key).cloned().unwrap_or(Value::Null)
}

/// An inline case whose expectation is a bare value, put under a name.
pub(super) fn wrapped(line: &Value, key: &str) -> Result<Case, InputError> {
    let mut case = conformance::inline(line)?;
    if !case.expect.is_object() {
        case.expect = json!({key: case.expect});
    }
    Ok(case)
}

/// A case of published data: what was published is expected, unless the line says otherwise.
fn published(line: &Value, expect: Value) -> Case {
    let mut input = line.clone();
    if let Some(map) = input.as_object_mut() {
        map.retain(|key, _| matches!(key.as_str(), "body" | "values" | "station" | "published_class"));
    }
    Case {
        input,
        expect: line.get("expect").cloned().unwrap_or(expect),
        tolerance: None,
        refused: false,
    }
}

/// Names the limit an item was compared with.
fn cite_limit(out: &mut Judgement, item: &ItemClass, body: Body) {
    let Some(row) = item.item.row(body) else { return };
    let shown = match &row.limits {
        Limits::Max(limits) | Limits::Min(limits) => {
            let list: Vec<String> = limits.iter().map(Exact::to_display).collect();
            list.join(" / ")
        }
        Limits::Range(low, high) => format!("{low}–{high}"),
        Limits::None => return,
    };
    let reason = match (row.body, &row.limits) {
        (Some(Body::Lake), _) => text!(
            "{} Ⅰ–Ⅴ类限值,按湖、库",
            "{} limits of classes I–V, lake or reservoir",
            item.item.zh()
        ),
        (Some(Body::River), _) => text!(
            "{} Ⅰ–Ⅴ类限值,按河流",
            "{} limits of classes I–V, river",
            item.item.zh()
        ),
        (None, Limits::Min(_)) => text!(
            "{} Ⅰ–Ⅴ类限值(不小于;Ⅰ类取 7.5 mg/L)",
            "{} limits of classes I–V (at least; class I by 7.5 mg/L)",
            item.item.zh()
        ),
        _ => text!("{} Ⅰ–Ⅴ类限值", "{} limits of classes I–V", item.item.zh()),
    };
    out.limit(&shown, &row.unit, table1(), reason, row.confidence);
}

fn explain_item(out: &mut Judgement, item: &ItemClass, body: Body) {
    cite_limit(out, item, body);
    let name = item.item;
    let class = text!("{}: {}", "{}: {}", name.zh(), item.class.zh());
    out.step(
        class,
        format!("{} = {}", name.key(), item.value),
        &item.class.key(),
    );
    if let Some(multiple) = &item.multiple {
        let third = name.row(body).and_then(|r| match &r.limits {
            Limits::Max([_, _, third, ..]) => Some(third.to_display()),
            _ => None,
        });
        let third = third.unwrap_or_default();
        out.step(
            text!(
                "{} 超标倍数(对Ⅲ类)",
                "exceed multiple of {} (class III)",
                name.zh()
            ),
            format!("({}-{third})/{third}", item.value),
            multiple,
        );
    }
}

/// Notes the measured values: used, for reference, below detection.
fn note_inputs(out: &mut Judgement, values: &[(Item, Measured)], reference: &[Item]) {
    for (item, measured) in values {
        let value = measured.value();
        if reference.contains(item) {
            let why = text!("只作参考,不参与评价", "for reference only, takes no part");
            out.leaves_out(item.key(), Some(value.to_display()), item.unit(), why);
            continue;
        }
        out.uses(item.key(), &value, item.unit());
        if let Measured::BelowDetection(limit) = measured {
            out.rests_on(Confidence::Configurable);
            out.step(
                text!(
                    "{} 未检出,以检出限一半参与",
                    "{} below detection, half the limit enters",
                    item.key()
                ),
                format!("{limit}/2"),
                &value,
            );
        }
    }
}

fn judge_item(input: &Input<'_>) -> Result<Judgement, InputError> {
    let item = read::item(input, "item")?;
    let body = read::body(input)?;
    let mut out = Judgement::new("water/item_class", table1());
    let Some(measured) = read::measured(&input.field("value")?)? else {
        out.leaves_out(item.key(), None, item.unit(), text!("缺测", "missing"));
        out.put("class", Value::Null);
        out.conclude(
            Verdict::Undecided,
            text!("缺测,无法判定类别。", "missing: no class can be decided."),
        );
        return Ok(out);
    };
    let how = if input.opt_bool("official_rounding")?.unwrap_or(false) {
        Preparation::Official
    } else {
        Preparation::AsGiven
    };
    let got = item_class(item, body, &measured.value(), how).map_err(|error| {
        let refused = read::refuse(input)(error);
        let at = if refused.code == "range" { "value" } else { "item" };
        InputError::new(at, refused.code, refused.message)
    })?;
    note_inputs(&mut out, &[(item, measured)], &[]);
    explain_item(&mut out, &got, body);
    out.put("class", got.class.key())
        .put("multiple", got.multiple.as_ref().map(Exact::to_f64));
    let (zh, en) = (item.zh(), item.en());
    let (class_zh, class_en) = (got.class.zh(), got.class.en());
    out.conclude(
        Verdict::Classified,
        text!("{zh} 属 {class_zh}。", "{en}: {class_en}."),
    );
    Ok(out)
}

fn put_section(out: &mut Judgement, section: &SectionClass) {
    let classes: Map<String, Value> = section
        .items
        .iter()
        .map(|i| (i.item.key().to_owned(), i.class.key().into()))
        .collect();
    let pollutants: Value = section
        .main_pollutants
        .iter()
        .map(|i| {
            json!({
                "item": i.item.key(),
                "zh": i.item.zh(),
                "multiple": i.multiple.as_ref().map(Exact::to_f64),
            })
        })
        .collect();
    let grade = section.class.grade();
    out.put("class", section.class.key())
        .put("grade", grade.zh())
        .put("colour", grade.colour())
        .put("item_classes", classes)
        .put("main_pollutants", pollutants);
}

/// `高锰酸盐指数(1.2)、溶解氧`: names with multiples, as reports print them.
pub(super) fn printed(pollutants: &[ItemClass]) -> String {
    let names: Vec<String> = pollutants
        .iter()
        .map(|i| match &i.multiple {
            Some(multiple) => format!("{}({})", i.item.zh(), multiple.to_fixed(1)),
            None => i.item.zh().to_owned(),
        })
        .collect();
    names.join("、")
}

fn undecided(out: &mut Judgement) {
    for key in ["class", "grade", "colour"] {
        out.put(key, Value::Null);
    }
    out.put("item_classes", Map::new())
        .put("main_pollutants", Vec::<Value>::new());
    out.conclude(
        Verdict::Undecided,
        text!(
            "没有可参与评价的项目,无法判定类别。",
            "no item takes part: no class can be decided."
        ),
    );
}

fn conclude_section(out: &mut Judgement, section: &SectionClass) {
    let grade = section.class.grade();
    let (zh, en) = (section.class.zh(), section.class.en());
    let (grade_zh, grade_en, colour) = (grade.zh(), grade.en(), grade.colour());
    let names = printed(&section.main_pollutants);
    let tail = if names.is_empty() {
        Text::same("")
    } else {
        text!(",主要污染指标 {names}", "; main pollutants {names}")
    };
    let (tail_zh, tail_en) = (tail.zh, tail.en);
    out.value = Some(section.class.key().to_owned());
    out.conclude(
        Verdict::Classified,
        text!(
            "断面水质 {zh},{grade_zh}({colour}){tail_zh}。",
            "section is {en}, {grade_en}{tail_en}."
        ),
    );
}

fn judge_section(
    id: &str,
    input: &Input<'_>,
    body: Body,
    set: ItemSet,
    how: Preparation,
) -> Result<Judgement, InputError> {
    let at = input.field("values")?;
    let values = read::values(&at)?;
    let made = section_class(&read::numbers(&values), body, set, how).map_err(read::refuse(&at))?;
    let mut out = Judgement::new(id, Basis::new("GB 3838", "2002", "5.1"));
    out.also(table1());
    match set {
        ItemSet::Official21 => out.also(Basis::new("环办〔2011〕22号", "2011", "断面水质评价")),
        ItemSet::Realtime5 => out.also(Basis::new("国家地表水自动监测实时发布口径", "", "五项,不修约")),
    };
    let Some(section) = made else {
        let all: Vec<Item> = values.iter().map(|(item, _)| *item).collect();
        note_inputs(&mut out, &values, &all);
        undecided(&mut out);
        return Ok(out);
    };
    note_inputs(&mut out, &values, &section.reference);
    for item in &section.items {
        explain_item(&mut out, item, body);
    }
    put_section(&mut out, &section);
    conclude_section(&mut out, &section);
    if let Some(target) = input.opt("target_class") {
        let target = read::class(&target)?;
        let failing = fails_target(&section, target);
        let names: Value = failing.iter().map(|i| Value::from(i.key())).collect();
        out.put("meets_target", failing.is_empty())
            .put("fails_target", names);
        out.verdict = if failing.is_empty() {
            Verdict::Met
        } else {
            Verdict::Exceeded
        };
    }
    Ok(out)
}

fn judge_weekly(input: &Input<'_>) -> Result<Judgement, InputError> {
    let body = read::body(input)?;
    let id = "water/real_weekly_report_2007w02";
    let mut out = judge_section(id, input, body, ItemSet::Realtime5, Preparation::AsGiven)?;
    out.rests_on(Confidence::Secondary);
    let mut names: Vec<Value> = out
        .result
        .get("main_pollutants")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|p| p.get("zh").cloned())
        .collect();
    // The report does not print them in order of importance: compared as a set.
    names.sort_by_key(ToString::to_string);
    out.put("main_pollutant_set", names);
    Ok(out)
}

/// Whether values contradict a published class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// Class of the values by the platform's own rule.
    pub from_values: SectionClass,
    /// Class published with them.
    pub published: WaterClass,
    /// The single item that explains the difference alone, when the class is worse by two or more: 疑似录入错误.
    pub culprit: Option<Item>,
}

/// Compares values with their published class. `None` when they agree or no class can be made.
pub fn contradiction(
    values: &[(Item, Exact)],
    body: Body,
    published: WaterClass,
) -> Result<Option<Contradiction>, super::class::ClassError> {
    let Some(section) = section_class(values, body, ItemSet::Realtime5, Preparation::AsGiven)? else {
        return Ok(None);
    };
    if section.class == published {
        return Ok(None);
    }
    let beyond: Vec<Item> = section
        .items
        .iter()
        .filter(|i| i.class > published)
        .map(|i| i.item)
        .collect();
    let by_two = section.class.number() >= published.number().saturating_add(2);
    let culprit = match beyond.as_slice() {
        [one] if by_two => Some(*one),
        _ => None,
    };
    Ok(Some(Contradiction {
        from_values: section,
        published,
        culprit,
    }))
}

fn judge_anomaly(input: &Input<'_>) -> Result<Judgement, InputError> {
    let id = "water/real_anomalies";
    let given = read::opt_body(input)?;
    let body = given.unwrap_or(Body::River);
    let published = read::class(&input.field("published_class")?)?;
    let at = input.field("values")?;
    let values = read::values(&at)?;
    let mut out = judge_section(id, input, body, ItemSet::Realtime5, Preparation::AsGiven)?;
    out.rests_on(Confidence::Configurable);
    if given.is_none() {
        out.leaves_out(
            "body",
            None,
            "",
            text!(
                "未给出水体类型,按河流限值",
                "no body given: river limits are taken"
            ),
        );
    }
    let found = contradiction(&read::numbers(&values), body, published).map_err(read::refuse(&at))?;
    let class = out.result.get("class").cloned().unwrap_or(Value::Null);
    let culprit = found.as_ref().and_then(|f| f.culprit);
    out.put("class_from_values", class)
        .put("contradiction", found.is_some())
        .put("suspected_entry_error", culprit.is_some())
        .put("culprit", culprit.map(Item::key))
        // A figure that contradicts its own published class goes to review, never straight to an alarm.
        .put("raise_alarm", false)
        .put("flag", culprit.map(|_| "疑似录入错误"));
    let (zh, en) = (published.zh(), published.en());
    match (&found, culprit) {
        (Some(_), Some(item)) => {
            let (name, name_en) = (item.zh(), item.en());
            out.conclude(
                Verdict::Undecided,
                text!(
                    "数值与发布类别 {zh} 矛盾,仅 {name} 一项即可解释:疑似录入错误,转人工复核,不报警。",
                    "the values contradict the published {en}; {name_en} alone explains it: suspected entry error, for review, no alarm."
                ),
            );
        }
        (Some(_), None) => {
            out.conclude(
                Verdict::Undecided,
                text!(
                    "数值与发布类别 {zh} 不一致,转人工复核,不报警。",
                    "the values disagree with the published {en}: for review, no alarm."
                ),
            );
        }
        (None, _) => {
            out.conclude(
                Verdict::Classified,
                text!(
                    "数值与发布类别 {zh} 一致。",
                    "the values agree with the published {en}."
                ),
            );
        }
    }
    Ok(out)
}

fn judge_rounding(input: &Input<'_>) -> Result<Judgement, InputError> {
    let item = read::item(input, "item")?;
    let value = input.exact("value")?;
    let row = item.any_row();
    let (decimals, which) = match input.opt_str("use")? {
        None | Some("evaluation") => (row.and_then(|r| r.eval_decimals), "evaluation"),
        Some("hourly") => (row.and_then(|r| r.hourly_decimals), "hourly"),
        Some(other) => {
            return Err(input.error(
                "use",
                "unknown",
                text!(
                    "未知的用途 {other},可用 evaluation、hourly",
                    "unknown use {other}; take evaluation or hourly"
                ),
            ));
        }
    };
    let decimals = decimals.ok_or_else(|| {
        input.error(
            "item",
            "context",
            text!(
                "{} 没有规定该用途的小数位数",
                "{} has no decimals for this use",
                item.key()
            ),
        )
    })?;
    let (rounded, places) = round_keeping_small(&value, decimals);
    let shown = rounded.to_fixed(places);
    let mut out = Judgement::new(
        "water/eval_rounding",
        Basis::new("总站水字〔2018〕87号", "2018", "小数位数"),
    );
    out.also(Basis::new("GB/T 8170", "2008", "3.2"))
        .rests_on(Confidence::Secondary);
    out.uses("value", &value, item.unit());
    out.step(
        text!(
            "四舍六入五成双;修约后为 0 而原值非 0 时保留一位有效数字",
            "half to even; where that gives 0 for a value that is not, one significant digit is kept"
        ),
        format!("{value} → {decimals} ({which})"),
        &shown,
    );
    out.finish(&value, shown.clone(), item.unit());
    out.put("rounded", shown.clone()).put("decimals", decimals);
    out.conclude(
        Verdict::Computed,
        text!("{} 修约为 {shown}。", "{} is rounded to {shown}.", item.key()),
    );
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_item_two_classes_off_is_the_culprit() {
        let x = |t: &str| -> Exact { t.parse().unwrap() };
        let values = [(Item::Do, x("11")), (Item::Nh3n, x("4")), (Item::Tp, x("0.03"))];
        let found = contradiction(&values, Body::River, WaterClass::II)
            .unwrap()
            .unwrap();
        assert_eq!(found.culprit, Some(Item::Nh3n));
        let both = [(Item::Codmn, x("30")), (Item::Nh3n, x("4"))];
        let found = contradiction(&both, Body::River, WaterClass::II)
            .unwrap()
            .unwrap();
        assert_eq!(found.culprit, None);
        assert_eq!(
            contradiction(&values, Body::River, WaterClass::WorseThanV).unwrap(),
            None
        );
    }
}
