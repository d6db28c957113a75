//! Errors of commands: one sentence in Chinese and English that names the place and the remedy.

use std::fmt;
use std::path::Path;

/// What a command could not do.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    /// Both languages.
    pub(crate) fn new(zh: impl fmt::Display, en: impl fmt::Display) -> Self {
        Self(format!("{zh}\n{en}"))
    }

    /// A file that cannot be read or written.
    pub(crate) fn file(path: &Path, error: &dyn fmt::Display) -> Self {
        let path = path.display();
        Self(format!(
            "无法访问文件 {path}:{error}\ncannot access {path}: {error}"
        ))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Any error with a sentence of its own.
impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// What commands return: the exit code, or an error printed to the standard error output with exit code 2.
pub(crate) type Outcome = Result<std::process::ExitCode, Failure>;
