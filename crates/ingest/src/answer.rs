//! Which answer a kept frame gets. Frames with a wrong CRC or a wrong password get none, nor do encrypted ones that no key
//! opens: they are not what the platform acknowledges, though they are archived.

use std::collections::HashMap;
use std::sync::Arc;

use hj212::cipher::KeyRing;
use hj212::encode::{Group, Message};
use hj212::reading::CivilTime;
use hj212::reply::reply_to;
use model::ids::Mn;
use model::profile::DeviceSpec;
use model::time::UtcMs;

/// Answers by edition, with the passwords and keys that the profile sets.
#[derive(Debug, Default)]
pub struct Answerer {
    passwords: HashMap<Mn, String>,
    keys: Arc<KeyRing>,
}

impl Answerer {
    /// With the passwords of these devices; devices without one are answered whatever they send. Encrypted frames are
    /// answered when one of the keys opens them.
    pub fn new(devices: &[DeviceSpec], keys: Arc<KeyRing>) -> Self {
        let passwords = devices
            .iter()
            .filter_map(|d| Some((d.mn.clone(), d.pw.clone()?)))
            .collect();
        Self { passwords, keys }
    }

    /// Appends the answer to a durable frame, if it asks for one. A field unit that asks for the time (1013) is told it too.
    pub fn answer(&self, frame: &[u8], now: UtcMs, out: &mut Vec<u8>) {
        let unsealed = self.keys.unseal(hj212::decode(frame));
        if !unsealed.seal().is_readable() {
            return;
        }
        let decoded = unsealed.decode();
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
    use hj212::cipher::{Form, Key, seal};
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
            sm4_key: None,
            interval_s: 60,
            silence_min: 30,
            demo: false,
        }
    }

    fn answers(frame: &[u8]) -> String {
        let keys = KeyRing::from_iter([("M2", Key::new([0x30; 16]))]);
        let mut out = Vec::new();
        Answerer::new(&[device("M1")], Arc::new(keys)).answer(frame, UtcMs(1_795_000_000_000), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_password_is_checked_where_the_profile_sets_one() {
        assert!(answers(&upload("M1", "secret", "2011")).contains("CN=9014"));
        assert_eq!(answers(&upload("M1", "123456", "2011")), "");
        assert!(answers(&upload("M2", "whatever", "2011")).contains("CN=9014"));
    }

    #[test]
    fn an_encrypted_upload_is_answered_when_its_key_opens_it() {
        let at = |mn: &str, time: &str| {
            let message = Message::new(hj212::Edition::V2025, "2011")
                .qn("20261124090000000")
                .st("31")
                .pw("123456");
            message
                .mn(mn)
                .ack(true)
                .with(Group::one("DataTime", time))
                .encode()
                .unwrap()
        };
        let upload = |mn: &str| at(mn, "20261124090000");
        let (own, other) = (Key::new([0x30; 16]), Key::new([0x31; 16]));
        for form in [Form::Raw, Form::Printed] {
            let sealed = |mn: &str, key: &Key| seal(&hj212::decode(&upload(mn)), key, form);
            let answer = answers(&sealed("M2", &own));
            assert!(
                answer.contains("CN=9014") && answer.contains("Flag=8;CP=&&&&"),
                "{answer}"
            );
            assert_eq!(answers(&sealed("M2", &other)), "");
            assert_eq!(answers(&sealed("M3", &own)), "", "no key for this device");
        }
        // A field unit that tells the age of its key is notified back.
        let asked = Message::new(hj212::Edition::V2025, "1014")
            .qn("20261124090000000")
            .mn("M2")
            .ack(true)
            .with(Group::one("SKCreateTime", "20261124000000"));
        let asked = seal(&hj212::decode(&asked.encode().unwrap()), &own, Form::Raw);
        assert!(answers(&asked).contains("CN=9013"));
        // Where the bytes on the wire happen to fit the checksum, it vouches for nothing. Whether they do hangs on the
        // content alone, for the checksum is linear.
        let chance = (0..4096)
            .map(|n| at("M3", &format!("2026112409{n:04}")))
            .map(|frame| seal(&hj212::decode(&frame), &own, Form::Raw));
        let chance: Vec<_> = chance.filter(|frame| hj212::decode(frame).crc_ok()).collect();
        assert!(!chance.is_empty());
        assert!(chance.iter().all(|frame| answers(frame).is_empty()));
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
