//! The yearly list derived from the plan.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Day, PlanUnit};
use crate::dto::common::Bilingual;

/// Which list.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct GoalListQuery {
    /// Year of the plan.
    pub year: u16,
    /// Only what this unit leads or shares; all units when absent. Towns and departments get their own.
    pub unit: Option<String>,
}

/// A goal the plan gives for the year and nobody entered yet.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProposedGoal {
    /// Id its record in `plan_goal` will have.
    pub id: String,
    /// `indicator`, `task`, `project`
    pub kind: String,
    /// Indicator.
    pub indicator: Option<u32>,
    /// Task.
    pub task: Option<String>,
    /// Target of the task, where it is one.
    pub target: Option<String>,
    /// Text.
    pub text: String,
    /// In English.
    pub text_en: String,
    /// `at_least`, `at_most`, `equal`, `about`
    pub sense: Option<String>,
    /// Value.
    pub value: Option<String>,
    /// Unit of the value.
    pub measured_in: Option<String>,
    /// In English; null where it is written the same.
    pub measured_in_en: Option<String>,
    /// Who leads.
    pub lead: PlanUnit,
    /// Who shares and helps.
    pub helpers: Vec<PlanUnit>,
    /// Every town takes part by the plan's general rule.
    pub towns: bool,
    /// Last day.
    pub due: Day,
    /// Where it comes from.
    pub basis: Bilingual,
}

/// A goal of the year that stands already and is left as it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StandingGoal {
    /// Record of `plan_goal`.
    pub id: String,
    /// Its text.
    pub text: String,
    /// In English; null where people changed the text.
    pub text_en: Option<String>,
    /// Where it no longer says what the plan would give.
    pub differs: Option<Bilingual>,
}

/// Something that is not on the list, and why.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LeftOutGoal {
    /// `indicator`, `target`, `task`, `project`, `town`
    pub about: String,
    /// Number of the indicator or task, record of the project, code of the town.
    pub id: String,
    /// Its name.
    pub name: String,
    /// In English; null where there is no English name.
    pub name_en: Option<String>,
    /// `done`, `reached`, `later`, `no_date`, `no_value`, `no_unit`, `by_indicator`, `no_record`, `not_this_year`, `general_rule`,
    /// `same_words`, `struck`
    pub code: String,
    /// Why.
    pub why: Bilingual,
    /// Whose it would be.
    pub units: Vec<PlanUnit>,
}

/// The list of a year.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GoalProposal {
    /// Year.
    pub year: u16,
    /// The unit it is for; all units where null.
    pub unit: Option<PlanUnit>,
    /// What the plan gives and is not entered, in the order of the plan.
    pub items: Vec<ProposedGoal>,
    /// What stands.
    pub standing: Vec<StandingGoal>,
    /// What is left out.
    pub left_out: Vec<LeftOutGoal>,
}

/// What to put into the register as drafts.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeriveGoals {
    /// Year of the plan.
    pub year: u16,
    /// Only what this unit leads or shares; all units when absent.
    #[serde(default)]
    pub unit: Option<String>,
    /// Only these items of the list, by id; all when absent.
    #[serde(default)]
    pub items: Option<Vec<String>>,
}

/// What was put into the register.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DerivedGoals {
    /// Records of `plan_goal` that were made; empty where everything stood already.
    pub records: Vec<String>,
    /// The list afterwards.
    pub list: GoalProposal,
}
