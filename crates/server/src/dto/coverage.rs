//! The systems of the plan and what implements each.

use plan::systems::{Coverage, Kind, Proof, Row};
use serde::Serialize;
use standards::topic;
use utoipa::ToSchema;

use super::common::Bilingual;

/// Something that implements a system.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProofView {
    /// `register`, `rule`, `job`, `page`, `endpoint`, `report` or `command`.
    pub kind: String,
    /// Its name: of the register, the topic, the operation …
    pub name: String,
    /// Chinese title where it has one.
    pub zh: Option<String>,
    /// English title where it has one.
    pub en: Option<String>,
    /// Where a person sees it, among the pages.
    pub href: Option<String>,
}

/// A system of the plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SystemRow {
    /// `S001` …
    pub id: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Where the plan names it.
    pub section: String,
    /// Field it belongs to.
    pub group: String,
    /// `core`, `supporting` or `policy-only`.
    pub priority: String,
    /// `works`, `partly` or `not_yet`.
    pub state: String,
    /// What implements it.
    pub what: Vec<ProofView>,
    /// What is missing, where it is there in part.
    pub missing: Option<Bilingual>,
}

/// How many systems are in which state.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct SystemCounts {
    /// All.
    pub total: i64,
    /// 可用
    pub works: i64,
    /// 部分
    pub partly: i64,
    /// 未建
    pub not_yet: i64,
}

/// All systems of the plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SystemList {
    /// Systems in order of their numbers.
    pub items: Vec<SystemRow>,
    /// How many are in which state.
    pub counts: SystemCounts,
}

impl From<&Coverage> for SystemList {
    fn from(coverage: &Coverage) -> Self {
        let counts = coverage.counts();
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        Self {
            items: coverage.rows().iter().map(row).collect(),
            counts: SystemCounts {
                total: count(counts.total),
                works: count(counts.works),
                partly: count(counts.partly),
                not_yet: count(counts.not_yet),
            },
        }
    }
}

/// A row as it travels; titles of rules come from the standards.
fn row(row: &Row) -> SystemRow {
    let system = row.system.clone();
    SystemRow {
        id: system.id,
        zh: system.zh,
        en: system.en,
        section: system.section,
        group: system.group,
        priority: system.priority,
        state: row.state.name().to_owned(),
        what: row.what.iter().map(proof).collect(),
        missing: row.missing.clone().map(|words| Bilingual {
            zh: words.zh,
            en: words.en,
        }),
    }
}

fn proof(proof: &Proof) -> ProofView {
    let name = proof.name.clone();
    let topic = topic::find(&name).filter(|_| proof.kind == Kind::Rule);
    let titles = proof.titles.as_ref();
    ProofView {
        kind: proof.kind.name().to_owned(),
        zh: titles
            .map(|t| t.zh.clone())
            .or_else(|| topic.map(|t| t.zh.to_owned())),
        en: titles
            .map(|t| t.en.clone())
            .or_else(|| topic.map(|t| t.en.to_owned())),
        href: match proof.kind {
            Kind::Register => Some(format!("/registers/{name}")),
            Kind::Rule => Some(format!("/standards/{name}")),
            Kind::Page => Some(name.clone()),
            Kind::Job | Kind::Endpoint | Kind::Report | Kind::Command => None,
        },
        name,
    }
}
