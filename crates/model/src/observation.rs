//! Series and their observations. Raw values are never changed: a correction is a new revision.

use std::borrow::Cow;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::{Factor, SeriesId, SubjectId};
use crate::time::{Grain, UtcMs};

/// Which statistic of the period, by the field name of HJ 212: `Rtd`, `Avg`, `Min`, `Max`, `Cou`, `ZsRtd`,
/// `ZsAvg` …; unknown fields are kept as sent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String)]
pub struct Statistic(pub Cow<'static, str>);

impl Statistic {
    /// 实时值
    pub const RTD: Self = Self(Cow::Borrowed("Rtd"));
    /// 均值
    pub const AVG: Self = Self(Cow::Borrowed("Avg"));
    /// 最小值
    pub const MIN: Self = Self(Cow::Borrowed("Min"));
    /// 最大值
    pub const MAX: Self = Self(Cow::Borrowed("Max"));
    /// 累计值
    pub const COU: Self = Self(Cow::Borrowed("Cou"));
    /// 折算实时值
    pub const ZS_RTD: Self = Self(Cow::Borrowed("ZsRtd"));
    /// 折算均值
    pub const ZS_AVG: Self = Self(Cow::Borrowed("ZsAvg"));

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a series is, without its row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
pub struct SeriesKey {
    /// Of which subject.
    pub subject: SubjectId,
    /// Of which factor.
    pub factor: Factor,
    /// Period length.
    pub grain: Grain,
    /// Statistic of the period.
    pub statistic: Statistic,
}

/// A stored series.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Series {
    /// Row.
    pub id: SeriesId,
    /// What it is.
    #[serde(flatten)]
    pub key: SeriesKey,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Sent by a device.
    Uploaded,
    /// Read from a file.
    Imported,
    /// Computed here from finer values; never replaces an uploaded or imported one.
    Derived,
    /// Entered or corrected by a person, with a reason.
    Corrected,
}

impl Origin {
    /// One letter, as stored.
    pub fn letter(self) -> &'static str {
        match self {
            Self::Uploaded => "u",
            Self::Imported => "i",
            Self::Derived => "d",
            Self::Corrected => "c",
        }
    }

    /// By letter.
    pub fn from_letter(letter: &str) -> Option<Self> {
        [Self::Uploaded, Self::Imported, Self::Derived, Self::Corrected]
            .into_iter()
            .find(|o| o.letter() == letter)
    }
}

/// One value of a series. The instant is the start of its period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Observation {
    /// Start of the period, or the moment for real time.
    pub time: UtcMs,
    /// The number, exact; `None` where none was given, which is never zero.
    #[schema(value_type = Option<String>)]
    pub value: Option<Decimal>,
    /// Text where the field is text (Info …).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Device flag as sent (`N`, `D` …); `None` where none was sent.
    pub flag: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
    /// Revision, 1 for the first.
    pub revision: i32,
}

/// Newest value of a series.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Latest {
    /// Which series.
    pub series: Series,
    /// Its newest observation.
    pub observation: Observation,
}
