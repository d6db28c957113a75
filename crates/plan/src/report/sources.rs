//! The table of sources: every source a figure of the report rests on, numbered in the order of first mention.

use std::collections::BTreeMap;

use crate::evaluation::{Evaluation, Snapshot, Stage};
use crate::words::Source;

/// Key of an evaluation, `evaluation/final/2025/1`: what its own figures' keys begin with.
pub fn key(stage: Stage, year: u16, version: u32) -> String {
    format!("evaluation/{}/{year}/{version}", stage.key())
}

/// What an evaluation is as a source of figures it computed itself.
pub fn own(snapshot: &Snapshot, evaluation: &Evaluation) -> Source {
    let short = evaluation.snapshot.get(..12).unwrap_or(&evaluation.snapshot);
    Source {
        key: format!(
            "{}/{short}",
            key(evaluation.stage, evaluation.year, evaluation.version)
        ),
        name: format!("本次{}的计算结果（附件列出算式）", evaluation.stage.zh()),
        name_en: Some("what this evaluation computed; the annex has the formulas".to_owned()),
        on: Some(snapshot.frozen_on),
        version: format!("第 {} 版", evaluation.version),
    }
}

/// Sources with their numbers.
pub(super) struct Sources {
    numbers: BTreeMap<Source, u32>,
    list: Vec<Source>,
    own: Source,
    plan: Source,
}

impl Sources {
    pub(super) fn new(snapshot: &Snapshot, evaluation: &Evaluation) -> Self {
        Self {
            numbers: BTreeMap::new(),
            list: Vec::new(),
            own: own(snapshot, evaluation),
            plan: Source {
                key: "plan/indicators".to_owned(),
                name: format!("《{}》主要指标表", snapshot.plan.title),
                name_en: None,
                on: None,
                version: snapshot.plan.number.clone(),
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

    /// Number of the plan's own table of indicators, for bases and targets it states.
    pub(super) fn plan(&mut self) -> u32 {
        let plan = self.plan.clone();
        self.number(&plan)
    }

    /// All of them, in order.
    pub(super) fn list(&self) -> &[Source] {
        &self.list
    }
}
