//! Days of law: calendar days, working days by a given calendar, and months. The calendar is data: without one only
//! weekends are free, and a deadline in working days rests on that.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use crate::input::{Input, InputError};
use crate::judgement::Confidence;
use crate::text;

/// The longest deadline in days: ten years.
const MAX_DAYS: i64 = 3660;

/// Public holidays and shifted working days, as the State Council publishes them each year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkCalendar {
    /// Free days beside the weekends.
    pub holidays: BTreeSet<Date>,
    /// Weekend days that are worked (调休).
    pub workdays: BTreeSet<Date>,
    /// Whether holidays were given at all.
    pub given: bool,
}

impl WorkCalendar {
    /// Whether a day is worked.
    pub fn is_working(&self, day: Date) -> bool {
        if self.workdays.contains(&day) {
            return true;
        }
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        !weekend && !self.holidays.contains(&day)
    }

    /// How sure a count of working days is.
    pub fn confidence(&self) -> Confidence {
        if self.given {
            Confidence::Verified
        } else {
            Confidence::Uncertain
        }
    }

    /// The day `days` working days after `from` (the day itself is not counted). `None` beyond ten years.
    pub fn add(&self, from: Date, days: i64) -> Option<Date> {
        let mut day = from;
        let mut left = days;
        for _ in 0..2 * MAX_DAYS {
            if left <= 0 {
                return Some(day);
            }
            day = day.tomorrow().ok()?;
            if self.is_working(day) {
                left -= 1;
            }
        }
        None
    }
}

/// What a deadline is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// 日: calendar days
    Day,
    /// 工作日: working days
    WorkingDay,
    /// 月: months, to the same day or the month's last
    Month,
}

impl Unit {
    /// From its key: `day`, `working_day`, `month`.
    pub fn parse(key: &str) -> Option<Self> {
        match key {
            "day" => Some(Self::Day),
            "working_day" => Some(Self::WorkingDay),
            "month" => Some(Self::Month),
            _ => None,
        }
    }

    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Day => "日",
            Self::WorkingDay => "个工作日",
            Self::Month => "个月",
        }
    }

    /// English name.
    pub fn en(self) -> &'static str {
        match self {
            Self::Day => "days",
            Self::WorkingDay => "working days",
            Self::Month => "months",
        }
    }
}

/// The last day of a deadline: the beginning day is not counted. Negative amounts count back in calendar days.
/// `None` beyond ten years or out of the calendar.
pub fn due(from: Date, amount: i64, unit: Unit, calendar: &WorkCalendar) -> Option<Date> {
    if amount.abs() > MAX_DAYS {
        return None;
    }
    match unit {
        Unit::Day => from.checked_add(amount.days()).ok(),
        Unit::WorkingDay => calendar.add(from, amount),
        Unit::Month => from.checked_add(amount.months()).ok(),
    }
}

/// Days from one date to another; negative where the other is earlier.
pub fn days_between(from: Date, to: Date) -> i64 {
    from.duration_until(to).as_hours() / 24
}

/// The calendar at `calendar`: `{"holidays": [...], "workdays": [...]}`, or weekends only.
pub(crate) fn calendar(input: &Input<'_>) -> Result<WorkCalendar, InputError> {
    let Some(given) = input.opt("calendar") else {
        return Ok(WorkCalendar::default());
    };
    let dates = |key: &str| -> Result<BTreeSet<Date>, InputError> {
        if given.opt(key).is_none() {
            return Ok(BTreeSet::new());
        }
        crate::checks::list(&given, key)?.iter().map(date).collect()
    };
    Ok(WorkCalendar {
        holidays: dates("holidays")?,
        workdays: dates("workdays")?,
        given: true,
    })
}

/// This value as a date.
pub(crate) fn date(value: &Input<'_>) -> Result<Date, InputError> {
    let text = value.as_str()?;
    text.parse().map_err(|_| {
        let shown: String = text.chars().take(40).collect();
        InputError::new(
            value.path(),
            "type",
            text!(
                "应为日期 YYYY-MM-DD,收到 {shown}",
                "expected a date YYYY-MM-DD, found {shown}"
            ),
        )
    })
}

/// An error for a deadline that ends beyond the calendar.
pub(crate) fn beyond(input: &Input<'_>, key: &str) -> InputError {
    input.error(
        key,
        "range",
        text!(
            "期限超出可计算的日期范围",
            "the deadline ends beyond the calendar"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn holidays_and_shifted_days_count() {
        let calendar = WorkCalendar {
            holidays: (1..=7).map(|n| jiff::civil::date(2026, 10, n)).collect(),
            workdays: [d("2026-10-10")].into(),
            given: true,
        };
        assert_eq!(calendar.add(d("2026-09-30"), 1), Some(d("2026-10-08")));
        assert_eq!(calendar.add(d("2026-09-30"), 3), Some(d("2026-10-10")));
        assert_eq!(
            WorkCalendar::default().add(d("2026-09-30"), 1),
            Some(d("2026-10-01"))
        );
    }

    proptest::proptest! {
        #[test]
        fn five_working_days_are_a_week_without_holidays(offset in 0_i64..3000, weeks in 1_i64..50) {
            let from = d("2020-01-06").checked_add(offset.days()).unwrap();
            proptest::prop_assume!(WorkCalendar::default().is_working(from));
            let due = WorkCalendar::default().add(from, 5 * weeks).unwrap();
            proptest::prop_assert_eq!(days_between(from, due), 7 * weeks);
        }
    }
}
