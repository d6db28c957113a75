//! What every part of the follow-up speaks in: lights, doubts, sources.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use standards::text::Text;

/// Traffic light (红黄绿灯). The order is that of urgency: the worst is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Light {
    /// 绿: on schedule, or reached.
    Green,
    /// 灰: nothing to judge by. Not green.
    Grey,
    /// 黄: slightly behind, or at risk.
    Yellow,
    /// 红: behind, overdue, or missed.
    Red,
}

impl Light {
    /// `green`, `grey`, `yellow`, `red`
    pub fn key(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Grey => "grey",
            Self::Yellow => "yellow",
            Self::Red => "red",
        }
    }

    /// 绿灯 …
    pub fn zh(self) -> &'static str {
        match self {
            Self::Green => "绿灯",
            Self::Grey => "灰灯",
            Self::Yellow => "黄灯",
            Self::Red => "红灯",
        }
    }
}

impl From<standards::progress::indicator::Light> for Light {
    fn from(light: standards::progress::indicator::Light) -> Self {
        use standards::progress::indicator::Light as Rule;
        match light {
            Rule::Green => Self::Green,
            Rule::Yellow => Self::Yellow,
            Rule::Red => Self::Red,
        }
    }
}

/// Where a figure comes from (数据来源): enough to open its query and its rows again.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Stable key that leads to the query or the record; the platform gives it.
    pub key: String,
    /// What it is, in Chinese, as printed in a report.
    pub name: String,
    /// In English, where the program named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    /// Day the figure was taken.
    #[serde(default)]
    pub on: Option<Date>,
    /// Revision, edition or snapshot.
    #[serde(default)]
    pub version: String,
}

impl Source {
    /// What it is, in both languages.
    pub(crate) fn said(&self) -> Said {
        Said::new(&self.name, self.name_en.as_deref())
    }
}

/// What a doubt is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// An indicator; the id is its number.
    Indicator,
    /// A task.
    Task,
    /// A project.
    Project,
    /// An item of an assessment.
    Item,
}

/// Something a reader must know before relying on a result (存疑).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Doubt {
    /// Kind of thing.
    pub about: About,
    /// Its id.
    pub id: String,
    /// Stable code: `missing`, `provisional`, `conflict`, `incomparable`, `restated`, `unit`, `regress`, …
    pub code: &'static str,
    /// What it is.
    pub text: Text,
}

impl Doubt {
    /// A doubt.
    pub fn new(about: About, id: impl Into<String>, code: &'static str, text: Text) -> Self {
        Self {
            about,
            id: id.into(),
            code,
            text,
        }
    }
}

/// Words that differ by language inside a sentence told in both: `{x}` writes the Chinese, `{x:#}` the English, which is the Chinese
/// where there is no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: Option<String>,
}

impl Said {
    /// A name, with its English one where it has one.
    pub fn new(zh: impl Into<String>, en: Option<&str>) -> Self {
        Self {
            zh: zh.into(),
            en: en.map(str::to_owned),
        }
    }

    /// A figure in its unit; the English unit where it is written otherwise.
    pub fn measured(figure: &str, unit: Option<&str>, unit_en: Option<&str>) -> Self {
        Self {
            zh: with_unit(figure, unit),
            en: unit_en.map(|unit| with_unit(figure, Some(unit))),
        }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.en {
            Some(en) if f.alternate() => f.write_str(en),
            _ => f.write_str(&self.zh),
        }
    }
}

/// Appends a unit to a figure, if there is one.
pub fn with_unit(figure: &str, unit: Option<&str>) -> String {
    match unit {
        None | Some("") => figure.to_owned(),
        Some(unit) => format!("{figure} {unit}"),
    }
}
