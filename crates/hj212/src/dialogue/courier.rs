//! One frame at a time on its way: sent, awaited, sent again, given up. Both ends of the dialogue use it.

use std::collections::VecDeque;

use super::{Declined, Patience};

/// A frame to be sent and what settles it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parcel {
    /// The application's number for it.
    pub id: u64,
    pub cn: String,
    pub qn: String,
    pub frame: Vec<u8>,
    /// CN of the answer awaited; `None` when none is.
    pub wants: Option<&'static str>,
    /// The application hears when it is delivered.
    pub told: bool,
}

#[derive(Debug)]
struct Flying {
    parcel: Parcel,
    due_ms: u64,
    resent: u32,
}

/// The queue and the frame on its way.
#[derive(Debug)]
pub(super) struct Courier {
    pub patience: Patience,
    bound: usize,
    queue: VecDeque<Parcel>,
    flying: Option<Flying>,
}

impl Courier {
    pub(super) fn new(patience: Patience, bound: usize) -> Self {
        Self {
            patience,
            bound,
            queue: VecDeque::new(),
            flying: None,
        }
    }

    /// Takes in parcels that belong together: all or none.
    pub(super) fn offer(&mut self, parcels: Vec<Parcel>) -> Result<(), Declined> {
        if self.queue.len() + parcels.len() > self.bound {
            return Err(Declined::Full {
                waiting: self.queue.len(),
            });
        }
        self.queue.extend(parcels);
        Ok(())
    }

    /// The next frame to send now, if nothing is awaited. Call again until `None`.
    pub(super) fn pump(&mut self, now_ms: u64) -> Option<Parcel> {
        if self.flying.is_some() {
            return None;
        }
        let parcel = self.queue.pop_front()?;
        if parcel.wants.is_some() {
            let due_ms = now_ms.saturating_add(self.patience.timeout_ms);
            self.flying = Some(Flying {
                parcel: parcel.clone(),
                due_ms,
                resent: 0,
            });
        }
        Some(parcel)
    }

    /// An answer came: the parcel it settles.
    pub(super) fn settle(&mut self, answer_cn: &str, qn: &str) -> Option<Parcel> {
        let hit = self
            .flying
            .as_ref()
            .is_some_and(|flying| flying.parcel.wants == Some(answer_cn) && flying.parcel.qn == qn);
        if hit {
            self.flying.take().map(|flying| flying.parcel)
        } else {
            None
        }
    }

    /// Time has passed: what to send again, or what is given up.
    pub(super) fn tick(&mut self, now_ms: u64) -> Overdue {
        let Some(flying) = self.flying.as_mut().filter(|flying| now_ms >= flying.due_ms) else {
            return Overdue::Nothing;
        };
        if flying.resent < self.patience.resends {
            flying.resent += 1;
            flying.due_ms = now_ms.saturating_add(self.patience.timeout_ms);
            return Overdue::Resend(flying.parcel.frame.clone());
        }
        let given_up = self.flying.take().map(|flying| flying.parcel);
        // The other packets of a record are no use without this one.
        if let Some(parcel) = &given_up {
            self.queue.retain(|waiting| waiting.id != parcel.id);
        }
        given_up.map_or(Overdue::Nothing, Overdue::GivenUp)
    }

    /// When [`tick`](Self::tick) has something to do.
    pub(super) fn due_ms(&self) -> Option<u64> {
        self.flying.as_ref().map(|flying| flying.due_ms)
    }

    /// Something of this number still waits or flies.
    pub(super) fn holds(&self, id: u64) -> bool {
        self.queue.iter().any(|parcel| parcel.id == id)
            || self.flying.as_ref().is_some_and(|flying| flying.parcel.id == id)
    }

    pub(super) fn waiting(&self) -> usize {
        self.queue.len() + usize::from(self.flying.is_some())
    }
}

/// What a tick brought to light.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Overdue {
    Nothing,
    Resend(Vec<u8>),
    GivenUp(Parcel),
}
