//! Exact figures on their way out: computed without loss, written as decimal text.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use standards::num::Exact;

/// Most decimals written of a figure that has no end; nothing is computed from the text.
const PLACES: u32 = 12;

/// An exact figure, serialized as decimal text; one without an end is cut at twelve decimals (GB/T 8170).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Num(pub Exact);

impl Num {
    /// Decimal text with so many places, rounded once by GB/T 8170.
    pub fn fixed(&self, places: u32) -> String {
        self.0.to_fixed(places)
    }

    /// As a percentage with one decimal, without the sign: 0.65 → `65.0`.
    pub fn percent(&self) -> String {
        (&self.0 * &Exact::int(100)).to_fixed(1)
    }

    /// As short as it can be said with at most so many decimals: `42`, `3.5`.
    pub fn short(&self, places: u32) -> String {
        let shown = self.0.to_fixed(places);
        if !shown.contains('.') {
            return shown;
        }
        let cut = shown.trim_end_matches('0').trim_end_matches('.');
        if cut == "-0" {
            "0".to_owned()
        } else {
            cut.to_owned()
        }
    }
}

impl fmt::Display for Num {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.decimals().filter(|places| *places <= PLACES) {
            Some(places) => f.write_str(&self.0.to_fixed(places)),
            None => f.write_str(&self.short(PLACES)),
        }
    }
}

impl Serialize for Num {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl From<Exact> for Num {
    fn from(exact: Exact) -> Self {
        Self(exact)
    }
}

impl From<Decimal> for Num {
    fn from(value: Decimal) -> Self {
        Self(exact(value))
    }
}

/// A decimal as an exact number.
pub fn exact(value: Decimal) -> Exact {
    // The text of a decimal is always a decimal number.
    value.to_string().parse().unwrap_or_else(|_| Exact::zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_plainly() {
        let num = |n, d| Num(Exact::ratio(n, d).unwrap());
        assert_eq!(num(13, 20).to_string(), "0.65");
        assert_eq!(num(1, 3).to_string(), "0.333333333333");
        assert_eq!(num(7, 12).percent(), "58.3");
        assert_eq!(num(42, 1).short(2), "42");
        assert_eq!(num(7, 2).short(2), "3.5");
        assert_eq!(num(-1, 1000).short(2), "0");
        assert_eq!(Num::from(Decimal::new(30_658_000, 3)).to_string(), "30658");
    }
}
