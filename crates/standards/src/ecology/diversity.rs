//! Diversity of species and cover of vegetation: Shannon, Pielou, Simpson, Margalef; NDVI and fractional cover; land-use
//! transfer matrix.

use std::collections::BTreeMap;

use crate::num::Exact;

/// Diversity of one sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Diversity {
    /// Species with at least one individual.
    pub species: usize,
    /// Individuals.
    pub individuals: f64,
    /// Shannon–Wiener H' = −Σ p ln p
    pub shannon: f64,
    /// Pielou J = H'/ln S; `None` for one species.
    pub pielou: Option<f64>,
    /// Simpson 1 − Σ p²
    pub simpson: f64,
    /// Margalef (S − 1)/ln N; `None` for one individual.
    pub margalef: Option<f64>,
}

/// Diversity from counts of individuals by species (not negative); `None` without an individual.
pub fn diversity(counts: &[f64]) -> Option<Diversity> {
    let individuals: f64 = counts.iter().sum();
    if !(individuals > 0.0 && individuals.is_finite()) {
        return None;
    }
    let shares: Vec<f64> = counts
        .iter()
        .filter(|c| **c > 0.0)
        .map(|c| c / individuals)
        .collect();
    let species = shares.len();
    let shannon = -shares.iter().map(|p| p * p.ln()).sum::<f64>();
    let simpson = 1.0 - shares.iter().map(|p| p * p).sum::<f64>();
    let ratio = |value: f64, by: f64| (by > 0.0).then(|| value / by).filter(|v| v.is_finite());
    Some(Diversity {
        species,
        individuals,
        shannon: shannon.max(0.0),
        pielou: ratio(shannon, (species as f64).ln()),
        simpson,
        margalef: ratio(species as f64 - 1.0, individuals.ln()),
    })
}

/// NDVI = (NIR − Red)/(NIR + Red); `None` where both are zero.
pub fn ndvi(nir: &Exact, red: &Exact) -> Option<Exact> {
    (nir - red).checked_div(&(nir + red))
}

/// Fractional vegetation cover `(NDVI − soil)/(vegetation − soil)`, held within 0–1; `None` where the ends are equal.
pub fn vegetation_cover(ndvi: &Exact, soil: &Exact, vegetation: &Exact) -> Option<Exact> {
    let cover = (ndvi - soil).checked_div(&(vegetation - soil))?;
    Some(cover.clamp(Exact::zero(), Exact::one()))
}

/// Land use before and after: sums of what left and what came, by class.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Transfer {
    /// Area by class before (sums of rows).
    pub before: BTreeMap<String, Exact>,
    /// Area by class after (sums of columns).
    pub after: BTreeMap<String, Exact>,
}

/// Sums of a land-use transfer matrix given as (from, to, area).
pub fn transfer(changes: &[(String, String, Exact)]) -> Transfer {
    let mut out = Transfer::default();
    for (from, to, area) in changes {
        for (class, sums) in [(from, &mut out.before), (to, &mut out.after)] {
            let sum = sums.entry(class.clone()).or_insert_with(Exact::zero);
            *sum = &*sum + area;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn indices_stay_in_their_ranges(counts in proptest::collection::vec(0_u32..500, 0..30)) {
            let counts: Vec<f64> = counts.into_iter().map(f64::from).collect();
            if let Some(d) = diversity(&counts) {
                proptest::prop_assert!(d.shannon >= 0.0 && (0.0..1.0).contains(&d.simpson.max(0.0)));
                proptest::prop_assert!(d.pielou.is_none_or(|j| (0.0..=1.0 + 1e-9).contains(&j)));
            }
        }

        #[test]
        fn a_transfer_keeps_the_area(areas in proptest::collection::vec((0_u8..4, 0_u8..4, 0_i64..900), 0..20)) {
            let list: Vec<_> = areas.iter().map(|(a, b, x)| (a.to_string(), b.to_string(), Exact::int(*x))).collect();
            let got = transfer(&list);
            proptest::prop_assert_eq!(Exact::sum(got.before.values()), Exact::sum(got.after.values()));
        }
    }
}
