//! Server-sent events. A task for each listener filters by sight and checks the session at every heartbeat; whoever
//! reads too slowly gets one `resync` for all that was missed.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue};
use axum::response::sse::{Event as SseEvent, Sse};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_stream::wrappers::ReceiverStream;

use crate::access::{Access, Caller, Via};
use crate::authz::sight::Sight;
use crate::directory::Directory;
use crate::dto::common::Stamp;
use crate::error::{Code, Result};
use crate::limits;
use crate::live::{Event, Listener, LiveValue, Published};
use crate::state::{Context, Shared};
use crate::views;

/// Events on their way to one socket; behind them the shared ring holds the rest.
const IN_FLIGHT: usize = 16;
/// Overview figures change with nearly every frame; listeners need them once a second at most.
const COUNTS_EVERY: std::time::Duration = std::time::Duration::from_secs(1);

/// The live channel as server-sent events: `alarm` (AlarmView), `values` (`{subject, items: [{factor, statistic, value,
/// time, flag}]}`), `device` (DeviceView without `online`), `counts` (`{}`: load the overview anew), `resync` (`{}`: something was missed,
/// load everything anew).
#[utoipa::path(get, path = "/live", tag = "live",
    responses((status = OK, body = String, content_type = "text/event-stream")))]
pub(crate) async fn live(State(ctx): State<Context>, access: Access) -> Result<Response> {
    let who = access.user()?.login.clone();
    let listener = ctx.app.live.listen(&who).ok_or(Code::Busy)?;
    // The ring may outlast the cache; a first look makes sure that there is one.
    ctx.directory().await?;
    let sights = Sights::of(&access.caller);
    let (to, from) = mpsc::channel(IN_FLIGHT);
    tokio::spawn(feed(Arc::clone(&ctx), access.caller, sights, listener, to));
    let headers = [
        // nginx would hold events back.
        (
            HeaderName::from_static("x-accel-buffering"),
            HeaderValue::from_static("no"),
        ),
    ];
    Ok((headers, Sse::new(ReceiverStream::new(from))).into_response())
}

type Sender = mpsc::Sender<std::result::Result<SseEvent, Infallible>>;

/// What a listener sees of each kind of event.
struct Sights {
    subjects: Sight,
    alarms: Sight,
    devices: Sight,
}

impl Sights {
    fn of(caller: &Caller) -> Self {
        Self {
            subjects: caller.sight("subjects.read"),
            alarms: caller.sight("alarms.read"),
            devices: caller.sight("devices.read"),
        }
    }

    fn sees(&self, directory: &Directory, event: &Event) -> bool {
        let sight = match event {
            Event::Alarm(_) => &self.alarms,
            Event::Device(_) => &self.devices,
            Event::Values { .. } => &self.subjects,
            Event::Counts => return self.subjects != Sight::Nothing,
        };
        match event.subject() {
            Some(subject) => directory.sees(sight, subject),
            None => sight.is_all(),
        }
    }
}

async fn feed(ctx: Context, caller: Caller, sights: Sights, mut listener: Listener, to: Sender) {
    let mut heartbeat = interval_at(Instant::now() + limits::LIVE_HEARTBEAT, limits::LIVE_HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut counts = interval_at(Instant::now() + COUNTS_EVERY, COUNTS_EVERY);
    counts.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut counts_changed = false;
    loop {
        let event = tokio::select! {
            () = to.closed() => break,
            () = closed(&mut listener.closing) => break,
            _ = heartbeat.tick() => {
                if !still_welcome(&ctx, &caller).await {
                    break;
                }
                SseEvent::default().comment("")
            }
            _ = counts.tick(), if counts_changed => {
                counts_changed = false;
                SseEvent::default().event("counts").data("{}")
            }
            received = listener.events.recv() => match received {
                Ok(published) if matches!(published.event, Event::Counts) => {
                    counts_changed = true;
                    continue;
                }
                Ok(published) => match render(&ctx, &sights, &published).await {
                    Some(event) => event,
                    None => continue,
                },
                Err(RecvError::Lagged(_)) => resync(),
                Err(RecvError::Closed) => break,
            },
        };
        if to.send(Ok(event)).await.is_err() {
            break;
        }
    }
    // The place is given back only now, so that a listener who comes and goes cannot take two.
    drop(listener.place);
}

/// Resolves when the channel closes. The guard that `wait_for` gives must not be held by the task.
async fn closed(closing: &mut watch::Receiver<bool>) {
    drop(closing.wait_for(|closing| *closing).await);
}

fn resync() -> SseEvent {
    SseEvent::default().event("resync").data("{}")
}

/// Whether the session or token still holds, with the same rights.
async fn still_welcome(ctx: &Shared, caller: &Caller) -> bool {
    let (people, now) = (&ctx.people, ctx.now());
    let user = match &caller.via {
        Via::Nobody => return false,
        Via::Cookie { hash, .. } => people
            .session(hash, now, ctx.app.options.session_idle_ms)
            .await
            .map(|found| found.map(|(user, _)| user)),
        Via::Token { hash } => people
            .token_user(hash, now)
            .await
            .map(|found| found.map(|(user, _)| user)),
    };
    let rights = |user: &store::people::users::User| (user.role, user.unit.clone(), user.firm.clone());
    match user {
        Ok(user) => user.as_ref().map(rights) == caller.user.as_ref().map(rights),
        // A database that is away for a moment is no reason to throw everybody out.
        Err(error) => error.retryable(),
    }
}

async fn render(ctx: &Shared, sights: &Sights, published: &Published) -> Option<SseEvent> {
    let mut directory = ctx.directory.held().await?;
    // A subject made a moment ago is not in memory yet.
    if published
        .event
        .subject()
        .is_some_and(|id| directory.get(id).is_none())
    {
        directory = ctx.directory().await.ok()?;
    }
    if !sights.sees(&directory, &published.event) {
        return None;
    }
    let text = published
        .text
        .get_or_init(|| text(ctx, &directory, &published.event).into());
    if text.len() > limits::LIVE_EVENT_BYTES {
        return Some(resync());
    }
    Some(SseEvent::default().event(published.event.name()).data(text))
}

#[derive(Serialize)]
struct ValueView<'a> {
    factor: &'a str,
    statistic: &'a str,
    value: Option<String>,
    time: Stamp,
    flag: Option<&'a str>,
}

fn text(ctx: &Shared, directory: &Directory, event: &Event) -> String {
    let value = |v: &LiveValue| {
        json!(ValueView {
            factor: v.factor.as_str(),
            statistic: v.statistic.as_str(),
            value: v.value.map(views::decimal),
            time: v.time.into(),
            flag: v.flag.as_deref(),
        })
    };
    match event {
        Event::Alarm(alarm) => json!(views::alarm(&ctx.app.profile, directory, (**alarm).clone())),
        Event::Values { subject, items } => {
            json!({ "subject": subject, "items": items.iter().map(value).collect::<Vec<_>>() })
        }
        Event::Device(device) => {
            let stamp = |time: Option<model::time::UtcMs>| time.map(Stamp::from);
            json!({
                "mn": device.mn,
                "state": device.state,
                "subject": device.subject.and_then(|id| directory.reference(id)),
                "st": device.st,
                "first_seen": stamp(device.first_seen),
                "last_seen": stamp(device.last_seen),
                "frames": device.frames,
                "demo": device.demo,
            })
        }
        Event::Counts => json!({}),
    }
    .to_string()
}
