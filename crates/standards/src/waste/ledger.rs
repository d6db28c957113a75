//! Ledgers of waste: class of a producer, balance of a store, declaration days, storage time, labels, rates, and the
//! class of general industrial waste.

use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;

use crate::checks::{self, Impossible};
use crate::enforcement::calendar::days_between;
use crate::judgement::Confidence;
use crate::num::Exact;
use crate::table;

/// A class of producers.
#[derive(Clone, Debug, Deserialize)]
pub struct ProducerClass {
    /// `key`, `simplified`, `registration`
    pub class: String,
    /// Chinese name.
    pub name: String,
    /// English name.
    pub name_en: String,
    /// From this much a year, t.
    #[serde(deserialize_with = "table::exact")]
    pub from_t: Exact,
    /// Months between declarations.
    pub months: i8,
    /// How sure the row is.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

const PRODUCERS: &str = include_str!("../../data/waste_producer.csv");
static CLASSES: LazyLock<Vec<ProducerClass>> = LazyLock::new(|| table::rows(PRODUCERS));

impl ProducerClass {
    /// By its key.
    pub fn find(class: &str) -> Option<&'static Self> {
        CLASSES.iter().find(|c| c.class == class)
    }

    /// Class of a producer by the yearly amount (t); an own facility or a licence makes a key unit.
    pub fn of(annual_t: &Exact, own_facility: bool, licence: bool) -> Result<&'static Self, Impossible> {
        checks::not_negative("annual_t", annual_t)?;
        let key = own_facility || licence;
        CLASSES
            .iter()
            .find(|c| key || *annual_t >= c.from_t)
            .ok_or(Impossible::NoFigure("annual_t"))
    }

    /// Last day to declare a month of a period: the 15th of the first month after it, or 31 March for the year.
    pub fn declare_by(&self, year: i16, month: i8) -> Option<Date> {
        if self.months >= 12 {
            return annual_by(year);
        }
        let last = (month.checked_sub(1)? / self.months + 1).checked_mul(self.months)?;
        let (year, month) = if last >= 12 {
            (year.checked_add(1)?, last - 11)
        } else {
            (year, last + 1)
        };
        Date::new(year, month, 15).ok()
    }
}

/// Last day of the yearly declaration and plan for a year: 31 March of the next.
pub fn annual_by(year: i16) -> Option<Date> {
    Date::new(year.checked_add(1)?, 3, 31).ok()
}

/// Amounts of a store over a period, t.
#[derive(Clone, Debug, PartialEq)]
pub struct Store {
    /// Stock at the beginning.
    pub begin: Exact,
    /// Generated.
    pub generated: Exact,
    /// Received from others.
    pub received: Exact,
    /// Used by itself.
    pub self_used: Exact,
    /// Disposed of by itself.
    pub self_disposed: Exact,
    /// Moved out.
    pub transferred: Exact,
}

impl Store {
    /// Stock at the end: begin + generated + received − used − disposed − moved out.
    pub fn end(&self) -> Exact {
        let came = Exact::sum([&self.begin, &self.generated, &self.received]);
        let went = Exact::sum([&self.self_used, &self.self_disposed, &self.transferred]);
        &came - &went
    }
}

/// How far a reported stock may be from the computed one: 1 % of it, at least 0.01 t.
pub fn tolerated(end: &Exact) -> Exact {
    (&end.abs() * &checks::decimal(1, 2)).max(checks::decimal(1, 2))
}

/// State of a store of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// Below the warning.
    Ok,
    /// From the warning on.
    Warn,
    /// Above the limit.
    Over,
}

impl Storage {
    /// `ok`, `warn`, `over`
    pub fn key(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Over => "over",
        }
    }
}

/// Days in store and their state: warning from `warn_days`, over above `max_days`.
pub fn storage(from: Date, today: Date, max_days: i64, warn_days: i64) -> Result<(i64, Storage), Impossible> {
    let days = days_between(from, today);
    if days < 0 {
        return Err(Impossible::Order("today", "in_store"));
    }
    let state = if days > max_days {
        Storage::Over
    } else if days >= warn_days {
        Storage::Warn
    } else {
        Storage::Ok
    };
    Ok((days, state))
}

/// Least size of a label.
#[derive(Clone, Debug, Deserialize)]
pub struct Label {
    #[serde(deserialize_with = "table::opt_exact")]
    up_to_l: Option<Exact>,
    /// Side, mm.
    pub side_mm: u16,
    /// Height of the text, mm.
    pub text_mm: u16,
    two_sides: String,
    /// How sure the row is.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

impl Label {
    /// Whether it is needed on two opposite sides.
    pub fn two_sides(&self) -> bool {
        self.two_sides == "yes"
    }
}

const LABELS: &str = include_str!("../../data/waste_label.csv");
static LABEL: LazyLock<Vec<Label>> = LazyLock::new(|| table::rows(LABELS));

/// Label of a container by its volume in litres.
pub fn label(container_l: &Exact) -> Result<&'static Label, Impossible> {
    checks::positive("container_l", container_l)?;
    LABEL
        .iter()
        .find(|l| l.up_to_l.as_ref().is_none_or(|most| container_l <= most))
        .ok_or(Impossible::NoFigure("container_l"))
}

/// Difference of the weights of a manifest: received − sent, its share of the sent in percent, and whether it is more
/// than 1 % or 100 kg (project thresholds).
pub fn manifest_weights(sent: &Exact, received: &Exact) -> Result<(Exact, Option<Exact>, bool), Impossible> {
    checks::not_negative("sent_t", sent)?;
    checks::not_negative("received_t", received)?;
    let difference = received - sent;
    let share = checks::percent(&difference, sent);
    let alarm =
        difference.abs() > checks::decimal(1, 1) || share.as_ref().is_none_or(|s| s.abs() > Exact::one());
    Ok((difference, share, alarm))
}

/// Class of general industrial waste for its yard (GB 18599-2020): the second where a leach item is above the highest
/// limit of GB 8978 or its pH is outside 6–9. `None` where nothing decides and something is missing.
pub fn second_class(ph: Option<&Exact>, above: &[Option<bool>]) -> Option<bool> {
    let ph_outside = ph.map(|ph| *ph < Exact::int(6) || *ph > Exact::int(9));
    let all = || above.iter().chain(std::iter::once(&ph_outside));
    if all().any(|a| *a == Some(true)) {
        return Some(true);
    }
    all().all(Option::is_some).then_some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_complete() {
        table::assert_complete(PRODUCERS, &CLASSES);
        table::assert_complete(LABELS, &LABEL);
    }

    proptest::proptest! {
        #[test]
        fn a_declaration_is_due_after_its_month(year in 2000_i16..2100, month in 1_i8..=12, class in 0_usize..3) {
            let due = CLASSES[class].declare_by(year, month).unwrap();
            let end = Date::new(year, month, 1).unwrap().last_of_month();
            proptest::prop_assert!(due > end);
            proptest::prop_assert!(days_between(end, due) <= 31 * 12 + 90);
        }
    }
}
