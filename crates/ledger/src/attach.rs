//! Attachments of records (附件): taken in for a field, named by records, given back through a record in sight.

use std::collections::BTreeMap;

use model::ids::RecordId;
use model::time::UtcMs;
use registers::definition::{Field, FieldType};
use registers::record::{Body, Finding};
use registers::register::Register;
use registers::text::Names;
use serde_json::Value;
use store::attachments::{Attachment, Received};

use crate::error::{LedgerError, Result};
use crate::media;
use crate::person::Person;
use crate::read::files;
use crate::{Ledger, limits, name_of};

/// An attachment as a record's field holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    /// Name of the file.
    pub name: String,
    /// What is kept.
    pub content: Attachment,
}

/// An attachment to be given back.
#[derive(Debug)]
pub struct Opened {
    /// Name of the file.
    pub name: String,
    /// What is kept.
    pub content: Attachment,
    /// The content.
    pub file: tokio::fs::File,
}

/// A file field by its path: `name`, `group.name` or `group[2].name`.
fn file_field<'a>(register: &'a Register, path: &str) -> Option<&'a Field> {
    let definition = register.definition();
    let field = match path.split_once('.') {
        None => definition.field(path)?,
        Some((group, name)) => {
            let group = group.split('[').next().unwrap_or(group);
            definition.field(group)?.subfield(name)?
        }
    };
    (field.kind == FieldType::File).then_some(field)
}

impl Ledger {
    /// Bytes an attachment for a field may have, and the field's name; refuses who may not fill the field in.
    pub fn attachment_bytes(&self, register: &str, path: &str, person: &Person) -> Result<(u64, Names)> {
        let register = self.readable(register, person)?;
        let definition = register.definition();
        let steps = definition
            .life
            .iter()
            .flat_map(|l| &l.transition)
            .flat_map(|t| &t.roles);
        if !definition
            .access
            .write
            .iter()
            .chain(steps)
            .any(|r| *r == person.actor.role)
        {
            return Err(crate::change::refuse_role(register, person));
        }
        let field = file_field(register, path).ok_or_else(|| {
            LedgerError::query("field", "没有这一附件字段", "there is no such field for files")
        })?;
        Ok((media::most_bytes(field), field.names()))
    }

    /// Keeps a content for a field.
    pub async fn attach(
        &self,
        register: &str,
        path: &str,
        name: &str,
        received: Received,
        person: &Person,
        now: UtcMs,
    ) -> Result<Attached> {
        self.attachment_bytes(register, path, person)?;
        let register = self.register(register)?;
        let field = file_field(register, path).ok_or(LedgerError::NotFound)?;
        let media_type = media::accept(field, name, received.size(), received.head()).map_err(|refused| {
            LedgerError::Findings(vec![Finding {
                field: path.to_owned(),
                names: field.names(),
                value: Some(media::plain_name(name)),
                code: refused.code,
                expected: refused.said,
            }])
        })?;
        let content = self
            .store()
            .keep_attachment(received, &media_type, person.actor.user, now)
            .await?;
        Ok(Attached {
            name: media::plain_name(name),
            content,
        })
    }

    /// An attachment that a record in the person's sight names, or named in an earlier revision.
    pub async fn open_attachment(
        &self,
        register: &str,
        id: &RecordId,
        sha256: &str,
        person: &Person,
    ) -> Result<Opened> {
        let (register, held) = self.held(register, id, person).await?;
        let named = files(register, &held.record.body);
        let value = named.iter().map(|(_, v)| v).find(|v| hash(v) == Some(sha256));
        let name = match value {
            Some(value) => value.get("name").and_then(Value::as_str).map(str::to_owned),
            None if self
                .store()
                .record_names_file(&name_of(register), id, sha256)
                .await? =>
            {
                None
            }
            None => return Err(LedgerError::NotFound),
        };
        let known = self.store().attachments([sha256]).await?;
        let content = known.into_iter().next().ok_or(LedgerError::NotFound)?;
        let file = self.store().open_attachment(sha256).await?;
        Ok(Opened {
            name: media::plain_name(&name.unwrap_or_else(|| sha256.chars().take(12).collect())),
            content,
            file: file.ok_or(LedgerError::NotFound)?,
        })
    }

    /// Refuses files that a change names and that were not uploaded, or are not what the change says.
    pub(crate) async fn files_kept(&self, register: &Register, before: &Body, after: &Body) -> Result<()> {
        let known: Vec<Value> = files(register, before).into_iter().map(|(_, v)| v).collect();
        let new: Vec<(String, Value)> = files(register, after)
            .into_iter()
            .filter(|(_, value)| !known.contains(value))
            .collect();
        if new.is_empty() {
            return Ok(());
        }
        let kept: BTreeMap<String, Attachment> = self
            .store()
            .attachments(new.iter().filter_map(|(_, v)| hash(v)))
            .await?
            .into_iter()
            .map(|a| (a.sha256.clone(), a))
            .collect();
        let mut out = Vec::new();
        for (path, value) in new {
            let Some(field) = file_field(register, &path) else {
                continue;
            };
            let content = hash(&value).and_then(|h| kept.get(h));
            let name = value.get("name").and_then(Value::as_str).unwrap_or_default();
            let good = content.is_some_and(|c| {
                value.get("size").and_then(Value::as_u64) == Some(c.size)
                    && value.get("media_type").and_then(Value::as_str) == Some(c.media_type.as_str())
                    && c.size <= media::most_bytes(field)
                    && (field.media.is_empty() || field.media.contains(&c.media_type))
                    && media::plain_name(name) == name
            });
            if !good {
                out.push(Finding {
                    field: path,
                    names: field.names(),
                    value: Some(name.chars().take(100).collect()),
                    code: "attachment",
                    expected: Names::new(
                        "应为已上传到此字段的附件，请重新上传",
                        "expected an attachment that was uploaded for this field; upload it again",
                    ),
                });
            }
        }
        if out.is_empty() {
            Ok(())
        } else {
            Err(LedgerError::Findings(out))
        }
    }

    /// Removes what was uploaded and never named by a record, after some days.
    pub async fn collect_attachments(&self, now: UtcMs) -> Result<usize> {
        let before = now.plus_ms(-limits::LOOSE_MS);
        Ok(self.store().collect_attachments(before).await?)
    }
}

fn hash(value: &Value) -> Option<&str> {
    value.get("sha256")?.as_str()
}

/// Hashes of all attachments a body names.
pub(crate) fn hashes(register: &Register, body: &Body) -> Vec<String> {
    let mut out: Vec<String> = files(register, body)
        .iter()
        .filter_map(|(_, v)| hash(v).map(str::to_owned))
        .collect();
    out.sort();
    out.dedup();
    out
}
