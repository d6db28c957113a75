//! A name or a sentence in both languages.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One name or sentence in Chinese and English.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// Chinese (zh-CN)
    pub zh: String,
    /// English
    pub en: String,
}

impl Names {
    /// From both languages.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            zh: zh.into(),
            en: en.into(),
        }
    }

    /// The same in both languages (codes, values).
    pub fn same(both: impl Into<String>) -> Self {
        let both = both.into();
        Self {
            zh: both.clone(),
            en: both,
        }
    }
}

impl std::fmt::Display for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.zh, self.en)
    }
}
