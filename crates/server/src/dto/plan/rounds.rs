//! Rounds of dispatch.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Day, PlanUnit};
use crate::dto::common::{Bilingual, Stamp};

/// A round in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RoundRow {
    /// `2023-H2`
    pub code: String,
    /// Name.
    pub names: Bilingual,
    /// Day the figures are of.
    pub as_of: String,
    /// Day it opened.
    pub opens: String,
    /// Last day to file.
    pub due: String,
    /// When it was opened.
    pub opened_at: Stamp,
    /// By whom.
    pub opened_by: String,
    /// When it was frozen; null while it is open.
    pub frozen_at: Option<Stamp>,
    /// By whom.
    pub frozen_by: Option<String>,
    /// SHA-256 of what it was frozen to.
    pub snapshot: Option<String>,
    /// 演示
    pub demo: bool,
    /// Units asked.
    pub units: u32,
    /// Filed, reviewed or not.
    pub filed: u32,
    /// Reviewed.
    pub accepted: u32,
    /// Filed late, or not filed though due.
    pub late: u32,
}

/// What a unit did in a round; its record is kept in `dispatch_return`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FilingView {
    /// Round.
    pub round: String,
    /// Unit.
    pub unit: PlanUnit,
    /// Record.
    pub record: String,
    /// `open`, `filed`, `returned`, `accepted`
    pub state: String,
    /// Items asked for.
    pub asked: u32,
    /// Items with a figure or a text.
    pub filled: u32,
    /// Day it was filed.
    pub filed: Option<Day>,
    /// Last day to file.
    pub due: String,
    /// Days late.
    pub late: i64,
}

/// A round with what each unit did.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RoundView {
    /// The round.
    pub round: RoundRow,
    /// What each unit in sight did, the latest first.
    pub filings: Vec<FilingView>,
    /// What it was frozen to: canonical JSON whose SHA-256 is `snapshot`.
    #[schema(value_type = Option<Object>)]
    pub frozen: Option<serde_json::Value>,
}

/// All rounds.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RoundList {
    /// Rounds, newest first.
    pub items: Vec<RoundRow>,
}

/// Which round to open.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct OpenRound {
    /// `2023-H2`
    pub code: String,
}
