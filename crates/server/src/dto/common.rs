//! Parts that many answers share: instants, bilingual text, pages of a list, references, errors.

use model::ids::{SubjectCode, SubjectId};
use model::time::UtcMs;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::{IntoParams, ToSchema};

use crate::limits;

/// An instant at the edge: RFC 3339 with the district's offset, e.g. `2026-11-24T08:00:00+08:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-11-24T08:00:00+08:00")]
pub struct Stamp(pub UtcMs);

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_rfc3339())
    }
}

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        UtcMs::parse(&text).map(Self).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "应为时间,如 2026-11-24T08:00:00+08:00 / expected a time, found «{}»",
                text.chars().take(40).collect::<String>()
            ))
        })
    }
}

impl From<UtcMs> for Stamp {
    fn from(time: UtcMs) -> Self {
        Self(time)
    }
}

/// An instant to the millisecond, where several may fall into one second, e.g. `2026-11-24T08:00:00.250+08:00`. Asked
/// for as it was told, it names exactly that instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-11-24T08:00:00.250+08:00")]
pub struct ExactStamp(pub UtcMs);

impl Serialize for ExactStamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_rfc3339_ms())
    }
}

impl From<UtcMs> for ExactStamp {
    fn from(time: UtcMs) -> Self {
        Self(time)
    }
}

/// The same words in Chinese and English.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Bilingual {
    /// Chinese (zh-CN)
    pub zh: String,
    /// English
    pub en: String,
}

impl Bilingual {
    /// From both languages.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            zh: zh.into(),
            en: en.into(),
        }
    }
}

/// The body of every error answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Stable code; programs branch on this.
    pub code: String,
    /// What is wrong and what to do, for people.
    pub message: Bilingual,
    /// Further facts, by code (`field`, `retry_after_s`, `limit` …).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub details: Option<serde_json::Value>,
    /// Path of the page that explains the code.
    pub help: String,
}

/// One page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows of this page.
    pub items: Vec<T>,
    /// How many rows the filters leave in all.
    pub total: i64,
    /// This page, from 1.
    pub page: u32,
    /// Rows a page.
    pub page_size: u32,
}

/// Which page of a list, and in what order.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// Page, from 1.
    pub page: Option<u32>,
    /// Rows a page, 1 to 200; 50 when absent.
    pub page_size: Option<u32>,
    /// `field` or `-field`.
    pub sort: Option<String>,
}

/// Where a page begins and ends, checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Page, from 1.
    pub page: u32,
    /// Rows a page.
    pub size: u32,
}

impl Window {
    /// From what was asked; `None` where it is out of bounds.
    pub fn new(page: Option<u32>, size: Option<u32>) -> Option<Self> {
        let page = page.unwrap_or(1);
        let size = size.unwrap_or(limits::PAGE_SIZE);
        ((1..=limits::MAX_PAGE).contains(&page) && (1..=limits::MAX_PAGE_SIZE).contains(&size))
            .then_some(Self { page, size })
    }

    /// Rows to skip.
    pub fn offset(self) -> u64 {
        u64::from(self.page.saturating_sub(1)) * u64::from(self.size)
    }

    /// The page of a list that is already in memory.
    pub fn cut<T>(self, rows: Vec<T>) -> Page<T> {
        let total = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let skip = usize::try_from(self.offset()).unwrap_or(usize::MAX);
        let items = rows.into_iter().skip(skip).take(self.size as usize).collect();
        self.page(items, total)
    }

    /// The page around rows that were cut elsewhere.
    pub fn page<T>(self, items: Vec<T>, total: i64) -> Page<T> {
        Page {
            items,
            total,
            page: self.page,
            page_size: self.size,
        }
    }
}

/// Enough of a subject to name it and to link to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SubjectRef {
    /// Row.
    #[schema(value_type = i64)]
    pub id: SubjectId,
    /// Stable code.
    #[schema(value_type = String)]
    pub code: SubjectCode,
    /// Chinese name.
    pub zh: String,
    /// English name, empty where there is none.
    pub en: String,
}
