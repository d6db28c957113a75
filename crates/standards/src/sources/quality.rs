//! Quality assurance of monitors: drift and out-of-control (HJ 75-2017 table 4), relative accuracy, and accuracy against
//! the reference method (HJ 75-2017 table 2, HJ 355-2019 table 1). The figures are recalled and configurable.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::checks::{Impossible, not_negative, percent, positive};
use crate::judgement::Confidence;
use crate::num::Exact;
use crate::table;

/// Limits of one drift check.
#[derive(Clone, Debug, Deserialize)]
pub struct DriftRow {
    /// `pm`, `gas`, `flow`.
    pub cems: String,
    /// `zero`, `span`.
    pub check: String,
    /// Good up to this, % of full scale.
    #[serde(deserialize_with = "table::exact")]
    pub ok_pct: Exact,
    /// 失控 above this, % of full scale.
    #[serde(deserialize_with = "table::exact")]
    pub out_pct: Exact,
    /// Good up to this in the unit of the reading, as an alternative.
    #[serde(deserialize_with = "table::opt_exact")]
    pub ok_abs: Option<Exact>,
    /// 失控 above this in the unit of the reading, as an alternative.
    #[serde(deserialize_with = "table::opt_exact")]
    pub out_abs: Option<Exact>,
    /// Table.
    pub clause: String,
    /// How sure.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

const DRIFT: &str = include_str!("../../data/source_drift.csv");
static DRIFT_ROWS: LazyLock<Vec<DriftRow>> = LazyLock::new(|| table::rows(DRIFT));

/// The limits of a check; `None` where the table has none (span drift of velocity).
pub fn drift_row(cems: &str, check: &str) -> Option<&'static DriftRow> {
    DRIFT_ROWS.iter().find(|r| r.cems == cems && r.check == check)
}

/// State of a monitor after a drift check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DriftState {
    /// Within the limit.
    Ok,
    /// Beyond the limit: calibrate.
    Adjust,
    /// 失控: data are not valid back to the last good check.
    OutOfControl,
}

impl DriftState {
    /// `ok`, `adjust`, `out_of_control`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Adjust => "adjust",
            Self::OutOfControl => "out_of_control",
        }
    }
}

/// Drift in % of full scale, signed, and the state it means.
pub fn drift(
    row: &DriftRow,
    deviation: &Exact,
    full_scale: &Exact,
) -> Result<(Exact, DriftState), Impossible> {
    positive("full_scale", full_scale)?;
    let drift = percent(deviation, full_scale).ok_or(Impossible::NotPositive("full_scale"))?;
    let beyond =
        |pct: &Exact, abs: Option<&Exact>| drift.abs() > *pct && abs.is_none_or(|abs| deviation.abs() > *abs);
    let state = if beyond(&row.out_pct, row.out_abs.as_ref()) {
        DriftState::OutOfControl
    } else if beyond(&row.ok_pct, row.ok_abs.as_ref()) {
        DriftState::Adjust
    } else {
        DriftState::Ok
    };
    Ok((drift, state))
}

/// Relative accuracy of n pairs.
#[derive(Clone, Debug, PartialEq)]
pub struct RelativeAccuracy {
    /// Mean of reference minus monitor.
    pub mean_difference: Exact,
    /// Standard deviation of the differences (n − 1).
    pub deviation: f64,
    /// Confidence coefficient `t · S / √n`.
    pub coefficient: f64,
    /// Mean of the reference.
    pub mean_reference: Exact,
    /// `(|d| + |cc|) / RM · 100`, %; `None` for a mean reference of zero.
    pub percent: Option<f64>,
}

/// Relative accuracy; `t` is Student's t, two-sided 95 %, n − 1 degrees of freedom. Needs at least two pairs.
pub fn relative_accuracy(
    reference: &[Exact],
    monitor: &[Exact],
    t: f64,
) -> Result<RelativeAccuracy, Impossible> {
    if reference.len() != monitor.len() || reference.len() < 2 {
        return Err(Impossible::Length {
            what: "cems",
            want: reference.len().max(2),
            got: monitor.len(),
        });
    }
    let differences: Vec<Exact> = reference.iter().zip(monitor).map(|(r, m)| r - m).collect();
    let n = crate::checks::count(differences.len());
    let mean_difference = Exact::mean(&differences).ok_or(Impossible::NoFigure("rm"))?;
    let mean_reference = Exact::mean(reference).ok_or(Impossible::NoFigure("rm"))?;
    not_negative("rm", &mean_reference)?;
    let squares: Vec<Exact> = differences
        .iter()
        .map(|d| (d - &mean_difference).pow(2))
        .collect();
    let variance = Exact::sum(&squares)
        .checked_div(&(&n - &Exact::one()))
        .ok_or(Impossible::NoFigure("rm"))?;
    let deviation = variance.to_f64().sqrt();
    let coefficient = t * deviation / n.to_f64().sqrt();
    let percent = (!mean_reference.is_zero())
        .then(|| (mean_difference.abs().to_f64() + coefficient.abs()) / mean_reference.to_f64() * 100.0)
        .filter(|v| v.is_finite());
    Ok(RelativeAccuracy {
        mean_difference,
        deviation,
        coefficient,
        mean_reference,
        percent,
    })
}

#[derive(Deserialize)]
struct StudentRow {
    f: usize,
    t: f64,
}

const STUDENT: &str = include_str!("../../data/source_student.csv");
static STUDENT_ROWS: LazyLock<Vec<StudentRow>> = LazyLock::new(|| table::rows(STUDENT));

/// Student's t, two-sided 95 %, for n pairs; `None` beyond the table (2 to 31 pairs).
pub fn student_t(pairs: usize) -> Option<f64> {
    let f = pairs.checked_sub(1)?;
    STUDENT_ROWS.iter().find(|row| row.f == f).map(|row| row.t)
}

/// How an accuracy requirement is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccuracyKind {
    /// Relative accuracy, %.
    Ra,
    /// Relative error, %.
    Rel,
    /// Absolute error, in the unit.
    Abs,
}

impl AccuracyKind {
    /// `ra`, `rel`, `abs`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Ra => "ra",
            Self::Rel => "rel",
            Self::Abs => "abs",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Test {
    Ge,
    Gt,
    Any,
}

/// One requirement.
#[derive(Clone, Debug, Deserialize)]
pub struct AccuracyRow {
    /// Standard.
    pub standard: String,
    /// Edition.
    pub edition: String,
    /// Table.
    pub clause: String,
    /// Item.
    pub item: String,
    test: Test,
    #[serde(deserialize_with = "table::opt_exact")]
    bound: Option<Exact>,
    /// How it is measured.
    pub kind: AccuracyKind,
    /// Requirement.
    #[serde(deserialize_with = "table::exact")]
    pub limit: Exact,
    /// Unit of the item.
    pub unit: String,
    /// How sure.
    #[serde(deserialize_with = "table::confidence")]
    pub confidence: Confidence,
}

const ACCURACY: &str = include_str!("../../data/source_accuracy.csv");
static ACCURACY_ROWS: LazyLock<Vec<AccuracyRow>> = LazyLock::new(|| table::rows(ACCURACY));

/// The requirement for an item at a mean reference level.
pub fn accuracy_row(standard: &str, item: &str, reference: &Exact) -> Option<&'static AccuracyRow> {
    ACCURACY_ROWS
        .iter()
        .filter(|row| row.standard == standard && row.item == item)
        .find(|row| match (&row.bound, row.test) {
            (_, Test::Any) => true,
            (Some(bound), Test::Ge) => reference >= bound,
            (Some(bound), Test::Gt) => reference > bound,
            (None, _) => false,
        })
}

/// The error of a pair as the requirement measures it, not negative; `None` for a relative error at a reference of
/// zero, and for relative accuracy, which needs all pairs.
pub fn pair_error(kind: AccuracyKind, reference: &Exact, instrument: &Exact) -> Option<Exact> {
    let difference = (instrument - reference).abs();
    match kind {
        AccuracyKind::Abs => Some(difference),
        AccuracyKind::Rel => percent(&difference, &reference.abs()),
        AccuracyKind::Ra => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_reads() {
        table::assert_complete(DRIFT, &DRIFT_ROWS);
        table::assert_complete(STUDENT, &STUDENT_ROWS);
        table::assert_complete(ACCURACY, &ACCURACY_ROWS);
    }

    #[test]
    fn velocity_may_keep_the_absolute_limit_instead() {
        let row = drift_row("flow", "zero").unwrap();
        let state = |deviation: &str, scale: i64| {
            drift(row, &deviation.parse().unwrap(), &Exact::int(scale))
                .unwrap()
                .1
        };
        assert_eq!(state("0.9", 20), DriftState::Ok);
        assert_eq!(state("1.5", 20), DriftState::Adjust);
        assert_eq!(state("-2", 20), DriftState::OutOfControl);
    }

    #[test]
    fn perfect_agreement_is_zero_and_one_pair_is_refused() {
        let same = [Exact::int(100), Exact::int(120)];
        assert_eq!(relative_accuracy(&same, &same, 12.7).unwrap().percent, Some(0.0));
        assert!(relative_accuracy(&same[..1], &same[..1], 12.7).is_err());
        assert_eq!(student_t(9), Some(2.306));
        assert_eq!(student_t(1), None);
    }
}
