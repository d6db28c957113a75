//! Everything about one record: as it is, as it was known or in force, what may be done with it, its history, its links
//! from either end.

use std::collections::{BTreeMap, HashMap};

use model::ids::{RecordId, SubjectCode};
use model::time::UtcMs;
use registers::definition::FieldType;
use registers::history::{self, Change};
use registers::life::{self, Refusal};
use registers::links::{Target, links};
use registers::record::Body;
use registers::register::Register;
use registers::text::Names;
use serde_json::Value;
use store::registers::{Author, ChangeKind, LinkTarget};

use crate::error::{LedgerError, Result};
use crate::held::Held;
use crate::person::Person;
use crate::{Ledger, name_of};

/// Which of a record's revisions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AsOf {
    /// Known at this instant; now when absent.
    pub known_at: Option<UtcMs>,
    /// In force on this day, `YYYY-MM-DD`; the newest when absent.
    pub in_force_on: Option<String>,
}

/// A transition that starts from the record's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Name.
    pub name: String,
    /// For people.
    pub names: Names,
    /// State it leads to.
    pub to: String,
    /// Fields it needs.
    pub needs: Vec<String>,
    /// A reason is asked for.
    pub reason: bool,
    /// Why this person cannot take it now, whatever is filled in.
    pub blocked: Option<Refusal>,
}

/// A deadline that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// Name.
    pub name: String,
    /// For people.
    pub names: Names,
    /// By when.
    pub due: UtcMs,
    /// It may still move.
    pub provisional: bool,
    /// It has passed.
    pub overdue: bool,
    /// A reminder is due.
    pub reminding: bool,
}

/// Something a record points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkShown {
    /// Field, `name` or `group[2].name`.
    pub field: String,
    /// Its name for people.
    pub names: Names,
    /// What it points at.
    pub target: LinkTarget,
    /// Its title; the id where it is out of sight.
    pub title: String,
}

/// Something that points at a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedRow {
    /// Register of the record that points.
    pub register: String,
    /// Its names.
    pub names: Names,
    /// Field by which it points.
    pub field: String,
    /// The record that points.
    pub id: RecordId,
    /// Its title.
    pub title: String,
    /// Its state.
    pub state: Option<String>,
}

/// Everything about one record.
#[derive(Clone, Debug, PartialEq)]
pub struct Detail {
    /// The record.
    pub held: Held,
    /// Title.
    pub title: String,
    /// Scalar values as people read them.
    pub shown: BTreeMap<String, String>,
    /// Whether this person may edit it now.
    pub can_edit: bool,
    /// What this person may do with it.
    pub offered: Vec<Offer>,
    /// Deadlines that run.
    pub deadlines: Vec<Deadline>,
    /// The matter is settled.
    pub closed: bool,
    /// What it points at.
    pub links: Vec<LinkShown>,
}

/// One line of the history.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Revision.
    pub revision: i64,
    /// When.
    pub at: UtcMs,
    /// By whom.
    pub by: Author,
    /// What kind of change.
    pub kind: ChangeKind,
    /// State after it.
    pub state: Option<String>,
    /// Transition taken.
    pub transition: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// In force since.
    pub valid_from: String,
    /// Values that differ from the revision before.
    pub changes: Vec<Change>,
}

impl Ledger {
    /// A record in the person's sight, as it is or as it was.
    pub async fn get(
        &self,
        register: &str,
        id: &RecordId,
        as_of: &AsOf,
        person: &Person,
        now: UtcMs,
    ) -> Result<Detail> {
        let (register, held) = self.held(register, id, person).await?;
        if as_of == &AsOf::default() {
            return self.detail(register, held, person, now).await;
        }
        if let Some(day) = &as_of.in_force_on
            && day.parse::<jiff::civil::Date>().is_err()
        {
            let (zh, en) = ("应为日期，如 2025-03-01", "expected a date such as 2025-03-01");
            return Err(LedgerError::query("in_force_on", zh, en));
        }
        let revision = self
            .store()
            .record_as_of(
                &name_of(register),
                id,
                as_of.known_at,
                as_of.in_force_on.as_deref(),
            )
            .await?
            .ok_or(LedgerError::NotFound)?;
        let newest = revision.revision == held.revision;
        let then = held.at(register, revision);
        if !life::may_read(register, &then.record, &person.actor) {
            return Err(LedgerError::NotFound);
        }
        let mut detail = self.detail(register, then, person, now).await?;
        if !newest {
            // The past is looked at, not acted on.
            detail.can_edit = false;
            detail.offered.clear();
        }
        Ok(detail)
    }

    /// Everything about a record that is in sight.
    pub async fn detail(
        &self,
        register: &Register,
        held: Held,
        person: &Person,
        now: UtcMs,
    ) -> Result<Detail> {
        let definition = register.definition();
        let record = &held.record;
        let open = held.merged_into.is_none();
        let mut offered = Vec::new();
        for step in life::offered(register, record, person.actor.role)
            .into_iter()
            .filter(|_| open)
        {
            let calendar = self.library().calendar();
            let decided = life::decide(
                register,
                record,
                &step.name,
                Some("-"),
                &person.actor,
                now,
                calendar,
            );
            // What can be filled in together with the step does not stand in its way.
            let blocked = decided.err().filter(|r| match r.code {
                "needs" | "reason" => false,
                "condition" => step.needs.is_empty(),
                _ => true,
            });
            offered.push(Offer {
                name: step.name.clone(),
                names: Names::new(&step.zh, &step.en),
                to: step.to.clone(),
                needs: step.needs.clone(),
                reason: step.reason,
                blocked,
            });
        }
        let deadlines = life::deadlines(register, record, now, self.library().calendar())
            .into_iter()
            .map(|s| Deadline {
                due: s.due,
                provisional: s.provisional,
                overdue: s.overdue(now),
                reminding: s.reminding(now),
                name: s.deadline,
                names: s.names,
            })
            .collect();
        let links = self.shown_links(register, &record.body, person).await?;
        let mut shown = BTreeMap::new();
        for field in &definition.field {
            let Some(value) = record.body.get(&field.name) else {
                continue;
            };
            let text = match field.kind {
                FieldType::Group => continue,
                FieldType::Reference | FieldType::Unit => links
                    .iter()
                    .filter(|l| l.field == field.name)
                    .map(|l| l.title.as_str())
                    .collect::<Vec<_>>()
                    .join("；"),
                _ => register.display(None, field, value),
            };
            shown.insert(field.name.clone(), text);
        }
        Ok(Detail {
            title: register.title(record),
            can_edit: open && life::may_write(register, record, &person.actor),
            closed: record
                .state
                .as_ref()
                .and_then(|s| definition.state(s))
                .is_some_and(|s| s.closed),
            shown,
            offered,
            deadlines,
            links,
            held,
        })
    }

    async fn shown_links(&self, register: &Register, body: &Body, person: &Person) -> Result<Vec<LinkShown>> {
        let found = links(register, body);
        let mut by_register: BTreeMap<&str, Vec<RecordId>> = BTreeMap::new();
        let mut titles: HashMap<(String, String), String> = HashMap::new();
        for link in &found {
            match &link.target {
                Target::Record(name) => by_register
                    .entry(name)
                    .or_default()
                    .push(crate::record_id(&link.id)),
                Target::Subject => {
                    let key = (String::new(), link.id.clone());
                    if let std::collections::hash_map::Entry::Vacant(slot) = titles.entry(key)
                        && let Some(subject) =
                            self.store().subject_by_code(&SubjectCode::new(&link.id)).await?
                    {
                        slot.insert(subject.spec.zh);
                    }
                }
                Target::Unit => {}
            }
        }
        for (name, ids) in by_register {
            let Ok(other) = self.register(name) else { continue };
            let ids: Vec<&RecordId> = ids.iter().collect();
            for (id, (title, ..)) in self.titles(other, &ids, person).await? {
                titles.insert((name.to_owned(), id.to_string()), title);
            }
        }
        Ok(found
            .into_iter()
            .map(|link| {
                let names = place_names(register, &link.field);
                let (target, title) = match link.target {
                    Target::Record(name) => {
                        let title = titles.get(&(name.clone(), link.id.clone())).cloned();
                        (
                            LinkTarget::Record(model::ids::RegisterName(name), crate::record_id(&link.id)),
                            title,
                        )
                    }
                    Target::Subject => (
                        LinkTarget::Subject(link.id.clone()),
                        titles.get(&(String::new(), link.id.clone())).cloned(),
                    ),
                    Target::Unit => {
                        let title = self.unit(&link.id).map(|n| n.zh.clone());
                        (LinkTarget::Unit(link.id.clone()), title)
                    }
                };
                LinkShown {
                    field: link.field,
                    names,
                    target,
                    title: title.unwrap_or(link.id),
                }
            })
            .collect())
    }

    /// All revisions of a record in sight, newest first, each with what it changed.
    pub async fn history(&self, register: &str, id: &RecordId, person: &Person) -> Result<Vec<Entry>> {
        let (register, held) = self.held(register, id, person).await?;
        let revisions = self.store().record_revisions(&name_of(register), id).await?;
        let mut out: Vec<Entry> = Vec::with_capacity(revisions.len());
        let mut before = Body::new();
        // Oldest first, so that each is compared with the one before.
        for revision in revisions.into_iter().rev() {
            let (transition, reason) = (revision.transition.clone(), revision.reason.clone());
            let then = held.at(register, revision);
            let changes = history::changes(register, &before, &then.record.body);
            out.push(Entry {
                revision: then.revision,
                at: then.updated_at,
                by: then.author,
                kind: then.kind,
                state: then.record.state,
                transition,
                reason,
                valid_from: then.valid_from,
                changes: changes
                    .into_iter()
                    .map(|c| self.readable_change(register, c))
                    .collect(),
            });
            before = then.record.body;
        }
        out.reverse();
        Ok(out)
    }

    /// Units are named in the history, not coded.
    fn readable_change(&self, register: &Register, mut change: Change) -> Change {
        let is_unit = field_at(register, &change.field).is_some_and(|(_, kind)| kind == FieldType::Unit);
        if is_unit {
            for side in [&mut change.before, &mut change.after] {
                if let Some(names) = side.as_ref().and_then(|code| self.unit(code)) {
                    *side = Some(names.zh.clone());
                }
            }
        }
        change
    }

    /// What points at a record in sight, as far as it is in sight itself.
    pub async fn linked(&self, register: &str, id: &RecordId, person: &Person) -> Result<Vec<LinkedRow>> {
        let (register, _) = self.held(register, id, person).await?;
        let target = LinkTarget::Record(name_of(register), id.clone());
        self.linked_to(&target, person).await
    }

    /// What points at a record, a subject or a unit, as far as it is in sight.
    pub async fn linked_to(&self, target: &LinkTarget, person: &Person) -> Result<Vec<LinkedRow>> {
        let found = self.store().links_to(target).await?;
        let mut by_register: BTreeMap<String, Vec<(String, RecordId)>> = BTreeMap::new();
        for link in found {
            by_register
                .entry(link.register.0)
                .or_default()
                .push((link.field, link.id));
        }
        let mut out = Vec::new();
        for (name, rows) in by_register {
            let Ok(register) = self.readable(&name, person) else {
                continue;
            };
            let ids: Vec<&RecordId> = rows.iter().map(|(_, id)| id).collect();
            let titles = self.titles(register, &ids, person).await?;
            for (field, id) in rows {
                let Some((title, state, _)) = titles.get(&id) else {
                    continue;
                };
                out.push(LinkedRow {
                    register: name.clone(),
                    names: register.definition().names(),
                    field,
                    title: title.clone(),
                    state: state.clone(),
                    id,
                });
            }
        }
        Ok(out)
    }
}

/// The field a place such as `group[2].name` means, and its kind.
fn field_at<'a>(register: &'a Register, place: &str) -> Option<(Names, FieldType)> {
    let definition: &'a registers::definition::Definition = register.definition();
    let Some((group, name)) = place.split_once('.') else {
        return definition.field(place).map(|f| (f.names(), f.kind));
    };
    let (group, row) = group.split_once('[')?;
    let group = definition.field(group)?;
    let field = group.subfield(name)?;
    let row = row.trim_end_matches(']');
    let names = Names::new(
        format!("{}第{row}行·{}", group.zh, field.zh),
        format!("{}, row {row}: {}", group.en, field.en),
    );
    Some((names, field.kind))
}

/// Names of a place for people.
pub(crate) fn place_names(register: &Register, place: &str) -> Names {
    field_at(register, place).map_or_else(|| Names::same(place), |(names, _)| names)
}

/// Attachments of a record: place of the field and the file.
pub fn files(register: &Register, body: &Body) -> Vec<(String, Value)> {
    let mut out = Vec::new();
    for field in &register.definition().field {
        let Some(value) = body.get(&field.name) else {
            continue;
        };
        let items = |value: &Value| match value {
            Value::Array(items) => items.clone(),
            one => vec![one.clone()],
        };
        if field.kind == FieldType::File {
            out.extend(items(value).into_iter().map(|v| (field.name.clone(), v)));
        }
        let rows = value.as_array().filter(|_| field.kind == FieldType::Group);
        for (n, row) in rows.into_iter().flatten().enumerate() {
            for sub in field.fields.iter().filter(|f| f.kind == FieldType::File) {
                let place = format!("{}[{}].{}", field.name, n + 1, sub.name);
                let values = row.get(&sub.name).map(items).unwrap_or_default();
                out.extend(values.into_iter().map(|v| (place.clone(), v)));
            }
        }
    }
    out
}
