//! The stream of uploads: which device sends what when, with the faults of real lines. Same profile, seed, start and
//! options give the same bytes.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use hj212::Edition;
use hj212::encode::{EncodeError, Group};
use model::ids::Mn;
use model::profile::Profile;
use model::time::{Grain, UtcMs};

use crate::cast::{Cast, CastError, Player};
use crate::noise::Noise;
use crate::period::{Ledger, SHORT};
use crate::source::Source;
use crate::story::{Part, Parts, Story};
use crate::tables::Medium;
use crate::upload;
use crate::weather::Weather;
use crate::wire::{self, Envelope};

/// How to simulate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// How many devices: the profile's own first, then clones of its outlets; all of the profile's where absent.
    pub points: Option<usize>,
    /// Real-time values and facility states are sent from here on; before it only minute, hour and day records.
    pub realtime_from: UtcMs,
    /// The moment at which the watching begins; the incident, the silence and the outage lie around it.
    pub present: UtcMs,
    /// Duplicates, wrong checksums, drop-outs and late single records.
    pub faults: bool,
    /// The incident, the frozen analyser, the silent logger, the outage.
    pub story: bool,
}

impl Options {
    /// Watching begins at `present`, everything on, the profile's own cast.
    pub fn watched_from(present: UtcMs) -> Self {
        Self {
            points: None,
            realtime_from: present.plus_ms(-2 * HOUR_MS),
            present,
            faults: true,
            story: true,
        }
    }
}

/// What an emission is meant to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Intent {
    /// An ordinary upload.
    Normal,
    /// The same bytes as an earlier upload of the device.
    Duplicate,
    /// A record sent long after its period.
    Late,
    /// A checksum that is not the frame's; the right frame follows.
    BadCrc,
    /// An ordinary upload whose values show the incident.
    Incident,
}

/// A frame at its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emission {
    /// When it is sent.
    pub at: UtcMs,
    /// By which device.
    pub mn: Mn,
    /// The frame as it goes over the line, CR LF included.
    pub bytes: Vec<u8>,
    /// What it is meant to be.
    pub intent: Intent,
    /// Command.
    pub cn: u16,
    /// QN.
    pub qn: String,
    /// Whether an answer is wanted (A of Flag).
    pub answer: bool,
}

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// Wrong checksums an hour over the whole cast.
const BAD_CRC_AN_HOUR: f64 = 4.0;
/// Share of uploads sent twice, of real-time uploads lost, of ten-minute records sent late.
const DUPLICATES: f64 = 0.002;
const LOST: f64 = 0.004;
const LATE: f64 = 0.006;
/// Uploads of a burst follow each other by this, milliseconds.
const BURST_MS: i64 = 700;
/// Minutes between facility states and between heartbeats.
const STATE_MIN: i64 = 5;

/// What a device does again and again. The order is that of sending within one minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Task {
    Boot,
    Realtime,
    State,
    Heartbeat,
    Short,
    Hour,
    FourHours,
    Day,
}

impl Task {
    /// Own place within the second and delay after the boundary: also keeps QNs of one device apart.
    fn delay_ms(self) -> i64 {
        match self {
            Self::Boot => 1,
            Self::Realtime => 102,
            Self::State => 703,
            Self::Heartbeat => 1304,
            Self::Short => 2405,
            Self::Hour => 4506,
            Self::FourHours => 4707,
            Self::Day => 7808,
        }
    }
}

impl Task {
    /// Minutes to look at when asking whether an upload shows the incident; none where it carries no measurement.
    fn shows(self, boundary: i64) -> impl Iterator<Item = i64> {
        let span = match self {
            Self::Realtime | Self::FourHours => boundary..boundary + 1,
            Self::Short => boundary - SHORT..boundary,
            Self::Hour => boundary - 60..boundary,
            Self::Day => boundary - 1440..boundary,
            Self::Boot | Self::State | Self::Heartbeat => 0..0,
        };
        span.step_by(5)
    }
}

struct Device {
    player: Player,
    source: Source,
    part: Part,
    ledger: Ledger,
    phase_ms: i64,
    dice: Noise,
    rolled: i64,
    /// Records put aside during the outage.
    waiting: i64,
}

enum Due {
    Task(Task, i64),
    Ready(Box<Emission>),
}

struct Entry {
    at: UtcMs,
    device: usize,
    number: u64,
    due: Due,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Entry {}
impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.device, self.number).cmp(&(other.at, other.device, other.number))
    }
}

/// A simulated district: an endless iterator of [`Emission`]s in order of time.
pub struct Simulation {
    devices: Vec<Device>,
    parts: Parts,
    weather: Weather,
    story: Story,
    options: Options,
    heap: BinaryHeap<Reverse<Entry>>,
    number: u64,
    bad_crc: f64,
}

impl Simulation {
    /// The district of `profile` from `start` on. Records whose period ends after `start` are sent, with values of the
    /// whole period, also of the part before `start`.
    pub fn new(profile: &Profile, seed: u64, start: UtcMs, options: Options) -> Result<Self, CastError> {
        let cast = Cast::of(profile, seed, options.points)?;
        let parts = if options.story {
            cast.parts
        } else {
            Parts::default()
        };
        let devices: Vec<Device> = cast
            .players
            .into_iter()
            .map(|(player, source)| {
                let dice = Noise::new(seed, &format!("{}/line", player.mn));
                Device {
                    part: parts.of(&player.mn),
                    phase_ms: whole(dice.uniform(0) * 20_000.0),
                    source: if options.story { source } else { source.ordinary() },
                    ledger: Ledger::default(),
                    dice,
                    rolled: 0,
                    waiting: 0,
                    player,
                }
            })
            .collect();
        for device in &devices {
            // What a profile says of a device must fit into a header; later uploads differ only in their numbers.
            device
                .frames(9015, Vec::new(), start, false)
                .map_err(|error| CastError::Unwritable {
                    mn: device.player.mn.clone(),
                    error: error.to_string(),
                })?;
        }
        let an_hour: f64 = devices.iter().map(uploads_an_hour).sum();
        let mut simulation = Self {
            devices,
            parts,
            weather: Weather::new(seed),
            story: Story::at(options.present),
            options,
            heap: BinaryHeap::new(),
            number: 0,
            bad_crc: BAD_CRC_AN_HOUR / an_hour.max(BAD_CRC_AN_HOUR * 10.0),
        };
        let first = start.0.div_euclid(MINUTE_MS) + i64::from(start.0.rem_euclid(MINUTE_MS) > 0);
        for index in 0..simulation.devices.len() {
            simulation.begin(index, first);
        }
        Ok(simulation)
    }

    /// Who plays which part of the story.
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// The devices.
    pub fn players(&self) -> impl Iterator<Item = &Player> {
        self.devices.iter().map(|d| &d.player)
    }

    /// When the next emission is due.
    pub fn next_at(&self) -> Option<UtcMs> {
        self.heap.peek().map(|Reverse(entry)| entry.at)
    }

    fn begin(&mut self, index: usize, first: i64) {
        let Some(device) = self.devices.get(index) else {
            return;
        };
        let edition = device.player.edition;
        let outlet = matches!(device.source.medium, Medium::Gas | Medium::Water);
        let station = device.source.medium == Medium::Air;
        let gas = device.source.medium == Medium::Gas;
        let tasks = [
            (Task::Boot, outlet && edition != Edition::V2005),
            (Task::Realtime, outlet || station),
            (Task::State, gas),
            (Task::Heartbeat, edition == Edition::V2025),
            (Task::Short, outlet),
            (Task::Hour, outlet || station),
            (Task::FourHours, device.source.medium == Medium::Section),
            (Task::Day, outlet || station),
        ];
        let interval = i64::from(device.player.interval_min);
        let realtime = self.options.realtime_from.0.div_euclid(MINUTE_MS).max(first);
        for (task, _) in tasks.into_iter().filter(|(_, wanted)| *wanted) {
            let from = if matches!(task, Task::Realtime | Task::State | Task::Heartbeat) {
                realtime
            } else {
                first
            };
            if let Some(boundary) = boundary(task, from, interval) {
                self.schedule(index, task, boundary);
            }
        }
    }

    fn schedule(&mut self, index: usize, task: Task, boundary: i64) {
        let Some(device) = self.devices.get(index) else {
            return;
        };
        let at = UtcMs(boundary * MINUTE_MS + device.phase_ms + task.delay_ms());
        self.push(at, index, Due::Task(task, boundary));
    }

    fn push(&mut self, at: UtcMs, device: usize, due: Due) {
        self.number += 1;
        self.heap.push(Reverse(Entry {
            at,
            device,
            number: self.number,
            due,
        }));
    }

    /// Does a task: schedules it again, then sends, loses, delays or spoils what it yields.
    fn perform(&mut self, index: usize, task: Task, boundary: i64, at: UtcMs) {
        let interval = self
            .devices
            .get(index)
            .map_or(1, |d| i64::from(d.player.interval_min));
        if task != Task::Boot
            && let Some(next) = boundary_after(task, boundary, interval)
        {
            self.schedule(index, task, next);
        }
        let (options, story) = (self.options, self.story);
        let Some(device) = self.devices.get_mut(index) else {
            return;
        };
        if story.is_silent(device.part, boundary) {
            return;
        }
        let record = matches!(task, Task::Short | Task::Hour | Task::Day);
        if let Some(outage) = story.outage(device.part, boundary) {
            if record {
                let after = UtcMs(outage.to * MINUTE_MS + device.phase_ms + BURST_MS * device.waiting + 9);
                device.waiting += 1;
                self.send(index, task, boundary, after, true);
            }
            return;
        }
        let dice = if options.faults { device.roll() } else { 1.0 };
        match task {
            Task::Realtime if dice < LOST => {}
            Task::Short if dice < LATE => {
                let wait = 20 * MINUTE_MS + whole(dice / LATE * 20.0) * MINUTE_MS + 31_000;
                self.send(index, task, boundary, at.plus_ms(wait), true);
            }
            _ => self.send(index, task, boundary, at, false),
        }
    }

    fn send(&mut self, index: usize, task: Task, boundary: i64, at: UtcMs, late: bool) {
        let (options, story, bad_crc) = (self.options, self.story, self.bad_crc);
        let Some(device) = self.devices.get_mut(index) else {
            return;
        };
        let mut ready = Vec::new();
        let mut at = at;
        for (cn, groups) in device.contents(task, boundary, &self.weather, &story) {
            let incident = task
                .shows(boundary)
                .any(|minute| story.incident(device.part, minute));
            let intent = match (late, incident) {
                (true, _) => Intent::Late,
                (false, true) => Intent::Incident,
                (false, false) => Intent::Normal,
            };
            let answer = device.wants_answer(cn);
            for bytes in device.frames(cn, groups, at, late).unwrap_or_default() {
                let qn = wire::qn(at);
                let good = Emission {
                    at,
                    mn: device.player.mn.clone(),
                    bytes,
                    intent,
                    cn,
                    qn,
                    answer,
                };
                let dice = if options.faults && !late {
                    device.roll()
                } else {
                    1.0
                };
                if dice < bad_crc {
                    let again = Emission {
                        at: at.plus_ms(10_000),
                        ..good.clone()
                    };
                    ready.push(Emission {
                        bytes: wire::spoil(&good.bytes),
                        intent: Intent::BadCrc,
                        ..good
                    });
                    ready.push(again);
                } else {
                    if dice < bad_crc + if options.faults { DUPLICATES } else { 0.0 } {
                        ready.push(Emission {
                            at: at.plus_ms(12_000),
                            intent: Intent::Duplicate,
                            ..good.clone()
                        });
                    }
                    ready.push(good);
                }
                at = at.plus_ms(wire::PACKET_MS);
            }
        }
        for emission in ready {
            self.push(emission.at, index, Due::Ready(Box::new(emission)));
        }
    }
}

impl Iterator for Simulation {
    type Item = Emission;

    fn next(&mut self) -> Option<Emission> {
        loop {
            let Reverse(entry) = self.heap.pop()?;
            match entry.due {
                Due::Ready(emission) => return Some(*emission),
                Due::Task(task, boundary) => self.perform(entry.device, task, boundary, entry.at),
            }
        }
    }
}

impl Device {
    /// The next throw of this line's dice, 0 ≤ u < 1.
    fn roll(&mut self) -> f64 {
        self.rolled += 1;
        self.dice.uniform(self.rolled)
    }

    /// Commands and groups of CP that a task yields at a boundary.
    fn contents(
        &mut self,
        task: Task,
        boundary: i64,
        weather: &Weather,
        story: &Story,
    ) -> Vec<(u16, Vec<Group>)> {
        let at = UtcMs(boundary * MINUTE_MS);
        let source = &self.source;
        match task {
            Task::Boot => vec![(2081, upload::restart(at))],
            Task::Realtime => vec![(
                2011,
                upload::realtime(source, &source.row(boundary, weather, story), at),
            )],
            Task::State => vec![(2021, upload::states(at))],
            Task::Heartbeat => vec![(9015, Vec::new())],
            Task::Short => {
                let total = self.ledger.short(boundary - SHORT, source, weather, story);
                vec![(
                    2051,
                    upload::record(source, &total, at.plus_ms(-SHORT * MINUTE_MS)),
                )]
            }
            Task::Hour => {
                let total = self.ledger.hour(boundary - 60, source, weather, story);
                vec![(2061, upload::record(source, &total, at.plus_ms(-HOUR_MS)))]
            }
            Task::FourHours => {
                // The sample drawn at the boundary stands for the four hours from it.
                let total = self.ledger.short(boundary, source, weather, story);
                vec![(2061, upload::record(source, &total, at))]
            }
            Task::Day => {
                let Some(start) = Grain::Day.start(at.plus_ms(-1)) else {
                    return Vec::new();
                };
                let from = start.0.div_euclid(MINUTE_MS);
                let total = self.ledger.day(from, boundary, source, weather, story);
                let mut all = vec![(2031, upload::record(source, &total, start))];
                if source.medium == Medium::Gas {
                    all.push((2041, upload::run_times(&total, start)));
                }
                all
            }
        }
    }

    /// Records want an answer; real-time values of 2005 loggers do not.
    fn wants_answer(&self, cn: u16) -> bool {
        !(self.player.edition == Edition::V2005 && cn == 2011)
    }

    fn frames(
        &self,
        cn: u16,
        groups: Vec<Group>,
        at: UtcMs,
        late: bool,
    ) -> Result<Vec<Vec<u8>>, EncodeError> {
        wire::frames(Envelope {
            player: &self.player,
            cn,
            at,
            answer: self.wants_answer(cn),
            late: late && upload::marks_late(self.player.edition),
            groups,
        })
    }
}

fn uploads_an_hour(device: &Device) -> f64 {
    let interval = f64::from(device.player.interval_min);
    match device.source.medium {
        Medium::Gas => 60.0 / interval + 12.0 + 7.0,
        Medium::Water => 60.0 / interval + 7.0,
        Medium::Air => 60.0 / interval + 1.0,
        Medium::Section => 0.25,
    }
}

/// First boundary of a task at or after a minute. Days are civil.
fn boundary(task: Task, minute: i64, interval: i64) -> Option<i64> {
    let step = match task {
        Task::Boot => return Some(minute),
        Task::Realtime => interval,
        Task::State | Task::Heartbeat => STATE_MIN,
        Task::Short => SHORT,
        Task::Hour => 60,
        // 00, 04, 08 … of the district, whose offset is a whole number of hours that four divides.
        Task::FourHours => 240,
        Task::Day => {
            let next = Grain::Day.next(UtcMs(minute * MINUTE_MS - 1))?;
            return Some(next.0.div_euclid(MINUTE_MS));
        }
    };
    Some(minute + (-minute).rem_euclid(step))
}

fn boundary_after(task: Task, minute: i64, interval: i64) -> Option<i64> {
    boundary(task, minute + 1, interval)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "called with numbers below a million"
)]
fn whole(number: f64) -> i64 {
    number as i64
}
