//! The header part of a data segment: `key=value` joined by `;`, before CP. Keys in any case, values trimmed.

use crate::edition::Flag;
use crate::text::{Charset, Text};

/// Header fields as text; `None` when the key is not there. Of a key written twice the last counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header<'a> {
    /// 请求编码: names one exchange, 17 digits by the standard.
    pub qn: Option<Text<'a>>,
    /// 系统编码.
    pub st: Option<Text<'a>>,
    /// 命令编码.
    pub cn: Option<Text<'a>>,
    /// 访问密码.
    pub pw: Option<Text<'a>>,
    /// 设备唯一标识.
    pub mn: Option<Text<'a>>,
    /// 拆分包及应答标志 as printed; [`flag_value`](Self::flag_value) reads it.
    pub flag: Option<Text<'a>>,
    /// 总包数.
    pub pnum: Option<Text<'a>>,
    /// 包号.
    pub pno: Option<Text<'a>>,
    /// 补传标志 of 2025: `1` on late re-uploads.
    pub rf: Option<Text<'a>>,
}

impl Header<'_> {
    /// Flag as a number.
    pub fn flag_value(&self) -> Option<Flag> {
        number(self.flag?.bytes()).map(Flag)
    }

    /// True on a late re-upload of 2025.
    pub fn is_late(&self) -> bool {
        self.rf.is_some_and(|rf| rf == "1")
    }

    /// PNUM and PNO as numbers, when both are there.
    pub fn packet(&self) -> Option<(u32, u32)> {
        Some((number(self.pnum?.bytes())?, number(self.pno?.bytes())?))
    }
}

fn number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 9 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(
        digits
            .iter()
            .fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')),
    )
}

/// One pair of the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeaderItem<'a> {
    /// Place of the key in the frame.
    pub at: usize,
    /// The key as printed.
    pub key: Text<'a>,
    /// The value as printed, spaces included; `None` when there is no `=`.
    pub value: Option<Text<'a>>,
}

/// Pairs of `text`, whose first byte stands at `from` in the frame.
pub(super) fn items(
    text: &[u8],
    from: usize,
    charset: Charset,
) -> impl Iterator<Item = HeaderItem<'_>> + use<'_> {
    let mut at = from;
    text.split(|&byte| byte == b';').filter_map(move |token| {
        let place = at;
        at += token.len() + 1;
        if token.is_empty() {
            return None;
        }
        let (key, value) = match token.iter().position(|&byte| byte == b'=') {
            Some(equals) => (token.get(..equals)?, token.get(equals + 1..)),
            None => (token, None),
        };
        Some(HeaderItem {
            at: place,
            key: Text::new(key, charset),
            value: value.map(|value| Text::new(value, charset)),
        })
    })
}

/// Fields by `;` alone.
#[inline]
pub(super) fn parse(text: &[u8], charset: Charset) -> Header<'_> {
    gather(memchr::memchr_iter(b';', text), text, charset)
}

/// Fields by `;` and `,`.
pub(super) fn parse_mended(text: &[u8], charset: Charset) -> Header<'_> {
    gather(memchr::memchr2_iter(b';', b',', text), text, charset)
}

#[inline]
fn gather(separators: impl Iterator<Item = usize>, text: &[u8], charset: Charset) -> Header<'_> {
    let mut header = Header::default();
    let mut from = 0;
    for end in separators.chain([text.len()]) {
        let token = text.get(from..end).unwrap_or_default();
        from = end + 1;
        let Some(equals) = token.iter().position(|&byte| byte == b'=') else {
            continue;
        };
        let Some((key, value)) = token.split_at_checked(equals) else {
            continue;
        };
        if let Some(field) = header.field(key) {
            *field = Some(Text::new(
                value.get(1..).unwrap_or_default().trim_ascii(),
                charset,
            ));
        }
    }
    header
}

impl<'a> Header<'a> {
    /// The field of a key in any case, spaces around it ignored.
    #[inline]
    fn field(&mut self, key: &[u8]) -> Option<&mut Option<Text<'a>>> {
        match key {
            b"QN" => Some(&mut self.qn),
            b"ST" => Some(&mut self.st),
            b"CN" => Some(&mut self.cn),
            b"PW" => Some(&mut self.pw),
            b"MN" => Some(&mut self.mn),
            b"Flag" => Some(&mut self.flag),
            b"PNUM" => Some(&mut self.pnum),
            b"PNO" => Some(&mut self.pno),
            b"RF" => Some(&mut self.rf),
            _ => self.field_unusual(key),
        }
    }

    fn field_unusual(&mut self, key: &[u8]) -> Option<&mut Option<Text<'a>>> {
        let index = KEYS
            .iter()
            .position(|known| known.as_bytes().eq_ignore_ascii_case(key.trim_ascii()))?;
        let spelt = KEYS.get(index)?.as_bytes();
        if spelt == key { None } else { self.field(spelt) }
    }
}

/// Keys as the standard spells them.
pub(super) const KEYS: [&str; 10] = ["QN", "ST", "CN", "PW", "MN", "Flag", "PNUM", "PNO", "RF", "CP"];
