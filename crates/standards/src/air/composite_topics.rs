//! Composite index and ranking by name.

use serde_json::{Map, Value, json};

use super::composite::{Composite, SixValues, composite, index_limit, rank};
use super::edition::LimitSet;
use super::limits::{Pollutant, Zone};
use super::read;
use crate::conformance::{self, Case, Tolerance};
use crate::input::{Input, InputError};
use crate::judgement::{Basis, Confidence, Judgement, Verdict};
use crate::num::Exact;
use crate::text;
use crate::topic::Topic;

/// The most cities a ranking takes.
const MAX_CITIES: usize = 5000;

pub(super) const COMPOSITE: Topic = Topic {
    id: "aqi/composite_index",
    zh: "环境空气质量综合指数(三套限值对照)",
    en: "Composite index under the three limit sets",
    basis: "城市环境空气质量排名技术规定;GB 3095-2012、GB 3095-2026",
    example: r#"{"in":{"so2":12,"no2":34,"pm10":86,"pm25":46,"co":1.4,"o3":178}}"#,
    evaluate: judge,
    case: |line| {
        let mut case = conformance::inline(line)?;
        case.expect = plain_decimals(&case.expect);
        case.tolerance = Some(Tolerance::Relative(1e-14));
        Ok(case)
    },
};

pub(super) const RANKING: Topic = Topic {
    id: "aqi/ranking",
    zh: "城市综合指数排名与变化程度排名",
    en: "Ranking of cities by composite index and by its change",
    basis: "城市环境空气质量排名技术规定;城市环境空气质量变化程度排名方案",
    example: r#"{"cities":[{"city":"甲","in":{"so2":9,"no2":26,"pm10":60,"pm25":30,"co":1.1,"o3":150},"prev_year":{"so2":9,"no2":31,"pm10":66,"pm25":33,"co":1.2,"o3":145}},{"city":"乙","in":{"so2":12,"no2":28,"pm10":80,"pm25":41,"co":1.3,"o3":160},"prev_year":{"so2":12,"no2":30,"pm10":85,"pm25":45,"co":1.4,"o3":170}}]}"#,
    evaluate: judge_ranking,
    case: |line| {
        let get = |key: &str| line.get(key).cloned().unwrap_or(Value::Null);
        let mut input = json!({"cities": get("cities")});
        for key in ["limit_set", "date"] {
            if let (Some(value), Some(map)) = (line.get(key), input.as_object_mut()) {
                map.insert(key.to_owned(), value.clone());
            }
        }
        let expect = get("expect");
        Ok(Case {
            input,
            expect: if expect.is_array() {
                json!({"cities": plain_decimals(&expect)})
            } else {
                expect
            },
            tolerance: None,
            refused: false,
        })
    },
};

/// Decimal texts without trailing zeros, so that «5.10» and «5.1» are the same figure.
pub(super) fn plain_decimals(value: &Value) -> Value {
    match value {
        Value::String(text) if !text.contains('/') => match text.parse::<Exact>() {
            Ok(number) => Value::from(number.to_display()),
            Err(_) => value.clone(),
        },
        Value::Array(list) => list.iter().map(plain_decimals).collect(),
        Value::Object(map) => map.iter().map(|(k, v)| (k.clone(), plain_decimals(v))).collect(),
        other => other.clone(),
    }
}

/// The six statistics of an object; null or absent is missing.
pub(super) fn six(input: &Input<'_>) -> Result<SixValues, InputError> {
    let mut out = SixValues::default();
    for (key, value) in input.as_members()? {
        let pollutant = Pollutant::parse_six(key).ok_or_else(|| {
            input.error(
                key,
                "unknown",
                text!("未知的污染物 {key}", "unknown pollutant {key}"),
            )
        })?;
        if !value.json().is_null() {
            out.set(pollutant, Some(read::concentration(&value)?));
        }
    }
    Ok(out)
}

fn two(value: &Exact) -> String {
    value.round_gb8170(2).to_display()
}

/// A composite index as an output object.
pub(super) fn describe(made: &Composite) -> Value {
    let sub: Map<String, Value> = made
        .sub
        .iter()
        .map(|(p, i)| (p.key().to_owned(), i.to_fraction().into()))
        .collect();
    let (largest, items) = match &made.max {
        Some((value, items)) => (
            Some(two(value)),
            items.iter().map(|p| Value::from(p.key())).collect(),
        ),
        None => (None, Vec::new()),
    };
    json!({
        "sub_index": sub,
        "index_exact": made.index.as_ref().map(Exact::to_fraction),
        "index_float": made.index.as_ref().map(Exact::to_f64),
        "index_rounded": made.index.as_ref().map(two),
        "max_sub_index_rounded": largest,
        "max_items": items,
        "index_weighted_3_2_2_UNVERIFIED": made.weighted_unverified.as_ref().map(two),
    })
}

fn ranking_rule() -> Basis {
    Basis::new("环办〔2014〕64号", "2014", "综合指数")
}

fn judge(input: &Input<'_>) -> Result<Judgement, InputError> {
    let values = six(&input.field("in")?)?;
    let chosen = read::limit_set(input)?;
    let mut out = Judgement::new("aqi/composite_index", ranking_rule());
    out.rests_on(Confidence::Secondary);
    for (pollutant, value) in values.iter() {
        match value {
            Some(value) => out.uses(pollutant.key(), value, pollutant.unit()),
            None => out.leaves_out(
                pollutant.key(),
                None,
                pollutant.unit(),
                text!("缺项,不能计算综合指数", "missing: no composite index"),
            ),
        };
    }
    let mut shown = Vec::new();
    for set in LimitSet::ALL {
        if chosen.is_some_and(|c| c != set) {
            continue;
        }
        let made = composite(&values, set);
        for (pollutant, index) in &made.sub {
            if let Some(row) = index_limit(set, *pollutant) {
                let limit = row.limit(Zone::Class2);
                out.limit(
                    limit,
                    pollutant.unit(),
                    set.basis(&row.clause),
                    text!(
                        "{} 单项指数的二级限值",
                        "class II limit of the sub-index of {}",
                        pollutant.key()
                    ),
                    row.confidence,
                );
                let value = values
                    .get(*pollutant)
                    .map_or_else(Exact::zero, |v| pollutant.round(v));
                out.step(
                    text!("{} 单项指数", "sub-index of {}", pollutant.key()),
                    format!("{value}/{limit}"),
                    index,
                );
            }
        }
        if let Some(index) = &made.index {
            out.step(
                text!(
                    "{} 综合指数,两位小数",
                    "composite index under {}, two decimals",
                    set.key()
                ),
                "Σ Ci/Si",
                &index,
            );
            shown.push(format!("{}: {}", set.name().0, index.to_fixed(2)));
            if chosen.is_some() {
                out.finish(index, index.to_fixed(2), "");
            }
        }
        out.put(set.key(), describe(&made));
    }
    let list = shown.join("; ");
    if shown.is_empty() {
        out.conclude(
            Verdict::Undecided,
            text!(
                "缺少项目,不能计算综合指数。",
                "an item is missing: no composite index."
            ),
        );
    } else {
        out.conclude(
            Verdict::Computed,
            text!(
                "综合指数 {list}。加权式(PM2.5×3、NO2×2、O3×2)仅见于征求意见稿,未经核实,不作依据。",
                "Composite index {list}. The weighted form (PM2.5 ×3, NO2 ×2, O3 ×2) is known from drafts only, unverified, and decides nothing."
            ),
        );
    }
    Ok(out)
}

fn judge_ranking(input: &Input<'_>) -> Result<Judgement, InputError> {
    let set = read::limit_set(input)?.unwrap_or(LimitSet::Gb2012);
    let list = input.list("cities")?;
    if list.len() > MAX_CITIES {
        return Err(input.error(
            "cities",
            "range",
            text!("最多 {MAX_CITIES} 个城市", "at most {MAX_CITIES} cities"),
        ));
    }
    let mut names = Vec::with_capacity(list.len());
    let mut cities = Vec::with_capacity(list.len());
    for city in &list {
        names.push(city.str("city")?);
        let before = city.opt("prev_year").map(|b| six(&b)).transpose()?;
        cities.push((six(&city.field("in")?)?, before));
    }
    let ranked = rank(&cities, set);
    let mut out = Judgement::new("aqi/ranking", ranking_rule());
    out.also(set.basis("表1")).rests_on(Confidence::Secondary);
    out.uses("cities", &names.len(), "");
    let rows: Value = names
        .iter()
        .zip(&ranked)
        .map(|(name, row)| {
            json!({
                "city": name,
                "index": row.index.as_ref().map(Exact::to_display),
                "prev_index": row.previous.as_ref().map(Exact::to_display),
                "change_pct": row.change.as_ref().map(Exact::to_display),
                "rank_index": row.rank,
                "rank_change": row.change_rank,
                "left_out_of_worsening_ranking": row.attains,
            })
        })
        .collect();
    for (name, row) in names.iter().zip(&ranked) {
        if let (Some(index), Some(previous), Some(change)) = (&row.index, &row.previous, &row.change) {
            out.step(
                text!("{name} 变化率,一位小数", "{name}: change, one decimal"),
                format!("({index}-{previous})/{previous}×100%"),
                change,
            );
        }
    }
    out.put("cities", rows);
    let best: Vec<&str> = names
        .iter()
        .zip(&ranked)
        .filter(|(_, r)| r.rank == Some(1))
        .map(|(name, _)| *name)
        .collect();
    let (n, best) = (names.len(), best.join("、"));
    out.conclude(
        Verdict::Classified,
        text!(
            "{n} 个城市参加排名,综合指数最低(最好):{best}。",
            "{n} cities ranked; lowest (best) composite index: {best}."
        ),
    );
    Ok(out)
}
