//! Assessment of units and towns (责任书考核): items with a weight and a value for the year, points by a shown formula,
//! veto, adjustment after an appeal, and the sharing of what a district still has to give between its towns.

use model::ids::UnitCode;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use standards::num::{Exact, Rounding};
use standards::progress::score::allocate;
use standards::text;
use standards::text::Text;

use crate::evaluation::{Grade, grade_words};
use crate::facts::Side;
use crate::number::{Num, exact};
use crate::words::{About, Doubt, Source};

/// How the points of an item come about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case", deny_unknown_fields)]
pub enum Measure {
    /// A value against the value of the year; what is reached in part counts in part.
    Value {
        /// Value of the year (年度目标值).
        goal: Decimal,
        /// Value the way began at; with it the way from there counts, without it the ratio of the two values.
        #[serde(default)]
        base: Option<Decimal>,
        /// Which side is better.
        better: Side,
        /// Value reached; none where it is missing.
        #[serde(default)]
        actual: Option<Decimal>,
        /// Unit.
        #[serde(default)]
        unit: Option<String>,
    },
    /// So many of so many.
    Count {
        /// Done; none where it is missing.
        #[serde(default)]
        done: Option<u32>,
        /// Of.
        of: u32,
    },
    /// Something that must not happen; when it does the grade is capped (一票否决).
    Veto {
        /// It happened; none where nobody said.
        #[serde(default)]
        happened: Option<bool>,
    },
}

/// An item of a responsibility letter (责任书条目).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Id of its record.
    pub id: String,
    /// What is asked for.
    pub name: String,
    /// Points it is worth; not negative. A veto is worth none.
    #[serde(default)]
    pub weight: Decimal,
    /// How its points come about.
    pub measure: Measure,
    /// Where the value comes from.
    #[serde(default)]
    pub source: Option<Source>,
}

/// A change after an appeal (申诉调整).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adjustment {
    /// Item.
    pub item: String,
    /// Points the item now has.
    pub points: Decimal,
    /// Why.
    pub reason: String,
    /// Who decided.
    pub by: String,
    /// Which document.
    #[serde(default)]
    pub source: Option<Source>,
}

/// A unit or town with its letter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// Who.
    pub unit: UnitCode,
    /// Items.
    pub items: Vec<Item>,
    /// Changes after appeals, in the order they were decided.
    #[serde(default)]
    pub adjustments: Vec<Adjustment>,
}

/// Points of an item.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ItemScore {
    /// Item.
    pub id: String,
    /// Name.
    pub name: String,
    /// Points it is worth.
    pub weight: Num,
    /// Points it has; none where its value is missing.
    pub points: Option<Num>,
    /// Points by the formula, where an appeal changed them.
    pub before: Option<Num>,
    /// The calculation with the figures.
    pub formula: String,
    /// Why an appeal changed it.
    pub adjusted: Option<Text>,
    /// It is a veto, and it happened.
    pub veto: bool,
}

/// Result of a unit or town.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Result {
    /// Who.
    pub unit: UnitCode,
    /// Place among the units whose every item has a value; none while one is missing.
    pub rank: Option<u32>,
    /// Items.
    pub items: Vec<ItemScore>,
    /// `100·Σ points / Σ weights` over the items with a value; none without any.
    pub total: Option<Num>,
    /// The calculation.
    pub formula: String,
    /// Grade after the veto; none while an item is missing.
    pub grade: Option<Text>,
    /// Items that were a veto.
    pub veto: Vec<String>,
    /// Items without a value: their weight is left out, the result is not final.
    pub missing: Vec<String>,
    /// What to know before relying on it.
    pub doubts: Vec<Doubt>,
}

/// A letter that cannot be scored.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum AssessmentError {
    /// A weight is negative.
    #[error("条目 {0} 的权重为负 / the weight of item {0} is negative")]
    Weight(String),
    /// An item stands twice.
    #[error("条目 {0} 重复 / item {0} stands twice")]
    Twice(String),
    /// An adjustment of nothing, or beyond what the item is worth.
    #[error("申诉调整 {item}：{zh} / adjustment of {item}: {en}")]
    Adjustment {
        /// Item.
        item: String,
        /// Chinese.
        zh: String,
        /// English.
        en: String,
    },
    /// No grades, or a cap that is none of them.
    #[error("等级设置有误：cap 须为 grades 之一 / the cap must be one of the grades")]
    Grades,
    /// Nothing can be shared out.
    #[error("无法分解：{zh} / cannot be shared: {en}")]
    Share {
        /// Chinese.
        zh: String,
        /// English.
        en: String,
    },
}

/// What part of an item is reached, 0 to 1, with the calculation; `None` where its value is missing.
fn part(measure: &Measure) -> (Option<Exact>, String) {
    match measure {
        Measure::Value {
            goal,
            base,
            better,
            actual,
            ..
        } => {
            let Some(actual) = actual else {
                return (None, "—".to_owned());
            };
            let (g, x) = (exact(*goal), exact(*actual));
            let met = match better {
                Side::Lower => x <= g,
                Side::Higher => x >= g,
            };
            if met {
                let sign = if *better == Side::Lower { "≤" } else { "≥" };
                return (Some(Exact::one()), format!("{x} {sign} {g}"));
            }
            if let Some(base) = base.map(exact) {
                let share = (&x - &base)
                    .checked_div(&(&g - &base))
                    .unwrap_or_else(Exact::zero);
                let formula = format!("max(0, ({x} − {base}) / ({g} − {base}))");
                return (Some(share.clamp(Exact::zero(), Exact::one())), formula);
            }
            let (over, under) = match better {
                Side::Lower => (&g, &x),
                Side::Higher => (&x, &g),
            };
            let share = over.checked_div(under).unwrap_or_else(Exact::zero);
            (
                Some(share.clamp(Exact::zero(), Exact::one())),
                format!("{over} / {under}"),
            )
        }
        Measure::Count { done, of } => match (done, *of) {
            (None, _) => (None, "—".to_owned()),
            (Some(_), 0) => (Some(Exact::one()), "0 / 0".to_owned()),
            (Some(done), of) => {
                let share = Exact::ratio((*done).into(), of.into()).unwrap_or_else(Exact::zero);
                (Some(share.min(Exact::one())), format!("{done} / {of}"))
            }
        },
        Measure::Veto { happened: None } => (None, "—".to_owned()),
        Measure::Veto {
            happened: Some(happened),
        } => (Some(Exact::zero()), happened.to_string()),
    }
}

fn score_item(item: &Item) -> ItemScore {
    let weight = exact(item.weight);
    let (share, how) = part(&item.measure);
    let is_veto = matches!(item.measure, Measure::Veto { .. });
    let formula = if is_veto {
        how
    } else {
        format!("{weight} × {how}")
    };
    ItemScore {
        id: item.id.clone(),
        name: item.name.clone(),
        points: share.map(|s| Num(&weight * &s)),
        weight: Num(weight),
        before: None,
        formula,
        adjusted: None,
        veto: matches!(item.measure, Measure::Veto { happened: Some(true) }),
    }
}

fn adjust(scores: &mut [ItemScore], change: &Adjustment) -> std::result::Result<(), AssessmentError> {
    let wrong = |zh: &str, en: &str| AssessmentError::Adjustment {
        item: change.item.clone(),
        zh: zh.to_owned(),
        en: en.to_owned(),
    };
    let Some(score) = scores.iter_mut().find(|s| s.id == change.item) else {
        return Err(wrong("没有这个条目", "there is no such item"));
    };
    if change.reason.trim().is_empty() {
        return Err(wrong("须说明理由", "a reason is needed"));
    }
    let points = Num::from(change.points);
    if points.0.is_negative() || points > score.weight {
        return Err(wrong(
            "得分须在 0 与分值之间",
            "the points lie between 0 and its weight",
        ));
    }
    if score.before.is_none() {
        score.before.clone_from(&score.points);
    }
    let (by, reason) = (&change.by, &change.reason);
    score.adjusted = Some(text!(
        "{by} 调整为 {points} 分：{reason}",
        "{points} points by {by}: {reason}"
    ));
    score.points = Some(points);
    score.veto = false;
    Ok(())
}

/// Scores letters and compares the units; grades from the best down, `cap` is the best grade under a veto. A unit with a
/// missing item has points so far, but no grade and no place: what is left out would otherwise lift it above the others.
pub fn assess(
    letters: &[Letter],
    grades: &[Grade],
    cap: &str,
) -> std::result::Result<Vec<Result>, AssessmentError> {
    let cap = grades
        .iter()
        .position(|g| g.zh == cap)
        .ok_or(AssessmentError::Grades)?;
    let mut out = Vec::new();
    for letter in letters {
        out.push(one(letter, grades, cap)?);
    }
    let points = |r: &Result| r.total.clone().filter(|_| r.missing.is_empty());
    out.sort_by(|a, b| {
        (points(b).cmp(&points(a)))
            .then_with(|| b.total.cmp(&a.total))
            .then_with(|| a.unit.cmp(&b.unit))
    });
    let totals: Vec<Num> = out.iter().filter_map(points).collect();
    for result in &mut out {
        result.rank = points(result).and_then(|own| {
            let ahead = totals.iter().filter(|t| **t > own).count();
            u32::try_from(ahead + 1).ok()
        });
    }
    Ok(out)
}

fn one(letter: &Letter, grades: &[Grade], cap: usize) -> std::result::Result<Result, AssessmentError> {
    let mut seen = std::collections::BTreeSet::new();
    for item in &letter.items {
        if item.weight < Decimal::ZERO {
            return Err(AssessmentError::Weight(item.id.clone()));
        }
        if !seen.insert(item.id.as_str()) {
            return Err(AssessmentError::Twice(item.id.clone()));
        }
    }
    let mut items: Vec<ItemScore> = letter.items.iter().map(score_item).collect();
    for change in &letter.adjustments {
        adjust(&mut items, change)?;
    }
    let known: Vec<&ItemScore> = items.iter().filter(|i| i.points.is_some()).collect();
    let points = Exact::sum(known.iter().filter_map(|i| i.points.as_ref().map(|p| &p.0)));
    let weights = Exact::sum(known.iter().map(|i| &i.weight.0));
    let total = points
        .checked_div(&weights)
        .map(|share| &share * &Exact::int(100));
    let veto: Vec<String> = items.iter().filter(|i| i.veto).map(|i| i.id.clone()).collect();
    let missing: Vec<String> = items
        .iter()
        .filter(|i| i.points.is_none())
        .map(|i| i.id.clone())
        .collect();
    let place = total.as_ref().filter(|_| missing.is_empty()).and_then(|total| {
        let by_points = grades.iter().position(|g| *total >= exact(g.from))?;
        Some(if veto.is_empty() {
            by_points
        } else {
            by_points.max(cap)
        })
    });
    let doubts = missing
        .iter()
        .map(|id| {
            let text = text!(
                "条目 {id} 没有数据，分值未计入；暂不定级、不排名",
                "item {id} has no value: its weight is left out; no grade and no place until it has one"
            );
            Doubt::new(About::Item, id.clone(), "missing", text)
        })
        .collect();
    Ok(Result {
        unit: letter.unit.clone(),
        rank: None,
        formula: format!("100 × {} / {}", Num(points), Num(weights)),
        total: total.map(Num),
        grade: place.and_then(|p| grades.get(p)).map(grade_words),
        items,
        veto,
        missing,
        doubts,
    })
}

/// A party to what is shared out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// Who.
    pub unit: UnitCode,
    /// What it has (b).
    pub base: Decimal,
    /// What it cannot go below (s).
    pub floor: Decimal,
}

/// What a party gets.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Share {
    /// Who.
    pub unit: UnitCode,
    /// Exact share.
    pub exact: Num,
    /// Share in so many decimals; all together they are the total again.
    pub share: Num,
    /// The calculation.
    pub formula: String,
    /// More than it can give.
    pub beyond: bool,
}

/// `Δᵢ = Δ·(bᵢ − sᵢ)/Σ(bⱼ − sⱼ)`, then rounded so that the shares add up to the total: the largest remainders are
/// rounded up.
pub fn share_out(
    total: Decimal,
    parties: &[Party],
    decimals: u32,
) -> std::result::Result<Vec<Share>, AssessmentError> {
    let wrong = |zh: String, en: String| AssessmentError::Share { zh, en };
    let whole = exact(total);
    let places = i32::try_from(decimals.min(9)).unwrap_or(9);
    if whole.is_negative() || whole.round(places, Rounding::Floor) != whole {
        return Err(wrong(
            format!("总量应为不超过 {places} 位小数的非负数"),
            format!("the total is not negative and has at most {places} decimals"),
        ));
    }
    let pairs: Vec<_> = parties.iter().map(|p| (exact(p.base), exact(p.floor))).collect();
    let shares = allocate(&whole, &pairs)
        .map_err(|e| {
            wrong(
                format!("{e}，下限不得高于基数"),
                "a floor lies above its base".to_owned(),
            )
        })?
        .filter(|s| !s.is_empty())
        .ok_or_else(|| {
            wrong(
                "没有可分解的潜力".to_owned(),
                "nobody has anything to give".to_owned(),
            )
        })?;
    let gaps = Exact::sum(&pairs.iter().map(|(b, s)| b - s).collect::<Vec<_>>());
    let mut down: Vec<Exact> = shares.iter().map(|s| s.round(places, Rounding::Floor)).collect();
    let step = {
        let tens = Exact::int(10).pow(u8::try_from(places).unwrap_or(0));
        Exact::one().checked_div(&tens).unwrap_or_else(Exact::one)
    };
    let rest = (&whole - &Exact::sum(&down))
        .checked_div(&step)
        .and_then(|n| n.to_i64())
        .unwrap_or(0);
    let mut order: Vec<usize> = (0..shares.len()).collect();
    let left = |i: usize| Some(shares.get(i)? - down.get(i)?);
    order.sort_by(|a, b| left(*b).cmp(&left(*a)).then(a.cmp(b)));
    for i in order.into_iter().take(usize::try_from(rest).unwrap_or(0)) {
        if let Some(share) = down.get_mut(i) {
            *share = &*share + &step;
        }
    }
    let out = parties
        .iter()
        .zip(&shares)
        .zip(&down)
        .map(|((party, exact_share), share)| {
            let (b, s) = (exact(party.base), exact(party.floor));
            Share {
                unit: party.unit.clone(),
                exact: Num(exact_share.clone()),
                share: Num(share.clone()),
                beyond: *exact_share > &b - &s,
                formula: format!("{whole} × ({b} − {s}) / {gaps}"),
            }
        });
    Ok(out.collect())
}
