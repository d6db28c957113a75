//! The list of topics: one line for each function of the library that the outside can call by name.
//!
//! A topic's id is `<folder>/<file>` of its vector file; its `evaluate` takes the JSON input and gives a
//! judgement whose `result` holds the named outputs.

use serde_json::Value;

use crate::conformance::Case;
use crate::input::{Input, InputError};
use crate::judgement::Judgement;

/// One callable rule.
pub struct Topic {
    /// `<folder>/<file>`, e.g. `cems/o2_conversion`.
    pub id: &'static str,
    /// Chinese title.
    pub zh: &'static str,
    /// English title.
    pub en: &'static str,
    /// Standard and clause in short, e.g. `HJ 75-2017 附录C`.
    pub basis: &'static str,
    /// An input that works, as JSON text.
    pub example: &'static str,
    /// The rule.
    pub evaluate: fn(&Input<'_>) -> Result<Judgement, InputError>,
    /// How a line of the case file becomes input and expectation; [`crate::conformance::plain`] for
    /// `{in, expect, tol?}`.
    pub case: fn(&Value) -> Result<Case, InputError>,
}

impl std::fmt::Debug for Topic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id)
    }
}

/// The families, each with its own list.
static FAMILIES: &[&[Topic]] = &[
    crate::air::TOPICS,
    crate::water::TOPICS,
    crate::groundwater::TOPICS,
    crate::soil::TOPICS,
    crate::noise::TOPICS,
    crate::ecology::TOPICS,
    crate::climate::TOPICS,
    crate::sources::TOPICS,
    crate::limits::TOPICS,
    crate::permits::TOPICS,
    crate::risk::TOPICS,
    crate::waste::TOPICS,
    crate::radiation::TOPICS,
    crate::enforcement::TOPICS,
    crate::progress::TOPICS,
];

/// All topics.
pub fn all() -> impl Iterator<Item = &'static Topic> {
    FAMILIES.iter().flat_map(|family| family.iter())
}

/// The topic with this id.
pub fn find(id: &str) -> Option<&'static Topic> {
    all().find(|topic| topic.id == id)
}
