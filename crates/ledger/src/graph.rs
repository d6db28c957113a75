//! Links walked in both directions from a record or a subject: the chains of the plan (断面—排污口—管线—污染源) as a graph.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use model::ids::{RecordId, RegisterName, SubjectCode};
use registers::text::Names;
use store::registers::{LinkTarget, StoredLink};

use crate::error::{LedgerError, Result};
use crate::person::Person;
use crate::query::Bounds;
use crate::read::place_names;
use crate::{Ledger, limits};

/// A node's identity.
pub type NodeKey = LinkTarget;

/// One thing of the graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub key: NodeKey,
    /// Title or name.
    pub title: String,
    /// Name of its register or kind.
    pub names: Names,
    /// State of a record.
    pub state: Option<String>,
    /// West, south, east, north of its place.
    pub place: Option<Bounds>,
}

/// One link.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// What points.
    pub from: NodeKey,
    /// What it points at.
    pub to: NodeKey,
    /// Field.
    pub field: String,
    /// Chinese name of the field.
    pub zh: String,
    /// English name of the field.
    pub en: String,
}

/// What hangs together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph {
    /// Nodes, the start first.
    pub nodes: Vec<Node>,
    /// Links between them.
    pub edges: Vec<Edge>,
    /// There is more than is shown.
    pub truncated: bool,
}

impl Ledger {
    /// The graph around a start, so many steps far, as far as it is in the person's sight. Units end a walk: a town
    /// stands in thousands of records.
    pub async fn graph(&self, start: &NodeKey, depth: u32, person: &Person) -> Result<Graph> {
        let depth = depth.clamp(1, limits::GRAPH_DEPTH);
        let mut nodes: BTreeMap<NodeKey, Node> = BTreeMap::new();
        let mut order = Vec::new();
        let mut edges = BTreeSet::new();
        let mut truncated = false;
        let first = self.node(start, person).await?.ok_or(LedgerError::NotFound)?;
        nodes.insert(start.clone(), first);
        order.push(start.clone());
        let mut open = VecDeque::from([(start.clone(), 0)]);
        while let Some((key, far)) = open.pop_front() {
            if far == depth || (matches!(key, LinkTarget::Unit(_)) && far > 0) {
                continue;
            }
            for link in self.links_of(&key).await? {
                let from = LinkTarget::Record(link.register.clone(), link.id.clone());
                let other = if from == key { &link.target } else { &from };
                if !nodes.contains_key(other) {
                    if nodes.len() >= limits::GRAPH_NODES {
                        truncated = true;
                        continue;
                    }
                    let Some(node) = self.node(other, person).await? else {
                        continue;
                    };
                    nodes.insert(other.clone(), node);
                    order.push(other.clone());
                    open.push_back((other.clone(), far + 1));
                }
                if edges.len() >= limits::GRAPH_EDGES {
                    truncated = true;
                    continue;
                }
                edges.insert(self.edge(from, link));
            }
        }
        Ok(Graph {
            nodes: order.iter().filter_map(|key| nodes.remove(key)).collect(),
            edges: edges.into_iter().collect(),
            truncated,
        })
    }

    fn edge(&self, from: NodeKey, link: StoredLink) -> Edge {
        let names = self
            .register(link.register.as_str())
            .map_or_else(|_| Names::same(&link.field), |r| place_names(r, &link.field));
        Edge {
            from,
            to: link.target,
            field: link.field,
            zh: names.zh,
            en: names.en,
        }
    }

    pub(crate) async fn links_of(&self, key: &NodeKey) -> Result<Vec<StoredLink>> {
        let mut links = self.store().links_to(key).await?;
        if let LinkTarget::Record(register, id) = key {
            links.extend(self.store().links_from(register, id).await?);
        }
        Ok(links)
    }

    /// A node, if it exists and is in sight.
    pub(crate) async fn node(&self, key: &NodeKey, person: &Person) -> Result<Option<Node>> {
        Ok(match key {
            LinkTarget::Record(register, id) => self.record_node(register, id, person).await?,
            LinkTarget::Subject(code) => {
                let subject = self.store().subject_by_code(&SubjectCode::new(code)).await?;
                subject.map(|s| Node {
                    key: key.clone(),
                    title: s.spec.zh,
                    names: Names::new(s.spec.kind.zh(), s.spec.kind.name()),
                    state: None,
                    place: s.spec.lon.zip(s.spec.lat).map(|(x, y)| [x, y, x, y]),
                })
            }
            LinkTarget::Unit(code) => self.unit(code).map(|names| Node {
                key: key.clone(),
                title: names.zh.clone(),
                names: Names::new("单位", "unit"),
                state: None,
                place: None,
            }),
        })
    }

    async fn record_node(
        &self,
        register: &RegisterName,
        id: &RecordId,
        person: &Person,
    ) -> Result<Option<Node>> {
        let Ok(register) = self.readable(register.as_str(), person) else {
            return Ok(None);
        };
        let mut titles = self.titles(register, &[id], person).await?;
        Ok(titles.remove(id).map(|(title, state, place)| Node {
            key: LinkTarget::Record(crate::name_of(register), id.clone()),
            title,
            names: register.definition().names(),
            state,
            place,
        }))
    }
}
