//! Which record belongs to which source: joined, proposed or decided, made anew where a register that takes part changed.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use model::ids::RecordId;
use registers::definition::Identity;
use registers::record::Body;
use registers::register::Register;
use registers::sources::{self, Claim, Compared, Decision};
use serde_json::json;
use store::registers::SourceDecision;

use crate::error::{LedgerError, Result};
use crate::{Ledger, limits, name_of};

/// One source or record as the index knows it.
pub(super) struct Known {
    pub(super) id: RecordId,
    pub(super) title: String,
    pub(super) claim: Claim,
}

/// Who belongs to whom.
#[derive(Default)]
pub(super) struct Index {
    pub(super) sources: Vec<Known>,
    pub(super) place: HashMap<RecordId, usize>,
    pub(super) members: Vec<(String, Known)>,
    /// By source: members joined by identifiers.
    pub(super) joined: HashMap<usize, Vec<(usize, Vec<String>)>>,
    /// By source: proposals.
    pub(super) proposed: HashMap<usize, Vec<(usize, Compared)>>,
    /// Newest decision by source, register and record.
    pub(super) decided: HashMap<(RecordId, String, RecordId), SourceDecision>,
    pub(super) all_decisions: Vec<SourceDecision>,
    /// Members that belong to nobody.
    pub(super) unmatched: BTreeSet<usize>,
}

type Marks = Vec<(String, i64)>;

/// The newest index of each register of sources.
#[derive(Default)]
pub(crate) struct Cache(Mutex<HashMap<String, (Marks, Arc<Index>)>>);

impl Ledger {
    /// The index of a register of sources, made again where a register that takes part has changed.
    pub(super) async fn source_index(&self, sources: &Register) -> Result<Arc<Index>> {
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
