//! Substitution of missing emission (HJ 75-2017 12.2, tables 5 and 6; HJ 356-2019 8): only the emitted quantity is
//! replaced, never the concentration.

use crate::checks::{Impossible, between, not_negative, positive};
use crate::num::Exact;

/// Valid hours before the reference event, newest first, run-length encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// How many consecutive valid hours.
    pub hours: u32,
    /// Their emission, kg/h.
    pub kg_h: Exact,
}

/// Which window of valid hours stands in for the gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// Last 180 valid hours.
    Hours180,
    /// Last 720 valid hours.
    Hours720,
    /// Last 2160 valid hours.
    Hours2160,
}

impl Window {
    /// Hours of the window.
    pub fn hours(self) -> u32 {
        match self {
            Self::Hours180 => 180,
            Self::Hours720 => 720,
            Self::Hours2160 => 2160,
        }
    }

    /// `max_180` …
    pub fn key(self) -> &'static str {
        match self {
            Self::Hours180 => "max_180",
            Self::Hours720 => "max_720",
            Self::Hours2160 => "max_2160",
        }
    }
}

/// The substitute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Substitute {
    /// Window; `None` below 75 % capture, where the tables give nothing and manual data or coefficients are needed.
    pub window: Option<Window>,
    /// Emission per hour of the gap, kg/h; `None` without window or history.
    pub kg_h: Option<Exact>,
    /// Whether fewer valid hours exist than the window asks for.
    pub window_short: bool,
    /// Valid hours used.
    pub used_hours: u32,
}

/// The window by the quarter's capture rate, %, and the length of the whole gap, h.
pub fn window(capture: &Exact, gap_hours: &Exact) -> Result<Option<Window>, Impossible> {
    between("capture_pct", capture, 0, 100)?;
    positive("gap_hours", gap_hours)?;
    Ok(if *capture < Exact::int(75) {
        None
    } else if *capture < Exact::int(90) {
        Some(Window::Hours2160)
    } else if *gap_hours <= Exact::int(24) {
        Some(Window::Hours180)
    } else {
        Some(Window::Hours720)
    })
}

/// The largest hourly emission within the window. An open gap is to be computed again when it closes, since its length
/// decides the window.
pub fn substitute(capture: &Exact, gap_hours: &Exact, history: &[Run]) -> Result<Substitute, Impossible> {
    let window = window(capture, gap_hours)?;
    for run in history {
        not_negative("valid_history_newest_first", &run.kg_h)?;
    }
    let Some(chosen) = window else {
        return Ok(Substitute {
            window,
            kg_h: None,
            window_short: false,
            used_hours: 0,
        });
    };
    let mut left = chosen.hours();
    let mut largest: Option<&Exact> = None;
    for run in history {
        if left == 0 {
            break;
        }
        if run.hours == 0 {
            continue;
        }
        left = left.saturating_sub(run.hours);
        largest = largest.max(Some(&run.kg_h));
    }
    Ok(Substitute {
        window,
        kg_h: largest.cloned(),
        window_short: left > 0,
        used_hours: chosen.hours() - left,
    })
}

/// Median of the valid daily emissions of the last period verified as good (HJ 356-2019 8). `None` for no day.
pub fn median(valid_days: &[Exact]) -> Option<Exact> {
    let mut sorted: Vec<&Exact> = valid_days.iter().collect();
    sorted.sort();
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 {
        return sorted.get(middle).map(|v| (*v).clone());
    }
    let low = sorted.get(middle.checked_sub(1)?)?;
    let high = sorted.get(middle)?;
    (*low + *high).checked_div(&Exact::int(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_75_percent_the_tables_give_nothing() {
        let history = [Run {
            hours: 3000,
            kg_h: Exact::int(7),
        }];
        let low = substitute(&"74.99".parse().unwrap(), &Exact::int(3), &history).unwrap();
        assert_eq!((low.window, low.kg_h), (None, None));
        let none = substitute(&Exact::int(95), &Exact::int(3), &[]).unwrap();
        assert_eq!((none.kg_h, none.window_short), (None, true));
    }

    proptest::proptest! {
        #[test]
        fn a_longer_gap_never_lowers_the_substitute(
            runs in proptest::collection::vec((1_u32..800, 0_i64..50), 1..6), gap in 1_i64..200
        ) {
            let history: Vec<Run> =
                runs.iter().map(|(hours, kg)| Run { hours: *hours, kg_h: Exact::int(*kg) }).collect();
            let of = |gap| substitute(&Exact::int(95), &Exact::int(gap), &history).unwrap().kg_h;
            proptest::prop_assert!(of(gap) <= of(gap + 1));
        }

        #[test]
        fn the_median_has_as_many_below_as_above(days in proptest::collection::vec(0_i64..1000, 1..40)) {
            let exact: Vec<Exact> = days.iter().copied().map(Exact::int).collect();
            let m = median(&exact).unwrap();
            let below = exact.iter().filter(|d| **d < m).count();
            let above = exact.iter().filter(|d| **d > m).count();
            proptest::prop_assert!(below * 2 <= days.len() && above * 2 <= days.len());
        }
    }
}
