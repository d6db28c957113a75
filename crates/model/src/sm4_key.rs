//! The key of a device that encrypts what it sends (HJ 212-2025). Kept out of everything that is shown: it is never
//! written, and debug output and errors do not hold it.

use std::fmt;
use std::str::FromStr;

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

/// 16 bytes, given as 16 characters or as 32 hexadecimal digits.
#[derive(Clone, PartialEq, Eq)]
pub struct Sm4Key([u8; 16]);

impl Sm4Key {
    /// The bytes.
    pub const fn bytes(&self) -> [u8; 16] {
        self.0
    }
}

impl fmt::Debug for Sm4Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sm4Key(…)")
    }
}

/// Text that is no key; it is not repeated here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "SM4 密钥应为 16 个 ASCII 字符或 32 位十六进制数字 / an SM4 key is 16 ASCII characters or 32 hexadecimal digits"
)]
pub struct NoSm4Key;

impl FromStr for Sm4Key {
    type Err = NoSm4Key;

    fn from_str(text: &str) -> Result<Self, NoSm4Key> {
        if !text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return Err(NoSm4Key);
        }
        if let Ok(bytes) = text.as_bytes().try_into() {
            return Ok(Self(bytes));
        }
        let digits = text
            .chars()
            .map(|digit| digit.to_digit(16))
            .collect::<Option<Vec<_>>>()
            .ok_or(NoSm4Key)?;
        let bytes = digits.as_chunks::<2>();
        if !bytes.1.is_empty() {
            return Err(NoSm4Key);
        }
        let bytes: Option<Vec<u8>> = bytes
            .0
            .iter()
            .map(|[high, low]| u8::try_from(high << 4 | low).ok())
            .collect();
        bytes
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or(NoSm4Key)
    }
}

/// Whatever stands there that is no text is not repeated in the error.
impl<'de> Deserialize<'de> for Sm4Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Given {
            Text(String),
            Other(IgnoredAny),
        }
        match Given::deserialize(deserializer)? {
            Given::Text(text) => text.parse().map_err(serde::de::Error::custom),
            Given::Other(_) => Err(serde::de::Error::custom(NoSm4Key)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_and_digits_give_the_same_key() {
        let key: Sm4Key = "0000000000000000".parse().unwrap();
        assert_eq!(key.bytes(), [0x30; 16]);
        assert_eq!("30303030303030303030303030303030".parse(), Ok(key.clone()));
        let mixed: Sm4Key = "0123456789abcdefFEDCBA9876543210".parse().unwrap();
        assert_eq!(mixed.bytes()[..3], [0x01, 0x23, 0x45]);
        assert_eq!(mixed.bytes()[15], 0x10);
        assert!(!format!("{key:?}").contains('0'));
        for text in [
            "",
            "short",
            "000000000000000",
            "00000000000000000",
            "g0303030303030303030303030303030",
            "密钥密钥密",
        ] {
            assert_eq!(text.parse::<Sm4Key>(), Err(NoSm4Key), "{text}");
        }
    }
}
