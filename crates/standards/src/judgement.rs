//! What a standard says of some observations, with everything a contesting reader needs to check it by hand.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::num::Exact;
use crate::text::Text;

/// How sure the figures behind a judgement are. The worst mark of all figures used is the judgement's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// A: read in the primary text.
    Verified,
    /// B: the same in several secondary sources.
    Secondary,
    /// C: recalled or set by the project; configurable, never presented as law.
    Configurable,
    /// U: uncertain or contradictory; shown as unverified.
    Uncertain,
}

impl Confidence {
    /// From the letters A, B, C, U of the tables; anything else is uncertain.
    pub fn from_letter(letter: &str) -> Self {
        match letter.trim() {
            "A" => Self::Verified,
            "B" => Self::Secondary,
            "C" => Self::Configurable,
            _ => Self::Uncertain,
        }
    }
}

/// Where a rule stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Basis {
    /// e.g. `HJ 633`
    pub standard: String,
    /// e.g. `2012`, `2026`
    pub edition: String,
    /// e.g. `4.3`
    pub clause: String,
}

impl Basis {
    /// `Basis::new("HJ 633", "2012", "4.3")`
    pub fn new(standard: impl Into<String>, edition: impl Into<String>, clause: impl Into<String>) -> Self {
        Self {
            standard: standard.into(),
            edition: edition.into(),
            clause: clause.into(),
        }
    }
}

/// The limit that was compared with, and why this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Limit {
    /// Decimal text.
    pub value: String,
    /// Unit of `value`.
    pub unit: String,
    /// Which table and row.
    pub source: Basis,
    /// Why this limit applies (zone, industry, date, water body …).
    pub reason: Text,
}

/// One input and whether it was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InputUse {
    /// Name, as the topic's input calls it.
    pub name: String,
    /// Value as given; `None` is missing, which is never zero.
    pub value: Option<String>,
    /// Unit, empty where there is none.
    pub unit: String,
    /// Whether the result rests on it.
    pub used: bool,
    /// Why it was left out, or what was done with it.
    pub note: Option<Text>,
}

/// One line of the calculation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What is calculated.
    pub what: Text,
    /// The formula with the figures put in.
    pub formula: String,
    /// The unrounded result.
    pub value: String,
}

/// What comes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// 达标: within the limit.
    Met,
    /// 超标: beyond the limit.
    Exceeded,
    /// A class, grade or index was determined; the text names it.
    Classified,
    /// A figure was computed, nothing is compared.
    Computed,
    /// 无法判定: cannot be decided (missing or invalid inputs); the text says why.
    Undecided,
}

/// A result that explains itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Judgement {
    /// Topic id, e.g. `aqi/iaqi`.
    pub topic: String,
    /// The clauses it rests on, the decisive one first.
    pub basis: Vec<Basis>,
    /// Worst mark of the figures used.
    pub confidence: Confidence,
    /// Limits compared with.
    pub limits: Vec<Limit>,
    /// Inputs used and left out.
    pub inputs: Vec<InputUse>,
    /// The calculation, unrounded.
    pub steps: Vec<Step>,
    /// Final value before rounding, where the result is one number.
    pub unrounded: Option<String>,
    /// Final value after the one rounding the standard names.
    pub value: Option<String>,
    /// Unit of the value.
    pub unit: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The verdict in words.
    pub conclusion: Text,
    /// Named outputs for programs; the keys are part of the topic's contract.
    pub result: Map<String, Value>,
}

impl Judgement {
    /// An empty judgement of a topic, verified until a lesser figure is used.
    pub fn new(topic: &str, basis: Basis) -> Self {
        Self {
            topic: topic.to_owned(),
            basis: vec![basis],
            confidence: Confidence::Verified,
            limits: Vec::new(),
            inputs: Vec::new(),
            steps: Vec::new(),
            unrounded: None,
            value: None,
            unit: String::new(),
            verdict: Verdict::Computed,
            conclusion: Text::same(""),
            result: Map::new(),
        }
    }

    /// Adds a further clause.
    pub fn also(&mut self, basis: Basis) -> &mut Self {
        if !self.basis.contains(&basis) {
            self.basis.push(basis);
        }
        self
    }

    /// Lowers the confidence to that of a figure used.
    pub fn rests_on(&mut self, mark: Confidence) -> &mut Self {
        self.confidence = self.confidence.max(mark);
        self
    }

    /// Notes an input that was used.
    pub fn uses(&mut self, name: &str, value: &dyn std::fmt::Display, unit: &str) -> &mut Self {
        self.inputs.push(InputUse {
            name: name.to_owned(),
            value: Some(value.to_string()),
            unit: unit.to_owned(),
            used: true,
            note: None,
        });
        self
    }

    /// Notes an input that was left out, and why; `value` is `None` where it is missing.
    pub fn leaves_out(&mut self, name: &str, value: Option<String>, unit: &str, why: Text) -> &mut Self {
        self.inputs.push(InputUse {
            name: name.to_owned(),
            value,
            unit: unit.to_owned(),
            used: false,
            note: Some(why),
        });
        self
    }

    /// Adds a line of the calculation.
    pub fn step(
        &mut self,
        what: Text,
        formula: impl Into<String>,
        value: &dyn std::fmt::Display,
    ) -> &mut Self {
        self.steps.push(Step {
            what,
            formula: formula.into(),
            value: value.to_string(),
        });
        self
    }

    /// Adds a limit.
    pub fn limit(
        &mut self,
        value: &dyn std::fmt::Display,
        unit: &str,
        source: Basis,
        reason: Text,
        mark: Confidence,
    ) -> &mut Self {
        self.limits.push(Limit {
            value: value.to_string(),
            unit: unit.to_owned(),
            source,
            reason,
        });
        self.rests_on(mark)
    }

    /// Sets the final value: exact before, decimal text after rounding.
    pub fn finish(&mut self, unrounded: &Exact, rounded: impl Into<String>, unit: &str) -> &mut Self {
        self.unrounded = Some(unrounded.to_display());
        self.value = Some(rounded.into());
        unit.clone_into(&mut self.unit);
        self
    }

    /// Sets verdict and words.
    pub fn conclude(&mut self, verdict: Verdict, conclusion: Text) -> &mut Self {
        self.verdict = verdict;
        self.conclusion = conclusion;
        self
    }

    /// Puts a named output.
    pub fn put(&mut self, key: &str, value: impl Into<Value>) -> &mut Self {
        self.result.insert(key.to_owned(), value.into());
        self
    }
}
