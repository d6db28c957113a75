//! The plan's files of a profile (`profiles/<district>/plan/*.toml`), read in one way: what is missing, does not read or
//! contradicts itself is told with the file and what to change.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

/// A file of the plan that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// A file is missing.
    #[error("配置目录缺少 {0} / the profile lacks {0}")]
    Missing(&'static str),
    /// A file does not read.
    #[error("规划文件 {file} 有误 / plan file {file} is wrong: {message}")]
    File {
        /// File name.
        file: &'static str,
        /// Line and what was expected.
        message: String,
    },
    /// Something in a file contradicts something else; it says what to change.
    #[error("规划文件 {file}: {zh} / plan file {file}: {en}")]
    Wrong {
        /// File name.
        file: &'static str,
        /// Chinese.
        zh: String,
        /// English.
        en: String,
    },
}

impl FilesError {
    /// A contradiction.
    pub fn wrong(file: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Wrong {
            file,
            zh: zh.into(),
            en: en.into(),
        }
    }
}

/// A file that has to be there, from path relative to the profile → text.
pub fn read<T: DeserializeOwned>(
    files: &BTreeMap<String, String>,
    name: &'static str,
) -> Result<T, FilesError> {
    read_present(files, name)?.ok_or(FilesError::Missing(name))
}

/// A file that may be there.
pub fn read_present<T: DeserializeOwned>(
    files: &BTreeMap<String, String>,
    name: &'static str,
) -> Result<Option<T>, FilesError> {
    let Some(text) = files.get(name) else {
        return Ok(None);
    };
    toml::from_str(text).map(Some).map_err(|e| FilesError::File {
        file: name,
        message: e.to_string(),
    })
}
