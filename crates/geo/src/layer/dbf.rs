//! dBASE tables (.dbf) as Shapefiles carry them: text in UTF-8 or GBK, numbers and dates as text.

use std::collections::BTreeMap;

use encoding_rs::{Encoding, GB18030, UTF_8};

use super::{LayerError, Note, attribute};
use crate::limits;

pub(super) struct Table {
    pub(super) fields: Vec<String>,
    pub(super) rows: Vec<Row>,
    pub(super) warnings: Vec<Note>,
}

pub(super) struct Row {
    pub(super) deleted: bool,
    pub(super) attributes: BTreeMap<String, String>,
}

struct Column {
    name: String,
    kind: u8,
    start: usize,
    length: usize,
}

/// Language driver of code page 936.
const LDID_GBK: u8 = 0x4D;

pub(super) fn read(file: &str, bytes: &[u8], cpg: Option<&[u8]>) -> Result<Table, LayerError> {
    let broken = || {
        LayerError::new(
            file,
            ".dbf 的文件头或长度不符，请重新导出",
            "the header or a length of the .dbf is wrong: export it again",
        )
    };
    let head: &[u8; 32] = bytes.first_chunk().ok_or_else(broken)?;
    let [.., count0, count1, count2, count3, head0, head1, row0, row1] =
        *head.first_chunk::<12>().ok_or_else(broken)?;
    let count = u32::from_le_bytes([count0, count1, count2, count3]) as usize;
    let header = usize::from(u16::from_le_bytes([head0, head1]));
    let width = usize::from(u16::from_le_bytes([row0, row1]));
    if count > limits::FEATURES || width == 0 || header < 33 || header > bytes.len() {
        return Err(broken());
    }
    let body = bytes.get(header..).unwrap_or_default();
    let rows: Vec<&[u8]> = body.chunks_exact(width).take(count).collect();
    if rows.len() != count {
        return Err(LayerError::new(
            file,
            format!(".dbf 应有 {count} 行，只有 {} 行，文件被截断", rows.len()),
            format!(
                "the .dbf should have {count} rows but has {}: it is cut off",
                rows.len()
            ),
        ));
    }
    let mut warnings = Vec::new();
    let driver = head.get(29).copied().unwrap_or_default();
    let encoding = encoding(bytes, driver, cpg, &mut warnings);
    let columns = columns(bytes.get(32..header).unwrap_or_default(), width, encoding).ok_or_else(broken)?;
    let fields = columns.iter().map(|c| c.name.clone()).collect();
    let mut damaged = false;
    let rows = rows
        .into_iter()
        .map(|row| {
            let mut attributes = BTreeMap::new();
            for column in &columns {
                let cell = row
                    .get(column.start..column.start + column.length)
                    .unwrap_or_default();
                let (text, _, bad) = encoding.decode(cell);
                damaged |= bad;
                if let Some(value) = attribute(text.trim_matches('\0')).and_then(|v| meant(column.kind, v)) {
                    attributes.insert(column.name.clone(), value);
                }
            }
            Row {
                deleted: row.first() == Some(&b'*'),
                attributes,
            }
        })
        .collect();
    if damaged {
        warnings.push(Note::new(
            format!("有属性不是 {} 编码，请核对文字", encoding.name()),
            format!("some attributes are not in {}: check their text", encoding.name()),
        ));
    }
    Ok(Table {
        fields,
        rows,
        warnings,
    })
}

/// By .cpg, else by the language driver, else by trying: valid UTF-8 is hardly ever GBK by chance.
fn encoding(bytes: &[u8], driver: u8, cpg: Option<&[u8]>, warnings: &mut Vec<Note>) -> &'static Encoding {
    let label = cpg
        .map(|c| String::from_utf8_lossy(c).trim().to_ascii_uppercase())
        .unwrap_or_default();
    let digits: String = label.chars().filter(char::is_ascii_digit).collect();
    match (label.as_str(), digits.as_str()) {
        ("", _) => {}
        (_, "8" | "65001") => return UTF_8,
        (l, "936" | "2312" | "18030") if l.len() < 24 => return GB18030,
        (l, _) if l.contains("GBK") => return GB18030,
        (l, _) => match Encoding::for_label(l.as_bytes()) {
            Some(known) => return known,
            None => warnings.push(Note::new(
                format!(".cpg 写的编码 {l} 不认识，已按内容判断"),
                format!("the .cpg's encoding {l} is not known; it was told from the content"),
            )),
        },
    }
    if driver == LDID_GBK || std::str::from_utf8(bytes.get(32..).unwrap_or_default()).is_err() {
        // Numbers of the header's rows may break UTF-8 too, but then the text is ASCII, the same in both.
        GB18030
    } else {
        UTF_8
    }
}

fn columns(head: &[u8], width: usize, encoding: &'static Encoding) -> Option<Vec<Column>> {
    let mut out: Vec<Column> = Vec::new();
    let mut start = 1;
    for entry in head.chunks_exact(32) {
        if entry.first() == Some(&0x0D) {
            break;
        }
        let raw = entry.get(..11)?;
        let raw = raw.split(|b| *b == 0).next().unwrap_or_default();
        let (name, _, _) = encoding.decode(raw);
        // Ten bytes may cut a character in two.
        let name = name.trim().trim_end_matches('\u{FFFD}').to_owned();
        let length = usize::from(*entry.get(16)?);
        if start + length > width || out.len() >= limits::ATTRIBUTES {
            return None;
        }
        let name = if name.is_empty() || out.iter().any(|c| c.name == name) {
            format!("{name}_{}", out.len() + 1)
        } else {
            name
        };
        out.push(Column {
            name,
            kind: *entry.get(11)?,
            start,
            length,
        });
        start += length;
    }
    Some(out)
}

/// Dates as people write them, logicals as 是 and 否, numbers without their padding; what means «not known» is absent.
fn meant(kind: u8, value: String) -> Option<String> {
    match kind {
        b'D' => {
            let (year, rest) = value.split_at_checked(4)?;
            let (month, day) = rest.split_at_checked(2)?;
            (value != "00000000").then(|| format!("{year}-{month}-{day}"))
        }
        b'L' => match value.as_str() {
            "T" | "t" | "Y" | "y" => Some("是".to_owned()),
            "F" | "f" | "N" | "n" => Some("否".to_owned()),
            _ => None,
        },
        b'N' | b'F' => {
            if value.chars().all(|c| c == '*') {
                return None;
            }
            let plain = value.contains('.') && !value.contains(['e', 'E']);
            let trimmed = value.trim_end_matches('0').trim_end_matches('.');
            Some(if plain { trimmed.to_owned() } else { value })
        }
        _ => Some(value),
    }
}
