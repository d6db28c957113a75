//! What a register's definition file may say: plain data, the same in TOML, JSON and the published schema.
//!
//! Reading and locating errors is in [`read`], what must hold between the parts in `verify`, compatibility of
//! versions and migration of records in [`versions`].

mod field;
mod flow;
mod joins;
pub mod read;
pub mod schema;
pub(crate) mod verify;
pub mod versions;

use std::collections::BTreeMap;

use model::role::Role;
use model::subject::SubjectKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use field::{Choice, Field, FieldType, Subfield};
pub use joins::{Identity, SourceFile, SourcePart, Zoning};

pub use flow::{Anchor, Deadline, Life, Span, State, Transition};

use crate::text::Names;

/// Definition of one register (台账定义).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Stable name, equal to the file's name: lower-case letters, digits, underscores.
    pub name: String,
    /// Version of this definition, counted from 1; older versions stand beside it as `<name>@<version>.toml`.
    pub version: u32,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Systems of the plan that this register serves, e.g. `S113`.
    pub systems: Vec<String>,
    /// Sources of the rules with their confidence, doubts, choices of the project.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Fields that together make a record's title.
    pub title: Vec<String>,
    /// Years a record is kept after its last change.
    pub retention_years: u32,
    /// The law or rule that fixes the retention.
    #[serde(default)]
    pub retention_basis: String,
    /// Fields, in the order of the form and of the template.
    pub field: Vec<Field>,
    /// Sets of fields whose values together occur once.
    #[serde(default)]
    pub key: Vec<Key>,
    /// What must hold between the fields of one record.
    #[serde(default)]
    pub rule: Vec<Rule>,
    /// How records that mean the same thing are found.
    #[serde(default)]
    pub matching: Option<Matching>,
    /// States and transitions.
    #[serde(default)]
    pub life: Option<Life>,
    /// Dates by which something must have happened.
    #[serde(default)]
    pub deadline: Vec<Deadline>,
    /// Counts and sums.
    #[serde(default)]
    pub counter: Vec<Counter>,
    /// Shares.
    #[serde(default)]
    pub rate: Vec<Rate>,
    /// The watched subject each record is the form of.
    #[serde(default)]
    pub subject: Option<SubjectForm>,
    /// How a record is drawn on the map.
    #[serde(default)]
    pub map: Option<MapSymbol>,
    /// Its records are areas with rules that places are tested against, one layer for each place that has them.
    #[serde(default)]
    pub zoning: Vec<Zoning>,
    /// It holds one record per source, to which records of other registers belong.
    #[serde(default)]
    pub source: Option<SourceFile>,
    /// Its records belong to sources.
    #[serde(default)]
    pub identity: Option<Identity>,
    /// What the public sees, and how often it is renewed.
    #[serde(default)]
    pub publication: Option<Publication>,
    /// Who sees and who changes.
    pub access: Access,
    /// How records of older versions become records of this one.
    #[serde(default)]
    pub migration: Vec<Migration>,
}

/// Values that together occur once in the register.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// Names of scalar fields.
    pub fields: Vec<String>,
}

/// Something that must hold for every record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Expression that is true of a good record; where a value it needs is missing, the rule is silent.
    pub holds: String,
    /// The field the finding is shown at.
    pub field: String,
    /// What was expected, in Chinese.
    pub zh: String,
    /// What was expected, in English.
    pub en: String,
}

/// How records that mean the same thing (重复记录) are found: weights of agreeing fields are added up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Matching {
    /// From this score on two records count as the same, still confirmed by a person.
    pub same_from: u32,
    /// From this score on a person should look.
    pub review_from: u32,
    /// Fields compared.
    pub compare: Vec<Compare>,
}

/// One comparison of two records.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Compare {
    /// Field compared.
    pub field: String,
    /// How.
    pub how: Comparison,
    /// Added to the score where the values agree.
    pub weight: u32,
    /// Taken from the score where both values are known and disagree.
    #[serde(default)]
    pub against: u32,
    /// Words left out of both texts before comparing, such as 有限公司.
    #[serde(default)]
    pub ignore: Vec<String>,
    /// `similar`: least likeness in percent that counts as agreeing (default 80).
    #[serde(default)]
    pub at_least: Option<u32>,
    /// `near`: greatest distance in metres that counts as agreeing (default 100).
    #[serde(default)]
    pub within_m: Option<u32>,
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// The values are equal.
    Exact,
    /// Equal after width, case, spaces, punctuation and the ignored words are taken out.
    Normalised,
    /// Alike: shared pairs of characters (Sørensen–Dice) reach `at_least` percent.
    Similar,
    /// Places within `within_m` metres.
    Near,
}

/// A count or a sum over the register.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Counter {
    /// Stable name.
    pub name: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Which records are counted; all when left out.
    #[serde(default, rename = "where")]
    pub filter: Option<String>,
    /// What is summed; records are counted when left out.
    #[serde(default)]
    pub sum: Option<String>,
    /// Unit of the figure.
    #[serde(default)]
    pub unit: String,
    /// Scalar field by whose values the figure is also given.
    #[serde(default)]
    pub by: Option<String>,
    /// Systems of the plan that read this figure.
    #[serde(default)]
    pub feeds: Vec<String>,
    /// What the figure should be.
    #[serde(default)]
    pub target: Option<Target>,
}

/// A share: what is reached of what there is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// Stable name.
    pub name: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Which records take part; all when left out.
    #[serde(default, rename = "where")]
    pub filter: Option<String>,
    /// A condition (counts records) or a number (is summed).
    pub numerator: String,
    /// A condition or a number; every record that takes part counts one when left out.
    #[serde(default)]
    pub denominator: Option<String>,
    /// Decimals of the percentage, rounded once by GB/T 8170.
    pub decimals: u32,
    /// Systems of the plan that read this figure.
    #[serde(default)]
    pub feeds: Vec<String>,
    /// What the share should be.
    #[serde(default)]
    pub target: Option<Target>,
}

/// What a figure should be, and since when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Exact number as text.
    pub value: String,
    /// How the figure compares with it when the target is met.
    pub is: Sense,
    /// By which date, `YYYY-MM-DD`.
    #[serde(default)]
    pub by: Option<String>,
    /// Where the target stands, with its confidence where that is not sure.
    pub basis: String,
}

/// The good side of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sense {
    /// The figure is the target or more.
    AtLeast,
    /// The figure is the target or less.
    AtMost,
}

/// Records are the forms of watched subjects (监管对象): writing one writes the subject. The code never changes, for
/// devices and series hang on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubjectForm {
    /// Kind of the subjects.
    #[schemars(with = "String")]
    pub kind: SubjectKind,
    /// Required text field that is the subject's code and a key of its own.
    pub code: String,
    /// Required text field with the Chinese name.
    pub zh: String,
    /// Text field with the English name.
    #[serde(default)]
    pub en: Option<String>,
    /// Field with the responsible unit.
    #[serde(default)]
    pub unit: Option<String>,
    /// Reference to the subject it belongs to.
    #[serde(default)]
    pub parent: Option<String>,
    /// Point field.
    #[serde(default)]
    pub place: Option<String>,
    /// Boolean field: the place is schematic, not surveyed.
    #[serde(default)]
    pub schematic: Option<String>,
    /// The subject's further facts (`attrs`) → scalar field.
    #[serde(default)]
    pub attrs: BTreeMap<String, String>,
}

/// How a record is drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MapSymbol {
    /// Place field that is drawn.
    pub field: String,
    /// Name of the symbol in the pages' symbol sheet.
    pub symbol: String,
    /// Choice field whose codes colour the symbol; the state colours it when left out.
    #[serde(default)]
    pub colour_by: Option<String>,
    /// Smallest zoom at which the layer is drawn.
    #[serde(default)]
    pub min_zoom: Option<u8>,
}

/// What the public sees: the fields marked `public` of the records that match.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Publication {
    /// Which records are published; all when left out.
    #[serde(default, rename = "where")]
    pub filter: Option<String>,
    /// How often the publication is renewed.
    pub rhythm: Rhythm,
    /// Days after the end of the period within which it must be out.
    #[serde(default)]
    pub due_days: u32,
    /// Where the duty stands.
    pub basis: String,
}

/// How often something is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rhythm {
    /// Shown live; nothing can be missed.
    Live,
    /// Every month.
    Monthly,
    /// Every quarter.
    Quarterly,
    /// Every year.
    Yearly,
}

/// Who sees and who changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Access {
    /// Roles that see the records of their scope.
    #[schemars(with = "Vec<String>")]
    pub read: Vec<Role>,
    /// Roles that enter and edit records of their scope.
    #[schemars(with = "Vec<String>")]
    pub write: Vec<Role>,
    /// `unit` field by which towns and departments see their own records; all records when left out.
    #[serde(default)]
    pub unit_field: Option<String>,
    /// Departments too see and change only the records whose `unit_field` is their own unit: for lists of what each unit has
    /// to do. Left out, a department sees every record.
    #[serde(default)]
    pub departments_own: bool,
    /// Fields that hold a firm's code, by which firms see their own records; none when left out.
    #[serde(default)]
    pub firm_fields: Vec<String>,
    /// Codes of the units whose staff enter, edit and decide as `department` (the units the plan names for the matter);
    /// the other departments read. Every department when left out.
    #[serde(default)]
    pub units: Vec<String>,
}

/// How a record of version `to − 1` becomes one of version `to`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Migration {
    /// Version reached by this step.
    pub to: u32,
    /// Old field name → new field name.
    #[serde(default)]
    pub rename: BTreeMap<String, String>,
    /// Fields dropped; their values stay in the history.
    #[serde(default)]
    pub drop: Vec<String>,
    /// Values given to records that lack them.
    #[serde(default)]
    pub default: BTreeMap<String, serde_json::Value>,
    /// Field → old code → new code.
    #[serde(default)]
    pub recode: BTreeMap<String, BTreeMap<String, String>>,
    /// Old state → new state.
    #[serde(default)]
    pub states: BTreeMap<String, String>,
}

impl Definition {
    /// Chinese and English name.
    pub fn names(&self) -> Names {
        Names::new(&self.zh, &self.en)
    }

    /// A field by name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.field.iter().find(|f| f.name == name)
    }

    /// A state by name.
    pub fn state(&self, name: &str) -> Option<&State> {
        self.life.as_ref()?.state.iter().find(|s| s.name == name)
    }

    /// A transition by name.
    pub fn transition(&self, name: &str) -> Option<&Transition> {
        self.life.as_ref()?.transition.iter().find(|t| t.name == name)
    }
}
