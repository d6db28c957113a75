//! The field unit's side (现场机): uploads with resend, notifies, and the host's requests.

use super::courier::{Courier, Overdue, Parcel};
use super::{Declined, Identity, Numbers, Output, Patience};
use crate::command::{Exchange, Sender, command};
use crate::encode::Group;
use crate::frame::Decoded;
use crate::reading::CivilTime;
use crate::reply;

/// Settings of a [`FieldUnit`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldConfig {
    /// Who it is.
    pub own: Identity,
    /// Timeout and resends of uploads and notifies.
    pub patience: Patience,
    /// Frames that may wait.
    pub max_waiting: usize,
    /// Whether uploads ask for a 9014.
    pub ack: bool,
}

impl FieldConfig {
    /// Settings with the standard's defaults for mobile networks, room for 1000 frames, uploads answered.
    pub const fn new(own: Identity) -> Self {
        Self {
            own,
            patience: Patience::MOBILE,
            max_waiting: 1000,
            ack: true,
        }
    }
}

/// What the field unit learns. `id` is the number [`FieldUnit::upload`] gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldEvent {
    /// All packets of an upload or a notify are answered, or sent when no answer is asked for.
    Delivered {
        /// The upload.
        id: u64,
    },
    /// No answer after all resends: keep the record and upload it again later.
    NotDelivered {
        /// The upload.
        id: u64,
        /// Its command.
        cn: String,
    },
    /// The host asks for something; 9011 has gone out. Answer with data if the command has any, then call
    /// [`finish`](FieldUnit::finish).
    Request {
        /// Its command.
        cn: String,
        /// Its QN, to be given to [`answer`](FieldUnit::answer) and [`finish`](FieldUnit::finish).
        qn: String,
        /// The frame.
        frame: Vec<u8>,
    },
    /// The host notifies (2012, 2022); 9013 has gone out.
    Notify {
        /// Its command.
        cn: String,
        /// The frame.
        frame: Vec<u8>,
    },
    /// A request was refused with this QnRtn (3 PW, 4 MN, 8 CN).
    Refused {
        /// Its command.
        cn: String,
        /// The code sent.
        qn_rtn: u16,
    },
    /// A frame whose checksum is not accepted.
    Dropped(Vec<u8>),
    /// An answer that fits nothing on its way.
    Stray(Vec<u8>),
}

/// The field unit's side of one connection.
#[derive(Debug)]
pub struct FieldUnit {
    config: FieldConfig,
    courier: Courier,
    numbers: Numbers,
    next_id: u64,
}

type Outputs = Vec<Output<FieldEvent>>;

impl FieldUnit {
    /// A field unit that waits.
    pub fn new(config: FieldConfig) -> Self {
        let courier = Courier::new(config.patience, config.max_waiting);
        Self {
            config,
            courier,
            numbers: Numbers::default(),
            next_id: 1,
        }
    }

    /// Uploads a record, in packets where it is too long for one.
    pub fn upload(&mut self, cn: &str, groups: Vec<Group>, now_ms: u64) -> Result<(u64, Outputs), Declined> {
        self.upload_as(cn, groups, false, now_ms)
    }

    /// Uploads a record again, late: with RF=1 in 2025, plainly before.
    pub fn upload_late(
        &mut self,
        cn: &str,
        groups: Vec<Group>,
        now_ms: u64,
    ) -> Result<(u64, Outputs), Declined> {
        self.upload_as(
            cn,
            groups,
            self.config.own.edition == crate::Edition::V2025,
            now_ms,
        )
    }

    fn upload_as(
        &mut self,
        cn: &str,
        groups: Vec<Group>,
        late: bool,
        now_ms: u64,
    ) -> Result<(u64, Outputs), Declined> {
        let wants = self.config.ack.then_some("9014");
        let message = self
            .config
            .own
            .message(cn)
            .qn(self.numbers.next(now_ms))
            .ack(self.config.ack);
        let numbers = &mut self.numbers;
        let frames = message
            .late(late)
            .with_all(groups)
            .packets(|| numbers.next(now_ms))?;
        self.send(cn, frames, wants, true, now_ms)
    }

    /// 2081, once after power-up.
    pub fn power_on(&mut self, restarted: CivilTime, now_ms: u64) -> Result<(u64, Outputs), Declined> {
        let time = CivilTime::from_unix_ms(now_ms);
        self.upload(
            "2081",
            vec![Group::one("DataTime", time), Group::one("RestartTime", restarted)],
            now_ms,
        )
    }

    /// Notifies the host (1013: please set my clock; 1001 and 9015 of 2025).
    pub fn notify(&mut self, cn: &str, groups: Vec<Group>, now_ms: u64) -> Result<(u64, Outputs), Declined> {
        let message = self
            .config
            .own
            .message(cn)
            .qn(self.numbers.next(now_ms))
            .ack(true);
        let frame = message.with_all(groups).encode()?;
        self.send(cn, vec![frame], Some("9013"), true, now_ms)
    }

    /// Sends an upload or a notify that was written elsewhere (stored, replayed, simulated), under its own QN. Where its
    /// Flag asks for an answer, 9013 is awaited for a notify or heartbeat and 9014 for all else.
    pub fn forward(&mut self, frame: Vec<u8>, now_ms: u64) -> Result<(u64, Outputs), Declined> {
        let decoded = crate::decode(&frame);
        let cn = decoded
            .header()
            .cn
            .map_or_else(String::new, |cn| cn.to_str().into_owned());
        let exchange = command(&cn, decoded.edition()).map(|command| command.exchange);
        let notify = matches!(
            exchange,
            Some(Exchange::Notify | Exchange::NotifyOrSet | Exchange::Heartbeat)
        );
        let asks = decoded.flag().is_some_and(crate::Flag::ack);
        let wants = asks.then_some(if notify { "9013" } else { "9014" });
        self.send(&cn, vec![frame], wants, true, now_ms)
    }

    /// Sends data under the command and QN of a request (1011, 1061, 3017 …).
    pub fn answer(
        &mut self,
        cn: &str,
        qn: &str,
        groups: Vec<Group>,
        now_ms: u64,
    ) -> Result<Outputs, Declined> {
        let message = self.config.own.message(cn);
        let frame = if self.config.own.edition.tables() == crate::Edition::V2005 {
            message
                .without_flag()
                .with(Group::one("QN", qn))
                .with_all(groups)
                .encode()?
        } else {
            message.qn(qn).with_all(groups).encode()?
        };
        self.send(cn, vec![frame], None, false, now_ms)
            .map(|(_, outputs)| outputs)
    }

    /// Ends a request with 9012, after all that was queued before it. `exe_rtn` 1 is success, 100 no data.
    pub fn finish(&mut self, qn: &str, exe_rtn: u16, now_ms: u64) -> Result<Outputs, Declined> {
        let own = &self.config.own;
        let result = Group::one("ExeRtn", exe_rtn);
        let message = own.message("9012").st("91");
        let frame = if own.edition.tables() == crate::Edition::V2005 {
            message
                .without_flag()
                .with(Group::one("QN", qn))
                .with(result)
                .encode()?
        } else {
            message.qn(qn).with(result).encode()?
        };
        self.send("9012", vec![frame], None, false, now_ms)
            .map(|(_, outputs)| outputs)
    }

    /// Answers a history request: one upload for each record, then 9012 (100 when there is none).
    pub fn answer_history(
        &mut self,
        cn: &str,
        qn: &str,
        records: impl IntoIterator<Item = Vec<Group>>,
        now_ms: u64,
    ) -> Result<Outputs, Declined> {
        let mut outputs = Vec::new();
        let mut exe_rtn = 100;
        for record in records {
            outputs.append(&mut self.upload(cn, record, now_ms)?.1);
            exe_rtn = 1;
        }
        outputs.append(&mut self.finish(qn, exe_rtn, now_ms)?);
        Ok(outputs)
    }

    /// New timeout and resends, as 1000 sets them.
    pub const fn set_patience(&mut self, patience: Patience) {
        self.courier.patience = patience;
    }

    /// A frame came in.
    pub fn receive(&mut self, frame: &Decoded<'_>, now_ms: u64) -> Outputs {
        let bytes = || frame.bytes().to_vec();
        if self.config.own.crc_policy.admits(frame.crc_kind()).is_none() {
            return vec![Output::Event(FieldEvent::Dropped(bytes()))];
        }
        let cn = frame
            .mended_header()
            .cn
            .map_or_else(String::new, |cn| cn.to_str().into_owned());
        let qn = reply::answered_qn(frame).map_or_else(String::new, |qn| qn.to_str().into_owned());
        let mut outputs = match cn.as_str() {
            "9013" | "9014" => match self.courier.settle(&cn, &qn) {
                Some(parcel) => self.delivered(&parcel),
                None => vec![Output::Event(FieldEvent::Stray(bytes()))],
            },
            "9011" | "9012" => vec![Output::Event(FieldEvent::Stray(bytes()))],
            _ => self.requested(frame, cn, qn),
        };
        outputs.append(&mut self.pump(now_ms));
        outputs
    }

    /// Time has passed. Call at [`due_ms`](Self::due_ms), or about once a second.
    pub fn tick(&mut self, now_ms: u64) -> Outputs {
        let mut outputs = match self.courier.tick(now_ms) {
            Overdue::Nothing => Vec::new(),
            Overdue::Resend(frame) => vec![Output::Send(frame)],
            Overdue::GivenUp(parcel) => {
                vec![Output::Event(FieldEvent::NotDelivered {
                    id: parcel.id,
                    cn: parcel.cn,
                })]
            }
        };
        outputs.append(&mut self.pump(now_ms));
        outputs
    }

    /// When the next timeout falls due, if anything is awaited.
    pub fn due_ms(&self) -> Option<u64> {
        self.courier.due_ms()
    }

    /// Frames not yet settled.
    pub fn waiting(&self) -> usize {
        self.courier.waiting()
    }

    fn send(
        &mut self,
        cn: &str,
        frames: Vec<Vec<u8>>,
        wants: Option<&'static str>,
        told: bool,
        now_ms: u64,
    ) -> Result<(u64, Outputs), Declined> {
        let id = self.next_id;
        let parcels = frames.into_iter().map(|frame| {
            let qn = crate::decode(&frame)
                .header()
                .qn
                .map_or_else(String::new, |qn| qn.to_str().into_owned());
            Parcel {
                id,
                cn: cn.to_owned(),
                qn,
                frame,
                wants,
                told,
            }
        });
        self.courier.offer(parcels.collect())?;
        self.next_id += 1;
        Ok((id, self.pump(now_ms)))
    }

    fn pump(&mut self, now_ms: u64) -> Outputs {
        let mut outputs = Vec::new();
        while let Some(parcel) = self.courier.pump(now_ms) {
            let settled = parcel.wants.is_none() && parcel.told;
            let delivered = if settled {
                self.delivered(&parcel)
            } else {
                Vec::new()
            };
            outputs.push(Output::Send(parcel.frame));
            outputs.extend(delivered);
        }
        outputs
    }

    /// Delivered when no packet of the same upload is left.
    fn delivered(&self, parcel: &Parcel) -> Outputs {
        if self.courier.holds(parcel.id) {
            return Vec::new();
        }
        vec![Output::Event(FieldEvent::Delivered { id: parcel.id })]
    }

    fn requested(&self, frame: &Decoded<'_>, cn: String, qn: String) -> Outputs {
        let header = frame.mended_header();
        let own = &self.config.own;
        let known = command(&cn, frame.edition());
        if known.is_some_and(|command| command.exchange == Exchange::Notify && command.sender == Sender::Host)
        {
            let answer = reply::notify_answer(frame).map(|reply| Output::Send(reply.bytes));
            let event = Output::Event(FieldEvent::Notify {
                cn,
                frame: frame.bytes().to_vec(),
            });
            return answer.into_iter().chain([event]).collect();
        }
        let qn_rtn = if header.mn.is_none_or(|mn| mn != own.mn.as_str()) {
            4
        } else if header.pw.is_none_or(|pw| pw != own.pw.as_str()) {
            3
        } else if known.is_none_or(|command| command.sender == Sender::Field) {
            8
        } else {
            1
        };
        // 2005 knows refusal and wrong password only.
        let code = if reply::is_early(frame) && qn_rtn > 3 {
            2
        } else {
            qn_rtn
        };
        let answer = reply::request_answer(frame, code).map(|reply| Output::Send(reply.bytes));
        let event = if code == 1 {
            FieldEvent::Request {
                cn,
                qn,
                frame: frame.bytes().to_vec(),
            }
        } else {
            FieldEvent::Refused { cn, qn_rtn: code }
        };
        answer.into_iter().chain([Output::Event(event)]).collect()
    }
}
