//! Bytes of the raw log: segment header and record, their checksums and the hash chain.
//!
//! Little endian. Segment header: magic 8, number u32, chain before 32, CRC-32C u32. Record: magic 4, CRC-32C of all
//! that follows u32, data length u32, received_at i64, connection u64, kind u8, peer length u8, peer, data, chain 32.
//! chain = SHA-256(chain before ‖ everything from the data length to the end of the data).

use model::time::UtcMs;
use sha2::{Digest, Sha256};

use super::{Position, Record, RecordKind, RecordMeta};
use crate::limits;

/// A link of the hash chain.
pub(crate) type Chain = [u8; 32];

const SEGMENT_MAGIC: [u8; 8] = *b"HSRAWLG1";
const RECORD_MAGIC: [u8; 4] = [0xF1, b'R', b'E', b'C'];

/// Length of a segment's header.
pub(crate) const HEADER_LEN: u64 = 48;
/// Bytes of a record before peer and data.
const FIXED_LEN: usize = 30;
/// Bytes of a record beside peer and data.
pub(crate) const OVERHEAD: usize = FIXED_LEN + 32;
/// Longest record as written.
pub(crate) const LONGEST: usize = OVERHEAD + limits::PEER_BYTES + limits::RECORD_BYTES;

/// What stands at a place of a segment.
pub(crate) enum Parsed {
    /// A whole record with a right checksum, and its length as written.
    Whole(Record, usize),
    /// The bytes end before the record does.
    Short,
    /// No record, or one with a wrong checksum.
    Bad(&'static str),
}

pub(crate) fn segment_header(number: u32, before: &Chain) -> Vec<u8> {
    let mut out = Vec::with_capacity(48);
    out.extend_from_slice(&SEGMENT_MAGIC);
    out.extend_from_slice(&number.to_le_bytes());
    out.extend_from_slice(before);
    let crc = crc32c::crc32c(&out);
    out.extend_from_slice(&crc.to_le_bytes());
    out
}

/// The chain before a segment's first record, if `bytes` start with that segment's whole header.
pub(crate) fn parse_segment_header(bytes: &[u8], number: u32) -> Option<Chain> {
    let covered = bytes.get(..44)?;
    let crc = read_u32(bytes, 44)?;
    let right = covered.starts_with(&SEGMENT_MAGIC)
        && read_u32(bytes, 8)? == number
        && crc32c::crc32c(covered) == crc;
    right.then(|| array(bytes, 12)).flatten()
}

/// Appends one record to `out`; answers the chain after it.
pub(crate) fn encode(out: &mut Vec<u8>, meta: &RecordMeta, data: &[u8], before: &Chain) -> Chain {
    let peer = peer_bytes(&meta.peer);
    let start = out.len();
    out.extend_from_slice(&RECORD_MAGIC);
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&u32::try_from(data.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend_from_slice(&meta.received_at.0.to_le_bytes());
    out.extend_from_slice(&meta.connection.to_le_bytes());
    out.push(meta.kind.code());
    out.push(u8::try_from(peer.len()).unwrap_or(u8::MAX));
    out.extend_from_slice(peer);
    out.extend_from_slice(data);
    let chain = link(before, out.get(start + 8..).unwrap_or_default());
    out.extend_from_slice(&chain);
    let crc = crc32c::crc32c(out.get(start + 8..).unwrap_or_default());
    if let Some(place) = out.get_mut(start + 4..start + 8) {
        place.copy_from_slice(&crc.to_le_bytes());
    }
    chain
}

/// Reads the record at the start of `bytes`, which stands at `position` of the log.
pub(crate) fn parse(bytes: &[u8], position: Position) -> Parsed {
    parse_inner(bytes, position).unwrap_or(Parsed::Short)
}

fn parse_inner(bytes: &[u8], position: Position) -> Option<Parsed> {
    let magic = bytes.get(..4.min(bytes.len()))?;
    if !RECORD_MAGIC.starts_with(magic) {
        return Some(Parsed::Bad("no record starts here"));
    }
    let crc = read_u32(bytes, 4)?;
    let data_len = usize::try_from(read_u32(bytes, 8)?).ok()?;
    let received_at = i64::from_le_bytes(array(bytes, 12)?);
    let connection = u64::from_le_bytes(array(bytes, 20)?);
    let kind = *bytes.get(28)?;
    let peer_len = usize::from(*bytes.get(29)?);
    if data_len > limits::RECORD_BYTES || peer_len > limits::PEER_BYTES {
        return Some(Parsed::Bad("impossible length"));
    }
    let data_at = FIXED_LEN + peer_len;
    let chain_at = data_at + data_len;
    let len = chain_at + 32;
    let covered = bytes.get(8..len)?;
    if crc32c::crc32c(covered) != crc {
        return Some(Parsed::Bad("wrong checksum"));
    }
    let Some(kind) = RecordKind::from_code(kind) else {
        return Some(Parsed::Bad("unknown kind"));
    };
    let record = Record {
        position,
        next: Position {
            segment: position.segment,
            offset: position.offset + len as u64,
        },
        meta: RecordMeta {
            received_at: UtcMs(received_at),
            kind,
            connection,
            peer: String::from_utf8_lossy(bytes.get(FIXED_LEN..data_at)?).into_owned(),
        },
        bytes: bytes.get(data_at..chain_at)?.to_vec(),
        chain: array(bytes, chain_at)?,
    };
    Some(Parsed::Whole(record, len))
}

/// The chain a record must carry if it follows `before`; `bytes` start with the record as written.
pub(crate) fn expected_chain(bytes: &[u8], len: usize, before: &Chain) -> Chain {
    link(before, bytes.get(8..len.saturating_sub(32)).unwrap_or_default())
}

/// What reading at one place leads to.
pub(crate) enum Step {
    /// A whole record of this length as written.
    Record(Record, usize),
    /// This many bytes are damaged.
    Damage(usize, &'static str),
    /// The bytes at hand end here; read on from this place.
    More,
}

/// One step through the bytes of a segment. `cut`: the segment goes on after `rest`. Whoever reads on with more than
/// [`LONGEST`] bytes always gets ahead.
pub(crate) fn step(rest: &[u8], place: Position, cut: bool) -> Step {
    let what = match parse(rest, place) {
        Parsed::Whole(record, len) => return Step::Record(record, len),
        Parsed::Short if cut || rest.is_empty() => return Step::More,
        Parsed::Short => "the record is cut",
        Parsed::Bad(what) => what,
    };
    match resync(rest, place) {
        Some(distance) => Step::Damage(distance, what),
        None if !cut => Step::Damage(rest.len(), what),
        None if rest.len() > LONGEST => Step::Damage(rest.len() - LONGEST, what),
        None => Step::More,
    }
}

/// Distance to the next place in `bytes`, beyond the first byte, where a whole record stands.
pub(crate) fn resync(bytes: &[u8], position: Position) -> Option<usize> {
    (1..bytes.len()).find(|&at| {
        bytes.get(at..).is_some_and(|rest| {
            rest.starts_with(&RECORD_MAGIC) && matches!(parse(rest, position), Parsed::Whole(..))
        })
    })
}

fn link(before: &Chain, covered: &[u8]) -> Chain {
    let mut hash = Sha256::new();
    hash.update(before);
    hash.update(covered);
    hash.finalize().into()
}

fn peer_bytes(peer: &str) -> &[u8] {
    let mut end = peer.len().min(limits::PEER_BYTES);
    while !peer.is_char_boundary(end) {
        end -= 1;
    }
    peer.as_bytes().get(..end).unwrap_or_default()
}

fn read_u32(bytes: &[u8], at: usize) -> Option<u32> {
    array(bytes, at).map(u32::from_le_bytes)
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}
