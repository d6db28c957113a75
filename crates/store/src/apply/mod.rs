//! Applying frames (入库): what the raw log holds becomes rows, in one transaction with the watermark.
//!
//! Applying the same frames again, in whatever batches, changes nothing: what lies before the watermark is skipped,
//! except frames that were held until somebody approved their device.

mod decide;
mod record;

use std::collections::BTreeSet;

use model::device::Device;
use model::ids::{Factor, Mn, SubjectId};
use model::observation::{Observation, Origin, Series, SeriesKey, Statistic};
use model::time::{Grain, UtcMs};
use rust_decimal::Decimal;

pub use crate::frames::Diagnosis;

use crate::Store;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::limits;
use crate::observations::{Incoming, Written, learn, resolve, write};
use crate::rawlog::Position;

/// Name of the watermark among the named values.
const WATERMARK: &str = "watermark";

/// What happens to frames of devices nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownPolicy {
    /// Registered as pending; their frames are held until somebody decides.
    Hold,
    /// Registered as provisional with a subject of their own; their data are applied at once.
    Accept,
}

/// A frame decoded from the raw log.
#[derive(Clone, Debug, PartialEq)]
pub struct ApplyFrame {
    /// Where it stands in the raw log.
    pub position: Position,
    /// When it came.
    pub received_at: UtcMs,
    /// Device it names; empty text is a name too.
    pub mn: Option<Mn>,
    /// ST
    pub st: Option<String>,
    /// CN
    pub cn: Option<String>,
    /// Password it carries.
    pub pw: Option<String>,
    /// Time of its data. The caller refuses implausible ones: a far future would stay the newest for ever.
    pub data_time: Option<UtcMs>,
    /// Whether its CRC was right.
    pub crc_ok: bool,
    /// Whether readings could be taken from it, or it needs none (heartbeats, answers).
    pub usable: bool,
    /// SHA-256 of its data segment: equal ones of the same device are the same upload.
    pub digest: [u8; 32],
    /// What is wrong with it.
    pub diagnoses: Vec<Diagnosis>,
    /// What it says.
    pub readings: Vec<ReadingRow>,
}

/// A reading of a frame.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadingRow {
    /// Factor.
    pub factor: Factor,
    /// Period length.
    pub grain: Grain,
    /// Statistic.
    pub statistic: Statistic,
    /// Start of the period, or the moment.
    pub time: UtcMs,
    /// The number; `None` where none was given.
    pub value: Option<Decimal>,
    /// Text where the field is text.
    pub text: Option<String>,
    /// Flag as sent.
    pub flag: Option<String>,
}

/// What applying led to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ApplyOutcome {
    /// Frames whose data were applied.
    pub stored: u64,
    /// Frames that had been stored before.
    pub duplicate: u64,
    /// Frames that went to quarantine, repeats of quarantined ones included.
    pub quarantined: u64,
    /// Frames that had been applied before: nothing was done.
    pub replayed: u64,
    /// Readings dropped because a name or text is longer than any standard allows; their frames say so.
    pub refused_readings: u64,
    /// What became of the readings; `changes` is for live push and detection.
    pub written: Written,
    /// Devices that knocked for the first time.
    pub new_devices: Vec<Device>,
    /// Devices heard of, with the newest arrival: their silence is over.
    pub heard: Vec<Heard>,
    /// Devices whose held frames can be applied now (see [`Store::releasable`]).
    pub accepted: Vec<Mn>,
}

/// A device that was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// Which.
    pub mn: Mn,
    /// What it measures.
    pub subject: Option<SubjectId>,
    /// Newest arrival.
    pub at: UtcMs,
}

impl Store {
    /// Where applying goes on: everything before it is in the database.
    pub async fn watermark(&self) -> Result<Position, StoreError> {
        read_watermark(self.db()).await
    }

    /// Applies frames of the raw log in the order given and moves the watermark, all or nothing. An error leaves the
    /// database as it was and the same call may be tried again.
    ///
    /// `watermark` is where to read on after these frames ([`crate::rawlog::ReadBatch::next`]); held frames that are
    /// applied again lie before it and are given with the watermark unmoved (`None`).
    pub async fn apply(
        &self,
        batch: Vec<ApplyFrame>,
        watermark: Option<Position>,
        policy: UnknownPolicy,
    ) -> Result<ApplyOutcome, StoreError> {
        check_size(&batch)?;
        let db = self.db();
        let mut tx = db.write().await?;
        let before = parse_watermark(db.value(&mut tx, WATERMARK).await?)?;
        let mut out = ApplyOutcome::default();

        let (mut batch, held) = decide::pending(db, &mut tx, batch, before, &mut out).await?;
        out.refused_readings = batch.iter_mut().map(decide::sift).sum();
        let devices = decide::devices(db, &mut tx, &batch, policy, &mut out).await?;
        let verdicts = decide::verdicts(db, &mut tx, &mut batch, &devices, &held).await?;
        record::frames(db, &mut tx, &batch, &verdicts, &mut out).await?;
        record::heard(db, &mut tx, &batch, &devices, &held, &mut out).await?;
        let learnt = self.apply_readings(&mut tx, batch, &verdicts, &mut out).await?;

        if let Some(after) = watermark.filter(|w| *w > before) {
            db.set_value(&mut tx, WATERMARK, &after.to_string()).await?;
        }
        tx.commit().await?;
        learn(self, learnt);
        Ok(out)
    }

    async fn apply_readings(
        &self,
        tx: &mut Tx,
        batch: Vec<ApplyFrame>,
        verdicts: &[decide::Verdict],
        out: &mut ApplyOutcome,
    ) -> Result<std::collections::HashMap<SeriesKey, model::ids::SeriesId>, StoreError> {
        let mut keys = Vec::new();
        let mut values = Vec::new();
        for (frame, verdict) in batch.into_iter().zip(verdicts) {
            let decide::Verdict::Store { subject } = *verdict else {
                continue;
            };
            for reading in frame.readings {
                keys.push(SeriesKey {
                    subject,
                    factor: reading.factor,
                    grain: reading.grain,
                    statistic: reading.statistic,
                });
                let observation = Observation {
                    time: reading.time,
                    value: reading.value,
                    text: reading.text,
                    flag: reading.flag,
                    origin: Origin::Uploaded,
                    revision: 1,
                };
                values.push((observation, frame.received_at));
            }
        }
        if keys.is_empty() {
            return Ok(std::collections::HashMap::new());
        }
        let (ids, learnt) = resolve(self, tx, &keys).await?;
        let incoming = keys
            .into_iter()
            .zip(ids)
            .zip(values)
            .map(|((key, id), (observation, known_at))| Incoming {
                series: Series { id, key },
                observation,
                known_at,
            })
            .collect();
        out.written = write(self.db(), tx, incoming, (None, None)).await?;
        Ok(learnt)
    }
}

pub(crate) async fn read_watermark(db: &Db) -> Result<Position, StoreError> {
    use crate::rows::Columns as _;
    let statement = db
        .statement("SELECT value FROM kv WHERE name = $1")
        .bind(WATERMARK);
    let row = db.one(statement).await?;
    parse_watermark(row.map(|r| r.text("value")).transpose()?)
}

fn parse_watermark(text: Option<String>) -> Result<Position, StoreError> {
    match text {
        None => Ok(Position::START),
        Some(text) => text.parse().map_err(|_| StoreError::stored("watermark", text)),
    }
}

fn check_size(batch: &[ApplyFrame]) -> Result<(), StoreError> {
    let readings: usize = batch.iter().map(|f| f.readings.len()).sum();
    for (what, given, max) in [
        ("数据包 / frames", batch.len(), limits::BATCH_FRAMES),
        ("监测值 / readings", readings, limits::BATCH_READINGS),
    ] {
        if given > max {
            return Err(StoreError::TooMuch {
                what,
                given: given as u64,
                max: max as u64,
            });
        }
    }
    Ok(())
}

/// Positions of frames that were held and are decided upon again.
type HeldPositions = BTreeSet<Position>;
