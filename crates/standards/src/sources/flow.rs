//! Flue-gas velocity, flow and emission rate (HJ 75-2017 formula appendix): section velocity, wet and standard dry flow,
//! Pitot tube, hourly rate, day total. The rate uses the measured dry concentration, never the O2-converted one.

use super::conversion::{GasState, dry_share};
use crate::checks::{Impossible, not_negative, positive};
use crate::num::Exact;

/// Flow of a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Velocity of the section, m/s: `K_v · v_p`.
    pub section_velocity: Exact,
    /// Wet flow in the duct, m³/h: `3600 · F · v`.
    pub wet_actual: Exact,
    /// 标干流量, m³/h.
    pub standard_dry: Exact,
}

/// Flow from a point velocity: area m², velocity m/s, coefficient of the velocity field, humidity in volume percent.
pub fn flow(
    area: &Exact,
    point_velocity: &Exact,
    coefficient: &Exact,
    state: &GasState,
    humidity: &Exact,
) -> Result<Flow, Impossible> {
    positive("area_m2", area)?;
    not_negative("v_point_m_s", point_velocity)?;
    positive("k_v", coefficient)?;
    let section_velocity = coefficient * point_velocity;
    let wet_actual = &(&Exact::int(3600) * area) * &section_velocity;
    let standard_dry = &(&wet_actual * &state.volume_factor()?) * &dry_share(humidity)?;
    Ok(Flow {
        section_velocity,
        wet_actual,
        standard_dry,
    })
}

/// Density of the gas in the duct, kg/m³, from its wet density at standard state.
pub fn density(standard: &Exact, state: &GasState) -> Result<Exact, Impossible> {
    positive("rho_n_kg_m3", standard)?;
    Ok(standard * &state.volume_factor()?)
}

/// Velocity of a Pitot tube, m/s: `K_p · √(2 ΔP / ρ)`; ΔP in Pa. `None` beyond what a float holds.
pub fn pitot(coefficient: &Exact, pressure: &Exact, density: &Exact) -> Result<Option<f64>, Impossible> {
    positive("kp", coefficient)?;
    not_negative("dp_pa", pressure)?;
    let square = (&Exact::int(2) * pressure)
        .checked_div(density)
        .ok_or(Impossible::NotPositive("rho_n_kg_m3"))?;
    let velocity = coefficient.to_f64() * square.to_f64().sqrt();
    Ok(velocity.is_finite().then_some(velocity))
}

/// Emission rate, kg/h: dry concentration mg/m³ times standard dry flow m³/h times 1e-6.
pub fn rate(dry_concentration: &Exact, standard_dry_flow: &Exact) -> Result<Exact, Impossible> {
    not_negative("c_dry_mg_m3", dry_concentration)?;
    not_negative("q_std_dry_m3_h", standard_dry_flow)?;
    Ok((dry_concentration * standard_dry_flow)
        .checked_div(&Exact::int(1_000_000))
        .unwrap_or_else(Exact::zero))
}

/// Emission of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayTotal {
    /// t; `None` where an hour is missing and no substitute is given.
    pub tonnes: Option<Exact>,
    /// Hours that the substitute stands for.
    pub substituted: usize,
    /// Sum of the measured hours, kg.
    pub measured_kg: Exact,
}

/// Emission of a day, t: the sum of the hourly rates; a missing hour takes the substitute rate, kg/h (HJ 75-2017 12.2).
/// An hour is `None` where concentration or flow is missing.
pub fn day_total(hours: &[Option<Exact>], substitute: Option<&Exact>) -> Result<DayTotal, Impossible> {
    for hour in hours.iter().flatten() {
        not_negative("c_dry_mg_m3", hour)?;
    }
    let measured_kg = Exact::sum(hours.iter().flatten());
    let substituted = hours.iter().filter(|h| h.is_none()).count();
    let filled = match (substituted, substitute) {
        _ if hours.is_empty() => None,
        (0, _) => Some(measured_kg.clone()),
        (n, Some(rate)) => {
            not_negative("substitute_kg_h", rate)?;
            Some(&measured_kg + &(&crate::checks::count(n) * rate))
        }
        (_, None) => None,
    };
    Ok(DayTotal {
        tonnes: filled.and_then(|kg| kg.checked_div(&Exact::int(1000))),
        substituted,
        measured_kg,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_hour_without_substitute_leaves_the_day_open() {
        let hours = [Some(Exact::int(2)), None];
        assert_eq!(day_total(&hours, None).unwrap().tonnes, None);
        let filled = day_total(&hours, Some(&Exact::int(3))).unwrap();
        assert_eq!((filled.tonnes, filled.substituted), (Exact::ratio(5, 1000), 1));
    }

    proptest::proptest! {
        #[test]
        fn the_flow_grows_with_velocity_and_falls_with_humidity(v in 1_i64..40, t in 0_i64..300, x in 0_i64..50) {
            let state = GasState { t_c: Exact::int(t), ambient_pa: Exact::int(100_000), static_pa: Exact::int(-500) };
            let dry = |v: i64, x: i64| {
                flow(&Exact::int(10), &Exact::int(v), &Exact::one(), &state, &Exact::int(x)).unwrap().standard_dry
            };
            proptest::prop_assert!(dry(v + 1, x) > dry(v, x));
            proptest::prop_assert!(dry(v, x + 1) < dry(v, x));
        }
    }
}
