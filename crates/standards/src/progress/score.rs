//! Scores of a plan, lag of tasks, milestones, and the sharing of a target between parties.

use jiff::civil::Date;

use crate::checks::{self, Impossible};
use crate::enforcement::calendar::days_between;
use crate::num::Exact;

/// One indicator of a score.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Weight.
    pub weight: Exact,
    /// P; `None` without data.
    pub progress: Option<Exact>,
    /// Binding (约束性): missing it bars a grade above 合格.
    pub binding: bool,
}

/// A score.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// 0–100.
    pub value: Exact,
    /// Grade by default thresholds, after the veto.
    pub grade: &'static str,
    /// A binding indicator is behind.
    pub veto: bool,
    /// Indicators without data, whose weight is left out.
    pub left_out: usize,
}

/// Grades with their lower ends (local, unverified).
pub const GRADES: [(i64, &str, &str); 4] = [
    (90, "优秀", "excellent"),
    (80, "良好", "good"),
    (60, "合格", "passed"),
    (0, "不合格", "failed"),
];

/// `100·Σ wᵢ·min(1, max(0, Pᵢ/T))/Σ wᵢ`; with `time` 1 this is the final score. `None` without weight or time.
pub fn score(items: &[Item], time: &Exact) -> Result<Option<Score>, Impossible> {
    checks::not_negative("time", time)?;
    let mut weights = Exact::zero();
    let mut sum = Exact::zero();
    let mut veto = false;
    for item in items {
        checks::not_negative("weights", &item.weight)?;
        let Some(progress) = &item.progress else {
            continue;
        };
        let Some(pace) = progress.checked_div(time) else {
            return Ok(None);
        };
        let counted = pace.clamp(Exact::zero(), Exact::one());
        veto |= item.binding && counted < Exact::one();
        weights = &weights + &item.weight;
        sum = &sum + &(&item.weight * &counted);
    }
    let left_out = items.iter().filter(|i| i.progress.is_none()).count();
    Ok(checks::percent(&sum, &weights).map(|value| {
        let place = GRADES
            .iter()
            .position(|(from, ..)| value >= Exact::int(*from))
            .unwrap_or(3);
        let place = if veto { place.max(2) } else { place };
        Score {
            grade: GRADES.get(place).map_or("", |(_, zh, _)| zh),
            value,
            veto,
            left_out,
        }
    }))
}

/// State of a task against its due day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lag {
    /// 已完成
    Done,
    /// 按期
    OnTime,
    /// 超期, yellow card
    Overdue,
    /// 督办, from 15 days
    Supervise,
    /// 约谈, from 30 days
    Interview,
}

impl Lag {
    /// `done`, `on_time`, `overdue`, `supervise`, `interview`
    pub fn key(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::OnTime => "on_time",
            Self::Overdue => "overdue",
            Self::Supervise => "supervise",
            Self::Interview => "interview",
        }
    }

    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Done => "已完成",
            Self::OnTime => "按期",
            Self::Overdue => "超期(黄牌)",
            Self::Supervise => "督办",
            Self::Interview => "约谈",
        }
    }
}

/// Days before the due day on which a reminder goes out.
pub const REMIND: [i64; 4] = [15, 7, 3, 1];

/// Lag in days, not below zero, and state; thresholds in days (15 and 30 by default).
pub fn lag(due: Date, today: Date, done: bool, supervise: i64, interview: i64) -> (i64, Lag) {
    let days = days_between(due, today).max(0);
    let state = if done {
        return (0, Lag::Done);
    } else if days == 0 {
        Lag::OnTime
    } else if days >= interview {
        Lag::Interview
    } else if days >= supervise {
        Lag::Supervise
    } else {
        Lag::Overdue
    };
    (days, state)
}

/// Weighted completion of milestones, `Σ w·done / Σ w` with done from 0 to 1; `None` without weight.
pub fn milestones(list: &[(Exact, Exact)]) -> Result<Option<Exact>, Impossible> {
    for (weight, done) in list {
        checks::not_negative("weight", weight)?;
        checks::between("done", done, 0, 1)?;
    }
    let weights = Exact::sum(list.iter().map(|(w, _)| w));
    let sum = list.iter().fold(Exact::zero(), |acc, (w, d)| &acc + &(w * d));
    Ok(sum.checked_div(&weights))
}

/// Shares of a reduction by what each party can still give: `Δᵢ = Δ·(bᵢ − sᵢ)/Σ(bⱼ − sⱼ)`; `None` where nobody can
/// give anything. Fails where a floor lies above its base.
pub fn allocate(total: &Exact, parties: &[(Exact, Exact)]) -> Result<Option<Vec<Exact>>, Impossible> {
    let mut gaps = Vec::new();
    for (base, floor) in parties {
        if floor > base {
            return Err(Impossible::Order("base", "floor"));
        }
        gaps.push(base - floor);
    }
    let sum = Exact::sum(&gaps);
    Ok(gaps.iter().map(|gap| (total * gap).checked_div(&sum)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn shares_add_up(total in 1_i64..1000, gaps in proptest::collection::vec(0_i64..100, 1..8)) {
            let parties: Vec<_> = gaps.iter().map(|g| (Exact::int(*g), Exact::zero())).collect();
            if let Some(shares) = allocate(&Exact::int(total), &parties).unwrap() {
                proptest::prop_assert_eq!(Exact::sum(&shares), Exact::int(total));
            }
        }

        #[test]
        fn a_score_stays_within_a_hundred(list in proptest::collection::vec((0_i64..9, -200_i64..200), 1..9), t in 1_i64..100) {
            let items: Vec<_> = list.iter().map(|(w, p)| Item { weight: Exact::int(*w), progress: Exact::ratio(*p, 100), binding: false }).collect();
            if let Some(score) = score(&items, &Exact::ratio(t, 100).unwrap()).unwrap() {
                proptest::prop_assert!(score.value >= Exact::zero() && score.value <= Exact::int(100));
            }
        }
    }
}
