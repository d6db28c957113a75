//! The published plan as a document: uploaded in editions, read with its repairs and doubts, reviewed beside its text; what
//! people correct survives the next edition.

use std::sync::{Arc, PoisonError};

use model::ids::CorrectionId;
use model::time::UtcMs;
use plan::correct::{self, Change, Corrected, Correction, List, Overlay};
use registers::text::Names;
use serde_json::{Value, json};
use store::plan::{DocumentRow, NewDocument, StoredCorrection};

use crate::error::{ProgressError, Result};
use crate::{Progress, limits};

/// A file that was uploaded.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// An edition as read, before corrections.
#[derive(Debug)]
pub(crate) struct Edition {
    row: DocumentRow,
    text: String,
    read: Value,
}

/// An edition as read, with its corrections.
#[derive(Clone, Debug)]
pub struct Extraction {
    /// The edition.
    pub row: DocumentRow,
    /// Text, line by line.
    pub lines: Vec<String>,
    /// What was read, before corrections: as `huanshu import plan --json` prints it.
    pub read: Value,
    /// With corrections, and what became of each.
    pub corrected: Corrected,
    /// The corrections in the order of the outcomes.
    pub corrections: Vec<StoredCorrection>,
}

/// A correction, or a confirmation where `after` is what was read.
#[derive(Clone, Debug)]
pub struct Correct {
    /// List of the document.
    pub list: List,
    /// Id of the entry.
    pub id: String,
    /// Field.
    pub field: String,
    /// What is right.
    pub after: Value,
    /// Why.
    pub reason: String,
}

fn refused(zh: impl Into<String>, en: impl Into<String>) -> ProgressError {
    ProgressError::File(Names::new(zh, en))
}

/// Text of a file: .docx, or text in UTF-8 or GBK (GB 18030). What is neither is told with the place that does not read.
pub(crate) fn text_of(upload: &Upload) -> Result<(String, &'static str)> {
    const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    let bytes = &upload.bytes;
    if bytes.is_empty() {
        return Err(refused("文件为空", "the file is empty"));
    }
    if bytes.len() > limits::DOCUMENT_BYTES {
        let most = limits::DOCUMENT_BYTES >> 20;
        return Err(refused(
            format!("文件超过 {most} MB，请上传文字版（Markdown、纯文本、.docx）"),
            format!("the file is larger than {most} MB: send Markdown, plain text or .docx"),
        ));
    }
    let ending = std::path::Path::new(&upload.name)
        .extension()
        .map(|e| e.to_string_lossy().to_lowercase())
        .unwrap_or_default();
    let zipped = bytes.starts_with(b"PK");
    if zipped || ending == "docx" {
        let text = plan::docx::text(bytes).map_err(|e| {
            let said = e.to_string();
            let (zh, en) = said.split_once(" / ").unwrap_or((&said, &said));
            refused(
                format!("不是可读的 .docx：{zh}"),
                format!("not a readable .docx: {en}"),
            )
        })?;
        return bounded(text).map(|t| (t, DOCX));
    }
    if bytes.starts_with(b"%PDF") {
        return Err(refused(
            "PDF 须先转成文字（Markdown、纯文本或 .docx）再上传",
            "turn the PDF into text (Markdown, plain text or .docx) first",
        ));
    }
    let plain = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = match std::str::from_utf8(plain) {
        Ok(text) => text.to_owned(),
        Err(error) => {
            let (text, broken) = encoding_rs::GB18030.decode_without_bom_handling(plain);
            if broken {
                let at = error.valid_up_to();
                return Err(refused(
                    format!("第 {at} 字节起既不是 UTF-8 也不是 GBK 文字"),
                    format!("from byte {at} on it is neither UTF-8 nor GBK text"),
                ));
            }
            text.into_owned()
        }
    };
    let odd = text
        .chars()
        .take(4_000)
        .filter(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}'));
    if odd.count() > 8 {
        return Err(refused("不是文字文件", "not a text file"));
    }
    let kind = if ending == "md" {
        "text/markdown"
    } else {
        "text/plain"
    };
    bounded(text).map(|t| (t, kind))
}

fn bounded(text: String) -> Result<String> {
    if text.chars().count() > limits::DOCUMENT_CHARS {
        let most = limits::DOCUMENT_CHARS / 10_000;
        return Err(refused(
            format!("文字超过 {most} 万字"),
            format!("the text has more than {most}0,000 characters"),
        ));
    }
    Ok(text)
}

/// Base64 of RFC 4648, as the store keeps files in a text column.
fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let sign = |n: u32| SIGNS.get((n & 63) as usize).copied().map_or('A', char::from);
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = (0..3).fold(0_u32, |w, i| {
            (w << 8) | u32::from(chunk.get(i).copied().unwrap_or(0))
        });
        out.push(sign(word >> 18));
        out.push(sign(word >> 12));
        out.push(if chunk.len() > 1 { sign(word >> 6) } else { '=' });
        out.push(if chunk.len() > 2 { sign(word) } else { '=' });
    }
    out
}

impl Progress {
    /// Keeps an uploaded plan as the newest edition. Something in which neither a chapter nor a task is found is refused.
    pub async fn upload(&self, upload: &Upload, by: &str, now: UtcMs) -> Result<DocumentRow> {
        let (text, media_type) = text_of(upload)?;
        let read = plan::import::read(&text, self.units());
        if read.chapters.is_empty() && read.tasks.is_empty() {
            return Err(refused(
                "文件中找不到规划的章节或任务，请核对是否为规划文本",
                "neither a chapter nor a task of a plan is found in the file: check that it is the plan",
            ));
        }
        let name: String = upload
            .name
            .chars()
            .filter(|c| !c.is_control())
            .take(200)
            .collect();
        let new = NewDocument {
            name,
            media_type: media_type.to_owned(),
            sha256: plan::canonical::hex(&upload.bytes),
            size: i64::try_from(upload.bytes.len()).unwrap_or(i64::MAX),
            original: base64(&upload.bytes),
            text,
        };
        Ok(self.store().put_plan_document(&new, by, now).await?)
    }

    /// Editions, newest first.
    pub async fn documents(&self) -> Result<Vec<DocumentRow>> {
        Ok(self.store().plan_documents().await?)
    }

    async fn read_edition(&self, edition: i64) -> Result<Arc<Edition>> {
        let known = self
            .inner
            .edition
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(known) = known.filter(|known| known.row.edition == edition) {
            return Ok(known);
        }
        let (row, text) =
            self.store()
                .plan_document(edition)
                .await?
                .ok_or_else(|| ProgressError::NotFound {
                    what: "规划文件 / plan document",
                    name: edition.to_string(),
                })?;
        let read = serde_json::to_value(plan::import::read(&text, self.units()))
            .map_err(|e| ProgressError::stored("plan_documents", edition.to_string(), e.to_string()))?;
        let found = Arc::new(Edition { row, text, read });
        *self.inner.edition.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&found));
        Ok(found)
    }

    /// An edition as read, with everybody's corrections applied where they fit.
    pub async fn extraction(&self, edition: i64) -> Result<Extraction> {
        let found = self.read_edition(edition).await?;
        let corrections = self.store().plan_corrections(false).await?;
        let corrected = apply(&found.read, &corrections)?;
        Ok(Extraction {
            row: found.row.clone(),
            lines: found.text.lines().map(str::to_owned).collect(),
            read: found.read.clone(),
            corrected,
            corrections,
        })
    }

    /// Corrects or confirms a field of an entry, against the edition it was reviewed in.
    pub async fn correct(&self, edition: i64, what: &Correct, by: &str, now: UtcMs) -> Result<CorrectionId> {
        let found = self.read_edition(edition).await?;
        let read = &found.read;
        let Some(anchor) = correct::anchor(read, what.list, &what.id) else {
            return Err(ProgressError::NotFound {
                what: "条目 / entry",
                name: what.id.clone(),
            });
        };
        let list = serde_json::to_value(what.list).unwrap_or_default();
        let entry = entry(read, list.as_str().unwrap_or_default(), &what.id);
        let Some(before) = entry.and_then(|e| e.get(&what.field)) else {
            let field = &what.field;
            return Err(ProgressError::argument(
                "field",
                format!("该条目没有字段 «{field}»"),
                format!("the entry has no field «{field}»"),
            ));
        };
        let correction = Correction {
            anchor,
            field: what.field.clone(),
            before: before.clone(),
            after: what.after.clone(),
            reason: what.reason.clone(),
            by: by.to_owned(),
            at: now.to_rfc3339(),
        };
        // A correction that cannot be applied is refused here, not found out by the next reader.
        let overlay = Overlay {
            corrections: vec![correction.clone()],
        };
        correct::apply(read, &overlay).map_err(|e| {
            let said = e.to_string();
            let (zh, en) = said.split_once(" / ").unwrap_or((&said, &said));
            ProgressError::argument("field", zh, en)
        })?;
        let target = format!("{}/{}/{}", list.as_str().unwrap_or_default(), what.id, what.field);
        let body = json!(correction);
        Ok(self
            .store()
            .put_plan_correction(edition, &target, &body, by, now)
            .await?)
    }

    /// Text of a task in the newest edition, corrected, and the line it begins on.
    pub async fn task_text(&self, id: &str) -> Result<Option<(String, Option<u32>)>> {
        let Some(newest) = self.documents().await?.first().map(|d| d.edition) else {
            return Ok(None);
        };
        let found = self.read_edition(newest).await?;
        let corrected = apply(&found.read, &self.store().plan_corrections(false).await?)?;
        Ok(entry(&corrected.document, "tasks", id).and_then(|task| {
            let line = task
                .get("line")
                .and_then(Value::as_u64)
                .and_then(|n| u32::try_from(n).ok());
            Some((task.get("text")?.as_str()?.to_owned(), line))
        }))
    }

    /// Withdraws a correction.
    pub async fn withdraw_correction(&self, id: CorrectionId, by: &str, now: UtcMs) -> Result<()> {
        if self.store().withdraw_plan_correction(id, by, now).await? {
            Ok(())
        } else {
            Err(ProgressError::NotFound {
                what: "校正 / correction",
                name: id.to_string(),
            })
        }
    }

    /// What differs between two editions, corrections applied to both.
    pub async fn diff(&self, older: i64, newer: i64) -> Result<Vec<Change>> {
        let corrections = self.store().plan_corrections(false).await?;
        let older = self.read_edition(older).await?;
        let newer = self.read_edition(newer).await?;
        let (older, newer) = (
            apply(&older.read, &corrections)?,
            apply(&newer.read, &corrections)?,
        );
        correct::diff(&older.document, &newer.document)
            .map_err(|e| ProgressError::stored("plan_documents", "diff", e.to_string()))
    }
}

fn entry<'a>(document: &'a Value, list: &str, id: &str) -> Option<&'a Value> {
    let same = |v: &Value| match v {
        Value::String(text) => text == id,
        Value::Number(number) => number.to_string() == id,
        _ => false,
    };
    let key = match list {
        "chapters" | "indicators" => "no",
        "units" => "name",
        _ => "id",
    };
    document
        .get(list)?
        .as_array()?
        .iter()
        .find(|e| e.get(key).is_some_and(same))
}

fn apply(read: &Value, corrections: &[StoredCorrection]) -> Result<Corrected> {
    let mut overlay = Overlay::default();
    for stored in corrections {
        let correction: Correction = serde_json::from_value(stored.body.clone())
            .map_err(|_| ProgressError::stored("plan_corrections", stored.id.to_string(), "body"))?;
        overlay.corrections.push(correction);
    }
    correct::apply(read, &overlay)
        .map_err(|e| ProgressError::stored("plan_corrections", "overlay", e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upload(name: &str, bytes: &[u8]) -> Upload {
        Upload {
            name: name.into(),
            bytes: bytes.to_vec(),
        }
    }

    #[test]
    fn what_is_no_text_is_told() {
        let said = |name: &str, bytes: &[u8]| match text_of(&upload(name, bytes)) {
            Err(ProgressError::File(said)) => said.en,
            other => panic!("{other:?}"),
        };
        assert_eq!(said("plan.md", b""), "the file is empty");
        assert!(said("plan.pdf", b"%PDF-1.7 ...").contains("turn the PDF"));
        assert!(said("plan.docx", b"PK\x03\x04 cut off").contains("not a readable .docx"));
        assert!(said("plan.docx", "一、总则".as_bytes()).contains("not a readable .docx"));
        assert!(said("plan.txt", b"abc\xff\xff\xff\xff").contains("from byte 3"));
        assert!(said("photo.jpg", &[1_u8; 64]).contains("not a text file"));
        let long = vec![b'a'; limits::DOCUMENT_BYTES + 1];
        assert!(said("plan.md", &long).contains("larger than 8 MB"));
    }

    #[test]
    fn utf8_and_gbk_give_the_same_text() {
        let words = "# 规划\n一、总则";
        let (gbk, ..) = encoding_rs::GBK.encode(words);
        let with_mark = [b"\xEF\xBB\xBF".as_slice(), words.as_bytes()].concat();
        for bytes in [words.as_bytes(), &gbk, &with_mark] {
            assert_eq!(
                text_of(&upload("plan.md", bytes)).unwrap(),
                (words.to_owned(), "text/markdown")
            );
        }
    }

    #[test]
    fn base64_is_that_of_rfc_4648() {
        for (plain, coded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }
}
