//! Groundwater by name: the topics with their explanations.

use serde_json::{Map, Value};

use super::item::{GroundwaterClass, Item, ItemClass, Kind, Reading};
use super::overall::{self, Judged, PointType, keeps_aim, shares, standard_index};
use super::read;
use crate::checks;
use crate::conformance::Tolerance;
use crate::explain::conclude;
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::text;
use crate::topic::Topic;

/// The case files show four decimals.
const FOUR_DECIMALS: Tolerance = Tolerance::Absolute(5.001e-5);
/// The case files show percentages with two decimals.
const TWO_DECIMALS: Tolerance = Tolerance::Absolute(5.001e-3);

pub(super) const ITEM: Topic = Topic {
    id: "groundwater/item_class",
    zh: "地下水单项指标类别",
    en: "Groundwater class of one item",
    basis: "GB/T 14848-2017 表1、表2、6.2",
    example: r#"{"item":"nh3n","value":0.5,"unit":"mg/L"}"#,
    evaluate: item_class,
    case: crate::conformance::inline,
};

pub(super) const OVERALL: Topic = Topic {
    id: "groundwater/overall_class",
    zh: "地下水质量综合类别",
    en: "Groundwater class of a point",
    basis: "GB/T 14848-2017 6.3",
    example: r#"{"values":{"nh3n":0.62,"mn":0.4,"hardness":380,"las":"ND","odour":"无"}}"#,
    evaluate: overall_class,
    case: |line| checks::inline_within(line, FOUR_DECIMALS),
};

pub(super) const INDEX: Topic = Topic {
    id: "groundwater/standard_index",
    zh: "地下水标准指数",
    en: "Standard index of groundwater",
    basis: "HJ 610-2016 8.4.1.2",
    example: r#"{"item":"f","value":2.26,"target_class":"III"}"#,
    evaluate: index,
    case: |line| checks::inline_within(line, FOUR_DECIMALS),
};

pub(super) const SHARES: Topic = Topic {
    id: "groundwater/v_ratio",
    zh: "地下水Ⅴ类点位比例",
    en: "Share of points of class V",
    basis: "地下水考核点位Ⅴ类比例",
    example: r#"{"point_classes":["II","IV","V","III"]}"#,
    evaluate: v_ratio,
    case: |line| checks::inline_within(line, TWO_DECIMALS),
};

pub(super) const AIM: Topic = Topic {
    id: "groundwater/point_aim",
    zh: "地下水点位目标判定",
    en: "Whether a groundwater point keeps its aim",
    basis: "地下水考核点位目标(未经核实)",
    example: r#"{"point_type":"source","class":"III","base_class":"IV"}"#,
    evaluate: point_aim,
    case: crate::conformance::inline,
};

fn clause(number: &str) -> Basis {
    Basis::new("GB/T 14848", "2017", number)
}

/// The limits of an item in a line: `Ⅰ 150, Ⅱ 300, Ⅲ 450, Ⅳ 650`.
fn limits_of(item: &Item) -> String {
    match item.kind {
        Kind::Presence => "Ⅰ–Ⅳ 无, Ⅴ 有".to_owned(),
        Kind::Ph | Kind::Le | Kind::Radio => GroundwaterClass::ALL
            .iter()
            .filter_map(|class| match (item.upper(*class), item.band(*class)) {
                (Some(limit), _) => Some(format!("{} ≤{limit}", class.zh())),
                (None, Some((low, high))) => Some(format!("{} {low}–{high}", class.zh())),
                _ => None,
            })
            .collect::<Vec<_>>()
            .join(", "),
    }
}

fn explain(out: &mut Judgement, judged: &Judged) {
    let item = judged.item;
    out.rests_on(item.confidence);
    let (name, name_en) = (&item.name, &item.name_en);
    match judged.class {
        ItemClass::Is(class) => {
            out.uses(&item.key, &judged.reading, &item.unit).step(
                text!(
                    "{name} 的类别,两类限值相同时从优",
                    "class of {name_en}; equal limits: the better one"
                ),
                format!("{} vs {}", judged.reading, limits_of(item)),
                &class.zh(),
            );
        }
        ItemClass::NoWorseThan(class) => {
            let why = text!(
                "未检出,但检出限高于Ⅰ类限值,只能判为不劣于{},不参与综合评价",
                "not detected with a detection limit above class I: only no worse than {}, left out",
                class.zh()
            );
            out.leaves_out(&item.key, Some(judged.reading.to_string()), &item.unit, why);
        }
        ItemClass::AboveIII => {
            out.uses(&item.key, &judged.reading, &item.unit).step(
                text!(
                    "{name} 超Ⅲ类,应做核素分析,Ⅳ、Ⅴ类不能区分",
                    "{name_en} is above III: analyse nuclides; IV and V cannot be told apart"
                ),
                format!("{} vs {}", judged.reading, limits_of(item)),
                &"超Ⅲ类",
            );
        }
        ItemClass::Unknown => {
            let value = (judged.reading != Reading::Missing).then(|| judged.reading.to_string());
            let why = match judged.reading {
                Reading::Missing => text!("缺测", "missing"),
                _ => text!(
                    "未检出而检出限未知或过高,无法判定类别",
                    "not detected; the detection limit is unknown or too high"
                ),
            };
            out.leaves_out(&item.key, value, &item.unit, why);
        }
    }
}

fn item_class(input: &Input<'_>) -> Result<Judgement, InputError> {
    let item = read::item(input, "item")?;
    read::unit(input, item)?;
    let reading = input
        .opt("value")
        .map_or(Ok(Reading::Missing), |v| read::reading(&v))?;
    let made = overall::overall(&[(item, reading)]).map_err(checks::refuse(input))?;
    let mut out = Judgement::new("groundwater/item_class", item.basis());
    out.also(clause("6.2"));
    for class in GroundwaterClass::ALL {
        if let Some(limit) = item.upper(class) {
            let why = text!("{} {}限值", "limit of {} for class {}", item.name, class.zh());
            out.limit(limit, &item.unit, item.basis(), why, item.confidence);
        }
    }
    let Some(judged) = made.items.first() else {
        return Err(checks::unknown_name(input, "item", &item.key));
    };
    explain(&mut out, judged);
    out.put("class", judged.class.class().map(GroundwaterClass::key))
        .put("above_III", judged.class == ItemClass::AboveIII)
        .put("exceed_multiple_vs_III", checks::maybe(judged.multiple.as_ref()))
        .put(
            "no_worse_than",
            match judged.class {
                ItemClass::NoWorseThan(class) => Value::from(class.key()),
                _ => Value::Null,
            },
        );
    let shown = &judged.reading;
    let words = match judged.class {
        ItemClass::Is(class) => text!("{} {shown}:{}。", "{} {shown}: {}.", item.name, class.zh()),
        ItemClass::NoWorseThan(class) => {
            text!(
                "{} {shown}:不劣于{}。",
                "{} {shown}: no worse than {}.",
                item.name,
                class.zh()
            )
        }
        ItemClass::AboveIII => text!("{} {shown}:超Ⅲ类。", "{} {shown}: above class III.", item.name),
        ItemClass::Unknown => text!(
            "{} {shown}:无法判定。",
            "{} {shown}: cannot be decided.",
            item.name
        ),
    };
    let verdict = match judged.class {
        ItemClass::Is(_) => Verdict::Classified,
        ItemClass::AboveIII => Verdict::Exceeded,
        _ => Verdict::Undecided,
    };
    out.conclude(verdict, words);
    Ok(out)
}

/// The readings at `values`, each possible for its item.
fn readings(input: &Input<'_>) -> Result<Vec<(&'static Item, Reading)>, InputError> {
    let values = input.field("values")?;
    let mut out: Vec<(&'static Item, Reading)> = Vec::new();
    for (name, value) in values.as_members()? {
        let item = Item::find(name).ok_or_else(|| checks::unknown_name(&values, name, name))?;
        let reading = read::reading(&value)?;
        item.class(&reading)
            .map_err(|e| checks::out_of_range(&value, text!("{}:{e}", "{}: {e}", item.name)))?;
        if out.iter().any(|(i, _)| i.no == item.no) {
            return Err(values.error(
                name,
                "context",
                text!("{} 重复给出", "{} is given twice", item.name),
            ));
        }
        out.push((item, reading));
    }
    Ok(out)
}

fn overall_class(input: &Input<'_>) -> Result<Judgement, InputError> {
    let readings = readings(input)?;
    let made = overall::overall(&readings).map_err(checks::refuse(input))?;
    let mut out = Judgement::new("groundwater/overall_class", clause("6.3"));
    out.also(clause("6.2")).also(clause("表1"));
    let mut multiples = Map::new();
    let mut classes = Map::new();
    for judged in &made.items {
        explain(&mut out, judged);
        classes.insert(
            judged.item.key.clone(),
            judged.class.class().map(GroundwaterClass::key).into(),
        );
        if let (Some(multiple), Reading::Value(value)) = (&judged.multiple, &judged.reading) {
            let limit = judged
                .item
                .upper(GroundwaterClass::III)
                .map_or_else(String::new, Exact::to_string);
            out.step(
                text!(
                    "{} 对Ⅲ类的超标倍数",
                    "exceed multiple of {} against III",
                    judged.item.name
                ),
                format!("({value} − {limit}) / {limit}"),
                multiple,
            );
            multiples.insert(judged.item.key.clone(), multiple.to_json());
        }
    }
    let worst: Vec<&str> = made.worst().map(|j| j.item.name.as_str()).collect();
    let without: Vec<_> = readings
        .iter()
        .filter(|(item, _)| !item.natural_background())
        .cloned()
        .collect();
    let without = overall::overall(&without).map_err(checks::refuse(input))?;
    out.put("class", made.class.map(GroundwaterClass::key))
        .put("above_III", made.above_iii)
        .put(
            "worst_items",
            worst.iter().map(|w| Value::from(*w)).collect::<Vec<_>>(),
        )
        .put("exceed_multiple_vs_III", multiples)
        .put("item_class", classes)
        .put(
            "class_without_background",
            without.class.map(GroundwaterClass::key),
        );
    let named = worst.join("、");
    let (zh, use_zh) = made.class.map_or(("", ""), |c| (c.zh(), c.use_zh()));
    match made.class {
        Some(class) if class > GroundwaterClass::III => {
            out.conclude(
                Verdict::Classified,
                text!("{zh}({named}),{use_zh}。", "{zh} ({named})."),
            );
        }
        Some(_) => {
            out.conclude(Verdict::Classified, text!("{zh},{use_zh}。", "{zh}."));
        }
        None if made.above_iii => {
            out.conclude(
                Verdict::Undecided,
                text!(
                    "放射性超Ⅲ类({named}),Ⅳ、Ⅴ类不能区分。",
                    "Radioactivity above class III ({named}); IV and V cannot be told apart."
                ),
            );
        }
        None => {
            out.conclude(
                Verdict::Undecided,
                text!("没有可判定类别的项目。", "No item could be classed."),
            );
        }
    }
    Ok(out)
}

fn index(input: &Input<'_>) -> Result<Judgement, InputError> {
    let item = read::item(input, "item")?;
    read::unit(input, item)?;
    let class = read::class_or(input, "target_class", GroundwaterClass::III)?;
    let basis = Basis::new("HJ 610", "2016", "8.4.1.2");
    let mut out = Judgement::new("groundwater/standard_index", basis);
    out.also(item.basis()).rests_on(item.confidence);
    let value = match read::reading(&input.field("value")?)? {
        Reading::Value(value) => value,
        other => {
            out.leaves_out(
                &item.key,
                Some(other.to_string()),
                &item.unit,
                text!("不是测得的数值", "not a measured number"),
            );
            out.put("index", Value::Null).put("exceeds", Value::Null);
            out.conclude(
                Verdict::Undecided,
                text!(
                    "{} 为 {other},没有标准指数。",
                    "{} is {other}: it has no index.",
                    item.name
                ),
            );
            return Ok(out);
        }
    };
    let index = standard_index(item, &value, class).map_err(checks::refuse(input))?;
    out.uses(&item.key, &value, &item.unit);
    let formula = match (item.band(class), item.upper(class)) {
        (Some((low, high)), _) => {
            let why = text!("{} 的 pH 范围", "pH band of class {}", class.zh());
            out.limit(&format!("{low}–{high}"), "", item.basis(), why, item.confidence);
            if value <= Exact::int(7) {
                format!("(7 − {value}) / (7 − {low})")
            } else {
                format!("({value} − 7) / ({high} − 7)")
            }
        }
        (None, Some(limit)) => {
            let why = text!("{} {}限值", "limit of {} for class {}", item.name, class.zh());
            out.limit(limit, &item.unit, item.basis(), why, item.confidence);
            format!("{value} / {limit}")
        }
        _ => String::new(),
    };
    out.put("index", checks::maybe(index.as_ref()))
        .put("exceeds", index.as_ref().map(|p| *p > Exact::one()));
    let Some(index) = index else {
        out.conclude(
            Verdict::Undecided,
            text!(
                "{} 在{}没有可作除数的限值。",
                "{} has no limit of class {} to divide by.",
                item.name,
                class.zh()
            ),
        );
        return Ok(out);
    };
    out.step(text!("标准指数 P", "standard index P"), formula, &index);
    out.finish(&index, index.to_fixed(4), "");
    let exceeds = index > Exact::one();
    let verdict = if exceeds { Verdict::Exceeded } else { Verdict::Met };
    let sign = if exceeds { ">" } else { "≤" };
    out.conclude(
        verdict,
        text!(
            "{} 的标准指数 {} {sign} 1。",
            "Standard index of {}: {} {sign} 1.",
            item.name,
            index.to_fixed(4)
        ),
    );
    Ok(out)
}

fn v_ratio(input: &Input<'_>) -> Result<Judgement, InputError> {
    let points = read::classes(input, "point_classes")?;
    let got = shares(&points);
    let left_out = points.len() - got.n;
    let basis = Basis::new("地下水考核点位评价", "", "Ⅴ类比例");
    let mut out = Judgement::new("groundwater/v_ratio", basis);
    out.uses("n", &got.n, "个").uses("v", &got.v, "个");
    if left_out > 0 {
        out.leaves_out(
            "point_classes",
            None,
            "个",
            text!("{left_out} 个点位没有类别", "{left_out} points have no class"),
        );
    }
    out.put("n", got.n)
        .put("not_evaluated", left_out)
        .put("v_ratio_pct", checks::maybe(got.v_percent.as_ref()))
        .put("i_iv_ratio_pct", checks::maybe(got.i_iv_percent.as_ref()));
    let (Some(v), Some(rest)) = (&got.v_percent, &got.i_iv_percent) else {
        out.conclude(
            Verdict::Undecided,
            text!("没有可评价的点位。", "No point could be evaluated."),
        );
        return Ok(out);
    };
    out.step(
        text!("Ⅴ类比例", "share of class V"),
        format!("{} / {} × 100", got.v, got.n),
        v,
    );
    out.step(
        text!("Ⅰ–Ⅳ类比例", "share of classes I to IV"),
        format!("100 − {v}"),
        rest,
    );
    out.finish(v, v.to_fixed(2), "%");
    out.conclude(
        Verdict::Computed,
        text!(
            "{} 个点位中Ⅴ类占 {} %。",
            "{} points, {} % of class V.",
            got.n,
            v.to_fixed(2)
        ),
    );
    Ok(out)
}

fn point_aim(input: &Input<'_>) -> Result<Judgement, InputError> {
    let kinds = [
        ("region", PointType::Region),
        ("risk", PointType::Risk),
        ("source", PointType::Source),
    ];
    let kind = checks::choice(input, "point_type", &kinds)?;
    let base = read::opt_class(input, "base_class")?;
    let basis = Basis::new("地下水考核点位目标", "", "点位类型");
    let mut out = Judgement::new("groundwater/point_aim", basis);
    out.rests_on(Confidence::Uncertain);
    let Some(class) = read::opt_class(input, "class")? else {
        out.leaves_out("class", None, "", text!("没有类别", "no class"));
        out.put("met", Value::Null);
        out.conclude(
            Verdict::Undecided,
            text!("没有类别,无法判定。", "No class: cannot be decided."),
        );
        return Ok(out);
    };
    let met = keeps_aim(kind, class, base);
    out.uses("class", &class.zh(), "");
    if let Some(base) = base {
        out.uses("base_class", &base.zh(), "");
    }
    out.put("met", met);
    let (verdict, zh, en) = if met {
        (Verdict::Met, "达到目标", "keeps its aim")
    } else {
        (Verdict::Exceeded, "未达到目标", "misses its aim")
    };
    let class = class.zh();
    conclude(&mut out, verdict, text!("{class}:{zh}", "{class}: {en}"));
    Ok(out)
}
