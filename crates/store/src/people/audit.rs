//! The audit chain: append-only, ids without gaps, each entry carrying the SHA-256 of the one before.
//!
//! It guarantees that an entry changed, removed or put in between is found by [`People::verify_audit`]. An entry
//! removed at the very end is found by the head kept beside the table; whoever can write both is found by a head
//! that was written down elsewhere.

use model::ids::AuditId;
use model::time::UtcMs;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::any::AnyRow;

use super::People;
use crate::error::StoreError;
use crate::page::{Filter, Page, Paged};
use crate::rows::{Columns, clean, hex};

/// Name of the chain's head in the name-value table: `<id> <hash>`.
const HEAD: &str = "audit.head";
/// Hash before the first entry.
const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// Entries checked at once.
const CHECKED_AT_ONCE: i64 = 2_000;

/// What is to be remembered.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEntry {
    /// Who, as login; `-` for nobody.
    pub actor: String,
    /// From which address.
    pub address: Option<String>,
    /// Action.
    pub action: String,
    /// On what.
    pub object: String,
    /// What came of it.
    pub outcome: String,
    /// Further facts without secrets.
    pub detail: Value,
}

/// A link of the chain.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Number, from 1 without gaps.
    pub id: AuditId,
    /// When.
    pub at: UtcMs,
    /// What.
    pub what: NewEntry,
    /// Hash of the entry before, hex.
    pub previous: String,
    /// Hash of this entry, hex.
    pub hash: String,
}

/// Which entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Of this login.
    pub actor: Option<String>,
    /// Of this action.
    pub action: Option<String>,
    /// Not before.
    pub from: Option<UtcMs>,
    /// Before.
    pub to: Option<UtcMs>,
    /// Part of the list.
    pub page: Page,
}

/// Whether the chain holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// Entries that hold, from the first on.
    pub entries: i64,
    /// The first entry that does not.
    pub broken_at: Option<AuditId>,
    /// Hash of the last entry that holds.
    pub head: String,
}

/// Hash over the previous hash and every column, as one JSON array so that no two entries read the same.
fn link(previous: &str, id: i64, at: i64, texts: [Option<&str>; 6]) -> String {
    hex(&Sha256::digest(json!([previous, id, at, texts]).to_string()))
}

fn parse_head(text: Option<String>) -> Result<(i64, String), StoreError> {
    let Some(text) = text else {
        return Ok((0, GENESIS.to_owned()));
    };
    text.split_once(' ')
        .and_then(|(id, hash)| Some((id.parse().ok()?, hash.to_owned())))
        .ok_or_else(|| StoreError::stored(HEAD, &text))
}

/// A row with the hash it ought to have after `previous`.
fn read(row: &AnyRow, previous: &str) -> Result<(Entry, String), StoreError> {
    let detail = row.text("detail")?;
    let entry = Entry {
        id: AuditId(row.int("id")?),
        at: row.time("at")?,
        what: NewEntry {
            actor: row.text("actor")?,
            address: row.opt_text("address")?,
            action: row.text("action")?,
            object: row.text("object")?,
            outcome: row.text("outcome")?,
            // An entry somebody damaged must still be shown.
            detail: serde_json::from_str(&detail).unwrap_or_else(|_| Value::String(detail.clone())),
        },
        previous: row.text("previous")?,
        hash: row.text("hash")?,
    };
    let what = &entry.what;
    let texts = [
        Some(what.actor.as_str()),
        what.address.as_deref(),
        Some(what.action.as_str()),
        Some(what.object.as_str()),
        Some(what.outcome.as_str()),
        Some(detail.as_str()),
    ];
    let expected = link(previous, entry.id.0, entry.at.0, texts);
    Ok((entry, expected))
}

impl People {
    /// Appends an entry.
    pub async fn append_audit(&self, new: &NewEntry, now: UtcMs) -> Result<AuditId, StoreError> {
        let mut tx = self.db.write().await?;
        let (last, previous) = parse_head(self.db.value(&mut tx, HEAD).await?)?;
        let id = last + 1;
        let [actor, action, object, outcome] =
            [&new.actor, &new.action, &new.object, &new.outcome].map(|t| clean(t).into_owned());
        let address = new.address.as_deref().map(|a| clean(a).into_owned());
        let detail = clean(&new.detail.to_string()).into_owned();
        let texts = [
            Some(&actor),
            address.as_ref(),
            Some(&action),
            Some(&object),
            Some(&outcome),
            Some(&detail),
        ];
        let hash = link(&previous, id, now.0, texts.map(|t| t.map(String::as_str)));
        self.db.set_value(&mut tx, HEAD, &format!("{id} {hash}")).await?;
        self.db
            .statement(
                "INSERT INTO audit (id, at, actor, address, action, object, outcome, detail, previous, hash) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            )
            .bind(id)
            .bind(now.0)
            .bind(actor)
            .bind(address)
            .bind(action)
            .bind(object)
            .bind(outcome)
            .bind(detail)
            .bind(previous)
            .bind(hash)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(AuditId(id))
    }

    /// Entries, newest first.
    pub async fn audit(&self, query: &AuditQuery) -> Result<Paged<Entry>, StoreError> {
        let mut filter = Filter::default();
        if let Some(actor) = &query.actor {
            filter.text("actor = {p}", actor);
        }
        if let Some(action) = &query.action {
            filter.text("action = {p}", action);
        }
        if let Some(from) = query.from {
            filter.int("at >= {p}", from.0);
        }
        if let Some(to) = query.to {
            filter.int("at < {p}", to.0);
        }
        let count = format!("SELECT COUNT(*) AS n FROM audit {}", filter.sql());
        let total = self.db.count(filter.bind(self.db.statement(&count))).await?;
        let select = format!(
            "SELECT * FROM audit {} ORDER BY id DESC LIMIT {} OFFSET {}",
            filter.sql(),
            query.page.limit(),
            query.page.offset()
        );
        let rows = self.db.all(filter.bind(self.db.statement(&select))).await?;
        let items = rows
            .iter()
            .map(|row| Ok(read(row, GENESIS)?.0))
            .collect::<Result<_, StoreError>>()?;
        Ok(Paged { items, total })
    }

    /// Checks the whole chain from its first entry.
    pub async fn verify_audit(&self) -> Result<Verification, StoreError> {
        // The head is read first: entries appended while we check are beyond it and need not be there yet.
        let statement = self
            .db
            .statement("SELECT value FROM kv WHERE name = $1")
            .bind(HEAD);
        let head = self
            .db
            .one(statement)
            .await?
            .map(|row| row.text("value"))
            .transpose()?;
        let (last, promised) = parse_head(head)?;
        let mut checked = (0_i64, GENESIS.to_owned());
        let broken = |entries: i64, head: String| Verification {
            entries,
            broken_at: Some(AuditId(entries + 1)),
            head,
        };
        loop {
            let (after, previous) = &mut checked;
            let rows = self
                .db
                .statement("SELECT * FROM audit WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3")
                .bind(*after)
                .bind(last)
                .bind(CHECKED_AT_ONCE);
            let rows = self.db.all(rows).await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                let (entry, expected) = read(row, previous)?;
                if entry.id.0 != *after + 1 || entry.previous != *previous || entry.hash != expected {
                    return Ok(broken(*after, previous.clone()));
                }
                *after = entry.id.0;
                *previous = expected;
            }
        }
        let (entries, head) = checked;
        if entries != last || head != promised {
            return Ok(broken(entries.min(last - 1).max(0), head));
        }
        Ok(Verification {
            entries,
            broken_at: None,
            head,
        })
    }
}
