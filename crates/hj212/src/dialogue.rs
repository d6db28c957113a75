//! Who says what when: both ends of a connection as state machines without IO and without a clock.
//!
//! Inputs are received frames, wishes of the application, and the time (Unix milliseconds, from which QN is
//! written); outputs are frames to send and events. Every queue has a bound; everything awaited has a timeout.

mod courier;
mod field;
mod host;

pub use field::{FieldConfig, FieldEvent, FieldUnit};
pub use host::{Host, HostConfig, HostEvent, Request, StartUp};

use crate::crc::Kind;
use crate::edition::Edition;
use crate::reading::CivilTime;
use crate::reply::CrcPolicy;

/// What a machine wants done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output<E> {
    /// Send this frame.
    Send(Vec<u8>),
    /// Tell the application.
    Event(E),
}

/// Why a wish was not taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Declined {
    /// The queue is full; try again when something has been settled.
    Full {
        /// Frames that wait.
        waiting: usize,
    },
    /// The message cannot be written.
    Encode(crate::encode::EncodeError),
}

impl std::fmt::Display for Declined {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Full { waiting } => write!(
                f,
                "待发队列已满（{waiting} 帧），请待应答后重试 / the queue is full ({waiting} frames); retry after an answer"
            ),
            Self::Encode(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Declined {}

impl From<crate::encode::EncodeError> for Declined {
    fn from(error: crate::encode::EncodeError) -> Self {
        Self::Encode(error)
    }
}

/// How long to wait and how often to send again (1000: OverTime, ReCount).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Milliseconds until an answer counts as missing.
    pub timeout_ms: u64,
    /// Times a frame is sent again after the first.
    pub resends: u32,
}

impl Patience {
    /// Defaults of 2017 for mobile networks: 10 s, 3 times.
    pub const MOBILE: Self = Self {
        timeout_ms: 10_000,
        resends: 3,
    };
    /// Defaults of 2017 for fixed lines (ADSL): 5 s, 3 times.
    pub const FIXED: Self = Self {
        timeout_ms: 5_000,
        resends: 3,
    };
}

/// Who is at the two ends: what stands in every header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Edition spoken.
    pub edition: Edition,
    /// 系统编码 of the site.
    pub st: String,
    /// 访问密码.
    pub pw: String,
    /// 设备唯一标识.
    pub mn: String,
    /// Checksums accepted from the peer.
    pub crc_policy: CrcPolicy,
    /// Checksum computed for own frames.
    pub crc: Kind,
}

impl Identity {
    /// An identity with the standard's checksum both ways.
    pub fn new(edition: Edition, st: &str, pw: &str, mn: &str) -> Self {
        Self {
            edition,
            st: st.to_owned(),
            pw: pw.to_owned(),
            mn: mn.to_owned(),
            crc_policy: CrcPolicy::Standard,
            crc: Kind::Standard,
        }
    }

    fn message(&self, cn: &str) -> crate::encode::Message {
        let message = crate::encode::Message::new(self.edition, cn);
        message
            .st(self.st.as_str())
            .pw(self.pw.as_str())
            .mn(self.mn.as_str())
            .crc(self.crc)
    }
}

/// Writes QNs that never repeat, even when two fall into one millisecond or the clock steps back.
#[derive(Debug, Clone, Default)]
struct Numbers {
    last_ms: u64,
}

impl Numbers {
    fn next(&mut self, now_ms: u64) -> String {
        self.last_ms = now_ms.max(self.last_ms + 1);
        CivilTime::from_unix_ms(self.last_ms).qn()
    }
}
