//! Environmental emergencies: grading, reporting deadlines, filing numbers of emergency plans.

use std::sync::LazyLock;

use jiff::ToSpan;
use jiff::civil::DateTime;
use serde::Deserialize;

use crate::judgement::Confidence;
use crate::num::Exact;
use crate::table;

/// Level of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventLevel {
    /// 一般 (Ⅳ)
    General,
    /// 较大 (Ⅲ)
    Larger,
    /// 重大 (Ⅱ)
    Major,
    /// 特别重大 (Ⅰ)
    Extreme,
}

impl EventLevel {
    /// By the names of the inputs.
    pub const NAMES: &'static [(&'static str, Self)] = &[
        ("一般", Self::General),
        ("较大", Self::Larger),
        ("重大", Self::Major),
        ("特别重大", Self::Extreme),
    ];

    /// Chinese name.
    pub fn zh(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(_, l)| *l == self)
            .map_or("", |(name, _)| name)
    }

    fn parse(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(n, _)| *n == name).map(|(_, l)| *l)
    }

    /// Hours to report (decree 17, 2011): 2 for 重大 and above, else 4.
    pub fn report_hours(self) -> i64 {
        if self.to_ministry() { 2 } else { 4 }
    }

    /// Whether the county reports to the ministry too.
    pub fn to_ministry(self) -> bool {
        self >= Self::Major
    }
}

#[derive(Debug, Deserialize)]
struct GradeRow {
    edition: String,
    criterion: String,
    level: String,
    #[serde(deserialize_with = "table::opt_exact")]
    from: Option<Exact>,
    value: String,
    #[serde(deserialize_with = "table::confidence")]
    confidence: Confidence,
}

const GRADES: &str = include_str!("../../data/risk_event_grades.csv");
static GRADE_ROWS: LazyLock<Vec<GradeRow>> = LazyLock::new(|| table::rows(GRADES));

/// What is known of one criterion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// Persons or yuan.
    Number(Exact),
    /// A name (which intake stopped, which border was crossed).
    Name(String),
}

/// The criteria of an edition, `2014` or `2011`, and whether each is a number.
pub fn criteria(edition: &str) -> Vec<(&'static str, bool)> {
    let mut out: Vec<(&'static str, bool)> = Vec::new();
    for row in GRADE_ROWS.iter().filter(|row| row.edition == edition) {
        if !out.iter().any(|(c, _)| *c == row.criterion) {
            out.push((&row.criterion, row.from.is_some()));
        }
    }
    out
}

/// The level of one criterion; `None` for a name the table does not know.
pub fn level_by(edition: &str, criterion: &str, known: &Known) -> Option<(EventLevel, Confidence)> {
    let rows = || {
        GRADE_ROWS
            .iter()
            .filter(|row| row.edition == edition && row.criterion == criterion)
    };
    let row = match known {
        Known::Number(n) => {
            // Rows stand from the highest level down.
            rows().find(|row| row.from.as_ref().is_some_and(|from| n >= from))
        }
        Known::Name(name) => Some(rows().find(|row| row.value == *name)?),
    };
    match row {
        Some(row) => EventLevel::parse(&row.level).map(|level| (level, row.confidence)),
        None => Some((EventLevel::General, rows().next()?.confidence)),
    }
}

/// When a report is due; `None` at the end of the calendar.
pub fn report_by(known_at: DateTime, level: EventLevel) -> Option<DateTime> {
    known_at.checked_add(level.report_hours().hours()).ok()
}

/// A filing number taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilingNumber {
    /// County code, six digits.
    pub county: String,
    /// Year.
    pub year: u32,
    /// Serial.
    pub serial: u32,
    /// Risk level of the firm: 一般 L, 较大 M, 重大 H.
    pub level: &'static str,
    /// Cross-region (T).
    pub cross_region: bool,
}

/// Takes a filing number apart: `county(6)-year(4)-serial(3)-L|M|H[T]` (recalled shape).
pub fn filing_number(number: &str) -> Option<FilingNumber> {
    let parts: Vec<&str> = number.split('-').collect();
    let [county, year, serial, tail] = parts.as_slice() else {
        return None;
    };
    let digits = |text: &str, n: usize| text.len() == n && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(county, 6) || !digits(year, 4) || !digits(serial, 3) {
        return None;
    }
    let (letter, cross_region) = match tail.strip_suffix('T') {
        Some(letter) => (letter, true),
        None => (*tail, false),
    };
    let level = match letter {
        "L" => "一般",
        "M" => "较大",
        "H" => "重大",
        _ => return None,
    };
    Some(FilingNumber {
        county: (*county).to_owned(),
        year: year.parse().ok()?,
        serial: serial.parse().ok()?,
        level,
        cross_region,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_reads_from_the_highest_level_down() {
        table::assert_complete(GRADES, &GRADE_ROWS);
        for pair in GRADE_ROWS.windows(2) {
            let [a, b] = pair else { continue };
            if (&a.edition, &a.criterion) == (&b.edition, &b.criterion) {
                assert!(EventLevel::parse(&a.level) >= EventLevel::parse(&b.level));
            }
        }
    }

    #[test]
    fn the_lower_bound_belongs_to_the_class() {
        let deaths = |n| {
            level_by("2014", "deaths", &Known::Number(Exact::int(n)))
                .unwrap()
                .0
        };
        assert_eq!(deaths(2), EventLevel::General);
        assert_eq!(deaths(3), EventLevel::Larger);
        assert_eq!(deaths(30), EventLevel::Extreme);
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,24}") {
            let _ = filing_number(&text);
        }
    }
}
