//! The score of an evaluation: `100·Σ wᵢ·cᵢ / Σ wᵢ`, where cᵢ is what an indicator has reached of what was due by now.

use serde::Serialize;
use standards::num::Exact;
use standards::progress::score::{Item, score as weighted};
use standards::text;
use standards::text::Text;

use super::{IndicatorVerdict, JudgedIndicator, Rules, Snapshot, Veto, grade_words};
use crate::facts::Force;
use crate::number::{Num, exact};
use crate::words::Light;

/// What an indicator counts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Counted {
    /// Number.
    pub no: u32,
    /// Weight.
    pub weight: Num,
    /// c, 0 to 1; none where it is left out.
    pub credit: Option<Num>,
    /// How c was found.
    pub formula: String,
}

/// A score.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Score {
    /// 0–100.
    pub value: Num,
    /// Grade after the veto.
    pub grade: Text,
    /// Grade the points alone would give.
    pub grade_by_points: Text,
    /// Binding indicators that are a veto.
    pub veto: Vec<u32>,
    /// Each indicator.
    pub counted: Vec<Counted>,
    /// Indicators left out, their weight with them.
    pub left_out: Vec<u32>,
    /// The formula.
    pub formula: String,
    /// What to know of it.
    pub note: Text,
}

fn vetoes(judged: &JudgedIndicator, rules: &Rules, last: bool) -> bool {
    if judged.state.force != Force::Binding {
        return false;
    }
    let missed = judged.verdict == IndicatorVerdict::Missed;
    match rules.veto {
        Veto::Off => false,
        Veto::Missed => missed || (!last && judged.state.light == Light::Red),
        Veto::Behind => missed || (!last && matches!(judged.state.light, Light::Red | Light::Yellow)),
    }
}

fn formula(judged: &JudgedIndicator) -> String {
    let state = &judged.state;
    match (&state.progress, &state.credit) {
        (_, None) => "—".to_owned(),
        (Some(p), Some(_)) => format!("min(1, max(0, {p} / {}))", state.time),
        (None, Some(c)) => format!("{}: {c}", state.kind.zh()),
    }
}

pub(super) fn score(
    snapshot: &Snapshot,
    judged: &[JudgedIndicator],
    rules: &Rules,
    last: bool,
) -> Option<Score> {
    let weight_of = |no: u32| {
        let input = snapshot.indicators.iter().find(|i| i.facts.no == no);
        input.map_or_else(Exact::zero, |i| exact(i.weight))
    };
    let counted: Vec<Counted> = judged
        .iter()
        .map(|j| Counted {
            no: j.state.no,
            weight: Num(weight_of(j.state.no)),
            credit: j.state.credit.clone(),
            formula: formula(j),
        })
        .collect();
    let items: Vec<Item> = counted
        .iter()
        .map(|c| Item {
            weight: c.weight.0.clone(),
            progress: c.credit.as_ref().map(|c| c.0.clone()),
            binding: false,
        })
        .collect();
    let found = weighted(&items, &Exact::one()).ok().flatten()?;
    let veto: Vec<u32> = judged
        .iter()
        .filter(|j| vetoes(j, rules, last))
        .map(|j| j.state.no)
        .collect();
    let place = |value: &Exact| rules.grades.iter().position(|g| *value >= exact(g.from));
    let by_points = place(&found.value).unwrap_or(rules.grades.len().saturating_sub(1));
    let cap = rules.grades.iter().position(|g| g.zh == rules.cap).unwrap_or(0);
    let final_place = if veto.is_empty() {
        by_points
    } else {
        by_points.max(cap)
    };
    let words = |i: usize| rules.grades.get(i).map_or_else(|| Text::same(""), grade_words);
    let (sum, weights) = counted
        .iter()
        .filter_map(|c| Some((&c.weight.0 * &c.credit.as_ref()?.0, c.weight.0.clone())))
        .fold((Exact::zero(), Exact::zero()), |acc, (s, w)| {
            (&acc.0 + &s, &acc.1 + &w)
        });
    let (sum, weights) = (Num(sum), Num(weights));
    Some(Score {
        value: Num(found.value),
        grade: words(final_place),
        grade_by_points: words(by_points),
        left_out: counted
            .iter()
            .filter(|c| c.credit.is_none())
            .map(|c| c.no)
            .collect(),
        veto,
        counted,
        formula: format!("100 × {sum} / {weights}"),
        note: text!(
            "权重、等级和否决规则由本地设定，可配置，未经上级文件核实",
            "weights, grades and veto are set locally, configurable and unverified"
        ),
    })
}
