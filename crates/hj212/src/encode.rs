//! Writing frames: length, checksum and line break for each edition, and splitting into packets.

use std::fmt;

use crate::crc::Kind;
use crate::edition::{Edition, Flag};

/// Longest data segment of one packet.
pub const SEGMENT_LIMIT: usize = 1024;

/// Why a message cannot be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EncodeError {
    /// A key or value holds a separator of the format.
    Separator {
        /// The key.
        key: String,
        /// The value.
        value: String,
    },
    /// The message, or one factor of it, does not fit into a packet.
    TooLong {
        /// Length of what does not fit, bytes.
        len: usize,
        /// What would fit, bytes.
        limit: usize,
    },
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Separator { key, value } => write!(
                f,
                "字段 {key}={value} 含有分隔符，请去掉 ; , = & 与换行 / {key}={value} holds a separator; remove ; , = & and line breaks"
            ),
            Self::TooLong { len, limit } => write!(
                f,
                "内容 {len} 字节，一包只容 {limit} 字节，请用 packets 拆分或减少字段 / {len} bytes do not fit into {limit}; use `packets`, or fewer fields"
            ),
        }
    }
}

impl std::error::Error for EncodeError {}

/// One item of CP (项目): its values are joined by commas.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Group(Vec<(String, String)>);

impl Group {
    /// One `key=value`.
    pub fn one(key: impl Into<String>, value: impl fmt::Display) -> Self {
        Self(vec![(key.into(), value.to_string())])
    }

    /// `code-Field=value` for each pair, joined by commas.
    pub fn factor<V: fmt::Display>(code: &str, fields: impl IntoIterator<Item = (&'static str, V)>) -> Self {
        Self(
            fields
                .into_iter()
                .map(|(field, value)| (format!("{code}-{field}"), value.to_string()))
                .collect(),
        )
    }

    /// Adds another value to the item.
    #[must_use]
    pub fn and(mut self, key: impl Into<String>, value: impl fmt::Display) -> Self {
        self.0.push((key.into(), value.to_string()));
        self
    }

    /// Keys and values in order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Belongs to the record as a whole (DataTime, PolId), and so into every packet.
    fn is_common(&self) -> bool {
        self.0.iter().all(|(key, _)| !key.contains('-'))
    }

    fn write(&self) -> Result<String, EncodeError> {
        let mut text = String::new();
        for (key, value) in &self.0 {
            // Log text between // pairs may hold separators, but nothing that ends CP or the line.
            let log = value.len() >= 4
                && value.starts_with("//")
                && value.ends_with("//")
                && !value
                    .get(2..)
                    .is_some_and(|text| text.contains("//;") || text.contains("//,"));
            let bad = |text: &str, marks: &[char]| text.contains(marks);
            let separator = bad(key, &[';', ',', '=', '&', '\r', '\n'])
                || bad(value, &['\r', '\n'])
                || value.contains("&&")
                || (!log && bad(value, &[';', ',', '&']))
                || key.is_empty();
            if separator {
                return Err(EncodeError::Separator {
                    key: key.clone(),
                    value: value.clone(),
                });
            }
            if !text.is_empty() {
                text.push(',');
            }
            text.push_str(key);
            text.push('=');
            text.push_str(value);
        }
        Ok(text)
    }
}

/// A message to be written. Fields left empty are left out.
///
/// ```
/// use hj212::{Edition, encode::{Group, Message}};
/// let frame = Message::new(Edition::V2017, "1062")
///     .qn("20160801085857223").st("32").pw("100000").mn("010000A8900016F000169DC0").ack(true)
///     .with(Group::one("RtdInterval", 30))
///     .encode()?;
/// assert!(frame.starts_with(b"##0101QN=20160801085857223;ST=32;CN=1062;"));
/// assert!(frame.ends_with(b"Flag=5;CP=&&RtdInterval=30&&1C80\r\n"));
/// # Ok::<(), hj212::encode::EncodeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    edition: Edition,
    version: u32,
    crc: Kind,
    qn: Option<String>,
    st: Option<String>,
    cn: String,
    pw: Option<String>,
    mn: Option<String>,
    flag: bool,
    ack: bool,
    late: bool,
    groups: Vec<Group>,
}

impl Message {
    /// A message of `edition` under command `cn`, with a Flag and the standard's checksum.
    pub fn new(edition: Edition, cn: impl Into<String>) -> Self {
        Self {
            edition,
            version: u32::from(edition.version_bits()),
            crc: Kind::Standard,
            qn: None,
            st: None,
            cn: cn.into(),
            pw: None,
            mn: None,
            flag: true,
            ack: false,
            late: false,
            groups: Vec::new(),
        }
    }

    /// 请求编码.
    #[must_use]
    pub fn qn(mut self, qn: impl Into<String>) -> Self {
        self.qn = Some(qn.into());
        self
    }

    /// 系统编码.
    #[must_use]
    pub fn st(mut self, st: impl Into<String>) -> Self {
        self.st = Some(st.into());
        self
    }

    /// 访问密码.
    #[must_use]
    pub fn pw(mut self, pw: impl Into<String>) -> Self {
        self.pw = Some(pw.into());
        self
    }

    /// 设备唯一标识.
    #[must_use]
    pub fn mn(mut self, mn: impl Into<String>) -> Self {
        self.mn = Some(mn.into());
        self
    }

    /// The A bit: the receiver must answer.
    #[must_use]
    pub const fn ack(mut self, ack: bool) -> Self {
        self.ack = ack;
        self
    }

    /// RF=1, a late re-upload of 2025.
    #[must_use]
    pub const fn late(mut self, late: bool) -> Self {
        self.late = late;
        self
    }

    /// Leaves Flag out, as 2005 may.
    #[must_use]
    pub const fn without_flag(mut self) -> Self {
        self.flag = false;
        self
    }

    /// Computes the checksum another way, for peers that know only their dialect.
    #[must_use]
    pub const fn crc(mut self, crc: Kind) -> Self {
        self.crc = crc;
        self
    }

    /// Adds an item to CP.
    #[must_use]
    pub fn with(mut self, group: Group) -> Self {
        self.groups.push(group);
        self
    }

    /// Adds another value to the last item of CP; opens one when there is none.
    #[must_use]
    pub fn and(mut self, key: impl Into<String>, value: impl fmt::Display) -> Self {
        let last = self.groups.pop().unwrap_or_default();
        self.groups.push(last.and(key, value));
        self
    }

    /// Adds items to CP.
    #[must_use]
    pub fn with_all(mut self, groups: impl IntoIterator<Item = Group>) -> Self {
        self.groups.extend(groups);
        self
    }

    /// Version bits of a peer whose edition is unknown.
    pub(crate) const fn version(mut self, version: u32) -> Self {
        self.version = version;
        self
    }

    /// The command.
    pub fn cn(&self) -> &str {
        &self.cn
    }

    /// Writes one frame.
    pub fn encode(&self) -> Result<Vec<u8>, EncodeError> {
        let parts = self
            .groups
            .iter()
            .map(Group::write)
            .collect::<Result<Vec<_>, _>>()?;
        let content = parts.join(";");
        let limit = self.edition.cp_limit();
        if content.len() > limit {
            return Err(EncodeError::TooLong {
                len: content.len(),
                limit,
            });
        }
        self.frame(&content, self.qn.as_deref(), None)
    }

    /// Writes as many frames as needed: one without packet numbers where it fits, else packets cut between
    /// items, each repeating DataTime and the other items without a factor code. `next_qn` gives the QN of
    /// each packet after the first (the standard gives each its own); return the same one to share it.
    pub fn packets(&self, mut next_qn: impl FnMut() -> String) -> Result<Vec<Vec<u8>>, EncodeError> {
        if let Ok(frame) = self.encode() {
            return Ok(vec![frame]);
        }
        let mut common = String::new();
        let mut factors = Vec::new();
        for group in &self.groups {
            let text = group.write()?;
            if group.is_common() {
                common.push_str(&text);
                common.push(';');
            } else {
                factors.push(text);
            }
        }
        // The header with packet numbers of four digits decides how much CP can hold.
        let around = self.segment("", self.qn.as_deref(), Some((9999, 9999)))?.len();
        let limit = self.edition.cp_limit().min(SEGMENT_LIMIT.saturating_sub(around));
        let mut contents: Vec<String> = Vec::new();
        for factor in factors {
            if common.len() + factor.len() > limit {
                return Err(EncodeError::TooLong {
                    len: common.len() + factor.len(),
                    limit,
                });
            }
            match contents.last_mut() {
                Some(content) if content.len() + 1 + factor.len() <= limit => {
                    content.push(';');
                    content.push_str(&factor);
                }
                _ => contents.push(format!("{common}{factor}")),
            }
        }
        let count = contents.len();
        if count < 2 {
            // Nothing to cut between: the items without factor code alone are too long.
            return self.encode().map(|frame| vec![frame]);
        }
        let mut frames = Vec::with_capacity(count);
        for (index, content) in contents.iter().enumerate() {
            let own = if index == 0 {
                self.qn.clone()
            } else {
                self.qn.as_ref().map(|_| next_qn())
            };
            frames.push(self.frame(content, own.as_deref(), Some((count, index + 1)))?);
        }
        Ok(frames)
    }

    fn segment(
        &self,
        content: &str,
        qn: Option<&str>,
        packet: Option<(usize, usize)>,
    ) -> Result<String, EncodeError> {
        let packet = packet.map(|(count, number)| (count.to_string(), number.to_string()));
        let numbers = packet
            .as_ref()
            .map(|(count, number)| [("PNUM", count.as_str()), ("PNO", number.as_str())]);
        let early = self.edition.tables() == Edition::V2005;
        let flag = Flag(self.version << 2 | u32::from(packet.is_some()) << 1 | u32::from(self.ack))
            .0
            .to_string();
        let mut pairs: Vec<(&str, &str)> = Vec::new();
        pairs.extend(qn.map(|qn| ("QN", qn)));
        if early {
            pairs.extend(numbers.into_iter().flatten());
        }
        pairs.extend(self.st.as_deref().map(|st| ("ST", st)));
        pairs.push(("CN", &self.cn));
        pairs.extend(self.pw.as_deref().map(|pw| ("PW", pw)));
        pairs.extend(self.mn.as_deref().map(|mn| ("MN", mn)));
        // A packet must say that it is one.
        if self.flag || packet.is_some() {
            pairs.push(("Flag", &flag));
        }
        if !early {
            pairs.extend(numbers.into_iter().flatten());
        }
        if self.late {
            pairs.push(("RF", "1"));
        }
        let mut segment = String::new();
        for (key, value) in pairs {
            if value.contains([';', ',', '&', '=', '\r', '\n']) {
                return Err(EncodeError::Separator {
                    key: key.to_owned(),
                    value: value.to_owned(),
                });
            }
            segment.push_str(key);
            segment.push('=');
            segment.push_str(value);
            segment.push(';');
        }
        segment.push_str("CP=&&");
        segment.push_str(content);
        segment.push_str("&&");
        Ok(segment)
    }

    fn frame(
        &self,
        content: &str,
        qn: Option<&str>,
        packet: Option<(usize, usize)>,
    ) -> Result<Vec<u8>, EncodeError> {
        let segment = self.segment(content, qn, packet)?;
        if segment.len() > SEGMENT_LIMIT {
            return Err(EncodeError::TooLong {
                len: segment.len(),
                limit: SEGMENT_LIMIT,
            });
        }
        Ok(wrap(segment.as_bytes(), self.crc))
    }
}

/// Puts header, checksum and CR LF around a data segment. Lengths over 9999 cannot be written in the header
/// and come out with their last four digits; no segment of this module is that long.
pub fn wrap(segment: &[u8], crc: Kind) -> Vec<u8> {
    let mut frame = format!("##{:04}", segment.len() % 10_000).into_bytes();
    frame.extend_from_slice(segment);
    frame.extend_from_slice(format!("{:04X}\r\n", crc.compute(segment)).as_bytes());
    frame
}
