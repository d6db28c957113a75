//! Emission factors as data: fuels by set, grid averages, GWP, standard coal, and the factors of processes,
//! agriculture and waste. Every result names the set it rests on.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::judgement::Confidence;
use crate::num::Exact;
use crate::table;

/// A fuel of a factor set.
#[derive(Clone, Debug, Deserialize)]
pub struct Fuel {
    set: String,
    fuel: String,
    /// `t` or `10^4Nm3`.
    pub unit: String,
    /// GJ per unit.
    #[serde(deserialize_with = "table::opt_exact")]
    pub ncv: Option<Exact>,
    /// tC/GJ.
    #[serde(deserialize_with = "table::opt_exact")]
    pub cc: Option<Exact>,
    /// Percent.
    #[serde(deserialize_with = "table::opt_exact")]
    pub oxidation: Option<Exact>,
    /// How sure the figures are.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

const FUELS: &str = include_str!("../../data/climate_fuel.csv");
static FUEL: LazyLock<Vec<Fuel>> = LazyLock::new(|| table::rows(FUELS));

impl Fuel {
    /// A fuel of a set (`provincial_2025`, `enterprise`, `industry_2013`, `provincial_2011_cc_only`).
    pub fn find(set: &str, fuel: &str) -> Option<&'static Self> {
        FUEL.iter().find(|f| f.set == set && f.fuel == fuel)
    }

    /// Whether there is such a set.
    pub fn has_set(set: &str) -> bool {
        FUEL.iter().any(|f| f.set == set)
    }
}

/// Average factor of electricity of an area and a year.
#[derive(Clone, Debug, Deserialize)]
pub struct Grid {
    area: String,
    year: i64,
    /// tCO2/MWh.
    #[serde(deserialize_with = "table::exact")]
    pub factor: Exact,
    /// How sure the figure is.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

const GRIDS: &str = include_str!("../../data/climate_grid.csv");
static GRID: LazyLock<Vec<Grid>> = LazyLock::new(|| table::rows(GRIDS));

impl Grid {
    /// Of an area and a year.
    pub fn find(area: &str, year: i64) -> Option<&'static Self> {
        GRID.iter().find(|g| g.area == area && g.year == year)
    }

    /// Whether there is such an area.
    pub fn has_area(area: &str) -> bool {
        GRID.iter().any(|g| g.area == area)
    }
}

/// Global warming potential of a gas.
#[derive(Clone, Debug, Deserialize)]
pub struct Gwp {
    gas: String,
    set: String,
    /// 100 years.
    #[serde(deserialize_with = "table::exact")]
    pub gwp: Exact,
    /// How sure the figure is.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

const GWPS: &str = include_str!("../../data/climate_gwp.csv");
static GWP: LazyLock<Vec<Gwp>> = LazyLock::new(|| table::rows(GWPS));

impl Gwp {
    /// Of a gas in a set (`SAR`, `AR4`, `AR5`, `AR6`).
    pub fn find(set: &str, gas: &str) -> Option<&'static Self> {
        GWP.iter().find(|g| g.set == set && g.gas == gas)
    }
}

/// Standard-coal equivalent of an energy.
#[derive(Clone, Debug, Deserialize)]
pub struct CoalEquivalent {
    energy: String,
    /// `kg`, `m3`, `MJ`, `kWh`
    pub unit: String,
    /// kgce per unit.
    #[serde(deserialize_with = "table::exact")]
    pub low: Exact,
    /// Equal to `low` where the standard prints one value.
    #[serde(deserialize_with = "table::exact")]
    pub high: Exact,
    /// How sure the figures are.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

const COALS: &str = include_str!("../../data/climate_coal_equivalent.csv");
static COAL: LazyLock<Vec<CoalEquivalent>> = LazyLock::new(|| table::rows(COALS));

impl CoalEquivalent {
    /// Of an energy.
    pub fn find(energy: &str) -> Option<&'static Self> {
        COAL.iter().find(|c| c.energy == energy)
    }

    /// The factor, where the standard prints one value.
    pub fn single(&self) -> Option<&Exact> {
        (self.low == self.high).then_some(&self.low)
    }
}

/// A factor of a process, of agriculture or of waste.
#[derive(Clone, Debug, Deserialize)]
pub struct Factor {
    sector: String,
    source: String,
    parameter: String,
    /// In `unit`.
    #[serde(deserialize_with = "table::exact")]
    pub value: Exact,
    /// Unit.
    pub unit: String,
    /// How sure the figure is.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

const FACTORS: &str = include_str!("../../data/climate_factors.csv");
static FACTOR: LazyLock<Vec<Factor>> = LazyLock::new(|| table::rows(FACTORS));

impl Factor {
    /// By source and parameter; names may be given by their beginning, up to a space or bracket.
    pub fn find(source: &str, parameter: &str) -> Option<&'static Self> {
        let begins = |f: &&Factor| {
            f.source
                .strip_prefix(source)
                .is_some_and(|rest| rest.starts_with([' ', '(']))
        };
        let of_parameter = || FACTOR.iter().filter(|f| f.parameter == parameter);
        of_parameter()
            .find(|f| f.source == source)
            .or_else(|| of_parameter().find(begins))
    }

    /// `process`, `agriculture`, `waste`
    pub fn sector(&self) -> &str {
        &self.sector
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_complete() {
        table::assert_complete(FUELS, &FUEL);
        table::assert_complete(GRIDS, &GRID);
        table::assert_complete(GWPS, &GWP);
        table::assert_complete(COALS, &COAL);
        table::assert_complete(FACTORS, &FACTOR);
    }
}
