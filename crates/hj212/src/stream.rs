//! Cutting a byte stream into frames: bytes in, items out, nothing lost.
//!
//! The items' bytes, put end to end, are the stream. What comes out does not depend on how the bytes were cut
//! on their way in; only [`Decoder::finish`] (the caller's idle timeout) can end an item early.
//! Memory is bounded: after draining, at most [`Limits::retained`] bytes wait for more.

mod scan;

pub use scan::Limits;
pub(crate) use scan::read_head;
use scan::{Found, Step};

/// A frame as cut from the stream, or what stands between frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item<'a> {
    /// A frame, whole or as much of it as there is; [`decode`](crate::frame::decode) says what is wrong with it.
    Frame(RawFrame<'a>),
    /// Bytes in which no frame begins. Keep them for quarantine unless they are [blank](Junk::is_blank).
    Junk(Junk<'a>),
}

impl<'a> Item<'a> {
    /// The bytes of the item.
    pub const fn bytes(&self) -> &'a [u8] {
        match self {
            Self::Frame(frame) => frame.bytes,
            Self::Junk(junk) => junk.bytes,
        }
    }

    /// Position of its first byte in the stream.
    pub const fn offset(&self) -> u64 {
        match self {
            Self::Frame(frame) => frame.offset,
            Self::Junk(junk) => junk.offset,
        }
    }
}

/// How a frame's end was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cut {
    /// Where the header's number said.
    Length,
    /// By looking for the end, because the header's number does not fit or there is none.
    Mended,
    /// The end is missing: cut at the next frame's start, at the bound, or where the stream paused.
    Incomplete,
}

/// One frame: header, data segment, checksum and line break as received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawFrame<'a> {
    /// The whole frame.
    pub bytes: &'a [u8],
    /// Position of its first byte in the stream.
    pub offset: u64,
    /// How its end was found.
    pub cut: Cut,
}

/// Bytes between frames: one run of blanks, or text up to a line break, a frame's start, or 4096 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Junk<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// Position of the first byte in the stream.
    pub offset: u64,
}

impl Junk<'_> {
    /// Nothing but line breaks, spaces and NUL: not worth keeping.
    pub fn is_blank(&self) -> bool {
        self.bytes.iter().copied().all(scan::is_blank)
    }
}

/// What the decoder is waiting for, see [`Decoder::poll_incomplete`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Incomplete {
    /// Position in the stream of the first waiting byte.
    pub offset: u64,
    /// Bytes that wait.
    pub have: usize,
    /// True when a frame is complete but for a line break that may or may not follow: a gateway
    /// may call [`Decoder::finish`] after a few milliseconds instead of its idle timeout.
    pub only_line_break: bool,
}

/// Cuts a stream into frames. One for each connection.
///
/// ```
/// use hj212::stream::{Decoder, Item};
/// let mut decoder = Decoder::default();
/// decoder.push(b"noise\r\n##0087QN=20240601085857223;ST=32;CN=1011;PW=123456;");
/// decoder.push(b"MN=010000A8900016F000169DC0;Flag=9;CP=&&&&2200\r\n");
/// assert!(matches!(decoder.next_item(), Some(Item::Junk(junk)) if junk.bytes == b"noise\r\n"));
/// assert!(matches!(decoder.next_item(), Some(Item::Frame(frame)) if frame.bytes.ends_with(b"&&2200\r\n")));
/// assert!(decoder.next_item().is_none());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Decoder {
    limits: Limits,
    buffer: Vec<u8>,
    /// First byte of `buffer` not yet given out.
    start: usize,
    /// Stream position of `buffer[start]`.
    offset: u64,
    finishing: bool,
    only_line_break: bool,
    /// Bytes that waited at the last look, and how many it takes to change its answer.
    looked: usize,
    until: usize,
}

impl Decoder {
    /// A decoder with other than the tolerant bounds.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    /// Takes in bytes. Drain with [`next_item`](Self::next_item) after each push: what is not drained is kept.
    pub fn push(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.finishing = false;
        if self.start == self.buffer.len() {
            self.buffer.clear();
            self.start = 0;
        } else if self.start > 0 && self.start >= self.buffer.len() / 2 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        // A burst must not pin its memory for the life of the connection.
        if self.buffer.is_empty() && self.buffer.capacity() > 4 * self.limits.retained().max(bytes.len()) {
            self.buffer = Vec::new();
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// The next item, or `None` when more bytes (or [`finish`](Self::finish)) are needed.
    #[inline]
    pub fn next_item(&mut self) -> Option<Item<'_>> {
        let waiting = self.buffer.get(self.start..).unwrap_or_default();
        if waiting.is_empty() {
            return None;
        }
        if waiting.len() < self.until
            && !self.finishing
            && memchr::memchr(b'#', waiting.get(self.looked..).unwrap_or_default()).is_none()
        {
            self.looked = waiting.len();
            return None;
        }
        match scan::step(waiting, self.limits, self.finishing) {
            Step::More {
                only_line_break,
                until,
            } => {
                self.only_line_break = only_line_break;
                self.until = until;
                self.looked = waiting.len();
                None
            }
            Step::Found { len, what } => {
                let offset = self.offset;
                let from = self.start;
                self.start += len;
                self.offset += len as u64;
                self.only_line_break = false;
                self.until = 0;
                let bytes = self.buffer.get(from..self.start).unwrap_or_default();
                Some(item(bytes, offset, what))
            }
        }
    }

    /// The stream has ended or paused for long: [`next_item`](Self::next_item) now gives out all that waits,
    /// incomplete frames too. The next [`push`](Self::push) goes on as usual.
    pub fn finish(&mut self) {
        self.finishing = true;
    }

    /// What waits for more bytes, if anything; ask after draining, and call [`finish`](Self::finish) when the
    /// same answer has stood for the idle timeout.
    pub fn poll_incomplete(&self) -> Option<Incomplete> {
        let have = self.buffered();
        (have > 0).then_some(Incomplete {
            offset: self.offset,
            have,
            only_line_break: self.only_line_break,
        })
    }

    /// Bytes taken in and not yet given out.
    pub fn buffered(&self) -> usize {
        self.buffer.len() - self.start
    }

    /// Bytes given out so far: the stream position of the next item.
    pub const fn offset(&self) -> u64 {
        self.offset
    }
}

fn item(bytes: &[u8], offset: u64, what: Found) -> Item<'_> {
    match what {
        Found::Frame(cut) => Item::Frame(RawFrame { bytes, offset, cut }),
        Found::Junk => Item::Junk(Junk { bytes, offset }),
    }
}

/// Cuts bytes that are all there, without copying: a file, a log record, a datagram.
pub fn split(input: &[u8], limits: Limits) -> Split<'_> {
    Split {
        input,
        start: 0,
        limits,
    }
}

/// Iterator of [`split`].
#[derive(Debug, Clone)]
pub struct Split<'a> {
    input: &'a [u8],
    start: usize,
    limits: Limits,
}

impl<'a> Iterator for Split<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        let waiting = self.input.get(self.start..).filter(|rest| !rest.is_empty())?;
        let Step::Found { len, what } = scan::step(waiting, self.limits, true) else {
            return None;
        };
        let bytes = waiting.get(..len)?;
        let offset = self.start as u64;
        self.start += len;
        Some(item(bytes, offset, what))
    }
}
