//! River spills in one dimension (HJ 2.3-2018 App. E): full mixing, decay, dispersion, an instantaneous slug, hold-up
//! volume and dilution. Units: mg/L equals g/m³; k is given per day and used per second.

use std::f64::consts::PI;

use super::release::GRAVITY;

/// Seconds of a day.
const DAY: f64 = 86_400.0;

/// Full mixing of a discharge with the river, mg/L: `(Cp·Qp + Ch·Qh)/(Qp + Qh)`.
pub fn mixed(discharge: f64, discharge_flow: f64, river: f64, river_flow: f64) -> f64 {
    (discharge * discharge_flow + river * river_flow) / (discharge_flow + river_flow)
}

/// Concentration after a distance with first-order decay: `C0·exp(−k·x/u)`.
pub fn decayed(start: f64, k_per_day: f64, distance: f64, velocity: f64) -> f64 {
    start * (-k_per_day / DAY * distance / velocity).exp()
}

/// Which steady solution holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Regime {
    /// Advection: `α ≤ 0.027`, `Pe ≥ 1`.
    Advection,
    /// Advection and dispersion: `0.027 < α ≤ 380`.
    Mixed,
    /// Dispersion: `α > 380`.
    Dispersion,
    /// Small α and small Pe: the sheet gives no solution.
    Undefined,
}

impl Regime {
    /// `advection`, `mixed`, `dispersion`, `undefined`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Advection => "advection",
            Self::Mixed => "mixed",
            Self::Dispersion => "dispersion",
            Self::Undefined => "undefined",
        }
    }
}

/// O'Connor number `α = k·Ex/u²` and Peclet number `Pe = u·B/Ex`, and the regime they mean.
pub fn regime(k_per_day: f64, dispersion: f64, velocity: f64, width: f64) -> (f64, f64, Regime) {
    let alpha = k_per_day / DAY * dispersion / (velocity * velocity);
    let peclet = velocity * width / dispersion;
    let regime = if alpha > 380.0 {
        Regime::Dispersion
    } else if alpha > 0.027 {
        Regime::Mixed
    } else if peclet >= 1.0 {
        Regime::Advection
    } else {
        Regime::Undefined
    };
    (alpha, peclet, regime)
}

/// Downstream concentration with dispersion: `C0/√(1+4α) · exp(u·x/(2Ex)·(1−√(1+4α)))`.
pub fn advected_dispersed(start: f64, alpha: f64, dispersion: f64, velocity: f64, distance: f64) -> f64 {
    let root = (1.0 + 4.0 * alpha).sqrt();
    start / root * (velocity * distance / (2.0 * dispersion) * (1.0 - root)).exp()
}

/// A slug.
#[derive(Clone, Copy, Debug)]
pub struct Slug {
    /// Mass, g.
    pub mass: f64,
    /// Cross-section, m².
    pub area: f64,
    /// Longitudinal dispersion, m²/s.
    pub dispersion: f64,
    /// Velocity, m/s.
    pub velocity: f64,
    /// Decay per day.
    pub k_per_day: f64,
}

/// Concentration of a slug at a place and time, mg/L.
pub fn slug(slug: &Slug, distance: f64, seconds: f64) -> f64 {
    let off = distance - slug.velocity * seconds;
    slug.mass / (slug.area * (4.0 * PI * slug.dispersion * seconds).sqrt())
        * (-slug.k_per_day / DAY * seconds).exp()
        * (-off * off / (4.0 * slug.dispersion * seconds)).exp()
}

/// Shape of a reach.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    /// Velocity, m/s.
    pub velocity: f64,
    /// Width, m.
    pub width: f64,
    /// Depth, m.
    pub depth: f64,
    /// Slope.
    pub slope: f64,
}

impl Reach {
    /// Shear velocity `√(g·h·J)`, m/s.
    pub fn shear_velocity(&self) -> f64 {
        (GRAVITY * self.depth * self.slope).sqrt()
    }

    /// Fischer's longitudinal dispersion, m²/s: `0.011·u²·B²/(h·u*)`.
    pub fn fischer(&self) -> f64 {
        0.011 * (self.velocity * self.width).powi(2) / (self.depth * self.shear_velocity())
    }

    /// Taylor's transverse mixing, m²/s: `(0.058h + 0.0065B)·√(ghJ)`, for B/h up to 100.
    pub fn taylor(&self) -> f64 {
        (0.058 * self.depth + 0.0065 * self.width) * self.shear_velocity()
    }

    /// Length of the mixing zone, m, for an outfall `from_bank` m from the nearer bank.
    pub fn mixing_length(&self, from_bank: f64) -> f64 {
        let off = 0.5 - from_bank / self.width;
        let braces = 0.11 + 0.7 * (off - 1.1 * off * off).max(0.0).sqrt();
        braces * self.velocity * self.width * self.width / self.taylor()
    }
}

/// Flow needed to dilute to a standard, m³/s: `Q·(C − Cs)/(Cs − Cclean)`; `None` where clean water is not below the
/// standard.
pub fn dilution_flow(flow: f64, concentration: f64, standard: f64, clean: f64) -> Option<f64> {
    (clean < standard).then(|| (flow * (concentration - standard) / (standard - clean)).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_keeps_its_mass_without_decay() {
        let spill = Slug {
            mass: 1e5,
            area: 50.0,
            dispersion: 10.0,
            velocity: 0.5,
            k_per_day: 0.0,
        };
        let sum: f64 = (0..20_000_u32)
            .map(|m| slug(&spill, f64::from(m), 10_000.0))
            .sum();
        assert!((sum * 50.0 - 1e5).abs() < 1.0, "{sum}");
    }

    #[test]
    fn clean_water_above_the_standard_cannot_dilute() {
        assert_eq!(dilution_flow(10.0, 5.0, 1.0, 1.0), None);
        assert_eq!(dilution_flow(10.0, 0.5, 1.0, 0.1), Some(0.0));
    }

    proptest::proptest! {
        #[test]
        fn mixing_lies_between(a in 0.0_f64..100.0, b in 0.0_f64..100.0, qa in 0.01_f64..50.0, qb in 0.01_f64..50.0) {
            let c = mixed(a, qa, b, qb);
            proptest::prop_assert!(c >= a.min(b) - 1e-9 && c <= a.max(b) + 1e-9);
        }
    }
}
