//! Judgements as stored: what a standard said of a subject's period, with the full explanation as JSON.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::{Factor, JudgementId, SubjectId};
use crate::time::{Grain, UtcMs};

/// Which judgement: the newest revision of each key is in force, older ones stay readable.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub struct JudgementKey {
    /// Topic of the standards library, e.g. `aqi/daily`.
    pub topic: String,
    /// Of which subject.
    pub subject: SubjectId,
    /// Of which factor, where it is about one.
    pub factor: Option<Factor>,
    /// Period length.
    pub grain: Grain,
    /// Start of the period.
    pub time: UtcMs,
    /// Edition judged by.
    pub edition: String,
}

/// A stored judgement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StoredJudgement {
    /// Row.
    pub id: JudgementId,
    /// Which judgement.
    #[serde(flatten)]
    pub key: JudgementKey,
    /// Revision, 1 for the first.
    pub revision: i32,
    /// Verdict name (`met`, `exceeded`, `classified`, `computed`, `undecided`).
    pub verdict: String,
    /// Final value as text (AQI, class, concentration).
    pub value: Option<String>,
    /// When it was made.
    pub made_at: UtcMs,
    /// The whole explanation, as `standards::judgement::Judgement` serialises.
    #[schema(value_type = Object)]
    pub body: serde_json::Value,
}
