//! One frame decoded in place: header fields, CP items, checksum. Never fails and never panics: what cannot be
//! read is absent, and [`Decoded::diagnoses`] names every deviation with its place.

mod diagnose;
mod header;
mod items;

use std::ops::Range;

use memchr::memmem;

use crate::crc::{self, Kind};
use crate::diagnosis::Diagnosis;
use crate::edition::{Edition, Flag};
use crate::stream::read_head;
use crate::text::{Charset, Text};

pub use header::{Header, HeaderItem};
pub use items::{Item, Items};

/// How a frame ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LineBreak {
    /// CR LF, as the standard has it.
    CrLf,
    /// A single CR or LF.
    Single,
    /// Nothing.
    None,
}

/// A frame in place: ranges and borrowed text over the received bytes.
///
/// ```
/// let frame = hj212::decode(b"##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;\
///     MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&1C80\r\n");
/// assert!(frame.ok());
/// assert_eq!(frame.header().cn.unwrap(), "1062");
/// assert_eq!(frame.get("RtdInterval").unwrap(), "30");
/// ```
#[derive(Debug, Clone)]
pub struct Decoded<'a> {
    bytes: &'a [u8],
    standard_head: bool,
    len_declared: Option<usize>,
    segment: Range<usize>,
    /// Content of CP, without the `&&` on both sides; empty and at the segment's end when there is no CP.
    cp: Range<usize>,
    /// End of the header part of the segment.
    header_end: usize,
    cp_form: CpForm,
    crc_given: Option<u16>,
    crc_calc: u16,
    crc_kind: Kind,
    charset: Charset,
    header: Header<'a>,
}

/// What was found of `CP=&&…&&`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct CpForm {
    present: bool,
    opened: bool,
    closed: bool,
}

/// Decodes one frame, with or without its line break. Bytes after the checksum and line break are diagnosed.
pub fn decode(bytes: &[u8]) -> Decoded<'_> {
    let body_end = bytes.len() - line_break_len(bytes);
    let head = read_head(bytes);
    let standard_head = head.is_some_and(|head| head.len == 6);
    let from = head
        .map_or_else(|| salvage_head(bytes), |head| head.len)
        .min(body_end);
    let declared = head.and_then(|head| head.declared);
    let (segment_end, digits) = segment_end(bytes, from, body_end, declared);
    let segment = bytes.get(from..segment_end).unwrap_or_default();
    let crc_given = if digits {
        bytes.get(segment_end..segment_end + 4).and_then(crc::parse_hex)
    } else {
        None
    };
    let crc_calc = crc::hj212(segment);
    let crc_kind = match crc_given {
        None => Kind::None,
        Some(given) if given == crc_calc => Kind::Standard,
        Some(given) => Kind::of(given, segment),
    };
    let (header_end, cp, cp_form) = find_cp(segment);
    let charset = Charset::of(segment);
    let header = header::parse(segment.get(..header_end).unwrap_or_default(), charset);
    Decoded {
        bytes,
        standard_head,
        len_declared: declared,
        segment: from..segment_end,
        cp: from + cp.start..from + cp.end,
        header_end: from + header_end,
        cp_form,
        crc_given,
        crc_calc,
        crc_kind,
        charset,
        header,
    }
}

#[inline]
fn line_break_len(bytes: &[u8]) -> usize {
    match bytes {
        [.., b'\r', b'\n'] => 2,
        [.., b'\r' | b'\n'] => 1,
        _ => 0,
    }
}

/// Where the segment of a frame without a believable header begins: at its first key if there is one,
/// else after whatever `#` and digits there are.
fn salvage_head(bytes: &[u8]) -> usize {
    let marks = bytes.iter().take_while(|&&byte| byte == b'#').count();
    let digits = bytes
        .iter()
        .skip(marks)
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let front = bytes.get(..64.min(bytes.len())).unwrap_or_default();
    [b"QN=".as_slice(), b"ST=", b"CN="]
        .iter()
        .filter_map(|key| memmem::find(front, key))
        .min()
        .unwrap_or(marks + digits)
}

/// End of the segment, and whether four hexadecimal digits follow. By the declared length where it fits;
/// else the last `&&` with four hexadecimal digits behind it; else the last `&&`; else the end.
#[inline]
fn segment_end(bytes: &[u8], from: usize, body_end: usize, declared: Option<usize>) -> (usize, bool) {
    let body = bytes.get(..body_end).unwrap_or_default();
    if let Some(end) = declared
        .map(|length| from + length)
        .filter(|&end| end <= body_end)
    {
        let closed = end == from
            || body
                .get(from..end)
                .is_some_and(|segment| segment.ends_with(b"&&"));
        let code = body.get(end..).unwrap_or_default();
        let digits = code.len() == 4 && crc::parse_hex(code).is_some();
        let mistaken = closed && !digits && body.get(..end).is_some_and(|front| front.ends_with(b"=&&"));
        if digits || (closed && !mistaken && code.len() <= 4) {
            return (end, digits);
        }
    }
    let text = body.get(from..).unwrap_or_default();
    let mut last_open = None;
    for at in memchr::memrchr_iter(b'&', text) {
        if at == 0 || text.get(at - 1) != Some(&b'&') {
            continue;
        }
        let end = at + 1;
        let code = text.get(end..end + 4).and_then(crc::parse_hex);
        // `CP=&&` with hexadecimal looking data behind it opens, it does not close.
        let opening = text.get(..end).is_some_and(|front| front.ends_with(b"=&&")) && text.len() > end + 4;
        if code.is_some() && !opening {
            return (from + end, true);
        }
        if last_open.is_none() && !text.get(..end).is_some_and(|front| front.ends_with(b"=&&")) {
            last_open = Some(from + end);
        }
    }
    if let Some(end) = last_open {
        return (end, false);
    }
    // No closing `&&` anywhere: the checksum, if the last four bytes can be one.
    let code = body.get(body_end.saturating_sub(4)..).unwrap_or_default();
    if body_end >= from + 4 && crc::parse_hex(code).is_some() && bytes.len() > body_end {
        return (body_end - 4, true);
    }
    (body_end, false)
}

/// Splits a segment into header and content of CP.
#[inline]
fn find_cp(segment: &[u8]) -> (usize, Range<usize>, CpForm) {
    let first = find_pair(segment);
    if let Some(at) = first {
        let front = segment.get(..at).unwrap_or_default().trim_ascii_end();
        if let Some(header) = strip_cp_key(front) {
            let start = at + 2;
            let content = segment.get(start..).unwrap_or_default();
            let closed = content.ends_with(b"&&");
            let end = if closed { segment.len() - 2 } else { segment.len() };
            return (
                header,
                start..end,
                CpForm {
                    present: true,
                    opened: true,
                    closed,
                },
            );
        }
    }
    // `CP=` without the opening `&&`.
    let closed = segment.ends_with(b"&&");
    let end = if closed { segment.len() - 2 } else { segment.len() };
    let key = memmem::find(segment, b";CP=")
        .map(|at| at + 1)
        .or_else(|| segment.starts_with(b"CP=").then_some(0));
    match key {
        Some(at) => (
            at,
            (at + 3).min(end)..end,
            CpForm {
                present: true,
                opened: false,
                closed,
            },
        ),
        None => (
            end,
            end..end,
            CpForm {
                present: false,
                opened: false,
                closed,
            },
        ),
    }
}

/// Position of the first `&&`.
#[inline]
fn find_pair(segment: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'&', segment).find(|at| segment.get(at + 1) == Some(&b'&'))
}

#[inline]
fn strip_cp_key(front: &[u8]) -> Option<usize> {
    let (header, key) = front.split_at_checked(front.len().checked_sub(3)?)?;
    key.eq_ignore_ascii_case(b"CP=").then_some(header.len())
}

impl<'a> Decoded<'a> {
    /// The frame as received.
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The data segment, over which the checksum goes.
    pub fn segment(&self) -> &'a [u8] {
        self.bytes.get(self.segment.clone()).unwrap_or_default()
    }

    /// Usable: the checksum printed is the standard's for the data segment.
    #[inline]
    pub fn ok(&self) -> bool {
        self.crc_ok()
    }

    /// Header fields.
    #[inline]
    pub const fn header(&self) -> &Header<'a> {
        &self.header
    }

    /// All header pairs in order, those with unknown keys too.
    pub fn header_items(&self) -> impl Iterator<Item = HeaderItem<'a>> + use<'a> {
        let from = self.segment.start;
        let text = self.bytes.get(from..self.header_end).unwrap_or_default();
        header::items(text, from, self.charset)
    }

    /// The header as it was meant where separators are wrong: commas count as semicolons, so that
    /// `QN=…,ST=32` and `;,MN=…` give their ST and MN. [`header`](Self::header) stays true to the letter.
    pub fn mended_header(&self) -> Header<'a> {
        let text = self
            .bytes
            .get(self.segment.start..self.header_end)
            .unwrap_or_default();
        if memchr::memchr(b',', text).is_none() {
            return self.header.clone();
        }
        header::parse_mended(text, self.charset)
    }

    /// The Flag, when it is a number.
    pub fn flag(&self) -> Option<Flag> {
        self.header.flag_value()
    }

    /// Which edition the frame follows, see [`Edition`].
    pub fn edition(&self) -> Edition {
        if !self.standard_head {
            return Edition::Nonstandard;
        }
        Edition::judge(self.flag(), self.header.st, self.header.mn, self.header.qn)
    }

    /// The content of CP between the `&&`, raw. Cipher text of 2025 stands here, see [`cipher`](crate::cipher).
    #[inline]
    pub fn cp(&self) -> &'a [u8] {
        self.bytes.get(self.cp.clone()).unwrap_or_default()
    }

    /// All bytes before the content of CP, and all behind it.
    pub(crate) fn around_cp(&self) -> (&'a [u8], &'a [u8]) {
        let before = self.bytes.get(..self.cp.start).unwrap_or_default();
        (before, self.bytes.get(self.cp.end..).unwrap_or_default())
    }

    /// The pairs of CP in order.
    #[inline]
    pub fn items(&self) -> Items<'a> {
        Items::new(self.cp(), self.cp.start, self.charset)
    }

    /// Value of the first CP item with exactly this key (`DataTime`, `w01018-Rtd`).
    pub fn get(&self, key: &str) -> Option<Text<'a>> {
        self.items().find(|item| item.key == *key).map(|item| item.value)
    }

    /// Character set of the data segment.
    pub const fn charset(&self) -> Charset {
        self.charset
    }

    /// True when the checksum is the standard's.
    #[inline]
    pub fn crc_ok(&self) -> bool {
        self.crc_kind == Kind::Standard
    }

    /// Which computation the printed checksum fits.
    pub const fn crc_kind(&self) -> Kind {
        self.crc_kind
    }

    /// The checksum as printed, four digits.
    pub fn crc_given(&self) -> Option<&'a str> {
        self.crc_given?;
        let digits = self.bytes.get(self.segment.end..self.segment.end + 4)?;
        std::str::from_utf8(digits).ok()
    }

    /// The standard's checksum of the data segment.
    pub const fn crc_calc(&self) -> u16 {
        self.crc_calc
    }

    /// The number in the header.
    pub const fn len_declared(&self) -> Option<usize> {
        self.len_declared
    }

    /// Bytes between header and checksum.
    pub fn len_actual(&self) -> usize {
        self.segment.len()
    }

    /// The header is `##` and four digits, and they give the actual length.
    pub fn len_ok(&self) -> bool {
        self.standard_head && self.len_declared == Some(self.len_actual())
    }

    /// How the frame ends.
    pub fn line_break(&self) -> LineBreak {
        match line_break_len(self.bytes) {
            2 => LineBreak::CrLf,
            1 => LineBreak::Single,
            _ => LineBreak::None,
        }
    }

    /// Every deviation from the standard, in order of place.
    pub fn diagnoses(&self) -> Vec<Diagnosis> {
        diagnose::all(self)
    }
}
