//! A regular expression compiled once, on first use; one that would not compile finds nothing (a test compiles all).

use std::sync::OnceLock;

use regex::{Captures, Match, Regex};

/// A regular expression kept in a `static`.
pub(crate) struct Pattern {
    source: &'static str,
    cell: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// The expression, not yet compiled.
    pub(crate) const fn new(source: &'static str) -> Self {
        Self {
            source,
            cell: OnceLock::new(),
        }
    }

    /// The compiled expression.
    pub(crate) fn compiled(&self) -> Option<&Regex> {
        self.cell.get_or_init(|| Regex::new(self.source).ok()).as_ref()
    }

    /// First match.
    pub(crate) fn find<'t>(&self, text: &'t str) -> Option<Match<'t>> {
        self.compiled()?.find(text)
    }

    /// All matches, in order.
    pub(crate) fn find_all<'t>(&self, text: &'t str) -> Vec<Match<'t>> {
        self.compiled()
            .map(|r| r.find_iter(text).collect())
            .unwrap_or_default()
    }

    /// First match with its groups.
    pub(crate) fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        self.compiled()?.captures(text)
    }

    /// All matches with their groups.
    pub(crate) fn captures_all<'t>(&self, text: &'t str) -> Vec<Captures<'t>> {
        self.compiled()
            .map(|r| r.captures_iter(text).collect())
            .unwrap_or_default()
    }

    /// Whether it matches anywhere.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.compiled().is_some_and(|r| r.is_match(text))
    }
}
