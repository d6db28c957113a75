//! The applier: follows the raw log and brings its records into the store, in batches, from the watermark on.
//!
//! It keeps nothing in memory between batches: after a crash it starts where the last committed transaction ended. While
//! the database is away it waits and tries again; the log absorbs what comes in the meantime, and the gateway is told,
//! so that nothing is answered that nobody could look up (ADR 0005).

use std::sync::Arc;
use std::time::Duration;

use hj212::cipher::KeyRing;
use model::ids::FrameId;
use store::apply::{ApplyFrame, ApplyOutcome, UnknownPolicy};
use store::rawlog::{Position, RawLog, Record};
use store::{Store, StoreError};
use tokio::sync::{Notify, mpsc, watch};

use crate::limits::{APPLY_BATCH, APPLY_BYTES, DATABASE_LOOK, DATABASE_PATIENCE, RETRY_FIRST, RETRY_MAX};
use crate::record::{apply_frame, unusable};
use crate::stats::Stats;

/// How long it sleeps at the log's end before it looks again, should a notice get lost.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// The applier of one log.
pub struct Applier {
    store: Store,
    log: RawLog,
    policy: UnknownPolicy,
    keys: Arc<KeyRing>,
    stats: Arc<Stats>,
    /// Somebody decided about a device: held frames may be released.
    decided: Arc<Notify>,
    /// Who wants to know what was applied; full means that the applier waits.
    outcomes: mpsc::Sender<ApplyOutcome>,
}

impl Applier {
    /// An applier; `decided` is notified after each decision about a device, `keys` open what is encrypted.
    pub fn new(
        store: Store,
        log: RawLog,
        policy: UnknownPolicy,
        keys: Arc<KeyRing>,
        stats: Arc<Stats>,
        decided: Arc<Notify>,
        outcomes: mpsc::Sender<ApplyOutcome>,
    ) -> Self {
        Self {
            store,
            log,
            policy,
            keys,
            stats,
            decided,
            outcomes,
        }
    }

    /// Runs until `shutdown` turns true; the batch in work is finished.
    pub async fn run(self, shutdown: watch::Receiver<bool>) {
        tokio::select! {
            () = self.follow(shutdown) => {}
            () = self.look() => {}
        }
    }

    /// Looks at the database, for ever: with nothing to apply its absence would show only when the next frame is answered.
    async fn look(&self) {
        loop {
            tokio::time::sleep(DATABASE_LOOK).await;
            let found = tokio::time::timeout(DATABASE_PATIENCE, self.store.watermark()).await;
            self.stats.set_unreachable(!matches!(found, Ok(Ok(_))));
        }
    }

    async fn follow(&self, mut shutdown: watch::Receiver<bool>) {
        let mut committed = self.log.committed();
        let mut pause = RETRY_FIRST;
        let mut release = true;
        let mut opened = false;
        while !*shutdown.borrow() {
            committed.borrow_and_update();
            let turn = async {
                if !opened {
                    self.hold_opened().await?;
                }
                if release {
                    self.release_held().await?;
                }
                self.apply_next().await
            };
            let turned = turn.await;
            // Damage of the log is no reason to think that the database is away.
            let passing = |error: &ApplierError| matches!(error, ApplierError::Store(e) if e.retryable());
            self.stats.set_apply_fails(turned.as_ref().is_err_and(passing));
            match turned {
                Ok(true) => {
                    pause = RETRY_FIRST;
                    (release, opened) = (false, true);
                    continue;
                }
                Ok(false) => {
                    pause = RETRY_FIRST;
                    (release, opened) = (false, true);
                }
                Err(error) => {
                    self.stats.apply_failures.add(1);
                    tracing::error!(%error, "applying the raw log failed; it is tried again in {pause:?}");
                    tokio::select! {
                        () = tokio::time::sleep(pause) => {}
                        _ = shutdown.wait_for(|stop| *stop) => break,
                    }
                    pause = (pause * 2).min(RETRY_MAX);
                    continue;
                }
            }
            tokio::select! {
                _ = committed.changed() => {}
                () = self.decided.notified() => release = true,
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                _ = shutdown.wait_for(|stop| *stop) => break,
            }
        }
    }

    /// Applies the next records; false at the end of the log.
    async fn apply_next(&self) -> Result<bool, ApplierError> {
        let from = self.store.watermark().await?;
        let batch = self
            .log
            .reader()
            .fetch_batch(from, APPLY_BATCH, APPLY_BYTES)
            .await?;
        for damage in &batch.damages {
            tracing::error!(from = %damage.from, to = %damage.to, what = damage.what, "the raw log is damaged here; reading goes on behind it");
        }
        if batch.records.is_empty() && batch.next == from {
            self.stats.lag.set(0);
            return Ok(false);
        }
        let frames: Vec<ApplyFrame> = batch
            .records
            .iter()
            .filter_map(|record| apply_frame(record, &self.keys))
            .collect();
        let outcome = self.apply(frames, Some(batch.next)).await?;
        self.count(&outcome);
        let accepted = !outcome.accepted.is_empty();
        // A closed receiver means that the node is stopping.
        let _ = self.outcomes.send(outcome).await;
        if accepted {
            self.release_held().await?;
        }
        let lag = self
            .log
            .reader()
            .distance(batch.next, self.log.reader().end())
            .unwrap_or_default();
        self.stats.lag.set(lag);
        Ok(true)
    }

    /// Sealed frames that went to quarantine for want of their key are held where they open by now, to be released like
    /// those of a device that was accepted. The others stay as they are. Keys are read at the start, so once is enough; a
    /// crash in between leaves frames that are held already, and the rest is looked at again.
    async fn hold_opened(&self) -> Result<(), ApplierError> {
        let devices: Vec<&str> = self.keys.devices().collect();
        let mut after = FrameId(0);
        loop {
            let most = i64::try_from(APPLY_BATCH).unwrap_or(i64::MAX);
            let sealed = self.store.sealed(&devices, after, most).await?;
            let Some((last, _)) = sealed.last() else {
                return Ok(());
            };
            after = *last;
            let mut open = Vec::new();
            for (id, position) in sealed {
                match self.read(position).await {
                    Ok(record) if apply_frame(&record, &self.keys).is_some_and(|f| f.usable) => open.push(id),
                    Ok(_) => {}
                    Err(error) => tracing::error!(%error, %position, "a sealed frame cannot be read again"),
                }
            }
            self.store.hold(&open).await?;
            if !open.is_empty() {
                tracing::info!(frames = open.len(), "sealed frames open with the keys of today");
            }
        }
    }

    /// Applies held frames of devices that have been accepted since.
    async fn release_held(&self) -> Result<(), ApplierError> {
        loop {
            let held = self
                .store
                .releasable(i64::try_from(APPLY_BATCH).unwrap_or(i64::MAX))
                .await?;
            if held.is_empty() {
                return Ok(());
            }
            let mut frames = Vec::with_capacity(held.len());
            for position in held {
                frames.extend(apply_frame(&self.read(position).await?, &self.keys));
            }
            let outcome = self.apply(frames, None).await?;
            let progress = outcome.stored + outcome.duplicate + outcome.quarantined;
            self.count(&outcome);
            let _ = self.outcomes.send(outcome).await;
            if progress == 0 {
                return Ok(());
            }
        }
    }

    async fn read(&self, position: Position) -> Result<Record, ApplierError> {
        Ok(self.log.reader().fetch(position).await?)
    }

    /// One transaction. Should the store refuse the batch for its content, each frame is tried by itself, and one that is
    /// refused even so goes to quarantine without its readings: one bad frame must not stop the log.
    async fn apply(
        &self,
        frames: Vec<ApplyFrame>,
        next: Option<Position>,
    ) -> Result<ApplyOutcome, ApplierError> {
        let error = match self.store.apply(frames.clone(), next, self.policy).await {
            Ok(outcome) => return Ok(outcome),
            Err(error) if error.retryable() => return Err(error.into()),
            Err(error) => error,
        };
        tracing::warn!(%error, "a batch was refused; its frames are applied one by one");
        let mut whole = ApplyOutcome::default();
        for frame in frames {
            let one = match self.store.apply(vec![frame.clone()], None, self.policy).await {
                Ok(outcome) => outcome,
                Err(error) if error.retryable() => return Err(error.into()),
                Err(error) => {
                    tracing::error!(%error, position = %frame.position, "a frame was refused and goes to quarantine");
                    self.store
                        .apply(vec![unusable(frame, &error)], None, self.policy)
                        .await?
                }
            };
            add(&mut whole, one);
        }
        add(&mut whole, self.store.apply(Vec::new(), next, self.policy).await?);
        Ok(whole)
    }

    fn count(&self, outcome: &ApplyOutcome) {
        self.stats
            .frames_applied
            .add(outcome.stored + outcome.duplicate + outcome.quarantined);
        self.stats.frames_duplicate.add(outcome.duplicate);
        self.stats.frames_quarantined.add(outcome.quarantined);
        self.stats
            .values
            .add(outcome.written.inserted + outcome.written.replaced);
    }
}

fn add(whole: &mut ApplyOutcome, one: ApplyOutcome) {
    whole.stored += one.stored;
    whole.duplicate += one.duplicate;
    whole.quarantined += one.quarantined;
    whole.replayed += one.replayed;
    whole.refused_readings += one.refused_readings;
    whole.written.inserted += one.written.inserted;
    whole.written.replaced += one.written.replaced;
    whole.written.unchanged += one.written.unchanged;
    whole.written.overruled += one.written.overruled;
    whole.written.changes.extend(one.written.changes);
    whole.new_devices.extend(one.new_devices);
    whole.heard.extend(one.heard);
    whole.accepted.extend(one.accepted);
}

/// Why a turn failed; all of it is tried again.
#[derive(Debug, thiserror::Error)]
enum ApplierError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Log(#[from] store::rawlog::LogError),
}
