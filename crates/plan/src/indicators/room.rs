//! What room is left in the running year (剩余空间): the mean allowed on the remaining days, bad days still allowed,
//! what is still to come, the gap.

use jiff::civil::Date;
use standards::num::{Exact, Rounding};
use standards::text;
use standards::text::Text;

use super::forecast::sum_before;
use super::kind::Reading;
use super::{IndicatorInput, Kind, Room, RunningFigure, Years, path};
use crate::facts::Side;
use crate::number::{Num, exact};

/// The rest of a year.
pub(super) struct Rest {
    pub(super) year: u16,
    pub(super) days: u16,
}

/// The days after a day, to the end of its year.
pub(super) fn rest(through: Date) -> Rest {
    let days = through.days_in_year() - through.day_of_year();
    Rest {
        year: u16::try_from(through.year()).unwrap_or(0),
        days: u16::try_from(days).unwrap_or(0),
    }
}

/// Room left; none without a running year within the plan, or without anything to hold it against.
pub(super) fn room(input: &IndicatorInput, reading: &Reading, years: Years) -> Option<Room> {
    let running = input.running.as_ref()?;
    let Rest {
        year,
        days: remaining,
    } = rest(running.through);
    if year > years.target {
        return None;
    }
    let against = path::against(input, reading, years, year)?;
    let goal = against.value().0.clone();
    let shown = |x: &Exact| input.facts.measured(&Num(x.clone()).short(2));
    let int = |n: u16| Exact::int(n.into());
    let (left, feasible, formula, text) = match &running.figure {
        RunningFigure::Mean { mean, days, .. } => {
            let (mean, all) = (exact(*mean), &int(*days) + &int(remaining));
            let allowed = &(&goal * &all) - &(&mean * &int(*days));
            let allowed = allowed.checked_div(&int(remaining))?;
            let feasible = reading.side != Some(Side::Lower) || !allowed.is_negative();
            let formula = format!("({goal} × {all} − {mean} × {days}) / {remaining}");
            let (limit, target) = (shown(&allowed), shown(&goal));
            let words = match (reading.side, feasible) {
                (Some(Side::Higher), _) => text!(
                    "其余 {remaining} 天平均须不低于 {limit}，全年才达到 {target}",
                    "the remaining {remaining} days must average at least {limit:#} for {target:#} over the year"
                ),
                (_, true) => text!(
                    "其余 {remaining} 天平均不高于 {limit}，全年即可控制在 {target}",
                    "with {limit:#} or less on the remaining {remaining} days the year stays within {target:#}"
                ),
                (_, false) => text!(
                    "全年 {target} 已不可能实现：其余 {remaining} 天即使为零也超过",
                    "{target:#} can no longer be met: even zeros on the remaining {remaining} days exceed it"
                ),
            };
            (allowed, feasible, formula, words)
        }
        RunningFigure::Days { good, bad, .. } => bad_days(&goal, *good, *bad, remaining)?,
        RunningFigure::Amount { so_far, .. } => {
            let so_far = exact(*so_far);
            let before = sum_before(input, years, year)?;
            let known = &before + &so_far;
            let left = &goal - &known;
            let formula = format!("{goal} − ({before} + {so_far})");
            let (more, target) = (shown(&left.clone().max(Exact::zero())), shown(&goal));
            let over = left.is_negative();
            let cumulative = reading.kind == Kind::Cumulative;
            let words = match (cumulative || reading.side == Some(Side::Higher), over) {
                (true, true) => text!("已超过 {target}", "{target:#} is exceeded already"),
                (true, false) => text!("距 {target} 还差 {more}", "{more:#} to come for {target:#}"),
                (false, true) => text!("已超出 {target}", "beyond {target:#} already"),
                (false, false) => text!("还有 {more} 的余量", "{more:#} may still come within {target:#}"),
            };
            (
                left,
                cumulative || reading.side == Some(Side::Higher) || !over,
                formula,
                words,
            )
        }
        RunningFigure::Level { value } => {
            let value = exact(*value);
            let left = &goal - &value;
            let met = reading.not_worse(&value, &goal) == Some(true);
            let (gap, now, target) = (shown(&left.abs()), shown(&value), shown(&goal));
            let words = if met {
                text!(
                    "目前 {now}，已达到 {target}",
                    "{now:#} now: {target:#} is reached"
                )
            } else {
                text!(
                    "目前 {now}，距 {target} 还差 {gap}",
                    "{now:#} now, {gap:#} from {target:#}"
                )
            };
            (left, true, format!("{goal} − {value}"), words)
        }
    };
    Some(Room {
        year,
        through: running.through,
        remaining,
        against,
        left: Num(left),
        feasible,
        formula,
        text,
    })
}

/// Bad days still allowed for a ratio of good days in percent.
fn bad_days(goal: &Exact, good: u16, bad: u16, remaining: u16) -> Option<(Exact, bool, String, Text)> {
    let all = i64::from(good) + i64::from(bad) + i64::from(remaining);
    let share = (&Exact::int(100) + &-goal).checked_div(&Exact::int(100))?;
    let allowed = (&Exact::int(all) * &share).round(0, Rounding::Floor);
    let left = &allowed - &Exact::int(bad.into());
    let feasible = !left.is_negative();
    let formula = format!("⌊{all} × (100 − {goal}) / 100⌋ − {bad}");
    let few = left.to_fixed(0);
    let words = if feasible {
        text!(
            "其余 {remaining} 天最多还可有 {few} 个非优良天（按 {all} 个有效天允许 {allowed} 天，已用 {bad} 天）",
            "{few} more days of the remaining {remaining} may be bad ({allowed} allowed among {all} valid days, {bad} used)"
        )
    } else {
        let most = Exact::int(i64::from(good) + i64::from(remaining));
        let best = (&most * &Exact::int(100))
            .checked_div(&Exact::int(all))?
            .to_fixed(1);
        text!(
            "{goal} % 已不可能实现：其余 {remaining} 天全部优良也只有 {best} %",
            "{goal} % can no longer be met: {best} % even if all of the remaining {remaining} days are good"
        )
    };
    Some((left, feasible, formula, words))
}
