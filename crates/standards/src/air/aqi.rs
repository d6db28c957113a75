//! Air quality index (AQI) of HJ 633-2012 and HJ 633-2026: items of each report, IAQI of each, primary and
//! exceeding pollutants, level, and whether the AQI may be published when items are missing.

use std::sync::LazyLock;

use serde::Deserialize;

use super::edition::Edition;
use super::iaqi::{Iaqi, Item, NegativeConcentration, Status, iaqi};
use crate::num::Exact;
use crate::table;

/// Concentration of one item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    /// A valid value; µg/m³, CO mg/m³. Rounded by the report.
    Value(Exact),
    /// NA: missing or invalid, which is never zero.
    #[default]
    Missing,
    /// «/»: not in the monitoring plan (监测方案未开展); does not block publication (HJ 633-2026 5.3.2).
    NotPlanned,
}

/// Concentrations by item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Concentrations([Reading; 12]);

impl Concentrations {
    /// All missing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets an item.
    #[must_use]
    pub fn with(mut self, item: Item, reading: Reading) -> Self {
        self.set(item, reading);
        self
    }

    /// Sets an item.
    pub fn set(&mut self, item: Item, reading: Reading) {
        if let Some(slot) = self.0.get_mut(item as usize) {
            *slot = reading;
        }
    }

    /// The reading of an item.
    pub fn get(&self, item: Item) -> &Reading {
        self.0.get(item as usize).unwrap_or(&Reading::Missing)
    }
}

/// Which report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Daily report: 2012 seven items (with O3 1 h), 2026 six.
    Daily,
    /// Hourly report of HJ 633-2026: six 1 h items.
    Hourly,
    /// Hourly report by the text of HJ 633-2012: gases 1 h, O3 8 h moving, PM 24 h moving.
    HourlyText,
    /// Hourly report as the national platform gave it before March 2026: six 1 h items, PM on the 24 h points.
    HourlyPlatform,
    /// The six daily items of 2026 also under the 2012 table, for comparison side by side.
    DailySixItems,
}

impl Mode {
    /// `daily`, `hourly`, `hourly_text`, `hourly_platform`, `daily_six_items`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Hourly => "hourly",
            Self::HourlyText => "hourly_text",
            Self::HourlyPlatform => "hourly_platform",
            Self::DailySixItems => "daily_six_items",
        }
    }

    /// From its key.
    pub fn parse(key: &str) -> Option<Self> {
        [
            Self::Daily,
            Self::Hourly,
            Self::HourlyText,
            Self::HourlyPlatform,
            Self::DailySixItems,
        ]
        .into_iter()
        .find(|m| m.key() == key)
    }

    /// The items of the report, in order of their keys.
    pub fn items(self, edition: Edition) -> &'static [Item] {
        use Item::{
            CoDay, CoHour, No2Day, No2Hour, O3EightHour, O3Hour, Pm10Day, Pm10Hour, Pm25Day, Pm25Hour,
            So2Day, So2Hour,
        };
        match (self, edition) {
            (Self::Daily, Edition::Hj2012) => &[CoDay, No2Day, O3Hour, O3EightHour, Pm10Day, Pm25Day, So2Day],
            (Self::Daily, Edition::Hj2026) | (Self::DailySixItems, _) => {
                &[CoDay, No2Day, O3EightHour, Pm10Day, Pm25Day, So2Day]
            }
            (Self::HourlyText, _) => &[CoHour, No2Hour, O3Hour, O3EightHour, Pm10Day, Pm25Day, So2Hour],
            (Self::Hourly | Self::HourlyPlatform, _) => {
                &[CoHour, No2Hour, O3Hour, Pm10Hour, Pm25Hour, So2Hour]
            }
        }
    }
}

/// When an AQI is published although items are missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Publication {
    /// By the text: 2012 always (the report names what is missing), 2026 only above 100 (5.3.1).
    #[default]
    Text,
    /// The national platform's habit in both editions: only above 100, but missing PM10 alone does not block.
    Platform,
    /// Never with an item missing.
    Complete,
}

/// Settings that the texts leave open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Publication with missing items.
    pub publication: Publication,
    /// Show a computed 0 as 1 (HJ 633-2026 4.1.1: range 1 to 500). Default: as computed.
    pub zero_as_one: bool,
}

/// One item of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemResult {
    /// Item.
    pub item: Item,
    /// As given.
    pub given: Reading,
    /// The rounded concentration used.
    pub used: Option<Exact>,
    /// Its IAQI.
    pub iaqi: Option<Iaqi>,
}

impl ItemResult {
    /// The rounded-up IAQI.
    pub fn value(&self) -> Option<u16> {
        self.iaqi.as_ref().and_then(|i| i.value)
    }
}

/// Something a note of the 2012 table did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// 2012 note 2: SO2 1 h above 800, SO2 is reported by its 24 h IAQI.
    So2ByDay,
    /// 2012 note 3: O3 8 h above 800, O3 is reported by its 1 h IAQI.
    O3ByHour,
}

/// A level of the AQI.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Level {
    /// 1 to 6.
    pub level: u8,
    /// 一级 … 六级
    pub name: String,
    /// 优 … 严重污染
    pub category: String,
    /// English category.
    pub category_en: String,
    /// 绿 … 褐红
    pub colour: String,
    /// English colour.
    pub colour_en: String,
    /// `#RRGGBB`
    pub rgb: String,
    /// Last AQI of the level.
    pub aqi_to: u16,
    clause_2012: String,
    clause_2026: String,
}

impl Level {
    /// The table this level stands in.
    pub fn clause(&self, edition: Edition) -> &str {
        match edition {
            Edition::Hj2012 => &self.clause_2012,
            Edition::Hj2026 => &self.clause_2026,
        }
    }
}

const LEVELS_TABLE: &str = include_str!("../../data/air_levels.csv");
static LEVELS: LazyLock<Vec<Level>> = LazyLock::new(|| table::rows(LEVELS_TABLE));

/// The six levels in order.
pub fn levels() -> &'static [Level] {
    &LEVELS
}

/// The level of an AQI; above 500 the last.
pub fn level(aqi: u16) -> Option<&'static Level> {
    LEVELS.iter().find(|l| aqi <= l.aqi_to).or_else(|| LEVELS.last())
}

/// An AQI report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AqiReport {
    /// Edition it was made by.
    pub edition: Edition,
    /// Which report.
    pub mode: Mode,
    /// Each item, in order of keys.
    pub items: Vec<ItemResult>,
    /// Items without a value that are in the monitoring plan.
    pub missing: Vec<Item>,
    /// Largest IAQI of the items there are, whether or not it may be published.
    pub computed: Option<u16>,
    /// The AQI to publish; `None` is NA.
    pub aqi: Option<u16>,
    /// Primary pollutants (首要污染物), all ties, in order of keys; empty at AQI ≤ 50 or when not published.
    pub primary: Vec<Item>,
    /// Exceeding pollutants (超标污染物, IAQI > 100): only in the 2012 edition.
    pub exceeding: Option<Vec<Item>>,
    /// Level, category and colour of the published AQI.
    pub level: Option<&'static Level>,
    /// Notes of the 2012 table that took effect.
    pub notes: Vec<Note>,
}

impl AqiReport {
    /// IAQI of an item of the report.
    pub fn iaqi(&self, item: Item) -> Option<u16> {
        self.items
            .iter()
            .find(|r| r.item == item)
            .and_then(ItemResult::value)
    }
}

/// A daily report with default settings.
pub fn daily(concentrations: &Concentrations, edition: Edition) -> Result<AqiReport, NegativeConcentration> {
    report(concentrations, edition, Mode::Daily, Settings::default())
}

/// An hourly report with default settings: 2026 by its text, 2012 as the national platform gave it.
pub fn hourly(concentrations: &Concentrations, edition: Edition) -> Result<AqiReport, NegativeConcentration> {
    let mode = match edition {
        Edition::Hj2012 => Mode::HourlyPlatform,
        Edition::Hj2026 => Mode::Hourly,
    };
    report(concentrations, edition, mode, Settings::default())
}

/// A report of any mode.
pub fn report(
    concentrations: &Concentrations,
    edition: Edition,
    mode: Mode,
    settings: Settings,
) -> Result<AqiReport, NegativeConcentration> {
    let judge = |item: Item| -> Result<ItemResult, NegativeConcentration> {
        let given = concentrations.get(item).clone();
        let used = match &given {
            Reading::Value(c) => Some(item.round(c)),
            Reading::Missing | Reading::NotPlanned => None,
        };
        let iaqi = used.as_ref().map(|c| iaqi(item, c, edition)).transpose()?;
        Ok(ItemResult {
            item,
            given,
            used,
            iaqi,
        })
    };
    let mut items = Vec::with_capacity(8);
    let mut notes = Vec::new();
    for &item in mode.items(edition) {
        let result = judge(item)?;
        let beyond = result
            .iaqi
            .as_ref()
            .is_some_and(|i| i.status == Status::NotComputed);
        items.push(result);
        if beyond && item == Item::So2Hour && mode == Mode::HourlyText {
            // Note 2 of 2012: the 24 h value stands in for the hour, as an item of its own. The platform's six
            // hourly items have no 24 h value to put in its place.
            notes.push(Note::So2ByDay);
            items.push(judge(Item::So2Day)?);
        } else if beyond && item == Item::O3EightHour {
            notes.push(Note::O3ByHour);
        }
    }
    let missing: Vec<Item> = items
        .iter()
        .filter(|r| r.given == Reading::Missing)
        .map(|r| r.item)
        .collect();
    let computed = items.iter().filter_map(ItemResult::value).max();
    let aqi = computed
        .filter(|&aqi| may_publish(aqi, &missing, edition, settings.publication))
        .map(|aqi| if settings.zero_as_one { aqi.max(1) } else { aqi });
    let with = |wanted: &dyn Fn(u16) -> bool| -> Vec<Item> {
        items
            .iter()
            .filter(|r| r.value().is_some_and(wanted))
            .map(|r| r.item)
            .collect()
    };
    let primary = match aqi {
        Some(aqi) if aqi > 50 => with(&|v| v == aqi),
        _ => Vec::new(),
    };
    let exceeding = (edition == Edition::Hj2012).then(|| with(&|v| v > 100));
    Ok(AqiReport {
        edition,
        mode,
        missing,
        computed,
        aqi,
        primary,
        exceeding,
        level: aqi.and_then(level),
        notes,
        items,
    })
}

fn may_publish(aqi: u16, missing: &[Item], edition: Edition, publication: Publication) -> bool {
    if missing.is_empty() {
        return true;
    }
    match (publication, edition) {
        (Publication::Complete, _) => false,
        (Publication::Text, Edition::Hj2012) => true,
        (Publication::Text, Edition::Hj2026) => aqi > 100,
        (Publication::Platform, _) => {
            aqi > 100
                || missing
                    .iter()
                    .all(|i| matches!(i, Item::Pm10Hour | Item::Pm10Day))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(values: [i64; 6]) -> Concentrations {
        let items = Mode::Daily.items(Edition::Hj2026);
        items
            .iter()
            .zip(values)
            .fold(Concentrations::new(), |c, (item, v)| {
                c.with(*item, Reading::Value(v.into()))
            })
    }

    #[test]
    fn the_table_of_levels_is_complete() {
        table::assert_complete(LEVELS_TABLE, &LEVELS);
        assert_eq!(level(0).map(|l| l.level), Some(1));
        assert_eq!(level(100).map(|l| l.level), Some(2));
        assert_eq!(level(501).map(|l| l.level), Some(6));
    }

    #[test]
    fn pm25_of_sixty_is_exactly_good_under_2026() {
        let readings = day([1, 10, 10, 10, 60, 5]);
        assert_eq!(daily(&readings, Edition::Hj2026).unwrap().aqi, Some(100));
        let old = report(
            &readings,
            Edition::Hj2012,
            Mode::DailySixItems,
            Settings::default(),
        )
        .unwrap();
        assert_eq!(old.aqi, Some(82));
    }

    #[test]
    fn missing_is_never_zero() {
        let nothing = daily(&Concentrations::new(), Edition::Hj2026).unwrap();
        assert_eq!(
            (nothing.computed, nothing.aqi, nothing.missing.len()),
            (None, None, 6)
        );
    }

    #[test]
    fn the_platform_lets_pm10_be_absent() {
        let readings = Concentrations::new()
            .with(Item::So2Hour, Reading::Value(4.into()))
            .with(Item::No2Hour, Reading::Value(14.into()))
            .with(Item::CoHour, Reading::Value(1.into()))
            .with(Item::O3Hour, Reading::Value(80.into()))
            .with(Item::Pm25Hour, Reading::Value(12.into()));
        assert_eq!(hourly(&readings, Edition::Hj2026).unwrap().aqi, None);
        let habit = Settings {
            publication: Publication::Platform,
            ..Settings::default()
        };
        let shown = report(&readings, Edition::Hj2026, Mode::Hourly, habit).unwrap();
        assert_eq!(shown.aqi, Some(25));
    }

    proptest::proptest! {
        #[test]
        fn aqi_never_falls_when_a_pollutant_rises(
            base in proptest::array::uniform6(0_i64..700), which in 0_usize..6, more in 0_i64..300, new in proptest::bool::ANY,
        ) {
            let edition = if new { Edition::Hj2026 } else { Edition::Hj2012 };
            let mut higher = base;
            higher[which] += more;
            let six = |v| report(&day(v), edition, Mode::DailySixItems, Settings::default()).unwrap().computed;
            // Above 800 the 2012 text withdraws the O3 8 h IAQI; below it the index can only rise.
            if edition == Edition::Hj2026 || higher[2] <= 800 {
                proptest::prop_assert!(six(base) <= six(higher));
            }
        }
    }
}
