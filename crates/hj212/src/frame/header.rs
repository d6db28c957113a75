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
    Some(digits.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')))
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
pub(super) fn items<'a>(
    text: &'a [u8],
    from: usize,
    charset: Charset,
) -> impl Iterator<Item = HeaderItem<'a>> + use<'a> {
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
pub(super) fn parse(text: &[u8], charset: Charset) -> Header<'_> {
    gather(text.split(|&byte| byte == b';'), charset)
}

/// Fields by `;` and `,`.
pub(super) fn parse_mended(text: &[u8], charset: Charset) -> Header<'_> {
    gather(text.split(|&byte| matches!(byte, b';' | b',')), charset)
}

fn gather<'a>(tokens: impl Iterator<Item = &'a [u8]>, charset: Charset) -> Header<'a> {
    let mut header = Header::default();
    for token in tokens {
        let Some(equals) = token.iter().position(|&byte| byte == b'=') else { continue };
        let Some((key, value)) = token.split_at_checked(equals) else { continue };
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        if let Some(field) = header.field(key.trim_ascii()) {
            *field = Some(Text::new(value, charset));
        }
    }
    header
}

impl<'a> Header<'a> {
    fn field(&mut self, key: &[u8]) -> Option<&mut Option<Text<'a>>> {
        let mut upper = [0u8; 4];
        let name = upper.get_mut(..key.len())?;
        name.copy_from_slice(key);
        name.make_ascii_uppercase();
        Some(match &upper {
            b"QN\0\0" => &mut self.qn,
            b"ST\0\0" => &mut self.st,
            b"CN\0\0" => &mut self.cn,
            b"PW\0\0" => &mut self.pw,
            b"MN\0\0" => &mut self.mn,
            b"RF\0\0" => &mut self.rf,
            b"FLAG" => &mut self.flag,
            b"PNUM" => &mut self.pnum,
            b"PNO\0" => &mut self.pno,
            _ => return None,
        })
    }
}

/// Keys as the standard spells them.
pub(super) const KEYS: [&str; 10] = ["QN", "ST", "CN", "PW", "MN", "Flag", "PNUM", "PNO", "RF", "CP"];
