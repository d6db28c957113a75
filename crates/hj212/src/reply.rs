//! Answers in the shape of the edition that asks.
//!
//! Since 2017 the answered QN stands in the header; in 2005 it stands in CP, and a data answer also names the
//! CN and the packet. Who gets which answer: an upload with the A bit 9014; a notify with the A bit 9013.
//! Where sources disagree, 2072 (alarm event of 2005) and 9015 (heartbeat of 2025) are answered as notifies
//! with 9013, because neither asks to have data kept; numbers outside every edition (9021, a login) likewise.

use crate::command::{Exchange, command};
use crate::crc::Kind;
use crate::edition::Edition;
use crate::encode::{Group, Message};
use crate::frame::Decoded;
use crate::text::Text;

/// Which checksums are good enough to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CrcPolicy {
    /// The standard's alone; anything else is dropped in silence, as the standard says.
    #[default]
    Standard,
    /// Also the MODBUS dialects, answered in the peer's own dialect.
    AsSent,
}

impl CrcPolicy {
    /// The dialect to answer in, or `None` when the frame must be dropped.
    pub fn admits(self, kind: Kind) -> Option<Kind> {
        match self {
            Self::Standard => (kind == Kind::Standard).then_some(kind),
            Self::AsSent => kind.fits().then_some(kind),
        }
    }
}

/// An answer ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// 9011, 9012, 9013 or 9014.
    pub cn: &'static str,
    /// The whole frame.
    pub bytes: Vec<u8>,
}

/// What the host owes the sender of a frame; `None` when nothing is asked (A=0), when it is itself an answer
/// or a request, or when its checksum is not the standard's. Send a 9014 only after the upload is durable.
///
/// ```
/// let upload = hj212::encode::Message::new(hj212::Edition::V2017, "2011")
///     .qn("20160801085857223").st("32").pw("123456").mn("010000A8900016F000169DC0").ack(true)
///     .with(hj212::encode::Group::one("DataTime", "20160801085857"))
///     .encode().unwrap();
/// let reply = hj212::reply::reply_to(&hj212::decode(&upload)).unwrap();
/// let answer = hj212::decode(&reply.bytes);
/// assert_eq!(answer.segment(), b"QN=20160801085857223;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&");
/// ```
pub fn reply_to(frame: &Decoded<'_>) -> Option<Reply> {
    reply_to_with(frame, CrcPolicy::Standard)
}

/// The same for peers with another checksum.
pub fn reply_to_with(frame: &Decoded<'_>, policy: CrcPolicy) -> Option<Reply> {
    let crc = policy.admits(frame.crc_kind())?;
    if !frame.flag()?.ack() {
        return None;
    }
    let cn = answer_number(frame)?;
    answer(frame, cn, crc)
}

/// 9014 or 9013 by what the frame is.
fn answer_number(frame: &Decoded<'_>) -> Option<&'static str> {
    let header = frame.mended_header();
    let cn = header.cn?.to_str();
    let carries = frame.items().any(|item| item.key.trim() == "DataTime");
    match command(&cn, frame.edition()).map(|command| command.exchange) {
        Some(Exchange::Data | Exchange::Upload) => carries.then_some("9014"),
        // Data under the number of a request answers that request and is settled by 9012.
        Some(Exchange::Get | Exchange::Set | Exchange::Reply) => None,
        Some(Exchange::Notify | Exchange::NotifyOrSet | Exchange::Heartbeat) => Some("9013"),
        None => Some(if carries { "9014" } else { "9013" }),
    }
}

/// 9011 请求应答 to a host's request.
pub fn request_answer(frame: &Decoded<'_>, qn_rtn: u16) -> Option<Reply> {
    reply(frame, "9011", Some(Group::one("QnRtn", qn_rtn)), dialect(frame))
}

/// 9012 执行结果 to a host's request.
pub fn execution_result(frame: &Decoded<'_>, exe_rtn: u16) -> Option<Reply> {
    reply(frame, "9012", Some(Group::one("ExeRtn", exe_rtn)), dialect(frame))
}

/// 9013 通知应答, whatever the A bit says.
pub fn notify_answer(frame: &Decoded<'_>) -> Option<Reply> {
    answer(frame, "9013", dialect(frame))
}

/// 9014 数据应答, whatever the A bit says.
pub fn data_answer(frame: &Decoded<'_>) -> Option<Reply> {
    answer(frame, "9014", dialect(frame))
}

fn dialect(frame: &Decoded<'_>) -> Kind {
    if frame.crc_kind().fits() {
        frame.crc_kind()
    } else {
        Kind::Standard
    }
}

fn answer(frame: &Decoded<'_>, cn: &'static str, crc: Kind) -> Option<Reply> {
    reply(frame, cn, None, crc)
}

fn reply(frame: &Decoded<'_>, cn: &'static str, content: Option<Group>, crc: Kind) -> Option<Reply> {
    let header = frame.mended_header();
    let text = |field: Option<Text<'_>>| field.map(|field| field.to_str().into_owned());
    let edition = frame.edition();
    let early = is_early(frame);
    let shape = if early { Edition::V2005 } else { edition };
    let version = frame.flag().map_or(0, |flag| flag.version() & 0x3F);
    let mut message = Message::new(shape, cn).version(version).st("91").crc(crc);
    if let Some(pw) = text(header.pw) {
        message = message.pw(pw);
    }
    if let Some(mn) = text(header.mn) {
        message = message.mn(mn);
    }
    let qn = text(header.qn);
    if early {
        // In the order of the 2005 examples; 9012 has no Flag there.
        let mut pairs: Vec<(&str, Option<String>)> = vec![("QN", qn)];
        if cn == "9014" {
            pairs.extend([
                ("CN", text(header.cn)),
                ("PNUM", text(header.pnum)),
                ("PNO", text(header.pno)),
            ]);
        }
        for (key, value) in pairs {
            message = message.with_all(value.map(|value| Group::one(key, value)));
        }
        if cn == "9012" {
            message = message.without_flag();
        }
    } else if let Some(qn) = qn {
        message = message.qn(qn);
    }
    message
        .with_all(content)
        .encode()
        .ok()
        .map(|bytes| Reply { cn, bytes })
}

/// Shaped as 2005: no version bits.
pub(crate) fn is_early(frame: &Decoded<'_>) -> bool {
    frame.flag().is_none_or(|flag| flag.version() == 0)
}

/// The QN a reply answers: in its header since 2017, in CP in 2005.
pub fn answered_qn<'a>(frame: &Decoded<'a>) -> Option<Text<'a>> {
    frame.header().qn.or_else(|| frame.get("QN"))
}
