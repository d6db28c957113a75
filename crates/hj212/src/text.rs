//! Text of fields: bytes as received, with the character set found for the whole data segment.
//!
//! 2005 is ASCII, 2017 adds UTF-8, and firmware in the field also sends GBK. Separators never occur inside a
//! multi-byte character of either set, so splitting works on bytes and only values are ever converted.

use std::borrow::Cow;
use std::fmt;

/// Character set of a data segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "lowercase"))]
pub enum Charset {
    /// Nothing above 0x7F.
    Ascii,
    /// Valid UTF-8 with characters above 0x7F.
    Utf8,
    /// Not UTF-8, but valid GBK (GB 2312 included).
    Gbk,
    /// Neither; shown with replacement characters.
    Invalid,
}

impl Charset {
    /// Tries ASCII, then UTF-8, then GBK.
    #[inline]
    pub fn of(bytes: &[u8]) -> Self {
        if bytes.is_ascii() {
            Self::Ascii
        } else if std::str::from_utf8(bytes).is_ok() {
            Self::Utf8
        } else if encoding_rs::GBK
            .decode_without_bom_handling_and_without_replacement(bytes)
            .is_some()
        {
            Self::Gbk
        } else {
            Self::Invalid
        }
    }
}

/// A piece of a frame: its bytes and how to read them. Costs nothing until it is shown.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Text<'a> {
    bytes: &'a [u8],
    charset: Charset,
}

impl<'a> Text<'a> {
    /// Text of `bytes` in `charset`.
    #[inline]
    pub const fn new(bytes: &'a [u8], charset: Charset) -> Self {
        Self { bytes, charset }
    }

    /// The bytes as received.
    #[inline]
    pub const fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// The character set it is read in.
    pub const fn charset(self) -> Charset {
        self.charset
    }

    /// True when there is nothing between the separators.
    pub const fn is_empty(self) -> bool {
        self.bytes.is_empty()
    }

    /// The same without spaces at both ends.
    #[must_use]
    pub const fn trim(self) -> Self {
        Self {
            bytes: self.bytes.trim_ascii(),
            charset: self.charset,
        }
    }

    /// Unicode text, borrowed wherever the bytes are ASCII or UTF-8.
    pub fn to_str(self) -> Cow<'a, str> {
        match self.charset {
            Charset::Gbk => encoding_rs::GBK.decode_without_bom_handling(self.bytes).0,
            Charset::Ascii | Charset::Utf8 | Charset::Invalid => String::from_utf8_lossy(self.bytes),
        }
    }

    /// The text when it needs no conversion.
    pub fn as_str(self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes).ok()
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_str())
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_str(), f)
    }
}

impl PartialEq<str> for Text<'_> {
    fn eq(&self, other: &str) -> bool {
        self.bytes == other.as_bytes()
    }
}

impl PartialEq<&str> for Text<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.bytes == other.as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charsets_are_told_apart() {
        assert_eq!(Charset::of(b"i11001-Info=//ok//"), Charset::Ascii);
        assert_eq!(Charset::of("清洗管路".as_bytes()), Charset::Utf8);
        let gbk = [0xC7, 0xE5, 0xCF, 0xB4];
        assert_eq!(Charset::of(&gbk), Charset::Gbk);
        assert_eq!(Text::new(&gbk, Charset::Gbk).to_str(), "清洗");
        assert_eq!(Charset::of(&[0xFF, 0xFF, 0x20]), Charset::Invalid);
    }
}
