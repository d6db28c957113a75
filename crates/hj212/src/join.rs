//! Putting split packets together again: keyed by MN, ST, CN, DataTime and PNUM, because each packet may have
//! its own QN. Bounded in records, packets and age; time is an argument.

use std::collections::HashMap;

use crate::frame::Decoded;

/// Bounds of a [`Joiner`]. Memory is at most `max_open` × `max_packets` × the longest frame:
/// 16 × 100 × 10 kB = 16 MB with the defaults, on one connection that fills all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JoinLimits {
    /// Records that may be incomplete at one time.
    pub max_open: usize,
    /// Largest PNUM that is accepted.
    pub max_packets: u32,
    /// Milliseconds after its first packet at which a record is given up.
    pub max_age_ms: u64,
}

impl Default for JoinLimits {
    fn default() -> Self {
        Self {
            max_open: 16,
            max_packets: 100,
            max_age_ms: 10 * 60 * 1000,
        }
    }
}

/// What became of a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Joined {
    /// Not a packet of several: use it as it is.
    Single,
    /// Kept; packets are still missing.
    Waiting,
    /// The last missing packet: all frames in the order of PNO.
    Whole(Vec<Vec<u8>>),
    /// PNUM or PNO make no sense (PNO outside 1..=PNUM, PNUM over the bound): use it as it is.
    Refused,
}

/// A record that was given up with packets missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenUp {
    /// The frames that came, in the order of PNO.
    pub frames: Vec<Vec<u8>>,
    /// The numbers that did not.
    pub missing: Vec<u32>,
}

type Key = [Box<[u8]>; 5];

#[derive(Debug)]
struct Open {
    since_ms: u64,
    packets: Vec<Option<Vec<u8>>>,
}

/// Collects packets. One for each connection or for each MN.
#[derive(Debug, Default)]
pub struct Joiner {
    limits: JoinLimits,
    open: HashMap<Key, Open>,
    given_up: Vec<GivenUp>,
}

impl Joiner {
    /// A joiner with its own bounds.
    pub fn new(limits: JoinLimits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    /// Takes in a frame at `now_ms` (any clock that only goes forward). A packet that comes again replaces
    /// the one kept. When too many records are open, the oldest is given up.
    pub fn add(&mut self, frame: &Decoded<'_>, now_ms: u64) -> Joined {
        let header = frame.mended_header();
        if header.pnum.is_none() && header.pno.is_none() {
            return Joined::Single;
        }
        let Some((count, number)) = header.packet() else {
            return Joined::Refused;
        };
        if count == 0 || count > self.limits.max_packets || !(1..=count).contains(&number) {
            return Joined::Refused;
        }
        if count == 1 {
            return Joined::Single;
        }
        let time = frame.get("DataTime");
        let key: Key = [header.mn, header.st, header.cn, time, header.pnum]
            .map(|field| field.map_or_else(Box::default, |field| field.trim().bytes().into()));
        if !self.open.contains_key(&key) && self.open.len() >= self.limits.max_open.max(1) {
            self.drop_oldest();
        }
        let open = self.open.entry(key.clone()).or_insert_with(|| Open {
            since_ms: now_ms,
            packets: (0..count).map(|_| None).collect(),
        });
        let place = usize::try_from(number - 1).unwrap_or(usize::MAX);
        if let Some(packet) = open.packets.get_mut(place) {
            *packet = Some(frame.bytes().to_vec());
        }
        if open.packets.iter().any(Option::is_none) {
            return Joined::Waiting;
        }
        let whole = self
            .open
            .remove(&key)
            .map(|open| open.packets.into_iter().flatten().collect());
        Joined::Whole(whole.unwrap_or_default())
    }

    /// Records given up since the last call: too old at `now_ms`, or pushed out by the bound.
    pub fn expire(&mut self, now_ms: u64) -> Vec<GivenUp> {
        let age = self.limits.max_age_ms;
        let old = self
            .open
            .extract_if(|_, open| now_ms.saturating_sub(open.since_ms) >= age);
        let mut old: Vec<Open> = old.map(|(_, open)| open).collect();
        old.sort_by_key(|open| open.since_ms);
        self.given_up.extend(old.into_iter().map(Open::give_up));
        std::mem::take(&mut self.given_up)
    }

    /// Records with packets missing.
    pub fn waiting(&self) -> usize {
        self.open.len()
    }

    fn drop_oldest(&mut self) {
        let oldest = self
            .open
            .iter()
            .min_by_key(|(_, open)| open.since_ms)
            .map(|(key, _)| key.clone());
        if let Some(open) = oldest.and_then(|key| self.open.remove(&key)) {
            // The caller who never asks must not grow this list either.
            if self.given_up.len() >= self.limits.max_open.max(1) {
                self.given_up.remove(0);
            }
            self.given_up.push(open.give_up());
        }
    }
}

impl Open {
    fn give_up(self) -> GivenUp {
        let missing = (1..)
            .zip(&self.packets)
            .filter(|(_, packet)| packet.is_none())
            .map(|(number, _)| number);
        GivenUp {
            missing: missing.collect(),
            frames: self.packets.into_iter().flatten().collect(),
        }
    }
}
