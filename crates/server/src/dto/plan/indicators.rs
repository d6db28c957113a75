//! Indicators with their way, their judgement and what room is left.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Day, PlanDoubt, PlanSource, PlanUnit};
use crate::dto::common::Bilingual;

/// What a figure is compared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AgainstView {
    /// `goal`, `path`, `target`
    pub from: String,
    /// Name.
    pub names: Bilingual,
    /// Value.
    pub value: String,
}

/// Whether a target in words was reached, as reviewed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SaidView {
    /// Year.
    pub year: u16,
    /// Reached.
    pub met: bool,
    /// On what grounds.
    pub grounds: String,
    /// Where it comes from.
    pub source: PlanSource,
}

/// A value as given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct GivenView {
    /// Year.
    pub year: u16,
    /// Value.
    pub value: String,
    /// Unit, where it is not the indicator's.
    pub unit: Option<String>,
    /// `evaluated` by the platform, `reported` by a unit.
    pub origin: String,
    /// May still change.
    pub provisional: bool,
    /// Where it comes from.
    pub source: PlanSource,
}

/// A year on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PathPointView {
    /// Year.
    pub year: u16,
    /// Value of the yearly path.
    pub planned: Option<String>,
    /// Goal of the year.
    pub goal: Option<String>,
    /// Actual value; of a cumulative indicator the sum since the base year.
    pub actual: Option<String>,
    /// As given, with its source.
    pub given: Option<GivenView>,
}

/// The year against its goal or path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct YearCheckView {
    /// What it is compared with.
    pub against: AgainstView,
    /// Actual value.
    pub actual: String,
    /// Not worse.
    pub met: bool,
}

/// A forecast with its interval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ForecastView {
    /// Year.
    pub year: u16,
    /// Value.
    pub value: String,
    /// Lower end.
    pub low: String,
    /// Upper end.
    pub high: String,
    /// `yes`, `uncertain`, `no`
    pub reach: Option<String>,
    /// What it is held against.
    pub against: Option<AgainstView>,
    /// How it was made.
    pub method: Bilingual,
}

/// What room is left in the running year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RoomView {
    /// Running year.
    pub year: u16,
    /// Last day known.
    pub through: Day,
    /// Days that remain.
    pub remaining: u16,
    /// What it is held against.
    pub against: AgainstView,
    /// What is left.
    pub left: String,
    /// It can still be reached.
    pub feasible: bool,
    /// The calculation.
    pub formula: String,
    /// In words.
    pub text: Bilingual,
}

/// Where an indicator stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IndicatorView {
    /// Number.
    pub no: u32,
    /// Group.
    pub group: String,
    /// In English; null where there is no English name.
    pub group_en: Option<String>,
    /// Name.
    pub name: String,
    /// In English; null where there is no English name.
    pub name_en: Option<String>,
    /// Unit.
    pub unit: Option<String>,
    /// In English; null where it is written the same.
    pub unit_en: Option<String>,
    /// `binding`, `expected`
    pub force: String,
    /// `towards`, `cumulative`, `keep`, `zero`, `threshold`, `incomparable`, `awaiting`, `qualitative`
    pub kind: String,
    /// The same for people.
    pub kind_names: Bilingual,
    /// Why it is judged so.
    pub kind_reason: Bilingual,
    /// Base the judgement rests on.
    pub base: Option<String>,
    /// Cut of the five years before, percent: no value of the indicator.
    pub base_cut: Option<String>,
    /// Target.
    pub target: Option<String>,
    /// Target in words.
    pub target_state: Option<String>,
    /// In English; null where there is no English name.
    pub target_state_en: Option<String>,
    /// The target is assigned by those above.
    pub assigned: bool,
    /// Counted otherwise than before the plan.
    pub restated: bool,
    /// Year judged.
    pub year: u16,
    /// Value judged; of a cumulative indicator the known sum.
    pub current: Option<String>,
    /// Progress P, 1 is the target; only where it means something.
    pub progress: Option<String>,
    /// Share of the plan's time.
    pub time: String,
    /// P / T
    pub index: Option<String>,
    /// The target is reached; null where that cannot be said.
    pub reached: Option<bool>,
    /// `green`, `yellow`, `red`, `grey`
    pub light: String,
    /// Why, in one sentence.
    pub reason: Bilingual,
    /// Who answers for it.
    pub lead: Vec<PlanUnit>,
    /// Weight in a score.
    pub weight: Option<String>,
    /// Where its values come from: `air_mean`, `good_days`, `section_share`, `register`, `cuts`, `reported`
    pub source: Option<String>,
    /// Tasks that work towards it; empty in lists.
    pub tasks: Vec<super::PlanPart>,
    /// Values the judgement rests on.
    pub given: Vec<GivenView>,
    /// Statements by year, where the target is one in words; the judgement rests on the last.
    pub said: Vec<SaidView>,
    /// Years from base to target.
    pub path: Vec<PathPointView>,
    /// The year against its goal or path.
    pub year_check: Option<YearCheckView>,
    /// Pace needed a year from now on.
    pub pace_needed: Option<String>,
    /// Pace realised a year.
    pub pace_realised: Option<String>,
    /// Forecast of the target year.
    pub forecast: Option<ForecastView>,
    /// Forecast of the running year.
    pub year_end: Option<ForecastView>,
    /// Room left in the running year.
    pub room: Option<RoomView>,
    /// What to know before relying on it.
    pub doubts: Vec<PlanDoubt>,
    /// The calculation, as judgements explain themselves; absent in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub explanation: Option<serde_json::Value>,
}

/// The indicators on a day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IndicatorBoard {
    /// Day asked.
    pub on: Day,
    /// Year the indicators are judged for.
    pub year: u16,
    /// Indicators in the order of the plan.
    pub items: Vec<IndicatorView>,
}
