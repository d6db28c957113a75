//! The live channel: what changed is published once and read by every listener that may see it.
//!
//! It guarantees bounded memory: one ring of events shared by all listeners, a bounded number of listeners, and a
//! `resync` for whoever falls behind, who then loads the lists anew. Nothing waits for a slow listener.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use model::alarm::Alarm;
use model::device::Device;
use model::ids::{Factor, SubjectId};
use model::observation::Statistic;
use model::time::UtcMs;
use rust_decimal::Decimal;
use tokio::sync::{broadcast, watch};

use crate::limits;

/// A newest value.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveValue {
    /// Factor.
    pub factor: Factor,
    /// Statistic.
    pub statistic: Statistic,
    /// Value; `None` is missing.
    pub value: Option<Decimal>,
    /// Time of the data.
    pub time: UtcMs,
    /// Device flag.
    pub flag: Option<String>,
}

/// What changed.
#[derive(Clone, Debug)]
pub enum Event {
    /// An alarm was raised, extended, cleared, acknowledged, commented or closed.
    Alarm(Box<Alarm>),
    /// New values of a subject.
    Values {
        /// Of which subject.
        subject: SubjectId,
        /// Its values.
        items: Vec<LiveValue>,
    },
    /// A device was registered, decided upon, fell silent or came back.
    Device(Box<Device>),
    /// Figures of the overview changed. Published as often as one likes: listeners get one a second at most.
    Counts,
}

impl Event {
    /// Name of the event on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Alarm(_) => "alarm",
            Self::Values { .. } => "values",
            Self::Device(_) => "device",
            Self::Counts => "counts",
        }
    }

    /// The subject it is about.
    pub fn subject(&self) -> Option<SubjectId> {
        match self {
            Self::Alarm(alarm) => Some(alarm.subject),
            Self::Values { subject, .. } => Some(*subject),
            Self::Device(device) => device.subject,
            Self::Counts => None,
        }
    }
}

/// An event in the ring; its text is made once, by the first listener that sends it.
#[derive(Debug)]
pub(crate) struct Published {
    pub(crate) event: Event,
    pub(crate) text: OnceLock<Arc<str>>,
}

#[derive(Debug)]
struct Inner {
    ring: broadcast::Sender<Arc<Published>>,
    listeners: Mutex<HashMap<String, usize>>,
    closing: watch::Sender<bool>,
    devices: AtomicU64,
}

/// The channel. Clones are the same channel.
#[derive(Clone, Debug)]
pub struct Hub {
    inner: Arc<Inner>,
}

impl Default for Hub {
    fn default() -> Self {
        Self::new()
    }
}

impl Hub {
    /// A new channel without listeners.
    pub fn new() -> Self {
        Self::with_events(limits::LIVE_EVENTS)
    }

    /// With another length of the ring.
    pub fn with_events(events: usize) -> Self {
        Self {
            inner: Arc::new(Inner {
                ring: broadcast::channel(events.max(1)).0,
                listeners: Mutex::default(),
                closing: watch::Sender::new(false),
                devices: AtomicU64::new(0),
            }),
        }
    }

    /// Tells all listeners. Never waits; without listeners it costs next to nothing.
    pub fn publish(&self, event: Event) {
        if matches!(event, Event::Device(_)) {
            self.inner.devices.fetch_add(1, Ordering::Relaxed);
        }
        if self.inner.ring.receiver_count() > 0 {
            // An error only says that the last listener left meanwhile.
            let _ = self.inner.ring.send(Arc::new(Published {
                event,
                text: OnceLock::new(),
            }));
        }
    }

    /// Grows with each device that was registered or decided upon: it may have brought a subject.
    pub(crate) fn devices_told(&self) -> u64 {
        self.inner.devices.load(Ordering::Relaxed)
    }

    /// Listeners now.
    pub fn listeners(&self) -> usize {
        self.lock().values().sum()
    }

    /// Ends all streams, so that a shutdown need not wait for them.
    pub fn close(&self) {
        self.inner.closing.send_replace(true);
    }

    /// A place for one listener of `who`; `None` when there are too many.
    pub(crate) fn listen(&self, who: &str) -> Option<Listener> {
        let mut listeners = self.lock();
        if listeners.values().sum::<usize>() >= limits::LIVE_CLIENTS {
            return None;
        }
        let own = listeners.entry(who.to_owned()).or_default();
        if *own >= limits::LIVE_CLIENTS_EACH {
            return None;
        }
        *own += 1;
        drop(listeners);
        Some(Listener {
            events: self.inner.ring.subscribe(),
            closing: self.inner.closing.subscribe(),
            place: Place {
                hub: self.clone(),
                who: who.to_owned(),
            },
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        // A count that a panicking thread left behind is still a count.
        self.inner
            .listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// A listener's end of the channel.
#[derive(Debug)]
pub(crate) struct Listener {
    pub(crate) events: broadcast::Receiver<Arc<Published>>,
    pub(crate) closing: watch::Receiver<bool>,
    /// Kept as long as the stream lives.
    pub(crate) place: Place,
}

/// A taken place; given back when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    hub: Hub,
    who: String,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut listeners = self.hub.lock();
        if let Some(own) = listeners.get_mut(&self.who) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                listeners.remove(&self.who);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_bounded_and_given_back() {
        let hub = Hub::new();
        let mut held: Vec<_> = (0..limits::LIVE_CLIENTS_EACH)
            .map(|_| hub.listen("duty").unwrap())
            .collect();
        assert!(hub.listen("duty").is_none());
        assert!(hub.listen("town").is_some());
        held.pop();
        assert_eq!(hub.listeners(), limits::LIVE_CLIENTS_EACH - 1);
        assert!(hub.listen("duty").is_some());
        drop(held);
        assert_eq!(hub.listeners(), 0);
        let crowd: Vec<_> = (0..limits::LIVE_CLIENTS)
            .map(|n| hub.listen(&n.to_string()).unwrap())
            .collect();
        assert!(hub.listen("one more").is_none());
        drop(crowd);
    }

    #[tokio::test]
    async fn who_falls_behind_is_told_and_the_others_are_not_held_up() {
        let hub = Hub::with_events(4);
        let mut slow = hub.listen("slow").unwrap();
        for _ in 0..20 {
            hub.publish(Event::Counts);
        }
        assert!(matches!(slow.events.recv().await, Err(broadcast::error::RecvError::Lagged(n)) if n >= 16));
        assert!(slow.events.recv().await.is_ok());
    }
}
