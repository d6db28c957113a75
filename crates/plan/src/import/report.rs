//! Repairs and doubts as they come up: bounded, and listed by line.

use crate::document::{Doubt, Repair};
use crate::limits::MAX_REMARKS;

/// What is collected while reading.
#[derive(Debug, Default)]
pub(super) struct Report {
    repairs: Vec<Repair>,
    doubts: Vec<Doubt>,
    unlisted: usize,
}

impl Report {
    /// Something put right.
    pub(super) fn repair(&mut self, line: u32, kind: &'static str, before: &str, after: &str) {
        if self.repairs.len() < MAX_REMARKS {
            self.repairs.push(Repair {
                line,
                kind,
                before: before.to_owned(),
                after: after.to_owned(),
            });
        } else {
            self.unlisted += 1;
        }
    }

    /// Something uncertain.
    pub(super) fn doubt(&mut self, line: u32, kind: &'static str, text: impl Into<String>) {
        if self.doubts.len() < MAX_REMARKS {
            self.doubts.push(Doubt {
                line,
                kind,
                text: text.into(),
            });
        } else {
            self.unlisted += 1;
        }
    }

    /// All, by line.
    pub(super) fn finish(mut self) -> (Vec<Repair>, Vec<Doubt>) {
        if self.unlisted > 0 {
            let n = self.unlisted;
            self.doubts.push(Doubt {
                line: u32::MAX,
                kind: "unlisted",
                text: format!("另有 {n} 条修复或疑问未列出 / {n} more repairs or doubts are not listed"),
            });
        }
        self.repairs.sort_by_key(|r| r.line);
        self.doubts.sort_by_key(|d| d.line);
        (self.repairs, self.doubts)
    }
}
