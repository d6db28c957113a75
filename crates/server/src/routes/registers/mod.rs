//! Kept registers: the handlers, and what they share. Who may do what inside is decided by the definition's access and
//! the ledger; what is out of sight is not found.

pub(super) mod bulk;
pub(super) mod chains;
pub(super) mod doubles;
pub(super) mod files;
pub(super) mod filter;
pub(super) mod graph;
pub(super) mod list;
pub(super) mod maps;
pub(super) mod publications;
pub(super) mod record;
pub(super) mod sources;
mod stale;
pub(super) mod zones;

use ledger::{LedgerError, Person};
use registers::life::Actor;
use serde_json::{Value, json};

use crate::access::Access;
use crate::dto::registers::FindingView;
use crate::error::{ApiError, Code, Result};
use crate::state::Shared;

/// The caller as the ledger sees people: a firm's user owns what names the firm's code or its credit code.
pub(super) async fn person(ctx: &Shared, access: &Access) -> Result<Person> {
    let user = access.user()?;
    let mut firms = Vec::new();
    if let Some(code) = &user.firm {
        firms.push(code.to_string());
        let directory = ctx.directory().await?;
        let credit = directory
            .by_code(code)
            .and_then(|s| s.spec.attrs.get("credit_code"))
            .and_then(Value::as_str);
        firms.extend(credit.map(str::to_owned));
    }
    Ok(Person {
        actor: Actor {
            user: user.id,
            role: user.role,
            unit: user.unit.clone(),
            firms,
        },
        name: user.name.clone(),
    })
}

impl From<LedgerError> for ApiError {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::NotFound => Code::NotFound.into(),
            LedgerError::Findings(findings) => {
                let first = findings.first().map(|f| {
                    (
                        format!("{}:{}", f.names.zh, f.expected.zh),
                        format!("{}: {}", f.names.en, f.expected.en),
                    )
                });
                let views: Vec<FindingView> = findings.into_iter().map(Into::into).collect();
                let details = json!({ "findings": views });
                match first {
                    Some((zh, en)) => Self::new(Code::Findings, zh, en),
                    None => Code::Findings.into(),
                }
                .with(details)
            }
            LedgerError::Refused(refusal) => {
                let findings: Vec<FindingView> = refusal.findings.into_iter().map(Into::into).collect();
                let details = json!({ "code": refusal.code, "said": refusal.said, "findings": findings });
                Self::new(Code::Refused, refusal.said.zh, refusal.said.en).with(details)
            }
            LedgerError::Stale(stale) => stale::problem(&stale),
            LedgerError::Query { field, said } => Self::query(&field, &said.zh, &said.en),
            LedgerError::Table(error) => Self::new(Code::Table, &error.said.zh, &error.said.en)
                .with(json!({ "code": error.code, "said": error.said })),
            LedgerError::Write(error) => Self::internal(&error),
            LedgerError::Lost(_) => Self::internal(&error),
            LedgerError::Store(error) => error.into(),
        }
    }
}
