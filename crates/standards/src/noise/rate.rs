//! Compliance rates of function zones: by points and times (点次), and as point-weighted means of rates.

use std::collections::BTreeMap;

use super::limit::{Period, zone};
use crate::checks::{self, Impossible};
use crate::num::Exact;

/// Counts of one zone, or of all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Points (times) given.
    pub n: usize,
    /// Evaluated and compliant at day.
    pub day: (usize, usize),
    /// Evaluated and compliant at night.
    pub night: (usize, usize),
}

impl Count {
    fn add(&mut self, day: Option<bool>, night: Option<bool>) {
        self.n += 1;
        for (met, into) in [(day, &mut self.day), (night, &mut self.night)] {
            if let Some(met) = met {
                into.0 += 1;
                into.1 += usize::from(met);
            }
        }
    }

    /// Compliance rate of a period, %, unrounded; `None` with nothing evaluated.
    pub fn rate(&self, period: Period) -> Option<Exact> {
        let (all, met) = match period {
            Period::Day => self.day,
            Period::Night => self.night,
        };
        checks::percent(&checks::count(met), &checks::count(all))
    }
}

/// One point's Ld and Ln (dB(A), `None` where not valid) in its zone.
#[derive(Clone, Debug)]
pub struct ZonePoint {
    /// Zone of GB 3096.
    pub zone: String,
    /// Ld
    pub ld: Option<Exact>,
    /// Ln
    pub ln: Option<Exact>,
}

/// Counts by zone, and of all under `all`.
pub fn counts(points: &[ZonePoint]) -> Result<BTreeMap<String, Count>, Impossible> {
    let mut out: BTreeMap<String, Count> = BTreeMap::new();
    for point in points {
        let limits = zone("GB 3096", &point.zone, None)?;
        let day = point.ld.as_ref().map(|l| l <= limits.limit(Period::Day));
        let night = point.ln.as_ref().map(|l| l <= limits.limit(Period::Night));
        out.entry(point.zone.clone()).or_default().add(day, night);
        out.entry("all".to_owned()).or_default().add(day, night);
    }
    Ok(out)
}

/// Mean of rates weighted by the number of points; `None` without points.
pub fn weighted(rates: &[(Exact, Exact)]) -> Option<Exact> {
    let points = Exact::sum(rates.iter().map(|(n, _)| n));
    let sum = rates
        .iter()
        .fold(Exact::zero(), |acc, (n, rate)| &acc + &(n * rate));
    sum.checked_div(&points)
}
