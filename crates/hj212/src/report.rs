//! A frame as an owned report: what the command line prints, what quarantine keeps, what a test compares.

use std::collections::HashMap;
use std::hash::Hash;

use crate::cipher::{Key, Unsealed, unseal};
use crate::crc::Kind;
use crate::diagnosis::Diagnosis;
use crate::edition::{Edition, Flag};
use crate::frame::{Decoded, LineBreak, decode};
use crate::stream::{self, Limits};
use crate::text::Text;

/// A value, or the values of a key that repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(untagged))]
pub enum Values {
    /// The key stands once.
    One(String),
    /// The key repeats; values in order.
    Many(Vec<String>),
}

impl Values {
    /// The first value.
    pub fn first(&self) -> &str {
        match self {
            Self::One(value) => value,
            Self::Many(values) => values.first().map_or("", String::as_str),
        }
    }

    fn add(&mut self, value: String) {
        match self {
            Self::One(first) => *self = Self::Many(vec![std::mem::take(first), value]),
            Self::Many(values) => values.push(value),
        }
    }
}

/// Names with their content in the order of the frame; written as an object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Named<T>(pub Vec<(String, T)>);

impl<T> Named<T> {
    /// Content of the name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, content)| content)
    }
}

#[cfg(feature = "serde")]
impl<T: serde::Serialize> serde::Serialize for Named<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, content)| (name, content)))
    }
}

/// The bits of Flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct FlagBits {
    /// V5..V0.
    pub version: u32,
    /// D.
    pub split: bool,
    /// A.
    pub ack: bool,
}

impl From<Flag> for FlagBits {
    fn from(flag: Flag) -> Self {
        Self {
            version: flag.version(),
            split: flag.split(),
            ack: flag.ack(),
        }
    }
}

/// The checksum.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Crc {
    /// The printed one is the standard's.
    pub ok: bool,
    /// Which computation gives the printed one.
    pub kind: Kind,
    /// As printed.
    pub given: Option<String>,
    /// The standard's, four capital digits.
    pub calc: String,
}

/// Everything about one frame, owned. Flat fields stand beside the grouped ones, so that a reader who wants one
/// figure need not know the grouping.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a column of the report's wire form"
)]
pub struct FrameReport {
    /// Usable: the checksum is the standard's.
    pub ok: bool,
    /// Which text of the standard it follows.
    pub edition: Edition,
    /// All header pairs, keys as printed.
    pub header: Named<Values>,
    /// Keys of CP without a dash.
    pub cp: Named<Values>,
    /// Keys of CP with a dash: by code, then by field.
    pub factors: Named<Named<Values>>,
    /// The checksum.
    pub crc: Crc,
    /// Deviations in order of place.
    pub diagnoses: Vec<Diagnosis>,
    /// See [`Crc::ok`].
    pub crc_ok: bool,
    /// See [`Crc::kind`].
    pub crc_kind: Kind,
    /// See [`Crc::given`].
    pub crc_given: Option<String>,
    /// See [`Crc::calc`].
    pub crc_calc: String,
    /// The number in the header.
    pub len_declared: Option<usize>,
    /// Bytes between header and checksum.
    pub len_actual: usize,
    /// Both agree under a header of four digits.
    pub len_ok: bool,
    /// Ends with CR LF.
    pub has_crlf: bool,
    /// 请求编码.
    pub qn: Option<String>,
    /// 系统编码.
    pub st: Option<String>,
    /// 命令编码.
    pub cn: Option<String>,
    /// 访问密码.
    pub pw: Option<String>,
    /// 设备唯一标识.
    pub mn: Option<String>,
    /// 拆分包及应答标志.
    pub flag: Option<u32>,
    /// Its bits.
    pub flag_bits: Option<FlagBits>,
    /// 总包数.
    pub pnum: Option<String>,
    /// 包号.
    pub pno: Option<String>,
    /// 补传标志.
    pub rf: Option<String>,
}

/// Collects values under names in order of first appearance, without searching the list each time.
struct Gather<K, T> {
    places: HashMap<K, usize>,
    named: Vec<(String, T)>,
}

impl<K: Eq + Hash, T> Gather<K, T> {
    fn new() -> Self {
        Self {
            places: HashMap::new(),
            named: Vec::new(),
        }
    }

    fn entry(&mut self, key: K, name: impl FnOnce() -> String, empty: impl FnOnce() -> T) -> (usize, bool) {
        let next = self.named.len();
        let place = *self.places.entry(key).or_insert(next);
        if place == next {
            self.named.push((name(), empty()));
        }
        (place, place == next)
    }
}

impl<K: Eq + Hash> Gather<K, Values> {
    fn add(&mut self, key: K, name: Text<'_>, value: Text<'_>) {
        let value = value.to_str().into_owned();
        let mut kept = Some(value);
        let (place, _) = self.entry(
            key,
            || name.to_str().into_owned(),
            || Values::One(kept.take().unwrap_or_default()),
        );
        if let (Some(value), Some((_, values))) = (kept, self.named.get_mut(place)) {
            values.add(value);
        }
    }
}

impl FrameReport {
    /// Reports a decoded frame.
    pub fn of(frame: &Decoded<'_>) -> Self {
        let mut pairs = Gather::new();
        for item in frame.header_items() {
            if let Some(value) = item.value {
                pairs.add(item.key.bytes(), item.key, value.trim());
            }
        }
        let mut cp = Gather::new();
        let mut factors: Gather<&[u8], Gather<&[u8], Values>> = Gather::new();
        for item in frame.items().filter(|item| item.has_equals) {
            match item.code_field() {
                None => cp.add(item.key.bytes(), item.key, item.value),
                Some((code, field)) => {
                    let (place, _) = factors.entry(code.bytes(), || code.to_str().into_owned(), Gather::new);
                    if let Some((_, fields)) = factors.named.get_mut(place) {
                        fields.add(field.bytes(), field, item.value);
                    }
                }
            }
        }
        let header = frame.header();
        let text = |field: Option<Text<'_>>| field.map(|field| field.to_str().into_owned());
        let crc = Crc {
            ok: frame.crc_ok(),
            kind: frame.crc_kind(),
            given: frame.crc_given().map(str::to_owned),
            calc: format!("{:04X}", frame.crc_calc()),
        };
        Self {
            ok: frame.ok(),
            edition: frame.edition(),
            header: Named(pairs.named),
            cp: Named(cp.named),
            factors: Named(
                factors
                    .named
                    .into_iter()
                    .map(|(code, fields)| (code, Named(fields.named)))
                    .collect(),
            ),
            diagnoses: frame.diagnoses(),
            crc_ok: crc.ok,
            crc_kind: crc.kind,
            crc_given: crc.given.clone(),
            crc_calc: crc.calc.clone(),
            crc,
            len_declared: frame.len_declared(),
            len_actual: frame.len_actual(),
            len_ok: frame.len_ok(),
            has_crlf: frame.line_break() == LineBreak::CrLf,
            qn: text(header.qn),
            st: text(header.st),
            cn: text(header.cn),
            pw: text(header.pw),
            mn: text(header.mn),
            flag: frame.flag().map(|flag| flag.0),
            flag_bits: frame.flag().map(FlagBits::from),
            pnum: text(header.pnum),
            pno: text(header.pno),
            rf: text(header.rf),
        }
    }
}

impl FrameReport {
    /// Reports a frame that may have been encrypted. Of content that cannot be read nothing is listed, and the frame is
    /// not usable, whatever its checksum happens to fit.
    pub fn of_unsealed(frame: &Unsealed<'_>) -> Self {
        let mut report = Self::of(&frame.decode());
        report.diagnoses = frame.diagnoses();
        if !frame.seal().is_readable() {
            report.cp = Named(Vec::new());
            report.factors = Named(Vec::new());
            report.ok = false;
            report.crc_ok = false;
            report.crc.ok = false;
        }
        report
    }
}

/// Reports every frame of `input`: one or many, with line breaks or without. Bytes in which no frame begins
/// come as a report too (`bad_header`), blank lines do not.
pub fn decode_text(input: &[u8]) -> impl Iterator<Item = FrameReport> + use<'_> {
    frames(input).map(|bytes| FrameReport::of(&decode(bytes)))
}

/// The same with a key for encrypted content; plain frames are reported as without.
pub fn decode_text_with<'a>(input: &'a [u8], key: &'a Key) -> impl Iterator<Item = FrameReport> + use<'a> {
    frames(input).map(|bytes| FrameReport::of_unsealed(&unseal(decode(bytes), Some(key))))
}

fn frames(input: &[u8]) -> impl Iterator<Item = &[u8]> + use<'_> {
    stream::split(input, Limits::default())
        .filter(|item| !matches!(item, stream::Item::Junk(junk) if junk.is_blank()))
        .map(|item| item.bytes())
}
