//! The unified source files (一源一档): which records of all lists belong to which source. Identifiers join by themselves,
//! likeness proposes and a person decides, and every decision stays. What is joined is kept in memory and follows the
//! change counters of the registers that take part.

mod index;
mod known_by;

use std::collections::{BTreeMap, BTreeSet};

use model::ids::RecordId;
use model::time::UtcMs;
use registers::definition::{FieldType, Identity};
use registers::record::Body;
use registers::register::Register;
use registers::sources::{self, Compared};
use registers::text::Names;
use serde_json::{Value, json};
use store::registers::{LinkTarget, SourceDecision};

use crate::error::{LedgerError, Result};
use crate::person::Person;
use crate::read::Entry as HistoryEntry;
use crate::view::{Entry, View, ViewDue};
use crate::{ChangeKind, Edit, Held, Ledger, limits, name_of};

pub(crate) use index::Cache;
use index::Index;
pub use known_by::KnownBy;
use known_by::known_by;

/// How a record came to its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// One points at the other by this field.
    Link(String),
    /// These identifiers agree.
    Identifiers(Vec<String>),
    /// A person said so.
    Person(SourceDecision),
}

/// A record that belongs to a source.
#[derive(Clone, Debug, PartialEq)]
pub struct Belonging {
    /// Its register.
    pub register: String,
    /// Names of the register.
    pub names: Names,
    /// Part of the file; `None` where its register declares none.
    pub part: Option<String>,
    /// The record.
    pub id: RecordId,
    /// Title.
    pub title: String,
    /// State.
    pub state: Option<String>,
    /// Next deadline.
    pub next_due: Option<ViewDue>,
    /// Whether it has passed.
    pub overdue: bool,
    /// How it came here.
    pub how: How,
}

/// A record that a person should look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// The source.
    pub source: RecordId,
    /// Title of the source.
    pub source_title: String,
    /// Register of the record.
    pub register: String,
    /// Names of the register.
    pub names: Names,
    /// The record.
    pub id: RecordId,
    /// Its title.
    pub title: String,
    /// How they compare.
    pub compared: Compared,
}

/// A source in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceRow {
    /// The source's record.
    pub id: RecordId,
    /// Title.
    pub title: String,
    /// State.
    pub state: Option<String>,
    /// Records in sight by part of the file, in the file's order; parts without any are left out.
    pub parts: Vec<(String, u64)>,
    /// Proposals to be looked at.
    pub reviews: u64,
}

/// A page of sources.
#[derive(Clone, Debug, PartialEq)]
pub struct SourcePage {
    /// The rows.
    pub items: Vec<SourceRow>,
    /// How many there are.
    pub total: i64,
    /// Records by register that belong to no source yet.
    pub unmatched: Vec<(String, u64)>,
}

/// A file of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileOf {
    /// Register of the record.
    pub register: String,
    /// The record.
    pub id: RecordId,
    /// Field, in words.
    pub names: Names,
    /// The file: `{name, sha256, size, media_type}`.
    pub file: Value,
}

/// Everything of one source.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceFile {
    /// The source's record.
    pub held: Held,
    /// Title.
    pub title: String,
    /// Identifiers, names and aliases with their origin.
    pub known_by: Vec<KnownBy>,
    /// Records that belong to it, in the file's order.
    pub records: Vec<Belonging>,
    /// Subjects it is monitored as.
    pub subjects: Vec<String>,
    /// Files of its records.
    pub files: Vec<FileOf>,
    /// Proposals to be looked at.
    pub reviews: Vec<Proposal>,
    /// Decisions of people, newest first.
    pub decisions: Vec<SourceDecision>,
    /// Merges of the source's record with others, newest first.
    pub merges: Vec<HistoryEntry>,
}

/// What a person decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The source.
    pub source: RecordId,
    /// Register of the record.
    pub register: String,
    /// The record.
    pub id: RecordId,
    /// Whether it belongs to the source.
    pub same: bool,
    /// Why.
    pub reason: Option<String>,
}

impl Ledger {
    /// The register of sources by name, or the only one.
    pub fn source_register(&self, name: Option<&str>, person: &Person) -> Result<&Register> {
        let mut all = self
            .library()
            .iter()
            .filter(|r| r.definition().source.is_some() && name.is_none_or(|n| n == r.name()));
        let register = all.next().ok_or(LedgerError::NotFound)?;
        self.readable(register.name(), person)
    }

    /// A page of sources in sight, by title, with what belongs to each.
    pub async fn sources(
        &self,
        sources: &Register,
        query: &crate::Query,
        person: &Person,
        now: UtcMs,
    ) -> Result<SourcePage> {
        let found = self.list(sources.name(), query, person, now).await?;
        let index = self.source_index(sources).await?;
        let mut items = Vec::new();
        for listed in found.items {
            let records = self
                .belongings(sources, &index, &listed.held.record.id, person, now)
                .await?;
            items.push(SourceRow {
                id: listed.held.record.id.clone(),
                title: listed.title,
                state: listed.held.record.state,
                parts: count(sources, &records),
                reviews: self.proposals(&index, Some(&listed.held.record.id), person).len() as u64,
            });
        }
        let mut unmatched: BTreeMap<String, u64> = BTreeMap::new();
        for member in &index.unmatched {
            if let Some((register, known)) = index.members.get(*member)
                && self.sees(register, &known.id, person)
            {
                *unmatched.entry(register.clone()).or_default() += 1;
            }
        }
        Ok(SourcePage {
            items,
            total: found.total,
            unmatched: unmatched.into_iter().collect(),
        })
    }

    /// Everything of one source.
    pub async fn source(
        &self,
        sources: &Register,
        id: &RecordId,
        person: &Person,
        now: UtcMs,
    ) -> Result<SourceFile> {
        let (_, held) = self.held(sources.name(), id, person).await?;
        let index = self.source_index(sources).await?;
        let records = self.belongings(sources, &index, id, person, now).await?;
        let links = self.store().links_from(&name_of(sources), id).await?;
        let subjects: BTreeSet<String> = links
            .into_iter()
            .filter_map(|l| match l.target {
                LinkTarget::Subject(code) => Some(code),
                _ => None,
            })
            .collect();
        let mut decisions: Vec<SourceDecision> = index
            .all_decisions
            .iter()
            .filter(|d| d.source == *id)
            .cloned()
            .collect();
        decisions.reverse();
        let merges = self.history(sources.name(), id, person).await?;
        let merges = merges
            .into_iter()
            .filter(|e| matches!(e.kind, ChangeKind::Merged | ChangeKind::Unmerged))
            .collect();
        Ok(SourceFile {
            title: sources.title(&held.record),
            known_by: known_by(sources, &index, &held.record.body, &records),
            files: self.files_of(&records).await?,
            records,
            subjects: subjects.into_iter().collect(),
            reviews: self.proposals(&index, Some(id), person),
            decisions,
            merges,
            held,
        })
    }

    /// What a person should look at, best first.
    pub async fn source_reviews(&self, sources: &Register, person: &Person) -> Result<Vec<Proposal>> {
        let index = self.source_index(sources).await?;
        let mut out = self.proposals(&index, None, person);
        out.sort_by(|a, b| {
            b.compared
                .likeness
                .score
                .cmp(&a.compared.likeness.score)
                .then_with(|| (&a.source, &a.register, &a.id).cmp(&(&b.source, &b.register, &b.id)))
        });
        Ok(out)
    }

    /// Keeps a person's decision. Where the record belongs to the source under a name the source does not yet have, the
    /// name is kept among the source's other names.
    pub async fn judge_source(
        &self,
        sources: &Register,
        judgement: &Judgement,
        person: &Person,
        now: UtcMs,
    ) -> Result<()> {
        let (_, source) = self.held(sources.name(), &judgement.source, person).await?;
        let (register, record) = self.held(&judgement.register, &judgement.id, person).await?;
        if !sources.definition().access.write.contains(&person.actor.role) {
            return Err(LedgerError::refused(
                "role",
                "须由可填报来源台账的人员判定",
                "who enters records of the register of sources decides",
            ));
        }
        let identity = register.definition().identity.as_ref();
        if identity.is_none_or(|i| i.source != sources.name()) {
            return Err(LedgerError::query(
                "register",
                "该台账没有归入此来源台账",
                "records of this register do not belong to these sources",
            ));
        }
        let reason = judgement
            .reason
            .as_deref()
            .map(str::trim)
            .filter(|r| !r.is_empty());
        if reason.is_some_and(|r| r.chars().count() > limits::REASON_CHARS) {
            return Err(LedgerError::query("reason", "过长", "is too long"));
        }
        let decision = SourceDecision {
            number: 0,
            source: judgement.source.clone(),
            register: name_of(register),
            record: judgement.id.clone(),
            same: judgement.same,
            author: person.author(),
            at: now,
            reason: reason.map(str::to_owned),
        };
        self.store().decide_source(&name_of(sources), &decision).await?;
        if judgement.same {
            self.keep_alias(sources, &source, register, &record.record.body, person, now)
                .await?;
        }
        Ok(())
    }

    async fn keep_alias(
        &self,
        sources: &Register,
        source: &Held,
        register: &Register,
        body: &Body,
        person: &Person,
        now: UtcMs,
    ) -> Result<()> {
        let Some(rules) = &sources.definition().source else {
            return Ok(());
        };
        let Some(aliases) = &rules.aliases else {
            return Ok(());
        };
        let Some(claim) = sources::claim(register, sources, body) else {
            return Ok(());
        };
        let Some(name) = claim.body.get(&rules.name).and_then(Value::as_str) else {
            return Ok(());
        };
        let guises = sources::guises(sources, &source.record.body);
        if guises
            .iter()
            .any(|g| g.get(&rules.name).and_then(Value::as_str) == Some(name))
        {
            return Ok(());
        }
        let mut all = source
            .record
            .body
            .get(aliases)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        all.push(json!(name));
        let edit = Edit {
            revision: source.revision,
            body: Body::from_iter([(aliases.clone(), Value::from(all))]),
            valid_from: None,
            reason: Some(format!("{} {}", register.definition().zh, name)),
        };
        match self
            .edit(sources.name(), &source.record.id, &edit, person, now)
            .await
        {
            // The decision stands; a name that cannot be kept (the record is locked) is shown by the decision.
            Ok(_) | Err(LedgerError::Refused(_) | LedgerError::Findings(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn sees(&self, register: &str, id: &RecordId, person: &Person) -> bool {
        self.shown(register, id, person, |_, _, _| ()).is_some()
    }

    /// What the view says of a record in sight.
    fn shown<T>(
        &self,
        register: &str,
        id: &RecordId,
        person: &Person,
        show: impl FnOnce(&Register, &View, &Entry) -> T,
    ) -> Option<T> {
        let register = self.readable(register, person).ok()?;
        self.shelf(register).ok()?.with(|view| {
            let reach = view.columns().reach(register.definition(), &person.actor);
            let entry = view.get(id).filter(|e| e.is_current() && e.reached(&reach))?;
            Some(show(register, view, entry))
        })
    }

    fn proposals(&self, index: &Index, source: Option<&RecordId>, person: &Person) -> Vec<Proposal> {
        let mut out = Vec::new();
        for (place, proposed) in &index.proposed {
            let Some(known) = index.sources.get(*place) else {
                continue;
            };
            if source.is_some_and(|s| *s != known.id) {
                continue;
            }
            for (member, compared) in proposed {
                let Some((register, record)) = index.members.get(*member) else {
                    continue;
                };
                let Some(names) = self.shown(register, &record.id, person, |r, _, _| r.definition().names())
                else {
                    continue;
                };
                out.push(Proposal {
                    source: known.id.clone(),
                    source_title: known.title.clone(),
                    register: register.clone(),
                    names,
                    id: record.id.clone(),
                    title: record.title.clone(),
                    compared: compared.clone(),
                });
            }
        }
        out.sort_by(|a, b| {
            b.compared
                .likeness
                .score
                .cmp(&a.compared.likeness.score)
                .then_with(|| a.id.cmp(&b.id))
        });
        out
    }

    /// Records in sight that belong to a source, in the order of the file's parts.
    async fn belongings(
        &self,
        sources: &Register,
        index: &Index,
        id: &RecordId,
        person: &Person,
        now: UtcMs,
    ) -> Result<Vec<Belonging>> {
        let mut how: BTreeMap<(String, RecordId), How> = BTreeMap::new();
        let own = name_of(sources);
        let key = LinkTarget::Record(own.clone(), id.clone());
        for link in self.store().links_to(&key).await? {
            how.insert((link.register.0, link.id), How::Link(link.field));
        }
        for link in self.store().links_from(&own, id).await? {
            if let LinkTarget::Record(register, record) = link.target {
                how.entry((register.0, record)).or_insert(How::Link(link.field));
            }
        }
        let place = index.place.get(id);
        for (member, agree) in place.and_then(|p| index.joined.get(p)).into_iter().flatten() {
            if let Some((register, known)) = index.members.get(*member) {
                how.entry((register.clone(), known.id.clone()))
                    .or_insert_with(|| How::Identifiers(agree.clone()));
            }
        }
        for ((source, register, record), decision) in &index.decided {
            if source == id && decision.same {
                how.entry((register.clone(), record.clone()))
                    .or_insert_with(|| How::Person(decision.clone()));
            }
        }
        let mut out: Vec<Belonging> = how
            .into_iter()
            .filter_map(|((register, record), how)| {
                self.shown(&register, &record, person, |definition, _, entry| Belonging {
                    register: register.clone(),
                    names: definition.definition().names(),
                    part: part(definition.definition().identity.as_ref(), sources),
                    id: record.clone(),
                    title: entry.title.to_string(),
                    state: entry.state.as_ref().map(ToString::to_string),
                    next_due: entry.next_due(),
                    overdue: entry.overdue(now),
                    how,
                })
            })
            .collect();
        let order: Vec<&String> = parts(sources).map(|(code, _)| code).collect();
        let at = |b: &Belonging| {
            order
                .iter()
                .position(|c| Some(*c) == b.part.as_ref())
                .unwrap_or(usize::MAX)
        };
        out.sort_by(|a, b| {
            at(a)
                .cmp(&at(b))
                .then_with(|| (&a.register, &a.title, &a.id).cmp(&(&b.register, &b.title, &b.id)))
        });
        Ok(out)
    }

    async fn files_of(&self, records: &[Belonging]) -> Result<Vec<FileOf>> {
        let mut by_register: BTreeMap<&str, Vec<RecordId>> = BTreeMap::new();
        for record in records.iter().take(limits::SOURCE_RECORDS) {
            by_register
                .entry(&record.register)
                .or_default()
                .push(record.id.clone());
        }
        let mut out = Vec::new();
        for (name, ids) in by_register {
            let register = self.register(name)?;
            for held in self.many(register, &ids).await? {
                for field in register
                    .definition()
                    .field
                    .iter()
                    .filter(|f| f.kind == FieldType::File)
                {
                    let files = match held.record.body.get(&field.name) {
                        Some(Value::Array(several)) => several.clone(),
                        Some(one) => vec![one.clone()],
                        None => continue,
                    };
                    out.extend(files.into_iter().map(|file| FileOf {
                        register: name.to_owned(),
                        id: held.record.id.clone(),
                        names: field.names(),
                        file,
                    }));
                }
            }
        }
        Ok(out)
    }
}

fn parts(sources: &Register) -> impl Iterator<Item = (&String, Names)> {
    let all = sources.definition().source.iter().flat_map(|s| &s.part);
    all.map(|p| (&p.code, Names::new(&p.zh, &p.en)))
}

fn part(identity: Option<&Identity>, sources: &Register) -> Option<String> {
    identity
        .filter(|i| i.source == sources.name())
        .map(|i| i.part.clone())
}

fn count(sources: &Register, records: &[Belonging]) -> Vec<(String, u64)> {
    parts(sources)
        .map(|(code, _)| {
            let n = records.iter().filter(|r| r.part.as_ref() == Some(code)).count();
            (code.clone(), n as u64)
        })
        .filter(|(_, n)| *n > 0)
        .collect()
}
