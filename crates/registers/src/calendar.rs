//! Working days and working hours (工作日、工作时间): weekends, public holidays and weekend workdays as data.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, Time, Weekday};
use model::time::UtcMs;
use serde::Deserialize;

use crate::definition::Span;
use crate::definition::read::{self, FileError, Source};
use crate::limits;
use crate::text::Names;

/// Working days of the years whose holidays are known.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    hours: Vec<(Time, Time)>,
    years: Vec<i16>,
    /// Days that differ from the week's rule: true for a workday.
    days: BTreeMap<Date, bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CalendarFile {
    hours: Vec<[String; 2]>,
    year: Vec<YearFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct YearFile {
    year: i16,
    #[expect(
        dead_code,
        reason = "the notice a year's days come from is for the reader of the file"
    )]
    source: String,
    /// `[from, to]`, both included.
    holidays: Vec<[String; 2]>,
    workdays: Vec<String>,
}

/// An instant found on the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The instant.
    pub at: UtcMs,
    /// A year was touched whose holidays are not known yet: the instant may still move.
    pub provisional: bool,
}

impl Calendar {
    pub(crate) fn read(source: Source<'_>) -> Result<Self, FileError> {
        let file: CalendarFile = read::toml_file(source)?;
        let mut out = Self::default();
        let bad = |path: &[read::Step], zh: &str, en: &str| source.error_in(path, Names::new(zh, en));
        for (n, [from, to]) in file.hours.iter().enumerate() {
            match (from.parse::<Time>(), to.parse::<Time>()) {
                (Ok(from), Ok(to)) if from < to && out.hours.last().is_none_or(|(_, end)| *end <= from) => {
                    out.hours.push((from, to));
                }
                _ => {
                    return Err(bad(
                        &["hours".into(), n.into()],
                        "应为 [\"08:30\", \"12:00\"]，先后不重叠",
                        "expected [\"08:30\", \"12:00\"], one after the other",
                    ));
                }
            }
        }
        for (n, year) in file.year.iter().enumerate() {
            let path = |key: &str, m: usize| [read::Step::from("year"), n.into(), key.into(), m.into()];
            out.years.push(year.year);
            let day = |text: &str| text.parse::<Date>().ok().filter(|d| d.year() == year.year);
            for (m, [from, to]) in year.holidays.iter().enumerate() {
                let (Some(mut at), Some(to)) = (day(from), day(to)) else {
                    return Err(bad(
                        &path("holidays", m),
                        "应为本年的起止日期",
                        "expected first and last day in this year",
                    ));
                };
                while at <= to {
                    out.days.insert(at, false);
                    at = at.saturating_add(1.day());
                }
            }
            for (m, text) in year.workdays.iter().enumerate() {
                let Some(at) = day(text) else {
                    return Err(bad(
                        &path("workdays", m),
                        "应为本年的日期",
                        "expected a day of this year",
                    ));
                };
                out.days.insert(at, true);
            }
        }
        Ok(out)
    }

    /// Whether people work on the day.
    pub fn is_workday(&self, day: Date) -> bool {
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        self.days.get(&day).copied().unwrap_or(!weekend)
    }

    /// Whether the holidays of the day's year are known.
    pub fn knows(&self, day: Date) -> bool {
        self.years.contains(&day.year())
    }

    /// `count` units of `span` after `start` (before it when negative). Days, working days, months and years end with
    /// the last instant of their day (24:00); the day of the start is not counted. `None` beyond ten years.
    pub fn due(&self, start: UtcMs, count: i64, span: Span) -> Option<Due> {
        let civil = start.civil()?;
        let day = civil.date();
        if count.abs() > limits::DEADLINE_DAYS * 24 {
            return None;
        }
        let end = |day: Date| {
            Some(Due {
                at: UtcMs::from_civil(day.tomorrow().ok()?.at(0, 0, 0, 0))?,
                provisional: false,
            })
        };
        match span {
            Span::Hours => Some(Due {
                at: start.plus_ms(count * 3_600_000),
                provisional: false,
            }),
            Span::Days => end(day.checked_add(count.days()).ok()?),
            Span::Months => end(day.checked_add(count.months()).ok()?),
            Span::Years => end(day.checked_add(count.years()).ok()?),
            Span::WorkingDays => self.working_days(day, count),
            Span::WorkingHours => self.working_hours(start, count),
        }
    }

    fn working_days(&self, from: Date, count: i64) -> Option<Due> {
        let step = if count < 0 { -1 } else { 1 };
        let (mut day, mut left, mut provisional) = (from, count.abs(), !self.knows(from));
        for _ in 0..limits::DEADLINE_DAYS {
            if left == 0 {
                let at = UtcMs::from_civil(day.tomorrow().ok()?.at(0, 0, 0, 0))?;
                return Some(Due { at, provisional });
            }
            day = day.checked_add(step.days()).ok()?;
            provisional |= !self.knows(day);
            left -= i64::from(self.is_workday(day));
        }
        None
    }

    fn working_hours(&self, start: UtcMs, count: i64) -> Option<Due> {
        let mut left = count.checked_mul(3_600_000).filter(|n| *n >= 0)?;
        let mut day = start.civil()?.date();
        let mut provisional = false;
        for _ in 0..limits::DEADLINE_DAYS {
            provisional |= !self.knows(day);
            for (from, to) in self.hours.iter().filter(|_| self.is_workday(day)) {
                let opens = UtcMs::from_civil(day.to_datetime(*from))?.max(start);
                let closes = UtcMs::from_civil(day.to_datetime(*to))?;
                let open = (closes.0 - opens.0).max(0);
                if open > 0 && open >= left {
                    return Some(Due {
                        at: opens.plus_ms(left),
                        provisional,
                    });
                }
                left -= open;
            }
            day = day.tomorrow().ok()?;
        }
        None
    }

    /// Milliseconds of working time between two instants; zero when `to` is not after `from`.
    pub fn working_ms(&self, from: UtcMs, to: UtcMs) -> i64 {
        let (Some(first), Some(last)) = (from.civil(), to.civil()) else {
            return 0;
        };
        let (mut day, last) = (first.date(), last.date());
        let mut total = 0;
        for _ in 0..limits::DEADLINE_DAYS {
            if day > last {
                break;
            }
            for (opens, closes) in self.hours.iter().filter(|_| self.is_workday(day)) {
                let at = |time: &Time| UtcMs::from_civil(day.to_datetime(*time)).map_or(0, |t| t.0);
                total += (at(closes).min(to.0) - at(opens).max(from.0)).max(0);
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        total
    }
}
