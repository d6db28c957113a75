//! Values of years: which one counts where there are several, sums since the base year, and the yearly path.

use standards::num::Exact;
use standards::progress::indicator::{Decomposition, Span, annual_value};
use standards::text;

use standards::text::Text;

use super::kind::{Reading, doubt, not_worse, read};
use super::{Against, IndicatorInput, Kind, Path, PathPoint, Scope, YearValue, Years};
use crate::facts::{Sense, Side};
use crate::number::{Num, exact};
use crate::words::{Doubt, Said};

/// What the plan itself asks of an indicator in a year, goals people set left aside.
#[derive(Clone, Debug, PartialEq)]
pub enum Asks {
    /// A value.
    Value {
        /// Exact.
        value: Num,
        /// Decimals it is stated with: one more than base and target.
        places: u32,
        /// How it is meant.
        sense: Sense,
        /// By what rule.
        by: Text,
    },
    /// A state in words.
    State(Said),
    /// Nothing that can be said.
    Nothing(Text),
}

/// What the plan asks of an indicator in a year: its place on the yearly path; the target in the target year, and where the
/// target is held already; the state, where it is stated in words.
pub fn asks(input: &IndicatorInput, years: Years, year: u16) -> Asks {
    if year <= years.base || year > years.target {
        let (base, target) = (years.base, years.target);
        return Asks::Nothing(text!(
            "{year} 年不在规划期内（{base} 年之后至 {target} 年）",
            "{year} is no year of the plan (after {base}, up to {target})"
        ));
    }
    let reading = read(input, years);
    let side = reading.side;
    let sense = match side {
        Some(Side::Lower) => Sense::AtMost,
        Some(Side::Higher) => Sense::AtLeast,
        None => Sense::Equal,
    };
    let Some(target) = reading.target.clone() else {
        return match &input.facts.state {
            Some(words) => Asks::State(Said::new(words, input.facts.state_en.as_deref())),
            None => Asks::Nothing(reading.reason),
        };
    };
    let stated = |x: &Exact| x.decimals().unwrap_or(0);
    let places = stated(&target).max(reading.base.as_ref().map_or(0, stated)) + 1;
    let value = |value: Exact, by: Text| Asks::Value {
        value: Num(value),
        places,
        sense,
        by,
    };
    if year == years.target {
        return value(target, Text::new("规划目标", "target of the plan"));
    }
    if let Some(planned) = planned(input, &reading, years, year) {
        let by = if input.path == Path::Geometric && reading.kind == Kind::Towards {
            Text::new(
                "由基数到目标按等比分解",
                "by equal rates from the base to the target",
            )
        } else {
            Text::new(
                "由基数到目标逐年均分",
                "by equal steps from the base to the target",
            )
        };
        return value(planned, by);
    }
    if reading.kind == Kind::Keep {
        return value(target, reading.reason);
    }
    // Without a base there is no path; what the last known year already reached is to be held.
    let known = (years.base..year).rev().find_map(|y| chosen(input, y));
    if let (Some(known), Some(side)) = (known, side)
        && not_worse(side, &exact(known.value), &target)
    {
        let (was, when) = (known.value.normalize(), known.year);
        return value(
            target,
            text!(
                "{when} 年为 {was}，已达到目标，要求保持",
                "{was} in {when} is at the target already: to be held"
            ),
        );
    }
    let why = reading.reason;
    Asks::Nothing(Text::new(
        format!("{}；没有年度分解值，须由人按年度计划确定", why.zh),
        format!(
            "{}; there is no yearly path: set the year's value by hand",
            why.en
        ),
    ))
}

/// The value of a year that counts: in the indicator's unit and scope; the platform's own before a reported one, final
/// before provisional, later revisions (by version) before earlier ones.
pub fn chosen(input: &IndicatorInput, year: u16) -> Option<&YearValue> {
    usable(input, year).max_by_key(|v| {
        let own = std::cmp::Reverse(v.origin);
        (
            own,
            !v.provisional,
            v.source.on,
            v.source.version.as_str(),
            v.value,
        )
    })
}

fn same_unit(input: &IndicatorInput, value: &YearValue) -> bool {
    value.unit.is_none() || value.unit == input.facts.unit
}

fn usable(input: &IndicatorInput, year: u16) -> impl Iterator<Item = &YearValue> {
    input
        .values
        .iter()
        .filter(move |v| v.year == year && v.scope == Scope::Plan && same_unit(input, v))
}

/// What to know of the values of a year.
pub(super) fn doubts(input: &IndicatorInput, year: u16) -> Vec<Doubt> {
    let mut out = Vec::new();
    let shown = |v: &YearValue| {
        let figure = v.value.normalize().to_string();
        match v.unit.as_deref() {
            Some(unit) if !same_unit(input, v) => Said::measured(&figure, Some(unit), None),
            _ => input.facts.measured(&figure),
        }
    };
    for value in input.values.iter().filter(|v| v.year == year) {
        let figure = shown(value);
        if value.scope == Scope::Former {
            let text = text!(
                "{year} 年值 {figure} 为原口径，不可比，未采用",
                "the value {figure:#} of {year} is of the former scope and cannot be compared: left out"
            );
            out.push(doubt(input, "restated", text));
        } else if !same_unit(input, value) {
            let want = Said::new(
                input.facts.unit.as_deref().unwrap_or("—"),
                input.facts.unit_en.as_deref(),
            );
            let text = text!(
                "{year} 年值 {figure} 的单位不是 {want}，未采用",
                "the value {figure:#} of {year} is not in {want:#}: left out"
            );
            out.push(doubt(input, "unit", text));
        }
    }
    let Some(best) = chosen(input, year) else {
        return out;
    };
    let taken = shown(best);
    for other in usable(input, year).filter(|v| v.value != best.value) {
        let figure = shown(other);
        let (name, theirs) = (best.source.said(), other.source.said());
        let text = text!(
            "{year} 年有不一致的值：采用 {taken}（{name}），另有 {figure}（{theirs}）",
            "{year} has values that differ: {taken:#} ({name:#}) is used, {figure:#} ({theirs:#}) is not"
        );
        out.push(doubt(input, "conflict", text));
    }
    if best.provisional {
        let text = text!(
            "{year} 年值 {taken} 为初步数，定案后须重算",
            "the value {taken:#} of {year} is provisional: judge again once it is final"
        );
        out.push(doubt(input, "provisional", text));
    }
    out
}

/// Amounts of the years since the base year; `None` for a year without one.
pub(super) fn amounts(input: &IndicatorInput, years: Years, year: u16) -> Vec<Option<&YearValue>> {
    (years.base.saturating_add(1)..=year)
        .map(|y| chosen(input, y))
        .collect()
}

pub(super) fn span(years: Years, year: u16) -> Span {
    Span {
        base: years.base.into(),
        target: years.target.into(),
        year: year.into(),
        fraction: Exact::zero(),
    }
}

/// Value of the yearly path, where there is a way to go.
pub(super) fn planned(input: &IndicatorInput, reading: &Reading, years: Years, year: u16) -> Option<Exact> {
    if !reading.kind.has_progress() || year < years.base || year > years.target {
        return None;
    }
    let (base, target) = (reading.base.as_ref()?, reading.target.as_ref()?);
    let how = match (input.path, reading.kind) {
        (Path::Geometric, Kind::Towards) => Decomposition::Geometric,
        _ => Decomposition::Linear,
    };
    let (value, exact) = annual_value(how, base, target, &span(years, year)).ok()?;
    // A power has no exact value: nine digits are more than any indicator is stated with.
    exact.or_else(|| Exact::from_f64(value).map(|v| v.round_significant(9)))
}

/// What the year is held against: its goal, else its place on the path, else the target.
pub(super) fn against(input: &IndicatorInput, reading: &Reading, years: Years, year: u16) -> Option<Against> {
    if let Some(goal) = input.goals.iter().rfind(|g| g.year == year) {
        let value = Num::from(goal.value);
        let source = goal.source.clone();
        return Some(Against::Goal { value, source });
    }
    if year < years.target
        && let Some(value) = planned(input, reading, years, year)
    {
        return Some(Against::Path { value: Num(value) });
    }
    let value = Num(reading.target.clone()?);
    Some(Against::Target { value })
}

/// The years from base to target.
pub(super) fn points(input: &IndicatorInput, reading: &Reading, years: Years, upto: u16) -> Vec<PathPoint> {
    let mut sum = Some(Exact::zero());
    (years.base..=years.target)
        .map(|year| {
            let given = chosen(input, year).filter(|_| year <= upto);
            let value = given.map(|v| exact(v.value));
            let actual = if reading.kind == Kind::Cumulative {
                if year > years.base {
                    sum = match (&sum, &value) {
                        (Some(sum), Some(value)) => Some(sum + value),
                        _ => None,
                    };
                }
                sum.clone().filter(|_| year <= upto)
            } else if year == years.base {
                value.or_else(|| reading.base.clone())
            } else {
                value
            };
            PathPoint {
                year,
                planned: planned(input, reading, years, year).map(Num),
                goal: input
                    .goals
                    .iter()
                    .rfind(|g| g.year == year)
                    .map(|g| Num::from(g.value)),
                actual: actual.map(Num),
                given: given.cloned(),
            }
        })
        .collect()
}
