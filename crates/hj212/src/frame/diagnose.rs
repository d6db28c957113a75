//! What is unusual about a decoded frame: one pass over the wrapper, one over the header, one over CP.

use std::collections::HashSet;

use super::{Decoded, Item, LineBreak, header};
use crate::cipher::looks_encrypted;
use crate::crc::Kind;
use crate::diagnosis::{Code, Diagnosis};
use crate::edition::{Edition, Flag};
use crate::reading::{self, Field};
use crate::text::{Charset, Text};

/// Most diagnoses of one frame: a frame of separators alone must not make thousands.
const MOST: usize = 100;
/// Longest piece of a frame quoted in a diagnosis, in characters.
const QUOTED: usize = 48;

struct Notes(Vec<Diagnosis>);

impl Notes {
    fn add(&mut self, at: usize, code: Code) {
        self.quote(at, code, "");
    }

    fn quote(&mut self, at: usize, code: Code, found: &str) {
        if self.0.len() < MOST {
            self.0.push(Diagnosis {
                at,
                code,
                found: found.chars().take(QUOTED).collect(),
            });
        }
    }
}

/// All deviations, by place.
pub(super) fn all(frame: &Decoded<'_>) -> Vec<Diagnosis> {
    let mut notes = Notes(Vec::new());
    wrapper(frame, &mut notes);
    header(frame, &mut notes);
    content(frame, &mut notes);
    notes.0.sort_by_key(|note| note.at);
    notes.0
}

fn wrapper(frame: &Decoded<'_>, notes: &mut Notes) {
    let end = frame.segment.end;
    if !frame.standard_head {
        let front = frame.bytes.get(..frame.segment.start).unwrap_or_default();
        notes.quote(0, Code::BadHeader, &String::from_utf8_lossy(front));
    } else if !frame.len_ok() {
        let declared = frame.len_declared.unwrap_or_default();
        notes.quote(
            2,
            Code::BadLength,
            &format!("{declared} ≠ {}", frame.len_actual()),
        );
    }
    if frame.len_actual() > 1024 {
        notes.quote(
            frame.segment.start,
            Code::Over1024,
            &frame.len_actual().to_string(),
        );
    }
    if frame.cp.len() > frame.edition().cp_limit() {
        notes.quote(frame.cp.start, Code::CpOverLimit, &frame.cp.len().to_string());
    }
    let body_end = frame.bytes.len() - super::line_break_len(frame.bytes);
    let after = frame.bytes.get(end..body_end).unwrap_or_default();
    let calculated = format!("{:04X}", frame.crc_calc);
    match frame.crc_kind {
        Kind::None if after.is_empty() && !frame.cp_form.closed => notes.add(end, Code::MissingEnd),
        Kind::None if after.is_empty() => notes.add(end, Code::NoCrc),
        Kind::None if after.len() < 4 && after.iter().all(u8::is_ascii_hexdigit) => {
            notes.quote(end, Code::ShortCrc, &String::from_utf8_lossy(after));
        }
        Kind::None => notes.quote(end, Code::CrcNotHex, &String::from_utf8_lossy(after)),
        Kind::Other => {
            notes.quote(
                end,
                Code::BadCrc,
                &format!("{} ≠ {calculated}", frame.crc_given().unwrap_or_default()),
            );
        }
        Kind::Modbus => notes.quote(end, Code::CrcModbus, &calculated),
        Kind::ModbusSwapped => notes.quote(end, Code::CrcModbusSwapped, &calculated),
        Kind::Standard => {}
    }
    if frame
        .crc_given()
        .is_some_and(|given| given.bytes().any(|digit| digit.is_ascii_lowercase()))
    {
        notes.add(end, Code::LowercaseCrc);
    }
    if after.len() > 4 {
        notes.quote(end + 4, Code::TrailingBytes, &(after.len() - 4).to_string());
    }
    if frame.line_break() != LineBreak::CrLf {
        notes.add(body_end, Code::NoCrlf);
    }
    match frame.charset {
        Charset::Ascii => {}
        Charset::Utf8 => notes.add(first_high(frame), Code::Utf8Text),
        Charset::Gbk => notes.add(first_high(frame), Code::GbkText),
        Charset::Invalid => notes.add(first_high(frame), Code::InvalidText),
    }
}

fn first_high(frame: &Decoded<'_>) -> usize {
    frame.segment.start
        + frame
            .segment()
            .iter()
            .position(|byte| !byte.is_ascii())
            .unwrap_or_default()
}

fn header(frame: &Decoded<'_>, notes: &mut Notes) {
    let fields = frame.header();
    let start = frame.segment.start;
    let form = frame.cp_form;
    if !form.present {
        notes.add(frame.header_end, Code::NoCp);
    } else if !form.opened {
        notes.add(frame.header_end, Code::NoCpStart);
    }
    if form.present && !form.closed && frame.crc_kind != Kind::None {
        notes.add(frame.segment.end, Code::NoCpEnd);
    }
    let text = frame.bytes.get(start..frame.header_end).unwrap_or_default();
    if form.present && !text.is_empty() && !text.trim_ascii_end().ends_with(b";") {
        notes.add(frame.header_end, Code::MissingSemicolon);
    }
    for (field, code) in [
        (fields.qn, Code::NoQn),
        (fields.st, Code::NoSt),
        (fields.cn, Code::NoCn),
        (fields.pw, Code::NoPw),
        (fields.mn, Code::NoMn),
    ] {
        if field.is_none() {
            notes.add(start, code);
        }
    }
    header_pairs(frame, notes);
    let flag = frame.flag();
    if flag.is_some_and(|flag| flag.0 <= 255 && flag.version() > 2) {
        notes.add(start, Code::UnknownVersion);
    }
    let packet = fields.pnum.is_some() || fields.pno.is_some();
    let split = flag.is_some_and(Flag::split);
    // 2005 examples carry Flag=3 on every request without splitting: no deviation there.
    if split && !packet && frame.edition() != Edition::V2005 {
        notes.add(start, Code::SplitWithoutPnum);
    }
    if packet && !split {
        notes.add(start, Code::PnumWithoutSplit);
    }
    if packet
        && !fields
            .packet()
            .is_some_and(|(count, number)| (1..=count).contains(&number))
    {
        notes.add(start, Code::BadPacket);
    }
    let replies = ["9011", "9012", "9013", "9014"];
    if let Some(cn) = fields.cn.filter(|cn| replies.iter().any(|reply| *cn == *reply)) {
        if fields.st.is_some_and(|st| st != "91") {
            notes.add(start, Code::ReplyNot91);
        }
        let own = |item: Item<'_>| !["QN", "CN", "PNUM", "PNO"].iter().any(|key| item.key == *key);
        if (cn == "9013" || cn == "9014") && frame.items().any(own) {
            notes.add(frame.cp.start, Code::ReplyWithContent);
        }
    }
}

fn header_pairs(frame: &Decoded<'_>, notes: &mut Notes) {
    let edition = frame.edition();
    let mut seen: Vec<usize> = Vec::new();
    for item in frame.header_items() {
        let key = item.key.trim();
        let Some(value) = item.value else {
            let code = if key.is_empty() {
                Code::StraySpace
            } else {
                Code::MalformedItem
            };
            notes.quote(item.at, code, &key.to_str());
            continue;
        };
        let value_at = item.at + item.key.bytes().len() + 1;
        if memchr::memchr(b',', item.key.bytes()).is_some() || memchr::memchr(b',', value.bytes()).is_some() {
            notes.quote(item.at, Code::CommaForSemicolon, &item.key.to_str());
        }
        if value.trim() != value || key != item.key {
            notes.quote(item.at, Code::StraySpace, &item.key.to_str());
        }
        let known = header::KEYS
            .iter()
            .position(|known| known.as_bytes().eq_ignore_ascii_case(key.bytes()));
        let Some(index) = known else {
            notes.quote(item.at, Code::UnknownHeaderKey, &key.to_str());
            continue;
        };
        if header::KEYS.get(index).is_some_and(|known| key != **known) {
            notes.quote(item.at, Code::HeaderKeyCase, &key.to_str());
        }
        // PNUM and PNO stand right after QN in 2005.
        let moved = edition == Edition::V2005 && (index == 6 || index == 7);
        if seen.contains(&index) {
            notes.quote(item.at, Code::RepeatedHeaderKey, &key.to_str());
        } else if seen.iter().any(|&before| {
            before > index && !(moved || before == 6 || before == 7) || (before, index) == (7, 6)
        }) {
            notes.quote(item.at, Code::HeaderOrder, &key.to_str());
        }
        seen.push(index);
        if let Some(code) = value_code(index, value.trim(), edition) {
            notes.quote(value_at, code, &value.to_str());
        }
    }
}

/// What is wrong with the value of header key number `index` of [`header::KEYS`].
fn value_code(index: usize, value: Text<'_>, edition: Edition) -> Option<Code> {
    let bytes = value.bytes();
    if bytes.is_empty() {
        return Some(Code::EmptyValue);
    }
    let digits = bytes.iter().all(u8::is_ascii_digit);
    let (good, code) = match index {
        0 => (
            bytes.len() == 17 && reading::CivilTime::parse(value).is_some(),
            Code::BadQn,
        ),
        1 => {
            let letters = bytes
                .iter()
                .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
            (bytes.len() == 2 && letters, Code::BadSt)
        }
        2 => (bytes.len() == 4 && digits, Code::BadCn),
        3 => (bytes.len() == 6, Code::BadPw),
        4 => {
            let length = if edition == Edition::V2005 { 14 } else { 24 };
            let free = edition == Edition::SurfaceWater;
            let letters = bytes
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
            ((free || bytes.len() == length) && letters, Code::BadMn)
        }
        5 => (
            digits && bytes.len() <= 3 && value.as_str().is_some_and(|text| text.parse::<u8>().is_ok()),
            Code::BadFlag,
        ),
        6 | 7 => (digits && bytes.len() <= 4, Code::BadPacket),
        8 => (bytes == b"1", Code::BadRf),
        _ => (true, Code::BadHeader),
    };
    (!good).then_some(code)
}

/// Keys of CP that start a new item whatever stands before them.
const OWN_ITEMS: [&str; 5] = ["EndTime", "BeginTime", "DataTime", "SystemTime", "RestartTime"];
/// Keys of CP that hold a civil time.
const TIMES: [&str; 7] = [
    "DataTime",
    "BeginTime",
    "EndTime",
    "SystemTime",
    "RestartTime",
    "AlarmTime",
    "CompleteTime",
];

fn content(frame: &Decoded<'_>, notes: &mut Notes) {
    let cp = frame.cp();
    if looks_encrypted(frame) {
        notes.add(frame.cp.start, Code::Encrypted);
        return;
    }
    let mut expected = frame.cp.start;
    let mut seen = HashSet::new();
    for item in frame.items() {
        if item.at > expected {
            notes.add(expected, Code::EmptyItem);
        }
        let (key, value) = (item.key.bytes(), item.value.bytes());
        expected = item.at + key.len() + usize::from(item.has_equals) + value.len() + 1;
        let key = key.trim_ascii();
        if !item.has_equals {
            let code = if key.is_empty() {
                Code::StraySpace
            } else {
                Code::MalformedItem
            };
            notes.quote(item.at, code, &item.key.to_str());
            continue;
        }
        if key.len() != item.key.bytes().len() || item.value.trim() != item.value || key.contains(&b' ') {
            notes.quote(item.at, Code::StraySpace, &item.key.to_str());
        }
        if !seen.insert(key) {
            notes.quote(item.at, Code::RepeatedKey, &item.key.to_str());
        }
        if !item.opens_group && OWN_ITEMS.iter().any(|own| own.as_bytes() == key) {
            notes.quote(item.at, Code::CommaForSemicolon, &item.key.to_str());
        }
        if key == b"Flag" {
            notes.add(item.at, Code::BareFlag);
        }
        pair_value(item, notes);
    }
    if expected < frame.cp.end || (frame.cp.end == expected && cp.ends_with(b";")) || cp.ends_with(b",") {
        notes.add(frame.cp.end.saturating_sub(1), Code::EmptyItem);
    }
}

fn pair_value(item: Item<'_>, notes: &mut Notes) {
    let value = item.value.trim();
    let at = item.at + item.key.bytes().len() + 1;
    let split = item.code_field();
    if let Some((code, field)) = split {
        let doubled = code
            .bytes()
            .strip_suffix(field.bytes())
            .is_some_and(|front| front.ends_with(b"-"));
        if doubled && !field.is_empty() {
            notes.quote(item.at, Code::DoubledSuffix, &item.key.to_str());
        }
    }
    if value.is_empty() {
        notes.quote(at, Code::EmptyValue, &item.key.to_str());
        return;
    }
    let name = split.map_or(item.key, |(_, field)| field).trim();
    let time = TIMES.iter().any(|time| name == *time) || name == "SampleTime";
    if time && !(value.bytes().len() == 14 && reading::CivilTime::parse(value).is_some()) {
        notes.quote(at, Code::BadTime, &value.to_str());
    }
    let measured = split.is_some_and(|(code, field)| {
        // Working conditions of 2025 (p…) carry marks such as St, N, Sr instead of numbers.
        field
            .as_str()
            .is_some_and(|field| Field::of(field.trim()).is_measured())
            && !code.bytes().starts_with(b"p")
    });
    if measured && reading::decimal(value).is_none() {
        notes.quote(at, Code::BadNumber, &value.to_str());
    }
}
