//! What becomes of each frame: skipped, stored, repeated, held or quarantined.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use model::device::{Device, DeviceState};
use model::ids::{Mn, SubjectId};
use model::time::UtcMs;
use sha2::{Digest, Sha256};

use super::{ApplyFrame, ApplyOutcome, Diagnosis, HeldPositions, UnknownPolicy};
use crate::db::{Db, Tx};
use crate::devices::{DEFAULT_INTERVAL_S, DEFAULT_SILENCE_MS, own_subject_spec};
use crate::error::StoreError;
use crate::frames::position;
use crate::limits;
use crate::rawlog::Position;
use crate::rows::{Cell, Columns, Rows, hex, scrub};

/// What becomes of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Its readings belong to this subject.
    Store {
        /// Which.
        subject: SubjectId,
    },
    /// The same upload is stored.
    Duplicate,
    /// Not applied. `held`: until its device is decided upon.
    Quarantine {
        /// Waits for a decision.
        held: bool,
    },
    /// Was held and still is: nothing to do.
    Skip,
    /// The same as an earlier quarantined frame of the database (row) or of this batch (index).
    Repeat(First),
}

/// The first of equal frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum First {
    /// A row.
    Row(i64),
    /// A frame of the same batch.
    InBatch(usize),
}

/// A device as the batch needs it.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    state: DeviceState,
    pub(crate) subject: Option<SubjectId>,
    pw: Option<String>,
}

/// Devices by MN.
pub(crate) type Devices = HashMap<Mn, Known>;

/// Leaves out what was applied before. What lies before the watermark stays only if it is held in quarantine.
pub(crate) async fn pending(
    db: &Db,
    tx: &mut Tx,
    batch: Vec<ApplyFrame>,
    watermark: Position,
    out: &mut ApplyOutcome,
) -> Result<(Vec<ApplyFrame>, HeldPositions), StoreError> {
    let mut rows = Rows::default();
    for frame in batch.iter().filter(|f| f.position < watermark) {
        rows.push([
            Cell::from(i64::from(frame.position.segment)),
            i64::try_from(frame.position.offset).unwrap_or(i64::MAX).into(),
        ]);
    }
    let mut held = HeldPositions::new();
    if !rows.is_empty() {
        let found = db
            .statement(
                "SELECT f.seg, f.off FROM {rows} {then} frames f ON f.seg = {i:0} AND f.off = {i:1} WHERE f.held = 1",
            )
            .bind(rows.into_json())
            .fetch_all(&mut **tx)
            .await?;
        for row in &found {
            held.insert(position(row)?);
        }
    }
    let given = batch.len();
    let mut seen = BTreeSet::new();
    let mut left = batch;
    left.retain(|f| (f.position >= watermark || held.contains(&f.position)) && seen.insert(f.position));
    out.replayed = (given - left.len()) as u64;
    Ok((left, held))
}

/// Takes out what cannot be kept under a key and says so; answers how many readings were dropped.
pub(crate) fn sift(frame: &mut ApplyFrame) -> u64 {
    scrub_frame(frame);
    let long = |t: &str| t.len() > limits::KEY_BYTES;
    // What the CRC does not vouch for is never applied, whatever the decoder made of it.
    frame.usable &= frame.crc_ok;
    if frame.mn.as_ref().is_some_and(|mn| long(mn.as_str())) {
        frame.mn = None;
        frame.usable = false;
        frame
            .diagnoses
            .push(Diagnosis::new("mn_too_long", "MN 过长", "the MN is too long"));
    }
    for name in [&mut frame.st, &mut frame.cn] {
        *name = name.take().filter(|t| !long(t));
    }
    let before = frame.readings.len();
    frame.readings.retain(|r| {
        !long(r.factor.as_str())
            && !long(r.statistic.as_str())
            && r.flag.as_ref().is_none_or(|f| !long(f))
            && r.text.as_ref().is_none_or(|t| t.len() <= limits::TEXT_BYTES)
    });
    let dropped = before - frame.readings.len();
    if dropped > 0 {
        frame.diagnoses.push(Diagnosis::new(
            "reading_too_long",
            "部分因子编码或文本过长,未入库,原文见原始日志",
            "some factor codes or texts are too long and were left out; the raw log has them",
        ));
    }
    frame.diagnoses.truncate(limits::DIAGNOSES);
    dropped as u64
}

/// What is compared with the database must read as the database has it.
fn scrub_frame(frame: &mut ApplyFrame) {
    for text in [&mut frame.st, &mut frame.cn, &mut frame.pw]
        .into_iter()
        .flatten()
    {
        scrub(text);
    }
    if let Some(mn) = &mut frame.mn {
        scrub(&mut mn.0);
    }
    for reading in &mut frame.readings {
        scrub(&mut reading.factor.0);
        if reading.statistic.as_str().contains('\0') {
            scrub(reading.statistic.0.to_mut());
        }
        for text in [&mut reading.text, &mut reading.flag].into_iter().flatten() {
            scrub(text);
        }
    }
}

/// Devices of the batch; unknown ones are registered as the policy says.
pub(crate) async fn devices(
    db: &Db,
    tx: &mut Tx,
    batch: &[ApplyFrame],
    policy: UnknownPolicy,
    out: &mut ApplyOutcome,
) -> Result<Devices, StoreError> {
    let mut devices = Devices::new();
    let mut rows = Rows::default();
    let named: BTreeSet<&Mn> = batch.iter().filter_map(|f| f.mn.as_ref()).collect();
    for mn in &named {
        rows.push([Cell::from(mn.as_str())]);
    }
    if rows.is_empty() {
        return Ok(devices);
    }
    let found = db
        .statement("SELECT d.mn, d.state, d.subject_id, d.pw FROM {rows} {then} devices d ON d.mn = {t:0}")
        .bind(rows.into_json())
        .fetch_all(&mut **tx)
        .await?;
    for row in &found {
        let known = Known {
            state: row.named("state", DeviceState::from_name)?,
            subject: row.opt_int("subject_id")?.map(SubjectId),
            pw: row.opt_text("pw")?,
        };
        devices.insert(Mn(row.text("mn")?), known);
    }
    register(db, tx, batch, policy, &mut devices, out).await?;
    Ok(devices)
}

/// Registers devices that a frame with a right CRC names for the first time; a wrong CRC may have changed the name.
async fn register(
    db: &Db,
    tx: &mut Tx,
    batch: &[ApplyFrame],
    policy: UnknownPolicy,
    devices: &mut Devices,
    out: &mut ApplyOutcome,
) -> Result<(), StoreError> {
    let mut first: BTreeMap<Mn, &ApplyFrame> = BTreeMap::new();
    for frame in batch.iter().filter(|f| f.crc_ok) {
        let Some(mn) = &frame.mn else { continue };
        let undecided = match devices.get(mn) {
            None => true,
            Some(known) => known.state == DeviceState::Pending && policy == UnknownPolicy::Accept,
        };
        if undecided {
            first.entry(mn.clone()).or_insert(frame);
        }
    }
    if policy == UnknownPolicy::Hold && !first.is_empty() {
        let waiting = db
            .statement("SELECT COUNT(*) AS n FROM devices WHERE state = 'pending'")
            .fetch_one(&mut **tx)
            .await?
            .int("n")?;
        let room = usize::try_from(limits::PENDING_DEVICES.saturating_sub(waiting)).unwrap_or(0);
        first = first.into_iter().take(room).collect();
    }
    if first.is_empty() {
        return Ok(());
    }
    let mns: Vec<&Mn> = first.keys().collect();
    let (state, subjects) = match policy {
        UnknownPolicy::Hold => (DeviceState::Pending, vec![None; mns.len()]),
        UnknownPolicy::Accept => {
            let specs: Vec<_> = mns.iter().map(|mn| own_subject_spec(mn)).collect();
            let made = crate::subjects::put(db, tx, &specs).await?;
            (DeviceState::Provisional, made.into_iter().map(Some).collect())
        }
    };
    let mut rows = Rows::default();
    for ((mn, frame), subject) in first.iter().zip(&subjects) {
        rows.push([
            Cell::from(mn.as_str()),
            state.name().into(),
            subject.map(|s| s.0).into(),
            frame.st.as_ref().into(),
            frame.received_at.into(),
            DEFAULT_INTERVAL_S.into(),
            DEFAULT_SILENCE_MS.into(),
        ]);
    }
    db.statement(
        "INSERT INTO devices (mn, state, subject_id, st, first_seen, interval_s, silence_ms, frames, demo)
         SELECT {t:0}, {t:1}, {i:2}, {t:3}, {i:4}, {i:5}, {i:6}, 0, 0 FROM {rows} WHERE true
         ON CONFLICT (mn) DO UPDATE SET state = excluded.state,
           subject_id = COALESCE(devices.subject_id, excluded.subject_id)",
    )
    .bind(rows.into_json())
    .execute(&mut **tx)
    .await?;
    for ((mn, frame), subject) in first.into_iter().zip(subjects) {
        if let Some(known) = devices.get_mut(&mn) {
            known.state = state;
            known.subject = known.subject.or(subject);
            out.accepted.push(mn);
            continue;
        }
        devices.insert(
            mn.clone(),
            Known {
                state,
                subject,
                pw: None,
            },
        );
        out.new_devices.push(Device {
            mn,
            state,
            subject,
            st: frame.st.clone(),
            first_seen: Some(frame.received_at),
            last_seen: Some(frame.received_at),
            frames: 0,
            demo: false,
        });
    }
    Ok(())
}

/// Mark of equal frames: the same device, the same data segment, usable or not.
pub(crate) fn dedup_mark(frame: &ApplyFrame) -> String {
    let mut hash = Sha256::new();
    hash.update([u8::from(frame.usable), u8::from(frame.mn.is_some())]);
    hash.update(frame.mn.as_ref().map_or("", Mn::as_str));
    // Ends the name: no MN holds this byte.
    hash.update([0xFF]);
    hash.update(frame.digest);
    // Half of the hash keeps the index small; 128 bits do not collide by chance.
    hex(hash.finalize().get(..16).unwrap_or_default())
}

/// Decides every frame; reasons for quarantine are added to its diagnoses.
pub(crate) async fn verdicts(
    db: &Db,
    tx: &mut Tx,
    batch: &mut [ApplyFrame],
    devices: &Devices,
    held: &HeldPositions,
) -> Result<Vec<Verdict>, StoreError> {
    let marks: Vec<String> = batch.iter().map(dedup_mark).collect();
    let mut firsts = read_firsts(db, tx, &marks).await?;
    let mut out = Vec::with_capacity(batch.len());
    for (index, (frame, mark)) in batch.iter_mut().zip(marks).enumerate() {
        let own = by_device(frame, devices);
        let again = held.contains(&frame.position);
        let verdict = match (own, firsts.get(&mark)) {
            (Verdict::Quarantine { held: true }, _) if again => Verdict::Skip,
            (_, Some((_, true))) => Verdict::Duplicate,
            // A frame that was held meets itself here, which is no repeat.
            (Verdict::Quarantine { .. }, Some((first, false))) if !again => Verdict::Repeat(*first),
            (own, _) => own,
        };
        match verdict {
            Verdict::Store { .. } => {
                firsts.insert(mark, (First::InBatch(index), true));
            }
            Verdict::Quarantine { .. } => {
                firsts.insert(mark, (First::InBatch(index), false));
            }
            Verdict::Duplicate | Verdict::Repeat(_) | Verdict::Skip => {}
        }
        out.push(verdict);
    }
    Ok(out)
}

fn by_device(frame: &mut ApplyFrame, devices: &Devices) -> Verdict {
    if !frame.usable {
        return Verdict::Quarantine { held: false };
    }
    let mut refuse = |held, code, zh, en| {
        // First, so that the reason that decided is never cut off or overlooked.
        frame.diagnoses.insert(0, Diagnosis::new(code, zh, en));
        frame.diagnoses.truncate(limits::DIAGNOSES);
        Verdict::Quarantine { held }
    };
    let Some(mn) = &frame.mn else {
        return refuse(false, "no_mn", "数据包没有 MN", "the frame has no MN");
    };
    let known = devices.get(mn);
    match known {
        None
        | Some(Known {
            state: DeviceState::Pending,
            ..
        }) => refuse(
            true,
            "unknown_device",
            "设备未登记,等待批准",
            "the device is not registered and waits for approval",
        ),
        Some(Known {
            state: DeviceState::Refused,
            ..
        }) => refuse(false, "refused_device", "设备已被拒绝", "the device was refused"),
        Some(Known { pw: Some(pw), .. }) if frame.pw.as_ref() != Some(pw) => refuse(
            false,
            "wrong_password",
            "密码(PW)与登记的不一致",
            "the password (PW) is not the registered one",
        ),
        Some(Known {
            subject: Some(subject),
            ..
        }) => Verdict::Store { subject: *subject },
        Some(Known { subject: None, .. }) => refuse(
            true,
            "no_subject",
            "设备未关联监测对象",
            "the device belongs to no subject",
        ),
    }
}

/// The first of equal frames by mark, and whether it is stored.
async fn read_firsts(
    db: &Db,
    tx: &mut Tx,
    marks: &[String],
) -> Result<HashMap<String, (First, bool)>, StoreError> {
    let mut rows = Rows::default();
    for mark in marks {
        rows.push([Cell::from(mark)]);
    }
    let mut firsts = HashMap::new();
    if rows.is_empty() {
        return Ok(firsts);
    }
    let found = db
        .statement("SELECT f.dedup, f.id, f.state FROM {rows} {then} frames f ON f.dedup = {t:0}")
        .bind(rows.into_json())
        .fetch_all(&mut **tx)
        .await?;
    for row in &found {
        let stored = row.text("state")? != "quarantined";
        firsts.insert(row.text("dedup")?, (First::Row(row.int("id")?), stored));
    }
    Ok(firsts)
}

/// Newest arrival of a frame among those that count as heard: the name is only believed with a right CRC.
pub(crate) fn heard_at(batch: &[ApplyFrame], held: &HeldPositions) -> BTreeMap<Mn, (UtcMs, UtcMs, i64)> {
    let mut heard: BTreeMap<Mn, (UtcMs, UtcMs, i64)> = BTreeMap::new();
    for frame in batch.iter().filter(|f| f.crc_ok && !held.contains(&f.position)) {
        let Some(mn) = &frame.mn else { continue };
        let at = frame.received_at;
        heard
            .entry(mn.clone())
            .and_modify(|(first, last, n)| {
                *first = at.min(*first);
                *last = at.max(*last);
                *n += 1;
            })
            .or_insert((at, at, 1));
    }
    heard
}
