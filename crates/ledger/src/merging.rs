//! Doubles found over a whole register, reviewed by people: dismissed with a reason, merged value by value, unmerged.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use model::ids::RecordId;
use model::time::UtcMs;
use registers::doubles::Likeness;
use registers::life;
use registers::merge::{self, Merged, Plan, Side};
use registers::pairs::Finder;
use registers::record::{Body, Record};
use registers::register::Register;
use serde_json::json;
use store::registers::ChangeKind;

use crate::change::{Change, reason, refuse_role, refuse_write};
use crate::error::{LedgerError, Result};
use crate::held::Held;
use crate::person::Person;
use crate::{Ledger, name_of};

/// Two records that may be the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Double {
    /// One, with its title.
    pub a: (RecordId, String),
    /// The other.
    pub b: (RecordId, String),
    /// How they compare.
    pub likeness: Likeness,
    /// Why somebody found them different.
    pub decided: Option<Decision>,
}

/// That somebody found two records different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Who.
    pub by: String,
    /// When.
    pub at: UtcMs,
    /// Why.
    pub reason: String,
}

/// What was found over a register.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Doubles {
    /// Pairs in the person's reach, the likeliest first.
    pub pairs: Vec<Double>,
    /// Records looked at.
    pub records: usize,
    /// Not everything was compared.
    pub truncated: bool,
}

/// How two records become one.
#[derive(Clone, Debug, Default)]
pub struct Merging {
    /// The record that stays.
    pub keep: String,
    /// The record that is closed into it.
    pub close: String,
    /// Side of each conflict.
    pub choices: BTreeMap<String, Side>,
    /// Why.
    pub reason: String,
    /// The revision of the first that the person saw.
    pub keep_revision: i64,
    /// The revision of the second.
    pub close_revision: i64,
}

impl Ledger {
    fn reviewing<'a>(&'a self, register: &str, person: &Person) -> Result<&'a Register> {
        let register = self.readable(register, person)?;
        if register.definition().access.write.contains(&person.actor.role) {
            Ok(register)
        } else {
            Err(refuse_role(register, person))
        }
    }

    /// Doubles of a register. Every record is read once; only those that share something decisive are compared.
    pub async fn doubles(&self, register: &str, person: &Person) -> Result<Doubles> {
        let register = self.reviewing(register, person)?;
        let name = name_of(register);
        if Finder::new(register).is_none() {
            return Err(LedgerError::refused(
                "no_matching",
                "此台账没有查重规则",
                "this register has no rules for finding doubles",
            ));
        }
        let mut bodies: Vec<(RecordId, Body)> = Vec::new();
        let mut after = 0;
        loop {
            let page = self.store().records_after(&name, after).await?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            let compared: BTreeSet<&String> = register
                .definition()
                .matching
                .iter()
                .flat_map(|m| m.compare.iter().map(|c| &c.field))
                .collect();
            for stored in page {
                let held = Held::read(register, stored);
                if held.merged_into.is_some() || !life::may_read(register, &held.record, &person.actor) {
                    continue;
                }
                let mut body = held.record.body;
                body.retain(|field, _| compared.contains(field));
                bodies.push((held.record.id, body));
            }
        }
        let records = bodies.len();
        let (ledger, wanted) = (self.clone(), register.name().to_owned());
        let found = tokio::task::spawn_blocking(move || {
            let register = ledger.register(&wanted).ok()?;
            let mut finder = Finder::new(register)?;
            for (id, body) in bodies {
                finder.add(id, &body);
            }
            Some(finder.pairs())
        });
        let found = found.await.ok().flatten().unwrap_or_default();
        let decided: HashMap<(RecordId, RecordId), Decision> = self
            .store()
            .decided_doubles(&name)
            .await?
            .into_iter()
            .map(|d| {
                let decision = Decision {
                    by: d.author.name,
                    at: d.at,
                    reason: d.reason,
                };
                ((d.a, d.b), decision)
            })
            .collect();
        let ids: BTreeSet<&RecordId> = found.pairs.iter().flat_map(|p| [&p.a, &p.b]).collect();
        let ids: Vec<&RecordId> = ids.into_iter().collect();
        let titles = self.titles(register, &ids, person).await?;
        let titled = |id: &RecordId| {
            let title = titles
                .get(id)
                .map_or_else(|| id.to_string(), |(title, ..)| title.clone());
            (id.clone(), title)
        };
        let pairs = found
            .pairs
            .into_iter()
            .map(|pair| Double {
                a: titled(&pair.a),
                b: titled(&pair.b),
                decided: decided.get(&(pair.a, pair.b)).cloned(),
                likeness: pair.likeness,
            })
            .collect();
        Ok(Doubles {
            pairs,
            records,
            truncated: found.truncated,
        })
    }

    /// Keeps that two records are different.
    pub async fn dismiss_double(
        &self,
        register: &str,
        pair: (&RecordId, &RecordId),
        why: &str,
        person: &Person,
        now: UtcMs,
    ) -> Result<()> {
        let register = self.reviewing(register, person)?;
        if pair.0 == pair.1 {
            return Err(same());
        }
        for id in [pair.0, pair.1] {
            self.held(register.name(), id, person).await?;
        }
        let why = written(why)?;
        let author = person.author();
        self.store()
            .decide_double(&name_of(register), pair, &why, &author, now)
            .await?;
        Ok(())
    }

    /// Two different records that the person may change, none of them merged.
    async fn two(
        &self,
        register: &str,
        keep: &str,
        close: &str,
        person: &Person,
    ) -> Result<(&Register, Held, Held)> {
        if keep == close {
            return Err(same());
        }
        let (register, keep) = self.held(register, &crate::record_id(keep), person).await?;
        let (_, close) = self
            .held(register.name(), &crate::record_id(close), person)
            .await?;
        for held in [&keep, &close] {
            if let Some(into) = &held.merged_into {
                let id = &held.record.id;
                return Err(LedgerError::refused(
                    "merged",
                    format!("{id} 已并入 {into}"),
                    format!("{id} was merged into {into}"),
                ));
            }
        }
        Ok((register, keep, close))
    }

    /// What merging two records would do.
    pub async fn merge_plan(&self, register: &str, keep: &str, close: &str, person: &Person) -> Result<Plan> {
        let (register, keep, close) = self.two(register, keep, close, person).await?;
        Ok(merge::plan(register, &keep.record, &close.record))
    }

    /// Merges two records: the first gets the joint values, the second is closed into it. Both keep their history.
    pub async fn merge(
        &self,
        register: &str,
        merging: &Merging,
        person: &Person,
        now: UtcMs,
    ) -> Result<Held> {
        let (register, keep, close) = self.two(register, &merging.keep, &merging.close, person).await?;
        for (held, seen) in [(&keep, merging.keep_revision), (&close, merging.close_revision)] {
            if held.revision != seen {
                return Err(self.stale(register, held, seen, person).await?);
            }
            if !life::may_write(register, &held.record, &person.actor) {
                return Err(refuse_write(register, &held.record, person));
            }
        }
        let why = written(&merging.reason)?;
        let plan = merge::plan(register, &keep.record, &close.record);
        let raw = merge::settle(&plan, &merging.choices).map_err(|open| {
            let names: Vec<String> = plan
                .conflicts
                .iter()
                .filter(|c| open.contains(&c.field))
                .map(|c| c.names.zh.clone())
                .collect();
            LedgerError::refused(
                "choices",
                format!("尚须选择: {}", names.join("、")),
                format!("still to be chosen: {}", open.join(", ")),
            )
        })?;
        let after = self
            .admit(register, &raw, keep.record.state.as_deref(), now)
            .await?
            .map_err(LedgerError::Findings)?;
        let merged = Merged {
            keep: keep.record.id.clone(),
            close: close.record.id.clone(),
            keep_before: keep.record.body.clone(),
            close_before: close.record.body.clone(),
            after: after.clone(),
        };
        let joint = Record {
            body: after,
            ..keep.record.clone()
        };
        let kept = Change {
            reason: Some(why.clone()),
            detail: Some(json!(merged)),
            ..Change::of(&keep, joint, ChangeKind::Merged)
        };
        let closed = Change {
            reason: Some(why),
            merged_into: Some(keep.record.id.clone()),
            ..Change::of(&close, close.record.clone(), ChangeKind::Merged)
        };
        // The closed record first: it lets go of its keys.
        self.commit(register, vec![closed, kept], person, now).await?;
        let id = &keep.record.id;
        self.fetch(register, id).await?.ok_or(LedgerError::NotFound)
    }

    /// Takes a merge apart: the closed record is as it was, the other keeps what was changed since. Answers the record
    /// that had been closed.
    pub async fn unmerge(
        &self,
        register: &str,
        closed: &RecordId,
        why: &str,
        person: &Person,
        now: UtcMs,
    ) -> Result<(Held, Vec<String>)> {
        let (register, close) = self.held(register, closed, person).await?;
        let Some(into) = close.merged_into.clone() else {
            return Err(LedgerError::refused(
                "not_merged",
                "此记录没有被合并",
                "this record is not merged into another",
            ));
        };
        let (_, keep) = self.held(register.name(), &into, person).await?;
        if let Some(next) = &keep.merged_into {
            return Err(LedgerError::refused(
                "merged",
                format!("{into} 已并入 {next}，请先撤销那次合并"),
                format!("{into} was merged into {next}; take that apart first"),
            ));
        }
        for held in [&keep, &close] {
            if !life::may_write(register, &held.record, &person.actor) {
                return Err(refuse_write(register, &held.record, person));
            }
        }
        let why = written(why)?;
        let revisions = self.store().record_revisions(&name_of(register), &into).await?;
        let merged = revisions
            .into_iter()
            .filter(|r| r.kind == ChangeKind::Merged)
            .filter_map(|r| serde_json::from_value::<Merged>(r.detail?).ok())
            .find(|m| m.close == close.record.id)
            .ok_or(LedgerError::NotFound)?;
        let apart = merge::unmerge(&merged, &keep.record.body);
        let admitted = |held: &Held, body: Body| {
            let state = held.record.state.clone();
            async move { self.admit(register, &body, state.as_deref(), now).await }
        };
        let keep_body = admitted(&keep, apart.keep)
            .await?
            .map_err(LedgerError::Findings)?;
        let close_body = admitted(&close, apart.close)
            .await?
            .map_err(LedgerError::Findings)?;
        let change = |held: &Held, body: Body| {
            let record = Record {
                body,
                ..held.record.clone()
            };
            Change {
                reason: Some(why.clone()),
                merged_into: None,
                ..Change::of(held, record, ChangeKind::Unmerged)
            }
        };
        let changes = vec![change(&keep, keep_body), change(&close, close_body)];
        self.commit(register, changes, person, now).await?;
        let held = self.fetch(register, closed).await?.ok_or(LedgerError::NotFound)?;
        Ok((held, apart.changed_since))
    }
}

fn written(why: &str) -> Result<String> {
    reason(Some(&why.to_owned()))?
        .ok_or_else(|| LedgerError::refused("reason", "须写明理由", "a written reason is required"))
}

fn same() -> LedgerError {
    LedgerError::query("b", "须为两条不同的记录", "two different records are needed")
}
