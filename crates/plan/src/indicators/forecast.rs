//! Where the way leads: trend to the target year, and the running year carried on by what the same rest of earlier
//! years brought.

use standards::num::Exact;
use standards::progress::indicator::theil_sen;
use standards::text;
use standards::text::Text;

use super::kind::Reading;
use super::room::rest;
use super::{Against, Forecast, IndicatorInput, Kind, PathPoint, Reach, RunningFigure, Years, path};
use crate::facts::{Direction, Side};
use crate::number::{Num, exact};

/// Fewest years a trend with an interval is drawn through.
const MIN_YEARS: usize = 3;

/// Trend of the values to the target year (Theil–Sen, interval from the residuals); none before three years.
pub(super) fn target_year(
    input: &IndicatorInput,
    reading: &Reading,
    years: Years,
    points: &[PathPoint],
) -> Option<Forecast> {
    if reading.kind == Kind::Qualitative {
        return None;
    }
    let known: Vec<(Exact, Exact)> = points
        .iter()
        .filter_map(|p| Some((Exact::int(p.year.into()), p.actual.as_ref()?.0.clone())))
        .collect();
    if known.len() < MIN_YEARS {
        return None;
    }
    let trend = theil_sen(&known)?;
    let value = trend.at(&Exact::int(years.target.into()));
    let ends = (&value + &trend.residuals.0, &value + &trend.residuals.1);
    let (n, slope) = (known.len(), Num(trend.slope).short(4));
    let method = text!(
        "Theil–Sen 趋势，{n} 个年份，每年 {slope}，区间为残差范围",
        "Theil–Sen trend through {n} years, {slope} a year, interval from the residuals"
    );
    let against = reading.target.clone().map(|g| Against::Target { value: Num(g) });
    Some(bounded(
        input,
        reading,
        years.target,
        [ends.0, value, ends.1],
        against,
        method,
    ))
}

/// The running year at its end; none once the plan's years are over.
pub(super) fn year_end(input: &IndicatorInput, reading: &Reading, years: Years) -> Option<Forecast> {
    let running = input.running.as_ref()?;
    let rest = rest(running.through);
    let year = rest.year;
    if year > years.target {
        return None;
    }
    let (ends, used) = match &running.figure {
        RunningFigure::Mean { mean, days, before } => {
            let ends = before.iter().filter(|b| b.year < year).map(|b| {
                let now = &exact(*mean) * &Exact::int((*days).into());
                let then = &exact(b.mean) * &Exact::int(rest.days.into());
                (&now + &then).checked_div(&Exact::int(i64::from(*days) + i64::from(rest.days)))
            });
            (ends.flatten().collect::<Vec<_>>(), before.len())
        }
        RunningFigure::Days { good, bad, before } => {
            let ends = before.iter().filter(|b| b.year < year).map(|b| {
                let then = Exact::ratio(b.good.into(), i64::from(b.good) + i64::from(b.bad))?;
                let come = &then * &Exact::int(rest.days.into());
                let all = i64::from(*good) + i64::from(*bad) + i64::from(rest.days);
                let share = (&Exact::int((*good).into()) + &come).checked_div(&Exact::int(all))?;
                Some(&share * &Exact::int(100))
            });
            (ends.flatten().collect(), before.len())
        }
        RunningFigure::Amount { so_far, before } => {
            let earlier = sum_before(input, years, year)?;
            let ends = before.iter().filter(|b| b.year < year).map(|b| {
                let factor = exact(b.total).checked_div(&exact(b.so_far))?;
                let year = &exact(*so_far) * &factor;
                Some(if reading.kind == Kind::Cumulative {
                    &earlier + &year
                } else {
                    year
                })
            });
            (ends.flatten().collect(), before.len())
        }
        RunningFigure::Level { .. } => return None,
    };
    let ends = spread(ends)?;
    let method = text!(
        "已有数据加上往年同期后段的情况（{used} 年），取中位数，区间为最小至最大",
        "what is known, carried on as the same rest of {used} earlier years: median, from smallest to largest"
    );
    let against = path::against(input, reading, years, year);
    Some(bounded(input, reading, year, ends, against, method))
}

/// Sum since the base year before a year; `None` after a gap. Zero where nothing is summed.
pub(super) fn sum_before(input: &IndicatorInput, years: Years, year: u16) -> Option<Exact> {
    if input.facts.direction != Direction::Cumulative {
        return Some(Exact::zero());
    }
    let amounts = path::amounts(input, years, year.saturating_sub(1));
    let known: Option<Vec<Exact>> = amounts.iter().map(|a| a.map(|v| exact(v.value))).collect();
    known.map(|k| Exact::sum(&k))
}

/// Smallest, median, largest.
fn spread(mut values: Vec<Exact>) -> Option<[Exact; 3]> {
    values.sort();
    let low = values.first()?.clone();
    let high = values.last()?.clone();
    let upper = values.get(values.len() / 2)?;
    let lower = values.get((values.len() - 1) / 2)?;
    let median = (lower + upper).checked_div(&Exact::int(2))?;
    Some([low, median, high])
}

fn bounded(
    input: &IndicatorInput,
    reading: &Reading,
    year: u16,
    ends: [Exact; 3],
    against: Option<Against>,
    method: Text,
) -> Forecast {
    let floor = (input.facts.direction != Direction::Higher).then(Exact::zero);
    let ceiling = (input.facts.unit.as_deref() == Some("%")).then(|| Exact::int(100));
    let mut cut = false;
    let ends = ends.map(|end| {
        let mut held = end.clone();
        if let Some(floor) = &floor {
            held = held.max(floor.clone());
        }
        if let Some(ceiling) = &ceiling {
            held = held.min(ceiling.clone());
        }
        cut |= held != end;
        held
    });
    let reach = against.as_ref().and_then(|a| {
        let side = reading.side?;
        let [low, _, high] = &ends;
        let (worst, best) = match side {
            Side::Lower => (high, low),
            Side::Higher => (low, high),
        };
        let reaches = |x: &Exact| super::kind::not_worse(side, x, &a.value().0);
        Some(match (reaches(worst), reaches(best)) {
            (true, _) => Reach::Yes,
            (false, true) => Reach::Uncertain,
            (false, false) => Reach::No,
        })
    });
    let [low, value, high] = ends;
    Forecast {
        year,
        value: Num(value),
        low: Num(low),
        high: Num(high),
        reach,
        against,
        bounded: cut,
        method,
    }
}
