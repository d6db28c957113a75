//! Where an indicator stands (指标进展): its kind, progress and light with the calculation, yearly path, pace, forecast,
//! and what room is left for the days that remain.
//!
//! An indicator is judged by what its base and its target mean. Only two different numbers of one unit and one scope have a
//! progress between them; what is kept, held at zero, assigned later, stated in words or not comparable is told apart.

mod forecast;
mod judge;
mod kind;
mod path;
mod room;

use jiff::civil::Date;
use model::ids::UnitCode;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use standards::judgement::Judgement;
use standards::text::Text;

use crate::facts::{Force, Head, Indicator};
use crate::number::Num;
use crate::words::{Doubt, Light, Source};

pub use judge::state;
pub use path::{Asks, asks, chosen};

/// Who made a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The platform's own evaluation (平台评价).
    Evaluated,
    /// Reported by the unit with evidence (单位填报).
    Reported,
}

/// Under which statistical scope (统计口径) a value was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// That of this plan.
    #[default]
    Plan,
    /// That of the plan before; not comparable.
    Former,
}

/// The value of a year; for a cumulative indicator the amount of that year alone. A year without a value is absent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearValue {
    /// Year.
    pub year: u16,
    /// Value.
    pub value: Decimal,
    /// Unit it is in, where that is not the indicator's.
    #[serde(default)]
    pub unit: Option<String>,
    /// Scope.
    #[serde(default)]
    pub scope: Scope,
    /// Who made it.
    pub origin: Origin,
    /// May still change (初步数).
    #[serde(default)]
    pub provisional: bool,
    /// Where it comes from.
    pub source: Source,
}

/// Whether a state in words was reached in a year, as reviewed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearState {
    /// Year.
    pub year: u16,
    /// Reached.
    pub met: bool,
    /// On what grounds.
    pub grounds: String,
    /// Where it comes from.
    pub source: Source,
}

/// A target assigned by those above (市下达任务).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assigned {
    /// Value of the target year.
    pub value: Decimal,
    /// Base it is counted from, where stated with it; 0 for a cut counted from the base year.
    #[serde(default)]
    pub base: Option<Decimal>,
    /// Which document.
    pub source: Source,
}

/// A base recomputed under the plan's scope (基数重算).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rebased {
    /// Value of the base year.
    pub value: Decimal,
    /// Where it comes from.
    pub source: Source,
}

/// A goal of one year from a yearly plan (年度目标); for a cumulative indicator the sum since the base year.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearGoal {
    /// Year.
    pub year: u16,
    /// Value.
    pub value: Decimal,
    /// Which document.
    pub source: Source,
}

/// What the same rest of an earlier year brought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RestMean {
    /// Year.
    pub year: u16,
    /// Mean of the days after the same day of that year.
    pub mean: Decimal,
}

/// Days of the same rest of an earlier year.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RestDays {
    /// Year.
    pub year: u16,
    /// Good days among them.
    pub good: u16,
    /// Bad days among them.
    pub bad: u16,
}

/// An amount of an earlier year, up to the same day and in all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlierAmount {
    /// Year.
    pub year: u16,
    /// Up to the same day.
    pub so_far: Decimal,
    /// Of the whole year.
    pub total: Decimal,
}

/// What the running year has brought so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum RunningFigure {
    /// A mean over days (年均值).
    Mean {
        /// Mean of the valid days.
        mean: Decimal,
        /// Valid days.
        days: u16,
        /// The same rest of earlier years.
        #[serde(default)]
        before: Vec<RestMean>,
    },
    /// Good days of all valid days (优良天数比率).
    Days {
        /// Good days.
        good: u16,
        /// Days that were not.
        bad: u16,
        /// The same rest of earlier years.
        #[serde(default)]
        before: Vec<RestDays>,
    },
    /// An amount of the running year.
    Amount {
        /// So far.
        so_far: Decimal,
        /// Earlier years.
        #[serde(default)]
        before: Vec<EarlierAmount>,
    },
    /// A level read now and then.
    Level {
        /// Newest reading.
        value: Decimal,
    },
}

/// The running year (当年运行情况).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Running {
    /// Last day the figure covers; its year is the running year.
    pub through: Date,
    /// The figure.
    pub figure: RunningFigure,
    /// Where it comes from.
    pub source: Source,
}

/// How the way from base to target is spread over the years.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Path {
    /// In equal steps.
    #[default]
    Linear,
    /// By an equal rate; for intensities.
    Geometric,
}

/// An indicator with everything known of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndicatorInput {
    /// What the plan says.
    pub facts: Indicator,
    /// Target assigned later.
    #[serde(default)]
    pub assigned: Option<Assigned>,
    /// Base recomputed.
    #[serde(default)]
    pub rebased: Option<Rebased>,
    /// Values of years, in any order; two of one year are a conflict to be told.
    #[serde(default)]
    pub values: Vec<YearValue>,
    /// States of years, for a target in words.
    #[serde(default)]
    pub states: Vec<YearState>,
    /// Goals of years.
    #[serde(default)]
    pub goals: Vec<YearGoal>,
    /// The running year.
    #[serde(default)]
    pub running: Option<Running>,
    /// How the way is spread.
    #[serde(default)]
    pub path: Path,
    /// Weight in a score; not negative.
    #[serde(default = "one")]
    pub weight: Decimal,
    /// Who answers for it.
    #[serde(default)]
    pub lead: Vec<UnitCode>,
}

fn one() -> Decimal {
    Decimal::ONE
}

impl IndicatorInput {
    /// An indicator of which nothing but the plan's facts is known.
    pub fn new(facts: Indicator) -> Self {
        Self {
            facts,
            assigned: None,
            rebased: None,
            values: Vec::new(),
            states: Vec::new(),
            goals: Vec::new(),
            running: None,
            path: Path::Linear,
            weight: one(),
            lead: Vec::new(),
        }
    }

    /// The newest year not after `upto` that has a value or a state: what a board shows.
    pub fn newest(&self, upto: u16) -> Option<u16> {
        let values = self.values.iter().map(|v| v.year);
        let states = self.states.iter().map(|s| s.year);
        values.chain(states).filter(|year| *year <= upto).max()
    }
}

/// Years of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Years {
    /// Year of the base values.
    pub base: u16,
    /// Year of the targets; after the base year.
    pub target: u16,
}

impl From<&Head> for Years {
    fn from(head: &Head) -> Self {
        Self {
            base: head.base_year,
            target: head.target_year,
        }
    }
}

/// How an indicator is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 进展: from a base to another value of the same unit and scope.
    Towards,
    /// 累计: an amount summed over the years.
    Cumulative,
    /// 保持: at the target in the base year already; it must not get worse.
    Keep,
    /// 清零: to be zero and stay so.
    Zero,
    /// 达标: a target without a base; reached or not, no progress.
    Threshold,
    /// 不可比: base and target differ in unit or scope; reached or not, no progress.
    Incomparable,
    /// 待下达: the target is not assigned yet.
    Awaiting,
    /// 定性: the target is a state in words.
    Qualitative,
}

impl Kind {
    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Towards => "进展",
            Self::Cumulative => "累计",
            Self::Keep => "保持",
            Self::Zero => "清零",
            Self::Threshold => "达标",
            Self::Incomparable => "不可比",
            Self::Awaiting => "待下达",
            Self::Qualitative => "定性",
        }
    }

    /// English name.
    pub fn en(self) -> &'static str {
        match self {
            Self::Towards => "progress",
            Self::Cumulative => "cumulative",
            Self::Keep => "keep",
            Self::Zero => "to zero",
            Self::Threshold => "threshold",
            Self::Incomparable => "not comparable",
            Self::Awaiting => "target to come",
            Self::Qualitative => "in words",
        }
    }

    /// Whether a progress in percent means something.
    pub fn has_progress(self) -> bool {
        matches!(self, Self::Towards | Self::Cumulative)
    }
}

/// What a figure is compared with.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Against {
    /// The goal of the year.
    Goal {
        /// Value.
        value: Num,
        /// Which document.
        source: Source,
    },
    /// The value of the yearly path.
    Path {
        /// Value.
        value: Num,
    },
    /// The target of the plan.
    Target {
        /// Value.
        value: Num,
    },
}

impl Against {
    /// Its value.
    pub fn value(&self) -> &Num {
        match self {
            Self::Goal { value, .. } | Self::Path { value } | Self::Target { value } => value,
        }
    }

    /// Its name.
    pub fn name(&self) -> Text {
        match self {
            Self::Goal { .. } => Text::new("年度目标", "goal of the year"),
            Self::Path { .. } => Text::new("年度分解值", "value of the yearly path"),
            Self::Target { .. } => Text::new("规划目标", "target of the plan"),
        }
    }
}

/// A year on the way.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PathPoint {
    /// Year.
    pub year: u16,
    /// Value of the yearly path, where there is one.
    pub planned: Option<Num>,
    /// Goal of the year, where one was set.
    pub goal: Option<Num>,
    /// Actual value; of a cumulative indicator the sum since the base year, none after a gap.
    pub actual: Option<Num>,
    /// The value as given, with its source.
    pub given: Option<YearValue>,
}

/// The year against its goal or its path.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct YearCheck {
    /// What it is compared with.
    pub against: Against,
    /// Actual value.
    pub actual: Num,
    /// Not worse.
    pub met: bool,
}

/// Pace per year, in the indicator's unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pace {
    /// Needed from now on; none where no year is left.
    pub needed: Option<Num>,
    /// Realised so far; none where no year has passed.
    pub realised: Option<Num>,
}

/// Whether a forecast reaches the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// All of the interval does.
    Yes,
    /// Some of it does.
    Uncertain,
    /// None of it does.
    No,
}

/// A forecast with its interval.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Forecast {
    /// Year.
    pub year: u16,
    /// Value.
    pub value: Num,
    /// Lower end.
    pub low: Num,
    /// Upper end.
    pub high: Num,
    /// Whether it reaches what it is held against.
    pub reach: Option<Reach>,
    /// What it is held against.
    pub against: Option<Against>,
    /// Cut at what cannot be exceeded (0, or 100 %).
    pub bounded: bool,
    /// How it was made, with the figures.
    pub method: Text,
}

/// What room is left in the running year (剩余空间).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Room {
    /// Running year.
    pub year: u16,
    /// Last day known.
    pub through: Date,
    /// Days that remain.
    pub remaining: u16,
    /// What it is held against.
    pub against: Against,
    /// What is left: mean allowed on the remaining days, bad days still allowed, amount still to come, gap to the target.
    pub left: Num,
    /// It can still be reached.
    pub feasible: bool,
    /// The calculation with the figures.
    pub formula: String,
    /// In words.
    pub text: Text,
}

/// Where an indicator stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IndicatorState {
    /// Number.
    pub no: u32,
    /// Name.
    pub name: String,
    /// In English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    /// Unit.
    pub unit: Option<String>,
    /// Binding or expected.
    pub force: Force,
    /// How it is judged.
    pub kind: Kind,
    /// Why it is judged so.
    pub kind_reason: Text,
    /// Base the judgement rests on; none where there is none that can be compared.
    pub base: Option<Num>,
    /// Target.
    pub target: Option<Num>,
    /// Year judged.
    pub year: u16,
    /// Value judged; of a cumulative indicator the known sum.
    pub current: Option<Num>,
    /// Values the judgement rests on.
    pub given: Vec<YearValue>,
    /// Statements on a target in words, by year; the judgement rests on the last.
    pub said: Vec<YearState>,
    /// P, only where a progress means something. Unclamped.
    pub progress: Option<Num>,
    /// T
    pub time: Num,
    /// S = P/T
    pub index: Option<Num>,
    /// The target is reached; none where that cannot be said.
    pub reached: Option<bool>,
    /// What it counts in a score, 0 to 1 of what was due by now; none where it is left out.
    pub credit: Option<Num>,
    /// Light.
    pub light: Light,
    /// Why, in one sentence.
    pub reason: Text,
    /// The calculation.
    pub explanation: Judgement,
    /// Years from base to target.
    pub path: Vec<PathPoint>,
    /// The year against its goal or path.
    pub year_check: Option<YearCheck>,
    /// Pace.
    pub pace: Option<Pace>,
    /// Forecast of the target year.
    pub forecast: Option<Forecast>,
    /// Forecast of the running year; none once the plan's years are over.
    pub year_end: Option<Forecast>,
    /// Room left in the running year; none once the plan's years are over.
    pub room: Option<Room>,
    /// Who answers for it.
    pub lead: Vec<UnitCode>,
    /// What to know before relying on it.
    pub doubts: Vec<Doubt>,
}
