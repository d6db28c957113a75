//! The HJ 212 gateway: connections in, raw log, answers out.
//!
//! Guarantees: a frame is answered only after its bytes are durable in the raw log, and not while the database is away
//! (ADR 0005); frames of one connection are answered in the order they came; memory per connection is bounded; nothing received is dropped silently — what
//! cannot be used is logged too and ends in quarantine.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::future::join_all;
use hj212::stream::{Decoder, Item};
use model::time::{Clock, UtcMs};
use store::rawlog::{RawLog, RecordKind, RecordMeta};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, timeout};

use crate::answer::Answerer;
use crate::limits::{
    FIRST_FRAME, FRAME_COMPLETES, IDLE, LINE_BREAK, MAX_CONNECTIONS, MAX_FRAMES_IN_FLIGHT,
    MAX_JUNK_PER_CONNECTION, READ_BYTES, WRITE,
};
use crate::stats::Stats;

/// Everything a connection needs; cheap to clone.
#[derive(Clone)]
pub struct Gateway {
    log: RawLog,
    answerer: Arc<Answerer>,
    clock: Arc<dyn Clock>,
    stats: Arc<Stats>,
    numbers: Arc<AtomicU64>,
}

/// One frame, or bytes that belong to none, on its way to the log.
struct Piece {
    bytes: Vec<u8>,
    kind: RecordKind,
}

/// Who is at the other end.
struct Peer {
    number: u64,
    address: String,
}

/// Why a connection ended, for logs and figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The device closed it, or the link broke.
    Closed,
    /// Nothing came for too long.
    Idle,
    /// A frame began and did not complete, or answers were not taken.
    Slow,
    /// Too many unusable bytes.
    Junk,
    /// The server stops.
    Shutdown,
}

impl End {
    fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Idle => "idle",
            Self::Slow => "slow",
            Self::Junk => "junk",
            Self::Shutdown => "shutdown",
        }
    }
}

impl Gateway {
    /// A gateway over a raw log.
    pub fn new(log: RawLog, answerer: Arc<Answerer>, clock: Arc<dyn Clock>, stats: Arc<Stats>) -> Self {
        Self {
            log,
            answerer,
            clock,
            stats,
            numbers: Arc::new(AtomicU64::new(1)),
        }
    }

    /// Accepts until `shutdown` turns true; then every connection finishes the frames it holds and closes.
    pub async fn serve(self, listener: TcpListener, mut shutdown: watch::Receiver<bool>) {
        let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                _ = shutdown.wait_for(|stop| *stop) => break,
            };
            let (socket, peer) = match accepted {
                Ok(pair) => pair,
                Err(error) => {
                    // Out of file descriptors and the like: wait for connections to end instead of spinning.
                    tracing::warn!(%error, "accepting a connection failed");
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                    continue;
                }
            };
            let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
                self.stats.refused_connections.add(1);
                tracing::warn!(%peer, "connection refused: {MAX_CONNECTIONS} are open");
                continue;
            };
            let gateway = self.clone();
            let stop = shutdown.clone();
            tokio::spawn(async move {
                gateway.stats.connections.add(1);
                let end = gateway.connection(socket, peer, stop).await;
                gateway.stats.connections.sub(1);
                gateway.stats.connection_ended(end.name());
                tracing::debug!(%peer, end = end.name(), "connection ended");
                drop(place);
            });
        }
    }

    async fn connection(
        &self,
        mut socket: TcpStream,
        peer: SocketAddr,
        mut stop: watch::Receiver<bool>,
    ) -> End {
        let _ = socket.set_nodelay(true);
        let peer = Peer {
            number: self.numbers.fetch_add(1, Ordering::Relaxed),
            address: peer.to_string(),
        };
        let mut decoder = Decoder::default();
        let mut buffer = vec![0_u8; READ_BYTES];
        let mut junk = 0_u64;
        let mut any_frame = false;
        // When the frame began that is not complete yet: sending it byte by byte buys no more time.
        let mut began: Option<Instant> = None;
        loop {
            let waiting = decoder.poll_incomplete();
            if waiting.is_none() {
                began = None;
            }
            let patience = match waiting {
                Some(w) if w.only_line_break => LINE_BREAK,
                Some(_) => FRAME_COMPLETES.saturating_sub(began.get_or_insert_with(Instant::now).elapsed()),
                None if any_frame => IDLE,
                None => FIRST_FRAME,
            };
            let read = tokio::select! {
                read = timeout(patience, socket.read(&mut buffer)) => read,
                _ = stop.wait_for(|stop| *stop) => return End::Shutdown,
            };
            let ended = match read {
                // A frame that only lacks its line break is whole.
                Err(_) if waiting.is_some_and(|w| w.only_line_break) => {
                    decoder.finish();
                    None
                }
                Err(_) if waiting.is_some() => Some(End::Slow),
                Err(_) => Some(End::Idle),
                Ok(Err(_) | Ok(0)) => Some(End::Closed),
                Ok(Ok(count)) => {
                    decoder.push(buffer.get(..count).unwrap_or_default());
                    self.stats.bytes.add(count as u64);
                    None
                }
            };
            if ended.is_some() {
                // What stands unfinished is kept as it is, and diagnosed.
                decoder.finish();
            }
            loop {
                let pieces = take_pieces(&mut decoder);
                if pieces.is_empty() {
                    break;
                }
                began = None;
                any_frame |= pieces.iter().any(|p| p.kind == RecordKind::Frame);
                junk += pieces
                    .iter()
                    .filter(|p| p.kind == RecordKind::Stray)
                    .map(|p| p.bytes.len() as u64)
                    .sum::<u64>();
                if let Err(end) = self.keep_and_answer(&mut socket, &peer, pieces).await {
                    return end;
                }
            }
            if junk > MAX_JUNK_PER_CONNECTION {
                tracing::warn!(
                    peer = peer.address,
                    "connection cut: more than {MAX_JUNK_PER_CONNECTION} unusable bytes"
                );
                return End::Junk;
            }
            if let Some(end) = ended {
                return end;
            }
        }
    }

    /// Appends all, waits until each is durable, then answers those that ask for it, in order.
    async fn keep_and_answer(
        &self,
        socket: &mut TcpStream,
        peer: &Peer,
        pieces: Vec<Piece>,
    ) -> Result<(), End> {
        let now = self.clock.now();
        // Polled in order, so the log keeps the order of the connection.
        let kept = join_all(pieces.iter().map(|piece| self.keep(peer, piece, now))).await;
        // What is kept now is applied when the database returns; the device repeats it meanwhile, which changes nothing.
        let away = self.stats.database_away();
        let mut answers = Vec::new();
        for (piece, kept) in pieces.iter().zip(kept) {
            if !kept || piece.kind != RecordKind::Frame {
                continue;
            }
            if away {
                self.stats.answers_withheld.add(1);
            } else {
                self.answerer.answer(&piece.bytes, now, &mut answers);
            }
        }
        if answers.is_empty() {
            return Ok(());
        }
        self.stats.answers.add(1);
        match timeout(WRITE, socket.write_all(&answers)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Closed),
            Err(_) => Err(End::Slow),
        }
    }

    /// Whether the bytes are durable now.
    async fn keep(&self, peer: &Peer, piece: &Piece, now: UtcMs) -> bool {
        let meta = RecordMeta {
            received_at: now,
            kind: piece.kind,
            connection: peer.number,
            peer: peer.address.clone(),
        };
        match self.log.append(meta, piece.bytes.clone()).await {
            Ok(_) => {
                self.stats.frames_kept.add(1);
                true
            }
            Err(error) => {
                self.stats.frames_not_kept.add(1);
                tracing::error!(
                    peer = peer.address,
                    %error,
                    "a frame could not be made durable; it is not answered, the device will repeat it"
                );
                false
            }
        }
    }
}

/// What the decoder has ready, at most [`MAX_FRAMES_IN_FLIGHT`] pieces.
fn take_pieces(decoder: &mut Decoder) -> Vec<Piece> {
    let mut pieces = Vec::new();
    while pieces.len() < MAX_FRAMES_IN_FLIGHT
        && let Some(item) = decoder.next_item()
    {
        match item {
            Item::Frame(frame) => pieces.push(Piece {
                bytes: frame.bytes.to_vec(),
                kind: RecordKind::Frame,
            }),
            Item::Junk(junk) if junk.is_blank() => {}
            Item::Junk(junk) => pieces.push(Piece {
                bytes: junk.bytes.to_vec(),
                kind: RecordKind::Stray,
            }),
        }
    }
    pieces
}
