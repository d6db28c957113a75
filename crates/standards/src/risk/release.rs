//! Source terms of accidents (HJ 169-2018 App. F): leaks of liquid, gas and two phases, evaporation, release and
//! by-products of fires. Floats: the formulas have powers and roots.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::judgement::Confidence;
use crate::num::Exact;
use crate::table;

/// Gravity, m/s².
pub const GRAVITY: f64 = 9.81;
/// Gas constant, J/(mol·K).
pub const GAS_CONSTANT: f64 = 8.314;

/// Shape of the crack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// 圆形
    Circle,
    /// 三角形
    Triangle,
    /// 长方形
    Rectangle,
}

/// Discharge coefficient of a liquid leak by Reynolds number and shape (table F.1).
pub fn liquid_coefficient(shape: Shape, turbulent: bool) -> f64 {
    match (shape, turbulent) {
        (Shape::Circle, true) => 0.65,
        (Shape::Triangle, true) => 0.60,
        (Shape::Rectangle, true) => 0.55,
        (Shape::Circle, false) => 0.50,
        (Shape::Triangle, false) => 0.45,
        (Shape::Rectangle, false) => 0.40,
    }
}

/// A liquid leak.
#[derive(Clone, Copy, Debug)]
pub struct LiquidLeak {
    /// Discharge coefficient.
    pub coefficient: f64,
    /// Crack, m².
    pub area: f64,
    /// Density, kg/m³.
    pub density: f64,
    /// Pressure in the vessel, Pa.
    pub pressure: f64,
    /// Ambient pressure, Pa.
    pub ambient: f64,
    /// Liquid above the crack, m.
    pub head: f64,
}

impl LiquidLeak {
    /// Rate, kg/s (F.1): `Cd·A·ρ·√(2(P−P0)/ρ + 2gh)`; `None` where nothing flows out.
    pub fn rate(&self) -> Option<f64> {
        let square = 2.0 * (self.pressure - self.ambient) / self.density + 2.0 * GRAVITY * self.head;
        (square >= 0.0).then(|| self.coefficient * self.area * self.density * square.sqrt())
    }
}

/// Discharge coefficient of a gas leak by shape.
pub fn gas_coefficient(shape: Shape) -> f64 {
    match shape {
        Shape::Circle => 1.0,
        Shape::Triangle => 0.95,
        Shape::Rectangle => 0.90,
    }
}

/// A gas leak.
#[derive(Clone, Copy, Debug)]
pub struct GasLeak {
    /// Discharge coefficient.
    pub coefficient: f64,
    /// Crack, m².
    pub area: f64,
    /// Pressure in the vessel, Pa.
    pub pressure: f64,
    /// Ambient pressure, Pa.
    pub ambient: f64,
    /// Molar mass, kg/mol.
    pub molar_mass: f64,
    /// Heat capacity ratio, above 1.
    pub gamma: f64,
    /// Temperature, K.
    pub temperature: f64,
}

/// Outcome of a gas leak.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GasRate {
    /// Whether the flow is critical (sonic).
    pub critical: bool,
    /// Outflow coefficient Y.
    pub y: f64,
    /// Rate, kg/s.
    pub kg_s: f64,
}

impl GasLeak {
    /// Rate (F.2–F.5). The vessel's pressure must be at least the ambient one.
    pub fn rate(&self) -> GasRate {
        let g = self.gamma;
        let ratio = self.ambient / self.pressure;
        let critical = ratio <= (2.0 / (g + 1.0)).powf(g / (g - 1.0));
        let y = if critical {
            1.0
        } else {
            ratio.powf(1.0 / g)
                * (1.0 - ratio.powf((g - 1.0) / g)).max(0.0).sqrt()
                * (2.0 / (g - 1.0) * f64::midpoint(g, 1.0).powf((g + 1.0) / (g - 1.0))).sqrt()
        };
        let flow = self.molar_mass * g / (GAS_CONSTANT * self.temperature)
            * (2.0 / (g + 1.0)).powf((g + 1.0) / (g - 1.0));
        GasRate {
            critical,
            y,
            kg_s: y * self.coefficient * self.area * self.pressure * flow.sqrt(),
        }
    }
}

/// Outcome of a two-phase leak.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TwoPhase {
    /// Critical pressure `0.55 P`, Pa.
    pub critical_pressure: f64,
    /// Density of the mixture, kg/m³.
    pub density: f64,
    /// Rate, kg/s.
    pub kg_s: f64,
}

/// Two-phase leak (F.6–F.8): pressure Pa, densities of vapour and liquid, mass fraction of vapour, crack m²; Cd 0.8.
pub fn two_phase(pressure: f64, vapour: f64, liquid: f64, fraction: f64, area: f64) -> TwoPhase {
    let critical_pressure = 0.55 * pressure;
    let density = 1.0 / (fraction / vapour + (1.0 - fraction) / liquid);
    TwoPhase {
        critical_pressure,
        density,
        kg_s: 0.8 * area * (2.0 * density * (pressure - critical_pressure)).sqrt(),
    }
}

/// Fraction that flashes, 0 to 1 (F.9): `Cp (T − Tb) / Hv`.
pub fn flash_fraction(heat_capacity: f64, temperature: f64, boiling: f64, latent: f64) -> f64 {
    (heat_capacity * (temperature - boiling) / latent).clamp(0.0, 1.0)
}

/// Ground under a pool.
#[derive(Clone, Debug, Deserialize)]
pub struct Ground {
    /// Key.
    pub key: String,
    /// Chinese name.
    pub name_zh: String,
    /// Conductivity, W/(m·K).
    pub lambda: f64,
    /// Diffusivity, m²/s.
    pub alpha: f64,
    /// How sure.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

const GROUND: &str = include_str!("../../data/risk_ground.csv");
static GROUND_ROWS: LazyLock<Vec<Ground>> = LazyLock::new(|| table::rows(GROUND));

/// Ground by its key.
pub fn ground(key: &str) -> Option<&'static Ground> {
    GROUND_ROWS.iter().find(|g| g.key == key)
}

/// Heat evaporation, kg/s (F.11): `λ S (T0 − Tb) / (H √(π α t))`; zero where the ground is colder than the boiling point.
pub fn heat_evaporation(
    ground: &Ground,
    area: f64,
    warm: f64,
    boiling: f64,
    latent: f64,
    seconds: f64,
) -> f64 {
    let driving = (warm - boiling).max(0.0);
    ground.lambda * area * driving / (latent * (std::f64::consts::PI * ground.alpha * seconds).sqrt())
}

/// Coefficients of mass evaporation.
#[derive(Clone, Debug, Deserialize)]
pub struct PoolRow {
    classes: String,
    /// Exponent.
    pub n: f64,
    /// Factor.
    pub a: f64,
    /// How sure.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

const POOL: &str = include_str!("../../data/risk_pool.csv");
static POOL_ROWS: LazyLock<Vec<PoolRow>> = LazyLock::new(|| table::rows(POOL));

/// Coefficients by stability; the standard has none for class C.
pub fn pool_row(class: &str) -> Option<&'static PoolRow> {
    POOL_ROWS
        .iter()
        .find(|row| row.classes.split(' ').any(|c| c == class))
}

/// A pool in the wind.
#[derive(Clone, Copy, Debug)]
pub struct Pool {
    /// Vapour pressure, Pa.
    pub pressure: f64,
    /// Molar mass, kg/mol.
    pub molar_mass: f64,
    /// Ambient temperature, K.
    pub temperature: f64,
    /// Wind, m/s.
    pub wind: f64,
    /// Radius, m.
    pub radius: f64,
}

/// Mass evaporation, kg/s (F.12): `a p M/(R T) u^((2−n)/(2+n)) r^((4+n)/(2+n))`.
pub fn mass_evaporation(row: &PoolRow, pool: &Pool) -> f64 {
    let n = row.n;
    row.a * pool.pressure * pool.molar_mass / (GAS_CONSTANT * pool.temperature)
        * pool.wind.powf((2.0 - n) / (2.0 + n))
        * pool.radius.powf((4.0 + n) / (2.0 + n))
}

#[derive(Debug, Deserialize)]
struct FireRow {
    #[serde(deserialize_with = "table::exact")]
    up_to: Exact,
    #[serde(deserialize_with = "table::opt_exact")]
    lc0: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    lc200: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    lc1000: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    lc2000: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    lc10000: Option<Exact>,
    #[serde(deserialize_with = "table::opt_exact")]
    lc20000: Option<Exact>,
}

const FIRE: &str = include_str!("../../data/risk_fire_release.csv");
static FIRE_ROWS: LazyLock<Vec<FireRow>> = LazyLock::new(|| table::rows(FIRE));

/// Percent of a toxic substance released in a fire by amount on site, t, and LC50, mg/m³ (table F.4); `None` where the
/// table does not apply.
pub fn fire_percent(on_site: &Exact, lc50: &Exact) -> Option<&'static Exact> {
    let row = FIRE_ROWS.iter().find(|row| *on_site <= row.up_to)?;
    let columns = [
        (200, &row.lc0),
        (1000, &row.lc200),
        (2000, &row.lc1000),
        (10_000, &row.lc2000),
        (20_000, &row.lc10000),
    ];
    columns
        .iter()
        .find(|(below, _)| *lc50 < Exact::int(*below))
        .map_or(&row.lc20000, |(_, cell)| cell)
        .as_ref()
}

/// SO2 of a fire, kg/h (F.14): `2·B·S`, B burnt kg/h, S mass fraction of sulphur.
pub fn fire_so2(burnt: &Exact, sulphur: &Exact) -> Exact {
    &(&Exact::int(2) * burnt) * sulphur
}

/// CO of a fire, kg/s (F.15): `2330·q·C·Q`, q incomplete share, C carbon fraction, Q burnt t/s.
pub fn fire_co(incomplete: &Exact, carbon: &Exact, burnt: &Exact) -> Exact {
    &(&(&Exact::int(2330) * incomplete) * carbon) * burnt
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(got: f64, want: f64) {
        assert!((got - want).abs() <= 1e-5 * want, "{got} {want}");
    }

    #[test]
    fn every_row_reads() {
        table::assert_complete(GROUND, &GROUND_ROWS);
        table::assert_complete(POOL, &POOL_ROWS);
        table::assert_complete(FIRE, &FIRE_ROWS);
    }

    #[test]
    fn published_check_values_of_ammonia_and_chlorine() {
        let area = std::f64::consts::PI * 0.005 * 0.005;
        let ammonia = LiquidLeak {
            coefficient: 0.65,
            area,
            density: 609.4,
            pressure: 854_500.0,
            ambient: 101_325.0,
            head: 2.0,
        };
        near(ammonia.rate().unwrap(), 1.558_969);
        near(flash_fraction(4651.0, 293.15, 239.85, 1_369_895.0), 0.180_962);
        let heat = heat_evaporation(
            ground("cement").unwrap(),
            100.0,
            298.15,
            239.85,
            1_369_895.0,
            600.0,
        );
        near(heat, 0.300_212);
        let chlorine = |pressure| GasLeak {
            coefficient: 1.0,
            area: area / 4.0,
            pressure,
            ambient: 101_325.0,
            molar_mass: 0.070_906,
            gamma: 1.325,
            temperature: 293.15,
        };
        let sonic = chlorine(700_000.0).rate();
        assert!(sonic.critical);
        near(sonic.kg_s, 0.049_799_1);
        near(chlorine(150_000.0).rate().y, 0.957_579);
    }

    #[test]
    fn at_equal_pressure_no_gas_flows() {
        let still = GasLeak {
            coefficient: 1.0,
            area: 1e-4,
            pressure: 101_325.0,
            ambient: 101_325.0,
            molar_mass: 0.029,
            gamma: 1.4,
            temperature: 293.0,
        };
        assert!(still.rate().kg_s.abs() < 1e-12);
    }

    proptest::proptest! {
        #[test]
        fn a_bigger_hole_leaks_more(area in 1e-6_f64..1e-2, factor in 1.01_f64..10.0, p in 110_000.0_f64..1e6) {
            let leak = |area| GasLeak {
                coefficient: 1.0, area, pressure: p, ambient: 101_325.0,
                molar_mass: 0.017, gamma: 1.31, temperature: 293.0,
            }.rate().kg_s;
            proptest::prop_assert!(leak(area * factor) > leak(area));
        }
    }
}
