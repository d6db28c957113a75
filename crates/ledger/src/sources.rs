//! The unified source files (一源一档): which records of all lists belong to which source. Identifiers join by themselves,
//! likeness proposes and a person decides, and every decision stays. What is joined is kept in memory and follows the
//! change counters of the registers that take part.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use model::ids::RecordId;
use model::time::UtcMs;
use registers::definition::{FieldType, Identity};
use registers::record::Body;
use registers::register::Register;
use registers::sources::{self, Claim, Compared, Decision};
use registers::text::Names;
use serde_json::{Value, json};
use store::registers::{LinkTarget, SourceDecision};

use crate::error::{LedgerError, Result};
use crate::person::Person;
use crate::read::Entry as HistoryEntry;
use crate::view::{Entry, View, ViewDue};
use crate::{ChangeKind, Edit, Held, Ledger, limits, name_of};

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

/// Something a source is known by, and where it is written so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownBy {
    /// Field of the source's register.
    pub field: String,
    /// Its names.
    pub names: Names,
    /// The value.
    pub value: String,
    /// Whether the source's own record says so.
    pub own: bool,
    /// Records that say so.
    pub records: Vec<(String, RecordId)>,
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

/// One source or record as the index knows it.
struct Known {
    id: RecordId,
    title: String,
    claim: Claim,
}

/// Who belongs to whom.
#[derive(Default)]
struct Index {
    sources: Vec<Known>,
    place: HashMap<RecordId, usize>,
    members: Vec<(String, Known)>,
    /// By source: members joined by identifiers.
    joined: HashMap<usize, Vec<(usize, Vec<String>)>>,
    /// By source: proposals.
    proposed: HashMap<usize, Vec<(usize, Compared)>>,
    /// Newest decision by source, register and record.
    decided: HashMap<(RecordId, String, RecordId), SourceDecision>,
    all_decisions: Vec<SourceDecision>,
    /// Members that belong to nobody.
    unmatched: BTreeSet<usize>,
}

type Marks = Vec<(String, i64)>;

/// The newest index of each register of sources.
#[derive(Default)]
pub(crate) struct Cache(Mutex<HashMap<String, (Marks, Arc<Index>)>>);

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

    /// The index of a register of sources, made again where a register that takes part has changed.
    async fn source_index(&self, sources: &Register) -> Result<Arc<Index>> {
        self.refresh().await?;
        let takes_part: Vec<&Register> = self
            .library()
            .iter()
            .filter(|r| {
                r.definition()
                    .identity
                    .as_ref()
                    .is_some_and(|i| i.source == sources.name())
            })
            .collect();
        let mut marks: Marks = Vec::new();
        for register in std::iter::once(sources).chain(takes_part.iter().copied()) {
            marks.push((register.name().to_owned(), self.changed(register).await?));
        }
        let decisions = self.store().source_decisions(&name_of(sources), 0).await?;
        marks.push((String::new(), decisions.last().map_or(0, |d| d.number)));
        let cache = &self.inner.sources.0;
        if let Some((known, index)) = cache
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(sources.name())
            && *known == marks
        {
            return Ok(Arc::clone(index));
        }
        let own = self.claims(sources, None)?;
        let mut members = Vec::new();
        for register in takes_part {
            let identity = register.definition().identity.as_ref();
            let claims = self.claims(register, identity.map(|i| (sources, i)))?;
            members.extend(claims.into_iter().map(|k| (register.name().to_owned(), k)));
        }
        let register = sources.clone();
        let made = tokio::task::spawn_blocking(move || index(&register, own, members, decisions));
        let index = Arc::new(made.await.map_err(LedgerError::lost)?);
        let mut cache = cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.insert(sources.name().to_owned(), (marks, Arc::clone(&index)));
        Ok(index)
    }

    /// What every record of a register says of its source (itself, for a register of sources), from the view.
    fn claims(&self, register: &Register, identity: Option<(&Register, &Identity)>) -> Result<Vec<Known>> {
        let definition = register.definition();
        let (sources, pairs): (&Register, Vec<(&String, &String)>) = match identity {
            Some((sources, identity)) => (sources, identity.same.iter().collect()),
            None => (
                register,
                definition.field.iter().map(|f| (&f.name, &f.name)).collect(),
            ),
        };
        // The view knows the box of the drawn place only: the middle of another place would be a guess.
        let drawn = crate::facets::drawn(definition);
        self.shelf(register)?.with(|view| {
            Ok(view
                .current()
                .map(|entry| {
                    let mut body = Body::new();
                    for (theirs, own) in &pairs {
                        let Some(field) = definition.field(own) else { continue };
                        let value = if field.kind.is_place() {
                            (drawn == Some(own.as_str())).then_some(entry.bounds).flatten().map(|[w, s, e, n]| {
                                json!({"type": "Point", "coordinates": [f64::midpoint(w, e), f64::midpoint(s, n)]})
                            })
                        } else {
                            view.value(entry, own, field.repeatable)
                        };
                        if let Some(value) = value {
                            body.insert((*theirs).clone(), value);
                        }
                    }
                    Known {
                        id: entry.id.clone(),
                        title: entry.title.to_string(),
                        claim: Claim {
                            exact: sources::exact(sources, &body),
                            body,
                        },
                    }
                })
                .collect())
        })
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

/// Identifiers, names and aliases, of the source itself and of its records.
fn known_by(sources: &Register, index: &Index, body: &Body, records: &[Belonging]) -> Vec<KnownBy> {
    let definition = sources.definition();
    let Some(rules) = &definition.source else {
        return Vec::new();
    };
    let mut out: Vec<KnownBy> = Vec::new();
    let mut put = |field: &String, value: &Value, record: Option<(String, RecordId)>| {
        let values = match value {
            Value::Array(several) => several.clone(),
            one => vec![one.clone()],
        };
        // An alias is a name.
        let field = if rules.aliases.as_ref() == Some(field) {
            &rules.name
        } else {
            field
        };
        for value in values.iter().filter_map(Value::as_str) {
            let place = out.iter().position(|k| k.field == *field && k.value == value);
            let place = place.unwrap_or_else(|| {
                out.push(KnownBy {
                    field: field.clone(),
                    names: definition
                        .field(field)
                        .map(registers::definition::Field::names)
                        .unwrap_or_default(),
                    value: value.to_owned(),
                    own: false,
                    records: Vec::new(),
                });
                out.len() - 1
            });
            if let Some(known) = out.get_mut(place) {
                known.own |= record.is_none();
                known.records.extend(record.clone());
            }
        }
    };
    let shown: Vec<&String> = std::iter::once(&rules.name)
        .chain(&rules.aliases)
        .chain(&rules.exact)
        .collect();
    for field in &shown {
        if let Some(value) = body.get(*field) {
            put(field, value, None);
        }
    }
    let members: HashMap<(&str, &RecordId), &Known> = index
        .members
        .iter()
        .map(|(r, k)| ((r.as_str(), &k.id), k))
        .collect();
    for record in records {
        let Some(known) = members.get(&(record.register.as_str(), &record.id)) else {
            continue;
        };
        for field in &shown {
            if let Some(value) = known.claim.body.get(*field) {
                put(field, value, Some((record.register.clone(), record.id.clone())));
            }
        }
    }
    out
}

/// Joins by identifiers, proposals by likeness, decisions above both.
fn index(
    register: &Register,
    own: Vec<Known>,
    members: Vec<(String, Known)>,
    decisions: Vec<SourceDecision>,
) -> Index {
    let mut out = Index {
        place: own.iter().enumerate().map(|(n, k)| (k.id.clone(), n)).collect(),
        sources: own,
        members,
        ..Index::default()
    };
    for decision in &decisions {
        let key = (
            decision.source.clone(),
            decision.register.to_string(),
            decision.record.clone(),
        );
        out.decided.insert(key, decision.clone());
    }
    out.all_decisions = decisions;
    let mut by_exact: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
    let mut by_term: HashMap<String, Vec<usize>> = HashMap::new();
    for (n, source) in out.sources.iter().enumerate() {
        for (field, value) in &source.claim.exact {
            by_exact.entry((field, value)).or_default().push(n);
        }
        for term in sources::terms(register, &source.claim.body) {
            by_term.entry(term).or_default().push(n);
        }
    }
    let (mut joined, mut proposed, mut unmatched) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (m, (name, member)) in out.members.iter().enumerate() {
        let exact = member
            .claim
            .exact
            .iter()
            .filter_map(|(f, v)| by_exact.get(&(f.as_str(), v.as_str())));
        let mut candidates: BTreeSet<usize> = exact.flatten().copied().collect();
        for term in sources::terms(register, &member.claim.body) {
            // A term that half of the district shares tells nothing.
            let sharing = by_term.get(&term).filter(|s| s.len() <= limits::SOURCE_TERM);
            candidates.extend(sharing.into_iter().flatten());
        }
        let mut belongs = false;
        let mut mine = Vec::new();
        let mut open = Vec::new();
        for place in candidates {
            let Some(source) = out.sources.get(place) else {
                continue;
            };
            let key = (source.id.clone(), name.clone(), member.id.clone());
            match out.decided.get(&key).map(|d| d.same) {
                Some(true) => belongs = true,
                Some(false) => {}
                None => {
                    let compared = sources::compare(register, &source.claim.body, &member.claim);
                    match compared.decision {
                        Decision::Joined => mine.push((place, compared)),
                        Decision::Review => open.push((place, compared)),
                        Decision::Different => {}
                    }
                }
            }
        }
        belongs |= out
            .decided
            .iter()
            .any(|((_, r, id), d)| d.same && r == name && *id == member.id);
        match mine.as_slice() {
            // Two sources with the same identifier: a person must say which, or that they are one.
            [_, _, ..] => open.extend(mine),
            _ => {
                for (place, compared) in mine {
                    belongs = true;
                    joined.push((place, (m, compared.agree)));
                }
            }
        }
        if !belongs {
            if open.is_empty() {
                unmatched.insert(m);
            }
            proposed.extend(open.into_iter().map(|(place, compared)| (place, (m, compared))));
        }
    }
    for (place, member) in joined {
        out.joined.entry(place).or_default().push(member);
    }
    for (place, proposal) in proposed {
        out.proposed.entry(place).or_default().push(proposal);
    }
    out.unmatched = unmatched;
    out
}
