//! 一源一档: sources, and everything known of one.

use std::collections::BTreeMap;

use ledger::{Belonging, How, KnownBy, Proposal, SourceDecision};
use registers::register::Register;
use registers::sources::Compared;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::alarms::AlarmView;
use super::common::{Bilingual, Stamp};
use super::registers::{HistoryItem, PersonRef};
use super::subjects::{LatestValue, SubjectRow};

/// Which sources. Beside these: the filters of the register's list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SourceQuery {
    /// Register of the sources; the only one when absent.
    pub register: Option<String>,
    /// Page, from 1.
    pub page: Option<u32>,
    /// Rows a page, 1 to 200; 50 when absent.
    pub page_size: Option<u32>,
    /// Words, all of which occur.
    pub q: Option<String>,
    /// States, separated by commas.
    pub state: Option<String>,
}

/// The register of sources.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SourceRegister {
    /// Register of the sources; the only one when absent.
    pub register: Option<String>,
}

/// Which proposals.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReviewQuery {
    /// Register of the sources; the only one when absent.
    pub register: Option<String>,
    /// Page, from 1.
    pub page: Option<u32>,
    /// Rows a page, 1 to 200; 50 when absent.
    pub page_size: Option<u32>,
}

/// A part of a source's file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PartInfo {
    /// Stable code.
    pub code: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
}

impl PartInfo {
    /// The parts a register of sources declares.
    pub fn all(register: &Register) -> Vec<Self> {
        let parts = register.definition().source.iter().flat_map(|s| &s.part);
        parts
            .map(|p| Self {
                code: p.code.clone(),
                zh: p.zh.clone(),
                en: p.en.clone(),
            })
            .collect()
    }
}

/// A source in the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SourceRowView {
    /// Id of its record.
    pub id: String,
    /// Title.
    pub title: String,
    /// State.
    pub state: Option<String>,
    /// Records in sight by part of the file.
    pub parts: BTreeMap<String, u64>,
    /// Proposals to be looked at.
    pub reviews: u64,
}

/// Records of a register that belong to no source yet.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnmatchedView {
    /// Register.
    pub register: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// How many.
    pub records: u64,
}

/// A page of sources.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SourceList {
    /// Register of the sources.
    pub register: String,
    /// Parts of a file, in their order.
    pub parts: Vec<PartInfo>,
    /// The rows of this page.
    pub items: Vec<SourceRowView>,
    /// How many sources the filters leave in all.
    pub total: i64,
    /// This page, from 1.
    pub page: u32,
    /// Rows a page.
    pub page_size: u32,
    /// Records that belong to no source yet and are like none.
    pub unmatched: Vec<UnmatchedView>,
}

/// How a record came to its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HowView {
    /// One points at the other.
    Link,
    /// Identifiers agree.
    Identifiers,
    /// A person said so.
    Person,
}

/// A record of a source's file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BelongingView {
    /// Register.
    pub register: String,
    /// Chinese name of the register.
    pub register_zh: String,
    /// English name of the register.
    pub register_en: String,
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// State.
    pub state: Option<String>,
    /// Chinese name of the state.
    pub state_zh: Option<String>,
    /// English name of the state.
    pub state_en: Option<String>,
    /// Next deadline.
    pub next_due: Option<Stamp>,
    /// Whether it has passed.
    pub overdue: bool,
    /// How it came here.
    pub how: HowView,
    /// Fields by which.
    pub fields: Vec<String>,
    /// Who said so.
    pub by: Option<PersonRef>,
    /// When.
    pub at: Option<Stamp>,
}

impl BelongingView {
    /// From the ledger; the states' names are the definition's.
    pub fn new(belonging: Belonging, register: Option<&Register>) -> Self {
        let state = belonging
            .state
            .as_ref()
            .and_then(|s| register.and_then(|r| r.definition().state(s)));
        let (how, fields, decision) = match belonging.how {
            How::Link(field) => (HowView::Link, vec![field], None),
            How::Identifiers(fields) => (HowView::Identifiers, fields, None),
            How::Person(decision) => (HowView::Person, Vec::new(), Some(decision)),
        };
        Self {
            register: belonging.register,
            register_zh: belonging.names.zh,
            register_en: belonging.names.en,
            id: belonging.id.0,
            title: belonging.title,
            state_zh: state.map(|s| s.zh.clone()),
            state_en: state.map(|s| s.en.clone()),
            state: belonging.state,
            next_due: belonging.next_due.map(|d| d.at.into()),
            overdue: belonging.overdue,
            how,
            fields,
            at: decision.as_ref().map(|d| d.at.into()),
            by: decision.map(|d| PersonRef {
                id: d.author.id.0,
                name: d.author.name,
            }),
        }
    }
}

/// A part of the file with its records.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PartView {
    /// Code of the part; null for records of registers that declare none.
    pub code: Option<String>,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// The records.
    pub records: Vec<BelongingView>,
}

/// Something a source is known by.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KnownByView {
    /// Field of the register of sources.
    pub field: String,
    /// Its name.
    pub names: Bilingual,
    /// The value.
    pub value: String,
    /// Whether the source's own record says so.
    pub own: bool,
    /// Records that say so.
    pub records: Vec<RecordRef>,
}

impl From<KnownBy> for KnownByView {
    fn from(known: KnownBy) -> Self {
        Self {
            field: known.field,
            names: known.names.into(),
            value: known.value,
            own: known.own,
            records: known
                .records
                .into_iter()
                .map(|(register, id)| RecordRef { register, id: id.0 })
                .collect(),
        }
    }
}

/// A record.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecordRef {
    /// Register.
    pub register: String,
    /// Id.
    pub id: String,
}

/// A reason of a likeness.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LikenessReason {
    /// Field of the register of sources.
    pub field: String,
    /// Weight added, or taken when negative.
    pub weight: i64,
    /// In words.
    pub said: Bilingual,
}

/// A record that a person should look at.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProposalView {
    /// Id of the source.
    pub source: String,
    /// Title of the source.
    pub source_title: String,
    /// Register of the record.
    pub register: String,
    /// Chinese name of the register.
    pub register_zh: String,
    /// English name of the register.
    pub register_en: String,
    /// The record.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Score.
    pub score: i64,
    /// Why.
    pub reasons: Vec<LikenessReason>,
    /// Identifiers that agree.
    pub agree: Vec<String>,
    /// Identifiers that contradict.
    pub against: Vec<String>,
}

impl From<Proposal> for ProposalView {
    fn from(proposal: Proposal) -> Self {
        let Compared {
            agree,
            against,
            likeness,
            ..
        } = proposal.compared;
        Self {
            source: proposal.source.0,
            source_title: proposal.source_title,
            register: proposal.register,
            register_zh: proposal.names.zh,
            register_en: proposal.names.en,
            id: proposal.id.0,
            title: proposal.title,
            score: likeness.score,
            reasons: likeness
                .reasons
                .into_iter()
                .map(|r| LikenessReason {
                    field: r.field,
                    weight: r.weight,
                    said: r.said.into(),
                })
                .collect(),
            agree,
            against,
        }
    }
}

/// A decision of a person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DecisionView {
    /// Register of the record.
    pub register: String,
    /// The record.
    pub id: String,
    /// Whether it belongs to the source.
    pub same: bool,
    /// By whom.
    pub by: PersonRef,
    /// When.
    pub at: Stamp,
    /// Why.
    pub reason: Option<String>,
}

impl From<SourceDecision> for DecisionView {
    fn from(decision: SourceDecision) -> Self {
        Self {
            register: decision.register.0,
            id: decision.record.0,
            same: decision.same,
            by: PersonRef {
                id: decision.author.id.0,
                name: decision.author.name,
            },
            at: decision.at.into(),
            reason: decision.reason,
        }
    }
}

/// A subject the source is monitored as, itself or an outlet of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MonitorView {
    /// The subject.
    #[serde(flatten)]
    pub row: SubjectRow,
    /// Newest value of each of its series.
    pub latest: Vec<LatestValue>,
}

/// A file of one of its records.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SourceFileView {
    /// Register of the record.
    pub register: String,
    /// The record.
    pub id: String,
    /// Field.
    pub names: Bilingual,
    /// `{name, sha256, size, media_type}`.
    #[schema(value_type = Object)]
    pub file: Value,
}

/// Everything of one source.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SourceView {
    /// Register of the sources.
    pub register: String,
    /// Id of its record.
    pub id: String,
    /// Title.
    pub title: String,
    /// State.
    pub state: Option<String>,
    /// Revision.
    pub revision: i64,
    /// 演示
    pub demo: bool,
    /// Values.
    #[schema(value_type = Object)]
    pub body: Map<String, Value>,
    /// Identifiers, names and aliases with their origin.
    pub known_by: Vec<KnownByView>,
    /// The parts of the file in their order, those without records too.
    pub parts: Vec<PartView>,
    /// What it is monitored as, with the newest values.
    pub monitors: Vec<MonitorView>,
    /// Its alarms that are not closed, newest first.
    pub alarms: Vec<AlarmView>,
    /// Files of its records.
    pub files: Vec<SourceFileView>,
    /// Proposals to be looked at.
    pub reviews: Vec<ProposalView>,
    /// Decisions of people, newest first.
    pub decisions: Vec<DecisionView>,
    /// Merges of its record with others, newest first.
    pub merges: Vec<HistoryItem>,
    /// Whether the caller may decide on proposals.
    pub can_decide: bool,
}

/// A decision on a record that may belong to a source.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JudgeSource {
    /// Register of the sources; the only one when absent.
    #[serde(default)]
    pub sources: Option<String>,
    /// The source.
    pub source: String,
    /// Register of the record.
    pub register: String,
    /// The record.
    pub id: String,
    /// Whether it belongs to the source.
    pub same: bool,
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
}
