//! Which edition of HJ 633 (AQI) and which limit set of GB 3095 applies, by the date of the data.
//!
//! The two are chosen independently: the AQI has two editions, the limits have three sets, and any period may be
//! judged by any of them side by side (同比 needs both years on one edition).

use jiff::civil::{Date, date};

use crate::judgement::Basis;

/// First day of GB 3095-2026, HJ 633-2026 and HJ 663-2026.
const FROM_2026: Date = date(2026, 3, 1);
/// First day of the final limits (GB 3095-2026 4.4: the transition ends with 2030).
const FROM_2031: Date = date(2031, 1, 1);

/// Edition of HJ 633, the AQI rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Edition {
    /// HJ 633-2012 (试行), data up to 2026-02-28.
    Hj2012,
    /// HJ 633-2026, data from 2026-03-01. It has one breakpoint table: no other is fixed for the time after 2030.
    Hj2026,
}

impl Edition {
    /// Both, older first.
    pub const ALL: [Self; 2] = [Self::Hj2012, Self::Hj2026];

    /// The edition in force on the day the data belong to.
    pub fn on(day: Date) -> Self {
        if day < FROM_2026 {
            Self::Hj2012
        } else {
            Self::Hj2026
        }
    }

    /// `hj633-2012`, `hj633-2026`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Hj2012 => "hj633-2012",
            Self::Hj2026 => "hj633-2026",
        }
    }

    /// The year of the edition.
    pub fn year(self) -> &'static str {
        match self {
            Self::Hj2012 => "2012",
            Self::Hj2026 => "2026",
        }
    }

    /// From `hj633-2012`, `HJ 633-2012` or `2012`, and their like for 2026.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|e| text == e.key() || text == e.year() || text.strip_prefix("HJ 633-") == Some(e.year()))
    }

    /// A clause of this edition of HJ 633.
    pub fn basis(self, clause: &str) -> Basis {
        Basis::new("HJ 633", self.year(), clause)
    }
}

/// Limit set of GB 3095.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LimitSet {
    /// GB 3095-2012 with the amendment of 2018, to 2026-02-28.
    Gb2012,
    /// GB 3095-2026 过渡阶段, 2026-03-01 to 2030-12-31.
    Transition2026,
    /// GB 3095-2026 from 2031-01-01.
    Final2026,
}

impl LimitSet {
    /// All three, in order of time.
    pub const ALL: [Self; 3] = [Self::Gb2012, Self::Transition2026, Self::Final2026];

    /// The set in force on the day the data belong to.
    pub fn on(day: Date) -> Self {
        if day < FROM_2026 {
            Self::Gb2012
        } else if day < FROM_2031 {
            Self::Transition2026
        } else {
            Self::Final2026
        }
    }

    /// `gb3095-2012`, `gb3095-2026-transition`, `gb3095-2026-final`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Gb2012 => "gb3095-2012",
            Self::Transition2026 => "gb3095-2026-transition",
            Self::Final2026 => "gb3095-2026-final",
        }
    }

    /// From the key.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|set| set.key() == text)
    }

    /// Chinese and English name for people.
    pub fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::Gb2012 => ("GB 3095-2012", "GB 3095-2012"),
            Self::Transition2026 => ("GB 3095-2026(过渡阶段)", "GB 3095-2026 (transition)"),
            Self::Final2026 => ("GB 3095-2026", "GB 3095-2026 (final)"),
        }
    }

    /// A clause of GB 3095 of this set.
    pub fn basis(self, clause: &str) -> Basis {
        let edition = if self == Self::Gb2012 { "2012" } else { "2026" };
        Basis::new("GB 3095", edition, clause)
    }

    /// The name of the set in `air_limits.csv`.
    pub(super) fn column(self) -> &'static str {
        match self {
            Self::Gb2012 => "2012",
            Self::Transition2026 => "transition",
            Self::Final2026 => "final",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_decides() {
        assert_eq!(Edition::on(date(2026, 2, 28)), Edition::Hj2012);
        assert_eq!(Edition::on(date(2026, 3, 1)), Edition::Hj2026);
        assert_eq!(LimitSet::on(date(2030, 12, 31)), LimitSet::Transition2026);
        assert_eq!(LimitSet::on(date(2031, 1, 1)), LimitSet::Final2026);
        for set in LimitSet::ALL {
            assert_eq!(LimitSet::parse(set.key()), Some(set));
        }
        for edition in Edition::ALL {
            assert_eq!(Edition::parse(edition.key()), Some(edition));
        }
    }
}
