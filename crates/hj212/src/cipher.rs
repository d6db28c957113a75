//! SM4 over the content of CP (edition 2025): whole blocks of 16 bytes are encrypted each by itself (ECB, no padding),
//! a rest shorter than that stays plain. Length and checksum are those of the plain text.
//!
//! On the wire the cipher text stands [as bytes](Form::Raw), so that the header's number fits, or
//! [printed](Form::Printed) as `{0xE4,0x3E,…}rest`, as the standard's examples show it; which of them is meant is not
//! settled, so both are read. The number of a printed frame may be that of the plain text or of what was sent.
//!
//! ```
//! use hj212::cipher::{Form, Key, Seal, seal, unseal};
//! use hj212::encode::{Group, Message};
//! let upload = Message::new(hj212::Edition::V2025, "2011")
//!     .qn("20260601085857223").st("32").pw("123456").mn("010000A8900016F000169DC0").ack(true)
//!     .with(Group::one("DataTime", "20260601085857")).with(Group::factor("w01018", [("Rtd", "38.6")]))
//!     .encode()?;
//! let key = Key::new(*b"0000000000000000");
//! let sent = seal(&hj212::decode(&upload), &key, Form::Raw);
//! assert_eq!(sent.len(), upload.len());
//!
//! let received = unseal(hj212::decode(&sent), Some(&key));
//! assert_eq!((received.seal(), received.bytes()), (Seal::Opened, upload.as_slice()));
//! assert_eq!(unseal(hj212::decode(&sent), None).seal(), Seal::NoKey);
//! # Ok::<(), hj212::encode::EncodeError>(())
//! ```
//!
//! # What counts as opened
//!
//! The checksum has 256 values, so a wrong key meets it once in 256 frames. A frame counts as opened only when what
//! comes out also reads as the content of a frame: a key and `=` first, no control bytes, a known character set.

use std::collections::HashMap;
use std::fmt;

use sm4::Sm4;
use sm4::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};

use crate::crc;
use crate::diagnosis::{Code, Diagnosis};
use crate::frame::{Decoded, decode};
use crate::text::{Charset, Text};

/// Bytes of a block, and of a key.
pub const BLOCK: usize = 16;

/// A key, ready for use. Says nothing of itself in debug output.
#[derive(Clone)]
pub struct Key(Sm4);

impl Key {
    /// From its 16 bytes (NewSK of 1014 is 16 characters).
    pub fn new(bytes: [u8; BLOCK]) -> Self {
        Self(Sm4::new(&bytes.into()))
    }

    /// Encrypts the whole blocks of `content`.
    fn encrypt(&self, content: &mut [u8]) {
        for block in content.as_chunks_mut::<BLOCK>().0 {
            self.0.encrypt_block(block.into());
        }
    }

    /// Decrypts the whole blocks of `content`.
    fn decrypt(&self, content: &mut [u8]) {
        for block in content.as_chunks_mut::<BLOCK>().0 {
            self.0.decrypt_block(block.into());
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// The keys a host knows, by MN.
#[derive(Debug, Clone, Default)]
pub struct KeyRing(HashMap<String, Key>);

impl KeyRing {
    /// The key of an MN.
    pub fn of(&self, mn: &str) -> Option<&Key> {
        self.0.get(mn)
    }

    /// The MNs that have a key, in no order.
    pub fn devices(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Opens a frame with the key of the device it names, see [`unseal`].
    pub fn unseal<'a>(&self, frame: Decoded<'a>) -> Unsealed<'a> {
        let mn = frame.mended_header().mn.map(Text::trim);
        let key = mn.and_then(|mn| self.of(&mn.to_str()));
        unseal(frame, key)
    }
}

impl<T: Into<String>> FromIterator<(T, Key)> for KeyRing {
    fn from_iter<I: IntoIterator<Item = (T, Key)>>(keys: I) -> Self {
        Self(keys.into_iter().map(|(mn, key)| (mn.into(), key)).collect())
    }
}

/// How cipher text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// As bytes in place of the plain ones: any byte may occur, frames are cut by their length alone.
    Raw,
    /// `{0xE4,0x3E,…}` and the plain rest behind it.
    Printed,
}

/// Whether a field unit encrypts what it sends under this command: 2000 to 2999, 1014 and 3020.
pub fn is_covered(cn: &str) -> bool {
    let data = cn.len() == 4 && cn.starts_with('2') && cn.bytes().all(|digit| digit.is_ascii_digit());
    data || cn == "1014" || cn == "3020"
}

/// Encrypts the content of a finished plain frame; its length and checksum stay. A content shorter than a block has
/// nothing to encrypt.
pub fn seal(frame: &Decoded<'_>, key: &Key, form: Form) -> Vec<u8> {
    let (before, after) = frame.around_cp();
    let mut content = frame.cp().to_vec();
    key.encrypt(&mut content);
    if form == Form::Printed && content.len() >= BLOCK {
        let (blocks, rest) = content.as_chunks::<BLOCK>();
        let bytes: Vec<String> = blocks
            .as_flattened()
            .iter()
            .map(|byte| format!("0x{byte:02X}"))
            .collect();
        content = [b"{", bytes.join(",").as_bytes(), b"}", rest].concat();
    }
    [before, &content, after].concat()
}

/// What became of a frame that may be encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Seal {
    /// It is not encrypted.
    Plain,
    /// It was, and the key opened it. Its checksum is judged like that of any frame.
    Opened,
    /// It is, and there is no key.
    NoKey,
    /// It is, and the key opens no part of it.
    WrongKey,
    /// It is not made of whole blocks, or the key opens a part of it only.
    Broken,
}

impl Seal {
    /// Whether the content can be read. Where not, a checksum that fits the bytes on the wire proves nothing.
    pub const fn is_readable(self) -> bool {
        matches!(self, Self::Plain | Self::Opened)
    }

    const fn code(self) -> Option<Code> {
        match self {
            Self::Plain => None,
            Self::Opened => Some(Code::Decrypted),
            Self::NoKey => Some(Code::NoKey),
            Self::WrongKey => Some(Code::WrongKey),
            Self::Broken => Some(Code::BrokenCipher),
        }
    }
}

/// A frame as it can be read: the plain frame where the key opened it, else as it came.
#[derive(Debug, Clone)]
pub struct Unsealed<'a> {
    came: Decoded<'a>,
    plain: Option<Vec<u8>>,
    seal: Seal,
}

impl Unsealed<'_> {
    /// What became of it.
    pub const fn seal(&self) -> Seal {
        self.seal
    }

    /// The readable frame, or the one that came.
    pub fn bytes(&self) -> &[u8] {
        self.plain.as_deref().unwrap_or(self.came.bytes())
    }

    /// The same, decoded.
    pub fn decode(&self) -> Decoded<'_> {
        self.plain.as_deref().map_or_else(|| self.came.clone(), decode)
    }

    /// Usable: readable, and the checksum is the standard's for the plain text.
    pub fn ok(&self) -> bool {
        self.seal.is_readable() && self.decode().ok()
    }

    /// The deviations of [`decode`](Self::decode) and what became of the encryption. Of content that cannot be read
    /// neither the checksum nor the character set is judged.
    pub fn diagnoses(&self) -> Vec<Diagnosis> {
        let frame = self.decode();
        let mut notes = frame.diagnoses();
        let Some(code) = self.seal.code() else {
            return notes;
        };
        if !self.seal.is_readable() {
            let printed = is_printed(frame.cp());
            notes.retain(|note| match note.code {
                Code::BadCrc
                | Code::CrcModbus
                | Code::CrcModbusSwapped
                | Code::Utf8Text
                | Code::GbkText
                | Code::InvalidText => false,
                Code::BadLength | Code::Over1024 | Code::CpOverLimit => !printed,
                _ => true,
            });
        }
        notes.push(Diagnosis {
            at: frame.bytes().len() - frame.around_cp().1.len() - frame.cp().len(),
            code,
            found: String::new(),
        });
        notes.sort_by_key(|note| note.at);
        notes
    }
}

/// Opens a frame that may be encrypted. A plain frame stays as it is, with a key and without; so does one that the key
/// does not open.
pub fn unseal<'a>(frame: Decoded<'a>, key: Option<&Key>) -> Unsealed<'a> {
    let (seal, plain) = open(&frame, key);
    Unsealed {
        came: frame,
        plain,
        seal,
    }
}

fn open(frame: &Decoded<'_>, key: Option<&Key>) -> (Seal, Option<Vec<u8>>) {
    let Some(key) = key else {
        let seal = if looks_encrypted(frame) {
            Seal::NoKey
        } else {
            Seal::Plain
        };
        return (seal, None);
    };
    let cp = frame.cp();
    // A print reads as content where its rest holds a `=`, and its own bytes meet the checksum once in 256 frames.
    if frame.crc_ok() && reads(cp) && !is_printed(cp) {
        return (Seal::Plain, None);
    }
    let from_print = printed(cp);
    // Raw cipher text may begin like a print by chance.
    let malformed = is_printed(cp) && from_print.is_none();
    let raw = (cp.len() >= BLOCK)
        .then(|| cp.to_vec())
        .filter(|_| from_print.is_none());
    let mut partly = false;
    for (mut content, form) in [(from_print, Form::Printed), (raw, Form::Raw)]
        .into_iter()
        .filter_map(|(content, form)| Some((content?, form)))
    {
        key.decrypt(&mut content);
        let plain = with_content(frame, &content, form);
        if reads(&content) || (begins_as_text(&content) && decode(&plain).crc_ok()) {
            return (Seal::Opened, Some(plain));
        }
        partly |= content.as_chunks::<BLOCK>().0.iter().any(|block| is_print(block));
    }
    let seal = match (partly || malformed, is_opaque(cp)) {
        (true, _) => Seal::Broken,
        (false, true) => Seal::WrongKey,
        (false, false) => Seal::Plain,
    };
    (seal, None)
}

/// The frame with another content. The number of a printed frame that counts the print is that of the plain text then.
fn with_content(frame: &Decoded<'_>, content: &[u8], form: Form) -> Vec<u8> {
    let (before, after) = frame.around_cp();
    if form == Form::Printed && frame.len_ok() {
        let length = frame.len_actual() - frame.cp().len() + content.len();
        let head = format!("##{length:04}");
        return [
            head.as_bytes(),
            before.get(head.len()..).unwrap_or_default(),
            content,
            after,
        ]
        .concat();
    }
    [before, content, after].concat()
}

fn is_printed(cp: &[u8]) -> bool {
    matches!(cp, [b'{', b'0', b'x' | b'X', ..])
}

/// The bytes of printed cipher text, with the plain rest behind them.
fn printed(cp: &[u8]) -> Option<Vec<u8>> {
    let (list, rest) = cp.strip_prefix(b"{").and_then(|text| {
        let end = memchr::memchr(b'}', text)?;
        Some((text.get(..end)?, text.get(end + 1..)?))
    })?;
    let mut bytes = list
        .split(|&byte| byte == b',')
        .map(|item| match item.trim_ascii() {
            [b'0', b'x' | b'X', high, low] => Some(crc::hex_digit(*high)? << 4 | crc::hex_digit(*low)?),
            [b'0', b'x' | b'X', low] => crc::hex_digit(*low),
            _ => None,
        })
        .collect::<Option<Vec<u8>>>()?;
    if !bytes.len().is_multiple_of(BLOCK) || rest.len() >= BLOCK {
        return None;
    }
    bytes.extend_from_slice(rest);
    Some(bytes)
}

/// Cipher text by its looks, under the version bits of 2025.
pub(crate) fn looks_encrypted(frame: &Decoded<'_>) -> bool {
    frame.flag().is_some_and(|flag| flag.version() == 2) && is_opaque(frame.cp())
}

/// Printed cipher text, or bytes that do not read as content and have no printable block: of cipher text, one block in
/// seven million has only printable bytes.
fn is_opaque(cp: &[u8]) -> bool {
    let blocks = cp.as_chunks::<BLOCK>().0;
    is_printed(cp) || (!blocks.is_empty() && !blocks.iter().any(|block| is_print(block)) && !reads(cp))
}

fn is_print(text: &[u8]) -> bool {
    text.iter().all(|byte| (b' '..=b'~').contains(byte))
}

const fn is_control(byte: u8) -> bool {
    byte.is_ascii_control() && !matches!(byte, b'\r' | b'\n' | b'\t')
}

fn first_key(content: &[u8]) -> Option<&[u8]> {
    content.get(..memchr::memchr(b'=', content)?)
}

/// Reads as the content of a frame, checksum or not: by chance not one block in a hundred million does.
fn reads(content: &[u8]) -> bool {
    if content.is_empty() {
        return true;
    }
    let text = match Charset::of(content) {
        Charset::Ascii | Charset::Utf8 => true,
        // Nearly half of all pairs of bytes are GBK.
        Charset::Gbk => begins_as_text(content),
        Charset::Invalid => false,
    };
    let key = first_key(content).is_some_and(|key| !key.is_empty() && is_print(key));
    text && key && !content.iter().any(|byte| is_control(*byte))
}

/// A printable first block with a key in it: the checksum then vouches for the rest, whatever bytes it has.
fn begins_as_text(content: &[u8]) -> bool {
    let front = content.get(..BLOCK.min(content.len())).unwrap_or_default();
    is_print(front) && first_key(content).is_some_and(|key| !key.is_empty() && is_print(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.bytes().filter_map(crc::hex_digit).collect();
        digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
    }

    fn both_ways(key: [u8; 16], plain: &[u8], cipher: &str) {
        let (key, cipher) = (Key::new(key), hex(cipher));
        let mut text = plain.to_vec();
        key.encrypt(&mut text);
        assert_eq!(text, cipher);
        key.decrypt(&mut text);
        assert_eq!(text, plain);
    }

    #[test]
    fn check_values() {
        // GB/T 32907, example 1.
        let block = hex("0123456789ABCDEFFEDCBA9876543210");
        both_ways(
            block.clone().try_into().unwrap(),
            &block,
            "681EDF34D206965E86B3E94F536E4246",
        );
        // HJ 212-2025 H.1.2, padded by seven to whole blocks.
        let account = [b"testuser:AezF0nZRs4kypuGO".as_slice(), &[7; 7]].concat();
        both_ways(
            *b"msbE74gsiSHSEh5e",
            &account,
            "2C6FE6EE5B0553FB5A8A0FAF6D0B03257CB834601A1368F696994FC2164CEE23",
        );
        both_ways(
            [0x30; 16],
            b"DataTime=2024060",
            "51D45D461A00CD12208E58CB32CB3ADC",
        );
    }

    #[test]
    fn a_rest_shorter_than_a_block_stays_plain() {
        let mut content = b"DataTime=20240601085857;w01018-Flag=N".to_vec();
        Key::new([0x30; 16]).encrypt(&mut content);
        assert_eq!(content.get(32..), Some(b"lag=N".as_slice()));
        assert_ne!(content.get(16..32), Some(b"1085857;w01018-F".as_slice()));
    }

    #[test]
    fn printed_cipher_text_is_whole_blocks_in_any_spelling() {
        let list = ["0x0A"; 16].join(",");
        assert_eq!(
            printed(format!("{{{list}}}g=N").as_bytes()),
            Some([[0x0A; 16].as_slice(), b"g=N"].concat())
        );
        let loose = format!("{{ {} }}", ["0Xa"; 16].join(" , "));
        assert_eq!(printed(loose.as_bytes()), Some(vec![0x0A; 16]));
        for wrong in [
            "{0x0A}".to_owned(),
            "{}".to_owned(),
            format!("{{{list}"),
            format!("{{{list},}}"),
            format!("{{{list}}}0123456789abcdef"),
            format!("{{{}}}", ["0x1G"; 16].join(",")),
            format!("{{{}}}", ["0x123"; 16].join(",")),
        ] {
            assert_eq!(printed(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
