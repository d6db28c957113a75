//! A `.docx` as lines of text: paragraphs as lines with an empty one between, tables as rows with tabs. Bounded: neither a
//! packed bomb nor a nest of elements gets further than [`limits`].

use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::limits;

/// A file that is no readable `.docx`.
#[derive(Debug, thiserror::Error)]
pub enum DocxError {
    /// Larger than the bound.
    #[error("文件超过 {0} 字节，请先删去图片 / the file is larger than {0} bytes: remove pictures first")]
    TooLarge(u64),
    /// Not a zip archive, or without `word/document.xml`.
    #[error("不是 .docx 文件（{0}），请用 Word 另存为 .docx / not a .docx file ({0}): save it as .docx")]
    Archive(String),
    /// The document's XML does not read.
    #[error(
        "word/document.xml 第 {at} 字节有误（{message}） / word/document.xml is wrong at byte {at}: {message}"
    )]
    Xml {
        /// Byte.
        at: u64,
        /// What the reader says.
        message: String,
    },
}

/// The text of a `.docx`.
pub fn text(bytes: &[u8]) -> Result<String, DocxError> {
    if bytes.len() > limits::MAX_DOCX {
        return Err(DocxError::TooLarge(limits::MAX_DOCX as u64));
    }
    let archive = |e: zip::result::ZipError| DocxError::Archive(e.to_string());
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).map_err(archive)?;
    let file = zip.by_name("word/document.xml").map_err(archive)?;
    let mut xml = String::new();
    file.take(limits::MAX_DOCX_XML + 1)
        .read_to_string(&mut xml)
        .map_err(|e| DocxError::Archive(e.to_string()))?;
    if xml.len() as u64 > limits::MAX_DOCX_XML {
        return Err(DocxError::TooLarge(limits::MAX_DOCX_XML));
    }
    paragraphs(&xml)
}

/// Text of `w:document`: `w:p` ends a line, `w:tc` a cell, `w:tr` a row; headings get their level as `#`.
fn paragraphs(xml: &str) -> Result<String, DocxError> {
    let mut reader = Reader::from_str(xml);
    let mut out = String::new();
    let mut line = String::new();
    let (mut cells, mut in_text) = (0_u32, false);
    loop {
        let event = reader.read_event().map_err(|e| DocxError::Xml {
            at: reader.buffer_position(),
            message: e.to_string(),
        })?;
        match event {
            Event::Eof => break,
            Event::Start(e) => match e.local_name().as_ref() {
                "t" => in_text = true,
                "tr" => cells += 1,
                _ => {}
            },
            Event::Empty(e) => match e.local_name().as_ref() {
                "tab" => line.push('\t'),
                "br" | "cr" => line.push('\n'),
                _ => {}
            },
            Event::End(e) => match e.local_name().as_ref() {
                "t" => in_text = false,
                "p" if cells == 0 => {
                    out.push_str(&line);
                    out.push_str("\n\n");
                    line.clear();
                }
                "tc" => line.push('\t'),
                "tr" => {
                    cells = cells.saturating_sub(1);
                    if cells == 0 {
                        out.push_str(line.trim_end_matches('\t'));
                        out.push('\n');
                        line.clear();
                    }
                }
                "tbl" => out.push('\n'),
                _ => {}
            },
            Event::Text(t) if in_text => line.push_str(&t.xml10_content()),
            Event::GeneralRef(r) if in_text => {
                let name = r.xml10_content();
                let meant = match r.resolve_char_ref() {
                    Ok(Some(c)) => Some(c.to_string()),
                    _ => quick_xml::escape::resolve_predefined_entity(&name).map(str::to_owned),
                };
                line.push_str(&meant.unwrap_or_else(|| format!("&{name};")));
            }
            _ => {}
        }
    }
    out.push_str(&line);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn docx(xml: &str) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("word/document.xml", zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(xml.as_bytes()).unwrap();
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn paragraphs_and_tables() {
        let xml = r#"<?xml version="1.0"?><w:document xmlns:w="w"><w:body><w:p><w:r><w:t>一、甲</w:t></w:r><w:r><w:t>乙 &amp; 丙&#x4E01;</w:t></w:r></w:p>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>指标</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>2020年</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p><w:r><w:t>注</w:t></w:r></w:p></w:body></w:document>"#;
        assert_eq!(
            text(&docx(xml)).unwrap(),
            "一、甲乙 & 丙丁\n\n指标\t2020年\n\n注\n\n"
        );
    }

    #[test]
    fn what_is_no_docx_is_refused() {
        assert!(matches!(text(b"plain"), Err(DocxError::Archive(_))));
        assert!(matches!(text(&docx("<a><b></a>")), Err(DocxError::Xml { .. })));
    }
}
