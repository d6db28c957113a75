//! What an uploaded content really is, found in its first bytes, and whether a field takes it. Names are not believed.

use registers::definition::Field;
use registers::text::Names;

/// A content that is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// `media_type`, `dangerous`, `size`, `empty`.
    pub code: &'static str,
    /// What is wrong and what is taken.
    pub said: Names,
}

impl Refused {
    fn new(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            code,
            said: Names::new(zh, en),
        }
    }
}

/// MiB of a file where the field names no bound: a scanned document of a hundred pages.
pub const DEFAULT_MIB: u32 = 20;
/// MiB of a file at most, whatever the field says.
pub const MOST_MIB: u32 = 200;

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const PPTX: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
const OLE: &str = "application/x-ole-storage";
const DANGER: &str = "application/x-dangerous";

/// Taken where the field names no media types.
const USUAL: [&str; 12] = [
    "application/pdf",
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/tiff",
    "video/mp4",
    "text/plain",
    DOCX,
    XLSX,
    "application/msword",
    "application/vnd.ms-excel",
    "application/zip",
];

/// Endings of names that run as programs or scripts when a person opens them.
const RUNNING: [&str; 30] = [
    "exe", "dll", "com", "scr", "msi", "bat", "cmd", "ps1", "vbs", "vbe", "js", "jse", "wsf", "wsh", "hta",
    "jar", "lnk", "reg", "sh", "py", "pl", "rb", "php", "html", "htm", "xhtml", "svg", "mht", "chm", "docm",
];

/// Bytes a field takes at most.
pub fn most_bytes(field: &Field) -> u64 {
    u64::from(field.max_mib.unwrap_or(DEFAULT_MIB).min(MOST_MIB)) << 20
}

/// The media type a content has, by its first bytes; [`Refused`] where the field does not take it. `name` is the file's
/// name as sent, used only to refuse what runs and to tell old office documents apart.
pub fn accept(field: &Field, name: &str, size: u64, head: &[u8]) -> Result<String, Refused> {
    if size == 0 {
        return Err(Refused::new("empty", "文件是空的", "the file is empty"));
    }
    let most = most_bytes(field);
    if size > most {
        let mib = most >> 20;
        return Err(Refused::new(
            "size",
            format!("文件超过 {mib} MiB"),
            format!("the file is larger than {mib} MiB"),
        ));
    }
    let ending = name
        .rsplit_once('.')
        .map(|(_, e)| e.trim().to_lowercase())
        .unwrap_or_default();
    let found = sniff(head, &ending);
    if found == DANGER || RUNNING.contains(&ending.as_str()) {
        return Err(Refused::new(
            "dangerous",
            "程序、脚本、网页和带宏的文档不能作为附件",
            "programs, scripts, web pages and documents with macros are not taken",
        ));
    }
    let taken: Vec<&str> = if field.media.is_empty() {
        USUAL.to_vec()
    } else {
        field.media.iter().map(String::as_str).collect()
    };
    let found = match found {
        // The container alone does not say which program wrote it.
        OLE if ending == "xls" => "application/vnd.ms-excel",
        OLE if ending == "doc" => "application/msword",
        other => other,
    };
    if taken.contains(&found) {
        return Ok(found.to_owned());
    }
    let list = taken.join(", ");
    Err(Refused::new(
        "media_type",
        format!("内容为 {found}，此字段只接收 {list}"),
        format!("the content is {found}; this field takes {list}"),
    ))
}

/// A content's media type by its first bytes.
fn sniff(head: &[u8], ending: &str) -> &'static str {
    let at = |offset: usize, mark: &[u8]| head.get(offset..).is_some_and(|rest| rest.starts_with(mark));
    let marks: [(usize, &[u8], &str); 22] = [
        (0, b"%PDF-", "application/pdf"),
        (0, b"\xFF\xD8\xFF", "image/jpeg"),
        (0, b"\x89PNG\r\n\x1a\n", "image/png"),
        (0, b"GIF87a", "image/gif"),
        (0, b"GIF89a", "image/gif"),
        (0, b"II*\0", "image/tiff"),
        (0, b"MM\0*", "image/tiff"),
        (0, b"BM", "image/bmp"),
        (8, b"WEBP", "image/webp"),
        (4, b"ftypheic", "image/heic"),
        (4, b"ftyp", "video/mp4"),
        (0, b"MZ", DANGER),
        (0, b"\x7FELF", DANGER),
        (0, b"#!", DANGER),
        (0, b"\xCA\xFE\xBA\xBE", DANGER),
        (0, b"\xFE\xED\xFA", DANGER),
        (0, b"\xCF\xFA\xED\xFE", DANGER),
        (0, b"L\0\0\0\x01\x14\x02\0", DANGER),
        (0, b"Rar!", "application/vnd.rar"),
        (0, b"7z\xBC\xAF\x27\x1C", "application/x-7z-compressed"),
        (0, b"\x1F\x8B", "application/gzip"),
        (0, b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", OLE),
    ];
    if let Some((.., media)) = marks.iter().find(|(offset, mark, _)| at(*offset, mark)) {
        return media;
    }
    if at(0, b"PK\x03\x04") {
        let holds = |name: &[u8]| head.windows(name.len()).any(|w| w == name);
        if holds(b"vbaProject.bin") || matches!(ending, "docm" | "xlsm" | "pptm") {
            return DANGER;
        }
        // Which document it is stands in the names of its first parts.
        return match (holds(b"word/"), holds(b"xl/"), holds(b"ppt/")) {
            (true, ..) => DOCX,
            (_, true, _) => XLSX,
            (.., true) => PPTX,
            _ if ending == "docx" && holds(b"[Content_Types].xml") => DOCX,
            _ if ending == "xlsx" && holds(b"[Content_Types].xml") => XLSX,
            _ => "application/zip",
        };
    }
    text(head)
}

fn text(head: &[u8]) -> &'static str {
    let utf16 = head.starts_with(&[0xFF, 0xFE]) || head.starts_with(&[0xFE, 0xFF]);
    if head.contains(&0) && !utf16 {
        return "application/octet-stream";
    }
    let lower = String::from_utf8_lossy(head).to_lowercase();
    // Browsers and readers look for these anywhere near the beginning.
    let marks = [
        "<!doctype",
        "<html",
        "<script",
        "<svg",
        "<?php",
        "<iframe",
        "<body",
        "<head",
        "<hta:",
    ];
    if marks.iter().any(|mark| lower.contains(mark)) || lower.trim_start().starts_with("<?xml") {
        return DANGER;
    }
    let control = head
        .iter()
        .any(|b| *b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0C));
    if control && !utf16 {
        "application/octet-stream"
    } else {
        "text/plain"
    }
}

/// A name as it may be shown and sent: no path, no control characters, at most 120 characters, never empty.
pub fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last
        .chars()
        .filter(|c| !c.is_control() && !matches!(c, '"' | '<' | '>' | '|' | ':' | '*' | '?'))
        // Marks that turn the reading direction hide an ending.
        .filter(|c| !matches!(c, '\u{200E}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'))
        .collect();
    let plain = plain.trim().trim_matches('.');
    if plain.is_empty() {
        return "附件".to_owned();
    }
    if plain.chars().count() <= 120 {
        return plain.to_owned();
    }
    let ending: String = match plain.rsplit_once('.') {
        Some((_, ending)) if ending.chars().count() <= 10 => format!(".{ending}"),
        _ => String::new(),
    };
    let head: String = plain.chars().take(120 - ending.chars().count()).collect();
    format!("{head}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(media: &[&str], max_mib: Option<u32>) -> Field {
        serde_json::from_value(serde_json::json!({
            "name": "proof", "zh": "证明", "en": "Proof", "type": "file", "media": media, "max_mib": max_mib,
        }))
        .unwrap()
    }

    #[test]
    fn contents_are_known_by_their_bytes_and_not_by_their_names() {
        let pdf = field(&["application/pdf"], Some(1));
        assert_eq!(accept(&pdf, "a.bin", 10, b"%PDF-1.7").unwrap(), "application/pdf");
        assert_eq!(
            accept(&pdf, "a.pdf", 10, b"\x89PNG\r\n\x1a\n").unwrap_err().code,
            "media_type"
        );
        assert_eq!(accept(&pdf, "a.pdf", 0, b"").unwrap_err().code, "empty");
        assert_eq!(
            accept(&pdf, "a.pdf", (1 << 20) + 1, b"%PDF-1.7")
                .unwrap_err()
                .code,
            "size"
        );
        let any = field(&[], None);
        for (name, head, media) in [
            ("a", &b"\xFF\xD8\xFF\xE0"[..], "image/jpeg"),
            ("a", b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
            ("a", b"\0\0\0\x18ftypmp42", "video/mp4"),
            ("a.doc", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "application/msword"),
            ("a.docx", b"PK\x03\x04....[Content_Types].xml", DOCX),
            ("a", b"PK\x03\x04....xl/workbook.xml", XLSX),
            ("a", b"PK\x03\x04....a.shp", "application/zip"),
            ("a.txt", "监测报告\r\n".as_bytes(), "text/plain"),
        ] {
            assert_eq!(accept(&any, name, 10, head).as_deref(), Ok(media), "{name}");
        }
        assert_eq!(
            accept(&any, "a", 10, b"\0\x01\x02").unwrap_err().code,
            "media_type"
        );
    }

    #[test]
    fn what_runs_is_refused_in_any_clothes() {
        let any = field(&[], None);
        for (name, head) in [
            ("setup.pdf", &b"MZ\x90\0"[..]),
            ("a.pdf", b"\x7FELF\x02"),
            ("a.txt", b"#!/bin/sh\n"),
            ("a.jpg", b"<svg onload=alert(1)>"),
            ("a.txt", b"  \n<!DOCTYPE html><html>"),
            ("a.txt", b"<?xml version='1.0'?><x/>"),
            ("a.docx", b"PK\x03\x04....word/vbaProject.bin"),
            ("a.xlsm", b"PK\x03\x04....xl/workbook.xml"),
            ("a.exe", b"%PDF-1.7"),
            ("a.pdf.bat", b"echo"),
            ("a.js", b"alert(1)"),
        ] {
            assert_eq!(
                accept(&any, name, 10, head).unwrap_err().code,
                "dangerous",
                "{name}"
            );
        }
    }

    #[test]
    fn names_are_made_harmless() {
        assert_eq!(plain_name("C:\\temp\\报告.pdf"), "报告.pdf");
        assert_eq!(plain_name("../../etc/passwd"), "passwd");
        assert_eq!(plain_name("a\u{202E}fdp.exe\r\n\"x"), "afdp.exex");
        assert_eq!(plain_name("..."), "附件");
        let long = plain_name(&format!("{}.pdf", "长".repeat(300)));
        assert_eq!(
            (long.rsplit_once('.').unwrap().1, long.chars().count()),
            ("pdf", 120)
        );
    }
}
