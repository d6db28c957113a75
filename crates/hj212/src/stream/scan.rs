//! Where the item at the front of a buffer ends. Pure: the answer depends on the bytes alone, and for the same
//! stream is the same however much of it has arrived, because every look past the end says «not yet».

use memchr::memmem;

use crate::crc;

/// Longest data segment that four digits can declare.
const MAX_DECLARED: usize = 9999;
/// Junk is given out in pieces of at most this many bytes.
const JUNK_PIECE: usize = 4096;
/// Bytes around a segment at most: `##`, address and length (8), checksum, CR LF.
const AROUND: usize = 16;
/// Neighbours inside a declared length that are looked at: a bound on the work one frame can cause.
const MAX_NEIGHBOURS: usize = 4;
/// The longest look ahead past a position: `##`, eight digits, a key of four letters and `=`.
const LOOK_AHEAD: usize = 16;

/// Bounds of the decoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest data segment that is waited for, in bytes. The standard has 1024; four digits allow 9999,
    /// which the ambient-air network uses.
    pub max_segment: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_segment: MAX_DECLARED,
        }
    }
}

impl Limits {
    /// The standard's own bound: 1024 bytes.
    pub const STANDARD: Self = Self { max_segment: 1024 };

    /// Longest frame given out.
    pub const fn max_frame(self) -> usize {
        self.max_segment + AROUND
    }

    /// Most bytes that wait in a drained decoder.
    pub const fn retained(self) -> usize {
        let frame = self.max_frame() + LOOK_AHEAD;
        if frame > JUNK_PIECE {
            frame
        } else {
            JUNK_PIECE + LOOK_AHEAD
        }
    }
}

/// What stands at the front.
pub(super) enum Step {
    Found {
        len: usize,
        what: Found,
    },
    /// Nothing can be said before more bytes are there.
    More {
        only_line_break: bool,
        /// While fewer bytes than this are there, only a `#` among the new ones can change the answer.
        until: usize,
    },
}

const MORE: Step = Step::More {
    only_line_break: false,
    until: 0,
};

#[derive(Clone, Copy)]
pub(super) enum Found {
    Frame(super::Cut),
    Junk,
}

/// A header that may start a frame.
#[derive(Clone, Copy)]
pub(crate) struct Head {
    /// Bytes of `##` and digits.
    pub len: usize,
    /// The data segment's length as declared.
    pub declared: Option<usize>,
}

/// An answer that may need more bytes than are there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sight<T> {
    Yes(T),
    No,
    NotYet,
}

pub(super) const fn is_blank(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n' | b' ' | b'\t' | 0)
}

/// Keys a data segment begins with; they make a header of any number of digits believable.
const FIRST_KEYS: [&[u8]; 8] = [
    b"QN=", b"ST=", b"CN=", b"PW=", b"MN=", b"Flag=", b"PNUM=", b"PNO=",
];

/// The header's digits: their number, and the declared length under each shape that is met.
/// Four digits are the standard's; two or three drop the zeros; eight are an address and a length.
#[inline]
fn head_of(digits: &[u8]) -> Head {
    let length = match digits.len() {
        8 => digits.get(4..),
        1..=4 => Some(digits),
        _ => None,
    };
    let declared = length.map(|text| {
        text.iter()
            .fold(0, |sum, digit| sum * 10 + usize::from(digit - b'0'))
    });
    Head {
        len: 2 + digits.len(),
        declared,
    }
}

/// Reads the header at the front of `bytes`, for a frame that is all there.
#[inline]
pub(crate) fn read_head(bytes: &[u8]) -> Option<Head> {
    match sight_head(bytes, true) {
        Sight::Yes(head) => Some(head),
        Sight::No | Sight::NotYet => None,
    }
}

#[inline]
fn sight_head(bytes: &[u8], eof: bool) -> Sight<Head> {
    // The usual case first, in one comparison.
    if let [b'#', b'#', digits @ .., _] = bytes.get(..7).unwrap_or_default()
        && bytes.get(6).is_some_and(|byte| !byte.is_ascii_digit())
        && digits.iter().all(u8::is_ascii_digit)
    {
        return Sight::Yes(head_of(digits));
    }
    sight_unusual_head(bytes, eof)
}

fn sight_unusual_head(bytes: &[u8], eof: bool) -> Sight<Head> {
    let unsure = if eof { Sight::No } else { Sight::NotYet };
    match bytes {
        [b'#', b'#', ..] => {}
        [] | [b'#'] => return unsure,
        _ => return Sight::No,
    }
    let rest = bytes.get(2..).unwrap_or_default();
    let digits = rest
        .iter()
        .take(9)
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let (number, after) = rest.split_at_checked(digits).unwrap_or_default();
    if digits > 8 {
        return Sight::No;
    }
    if digits == 4 && (eof || !after.is_empty()) {
        return Sight::Yes(head_of(number));
    }
    if after.is_empty() {
        return unsure;
    }
    // Any other number of digits is believed only before a key.
    let mut undecided = false;
    for key in FIRST_KEYS {
        let seen = after.get(..key.len().min(after.len())).unwrap_or_default();
        if key
            .get(..seen.len())
            .is_some_and(|front| front.eq_ignore_ascii_case(seen))
        {
            if seen.len() == key.len() {
                return Sight::Yes(head_of(number));
            }
            undecided = true;
        }
    }
    if undecided { unsure } else { Sight::No }
}

/// Finds the end of the item at the front of `bytes`, which are not empty.
#[inline]
pub(super) fn step(bytes: &[u8], limits: Limits, eof: bool) -> Step {
    match sight_head(bytes, eof) {
        Sight::Yes(head) => frame(bytes, head, limits, eof),
        Sight::NotYet => MORE,
        Sight::No => junk(bytes, eof),
    }
}

fn junk(bytes: &[u8], eof: bool) -> Step {
    let found = |len| Step::Found {
        len,
        what: Found::Junk,
    };
    if bytes.first().is_some_and(|&byte| is_blank(byte)) {
        let run = bytes
            .iter()
            .take(JUNK_PIECE)
            .take_while(|&&byte| is_blank(byte))
            .count();
        let ended = run < bytes.len() || run == JUNK_PIECE || eof;
        return if ended { found(run) } else { MORE };
    }
    let piece = bytes.get(..JUNK_PIECE.min(bytes.len())).unwrap_or_default();
    // The first byte is junk already; a frame may begin at any later `##`.
    for at in memchr::memchr2_iter(b'#', b'\n', piece) {
        if piece.get(at) == Some(&b'\n') {
            return found(at + 1);
        }
        if at == 0 {
            continue;
        }
        match sight_head(bytes.get(at..).unwrap_or_default(), eof) {
            Sight::Yes(_) => return found(at),
            Sight::No => {}
            Sight::NotYet => return MORE,
        }
    }
    if piece.len() == JUNK_PIECE || eof {
        found(piece.len())
    } else {
        MORE
    }
}

fn frame(bytes: &[u8], head: Head, limits: Limits, eof: bool) -> Step {
    let Some(declared) = head.declared.filter(|&length| length <= limits.max_segment) else {
        return mend(bytes, head, limits, eof);
    };
    let end = head.len + declared;
    let mut boundary = None;
    // A neighbour inside the declared length, right after a whole frame: the number is too large.
    let reach = bytes.get(..end.min(bytes.len())).unwrap_or_default();
    let after_closing = |at| Some((at, closing_before(reach, at, head.len)?));
    for (at, closing) in neighbours(reach, head.len)
        .filter_map(after_closing)
        .take(MAX_NEIGHBOURS)
    {
        // What looks like an end behind cipher text is part of it.
        if is_binary(bytes.get(head.len..closing).unwrap_or_default()) {
            break;
        }
        match sight_head(bytes.get(at..).unwrap_or_default(), eof) {
            Sight::No => continue,
            Sight::NotYet => return MORE,
            Sight::Yes(_) => {}
        }
        if kind_at(bytes, head.len, closing).fits() {
            return found(at, super::Cut::Mended);
        }
        boundary.get_or_insert(at);
    }
    if bytes.len() < end + 4 && !eof {
        return Step::More {
            only_line_break: false,
            until: end + 4,
        };
    }
    if bytes.len() < end {
        return mend(bytes, head, limits, eof);
    }
    let closed = declared == 0 || bytes.get(..end).is_some_and(|frame| frame.ends_with(b"&&"));
    let after = bytes.get(end..).unwrap_or_default();
    let given = after.get(..4).and_then(crc::parse_hex);
    // The `&&` that opens CP is not the one that closes it; cipher text may end in `=` before the latter.
    let opening = bytes.get(..end).is_some_and(|frame| frame.ends_with(b"=&&"))
        && memmem::find(bytes.get(head.len..end).unwrap_or_default(), b"&&")
            == Some(declared.saturating_sub(2));
    match (closed, given) {
        (true, Some(given)) => {
            let segment = bytes.get(head.len..end).unwrap_or_default();
            let fits = || crc::Kind::of(given, segment).fits();
            match boundary {
                _ if opening && !fits() => mend(bytes, head, limits, eof),
                Some(at) if !fits() && is_whole(bytes, at, end) && !is_binary(segment) => {
                    found(at, super::Cut::Mended)
                }
                _ => with_line_break(bytes, end + 4, super::Cut::Length, eof),
            }
        }
        (true, None) if opening => mend(bytes, head, limits, eof),
        (true, None) => without_code(bytes, end, eof),
        (false, Some(given)) => {
            // A sender that forgets the closing `&&` but counts right.
            let segment = bytes.get(head.len..end).unwrap_or_default();
            if crc::Kind::of(given, segment).fits() {
                return with_line_break(bytes, end + 4, super::Cut::Length, eof);
            }
            match sight_end(bytes, end + 4, eof) {
                Sight::Yes(()) => with_line_break(bytes, end + 4, super::Cut::Length, eof),
                Sight::NotYet => MORE,
                Sight::No => mend(bytes, head, limits, eof),
            }
        }
        (false, None) => mend(bytes, head, limits, eof),
    }
}

/// The length is right but four hexadecimal digits do not follow: the rest of the line, at most four bytes,
/// is what the sender put in the checksum's place.
fn without_code(bytes: &[u8], end: usize, eof: bool) -> Step {
    let mut at = end;
    while at < end + 4 {
        match bytes.get(at) {
            None if eof => break,
            None => return MORE,
            Some(b'\r' | b'\n') => break,
            Some(b'#') => match sight_head(bytes.get(at..).unwrap_or_default(), eof) {
                Sight::Yes(_) => break,
                Sight::No => {}
                Sight::NotYet => return MORE,
            },
            Some(_) => {}
        }
        at += 1;
    }
    with_line_break(bytes, at, super::Cut::Length, eof)
}

/// Looks for the end where the header's number is no help: four hexadecimal digits after `&&`, followed by a
/// line break or by the next header. Failing that the last such place before the next header.
fn mend(bytes: &[u8], head: Head, limits: Limits, eof: bool) -> Step {
    let window = bytes
        .get(..limits.max_frame().min(bytes.len()))
        .unwrap_or_default();
    let bounded = window.len() == limits.max_frame();
    let mut last = None;
    // An end found must leave room for `&&`, four digits and CR LF within the longest frame.
    let ends = limits.max_frame() - 8;
    let searched = window.get(head.len..ends.min(window.len())).unwrap_or_default();
    for at in memchr::memchr2_iter(b'&', b'#', searched) {
        let at = at + head.len;
        let rest = bytes.get(at..).unwrap_or_default();
        match rest {
            [b'&', b'&', tail @ ..] => {
                let code = tail.get(..4.min(tail.len())).unwrap_or_default();
                if !code.iter().all(|&digit| crc::hex_digit(digit).is_some()) {
                    // `&&` with the line's end right after it closes a frame that has no checksum.
                    let opening = window.get(..at).is_some_and(|front| front.ends_with(b"="));
                    if !opening && matches!(tail, [b'\r' | b'\n', ..]) {
                        return with_line_break(bytes, at + 2, super::Cut::Mended, eof);
                    }
                    continue;
                }
                if code.len() < 4 {
                    if eof {
                        continue;
                    }
                    return MORE;
                }
                match sight_end(bytes, at + 6, eof) {
                    Sight::Yes(()) => return with_line_break(bytes, at + 6, super::Cut::Mended, eof),
                    Sight::NotYet => return MORE,
                    Sight::No => last = Some(at + 6),
                }
            }
            [b'#', ..] => match sight_head(rest, eof) {
                Sight::Yes(_) => {
                    let cut = if last.is_some() {
                        super::Cut::Mended
                    } else {
                        super::Cut::Incomplete
                    };
                    return found(last.unwrap_or(at), cut);
                }
                Sight::NotYet => return MORE,
                Sight::No => {}
            },
            [b'&'] if !eof => return MORE,
            _ => {}
        }
    }
    if !bounded && !eof {
        return MORE;
    }
    match last {
        Some(end) => found(end, super::Cut::Mended),
        None => found(window.len(), super::Cut::Incomplete),
    }
}

/// Does a frame's checksum end at `at`? Yes before a line break, a header, or the end of the stream.
fn sight_end(bytes: &[u8], at: usize, eof: bool) -> Sight<()> {
    match bytes.get(at..).unwrap_or_default() {
        [] if eof => Sight::Yes(()),
        [] => Sight::NotYet,
        [b'\r' | b'\n', ..] => Sight::Yes(()),
        rest => match sight_head(rest, eof) {
            Sight::Yes(_) => Sight::Yes(()),
            Sight::No => Sight::No,
            Sight::NotYet => Sight::NotYet,
        },
    }
}

/// Takes in CR LF, LF or CR after the checksum.
fn with_line_break(bytes: &[u8], end: usize, cut: super::Cut, eof: bool) -> Step {
    match bytes.get(end..).unwrap_or_default() {
        [b'\r', b'\n', ..] => found(end + 2, cut),
        [] | [b'\r'] if !eof => Step::More {
            only_line_break: true,
            until: 0,
        },
        [b'\r' | b'\n', ..] => found(end + 1, cut),
        _ => found(end, cut),
    }
}

/// Positions of `##` after the header.
fn neighbours(bytes: &[u8], from: usize) -> impl Iterator<Item = usize> {
    let body = bytes.get(from..).unwrap_or_default();
    memchr::memchr_iter(b'#', body)
        .filter(|at| body.get(at + 1) == Some(&b'#'))
        .map(move |at| at + from)
}

/// Where the segment ends when the bytes before `at` are `&&`, four hexadecimal digits and perhaps a line break.
fn closing_before(bytes: &[u8], at: usize, from: usize) -> Option<usize> {
    let front = bytes.get(..at)?;
    let front = front.strip_suffix(b"\n").unwrap_or(front);
    let front = front.strip_suffix(b"\r").unwrap_or(front);
    let (front, code) = front.split_at_checked(front.len().checked_sub(4)?)?;
    crc::parse_hex(code)?;
    (front.ends_with(b"&&") && front.len() >= from + 2).then_some(front.len())
}

/// Does a frame begin at `at` whose own number leads to an end with a fitting checksum not behind `end`? One that does not
/// is something else that looks like a header, such as a piece of cipher text.
fn is_whole(bytes: &[u8], at: usize, end: usize) -> bool {
    let Some(head) = bytes.get(at..).and_then(read_head) else {
        return false;
    };
    let from = at + head.len;
    head.declared
        .is_some_and(|declared| from + declared <= end && kind_at(bytes, from, from + declared).fits())
}

/// Holds bytes that no text of a frame has; cipher text nearly always does.
fn is_binary(segment: &[u8]) -> bool {
    segment
        .iter()
        .any(|&byte| byte.is_ascii_control() && !is_blank(byte))
}

fn kind_at(bytes: &[u8], from: usize, end: usize) -> crc::Kind {
    let given = bytes.get(end..end + 4).and_then(crc::parse_hex);
    given.map_or(crc::Kind::None, |given| {
        crc::Kind::of(given, bytes.get(from..end).unwrap_or_default())
    })
}

const fn found(len: usize, cut: super::Cut) -> Step {
    Step::Found {
        len,
        what: Found::Frame(cut),
    }
}
