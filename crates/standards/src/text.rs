//! A sentence in Chinese and English, as every message and explanation of this crate is.

use std::borrow::Cow;

use serde::Serialize;

/// One sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Text {
    /// Chinese (zh-CN)
    pub zh: Cow<'static, str>,
    /// English
    pub en: Cow<'static, str>,
}

impl Text {
    /// From both languages; `&'static str` costs nothing.
    pub fn new(zh: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Self {
        Self {
            zh: zh.into(),
            en: en.into(),
        }
    }

    /// The same in both languages (formulas, codes, names).
    pub fn same(both: impl Into<Cow<'static, str>>) -> Self {
        let both = both.into();
        Self {
            zh: both.clone(),
            en: both,
        }
    }
}

/// `text!("中文 {x}", "English {x}")`: a [`Text`] with inline format arguments in both languages.
#[macro_export]
macro_rules! text {
    ($zh:literal, $en:literal $(, $($arg:tt)*)?) => {
        $crate::text::Text::new(format!($zh $(, $($arg)*)?), format!($en $(, $($arg)*)?))
    };
}
