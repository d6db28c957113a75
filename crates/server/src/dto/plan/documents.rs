//! The published plan as a document.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::dto::common::{Bilingual, Stamp};

/// An edition.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanEdition {
    /// Edition, growing.
    pub edition: i64,
    /// Name of the file.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Bytes of the file.
    pub size: i64,
    /// When it came.
    pub uploaded_at: Stamp,
    /// From whom.
    pub uploaded_by: String,
}

/// Editions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanEditions {
    /// Newest first.
    pub items: Vec<PlanEdition>,
}

/// How many of everything were read.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub struct ReadCounts {
    /// Chapters.
    pub chapters: u32,
    /// Sections.
    pub sections: u32,
    /// Tasks.
    pub tasks: u32,
    /// Indicators.
    pub indicators: u32,
    /// Targets.
    pub targets: u32,
    /// Units.
    pub units: u32,
    /// Repairs.
    pub repairs: u32,
    /// Doubts.
    pub doubts: u32,
}

/// A correction and what became of it in this edition.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CorrectionView {
    /// Row.
    pub id: i64,
    /// Edition it was made on.
    pub edition: i64,
    /// `chapters`, `tasks`, `indicators`, `units`, `baseline`
    pub list: String,
    /// Id of the entry when it was corrected.
    pub entry: String,
    /// Field.
    pub field: String,
    /// What was read.
    #[schema(value_type = Object)]
    pub before: serde_json::Value,
    /// What is right.
    #[schema(value_type = Object)]
    pub after: serde_json::Value,
    /// Why.
    pub reason: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Stamp,
    /// `fits`, `moved`, `settled`, `conflict`, `gone`
    pub fit: String,
    /// Id the entry has in this edition.
    pub now: Option<String>,
    /// What the field reads in this edition.
    #[schema(value_type = Option<Object>)]
    pub found: Option<serde_json::Value>,
    /// In words.
    pub text: Bilingual,
}

/// An edition as read, beside its text.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExtractionView {
    /// The edition.
    pub document: PlanEdition,
    /// Its text, line by line; lines of entries, repairs and doubts count from 1.
    pub lines: Vec<String>,
    /// Counts.
    pub counts: ReadCounts,
    /// What was read, before corrections: as `huanshu import plan --json` prints it.
    #[schema(value_type = Object)]
    pub read: serde_json::Value,
    /// The same with corrections.
    #[schema(value_type = Object)]
    pub corrected: serde_json::Value,
    /// Corrections, those to be reviewed again first.
    pub corrections: Vec<CorrectionView>,
}

/// A correction, or a confirmation where `after` is what was read.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MakeCorrection {
    /// `chapters`, `tasks`, `indicators`, `units`, `baseline`
    pub list: String,
    /// Id of the entry.
    pub id: String,
    /// Field.
    pub field: String,
    /// What is right.
    #[schema(value_type = Object)]
    pub after: serde_json::Value,
    /// Why.
    #[serde(default)]
    pub reason: String,
}

/// A correction was made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CorrectionMade {
    /// Row.
    pub id: i64,
}

/// Which editions to compare.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DiffQuery {
    /// Older edition.
    pub older: i64,
    /// Newer edition.
    pub newer: i64,
}

/// A field that differs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DiffField {
    /// Field.
    pub field: String,
    /// In the older edition.
    #[schema(value_type = Object)]
    pub before: serde_json::Value,
    /// In the newer edition.
    #[schema(value_type = Object)]
    pub after: serde_json::Value,
}

/// A difference.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DiffItem {
    /// `added`, `removed`, `moved`, `changed`
    pub change: String,
    /// List.
    pub list: String,
    /// Id in the newer edition; in the older one where it is gone.
    pub id: String,
    /// Id in the older edition, where it moved.
    pub from: Option<String>,
    /// Fields that differ.
    pub fields: Vec<DiffField>,
}

/// What differs between two editions, corrections applied to both.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanDiff {
    /// Older edition.
    pub older: i64,
    /// Newer edition.
    pub newer: i64,
    /// Differences in the order of the newer one, what is gone last.
    pub items: Vec<DiffItem>,
}
