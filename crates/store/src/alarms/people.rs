//! What people do with alarms: acknowledge, comment, close. Each leaves an event.

use model::alarm::{Alarm, AlarmState, CloseReason};
use model::ids::AlarmId;
use model::time::UtcMs;

use super::{AlarmEvent, event, load};
use crate::Store;
use crate::db::Tx;
use crate::error::StoreError;
use crate::rows::Columns;

impl Store {
    /// 确认: somebody has seen it. Only an open alarm can be acknowledged.
    pub async fn acknowledge_alarm(
        &self,
        id: AlarmId,
        by: &str,
        comment: Option<&str>,
        at: UtcMs,
    ) -> Result<Alarm, StoreError> {
        let mut tx = self.db().write().await?;
        let alarm = self.existing(&mut tx, id).await?;
        if alarm.state != AlarmState::Open {
            return Err(conflict(id, "不是待确认状态 / it is not open"));
        }
        self.db()
            .statement("UPDATE alarms SET state = 'acknowledged' WHERE id = $1")
            .bind(id.0)
            .execute(&mut *tx)
            .await?;
        event(
            self.db(),
            &mut tx,
            id,
            (by, at),
            "acknowledged",
            comment.unwrap_or_default(),
        )
        .await?;
        self.finish(tx, id).await
    }

    /// 备注: a comment, also on a closed alarm.
    pub async fn comment_alarm(
        &self,
        id: AlarmId,
        by: &str,
        text: &str,
        at: UtcMs,
    ) -> Result<Alarm, StoreError> {
        let mut tx = self.db().write().await?;
        self.existing(&mut tx, id).await?;
        event(self.db(), &mut tx, id, (by, at), "commented", text).await?;
        self.finish(tx, id).await
    }

    /// 关闭, with a reason. A closed alarm takes no further occurrences: what comes later raises a new one.
    pub async fn close_alarm(
        &self,
        id: AlarmId,
        by: &str,
        reason: CloseReason,
        comment: Option<&str>,
        at: UtcMs,
    ) -> Result<Alarm, StoreError> {
        let mut tx = self.db().write().await?;
        let alarm = self.existing(&mut tx, id).await?;
        if alarm.state == AlarmState::Closed {
            return Err(conflict(id, "已经关闭 / it is closed already"));
        }
        self.db()
            .statement(
                "UPDATE alarms SET state = 'closed', active = 0, closed_at = $2, close_reason = $3 WHERE id = $1",
            )
            .bind(id.0)
            .bind(at.0)
            .bind(reason.name())
            .execute(&mut *tx)
            .await?;
        event(
            self.db(),
            &mut tx,
            id,
            (by, at),
            "closed",
            comment.unwrap_or_default(),
        )
        .await?;
        self.finish(tx, id).await
    }

    /// What happened to an alarm, oldest first.
    pub async fn alarm_events(&self, id: AlarmId) -> Result<Vec<AlarmEvent>, StoreError> {
        let statement = self
            .db()
            .statement("SELECT at, author, action, text FROM alarm_events WHERE alarm_id = $1 ORDER BY id");
        let rows = self.db().all(statement.bind(id.0)).await?;
        rows.iter()
            .map(|row| {
                Ok(AlarmEvent {
                    at: row.time("at")?,
                    by: row.text("author")?,
                    action: row.text("action")?,
                    text: row.text("text")?,
                })
            })
            .collect()
    }

    async fn existing(&self, tx: &mut Tx, id: AlarmId) -> Result<Alarm, StoreError> {
        load(self.db(), tx, id)
            .await?
            .ok_or_else(|| StoreError::not_found("告警 / alarm", id))
    }

    async fn finish(&self, mut tx: Tx, id: AlarmId) -> Result<Alarm, StoreError> {
        let alarm = self.existing(&mut tx, id).await?;
        tx.commit().await?;
        Ok(alarm)
    }
}

fn conflict(id: AlarmId, why: &'static str) -> StoreError {
    StoreError::Conflict {
        what: "告警 / alarm",
        name: id.to_string(),
        why,
    }
}
