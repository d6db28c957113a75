//! Who plays: the devices of a profile with what stands behind them, clones where more points are asked for, and the
//! parts of the story.

use std::collections::BTreeMap;

use model::ids::{Mn, SubjectCode};
use model::profile::{DeviceSpec, Profile};
use model::subject::{SubjectKind, SubjectSpec};

use hj212::Edition;
use hj212::cipher::Key;

use crate::source::{Built, Source};
use crate::story::Parts;
use crate::tables::{Medium, knows};

/// Most devices of one simulation: with about 35 kB of state each they stay below 400 MB.
pub const MAX_POINTS: usize = 10_000;
/// Password that loggers use where the profile names none.
const DEFAULT_PASSWORD: &str = "123456";

/// A profile that cannot be played.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CastError {
    /// A device of an edition the simulator does not speak.
    #[error(
        "设备 {mn} 的版本 «{edition}» 应为 2005、2017、2025 或 surface-water / device {mn} speaks «{edition}», which should be 2005, 2017, 2025 or surface-water"
    )]
    Edition {
        /// Its mark.
        mn: Mn,
        /// What the profile says.
        edition: String,
    },
    /// A subject with an unknown process.
    #[error(
        "对象 {subject} 的工艺 «{process}» 未知，见 simulate/data/processes.csv / subject {subject} runs the unknown process «{process}»; known ones stand in simulate/data/processes.csv"
    )]
    Process {
        /// Its code.
        subject: SubjectCode,
        /// What the profile says.
        process: String,
    },
    /// Mark, password or ST cannot stand in a frame.
    #[error("设备 {mn} 的报文无法组成：{error} / no frame can be written for device {mn}: {error}")]
    Unwritable {
        /// Its mark.
        mn: Mn,
        /// Why.
        error: String,
    },
    /// More points than a simulation may have.
    #[error("点位数最多 {MAX_POINTS} / at most {MAX_POINTS} points")]
    Points,
    /// No device can be played.
    #[error("配置中没有可模拟的设备 / the profile has no device to simulate")]
    Empty,
}

/// One device that plays.
#[derive(Clone, Debug)]
pub struct Player {
    /// Its mark.
    pub mn: Mn,
    /// What it measures; a clone measures for the subject it was cloned from.
    pub subject: SubjectCode,
    /// Edition it speaks.
    pub edition: Edition,
    /// ST it sends.
    pub st: String,
    /// Password it sends.
    pub pw: String,
    /// Key with which it encrypts its uploads.
    pub key: Option<Key>,
    /// Minutes between real-time uploads.
    pub interval_min: u32,
    /// Whether it is a clone beyond the profile's own devices; the centre does not know such a mark.
    pub clone: bool,
}

pub(crate) struct Cast {
    pub(crate) players: Vec<(Player, Source)>,
    pub(crate) parts: Parts,
}

struct Original<'a> {
    device: &'a DeviceSpec,
    subject: &'a SubjectSpec,
    medium: Medium,
    edition: Edition,
}

fn attr<'a>(subject: &'a SubjectSpec, key: &str) -> Option<&'a str> {
    subject.attrs.get(key).and_then(|v| v.as_str())
}

fn edition(device: &DeviceSpec) -> Result<Edition, CastError> {
    [
        Edition::V2005,
        Edition::V2017,
        Edition::V2025,
        Edition::SurfaceWater,
    ]
    .into_iter()
    .find(|e| e.name() == device.edition)
    .ok_or_else(|| CastError::Edition {
        mn: device.mn.clone(),
        edition: device.edition.clone(),
    })
}

impl Cast {
    pub(crate) fn of(profile: &Profile, seed: u64, points: Option<usize>) -> Result<Self, CastError> {
        let subjects: BTreeMap<_, _> = profile.subjects.iter().map(|s| (&s.code, s)).collect();
        let mut originals = Vec::new();
        for device in &profile.devices {
            let Some(subject) = subjects.get(&device.subject).copied() else {
                continue;
            };
            let medium = match subject.kind {
                SubjectKind::GasOutlet => Medium::Gas,
                SubjectKind::WaterOutlet => Medium::Water,
                SubjectKind::AirStation => Medium::Air,
                SubjectKind::WaterSection => Medium::Section,
                SubjectKind::Firm | SubjectKind::NoisePoint | SubjectKind::OtherPoint => continue,
            };
            originals.push(Original {
                device,
                subject,
                medium,
                edition: edition(device)?,
            });
        }
        let parts = parts(&originals, &subjects);
        let count = points.unwrap_or(originals.len());
        if count > MAX_POINTS {
            return Err(CastError::Points);
        }
        let outlets: Vec<&Original<'_>> = originals
            .iter()
            .filter(|o| matches!(o.medium, Medium::Gas | Medium::Water))
            .collect();
        let clones = outlets.iter().copied().cycle().enumerate();
        let named = originals.iter().map(|o| (None, o));
        let all = named
            .chain(clones.map(|(number, o)| (Some(number), o)))
            .take(count);
        let players: Result<Vec<_>, _> = all.map(|(number, o)| player(o, number, seed, &parts)).collect();
        let players = players?;
        if players.is_empty() {
            return Err(CastError::Empty);
        }
        Ok(Self { players, parts })
    }
}

fn player(
    o: &Original<'_>,
    number: Option<usize>,
    seed: u64,
    parts: &Parts,
) -> Result<(Player, Source), CastError> {
    let default = match o.medium {
        Medium::Gas => "coal_boiler",
        Medium::Water => "industrial_water",
        Medium::Section => "section",
        Medium::Air => "station",
    };
    let process = attr(o.subject, "process").unwrap_or(default);
    if !knows(process) {
        return Err(CastError::Process {
            subject: o.subject.code.clone(),
            process: process.to_owned(),
        });
    }
    let mn = number.map_or_else(|| o.device.mn.clone(), |n| clone_mark(&o.device.mn, n));
    let source = Source::new(&Built {
        medium: o.medium,
        process,
        o2_ref: attr(o.subject, "o2_ref")
            .and_then(|v| v.parse().ok())
            .filter(|o2| *o2 < 21.0),
        old_codes: o.edition == Edition::V2005,
        seed,
        key: mn.as_str(),
        part: parts.of(&mn),
    });
    let player = Player {
        mn,
        subject: o.subject.code.clone(),
        edition: o.edition,
        st: o.device.st.clone(),
        pw: o.device.pw.clone().unwrap_or_else(|| DEFAULT_PASSWORD.to_owned()),
        // The centre has no key for the mark of a clone.
        key: o
            .device
            .sm4_key
            .as_ref()
            .filter(|_| number.is_none())
            .map(|key| Key::new(key.bytes())),
        interval_min: (o.device.interval_s / 60).max(1),
        clone: number.is_some(),
    };
    Ok((player, source))
}

/// A mark of the same length as the original's, never equal to one of the profile: `C`, the number, and the
/// original's last digits are replaced.
fn clone_mark(mn: &Mn, number: usize) -> Mn {
    let tail = format!("C{number:06}");
    let keep = mn.as_str().chars().count().saturating_sub(tail.len());
    Mn::new(
        mn.as_str()
            .chars()
            .take(keep)
            .chain(tail.chars())
            .collect::<String>(),
    )
}

fn parts(originals: &[Original<'_>], subjects: &BTreeMap<&SubjectCode, &SubjectSpec>) -> Parts {
    let mark = |o: &Original<'_>| o.device.mn.clone();
    let of = |medium| originals.iter().filter(move |o| o.medium == medium);
    let converted = |o: &&Original<'_>| attr(o.subject, "o2_ref").is_some();
    let so2 = of(Medium::Gas).find(converted);
    let outage = of(Medium::Gas).filter(converted).nth(1);
    let others = |o: &&Original<'_>| {
        ![so2, outage]
            .into_iter()
            .flatten()
            .any(|taken| taken.device.mn == o.device.mn)
    };
    let works = of(Medium::Water).find(|o| attr(o.subject, "process") == Some("wwtp"));
    let silent = of(Medium::Water).rfind(|o| works.is_none_or(|w| w.device.mn != o.device.mn));
    let mut downstream = Vec::new();
    let mut next = works.and_then(|o| attr(o.subject, "receives"));
    // As many steps as there are points end any ring of references.
    for _ in 0..originals.len() {
        let Some(code) = next.map(SubjectCode::new) else {
            break;
        };
        if let Some(o) = originals.iter().find(|o| o.subject.code == code) {
            downstream.push(mark(o));
        }
        next = subjects.get(&code).and_then(|s| attr(s, "downstream"));
    }
    Parts {
        so2_exceeds: so2.map(mark),
        cod_exceeds: works.map(mark),
        downstream,
        constant: of(Medium::Gas).filter(converted).rfind(others).map(mark),
        silent: silent.map(mark),
        outage: outage.map(mark),
    }
}
