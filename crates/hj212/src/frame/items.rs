//! The pairs inside CP, read one after the other without copying.

use crate::text::{Charset, Text};

/// One pair of CP, or a piece without `=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item<'a> {
    /// Place of the key in the frame.
    pub at: usize,
    /// Key as printed, spaces included.
    pub key: Text<'a>,
    /// Value as printed, spaces included.
    pub value: Text<'a>,
    /// False for a piece without `=`, which then stands in `key`.
    pub has_equals: bool,
    /// True after `;` and at the start: a new item (项目); false after `,`: another value of the same one (分类值).
    pub opens_group: bool,
    dash: Option<usize>,
}

impl<'a> Item<'a> {
    /// Factor code and field, split at the last dash (`SB1-RS`, `w01018-Rtd`); `None` for plain keys.
    #[inline]
    pub fn code_field(&self) -> Option<(Text<'a>, Text<'a>)> {
        let dash = self.dash?;
        let (key, charset) = (self.key.bytes(), self.charset());
        Some((
            Text::new(key.get(..dash)?, charset),
            Text::new(key.get(dash + 1..)?, charset),
        ))
    }

    fn charset(&self) -> Charset {
        self.key.charset()
    }
}

/// Iterator over CP. Empty pieces are skipped. A value that begins with `//` is log text and runs to the
/// closing `//`, whatever separators it holds.
#[derive(Debug, Clone)]
pub struct Items<'a> {
    rest: &'a [u8],
    at: usize,
    charset: Charset,
    opens_group: bool,
}

impl<'a> Items<'a> {
    pub(super) const fn new(content: &'a [u8], at: usize, charset: Charset) -> Self {
        Self {
            rest: content,
            at,
            charset,
            opens_group: true,
        }
    }

    #[inline]
    fn next_piece(&mut self) -> Option<Item<'a>> {
        let (mut dash, mut equals) = (None, None);
        let mut end = self.rest.len();
        for (index, &byte) in self.rest.iter().enumerate() {
            match byte {
                b'-' => dash = Some(index),
                b'=' => {
                    equals = Some(index);
                    break;
                }
                b';' | b',' => {
                    end = index;
                    break;
                }
                _ => {}
            }
        }
        if let Some(equals) = equals {
            let value = self.rest.get(equals + 1..).unwrap_or_default();
            end = equals + 1 + value_len(value);
        }
        let (piece, rest) = self.rest.split_at_checked(end)?;
        let split = equals.unwrap_or(end);
        let item = Item {
            at: self.at,
            key: Text::new(piece.get(..split)?, self.charset),
            value: Text::new(piece.get(split + 1..).unwrap_or_default(), self.charset),
            has_equals: equals.is_some(),
            opens_group: self.opens_group,
            dash,
        };
        match rest.split_first() {
            Some((&separator, rest)) => {
                self.opens_group = separator == b';';
                self.rest = rest;
                self.at += end + 1;
            }
            None => self.rest = &[],
        }
        Some(item)
    }
}

/// Bytes up to the separator, log text in one piece.
#[inline]
fn value_len(value: &[u8]) -> usize {
    if value.starts_with(b"//") {
        return log_len(value);
    }
    value
        .iter()
        .position(|&byte| matches!(byte, b';' | b','))
        .unwrap_or(value.len())
}

/// The same for log text, which runs to its closing `//`; without one it ends at the first separator.
fn log_len(value: &[u8]) -> usize {
    let text = value.get(2..).unwrap_or_default();
    let closing = memchr::memchr_iter(b'/', text)
        .find(|at| matches!(text.get(at + 1..), Some([b'/'] | [b'/', b';' | b',', ..])));
    let separator = || memchr::memchr2(b';', b',', value).unwrap_or(value.len());
    closing.map_or_else(separator, |at| at + 4)
}

impl<'a> Iterator for Items<'a> {
    type Item = Item<'a>;

    #[inline]
    fn next(&mut self) -> Option<Item<'a>> {
        while !self.rest.is_empty() {
            let item = self.next_piece()?;
            if item.has_equals || !item.key.is_empty() {
                return Some(item);
            }
        }
        None
    }
}
