//! Chains (链条) walked from any record or subject either way: which steps are reached, which links lack, where the river
//! leads, how the masses balance.
//!
//! A walk keeps its direction: what lies before the start is reached against the order, what lies after it along the
//! order, so that one pipe does not bring in every other source of its outlet.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use geo::{LonLat, RiverGraph, upstream};
use model::ids::{RecordId, SubjectCode};
use model::time::UtcMs;
use registers::chain::{Balance, Chain, is_field};
use registers::text::Names;
use standards::num::Exact;
use store::registers::{LinkTarget, StoredLink};

use crate::error::{LedgerError, Result};
use crate::graph::{Node, NodeKey};
use crate::person::Person;
use crate::query::Query;
use crate::read::place_names;
use crate::zones::point_of;
use crate::{Ledger, limits};

/// A node of a chain.
#[derive(Clone, Debug, PartialEq)]
pub struct ChainNode {
    /// The step it stands at.
    pub step: usize,
    /// What it is.
    pub node: Node,
    /// Whether the walk began here.
    pub start: bool,
    /// Along the river to the section, where the river led here.
    pub river: Option<Along>,
}

/// How far along the river something is.
#[derive(Clone, Debug, PartialEq)]
pub struct Along {
    /// Metres along the river.
    pub distance_m: f64,
    /// Seconds the water takes.
    pub travel_s: Option<f64>,
    /// Name of the reach it stands at.
    pub reach: String,
}

/// A link of a chain.
#[derive(Clone, Debug, PartialEq)]
pub struct ChainLink {
    /// The nearer to the beginning: place in the list of nodes.
    pub from: usize,
    /// The nearer to the end.
    pub to: usize,
    /// The field that links them; `None` where the river does.
    pub field: Option<String>,
    /// In words.
    pub names: Names,
}

/// A link that lacks (缺环节).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The node that should have it.
    pub node: usize,
    /// The step it is not linked to.
    pub step: usize,
}

/// The balance of one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balanced {
    /// The node.
    pub node: usize,
    /// Place of the balance in the chain's declaration.
    pub balance: usize,
    /// A row for each value of `per`, in their order; the last is the total.
    pub rows: Vec<BalanceRow>,
    /// Records or rows whose amount is missing, by term: missing is never zero.
    pub left_out: Vec<u64>,
}

/// One row of a balance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BalanceRow {
    /// The value; `None` for the total.
    pub per: Option<String>,
    /// The terms in their order; `None` where nothing takes part.
    pub terms: Vec<Option<Exact>>,
    /// The differences in their order; `None` where an amount of it is missing or nothing takes part.
    pub differences: Vec<Option<Exact>>,
}

/// A walked chain.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Walked {
    /// Nodes in order of their steps; within a step the nearest along the river first.
    pub nodes: Vec<ChainNode>,
    /// Links between them.
    pub links: Vec<ChainLink>,
    /// Links that lack.
    pub gaps: Vec<Gap>,
    /// Balances of the nodes that have one.
    pub balances: Vec<Balanced>,
    /// What stands too far from any river to be placed on it.
    pub off_river: Vec<NodeKey>,
    /// Velocity the travel times rest on, m/s.
    pub velocity_ms: Option<f64>,
    /// There is more than is shown.
    pub truncated: bool,
}

/// What a walk may use.
#[derive(Clone, Copy)]
pub struct ChainTools<'a> {
    /// The district's rivers, in flow order.
    pub rivers: &'a RiverGraph,
    /// Mean velocity of the water, m/s, instead of the declared one.
    pub velocity_ms: Option<f64>,
}

/// Which way a walk goes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Forward,
    Back,
}

type Place = (usize, NodeKey);

/// What a walk has gathered.
#[derive(Default)]
struct Trace {
    nodes: BTreeMap<Place, Node>,
    links: BTreeMap<(Place, Place), (Option<String>, Names)>,
    river: BTreeMap<Place, Along>,
    off_river: BTreeSet<NodeKey>,
    truncated: bool,
}

impl Ledger {
    /// The chain around a start, as far as it is in the person's sight.
    pub async fn chain(
        &self,
        chain: &Chain,
        start: &NodeKey,
        tools: ChainTools<'_>,
        person: &Person,
        now: UtcMs,
    ) -> Result<Walked> {
        let steps = self.steps_of(chain, start).await?;
        let node = self.node(start, person).await?.ok_or(LedgerError::NotFound)?;
        if steps.is_empty() {
            return Err(LedgerError::query(
                "from",
                "该记录不在此链条的任何环节",
                "the record stands at no step of this chain",
            ));
        }
        let mut trace = Trace::default();
        let mut open: VecDeque<(Place, Way)> = VecDeque::new();
        for step in &steps {
            let place = (*step, start.clone());
            trace.nodes.insert(place.clone(), node.clone());
            open.push_back((place.clone(), Way::Forward));
            open.push_back((place, Way::Back));
        }
        let mut seen: BTreeSet<(Place, Way)> = open.iter().cloned().collect();
        while let Some((place, way)) = open.pop_front() {
            let mut found = self.neighbours(chain, &place, way).await?;
            if let Some(river) = &chain.file().river
                && chain.place(&river.below) == Some(place.0)
                && chain
                    .place(&river.above)
                    .is_some_and(|above| (above > place.0) == (way == Way::Forward))
            {
                let placed = self.river(chain, &place, tools, person, now, &mut trace).await?;
                found.extend(
                    placed
                        .into_iter()
                        .map(|p| (p, None, Names::new("沿河上游", "up the river"))),
                );
            }
            for (other, field, names) in found {
                if !trace.nodes.contains_key(&other) {
                    if trace.nodes.len() >= limits::CHAIN_NODES {
                        trace.truncated = true;
                        continue;
                    }
                    let Some(node) = self.node(&other.1, person).await? else {
                        continue;
                    };
                    trace.nodes.insert(other.clone(), node);
                }
                let ordered = if place.0 <= other.0 {
                    (place.clone(), other.clone())
                } else {
                    (other.clone(), place.clone())
                };
                // A declared link says more than that the river leads there.
                let known = trace
                    .links
                    .entry(ordered)
                    .or_insert_with(|| (field.clone(), names.clone()));
                if known.0.is_none() && field.is_some() {
                    *known = (field, names);
                }
                if seen.insert((other.clone(), way)) {
                    open.push_back((other, way));
                }
            }
        }
        self.finish_walk(chain, trace, start, tools, person).await
    }

    /// Steps at which a record or subject stands.
    async fn steps_of(&self, chain: &Chain, key: &NodeKey) -> Result<Vec<usize>> {
        Ok(match key {
            LinkTarget::Record(register, _) => chain.steps_of(register.as_str()).map(|(n, _)| n).collect(),
            LinkTarget::Subject(code) => {
                let subject = self.store().subject_by_code(&SubjectCode::new(code)).await?;
                let kind = subject.map(|s| s.spec.kind.name());
                let steps = chain.file().step.iter().enumerate();
                steps
                    .filter(|(_, s)| s.subject.as_deref().is_some_and(|k| Some(k) == kind))
                    .map(|(n, _)| n)
                    .collect()
            }
            LinkTarget::Unit(_) => Vec::new(),
        })
    }

    /// What the declared fields link to a place, one way.
    async fn neighbours(
        &self,
        chain: &Chain,
        (step, key): &Place,
        way: Way,
    ) -> Result<Vec<(Place, Option<String>, Names)>> {
        let mut out = Vec::new();
        for link in self.links_of(key).await? {
            let own = matches!(key, LinkTarget::Record(r, id) if *r == link.register && *id == link.id);
            for edge in &chain.file().edge {
                let (Some(holder), Some(target)) = (chain.place(&edge.from), chain.place(&edge.to)) else {
                    continue;
                };
                if !is_field(&link.field, &edge.field) {
                    continue;
                }
                let other = if own && holder == *step && Self::stands(chain, target, &link.target) {
                    (target, link.target.clone())
                } else if !own && target == *step && Self::holds(chain, holder, &link) {
                    (holder, LinkTarget::Record(link.register.clone(), link.id.clone()))
                } else {
                    continue;
                };
                let forward = other.0 > *step;
                if forward == (way == Way::Forward) {
                    let names = self
                        .register(link.register.as_str())
                        .map_or_else(|_| Names::same(&link.field), |r| place_names(r, &link.field));
                    out.push((other, Some(link.field.clone()), names));
                }
            }
        }
        Ok(out)
    }

    fn stands(chain: &Chain, step: usize, target: &LinkTarget) -> bool {
        chain.file().step.get(step).is_some_and(|s| match target {
            LinkTarget::Record(register, _) => s.register.as_deref() == Some(register.as_str()),
            LinkTarget::Subject(_) => s.subject.is_some(),
            LinkTarget::Unit(_) => false,
        })
    }

    fn holds(chain: &Chain, step: usize, link: &StoredLink) -> bool {
        let step = chain.file().step.get(step);
        step.is_some_and(|s| s.register.as_deref() == Some(link.register.as_str()))
    }

    /// What lies up the river from a place.
    async fn river(
        &self,
        chain: &Chain,
        place: &Place,
        tools: ChainTools<'_>,
        person: &Person,
        now: UtcMs,
        trace: &mut Trace,
    ) -> Result<Vec<Place>> {
        let Some(river) = &chain.file().river else {
            return Ok(Vec::new());
        };
        let Some(below) = self.point(&place.1, person).await? else {
            return Ok(Vec::new());
        };
        let Some(above) = chain.place(&river.above) else {
            return Ok(Vec::new());
        };
        let Some(register) = chain.file().step.get(above).and_then(|s| s.register.as_ref()) else {
            return Ok(Vec::new());
        };
        let Ok(register) = self.readable(register, person) else {
            return Ok(Vec::new());
        };
        let (found, total) = self
            .located(register, &Query::default(), person, now, limits::RIVER_CANDIDATES)
            .await?;
        trace.truncated |= i64::try_from(found.len()).is_ok_and(|n| n < total);
        let candidates: Vec<(RecordId, LonLat)> = found
            .into_iter()
            .map(|f| {
                let [w, s, e, n] = f.bounds;
                (f.id, LonLat::new(f64::midpoint(w, e), f64::midpoint(s, n)))
            })
            .collect();
        let velocity = velocity(chain, tools).unwrap_or(0.0);
        let (snap, reach) = (f64::from(river.snap_m), f64::from(river.reach_m));
        let key = |id: RecordId| LinkTarget::Record(crate::name_of(register), id);
        let Some((reached, off)) = upstream(tools.rivers, below, &candidates, snap, reach, velocity) else {
            trace.off_river.insert(place.1.clone());
            return Ok(Vec::new());
        };
        // Only what stands near the section is worth the remark; the rest is another river's.
        trace.off_river.extend(off.into_iter().map(key));
        Ok(reached
            .into_iter()
            .map(|found| {
                let other = (above, key(found.what));
                let along = Along {
                    distance_m: found.distance_m,
                    travel_s: found.travel_s,
                    reach: tools.rivers.name(found.at.reach).unwrap_or_default().to_owned(),
                };
                trace.river.insert(other.clone(), along);
                other
            })
            .collect())
    }

    /// Where a record or subject stands.
    async fn point(&self, key: &NodeKey, person: &Person) -> Result<Option<LonLat>> {
        Ok(match key {
            LinkTarget::Record(register, id) => {
                let register = self.readable(register.as_str(), person)?;
                let held = self.fetch(register, id).await?;
                held.and_then(|h| point_of(register, &h.record.body))
            }
            LinkTarget::Subject(code) => {
                let subject = self.store().subject_by_code(&SubjectCode::new(code)).await?;
                subject.and_then(|s| Some(LonLat::new(s.spec.lon?, s.spec.lat?)))
            }
            LinkTarget::Unit(_) => None,
        })
    }

    async fn finish_walk(
        &self,
        chain: &Chain,
        mut trace: Trace,
        start: &NodeKey,
        tools: ChainTools<'_>,
        person: &Person,
    ) -> Result<Walked> {
        // A record that may stand at two steps is shown where it is linked; where it is linked nowhere, at the first.
        let linked: BTreeSet<&Place> = trace.links.keys().flat_map(|(a, b)| [a, b]).collect();
        let lonely = |p: &Place| p.1 == *start && !linked.contains(p);
        let first = trace.nodes.keys().find(|p| p.1 == *start && linked.contains(p));
        let first = first
            .or_else(|| trace.nodes.keys().find(|p| p.1 == *start))
            .cloned();
        let mut order: Vec<Place> = trace
            .nodes
            .keys()
            .filter(|p| !lonely(p) || Some(*p) == first.as_ref())
            .cloned()
            .collect();
        order.sort_by(|a, b| {
            let far = |p: &Place| trace.river.get(p).map_or(f64::INFINITY, |r| r.distance_m);
            a.0.cmp(&b.0).then(far(a).total_cmp(&far(b))).then(a.1.cmp(&b.1))
        });
        let at: BTreeMap<&Place, usize> = order.iter().enumerate().map(|(n, p)| (p, n)).collect();
        let links: Vec<ChainLink> = trace
            .links
            .iter()
            .filter_map(|((from, to), (field, names))| {
                Some(ChainLink {
                    from: *at.get(from)?,
                    to: *at.get(to)?,
                    field: field.clone(),
                    names: names.clone(),
                })
            })
            .collect();
        let mut gaps = Vec::new();
        for (n, place) in order.iter().enumerate() {
            let needs = chain
                .file()
                .step
                .get(place.0)
                .map(|s| s.needs.as_slice())
                .unwrap_or_default();
            for needed in needs.iter().filter_map(|name| chain.place(name)) {
                // The walk goes one way from the start; what it did not look at must be looked at now.
                if !self.is_linked(chain, place, needed).await? {
                    gaps.push(Gap {
                        node: n,
                        step: needed,
                    });
                }
            }
        }
        let mut balances = Vec::new();
        for (b, balance) in chain.file().balance.iter().enumerate() {
            for (n, (step, key)) in order.iter().enumerate() {
                if chain.place(&balance.at) == Some(*step) {
                    balances.extend(self.balance(chain, (b, balance), (n, key), person).await?);
                }
            }
        }
        let nodes = order
            .iter()
            .filter_map(|place| {
                Some(ChainNode {
                    step: place.0,
                    start: place.1 == *start,
                    river: trace.river.remove(place),
                    node: trace.nodes.remove(place)?,
                })
            })
            .collect();
        Ok(Walked {
            nodes,
            links,
            gaps,
            balances,
            off_river: trace.off_river.into_iter().take(limits::CHAIN_NODES).collect(),
            velocity_ms: velocity(chain, tools),
            truncated: trace.truncated,
        })
    }

    /// Whether a declared field links a place to any at another step.
    async fn is_linked(&self, chain: &Chain, place: &Place, needed: usize) -> Result<bool> {
        let way = if needed > place.0 { Way::Forward } else { Way::Back };
        let found = self.neighbours(chain, place, way).await?;
        Ok(found.iter().any(|(other, ..)| other.0 == needed))
    }

    /// The balance of one record, over what is in the person's sight.
    async fn balance(
        &self,
        chain: &Chain,
        (b, balance): (usize, &Balance),
        (node, key): (usize, &NodeKey),
        person: &Person,
    ) -> Result<Option<Balanced>> {
        let LinkTarget::Record(own, id) = key else {
            return Ok(None);
        };
        let own = self.readable(own.as_str(), person)?;
        let Some(held) = self.fetch(own, id).await? else {
            return Ok(None);
        };
        let links = self.store().links_to(key).await?;
        let mut sums: BTreeMap<String, Vec<Sum>> = BTreeMap::new();
        let mut add = |term: usize, per: Option<&serde_json::Value>, amount: Option<Exact>| {
            let per = per
                .and_then(serde_json::Value::as_str)
                .unwrap_or_default()
                .to_owned();
            let row = sums
                .entry(per)
                .or_insert_with(|| vec![Sum::default(); balance.term.len()]);
            if let Some(sum) = row.get_mut(term) {
                sum.add(amount.as_ref(), u64::from(amount.is_none()));
            }
        };
        for (t, term) in balance.term.iter().enumerate() {
            if let Some(group) = &term.group {
                let rows = held.record.body.get(group).and_then(|v| v.as_array());
                for row in rows.into_iter().flatten().filter_map(|r| r.as_object()) {
                    if let Some(amount) = chain.amount(b, t, &held.record, Some(row)) {
                        add(t, row.get(&term.per), amount);
                    }
                }
                continue;
            }
            let (Some(name), Some(owner)) = (&term.register, &term.owner) else {
                continue;
            };
            let Ok(register) = self.readable(name, person) else {
                continue;
            };
            let ids: Vec<RecordId> = links
                .iter()
                .filter(|l| l.register.as_str() == name && l.field == *owner)
                .map(|l| l.id.clone())
                .collect();
            for one in self.many(register, &ids).await? {
                if one.merged_into.is_none()
                    && let Some(amount) = chain.amount(b, t, &one.record, None)
                {
                    add(t, one.record.body.get(&term.per), amount);
                }
            }
        }
        let (rows, left_out) = rows(balance, &sums);
        Ok(Some(Balanced {
            node,
            balance: b,
            rows,
            left_out,
        }))
    }
}

/// What a term comes to.
#[derive(Clone, Default)]
struct Sum {
    total: Option<Exact>,
    missing: u64,
}

impl Sum {
    fn add(&mut self, amount: Option<&Exact>, missing: u64) {
        if let Some(amount) = amount {
            self.total = Some(self.total.as_ref().map_or(amount.clone(), |s| s + amount));
        }
        self.missing += missing;
    }
}

/// Rows with their differences, the total last; and how many amounts of each term are missing.
fn rows(balance: &Balance, sums: &BTreeMap<String, Vec<Sum>>) -> (Vec<BalanceRow>, Vec<u64>) {
    let mut total = vec![Sum::default(); balance.term.len()];
    for terms in sums.values() {
        for (sum, term) in total.iter_mut().zip(terms) {
            sum.add(term.total.as_ref(), term.missing);
        }
    }
    let row = |per: Option<String>, terms: &[Sum]| {
        let side = |names: &[String]| -> Sum {
            let mut out = Sum::default();
            for name in names {
                let n = balance.term.iter().position(|t| t.name == *name);
                if let Some(term) = n.and_then(|n| terms.get(n)) {
                    out.add(term.total.as_ref(), term.missing);
                }
            }
            out
        };
        let difference = |plus: Sum, minus: Sum| {
            let known = plus.missing + minus.missing == 0 && (plus.total.is_some() || minus.total.is_some());
            // Where nothing takes part in one side and nothing is missing, that side really is nothing.
            let (plus, minus) = (
                plus.total.unwrap_or_else(Exact::zero),
                minus.total.unwrap_or_else(Exact::zero),
            );
            known.then(|| &plus - &minus)
        };
        BalanceRow {
            per,
            terms: terms.iter().map(|t| t.total.clone()).collect(),
            differences: balance
                .difference
                .iter()
                .map(|d| difference(side(&d.plus), side(&d.minus)))
                .collect(),
        }
    };
    let left_out = total.iter().map(|t| t.missing).collect();
    let mut out: Vec<BalanceRow> = sums
        .iter()
        .map(|(per, terms)| row(Some(per.clone()), terms))
        .collect();
    out.push(row(None, &total));
    (out, left_out)
}

fn velocity(chain: &Chain, tools: ChainTools<'_>) -> Option<f64> {
    let declared = chain.file().river.as_ref()?.velocity_ms.parse().ok();
    tools
        .velocity_ms
        .filter(|v| v.is_finite() && *v > 0.0)
        .or(declared)
}
