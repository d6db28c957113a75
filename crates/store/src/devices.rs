//! Devices (现场机): registered from the profile or when they first knock, and decided upon by a person.

use model::device::{Device, DeviceState};
use model::ids::{Mn, SubjectCode, SubjectId};
use model::profile::DeviceSpec;
use model::time::UtcMs;
use sqlx::any::AnyRow;

use crate::Store;
use crate::error::StoreError;
use crate::page::{Filter, Page, Paged, Scope};
use crate::rows::{Cell, Columns, Rows, clean};

/// Silence of a device nobody has described, ms: the default of the profile.
pub(crate) const DEFAULT_SILENCE_MS: i64 = 30 * 60_000;
/// Real-time interval of a device nobody has described, s.
pub(crate) const DEFAULT_INTERVAL_S: i64 = 60;

/// A device with what was decided about it.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceRow {
    /// The device.
    pub device: Device,
    /// Edition it speaks, from the profile.
    pub edition: Option<String>,
    /// Whether its password is checked.
    pub has_password: bool,
    /// Real-time interval, s.
    pub interval_s: i64,
    /// Silent after so many ms without a frame.
    pub silence_ms: i64,
    /// Whether it was heard in time.
    pub online: bool,
    /// Who decided about it; `None` where it came with the profile or nobody has.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<UtcMs>,
    /// Why.
    pub reason: Option<String>,
}

/// Which devices.
#[derive(Clone, Debug, Default)]
pub struct DeviceQuery {
    /// Whose; devices without a subject are seen by [`Scope::All`] only.
    pub scope: Scope,
    /// In which states; empty means all.
    pub states: Vec<DeviceState>,
    /// Of which subject or what belongs to it.
    pub subject: Option<SubjectId>,
    /// Heard in time, or not.
    pub online: Option<bool>,
    /// Text contained in the MN or the subject's code or name.
    pub text: String,
    /// Newest last frame first, instead of by MN.
    pub newest_first: bool,
    /// Part of the list.
    pub page: Page,
}

/// Devices of one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceCount {
    /// State.
    pub state: DeviceState,
    /// How many.
    pub total: i64,
    /// How many of them were heard in time.
    pub online: i64,
}

/// What a decision led to.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The device afterwards.
    pub device: Device,
    /// Its frames that were held: [`Store::releasable`] hands them out to be applied.
    pub held: i64,
}

const DEVICE: &str = "
SELECT d.mn, d.state, d.subject_id, d.st, d.first_seen, d.last_seen, d.frames, d.demo, d.edition, d.interval_s,
  d.silence_ms, CASE WHEN d.pw IS NULL THEN 0 ELSE 1 END AS has_password, d.decided_by, d.decided_at, d.reason,
  CASE WHEN d.last_seen >= $1 - d.silence_ms THEN 1 ELSE 0 END AS online
FROM devices d LEFT JOIN subjects s ON s.id = d.subject_id LEFT JOIN subjects p ON p.id = s.parent_id";

impl Store {
    /// Adds the profile's devices as approved, or brings them up to date. What a person decided about one stays.
    /// Frames they had sent before become [`Store::releasable`].
    pub async fn put_devices(&self, specs: &[DeviceSpec]) -> Result<(), StoreError> {
        let mut rows = Rows::default();
        let mut names = std::collections::HashSet::new();
        for spec in specs {
            if !names.insert(&spec.mn) {
                return Err(StoreError::Conflict {
                    what: "设备 / device",
                    name: spec.mn.to_string(),
                    why: "MN 重复 / its MN stands twice",
                });
            }
            rows.push([
                Cell::from(spec.mn.as_str()),
                spec.subject.as_str().into(),
                (&spec.st).into(),
                (&spec.edition).into(),
                spec.pw.as_ref().into(),
                i64::from(spec.interval_s).into(),
                (i64::from(spec.silence_min) * 60_000).into(),
                spec.demo.into(),
            ]);
        }
        let rows = rows.into_json();
        let db = self.db();
        let mut tx = db.write().await?;
        let missing = db
            .statement(
                "SELECT {t:1} AS subject FROM {rows} LEFT JOIN subjects s ON s.code = {t:1} WHERE s.id IS NULL",
            )
            .bind(rows.clone())
            .fetch_optional(&mut *tx)
            .await?;
        if let Some(row) = missing {
            return Err(StoreError::not_found("对象 / subject", row.text("subject")?));
        }
        db.statement(
            "INSERT INTO devices (mn, state, subject_id, st, edition, pw, interval_s, silence_ms, frames, demo)
             SELECT {t:0}, 'approved', s.id, {t:2}, {t:3}, {t:4}, {i:5}, {i:6}, 0, {i:7}
             FROM {rows} JOIN subjects s ON s.code = {t:1} WHERE true
             ON CONFLICT (mn) DO UPDATE SET st = excluded.st, edition = excluded.edition, pw = excluded.pw,
               interval_s = excluded.interval_s, silence_ms = excluded.silence_ms, demo = excluded.demo,
               state = CASE WHEN devices.decided_at IS NULL THEN excluded.state ELSE devices.state END,
               subject_id = CASE WHEN devices.decided_at IS NULL THEN excluded.subject_id ELSE devices.subject_id END",
        )
        .bind(rows)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// A device by MN.
    pub async fn device(&self, mn: &Mn, now: UtcMs) -> Result<Option<DeviceRow>, StoreError> {
        let statement = self.db().statement(&format!("{DEVICE} WHERE d.mn = $2"));
        let row = self
            .db()
            .one(statement.bind(now.0).bind(clean(mn.as_str()).into_owned()))
            .await?;
        row.as_ref().map(device_row).transpose()
    }

    /// A page of devices.
    pub async fn list_devices(
        &self,
        query: &DeviceQuery,
        now: UtcMs,
    ) -> Result<Paged<DeviceRow>, StoreError> {
        let mut filter = Filter::default();
        filter.int("{p} IS NOT NULL", now.0);
        filter.scope(&query.scope, "s", "p");
        filter.any_of("d.state", query.states.iter().map(|s| s.name()));
        if let Some(subject) = query.subject {
            filter.int("(s.id = {p} OR s.parent_id = {p})", subject.0);
        }
        match query.online {
            Some(true) => filter.plain("d.last_seen >= $1 - d.silence_ms"),
            Some(false) => filter.plain("(d.last_seen IS NULL OR d.last_seen < $1 - d.silence_ms)"),
            None => {}
        }
        filter.contains(&["d.mn", "s.code", "s.zh", "s.en"], &query.text);
        let count = format!("SELECT COUNT(*) AS n FROM ({DEVICE} {}) AS x", filter.sql());
        let total = self.db().count(filter.bind(self.db().statement(&count))).await?;
        let order = if query.newest_first {
            "CASE WHEN d.last_seen IS NULL THEN 1 ELSE 0 END, d.last_seen DESC, d.mn {binary}"
        } else {
            "d.mn {binary}"
        };
        let select = format!(
            "{DEVICE} {} ORDER BY {order} LIMIT {} OFFSET {}",
            filter.sql(),
            query.page.limit(),
            query.page.offset()
        );
        let rows = self.db().all(filter.bind(self.db().statement(&select))).await?;
        Ok(Paged {
            items: rows.iter().map(device_row).collect::<Result<_, _>>()?,
            total,
        })
    }

    /// Every device whose data are applied, with when it was heard last: what silence is judged by.
    pub async fn applying_devices(&self, now: UtcMs) -> Result<Vec<DeviceRow>, StoreError> {
        let select =
            format!("{DEVICE} WHERE d.state IN ('provisional', 'approved') ORDER BY d.mn {{binary}}");
        let rows = self.db().all(self.db().statement(&select).bind(now.0)).await?;
        rows.iter().map(device_row).collect()
    }

    /// Devices by state. Reads the devices, no history.
    pub async fn count_devices(&self, now: UtcMs) -> Result<Vec<DeviceCount>, StoreError> {
        let statement = self.db().statement(
            "SELECT state, COUNT(*) AS n,
               CAST(SUM(CASE WHEN last_seen >= $1 - silence_ms THEN 1 ELSE 0 END) AS BIGINT) AS online
             FROM devices GROUP BY state ORDER BY state",
        );
        let rows = self.db().all(statement.bind(now.0)).await?;
        rows.iter()
            .map(|row| {
                Ok(DeviceCount {
                    state: row.named("state", DeviceState::from_name)?,
                    total: row.int("n")?,
                    online: row.int("online")?,
                })
            })
            .collect()
    }

    /// Approves a device for a subject; without one, a new subject is made for it. Its held frames can then be applied.
    pub async fn approve(
        &self,
        mn: &Mn,
        subject: Option<SubjectId>,
        by: &str,
        reason: &str,
        at: UtcMs,
    ) -> Result<Decision, StoreError> {
        self.decide(mn, DeviceState::Approved, subject, (by, reason, at))
            .await
    }

    /// Refuses a device: its frames go to quarantine.
    pub async fn refuse(&self, mn: &Mn, by: &str, reason: &str, at: UtcMs) -> Result<Decision, StoreError> {
        self.decide(mn, DeviceState::Refused, None, (by, reason, at))
            .await
    }

    async fn decide(
        &self,
        mn: &Mn,
        state: DeviceState,
        subject: Option<SubjectId>,
        (by, reason, at): (&str, &str, UtcMs),
    ) -> Result<Decision, StoreError> {
        let db = self.db();
        let name = clean(mn.as_str()).into_owned();
        let mut tx = db.write().await?;
        let row = db
            .statement("SELECT subject_id FROM devices WHERE mn = $1")
            .bind(name.clone())
            .fetch_optional(&mut *tx)
            .await?
            .ok_or_else(|| StoreError::not_found("设备 / device", mn))?;
        let present = row.opt_int("subject_id")?.map(SubjectId);
        let subject = match subject.or(present) {
            Some(subject) => Some(subject),
            None if state.applies() => Some(own_subject(db, &mut tx, mn).await?),
            None => None,
        };
        if let Some(subject) = subject {
            db.statement("SELECT id FROM subjects WHERE id = $1")
                .bind(subject.0)
                .fetch_optional(&mut *tx)
                .await?
                .ok_or_else(|| StoreError::not_found("对象 / subject", subject))?;
        }
        db.statement(
            "UPDATE devices SET state = $2, subject_id = $3, decided_by = $4, decided_at = $5, reason = $6 WHERE mn = $1",
        )
        .bind(name.clone())
        .bind(state.name())
        .bind(subject.map(|s| s.0))
        .bind(clean(by).into_owned())
        .bind(at.0)
        .bind(clean(reason).into_owned())
        .execute(&mut *tx)
        .await?;
        let row = db
            .statement(&format!("{DEVICE} WHERE d.mn = $2"))
            .bind(at.0)
            .bind(name.clone())
            .fetch_one(&mut *tx)
            .await?;
        let held = db
            .statement("SELECT COUNT(*) AS n FROM frames WHERE mn = $1 AND held = 1")
            .bind(name)
            .fetch_one(&mut *tx)
            .await?
            .int("n")?;
        tx.commit().await?;
        Ok(Decision {
            device: device_row(&row)?.device,
            held,
        })
    }
}

/// A subject made for a device that nobody has described.
pub(crate) fn own_subject_code(mn: &Mn) -> SubjectCode {
    SubjectCode(format!("mn:{}", clean(mn.as_str())))
}

async fn own_subject(db: &crate::db::Db, tx: &mut crate::db::Tx, mn: &Mn) -> Result<SubjectId, StoreError> {
    let ids = crate::subjects::put(db, tx, &[own_subject_spec(mn)]).await?;
    ids.first()
        .copied()
        .ok_or_else(|| StoreError::not_found("对象 / subject", mn))
}

pub(crate) fn own_subject_spec(mn: &Mn) -> model::subject::SubjectSpec {
    model::subject::SubjectSpec {
        code: own_subject_code(mn),
        kind: model::subject::SubjectKind::OtherPoint,
        zh: format!("未命名设备 {}", mn.as_str()),
        en: format!("Unnamed device {}", mn.as_str()),
        parent: None,
        unit: None,
        lon: None,
        lat: None,
        schematic: false,
        demo: false,
        attrs: serde_json::Map::new(),
    }
}

fn device_row(row: &AnyRow) -> Result<DeviceRow, StoreError> {
    Ok(DeviceRow {
        device: device(row)?,
        edition: row.opt_text("edition")?,
        has_password: row.flag("has_password")?,
        interval_s: row.int("interval_s")?,
        silence_ms: row.int("silence_ms")?,
        online: row.flag("online")?,
        decided_by: row.opt_text("decided_by")?,
        decided_at: row.opt_time("decided_at")?,
        reason: row.opt_text("reason")?,
    })
}

fn device(row: &AnyRow) -> Result<Device, StoreError> {
    Ok(Device {
        mn: Mn(row.text("mn")?),
        state: row.named("state", DeviceState::from_name)?,
        subject: row.opt_int("subject_id")?.map(SubjectId),
        st: row.opt_text("st")?,
        first_seen: row.opt_time("first_seen")?,
        last_seen: row.opt_time("last_seen")?,
        frames: row.int("frames")?,
        demo: row.flag("demo")?,
    })
}
