//! The monitoring centre's side (上位机): requests one after the other, uploads handed to the application.
//!
//! Uploads are not answered here: a 9014 may only go out when the upload is durable, which the application
//! knows. It calls [`reply_to`](crate::reply::reply_to) then. Notifies are answered at once.

use super::courier::{Courier, Overdue, Parcel};
use super::{Declined, Identity, Numbers, Output, Patience};
use crate::command::{Exchange, command};
use crate::encode::Group;
use crate::frame::Decoded;
use crate::reading::CivilTime;
use crate::reply;

/// Settings of a [`Host`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostConfig {
    /// The field unit it talks to.
    pub peer: Identity,
    /// Timeout of the answer and of the result, and resends of the request.
    pub patience: Patience,
    /// Requests that may wait.
    pub max_waiting: usize,
}

impl HostConfig {
    /// Settings with the standard's defaults for mobile networks and room for 64 requests.
    pub const fn new(peer: Identity) -> Self {
        Self {
            peer,
            patience: Patience::MOBILE,
            max_waiting: 64,
        }
    }
}

/// A command for the field unit: a request, or a notify (2012, 2022).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// 命令编码.
    pub cn: String,
    /// Content of CP.
    pub groups: Vec<Group>,
}

impl Request {
    /// A command without content.
    pub fn new(cn: &str) -> Self {
        Self {
            cn: cn.to_owned(),
            groups: Vec::new(),
        }
    }

    /// Adds an item to CP.
    #[must_use]
    pub fn with(mut self, group: Group) -> Self {
        self.groups.push(group);
        self
    }

    /// History of `cn` (2031, 2041, 2051, 2061 …) from `begin` to `end`, both included.
    pub fn history(cn: &str, begin: CivilTime, end: CivilTime) -> Self {
        Self::new(cn)
            .with(Group::one("BeginTime", begin))
            .with(Group::one("EndTime", end))
    }
}

/// What the start-up sequence sets; `None` leaves a step out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StartUp {
    /// 1012: set the clock to the time of the call.
    pub clock: bool,
    /// 1000: OverTime in seconds (1..=99) and ReCount (1..=99).
    pub patience: Option<(u8, u8)>,
    /// 1062: seconds, 30..=3600.
    pub realtime_interval: Option<u16>,
    /// 1064: minutes.
    pub minute_interval: Option<u8>,
    /// 2011 or 2012.
    pub realtime: Option<bool>,
    /// 2021 or 2022.
    pub facility_state: Option<bool>,
}

/// What the host learns. `id` is the number [`Host::request`] gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostEvent {
    /// An upload or a message of no known exchange: store it, then answer with `reply_to`.
    Upload(Vec<u8>),
    /// A notify, already answered if it asked for it. After 1013 send 1012.
    Notify {
        /// Its command.
        cn: String,
        /// The frame.
        frame: Vec<u8>,
    },
    /// 9011 with QnRtn=1: the field unit will do it.
    Accepted {
        /// The request.
        id: u64,
    },
    /// 9011 with another QnRtn; the request is over.
    Refused {
        /// The request.
        id: u64,
        /// QnRtn as sent.
        qn_rtn: String,
    },
    /// Data that belong to the request. If they ask for an answer, give it as for an upload.
    Data {
        /// The request.
        id: u64,
        /// The frame.
        frame: Vec<u8>,
    },
    /// 9012: the request is over.
    Done {
        /// The request.
        id: u64,
        /// ExeRtn as sent; `1` is success, `100` no data. Empty for a notify that was answered.
        exe_rtn: String,
    },
    /// No answer after all resends: the link should be given up.
    NoAnswer {
        /// The request.
        id: u64,
    },
    /// Accepted, but neither data nor result within the timeout: the command failed.
    NoResult {
        /// The request.
        id: u64,
    },
    /// A frame whose checksum is not accepted.
    Dropped(Vec<u8>),
    /// An answer that fits nothing on its way (late, or asked by another).
    Stray(Vec<u8>),
}

/// A request that was accepted and runs.
#[derive(Debug)]
struct Running {
    id: u64,
    cn: String,
    qn: String,
    due_ms: u64,
}

/// The host's side of one connection.
///
/// ```
/// use hj212::dialogue::{Host, HostConfig, HostEvent, Identity, Output, Request};
/// use hj212::{Edition, decode, reply};
/// let peer = Identity::new(Edition::V2017, "32", "123456", "010000A8900016F000169DC0");
/// let mut host = Host::new(HostConfig::new(peer));
/// let (id, out) = host.request(Request::new("1061"), 1_470_013_137_223).unwrap();
/// let Some(Output::Send(frame)) = out.first() else { panic!() };
/// let request = decode(frame);
/// let accepted = reply::request_answer(&request, 1).unwrap();
/// assert_eq!(host.receive(&decode(&accepted.bytes), 1_470_013_137_300), [Output::Event(HostEvent::Accepted { id })]);
/// ```
#[derive(Debug)]
pub struct Host {
    config: HostConfig,
    courier: Courier,
    running: Option<Running>,
    numbers: Numbers,
    next_id: u64,
}

type Outputs = Vec<Output<HostEvent>>;

impl Host {
    /// A host that waits.
    pub fn new(config: HostConfig) -> Self {
        let courier = Courier::new(config.patience, config.max_waiting);
        Self {
            config,
            courier,
            running: None,
            numbers: Numbers::default(),
            next_id: 1,
        }
    }

    /// Queues a command; gives its number and what is to be sent now.
    pub fn request(&mut self, request: Request, now_ms: u64) -> Result<(u64, Outputs), Declined> {
        let edition = self.config.peer.edition;
        let exchange = command(&request.cn, edition).map(|command| command.exchange);
        let wants = if exchange == Some(Exchange::Notify) {
            "9013"
        } else {
            "9011"
        };
        let qn = self.numbers.next(now_ms);
        let message = self
            .config
            .peer
            .message(&request.cn)
            .qn(qn.as_str())
            .ack(true)
            .with_all(request.groups);
        let frame = message.encode()?;
        let id = self.next_id;
        self.courier.offer(vec![Parcel {
            id,
            cn: request.cn,
            qn,
            frame,
            wants: Some(wants),
            told: true,
        }])?;
        self.next_id += 1;
        Ok((id, self.pump(now_ms)))
    }

    /// Queues the start-up sequence in the standard's order: time, timeout and resends, real-time interval,
    /// minute interval, real-time reporting, facility-state reporting.
    pub fn start_up(&mut self, what: StartUp, now_ms: u64) -> Result<(Vec<u64>, Outputs), Declined> {
        let switch = |on: bool, start: &str, stop: &str| Request::new(if on { start } else { stop });
        let clock = CivilTime::from_unix_ms(now_ms);
        let steps = [
            what.clock
                .then(|| Request::new("1012").with(Group::one("SystemTime", clock))),
            what.patience.map(|(over_time, re_count)| {
                Request::new("1000")
                    .with(Group::one("OverTime", over_time))
                    .with(Group::one("ReCount", re_count))
            }),
            what.realtime_interval
                .map(|seconds| Request::new("1062").with(Group::one("RtdInterval", seconds))),
            what.minute_interval
                .map(|minutes| Request::new("1064").with(Group::one("MinInterval", minutes))),
            what.realtime.map(|on| switch(on, "2011", "2012")),
            what.facility_state.map(|on| switch(on, "2021", "2022")),
        ];
        let (mut ids, mut outputs) = (Vec::new(), Vec::new());
        for step in steps.into_iter().flatten() {
            let (id, mut out) = self.request(step, now_ms)?;
            ids.push(id);
            outputs.append(&mut out);
        }
        Ok((ids, outputs))
    }

    /// A frame came in.
    pub fn receive(&mut self, frame: &Decoded<'_>, now_ms: u64) -> Outputs {
        let bytes = || frame.bytes().to_vec();
        if self.config.peer.crc_policy.admits(frame.crc_kind()).is_none() {
            return vec![Output::Event(HostEvent::Dropped(bytes()))];
        }
        let cn = frame
            .mended_header()
            .cn
            .map_or_else(String::new, |cn| cn.to_str().into_owned());
        let qn = reply::answered_qn(frame).map_or_else(String::new, |qn| qn.to_str().into_owned());
        let mut outputs = match cn.as_str() {
            "9011" => self.accepted(frame, &qn, now_ms),
            "9012" => self.result(frame, &qn),
            "9013" | "9014" => match self.courier.settle(&cn, &qn) {
                Some(parcel) => vec![Output::Event(HostEvent::Done {
                    id: parcel.id,
                    exe_rtn: String::new(),
                })],
                None => vec![Output::Event(HostEvent::Stray(bytes()))],
            },
            _ => self.data(frame, cn, &qn, now_ms),
        };
        outputs.append(&mut self.pump(now_ms));
        outputs
    }

    /// Time has passed. Call at [`due_ms`](Self::due_ms), or about once a second.
    pub fn tick(&mut self, now_ms: u64) -> Outputs {
        let mut outputs = Vec::new();
        match self.courier.tick(now_ms) {
            Overdue::Nothing => {}
            Overdue::Resend(frame) => outputs.push(Output::Send(frame)),
            Overdue::GivenUp(parcel) => outputs.push(Output::Event(HostEvent::NoAnswer { id: parcel.id })),
        }
        if let Some(late) = self.running.take_if(|running| now_ms >= running.due_ms) {
            outputs.push(Output::Event(HostEvent::NoResult { id: late.id }));
        }
        outputs.append(&mut self.pump(now_ms));
        outputs
    }

    /// When the next timeout falls due, if anything is awaited.
    pub fn due_ms(&self) -> Option<u64> {
        self.courier
            .due_ms()
            .into_iter()
            .chain(self.running.as_ref().map(|running| running.due_ms))
            .min()
    }

    /// Commands not yet settled.
    pub fn waiting(&self) -> usize {
        self.courier.waiting() + usize::from(self.running.is_some())
    }

    fn pump(&mut self, now_ms: u64) -> Outputs {
        let mut outputs = Vec::new();
        while self.running.is_none() {
            let Some(parcel) = self.courier.pump(now_ms) else {
                break;
            };
            outputs.push(Output::Send(parcel.frame));
        }
        outputs
    }

    fn accepted(&mut self, frame: &Decoded<'_>, qn: &str, now_ms: u64) -> Outputs {
        let Some(parcel) = self.courier.settle("9011", qn) else {
            return vec![Output::Event(HostEvent::Stray(frame.bytes().to_vec()))];
        };
        let qn_rtn = frame
            .get("QnRtn")
            .map_or_else(String::new, |code| code.trim().to_str().into_owned());
        if qn_rtn != "1" {
            return vec![Output::Event(HostEvent::Refused {
                id: parcel.id,
                qn_rtn,
            })];
        }
        let due_ms = now_ms.saturating_add(self.config.patience.timeout_ms);
        let id = parcel.id;
        self.running = Some(Running {
            id,
            cn: parcel.cn,
            qn: parcel.qn,
            due_ms,
        });
        vec![Output::Event(HostEvent::Accepted { id })]
    }

    fn result(&mut self, frame: &Decoded<'_>, qn: &str) -> Outputs {
        // A field unit that forgets 9011 has accepted all the same.
        let early = self.courier.settle("9011", qn).map(|parcel| parcel.id);
        let id = early.or_else(|| {
            self.running
                .take_if(|running| running.qn == qn)
                .map(|running| running.id)
        });
        let exe_rtn = frame
            .get("ExeRtn")
            .map_or_else(String::new, |code| code.trim().to_str().into_owned());
        vec![Output::Event(match id {
            Some(id) => HostEvent::Done { id, exe_rtn },
            None => HostEvent::Stray(frame.bytes().to_vec()),
        })]
    }

    fn data(&mut self, frame: &Decoded<'_>, cn: String, qn: &str, now_ms: u64) -> Outputs {
        let bytes = frame.bytes().to_vec();
        let due_ms = now_ms.saturating_add(self.config.patience.timeout_ms);
        let exchange = command(&cn, frame.edition()).map(|command| command.exchange);
        // History comes under the request's CN, each record with its own QN.
        if let Some(running) = self.running.as_mut().filter(|running| running.cn == cn) {
            // Real-time reporting is switched on by its request; what comes then are uploads like any other.
            let upload = exchange == Some(Exchange::Data)
                && matches!(cn.as_str(), "2011" | "2021")
                && running.qn != qn;
            if !upload {
                running.due_ms = due_ms;
                return vec![Output::Event(HostEvent::Data {
                    id: running.id,
                    frame: bytes,
                })];
            }
        }
        let notify = matches!(
            exchange,
            Some(Exchange::Notify | Exchange::NotifyOrSet | Exchange::Heartbeat)
        );
        if !notify {
            return vec![Output::Event(HostEvent::Upload(bytes))];
        }
        let answer = reply::reply_to_with(frame, self.config.peer.crc_policy);
        let mut outputs: Outputs = answer
            .map(|reply| Output::Send(reply.bytes))
            .into_iter()
            .collect();
        outputs.push(Output::Event(HostEvent::Notify { cn, frame: bytes }));
        outputs
    }
}
