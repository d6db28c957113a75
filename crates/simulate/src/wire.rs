//! Frames of uploads, made with the codec's encoder; and frames spoiled on purpose.

use hj212::cipher::{self, Form};
use hj212::encode::{EncodeError, Group, Message};
use model::time::UtcMs;

use crate::cast::Player;

/// Everything around the groups of CP.
pub(crate) struct Envelope<'a> {
    pub(crate) player: &'a Player,
    pub(crate) cn: u16,
    pub(crate) at: UtcMs,
    pub(crate) answer: bool,
    /// Marked as late (RF=1).
    pub(crate) late: bool,
    pub(crate) groups: Vec<Group>,
}

/// Packets of one record follow each other by this, milliseconds, and so have QNs of their own.
pub(crate) const PACKET_MS: i64 = 10;

/// QN: civil time to the millisecond.
pub(crate) fn qn(at: UtcMs) -> String {
    format!("{}{:03}", at.to_compact(), at.0.rem_euclid(1000))
}

/// The upload as frames, each [`PACKET_MS`] after the one before: one, or several where the edition's bound on CP asks
/// for splitting. A device with a key encrypts each of them by itself.
pub(crate) fn frames(envelope: Envelope<'_>) -> Result<Vec<Vec<u8>>, EncodeError> {
    let player = envelope.player;
    let mut at = envelope.at;
    let cn = envelope.cn.to_string();
    let mut frames = Message::new(player.edition, cn.as_str())
        .qn(qn(at))
        .st(&player.st)
        .pw(&player.pw)
        .mn(player.mn.as_str())
        .ack(envelope.answer)
        .late(envelope.late)
        .with_all(envelope.groups)
        .packets(|| {
            at = at.plus_ms(PACKET_MS);
            qn(at)
        })?;
    if let Some(key) = player.key.as_ref().filter(|_| cipher::is_covered(&cn)) {
        for frame in &mut frames {
            *frame = cipher::seal(&hj212::decode(frame), key, Form::Raw);
        }
    }
    Ok(frames)
}

/// The same frame with another checksum.
pub(crate) fn spoil(frame: &[u8]) -> Vec<u8> {
    let mut bytes = frame.to_vec();
    // The last of the four digits, before CR LF: standard checksums end in 0 or 1, so a 7 is never right.
    if let Some(digit) = bytes.iter_mut().rev().nth(2) {
        *digit = b'7';
    }
    bytes
}
