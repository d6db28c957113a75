//! Chains: what there are, and one walked from a start.

use ledger::{Balanced, Walked};
use registers::chain::Chain;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::common::Bilingual;
use super::register_figures::NodeView;

/// One step of a chain.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChainStepView {
    /// Stable name.
    pub name: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Register whose records stand here.
    pub register: Option<String>,
    /// Kind of the subjects that stand here.
    pub subject: Option<String>,
}

/// A chain.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChainInfo {
    /// Stable name.
    pub name: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Systems of the plan it serves.
    pub systems: Vec<String>,
    /// Sources, doubts, choices.
    pub notes: Vec<String>,
    /// Steps in order.
    pub steps: Vec<ChainStepView>,
    /// Whether a river leads from one step to another.
    pub has_river: bool,
    /// Whether masses are balanced.
    pub has_balance: bool,
}

impl From<&Chain> for ChainInfo {
    fn from(chain: &Chain) -> Self {
        let file = chain.file();
        Self {
            name: file.name.clone(),
            zh: file.zh.clone(),
            en: file.en.clone(),
            systems: file.systems.clone(),
            notes: file.notes.clone(),
            steps: file
                .step
                .iter()
                .map(|s| ChainStepView {
                    name: s.name.clone(),
                    zh: s.zh.clone(),
                    en: s.en.clone(),
                    register: s.register.clone(),
                    subject: s.subject.clone(),
                })
                .collect(),
            has_river: file.river.is_some(),
            has_balance: !file.balance.is_empty(),
        }
    }
}

/// All chains.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChainList {
    /// The chains, by name.
    pub items: Vec<ChainInfo>,
}

/// Where a walk begins.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ChainQuery {
    /// `<register>:<id>`, or `subject:<code>`.
    #[param(example = "subject:demo-chizhong")]
    pub from: String,
    /// Mean velocity of the water, m/s, instead of the chain's own.
    pub velocity: Option<f64>,
}

/// Along the river.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AlongView {
    /// Metres along the river to the section.
    pub distance_m: f64,
    /// Hours the water takes.
    pub travel_h: Option<f64>,
    /// Name of the reach.
    pub reach: String,
}

/// A node of a chain.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChainNodeView {
    /// The step it stands at, from 0.
    pub step: usize,
    /// What it is.
    #[serde(flatten)]
    pub node: NodeView,
    /// Whether the walk began here.
    pub start: bool,
    /// How far along the river, where the river led here.
    pub river: Option<AlongView>,
}

/// A link between two nodes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChainLinkView {
    /// The nearer to the beginning: place in the list of nodes.
    pub from: usize,
    /// The nearer to the end.
    pub to: usize,
    /// The field that links them; null where the river does.
    pub field: Option<String>,
    /// Chinese words.
    pub zh: String,
    /// English words.
    pub en: String,
}

/// 缺环节: a link that lacks.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GapView {
    /// The node that should have it: place in the list of nodes.
    pub node: usize,
    /// The step it is not linked to, from 0.
    pub step: usize,
    /// In words.
    pub said: Bilingual,
}

/// A column of a balance.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BalanceColumn {
    /// Stable name.
    pub name: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Records or rows whose amount is missing; 0 for differences.
    pub left_out: u64,
}

/// A row of a balance; amounts are exact decimals, null where nothing takes part.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BalanceRowView {
    /// What the row is of; null for the total.
    pub per: Option<String>,
    /// The sums.
    pub terms: Vec<Option<String>>,
    /// The differences.
    pub differences: Vec<Option<String>>,
}

/// The balance of one node.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BalanceView {
    /// The node: place in the list of nodes.
    pub node: usize,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Unit of all amounts.
    pub unit: String,
    /// What is added up.
    pub terms: Vec<BalanceColumn>,
    /// What should come out as nothing.
    pub differences: Vec<BalanceColumn>,
    /// Rows, the total last.
    pub rows: Vec<BalanceRowView>,
}

/// What the travel times rest on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RiverBasis {
    /// Mean velocity, m/s.
    pub velocity_ms: f64,
    /// Where it comes from.
    pub basis: Bilingual,
    /// 示意: the rivers are drawn, not surveyed, and so are the distances.
    pub schematic: bool,
    /// Titles are not given: `kind:…` keys of what stands too far from any river to be placed on it.
    pub off_river: Vec<String>,
}

/// A walked chain.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChainView {
    /// The chain.
    #[serde(flatten)]
    pub info: ChainInfo,
    /// Nodes in order of the steps; within a step the nearest along the river first.
    pub nodes: Vec<ChainNodeView>,
    /// Links.
    pub edges: Vec<ChainLinkView>,
    /// Links that lack.
    pub gaps: Vec<GapView>,
    /// Balances.
    pub balances: Vec<BalanceView>,
    /// The river, where the chain has one.
    pub river: Option<RiverBasis>,
    /// There is more than is shown.
    pub truncated: bool,
}

impl ChainView {
    /// From a walk. `node` turns the ledger's nodes into those of the contract, `key` names one; `given` is whether the
    /// caller gave the velocity.
    pub fn new(
        chain: &Chain,
        walked: Walked,
        node: impl Fn(ledger::Node) -> NodeView,
        key: impl Fn(&ledger::LinkTarget) -> String,
        given: bool,
        schematic: bool,
    ) -> Self {
        let file = chain.file();
        let step = |n: usize| {
            file.step
                .get(n)
                .map(|s| (s.zh.clone(), s.en.clone()))
                .unwrap_or_default()
        };
        let river = file
            .river
            .as_ref()
            .zip(walked.velocity_ms)
            .map(|(river, velocity_ms)| RiverBasis {
                velocity_ms,
                basis: if given {
                    Bilingual::new("查询时给定", "given with the question")
                } else {
                    river.basis.clone().into()
                },
                schematic,
                off_river: walked.off_river.iter().map(&key).collect(),
            });
        Self {
            info: chain.into(),
            gaps: walked
                .gaps
                .iter()
                .map(|g| {
                    let (zh, en) = step(g.step);
                    GapView {
                        node: g.node,
                        step: g.step,
                        said: Bilingual::new(format!("缺环节：{zh}"), format!("no link to: {en}")),
                    }
                })
                .collect(),
            balances: walked.balances.iter().filter_map(|b| balance(chain, b)).collect(),
            nodes: walked
                .nodes
                .into_iter()
                .map(|n| ChainNodeView {
                    step: n.step,
                    start: n.start,
                    river: n.river.map(|r| AlongView {
                        distance_m: r.distance_m,
                        travel_h: r.travel_s.map(|s| s / 3600.0),
                        reach: r.reach,
                    }),
                    node: node(n.node),
                })
                .collect(),
            edges: walked
                .links
                .into_iter()
                .map(|l| ChainLinkView {
                    from: l.from,
                    to: l.to,
                    field: l.field,
                    zh: l.names.zh,
                    en: l.names.en,
                })
                .collect(),
            river,
            truncated: walked.truncated,
        }
    }
}

fn balance(chain: &Chain, found: &Balanced) -> Option<BalanceView> {
    let declared = chain.file().balance.get(found.balance)?;
    let text = |amounts: &[Option<standards::num::Exact>]| {
        amounts
            .iter()
            .map(|a| a.as_ref().map(standards::num::Exact::to_display))
            .collect()
    };
    Some(BalanceView {
        node: found.node,
        zh: declared.zh.clone(),
        en: declared.en.clone(),
        unit: declared.unit.clone(),
        terms: declared
            .term
            .iter()
            .zip(&found.left_out)
            .map(|(t, left_out)| BalanceColumn {
                name: t.name.clone(),
                zh: t.zh.clone(),
                en: t.en.clone(),
                left_out: *left_out,
            })
            .collect(),
        differences: declared
            .difference
            .iter()
            .map(|d| BalanceColumn {
                name: d.name.clone(),
                zh: d.zh.clone(),
                en: d.en.clone(),
                left_out: 0,
            })
            .collect(),
        rows: found
            .rows
            .iter()
            .map(|r| BalanceRowView {
                per: r.per.clone(),
                terms: text(&r.terms),
                differences: text(&r.differences),
            })
            .collect(),
    })
}
