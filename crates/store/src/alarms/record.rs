//! Findings on their way into alarms: merged by key and time, counted once each, taken back when judged otherwise.

use model::alarm::{Alarm, AlarmState, Finding};
use model::ids::{AlarmId, JudgementId};
use model::time::UtcMs;
use rust_decimal::Decimal;
use sqlx::any::AnyRow;

use super::{ALARM, AlarmKey, Recorded, alarm, bind_key, event, load};
use crate::Store;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::rows::Columns;

/// One occurrence as stored.
#[derive(Clone, Debug, PartialEq)]
struct Occurrence {
    alarm: AlarmId,
    time: UtcMs,
    grade: i32,
    value: Option<Decimal>,
    limit: Option<Decimal>,
    multiple: Option<Decimal>,
    judgement: Option<JudgementId>,
}

impl Store {
    /// Records a finding. It extends an alarm of the same key that is not closed and lies within `merge_gap_ms` of it;
    /// otherwise a new alarm is raised. The same finding again changes nothing, also after the alarm was closed.
    /// `holds`: the condition holds now (false when history is judged).
    pub async fn record_finding(
        &self,
        finding: &Finding,
        merge_gap_ms: i64,
        holds: bool,
        at: UtcMs,
    ) -> Result<(Alarm, Recorded), StoreError> {
        let db = self.db();
        let mut tx = db.write().await?;
        let key = AlarmKey::from(finding);
        let (id, what) = match occurrence_at(db, &mut tx, &key, finding.time).await? {
            Some(known) => refresh(db, &mut tx, &key, finding, &known).await?,
            None => place(db, &mut tx, &key, finding, merge_gap_ms, holds, at).await?,
        };
        let alarm = load(db, &mut tx, id)
            .await?
            .ok_or_else(|| StoreError::not_found("告警 / alarm", id))?;
        tx.commit().await?;
        Ok((alarm, what))
    }

    /// The condition no longer holds: alarms of the key become inactive. They stay until somebody closes them.
    pub async fn clear_alarms(&self, key: &AlarmKey, at: UtcMs) -> Result<Vec<Alarm>, StoreError> {
        let db = self.db();
        let mut tx = db.write().await?;
        let select =
            "SELECT id FROM alarms WHERE subject_id = $1 AND kind = $2 AND factor = $3 AND grain = $4
                      AND active = 1 ORDER BY id";
        let found = bind_key(db.statement(select), key).fetch_all(&mut *tx).await?;
        let mut cleared = Vec::new();
        for row in &found {
            let id = AlarmId(row.int("id")?);
            deactivate(db, &mut tx, id).await?;
            event(db, &mut tx, id, ("", at), "cleared", "").await?;
            cleared.extend(load(db, &mut tx, id).await?);
        }
        tx.commit().await?;
        Ok(cleared)
    }

    /// An occurrence turned out not to be one (late or corrected data). It is taken off its alarm; an alarm left
    /// without any becomes inactive and says why, but stays for somebody to close.
    pub async fn withdraw_finding(
        &self,
        key: &AlarmKey,
        time: UtcMs,
        at: UtcMs,
    ) -> Result<Option<Alarm>, StoreError> {
        let db = self.db();
        let mut tx = db.write().await?;
        let Some(known) = occurrence_at(db, &mut tx, key, time).await? else {
            return Ok(None);
        };
        let delete =
            "DELETE FROM alarm_occurrences WHERE subject_id = $1 AND kind = $2 AND factor = $3 AND grain = $4
                      AND time = $5";
        bind_key(db.statement(delete), key)
            .bind(time.0)
            .execute(&mut *tx)
            .await?;
        let left = sum_up(db, &mut tx, known.alarm).await?;
        if left == 0 {
            deactivate(db, &mut tx, known.alarm).await?;
        }
        let text = format!(
            "{} 重新判定后不再成立 / no longer holds after re-evaluation",
            time.to_rfc3339()
        );
        event(db, &mut tx, known.alarm, ("", at), "withdrawn", &text).await?;
        let alarm = load(db, &mut tx, known.alarm).await?;
        tx.commit().await?;
        Ok(alarm)
    }

    /// Alarms of a key whose condition holds.
    pub async fn active_alarms(&self, key: &AlarmKey) -> Result<Vec<Alarm>, StoreError> {
        let select = format!(
            "{ALARM} FROM alarms a WHERE a.subject_id = $1 AND a.kind = $2 AND a.factor = $3 AND a.grain = $4
             AND a.active = 1 ORDER BY a.id"
        );
        let rows = self.db().all(bind_key(self.db().statement(&select), key)).await?;
        rows.iter().map(alarm).collect()
    }
}

/// A known occurrence is found again, perhaps with another value.
async fn refresh(
    db: &Db,
    tx: &mut Tx,
    key: &AlarmKey,
    finding: &Finding,
    known: &Occurrence,
) -> Result<(AlarmId, Recorded), StoreError> {
    let now = Occurrence {
        alarm: known.alarm,
        time: finding.time,
        grade: finding.grade,
        value: finding.value,
        limit: finding.limit,
        multiple: finding.multiple,
        judgement: finding.judgement,
    };
    if now == *known {
        return Ok((known.alarm, Recorded::Unchanged));
    }
    store_occurrence(db, tx, key, &now).await?;
    let closed = load(db, tx, known.alarm)
        .await?
        .is_some_and(|a| a.state == AlarmState::Closed);
    if closed {
        // What was closed stays as it was closed; the occurrence keeps the newer value.
        return Ok((known.alarm, Recorded::Unchanged));
    }
    sum_up(db, tx, known.alarm).await?;
    Ok((known.alarm, Recorded::Extended))
}

/// A new occurrence finds its alarm or raises one.
async fn place(
    db: &Db,
    tx: &mut Tx,
    key: &AlarmKey,
    finding: &Finding,
    merge_gap_ms: i64,
    holds: bool,
    at: UtcMs,
) -> Result<(AlarmId, Recorded), StoreError> {
    let time = finding.time;
    let select = format!(
        "{ALARM} FROM alarms a WHERE a.subject_id = $1 AND a.kind = $2 AND a.factor = $3 AND a.grain = $4
         AND a.state <> 'closed' AND a.first_time <= $5 AND a.last_time >= $6 ORDER BY a.last_time DESC, a.id DESC LIMIT 1"
    );
    let near = bind_key(db.statement(&select), key)
        .bind(time.0.saturating_add(merge_gap_ms))
        .bind(time.0.saturating_sub(merge_gap_ms))
        .fetch_optional(&mut **tx)
        .await?;
    let occurrence = |alarm| Occurrence {
        alarm,
        time,
        grade: finding.grade,
        value: finding.value,
        limit: finding.limit,
        multiple: finding.multiple,
        judgement: finding.judgement,
    };
    if let Some(near) = near.as_ref().map(alarm).transpose()? {
        let new = occurrence(near.id);
        store_occurrence(db, tx, key, &new).await?;
        extend(db, tx, &near, &new).await?;
        if holds && !near.active {
            db.statement("UPDATE alarms SET active = 1 WHERE id = $1")
                .bind(near.id.0)
                .execute(&mut **tx)
                .await?;
            event(db, tx, near.id, ("", at), "reopened", "").await?;
        }
        return Ok((near.id, Recorded::Extended));
    }
    let insert = "INSERT INTO alarms (subject_id, kind, factor, grain, state, grade, first_time, last_time, occurrences,
                    active, raised_at, demo)
                  SELECT $1, $2, $3, $4, 'open', $5, $6, $6, 1, $7, $8, s.demo FROM subjects s WHERE s.id = $1
                  RETURNING id";
    let id = bind_key(db.statement(insert), key)
        .bind(i64::from(finding.grade))
        .bind(time.0)
        .bind(i64::from(holds))
        .bind(at.0)
        .fetch_optional(&mut **tx)
        .await?
        .ok_or_else(|| StoreError::not_found("对象 / subject", key.subject))?
        .int("id")?;
    let id = AlarmId(id);
    store_occurrence(db, tx, key, &occurrence(id)).await?;
    sum_up(db, tx, id).await?;
    event(db, tx, id, ("", at), "raised", "").await?;
    Ok((id, Recorded::Raised))
}

async fn deactivate(db: &Db, tx: &mut Tx, id: AlarmId) -> Result<(), StoreError> {
    db.statement("UPDATE alarms SET active = 0 WHERE id = $1")
        .bind(id.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn occurrence_at(
    db: &Db,
    tx: &mut Tx,
    key: &AlarmKey,
    time: UtcMs,
) -> Result<Option<Occurrence>, StoreError> {
    let select =
        "SELECT alarm_id, time, grade, value, limit_value, multiple, judgement_id FROM alarm_occurrences
                  WHERE subject_id = $1 AND kind = $2 AND factor = $3 AND grain = $4 AND time = $5";
    let row = bind_key(db.statement(select), key)
        .bind(time.0)
        .fetch_optional(&mut **tx)
        .await?;
    row.as_ref().map(occurrence).transpose()
}

fn occurrence(row: &AnyRow) -> Result<Occurrence, StoreError> {
    let grade = row.int("grade")?;
    Ok(Occurrence {
        alarm: AlarmId(row.int("alarm_id")?),
        time: row.time("time")?,
        grade: i32::try_from(grade).map_err(|_| StoreError::stored("grade", grade))?,
        value: row.decimal("value")?,
        limit: row.decimal("limit_value")?,
        multiple: row.decimal("multiple")?,
        judgement: row.opt_int("judgement_id")?.map(JudgementId),
    })
}

async fn store_occurrence(db: &Db, tx: &mut Tx, key: &AlarmKey, o: &Occurrence) -> Result<(), StoreError> {
    let upsert = "INSERT INTO alarm_occurrences
                    (subject_id, kind, factor, grain, time, alarm_id, grade, value, limit_value, multiple, judgement_id)
                  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
                  ON CONFLICT (subject_id, kind, factor, grain, time) DO UPDATE SET grade = excluded.grade,
                    value = excluded.value, limit_value = excluded.limit_value, multiple = excluded.multiple,
                    judgement_id = excluded.judgement_id";
    bind_key(db.statement(upsert), key)
        .bind(o.time.0)
        .bind(o.alarm.0)
        .bind(i64::from(o.grade))
        .bind(o.value.map(|v| v.to_string()))
        .bind(o.limit.map(|v| v.to_string()))
        .bind(o.multiple.map(|v| v.to_string()))
        .bind(o.judgement.map(|j| j.0))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Adds one new occurrence to an alarm's summary, whatever their number.
async fn extend(db: &Db, tx: &mut Tx, alarm: &Alarm, o: &Occurrence) -> Result<(), StoreError> {
    let worse = worse((o.grade, o.multiple), (alarm.grade, alarm.multiple));
    let (grade, value, limit, multiple, judgement) = if worse {
        (o.grade, o.value, o.limit, o.multiple, o.judgement)
    } else {
        (
            alarm.grade,
            alarm.value,
            alarm.limit,
            alarm.multiple,
            alarm.judgement,
        )
    };
    let worst = Occurrence {
        grade,
        value,
        limit,
        multiple,
        judgement,
        ..o.clone()
    };
    let (first, last) = (alarm.first_time.min(o.time), alarm.last_time.max(o.time));
    store_summary(db, tx, &worst, (first, last), alarm.occurrences.saturating_add(1)).await
}

/// The worst occurrence has the most serious grade, then the largest multiple of the limit; of equal ones the first.
fn worse((grade, multiple): (i32, Option<Decimal>), than: (i32, Option<Decimal>)) -> bool {
    grade < than.0 || (grade == than.0 && multiple > than.1)
}

/// Brings an alarm's summary up to date with all its occurrences; answers how many there are. An alarm without any
/// keeps its last summary.
async fn sum_up(db: &Db, tx: &mut Tx, id: AlarmId) -> Result<usize, StoreError> {
    let rows = db
        .statement(
            "SELECT alarm_id, time, grade, value, limit_value, multiple, judgement_id FROM alarm_occurrences
             WHERE alarm_id = $1 ORDER BY time",
        )
        .bind(id.0)
        .fetch_all(&mut **tx)
        .await?;
    let all = rows.iter().map(occurrence).collect::<Result<Vec<_>, _>>()?;
    let (Some(first), Some(last)) = (all.first(), all.last()) else {
        return Ok(0);
    };
    let worst = all.iter().fold(first, |w, o| {
        if worse((o.grade, o.multiple), (w.grade, w.multiple)) {
            o
        } else {
            w
        }
    });
    let count = i64::try_from(all.len()).unwrap_or(i64::MAX);
    store_summary(db, tx, worst, (first.time, last.time), count).await?;
    Ok(all.len())
}

async fn store_summary(
    db: &Db,
    tx: &mut Tx,
    worst: &Occurrence,
    (first, last): (UtcMs, UtcMs),
    occurrences: i64,
) -> Result<(), StoreError> {
    db.statement(
        "UPDATE alarms SET grade = $2, first_time = $3, last_time = $4, occurrences = $5, value = $6, limit_value = $7,
           multiple = $8, judgement_id = $9 WHERE id = $1",
    )
    .bind(worst.alarm.0)
    .bind(i64::from(worst.grade))
    .bind(first.0)
    .bind(last.0)
    .bind(occurrences)
    .bind(worst.value.map(|v| v.to_string()))
    .bind(worst.limit.map(|v| v.to_string()))
    .bind(worst.multiple.map(|v| v.to_string()))
    .bind(worst.judgement.map(|j| j.0))
    .execute(&mut **tx)
    .await?;
    Ok(())
}
