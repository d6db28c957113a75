//! Which answer a kept frame gets. Frames with a wrong CRC or a wrong password get none: they are not what the platform
//! acknowledges, though they are archived.

use std::collections::HashMap;

use hj212::encode::{Group, Message};
use hj212::reading::CivilTime;
use hj212::reply::reply_to;
use model::ids::Mn;
use model::profile::DeviceSpec;
use model::time::UtcMs;

/// Answers by edition, with the passwords that the profile sets.
#[derive(Debug, Default)]
pub struct Answerer {
    passwords: HashMap<Mn, String>,
}

impl Answerer {
    /// With the passwords of these devices; devices without one are answered whatever they send.
    pub fn new(devices: &[DeviceSpec]) -> Self {
        let passwords = devices
            .iter()
            .filter_map(|d| Some((d.mn.clone(), d.pw.clone()?)))
            .collect();
        Self { passwords }
    }

    /// Appends the answer to a durable frame, if it asks for one. A field unit that asks for the time (1013) is told it too.
    pub fn answer(&self, frame: &[u8], now: UtcMs, out: &mut Vec<u8>) {
        let decoded = hj212::decode(frame);
        let header = decoded.mended_header();
        let mn = Mn::new(header.mn.map(|mn| mn.trim().to_string()).unwrap_or_default());
        if let Some(expected) = self.passwords.get(&mn)
            && header.pw.is_none_or(|pw| pw.trim().to_string() != *expected)
        {
            return;
        }
        let Some(reply) = reply_to(&decoded) else { return };
        out.extend_from_slice(&reply.bytes);
        if header.cn.is_some_and(|cn| cn == "1013") {
            out.extend(set_time(&decoded, &mn, now));
        }
    }
}

/// Command 1012: the host's time for a field unit that asked.
fn set_time(asked: &hj212::Decoded<'_>, mn: &Mn, now: UtcMs) -> Vec<u8> {
    let clock = CivilTime::from_unix_ms(u64::try_from(now.0).unwrap_or_default());
    let header = asked.mended_header();
    let text = |t: Option<hj212::Text<'_>>| t.map(|t| t.trim().to_string());
    let mut message = Message::new(asked.edition(), "1012")
        .qn(clock.qn())
        .st(text(header.st).unwrap_or_else(|| "91".to_owned()))
        .pw(text(header.pw).unwrap_or_else(|| "123456".to_owned()))
        .mn(mn.as_str())
        .ack(true);
    if let Some(instrument) = asked.get("PolId") {
        message = message.with(Group::one("PolId", instrument.to_string()));
    }
    message
        .with(Group::one("SystemTime", now.to_compact()))
        .encode()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::ids::SubjectCode;

    fn upload(mn: &str, pw: &str, cn: &str) -> Vec<u8> {
        Message::new(hj212::Edition::V2017, cn)
            .qn("20261124090000000")
            .st("31")
            .pw(pw)
            .mn(mn)
            .ack(true)
            .with(Group::one("DataTime", "20261124090000"))
            .encode()
            .unwrap()
    }

    fn device(mn: &str) -> DeviceSpec {
        DeviceSpec {
            mn: Mn::new(mn),
            subject: SubjectCode::new("s"),
            st: "31".to_owned(),
            edition: "2017".to_owned(),
            pw: Some("secret".to_owned()),
            interval_s: 60,
            silence_min: 30,
            demo: false,
        }
    }

    fn answers(frame: &[u8]) -> String {
        let mut out = Vec::new();
        Answerer::new(&[device("M1")]).answer(frame, UtcMs(1_795_000_000_000), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_password_is_checked_where_the_profile_sets_one() {
        assert!(answers(&upload("M1", "secret", "2011")).contains("CN=9014"));
        assert_eq!(answers(&upload("M1", "123456", "2011")), "");
        assert!(answers(&upload("M2", "whatever", "2011")).contains("CN=9014"));
    }

    #[test]
    fn a_broken_frame_is_not_answered_and_a_clock_question_is() {
        let mut broken = upload("M2", "123456", "2011");
        broken[20] ^= 1;
        assert_eq!(answers(&broken), "");
        let both = answers(&upload("M2", "123456", "1013"));
        assert!(both.contains("CN=9013") && both.contains("CN=1012") && both.contains("SystemTime=2026"));
    }
}
