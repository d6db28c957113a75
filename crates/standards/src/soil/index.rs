//! Pollution indices of soil (HJ/T 166-2004): single index, share, Nemerow index and its grades.

use crate::checks;
use crate::num::Exact;

/// Grades of the Nemerow index with their upper ends (inside), in tenths.
pub const GRADES: [(Option<i64>, &str, &str); 5] = [
    (Some(7), "清洁(安全)", "clean"),
    (Some(10), "尚清洁(警戒线)", "still clean (warning line)"),
    (Some(20), "轻度污染", "light pollution"),
    (Some(30), "中度污染", "moderate pollution"),
    (None, "重污染", "heavy pollution"),
];

/// Nemerow index of a set of single indices.
#[derive(Clone, Debug, PartialEq)]
pub struct Nemerow {
    /// Largest single index.
    pub max: Exact,
    /// Mean of the single indices.
    pub mean: Exact,
    /// `(P̄² + Pmax²)/2`, exact: the grade is taken from it, so that no root is rounded.
    pub squared: Exact,
    /// √ of it.
    pub value: f64,
    /// Place in [`GRADES`], from 0.
    pub grade: usize,
}

/// Nemerow index; `None` without an index.
pub fn nemerow(indices: &[Exact]) -> Option<Nemerow> {
    let max = indices.iter().max()?.clone();
    let mean = Exact::mean(indices)?;
    let squared = (&mean.pow(2) + &max.pow(2)).checked_div(&Exact::int(2))?;
    let grade = GRADES
        .iter()
        .position(|(end, ..)| end.is_none_or(|end| squared <= checks::decimal(end, 1).pow(2)))?;
    let value = squared.to_f64().sqrt();
    Some(Nemerow {
        max,
        mean,
        squared,
        value,
        grade,
    })
}

/// `(C − S)/S`; `None` where the limit is not exceeded.
pub fn exceed_multiple(content: &Exact, limit: &Exact) -> Option<Exact> {
    if content <= limit {
        return None;
    }
    (content - limit).checked_div(limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn between_mean_and_largest(values in proptest::collection::vec(0_i64..5000, 1..12)) {
            let indices: Vec<_> = values.iter().map(|v| Exact::ratio(*v, 1000).unwrap()).collect();
            let got = nemerow(&indices).unwrap();
            proptest::prop_assert!(got.value >= got.mean.to_f64() - 1e-9);
            proptest::prop_assert!(got.value <= got.max.to_f64() + 1e-9);
        }
    }
}
