//! What was reached in the years before the plan (基期与成效数据): figures with year and unit, what they are compared with, and
//! which of them are derived and how. Data of the profile; a progress rests on the base of its indicator, these stand beside it.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::files::FilesError;

pub(crate) const FILE: &str = "plan/baseline.toml";

/// How a figure is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sense {
    /// The value itself.
    #[default]
    Equal,
    /// At least so much.
    AtLeast,
    /// About so much.
    About,
    /// Less by so much.
    ReduceBy,
    /// More by so much.
    IncreaseBy,
    /// Better by so much.
    ImproveBy,
}

impl Sense {
    /// A change against another year rather than a value of its own.
    pub fn is_change(self) -> bool {
        matches!(self, Self::ReduceBy | Self::IncreaseBy | Self::ImproveBy)
    }
}

/// A figure of the years before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PastFigure {
    /// Chapter, section and item it stands in, `1.1.2`.
    pub clause: String,
    /// Own short name.
    pub name: String,
    /// English name.
    #[serde(default)]
    pub name_en: Option<String>,
    /// Value.
    #[serde(default)]
    pub value: Option<Decimal>,
    /// Shares of a whole, where it is no one value.
    #[serde(default)]
    pub shares: Option<String>,
    /// Unit.
    #[serde(default)]
    pub unit: Option<String>,
    /// How it is meant.
    #[serde(default)]
    pub sense: Sense,
    /// Year.
    #[serde(default)]
    pub year: Option<u16>,
    /// First and last year, where it is of several.
    #[serde(default)]
    pub years: Option<[u16; 2]>,
    /// Year a change is counted from.
    #[serde(default)]
    pub against: Option<u16>,
    /// First and last year a change is counted from.
    #[serde(default)]
    pub against_years: Option<[u16; 2]>,
    /// The calculation, where the figure is not printed.
    #[serde(default)]
    pub derived: Option<String>,
    /// What to know of it.
    #[serde(default)]
    pub note: Option<String>,
    /// The same in English.
    #[serde(default)]
    pub note_en: Option<String>,
}

/// `plan/baseline.toml`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    #[serde(default)]
    pub(crate) figure: Vec<PastFigure>,
}

pub(crate) fn check(figures: &[PastFigure]) -> Result<(), FilesError> {
    for f in figures {
        let name = &f.name;
        if f.value.is_some() == f.shares.is_some() {
            return Err(FilesError::wrong(
                FILE,
                format!("«{name}» 须恰有 value、shares 之一"),
                format!("«{name}» needs exactly one of value and shares"),
            ));
        }
        if (f.against.is_some() || f.against_years.is_some()) && !f.sense.is_change() {
            return Err(FilesError::wrong(
                FILE,
                format!("«{name}» 与别的年份相比，sense 须为 reduce_by、increase_by 或 improve_by"),
                format!(
                    "«{name}» is compared with another year: its sense is reduce_by, increase_by or improve_by"
                ),
            ));
        }
    }
    Ok(())
}
