//! Climate: greenhouse-gas accounting of regions and firms, energy, intensity; vector folder `ghg`.

pub mod emission;
mod energy_topics;
pub mod factor;
mod sector_topics;

use crate::topic::Topic;

/// The topics of this family.
pub static TOPICS: &[Topic] = &[
    energy_topics::FUEL,
    energy_topics::POWER,
    energy_topics::HEAT,
    energy_topics::POWER_COAL,
    energy_topics::COGENERATION,
    energy_topics::COAL,
    energy_topics::INTENSITY,
    energy_topics::PEAK,
    sector_topics::CO2E,
    sector_topics::INVENTORY,
    sector_topics::PFC,
    sector_topics::ANODE,
    sector_topics::CARBONATE,
    sector_topics::INCINERATION,
    sector_topics::WASTEWATER,
    sector_topics::LANDFILL,
    sector_topics::ACTIVITY,
];
