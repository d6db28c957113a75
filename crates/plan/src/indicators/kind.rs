//! How an indicator is to be judged, told from what its base and its target mean.

use standards::num::Exact;
use standards::text;
use standards::text::Text;

use super::{IndicatorInput, Kind, Years};
use crate::facts::{Direction, Side};
use crate::number::{Num, exact};
use crate::words::{About, Doubt, Said};

/// An indicator read: kind, figures, and which side is the better one.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    pub(super) kind: Kind,
    pub(super) reason: Text,
    pub(super) base: Option<Exact>,
    pub(super) target: Option<Exact>,
    pub(super) side: Option<Side>,
    pub(super) doubts: Vec<Doubt>,
}

impl Reading {
    /// Whether a value is as good as another; `None` where the better side is not known and they differ.
    pub(super) fn not_worse(&self, value: &Exact, than: &Exact) -> Option<bool> {
        match self.side {
            Some(side) => Some(not_worse(side, value, than)),
            None => (value == than).then_some(true),
        }
    }
}

pub(super) fn not_worse(side: Side, value: &Exact, than: &Exact) -> bool {
    match side {
        Side::Lower => value <= than,
        Side::Higher => value >= than,
    }
}

/// The better side, as far as the direction tells.
fn side(input: &IndicatorInput) -> Option<Side> {
    match input.facts.direction {
        Direction::Lower | Direction::Zero => Some(Side::Lower),
        Direction::Higher | Direction::Cumulative => Some(Side::Higher),
        Direction::Keep => input.facts.better,
    }
}

pub(super) fn read(input: &IndicatorInput, years: Years) -> Reading {
    let facts = &input.facts;
    let shown = |x: &Exact| facts.measured(&Num(x.clone()).to_string());
    let target = facts
        .target
        .or(input.assigned.as_ref().map(|a| a.value))
        .map(exact);
    let stated = facts.base.map(exact);
    let recomputed = input
        .rebased
        .as_ref()
        .map(|r| r.value)
        .or(input.assigned.as_ref().and_then(|a| a.base))
        .map(exact);
    // A base of the former scope is no point of this indicator's way.
    let base = recomputed.clone().or(stated.clone().filter(|_| !facts.restated));
    let mut out = Reading {
        kind: Kind::Qualitative,
        reason: Text::same(""),
        base: None,
        target: target.clone(),
        side: side(input),
        doubts: Vec::new(),
    };
    if let Some(words) = &facts.state {
        let words = Said::new(words, facts.state_en.as_deref());
        out.reason = text!(
            "目标为定性要求“{words}”",
            "the target is stated in words: “{words:#}”"
        );
        return out;
    }
    let Some(target) = target else {
        out.kind = Kind::Awaiting;
        out.base = base;
        out.reason = text!(
            "目标为完成市下达任务，数值尚未下达",
            "the target is assigned by the city, its value is not assigned yet"
        );
        return out;
    };
    match facts.direction {
        Direction::Cumulative => {
            out.kind = Kind::Cumulative;
            out.base = Some(Exact::zero());
            out.reason = text!(
                "自 {} 年底起逐年累计，与总量 {} 相比",
                "summed from the end of {} and held against {:#}",
                years.base,
                shown(&target)
            );
            if let Some(cut) = facts.base_cut {
                out.doubts.push(doubt(
                    input,
                    "incomparable",
                    text!(
                        "规划所列 [{cut}%] 为上一个五年的累计降幅，与减排量不是同一单位，不作基数",
                        "the [{cut}%] of the plan is the cut of the five years before, not an amount: it is no base"
                    ),
                ));
            }
        }
        Direction::Zero => {
            out.kind = Kind::Zero;
            out.base = base;
            out.reason = text!(
                "目标为 {}，达到并保持",
                "the target is {:#}, to be reached and held",
                shown(&target)
            );
        }
        Direction::Keep => {
            out.kind = Kind::Keep;
            out.base = base;
            out.reason = text!("要求保持 {}", "to be kept at {:#}", shown(&target));
        }
        Direction::Lower | Direction::Higher => towards(input, &mut out, &target, stated, recomputed),
    }
    out
}

/// «Lower» and «higher»: only here a base decides.
fn towards(
    input: &IndicatorInput,
    out: &mut Reading,
    target: &Exact,
    stated: Option<Exact>,
    recomputed: Option<Exact>,
) {
    let shown = |x: &Exact| input.facts.measured(&Num(x.clone()).to_string());
    let goal = shown(target);
    if recomputed.is_none() {
        if let Some(cut) = input.facts.base_cut {
            out.kind = Kind::Incomparable;
            out.reason = text!(
                "基数 [{cut}%] 为上一个五年的累计降幅，与目标 {goal} 不可比，只判是否达标",
                "the base [{cut}%] is the cut of the five years before and cannot be compared with {goal:#}: only whether it is reached is judged"
            );
            return;
        }
        if let (true, Some(old)) = (input.facts.restated, &stated) {
            let old = shown(old);
            out.kind = Kind::Incomparable;
            out.reason = text!(
                "统计口径较上一个五年有调整，基数 {old} 未按新口径重算，与目标 {goal} 不可比，只判是否达标",
                "counted otherwise than before the plan; the base {old:#} is not recomputed and cannot be compared with {goal:#}: only whether it is reached is judged"
            );
            return;
        }
    }
    let Some(base) = recomputed.or(stated) else {
        out.kind = Kind::Threshold;
        out.reason = text!(
            "规划未列基数，不计算进度，只判是否达到 {goal}",
            "the plan states no base: no progress is computed, only whether {goal:#} is reached"
        );
        return;
    };
    let from = shown(&base);
    let there = out.not_worse(&base, target) == Some(true);
    out.base = Some(base);
    if there {
        out.kind = Kind::Keep;
        out.reason = text!(
            "基期 {from} 已达到目标 {goal}，要求保持",
            "the base {from:#} is at the target {goal:#} already: to be kept"
        );
        return;
    }
    out.kind = Kind::Towards;
    out.reason = text!("由基数 {from} 到目标 {goal}", "from {from:#} to {goal:#}");
}

pub(super) fn doubt(input: &IndicatorInput, code: &'static str, text: Text) -> Doubt {
    Doubt::new(About::Indicator, input.facts.no.to_string(), code, text)
}
