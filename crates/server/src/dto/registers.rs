//! Kept registers: what there is, lists, one record with all that follows from its definition, changes.

use std::collections::BTreeMap;

use ledger::{ChangeKind, LinkTarget};
use registers::record::Taken;
use registers::text::Names;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::common::{Bilingual, ExactStamp, Stamp};

impl From<Names> for Bilingual {
    fn from(names: Names) -> Self {
        Self::new(names.zh, names.en)
    }
}

/// A register and what the caller finds in it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "what a register has is asked one by one"
)]
pub struct RegisterInfo {
    /// Stable name.
    pub name: String,
    /// Group (folder) it stands in.
    pub group: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Systems of the plan it serves.
    pub systems: Vec<String>,
    /// Version of its definition.
    pub version: u32,
    /// Records in sight.
    pub records: u64,
    /// Of these, with a deadline that has passed.
    pub overdue: u64,
    /// Of these, in a state that does not settle the matter.
    pub unsettled: u64,
    /// Whether the caller may enter records.
    pub can_create: bool,
    /// Whether its records are drawn on the map.
    pub has_map: bool,
    /// Whether it is published.
    pub has_publication: bool,
    /// Whether its records have a life cycle.
    pub has_life: bool,
}

/// All registers in sight.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RegisterList {
    /// The registers, by name.
    pub items: Vec<RegisterInfo>,
}

/// One code of a choice field.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CodeView {
    /// Stable code.
    pub code: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
}

/// A register with its definition: everything forms and lists are made of.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RegisterView {
    /// What there is.
    #[serde(flatten)]
    pub info: RegisterInfo,
    /// The definition as in `docs/registers.schema.json`.
    #[schema(value_type = Object)]
    pub definition: Value,
    /// Codes of choice fields, by `field` or `group.field`.
    pub codes: BTreeMap<String, Vec<CodeView>>,
    /// Fields a list shows at first.
    pub columns: Vec<String>,
}

/// Which records. Beside these: `where.<field>` (several values separated by commas: any of them),
/// `where.<field>.from` and `where.<field>.to`.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RecordQuery {
    /// Page, from 1.
    pub page: Option<u32>,
    /// Rows a page, 1 to 200; 50 when absent.
    pub page_size: Option<u32>,
    /// `field` or `-field`; also `id`, `title`, `state`, `since`, `updated_at`, `next_due`.
    pub sort: Option<String>,
    /// Words, all of which occur.
    pub q: Option<String>,
    /// States, separated by commas.
    pub state: Option<String>,
    /// Whether a deadline has passed.
    pub overdue: Option<bool>,
    /// Code of the unit the record belongs to.
    pub unit: Option<String>,
    /// Only demonstration, or only real.
    pub demo: Option<bool>,
    /// The records a figure rests on: the name of a counter, or `rate.` and the name of a rate.
    pub figure: Option<String>,
    /// As known at this time, to the millisecond; whole seconds are the beginning of the second.
    #[param(value_type = Option<String>)]
    pub as_of: Option<Stamp>,
}

/// A record in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecordRow {
    /// Id within its register.
    pub id: String,
    /// Title.
    pub title: String,
    /// State; null where the register has none.
    pub state: Option<String>,
    /// When it came into its state.
    pub since: ExactStamp,
    /// Revision, from 1.
    pub revision: i64,
    /// When it was last changed.
    pub updated_at: ExactStamp,
    /// By whom.
    pub updated_by: String,
    /// 演示
    pub demo: bool,
    /// Values.
    #[schema(value_type = Object)]
    pub body: Map<String, Value>,
    /// Titles of the records and subjects its fields point at, by id; those out of sight are left out.
    pub titles: BTreeMap<String, Bilingual>,
    /// A deadline has passed.
    pub overdue: bool,
    /// The next deadline, or the one passed first.
    pub next_due: Option<Stamp>,
    /// Its name.
    pub next_deadline: Option<Bilingual>,
}

/// Which revision of a record.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AsOfQuery {
    /// As known at this time, to the millisecond; whole seconds are the beginning of the second.
    #[param(value_type = Option<String>)]
    pub as_of: Option<Stamp>,
    /// In force on this day, `YYYY-MM-DD`.
    pub in_force_on: Option<String>,
}

/// A transition that was taken.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TakenView {
    /// Name of the transition.
    pub transition: String,
    /// Row of the user.
    pub by: i64,
    /// When.
    pub at: ExactStamp,
    /// State before.
    pub from: String,
    /// State after.
    pub to: String,
    /// Why.
    pub reason: Option<String>,
}

impl From<Taken> for TakenView {
    fn from(taken: Taken) -> Self {
        Self {
            transition: taken.transition,
            by: taken.by.0,
            at: taken.at.into(),
            from: taken.from,
            to: taken.to,
            reason: taken.reason,
        }
    }
}

/// Why a transition cannot be taken.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Blocked {
    /// Kind.
    pub code: String,
    /// In words.
    pub said: Bilingual,
}

/// A transition that starts from the record's state.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OfferView {
    /// Name.
    pub name: String,
    /// Chinese name: the button's text.
    pub zh: String,
    /// English name.
    pub en: String,
    /// State it leads to.
    pub to: String,
    /// Fields it needs.
    pub needs: Vec<String>,
    /// A written reason is asked for.
    pub reason: bool,
    /// What stands in the way, whatever is filled in.
    pub blocked: Option<Blocked>,
}

/// A deadline that runs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeadlineView {
    /// Name.
    pub name: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// By when.
    pub due: Stamp,
    /// The calendar of a year touched is not announced yet: it may still move.
    pub provisional: bool,
    /// It has passed.
    pub overdue: bool,
    /// A reminder is due.
    pub reminding: bool,
}

/// What a link points at.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TargetView {
    /// `record`, `subject` or `unit`.
    pub kind: &'static str,
    /// Register of a record.
    pub register: Option<String>,
    /// Id of the record, code of the subject or unit.
    pub id: String,
    /// Title; the id where it is out of sight.
    pub title: String,
}

impl TargetView {
    /// From a target and its title.
    pub fn new(target: LinkTarget, title: String) -> Self {
        let (kind, register, id) = match target {
            LinkTarget::Record(register, id) => ("record", Some(register.0), id.0),
            LinkTarget::Subject(code) => ("subject", None, code),
            LinkTarget::Unit(code) => ("unit", None, code),
        };
        Self {
            kind,
            register,
            id,
            title,
        }
    }
}

/// Something a record points at.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LinkView {
    /// Field, `name` or `group[2].name`.
    pub field: String,
    /// Chinese name of the field.
    pub zh: String,
    /// English name of the field.
    pub en: String,
    /// What it points at.
    pub target: TargetView,
}

/// An attachment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FileView {
    /// Field, `name` or `group[2].name`.
    pub field: String,
    /// Name it was uploaded under.
    pub name: String,
    /// SHA-256 of its content.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    /// Media type.
    pub media_type: String,
}

/// One record with all that follows from its definition.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecordView {
    /// Its register.
    pub register: String,
    /// Id within its register.
    pub id: String,
    /// Title.
    pub title: String,
    /// State; null where the register has none.
    pub state: Option<String>,
    /// When it came into its state.
    pub since: ExactStamp,
    /// Revision, from 1; a change names the one it was made on.
    pub revision: i64,
    /// When it was made.
    pub created_at: ExactStamp,
    /// When it was last changed.
    pub updated_at: ExactStamp,
    /// By whom.
    pub updated_by: String,
    /// 演示
    pub demo: bool,
    /// Version of the definition.
    pub version: u32,
    /// In force since, `YYYY-MM-DD`.
    pub valid_from: String,
    /// Values.
    #[schema(value_type = Object)]
    pub body: Map<String, Value>,
    /// Scalar values as people read them.
    pub shown: BTreeMap<String, String>,
    /// Transitions taken, oldest first.
    pub trail: Vec<TakenView>,
    /// Whether the caller may edit it now.
    pub can_edit: bool,
    /// Transitions the caller's role may take from this state.
    pub offered: Vec<OfferView>,
    /// Deadlines that run, earliest first.
    pub deadlines: Vec<DeadlineView>,
    /// The matter is settled.
    pub closed: bool,
    /// The record it was merged into.
    pub merged_into: Option<String>,
    /// What it points at.
    pub links: Vec<LinkView>,
    /// Attachments.
    pub files: Vec<FileView>,
}

/// A new record.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateRecord {
    /// Values as entered.
    #[schema(value_type = Object)]
    pub body: Map<String, Value>,
    /// In force since, `YYYY-MM-DD`; today when absent.
    #[serde(default)]
    pub valid_from: Option<String>,
}

/// A change of some values.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeRecord {
    /// The revision the change is made on.
    pub revision: i64,
    /// New values; null takes a value away, what is not named stays.
    #[schema(value_type = Object)]
    pub body: Map<String, Value>,
    /// In force since, `YYYY-MM-DD`; today when absent.
    #[serde(default)]
    pub valid_from: Option<String>,
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
}

/// A transition.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepRecord {
    /// Name of the transition.
    pub transition: String,
    /// The revision it is taken on.
    pub revision: i64,
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
    /// Values filled in together with it.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub body: Map<String, Value>,
}

/// Values to be looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckRecord {
    /// Values; of an edit only what changes.
    #[schema(value_type = Object)]
    pub body: Map<String, Value>,
    /// State of a new record; the first when absent.
    #[serde(default)]
    pub state: Option<String>,
}

/// What is not as it should be.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FindingView {
    /// Place of the value: `name`, `group[2].name`.
    pub field: String,
    /// Name of the field.
    pub names: Bilingual,
    /// The value as it came.
    pub value: Option<String>,
    /// Stable code: `required`, `type`, `range`, `pattern`, `code`, `check_digit`, `reference`, `key`, `rule` …
    pub code: String,
    /// What was expected.
    pub expected: Bilingual,
}

impl From<registers::record::Finding> for FindingView {
    fn from(finding: registers::record::Finding) -> Self {
        Self {
            field: finding.field,
            names: finding.names.into(),
            value: finding.value,
            code: finding.code.to_owned(),
            expected: finding.expected.into(),
        }
    }
}

/// What values would come to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CheckView {
    /// The values as they would be kept; as entered where something is wrong.
    #[schema(value_type = Object)]
    pub body: Map<String, Value>,
    /// Everything that is wrong.
    pub findings: Vec<FindingView>,
}

/// A person in a history.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PersonRef {
    /// Row of the user; 0 is the program itself.
    pub id: i64,
    /// Name at that time.
    pub name: String,
}

/// A value that differs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChangeView {
    /// Field, `name` or `group[2].name`.
    pub field: String,
    /// Its name.
    pub names: Bilingual,
    /// Before, as people read it.
    pub before: Option<String>,
    /// After.
    pub after: Option<String>,
}

impl From<registers::history::Change> for ChangeView {
    fn from(change: registers::history::Change) -> Self {
        Self {
            field: change.field,
            names: change.names.into(),
            before: change.before,
            after: change.after,
        }
    }
}

/// What kind of change made a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKindView {
    /// 新建
    Created,
    /// 修改
    Edited,
    /// 流转
    Step,
    /// 导入
    Imported,
    /// 合并
    Merged,
    /// 撤销合并
    Unmerged,
    /// 迁移
    Migrated,
}

impl From<ChangeKind> for ChangeKindView {
    fn from(kind: ChangeKind) -> Self {
        match kind {
            ChangeKind::Created => Self::Created,
            ChangeKind::Edited => Self::Edited,
            ChangeKind::Step => Self::Step,
            ChangeKind::Imported => Self::Imported,
            ChangeKind::Merged => Self::Merged,
            ChangeKind::Unmerged => Self::Unmerged,
            ChangeKind::Migrated => Self::Migrated,
        }
    }
}

/// One revision.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HistoryItem {
    /// Its number.
    pub revision: i64,
    /// When.
    pub at: ExactStamp,
    /// By whom.
    pub by: PersonRef,
    /// What kind of change.
    pub kind: ChangeKindView,
    /// State after it.
    pub state: Option<String>,
    /// Transition taken.
    pub transition: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// In force since.
    pub valid_from: String,
    /// Values that differ from the revision before.
    pub changes: Vec<ChangeView>,
}

/// A history, newest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HistoryView {
    /// The revisions.
    pub items: Vec<HistoryItem>,
}

/// A record that points at another.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LinkedView {
    /// Its register.
    pub register: String,
    /// Chinese name of the register.
    pub register_zh: String,
    /// English name of the register.
    pub register_en: String,
    /// Field by which it points.
    pub field: String,
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its state.
    pub state: Option<String>,
}

/// What points at a record.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LinkedList {
    /// The records in sight.
    pub items: Vec<LinkedView>,
}

/// The same change of many records.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkRequest {
    /// The list's filters by name (`q`, `state`, `overdue`, `unit`, `demo`, `where.<field>` …); or `ids`.
    #[serde(default, rename = "where")]
    #[schema(value_type = Option<Object>)]
    pub filter: Option<Map<String, Value>>,
    /// These records; or `where`.
    #[serde(default)]
    pub ids: Option<Vec<String>>,
    /// New values; null takes a value away.
    #[schema(value_type = Object)]
    pub set: Map<String, Value>,
    /// Look only: nothing is written.
    pub preview: bool,
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
}

/// One record of a bulk change.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BulkRowView {
    /// The record.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Values that change.
    pub changes: Vec<ChangeView>,
    /// What stands in the way.
    pub findings: Vec<FindingView>,
}

/// What a bulk change comes to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BulkView {
    /// Records meant.
    pub matched: u64,
    /// Records whose values change.
    pub changed: u64,
    /// Records with findings: while there is one, nothing is written.
    pub wrong: u64,
    /// The first records that change or have findings, those with findings first.
    pub rows: Vec<BulkRowView>,
    /// Whether it was written.
    pub applied: bool,
}
