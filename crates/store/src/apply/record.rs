//! Writes what became of frames: their rows, repeats, tallies by day, and when their devices were heard.

use std::collections::BTreeMap;

use model::device::FrameState;
use model::ids::Mn;
use model::time::UtcMs;

use super::decide::{Devices, First, Verdict, dedup_mark, heard_at};
use super::{ApplyFrame, ApplyOutcome, Heard, HeldPositions};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::frames::tally_day;
use crate::rows::{Cell, Columns, Rows};

/// Changes of the tally by day and state.
type Days = BTreeMap<(i64, &'static str), i64>;

pub(crate) async fn frames(
    db: &Db,
    tx: &mut Tx,
    batch: &[ApplyFrame],
    verdicts: &[Verdict],
    out: &mut ApplyOutcome,
) -> Result<(), StoreError> {
    let mut repeats: BTreeMap<First, (i64, UtcMs)> = BTreeMap::new();
    let mut last_of: BTreeMap<String, usize> = BTreeMap::new();
    for (index, (frame, verdict)) in batch.iter().zip(verdicts).enumerate() {
        match verdict {
            Verdict::Repeat(first) => {
                let (n, last) = repeats.entry(*first).or_insert((0, frame.received_at));
                *n += 1;
                *last = frame.received_at.max(*last);
                out.quarantined += 1;
            }
            // A stored frame takes the mark over from a quarantined one of the same batch.
            Verdict::Store { .. } | Verdict::Quarantine { .. } => {
                last_of.insert(dedup_mark(frame), index);
            }
            Verdict::Skip => out.replayed += 1,
            Verdict::Duplicate => {}
        }
    }
    let mut rows = Rows::default();
    let mut days = Days::new();
    for (index, (frame, verdict)) in batch.iter().zip(verdicts).enumerate() {
        let (state, held) = match verdict {
            Verdict::Repeat(_) | Verdict::Skip => continue,
            Verdict::Store { .. } => (FrameState::Stored, false),
            Verdict::Duplicate => (FrameState::Duplicate, false),
            Verdict::Quarantine { held } => (FrameState::Quarantined, *held),
        };
        match state {
            FrameState::Stored => out.stored += 1,
            FrameState::Duplicate => out.duplicate += 1,
            FrameState::Quarantined => out.quarantined += 1,
        }
        *days
            .entry((tally_day(frame.received_at), state.name()))
            .or_insert(0) += 1;
        let mark = dedup_mark(frame);
        let own = last_of.get(&mark) == Some(&index);
        let (again, last) = repeats
            .get(&First::InBatch(index))
            .copied()
            .unwrap_or((0, frame.received_at));
        let diagnoses = serde_json::to_string(&frame.diagnoses).unwrap_or_else(|_| "[]".to_owned());
        rows.push([
            Cell::from(i64::from(frame.position.segment)),
            i64::try_from(frame.position.offset).unwrap_or(i64::MAX).into(),
            frame.mn.as_ref().map(Mn::as_str).into(),
            frame.received_at.into(),
            last.into(),
            again.into(),
            frame.data_time.into(),
            frame.st.as_ref().into(),
            frame.cn.as_ref().into(),
            frame.crc_ok.into(),
            state.name().into(),
            held.into(),
            own.then_some(&mark).into(),
            (&diagnoses).into(),
        ]);
    }
    let rows = rows.into_json();
    retire(db, tx, &rows, &mut days).await?;
    store(db, tx, rows).await?;
    store_repeats(db, tx, &repeats).await?;
    store_tally(db, tx, &days).await
}

/// Makes room for what is written anew: an older frame gives up its mark, a held one its place in the tally.
async fn retire(db: &Db, tx: &mut Tx, rows: &str, days: &mut Days) -> Result<(), StoreError> {
    let released = db
        .statement(
            "SELECT f.received_at, f.state FROM {rows} {then} frames f ON f.seg = {i:0} AND f.off = {i:1}",
        )
        .bind(rows.to_owned())
        .fetch_all(&mut **tx)
        .await?;
    for row in &released {
        let state = row.named("state", FrameState::from_name)?;
        *days
            .entry((tally_day(row.time("received_at")?), state.name()))
            .or_insert(0) -= 1;
    }
    db.statement(
        "UPDATE frames SET dedup = NULL WHERE dedup IN (SELECT {t:12} FROM {rows} WHERE {t:12} IS NOT NULL)",
    )
    .bind(rows.to_owned())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn store(db: &Db, tx: &mut Tx, rows: String) -> Result<(), StoreError> {
    // A frame that stands there already was held; its first arrival and its repeats stay. One that was sealed says only
    // now what it is and whether its CRC is right.
    db.statement(
        "INSERT INTO frames (seg, off, mn, received_at, last_received_at, repeats, data_time, st, cn, crc_ok, state,
           held, dedup, diagnoses)
         SELECT {i:0}, {i:1}, {t:2}, {i:3}, {i:4}, {i:5}, {i:6}, {t:7}, {t:8}, {i:9}, {t:10}, {i:11}, {t:12}, {t:13}
         FROM {rows} WHERE true ORDER BY {i:0}, {i:1}
         ON CONFLICT (seg, off) DO UPDATE SET state = excluded.state, held = excluded.held, dedup = excluded.dedup,
           data_time = excluded.data_time, diagnoses = excluded.diagnoses, st = excluded.st, cn = excluded.cn,
           crc_ok = excluded.crc_ok,
           repeats = frames.repeats + excluded.repeats,
           last_received_at = CASE WHEN excluded.last_received_at > frames.last_received_at
             THEN excluded.last_received_at ELSE frames.last_received_at END",
    )
    .bind(rows)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn store_repeats(
    db: &Db,
    tx: &mut Tx,
    repeats: &BTreeMap<First, (i64, UtcMs)>,
) -> Result<(), StoreError> {
    let mut rows = Rows::default();
    for (first, (n, last)) in repeats {
        // Those of the batch itself were counted when their row was made.
        if let First::Row(id) = first {
            rows.push([Cell::from(*id), (*n).into(), (*last).into()]);
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    db.statement(
        "UPDATE frames SET repeats = frames.repeats + x.n,
           last_received_at = CASE WHEN x.last > frames.last_received_at THEN x.last ELSE frames.last_received_at END
         FROM (SELECT {i:0} AS id, {i:1} AS n, {i:2} AS last FROM {rows}) AS x WHERE frames.id = x.id",
    )
    .bind(rows.into_json())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn store_tally(db: &Db, tx: &mut Tx, days: &Days) -> Result<(), StoreError> {
    let mut rows = Rows::default();
    for ((day, state), n) in days.iter().filter(|(_, n)| **n != 0) {
        rows.push([Cell::from(*day), (*state).into(), (*n).into()]);
    }
    if rows.is_empty() {
        return Ok(());
    }
    db.statement(
        "INSERT INTO frame_tally (day, state, n) SELECT {i:0}, {t:1}, {i:2} FROM {rows} WHERE true
         ON CONFLICT (day, state) DO UPDATE SET n = frame_tally.n + excluded.n",
    )
    .bind(rows.into_json())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Devices that were heard, whatever became of their frames.
pub(crate) async fn heard(
    db: &Db,
    tx: &mut Tx,
    batch: &[ApplyFrame],
    devices: &Devices,
    held: &HeldPositions,
    out: &mut ApplyOutcome,
) -> Result<(), StoreError> {
    let mut rows = Rows::default();
    for (mn, (first, last, n)) in heard_at(batch, held) {
        let Some(known) = devices.get(&mn) else { continue };
        rows.push([Cell::from(mn.as_str()), first.into(), last.into(), n.into()]);
        if let Some(new) = out.new_devices.iter_mut().find(|d| d.mn == mn) {
            new.last_seen = Some(last);
            new.frames = n;
        }
        out.heard.push(Heard {
            mn,
            subject: known.subject,
            at: last,
        });
    }
    if rows.is_empty() {
        return Ok(());
    }
    db.statement(
        "UPDATE devices SET frames = devices.frames + x.n, first_seen = COALESCE(devices.first_seen, x.first),
           last_seen = CASE WHEN devices.last_seen > x.last THEN devices.last_seen ELSE x.last END
         FROM (SELECT {t:0} AS mn, {i:1} AS first, {i:2} AS last, {i:3} AS n FROM {rows}) AS x
         WHERE devices.mn = x.mn",
    )
    .bind(rows.into_json())
    .execute(&mut **tx)
    .await?;
    Ok(())
}
