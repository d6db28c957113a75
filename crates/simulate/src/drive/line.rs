//! One device's line: connects, sends one emission after the other, waits for each answer, sends again, reconnects.

use std::sync::Arc;
use std::time::Duration;

use hj212::decode;
use hj212::dialogue::{FieldConfig, FieldEvent, FieldUnit, Identity, Output, Patience};
use hj212::encode::Group;
use hj212::stream::{Decoder, Item};
use model::time::Clock;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::statistics::{Progress, count};
use crate::cast::Player;
use crate::simulation::{Emission, Intent};

/// Waits between attempts to connect: doubled from the first to the last.
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LAST_WAIT: Duration = Duration::from_secs(20);
/// A connection that is not there after this will not come.
const CONNECT: Duration = Duration::from_secs(10);
/// Connections on which one emission is tried before it is given up.
const ROUNDS: u32 = 5;
/// Answers are short.
const BUFFER: usize = 2048;

/// What all lines share.
pub(super) struct Shared {
    pub(super) server: String,
    pub(super) patience: Patience,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) progress: Arc<Progress>,
    pub(super) connecting: Semaphore,
    pub(super) began: Instant,
}

/// A device's end of the line.
pub(super) struct Line {
    player: Player,
    shared: Arc<Shared>,
    link: Option<Link>,
}

struct Link {
    stream: TcpStream,
    decoder: Decoder,
    unit: FieldUnit,
}

/// What wakes a line.
enum Heard {
    Emission(Option<Emission>),
    Host(Result<Vec<Output<FieldEvent>>, Broken>),
}

/// Why an emission did not get through on this connection.
struct Broken;

impl From<std::io::Error> for Broken {
    fn from(_: std::io::Error) -> Self {
        Self
    }
}

impl Line {
    pub(super) fn new(player: Player, shared: Arc<Shared>) -> Self {
        Self {
            player,
            shared,
            link: None,
        }
    }

    pub(super) async fn run(mut self, mut emissions: mpsc::Receiver<Emission>) {
        loop {
            // While nothing is to be sent the host may ask, or hang up.
            let heard = match &mut self.link {
                Some(link) => tokio::select! {
                    next = emissions.recv() => Heard::Emission(next),
                    outputs = link.hear(&self.shared) => Heard::Host(outputs),
                },
                None => Heard::Emission(emissions.recv().await),
            };
            match heard {
                Heard::Emission(Some(emission)) => self.deliver(&emission).await,
                Heard::Emission(None) => return,
                Heard::Host(outputs) => self.attend(outputs).await,
            }
        }
    }

    /// Answers what the host wants between two emissions; a broken line is mended when there is something to send.
    async fn attend(&mut self, outputs: Result<Vec<Output<FieldEvent>>, Broken>) {
        let Some(mut link) = self.link.take() else { return };
        if let Ok(outputs) = outputs
            && link.act(outputs, 0, &self.player, &self.shared).await.is_ok()
        {
            self.link = Some(link);
        }
    }

    /// Sends one emission, over as many connections as it takes, within [`ROUNDS`].
    async fn deliver(&mut self, emission: &Emission) {
        let mut first = true;
        for _ in 0..ROUNDS {
            let mut link = match self.link.take() {
                Some(link) => link,
                None => self.connect().await,
            };
            count(if first {
                &self.shared.progress.sent
            } else {
                &self.shared.progress.resent
            });
            first = false;
            if link.deliver(emission, &self.player, &self.shared).await.is_ok() {
                self.link = Some(link);
                return;
            }
        }
        count(&self.shared.progress.given_up);
    }

    /// Connects, however long it takes: a logger does not give up its centre.
    async fn connect(&self) -> Link {
        let mut wait = FIRST_WAIT;
        loop {
            let permit = self.shared.connecting.acquire().await;
            let attempt = timeout(CONNECT, TcpStream::connect(&self.shared.server)).await;
            drop(permit);
            if let Ok(Ok(stream)) = attempt {
                // Frames are small and each is awaited: delay would only add to the latency measured.
                let _ = stream.set_nodelay(true);
                count(&self.shared.progress.connections);
                let own = Identity::new(
                    self.player.edition,
                    &self.player.st,
                    &self.player.pw,
                    self.player.mn.as_str(),
                );
                let unit = FieldUnit::new(FieldConfig {
                    patience: self.shared.patience,
                    ..FieldConfig::new(own)
                });
                return Link {
                    stream,
                    decoder: Decoder::default(),
                    unit,
                };
            }
            sleep(wait).await;
            wait = (wait * 2).min(LAST_WAIT);
        }
    }
}

impl Link {
    async fn deliver(&mut self, emission: &Emission, player: &Player, shared: &Shared) -> Result<(), Broken> {
        let began = Instant::now();
        if emission.intent == Intent::BadCrc {
            // A frame nobody can answer; its right copy comes later.
            self.stream.write_all(&emission.bytes).await?;
            return Ok(());
        }
        let now = now_ms(shared);
        let (id, outputs) = self
            .unit
            .forward(emission.bytes.clone(), now)
            .map_err(|_| Broken)?;
        let mut settled = self.act(outputs, id, player, shared).await?;
        while settled.is_none() {
            let due = self
                .unit
                .due_ms()
                .map_or(1000, |due| due.saturating_sub(now_ms(shared)));
            let outputs = tokio::select! {
                heard = self.hear(shared) => heard?,
                () = sleep_until(Instant::now() + Duration::from_millis(due)) => {
                    let outputs = self.unit.tick(now_ms(shared));
                    for output in &outputs {
                        if matches!(output, Output::Send(_)) {
                            count(&shared.progress.resent);
                        }
                    }
                    outputs
                }
            };
            settled = self.act(outputs, id, player, shared).await?;
        }
        match settled {
            Some(true) => {
                if emission.answer {
                    shared.progress.answered_after(began.elapsed());
                }
                Ok(())
            }
            _ => Err(Broken),
        }
    }

    /// Waits for bytes and lets the field unit read them. Safe to drop while it waits.
    async fn hear(&mut self, shared: &Shared) -> Result<Vec<Output<FieldEvent>>, Broken> {
        let mut buffer = [0_u8; BUFFER];
        let read = self.stream.read(&mut buffer).await?;
        let bytes = buffer.get(..read).filter(|b| !b.is_empty()).ok_or(Broken)?;
        self.decoder.push(bytes);
        let now = now_ms(shared);
        let mut outputs = Vec::new();
        while let Some(item) = self.decoder.next_item() {
            if let Item::Frame(frame) = item {
                outputs.extend(self.unit.receive(&decode(frame.bytes), now));
            }
        }
        Ok(outputs)
    }

    /// Does what the field unit wants done; tells whether upload `id` was delivered (`true`) or given up (`false`).
    async fn act(
        &mut self,
        outputs: Vec<Output<FieldEvent>>,
        id: u64,
        player: &Player,
        shared: &Shared,
    ) -> Result<Option<bool>, Broken> {
        let mut settled = None;
        for output in outputs {
            match output {
                Output::Send(frame) => self.stream.write_all(&frame).await?,
                Output::Event(FieldEvent::Delivered { id: done }) if done == id => settled = Some(true),
                Output::Event(FieldEvent::NotDelivered { id: lost, .. }) if lost == id => {
                    settled = Some(false);
                }
                Output::Event(FieldEvent::Request { cn, qn, .. }) => {
                    for frame in self.obey(&cn, &qn, player, shared) {
                        self.stream.write_all(&frame).await?;
                    }
                }
                Output::Event(_) => {}
            }
        }
        Ok(settled)
    }

    /// Frames that carry out a request: time and interval are told, settings taken, history is not kept (100).
    fn obey(&mut self, cn: &str, qn: &str, player: &Player, shared: &Shared) -> Vec<Vec<u8>> {
        let now = now_ms(shared);
        let told = match cn {
            "1011" => Some(Group::one("SystemTime", shared.clock.now().to_compact())),
            "1061" => Some(Group::one("RtdInterval", player.interval_min * 60)),
            _ => None,
        };
        let result = if matches!(cn, "2031" | "2041" | "2051" | "2061") {
            100
        } else {
            1
        };
        let answer = told.map(|group| self.unit.answer(cn, qn, vec![group], now));
        let end = self.unit.finish(qn, result, now);
        answer
            .into_iter()
            .chain([end])
            .flatten()
            .flatten()
            .filter_map(|output| match output {
                Output::Send(frame) => Some(frame),
                Output::Event(_) => None,
            })
            .collect()
    }
}

/// Milliseconds for the field unit's timeouts: from the start of the run, never backwards.
fn now_ms(shared: &Shared) -> u64 {
    u64::try_from(shared.began.elapsed().as_millis()).unwrap_or(u64::MAX)
}
