//! Archived frames (数据包): lists by device, the quarantine (隔离区), held frames, and tallies by day.
//!
//! The bytes lie in the raw log at the frame's position; here stands what became of them.

use model::device::FrameState;
use model::ids::{FrameId, Mn};
use model::time::{Grain, UtcMs};
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;

use crate::Store;
use crate::error::StoreError;
use crate::page::{Filter, Page, Paged};
use crate::rawlog::Position;
use crate::rows::{Cell, Columns, Rows, clean};

/// What is wrong with a frame, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// Byte of the frame, where there is one.
    pub at: Option<u32>,
    /// Stable code.
    pub code: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Diagnosis {
    pub(crate) fn new(code: &str, zh: &str, en: &str) -> Self {
        Self {
            at: None,
            code: code.to_owned(),
            zh: zh.to_owned(),
            en: en.to_owned(),
        }
    }
}

/// An archived frame.
#[derive(Clone, Debug, PartialEq)]
pub struct FrameRow {
    /// Row.
    pub id: FrameId,
    /// Where its bytes are.
    pub position: Position,
    /// Device, where the frame named one.
    pub mn: Option<Mn>,
    /// First arrival.
    pub received_at: UtcMs,
    /// Last arrival of the same unusable frame.
    pub last_received_at: UtcMs,
    /// How often the same unusable frame came again.
    pub repeats: i64,
    /// Time of its data.
    pub data_time: Option<UtcMs>,
    /// ST
    pub st: Option<String>,
    /// CN
    pub cn: Option<String>,
    /// Whether its CRC was right.
    pub crc_ok: bool,
    /// What became of it.
    pub state: FrameState,
    /// Waits for a decision about its device.
    pub held: bool,
    /// What is wrong with it.
    pub diagnoses: Vec<Diagnosis>,
}

/// Which quarantined frames.
#[derive(Clone, Debug, Default)]
pub struct QuarantineQuery {
    /// With this diagnosis.
    pub code: Option<String>,
    /// Of this device.
    pub mn: Option<Mn>,
    /// First received not before.
    pub since: Option<UtcMs>,
    /// Part of the list.
    pub page: Page,
}

/// Frames of one civil day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FrameTally {
    /// Applied.
    pub stored: i64,
    /// Repeated.
    pub duplicate: i64,
    /// In quarantine, repeats not counted.
    pub quarantined: i64,
}

/// Diagnoses of frames whose content is encrypted and was not opened.
const SEALED_CODES: [&str; 2] = ["no_key", "wrong_key"];

const FRAME: &str = "SELECT id, seg, off, mn, received_at, last_received_at, repeats, data_time, st, cn, crc_ok, state, \
                     held, diagnoses FROM frames";

impl Store {
    /// A frame by row.
    pub async fn frame(&self, id: FrameId) -> Result<Option<FrameRow>, StoreError> {
        let statement = self.db().statement(&format!("{FRAME} WHERE id = $1")).bind(id.0);
        self.db().one(statement).await?.as_ref().map(frame).transpose()
    }

    /// Frames of a device, newest first, before a row if one is given; at most [`crate::limits::FRAMES_LISTED`].
    pub async fn frames_of(
        &self,
        mn: &Mn,
        before: Option<FrameId>,
        limit: i64,
    ) -> Result<Vec<FrameRow>, StoreError> {
        let limit = limit.clamp(1, crate::limits::FRAMES_LISTED);
        let select = format!("{FRAME} WHERE mn = $1 AND id < $2 ORDER BY id DESC LIMIT {limit}");
        let statement = self.db().statement(&select);
        let statement = statement
            .bind(clean(mn.as_str()).into_owned())
            .bind(before.map_or(i64::MAX, |b| b.0));
        self.db().all(statement).await?.iter().map(frame).collect()
    }

    /// The quarantine, last received first.
    pub async fn quarantine(&self, query: &QuarantineQuery) -> Result<Paged<FrameRow>, StoreError> {
        let mut filter = Filter::default();
        filter.plain("state = 'quarantined'");
        if let Some(mn) = &query.mn {
            filter.text("mn = {p}", mn.as_str());
        }
        if let Some(code) = &query.code {
            // Codes are stable names without any character that needs escaping in JSON.
            let code: String = code
                .chars()
                .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect();
            filter.contains(&["diagnoses"], &format!("\"code\":\"{code}\""));
        }
        if let Some(since) = query.since {
            filter.int("received_at >= {p}", since.0);
        }
        let count = format!("SELECT COUNT(*) AS n FROM frames {}", filter.sql());
        let total = self.db().count(filter.bind(self.db().statement(&count))).await?;
        let select = format!(
            "{FRAME} {} ORDER BY received_at DESC, id DESC LIMIT {} OFFSET {}",
            filter.sql(),
            query.page.limit(),
            query.page.offset()
        );
        let rows = self.db().all(filter.bind(self.db().statement(&select))).await?;
        Ok(Paged {
            items: rows.iter().map(frame).collect::<Result<_, _>>()?,
            total,
        })
    }

    /// Held frames whose device's data are applied by now, oldest first: to be read from the raw log, decoded and
    /// applied again. Empty when there is nothing to do.
    pub async fn releasable(&self, limit: i64) -> Result<Vec<Position>, StoreError> {
        let statement = self.db().statement(
            "SELECT f.seg, f.off FROM devices d JOIN frames f ON f.mn = d.mn
             WHERE f.held = 1 AND d.state IN ('provisional', 'approved') ORDER BY f.id LIMIT $1",
        );
        let limit = limit.clamp(1, i64::try_from(crate::limits::BATCH_FRAMES).unwrap_or(i64::MAX));
        self.db()
            .all(statement.bind(limit))
            .await?
            .iter()
            .map(position)
            .collect()
    }

    /// Quarantined frames of some devices that were sealed and did not open, after a row, oldest first; only of devices
    /// whose data are applied. Their key may be known by now.
    pub async fn sealed(
        &self,
        devices: &[&str],
        after: FrameId,
        limit: i64,
    ) -> Result<Vec<(FrameId, Position)>, StoreError> {
        let mut rows = Rows::default();
        for mn in devices {
            rows.push([Cell::from(*mn)]);
        }
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let codes = SEALED_CODES.map(|code| format!("f.diagnoses LIKE '%\"code\":\"{code}\"%'"));
        let statement = self.db().statement(&format!(
            "SELECT f.id, f.seg, f.off FROM {{rows}} {{then}} devices d ON d.mn = {{t:0}} {{then}} frames f ON f.mn = d.mn
             WHERE f.state = 'quarantined' AND f.id > $2 AND f.held = 0 AND ({})
               AND d.state IN ('provisional', 'approved') ORDER BY f.id LIMIT $3",
            codes.join(" OR ")
        ));
        let limit = limit.clamp(1, i64::try_from(crate::limits::BATCH_FRAMES).unwrap_or(i64::MAX));
        let statement = statement.bind(rows.into_json()).bind(after.0).bind(limit);
        let found = self.db().all(statement).await?;
        found
            .iter()
            .map(|row| Ok((FrameId(row.int("id")?), position(row)?)))
            .collect()
    }

    /// Holds quarantined frames, so that they are [`Store::releasable`] like those of a device that was approved.
    pub async fn hold(&self, frames: &[FrameId]) -> Result<(), StoreError> {
        let mut rows = Rows::default();
        for frame in frames {
            rows.push([Cell::from(frame.0)]);
        }
        if rows.is_empty() {
            return Ok(());
        }
        let mut tx = self.db().write().await?;
        self.db()
            .statement(
                "UPDATE frames SET held = 1 WHERE state = 'quarantined' AND id IN (SELECT {i:0} FROM {rows})",
            )
            .bind(rows.into_json())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Frames of the civil day that holds `at`. One look at a table with three rows a day.
    pub async fn frame_tally(&self, at: UtcMs) -> Result<FrameTally, StoreError> {
        let statement = self
            .db()
            .statement("SELECT state, n FROM frame_tally WHERE day = $1");
        let mut tally = FrameTally::default();
        for row in self.db().all(statement.bind(tally_day(at))).await? {
            let n = row.int("n")?;
            match row.named("state", FrameState::from_name)? {
                FrameState::Stored => tally.stored = n,
                FrameState::Duplicate => tally.duplicate = n,
                FrameState::Quarantined => tally.quarantined = n,
            }
        }
        Ok(tally)
    }
}

/// The day a frame is counted in: start of the civil day.
pub(crate) fn tally_day(at: UtcMs) -> i64 {
    Grain::Day.start(at).unwrap_or(at).0
}

pub(crate) fn position(row: &AnyRow) -> Result<Position, StoreError> {
    let segment = row.int("seg")?;
    let offset = row.int("off")?;
    Ok(Position {
        segment: u32::try_from(segment).map_err(|_| StoreError::stored("seg", segment))?,
        offset: u64::try_from(offset).map_err(|_| StoreError::stored("off", offset))?,
    })
}

fn frame(row: &AnyRow) -> Result<FrameRow, StoreError> {
    Ok(FrameRow {
        id: FrameId(row.int("id")?),
        position: position(row)?,
        mn: row.opt_text("mn")?.map(Mn),
        received_at: row.time("received_at")?,
        last_received_at: row.time("last_received_at")?,
        repeats: row.int("repeats")?,
        data_time: row.opt_time("data_time")?,
        st: row.opt_text("st")?,
        cn: row.opt_text("cn")?,
        crc_ok: row.flag("crc_ok")?,
        state: row.named("state", FrameState::from_name)?,
        held: row.flag("held")?,
        diagnoses: row.json("diagnoses")?,
    })
}
