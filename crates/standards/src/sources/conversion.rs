//! Conversion of flue-gas concentrations (HJ 75-2017 formula appendix): ppm to mg/m³, NOx as NO2, standard state,
//! wet to dry, and the reference-oxygen conversion (折算). Exact arithmetic; what is undefined is an error, never ∞.

use crate::checks::{Impossible, between, not_negative, positive};
use crate::num::Exact;

/// Standard pressure, Pa.
pub const STANDARD_PRESSURE: i64 = 101_325;
/// Standard temperature as the standards write it, K; also the offset of °C.
pub const STANDARD_TEMPERATURE: i64 = 273;

/// A gas with a fixed molar mass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gas {
    /// 二氧化硫, 64 g/mol
    So2,
    /// 一氧化氮, 30 g/mol
    No,
    /// 二氧化氮, 46 g/mol
    No2,
    /// 一氧化碳, 28 g/mol
    Co,
    /// 氯化氢, 36.5 g/mol
    Hcl,
}

impl Gas {
    /// By the names of the inputs.
    pub const NAMES: &'static [(&'static str, Self)] = &[
        ("SO2", Self::So2),
        ("NO", Self::No),
        ("NO2", Self::No2),
        ("CO", Self::Co),
        ("HCl", Self::Hcl),
    ];

    /// Molar mass, g/mol, as HJ 75 rounds it.
    pub fn molar_mass(self) -> Exact {
        let tenths = match self {
            Self::So2 => 640,
            Self::No => 300,
            Self::No2 => 460,
            Self::Co => 280,
            Self::Hcl => 365,
        };
        crate::checks::decimal(tenths, 1)
    }
}

/// Molar volume at standard state, 22.4 L/mol.
pub fn molar_volume() -> Exact {
    crate::checks::decimal(224, 1)
}

/// Why a concentration cannot be converted to reference oxygen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OxygenError {
    /// At 21 % and above the factor has no value.
    #[error("含氧量 ≥ 21%,折算无意义 (O2 at or above 21 %: the conversion is undefined)")]
    AtOrAbove21,
    /// A value that cannot be.
    #[error(transparent)]
    Impossible(#[from] Impossible),
}

impl OxygenError {
    /// Stable reason for programs.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::AtOrAbove21 => "o2_ge_21",
            Self::Impossible(_) => "impossible",
        }
    }
}

/// mg/m³ at standard state from ppm (µmol/mol): `C = M / 22.4 · C_v`.
pub fn ppm_to_mg(gas: Gas, ppm: &Exact) -> Result<Exact, Impossible> {
    not_negative("ppm", ppm)?;
    (&gas.molar_mass() * ppm)
        .checked_div(&molar_volume())
        .ok_or(Impossible::NotPositive("22.4"))
}

/// NOx as NO2 from mass concentrations, mg/m³: `NO · 46/30 + NO2`.
pub fn nox_from_mass(no: &Exact, no2: &Exact) -> Result<Exact, Impossible> {
    not_negative("no", no)?;
    not_negative("no2", no2)?;
    let as_no2 = (no * &Exact::int(46))
        .checked_div(&Exact::int(30))
        .unwrap_or_else(Exact::zero);
    Ok(&as_no2 + no2)
}

/// NOx as NO2, mg/m³, from volume concentrations, ppm: `(NO + NO2) · 46 / 22.4`.
pub fn nox_from_ppm(no: &Exact, no2: &Exact) -> Result<Exact, Impossible> {
    not_negative("no", no)?;
    not_negative("no2", no2)?;
    ppm_to_mg(Gas::No2, &(no + no2))
}

/// The state of the gas in the duct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GasState {
    /// Temperature, °C.
    pub t_c: Exact,
    /// Ambient pressure, Pa absolute.
    pub ambient_pa: Exact,
    /// Static pressure of the stack, Pa gauge, either sign.
    pub static_pa: Exact,
}

impl GasState {
    /// Absolute temperature `273 + t`, K.
    pub fn kelvin(&self) -> Result<Exact, Impossible> {
        let kelvin = &Exact::int(STANDARD_TEMPERATURE) + &self.t_c;
        positive("t_c", &kelvin)?;
        Ok(kelvin)
    }

    /// Absolute pressure, Pa.
    pub fn pressure(&self) -> Result<Exact, Impossible> {
        positive("ba_pa", &self.ambient_pa)?;
        let pressure = &self.ambient_pa + &self.static_pa;
        positive("ps_pa", &pressure)?;
        Ok(pressure)
    }

    /// Volume at standard state per volume in the duct: `273/(273+t) · (Ba+Ps)/101325`.
    pub fn volume_factor(&self) -> Result<Exact, Impossible> {
        let above = &Exact::int(STANDARD_TEMPERATURE) * &self.pressure()?;
        let below = &self.kelvin()? * &Exact::int(STANDARD_PRESSURE);
        above.checked_div(&below).ok_or(Impossible::NotPositive("t_c"))
    }
}

/// Concentration at standard state, same humidity: `C · 101325/(Ba+Ps) · (273+t)/273`.
pub fn to_standard_state(concentration: &Exact, state: &GasState) -> Result<Exact, Impossible> {
    not_negative("c_actual", concentration)?;
    concentration
        .checked_div(&state.volume_factor()?)
        .ok_or(Impossible::NotPositive("ba_pa"))
}

/// The share of dry gas, `1 − X/100`, of a humidity in volume percent below 100.
pub fn dry_share(humidity: &Exact) -> Result<Exact, Impossible> {
    between("humidity_pct", humidity, 0, 100)?;
    let share = &Exact::one() - &humidity.checked_div(&Exact::int(100)).unwrap_or_else(Exact::zero);
    positive("humidity_pct", &share)?;
    Ok(share)
}

/// Dry concentration from wet: `C / (1 − X/100)`, X = humidity in volume percent.
pub fn wet_to_dry(concentration: &Exact, humidity: &Exact) -> Result<Exact, Impossible> {
    not_negative("c_wet", concentration)?;
    concentration
        .checked_div(&dry_share(humidity)?)
        .ok_or(Impossible::NotPositive("humidity_pct"))
}

/// Humidity in volume percent from a wet and a dry oxygen reading: `(1 − O2wet/O2dry) · 100`.
pub fn humidity_from_oxygen(wet: &Exact, dry: &Exact) -> Result<Exact, Impossible> {
    between("o2_wet_pct", wet, 0, 100)?;
    between("o2_dry_pct", dry, 0, 100)?;
    let ratio = wet
        .checked_div(dry)
        .ok_or(Impossible::NotPositive("o2_dry_pct"))?;
    if ratio > Exact::one() {
        return Err(Impossible::Outside {
            what: "o2_wet_pct",
            from: 0,
            to: 21,
        });
    }
    Ok(&(&Exact::one() - &ratio) * &Exact::int(100))
}

/// 基准含氧量折算: `C · (21 − O2_ref) / (21 − O2)`, both dry volume percent. Undefined from 21 % on.
pub fn convert_oxygen(
    concentration: &Exact,
    oxygen: &Exact,
    reference: &Exact,
) -> Result<Exact, OxygenError> {
    not_negative("c_dry_std", concentration)?;
    between("o2_pct", oxygen, 0, 100)?;
    between("o2_ref_pct", reference, 0, 20)?;
    let air = Exact::int(21);
    let below = &air - oxygen;
    if below.is_zero() || below.is_negative() {
        return Err(OxygenError::AtOrAbove21);
    }
    (concentration * &(&air - reference))
        .checked_div(&below)
        .ok_or(OxygenError::AtOrAbove21)
}

/// Conversion by excess air (过量空气系数): `C · α / α_ref`.
pub fn convert_excess_air(
    concentration: &Exact,
    alpha: &Exact,
    reference: &Exact,
) -> Result<Exact, Impossible> {
    not_negative("c_dry_std", concentration)?;
    positive("alpha", alpha)?;
    positive("alpha_ref", reference)?;
    (concentration * alpha)
        .checked_div(reference)
        .ok_or(Impossible::NotPositive("alpha_ref"))
}

/// Excess air of an oxygen reading: `α = 21 / (21 − O2)`.
pub fn excess_air(oxygen: &Exact) -> Result<Exact, OxygenError> {
    between("o2_pct", oxygen, 0, 100)?;
    let air = Exact::int(21);
    let below = &air - oxygen;
    if below.is_negative() {
        return Err(OxygenError::AtOrAbove21);
    }
    air.checked_div(&below).ok_or(OxygenError::AtOrAbove21)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn x(text: &str) -> Exact {
        text.parse().unwrap()
    }

    #[test]
    fn no_conversion_at_21_percent_and_impossible_values_are_refused() {
        assert_eq!(
            convert_oxygen(&x("30"), &x("21"), &x("6")),
            Err(OxygenError::AtOrAbove21)
        );
        assert!(convert_oxygen(&x("-1"), &x("6"), &x("6")).is_err());
        assert!(wet_to_dry(&x("1"), &x("100")).is_err());
        assert!(humidity_from_oxygen(&x("6"), &x("5")).is_err());
    }

    proptest! {
        #[test]
        fn at_reference_oxygen_nothing_changes(c in 0_i64..100_000, o2 in 0_i64..20) {
            let (c, o2) = (Exact::int(c), Exact::int(o2));
            prop_assert_eq!(convert_oxygen(&c, &o2, &o2), Ok(c));
        }

        #[test]
        fn both_forms_of_the_conversion_agree(c in 0_i64..10_000, o2 in 0_i64..20, reference in 0_i64..20) {
            let (c, o2, reference) = (Exact::int(c), Exact::int(o2), Exact::int(reference));
            let (a, a_ref) = (excess_air(&o2).unwrap(), excess_air(&reference).unwrap());
            prop_assert_eq!(
                convert_oxygen(&c, &o2, &reference).unwrap(),
                convert_excess_air(&c, &a, &a_ref).unwrap()
            );
        }

        #[test]
        fn drying_and_the_oxygen_pair_are_inverse(dry in 1_i64..21, humidity in 0_i64..99) {
            let (dry, humidity) = (Exact::int(dry), Exact::int(humidity));
            let wet = &dry * &dry_share(&humidity).unwrap();
            prop_assert_eq!(humidity_from_oxygen(&wet, &dry).unwrap(), humidity.clone());
            prop_assert_eq!(wet_to_dry(&wet, &humidity).unwrap(), dry);
        }
    }
}
