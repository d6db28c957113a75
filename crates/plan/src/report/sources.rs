//! The table of sources: every source a figure of the report rests on, numbered in the order of first mention.

use std::collections::BTreeMap;

use crate::evaluation::{Evaluation, Snapshot};
use crate::words::Source;

/// Sources with their numbers.
pub(super) struct Sources {
    numbers: BTreeMap<Source, u32>,
    list: Vec<Source>,
    own: Source,
}

impl Sources {
    pub(super) fn new(snapshot: &Snapshot, evaluation: &Evaluation) -> Self {
        let stage = serde_json::to_value(evaluation.stage)
            .ok()
            .and_then(|v| v.as_str().map(str::to_owned))
            .unwrap_or_default();
        let short = evaluation.snapshot.get(..12).unwrap_or(&evaluation.snapshot);
        Self {
            numbers: BTreeMap::new(),
            list: Vec::new(),
            own: Source {
                key: format!(
                    "evaluation/{stage}/{}/{}/{short}",
                    evaluation.year, evaluation.version
                ),
                name: format!("本次{}的计算结果（附件列出算式）", evaluation.stage.zh()),
                name_en: None,
                on: Some(snapshot.frozen_on),
                version: format!("第 {} 版", evaluation.version),
            },
        }
    }

    /// Number of a source.
    pub(super) fn number(&mut self, source: &Source) -> u32 {
        if let Some(number) = self.numbers.get(source) {
            return *number;
        }
        let number = u32::try_from(self.list.len() + 1).unwrap_or(u32::MAX);
        self.list.push(source.clone());
        self.numbers.insert(source.clone(), number);
        number
    }

    /// Number of the evaluation itself, for figures it computed.
    pub(super) fn own(&mut self) -> u32 {
        let own = self.own.clone();
        self.number(&own)
    }

    /// All of them, in order.
    pub(super) fn list(&self) -> &[Source] {
        &self.list
    }
}
