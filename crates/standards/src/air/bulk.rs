//! AQI in bulk: whole-number concentrations (µg/m³; CO in tenths of mg/m³) through tables made once by the exact rule.
//!
//! Equal to [`super::aqi::report`] on every row, as a property test holds; the inner loop allocates nothing.

use super::aqi::{Mode, Publication, Settings};
use super::edition::Edition;
use super::iaqi::{Item, breakpoints, iaqi};
use crate::num::Exact;

/// A missing concentration in a row; NA in an outcome.
pub const MISSING: u16 = u16::MAX;
/// «/»: not in the monitoring plan.
pub const NOT_PLANNED: u16 = u16::MAX - 1;
/// The most items of a report.
pub const ITEMS: usize = 7;

/// Concentrations in the order of [`Kernel::items`], rounded as the rule asks; slots beyond are not read.
pub type Row = [u16; ITEMS];

/// What a row gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// AQI to publish, or [`MISSING`].
    pub aqi: u16,
    /// Largest IAQI there is, or [`MISSING`].
    pub computed: u16,
    /// Primary pollutants: bit i is item i of [`Kernel::items`].
    pub primary: u8,
    /// Items with an IAQI above 100 (超标污染物 in the 2012 edition).
    pub exceeding: u8,
    /// Level 1–6 of the published AQI, 0 without one.
    pub level: u8,
}

/// IAQI of one item by concentration.
#[derive(Clone, Debug)]
struct Lookup {
    /// IAQI at 0, 1, 2 … up to the last point of the table.
    within: Box<[u16]>,
    /// IAQI above it, or [`MISSING`].
    above: u16,
    /// May be absent without blocking publication (the platform's habit with PM10).
    dispensable: bool,
}

/// One report's rule, ready for rows.
#[derive(Clone, Debug)]
pub struct Kernel {
    edition: Edition,
    items: &'static [Item],
    lookups: Vec<Lookup>,
    levels: Box<[u8]>,
    settings: Settings,
}

impl Kernel {
    /// A kernel for a report. `None` for [`Mode::HourlyText`], where SO2 changes its item on the way.
    pub fn new(edition: Edition, mode: Mode, settings: Settings) -> Option<Self> {
        if mode == Mode::HourlyText {
            return None;
        }
        let items = mode.items(edition);
        let lookups = items
            .iter()
            .map(|item| Lookup::new(*item, edition))
            .collect::<Option<Vec<_>>>()?;
        let level = |aqi: u16| super::aqi::level(aqi).map_or(0, |l| l.level);
        Some(Self {
            edition,
            items,
            lookups,
            levels: (0..=500).map(level).collect(),
            settings,
        })
    }

    /// The daily report of an edition with default settings.
    pub fn daily(edition: Edition) -> Option<Self> {
        Self::new(edition, Mode::Daily, Settings::default())
    }

    /// The same kernel under other settings.
    #[must_use]
    pub fn with_settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Items in the order of a row.
    pub fn items(&self) -> &'static [Item] {
        self.items
    }

    /// The items of a mask.
    pub fn items_of(&self, mask: u8) -> impl Iterator<Item = Item> {
        self.items
            .iter()
            .enumerate()
            .filter(move |(i, _)| mask >> i & 1 == 1)
            .map(|(_, item)| *item)
    }

    /// One row.
    #[inline]
    pub fn evaluate(&self, row: &Row) -> Outcome {
        let mut values = [MISSING; ITEMS];
        let mut largest = MISSING;
        let mut any_missing = false;
        let mut blocking = false;
        for ((slot, lookup), c) in values.iter_mut().zip(&self.lookups).zip(row) {
            let value = match *c {
                NOT_PLANNED => MISSING,
                MISSING => {
                    any_missing = true;
                    blocking |= !lookup.dispensable;
                    MISSING
                }
                c => lookup.within.get(usize::from(c)).copied().unwrap_or(lookup.above),
            };
            *slot = value;
            if value != MISSING && (largest == MISSING || value > largest) {
                largest = value;
            }
        }
        if largest == MISSING {
            return Outcome {
                aqi: MISSING,
                computed: MISSING,
                ..Outcome::default()
            };
        }
        let published = !any_missing
            || match (self.settings.publication, self.edition) {
                (Publication::Text, Edition::Hj2012) => true,
                (Publication::Text, Edition::Hj2026) => largest > 100,
                (Publication::Platform, _) => largest > 100 || !blocking,
                (Publication::Complete, _) => false,
            };
        let (mut top, mut exceeding) = (0_u8, 0_u8);
        for (i, value) in values.iter().enumerate() {
            top |= u8::from(*value == largest) << i;
            exceeding |= u8::from(*value != MISSING && *value > 100) << i;
        }
        let aqi = if self.settings.zero_as_one {
            largest.max(1)
        } else {
            largest
        };
        Outcome {
            aqi: if published { aqi } else { MISSING },
            computed: largest,
            primary: if published && aqi > 50 { top } else { 0 },
            exceeding,
            level: if published {
                self.levels.get(usize::from(aqi)).copied().unwrap_or(6)
            } else {
                0
            },
        }
    }

    /// Rows into outcomes, as many as the shorter of the two.
    pub fn evaluate_into(&self, rows: &[Row], outcomes: &mut [Outcome]) {
        for (row, outcome) in rows.iter().zip(outcomes) {
            *outcome = self.evaluate(row);
        }
    }
}

impl Lookup {
    fn new(item: Item, edition: Edition) -> Option<Self> {
        let scale = scale(item);
        let at = |n: u16| -> u16 {
            let c = Exact::ratio(i64::from(n), scale).unwrap_or_else(Exact::zero);
            iaqi(item, &c, edition)
                .ok()
                .and_then(|i| i.value)
                .unwrap_or(MISSING)
        };
        let last = &breakpoints(item, edition)?.points.last()?.1;
        let last = u16::try_from((last * &Exact::int(scale)).to_i64()?).ok()?;
        Some(Self {
            within: (0..=last).map(at).collect(),
            above: at(last + 1),
            dispensable: matches!(item, Item::Pm10Day | Item::Pm10Hour),
        })
    }
}

/// Units of a row per unit of concentration: 10 for CO, 1 otherwise.
pub fn scale(item: Item) -> i64 {
    if item.is_co() { 10 } else { 1 }
}

/// A concentration as a row holds it, rounded by GB/T 8170; `None` when negative or too large.
pub fn scaled(item: Item, concentration: &Exact) -> Option<u16> {
    let units = &item.round(concentration) * &Exact::int(scale(item));
    u16::try_from(units.to_i64()?).ok().filter(|n| *n < NOT_PLANNED)
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::super::aqi::{Concentrations, Reading, report};
    use super::*;

    const MODES: [Mode; 4] = [
        Mode::Daily,
        Mode::DailySixItems,
        Mode::Hourly,
        Mode::HourlyPlatform,
    ];
    const PUBLICATIONS: [Publication; 3] = [Publication::Text, Publication::Platform, Publication::Complete];

    static KERNELS: LazyLock<Vec<Kernel>> = LazyLock::new(|| {
        let all = Edition::ALL.into_iter().flat_map(|e| MODES.map(|m| (e, m)));
        all.filter_map(|(e, m)| Kernel::new(e, m, Settings::default()))
            .collect()
    });

    #[test]
    fn the_text_of_2012_by_the_hour_has_no_kernel() {
        assert!(Kernel::new(Edition::Hj2012, Mode::HourlyText, Settings::default()).is_none());
    }

    proptest::proptest! {
        #[test]
        fn equal_to_the_exact_report(
            row in proptest::array::uniform7(proptest::prop_oneof![
                8 => 0_u16..900, 2 => 0_u16..4000, 1 => proptest::strategy::Just(MISSING), 1 => proptest::strategy::Just(NOT_PLANNED),
            ]),
            mode in 0_usize..4, new in proptest::bool::ANY, publication in 0_usize..3, zero_as_one in proptest::bool::ANY,
        ) {
            let edition = if new { Edition::Hj2026 } else { Edition::Hj2012 };
            let settings = Settings { publication: PUBLICATIONS[publication], zero_as_one };
            let kernel = KERNELS[usize::from(new) * MODES.len() + mode].clone().with_settings(settings);
            let mut readings = Concentrations::new();
            for (item, c) in kernel.items().iter().zip(row) {
                readings.set(*item, match c {
                    MISSING => Reading::Missing,
                    NOT_PLANNED => Reading::NotPlanned,
                    c => Reading::Value(Exact::ratio(i64::from(c), scale(*item)).unwrap()),
                });
            }
            let exact = report(&readings, edition, MODES[mode], settings).unwrap();
            let bulk = kernel.evaluate(&row);
            let some = |v: u16| (v != MISSING).then_some(v);
            proptest::prop_assert_eq!(some(bulk.aqi), exact.aqi);
            proptest::prop_assert_eq!(some(bulk.computed), exact.computed);
            proptest::prop_assert_eq!(kernel.items_of(bulk.primary).collect::<Vec<_>>(), exact.primary);
            if let Some(exceeding) = exact.exceeding {
                proptest::prop_assert_eq!(kernel.items_of(bulk.exceeding).collect::<Vec<_>>(), exceeding);
            }
            proptest::prop_assert_eq!(bulk.level, exact.level.map_or(0, |l| l.level));
        }
    }
}
